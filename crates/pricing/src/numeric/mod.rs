//! The mathematics that several models share.

pub mod normal;
pub mod root;

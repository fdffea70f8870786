//! The mathematics that several models share.

pub mod normal;

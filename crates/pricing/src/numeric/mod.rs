//! The mathematics that several models share.

pub mod complex;
pub mod integral;
pub mod normal;
pub mod obstacle;
pub mod root;

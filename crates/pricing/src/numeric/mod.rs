//! The mathematics that several models share.

pub mod normal;
pub mod quantile;
pub mod root;
pub mod symmetric;

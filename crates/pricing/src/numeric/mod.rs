//! The mathematics that several models share.

pub mod brent;
pub mod normal;
pub mod quantile;

pub mod symmetric;

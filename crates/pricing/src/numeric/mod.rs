//! The mathematics that several models share.

pub mod brent;
pub mod complex;
pub mod integral;
pub mod normal;
pub mod obstacle;
pub mod quantile;
pub mod radius;
pub mod root;
pub mod symmetric;

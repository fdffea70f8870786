//! Views of the market, built from events alone.

mod ladder;
pub mod level2;

//! Views of the market, built from events alone.

pub mod bars;
mod ladder;
pub mod level2;
pub mod level3;
mod queues;
pub mod tape;

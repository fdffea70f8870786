//! Bonds: what they cost, what they yield, how they move, what has accrued.

pub mod dated;
pub mod floating;
pub mod flows;
pub mod level;
pub mod pool;
pub mod schedule;

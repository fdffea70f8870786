//! Interest: how days count, what money at a later time is worth, and how curves move.

pub mod announcement;
pub mod bootstrap;
pub mod curve;
pub mod day_count;
pub mod shock;
pub mod short_rate;
pub mod svensson;

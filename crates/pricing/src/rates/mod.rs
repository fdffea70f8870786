//! Interest: how days count, what money at a later time is worth, and how curves move.

pub mod curve;
pub mod short_rate;
pub mod svensson;

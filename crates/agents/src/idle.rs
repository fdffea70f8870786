//! Idle: takes a seat and does nothing.
//!
//! Keeps a place for a person or a program that comes later, and shows in tests that one seat more
//! changes nobody else's history.

use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind};

/// The kind `idle`.
pub static KIND: Kind = Kind {
    name: "idle",
    about: "does nothing: a seat kept free",
    source: "none",
    parameters: &[],
    build: Build::One(|_, _| Box::new(Idle)),
};

/// Somebody who does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle;

impl Agent for Idle {
    fn on(&mut self, _: &Notice, _: &mut Context<'_>) {}
}

#[cfg(test)]
mod tests {
    use crate::floor::Floor;
    use pitfloor_model::units::{Side, Span};

    #[test]
    fn does_nothing_whatever_happens() {
        let mut floor = Floor::new(1);
        let idle = floor.seat("idle", &[]);
        floor.rest(Side::Sell, 10_000, 5);
        floor.take(Side::Buy, 10_000, 5);
        floor.pass(Span::secs(3_600));
        assert!(floor.asked_by(idle).is_empty());
    }
}

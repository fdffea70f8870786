//! How long to wait before a venue is called again.
//!
//! The wait grows with every failure in a row and is spread by dice of its own, so that many
//! programs cut off at once do not come back at once.

use crate::clock::{MS, SECOND};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// What the waits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The wait after the first failure, in nanoseconds.
    pub base_ns: u64,
    /// The longest, before it is spread.
    pub cap_ns: u64,
    /// The most failures in a row; 0: no such limit.
    pub failures_max: u32,
}

/// By how much a wait is spread either way, in hundredths.
pub const SPREAD_PERCENT: u64 = 20;

/// Failures in a row, and the dice that spread the waits.
#[derive(Clone, Debug)]
pub struct Backoff {
    terms: Terms,
    failures: u32,
    dice: Xoshiro256PlusPlus,
}

impl Default for Terms {
    fn default() -> Self {
        Self { base_ns: 150 * MS, cap_ns: 30 * SECOND, failures_max: 0 }
    }
}

impl Backoff {
    /// None yet.
    #[must_use]
    pub fn new(terms: Terms, seed: u64) -> Self {
        Self { terms, failures: 0, dice: Xoshiro256PlusPlus::seed_from_u64(seed) }
    }

    /// Counts a failure and says how long to wait, in nanoseconds; none where it was one too many.
    pub fn failed(&mut self) -> Option<u64> {
        self.failures = self.failures.saturating_add(1);
        if self.terms.failures_max != 0 && self.failures > self.terms.failures_max {
            return None;
        }
        let mean = self.terms.base_ns.saturating_mul(u64::from(self.failures));
        let mean = mean.min(self.terms.cap_ns);
        let spread = (mean / 100).saturating_mul(SPREAD_PERCENT);
        let width = spread.saturating_mul(2).saturating_add(1);
        // The remainder of 64 bits is as good as fair for widths of seconds.
        Some((mean - spread).saturating_add(self.dice.next_u64() % width))
    }

    /// It went well: the next failure is the first again.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// How many failures in a row there were.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_with_failures_to_a_cap_and_are_spread_by_a_fifth() {
        let terms = Terms::default();
        let mut backoff = Backoff::new(terms, 7);
        let (mut low, mut high) = (false, false);
        for failure in 1..=1_000_u64 {
            let mean = (failure * terms.base_ns).min(terms.cap_ns);
            let wait = backoff.failed().unwrap();
            assert!(wait >= mean * 80 / 100 && wait <= mean * 120 / 100, "{failure}: {wait}");
            low |= wait < mean * 82 / 100;
            high |= wait > mean * 118 / 100;
        }
        assert!(low && high, "the whole width is used");
        backoff.succeeded();
        assert!(backoff.failed().unwrap() <= 180 * MS);
    }

    #[test]
    fn a_limit_ends_it_and_the_same_seed_waits_the_same() {
        let terms = Terms { failures_max: 3, ..Terms::default() };
        let waits = |seed| {
            let mut backoff = Backoff::new(terms, seed);
            (0..5).map(|_| backoff.failed()).collect::<Vec<_>>()
        };
        assert_eq!(waits(1)[3..], [None, None]);
        assert!(waits(1)[..3].iter().all(Option::is_some));
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
    }
}

//! What prices did lately: the range that somebody has seen over so much of the past.

use pitfloor_model::units::{Span, Time};
use std::collections::VecDeque;

/// Prices that are remembered at most.
const LOOKS_MAX: usize = 256;

/// Prices of the last while, each with the moment at which it was seen.
#[derive(Clone, Debug)]
pub(crate) struct Lately {
    memory: Span,
    looks: VecDeque<(Time, f64)>,
}

impl Lately {
    /// Nothing seen yet; what is older than `memory` is forgotten.
    pub(crate) const fn new(memory: Span) -> Self {
        Self { memory, looks: VecDeque::new() }
    }

    /// Forgets everything.
    pub(crate) fn forget(&mut self) {
        self.looks.clear();
    }

    /// Remembers `price`, and says how wide the range of prices is, as a share of it.
    pub(crate) fn range(&mut self, now: Time, price: f64) -> f64 {
        self.looks.push_back((now, price));
        let from = now.before(self.memory);
        while self.looks.len() > LOOKS_MAX || self.looks.front().is_some_and(|(at, _)| *at < from) {
            self.looks.pop_front();
        }
        let prices = || self.looks.iter().map(|(_, price)| *price);
        (prices().fold(f64::MIN, f64::max) - prices().fold(f64::MAX, f64::min)) / price
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_the_range_of_what_it_remembers_and_no_more() {
        let mut lately = Lately::new(Span::secs(10));
        let mut at = |second: u64, price| lately.range(Time::ZERO.after(Span::secs(second)), price);
        assert_eq!(at(0, 100.0), 0.0);
        assert_eq!(at(4, 80.0), 0.25);
        assert_eq!(at(9, 100.0), 0.2);
        assert_eq!(at(12, 100.0), 0.2, "the fall is eight seconds ago");
        assert_eq!(at(15, 100.0), 0.0, "and now it is forgotten");
        lately.forget();
        assert_eq!(lately.range(Time::ZERO.after(Span::secs(16)), 50.0), 0.0);
    }

    #[test]
    fn remembers_a_bounded_number() {
        let mut lately = Lately::new(Span::secs(1_000_000));
        for second in 0..1_000 {
            lately.range(Time::ZERO.after(Span::secs(second)), 1_000.0 + second as f64);
        }
        assert_eq!(lately.looks.len(), LOOKS_MAX);
    }
}

//! Dice: each agent owns a stream of random numbers that nobody else draws from.
//!
//! A stream is a xoshiro256++ generator (Blackman & Vigna 2021) whose 256 bits of state are the
//! BLAKE3 hash of the run's seed (8 bytes, little-endian) followed by the stream's name. So a stream
//! depends on the seed and the name alone: seating one more agent changes nobody else's numbers.
//! The draws below are ours, written out and frozen in a test, and use `libm` for logarithms and
//! the like, so that a seed means the same history on every platform and with every later version
//! of any library.

use pitfloor_model::units::{Side, Span};
use pitfloor_pricing::process::dice;
use rand_core::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A private stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream called `name` in the run seeded with `seed`.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        Self(dice::named(seed, name))
    }

    /// What the draws are made from, for processes of `pricing`.
    pub(crate) const fn source(&mut self) -> &mut Xoshiro256PlusPlus {
        &mut self.0
    }

    /// 64 fair bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number from 0 to one below `bound`, every one as likely (Lemire 2019).
    ///
    /// # Panics
    ///
    /// When `bound` is 0: there is nothing to draw from.
    pub fn below(&mut self, bound: u64) -> u64 {
        dice::below(&mut self.0, bound)
    }

    /// A whole number from `low` to `high`, both included, every one as likely.
    ///
    /// # Panics
    ///
    /// When `low` is above `high`, or the two span all of `i64`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        assert!(low <= high, "the low end is not above the high end");
        low.wrapping_add(self.below(high.abs_diff(low) + 1) as i64)
    }

    /// A number from 0 to just below 1, in steps of 2^-53.
    pub fn unit(&mut self) -> f64 {
        dice::uniform(&mut self.0)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Heads or tails.
    pub fn side(&mut self) -> Side {
        if self.bits() >> 63 == 0 { Side::Buy } else { Side::Sell }
    }

    /// An exponentially distributed number with the given mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        dice::exponential(&mut self.0, mean)
    }

    /// A waiting time, exponentially distributed around `mean`, at least one nanosecond.
    pub fn wait(&mut self, mean: Span) -> Span {
        Span((self.exponential(mean.0 as f64) as u64).max(1))
    }

    /// A normally distributed number with mean 0 and standard deviation 1 (Marsaglia's polar
    /// method; the second number of each pair is thrown away, so that a stream has no hidden state).
    pub fn normal(&mut self) -> f64 {
        dice::normal(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every published digest rests on these: they never change.
    #[test]
    fn the_first_draws_are_frozen() {
        let mut dice = Dice::new(1, "noise-0");
        assert_eq!([dice.bits(), dice.bits()], FIRST_BITS);
        let draws = [dice.unit(), dice.normal(), dice.exponential(2.0)];
        assert_eq!(draws.map(f64::to_bits), FIRST_DRAWS);
        assert_eq!([dice.below(1_000), dice.below(1_000)], FIRST_BELOW);
    }

    const FIRST_BITS: [u64; 2] = [2_208_734_105_419_245_370, 9_535_805_822_470_945_363];
    const FIRST_DRAWS: [u64; 3] =
        [4_606_748_541_744_685_875, 4_603_142_805_402_463_933, 4_601_345_151_275_059_472];
    const FIRST_BELOW: [u64; 2] = [579, 993];

    #[test]
    fn streams_are_private() {
        let first = |seed, name: &str| Dice::new(seed, name).bits();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..20 {
            for n in 0..50 {
                assert!(seen.insert(first(seed, &format!("noise-{n}"))));
            }
        }
        assert_eq!(first(7, "noise-3"), first(7, "noise-3"));
    }

    #[test]
    fn draws_have_the_moments_they_should() {
        let mut dice = Dice::new(5, "moments");
        let n = 200_000;
        let mean =
            |draw: &mut dyn FnMut() -> f64| (0..n).map(|_| draw()).sum::<f64>() / f64::from(n);
        assert!((mean(&mut || dice.unit()) - 0.5).abs() < 0.003);
        assert!((mean(&mut || dice.exponential(3.0)) - 3.0).abs() < 0.03);
        assert!(mean(&mut || dice.normal()).abs() < 0.01);
        assert!(
            (mean(&mut || {
                let z = dice.normal();
                z * z
            }) - 1.0)
                .abs()
                < 0.02
        );
        assert!((mean(&mut || dice.between(-3, 3) as f64)).abs() < 0.02);
        assert!((mean(&mut || f64::from(u8::from(dice.chance(0.2)))) - 0.2).abs() < 0.004);
    }

    #[test]
    fn every_number_in_the_range_comes_and_no_other() {
        let mut dice = Dice::new(5, "range");
        let drawn: std::collections::BTreeSet<i64> =
            (0..500).map(|_| dice.between(-2, 2)).collect();
        assert!(drawn.into_iter().eq(-2..=2));
        assert_eq!(dice.between(i64::MAX, i64::MAX), i64::MAX);
        assert_eq!(dice.below(1), 0);
    }
}

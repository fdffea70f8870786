//! Dice: one stream for each agent and each process of the world.
//!
//! The streams are the kernel's: a seed and a name give the state, whoever else there is.

use libm::{exp, log1p};
use pitfloor_pricing::process::dice;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A private stream of random numbers.
#[derive(Clone, Debug)]
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream called `name` of the run seeded with `seed`.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        Self(dice::named(seed, name))
    }

    /// From 0 to just below 1.
    pub fn unit(&mut self) -> f64 {
        dice::uniform(&mut self.0)
    }

    /// From `low` to just below `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number from 0 to one below `bound`.
    ///
    /// # Panics
    ///
    /// When `bound` is 0: there is nothing to draw from.
    pub fn below(&mut self, bound: usize) -> usize {
        dice::below(&mut self.0, bound as u64) as usize
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A normal number with mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        dice::normal(&mut self.0)
    }

    /// How many of `n` do what each does with probability `p`, by inversion; in parts, so that no
    /// part's probability of 0 vanishes.
    pub fn how_many(&mut self, n: u32, p: f64) -> u32 {
        /// The most that a part expects.
        const PART: f64 = 30.0;
        if p >= 1.0 {
            return n;
        }
        if n == 0 || p <= 0.0 {
            return 0;
        }
        if f64::from(n) * p > PART {
            let half = n / 2;
            return self.how_many(half, p) + self.how_many(n - half, p);
        }
        let odds = p / (1.0 - p);
        let mut left = self.unit();
        let mut chance = exp(f64::from(n) * log1p(-p));
        for k in 0..n {
            left -= chance;
            if left < 0.0 {
                return k;
            }
            chance *= f64::from(n - k) / f64::from(k + 1) * odds;
        }
        n
    }
}

//! The Ornstein-Uhlenbeck process: `dx = theta (mu - x) dt + sigma dW`.
//!
//! The step is exact, whatever its length. Sources: Uhlenbeck & Ornstein (1930), Physical Review 36;
//! Gillespie (1996), Physical Review E 54, for the step.

use super::dice::normal;
use crate::{Outside, within};
use libm::{exp, expm1, sqrt};
use rand_core::Rng;
use std::f64::consts::LN_2;

/// A level that is pulled back to its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrnsteinUhlenbeck {
    /// `theta`: the pull, per year; positive.
    pub reversion: f64,
    /// `mu`: the mean.
    pub mean: f64,
    /// `sigma`: the standard deviation of a year's noise, in the units of x; at least 0.
    pub noise: f64,
}

impl OrnsteinUhlenbeck {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `theta`, `mu` or `sigma`.
    pub fn check(&self) -> Result<(), Outside> {
        let pull = |theta| (1e-12..=1e12).contains(&theta);
        within("theta", self.reversion, pull, "a positive number (1e-12 to 1e12)")?;
        within("mu", self.mean, |_| true, "a number")?;
        within("sigma", self.noise, |x| (0.0..=1e100).contains(&x), "a number from 0 to 1e100")?;
        Ok(())
    }

    /// After how many years half the distance to the mean is gone: `ln 2 / theta`.
    #[must_use]
    pub fn half_life(&self) -> f64 {
        LN_2 / self.reversion
    }

    /// The standard deviation in the long run: `sigma / √(2 theta)`.
    #[must_use]
    pub fn stationary_deviation(&self) -> f64 {
        self.noise / sqrt(2.0 * self.reversion)
    }

    /// The mean of where `x` is `step` years later.
    #[must_use]
    pub fn expected(&self, x: f64, step: f64) -> f64 {
        self.mean + (x - self.mean) * exp(-self.reversion * step)
    }

    /// Where `x` is `step` years later.
    pub fn step(&self, x: f64, step: f64, dice: &mut impl Rng) -> f64 {
        let spread = sqrt(-expm1(-2.0 * self.reversion * step));
        self.expected(x, step) + self.stationary_deviation() * spread * normal(dice)
    }
}

//! Merton's jump diffusion: geometric Brownian motion with log-normal jumps.
//!
//! The drift gives back what jumps bring on average, so the mean grows at `drift`. The step is exact,
//! whatever its length. Source: Merton (1976), Journal of Financial Economics 3.

use super::dice::{normal, poisson};
use super::gbm::GeometricBrownian;
use crate::Outside;
use crate::option::jumps::Jumps;
use libm::{exp, sqrt};
use rand_core::Rng;

/// A price that diffuses and jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JumpDiffusion {
    /// The drift of the mean, and the volatility between jumps.
    pub diffusion: GeometricBrownian,
    /// How often and how far it jumps.
    pub jumps: Jumps,
}

impl JumpDiffusion {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `drift`, `v`, `lam`, `muJ` or `dJ`.
    pub fn check(&self) -> Result<(), Outside> {
        self.diffusion.check()?;
        self.jumps.check()
    }

    /// Where a price at `spot` is `step` years later. Throws for the diffusion, then for the number
    /// of jumps, then for their size when there are any: the work grows with their mean number.
    pub fn step(&self, spot: f64, step: f64, dice: &mut impl Rng) -> f64 {
        let diffused = self.diffusion.step(spot, step, dice);
        let count = poisson(dice, self.jumps.rate * step) as f64;
        let size = if count == 0.0 { 0.0 } else { sqrt(count) * normal(dice) };
        let jumped = count * self.jumps.mean + self.jumps.deviation * size;
        diffused * exp(jumped - self.jumps.rate * step * self.jumps.mean_gain())
    }
}

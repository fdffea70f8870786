//! Geometric Brownian motion: `dS/S = drift dt + v dW`.
//!
//! The step is exact, whatever its length. Source: Black & Scholes (1973).

use super::dice::normal;
use crate::option::volatility;
use crate::{Outside, within};
use libm::{exp, sqrt};
use rand_core::Rng;

/// The drift and the volatility of a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeometricBrownian {
    /// `drift`: growth of the mean, continuously compounded, per year; `r - q` for pricing.
    pub drift: f64,
    /// `v`: volatility, at least 0.
    pub volatility: f64,
}

impl GeometricBrownian {
    /// Whether both parameters lie in their domains.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `drift` or `v`.
    pub fn check(&self) -> Result<(), Outside> {
        growth(self.drift)?;
        volatility("v", self.volatility)?;
        Ok(())
    }

    /// Where a price at `spot` is `step` years later.
    pub fn step(&self, spot: f64, step: f64, dice: &mut impl Rng) -> f64 {
        self.shocked(spot, step, normal(dice))
    }

    /// The same when the standard normal shock is given: for correlated prices and mirrored paths.
    #[must_use]
    pub fn shocked(&self, spot: f64, step: f64, shock: f64) -> f64 {
        let drift = self.drift - 0.5 * self.volatility * self.volatility;
        spot * exp(drift * step + self.volatility * sqrt(step) * shock)
    }
}

/// `drift` when it is a rate of growth.
pub(super) fn growth(drift: f64) -> Result<f64, Outside> {
    within("drift", drift, |drift| drift.abs() <= 1_000.0, "a rate from -1000 to 1000 a year")
}

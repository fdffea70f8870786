//! Events that bring on others.
//!
//! Source: Hawkes (1971), Biometrika 58(1), with an exponential kernel `alpha e^(-beta t)`. Each event
//! brings on `n = alpha/beta` others at once or through them; below 1 the process is stationary.

use crate::{Outside, not_negative, positive};
use libm::expm1;

pub use pitfloor_pricing::numeric::radius::spectral_radius;

/// A process of one kind of event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hawkes {
    /// `mu`: events that nothing brings on, per time; at least 0.
    pub base: f64,
    /// `alpha`: the jump of the intensity at an event, per time; at least 0.
    pub jump: f64,
    /// `beta`: how fast it fades, per time; above `alpha`.
    pub decay: f64,
}

impl Hawkes {
    /// The branching ratio `alpha/beta`.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain; names the radius when it is 1 or more.
    pub fn branching(&self) -> Result<f64, Outside> {
        not_negative("mu", self.base)?;
        not_negative("alpha", self.jump)?;
        positive("beta", self.decay)?;
        let ratio = self.jump / self.decay;
        if ratio < 1.0 {
            return Ok(ratio);
        }
        let found = format!("{}, a spectral radius of {ratio}", self.jump);
        Err(Outside::new("alpha", found, "below beta: a radius below 1"))
    }

    /// Events per time: `mu / (1 - n)`.
    ///
    /// # Errors
    ///
    /// As [`Hawkes::branching`].
    pub fn rate(&self) -> Result<f64, Outside> {
        Ok(self.base / (1.0 - self.branching()?))
    }

    /// Variance over mean of the count in a window of length `window`; 1 in none.
    ///
    /// # Errors
    ///
    /// As [`Hawkes::branching`]; or `W` is negative.
    pub fn fano(&self, window: f64) -> Result<f64, Outside> {
        let n = self.branching()?;
        let span = (self.decay - self.jump) * not_negative("W", window)?;
        let grown = if span == 0.0 { 0.0 } else { 1.0 + expm1(-span) / span };
        Ok(1.0 + n * (2.0 - n) / ((1.0 - n) * (1.0 - n)) * grown)
    }

    /// The same in an endless window: `1 / (1 - n)²`.
    ///
    /// # Errors
    ///
    /// As [`Hawkes::branching`].
    pub fn fano_endless(&self) -> Result<f64, Outside> {
        let n = self.branching()?;
        Ok(1.0 / ((1.0 - n) * (1.0 - n)))
    }
}

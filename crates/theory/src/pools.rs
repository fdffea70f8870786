//! Two reserves whose product stays.
//!
//! Source: Angeris, Kao, Chiang, Noyes & Chitra (2021), Cryptoeconomic Systems 1(1), on constant
//! product markets. Whoever puts some of one reserve in takes some of the other out, and leaves a fee.

use crate::{Outside, not_negative, positive, within};
use libm::sqrt;

/// A pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// `x`: the reserve that is paid into; positive.
    pub x: f64,
    /// `y`: the reserve that is paid out of; positive.
    pub y: f64,
    /// `fee`: the share of what is paid in that buys nothing; at least 0 and below 1.
    pub fee: f64,
}

impl Pool {
    /// What `dx` paid in takes out; all of it stays below the reserve.
    ///
    /// # Errors
    ///
    /// [`Outside`] when an argument lies outside its domain.
    pub fn out(&self, dx: f64) -> Result<f64, Outside> {
        positive("x", self.x)?;
        positive("y", self.y)?;
        within("fee", self.fee, |f| (0.0..1.0).contains(&f), "at least 0 and below 1")?;
        let buys = not_negative("dx", dx)? * (1.0 - self.fee);
        Ok(self.y * buys / (self.x + buys))
    }
}

/// What a share of the pool is worth beside having kept its parts, less 1, after the price of one in
/// the other has become `r` times what it was: 0 or below.
///
/// # Errors
///
/// [`Outside`] when `r` is negative.
pub fn impermanent_loss(r: f64) -> Result<f64, Outside> {
    not_negative("r", r)?;
    Ok(2.0 * sqrt(r) / (1.0 + r) - 1.0)
}

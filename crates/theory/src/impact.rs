//! How far a large order moves the price.
//!
//! Source: Almgren, Thum, Hauptmann & Li (2005), Risk 18; Tóth et al. (2011), Physical Review X 1: the
//! square root of the order's part of the volume, in units of volatility.

use crate::{Outside, not_negative, positive};
use libm::sqrt;

/// `Y sigma √(Q/V)`: in the units of `sigma`, for `Q` lots where `V` trade in the time of `sigma`.
///
/// # Errors
///
/// [`Outside`] when an argument lies outside its domain.
pub fn square_root(y: f64, sigma: f64, lots: f64, volume: f64) -> Result<f64, Outside> {
    not_negative("Y", y)?;
    not_negative("sigma", sigma)?;
    not_negative("Q", lots)?;
    positive("V", volume)?;
    Ok(y * sigma * sqrt(lots / volume))
}

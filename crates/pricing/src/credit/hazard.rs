//! Default as something that may happen at any time at a constant rate.
//!
//! Source: Hull, *Options, Futures and Other Derivatives*, the chapter on credit risk: the hazard
//! rate is the spread over what is lost, λ = s / (1 − R). Rates per year, as fractions.

use crate::{Outside, within};
use libm::{exp, expm1, log1p};

const RECOVERY: &str = "from 0 to below 1";

/// The hazard rate behind a `spread` when a share `recovery` comes back.
///
/// # Errors
///
/// When the spread is below 0, or the recovery is not in [0, 1).
pub fn hazard(spread: f64, recovery: f64) -> Result<f64, Outside> {
    within("spread", spread, |s| s >= 0.0, "at least 0")?;
    within("R", recovery, |r| (0.0..1.0).contains(&r), RECOVERY)?;
    Ok(spread / (1.0 - recovery))
}

/// The spread that a `hazard` rate is worth when a share `recovery` comes back.
///
/// # Errors
///
/// When the hazard is below 0, or the recovery is not in [0, 1).
pub fn spread(hazard: f64, recovery: f64) -> Result<f64, Outside> {
    within("hazard", hazard, |h| h >= 0.0, "at least 0")?;
    within("R", recovery, |r| (0.0..1.0).contains(&r), RECOVERY)?;
    Ok(hazard * (1.0 - recovery))
}

/// The probability of default within `t` years.
///
/// # Errors
///
/// When one of them is below 0.
pub fn default_by(hazard: f64, t: f64) -> Result<f64, Outside> {
    within("hazard", hazard, |h| h >= 0.0, "at least 0")?;
    within("T", t, |t| t >= 0.0, "at least 0")?;
    Ok(-expm1(-hazard * t))
}

/// What a promise of one unit after `t` years is worth at the riskless continuous rate `r`, when a
/// share `recovery` of it is paid then after a default.
///
/// # Errors
///
/// When an argument is outside its domain.
pub fn risky_zero(r: f64, hazard: f64, recovery: f64, t: f64) -> Result<f64, Outside> {
    within("r", r, |_| true, "a finite rate")?;
    within("R", recovery, |r| (0.0..=1.0).contains(&r), "from 0 to 1")?;
    let lost = default_by(hazard, t)? * (1.0 - recovery);
    Ok(exp(-r * t) * (1.0 - lost))
}

/// The continuous spread that such a promise yields above the riskless rate; at `t` = 0 the limit.
///
/// # Errors
///
/// When an argument is outside its domain.
pub fn zero_spread(hazard: f64, recovery: f64, t: f64) -> Result<f64, Outside> {
    within("R", recovery, |r| (0.0..=1.0).contains(&r), "from 0 to 1")?;
    let lost = default_by(hazard, t)? * (1.0 - recovery);
    Ok(if t == 0.0 { hazard * (1.0 - recovery) } else { -log1p(-lost) / t })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 200 basis points and a recovery of 40 %.
    #[test]
    fn a_spread_is_a_hazard() {
        let found = hazard(0.02, 0.4).unwrap();
        assert!((found - 0.033_333).abs() < 5e-7);
        assert!((default_by(found, 5.0).unwrap() - 0.153_518).abs() < 5e-7);
        assert!((spread(found, 0.4).unwrap() - 0.02).abs() < 1e-16);
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |found: Result<f64, Outside>| found.unwrap_err().to_string();
        assert_eq!(says(hazard(-0.1, 0.4)), "spread: found -0.1, expected at least 0");
        assert_eq!(says(hazard(0.1, 1.0)), "R: found 1, expected from 0 to below 1");
        assert_eq!(says(default_by(0.1, -1.0)), "T: found -1, expected at least 0");
        assert_eq!(says(risky_zero(0.1, 0.1, 1.1, 1.0)), "R: found 1.1, expected from 0 to 1");
    }

    proptest! {
        /// The spread is the one of the price, at most the loss rate, and tends to it.
        #[test]
        fn spreads_and_prices_agree(
            r in -0.02..0.2_f64, h in 0.0..1.0_f64, back in 0.0..1.0_f64, t in 0.01..30.0_f64,
        ) {
            let price = risky_zero(r, h, back, t).unwrap();
            let spread = zero_spread(h, back, t).unwrap();
            prop_assert!((price - exp(-(r + spread) * t)).abs() < 1e-12);
            prop_assert!((-1e-15..=h * (1.0 - back) + 1e-12).contains(&spread));
            let soon = zero_spread(h, back, 1e-7).unwrap();
            prop_assert!((soon - zero_spread(h, back, 0.0).unwrap()).abs() < 1e-6);
        }
    }
}

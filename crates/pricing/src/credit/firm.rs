//! A firm's shares as an option on the firm: what its assets are worth, and how likely it fails.
//!
//! Source: R. Merton (1974), Journal of Finance 29, as told by Hull in the chapter on credit risk:
//! E = V Φ(d1) − D e^−rT Φ(d2) and σ_E E = Φ(d1) σ_V V, solved for the assets V and their volatility.

use crate::numeric::brent;
use crate::numeric::normal::cumulative;
use crate::{Outside, within};
use libm::{exp, log, sqrt};

/// What can be seen of a firm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Market value of the shares.
    pub e0: f64,
    /// Their volatility: per square root of a year.
    pub sigma_e: f64,
    /// The riskless continuous rate.
    pub r: f64,
    /// The debt due, at its face.
    pub d: f64,
    /// Years until it is due.
    pub t: f64,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Firm {
    /// Value of the assets.
    pub v: f64,
    /// Their volatility.
    pub sigma_v: f64,
    /// Probability of default, as the market prices it.
    pub pd: f64,
    /// Expected loss, as a share of the debt's riskless value.
    pub expected_loss: f64,
    /// What comes back after a default, as a share of what was due; none without defaults.
    pub recovery: Option<f64>,
    /// The debt's continuous yield above the riskless rate; none when it is due at once.
    pub spread: Option<f64>,
}

impl Seen {
    /// The firm behind it. Without volatility or time the limit: assets are shares and debt, and
    /// nothing is lost.
    ///
    /// # Errors
    ///
    /// When a value is outside its domain, or no volatility of the assets explains the shares'.
    pub fn firm(&self) -> Result<Firm, Outside> {
        let Self { e0, sigma_e, r, d, t } = *self;
        within("E0", e0, |e| e > 0.0, "above 0")?;
        within("sigma_E", sigma_e, |s| s >= 0.0, "at least 0")?;
        within("r", r, |_| true, "a finite rate")?;
        within("D", d, |d| d > 0.0, "above 0")?;
        within("T", t, |t| t >= 0.0, "at least 0")?;
        let owed = within("r", d * exp(-r * t), |_| true, "a rate that leaves the debt a number")?;
        if sigma_e == 0.0 || t == 0.0 {
            let (v, sigma_v) = (e0 + owed, sigma_e * e0 / (e0 + owed));
            let spread = (t > 0.0).then_some(0.0);
            return Ok(Firm { v, sigma_v, pd: 0.0, expected_loss: 0.0, recovery: None, spread });
        }
        // The shares' volatility is more than the assets', so theirs lies between 0 and it.
        let over = |sigma: f64| {
            self.assets(owed, sigma)
                .map_or(f64::NAN, |(v, first, _)| cumulative(first) * sigma * v - sigma_e * e0)
        };
        let none = || Outside::new("sigma_E", sigma_e, "a volatility that some assets explain");
        let least = sigma_e * e0 / (e0 + owed) * 1e-3;
        let sigma_v = brent::between(over, least, sigma_e).ok_or_else(none)?;
        let (v, _, second) = self.assets(owed, sigma_v).ok_or_else(none)?;
        let pd = cumulative(-second);
        let worth = v - e0;
        let expected_loss = (owed - worth) / owed;
        let recovery = (pd > 0.0).then(|| 1.0 - expected_loss / pd);
        Ok(Firm { v, sigma_v, pd, expected_loss, recovery, spread: Some(-log(worth / owed) / t) })
    }

    /// The assets that make the shares worth what they are, when theirs is `sigma`; with d1, d2.
    fn assets(&self, owed: f64, sigma: f64) -> Option<(f64, f64, f64)> {
        let wide = sigma * sqrt(self.t);
        let both = |v: f64| {
            let first = log(v / owed) / wide + 0.5 * wide;
            (first, first - wide)
        };
        let over = |v: f64| {
            let (first, second) = both(v);
            v * cumulative(first) - owed * cumulative(second) - self.e0
        };
        let v = brent::between(over, self.e0, (self.e0 + owed) * (1.0 + 1e-12))?;
        let (first, second) = both(v);
        Some((v, first, second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HULL: Seen = Seen { e0: 3.0, sigma_e: 0.8, r: 0.05, d: 10.0, t: 1.0 };

    #[test]
    fn as_hull_finds_it() {
        let firm = HULL.firm().unwrap();
        assert!((firm.v - 12.395_387).abs() < 5e-7);
        assert!((firm.sigma_v - 0.212_305).abs() < 5e-7);
        assert!((firm.pd - 0.126_971).abs() < 5e-7);
        assert!((firm.expected_loss - 0.012_290_1).abs() < 5e-8);
        assert!((firm.recovery.unwrap() - 0.9032).abs() < 5e-5);
    }

    #[test]
    fn the_limits_are_values() {
        let still = Seen { sigma_e: 0.0, ..HULL }.firm().unwrap();
        assert_eq!((still.v, still.pd, still.spread), (3.0 + 10.0 * exp(-0.05), 0.0, Some(0.0)));
        let now = Seen { t: 0.0, ..HULL }.firm().unwrap();
        assert_eq!((now.v, now.pd, now.spread), (13.0, 0.0, None));
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |seen: Seen| seen.firm().unwrap_err().to_string();
        assert_eq!(says(Seen { e0: 0.0, ..HULL }), "E0: found 0, expected above 0");
        assert_eq!(says(Seen { sigma_e: -1.0, ..HULL }), "sigma_E: found -1, expected at least 0");
        assert_eq!(says(Seen { d: f64::NAN, ..HULL }), "D: found NaN, expected above 0");
    }

    proptest! {
        /// Both of Merton's equations hold.
        #[test]
        fn both_equations_hold(
            e0 in 0.5..50.0_f64, sigma_e in 0.1..1.2_f64, r in -0.02..0.1_f64,
            d in 1.0..50.0_f64, t in 0.1..10.0_f64,
        ) {
            let seen = Seen { e0, sigma_e, r, d, t };
            let firm = seen.firm().unwrap();
            let (v, s) = (firm.v, firm.sigma_v);
            let d1 = (log(v / d) + (r + 0.5 * s * s) * t) / (s * sqrt(t));
            let d2 = d1 - s * sqrt(t);
            let shares = v * cumulative(d1) - d * exp(-r * t) * cumulative(d2);
            prop_assert!((shares - e0).abs() < 1e-9 * (v + d), "{shares} {e0}");
            prop_assert!((cumulative(d1) * s * v - sigma_e * e0).abs() < 1e-8 * (v + d));
            prop_assert!((0.0..=1.0).contains(&firm.pd) && firm.spread.unwrap() > -1e-9);
        }
    }
}

//! European options when the variance itself wanders: Heston's model.
//!
//! `dS/S = (r - q) dt + √v dW`, `dv = kappa (theta - v) dt + sigma √v dZ`, `dW dZ = rho dt`.
//!
//! Sources: Heston (1993), Review of Financial Studies 6; the branch of the logarithm that never
//! jumps, Albrecher, Mayer, Schoutens & Tistaert (2007), Wilmott Magazine; the single integral,
//! Lewis (2000), Option Valuation under Stochastic Volatility, chapter 2.

use super::black::black;
use super::{VOLATILITY_MAX, Vanilla};
use crate::numeric::complex::{Complex, complex};
use crate::numeric::integral::Budget;
use crate::{Outside, within};
use libm::{cos, exp, expm1, log, sqrt};
use std::f64::consts::PI;

/// How many points of its characteristic function one price may ask for.
pub const POINTS_MAX: u64 = 3_000_000;
/// How far the integral may be off, in units of the geometric mean of forward and strike.
const TOLERANCE: f64 = 1e-13;

/// How the variance moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heston {
    /// `v0`: the variance now, per year (0.04 is a volatility of 20%); at least 0.
    pub variance: f64,
    /// `kappa`: how fast the variance returns, per year; at least 0.
    pub reversion: f64,
    /// `theta`: where it returns to, per year; at least 0.
    pub level: f64,
    /// `sigma`: the volatility of the variance; at least 0.
    pub vol_of_vol: f64,
    /// `rho`: how the variance moves with the price, from -1 to 1.
    pub correlation: f64,
}

impl Heston {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `v0`, `kappa`, `theta`, `sigma` or `rho`.
    pub fn check(&self) -> Result<(), Outside> {
        let most = VOLATILITY_MAX * VOLATILITY_MAX;
        for (field, value) in [
            ("v0", self.variance),
            ("kappa", self.reversion),
            ("theta", self.level),
            ("sigma", self.vol_of_vol),
        ] {
            within(field, value, |x| (0.0..=most).contains(&x), "a number from 0 to 1000000")?;
        }
        within("rho", self.correlation, |x| x.abs() <= 1.0, "a correlation from -1 to 1")?;
        Ok(())
    }

    /// The mean of the variance summed up over `time` years.
    #[must_use]
    pub fn mean_total_variance(&self, time: f64) -> f64 {
        let decay = self.reversion * time;
        // (1 - e^-x)/x, and its limit.
        let kept = if decay == 0.0 { 1.0 } else { -expm1(-decay) / decay };
        time * (self.level + (self.variance - self.level) * kept)
    }

    /// The logarithm of the characteristic function, at `u - i/2`, of the logarithm of the price
    /// over its forward at `time`.
    ///
    /// Written without a division by `sigma²`, so that a small `sigma` costs no digits and a
    /// `sigma` of 0 is the limit.
    fn exponent(&self, u: f64, time: f64) -> Complex {
        let sigma2 = self.vol_of_vol * self.vol_of_vol;
        // z = u - i/2 gives iz = 1/2 + iu and z² + iz = u² + 1/4, a real number.
        let iz = complex(0.5, u);
        let square = u * u + 0.25;
        let beta = complex(self.reversion, 0.0) - iz.scale(self.correlation * self.vol_of_vol);
        let root = (beta * beta + complex(sigma2 * square, 0.0)).sqrt();
        if root.size() * time < 1e-12 {
            // No reversion and no volatility of variance: the variance stays.
            return complex(-0.5 * square * self.mean_total_variance(time), 0.0);
        }
        let sum = beta + root;
        // (beta - root)/sigma² and, over sigma² too, g = (beta - root)/(beta + root).
        let less = complex(-square, 0.0) / sum;
        let ratio = less / sum;
        let gone = -(root.scale(-time)).exp_m1();
        let kept = complex(1.0, 0.0) - ratio.scale(sigma2);
        let left = kept + ratio.scale(sigma2) * gone;
        let on_variance = less * gone / left;
        let turn = ratio * gone / kept;
        let turned =
            if sigma2 == 0.0 { turn } else { turn.scale(sigma2).ln_1p().scale(1.0 / sigma2) };
        let on_level = less.scale(time) - turned.scale(2.0);
        on_variance.scale(self.variance) + on_level.scale(self.reversion * self.level)
    }
}

/// The price of a European `option` in the Heston model.
///
/// `T` = 0 gives the pay-off; `sigma` = 0 the Black-Scholes price at the mean variance. The integral
/// is of the difference from that price, so it is small and decays whatever the time to expiry, and
/// is taken adaptively until what is left is below 1e-13 of the forward.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T`, `v0`, `kappa`, `theta`, `sigma` or `rho`; all of the
/// model's when the integral does not converge in [`POINTS_MAX`] points, which takes a variance that
/// is as good as 0 but for rare bursts.
pub fn heston(option: &Vanilla, model: &Heston) -> Result<f64, Outside> {
    option.check()?;
    model.check()?;
    let (asset, cash) = (option.prepaid(), option.strike * option.discount());
    let total = model.mean_total_variance(option.time);
    let plain = black(option.right, asset, cash, sqrt(total));
    if total == 0.0 || model.vol_of_vol == 0.0 {
        return Ok(plain);
    }
    let Some(gap) = gap(model, log(cash / asset), option.time, total) else {
        let found = format!("{model:?} over {} years", option.time);
        let expected = "parameters whose integral converges within 3000000 points";
        return Err(Outside::new("v0, kappa, theta, sigma, rho, T", found, expected));
    };
    let (least, most) = option.bounds();
    Ok((plain + sqrt(asset * cash) / PI * gap).clamp(least, most))
}

/// The integral of what the two characteristic functions differ by, where the logarithm of strike
/// over forward is `strike`.
fn gap(model: &Heston, strike: f64, time: f64, total: f64) -> Option<f64> {
    let exponent = |u: f64| model.exponent(u, time);
    let plain = |u: f64| exp(-0.5 * (u * u + 0.25) * total);
    let curve = |u: f64| {
        let exponent = exponent(u);
        let wave = u * strike - exponent.im;
        let differ = cos(u * strike) * plain(u) - exp(exponent.re) * cos(wave);
        differ / (u * u + 0.25)
    };
    let (mut budget, mut sum) = (Budget { left: POINTS_MAX }, 0.0);
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        sum += budget.integrate(&curve, (low, high), TOLERANCE * 0.1)?;
        // Both functions shrink from here on, so no more than this is left.
        if (exp(exponent(high).re) + plain(high)) / high < TOLERANCE {
            return Some(sum);
        }
        (low, high) = (high, 2.0 * high);
    }
}

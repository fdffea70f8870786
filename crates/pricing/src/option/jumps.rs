//! European options when the price also jumps: Merton's jump diffusion.
//!
//! Jumps arrive at the rate `lam` a year and multiply the price by a log-normal factor; between them
//! the price is a geometric Brownian motion. Seen from the number of jumps that come, the price is
//! log-normal, so an option is a Poisson mixture of Black-Scholes prices.
//!
//! Source: Merton (1976), Journal of Financial Economics 3.

use super::black::black;
use super::{VOLATILITY_MAX, Vanilla, volatility};
use crate::{Outside, within};
use libm::{ceil, exp, expm1, lgamma, log, sqrt};

/// The most jumps that may be expected before expiry, counted as the price counts them.
pub const JUMPS_MAX: f64 = 100_000.0;

/// Log-normal jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jumps {
    /// `lam`: jumps per year; at least 0.
    pub rate: f64,
    /// `muJ`: the mean of a jump's logarithm, from -10 to 10.
    pub mean: f64,
    /// `dJ`: its standard deviation, from 0 to 10.
    pub deviation: f64,
}

impl Jumps {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `lam`, `muJ` or `dJ`.
    pub fn check(&self) -> Result<(), Outside> {
        within("lam", self.rate, |x| (0.0..=VOLATILITY_MAX * VOLATILITY_MAX).contains(&x), RATE)?;
        within("muJ", self.mean, |x| x.abs() <= 10.0, "a mean of logarithms from -10 to 10")?;
        within("dJ", self.deviation, |x| (0.0..=10.0).contains(&x), "a deviation from 0 to 10")?;
        Ok(())
    }

    /// What a jump multiplies the price by on average, less 1. The drift gives it back
    /// (compensates), so that the price grows at `r - q` whatever the jumps.
    #[must_use]
    pub fn mean_gain(&self) -> f64 {
        expm1(self.mean + 0.5 * self.deviation * self.deviation)
    }
}

const RATE: &str = "a rate from 0 to 1000000 a year";
const COUNT: &str = "a rate whose jumps until T, weighted by their mean factor, are at most 100000";

/// The price of a European `option` when the diffusion's volatility is `v` and `jumps` come on top.
///
/// `lam` = 0 is the Black-Scholes price, `T` = 0 the pay-off.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T`, `v`, `lam`, `muJ` or `dJ`; `lam` also when there are
/// too many jumps to sum over.
pub fn merton_jump(option: &Vanilla, v: f64, jumps: &Jumps) -> Result<f64, Outside> {
    option.check()?;
    volatility("v", v)?;
    jumps.check()?;
    let count = jumps.rate * option.time;
    let weighted = count * (1.0 + jumps.mean_gain());
    within("lam", jumps.rate, |_| count.max(weighted) <= JUMPS_MAX, COUNT)?;
    Ok(mixture(option, count, weighted, |jumped| {
        v * v * option.time + jumped * jumps.deviation * jumps.deviation
    }))
}

/// The same model as Haug parametrises it: `total_vol` is the volatility of everything, `gamma` the
/// part of its variance that the jumps make, and the mean jump factor is 1.
///
/// `lam` = 0 is the limit of ever rarer jumps: Black-Scholes on the part without jumps.
///
/// Source: Haug, The Complete Guide to Option Pricing Formulas (2007), section 6.9.1. The printed
/// table has misprints: 23.28, 15.20, 8.89 and 4.66 should be 23.61, 15.42, 9.03 and 4.74.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T`, `total_vol`, `lam` or `gamma`.
pub fn merton_haug(
    option: &Vanilla,
    total_vol: f64,
    rate: f64,
    gamma: f64,
) -> Result<f64, Outside> {
    option.check()?;
    volatility("total_vol", total_vol)?;
    Jumps { rate, mean: 0.0, deviation: 0.0 }.check()?;
    within("gamma", gamma, |x| (0.0..=1.0).contains(&x), "a share from 0 to 1")?;
    let count = rate * option.time;
    within("lam", rate, |_| count <= JUMPS_MAX, COUNT)?;
    let squared = total_vol * total_vol;
    let jump_variance = if rate == 0.0 { 0.0 } else { gamma * squared / rate };
    Ok(mixture(option, count, count, |jumped| {
        squared * (1.0 - gamma) * option.time + jump_variance * jumped
    }))
}

/// The mixture, over the number of jumps, of Black-Scholes prices. `count` is its mean; under the
/// measure that counts in units of the underlying it is `weighted`, and the ratio of the two
/// probabilities is what the jumps do to the forward. `variance` is told the number of jumps.
fn mixture(option: &Vanilla, count: f64, weighted: f64, variance: impl Fn(f64) -> f64) -> f64 {
    let (asset, cash) = (option.prepaid(), option.strike * option.discount());
    // Twelve deviations and forty more: what is beyond weighs less than 1e-20.
    let most = count.max(weighted);
    let last = ceil(most + 12.0 * sqrt(most) + 40.0) as u32;
    let terms = (0..=last).map(f64::from).map(|jumped| {
        let (asset, cash) = (asset * poisson(jumped, weighted), cash * poisson(jumped, count));
        if asset + cash == 0.0 {
            return 0.0;
        }
        black(option.right, asset, cash, sqrt(variance(jumped)))
    });
    let (least, most) = option.bounds();
    terms.sum::<f64>().clamp(least, most)
}

/// The probability of `count` events when `mean` are expected.
fn poisson(count: f64, mean: f64) -> f64 {
    match (count == 0.0, mean == 0.0) {
        (true, _) => exp(-mean),
        (false, true) => 0.0,
        (false, false) => exp(count * log(mean) - mean - lgamma(count + 1.0)),
    }
}

//! The volatility at which the Black-Scholes-Merton formula gives a price.

use super::black::{arguments, black};
use super::{Right, VOLATILITY_MAX, Vanilla};
use crate::numeric::normal::density;
use crate::numeric::root::newton;
use crate::{Outside, within};
use libm::{fabs, log, sqrt};

/// More standard deviations than any price tells from the most it can be.
const DEVIATION_MAX: f64 = 100.0;

/// The volatility that makes a European `option` worth `price`; 0 when the price is the least that
/// it can be.
///
/// The search runs on the option of the same strike that is out of the money, which parity makes
/// worth the part of the price above its lower bound: there no digits are lost. It starts where the
/// price bends (Manaster & Koehler 1982, Journal of Finance 37), takes logarithms of prices below
/// that, and falls back on bisection, so it converges for every price that has an answer.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q` or `T` (which must be above 0), or `price` when no
/// volatility gives it: it lies outside the no-arbitrage bounds.
pub fn implied_vol(option: &Vanilla, price: f64) -> Result<f64, Outside> {
    option.check()?;
    within("T", option.time, |t| t > 0.0, "a time above 0: an expired option has no volatility")?;
    let (least, most) = option.bounds();
    if !(least <= price && price < most) {
        let found = format!("{price}, where the bounds are {least} and {most}");
        return Err(Outside::new(
            "price",
            found,
            "at least the lower no-arbitrage bound, below the upper",
        ));
    }
    let (asset, cash) = (option.prepaid(), option.strike * option.discount());
    let v = deviation(asset, cash, price - least).map(|deviation| deviation / sqrt(option.time));
    v.filter(|v| *v <= VOLATILITY_MAX)
        .ok_or_else(|| Outside::new("price", price, "a price that a volatility up to 1000 gives"))
}

/// The standard deviation of the logarithm at which the option out of the money costs `price`.
fn deviation(asset: f64, cash: f64, price: f64) -> Option<f64> {
    if price <= 0.0 {
        return Some(0.0);
    }
    let right = if asset < cash { Right::Call } else { Right::Put };
    let worth = |deviation: f64| {
        let bell = arguments(asset, cash, deviation).map_or(0.0, |(d1, _)| density(d1));
        (black(right, asset, cash, deviation), asset * bell)
    };
    let bend = sqrt(2.0 * fabs(log(asset / cash))).min(DEVIATION_MAX);
    if price < worth(bend).0 {
        let by_logarithm = |deviation: f64| {
            let (worth, slope) = worth(deviation);
            (log(worth / price), slope / worth)
        };
        newton(by_logarithm, (0.0, bend), bend)
    } else {
        let plain = |deviation: f64| {
            let (worth, slope) = worth(deviation);
            (worth - price, slope)
        };
        newton(plain, (bend, DEVIATION_MAX), bend)
    }
}

//! European options when the underlying is a geometric Brownian motion: price and sensitivities.
//!
//! Source: Black & Scholes (1973), Journal of Political Economy 81; Merton (1973), Bell Journal of
//! Economics 4, for the continuous dividend yield.

use super::black::{arguments, black};
use super::{Vanilla, money, volatility};
use crate::Outside;
use crate::numeric::normal::{cumulative, density};
use libm::sqrt;

/// What an option is worth and how that changes.
///
/// Where the option is certain (`T` or `v` is 0), these are limits. At the money forward, a certain
/// option's gamma is infinite, and at expiry with volatility left its theta is minus infinity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Valuation {
    /// In units of money.
    pub price: f64,
    /// Per unit of the underlying.
    pub delta: f64,
    /// Of delta, per unit of the underlying.
    pub gamma: f64,
    /// Per 1.00 of volatility (so 100 times the change for one point).
    pub vega: f64,
    /// Per year that passes.
    pub theta: f64,
    /// Per 1.00 of the rate.
    pub rho: f64,
    /// Of delta, per 1.00 of volatility.
    pub vanna: f64,
    /// Of vega, per 1.00 of volatility.
    pub volga: f64,
}

/// Price and sensitivities of a European `option` when the volatility is `v`.
///
/// Units as in [`super`]. `T` = 0 gives the pay-off, `v` = 0 the discounted pay-off of the forward.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T` or `v`.
pub fn black_scholes(option: &Vanilla, v: f64) -> Result<Valuation, Outside> {
    option.check()?;
    volatility("v", v)?;
    Ok(valuation(option, v))
}

/// The price alone.
///
/// # Errors
///
/// As [`black_scholes`].
pub fn price(option: &Vanilla, v: f64) -> Result<f64, Outside> {
    option.check()?;
    volatility("v", v)?;
    Ok(worth(option, v))
}

/// The price of an option that is known to lie in the domain.
pub(super) fn worth(option: &Vanilla, v: f64) -> f64 {
    let deviation = v * sqrt(option.time);
    black(option.right, option.prepaid(), option.strike * option.discount(), deviation)
}

/// A European option on a forward or a future that costs `forward` now: `option.spot` is that
/// forward, and `option.dividend` is not looked at. Delta and gamma are by the forward, rho by the
/// rate with the forward unchanged.
///
/// Source: Black (1976), Journal of Financial Economics 3.
///
/// # Errors
///
/// [`Outside`], naming `F`, `K`, `r`, `T` or `v`.
pub fn black76(option: &Vanilla, v: f64) -> Result<Valuation, Outside> {
    money("F", option.spot)?;
    let option = Vanilla { dividend: option.rate, ..*option };
    let priced = black_scholes(&option, v)?;
    Ok(Valuation { rho: -option.time * priced.price, ..priced })
}

fn valuation(option: &Vanilla, v: f64) -> Valuation {
    let Vanilla { right, spot, rate, dividend, time, .. } = *option;
    let (sign, root) = (right.sign(), sqrt(time));
    let (asset, cash) = (option.prepaid(), option.strike * option.discount());
    let (d1, d2) = arguments(asset, cash, v * root).unwrap_or_else(|| certain(asset, cash));
    let (kept, paid) = (asset * cumulative(sign * d1), cash * cumulative(sign * d2));
    let bell = density(d1);
    let vega = asset * bell * root;
    let decay = if bell == 0.0 || v == 0.0 { 0.0 } else { -0.5 * asset * bell * v / root };
    Valuation {
        price: black(right, asset, cash, v * root),
        delta: sign * kept / spot,
        gamma: if bell == 0.0 { 0.0 } else { asset * bell / (spot * spot * v * root) },
        vega,
        theta: decay + sign * (dividend * kept - rate * paid),
        rho: sign * time * paid,
        // d2/v and d1 d2/v stay finite as v goes to 0 at the money, where d1 = -d2 = v√T/2.
        vanna: match (bell == 0.0, v == 0.0) {
            (true, _) => 0.0,
            (false, true) => 0.5 * asset / spot * bell * root,
            (false, false) => -asset / spot * bell * d2 / v,
        },
        volga: if bell == 0.0 || v == 0.0 { 0.0 } else { vega * d1 * d2 / v },
    }
}

/// Where the arguments go when nothing is left to happen.
fn certain(asset: f64, cash: f64) -> (f64, f64) {
    let end = match asset.total_cmp(&cash) {
        std::cmp::Ordering::Less => f64::NEG_INFINITY,
        std::cmp::Ordering::Equal => 0.0,
        std::cmp::Ordering::Greater => f64::INFINITY,
    };
    (end, end)
}

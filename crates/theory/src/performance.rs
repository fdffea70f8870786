//! How a series of returns is judged: Sharpe, Sortino, drawdown, tails.
//!
//! Sources: Sharpe (1994), Journal of Portfolio Management 21(1); Sortino & Price (1994), Journal of
//! Investing 3(3); Keating & Shadwick (2002) for omega. Ratios have no unit; returns are shares of
//! what was there; `per` periods make a year. Where a ratio divides by zero it is infinite or no
//! number.

use crate::{Outside, positive};
use libm::{pow, sqrt};
use pitfloor_pricing::numeric::quantile::sample;

/// What is said of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// Mean return a period.
    pub mean: f64,
    /// Standard deviation a period, by n - 1.
    pub sd: f64,
    /// Mean over standard deviation, a year.
    pub sharpe: f64,
    /// Mean over downside deviation, a year.
    pub sortino: f64,
    /// Standard deviation a year.
    pub vol: f64,
    /// Root mean square of the returns below 0, a period.
    pub downdev: f64,
    /// Deepest fall from a height, a share: 0 or below.
    pub mdd: f64,
    /// Growth a year.
    pub cagr: f64,
    /// Growth a year over the deepest fall.
    pub calmar: f64,
    /// Skewness of the population.
    pub skew: f64,
    /// Excess kurtosis of the population.
    pub exkurt: f64,
    /// Loss at the 5% quantile, linear between returns.
    pub var95: f64,
    /// Loss at the 20% quantile.
    pub var80: f64,
    /// Mean loss at or below the 20% quantile.
    pub es80: f64,
    /// Gains over losses.
    pub omega: f64,
    /// Share of periods that gained.
    pub hit: f64,
    /// Growth over all periods.
    pub total: f64,
}

/// The figures of `returns`, of which `per` make a year.
///
/// # Errors
///
/// [`Outside`] when there are fewer than two returns, one is below -1 or not finite, or `per` is not
/// positive.
pub fn performance(returns: &[f64], per: f64) -> Result<Performance, Outside> {
    positive("per", per)?;
    if returns.len() < 2 {
        return Err(Outside::new("r", format!("{} returns", returns.len()), "at least two"));
    }
    if let Some(wrong) = returns.iter().find(|r| !(r.is_finite() && **r >= -1.0)) {
        return Err(Outside::new("r", wrong, "returns of at least -1"));
    }
    let n = returns.len() as f64;
    let mean_of = |of: &dyn Fn(f64) -> f64| returns.iter().map(|r| of(*r)).sum::<f64>() / n;
    let mean = mean_of(&|r| r);
    let moment = |power: i32| mean_of(&|r| (r - mean).powi(power));
    let sd = sqrt(moment(2) * n / (n - 1.0));
    let downdev = sqrt(mean_of(&|r| r.min(0.0) * r.min(0.0)));
    let (total, mdd) = path(returns);
    let cagr = pow(1.0 + total, per / n) - 1.0;
    let mut sorted = returns.to_vec();
    sorted.sort_by(f64::total_cmp);
    let below = |p: f64| sample(&sorted, p).expect("there are returns");
    let tail: Vec<f64> = returns.iter().copied().filter(|r| *r <= below(0.2)).collect();
    let year = sqrt(per);
    Ok(Performance {
        mean,
        sd,
        sharpe: mean / sd * year,
        sortino: mean / downdev * year,
        vol: sd * year,
        downdev,
        mdd,
        cagr,
        calmar: cagr / -mdd,
        skew: moment(3) / pow(moment(2), 1.5),
        exkurt: moment(4) / (moment(2) * moment(2)) - 3.0,
        var95: -below(0.05),
        var80: -below(0.2),
        es80: -tail.iter().sum::<f64>() / tail.len() as f64,
        omega: mean_of(&|r| r.max(0.0)) / mean_of(&|r| (-r).max(0.0)),
        hit: mean_of(&|r| f64::from(u8::from(r > 0.0))),
        total,
    })
}

/// Growth over all, and the deepest fall; what is watched begins at 1.
fn path(returns: &[f64]) -> (f64, f64) {
    let (mut worth, mut height, mut deepest) = (1.0_f64, 1.0_f64, 0.0_f64);
    for r in returns {
        worth *= 1.0 + r;
        height = height.max(worth);
        deepest = deepest.min(worth / height - 1.0);
    }
    (worth - 1.0, deepest)
}

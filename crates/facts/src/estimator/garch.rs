//! GARCH(1,1): variance that remembers the last return and itself.

use super::nelder_mead::least;
use super::{mean, variance};

/// σ²_t = ω + α·r²_{t−1} + β·σ²_{t−1}.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Garch {
    /// ω, in squared returns.
    pub omega: f64,
    /// α: what a return adds.
    pub alpha: f64,
    /// β: what stays.
    pub beta: f64,
}

/// The most returns a fit looks at, from the first on.
pub const RETURNS_MAX: usize = 1 << 18;

/// The process of greatest normal likelihood, and the returns over its standard deviations.
///
/// Source: Bollerslev (1986), Journal of Econometrics 31(3). The mean is removed, the first variance
/// is the sample's. `None` below 100 returns or when they do not vary; of more than [`RETURNS_MAX`]
/// the first are taken.
#[must_use]
pub fn fit(returns: &[f64]) -> Option<(Garch, Vec<f64>)> {
    let returns = &returns[..returns.len().min(RETURNS_MAX)];
    let mean = mean(returns).filter(|_| returns.len() >= 100)?;
    let whole = variance(returns).filter(|variance| *variance > 0.0)?;
    let returns: Vec<f64> = returns.iter().map(|r| r - mean).collect();
    // α + β is the first logistic, α's share of it the second; ω in units of the whole variance.
    let of = |p: &[f64; 3]| {
        let logistic = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        let kept = logistic(p[0]);
        let alpha = kept * logistic(p[1]);
        Garch { omega: whole * libm::exp(p[2]), alpha, beta: kept - alpha }
    };
    let cost = |p: &[f64; 3]| {
        let Garch { omega, alpha, beta } = of(p);
        let (mut now, mut sum) = (whole, 0.0);
        for r in &returns {
            sum += libm::log(now) + r * r / now;
            now = omega + alpha * r * r + beta * now;
        }
        sum
    };
    let found = of(&least([3.0, -2.0, -3.0], 0.5, cost));
    let mut now = whole;
    let residuals = returns.iter().map(|r| {
        let residual = r / libm::sqrt(now);
        now = found.omega + found.alpha * r * r + found.beta * now;
        residual
    });
    Some((found, residuals.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;
    use crate::estimator::excess_kurtosis;

    #[test]
    fn a_garch_series_gives_its_coefficients_back() {
        let made = Garch { omega: 2e-6, alpha: 0.08, beta: 0.90 };
        let (mut dice, mut now) = (Dice::new(4), made.omega / 0.02);
        let returns: Vec<f64> = (0..60_000)
            .map(|_| {
                let r = libm::sqrt(now) * dice.normal();
                now = made.omega + made.alpha * r * r + made.beta * now;
                r
            })
            .collect();
        let (found, residuals) = fit(&returns).unwrap();
        assert!((found.alpha - made.alpha).abs() < 0.01, "{found:?}");
        assert!((found.beta - made.beta).abs() < 0.02, "{found:?}");
        assert!(excess_kurtosis(&residuals).unwrap().abs() < 0.1);
        assert!(excess_kurtosis(&returns).unwrap() > 0.5);
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert!(fit(&[0.5; 99]).is_none() && fit(&[0.5; 500]).is_none());
    }
}

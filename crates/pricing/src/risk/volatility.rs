//! Volatility that remembers: exponentially weighted, and GARCH.
//!
//! Source: J.P. Morgan/Reuters, *RiskMetrics Technical Document* (1996); T. Bollerslev (1986), Journal
//! of Econometrics 31; Hull, the chapter on estimating volatilities. All per period.

use crate::{Outside, within};
use libm::sqrt;

/// The next volatility after a return `u`, when the last was `sigma` and a share `lambda` is kept.
///
/// # Errors
///
/// When `lambda` is not in [0, 1], `sigma` is below 0, or a number is not finite.
pub fn ewma(lambda: f64, sigma: f64, u: f64) -> Result<f64, Outside> {
    within("lambda", lambda, |l| (0.0..=1.0).contains(&l), "from 0 to 1")?;
    within("sigma", sigma, |s| s >= 0.0, "at least 0")?;
    within("u", u, |_| true, "a finite return")?;
    Ok(sqrt(lambda * sigma * sigma + (1.0 - lambda) * u * u))
}

/// GARCH(1,1): the next variance is ω + α u² + β σ².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Garch {
    omega: f64,
    alpha: f64,
    beta: f64,
}

impl Garch {
    /// With these weights.
    ///
    /// # Errors
    ///
    /// When one is below 0, or α + β is not below 1, so that there is no long run.
    pub fn new(omega: f64, alpha: f64, beta: f64) -> Result<Self, Outside> {
        within("omega", omega, |w| w >= 0.0, "at least 0")?;
        within("alpha", alpha, |a| a >= 0.0, "at least 0")?;
        within("beta", beta, |b| b >= 0.0, "at least 0")?;
        if alpha + beta >= 1.0 {
            let found = format!("{beta} with alpha {alpha}");
            return Err(Outside::new("beta", found, "alpha + beta below 1"));
        }
        Ok(Self { omega, alpha, beta })
    }

    /// The volatility that it returns to.
    #[must_use]
    pub fn long_run(&self) -> f64 {
        sqrt(self.omega / (1.0 - self.alpha - self.beta))
    }

    /// The next volatility after a return `u` and a volatility `sigma`.
    #[must_use]
    pub fn next(&self, sigma: f64, u: f64) -> f64 {
        sqrt(self.omega + self.alpha * u * u + self.beta * sigma * sigma)
    }

    /// The volatility expected `periods` after one where it is `sigma`.
    #[must_use]
    pub fn expected(&self, sigma: f64, periods: f64) -> f64 {
        let long = self.long_run();
        let kept = libm::pow(self.alpha + self.beta, periods);
        sqrt(long * long + kept * (sigma * sigma - long * long))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tables_are_met() {
        assert!((ewma(0.94, 0.01, 0.02).unwrap() - 0.010_862_780_5).abs() < 1e-11);
        let garch = Garch::new(2e-6, 0.13, 0.86).unwrap();
        assert!((garch.long_run() - 0.014_142).abs() < 5e-7);
    }

    #[test]
    fn what_is_outside_is_named() {
        let wrong = Garch::new(2e-6, 0.2, 0.8).unwrap_err().to_string();
        assert_eq!(wrong, "beta: found 0.8 with alpha 0.2, expected alpha + beta below 1");
        assert_eq!(Garch::new(-1.0, 0.1, 0.8).unwrap_err().field, "omega");
        assert_eq!(
            ewma(1.1, 0.1, 0.1).unwrap_err().to_string(),
            "lambda: found 1.1, expected from 0 to 1"
        );
    }

    proptest! {
        /// What is expected one period on is the next for a return as large as the volatility, and
        /// in the end it is the long run.
        #[test]
        fn expectations_return(a in 0.0..0.3_f64, b in 0.0..0.65_f64, sigma in 0.0..0.1_f64) {
            let garch = Garch::new(1e-5, a, b).unwrap();
            prop_assert!((garch.expected(sigma, 1.0) - garch.next(sigma, sigma)).abs() < 1e-12);
            prop_assert!((garch.expected(sigma, 5_000.0) - garch.long_run()).abs() < 1e-12);
            prop_assert!((garch.expected(sigma, 0.0) - sigma).abs() < 1e-9);
        }
    }
}

//! A whole yield curve in six numbers: Nelson and Siegel's three shapes and Svensson's fourth.
//!
//! Source: C. Nelson and A. Siegel (1987), Journal of Business 60; L. Svensson (1994), NBER working
//! paper 4871. Rates are continuous, per year, as fractions; times are years.

use crate::{Outside, within};
use libm::{exp, expm1};

/// The six parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Svensson {
    level: f64,
    slope: f64,
    hump: f64,
    second: f64,
    decay: f64,
    second_decay: f64,
}

impl Svensson {
    /// Of β0 to β3 (the long rate, the short end's distance from it, two humps) and the two times
    /// λ1, λ2 in years after which the shapes have decayed. With β3 = 0 it is Nelson and Siegel's.
    ///
    /// # Errors
    ///
    /// When a number is not finite, or a λ is not above zero.
    pub fn new(p: [f64; 6]) -> Result<Self, Outside> {
        const BETA: &str = "β0, β1, β2, β3 finite";
        let [level, slope, hump, second, decay, second_decay] = p;
        for beta in [level, slope, hump, second] {
            within("p", beta, |_| true, BETA)?;
        }
        for lambda in [decay, second_decay] {
            within("p", lambda, |lambda| lambda > 0.0, "λ1 and λ2 above 0")?;
        }
        Ok(Self { level, slope, hump, second, decay, second_decay })
    }

    /// The zero rate for `t` years; at 0 the limit β0 + β1.
    ///
    /// # Errors
    ///
    /// When `t` is below zero or not finite.
    pub fn yield_at(&self, t: f64) -> Result<f64, Outside> {
        let t = time(t)?;
        let (first, second) = (mean(t / self.decay), mean(t / self.second_decay));
        Ok(self.level
            + self.slope * first
            + self.hump * (first - exp(-t / self.decay))
            + self.second * (second - exp(-t / self.second_decay)))
    }

    /// The rate agreed now for the instant after `t` years.
    ///
    /// # Errors
    ///
    /// When `t` is below zero or not finite.
    pub fn forward(&self, t: f64) -> Result<f64, Outside> {
        let t = time(t)?;
        let (x, y) = (t / self.decay, t / self.second_decay);
        Ok(self.level + (self.slope + self.hump * x) * exp(-x) + self.second * y * exp(-y))
    }

    /// What one unit after `t` years is worth now.
    ///
    /// # Errors
    ///
    /// When `t` is below zero or not finite.
    pub fn discount(&self, t: f64) -> Result<f64, Outside> {
        Ok(exp(-t * self.yield_at(t)?))
    }
}

fn time(t: f64) -> Result<f64, Outside> {
    within("t", t, |t| t >= 0.0, "a time of at least 0 years")
}

/// The mean of e^−s for s from 0 to `x`: (1 − e^−x) / x, and 1 at 0.
pub(crate) fn mean(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { -expm1(-x) / x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_outside_is_named() {
        let says = |p| Svensson::new(p).unwrap_err().to_string();
        assert_eq!(
            says([f64::NAN, 0., 0., 0., 1., 1.]),
            "p: found NaN, expected β0, β1, β2, β3 finite"
        );
        assert_eq!(says([0., 0., 0., 0., 0., 1.]), "p: found 0, expected λ1 and λ2 above 0");
        let curve = Svensson::new([0.06, -0.02, 0.01, 0.0, 1.5, 1.0]).unwrap();
        let wrong = curve.discount(-1.0).unwrap_err().to_string();
        assert_eq!(wrong, "t: found -1, expected a time of at least 0 years");
        assert_eq!(curve.yield_at(0.0).unwrap(), 0.06 - 0.02);
        assert_eq!(curve.forward(0.0).unwrap(), 0.06 - 0.02);
        assert_eq!(curve.discount(0.0).unwrap(), 1.0);
    }

    /// Diebold and Li's decay of 0.0609 a month puts the curvature's peak at 29.446 months.
    #[test]
    fn curvature_peaks_where_it_does() {
        let hump = Svensson::new([0.0, 0.0, 1.0, 0.0, 1.0 / 0.0609, 1.0]).unwrap();
        let at = |months: f64| hump.yield_at(months).unwrap();
        assert!(at(29.446) > at(29.40) && at(29.446) > at(29.49));
    }

    proptest! {
        /// The yield is the mean of the forwards, and positive forwards make discounts fall.
        #[test]
        fn forwards_make_the_curve(
            betas in (0.03..0.08_f64, -0.02..0.02_f64, -0.02..0.02_f64, -0.02..0.02_f64),
            lambdas in (0.3..5.0_f64, 0.3..10.0_f64),
            t in 0.1..30.0_f64,
        ) {
            let curve =
                Svensson::new([betas.0, betas.1, betas.2, betas.3, lambdas.0, lambdas.1]).unwrap();
            let steps = 2_000;
            let width = t / f64::from(steps);
            let middle = |i: i32| curve.forward((f64::from(i) + 0.5) * width).unwrap();
            let mean = (0..steps).map(middle).sum::<f64>() / f64::from(steps);
            prop_assert!((mean - curve.yield_at(t).unwrap()).abs() < 1e-5);
            let positive = (0..steps).all(|i| middle(i) > 0.0);
            let falls = curve.discount(t).unwrap() < curve.discount(0.5 * t).unwrap();
            prop_assert!(falls || !positive);
        }
    }
}

//! A price whose volatility comes in clusters: GARCH(1,1), one period a step.
//!
//! `ln S' - ln S = drift step - h step/2 + √(h step) Z`, `h' = omega + (alpha Z² + beta) h`.
//!
//! The variance `h` is per year, so parameters mean the same whatever a period is; `omega` is what
//! makes `v²` the long run. The model is one in periods, so the step has no error to speak of, but
//! half a period is another model: only a step of no length changes nothing.
//!
//! Source: Bollerslev (1986), Journal of Econometrics 31; the drift as in Duan (1995), Mathematical
//! Finance 5, so that the mean of the price grows at `drift` whatever the variance does.

use super::dice::normal;
use super::gbm::growth;
use crate::option::volatility;
use crate::risk::volatility::Garch;
use crate::{Outside, within};
use libm::{exp, sqrt};
use rand_core::Rng;

/// A price with a variance that remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GarchProcess {
    drift: f64,
    alpha: f64,
    beta: f64,
    law: Garch,
}

impl GarchProcess {
    /// With the mean's growth `drift` and the long run's volatility `v`, both per year, and the
    /// weights of the last shock and of the last variance.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `drift`, `v`, `alpha` or `beta`; `beta` also when there is no long run.
    pub fn new(drift: f64, v: f64, alpha: f64, beta: f64) -> Result<Self, Outside> {
        growth(drift)?;
        volatility("v", v)?;
        let share = |name, x| within(name, x, |x| (0.0..=1.0).contains(&x), "a share from 0 to 1");
        share("alpha", alpha)?;
        share("beta", beta)?;
        let omega = v * v * (1.0 - alpha - beta).max(0.0);
        Ok(Self { drift, alpha, beta, law: Garch::new(omega, alpha, beta)? })
    }

    /// The variance of the long run, per year: where a path starts.
    #[must_use]
    pub fn long_run(&self) -> f64 {
        self.law.long_run() * self.law.long_run()
    }

    /// Growth of the mean price, per year.
    #[must_use]
    pub const fn drift(&self) -> f64 {
        self.drift
    }

    /// How much of a distance to the long run is left after a period: `alpha + beta`.
    #[must_use]
    pub const fn memory(&self) -> f64 {
        self.alpha + self.beta
    }

    /// Where a price at `spot` whose variance is `variance` is a period of `step` years later, and
    /// the variance of the period after that.
    pub fn step(&self, (spot, variance): (f64, f64), step: f64, dice: &mut impl Rng) -> (f64, f64) {
        if step == 0.0 {
            return (spot, variance);
        }
        let (deviation, shock) = (sqrt(variance), normal(dice));
        let moved = (self.drift - 0.5 * variance) * step + deviation * sqrt(step) * shock;
        let next = self.law.next(deviation, deviation * shock);
        (spot * exp(moved), next * next)
    }

    /// The kurtosis of a period's shock in the long run; none when there is no fourth moment.
    ///
    /// `3 (1 - p²) / (1 - p² - 2 alpha²)` with `p = alpha + beta`.
    #[must_use]
    pub fn kurtosis(&self) -> Option<f64> {
        let kept = (self.alpha + self.beta) * (self.alpha + self.beta);
        let left = 1.0 - kept - 2.0 * self.alpha * self.alpha;
        (left > 0.0).then(|| 3.0 * (1.0 - kept) / left)
    }

    /// Whether shocks have an eighth moment, and so fourth ones an error: `E[(alpha Z² + beta)⁴] < 1`.
    #[must_use]
    pub fn has_eighth_moment(&self) -> bool {
        let (a, b) = (self.alpha, self.beta);
        let [one, two, three, four] = [
            4.0 * a * b * b * b,
            18.0 * a * a * b * b,
            60.0 * a * a * a * b,
            105.0 * a * a * a * a,
        ];
        b * b * b * b + one + two + three + four < 1.0
    }

    /// The autocorrelation of squared shocks at a `lag` of periods, at least 1; where there is a
    /// fourth moment.
    ///
    /// `alpha (1 - alpha beta - beta²) / (1 - 2 alpha beta - beta²)` at 1, then `p` times the one
    /// before.
    #[must_use]
    pub fn autocorrelation(&self, lag: u32) -> Option<f64> {
        self.kurtosis()?;
        let cross = self.beta * (self.alpha + self.beta);
        let first = self.alpha * (1.0 - cross) / (1.0 - cross - self.alpha * self.beta);
        Some(first * libm::pow(self.alpha + self.beta, f64::from(lag.max(1) - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;

    /// Published for omega 2e-6, alpha 0.08, beta 0.90 a period.
    #[test]
    fn the_textbook_figures() {
        let process = GarchProcess::new(0.0, 0.01, 0.08, 0.90).unwrap();
        assert!((process.kurtosis().unwrap() - 3.0 - 1.432_84).abs() < 1e-5);
        for (lag, expected) in [(1, 0.205_22), (10, 0.171_10), (50, 0.076_26)] {
            let found = process.autocorrelation(lag).unwrap();
            assert!((found - expected).abs() < 1e-5, "{lag}: {found}");
        }
        let wild = GarchProcess::new(0.0, 0.01, 0.7, 0.25).unwrap();
        assert_eq!((wild.kurtosis(), wild.autocorrelation(1)), (None, None));
    }

    #[test]
    fn without_memory_it_is_a_plain_walk_and_a_step_of_nothing_is_nothing() {
        let process = GarchProcess::new(0.1, 0.2, 0.0, 0.0).unwrap();
        let (mut dice, mut same) = (seeded(1), seeded(1));
        let found = process.step((100.0, 0.04), 0.5, &mut dice);
        let plain = crate::process::gbm::GeometricBrownian { drift: 0.1, volatility: 0.2 };
        assert!((found.0 - plain.step(100.0, 0.5, &mut same)).abs() < 1e-10);
        assert!((found.1 - 0.04).abs() < 1e-15);
        assert_eq!(process.step((100.0, 0.09), 0.0, &mut dice), (100.0, 0.09));
    }

    #[test]
    fn what_is_refused() {
        let says = |drift, v, alpha, beta| {
            GarchProcess::new(drift, v, alpha, beta).unwrap_err().to_string()
        };
        assert_eq!(
            says(0.0, -0.1, 0.1, 0.8),
            "v: found -0.1, expected a volatility from 0 to 1000"
        );
        assert_eq!(
            says(0.0, 0.2, 0.1, 0.9),
            "beta: found 0.9 with alpha 0.1, expected alpha + beta below 1"
        );
        assert_eq!(says(0.0, 0.2, -0.1, 0.9), "alpha: found -0.1, expected a share from 0 to 1");
        assert!(says(f64::NAN, 0.2, 0.1, 0.8).starts_with("drift: found NaN"));
    }
}

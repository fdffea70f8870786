//! Yield curves that wander: Nelson and Siegel's three shapes, each pulled back to its mean.
//!
//! Level, slope and hump are Ornstein-Uhlenbeck processes with correlated noise, and the yield for
//! every time is what the three say. The step is exact, whatever its length: the three are jointly
//! normal, with the covariance `rho s_i s_j (1 - e^(-(t_i + t_j) step)) / (t_i + t_j)`.
//!
//! Sources: Nelson & Siegel (1987), Journal of Business 60; Diebold & Li (2006), Journal of
//! Econometrics 130, who let the shapes wander; Christensen, Diebold & Rudebusch (2011), Journal of
//! Econometrics 164, in continuous time. (No drift is added that would forbid arbitrage.)

use super::basket::Shocks;
use super::dice::normal;
use super::ou::OrnsteinUhlenbeck;
use crate::numeric::symmetric;
use crate::rates::svensson::{Svensson, mean};
use crate::{Outside, within};
use libm::{exp, expm1};
use rand_core::Rng;

/// Level, slope and hump, in this order.
pub type Shapes = [f64; 3];

/// How a curve wanders.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveProcess {
    shapes: [OrnsteinUhlenbeck; 3],
    correlations: [[f64; 3]; 3],
    decay: f64,
}

impl CurveProcess {
    /// Of three processes (rates are fractions per year, continuous), the correlations of their
    /// noise, and the years `decay` after which the shapes fade.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `theta`, `mu`, `sigma`, `corr` or `decay`.
    pub fn new(
        shapes: [OrnsteinUhlenbeck; 3],
        correlations: [[f64; 3]; 3],
        decay: f64,
    ) -> Result<Self, Outside> {
        shapes.iter().try_for_each(OrnsteinUhlenbeck::check)?;
        Shocks::new(&correlations.map(|row| row.to_vec()))?;
        within("decay", decay, |x| (1e-3..=1e3).contains(&x), "from 0.001 to 1000 years")?;
        Ok(Self { shapes, correlations, decay })
    }

    /// The means: where a path starts.
    #[must_use]
    pub fn start(&self) -> Shapes {
        self.shapes.map(|shape| shape.mean)
    }

    /// Where the shapes are `step` years later.
    pub fn step(&self, at: Shapes, step: f64, dice: &mut impl Rng) -> Shapes {
        let shared = self.covariance(|together| -expm1(-together * step) / together);
        let root = symmetric::root("corr", &shared.map(|row| row.to_vec()));
        let root = root.expect("a product of semidefinite matrices, cell by cell, is one");
        let alone = [normal(dice), normal(dice), normal(dice)];
        let mut next = at;
        for (i, shape) in self.shapes.iter().enumerate() {
            next[i] = shape.expected(at[i], step) + symmetric::dot(&root[i], &alone);
        }
        next
    }

    /// The zero rate for `years`, per year and continuous.
    ///
    /// # Errors
    ///
    /// [`Outside`] named `t` when `years` is below 0 or not finite.
    pub fn yield_at(&self, [level, slope, hump]: Shapes, years: f64) -> Result<f64, Outside> {
        Svensson::new([level, slope, hump, 0.0, self.decay, 1.0])?.yield_at(years)
    }

    /// The mean and the variance, in the long run, of the zero rate for `years`.
    #[must_use]
    pub fn long_run(&self, years: f64) -> (f64, f64) {
        let faded = mean(years / self.decay);
        let by = [1.0, faded, faded - exp(-years / self.decay)];
        let shared = self.covariance(|together| 1.0 / together).map(|row| row.to_vec());
        (symmetric::dot(&by, &self.start()), symmetric::quadratic(&shared, &by))
    }

    /// `rho s_i s_j` times what `lasting` says of the sum of two pulls.
    fn covariance(&self, lasting: impl Fn(f64) -> f64) -> [[f64; 3]; 3] {
        let cell = |i: usize, j: usize| {
            let (a, b) = (self.shapes[i], self.shapes[j]);
            self.correlations[i][j] * a.noise * b.noise * lasting(a.reversion + b.reversion)
        };
        [0, 1, 2].map(|i| [0, 1, 2].map(|j| cell(i, j)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;

    const ALONE: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

    fn shape(reversion: f64, mean: f64, noise: f64) -> OrnsteinUhlenbeck {
        OrnsteinUhlenbeck { reversion, mean, noise }
    }

    #[test]
    fn without_noise_it_goes_back_to_its_mean_curve() {
        let shapes = [shape(1.0, 0.04, 0.0), shape(2.0, -0.02, 0.0), shape(3.0, 0.01, 0.0)];
        let curve = CurveProcess::new(shapes, ALONE, 1.5).unwrap();
        let after = curve.step([0.05, -0.02, 0.02], 1.0, &mut seeded(1));
        assert!((after[0] - (0.04 + 0.01 * exp(-1.0))).abs() < 1e-15);
        assert!((after[2] - (0.01 + 0.01 * exp(-3.0))).abs() < 1e-15);
        let short = curve.yield_at(curve.start(), 0.0).unwrap();
        assert!((short - 0.02).abs() < 1e-15, "level and slope together: {short}");
        assert!((curve.long_run(0.0).0 - short).abs() < 1e-15);
        assert_eq!(curve.long_run(7.0).1, 0.0);
    }

    #[test]
    fn what_is_refused() {
        let good = [shape(1.0, 0.04, 0.01); 3];
        let says =
            |shapes, corr, decay| CurveProcess::new(shapes, corr, decay).unwrap_err().to_string();
        let decay = "decay: found 0, expected from 0.001 to 1000 years";
        assert_eq!(says(good, ALONE, 0.0), decay);
        let bad = [good[0], good[1], shape(0.0, 0.0, 0.0)];
        assert!(says(bad, ALONE, 1.0).starts_with("theta: found 0"));
        let mut corr = ALONE;
        corr[0][1] = 0.5;
        assert!(says(good, corr, 1.0).starts_with("corr: found 0.5 and 0 across the diagonal"));
        let curve = CurveProcess::new(good, ALONE, 1.0).unwrap();
        assert_eq!(curve.yield_at(curve.start(), -1.0).unwrap_err().field, "t");
    }
}

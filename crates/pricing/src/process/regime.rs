//! A price with two moods: a calm and a wild one, each with a drift and a volatility of its own.
//!
//! The mood is a Markov chain in continuous time, so that a stay is exponentially long. Inside a
//! step the changes of mood are drawn one by one and the variance between them added up, so the step
//! is exact, whatever its length; its work grows with the number of changes.
//!
//! Sources: Hamilton (1989), Econometrica 57(2); in continuous time Guo (2001), Quantitative
//! Finance 1.

use super::dice::{exponential, normal, uniform};
use super::gbm::growth;
use crate::option::volatility;
use crate::{Outside, within};
use libm::{exp, expm1, sqrt};
use rand_core::Rng;

/// Both moods: of each pair the calm one's comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regimes {
    /// Growth of the mean price, per year.
    pub drift: [f64; 2],
    /// Volatility, at least 0.
    pub volatility: [f64; 2],
    /// How long a stay is on average, in years.
    pub stay: [f64; 2],
}

/// Stays are neither shorter nor longer than this, in years.
const STAY: (f64, f64) = (1e-12, 1e12);

impl Regimes {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `drift_calm`, `drift_wild`, `v_calm`, `v_wild`, `calm` or `wild`.
    pub fn check(&self) -> Result<(), Outside> {
        let named = |name, bad: Outside| Outside { field: name, ..bad };
        for (name, drift) in ["drift_calm", "drift_wild"].into_iter().zip(self.drift) {
            growth(drift).map_err(|bad| named(name, bad))?;
        }
        for (name, v) in ["v_calm", "v_wild"].into_iter().zip(self.volatility) {
            volatility(name, v)?;
        }
        for (name, stay) in ["calm", "wild"].into_iter().zip(self.stay) {
            let some = |stay| (STAY.0..=STAY.1).contains(&stay);
            within(name, stay, some, "a mean stay from 1e-12 to 1e12 years")?;
        }
        Ok(())
    }

    /// How much of all time is wild.
    #[must_use]
    pub fn wild_share(&self) -> f64 {
        self.stay[1] / (self.stay[0] + self.stay[1])
    }

    /// A mood of the long run: true for the wild one.
    pub fn start(&self, dice: &mut impl Rng) -> bool {
        uniform(dice) < self.wild_share()
    }

    /// Where a price at `spot` in the mood `wild` is `step` years later, and in which mood. Throws
    /// for the changes of mood, then for the price.
    pub fn step(&self, (spot, wild): (f64, bool), step: f64, dice: &mut impl Rng) -> (f64, bool) {
        let (mut left, mut wild) = (step, wild);
        let (mut growth, mut variance) = (0.0, 0.0);
        while left > 0.0 {
            let mood = usize::from(wild);
            let stay = exponential(dice, self.stay[mood]);
            let part = stay.min(left);
            growth += self.drift[mood] * part;
            variance += self.volatility[mood] * self.volatility[mood] * part;
            if stay < left {
                wild = !wild;
            }
            left -= part;
        }
        (spot * exp(growth - 0.5 * variance + sqrt(variance) * normal(dice)), wild)
    }

    /// The mean variance per year in the long run.
    #[must_use]
    pub fn mean_variance(&self) -> f64 {
        let [calm, wild] = self.volatility.map(|v| v * v);
        calm + (wild - calm) * self.wild_share()
    }

    /// The variance, in the long run, of the variance summed up over `time` years:
    /// `2 p (1-p) (a-b)² (k t - 1 + e^(-k t)) / k²`, `k` the sum of both rates of change.
    #[must_use]
    pub fn spread_of_total_variance(&self, time: f64) -> f64 {
        let (share, back) = (self.wild_share(), 1.0 / self.stay[0] + 1.0 / self.stay[1]);
        let [calm, wild] = self.volatility.map(|v| v * v);
        let apart = share * (1.0 - share) * (wild - calm) * (wild - calm);
        2.0 * apart * (back * time + expm1(-back * time)) / (back * back)
    }

    /// The covariance, in the long run, of the variances of two spans of `time` years, `lag` of them
    /// from start to start, at least one.
    #[must_use]
    pub fn covariance_of_variances(&self, time: f64, lag: u32) -> f64 {
        let (share, back) = (self.wild_share(), 1.0 / self.stay[0] + 1.0 / self.stay[1]);
        let [calm, wild] = self.volatility.map(|v| v * v);
        let apart = share * (1.0 - share) * (wild - calm) * (wild - calm);
        let within = -expm1(-back * time) / back;
        apart * within * within * exp(-back * time * f64::from(lag.max(1) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;
    use crate::process::gbm::GeometricBrownian;

    const MOODS: Regimes = Regimes { drift: [0.05; 2], volatility: [0.1, 0.4], stay: [0.3, 0.1] };

    /// Summed over cells, the covariances give back the variance of the sum.
    #[test]
    fn the_parts_of_a_span_make_its_spread() {
        let (cells, cell) = (12_u32, 0.02);
        let own = f64::from(cells) * MOODS.spread_of_total_variance(cell);
        let cross: f64 = (1..cells)
            .map(|lag| 2.0 * f64::from(cells - lag) * MOODS.covariance_of_variances(cell, lag))
            .sum();
        let whole = MOODS.spread_of_total_variance(f64::from(cells) * cell);
        assert!(((own + cross) / whole - 1.0).abs() < 1e-9, "{own} {cross} {whole}");
        assert!((MOODS.wild_share() - 0.25).abs() < 1e-15);
        assert!((MOODS.mean_variance() - (0.75 * 0.01 + 0.25 * 0.16)).abs() < 1e-15);
    }

    #[test]
    fn two_moods_alike_are_one() {
        let alike = Regimes { volatility: [0.2; 2], stay: [1e9, 1e9], ..MOODS };
        let (mut dice, mut same) = (seeded(3), seeded(3));
        let (price, wild) = alike.step((100.0, false), 0.25, &mut dice);
        exponential(&mut same, 1.0);
        let plain = GeometricBrownian { drift: 0.05, volatility: 0.2 };
        assert!((price - plain.step(100.0, 0.25, &mut same)).abs() < 1e-10 && !wild);
        assert_eq!(MOODS.step((100.0, true), 0.0, &mut dice), (100.0, true));
    }

    #[test]
    fn what_is_refused() {
        let says = |moods: Regimes| moods.check().unwrap_err().to_string();
        let moods = Regimes { stay: [0.3, 0.0], ..MOODS };
        assert_eq!(says(moods), "wild: found 0, expected a mean stay from 1e-12 to 1e12 years");
        let moods = Regimes { volatility: [-0.1, 0.4], ..MOODS };
        assert_eq!(says(moods), "v_calm: found -0.1, expected a volatility from 0 to 1000");
        let moods = Regimes { drift: [0.0, f64::INFINITY], ..MOODS };
        assert!(says(moods).starts_with("drift_wild: found inf"));
        MOODS.check().unwrap();
    }
}

//! Prices and rates that wander: one step of a process, from a caller's dice.
//!
//! A process here is told where it is, how long the step is and which dice to throw; it keeps
//! nothing and owns no dice. So the same seed gives the same path on every machine, and two processes
//! are correlated by their shocks, not by hidden state. Time is in years, as in [`crate::option`].

pub mod bar;
pub mod basket;
pub mod curve;
pub mod dice;
pub mod garch;
pub mod gbm;
pub mod hawkes;
pub mod heston;
pub mod jumps;
pub mod named;
pub mod noise;
pub mod ou;
pub mod regime;
pub mod settings;

/// The mean and the standard error of a simulated quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean of the sample.
    pub value: f64,
    /// The standard deviation of that mean.
    pub standard_error: f64,
}

impl Estimate {
    /// The estimate from independent `draws`; the order of summation is theirs.
    ///
    /// # Panics
    ///
    /// When there are fewer than two draws: one says nothing about its error.
    #[must_use]
    pub fn of(draws: &[f64]) -> Self {
        assert!(draws.len() >= 2, "there are draws to estimate from");
        let count = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / count;
        let squares: f64 = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum();
        Self { value: mean, standard_error: libm::sqrt(squares / (count - 1.0) / count) }
    }
}

#[cfg(test)]
mod tests {
    use super::Estimate;

    #[test]
    fn the_error_of_a_mean() {
        let found = Estimate::of(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(found.value, 2.5);
        assert!((found.standard_error - libm::sqrt(5.0 / 3.0 / 4.0)).abs() < 1e-15);
        assert_eq!(Estimate::of(&[7.0; 5]), Estimate { value: 7.0, standard_error: 0.0 });
    }
}

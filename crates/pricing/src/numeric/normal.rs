//! The normal distribution.

use libm::{erfc, exp, sqrt};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The density of the standard normal distribution.
#[must_use]
pub fn density(x: f64) -> f64 {
    exp(-0.5 * x * x) / sqrt(2.0 * PI)
}

/// The probability that a standard normal variable is at most `x`; exact in both tails.
#[must_use]
pub fn cumulative(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::{cumulative, density};

    /// Abramowitz and Stegun, table 26.1.
    #[test]
    fn agrees_with_the_tables() {
        for (x, p) in [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (2.0, 0.977_249_868_051_821)] {
            assert!((cumulative(x) - p).abs() < 1e-15, "{x}");
            assert!((cumulative(-x) - (1.0 - p)).abs() < 1e-15, "{x}");
        }
        assert!((density(0.0) - 0.398_942_280_401_433).abs() < 1e-15);
        assert!((cumulative(-10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-12);
    }
}

//! The square-root law: what a large order does to the price, against its size.

use super::line::{Line, weighted};
use super::{mean, median, variance};

/// How many bins a decade of sizes has.
const BINS_PER_DECADE: f64 = 4.0;

/// The line ln I = ln Y + δ·ln(Q/V) through the middles of bins: its slope is δ, e^intercept is Y.
///
/// `sizes` are Q/V, `impacts` are in units of the day's volatility. Bins are evenly spaced in the
/// logarithm, four a decade; each stands at its median, which noise that multiplies does not move and
/// impacts below zero do not spoil, and weighs its count over the variance, in logs. Bins of
/// fewer than five orders or with a median that is not positive are left out. `None` for fewer than
/// two bins.
#[must_use]
#[allow(clippy::cast_possible_truncation)]
pub fn square_root_law(sizes: &[f64], impacts: &[f64]) -> Option<Line> {
    let (mut x, mut y, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for bin in bins(sizes, impacts).into_iter().filter(|bin| bin.impacts.len() >= 5) {
        let (middle, impact) = (mean(&bin.logs)?, median(&bin.impacts)?);
        let spread = variance(&bin.impacts)?;
        if impact <= 0.0 || spread <= 0.0 {
            continue;
        }
        x.push(middle);
        y.push(libm::log(impact));
        // The variance of ln(x̄) is var/(n·x̄²), by the first term of its series.
        weights.push(bin.impacts.len() as f64 * impact * impact / spread);
    }
    weighted(&x, &y, &weights)
}

/// Sizes near each other, and what they did.
#[derive(Clone, Debug, Default)]
pub struct Bin {
    /// ln of each size.
    pub logs: Vec<f64>,
    /// The impact of each.
    pub impacts: Vec<f64>,
}

/// The bins that are not empty, smallest sizes first.
#[must_use]
#[allow(clippy::cast_possible_truncation)]
pub fn bins(sizes: &[f64], impacts: &[f64]) -> Vec<Bin> {
    let mut bins = std::collections::BTreeMap::<i64, Bin>::new();
    for (size, impact) in sizes.iter().zip(impacts).filter(|(size, _)| **size > 0.0) {
        let bin = bins.entry(libm::floor(libm::log10(*size) * BINS_PER_DECADE) as i64);
        let bin = bin.or_default();
        bin.logs.push(libm::log(*size));
        bin.impacts.push(*impact);
    }
    bins.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_law_gives_its_exponent_back() {
        let sizes: Vec<f64> = (1..=4_000).map(|n| 1e-4 * f64::from(n)).collect();
        let noisy = |(n, size): (usize, &f64)| size.powf(0.6) * (2.0 + (n % 3) as f64 - 1.0);
        let impacts: Vec<f64> = sizes.iter().enumerate().map(noisy).collect();
        let line = square_root_law(&sizes, &impacts).unwrap();
        assert!((line.slope - 0.6).abs() < 0.02, "{line:?}");
        assert!((libm::exp(line.intercept) - 2.0).abs() < 0.1, "{line:?}");
        assert_eq!(square_root_law(&sizes[..4], &impacts[..4]), None, "four orders are no bin");
    }
}

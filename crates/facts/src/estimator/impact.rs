//! The square-root law: what a large order does to the price, against its size.

use super::{mean, variance};

/// How many bins a decade of sizes has.
const BINS_PER_DECADE: f64 = 4.0;

/// Bins of fewer orders say nothing of their spread.
const ORDERS_MIN: usize = 5;

/// Where the exponent is looked for: far beyond what anybody has found.
const EXPONENTS: (f64, f64) = (-1.0, 3.0);

/// How far apart the exponents of the first look are.
const FIRST_STEP: f64 = 0.05;

/// How near the exponent is found.
const NEAR: f64 = 1e-6;

/// A power law y = factor·x^exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// δ.
    pub exponent: f64,
    /// Y; not positive where the whole has no effect, or the opposite one.
    pub factor: f64,
}

/// The law I = Y·(Q/V)^δ through the middles of bins, by least weighted squares of I itself.
///
/// `sizes` are Q/V, `impacts` are in units of the day's volatility. Bins are evenly spaced in the
/// logarithm, four a decade; each stands at the mean of the middle half of its impacts, which neither wild
/// days move, nor noise that multiplies, nor steps of whole ticks that a median would stick at. It weighs
/// its count over the variance. A bin may lie below zero: to take logs, and so to leave out
/// what chance put there, would keep what chance put above and find too much. Bins of fewer than five
/// orders are left out. `None` for fewer than two bins.
#[must_use]
pub fn square_root_law(sizes: &[f64], impacts: &[f64]) -> Option<PowerLaw> {
    let points: Vec<Point> = bins(sizes, impacts).iter().filter_map(Point::of).collect();
    if points.len() < 2 {
        return None;
    }
    let (from, to) = EXPONENTS;
    let misfit = |exponent: f64| fit(&points, exponent).1;
    let steps = libm::round((to - from) / FIRST_STEP) as u32;
    let looks = (0..=steps).map(|step| from + f64::from(step) * FIRST_STEP);
    let first = looks.min_by(|a, b| misfit(*a).total_cmp(&misfit(*b)))?;
    let exponent = least(&misfit, first - FIRST_STEP, first + FIRST_STEP);
    Some(PowerLaw { exponent, factor: fit(&points, exponent).0 })
}

/// A bin as the law sees it.
struct Point {
    log_size: f64,
    impact: f64,
    weight: f64,
}

impl Point {
    fn of(bin: &Bin) -> Option<Self> {
        let spread = variance(&bin.impacts).filter(|spread| *spread > 0.0)?;
        let weight = bin.impacts.len() as f64 / spread;
        (bin.impacts.len() >= ORDERS_MIN).then_some(Self {
            log_size: mean(&bin.logs)?,
            impact: middle_mean(&bin.impacts)?,
            weight,
        })
    }
}

/// The mean of the middle half of `values`: a quarter is left out at each end, rounded down.
fn middle_mean(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let quarter = sorted.len() / 4;
    mean(&sorted[quarter..sorted.len() - quarter])
}

/// The best factor for an exponent, and what is left of the squares.
fn fit(points: &[Point], exponent: f64) -> (f64, f64) {
    let power = |point: &Point| libm::exp(exponent * point.log_size);
    let across: f64 = points.iter().map(|point| point.weight * power(point) * point.impact).sum();
    let along: f64 = points.iter().map(|point| point.weight * power(point) * power(point)).sum();
    let factor = across / along;
    let off = |point: &Point| point.impact - factor * power(point);
    (factor, points.iter().map(|point| point.weight * off(point) * off(point)).sum())
}

/// Where `of` is least between two places, by golden section (Kiefer 1953).
fn least(of: &dyn Fn(f64) -> f64, mut from: f64, mut to: f64) -> f64 {
    let golden = (libm::sqrt(5.0) - 1.0) / 2.0;
    while to - from > NEAR {
        let step = golden * (to - from);
        let (left, right) = (to - step, from + step);
        if of(left) < of(right) {
            to = right;
        } else {
            from = left;
        }
    }
    f64::midpoint(from, to)
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
        let law = square_root_law(&sizes, &impacts).unwrap();
        assert!((law.exponent - 0.6).abs() < 0.02, "{law:?}");
        assert!((law.factor - 2.0).abs() < 0.1, "{law:?}");
        assert_eq!(square_root_law(&sizes[..4], &impacts[..4]), None, "four orders are no bin");
    }

    /// Noise a hundred times what the law gives, so that many bins lie below zero: over many
    /// samples the law is found without a lean, and where there is none, as often below as above.
    #[test]
    fn noise_that_adds_does_not_lean() {
        let mut dice = crate::dice::Dice::new(7);
        let (mut exponents, mut below) = (Vec::new(), 0);
        for _ in 0..60 {
            let sizes: Vec<f64> =
                (0..3_000).map(|_| libm::pow(10.0, -4.0 + 2.5 * dice.uniform())).collect();
            let noise: Vec<f64> = sizes.iter().map(|_| 0.1 * dice.normal()).collect();
            let moved =
                |(size, noise): (&f64, &f64)| libm::sqrt(*size) + libm::sqrt(10.0 * size) * noise;
            let impacts: Vec<f64> = sizes.iter().zip(&noise).map(moved).collect();
            exponents.push(square_root_law(&sizes, &impacts).unwrap().exponent);
            below += usize::from(square_root_law(&sizes, &noise).unwrap().factor < 0.0);
        }
        let off = mean(&exponents).unwrap() - 0.5;
        assert!(off.abs() < 0.02, "{off}");
        assert!((15..=45).contains(&below), "{below} of 60");
    }

    #[test]
    fn a_few_wild_impacts_move_a_bin_little() {
        assert_eq!(middle_mean(&[0.0, 1.0, 2.0, 1e9]), Some(1.5));
        assert_eq!(middle_mean(&[-7.0]), Some(-7.0));
        assert_eq!(middle_mean(&[]), None);
    }
}

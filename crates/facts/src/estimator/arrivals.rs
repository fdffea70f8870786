//! When things arrive: waits, and counts in windows.

use super::{count, mean, variance};

/// The shape k of a Weibull law fitted to the positive `gaps` by maximum likelihood, location 0: 1
/// when arrivals know nothing of each other, less when they bunch.
///
/// Source: Cohen (1965), Technometrics 7(4), eq. 3. Gaps of zero are left out. `None` for fewer than
/// two or when all are equal.
#[must_use]
pub fn weibull_shape(gaps: &[f64]) -> Option<f64> {
    let logs: Vec<f64> = gaps.iter().filter(|gap| **gap > 0.0).map(|gap| libm::log(*gap)).collect();
    let log_mean = mean(&logs).filter(|_| logs.len() >= 2)?;
    variance(&logs).filter(|spread| *spread > 0.0)?;
    // In logs less the largest, so that no power overflows.
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let off = |shape: f64| {
        let (mut sum, mut weighted, mut squared) = (0.0, 0.0, 0.0);
        for log in &logs {
            let power = libm::exp(shape * (log - most));
            sum += power;
            weighted += power * log;
            squared += power * log * log;
        }
        let middle = weighted / sum;
        let slope = squared / sum - middle * middle + 1.0 / (shape * shape);
        (middle - 1.0 / shape - log_mean, slope)
    };
    // It rises with the shape: Newton's steps, kept within an interval that holds its zero.
    let (mut low, mut high, mut shape) = (1e-3, 1e3, 1.0);
    if off(low).0 > 0.0 || off(high).0 < 0.0 {
        return None;
    }
    for _ in 0..60 {
        let (value, slope) = off(shape);
        if value < 0.0 {
            low = shape;
        } else {
            high = shape;
        }
        let next = shape - value / slope;
        let next = if next > low && next < high { next } else { libm::sqrt(low * high) };
        let done = (next - shape).abs() <= 1e-10 * shape;
        shape = next;
        if done {
            break;
        }
    }
    Some(shape)
}

/// The Fano factor of `counts`: population variance over mean; 1 for a Poisson process.
///
/// Source: Fano (1947), Physical Review 72(1). `None` when nothing was counted.
#[must_use]
pub fn fano(counts: &[f64]) -> Option<f64> {
    let mean = mean(counts).filter(|mean| *mean > 0.0)?;
    Some(variance(counts)? / mean)
}

/// How many of `times` fall into each whole window of `width` from `start` on, up to `end`. Times and
/// the width are in one unit; times are in order.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn counts(times: &[f64], start: f64, end: f64, width: f64) -> Vec<f64> {
    let windows = libm::floor((end - start) / width + 1e-9).max(0.0) as usize;
    let mut counts = vec![0.0; windows];
    for time in times.iter().filter(|time| **time >= start) {
        if let Some(count) = counts.get_mut(((time - start) / width) as usize) {
            *count += 1.0;
        }
    }
    counts
}

/// The coefficient of variation: standard deviation over mean. `None` when the mean is 0.
#[must_use]
pub fn variation(gaps: &[f64]) -> Option<f64> {
    let mean = mean(gaps).filter(|mean| *mean > 0.0 && count(gaps) > 0.0)?;
    Some(libm::sqrt(variance(gaps)?) / mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn a_weibull_law_gives_its_shape_back() {
        for shape in [0.3, 1.0, 2.5] {
            let mut dice = Dice::new(5);
            let gaps: Vec<f64> =
                (0..50_000).map(|_| libm::pow(dice.exponential(), 1.0 / shape) * 7.0).collect();
            let found = weibull_shape(&gaps).unwrap();
            assert!((found / shape - 1.0).abs() < 0.02, "{found} is {shape}");
        }
        assert_eq!(weibull_shape(&[0.0, 3.0]), None);
        assert_eq!(weibull_shape(&[2.0, 2.0, 2.0]), None);
    }

    #[test]
    fn windows_hold_what_falls_into_them() {
        let counted = counts(&[0.1, 0.9, 1.0, 2.5, 3.1], 0.0, 3.5, 1.0);
        assert_eq!(counted, [2.0, 1.0, 1.0], "half a window is none");
        assert_eq!(fano(&[0.0, 4.0]), Some(2.0));
        assert_eq!((fano(&[]), fano(&[0.0, 0.0])), (None, None));
        assert_eq!(variation(&[0.0, 2.0]), Some(1.0));
        assert_eq!(variation(&[]), None);
    }
}

//! Serial correlation: how much a value says about those after it.

use super::{count, mean};

/// Autocorrelation at `lag`: mean removed, biased (the lagged sum over the full sum of squares).
///
/// Source: Box & Jenkins (1976), Time Series Analysis, eq. 2.1.11. `None` unless there are more
/// values than `lag`, or when they do not vary.
#[must_use]
pub fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    let mean = mean(values).filter(|_| lag < values.len())?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let pairs = values.iter().zip(&values[lag..]);
    let lagged: f64 = pairs.map(|(early, late)| (early - mean) * (late - mean)).sum();
    (squares > 0.0).then(|| lagged / squares)
}

/// The Q of Ljung and Box over lags 1 to `lags`: as a χ² with so many degrees for a series without
/// memory.
///
/// Source: Ljung & Box (1978), Biometrika 65(2), eq. 1.3. `None` as [`autocorrelation`].
#[must_use]
pub fn ljung_box(values: &[f64], lags: usize) -> Option<f64> {
    let n = count(values);
    let mut sum = 0.0;
    for lag in 1..=lags {
        let rho = autocorrelation(values, lag)?;
        sum += rho * rho / (n - lag as f64);
    }
    Some(n * (n + 2.0) * sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(autocorrelation(&[1.0, 2.0, 3.0], 1), Some(0.0));
        assert_eq!(autocorrelation(&[1.0, -1.0, 1.0, -1.0], 1), Some(-0.75));
        // ρ(1) = −3/4 of four values: 4 · 6 · (9/16) / 3.
        assert_eq!(ljung_box(&[1.0, -1.0, 1.0, -1.0], 1), Some(4.5));
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!(autocorrelation(&[1.0, 2.0], 2), None);
        assert_eq!(autocorrelation(&[3.0; 9], 1), None);
        assert_eq!(ljung_box(&[1.0, 2.0], 10), None);
    }
}

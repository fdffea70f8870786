//! Straight lines through points.

use super::mean;

/// A line fitted by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// How much y grows with x.
    pub slope: f64,
    /// y where x is 0.
    pub intercept: f64,
    /// What share of the variance of y it explains, from 0 to 1; 1 where y does not vary.
    pub r_squared: f64,
}

/// The slope of the least-squares line of `y` on `x`. `None` for fewer than two points or when `x`
/// does not vary.
#[must_use]
pub fn slope(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x_mean, y_mean) = (mean(x)?, mean(y)?);
    let together: f64 = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let alone: f64 = x.iter().map(|x| (x - x_mean) * (x - x_mean)).sum();
    (alone > 0.0).then(|| together / alone)
}

/// The line of least weighted squares of `y` on `x`; equal weights make it the ordinary one.
///
/// `None` for fewer than two points of weight, or when `x` does not vary among them. Weights are not
/// negative.
#[must_use]
pub fn weighted(x: &[f64], y: &[f64], weights: &[f64]) -> Option<Line> {
    let sum = |of: &dyn Fn(usize) -> f64| -> f64 {
        (0..x.len().min(y.len())).map(|at| weights[at] * of(at)).sum()
    };
    let weight = sum(&|_| 1.0);
    if weight <= 0.0 {
        return None;
    }
    let (x_mean, y_mean) = (sum(&|at| x[at]) / weight, sum(&|at| y[at]) / weight);
    let alone = sum(&|at| (x[at] - x_mean) * (x[at] - x_mean));
    let together = sum(&|at| (x[at] - x_mean) * (y[at] - y_mean));
    let whole = sum(&|at| (y[at] - y_mean) * (y[at] - y_mean));
    (alone > 0.0).then(|| {
        let slope = together / alone;
        let r_squared = if whole > 0.0 { together * together / (alone * whole) } else { 1.0 };
        Line { slope, intercept: y_mean - slope * x_mean, r_squared }
    })
}

/// The slope of ln `y` on ln `x` over the points where both are positive: the exponent of a power
/// law. `None` as [`slope`].
#[must_use]
pub fn log_log_slope(x: &[f64], y: &[f64]) -> Option<f64> {
    let positive = x.iter().zip(y).filter(|(x, y)| **x > 0.0 && **y > 0.0);
    let (x, y): (Vec<f64>, Vec<f64>) =
        positive.map(|(x, y)| (libm::log(*x), libm::log(*y))).unzip();
    slope(&x, &y)
}

/// The curvature c of the least-squares parabola a + b·x + c·x² through `y` at x = 0, 1, 2, …:
/// positive for a U. `None` below three values.
#[must_use]
pub fn curvature(y: &[f64]) -> Option<f64> {
    if y.len() < 3 {
        return None;
    }
    // Against the second orthogonal polynomial of a regular grid, x² − (n² − 1)/12 about the middle.
    let n = y.len() as f64;
    let shape = |at: usize| {
        let x = at as f64 - (n - 1.0) / 2.0;
        x * x - (n * n - 1.0) / 12.0
    };
    let together: f64 = y.iter().enumerate().map(|(at, y)| shape(at) * y).sum();
    let alone: f64 = (0..y.len()).map(|at| shape(at) * shape(at)).sum();
    Some(together / alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(slope(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]), Some(2.0));
        let line = weighted(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0], &[1.0, 5.0, 2.0]).unwrap();
        assert!((line.slope - 2.0).abs() < 1e-12 && (line.intercept - 1.0).abs() < 1e-12);
        assert!((line.r_squared - 1.0).abs() < 1e-12);
        // A point without weight is no point.
        let line = weighted(&[0.0, 1.0, 2.0], &[0.0, 1.0, 100.0], &[1.0, 1.0, 0.0]).unwrap();
        assert!((line.slope - 1.0).abs() < 1e-12);
        let cubes = log_log_slope(&[1.0, 2.0, 4.0, 5.0], &[1.0, 8.0, 64.0, -1.0]).unwrap();
        assert!((cubes - 3.0).abs() < 1e-12);
        let parabola: Vec<f64> =
            (0..9).map(|x| 5.0 - 3.0 * f64::from(x) + 0.5 * f64::from(x * x)).collect();
        assert!((curvature(&parabola).unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!(slope(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(weighted(&[1.0, 2.0], &[1.0, 2.0], &[0.0, 0.0]), None);
        assert_eq!(log_log_slope(&[1.0, 2.0], &[-1.0, 2.0]), None);
        assert_eq!(curvature(&[1.0, 2.0]), None);
    }
}

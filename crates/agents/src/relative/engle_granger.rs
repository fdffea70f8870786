//! Do two prices belong together, and how fast does their difference come back?
//!
//! Engle & Granger (1987), *Co-integration and error correction*, Econometrica 55(2): regress one
//! on the other, then test whether what is left over returns to its mean (Dickey & Fuller 1979,
//! with lags: *augmented*). The critical values at 5 % are those of MacKinnon (2010), *Critical
//! values for cointegration tests*, Queen's Economics Department Working Paper 1227: a test of
//! residuals has others than one of a series that was given, because the regression has chosen the
//! residuals to look calm. What returns is then read as an Ornstein–Uhlenbeck process dX = θ(μ −
//! X)dt + σdW, which, looked at every Δ, is an AR(1) with φ = e^(−θΔ).

use libm::{log, sqrt};

/// The most lags of a test.
pub const LAGS_MOST: usize = 8;

/// The value below which, at 5 %, a series of `n` differences is no random walk (with a constant).
#[must_use]
pub fn adf_critical(n: usize) -> f64 {
    let t = n as f64;
    -2.8615 - 2.890 / t - 4.234 / (t * t)
}

/// The same for the residuals of a regression of one series on another.
#[must_use]
pub fn engle_granger_critical(n: usize) -> f64 {
    let t = n as f64;
    -3.3377 - 5.967 / t - 8.98 / (t * t)
}

/// The line through (x, y) with the least squares: its value at 0 and its slope. None when x does
/// not vary.
///
/// # Panics
///
/// When there are not as many x as y.
#[must_use]
pub fn line(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    assert_eq!(x.len(), y.len(), "an x for every y");
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut xy) = (0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        xx += (x - mean_x) * (x - mean_x);
        xy += (x - mean_x) * (y - mean_y);
    }
    // Differences that are all rounding are none.
    let varies = xx > 1e-24 * n * (1.0 + mean_x * mean_x);
    varies.then(|| (mean_y - xy / xx * mean_x, xy / xx))
}

/// What `y` is beyond the line through (x, y) at slope `beta` and `alpha` at 0.
#[must_use]
pub fn residuals(x: &[f64], y: &[f64], (alpha, beta): (f64, f64)) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| y - alpha - beta * x).collect()
}

/// The augmented Dickey–Fuller statistic of `series`: the t value of ρ in Δu_t = [c +] ρ u_{t−1} +
/// Σ_i g_i Δu_{t−i} + e_t, with so many lags. Residuals have a mean of zero, so that they are
/// tested without a constant. None when the series is too short or does not vary.
///
/// # Panics
///
/// When there are more than [`LAGS_MOST`] lags.
#[must_use]
pub fn adf(series: &[f64], lags: usize, constant: bool) -> Option<f64> {
    assert!(lags <= LAGS_MOST, "at most {LAGS_MOST} lags");
    let steps: Vec<f64> = series.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let width = 1 + lags + usize::from(constant);
    let rows = steps.len().checked_sub(lags)?;
    if rows <= width {
        return None;
    }
    let row = |t: usize| {
        let mut row = [0.0; LAGS_MOST + 2];
        row[0] = series[t];
        for lag in 1..=lags {
            row[lag] = steps[t - lag];
        }
        if constant {
            row[lags + 1] = 1.0;
        }
        row
    };
    let mut normal = vec![vec![0.0; width + 1]; width];
    for (t, step) in steps.iter().enumerate().skip(lags) {
        let row = row(t);
        for i in 0..width {
            for j in 0..width {
                normal[i][j] += row[i] * row[j];
            }
            normal[i][width] += row[i] * step;
        }
    }
    let moments: Vec<Vec<f64>> = normal.clone();
    let fit = solve(normal)?;
    let mut left = 0.0;
    for (t, step) in steps.iter().enumerate().skip(lags) {
        let said: f64 = fit.iter().zip(row(t)).map(|(b, x)| b * x).sum();
        left += (step - said) * (step - said);
    }
    // The variance of the first coefficient is that of the errors times the first of the inverse.
    let mut unit = moments;
    for (i, row) in unit.iter_mut().enumerate() {
        row[width] = if i == 0 { 1.0 } else { 0.0 };
    }
    let inverse = solve(unit)?[0];
    let variance = left / (rows - width) as f64 * inverse;
    (variance > 0.0).then(|| fit[0] / sqrt(variance))
}

/// Solves a small system, given with its right side as the last column, by elimination with pivots.
/// None when it has no one solution.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    let scale: Vec<f64> = (0..n).map(|i| rows[i][i].abs()).collect();
    for column in 0..n {
        let largest =
            |a: &usize, b: &usize| rows[*a][column].abs().total_cmp(&rows[*b][column].abs());
        let pivot = (column..n).max_by(largest)?;
        rows.swap(column, pivot);
        let top = rows[column].clone();
        if top[column].abs() <= 1e-13 * scale[column] {
            return None;
        }
        for row in rows.iter_mut().skip(column + 1) {
            let factor = row[column] / top[column];
            for (cell, above) in row.iter_mut().zip(&top).skip(column) {
                *cell -= factor * above;
            }
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * x[j]).sum();
        x[i] = (rows[i][n] - known) / rows[i][i];
    }
    x.iter().all(|x| x.is_finite()).then_some(x)
}

/// An Ornstein–Uhlenbeck process, looked at once a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reversion {
    /// φ: what is left of a distance from the mean after a step; between 0 and 1.
    pub phi: f64,
    /// The standard error of φ.
    pub phi_error: f64,
    /// μ: the mean.
    pub mean: f64,
    /// σ/√(2θ): the standard deviation in the long run.
    pub spread: f64,
}

impl Reversion {
    /// The AR(1) of `series` by least squares; none when that does not return to a mean.
    #[must_use]
    pub fn of(series: &[f64]) -> Option<Self> {
        let n = series.len();
        if n < 4 {
            return None;
        }
        let (before, after) = (&series[..n - 1], &series[1..]);
        let (alpha, phi) = line(before, after)?;
        if !(phi > 0.0 && phi < 1.0) {
            return None;
        }
        let errors = residuals(before, after, (alpha, phi));
        let noise = errors.iter().map(|e| e * e).sum::<f64>() / (n - 3) as f64;
        let centre = before.iter().sum::<f64>() / before.len() as f64;
        let moment: f64 = before.iter().map(|x| (x - centre) * (x - centre)).sum();
        let phi_error = sqrt(noise / moment);
        let spread = sqrt(noise / (1.0 - phi * phi));
        (spread > 0.0).then_some(Self { phi, phi_error, mean: alpha / (1.0 - phi), spread })
    }

    /// After so many steps half of a distance from the mean is gone.
    #[must_use]
    pub fn half_life(&self) -> f64 {
        -std::f64::consts::LN_2 / log(self.phi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_sim::dice::Dice;

    fn walk(dice: &mut Dice, n: usize) -> Vec<f64> {
        let step = |level: &mut f64, ()| {
            *level += dice.normal();
            Some(*level)
        };
        std::iter::repeat_n((), n).scan(0.0, step).collect()
    }

    /// An AR(1) about `mean` with errors of 1, from its law in the long run.
    fn returning(dice: &mut Dice, n: usize, phi: f64, mean: f64) -> Vec<f64> {
        let mut level = dice.normal() / (1.0 - phi * phi).sqrt();
        let step = |_| {
            level = phi * level + dice.normal();
            mean + level
        };
        (0..n).map(step).collect()
    }

    #[test]
    fn five_in_a_hundred_strangers_look_like_a_pair() {
        let mut dice = Dice::new(1, "strangers");
        let mut found = 0;
        for _ in 0..2_000 {
            let (x, y) = (walk(&mut dice, 500), walk(&mut dice, 500));
            let left = residuals(&x, &y, line(&x, &y).unwrap());
            found += u32::from(adf(&left, 0, false).unwrap() < engle_granger_critical(499));
        }
        let size = f64::from(found) / 2_000.0;
        assert!((0.035..=0.065).contains(&size), "{size}");
    }

    #[test]
    fn five_in_a_hundred_walks_seem_to_return_whatever_the_lags() {
        for lags in [0, 1, 4] {
            let mut dice = Dice::new(2, "walks");
            let rejects = |_: &i32| {
                adf(&walk(&mut dice, 400), lags, true).unwrap() < adf_critical(399 - lags)
            };
            let found = (0..2_000).filter(rejects).count();
            let size = found as f64 / 2_000.0;
            assert!((0.035..=0.065).contains(&size), "{lags} lags: {size}");
        }
    }

    #[test]
    fn a_pair_is_found() {
        let mut dice = Dice::new(3, "pair");
        let mut found = 0;
        for _ in 0..200 {
            let x = walk(&mut dice, 500);
            let spread = returning(&mut dice, 500, 0.8, 0.0);
            let y: Vec<f64> = x.iter().zip(&spread).map(|(x, s)| 3.0 + 1.5 * x + s).collect();
            let (alpha, beta) = line(&x, &y).unwrap();
            assert!((beta - 1.5).abs() < 0.2, "{alpha} {beta}");
            let left = residuals(&x, &y, (alpha, beta));
            found += u32::from(adf(&left, 0, false).unwrap() < engle_granger_critical(499));
        }
        assert_eq!(found, 200);
    }

    #[test]
    fn the_speed_of_return_is_within_four_standard_errors() {
        for (seed, phi) in [(1, 0.5), (2, 0.9), (3, 0.98)] {
            let mut dice = Dice::new(seed, "phi");
            let series = returning(&mut dice, 20_000, phi, 7.0);
            let fit = Reversion::of(&series).unwrap();
            assert!((fit.phi - phi).abs() < 4.0 * fit.phi_error, "{fit:?}");
            let exact = ((1.0 - phi * phi) / 20_000.0_f64).sqrt();
            assert!((fit.phi_error / exact - 1.0).abs() < 0.1, "{fit:?} {exact}");
            let spread = 1.0 / (1.0 - phi * phi).sqrt();
            assert!((fit.spread / spread - 1.0).abs() < 0.1, "{fit:?} {spread}");
            let mean_error = 1.0 / ((1.0 - phi) * 20_000.0_f64.sqrt());
            assert!((fit.mean - 7.0).abs() < 4.0 * mean_error, "{fit:?}");
        }
    }

    #[test]
    fn five_a_year_is_half_gone_in_34_9346_days() {
        let (phi, theta) = (libm::exp(-5.0 / 252.0), 5.0);
        let daily = Reversion { phi, phi_error: 0.0, mean: 0.0, spread: 1.0 };
        assert!((daily.half_life() - 34.9346).abs() < 5e-5, "{}", daily.half_life());
        assert!((daily.half_life() - 252.0 * std::f64::consts::LN_2 / theta).abs() < 1e-9);
    }

    #[test]
    fn a_line_a_walk_and_a_constant_do_not_return() {
        let straight: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(Reversion::of(&straight), None);
        assert_eq!(Reversion::of(&[2.0; 50]), None);
        assert_eq!(line(&[2.0; 50], &straight), None);
        assert_eq!(adf(&[2.0; 50], 0, false), None);
        assert_eq!(adf(&[1.0, 2.0], 0, true), None);
    }

    /// Against sums written out by hand: u = 1, 2, 1, 3 has steps 1, −1, 2 on 1, 2, 1; ρ = (1 − 2 +
    /// 2)/6.
    #[test]
    fn the_statistic_of_four_numbers() {
        let rho: f64 = 1.0 / 6.0;
        let left =
            [1.0 - rho, -1.0 - 2.0 * rho, 2.0 - rho].iter().map(|e: &f64| e * e).sum::<f64>();
        let wanted = rho / (left / 2.0 / 6.0).sqrt();
        let found = adf(&[1.0, 2.0, 1.0, 3.0], 0, false).unwrap();
        assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
    }
}

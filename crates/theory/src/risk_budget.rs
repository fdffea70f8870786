//! Portfolios in which each part carries the share of risk it was given.
//!
//! Sources: Maillard, Roncalli & Teiletche (2010), Journal of Portfolio Management 36(4), for equal
//! shares; Griveau-Billion, Richard & Roncalli (2013) for the cyclical descent: one coordinate at a
//! time solves its quadratic equation, which has one positive root.

use crate::Outside;
use libm::sqrt;
use pitfloor_pricing::numeric::symmetric::{dot, quadratic, root, symmetric};

/// The most rounds over all coordinates.
pub const ROUNDS_MOST: usize = 100_000;
/// The largest relative change at which the descent has arrived.
const ARRIVED: f64 = 1e-14;
/// What a part's share of risk may be off by in the end.
pub const RESIDUAL_MOST: f64 = 1e-10;

/// Weights that sum to 1, and the volatility of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Portfolio {
    /// The weight of each part.
    pub weights: Vec<f64>,
    /// In the units of the volatilities.
    pub volatility: f64,
    /// The largest difference between a part's share of the variance and its budget.
    pub residual: f64,
}

/// The covariance of parts with volatilities `vol` and correlations `corr`.
///
/// # Errors
///
/// [`Outside`], naming `vol` or `corr`: lengths, a volatility of 0 or less, a diagonal that is not 1,
/// a correlation beyond ±1, or a matrix that is not symmetric and positive semidefinite.
pub fn covariance(vol: &[f64], corr: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Outside> {
    symmetric("corr", corr)?;
    if vol.len() != corr.len() {
        let found = format!("{} with {} rows of corr", vol.len(), corr.len());
        return Err(Outside::new("vol", found, "one for each row of corr"));
    }
    if let Some(wrong) = vol.iter().find(|v| !(v.is_finite() && **v > 0.0)) {
        return Err(Outside::new("vol", wrong, "positive numbers"));
    }
    for (i, row) in corr.iter().enumerate() {
        if (row[i] - 1.0).abs() > 1e-12 {
            return Err(Outside::new("corr", row[i], "a diagonal of ones"));
        }
        if let Some(wrong) = row.iter().find(|rho| rho.abs() > 1.0 + 1e-12) {
            return Err(Outside::new("corr", wrong, "correlations from -1 to 1"));
        }
    }
    root("corr", corr)?;
    let scaled =
        |(row, a): (&Vec<f64>, &f64)| row.iter().zip(vol).map(|(r, b)| r * a * b).collect();
    Ok(corr.iter().zip(vol).map(scaled).collect())
}

/// The portfolio of positive weights whose parts carry these shares of the variance.
///
/// `budgets` are positive and sum to 1 within 1e-9; none of them: equal ones.
///
/// # Errors
///
/// [`Outside`], naming `cov` or `budget`; or `cov` when the descent does not arrive, as when parts
/// cancel each other's risk altogether.
pub fn portfolio(cov: &[Vec<f64>], budgets: Option<&[f64]>) -> Result<Portfolio, Outside> {
    symmetric("cov", cov)?;
    let n = cov.len();
    let equal = vec![1.0 / n as f64; n];
    let budgets = budgets.unwrap_or(&equal);
    if budgets.len() != n {
        let found = format!("{} with {n} parts", budgets.len());
        return Err(Outside::new("budget", found, "one for each part"));
    }
    if let Some(wrong) = budgets.iter().find(|b| !(b.is_finite() && **b > 0.0)) {
        return Err(Outside::new("budget", wrong, "positive shares"));
    }
    let sum: f64 = budgets.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Err(Outside::new("budget", format!("a sum of {sum}"), "shares that sum to 1"));
    }
    if let Some(i) = (0..n).find(|i| cov[*i][*i] <= 0.0) {
        return Err(Outside::new("cov", cov[i][i], "positive variances"));
    }
    let mut x: Vec<f64> = (0..n).map(|i| 1.0 / sqrt(cov[i][i])).collect();
    for _ in 0..ROUNDS_MOST {
        let mut change: f64 = 0.0;
        for i in 0..n {
            let others = dot(&cov[i], &x) - cov[i][i] * x[i];
            let under = sqrt(others * others + 4.0 * cov[i][i] * budgets[i]);
            // Of the two forms of the root, the one in which nothing cancels.
            let next = if others > 0.0 {
                2.0 * budgets[i] / (others + under)
            } else {
                (under - others) / (2.0 * cov[i][i])
            };
            change = change.max((next / x[i] - 1.0).abs());
            x[i] = next;
        }
        if change < ARRIVED {
            break;
        }
    }
    let residual = residual(cov, &x, budgets);
    if residual.is_nan() || residual >= RESIDUAL_MOST {
        let found = format!("a residual of {residual}");
        return Err(Outside::new("cov", found, "a covariance for which weights are found"));
    }
    let whole: f64 = x.iter().sum();
    let weights: Vec<f64> = x.iter().map(|x| x / whole).collect();
    let volatility = sqrt(quadratic(cov, &weights));
    Ok(Portfolio { weights, volatility, residual })
}

/// The largest difference between a part's share of the variance and its budget.
fn residual(cov: &[Vec<f64>], x: &[f64], budgets: &[f64]) -> f64 {
    let whole = quadratic(cov, x);
    let off = |((row, x_i), budget): ((&Vec<f64>, &f64), &f64)| {
        (x_i * dot(row, x) / whole - budget).abs()
    };
    cov.iter().zip(x).zip(budgets).map(off).fold(0.0, f64::max)
}

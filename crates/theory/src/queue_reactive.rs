//! How long a queue is, when what comes and goes depends on its length.
//!
//! Source: Huang, Lehalle & Rosenbaum (2015), Journal of the American Statistical Association
//! 110(509), model I. The invariant law of a queue to which orders come at rate `lam`, and from which
//! they go at rate `mu` by trades and `theta` each by cancelling.

use crate::{Outside, not_negative};
use libm::{exp, log};

/// The longest queue that the law covers.
pub const QUEUE_MOST: usize = 400;

/// The law: the probability of each length from 0 to [`QUEUE_MOST`].
///
/// # Errors
///
/// [`Outside`] when a rate is negative, or orders come and none ever goes.
pub fn invariant(lam: f64, mu: f64, theta: f64) -> Result<Vec<f64>, Outside> {
    not_negative("lam", lam)?;
    not_negative("mu", mu)?;
    not_negative("theta", theta)?;
    if lam > 0.0 && mu == 0.0 && theta == 0.0 {
        return Err(Outside::new("mu", mu, "a positive number where nobody cancels"));
    }
    // In logarithms: a queue that only grows has weights beyond any float.
    let mut weights = vec![0.0];
    let mut weight = 0.0;
    for j in 1..=QUEUE_MOST {
        weight += if lam == 0.0 { f64::NEG_INFINITY } else { log(lam / (mu + j as f64 * theta)) };
        weights.push(weight);
    }
    let largest = weights.iter().fold(f64::NEG_INFINITY, |m, w| m.max(*w));
    let law: Vec<f64> = weights.iter().map(|w| exp(w - largest)).collect();
    let sum: f64 = law.iter().sum();
    Ok(law.iter().map(|p| p / sum).collect())
}

/// The mean of a law of lengths.
#[must_use]
pub fn mean(law: &[f64]) -> f64 {
    law.iter().enumerate().map(|(n, p)| n as f64 * p).sum()
}

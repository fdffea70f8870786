//! A spread read from trade prices alone.
//!
//! Source: Roll (1984), Journal of Finance 39(4). Trades that bounce between bid and ask at random
//! have changes whose covariance with the next is `-s²/4`.

use crate::Outside;
use libm::sqrt;

/// The covariance of each change of `prices` with the next.
///
/// # Errors
///
/// [`Outside`], naming `p`: fewer than four prices, or one that is not finite.
pub fn covariance(prices: &[f64]) -> Result<f64, Outside> {
    if prices.len() < 4 {
        return Err(Outside::new("p", format!("{} prices", prices.len()), "at least four"));
    }
    if let Some(wrong) = prices.iter().find(|p| !p.is_finite()) {
        return Err(Outside::new("p", wrong, "finite numbers"));
    }
    let changes: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let pairs = changes.len() - 1;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    let (first, second) = (mean(&changes[..pairs]), mean(&changes[1..]));
    let products = changes.windows(2).map(|pair| (pair[0] - first) * (pair[1] - second));
    Ok(products.sum::<f64>() / pairs as f64)
}

/// The spread behind a covariance, in its prices; no number when the covariance is positive, since
/// then nothing bounces.
#[must_use]
pub fn spread(covariance: f64) -> f64 {
    if covariance > 0.0 { f64::NAN } else { 2.0 * sqrt(-covariance) }
}

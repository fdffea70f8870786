//! The bounce between bid and ask.

use super::{count, mean};

/// The spread that trade prices alone tell: 2√(−cov(Δp_t, Δp_{t−1})).
///
/// Source: Roll (1984), Journal of Finance 39(4), eq. 6. `None` for fewer than three prices, or when
/// the covariance is not negative.
#[must_use]
pub fn roll(prices: &[f64]) -> Option<f64> {
    let changes: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
    roll_of(&changes, changes.windows(2).map(|pair| (pair[0], pair[1])))
}

/// The same from changes and the pairs of them that follow each other.
#[must_use]
pub fn roll_of(changes: &[f64], pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let mean = mean(changes).filter(|_| changes.len() >= 2)?;
    let products: Vec<f64> = pairs.map(|(early, late)| (early - mean) * (late - mean)).collect();
    let covariance = products.iter().sum::<f64>() / count(&products).max(1.0);
    (covariance < 0.0).then(|| 2.0 * libm::sqrt(-covariance))
}

#[cfg(test)]
mod tests {
    use super::roll;

    #[test]
    fn a_price_that_only_bounces_shows_its_spread() {
        // Changes +1, −1, +1, −1 have mean 0 and covariance −1.
        assert_eq!(roll(&[0.0, 1.0, 0.0, 1.0, 0.0]), Some(2.0));
        assert_eq!(roll(&[0.0, 1.0, 2.0, 4.0, 8.0]), None, "it runs");
        assert_eq!(roll(&[0.0, 1.0]), None);
    }
}

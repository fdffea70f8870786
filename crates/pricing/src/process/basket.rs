//! Prices that move together: geometric Brownian motions with correlated shocks.
//!
//! Shocks are independent normal numbers times the Cholesky root of their correlations, so every
//! price is the process it would be alone, and the step is exact, whatever its length. Correlations
//! without full rank are allowed: prices may move as one.
//!
//! Source: Glasserman (2003), *Monte Carlo Methods in Financial Engineering*, sections 2.3 and 3.2.

use super::dice::normal;
use super::gbm::GeometricBrownian;
use crate::Outside;
use crate::numeric::symmetric;
use rand_core::Rng;

/// Normal numbers that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Shocks {
    root: Vec<Vec<f64>>,
}

impl Shocks {
    /// With these correlations, row by row.
    ///
    /// # Errors
    ///
    /// [`Outside`] named `corr` when that is no correlation matrix: square, symmetric, ones on the
    /// diagonal, none above 1 in size, positive semidefinite.
    pub fn new(correlations: &[Vec<f64>]) -> Result<Self, Outside> {
        symmetric::symmetric("corr", correlations)?;
        for (i, row) in correlations.iter().enumerate() {
            for (j, x) in row.iter().enumerate() {
                let place = || format!("{x} in row {}, column {}", i + 1, j + 1);
                if i == j && *x != 1.0 {
                    return Err(Outside::new("corr", place(), "ones on the diagonal"));
                }
                if x.abs() > 1.0 {
                    return Err(Outside::new("corr", place(), "correlations from -1 to 1"));
                }
            }
        }
        Ok(Self { root: symmetric::root("corr", correlations)? })
    }

    /// `rows` of them, any two with the correlation `of`.
    ///
    /// # Errors
    ///
    /// As [`Shocks::new`]; `of` may be no less than `-1/(rows-1)`.
    pub fn alike(rows: usize, of: f64) -> Result<Self, Outside> {
        let cell = |i, j| if i == j { 1.0 } else { of };
        let row = |i| (0..rows).map(|j| cell(i, j)).collect();
        Self::new(&(0..rows).map(row).collect::<Vec<_>>())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.root.len()
    }

    /// One of each, with mean 0 and standard deviation 1.
    pub fn draw(&self, dice: &mut impl Rng) -> Vec<f64> {
        let alone: Vec<f64> = self.root.iter().map(|_| normal(dice)).collect();
        self.root.iter().map(|row| symmetric::dot(row, &alone)).collect()
    }
}

/// Prices with correlated shocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Basket {
    parts: Vec<GeometricBrownian>,
    shocks: Shocks,
}

impl Basket {
    /// Of `parts` that `shocks` drive, one each.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `drift` or `v`, or `corr` when there are not as many shocks as parts.
    pub fn new(parts: Vec<GeometricBrownian>, shocks: Shocks) -> Result<Self, Outside> {
        parts.iter().try_for_each(GeometricBrownian::check)?;
        if parts.len() != shocks.count() {
            let found = format!("{} rows for {} prices", shocks.count(), parts.len());
            return Err(Outside::new("corr", found, "one row for each price"));
        }
        Ok(Self { parts, shocks })
    }

    /// Moves all prices `step` years on.
    ///
    /// # Panics
    ///
    /// When there are not as many prices as parts.
    pub fn step(&self, spots: &mut [f64], step: f64, dice: &mut impl Rng) {
        assert_eq!(spots.len(), self.parts.len(), "every part has a price");
        let shocks = self.shocks.draw(dice);
        for ((spot, part), shock) in spots.iter_mut().zip(&self.parts).zip(shocks) {
            *spot = part.shocked(*spot, step, shock);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;

    #[test]
    fn what_is_no_correlation_matrix_is_refused() {
        let says = |rows: &[Vec<f64>]| Shocks::new(rows).unwrap_err().to_string();
        assert_eq!(
            says(&[vec![1.0, 0.2], vec![0.2, 0.9]]),
            "corr: found 0.9 in row 2, column 2, expected ones on the diagonal"
        );
        assert_eq!(
            says(&[vec![1.0, 1.2], vec![1.2, 1.0]]),
            "corr: found 1.2 in row 1, column 2, expected correlations from -1 to 1"
        );
        assert!(says(&[vec![1.0, 0.2], vec![0.3, 1.0]]).contains("across the diagonal"));
        let why = Shocks::alike(3, -0.6).unwrap_err();
        assert_eq!((why.field, why.expected), ("corr", "a positive semidefinite matrix"));
        let part = GeometricBrownian { drift: 0.0, volatility: 0.2 };
        let why = Basket::new(vec![part; 3], Shocks::alike(2, 0.5).unwrap()).unwrap_err();
        assert_eq!(
            why.to_string(),
            "corr: found 2 rows for 3 prices, expected one row for each price"
        );
        let bad = GeometricBrownian { drift: 0.0, volatility: -0.2 };
        let why = Basket::new(vec![bad; 2], Shocks::alike(2, 0.5).unwrap()).unwrap_err();
        assert_eq!(why.field, "v");
    }

    #[test]
    fn as_one_and_against_each_other() {
        let part = GeometricBrownian { drift: 0.0, volatility: 0.2 };
        let one = Basket::new(vec![part; 2], Shocks::alike(2, 1.0).unwrap()).unwrap();
        let mut spots = [100.0, 100.0];
        one.step(&mut spots, 1.0, &mut seeded(4));
        assert_eq!(spots[0], spots[1]);
        let against = Basket::new(vec![part; 2], Shocks::alike(2, -1.0).unwrap()).unwrap();
        let mut spots = [100.0, 100.0];
        against.step(&mut spots, 1.0, &mut seeded(4));
        let product = 10_000.0 * libm::exp(-0.04);
        assert!((spots[0] * spots[1] - product).abs() < 1e-8, "{spots:?}");
    }
}

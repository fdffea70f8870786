//! Principal components: the few moves that most of the moves of many things are made of.
//!
//! Source: I. Jolliffe, *Principal Component Analysis* (2nd ed.), chapter 1; for yield curves R.
//! Litterman and J. Scheinkman (1991), Journal of Fixed Income 1.

use crate::numeric::symmetric::{Axis, axes};
use crate::{Outside, within};
use libm::sqrt;

/// The components of a set of moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Variance along each component and its direction, largest first.
    pub axes: Vec<Axis>,
    /// Each one's share of all variance.
    pub shares: Vec<f64>,
}

/// The covariance of the columns of `rows`, with n − 1.
///
/// # Errors
///
/// When there are fewer than two rows, they differ in length, or a number is not finite.
pub fn covariance(rows: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Outside> {
    let (n, columns) = (rows.len(), rows.first().map_or(0, Vec::len));
    if n < 2 || columns == 0 {
        return Err(Outside::new(
            "rows",
            format!("{n} of {columns}"),
            "two or more rows of numbers",
        ));
    }
    for row in rows {
        if row.len() != columns {
            let found = format!("rows of {columns} and of {}", row.len());
            return Err(Outside::new("rows", found, "rows of one length"));
        }
        for x in row {
            within("rows", *x, |_| true, "finite numbers")?;
        }
    }
    let mean = |j: usize| rows.iter().map(|row| row[j]).sum::<f64>() / n as f64;
    let means: Vec<f64> = (0..columns).map(mean).collect();
    let together = |i: usize, j: usize| {
        let product = |row: &Vec<f64>| (row[i] - means[i]) * (row[j] - means[j]);
        rows.iter().map(product).sum::<f64>() / (n - 1) as f64
    };
    Ok((0..columns).map(|i| (0..columns).map(|j| together(i, j)).collect()).collect())
}

/// The correlation of the columns of `rows`. One that never moves has none with any other.
///
/// # Errors
///
/// As [`covariance`].
pub fn correlation(rows: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Outside> {
    let covariance = covariance(rows)?;
    let sd: Vec<f64> = (0..covariance.len()).map(|i| sqrt(covariance[i][i])).collect();
    let scaled = |i: usize, j: usize| match sd[i] * sd[j] {
        _ if i == j => 1.0,
        0.0 => 0.0,
        scale => covariance[i][j] / scale,
    };
    Ok((0..sd.len()).map(|i| (0..sd.len()).map(|j| scaled(i, j)).collect()).collect())
}

/// The components of `rows`: one row a day, one column a thing that moves.
///
/// # Errors
///
/// As [`covariance`]; and when nothing moves.
pub fn components(rows: &[Vec<f64>]) -> Result<Components, Outside> {
    let axes = axes("rows", &covariance(rows)?)?;
    let all: f64 = axes.iter().map(|axis| axis.value).sum();
    within("rows", all, |all| all > 0.0, "moves that are not all the same")?;
    let shares = axes.iter().map(|axis| axis.value / all).collect();
    Ok(Components { axes, shares })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_things_that_move_alike_have_one_component() {
        let rows: Vec<Vec<f64>> = [1.0, -2.0, 0.5, 3.0].iter().map(|x| vec![*x, 2.0 * x]).collect();
        let found = components(&rows).unwrap();
        assert!((found.shares[0] - 1.0).abs() < 1e-14 && found.shares[1].abs() < 1e-14);
        let [a, b] = found.axes[0].direction[..] else { panic!("two columns") };
        assert!((b / a - 2.0).abs() < 1e-12);
        assert!((correlation(&rows).unwrap()[0][1] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |rows: &[Vec<f64>]| components(rows).unwrap_err().to_string();
        assert_eq!(says(&[vec![1.0]]), "rows: found 1 of 1, expected two or more rows of numbers");
        assert_eq!(
            says(&[vec![1.0], vec![1.0, 2.0]]),
            "rows: found rows of 1 and of 2, expected rows of one length"
        );
        assert_eq!(
            says(&[vec![1.0], vec![1.0]]),
            "rows: found 0, expected moves that are not all the same"
        );
        assert_eq!(says(&[vec![1.0], vec![f64::NAN]]), "rows: found NaN, expected finite numbers");
    }

    proptest! {
        /// Seen along the components the things move apart from each other, with those variances.
        #[test]
        fn components_are_uncorrelated(
            rows in prop::collection::vec(prop::collection::vec(-1.0..1.0_f64, 3), 5..40),
        ) {
            let found = components(&rows).unwrap();
            let along = |row: &Vec<f64>| -> Vec<f64> {
                let axes = found.axes.iter();
                axes.map(|axis| crate::numeric::symmetric::dot(&axis.direction, row)).collect()
            };
            let turned: Vec<Vec<f64>> = rows.iter().map(along).collect();
            let again = covariance(&turned).unwrap();
            for (i, row) in again.iter().enumerate() {
                for (j, x) in row.iter().enumerate() {
                    let wanted = if i == j { found.axes[i].value } else { 0.0 };
                    prop_assert!((x - wanted).abs() < 1e-12, "{i} {j} {x}");
                }
            }
            prop_assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

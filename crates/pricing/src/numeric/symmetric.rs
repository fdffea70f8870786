//! Symmetric matrices: their axes, and their roots.

use crate::Outside;

/// Sweeps before the rotation gives up; a matrix of a hundred rows takes about ten.
pub const SWEEPS_MOST: usize = 100;

/// Rows of the largest matrix taken here.
pub const ROWS_MOST: usize = 1_000;

/// One axis of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// How far the matrix stretches along it (the eigenvalue).
    pub value: f64,
    /// Its direction, of length 1; the component that is largest in size is positive.
    pub direction: Vec<f64>,
}

/// The axes of `matrix`, longest first.
///
/// Source: cyclic Jacobi rotations, Golub and Van Loan, *Matrix Computations* (4th ed.), 8.5.
///
/// # Errors
///
/// [`Outside`] named `field` when the matrix is not square, symmetric and finite.
pub fn axes(field: &'static str, matrix: &[Vec<f64>]) -> Result<Vec<Axis>, Outside> {
    symmetric(field, matrix)?;
    let n = matrix.len();
    let mut a = matrix.to_vec();
    let mut turned: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let size: f64 = a.iter().flatten().map(|x| x * x).sum();
    for _ in 0..SWEEPS_MOST {
        let off: f64 = (0..n).map(|i| a[i][..i].iter().map(|x| x * x).sum::<f64>()).sum();
        if off <= f64::EPSILON * f64::EPSILON * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut turned, p, q);
            }
        }
    }
    let mut axes: Vec<Axis> = (0..n)
        .map(|i| Axis { value: a[i][i], direction: turned.iter().map(|row| row[i]).collect() })
        .map(upright)
        .collect();
    axes.sort_by(|a, b| b.value.total_cmp(&a.value));
    Ok(axes)
}

/// Makes the element of row `p` and column `q` zero.
fn rotate(a: &mut [Vec<f64>], turned: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let c = 1.0 / libm::sqrt(t * t + 1.0);
    let s = t * c;
    for row in a.iter_mut().chain(turned.iter_mut()) {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

fn upright(mut axis: Axis) -> Axis {
    let largest =
        axis.direction.iter().fold(0.0, |m: f64, x| if x.abs() > m.abs() { *x } else { m });
    if largest < 0.0 {
        axis.direction.iter_mut().for_each(|x| *x = -*x);
    }
    axis
}

/// The lower triangle whose product with its transpose is `matrix`: a Cholesky root.
///
/// A matrix without full rank has one too; what rounding leaves below zero counts as zero.
///
/// # Errors
///
/// [`Outside`] named `field` when the matrix is not symmetric and positive semidefinite.
pub fn root(field: &'static str, matrix: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Outside> {
    symmetric(field, matrix)?;
    let n = matrix.len();
    let mut lower = vec![vec![0.0; n]; n];
    for j in 0..n {
        let slack = 1e-10 * matrix[j][j].abs().max(f64::MIN_POSITIVE);
        let left = matrix[j][j] - dot(&lower[j][..j], &lower[j][..j]);
        if left < -slack {
            return Err(indefinite(field, left));
        }
        let diagonal = if left > slack { libm::sqrt(left) } else { 0.0 };
        lower[j][j] = diagonal;
        for i in j + 1..n {
            let left = matrix[i][j] - dot(&lower[i][..j], &lower[j][..j]);
            lower[i][j] = if diagonal > 0.0 { left / diagonal } else { 0.0 };
            let room = 1e-5 * libm::sqrt((matrix[i][i] * matrix[j][j]).abs());
            if diagonal == 0.0 && left.abs() > room {
                return Err(indefinite(field, left));
            }
        }
    }
    Ok(lower)
}

fn indefinite(field: &'static str, left: f64) -> Outside {
    Outside::new(field, format!("a pivot of {left}"), "a positive semidefinite matrix")
}

/// `x` on both sides of `matrix`: a variance.
#[must_use]
pub fn quadratic(matrix: &[Vec<f64>], x: &[f64]) -> f64 {
    matrix.iter().zip(x).map(|(row, xi)| xi * dot(row, x)).sum()
}

/// The sum of products, in order.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Refuses what is not a square, finite, symmetric matrix of 1 to [`ROWS_MOST`] rows.
///
/// # Errors
///
/// [`Outside`] named `field`, with the place in `found`.
pub fn symmetric(field: &'static str, matrix: &[Vec<f64>]) -> Result<(), Outside> {
    let n = matrix.len();
    if !(1..=ROWS_MOST).contains(&n) {
        return Err(Outside::new(field, format!("{n} rows"), "1 to 1000 rows"));
    }
    if let Some(row) = matrix.iter().find(|row| row.len() != n) {
        let found = format!("{n} rows and one of {} columns", row.len());
        return Err(Outside::new(field, found, "a square matrix"));
    }
    for (i, row) in matrix.iter().enumerate() {
        for (j, x) in row.iter().enumerate() {
            if !x.is_finite() {
                let found = format!("{x} in row {}, column {}", i + 1, j + 1);
                return Err(Outside::new(field, found, "finite numbers"));
            }
            let scale = x.abs().max(matrix[j][i].abs());
            if (x - matrix[j][i]).abs() > 1e-12 * scale {
                let found = format!("{x} and {} across the diagonal", matrix[j][i]);
                return Err(Outside::new(field, found, "a symmetric matrix"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_by_two_has_its_known_axes() {
        let found = axes("m", &[vec![2.0, 1.0], vec![1.0, 2.0]]).unwrap();
        assert!((found[0].value - 3.0).abs() < 1e-14 && (found[1].value - 1.0).abs() < 1e-14);
        let half = std::f64::consts::FRAC_1_SQRT_2;
        assert!(found[0].direction.iter().all(|x| (x - half).abs() < 1e-14));
    }

    #[test]
    fn what_is_no_symmetric_matrix_is_refused() {
        let says = |m: &[Vec<f64>]| axes("corr", m).unwrap_err().to_string();
        assert_eq!(says(&[]), "corr: found 0 rows, expected 1 to 1000 rows");
        assert_eq!(
            says(&[vec![1.0, 2.0]]),
            "corr: found 1 rows and one of 2 columns, expected a square matrix"
        );
        assert_eq!(
            says(&[vec![1.0, 2.0], vec![3.0, 1.0]]),
            "corr: found 2 and 3 across the diagonal, expected a symmetric matrix"
        );
        assert_eq!(
            says(&[vec![f64::NAN]]),
            "corr: found NaN in row 1, column 1, expected finite numbers"
        );
        let wrong = root("corr", &[vec![1.0, 2.0], vec![2.0, 1.0]]).unwrap_err();
        assert_eq!(wrong.expected, "a positive semidefinite matrix");
    }

    #[test]
    fn a_matrix_without_full_rank_has_a_root() {
        let ones = vec![vec![1.0; 3]; 3];
        let lower = root("m", &ones).unwrap();
        assert_eq!(lower, [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]);
    }

    fn product(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
        a.iter().map(|r| a.iter().map(|s| dot(r, s)).collect()).collect()
    }

    proptest! {
        /// Axes put back together, and roots multiplied, give the matrix.
        #[test]
        fn taken_apart_and_put_together(
            rows in (1..7_usize).prop_flat_map(|n| {
                prop::collection::vec(prop::collection::vec(-3.0..3.0_f64, n), n)
            }),
        ) {
            let matrix = product(&rows);
            let n = matrix.len();
            let axes = axes("m", &matrix).unwrap();
            let lower = root("m", &matrix).unwrap();
            let again = product(&lower);
            for i in 0..n {
                for j in 0..n {
                    let sum: f64 =
                        axes.iter().map(|a| a.value * a.direction[i] * a.direction[j]).sum();
                    prop_assert!((sum - matrix[i][j]).abs() < 1e-10, "{sum} {}", matrix[i][j]);
                    prop_assert!((again[i][j] - matrix[i][j]).abs() < 1e-4);
                    let along: f64 = dot(&axes[i].direction, &axes[j].direction);
                    prop_assert!((along - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
            prop_assert!(axes.windows(2).all(|pair| pair[0].value >= pair[1].value));
        }
    }
}

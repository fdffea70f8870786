//! Matrices without negative entries: what one thing calls forth of another.

/// The spectral radius of a matrix without negative entries, row by row, by Gelfand's formula: the
/// 2^k-th root of the norm of its 2^k-th power.
///
/// # Panics
///
/// When `rows` is 0.
#[must_use]
pub fn spectral_radius(matrix: &[f64], rows: usize) -> f64 {
    const SQUARINGS: i32 = 40;
    let norm = |matrix: &[f64]| -> f64 {
        matrix.chunks(rows).map(|row| row.iter().sum::<f64>()).fold(0.0, f64::max)
    };
    let (mut power, mut log, mut share) = (matrix.to_vec(), 0.0, 1.0);
    for _ in 0..SQUARINGS {
        let size = norm(&power);
        if size == 0.0 {
            return 0.0;
        }
        // Kept at norm 1, so that no power overflows; what was taken out is remembered.
        power.iter_mut().for_each(|entry| *entry /= size);
        log += share * libm::log(size);
        share /= 2.0;
        let times = |i: usize, j: usize| -> f64 {
            (0..rows).map(|k| power[i * rows + k] * power[k * rows + j]).sum()
        };
        power = (0..rows * rows).map(|n| times(n / rows, n % rows)).collect();
    }
    libm::exp(log)
}

#[cfg(test)]
mod tests {
    use super::spectral_radius;

    #[test]
    fn two_rows_have_their_known_radius() {
        for [a, b, c, d] in [[0.5, 0.2, 0.1, 0.4], [0.0, 2.0, 0.5, 0.0], [3.0, 0.0, 0.0, 7.0]] {
            let middle: f64 = (a + d) / 2.0;
            let plain = middle + (middle * middle - (a * d - b * c)).sqrt();
            assert!((spectral_radius(&[a, b, c, d], 2) - plain).abs() < 1e-9);
        }
        assert_eq!(spectral_radius(&[0.0, 1.0, 0.0, 0.0], 2), 0.0, "what ends after one step");
        assert!((spectral_radius(&[0.8], 1) - 0.8).abs() < 1e-12);
    }
}

//! Tails: how fast large values thin out.

use super::count;

/// The exponent α of a power-law tail P(|x| > u) ~ u^−α, from the largest `share` of |values|.
///
/// Source: Hill (1975), Annals of Statistics 3(5): with |x| sorted downwards and k = ⌊share·n⌋,
/// 1/mean(ln(x_i / x_{k+1}), i ≤ k). `share` lies between 0 and 1. `None` when k is 0, when there
/// is no x_{k+1} above zero, or when the k largest are all equal to it.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn hill(values: &[f64], share: f64) -> Option<f64> {
    let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    let k = (count(values) * share) as usize;
    if k == 0 || k >= sizes.len() {
        return None;
    }
    sizes.select_nth_unstable_by(k, |a, b| b.total_cmp(a));
    // Sorted, so that the sum has one order whatever the selection left.
    sizes.truncate(k + 1);
    sizes.sort_by(|a, b| b.total_cmp(a));
    let floor = sizes[k];
    if floor <= 0.0 {
        return None;
    }
    let excess: f64 = sizes[..k].iter().map(|size| libm::log(size / floor)).sum();
    (excess > 0.0).then(|| k as f64 / excess)
}

#[cfg(test)]
mod tests {
    use super::hill;

    #[test]
    fn by_hand() {
        let e = std::f64::consts::E;
        // The mean of ln e² and ln e is 1.5.
        let found = hill(&[0.5, e * e, 1.0, -e], 0.5).unwrap();
        assert!((found - 2.0 / 3.0).abs() < 1e-12, "{found}");
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!(hill(&[], 0.05), None);
        assert_eq!(hill(&[1.0; 10], 0.05), None, "the largest 5% of ten are none");
        assert_eq!(hill(&[0.0; 100], 0.05), None);
        assert_eq!(hill(&[1.0; 100], 0.05), None, "no excess");
    }
}

//! Whole lots in given proportions, by the largest remainder (Hamilton's method).

/// Remainders that differ by less than this are equal: shares are decimals, and binary fractions of
/// them are off by less.
const EQUAL: f64 = 1e-9;

/// `total` lots in parts as `weights`, which are not negative and not all zero: each gets its quota
/// rounded down, and the lots that are left go to the largest remainders, of equal ones to the
/// earlier part. The parts sum to `total`, exactly.
///
/// # Panics
///
/// When the weights are none, or not such.
///
/// # Examples
///
/// ```
/// use pitfloor_agents::execution::apportion::apportion;
/// let day = [0.15, 0.10, 0.08, 0.07, 0.10, 0.15, 0.35];
/// assert_eq!(apportion(10_000, &day), [1_500, 1_000, 800, 700, 1_000, 1_500, 3_500]);
/// ```
#[must_use]
pub fn apportion(total: u64, weights: &[f64]) -> Vec<u64> {
    let sum: f64 = weights.iter().sum();
    let good = weights.iter().all(|weight| *weight >= 0.0) && sum > 0.0 && sum.is_finite();
    assert!(good, "weights are not negative and sum to something: {weights:?}");
    let mut left = total;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().enumerate() {
        let quota = total as f64 * (weight / sum);
        let part = (libm::floor(quota + EQUAL) as u64).min(left);
        left -= part;
        parts.push(part);
        remainders.push((libm::round((quota - part as f64) / EQUAL) as i64, place));
    }
    // Stable, so that of equal remainders the earlier part comes first.
    remainders.sort_by_key(|(remainder, _)| std::cmp::Reverse(*remainder));
    // Beyond 2^53 lots quotas are not exact to a lot: then more may be left than there are parts.
    for (_, place) in remainders.iter().cycle().filter(|(_, place)| weights[*place] > 0.0) {
        if left == 0 {
            break;
        }
        parts[*place] += 1;
        left -= 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_sim::dice::Dice;

    #[test]
    fn equal_shares_and_their_ties_go_to_the_earlier() {
        assert_eq!(apportion(10, &[1.0; 3]), [4, 3, 3]);
        assert_eq!(apportion(11, &[1.0; 3]), [4, 4, 3]);
        assert_eq!(apportion(2, &[0.1; 5]), [1, 1, 0, 0, 0]);
        assert_eq!(apportion(0, &[0.3, 0.7]), [0, 0]);
        assert_eq!(apportion(1, &[0.5, 0.5]), [1, 0]);
    }

    #[test]
    fn the_largest_remainder_first_wherever_it_is() {
        // Quotas 1.4, 1.9, 0.7.
        assert_eq!(apportion(4, &[0.35, 0.475, 0.175]), [1, 2, 1]);
        // Quotas 0.2, 0.2, 2.6: one is left, and it is the third's.
        assert_eq!(apportion(3, &[1.0, 1.0, 13.0]), [0, 0, 3]);
    }

    /// Whatever the weights: the sum is exact, nobody is off by a lot or more, and who weighs more
    /// gets no less.
    #[test]
    fn parts_sum_and_keep_to_their_quotas() {
        let mut dice = Dice::new(1, "apportion");
        for _ in 0..2_000 {
            let weights: Vec<f64> = (0..1 + dice.below(40)).map(|_| dice.unit()).collect();
            let bits = 1 + dice.below(40);
            let total = dice.below(1 << bits);
            let sum: f64 = weights.iter().sum();
            let parts = apportion(total, &weights);
            assert_eq!(parts.iter().sum::<u64>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let quota = total as f64 * weight / sum;
                assert!((*part as f64 - quota).abs() < 1.0 + 1e-3, "{part} of {quota}");
            }
            for (a, b) in parts
                .iter()
                .zip(&parts[1..])
                .zip(weights.windows(2))
                .map(|((a, b), w)| if w[0] >= w[1] { (a, b) } else { (b, a) })
            {
                assert!(a + 1 >= *b, "{weights:?} {parts:?}");
            }
        }
    }
}

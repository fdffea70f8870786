//! Intervals without a law: the sample drawn again from itself, in blocks that keep its memory.

use super::quantile;
use crate::dice::Dice;

/// How many values in a row are drawn at once.
pub const BLOCK: usize = 50;

/// How often a sample is drawn again, at most.
pub const DRAWS_MAX: usize = 200;

/// How often at least.
pub const DRAWS_MIN: usize = 40;

/// How many values all draws of one estimate may hold together; long samples are drawn less often.
const VALUES_MAX: usize = 20_000_000;

/// `estimate` of [`DRAWS_MAX`] samples (fewer when the sample is long) of the same length, drawn
/// from `n` places in blocks of [`BLOCK`] with replacement. `estimate` is given the places.
///
/// Source: Künsch (1989), Annals of Statistics 17(3). Draws without an estimate are left out; equal
/// seeds give equal draws. No draws from fewer than two blocks.
#[must_use]
pub fn draws(n: usize, seed: u64, estimate: impl Fn(&[usize]) -> Option<f64>) -> Vec<f64> {
    if n < 2 * BLOCK {
        return Vec::new();
    }
    let (mut dice, mut places) = (Dice::new(seed), Vec::with_capacity(n + BLOCK));
    let wanted = (VALUES_MAX / n).clamp(DRAWS_MIN, DRAWS_MAX);
    let mut found = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        places.clear();
        while places.len() < n {
            let from = dice.below(n - BLOCK + 1);
            places.extend(from..from + BLOCK);
        }
        places.truncate(n);
        found.extend(estimate(&places).filter(|value| value.is_finite()));
    }
    found
}

/// The middle 95% of `draws`. `None` for fewer than ten.
#[must_use]
pub fn interval(draws: &[f64]) -> Option<(f64, f64)> {
    if draws.len() < 10 {
        return None;
    }
    Some((quantile(draws, 0.025)?, quantile(draws, 0.975)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimator::mean;

    #[test]
    fn the_interval_of_a_mean_is_two_standard_errors() {
        let mut dice = Dice::new(1);
        let values: Vec<f64> = (0..10_000).map(|_| dice.normal()).collect();
        let of =
            |places: &[usize]| mean(&places.iter().map(|place| values[*place]).collect::<Vec<_>>());
        let drawn = draws(values.len(), 7, of);
        assert_eq!(drawn.len(), DRAWS_MAX);
        assert_eq!(drawn, draws(values.len(), 7, of), "a seed is an interval");
        let (low, high) = interval(&drawn).unwrap();
        let width = high - low;
        assert!((0.028..0.052).contains(&width), "3.92/100 but {width}");
    }

    #[test]
    fn too_little_to_draw_from_gives_nothing() {
        assert!(draws(99, 1, |_| Some(1.0)).is_empty());
        assert_eq!(interval(&[1.0; 9]), None);
        assert_eq!(draws(1 << 20, 1, |_| None).len(), 0);
    }
}

//! How far a price gets: variance by clock.

use super::variance;

/// Realised variance of log returns per sampling interval, summed: Σ r².
///
/// Source: Andersen, Bollerslev, Diebold & Labys (2003), Econometrica 71(2), eq. 5. Not annualised.
/// `None` for no returns.
#[must_use]
pub fn realised_variance(returns: &[f64]) -> Option<f64> {
    (!returns.is_empty()).then(|| returns.iter().map(|r| r * r).sum())
}

/// The variance of changes over one step of `fine` per unit of time, over that of `coarse`, whose
/// step is `ratio` times longer: 1 for a martingale, more when prices turn back, less when they run.
///
/// Source: Lo & MacKinlay (1988), Review of Financial Studies 1(1), inverted as in a signature
/// plot. `None` when one has fewer than two changes or `coarse` does not vary.
#[must_use]
pub fn variance_ratio(fine: &[f64], coarse: &[f64], ratio: f64) -> Option<f64> {
    let of_changes =
        |mids: &[f64]| mids.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    variance_ratio_of(&of_changes(fine), &of_changes(coarse), ratio)
}

/// The same from the changes themselves, which may be of several days.
#[must_use]
pub fn variance_ratio_of(fine: &[f64], coarse: &[f64], ratio: f64) -> Option<f64> {
    let of = |changes: &[f64]| variance(changes).filter(|_| changes.len() >= 2);
    let (fine, coarse) = (of(fine)?, of(coarse)?);
    (coarse > 0.0).then(|| fine * ratio / coarse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    fn near(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.expect("there is an estimate");
        assert!((found - expected).abs() <= tolerance, "{found} is {expected} ± {tolerance}");
    }

    #[test]
    fn a_random_walk_is_as_wild_by_any_clock_and_a_bouncing_price_is_not() {
        let (mut dice, mut walk) = (Dice::new(6), vec![0.0]);
        for _ in 0..200_000 {
            walk.push(walk[walk.len() - 1] + dice.normal());
        }
        let tenth = |mids: &[f64]| mids.iter().copied().step_by(10).collect::<Vec<_>>();
        near(variance_ratio(&walk, &tenth(&walk), 10.0), 1.0, 0.05);
        // A bounce of ±1 adds 2 to the variance of every change, whatever its length.
        let bounced: Vec<f64> = walk.iter().map(|mid| mid + dice.sign()).collect();
        near(variance_ratio(&bounced, &tenth(&bounced), 10.0), 10.0 * 3.0 / 12.0, 0.1);
    }

    #[test]
    fn small_samples_by_hand() {
        assert_eq!(realised_variance(&[0.1, -0.2]), Some(0.1 * 0.1 + 0.2 * 0.2));
        assert_eq!(realised_variance(&[]), None);
        assert_eq!(variance_ratio(&[1.0, 2.0], &[1.0], 10.0), None);
    }
}

//! How far things are counted: amounts, lots and prices that an act would make are checked here
//! before anything moves (C-6).

use crate::ledger::{LOTS_MAX, PAYMENT_MAX};
use pitfloor_model::clearing::Ratio;
use pitfloor_model::event::Reject;
use pitfloor_model::units::{Price, Qty};

/// The amount, unless it was too large to count.
pub(crate) fn amount(cash: Option<i128>) -> Result<i128, Reject> {
    cash.filter(|cash| cash.unsigned_abs() <= PAYMENT_MAX.unsigned_abs()).ok_or(Reject::BadAmount)
}

/// So many lots, unless they were too many to move.
pub(crate) fn lots(lots: Option<i128>) -> Result<i64, Reject> {
    let few = lots.filter(|lots| lots.unsigned_abs() <= LOTS_MAX.unsigned_abs());
    few.and_then(|lots| i64::try_from(lots).ok()).ok_or(Reject::BadAmount)
}

/// `of` times `ratio`, towards zero, and what is left over: so many times 1 / `ratio.den`. None when
/// it cannot be counted.
pub(crate) fn share(of: i128, ratio: Ratio) -> Option<(i128, i128)> {
    let (num, den) = (i128::from(ratio.num), i128::from(ratio.den));
    let product = of.checked_mul(num)?;
    Some((product / den, product % den))
}

/// The product of three numbers, if it can be counted.
pub(crate) fn product(one: i128, two: i128, three: i128) -> Option<i128> {
    one.checked_mul(two)?.checked_mul(three)
}

/// `qty` times `each` as lots of something else.
pub(crate) fn bundle(qty: Qty, each: u32) -> Result<Qty, Reject> {
    let all = lots(i128::from(qty.0).checked_mul(i128::from(each)))?;
    Ok(Qty(all.unsigned_abs()))
}

/// `total` shared out in proportion to `weights`, in whole units: each gets its share rounded down,
/// and what is left goes one by one to the largest remainders, the first where they are equal.
/// Nobody has a weight: nobody gets anything.
pub(crate) fn proportional(total: i128, weights: &[i128]) -> Vec<i128> {
    let all: i128 = weights.iter().sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let parts: Vec<_> = weights.iter().map(|weight| divided(total, *weight, all)).collect();
    let mut shares: Vec<_> = parts.iter().map(|(whole, _)| *whole).collect();
    let left = total - shares.iter().sum::<i128>();
    let mut order: Vec<_> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(parts[*at].1));
    let left = usize::try_from(left).expect("less than one unit each is left");
    for at in order.into_iter().take(left) {
        shares[at] += 1;
    }
    shares
}

/// `of` × `part` / `all` and the remainder, for a part of all, however long the product is: by
/// doubling and adding, a bit at a time.
fn divided(of: i128, part: i128, all: i128) -> (i128, i128) {
    assert!((0..=all).contains(&part) && of >= 0 && all < 1 << 125, "a part is a part of all");
    let (mut whole, mut rest) = (0, 0);
    for bit in (0..i128::BITS - of.leading_zeros()).rev() {
        (whole, rest) = (2 * whole, 2 * rest + if of >> bit & 1 == 1 { part } else { 0 });
        (whole, rest) = (whole + rest / all, rest % all);
    }
    (whole, rest)
}

/// `num / den`, rounded half away from zero; `den` is above nothing.
pub(crate) const fn nearest(num: i128, den: i128) -> i128 {
    // What fits in a word is divided as one: nearly everything, and many times as fast.
    if num == num as i64 as i128 && den == den as u32 as i128 {
        let (size, den) = ((num as i64).unsigned_abs(), den as u64);
        let (whole, rest) = (size / den, size % den);
        let size = (whole + (rest >= den - rest) as u64) as i128;
        return if num < 0 { -size } else { size };
    }
    let (whole, rest) = (num.abs() / den, num.abs() % den);
    let size = if rest >= den - rest { whole + 1 } else { whole };
    if num < 0 { -size } else { size }
}

/// What `price` becomes when `num` lots are made of every `den`: × den / num, to the nearest
/// multiple of `step`, half away from zero, and at least a step where it was above nothing. None
/// beyond the grid.
///
/// # Panics
///
/// When `num` or `step` is zero.
#[must_use]
pub fn rescaled(price: Price, num: u32, den: u32, step: u64) -> Option<Price> {
    let (value, step) = (i128::from(price.0) * i128::from(den), i128::from(step));
    let unit = i128::from(num) * step;
    let steps = nearest(value.abs(), unit);
    let size = if price.0 > 0 { steps.max(1) } else { steps }.checked_mul(step)?;
    if size > i128::from(Price::FARTHEST.0) {
        return None;
    }
    i64::try_from(size * value.signum()).ok().map(Price)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_follows_a_split_and_never_falls_to_nothing() {
        let two_for_one = |price| rescaled(Price(price), 2, 1, 1).unwrap().0;
        assert_eq!([101, 100, 1, 0, -1, -101].map(two_for_one), [51, 50, 1, 0, -1, -51]);
        assert_eq!(rescaled(Price(1), 100, 1, 1), Some(Price(1)), "a price above nothing stays so");
        assert_eq!(rescaled(Price(-1), 100, 1, 1), Some(Price(0)));
        assert_eq!(rescaled(Price(100), 3, 2, 1), Some(Price(67)));
        assert_eq!(rescaled(Price(105), 2, 1, 5), Some(Price(55)), "52.5: to a multiple of 5");
        assert_eq!(rescaled(Price(2), 2, 1, 5), Some(Price(5)), "at least a step");
        assert_eq!(rescaled(Price(7), 1, 10, 1), Some(Price(70)), "ten become one");
        assert_eq!(rescaled(Price::FARTHEST, 1, 1, 1), Some(Price::FARTHEST));
        assert_eq!(rescaled(Price::FARTHEST, 1, 2, 1), None);
        assert_eq!(rescaled(Price(-Price::FARTHEST.0), 1, u32::MAX, 1), None);
    }

    #[test]
    fn a_half_goes_away_from_zero() {
        assert_eq!(
            [4, 5, 14, 15, -4, -5, -15].map(|num| nearest(num, 10)),
            [0, 1, 1, 2, 0, -1, -2]
        );
        assert_eq!(nearest(i128::MAX - 1, i128::MAX), 1, "nothing is doubled on the way");
        let (word, den) = (i128::from(i64::MIN), i128::from(u32::MAX));
        assert_eq!(nearest(word, 1), word, "the largest word is one");
        for num in [word - 1, word, word + 1, -word - 1, -word, 7 * den / 2, -7 * den / 2 - 1] {
            for den in [1, 2, 3, den, den + 1, 2 * den + 1] {
                let twice = 2 * num.abs() + den;
                assert_eq!(nearest(num, den), num.signum() * (twice / (2 * den)), "{num} / {den}");
            }
        }
    }

    #[test]
    fn what_is_too_large_is_refused_and_not_cut() {
        assert_eq!(amount(Some(PAYMENT_MAX)), Ok(PAYMENT_MAX));
        assert_eq!(amount(Some(-PAYMENT_MAX - 1)), Err(Reject::BadAmount));
        assert_eq!(amount(None), Err(Reject::BadAmount));
        assert_eq!(lots(Some(-LOTS_MAX)), Ok(-(1 << 62)));
        assert_eq!(lots(Some(LOTS_MAX + 1)), Err(Reject::BadAmount));
        assert_eq!(bundle(Qty(1 << 40), 1 << 22), Ok(Qty(1 << 62)));
        assert_eq!(bundle(Qty(1 << 41), 1 << 22), Err(Reject::BadAmount));
        assert_eq!(share(-7, Ratio { num: 1, den: 2 }), Some((-3, -1)));
        assert_eq!(share(i128::MAX, Ratio::whole(2)), None);
        assert_eq!(product(1 << 60, 1 << 60, 1 << 8), None);
    }

    #[test]
    fn what_is_shared_goes_to_the_largest_remainders() {
        assert_eq!(proportional(10, &[1, 1, 1]), [4, 3, 3], "the first where they are equal");
        assert_eq!(proportional(7, &[50, 30, 20]), [4, 2, 1], "3.5, 2.1 and 1.4: the half first");
        assert_eq!(proportional(0, &[5, 5]), [0, 0]);
        assert_eq!(proportional(3, &[0, 0]), [0, 0]);
        assert_eq!(proportional(20, &[3, 2]), [12, 8], "more than all of them");
        let huge = 1 << 100;
        assert_eq!(proportional(huge, &[huge, huge]), [huge / 2, huge / 2]);
        assert_eq!(divided(12_345, 678, 910), (12_345 * 678 / 910, 12_345 * 678 % 910));
    }
}

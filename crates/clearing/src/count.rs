//! How far things are counted: amounts, lots and prices that an act would make are checked here
//! before anything moves (C-6).

use pitfloor_model::clearing::Ratio;
use pitfloor_model::event::Reject;
use pitfloor_model::units::{Price, Qty};

/// No single payment comes to this many minor units.
const CASH_END: i128 = 1 << 100;

/// The most lots that move at once.
pub(crate) const LOTS_MOST: i128 = 1 << 62;

/// The amount, unless it was too large to count.
pub(crate) fn amount(cash: Option<i128>) -> Result<i128, Reject> {
    cash.filter(|cash| cash.abs() < CASH_END).ok_or(Reject::BadAmount)
}

/// So many lots, unless they were too many to move.
pub(crate) fn lots(lots: Option<i128>) -> Result<i64, Reject> {
    let few = lots.filter(|lots| lots.abs() <= LOTS_MOST);
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

/// What `price` becomes when `num` lots are made of every `den`: × den / num, half away from zero,
/// and at least a tick where it was above nothing. None beyond the grid.
///
/// # Panics
///
/// When `num` is zero.
#[must_use]
pub fn rescaled(price: Price, num: u32, den: u32) -> Option<Price> {
    let (num, value) = (i128::from(num), i128::from(price.0) * i128::from(den));
    let size = (2 * value.abs() + num) / (2 * num);
    let size = if price.0 > 0 { size.max(1) } else { size };
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
        let two_for_one = |price| rescaled(Price(price), 2, 1).unwrap().0;
        assert_eq!([101, 100, 1, 0, -1, -101].map(two_for_one), [51, 50, 1, 0, -1, -51]);
        assert_eq!(rescaled(Price(1), 100, 1), Some(Price(1)), "a price above nothing stays so");
        assert_eq!(rescaled(Price(-1), 100, 1), Some(Price(0)));
        assert_eq!(rescaled(Price(100), 3, 2), Some(Price(67)));
        assert_eq!(rescaled(Price(7), 1, 10), Some(Price(70)), "ten become one");
        assert_eq!(rescaled(Price::FARTHEST, 1, 1), Some(Price::FARTHEST));
        assert_eq!(rescaled(Price::FARTHEST, 1, 2), None);
        assert_eq!(rescaled(Price(-Price::FARTHEST.0), 1, u32::MAX), None);
    }

    #[test]
    fn what_is_too_large_is_refused_and_not_cut() {
        assert_eq!(amount(Some(CASH_END - 1)), Ok(CASH_END - 1));
        assert_eq!(amount(Some(-CASH_END)), Err(Reject::BadAmount));
        assert_eq!(amount(None), Err(Reject::BadAmount));
        assert_eq!(lots(Some(-LOTS_MOST)), Ok(-(1 << 62)));
        assert_eq!(lots(Some(LOTS_MOST + 1)), Err(Reject::BadAmount));
        assert_eq!(bundle(Qty(1 << 40), 1 << 22), Ok(Qty(1 << 62)));
        assert_eq!(bundle(Qty(1 << 41), 1 << 22), Err(Reject::BadAmount));
        assert_eq!(share(-7, Ratio { num: 1, den: 2 }), Some((-3, -1)));
        assert_eq!(share(i128::MAX, Ratio::whole(2)), None);
        assert_eq!(product(1 << 60, 1 << 60, 1 << 8), None);
    }
}

//! Amounts that are counted up to a bound: what is worth more than anybody can have is worth that.
//!
//! What accounts have and need is compared, never paid, so it may stop at a bound where a payment
//! would be refused as too large to count. The bound is far above every amount of a real market, and
//! so chosen that sums over all instruments and currencies stay within 127 bits.

use crate::accrue::Rates;

/// The most that one amount counts for, in minor units.
const MOST: i128 = 1 << 110;

/// `a` times `b`, up to the bound.
#[inline]
pub(crate) fn times(a: i128, b: i128) -> i128 {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => bounded(i128::from(a) * i128::from(b)),
        _ => bounded(a.saturating_mul(b)),
    }
}

/// So many ten-thousandths of `of`, which is not negative, rounded up.
#[inline]
pub(crate) fn share_up(of: i128, bips: u32) -> i128 {
    debug_assert!(of >= 0, "shares are taken of sizes");
    let small = u64::try_from(of).ok().and_then(|of| of.checked_mul(u64::from(bips)));
    match small {
        Some(product) => i128::from(product.div_ceil(10_000)),
        None => bounded((of.min(MOST) * i128::from(bips) + 9_999) / 10_000),
    }
}

/// What `amount` is worth in the base currency to whoever has it.
#[inline]
pub(crate) fn had(rates: &Rates, amount: i128) -> i128 {
    bounded(if rates.is_one() { amount } else { rates.down(amount) })
}

/// What `amount` is in the base currency to whoever must have it.
#[inline]
pub(crate) fn needed(rates: &Rates, amount: i128) -> i128 {
    bounded(if rates.is_one() { amount } else { rates.up(amount) })
}

#[inline]
fn bounded(amount: i128) -> i128 {
    amount.clamp(-MOST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::clearing::Ratio;

    #[test]
    fn shares_round_up_and_large_ones_like_small_ones() {
        assert_eq!(share_up(10_001, 5_000), 5_001);
        assert_eq!(share_up(10_000, 5_000), 5_000);
        assert_eq!(share_up(0, 5_000), 0);
        assert_eq!(share_up((1 << 80) + 1, 5_000), (1 << 79) + 1);
    }

    #[test]
    fn what_cannot_be_counted_stops_at_the_bound() {
        assert_eq!(times(-3, 7), -21);
        assert_eq!(times(1 << 100, 1 << 100), MOST);
        assert_eq!(times(1 << 100, -(1 << 100)), -MOST);
        assert_eq!(share_up(i128::MAX, 100_000), MOST);
    }

    /// A third of a cent is nothing to have and a cent to owe.
    #[test]
    fn conversion_is_against_the_account() {
        let rates = Rates { fx: Ratio { num: 1, den: 3 }, ..Rates::default() };
        assert_eq!((had(&rates, 10), had(&rates, -10)), (3, -4));
        assert_eq!((needed(&rates, 10), needed(&rates, 9)), (4, 3));
        assert_eq!(had(&Rates::default(), 10), 10);
        assert_eq!(had(&rates, i128::MAX), MOST);
    }
}

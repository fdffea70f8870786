//! What must stand behind a position (C-33): Regulation T to begin with it, FINRA rule 4210 to go on,
//! so much a lot of a future. Pure: a position and its prices in, an amount out.

use crate::amount::{share_up, times};
use crate::asset::Asset;
use pitfloor_model::clearing::Margin;
use pitfloor_model::clearing::terms::StockMargin;
use pitfloor_model::contract::Right;
use pitfloor_model::units::Price;

/// An instrument at the prices of one moment, as far as margin goes by it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stake<'a> {
    pub(crate) asset: Asset,
    pub(crate) terms: &'a Margin,
    /// Its price; nothing, where it was never valued.
    pub(crate) price: Price,
    /// What it is a right to.
    pub(crate) right: Option<RightTo>,
}

/// What one lot of an option is a right to, in sizes of the underlying's value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RightTo {
    pub(crate) right: Right,
    /// What it is worth; none, when the underlying was never valued.
    pub(crate) underlying: Option<i128>,
    /// What is paid for it.
    pub(crate) strike: i128,
}

impl Stake<'_> {
    /// What the position is worth; a short one is a debt.
    #[inline]
    pub(crate) fn value(&self, lots: i128) -> i128 {
        times(i128::from(self.price.0) * i128::from(self.asset.tick_cash), lots)
    }

    /// What is asked to begin with it.
    #[inline]
    pub(crate) fn initial(&self, lots: i128) -> i128 {
        let value = self.value(lots).abs();
        match self.terms {
            Margin::Stock(terms) if lots < 0 => share_up(value, terms.initial_short_bips),
            Margin::Stock(terms) => share_up(value, terms.initial_long_bips),
            Margin::PerLot { initial, .. } => times(lots.abs(), initial.0),
            Margin::Written { bips, least_bips } if lots < 0 => {
                value + self.written(lots, *bips, *least_bips)
            }
            Margin::Written { .. } | Margin::Full => value,
        }
    }

    /// What is asked to go on with it.
    pub(crate) fn maintenance(&self, lots: i128) -> i128 {
        match self.terms {
            Margin::Stock(terms) if lots < 0 => self.short_stock(lots, terms),
            Margin::Stock(terms) => share_up(self.value(lots).abs(), terms.long_bips),
            Margin::PerLot { maintenance, .. } => times(lots.abs(), maintenance.0),
            Margin::Written { .. } | Margin::Full => self.initial(lots),
        }
    }

    fn short_stock(&self, lots: i128, terms: &StockMargin) -> i128 {
        let (bips, least) = if self.price >= terms.cheap_below {
            (terms.short_bips, terms.short_least)
        } else {
            (terms.cheap_bips, terms.cheap_least)
        };
        share_up(self.value(lots).abs(), bips).max(times(lots.abs(), least.0))
    }

    /// What a written right needs beside its premium.
    fn written(&self, lots: i128, bips: u32, least_bips: u32) -> i128 {
        let Some(right) = self.right else { return 0 };
        let lots = lots.abs();
        let underlying = times(right.underlying.unwrap_or(0), lots);
        let strike = times(right.strike, lots);
        let (away, least) = match right.right {
            Right::Call => (strike - underlying, underlying),
            Right::Put => (underlying - strike, strike),
        };
        let away = if right.underlying.is_some() { away.max(0) } else { 0 };
        (share_up(underlying, bips) - away).max(share_up(least, least_bips))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::Settles;
    use pitfloor_model::units::{Cash, CurrencyId, InstrumentId};

    /// Ticks are cents of a share.
    const SHARE: Asset = Asset {
        instrument: InstrumentId(0),
        currency: CurrencyId(0),
        tick_cash: 1,
        settles: Settles::Lots,
    };

    /// Regulation T and FINRA rule 4210, in cents.
    const REG_T: Margin = Margin::Stock(StockMargin {
        initial_long_bips: 5_000,
        initial_short_bips: 5_000,
        long_bips: 2_500,
        short_bips: 3_000,
        short_least: Cash(500),
        cheap_below: Price(500),
        cheap_bips: 10_000,
        cheap_least: Cash(250),
    });

    const WRITTEN: Margin = Margin::Written { bips: 2_000, least_bips: 1_000 };

    const fn share(price: i64) -> Stake<'static> {
        Stake { asset: SHARE, terms: &REG_T, price: Price(price), right: None }
    }

    /// A right to a hundred shares, its premium in cents of a share.
    const fn option(right: Right, premium: i64, underlying: i128, strike: i128) -> Stake<'static> {
        let asset = Asset { tick_cash: 100, ..SHARE };
        let (underlying, strike) = (Some(underlying * 100), strike * 100);
        let right = Some(RightTo { right, underlying, strike });
        Stake { asset, terms: &WRITTEN, price: Price(premium), right }
    }

    #[test]
    fn half_of_it_to_begin_and_a_quarter_to_go_on() {
        assert_eq!(share(4_000).initial(1_000), 2_000_000);
        assert_eq!(share(4_000).maintenance(1_000), 1_000_000);
        assert_eq!(share(4_001).maintenance(1), 1_001, "rounded up");
        assert_eq!(share(5_000).initial(-1_000), 2_500_000, "beside the proceeds");
        assert_eq!(share(5_000).initial(0), 0);
    }

    #[test]
    fn a_short_share_at_each_price_of_the_table() {
        let needs = [5_000, 1_600, 1_000, 500, 450, 100].map(|price| share(price).maintenance(-1));
        assert_eq!(needs, [1_500, 500, 500, 500, 450, 250]);
    }

    #[test]
    fn a_naked_call_and_a_naked_put() {
        assert_eq!(option(Right::Call, 300, 10_000, 10_500).initial(-1), 180_000);
        assert_eq!(option(Right::Call, 300, 10_000, 10_500).maintenance(-1), 180_000);
        assert_eq!(option(Right::Put, 200, 10_000, 9_500).initial(-1), 170_000);
        assert_eq!(option(Right::Put, 200, 10_000, 9_500).maintenance(-2), 340_000);
    }

    /// In the money nothing is taken off, and far out of it the least holds.
    #[test]
    fn a_written_right_needs_its_least_far_out_of_the_money() {
        assert_eq!(option(Right::Call, 1_200, 10_000, 9_000).initial(-1), 120_000 + 200_000);
        assert_eq!(option(Right::Call, 1, 10_000, 20_000).initial(-1), 100 + 100_000);
        assert_eq!(option(Right::Put, 1, 10_000, 5_000).initial(-1), 100 + 50_000);
        assert_eq!(option(Right::Put, 300, 10_000, 9_500).initial(2), 60_000, "bought: paid for");
    }

    #[test]
    fn an_underlying_without_a_price_leaves_the_least_of_a_put() {
        let right = Some(RightTo { right: Right::Put, underlying: None, strike: 950_000 });
        let put = Stake { right, ..option(Right::Put, 200, 0, 0) };
        assert_eq!(put.initial(-1), 20_000 + 95_000);
        let right = Some(RightTo { right: Right::Call, underlying: None, strike: 950_000 });
        assert_eq!(Stake { right, ..put }.initial(-1), 20_000);
        assert_eq!(Stake { right: None, ..put }.initial(-1), 20_000, "no right at all");
    }

    #[test]
    fn a_future_needs_so_much_a_lot_whatever_its_price() {
        let terms = Margin::PerLot { initial: Cash(1_200), maintenance: Cash(1_000) };
        let future = Stake { terms: &terms, ..share(77) };
        assert_eq!((future.initial(-3), future.initial(3)), (3_600, 3_600));
        assert_eq!((future.maintenance(-3), future.maintenance(0)), (3_000, 0));
    }

    #[test]
    fn what_is_paid_in_full_needs_all_of_it() {
        let bond = Stake { terms: &Margin::Full, ..share(-50) };
        assert_eq!((bond.initial(4), bond.maintenance(-4)), (200, 200));
        assert_eq!(bond.value(4), -200);
    }
}

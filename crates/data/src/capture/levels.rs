//! The levels of a book, as records describe them.
//!
//! A snapshot shows a book down to some price; what lies beyond is unknown until it changes. So a book
//! knows its [`Levels::horizon`], and says "unknown" beyond it, not "nothing".

use crate::record::{Depth, Level, Quote, Resting, Top};
use pitfloor_model::units::Side;
use std::collections::BTreeMap;

/// What rests at each price, as far as it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    bids: BTreeMap<i64, u64>,
    asks: BTreeMap<i64, u64>,
    /// The worst price of the last whole book, by side.
    horizon: [Option<i64>; 2],
}

impl Levels {
    /// Takes over what `depth` tells.
    pub fn apply(&mut self, depth: &Depth) {
        if depth.whole {
            self.clear();
            let worst = |side: &[Resting], worse: fn(i64, i64) -> i64| {
                side.iter().filter(|level| level.qty > 0).map(|level| level.price).reduce(worse)
            };
            self.horizon = [worst(&depth.bids, i64::min), worst(&depth.asks, i64::max)];
        }
        for (side, changed) in [(Side::Buy, &depth.bids), (Side::Sell, &depth.asks)] {
            for level in changed {
                self.set(side, level.price, level.qty);
            }
        }
    }

    /// Takes over one level.
    pub fn level(&mut self, level: &Level) {
        self.set(level.side, level.price, level.qty);
    }

    /// Nothing is known from now on.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What rests at each price of `side`, best first.
    pub fn side(&self, side: Side) -> impl Iterator<Item = (i64, u64)> {
        let bids = (side == Side::Buy).then(|| self.bids.iter().rev());
        let asks = (side == Side::Sell).then(|| self.asks.iter());
        bids.into_iter()
            .flatten()
            .chain(asks.into_iter().flatten())
            .map(|(price, qty)| (*price, *qty))
    }

    /// How many prices of `side` are known to have something.
    #[must_use]
    pub fn count(&self, side: Side) -> usize {
        self.of(side).len()
    }

    /// What rests at `price`; none where nobody has said.
    #[must_use]
    pub fn at(&self, side: Side, price: i64) -> Option<u64> {
        let told = self.of(side).get(&price).copied();
        told.or_else(|| {
            let horizon = self.horizon[usize::from(side == Side::Sell)]?;
            let within = if side == Side::Buy { price >= horizon } else { price <= horizon };
            within.then_some(0)
        })
    }

    /// The worst price of `side` that the last whole book told; none where it had none.
    #[must_use]
    pub fn horizon(&self, side: Side) -> Option<i64> {
        self.horizon[usize::from(side == Side::Sell)]
    }

    /// The best prices.
    #[must_use]
    pub fn best(&self) -> Quote {
        let top = |(price, qty): (&i64, &u64)| Top { price: *price, qty: *qty };
        Quote {
            bid: self.bids.last_key_value().map(top),
            ask: self.asks.first_key_value().map(top),
        }
    }

    /// Whether the best bid is at or above the best ask, which a market at rest never is.
    #[must_use]
    pub fn crossed(&self) -> bool {
        match self.best() {
            Quote { bid: Some(bid), ask: Some(ask) } => bid.price >= ask.price,
            _ => false,
        }
    }

    fn of(&self, side: Side) -> &BTreeMap<i64, u64> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    /// Removing a price that is not there is normal: it lay beyond the horizon.
    fn set(&mut self, side: Side, price: i64, qty: u64) {
        let levels = match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        if qty == 0 {
            levels.remove(&price);
        } else {
            levels.insert(price, qty);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resting(levels: &[(i64, u64)]) -> Vec<Resting> {
        levels.iter().map(|&(price, qty)| Resting { price, qty, orders: 0 }).collect()
    }

    #[test]
    fn beyond_the_horizon_nothing_is_known_until_it_changes() {
        let mut book = Levels::default();
        let bids = resting(&[(100, 1), (98, 2)]);
        let asks = resting(&[(101, 3)]);
        book.apply(&Depth { bids, asks, whole: true, ..Depth::default() });
        assert_eq!(book.at(Side::Buy, 99), Some(0));
        assert_eq!(book.at(Side::Buy, 97), None, "nobody has said");
        assert_eq!(book.at(Side::Sell, 102), None);
        let bids = resting(&[(97, 5), (100, 0), (90, 0)]);
        book.apply(&Depth { bids, ..Depth::default() });
        assert_eq!(book.at(Side::Buy, 97), Some(5));
        assert_eq!(book.side(Side::Buy).collect::<Vec<_>>(), [(98, 2), (97, 5)]);
        assert_eq!(book.side(Side::Sell).collect::<Vec<_>>(), [(101, 3)]);
        assert_eq!((book.count(Side::Buy), book.horizon(Side::Buy)), (2, Some(98)));
        assert!(!book.crossed());
        book.level(&Level { side: Side::Buy, price: 101, qty: 1, orders: None });
        assert!(book.crossed());
        book.clear();
        assert_eq!((book.best(), book.at(Side::Buy, 98)), (Quote::default(), None));
    }
}

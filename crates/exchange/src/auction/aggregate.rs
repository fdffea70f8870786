//! What gathers during a call, summed up: the lots at every limit.
//!
//! Kept while orders come and go, so that an indicative price after each of them costs a walk over
//! the limits and not over the orders. A change costs O(log limits).

use super::Interest;
use pitfloor_model::units::{Price, Qty, Side};
use std::collections::BTreeMap;

/// The lots of a call, by limit. Imbalance-only orders do not belong in it: they have no say.
///
/// Sums are kept in 128 bits, so that no number of orders can overflow them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aggregate {
    limits: BTreeMap<Price, Lots>,
    market: Lots,
    limited: Lots,
}

/// Lots of both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lots {
    pub(super) buy: u128,
    pub(super) sell: u128,
}

impl Aggregate {
    /// Nothing has gathered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The sums over `interests`, imbalance-only ones left out.
    #[must_use]
    pub fn of(interests: &[Interest]) -> Self {
        let mut sums = Self::new();
        for interest in interests.iter().filter(|interest| !interest.imbalance_only) {
            sums.add(interest.side, interest.limit, interest.lots());
        }
        sums
    }

    /// Counts `lots` more, hidden ones included, of `side` at `limit` (none: market).
    pub fn add(&mut self, side: Side, limit: Option<Price>, lots: Qty) {
        let lots = u128::from(lots.0);
        let Some(price) = limit else {
            *self.market.of(side) += lots;
            return;
        };
        if lots > 0 {
            *self.limits.entry(price).or_default().of(side) += lots;
            *self.limited.of(side) += lots;
        }
    }

    /// Counts `lots` fewer of `side` at `limit` (none: market).
    ///
    /// # Panics
    ///
    /// When fewer than that were counted there.
    pub fn remove(&mut self, side: Side, limit: Option<Price>, lots: Qty) {
        let lots = u128::from(lots.0);
        let Some(price) = limit else {
            take(self.market.of(side), lots);
            return;
        };
        if lots == 0 {
            return;
        }
        let level = self.limits.get_mut(&price).expect("lots are taken from where they were put");
        take(level.of(side), lots);
        take(self.limited.of(side), lots);
        if *level == Lots::default() {
            self.limits.remove(&price);
        }
    }

    /// True when nothing has gathered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.market == Lots::default()
    }

    /// How many different limits there are: the cost of a discovery.
    #[must_use]
    pub fn limits_count(&self) -> usize {
        self.limits.len()
    }

    /// The limits from the lowest to the highest, with their lots.
    pub(super) fn limits(&self) -> impl Iterator<Item = (Price, Lots)> + '_ {
        self.limits.iter().map(|(price, lots)| (*price, *lots))
    }

    /// The lots of market orders.
    pub(super) const fn market(&self) -> Lots {
        self.market
    }

    /// The lots of limit orders, all limits together.
    pub(super) const fn limited(&self) -> Lots {
        self.limited
    }
}

impl Lots {
    const fn of(&mut self, side: Side) -> &mut u128 {
        match side {
            Side::Buy => &mut self.buy,
            Side::Sell => &mut self.sell,
        }
    }
}

fn take(from: &mut u128, lots: u128) {
    *from = from.checked_sub(lots).expect("no more lots are taken than were put");
}

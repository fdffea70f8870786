//! What can be seen of the reference from outside, and the best prices that its rules go by.

use super::{Live, Place, Reference, other, rank};
use pitfloor_model::event::{Credit, Phase};
use pitfloor_model::instrument::Venue;
use pitfloor_model::order::Stp;
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderKey, Price, Qty, Side, Stamp,
};
use std::sync::Arc;

/// An order in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// Its name.
    pub key: OrderKey,
    /// What it trades.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// What can still trade of it.
    pub leaves: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// What is shown of it.
    pub shown: Qty,
    /// Its priority.
    pub stamp: Stamp,
    /// Its self-trade prevention.
    pub stp: Stp,
}

impl Reference {
    /// The venue it is.
    #[must_use]
    pub fn venue(&self) -> &Arc<Venue> {
        &self.venue
    }

    /// The open accounts, in order of opening.
    #[must_use]
    pub fn accounts(&self) -> Vec<(AccountId, Credit)> {
        self.members.iter().map(|member| (member.account, member.credit)).collect()
    }

    /// What `instrument` is doing.
    ///
    /// # Panics
    ///
    /// When the venue lists no such instrument.
    #[must_use]
    pub fn phase(&self, instrument: InstrumentId) -> Phase {
        self.market(instrument).phase
    }

    /// The price of the last trade, if there was one.
    ///
    /// # Panics
    ///
    /// When the venue lists no such instrument.
    #[must_use]
    pub fn last_price(&self, instrument: InstrumentId) -> Option<Price> {
        self.market(instrument).last
    }

    /// Every live order, wherever it is, in order of key.
    #[must_use]
    pub fn orders(&self) -> Vec<Live> {
        let mut orders = self.live.clone();
        orders.sort_by_key(|live| (live.key.account.0, live.key.order.0));
        orders
    }

    /// The orders in the book of one side in priority: best price first; there what is shown, then
    /// what is not; then lowest stamp.
    #[must_use]
    pub fn priority(&self, instrument: InstrumentId, side: Side) -> Vec<Waiting> {
        let queue = self.queue(instrument, side);
        queue
            .into_iter()
            .map(|live| Waiting {
                key: live.key,
                instrument,
                side,
                price: live.limit.expect("what rests has a level"),
                leaves: live.leaves,
                traded: live.traded,
                shown: live.shown,
                stamp: live.stamp,
                stp: live.terms.stp,
            })
            .collect()
    }

    pub(super) fn queue(&self, instrument: InstrumentId, side: Side) -> Vec<Live> {
        let here = |live: &&Live| {
            live.instrument == instrument && live.terms.side == side && live.place == Place::Book
        };
        let mut queue: Vec<Live> = self.live.iter().filter(here).cloned().collect();
        queue.sort_by_key(|live| {
            let level = live.limit.expect("what rests has a level");
            (rank(side, level), live.is_unseen(), live.stamp.0)
        });
        queue
    }

    /// The shown levels of one side, best first: price, lots there, number of orders there.
    #[must_use]
    pub fn levels(&self, instrument: InstrumentId, side: Side) -> Vec<(Price, Qty, u32)> {
        let mut levels: Vec<(Price, Qty, u32)> = Vec::new();
        for live in self.queue(instrument, side).into_iter().filter(Live::is_shown) {
            let level = live.limit.expect("what rests has a level");
            match levels.last_mut() {
                Some((price, lots, count)) if price.0 == level.0 => {
                    lots.0 += live.shown.0;
                    *count += 1;
                }
                _ => levels.push((level, live.shown, 1)),
            }
        }
        levels
    }

    /// The best shown price of one side and all shown lots there.
    #[must_use]
    pub fn best(&self, instrument: InstrumentId, side: Side) -> Option<(Price, Qty)> {
        self.levels(instrument, side).first().map(|(price, lots, _)| (*price, *lots))
    }

    /// The live order called `key`.
    #[must_use]
    pub fn order(&self, key: OrderKey) -> Option<Live> {
        self.live.iter().find(|live| live.key == key).cloned()
    }

    /// Cash of `account` and how much of it is reserved; none when the account is not open or the
    /// venue has no such currency.
    #[must_use]
    pub fn cash(&self, account: AccountId, currency: CurrencyId) -> Option<(Cash, Cash)> {
        let statement = self.statements().into_iter().find(|s| s.account == account)?;
        statement.cash.get(currency.0 as usize).copied()
    }

    /// Lots of `account` and how many of them are reserved; none when the account is not open or
    /// the venue lists no such instrument.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> Option<(i128, i128)> {
        let statement = self.statements().into_iter().find(|s| s.account == account)?;
        statement.lots.get(instrument.0 as usize).copied()
    }

    // ---- Best prices, by who counts ----

    /// Among shown orders.
    pub(super) fn best_shown(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        self.first(instrument, side, Live::is_shown)
    }

    /// Among shown orders that are not pegs: what pegs go by.
    pub(super) fn best_plain(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        self.first(instrument, side, |live| live.is_shown() && !live.is_peg())
    }

    /// Among all but all-or-none orders: what somebody would take.
    pub(super) fn best_to_take(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        self.first(instrument, side, |live| !live.terms.with.all_or_none)
    }

    fn first(
        &self,
        instrument: InstrumentId,
        side: Side,
        counts: impl Fn(&Live) -> bool,
    ) -> Option<Price> {
        let queue = self.queue(instrument, side);
        queue.iter().find(|live| counts(live)).and_then(|live| live.limit)
    }

    /// The best shown price that an order on `side` would trade against.
    pub(super) fn opposite(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        self.best_shown(instrument, other(side))
    }
}

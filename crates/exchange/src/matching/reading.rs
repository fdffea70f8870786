//! What an engine answers. Nothing here changes anything; instruments the venue does not list are
//! empty.

use super::Engine;
use super::special::{NO_ID, Special, Stand};
use super::{name_at, record_of};
use crate::auction::Discovery;
use crate::book::{Ahead, Book, BookView, Depth, Level, Resting, Sweep};
use pitfloor_model::event::Phase;
use pitfloor_model::instrument::Venue;
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Price, Qty, Side, Stamp, Time};
use std::sync::Arc;

/// A live order, as its owner may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LiveOrder {
    /// What it trades.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Side,
    /// Its level, if it stands at one; otherwise the limit of its terms, if they have one.
    pub price: Option<Price>,
    /// What can still trade of it.
    pub leaves: Qty,
    /// What of that everybody can see.
    pub shown: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// Its priority.
    pub stamp: Stamp,
    /// Where it stands.
    pub place: Whereabouts,
}

/// Where a live order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whereabouts {
    /// In the book, shown or not.
    Book,
    /// It has lost what its price hangs on, or the phase has no use for it.
    Parked,
    /// It waits for an auction.
    Waiting,
    /// It sleeps until its trigger is met, or its parent fills.
    Dormant,
}

impl Engine {
    /// What is traded here.
    #[must_use]
    pub const fn venue(&self) -> &Arc<Venue> {
        &self.venue
    }

    /// The moment of the last command.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// The next moment at which an order expires of itself. It does so with the first command of
    /// that moment or later: [`Command::AdvanceTime`] when nobody else has one.
    ///
    /// [`Command::AdvanceTime`]: pitfloor_model::command::Command::AdvanceTime
    #[must_use]
    #[inline]
    pub const fn next_expiry(&self) -> Option<Time> {
        match self.next_expiry {
            Time(u64::MAX) => None,
            moment => Some(moment),
        }
    }

    /// The trading phase of `instrument`.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn phase(&self, instrument: InstrumentId) -> Phase {
        self.pit(instrument).phase
    }

    /// The price of the last print, if there was one.
    #[must_use]
    pub fn last_price(&self, instrument: InstrumentId) -> Option<Price> {
        self.pits.get(instrument.index())?.last
    }

    /// The bands of `instrument`, if it has any.
    #[must_use]
    pub fn bands(&self, instrument: InstrumentId) -> Option<Bands> {
        self.pits.get(instrument.index())?.bands
    }

    /// A price that came from elsewhere (or, of the close, from the last closing).
    #[must_use]
    pub fn benchmark(&self, instrument: InstrumentId, of: Benchmark) -> Option<Price> {
        let pit = self.pits.get(instrument.index())?;
        match of {
            Benchmark::Close => pit.close,
            Benchmark::Index => pit.index,
            Benchmark::Mark => pit.mark,
        }
    }

    /// True while short sales of `instrument` are restricted.
    #[must_use]
    pub fn short_sales_restricted(&self, instrument: InstrumentId) -> bool {
        self.pits.get(instrument.index()).is_some_and(|pit| pit.restricted)
    }

    /// What the auction would come to if the present call ended now; nothing outside calls.
    #[must_use]
    pub fn call(&self, instrument: InstrumentId) -> Discovery {
        match self.pits.get(instrument.index()) {
            Some(pit) if super::phase::is_call(pit.phase) => self.indicative(instrument),
            _ => Discovery::default(),
        }
    }

    /// The best shown price of `side`, and all that is shown there.
    #[must_use]
    pub fn best(&self, instrument: InstrumentId, side: Side) -> Option<(Price, Qty)> {
        let level = self.pits.get(instrument.index())?.book.best_level(side)?;
        Some((level.price, level.qty))
    }

    /// The shown levels of `side`, best first.
    pub fn levels(&self, instrument: InstrumentId, side: Side) -> impl Iterator<Item = Level> + '_ {
        let pit = self.pits.get(instrument.index());
        pit.into_iter().flat_map(move |pit| pit.book.levels(side))
    }

    /// The shown orders of `side` in priority: best price first, oldest first.
    pub fn queue(
        &self,
        instrument: InstrumentId,
        side: Side,
    ) -> impl Iterator<Item = Resting> + '_ {
        let pit = self.pits.get(instrument.index());
        pit.into_iter().flat_map(move |pit| pit.book.shown_orders(side))
    }

    /// What is shown on `side` at `limit` and better prices; on the whole side without a limit.
    #[must_use]
    pub fn depth(&self, instrument: InstrumentId, side: Side, limit: Option<Price>) -> Depth {
        let pit = self.pits.get(instrument.index());
        pit.map_or(Depth::default(), |pit| pit.book.depth(side, limit))
    }

    /// What the first `qty` shown lots of `side` come to; their mean price is value ÷ quantity.
    #[must_use]
    pub fn sweep(&self, instrument: InstrumentId, side: Side, qty: Qty) -> Sweep {
        let pit = self.pits.get(instrument.index());
        pit.map_or(Sweep::default(), |pit| pit.book.sweep(side, qty))
    }

    /// What trades before the order `key` at its level; none when it stands at none.
    #[must_use]
    pub fn ahead(&self, key: OrderKey) -> Option<Ahead> {
        let place = self.places.get(key, |place| name_at(&self.pits, place))?;
        let pit = self.pit(place.instrument);
        let slot = match record_of(place) {
            None => place.slot,
            Some(id) => match pit.specials.get(id).stand {
                Stand::Book(slot) => slot,
                _ => return None,
            },
        };
        Some(pit.book.ahead(slot))
    }

    /// The shown levels of `instrument` as they are now, to keep and to hand to others.
    #[must_use]
    pub fn view(&mut self, instrument: InstrumentId) -> Option<BookView> {
        Some(self.pits.get_mut(instrument.index())?.book.view())
    }

    /// The book of `instrument`, with all that public views do not show.
    #[must_use]
    pub fn book(&self, instrument: InstrumentId) -> Option<&Book> {
        Some(&self.pits.get(instrument.index())?.book)
    }

    /// The live order called `key`, if there is one.
    #[must_use]
    pub fn order(&self, key: OrderKey) -> Option<LiveOrder> {
        let place = self.places.get(key, |place| name_at(&self.pits, place))?;
        let (instrument, pit) = (place.instrument, self.pit(place.instrument));
        Some(match record_of(place) {
            None => plain(instrument, &pit.book.get(place.slot)),
            Some(id) => {
                let special = pit.specials.get(id);
                let held = pit.held_back(special);
                live(instrument, special, held)
            }
        })
    }

    /// The live orders of `account` in `instrument` that have more to say than a plain order, in
    /// no particular sense but always the same order: what its owner can know and nobody else.
    pub fn special_orders(
        &self,
        account: AccountId,
        instrument: InstrumentId,
    ) -> impl Iterator<Item = (OrderKey, LiveOrder)> + '_ {
        let pit = self.pits.get(instrument.index());
        pit.into_iter().flat_map(move |pit| {
            let own = pit.specials.iter().filter(move |(_, s)| s.key.account == account);
            own.map(move |(_, s)| (s.key, live(instrument, s, pit.held_back(s))))
        })
    }

    /// True while `account` is blocked.
    #[must_use]
    pub fn is_blocked(&self, account: AccountId) -> bool {
        self.blocks(account)
    }

    /// The trade group that `account` is in.
    #[must_use]
    pub fn group(&self, account: AccountId) -> Option<u32> {
        self.groups.get(&account).copied()
    }
}

fn plain(instrument: InstrumentId, resting: &Resting) -> LiveOrder {
    debug_assert_eq!(resting.more, NO_ID, "a plain order has no record");
    let Resting { side, price, leaves, traded, stamp, .. } = *resting;
    let (price, shown, place) = (Some(price), leaves, Whereabouts::Book);
    LiveOrder { instrument, side, price, leaves, shown, traded, stamp, place }
}

fn live(instrument: InstrumentId, special: &Special, held: Qty) -> LiveOrder {
    let Special { side, leaves, traded, stamp, .. } = *special;
    let place = match special.stand {
        Stand::Entering => unreachable!("between commands every live order stands somewhere"),
        Stand::Book(_) | Stand::Whole => Whereabouts::Book,
        Stand::Parked => Whereabouts::Parked,
        Stand::Waiting => Whereabouts::Waiting,
        Stand::Dormant | Stand::Asleep => Whereabouts::Dormant,
    };
    let seen = matches!(special.stand, Stand::Book(_)) && !special.is_hidden();
    let shown = if seen { leaves.less(held) } else { Qty::ZERO };
    let price = special.level().or(special.price);
    LiveOrder { instrument, side, price, leaves, shown, traded, stamp, place }
}

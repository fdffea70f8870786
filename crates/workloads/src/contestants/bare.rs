//! The bare book: the exchange's own levels and queues under a plain loop of price and time.
//!
//! No gate, no risk, no ledger, no order types, no self-trade prevention: what the book alone
//! costs. The distance from here to the product is the price of the rules.

use super::ids::Ids;
use super::{Contestant, Levels};
use crate::figures::{Standing, Waiting};
use crate::record::{Kind, Record};
use crate::report::{Report, Reported, Sink};
use pitfloor_exchange::book::{BookOf, Resting, Slot};
use pitfloor_model::command::Stp;
use pitfloor_model::units::{AccountId, OrderId, OrderKey, Price, Qty, Side, Stamp};

/// The bare book.
pub type Bare = BareOf<true>;

/// The same without the ability to take views of its levels: what that ability costs is the distance
/// between the two. It weighs more here than under all the rules.
pub type Unviewed = BareOf<false>;

/// A book, and where its orders are.
#[derive(Clone, Debug, Default)]
pub struct BareOf<const VIEWS: bool> {
    book: BookOf<VIEWS>,
    slots: Ids<Slot>,
    stamps: u64,
}

impl<const VIEWS: bool> BareOf<VIEWS> {
    /// Trades what crosses; says what is left.
    fn trade(&mut self, record: &Record, side: Side, sink: &mut Sink) -> u64 {
        let (limit, mut left) = (Price(record.price), u64::from(record.qty));
        while left > 0 && self.book.reaches(side.opposite(), limit) {
            let slot = self.book.first(side.opposite()).expect("somebody waits there");
            let maker = self.book.get(slot);
            let (id, price, open) = (maker.key.order.0, maker.price, maker.leaves.0);
            let qty = left.min(open);
            left -= qty;
            if qty == open {
                self.slots.remove(id);
            }
            self.book.fill(slot, Qty(qty));
            let trade = Report::of(Reported::Trade, record.seq, side, id, price.0, qty);
            sink.tell(&Report { taker: record.id, ..trade });
        }
        left
    }

    fn rest(&mut self, id: u64, side: Side, price: i64, open: u64) {
        self.stamps += 1;
        let slot = self.book.rest(Resting {
            key: OrderKey::new(AccountId(0), OrderId(id)),
            side,
            price: Price(price),
            leaves: Qty(open),
            traded: Qty::ZERO,
            stamp: Stamp(self.stamps),
            stp: Stp::None,
            hidden: false,
            pegged: false,
            more: Resting::PLAIN,
        });
        self.slots.insert(id, slot);
    }
}

impl<const VIEWS: bool> Contestant for BareOf<VIEWS> {
    const NAME: &'static str = if VIEWS { "bare" } else { "unviewed" };

    fn fresh() -> Self {
        Self::default()
    }

    #[inline(never)]
    fn apply(&mut self, record: &Record, sink: &mut Sink) {
        let Record { seq, id, price, .. } = *record;
        let asked = u64::from(record.qty);
        match record.kind {
            Kind::New => {
                let side = record.side;
                sink.tell(&Report::of(Reported::New, seq, side, id, price, asked));
                let left = self.trade(record, side, sink);
                if left > 0 && record.ioc {
                    sink.tell(&Report::of(Reported::Remainder, seq, side, id, price, left));
                } else if left > 0 {
                    self.rest(id, side, price, left);
                }
            }
            Kind::Cancel => {
                let Some(slot) = self.slots.remove(id) else {
                    let rejected = Reported::CancelRejected;
                    return sink.tell(&Report::of(rejected, seq, record.side, id, 0, 0));
                };
                let Resting { side, price, leaves, .. } = self.book.remove(slot);
                sink.tell(&Report::of(Reported::Cancelled, seq, side, id, price.0, leaves.0));
            }
            Kind::Modify => {
                let Some(slot) = self.slots.remove(id) else {
                    let rejected = Reported::ModifyRejected;
                    return sink.tell(&Report::of(rejected, seq, record.side, id, 0, 0));
                };
                let side = self.book.remove(slot).side;
                sink.tell(&Report::of(Reported::Modified, seq, side, id, price, asked));
                let left = self.trade(record, side, sink);
                if left > 0 {
                    self.rest(id, side, price, left);
                }
            }
        }
    }

    fn standing(&self) -> Option<Standing> {
        Some(Standing::of(|side, each| {
            for Resting { key, price, leaves, .. } in self.book.orders(side) {
                each(Waiting { id: key.order.0, price: price.0, open: leaves.0 });
            }
        }))
    }

    fn snapshot(&mut self) -> Option<Box<dyn Levels>> {
        Some(Box::new(Copied::of(|side| {
            self.book.levels(side).map(|level| (level.price, level.qty)).collect()
        })))
    }
}

/// Levels as they were, copied out one by one.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    bids: Vec<(Price, Qty)>,
    asks: Vec<(Price, Qty)>,
}

impl Copied {
    pub(super) fn of(levels: impl Fn(Side) -> Vec<(Price, Qty)>) -> Self {
        Self { bids: levels(Side::Buy), asks: levels(Side::Sell) }
    }
}

impl Levels for Copied {
    fn levels(&self, side: Side) -> Vec<(Price, Qty)> {
        match side {
            Side::Buy => self.bids.clone(),
            Side::Sell => self.asks.clone(),
        }
    }
}

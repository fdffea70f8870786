//! The far end of the feed: a book built from public messages alone.
//!
//! Start reading at [`BookFromFeed::apply`]. Messages come from outside, so nothing here panics:
//! what is missing, foreign or impossible is an error that names it, and leaves the book as it was
//! after the last message that made sense. After a [`FeedError::Gap`] the way back is a
//! [`Snapshot`]: take one, and go on with the messages after it; those that it already holds are
//! passed over.

use crate::level2::{Levels, Quote};
use crate::publish::{Body, Detail, Message, OrderUpdate, ShownBook, ShownOrder, Snapshot, Status};
use crate::queues::{Place, Queues};
use pitfloor_model::event::Phase;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Stamp};
use thiserror::Error;

/// One instrument's book as far as its channel tells.
///
/// It keeps no trades: hand the prints to a [`Tape`](crate::tape::Tape) or to
/// [`Bars`](crate::bars::Bars).
#[derive(Clone, Debug)]
pub struct BookFromFeed {
    instrument: InstrumentId,
    seq: u64,
    status: Status,
    view: View,
}

#[derive(Clone, Debug)]
enum View {
    Level1(Quote),
    Level2(Levels),
    Level3(Queues<Stamp>),
}

/// What became of a message that made sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heard {
    /// It was the next, and the book knows it now.
    New,
    /// The book knew it already: it came twice, or was in the snapshot.
    Known,
}

/// Why a message or a snapshot was not taken. The book is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum FeedError {
    /// Messages are missing; only a snapshot helps.
    #[error("seq: found {found}, expected {expected}: messages are missing")]
    Gap {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// It is of another channel.
    #[error("instrument: found {}, expected {}", found.0, expected.0)]
    Foreign {
        /// The instrument of this book.
        expected: InstrumentId,
        /// The instrument of the message.
        found: InstrumentId,
    },
    /// It tells of the book in another way than this channel does.
    #[error("detail: found a message of another detail, expected {0:?}")]
    OtherDetail(Detail),
    /// It changes an order that is not there, or takes more than there is.
    #[error("order: found {} lots off stamp {}, expected an order that has them", qty.0, stamp.0)]
    NotThere {
        /// Which order.
        stamp: Stamp,
        /// How much it takes.
        qty: Qty,
    },
    /// It adds an order that is there already, has nothing to trade, or does not come last.
    #[error("order: found stamp {}, expected an order for the back of its queue", .0.0)]
    NoPlace(Stamp),
    /// A snapshot names a level twice or without lots.
    #[error("level: found {} lots at {}, expected each level once with lots", qty.0, price.0)]
    NoLevel {
        /// Its price.
        price: Price,
        /// Its lots.
        qty: Qty,
    },
}

impl BookFromFeed {
    /// The book before the first message of `instrument`'s channel.
    #[must_use]
    pub fn new(instrument: InstrumentId, detail: Detail) -> Self {
        let view = match detail {
            Detail::Level1 => View::Level1(Quote::default()),
            Detail::Level2 => View::Level2(Levels::new(instrument)),
            Detail::Level3 => View::Level3(Queues::new()),
        };
        Self { instrument, seq: 0, status: Status::default(), view }
    }

    /// The book after the last message that is in `snapshot`.
    ///
    /// # Errors
    ///
    /// When no book looks like that.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self, FeedError> {
        let view = match &snapshot.book {
            ShownBook::Level1(quote) => View::Level1(*quote),
            ShownBook::Level2 { bids, asks } => {
                let mut levels = Levels::new(snapshot.instrument);
                for (side, shown) in [(Side::Buy, bids), (Side::Sell, asks)] {
                    for &(price, qty) in shown {
                        if qty.is_zero() || !levels.lots_at(price, side).is_zero() {
                            return Err(FeedError::NoLevel { price, qty });
                        }
                        levels.set(side, price, qty);
                    }
                }
                View::Level2(levels)
            }
            ShownBook::Level3(orders) => {
                let mut queues = Queues::new();
                orders.iter().try_for_each(|order| add(&mut queues, order))?;
                View::Level3(queues)
            }
        };
        let Snapshot { instrument, seq, status, .. } = *snapshot;
        Ok(Self { instrument, seq, status, view })
    }

    /// Takes note of the channel's next message.
    ///
    /// # Errors
    ///
    /// When it is not the next, not of this channel, or impossible in this book.
    pub fn apply(&mut self, message: &Message) -> Result<Heard, FeedError> {
        if message.instrument != self.instrument {
            let (expected, found) = (self.instrument, message.instrument);
            return Err(FeedError::Foreign { expected, found });
        }
        if message.seq <= self.seq {
            return Ok(Heard::Known);
        }
        if message.seq != self.seq + 1 {
            return Err(FeedError::Gap { expected: self.seq + 1, found: message.seq });
        }
        match (message.body, &mut self.view) {
            (
                Body::Trade(_)
                | Body::Phase(_)
                | Body::Indicative(_)
                | Body::Uncrossed { .. }
                | Body::CallExtended
                | Body::Bands(_)
                | Body::ShortSalesRestricted(_),
                _,
            ) => {}
            (Body::Quote(quote), View::Level1(told)) => *told = quote,
            (Body::Level { side, price, qty }, View::Level2(levels)) => {
                levels.set(side, price, qty);
            }
            (Body::Order(update), View::Level3(queues)) => change(queues, update)?,
            (Body::Quote(_) | Body::Level { .. } | Body::Order(_), _) => {
                return Err(FeedError::OtherDetail(self.detail()));
            }
        }
        self.status.learn(&message.body);
        self.seq = message.seq;
        Ok(Heard::New)
    }

    /// The instrument whose book this is.
    #[must_use]
    pub const fn instrument(&self) -> InstrumentId {
        self.instrument
    }

    /// How much its channel tells.
    #[must_use]
    pub const fn detail(&self) -> Detail {
        match self.view {
            View::Level1(_) => Detail::Level1,
            View::Level2(_) => Detail::Level2,
            View::Level3(_) => Detail::Level3,
        }
    }

    /// The number of the last message it knows; 0 before the first.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The phase the instrument is in.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.status.phase
    }

    /// What the instrument is doing: its phase, its auction, its bands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The best of both sides.
    #[must_use]
    pub fn quote(&self) -> Quote {
        let best = |side| self.levels(side).next();
        Quote { bid: best(Side::Buy), ask: best(Side::Sell) }
    }

    /// The levels of `side` that the channel shows, best first; only the best on a channel of
    /// [`Detail::Level1`].
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (Price, Qty)> + use<'_> {
        let (best, levels, queues) = match &self.view {
            View::Level1(quote) => (quote.side(side), None, None),
            View::Level2(levels) => (None, Some(levels.levels(side)), None),
            View::Level3(queues) => (None, None, Some(queues.ladder(side).iter())),
        };
        let lots = queues.into_iter().flatten().map(|(price, queue)| (price, queue.lots));
        best.into_iter().chain(levels.into_iter().flatten()).chain(lots)
    }

    /// Every order of `side`, first to trade first; nothing unless the channel is of
    /// [`Detail::Level3`].
    pub fn orders(&self, side: Side) -> impl Iterator<Item = ShownOrder> + use<'_> {
        let queues = match &self.view {
            View::Level1(_) | View::Level2(_) => None,
            View::Level3(queues) => Some(queues.iter(side)),
        };
        queues.into_iter().flatten().map(|place| ShownOrder {
            stamp: place.stamp,
            side: place.side,
            price: place.price,
            qty: place.leaves,
        })
    }
}

fn change(queues: &mut Queues<Stamp>, update: OrderUpdate) -> Result<(), FeedError> {
    let leaves = |stamp| queues.get(stamp).map_or(Qty::ZERO, |place| place.leaves);
    // What is taken, and the most that may be: a reduced order stays, so it keeps one lot.
    let (stamp, qty, most) = match update {
        OrderUpdate::Add(order) => return add(queues, &order),
        OrderUpdate::Reduce { stamp, by } => (stamp, by, leaves(stamp).0.saturating_sub(1)),
        OrderUpdate::Delete { stamp } => (stamp, leaves(stamp), leaves(stamp).0),
        OrderUpdate::Execute { stamp, qty } => (stamp, qty, leaves(stamp).0),
    };
    let taken = (1..=most).contains(&qty.0).then(|| queues.take(stamp, qty)).flatten();
    taken.map(|_| ()).ok_or(FeedError::NotThere { stamp, qty })
}

fn add(queues: &mut Queues<Stamp>, order: &ShownOrder) -> Result<(), FeedError> {
    let ShownOrder { stamp, side, price, qty } = *order;
    let joined = queues.join(Place { key: stamp, side, price, leaves: qty, stamp });
    joined.ok_or(FeedError::NoPlace(stamp))
}

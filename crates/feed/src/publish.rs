//! The public feed: what everybody may know, as numbered messages.
//!
//! Start reading at [`Publisher::publish`]. Each instrument has a channel of its own, numbered from
//! 1 without a hole, so that whoever listens can tell that something was missed. How much a channel
//! tells is its [`Detail`]; a channel never tells the same thing twice: with every level comes no
//! quote, with every order come no levels, for the listener can derive them
//! ([`crate::receive::BookFromFeed`] does).
//!
//! **What never leaves.** No message has room for an account or an order number. An order is known
//! by its [`Stamp`], which changes whenever it loses its place: nobody can tell a replaced order
//! from one that left and another that came. Refusals, self-trade prevention, reasons of endings,
//! deposits and deliveries are between the venue and the account.

use crate::level2::{Levels, Quote};
use crate::level3::{Orders, Resting};
use crate::tape::Print;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Stamp, Time};

/// How much a feed tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Trades, phases, and the best of both sides.
    Level1,
    /// Trades, phases, and the lots at every price.
    Level2,
    /// Trades, phases, and every order without its owner.
    Level3,
}

/// One message of one instrument's channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Whose channel.
    pub instrument: InstrumentId,
    /// Its number on the channel, from 1.
    pub seq: u64,
    /// When the exchange carried out what it tells of.
    pub at: Time,
    /// What it tells.
    pub body: Body,
}

/// What a message tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// There was a trade. It says nothing about the book; what does, follows.
    Trade(Print),
    /// A level shows `qty` lots now; with zero it is gone.
    Level {
        /// The side of the book.
        side: Side,
        /// The price of the level.
        price: Price,
        /// All the lots shown there now.
        qty: Qty,
    },
    /// An order came, changed or went.
    Order(OrderUpdate),
    /// The best of the book after a command, when it is not what it was before.
    Quote(Quote),
    /// The instrument entered this phase.
    Phase(Phase),
}

/// What happened to an order, by the stamp of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderUpdate {
    /// It joined the back of the queue at its price.
    Add(ShownOrder),
    /// It became smaller by `by`, which is less than all of it, and kept its place.
    Reduce {
        /// Which order.
        stamp: Stamp,
        /// By how many lots.
        by: Qty,
    },
    /// It left the book.
    Delete {
        /// Which order.
        stamp: Stamp,
    },
    /// It traded `qty` lots where it stood; when that was all of it, it has left the book.
    Execute {
        /// Which order.
        stamp: Stamp,
        /// How many lots.
        qty: Qty,
    },
}

/// An order as the public sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShownOrder {
    /// Its priority, and its only name in public.
    pub stamp: Stamp,
    /// Its side.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// What can still trade of it.
    pub qty: Qty,
}

/// A channel's whole state after its message `seq`: where a listener starts who comes late or has
/// missed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Whose channel.
    pub instrument: InstrumentId,
    /// The number of the last message that is in it; 0 when there was none.
    pub seq: u64,
    /// The phase.
    pub phase: Phase,
    /// The book.
    pub book: ShownBook,
}

/// A book as far as its channel's [`Detail`] goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownBook {
    /// The best of both sides.
    Level1(Quote),
    /// Every price.
    Level2 {
        /// Buyers, best first.
        bids: Vec<(Price, Qty)>,
        /// Sellers, best first.
        asks: Vec<(Price, Qty)>,
    },
    /// Every order: buyers first, and on each side first to trade first.
    Level3(Vec<ShownOrder>),
}

/// Turns a venue's events into the messages of its public feed.
#[derive(Clone, Debug)]
pub struct Publisher {
    channels: Vec<Channel>,
}

#[derive(Clone, Debug)]
struct Channel {
    instrument: InstrumentId,
    seq: u64,
    phase: Phase,
    view: View,
}

#[derive(Clone, Debug)]
enum View {
    Level1 { levels: Levels, told: Quote },
    Level2(Levels),
    Level3(Orders),
}

impl Publisher {
    /// A feed of every instrument of `venue`, from before the venue's first event on.
    #[must_use]
    pub fn new(venue: &Venue, detail: Detail) -> Self {
        let ids = (0..).map(InstrumentId).take(venue.instruments().len());
        Self { channels: ids.map(|id| Channel::new(id, detail)).collect() }
    }

    /// Appends to `messages` what the public may know of the `events` that `stamped` caused.
    ///
    /// # Panics
    ///
    /// When events were left out or told twice, or are of another venue.
    pub fn publish(&mut self, stamped: &Stamped, events: &[Event], messages: &mut Vec<Message>) {
        let mut last = None;
        for event in events {
            let Some(instrument) = event.instrument() else { continue };
            self.channels[instrument.index()].tell(stamped, event, messages);
            last = Some(instrument);
        }
        // All the events of one command are of one instrument.
        if let Some(instrument) = last {
            self.channels[instrument.index()].quote(stamped, messages);
        }
    }

    /// The state of `instrument`'s channel; none when the venue lists no such instrument.
    #[must_use]
    pub fn snapshot(&self, instrument: InstrumentId) -> Option<Snapshot> {
        self.channels.get(instrument.index()).map(Channel::snapshot)
    }
}

impl Channel {
    fn new(instrument: InstrumentId, detail: Detail) -> Self {
        let levels = || Levels::new(instrument);
        let view = match detail {
            Detail::Level1 => View::Level1 { levels: levels(), told: Quote::default() },
            Detail::Level2 => View::Level2(levels()),
            Detail::Level3 => View::Level3(Orders::new(instrument)),
        };
        Self { instrument, seq: 0, phase: Phase::Continuous, view }
    }

    fn tell(&mut self, stamped: &Stamped, event: &Event, messages: &mut Vec<Message>) {
        if let Some(print) = Print::of(stamped, event) {
            self.send(stamped, Body::Trade(print), messages);
        }
        if let Event::PhaseChanged { to, .. } = *event {
            self.phase = to;
            self.send(stamped, Body::Phase(to), messages);
        }
        let news = match &mut self.view {
            View::Level1 { levels, .. } => {
                levels.apply(event); // Its quote is told when the command is over.
                None
            }
            View::Level2(levels) => levels.apply(event).map(|change| Body::Level {
                side: change.side,
                price: change.price,
                qty: change.after,
            }),
            View::Level3(orders) => order_update(orders, event).map(Body::Order),
        };
        if let Some(body) = news {
            self.send(stamped, body, messages);
        }
    }

    fn quote(&mut self, stamped: &Stamped, messages: &mut Vec<Message>) {
        if let View::Level1 { levels, told } = &mut self.view {
            let quote = levels.quote();
            if quote != std::mem::replace(told, quote) {
                self.send(stamped, Body::Quote(quote), messages);
            }
        }
    }

    fn send(&mut self, stamped: &Stamped, body: Body, messages: &mut Vec<Message>) {
        self.seq += 1;
        let Self { instrument, seq, .. } = *self;
        messages.push(Message { instrument, seq, at: stamped.at, body });
    }

    fn snapshot(&self) -> Snapshot {
        let book = match &self.view {
            View::Level1 { told, .. } => ShownBook::Level1(*told),
            View::Level2(levels) => ShownBook::Level2 {
                bids: levels.levels(Side::Buy).collect(),
                asks: levels.levels(Side::Sell).collect(),
            },
            View::Level3(orders) => {
                let shown = |side| {
                    orders.queue(side).map(|order| ShownOrder {
                        stamp: order.stamp,
                        side: order.side,
                        price: order.price,
                        qty: order.leaves,
                    })
                };
                ShownBook::Level3(Side::BOTH.into_iter().flat_map(shown).collect())
            }
        };
        Snapshot { instrument: self.instrument, seq: self.seq, phase: self.phase, book }
    }
}

/// What the public learns of `event` about an order that stands in `orders`.
fn order_update(orders: &mut Orders, event: &Event) -> Option<OrderUpdate> {
    let change = orders.apply(event)?;
    let stamp = change.order.stamp;
    if change.before.is_zero() {
        let Resting { side, price, leaves: qty, .. } = change.order;
        return Some(OrderUpdate::Add(ShownOrder { stamp, side, price, qty }));
    }
    let lots = change.before.less(change.order.leaves);
    Some(if let Event::Traded { .. } = event {
        OrderUpdate::Execute { stamp, qty: lots }
    } else if change.order.leaves.is_zero() {
        OrderUpdate::Delete { stamp }
    } else {
        OrderUpdate::Reduce { stamp, by: lots }
    })
}

//! The public feed: what everybody may know, as numbered messages.
//!
//! Start reading at [`Publisher::publish`]. Each instrument has a channel of its own, numbered from
//! 1 without a hole, so that whoever listens can tell that something was missed. How much a channel
//! tells is its [`Detail`]; a channel never tells the same thing twice: with every level comes no
//! quote, with every order come no levels, for the listener can derive them
//! ([`crate::receive::BookFromFeed`] does).
//!
//! **What never leaves.** No message has room for an account or an order number. An order is known
//! by its [`Stamp`], which changes whenever it loses its place: no message says that a replaced
//! order, or the next part of an iceberg, is not a new one. Whoever counts can guess, as on other
//! venues: stamps are the venue's, so their gaps say that something took a place unseen, and a part
//! that comes at once after another was used up is seldom chance.
//! What is not shown of the book is not told: reserves, hidden and all-or-none orders, what sleeps
//! or waits. Of auctions the public learns the price and the sum, not the pairings. Refusals,
//! self-trade prevention, transfers, reasons of endings, mass cancels, deposits and deliveries are
//! between the venue and the account, and so is what the venue sets for itself: groups, references.

use crate::level2::{LevelChange, Levels, Quote};
use crate::level3::{OrderChange, Orders, Resting};
use crate::tape::Print;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::instrument::Venue;
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Stamp, Time};

/// How much a feed tells of the book. Trades, phases, auctions and bands are in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// The best of both sides.
    Level1,
    /// The lots shown at every price.
    Level2,
    /// Every shown order without its owner.
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
    /// What the auction would come to if the call ended now.
    Indicative(Indication),
    /// An auction is over; its trade, if there was one, came before.
    Uncrossed {
        /// How much of the longer side was left at its price.
        surplus: Qty,
        /// The longer side; none when they were equal.
        side: Option<Side>,
    },
    /// The call goes on, once: its auction would have ended against its collar.
    CallExtended,
    /// Nothing trades outside these now; none lifts them.
    Bands(Option<Bands>),
    /// Short sales are restricted from now on, or free.
    ShortSalesRestricted(bool),
}

/// What an auction would come to if the call ended now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Indication {
    /// The price, if anything would trade.
    pub price: Option<Price>,
    /// How much would trade.
    pub qty: Qty,
    /// How much of the longer side would be left at that price.
    pub imbalance: Qty,
    /// The longer side; none when they are equal.
    pub side: Option<Side>,
}

/// What an instrument is doing, as far as everybody is told, beside its book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status {
    /// The phase.
    pub phase: Phase,
    /// The newest indication of the call that it is in; nothing crosses before the first.
    pub indication: Indication,
    /// The prices outside which nothing trades.
    pub bands: Option<Bands>,
    /// Whether short sales are restricted.
    pub short_sales_restricted: bool,
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
    /// What is shown of it.
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
    /// What the instrument is doing.
    pub status: Status,
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
    /// Quotes are told, when a command is over.
    quotes: bool,
    /// The instruments that a command did something to; kept to be used again.
    touched: Vec<InstrumentId>,
}

#[derive(Clone, Debug)]
struct Channel {
    instrument: InstrumentId,
    seq: u64,
    status: Status,
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
        let channels = ids.map(|id| Channel::new(id, detail)).collect();
        Self { channels, quotes: detail == Detail::Level1, touched: Vec::new() }
    }

    /// Appends to `messages` what the public may know of the `events` that `stamped` caused.
    ///
    /// # Panics
    ///
    /// When events were left out or told twice, or are of another venue.
    pub fn publish(&mut self, stamped: &Stamped, events: &[Event], messages: &mut Vec<Message>) {
        let mut last = None;
        for event in events {
            // A refusal names no instrument; of a triggered order it comes directly after it.
            let Some(instrument) = event.instrument().or(last) else { continue };
            self.channels[instrument.index()].tell(stamped, event, messages);
            if last.replace(instrument) != Some(instrument) && self.quotes {
                self.touched.push(instrument);
            }
        }
        for instrument in self.touched.drain(..) {
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
        Self { instrument, seq: 0, status: Status::default(), view }
    }

    fn tell(&mut self, stamped: &Stamped, event: &Event, messages: &mut Vec<Message>) {
        let more = event.says_more_than_orders();
        if more && let Some(print) = Print::of(stamped, event) {
            self.send(stamped, Body::Trade(print), messages);
        }
        match &mut self.view {
            // Its quote is told when the command is over.
            View::Level1 { levels, .. } => levels.hear(event, |_| ()),
            View::Level2(levels) => levels.hear(event, |change| {
                let LevelChange { side, price, after: qty, .. } = change;
                let body = Body::Level { side, price, qty };
                self.seq += 1;
                let (instrument, seq, at) = (self.instrument, self.seq, stamped.at);
                messages.push(Message { instrument, seq, at, body });
            }),
            View::Level3(orders) => {
                for change in orders.apply(event).into_iter().flatten() {
                    let body = Body::Order(order_update(change, event.trade().is_some()));
                    self.send(stamped, body, messages);
                }
            }
        }
        if more && let Some(body) = announced(event) {
            self.status.learn(&body);
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
                        qty: order.shown,
                    })
                };
                ShownBook::Level3(Side::BOTH.into_iter().flat_map(shown).collect())
            }
        };
        Snapshot { instrument: self.instrument, seq: self.seq, status: self.status, book }
    }
}

impl Status {
    /// Takes note of what `event`, which is of its instrument, announces. Says whether anything is
    /// other than before.
    pub fn hear(&mut self, event: &Event) -> bool {
        let Some(body) = announced(event) else { return false };
        let before = *self;
        self.learn(&body);
        *self != before
    }

    /// Takes note of what a message says of it; the book is another's.
    pub(crate) fn learn(&mut self, body: &Body) {
        match *body {
            Body::Phase(phase) => {
                self.phase = phase;
                self.indication = Indication::default();
            }
            Body::Indicative(indication) => self.indication = indication,
            Body::Bands(bands) => self.bands = bands,
            Body::ShortSalesRestricted(on) => self.short_sales_restricted = on,
            Body::Trade(_)
            | Body::Level { .. }
            | Body::Order(_)
            | Body::Quote(_)
            | Body::Uncrossed { .. }
            | Body::CallExtended => {}
        }
    }
}

/// An instrument as it is before anything was told of it.
impl Default for Status {
    fn default() -> Self {
        Self {
            phase: Phase::Continuous,
            indication: Indication::default(),
            bands: None,
            short_sales_restricted: false,
        }
    }
}

/// What everybody is told of `event` beside what it did to the book.
pub(crate) fn announced(event: &Event) -> Option<Body> {
    match *event {
        Event::PhaseChanged { to, .. } => Some(Body::Phase(to)),
        Event::Indicative { price, qty, imbalance, side, .. } => {
            Some(Body::Indicative(Indication { price, qty, imbalance, side }))
        }
        Event::Uncrossed { surplus, side, .. } => Some(Body::Uncrossed { surplus, side }),
        Event::CallExtended { .. } => Some(Body::CallExtended),
        Event::BandsChanged { to, .. } => Some(Body::Bands(to)),
        Event::ShortSalesRestricted { on, .. } => Some(Body::ShortSalesRestricted(on)),
        Event::Accepted { .. }
        | Event::Rejected { .. }
        | Event::Traded { .. }
        | Event::Rested { .. }
        | Event::Replaced { .. }
        | Event::Reduced { .. }
        | Event::Prevented { .. }
        | Event::Cancelled { .. }
        | Event::ExpiredInMatch { .. }
        | Event::Refreshed { .. }
        | Event::Repriced { .. }
        | Event::Parked { .. }
        | Event::Triggered { .. }
        | Event::Amended { .. }
        | Event::Armed { .. }
        | Event::Expired { .. }
        | Event::Crossed { .. }
        | Event::MassCancelled { .. }
        | Event::Unspent { .. }
        | Event::Transferred { .. }
        | Event::ReferenceSet { .. }
        | Event::KillSwitched { .. }
        | Event::GroupSet { .. }
        | Event::Clearing(_)
        | Event::TimeAdvanced { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => None,
    }
}

/// What the public learns of a change to an order.
fn order_update(change: OrderChange, traded: bool) -> OrderUpdate {
    let Resting { stamp, side, price, shown: qty, .. } = change.order;
    if change.before.is_zero() {
        return OrderUpdate::Add(ShownOrder { stamp, side, price, qty });
    }
    let lots = change.before.less(qty);
    if traded {
        OrderUpdate::Execute { stamp, qty: lots }
    } else if qty.is_zero() {
        OrderUpdate::Delete { stamp }
    } else {
        OrderUpdate::Reduce { stamp, by: lots }
    }
}

//! What each event does to what is shown: the one place where views of the book learn it.
//!
//! Of nearly every order all that is left is shown, an event says all of it, and nothing need be
//! remembered. Icebergs, hidden and all-or-none orders, pegs, and whatever waits or sleeps before
//! it comes to the book are *apart*: what the public sees of them is not what is left, or their
//! events do not say it. They are remembered from their acceptance to their end, and while there is
//! none, nothing is looked up.

use pitfloor_model::command::{Kind, Stp};
use pitfloor_model::event::{Entry, Event, Terms};
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty, Side, Stamp};
use std::collections::BTreeMap;

/// What is known of one instrument's orders beyond what events say by themselves.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    instrument: InstrumentId,
    apart: BTreeMap<OrderKey, Apart>,
    /// The side of the order that entered last: of the taker, when two plain orders meet.
    arriving: Side,
    /// The order that has just been triggered: a refusal would be its end.
    triggered: Option<OrderKey>,
    /// Orders of which the last event has left nothing. A child that has just filled its own parent
    /// grows by it, and goes on.
    spent: Vec<OrderKey>,
}

/// An order of which more may be left than is shown.
#[derive(Clone, Copy, Debug)]
struct Apart {
    side: Side,
    /// Where it stands, shown or not; none while it is not in the book.
    level: Option<Price>,
    shown: Qty,
    leaves: Qty,
    traded: Qty,
}

/// A change of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `qty` lots join the back of a queue.
    Join { key: OrderKey, side: Side, price: Price, qty: Qty, stamp: Stamp },
    /// `qty` lots leave their place.
    Take { key: OrderKey, side: Side, at: Spot, qty: Qty },
}

/// Where lots are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// From the level at this price.
    Level(Price),
    /// From the best level of the side. An auction takes limits better than its price whole before
    /// it comes to the next, and what stands aside from auctions is not in the book during a call:
    /// so a plain order that crosses stands at the best level, whatever the auction's price.
    Best,
}

/// What an event of plain orders does to a level, while nobody stands apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plainly {
    /// Nothing.
    Nothing,
    /// These lots come.
    Comes(Side, Price, Qty),
    /// These lots go.
    Goes(Side, Price, Qty),
}

/// What one event does: at most one change a side.
pub(crate) type Steps = [Option<Step>; 2];

const NOTHING: Steps = [None, None];

impl Shown {
    pub(crate) const fn new(instrument: InstrumentId) -> Self {
        Self {
            instrument,
            apart: BTreeMap::new(),
            arriving: Side::Buy,
            triggered: None,
            spent: Vec::new(),
        }
    }

    pub(crate) const fn instrument(&self) -> InstrumentId {
        self.instrument
    }

    /// What `event` does to a level, if it is one of the common ones and nobody stands apart: the
    /// short way for nearly all of them. None where [`Self::read`] has to say.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(crate) fn plainly(&mut self, event: &Event) -> Option<Plainly> {
        if !self.apart.is_empty() || self.triggered.is_some() || !self.spent.is_empty() {
            return None;
        }
        let here = |instrument: InstrumentId, what| match instrument == self.instrument {
            true => Some(what),
            false => Some(Plainly::Nothing),
        };
        match event {
            Event::Accepted { instrument, terms, entry, .. } if *instrument == self.instrument => {
                if stands_apart(terms, *entry) {
                    return None;
                }
                self.arriving = terms.side;
                Some(Plainly::Nothing)
            }
            Event::Traded { instrument, aggressor, price, qty, .. } => {
                here(*instrument, Plainly::Goes(aggressor.opposite(), *price, *qty))
            }
            Event::Rested { instrument, side, price, qty, .. } => {
                here(*instrument, Plainly::Comes(*side, *price, *qty))
            }
            Event::Cancelled { instrument, side, price: Some(price), left, .. } => {
                here(*instrument, Plainly::Goes(*side, *price, *left))
            }
            Event::Cancelled { price: None, .. } | Event::Rejected { .. } => Some(Plainly::Nothing),
            _ => None,
        }
    }

    /// What `event` does to what is shown; nothing when it is of another instrument.
    ///
    /// # Panics
    ///
    /// When the event contradicts those before it.
    #[inline]
    pub(crate) fn read(&mut self, event: &Event) -> Steps {
        if self.triggered.is_some() {
            self.enter_or_end(event);
        }
        if !self.spent.is_empty() {
            self.grow_or_end(event);
        }
        if event.instrument() != Some(self.instrument) {
            return NOTHING;
        }
        match *event {
            Event::Accepted { key, terms, entry, .. } => {
                self.accept(key, &terms, entry);
                NOTHING
            }
            Event::Traded { maker, taker, aggressor, price, qty, .. } => {
                self.fill(taker, qty);
                one(self.maker_loses(maker, aggressor.opposite(), Spot::Level(price), qty, true))
            }
            Event::Crossed { buy, sell, qty, .. } => [
                self.maker_loses(buy, Side::Buy, Spot::Best, qty, true),
                self.maker_loses(sell, Side::Sell, Spot::Best, qty, true),
            ],
            Event::Prevented { maker, taker, price, qty, mode, .. } => match mode {
                Stp::Decrement | Stp::Transfer => {
                    let arriving = self.lose(taker, qty).unwrap_or(self.arriving);
                    let side = arriving.opposite();
                    one(self.maker_loses(maker, side, Spot::Level(price), qty, false))
                }
                Stp::None | Stp::ExpireTaker | Stp::ExpireMaker | Stp::ExpireBoth => NOTHING,
            },
            Event::Rested { key, side, price, qty, stamp, .. }
            | Event::Refreshed { key, side, price, shown: qty, stamp, .. } => {
                if let Some(order) = self.find(key) {
                    order.level = Some(price);
                    order.shown = qty;
                }
                one((!qty.is_zero()).then_some(Step::Join { key, side, price, qty, stamp }))
            }
            Event::Replaced { key, side, from, left, leaves, kept, .. } => {
                if !kept {
                    self.arriving = side;
                }
                one(match self.find(key) {
                    Some(order) => {
                        order.leaves = leaves;
                        if kept { order.shrink(key) } else { order.leave(key) }
                    }
                    None => {
                        // A `Rested` brings back what rests again.
                        let gone = if kept { left.less(leaves) } else { left };
                        take(key, side, Spot::Level(from), gone)
                    }
                })
            }
            Event::Reduced { key, side, price, by, leaves, .. } => one(match self.find(key) {
                Some(order) => {
                    order.leaves = leaves;
                    order.shrink(key)
                }
                None => take(key, side, Spot::Level(price), by),
            }),
            Event::Amended { key, terms, kept, .. } => one(self.find(key).and_then(|order| {
                order.leaves = terms.qty.less(order.traded);
                if kept { order.shrink(key) } else { order.leave(key) }
            })),
            Event::Armed { key, qty, .. } => {
                if let Some(order) = self.find(key) {
                    order.leaves = qty.less(order.traded);
                }
                NOTHING
            }
            Event::Repriced { key, .. } | Event::Parked { key, .. } => {
                // Of a plain order it is the price that changes, before it stands anywhere.
                one(self.find(key).and_then(|order| order.leave(key)))
            }
            Event::Cancelled { key, side, price, left, .. }
            | Event::ExpiredInMatch { key, side, price, left, .. }
            | Event::Expired { key, side, price, left, .. } => one(match self.forget(key) {
                Some(mut order) => order.leave(key),
                // Without a price it never stood here.
                None => price.and_then(|price| take(key, side, Spot::Level(price), left)),
            }),
            Event::Triggered { key, .. } => {
                self.triggered = Some(key);
                NOTHING
            }
            Event::Rejected { .. }
            | Event::PhaseChanged { .. }
            | Event::Indicative { .. }
            | Event::Uncrossed { .. }
            | Event::CallExtended { .. }
            | Event::MassCancelled { .. }
            | Event::Unspent { .. }
            | Event::Transferred { .. }
            | Event::BandsChanged { .. }
            | Event::ReferenceSet { .. }
            | Event::ShortSalesRestricted { .. }
            | Event::KillSwitched { .. }
            | Event::GroupSet { .. }
            | Event::Clearing(_)
            | Event::TimeAdvanced { .. }
            | Event::AccountOpened { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => NOTHING,
        }
    }

    fn accept(&mut self, key: OrderKey, terms: &Terms, entry: Entry) {
        if entry == Entry::Entering {
            self.arriving = terms.side;
        }
        if stands_apart(terms, entry) {
            let Terms { side, qty: leaves, .. } = *terms;
            let (shown, traded) = (Qty::ZERO, Qty::ZERO);
            self.apart.insert(key, Apart { side, level: None, shown, leaves, traded });
        }
    }

    /// A triggered order that is refused has ended; any other word about it says that it has not.
    fn enter_or_end(&mut self, event: &Event) {
        match (event, self.triggered) {
            (Event::Rejected { key, .. }, Some(triggered)) if *key == triggered => {
                self.forget(triggered);
                self.triggered = None;
            }
            // The other leg of a list ends in between.
            (Event::Cancelled { key, .. }, Some(triggered)) if *key != triggered => {}
            _ => self.triggered = None,
        }
    }

    /// What a fill sets off comes directly after it: other legs end, children grow. Whoever has
    /// nothing left after that is gone.
    fn grow_or_end(&mut self, event: &Event) {
        match event {
            Event::Armed { key, .. } => self.spent.retain(|spent| spent != key),
            Event::Cancelled { .. } => {}
            _ => {
                while let Some(key) = self.spent.pop() {
                    self.forget(key);
                }
            }
        }
    }

    /// The order that was waiting loses `qty`: its shown lots go first.
    fn maker_loses(
        &mut self,
        key: OrderKey,
        side: Side,
        at: Spot,
        qty: Qty,
        traded: bool,
    ) -> Option<Step> {
        let Some(order) = self.find(key) else { return take(key, side, at, qty) };
        let gone = order.shown.min(qty);
        order.shown = order.shown.less(gone);
        order.lose(key, qty, traded);
        let (level, over) = (order.level, order.leaves.is_zero());
        if over {
            self.spent.push(key);
        }
        take(key, side, Spot::Level(level?), gone)
    }

    /// An order that arrived has traded `qty`.
    fn fill(&mut self, key: OrderKey, qty: Qty) {
        self.arriving_loses(key, qty, true);
    }

    /// An order that arrived has lost `qty` without trading; says its side if it stands apart.
    fn lose(&mut self, key: OrderKey, qty: Qty) -> Option<Side> {
        self.arriving_loses(key, qty, false)
    }

    fn arriving_loses(&mut self, key: OrderKey, qty: Qty, traded: bool) -> Option<Side> {
        let order = self.find(key)?;
        order.lose(key, qty, traded);
        let (side, over) = (order.side, order.leaves.is_zero());
        if over {
            self.spent.push(key);
        }
        Some(side)
    }

    fn find(&mut self, key: OrderKey) -> Option<&mut Apart> {
        if self.apart.is_empty() { None } else { self.apart.get_mut(&key) }
    }

    fn forget(&mut self, key: OrderKey) -> Option<Apart> {
        if self.apart.is_empty() { None } else { self.apart.remove(&key) }
    }
}

impl Apart {
    fn lose(&mut self, key: OrderKey, qty: Qty, traded: bool) {
        assert!(qty <= self.leaves, "what leaves an order was left of it: {} lots of {key}", qty.0);
        self.leaves = self.leaves.less(qty);
        if traded {
            self.traded = Qty(self.traded.0 + qty.0); // Part of its total, which fits.
        }
    }

    /// It became smaller where it stands: what was not shown goes first.
    fn shrink(&mut self, key: OrderKey) -> Option<Step> {
        let gone = self.shown.less(self.shown.min(self.leaves));
        self.shown = self.shown.less(gone);
        take(key, self.side, Spot::Level(self.level?), gone)
    }

    /// All that is shown of it goes.
    fn leave(&mut self, key: OrderKey) -> Option<Step> {
        let gone = std::mem::replace(&mut self.shown, Qty::ZERO);
        take(key, self.side, Spot::Level(self.level.take()?), gone)
    }
}

/// True for an order whose events do not say all about what is shown of it.
fn stands_apart(terms: &Terms, entry: Entry) -> bool {
    let with = &terms.with;
    let unseen = with.display.is_some() || with.hidden || with.all_or_none;
    unseen || entry != Entry::Entering || terms.kind.is_peg() || terms.kind == Kind::ImbalanceOnly
}

const fn one(step: Option<Step>) -> Steps {
    [step, None]
}

fn take(key: OrderKey, side: Side, at: Spot, qty: Qty) -> Option<Step> {
    (!qty.is_zero()).then_some(Step::Take { key, side, at, qty })
}

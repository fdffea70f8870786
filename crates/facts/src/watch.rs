//! A run as a tape: the commands of a run with their events, one after the other.
//!
//! A run and a replay of its journal feed the same steps here. What is kept besides the tape is one
//! line per live order, for how long it lived.

use crate::builder::{Builder, DISTANCE_MAX};
use crate::tape::Tape;
use pitfloor_feed::level2::{Levels, Quote};
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty, Side, Time};
use std::collections::BTreeMap;

const DAY_NS: u64 = 86_400_000_000_000;

/// Watches one instrument of a run.
#[derive(Clone, Debug)]
pub struct Watch {
    instrument: InstrumentId,
    /// One tick in units of the currency.
    tick: f64,
    /// How long after midnight the run began.
    offset_ns: u64,
    builder: Builder,
    /// Live orders: when they came to stand, and what of them can still trade.
    live: BTreeMap<OrderKey, Life>,
    /// Which large orders live orders belong to, by the tags of those who say so.
    tags: Option<BTreeMap<OrderKey, u32>>,
    quote: Quote,
    /// Trading goes on.
    trading: bool,
    /// The day of the clock.
    date: u64,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    stood_ns: Option<u64>,
    left: Qty,
}

impl Watch {
    /// Nothing has happened yet to `definition`, whose place in the venue's list is `instrument`.
    /// The run began `offset_ns` after midnight of its clock.
    #[must_use]
    pub fn new(instrument: InstrumentId, definition: &Instrument, offset_ns: u64) -> Self {
        let tick = definition.price_f64(Price(1));
        let mut builder = Builder::new(Some(tick));
        builder.tells_cancels();
        // An instrument trades from the first moment unless its venue says otherwise.
        builder.open(offset_ns);
        Self {
            instrument,
            tick,
            offset_ns,
            builder,
            live: BTreeMap::new(),
            tags: None,
            quote: Quote { bid: None, ask: None },
            trading: true,
            date: offset_ns / DAY_NS,
        }
    }

    /// Takes note of a command and what it caused; `book` is the book **after** it.
    pub fn see(&mut self, stamped: &Stamped, events: &[Event], book: &Levels) {
        let at = stamped.at;
        if let Command::Place(order) = &stamped.command
            && let tag @ 1.. = order.with.tag
        {
            // Somebody says which large orders his orders belong to: nobody's need be guessed any more.
            if self.tags.is_none() {
                self.builder.forget_parts();
            }
            let tags = self.tags.get_or_insert_default();
            tags.insert(OrderKey::new(order.account, order.order), tag);
        }
        let at_ns = self.offset_ns + at.0;
        let here = Some(self.instrument);
        if !events.iter().any(|event| event.instrument() == here) {
            return;
        }
        self.turn_page(at_ns);
        for event in events.iter().filter(|event| event.instrument() == here) {
            self.hear(at_ns, event);
        }
        if !self.trading {
            return;
        }
        let quote = book.quote();
        if quote != self.quote {
            self.quote = quote;
            self.show(at_ns);
        }
        if self.builder.wants_snapshot(at_ns) {
            self.look(book);
        }
    }

    /// The tape of the run, which ended at `at`.
    #[must_use]
    pub fn finish(mut self, at: Time) -> Tape {
        self.turn_page(self.offset_ns + at.0);
        self.builder.close(self.offset_ns + at.0);
        self.builder.finish()
    }

    /// A market that never closes has a session per day of the clock.
    fn turn_page(&mut self, at_ns: u64) {
        while self.trading && at_ns / DAY_NS > self.date {
            self.date += 1;
            self.builder.open(self.date * DAY_NS);
            self.show(self.date * DAY_NS);
        }
        self.date = self.date.max(at_ns / DAY_NS);
    }

    fn show(&mut self, at_ns: u64) {
        let top = |side: Option<(Price, Qty)>| {
            side.map(|(price, qty)| (price.0 as f64 * self.tick, qty.0 as f64))
        };
        let (bid, ask) = (top(self.quote.bid), top(self.quote.ask));
        self.builder.quote(at_ns, bid, ask);
    }

    fn hear(&mut self, at_ns: u64, event: &Event) {
        match *event {
            Event::PhaseChanged { to, .. } => self.enter(at_ns, to),
            Event::Accepted { key, terms, .. } => {
                self.builder.ordered(terms.qty.0 as f64);
                self.live.insert(key, Life { stood_ns: None, left: terms.qty });
            }
            Event::Rested { key, side, price, .. } => {
                self.builder.event(at_ns);
                if let Some(life) = self.live.get_mut(&key).filter(|life| life.stood_ns.is_none()) {
                    life.stood_ns = Some(at_ns);
                    let best = self.quote.side(side).map(|(best, _)| best.0 as f64 * self.tick);
                    self.builder.placed(price.0 as f64 * self.tick, best, side == Side::Buy);
                }
            }
            Event::Traded { maker, taker, aggressor, price, qty, .. } => {
                self.builder.event(at_ns);
                let sign = if aggressor == Side::Buy { 1.0 } else { -1.0 };
                self.builder.fill(at_ns, sign, price.0 as f64 * self.tick, qty.0 as f64);
                if let Some(owner) = self.owner(taker) {
                    self.builder.part(owner, at_ns, sign, qty.0 as f64);
                }
                self.use_up(maker, qty);
                self.use_up(taker, qty);
            }
            Event::Crossed { buy, sell, price, qty, .. } => {
                self.builder.fill(at_ns, 0.0, price.0 as f64 * self.tick, qty.0 as f64);
                self.use_up(buy, qty);
                self.use_up(sell, qty);
            }
            Event::Reduced { key, leaves, .. } => {
                self.builder.event(at_ns);
                self.builder.cancelled(None);
                self.keep(key, leaves);
            }
            Event::Replaced { key, leaves, kept, .. } => {
                self.builder.event(at_ns);
                self.keep(key, leaves);
                if !kept {
                    // It leaves its queue and joins another: a cancel and a new order.
                    let life = self.live.get_mut(&key).and_then(|life| life.stood_ns.take());
                    self.builder.cancelled(life.map(|stood| seconds(at_ns - stood)));
                }
            }
            Event::Cancelled { key, price, .. }
            | Event::ExpiredInMatch { key, price, .. }
            | Event::Expired { key, price, .. } => {
                let stood = self.gone(key);
                if price.is_some() {
                    self.builder.event(at_ns);
                    self.builder.cancelled(stood.map(|stood| seconds(at_ns - stood)));
                }
            }
            // What changes no standing that a tape tells of.
            Event::Rejected { .. }
            | Event::Prevented { .. }
            | Event::Refreshed { .. }
            | Event::Repriced { .. }
            | Event::Parked { .. }
            | Event::Triggered { .. }
            | Event::Amended { .. }
            | Event::Armed { .. }
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
            | Event::Delivered { .. } => {}
        }
    }

    fn enter(&mut self, at_ns: u64, to: Phase) {
        match to {
            Phase::Continuous | Phase::PeriodicCall => {
                if !self.trading {
                    self.trading = true;
                    self.builder.open(at_ns);
                }
            }
            Phase::PreOpen | Phase::OpenCall | Phase::CloseCall | Phase::Closed => {
                self.builder.close(at_ns);
                self.trading = false;
            }
            // A pause belongs to the session that it interrupts.
            Phase::Halt | Phase::ReopenCall => {}
        }
    }

    /// Whose large order `taker` is a part of: the tag's where somebody tags, else the account's.
    fn owner(&self, taker: OrderKey) -> Option<u64> {
        let account = u64::from(taker.account.0);
        match &self.tags {
            None => Some(account),
            Some(tags) => tags.get(&taker).map(|tag| account << 32 | u64::from(*tag)),
        }
    }

    /// An order is over.
    fn gone(&mut self, key: OrderKey) -> Option<u64> {
        if let Some(tags) = &mut self.tags {
            tags.remove(&key);
        }
        self.live.remove(&key).and_then(|life| life.stood_ns)
    }

    fn keep(&mut self, key: OrderKey, left: Qty) {
        if let Some(life) = self.live.get_mut(&key) {
            life.left = left;
        }
    }

    fn use_up(&mut self, key: OrderKey, qty: Qty) {
        if let Some(life) = self.live.get_mut(&key) {
            life.left = Qty(life.left.0.saturating_sub(qty.0));
            if life.left.is_zero() {
                self.gone(key);
            }
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn look(&mut self, book: &Levels) {
        for side in [Side::Buy, Side::Sell] {
            let Some((best, _)) = book.best(side) else { continue };
            for (price, qty) in book.levels(side) {
                let behind = price.0.abs_diff(best.0) as usize;
                if behind >= DISTANCE_MAX {
                    break;
                }
                self.builder.stands(behind, qty.0 as f64);
            }
        }
    }
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

//! The worker: brings what a plan releases to the market, and says at the end what was left.
//!
//! A plan says two totals, both only growing: how many lots may have been traded by now
//! (*released*), and how many must be (*due*). What is released and not due rests in the book, if
//! that is the style; what is due crosses. Prices that the ticket forbids are waited for. One order
//! is alive at a time ([`errand`](crate::errand)), so what is done and what may still be done never
//! exceed what was released, and the whole never exceeds the ticket.

use super::terms::{Style, Ticket};
use crate::errand::{Ask, Errand, Manner};
use pitfloor_model::event::Event;
use pitfloor_model::units::{Cash, InstrumentId, Price, Span};
use pitfloor_sim::agent::{Context, Interest, Own};

/// How often it looks again when what is due finds nobody.
pub const AGAIN: Span = Span::secs(1);

/// The tag of its own timers: no plan gives it.
pub const LOOK: u64 = u64::MAX - 1;

/// Somebody who works an order.
#[derive(Clone, Debug)]
pub struct Worker {
    /// What is to be done.
    pub ticket: Ticket,
    errand: Errand,
    /// Lots that may have been traded by now.
    released: u64,
    /// Lots that must have been.
    due: u64,
    looks: bool,
    stage: Stage,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Before the start.
    Waits,
    /// Between start and end.
    Works,
    /// The end has come: what is out must come back, and then what is left crosses, once.
    Ends { crossed: bool },
    /// What was left has been told.
    Over,
}

impl Worker {
    /// One that works `ticket`.
    #[must_use]
    pub const fn new(ticket: Ticket, instrument: InstrumentId) -> Self {
        let (errand, stage) = (Errand::new(instrument), Stage::Waits);
        Self { ticket, errand, released: 0, due: 0, looks: false, stage }
    }

    /// What it wants to be told: quotes only when there is a price that it would not let pass.
    #[must_use]
    pub fn interest(&self) -> Interest {
        let own = if self.ticket.style == Style::Passive { Own::All } else { Own::Fills };
        let quotes = self.ticket.would.map(|_| self.errand.instrument()).into_iter().collect();
        Interest { own, quotes, ..Interest::default() }
    }

    /// Lots done, as far as told.
    #[must_use]
    pub const fn done(&self) -> u64 {
        self.errand.traded()
    }

    /// Lots not done yet, as far as told.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.ticket.lots.saturating_sub(self.done())
    }

    /// Lots that may have been traded by now.
    #[must_use]
    pub const fn released(&self) -> u64 {
        self.released
    }

    /// Lots that had to be traded, were not, and are in no order either.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.due.saturating_sub(self.done() + self.errand.pending())
    }

    /// True when it has told what was left.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// The plan's totals from now on. The first call begins the work.
    pub fn plan(&mut self, cx: &mut Context<'_>, released: u64, due: u64) {
        if matches!(self.stage, Stage::Ends { .. } | Stage::Over) {
            return;
        }
        self.stage = Stage::Works;
        self.released = released.min(self.ticket.lots);
        self.due = match self.ticket.style {
            Style::Passive => due.min(self.released),
            Style::Market | Style::Touch => self.released,
        };
        self.go_on(cx);
    }

    /// The end: of `released` lots in all, what is not done crosses once, then what is left is
    /// told.
    pub fn end(&mut self, cx: &mut Context<'_>, released: u64) {
        if matches!(self.stage, Stage::Waits | Stage::Works) {
            self.stage = Stage::Ends { crossed: false };
            self.released = released.min(self.ticket.lots);
            self.due = self.released;
            self.last(cx);
        }
    }

    /// Something happened to one of its orders.
    pub fn told(&mut self, cx: &mut Context<'_>, event: &Event) {
        let left = self.errand.is_leaving();
        self.errand.told(cx, event);
        match self.stage {
            // What it took back itself is free to cross; whatever else has ended waits for the next
            // look, so that no refusal is answered with the same order again.
            Stage::Works if left && self.errand.is_free() => self.go_on(cx),
            Stage::Ends { .. } => self.last(cx),
            Stage::Works | Stage::Waits | Stage::Over => {}
        }
    }

    /// A look that it asked for.
    pub fn look(&mut self, cx: &mut Context<'_>) {
        self.looks = false;
        if self.stage == Stage::Works {
            self.go_on(cx);
            if self.released > self.done() {
                self.again(cx);
            }
        }
    }

    /// Quotes have changed.
    pub fn quoted(&mut self, cx: &mut Context<'_>) {
        if self.stage == Stage::Works && self.wanted_price(cx).is_some() {
            self.go_on(cx);
        }
    }

    /// The next order, if one is due and none is alive.
    fn go_on(&mut self, cx: &mut Context<'_>) {
        let done = self.done();
        let would = self.wanted_price(cx);
        if !self.errand.is_free() {
            if would.is_some() || self.due > done {
                self.errand.withdraw(cx);
            }
        } else if let Some(would) = would.filter(|_| self.left() > 0) {
            let rule = "take it all: I would at this price";
            self.send(cx, self.left(), Manner::Market, Some(would), rule);
            self.again(cx);
        } else if self.due > done {
            let manner =
                if self.ticket.style == Style::Touch { Manner::Touch } else { Manner::Market };
            let rule = match self.ticket.style {
                Style::Passive => "cross what an interval has left",
                Style::Market | Style::Touch => "trade what is due",
            };
            self.send(cx, self.due - done, manner, self.ticket.limit, rule);
            self.again(cx);
        } else if self.released > done {
            let lots = self.released - done;
            self.send(cx, lots, Manner::Rest, self.ticket.limit, "rest what may be traded");
            self.again(cx);
        }
    }

    /// The last order, when none is alive any more, and the account of it all when that has ended.
    fn last(&mut self, cx: &mut Context<'_>) {
        self.errand.withdraw(cx);
        if !self.errand.is_free() {
            return;
        }
        let lots = self.due.saturating_sub(self.done());
        if self.stage == (Stage::Ends { crossed: false }) && lots > 0 {
            self.stage = Stage::Ends { crossed: true };
            if self.send(cx, lots, Manner::Market, self.ticket.limit, "end: cross what is left") {
                return;
            }
        }
        self.stage = Stage::Over;
        let (left, done) = (self.left() as f64, self.done() as f64);
        let rule = if left > 0.0 { "end: so many left" } else { "end: all done" };
        cx.because(rule, || [("lots_left", left), ("lots_done", done)]);
    }

    fn send(
        &mut self,
        cx: &mut Context<'_>,
        lots: u64,
        manner: Manner,
        limit: Option<Price>,
        rule: &'static str,
    ) -> bool {
        let ask = Ask { side: self.ticket.side, lots, manner, limit, spoken: Cash::ZERO };
        self.errand.send(cx, ask, rule, ("lots_done", self.done() as f64)).is_some()
    }

    /// Looks again in a while, if nobody has yet been asked to be woken for that.
    fn again(&mut self, cx: &mut Context<'_>) {
        if !std::mem::replace(&mut self.looks, true) {
            cx.wake_at(cx.now().after(AGAIN), LOOK);
        }
    }

    /// The price at which all that is left is wanted, when somebody offers it.
    fn wanted_price(&self, cx: &mut Context<'_>) -> Option<Price> {
        let (would, side) = (self.ticket.would?, self.ticket.side);
        let (best, _) = cx.view().best(self.errand.instrument(), side.opposite())?;
        side.accepts(would, best).then_some(would)
    }
}

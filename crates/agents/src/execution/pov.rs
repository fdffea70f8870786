//! POV: trades a large order as a fixed share of what the market trades.
//!
//! **What it does.** It has `lots` to buy or sell from `start` on. Every `window` it counts what
//! others have traded in that time and trades in proportion, so that its own volume is
//! `participation` of all volume (its own included). A busy market gets it done early; a quiet one
//! late, or by `end` not at all.
//!
//! **In formulas.** With participation π and E lots traded by others in the last window, its next
//! slice is π/(1 − π) · E lots: at 10 % and 900 lots of others 100, a tenth of 1000. Fractions of a
//! lot are kept for the next window. A slice is at most `cap` lots.
//!
//! **What it misses**: what the cap cut off, and what was due all window long and found nobody
//! within the `limit`. With `catch_up = "none"` that is gone from the schedule; `"next"` adds it to
//! the next slice; `"spread"` adds an equal part of it to every slice from now to `end`. The cap
//! holds for whatever is added.
//!
//! **How a slice is traded**, the `limit` and the price at which it *would* do it all are those of
//! `twap`; with `jitter` every window is longer by up to so much of itself. At `end` it crosses
//! what its share of the volume so far still allows, and no more: a large order in a quiet market
//! is not done. What is left is told as a decision, `end: so many left`.
//!
//! **What it assumes.** That volume is a good reason to trade. It is not always: in a fall that
//! feeds on itself more is traded, so it sells more, which is what the program of 6 May 2010 did (9
//! % of the volume of the minute before, without regard to price or time).
//!
//! **Source.** Kissell & Glantz (2003), *Optimal Trading Strategies*, AMACOM; for the program of
//! 2010: CFTC and SEC (2010), *Findings regarding the market events of May 6, 2010*.

use super::terms::{self, Ticket};
use super::worker::{LOOK, Worker};
use pitfloor_model::units::{InstrumentId, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `pov`.
pub static KIND: Kind = Kind {
    name: "pov",
    about: "trades a large order as a fixed share of the volume",
    source: "Kissell & Glantz 2003; CFTC & SEC 2010",
    parameters: &[
        terms::SIDE,
        terms::LOTS,
        terms::START,
        terms::END,
        Parameter {
            name: "participation",
            takes: Takes::Number(0.0001, 0.9),
            default: "0.1",
            about: "its share of all volume, its own included",
        },
        Parameter {
            name: "window",
            takes: Takes::Span,
            default: "10s",
            about: "over how long volume is counted, and how often it trades",
        },
        Parameter {
            name: "cap",
            takes: Takes::Lots,
            default: "1000",
            about: "the most lots of one slice",
        },
        Parameter {
            name: "catch_up",
            takes: Takes::Choice(&["none", "next", "spread"]),
            default: "next",
            about: "what happens to lots that were missed: gone, added to the next slice, or spread over \
                    the slices until the end",
        },
        terms::ORDERS,
        terms::LIMIT,
        terms::WOULD,
        terms::JITTER,
    ],
    build: Build::Checked {
        check: terms::check,
        build: |params, role| Box::new(Pov::new(params, role)),
    },
};

/// The tag of the timer of the end.
const END: u64 = u64::MAX - 2;

/// What happens to lots that were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CatchUp {
    None,
    Next,
    Spread,
}

/// An order worked as a share of volume.
#[derive(Clone, Debug)]
pub struct Pov {
    worker: Worker,
    instrument: InstrumentId,
    /// Own lots for each lot of others.
    ratio: f64,
    window: Span,
    cap: u64,
    catch_up: CatchUp,
    /// Lots traded by others, up to the last window.
    others: u128,
    /// The part of a lot that is still owed to the schedule.
    fraction: f64,
    /// Lots that were missed and may come later.
    backlog: u64,
}

impl Pov {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let participation = params.number("participation");
        let catch_up = match params.choice("catch_up") {
            "none" => CatchUp::None,
            "next" => CatchUp::Next,
            _ => CatchUp::Spread,
        };
        Self {
            worker: Worker::new(Ticket::of(params), role.instrument),
            instrument: role.instrument,
            ratio: participation / (1.0 - participation),
            window: params.span("window"),
            cap: params.lots("cap").0,
            catch_up,
            others: 0,
            fraction: 0.0,
            backlog: 0,
        }
    }

    /// Lots not done yet, as far as told.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.worker.left()
    }

    /// Lots that others have traded so far, as far as it can know.
    fn others(&self, cx: &mut Context<'_>) -> u128 {
        cx.view().volume(self.instrument).saturating_sub(u128::from(self.worker.done()))
    }

    /// A window is over: how many lots more may be traded.
    fn slice(&mut self, cx: &mut Context<'_>) -> u64 {
        // What it has done may be known before it shows in the volume, never for long.
        let others = self.others(cx).max(self.others);
        let traded = (others - std::mem::replace(&mut self.others, others)) as f64;
        let exact = self.ratio * traded + self.fraction;
        let own = libm::floor(exact);
        self.fraction = exact - own;
        let own = own as u64;
        let extra = match self.catch_up {
            CatchUp::None => 0,
            CatchUp::Next => self.backlog,
            CatchUp::Spread => {
                // This one, and one for each window that ends before the end.
                let left = self.worker.ticket.end.since(cx.now()).0.div_ceil(self.window.0);
                self.backlog.div_ceil(left.max(1))
            }
        };
        let slice = (own + extra).min(self.cap);
        self.backlog = match self.catch_up {
            CatchUp::None => 0,
            CatchUp::Next | CatchUp::Spread => (self.backlog + own).saturating_sub(slice),
        };
        slice
    }

    fn tick(&mut self, cx: &mut Context<'_>) {
        // What was due all window long and found nobody leaves the schedule, and comes back by the
        // rule.
        let missing = self.worker.missing();
        self.backlog += missing;
        let before = self.worker.released() - missing;
        let slice = self.slice(cx);
        self.worker.plan(cx, before + slice, before);
        let late = self.worker.ticket.jitter;
        let late = if late > 0.0 { late * cx.dice().unit() * self.window.0 as f64 } else { 0.0 };
        let at = cx.now().after(self.window).after(Span(late as u64));
        if at < self.worker.ticket.end {
            cx.wake_at(at, 0);
        }
    }
}

impl Agent for Pov {
    fn interest(&self) -> Interest {
        self.worker.interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                cx.wake_at(self.worker.ticket.start, 1);
                cx.wake_at(self.worker.ticket.end, END);
            }
            Notice::Timer(LOOK) => self.worker.look(cx),
            Notice::Timer(END) => self.worker.end(cx, self.worker.released()),
            Notice::Timer(1) => {
                // From here on volume counts.
                self.others = self.others(cx);
                cx.wake_in(self.window);
                self.worker.plan(cx, 0, 0);
            }
            Notice::Timer(_) => self.tick(cx),
            Notice::Own(event) => self.worker.told(cx, event),
            Notice::Quote(..) => self.worker.quoted(cx),
            Notice::Print(_) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

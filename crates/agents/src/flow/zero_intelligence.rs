//! Zero intelligence: the order flow of a market in which nobody knows anything.
//!
//! **What it does.** One agent sends the flow of a whole market, in orders of one size. Buy limits
//! arrive at the rate α at every price below the best ask, sell limits at the rate α at every price
//! above the best bid, each per price step and second; market orders arrive at the total rate μ, half
//! of them on each side; and every order that waits is cancelled at the rate δ. All waits are
//! exponential, so nothing that happened matters for what comes.
//!
//! **In formulas.** With n orders waiting and a window of W prices on each side, the next event comes
//! after an exponential wait of rate Λ = 2αW + μ + δn; it is a limit of either side with probability
//! αW/Λ each, at a price drawn evenly from the W steps next to the best price of the other side; a
//! market order of either side with probability μ/2Λ each; else the cancellation of an order drawn
//! evenly from all that wait. Orders that traded meanwhile, with whomever, simply are not there to be
//! drawn.
//!
//! **What it assumes.** Prices have no end: W must reach so far that more would change nothing, six
//! spreads at least. A market order that finds nobody is dropped. While one side of the book is empty,
//! its best price is taken to be where it last was.
//!
//! **What is known of it.** Only α, μ, δ and the size σ set the scales: prices μ/2α, lots μ/2δ, time
//! 1/δ. With ε = δσ/μ a mean-field theory gives the mean spread s = (μ/α)(0.28 + 1.86 ε^¾); real
//! simulations, this one too, give 0.65 to 0.85 of it.
//!
//! **Source.** Smith, Farmer, Gillemot & Krishnamurthy (2003), *Statistical theory of the continuous
//! double auction*, Quantitative Finance 3(6); Farmer, Patelli & Zovko (2005), *The predictive power
//! of zero intelligence in financial markets*, PNAS 102(6).

use super::hand::{Hand, wait};
use pitfloor_model::units::Side;
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `zero-intelligence`.
pub static KIND: Kind = Kind {
    name: "zero-intelligence",
    about: "the whole order flow of a market in which nobody knows anything",
    source: "Smith, Farmer, Gillemot & Krishnamurthy 2003",
    parameters: &[
        Parameter {
            name: "limits",
            takes: Takes::Number(0.0, 1e6),
            default: "0.5",
            about: "α: limit orders per second, side and price step",
        },
        Parameter {
            name: "markets",
            takes: Takes::Number(0.0, 1e6),
            default: "20",
            about: "μ: market orders per second, both sides together",
        },
        Parameter {
            name: "cancels",
            takes: Takes::Number(0.0, 1e6),
            default: "0.5",
            about: "δ: cancellations per second of each order that waits",
        },
        Parameter {
            name: "window",
            takes: Takes::Count(1, 1_000_000),
            default: "72",
            about: "W: price steps from the best price of the other side that limits are spread over",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "1", about: "lots per order" },
    ],
    build: Build::One(|params, role| Box::new(ZeroIntelligence::new(params, role))),
};

/// Nobody and everybody.
#[derive(Clone, Debug)]
pub struct ZeroIntelligence {
    hand: Hand,
    limits: f64,
    markets: f64,
    cancels: f64,
    window: u64,
    /// How many orders waited when the present wait was drawn.
    waiting: usize,
}

impl ZeroIntelligence {
    /// The flow of `role`'s instrument.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let window = params.count("window");
        Self {
            hand: Hand::new(role, params.lots("size")),
            limits: params.number("limits") * window as f64,
            markets: params.number("markets"),
            cancels: params.number("cancels"),
            window,
            waiting: 0,
        }
    }

    /// Draws the wait for the next event.
    fn pause(&mut self, cx: &mut Context<'_>) {
        self.waiting = self.hand.live().len();
        let total = self.total();
        if total > 0.0 {
            let wait = wait(cx, total);
            cx.wake_in(wait);
        }
    }

    fn total(&self) -> f64 {
        2.0 * self.limits + self.markets + self.cancels * self.waiting as f64
    }

    /// What the present wait was for. An order that has gone since it was drawn is not cancelled.
    fn act(&mut self, cx: &mut Context<'_>) {
        if !self.hand.look(cx) {
            return;
        }
        let drawn = cx.dice().unit() * self.total();
        let limits = 2.0 * self.limits;
        if drawn < limits {
            let side = if drawn < self.limits { Side::Buy } else { Side::Sell };
            let distance = 1 + cx.dice().below(self.window) as i64;
            let price = self.hand.at(cx, side, distance);
            cx.because("rest anywhere", || [("distance_steps", distance as f64)]);
            self.hand.rest(cx, side, price);
        } else if drawn < limits + self.markets {
            let buys = drawn - limits < self.markets / 2.0;
            cx.because("take whatever is there", || []);
            self.hand.take(cx, if buys { Side::Buy } else { Side::Sell });
        } else {
            let nth = (drawn - limits - self.markets) / self.cancels;
            if let Some(live) = self.hand.live().nth(nth as usize) {
                cx.because("cancel any order", || [("waiting", self.waiting as f64)]);
                self.hand.cancel(cx, live);
            }
        }
    }
}

impl Agent for ZeroIntelligence {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.pause(cx),
            Notice::Timer(_) => {
                self.act(cx);
                self.pause(cx);
            }
            Notice::Own(event) => self.hand.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

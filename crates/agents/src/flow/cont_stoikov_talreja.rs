//! Cont, Stoikov & Talreja: an order book as a birth-death process, fitted to a share of Tokyo.
//!
//! **What it does.** One agent sends the flow of a whole market, in orders of one size. Limit orders
//! arrive at the rate λ(i) at the distance of i price steps from the best price of the *other* side,
//! market orders at the rate μ on each side, and each order that waits at distance i is cancelled at
//! the rate θ(i). What is rare far away is as frequent as measured near the best prices, which is why
//! this book, unlike that of zero intelligence, has the shape of a real one.
//!
//! **In formulas.** λ(i) is the i-th of `limits` and, beyond the last of them, `tail_k` / i^`tail_alpha`
//! up to the distance `reach`; θ(i) is the i-th of `cancels` and beyond the last of them the last. With
//! n orders waiting, events come at the rate 2Σλ + 2μ + Σθ of the orders, all waits exponential. They
//! are drawn by thinning: candidates come at the rate 2Σλ + 2μ + n·max θ, and a candidate to cancel an
//! order, drawn evenly from all, comes true with probability θ(i)/max θ at its distance i in that
//! moment. Nothing is ever summed over the book.
//!
//! **What it assumes.** Orders of one size, no memory, nobody who looks at anything but distances. A
//! market order that finds nobody is dropped; an empty side's best price is taken to be where it last
//! was. Queues away from the best prices are then M/M/∞ with mean λ(i)/θ(i), and the chance that the
//! mid price next moves up, or that an order trades before it does, follows from the two best queues
//! alone (`pitfloor bench physics --only V-51` holds the exchange against that).
//!
//! **How it turns.** More `markets` widen the spread and empty the best queues; more `cancels` do it
//! without trades; a longer `reach` makes no difference near the best prices. Without `markets` and with
//! a `splitter` in their place, only the signs of the trades remember.
//!
//! **Source.** Cont, Stoikov & Talreja (2010), *A stochastic model for order book dynamics*, Operations
//! Research 58(3); the rates are those of Sky Perfect Communications at the Tokyo Stock Exchange.

use super::hand::{Hand, wait};
use pitfloor_model::units::{Price, Side};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The most rates of a list.
const LISTED_MOST: usize = 100;

/// The most price steps that limits may reach.
const REACH_MOST: u64 = 1_000;

/// The kind `cont-stoikov-talreja`.
pub static KIND: Kind = Kind {
    name: "cont-stoikov-talreja",
    about: "the whole order flow of a market, with rates that depend on the distance",
    source: "Cont, Stoikov & Talreja 2010",
    parameters: &[
        Parameter {
            name: "limits",
            takes: Takes::Numbers(0.0, 1e6, LISTED_MOST),
            default: "1.85 1.51 1.09 0.88 0.77",
            about: "λ(1), λ(2), …: limit orders per second and side at these distances",
        },
        Parameter {
            name: "tail_k",
            takes: Takes::Number(0.0, 1e6),
            default: "1.92",
            about: "beyond them λ(i) is this, per second,",
        },
        Parameter {
            name: "tail_alpha",
            takes: Takes::Number(0.0, 10.0),
            default: "0.52",
            about: "divided by the distance to this power",
        },
        Parameter {
            name: "reach",
            takes: Takes::Count(1, REACH_MOST),
            default: "30",
            about: "price steps from the best price of the other side that limits reach",
        },
        Parameter {
            name: "markets",
            takes: Takes::Number(0.0, 1e6),
            default: "0.94",
            about: "μ: market orders per second and side",
        },
        Parameter {
            name: "cancels",
            takes: Takes::Numbers(0.0, 1e6, LISTED_MOST),
            default: "0.71 0.81 0.68 0.56 0.47",
            about: "θ(1), θ(2), …: cancellations per second of each order at these distances; the last holds beyond",
        },
        Parameter {
            name: "queue",
            takes: Takes::Count(0, 1_000),
            default: "3",
            about: "orders at every distance within reach at the start",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "1", about: "lots per order" },
    ],
    build: Build::One(|params, role| Box::new(ContStoikovTalreja::new(params, role))),
};

/// A birth-death book's flow.
#[derive(Clone, Debug)]
pub struct ContStoikovTalreja {
    hand: Hand,
    reference: Price,
    /// Λ(i) = λ(1) + … + λ(i).
    limits: Box<[f64]>,
    markets: f64,
    cancels: Box<[f64]>,
    cancel_most: f64,
    queue: u64,
    /// How many orders waited when the present wait was drawn.
    waiting: usize,
}

impl ContStoikovTalreja {
    /// The flow of `role`'s instrument.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let (listed, cancels) = (params.numbers("limits"), params.numbers("cancels"));
        let (k, alpha) = (params.number("tail_k"), params.number("tail_alpha"));
        let mut sum = 0.0;
        let limits = (1..=params.count("reach") as usize).map(|i| {
            sum += listed.get(i - 1).copied().unwrap_or_else(|| k / libm::pow(i as f64, alpha));
            sum
        });
        Self {
            hand: Hand::new(role, params.lots("size")),
            reference: role.reference,
            limits: limits.collect(),
            markets: params.number("markets"),
            cancel_most: cancels.iter().copied().fold(0.0, f64::max),
            cancels,
            queue: params.count("queue"),
            waiting: 0,
        }
    }

    /// Fills the book around the reference price, one step between the best prices.
    fn begin(&mut self, cx: &mut Context<'_>) {
        self.hand.look(cx);
        cx.because("fill the book", || [("reference_ticks", self.reference.0 as f64)]);
        for distance in 1..=self.limits.len() as i64 {
            for side in [Side::Buy, Side::Sell] {
                let price = self.hand.at(cx, side, distance);
                for _ in 0..self.queue {
                    self.hand.rest(cx, side, price);
                }
            }
        }
    }

    /// Draws the wait for the next candidate.
    fn pause(&mut self, cx: &mut Context<'_>) {
        self.waiting = self.hand.live().len();
        let total = self.total();
        if total > 0.0 {
            let wait = wait(cx, total);
            cx.wake_in(wait);
        }
    }

    fn limits_total(&self) -> f64 {
        self.limits[self.limits.len() - 1]
    }

    fn total(&self) -> f64 {
        2.0 * (self.limits_total() + self.markets) + self.cancel_most * self.waiting as f64
    }

    /// What the present wait was for.
    fn act(&mut self, cx: &mut Context<'_>) {
        if !self.hand.look(cx) {
            return;
        }
        let drawn = cx.dice().unit() * self.total();
        let per_side = self.limits_total() + self.markets;
        if drawn >= 2.0 * per_side {
            return self.cancel(cx, (drawn - 2.0 * per_side) / self.cancel_most);
        }
        let (side, drawn) =
            if drawn < per_side { (Side::Buy, drawn) } else { (Side::Sell, drawn - per_side) };
        let distance = 1 + self.limits.partition_point(|sum| *sum <= drawn);
        if distance > self.limits.len() {
            cx.because("take whatever is there", || []);
            return self.hand.take(cx, side);
        }
        let price = self.hand.at(cx, side, distance as i64);
        cx.because("rest at a distance", || [("distance_steps", distance as f64)]);
        self.hand.rest(cx, side, price);
    }

    /// Cancels the order in which `nth` falls, if it is still there and its distance says so: what
    /// is left of `nth` over the whole number is as evenly drawn as it was.
    fn cancel(&mut self, cx: &mut Context<'_>, nth: f64) {
        let place = nth as usize;
        let Some(live) = self.hand.live().nth(place) else { return };
        let distance = self.hand.distance(cx, live.side, live.price).max(1) as usize;
        let rate = self.cancels[distance.min(self.cancels.len()) - 1];
        if (nth - place as f64) * self.cancel_most < rate {
            cx.because("cancel any order", || [("distance_steps", distance as f64)]);
            self.hand.cancel(cx, live);
        }
    }
}

impl Agent for ContStoikovTalreja {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.begin(cx);
                self.pause(cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                self.pause(cx);
            }
            Notice::Own(event) => self.hand.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

//! Queue-reactive: a book whose every queue listens to how long it is.
//!
//! **What it does.** One agent sends the flow of a whole market, in orders of one size: K queues on each
//! side of a reference price, each with rates of arrival, cancellation and consumption that depend on its
//! own length. Between moves of the reference price the queues are birth-death processes; when one of the
//! two nearest ones empties, the reference price may move there, and the book may then be drawn anew.
//!
//! **In formulas.** The i-th queue of either side, at q orders, grows at λ^L_i(q), loses cancelled orders
//! at λ^C_i(q) and, the first one, traded ones at λ^M(q), tabulated by i and q; beyond a table's last
//! column the last holds. Left alone, a queue has the invariant law
//! π(n) = π(0) Π_{j ≤ n} λ^L(j−1)/(λ^C(j)+λ^M(j)). When the first queue of a side empties, the reference
//! price moves a step to that side with probability θ (`moves`); after a move, with probability
//! `renewals`, all queues are drawn from their invariant laws.
//!
//! **What it assumes.** The reference price lies half a step above the price of the first bid queue; the
//! i-th queues stand i steps apart around it. Whatever others do in that book, its queues count its own
//! orders alone, and a market order takes whatever stands first.
//!
//! **Defaults.** Those of Cont, Stoikov & Talreja's first levels: arrivals at 1.85 whatever the length,
//! cancellations at 0.71 per order, market orders at 0.94 while there is somebody. `cancels` says what one
//! order's rate is when it has one column, else the whole queue's by length.
//!
//! **Source.** Huang, Lehalle & Rosenbaum (2015), *Simulating and analyzing order book data: the
//! queue-reactive model*, Journal of the American Statistical Association 110(509).

use super::hand::{Hand, wait};
use super::live::Live;
use pitfloor_model::units::{Price, Side};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Mismatch, Parameter, Params, Role, Takes};

/// The most queues a side.
const QUEUES_MOST: usize = 10;

/// The most numbers of a table.
const TABLE_MOST: usize = 1_000;

/// The longest queue whose invariant law is worked out.
const LENGTH_MOST: usize = 400;

/// The kind `queue-reactive`.
pub static KIND: Kind = Kind {
    name: "queue-reactive",
    about: "the whole order flow of a market, with rates that depend on each queue's length",
    source: "Huang, Lehalle & Rosenbaum 2015",
    parameters: &[
        Parameter {
            name: "queues",
            takes: Takes::Count(1, QUEUES_MOST as u64),
            default: "3",
            about: "K: queues on each side",
        },
        Parameter {
            name: "limits",
            takes: Takes::Numbers(0.0, 1e6, TABLE_MOST),
            default: "1.85 1.51 1.09",
            about: "λ^L per second, a row for each queue: at length 0, 1, …; the last holds beyond",
        },
        Parameter {
            name: "cancels",
            takes: Takes::Numbers(0.0, 1e6, TABLE_MOST),
            default: "0.71 0.81 0.68",
            about: "λ^C per second, a row for each queue: at length 1, 2, …; with one column, of each order",
        },
        Parameter {
            name: "markets",
            takes: Takes::Numbers(0.0, 1e6, TABLE_MOST),
            default: "0.94",
            about: "λ^M per second, of the first queues: at length 1, 2, …; the last holds beyond",
        },
        Parameter {
            name: "moves",
            takes: Takes::Number(0.0, 1.0),
            default: "0.7",
            about: "θ: how often the reference price moves when a first queue empties",
        },
        Parameter {
            name: "renewals",
            takes: Takes::Number(0.0, 1.0),
            default: "0.85",
            about: "how often all queues are drawn anew when it has moved",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "1", about: "lots per order" },
    ],
    build: Build::Checked {
        check,
        build: |params, role| Box::new(QueueReactive::new(params, role)),
    },
};

/// Whether every table has a row for each queue, and every queue an invariant law.
fn check(params: &Params) -> Result<(), Mismatch> {
    let queues = params.count("queues") as usize;
    for name in ["limits", "cancels"] {
        let found = params.numbers(name).len();
        if !found.is_multiple_of(queues) {
            let expected =
                format!("a multiple of {queues}: rows of one length, one for each queue");
            return Err(Mismatch { name, found: format!("{found} numbers"), expected });
        }
    }
    let rates = Rates::new(params);
    for queue in 0..queues {
        let (length, last) = (LENGTH_MOST, LENGTH_MOST - 1);
        if rates.limit(queue, last) >= rates.cancel(queue, length) + rates.market(queue, length) {
            let found = format!("a queue {} that grows however long it is", queue + 1);
            let expected =
                "one that shrinks when it is long: more cancels or fewer limits".to_owned();
            return Err(Mismatch { name: "limits", found, expected });
        }
    }
    Ok(())
}

/// The tables.
#[derive(Clone, Debug)]
struct Rates {
    queues: usize,
    limits: Box<[f64]>,
    cancels: Box<[f64]>,
    markets: Box<[f64]>,
}

impl Rates {
    fn new(params: &Params) -> Self {
        let (limits, cancels) = (params.numbers("limits"), params.numbers("cancels"));
        let queues = params.count("queues") as usize;
        Self { queues, limits, cancels, markets: params.numbers("markets") }
    }

    fn limit(&self, queue: usize, length: usize) -> f64 {
        let row = &self.limits[self.row(queue, self.limits.len())];
        row[length.min(row.len() - 1)]
    }

    fn cancel(&self, queue: usize, length: usize) -> f64 {
        let row = &self.cancels[self.row(queue, self.cancels.len())];
        match (length, row) {
            (0, _) => 0.0,
            (length, [each]) => each * length as f64,
            (length, row) => row[(length - 1).min(row.len() - 1)],
        }
    }

    fn market(&self, queue: usize, length: usize) -> f64 {
        let first = queue == 0 && length > 0;
        if first { self.markets[(length - 1).min(self.markets.len() - 1)] } else { 0.0 }
    }

    const fn row(&self, queue: usize, numbers: usize) -> std::ops::Range<usize> {
        let columns = numbers / self.queues;
        queue * columns..(queue + 1) * columns
    }

    /// The chance that a queue left alone has at most 0, 1, 2, … orders.
    fn invariant(&self, queue: usize) -> Box<[f64]> {
        let (mut weight, mut sum) = (1.0, 1.0);
        let mut sums = vec![sum];
        for n in 1..=LENGTH_MOST {
            let out = self.cancel(queue, n) + self.market(queue, n);
            weight *= if out > 0.0 { self.limit(queue, n - 1) / out } else { 0.0 };
            sum += weight;
            sums.push(sum);
        }
        sums.iter().map(|part| part / sum).collect()
    }
}

/// A book of queues that listen to themselves.
#[derive(Clone, Debug)]
pub struct QueueReactive {
    hand: Hand,
    rates: Rates,
    laws: Box<[Box<[f64]>]>,
    /// The price of the first bid queue when the reference price is half a step above.
    bid: Price,
    moves: f64,
    renewals: f64,
    /// The total rate that the present wait was drawn from.
    bound: f64,
    /// The lengths that it was drawn from: bids, then asks.
    lengths: [[usize; QUEUES_MOST]; 2],
}

impl QueueReactive {
    /// The flow of `role`'s instrument.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let rates = Rates::new(params);
        Self {
            hand: Hand::new(role, params.lots("size")),
            laws: (0..rates.queues).map(|queue| rates.invariant(queue)).collect(),
            rates,
            bid: role.reference,
            moves: params.number("moves"),
            renewals: params.number("renewals"),
            bound: 0.0,
            lengths: [[0; QUEUES_MOST]; 2],
        }
    }

    fn step(cx: &Context<'_>, hand: &Hand) -> i64 {
        hand.at(cx, Side::Sell, 1).0 - hand.best(Side::Buy).0
    }

    fn price(&self, cx: &Context<'_>, side: Side, queue: usize) -> Price {
        let step = Self::step(cx, &self.hand);
        match side {
            Side::Buy => Price(self.bid.0 - queue as i64 * step),
            Side::Sell => Price(self.bid.0 + (1 + queue as i64) * step),
        }
    }

    /// Which queue an order stands in.
    fn queue(&self, cx: &Context<'_>, live: &Live) -> Option<usize> {
        let step = Self::step(cx, &self.hand);
        let steps = match live.side {
            Side::Buy => (self.bid.0 - live.price.0) / step,
            Side::Sell => (live.price.0 - self.bid.0) / step - 1,
        };
        usize::try_from(steps).ok().filter(|queue| *queue < self.rates.queues)
    }

    /// Counts the queues: one look at every order that waits, a few dozen.
    fn count(&mut self, cx: &Context<'_>) {
        let mut lengths = [[0; QUEUES_MOST]; 2];
        for live in self.hand.live().iter() {
            if let Some(queue) = self.queue(cx, &live) {
                lengths[live.side as usize][queue] += 1;
            }
        }
        self.lengths = lengths;
    }

    /// All queues from their invariant laws.
    fn renew(&mut self, cx: &mut Context<'_>) {
        let old: Vec<Live> = self.hand.live().iter().collect();
        for live in old {
            self.hand.cancel(cx, live);
        }
        for side in [Side::Buy, Side::Sell] {
            for queue in 0..self.rates.queues {
                let drawn = cx.dice().unit();
                let length = self.laws[queue].partition_point(|sum| *sum <= drawn);
                let price = self.price(cx, side, queue);
                for _ in 0..length {
                    self.hand.rest(cx, side, price);
                }
            }
        }
    }

    /// After something happened: moves the reference price when a first queue has just emptied.
    fn settle(&mut self, cx: &mut Context<'_>) {
        let before = self.lengths;
        self.count(cx);
        for side in [Side::Buy, Side::Sell] {
            let emptied = before[side as usize][0] > 0 && self.lengths[side as usize][0] == 0;
            if !emptied || !cx.dice().chance(self.moves) {
                continue;
            }
            let step = Self::step(cx, &self.hand);
            self.bid.0 += if side == Side::Buy { -step } else { step };
            cx.because("the price has moved", || [("first_bid_ticks", self.bid.0 as f64)]);
            if cx.dice().chance(self.renewals) {
                self.renew(cx);
            } else {
                self.shift(cx);
            }
            // The queue that is now first on the other side is new: it has not emptied.
            return self.count(cx);
        }
    }

    /// Takes back what is now out of reach of any queue, or on the wrong side of the reference price.
    fn shift(&mut self, cx: &mut Context<'_>) {
        let lost = self.hand.live().iter().filter(|live| self.queue(cx, live).is_none());
        let lost: Vec<Live> = lost.collect();
        for live in lost {
            self.hand.cancel(cx, live);
        }
    }

    fn total(&self) -> f64 {
        let mut total = 0.0;
        for lengths in &self.lengths {
            for (queue, length) in lengths[..self.rates.queues].iter().enumerate() {
                total += self.rate(queue, *length);
            }
        }
        total
    }

    fn rate(&self, queue: usize, length: usize) -> f64 {
        self.rates.limit(queue, length)
            + self.rates.cancel(queue, length)
            + self.rates.market(queue, length)
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let mut drawn = cx.dice().unit() * self.bound;
        for side in [Side::Buy, Side::Sell] {
            for queue in 0..self.rates.queues {
                let length = self.lengths[side as usize][queue];
                let rate = self.rate(queue, length);
                if drawn < rate {
                    return self.happen(cx, side, queue, drawn);
                }
                drawn -= rate;
            }
        }
    }

    fn happen(&mut self, cx: &mut Context<'_>, side: Side, queue: usize, drawn: f64) {
        let length = self.lengths[side as usize][queue];
        let limit = self.rates.limit(queue, length);
        cx.because("a queue of this length", || [("orders", length as f64)]);
        if drawn < limit {
            let price = self.price(cx, side, queue);
            return self.hand.rest(cx, side, price);
        }
        if drawn < limit + self.rates.market(queue, length) {
            return self.hand.take(cx, side.opposite());
        }
        let nth = cx.dice().below(length as u64) as usize;
        let there = |live: &Live| live.side == side && self.queue(cx, live) == Some(queue);
        let chosen = self.hand.live().iter().filter(there).nth(nth);
        if let Some(live) = chosen {
            self.hand.cancel(cx, live);
        }
    }

    /// Draws the wait for the next event of the queues as they are.
    fn pause(&mut self, cx: &mut Context<'_>) {
        self.bound = self.total();
        if self.bound > 0.0 {
            let wait = wait(cx, self.bound);
            cx.wake_at(cx.now().after(wait), ACT);
        }
    }
}

/// Its timers: something happens, and what came of it is seen.
const ACT: u64 = 0;
const SEE: u64 = 1;

impl Agent for QueueReactive {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.hand.look(cx);
                cx.because("fill the book", || [("first_bid_ticks", self.bid.0 as f64)]);
                self.renew(cx);
                self.count(cx);
                self.pause(cx);
            }
            Notice::Timer(ACT) => {
                if self.hand.look(cx) {
                    self.act(cx);
                }
                // What comes of it is told at this moment yet, or one way there and back later.
                cx.wake_at(cx.now().after(pitfloor_model::units::Span(1)), SEE);
            }
            Notice::Timer(_) => {
                self.settle(cx);
                self.pause(cx);
            }
            Notice::Own(event) => self.hand.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

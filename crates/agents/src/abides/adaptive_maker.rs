//! An adaptive market maker: a ladder on each side, as deep as a share of what trades.
//!
//! Source: Amrouni and others (2021), *ABIDES-Gym*, after Chakraborty & Kearns (2011), *Market making and
//! mean reversion*, EC; the market maker of RMSC03 and RMSC04.
//!
//! It wakes as often as `rate` says, takes all its orders off the book, and asks for the best prices and
//! for what aggressive buyers (`B` lots) and sellers (`S` lots) took in the last mean wait. With
//! `mid = ⌊(bid + ask)/2⌋`, or the last one known while a side is empty, and everything in ticks:
//!
//! ```text
//! e    ← alpha·(ask − bid) + (1 − alpha)·e       a smoothed spread, from spread_start; kept while a side
//!                                                is empty
//! step = max(1, round(spread_factor·e))                between two prices of the ladder
//! size = max(size_min, round(pov·(B + S)))             lots of each order
//! mid' = ⌊mid + price_skew·(2B/(B + S) − 1)⌋           mid when nothing was traded
//! ```
//!
//! Bids stand at `mid' − ⌊e/2⌋` and `levels − 1` steps downwards, asks at `mid' + ⌈e/2⌉` and upwards. With
//! a `backstop` the outermost order of each side is for so many lots instead. Each time the lots of one
//! side of the book fall below `1 − imbalance` of the other's, or the lighter side becomes the other one,
//! it places one more ladder around its last mid, and takes nothing back before it wakes next.
//!
//! Before it has ever seen both sides it places nothing and tries again after the next wait. The original
//! then falls silent for the day: a defect, not copied. It does not lean against its inventory (the
//! original's inventory skew is off in both configurations).

use super::{ANSWER, CLOSE, WAKE, limit, moment, taken};
use crate::desk;
use pitfloor_model::event::Event;
use pitfloor_model::units::{OrderId, OrderKey, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::imbalance::Imbalance;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `adaptive-maker`.
pub static KIND: Kind = Kind {
    name: "adaptive-maker",
    about: "quotes a ladder on each side, as deep as a share of what trades (RMSC04)",
    source: "Amrouni and others 2021; Chakraborty & Kearns 2011",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 60s)",
            about: "wait before it quotes anew; its mean is how far back it counts what was traded",
        },
        CLOSE,
        Parameter {
            name: "pov",
            takes: Takes::Number(0.0, 1.0),
            default: "0.025",
            about: "each order's share of what was traded",
        },
        Parameter {
            name: "levels",
            takes: Takes::Count(1, LEVELS_MAX),
            default: "10",
            about: "orders on each side",
        },
        Parameter {
            name: "size_min",
            takes: Takes::Lots,
            default: "1",
            about: "the least lots of an order",
        },
        Parameter {
            name: "spread_factor",
            takes: Takes::Number(0.0, 1_000.0),
            default: "5",
            about: "from one price to the next, in smoothed spreads",
        },
        Parameter {
            name: "alpha",
            takes: Takes::Number(0.0, 1.0),
            default: "0.75",
            about: "weight of the newest spread in the smoothed one",
        },
        Parameter {
            name: "spread_start",
            takes: Takes::Price,
            default: "0.50",
            about: "the smoothed spread at the start",
        },
        Parameter {
            name: "price_skew",
            takes: Takes::Number(0.0, 1e6),
            default: "4",
            about: "how far its middle moves towards those who take most, in ticks; 0: not",
        },
        Parameter {
            name: "backstop",
            takes: Takes::Count(0, 1 << 40),
            default: "0",
            about: "lots of the outermost order of each side; 0: as the others",
        },
        Parameter {
            name: "imbalance",
            takes: Takes::Number(0.0, 1.0),
            default: "0.9",
            about: "imbalance of the book beyond which it adds a ladder; 1: never",
        },
    ],
    build: Build::One(|params, role| Box::new(AdaptiveMaker::new(params, role))),
};

/// The most orders on a side of a ladder.
pub const LEVELS_MAX: u64 = 1_000;

/// The most orders it remembers; it adds no ladder that would make more.
pub const LIVE_MAX: usize = 1 << 14;

/// Between taking its orders back and asking.
const PAUSE: Span = Span(50);

/// The tag by which it is told of a lopsided book.
const LEANS: u64 = 2;

/// An adaptive market maker.
#[derive(Clone, Debug)]
pub struct AdaptiveMaker {
    role: Role,
    rate: Wait,
    close: Time,
    law: Box<Law>,
    /// The smoothed spread.
    spread: f64,
    /// The last mid that it has seen.
    mid: Option<i64>,
    /// What buyers and sellers took, as last told.
    taken: (u64, u64),
    /// Its orders by number, with what is left of each.
    live: Vec<(OrderId, Qty)>,
}

/// What does not change.
#[derive(Clone, Debug)]
struct Law {
    pov: f64,
    levels: i64,
    size_min: Qty,
    spread_factor: f64,
    alpha: f64,
    price_skew: f64,
    backstop: Qty,
    imbalance: f64,
}

/// Where a ladder stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ladder {
    bid: i64,
    ask: i64,
    step: i64,
    size: Qty,
}

impl AdaptiveMaker {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let law = Law {
            pov: params.number("pov"),
            levels: params.count("levels") as i64,
            size_min: params.lots("size_min"),
            spread_factor: params.number("spread_factor"),
            alpha: params.number("alpha"),
            price_skew: params.number("price_skew"),
            backstop: Qty(params.count("backstop")),
            imbalance: params.number("imbalance"),
        };
        Self {
            role: *role,
            rate: params.wait("rate"),
            close: moment(params.span("close")),
            law: Box::new(law),
            spread: params.price("spread_start").0 as f64,
            mid: None,
            taken: (0, 0),
            live: Vec::new(),
        }
    }

    fn wake(&mut self, cx: &mut Context<'_>) {
        if !self.live.is_empty() {
            cx.because("quote anew", || [("orders", self.live.len() as f64)]);
        }
        for (order, _) in self.live.drain(..) {
            cx.cancel(order);
        }
        cx.ask(PAUSE, ANSWER);
    }

    /// The answers are here.
    fn learn(&mut self, cx: &mut Context<'_>) {
        let view = cx.view();
        let quote = view.quote(self.role.instrument);
        if let (Some((bid, _)), Some((ask, _))) = (quote.bid, quote.ask) {
            self.mid = Some((bid.0 + ask.0).div_euclid(2));
            let (alpha, spread) = (self.law.alpha, (ask.0 - bid.0) as f64);
            self.spread = alpha * spread + (1.0 - alpha) * self.spread;
        }
        self.taken = taken(&view, self.role.instrument, self.rate.mean());
        self.quote("quote a ladder", cx);
    }

    fn ladder(&self, mid: i64) -> Ladder {
        let (buys, sells) = self.taken;
        let (law, all) = (&self.law, (buys + sells) as f64);
        let lean = if all > 0.0 { 2.0 * buys as f64 / all - 1.0 } else { 0.0 };
        let centre = libm::floor(mid as f64 + law.price_skew * lean) as i64;
        let size = Qty((libm::rint(law.pov * all) as u64).min(Qty::MOST.0));
        Ladder {
            bid: centre - libm::floor(self.spread / 2.0) as i64,
            ask: centre + libm::ceil(self.spread / 2.0) as i64,
            step: (libm::rint(law.spread_factor * self.spread) as i64).max(1),
            size: size.max(law.size_min),
        }
    }

    /// Places a ladder around the last mid, if there is one.
    fn quote(&mut self, rule: &'static str, cx: &mut Context<'_>) {
        let levels = self.law.levels;
        let Some(mid) = self.mid else { return };
        if self.live.len() + 2 * levels as usize > LIVE_MAX {
            return;
        }
        let Ladder { bid, ask, step, size } = self.ladder(mid);
        cx.because(rule, || {
            [("mid_ticks", mid as f64), ("spread_ticks", self.spread), ("lots", size.0 as f64)]
        });
        let mut place = |side, price, qty| {
            let order = limit(cx, self.role.instrument, side, price, qty);
            self.live.extend(order.map(|order| (order, qty)));
        };
        let mut level = levels;
        if !self.law.backstop.is_zero() {
            level -= 1;
            place(Side::Buy, bid - step * level, self.law.backstop);
            place(Side::Sell, ask + step * level, self.law.backstop);
        }
        (0..level).rev().for_each(|level| place(Side::Buy, bid - step * level, size));
        (0..level).for_each(|level| place(Side::Sell, ask + step * level, size));
    }

    /// A fill or a refusal of one of its orders.
    fn told(&mut self, cx: &Context<'_>, event: &Event) {
        match event {
            Event::Traded { maker, taker, qty, .. } => {
                for key in [maker, taker] {
                    self.shrinks(cx, *key, *qty);
                }
            }
            Event::Rejected { key, .. } | Event::Cancelled { key, .. } => {
                self.shrinks(cx, *key, Qty::MOST);
            }
            _ => {}
        }
    }

    fn shrinks(&mut self, cx: &Context<'_>, key: OrderKey, by: Qty) {
        if key.account != cx.account() {
            return;
        }
        let Ok(place) = self.live.binary_search_by_key(&key.order, |(order, _)| *order) else {
            return;
        };
        let left = Qty(self.live[place].1.0.saturating_sub(by.0));
        self.live[place].1 = left;
        if left.is_zero() {
            self.live.remove(place);
        }
    }
}

impl Agent for AdaptiveMaker {
    fn interest(&self) -> Interest {
        let watch = Imbalance::new(self.role.instrument, self.law.imbalance, LEANS);
        Interest { imbalances: vec![watch], ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(WAKE) if cx.now() < self.close => self.wake(cx),
            Notice::Timer(ANSWER) if cx.now() < self.close => {
                self.learn(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Timer(LEANS) if cx.now() < self.close => {
                self.quote("add a ladder to a lopsided book", cx);
            }
            Notice::Own(event) => self.told(cx, event),
            Notice::Timer(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, REFERENCE};
    use pitfloor_model::command::{Command, Order};
    use pitfloor_model::units::AccountId;

    fn maker(changes: &[(&str, &str)]) -> AdaptiveMaker {
        let params = Params::of(&KIND, changes, &Floor::venue().instruments()[0]).unwrap();
        AdaptiveMaker::new(&params, &Role { instrument: ACME, reference: REFERENCE, index: 0 })
    }

    /// The example: a smoothed spread of 7.5 ticks, 300 lots bought and 100 sold.
    #[test]
    fn a_ladder_by_hand() {
        let mut maker = maker(&[]);
        (maker.spread, maker.taken) = (7.5, (300, 100));
        // Centre 10 002, steps of round(37.5) = 38 (to even), 10 lots each.
        let ladder = Ladder { bid: 9_999, ask: 10_006, step: 38, size: Qty(10) };
        assert_eq!(maker.ladder(10_000), ladder);
        maker.taken = (0, 0);
        let ladder = Ladder { bid: 9_997, ask: 10_004, step: 38, size: Qty(1) };
        assert_eq!(maker.ladder(10_000), ladder);
        (maker.spread, maker.taken) = (0.05, (0, 1_000));
        let ladder = Ladder { bid: 9_996, ask: 9_997, step: 1, size: Qty(25) };
        assert_eq!(maker.ladder(10_000), ladder);
    }

    /// Lets time pass until it has quoted, which takes ten seconds at most.
    fn first_quotes(floor: &mut Floor, agent: AccountId) -> Vec<Order> {
        for _ in 0..2_002 {
            floor.pass(Span::millis(10));
            let placed = floor.placed_by(agent);
            if !placed.is_empty() {
                return placed;
            }
        }
        panic!("it quotes within its first wait");
    }

    const QUICK: [(&str, &str); 5] = [
        ("rate", "10s"),
        ("levels", "3"),
        ("spread_start", "0.04"),
        ("imbalance", "1"),
        ("pov", "0"),
    ];

    #[test]
    fn quotes_both_sides_and_takes_back_what_is_left_before_it_quotes_anew() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 2, &mut Vec::new());
        let agent = floor.seat("adaptive-maker", &QUICK);
        // The spread is and stays 4, so steps of 20.
        let seen: Vec<(Side, i64)> = first_quotes(&mut floor, agent)
            .iter()
            .map(|it| (it.side, it.price.unwrap().0))
            .collect();
        let (buy, sell) = (Side::Buy, Side::Sell);
        let ladder = [
            (buy, 9_958),
            (buy, 9_978),
            (buy, 9_998),
            (sell, 10_002),
            (sell, 10_022),
            (sell, 10_042),
        ];
        assert_eq!(seen, ladder);
        // The best price trades away whole, so five are taken back.
        floor.take(Side::Sell, 9_998, 1_000_001);
        floor.pass(Span::secs(10));
        let cancels = floor.asked_by(agent);
        let cancels = cancels.iter().filter(|it| matches!(it, Command::Cancel { .. })).count();
        assert_eq!(cancels, 5);
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn places_nothing_before_it_has_seen_both_sides_and_tries_again() {
        let mut floor = Floor::new(1);
        floor.rest(Side::Buy, 9_990, 10);
        let agent = floor.seat("adaptive-maker", &QUICK);
        floor.pass(Span::secs(25));
        assert!(floor.asked_by(agent).is_empty());
        floor.rest(Side::Sell, 10_010, 10);
        floor.pass(Span::secs(10));
        assert_eq!(floor.placed_by(agent).len(), 6);
    }

    #[test]
    fn the_outermost_orders_stop_the_fall() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 2, &mut Vec::new());
        let changes = [("backstop", "400")];
        let agent = floor.seat("adaptive-maker", &[&QUICK[..], &changes].concat());
        let placed = first_quotes(&mut floor, agent);
        let large = |order: &&Order| order.qty == Qty(400);
        let prices: Vec<i64> = placed.iter().filter(large).map(|it| it.price.unwrap().0).collect();
        assert_eq!(prices, [9_958, 10_042]);
        assert_eq!(placed.len(), 6);
    }

    /// It is told once when the book begins to lean, and once more when it leans the other way.
    #[test]
    fn adds_a_ladder_to_a_lopsided_book() {
        let mut floor = Floor::new(1);
        let bid = floor.rest(Side::Buy, 9_998, 1_000);
        floor.rest(Side::Sell, 10_002, 1_000);
        let changes = [("rate", "20s"), ("levels", "1"), ("imbalance", "0.9")];
        let agent = floor.seat("adaptive-maker", &changes);
        assert_eq!(first_quotes(&mut floor, agent).len(), 2);
        floor.cancel(bid);
        floor.pass(Span::millis(10));
        assert_eq!(floor.placed_by(agent).len(), 4, "hardly a bid is left");
        floor.rest(Side::Buy, 9_990, 500);
        floor.pass(Span::millis(10));
        floor.rest(Side::Buy, 9_991, 50_000);
        floor.pass(Span::millis(10));
        assert_eq!(floor.placed_by(agent).len(), 6, "and now there are too many");
        floor.rest(Side::Buy, 9_992, 1);
        floor.pass(Span::millis(10));
        assert_eq!(floor.placed_by(agent).len(), 6, "which it has been told");
    }
}

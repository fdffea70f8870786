//! Value: knows roughly what the instrument is worth, and trades towards it.
//!
//! Source: Byrd, Hybinette & Balch (2020), after Chakraborty & Kearns (2011) and Wah, Wright & Wellman
//! (2017). The value agent of RMSC03 and RMSC04.
//!
//! It wakes as often as `rate` says, takes its order off the book, asks for the best prices, and when
//! they are here looks at the fundamental value `v` through noise: it observes `o ~ N(v, noise_variance)`
//! in ticks. As the value is pulled back to the price before the first trade, `m`, it expects at the close
//!
//! ```text
//! r = m·(1 − w) + o·w,   w = e^(−belief_per_s × seconds to the close), rounded to ticks
//! ```
//!
//! With both sides quoted, and `mid = ⌊(bid + ask)/2⌋`: when `r < mid` it sells at `bid + a`, else it
//! buys at `ask − a`; `a` is 0 with probability `aggressive`, else a whole number of ticks from 0 to below
//! `depth` spreads. Otherwise it buys or sells, as likely, at `r`. It has one order at a time.
//!
//! The original also filters what it observes against what it believed before. Its shock variance is so
//! large against the time between two looks that the earlier belief weighs less than 10⁻¹⁰: what is
//! observed is believed, here as there.

use super::sizes::{self, Sizes};
use super::{ANSWER, CLOSE, WAKE, limit, moment};
use crate::desk;
use pitfloor_model::event::Event;
use pitfloor_model::units::{OrderId, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `value`.
pub static KIND: Kind = Kind {
    name: "value",
    about: "knows roughly what it is worth and trades towards it (RMSC04)",
    source: "Byrd, Hybinette & Balch 2020",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 175.438596491s)",
            about: "wait between two wakes",
        },
        CLOSE,
        Parameter {
            name: "noise_variance",
            takes: Takes::Number(0.0, 1e12),
            default: "1000",
            about: "variance of what it observes around the value, in ticks squared",
        },
        Parameter {
            name: "belief_per_s",
            takes: Takes::Number(0.0, 1.0),
            default: "1.67e-6",
            about: "how strongly it thinks that the value is pulled back, per second",
        },
        Parameter {
            name: "aggressive",
            takes: Takes::Number(0.0, 1.0),
            default: "0.1",
            about: "probability that it takes the best price of the other side",
        },
        Parameter {
            name: "depth",
            takes: Takes::Count(1, 1_000),
            default: "2",
            about: "how far from there it otherwise goes at most, in spreads",
        },
        sizes::PARAMETERS[0],
        sizes::PARAMETERS[1],
        sizes::PARAMETERS[2],
    ],
    build: Build::One(|params, role| Box::new(Value::new(params, role))),
};

/// A value agent.
#[derive(Clone, Debug)]
pub struct Value {
    role: Role,
    rate: Wait,
    close: Time,
    noise_sd: f64,
    belief_per_s: f64,
    aggressive: f64,
    depth: u64,
    sizes: Sizes,
    /// Its order in the book and what is left of it; an order of nothing is none.
    order: (OrderId, Qty),
    /// Whether it waits for an answer that it will act on.
    waits: bool,
}

impl Value {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            rate: params.wait("rate"),
            close: moment(params.span("close")),
            noise_sd: libm::sqrt(params.number("noise_variance")),
            belief_per_s: params.number("belief_per_s"),
            aggressive: params.number("aggressive"),
            depth: params.count("depth"),
            sizes: Sizes::new(params),
            order: (OrderId::NONE, Qty::ZERO),
            waits: false,
        }
    }

    fn wake(&mut self, cx: &mut Context<'_>) {
        desk::wake_again(self.rate, cx);
        if !self.order.1.is_zero() {
            cx.because("take back what did not trade", || [("lots", self.order.1.0 as f64)]);
            cx.cancel(self.order.0);
            // What still trades of it before it is off the book is no longer of interest.
            self.order = (OrderId::NONE, Qty::ZERO);
        }
        cx.ask(Span::ZERO, ANSWER);
        self.waits = true;
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(value) = cx.fundamental(instrument) else { return };
        let mean = reference.0 as f64;
        let seen = libm::rint(value.max(0.0) + self.noise_sd * cx.dice().normal());
        let left_s = self.close.since(cx.now()).as_secs();
        let weight = libm::exp(-self.belief_per_s * left_s);
        let expected = libm::rint(mean * (1.0 - weight) + seen * weight) as i64;
        let quote = cx.view().quote(instrument);
        let (side, ticks) = match (quote.bid, quote.ask) {
            (Some((bid, _)), Some((ask, _))) => {
                let (mid, spread) = ((bid.0 + ask.0).div_euclid(2), bid.0.abs_diff(ask.0));
                let farther = !cx.dice().chance(self.aggressive);
                let most = if farther { self.depth * spread } else { 0 };
                let away = if most > 0 { cx.dice().below(most) as i64 } else { 0 };
                let figures = || [("expected_ticks", expected as f64), ("mid_ticks", mid as f64)];
                if expected < mid {
                    cx.because("sell what is dear", figures);
                    (Side::Sell, bid.0 + away)
                } else {
                    cx.because("buy what is cheap", figures);
                    (Side::Buy, ask.0 - away)
                }
            }
            _ => {
                cx.because("quote a value that nobody quotes", || {
                    [("expected_ticks", expected as f64)]
                });
                (cx.dice().side(), expected)
            }
        };
        let size = self.sizes.draw(cx.dice());
        if let Some(order) = limit(cx, instrument, side, ticks, size) {
            self.order = (order, size);
        }
    }
}

impl Agent for Value {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(WAKE) if cx.now() < self.close => self.wake(cx),
            Notice::Timer(ANSWER) if self.waits => {
                self.waits = false;
                if cx.now() < self.close {
                    self.act(cx);
                }
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

impl Value {
    /// A fill or an ending of its order.
    fn told(&mut self, cx: &Context<'_>, event: &Event) {
        let mine = |key: &pitfloor_model::units::OrderKey| {
            key.account == cx.account() && key.order == self.order.0
        };
        match event {
            Event::Traded { maker, taker, qty, .. } if mine(maker) || mine(taker) => {
                self.order.1 = Qty(self.order.1.0.saturating_sub(qty.0));
            }
            Event::Rejected { key, .. } | Event::Cancelled { key, .. } if mine(key) => {
                self.order.1 = Qty::ZERO;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;
    use pitfloor_model::command::{Command, Order};
    use pitfloor_model::units::{AccountId, Price};

    const SURE: [(&str, &str); 5] = [
        ("rate", "1s"),
        ("noise_variance", "0"),
        ("sizes", "once"),
        ("size_least", "5"),
        ("size_most", "5"),
    ];

    /// A minute beside an outside quote of 9,990 to 10,010, when it is worth `value`.
    fn beside(value: f64, changes: &[(&str, &str)]) -> (Floor, AccountId) {
        let mut floor = Floor::worth(1, value, 0.0);
        floor.quote(10_000, 10, &mut Vec::new());
        let agent = floor.seat("value", &[&SURE[..], changes].concat());
        floor.pass(Span::secs(60));
        (floor, agent)
    }

    #[test]
    fn buys_what_is_cheap_within_two_spreads_of_the_ask() {
        let (floor, agent) = beside(10_300.0, &[]);
        let placed = floor.placed_by(agent);
        assert!(placed.len() >= 55, "{}", placed.len());
        for Order { side, price, qty, .. } in placed {
            assert_eq!((side, qty), (Side::Buy, Qty(5)));
            let ticks = price.unwrap().0;
            assert!((10_010 - 39..=10_010).contains(&ticks), "{ticks}");
        }
        assert!(floor.held(agent) > 500);
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn sells_what_is_dear_and_always_at_the_bid_when_aggressive() {
        let (floor, agent) = beside(9_700.0, &[("aggressive", "1")]);
        let placed = floor.placed_by(agent);
        let all = |order: &Order| order.side == Side::Sell && order.price == Some(Price(9_990));
        assert!(placed.len() >= 55 && placed.iter().all(all), "{placed:?}");
    }

    /// The reference of the floor is 10,000: what is believed is between that and the value, by how
    /// much time is left.
    #[test]
    fn expects_less_of_a_difference_the_more_time_is_left() {
        // e^(−0.01 × 60…120) of 1,000 is 550 down to 300.
        for (value, side) in [(11_000.0, Side::Buy), (9_000.0, Side::Sell)] {
            let mut floor = Floor::worth(1, value, 0.0);
            let changes = [("belief_per_s", "0.01"), ("close", "2m"), ("size_least", "1")];
            let agent = floor.seat("value", &[&SURE[..4], &changes].concat());
            floor.pass(Span::secs(60));
            let placed = floor.placed_by(agent);
            let first = (placed[0].price.unwrap().0 - 10_000).abs();
            let last = (placed[placed.len() - 1].price.unwrap().0 - 10_000).abs();
            assert!((300..320).contains(&first), "{first}");
            assert!((535..560).contains(&last), "{last} towards {side}");
        }
    }

    #[test]
    fn has_one_order_at_a_time_and_none_after_the_close() {
        let (mut floor, agent) = beside(10_005.0, &[("close", "30s")]);
        let commands = floor.asked_by(agent);
        let mut live = None;
        for command in commands {
            match command {
                Command::Place(order) => live = Some(order.order),
                Command::Cancel { key } => assert_eq!(live.take(), Some(key.order)),
                other => panic!("{other:?}"),
            }
        }
        let asked = floor.asked_by(agent).len();
        assert!(asked > 30);
        floor.pass(Span::secs(60));
        assert_eq!(floor.asked_by(agent).len(), asked);
        assert!(floor.record.0.iter().all(|(stamped, _)| {
            !matches!(stamped.command, Command::Place(order) if order.account == agent)
                || stamped.at <= Time(30_010_000_000)
        }));
    }

    /// Fills that cross its cancel on the way change nothing: the next order is told from the last.
    #[test]
    fn fills_that_cross_a_cancel_are_of_an_order_that_it_has_given_up() {
        let mut floor = Floor::worth(1, 10_300.0, 0.0);
        floor.quote(10_000, 10, &mut Vec::new());
        let changes =
            [("rate", "20ms"), ("size_least", "9"), ("size_most", "9"), ("aggressive", "0")];
        let agent = floor.seat("value", &[&changes[..], &SURE[1..3]].concat());
        for _ in 0..2_000 {
            floor.pass(Span::millis(1));
            if let (Some(bid), _) = floor.best()
                && bid > 9_990
            {
                floor.take(Side::Sell, bid, 1);
            }
        }
        let commands = floor.asked_by(agent);
        let cancels = commands.iter().filter(|it| matches!(it, Command::Cancel { .. })).count();
        assert!((30..=100).contains(&cancels), "one an order at most: {cancels}");
        assert!(floor.held(agent) > 550, "{}", floor.held(agent));
    }

    #[test]
    fn quotes_what_nobody_quotes_and_leaves_alone_what_has_no_value() {
        let mut floor = Floor::worth(1, 10_123.0, 0.0);
        let agent = floor.seat("value", &[&SURE[..], &[("belief_per_s", "0")]].concat());
        floor.pass(Span::secs(10));
        let placed = floor.placed_by(agent);
        assert!(!placed.is_empty());
        assert!(placed.iter().all(|order| order.price == Some(Price(10_123))));
        let mut plain = Floor::new(1);
        let agent = plain.seat("value", &SURE);
        plain.pass(Span::secs(10));
        assert!(plain.asked_by(agent).is_empty());
    }
}

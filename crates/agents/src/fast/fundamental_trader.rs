//! A fundamental trader: buys (or sells) a fixed amount, patiently, by what it thinks the thing is
//! worth.
//!
//! It has a side, and an amount to trade that day (`max_position`). Its view of the value is drawn
//! once: the price before the first trade, times exp(N(0, `opinion`²)). It wakes rarely. Most of
//! the time it rests an order of `size` lots at a distance drawn evenly up to `depth` behind the
//! best price of its side, never beyond its view. With probability `market_share`, and whenever the
//! price is better than its view by more than `bargain`, it takes the best price instead. What it
//! has bought it keeps: it does not flatten. So it is slow, and the one who comes when everybody
//! else has gone.
//!
//! Source: the classes *fundamental buyers* and *fundamental sellers* in Kirilenko, Kyle, Samadi &
//! Tuzun (2017), *The flash crash: high-frequency trading in an electronic market*, Journal of
//! Finance 72(3); the rule is a design, not the paper's.

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `fundamental-trader`.
pub static KIND: Kind = Kind {
    name: "fundamental-trader",
    about: "buys or sells a day's amount patiently, by what it thinks the thing is worth",
    source: "Kirilenko, Kyle, Samadi & Tuzun 2017",
    parameters: &[
        Parameter {
            name: "side",
            takes: Takes::Choice(&["by-turn", "buyer", "seller"]),
            default: "by-turn",
            about: "by-turn: even members of the group buy, odd ones sell",
        },
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 1m)",
            about: "wait between two acts",
        },
        Parameter {
            name: "opinion",
            takes: Takes::Number(0.0, 10_000.0),
            default: "50",
            about: "how far views of the value lie apart, in basis points",
        },
        Parameter {
            name: "bargain",
            takes: Takes::Number(0.0, 10_000.0),
            default: "100",
            about: "advantage over its view at which it trades at once, in basis points",
        },
        Parameter {
            name: "depth",
            takes: Takes::Number(0.0, 10_000.0),
            default: "30",
            about: "farthest behind the best price that it rests an order, in basis points",
        },
        Parameter {
            name: "market_share",
            takes: Takes::Number(0.0, 1.0),
            default: "0.2",
            about: "share of acts at which it trades at once without a bargain",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "20", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "500",
            about: "the amount that it buys or sells in all, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Fundamental::new(params, role))),
};

/// A buyer or a seller.
#[derive(Clone, Debug)]
pub struct Fundamental {
    role: Role,
    side: Side,
    rate: Wait,
    /// How far opinions lie apart, until the start; then its view of the value, in ticks.
    view: f64,
    bargain: f64,
    depth: f64,
    market_share: f64,
    size: Qty,
    working: Working<1>,
}

impl Fundamental {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let side = match params.choice("side") {
            "buyer" => Side::Buy,
            "seller" => Side::Sell,
            _ if role.index.is_multiple_of(2) => Side::Buy,
            _ => Side::Sell,
        };
        Self {
            role: *role,
            side,
            rate: params.wait("rate"),
            view: params.number("opinion") * desk::BASIS_POINT,
            bargain: params.number("bargain") * desk::BASIS_POINT,
            depth: params.number("depth") * desk::BASIS_POINT,
            market_share: params.number("market_share"),
            size: params.lots("size"),
            working: Working::new(role, params.lots("max_position")),
        }
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() {
            return;
        }
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        self.working.take_back(cx);
        let sign = if self.side == Side::Buy { 1.0 } else { -1.0 };
        let advantage = sign * (self.view / look.price - 1.0);
        let hurries = cx.dice().chance(self.market_share);
        let behind = self.depth * cx.dice().unit();
        let size = i128::from(self.size.0);
        let figures = || [("view_ticks", self.view), ("price_ticks", look.price)];
        let is_bargain = advantage > self.bargain;
        let other = look.best(self.side.opposite());
        if let Some(best) = other.filter(|_| is_bargain || (hurries && advantage > 0.0)) {
            cx.because(if is_bargain { "a bargain" } else { "some of it at once" }, figures);
            self.working.take(cx, self.side, best, size);
            return;
        }
        let best = look.best(self.side).map_or(look.price, |best| best.0 as f64);
        let ticks = sign * (sign * best * (1.0 - sign * behind)).min(sign * self.view);
        let price = desk::price(cx.instrument(instrument), self.side, ticks);
        cx.because("wait behind the best price", figures);
        self.working.rest(cx, self.side, price, size);
    }
}

impl Agent for Fundamental {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                let opinion = self.view * cx.dice().normal();
                self.view = self.role.reference.0 as f64 * libm::exp(opinion);
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => self.working.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{Floor, refuses};
    use pitfloor_model::command::Tif;
    use pitfloor_model::units::Span;

    const QUICK: [(&str, &str); 3] = [("rate", "1s"), ("opinion", "0"), ("market_share", "0")];

    #[test]
    fn waits_behind_the_best_price_until_there_is_a_bargain() {
        for (side, mid) in [("buyer", 9_700), ("seller", 10_300)] {
            let mut floor = Floor::new(1);
            let mut outside = Vec::new();
            floor.quote(10_000, 5, &mut outside);
            let agent = floor.seat("fundamental-trader", &[&QUICK[..], &[("side", side)]].concat());
            floor.pass(Span::secs(10));
            let before = floor.placed_by(agent);
            assert!(before.iter().all(|it| it.tif == Tif::Gtc) && before.len() > 5, "{before:?}");
            assert_eq!(floor.held(agent), 500);
            // All of its own is gone with what was quoted around it.
            floor.quote(mid, 5, &mut outside);
            floor.pass(Span::secs(60));
            let gained = (floor.held(agent) - 500).abs();
            assert_eq!(gained, 500, "{side}: as much as it wants, and no more");
            assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        }
    }

    #[test]
    fn never_rests_beyond_its_view() {
        let mut floor = Floor::new(1);
        floor.quote(10_500, 5, &mut Vec::new());
        let agent = floor.seat("fundamental-trader", &[&QUICK[..], &[("side", "buyer")]].concat());
        floor.pass(Span::secs(30));
        let placed = floor.placed_by(agent);
        assert!(placed.len() > 20 && placed.iter().all(|it| it.price.unwrap().0 <= 10_000));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "side", "both", "one of by-turn, buyer, seller");
    }
}

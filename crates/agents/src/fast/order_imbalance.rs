//! A follower of queues: buys when many wait to buy, sells when many wait to sell, and is gone
//! soon.
//!
//! Whenever the best prices change it reads the imbalance of the queues, *I* = (*q*_b −
//! *q*_a)/(*q*_b + *q*_a), with the lots of the first `levels` prices on each side. A queue that is
//! much longer than the other is seldom emptied first, so the next move of the price goes its way:
//! above `threshold` it buys `size` lots at the best ask, below −`threshold` it sells at the best
//! bid, up to `max_position`. `hold` after its last trade in that direction it takes what it has to
//! the market again. Between two acts it lets `pause` go by.
//!
//! It reads what is shown, and believes it: whoever shows what he does not mean (`spoofer`) leads
//! it by the nose.
//!
//! Source: Cont & de Larrard (2013), *Price dynamics in a Markovian limit order market*, SIAM
//! Journal on Financial Mathematics 4(1), for the chances of the next move by both queues; Gould &
//! Bonart (2016), *Queue imbalance as a one-tick-ahead price predictor in a limit order book*,
//! Market Microstructure and Liquidity 2(2).

use crate::desk::Look;
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `order-imbalance`.
pub static KIND: Kind = Kind {
    name: "order-imbalance",
    about: "trades towards the longer queue, for moments",
    source: "Cont & de Larrard 2013; Gould & Bonart 2016",
    parameters: &[
        Parameter {
            name: "levels",
            takes: Takes::Count(1, 20),
            default: "1",
            about: "prices on each side whose lots it counts",
        },
        Parameter {
            name: "threshold",
            takes: Takes::Number(0.0, 1.0),
            default: "0.6",
            about: "imbalance that it acts on",
        },
        Parameter {
            name: "hold",
            takes: Takes::Span,
            default: "5s",
            about: "after which it goes back to what it started with",
        },
        Parameter {
            name: "pause",
            takes: Takes::Span,
            default: "500ms",
            about: "least time between two acts",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "5", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "30",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Imbalance::new(params, role))),
};

/// A follower of queues.
#[derive(Clone, Debug)]
pub struct Imbalance {
    role: Role,
    levels: usize,
    threshold: f64,
    hold: Span,
    pause: Span,
    size: Qty,
    most: Qty,
    /// When it may act again, and when it goes home.
    next: Time,
    home_at: Time,
    /// Whether a timer is on its way.
    is_awake: bool,
    working: Working<1>,
}

/// How much more waits to buy than to sell, from −1 to 1; nothing where nobody waits.
fn imbalance(bids: u64, asks: u64) -> f64 {
    let all = bids as f64 + asks as f64;
    if all > 0.0 { (bids as f64 - asks as f64) / all } else { 0.0 }
}

impl Imbalance {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let most = params.lots("max_position");
        Self {
            role: *role,
            levels: params.count("levels") as usize,
            threshold: params.number("threshold"),
            hold: params.span("hold"),
            pause: params.span("pause"),
            size: params.lots("size"),
            most,
            next: Time::ZERO,
            home_at: Time::ZERO,
            is_awake: false,
            working: Working::new(role, most),
        }
    }

    fn queues(&self, cx: &mut Context<'_>) -> f64 {
        let (view, instrument) = (cx.view(), self.role.instrument);
        let lots = |side| match self.levels {
            1 => view.best(instrument, side).map_or(0, |(_, qty)| qty.0),
            levels => view.depth(instrument, side, levels).iter().map(|(_, qty)| qty.0).sum(),
        };
        imbalance(lots(Side::Buy), lots(Side::Sell))
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let (now, Role { instrument, reference, .. }) = (cx.now(), self.role);
        if now < self.next || !self.working.is_sure() {
            return self.wait(cx);
        }
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let (leans, away) = (self.queues(cx), self.working.away(cx));
        let most = i128::from(self.most.0);
        let target = match () {
            () if leans > self.threshold => most,
            () if leans < -self.threshold => -most,
            () if now >= self.home_at => 0,
            () => away,
        };
        if target != away {
            let rule = match target {
                0 => "gone again",
                _ if target > 0 => "many wait to buy",
                _ => "many wait to sell",
            };
            cx.because(rule, || [("imbalance", leans), ("lots", away as f64)]);
            let size = if target == 0 { Qty::MOST } else { self.size };
            if self.working.step(cx, &look, target, size).is_some() {
                self.next = now.after(self.pause);
                if target != 0 {
                    self.home_at = now.after(self.hold);
                }
            }
        }
        self.wait(cx);
    }

    /// Looks again by itself while it holds anything.
    fn wait(&mut self, cx: &mut Context<'_>) {
        let holds = self.working.away(cx) != 0 || !self.working.is_sure();
        if holds && !self.is_awake {
            self.is_awake = true;
            cx.wake_in(self.pause);
        }
    }
}

impl Agent for Imbalance {
    fn interest(&self) -> Interest {
        Interest { quotes: vec![self.role.instrument], ..working::interest() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.working.start(cx),
            Notice::Quote(..) => self.act(cx),
            Notice::Timer(_) => {
                self.is_awake = false;
                self.act(cx);
            }
            Notice::Own(event) => {
                self.working.told(cx, event);
                self.wait(cx);
            }
            Notice::Print(_) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{Floor, refuses};

    #[test]
    fn follows_the_longer_queue_and_goes_home() {
        for (bids, asks, held) in [(900, 100, 530), (100, 900, 470), (500, 500, 500)] {
            let mut floor = Floor::new(1);
            let agent = floor.seat("order-imbalance", &[]);
            floor.pass(Span::millis(10));
            let orders = [floor.rest(Side::Buy, 9_999, bids), floor.rest(Side::Sell, 10_001, asks)];
            floor.pass(Span::secs(10));
            assert_eq!(floor.held(agent), held, "{bids} against {asks}");
            orders.into_iter().for_each(|order| floor.cancel(order));
            floor.quote(10_000, 1, &mut Vec::new());
            floor.pass(Span::secs(10));
            assert_eq!(floor.held(agent), 500, "home again");
            assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        }
    }

    #[test]
    fn counts_as_many_prices_as_it_is_told() {
        let held = |levels| {
            let mut floor = Floor::new(1);
            let agent = floor.seat("order-imbalance", &[("levels", levels)]);
            floor.rest(Side::Buy, 9_990, 5_000);
            floor.rest(Side::Buy, 9_999, 100);
            floor.rest(Side::Sell, 10_001, 100);
            floor.pass(Span::secs(1));
            floor.rest(Side::Sell, 10_002, 1);
            floor.rest(Side::Buy, 9_999, 1);
            floor.pass(Span::secs(1));
            floor.held(agent)
        };
        assert_eq!(held("1"), 500);
        assert!(held("5") > 500);
    }

    #[test]
    fn an_empty_book_leans_nowhere() {
        assert_eq!((imbalance(0, 0), imbalance(3, 1), imbalance(0, 9)), (0.0, 0.5, -1.0));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "levels", "21", "a whole number from 1 to 20");
    }
}

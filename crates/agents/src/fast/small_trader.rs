//! A small trader: now and then one lot, either way.
//!
//! It wakes every few minutes, tosses a coin for the side, and trades `size` lots: with probability
//! `market_share` at the best price of the other side, else by an order at the best price of its
//! own, which it takes back at the next act. It has no view and no limit to what it holds but its
//! means: thousands of them are the background against which the others' orders do not show.
//!
//! Source: the class of that name in Kirilenko, Kyle, Samadi & Tuzun (2017), *The flash crash:
//! high-frequency trading in an electronic market*, Journal of Finance 72(3).

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::Qty;
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `small-trader`.
pub static KIND: Kind = Kind {
    name: "small-trader",
    about: "now and then one lot, either way",
    source: "Kirilenko, Kyle, Samadi & Tuzun 2017",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 2m)",
            about: "wait between two acts",
        },
        Parameter {
            name: "market_share",
            takes: Takes::Number(0.0, 1.0),
            default: "0.5",
            about: "share of its orders that trade at once",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "1", about: "lots per order" },
    ],
    build: Build::One(|params, role| Box::new(Small::new(params, role))),
};

/// One of many.
#[derive(Clone, Debug)]
pub struct Small {
    role: Role,
    rate: Wait,
    market_share: f64,
    size: Qty,
    working: Working<1>,
}

impl Small {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            rate: params.wait("rate"),
            market_share: params.number("market_share"),
            size: params.lots("size"),
            working: Working::new(role, Qty::MOST),
        }
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() {
            return;
        }
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        self.working.take_back(cx);
        let (side, size) = (cx.dice().side(), i128::from(self.size.0));
        let takes = cx.dice().chance(self.market_share);
        let best = look.best(if takes { side.opposite() } else { side });
        let Some(best) = best else { return };
        cx.because("tossed a coin", || [("best_ticks", best.0 as f64)]);
        if takes {
            self.working.take(cx, side, best, size);
        } else {
            self.working.rest(cx, side, best, size);
        }
    }
}

impl Agent for Small {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
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
    use pitfloor_model::units::{Side, Span};

    #[test]
    fn trades_one_lot_as_often_one_way_as_the_other() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 2, &mut Vec::new());
        let agent = floor.seat("small-trader", &[("rate", "1s")]);
        floor.pass(Span::secs(3_600));
        let placed = floor.placed_by(agent);
        assert!(placed.len() > 3_000 && placed.iter().all(|it| it.qty == Qty(1)));
        let buys = placed.iter().filter(|it| it.side == Side::Buy).count() as f64;
        let share = buys / placed.len() as f64;
        assert!((share - 0.5).abs() < 0.04, "four standard errors: {share}");
        let takes = placed.iter().filter(|it| it.tif == pitfloor_model::command::Tif::Ioc).count();
        let share = takes as f64 / placed.len() as f64;
        assert!((share - 0.5).abs() < 0.04, "four standard errors: {share}");
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "market_share", "-1", "a number from 0 to 1");
    }
}

//! Execution as a share of the volume: buys, or sells, a fixed amount beside what others trade.
//!
//! Source: Byrd, Hybinette & Balch (2020); the execution agent of RMSC03. Participation rates are those of
//! Almgren & Chriss (2000), *Optimal execution of portfolio transactions*, Journal of Risk 3.
//!
//! From `begin` to `end` it asks every `every` how many lots were traded in the last such stretch, and
//! sends a market order for `share` of them, rounded, at most for what is left of `lots`. What the book
//! cannot fill is not sent again by itself: it is left for later.

use super::{ANSWER, WAKE, moment, taken};
use pitfloor_model::event::Event;
use pitfloor_model::units::{Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `pov-buyer`.
pub static KIND: Kind = Kind {
    name: "pov-buyer",
    about: "buys or sells a fixed amount at a share of the volume, at market (RMSC03)",
    source: "Byrd, Hybinette & Balch 2020",
    parameters: &[
        Parameter {
            name: "begin",
            takes: Takes::Span,
            default: "30m",
            about: "its first question, after the start",
        },
        Parameter {
            name: "end",
            takes: Takes::Span,
            default: "6h",
            about: "it sends nothing from then on",
        },
        Parameter {
            name: "every",
            takes: Takes::Span,
            default: "1m",
            about: "between two orders, and how far back it counts what was traded",
        },
        Parameter {
            name: "share",
            takes: Takes::Number(0.0, 1.0),
            default: "0.10",
            about: "of what was traded",
        },
        Parameter { name: "lots", takes: Takes::Lots, default: "1200000", about: "lots in all" },
        Parameter {
            name: "side",
            takes: Takes::Choice(&["buy", "sell"]),
            default: "buy",
            about: "what it does",
        },
    ],
    build: Build::One(|params, role| Box::new(PovBuyer::new(params, role))),
};

/// An execution agent.
#[derive(Clone, Debug)]
pub struct PovBuyer {
    role: Role,
    begin: Time,
    end: Time,
    every: Span,
    share: f64,
    side: Side,
    /// Lots still to trade.
    left: Qty,
}

impl PovBuyer {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            begin: moment(params.span("begin")),
            end: moment(params.span("end")),
            every: params.span("every"),
            share: params.number("share"),
            side: if params.choice("side") == "buy" { Side::Buy } else { Side::Sell },
            left: params.lots("lots"),
        }
    }

    fn act(&self, cx: &mut Context<'_>) {
        let (buys, sells) = taken(&cx.view(), self.role.instrument, self.every);
        let lots = libm::rint(self.share * (buys + sells) as f64) as u64;
        let qty = Qty(lots).min(self.left);
        cx.because("trade a share of the volume", || {
            [("traded_lots", (buys + sells) as f64), ("left_lots", self.left.0 as f64)]
        });
        if !qty.is_zero() {
            cx.market(self.role.instrument, self.side, qty);
        }
    }
}

impl Agent for PovBuyer {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => cx.wake_at(self.begin, WAKE),
            Notice::Timer(WAKE) if cx.now() < self.end && !self.left.is_zero() => {
                cx.wake_in(self.every);
                cx.ask(Span::ZERO, ANSWER);
            }
            Notice::Timer(ANSWER) if cx.now() < self.end => self.act(cx),
            Notice::Own(Event::Traded { qty, .. }) => {
                self.left = Qty(self.left.0.saturating_sub(qty.0));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;

    #[test]
    fn buys_its_share_at_market_until_it_has_all() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let changes = [("begin", "10s"), ("end", "5m"), ("every", "30s"), ("lots", "27")];
        let agent = floor.seat("pov-buyer", &changes);
        for _ in 0..30 {
            floor.take(Side::Sell, 9_999, 10);
            floor.pass(Span::secs(10));
        }
        let placed = floor.placed_by(agent);
        assert!(placed.iter().all(|order| order.side == Side::Buy && order.price.is_none()));
        let sizes: Vec<u64> = placed.iter().map(|order| order.qty.0).collect();
        assert_eq!(sizes[..4], [2, 3, 3, 3], "two trades before the first question, then three");
        assert_eq!(floor.held(agent), 500 + 27);
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn does_nothing_outside_its_hours_or_when_nobody_trades() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let agent = floor.seat("pov-buyer", &[("begin", "10s"), ("end", "20s"), ("every", "1s")]);
        floor.pass(Span::secs(15));
        assert!(floor.placed_by(agent).is_empty());
        floor.pass(Span::secs(5));
        floor.take(Side::Buy, 10_001, 500);
        floor.pass(Span::secs(60));
        assert!(floor.placed_by(agent).is_empty());
    }
}

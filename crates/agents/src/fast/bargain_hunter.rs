//! A bargain hunter: sees what other markets say, and buys what has fallen once it falls no more.
//!
//! It compares the price with the fundamental value, as it reads it off other markets, with an
//! error drawn once (`opinion`). When the two lie farther apart than `edge` something has
//! happened, and it stands back: it catches no falling knife. It waits until the price has gone no
//! farther away than it has been for about as long as `wait` says (a half to one and a half of it,
//! drawn once). A pause in trading is the end of a move, too: who has waited through one waits no
//! longer. Then it bids half of `edge` below the value and offers half of it above, `size` lots
//! anew at every look, and so takes what is cheaper or dearer, until it holds `max_position` more
//! or less than at the start. When the price has stayed within `edge` of the value for as long as
//! it waits, all is over; what it has then it gives back at the value.
//!
//! Source: CFTC & SEC (2010), *Findings regarding the market events of May 6, 2010*, for the
//! buyers of other markets who stood back until prices held still; Menkveld & Yueshen (2019), *The
//! flash crash: a cautionary tale about highly fragmented markets*, Management Science 65(10). The
//! rule is a design.

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `bargain-hunter`.
pub static KIND: Kind = Kind {
    name: "bargain-hunter",
    about: "waits until a fall has ended, then bids and offers by what other markets say",
    source: "CFTC & SEC 2010; Menkveld & Yueshen 2019",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 5s)",
            about: "wait between two looks",
        },
        Parameter {
            name: "opinion",
            takes: Takes::Number(0.0, 10_000.0),
            default: "20",
            about: "how far views of the value lie apart, in basis points",
        },
        Parameter {
            name: "edge",
            takes: Takes::Number(0.0, 10_000.0),
            default: "100",
            about: "how much better than the value a price must be, in basis points",
        },
        Parameter {
            name: "wait",
            takes: Takes::Span,
            default: "1m",
            about: "about how long the price must have made no new low (or high) before it comes",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "10", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "100",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Hunter::new(params, role))),
};

/// Somebody who can wait.
#[derive(Clone, Debug)]
pub struct Hunter {
    role: Role,
    rate: Wait,
    /// How far opinions lie apart, until the start; then its own error.
    opinion: f64,
    edge: f64,
    /// As drawn at the start.
    wait: Span,
    size: Qty,
    seen: Option<Move>,
    working: Working<2>,
}

/// A price that has left the value behind.
#[derive(Clone, Copy, Debug)]
struct Move {
    /// How far it has been away, and when it was.
    farthest: f64,
    since: Time,
    /// When it was last beyond the edge.
    away: Time,
    /// Whether it has seen the end of it.
    is_over: bool,
}

impl Hunter {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let most = params.lots("max_position");
        Self {
            role: *role,
            rate: params.wait("rate"),
            opinion: params.number("opinion") * desk::BASIS_POINT,
            edge: params.number("edge") * desk::BASIS_POINT,
            wait: params.span("wait"),
            size: params.lots("size"),

            seen: None,
            working: Working::new(role, most),
        }
    }

    /// Looks how far the price is from the value, as a share of it: whether that is a move, and
    /// whether the move has ended.
    fn watch(&self, now: Time, gap: f64) -> Option<Move> {
        let new = Move { farthest: gap, since: now, away: now, is_over: false };
        let mut of = match self.seen {
            Some(of) => of,
            None => Some(new).filter(|_| gap > self.edge)?,
        };
        if gap > of.farthest {
            (of.farthest, of.since) = (gap, now);
        }
        if gap > self.edge {
            of.away = now;
        }
        of.is_over |= now.since(of.since) >= self.wait;
        Some(of).filter(|of| now.since(of.away) < self.wait)
    }

    fn act(&mut self, cx: &mut Context<'_>, value: f64) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() {
            return;
        }
        let look = Look::of(&cx.view(), instrument, reference);
        self.working.take_back(cx);
        let Some(look) = look else {
            if let Some(of) = &mut self.seen {
                of.is_over = true;
            }
            return;
        };
        let value = value * (1.0 + self.opinion);
        self.seen = self.watch(cx.now(), (look.price / value - 1.0).abs());
        let figures = || [("value_ticks", value), ("price_ticks", look.price)];
        let definition = cx.instrument(instrument);
        let size = i128::from(self.size.0);
        match self.seen {
            Some(of) if of.is_over => {
                cx.because("the move is over: bid below the value and offer above it", figures);
                for (side, sign) in Side::BOTH.into_iter().zip([-1.0, 1.0]) {
                    let ticks = value * (1.0 + sign * self.edge / 2.0);
                    self.working.rest(cx, side, desk::price(definition, side, ticks), size);
                }
            }
            Some(_) => {}
            None => {
                let away = self.working.away(cx);
                let side = if away < 0 { Side::Buy } else { Side::Sell };
                cx.because("the price is right again: give it back", figures);
                let price = desk::price(definition, side, value);
                self.working.rest(cx, side, price, away.abs().min(size));
            }
        }
    }
}

impl Agent for Hunter {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                self.opinion *= cx.dice().normal();
                self.wait = Span((self.wait.0 as f64 * (0.5 + cx.dice().unit())) as u64);
                // Nothing to know: then there is nothing to do, ever.
                if cx.fundamental(self.role.instrument).is_some() {
                    desk::wake_first(self.rate, cx);
                }
            }
            Notice::Timer(_) => {
                if let Some(value) = cx.fundamental(self.role.instrument) {
                    self.act(cx, value);
                }
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
    use crate::floor::{ACME, Floor, refuses};
    use pitfloor_model::command::Command;
    use pitfloor_model::event::{Phase, PhaseReason};
    use pitfloor_model::units::AccountId;

    fn seated() -> (Floor, AccountId) {
        let mut floor = Floor::worth(1, 10_000.0, 0.0);
        let changes = [("rate", "1s"), ("opinion", "0"), ("wait", "40s")];
        let agent = floor.seat("bargain-hunter", &changes);
        (floor, agent)
    }

    /// From 10 000 down to `to` ticks, ten every second.
    fn fall(floor: &mut Floor, to: i64, outside: &mut Vec<pitfloor_model::units::OrderId>) {
        let mut mid = 10_000;
        while mid > to {
            mid -= 10;
            floor.quote(mid, 1, outside);
            floor.pass(Span::secs(1));
        }
    }

    #[test]
    fn waits_for_the_end_of_a_fall_and_goes_home_when_it_is_made_up() {
        let (mut floor, agent) = seated();
        let mut outside = Vec::new();
        fall(&mut floor, 9_700, &mut outside);
        floor.pass(Span::secs(10));
        assert_eq!(floor.held(agent), 500, "a falling knife");
        floor.pass(Span::secs(120));
        assert_eq!(floor.held(agent), 600, "as much as it may");
        floor.quote(9_998, 1, &mut outside);
        floor.pass(Span::secs(90));
        assert_eq!(floor.held(agent), 600, "it asks for the value, and nobody bids that");
        floor.quote(10_002, 1, &mut outside);
        floor.pass(Span::secs(60));
        assert_eq!(floor.held(agent), 500);
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn a_pause_ends_its_wait() {
        let held = |paused: bool| {
            let (mut floor, agent) = seated();
            fall(&mut floor, 9_700, &mut Vec::new());
            if paused {
                let mut set = |to| {
                    let why = PhaseReason::Regulatory;
                    floor.send(Command::SetPhase { instrument: ACME, to, why });
                    floor.pass(Span::secs(5));
                };
                [Phase::Halt, Phase::ReopenCall, Phase::Continuous].into_iter().for_each(&mut set);
            }
            floor.pass(Span::secs(8));
            floor.held(agent)
        };
        assert_eq!(held(false), 500);
        assert!(held(true) > 550, "{}", held(true));
    }

    #[test]
    fn sells_what_is_dear() {
        let (mut floor, agent) = seated();
        floor.quote(10_300, 1, &mut Vec::new());
        floor.pass(Span::secs(120));
        assert_eq!(floor.held(agent), 400);
    }

    #[test]
    fn makes_a_market_where_there_is_none() {
        let (mut floor, _) = seated();
        floor.rest(Side::Buy, 9_500, 10);
        floor.rest(Side::Sell, 10_100, 10);
        floor.pass(Span::secs(15));
        assert_eq!(floor.best(), (Some(9_500), Some(10_100)), "it waits");
        floor.pass(Span::secs(60));
        assert_eq!(floor.best(), (Some(9_950), Some(10_050)));
    }

    /// Swings that go no farther than the first one: it buys below and sells above.
    #[test]
    fn knows_a_swing_for_the_end_of_a_fall() {
        let (mut floor, agent) = seated();
        let mut outside = Vec::new();
        for swing in 0..40 {
            floor.quote(if swing % 2 == 0 { 9_700 } else { 10_250 }, 1, &mut outside);
            floor.pass(Span::secs(5));
        }
        let placed = floor.placed_by(agent);
        for side in Side::BOTH {
            assert!(placed.iter().filter(|it| it.side == side).count() > 10, "{placed:?}");
        }
        assert!(placed.iter().all(|it| {
            let price = it.price.expect("a limit").0;
            if it.side == Side::Buy { price <= 9_950 } else { price >= 10_050 }
        }));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "edge", "-1", "a number from 0 to 10000");
    }
}

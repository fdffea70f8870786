//! A herd that chases trends: newcomers come in because others have gained, and run when it turns.
//!
//! A member stands outside at first. Every `interval` it looks at how far the price has risen over
//! `window`, and comes in with probability 1 − exp(−*rise*/`temptation`): half a per cent of rise
//! tempts little, a rise of `temptation` most of them. Once in, it buys `size` lots a look up to
//! `max_position` while the price still rises over its window. It remembers the highest price since
//! it came in; when the price has fallen `panic` below that, it sells everything that it bought and
//! stands outside for `rest` before it can be tempted again. A share `newcomers` of the members is
//! there from the start; the others hear of the market one by one, after a time that is drawn
//! evenly over `spread_over`: so the herd grows while prices rise, and the money runs out when all
//! are in.
//!
//! It knows nothing of value. Prices that rise because they have risen, and fall because they have
//! fallen, are what it makes of a market with few sellers.
//!
//! Source: De Long, Shleifer, Summers & Waldmann (1990), *Positive feedback investment strategies
//! and destabilizing rational speculation*, Journal of Finance 45(2); Shiller (2000), *Irrational
//! exuberance*. The rule of coming in is ours.

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};
use std::collections::VecDeque;

/// The kind `trend-crowd`.
pub static KIND: Kind = Kind {
    name: "trend-crowd",
    about: "comes in when prices have risen, buys on, and runs when they fall",
    source: "De Long, Shleifer, Summers & Waldmann 1990; Shiller 2000",
    parameters: &[
        Parameter {
            name: "interval",
            takes: Takes::Wait,
            default: "exp(mean = 10s)",
            about: "wait between two looks",
        },
        Parameter {
            name: "window",
            takes: Takes::Span,
            default: "2m",
            about: "over which it sees a rise",
        },
        Parameter {
            name: "temptation",
            takes: Takes::Number(1e-3, 1e6),
            default: "50",
            about: "rise that tempts two of three at a look, in basis points",
        },
        Parameter {
            name: "panic",
            takes: Takes::Number(1e-3, 10_000.0),
            default: "100",
            about: "fall from its highest price that makes it sell all, in basis points",
        },
        Parameter {
            name: "rest",
            takes: Takes::Span,
            default: "10m",
            about: "how long it stands outside after that",
        },
        Parameter {
            name: "newcomers",
            takes: Takes::Number(0.0, 1.0),
            default: "0.5",
            about: "share of members who hear of the market later",
        },
        Parameter {
            name: "spread_over",
            takes: Takes::Span,
            default: "20m",
            about: "time over which they hear of it",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "10", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "200",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Follower::new(params, role))),
};

/// Looks that it remembers at most.
const LOOKS_MAX: usize = 4_096;

/// One of the herd.
#[derive(Clone, Debug)]
pub struct Follower {
    role: Role,
    interval: Wait,
    window: Span,
    temptation: f64,
    panic: f64,
    rest: Span,
    newcomers: f64,
    spread_over: Span,
    size: Qty,
    looks: VecDeque<(Time, f64)>,
    /// The highest price since it came in; none outside.
    high: Option<f64>,
    /// Before this it cannot be tempted.
    outside_until: Time,
    working: Working<1>,
}

impl Follower {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            interval: params.wait("interval"),
            window: params.span("window"),
            temptation: params.number("temptation") * desk::BASIS_POINT,
            panic: params.number("panic") * desk::BASIS_POINT,
            rest: params.span("rest"),
            newcomers: params.number("newcomers"),
            spread_over: params.span("spread_over"),
            size: params.lots("size"),
            looks: VecDeque::new(),
            high: None,
            outside_until: Time::ZERO,
            working: Working::new(role, params.lots("max_position")),
        }
    }

    /// How far the price has risen over the window, as far as it has looked for that long.
    fn rise(&mut self, now: Time, price: f64) -> Option<f64> {
        self.looks.push_back((now, price));
        let from = now.before(self.window);
        let is_old = |look: Option<&(Time, f64)>| look.is_some_and(|(at, _)| *at <= from);
        while is_old(self.looks.get(1)) || self.looks.len() > LOOKS_MAX {
            self.looks.pop_front();
        }
        let first = self.looks.front();
        first.filter(|look| is_old(Some(look))).map(|(_, before)| price / before - 1.0)
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let (now, Role { instrument, reference, .. }) = (cx.now(), self.role);
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let Some(rise) = self.rise(now, look.price) else { return };
        let figures = || [("rise_bp", rise / desk::BASIS_POINT), ("price_ticks", look.price)];
        let away = self.working.away(cx);
        match self.high {
            Some(high) if look.price < high * (1.0 - self.panic) => {
                self.high = None;
                self.outside_until = now.after(self.rest);
            }
            Some(high) => {
                self.high = Some(high.max(look.price));
                if rise > 0.0 && self.working.is_sure() {
                    cx.because("it has risen: buy on", figures);
                    self.working.step(cx, &look, away + i128::from(self.size.0), self.size);
                }
            }
            None if away != 0 => {}
            None => {
                let tempted = 1.0 - libm::exp(-rise.max(0.0) / self.temptation);
                if now >= self.outside_until && cx.dice().chance(tempted) {
                    self.high = Some(look.price);
                }
            }
        }
        if self.high.is_none() && away != 0 && self.working.is_sure() {
            cx.because("it falls: sell everything", figures);
            self.working.step(cx, &look, 0, Qty::MOST);
        }
    }
}

impl Agent for Follower {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                if cx.dice().chance(self.newcomers) {
                    self.outside_until =
                        Time::ZERO.after(Span(cx.dice().below(self.spread_over.0)));
                }
                desk::wake_first(self.interval, cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.interval, cx);
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
    use pitfloor_model::units::Side;

    const QUICK: [(&str, &str); 3] = [("interval", "1s"), ("window", "10s"), ("newcomers", "0")];

    fn lead(floor: &mut Floor, mids: impl IntoIterator<Item = i64>) {
        let mut before = Vec::new();
        for mid in mids {
            floor.quote(mid, 1, &mut before);
            floor.pass(Span::secs(1));
        }
        before.into_iter().for_each(|order| floor.cancel(order));
    }

    #[test]
    fn a_rise_brings_it_in_and_a_fall_drives_it_out() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("trend-crowd", &QUICK);
        lead(&mut floor, (0..80).map(|s| 10_000 + 10 * s));
        assert_eq!(floor.held(agent), 700, "500 and all that it may");
        lead(&mut floor, (0..40).map(|s| 10_790 - 20 * s));
        assert_eq!(floor.held(agent), 500, "nothing is left of it");
        let sells = floor.placed_by(agent).iter().filter(|it| it.side == Side::Sell).count();
        assert_eq!(sells, 1, "everything at once");
        assert!(floor.refusals().is_empty());
    }

    #[test]
    fn a_calm_market_tempts_nobody() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("trend-crowd", &QUICK);
        lead(&mut floor, std::iter::repeat_n(10_000, 200));
        assert!(floor.placed_by(agent).is_empty());
    }

    #[test]
    fn newcomers_hear_of_it_later() {
        let first = |newcomers| {
            let mut floor = Floor::new(3);
            let changes = [("newcomers", newcomers), ("spread_over", "1h")];
            let agent = floor.seat("trend-crowd", &[&QUICK[1..2], &changes].concat());
            lead(&mut floor, (0..200).map(|s| 10_000 + 10 * s));
            !floor.placed_by(agent).is_empty()
        };
        assert!(first("0") && !first("1"));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "newcomers", "1.5", "a number from 0 to 1");
    }
}

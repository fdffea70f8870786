//! Trend following by plan: enters on a breakout, sizes by volatility, leaves by a stop.
//!
//! Prices are looked at in bars of `bar`. With `signal = "breakout"` it goes long when a bar closes
//! above the highest price of the last `entry` bars, and short when below the lowest; it leaves
//! when a bar closes beyond the opposite end of the last `exit` bars, or `stops` average true
//! ranges against where it came in. With `signal = "return"` it is long when the price is above
//! that of `entry` bars ago, else short, and looks anew each bar. The true range of a bar is the
//! span between its highest and lowest price and the close before; its average is over the last
//! `entry` bars.
//!
//! Size is set so that a move of one average true range costs a fraction `risk` of what it is
//! worth: *lots* = `risk`·*wealth*/(*ATR* in currency), at most `max_position`: the same risk in
//! calm and in wild markets. It goes to its target by orders of at most `size` lots that take the
//! best price, one after the other. Short means fewer lots than at the start, never fewer than none
//! unless its account may owe.
//!
//! Source: Donchian's channel and the average true range of Wilder (1978), *New concepts in
//! technical trading systems*, as used by the Turtle traders (Faith 2007, *Way of the Turtle*); for
//! volatility targets Moskowitz, Ooi & Pedersen (2012), *Time series momentum*, Journal of
//! Financial Economics 104(2).

use crate::desk::Look;
use crate::working::{self, Working};
use pitfloor_model::units::{Price, Qty, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};
use std::collections::VecDeque;

/// The kind `trend-following`.
pub static KIND: Kind = Kind {
    name: "trend-following",
    about: "enters on breakouts, sizes by volatility, leaves by a stop",
    source: "Wilder 1978; Faith 2007; Moskowitz, Ooi & Pedersen 2012",
    parameters: &[
        Parameter {
            name: "signal",
            takes: Takes::Choice(&["breakout", "return"]),
            default: "breakout",
            about: "breakout: beyond the last bars' range; return: above or below an old price",
        },
        Parameter { name: "bar", takes: Takes::Span, default: "10s", about: "length of a bar" },
        Parameter {
            name: "looks",
            takes: Takes::Count(1, 1_000),
            default: "5",
            about: "looks at the price in a bar",
        },
        Parameter {
            name: "entry",
            takes: Takes::Count(2, BARS_MAX),
            default: "20",
            about: "bars whose range must be left to come in",
        },
        Parameter {
            name: "exit",
            takes: Takes::Count(1, BARS_MAX),
            default: "10",
            about: "bars whose range must be left to go out; no more than entry count",
        },
        Parameter {
            name: "stops",
            takes: Takes::Number(0.1, 1_000.0),
            default: "2",
            about: "average true ranges against it at which it leaves",
        },
        Parameter {
            name: "risk",
            takes: Takes::Number(0.0, 1.0),
            default: "0.001",
            about: "share of its wealth that a move of one average true range may cost",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "50", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "500",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Follower::new(params, role))),
};

/// The most bars that it remembers.
pub const BARS_MAX: u64 = 10_000;

/// One bar, in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    high: f64,
    low: f64,
    close: f64,
}

/// Which way it stands, and the price at which it came in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stance {
    Out,
    Long(f64),
    Short(f64),
}

/// One that follows trends.
#[derive(Clone, Debug)]
pub struct Follower {
    role: Role,
    is_breakout: bool,
    bar: Span,
    looks: u64,
    entry: usize,
    exit: usize,
    stops: f64,
    risk: f64,
    size: Qty,
    most: Qty,
    bars: VecDeque<Bar>,
    forming: Option<Bar>,
    seen: u64,
    stance: Stance,
    /// Where it wants to be, in lots from home.
    target: i128,
    because: (&'static str, f64),
    working: Working<1>,
}

/// The average true range over `bars`, which are at least two.
fn average_true_range(bars: &VecDeque<Bar>) -> f64 {
    let range = |(before, bar): (&Bar, &Bar)| {
        let (high, low) = (bar.high.max(before.close), bar.low.min(before.close));
        high - low
    };
    let ranges = bars.iter().zip(bars.iter().skip(1)).map(range);
    ranges.sum::<f64>() / (bars.len() - 1) as f64
}

impl Follower {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let entry = params.count("entry") as usize;
        let most = params.lots("max_position");
        Self {
            role: *role,
            is_breakout: params.choice("signal") == "breakout",
            bar: params.span("bar"),
            looks: params.count("looks"),
            entry,
            exit: entry.min(params.count("exit") as usize),
            stops: params.number("stops"),
            risk: params.number("risk"),
            size: params.lots("size"),
            most,
            bars: VecDeque::new(),
            forming: None,
            seen: 0,
            stance: Stance::Out,
            target: 0,
            because: ("stand aside", 0.0),
            working: Working::new(role, most),
        }
    }

    fn look(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let price = look.price;
        let bar = self.forming.get_or_insert(Bar { high: price, low: price, close: price });
        *bar = Bar { high: bar.high.max(price), low: bar.low.min(price), close: price };
        self.seen += 1;
        if self.seen.is_multiple_of(self.looks)
            && let Some(bar) = self.forming.take()
        {
            self.close(cx, bar);
        }
        let away = self.working.away(cx);
        if self.working.is_sure() && away != self.target {
            let (rule, range) = self.because;
            cx.because(rule, || [("price_ticks", price), ("range_ticks", range)]);
            self.working.step(cx, &look, self.target, self.size);
        }
    }

    /// A bar closes: it decides.
    fn close(&mut self, cx: &mut Context<'_>, bar: Bar) {
        // One more than the window, for the close before its first bar.
        if self.bars.len() > self.entry {
            let range = average_true_range(&self.bars).max(1.0);
            let (stance, rule) = self.stance_after(&bar, range);
            let has_come_in =
                std::mem::discriminant(&stance) != std::mem::discriminant(&self.stance);
            self.stance = stance;
            if has_come_in {
                let lots = self.lots_at_risk(cx, bar.close, range);
                self.target = match stance {
                    Stance::Out => 0,
                    Stance::Long(_) => lots,
                    Stance::Short(_) => -lots,
                };
                self.because = (rule, range);
            }
            self.bars.pop_front();
        }
        self.bars.push_back(bar);
    }

    fn stance_after(&self, bar: &Bar, range: f64) -> (Stance, &'static str) {
        let close = bar.close;
        let recent = |count: usize| self.bars.iter().rev().take(count);
        let high = |count| recent(count).map(|bar| bar.high).fold(f64::MIN, f64::max);
        let low = |count| recent(count).map(|bar| bar.low).fold(f64::MAX, f64::min);
        if !self.is_breakout {
            let before = self.bars[self.bars.len() - self.entry].close;
            return match () {
                () if close > before => (Stance::Long(close), "long: above the old price"),
                () if close < before => (Stance::Short(close), "short: below the old price"),
                () => (self.stance, "as before"),
            };
        }
        let away = self.stops * range;
        match self.stance {
            Stance::Long(at) if close < at - away || close < low(self.exit) => {
                (Stance::Out, "leave: stopped")
            }
            Stance::Short(at) if close > at + away || close > high(self.exit) => {
                (Stance::Out, "leave: stopped")
            }
            Stance::Out if close > high(self.entry) => (Stance::Long(close), "long: a new high"),
            Stance::Out if close < low(self.entry) => (Stance::Short(close), "short: a new low"),
            stance => (stance, "as before"),
        }
    }

    fn lots_at_risk(&self, cx: &Context<'_>, price: f64, range: f64) -> i128 {
        let instrument = cx.instrument(self.role.instrument);
        let tick = instrument.cost(Price(1), Qty(1)).0 as f64;
        let cash = cx.cash(instrument.currency()).0 as f64;
        let wealth = cash + cx.position(self.role.instrument) as f64 * price * tick;
        let lots = (self.risk * wealth.max(0.0) / (range * tick)) as i128;
        lots.min(i128::from(self.most.0))
    }
}

impl Agent for Follower {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        let every = Span((self.bar.0 / self.looks).max(1));
        match notice {
            Notice::Start => {
                self.working.start(cx);
                let first = Span(1 + cx.dice().below(every.0));
                cx.wake_in(first);
            }
            Notice::Timer(_) => {
                self.look(cx);
                cx.wake_in(every);
            }
            Notice::Own(event) => self.working.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{Floor, params, refuses};
    use pitfloor_model::units::Side;

    const QUICK: [(&str, &str); 4] =
        [("bar", "2s"), ("looks", "2"), ("entry", "10"), ("exit", "5")];

    fn lead(floor: &mut Floor, mids: impl IntoIterator<Item = i64>) {
        let mut before = Vec::new();
        for mid in mids {
            floor.quote(mid, 1, &mut before);
            floor.pass(Span::secs(1));
        }
        before.into_iter().for_each(|order| floor.cancel(order));
    }

    /// Up and down two ticks: a range to leave.
    fn calm(seconds: i64) -> impl Iterator<Item = i64> {
        (0..seconds).map(|s| 10_000 + 2 * (s / 2 % 3 - 1))
    }

    #[test]
    fn a_breakout_brings_it_in_and_the_stop_takes_it_out() {
        for (sign, side) in [(1, Side::Buy), (-1, Side::Sell)] {
            let mut floor = Floor::new(1);
            let agent = floor.seat("trend-following", &QUICK);
            lead(&mut floor, calm(60));
            assert!(floor.placed_by(agent).is_empty(), "within its range nothing happens");
            lead(&mut floor, (0..30).map(|s| 10_000 + sign * 10 * s));
            let placed = floor.placed_by(agent);
            assert!(!placed.is_empty() && placed.iter().all(|it| it.side == side), "{placed:?}");
            assert_ne!(floor.held(agent), 500);
            lead(&mut floor, (0..20).map(|s| 10_000 + sign * (300 - 30 * s)));
            lead(&mut floor, std::iter::repeat_n(10_000, 4));
            let home = floor.held(agent) - 500;
            assert!(home * i128::from(sign) <= 0, "it does not stay with a trend that turned");
            assert!(floor.refusals().is_empty());
        }
    }

    #[test]
    fn a_wilder_market_makes_it_smaller() {
        let held = |swing: i64| {
            let mut floor = Floor::new(1);
            let agent =
                floor.seat("trend-following", &[&QUICK[..], &[("risk", "0.0001")]].concat());
            lead(&mut floor, (0..60).map(|s| 10_000 + swing * (s % 2)));
            lead(&mut floor, (0..10).map(|s| 10_000 + swing * (2 + s)));
            floor.held(agent) - 500
        };
        let (calm, wild) = (held(2), held(20));
        assert!(calm > wild && wild > 0, "{calm} and {wild}");
    }

    #[test]
    fn the_true_range_counts_gaps() {
        let bar = |high, low, close| Bar { high, low, close };
        let bars =
            VecDeque::from([bar(11.0, 9.0, 10.0), bar(15.0, 14.0, 14.0), bar(15.0, 13.0, 13.0)]);
        assert_eq!(average_true_range(&bars), (5.0 + 2.0) / 2.0);
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "entry", "1", "a whole number from 2 to 10000");
        let clamped = Follower::new(&params(&KIND, &[("entry", "5")]), &Floor::role(0));
        assert_eq!(clamped.exit, 5);
    }
}

//! Momentum: buys what has risen and sells what has fallen.
//!
//! Source: Moskowitz, Ooi & Pedersen (2012), *Time series momentum*, Journal of Financial Economics
//! 104(2), for the sign of the past return (`signal = "return"`); Brock, Lakonishok & LeBaron (1992),
//! *Simple technical trading rules*, Journal of Finance 47(5), for the crossing of a short and a long
//! moving average with a band around it (`signal = "crossover"`).
//!
//! It looks at the price every `interval` and keeps the last `long` looks. The signal is how far the
//! mean of the last `short` looks (or the last one) lies above the mean of all (or the oldest one).
//! Above `threshold` it goes long, below −`threshold` short; when the signal changes its sign it goes
//! back to what it started with. It goes step by step, `size` lots a look, with orders that trade at
//! once or not at all; the next step waits until the last one has ended, so `max_position` holds
//! exactly, however far away the venue is. Short means fewer than at the start: nobody sells what he
//! has not got.

use crate::desk::{self, BASIS_POINT, Look};
use crate::orders::InFlight;
use pitfloor_model::units::Qty;
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `momentum`.
pub static KIND: Kind = Kind {
    name: "momentum",
    about: "buys what has risen and sells what has fallen",
    source: "Brock, Lakonishok & LeBaron 1992; Moskowitz, Ooi & Pedersen 2012",
    parameters: &[
        Parameter {
            name: "signal",
            takes: Takes::Choice(&["crossover", "return"]),
            default: "crossover",
            about: "crossover: short against long moving average; return: last against oldest look",
        },
        Parameter {
            name: "interval",
            takes: Takes::Wait,
            default: "5s",
            about: "wait between two looks at the price",
        },
        Parameter {
            name: "short",
            takes: Takes::Count(1, WINDOW_MAX),
            default: "12",
            about: "looks in the short average; no more than in the long one count",
        },
        Parameter {
            name: "long",
            takes: Takes::Count(2, WINDOW_MAX),
            default: "60",
            about: "looks in the long average",
        },
        Parameter {
            name: "threshold",
            takes: Takes::Number(0.0, 10_000.0),
            default: "2",
            about: "signal that makes it act, in basis points",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "40", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "200",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Momentum::new(params, role))),
};

/// The most looks that a window holds.
pub const WINDOW_MAX: u64 = 1 << 16;

/// A trend follower.
#[derive(Clone, Debug)]
pub struct Momentum {
    role: Role,
    interval: Wait,
    threshold: f64,
    size: Qty,
    max_position: Qty,
    flight: InFlight,
    /// Holdings at the start.
    home: i128,
    window: Window,
    crossover: bool,
    stance: Stance,
}

/// What it wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    Long,
    Home,
    Short,
}

/// The last prices looked at, in half ticks: whole numbers, so that sums are exact for ever.
#[derive(Clone, Debug)]
struct Window {
    looks: Box<[i64]>,
    sum: i128,
    sum_short: i128,
    short: u32,
    /// Where the next look goes; once full, where the oldest is.
    next: u32,
    full: bool,
}

impl Window {
    /// One that holds `long` looks, at most [`WINDOW_MAX`].
    fn new(short: u64, long: u64) -> Self {
        let short = short.min(long) as u32;
        let looks = vec![0; long as usize].into();
        Self { looks, sum: 0, sum_short: 0, short, next: 0, full: false }
    }

    fn push(&mut self, half_ticks: i64) {
        let next = self.next as usize;
        let leaving = self.looks[self.back(self.short as usize)];
        self.sum_short += i128::from(half_ticks) - i128::from(leaving);
        self.sum += i128::from(half_ticks) - i128::from(self.looks[next]);
        self.looks[next] = half_ticks;
        self.next = if next + 1 == self.looks.len() { 0 } else { self.next + 1 };
        self.full |= self.next == 0;
    }

    /// How far the mean of the last `short` looks lies above the mean of all, as a share of it.
    fn crossover(&self) -> f64 {
        let mean = |sum: i128, looks: usize| sum as f64 / looks as f64;
        mean(self.sum_short, self.short as usize) / mean(self.sum, self.looks.len()) - 1.0
    }

    /// How far the last look lies above the oldest, as a share of it.
    fn past_return(&self) -> f64 {
        self.looks[self.back(1)] as f64 / self.looks[self.next as usize] as f64 - 1.0
    }

    /// The place `looks` looks before the next one.
    const fn back(&self, looks: usize) -> usize {
        let next = self.next as usize;
        if next >= looks { next - looks } else { next + self.looks.len() - looks }
    }
}

impl Momentum {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            crossover: params.choice("signal") == "crossover",
            interval: params.wait("interval"),
            threshold: params.number("threshold") * BASIS_POINT,
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            flight: InFlight::default(),
            home: 0,
            window: Window::new(params.count("short"), params.count("long")),
            stance: Stance::Home,
        }
    }

    fn look(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        self.window.push((2.0 * look.price) as i64);
        if !self.window.full {
            return;
        }
        let signal =
            if self.crossover { self.window.crossover() } else { self.window.past_return() };
        self.stance = self.stance_after(signal);
        let rule = match self.stance {
            Stance::Long => "buy what has risen",
            Stance::Home => "go home: no trend",
            Stance::Short => "sell what has fallen",
        };
        let most = i128::from(self.max_position.0);
        let target = match self.stance {
            Stance::Long => self.home + most,
            Stance::Home => self.home,
            Stance::Short => (self.home - most).max(0),
        };
        cx.because(rule, || [("signal_bp", signal / BASIS_POINT), ("price_ticks", look.price)]);
        desk::step_towards(cx, &mut self.flight, &look, instrument, target, self.size);
    }

    fn stance_after(&self, signal: f64) -> Stance {
        match self.stance {
            _ if signal > self.threshold => Stance::Long,
            _ if signal < -self.threshold => Stance::Short,
            Stance::Long if signal > 0.0 => Stance::Long,
            Stance::Short if signal < 0.0 => Stance::Short,
            Stance::Long | Stance::Home | Stance::Short => Stance::Home,
        }
    }
}

impl Agent for Momentum {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.home = cx.position(self.role.instrument);
                desk::wake_first(self.interval, cx);
            }
            Notice::Timer(_) => {
                self.look(cx);
                desk::wake_again(self.interval, cx);
            }
            Notice::Own(event) => self.flight.told(cx.account(), event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;
    use pitfloor_model::command::Tif;
    use pitfloor_model::units::{Price, Side, Span};

    /// Leads the outside quote through `mids`, a second each.
    fn lead(floor: &mut Floor, mids: impl IntoIterator<Item = i64>) {
        let mut before = Vec::new();
        for mid in mids {
            floor.quote(mid, 1, &mut before);
            floor.pass(Span::secs(1));
        }
        before.into_iter().for_each(|order| floor.cancel(order));
    }

    const QUICK: [(&str, &str); 3] = [("interval", "1s"), ("short", "3"), ("long", "10")];

    #[test]
    fn buys_after_a_rise_up_to_its_limit() {
        for signal in ["crossover", "return"] {
            let mut floor = Floor::new(1);
            let agent = floor.seat("momentum", &[&QUICK[..], &[("signal", signal)]].concat());
            lead(&mut floor, (0..60).map(|s| 10_000 + 2 * s));
            assert_eq!(floor.held(agent), 700, "{signal}: 500 at the start and 200 more");
            let placed = floor.placed_by(agent);
            assert_eq!(placed.len(), 5);
            assert!(placed.iter().all(|it| it.side == Side::Buy && it.tif == Tif::Ioc));
            assert!(floor.refusals().is_empty());
        }
    }

    #[test]
    fn sells_after_a_fall_but_never_what_it_has_not_got() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("momentum", &[&QUICK[..], &[("max_position", "2000")]].concat());
        lead(&mut floor, (0..60).map(|s| 10_000 - 2 * s));
        assert_eq!(floor.held(agent), 0);
        assert!(floor.refusals().is_empty());
    }

    #[test]
    fn buys_no_more_than_it_can_pay() {
        let mut floor = Floor::new(1);
        let changes = [("max_position", "5000"), ("size", "300")];
        let agent = floor.seat("momentum", &[&QUICK[..], &changes].concat());
        lead(&mut floor, (0..60).map(|s| 10_000 + 2 * s));
        assert!((1_400..1_500).contains(&floor.held(agent)), "{}", floor.held(agent));
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn does_nothing_in_a_calm_market_and_goes_home_when_the_trend_is_over() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("momentum", &QUICK);
        lead(&mut floor, std::iter::repeat_n(10_000, 60));
        assert!(floor.placed_by(agent).is_empty());
        lead(&mut floor, (0..30).map(|s| 10_000 + 5 * s));
        assert!(floor.held(agent) > 600);
        lead(&mut floor, std::iter::repeat_n(10_150, 40));
        assert_eq!(floor.held(agent), 500);
    }

    #[test]
    fn waits_for_a_full_window() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("momentum", &QUICK);
        lead(&mut floor, (0..9).map(|s| 10_000 + 20 * s));
        assert!(floor.placed_by(agent).is_empty());
    }

    #[test]
    fn takes_the_best_price_and_no_worse() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("momentum", &QUICK);
        lead(&mut floor, (0..20).map(|s| 10_000 + 10 * s));
        let first = floor.placed_by(agent)[0];
        assert_eq!(first.price.map(|Price(ticks)| (ticks - 1) % 10), Some(0));
    }

    /// The running sums are those of the windows, however long it goes on.
    #[test]
    fn running_sums_agree_with_the_plain_ones() {
        let mut dice = pitfloor_sim::dice::Dice::new(1, "window");
        let (mut window, mut all) = (Window::new(3, 7), Vec::new());
        for _ in 0..1_000 {
            let look = dice.between(1, 1_000);
            window.push(look);
            all.push(look);
            let mean = |n: usize| all[all.len() - n..].iter().sum::<i64>() as f64 / n as f64;
            assert_eq!(window.full, all.len() >= 7);
            if window.full {
                assert_eq!(window.crossover(), mean(3) / mean(7) - 1.0);
                let oldest = all[all.len() - 7] as f64;
                assert_eq!(window.past_return(), look as f64 / oldest - 1.0);
            }
        }
    }
}

//! Pairs: buys the cheap one and sells the dear one of two that belong together.
//!
//! **What it does.** Every `interval` it looks at both prices and keeps the last `window` looks.
//! When it has no position it asks, every `refit` looks, whether the two belong together: it
//! regresses the logarithm of the first price on that of the second and tests whether what is left
//! over returns to its mean. If it does, and neither too fast nor too slowly, it waits until the
//! difference is unusual and trades both: the first leg against β times as much money of the
//! second. It closes both when the difference is usual again, when it has become absurd, or when it
//! takes too long.
//!
//! **In formulas.** ln p₁ = α + β ln p₂ + u by least squares. The two belong together when the
//! augmented Dickey–Fuller statistic of u, with `lags` lags, is below the 5 % value of Engle and
//! Granger for two variables, −3.3377 − 5.967/T − 8.98/T². u is read as an Ornstein–Uhlenbeck
//! process du = θ(μ − u)dt + σdW: its AR(1) coefficient is φ = e^(−θΔ), its half-life ln 2/θ, its
//! standard deviation in the long run σ/√(2θ). With z = (u − μ)/(σ/√(2θ)) it
//!
//! * opens at |z| ≥ `enter` and < `stop`, when the half-life lies between `half_life_min` and
//!   `half_life_max`: below zero it buys the first and sells the second, above zero the other way
//!   round;
//! * closes at |z| ≤ `leave`;
//! * stops at |z| ≥ `stop`, or after `stop_after` half-lives; then it opens nothing before |z| has
//!   been below `enter` again.
//!
//! While a position is open, α, β, μ and σ are those with which it was opened.
//!
//! **How legs are traded.** Both go out at once at the best price of the other side and rest if
//! that has gone. What has not been filled `timeout` later is taken back and crosses. The size is
//! `size` lots of the first leg, less when it cannot pay for one leg or has not got the other: a
//! group that is to sell needs shares, or credit.
//!
//! **What it assumes.** That what belonged together in the window will do so until the position is
//! closed. Of many pairs that do not, one in twenty passes the test all the same.
//!
//! **Source.** Engle & Granger (1987), Econometrica 55(2), for the test; MacKinnon (2010) for its
//! critical values; Gatev, Goetzmann & Rouwenhorst (2006), *Pairs trading*, Review of Financial
//! Studies 19(3), for the rule; Elliott, van der Hoek & Malcolm (2005), *Pairs trading*,
//! Quantitative Finance 5(3), for the process.

use super::engle_granger::{self, LAGS_MOST, Reversion};
use super::legs::{LOOK, Legs};
use crate::desk::{self, Look};
use crate::errand::Manner;
use pitfloor_model::units::{Cash, Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};
use std::collections::VecDeque;

/// The kind `pairs`.
pub static KIND: Kind = Kind {
    name: "pairs",
    about: "buys the cheap and sells the dear one of two that belong together",
    source: "Engle & Granger 1987; Gatev, Goetzmann & Rouwenhorst 2006",
    parameters: &[
        Parameter {
            name: "interval",
            takes: Takes::Span,
            default: "5s",
            about: "wait between two looks at the prices",
        },
        Parameter {
            name: "window",
            takes: Takes::Count(20, 10_000),
            default: "120",
            about: "looks from which the pair is judged",
        },
        Parameter {
            name: "refit",
            takes: Takes::Count(1, 10_000),
            default: "12",
            about: "looks between two judgements",
        },
        Parameter {
            name: "lags",
            takes: Takes::Count(0, LAGS_MOST as u64),
            default: "0",
            about: "lags of the test",
        },
        Parameter {
            name: "enter",
            takes: Takes::Number(0.0, 100.0),
            default: "2",
            about: "distance from the mean at which it opens, in standard deviations",
        },
        Parameter {
            name: "leave",
            takes: Takes::Number(0.0, 100.0),
            default: "0.5",
            about: "distance at which it closes; more than `enter` counts as `enter`",
        },
        Parameter {
            name: "stop",
            takes: Takes::Number(0.0, 1_000.0),
            default: "4",
            about: "distance at which it gives up; less than `enter` counts as `enter`: it then opens nothing",
        },
        Parameter {
            name: "stop_after",
            takes: Takes::Number(0.1, 1_000.0),
            default: "5",
            about: "half-lives after which it gives up",
        },
        Parameter {
            name: "half_life_min",
            takes: Takes::Span,
            default: "5s",
            about: "the shortest half-life that it trades",
        },
        Parameter {
            name: "half_life_max",
            takes: Takes::Span,
            default: "10m",
            about: "the longest",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "50",
            about: "lots of the first leg",
        },
        Parameter {
            name: "timeout",
            takes: Takes::Span,
            default: "2s",
            about: "after this a leg that is still open crosses",
        },
    ],
    build: Build::Legs {
        least: 2,
        most: 2,
        build: |params, roles| Box::new(Pairs::new(&params[0], [roles[0], roles[1]])),
    },
};

/// Somebody who trades two against each other.
#[derive(Clone, Debug)]
pub struct Pairs {
    roles: [Role; 2],
    interval: Span,
    window: usize,
    refit: u64,
    lags: usize,
    enter: f64,
    leave: f64,
    stop: f64,
    stop_after: f64,
    half_life: [Span; 2],
    size: Qty,
    legs: Legs,
    /// The logarithms of both prices, oldest first.
    looks: [VecDeque<f64>; 2],
    seen: u64,
    pair: Option<Pair>,
    open: Option<Open>,
    /// After a stop nothing is opened until the difference has been usual again.
    barred: bool,
}

/// Two that belong together.
#[derive(Clone, Copy, Debug)]
struct Pair {
    alpha: f64,
    beta: f64,
    reversion: Reversion,
}

/// An open position.
#[derive(Clone, Copy, Debug)]
struct Open {
    pair: Pair,
    until: Time,
}

impl Pair {
    fn z(&self, logs: [f64; 2]) -> f64 {
        (logs[0] - self.alpha - self.beta * logs[1] - self.reversion.mean) / self.reversion.spread
    }
}

impl Pairs {
    /// One that trades the first role against the second.
    #[must_use]
    pub fn new(params: &Params, roles: [Role; 2]) -> Self {
        let window = params.count("window") as usize;
        let enter = params.number("enter");
        Self {
            roles,
            interval: params.span("interval"),
            window,
            refit: params.count("refit"),
            lags: params.count("lags") as usize,
            enter,
            leave: params.number("leave").min(enter),
            stop: params.number("stop").max(enter),
            stop_after: params.number("stop_after"),
            half_life: [params.span("half_life_min"), params.span("half_life_max")],
            size: params.lots("size"),
            legs: Legs::new(&roles, Manner::Meet, params.span("timeout")),
            looks: [0, 1].map(|_| VecDeque::with_capacity(window + 1)),
            seen: 0,
            pair: None,
            open: None,
            barred: false,
        }
    }

    fn look(&mut self, cx: &mut Context<'_>) {
        let view = cx.view();
        let prices = self.roles.map(|role| {
            let look = Look::of(&view, role.instrument, role.reference)?;
            (look.price > 0.0).then_some(look.price)
        });
        let [Some(first), Some(second)] = prices else { return };
        let logs = [libm::log(first), libm::log(second)];
        for (looks, log) in self.looks.iter_mut().zip(logs) {
            looks.push_back(log);
            if looks.len() > self.window {
                looks.pop_front();
            }
        }
        self.seen += 1;
        if let Some(open) = self.open {
            self.watch(cx, open, logs);
        } else if self.looks[0].len() == self.window {
            if self.pair.is_none() || self.seen.is_multiple_of(self.refit) {
                self.pair = self.judge();
            }
            if let Some(pair) = self.pair {
                self.seek(cx, pair, logs, [first, second]);
            }
        }
    }

    /// Whether the two belong together, by the window.
    fn judge(&mut self) -> Option<Pair> {
        let [y, x] = &mut self.looks;
        let (y, x) = (&*y.make_contiguous(), &*x.make_contiguous());
        let (alpha, beta) = engle_granger::line(x, y)?;
        let left = engle_granger::residuals(x, y, (alpha, beta));
        let statistic = engle_granger::adf(&left, self.lags, false)?;
        if statistic >= engle_granger::engle_granger_critical(left.len() - 1 - self.lags) {
            return None;
        }
        let reversion = Reversion::of(&left)?;
        let half_life = reversion.half_life() * self.interval.0 as f64;
        let [least, most] = self.half_life.map(|span| span.0 as f64);
        (least..=most).contains(&half_life).then_some(Pair { alpha, beta, reversion })
    }

    /// Without a position: opens one when the difference is unusual.
    fn seek(&mut self, cx: &mut Context<'_>, pair: Pair, logs: [f64; 2], ticks: [f64; 2]) {
        let z = pair.z(logs);
        if z.abs() < self.enter {
            self.barred = false;
        } else if z.abs() < self.stop && !self.barred && self.legs.settled() {
            let aims = self.sizes(cx, &pair, if z < 0.0 { 1 } else { -1 }, ticks);
            if aims.iter().all(|aim| *aim != 0) {
                let wait = self.stop_after * pair.reversion.half_life() * self.interval.0 as f64;
                self.open = Some(Open { pair, until: cx.now().after(Span(wait as u64)) });
                let now = [self.legs.done(0) + aims[0], self.legs.done(1) + aims[1]];
                let rule = if z < 0.0 { "buy the pair: cheap" } else { "sell the pair: dear" };
                self.legs.aim(cx, &now, rule, ("z", z));
            }
        }
    }

    /// With a position: closes it when the time has come.
    fn watch(&mut self, cx: &mut Context<'_>, open: Open, logs: [f64; 2]) {
        let z = open.pair.z(logs);
        let rule = if z.abs() <= self.leave {
            "close the pair: usual again"
        } else if z.abs() >= self.stop {
            "stop: further apart than ever"
        } else if cx.now() >= open.until {
            "stop: it takes too long"
        } else {
            return;
        };
        // Legs that are still on their way are brought home when they have arrived.
        if self.legs.settled() {
            self.barred = z.abs() > self.leave;
            (self.open, self.pair) = (None, None);
            self.legs.aim(cx, &[0, 0], rule, ("z", z));
        }
    }

    /// Lots of both legs for a position on the first leg's `sign`: as many as the size says and its
    /// means allow on both sides.
    fn sizes(&self, cx: &mut Context<'_>, pair: &Pair, sign: i128, ticks: [f64; 2]) -> [i128; 2] {
        let view = cx.view();
        let best = |leg: usize, side: Side| {
            let quote = view.best(self.roles[leg].instrument, side.opposite());
            quote.map_or(Price(ticks[leg] as i64), |(price, _)| price)
        };
        let worth = |leg: usize| {
            let definition = cx.instrument(self.roles[leg].instrument);
            definition.cost(Price(1), Qty(1)).0 as f64 * ticks[leg]
        };
        // Lots of the second leg for each of the first.
        let ratio = pair.beta * worth(0) / worth(1);
        let sides = [sign, if ratio > 0.0 { -sign } else { sign }]
            .map(|sign| if sign > 0 { Side::Buy } else { Side::Sell });
        let means = [0, 1].map(|leg| match sides[leg] {
            Side::Buy => {
                // Both legs may have to be paid for: each gets half.
                let both = sides[0] == sides[1];
                let free = cx.cash(cx.instrument(self.roles[leg].instrument).currency()).0;
                let spoken = if both { Cash(free / 2) } else { Cash::ZERO };
                desk::can_buy(cx, self.roles[leg].instrument, spoken, best(leg, Side::Buy))
            }
            Side::Sell => desk::can_sell(cx, self.roles[leg].instrument, best(leg, Side::Sell)),
        });
        let first = (self.size.0 as f64).min(means[0] as f64).min(means[1] as f64 / ratio.abs());
        let first = libm::floor(first.max(0.0));
        let lots = [first as i128, libm::round(first * ratio.abs()) as i128];
        [0, 1].map(|leg| if sides[leg] == Side::Buy { lots[leg] } else { -lots[leg] })
    }
}

impl Agent for Pairs {
    fn interest(&self) -> Interest {
        Interest { own: Own::All, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                let wait = Span(1 + cx.dice().below(self.interval.0));
                cx.wake_in(wait);
            }
            Notice::Timer(LOOK) => self.legs.look(cx),
            Notice::Timer(_) => {
                self.look(cx);
                cx.wake_in(self.interval);
            }
            Notice::Own(event) => self.legs.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::Hall;
    use pitfloor_sim::dice::Dice;

    const QUICK: [(&str, &str); 7] = [
        ("stop_after", "200"),
        ("interval", "1s"),
        ("window", "60"),
        ("refit", "10"),
        ("half_life_min", "100ms"),
        ("half_life_max", "1m"),
        ("size", "100"),
    ];
    const NEAR: Span = Span::millis(1);

    /// A second a look: the second share walks, the first is twice as dear and `apart` ticks off.
    struct Tape {
        dice: Dice,
        second: f64,
        noise: f64,
    }

    impl Tape {
        fn new(seed: u64) -> Self {
            Self { dice: Dice::new(seed, "tape"), second: 10_000.0, noise: 0.0 }
        }

        fn play(&mut self, hall: &mut Hall, seconds: u32, apart: f64) {
            for _ in 0..seconds {
                self.second += 8.0 * self.dice.normal();
                self.noise = 0.4 * self.noise + 6.0 * self.dice.normal();
                let first = (2.0 * self.second + self.noise + apart).round() as i64;
                let second = self.second.round() as i64;
                hall.quote(0, first - 1, first + 1, 1_000);
                hall.quote(1, second - 1, second + 1, 1_000);
                hall.pass(Span::secs(1));
            }
        }
    }

    fn pair(changes: &[(&str, &str)]) -> (Hall, Tape, pitfloor_model::units::AccountId) {
        let mut hall = Hall::of_shares(&["DEAR", "CHEAP"]);
        let changes = [changes, &QUICK[..]].concat();
        let agent = hall.seat("pairs", NEAR, 1_000_000, 1_000, &changes);
        (hall, Tape::new(4), agent)
    }

    fn held(hall: &Hall, agent: pitfloor_model::units::AccountId) -> [i128; 2] {
        [hall.held(agent, 0) - 1_000, hall.held(agent, 1) - 1_000]
    }

    #[test]
    fn sells_the_dear_leg_buys_the_cheap_one_and_closes_both_when_it_is_over() {
        let (mut hall, mut tape, agent) = pair(&[("enter", "4"), ("stop", "100")]);
        tape.play(&mut hall, 70, 0.0);
        assert_eq!(held(&hall, agent), [0, 0], "nothing unusual yet");
        tape.play(&mut hall, 4, 70.0);
        let [first, second] = held(&hall, agent);
        assert_eq!(first, -100, "{:?}", hall.rules());
        assert!((190..=210).contains(&second), "as much money of the other: {second}");
        tape.play(&mut hall, 12, 0.0);
        assert_eq!(held(&hall, agent), [0, 0], "{:?}", hall.rules());
        assert!(hall.cash(agent, 0) > 1_000_000.0 + 30.0, "it has earned something");
        assert_eq!(hall.rules()[..2], ["sell the pair: dear"; 2]);
        assert!(hall.rules().contains(&"close the pair: usual again"));
        assert!(hall.refusals().is_empty(), "{:?}", hall.refusals());
    }

    #[test]
    fn buys_the_cheap_first_leg() {
        let (mut hall, mut tape, agent) = pair(&[("enter", "4"), ("stop", "100")]);
        tape.play(&mut hall, 70, 0.0);
        tape.play(&mut hall, 4, -70.0);
        let [first, second] = held(&hall, agent);
        assert!(first == 100 && second < -180, "{first} {second}");
    }

    #[test]
    fn stops_when_they_part_for_good_and_waits_until_that_is_over() {
        let (mut hall, mut tape, agent) = pair(&[("enter", "4"), ("stop", "15")]);
        tape.play(&mut hall, 70, 0.0);
        tape.play(&mut hall, 4, 70.0);
        assert_eq!(held(&hall, agent)[0], -100);
        tape.play(&mut hall, 20, 400.0);
        assert_eq!(held(&hall, agent), [0, 0], "{:?}", hall.rules());
        assert!(hall.rules().contains(&"stop: further apart than ever"));
    }

    #[test]
    fn gives_up_after_so_many_half_lives() {
        let (mut hall, mut tape, agent) =
            pair(&[("enter", "4"), ("stop", "100"), ("stop_after", "10")]);
        tape.play(&mut hall, 70, 0.0);
        tape.play(&mut hall, 40, 70.0);
        assert_eq!(held(&hall, agent), [0, 0], "{:?}", hall.rules());
        assert!(hall.rules().contains(&"stop: it takes too long"));
    }

    #[test]
    fn what_it_has_given_up_it_does_not_open_again_before_it_was_usual() {
        let (mut hall, mut tape, agent) =
            pair(&[("enter", "3"), ("stop", "100"), ("stop_after", "1")]);
        tape.play(&mut hall, 70, 0.0);
        tape.play(&mut hall, 6, 35.0);
        assert_eq!(held(&hall, agent), [0, 0], "{:?}", hall.rules());
        let opened = hall.rules().iter().filter(|rule| **rule == "sell the pair: dear").count();
        assert_eq!(opened, 2, "two legs, once: {:?}", hall.rules());
    }

    #[test]
    fn a_leg_that_finds_nobody_rests_and_then_crosses() {
        let (mut hall, mut tape, agent) =
            pair(&[("enter", "4"), ("stop", "100"), ("stop_after", "1000"), ("timeout", "3s")]);
        tape.play(&mut hall, 70, 0.0);
        // The second leg is quoted thinly: ten lots at a time.
        let (first, second) = (2.0 * tape.second + 70.0, tape.second.round() as i64);
        hall.quote(0, first as i64 - 1, first as i64 + 1, 1_000);
        hall.quote(1, second - 1, second + 1, 10);
        hall.pass(Span::secs(2));
        let [sold, bought] = held(&hall, agent);
        assert_eq!((sold, bought), (-100, 10), "{:?}", hall.rules());
        hall.quote(1, second + 20, second + 40, 1_000);
        hall.pass(Span::secs(1));
        assert_eq!(held(&hall, agent)[1], 10, "its order waits at the old price");
        hall.pass(Span::secs(3));
        assert!(held(&hall, agent)[1] > 180, "{:?}", hall.rules());
        assert!(hall.rules().contains(&"cross the leg that is open"));
    }

    #[test]
    fn leaves_strangers_alone() {
        let mut trades = 0;
        for seed in 0..20 {
            let (mut hall, _, agent) = pair(&[("enter", "1"), ("stop", "100"), ("refit", "60")]);
            let mut dice = Dice::new(seed, "strangers");
            let mut at = [20_000.0, 10_000.0];
            for _ in 0..61 {
                at = at.map(|level: f64| level + 8.0 * dice.normal());
                for (leg, level) in at.iter().enumerate() {
                    let mid = level.round() as i64;
                    hall.quote(leg as u32, mid - 1, mid + 1, 1_000);
                }
                hall.pass(Span::secs(1));
            }
            trades += u32::from(hall.placed(agent) > 0);
        }
        assert!(trades <= 4, "one in twenty passes the test, not {trades}");
    }

    /// Whatever happens: no leg beyond its size, nothing refused, and nobody sells what he has not
    /// got.
    #[test]
    fn stays_within_its_size_and_its_means() {
        for (seed, shares, cash) in [(1, 1_000, 1_000_000), (2, 60, 1_000_000), (3, 1_000, 4_000)] {
            let mut hall = Hall::of_shares(&["DEAR", "CHEAP"]);
            let changes = [&[("enter", "1"), ("leave", "0.2")][..], &QUICK[..]].concat();
            let far = Span::millis(700);
            let agent = hall.seat("pairs", far, cash, shares, &changes);
            let (mut tape, mut dice) = (Tape::new(seed), Dice::new(seed, "jumps"));
            let mut traded = false;
            for _ in 0..100 {
                let apart = 60.0 * dice.normal();
                tape.play(&mut hall, 4, apart);
                let [first, second] = [0, 1].map(|leg| hall.held(agent, leg) - i128::from(shares));
                assert!(first.abs() <= 100 && second.abs() <= 300, "{first} {second}");
                assert!(hall.held(agent, 0) >= 0 && hall.held(agent, 1) >= 0);
                traded |= first != 0;
            }
            assert!(traded, "{seed} trades");
            assert!(hall.refusals().is_empty(), "{seed}: {:?}", hall.refusals());
        }
    }
}

//! Mean reversion: sells what is unusually dear and buys what is unusually cheap.
//!
//! Source: Poterba & Summers (1988), *Mean reversion in stock prices*, Journal of Financial Economics
//! 22(1); the band of so many standard deviations around a moving mean is Bollinger's (2001),
//! *Bollinger on Bollinger Bands*.
//!
//! It looks at the price every `interval` and keeps an exponentially weighted mean and variance of
//! it, in which a look counts half after `half_life`. When the price lies more than `entry` standard
//! deviations above the mean it sells, below it buys, and within `exit` it goes back to what it
//! started with; `size` lots a look, with orders that trade at once or not at all. The next order
//! waits until the last one has ended, so `max_position` holds exactly, however far away the venue
//! is. Nobody sells what he has not got, so short means fewer than at the start.

use crate::desk::{self, Look};
use crate::orders::InFlight;
use pitfloor_model::units::{Qty, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `mean-reversion`.
pub static KIND: Kind = Kind {
    name: "mean-reversion",
    about: "sells what is unusually dear and buys what is unusually cheap",
    source: "Poterba & Summers 1988; Bollinger 2001",
    parameters: &[
        Parameter {
            name: "interval",
            takes: Takes::Wait,
            default: "5s",
            about: "wait between two looks at the price",
        },
        Parameter {
            name: "half_life",
            takes: Takes::Span,
            default: "3m",
            about: "after how long a look counts half; it acts after twice that",
        },
        Parameter {
            name: "entry",
            takes: Takes::Number(0.0, 100.0),
            default: "1.8",
            about: "distance from the mean that makes it act, in standard deviations",
        },
        Parameter {
            name: "exit",
            takes: Takes::Number(0.0, 100.0),
            default: "0.4",
            about: "distance from the mean at which it goes back, in standard deviations",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "40", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "200",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(MeanReversion::new(params, role))),
};

/// The least standard deviation it believes in, in ticks: within a tick, nothing is unusual.
const DEVIATION_MIN: f64 = 1.0;

/// A contrarian.
#[derive(Clone, Debug)]
pub struct MeanReversion {
    role: Role,
    interval: Wait,
    half_life: Span,
    entry: f64,
    exit: f64,
    size: Qty,
    max_position: Qty,
    flight: InFlight,
    /// Holdings at the start.
    home: i128,
    target: i128,
    usual: Option<Usual>,
}

/// What the price usually is, in ticks.
#[derive(Clone, Copy, Debug)]
struct Usual {
    since: Time,
    at: Time,
    /// The weights of all looks together.
    weight: f64,
    mean: f64,
    variance: f64,
}

impl Usual {
    /// Weighs a new look in: West (1979), *Updating mean and variance estimates*, with all earlier
    /// weights halved every half-life.
    fn look(&mut self, now: Time, price: f64, half_life: Span) {
        let passed = now.since(self.at).as_secs() / half_life.as_secs();
        let earlier = self.weight * libm::exp2(-passed);
        let off = price - self.mean;
        self.weight = earlier + 1.0;
        self.mean += off / self.weight;
        self.variance = earlier * (self.variance + off * off / self.weight) / self.weight;
        self.at = now;
    }

    /// How many standard deviations `price` lies above the mean.
    fn distance(&self, price: f64) -> f64 {
        (price - self.mean) / libm::sqrt(self.variance).max(DEVIATION_MIN)
    }
}

impl MeanReversion {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            interval: params.wait("interval"),
            half_life: params.span("half_life"),
            entry: params.number("entry"),
            exit: params.number("exit"),
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            flight: InFlight::default(),
            home: 0,
            target: 0,
            usual: None,
        }
    }

    fn look(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let (now, price) = (cx.now(), look.price);
        let first = Usual { since: now, at: now, weight: 0.0, mean: price, variance: 0.0 };
        let usual = self.usual.get_or_insert(first);
        let distance = usual.distance(price);
        usual.look(now, price, self.half_life);
        if now.since(usual.since).0 < self.half_life.0.saturating_mul(2) {
            return;
        }
        self.target = self.target_at(distance);
        let rule = match self.target - self.home {
            0 => "go home: price is as usual",
            ..0 => "sell what is unusually dear",
            1.. => "buy what is unusually cheap",
        };
        cx.because(rule, || [("distance_sd", distance), ("price_ticks", price)]);
        desk::step_towards(cx, &mut self.flight, &look, instrument, self.target, self.size);
    }

    /// What to hold so many standard deviations above the mean: between `exit` and `entry`, what it
    /// wanted before, unless that was for the other side.
    fn target_at(&self, distance: f64) -> i128 {
        let most = i128::from(self.max_position.0);
        let (high, low) = (self.home + most, (self.home - most).max(0));
        let away = if distance > 0.0 { self.target < self.home } else { self.target > self.home };
        if distance >= self.entry {
            low
        } else if distance <= -self.entry {
            high
        } else if libm::fabs(distance) <= self.exit || !away {
            self.home
        } else {
            self.target
        }
    }
}

impl Agent for MeanReversion {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.home = cx.position(self.role.instrument);
                self.target = self.home;
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
    use pitfloor_model::units::{AccountId, Side};
    use pitfloor_sim::dice::Dice;

    /// A floor that has been quiet, but for a tick or two either way, for two minutes.
    fn quiet() -> (Floor, AccountId, Vec<pitfloor_model::units::OrderId>) {
        let mut floor = Floor::new(1);
        let changes = [("interval", "1s"), ("half_life", "20s"), ("entry", "3")];
        let agent = floor.seat("mean-reversion", &changes);
        let (mut outside, mut dice) = (Vec::new(), Dice::new(1, "quiet"));
        for _ in 0..120 {
            floor.quote(10_000 + dice.between(-2, 2), 1, &mut outside);
            floor.pass(Span::secs(1));
        }
        (floor, agent, outside)
    }

    #[test]
    fn sells_after_a_spike_and_comes_home_after_it() {
        let (mut floor, agent, mut outside) = quiet();
        assert!(floor.placed_by(agent).is_empty(), "quiet markets are left alone");
        floor.quote(10_030, 1, &mut outside);
        floor.pass(Span::secs(3));
        let sold = floor.placed_by(agent);
        assert!(!sold.is_empty() && sold.iter().all(|order| order.side == Side::Sell));
        assert!(floor.held(agent) < 500, "{}", floor.held(agent));
        floor.quote(10_000, 1, &mut outside);
        floor.pass(Span::secs(60));
        assert_eq!(floor.held(agent), 500);
        assert!(floor.refusals().is_empty());
    }

    #[test]
    fn buys_after_a_drop() {
        let (mut floor, agent, mut outside) = quiet();
        floor.quote(9_970, 1, &mut outside);
        floor.pass(Span::secs(3));
        assert!(floor.held(agent) > 500, "{}", floor.held(agent));
    }

    #[test]
    fn gets_used_to_a_new_price() {
        let (mut floor, agent, mut outside) = quiet();
        floor.quote(10_030, 1, &mut outside);
        floor.pass(Span::secs(600));
        assert_eq!(floor.held(agent), 500);
    }

    #[test]
    fn stays_within_its_limit_and_its_holdings() {
        for (max, lowest) in [("120", 380), ("9000", 0)] {
            let mut floor = Floor::new(1);
            let changes = [("interval", "1s"), ("half_life", "20s"), ("max_position", max)];
            let agent = floor.seat("mean-reversion", &changes);
            let mut outside = Vec::new();
            floor.quote(10_000, 1, &mut outside);
            floor.pass(Span::secs(60));
            // Ever faster, so that it never gets used to it.
            for s in 1..30 {
                floor.quote(10_000 + s * s * s, 1, &mut outside);
                floor.pass(Span::secs(1));
            }
            assert_eq!(floor.held(agent), lowest);
            assert!(floor.refusals().is_empty());
        }
    }

    #[test]
    fn learns_before_it_acts() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("mean-reversion", &[("interval", "1s"), ("half_life", "20s")]);
        let mut outside = Vec::new();
        for s in 0..39 {
            floor.quote(10_000 + 50 * (s % 2), 1, &mut outside);
            floor.pass(Span::secs(1));
        }
        assert!(floor.placed_by(agent).is_empty());
    }

    /// The mean and variance are those of all looks, each weighed by its age.
    #[test]
    fn knows_the_usual_mean_and_variance() {
        let (mut dice, half_life) = (Dice::new(1, "usual"), Span::secs(20));
        let mut usual =
            Usual { since: Time(0), at: Time(0), weight: 0.0, mean: 0.0, variance: 0.0 };
        let (mut now, mut looks) = (Time(0), Vec::new());
        for _ in 0..200 {
            now = now.after(dice.wait(Span::secs(3)));
            looks.push((now, 100.0 + 5.0 * dice.normal()));
            usual.look(now, looks[looks.len() - 1].1, half_life);
        }
        let weight = |at: Time| libm::exp2(-now.since(at).as_secs() / 20.0);
        let all: f64 = looks.iter().map(|(at, _)| weight(*at)).sum();
        let mean = looks.iter().map(|(at, price)| weight(*at) * price).sum::<f64>() / all;
        let off = |price: f64| (price - mean) * (price - mean);
        let variance = looks.iter().map(|(at, price)| weight(*at) * off(*price)).sum::<f64>() / all;
        assert!((usual.mean - mean).abs() < 1e-9, "{} against {mean}", usual.mean);
        assert!((usual.variance - variance).abs() < 1e-9, "{} against {variance}", usual.variance);
        let two_above = mean + 2.0 * libm::sqrt(variance);
        assert!((usual.distance(two_above) - 2.0).abs() < 1e-9);
    }
}

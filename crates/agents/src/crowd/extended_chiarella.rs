//! The extended Chiarella model: belief in value, belief in fast or slow trends, or noise, one a
//! trader.
//!
//! In the model, log prices move by Δ*p* = κ(*V* − *p*) + β tanh(γ*M*) + σ ε each step:
//! fundamentalists push towards the value, trend followers along an average *M* of past moves (*M*
//! ← (1 − α)*M* + αΔ*p*), noise traders anywhere. Before a real book each member is one of these
//! four by `belief`, and its order each `interval` is as large as its push:
//!
//! * `value`: κ(*V* − *p*), *V* the log of the fundamental value (else of the reference price);
//! * `fast`, `slow`: β tanh(γ*M*), with weights 1/α of `fast_window` or `slow_window` intervals;
//! * `noise`: σ ε, with ε ~ N(0, 1).
//!
//! A push of one per cent is `size` lots; less than a lot sends nothing. With probability `passive`
//! the order rests at the best price of its own side until the next act, else it takes the best
//! price of the other. With few trend followers the mispricing *p* − *V* has one peak, with many it
//! has two: prices spend their time far above or far below the value.
//!
//! Source: Chiarella (1992), *The dynamics of speculative behaviour*, Annals of Operations Research
//! 37; Majewski, Ciliberti & Bouchaud (2018), *Co-existence of trend and value in financial
//! markets*, Journal of Economic Dynamics and Control; with a book as in JASSS 27(2) 8 (2024).

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `extended-chiarella`.
pub static KIND: Kind = Kind {
    name: "extended-chiarella",
    about: "pushes towards value, along a fast or slow trend, or anywhere",
    source: "Chiarella 1992; Majewski, Ciliberti & Bouchaud 2018",
    parameters: &[
        Parameter {
            name: "belief",
            takes: Takes::Choice(&["by-turn", "value", "fast", "slow", "noise"]),
            default: "by-turn",
            about: "what it believes in; by-turn: the members of the group take these four in turn",
        },
        Parameter {
            name: "interval",
            takes: Takes::Wait,
            default: "5s",
            about: "wait between two acts; a step of the model",
        },
        Parameter {
            name: "kappa",
            takes: Takes::Number(0.0, 1.0),
            default: "0.05",
            about: "κ: push towards the value, a share of the mispricing",
        },
        Parameter {
            name: "beta",
            takes: Takes::Number(0.0, 1.0),
            default: "0.02",
            about: "β: greatest push along a trend",
        },
        Parameter {
            name: "gamma",
            takes: Takes::Number(0.0, 1e9),
            default: "50",
            about: "γ: how soon a trend is believed in fully",
        },
        Parameter {
            name: "sigma",
            takes: Takes::Number(0.0, 1.0),
            default: "0.03",
            about: "σ: standard deviation of the push of noise",
        },
        Parameter {
            name: "fast_window",
            takes: Takes::Number(1.0, 1e6),
            default: "7",
            about: "1/α of the fast trend, in intervals",
        },
        Parameter {
            name: "slow_window",
            takes: Takes::Number(1.0, 1e6),
            default: "100",
            about: "1/α of the slow trend, in intervals",
        },
        Parameter {
            name: "passive",
            takes: Takes::Number(0.0, 1.0),
            default: "0.3",
            about: "share of orders that rest at the best price of their own side",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "10",
            about: "lots for a push of one per cent",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "1000",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Believer::new(params, role))),
};

/// What a trader believes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Belief {
    Value,
    Fast,
    Slow,
    Noise,
}

/// The push for which `size` lots are sent.
const PUSH_OF_SIZE: f64 = 0.01;

/// One that believes in something.
#[derive(Clone, Debug)]
pub struct Believer {
    role: Role,
    belief: Belief,
    interval: Wait,
    kappa: f64,
    beta: f64,
    gamma: f64,
    sigma: f64,
    /// The weight of the newest move in the trend.
    alpha: f64,
    passive: f64,
    size: Qty,
    /// The log price at the last act, and the trend.
    last: Option<f64>,
    trend: f64,
    working: Working<1>,
}

impl Believer {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let belief = match params.choice("belief") {
            "value" => Belief::Value,
            "fast" => Belief::Fast,
            "slow" => Belief::Slow,
            "noise" => Belief::Noise,
            _ => {
                [Belief::Value, Belief::Fast, Belief::Slow, Belief::Noise][role.index as usize % 4]
            }
        };
        let window = if belief == Belief::Slow { "slow_window" } else { "fast_window" };
        Self {
            role: *role,
            belief,
            interval: params.wait("interval"),
            kappa: params.number("kappa"),
            beta: params.number("beta"),
            gamma: params.number("gamma"),
            sigma: params.number("sigma"),
            alpha: 1.0 / params.number(window),
            passive: params.number("passive"),
            size: params.lots("size"),
            last: None,
            trend: 0.0,
            working: Working::new(role, params.lots("max_position")),
        }
    }

    /// How far it wants to push the log price, and why.
    fn push(&mut self, cx: &mut Context<'_>, price: f64) -> (f64, &'static str) {
        let log = libm::log(price);
        let moved = self.last.replace(log).map_or(0.0, |last| log - last);
        self.trend += self.alpha * (moved - self.trend);
        match self.belief {
            Belief::Value => {
                let reference = self.role.reference.0 as f64;
                let worth = cx.fundamental(self.role.instrument).unwrap_or(reference).max(1.0);
                (self.kappa * (libm::log(worth) - log), "towards the value")
            }
            Belief::Fast => (self.along(), "along the fast trend"),
            Belief::Slow => (self.along(), "along the slow trend"),
            Belief::Noise => (self.sigma * cx.dice().normal(), "anywhere"),
        }
    }

    fn along(&self) -> f64 {
        self.beta * libm::tanh(self.gamma * self.trend)
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let (push, rule) = self.push(cx, look.price);
        if !self.working.is_sure() {
            return;
        }
        self.working.take_back(cx);
        let lots = (push.abs() / PUSH_OF_SIZE * self.size.0 as f64) as i128;
        let side = if push > 0.0 { Side::Buy } else { Side::Sell };
        let rests = cx.dice().chance(self.passive);
        let best = look.best(if rests { side } else { side.opposite() });
        let Some(price) = best.filter(|_| lots > 0) else { return };
        cx.because(rule, || [("push_bp", push / desk::BASIS_POINT), ("price_ticks", look.price)]);
        if rests {
            self.working.rest(cx, side, price, lots);
        } else {
            self.working.take(cx, side, price, lots);
        }
    }
}

impl Agent for Believer {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
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
    use pitfloor_model::units::Span;

    const QUICK: [(&str, &str); 3] = [("interval", "1s"), ("passive", "0"), ("size", "400")];

    fn led(belief: &str, step: i64) -> Vec<pitfloor_model::command::Order> {
        let mut floor = Floor::worth(1, 10_000.0, 0.0);
        let agent = floor.seat("extended-chiarella", &[&QUICK[..], &[("belief", belief)]].concat());
        let mut before = Vec::new();
        for round in 0..30 {
            floor.quote(10_000 + step * round, 1, &mut before);
            floor.pass(Span::secs(1));
        }
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        floor.placed_by(agent)
    }

    #[test]
    fn value_leans_against_a_rise_and_trend_goes_with_it() {
        for (belief, step, side) in [
            ("value", 40, Side::Sell),
            ("value", -40, Side::Buy),
            ("fast", 40, Side::Buy),
            ("slow", 40, Side::Buy),
            ("fast", -40, Side::Sell),
        ] {
            let placed = led(belief, step);
            assert!(placed.len() > 3, "{belief}: {}", placed.len());
            assert!(placed.iter().all(|order| order.side == side), "{belief} {step}: {placed:?}");
        }
    }

    #[test]
    fn orders_are_as_large_as_the_push() {
        let first = |step| led("value", step)[0].qty.0;
        assert!(first(80) > first(40), "{} after {}", first(80), first(40));
        assert!(led("value", 0).is_empty(), "no mispricing, no order");
    }

    #[test]
    fn noise_goes_both_ways() {
        let placed = led("noise", 0);
        let buys = placed.iter().filter(|order| order.side == Side::Buy).count();
        assert!(buys > 3 && buys + 3 < placed.len(), "{buys} of {}", placed.len());
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "belief", "luck", "one of by-turn, value, fast, slow, noise");
    }
}

//! An opportunistic trader: with the move or against it, by its nature.
//!
//! Once, it is drawn whether it is one who goes with a move (probability `followers`) or one who
//! bets on its end. It looks every `rate`, and keeps a slow average *A* of prices (the last look
//! weighs one part in `memory`). The signal is how far the price lies from it, *p*/*A* − 1. Beyond
//! `threshold` the follower wants to hold `max_position` in the direction of the move, the other
//! one in the opposite; within half of that both go home. They go there by orders of at most `size`
//! lots, which take the best price, or with probability `passive` rest at the best price of their
//! own side until the next look.
//!
//! Source: the class of that name in Kirilenko, Kyle, Samadi & Tuzun (2017), *The flash crash:
//! high-frequency trading in an electronic market*, Journal of Finance 72(3); the rule is a design.

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `opportunistic`.
pub static KIND: Kind = Kind {
    name: "opportunistic",
    about: "goes with a move or bets on its end, by its nature",
    source: "Kirilenko, Kyle, Samadi & Tuzun 2017",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 30s)",
            about: "wait between two looks",
        },
        Parameter {
            name: "followers",
            takes: Takes::Number(0.0, 1.0),
            default: "0.5",
            about: "probability of being one who goes with a move",
        },
        Parameter {
            name: "memory",
            takes: Takes::Number(1.0, 1e6),
            default: "20",
            about: "looks in its slow average",
        },
        Parameter {
            name: "threshold",
            takes: Takes::Number(0.0, 10_000.0),
            default: "20",
            about: "move that it acts on, in basis points",
        },
        Parameter {
            name: "passive",
            takes: Takes::Number(0.0, 1.0),
            default: "0.5",
            about: "share of orders that rest at the best price of their own side",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "5", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "30",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Opportunist::new(params, role))),
};

/// One with a nature.
#[derive(Clone, Debug)]
pub struct Opportunist {
    role: Role,
    rate: Wait,
    followers: f64,
    /// Drawn at the start: 1 with the move, −1 against it.
    nature: f64,
    memory: f64,
    threshold: f64,
    passive: f64,
    size: Qty,
    most: Qty,
    average: Option<f64>,
    target: i128,
    working: Working<1>,
}

impl Opportunist {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let most = params.lots("max_position");
        Self {
            role: *role,
            rate: params.wait("rate"),
            followers: params.number("followers"),
            nature: 1.0,
            memory: params.number("memory"),
            threshold: params.number("threshold") * desk::BASIS_POINT,
            passive: params.number("passive"),
            size: params.lots("size"),
            most,
            average: None,
            target: 0,
            working: Working::new(role, most),
        }
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() {
            return;
        }
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        self.working.take_back(cx);
        let before = self.average.unwrap_or(look.price);
        let average = before + (look.price - before) / self.memory;
        self.average = Some(average);
        let signal = look.price / average - 1.0;
        if signal.abs() > self.threshold {
            let most = i128::from(self.most.0);
            self.target = if signal * self.nature > 0.0 { most } else { -most };
        } else if signal.abs() < self.threshold / 2.0 {
            self.target = 0;
        }
        let gap = self.target - self.working.away(cx);
        if gap == 0 {
            return;
        }
        let rule = match (self.target, self.nature > 0.0) {
            (0, _) => "the move is over",
            (_, true) => "with the move",
            (_, false) => "against the move",
        };
        let side = if gap > 0 { Side::Buy } else { Side::Sell };
        let rests = cx.dice().chance(self.passive);
        cx.because(rule, || [("move_bp", signal / desk::BASIS_POINT), ("price_ticks", look.price)]);
        match look.best(side).filter(|_| rests) {
            Some(own) => {
                self.working.rest(cx, side, own, gap.abs().min(i128::from(self.size.0)));
            }
            None => {
                self.working.step(cx, &look, self.target, self.size);
            }
        }
    }
}

impl Agent for Opportunist {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                self.nature = if cx.dice().chance(self.followers) { 1.0 } else { -1.0 };
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
    use pitfloor_model::units::Span;

    fn after_a_fall(followers: &str) -> (Floor, pitfloor_model::units::AccountId) {
        let mut floor = Floor::new(1);
        let changes = [("rate", "1s"), ("followers", followers)];
        let agent = floor.seat("opportunistic", &changes);
        let mut outside = Vec::new();
        for second in 0..60 {
            floor.quote(10_000 - 10 * second, 1, &mut outside);
            floor.pass(Span::secs(1));
        }
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        (floor, agent)
    }

    #[test]
    fn followers_sell_into_a_fall_and_the_others_buy_it() {
        for (followers, held) in [("1", 470), ("0", 530)] {
            let (floor, agent) = after_a_fall(followers);
            assert_eq!(floor.held(agent), held, "followers {followers}");
        }
    }

    #[test]
    fn when_the_move_is_over_it_goes_home() {
        let (mut floor, agent) = after_a_fall("0");
        for _ in 0..120 {
            let mut outside = Vec::new();
            floor.quote(9_410, 1, &mut outside);
            floor.pass(Span::secs(1));
            outside.into_iter().for_each(|order| floor.cancel(order));
        }
        assert_eq!(floor.held(agent), 500);
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "followers", "7", "a number from 0 to 1");
    }
}

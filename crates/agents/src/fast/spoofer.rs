//! A spoofer: shows large orders that it does not mean, to sell dearer (or buy cheaper) what it
//! does.
//!
//! A play goes like this. It rests a small order of `size` lots that it means at the best price of
//! one side. Then it builds a wall on the other side: `layers` orders of `layer_size` lots each,
//! from `away` price steps behind that side's best price outwards. Those who read queues trade
//! towards the longer one, and so with the order that is meant. When that is filled, or after
//! `life`, it takes everything back. The next play, after a wait of `rate`, goes the other way
//! round when the last one left it long or short, so what it sold dear it buys back cheap.
//!
//! This is forbidden nearly everywhere (in the United States section 4c(a)(5)(C) of the Commodity
//! Exchange Act, in Europe article 12(2)(c) of the Market Abuse Regulation). It is here so that
//! detection has something to detect: `pitfloor_analysis::layering` counts large short-lived orders
//! far from the best price against executions on the other side.
//!
//! Source: Lee, Eom & Park (2013), *Microstructure-based manipulation: strategic behavior and
//! performance of spoofing traders*, Journal of Financial Markets 16(2); Cartea, Jaimungal & Wang
//! (2020), *Spoofing and price manipulation in order-driven markets*, Applied Mathematical Finance
//! 27(1-2).

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::event::Event;
use pitfloor_model::units::{Qty, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `spoofer`.
pub static KIND: Kind = Kind {
    name: "spoofer",
    about: "shows large orders that it does not mean, to fill a small one that it does",
    source: "Lee, Eom & Park 2013; Cartea, Jaimungal & Wang 2020",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 20s)",
            about: "wait between two plays",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "20", about: "lots that it means" },
        Parameter {
            name: "layers",
            takes: Takes::Count(0, LAYERS_MAX as u64),
            default: "4",
            about: "orders of the wall; none: it plays fair",
        },
        Parameter { name: "layer_size", takes: Takes::Lots, default: "300", about: "lots of each" },
        Parameter {
            name: "away",
            takes: Takes::Count(0, 1_000),
            default: "1",
            about: "price steps from the best price to the first of them",
        },
        Parameter {
            name: "life",
            takes: Takes::Span,
            default: "3s",
            about: "how long a play lasts at most",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "5000",
            about: "how far its holdings may move, were the wall filled too, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Spoofer::new(params, role))),
};

/// The most orders of a wall.
pub const LAYERS_MAX: usize = 8;

/// The tag of the timer at which a play is over.
const OVER: u64 = 1;

/// A spoofer.
#[derive(Clone, Debug)]
pub struct Spoofer {
    role: Role,
    rate: Wait,
    size: Qty,
    layers: i64,
    layer_size: Qty,
    away: i64,
    life: Span,
    working: Working<{ LAYERS_MAX + 1 }>,
}

impl Spoofer {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            rate: params.wait("rate"),
            size: params.lots("size"),
            layers: params.count("layers") as i64,
            layer_size: params.lots("layer_size"),
            away: params.count("away") as i64,
            life: params.span("life"),
            working: Working::new(role, params.lots("max_position")),
        }
    }

    fn play(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() || self.working.resting().next().is_some() {
            return;
        }
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let away = self.working.away(cx);
        let side = match away {
            0 => cx.dice().side(),
            1.. => Side::Sell,
            _ => Side::Buy,
        };
        let (Some(own), Some(other)) = (look.best(side), look.best(side.opposite())) else {
            return;
        };
        let wanted = if away == 0 { i128::from(self.size.0) } else { away.abs() };
        cx.because("the order that it means", || [("price_ticks", own.0 as f64)]);
        if self.working.rest(cx, side, own, wanted).is_none() {
            return;
        }
        cx.because("a wall that it does not mean", || [("price_ticks", other.0 as f64)]);
        let definition = cx.instrument(instrument);
        let step = definition.limits.price_step as i64;
        for layer in 0..self.layers {
            let behind = (self.away + layer) * step;
            let ticks = match side {
                Side::Sell => other.0 - behind,
                Side::Buy => other.0 + behind,
            };
            let price = desk::price(definition, side.opposite(), ticks as f64);
            self.working.rest(cx, side.opposite(), price, i128::from(self.layer_size.0));
        }
        cx.wake_at(cx.now().after(self.life), OVER);
    }

    /// Takes everything back, if there is anything.
    fn end(&mut self, cx: &mut Context<'_>) {
        if self.working.is_sure() {
            self.working.take_back(cx);
        }
    }
}

impl Agent for Spoofer {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(OVER) => self.end(cx),
            Notice::Timer(_) => {
                self.play(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => {
                self.working.told(cx, event);
                // Whatever was filled: nobody is to meet the rest.
                if matches!(event, Event::Traded { .. }) {
                    self.end(cx);
                }
            }
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, refuses};

    fn playing(changes: &[(&str, &str)]) -> (Floor, pitfloor_model::units::AccountId) {
        let mut floor = Floor::new(2);
        floor.quote(10_000, 5, &mut Vec::new());
        let agent =
            floor.seat("spoofer", &[&[("rate", "10s"), ("layer_size", "50")], changes].concat());
        (floor, agent)
    }

    #[test]
    fn builds_a_wall_opposite_to_what_it_means_and_takes_it_down() {
        let (mut floor, agent) = playing(&[]);
        floor.pass(Span::secs(30));
        let placed = floor.placed_by(agent);
        let (meant, wall) = (placed[0], &placed[1..5]);
        assert!(meant.qty == Qty(20) && wall.iter().all(|it| it.qty == Qty(50)), "{placed:?}");
        assert!(wall.iter().all(|it| it.side == meant.side.opposite()));
        let cancels = floor
            .asked_by(agent)
            .iter()
            .filter(|it| matches!(it, pitfloor_model::command::Command::Cancel { .. }))
            .count();
        assert!(cancels >= 5, "all are gone again");
        floor.pass(Span::secs(4));
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        assert_eq!(floor.held(agent), 500, "nobody met it");
    }

    #[test]
    fn once_filled_it_takes_all_back_and_then_turns_round() {
        let (mut floor, agent) = playing(&[("life", "9s")]);
        let mut filled = 0;
        for _ in 0..600 {
            floor.pass(Span::millis(100));
            // Somebody believes the wall: the best price with few lots beside the outside quote.
            let placed = floor.placed_by(agent);
            if let Some(meant) = placed.iter().rev().find(|it| it.qty != Qty(50))
                && floor.kernel.exchange().order(meant.key()).is_some()
            {
                floor.take(meant.side.opposite(), meant.price.unwrap().0, 1_000_020);
                filled += 1;
                floor.quote(10_000, 5, &mut Vec::new());
            }
        }
        assert!(filled >= 2, "{filled}");
        let (least, most) = floor.ever_held(agent, 500);
        assert!(least >= 480 && most <= 520 && least < most, "{least} to {most}");
        let live = |side| floor.kernel.board().levels(ACME).levels(side).count();
        assert!(live(Side::Buy) > 0 && live(Side::Sell) > 0);
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "layers", "9", "a whole number from 0 to 8");
    }
}

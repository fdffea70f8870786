//! Noise with a day's shape: one order each, most of them early or late.
//!
//! Source: Byrd, Hybinette & Balch (2020); the noise agent of RMSC03 and RMSC04. The U-shape of a day's
//! activity is that of Jain & Joh (1988), *The dependence between hourly prices and trading volume*, JFQA
//! 23(3).
//!
//! Each wakes once, at a moment of a day that begins `early` before the run and ends `day` after its
//! start, drawn with a density that grows with the square of the distance from its middle:
//!
//! ```text
//! t = −early + (day + early)·(½ + ∛(U/4 − 1/8)),   U uniform on [0, 1)
//! ```
//!
//! Whoever has drawn a moment before the run wakes in its first 100 ns. It asks for the best prices; when
//! they are here it buys at the ask or sells at the bid, as likely, by a limit order whose remainder rests
//! and is never taken back. Where nobody quotes it does nothing, and it never acts again.

use super::sizes::{self, Sizes};
use super::{ANSWER, CLOSE, WAKE, limit, moment};
use pitfloor_model::units::{Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `u-noise`.
pub static KIND: Kind = Kind {
    name: "u-noise",
    about: "one order each, on a random side, most of them early or late (RMSC04)",
    source: "Byrd, Hybinette & Balch 2020; Jain & Joh 1988",
    parameters: &[
        CLOSE,
        Parameter {
            name: "early",
            takes: Takes::Span,
            default: "30m",
            about: "how long before the run its day begins",
        },
        Parameter {
            name: "day",
            takes: Takes::Span,
            default: "6h30m",
            about: "when its day ends, after the start; whoever wakes after the close does nothing",
        },
        sizes::PARAMETERS[0],
        sizes::PARAMETERS[1],
        sizes::PARAMETERS[2],
    ],
    build: Build::One(|params, role| Box::new(UNoise::new(params, role))),
};

/// Within how many nanoseconds those wake who have drawn a moment before the run.
const AT_ONCE: u64 = 100;

/// A noise agent.
#[derive(Clone, Debug)]
pub struct UNoise {
    role: Role,
    close: Time,
    early: Span,
    day: Span,
    sizes: Sizes,
}

impl UNoise {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            close: moment(params.span("close")),
            early: params.span("early"),
            day: params.span("day"),
            sizes: Sizes::new(params),
        }
    }

    /// When it wakes; none when that is before the run.
    fn moment(&self, dice: &mut Dice) -> Option<Time> {
        let (day, early) = (self.day.0 as f64, self.early.0 as f64);
        let at = 0.5 + libm::cbrt(dice.unit() / 4.0 - 0.125);
        let ns = (day + early) * at - early;
        (ns >= 0.0).then_some(Time(ns as u64))
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let instrument = self.role.instrument;
        let quote = cx.view().quote(instrument);
        let side = cx.dice().side();
        let best = match side {
            Side::Buy => quote.ask,
            Side::Sell => quote.bid,
        };
        let Some((price, _)) = best else { return };
        let size = self.sizes.draw(cx.dice());
        cx.because("trade for no reason", || [("price_ticks", price.0 as f64)]);
        limit(cx, instrument, side, price.0, size);
    }
}

impl Agent for UNoise {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                let drawn = self.moment(cx.dice());
                let at = drawn.unwrap_or_else(|| Time(cx.dice().below(AT_ONCE)));
                cx.wake_at(at, WAKE);
            }
            Notice::Timer(WAKE) if cx.now() < self.close => cx.ask(Span::ZERO, ANSWER),
            Notice::Timer(ANSWER) if cx.now() < self.close => self.act(cx),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, REFERENCE};
    use pitfloor_model::units::Price;

    fn agent() -> UNoise {
        let params = Params::of(&KIND, &[], &Floor::venue().instruments()[0]).unwrap();
        UNoise::new(&params, &Role { instrument: ACME, reference: REFERENCE, index: 0 })
    }

    /// Over seven hours from half an hour before the run: 18.5 % are before it, the middle is empty.
    #[test]
    fn most_wake_early_or_late() {
        let (agent, mut dice) = (agent(), Dice::new(1, "u"));
        let n = 40_000;
        let drawn: Vec<Option<Time>> = (0..n).map(|_| agent.moment(&mut dice)).collect();
        let before = drawn.iter().filter(|at| at.is_none()).count() as f64 / n as f64;
        assert!((before - 0.185).abs() < 0.008, "{before}");
        let hours = |from: u64, to: u64| {
            let (from, to) = (Time(from * 3_600_000_000_000), Time(to * 3_600_000_000_000));
            drawn.iter().flatten().filter(|at| (from..to).contains(at)).count() as f64 / n as f64
        };
        // The share between two moments is the difference of (2x − 1)³/2, x from 0 to 1 of the day.
        let share = |hours: f64| {
            let x = (hours + 0.5) / 7.0;
            (2.0 * x - 1.0) * (2.0 * x - 1.0) * (2.0 * x - 1.0) / 2.0
        };
        for (from, to) in [(0, 1), (1, 3), (3, 4), (4, 6), (5, 7)] {
            let wanted = share((to as f64).min(6.5)) - share(from as f64);
            assert!((hours(from, to) - wanted).abs() < 0.01, "{from} to {to}: {wanted}");
        }
    }

    #[test]
    fn takes_the_best_price_once_and_leaves_the_rest() {
        let (mut bought, mut sold) = (0, 0);
        for seed in 0..20 {
            let mut floor = Floor::new(seed);
            let mut before = Vec::new();
            floor.quote(10_000, 1, &mut before);
            let changes = [("day", "2s"), ("early", "1s"), ("sizes", "once")];
            let agent = floor.seat("u-noise", &changes);
            floor.pass(Span::secs(3));
            let placed = floor.placed_by(agent);
            assert!(placed.len() <= 1, "{placed:?}");
            for order in placed {
                let best = if order.side == Side::Buy { 10_001 } else { 9_999 };
                assert_eq!(order.price, Some(Price(best)));
                assert!((20..=49).contains(&order.qty.0));
                bought += u32::from(order.side == Side::Buy);
                sold += u32::from(order.side == Side::Sell);
            }
            assert!(floor.refusals().is_empty());
        }
        assert!(bought + sold > 0, "somebody acts");
    }

    #[test]
    fn does_nothing_where_nobody_quotes() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("u-noise", &[("day", "2s")]);
        floor.pass(Span::secs(3));
        assert!(floor.asked_by(agent).is_empty());
    }
}

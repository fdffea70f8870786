//! Momentum by two moving averages of the mid, with orders that stay in the book.
//!
//! Source: Byrd, Hybinette & Balch (2020); the momentum agent of RMSC03 and RMSC04.
//!
//! It asks for the best prices as often as `rate` says and, when both sides are quoted, notes the mid
//! (half a tick is kept). Once it has more than `long` mids it compares the means of the last `short` and
//! of the last `long` of them, both rounded to hundredths of a tick: when the short one is not below the
//! long one it buys at the ask, else it sells at the bid. What does not trade stays and is never taken back.

use super::sizes::{self, Sizes};
use super::{ANSWER, CLOSE, WAKE, limit, moment};
use crate::desk;
use pitfloor_model::units::{Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `ma-momentum`.
pub static KIND: Kind = Kind {
    name: "ma-momentum",
    about: "buys while the short moving average is not below the long one, else sells (RMSC04)",
    source: "Byrd, Hybinette & Balch 2020",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 37s)",
            about: "wait between an answer and the next question",
        },
        CLOSE,
        Parameter {
            name: "short",
            takes: Takes::Count(1, MIDS_MAX),
            default: "20",
            about: "mids in the short average; no more than in the long one count",
        },
        Parameter {
            name: "long",
            takes: Takes::Count(1, MIDS_MAX),
            default: "50",
            about: "mids in the long average",
        },
        sizes::PARAMETERS[0],
        sizes::PARAMETERS[1],
        sizes::PARAMETERS[2],
    ],
    build: Build::One(|params, role| Box::new(MaMomentum::new(params, role))),
};

/// The most mids that an average is of.
pub const MIDS_MAX: u64 = 1 << 16;

/// A momentum agent.
#[derive(Clone, Debug)]
pub struct MaMomentum {
    role: Role,
    rate: Wait,
    close: Time,
    sizes: Sizes,
    short: usize,
    /// The last mids in half ticks, the next one's place, and how many there were.
    mids: Box<[i64]>,
    next: usize,
    noted: u64,
    sum_short: i64,
    sum_long: i64,
}

impl MaMomentum {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let long = params.count("long") as usize;
        Self {
            role: *role,
            rate: params.wait("rate"),
            close: moment(params.span("close")),
            sizes: Sizes::new(params),
            short: (params.count("short") as usize).min(long),
            mids: vec![0; long].into(),
            next: 0,
            noted: 0,
            sum_short: 0,
            sum_long: 0,
        }
    }

    fn note(&mut self, half_ticks: i64) {
        let long = self.mids.len();
        let leaving_short = self.mids[(self.next + long - self.short) % long];
        self.sum_short += half_ticks - leaving_short;
        self.sum_long += half_ticks - self.mids[self.next];
        self.mids[self.next] = half_ticks;
        self.next = (self.next + 1) % long;
        self.noted += 1;
    }

    /// The two averages in hundredths of a tick; none before there are more mids than the long one has.
    fn averages(&self) -> Option<(f64, f64)> {
        let mean = |sum: i64, n: usize| libm::rint(50.0 * sum as f64 / n as f64);
        let long = self.mids.len();
        let enough = self.noted > long as u64;
        enough.then(|| (mean(self.sum_short, self.short), mean(self.sum_long, long)))
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let instrument = self.role.instrument;
        let quote = cx.view().quote(instrument);
        let (Some((bid, _)), Some((ask, _))) = (quote.bid, quote.ask) else { return };
        self.note(bid.0 + ask.0);
        let Some((short, long)) = self.averages() else { return };
        let (side, price) = if short >= long { (Side::Buy, ask) } else { (Side::Sell, bid) };
        let rule = match side {
            Side::Buy => "buy what has risen",
            Side::Sell => "sell what has fallen",
        };
        cx.because(rule, || [("short_ticks", short / 100.0), ("long_ticks", long / 100.0)]);
        let size = self.sizes.draw(cx.dice());
        limit(cx, instrument, side, price.0, size);
    }
}

impl Agent for MaMomentum {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(WAKE) if cx.now() < self.close => cx.ask(Span::ZERO, ANSWER),
            Notice::Timer(ANSWER) if cx.now() < self.close => {
                self.act(cx);
                desk::wake_again(self.rate, cx);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, REFERENCE};
    use pitfloor_model::units::{AccountId, Price};
    use pitfloor_sim::dice::Dice;

    const QUICK: [(&str, &str); 5] =
        [("rate", "1s"), ("short", "3"), ("long", "10"), ("sizes", "once"), ("size_most", "20")];

    /// Leads the outside quote through `mids`, a second each.
    fn led(mids: impl IntoIterator<Item = i64>) -> (Floor, AccountId) {
        let (mut floor, mut before) = (Floor::new(1), Vec::new());
        let agent = floor.seat("ma-momentum", &QUICK);
        for mid in mids {
            floor.quote(mid, 1, &mut before);
            floor.pass(Span::secs(1));
        }
        (floor, agent)
    }

    #[test]
    fn buys_at_the_ask_while_it_rises() {
        let (floor, agent) = led((0..15).map(|s| 10_000 + 10 * s));
        let placed = floor.placed_by(agent);
        assert!((3..=5).contains(&placed.len()), "from the eleventh look on: {placed:?}");
        assert!(placed.iter().all(|it| it.side == Side::Buy && it.qty.0 == 20));
        assert!(placed.iter().all(|it| it.price.is_some_and(|Price(p)| p % 10 == 1)));
        assert!(floor.refusals().is_empty());
    }

    #[test]
    fn sells_at_the_bid_while_it_falls_and_buys_when_nothing_moves() {
        let (floor, agent) = led((0..15).map(|s| 10_000 - 10 * s));
        assert!(floor.placed_by(agent).iter().all(|it| it.side == Side::Sell));
        let (floor, agent) = led(std::iter::repeat_n(10_000, 15));
        let placed = floor.placed_by(agent);
        assert!(!placed.is_empty() && placed.iter().all(|it| it.side == Side::Buy));
    }

    #[test]
    fn running_averages_are_those_of_the_mids() {
        let params = Params::of(&KIND, &[], &Floor::venue().instruments()[0]).unwrap();
        let role = Role { instrument: ACME, reference: REFERENCE, index: 0 };
        let (mut agent, mut dice) = (MaMomentum::new(&params, &role), Dice::new(1, "mids"));
        let mut all = Vec::new();
        for _ in 0..400 {
            let mid = dice.between(199_000, 201_000);
            agent.note(mid);
            all.push(mid as f64 / 2.0);
            let mean = |n: usize| all[all.len() - n..].iter().sum::<f64>() / n as f64 * 100.0;
            assert_eq!(agent.averages().is_some(), all.len() > 50);
            if let Some((short, long)) = agent.averages() {
                assert!((short - mean(20)).abs() <= 0.5 + 1e-6, "{short}");
                assert!((long - mean(50)).abs() <= 0.5 + 1e-6, "{long}");
            }
        }
    }
}

//! Lux and Marchesi's crowd: chartists and fundamentalists who talk each other into changing sides.
//!
//! One account trades for a crowd of *N* people: optimists *n*₊, pessimists *n*₋ (together the
//! chartists *n*_c) and fundamentalists *n*_f. With opinion *x* = (*n*₊ − *n*₋)/*n*_c and the trend
//! *ṗ* of the price, people change sides at rates
//!
//! * pessimist ↔ optimist: ν₁(*n*_c/*N*)·exp(±U₁), U₁ = α₁*x* + α₂*ṗ*/ν₁;
//! * fundamentalist ↔ optimist: ν₂(*n*₊/*N*)·exp(U₂₁) and ν₂(*n*_f/*N*)·exp(−U₂₁),
//!   U₂₁ = α₃[(*r* + *ṗ*/ν₂)/*p* − *R* − *s*|*p*_f − *p*|/*p*];
//! * fundamentalist ↔ pessimist: the same with *n*₋ and
//!   U₂₂ = α₃[*R* − (*r* + *ṗ*/ν₂)/*p* − *s*|*p*_f − *p*|/*p*].
//!
//! Each group keeps at least four. What they want together is *ED* = (*n*₊ − *n*₋)*T*_c/*N* +
//! *n*_f(*T*_f/*N*)(*p*_f − *p*), with a noise N(0, σ²) beside it. In the paper a market maker
//! moves the price by one tick with probability β|*ED*|; here the order flow goes to the book
//! instead: every fifth of a unit of time, `lots`·*ED* lots are bought or sold at the best price
//! within `reach`. So somebody must make a market, and the more lots stand there, the calmer it is.
//! When chartists come to outnumber the others, prices break out; when mispricing has grown,
//! fundamentalists come back.
//!
//! Prices are measured so that the value is 10 at the start, as in the paper; a unit of time is
//! `unit` long, and people change sides a hundred times in it. Parameters are the paper's Set I as
//! commonly retold.
//!
//! Source: Lux & Marchesi (1999), *Scaling and criticality in a stochastic multi-agent model of a
//! financial market*, Nature 397; (2000), *Volatility clustering in financial markets*,
//! International Journal of Theoretical and Applied Finance 3(4).

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `lux-marchesi`.
pub static KIND: Kind = Kind {
    name: "lux-marchesi",
    about: "a crowd of chartists and fundamentalists who change sides, in one account",
    source: "Lux & Marchesi 1999, 2000",
    parameters: &[
        Parameter {
            name: "people",
            takes: Takes::Count(12, 1_000_000),
            default: "500",
            about: "N: how many there are",
        },
        Parameter { name: "unit", takes: Takes::Span, default: "5s", about: "the unit of time" },
        Parameter {
            name: "opinion_rate",
            takes: Takes::Number(0.0, 100.0),
            default: "3",
            about: "ν₁: how often chartists change their opinion, a unit of time",
        },
        Parameter {
            name: "strategy_rate",
            takes: Takes::Number(1e-6, 100.0),
            default: "2",
            about: "ν₂: how often people change their strategy, a unit of time",
        },
        Parameter {
            name: "herding",
            takes: Takes::Number(0.0, 100.0),
            default: "0.6",
            about: "α₁: weight of the others' opinion",
        },
        Parameter {
            name: "trend",
            takes: Takes::Number(0.0, 100.0),
            default: "0.2",
            about: "α₂: weight of the price trend",
        },
        Parameter {
            name: "profit",
            takes: Takes::Number(0.0, 100.0),
            default: "0.5",
            about: "α₃: weight of what the strategies gain",
        },
        Parameter {
            name: "chartist_volume",
            takes: Takes::Number(0.0, 1e6),
            default: "10",
            about: "T_c: what all chartists would trade together",
        },
        Parameter {
            name: "value_volume",
            takes: Takes::Number(0.0, 1e6),
            default: "5",
            about: "T_f: what all fundamentalists would trade for a mispricing of one",
        },
        Parameter {
            name: "discount",
            takes: Takes::Number(0.0, 100.0),
            default: "0.75",
            about: "s: how much less a gain counts that is still to come",
        },
        Parameter {
            name: "interest",
            takes: Takes::Number(0.0, 1.0),
            default: "0.0004",
            about: "R: what else could be earned, a unit of time",
        },
        Parameter {
            name: "noise",
            takes: Takes::Number(0.0, 100.0),
            default: "0.05",
            about: "σ: standard deviation of the noise in what they want",
        },
        Parameter {
            name: "lots",
            takes: Takes::Lots,
            default: "100",
            about: "lots for a wish of one",
        },
        Parameter {
            name: "reach",
            takes: Takes::Number(0.0, 10_000.0),
            default: "20",
            about: "how far beyond the best price it takes, in basis points",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "1000000",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Crowd::new(params, role))),
};

/// Micro-steps in a unit of time, and how many of them go by between two orders.
const MICRO_STEPS: f64 = 100.0;
const STEPS_PER_ORDER: u32 = 20;
/// Orders in a unit of time.
const ORDERS: u64 = 5;
/// Nobody's side dies out.
const LEAST: u64 = 4;
/// The paper's price at the start.
const PRICE: f64 = 10.0;

/// A crowd in one account.
#[derive(Clone, Debug)]
pub struct Crowd {
    role: Role,
    unit: Span,
    opinion_rate: f64,
    strategy_rate: f64,
    /// α₁, α₂, α₃.
    weights: [f64; 3],
    volumes: [f64; 2],
    discount: f64,
    interest: f64,
    noise: f64,
    lots: Qty,
    reach: f64,
    people: People,
    last: Option<f64>,
    working: Working<1>,
}

/// Who thinks what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct People {
    optimists: u64,
    pessimists: u64,
    fundamentalists: u64,
}

/// How many of `all` do something that each does with probability `p`: by jumps from one who does
/// to the next, so that it costs as much as are found.
fn how_many(all: u64, p: f64, dice: &mut Dice) -> u64 {
    if p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return all;
    }
    let (mut at, mut found) = (0_u64, 0);
    loop {
        let skip = libm::floor(libm::log(1.0 - dice.unit()) / libm::log1p(-p));
        at = at.saturating_add(skip as u64).saturating_add(1);
        if at > all {
            return found;
        }
        found += 1;
    }
}

/// Moves up to `count` people, and leaves the least behind.
fn walk(from: &mut u64, to: &mut u64, count: u64) {
    let count = count.min(from.saturating_sub(LEAST));
    *from -= count;
    *to += count;
}

impl Crowd {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let all = params.count("people");
        // Most believe in value at first; the rest are of two minds.
        let each = (all / 10).max(LEAST);
        let people = People { optimists: each, pessimists: each, fundamentalists: all - 2 * each };
        Self {
            role: *role,
            unit: params.span("unit"),
            opinion_rate: params.number("opinion_rate"),
            strategy_rate: params.number("strategy_rate"),
            weights: ["herding", "trend", "profit"].map(|name| params.number(name)),
            volumes: ["chartist_volume", "value_volume"].map(|name| params.number(name)),
            discount: params.number("discount"),
            interest: params.number("interest"),
            noise: params.number("noise"),
            lots: params.lots("lots"),
            reach: params.number("reach") * desk::BASIS_POINT,
            people,
            last: None,
            working: Working::new(role, params.lots("max_position")),
        }
    }

    fn all(&self) -> f64 {
        let People { optimists, pessimists, fundamentalists } = self.people;
        (optimists + pessimists + fundamentalists) as f64
    }

    /// One micro-step of talk, at `price` with trend `slope` while the thing is worth `worth`.
    fn talk(&mut self, dice: &mut Dice, price: f64, slope: f64, worth: f64) {
        let all = self.all();
        let [herding, trend, profit] = self.weights;
        let (up, down) = (self.people.optimists, self.people.pessimists);
        let (chartists, value) = ((up + down) as f64, self.people.fundamentalists as f64);
        let opinion = (up as f64 - down as f64) / chartists;
        let mood = herding * opinion + trend * slope / self.opinion_rate.max(f64::MIN_POSITIVE);
        let mispricing = self.discount * (worth - price).abs() / price;
        let gain = (self.interest * worth + slope / self.strategy_rate) / price - self.interest;
        let (long, short) = (profit * (gain - mispricing), profit * (-gain - mispricing));
        let rate =
            |base: f64, part: f64, push: f64| base * part / all * libm::exp(push) / MICRO_STEPS;
        let (opinions, strategies) = (self.opinion_rate, self.strategy_rate);
        let lift = how_many(down, rate(opinions, chartists, mood), dice);
        let sink = how_many(up, rate(opinions, chartists, -mood), dice);
        let join_up = how_many(value as u64, rate(strategies, up as f64, long), dice);
        let leave_up = how_many(up, rate(strategies, value, -long), dice);
        let join_down = how_many(value as u64, rate(strategies, down as f64, short), dice);
        let leave_down = how_many(down, rate(strategies, value, -short), dice);
        let People { optimists, pessimists, fundamentalists } = &mut self.people;
        walk(pessimists, optimists, lift);
        walk(optimists, pessimists, sink);
        walk(fundamentalists, optimists, join_up);
        walk(optimists, fundamentalists, leave_up);
        walk(fundamentalists, pessimists, join_down);
        walk(pessimists, fundamentalists, leave_down);
    }

    /// What they want together.
    fn wish(&self, price: f64, worth: f64) -> f64 {
        let People { optimists, pessimists, fundamentalists } = self.people;
        let [chartist, value] = self.volumes.map(|volume| volume / self.all());
        let lean = optimists as f64 - pessimists as f64;
        lean * chartist + fundamentalists as f64 * value * (worth - price)
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let scale = PRICE / reference.0.max(1) as f64;
        let price = look.price.max(1.0) * scale;
        let worth = cx.fundamental(instrument).unwrap_or(reference.0 as f64) * scale;
        let slope = self.last.replace(price).map_or(0.0, |last| (price - last) * ORDERS as f64);
        for _ in 0..STEPS_PER_ORDER {
            self.talk(cx.dice(), price, slope, worth);
        }
        let wish = self.wish(price, worth) + self.noise * cx.dice().normal();
        let lots = (wish.abs() * self.lots.0 as f64) as i128;
        let side = if wish > 0.0 { Side::Buy } else { Side::Sell };
        let Some(best) = look.best(side.opposite()).filter(|_| self.working.is_sure()) else {
            return;
        };
        let reach = if side == Side::Buy { 1.0 + self.reach } else { 1.0 - self.reach };
        let limit = desk::price(cx.instrument(instrument), side, best.0 as f64 * reach);
        let limit = if side.accepts(limit, best) { limit } else { best };
        let chartists = self.people.optimists + self.people.pessimists;
        let share = chartists as f64 / self.all();
        let lean = self.people.optimists as f64 / chartists as f64;
        cx.because("what the crowd wants", || {
            [("wish", wish), ("chartists_share", share), ("optimists_share", lean)]
        });
        self.working.take(cx, side, limit, lots);
    }
}

impl Agent for Crowd {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        let every = Span((self.unit.0 / ORDERS).max(1));
        match notice {
            Notice::Start => {
                self.working.start(cx);
                let first = Span(1 + cx.dice().below(every.0));
                cx.wake_in(first);
            }
            Notice::Timer(_) => {
                self.act(cx);
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

    fn crowd(changes: &[(&str, &str)]) -> Crowd {
        Crowd::new(&params(&KIND, changes), &Floor::role(0))
    }

    #[test]
    fn as_many_do_it_as_chance_says() {
        let mut dice = Dice::new(1, "how many");
        for (all, p) in [(500, 0.03), (40, 0.5), (7, 0.9)] {
            let runs = 20_000;
            let sum: u64 = (0..runs).map(|_| how_many(all, p, &mut dice)).sum();
            let (mean, expected) = (sum as f64 / f64::from(runs), all as f64 * p);
            let error = (expected * (1.0 - p) / f64::from(runs)).sqrt();
            assert!((mean - expected).abs() < 4.0 * error, "{all} {p}: {mean}");
        }
        assert_eq!((how_many(9, 0.0, &mut dice), how_many(9, 1.5, &mut dice)), (0, 9));
    }

    #[test]
    fn nobody_is_lost_and_no_side_dies_out() {
        let (mut crowd, mut dice) = (crowd(&[]), Dice::new(1, "talk"));
        for round in 0..20_000 {
            let slope = if round % 2_000 < 1_000 { 3.0 } else { -3.0 };
            crowd.talk(&mut dice, 10.0, slope, 10.0);
            let People { optimists, pessimists, fundamentalists } = crowd.people;
            assert_eq!(optimists + pessimists + fundamentalists, 500);
            assert!(optimists.min(pessimists).min(fundamentalists) >= LEAST);
        }
    }

    #[test]
    fn a_rise_makes_optimists_and_a_mispricing_fundamentalists() {
        let after = |slope: f64, worth: f64| {
            let (mut crowd, mut dice) = (crowd(&[("trend", "5")]), Dice::new(1, "talk"));
            (0..2_000).for_each(|_| crowd.talk(&mut dice, 10.0, slope, worth));
            crowd.people
        };
        let (up, down) = (after(1.0, 10.0), after(-1.0, 10.0));
        assert!(
            up.optimists > up.pessimists && down.optimists < down.pessimists,
            "{up:?} {down:?}"
        );
        let (right, wrong) = (after(0.0, 10.0), after(0.0, 30.0));
        assert!(wrong.fundamentalists > right.fundamentalists, "{wrong:?} {right:?}");
    }

    #[test]
    fn optimists_buy_and_fundamentalists_go_to_the_value() {
        let mut crowd = crowd(&[]);
        crowd.people = People { optimists: 200, pessimists: 100, fundamentalists: 200 };
        // 100 more optimists at 0.02 each; 200 fundamentalists at 0.01 for each unit of mispricing.
        assert!((crowd.wish(10.0, 10.0) - 2.0).abs() < 1e-12);
        assert!((crowd.wish(12.0, 10.0) - (2.0 - 4.0)).abs() < 1e-12);
    }

    #[test]
    fn the_crowd_buys_what_is_cheap() {
        for (worth, side) in [(11_000.0, Side::Buy), (9_000.0, Side::Sell)] {
            let mut floor = Floor::worth(1, worth, 0.0);
            floor.quote(10_000, 1, &mut Vec::new());
            let changes = [
                ("unit", "1s"),
                ("noise", "0"),
                ("opinion_rate", "0"),
                ("strategy_rate", "0.000001"),
            ];
            let agent = floor.seat("lux-marchesi", &changes);
            floor.pass(Span::secs(5));
            let placed = floor.placed_by(agent);
            assert!(!placed.is_empty() && placed.iter().all(|it| it.side == side), "{placed:?}");
            assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        }
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "people", "3", "a whole number from 12 to 1000000");
    }
}

//! Risk parity: holds several things so that each carries its share of the risk.
//!
//! **What it does.** It looks at all prices every `interval`, estimates how they move together, and
//! divides its money so that each part contributes to the variance of the whole what its budget
//! says: an equal part, unless told otherwise. It does so first when it has seen `looks` returns,
//! then every `rebalance`, and in between when the weight of some part has drifted from its goal by
//! more than `band`.
//!
//! **In formulas.** With the covariance Σ of returns and budgets b that sum to 1, the weights solve
//! w_i (Σw)_i = b_i wᵀΣw, Σw_i = 1. They are found by cyclical coordinate descent,
//!
//! > x_i ← (−c + √(c² + 4Σ_ii b_i)) / (2Σ_ii) with c = Σ_{j≠i} Σ_ij x_j,
//!
//! until nothing changes any more, and w = x/Σx. When all correlations are the same the weights are
//! proportional to 1/σ_i. Returns are those of logarithms. `covariance = "ewma"` weighs each look
//! `decay` times the one after it, `"window"` takes the last `looks` alike, less their mean. It goes
//! for w_i · `invested` · wealth / price lots of each part, rounded down, where wealth is its cash
//! and what it holds at present prices.
//!
//! **How it trades.** As `twap` does: in `slices` equal slices, one every `slice_every`, at the
//! best price of the other side. What a slice has missed half of that time later crosses. Sales pay
//! for purchases, so these may wait.
//!
//! **What it assumes.** That risk is variance and that the covariance of yesterday is that of
//! tomorrow. When volatility rises it sells what has become riskier, which is what it is said to
//! make worse. All parts are paid for in the currency of the first one, in full: no contracts, no
//! pairs, no short positions.
//!
//! **Source.** Maillard, Roncalli & Teiletche (2010), *The properties of equally weighted risk
//! contribution portfolios*, Journal of Portfolio Management 36(4); Griveau-Billion, Richard &
//! Roncalli (2013), *A fast algorithm for computing high-dimensional risk parity portfolios*; J.P.
//! Morgan/Reuters (1996), *RiskMetrics*, for a decay of .94. The weights are those of the room of
//! theory, which the papers' figures are held against.

use crate::desk::Look;
use crate::errand::Manner;
use crate::relative::legs::{LOOK, Legs};
use pitfloor_model::units::{Price, Qty, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};
use pitfloor_theory::risk_budget;
use std::collections::VecDeque;

/// The most parts.
const PARTS_MOST: usize = 64;

/// The smallest budget: the descent divides by none.
const BUDGET_LEAST: f64 = 1e-6;

/// The kind `risk-parity`.
pub static KIND: Kind = Kind {
    name: "risk-parity",
    about: "holds several things so that each carries its share of the risk",
    source: "Maillard, Roncalli & Teiletche 2010; Griveau-Billion, Richard & Roncalli 2013",
    parameters: &[
        Parameter {
            name: "budgets",
            takes: Takes::Numbers(BUDGET_LEAST, 1e6, PARTS_MOST),
            default: "1",
            about: "each part's share of the risk, in the order of the instruments; only proportions count, and \
                    the last one counts for all further parts",
        },
        Parameter {
            name: "covariance",
            takes: Takes::Choice(&["ewma", "window"]),
            default: "ewma",
            about: "ewma: later looks weigh more; window: the last ones weigh the same",
        },
        Parameter {
            name: "decay",
            takes: Takes::Number(0.0, 0.99999),
            default: "0.94",
            about: "weight of a look, as a share of that of the next one",
        },
        Parameter {
            name: "interval",
            takes: Takes::Span,
            default: "5s",
            about: "wait between two looks at the prices",
        },
        Parameter {
            name: "looks",
            takes: Takes::Count(2, 10_000),
            default: "60",
            about: "returns that it must have seen, and the length of the window",
        },
        Parameter {
            name: "rebalance",
            takes: Takes::Span,
            default: "15m",
            about: "wait between two rebalancings by schedule",
        },
        Parameter {
            name: "band",
            takes: Takes::Number(0.0, 1.0),
            default: "0.05",
            about: "drift of a weight at which it rebalances at once",
        },
        Parameter {
            name: "invested",
            takes: Takes::Number(0.0, 1.0),
            default: "0.9",
            about: "share of its wealth that it invests",
        },
        Parameter {
            name: "slices",
            takes: Takes::Count(1, 1_000),
            default: "6",
            about: "in how many slices it rebalances",
        },
        Parameter {
            name: "slice_every",
            takes: Takes::Span,
            default: "10s",
            about: "wait between two slices",
        },
    ],
    build: Build::Legs {
        least: 2,
        most: PARTS_MOST,
        build: |params, roles| Box::new(RiskParity::new(&params[0], roles)),
    },
};

/// The tag of the timer of slices.
const SLICE: u64 = 1;

/// A fund that divides its risk.
#[derive(Clone, Debug)]
pub struct RiskParity {
    roles: Box<[Role]>,
    budgets: Box<[f64]>,
    moments: Moments,
    interval: Span,
    looks: usize,
    rebalance: Span,
    band: f64,
    invested: f64,
    slices: u32,
    slice_every: Span,
    legs: Legs,
    /// The logarithms of the last prices.
    last: Option<Box<[f64]>>,
    /// The weights that it goes for.
    goal: Option<Box<[f64]>>,
    next: Time,
    /// A rebalancing on its way: lots of each leg at its beginning and at its end, and the slices
    /// that went out.
    way: Option<Way>,
}

#[derive(Clone, Debug)]
struct Way {
    from: Box<[i128]>,
    to: Box<[i128]>,
    slice: u32,
}

/// What is known of how returns move together.
#[derive(Clone, Debug)]
enum Moments {
    /// Their products, each look weighed `decay` times the next.
    Ewma { decay: f64, products: Box<[Box<[f64]>]>, seen: usize },
    /// The last looks.
    Window(VecDeque<Box<[f64]>>),
}

impl Moments {
    fn add(&mut self, returns: &[f64], most: usize) {
        match self {
            Self::Ewma { decay, products, seen } => {
                *seen += 1;
                for (row, a) in products.iter_mut().zip(returns) {
                    for (cell, b) in row.iter_mut().zip(returns) {
                        *cell = *decay * *cell + (1.0 - *decay) * a * b;
                    }
                }
            }
            Self::Window(looks) => {
                looks.push_back(returns.into());
                if looks.len() > most {
                    looks.pop_front();
                }
            }
        }
    }

    /// The covariance, when enough has been seen. Its scale does not matter to weights.
    fn covariance(&self, least: usize) -> Option<Vec<Vec<f64>>> {
        match self {
            Self::Ewma { products, seen, .. } => {
                (*seen >= least).then(|| products.iter().map(|row| row.to_vec()).collect())
            }
            Self::Window(looks) => (looks.len() >= least).then(|| {
                let (parts, n) = (looks[0].len(), looks.len() as f64);
                let mean = |i: usize| looks.iter().map(|look| look[i]).sum::<f64>() / n;
                let means: Vec<f64> = (0..parts).map(mean).collect();
                let cell = |i: usize, j: usize| {
                    looks
                        .iter()
                        .map(|look| (look[i] - means[i]) * (look[j] - means[j]))
                        .sum::<f64>()
                        / (n - 1.0)
                };
                (0..parts).map(|i| (0..parts).map(|j| cell(i, j)).collect()).collect()
            }),
        }
    }
}

/// So many budgets that sum to 1, of those given.
fn budgets(given: &[f64], parts: usize) -> Box<[f64]> {
    let last = given.len() - 1;
    let all: Vec<f64> = (0..parts).map(|part| given[part.min(last)]).collect();
    let sum: f64 = all.iter().sum();
    all.iter().map(|budget| budget / sum).collect()
}

impl RiskParity {
    /// One that holds what its roles say.
    #[must_use]
    pub fn new(params: &Params, roles: &[Role]) -> Self {
        let looks = params.count("looks") as usize;
        let products = vec![vec![0.0; roles.len()].into_boxed_slice(); roles.len()];
        let moments = match params.choice("covariance") {
            "ewma" => {
                Moments::Ewma { decay: params.number("decay"), products: products.into(), seen: 0 }
            }
            _ => Moments::Window(VecDeque::new()),
        };
        let slice_every = params.span("slice_every");
        Self {
            roles: roles.into(),
            budgets: budgets(&params.numbers("budgets"), roles.len()),
            moments,
            interval: params.span("interval"),
            looks,
            rebalance: params.span("rebalance"),
            band: params.number("band"),
            invested: params.number("invested"),
            slices: params.count("slices") as u32,
            slice_every,
            legs: Legs::new(roles, Manner::Touch, Span((slice_every.0 / 2).max(1))),
            last: None,
            goal: None,
            next: Time::ZERO,
            way: None,
        }
    }

    fn look(&mut self, cx: &mut Context<'_>) {
        let view = cx.view();
        let price = |role: &Role| {
            let look = Look::of(&view, role.instrument, role.reference)?;
            (look.price > 0.0).then_some(look.price)
        };
        let Some(ticks) = self.roles.iter().map(price).collect::<Option<Vec<f64>>>() else {
            return;
        };
        let logs: Box<[f64]> = ticks.iter().map(|ticks| libm::log(*ticks)).collect();
        if let Some(last) = self.last.replace(logs.clone()) {
            let returns: Vec<f64> = logs.iter().zip(&last).map(|(now, then)| now - then).collect();
            self.moments.add(&returns, self.looks);
        }
        if self.way.is_none() && self.legs.landed() {
            self.consider(cx, &ticks);
        }
    }

    /// Whether it is time to rebalance, and towards what.
    fn consider(&mut self, cx: &mut Context<'_>, ticks: &[f64]) {
        let worth = |(role, ticks): (&Role, &f64)| {
            cx.instrument(role.instrument).cost(Price(1), Qty(1)).0 as f64 * ticks
        };
        let lots: Vec<f64> = self.roles.iter().zip(ticks).map(worth).collect();
        let held: Vec<i128> = self.roles.iter().map(|role| cx.position(role.instrument)).collect();
        let values = held.iter().zip(&lots).map(|(held, lot)| *held as f64 * lot);
        let currency = cx.instrument(self.roles[0].instrument).currency();
        let wealth = cx.cash(currency).0 as f64 + values.clone().sum::<f64>();
        if wealth <= 0.0 {
            return;
        }
        let scheduled = cx.now() >= self.next;
        let drift = self.goal.as_ref().map(|goal| {
            let away = |(value, goal): (f64, &f64)| (value / wealth - goal * self.invested).abs();
            values.zip(goal.iter()).map(away).fold(0.0, f64::max)
        });
        if !scheduled && drift.is_none_or(|drift| drift <= self.band) {
            return;
        }
        let Some(covariance) = self.moments.covariance(self.looks) else { return };
        // Prices that have not moved, or that cancel each other, say nothing: the next look may.
        let Ok(portfolio) = risk_budget::portfolio(&covariance, Some(&self.budgets)) else {
            return;
        };
        let lots_of = |(weight, lot): (&f64, &f64)| {
            libm::floor(weight * self.invested * wealth / lot) as i128
        };
        let from: Box<[i128]> = (0..held.len()).map(|leg| self.legs.done(leg)).collect();
        let goals = portfolio.weights.iter().zip(&lots).map(lots_of);
        let to =
            goals.zip(&held).zip(&from).map(|((goal, held), done)| done + goal - held).collect();
        self.goal = Some(portfolio.weights.into());
        self.next = cx.now().after(self.rebalance);
        self.way = Some(Way { from, to, slice: 0 });
        self.slice(cx, drift.unwrap_or(1.0));
    }

    /// The next slice.
    fn slice(&mut self, cx: &mut Context<'_>, drift: f64) {
        let Some(way) = &mut self.way else { return };
        way.slice += 1;
        let (done, all) = (i128::from(way.slice), i128::from(self.slices));
        let part = |(from, to): (&i128, &i128)| from + (to - from) * done / all;
        let aims: Vec<i128> = way.from.iter().zip(&way.to).map(part).collect();
        if way.slice == self.slices {
            self.way = None;
        } else {
            cx.wake_at(cx.now().after(self.slice_every), SLICE);
        }
        self.legs.aim(cx, &aims, "rebalance: a slice", ("drift", drift));
    }
}

impl Agent for RiskParity {
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
            Notice::Timer(SLICE) => self.slice(cx, 0.0),
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
    use pitfloor_model::units::AccountId;
    use pitfloor_sim::dice::Dice;

    const QUICK: [(&str, &str); 5] = [
        ("interval", "1s"),
        ("looks", "200"),
        ("decay", "0.99"),
        ("slice_every", "2s"),
        ("slices", "4"),
    ];

    /// Independent walks with these steps in ticks, a second each, quoted deep.
    struct Tape(Dice, Vec<f64>, Vec<f64>);

    impl Tape {
        fn new(seed: u64, steps: &[f64]) -> Self {
            Self(Dice::new(seed, "tape"), steps.to_vec(), vec![10_000.0; steps.len()])
        }

        fn play(&mut self, hall: &mut Hall, seconds: u32) {
            for _ in 0..seconds {
                for (leg, (level, step)) in self.2.iter_mut().zip(&self.1).enumerate() {
                    *level += step * self.0.normal();
                    let mid = level.round() as i64;
                    hall.quote(leg as u32, mid - 1, mid + 1, 100_000);
                }
                hall.pass(Span::secs(1));
            }
        }

        fn weights(&self, hall: &Hall, agent: AccountId) -> Vec<f64> {
            let value = |leg: usize| hall.held(agent, leg as u32) as f64 * self.2[leg] / 100.0;
            let values: Vec<f64> = (0..self.2.len()).map(value).collect();
            let wealth = values.iter().sum::<f64>() + hall.cash(agent, 0);
            values.iter().map(|value| value / wealth).collect()
        }
    }

    #[test]
    fn the_papers_weights() {
        let covariance = |vol: &[f64], corr: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            let cell = |i: usize, j: usize| vol[i] * vol[j] * if i == j { 1.0 } else { corr(i, j) };
            let n = vol.len();
            (0..n).map(|i| (0..n).map(|j| cell(i, j)).collect()).collect()
        };
        let four = covariance(&[0.1, 0.2, 0.3, 0.4], &|i, j| match (i.min(j), i.max(j)) {
            (0, 1) => 0.8,
            (2, 3) => -0.5,
            _ => 0.0,
        });
        let three = covariance(&[0.3, 0.2, 0.15], &|i, j| [0.8, 0.5, 0.3][i + j - 1]);
        let same = covariance(&[0.1, 0.2, 0.3, 0.4], &|_, _| 0.5);
        let published: [(_, &[f64], &[f64]); 4] = [
            (&four, &[1.0], &[0.383_612_51, 0.191_806_25, 0.242_617_85, 0.181_963_39]),
            (&three, &[1.0], &[0.196_861_94, 0.324_440_83, 0.478_697_23]),
            (&three, &[50.0, 20.0, 30.0], &[0.311_450_51, 0.218_997_51, 0.469_551_98]),
            (&same, &[1.0], &[0.48, 0.24, 0.16, 0.12]),
        ];
        for (covariance, given, wanted) in published {
            let shares = budgets(given, covariance.len());
            let found = risk_budget::portfolio(covariance, Some(&shares)).unwrap();
            assert!(found.residual < 1e-10);
            for (found, wanted) in found.weights.iter().zip(wanted) {
                assert!((found - wanted).abs() < 1e-8, "{found} {wanted}");
            }
        }
    }

    #[test]
    fn both_estimates_find_the_same_covariance_of_the_same_returns() {
        let mut dice = Dice::new(1, "returns");
        let products = vec![vec![0.0; 2].into_boxed_slice(); 2].into_boxed_slice();
        let mut ewma = Moments::Ewma { decay: 0.999, products, seen: 0 };
        let mut window = Moments::Window(VecDeque::new());
        for _ in 0..20_000 {
            let common = dice.normal();
            let returns = [common + dice.normal(), common];
            ewma.add(&returns, 20_000);
            window.add(&returns, 20_000);
        }
        // Variances 2 and 1, covariance 1; the window is exact to 1 %, the other to 5 %.
        for (moments, off) in [(ewma, 0.2), (window, 0.06)] {
            let found = moments.covariance(20_000).unwrap();
            for (cell, wanted) in found.concat().iter().zip([2.0, 1.0, 1.0, 1.0]) {
                assert!((cell - wanted).abs() < off, "{found:?}");
            }
            assert!(moments.covariance(20_001).is_none());
        }
    }

    #[test]
    fn the_calm_one_gets_more_in_slices() {
        for covariance in ["ewma", "window"] {
            let mut hall = Hall::of_shares(&["CALM", "WILD"]);
            let changes = [&[("covariance", covariance)], &QUICK[..]].concat();
            let agent = hall.seat("risk-parity", Span::millis(1), 1_000_000, 0, &changes);
            let mut tape = Tape::new(1, &[5.0, 15.0]);
            tape.play(&mut hall, 195);
            assert_eq!(hall.placed(agent), 0, "it has not seen enough");
            tape.play(&mut hall, 10);
            let slices = |hall: &Hall| {
                hall.rules().iter().filter(|rule| **rule == "rebalance: a slice").count()
            };
            assert!((2..8).contains(&slices(&hall)), "on its way: {:?}", hall.rules());
            tape.play(&mut hall, 10);
            assert_eq!(slices(&hall), 8, "four slices of two");
            let weights = tape.weights(&hall, agent);
            assert!((weights.iter().sum::<f64>() - 0.9).abs() < 0.01, "{weights:?}");
            assert!((weights[0] - 0.675).abs() < 0.06, "three to one: {weights:?}");
            assert!(hall.refusals().is_empty(), "{:?}", hall.refusals());
        }
    }

    #[test]
    fn rebalances_when_a_weight_has_drifted_and_by_its_schedule() {
        let run = |band: &str, rebalance: &str| {
            let mut hall = Hall::of_shares(&["CALM", "WILD"]);
            let changes = [&[("band", band), ("rebalance", rebalance)], &QUICK[..]].concat();
            let agent = hall.seat("risk-parity", Span::millis(1), 1_000_000, 0, &changes);
            let mut tape = Tape::new(2, &[5.0, 5.0]);
            tape.play(&mut hall, 220);
            let before = hall.placed(agent);
            tape.2[1] *= 1.6; // the second one rises by 60 %
            tape.play(&mut hall, 40);
            hall.placed(agent) - before
        };
        assert_eq!(run("1", "10h"), 0, "neither");
        assert!(run("0.05", "10h") >= 8, "drift");
        assert!(run("1", "30s") >= 2, "schedule");
    }

    /// Random prices and quotes, with little money or much: it never owes, never sells what it has
    /// not got, invests no more than it was told beyond the drift of prices, and nothing is
    /// refused.
    #[test]
    fn never_owes_and_never_goes_short() {
        for seed in 0..6 {
            let mut hall = Hall::of_shares(&["A", "B", "C"]);
            let changes = [&[("rebalance", "20s"), ("band", "0.02")], &QUICK[..]].concat();
            let (cash, shares) = if seed % 2 == 0 { (50_000, 1_000) } else { (2_000_000, 0) };
            let agent = hall.seat("risk-parity", Span::millis(300), cash, shares, &changes);
            let mut tape = Tape::new(seed, &[5.0, 20.0, 60.0]);
            tape.play(&mut hall, 200);
            for _ in 0..60 {
                tape.play(&mut hall, 5);
                assert!(hall.cash(agent, 0) >= 0.0);
                assert!((0..3).all(|leg| hall.held(agent, leg) >= 0));
            }
            let weights = tape.weights(&hall, agent);
            assert!(weights.iter().sum::<f64>() < 0.95 && weights[0] > weights[2], "{weights:?}");
            assert!(hall.refusals().is_empty(), "{seed}: {:?}", hall.refusals());
        }
    }
}

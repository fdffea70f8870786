//! Stylised facts: regularities of real markets that a simulated one is held against.
//!
//! [`of`] turns the samples of one instrument into a table of [`Fact`]s, each with the band that real
//! markets lie in and what its value says in plain words: the short list of a run's own page. The
//! estimators, and the whole realism report, are in `pitfloor_facts`.
//!
//! No single fact is a test of a market. Fat tails, for one, are passed by a memoryless book; a
//! reading says so where it is known.

use crate::sampling::{Grid, Trades};
use crate::summary::SpreadTimes;
use pitfloor_facts::estimator::{
    autocorrelation, dfa, excess_kurtosis, hill, log_returns, realised_variance, variance_ratio,
};

/// One fact about one instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its short name in the catalogue, such as `F2`; some have none.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// How it is estimated, in a line.
    pub estimator: String,
    /// The estimate; none when the sample allows none.
    pub value: Option<f64>,
    /// The unit of the value; empty for plain numbers.
    pub unit: &'static str,
    /// How many observations it rests on.
    pub n: u64,
    /// How many it takes to be judged.
    pub n_min: u64,
    /// Where real markets lie, both ends included; infinite where an end is open.
    pub band: Option<(f64, f64)>,
    /// Where the band comes from.
    pub source: &'static str,
    /// How the value lies in the band.
    pub verdict: Verdict,
    /// What it says, in plain words.
    pub reading: String,
}

/// How a value lies in the band of its fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Inside.
    Pass,
    /// Outside.
    Fail,
    /// The sample is too small to judge, or allows no estimate. Never a pass.
    Void,
    /// There is no band: a figure, not a criterion.
    Figure,
}

/// The facts of one instrument. `grid` has a step of one second, or coarser when the run was long.
#[must_use]
pub fn of(grid: &Grid, trades: &Trades, spread: &SpreadTimes) -> Vec<Fact> {
    let step_s = grid.step().as_secs();
    // Ten seconds are the usual step; a run too short for it is looked at by the second.
    let every = if step_s <= 1.0 && grid.thinned(10).len() >= RETURNS_MIN { 10 } else { 1 };
    let mids = grid.thinned(every);
    let step_s = step_s * every as f64;
    let returns = log_returns(&mids).unwrap_or_default();
    let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
    let moves: Vec<f64> = sizes.iter().copied().filter(|size| *size > 0.0).collect();
    let signs = trades.signs();
    vec![
        linear(&returns, step_s),
        tails(&returns, step_s),
        tail_exponent(&moves, step_s),
        clustering(&sizes, step_s),
        diffusion(&mids, &grid.thinned(every * 10), step_s),
        sign_memory(&signs),
        sign_long_memory(&signs),
        volatility(&returns, step_s),
        spread_typical(spread),
        spread_wide(spread),
        pace(trades),
        bursts(trades),
    ]
}

/// Returns it takes before a fact about them is judged.
const RETURNS_MIN: usize = 2_000;

/// Trades it takes before a fact about their order is judged.
const TRADES_MIN: u64 = 20_000;

fn linear(returns: &[f64], step_s: f64) -> Fact {
    let n = returns.len();
    // Three standard errors of a white series, but no less than a twentieth.
    let edge = (3.0 / libm::sqrt(n.max(1) as f64)).max(0.05);
    Fact {
        id: "F1",
        name: "Returns do not predict returns",
        estimator: format!("autocorrelation at lag 1 of log mid returns, {}", every(step_s)),
        value: autocorrelation(returns, 1),
        n: n as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((-edge, edge)),
        source: "Cont (2001), fact 1",
        ..BLANK
    }
    .judged(
        "a rise says nothing about the next step",
        "prices turn back after a move: somebody could earn by betting against it",
        "moves run on: somebody could earn by following them",
    )
}

fn tails(returns: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "F2",
        name: "Heavy tails",
        estimator: format!("excess kurtosis of log mid returns, {}", every(step_s)),
        value: excess_kurtosis(returns),
        n: returns.len() as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((3.0, f64::INFINITY)),
        source: "Cont (2001), fact 2",
        ..BLANK
    }
    .judged(
        "large moves are far more frequent than a bell curve allows; a memoryless book can do this too",
        "moves are closer to a bell curve than in real markets",
        "",
    )
}

fn tail_exponent(moves: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "F2",
        name: "Tail exponent",
        estimator: format!("Hill estimate on the largest 5% of non-zero |returns|, {}", every(step_s)),
        value: hill(moves, 0.05),
        n: moves.len() as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((2.0, 5.0)),
        source: "Cont (2001); Hill (1975)",
        ..BLANK
    }
    .judged(
        "crashes thin out with size about as fast as in real markets; a memoryless book can do this too",
        "extreme moves are too common: even the variance is in doubt",
        "extreme moves are too rare",
    )
}

fn clustering(sizes: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "F6",
        name: "Volatility comes in clusters",
        estimator: format!("autocorrelation at lag 1 of |log mid returns|, {}", every(step_s)),
        value: autocorrelation(sizes, 1),
        n: sizes.len() as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((0.1, 0.5)),
        source: "Cont (2001), fact 6",
        ..BLANK
    }
    .judged(
        "wild moments follow wild moments, calm follows calm",
        "a wild moment says little about the next one",
        "volatility is more persistent than in real markets",
    )
}

fn diffusion(fine: &[f64], coarse: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "M19",
        name: "Volatility does not depend on the clock",
        estimator: format!(
            "variance of mid changes per second, {}, over that of steps ten times longer",
            every(step_s)
        ),
        value: variance_ratio(fine, coarse, 10.0),
        n: fine.len().saturating_sub(1) as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((0.75, 1.6)),
        source: "signature plot; Lo & MacKinlay (1988)",
        ..BLANK
    }
    .judged(
        "the price spreads out as a fair game does",
        "short moves add up in one direction: the price is too predictable",
        "short moves largely cancel out: the price bounces",
    )
}

fn sign_memory(signs: &[f64]) -> Fact {
    Fact {
        id: "M1",
        name: "Buyers follow buyers",
        estimator:
            "autocorrelation at lag 1 of trade signs (fills of one moment and side are one trade)"
                .to_owned(),
        value: autocorrelation(signs, 1),
        n: signs.len() as u64,
        n_min: TRADES_MIN,
        band: Some((0.03, 1.0)),
        source: "Lillo & Farmer (2004)",
        ..BLANK
    }
    .judged("a purchase makes the next one likelier", "each trade's side is news", "")
}

fn sign_long_memory(signs: &[f64]) -> Fact {
    Fact {
        id: "M1",
        name: "Order flow has a long memory",
        estimator: "Hurst exponent of trade signs by detrended fluctuation analysis".to_owned(),
        value: dfa(signs),
        n: signs.len() as u64,
        n_min: TRADES_MIN,
        band: Some((0.60, 0.85)),
        source: "Lillo & Farmer (2004); Peng et al. (1994)",
        ..BLANK
    }
    .judged(
        "large intentions are worked over many trades",
        "the order flow forgets quickly",
        "one side dominates for longer than in real markets",
    )
}

fn volatility(returns: &[f64], step_s: f64) -> Fact {
    let n = returns.len() as f64;
    let per_minute = realised_variance(returns).map(|sum| sum / (n * step_s) * 60.0);
    Fact {
        id: "",
        name: "Volatility",
        estimator: format!(
            "square root of realised variance of log mid returns, {}",
            every(step_s)
        ),
        value: per_minute.map(|variance| libm::sqrt(variance) * 1e4),
        unit: "bp per √min",
        n: returns.len() as u64,
        source: "Andersen et al. (2003)",
        ..BLANK
    }
    .figure("the size of a typical move over a minute, in hundredths of a percent")
}

fn spread_typical(spread: &SpreadTimes) -> Fact {
    Fact {
        name: "Spread, median",
        estimator: "weighted by time, while both sides were there".to_owned(),
        value: spread.quantile(0.5).map(|ticks| ticks as f64),
        unit: "ticks",
        ..BLANK
    }
    .figure("half of the time the spread was no wider")
}

fn spread_wide(spread: &SpreadTimes) -> Fact {
    Fact {
        name: "Spread, 95th percentile",
        estimator: "weighted by time, while both sides were there".to_owned(),
        value: spread.quantile(0.95).map(|ticks| ticks as f64),
        unit: "ticks",
        ..BLANK
    }
    .figure("one moment in twenty it was at least as wide")
}

fn pace(trades: &Trades) -> Fact {
    Fact {
        name: "Time between trades",
        estimator: "mean gap; fills of one moment and side are one trade".to_owned(),
        value: trades.gap_mean_s(),
        unit: "s",
        n: trades.count(),
        ..BLANK
    }
    .figure("how long one waits for the next trade")
}

fn bursts(trades: &Trades) -> Fact {
    Fact {
        name: "Trades come in bursts",
        estimator: "standard deviation of the gap over its mean".to_owned(),
        value: trades.gap_variation(),
        n: trades.count(),
        ..BLANK
    }
    .figure("1 when trades arrive independently of each other, more when they bunch")
}

/// A fact about which nothing is said yet.
const BLANK: Fact = Fact {
    id: "",
    name: "",
    estimator: String::new(),
    value: None,
    unit: "",
    n: 0,
    n_min: 0,
    band: None,
    source: "",
    verdict: Verdict::Figure,
    reading: String::new(),
};

impl Fact {
    fn judged(mut self, inside: &str, below: &str, above: &str) -> Self {
        let (low, high) = self.band.expect("a fact that is judged has a band");
        let Some(value) = self.value else {
            self.verdict = Verdict::Void;
            "the sample allows no estimate".clone_into(&mut self.reading);
            return self;
        };
        let (verdict, reading) = if value < low {
            (Verdict::Fail, below)
        } else if value > high {
            (Verdict::Fail, above)
        } else {
            (Verdict::Pass, inside)
        };
        self.verdict = if self.n < self.n_min { Verdict::Void } else { verdict };
        reading.clone_into(&mut self.reading);
        self
    }

    fn figure(mut self, reading: &str) -> Self {
        reading.clone_into(&mut self.reading);
        self
    }
}

fn every(step_s: f64) -> String {
    if step_s.fract() == 0.0 { format!("every {step_s:.0} s") } else { format!("every {step_s} s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_facts::dice::Dice;
    use pitfloor_feed::level2::Quote;
    use pitfloor_model::units::{Price, Qty, Side, Span, Time};

    fn near(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.expect("there is an estimate");
        assert!((found - expected).abs() <= tolerance, "{found} is {expected} ± {tolerance}");
    }

    /// The facts of a market whose mid takes a normal step every second and trades at random.
    fn random_walk(seconds: u64) -> Vec<Fact> {
        let (mut grid, mut trades, mut spread) =
            (Grid::new(Span::secs(1)), Trades::default(), SpreadTimes::default());
        let (mut dice, mut mid) = (Dice::new(8), 1e6);
        for second in 0..seconds {
            let at = Time(second * 1_000_000_000);
            mid += 40.0 * dice.normal();
            let bid = Price(mid as i64);
            let quote = Quote { bid: Some((bid, Qty(1))), ask: Some((Price(bid.0 + 2), Qty(1))) };
            grid.see(at, quote);
            spread.add(2, 1_000_000_000);
            trades.see(at, if dice.sign() > 0.0 { Side::Buy } else { Side::Sell });
        }
        grid.run_until(Time(seconds * 1_000_000_000));
        of(&grid, &trades, &spread)
    }

    #[test]
    fn a_random_walk_is_caught_where_it_is_too_tame() {
        let facts = random_walk(40_000);
        let verdict = |name| facts.iter().find(|fact| fact.name == name).unwrap().verdict;
        assert_eq!(verdict("Returns do not predict returns"), Verdict::Pass);
        assert_eq!(verdict("Volatility does not depend on the clock"), Verdict::Pass);
        assert_eq!(verdict("Heavy tails"), Verdict::Fail);
        assert_eq!(verdict("Volatility comes in clusters"), Verdict::Fail);
        assert_eq!(verdict("Buyers follow buyers"), Verdict::Fail);
        assert_eq!(verdict("Spread, median"), Verdict::Figure);
        let volatility = facts.iter().find(|fact| fact.name == "Volatility").unwrap().value;
        near(volatility, 40.0 / 1e6 * 60_f64.sqrt() * 1e4, 0.1);
    }

    #[test]
    fn a_short_run_is_not_judged_but_its_values_are_told() {
        let facts = random_walk(1_000);
        let judged = facts.iter().filter(|fact| fact.band.is_some());
        for fact in judged {
            assert_eq!(fact.verdict, Verdict::Void, "{}", fact.name);
            assert!(fact.value.is_some() && fact.n < fact.n_min, "{}", fact.name);
        }
    }

    #[test]
    fn a_market_without_a_trade_or_quote_has_facts_without_values() {
        let facts = random_walk(0);
        assert!(facts.iter().all(|fact| fact.value.is_none()));
        assert!(facts.iter().all(|fact| fact.verdict != Verdict::Pass));
    }
}

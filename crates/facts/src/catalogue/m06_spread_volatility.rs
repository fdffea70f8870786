//! M6: the spread is as wide as a trade moves the price.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::{mean, variance};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M6",
    name: "Spread and volatility per trade",
    estimator: "mean effective spread over the standard deviation of the mid's change per trade",
    source: "Wyart, Bouchaud, Kockelkoren, Potters & Vettorazzo 2008",
    minimum: "a cross-section of eight markets",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let mut changes = Vec::new();
    for day in &tape.days {
        let mids: Vec<f64> =
            day.trades.iter().map(|trade| trade.mid).filter(|mid| mid.is_finite()).collect();
        changes.extend(mids.windows(2).map(|pair| pair[1] - pair[0]));
    }
    let known = tape.trades().filter(|trade| trade.mid.is_finite());
    let effective: Vec<f64> = known.map(|trade| 2.0 * (trade.price - trade.mid).abs()).collect();
    let sigma = |changes: &[f64]| variance(changes).map(libm::sqrt).filter(|sigma| *sigma > 0.0);
    let (spread, effective) = (tape.spread_mean(), mean(&effective));
    let over = |spread: Option<f64>| Some(spread? / sigma(&changes)?);
    let mut found = Measured::untold("one market is a point; the line takes eight");
    found.n = changes.len() as u64;
    found
        .told("s / σ₁", over(effective))
        .told("quoted s / σ₁", over(spread))
        .told("quoted s", spread)
        .drawn(ask, &changes, |changes| Some(effective? / sigma(changes)?))
}

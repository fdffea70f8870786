//! M16: where flow has no memory, the bounce of trade prices is the spread.

use super::{Ask, Class, Fact, Measured, Void};
use crate::estimator::roll;
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M16",
    name: "Roll's spread",
    estimator: "2√(−cov of successive changes of trade prices) over the mean effective spread",
    source: "Roll 1984; real signs have a memory, so there it is far too small",
    minimum: "a run whose flow has no memory",
    class: Class::Engine,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let prices: Vec<f64> = tape.trades().map(|trade| trade.price).collect();
    let effective = tape.effective_spread().filter(|spread| *spread > 0.0);
    let ratio = |prices: &[f64]| Some(roll(prices)? / effective?);
    let mut found = Measured::from(prices.len())
        .judged("Roll / effective", ratio(&prices), (0.85, 1.15))
        .told("Roll", roll(&prices))
        .told("effective", effective)
        .at_least(prices.len(), 1_000, "trades");
    if !tape.memoryless {
        found.void = Some(Void::Untold("it holds only where flow has no memory".to_owned()));
    }
    // Changes are drawn again, not prices: a block ends with a jump in the price.
    let changes: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
    found.drawn(ask, &changes, |changes| {
        let pairs = changes.windows(2).map(|pair| (pair[0], pair[1]));
        Some(crate::estimator::bounce::roll_of(changes, pairs)? / effective?)
    })
}

//! F3: losses are larger than gains.

use super::{Ask, Class, Fact, Measured, STEP_S};
use crate::estimator::{mean, skewness};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "F3",
    name: "Gain/loss asymmetry",
    estimator: "skewness of log mid returns every 10 s; mean of the worst 1% over that of the best",
    source: "Cont 2001, fact 3; holds for indices, not for every share",
    minimum: "5 000 returns",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let mut returns = tape.returns(STEP_S);
    let skew = skewness(&returns);
    let found = Measured::from(returns.len()).drawn(ask, &returns, skewness);
    let n = returns.len();
    returns.sort_by(f64::total_cmp);
    let worst = mean(&returns[..n / 100]);
    let best = mean(&returns[n - n / 100..]).filter(|best| *best > 0.0);
    found
        .judged("skewness", skew, (f64::NEG_INFINITY, -f64::MIN_POSITIVE))
        .told("worst 1% / best 1%", worst.zip(best).map(|(worst, best)| -worst / best))
        .at_least(n, 5_000, "returns")
}

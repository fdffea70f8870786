//! M19: the price spreads out as a fair game does, by any clock.

use super::{Ask, Class, Fact, Measured, RETURNS_MIN, STEP_S};
use crate::estimator::{variance, variance_ratio_of};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M19",
    name: "Signature plot",
    estimator: "variance of mid changes per second over 10 s, over that over 100 s",
    source: "Lo & MacKinlay 1988, as a signature plot has it",
    minimum: "2 000 changes",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let (fine, coarse) = (tape.changes(STEP_S), tape.changes(10 * STEP_S));
    Measured::from(fine.len())
        .judged("σ²(10 s) / σ²(100 s)", variance_ratio_of(&fine, &coarse, 10.0), (0.75, 1.6))
        .at_least(fine.len(), RETURNS_MIN, "changes")
        .drawn(ask, &fine, |fine| {
            let slow: Vec<f64> = fine.chunks_exact(10).map(|ten| ten.iter().sum()).collect();
            let slow = variance(&slow).filter(|slow| *slow > 0.0)?;
            Some(variance(fine)? * 10.0 / slow)
        })
}

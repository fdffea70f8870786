//! F2: large moves are far more frequent than a bell curve allows.

use super::{Ask, Class, Fact, Measured, RETURNS_MIN, STEP_S};
use crate::estimator::{excess_kurtosis, hill};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "F2",
    name: "Heavy tails",
    estimator: "excess kurtosis of log mid returns every 10 s; Hill on the largest |r| above zero",
    source: "Cont 2001, fact 2; Gopikrishnan et al. 1999 (exponent near 3)",
    minimum: "2 000 returns",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let returns = tape.returns(STEP_S);
    let mut found = Measured::from(returns.len())
        .judged("excess kurtosis", excess_kurtosis(&returns), (3.0, f64::INFINITY))
        .judged("Hill 5%", hill(&moves(&returns), 0.05), (2.0, 5.0))
        .told("Hill 1%", hill(&moves(&returns), 0.01))
        .at_least(returns.len(), RETURNS_MIN, "returns");
    for (name, step_s) in [("1 s", 1), ("60 s", 60)] {
        let returns = tape.returns(step_s);
        found = found
            .told(format!("excess kurtosis, {name}"), excess_kurtosis(&returns))
            .told(format!("Hill 5%, {name}"), hill(&moves(&returns), 0.05));
    }
    found.drawn(ask, &returns, excess_kurtosis)
}

fn moves(returns: &[f64]) -> Vec<f64> {
    returns.iter().copied().filter(|r| *r != 0.0).collect()
}

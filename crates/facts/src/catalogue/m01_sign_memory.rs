//! M1: buyers follow buyers, for a long time.

use super::{Ask, Class, Fact, Measured, TRADES_MIN};
use crate::estimator::{autocorrelation, dfa, gph};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M1",
    name: "Long memory of order flow",
    estimator: "DFA of trade signs; autocorrelation C(l)",
    source: "Lillo & Farmer 2004 (C ~ l^−0.6, H ≈ 0.7); Gould et al. 2016",
    minimum: "20 000 trades",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let signs = tape.signs();
    let at = |lag: usize| autocorrelation(&signs, lag);
    Measured::from(signs.len())
        .judged("DFA H", dfa(&signs), (0.60, 0.85))
        .judged("C(1)", at(1), (0.03 + f64::MIN_POSITIVE, 1.0))
        .told("C(5)", at(5))
        .told("C(10)", at(10))
        .told("C(50)", at(50))
        .told("GPH H", gph(&signs))
        .at_least(signs.len(), TRADES_MIN, "trades")
        .drawn(ask, &signs, dfa)
}

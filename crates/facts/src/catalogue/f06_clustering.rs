//! F6: wild moments follow wild moments.

use super::{ABOVE_ZERO, Ask, Class, Fact, Measured, RETURNS_MIN, STEP_S, sizes_flat};
use crate::estimator::{autocorrelation, mean};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "F6",
    name: "Volatility clustering",
    estimator: "autocorrelation of |log mid returns| every 10 s, the day's pattern taken out",
    source: "Cont 2001, fact 6",
    minimum: "2 000 returns",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let sizes = sizes_flat(tape);
    let each: Option<Vec<f64>> = (2..=20).map(|lag| autocorrelation(&sizes, lag)).collect();
    let squares: Vec<f64> = tape.returns(STEP_S).iter().map(|r| r * r).collect();
    Measured::from(sizes.len())
        .judged("ρ(1) of |r|", autocorrelation(&sizes, 1), (0.1, 0.5))
        .judged("mean ρ(2..20)", each.and_then(|each| mean(&each)), (0.02 + ABOVE_ZERO.0, 1.0))
        .told("ρ(5)", autocorrelation(&sizes, 5))
        .told("ρ(10)", autocorrelation(&sizes, 10))
        .told("ρ(20)", autocorrelation(&sizes, 20))
        .told("ρ(1) of r²", autocorrelation(&squares, 1))
        .at_least(sizes.len(), RETURNS_MIN, "returns")
        .drawn(ask, &sizes, |sizes| autocorrelation(sizes, 1))
}

//! F7: tails stay heavy when the clustering is taken out.

use super::{ABOVE_ZERO, Ask, Class, Fact, Measured, STEP_S};
use crate::estimator::{excess_kurtosis, garch};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "F7",
    name: "Conditional heavy tails",
    estimator: "excess kurtosis of the residuals of a normal GARCH(1,1), 10 s",
    source: "Cont 2001, fact 7; Bollerslev 1986",
    minimum: "5 000 returns",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let returns = tape.returns(STEP_S);
    let raw = excess_kurtosis(&returns);
    let fit = garch::fit(&returns);
    let residuals = fit.as_ref().map_or(&[][..], |(_, residuals)| residuals);
    let left = excess_kurtosis(residuals);
    let found = Measured::from(returns.len())
        .judged("of residuals", left, ABOVE_ZERO)
        .judged("less than of returns by", raw.zip(left).map(|(raw, left)| raw - left), ABOVE_ZERO)
        .at_least(returns.len(), 5_000, "returns")
        .drawn(ask, residuals, excess_kurtosis);
    let fit = fit.map(|(fit, _)| fit);
    found.told("α", fit.map(|fit| fit.alpha)).told("β", fit.map(|fit| fit.beta))
}

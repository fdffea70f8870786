//! F11: volatility seen coarsely foretells fine volatility better than the other way round.

use super::{Ask, Class, Fact, Measured, STEP_S};
use crate::estimator::pearson;
use crate::tape::Tape;

/// How many returns a block has: five minutes.
const BLOCK: usize = 300 / STEP_S;

pub(super) const FACT: Fact = Fact {
    id: "F11",
    name: "Asymmetry of time scales",
    estimator: "Σ over τ = 1..5 of corr(coarse, fine τ later) − corr(fine, coarse τ later), blocks of \
                5 min of returns every 10 s: coarse |Σr|, fine Σ|r|",
    source: "Cont 2001, fact 11; Müller et al. 1997",
    minimum: "5 000 returns",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let returns = tape.returns(STEP_S);
    Measured::from(returns.len())
        .judged("Σ A(1..5)", asymmetry(&returns), (f64::MIN_POSITIVE, f64::INFINITY))
        .at_least(returns.len(), 5_000, "returns")
        .drawn(ask, &returns, asymmetry)
}

fn asymmetry(returns: &[f64]) -> Option<f64> {
    let blocks = returns.chunks_exact(BLOCK);
    let coarse: Vec<f64> = blocks.clone().map(|block| block.iter().sum::<f64>().abs()).collect();
    let fine: Vec<f64> = blocks.map(|block| block.iter().map(|r| r.abs()).sum()).collect();
    (1..=5)
        .map(|lag| {
            let (coarse_late, fine_late) = (coarse.get(lag..)?, fine.get(lag..)?);
            Some(pearson(&coarse, fine_late)? - pearson(&fine, coarse_late)?)
        })
        .sum()
}

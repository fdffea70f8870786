//! F8: volatility forgets slowly, as a power of time.

use super::{Ask, Class, Fact, Measured, sizes_flat};
use crate::estimator::line::log_log_slope;
use crate::estimator::season::DAYS_MIN;
use crate::estimator::{autocorrelation, dfa};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "F8",
    name: "Slow decay of |r|",
    estimator: "β of ρ(l) ~ l^−β for |r| over lags 1 to 100; DFA of |r|; 10 s",
    source: "Cont 2001, fact 8 (0.2 to 0.4)",
    minimum: "5 000 returns, 5 days",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let sizes = sizes_flat(tape);
    Measured::from(sizes.len())
        .judged("β", decay(&sizes), (0.1, 0.5))
        .judged("DFA H of |r|", dfa(&sizes), (0.6, 0.95))
        .at_least(sizes.len(), 5_000, "returns")
        .at_least(tape.days.len(), DAYS_MIN, "days")
        .drawn(ask, &sizes, decay)
}

fn decay(sizes: &[f64]) -> Option<f64> {
    let lags = 1..=100_usize;
    let (x, y): (Vec<f64>, Vec<f64>) =
        lags.filter_map(|lag| Some((lag as f64, autocorrelation(sizes, lag)?))).unzip();
    log_log_slope(&x, &y).map(|slope| -slope)
}

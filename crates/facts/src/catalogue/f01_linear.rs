//! F1: returns do not predict returns.

use super::{Ask, Class, Fact, Measured, RETURNS_MIN, STEP_S};
use crate::estimator::{autocorrelation, ljung_box};
use crate::tape::Tape;

/// How many lags are looked at.
const LAGS: usize = 10;

pub(super) const FACT: Fact = Fact {
    id: "F1",
    name: "No linear autocorrelation",
    estimator: "largest |autocorrelation| of log mid returns over lags 1 to 10, every 10 s",
    source: "Cont 2001, fact 1; Roll 1984 for trade prices",
    minimum: "2 000 returns",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let returns = tape.returns(STEP_S);
    let lags: Vec<usize> = (1..=LAGS).collect();
    let mut found = Measured::from(returns.len())
        .judged("max |ρ|", largest(&returns), edge(returns.len()))
        .at_least(returns.len(), RETURNS_MIN, "returns");
    for lag in &lags[..3] {
        found = found.told(format!("ρ({lag})"), autocorrelation(&returns, *lag));
    }
    found = found.told("Ljung–Box(10)", ljung_box(&returns, LAGS));
    // What a price of trades shows instead: it bounces between bid and ask.
    let bounce = autocorrelation(&price_changes(tape), 1);
    found = found.told("ρ(1) of trade prices", bounce);
    if tape.days.len() >= 26 {
        let slow = tape.returns(300);
        found = found.judged("max |ρ|, 5 min", largest(&slow), edge(slow.len()));
    }
    found.drawn(ask, &returns, largest)
}

fn largest(returns: &[f64]) -> Option<f64> {
    let each: Option<Vec<f64>> = (1..=LAGS).map(|lag| autocorrelation(returns, lag)).collect();
    each?.into_iter().map(f64::abs).reduce(f64::max)
}

/// Three standard errors of a white series, but no less than a twentieth.
fn edge(n: usize) -> (f64, f64) {
    (0.0, (3.0 / libm::sqrt(n.max(1) as f64)).max(0.05))
}

fn price_changes(tape: &Tape) -> Vec<f64> {
    let of = |day: &crate::tape::Day| {
        day.trades.windows(2).map(|pair| pair[1].price - pair[0].price).collect::<Vec<_>>()
    };
    tape.days.iter().flat_map(of).collect()
}

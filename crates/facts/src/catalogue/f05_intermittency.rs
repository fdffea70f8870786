//! F5: large moves come in bursts.

use super::{Ask, Class, Fact, Measured, RETURNS_MIN, STEP_S};
use crate::estimator::{fano, variance};
use crate::tape::Tape;

/// How many returns a window of half an hour has.
const WINDOW: usize = 1_800 / STEP_S;

pub(super) const FACT: Fact = Fact {
    id: "F5",
    name: "Intermittency",
    estimator: "Fano factor of the number of |r| > 3σ in windows of 30 min, every 10 s",
    source: "Cont 2001, fact 5; 1 for moves that know nothing of each other",
    minimum: "2 000 returns",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let days = tape.returns_by_day(STEP_S).unwrap_or_default();
    let returns = days.concat();
    let Some(spread) = variance(&returns) else {
        return Measured::from(0).at_least(0, RETURNS_MIN, "returns");
    };
    let sigma = libm::sqrt(spread);
    let large = |r: &f64| if r.abs() > 3.0 * sigma { 1.0 } else { 0.0 };
    let windows = days.iter().flat_map(|day| day.chunks_exact(WINDOW));
    let counts: Vec<f64> = windows.map(|window| window.iter().map(large).sum()).collect();
    Measured::from(returns.len())
        .judged("Fano factor", fano(&counts), (1.5, f64::INFINITY))
        .told("windows", Some(counts.len() as f64))
        .at_least(returns.len(), RETURNS_MIN, "returns")
        .drawn(ask, &returns, |returns| {
            let windows = returns.chunks_exact(WINDOW);
            fano(&windows.map(|window| window.iter().map(large).sum()).collect::<Vec<f64>>())
        })
}

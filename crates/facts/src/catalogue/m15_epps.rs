//! M15: seen at finer steps, two assets seem to have less in common.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::epps::{Tick, epps};
use crate::estimator::spearman;
use crate::tape::Tape;

const STEPS_S: [f64; 6] = [1.0, 2.0, 5.0, 10.0, 30.0, 100.0];

pub(super) const FACT: Fact = Fact {
    id: "M15",
    name: "Epps effect",
    estimator: "rank correlation of step and ρ of two assets' trade prices, previous tick",
    source: "Epps 1979; ρ(Δ) = ρ(1 − (1 − e^(−λΔ))/(λΔ)) at equal Poisson rates",
    minimum: "two assets",
    class: Class::Engine,
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let Some(other) = tape.companion.as_ref().filter(|other| !other.is_empty()) else {
        return Measured::untold("one asset");
    };
    let seconds = |at_ns: u64| at_ns as f64 / 1e9;
    let own: Vec<Tick> = tape
        .trades()
        .map(|trade| Tick { at_s: seconds(trade.at_ns), price: trade.price })
        .collect();
    let other: Vec<Tick> =
        other.iter().map(|(at_ns, price)| Tick { at_s: seconds(*at_ns), price: *price }).collect();
    let Some((first, last)) = tape.days.first().zip(tape.days.last()) else {
        return Measured::untold("no session");
    };
    let (start, end) = (seconds(first.open_ns), seconds(last.close_ns));
    let rho = STEPS_S.map(|step_s| epps(&own, &other, start, end, step_s));
    let known: Option<Vec<f64>> = rho.into_iter().collect();
    let rank = known.and_then(|known| spearman(&STEPS_S, &known));
    let mut found = Measured::from(own.len().min(other.len()))
        .judged("rank correlation", rank, (0.8, 1.0 + 1e-9))
        .at_least(own.len().min(other.len()), 1_000, "trades of each asset");
    for (step_s, rho) in STEPS_S.iter().zip(rho) {
        found = found.told(format!("ρ({step_s} s)"), rho);
    }
    found
}

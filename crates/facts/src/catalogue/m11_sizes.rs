//! M11: sizes have a heavy tail, and people like round numbers.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::hill;
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M11",
    name: "Order size",
    estimator: "Hill exponent of trade sizes (5%); share of orders that are multiples of 100",
    source: "Gopikrishnan et al. 2000 (about 1.5)",
    minimum: "2 000 trades",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let sizes: Vec<f64> = tape.trades().map(|trade| trade.size).collect();
    if sizes.is_empty() {
        return Measured::untold("no trades are told");
    }
    let orders = tape.orders;
    let mut found = Measured::from(sizes.len())
        .judged("tail of trade sizes", hill(&sizes, 0.05), (1.3, 2.5))
        .at_least(sizes.len(), 2_000, "trades");
    if orders.n > 0 {
        let share = orders.round as f64 / orders.n as f64;
        found = found.judged("round orders", Some(share), (0.5, 1.0));
    }
    found.drawn(ask, &sizes, |sizes| hill(sizes, 0.05))
}

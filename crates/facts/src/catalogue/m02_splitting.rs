//! M2: the memory of signs is that of split orders.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::{dfa, hill};
use crate::tape::Tape;

/// Large orders it takes.
pub(super) const METAORDERS_MIN: usize = 500;

pub(super) const FACT: Fact = Fact {
    id: "M2",
    name: "Order-splitting law",
    estimator: "|H − (1 − (α − 1)/2)|: α the Hill exponent (5%) of how many parts large orders have",
    source: "Lillo, Mike & Farmer 2005",
    minimum: "500 large orders with their owners",
    class: Class::GateWhere("orders are split"),
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let Some(metaorders) = &tape.metaorders else {
        return Measured::untold("owners are not told");
    };
    let parts: Vec<f64> = metaorders.iter().map(|order| f64::from(order.parts)).collect();
    let memory = dfa(&tape.signs());
    let off = |parts: &[f64]| Some((memory? - (1.0 - (hill(parts, 0.05)? - 1.0) / 2.0)).abs());
    Measured::from(parts.len())
        .judged("off the law by", off(&parts), (0.0, 0.08))
        .told("α", hill(&parts, 0.05))
        .told("DFA H", memory)
        .at_least(parts.len(), METAORDERS_MIN, "large orders")
        .drawn(ask, &parts, off)
}

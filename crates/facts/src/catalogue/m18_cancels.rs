//! M18: most orders are taken back, some soon and some after a long time.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::line::log_log_slope;
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M18",
    name: "Cancellations",
    estimator: "orders taken back per fill (hidden ones included); slope of the survival of lifetimes",
    source: "1 and more at the top of the book, 3 and more over the whole",
    minimum: "1 000 fills",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let Some(cancels) = tape.cancels else { return Measured::untold("no orders are told") };
    let fills = tape.fills as usize;
    let ratio = (fills > 0).then(|| cancels as f64 / fills as f64);
    // The tail: where one order in ten to one in a thousand is left.
    let tail = tape.lifetimes.survival().into_iter();
    let (x, y): (Vec<f64>, Vec<f64>) = tail.filter(|(_, left)| (1e-3..=0.1).contains(left)).unzip();
    Measured::from(fills)
        .judged("cancels per fill", ratio, (1.0, f64::INFINITY))
        .told("survival slope", log_log_slope(&x, &y))
        .at_least(fills, 1_000, "fills")
}

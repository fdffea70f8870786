//! M9: the book is thickest a little behind the best price.

use super::{Ask, Class, Fact, Measured};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M9",
    name: "Average book shape",
    estimator: "the distance behind the best, in ticks, where the mean book is thickest",
    source: "Bouchaud, Mézard & Potters 2002, fig. 2",
    minimum: "100 snapshots of the whole book",
    class: Class::GateWhere("limit orders are placed by a power law or by queues"),
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let mean = tape.shape.mean();
    let snapshots = tape.shape.snapshots as usize;
    if mean.is_empty() {
        return Measured::untold("only the best prices are told");
    }
    let peak = (0..mean.len()).fold(0, |peak, at| if mean[at] > mean[peak] { at } else { peak });
    // Behind the hump it must thin out: ten times as far there is less than half.
    let far = mean.get(10 * peak.max(1)).copied().unwrap_or(0.0);
    let fallen = (mean[peak] > 0.0).then(|| far / mean[peak]);
    Measured::from(snapshots)
        .judged("thickest at", Some(peak as f64), (1.0, f64::INFINITY))
        .judged("ten times as far / thickest", fallen, (0.0, 0.5))
        .told("at the best / thickest", (mean[peak] > 0.0).then(|| mean[0] / mean[peak]))
        .at_least(snapshots, 100, "snapshots")
}

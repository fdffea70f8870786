//! M10: what stands at the best price follows a Gamma law.

use super::{Ask, Class, Fact, Measured};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M10",
    name: "Volume at the best",
    estimator: "γ of R(V) ~ V^(γ−1) e^(−V/V0), sizes at both best prices once a second",
    source: "Bouchaud, Mézard & Potters 2002 (0.7 to 0.8)",
    minimum: "1 000 snapshots",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let snapshots = (tape.best.n / 2) as usize;
    if snapshots == 0 {
        return Measured::untold("no sizes are told");
    }
    Measured::from(snapshots)
        .judged("γ", tape.best.gamma(), (0.5, 1.1))
        .told("mean size", Some(tape.best.sum / tape.best.n as f64))
        .at_least(snapshots, 1_000, "snapshots")
}

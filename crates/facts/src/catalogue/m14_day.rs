//! M14: much is traded in the morning and before the close.

use super::f10_volume::volume_by_minute;
use super::{ABOVE_ZERO, Ask, Class, Fact, Measured};
use crate::estimator::line::curvature;
use crate::estimator::median;
use crate::estimator::season::DAYS_MIN;
use crate::tape::Tape;

/// How long a stretch of the day is, in minutes.
const STRETCH: usize = 30;

pub(super) const FACT: Fact = Fact {
    id: "M14",
    name: "U-shaped day",
    estimator: "volume of 30 min as a share of its day, averaged over days: last, first over median",
    source: "Admati & Pfleiderer 1988; Jain & Joh 1988",
    minimum: "5 days",
    class: Class::GateWhere("agents keep the hours of a day"),
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    if tape.trades().next().is_none() {
        return Measured::untold("no trades are told");
    }
    let shares = shares(tape);
    let middle = median(&shares).filter(|middle| *middle > 0.0);
    let over = |share: Option<&f64>| Some(share? / middle?);
    Measured::from(tape.days.len())
        .judged("first / median", over(shares.first()), (1.0, 5.0))
        .judged("last / median", over(shares.last()), (1.3, 6.0))
        .judged("curvature", curvature(&shares), ABOVE_ZERO)
        .at_least(tape.days.len(), DAYS_MIN, "days")
}

/// The mean share of each half hour in its day's volume; of days of different length those stretches
/// that all have.
pub(crate) fn shares(tape: &Tape) -> Vec<f64> {
    let days: Vec<Vec<f64>> = tape
        .days
        .iter()
        .map(volume_by_minute)
        .filter(|day| day.iter().sum::<f64>() > 0.0)
        .map(|day| {
            let whole: f64 = day.iter().sum();
            day.chunks_exact(STRETCH).map(|part| part.iter().sum::<f64>() / whole).collect()
        })
        .collect();
    let common = days.iter().map(Vec::len).min().unwrap_or(0);
    let n = days.len() as f64;
    (0..common).map(|at| days.iter().map(|day| day[at]).sum::<f64>() / n).collect()
}

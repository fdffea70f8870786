//! F4: over longer steps returns become normal.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::season::DAYS_MIN;
use crate::estimator::{excess_kurtosis, spearman};
use crate::tape::Tape;

/// The steps, in seconds.
const STEPS_S: [usize; 5] = [1, 10, 60, 300, 3_600];

/// Returns it takes before a longer step counts.
const RETURNS_MIN: usize = 300;

pub(super) const FACT: Fact = Fact {
    id: "F4",
    name: "Aggregational Gaussianity",
    estimator: "rank correlation of step and excess kurtosis: 1 s, 10 s, 1 min, 5 min (1 h when n ≥ 300)",
    source: "Cont 2001, fact 4",
    minimum: "5 days",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let days = tape.days.len();
    let steps = STEPS_S.map(|step_s| (step_s, tape.returns(step_s)));
    let counted: Vec<(f64, f64)> = steps
        .iter()
        .filter(|(step_s, returns)| *step_s <= 300 || returns.len() >= RETURNS_MIN)
        .filter_map(|(step_s, returns)| Some((*step_s as f64, excess_kurtosis(returns)?)))
        .collect();
    let (x, y): (Vec<f64>, Vec<f64>) = counted.into_iter().unzip();
    let at = |place: usize| excess_kurtosis(&steps[place].1);
    let ratio = at(3).zip(at(0)).map(|(slow, fast)| slow / fast);
    let rank = spearman(&x, &y).filter(|_| x.len() >= 4);
    let mut found = Measured::from(steps[0].1.len())
        // A hair below, for the rounding of −4/5.
        .judged("rank correlation", rank, (-1.0 - 1e-9, -0.8 + 1e-9))
        .judged("5 min / 1 s", ratio, (f64::NEG_INFINITY, 0.5))
        .at_least(days, DAYS_MIN, "days");
    for (place, name) in ["1 s", "10 s", "1 min", "5 min"].into_iter().enumerate() {
        found = found.told(format!("excess kurtosis, {name}"), at(place));
    }
    // Seconds are drawn again and added up to longer steps.
    found.drawn(ask, &steps[0].1, |seconds| {
        let of = |step: usize| {
            let sums: Vec<f64> = seconds.chunks_exact(step).map(|s| s.iter().sum()).collect();
            excess_kurtosis(&sums)
        };
        spearman(&[1.0, 10.0, 60.0, 300.0], &[of(1)?, of(10)?, of(60)?, of(300)?])
    })
}

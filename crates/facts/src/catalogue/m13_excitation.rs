//! M13: most trades are called forth by trades.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::arrivals::counts;
use crate::estimator::hawkes::{branching_of_counts, fit};
use crate::estimator::season::deseasonalised;
use crate::estimator::{mean, median};
use crate::tape::{Day, Tape};

/// The window of counts, in seconds; much longer than what one trade calls forth.
const WINDOW_S: f64 = 100.0;

/// How long a block of the likelihood fit is, in seconds.
const BLOCK_S: f64 = 1_800.0;

pub(super) const FACT: Fact = Fact {
    id: "M13",
    name: "Self-excitation",
    estimator: "n̂ = 1 − √(mean/variance) of trades in 100 s; Hawkes likelihood in blocks of 30 min",
    source: "Filimonov & Sornette 2012; Hardiman, Bercot & Bouchaud 2013; regime changes make it too high",
    minimum: "100 windows",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let by_day: Vec<Vec<f64>> = tape.days.iter().map(|day| day_counts(day, WINDOW_S)).collect();
    let usual = mean(&by_day.concat()).unwrap_or(0.0);
    // Half an hour's pattern is taken out where there are days enough, and the scale put back.
    let flat = deseasonalised(&by_day, (BLOCK_S / WINDOW_S) as usize);
    let scale = if flat == by_day { 1.0 } else { usual };
    let flat: Vec<f64> = flat.concat().iter().map(|count| count * scale).collect();
    if usual == 0.0 {
        return Measured::untold("no trades are told");
    }
    let fits: Vec<f64> = tape.days.iter().flat_map(block_fits).collect();
    Measured::from(flat.len())
        .judged("n̂ (100 s)", branching_of_counts(&flat), (0.4, 1.0 - f64::EPSILON))
        .told("Hawkes n, median block", median(&fits))
        .told("blocks", Some(fits.len() as f64))
        .at_least(flat.len(), 100, "windows")
        .drawn(ask, &flat, branching_of_counts)
}

fn day_counts(day: &Day, width_s: f64) -> Vec<f64> {
    counts(&day.trade_times_s(), 0.0, day.span_s(), width_s)
}

fn block_fits(day: &Day) -> Vec<f64> {
    let times = day.trade_times_s();
    let (mut fits, mut start) = (Vec::new(), 0.0);
    while start + BLOCK_S <= day.span_s() + 1e-9 {
        let from = times.partition_point(|time| *time < start);
        let to = times.partition_point(|time| *time < start + BLOCK_S);
        fits.extend(fit(&times[from..to], start, start + BLOCK_S).map(|found| found.branching));
        start += BLOCK_S;
    }
    fits
}

//! F10: where much is traded, prices move much.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::pearson;
use crate::tape::{Day, Tape};

pub(super) const FACT: Fact = Fact {
    id: "F10",
    name: "Volume–volatility correlation",
    estimator: "corr(volume, |log mid return|) of bars of a minute",
    source: "Cont 2001, fact 10; holds by the clock, not by the trade",
    minimum: "390 bars",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    if tape.trades().next().is_none() {
        return Measured::untold("no trades are told");
    }
    let (mut volumes, mut sizes, mut bars) = (Vec::new(), Vec::new(), 0);
    for day in &tape.days {
        let volume = volume_by_minute(day);
        bars += volume.len();
        // The first bar begins with the first mid of the day.
        let mut before = day.first_mid;
        for (minute, volume) in volume.iter().enumerate() {
            let now = day.mid_at(day.open_ns + (minute as u64 + 1) * 60_000_000_000);
            if let (Some(early), Some(late)) = (before, now)
                && early > 0.0
                && late > 0.0
            {
                volumes.push(*volume);
                sizes.push(libm::log(late / early).abs());
            }
            before = now.or(before);
        }
    }
    Measured::from(bars)
        .judged("correlation", pearson(&volumes, &sizes), (0.2, 1.0))
        .at_least(bars, 390, "bars")
        .drawn_places(ask, volumes.len(), |places| {
            let at = |of: &[f64]| places.iter().map(|place| of[*place]).collect::<Vec<_>>();
            pearson(&at(&volumes), &at(&sizes))
        })
}

/// What was traded in each whole minute of a day.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn volume_by_minute(day: &Day) -> Vec<f64> {
    let mut volume = vec![0.0; (day.span_s() / 60.0) as usize];
    for trade in &day.trades {
        let minute = ((trade.at_ns - day.open_ns) / 60_000_000_000) as usize;
        if let Some(volume) = volume.get_mut(minute) {
            *volume += trade.size;
        }
    }
    volume
}

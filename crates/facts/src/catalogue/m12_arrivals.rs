//! M12: trades come in bursts at every scale.

use super::{Ask, Class, Fact, Measured, TRADES_MIN};
use crate::estimator::arrivals::variation;
use crate::estimator::{fano, weibull_shape};
use crate::tape::Tape;

/// The windows of counts, in seconds.
const WINDOWS_S: [f64; 4] = [1.0, 10.0, 100.0, 1_000.0];

pub(super) const FACT: Fact = Fact {
    id: "M12",
    name: "Inter-arrival times",
    estimator: "Weibull shape k of gaps between trades, and between the first 20 000 events; Fano \
                factor of trades in 1 s … 1000 s",
    source: "Ivanov et al. 2004; a Poisson process has 1 and 1",
    minimum: "20 000 events",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let gaps = tape.trade_gaps_s();
    let events = if tape.event_gaps_s.is_empty() { &gaps } else { &tape.event_gaps_s };
    let fanos = WINDOWS_S.map(|width_s| fano(&tape.trade_counts(width_s)));
    let grows = |place: usize| fanos[place + 1].zip(fanos[place]).map(|(slow, fast)| slow / fast);
    let rising = (1.0 + f64::EPSILON, f64::INFINITY);
    let mut found = Measured::from(events.len())
        .judged("k of trades", weibull_shape(&gaps), (0.2, 0.9))
        .judged("k of events", weibull_shape(events), (0.2, 0.9))
        .judged("Fano 10 s / 1 s", grows(0), rising)
        .judged("Fano 100 s / 10 s", grows(1), rising);
    for (width, fano) in ["1 s", "10 s", "100 s", "1000 s"].into_iter().zip(fanos) {
        found = found.told(format!("Fano {width}"), fano);
    }
    found
        .told("cv of trade gaps", variation(&gaps))
        .at_least(events.len(), TRADES_MIN, "events")
        .drawn(ask, &gaps, weibull_shape)
}

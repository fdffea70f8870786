//! Single operations: how long each record takes, in a pass of its own.
//!
//! Two readings of the clock stand around every record, so their own cost is in every figure; it is
//! measured beside and told, not taken off.

use super::{Gauge, Load};
use crate::contestants::Contestant;
use crate::report::Sink;
use hdrhistogram::Histogram;

/// How long single records take, in nanoseconds on the wall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// Half take no longer.
    pub p50: u64,
    /// 99 of a hundred take no longer.
    pub p99: u64,
    /// 999 of a thousand.
    pub p999: u64,
    /// 9,999 of ten thousand.
    pub p9999: u64,
    /// The longest.
    pub max: u64,
    /// What a pair of readings takes by itself, the median; it is part of all the others.
    pub timer: u64,
}

/// Three digits are kept, of up to a minute.
const NS_MAX: u64 = 60_000_000_000;

/// How often the clock is read for its own cost.
const PAIRS: usize = 100_000;

/// An empty histogram of nanoseconds.
pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(NS_MAX, 3).expect("three digits and a minute are within its bounds")
}

pub(super) fn of<C: Contestant, G: Gauge>(load: Load<'_>, gauge: &G) -> Latency {
    let (before, timed) = load.records.split_at(load.untimed);
    let (mut contestant, mut sink) = (C::fresh(), Sink::counting());
    contestant.apply_all(before, &mut sink);
    let mut all = histogram();
    for record in timed {
        let start = gauge.wall_ns();
        contestant.apply(record, &mut sink);
        all.saturating_record(gauge.wall_ns() - start);
    }
    let mut pairs = histogram();
    for _ in 0..PAIRS {
        let start = gauge.wall_ns();
        pairs.saturating_record(gauge.wall_ns() - start);
    }
    Latency {
        p50: all.value_at_quantile(0.5),
        p99: all.value_at_quantile(0.99),
        p999: all.value_at_quantile(0.999),
        p9999: all.value_at_quantile(0.9999),
        max: all.max(),
        timer: pairs.value_at_quantile(0.5),
    }
}

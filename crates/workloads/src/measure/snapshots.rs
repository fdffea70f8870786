//! What it costs to look: snapshots of all levels while the book goes on.

use super::latency::histogram;
use super::{Gauge, Load};
use crate::contestants::Contestant;
use crate::report::Sink;

/// One row: a snapshot every so many records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SnapshotRow {
    /// How many records lie between two; none: none is taken.
    pub every: Option<u64>,
    /// Nanoseconds of the processor per record, snapshots included.
    pub ns_per_op: f64,
    /// Nanoseconds on the wall for one snapshot, the median; none when none was taken.
    pub snapshot_ns: Option<u64>,
}

/// How often, from never to every thousand records.
const EVERY: [Option<u64>; 4] = [None, Some(100_000), Some(10_000), Some(1_000)];

/// The rows of `C`; none when it has no snapshots.
pub(super) fn rows<C: Contestant, G: Gauge>(load: Load<'_>, gauge: &G) -> Vec<SnapshotRow> {
    if C::fresh().snapshot().is_none() {
        return Vec::new();
    }
    EVERY.map(|every| row(C::fresh(), load, gauge, every)).into()
}

fn row<C: Contestant, G: Gauge>(
    mut contestant: C,
    load: Load<'_>,
    gauge: &G,
    every: Option<u64>,
) -> SnapshotRow {
    let (before, timed) = load.records.split_at(load.untimed);
    let mut sink = Sink::counting();
    contestant.apply_all(before, &mut sink);
    let stretch = every.map_or(timed.len(), |every| every as usize);
    let mut taken = histogram();
    // The last one is held while the book goes on: that is when a snapshot costs something.
    let mut held = None;
    let cpu = gauge.cpu_ns();
    for records in timed.chunks(stretch) {
        contestant.apply_all(records, &mut sink);
        if every.is_some() {
            let start = gauge.wall_ns();
            let snapshot = contestant.snapshot();
            taken.saturating_record(gauge.wall_ns() - start);
            drop(std::mem::replace(&mut held, snapshot));
        }
    }
    let ns_per_op = (gauge.cpu_ns() - cpu) as f64 / timed.len() as f64;
    let snapshot_ns = every.map(|_| taken.value_at_quantile(0.5));
    SnapshotRow { every, ns_per_op, snapshot_ns }
}

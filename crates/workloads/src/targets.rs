//! How fast it must be: ratios of one run, each with its limit.

use crate::measure::Measured;
use crate::workload::Workload;

/// One thing that is wanted, and whether it is so.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What is wanted; the workload stands in front.
    pub name: String,
    /// What came out; none when it was not measured.
    pub value: Option<f64>,
    /// The most it may be.
    pub limit: f64,
    /// Whether it is no more.
    pub ok: bool,
}

impl Target {
    /// Wants `value` to be at most `limit`; what was not measured is missed.
    fn at_most(name: String, value: Option<f64>, limit: f64) -> Self {
        Self { name, value, limit, ok: value.is_some_and(|value| value <= limit) }
    }

    /// Wants `value` to be below `limit`.
    fn below(name: String, value: Option<f64>, limit: f64) -> Self {
        Self { name, value, limit, ok: value.is_some_and(|value| value < limit) }
    }
}

/// A level snapshot of eleven thousand levels takes less, in nanoseconds.
const SNAPSHOT_NS: f64 = 1_000.0;

/// How much slower than the bare book all rules together may make it.
const RULES: f64 = 1.20;

/// What is wanted of `measured`, which is `workload`.
#[must_use]
pub fn of(workload: Workload, measured: &Measured) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut want = |what: &str, value: Option<f64>, limit: f64| {
        targets.push(Target::at_most(format!("{}_{what}", workload.name()), value, limit));
    };
    let ratio = |than: &str| Some(measured.ratio("pitfloor", than));
    let product = measured.engine("pitfloor");
    let spread = Some(product.latency.p999 as f64 / product.latency.p50 as f64);
    let allocations = Some(product.allocations_per_op);
    want("pitfloor_to_bare", ratio("bare"), RULES);
    want("conformance_misses", Some(misses(workload, measured)), 0.0);
    match workload {
        Workload::Normal => {
            want("pitfloor_to_naive", ratio("naive"), 0.50);
            want("pitfloor_to_floor", ratio("floor"), 3.5);
            want("p999_to_p50", spread, 8.0);
        }
        Workload::W1 => {
            want("pitfloor_to_naive", ratio("naive"), 0.40);
            want("allocations_per_op", allocations, 0.0);
            want("p999_to_p50", spread, 8.0);
        }
        Workload::W2 => {
            want("pitfloor_to_naive", ratio("naive"), 0.20);
            want("batched_to_naive", Some(measured.ratio("batched", "naive")), 0.08);
            want("allocations_per_op", allocations, 0.0);
            want("p999_to_p50", spread, 12.0);
            want("bytes_per_live_order", product.bytes_per_live_order, 96.0);
            let snapshot = measured.snapshots.iter().find(|row| row.every == Some(10_000));
            let taken = snapshot.and_then(|row| row.snapshot_ns).map(|ns| ns as f64);
            want("snapshots_ability", Some(measured.snapshots_ability()), 1.10);
            targets.push(Target::below("W2_snapshot_ns".to_owned(), taken, SNAPSHOT_NS));
        }
        Workload::W3 => want("pitfloor_to_naive", ratio("naive"), 0.45),
        Workload::Static | Workload::Swing25 | Workload::Swing40 | Workload::FlashCrash => {}
    }
    targets
}

/// How many of the published digests and hashes did not come out.
fn misses(workload: Workload, measured: &Measured) -> f64 {
    let expected = workload.expected();
    let digests = expected.figures.iter().filter(|(name, _)| name.ends_with("_digest"));
    let wrong = digests.filter(|(name, value)| measured.figures.get(name) != *value).count();
    (wrong + usize::from(measured.report_sha256 != expected.report_sha256)) as f64
}

/// What is wanted of several together: no public scenario much slower than another. Only when all
/// five are there.
#[must_use]
pub fn together(all: &[(Workload, &Measured)]) -> Vec<Target> {
    let time = |workload: &Workload| {
        let found = all.iter().find(|(other, _)| other == workload);
        found.map(|(_, measured)| measured.engine("pitfloor").ns_per_op)
    };
    let times: Option<Vec<f64>> = Workload::PUB5.iter().map(time).collect();
    let Some(times) = times else { return Vec::new() };
    let worst = times.iter().copied().fold(0.0, f64::max);
    let best = times.iter().copied().fold(f64::INFINITY, f64::min);
    vec![Target::at_most("pub5_worst_to_best".to_owned(), Some(worst / best), 1.35)]
}

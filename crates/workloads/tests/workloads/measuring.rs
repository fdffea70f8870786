//! Measuring itself, with clocks that only go when they are read.

use pitfloor_workloads::expected::Expected;
use pitfloor_workloads::measure::{Ended, Gauge, Heap, Load, conformance, measure};
use pitfloor_workloads::record::Record;
use pitfloor_workloads::targets;
use pitfloor_workloads::workload::Workload;
use std::cell::Cell;

/// Each reading is a step later than the one before: of the processor a thousand, on the wall seven.
#[derive(Default)]
struct Ticking {
    cpu: Cell<u64>,
    wall: Cell<u64>,
    heap: Cell<u64>,
}

impl Gauge for Ticking {
    fn cpu_ns(&self) -> u64 {
        self.cpu.set(self.cpu.get() + 1_000);
        self.cpu.get()
    }

    fn wall_ns(&self) -> u64 {
        self.wall.set(self.wall.get() + 7);
        self.wall.get()
    }

    fn heap(&self) -> Heap {
        self.heap.set(self.heap.get() + 1);
        let calls = self.heap.get();
        Heap { allocations: 50 * calls, bytes: 400 * calls, in_use: (1_000 * calls).cast_signed() }
    }
}

const RECORDS: usize = 1_000;

fn load<'a>(records: &'a [Record], expected: Option<&'static Expected>) -> Load<'a> {
    Load { records, untimed: 200, expected }
}

#[test]
fn times_are_per_timed_record_and_the_allocator_is_asked_about_the_last_half() {
    let records = Workload::W1.records(RECORDS);
    let measured = measure(load(&records, None), 3, &Ticking::default(), |_| true).unwrap();
    assert_eq!(measured.timed, 800);
    for engine in &measured.engines {
        assert!((engine.ns_per_op - 1_000.0 / 800.0).abs() < 1e-9, "{engine:?}");
        assert!((engine.wall_ns_per_op - 7.0 / 800.0).abs() < 1e-9, "{engine:?}");
        assert!((engine.allocations_per_op - 50.0 / 400.0).abs() < 1e-9, "{engine:?}");
        assert!((engine.bytes_allocated_per_op - 400.0 / 400.0).abs() < 1e-9, "{engine:?}");
        let latency = engine.latency;
        assert_eq!((latency.p50, latency.p9999, latency.max, latency.timer), (7, 7, 7, 7));
        let live: f64 = measured.figures.get("live").parse().unwrap();
        let bytes = engine.bytes_per_live_order;
        assert_eq!(bytes.is_none(), engine.name == "floor");
        assert!(bytes.is_none_or(|bytes| (bytes - 2_000.0 / live).abs() < 1e-9), "{engine:?}");
    }
    assert!((measured.ratio("pitfloor", "naive") - 1.0).abs() < 1e-9);
}

#[test]
fn contestants_are_measured_in_turn_round_by_round() {
    let records = Workload::W1.records(RECORDS);
    let mut said = Vec::new();
    let told = |what: &str| {
        said.push(what.to_owned());
        true
    };
    measure(load(&records, None), 2, &Ticking::default(), told).unwrap();
    let turns: Vec<&str> =
        said.iter().filter_map(|what| what.split_once("of 2: ")).map(|t| t.1).collect();
    let once = ["floor", "naive", "pitfloor", "batched", "bare"];
    assert_eq!(turns, [once, once].concat());
    assert_eq!(said.last().unwrap(), "snapshots");
}

#[test]
fn whoever_no_longer_wants_to_know_is_left_alone() {
    let records = Workload::W1.records(RECORDS);
    let mut left = 3;
    let told = |_: &str| {
        left -= 1;
        left > 0
    };
    let ended = measure(load(&records, None), 2, &Ticking::default(), told);
    assert_eq!(ended.unwrap_err(), Ended::Stopped);
}

#[test]
fn a_figure_that_differs_is_named_and_nothing_is_timed() {
    let records = Workload::W1.records(RECORDS);
    let gauge = Ticking::default();
    let expected = Some(Workload::W1.expected());
    let ended = measure(load(&records, expected), 1, &gauge, |_| true).unwrap_err();
    let said = ended.to_string();
    assert!(said.starts_with("naive: trades: found "), "{said}");
    assert!(said.ends_with("expected 1108870"), "{said}");
    assert_eq!((gauge.cpu.get(), gauge.wall.get()), (0, 0));
}

#[test]
fn a_report_stream_that_differs_is_found_too() {
    static WRONG: Expected =
        Expected { records: RECORDS, figures: &[], file_sha256: "", report_sha256: "0" };
    let records = Workload::W1.records(RECORDS);
    let wrong = conformance(load(&records, Some(&WRONG))).unwrap_err();
    assert_eq!((wrong.contestant, wrong.differs.figure), ("naive", "report_sha256"));
    assert_eq!(wrong.differs.expected, "0");
}

#[test]
fn targets_hold_ratios_of_one_run_against_their_limits() {
    let records = Workload::W1.records(RECORDS);
    let mut measured = measure(load(&records, None), 1, &Ticking::default(), |_| true).unwrap();
    let time = |measured: &mut pitfloor_workloads::measure::Measured, name: &str, ns: f64| {
        let found = measured.engines.iter_mut().find(|engine| engine.name == name);
        found.unwrap().ns_per_op = ns;
    };
    for (name, ns) in [("floor", 10.0), ("naive", 100.0), ("pitfloor", 40.0), ("bare", 34.0)] {
        time(&mut measured, name, ns);
    }
    let met = |measured: &_, workload, name: &str| {
        let all = targets::of(workload, measured);
        let found = all.iter().find(|target| target.name == name);
        found.unwrap_or_else(|| panic!("{name} in {all:?}")).ok
    };
    assert!(met(&measured, Workload::W1, "W1_pitfloor_to_naive"), "0.40 is at most 0.40");
    assert!(met(&measured, Workload::W1, "W1_pitfloor_to_bare"));
    assert!(!met(&measured, Workload::W1, "W1_allocations_per_op"), "an eighth is more than none");
    assert!(!met(&measured, Workload::W1, "W1_conformance_misses"), "these are not all of W1");
    assert!(met(&measured, Workload::Normal, "normal_pitfloor_to_naive"));
    assert!(!met(&measured, Workload::Normal, "normal_pitfloor_to_floor"), "4 is more than 3.5");
    measured.snapshots_ability = 1.10;
    assert!(met(&measured, Workload::W2, "W2_snapshots_ability"), "a tenth is allowed");
    measured.snapshots_ability = 1.11;
    assert!(!met(&measured, Workload::W2, "W2_snapshots_ability"), "and no more");
    assert!(met(&measured, Workload::W2, "W2_snapshot_ns"));
    time(&mut measured, "pitfloor", 41.0);
    assert!(!met(&measured, Workload::W1, "W1_pitfloor_to_naive"));
    assert!(!met(&measured, Workload::W1, "W1_pitfloor_to_bare"));
}

#[test]
fn the_worst_public_scenario_is_held_against_the_best_when_all_are_there() {
    let records = Workload::W1.records(RECORDS);
    let measured = measure(load(&records, None), 1, &Ticking::default(), |_| true).unwrap();
    let mut all = Workload::PUB5.map(|workload| (workload, measured.clone()));
    let together = |all: &[(Workload, _)]| {
        targets::together(&all.iter().map(|(workload, one)| (*workload, one)).collect::<Vec<_>>())
    };
    assert!(together(&all)[0].ok);
    let slow = all[3].1.engines.iter_mut().find(|engine| engine.name == "pitfloor").unwrap();
    slow.ns_per_op *= 1.36;
    let worst = &together(&all)[0];
    assert_eq!((worst.ok, worst.name.as_str()), (false, "pub5_worst_to_best"));
    assert!((worst.value.unwrap() - 1.36).abs() < 1e-9);
    assert_eq!(together(&all[..4]), []);
}

//! Measuring itself, with clocks that only go when they are read.

use pitfloor_workloads::expected::Expected;
use pitfloor_workloads::measure::{
    Ended, Gauge, Heap, Load, Measured, ROUNDS_MORE_MAX, conformance, measure,
};
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

/// The only one measured.
fn one(measured: Result<Vec<Measured>, Ended>) -> Measured {
    let [one] = <[Measured; 1]>::try_from(measured.unwrap()).unwrap();
    one
}

fn load<'a>(records: &'a [Record], expected: Option<&'static Expected>) -> Load<'a> {
    Load { records, untimed: 200, expected }
}

#[test]
fn times_are_per_timed_record_and_the_allocator_is_asked_about_the_last_half() {
    let records = Workload::W1.records(RECORDS);
    let measured = one(measure(&[load(&records, None)], 3, &Ticking::default(), |_, _| true));
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
fn loads_and_contestants_are_measured_in_turn_round_by_round() {
    let (shallow, wide) = (Workload::W1.records(RECORDS), Workload::W3.records(RECORDS));
    let mut said = Vec::new();
    let told = |of: usize, what: &str| {
        said.push((of, what.to_owned()));
        true
    };
    let loads = [load(&shallow, None), load(&wide, None)];
    let measured = measure(&loads, 2, &Ticking::default(), told).unwrap();
    let rounds = said.iter().filter_map(|(of, what)| Some((*of, what.strip_prefix("round ")?)));
    let turns: Vec<String> = rounds.map(|(of, what)| format!("{of} {what}")).collect();
    let all = ["floor", "naive", "pitfloor", "batched", "bare", "unviewed"];
    let expected = (1..=2).flat_map(|round| (0..2).map(move |of| (round, of)));
    let expected =
        expected.flat_map(|(round, of)| all.map(move |name| format!("{of} {round}: {name}")));
    assert_eq!(turns, expected.collect::<Vec<_>>(), "a clock that only ticks has settled at once");
    assert_eq!(said.last().unwrap(), &(1, "snapshots".to_owned()));
    let trades = |workload: &Measured| workload.figures.get("trades").to_owned();
    assert_ne!(trades(&measured[0]), trades(&measured[1]), "each is its own load");
    assert_eq!((measured[0].rounds, measured[1].rounds), (2, 2));
}

/// A processor that is in a hurry now and then: who ends when is told by a list of steps.
struct Hurrying<'a> {
    now: Cell<u64>,
    read: Cell<usize>,
    /// What each round of each contestant takes, one after another; then the last for ever.
    takes: &'a [u64],
}

impl Gauge for Hurrying<'_> {
    fn cpu_ns(&self) -> u64 {
        let read = self.read.get();
        self.read.set(read + 1);
        // Every second reading ends what the one before began.
        if read % 2 == 1 {
            let takes = self.takes.get(read / 2).or(self.takes.last()).unwrap();
            self.now.set(self.now.get() + takes);
        }
        self.now.get()
    }

    fn wall_ns(&self) -> u64 {
        0
    }

    fn heap(&self) -> Heap {
        Heap::default()
    }
}

#[test]
fn there_are_rounds_until_no_least_comes_down_any_more_and_a_limit() {
    let records = Workload::W1.records(RECORDS);
    let rounds = |takes: &[u64]| {
        let gauge = Hurrying { now: Cell::new(0), read: Cell::new(0), takes };
        one(measure(&[load(&records, None)], 2, &gauge, |_, _| true)).rounds
    };
    assert_eq!(rounds(&[1_000]), 2, "as many as asked for");
    assert_eq!(rounds(&[1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 995]), 2, "half a per cent");
    let second = [[1_000; 6], [980; 6]].concat();
    assert_eq!(rounds(&second), 4, "two more after the second came down");
    let falling: Vec<u64> = (0..100).map(|n| 1_000_000 >> (n / 6)).collect();
    assert_eq!(rounds(&falling), 2 * ROUNDS_MORE_MAX, "and no more than the limit");
}

#[test]
fn whoever_no_longer_wants_to_know_is_left_alone() {
    let records = Workload::W1.records(RECORDS);
    let mut left = 3;
    let told = |_: usize, _: &str| {
        left -= 1;
        left > 0
    };
    let ended = measure(&[load(&records, None)], 2, &Ticking::default(), told);
    assert_eq!(ended.unwrap_err(), Ended::Stopped);
}

#[test]
fn a_figure_that_differs_is_named_and_nothing_is_timed() {
    let records = Workload::W1.records(RECORDS);
    let gauge = Ticking::default();
    let expected = Some(Workload::W1.expected());
    let ended = measure(&[load(&records, expected)], 1, &gauge, |_, _| true).unwrap_err();
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
    let mut measured = one(measure(&[load(&records, None)], 1, &Ticking::default(), |_, _| true));
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
    measured.unviewed_ns = 34.0 / 1.0999;
    assert!(met(&measured, Workload::W2, "W2_snapshots_ability"), "a tenth is allowed");
    measured.unviewed_ns = 34.0 / 1.11;
    assert!(!met(&measured, Workload::W2, "W2_snapshots_ability"), "and no more");
    assert!(met(&measured, Workload::W2, "W2_snapshot_ns"));
    time(&mut measured, "pitfloor", 41.0);
    assert!(!met(&measured, Workload::W1, "W1_pitfloor_to_naive"));
    assert!(!met(&measured, Workload::W1, "W1_pitfloor_to_bare"));
}

#[test]
fn the_worst_public_scenario_is_held_against_the_best_when_all_are_there() {
    let records = Workload::W1.records(RECORDS);
    let measured = one(measure(&[load(&records, None)], 1, &Ticking::default(), |_, _| true));
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

//! Every figure of the definition, on every book. A small and a public workload always; the whole
//! eight at night (`cargo xtask nightly`, or `cargo test --release -- --ignored`).

use pitfloor_model::units::Side;
use pitfloor_workloads::contestants::Contestant;
use pitfloor_workloads::contestants::bare::Bare;
use pitfloor_workloads::contestants::naive::Naive;
use pitfloor_workloads::contestants::product::{Batched, Product};
use pitfloor_workloads::figures::Figures;
use pitfloor_workloads::file;
use pitfloor_workloads::measure::reports;
use pitfloor_workloads::record::{Kind, Record};
use pitfloor_workloads::report::Sink;
use pitfloor_workloads::workload::Workload;

/// The file and what every book makes of it.
fn comes_to_what_it_must(workload: Workload) {
    let (name, expected) = (workload.name(), workload.expected());
    let records = workload.records(usize::MAX);
    assert_eq!(records.len(), expected.records, "{name}");
    assert_eq!(file::sha256(&records), expected.file_sha256, "{name}");
    file::playable(&records).unwrap();
    let meets = |book: &str, (figures, stream): (Figures, String)| {
        assert_eq!(figures.first_difference(expected.figures), None, "{name}, {book}");
        assert_eq!(stream, expected.report_sha256, "{name}, {book}");
        figures
    };
    let naive = meets("naive", reports::<Naive>(&records));
    for (book, found) in [
        ("product", reports::<Product>(&records)),
        ("batched", reports::<Batched>(&records)),
        ("bare", reports::<Bare>(&records)),
    ] {
        assert_eq!(meets(book, found), naive, "{name}, {book}");
    }
}

/// The most that waited and the most levels there were, seen after every record; and the averages,
/// seen before every 1,024th, rounded down.
fn sizes(records: &[Record], untimed: usize) -> [usize; 4] {
    let (mut naive, mut sink) = (Naive::fresh(), Sink::counting());
    let (mut most, mut sums, mut seen) = ([0, 0], [0, 0], 0);
    for (n, record) in records.iter().enumerate() {
        if n >= untimed && (n - untimed).is_multiple_of(1_024) {
            let (live, levels) = naive.live_and_levels();
            sums = [sums[0] + live, sums[1] + levels];
            seen += 1;
        }
        naive.apply(record, &mut sink);
        let (live, levels) = naive.live_and_levels();
        most = [most[0].max(live), most[1].max(levels)];
    }
    [most[0], most[1], sums[0] / seen, sums[1] / seen]
}

#[test]
fn an_ordinary_public_day() {
    comes_to_what_it_must(Workload::Normal);
}

#[test]
fn a_wide_book() {
    comes_to_what_it_must(Workload::W3);
}

#[test]
#[ignore = "minutes without optimisation; the night does it"]
fn all_eight() {
    for workload in Workload::ALL {
        comes_to_what_it_must(workload);
    }
}

#[test]
#[ignore = "minutes without optimisation; the night does it"]
fn the_books_grow_as_large_as_is_said() {
    let of = |workload: Workload| sizes(&workload.records(usize::MAX), workload.untimed());
    assert_eq!(of(Workload::W1), [1_977, 234, 1_904, 188]);
    assert_eq!(of(Workload::W2), [1_000_007, 11_323, 952_607, 10_863]);
    assert_eq!(of(Workload::W3), [38_065, 1_641, 37_471, 1_527]);
    for (workload, most) in [
        (Workload::Normal, [5_502, 330]),
        (Workload::Static, [41_788, 88]),
        (Workload::Swing25, [2_577, 1_382]),
        (Workload::Swing40, [1_422, 1_025]),
        (Workload::FlashCrash, [499, 400]),
    ] {
        assert_eq!(of(workload)[..2], most, "{}", workload.name());
    }
}

#[test]
#[ignore = "minutes without optimisation; the night does it"]
fn every_mix_of_operations_is_as_defined() {
    let table = [
        (Workload::W1, [2_545_823, 1_704_008, 399_957, 200_101, 100_111, 50_000], 2_846_035),
        (Workload::W2, [1_910_635, 1_488_710, 320_964, 159_777, 80_128, 39_786], 3_150_540),
        (Workload::W3, [1_006_174, 693_986, 159_819, 79_753, 40_243, 20_025], 1_126_170),
    ];
    let prices = [(98_860, 101_242), (91_718, 108_338), (1_099_510_513_275, 1_099_512_018_634)];
    for ((workload, operations, last), (low, high)) in table.into_iter().zip(prices) {
        let flow = workload.lob1().unwrap().flow();
        assert_eq!(flow.operations, operations, "{}", workload.name());
        let new = || flow.records.iter().filter(|record| record.kind == Kind::New);
        assert_eq!(new().next_back().unwrap().id, last);
        assert_eq!(new().map(|record| record.price).min(), Some(low));
        assert_eq!(new().map(|record| record.price).max(), Some(high));
        assert_eq!(flow.prefilled, workload.untimed());
    }
}

/// Which orders there are and what becomes of them does not depend on how the price moves.
#[test]
fn a_public_scenario_has_its_mix() {
    let records = Workload::FlashCrash.records(usize::MAX);
    let count = |kind, ioc| {
        records.iter().filter(|record| record.kind == kind && record.ioc == ioc).count()
    };
    assert_eq!((count(Kind::New, false), count(Kind::New, true)), (849_766, 150_234));
    assert_eq!((count(Kind::Cancel, false), count(Kind::Modify, false)), (823_422, 172_675));
    assert_eq!(records.len(), 1_996_097);
}

#[test]
fn the_first_records_are_as_defined() {
    let said = |workload: Workload, count: usize| -> Vec<String> {
        let told = |record: &Record| {
            let Record { kind, side, qty, id, price, .. } = record;
            format!("{kind:?} {side:?} {qty} id {id} @{price}")
        };
        workload.records(count).iter().map(told).collect()
    };
    assert_eq!(said(Workload::W1, 2), ["New Sell 77 id 1 @100001", "New Buy 61 id 2 @99997"]);
    assert_eq!(said(Workload::W2, 1), ["New Sell 77 id 1 @100077"]);
    let wide = ["New Sell 64 id 1 @1099511627779", "Modify Sell 64 id 1 @1099511627776"];
    assert_eq!(said(Workload::W3, 2), wide);
}

/// The mix of W1 over its first two hundred thousand operations, near the shares it is drawn with.
#[test]
fn the_mix_has_its_shape() {
    let lob1 =
        pitfloor_workloads::lob1::Lob1 { operations: 200_000, ..Workload::W1.lob1().unwrap() };
    let flow = lob1.flow();
    let share = flow.operations.map(|count| (count as f64 / 2_000.0).round() as u64);
    assert_eq!(share, [51, 33, 8, 4, 2, 1]);
    let buys = flow.records.iter().filter(|record| record.side == Side::Buy).count();
    assert!((90_000..110_000).contains(&buys), "{buys}");
}

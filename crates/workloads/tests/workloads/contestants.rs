//! The books answer alike, whatever they are asked.

use pitfloor_model::units::{Price, Qty, Side};
use pitfloor_workloads::contestants::bare::Bare;
use pitfloor_workloads::contestants::floor::Floor;
use pitfloor_workloads::contestants::naive::Naive;
use pitfloor_workloads::contestants::product::{Batched, Product};
use pitfloor_workloads::contestants::{Contestant, Levels};
use pitfloor_workloads::file;
use pitfloor_workloads::measure::reports;
use pitfloor_workloads::record::{Kind, Record};
use pitfloor_workloads::report::{Reported, Sink};
use pitfloor_workloads::workload::Workload;
use proptest::prelude::*;

/// A line per record: `new buy 5 @100 id 1`, `ioc sell 5 @100 id 2`, `modify 1 to 7 @99`,
/// `cancel 1`.
fn story(lines: &str) -> Vec<Record> {
    let number = |word: &str| word.trim_start_matches('@').parse::<i64>().unwrap();
    let mut records = Vec::new();
    for line in lines.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let side = if words[1] == "sell" { Side::Sell } else { Side::Buy };
        let record = match words[0] {
            "cancel" => Record::new(Kind::Cancel, side, 0, number(words[1]) as u64, 0),
            "modify" => {
                let (id, qty) = (number(words[1]) as u64, number(words[3]) as u32);
                Record::new(Kind::Modify, side, qty, id, number(words[4]))
            }
            kind => {
                let (qty, id) = (number(words[2]) as u32, number(words[5]) as u64);
                let new = Record::new(Kind::New, side, qty, id, number(words[3]));
                Record { ioc: kind == "ioc", ..new }
            }
        };
        records.push(Record { seq: records.len() as u64, ..record });
    }
    records
}

/// The orders and lots of each side, best first, after a story, on `C`.
fn left<C: Contestant>(lines: &str) -> (u64, [u64; 2], [Option<i64>; 2]) {
    let (mut book, mut sink) = (C::fresh(), Sink::counting());
    book.apply_all(&story(lines), &mut sink);
    let standing = book.standing().unwrap();
    (sink.told().count(Reported::Trade), standing.lots, standing.best)
}

fn every_book(lines: &str, expected: (u64, [u64; 2], [Option<i64>; 2])) {
    assert_eq!(left::<Naive>(lines), expected, "naive: {lines}");
    assert_eq!(left::<Product>(lines), expected, "product: {lines}");
    assert_eq!(left::<Batched>(lines), expected, "batched: {lines}");
    assert_eq!(left::<Bare>(lines), expected, "bare: {lines}");
}

#[test]
fn a_modify_goes_to_the_back_even_when_it_changes_nothing_or_asks_for_less() {
    let queue = "new sell 5 @100 id 1\nnew sell 5 @100 id 2\n";
    for modify in ["modify 1 to 5 @100", "modify 1 to 3 @100", "modify 1 to 9 @100"] {
        let lines = format!("{queue}{modify}\nioc buy 5 @100 id 3\ncancel 2");
        let lots = modify.split(' ').nth(3).unwrap().parse().unwrap();
        every_book(&lines, (1, [0, lots], [None, Some(100)]));
    }
}

#[test]
fn a_modify_sets_what_is_open_whatever_has_traded() {
    let lines = "new sell 9 @100 id 1\nioc buy 4 @100 id 2\nmodify 1 to 9 @101";
    every_book(lines, (1, [0, 9], [None, Some(101)]));
}

#[test]
fn a_modify_that_crosses_trades() {
    let lines = "new sell 5 @100 id 1\nnew buy 7 @99 id 2\nmodify 2 to 8 @100";
    every_book(lines, (1, [3, 0], [Some(100), None]));
}

#[test]
fn an_immediate_remainder_does_not_rest() {
    every_book("new sell 5 @100 id 1\nioc buy 7 @100 id 2", (1, [0, 0], [None, None]));
    every_book("ioc buy 7 @100 id 2\ncancel 2\nmodify 2 to 3 @100", (0, [0, 0], [None, None]));
}

#[test]
fn the_floor_answers_every_record_and_has_no_book() {
    let (mut floor, mut sink) = (Floor::fresh(), Sink::counting());
    floor.apply_all(&Workload::W1.records(500), &mut sink);
    assert_eq!((sink.told().reports(), floor.standing()), (500, None));
    assert!(floor.snapshot().is_none());
}

/// What the levels of a book are by its standing orders, held against a snapshot.
fn snapshot_stands_still<C: Contestant>() {
    let records = Workload::W1.records(4_000);
    let (mut book, mut sink) = (C::fresh(), Sink::counting());
    book.apply_all(&records[..2_000], &mut sink);
    let (before, snapshot) = (book.standing().unwrap(), book.snapshot().unwrap());
    let taken = |snapshot: &dyn Levels, side| -> Vec<(Price, Qty)> { snapshot.levels(side) };
    let then = Side::BOTH.map(|side| taken(&*snapshot, side));
    book.apply_all(&records[2_000..], &mut sink);
    let later = Side::BOTH.map(|side| taken(&*snapshot, side));
    assert_eq!(then, later, "a snapshot does not move");
    assert_ne!(book.standing().unwrap(), before);
    for (n, levels) in then.iter().enumerate() {
        assert_eq!(levels.len() as u64, before.levels[n]);
        assert_eq!(levels.iter().map(|(_, qty)| qty.0).sum::<u64>(), before.lots[n]);
        assert_eq!(levels.first().map(|(price, _)| price.0), before.best[n]);
    }
}

#[test]
fn snapshots_stand_still_while_the_book_goes_on() {
    snapshot_stands_still::<Product>();
    snapshot_stands_still::<Batched>();
    snapshot_stands_still::<Bare>();
}

prop_compose! {
    /// Orders over a few prices, with changes and cancels of any of them, dead or alive.
    fn any_flow()(
        steps in prop::collection::vec(
            (0_u8..8, any::<bool>(), 1_u32..20, 95_i64..106, 1_u64..60),
            1..300,
        ),
    ) -> Vec<Record> {
        let mut ids = 0;
        let record = |(seq, (kind, buys, qty, price, id))| {
            let side = if buys { Side::Buy } else { Side::Sell };
            let record = match kind {
                0..5 => {
                    ids += 1;
                    let new = Record::new(Kind::New, side, qty, ids, price);
                    Record { ioc: kind == 4, ..new }
                }
                5 => Record::new(Kind::Cancel, side, 0, id, price),
                _ => Record::new(Kind::Modify, side, qty, id, price),
            };
            Record { seq, ..record }
        };
        (0..).zip(steps).map(record).collect()
    }
}

proptest! {
    /// Whatever they are asked, every book tells the same reports and ends with the same queue.
    #[test]
    fn every_book_agrees_with_the_naive_one(flow in any_flow()) {
        prop_assert_eq!(file::playable(&flow), Ok(()));
        let naive = reports::<Naive>(&flow);
        prop_assert_eq!(&reports::<Product>(&flow), &naive);
        prop_assert_eq!(&reports::<Batched>(&flow), &naive);
        prop_assert_eq!(&reports::<Bare>(&flow), &naive);
    }
}

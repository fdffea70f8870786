//! DBN: every whole file of the set is read with the counts that others found, and damage is named.

mod shared;

use pitfloor_data::databento::DbnRecords;
use pitfloor_data::door::{Door, Passed};
use pitfloor_data::opening::Limits;
use pitfloor_data::record::{Flags, Record, What};
use pitfloor_data::records::Records;
use pitfloor_model::units::{AccountId, InstrumentId, Side};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn open(file: &Path) -> DbnRecords {
    DbnRecords::open(file, Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn facts(set: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(set.join("facts_open.json")).unwrap()).unwrap()
}

/// The nanoseconds of `2020-12-28 13:00:00.006136329+00:00`.
fn nanos(text: &str) -> i64 {
    text.replace(' ', "T").parse::<jiff::Timestamp>().unwrap().as_nanosecond() as i64
}

#[test]
fn every_whole_file_has_the_rows_and_instruments_that_others_found() {
    let Some(set) = shared::set("databento_dbn") else { return };
    let facts = facts(&set);
    let (mut whole, mut fragments, mut rows_in_all) = (0, 0, 0);
    for (name, fact) in facts["decode"].as_object().unwrap() {
        let file = set.join(name.strip_prefix("open/").unwrap());
        if fact.is_string() {
            let said = DbnRecords::open(&file, Limits::default()).err().unwrap().to_string();
            assert!(said.ends_with("expected the head of a DBN file"), "{said}");
            fragments += 1;
            continue;
        }
        let mut records = open(&file);
        let schema = records.metadata().schema.unwrap().to_string();
        assert_eq!(schema, fact["schema"].as_str().unwrap(), "{name}");
        assert_eq!(records.metadata().dataset, fact["dataset"].as_str().unwrap(), "{name}");
        let mut ends: Option<(i64, i64)> = None;
        for record in records.by_ref() {
            let record = record.unwrap();
            // Others index rows by the time of capture, and bars by their own.
            let index = record.heard.unwrap_or(record.at).0;
            ends = Some((ends.map_or(index, |(first, _)| first), index));
        }
        assert_eq!(records.rows(), fact["rows"].as_u64().unwrap(), "{name}");
        assert_eq!(records.so_far().skipped_in_all(), 0, "{name}");
        let named = |symbol: &Value| records.symbols().find(symbol.as_str().unwrap()).is_some();
        assert!(fact["symbols"].as_array().unwrap().iter().all(named), "{name}");
        match ends {
            None => assert_eq!(fact["start"], "NaT", "{name}"),
            Some((first, last)) => {
                let expected = |key: &str| nanos(fact[key].as_str().unwrap());
                assert_eq!((first, last), (expected("start"), expected("end")), "{name}");
            }
        }
        whole += 1;
        rows_in_all += records.rows();
    }
    assert_eq!((whole, fragments), (76, 7), "{rows_in_all} rows");
}

fn count(records: &[Record], which: impl Fn(&What) -> bool) -> u64 {
    records.iter().filter(|record| which(&record.what)).count() as u64
}

/// Follows the orders of `records` and says how many are live at the end, and what was not carried out.
fn follow(records: &[Record]) -> (usize, BTreeMap<String, u64>) {
    let mut door = Door::new(AccountId(0));
    let symbol = records[0].symbol;
    door.list(symbol, InstrumentId(0), 1);
    let (mut commands, mut skipped) = (Vec::new(), BTreeMap::new());
    for record in records {
        if let Passed::Skipped(why) = door.pass(record, &mut commands) {
            *skipped.entry(format!("{why:?}")).or_default() += 1;
        }
        commands.clear();
    }
    (door.live(), skipped)
}

#[test]
fn single_orders_of_a_future_are_as_others_counted_them() {
    let Some(set) = shared::set("databento_dbn") else { return };
    let facts = facts(&set);
    let files = [
        ("ES_20231224", "esh4-glbx-mdp3-20231224.mbo.dbn.zst"),
        (
            "order_book_deltas",
            "es_deltas/orderbooks_mbo_2024-05-08T00-00-00_2024-05-08T00-00-02.dbn.zst",
        ),
    ];
    for (key, file) in files {
        let fact = &facts[key];
        let records = open(&set.join(file)).whole().unwrap();
        assert_eq!(records.len() as u64, fact["rows"].as_u64().unwrap(), "one record a row");
        let of = |letter: &str| fact["actions"][letter].as_u64().unwrap_or(0);
        assert_eq!(count(&records, |what| matches!(what, What::Add(_))), of("A"), "{key}");
        assert_eq!(count(&records, |what| matches!(what, What::Reduce(_))), of("C"), "{key}");
        assert_eq!(count(&records, |what| matches!(what, What::Modify(_))), of("M"), "{key}");
        assert_eq!(count(&records, |what| matches!(what, What::Trade(_))), of("T"), "{key}");
        assert_eq!(count(&records, |what| matches!(what, What::Filled(_))), of("F"), "{key}");
        assert_eq!(count(&records, |what| matches!(what, What::Clear)), of("R"), "{key}");
        let told = records.iter().filter(|record| record.flags.has(Flags::SNAPSHOT)).count();
        assert_eq!(told as u64, fact["flags_snapshot_rows"].as_u64().unwrap(), "{key}");
        let adds: Vec<u64> = records
            .iter()
            .filter_map(|record| match &record.what {
                What::Add(order) => Some(order.qty),
                _ => None,
            })
            .collect();
        let mean = adds.iter().sum::<u64>() as f64 / adds.len() as f64;
        assert!((mean - fact["add_size"]["mean"].as_f64().unwrap()).abs() < 1e-9, "{key} {mean}");
        let ends = (records[0].at.0, records[records.len() - 1].at.0);
        let expected = |key: &str| nanos(fact[key].as_str().unwrap());
        assert_eq!(ends, (expected("start"), expected("end")), "{key}");
        let (live, skipped) = follow(&records);
        assert_eq!(live as u64, fact["replay"]["live_orders_end"].as_u64().unwrap(), "{key}");
        assert!(skipped.is_empty(), "{key}: {skipped:?}");
    }
}

/// The two first trades of the E-mini of March 2021 on 2020-12-28, as the test files have them in every
/// schema: price 3720.25 and 3720, sizes 5 and 21.
#[test]
fn a_trade_is_the_same_in_every_schema_and_version() {
    let Some(set) = shared::set("databento_dbn") else { return };
    let mut seen = 0;
    for name in [
        "trades.dbn",
        "trades.v1.dbn.zst",
        "trades.v2.dbn.zst",
        "trades.v3.dbn.zst",
        "tbbo.dbn",
        "tbbo.v1.dbn.zst",
        "tbbo.v2.dbn.zst",
        "tbbo.v3.dbn.zst",
    ] {
        let file = set.join(format!("dbn_tests/test_data.{name}"));
        let records = open(&file).whole().unwrap();
        let trades: Vec<_> = records
            .iter()
            .filter_map(|record| match record.what {
                What::Trade(trade) => Some((trade.price, trade.qty, trade.aggressor)),
                _ => None,
            })
            .collect();
        let expected =
            [(3_720_250_000_000, 5, Some(Side::Sell)), (3_720_250_000_000, 21, Some(Side::Sell))];
        assert_eq!(trades, expected, "{name}");
        let quotes = count(&records, |what| matches!(what, What::Quote(_)));
        assert_eq!(quotes, if name.starts_with("tbbo") { 2 } else { 0 }, "{name}");
        let last = records.iter().filter(|record| record.flags.has(Flags::LAST)).count();
        assert_eq!(last, 2, "{name}: each row ends once");
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[test]
fn definitions_bars_and_depth_say_what_they_are() {
    let Some(set) = shared::set("databento_dbn") else { return };
    let options = set.join("es_options/options_definition.dbn.zst");
    let rights: Vec<_> = open(&options)
        .map(|record| match record.unwrap().what {
            What::Definition(of) => (of.strike.unwrap() / 1_000_000_000, of.call, of.currency),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(rights, [(5_250, Some(false), Some(*b"USD")), (5_230, Some(false), Some(*b"USD"))]);
    let bars =
        open(&set.join("es_options/futures_ohlcv-1m_2024-05-09T09-55_2024-05-09T10-05.dbn.zst"));
    let spans: Vec<u64> = bars
        .map(|record| match record.unwrap().what {
            What::Bar(bar) => bar.span_ns,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(spans, [60_000_000_000; 20]);
    for record in open(&set.join("dbn_tests/test_data.mbp-10.v3.dbn.zst")) {
        let What::Depth(depth) = record.unwrap().what else { panic!("a book of ten levels") };
        assert!(depth.whole && depth.bids.len() == 10 && depth.asks.len() == 10);
        assert!(depth.bids.is_sorted_by(|a, b| a.price > b.price));
        assert!(depth.asks.is_sorted_by(|a, b| a.price < b.price));
        assert!(depth.bids[0].price < depth.asks[0].price);
    }
}

/// Cut anywhere, a file is refused: no row is lost in silence, unless the cut falls between two rows.
#[test]
fn a_cut_file_is_refused() {
    let Some(set) = shared::set("databento_dbn") else { return };
    let bytes = std::fs::read(set.join("dbn_tests/test_data.mbo.v3.dbn")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cut.dbn");
    let (row, rows) = (56, 2);
    let head = bytes.len() - row * rows;
    for cut in 1..bytes.len() {
        std::fs::write(&file, &bytes[..cut]).unwrap();
        let read = DbnRecords::open(&file, Limits::default()).and_then(Records::whole);
        match read {
            Err(error) => assert!(!error.is_world(), "{error}"),
            Ok(read) => {
                assert!(cut >= head && (cut - head).is_multiple_of(row), "cut at {cut}");
                assert_eq!(read.len(), (cut - head) / row);
            }
        }
    }
    let mut changed = bytes.clone();
    let action = head + 16 + 8 + 8 + 4 + 1 + 1;
    assert_eq!(changed[action], b'C', "the place of the action");
    changed[action] = b'Z';
    std::fs::write(&file, &changed).unwrap();
    let said = open(&file).whole().unwrap_err().to_string();
    assert!(
        said.ends_with("record 1, action: found \"Z\", expected A, C, F, M, N, R or T"),
        "{said}"
    );
    let mut later = bytes.clone();
    later[3] = 9;
    std::fs::write(&file, &later).unwrap();
    let said = DbnRecords::open(&file, Limits::default()).err().unwrap().to_string();
    assert!(said.ends_with("version: found 9, expected a version from 1 to 3"), "{said}");
}

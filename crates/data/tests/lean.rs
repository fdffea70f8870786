//! Lean's archives: every file of the sets is read with the counts that others found.

mod shared;

use pitfloor_data::lean::records::{LeanRecords, Market, SCALE};
use pitfloor_data::opening::Limits;
use pitfloor_data::record::{Flags, Moment, Record, What};
use pitfloor_data::records::Records;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

fn open(file: &Path, market: Market) -> LeanRecords {
    LeanRecords::open(file, market, Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn facts(set: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(set.join("facts_open.json")).unwrap()).unwrap()
}

/// How many rows a file has; all of them are records.
fn rows(file: &Path, market: Market) -> u64 {
    let mut records = open(file, market);
    for record in records.by_ref() {
        record.unwrap_or_else(|error| panic!("{error}"));
    }
    let count = records.so_far();
    assert_eq!((count.given, count.skipped_in_all(), count.rounded), (count.read, 0, 0));
    count.read
}

fn zips(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|file| file.to_str().unwrap().ends_with(ending)).collect();
    files.sort();
    files
}

#[test]
fn ticks_of_a_share_are_as_others_counted_them() {
    let Some(set) = shared::set("us_equity_ticks") else { return };
    let facts = facts(&set);
    let ibm = &facts["ibm"];
    let sum = |ending: &str| -> u64 {
        zips(&set.join("ibm"), ending).iter().map(|file| rows(file, Market::us_equity())).sum()
    };
    assert_eq!(sum("quote.zip"), ibm["quotes"].as_u64().unwrap());
    assert_eq!(sum("trade.zip"), ibm["trades"].as_u64().unwrap());
    for file in zips(&set.join("spy"), "trade.zip") {
        let fact = &facts["spy"][file.file_name().unwrap().to_str().unwrap()];
        let (mut low, mut high, mut shares, mut doubted, mut count) = (i64::MAX, 0, 0, 0, 0);
        for record in open(&file, Market::us_equity()) {
            let record = record.unwrap();
            let What::Trade(trade) = record.what else { panic!("{record:?}") };
            (low, high) = (low.min(trade.price), high.max(trade.price));
            (shares, count) = (shares + trade.qty, count + 1);
            doubted += u64::from(record.flags.has(Flags::SUSPECT));
        }
        assert_eq!(
            (count, doubted),
            (fact["rows"].as_u64().unwrap(), fact["suspicious"].as_u64().unwrap())
        );
        let prices = [SCALE.price(low), SCALE.price(high)];
        assert_eq!(
            prices.to_vec(),
            serde_json::from_value::<Vec<f64>>(fact["price"].clone()).unwrap()
        );
        let mean = SCALE.size(shares) / count as f64;
        assert!((mean - fact["size"]["mean"].as_f64().unwrap()).abs() < 1e-6, "{mean}");
    }
}

#[test]
fn the_first_tick_of_a_day_is_at_four_in_new_york() {
    let Some(set) = shared::set("us_equity_ticks") else { return };
    let mut records = open(&set.join("ibm/20131007_quote.zip"), Market::us_equity());
    let first = records.next().unwrap().unwrap();
    // 14 400 054 ms after midnight on 2013-10-07, four hours behind UTC; only the ask is told.
    assert_eq!(first.at, Moment(1_381_132_800_054_000_000));
    let What::Quote(quote) = first.what else { panic!("{first:?}") };
    assert_eq!((quote.bid, quote.ask.map(|ask| ask.price)), (None, Some(18_363_000_000)));
    assert_eq!(records.symbols().all()[0].name, "ibm");
}

#[test]
fn bars_of_shares_are_as_others_counted_them() {
    let Some(set) = shared::set("us_equity_bars") else { return };
    let facts = facts(&set);
    for (name, fact) in facts["daily"].as_object().unwrap() {
        let records = open(&set.join("daily").join(name), Market::us_equity()).whole().unwrap();
        assert_eq!(records.len() as u64, fact["rows"].as_u64().unwrap(), "{name}");
        let close = |record: &Record| match &record.what {
            What::Bar(bar) => (SCALE.price(bar.close).ln(), bar.span_ns),
            other => panic!("{other:?}"),
        };
        let steps = records.windows(2).map(|pair| close(&pair[1]).0 - close(&pair[0]).0);
        let (low, high) =
            steps.fold((0.0_f64, 0.0_f64), |(low, high), step| (low.min(step), high.max(step)));
        let expected: Vec<f64> =
            serde_json::from_value(fact["ret_unadjusted_min_max"].clone()).unwrap();
        assert!((low - expected[0]).abs() < 1e-12 && (high - expected[1]).abs() < 1e-12, "{name}");
        assert_eq!(close(&records[0]).1, 86_400_000_000_000, "{name}");
    }
    for (name, fact) in facts["minute"].as_object().unwrap() {
        let folder = set.join(name.strip_prefix("open/").unwrap());
        let trades = zips(&folder, "_trade.zip");
        let bars: u64 = trades.iter().map(|file| rows(file, Market::us_equity())).sum();
        assert_eq!(bars, fact["trade_bars"].as_u64().unwrap(), "{name}");
        for file in zips(&folder, "_quote.zip") {
            assert!(rows(&file, Market::us_equity()) > 100, "{}", file.display());
        }
    }
    for file in zips(&set.join("hour"), ".zip") {
        let mut records = open(&file, Market::us_equity());
        let first = records.next().unwrap().unwrap();
        assert!(matches!(first.what, What::Bar(bar) if bar.span_ns == 3_600_000_000_000));
        assert!(records.all(|record| record.is_ok()), "{}", file.display());
    }
}

#[test]
fn rights_are_as_others_counted_them() {
    let Some(set) = shared::set("options") else { return };
    let mut files = 0;
    for (name, fact) in facts(&set).as_object().unwrap() {
        if !name.ends_with(".zip") {
            continue;
        }
        let file = set.join(name.strip_prefix("open/").unwrap());
        let market =
            if name.contains("index_minute") { Market::us_index() } else { Market::us_equity() };
        let mut records = open(&file, market);
        assert_eq!(records.tables() as u64, fact["contracts"].as_u64().unwrap(), "{name}");
        records.by_ref().for_each(|record| assert!(record.is_ok(), "{:?}", record.err()));
        let count = records.so_far().clone();
        assert_eq!(
            (count.given, count.read),
            (fact["rows"].as_u64().unwrap(), count.given),
            "{name}"
        );
        assert_eq!(records.symbols().all().len() as u64, fact["contracts"].as_u64().unwrap());
        files += 1;
    }
    assert_eq!(files, 16);
}

#[test]
fn futures_and_currencies_are_as_others_counted_them() {
    let Some(set) = shared::set("futures") else { return };
    let fact = &facts(&set)["es_minute"];
    let folder = set.join("es_minute");
    assert_eq!(zips(&folder, ".zip").len() as u64, fact["files"].as_u64().unwrap());
    let count = |ending: &str| -> u64 {
        zips(&folder, ending).iter().map(|file| rows(file, Market::utc())).sum()
    };
    assert_eq!(count("_trade.zip"), fact["trade_bars"].as_u64().unwrap());
    assert!(count("_quote.zip") > 40_000 && count("_openinterest.zip") > 100);
    let Some(set) = shared::set("fx") else { return };
    let files = zips(&set.join("oanda_eurusd_tick"), ".zip");
    let mut records = open(&files[0], Market { resolution: None, ..Market::utc() });
    let first = records.next().unwrap().unwrap();
    assert_eq!(first.at, Moment(1_398_902_400_292_000_000), "292 ms after midnight, UTC");
    let What::Quote(quote) = first.what else { panic!("{first:?}") };
    assert_eq!(quote.bid.unwrap().price, 138_676_000);
    assert!(records.by_ref().all(|record| record.is_ok()));
    assert!(records.so_far().read > 10_000);
}

/// What is said of a zip with this one table.
fn said(name: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.zip");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&file).unwrap());
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap();
    let read = LeanRecords::open(&file, Market::us_equity(), Limits::default());
    let error = read.and_then(Records::whole).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn every_damage_is_named_with_its_table_line_and_field() {
    let bars = "20200102_a_minute_trade.csv";
    let trades = "20200102_a_Trade_Tick.csv";
    for (name, text, expected) in [
        (
            bars,
            "0,1,1,1,1,5\n0,1,1,2,1,5\n",
            "line 2, open, high, low, close: found 10000, 10000, 20000, 10000, expected all between low and high",
        ),
        (bars, "0,1,1,1,1,-5\n", "line 1, volume: found \"-5\", expected a size, not negative"),
        (bars, "0,NaN,1,1,1,5\n", "line 1, open: found \"NaN\", expected a price, not negative"),
        (bars, "0,1,,1,1,5\n", "line 1, open, high, low, close: found some, expected all or none"),
        (bars, "0,1,1,1\n", "line 1, close: found the end of the line, expected one field more"),
        (
            bars,
            "0,1,1,1,1,5,9\n",
            "line 1, one field more: found \"9\", expected the end of the line",
        ),
        (
            bars,
            "60000,1,1,1,1,5\n0,1,1,1,1,5\n",
            "line 2, time: found 1577941200000000000 ns, expected a time not before that of the line before",
        ),
        (
            bars,
            "86400000,1,1,1,1,5\n",
            "line 1, time: found 86400000000000 ns after midnight, expected a time of a day",
        ),
        (
            bars,
            "x,1,1,1,1,5\n",
            "line 1, time: found \"x\", expected milliseconds after midnight, or a time such as 20140606 09:30",
        ),
        (trades, "0,0,5,Q,0,0\n", "line 1, price: found nothing, expected more than 0"),
        (trades, "0,1,0,Q,0,0\n", "line 1, size: found nothing, expected more than 0"),
        (trades, "0,1,1,Q,0,2\n", "line 1, suspicious: found \"2\", expected 0 or 1"),
    ] {
        assert_eq!(said(name, text), format!("x.zip/{name}: {expected}"));
    }
    let unknown = said("20200102_a_trade.csv", "0,1,1,1,1,5\n");
    assert!(
        unknown.contains("name: found \"20200102_a_trade.csv\", expected tick, second"),
        "{unknown}"
    );
    let spring = said("a.csv", "20200308 02:30,1,1,1,1,5\n");
    assert!(
        spring.contains(
            "line 1, time: found 2020-03-08T02:30:00, expected a time that the clock shows"
        ),
        "{spring}"
    );
}

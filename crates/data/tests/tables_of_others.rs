//! Tables as other people keep them: bars, quotes, trades, curves, spreads and figures by the day.

mod shared;

use pitfloor_data::opening::Limits;
use pitfloor_data::record::{Moment, Record, What};
use pitfloor_data::records::Records;
use pitfloor_data::table::columns::Shape;
use pitfloor_data::table::text::units;
use pitfloor_data::table::times::DayOrder;
use pitfloor_data::table::{ParquetRecords, TableOptions, TextRecords};
use pitfloor_data::zone::Zone;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn facts(set: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(set.join("facts_open.json")).unwrap()).unwrap()
}

fn open(file: &Path, options: TableOptions) -> TextRecords {
    let opened = TextRecords::open(file, options, Limits::default());
    opened.unwrap_or_else(|error| panic!("{error}"))
}

fn utc() -> TableOptions {
    TableOptions { zone: Some(Zone::UTC), ..TableOptions::default() }
}

/// Reads all of a table; every row is read, and what is left out has a reason.
fn all(file: &Path, options: TableOptions) -> (Vec<Record>, TextRecords) {
    let mut records = open(file, options);
    let read = records.by_ref().map(|record| record.unwrap_or_else(|error| panic!("{error}")));
    let read = read.collect();
    (read, records)
}

fn value(record: &Record) -> f64 {
    match record.what {
        What::Value(figure) => units(figure),
        ref other => panic!("{other:?}"),
    }
}

fn day(moment: Moment) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(moment.0)).unwrap().strftime("%F").to_string()
}

#[test]
fn curves_and_spreads_are_as_others_counted_them() {
    let Some(set) = shared::set("rates_credit") else { return };
    let facts = facts(&set);
    for (name, fact) in facts.as_object().unwrap() {
        let Some(name) = name.strip_prefix("open/") else { continue };
        let file = set.join(name);
        if name.ends_with(".xz") {
            let opened = TextRecords::open(&file, utc(), Limits::default());
            let said = opened.err().unwrap().to_string();
            assert!(said.contains("found an xz stream, expected plain bytes, a gzip"), "{said}");
            continue;
        }
        if name.starts_with("oecd") {
            continue;
        }
        let (records, reader) = all(&file, TableOptions::default());
        let columns = fact["cols"].as_array().unwrap().len() as u64 - 1;
        let count = reader.so_far();
        assert_eq!(reader.guess().shape, Shape::Series, "{name}");
        assert_eq!(count.read, fact["rows"].as_u64().unwrap(), "{name}");
        assert_eq!(count.skipped_in_all(), fact["nulls"].as_u64().unwrap(), "{name}");
        assert_eq!(count.given + count.skipped_in_all(), count.read * columns, "{name}");
        let zeros = records.iter().filter(|record| value(record) == 0.0).count() as u64;
        assert_eq!(zeros, fact["zeros"].as_u64().unwrap(), "{name}");
        let ends = [&records[0], &records[records.len() - 1]].map(|record| day(record.at));
        let span = fact["span"].as_array().unwrap();
        let span = [0, 1].map(|at| span[at].as_str().unwrap()[..10].to_owned());
        // Nobody published on the last day of one file.
        assert!(ends == span || name == "BAMLH0A0HYM2.csv", "{name}: {ends:?} {span:?}");
    }
    let options = TableOptions { zero_is_missing: true, ..TableOptions::default() };
    let (records, reader) = all(&set.join("ust.csv.zst"), options);
    assert_eq!(reader.so_far().skipped["nothing published"], 10_208, "zeros mean nothing");
    let of = |name: &str| {
        let symbol = reader.symbols().find(name).unwrap();
        records.iter().filter(move |record| record.symbol == symbol).map(value)
    };
    assert_eq!(of("BC_10YEAR").next(), Some(7.94));
    let tens: Vec<f64> = of("BC_10YEAR").collect();
    let steps: Vec<f64> = tens.windows(2).map(|pair| (pair[1] - pair[0]) * 100.0).collect();
    let fact = &facts["daily_change_10y_bp"];
    assert_eq!(steps.len() as u64, fact["n"].as_u64().unwrap());
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    assert!((mean - fact["mean"].as_f64().unwrap()).abs() < 1e-9, "{mean}");
    let ends = steps
        .iter()
        .fold((0.0_f64, 0.0_f64), |(low, high), step| (low.min(*step), high.max(*step)));
    assert!((ends.0 - fact["min"].as_f64().unwrap()).abs() < 1e-9);
    assert!((ends.1 - fact["max"].as_f64().unwrap()).abs() < 1e-9);
    // Two publishers agree on the ten years to two hundredths of a percent.
    let (other, _) =
        all(&set.join("zipline_treasury_curves_1990_2017.csv.zst"), TableOptions::default());
    let (_, named) =
        all(&set.join("zipline_treasury_curves_1990_2017.csv.zst"), TableOptions::default());
    let ten = named.symbols().find("10year").unwrap();
    let theirs: BTreeMap<i64, f64> = other
        .iter()
        .filter(|record| record.symbol == ten)
        .map(|record| (record.at.0, value(record) * 100.0))
        .collect();
    let symbol = reader.symbols().find("BC_10YEAR").unwrap();
    let ours = records.iter().filter(|record| record.symbol == symbol);
    let both: Vec<f64> =
        ours.filter_map(|record| Some((value(record) - theirs.get(&record.at.0)?).abs())).collect();
    let check = &facts["crosscheck_10y_epogrebnyak_vs_zipline"];
    let worst = both.iter().copied().fold(0.0, f64::max);
    assert!((worst - check["max_abs_diff_pct"].as_f64().unwrap()).abs() < 1e-9, "{worst}");
    assert_eq!(both.len() as u64, check["common_days"].as_u64().unwrap());
}

#[test]
fn daily_series_and_bars_of_many_sources_are_read() {
    let Some(set) = shared::set("daily_multi") else { return };
    let us = TableOptions { order: Some(DayOrder::MonthFirst), ..TableOptions::default() };
    for (name, rows, shape) in [
        ("sp500_dataset.csv.gz", 8_313, Shape::Series),
        ("sp500_index.csv.gz", 8_313, Shape::Series),
        ("factors_dataset.csv.gz", 2_264, Shape::Series),
        ("arch/core-cpi.csv.gz", 743, Shape::Series),
        ("arch/crude.csv.gz", 393, Shape::Series),
        ("arch/default.csv.gz", 1_200, Shape::Series),
        ("arch/frenchdata.csv.gz", 1_109, Shape::Series),
        ("arch/nasdaq.csv.gz", 5_031, Shape::Bars),
        ("arch/sp500.csv.gz", 5_031, Shape::Bars),
        ("arch/vix.csv.gz", 1_305, Shape::Series),
        ("arch/wti.csv.gz", 8_611, Shape::Series),
        ("backtesting/BTCUSD.csv", 156, Shape::Bars),
        ("backtesting/GOOG.csv", 2_148, Shape::Bars),
        ("backtrader/yhoo-1996-2015.txt.zst", 4_965, Shape::Bars),
        ("shiller_sp500.csv", 1_866, Shape::Series),
    ] {
        let (records, reader) = all(&set.join(name), us.clone());
        assert_eq!((reader.so_far().read, reader.guess().shape), (rows, shape), "{name}");
        if shape == Shape::Bars {
            assert_eq!(records.len() as u64, rows, "{name}");
        }
    }
    let (records, reader) = all(&set.join("arch/sp500.csv.gz"), us.clone());
    assert!(reader.guess().adjusted, "{}", reader.guess());
    let What::Bar(bar) = &records[0].what else { panic!("{:?}", records[0]) };
    assert_eq!(
        (units(bar.close), bar.volume.map(|v| v / 100_000_000)),
        (1_228.099_976, Some(877_000_000))
    );
    assert_eq!(bar.more.as_ref().and_then(|more| more.adjusted), Some(bar.close));
    // Some opens of the early index lie outside their own day: refused, or left out and counted.
    let vix = set.join("vix-daily.csv.zst");
    let strict = open(&vix, TableOptions::default()).find_map(Result::err).unwrap().to_string();
    assert!(strict.contains("line 535, open, high, low, close: found 1924000000"), "{strict}");
    let repair = TableOptions { repair: true, ..TableOptions::default() };
    let (vix, reader) = all(&vix, repair);
    assert_eq!((reader.so_far().read, reader.so_far().skipped["damaged"]), (9_235, EARLY_VIX));
    let What::Bar(bar) = &vix[0].what else { panic!("{:?}", vix[0]) };
    assert_eq!(bar.volume, None, "unknown is not nothing");
    // Ambiguous dates are refused until somebody says how they are meant.
    let said = TextRecords::open(
        &set.join("arch/core-cpi.csv.gz"),
        TableOptions::default(),
        Limits::default(),
    );
    assert!(said.err().unwrap().to_string().contains("month/day/year or day/month/year"));
    // Times of day without a zone as well.
    let minutes = set.join("backtrader/2006-min-005.txt");
    let said = TextRecords::open(&minutes, TableOptions::default(), Limits::default());
    assert!(said.err().unwrap().to_string().contains("a time of day without a zone"));
    let (_, reader) = all(&minutes, utc());
    assert_eq!((reader.so_far().given, reader.guess().span_ns), (2_142, Some(300_000_000_000)));
    let (_, reader) = all(&set.join("backtesting/EURUSD.csv.zst"), utc());
    assert_eq!((reader.so_far().given, reader.guess().span_ns), (5_000, Some(3_600_000_000_000)));
}

/// Days of the index whose open or close lies outside high and low.
const EARLY_VIX: u64 = 47;

#[test]
fn dividends_and_splits_stand_beside_the_bars() {
    let Some(set) = shared::set("daily_multi") else { return };
    let folder = set.join("yfinance_corporate_actions");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut rows, mut dividends, mut splits, mut left) = (0, 0, 0, 0);
    for file in &files {
        let repair = TableOptions { repair: true, ..TableOptions::default() };
        let (records, reader) = all(file, repair);
        let count = reader.so_far();
        assert_eq!(count.given + count.skipped_in_all(), count.read, "{}", file.display());
        rows += count.read;
        left += count.skipped_in_all();
        for record in records {
            let What::Bar(bar) = record.what else { panic!("{record:?}") };
            let more = bar.more.expect("yahoo adjusts");
            dividends += u64::from(more.dividend.is_some());
            splits += u64::from(more.split_millionths.is_some());
        }
    }
    assert_eq!(files.len(), 23);
    assert_eq!((rows, left, dividends, splits), EXPECTED_ACTIONS);
}

/// Rows, rows left out as damaged (these files are examples of bad data), dividends and splits.
const EXPECTED_ACTIONS: (u64, u64, u64, u64) = (4_727, 186, 44, 8);

#[test]
fn futures_currencies_and_gas_are_as_others_counted_them() {
    let Some(set) = shared::set("futures") else { return };
    let file = set.join("xcme/6EH4.XCME_1min_bars_20240101_20240131.csv.gz");
    let fact = &facts(&set)["6EH4_1min"];
    let (records, reader) = all(&file, utc());
    assert_eq!(records.len() as u64, fact["rows"].as_u64().unwrap());
    assert_eq!(reader.guess().span_ns, Some(60_000_000_000));
    let closes: Vec<f64> = records
        .iter()
        .map(|record| match &record.what {
            What::Bar(bar) => units(bar.close).ln(),
            other => panic!("{other:?}"),
        })
        .collect();
    let still = closes.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64;
    let share = still / (closes.len() - 1) as f64;
    assert!((share - fact["ret_1m"]["zero_share"].as_f64().unwrap()).abs() < 1e-12, "{share}");
    for (file, rows) in [("margins/ES.csv", 38), ("margins/ZN.csv", 68)] {
        let (_, reader) = all(&set.join(file), TableOptions::default());
        assert_eq!((reader.so_far().read, reader.symbols().all().len()), (rows, 2), "{file}");
    }
    let Some(set) = shared::set("fx") else { return };
    let facts_fx = facts(&set);
    let (ask, _) = all(&set.join("usdjpy-m1-ask-2013.csv.zst"), TableOptions::default());
    let (bid, _) = all(&set.join("usdjpy-m1-bid-2013.csv.zst"), TableOptions::default());
    assert_eq!(ask.len() as u64, facts_fx["usdjpy_m1"]["rows"].as_u64().unwrap());
    assert_eq!(bid.len(), ask.len());
    let (ticks, _) = all(&set.join("usdjpy-ticks.csv"), TableOptions::default());
    let spreads: Vec<f64> = ticks
        .iter()
        .map(|record| match record.what {
            What::Quote(quote) => {
                units(quote.ask.unwrap().price - quote.bid.unwrap().price) * 100.0
            }
            ref other => panic!("{other:?}"),
        })
        .collect();
    let fact = &facts_fx["truefx_usdjpy"]["spread_pips"];
    assert_eq!(spreads.len() as u64, fact["n"].as_u64().unwrap());
    let mean = spreads.iter().sum::<f64>() / spreads.len() as f64;
    assert!((mean - fact["mean"].as_f64().unwrap()).abs() < 1e-9, "{mean}");
    // A file without names of columns: somebody says them, and on which clock its times are.
    let columns = ["time", "bid", "ask", "volume"].map(str::to_owned).to_vec();
    let zone = Some(Zone::named("America/New_York").unwrap());
    let options = TableOptions { columns: Some(columns), zone, ..TableOptions::default() };
    let (quotes, _) = all(&set.join("quote_tick_data.csv.zst"), options);
    let fact = &facts_fx["quote_tick_data(EURUSD 2020-01-01..)"];
    assert_eq!(quotes.len() as u64, fact["rows"].as_u64().unwrap());
    let Some(set) = shared::set("gas") else { return };
    let options = TableOptions { order: Some(DayOrder::MonthFirst), ..TableOptions::default() };
    let (_, reader) = all(
        &set.join("export-AvgGasPrice.csv.zst"),
        TableOptions { digits: Some(0), ..options.clone() },
    );
    assert_eq!(reader.so_far().read, facts(&set)["avg_gas_gwei"]["rows"].as_u64().unwrap());
    let (blocks, reader) =
        all(&set.join("block_base_fees.csv"), TableOptions { columns: None, ..options });
    assert_eq!(reader.so_far().read, 340);
    let fee = reader.symbols().find("base_fee_gwei").unwrap();
    let fees: Vec<f64> = blocks.iter().filter(|record| record.symbol == fee).map(value).collect();
    let mean = fees.iter().sum::<f64>() / fees.len() as f64;
    assert!((mean - 7.090_396_720_588_235).abs() < 1e-9, "{mean}");
}

fn said(text: &str, options: TableOptions) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    std::fs::write(&file, text).unwrap();
    let read = TextRecords::open(&file, options, Limits::default()).and_then(Records::whole);
    read.unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn damage_is_named_with_its_line_and_column() {
    let head = "Date,Open,High,Low,Close,Volume\n2020-01-02,5,6,4,5,100\n";
    for (rows, expected) in [
        (
            "2020-01-03,5,4,4,5,1\n",
            "line 3, open, high, low, close: found 500000000, 400000000, 400000000, 500000000 × 10^-8, expected all between low and high",
        ),
        ("2020-01-03,5,6,4,5,-1\n", "line 3, volume: found -100000000, expected not less than 0"),
        ("2020-01-03,NaN,6,4,5,1\n", "line 3, Open: found nothing, expected a figure"),
        ("2020-01-03,5,6,4,x,1\n", "line 3, Close: found \"x\", expected a figure that fits"),
        ("2020-01-03,5,6,4,5\n", "line 3, row: found 5 cells, expected 6 cells"),
        (
            "2020-01-02,5,6,4,5,1\n2020-01-03,5,6,4,5,1\n",
            "line 3, time: found 1577923200000000000 ns since 1970, expected a time after 1577923200000000000, as the one before",
        ),
        (
            "2020-01-03,5,6,4,5,1\n2020-01-32,5,6,4,5,1\n",
            "line 4, time: found \"2020-01-32\", expected as those of the first rows: they are dates (YearFirst)",
        ),
    ] {
        assert_eq!(
            said(&format!("{head}{rows}"), TableOptions::default()),
            format!("t.csv: {expected}")
        );
    }
    assert!(said(head, TableOptions::default()).contains("bar length: found one moment only"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    std::fs::write(
        &file,
        format!("{head}2020-01-03,5,4,4,5,1\n2020-01-02,5,6,4,5,1\n2020-01-04,5,6,4,5,1\n"),
    )
    .unwrap();
    let (records, reader) = all(&file, TableOptions { repair: true, ..TableOptions::default() });
    assert_eq!(records.len(), 2);
    assert_eq!(reader.so_far().skipped, [("damaged", 1), ("time", 1)].into());
    // Stamped with their end, bars begin a day before.
    let (records, _) = all(
        &file,
        TableOptions { repair: true, stamped_at_close: true, ..TableOptions::default() },
    );
    assert_eq!(records[0].at, Moment(1_577_836_800_000_000_000));
}

#[test]
fn trades_and_quotes_in_parquet_are_read() {
    let Some(set) = shared::set("crypto_bars_trades") else { return };
    for (name, shape) in
        [("btcusdt-trades.parquet", Shape::Trades), ("btcusdt-quotes.parquet", Shape::Quotes)]
    {
        let opened = ParquetRecords::open(&set.join(name), TableOptions::default());
        match opened {
            Ok(mut records) => {
                assert_eq!(records.guess().shape, shape, "{name}");
                assert!(records.by_ref().all(|record| record.is_ok()), "{name}");
                assert!(records.so_far().given > 100, "{name}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

//! Binance's recordings: the books they describe, held against the best prices that they tell apart.

mod shared;

use pitfloor_data::binance::sync::Tally;
use pitfloor_data::binance::{Binance, Options};
use pitfloor_data::capture::SCALE;
use pitfloor_data::capture::levels::Levels;
use pitfloor_data::opening::{Limits, open};
use pitfloor_data::record::{Flags, Quote, Record, Top, What};
use pitfloor_data::records::{Count, Records};
use pitfloor_model::units::Side;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The files, where their snapshot stands, and what comes of them: changes, dropped, applied, the last
/// best prices in hundredths, and how many levels of each side are known at the end.
type Row = (&'static str, usize, [u64; 3], [i64; 2], [usize; 2]);

const FILES: [Row; 3] = [
    ("spot_btcusdt_20240808", 8, [3451, 2, 3449], [6_168_599, 6_168_600], [1209, 2196]),
    ("usdm_btcusdt_20240808", 55, [6551, 4, 6547], [6_165_970, 6_165_980], [5018, 4578]),
    ("cm_btcusd_perp_20240808", 37, [26847, 23, 26824], [6_166_860, 6_166_870], [1110, 1123]),
];

/// What a recording came to.
#[derive(Debug)]
struct Read {
    records: Vec<Record>,
    count: Count,
    tally: Tally,
}

fn read(files: &[&Path], options: Options) -> Result<Read, String> {
    let mut capture = Binance::open(files, options).map_err(|error| error.to_string())?;
    let mut records = Vec::new();
    for record in capture.by_ref() {
        records.push(record.map_err(|error| {
            assert!(!error.is_world(), "{error}");
            error.to_string()
        })?);
    }
    assert!(capture.next().is_none(), "the end is the end");
    let tally = capture.decoder().tallies().next().map(|(_, tally)| *tally).unwrap_or_default();
    Ok(Read { records, count: capture.so_far().clone(), tally })
}

fn lines_of(file: &Path) -> Vec<String> {
    let mut stream = open(file, Limits { line_bytes: 16 << 20, ..Limits::default() }).unwrap();
    let mut lines = Vec::new();
    while stream.next_line().unwrap() {
        lines.push(String::from_utf8(stream.line().to_vec()).unwrap());
    }
    lines
}

fn read_lines(lines: &[String]) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording");
    std::fs::write(&file, lines.join("\n")).unwrap();
    read(&[&file], Options::default()).unwrap()
}

/// The book after all of `records`, and how many of its states had the best prices of the last quote
/// whose number is not behind the state's.
fn follow(records: &[Record]) -> (Levels, u64, u64) {
    let quotes: BTreeMap<u64, Quote> = records
        .iter()
        .filter_map(|record| match record.what {
            What::Quote(quote) => Some((record.seq, quote)),
            _ => None,
        })
        .collect();
    let (mut book, mut checks, mut equal) = (Levels::default(), 0, 0);
    for record in records {
        let What::Depth(depth) = &record.what else { continue };
        book.apply(depth);
        assert!(!book.crossed(), "{}", record.seq);
        if let Some((_, quote)) = quotes.range(..=depth.last).next_back().filter(|_| !depth.whole) {
            checks += 1;
            equal += u64::from(prices(&book.best()) == prices(quote));
        }
    }
    (book, checks, equal)
}

fn prices(quote: &Quote) -> [Option<i64>; 2] {
    [quote.bid, quote.ask].map(|top| top.map(|top: Top| top.price))
}

fn count(records: &[Record], is: impl Fn(&What) -> bool) -> u64 {
    records.iter().filter(|record| is(&record.what)).count() as u64
}

#[test]
fn every_book_shows_the_best_prices_that_the_venue_told_apart() {
    let Some(set) = shared::set("binance_l2") else { return };
    let facts: Value =
        serde_json::from_str(&std::fs::read_to_string(set.join("facts_open.json")).unwrap())
            .unwrap();
    for (name, _, [heard, dropped, applied], last, levels) in FILES {
        let file = set.join(format!("{name}.gz"));
        let Read { records, count: so_far, tally } = read(&[&file], Options::default()).unwrap();
        let fact = &facts[name];
        assert_eq!(so_far.read, fact["lines"].as_u64().unwrap(), "{name}");
        let mix = &fact["mix"];
        assert_eq!(tally.heard, mix["depth"].as_u64().unwrap(), "{name}");
        let quotes = count(&records, |what| matches!(what, What::Quote(_)));
        let trades = count(&records, |what| matches!(what, What::Trade(_)));
        assert_eq!(quotes, mix["bookTicker"].as_u64().unwrap(), "{name}");
        assert_eq!(trades, mix["trade"].as_u64().unwrap(), "{name}");
        assert_eq!(
            (tally.heard, tally.dropped, tally.applied),
            (heard, dropped, applied),
            "{name}"
        );
        assert_eq!((tally.gaps, tally.repeated, tally.crossed, tally.books), (0, 0, 0, 1));
        assert_eq!(count(&records, |what| matches!(what, What::Gap { .. })), 0);
        // All that was left out is what the snapshot holds, and nothing was rounded.
        let skipped: Vec<_> = so_far.skipped.into_iter().collect();
        assert_eq!(skipped, [("a change that the snapshot holds", dropped)], "{name}");
        assert_eq!((so_far.rounded, so_far.given), (0, records.len() as u64));
        let (book, checks, equal) = follow(&records);
        assert_eq!((checks, equal), (applied, applied), "{name}");
        let cents = prices(&book.best()).map(|price| price.unwrap() / 1_000_000);
        assert_eq!(cents, last, "{name}");
        assert_eq!([book.count(Side::Buy), book.count(Side::Sell)], levels, "{name}");
        trades_are_as_others_saw_them(&records, fact, name);
        updates_are_as_others_saw_them(&records, fact, name);
    }
}

fn trades_are_as_others_saw_them(records: &[Record], fact: &Value, name: &str) {
    let (mut bought, mut least, mut most, mut total, mut delays) =
        (0, u64::MAX, 0, 0_u64, Vec::new());
    let mut times = Vec::new();
    for record in records {
        let What::Trade(trade) = record.what else { continue };
        bought += u64::from(trade.aggressor == Some(Side::Buy));
        (least, most) = (least.min(trade.qty), most.max(trade.qty));
        total += trade.qty;
        delays.push(record.heard.unwrap().0 - record.at.0);
        times.push(record.at.0);
    }
    let near = |found: f64, key: &[&str], within: f64| {
        let told = key.iter().fold(fact, |fact, key| &fact[*key]).as_f64().unwrap();
        assert!((found - told).abs() <= within, "{name} {key:?}: {found}, {told}");
    };
    let trades = delays.len() as f64;
    near(bought as f64 / trades, &["buy_init_share"], 1e-12);
    near(SCALE.size(least), &["trade_qty", "min"], 1e-12);
    near(SCALE.size(most), &["trade_qty", "max"], 1e-12);
    near(SCALE.size(total) / trades, &["trade_qty", "mean"], 1e-9);
    // Both clocks are kept: the recorder's was more than a second behind the venue's. The facts were
    // computed in floats of seconds, a quarter of a microsecond apart.
    let (low, high) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
    near(*low as f64 / 1e6, &["local_minus_exchange_ms", "min"], 0.001);
    near(*high as f64 / 1e6, &["local_minus_exchange_ms", "max"], 0.001);
    let exact = match name.split_once('_').unwrap().0 {
        "spot" => -1_274_290_789,
        "usdm" => -1_272_143_322,
        _ => -1_266_472_162,
    };
    assert_eq!(*low, exact, "{name}");
    near((times.last().unwrap() - times[0]) as f64 / 1e9, &["span_s"], 3.5);
}

fn updates_are_as_others_saw_them(records: &[Record], fact: &Value, name: &str) {
    let mut mids = Vec::new();
    let (mut tight, mut sizes) = (0_u64, 0.0);
    let tick = if name.starts_with("spot") { 1_000_000 } else { 10_000_000 };
    for record in records {
        let What::Quote(Quote { bid: Some(bid), ask: Some(ask) }) = record.what else { continue };
        mids.push((bid.price + ask.price) as f64 / 2e8);
        tight += u64::from(ask.price - bid.price == tick);
        sizes += SCALE.size(bid.qty) + SCALE.size(ask.qty);
        assert_eq!(record.flags.has(Flags::NO_EVENT_TIME), name.starts_with("spot"));
    }
    let told = |key: &str| fact[key].as_f64().unwrap();
    let share = tight as f64 / mids.len() as f64;
    assert!((share - told("spread_eq_1tick_share")).abs() < 1e-12, "{name}: {share}");
    let mean = sizes / (2 * mids.len()) as f64;
    assert!((mean - fact["best_qty"]["mean"].as_f64().unwrap()).abs() < 1e-6, "{name}: {mean}");
    let ends = [mids[0], *mids.last().unwrap()];
    for (place, mid) in ends.iter().enumerate() {
        let fact = fact["mid_first_last"][place].as_f64().unwrap();
        assert!((mid - fact).abs() < 1e-6, "{name}: {mid}, {fact}");
    }
}

/// Each fault opens one gap and no more, and nothing is told of a book that nobody knows.
#[test]
fn one_change_lost_or_swapped_is_one_gap_and_one_repeated_is_none() {
    let Some(set) = shared::set("binance_l2") else { return };
    for (name, snapshot, [heard, dropped, applied], _, levels) in FILES {
        let lines = lines_of(&set.join(format!("{name}.gz")));
        let (whole, ..) = follow(&read_lines(&lines).records);
        let changes: Vec<usize> =
            (0..lines.len()).filter(|at| lines[*at].contains("depthUpdate")).collect();
        let middle = changes.len() / 2;
        let stale = |lines: &[String], why: &str| {
            let read = read_lines(lines);
            assert_eq!((read.tally.gaps, read.tally.books), (1, 1), "{name}, {why}");
            let gap = read.records.iter().position(|r| matches!(r.what, What::Gap { .. })).unwrap();
            let later = &read.records[gap..];
            assert_eq!(count(later, |what| matches!(what, What::Depth(_))), 0, "{name}, {why}");
            assert!(read.tally.applied < applied, "{name}, {why}");
            assert!(read.count.skipped["a change in a gap"] > 1000, "{name}, {why}");
        };
        let mut lost = lines.clone();
        lost.remove(changes[middle]);
        stale(&lost, "one lost");
        let mut swapped = lines.clone();
        swapped.swap(changes[middle], changes[middle + 1]);
        stale(&swapped, "two swapped");
        let mut twice = lines.clone();
        twice.insert(changes[middle] + 1, lines[changes[middle]].clone());
        let twice = read_lines(&twice);
        assert_eq!((twice.tally.gaps, twice.tally.repeated, twice.tally.applied), (0, 1, applied));
        assert_eq!(follow(&twice.records).0, whole, "{name}");
        let mut early = lines.clone();
        let line = early.remove(snapshot - 1);
        // It names no instrument, and nothing else did yet.
        early.insert(0, line);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recording");
        std::fs::write(&file, early.join("\n")).unwrap();
        let symbol = if name.starts_with("cm") { None } else { Some("BTCUSDT".to_owned()) };
        let early = read(&[&file], Options { symbol, ..Options::default() }).unwrap();
        let tally = (early.tally.heard, early.tally.dropped, early.tally.applied);
        assert_eq!(tally, (heard, dropped, applied), "{name}");
        let (book, ..) = follow(&early.records);
        assert_eq!(book, whole, "{name}");
        assert_eq!([book.count(Side::Buy), book.count(Side::Sell)], levels, "{name}");
        let mut none = lines.clone();
        none.remove(snapshot - 1);
        std::fs::write(&file, none.join("\n")).unwrap();
        let said = read(&[&file], Options::default()).unwrap_err();
        assert!(said.contains("snapshot: found none of BTCUSD"), "{said}");
        let part = Options { from_changes: true, ..Options::default() };
        let part = read(&[&file], part).unwrap();
        let is_depth = |record: &&Record| matches!(record.what, What::Depth(_));
        assert!(part.records.iter().filter(is_depth).all(|r| r.flags.has(Flags::SUSPECT)));
        assert_eq!(part.records.iter().filter(is_depth).count() as u64, heard, "{name}");
    }
}

//! Recordings of many venues, read whole with the counts that others found in them.

mod shared;

use pitfloor_data::binance::dump::DepthRows;
use pitfloor_data::binance::{Binance, Options};
use pitfloor_data::capture::SCALE;
use pitfloor_data::capture::levels::Levels;
use pitfloor_data::capture::records::{Decode, Frame, Out};
use pitfloor_data::capture::survey::survey;
use pitfloor_data::coinbase::{Coinbase, Snapshot};
use pitfloor_data::opening::{Limits, open};
use pitfloor_data::record::{Flags, Record, What};
use pitfloor_data::records::{Count, Records};
use pitfloor_data::table::{TableOptions, TextRecords};
use pitfloor_data::venues::bitmex::Bitmex;
use pitfloor_data::venues::bybit::Bybit;
use pitfloor_data::venues::deribit::Deribit;
use pitfloor_data::venues::gemini::Gemini;
use pitfloor_data::venues::hyperliquid::Hyperliquid;
use pitfloor_data::venues::kraken::Kraken;
use pitfloor_data::venues::tardis::Tardis;
use pitfloor_data::zone::Zone;
use pitfloor_model::units::Side;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

fn facts(set: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(set.join("facts_open.json")).unwrap()).unwrap()
}

/// What a source gave, by sort; how many states of its books were crossed.
#[derive(Debug, Default)]
struct Told {
    wholes: u64,
    changes: u64,
    quotes: u64,
    trades: u64,
    /// Of these, those that stood before the recording began.
    old_trades: u64,
    bars: u64,
    gaps: u64,
    crossed: u64,
    count: Count,
    symbols: usize,
}

fn tell(mut records: impl Records) -> Told {
    let mut told = Told::default();
    let mut books: BTreeMap<_, Levels> = BTreeMap::new();
    for record in records.by_ref() {
        let record = record.unwrap_or_else(|error| panic!("{error}"));
        match &record.what {
            What::Depth(depth) => {
                told.wholes += u64::from(depth.whole);
                told.changes += u64::from(!depth.whole);
                let book = books.entry(record.symbol).or_default();
                book.apply(depth);
                told.crossed += u64::from(book.crossed());
            }
            What::Quote(_) => told.quotes += 1,
            What::Trade(_) => {
                told.trades += 1;
                told.old_trades += u64::from(record.flags.has(Flags::SNAPSHOT));
            }
            What::Bar(_) => told.bars += 1,
            What::Gap { .. } => told.gaps += 1,
            other => panic!("{other:?}"),
        }
    }
    told.count = records.so_far().clone();
    told.symbols = records.symbols().all().len();
    told
}

/// How many messages of a sort the facts count.
fn kind(facts: &Value, name: &str, kind: &str) -> u64 {
    facts[format!("open/{name}")]["kinds"][kind].as_u64().unwrap_or(0)
}

fn skipped(told: &Told, why: &str) -> u64 {
    told.count.skipped.get(why).copied().unwrap_or(0)
}

#[test]
fn every_line_of_every_recording_is_of_a_known_form() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    let mut files = 0;
    for (name, fact) in facts.as_object().unwrap() {
        let name = name.strip_prefix("open/").unwrap_or(name);
        let file = set.join(name);
        if name.contains("snapshot") || name.ends_with(".md") || name.ends_with(".json") {
            continue;
        }
        files += 1;
        let found = survey(&file, pitfloor_data::capture::limits()).unwrap();
        let number = |key: &str| fact[key].as_u64().unwrap();
        assert_eq!((found.lines, found.broken), (number("lines"), number("json_bad")), "{name}");
        let json = found.frames + found.answers + found.sent + found.settings;
        assert_eq!(json, number("json_ok"), "{name}");
        let kinds = &fact["kinds"];
        assert_eq!(json - found.sent, kinds["recv"].as_u64().unwrap(), "{name}");
        assert_eq!(found.connections, kinds["connect"].as_u64().unwrap_or(0), "{name}");
        let (first, last) = (found.first.unwrap().0, found.last.unwrap().0);
        let span = fact["span_s"].as_f64().unwrap();
        assert!((((last - first) as f64) / 1e9 - span).abs() < 1.1, "{name}: {first} {last}");
    }
    assert_eq!(files, 21);
}

#[test]
fn binance_books_follow_the_snapshots_of_another_file() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    for (ws, http) in [
        ("BINANCE.ws.1.0", "BINANCE.http.0.0"),
        ("BINANCE_FUTURES.ws.1.0.zst", "BINANCE_FUTURES.http.0.0"),
    ] {
        let files = [set.join(ws), set.join(http)];
        let told = tell(Binance::open(&[&files[0], &files[1]], Options::default()).unwrap());
        assert_eq!(told.quotes, kind(&facts, ws, "t:bookTicker"), "{ws}");
        assert_eq!(told.trades, kind(&facts, ws, "t:aggTrade"), "{ws}");
        let klines = told.bars + skipped(&told, "a bar that is not closed");
        assert_eq!(klines, kind(&facts, ws, "t:kline_1m"), "{ws}");
        let held = skipped(&told, "a change that the snapshot holds");
        assert_eq!(told.changes + held, kind(&facts, ws, "t:depth@100ms"), "{ws}: {told:?}");
        assert_eq!((told.wholes, told.gaps, told.crossed, told.symbols), (4, 0, 0, 4), "{ws}");
    }
}

#[test]
fn coinbase_books_and_trades() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    let name = "COINBASE.ws.28.0.zst";
    let told = tell(Coinbase::open(&set.join(name)).unwrap());
    let is = |sort: &str| kind(&facts, name, sort);
    assert_eq!(told.wholes, is("t:snapshot"));
    assert_eq!(told.changes, is("t:l2update"));
    assert_eq!(told.quotes, is("t:ticker"));
    assert_eq!(told.trades - told.old_trades, is("t:match"));
    assert_eq!(told.old_trades, is("t:last_match"));
    assert_eq!((told.crossed, told.symbols, told.count.rounded), (0, 10, 0));
    let left = told.count.read - told.count.given;
    assert_eq!((left, told.count.skipped_in_all()), (left, left), "each line is one or the other");
}

#[test]
fn whole_books_of_coinbase() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    let file = |level: &str| set.join(format!("orderbook_perf/{level}_snapshot.json.gz"));
    let number =
        |level: &str, side: &str| facts[format!("{level}_snapshot")][side].as_u64().unwrap();
    let l2 = Snapshot::open(&file("l2")).unwrap().whole().unwrap();
    let [Record { what: What::Depth(depth), seq, .. }] = &l2[..] else { panic!("one book") };
    let sides = (depth.bids.len() as u64, depth.asks.len() as u64);
    assert_eq!(sides, (number("l2", "bids"), number("l2", "asks")));
    assert_eq!(
        (*seq, depth.bids[0].price, depth.bids[0].orders),
        (133_905_821_961, 6_493_057_000_000, 1)
    );
    let mut levels = Levels::default();
    levels.apply(depth);
    assert!(!levels.crossed());
    let l3 = Snapshot::open(&file("l3")).unwrap().whole().unwrap();
    let of = |wanted: Side| {
        l3.iter().filter(|r| matches!(r.what, What::Add(order) if order.side == wanted)).count()
    };
    let sides = (of(Side::Buy) as u64, of(Side::Sell) as u64);
    assert_eq!(sides, (number("l3", "bids"), number("l3", "asks")));
    assert_eq!(l3.len() as u64, sides.0 + sides.1);
}

#[test]
fn kraken_books_trades_and_tickers() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    for name in ["KRAKEN.ws.48.0", "KRAKEN.ws.49.0", "KRAKEN.ws.50.0.zst"] {
        let told = tell(Kraken::open(&[&set.join(name)]).unwrap());
        assert_eq!(skipped(&told, "a heartbeat"), kind(&facts, name, "t:heartbeat"), "{name}");
        let answers =
            kind(&facts, name, "t:subscriptionStatus") + kind(&facts, name, "t:systemStatus");
        assert_eq!(skipped(&told, "an answer to a command"), answers, "{name}");
        let frames = kind(&facts, name, "recv") - kind(&facts, name, "t:heartbeat") - answers;
        match name {
            // A frame may hold several trades.
            "KRAKEN.ws.48.0" => assert!(told.trades >= frames && told.trades == told.count.given),
            "KRAKEN.ws.49.0" => assert_eq!((told.quotes, told.count.given), (frames, frames)),
            _ => assert_eq!((told.wholes + told.changes, told.wholes), (frames, 10), "{told:?}"),
        }
        assert_eq!(told.crossed, 0, "{name}");
    }
}

#[test]
fn bitmex_tables() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    let name = "BITMEX.ws.1.0.zst";
    let told = tell(Bitmex::open(&set.join(name)).unwrap());
    let early = skipped(&told, "a change before the whole book");
    assert_eq!(told.wholes + told.changes + early, kind(&facts, name, "t:orderBookL2"), "{told:?}");
    assert_eq!((told.wholes, told.crossed, told.symbols), (10, 0, 10));
    assert!(told.quotes >= kind(&facts, name, "t:quote"), "{told:?}");
    assert!(told.trades >= kind(&facts, name, "t:trade"), "{told:?}");
    assert_eq!(told.count.read, facts[format!("open/{name}")]["lines"].as_u64().unwrap());
}

#[test]
fn deribit_books_are_chained() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    let name = "DERIBIT.ws.1.0";
    let told = tell(Deribit::open(&set.join(name)).unwrap());
    assert_eq!(told.wholes + told.changes + told.quotes, kind(&facts, name, "t:subscription"));
    assert_eq!((told.wholes, told.wholes + told.changes, told.quotes), (10, 46, 89));
    assert_eq!((told.gaps, told.crossed, told.symbols, told.count.rounded), (0, 0, 10, 0));
}

#[test]
fn gemini_books_begin_with_the_whole() {
    let Some(set) = shared::set("ws_recordings") else { return };
    let facts = facts(&set);
    let name = "GEMINI.ws.1.0.zst";
    let told = tell(Gemini::open(&set.join(name)).unwrap());
    assert_eq!(told.wholes + told.changes, kind(&facts, name, "t:l2_updates"));
    assert_eq!(told.trades - told.old_trades, kind(&facts, name, "t:trade"));
    assert_eq!(skipped(&told, "a heartbeat"), kind(&facts, name, "t:heartbeat"));
    assert_eq!((told.wholes, told.crossed, told.symbols), (10, 0, 10), "{told:?}");
}

#[test]
fn hyperliquid_and_bybit_books() {
    let Some(set) = shared::set("binance_l2") else { return };
    let fact = &facts(&set)["hyperliquid_btcusd_20250126"];
    let told = tell(Hyperliquid::open(&set.join("hyperliquid_btcusd_20250126.gz")).unwrap());
    assert_eq!(told.wholes, fact["channels"]["l2Book"].as_u64().unwrap());
    assert_eq!(told.count.read, fact["lines"].as_u64().unwrap());
    assert_eq!((told.crossed, told.count.skipped_in_all()), (0, 0));
    assert!(told.trades > 9, "{told:?}");
    let Some(set) = shared::set("crypto_bars_trades") else { return };
    let fact = &facts(&set)["bybit_xrpusdt_ob500"];
    let file = set.join("xrpusdt-ob500.data.zip");
    let first = Bybit::open(&file).unwrap().next().unwrap().unwrap();
    let What::Depth(depth) = first.what else { panic!("{first:?}") };
    assert_eq!(depth.bids.len() as u64, fact["levels_first"].as_u64().unwrap());
    let told = tell(Bybit::open(&file).unwrap());
    assert_eq!(told.wholes, fact["types"]["snapshot"].as_u64().unwrap());
    assert_eq!(told.changes, fact["types"]["delta"].as_u64().unwrap());
    assert_eq!((told.gaps, told.crossed), (0, 0));
}

#[test]
fn tables_of_tardis_and_of_binance() {
    let Some(set) = shared::set("crypto_bars_trades") else { return };
    let tardis = |name: &str| tell(Tardis::open(&set.join("tardis").join(name)).unwrap());
    for depth in [5, 25] {
        let told = tardis(&format!("binance-futures_book_snapshot_{depth}_BTCUSDT.csv"));
        assert_eq!((told.wholes, told.count.read, told.crossed), (10, 10, 0));
    }
    let told = tardis("bitmex_trades_XBTUSD.csv");
    assert_eq!((told.trades, told.count.given), (10, 10));
    let told = tardis("huobi-dm-swap_quotes_BTC-USD.csv");
    assert_eq!((told.quotes, told.count.given), (10, 10));
    let told = tardis("deribit_incremental_book_L2_BTC-PERPETUAL.csv");
    assert_eq!((told.count.read, told.count.skipped_in_all(), told.crossed), (15, 0, 0));
    assert_eq!((told.wholes, told.changes), (1, 0), "its fifteen rows are one book");
    for (name, whole) in [("snap", true), ("update", false)] {
        let file = set.join(format!("btcusdt-depth-{name}.csv"));
        let read = DepthRows::open(&file, &Options::default()).unwrap().whole().unwrap();
        let levels: usize = read
            .iter()
            .map(|record| match &record.what {
                What::Depth(depth) if depth.whole == whole => depth.bids.len() + depth.asks.len(),
                other => panic!("{other:?}"),
            })
            .sum();
        assert_eq!((read.len(), levels), (1, 100), "{name}: one message of a hundred rows");
    }
}

#[test]
fn a_month_of_minutes_of_a_perpetual() {
    let Some(set) = shared::set("crypto_bars_trades") else { return };
    let fact = &facts(&set)["btc_perp_1m"];
    let file = set.join("btc-perp-20211231-20220201_1m.csv.zst");
    let options = TableOptions { zone: Some(Zone::UTC), ..TableOptions::default() };
    let mut bars = TextRecords::open(&file, options, Limits::default()).unwrap();
    let closes: Vec<f64> = bars
        .by_ref()
        .map(|record| match record.unwrap().what {
            What::Bar(bar) => bar.close as f64,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(closes.len() as u64, fact["rows"].as_u64().unwrap());
    assert_eq!(bars.so_far().skipped_in_all(), 0);
    let steps: Vec<f64> = closes.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    let square = steps.iter().map(|step| (step - mean).powi(2)).sum::<f64>();
    let std = (square / steps.len() as f64).sqrt();
    let told = fact["ret_1m"]["std"].as_f64().unwrap();
    assert!((std / told - 1.0).abs() < 1e-4, "{std}, {told}");
    let still = steps.iter().filter(|step| **step == 0.0).count() as f64 / steps.len() as f64;
    assert!((still - fact["ret_1m"]["zero_share"].as_f64().unwrap()).abs() < 1e-9, "{still}");
}

/// Every document is sound, as many as others counted; those of streams that are read here tell records.
#[test]
fn messages_from_the_test_data_of_other_clients() {
    let Some(set) = shared::set("ws_client_fixtures") else { return };
    let facts = facts(&set);
    let mut known = 0;
    for (folder, fact) in facts.as_object().unwrap() {
        let Some(folder) = folder.strip_prefix("open/").filter(|name| !name.contains('.')) else {
            continue;
        };
        let entries = std::fs::read_dir(set.join(folder)).unwrap();
        let (mut json, mut other) = (0, 0);
        for entry in entries {
            let file = entry.unwrap().path();
            let mut bytes = Vec::new();
            open(&file, Limits::default()).unwrap().read_to_end(&mut bytes).unwrap();
            let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
                other += 1;
                continue;
            };
            json += 1;
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            known += u64::from(tells(folder, &name, &value));
        }
        let (ok, told) = (fact["json_ok"].as_u64().unwrap(), fact["other"].as_u64().unwrap());
        // Documents that the set does not hand out are missing from the folder.
        assert!(json <= ok + told && json + other <= ok + told, "{folder}: {json}, {other}");
        assert!(json + 1 >= ok, "{folder}: {json} of {ok}");
    }
    assert_eq!(known, 12);
}

fn tells(folder: &str, name: &str, value: &Value) -> bool {
    let wanted = match folder {
        "coinbase" => {
            ["ws_l2_data_snapshot.json", "ws_l2_data_update.json", "ws_market_trades.json"]
                .contains(&name)
        }
        "deribit" => {
            let of = ["ws_book_", "ws_trades", "ws_ticker", "ws_quote"];
            of.iter().any(|start| name.starts_with(start))
        }
        "bybit" => name.starts_with("ws_orderbook_"),
        _ => false,
    };
    if !wanted {
        return false;
    }
    let bytes = serde_json::to_vec(value).unwrap();
    let heard = Some(pitfloor_data::record::Moment(1_700_000_000_000_000_000));
    let frame = Frame { bytes: &bytes, heard, url: None };
    let mut out = Out::new(SCALE);
    match folder {
        "coinbase" => Coinbase::default().hear(&frame, &mut out),
        "deribit" => Deribit::default().hear(&frame, &mut out),
        _ => Bybit::default().hear(&frame, &mut out),
    }
    .unwrap_or_else(|refusal| panic!("{folder}/{name}: {refusal:?}"));
    // A change without its book waits or is left out, and is no refusal.
    let told = out.drain().count();
    assert!(told > 0 || name.contains("delta") || name.contains("update"), "{folder}/{name}");
    true
}

//! Recordings that cannot be used: refused with file, line and field, and nothing of the frame is given.

use pitfloor_data::binance::{Binance, Options};
use pitfloor_data::bitstamp::Bitstamp;
use pitfloor_data::capture::limits;
use pitfloor_data::capture::records::{Capture, Decode};
use pitfloor_data::coinbase::{Coinbase, Snapshot};
use pitfloor_data::error::DataError;
use pitfloor_data::record::{Flags, Record, What};
use pitfloor_data::records::Records;
use pitfloor_data::venues::bitmex::Bitmex;
use pitfloor_data::venues::bybit::Bybit;
use pitfloor_data::venues::deribit::Deribit;
use pitfloor_data::venues::gemini::Gemini;
use pitfloor_data::venues::hyperliquid::Hyperliquid;
use pitfloor_data::venues::kraken::Kraken;
use pitfloor_data::venues::tardis::Tardis;
use std::path::Path;

type Opened<D> = Result<Capture<D>, DataError>;

/// What is given of `text`, and what is said where it ends badly.
fn read<D: Decode>(
    text: &[u8],
    open: impl FnOnce(&Path) -> Opened<D>,
) -> (Vec<Record>, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording");
    std::fs::write(&file, text).unwrap();
    let mut records = Vec::new();
    let mut said = None;
    match open(&file) {
        Err(error) => said = Some(error),
        Ok(mut capture) => {
            for record in capture.by_ref() {
                match record {
                    Ok(record) => records.push(record),
                    Err(error) => said = Some(error),
                }
            }
            assert!(capture.next().is_none(), "nothing comes after the end");
        }
    }
    let said = said.map(|error| {
        assert!(!error.is_world(), "{error}");
        error.to_string().replace(&format!("{}/", folder.path().display()), "")
    });
    (records, said)
}

fn binance(path: &Path) -> Opened<Binance> {
    Binance::open(&[path], Options::default())
}

const TRADE: &str = r#"{"stream":"x@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":7,"p":"10.5","q":"2","T":1723161255342,"m":true,"M":true}}"#;
const SNAPSHOT: &str = r#"{"lastUpdateId":5,"bids":[["10","1"]],"asks":[["11","1"]]}"#;
const CHANGE: &str =
    r#"{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":5,"u":6,"b":[["10","2"]],"a":[]}"#;
const BEST: &str = r#"{"u":9,"s":"BTCUSDT","b":"10","B":"1","a":"11","A":"2"}"#;

/// Frames at a line each, a millisecond apart.
fn lines(frames: &[&str]) -> String {
    let line = |(place, frame): (usize, &&str)| format!("172316125393{place:07} {frame}\n");
    frames.iter().enumerate().map(line).collect()
}

#[test]
fn sound_frames_are_read() {
    let bar = r#"{"e":"kline","E":1723161255208,"s":"BTCUSDT","k":{"t":1723161240000,"T":1723161299999,"o":"1","h":"3","l":"1","c":"2","v":"5","n":4,"x":true,"V":"2"}}"#;
    let odd = TRADE.replace("\"m\":true", "\"X\":\"INSURANCE_FUND\",\"m\":true");
    let frames = [TRADE, BEST, CHANGE, SNAPSHOT, bar, r#"{"result":null,"id":1}"#, &odd];
    let (records, said) = read(lines(&frames).as_bytes(), binance);
    assert_eq!((records.len(), said), (5, None));
    assert!(
        matches!(records[0].what, What::Trade(trade) if (trade.price, trade.qty) == (1_050_000_000, 200_000_000))
    );
    assert!(records[1].flags.has(Flags::NO_EVENT_TIME) && records[1].heard == Some(records[1].at));
    assert!(records[2].flags.has(Flags::SNAPSHOT) && !records[2].flags.has(Flags::LAST));
    assert!(records[3].flags.has(Flags::LAST), "the change that had waited is of the same frame");
    assert!(matches!(&records[4].what, What::Bar(bar) if bar.span_ns == 60_000_000_000));
}

#[test]
fn each_field_that_is_wrong_is_named() {
    let swap = |frame: &str, from: &str, to: &str| {
        assert!(frame.contains(from), "{frame} {from}");
        frame.replacen(from, to, 1)
    };
    for (frame, expected) in [
        (swap(TRADE, "\"10.5\"", "\"NaN\""), "p: found \"NaN\", expected a price in decimal"),
        (swap(TRADE, "\"10.5\"", "\"-10.5\""), "p: found \"-10.5\", expected a price above 0"),
        (swap(TRADE, "\"10.5\"", "[1]"), "p: found \"[1]\", expected a price in decimal"),
        (swap(TRADE, "\"2\"", "\"-2\""), "q: found \"-2\", expected a size in decimal"),
        (swap(TRADE, "\"2\"", "\"0\""), "q: found \"0\", expected a size above 0"),
        (swap(TRADE, "\"2\"", "1e400"), "q: found \"1e400\", expected a size in decimal"),
        (swap(TRADE, "\"2\"", "99999999999999"), "q: found \"99999999999999\", expected a size"),
        (swap(TRADE, "\"q\":\"2\",", ""), "q: found nothing, expected a value"),
        (swap(TRADE, "true", "1"), "m: found \"1\", expected true or false"),
        (swap(TRADE, "1723161255342", "0"), "T: found \"0\", expected a time since 1970"),
        (swap(TRADE, "1723161255342", "-1723161255342"), "T: found \"-1723161255342\""),
        (swap(TRADE, "\"t\":7", "\"t\":7.5"), "t: found \"7.5\", expected a whole number"),
        (swap(TRADE, "\"BTCUSDT\"", "5"), "s: found \"5\", expected a text"),
        (swap(TRADE, "BTCUSDT", ""), "symbol: found nothing, expected the name of an instrument"),
        (swap(TRADE, "BTCUSDT", &"A".repeat(200)), "symbol: found 200 bytes, expected at most 128"),
        (swap(CHANGE, "\"U\":5", "\"U\":8"), "U: found 8, expected at most u, which is 6"),
        (swap(CHANGE, "[[\"10\",\"2\"]]", "[[\"10\"]]"), "b: found 1 cells, expected at least 2"),
        (swap(CHANGE, "[[\"10\",\"2\"]]", "{}"), "b: found \"{}\", expected a list of lists"),
        (swap(CHANGE, ",\"a\":[]", ""), "a: found nothing, expected a value"),
        (swap(SNAPSHOT, "\"bids\"", "\"bid\""), "bids: found nothing, expected a value"),
        (swap(SNAPSHOT, "5", "\"x\""), "lastUpdateId: found \"\"x\"\", expected a whole number"),
        (swap(BEST, "\"11\"", "null"), "a: found nothing, expected a value"),
        (TRADE[..60].to_owned(), "frame: found "),
        ("[1,2]".to_owned(), "frame: found "),
    ] {
        let text = lines(&[TRADE, &frame, TRADE]);
        let (records, said) = read(text.as_bytes(), binance);
        let said = said.unwrap_or_else(|| panic!("{frame} is read"));
        assert!(said.starts_with(&format!("recording: line 2, {expected}")), "{frame}: {said}");
        assert_eq!(records.len(), 1, "only what came before: {frame}");
    }
}

#[test]
fn lines_that_are_none_are_refused() {
    for (line, expected) in [
        ("17231612539 {}", "line 2, local time: found \"17231612539\""),
        ("now {}", "line 2, line: found \"now {}\""),
        ("\u{fffd} {}", "line 2, line: found \"\u{fffd} {}\""),
        ("1723161253937085768", "line 2, line: found \"1723161253937085768\""),
    ] {
        let text = format!("{}{line}\n", lines(&[TRADE]));
        let (records, said) = read(text.as_bytes(), binance);
        assert_eq!(records.len(), 1);
        let said = said.unwrap();
        assert!(said.starts_with(&format!("recording: {expected}")), "{said}");
    }
    let (_, said) = read(b"", binance);
    assert!(said.unwrap().contains("an empty file"));
    let long =
        format!("{}1723161253937085768 {{\"e\":\"{}\"}}\n", lines(&[TRADE]), "x".repeat(40 << 20));
    let (records, said) = read(long.as_bytes(), binance);
    assert_eq!(records.len(), 1);
    assert_eq!(
        said.unwrap(),
        "recording: line 2, line: found more than 16777216 bytes without end, expected a line that ends"
    );
}

/// A recorder's clock that is set back, or a venue's, is no damage: the order of the file stays, and the
/// records say so.
#[test]
fn clocks_may_jump_and_it_is_marked() {
    let earlier = TRADE.replace("1723161255342", "1723161255000");
    let text = format!("1723161259000000000 {TRADE}\n1723161253000000000 {earlier}\n");
    let (records, said) = read(text.as_bytes(), binance);
    assert_eq!((records.len(), said), (2, None));
    assert!(records[1].heard < records[0].heard && records[1].at < records[0].at);
    assert_eq!(
        [records[0].flags, records[1].flags].map(|f| f.has(Flags::BACKWARDS)),
        [false, true]
    );
}

#[test]
fn a_snapshot_that_may_be_of_several_instruments_is_refused() {
    let other = CHANGE.replace("BTCUSDT", "ETHUSDT");
    let (_, said) = read(lines(&[CHANGE, &other, SNAPSHOT]).as_bytes(), binance);
    let said = said.unwrap();
    assert!(said.starts_with("recording: line 3, symbol: found several, expected one"), "{said}");
    let mixed = CHANGE.replace("\"u\":6", "\"u\":6,\"pu\":5");
    let (_, said) = read(lines(&[CHANGE, &mixed]).as_bytes(), binance);
    let said = said.unwrap();
    assert!(said.starts_with("recording: line 2, pu: found a change of Futures"), "{said}");
}

#[test]
fn a_recording_that_was_cut_is_refused_unless_that_may_be() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(lines(&[TRADE, TRADE, TRADE]).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let cut = &packed[..packed.len() - 9];
    let (_, said) = read(cut, binance);
    assert!(said.unwrap().contains("the end of the file in the middle of it"));
    let lenient = |path: &Path| {
        let limits = pitfloor_data::opening::Limits { cut_tail: true, ..limits() };
        Capture::open(&[path], Binance::new(Options::default()), Options::default().scale, limits)
    };
    let (records, said) = read(cut, lenient);
    assert!(records.len() >= 2 && said.is_none(), "{said:?}");
}

#[test]
fn other_venues_name_the_field_too() {
    fn said<D: Decode>(open: fn(&Path) -> Opened<D>, frame: &str) -> String {
        let (records, said) = read(lines(&[frame]).as_bytes(), open);
        assert!(records.is_empty(), "{records:?}");
        said.unwrap_or_else(|| panic!("{frame} is read"))
    }
    let kraken: fn(&Path) -> Opened<Kraken> = |path| Kraken::open(&[path]);
    let bitstamp: fn(&Path) -> Opened<Bitstamp> = |path| Bitstamp::open(&[path], "BTCUSD");
    for (said, expected) in [
        (
            said(
                Coinbase::open,
                r#"{"type":"l2update","product_id":"A","changes":[["hold","1","2"]],"time":"2021-04-17T16:43:37Z"}"#,
            ),
            "changes: found \"hold\", expected buy or sell",
        ),
        (
            said(
                Coinbase::open,
                r#"{"type":"match","product_id":"A","side":"buy","price":"1","size":"1","trade_id":1,"time":"yesterday"}"#,
            ),
            "time: found \"yesterday\", expected a time as RFC 3339",
        ),
        (
            said(
                Snapshot::open,
                r#"{"product":"A","level":3,"captured_at":"2026-08-07T20:04:10Z","sequence":1,"truncated":false,"bids":[["1","1","60de12d8-f80b-4848-adbc-2b17375a9216"],["2","1","60de12d8-f80b-4848-adbc-2b17375a9216"]],"asks":[]}"#,
            ),
            "order: found \"60de12d8-f80b-4848-adbc-2b17375a9216\", expected each order once",
        ),
        (
            said(
                Snapshot::open,
                r#"{"product":"A","level":3,"captured_at":"2026-08-07T20:04:10Z","sequence":1,"truncated":true,"bids":[],"asks":[]}"#,
            ),
            "truncated: found true, expected a whole book",
        ),
        (
            said(kraken, r#"[1,[["1","2","1618678142.592855","x","l",""]],"trade","XMR/USD"]"#),
            "trade: found \"x\", expected b or s",
        ),
        (said(kraken, "[1]"), "frame: found 1 parts"),
        (
            said(
                Bitmex::open,
                r#"{"table":"orderBookL2","action":"grow","data":[{"symbol":"A","id":1,"side":"Buy"}]}"#,
            ),
            "action: found grow, expected partial, insert, update or delete",
        ),
        (
            said(
                Deribit::open,
                r#"{"method":"subscription","params":{"channel":"book.A.raw","data":{"type":"change","timestamp":1626993724318,"instrument_name":"A","change_id":2,"bids":[],"asks":[]}}}"#,
            ),
            "prev_change_id: found nothing",
        ),
        (
            said(Gemini::open, r#"{"type":"l2_updates","symbol":"A","changes":[["buy","1"]]}"#),
            "changes: found 2 cells, expected at least 3",
        ),
        (
            said(
                Hyperliquid::open,
                r#"{"channel":"l2Book","data":{"coin":"A","time":1737918843893,"levels":[[]]}}"#,
            ),
            "levels: found 1 sides, expected 2",
        ),
        (
            said(
                Bybit::open,
                r#"{"topic":"orderbook.50.A","type":"whole","ts":1733011200691,"data":{}}"#,
            ),
            "type: found whole, expected snapshot or delta",
        ),
        (
            said(
                bitstamp,
                r#"order_created {"price":"1","amount":"1","datetime":"1430438404","id":1,"order_type":2}"#,
            ),
            "order_type: found 2, expected 0 (buy) or 1 (sell)",
        ),
        (
            said(
                bitstamp,
                r#"{"event":"data","channel":"diff_order_book_a","data":{"microtimestamp":"1641343691244908","bids":[],"asks":[]}}"#,
            ),
            "snapshot: found none of a, expected one",
        ),
    ] {
        assert!(said.starts_with(&format!("recording: line 1, {expected}")), "{said}");
    }
}

#[test]
fn tables_of_tardis_name_the_cell() {
    const HEAD: &str = "exchange,symbol,timestamp,local_timestamp";
    let row = "x,A,1583020803145000,1583020803307160";
    let said = |columns: &str, cells: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table");
        std::fs::write(&file, format!("{HEAD},{columns}\n{row},{cells}\n")).unwrap();
        let read = Tardis::open(&file).and_then(Records::whole);
        let said =
            read.map_or_else(|e| e.to_string(), |records| format!("{} records", records.len()));
        said.replace(&format!("{}/", folder.path().display()), "")
    };
    assert_eq!(said("id,side,price,amount", "a,buy,1,2"), "1 records");
    assert_eq!(said("is_snapshot,side,price,amount", "true,bid,1,2"), "1 records");
    assert_eq!(said("ask_amount,ask_price,bid_price,bid_amount", ",,1,2"), "1 records");
    for (columns, cells, expected) in [
        ("id,side,price,amount", "a,both,1,2", "line 2, side: found \"both\""),
        ("id,side,price,amount", "a,buy,inf,2", "line 2, price: found \"inf\""),
        ("id,side,price,amount", "a,buy,1,0", "line 2, amount: found \"0\""),
        ("id,side,price,amount", "a,buy,1", "line 2, line: found 7 cells, expected 8"),
        ("is_snapshot,side,price,amount", "yes,bid,1,2", "line 2, is_snapshot: found \"yes\""),
        ("is_snapshot,side,price,amount", "true,bid,,", "line 2, price: found nothing"),
        ("price", "1", "line 1, columns: found "),
    ] {
        let found = said(columns, cells);
        assert!(found.starts_with(&format!("table: {expected}")), "{columns} {cells}: {found}");
    }
}

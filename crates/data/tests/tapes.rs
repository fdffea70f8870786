//! Files as tapes: what tables and LOBSTER files say, and what is refused, with its place.

use pitfloor_data::tape::{Kind, Options, kind, read};
use pitfloor_facts::tape::Tape;
use std::path::{Path, PathBuf};

const SECOND: u64 = 1_000_000_000;

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn refusal(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> =
        files.iter().map(|(name, text)| write(folder.path(), name, text)).collect();
    let error = read(&files, &Options::default()).expect_err("it is refused");
    assert!(!error.is_world());
    error.to_string().replace(&folder.path().display().to_string(), "")
}

fn tape(files: &[(&str, &str)], options: &Options) -> Tape {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> =
        files.iter().map(|(name, text)| write(folder.path(), name, text)).collect();
    read(&files, options).expect("it is sound")
}

const TRADES: &str =
    "time,price,size,side\n10.5,100.02,5,buy\n10.5,100.03,2,buy\n12,100.00,1,sell\n";
const QUOTES: &str = "at_ns,bid,bid_size,ask,ask_size\n10000000000,100.00,7,100.02,3\n\
                      10500000000,100.01,7,100.04,3\n13000000000,,,100.04,3\n";

#[test]
fn tables_of_trades_and_quotes_are_one_market() {
    let tape = tape(&[("trades.csv", TRADES), ("quotes.csv", QUOTES)], &Options::default());
    assert_eq!(tape.days.len(), 1);
    let day = &tape.days[0];
    assert_eq!((day.open_ns, day.close_ns), (10 * SECOND, 13 * SECOND));
    let trades: Vec<_> = day.trades.iter().map(|t| (t.sign, t.price, t.size)).collect();
    assert_eq!(trades, [(1.0, 100.02, 7.0), (-1.0, 100.0, 1.0)], "two fills were one trade");
    assert!((day.trades[0].mid - 100.01).abs() < 1e-9, "the quote that it left came after it");
    assert_eq!((tape.noted.one_sided, tape.fills, tape.cancels), (1, 3, None));
    assert!((day.mids[0] - 100.025).abs() < 1e-9 && day.mids.len() == 3);
}

#[test]
fn a_long_silence_is_a_night_and_a_session_can_be_told() {
    let text = "time,bid,ask\n10,1,2\n20,1,2\n20000,1,2\n20010,1,3\n";
    let silent = tape(&[("quotes.csv", text)], &Options::default());
    let days: Vec<_> =
        silent.days.iter().map(|d| (d.open_ns / SECOND, d.close_ns / SECOND)).collect();
    assert_eq!(days, [(10, 20), (20_000, 20_010)]);
    let session = Some((15 * SECOND, 19_000 * SECOND));
    let told = tape(&[("quotes.csv", text)], &Options { session, ..Options::default() });
    let days: Vec<_> =
        told.days.iter().map(|d| (d.open_ns / SECOND, d.close_ns / SECOND)).collect();
    assert_eq!(days, [(15, 19_000)]);
    assert_eq!(told.noted.outside, 3, "what lies outside is counted");
}

#[test]
fn rows_of_two_symbols_are_told_apart_when_one_is_named() {
    let text = "symbol,time,bid,ask\nA,10,1,2\nB,11,5,6\nA,12,1,2\nB,13,5,6\n";
    let one = Options { symbol: Some("B".to_owned()), ..Options::default() };
    assert_eq!(tape(&[("quotes.csv", text)], &one).days[0].first_mid, Some(5.5));
    let why = refusal(&[("quotes.csv", text)]);
    let said = "line 3, symbol: found \"B\", expected \"A\" as before it";
    assert!(why.contains(said), "{why}");
}

#[test]
fn a_bad_row_is_refused_with_its_place() {
    let header = "time,price,size,side\n";
    for (row, said) in [
        ("x,1,1,buy", "line 2, time: found \"x\", expected seconds"),
        ("1,abc,1,buy", "line 2, price: found \"abc\", expected a number"),
        ("1,,1,buy", "line 2, price: found \"\", expected a price"),
        ("1,5,0,buy", "line 2, size: found \"0\", expected a size above 0"),
        ("1,5,-2,buy", "line 2, size: found \"-2\", expected a size above 0"),
        ("1,5,nan,buy", "line 2, size: found \"nan\", expected a number"),
        ("1,5,1,maybe", "line 2, side: found \"maybe\", expected buy, sell or nothing"),
        ("1,5,1", "line 2, row: found 3 cells, expected 4 cells, one a column"),
        (
            "5,5,1,buy\n4,5,1,buy",
            "line 3, time: found 4000000000, expected no earlier than 5000000000",
        ),
    ] {
        let why = refusal(&[("trades.csv", &format!("{header}{row}\n"))]);
        assert!(why.contains(said), "{row}: {why}");
    }
}

#[test]
fn wrong_columns_are_named() {
    let why = refusal(&[("a.csv", "time,open,close\n1,2,3\n")]);
    assert!(why.contains("line 1, columns: found columns time, open, close"), "{why}");
    let why = refusal(&[("a.csv", "1,2,3\n")]);
    assert!(why.contains("found 3 columns without names"), "{why}");
    let why = refusal(&[("t.csv", "price,size,side\n1,2,buy\n")]);
    assert!(why.contains("expected a column called at_ns or ts_ns or time"), "{why}");
    let why = refusal(&[("t.csv", "time,price,side\n1,2,buy\n")]);
    assert!(why.contains("expected a column called qty or size"), "{why}");
}

const MESSAGES: &str =
    "34200.5,1,11,100,1000000,1\n34201.5,4,12,40,1000200,-1\n34202,3,11,100,1000000,1\n";
const BOOK: &str = "1000200,80,1000000,100\n1000200,40,1000000,100\n1000200,40,999900,10\n";

#[test]
fn lobster_files_are_a_day() {
    let tape = tape(&[("m.csv", MESSAGES), ("b.csv", BOOK)], &Options::default());
    let day = &tape.days[0];
    assert_eq!((day.open_ns, day.close_ns), (34_200 * SECOND, 57_600 * SECOND));
    assert_eq!((day.trades.len(), day.trades[0].sign, day.trades[0].size), (1, 1.0, 40.0));
    assert!((day.trades[0].mid - 100.01).abs() < 1e-9);
    assert_eq!((tape.cancels, tape.lifetimes.total(), tape.tick), (Some(1), 1, Some(0.01)));
    let (_, left) = tape.lifetimes.survival()[60];
    assert!((left - 1.0).abs() < 1e-12, "it stood for a second and a half");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let short = BOOK.lines().next().unwrap();
    let why = refusal(&[("m.csv", MESSAGES), ("b.csv", short)]);
    assert!(why.contains("b.csv: line 1, rows: found the end of the file, 1 rows"), "{why}");
    let long = format!("{BOOK}1000200,40,999900,10\n");
    let why = refusal(&[("m.csv", MESSAGES), ("b.csv", &long)]);
    assert!(why.contains("b.csv: line 4, rows: found row 4, expected 3 rows"), "{why}");
    let why = refusal(&[("m.csv", MESSAGES)]);
    assert!(why.contains("found 1 message and 0 orderbook files"), "{why}");
    let why = refusal(&[("m.csv", MESSAGES), ("b.csv", BOOK), ("t.csv", TRADES)]);
    assert!(why.contains("found LOBSTER files and tables together"), "{why}");
    let why = refusal(&[("s.csv", TRADES), ("t.csv", TRADES)]);
    assert!(why.contains("found 2 tables of trades and 0 of quotes"), "{why}");
    let why = refusal(&[("m.csv", "34200.5,9,11,100,1000000,1\n"), ("b.csv", BOOK)]);
    assert!(why.contains("m.csv: line 1, type: found 9"), "{why}");
}

#[test]
fn crossed_and_locked_books_are_counted_and_said() {
    let text = "time,bid,ask\n10,1,2\n11,3,2\n12,2,2\n13,,2\n14,1,2\n";
    let tape = tape(&[("quotes.csv", text)], &Options::default());
    let noted = tape.noted;
    assert_eq!((noted.crossed, noted.locked, noted.one_sided), (1, 1, 1));
    assert_eq!(tape.days[0].mids, [1.5, 2.0, 2.0, 1.5], "a crossed row moves no mid");
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "q.csv", text);
    assert_eq!(kind(&path).unwrap(), Kind::Quotes);
}

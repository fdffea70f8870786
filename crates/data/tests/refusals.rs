//! Damaged records, one kind of damage at a time, and what is said of each.

use pitfloor_data::error::DataError;
use pitfloor_data::history::{Options, Record, replay};
use pitfloor_data::lobster::{BookReader, MessageReader};
use pitfloor_data::source::{Content, Source};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Four messages that are as they should be.
const MESSAGES: &str = "34200.000000001,1,11,100,1000000,1\n\
                        34200.5,1,12,50,1000100,-1\n\
                        34200.5,4,12,20,1000100,-1\n\
                        34201,3,11,100,1000000,1\n";

/// The book of two levels after each of them.
const BOOK: &str = "9999999999,0,1000000,100,9999999999,0,-9999999999,0\n\
                    1000100,50,1000000,100,9999999999,0,-9999999999,0\n\
                    1000100,30,1000000,100,9999999999,0,-9999999999,0\n\
                    1000100,30,-9999999999,0,9999999999,0,-9999999999,0\n";

fn written(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

fn read_messages(file: &Path) -> Result<usize, DataError> {
    Ok(MessageReader::open(file)?.collect::<Result<Vec<_>, _>>()?.len())
}

fn read_book(file: &Path) -> Result<usize, DataError> {
    Ok(BookReader::open(file)?.collect::<Result<Vec<_>, _>>()?.len())
}

/// What is said of a file, without the folder.
fn said(read: fn(&Path) -> Result<usize, DataError>, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "record.csv", bytes);
    let error = read(&file).unwrap_err();
    assert!(!error.is_world(), "the record is at fault, not the disk: {error}");
    let folder = format!("{}/", folder.path().display());
    error.to_string().replace(&folder, "")
}

/// The message file with `from` replaced by `to` once.
fn damaged(whole: &str, from: &str, to: &str) -> Vec<u8> {
    assert!(whole.contains(from), "{from} is there to be damaged");
    whole.replacen(from, to, 1).into_bytes()
}

#[test]
fn the_undamaged_record_is_read() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_messages(&written(&folder, "m", MESSAGES.as_bytes())).unwrap(), 4);
    assert_eq!(read_book(&written(&folder, "b", BOOK.as_bytes())).unwrap(), 4);
    let lines = MESSAGES.replace('\n', "\r\n");
    assert_eq!(read_messages(&written(&folder, "crlf", lines.as_bytes())).unwrap(), 4);
    let unended = MESSAGES.trim_end();
    assert_eq!(read_messages(&written(&folder, "unended", unended.as_bytes())).unwrap(), 4);
}

#[test]
fn every_damage_to_a_message_is_named_with_its_place() {
    let types = "expected 1 submit, 2 partial cancel, 3 delete, 4 execution, 5 hidden execution, \
                 6 cross or 7 halt";
    let sides = "expected 1 (buy) or -1 (sell)";
    let times = "expected seconds after midnight, below 86400";
    let ticks = "expected a positive multiple of the tick, 100";
    let shares = "expected from 1 to 1099511627776 shares";
    let whole = "expected a whole number";
    let numbers = "expected the number of an order, from 1";
    for (from, to, expected) in [
        // Time.
        ("34201,", "34200.4,", "line 4, time: found 34200.400000000, expected no earlier than 34200.500000000 before it".to_owned()),
        ("34200.000000001", "34200.500000001", "line 2, time: found 34200.500000000, expected no earlier than 34200.500000001 before it".to_owned()),
        ("34201,", "86400,", format!("line 4, time: found \"86400\", {times}")),
        ("34201,", "-1,", format!("line 4, time: found \"-1\", {times}")),
        ("34201,", "3.4e4,", format!("line 4, time: found \"3.4e4\", {times}")),
        ("34201,", ",", format!("line 4, time: found \"\", {times}")),
        ("34201,", "time,", format!("line 4, time: found \"time\", {times}")),
        ("34201,3", "\n34201,3", format!("line 4, time: found \"\", {times}")),
        // Type.
        ("34201,3", "34201,8", format!("line 4, type: found 8, {types}")),
        ("34201,3", "34201,0", format!("line 4, type: found 0, {types}")),
        ("34201,3", "34201,x", "line 4, type: found \"x\", expected a whole number from 1 to 7".to_owned()),
        // Order id.
        (",4,12", ",4,0", format!("line 3, order id: found 0, {numbers}")),
        (",4,12", ",4,-12", format!("line 3, order id: found -12, {numbers}")),
        (",4,12", ",4,1.2", format!("line 3, order id: found \"1.2\", {whole}")),
        (",4,12", ",4,", format!("line 3, order id: found \"\", {whole}")),
        // Size.
        ("12,20", "12,0", format!("line 3, size: found 0, {shares}")),
        ("12,20", "12,-20", format!("line 3, size: found -20, {shares}")),
        ("12,20", "12,1099511627777", format!("line 3, size: found 1099511627777, {shares}")),
        ("12,20", "12,2O", format!("line 3, size: found \"2O\", {whole} of shares")),
        // Price.
        ("20,1000100", "20,1000150", format!("line 3, price: found 1000150, {ticks}")),
        ("20,1000100", "20,-1000100", format!("line 3, price: found -1000100, {ticks}")),
        ("20,1000100", "20,0", format!("line 3, price: found 0, {ticks}")),
        ("20,1000100", "20,100.01", format!("line 3, price: found \"100.01\", {whole} of 1/10000 dollar")),
        ("4,12,20,1000100", "5,0,20,0", "line 3, price: found 0, expected more than 0".to_owned()),
        ("4,12,20,1000100", "7,0,0,2", "line 3, price: found 2, expected -1 (halt), 0 (quoting resumes) or 1 (trading resumes)".to_owned()),
        // Direction.
        ("1000100,-1\n34201", "1000100,0\n34201", format!("line 3, direction: found 0, {sides}")),
        ("1000100,-1\n34201", "1000100,2\n34201", format!("line 3, direction: found 2, {sides}")),
        ("1000100,-1\n34201", "1000100,-\n34201", format!("line 3, direction: found \"-\", {sides}")),
        // Fields missing or over.
        ("1000100,-1\n34201", "1000100\n34201", format!("line 3, direction: found the end of the row, {sides}")),
        ("1000100,-1\n34201", "1000100,-1,\n34201", "line 3, field 7: found \"\", expected the end of the row".to_owned()),
        ("1000100,-1\n34201", "1000100,-1,7\n34201", "line 3, field 7: found \"7\", expected the end of the row".to_owned()),
    ] {
        let found = said(read_messages, &damaged(MESSAGES, from, to));
        assert_eq!(found, format!("record.csv: {expected}"), "{from} to {to}");
    }
}

/// A last line that was cut anywhere is refused, except where only its end of line is missing.
#[test]
fn a_cut_last_message_is_refused_wherever_it_was_cut() {
    let line = "34201,3,11,100,1000000,1\n".len();
    let start = MESSAGES.len() - line;
    for cut in start + 1..MESSAGES.len() - 1 {
        let found = said(read_messages, &MESSAGES.as_bytes()[..cut]);
        assert!(found.starts_with("record.csv: line 4, "), "{cut}: {found}");
    }
    assert_eq!(
        said(read_messages, &MESSAGES.as_bytes()[..MESSAGES.len() - 4]),
        "record.csv: line 4, direction: found the end of the row, expected 1 (buy) or -1 (sell)"
    );
}

#[test]
fn every_damage_to_a_book_is_named_with_its_place() {
    let whole = "expected a whole number";
    let ticks = "expected a positive multiple of the tick, 100, or 9999999999 for no level";
    for (from, to, expected) in [
        ("1000100,50", "1000150,50", format!("line 2, ask price 1: found 1000150, {ticks}")),
        ("1000100,50", "-9999999999,0", format!("line 2, ask price 1: found -9999999999, {ticks}")),
        ("1000100,50", "1000100,0", "line 2, ask size 1: found 0, expected at least 1 share".to_owned()),
        ("1000100,50", "1000100,-5", "line 2, ask size 1: found -5, expected at least 1 share".to_owned()),
        ("1000100,50", "1000100,x", format!("line 2, ask size 1: found \"x\", {whole} of shares")),
        ("1000100,50", "9999999999,5", "line 2, ask size 1: found 5, expected 0 where the level is empty".to_owned()),
        ("100,9999999999,0", "100,1000100,7", "line 1, ask price 2: found 10001 ticks, expected no level, as the one before is empty".to_owned()),
        ("50,1000000,100,9999999999,0", "50,1000000,100,1000100,9", "line 2, ask price 2: found 10001 ticks, expected more than the 10001 ticks of the level before".to_owned()),
        ("50,1000000,100,9999999999,0,-9999999999,0", "50,1000000,100,9999999999,0,1000100,4", "line 2, bid price 2: found 10001 ticks, expected less than the 10000 ticks of the level before".to_owned()),
        ("1000100,50,", "", "line 2, bid price 1: found 9999999999, expected a positive multiple of the tick, 100, or -9999999999 for no level".to_owned()),
        ("-9999999999,0\n1000100,50", "-9999999999\n1000100,50", format!("line 1, bid size 2: found the end of the row, {whole} of shares")),
        ("100,9999999999,0,-9999999999,0\n1000100,30", "100\n1000100,30", "line 2, ask price 2: found the end of the row, expected 2 levels, as above".to_owned()),
        ("-9999999999,0\n1000100,30", "-9999999999,0,1\n1000100,30", "line 2, field 9: found \"1\", expected the end of 2 levels".to_owned()),
        ("\n", "\n\n", format!("line 2, ask price 1: found \"\", {whole} of 1/10000 dollar")),
    ] {
        let found = said(read_book, &damaged(BOOK, from, to));
        assert_eq!(found, format!("record.csv: {expected}"), "{from} to {to}");
    }
}

#[test]
fn files_that_are_no_records_are_refused_by_name() {
    let known = "expected text, plain or compressed with zstd or gzip, or a Parquet table";
    for (bytes, what) in [
        (&b""[..], "an empty file"),
        (b"\xfd7zXZ\0\0\x04", "an xz stream"),
        (b"BZh91AY&SY", "a bzip2 stream"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    ] {
        assert_eq!(
            said(read_messages, bytes),
            format!("record.csv: line 1, content: found {what}, {known}")
        );
    }
    let long = vec![b'1'; pitfloor_data::source::LINE_BYTES_MAX + 10];
    let found = said(read_messages, &long);
    assert!(
        found.starts_with("record.csv: line 1, line: found more than 1048576 bytes"),
        "{found}"
    );
}

#[test]
fn a_missing_file_is_the_worlds_fault() {
    let error = read_messages(Path::new("/no/such/place/messages.csv")).unwrap_err();
    assert!(error.is_world());
    assert!(error.to_string().starts_with("/no/such/place/messages.csv: "));
    assert!(read_messages(Path::new("/")).unwrap_err().is_world(), "a folder is no file");
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Content decides: each is read under a name that says something else.
#[test]
fn files_are_recognised_by_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let text = MESSAGES.as_bytes();
    let twice = [gzip(&text[..70]), gzip(&text[70..])].concat();
    let frames = [zstd(&text[..70]), zstd(&text[70..])].concat();
    for (name, bytes, content) in [
        ("a.gz", text.to_vec(), Content::Plain),
        ("b.csv", zstd(text), Content::Zstd),
        ("c.parquet", gzip(text), Content::Gzip),
        ("members.csv", twice, Content::Gzip),
        ("frames.csv", frames, Content::Zstd),
    ] {
        let file = written(&folder, name, &bytes);
        assert_eq!(Source::open(&file).unwrap().content(), content, "{name}");
        assert_eq!(read_messages(&file).unwrap(), 4, "{name}");
        assert_eq!(Source::count_rows(&file).unwrap(), 4, "{name}");
    }
    let wrapped = said(read_messages, &zstd(b"PAR1 and so on"));
    assert!(wrapped.contains("found a Parquet table inside a compressed stream"), "{wrapped}");
}

/// Cut anywhere, or with any byte changed, a compressed stream never gives a shorter or another
/// record: it is refused, or the change was in a byte that means nothing.
#[test]
fn damaged_streams_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.csv");
    let whole: Vec<_> = {
        std::fs::write(&file, MESSAGES).unwrap();
        MessageReader::open(&file).unwrap().map(Result::unwrap).collect()
    };
    for bytes in [zstd(MESSAGES.as_bytes()), gzip(MESSAGES.as_bytes())] {
        for cut in 4..bytes.len() {
            std::fs::write(&file, &bytes[..cut]).unwrap();
            let error = read_messages(&file).unwrap_err();
            assert!(!error.is_world(), "{error}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            std::fs::write(&file, &changed).unwrap();
            let read =
                MessageReader::open(&file).and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
            if let Ok(read) = read {
                assert_eq!(read, whole, "byte {at}");
            }
        }
    }
    let cut = &zstd(MESSAGES.as_bytes())[..40];
    assert_eq!(
        said(read_messages, cut),
        "record.csv: line 1, compressed stream: found the end of the file in the middle of it, \
         expected an undamaged zstd stream"
    );
    let mut changed = gzip(MESSAGES.as_bytes());
    let end = changed.len() - 6;
    changed[end] ^= 1;
    let found = said(read_messages, &changed);
    assert!(found.starts_with("record.csv: line 5, compressed stream: found "), "{found}");
    assert!(found.ends_with("expected an undamaged gzip stream"), "{found}");
}

/// What the replay says of files that do not belong together.
fn replay_said(
    messages: &str,
    book: &str,
    more: fn(&TempDir, &mut Record, &mut Options),
) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut record = Record {
        messages: written(&folder, "messages.csv", messages.as_bytes()),
        book: Some(written(&folder, "book.csv", book.as_bytes())),
        ..Record::default()
    };
    let mut options = Options::default();
    more(&folder, &mut record, &mut options);
    let error = replay(&record, &options, &mut |_, _| {}).unwrap_err();
    assert!(!error.is_world());
    error.to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn files_that_do_not_fit_each_other_are_refused() {
    use pitfloor_data::history::Check;
    let without_last = |text: &str| {
        let end = text.trim_end().rfind('\n').unwrap() + 1;
        text[..end].to_owned()
    };
    let rows: fn(&TempDir, &mut Record, &mut Options) =
        |_, _, options| options.check = Some(Check::Rows);
    let transitions: fn(&TempDir, &mut Record, &mut Options) =
        |_, _, options| options.check = Some(Check::Transitions);
    for check in [rows, transitions] {
        assert_eq!(
            replay_said(MESSAGES, &without_last(BOOK), check),
            "book.csv: line 3, row: found the end of the file, expected a row for message 4"
        );
        assert_eq!(
            replay_said(&without_last(MESSAGES), BOOK, check),
            "book.csv: line 4, row: found another row, expected the end of the file, after 3 \
             messages"
        );
    }
    assert_eq!(
        replay_said(MESSAGES, &BOOK.replacen("1000000,100", "1000000,99", 1), rows),
        "book.csv: line 1, row: found 99 shares there, expected the 100 shares to buy at 10000 \
         ticks that message 1 submitted"
    );
    assert_eq!(
        replay_said(&MESSAGES.replacen(",1000000,1", ",1000300,1", 1), BOOK, rows),
        "book.csv: line 1, row: found no such level, expected the 100 shares to buy at 10003 \
         ticks that message 1 submitted"
    );
    let symbol = replay_said(MESSAGES, BOOK, |_, _, options| options.symbol = "TWO WORDS".into());
    assert!(symbol.contains("symbol: found \"TWO WORDS\""), "{symbol}");
}

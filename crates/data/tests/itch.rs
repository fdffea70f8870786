//! ITCH 5.0: every type of message by hand, a file of the venue, and a recorded hour written and read
//! again, also by another reader that shares no code.

mod shared;

use itch5::messages as other;
use itch5::parse_one;
use pitfloor_data::door::Door;
use pitfloor_data::itch::message::{BYTES_MAX, TYPES};
use pitfloor_data::itch::{Body, ItchRecords, Message, Reader, Recoder, Writer};
use pitfloor_data::lobster::LobsterRecords;
use pitfloor_data::opening::Limits;
use pitfloor_data::record::{Clock, Record, State, What};
use pitfloor_data::records::Records;
use pitfloor_model::command::Command;
use pitfloor_model::units::{AccountId, InstrumentId, Side};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zerocopy::FromBytes;

/// A message by hand: its type, the fields behind the head, and what they mean.
const BY_HAND: &[(u8, &[u8], &str)] = &[
    (b'S', b"Q", "System(System { event: 'Q' })"),
    (
        b'R',
        b"ACME    QN\x00\x00\x00\x64NCZ PNN1N\x00\x00\x00\x02Y",
        "stock: \"ACME\", market: 'Q', financial_status: 'N', round_lot: 100, round_lots_only: 'N', classification: 'C', sub_type: \"Z\", authenticity: 'P', short_sale_threshold: 'N', ipo: 'N', luld_tier: '1', etp: 'N', etp_leverage: 2, inverse: 'Y'",
    ),
    (b'H', b"ACME    H T12 ", "stock: \"ACME\", state: 'H', reserved: ' ', reason: \"T12\""),
    (b'Y', b"ACME    1", "stock: \"ACME\", action: '1'"),
    (
        b'L',
        b"GSCOACME    YNA",
        "mpid: \"GSCO\", stock: \"ACME\", primary: 'Y', mode: 'N', state: 'A'",
    ),
    (
        b'V',
        b"\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0\x05",
        "level_1: 7, level_2: 6, level_3: 5",
    ),
    (b'W', b"2", "level: '2'"),
    (
        b'K',
        b"ACME    \0\0\x8c\xa0A\0\x03\x0d\x40",
        "release_s: 36000, qualifier: 'A', price: 200000",
    ),
    (
        b'J',
        b"ACME    \0\0\0\x03\0\0\0\x04\0\0\0\x02\0\0\0\x01",
        "reference: 3, upper: 4, lower: 2, extension: 1",
    ),
    (b'h', b"ACME    QH", "market: 'Q', action: 'H'"),
    (
        b'A',
        b"\0\0\0\0\0\0\0\x0bB\0\0\0\x64ACME    \0\x0f\x42\x40",
        "order: 11, side: Buy, shares: 100, stock: \"ACME\", price: 1000000",
    ),
    (
        b'F',
        b"\0\0\0\0\0\0\0\x0cS\0\0\0\x32ACME    \0\x0f\x42\xa4NITE",
        "order: 12, side: Sell, shares: 50, stock: \"ACME\", price: 1000100, mpid: \"NITE\"",
    ),
    (
        b'E',
        b"\0\0\0\0\0\0\0\x0c\0\0\0\x05\0\0\0\0\0\0\0\x01",
        "Executed(Executed { order: 12, shares: 5, trade: 1 })",
    ),
    (
        b'C',
        b"\0\0\0\0\0\0\0\x0c\0\0\0\x06\0\0\0\0\0\0\0\x02N\0\x0f\x42\x41",
        "order: 12, shares: 6, trade: 2, printable: 'N', price: 1000001",
    ),
    (b'X', b"\0\0\0\0\0\0\0\x0b\0\0\0\x0a", "Cancel(Cancel { order: 11, shares: 10 })"),
    (
        b'U',
        b"\0\0\0\0\0\0\0\x0b\0\0\0\0\0\0\0\x0d\0\0\0\x5a\0\x0f\x41\xdc",
        "order: 11, new: 13, shares: 90, price: 999900",
    ),
    (b'D', b"\0\0\0\0\0\0\0\x0d", "Delete(Delete { order: 13 })"),
    (
        b'P',
        b"\0\0\0\0\0\0\0\0B\0\0\0\x01ACME    \0\x0f\x42\x40\0\0\0\0\0\0\0\x03",
        "order: 0, side: Buy, shares: 1, stock: \"ACME\", price: 1000000, trade: 3",
    ),
    (
        b'Q',
        b"\0\0\0\x01\0\0\0\0ACME    \0\x0f\x42\x40\0\0\0\0\0\0\0\x04C",
        "shares: 4294967296, stock: \"ACME\", price: 1000000, trade: 4, kind: 'C'",
    ),
    (b'B', b"\0\0\0\0\0\0\0\x02", "Broken(Broken { trade: 2 })"),
    (
        b'I',
        b"\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0\x05SACME    \0\0\0\x01\0\0\0\x02\0\0\0\x03OL",
        "paired: 10, imbalance: 5, direction: 'S', stock: \"ACME\", far: 1, near: 2, reference: 3, kind: 'O', variation: 'L'",
    ),
    (b'N', b"ACME    A", "stock: \"ACME\", interest: 'A'"),
    (
        b'O',
        b"ACME    Y\0\0\0\x01\0\0\0\x04\0\0\0\x03\0\0\0\0\0\0\0\x09\0\0\0\x02\0\0\0\x05",
        "eligible: 'Y', lowest: 1, highest: 4, near: 3, near_at_ns: 9, collar_lower: 2, collar_upper: 5",
    ),
];

/// The bytes of one message with the length before it, `at_ns` after midnight.
fn framed(letter: u8, body: &[u8], at_ns: u64) -> Vec<u8> {
    let mut bytes = (body.len() as u16 + 11).to_be_bytes().to_vec();
    bytes.extend_from_slice(&[letter, 0, 7, 0, 9]);
    bytes.extend_from_slice(&at_ns.to_be_bytes()[2..]);
    bytes.extend_from_slice(body);
    bytes
}

fn written(folder: &Path, bytes: &[u8]) -> PathBuf {
    let file = folder.join("day.itch");
    std::fs::write(&file, bytes).unwrap();
    file
}

fn messages(bytes: &[u8]) -> Result<Vec<Message>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), bytes);
    let all = Reader::open(&file, Limits::default()).and_then(Iterator::collect);
    all.map_err(|error: pitfloor_data::error::DataError| {
        error.to_string().replace(&format!("{}/", folder.path().display()), "")
    })
}

fn records(bytes: &[u8]) -> Result<Vec<Record>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), bytes);
    let opened = ItchRecords::open(&file, None, Limits::default());
    opened
        .and_then(Records::whole)
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn every_type_of_message_is_read_and_written_as_it_was() {
    let bytes: Vec<u8> =
        (1..).zip(BY_HAND).flat_map(|(at, (letter, body, _))| framed(*letter, body, at)).collect();
    let read = messages(&bytes).unwrap();
    assert_eq!(read.len(), TYPES.len(), "all types are here");
    let mut writer = Writer::new(Vec::new());
    for ((message, at), (letter, _, meaning)) in read.iter().zip(1..).zip(BY_HAND) {
        assert_eq!((message.locate, message.tracking, message.at_ns), (7, 9, at));
        assert_eq!(message.body.letter(), *letter);
        let said = format!("{:?}", message.body);
        assert!(said.contains(meaning), "{said} says {meaning}");
        writer.write(message).unwrap();
    }
    assert_eq!(writer.written(), TYPES.len() as u64);
    assert_eq!(writer.finish().unwrap(), bytes, "byte for byte");
}

/// The other reader knows each type by the same letter and the same length.
#[test]
fn another_reader_sees_the_same_messages() {
    let mut seen = 0;
    for (letter, body, _) in BY_HAND {
        let bytes = framed(*letter, body, 34_200_000_000_123);
        let (inner, rest) = parse_one(&bytes).unwrap();
        assert!(rest.is_empty());
        macro_rules! check {
            ($kind:ident) => {{
                let there = other::$kind::ref_from_bytes(inner).unwrap();
                (there.stock_locate(), there.tracking_number(), there.timestamp().to_u64())
            }};
        }
        let head = match letter {
            b'S' => check!(SystemEvent),
            b'R' => check!(StockDirectory),
            b'H' => check!(StockTradingAction),
            b'L' => check!(MarketParticipantPosition),
            b'V' => check!(MWCBDeclineLevel),
            b'W' => check!(MWCBStatus),
            b'K' => check!(QuotingPeriodUpdate),
            b'J' => check!(LULDAuctionCollar),
            b'h' => check!(OperationalHalt),
            b'A' => check!(AddOrderNoMPIDAttribution),
            b'F' => check!(AddOrderWithMPIDAttribution),
            b'E' => check!(OrderExecuted),
            b'C' => check!(OrderExecutedWithPrice),
            b'X' => check!(OrderCancel),
            b'D' => check!(OrderDelete),
            b'U' => check!(OrderReplace),
            b'P' => check!(Trade),
            b'Q' => check!(CrossTrade),
            b'B' => check!(BrokenTrade),
            b'I' => check!(NetOrderImbalanceIndicator),
            b'N' => check!(RetailPriceImprovementIndicator),
            b'O' => check!(DirectListingwithCapitalRaisePriceDiscovery),
            b'Y' => {
                other::RegSHORestriction::ref_from_bytes(inner).unwrap();
                (7, 9, 34_200_000_000_123)
            }
            unknown => panic!("{unknown}"),
        };
        assert_eq!(head, (7, 9, 34_200_000_000_123), "{}", *letter as char);
        seen += 1;
    }
    assert_eq!(seen, TYPES.len());
}

#[test]
fn what_is_no_message_is_named_with_its_record_and_field() {
    let add = framed(b'A', BY_HAND[10].1, 5);
    let changed = |at: usize, to: u8| {
        let mut bytes = [add.clone(), add.clone()].concat();
        bytes[add.len() + at] = to;
        messages(&bytes).unwrap_err()
    };
    for (at, to, said) in [
        (0, 1, "record 2, length: found 292, expected a length from 1 to 50"),
        (1, 0, "record 2, length: found 0, expected a length from 1 to 50"),
        (1, 35, "record 2, length: found 35 bytes of type 'A', expected 36 bytes"),
        (1, 5, "record 2, length: found 5 bytes, expected the length of a message"),
        (
            1,
            40,
            "record 2, message: found the end of the file in the middle of it, expected a whole message",
        ),
        (2, b'Z', "record 2, type: found \"Z\", expected a type of ITCH 5.0"),
        (12, 4, "record 2, time: found 4 ns, expected from 5, as before it, to the end of the day"),
        (
            7,
            255,
            "record 2, time: found 280375465082885 ns, expected from 5, as before it, to the end of the day",
        ),
        (21, b'X', "record 2, side: found \"X\", expected B (buy) or S (sell)"),
        (
            27,
            0,
            "record 2, stock: found \"A\\x00ME    \", expected printable text, padded with spaces behind",
        ),
    ] {
        assert_eq!(changed(at, to), format!("day.itch: {said}"), "byte {at} to {to}");
    }
    assert_eq!(BYTES_MAX, TYPES.iter().map(|(_, length)| *length).max().unwrap());
}

#[test]
fn what_no_book_can_carry_out_is_refused() {
    let at = |letter: u8| BY_HAND.iter().find(|(l, _, _)| *l == letter).unwrap().1;
    let said = |all: &[(u8, &[u8])]| {
        let bytes: Vec<u8> = all.iter().flat_map(|(l, body)| framed(*l, body, 1)).collect();
        records(&bytes).unwrap_err()
    };
    let unknown = said(&[(b'D', at(b'D'))]);
    assert_eq!(
        unknown,
        "day.itch: record 1, stock number: found 7, expected one that a message named before"
    );
    let mut other = at(b'A').to_vec();
    other[13..17].copy_from_slice(b"ACNE");
    let renamed = said(&[(b'A', at(b'A')), (b'A', &other)]);
    assert_eq!(
        renamed,
        "day.itch: record 2, stock: found \"ACNE\" under number 7, expected \"ACME\", as before"
    );
    for (from, to, field) in [
        (9, 13, "shares: found 0, expected at least 1"),
        (21, 25, "price: found 0, expected more than 0"),
    ] {
        let mut zero = at(b'A').to_vec();
        zero[from..to].fill(0);
        assert_eq!(said(&[(b'A', &zero)]), format!("day.itch: record 1, {field}"));
    }
    let state = said(&[(b'H', b"ACME    Z     ")]);
    assert!(state.contains("record 1, state: found \"Z\", expected H, P, Q or T"), "{state}");
}

#[test]
fn all_types_become_records() {
    let bytes: Vec<u8> = [(b'R', BY_HAND[1].1)]
        .into_iter()
        .chain(BY_HAND.iter().map(|(letter, body, _)| (*letter, *body)))
        .flat_map(|(letter, body)| framed(letter, body, 1))
        .collect();
    let all = records(&bytes).unwrap();
    assert_eq!(all.len(), TYPES.len() + 1, "each message is one record");
    assert!(matches!(all[1].what, What::Status(status) if status.state == State::Trading));
    let kinds: Vec<String> = all
        .iter()
        .map(|record| {
            let said = format!("{:?}", record.what);
            said.split(['(', ' ', '{']).next().unwrap().to_owned()
        })
        .collect();
    let expected = "Definition Status Definition Status Note Note Note Note Note Bands Status Add Add \
                    Execute Execute Reduce Replace Delete Trade Trade Broken Imbalance Note Bands";
    assert_eq!(kinds.join(" "), expected);
}

#[test]
fn the_head_of_a_real_day_is_read_to_its_cut() {
    let Some(set) = shared::set("itch") else { return };
    let file = set.join("sample.itch");
    let mut mix: BTreeMap<char, u64> = BTreeMap::new();
    let limits = Limits { cut_tail: true, ..Limits::default() };
    let mut reader = Reader::open(&file, limits).unwrap();
    let mut writer = Writer::new(Vec::new());
    for message in reader.by_ref() {
        let message = message.unwrap();
        *mix.entry(message.body.letter() as char).or_default() += 1;
        writer.write(&message).unwrap();
    }
    assert_eq!(mix, [('H', 1), ('R', 98), ('S', 1), ('Y', 1)].into());
    assert_eq!((reader.read(), reader.was_cut()), (101, true));
    let again = writer.finish().unwrap();
    assert_eq!((again.len(), &again[..]), (4_081, &std::fs::read(&file).unwrap()[..4_081]));
    let mut strict = Reader::open(&file, Limits::default()).unwrap();
    let said = strict.by_ref().find_map(Result::err).unwrap().to_string();
    assert!(said.ends_with("record 102, message: found the end of the file in the middle of it, expected a whole message"), "{said}");
    assert!(strict.next().is_none());
    let mut records = ItchRecords::open(&file, None, limits).unwrap();
    assert_eq!(records.by_ref().filter(Result::is_ok).count(), 101);
    assert_eq!((records.clock(), records.symbols().all().len()), (Clock::Midnight, 99));
    assert_eq!(records.so_far().skipped_in_all(), 0);
}

/// A record without what ITCH does not repeat.
fn bare(mut record: Record) -> (i64, What) {
    match &mut record.what {
        What::Reduce(touched) => touched.place = None,
        What::Delete(touched) => (touched.place, touched.qty) = (None, None),
        What::Execute(done) => (done.place, done.trade) = (None, 0),
        What::Trade(trade) => (trade.aggressor, trade.trade) = (None, 0),
        _ => {}
    }
    (record.at.0, record.what)
}

/// The commands that `records` come to, for the instrument of that name.
fn commands(records: &[Record], symbol: pitfloor_data::symbols::SymbolId) -> Vec<Command> {
    let mut door = Door::new(AccountId(0));
    door.list(symbol, InstrumentId(0), 100);
    let mut all = Vec::new();
    for record in records {
        door.pass(record, &mut all);
    }
    all
}

#[test]
fn a_recorded_hour_written_as_itch_is_the_same_hour() {
    let Some(set) = shared::set("lobster") else { return };
    let file = set.join("AAPL_2012-06-21_34200000_37800000_message_50.csv.zst");
    let mut source = LobsterRecords::open(&file).unwrap();
    let lobster: Vec<Record> = source.by_ref().map(Result::unwrap).collect();
    let midnight = 1_340_251_200_000_000_000;
    let (mut recoder, mut out) = (Recoder::new(midnight), Vec::new());
    for record in &lobster {
        assert!(recoder.recode(record, source.symbols(), &mut out).unwrap(), "ITCH can say it");
    }
    assert_eq!((lobster.len(), out.len()), (91_997, 91_998), "one directory message before all");
    let mut writer =
        Writer::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    out.iter().for_each(|message| writer.write(message).unwrap());
    let packed = writer.finish().unwrap().finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let written = written(folder.path(), &packed);
    let date = jiff::civil::date(2012, 6, 21);
    let mut reader = ItchRecords::open(&written, Some(date), Limits::default()).unwrap();
    let itch: Vec<Record> = reader.by_ref().map(Result::unwrap).skip(1).collect();
    let apple = reader.symbols().find("AAPL").unwrap();
    assert_eq!(reader.clock(), Clock::Utc);
    assert_eq!(itch.len(), lobster.len());
    for (from, to) in lobster.iter().zip(&itch) {
        assert_eq!(
            (to.symbol, bare(from.clone())),
            (apple, bare(to.clone())),
            "record {}",
            from.seq
        );
    }
    // Through the door they are the same commands, sides and prices of executions included.
    let sent = commands(&lobster, source.symbols().find("AAPL").unwrap());
    assert!(sent.len() > 80_000, "{}", sent.len());
    assert_eq!(sent, commands(&itch, apple));
}

#[test]
fn another_reader_reads_the_recorded_hour_alike() {
    let Some(set) = shared::set("lobster") else { return };
    let file = set.join("AAPL_2012-06-21_34200000_37800000_message_50.csv.zst");
    let mut source = LobsterRecords::open(&file).unwrap();
    let (mut recoder, mut out) = (Recoder::new(1_340_251_200_000_000_000), Vec::new());
    let mut writer = Writer::new(Vec::new());
    while let Some(record) = source.next().transpose().unwrap() {
        out.clear();
        recoder.recode(&record, source.symbols(), &mut out).unwrap();
        out.iter().for_each(|message| writer.write(message).unwrap());
    }
    let bytes = writer.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ours = Reader::open(&written(folder.path(), &bytes), Limits::default()).unwrap();
    let (mut rest, mut compared) = (&bytes[..], 0);
    for message in ours {
        let message = message.unwrap();
        let (inner, behind) = parse_one(rest).unwrap();
        rest = behind;
        let same = match message.body {
            Body::Directory(of) => {
                let there = other::StockDirectory::ref_from_bytes(inner).unwrap();
                there.stock().as_str().trim_end() == of.stock.as_str()
            }
            Body::Add(of) => {
                let there = other::AddOrderNoMPIDAttribution::ref_from_bytes(inner).unwrap();
                let buy = matches!(there.buy_sell_indicator(), other::BuySellIndicator::Buy);
                let side = if buy { Side::Buy } else { Side::Sell };
                (there.timestamp().to_u64(), there.order_reference_number(), side)
                    == (message.at_ns, of.order, of.side)
                    && (there.shares(), there.price().into_u32()) == (of.shares, of.price)
            }
            Body::Executed(of) => {
                let there = other::OrderExecuted::ref_from_bytes(inner).unwrap();
                (there.order_reference_number(), there.executed_shares(), there.match_number())
                    == (of.order, of.shares, of.trade)
            }
            Body::Cancel(of) => {
                let there = other::OrderCancel::ref_from_bytes(inner).unwrap();
                (there.order_reference_number(), there.cancelled_shares()) == (of.order, of.shares)
            }
            Body::Delete(of) => {
                other::OrderDelete::ref_from_bytes(inner).unwrap().order_reference_number()
                    == of.order
            }
            Body::Trade(of) => {
                let there = other::Trade::ref_from_bytes(inner).unwrap();
                (there.shares(), there.price().into_u32(), there.match_number())
                    == (of.shares, of.price, of.trade)
            }
            other => panic!("{other:?} is not of this hour"),
        };
        assert!(same, "{message:?}");
        compared += 1;
    }
    assert!(rest.is_empty() && compared == 91_998, "{compared}");
}

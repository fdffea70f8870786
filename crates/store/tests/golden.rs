//! Journals of every release are read by every later one (R18 of the reliability plan).
//!
//! `golden/journal-v1.pfj` holds a plain group, two compressed segments and another plain group.
//! It stays as it is for as long as format 1 is read; a new format gets a file of its own.
#![allow(missing_docs)]

use pitfloor_model::command::{Command, Order, Stamped, Stp};
use pitfloor_model::event::{Credit, Phase, PhaseReason};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use pitfloor_store::journal::{Journal, Pace, Reader, parse};
use std::path::PathBuf;

const HEADER: &str = "name = \"golden\"\nseed = 18\n# naïve – ünïcödé is allowed here\n";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/journal-v1.pfj")
}

/// A small morning: two accounts, an opening, a few orders of every command there was.
fn morning() -> Vec<Stamped> {
    let (ann, bob, acme) = (AccountId(1), AccountId(2), InstrumentId(0));
    let (usd, cash) = (CurrencyId(0), Cash(10_000_000));
    let place = Command::Place;
    let commands = [
        Command::OpenAccount { account: ann, credit: Credit::None },
        Command::OpenAccount { account: bob, credit: Credit::Unlimited },
        Command::Deposit { account: ann, currency: usd, cash },
        Command::Deliver { account: bob, instrument: acme, qty: Qty(500) },
        Command::SetPhase { instrument: acme, to: Phase::Continuous, why: PhaseReason::Scheduled },
        place(Order::limit(ann, OrderId(1), acme, Side::Buy, Price(9_990), Qty(100))),
        place(Order::limit(bob, OrderId(1), acme, Side::Sell, Price(10_010), Qty(80))),
        place(Order::limit(bob, OrderId(2), acme, Side::Sell, Price(-5), Qty(30)).ioc()),
        place(Order::market(ann, OrderId(2), acme, Side::Buy, Qty(10)).with_stp(Stp::ExpireBoth)),
        Command::Replace { key: OrderKey::new(ann, OrderId(1)), price: Price(9_995), qty: Qty(90) },
        Command::Reduce { key: OrderKey::new(bob, OrderId(1)), by: Qty(20) },
        Command::Cancel { key: OrderKey::new(bob, OrderId(1)) },
    ];
    let stamped = |(seq, command)| Stamped { seq, at: Time(seq * seq * 1_000_003), command };
    (0..).zip(commands).map(stamped).collect()
}

#[test]
fn the_journal_of_format_1_is_read_as_it_was_written() {
    let reader = Reader::open(path()).expect("it is in the repository");
    assert_eq!(reader.header(), HEADER);
    let records: Result<Vec<_>, _> = reader.records().collect();
    assert_eq!(records.expect("it is whole"), morning());
    let condition = reader.condition();
    assert_eq!((condition.records, condition.damage), (12, None));
    assert_eq!(condition.good_bytes, condition.bytes);
}

/// Compression may change from release to release; everything else may not.
#[test]
fn the_prefix_the_header_and_the_first_group_are_written_as_ever() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path_now = folder.path().join("journal.pfj");
    let mut journal = Journal::create(&path_now, HEADER, Pace::Live).expect("a new file");
    morning()[..4].iter().for_each(|record| journal.push(record).expect("there is room"));
    journal.close().expect("there is room");
    let now = std::fs::read(path_now).expect("it is there");
    let golden = std::fs::read(path()).expect("it is in the repository");
    assert_eq!(golden.get(..now.len()), Some(&now[..]));
}

/// Its first bytes by themselves, so that nothing but this page says what they are.
#[test]
fn the_first_bytes_are_these() {
    let golden = std::fs::read(path()).expect("it is in the repository");
    assert_eq!(golden[..16], *b"\x89PFJ\r\n\x1a\n\x01\0\0\0HEAD");
    let (header, records) = parse(&golden).expect("its header is whole");
    assert_eq!((header, records.count()), (HEADER, 12));
}

/// Writes the file anew, in the temporary folder: to be looked at and moved by hand, for a new format only.
#[test]
#[ignore = "makes a golden file; done once per format"]
fn make_the_golden_journal() {
    let path = std::env::temp_dir().join("journal-v1.pfj");
    let morning = morning();
    let mut rest = morning.iter();
    drop(Journal::create(&path, HEADER, Pace::Live).expect("a new file"));
    for (pace, count) in [(Pace::Live, 4), (Pace::Batch, 3), (Pace::Batch, 3), (Pace::Live, 2)] {
        let (mut journal, _) = Journal::open(&path, pace).expect("it is whole");
        rest.by_ref().take(count).for_each(|record| journal.push(record).expect("there is room"));
        journal.close().expect("there is room");
    }
    println!("{}", path.display());
}

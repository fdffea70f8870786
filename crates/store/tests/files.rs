//! Journals as files: one writer at a time, names that appear when they are good, reading beside
//! writing, packing, and how much is held in memory.
#![allow(missing_docs)]

use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time};
use pitfloor_store::journal::{
    Fault, GROUP_MAX, HEADER_MAX, Journal, Pace, PackError, Reader, SEGMENT_MAX, Why, pack,
};
use proptest::prelude::*;
use std::path::PathBuf;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn entries(&self) -> usize {
        std::fs::read_dir(self.0.path()).expect("it is there").count()
    }
}

fn cancel(seq: u64) -> Stamped {
    let key = OrderKey::new(AccountId(1), OrderId(seq));
    Stamped { seq, at: Time(seq), command: Command::Cancel { key } }
}

/// A journal of `groups` commits of `each` records.
fn written(home: &Home, name: &str, pace: Pace, groups: u64, each: u64) -> PathBuf {
    let path = home.at(name);
    let mut journal = Journal::create(&path, "h", pace).expect("a new file");
    for _ in 0..groups {
        for _ in 0..each {
            journal.push(&cancel(journal.next_seq())).expect("there is room");
        }
        journal.commit().expect("there is room");
    }
    path
}

#[test]
fn a_journal_is_never_overwritten() {
    let home = Home::new();
    let path = written(&home, "journal.pfj", Pace::Live, 1, 3);
    let error = Journal::create(&path, "other", Pace::Live).expect_err("it is there");
    assert!(matches!(error.fault, Fault::Exists), "{error}");
    assert!(error.to_string().contains("journal.pfj"), "{error}");
    assert_eq!(Reader::open(&path).expect("it is there").records().count(), 3);
    assert_eq!(home.entries(), 1, "nothing temporary is left");
}

#[test]
fn one_writer_at_a_time_and_readers_beside_it() {
    let home = Home::new();
    let path = written(&home, "journal.pfj", Pace::Live, 1, 3);
    let (mut journal, recovery) = Journal::open(&path, Pace::Live).expect("nobody has it");
    assert_eq!((recovery.records, recovery.cut), (3, None));
    let error = Journal::open(&path, Pace::Live).expect_err("it is taken");
    assert!(matches!(error.fault, Fault::InUse), "{error}");

    let early = Reader::open(&path).expect("readers take no lock");
    journal.push(&cancel(3)).expect("there is room");
    assert_eq!(Reader::open(&path).expect("it is there").records().count(), 3, "not committed");
    journal.commit().expect("there is room");
    assert_eq!(early.records().count(), 3, "a reader sees the file as it was when opened");
    assert_eq!(Reader::open(&path).expect("it is there").records().count(), 4);
    drop(journal);
    assert_eq!(Journal::open(&path, Pace::Live).expect("it is free again").1.records, 4);
}

#[test]
fn what_was_not_committed_was_not_said() {
    let home = Home::new();
    let path = home.at("journal.pfj");
    let mut journal = Journal::create(&path, "h", Pace::Batch).expect("a new file");
    journal.push(&cancel(0)).expect("there is room");
    assert_eq!((journal.next_seq(), journal.acknowledged()), (1, 0));
    drop(journal);
    let (journal, recovery) = Journal::open(&path, Pace::Batch).expect("it is whole");
    assert_eq!((recovery.records, journal.next_seq()), (0, 0));
}

#[test]
fn committing_nothing_writes_nothing() {
    let home = Home::new();
    let path = written(&home, "journal.pfj", Pace::Live, 1, 1);
    let (mut journal, _) = Journal::open(&path, Pace::Live).expect("it is whole");
    let bytes = journal.bytes();
    journal.commit().expect("there is nothing to do");
    assert_eq!(journal.bytes(), bytes);
    assert_eq!(std::fs::metadata(&path).expect("it is there").len(), bytes);
}

/// A full group says so by committing itself: memory stays within the limit.
#[test]
fn a_full_group_commits_itself() {
    let home = Home::new();
    for (pace, full) in [(Pace::Live, GROUP_MAX), (Pace::Batch, SEGMENT_MAX)] {
        let path = home.at(&format!("{pace:?}"));
        let mut journal = Journal::create(&path, "h", pace).expect("a new file");
        let empty = journal.bytes();
        while journal.acknowledged() == 0 {
            journal.push(&cancel(journal.next_seq())).expect("there is room");
        }
        // Seq, time, tag, account and order: 29 bytes.
        assert_eq!(journal.acknowledged(), (full as u64).div_ceil(29), "{pace:?}");
        assert_eq!(journal.acknowledged(), journal.next_seq());
        let block = journal.bytes() - empty;
        match pace {
            Pace::Live => assert_eq!(block, journal.next_seq() * 29 + 32),
            Pace::Batch => assert!(block < full as u64 / 4, "{block} bytes: it compresses"),
        }
        drop(journal);
        let reader = Reader::open(&path).expect("it is whole");
        assert!(reader.records().zip(0..).all(|(record, seq)| record == Ok(cancel(seq))));
    }
}

#[test]
fn groups_and_segments_live_in_one_file() {
    let home = Home::new();
    let path = written(&home, "journal.pfj", Pace::Live, 3, 2);
    for (pace, until) in [(Pace::Batch, 10), (Pace::Live, 12), (Pace::Batch, 13)] {
        let (mut journal, recovery) = Journal::open(&path, pace).expect("it is whole");
        for seq in recovery.records..until {
            journal.push(&cancel(seq)).expect("there is room");
        }
        journal.close().expect("there is room");
    }
    let records: Result<Vec<_>, _> = Reader::open(&path).expect("it is whole").records().collect();
    assert_eq!(records.expect("it is whole"), (0..13).map(cancel).collect::<Vec<_>>());
}

#[test]
fn a_packed_journal_holds_the_same_in_less() {
    let home = Home::new();
    let live = written(&home, "live.pfj", Pace::Live, 100, 50);
    let packed = home.at("packed.pfj");
    assert_eq!(pack(&live, &packed).expect("it is whole"), 5_000);
    let (live_reader, packed_reader) =
        (Reader::open(&live).expect("it is whole"), Reader::open(&packed).expect("it is whole"));
    assert!(live_reader.records().eq(packed_reader.records()));
    assert_eq!(live_reader.header(), packed_reader.header());
    let bytes = |path: &PathBuf| std::fs::metadata(path).expect("it is there").len();
    assert!(bytes(&packed) * 4 < bytes(&live), "{} of {}", bytes(&packed), bytes(&live));

    let mut torn = std::fs::read(&live).expect("it is there");
    torn.pop();
    std::fs::write(&live, torn).expect("there is room");
    let error = pack(&live, home.at("again.pfj")).expect_err("half a history is not packed");
    assert!(matches!(error, PackError::Damage { .. }), "{error}");
    assert!(!home.at("again.pfj").exists(), "and leaves nothing");
}

#[test]
fn a_torn_tail_reads_up_to_the_last_whole_group() {
    let home = Home::new();
    let path = written(&home, "journal.pfj", Pace::Live, 3, 2);
    let bytes = std::fs::read(&path).expect("it is there");
    std::fs::write(&path, &bytes[..bytes.len() - 1]).expect("there is room");
    let reader = Reader::open(&path).expect("the header is whole");
    let (good, bad): (Vec<_>, Vec<_>) = reader.records().partition(Result::is_ok);
    let damage = bad[0].clone().expect_err("the last group is short");
    assert_eq!((good.len(), bad.len(), damage.after), (4, 1, 4));
    assert!(matches!(damage.why, Why::Short { found: 57, expected: 58, .. }), "{damage}");
}

#[test]
fn other_files_are_refused_by_name() {
    let home = Home::new();
    let refusal = |name: &str, bytes: &[u8]| {
        std::fs::write(home.at(name), bytes).expect("there is room");
        let read = Reader::open(home.at(name)).expect_err("it is no journal");
        let write = Journal::open(home.at(name), Pace::Live).expect_err("it is no journal");
        assert_eq!(read.to_string(), write.to_string());
        assert_eq!(std::fs::read(home.at(name)).expect("it is there"), bytes, "it is not touched");
        assert!(read.to_string().contains(name), "{read}");
        read.fault
    };
    assert!(matches!(refusal("prices.csv", b"date,price\n"), Fault::NotAJournal));
    assert!(matches!(refusal("empty.pfj", b""), Fault::NeverFinished(_)));
    let next = b"\x89PFJ\r\n\x1a\n\x02\0\0\0";
    assert!(matches!(refusal("next.pfj", next), Fault::Version { found: 2, expected: 1 }));
    let missing = Reader::open(home.at("missing")).expect_err("it is not there");
    assert!(matches!(missing.fault, Fault::Disk { doing: "opening", .. }), "{missing}");
}

#[test]
fn a_header_has_a_limit() {
    let home = Home::new();
    let path = home.at("journal.pfj");
    let long = "#".repeat(HEADER_MAX + 1);
    let error = Journal::create(&path, &long, Pace::Live).expect_err("it is too long");
    assert!(matches!(error.fault, Fault::HeaderTooLong { .. }), "{error}");
    assert_eq!(home.entries(), 0, "nothing is left of it");
    Journal::create(&path, &long[1..], Pace::Live).expect("this one fits");
    assert_eq!(Reader::open(&path).expect("it is whole").header().len(), HEADER_MAX);
}

#[test]
#[should_panic(expected = "records are numbered without gaps")]
fn a_gap_in_the_numbers_is_a_mistake() {
    let home = Home::new();
    let mut journal = Journal::create(home.at("j"), "h", Pace::Live).expect("a new file");
    let _ = journal.push(&cancel(1));
}

#[test]
#[should_panic(expected = "time never falls")]
fn a_time_that_falls_is_a_mistake() {
    let home = Home::new();
    let path = written(&home, "j", Pace::Live, 1, 5);
    let (mut journal, _) = Journal::open(&path, Pace::Live).expect("it is whole");
    let _ = journal.push(&Stamped { at: Time(3), ..cancel(5) });
}

fn any_command() -> impl Strategy<Value = Command> {
    let key =
        (any::<u32>(), any::<u64>()).prop_map(|(a, o)| OrderKey::new(AccountId(a), OrderId(o)));
    (key, any::<i64>(), any::<u64>(), 0..4).prop_map(|(key, price, qty, which)| {
        let (price, qty, instrument) = (Price(price), Qty(qty), InstrumentId(0));
        match which {
            0 => Command::Cancel { key },
            1 => Command::Replace { key, price, qty },
            2 => Command::Reduce { key, by: qty },
            _ => {
                let (account, order) = (key.account, key.order);
                Command::Place(Order::limit(account, order, instrument, Side::Sell, price, qty))
            }
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever was journalled, in whatever groups, is read back; and whatever bytes a file holds,
    /// reading them ends without a panic.
    #[test]
    fn what_is_written_is_read(
        groups in prop::collection::vec((prop::collection::vec(any_command(), 0..20), any::<bool>()), 0..8),
        header in ".{0,40}",
        noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let home = Home::new();
        let path = home.at("journal.pfj");
        drop(Journal::create(&path, &header, Pace::Live).expect("a new file"));
        let mut all = Vec::new();
        for (commands, batch) in groups {
            let pace = if batch { Pace::Batch } else { Pace::Live };
            let (mut journal, recovery) = Journal::open(&path, pace).expect("it is whole");
            prop_assert_eq!(recovery.records, all.len() as u64);
            for command in commands {
                let seq = all.len() as u64;
                all.push(Stamped { seq, at: Time(seq / 3), command });
                journal.push(&all[all.len() - 1]).expect("there is room");
            }
            journal.close().expect("there is room");
        }
        let reader = Reader::open(&path).expect("it is whole");
        prop_assert_eq!(reader.header(), &header);
        let read: Result<Vec<_>, _> = reader.records().collect();
        prop_assert_eq!(read.expect("it is whole"), all.clone());
        drop(reader);

        let mut bytes = std::fs::read(&path).expect("it is there");
        for (at, byte) in noise {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok((_, records)) = pitfloor_store::journal::parse(&bytes) {
            let good: Vec<_> = records.map_while(Result::ok).collect();
            prop_assert_eq!(&good[..], &all[..good.len()], "damage never reads as something else");
        }
    }
}

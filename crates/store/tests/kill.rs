//! A real process, killed at random moments while it journals (R7 of the reliability plan).
//!
//! Killing loses what a process has in memory and nothing of what the system has, so it says
//! nothing about `fsync`; `power_cut.rs` does. This says that the file is right at every moment.
#![allow(missing_docs)]

use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Price, Qty, Side, Time};
use pitfloor_store::journal::{Journal, Pace, Reader};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

const HEADER: &str = "name = \"torture\"\n";
/// Where the child finds its journal. Without it the child's test has nothing to do.
const CHILD_JOURNAL: &str = "PITFLOOR_TEST_KILL_JOURNAL";
const CHILD_PACE: &str = "PITFLOOR_TEST_KILL_PACE";

fn mix(mut seed: u64) -> u64 {
    seed = (seed ^ seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    seed = (seed ^ seed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    seed ^ seed >> 31
}

/// Record `seq`, the same in every process.
fn stamped(seq: u64) -> Stamped {
    let dice = mix(seq);
    let side = if dice & 1 == 0 { Side::Buy } else { Side::Sell };
    let price = Price(10_000 + i64::try_from(dice >> 1 & 0xff).expect("8 bits"));
    let account = AccountId(u32::try_from(dice >> 9 & 0x3ff).expect("10 bits"));
    let (order, qty) = (OrderId(seq), Qty(1 + (dice >> 19 & 0x7f)));
    let order = Order::limit(account, order, InstrumentId(0), side, price, qty);
    Stamped { seq, at: Time(seq * 40_000 + dice % 40_000), command: Command::Place(order) }
}

fn pace(name: &str) -> Pace {
    if name == "batch" { Pace::Batch } else { Pace::Live }
}

/// Not a test by itself: what the killed process does. Prints what it acknowledges.
#[test]
fn child_journals_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD_JOURNAL) else { return };
    let pace = pace(&std::env::var(CHILD_PACE).expect("the parent says how"));
    let mut journal = if Path::new(&path).exists() {
        Journal::open(&path, pace).expect("a killed writer leaves a torn tail at worst").0
    } else {
        Journal::create(&path, HEADER, pace).expect("the folder is there")
    };
    let mut out = std::io::stdout();
    loop {
        for _ in 0..=mix(journal.acknowledged()) % 400 {
            journal.push(&stamped(journal.next_seq())).expect("there is room");
        }
        journal.commit().expect("there is room");
        // A line of its own, as the test harness leaves its line unfinished.
        let told = (journal.acknowledged(), journal.bytes());
        writeln!(out, "\nack {} {}", told.0, told.1).expect("the parent listens");
        out.flush().expect("the parent listens");
    }
}

/// The last acknowledgement among `lines`: records, and bytes. Says so at the first.
fn last_acknowledged(lines: impl BufRead, first: &Sender<()>) -> Option<(u64, u64)> {
    let told = lines.lines().map_while(Result::ok).filter_map(|line| {
        let (records, bytes) = line.strip_prefix("ack ")?.split_once(' ')?;
        let told = (records.parse().ok()?, bytes.parse().ok()?); // the last line may be cut short
        let _ = first.send(()); // the parent may have stopped waiting
        Some(told)
    });
    told.last()
}

/// When the child is killed: so long after it started, or after it first acknowledged.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Starting(Duration),
    Journalling(Duration),
}

impl Moment {
    fn of(dice: u64) -> Self {
        let after = Duration::from_micros(dice % 20_000);
        if dice >> 20 & 3 == 0 { Self::Starting(after) } else { Self::Journalling(after) }
    }

    fn wait(self, first: &Receiver<()>) {
        let after = match self {
            Self::Starting(after) => after,
            Self::Journalling(after) => {
                first.recv_timeout(Duration::from_secs(60)).expect("the child acknowledges");
                after
            }
        };
        std::thread::sleep(after);
    }
}

fn journal_and_die(path: &Path, pace: &str, moment: Moment) -> Option<(u64, u64)> {
    let mut child = Process::new(std::env::current_exe().expect("a test is a program"))
        .args(["--exact", "child_journals_until_it_is_killed", "--nocapture", "--test-threads=1"])
        .env(CHILD_JOURNAL, path)
        .env(CHILD_PACE, pace)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a test can start itself");
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    let (tell, first) = channel();
    #[expect(clippy::disallowed_methods, reason = "a pipe must be drained while the child lives")]
    let listener = std::thread::spawn(move || last_acknowledged(out, &tell));
    moment.wait(&first);
    child.kill().expect("it is ours"); // SIGKILL where there are signals
    child.wait().expect("it is ours");
    listener.join().expect("listening cannot fail")
}

/// The weather after the kill: what was never acknowledged is cut short or flipped as well.
fn spoil(path: &Path, acknowledged_bytes: u64, dice: u64) {
    let mut bytes = std::fs::read(path).expect("it is there");
    let safe = usize::try_from(acknowledged_bytes).expect("a test's journal is small");
    if bytes.len() == safe {
        bytes.extend_from_slice(&dice.to_le_bytes()); // the beginning of a block that never was
    }
    let at = safe + usize::try_from(dice >> 8).expect("56 bits") % (bytes.len() - safe);
    if dice & 1 == 0 {
        bytes.truncate(at)
    } else {
        bytes[at] ^= 1 << (dice >> 1 & 7)
    }
    std::fs::write(path, bytes).expect("there is room");
}

/// 50, or as many as `PITFLOOR_NIGHTLY_KILLS` says.
fn kills() -> u64 {
    let asked = std::env::var("PITFLOOR_NIGHTLY_KILLS").ok();
    asked.map_or(50, |asked| asked.parse().expect("PITFLOOR_NIGHTLY_KILLS is a number"))
}

/// How many good records the journal holds; each must be what was written.
fn good_records(path: &Path) -> u64 {
    let reader = Reader::open(path).expect("the header is whole");
    assert_eq!(reader.header(), HEADER);
    let good = reader.records().map_while(Result::ok);
    good.inspect(|record| assert_eq!(*record, stamped(record.seq))).count() as u64
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("journal.pfj");
    let (mut acknowledged, mut torn, mut told, mut most) = ((0, 0), 0, 0, 0);
    for kill in 0..kills() {
        let dice = mix(kill ^ u64::from(std::process::id()) << 32);
        let pace = ["live", "batch"][usize::try_from(dice >> 40 & 1).expect("one bit")];
        if let Some(newer) = journal_and_die(&path, pace, Moment::of(dice)) {
            assert!(newer.0 > acknowledged.0, "the child continues where it was");
            (acknowledged, told) = (newer, told + 1);
        }
        if !path.exists() {
            assert_eq!(acknowledged.0, 0, "a journal that acknowledged is there");
            continue;
        }
        let found = good_records(&path);
        assert!(found >= acknowledged.0, "kill {kill}: {found} of {}", acknowledged.0);
        if acknowledged.1 > 0 && kill % 2 == 0 {
            spoil(&path, acknowledged.1, dice);
            assert!(good_records(&path) >= acknowledged.0);
        }
        let (journal, recovery) = Journal::open(&path, Pace::Live).expect("a torn tail at worst");
        assert!(recovery.records >= acknowledged.0, "kill {kill}: {recovery:?}");
        torn += u64::from(recovery.cut.is_some());
        most = most.max(recovery.records);
        acknowledged = (recovery.records, journal.bytes());
        drop(journal);
        if acknowledged.1 > 16 << 20 {
            std::fs::remove_file(&path).expect("it is ours");
            acknowledged = (0, 0);
        }
    }
    println!("{} kills: {told} children had acknowledged, {torn} torn tails were cut", kills());
    println!("up to {most} records were in one journal");
    assert!(told * 2 > kills(), "most of them were killed while journalling");
}

#[test]
fn a_million_records_are_recovered() {
    const RECORDS: u64 = 1_000_000;
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, pace) in [("live", Pace::Live), ("batch", Pace::Batch)] {
        let path = folder.path().join(name);
        let mut journal = Journal::create(&path, HEADER, pace).expect("a new file");
        for seq in 0..RECORDS {
            journal.push(&stamped(seq)).expect("there is room");
        }
        journal.close().expect("there is room");
        let mut bytes = std::fs::read(&path).expect("it is there");
        bytes.extend_from_slice(b"SEGM and then the power went");
        std::fs::write(&path, bytes).expect("there is room");

        #[expect(clippy::disallowed_methods, reason = "the figure is reported, not asserted")]
        let begun = Instant::now();
        let (journal, recovery) = Journal::open(&path, pace).expect("a torn tail");
        let took = begun.elapsed();
        assert_eq!((recovery.records, journal.next_seq()), (RECORDS, RECORDS));
        assert_eq!(recovery.last_at, Some(stamped(RECORDS - 1).at));
        assert_eq!(recovery.cut.map(|cut| cut.bytes), Some(28));
        println!("{name}: {RECORDS} records, {} bytes, open again in {took:?}", journal.bytes());
    }
}

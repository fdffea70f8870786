//! Power cuts, torn writes, failing syncs and full disks, on a disk that keeps no promise it did
//! not make (R6 of the reliability plan).
#![allow(missing_docs)]

use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time};
use pitfloor_store::journal::{Disk, Fault, Journal, JournalError, Pace, Recovery, examine, parse};
use proptest::prelude::*;
use std::{cell::RefCell, io, rc::Rc};

/// What would be left of a byte after a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is on the plate.
    Durable,
    /// It waits in memory for the next sync.
    Waiting,
    /// The sync that was to save it failed. The system calls it clean; no later sync saves it.
    Forgotten,
}

/// A disk with a memory before it, as operating systems have.
#[derive(Clone, Debug, Default)]
struct SimDisk(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    fates: Vec<Fate>,
    /// How many more bytes fit.
    room: Option<usize>,
    /// What the next sync meets instead of success.
    ambush: Option<Ambush>,
    /// Calls until one fails, if one is to.
    calls_left: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Ambush {
    Failure,
    PowerCut(Cut),
}

/// What a power cut leaves of bytes that were not durable.
#[derive(Clone, Copy, Debug)]
struct Cut {
    /// How many stay in the file.
    keep: usize,
    /// Which sectors of those reached the plate; the others read as zeros.
    sectors: u64,
    /// A bit that is wrong now.
    flip: Option<usize>,
}

const SECTOR: usize = 16;

impl State {
    fn cut_power(&mut self, cut: Cut) {
        let safe = self.fates.iter().take_while(|fate| **fate == Fate::Durable).count();
        let loose = self.bytes.len() - safe;
        let kept = safe + cut.keep % (loose + 1);
        self.bytes.truncate(kept);
        self.fates.truncate(kept);
        for at in safe..kept {
            let lost =
                self.fates[at] != Fate::Durable && cut.sectors >> (at / SECTOR % 64) & 1 == 0;
            if lost {
                self.bytes[at] = 0;
            }
        }
        if let Some(bit) = cut.flip.filter(|_| kept > safe) {
            let at = safe + bit / 8 % (kept - safe);
            if self.fates[at] != Fate::Durable {
                self.bytes[at] ^= 1 << (bit % 8);
            }
        }
        self.fates.fill(Fate::Durable);
        self.room = None;
    }

    /// Counts down to the call that fails.
    fn survive(&mut self) -> io::Result<()> {
        match &mut self.calls_left {
            Some(0) => Err(io::ErrorKind::Other.into()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl SimDisk {
    fn holding(bytes: &[u8]) -> Self {
        let (bytes, fates) = (bytes.to_vec(), vec![Fate::Durable; bytes.len()]);
        Self(Rc::new(RefCell::new(State { bytes, fates, ..State::default() })))
    }

    fn cut_power(&self, cut: Cut) {
        self.0.borrow_mut().cut_power(cut);
    }

    /// Somebody makes room, and the disk works again.
    fn mend(&self) {
        let mut state = self.0.borrow_mut();
        (state.room, state.ambush, state.calls_left) = (None, None, None);
    }
}

impl Disk for SimDisk {
    fn name(&self) -> String {
        "the bad disk".into()
    }

    fn read<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        self.0.borrow_mut().survive()?;
        Ok(look(&self.0.borrow().bytes))
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.survive()?;
        let length = usize::try_from(length).expect("a test's disk is small");
        state.bytes.truncate(length);
        state.fates.truncate(length);
        Ok(())
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let dies = state.survive().is_err();
        let offset = usize::try_from(offset).expect("a test's disk is small");
        assert!(offset <= state.bytes.len(), "no holes");
        let room = if dies { bytes.len() / 2 } else { state.room.unwrap_or(bytes.len()) };
        for (at, byte) in (offset..).zip(bytes.iter().take(room)) {
            if at == state.bytes.len() {
                state.bytes.push(*byte);
                state.fates.push(Fate::Waiting);
                state.room = state.room.map(|room| room - 1);
            } else if state.fates[at] == Fate::Durable {
                assert_eq!(state.bytes[at], *byte, "what is durable is never written differently");
            } else {
                state.bytes[at] = *byte;
                state.fates[at] = Fate::Waiting;
            }
        }
        match room < bytes.len() {
            true if dies => Err(io::ErrorKind::Other.into()),
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let dies = state.survive().is_err();
        let (fate, answer) = match state.ambush.take() {
            None if !dies => (Fate::Durable, Ok(())),
            None | Some(Ambush::Failure) => (Fate::Forgotten, Err(io::ErrorKind::Other.into())),
            Some(Ambush::PowerCut(cut)) => {
                state.cut_power(cut);
                return Err(io::ErrorKind::Other.into());
            }
        };
        state.fates.iter_mut().filter(|at| **at == Fate::Waiting).for_each(|at| *at = fate);
        answer
    }
}

/// Record `seq` of a history that everybody can work out again.
fn stamped(seq: u64, salt: u64) -> Stamped {
    let key = OrderKey::new(AccountId(3), OrderId(seq));
    let side = if salt.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let price = Price(i64::try_from(salt >> 40).expect("24 bits"));
    let command = match salt % 3 {
        0 => Command::Cancel { key },
        1 => Command::Reduce { key, by: Qty(salt) },
        _ => Command::Place(Order::limit(
            key.account,
            key.order,
            InstrumentId(1),
            side,
            price,
            Qty(salt % 500 + 1),
        )),
    };
    Stamped { seq, at: Time(seq * 1_000 + salt % 1_000), command }
}

const HEADER: &str = "name = \"bad weather\"\nseed = 7\n";

/// What a reader sees on `disk`.
fn records(disk: &SimDisk) -> Vec<Stamped> {
    let bytes = &disk.0.borrow().bytes;
    let (header, records) = parse(bytes).expect("the header is whole");
    assert_eq!(header, HEADER);
    records.map(|record| record.expect("it was just recovered")).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Push(u64),
    Commit,
    /// The disk has room for so many bytes more.
    Fill(usize),
    /// Kill the process: what it wrote stays, what it had pending is gone.
    Kill,
    PowerCut(Cut),
    /// The next commit's sync meets this.
    Ambush(Ambush),
}

fn any_cut() -> impl Strategy<Value = Cut> {
    let sectors = prop_oneof![Just(u64::MAX), any::<u64>()];
    (any::<usize>(), sectors, any::<Option<usize>>()).prop_map(|(keep, sectors, flip)| Cut {
        keep,
        sectors,
        flip,
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => any::<u64>().prop_map(Step::Push),
        5 => Just(Step::Commit),
        1 => (0..200_usize).prop_map(Step::Fill),
        1 => Just(Step::Kill),
        2 => any_cut().prop_map(Step::PowerCut),
        1 => Just(Step::Ambush(Ambush::Failure)),
        1 => any_cut().prop_map(|cut| Step::Ambush(Ambush::PowerCut(cut))),
    ]
}

/// A journal on the bad disk, and what the world was told of it.
struct World {
    disk: SimDisk,
    pace: Pace,
    journal: Journal<SimDisk>,
    written: Vec<Stamped>,
    acknowledged: usize,
}

impl World {
    fn new(pace: Pace) -> Self {
        let disk = SimDisk::default();
        let journal = Journal::create_on(disk.clone(), HEADER, pace).expect("the disk is good yet");
        Self { disk, pace, journal, written: Vec::new(), acknowledged: 0 }
    }

    fn push(&mut self, salt: u64) {
        let record = stamped(self.written.len() as u64, salt);
        self.journal.push(&record).expect("no group of these tests is full");
        self.written.push(record);
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        self.journal.commit()?;
        self.acknowledged = self.written.len();
        assert_eq!(self.journal.acknowledged(), self.acknowledged as u64);
        Ok(())
    }

    /// After a failed commit: refused until it is opened again.
    fn is_out_of_use(&mut self) {
        let refused = self.journal.commit().expect_err("it failed before");
        assert!(matches!(refused.fault, Fault::Failed), "{refused}");
        let record = stamped(self.written.len() as u64, u64::MAX >> 8);
        let refused = self.journal.push(&record).expect_err("it failed before");
        assert!(matches!(refused.fault, Fault::Failed), "{refused}");
    }

    /// Everything acknowledged is there; everything there was written, in order.
    fn reopen(&mut self) -> Recovery {
        self.disk.mend();
        let opened = Journal::open_on(self.disk.clone(), self.pace);
        let (journal, recovery) = opened.expect("what a power cut leaves is a torn tail at worst");
        let found = records(&self.disk);
        assert_eq!(found.len() as u64, recovery.records);
        assert!(found.len() >= self.acknowledged, "{} of {}", found.len(), self.acknowledged);
        assert_eq!(found, self.written[..found.len()]);
        (self.journal, self.acknowledged, self.written) = (journal, found.len(), found);
        recovery
    }

    fn play(&mut self, step: Step) {
        match step {
            Step::Push(salt) => self.push(salt),
            Step::Commit => match self.commit() {
                Ok(()) => {}
                Err(error) => {
                    assert!(error.is_world(), "{error}");
                    self.is_out_of_use();
                    self.reopen();
                }
            },
            Step::Fill(room) => self.disk.0.borrow_mut().room = Some(room),
            Step::Kill => {
                self.reopen();
            }
            Step::PowerCut(cut) => {
                self.disk.cut_power(cut);
                self.reopen();
            }
            Step::Ambush(ambush) => self.disk.0.borrow_mut().ambush = Some(ambush),
        }
    }
}

/// 2,000, or as many as `PITFLOOR_NIGHTLY_POWER_CUTS` says.
fn histories() -> u32 {
    let asked = std::env::var("PITFLOOR_NIGHTLY_POWER_CUTS").ok();
    asked.map_or(2_000, |asked| asked.parse().expect("PITFLOOR_NIGHTLY_POWER_CUTS is a number"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, ..ProptestConfig::with_cases(histories())
    })]

    /// After any history of writes, full disks, failing syncs, kills and power cuts.
    #[test]
    fn acknowledged_means_kept(
        steps in prop::collection::vec(any_step(), 1..80),
        batch in any::<bool>(),
        last in any_cut(),
    ) {
        let mut world = World::new(if batch { Pace::Batch } else { Pace::Live });
        for step in steps {
            world.play(step);
        }
        world.disk.cut_power(last);
        world.reopen();
    }
}

/// The disk fails at its n-th call, for every n there is.
#[test]
fn whichever_call_fails_nothing_acknowledged_is_lost() {
    for pace in [Pace::Live, Pace::Batch] {
        let calls = (0..).find(|n| survives_failure_at(*n, pace)).expect("the story ends");
        // Creating reads, writes and syncs; a commit writes and syncs; opening reads, cuts, reads
        // and writes the last block, and syncs.
        assert_eq!(calls, 3 + 5 * 2 + 2 * 5);
    }
}

/// Plays a story on a disk that fails at call `n`; true when the story ended before that.
fn survives_failure_at(n: usize, pace: Pace) -> bool {
    let disk = SimDisk::default();
    disk.0.borrow_mut().calls_left = Some(n);
    let mut acknowledged = 0;
    let failed = story(&disk, pace, &mut acknowledged).err();
    disk.mend();
    disk.cut_power(Cut { keep: 0, sectors: 0, flip: None });
    match Journal::open_on(disk.clone(), pace) {
        Ok((_, recovery)) => assert!(recovery.records >= acknowledged, "call {n}: {recovery:?}"),
        Err(error) => {
            assert_eq!(acknowledged, 0, "call {n}: {error}");
            assert!(matches!(error.fault, Fault::NeverFinished(_)), "call {n}: {error}");
        }
    }
    failed.is_none()
}

/// Create, three commits, a kill, two more commits, another kill.
fn story(disk: &SimDisk, pace: Pace, acknowledged: &mut u64) -> Result<(), JournalError> {
    let mut journal = Journal::create_on(disk.clone(), HEADER, pace)?;
    for round in 0..5 {
        if round >= 3 {
            (journal, _) = Journal::open_on(disk.clone(), pace)?;
            assert_eq!(journal.next_seq(), *acknowledged);
        }
        for _ in 0..=round {
            journal.push(&stamped(journal.next_seq(), round * 77))?;
        }
        journal.commit()?;
        *acknowledged = journal.acknowledged();
    }
    Ok(())
}

/// A sync that failed is not made good by the next one that does not.
#[test]
fn what_a_failed_sync_left_is_written_again_on_opening() {
    let mut world = World::new(Pace::Live);
    world.push(1);
    world.disk.0.borrow_mut().ambush = Some(Ambush::Failure);
    world.commit().expect_err("the sync fails");
    let recovery = world.reopen();
    assert_eq!((recovery.records, recovery.cut), (1, None), "it is in the file after all");
    world.disk.cut_power(Cut { keep: 0, sectors: 0, flip: None });
    assert_eq!(world.reopen().records, 1, "and once told of, it stays");
}

#[test]
fn a_full_disk_says_so_and_loses_nothing_acknowledged() {
    let mut world = World::new(Pace::Live);
    (0..10).for_each(|salt| world.push(salt));
    world.commit().expect("there is room");
    let bytes = world.journal.bytes();
    world.disk.0.borrow_mut().room = Some(50);
    (0..10).for_each(|salt| world.push(salt));
    let error = world.commit().expect_err("there is none");
    assert!(matches!(error.fault, Fault::DiskFull(_)), "{error}");
    assert!(error.to_string().starts_with("the bad disk: the disk is full"), "{error}");
    world.is_out_of_use();
    let cut = world.reopen().cut.expect("half a block is there");
    assert_eq!((cut.offset, cut.bytes, cut.why.after), (bytes, 50, 10));
    assert_eq!(world.written.len(), 10);
    world.push(5);
    world.commit().expect("there is room again");
    assert_eq!(world.reopen().records, 11);
}

/// Every bit of a journal, wrong once: nothing false is ever read, and damage with whole blocks
/// behind it is never cut unasked.
#[test]
fn a_flipped_bit_anywhere_is_found_and_named() {
    for pace in [Pace::Live, Pace::Batch] {
        let mut world = World::new(pace);
        let mut ends = vec![world.journal.bytes()];
        for salt in [5, 90, 1 << 50] {
            world.push(salt);
            world.push(salt + 1);
            world.commit().expect("the disk is good");
            ends.push(world.journal.bytes());
        }
        let good = world.disk.0.borrow().bytes.clone();
        for bit in 0..good.len() * 8 {
            let disk = SimDisk::holding(&good);
            disk.0.borrow_mut().bytes[bit / 8] ^= 1 << (bit % 8);
            let at = (bit / 8) as u64;
            let block = ends.iter().filter(|end| **end <= at).count();
            flipped(&disk, pace, at, block, &ends);
        }
    }
}

/// A bit at byte `at`, in block number `block` (0 is the header), is wrong.
fn flipped(disk: &SimDisk, pace: Pace, at: u64, block: usize, ends: &[u64]) {
    let opened = Journal::open_on(disk.clone(), pace);
    match block {
        0 => {
            let error = opened.expect_err("the header is damaged");
            match error.fault {
                Fault::NotAJournal => assert!(at < 8),
                Fault::Version { found, expected: 1 } => assert!((8..12).contains(&at), "{found}"),
                Fault::Damaged { damage, .. } => assert_eq!((damage.offset, damage.after), (12, 0)),
                _ => panic!("{error}"),
            }
        }
        1 | 2 => {
            let error = opened.expect_err("whole blocks follow");
            let Fault::Damaged { damage, survivors } = error.fault else { panic!("{error}") };
            assert_eq!((damage.offset, damage.after), (ends[block - 1], block as u64 * 2 - 2));
            assert_eq!((survivors.offset, survivors.first), (ends[block], block as u64 * 2));
            assert_eq!(survivors.records, 6 - survivors.first);
            let cut = Journal::open_cutting_on(disk.clone(), pace).expect("the caller agreed").1;
            assert_eq!(cut.records, damage.after);
            assert_eq!(cut.cut.map(|cut| cut.bytes), Some(ends[3] - ends[block - 1]));
        }
        _ => {
            let (_, recovery) = opened.expect("nothing follows");
            let cut = recovery.cut.expect("a block is damaged");
            assert_eq!((recovery.records, cut.offset, cut.why.offset), (4, ends[2], ends[2]));
        }
    }
    if block > 0 {
        let condition = examine(&mut disk.clone()).expect("it was cut");
        assert_eq!((condition.damage, condition.bytes), (None, condition.good_bytes));
    }
}

/// Every length a file can be cut to.
#[test]
fn cut_anywhere_it_ends_with_the_last_whole_block() {
    let mut world = World::new(Pace::Live);
    let mut ends = vec![world.journal.bytes()];
    for salt in 0..4 {
        world.push(salt);
        world.commit().expect("the disk is good");
        ends.push(world.journal.bytes());
    }
    let good = world.disk.0.borrow().bytes.clone();
    for length in usize::try_from(ends[0]).unwrap()..=good.len() {
        let disk = SimDisk::holding(&good[..length]);
        let whole = ends.iter().filter(|end| **end <= length as u64).count() - 1;
        let (journal, recovery) = Journal::open_on(disk, Pace::Live).expect("a torn tail");
        assert_eq!((recovery.records, journal.bytes()), (whole as u64, ends[whole]));
        assert_eq!(recovery.cut.map_or(0, |cut| cut.bytes), length as u64 - ends[whole]);
    }
}

/// The real thing, where the system has one: a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_really_full_device_is_a_full_disk() {
    #[derive(Debug)]
    struct Full(std::fs::File);
    impl Disk for Full {
        fn name(&self) -> String {
            "/dev/full".into()
        }
        fn read<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
            Ok(look(&[]))
        }
        fn cut(&mut self, _: u64) -> io::Result<()> {
            Ok(())
        }
        fn write(&mut self, _: u64, bytes: &[u8]) -> io::Result<()> {
            io::Write::write_all(&mut self.0, bytes)
        }
        fn sync(&mut self) -> io::Result<()> {
            self.0.sync_data()
        }
    }
    let device = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let error = Journal::create_on(Full(device), HEADER, Pace::Live).expect_err("it is full");
    assert!(matches!(error.fault, Fault::DiskFull(_)), "{error}");
}

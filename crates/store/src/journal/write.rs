//! Writing: push many, commit once, and recover what an earlier writer left.

use super::block::{self, BlockKind, HEAD, Head};
use super::damage::{Condition, Damage, Fault, JournalError};
use super::disk::{Disk, JournalFile};
use super::read::{Reader, examine};
use super::{GROUP_MAX, HEADER_MAX, RECORD_MAX, SEGMENT_MAX};
use pitfloor_model::canon::Canon;
use pitfloor_model::command::Stamped;
use pitfloor_model::units::Time;
use std::path::Path;

/// The level of zstd that segments are pressed with: the fastest, as the writer is in the way.
const PRESS_LEVEL: i32 = 1;

/// How a journal is written. Both are read alike, and one file may hold both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As a live market needs it: plain groups, as small as the caller commits them. A group that
    /// reaches [`GROUP_MAX`] commits itself.
    Live,
    /// As a simulation at full speed needs it: compressed segments. A segment that reaches
    /// [`SEGMENT_MAX`] commits itself; committing more often makes the file larger.
    Batch,
}

/// What opening a journal for writing found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Good records, all of them durable now.
    pub records: u64,
    /// The time of the last of them.
    pub last_at: Option<Time>,
    /// What was cut off behind them.
    pub cut: Option<Cut>,
}

/// Bytes that were cut off the end of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where the file was cut.
    pub offset: u64,
    /// How many bytes are gone.
    pub bytes: u64,
    /// What was wrong with them.
    pub why: Damage,
}

/// A journal open for writing, positioned behind its last good record.
///
/// Dropping it loses what was pushed and not committed: nobody was told of that.
#[derive(Debug)]
pub struct Journal<D = JournalFile> {
    disk: D,
    header: String,
    next: u64,
    last_at: Time,
    acknowledged: u64,
    /// Bytes of the file that are whole and durable; the next block goes here.
    end: u64,
    /// Room for a head, then the records pushed since the last commit.
    pending: Vec<u8>,
    press: Option<Press>,
    /// A write failed, so nobody knows what is on the disk behind `end`.
    failed: bool,
}

/// What makes segments of groups.
struct Press {
    deflate: zstd::bulk::Compressor<'static>,
    /// Room for a head, then for the largest frame so far.
    pressed: Vec<u8>,
}

impl Journal {
    /// Makes the journal `path`, with `header` (the complete scenario) as its header text.
    ///
    /// The file appears under its name when its header is whole and durable.
    ///
    /// # Errors
    ///
    /// When something is there already, the header is too long, or the disk fails.
    pub fn create(path: impl AsRef<Path>, header: &str, pace: Pace) -> Result<Self, JournalError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok() {
            return Err(Fault::Exists.at(path.display().to_string()));
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".part");
        let part = path.with_file_name(name);
        let created = JournalFile::empty(&part)
            .and_then(|file| Self::create_on(file, header, pace))
            .and_then(|mut journal| journal.disk.rename(path).map(|()| journal));
        if created.as_ref().is_err_and(|error| !matches!(error.fault, Fault::InUse)) {
            let _ = std::fs::remove_file(&part); // the first error is the one that matters
        }
        created
    }

    /// Opens the journal `path` to write on, and recovers what an interrupted writer left.
    ///
    /// # Errors
    ///
    /// As [`Journal::open_on`], and when there is no such file or another writer has it.
    pub fn open(path: impl AsRef<Path>, pace: Pace) -> Result<(Self, Recovery), JournalError> {
        Self::open_on(JournalFile::open(path.as_ref())?, pace)
    }

    /// As [`Journal::open`], but cuts at the first damage whatever is behind it.
    ///
    /// # Errors
    ///
    /// As [`Journal::open_cutting_on`], and when there is no such file or another writer has it.
    pub fn open_cutting(
        path: impl AsRef<Path>,
        pace: Pace,
    ) -> Result<(Self, Recovery), JournalError> {
        Self::open_cutting_on(JournalFile::open(path.as_ref())?, pace)
    }
}

impl<D: Disk> Journal<D> {
    /// Makes a journal on the empty `disk`.
    ///
    /// # Errors
    ///
    /// When the disk is not empty, the header is too long, or the disk fails.
    pub fn create_on(mut disk: D, header: &str, pace: Pace) -> Result<Self, JournalError> {
        if header.len() > HEADER_MAX {
            let fault = Fault::HeaderTooLong { found: header.len(), limit: HEADER_MAX };
            return Err(fault.at(disk.name()));
        }
        let opening = block::opening(header);
        let written = match disk.read(<[u8]>::is_empty) {
            Ok(true) => disk.write(0, &opening).and_then(|()| disk.sync()),
            Ok(false) => return Err(Fault::Exists.at(disk.name())),
            Err(source) => Err(source),
        };
        written.map_err(|source| Fault::disk("creating", source).at(disk.name()))?;
        let mut journal = Self::blank(disk, header.to_owned(), pace);
        journal.end = opening.len() as u64;
        Ok(journal)
    }

    /// Opens the journal on `disk` and recovers what an interrupted writer left.
    ///
    /// # Errors
    ///
    /// When the disk fails or holds no journal, and when there is damage with whole blocks behind
    /// it ([`Fault::Damaged`]): those were acknowledged once, and only
    /// [`Journal::open_cutting_on`] throws them away. A torn tail is no error.
    pub fn open_on(mut disk: D, pace: Pace) -> Result<(Self, Recovery), JournalError> {
        let condition = examine(&mut disk)?;
        match (condition.damage, condition.survivors) {
            (Some(damage), Some(survivors)) => {
                Err(Fault::Damaged { damage, survivors }.at(disk.name()))
            }
            (_, None) | (None, Some(_)) => Self::recover(disk, condition, pace),
        }
    }

    /// As [`Journal::open_on`], but cuts at the first damage whatever is behind it.
    ///
    /// # Errors
    ///
    /// When the disk fails or holds no journal with a whole header.
    pub fn open_cutting_on(mut disk: D, pace: Pace) -> Result<(Self, Recovery), JournalError> {
        let condition = examine(&mut disk)?;
        Self::recover(disk, condition, pace)
    }

    /// Cuts what is not good, and makes what is good durable.
    fn recover(
        mut disk: D,
        condition: Condition,
        pace: Pace,
    ) -> Result<(Self, Recovery), JournalError> {
        let Condition { records, last_at, good_bytes, bytes, .. } = condition;
        let settled = Self::settle(&mut disk, condition.last_block, good_bytes);
        settled.map_err(|source| Fault::disk("recovering", source).at(disk.name()))?;
        let cut =
            condition.damage.map(|why| Cut { offset: good_bytes, bytes: bytes - good_bytes, why });
        let mut journal = Self::blank(disk, condition.header, pace);
        (journal.next, journal.acknowledged, journal.end) = (records, records, good_bytes);
        journal.last_at = last_at.unwrap_or(Time::ZERO);
        Ok((journal, Recovery { records, last_at, cut }))
    }

    /// The last block is written again, over itself: if the sync of its commit failed, the system
    /// may hold it in memory, call it clean, and never write it. Only the last can be like that,
    /// since a journal that failed once is not written on. Nothing changes, so nothing can tear.
    fn settle(disk: &mut D, last_block: u64, end: u64) -> std::io::Result<()> {
        disk.cut(end)?;
        let place = |offset: u64| usize::try_from(offset).expect("what was mapped is addressable");
        let last = disk.read(|bytes| bytes[place(last_block)..].to_vec())?;
        disk.write(last_block, &last)?;
        disk.sync()
    }

    fn blank(disk: D, header: String, pace: Pace) -> Self {
        let (press, full) = match pace {
            Pace::Live => (None, GROUP_MAX),
            Pace::Batch => (Some(Press::new()), SEGMENT_MAX),
        };
        let mut pending = Vec::with_capacity(HEAD + full + RECORD_MAX);
        pending.resize(HEAD, 0);
        Self {
            disk,
            header,
            next: 0,
            last_at: Time::ZERO,
            acknowledged: 0,
            end: 0,
            pending,
            press,
            failed: false,
        }
    }

    /// Adds a record to what the next commit makes durable. A full group commits itself.
    ///
    /// # Errors
    ///
    /// When that commit fails; see [`Journal::commit`].
    ///
    /// # Panics
    ///
    /// When `stamped` is not numbered [`Journal::next_seq`], or is stamped before the last one: a
    /// journal of a history that cannot be is worse than none.
    pub fn push(&mut self, stamped: &Stamped) -> Result<(), JournalError> {
        self.keep(stamped, |pending| stamped.write(pending))
    }

    /// The same for a record whose bytes are written already.
    ///
    /// # Errors
    ///
    /// As [`Journal::push`].
    ///
    /// # Panics
    ///
    /// As [`Journal::push`].
    pub fn push_written(&mut self, stamped: &Stamped, bytes: &[u8]) -> Result<(), JournalError> {
        debug_assert_eq!(bytes, stamped.to_bytes(), "these are the record's bytes");
        self.keep(stamped, |pending| pending.extend_from_slice(bytes))
    }

    fn keep(
        &mut self,
        stamped: &Stamped,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), JournalError> {
        assert_eq!(stamped.seq, self.next, "records are numbered without gaps");
        assert!(stamped.at >= self.last_at, "time never falls");
        if self.failed {
            return Err(self.fault(Fault::Failed));
        }
        let before = self.pending.len();
        write(&mut self.pending);
        assert!(self.pending.len() - before <= RECORD_MAX, "a record keeps to its limit");
        self.next += 1;
        self.last_at = stamped.at;
        if self.pending.len() - HEAD >= self.full() { self.commit() } else { Ok(()) }
    }

    /// Makes everything pushed durable. Only after this may anyone be told that it happened.
    ///
    /// # Errors
    ///
    /// When writing fails: [`Fault::DiskFull`] or [`Fault::Disk`]. What was acknowledged before is
    /// safe. The journal refuses everything from then on and must be opened again: what reached the
    /// disk is unknown, and a second `fsync` would not tell.
    pub fn commit(&mut self) -> Result<(), JournalError> {
        if self.failed {
            return Err(self.fault(Fault::Failed));
        }
        if self.next == self.acknowledged {
            return Ok(());
        }
        self.failed = true; // until it has gone well
        let block = Self::sealed(&mut self.pending, &mut self.press, self.acknowledged, self.next);
        let written = self.disk.write(self.end, block).and_then(|()| self.disk.sync());
        let length = block.len() as u64;
        written.map_err(|source| self.fault(Fault::disk("writing", source)))?;
        self.end += length;
        self.acknowledged = self.next;
        self.pending.truncate(HEAD);
        self.failed = false;
        Ok(())
    }

    /// The pending records as one block, its head before it.
    fn sealed<'a>(
        pending: &'a mut [u8],
        press: &'a mut Option<Press>,
        first: u64,
        next: u64,
    ) -> &'a [u8] {
        let raw = pending.len() - HEAD;
        let count = u32::try_from(next - first).expect("a full block holds fewer than 2^32");
        let (kind, block) = match press {
            None => (BlockKind::Group, pending),
            Some(press) => (BlockKind::Segment, press.squeeze(&pending[HEAD..])),
        };
        let (room, body) = block.split_at_mut(HEAD);
        room.copy_from_slice(&Head { kind, stored: body.len(), raw, count, first }.seal(body));
        block
    }

    /// Commits, and gives the disk back.
    ///
    /// # Errors
    ///
    /// As [`Journal::commit`].
    pub fn close(mut self) -> Result<D, JournalError> {
        self.commit().map(|()| self.disk)
    }

    /// The header text: the complete scenario.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The number the next record must have: how many were pushed in the journal's life.
    #[must_use]
    pub const fn next_seq(&self) -> u64 {
        self.next
    }

    /// How many records are durable: all those numbered below this.
    #[must_use]
    pub const fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// How many bytes of the file are durable.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.end
    }

    const fn full(&self) -> usize {
        if self.press.is_some() { SEGMENT_MAX } else { GROUP_MAX }
    }

    fn fault(&self, fault: Fault) -> JournalError {
        fault.at(self.disk.name())
    }
}

impl Press {
    fn new() -> Self {
        let deflate = zstd::bulk::Compressor::new(PRESS_LEVEL);
        Self { deflate: deflate.expect("a compressor is plain memory"), pressed: Vec::new() }
    }

    /// `raw` as a frame, with room for a head before it.
    fn squeeze(&mut self, raw: &[u8]) -> &mut [u8] {
        let room = HEAD + zstd::zstd_safe::compress_bound(raw.len());
        if self.pressed.len() < room {
            self.pressed.resize(room, 0);
        }
        let length = self.deflate.compress_to_buffer(raw, &mut self.pressed[HEAD..]);
        let length = length.expect("the room is what the worst input needs");
        &mut self.pressed[..HEAD + length]
    }
}

impl std::fmt::Debug for Press {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Press")
    }
}

/// Writes the good records of the journal `from` as compressed segments to the new journal `to`:
/// what to do with a live journal once its day is over. Returns how many there are.
///
/// # Errors
///
/// When `from` is damaged anywhere or cannot be read, or `to` exists or cannot be written.
pub fn pack(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<u64, PackError> {
    let reader = Reader::open(from)?;
    let to = to.as_ref();
    let mut journal = Journal::create(to, reader.header(), Pace::Batch)?;
    let packed = reader.records().try_for_each(|record| {
        let record = record
            .map_err(|damage| PackError::Damage { place: reader.place().to_owned(), damage })?;
        Ok(journal.push(&record)?)
    });
    let records = journal.next_seq();
    match packed.and_then(|()| Ok(journal.close()?)) {
        Ok(_) => Ok(records),
        Err(error) => {
            let _ = std::fs::remove_file(to); // ours, just made, and not whole
            Err(error)
        }
    }
}

/// Why a journal could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// One of the two could not be opened, read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The one to pack is damaged.
    #[error("{place}: {damage}")]
    Damage {
        /// The path of its file.
        place: String,
        /// What is wrong.
        damage: Damage,
    },
}

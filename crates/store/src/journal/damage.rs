//! What can be wrong with a journal, said so that it can be found in the file.

use pitfloor_model::canon::BadBytes;
use pitfloor_model::units::Time;
use std::io;
use thiserror::Error;

/// A place where the file is not what a journal would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("damage at byte {offset}, after {}: {why}", Records(*.after))]
pub struct Damage {
    /// Where in the file the damaged block begins.
    pub offset: u64,
    /// How many good records come before it: they are numbered 0 up to one below this.
    pub after: u64,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Why {
    /// The file ends inside it.
    #[error("{what} has {found} of {expected} bytes")]
    Short {
        /// What was cut.
        what: &'static str,
        /// Bytes there are.
        found: usize,
        /// Bytes there should be.
        expected: usize,
    },
    /// It begins like no block.
    #[error("found {found:?} where a block begins, expected HEAD, RECS or SEGM")]
    NoBlock {
        /// The four bytes there.
        found: [u8; 4],
    },
    /// Its head is not as it was written.
    #[error("the block's head sums to {found:08x}, expected {expected:08x}")]
    HeadSum {
        /// The sum of what is there.
        found: u32,
        /// The sum that was written.
        expected: u32,
    },
    /// Its body is not as it was written.
    #[error("the block's body sums to {found:08x}, expected {expected:08x}")]
    BodySum {
        /// The sum of what is there.
        found: u32,
        /// The sum that was written.
        expected: u32,
    },
    /// A length beyond its limit.
    #[error("{what} claims {found} bytes, at most {limit} are allowed")]
    TooLong {
        /// What claims it.
        what: &'static str,
        /// What it claims.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A second header, or none where it should be.
    #[error("a header block can only be the first, and must be")]
    Misplaced,
    /// The header is not UTF-8.
    #[error("the header is no UTF-8 after {good} bytes")]
    Text {
        /// How much of it is.
        good: usize,
    },
    /// The segment does not decompress to what its head says.
    #[error("the segment does not decompress to the {expected} bytes its head says")]
    Frame {
        /// What the head says.
        expected: usize,
    },
    /// A record that nobody would have written.
    #[error("record {seq} is none: {bytes}")]
    Record {
        /// The number it should have.
        seq: u64,
        /// What is wrong with its bytes.
        bytes: BadBytes,
    },
    /// A block of records without any.
    #[error("the block holds no records")]
    Empty,
    /// More bytes than the records of the block need.
    #[error("{left} bytes are left over behind the {count} records of the block")]
    Count {
        /// How many records the head says.
        count: u32,
        /// What is behind them.
        left: usize,
    },
    /// A number that does not follow.
    #[error("found record {found}, expected {expected}")]
    Seq {
        /// The number there.
        found: u64,
        /// One more than the last.
        expected: u64,
    },
    /// A time that falls.
    #[error("record {seq} is stamped {found}, before {before}")]
    TimeFalls {
        /// Which record.
        seq: u64,
        /// Its time.
        found: Time,
        /// The time of the record before it.
        before: Time,
    },
}

/// Whole blocks behind damage. They were acknowledged once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survivors {
    /// Where the first of them begins.
    pub offset: u64,
    /// The number of its first record.
    pub first: u64,
    /// How many records they hold together.
    pub records: u64,
}

/// Everything that can be said of a journal by reading it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The header text.
    pub header: String,
    /// Good records, numbered from 0.
    pub records: u64,
    /// The time of the last good record.
    pub last_at: Option<Time>,
    /// Where the last good block begins; 0, the start of the file, while there are no records.
    pub last_block: u64,
    /// Where the last good block ends.
    pub good_bytes: u64,
    /// All the bytes there are.
    pub bytes: u64,
    /// Why the good records end before the bytes do.
    pub damage: Option<Damage>,
    /// What is whole behind the damage, if anything.
    pub survivors: Option<Survivors>,
}

/// Why a journal could not be opened, read or written.
#[derive(Debug, Error)]
#[error("{place}: {fault}")]
pub struct JournalError {
    /// Which journal: the path of its file.
    pub place: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What can go wrong with a journal.
#[derive(Debug, Error)]
pub enum Fault {
    /// The file is something else.
    #[error("this is no journal: it does not begin with the mark of one")]
    NotAJournal,
    /// The file is a journal of a version that this program does not know.
    #[error("found journal format version {found}, expected {expected}")]
    Version {
        /// The version it says.
        found: u32,
        /// The version we know.
        expected: u32,
    },
    /// Its creation was interrupted: the header is not whole and nothing follows. No record was
    /// ever acknowledged in it; it may be removed.
    #[error("the journal was never completely created ({0}); it holds nothing and may be removed")]
    NeverFinished(Damage),
    /// Damage with whole blocks behind it: cutting would throw away what was acknowledged.
    #[error(
        "{damage}; behind it, from byte {}, {} from number {} are whole and would be lost by cutting",
        survivors.offset, Records(survivors.records), survivors.first
    )]
    Damaged {
        /// The first damage.
        damage: Damage,
        /// What is whole behind it.
        survivors: Survivors,
    },
    /// A header longer than [`super::HEADER_MAX`].
    #[error("the header has {found} bytes, at most {limit} are allowed")]
    HeaderTooLong {
        /// Its bytes.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Something is there already. Journals are never overwritten.
    #[error("something is there already, and a journal is never overwritten")]
    Exists,
    /// Another process, or another part of this one, is writing it.
    #[error("the journal is open for writing elsewhere")]
    InUse,
    /// The disk is full. Nothing that was acknowledged is lost; what was pending is not in it.
    #[error("the disk is full: {0}")]
    DiskFull(io::Error),
    /// The file system failed otherwise.
    #[error("{doing} failed: {source}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// An earlier write failed, so what is on the disk is unknown until the journal is opened anew.
    #[error("an earlier write failed; the journal must be opened again before it is used")]
    Failed,
}

impl Fault {
    /// The fault of a disk that answered `source` while `doing`.
    pub(super) fn disk(doing: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull(source),
            _ => Self::Disk { doing, source },
        }
    }

    /// The same fault, with its place.
    pub(super) fn at(self, place: impl Into<String>) -> JournalError {
        JournalError { place: place.into(), fault: self }
    }
}

impl JournalError {
    /// True when the world failed (a disk, a missing file, a right), false when the file is bad.
    #[must_use]
    pub const fn is_world(&self) -> bool {
        match self.fault {
            Fault::DiskFull(_) | Fault::Disk { .. } | Fault::Failed | Fault::InUse => true,
            Fault::NotAJournal
            | Fault::Version { .. }
            | Fault::NeverFinished(_)
            | Fault::Damaged { .. }
            | Fault::HeaderTooLong { .. }
            | Fault::Exists => false,
        }
    }
}

/// A number of records, as one says it.
struct Records(u64);

impl std::fmt::Display for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => f.write_str("no records"),
            1 => f.write_str("1 record"),
            n => write!(f, "{n} records"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_what_and_what_was_expected() {
        let why = Why::Seq { found: 9, expected: 7 };
        let damage = Damage { offset: 4_096, after: 7, why };
        let survivors = Survivors { offset: 5_000, first: 9, records: 1 };
        assert_eq!(
            Fault::Damaged { damage, survivors }.at("runs/a/journal.pfj").to_string(),
            "runs/a/journal.pfj: damage at byte 4096, after 7 records: found record 9, expected 7; \
             behind it, from byte 5000, 1 record from number 9 are whole and would be lost by cutting"
        );
    }

    #[test]
    fn a_full_disk_is_told_from_a_failing_one() {
        let full = Fault::disk("writing", io::ErrorKind::StorageFull.into()).at("j");
        assert!(matches!(full.fault, Fault::DiskFull(_)) && full.is_world());
        let failing = Fault::disk("writing", io::ErrorKind::Other.into()).at("j");
        assert!(matches!(failing.fault, Fault::Disk { doing: "writing", .. }));
        assert!(!Fault::NotAJournal.at("j").is_world());
    }
}

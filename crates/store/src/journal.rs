//! The journal: the whole run, in one append-only file that survives being cut anywhere.
//!
//! A journal is the truth of a run: the complete scenario, then every stamped command in order.
//! [`Journal`] writes it (start reading at [`Journal::push`] and [`Journal::commit`]), [`Reader`]
//! reads it, [`Disk`] is the seam where the world begins. What is in a command is not its business.
//!
//! # The file
//!
//! Whole numbers are little-endian. A file is a prefix, one header block, and then any number of
//! blocks of records; blocks follow each other without gaps or padding.
//!
//! | offset | bytes | prefix |
//! |-------:|------:|--------|
//! | 0 | 8 | magic: `89 50 46 4A 0D 0A 1A 0A`, which a transfer as text would spoil |
//! | 8 | 4 | version of the format: 1 |
//!
//! | offset | bytes | block |
//! |-------:|------:|-------|
//! | 0 | 4 | kind: `HEAD`, `RECS` or `SEGM` |
//! | 4 | 4 | stored: bytes of the body as they are in the file |
//! | 8 | 4 | raw: bytes of the body once decompressed; equal to stored unless the kind is `SEGM` |
//! | 12 | 4 | count: records in the body; 0 for `HEAD`, more for the others |
//! | 16 | 8 | first: sequence number of the first record; 0 for `HEAD` |
//! | 24 | 4 | CRC-32 of the body as stored |
//! | 28 | 4 | CRC-32 of the 28 bytes before this one |
//! | 32 | stored | body |
//!
//! | kind | body |
//! |------|------|
//! | `HEAD` | UTF-8 text, opaque here: the complete scenario. Always the first block, and only that |
//! | `RECS` | records, one after the other, each in the form of [`pitfloor_model::canon`] |
//! | `SEGM` | one zstd frame of the same |
//!
//! A record ends where its form ends, so it needs no length of its own. The sum over the head comes
//! before any of its lengths is believed, and every length has a limit with a name
//! ([`HEADER_MAX`], [`RECORD_MAX`], [`GROUP_MAX`], [`SEGMENT_MAX`]): a corrupt length allocates
//! nothing. Records are numbered from 0 without gaps, in the block and in the record, and their
//! times never fall; a file that breaks this is damaged even where its sums are right.
//!
//! # What is promised
//!
//! One commit is one block and one `fsync`: after [`Journal::commit`] returns, its records survive
//! kill and power cut. A block is there whole or not at all. Opening finds the first damage, names
//! it and its offset, and cuts the file there *if nothing whole follows*, because then it can only
//! be the block that was being written. Whole blocks behind damage were acknowledged once: opening
//! then refuses, unless the caller says to cut ([`Journal::open_cutting`]).
//!
//! Damage to the very last block cannot be told from a commit that never finished; it is cut and
//! reported in [`Recovery::cut`], never silent.

mod block;
mod damage;
mod disk;
mod read;
mod write;

pub use damage::{Condition, Damage, Fault, JournalError, Survivors, Why};
pub(crate) use disk::sync_folder_of;
pub use disk::{Disk, JournalFile};
pub use read::{Reader, Records, examine, parse};
pub use write::{Cut, Journal, Pace, PackError, Recovery, pack};

/// The version of the format that this code writes, and the only one there has been.
pub const VERSION: u32 = 1;

/// The most bytes of header text: a scenario with every default written out is a few kilobytes.
pub const HEADER_MAX: usize = 4 << 20;

/// The most bytes of one record. Commands take less than a hundred; room to grow, not to abuse.
pub const RECORD_MAX: usize = 4 << 10;

/// The bytes of records at which a plain group is full, and commits itself.
pub const GROUP_MAX: usize = 1 << 20;

/// The bytes of records, before compression, at which a segment is full, and commits itself.
///
/// Large enough that waiting for the disk is a small part of writing at full speed, small enough to
/// be held in memory twice.
pub const SEGMENT_MAX: usize = 4 << 20;

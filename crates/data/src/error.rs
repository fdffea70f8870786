//! What can be wrong with a record, said so that it can be found and mended.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A record that cannot be used.
#[derive(Debug, Error)]
pub enum DataError {
    /// The file system did not give the bytes. The world failed, not the record.
    #[error("{}: {source}", file.display())]
    World {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes are there and are not what a record of this kind holds.
    #[error(transparent)]
    Bad(Box<BadRecord>),
}

/// A place in a file, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {}{field}: found {found}, expected {expected}", file.display(), self.place())]
pub struct BadRecord {
    /// Which file; one inside an archive is named as if the archive were a folder.
    pub file: PathBuf,
    /// Its line, from 1; in a table, its row; else its message. 0: the file as a whole.
    pub line: u64,
    /// What is counted by `line`: "line" or "record".
    pub unit: &'static str,
    /// Which part of the line.
    pub field: String,
    /// What was there.
    pub found: String,
    /// What would have done.
    pub expected: String,
}

/// What is wrong with a line, before it is known where the line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) field: Cow<'static, str>,
    pub(crate) found: String,
    pub(crate) expected: Cow<'static, str>,
}

impl DataError {
    /// True when the world failed (a disk, a missing file, a right); false when the record is bad.
    #[must_use]
    pub const fn is_world(&self) -> bool {
        match self {
            Self::World { .. } => true,
            Self::Bad(_) => false,
        }
    }
}

impl BadRecord {
    fn place(&self) -> String {
        match self.line {
            0 => String::new(),
            line => format!("{} {line}, ", self.unit),
        }
    }
}

impl Fault {
    pub(crate) fn new(
        field: impl Into<Cow<'static, str>>,
        found: impl Into<String>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field: field.into(), found: found.into(), expected: expected.into() }
    }

    /// The same fault, with its place: a line or row, or 0 for the whole file.
    pub(crate) fn at(self, file: &std::path::Path, line: u64) -> DataError {
        self.with(file, line, "line")
    }

    /// The same fault, at a message of a file that has no lines.
    pub(crate) fn at_record(self, file: &std::path::Path, record: u64) -> DataError {
        self.with(file, record, "record")
    }

    fn with(self, file: &std::path::Path, line: u64, unit: &'static str) -> DataError {
        DataError::Bad(Box::new(BadRecord {
            file: file.to_owned(),
            line,
            unit,
            field: self.field.into_owned(),
            found: self.found,
            expected: self.expected.into_owned(),
        }))
    }
}

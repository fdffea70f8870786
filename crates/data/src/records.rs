//! What every reader is: an iterator of records that says where it stands and what it left out.

use crate::error::DataError;
use crate::record::{Clock, Record};
use crate::symbols::Symbols;
use std::collections::BTreeMap;
use std::path::Path;

/// A source of records, read as a stream in bounded memory.
///
/// Records come in the order of the file. After an error nothing more comes: what a damaged file holds
/// behind the damage is not to be trusted, and half an import is none. [`Records::whole`] reads all or
/// nothing.
pub trait Records: Iterator<Item = Result<Record, DataError>> {
    /// Which file is read.
    fn file(&self) -> &Path;

    /// The line, row or message last read, from 1; 0 before the first.
    fn stands_at(&self) -> u64;

    /// The instruments named so far.
    fn symbols(&self) -> &Symbols;

    /// What zero means in its moments.
    fn clock(&self) -> Clock;

    /// What was read, and what of it became no record, and why.
    fn so_far(&self) -> &Count;

    /// All records, or the first error.
    ///
    /// For files that fit into memory.
    ///
    /// # Errors
    ///
    /// The first damage, wherever it is; nothing of the file is given then.
    fn whole(self) -> Result<Vec<Record>, DataError>
    where
        Self: Sized,
    {
        self.collect()
    }
}

/// How much was read, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Lines, rows or messages read.
    pub read: u64,
    /// Records given.
    pub given: u64,
    /// Figures with more digits than the scale of their symbol has; they were rounded to it.
    pub rounded: u64,
    /// Lines, rows or messages that became no record, by the reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

impl Count {
    /// Notes one line, row or message that becomes no record because of `why`.
    pub(crate) fn skip(&mut self, why: &'static str) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// All that was left out, whatever the reason.
    #[must_use]
    pub fn skipped_in_all(&self) -> u64 {
        self.skipped.values().sum()
    }
}

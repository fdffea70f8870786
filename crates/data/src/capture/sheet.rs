//! A table of text whose first line names its columns, as venues and archives write them.
//!
//! For formats that say what their columns mean; tables of anybody are another reader's.

use super::records::{Out, Refusal};
use super::shown;
use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream};
use crate::record::{Clock, Flags, Record};
use crate::records::{Count, Records};
use crate::symbols::{Scale, Symbols};
use std::path::Path;

/// What understands the rows of one format.
pub trait ReadRow {
    /// Hears what the columns are called.
    ///
    /// # Errors
    ///
    /// When one is missing.
    fn begin(&mut self, names: &[&str]) -> Result<(), Refusal>;

    /// Takes in one row of as many cells as there are names.
    ///
    /// # Errors
    ///
    /// When a cell is not what it must be.
    fn row(&mut self, cells: &[&str], out: &mut Out) -> Result<(), Refusal>;

    /// Nothing more comes.
    ///
    /// # Errors
    ///
    /// When something is missing without which what was given makes no sense.
    fn end(&mut self, _out: &mut Out) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Reads such a table as records.
pub struct Sheet<R> {
    stream: Stream,
    reader: R,
    columns: usize,
    out: Out,
    ready: std::collections::VecDeque<Record>,
    ended: bool,
}

/// The place of the column `name`.
pub(crate) fn column(names: &[&str], name: &'static str) -> Result<usize, Fault> {
    let place = names.iter().position(|found| *found == name);
    place.ok_or_else(|| {
        let found = shown(&names.join(","));
        Fault::new("columns", found, format!("a column called {name}"))
    })
}

impl<R: ReadRow> Sheet<R> {
    /// Opens a table.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or read, or its columns are not those of the format.
    pub fn open(
        file: &Path,
        mut reader: R,
        scale: Scale,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let mut stream = opening::open(file, limits)?;
        if !stream.next_line()? {
            return Err(Fault::new("columns", "no line", "a line of names").at(file, 1));
        }
        let head = str::from_utf8(stream.line());
        let head = head.map_err(|_| Fault::new("columns", "no UTF-8", "names").at(file, 1))?;
        let names: Vec<&str> = head.trim_start_matches('\u{feff}').split(',').collect();
        reader.begin(&names).map_err(|Refusal(fault)| fault.at(file, 1))?;
        let columns = names.len();
        let (out, ready) = (Out::new(scale), Default::default());
        Ok(Self { stream, reader, columns, out, ready, ended: false })
    }

    /// The machine that understands the rows.
    #[must_use]
    pub const fn reader(&self) -> &R {
        &self.reader
    }

    fn advance(&mut self) -> Result<(), Refusal> {
        let text = str::from_utf8(self.stream.line());
        let text = text.map_err(|_| Fault::new("line", "no UTF-8", "cells"))?;
        let cells: Vec<&str> = text.split(',').collect();
        if cells.len() != self.columns {
            let expected = format!("{}, one a column", self.columns);
            return Err(Fault::new("line", format!("{} cells", cells.len()), expected).into());
        }
        self.reader.row(&cells, &mut self.out)
    }

    fn read(&mut self) -> Result<Option<Record>, DataError> {
        while self.ready.is_empty() && !self.ended {
            let told = if self.stream.next_line()? {
                self.out.count.read += 1;
                self.advance()
            } else {
                self.ended = true;
                self.reader.end(&mut self.out)
            };
            told.map_err(|Refusal(fault)| fault.at(self.stream.file(), self.stream.line_number()))?;
            self.out.count.rounded = self.out.ruler.rounded;
            self.ready.extend(self.out.drain());
            if let Some(last) = self.ready.back_mut() {
                last.flags = last.flags.and(Flags::LAST);
            }
        }
        let record = self.ready.pop_front();
        self.out.count.given += u64::from(record.is_some());
        Ok(record)
    }
}

impl<R: ReadRow> Iterator for Sheet<R> {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.read().transpose();
        if matches!(next, Some(Err(_))) {
            self.ended = true;
            self.ready.clear();
        }
        next
    }
}

impl<R: ReadRow> Records for Sheet<R> {
    fn file(&self) -> &Path {
        self.stream.file()
    }

    fn stands_at(&self) -> u64 {
        self.stream.line_number()
    }

    fn symbols(&self) -> &Symbols {
        &self.out.symbols
    }

    fn clock(&self) -> Clock {
        Clock::Utc
    }

    fn so_far(&self) -> &Count {
        &self.out.count
    }
}

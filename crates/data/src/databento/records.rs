//! A DBN file, row by row.

use super::decode::{Told, told};
use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream};
use crate::record::{Clock, Flags, Moment, Record};
use crate::records::{Count, Records};
use crate::symbols::{Scale, SymbolId, Symbols};
use dbn::decode::dbn::fsm::{DbnFsm, ProcessResult};
use dbn::{Metadata, RecordRef, SType, VersionUpgradePolicy};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// Reads a DBN file as records.
pub struct DbnRecords {
    stream: Stream,
    machine: DbnFsm,
    metadata: Metadata,
    names: Names,
    count: Count,
    before: Moment,
    /// The second record of a row.
    waiting: Option<Record>,
    ended: bool,
}

/// Which instrument a number stands for, and when.
struct Names {
    symbols: Symbols,
    /// By number: from when, until when (not included), which. Looked up, never iterated.
    stretches: HashMap<u32, Vec<(u64, u64, SymbolId)>>,
    /// The one last asked for.
    last: Option<(u32, u64, u64, SymbolId)>,
}

/// The most bytes of a row: larger ones are no rows of DBN.
const ROW_BYTES_MAX: usize = 1 << 16;

/// The largest head of a file, in bytes: it lists the instruments.
const METADATA_BYTES_MAX: usize = 64 << 20;

impl DbnRecords {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or does not begin with the head of a DBN file: a fragment without a head
    /// does not say what its rows mean.
    pub fn open(file: &Path, limits: Limits) -> Result<Self, DataError> {
        let mut stream = opening::open(file, limits)?;
        let head = stream.peek(4)?.to_vec();
        if head.len() < 4 || !head.starts_with(b"DBN") {
            let found = format!("\"{}\"", head.escape_ascii());
            let fault = Fault::new("content", found, "the head of a DBN file");
            return Err(fault.at_record(file, 0));
        }
        if !(1..=3).contains(&head[3]) {
            let fault = Fault::new("version", head[3].to_string(), "a version from 1 to 3");
            return Err(fault.at_record(file, 0));
        }
        let refuse = |error: dbn::Error| damaged("head", &error).at_record(file, 0);
        let built = DbnFsm::builder().upgrade_policy(VersionUpgradePolicy::UpgradeToV3);
        let mut machine = built.buffer_size(opening::BUFFER_BYTES).build().map_err(refuse)?;
        let mut wanted = 0;
        let metadata = loop {
            match machine.process() {
                ProcessResult::Metadata(metadata) => break metadata,
                ProcessResult::Err(error) => return Err(refuse(error)),
                ProcessResult::Record(()) => unreachable!("a head comes before the rows"),
                ProcessResult::ReadMore(more) => {
                    wanted += more;
                    if wanted > METADATA_BYTES_MAX {
                        let expected = format!("at most {METADATA_BYTES_MAX} bytes");
                        let fault = Fault::new("head", format!("{wanted} bytes"), expected);
                        return Err(fault.at_record(file, 0));
                    }
                    let bytes = stream.peek(more)?;
                    if bytes.len() < more {
                        let fault = Fault::new("head", CUT, "a whole head");
                        return Err(fault.at_record(file, 0));
                    }
                    machine.write_all(bytes);
                    stream.consume(more);
                }
            }
        };
        let names = Names::of(&metadata).map_err(|fault| fault.at_record(file, 0))?;
        let (count, before) = (Count::default(), Moment(i64::MIN));
        Ok(Self { stream, machine, metadata, names, count, before, waiting: None, ended: false })
    }

    /// What the head of the file says.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// How many rows were read.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.count.read
    }

    #[inline]
    fn read(&mut self) -> Result<Option<Record>, DataError> {
        if let Some(record) = self.waiting.take() {
            self.count.given += 1;
            return Ok(Some(record));
        }
        loop {
            if let Some(row) = self.machine.next_buffered_record() {
                self.count.read += 1;
                let place = self.count.read;
                let refuse = |fault: Fault| fault.at_record(self.stream.file(), place);
                let mut told = told(row).map_err(refuse)?;
                let Told { at, flags, .. } = &mut told;
                if *at < self.before {
                    *flags = flags.and(Flags::BACKWARDS);
                }
                self.before = *at;
                let symbol = self.names.find(told.instrument, told.indexed).map_err(refuse)?;
                let (first, second) = told.records(symbol, place);
                self.waiting = second;
                self.count.given += 1;
                return Ok(Some(first));
            }
            match self.machine.process_batch() {
                ProcessResult::Record(_) | ProcessResult::Metadata(_) => {}
                ProcessResult::Err(error) => {
                    let fault = damaged("row", &error);
                    return Err(fault.at_record(self.stream.file(), self.count.read + 1));
                }
                ProcessResult::ReadMore(more) if more > ROW_BYTES_MAX => {
                    let fault = Fault::new("row", format!("{more} bytes"), "a row of DBN");
                    return Err(fault.at_record(self.stream.file(), self.count.read + 1));
                }
                ProcessResult::ReadMore(_) => {
                    if !self.fill()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Reads more into the machine; false at the end.
    fn fill(&mut self) -> Result<bool, DataError> {
        // The stream's own errors say where they are.
        self.stream.peek(1)?;
        let space = self.machine.space();
        let read = self.stream.read(space).unwrap_or(0);
        self.machine.fill(read);
        if read > 0 {
            return Ok(true);
        }
        if self.machine.data().is_empty() {
            return Ok(false);
        }
        let fault = Fault::new("row", CUT, "a whole row");
        Err(fault.at_record(self.stream.file(), self.count.read + 1))
    }
}

const CUT: &str = "the end of the file in the middle of it";

fn damaged(field: &'static str, error: &dbn::Error) -> Fault {
    Fault::new(field, error.to_string(), "what DBN says there")
}

impl Names {
    fn of(metadata: &Metadata) -> Result<Self, Fault> {
        let mut names = Self { symbols: Symbols::default(), stretches: HashMap::new(), last: None };
        for mapping in &metadata.mappings {
            for interval in &mapping.intervals {
                // Numbers may be on either side; where they are on neither, rows tell by number alone.
                let (number, name) = if metadata.stype_out == SType::InstrumentId {
                    (interval.symbol.as_str(), mapping.raw_symbol.as_str())
                } else {
                    (mapping.raw_symbol.as_str(), interval.symbol.as_str())
                };
                let Ok(number) = number.parse::<u32>() else { continue };
                let symbol = names.symbols.add(name, Scale::NANO)?;
                let midnight = |date: dbn_date::Date| {
                    let days = i64::from(date.to_julian_day()) - 2_440_588;
                    u64::try_from(days).unwrap_or(0).saturating_mul(86_400_000_000_000)
                };
                let stretch = (midnight(interval.start_date), midnight(interval.end_date), symbol);
                names.stretches.entry(number).or_default().push(stretch);
            }
        }
        Ok(names)
    }

    /// The instrument that `number` stands for at the time by which the file is ordered.
    #[inline]
    fn find(&mut self, number: u32, at: u64) -> Result<SymbolId, Fault> {
        match self.last {
            Some((last, from, to, symbol)) if last == number && (from..to).contains(&at) => {
                Ok(symbol)
            }
            _ => self.look(number, at),
        }
    }

    #[cold]
    fn look(&mut self, number: u32, at: u64) -> Result<SymbolId, Fault> {
        let stretches = self.stretches.entry(number).or_default();
        let found = stretches.iter().find(|(from, to, _)| (*from..*to).contains(&at));
        let (from, to, symbol) = match found.or(stretches.first()) {
            Some(stretch) => *stretch,
            None => {
                let symbol = self.symbols.add(format!("#{number}"), Scale::NANO)?;
                let stretch = (0, u64::MAX, symbol);
                stretches.push(stretch);
                stretch
            }
        };
        self.last = Some((number, from, to, symbol));
        Ok(symbol)
    }
}

impl Iterator for DbnRecords {
    type Item = Result<Record, DataError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Records for DbnRecords {
    fn file(&self) -> &Path {
        self.stream.file()
    }

    fn stands_at(&self) -> u64 {
        self.count.read
    }

    fn symbols(&self) -> &Symbols {
        &self.names.symbols
    }

    fn clock(&self) -> Clock {
        Clock::Utc
    }

    fn so_far(&self) -> &Count {
        &self.count
    }
}

/// The dates of the head, which are of a crate that Databento's uses.
mod dbn_date {
    pub(super) type Date = time::Date;
}

/// The record that a row is, seen from the decoder.
pub(super) type Row<'a> = RecordRef<'a>;

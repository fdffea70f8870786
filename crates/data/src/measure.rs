//! How fast recorded markets are read, with the work asserted.
//!
//! A file of each format is written from one flow of orders and read again; what comes out must be what
//! was written, to the last order, or no rate is given. Orders go as far as the door of a book: reader,
//! then commands. The files lie in the system's cache, and time is that of the processor for this thread;
//! whoever measures brings the clock ([`Gauge`]).

mod files;

use crate::databento::DbnRecords;
use crate::door::Door;
use crate::error::DataError;
use crate::history::{Translator, TranslatorOptions};
use crate::itch::ItchRecords;
use crate::lobster::MessageReader;
use crate::opening::Limits;
use crate::record::What;
use crate::records::Records;
use crate::symbols::SymbolId;
use crate::table::{ParquetRecords, TableOptions};
use pitfloor_model::command::Command;
use pitfloor_model::units::{AccountId, InstrumentId};
use std::path::Path;

/// The clock of whoever measures.
pub trait Gauge {
    /// Time of this thread on a processor, in nanoseconds.
    fn cpu_ns(&self) -> u64;
}

/// A format that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// LOBSTER messages, to commands.
    Lobster,
    /// ITCH 5.0, to commands.
    Itch,
    /// Single orders of DBN, to records.
    Dbn,
    /// Bars of Parquet, to records.
    Parquet,
}

/// What reading a file came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Messages or rows read.
    pub messages: u64,
    /// Orders placed, or bars.
    pub placed: u64,
    /// Orders reduced by cancels and executions.
    pub reduced: u64,
    /// Orders cancelled.
    pub cancelled: u64,
    /// The sum of all prices of what was placed, in units of the format.
    pub prices: u128,
}

/// What reading cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Of which format.
    pub format: Format,
    /// What was read, in every round alike.
    pub work: Work,
    /// The size of the file, in bytes.
    pub bytes: u64,
    /// Processor time of the quickest round, in nanoseconds.
    pub cpu_ns: u64,
}

/// Why there is no rate.
#[derive(Debug, thiserror::Error)]
pub enum Unmeasured {
    /// A file could not be written or read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Reading did not come to what was written.
    #[error("{format:?}: {found:?} was read, and {written:?} written")]
    Differs {
        /// Of which format.
        format: Format,
        /// What was read.
        found: Work,
        /// What had been written.
        written: Work,
    },
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lobster, Self::Itch, Self::Dbn, Self::Parquet];

    /// Messages a second of processor time that it must reach at least.
    #[must_use]
    pub const fn target(self) -> u64 {
        match self {
            Self::Lobster | Self::Itch => 10_000_000,
            Self::Dbn | Self::Parquet => 20_000_000,
        }
    }
}

impl Rate {
    /// Messages or rows a second of processor time.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.work.messages as f64 / (self.cpu_ns.max(1) as f64 / 1e9)
    }
}

/// Writes a file of `messages` messages of `format` into `folder` and reads it `rounds` times.
///
/// # Errors
///
/// When the file cannot be written or read, or what was read is not what was written.
pub fn measure<G: Gauge>(
    format: Format,
    messages: u64,
    rounds: u32,
    folder: &Path,
    gauge: &G,
) -> Result<Rate, Unmeasured> {
    let file = folder.join(format!("{format:?}.bin"));
    let world = |source| DataError::World { file: file.clone(), source };
    let written = files::write(format, messages, &file).map_err(world)?;
    let bytes = std::fs::metadata(&file).map_err(world)?.len();
    let mut quickest = u64::MAX;
    for _ in 0..rounds.max(1) {
        let start = gauge.cpu_ns();
        let found = read(format, &file)?;
        quickest = quickest.min(gauge.cpu_ns() - start);
        if found != written {
            return Err(Unmeasured::Differs { format, found, written });
        }
    }
    Ok(Rate { format, work: written, bytes, cpu_ns: quickest })
}

fn read(format: Format, file: &Path) -> Result<Work, DataError> {
    match format {
        Format::Lobster => lobster(file),
        Format::Itch => itch(file),
        Format::Dbn => dbn(file),
        Format::Parquet => bars(file),
    }
}

impl Work {
    /// Counts and empties `commands`.
    #[inline]
    fn hear(&mut self, commands: &mut Vec<Command>) {
        // Commands are large: they are looked at where they lie.
        for command in commands.iter() {
            match command {
                Command::Place(order) => {
                    self.placed += 1;
                    self.prices += order.price.map_or(0, |price| price.0.unsigned_abs().into());
                }
                Command::Reduce { .. } => self.reduced += 1,
                Command::Cancel { .. } => self.cancelled += 1,
                _ => {}
            }
        }
        commands.clear();
    }
}

fn lobster(file: &Path) -> Result<Work, DataError> {
    let mut translator =
        Translator::new(TranslatorOptions { takers: AccountId(1), ..TranslatorOptions::default() });
    let (mut work, mut commands) = (Work::default(), Vec::new());
    for message in MessageReader::open(file)? {
        translator.translate(&message?, &mut commands);
        work.messages += 1;
        work.hear(&mut commands);
    }
    Ok(work)
}

fn itch(file: &Path) -> Result<Work, DataError> {
    let mut door = Door::new(AccountId(0));
    door.list(SymbolId(1), InstrumentId(0), 100);
    let (mut work, mut commands) = (Work::default(), Vec::new());
    for record in ItchRecords::open(file, None, Limits::default())? {
        door.pass(&record?, &mut commands);
        work.messages += 1;
        work.hear(&mut commands);
    }
    Ok(work)
}

fn dbn(file: &Path) -> Result<Work, DataError> {
    let mut work = Work::default();
    let mut records = DbnRecords::open(file, Limits::default())?;
    for record in records.by_ref() {
        match record?.what {
            What::Add(order) => {
                work.placed += 1;
                work.prices += u128::from(order.price.unsigned_abs());
            }
            What::Reduce(_) => work.reduced += 1,
            _ => {}
        }
    }
    work.messages = records.rows();
    Ok(work)
}

fn bars(file: &Path) -> Result<Work, DataError> {
    let mut work = Work::default();
    let mut records = ParquetRecords::open(file, TableOptions::default())?;
    for record in records.by_ref() {
        if let What::Bar(bar) = record?.what {
            work.placed += 1;
            work.prices += u128::from(bar.close.unsigned_abs());
        }
    }
    work.messages = records.so_far().read;
    Ok(work)
}

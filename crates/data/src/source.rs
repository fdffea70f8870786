//! Opening a recorded file by its content.
//!
//! People rename files, so the first bytes decide: zstd, gzip, Parquet, or else plain text. Whatever
//! it is, it is read as a stream: one buffer and one line, or one page of a table, at a time.
//!
//! Both shapes give the same thing, a row of cells, so that a reader of a format is written
//! once.

use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream, Wrapping};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use std::cell::Cell as Flag;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Once;

/// A file that was recognised.
pub struct Source {
    file: PathBuf,
    shape: Shape,
    /// The row last read, from 1.
    line: u64,
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, as it is.
    Plain,
    /// Text in one or more zstd frames.
    Zstd,
    /// Text in one or more gzip members.
    Gzip,
    /// Text in the only file of a zip archive.
    Zip,
    /// A Parquet table.
    Parquet,
}

enum Shape {
    Text(Box<Stream>),
    Table(Box<Table>),
}

struct Table {
    rows: RowIter<'static>,
    columns: usize,
    names: Vec<String>,
    count: u64,
    row: Option<Row>,
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// As written.
    Text(&'a [u8]),
    /// A whole number.
    Whole(i128),
    /// `unscaled` / 10^`scale`, exactly.
    Decimal { unscaled: i128, scale: u32 },
    /// A binary fraction.
    Float(f64),
    /// A table may leave a value out.
    Nothing,
    /// Something that no recorded number is kept in.
    Other(String),
}

/// The longest line, in bytes; a longer one is no record of ours.
pub const LINE_BYTES_MAX: usize = 1 << 20;

const PARQUET: [u8; 4] = *b"PAR1";

impl Source {
    /// Opens `file` and recognises what it holds.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or read, is empty, or is an archive of a kind not read here.
    pub fn open(file: &Path) -> Result<Self, DataError> {
        let world = |source| DataError::World { file: file.to_owned(), source };
        let mut opened = File::open(file).map_err(world)?;
        let head = head(&mut opened).map_err(world)?;
        recognise(&head).map_err(|fault| fault.at(file, 1))?;
        let shape = if head.starts_with(&PARQUET) {
            opened.seek(SeekFrom::Start(0)).map_err(world)?;
            table(opened).map_err(|fault| fault.at(file, 1))?
        } else {
            Shape::Text(Box::new(opening::open(file, Limits::default())?))
        };
        let mut source = Self { file: file.to_owned(), shape, line: 0 };
        source.refuse_wrapped_table()?;
        Ok(source)
    }

    /// What the file turned out to be.
    #[must_use]
    pub fn content(&self) -> Content {
        match &self.shape {
            Shape::Text(text) => match text.wrapping() {
                Wrapping::Plain => Content::Plain,
                Wrapping::Gzip => Content::Gzip,
                Wrapping::Zstd => Content::Zstd,
                Wrapping::Zip => Content::Zip,
            },
            Shape::Table(_) => Content::Parquet,
        }
    }

    /// The file it reads.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The row last read, from 1; 0 before the first.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Counts the rows of `file` without understanding them.
    ///
    /// # Errors
    ///
    /// When the file cannot be read to its end.
    pub fn count_rows(file: &Path) -> Result<u64, DataError> {
        let mut source = Self::open(file)?;
        if let Shape::Table(table) = &source.shape {
            return Ok(table.count);
        }
        while source.advance()? {}
        Ok(source.line)
    }

    /// Moves to the next row; false when there is none.
    pub(crate) fn advance(&mut self) -> Result<bool, DataError> {
        let more = match &mut self.shape {
            Shape::Text(text) => text.next_line()?,
            Shape::Table(table) => {
                table.advance(self.line).map_err(|fault| fault.at(&self.file, self.line + 1))?
            }
        };
        self.line += u64::from(more);
        Ok(more)
    }

    /// How many cells every row has, where the file says so; text does not.
    pub(crate) fn columns(&self) -> Option<usize> {
        match &self.shape {
            Shape::Text(_) => None,
            Shape::Table(table) => Some(table.columns),
        }
    }

    /// What the columns are called, where the file says so; text does not, but in a line of its own.
    pub(crate) fn names(&self) -> Option<&[String]> {
        match &self.shape {
            Shape::Text(_) => None,
            Shape::Table(table) => Some(&table.names),
        }
    }

    /// The line last moved to, where rows are lines.
    pub(crate) fn text(&self) -> Option<&[u8]> {
        match &self.shape {
            Shape::Text(text) => Some(text.line()),
            Shape::Table(_) => None,
        }
    }

    /// The cells of the row last moved to, for `read`, and the place put to whatever it finds
    /// wrong.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&mut dyn Iterator<Item = Cell<'_>>) -> Result<T, Fault>,
    ) -> Result<T, DataError> {
        let result = match &self.shape {
            Shape::Text(text) => read(&mut text.line().split(|byte| *byte == b',').map(Cell::Text)),
            Shape::Table(table) => {
                let cells = table.row.iter().flat_map(Row::get_column_iter);
                read(&mut cells.map(|(_, field)| Cell::of(field)))
            }
        };
        result.map_err(|fault| self.fault(fault))
    }

    /// `fault`, in the row last read.
    pub(crate) fn fault(&self, fault: Fault) -> DataError {
        fault.at(&self.file, self.line.max(1))
    }

    /// A table needs to be read from its end, which a stream does not have.
    fn refuse_wrapped_table(&mut self) -> Result<(), DataError> {
        let Shape::Text(text) = &mut self.shape else { return Ok(()) };
        if text.peek(PARQUET.len())? == PARQUET {
            let found = "a Parquet table inside a compressed stream";
            return Err(Fault::new("content", found, "the Parquet table itself").at(&self.file, 1));
        }
        Ok(())
    }
}

/// As many of the first bytes as recognition needs.
fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(8).read_to_end(&mut head)?;
    Ok(head)
}

fn recognise(head: &[u8]) -> Result<(), Fault> {
    const KNOWN: &str = "text, plain or compressed with zstd or gzip, or a Parquet table";
    let known = |fault: Fault| Fault { expected: KNOWN.into(), ..fault };
    opening::recognise(head).map(|_| ()).map_err(known)
}

fn table(file: File) -> Result<Shape, Fault> {
    let opened = fenced(|| SerializedFileReader::new(file));
    let reader = opened.map_err(|words| unreadable("Parquet footer", words))?;
    let about = reader.metadata().file_metadata();
    let fields = about.schema_descr().root_schema().get_fields();
    let columns = fields.len();
    let names = fields.iter().map(|field| field.name().to_owned()).collect();
    let count = u64::try_from(about.num_rows())
        .map_err(|_| Fault::new("Parquet footer", about.num_rows().to_string(), "a row count"))?;
    let rows = reader.into_iter();
    Ok(Shape::Table(Box::new(Table { rows, columns, names, count, row: None })))
}

fn unreadable(field: &'static str, words: String) -> Fault {
    Fault::new(field, words, "an undamaged Parquet table")
}

thread_local! {
    /// Whether this thread is inside [`fenced`].
    static FENCED: Flag<bool> = const { Flag::new(false) };
}

/// Runs `read`, and makes its panic an error like its others.
///
/// The Parquet reader takes some damaged tables for its own mistakes and panics. To us they are bad
/// input, and the reader is not used again afterwards. The panic is not reported on stderr either:
/// whoever gets the error reports it.
pub(crate) fn fenced<T>(read: impl FnOnce() -> parquet::errors::Result<T>) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !FENCED.get() {
                loud(info);
            }
        }));
    });
    FENCED.set(true);
    let result = panic::catch_unwind(panic::AssertUnwindSafe(read));
    FENCED.set(false);
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(panicked) => Err(words(panicked.as_ref())),
    }
}

/// What a panic said.
fn words(panicked: &(dyn std::any::Any + Send)) -> String {
    let said = panicked.downcast_ref::<&str>().map(|said| (*said).to_owned());
    let said = said.or_else(|| panicked.downcast_ref::<String>().cloned());
    said.unwrap_or_else(|| "bytes that cannot be understood".to_owned())
}

impl Table {
    fn advance(&mut self, read: u64) -> Result<bool, Fault> {
        let next = fenced(|| self.rows.next().transpose());
        self.row = next.map_err(|words| unreadable("Parquet page", words))?;
        if self.row.is_some() != (read < self.count) {
            let found = if self.row.is_some() { "one row more" } else { "the end of the table" };
            return Err(Fault::new(
                "row",
                found,
                format!("{} rows, as its footer says", self.count),
            ));
        }
        Ok(self.row.is_some())
    }
}

impl<'a> Cell<'a> {
    fn of(field: &'a Field) -> Self {
        match field {
            Field::Null => Self::Nothing,
            Field::Byte(n) => Self::Whole(i128::from(*n)),
            Field::Short(n) => Self::Whole(i128::from(*n)),
            Field::Int(n) => Self::Whole(i128::from(*n)),
            Field::Long(n) => Self::Whole(i128::from(*n)),
            Field::UByte(n) => Self::Whole(i128::from(*n)),
            Field::UShort(n) => Self::Whole(i128::from(*n)),
            Field::UInt(n) => Self::Whole(i128::from(*n)),
            Field::ULong(n) => Self::Whole(i128::from(*n)),
            Field::Float(x) => Self::Float(f64::from(*x)),
            Field::Double(x) => Self::Float(*x),
            Field::Str(text) => Self::Text(text.as_bytes()),
            Field::Bytes(bytes) => Self::Text(bytes.data()),
            Field::Decimal(decimal) => decimal_cell(decimal.data(), decimal.scale()),
            other @ (Field::Bool(_)
            | Field::Float16(_)
            | Field::Date(_)
            | Field::TimeMillis(_)
            | Field::TimeMicros(_)
            | Field::TimestampMillis(_)
            | Field::TimestampMicros(_)
            | Field::Group(_)
            | Field::ListInternal(_)
            | Field::MapInternal(_)) => Self::Other(other.to_string()),
        }
    }

    /// What to call it in a refusal.
    pub(crate) fn show(&self) -> String {
        const SHOWN: usize = 40;
        match self {
            Self::Text(bytes) if bytes.len() > SHOWN => {
                format!("\"{}…\"", bytes[..SHOWN].escape_ascii())
            }
            Self::Text(bytes) => format!("\"{}\"", bytes.escape_ascii()),
            Self::Whole(n) => n.to_string(),
            Self::Decimal { unscaled, scale } => format!("{unscaled}e-{scale}"),
            Self::Float(x) => x.to_string(),
            Self::Nothing => "nothing".to_owned(),
            Self::Other(text) => text.clone(),
        }
    }
}

/// A decimal of up to 16 bytes, big-endian two's complement, as Parquet keeps it.
fn decimal_cell(bytes: &[u8], scale: i32) -> Cell<'static> {
    let (Ok(scale), 1..=16) = (u32::try_from(scale), bytes.len()) else {
        return Cell::Other(format!("a decimal of {} bytes and scale {scale}", bytes.len()));
    };
    let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
    let unscaled = bytes.iter().fold(sign, |sum: i128, byte| (sum << 8) | i128::from(*byte));
    Cell::Decimal { unscaled, scale }
}

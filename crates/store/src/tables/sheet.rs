//! Columns in memory, row groups on disk: the part all tables share.

use super::ROWS_PER_GROUP;
use crate::whole::WholeFile;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::Row;
use parquet::record::reader::RowIter;
use parquet::schema::types::{ColumnPath, Type};
use pitfloor_model::units::{AccountId, Cash, OrderId, Price, Qty, Side, Time, TradeId};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Symbols, event names and reasons are few and are kept; what comes beyond so many different
/// texts is copied each time instead.
const WORDS_MAX: usize = 1 << 14;

/// The digits of the widest decimal that readers agree on.
const DECIMAL_DIGITS: i32 = 38;

/// Why a table could not be written or read.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file system failed.
    #[error("{}: {source}", path.display())]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes could not be written, or are no Parquet.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: ParquetError,
    },
    /// An earlier row could not be written, so the table would lack it.
    #[error("{}: an earlier row could not be written", path.display())]
    Failed {
        /// Which file.
        path: PathBuf,
    },
    /// An amount that a decimal of 38 digits cannot hold.
    #[error("{}: row {row}, {column}: found {found}, expected at most 38 digits", path.display())]
    TooManyDigits {
        /// Which file.
        path: PathBuf,
        /// Its row, from 1.
        row: u64,
        /// Its column.
        column: &'static str,
        /// The amount, in minor units.
        found: i128,
    },
}

/// A column of a table file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What is in it: `u32`, `u64`, `i64`, `f64`, `text` or `decimal`; what we never write is
    /// called by its Parquet type.
    pub kind: String,
    /// True when a row may have nothing there.
    pub optional: bool,
}

/// What a cell can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    U32,
    U64,
    I64,
    F64,
    Text,
    Decimal,
}

/// A value that goes into one cell.
pub(super) trait Cell: Copy {
    const KIND: Kind;
    const OPTIONAL: bool = false;
    /// True when neighbours differ by little rather than repeat: written as differences.
    const RISING: bool = false;

    fn put(self, into: &mut Stack, words: &mut Words) -> Result<(), TooWide>;
}

/// An amount beyond [`DECIMAL_DIGITS`].
pub(super) struct TooWide(i128);

/// A column being filled.
#[derive(Debug)]
pub(super) struct Stack {
    name: &'static str,
    kind: Kind,
    rising: bool,
    values: Values,
    /// For a column that may have nothing: 1 where there is a value, 0 where there is none.
    present: Option<Vec<i16>>,
}

#[derive(Debug)]
enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

/// Texts seen before. Looked up only, so their order does not matter.
#[derive(Debug, Default)]
pub(super) struct Words(HashMap<Box<str>, ByteArray>);

/// A table being written.
pub(super) struct Sheet {
    path: PathBuf,
    writer: SerializedFileWriter<WholeFile>,
    stacks: Vec<Stack>,
    words: Words,
    /// Rows in memory, and rows written.
    held: usize,
    written: u64,
    /// A row is half there.
    failed: bool,
}

/// A row being put into a sheet, cell by cell.
pub(super) struct Cells<'a> {
    sheet: &'a mut Sheet,
    at: usize,
}

impl Words {
    fn bytes(&mut self, text: &str) -> ByteArray {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let bytes = ByteArray::from(text.as_bytes().to_vec());
        if self.0.len() < WORDS_MAX {
            self.0.insert(text.into(), bytes.clone());
        }
        bytes
    }
}

/// Cells whose value goes as it is, or as the bits of the signed number of its width.
macro_rules! cells {
    ($($cell:ty, $kind:ident, $values:ident, $rising:literal, |$value:ident| $number:expr;)*) => {
        $(impl Cell for $cell {
            const KIND: Kind = Kind::$kind;
            const RISING: bool = $rising;

            fn put(self, into: &mut Stack, _: &mut Words) -> Result<(), TooWide> {
                let $value = self;
                match &mut into.values {
                    Values::$values(values) => values.push($number),
                    _ => unreachable!("a column is made for its cells"),
                }
                Ok(())
            }
        })*
    };
}

cells! {
    u64, U64, Int64, true, |number| number.cast_signed();
    Time, U64, Int64, true, |time| time.0.cast_signed();
    TradeId, U64, Int64, true, |trade| trade.0.cast_signed();
    OrderId, U64, Int64, true, |order| order.0.cast_signed();
    Qty, U64, Int64, false, |qty| qty.0.cast_signed();
    Price, I64, Int64, false, |price| price.0;
    i64, I64, Int64, false, |number| number;
    f64, F64, Double, false, |number| number;
    AccountId, U32, Int32, false, |account| account.0.cast_signed();
}

impl Cell for &str {
    const KIND: Kind = Kind::Text;

    fn put(self, into: &mut Stack, words: &mut Words) -> Result<(), TooWide> {
        match &mut into.values {
            Values::Bytes(values) => values.push(words.bytes(self)),
            _ => unreachable!("a column is made for its cells"),
        }
        Ok(())
    }
}

impl Cell for Side {
    const KIND: Kind = Kind::Text;

    fn put(self, into: &mut Stack, words: &mut Words) -> Result<(), TooWide> {
        match self {
            Self::Buy => "buy".put(into, words),
            Self::Sell => "sell".put(into, words),
        }
    }
}

impl Cell for Cash {
    const KIND: Kind = Kind::Decimal;

    fn put(self, into: &mut Stack, _: &mut Words) -> Result<(), TooWide> {
        if self.0.unsigned_abs() >= 10_u128.pow(DECIMAL_DIGITS.unsigned_abs()) {
            return Err(TooWide(self.0));
        }
        match &mut into.values {
            Values::Fixed(values) => {
                values.push(FixedLenByteArray::from(self.0.to_be_bytes().to_vec()));
            }
            _ => unreachable!("a column is made for its cells"),
        }
        Ok(())
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;
    const RISING: bool = T::RISING;

    fn put(self, into: &mut Stack, words: &mut Words) -> Result<(), TooWide> {
        if let Some(value) = self {
            value.put(into, words)?;
        }
        let present = into.present.as_mut().expect("a column is made for its cells");
        present.push(i16::from(self.is_some()));
        Ok(())
    }
}

/// The empty column for cells of type `T`.
pub(super) fn column<T: Cell>(name: &'static str) -> Stack {
    let values = match T::KIND {
        Kind::U32 => Values::Int32(Vec::new()),
        Kind::U64 | Kind::I64 => Values::Int64(Vec::new()),
        Kind::F64 => Values::Double(Vec::new()),
        Kind::Text => Values::Bytes(Vec::new()),
        Kind::Decimal => Values::Fixed(Vec::new()),
    };
    let present = T::OPTIONAL.then(Vec::new);
    Stack { name, kind: T::KIND, rising: T::RISING, values, present }
}

impl Kind {
    const ALL: [Self; 6] = [Self::U32, Self::U64, Self::I64, Self::F64, Self::Text, Self::Decimal];

    const fn name(self) -> &'static str {
        match self {
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
            Self::Text => "text",
            Self::Decimal => "decimal",
        }
    }

    /// How Parquet stores it, and what it says that means.
    fn types(self) -> (Physical, Option<LogicalType>) {
        match self {
            Self::U32 => (Physical::INT32, Some(LogicalType::integer(32, false))),
            Self::U64 => (Physical::INT64, Some(LogicalType::integer(64, false))),
            Self::I64 => (Physical::INT64, Some(LogicalType::integer(64, true))),
            Self::F64 => (Physical::DOUBLE, None),
            Self::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Self::Decimal => {
                let decimal = LogicalType::decimal(0, DECIMAL_DIGITS);
                (Physical::FIXED_LEN_BYTE_ARRAY, Some(decimal))
            }
        }
    }
}

impl Stack {
    fn schema(&self) -> Result<Arc<Type>, ParquetError> {
        let (physical, logical) = self.kind.types();
        let optional = self.present.is_some();
        let mut schema = Type::primitive_type_builder(self.name, physical)
            .with_logical_type(logical)
            .with_repetition(if optional { Repetition::OPTIONAL } else { Repetition::REQUIRED });
        if self.kind == Kind::Decimal {
            schema = schema.with_length(16).with_precision(DECIMAL_DIGITS).with_scale(0);
        }
        schema.build().map(Arc::new)
    }

    fn properties(&self, all: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
        if !self.rising {
            return all;
        }
        let column = || ColumnPath::from(self.name);
        all.set_column_dictionary_enabled(column(), false)
            .set_column_encoding(column(), Encoding::DELTA_BINARY_PACKED)
    }

    /// Writes the column into the group, and empties it.
    fn flush(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, WholeFile>,
    ) -> Result<(), ParquetError> {
        let present = self.present.as_deref();
        match &mut self.values {
            Values::Int32(values) => flush::<Int32Type>(group, values, present),
            Values::Int64(values) => flush::<Int64Type>(group, values, present),
            Values::Double(values) => flush::<DoubleType>(group, values, present),
            Values::Bytes(values) => flush::<ByteArrayType>(group, values, present),
            Values::Fixed(values) => flush::<FixedLenByteArrayType>(group, values, present),
        }?;
        if let Some(present) = &mut self.present {
            present.clear();
        }
        Ok(())
    }
}

fn flush<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, WholeFile>,
    values: &mut Vec<T::T>,
    present: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let mut column = group.next_column()?.expect("the schema was made from these columns");
    column.typed::<T>().write_batch(values, present, None)?;
    column.close()?;
    values.clear();
    Ok(())
}

impl Sheet {
    pub(super) fn create(path: &Path, stacks: Vec<Stack>) -> Result<Self, TableError> {
        let made = WholeFile::create(path);
        let file = made.map_err(|source| TableError::Disk { path: path.to_owned(), source })?;
        let writer = open(file, &stacks).map_err(bad(path))?;
        let (path, words) = (path.to_owned(), Words::default());
        Ok(Self { path, writer, stacks, words, held: 0, written: 0, failed: false })
    }

    pub(super) fn row(&mut self) -> Cells<'_> {
        Cells { sheet: self, at: 0 }
    }

    fn flush(&mut self) -> Result<(), TableError> {
        if self.failed {
            return Err(TableError::Failed { path: self.path.clone() });
        }
        self.failed = true; // until it has gone well
        let mut group = self.writer.next_row_group().map_err(bad(&self.path))?;
        for stack in &mut self.stacks {
            stack.flush(&mut group).map_err(bad(&self.path))?;
        }
        group.close().map_err(bad(&self.path))?;
        self.written += self.held as u64;
        self.held = 0;
        self.failed = false;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<u64, TableError> {
        if self.held > 0 || self.failed {
            self.flush()?;
        }
        let file = self.writer.into_inner().map_err(bad(&self.path))?;
        let path = self.path;
        file.finish().map_err(|source| TableError::Disk { path, source })?;
        Ok(self.written)
    }
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, held, written, .. } = self;
        write!(f, "Sheet {{ {}, {written} rows written, {held} held }}", path.display())
    }
}

fn open(
    file: WholeFile,
    stacks: &[Stack],
) -> Result<SerializedFileWriter<WholeFile>, ParquetError> {
    let fields = stacks.iter().map(Stack::schema).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("row").with_fields(fields).build()?;
    let all = WriterProperties::builder()
        .set_created_by("pitfloor".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?));
    let properties = stacks.iter().fold(all, |all, stack| stack.properties(all));
    SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))
}

impl Cells<'_> {
    pub(super) fn put<T: Cell>(&mut self, cell: T) -> Result<(), TableError> {
        let Sheet { path, stacks, words, written, held, failed, .. } = &mut *self.sheet;
        let stack = &mut stacks[self.at];
        self.at += 1;
        cell.put(stack, words).map_err(|TooWide(found)| {
            *failed = true;
            let (path, row) = (path.clone(), *written + *held as u64 + 1);
            TableError::TooManyDigits { path, row, column: stack.name, found }
        })
    }

    pub(super) fn end(self) -> Result<(), TableError> {
        debug_assert_eq!(self.at, self.sheet.stacks.len(), "a row fills every column");
        self.sheet.held += 1;
        if self.sheet.held == ROWS_PER_GROUP { self.sheet.flush() } else { Ok(()) }
    }
}

/// The rows of a table file, in order.
pub struct Rows {
    path: PathBuf,
    rows: RowIter<'static>,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rows {{ {} }}", self.path.display())
    }
}

impl Iterator for Rows {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next().map(|row| row.map_err(bad(&self.path)))
    }
}

/// Reads the table file `path` row by row. For checks and small tables: columns are faster.
///
/// # Errors
///
/// When the file cannot be read or is no Parquet.
pub fn rows(path: impl AsRef<Path>) -> Result<Rows, TableError> {
    let path = path.as_ref().to_owned();
    let rows = RowIter::from_file_into(Box::new(reader(&path)?));
    Ok(Rows { path, rows })
}

/// The columns of the table file `path`, in order.
///
/// # Errors
///
/// When the file cannot be read or is no Parquet.
pub fn columns(path: impl AsRef<Path>) -> Result<Vec<Column>, TableError> {
    let reader = reader(path.as_ref())?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns = schema.columns().iter().map(|column| {
        let types = (column.physical_type(), column.logical_type_ref().cloned());
        let known = Kind::ALL.into_iter().find(|kind| kind.types() == types);
        Column {
            name: column.name().to_owned(),
            kind: known.map_or_else(|| types.0.to_string(), |kind| kind.name().to_owned()),
            optional: column.max_def_level() > 0,
        }
    });
    Ok(columns.collect())
}

fn reader(path: &Path) -> Result<SerializedFileReader<File>, TableError> {
    let file = File::open(path);
    let file = file.map_err(|source| TableError::Disk { path: path.to_owned(), source })?;
    SerializedFileReader::new(file).map_err(bad(path))
}

fn bad(path: &Path) -> impl FnOnce(ParquetError) -> TableError {
    let path = path.to_owned();
    move |source| TableError::Parquet { path, source }
}

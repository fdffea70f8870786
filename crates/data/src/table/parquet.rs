//! Tables as Parquet, read column by column: a stretch of rows at a time, into plain vectors.

use super::columns::{Columns, Role, Shape};
use super::times::{TimeForm, epoch_unit};
use super::{Guess, SCALE, TableOptions, Value, understand};
use crate::error::{DataError, Fault};
use crate::record::{Bar, Clock, Flags, Moment, Record, What};
use crate::records::{Count, Records};
use crate::source::fenced;
use crate::symbols::{SymbolId, Symbols};
use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Reads a Parquet table.
pub struct ParquetRecords {
    file: PathBuf,
    reader: SerializedFileReader<File>,
    options: TableOptions,
    columns: Columns,
    guess: Guess,
    /// The column of times: nanoseconds of one unit; none: text.
    unit: Option<i64>,
    group: usize,
    left_in_group: usize,
    open: Vec<Option<ColumnReader>>,
    stretch: Vec<Column>,
    /// The next row of the stretch, and how many there are.
    at: usize,
    rows: usize,
    waiting: VecDeque<Record>,
    series: Vec<Option<SymbolId>>,
    symbols: Symbols,
    before: Vec<Moment>,
    count: Count,
    /// Where open, high, low, close and volume are, in a table of one instrument's bars and no more.
    bars: Option<[usize; 5]>,
    ended: bool,
}

/// A stretch of one column; `present` is empty where the column cannot leave anything out.
struct Column {
    values: Values,
    present: Vec<i16>,
    /// By row: which value is its own; filled only where something may be left out.
    places: Vec<u32>,
    /// By value, on the scale of tables: filled for figures that are doubles; [`NO_FIGURE`] where one
    /// does not fit.
    scaled: Vec<i64>,
    figure: bool,
    max_level: i16,
}

enum Values {
    Whole(Vec<i64>),
    Small(Vec<i32>),
    Float(Vec<f64>),
    Single(Vec<f32>),
    Text(Vec<ByteArray>),
    /// Not read.
    None,
}

/// What no figure is.
const NO_FIGURE: i64 = i64::MIN;

/// Rows read at once.
const STRETCH: usize = 4_096;

fn damaged(words: String) -> Fault {
    Fault::new("Parquet page", words, "an undamaged Parquet table")
}

impl ParquetRecords {
    /// Opens a table and guesses what it is.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, is no Parquet table, or it is not clear what its columns or times mean.
    pub fn open(file: &Path, options: TableOptions) -> Result<Self, DataError> {
        let world = |source| DataError::World { file: file.to_owned(), source };
        let opened = File::open(file).map_err(world)?;
        let refuse = |fault: Fault| fault.at(file, 0);
        let reader = fenced(|| SerializedFileReader::new(opened));
        let reader = reader.map_err(|words| refuse(damaged(words)))?;
        let schema = reader.metadata().file_metadata().schema_descr();
        let flat = schema.columns().iter().all(|column| column.path().parts().len() == 1);
        if !flat || schema.num_columns() == 0 {
            let found = "columns inside columns, or none";
            return Err(refuse(Fault::new("columns", found, "a flat table")));
        }
        let names: Vec<String> =
            schema.columns().iter().map(|column| column.name().to_owned()).collect();
        let columns = Columns::of(names).map_err(refuse)?;
        let time = columns.place(Role::Time).expect("there is a time");
        if columns.place(Role::Clock).is_some() {
            let fault = Fault::new("columns", "date and time apart", "one column of moments");
            return Err(refuse(fault));
        }
        let descriptor = schema.column(time);
        let mut unit = unit_of(&descriptor).map_err(refuse)?;
        let mut symbols = Symbols::default();
        let mut series = vec![None; columns.roles.len()];
        if columns.shape == Shape::Series {
            for (place, role) in columns.roles.iter().enumerate() {
                let kind = schema.column(place).physical_type();
                let figure = !matches!(kind, Physical::BYTE_ARRAY | Physical::BOOLEAN);
                if *role == Role::Figure && figure {
                    let id = symbols
                        .add(columns.names[place].clone(), options.series_scale())
                        .map_err(refuse)?;
                    series[place] = Some(id);
                }
            }
        } else if columns.place(Role::Symbol).is_none() {
            let name = options.symbol.clone().unwrap_or_else(|| super::text::stem(file));
            symbols.add(name, SCALE).map_err(refuse)?;
        }
        let guess = Guess {
            shape: columns.shape,
            columns: columns.names.iter().cloned().zip(columns.roles.iter().copied()).collect(),
            time: TimeForm::Epoch(unit.unwrap_or(1)),
            span_ns: options.span_ns,
            stamped_at_close: options.stamped_at_close,
            adjusted: columns.place(Role::Adjusted).is_some(),
        };
        let plain_bars = columns.plain_bars();
        let stretch = (0..columns.names.len()).map(|place| {
            let wanted = columns.roles[place] != Role::Other;
            Column::of(&schema.column(place), wanted, plain_bars)
        });
        let stretch = stretch.collect::<Result<Vec<_>, _>>().map_err(refuse)?;
        let (count, waiting, before) = (Count::default(), VecDeque::new(), Vec::new());
        let one = plain_bars && columns.place(Role::Symbol).is_none();
        let roles = [Role::Open, Role::High, Role::Low, Role::Close, Role::Volume];
        let places = roles.map(|role| columns.place(role));
        let all = one && places.iter().all(Option::is_some);
        let bars = all.then(|| places.map(|place| place.unwrap_or(0)));
        let plain = unit == Some(0);
        if plain {
            unit = None;
        }
        let mut records = Self {
            file: file.to_owned(),
            reader,
            options,
            columns,
            guess,
            unit,
            group: 0,
            left_in_group: 0,
            open: Vec::new(),
            stretch,
            at: 0,
            rows: 0,
            waiting,
            series,
            symbols,
            before,
            count,
            bars,
            ended: false,
        };
        records.settle(plain, time)?;
        Ok(records)
    }

    /// What the table was found to be.
    #[must_use]
    pub const fn guess(&self) -> &Guess {
        &self.guess
    }

    /// Reads the first rows and finds out what the column types did not say: the unit or form of times,
    /// and how long a bar is.
    fn settle(&mut self, plain: bool, time: usize) -> Result<(), DataError> {
        let any = self.more()?;
        let refuse = |fault: Fault| fault.at(&self.file, 1);
        if !any {
            return Ok(());
        }
        match self.stretch[time].value(0) {
            Value::Whole(size) if plain => {
                let unit = epoch_unit(size.unsigned_abs()).filter(|_| size > 0);
                let expected = "10 digits of s, 13 of ms, 16 of µs or 19 of ns";
                let unknown = || refuse(Fault::new("time", size.to_string(), expected));
                self.unit = Some(unit.ok_or_else(unknown)?);
                self.guess.time = TimeForm::Epoch(self.unit.unwrap_or(1));
            }
            Value::Text(_) => {
                let rows = self.rows.min(super::GUESS_ROWS);
                let sample = |row| match self.stretch[time].value(row) {
                    Value::Text(text) => text.to_vec(),
                    _ => Vec::new(),
                };
                let samples: Vec<Vec<u8>> = (0..rows).map(sample).collect();
                let form = TimeForm::of(&samples, self.options.zone.as_ref(), self.options.order);
                self.guess.time = form.map_err(refuse)?;
            }
            _ => {}
        }
        if self.columns.shape == Shape::Bars && self.guess.span_ns.is_none() {
            let rows = self.rows.min(super::GUESS_ROWS);
            let moments: Vec<Moment> = (0..rows).filter_map(|row| self.moment(row).ok()).collect();
            let steps = moments.windows(2).map(|pair| pair[1].0.abs_diff(pair[0].0));
            self.guess.span_ns = steps.filter(|step| *step > 0).min();
            if self.guess.span_ns.is_none() {
                let expected = "a second row, or the length of a bar given";
                return Err(refuse(Fault::new("bar length", "one moment only", expected)));
            }
        }
        Ok(())
    }

    #[inline]
    fn read(&mut self) -> Result<Option<Record>, DataError> {
        loop {
            if let Some(record) = self.waiting.pop_front() {
                self.count.given += 1;
                return Ok(Some(record));
            }
            if self.at == self.rows && !self.more()? {
                return Ok(None);
            }
            let row = self.at;
            self.at += 1;
            self.count.read += 1;
            match self.take(row) {
                Ok(Some(record)) => {
                    self.count.given += 1;
                    return Ok(Some(record));
                }
                Ok(None) => {}
                Err(fault) if self.options.repair => {
                    self.waiting.clear();
                    self.count.skip(if fault.field == "time" { "time" } else { "damaged" });
                }
                Err(fault) => return Err(fault.at(&self.file, self.count.read)),
            }
        }
    }

    #[inline]
    fn take(&mut self, row: usize) -> Result<Option<Record>, Fault> {
        let span = self.guess.span_ns.unwrap_or(0);
        let early = if self.options.stamped_at_close { span as i64 } else { 0 };
        let at = Moment(self.moment(row)?.0 - early);
        let (seq, heard) = (self.count.read, None);
        if let Some(what) = self.quick_bar(row, span) {
            self.advance(SymbolId(0), at)?;
            let (symbol, flags) = (SymbolId(0), Flags::LAST);
            return Ok(Some(Record { at, heard, seq, symbol, flags, what }));
        }
        if self.columns.shape == Shape::Series {
            return self.cells(row, at).map(|()| None);
        }
        let symbol = match self.columns.place(Role::Symbol) {
            None => SymbolId(0),
            Some(place) => match self.stretch[place].value(row) {
                Value::Text(name) if !name.is_empty() => {
                    let name = String::from_utf8_lossy(name).into_owned();
                    self.symbols.add(name, SCALE)?
                }
                _ => return Err(Fault::new("symbol", "nothing", "a name")),
            },
        };
        let stretch = &self.stretch;
        let cell = |place: usize| stretch[place].value(row);
        let understood = understand(&self.columns, &cell, span)?;
        self.advance(symbol, at)?;
        self.count.rounded += understood.rounded;
        let (what, flags) = (understood.what, understood.flags);
        Ok(Some(Record { at, heard, seq, symbol, flags, what }))
    }

    /// The bar of `row`, where it is one without question; all others go the long way, which knows what
    /// is wrong with them.
    #[inline]
    fn quick_bar(&self, row: usize, span_ns: u64) -> Option<What> {
        let [open, high, low, close, volume] = self.bars?;
        let figure = |place: usize| self.stretch[place].quick(row);
        let (open, high, low, close) = (figure(open)?, figure(high)?, figure(low)?, figure(close)?);
        let volume = u64::try_from(figure(volume)?).ok()?;
        let sound = low <= open.min(close) && high >= open.max(close);
        let volume = Some(volume);
        sound.then_some(What::Bar(Bar { open, high, low, close, volume, span_ns, more: None }))
    }

    fn cells(&mut self, row: usize, at: Moment) -> Result<(), Fault> {
        let seq = self.count.read;
        for place in 0..self.series.len() {
            let Some(symbol) = self.series[place] else { continue };
            let mut rounded = 0;
            let value = self.stretch[place].value(row);
            let nothing = matches!(value, Value::Float(value) if value.is_nan());
            let value = if nothing { Value::Missing } else { value };
            match value.figure(
                &self.columns.names[place],
                self.options.series_digits(),
                &mut rounded,
            )? {
                None => self.count.skip("nothing published"),
                Some(0) if self.options.zero_is_missing => self.count.skip("nothing published"),
                Some(figure) => {
                    self.advance(symbol, at)?;
                    self.count.rounded += rounded;
                    let (heard, flags, what) = (None, Flags::default(), What::Value(figure));
                    self.waiting.push_back(Record { at, heard, seq, symbol, flags, what });
                }
            }
        }
        if let Some(last) = self.waiting.back_mut() {
            last.flags = Flags::LAST;
        }
        Ok(())
    }

    #[inline]
    fn advance(&mut self, symbol: SymbolId, at: Moment) -> Result<(), Fault> {
        let place = symbol.0 as usize;
        if self.before.len() <= place {
            self.before.resize(place + 1, Moment(i64::MIN));
        }
        let before = self.before[place];
        let strictly = matches!(self.columns.shape, Shape::Bars | Shape::Series);
        if at < before || (strictly && at == before) {
            let found = format!("{} ns since 1970", at.0);
            let expected = format!("a time after {}, as the one before", before.0);
            return Err(Fault::new("time", found, expected));
        }
        self.before[place] = at;
        Ok(())
    }

    #[inline]
    fn moment(&self, row: usize) -> Result<Moment, Fault> {
        let place = self.columns.place(Role::Time).expect("there is a time");
        let value = self.stretch[place].value(row);
        let refuse = || Fault::new("time", format!("{value:?}"), "a moment");
        match (value, self.unit) {
            (Value::Whole(size), Some(unit)) => {
                size.checked_mul(unit).map(Moment).ok_or_else(refuse)
            }
            (Value::Text(text), _) => self.guess.time.read(text),
            _ => Err(refuse()),
        }
    }

    /// Reads the next stretch of rows; false at the end.
    fn more(&mut self) -> Result<bool, DataError> {
        let read = self.stretch().map_err(|fault| fault.at(&self.file, self.count.read + 1));
        self.at = 0;
        self.rows = read?;
        Ok(self.rows > 0)
    }

    fn stretch(&mut self) -> Result<usize, Fault> {
        while self.left_in_group == 0 {
            if self.group == self.reader.num_row_groups() {
                return Ok(0);
            }
            let rows = self.reader.metadata().row_group(self.group).num_rows();
            let bad = || Fault::new("Parquet footer", rows.to_string(), "a row count");
            self.left_in_group = usize::try_from(rows).map_err(|_| bad())?;
            let (reader, stretch, group) = (&self.reader, &self.stretch, self.group);
            self.open = fenced(|| {
                let group = reader.get_row_group(group)?;
                let open = |place: usize| match stretch[place].values {
                    Values::None => Ok(None),
                    _ => group.get_column_reader(place).map(Some),
                };
                (0..stretch.len()).map(open).collect()
            })
            .map_err(damaged)?;
            self.group += 1;
        }
        let wanted = self.left_in_group.min(STRETCH);
        let (open, stretch) = (&mut self.open, &mut self.stretch);
        let read = fenced(|| {
            for (reader, column) in open.iter_mut().zip(stretch.iter_mut()) {
                let Some(reader) = reader else { continue };
                let rows = column.fill(reader, wanted)?;
                if rows != wanted {
                    let words = format!("{rows} rows of a column where {wanted} are promised");
                    return Err(parquet::errors::ParquetError::General(words));
                }
            }
            Ok(())
        });
        read.map_err(damaged)?;
        self.left_in_group -= wanted;
        Ok(wanted)
    }
}

/// Nanoseconds of one unit of a column of times: none for text, 0 where only the size of the numbers
/// will tell.
fn unit_of(column: &ColumnDescriptor) -> Result<Option<i64>, Fault> {
    const DAY: i64 = 86_400_000_000_000;
    match (column.physical_type(), column.logical_type_ref()) {
        (Physical::INT64, Some(LogicalType::Timestamp(of))) => {
            if !of.is_adjusted_to_u_t_c {
                let found = "moments on a clock that the column does not name";
                return Err(Fault::new("time", found, "moments in UTC"));
            }
            Ok(Some(match of.unit {
                TimeUnit::MILLIS => 1_000_000,
                TimeUnit::MICROS => 1_000,
                TimeUnit::NANOS => 1,
            }))
        }
        (Physical::INT32, Some(LogicalType::Date)) => Ok(Some(DAY)),
        (Physical::INT64, _) => Ok(Some(0)),
        (Physical::BYTE_ARRAY, _) => Ok(None),
        (other, _) => Err(Fault::new("time", other.to_string(), "moments, dates or text")),
    }
}

impl Column {
    fn of(column: &ColumnDescriptor, wanted: bool, figure: bool) -> Result<Self, Fault> {
        if column.max_rep_level() > 0 {
            return Err(Fault::new(column.name().to_owned(), "a list", "one value a row"));
        }
        let values = match column.physical_type() {
            _ if !wanted => Values::None,
            Physical::INT64 => Values::Whole(Vec::new()),
            Physical::INT32 => Values::Small(Vec::new()),
            Physical::DOUBLE => Values::Float(Vec::new()),
            Physical::FLOAT => Values::Single(Vec::new()),
            Physical::BYTE_ARRAY => Values::Text(Vec::new()),
            other => {
                let found = other.to_string();
                return Err(Fault::new(column.name().to_owned(), found, "a number or text"));
            }
        };
        let decimal = matches!(column.logical_type_ref(), Some(LogicalType::Decimal { .. }));
        if wanted && decimal {
            return Err(Fault::new(column.name().to_owned(), "decimals", "integers or floats"));
        }
        let max_level = column.max_def_level();
        let figure = figure && matches!(values, Values::Float(_));
        let (present, places, scaled) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { values, present, places, scaled, figure, max_level })
    }

    fn fill(&mut self, reader: &mut ColumnReader, rows: usize) -> parquet::errors::Result<usize> {
        let max = self.max_level;
        self.present.clear();
        let levels = (max > 0).then_some(&mut self.present);
        let read = match (&mut self.values, reader) {
            (Values::Whole(values), ColumnReader::Int64ColumnReader(reader)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            (Values::Small(values), ColumnReader::Int32ColumnReader(reader)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            (Values::Float(values), ColumnReader::DoubleColumnReader(reader)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            (Values::Single(values), ColumnReader::FloatColumnReader(reader)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            (Values::Text(values), ColumnReader::ByteArrayColumnReader(reader)) => {
                values.clear();
                reader.read_records(rows, levels, None, values)?
            }
            _ => unreachable!("a column is opened as what its schema says"),
        };
        if let (true, Values::Float(values)) = (self.figure, &self.values) {
            let unit = 10_f64.powi(super::DIGITS as i32);
            let scaled = |value: &f64| crate::decimal::scaled(*value, unit).unwrap_or(NO_FIGURE);
            self.scaled.clear();
            self.scaled.extend(values.iter().map(scaled));
        }
        self.places.clear();
        if max > 0 {
            let mut next = 0;
            for level in &self.present {
                self.places.push(if *level == max { next } else { u32::MAX });
                next += u32::from(*level == max);
            }
        }
        Ok(read.0)
    }

    /// The figure of `row`, where it was scaled already and is one.
    #[inline]
    fn quick(&self, row: usize) -> Option<i64> {
        let row = match self.places.get(row) {
            Some(&u32::MAX) => return None,
            Some(place) => *place as usize,
            None => row,
        };
        self.scaled.get(row).copied().filter(|figure| *figure != NO_FIGURE)
    }

    #[inline]
    fn value(&self, row: usize) -> Value<'_> {
        let row = match self.places.get(row) {
            Some(&u32::MAX) => return Value::Missing,
            Some(place) => *place as usize,
            None => row,
        };
        match &self.values {
            Values::Whole(values) => Value::Whole(values[row]),
            Values::Small(values) => Value::Whole(i64::from(values[row])),
            Values::Float(values) => Value::Float(values[row]),
            Values::Single(values) => Value::Float(f64::from(values[row])),
            Values::Text(values) => Value::Text(values[row].data()),
            Values::None => Value::Missing,
        }
    }
}

impl Iterator for ParquetRecords {
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

impl Records for ParquetRecords {
    fn file(&self) -> &Path {
        &self.file
    }

    fn stands_at(&self) -> u64 {
        self.count.read
    }

    fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    fn clock(&self) -> Clock {
        Clock::Utc
    }

    fn so_far(&self) -> &Count {
        &self.count
    }
}

//! Tables as CSV, plain or packed.

use super::columns::{Columns, Role, Shape};
use super::split::Row;
use super::times::TimeForm;
use super::{DIGITS, GUESS_ROWS, Guess, SCALE, TableOptions, Value, understand};
use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream};
use crate::record::{Clock, Flags, Moment, Record, What};
use crate::records::{Count, Records};
use crate::symbols::{SymbolId, Symbols};
use std::collections::VecDeque;
use std::path::Path;

/// Reads a table of text.
pub struct TextRecords {
    stream: Stream,
    options: TableOptions,
    columns: Columns,
    guess: Guess,
    /// The rows that the guess was made from, with their lines.
    first: VecDeque<(u64, Row)>,
    row: Row,
    line: u64,
    waiting: VecDeque<Record>,
    /// The series of each column, where there are series.
    series: Vec<Option<SymbolId>>,
    symbols: Symbols,
    /// When each instrument was told of last.
    before: Vec<Moment>,
    count: Count,
    ended: bool,
}

impl TextRecords {
    /// Opens a table and guesses what it is.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or it is not clear what its columns or times mean.
    pub fn open(file: &Path, options: TableOptions, limits: Limits) -> Result<Self, DataError> {
        let mut stream = opening::open(file, limits)?;
        let mut row = Row::default();
        let names = match &options.columns {
            Some(names) => names.clone(),
            None => {
                if !row.read(&mut stream)? {
                    return Err(Fault::new("columns", "no line", "a line of names").at(file, 0));
                }
                let cells = (0..row.len()).filter_map(|at| row.cell(at));
                cells.map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
            }
        };
        let columns = Columns::of(names).map_err(|fault| fault.at(file, 1))?;
        let mut first = VecDeque::new();
        while first.len() < GUESS_ROWS && row.read(&mut stream)? {
            first.push_back((stream.line_number(), row.clone()));
        }
        let refuse = |fault: Fault| fault.at(file, first.front().map_or(1, |(line, _)| *line));
        let samples: Vec<Vec<u8>> =
            first.iter().map(|(_, row)| when(&columns, row).unwrap_or_default()).collect();
        let time = TimeForm::of(&samples, options.zone.as_ref(), options.order).map_err(refuse)?;
        let moments: Vec<Moment> = samples.iter().filter_map(|text| time.read(text).ok()).collect();
        let steps = moments.windows(2).map(|pair| pair[1].0.abs_diff(pair[0].0));
        let shortest = steps.filter(|step| *step > 0).min();
        let mut span_ns = None;
        if columns.shape == Shape::Bars {
            span_ns = options.span_ns.or(shortest);
            if span_ns.is_none() {
                let expected = "a second row, or the length of a bar given";
                return Err(refuse(Fault::new("bar length", "one moment only", expected)));
            }
        }
        let guess = Guess {
            shape: columns.shape,
            columns: columns.names.iter().cloned().zip(columns.roles.iter().copied()).collect(),
            time,
            span_ns,
            stamped_at_close: options.stamped_at_close,
            adjusted: columns.place(Role::Adjusted).is_some(),
        };
        let mut symbols = Symbols::default();
        let mut series = vec![None; columns.roles.len()];
        if columns.shape == Shape::Series {
            for (place, role) in columns.roles.iter().enumerate() {
                if *role == Role::Figure {
                    let name = columns.names[place].trim();
                    series[place] =
                        Some(symbols.add(name, options.series_scale()).map_err(refuse)?);
                }
            }
        } else if columns.place(Role::Symbol).is_none() {
            let name = options.symbol.clone().unwrap_or_else(|| stem(file));
            symbols.add(name, SCALE).map_err(refuse)?;
        }
        let (line, count) = (0, Count::default());
        let (waiting, before, ended) = (VecDeque::new(), Vec::new(), false);
        Ok(Self {
            stream,
            options,
            columns,
            guess,
            first,
            row,
            line,
            waiting,
            series,
            symbols,
            before,
            count,
            ended,
        })
    }

    /// What the table was found to be.
    #[must_use]
    pub const fn guess(&self) -> &Guess {
        &self.guess
    }

    fn read(&mut self) -> Result<Option<Record>, DataError> {
        loop {
            if let Some(record) = self.waiting.pop_front() {
                self.count.given += 1;
                return Ok(Some(record));
            }
            match self.first.pop_front() {
                Some((line, row)) => (self.line, self.row) = (line, row),
                None => {
                    if !self.row.read(&mut self.stream)? {
                        return Ok(None);
                    }
                    self.line = self.stream.line_number();
                }
            }
            self.count.read += 1;
            if let Err(fault) = self.take() {
                if !self.options.repair {
                    return Err(fault.at(self.stream.file(), self.line));
                }
                self.waiting.clear();
                self.count.skip(if fault.field == "time" { "time" } else { "damaged" });
            }
        }
    }

    /// Makes records of the row.
    fn take(&mut self) -> Result<(), Fault> {
        if self.row.len() != self.columns.names.len() {
            let expected = format!("{} cells", self.columns.names.len());
            return Err(Fault::new("row", format!("{} cells", self.row.len()), expected));
        }
        let text = when(&self.columns, &self.row)
            .ok_or_else(|| Fault::new("time", "nothing", "a time"))?;
        let stamped = self.guess.time.read(&text)?;
        let span = self.guess.span_ns.unwrap_or(0);
        let early = if self.options.stamped_at_close { span as i64 } else { 0 };
        let at = Moment(stamped.0 - early);
        let (seq, heard) = (self.count.read, None);
        if self.columns.shape == Shape::Series {
            return self.cells(at);
        }
        let symbol = match self.columns.place(Role::Symbol) {
            None => SymbolId(0),
            Some(place) => {
                let name =
                    String::from_utf8_lossy(self.row.cell(place).unwrap_or(b"")).into_owned();
                if name.is_empty() {
                    return Err(Fault::new("symbol", "\"\"", "a name"));
                }
                self.symbols.add(name, SCALE)?
            }
        };
        let row = &self.row;
        let cell = |place: usize| row.cell(place).map_or(Value::Missing, Value::Text);
        let understood = understand(&self.columns, &cell, span)?;
        self.advance(symbol, at)?;
        self.count.rounded += understood.rounded;
        let (what, flags) = (understood.what, understood.flags);
        self.waiting.push_back(Record { at, heard, seq, symbol, flags, what });
        Ok(())
    }

    /// A value for each cell of a series that holds one.
    fn cells(&mut self, at: Moment) -> Result<(), Fault> {
        let seq = self.count.read;
        for place in 0..self.series.len() {
            let Some(symbol) = self.series[place] else { continue };
            let text = self.row.cell(place).unwrap_or(b"");
            let mut rounded = 0;
            let figure = Value::Text(text).figure(
                &self.columns.names[place],
                self.options.series_digits(),
                &mut rounded,
            )?;
            match figure {
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

    /// Notes that `symbol` is told of at `at`, which must come after what was told before.
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
}

/// The time of a row: one cell, or a date and a time of day.
fn when(columns: &Columns, row: &Row) -> Option<Vec<u8>> {
    let date = row.cell(columns.place(Role::Time)?)?;
    match columns.place(Role::Clock) {
        None => Some(date.to_vec()),
        Some(place) => Some([date, b" ", row.cell(place)?].concat()),
    }
}

/// A file's name without its endings.
pub(super) fn stem(file: &Path) -> String {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| "table".to_owned());
    let endings = [".zst", ".gz", ".zip", ".csv", ".txt", ".parquet"];
    let mut name = name.as_str();
    while let Some(short) = endings.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = short;
    }
    name.to_owned()
}

/// `figure` in units, for messages and tests.
#[must_use]
pub fn units(figure: i64) -> f64 {
    figure as f64 / 10_f64.powi(DIGITS as i32)
}

impl Iterator for TextRecords {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Records for TextRecords {
    fn file(&self) -> &Path {
        self.stream.file()
    }

    fn stands_at(&self) -> u64 {
        self.line
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

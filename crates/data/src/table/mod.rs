//! Tables with named columns, as most people keep markets: bars, quotes, trades, series of figures.
//!
//! The names of the columns and the first hundred rows tell what a table is ([`Guess`]), and the guess is
//! there to be printed. Whatever it cannot tell for sure it does not assume: a time of day without a zone,
//! a date that can be read in two ways, an epoch in no known unit are refused until [`TableOptions`] says
//! which it is.
//!
//! [`text`] reads CSV, plain or packed; [`parquet`] reads Parquet, column by column. A table whose columns
//! are figures without any of the known names is a set of series: each column is an instrument and each
//! cell a [`What::Value`]. So Treasury curves, spreads, indices and gas prices
//! are read.

pub mod columns;
pub mod parquet;
pub mod split;
pub mod text;
pub mod times;

pub use parquet::ParquetRecords;
pub use text::TextRecords;

use crate::decimal::figure;
use crate::error::Fault;
use crate::record::{Bar, BarMore, Flags, Quote, Top, Trade, What};
use crate::symbols::Scale;
use crate::zone::Zone;
use columns::{Columns, Role, Shape};
use pitfloor_model::units::Side;
use times::{DayOrder, TimeForm};

/// What the reader of a table is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// What the columns are called, where the file has no line of names.
    pub columns: Option<Vec<String>>,
    /// The clock of times that say no zone.
    pub zone: Option<Zone>,
    /// How a date such as 1/2/2020 is meant.
    pub order: Option<DayOrder>,
    /// How long a bar is, in nanoseconds; else the shortest step between the first rows.
    pub span_ns: Option<u64>,
    /// Whether the time of a bar is its end.
    pub stamped_at_close: bool,
    /// Leave out rows that are damaged or out of order, and count them, instead of refusing the file.
    pub repair: bool,
    /// Digits behind the point of the figures of a series, at most 18; none: 8. Fewer let larger ones fit.
    pub digits: Option<u32>,
    /// Whether a cell of a series that is zero means that nothing was published.
    pub zero_is_missing: bool,
    /// What the one instrument is called; else the name of the file says.
    pub symbol: Option<String>,
}

/// What a table was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// What its rows are.
    pub shape: Shape,
    /// The names of the columns with what each was taken for.
    pub columns: Vec<(String, Role)>,
    /// How its times are written.
    pub time: TimeForm,
    /// How long a bar is, in nanoseconds.
    pub span_ns: Option<u64>,
    /// Whether bars are stamped with their end.
    pub stamped_at_close: bool,
    /// Whether it holds prices adjusted for what companies did, beside those as traded.
    pub adjusted: bool,
}

/// All tables are read on this scale.
pub const SCALE: Scale = Scale { price: -8, size: -8 };

/// Its digits behind the point.
pub(crate) const DIGITS: u32 = 8;

impl TableOptions {
    /// Digits behind the point of the figures of a series.
    pub(crate) fn series_digits(&self) -> u32 {
        self.digits.unwrap_or(DIGITS).min(crate::decimal::DIGITS_MAX)
    }

    /// The scale of a series.
    pub(crate) fn series_scale(&self) -> Scale {
        Scale { price: -(self.series_digits() as i8), size: 0 }
    }
}

/// How many rows the guess is made from.
pub const GUESS_ROWS: usize = 100;

impl std::fmt::Display for Guess {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}, times {}", self.shape, self.time)?;
        if let Some(span_ns) = self.span_ns {
            let end = if self.stamped_at_close { "end" } else { "start" };
            write!(out, ", bars of {} s stamped with their {end}", span_ns / 1_000_000_000)?;
        }
        if self.adjusted {
            write!(out, ", adjusted closes kept beside those as traded")?;
        }
        for (name, role) in &self.columns {
            write!(out, "; {name:?} = {role:?}")?;
        }
        Ok(())
    }
}

/// One cell, whatever the table keeps it as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a [u8]),
    Whole(i64),
    Float(f64),
    Missing,
}

/// What became of a row.
pub(crate) struct Understood {
    pub(crate) what: What,
    pub(crate) flags: Flags,
    pub(crate) rounded: u64,
}

impl Value<'_> {
    /// The cell as a figure on the scale of tables; none where nothing is there.
    pub(crate) fn figure(
        self,
        field: &str,
        digits: u32,
        rounded: &mut u64,
    ) -> Result<Option<i64>, Fault> {
        let refuse = |found: String| Fault::new(field.to_owned(), found, "a figure that fits");
        match self {
            Self::Missing => Ok(None),
            Self::Text(text) if missing(text) => Ok(None),
            Self::Text(text) => {
                let read = figure(text, digits);
                let read = read.ok_or_else(|| refuse(format!("\"{}\"", text.escape_ascii())))?;
                *rounded += u64::from(read.rounded);
                Ok(Some(read.mantissa))
            }
            Self::Whole(whole) => {
                let scaled = whole.checked_mul(10_i64.pow(digits));
                scaled.map(Some).ok_or_else(|| refuse(whole.to_string()))
            }
            Self::Float(value) => {
                let scaled = crate::decimal::float(value, digits);
                scaled.map(Some).ok_or_else(|| refuse(value.to_string()))
            }
        }
    }
}

/// What writers put where they have nothing. `NaN` is such a word in a series; in a bar it is damage,
/// as a price must be there.
pub(crate) fn missing(text: &[u8]) -> bool {
    matches!(text, b"" | b"NaN" | b"nan" | b"NA" | b"N/A" | b"null" | b"None" | b"." | b"-")
}

/// What a row of a table with known columns says.
pub(crate) fn understand<'a>(
    columns: &Columns,
    cell: &dyn Fn(usize) -> Value<'a>,
    span_ns: u64,
) -> Result<Understood, Fault> {
    let mut rounded = 0;
    let mut optional = |role: Role| match columns.place(role) {
        Some(place) => cell(place).figure(&columns.names[place], DIGITS, &mut rounded),
        None => Ok(None),
    };
    let what = match columns.shape {
        Shape::Bars => {
            let mut price = |role| needed(columns, role, optional(role)?);
            let (open, high) = (price(Role::Open)?, price(Role::High)?);
            let (low, close) = (price(Role::Low)?, price(Role::Close)?);
            let named = "open, high, low, close";
            if low > open.min(close) || high < open.max(close) {
                let found = format!("{open}, {high}, {low}, {close} × 10^-{DIGITS}");
                return Err(Fault::new(named, found, "all between low and high"));
            }
            let volume =
                optional(Role::Volume)?.map(|size| unsigned("volume", size)).transpose()?;
            let more = more(&mut optional)?;
            What::Bar(Bar { open, high, low, close, volume, span_ns, more })
        }
        Shape::Quotes => {
            let mut top = |price, size| -> Result<Option<Top>, Fault> {
                let (price, qty) = (optional(price)?, optional(size)?.unwrap_or(0));
                let qty = unsigned("size", qty)?;
                Ok(price.map(|price| Top { price, qty }))
            };
            let bid = top(Role::Bid, Role::BidSize)?;
            What::Quote(Quote { bid, ask: top(Role::Ask, Role::AskSize)? })
        }
        Shape::Trades => {
            let price = needed(columns, Role::Price, optional(Role::Price)?)?;
            let qty = needed(columns, Role::Size, optional(Role::Size)?)?;
            let qty = unsigned("size", qty)?;
            if qty == 0 {
                return Err(Fault::new("size", "0", "more than 0"));
            }
            let aggressor = columns.place(Role::Side).map(|place| side(cell(place))).transpose()?;
            let number = columns.place(Role::Id).map(|place| number(cell(place)));
            let (trade, aggressor) = (number.unwrap_or(0), aggressor.flatten());
            What::Trade(Trade { price, qty, aggressor, trade, cross: false })
        }
        Shape::Series => unreachable!("a series is read cell by cell"),
    };
    Ok(Understood { what, flags: Flags::LAST, rounded })
}

/// What only some tables tell of a bar.
fn more(
    optional: &mut impl FnMut(Role) -> Result<Option<i64>, Fault>,
) -> Result<Option<Box<BarMore>>, Fault> {
    let unit = 10_i64.pow(DIGITS);
    let count = optional(Role::Count)?.map(|count| unsigned("count", count / unit)).transpose()?;
    let bought = optional(Role::Bought)?.map(|size| unsigned("taker buy", size)).transpose()?;
    let dividend = optional(Role::Dividend)?.filter(|paid| *paid != 0);
    // On the scale of tables a split of 7 for 1 is 7 × 10^8; kept in millionths.
    let split = optional(Role::Split)?.filter(|ratio| *ratio != 0);
    let split = split.map(|ratio| unsigned("stock splits", ratio / 100)).transpose()?;
    let more = BarMore {
        count,
        vwap: optional(Role::Vwap)?,
        turnover: optional(Role::Turnover)?.map(i128::from),
        bought,
        adjusted: optional(Role::Adjusted)?,
        dividend,
        split_millionths: split,
    };
    Ok((more != BarMore::default()).then(|| Box::new(more)))
}

fn needed(columns: &Columns, role: Role, value: Option<i64>) -> Result<i64, Fault> {
    value.ok_or_else(|| {
        let name = columns.place(role).map_or("column", |place| &columns.names[place]);
        Fault::new(name.to_owned(), "nothing", "a figure")
    })
}

fn unsigned(field: &str, value: i64) -> Result<u64, Fault> {
    u64::try_from(value)
        .map_err(|_| Fault::new(field.to_owned(), value.to_string(), "not less than 0"))
}

/// The aggressor's side; a buyer who made the trade wait was not the aggressor.
fn side(value: Value<'_>) -> Result<Option<Side>, Fault> {
    match value {
        Value::Missing => Ok(None),
        Value::Text(text) => match text.to_ascii_lowercase().as_slice() {
            b"buy" | b"b" | b"bid" | b"buyer" | b"1" => Ok(Some(Side::Buy)),
            b"sell" | b"s" | b"a" | b"ask" | b"seller" | b"-1" | b"2" => Ok(Some(Side::Sell)),
            b"" | b"unknown" | b"no_aggressor" | b"none" | b"0" | b"n" => Ok(None),
            _ => {
                let found = format!("\"{}\"", text.escape_ascii());
                Err(Fault::new("side", found, "buy or sell"))
            }
        },
        Value::Whole(1) => Ok(Some(Side::Buy)),
        Value::Whole(-1 | 2) => Ok(Some(Side::Sell)),
        Value::Whole(0) => Ok(None),
        other => Err(Fault::new("side", format!("{other:?}"), "buy or sell")),
    }
}

fn number(value: Value<'_>) -> u64 {
    match value {
        Value::Text(text) => {
            std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
        }
        Value::Whole(whole) => u64::try_from(whole).unwrap_or(0),
        Value::Float(_) | Value::Missing => 0,
    }
}

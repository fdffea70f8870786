//! Rows into a file: text, compressed text or Parquet; it appears when it is whole.

use super::Shape;
use crate::fail::Failure;
use flate2::Compression;
use flate2::write::GzEncoder;
use pitfloor_model::units::{Qty, Side, Time};
use pitfloor_pricing::process::bar::Bar;
use pitfloor_store::WholeFile;
use pitfloor_store::tables::{
    BarRow, BarTable, PrintRow, PrintTable, TableError, TopRow, TopTable, ValueRow, ValueTable,
};
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

/// A row of a series; times are nanoseconds since 1970 UTC.
#[derive(Clone, Copy, Debug)]
pub(super) enum Row {
    Bar { at: u64, open_at: u64, bar: Bar, is_traded: bool },
    Print { at: u64, trade: u64, price: f64, lots: u64, side: Side },
    Quote { at: u64, bid: f64, bid_lots: u64, ask: f64, ask_lots: u64 },
    Value { at: u64, value: f64 },
}

/// Where rows go.
pub(super) struct Sink {
    to: To,
    rows: u64,
    /// Of the rows as text, whatever the file is.
    digest: blake3::Hasher,
    line: String,
}

enum To {
    Text(WholeFile),
    Packed(GzEncoder<WholeFile>),
    Bars(BarTable),
    Prints(PrintTable),
    Tops(TopTable),
    Values(ValueTable),
}

impl Row {
    /// When it is known.
    pub(super) const fn at(&self) -> u64 {
        match self {
            Self::Bar { at, .. }
            | Self::Print { at, .. }
            | Self::Quote { at, .. }
            | Self::Value { at, .. } => *at,
        }
    }

    /// What it says in one number: the close, the price, the middle, the value.
    pub(super) fn figure(&self) -> f64 {
        match self {
            Self::Bar { bar, .. } => bar.close,
            Self::Print { price, .. } => *price,
            Self::Quote { bid, ask, .. } => 0.5 * (bid + ask),
            Self::Value { value, .. } => *value,
        }
    }

    fn text(&self, symbol: &str, line: &mut String) {
        line.clear();
        let written = match self {
            Self::Bar { at, open_at, bar, is_traded } => {
                let Bar { open, high, low, close, lots, trades, .. } = bar;
                let _ = write!(line, "{at},{symbol},{open_at},{open},{high},{low},{close}");
                match (is_traded, bar.vwap()) {
                    (false, _) => write!(line, ",,,"),
                    (true, None) => write!(line, ",{lots},{trades},"),
                    (true, Some(vwap)) => write!(line, ",{lots},{trades},{vwap}"),
                }
            }
            Self::Print { at, trade, price, lots, side } => {
                let side = if *side == Side::Buy { "buy" } else { "sell" };
                write!(line, "{at},{symbol},{trade},{price},{lots},{side}")
            }
            Self::Quote { at, bid, bid_lots, ask, ask_lots } => {
                write!(line, "{at},{symbol},{bid},{bid_lots},{ask},{ask_lots}")
            }
            Self::Value { at, value } => write!(line, "{at},{symbol},{value}"),
        };
        written.expect("a string takes everything");
        line.push('\n');
    }
}

/// The names of the columns.
const fn head(shape: Shape) -> &'static str {
    match shape {
        Shape::Bars => "at_ns,symbol,open_at_ns,open,high,low,close,volume,trades,vwap\n",
        Shape::Trades => "at_ns,symbol,trade,price,qty,aggressor\n",
        Shape::Quotes => "at_ns,symbol,bid,bid_qty,ask,ask_qty\n",
        Shape::Values => "at_ns,symbol,value\n",
    }
}

impl Sink {
    /// The file that will be `path`; its ending says what it is.
    pub(super) fn create(path: &Path, shape: Shape, force: bool) -> Result<Self, Failure> {
        let shown = path.display();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ends = |end: &str| name.ends_with(end) && name.len() > end.len();
        if !force && path.exists() {
            let what = format!("{shown}: found a file, expected none there (or --force)");
            return Err(Failure::Input(what));
        }
        let file = || WholeFile::create(path).map_err(|error| bad(path, &error));
        let table = |error| failed(&error);
        let to = if ends(".csv") {
            To::Text(file()?)
        } else if ends(".csv.gz") {
            To::Packed(GzEncoder::new(file()?, Compression::default()))
        } else if ends(".parquet") {
            match shape {
                Shape::Bars => To::Bars(BarTable::create(path).map_err(table)?),
                Shape::Trades => To::Prints(PrintTable::create(path).map_err(table)?),
                Shape::Quotes => To::Tops(TopTable::create(path).map_err(table)?),
                Shape::Values => To::Values(ValueTable::create(path).map_err(table)?),
            }
        } else {
            let what =
                format!("--out: found {shown}, expected a name in .csv, .csv.gz or .parquet");
            return Err(Failure::Input(what));
        };
        let mut sink =
            Self { to, rows: 0, digest: blake3::Hasher::new(), line: head(shape).to_owned() };
        sink.digest.update(sink.line.as_bytes());
        sink.write(path)?;
        Ok(sink)
    }

    /// Adds a row of `symbol`; `path` is where it goes, for a complaint.
    pub(super) fn push(&mut self, path: &Path, symbol: &str, row: &Row) -> Result<(), Failure> {
        let mut line = std::mem::take(&mut self.line);
        row.text(symbol, &mut line);
        self.line = line;
        self.digest.update(self.line.as_bytes());
        self.rows += 1;
        let pushed = match (&mut self.to, *row) {
            (To::Text(_) | To::Packed(_), _) => return self.write(path),
            (To::Bars(table), Row::Bar { at, open_at, bar, is_traded }) => {
                let Bar { open, high, low, close, .. } = bar;
                let (at, open_at, vwap) = (Time(at), Time(open_at), bar.vwap());
                let volume = is_traded.then_some(Qty(bar.lots));
                let trades = is_traded.then_some(bar.trades);
                let row =
                    BarRow { at, symbol, open_at, open, high, low, close, volume, trades, vwap };
                table.push(&row)
            }
            (To::Prints(table), Row::Print { at, trade, price, lots, side }) => {
                let (at, qty, aggressor) = (Time(at), Qty(lots), side);
                table.push(&PrintRow { at, symbol, trade, price, qty, aggressor })
            }
            (To::Tops(table), Row::Quote { at, bid, bid_lots, ask, ask_lots }) => {
                let (at, bid_qty, ask_qty) = (Time(at), Qty(bid_lots), Qty(ask_lots));
                table.push(&TopRow { at, symbol, bid, bid_qty, ask, ask_qty })
            }
            (To::Values(table), Row::Value { at, value }) => {
                table.push(&ValueRow { at: Time(at), symbol, value })
            }
            _ => unreachable!("a sink was made for its rows"),
        };
        pushed.map_err(|error| failed(&error))
    }

    fn write(&mut self, path: &Path) -> Result<(), Failure> {
        let text = self.line.as_bytes();
        let written = match &mut self.to {
            To::Text(file) => file.write_all(text),
            To::Packed(file) => file.write_all(text),
            To::Bars(_) | To::Prints(_) | To::Tops(_) | To::Values(_) => Ok(()),
        };
        written.map_err(|error| bad(path, &error))
    }

    /// Makes the file whole; says how many rows it has, and their digest.
    pub(super) fn finish(self, path: &Path) -> Result<(u64, String), Failure> {
        let digest = self.digest.finalize().to_hex().to_string();
        let io = |error: std::io::Error| bad(path, &error);
        let table = |error| failed(&error);
        match self.to {
            To::Text(file) => file.finish().map_err(io)?,
            To::Packed(file) => file.finish().and_then(WholeFile::finish).map_err(io)?,
            To::Bars(file) => drop(file.finish().map_err(table)?),
            To::Prints(file) => drop(file.finish().map_err(table)?),
            To::Tops(file) => drop(file.finish().map_err(table)?),
            To::Values(file) => drop(file.finish().map_err(table)?),
        }
        Ok((self.rows, digest))
    }
}

fn bad(path: &Path, error: &std::io::Error) -> Failure {
    Failure::of_io(error, format!("{}: {error}", path.display()))
}

fn failed(error: &TableError) -> Failure {
    match error {
        TableError::Disk { source, .. } => Failure::of_io(source, error.to_string()),
        other => Failure::World(other.to_string()),
    }
}

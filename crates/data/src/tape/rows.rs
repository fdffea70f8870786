//! Tables of trades and quotes, by the names of their columns.
//!
//! A table is Parquet, or text whose first line names the columns, plain or compressed. Trades have a
//! time, `price`, `size` and `side`; quotes a time, `bid`, `ask` and, where known, `bid_size` and
//! `ask_size`. A time is `at_ns` (or `ts_ns`), whole nanoseconds, or `time`, seconds; its zero is
//! the source's own. A `symbol` column tells several markets apart. So the `trades.parquet` and
//! `quotes.parquet` of a run folder are such tables.

use super::Options;
use crate::error::{DataError, Fault};
use crate::lobster::number::{nanoseconds, whole};
use crate::source::{Cell, Source};
use pitfloor_facts::builder::{Builder, Top};
use std::path::Path;

/// What the column of a price may be called.
pub(super) const PRICE: &[&str] = &["price"];
/// That of a size.
pub(super) const SIZE: &[&str] = &["qty", "size", "amount", "volume"];
/// That of the aggressor's side.
pub(super) const SIDE: &[&str] = &["aggressor", "side", "aggressor_side"];
const TIME: &[&str] = &["at_ns", "ts_ns", "time"];
const SYMBOL: &[&str] = &["symbol", "instrument"];
const BID: &[&str] = &["bid"];
const ASK: &[&str] = &["ask"];
const BID_SIZE: &[&str] = &["bid_qty", "bid_size"];
const ASK_SIZE: &[&str] = &["ask_qty", "ask_size"];

/// A silence this long is a night: a new session begins after it, in nanoseconds.
const NIGHT_NS: u64 = 7_200_000_000_000;

/// A table being read, row by row.
struct Rows {
    source: Source,
    /// The place of each wanted column; none where the table has none of that name.
    places: Vec<Option<usize>>,
    /// The columns at these places, by what they are called.
    names: Vec<String>,
    /// Which of the wanted columns must hold something above zero in every row.
    needed: Vec<usize>,
    symbol: Option<String>,
    /// The symbol that the rows have, when none was asked for.
    seen: Option<String>,
    before: u64,
}

/// One row of the wanted columns, as numbers.
struct Row {
    at_ns: u64,
    cells: Vec<Option<f64>>,
    sign: f64,
}

/// Reads one table of each kind, or of one kind, into sessions of `builder`.
pub(super) fn market(
    builder: &mut Builder,
    trades: Option<&Path>,
    quotes: Option<&Path>,
    options: &Options,
) -> Result<(), DataError> {
    let open = |file: &Path, wanted: &[&[&str]], least| Rows::open(file, wanted, least, options);
    let mut trades = trades.map(|file| open(file, &[PRICE, SIZE], &[0, 1])).transpose()?;
    let mut quotes =
        quotes.map(|file| open(file, &[BID, BID_SIZE, ASK, ASK_SIZE], &[0, 2])).transpose()?;
    // A side of the book may be empty, a trade may not.
    if let Some(trades) = &mut trades {
        trades.needed = vec![0, 1];
    }
    let mut clock = Clock { session: options.session, last: None };
    let mut trade = next(&mut trades)?;
    let mut quote = next(&mut quotes)?;
    loop {
        // A trade comes before the quotes that it left behind.
        let trade_first = match (&trade, &quote) {
            (Some(trade), Some(quote)) => trade.at_ns <= quote.at_ns,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        if trade_first {
            let row = trade.take().expect("it is there");
            clock.reach(builder, row.at_ns);
            let (price, size) = (row.cells[0].unwrap_or(0.0), row.cells[1].unwrap_or(0.0));
            builder.event(row.at_ns);
            builder.fill(row.at_ns, row.sign, price, size);
            trade = next(&mut trades)?;
        } else {
            let row = quote.take().expect("it is there");
            clock.reach(builder, row.at_ns);
            let top =
                |at: usize| -> Top { Some((row.cells[at]?, row.cells[at + 1].unwrap_or(0.0))) };
            builder.event(row.at_ns);
            builder.quote(row.at_ns, top(0), top(2));
            quote = next(&mut quotes)?;
        }
    }
    clock.end(builder);
    Ok(())
}

fn next(rows: &mut Option<Rows>) -> Result<Option<Row>, DataError> {
    rows.as_mut().map_or(Ok(None), Rows::next)
}

/// Sessions as the clock has them, or as silence does.
struct Clock {
    session: Option<(u64, u64)>,
    last: Option<u64>,
}

const DAY_NS: u64 = 86_400_000_000_000;
const SECOND_NS: u64 = 1_000_000_000;

impl Clock {
    fn reach(&mut self, builder: &mut Builder, at_ns: u64) {
        let before = self.last.replace(at_ns);
        if let Some((open, close)) = self.session {
            let midnight = at_ns - at_ns % DAY_NS;
            if let Some(before) = before {
                let closed = before - before % DAY_NS + close;
                if builder.is_open() && at_ns > closed {
                    builder.close(closed);
                }
            }
            let inside = (midnight + open..=midnight + close).contains(&at_ns);
            if inside && !builder.is_open() {
                builder.open(midnight + open);
            }
            return;
        }
        let night = before.is_some_and(|before| at_ns - before > NIGHT_NS);
        if let Some(before) = before.filter(|_| night) {
            builder.close(before);
        }
        if !builder.is_open() {
            builder.open(at_ns - at_ns % SECOND_NS);
        }
    }

    fn end(&self, builder: &mut Builder) {
        let Some(last) = self.last else { return };
        let closed = self.session.map(|(_, close)| last - last % DAY_NS + close);
        builder.close(closed.unwrap_or(last));
    }
}

impl Rows {
    /// Opens `file`, which must have the columns of `wanted` whose places are in `least`.
    fn open(
        file: &Path,
        wanted: &[&[&str]],
        least: &[usize],
        options: &Options,
    ) -> Result<Self, DataError> {
        let mut source = Source::open(file)?;
        let names = match source.names() {
            Some(names) => names.to_vec(),
            None => {
                source.advance()?;
                words(source.text().unwrap_or_default())
            }
        };
        let place = |among: &[&str]| {
            among.iter().find_map(|wanted| names.iter().position(|name| name == wanted))
        };
        let mut places = vec![place(TIME), place(SIDE), place(SYMBOL)];
        places.extend(wanted.iter().map(|among| place(among)));
        let needed = std::iter::once((0, TIME)).chain(least.iter().map(|at| (at + 3, wanted[*at])));
        for (at, among) in needed {
            if places[at].is_none() {
                let expected = format!("a column called {}", among.join(" or "));
                let fault = Fault::new("columns", names.join(", "), expected);
                return Err(fault.at(file, 1));
            }
        }
        let symbol = options.symbol.clone();
        Ok(Self { source, places, names, needed: Vec::new(), symbol, seen: None, before: 0 })
    }

    /// The next row of the symbol.
    fn next(&mut self) -> Result<Option<Row>, DataError> {
        loop {
            if !self.source.advance()? {
                return Ok(None);
            }
            let (mut at, mut sign, mut symbol) = (None, 0.0, None);
            let mut cells = vec![None; self.places.len() - 3];
            let (places, names) = (&self.places, &self.names);
            let mut found = 0;
            self.source.read(|row| {
                for (column, cell) in row.enumerate() {
                    found += 1;
                    let name = names.get(column).map_or("column", String::as_str);
                    if places[0] == Some(column) {
                        at = Some(time(name, &cell)?);
                    } else if places[1] == Some(column) {
                        sign = side(name, &cell)?;
                    } else if places[2] == Some(column) {
                        symbol = Some(cell.show().trim_matches('"').to_owned());
                    } else if let Some(place) =
                        places[3..].iter().position(|place| *place == Some(column))
                    {
                        cells[place] = number(name, &cell)?;
                        let given = cells[place].unwrap_or(0.0);
                        if given < 0.0 && self.needed.is_empty() && place % 2 == 1
                            || given <= 0.0 && self.needed.contains(&place) && place == 1
                            || cells[place].is_none() && self.needed.contains(&place)
                        {
                            let expected =
                                if place % 2 == 1 { "a size above 0" } else { "a price" };
                            return Err(Fault::new(name.to_owned(), cell.show(), expected));
                        }
                    }
                }
                if found != names.len() {
                    let expected = format!("{} cells, one a column", names.len());
                    return Err(Fault::new("row", format!("{found} cells"), expected));
                }
                Ok(())
            })?;
            if !self.is_wanted(symbol)? {
                continue;
            }
            let at_ns = at.expect("its column was looked for");
            if at_ns < self.before {
                let expected = format!("no earlier than {} before it", self.before);
                return Err(self.source.fault(Fault::new("time", at_ns.to_string(), expected)));
            }
            self.before = at_ns;
            return Ok(Some(Row { at_ns, cells, sign }));
        }
    }

    /// Whether the row is of the market that is read. Rows of two markets cannot be told apart by
    /// us: somebody must say which.
    fn is_wanted(&mut self, symbol: Option<String>) -> Result<bool, DataError> {
        let Some(symbol) = symbol else { return Ok(true) };
        if let Some(wanted) = &self.symbol {
            return Ok(*wanted == symbol);
        }
        let first = self.seen.get_or_insert_with(|| symbol.clone());
        if *first == symbol {
            return Ok(true);
        }
        let expected = format!("{first:?} as before it, or to be told which symbol to read");
        Err(self.source.fault(Fault::new("symbol", format!("{symbol:?}"), expected)))
    }
}

fn time(name: &str, cell: &Cell<'_>) -> Result<u64, Fault> {
    let found = if name == "time" {
        nanoseconds(cell)
    } else {
        whole(cell).and_then(|ns| u64::try_from(ns).ok())
    };
    let expected = if name == "time" { "seconds" } else { "whole nanoseconds" };
    found.ok_or_else(|| Fault::new(name.to_owned(), cell.show(), expected))
}

/// Nothing is an auction, where nobody came to the other.
fn side(name: &str, cell: &Cell<'_>) -> Result<f64, Fault> {
    match cell {
        Cell::Text(b"buy" | b"BUY" | b"Buy" | b"b" | b"B" | b"1" | b"+1") | Cell::Whole(1) => {
            Ok(1.0)
        }
        Cell::Text(b"sell" | b"SELL" | b"Sell" | b"s" | b"S" | b"-1") | Cell::Whole(-1) => Ok(-1.0),
        Cell::Text(b"") | Cell::Nothing => Ok(0.0),
        _ => Err(Fault::new(name.to_owned(), cell.show(), "buy, sell or nothing")),
    }
}

fn number(name: &str, cell: &Cell<'_>) -> Result<Option<f64>, Fault> {
    let refuse = || Fault::new(name.to_owned(), cell.show(), "a number");
    let value = match cell {
        Cell::Nothing | Cell::Text(b"") => return Ok(None),
        Cell::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| refuse())?;
            text.parse::<f64>().map_err(|_| refuse())?
        }
        Cell::Whole(n) => *n as f64,
        Cell::Decimal { unscaled, scale } => *unscaled as f64 / 10_f64.powi(*scale as i32),
        Cell::Float(x) => *x,
        Cell::Other(_) => return Err(refuse()),
    };
    if value.is_finite() { Ok(Some(value)) } else { Err(refuse()) }
}

/// The names in the first line of a text.
pub(super) fn words(line: &[u8]) -> Vec<String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    String::from_utf8_lossy(line).split(',').map(|word| word.trim().to_owned()).collect()
}

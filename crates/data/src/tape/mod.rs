//! Recorded markets as tapes: what stylised facts are computed from.
//!
//! [`read`] takes the files of one market, looks what each is by its content, and fills one tape:
//! pairs of LOBSTER message and orderbook files, a pair a day, or tables of trades and quotes. Nothing
//! is dropped in silence: a damaged row is an error with its place, and what is sound but of no use
//! to a fact is counted in [`pitfloor_facts::tape::Noted`].

mod book;
mod rows;

use crate::error::{DataError, Fault};
use crate::source::Source;
use pitfloor_facts::builder::Builder;
use pitfloor_facts::tape::Tape;
use std::path::{Path, PathBuf};

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A LOBSTER message file: six columns, no names.
    Messages,
    /// A LOBSTER orderbook file: four columns a level, no names.
    Book,
    /// A table of trades, by the names of its columns.
    Trades,
    /// A table of best prices, by the names of its columns.
    Quotes,
}

/// How files are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// When a session opens and closes, in nanoseconds after midnight. None: as the name of a LOBSTER
    /// file says, else 9:30 to 16:00; of a table, from its first row to its last.
    pub session: Option<(u64, u64)>,
    /// One tick in units of price. None: a cent for LOBSTER, unknown for tables.
    pub tick: Option<f64>,
    /// Only rows of this symbol, in tables that have the column.
    pub symbol: Option<String>,
}

/// The tape of `files`, which are of one market.
///
/// # Errors
///
/// When a file cannot be opened or read, is none of the kinds, holds a damaged row, or has no partner
/// where it needs one. The error names the file, the line and the field.
///
/// # Panics
///
/// When there is no file.
pub fn read(files: &[PathBuf], options: &Options) -> Result<Tape, DataError> {
    assert!(!files.is_empty(), "there is a file to read");
    let kinds = files.iter().map(|file| kind(file)).collect::<Result<Vec<_>, _>>()?;
    let of = |kind: Kind| -> Vec<&Path> {
        let found = files.iter().zip(&kinds).filter(move |(_, found)| **found == kind);
        found.map(|(file, _)| file.as_path()).collect()
    };
    let (messages, books) = (of(Kind::Messages), of(Kind::Book));
    let (trades, quotes) = (of(Kind::Trades), of(Kind::Quotes));
    let refuse = |found: &str, expected: &str| {
        Err(Fault::new("files", found, expected.to_owned()).at(&files[0], 1))
    };
    if messages.len() != books.len() {
        let found = format!("{} message and {} orderbook files", messages.len(), books.len());
        return refuse(&found, "an orderbook file for each message file");
    }
    let tables = trades.len() + quotes.len();
    if !messages.is_empty() && tables > 0 {
        return refuse("LOBSTER files and tables together", "one market, told in one way");
    }
    if trades.len() > 1 || quotes.len() > 1 {
        let found = format!("{} tables of trades and {} of quotes", trades.len(), quotes.len());
        return refuse(&found, "at most one of each");
    }
    let mut builder = Builder::new(options.tick.or((!messages.is_empty()).then_some(0.01)));
    for (messages, book) in messages.iter().zip(&books) {
        book::day(&mut builder, messages, book, options)?;
    }
    if messages.is_empty() {
        rows::market(&mut builder, trades.first().copied(), quotes.first().copied(), options)?;
    }
    Ok(builder.finish())
}

/// What `file` is, by its columns.
///
/// # Errors
///
/// When it cannot be opened or read, or is none of the kinds.
pub fn kind(file: &Path) -> Result<Kind, DataError> {
    let mut source = Source::open(file)?;
    let (named, count) = match source.names() {
        Some(names) => (names.to_vec(), names.len()),
        None => {
            source.advance()?;
            let cells = rows::words(source.text().unwrap_or_default());
            let count = cells.len();
            let named = cells.iter().any(|cell| cell.contains(|c: char| c.is_ascii_alphabetic()));
            (if named { cells } else { Vec::new() }, count)
        }
    };
    let has = |among: &[&str]| named.iter().any(|name| among.contains(&name.as_str()));
    if has(&["bid"]) && has(&["ask"]) {
        return Ok(Kind::Quotes);
    }
    if has(rows::PRICE) && (has(rows::SIDE) || has(rows::SIZE)) {
        return Ok(Kind::Trades);
    }
    match count {
        6 => Ok(Kind::Messages),
        levels if levels > 0 && levels % 4 == 0 && named.is_empty() => Ok(Kind::Book),
        _ => {
            let found = if named.is_empty() {
                format!("{count} columns without names")
            } else {
                format!("columns {}", named.join(", "))
            };
            let expected = "6 columns (LOBSTER messages), 4 a level (LOBSTER orderbook), or named \
                            columns: time, price, size, side (trades); time, bid, ask (quotes)";
            Err(Fault::new("columns", found, expected).at(file, 1))
        }
    }
}

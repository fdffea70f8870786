//! Daily bars, as traded and adjusted.

use super::factors::{Factor, factor};
use super::{day, number};
use crate::error::{DataError, Fault};
use jiff::civil::Date;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// One day of a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Which day.
    pub day: Date,
    /// The first, highest, lowest and last price, in dollars.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last.
    pub close: f64,
    /// Shares traded.
    pub volume: f64,
}

/// Prices are kept in ten-thousandths of a dollar.
const UNIT: f64 = 1e4;

/// Reads the one table inside the archive `file`.
///
/// # Errors
///
/// When it cannot be read, is no such archive, a line is not of the form, days do not ascend, or a low is
/// above a high.
pub fn daily(file: &Path) -> Result<Vec<Bar>, DataError> {
    let world = |source| DataError::World { file: file.to_owned(), source };
    let archive = zip::ZipArchive::new(File::open(file).map_err(world)?);
    let refuse = |found: String| Fault::new("archive", found, "a zip with one table").at(file, 0);
    let mut archive = archive.map_err(|error| refuse(error.to_string()))?;
    if archive.len() != 1 {
        return Err(refuse(format!("{} tables", archive.len())));
    }
    let table = archive.by_index(0).map_err(|error| refuse(error.to_string()))?;
    let mut bars: Vec<Bar> = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(table).lines()) {
        let line = line.map_err(|error: io::Error| refuse(error.to_string()))?;
        let bar = row(&line).map_err(|fault| fault.at(file, number))?;
        if let Some(before) = bars.last().filter(|before| before.day >= bar.day) {
            let expected = format!("a day after {}", before.day);
            return Err(Fault::new("time", bar.day.to_string(), expected).at(file, number));
        }
        bars.push(bar);
    }
    Ok(bars)
}

fn row(line: &str) -> Result<Bar, Fault> {
    let mut cells = line.trim_end().split(',');
    let time = cells.next().unwrap_or("");
    let day = day("time", time.split(' ').next().unwrap_or(""))?;
    let mut price =
        |field| number::<f64>(field, cells.next(), false).map(|price: f64| price / UNIT);
    let (open, high) = (price("open")?, price("high")?);
    let (low, close) = (price("low")?, price("close")?);
    let volume = number("volume", cells.next(), true)?;
    if low > high {
        return Err(Fault::new("low", low.to_string(), format!("at most the high {high}")));
    }
    Ok(Bar { day, open, high, low, close, volume })
}

/// The same bars in today's shares and without what was paid out: a return over an action is what an
/// owner earned who kept everything.
#[must_use]
pub fn adjusted(bars: &[Bar], factors: &[Factor]) -> Vec<Bar> {
    let adjust = |bar: &Bar| {
        let by = factor(factors, bar.day);
        let (open, high, low) = (bar.open * by, bar.high * by, bar.low * by);
        Bar { open, high, low, close: bar.close * by, ..*bar }
    };
    bars.iter().map(adjust).collect()
}

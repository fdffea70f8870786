//! Map files: under which ticker a share traded, and until when.

use super::day;
use crate::error::{DataError, Fault};
use crate::opening::{self, Limits};
use jiff::civil::Date;
use std::path::Path;

/// One row: up to and with `until`, the share traded as `ticker`. The first row is its first day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The last day of the stretch.
    pub until: Date,
    /// The ticker in it, in lower case as the file has it.
    pub ticker: String,
    /// The venue's letter, where the file has it.
    pub exchange: Option<String>,
}

/// Reads a map file.
///
/// # Errors
///
/// When it cannot be read, is empty, a line is not of the form, or its days do not ascend.
pub fn read(file: &Path) -> Result<Vec<Mapping>, DataError> {
    let mut lines = opening::open(file, Limits::default())?;
    let mut rows: Vec<Mapping> = Vec::new();
    while lines.next_line()? {
        let number = lines.line_number();
        let row = row(lines.line()).map_err(|fault| fault.at(file, number))?;
        if let Some(before) = rows.last().filter(|before| before.until >= row.until) {
            let expected = format!("a day after {}", before.until);
            return Err(Fault::new("date", row.until.to_string(), expected).at(file, number));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn row(line: &[u8]) -> Result<Mapping, Fault> {
    let refuse = || Fault::new("line", format!("\"{}\"", line.escape_ascii()), "text");
    let mut cells = std::str::from_utf8(line).map_err(|_| refuse())?.split(',');
    let until = day("date", cells.next().unwrap_or(""))?;
    let ticker = cells.next().unwrap_or("").to_owned();
    if ticker.is_empty() {
        return Err(Fault::new("ticker", "\"\"", "a ticker"));
    }
    let exchange = cells.next().filter(|cell| !cell.is_empty()).map(str::to_owned);
    match cells.next() {
        None => Ok(Mapping { until, ticker, exchange }),
        Some(more) => Err(Fault::new("field 4", format!("{more:?}"), "the end of the line")),
    }
}

/// The ticker on `day`; none before the first row and after the last.
#[must_use]
pub fn ticker(rows: &[Mapping], day: Date) -> Option<&str> {
    let first = rows.first()?;
    let at = rows.partition_point(|row| row.until < day);
    (day >= first.until).then_some(rows.get(at)?.ticker.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn file(text: &str) -> Result<Vec<Mapping>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.csv");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|error| error.to_string().replace(path.to_str().unwrap(), "acme.csv"))
    }

    #[test]
    fn a_share_has_the_ticker_of_its_day() {
        let rows = file("19990310,qqq,Q\n20041130,qqq,Q\n20110322,qqqq,Q\n20501231,qqq\n").unwrap();
        let on = |y, m, d| ticker(&rows, date(y, m, d));
        assert_eq!([on(1999, 3, 9), on(1999, 3, 10)], [None, Some("qqq")]);
        assert_eq!([on(2004, 12, 1), on(2011, 3, 22)], [Some("qqqq"); 2]);
        assert_eq!([on(2011, 3, 23), on(2051, 1, 1)], [Some("qqq"), None]);
        assert_eq!((rows[0].exchange.as_deref(), rows[3].exchange.as_deref()), (Some("Q"), None));
    }

    #[test]
    fn what_is_not_of_the_form_is_named() {
        for (text, said) in [
            ("2020,x\n", "line 1, date: found \"2020\""),
            ("20200102\n", "line 1, ticker: found \"\""),
            ("20200102,x,Q,1\n", "line 1, field 4: found \"1\""),
            ("20200102,x\n20200102,y\n", "line 2, date: found 2020-01-02, expected a day after"),
        ] {
            let found = file(text).unwrap_err();
            assert!(found.contains(said), "{found} says {said}");
        }
    }
}

//! Factor files: dividends and splits, as what they did to prices.

use super::{day, number};
use crate::error::{DataError, Fault};
use jiff::civil::Date;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// One row: prices up to and with `until` are compared with today's by these factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// The last day of the stretch: the day before the action takes effect.
    pub until: Date,
    /// For dividends.
    pub price: f64,
    /// For splits.
    pub split: f64,
    /// The close of that day, in dollars, as traded; 0 where nobody noted it.
    pub close: f64,
}

/// What a company did between two rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Action {
    /// The last day before it.
    pub after: Date,
    /// What it paid on a share, in dollars as of that day; 0 for none.
    pub dividend: f64,
    /// How many shares there are for how many; (1, 1) where none was split.
    pub split: (u32, u32),
}

/// The largest number on either side of a split.
pub const SPLIT_MAX: u32 = 1_000;

/// Reads a factor file.
///
/// # Errors
///
/// When it cannot be read, a line is not of the form, or its days do not ascend.
pub fn read(file: &Path) -> Result<Vec<Factor>, DataError> {
    let world = |source| DataError::World { file: file.to_owned(), source };
    let lines = BufReader::new(File::open(file).map_err(world)?).lines();
    let mut factors: Vec<Factor> = Vec::new();
    for (number, line) in (1..).zip(lines) {
        let line = line.map_err(world)?;
        let factor = row(&line).map_err(|fault| fault.at(file, number))?;
        if let Some(before) = factors.last().filter(|before| before.until >= factor.until) {
            let expected = format!("a day after {}", before.until);
            return Err(Fault::new("date", factor.until.to_string(), expected).at(file, number));
        }
        factors.push(factor);
    }
    Ok(factors)
}

fn row(line: &str) -> Result<Factor, Fault> {
    let mut cells = line.trim_end().split(',');
    Ok(Factor {
        until: day("date", cells.next().unwrap_or(""))?,
        price: number("price factor", cells.next(), false)?,
        split: number("split factor", cells.next(), false)?,
        close: number("close", Some(cells.next().unwrap_or("0")), true)?,
    })
}

/// What lies between the rows, oldest first.
///
/// # Errors
///
/// When a split is no ratio of numbers up to [`SPLIT_MAX`], or a dividend is negative or more than the
/// share was worth: the row's day is named.
pub fn actions(factors: &[Factor]) -> Result<Vec<Action>, BadAction> {
    let mut all = Vec::new();
    for pair in factors.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let bad = |what: &'static str, found: f64| BadAction { after: before.until, what, found };
        let ratio = after.split / before.split;
        let split = fraction(ratio).ok_or_else(|| bad("split", ratio))?;
        let kept = before.price / after.price;
        if !(kept > 0.0 && kept < 1.0 + 1e-6) {
            return Err(bad("dividend", 1.0 - kept));
        }
        // Cents: the factors have seven digits, which is no more than that.
        let dividend = ((1.0 - kept) * before.close * 1e4).round() / 1e4;
        if split != (1, 1) || dividend > 0.0 {
            all.push(Action { after: before.until, dividend, split });
        }
    }
    Ok(all)
}

/// An action that no company takes.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{after}: {what}: found {found}, expected one that a company can make")]
pub struct BadAction {
    /// The row's day.
    pub after: Date,
    /// Dividend or split.
    pub what: &'static str,
    /// What it would be.
    pub found: f64,
}

/// The simplest fraction near `ratio`, as near as seven digits of a factor can say.
fn fraction(ratio: f64) -> Option<(u32, u32)> {
    (1..=SPLIT_MAX).find_map(|den| {
        let num = (ratio * f64::from(den)).round();
        let near = (num / f64::from(den) / ratio - 1.0).abs() < 5e-4;
        (near && (1.0..=f64::from(SPLIT_MAX)).contains(&num)).then_some((num as u32, den))
    })
}

/// By what a price of `day` is multiplied: 1 where no action came after it.
#[must_use]
pub fn factor(factors: &[Factor], day: Date) -> f64 {
    let at = factors.partition_point(|factor| factor.until < day);
    factors.get(at).map_or(1.0, |factor| factor.price * factor.split)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Vec<Factor>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.csv");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|error| error.to_string().replace(path.to_str().unwrap(), "acme.csv"))
    }

    #[test]
    fn a_dividend_and_a_split_are_told_from_the_factors() {
        let text = "20200102,0.98,0.25,100\n20200203,0.99,0.25,90\n20200302,0.99,1,360\n20501231,1,1,0\n";
        let factors = file(text).unwrap();
        let all = actions(&factors[..3]).unwrap();
        assert_eq!((all[0].split, all[0].dividend), ((1, 1), 1.0101));
        assert_eq!((all[1].split, all[1].dividend), ((4, 1), 0.0));
        assert_eq!(all[1].after.to_string(), "2020-02-03");
        let of = |text: &str| factor(&factors, text.parse().unwrap());
        assert_eq!([of("2019-05-05"), of("2020-01-02")], [0.98 * 0.25; 2]);
        assert_eq!([of("2020-01-03"), of("2020-02-04"), of("2051-01-01")], [0.99 * 0.25, 0.99, 1.0]);
    }

    #[test]
    fn what_is_not_of_the_form_is_named() {
        for (text, message) in [
            ("2020-01-02,1,1,1\n", "line 1, date: found \"2020-01-02\", expected a day such as"),
            ("20200132,1,1,1\n", "line 1, date: found \"20200132\", expected a day such as"),
            ("20200102,-1,1,1\n", "line 1, price factor: found \"-1\", expected a number above"),
            ("20200102,1\n", "line 1, split factor: found \"\", expected a number above zero"),
            ("20200102,1,1,x\n", "line 1, close: found \"x\", expected a number, not negative"),
            ("20200102,1,1,1\n20200102,1,1,1\n", "line 2, date: found 2020-01-02, expected a day"),
        ] {
            let found = file(text).unwrap_err();
            assert!(found.contains(message), "{found} says {message}");
        }
    }

    #[test]
    fn an_action_that_no_company_takes_is_refused() {
        let rows = |price, split| {
            let factors = file(&format!("20200102,{price},{split},10\n20501231,1,1,0\n")).unwrap();
            actions(&factors).unwrap_err().to_string()
        };
        assert!(rows("1.5", "1").starts_with("2020-01-02: dividend: found -0.5"));
        assert!(rows("1", "0.00001").starts_with("2020-01-02: split: found 99999"));
    }
}

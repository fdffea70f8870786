//! Bars, factor files and map files in the form of QuantConnect's Lean: prices as they were traded, and
//! beside them what a company did to its shares.
//!
//! Prices of a share jump when it is split or pays a dividend, and nobody lost anything. A *factor
//! file* holds, for each stretch of days that ends with an action, by what a price of those days must be
//! multiplied to compare with today's. [`factors`] reads one and says which [`factors::Action`] lies
//! between two of its rows; [`bars`] reads prices and adjusts them.
//!
//! Form (Lean's documentation of its data): bars are `yyyymmdd hh:mm,open,high,low,close,volume` in
//! ten-thousandths of a dollar, inside a zip; factor files `yyyymmdd,price factor,split factor,close
//! of that day`, ascending, the last row in 2050.

pub mod bars;
pub mod factors;
pub mod maps;
mod name;
pub mod records;

pub use records::LeanRecords;

use crate::error::Fault;
use jiff::civil::Date;
use std::str::FromStr;

/// `text` as a day, written `20140606`.
fn day(field: &'static str, text: &str) -> Result<Date, Fault> {
    let refuse = || Fault::new(field, format!("{text:?}"), "a day such as 20140606");
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(refuse());
    }
    let part = |from: usize, to: usize| text[from..to].parse::<i16>().ok();
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let date = year.zip(month).zip(day).and_then(|((year, month), day)| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    });
    date.ok_or_else(refuse)
}

/// `text` as a number that is more than nothing, or not negative.
fn number<T: FromStr + PartialOrd + Default>(
    field: &'static str,
    text: Option<&str>,
    zero: bool,
) -> Result<T, Fault> {
    let text = text.unwrap_or("").trim();
    let value = text.parse::<T>().ok();
    let fits = |value: &T| *value > T::default() || (zero && *value == T::default());
    value.filter(fits).ok_or_else(|| {
        let expected = if zero { "a number, not negative" } else { "a number above zero" };
        Fault::new(field, format!("{text:?}"), expected)
    })
}

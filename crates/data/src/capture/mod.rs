//! What recorders of live feeds wrote down: lines of a time and a frame, as it came from the wire.
//!
//! [`lines`] takes a line apart, `json` a frame; a venue's decoder ([`records::Decode`]) is a machine
//! without files and clocks that is told frames, so that a live adapter can be the same machine; and
//! [`records::Capture`] reads one recording, or several of the same session merged by the recorder's
//! clock. [`levels`] is the book that such records describe.

pub(crate) mod json;
pub mod levels;
pub mod lines;
pub mod records;
pub mod sheet;
pub mod survey;

use crate::decimal::figure;
use crate::error::Fault;
use crate::opening::Limits;
use crate::record::{Flags, Moment};
use crate::symbols::Scale;

/// The longest frame, in bytes.
pub const FRAME_BYTES_MAX: usize = 16 << 20;

/// Prices and sizes of coins, unless somebody says otherwise: hundred-millionths.
pub const SCALE: Scale = Scale { price: -8, size: -8 };

/// The limits of a recording: a line holds a whole frame, and one may be long.
#[must_use]
pub fn limits() -> Limits {
    Limits { line_bytes: FRAME_BYTES_MAX, ..Limits::default() }
}

/// Reads figures onto a scale, and counts those that had to be rounded.
#[derive(Clone, Debug)]
pub(crate) struct Ruler {
    pub(crate) scale: Scale,
    pub(crate) rounded: u64,
}

impl Ruler {
    pub(crate) const fn new(scale: Scale) -> Self {
        Self { scale, rounded: 0 }
    }

    /// A price above zero.
    pub(crate) fn price(&mut self, field: &'static str, text: &str) -> Result<i64, Fault> {
        let price = self.signed_price(field, text)?;
        if price > 0 {
            return Ok(price);
        }
        Err(Fault::new(field, shown(text), "a price above 0"))
    }

    /// A price, whatever its sign.
    pub(crate) fn signed_price(&mut self, field: &'static str, text: &str) -> Result<i64, Fault> {
        self.figure(text, self.scale.price)
            .ok_or_else(|| Fault::new(field, shown(text), "a price in decimal figures"))
    }

    /// A size, which is not negative.
    pub(crate) fn size(&mut self, field: &'static str, text: &str) -> Result<u64, Fault> {
        let size = self.figure(text, self.scale.size);
        size.and_then(|size| u64::try_from(size).ok())
            .ok_or_else(|| Fault::new(field, shown(text), "a size in decimal figures, from 0"))
    }

    /// A size above zero.
    pub(crate) fn traded(&mut self, field: &'static str, text: &str) -> Result<u64, Fault> {
        match self.size(field, text)? {
            0 => Err(Fault::new(field, shown(text), "a size above 0")),
            size => Ok(size),
        }
    }

    fn figure(&mut self, text: &str, exponent: i8) -> Option<i64> {
        let figure = figure(text.as_bytes(), u32::try_from(-i32::from(exponent)).ok()?)?;
        self.rounded += u64::from(figure.rounded);
        Some(figure.mantissa)
    }
}

/// As much of `text` as a refusal shows.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("\"{}…\"", &text[..at]),
        None => format!("\"{text}\""),
    }
}

/// A moment as a whole number of seconds, milliseconds, microseconds or nanoseconds since 1970: venues
/// mix them, so the number of digits decides (10, 13, 16, 19: from 2001 to 2286).
pub(crate) fn epoch(field: &'static str, text: &str) -> Result<Moment, Fault> {
    let unit = match text.len() {
        _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => None,
        10 => Some(1_000_000_000),
        13 => Some(1_000_000),
        16 => Some(1_000),
        19 => Some(1),
        _ => None,
    };
    let ns = unit.and_then(|unit: i64| text.parse::<i64>().ok()?.checked_mul(unit));
    ns.map(Moment).ok_or_else(|| {
        let expected = "a time since 1970 in 10 (s), 13 (ms), 16 (us) or 19 (ns) figures";
        Fault::new(field, shown(text), expected)
    })
}

/// Seconds since 1970 with figures behind the point.
pub(crate) fn seconds(field: &'static str, text: &str) -> Result<Moment, Fault> {
    let whole = text.split('.').next().unwrap_or_default();
    let ns = figure(text.as_bytes(), 9).filter(|_| whole.len() == 10);
    ns.map(|ns| Moment(ns.mantissa))
        .ok_or_else(|| Fault::new(field, shown(text), "seconds since 1970, from 2001 to 2286"))
}

/// A time as RFC 3339 writes it, with its zone.
pub(crate) fn rfc3339(field: &'static str, text: &str) -> Result<Moment, Fault> {
    let read = text.parse::<jiff::Timestamp>().ok();
    read.and_then(|at| i64::try_from(at.as_nanosecond()).ok())
        .map(Moment)
        .ok_or_else(|| Fault::new(field, shown(text), "a time as RFC 3339 writes it"))
}

/// When something happened, where the venue may not have said it: then it is when it was heard.
pub(crate) fn at_or_heard(
    at: Option<Moment>,
    heard: Option<Moment>,
) -> Result<(Moment, Flags), Fault> {
    match (at, heard) {
        (Some(at), _) => Ok((at, Flags::default())),
        (None, Some(heard)) => Ok((heard, Flags::NO_EVENT_TIME)),
        (None, None) => Err(Fault::new("time", "none", "a time of the venue or of the recorder")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_digits_tells_the_unit() {
        let second = Moment(1_723_161_255_000_000_000);
        for text in ["1723161255", "1723161255000", "1723161255000000", "1723161255000000000"] {
            assert_eq!(epoch("E", text).unwrap(), second, "{text}");
        }
        for text in ["", "0", "172316125500", "-723161255", "17231612.5", "9999999999999999999"] {
            let fault = epoch("E", text).unwrap_err();
            assert_eq!((fault.field.as_ref(), fault.found), ("E", format!("\"{text}\"")));
        }
        assert_eq!(seconds("time", "1618678132.83097").unwrap().0, 1_618_678_132_830_970_000);
        for text in ["1618678132830", "NaN", "1e9", "-1618678132.5"] {
            assert!(seconds("time", text).is_err(), "{text}");
        }
        let read = rfc3339("time", "2021-07-22T22:36:10.014Z").unwrap();
        assert_eq!(read.0, 1_626_993_370_014_000_000);
        assert!(rfc3339("time", "2021-07-22 22:36").is_err(), "no zone");
    }

    #[test]
    fn figures_are_exact_and_those_that_are_not_are_counted() {
        let mut ruler = Ruler::new(SCALE);
        assert_eq!(ruler.price("p", "61837.63000000").unwrap(), 6_183_763_000_000);
        assert_eq!(ruler.size("q", "0").unwrap(), 0);
        assert_eq!(ruler.rounded, 0);
        assert_eq!(ruler.traded("q", "1e-9").unwrap_err().expected, "a size above 0");
        assert_eq!(ruler.rounded, 1);
        for text in ["NaN", "inf", "", "-1", "0x10", "1,5", "99999999999999999999"] {
            assert!(ruler.price("p", text).is_err(), "{text}");
            assert!(ruler.size("q", text).is_err(), "{text}");
        }
        assert_eq!(ruler.signed_price("p", "-1").unwrap(), -100_000_000);
        assert_eq!(shown(&"é".repeat(50)), format!("\"{}…\"", "é".repeat(40)));
    }
}

//! When a venue says that something happened, in whatever unit it says it.
//!
//! Units differ inside one venue and even inside one message type, so a whole number is told by its
//! size: ten digits are seconds, thirteen milliseconds, sixteen microseconds, nineteen nanoseconds.
//! From 2001 to 2262 that is never ambiguous. Anything else is refused by name, except 0 and the
//! year 1, which venues' programs write where they know no time.

use jiff::Timestamp;
use pitfloor_data::record::Moment;

/// A time as a venue tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// This one.
    At(Moment),
    /// The place for it holds what is written where no time is known.
    Blank,
}

/// The moment that a whole number means; its value where it has no known number of digits.
///
/// # Errors
///
/// The number itself, when its size says no unit or nanoseconds do not hold it.
pub fn of_integer(value: i64) -> Result<Told, i64> {
    let unit = match value.unsigned_abs().checked_ilog10().map(|power| power + 1) {
        None => return Ok(Told::Blank),
        Some(10) => 1_000_000_000,
        Some(13) => 1_000_000,
        Some(16) => 1_000,
        Some(19) => 1,
        Some(_) => return Err(value),
    };
    value.checked_mul(unit).map(|ns| Told::At(Moment(ns))).ok_or(value)
}

/// The moment that a text of RFC 3339 means: no to nine digits of a second, and `Z` or an offset.
///
/// None where it is no such text, or names a time that nanoseconds since 1970 do not hold.
#[must_use]
pub fn of_text(text: &str) -> Option<Told> {
    if text.starts_with("0001-01-01T00:00:00") {
        return Some(Told::Blank);
    }
    if text.len() > 40 || text.contains('[') {
        return None;
    }
    let at: Timestamp = text.parse().ok()?;
    i64::try_from(at.as_nanosecond()).ok().map(|ns| Told::At(Moment(ns)))
}

/// `moment` as RFC 3339 with nine digits of a second and `Z`.
#[must_use]
pub fn text(moment: Moment) -> String {
    let at = Timestamp::from_nanosecond(i128::from(moment.0));
    at.map_or_else(|_| moment.0.to_string(), |at| format!("{at:.9}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ns(text: &str) -> i64 {
        match of_text(text) {
            Some(Told::At(moment)) => moment.0,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_number_of_digits_says_the_unit() {
        let at = |ns| Ok(Told::At(Moment(ns)));
        assert_eq!(of_integer(1_614_008_704), at(1_614_008_704_000_000_000));
        assert_eq!(of_integer(1_614_008_704_208), at(1_614_008_704_208_000_000));
        assert_eq!(of_integer(1_614_008_704_208_001), at(1_614_008_704_208_001_000));
        assert_eq!(of_integer(1_614_008_704_208_001_002), at(1_614_008_704_208_001_002));
        assert_eq!(of_integer(0), Ok(Told::Blank));
        for unknown in [1, 20_240_808, 99_999_999_999, 161_400_870_420_800_100, -1, i64::MIN + 1] {
            let found = of_integer(unknown);
            assert!(found == Err(unknown) || unknown == i64::MIN + 1, "{unknown}: {found:?}");
        }
        assert_eq!(of_integer(9_999_999_999), Err(9_999_999_999), "the year 2286 does not fit");
    }

    #[test]
    fn texts_have_up_to_nine_digits_and_an_offset() {
        assert_eq!(ns("2021-02-22T15:51:44Z"), 1_614_009_104_000_000_000);
        assert_eq!(ns("2021-02-22T15:51:44.208Z"), 1_614_009_104_208_000_000);
        assert_eq!(ns("2021-02-22T15:51:44.208335929Z"), 1_614_009_104_208_335_929);
        assert_eq!(ns("2021-02-22T10:51:44.2-05:00"), 1_614_009_104_200_000_000);
        assert_eq!(of_text("0001-01-01T00:00:00Z"), Some(Told::Blank));
        for bad in [
            "",
            "2021-02-22",
            "2021-02-22T15:51:44",
            "2021-13-22T15:51:44Z",
            "now",
            "2021-02-22T15:51:44.2083359291Z",
            "9999-01-01T00:00:00Z",
            "2021-02-22T15:51:44Z[UTC]",
        ] {
            assert_eq!(of_text(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(ns in 0..i64::MAX) {
            prop_assert_eq!(of_text(&text(Moment(ns))), Some(Told::At(Moment(ns))));
        }

        #[test]
        fn nothing_panics(value: i64, words in "\\PC{0,50}") {
            let _ = (of_integer(value), of_text(&words));
        }
    }
}

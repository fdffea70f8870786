//! Times as tables write them.

use crate::error::Fault;
use crate::record::Moment;
use crate::zone::Zone;
use jiff::civil::{Date, DateTime};
use std::fmt;

/// Which part of a date such as 1/2/2020 is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayOrder {
    /// The first: 2 January.
    MonthFirst,
    /// The second: 1 February.
    DayFirst,
}

/// How the times of a table are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// Days without a time: moments are midnight UTC of the date.
    Date(DateForm),
    /// A date and a time with its offset from UTC.
    Offset,
    /// A date and a time on the clock of this zone.
    Clock(DateForm, Zone),
    /// Time since 1970: so many nanoseconds are one unit.
    Epoch(i64),
}

/// How dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateForm {
    /// 2020-01-02 or 2020/01/02.
    YearFirst,
    /// 20200102.
    Digits,
    /// 202001: a month.
    Month,
    /// 1/2/2020, in this order.
    Slashes(DayOrder),
}

impl fmt::Display for TimeForm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(form) => write!(out, "are dates ({form:?})"),
            Self::Offset => write!(out, "tell their offset from UTC"),
            Self::Clock(form, zone) => write!(out, "are of {zone:?} ({form:?})"),
            Self::Epoch(unit) => write!(out, "are since 1970 in units of {unit} ns"),
        }
    }
}

/// Nanoseconds of one unit, by how many digits a time since 1970 has (seconds, ms, µs, ns).
pub(crate) fn epoch_unit(size: u64) -> Option<i64> {
    match size.checked_ilog10().map_or(1, |log| log + 1) {
        9..=10 => Some(1_000_000_000),
        12..=13 => Some(1_000_000),
        15..=16 => Some(1_000),
        18..=19 => Some(1),
        _ => None,
    }
}

impl TimeForm {
    /// How `samples`, the times of the first rows, are written.
    ///
    /// # Errors
    ///
    /// When they are in no known form, may be read in two ways, or have a time of day and no zone.
    pub(crate) fn of(
        samples: &[Vec<u8>],
        zone: Option<&Zone>,
        order: Option<DayOrder>,
    ) -> Result<Self, Fault> {
        let Some(first) = samples.first() else {
            return Err(Fault::new("time", "no rows", "at least one row"));
        };
        let text = std::str::from_utf8(first).unwrap_or("");
        let unknown = || Fault::new("time", format!("{text:?}"), "a date, a moment, or an epoch");
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && text.len() == 8 {
            return Ok(Self::Date(DateForm::Digits));
        }
        if digits && text.len() == 6 {
            return Ok(Self::Date(DateForm::Month));
        }
        if let Some(size) = digits.then(|| text.parse::<u64>().ok()).flatten() {
            let expected = "10 digits of s, 13 of ms, 16 of µs or 19 of ns";
            let unit = epoch_unit(size).ok_or(Fault::new("time", text, expected))?;
            return Ok(Self::Epoch(unit));
        }
        let (date, rest) = halves(text);
        let form = if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
            DateForm::Digits
        } else if year_first(date).is_some() {
            DateForm::YearFirst
        } else if slashes(date).is_some() {
            DateForm::Slashes(match order {
                Some(order) => order,
                None => self::order(samples)?,
            })
        } else {
            return Err(unknown());
        };
        match rest {
            None => Ok(Self::Date(form)),
            Some(clock) if offset(clock).is_some() => Ok(Self::Offset),
            Some(_) => match zone {
                Some(zone) => Ok(Self::Clock(form, zone.clone())),
                None => {
                    let found = format!("{text:?}, a time of day without a zone");
                    Err(Fault::new("time", found, "a zone, in the times or given"))
                }
            },
        }
    }

    /// The moment that `text` is.
    pub(crate) fn read(&self, text: &[u8]) -> Result<Moment, Fault> {
        let refuse = || {
            let found = format!("\"{}\"", text.escape_ascii());
            Fault::new("time", found, format!("as those of the first rows: they {self}"))
        };
        let text = std::str::from_utf8(text).map_err(|_| refuse())?;
        match self {
            Self::Epoch(unit) => {
                let size = text.parse::<u64>().ok();
                let size = size.filter(|size| *size == 0 || epoch_unit(*size) == Some(*unit));
                let nanos = size.and_then(|size| i64::try_from(size).ok()?.checked_mul(*unit));
                nanos.map(Moment).ok_or_else(refuse)
            }
            Self::Date(form) => {
                let date = form.read(text).ok_or_else(refuse)?;
                Zone::UTC.moment(date.at(0, 0, 0, 0))
            }
            Self::Offset => {
                let (date, clock) = halves(text);
                let date = DateForm::YearFirst.read(date).ok_or_else(refuse)?;
                let (clock, ahead_s) = offset(clock.ok_or_else(refuse)?).ok_or_else(refuse)?;
                let shown = time_of_day(date, clock).ok_or_else(refuse)?;
                let Moment(nanos) = Zone::UTC.moment(shown)?;
                let moment = nanos.checked_sub(ahead_s * 1_000_000_000);
                moment.map(Moment).ok_or_else(refuse)
            }
            Self::Clock(form, zone) => {
                let (date, clock) = halves(text);
                let date = form.read(date).ok_or_else(refuse)?;
                let clock = clock.ok_or_else(refuse)?;
                zone.moment(time_of_day(date, clock).ok_or_else(refuse)?)
            }
        }
    }
}

impl DateForm {
    fn read(self, text: &str) -> Option<Date> {
        let number = |text: &str| text.parse::<i16>().ok();
        let (year, month, day) = match self {
            Self::YearFirst => year_first(text)?,
            Self::Digits if text.len() == 8 && text.is_ascii() => {
                (number(&text[..4])?, number(&text[4..6])?, number(&text[6..])?)
            }
            Self::Month if text.len() == 6 && text.is_ascii() => {
                (number(&text[..4])?, number(&text[4..])?, 1)
            }
            Self::Digits | Self::Month => return None,
            Self::Slashes(order) => {
                let (first, second, year) = slashes(text)?;
                match order {
                    DayOrder::MonthFirst => (year, first, second),
                    DayOrder::DayFirst => (year, second, first),
                }
            }
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

/// A date and what is behind it.
fn halves(text: &str) -> (&str, Option<&str>) {
    match text.find([' ', 'T']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim_start())),
        None => (text, None),
    }
}

fn three(text: &str, between: char) -> Option<[i16; 3]> {
    let mut parts = text.split(between).map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i16>().ok()).flatten()
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

fn year_first(text: &str) -> Option<(i16, i16, i16)> {
    let [year, month, day] = three(text, '-').or_else(|| three(text, '/'))?;
    (year > 31).then_some((year, month, day))
}

fn slashes(text: &str) -> Option<(i16, i16, i16)> {
    let [first, second, year] = three(text, '/')?;
    (first <= 31 && year > 31).then_some((first, second, year))
}

/// Which order all of `samples` allow.
fn order(samples: &[Vec<u8>]) -> Result<DayOrder, Fault> {
    let dates =
        samples.iter().filter_map(|text| slashes(halves(std::str::from_utf8(text).ok()?).0));
    let (mut month_first, mut day_first) = (true, true);
    for (first, second, _) in dates {
        month_first &= first <= 12;
        day_first &= second <= 12;
    }
    match (month_first, day_first) {
        (true, false) => Ok(DayOrder::MonthFirst),
        (false, true) => Ok(DayOrder::DayFirst),
        _ => {
            let found = String::from_utf8_lossy(&samples[0]).into_owned();
            let expected =
                "a date that is one day only: it may be month/day/year or day/month/year";
            Err(Fault::new("time", format!("{found:?}"), expected))
        }
    }
}

/// A time of day with an offset behind it, in seconds ahead of UTC.
fn offset(clock: &str) -> Option<(&str, i64)> {
    for word in ["Z", " UTC", "UTC", "z"] {
        if let Some(clock) = clock.strip_suffix(word) {
            return Some((clock.trim_end(), 0));
        }
    }
    let at = clock.rfind(['+', '-'])?;
    let (clock, ahead) = clock.split_at(at);
    let sign = if ahead.starts_with('-') { -1 } else { 1 };
    let figures: String = ahead[1..].chars().filter(|c| *c != ':').collect();
    if !figures.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(figures.len(), 2 | 4) {
        return None;
    }
    let hours: i64 = figures[..2].parse().ok()?;
    let minutes: i64 =
        figures.get(2..).filter(|m| !m.is_empty()).map_or(Some(0), |m| m.parse().ok())?;
    (hours < 16 && minutes < 60)
        .then_some((clock.trim_end(), sign * (hours * 3_600 + minutes * 60)))
}

/// `09:30`, `09:30:05`, `09:30:05.000123`, or `093005` and `093005123`.
fn time_of_day(date: Date, clock: &str) -> Option<DateTime> {
    let digits = clock.bytes().all(|byte| byte.is_ascii_digit());
    let spelled;
    let clock = if digits && matches!(clock.len(), 6 | 9) {
        spelled = format!("{}:{}:{}.{}", &clock[..2], &clock[2..4], &clock[4..6], &clock[6..]);
        spelled.trim_end_matches('.')
    } else {
        clock
    };
    let mut parts = clock.split(':');
    let two = |part: &str| {
        let fits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(text) => {
            let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
            if rest.len() > 9 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let nanos = format!("{rest:0<9}").parse::<i32>().ok()?;
            (two(whole)?, nanos)
        }
    };
    if parts.next().is_some() {
        return None;
    }
    jiff::civil::Time::new(hour, minute, second, nanos).ok().map(|time| date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, zone: Option<Zone>) -> Result<i64, String> {
        let form = TimeForm::of(&[text.as_bytes().to_vec()], zone.as_ref(), None);
        let moment = form.and_then(|form| form.read(text.as_bytes()));
        moment.map(|moment| moment.0).map_err(|fault| format!("{} {}", fault.found, fault.expected))
    }

    #[test]
    fn times_are_read_in_all_their_forms() {
        let noon = 1_577_966_400_000_000_000; // 2020-01-02T12:00:00Z
        for text in [
            "2020-01-02T12:00:00Z",
            "2020-01-02 12:00:00+00:00",
            "2020-01-02 13:00:00.000+01:00",
            "2020-01-02 07:00:00-0500",
            "1577966400",
            "1577966400000",
            "1577966400000000",
            "1577966400000000000",
            "2020/01/02 12:00 UTC",
        ] {
            assert_eq!(read(text, None), Ok(noon), "{text}");
        }
        for text in
            ["2020-01-02 12:00", "20200102 12:00:00", "20200102 120000000", "2020-01-02T12:00:00.0"]
        {
            assert_eq!(read(text, Some(Zone::UTC)), Ok(noon), "{text}");
            assert!(read(text, None).unwrap_err().contains("a time of day without a zone"));
        }
        assert_eq!(read("2020-01-02 07:00", Some(Zone::new_york())), Ok(noon));
        for text in ["2020-01-02", "20200102", "1/25/2020", "25/1/2020"] {
            assert!(read(text, None).is_ok(), "{text}");
        }
        assert_eq!(read("192607", None), Ok(-1_372_896_000_000_000_000));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let said = read("1/2/2020", None).unwrap_err();
        assert!(said.contains("it may be month/day/year or day/month/year"), "{said}");
        for text in [
            "12345",
            "2020-13-01",
            "yesterday",
            "",
            "15779664000",
            "2020-01-02 25:00Z",
            "2020-02-30",
        ] {
            assert!(read(text, None).is_err(), "{text}");
        }
        let form = TimeForm::Epoch(1_000_000);
        assert!(form.read(b"1577966400").is_err(), "another unit than the first rows");
    }
}

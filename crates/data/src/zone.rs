//! Clocks on walls: from the time of a place, as files write it, to a moment in UTC.
//!
//! A file that says neither its zone nor comes from a source whose zone is known is refused, never
//! guessed at. Zones are those of the IANA database, which the program carries with it.

use crate::error::Fault;
use crate::record::Moment;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Where a clock hangs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A day at a place: its wall clock against UTC.
#[derive(Clone, Debug)]
pub struct Day {
    date: Date,
    zone: Zone,
    /// The moment of its midnight, where its clock is not changed that day.
    midnight: Option<i64>,
}

/// A day of 24 hours, in nanoseconds.
pub const DAY_NS: i64 = 86_400_000_000_000;

/// Where the shares of the United States trade.
pub const NEW_YORK: &str = "America/New_York";

impl Zone {
    /// UTC itself.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of that name in the IANA database, such as `America/New_York`.
    ///
    /// # Errors
    ///
    /// When there is none of that name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// New York's.
    ///
    /// # Panics
    ///
    /// Never: the program carries it.
    #[must_use]
    pub fn new_york() -> Self {
        Self::named(NEW_YORK).expect("the program carries its zones")
    }

    /// The moment at which its clock shows `shown`.
    ///
    /// Where the clock is set back and shows a time twice, the first is meant.
    ///
    /// # Errors
    ///
    /// When the clock never shows it (it is set forward across it), or no nanosecond count holds it.
    pub(crate) fn moment(&self, shown: DateTime) -> Result<Moment, Fault> {
        let ambiguous = self.0.to_ambiguous_timestamp(shown);
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            return Err(Fault::new("time", shown.to_string(), "a time that the clock shows"));
        }
        let found = ambiguous.earlier().ok().and_then(|at| i64::try_from(at.as_nanosecond()).ok());
        let found = found.map(Moment);
        found.ok_or_else(|| Fault::new("time", shown.to_string(), "a year from 1678 to 2262"))
    }
}

impl Day {
    /// The day `date` at the place of `zone`.
    #[must_use]
    pub fn new(date: Date, zone: Zone) -> Self {
        let at = |date: Date| zone.moment(date.at(0, 0, 0, 0)).ok();
        let ends = at(date).zip(date.tomorrow().ok().and_then(at));
        let even = ends.filter(|(from, to)| to.0 - from.0 == DAY_NS);
        let midnight = even.map(|(from, _)| from.0);
        Self { date, zone, midnight }
    }

    /// Its date.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }

    /// The moment at which its clock shows so many nanoseconds after midnight.
    ///
    /// # Errors
    ///
    /// When there are no so many in a day, or the clock never shows that time.
    pub(crate) fn at(&self, nanos: i64) -> Result<Moment, Fault> {
        if !(0..DAY_NS).contains(&nanos) {
            let found = format!("{nanos} ns after midnight");
            return Err(Fault::new("time", found, "a time of a day"));
        }
        match self.midnight {
            Some(midnight) => Ok(Moment(midnight + nanos)),
            None => {
                let shown = self.date.at(0, 0, 0, 0);
                let later = jiff::Span::new().nanoseconds(nanos);
                let shown = shown.checked_add(later);
                let shown = shown.map_err(|e| Fault::new("time", e.to_string(), "a day"))?;
                self.zone.moment(shown)
            }
        }
    }
}

/// A name that no zone has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone; one is called America/New_York, another UTC")]
pub struct UnknownZone(pub String);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const HOUR: i64 = 3_600_000_000_000;

    fn seconds(moment: Moment) -> i64 {
        moment.0 / 1_000_000_000
    }

    #[test]
    fn summer_and_winter_differ_by_an_hour() {
        let of = |y, m, d, hour| Day::new(date(y, m, d), Zone::new_york()).at(hour * HOUR).unwrap();
        // 09:00 in New York is 13:00 UTC in summer and 14:00 in winter.
        assert_eq!(seconds(of(2012, 6, 21, 9)), 1_340_283_600);
        assert_eq!(seconds(of(2012, 1, 20, 9)), 1_327_068_000);
        // Before 2007 summer began in April.
        assert_eq!(seconds(of(2000, 3, 20, 9)) % 86_400, 14 * 3_600);
        assert_eq!(seconds(of(2008, 3, 20, 9)) % 86_400, 13 * 3_600);
    }

    #[test]
    fn an_hour_that_no_clock_shows_is_refused_and_one_shown_twice_is_its_first() {
        let spring = Day::new(date(2012, 3, 11), Zone::new_york());
        assert_eq!(spring.at(2 * HOUR + 1).unwrap_err().field, "time");
        assert_eq!(seconds(spring.at(3 * HOUR).unwrap()) % 86_400, 7 * 3_600);
        let autumn = Day::new(date(2012, 11, 4), Zone::new_york());
        assert_eq!(seconds(autumn.at(HOUR).unwrap()) % 86_400, 5 * 3_600);
        assert_eq!(seconds(autumn.at(2 * HOUR).unwrap()) % 86_400, 7 * 3_600);
        for nanos in [-1, DAY_NS] {
            assert_eq!(autumn.at(nanos).unwrap_err().expected, "a time of a day");
        }
    }

    #[test]
    fn a_zone_that_is_none_is_named() {
        let error = Zone::named("America/New_Yrok").unwrap_err().to_string();
        assert!(error.starts_with("\"America/New_Yrok\" is no time zone"), "{error}");
        assert_eq!(Zone::named("UTC").unwrap(), Zone::UTC);
    }
}

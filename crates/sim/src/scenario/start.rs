//! When a run begins, by the calendar.

use super::Start;
use pitfloor_model::units::Time;

impl Start {
    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Local seconds since midnight of the first day at the moment `at` of the run.
    #[must_use]
    pub const fn clock_s(&self, at: Time) -> u64 {
        let midnight = (self.unix_s + self.offset_s as i64).rem_euclid(86_400) as u64;
        midnight + at.0 / 1_000_000_000
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expected = "a moment such as \"2026-01-05T09:30:00-05:00\"";
        let moment = || {
            let pieces = jiff::fmt::temporal::Pieces::parse(text).ok()?;
            let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
            let local = pieces.date().to_datetime(time);
            let unix_s = offset.to_timestamp(local).ok()?.as_second();
            Some(Self { text: text.to_owned(), unix_s, offset_s: offset.seconds() })
        };
        moment().ok_or_else(|| expected.to_owned())
    }

    /// Its moment in nanoseconds since 1970.
    pub(super) const fn epoch_ns(&self) -> i64 {
        self.unix_s.saturating_mul(1_000_000_000)
    }

    /// Its day, where it is.
    pub(super) fn day(&self) -> jiff::civil::Date {
        let local = self.unix_s.saturating_add(self.offset_s as i64);
        let there = jiff::Timestamp::from_second(local).unwrap_or(jiff::Timestamp::MAX);
        there.to_zoned(jiff::tz::TimeZone::UTC).date()
    }
}

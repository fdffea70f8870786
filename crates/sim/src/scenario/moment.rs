//! A moment of the run, as a scenario writes it: a span after the start, or by the calendar.

use super::Start;
use crate::params::span;
use pitfloor_model::units::Time;

/// `"2h30m"` after the start, or `"2026-01-16T16:00:00-05:00"`.
///
/// # Errors
///
/// What was expected instead: a moment of either form after the start.
pub(super) fn moment(text: &str, start: &Start) -> Result<Time, String> {
    let expected = || {
        "a time after the start such as \"2h30m\", or a moment such as \
         \"2026-01-16T16:00:00-05:00\""
            .to_owned()
    };
    if let Ok(after) = span(text) {
        return Ok(Time(after.0));
    }
    let there = Start::parse(text).map_err(|_| expected())?;
    let seconds = u64::try_from(there.unix_s - start.unix_s).ok().filter(|seconds| *seconds > 0);
    let nanos = seconds.and_then(|seconds| seconds.checked_mul(1_000_000_000));
    nanos.map(Time).ok_or_else(|| format!("a moment after the start, {}", start.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_span_or_a_date_with_its_offset() {
        let start = Start::parse("2026-01-05T09:30:00-05:00").unwrap();
        let said = |text| moment(text, &start);
        assert_eq!(said("2h30m"), Ok(Time(9_000_000_000_000)));
        assert_eq!(said("2026-01-05T14:31:00Z"), Ok(Time(60_000_000_000)));
        assert_eq!(said("2026-01-16T16:00:00-05:00"), Ok(Time(973_800_000_000_000)));
        let late = Err("a moment after the start, 2026-01-05T09:30:00-05:00".to_owned());
        assert_eq!(said("2026-01-05T09:30:00-05:00"), late);
        assert_eq!(said("2025-12-31T09:30:00-05:00"), late);
        for text in ["", "0s", "soon", "2026-01-16", "2026-01-16T16:00:00", "-2h"] {
            assert!(said(text).unwrap_err().starts_with("a time after the start"), "{text}");
        }
    }
}

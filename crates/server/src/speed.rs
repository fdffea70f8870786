//! Speed: how many seconds of the market pass in one second of ours.
//!
//! Held in whole millionths, so that going from wall time to market time and back is arithmetic on
//! whole numbers and never drifts, however often the speed is changed.

use pitfloor_model::units::Span;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;

/// How fast market time passes, against wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Speed(
    /// Millionths of real time; none: no waiting at all.
    Option<NonZeroU64>,
);

/// A speed that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("speed: found {found}, expected a number from {} to {}, or max", Speed::LEAST, Speed::MOST)]
pub struct BadSpeed {
    /// What was there.
    pub found: String,
}

/// What one is counted in.
const MILLION: u64 = 1_000_000;

impl Speed {
    /// One second a second.
    pub const REAL: Self = Self(NonZeroU64::new(MILLION));

    /// As fast as the machine goes: nothing is waited for.
    pub const MAX: Self = Self(None);

    /// The slowest speed: one millionth, a microsecond a second.
    pub const LEAST: f64 = 0.000_001;

    /// The fastest speed that still waits: a million, eleven days a second. A clock that ticks in
    /// milliseconds would show nothing between the steps of a faster one.
    pub const MOST: f64 = 1_000_000.0;

    /// `factor` times real time, rounded to the nearest millionth.
    ///
    /// # Errors
    ///
    /// When `factor` is no number, or not from [`Speed::LEAST`] to [`Speed::MOST`].
    pub fn times(factor: f64) -> Result<Self, BadSpeed> {
        let bad = || BadSpeed { found: factor.to_string() };
        if !(Self::LEAST..=Self::MOST).contains(&factor) {
            return Err(bad());
        }
        let millionths = (factor * MILLION as f64).round() as u64;
        NonZeroU64::new(millionths).map(|millionths| Self(Some(millionths))).ok_or_else(bad)
    }

    /// How much market time passes in `wall`, rounded down; none when nothing is waited for.
    pub(crate) fn market(self, wall: Duration) -> Option<Span> {
        let passed = wall.as_nanos().saturating_mul(u128::from(self.0?.get()));
        Some(Span(u64::try_from(passed / u128::from(MILLION)).unwrap_or(u64::MAX)))
    }

    /// How long `market` takes, rounded up; none when nothing is waited for.
    pub(crate) fn wall(self, market: Span) -> Option<Duration> {
        let nanos = (u128::from(market.0) * u128::from(MILLION)).div_ceil(self.0?.get().into());
        let secs = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
        Some(Duration::new(secs, (nanos % 1_000_000_000) as u32))
    }
}

/// `"max"`, or a factor with or without an x behind it: `"10"`, `"0.5x"`.
impl FromStr for Speed {
    type Err = BadSpeed;

    fn from_str(text: &str) -> Result<Self, BadSpeed> {
        if text == "max" {
            return Ok(Self::MAX);
        }
        let bad = || BadSpeed { found: format!("{text:?}") };
        let factor = text.strip_suffix('x').unwrap_or(text).parse().map_err(|_| bad())?;
        Self::times(factor).map_err(|_| bad())
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(millionths) => write!(f, "{}x", millionths.get() as f64 / MILLION as f64),
            None => f.write_str("max"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_that_cannot_be_used_are_refused_with_what_was_found() {
        let refused = [
            (0.0, "0"),
            (-0.0, "-0"),
            (-1.0, "-1"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (1e-7, "0.0000001"),
            (1_000_001.0, "1000001"),
            (1e300, &format!("{}", 1e300)),
        ];
        for (factor, found) in refused {
            let bad = Speed::times(factor).unwrap_err().to_string();
            let expected =
                format!("speed: found {found}, expected a number from 0.000001 to 1000000, or max");
            assert_eq!(bad, expected);
        }
        for text in ["", "x", "fast", "MAX", "-1x", "0x", "NaN", "inf", "1e9", "10 x", "1,5"] {
            assert_eq!(Speed::from_str(text).unwrap_err().found, format!("{text:?}"));
        }
    }

    #[test]
    fn speeds_are_read_as_they_are_shown() {
        for text in ["1x", "10x", "0.1x", "0.000001x", "1000000x", "2.5x", "max"] {
            assert_eq!(Speed::from_str(text).unwrap().to_string(), text);
        }
        assert_eq!("1".parse(), Ok(Speed::REAL));
        assert_eq!("max".parse(), Ok(Speed::MAX));
        assert_ne!(Speed::times(Speed::MOST), Ok(Speed::MAX));
    }

    /// Whoever waits as long as he is told to finds that the moment has come.
    #[test]
    fn waiting_reaches_the_moment_at_every_speed() {
        for text in ["0.000001", "0.1", "0.333333", "1", "3", "7.7", "1000", "1000000"] {
            let speed: Speed = text.parse().unwrap();
            for nanos in [0, 1, 2, 3, 999, 1_000_001, 86_400_000_000_007] {
                let wait = speed.wall(Span(nanos)).unwrap();
                let passed = speed.market(wait).unwrap();
                assert!(passed >= Span(nanos), "{text}: {nanos} ns");
                let early = wait.saturating_sub(Duration::from_nanos(1));
                assert!(nanos == 0 || speed.market(early).unwrap() < Span(nanos), "{text}");
            }
        }
        assert_eq!(
            "10".parse::<Speed>().unwrap().market(Duration::from_secs(2)),
            Some(Span::secs(20))
        );
        assert_eq!(
            "0.5".parse::<Speed>().unwrap().wall(Span::secs(2)),
            Some(Duration::from_secs(4))
        );
        assert_eq!((Speed::MAX.wall(Span(1)), Speed::MAX.market(Duration::MAX)), (None, None));
    }

    #[test]
    fn the_ends_of_time_do_not_wrap() {
        let (slowest, fastest) = (Speed::times(Speed::LEAST), Speed::times(Speed::MOST));
        let wait = slowest.unwrap().wall(Span(u64::MAX)).unwrap();
        assert!(wait > Duration::from_secs(u64::MAX / 1_000_000_000));
        assert_eq!(fastest.unwrap().market(Duration::MAX), Some(Span(u64::MAX)));
    }
}

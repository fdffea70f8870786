//! What a connection has done, in numbers.

use hdrhistogram::Histogram;
use std::collections::BTreeMap;

/// What a connection has done since it was made, over all its calls to the venue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counters {
    /// Frames heard.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Records given, by channel.
    pub records: BTreeMap<&'static str, u64>,
    /// Messages and frames that could not be read.
    pub decode_errors: u64,
    /// Messages of types that nobody knows, by type; those beyond [`UNKNOWN_MAX`] types under `…`.
    pub unknown: BTreeMap<String, u64>,
    /// Keys that came twice in one object; the last counted.
    pub duplicate_keys: u64,
    /// Gaps opened.
    pub gaps: u64,
    /// Records removed because they had come before.
    pub duplicates: u64,
    /// Records whose moment is before that of the record before them on their channel.
    pub out_of_order: u64,
    /// Records without a moment of the venue, or with one far in the future.
    pub odd_moments: u64,
    /// Records of what was not asked for.
    pub unasked: u64,
    /// Changes of a book before the book itself.
    pub before_book: u64,
    /// Corrections and cancels of trades that are not remembered.
    pub unknown_trades: u64,
    /// Quotes whose bid is above their ask.
    pub crossed: u64,
    /// Quotes whose bid is their ask.
    pub locked: u64,
    /// Prices that are no multiple of the tick.
    pub off_tick: u64,
    /// Trades that are no market trades: an insurance fund's, a forced reduction's.
    pub not_market: u64,
    /// Frames that broke off.
    pub partial: u64,
    /// Frames left out because nobody took them in time.
    pub missed: u64,
    /// Steps of the wall clock.
    pub clock_steps: u64,
    /// Calls to the venue after the first.
    pub reconnects: u64,
    /// How long records were on their way.
    pub latency: Latency,
}

/// The most types of messages that are told apart without being known.
pub const UNKNOWN_MAX: usize = 64;

/// How long records were on their way, in nanoseconds: heard minus happened. Negative where the two
/// clocks disagree by more than the way takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Latency {
    early: Histogram<u64>,
    late: Histogram<u64>,
}

/// The longest latency told apart, in nanoseconds: a day.
pub const LATENCY_MAX_NS: u64 = 86_400_000_000_000;

impl Default for Latency {
    fn default() -> Self {
        let empty = || {
            let made = Histogram::new_with_bounds(1, LATENCY_MAX_NS, 2);
            made.expect("two digits between a nanosecond and a day")
        };
        Self { early: empty(), late: empty() }
    }
}

impl Latency {
    /// One more, in nanoseconds.
    pub fn note(&mut self, latency_ns: i64) {
        let side = if latency_ns < 0 { &mut self.early } else { &mut self.late };
        side.saturating_record(latency_ns.unsigned_abs());
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.early.len() + self.late.len()
    }

    /// The latency that `share` of them do not exceed, to two digits, in nanoseconds; none of none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<i64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = ((share.clamp(0.0, 1.0) * count as f64).ceil() as u64).clamp(1, count);
        let early = self.early.len();
        Some(if rank <= early {
            // The earliest of all is the largest of the early ones.
            let from_least = (early - rank + 1) as f64 / early as f64;
            -(self.early.value_at_quantile(from_least) as i64)
        } else {
            let of_late = (rank - early) as f64 / self.late.len() as f64;
            self.late.value_at_quantile(of_late) as i64
        })
    }
}

impl Counters {
    /// One more record of `channel`.
    pub fn record(&mut self, channel: &'static str) {
        *self.records.entry(channel).or_default() += 1;
    }

    /// One more message of an unknown `kind`; true where it is the first.
    pub fn unknown(&mut self, kind: &str) -> bool {
        let kind: String = kind.chars().take(32).collect();
        let full = self.unknown.len() >= UNKNOWN_MAX && !self.unknown.contains_key(&kind);
        let count = self.unknown.entry(if full { "…".to_owned() } else { kind }).or_default();
        *count += 1;
        *count == 1
    }

    /// All records.
    #[must_use]
    pub fn records_in_all(&self) -> u64 {
        self.records.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_may_be_negative_and_are_told_by_rank() {
        let mut latency = Latency::default();
        assert_eq!(latency.quantile(0.5), None);
        for ns in [-1_000, -10, 0, 20, 3_000] {
            latency.note(ns);
        }
        let near = |found: Option<i64>, wanted: i64| {
            let off = found.unwrap().abs_diff(wanted);
            assert!(off <= wanted.unsigned_abs() / 50, "{found:?}, {wanted}");
        };
        near(latency.quantile(0.0), -1_000);
        near(latency.quantile(0.4), -10);
        near(latency.quantile(0.5), 0);
        near(latency.quantile(0.8), 20);
        near(latency.quantile(1.0), 3_000);
        latency.note(i64::MIN);
        latency.note(i64::MAX);
        assert_eq!(latency.count(), 7);
        assert!(latency.quantile(1.0).unwrap() >= LATENCY_MAX_NS as i64);
    }

    #[test]
    fn unknown_kinds_are_counted_apart_until_there_are_too_many() {
        let mut counters = Counters::default();
        assert!(counters.unknown("zz") && !counters.unknown("zz"));
        for kind in 0..1_000 {
            counters.unknown(&format!("{kind}{}", "x".repeat(100)));
        }
        assert_eq!(counters.unknown.len(), UNKNOWN_MAX + 1);
        assert_eq!(counters.unknown.values().sum::<u64>(), 1_002);
        assert!(counters.unknown.keys().all(|kind| kind.chars().count() <= 32));
        counters.record("trades");
        counters.record("quotes");
        counters.record("trades");
        assert_eq!((counters.records["trades"], counters.records_in_all()), (2, 3));
    }
}

//! How far a market went away from the recorded one.
//!
//! When agents trade beside recorded flow, the market answers them and leaves its recorded path. A
//! [`Departure`] says by how much: both paths are read as steps in time, each value holding until
//! the next, and compared over every moment where both have one, weighted by its length.

use pitfloor_model::units::{Price, Span, Time};

/// Best bid and ask from `at` on, in ticks; none where a side is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quote {
    /// From when.
    pub at: Time,
    /// The best bid.
    pub bid: Option<Price>,
    /// The best ask.
    pub ask: Option<Price>,
}

/// How far two paths are apart, in ticks and weighted by time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Departure {
    /// How long both paths had a value: what the other figures are about.
    pub compared: Span,
    /// Mean absolute difference, in ticks.
    pub mean_abs_ticks: f64,
    /// Root of the mean squared difference, in ticks.
    pub rms_ticks: f64,
    /// Largest absolute difference that lasted any time, in ticks; mids lie on half ticks.
    pub max_abs_ticks: f64,
    /// Share of the compared time in which the difference was nothing, from 0 to 1.
    pub equal_share: f64,
}

/// A path: from which moment on it has which value, in half ticks.
type Path<'a> = dyn Iterator<Item = (Time, Option<i128>)> + 'a;

/// How far the simulated mid prices are from the recorded ones, until `until`.
///
/// A mid is half the sum of best bid and ask, and there is none while a side is empty. Both series
/// must be in order of time; of several quotes at one moment the last counts. `None` when at no
/// time both have a mid.
#[must_use]
pub fn of_mids(recorded: &[Quote], simulated: &[Quote], until: Time) -> Option<Departure> {
    let mids = |quotes: &[Quote]| -> Vec<(Time, Option<i128>)> {
        let mid = |quote: &Quote| Some(i128::from(quote.bid?.0) + i128::from(quote.ask?.0));
        quotes.iter().map(|quote| (quote.at, mid(quote))).collect()
    };
    let (recorded, simulated) = (mids(recorded), mids(simulated));
    apart(&mut recorded.into_iter(), &mut simulated.into_iter(), until)
}

/// How far the simulated last prices are from the recorded ones, until `until`.
///
/// The same as [`of_mids`], for prices that hold until the next one.
#[must_use]
pub fn of_prices(
    recorded: &[(Time, Price)],
    simulated: &[(Time, Price)],
    until: Time,
) -> Option<Departure> {
    let halves = |(at, price): &(Time, Price)| (*at, Some(2 * i128::from(price.0)));
    apart(&mut recorded.iter().map(halves), &mut simulated.iter().map(halves), until)
}

/// What adds up while walking along two paths.
#[derive(Default)]
struct Sums {
    nanos: u64,
    equal_nanos: u64,
    /// Half ticks times nanoseconds. Exact: 65 bits of difference and 64 of time, over at most 64
    /// bits of time in all, saturating where no market is.
    apart: u128,
    /// Half ticks squared times nanoseconds; added in order of time, so the same on every run.
    squared: f64,
    most: u128,
}

fn apart(ours: &mut Path<'_>, theirs: &mut Path<'_>, until: Time) -> Option<Departure> {
    let (mut ours, mut theirs) = (ours.peekable(), theirs.peekable());
    let (mut left, mut right) = (None, None);
    let mut sums = Sums::default();
    loop {
        let next = |at: Option<&(Time, Option<i128>)>| at.map(|(at, _)| *at);
        let (next_ours, next_theirs) = (next(ours.peek()), next(theirs.peek()));
        let Some(now) = [next_ours, next_theirs].into_iter().flatten().min() else { break };
        if now >= until {
            break;
        }
        while let Some((_, value)) = ours.next_if(|(at, _)| *at <= now) {
            left = value;
        }
        while let Some((_, value)) = theirs.next_if(|(at, _)| *at <= now) {
            right = value;
        }
        let ahead = [next(ours.peek()), next(theirs.peek())].into_iter().flatten().min();
        let end = ahead.unwrap_or(until).min(until);
        if let (Some(left), Some(right)) = (left, right) {
            sums.add(i128::abs_diff(left, right), end.since(now));
        }
    }
    sums.departure()
}

impl Sums {
    #[allow(clippy::cast_precision_loss)]
    fn add(&mut self, half_ticks: u128, lasting: Span) {
        if lasting == Span::ZERO {
            return;
        }
        self.nanos += lasting.0;
        self.equal_nanos += if half_ticks == 0 { lasting.0 } else { 0 };
        let weighted = half_ticks.saturating_mul(u128::from(lasting.0));
        self.apart = self.apart.saturating_add(weighted);
        self.squared += half_ticks as f64 * half_ticks as f64 * lasting.0 as f64;
        self.most = self.most.max(half_ticks);
    }

    #[allow(clippy::cast_precision_loss)]
    fn departure(&self) -> Option<Departure> {
        let nanos = self.nanos as f64;
        (self.nanos > 0).then(|| Departure {
            compared: Span(self.nanos),
            mean_abs_ticks: self.apart as f64 / nanos / 2.0,
            rms_ticks: (self.squared / nanos).sqrt() / 2.0,
            max_abs_ticks: self.most as f64 / 2.0,
            equal_share: self.equal_nanos as f64 / nanos,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(at: u64, bid: i64, ask: i64) -> Quote {
        Quote { at: Time(at), bid: Some(Price(bid)), ask: Some(Price(ask)) }
    }

    #[test]
    fn a_market_that_stays_on_the_record_departs_by_nothing() {
        let record = [quote(0, 99, 101), quote(10, 100, 102)];
        let found = of_mids(&record, &record, Time(30)).unwrap();
        assert_eq!(found.compared, Span(30));
        assert_eq!((found.mean_abs_ticks, found.rms_ticks, found.max_abs_ticks), (0.0, 0.0, 0.0));
        assert_eq!(found.equal_share, 1.0);
    }

    #[test]
    fn differences_weigh_as_long_as_they_last() {
        let recorded = [quote(0, 99, 101)];
        // 10 ns equal, 20 ns one and a half ticks above, 10 ns four below.
        let simulated = [quote(0, 98, 102), quote(10, 100, 103), quote(30, 95, 97)];
        let found = of_mids(&recorded, &simulated, Time(40)).unwrap();
        assert_eq!(found.compared, Span(40));
        assert_eq!(found.mean_abs_ticks, (20.0 * 1.5 + 10.0 * 4.0) / 40.0);
        assert_eq!(found.rms_ticks, ((20.0 * 2.25 + 10.0 * 16.0) / 40.0_f64).sqrt());
        assert_eq!(found.max_abs_ticks, 4.0);
        assert_eq!(found.equal_share, 0.25);
    }

    #[test]
    fn time_without_a_mid_is_not_compared() {
        let empty = |at| Quote { at: Time(at), bid: Some(Price(99)), ask: None };
        let recorded = [quote(5, 99, 101), empty(20), quote(30, 99, 101)];
        let simulated = [quote(0, 100, 102)];
        let found = of_mids(&recorded, &simulated, Time(40)).unwrap();
        assert_eq!(found.compared, Span(25));
        assert_eq!(found.mean_abs_ticks, 1.0);
        assert_eq!(of_mids(&recorded, &[], Time(40)), None);
        assert_eq!(of_mids(&recorded, &simulated, Time(5)), None);
        assert_eq!(of_mids(&[empty(0)], &simulated, Time(40)), None);
    }

    #[test]
    fn of_several_quotes_at_one_moment_the_last_counts() {
        let recorded = [quote(0, 50, 52), quote(0, 99, 101)];
        let simulated = [quote(0, 99, 101), quote(10, 1, 3), quote(10, 99, 101)];
        let found = of_mids(&recorded, &simulated, Time(20)).unwrap();
        assert_eq!((found.max_abs_ticks, found.equal_share), (0.0, 1.0));
    }

    #[test]
    fn last_prices_are_compared_from_the_first_trade_of_both_on() {
        let recorded = [(Time(0), Price(100)), (Time(10), Price(101))];
        let simulated = [(Time(5), Price(100))];
        let found = of_prices(&recorded, &simulated, Time(15)).unwrap();
        assert_eq!((found.compared, found.mean_abs_ticks), (Span(10), 0.5));
        assert_eq!((found.max_abs_ticks, found.equal_share), (1.0, 0.5));
    }

    #[test]
    fn prices_at_the_ends_of_the_world_do_not_overflow() {
        let (low, high) = (-Price::FARTHEST.0, Price::FARTHEST.0);
        let found = of_mids(&[quote(0, low, low)], &[quote(0, high, high)], Time(u64::MAX));
        assert_eq!(found.unwrap().max_abs_ticks, 2.0 * high as f64);
    }
}

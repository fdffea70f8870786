//! Series for charts whose size does not depend on the length of the run.
//!
//! A [`Timeline`] has a fixed number of buckets. When a moment lies beyond the last one, buckets
//! are joined in pairs and their width doubles, so a run of any length fits, and two runs of the
//! same length have the same buckets. [`Chart`] keeps such a timeline for one instrument.

use pitfloor_feed::level2::{Levels, Quote};
use pitfloor_model::event::Event;
use pitfloor_model::units::{Price, Qty, Side, Span, Time};

/// How many bars a chart has at most. Twice the pixels of a phone, half those of a wide screen.
pub const BARS_MAX: usize = 360;

/// How many levels of each side count as the depth of the book.
pub const DEPTH_LEVELS: usize = 10;

/// How often the depth behind the best is looked at within a bar. Walking ten levels at every
/// event would cost more than the event itself.
pub const DEPTH_LOOKS_PER_BAR: u64 = 8;

/// Something that is kept per stretch of time and can be joined with its successor.
pub trait Bucket: Clone + Default {
    /// Makes this bucket cover `later` too, which follows it at once.
    fn absorb(&mut self, later: &Self);
}

/// A fixed number of equally long buckets from a start on.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline<B> {
    start: Time,
    width: u64,
    count_max: usize,
    buckets: Vec<B>,
}

/// The open, highest, lowest and last value of a stretch of time, in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The first.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last.
    pub close: f64,
}

/// A sum of weighted whole numbers, and its mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weighted {
    /// Σ value × weight; stays at its greatest rather than wrap.
    pub sum: u128,
    /// Σ weight.
    pub weight: u128,
}

/// What happened to one instrument during one stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// Halfway between best bid and best ask, in ticks; none while a side was always empty.
    pub mid: Option<Range>,
    /// Prices of trades, in ticks; none without trades.
    pub price: Option<Range>,
    /// How many trades.
    pub trades: u64,
    /// Lots traded.
    pub volume: u128,
    /// Best ask less best bid, in ticks, weighted by the nanoseconds it stood. Only while both
    /// sides were there and did not cross.
    pub spread: Weighted,
    /// Lots at the best bid, weighted by nanoseconds; an empty side counts as zero lots.
    pub bid_best: Weighted,
    /// Lots at the best ask, likewise.
    pub ask_best: Weighted,
    /// Lots at the best [`DEPTH_LEVELS`] bids, at up to [`DEPTH_LOOKS_PER_BAR`] looks.
    pub bid_deep: Weighted,
    /// Lots at the best [`DEPTH_LEVELS`] asks, likewise.
    pub ask_deep: Weighted,
}

/// The bars of one instrument.
#[derive(Clone, Debug)]
pub struct Chart {
    bars: Timeline<Bar>,
    quote: Option<Quote>,
    seen_until: Time,
    look_next: Time,
}

impl<B: Bucket> Timeline<B> {
    /// The narrowest bucket of a timeline whose end nobody foretold.
    pub const WIDTH_UNKNOWN: Span = Span::millis(1);

    /// Up to `count_max` buckets from `start`, as wide as it takes to reach `end` if one is known.
    ///
    /// # Panics
    ///
    /// When `count_max` is not an even number of at least 2: buckets are joined in pairs.
    #[must_use]
    pub fn new(start: Time, end: Option<Time>, count_max: usize) -> Self {
        assert!(count_max >= 2 && count_max.is_multiple_of(2), "buckets are joined in pairs");
        let width = match end {
            // One more than needed, so that the end itself is in the last bucket.
            Some(end) => end.since(start).0 / count_max as u64 + 1,
            None => Self::WIDTH_UNKNOWN.0,
        };
        Self { start, width, count_max, buckets: Vec::new() }
    }

    /// The bucket that `at` lies in; before the start it is the first.
    pub fn at(&mut self, at: Time) -> &mut B {
        let mut index = self.index(at);
        while index >= self.count_max {
            self.fold();
            index = self.index(at);
        }
        if index >= self.buckets.len() {
            self.buckets.resize_with(index + 1, B::default);
        }
        &mut self.buckets[index]
    }

    /// How wide the buckets are now.
    #[must_use]
    pub const fn width(&self) -> Span {
        Span(self.width)
    }

    /// The buckets so far, the first at the start of the run.
    #[must_use]
    pub fn buckets(&self) -> &[B] {
        &self.buckets
    }

    /// Where the bucket that `at` lies in ends.
    #[must_use]
    pub fn end_of(&self, at: Time) -> Time {
        let count = at.since(self.start).0 / self.width + 1;
        self.start.after(Span(count.saturating_mul(self.width)))
    }

    fn index(&self, at: Time) -> usize {
        usize::try_from(at.since(self.start).0 / self.width).unwrap_or(usize::MAX)
    }

    fn fold(&mut self) {
        let pairs = self.buckets.chunks(2).map(|pair| {
            let mut joined = pair[0].clone();
            if let Some(later) = pair.get(1) {
                joined.absorb(later);
            }
            joined
        });
        self.buckets = pairs.collect();
        self.width = self.width.saturating_mul(2);
    }
}

impl Range {
    /// A single value.
    #[must_use]
    pub const fn of(value: f64) -> Self {
        Self { open: value, high: value, low: value, close: value }
    }

    /// Makes it cover `later`, which came after it.
    pub fn absorb(&mut self, later: Self) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
    }
}

impl Weighted {
    /// Adds `value` with `weight`.
    pub fn add(&mut self, value: u64, weight: u64) {
        // 64 bits times 64 bits fit 128; only the sum of many could leave them.
        self.sum = self.sum.saturating_add(u128::from(value) * u128::from(weight));
        self.weight = self.weight.saturating_add(u128::from(weight));
    }

    /// The weighted mean; none when nothing was weighed.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn mean(&self) -> Option<f64> {
        (self.weight > 0).then(|| self.sum as f64 / self.weight as f64)
    }

    fn absorb(&mut self, other: &Self) {
        self.sum = self.sum.saturating_add(other.sum);
        self.weight = self.weight.saturating_add(other.weight);
    }
}

impl Bar {
    fn touch(&mut self, quote: Quote) {
        if let Some(mid) = mid(quote) {
            extend(&mut self.mid, Range::of(mid));
        }
    }

    fn hold(&mut self, quote: Quote, nanos: u64) {
        if let Some(spread) = spread(quote) {
            self.spread.add(spread, nanos);
        }
        self.bid_best.add(lots(quote.bid), nanos);
        self.ask_best.add(lots(quote.ask), nanos);
    }

    fn trade(&mut self, price: Price, qty: Qty) {
        extend(&mut self.price, Range::of(ticks(price)));
        self.trades += 1;
        self.volume += u128::from(qty.0);
    }

    fn look(&mut self, levels: &Levels) {
        let total = |side| {
            levels.top(side, DEPTH_LEVELS).fold(0_u64, |sum, (_, qty)| sum.saturating_add(qty.0))
        };
        self.bid_deep.add(total(Side::Buy), 1);
        self.ask_deep.add(total(Side::Sell), 1);
    }
}

impl Bucket for Bar {
    fn absorb(&mut self, later: &Self) {
        if let Some(mid) = later.mid {
            extend(&mut self.mid, mid);
        }
        if let Some(price) = later.price {
            extend(&mut self.price, price);
        }
        self.trades += later.trades;
        self.volume += later.volume;
        self.spread.absorb(&later.spread);
        self.bid_best.absorb(&later.bid_best);
        self.ask_best.absorb(&later.ask_best);
        self.bid_deep.absorb(&later.bid_deep);
        self.ask_deep.absorb(&later.ask_deep);
    }
}

impl Chart {
    /// The empty chart of one instrument, from the start of the run to `end` if one is known.
    #[must_use]
    pub fn new(end: Option<Time>) -> Self {
        Self {
            bars: Timeline::new(Time::ZERO, end, BARS_MAX),
            quote: None,
            seen_until: Time::ZERO,
            look_next: Time::ZERO,
        }
    }

    /// Takes note of what happened to the instrument at `at`; `levels` is its book afterwards.
    pub fn see(&mut self, at: Time, events: &[Event], levels: &Levels) {
        self.run_until(at);
        for event in events {
            // What the tape prints: an auction is one trade.
            match event {
                Event::Traded { instrument, price, qty, .. }
                | Event::Uncrossed { instrument, price: Some(price), qty, .. }
                    if *instrument == levels.instrument() =>
                {
                    self.bars.at(at).trade(*price, *qty);
                }
                _ => {}
            }
        }
        let quote = levels.quote();
        self.quote = Some(quote);
        self.bars.at(at).touch(quote);
        if at >= self.look_next {
            self.bars.at(at).look(levels);
            let step = (self.bars.width().0 / DEPTH_LOOKS_PER_BAR).max(1);
            self.look_next = Time((at.0 / step).saturating_add(1).saturating_mul(step));
        }
    }

    /// Lets the book stand as it is until `at`: the end of the run.
    pub fn run_until(&mut self, at: Time) {
        let Some(quote) = self.quote else {
            self.seen_until = at;
            return;
        };
        while self.seen_until < at {
            let from = self.seen_until;
            self.bars.at(from).touch(quote);
            let until = self.bars.end_of(from).min(at);
            self.bars.at(from).hold(quote, until.since(from).0);
            self.seen_until = until;
        }
    }

    /// The bars so far; the first starts with the run.
    #[must_use]
    pub fn bars(&self) -> &[Bar] {
        self.bars.buckets()
    }

    /// How much time a bar covers.
    #[must_use]
    pub const fn width(&self) -> Span {
        self.bars.width()
    }
}

/// Halfway between best bid and best ask, in ticks; none unless both are there and do not cross.
#[must_use]
pub fn mid(quote: Quote) -> Option<f64> {
    let ((bid, _), (ask, _)) = quote.bid.zip(quote.ask)?;
    (bid < ask).then(|| f64::midpoint(ticks(bid), ticks(ask)))
}

/// Best ask less best bid, in ticks; none unless both are there and do not cross (as they may
/// while a call collects orders).
#[must_use]
pub fn spread(quote: Quote) -> Option<u64> {
    let ((bid, _), (ask, _)) = quote.bid.zip(quote.ask)?;
    (bid < ask).then(|| ask.0.abs_diff(bid.0))
}

/// The lots at a best price; zero where there is none.
#[must_use]
pub fn lots(best: Option<(Price, Qty)>) -> u64 {
    best.map_or(0, |(_, qty)| qty.0)
}

#[allow(clippy::cast_precision_loss)]
const fn ticks(price: Price) -> f64 {
    price.0 as f64
}

fn extend(range: &mut Option<Range>, later: Range) {
    match range {
        Some(range) => range.absorb(later),
        None => *range = Some(later),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Stamp, TradeId};

    const ACME: InstrumentId = InstrumentId(0);

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Count(u64);

    impl Bucket for Count {
        fn absorb(&mut self, later: &Self) {
            self.0 += later.0;
        }
    }

    const fn key(account: u32) -> OrderKey {
        OrderKey::new(AccountId(account), OrderId(1))
    }

    fn rested(side: Side, price: i64, qty: u64) -> Event {
        let (price, qty, stamp) = (Price(price), Qty(qty), Stamp(0));
        Event::Rested { instrument: ACME, key: key(1), side, price, qty, stamp }
    }

    fn traded(aggressor: Side, price: i64, qty: u64) -> Event {
        let (price, qty, trade) = (Price(price), Qty(qty), TradeId(0));
        let (maker, taker) = (key(1), key(2));
        Event::Traded { trade, instrument: ACME, maker, taker, aggressor, price, qty }
    }

    /// The chart of a run of `end_ns` in which `story` happens.
    fn chart(end_ns: Option<u64>, story: &[(u64, Event)], close_ns: u64) -> Chart {
        let (mut chart, mut levels) = (Chart::new(end_ns.map(Time)), Levels::new(ACME));
        for (at, event) in story {
            levels.apply(event);
            chart.see(Time(*at), &[*event], &levels);
        }
        chart.run_until(Time(close_ns));
        chart
    }

    #[test]
    fn a_longer_run_than_foretold_joins_buckets_and_loses_nothing() {
        let mut timeline = Timeline::<Count>::new(Time::ZERO, Some(Time(40)), 4);
        for at in 0..1_000 {
            timeline.at(Time(at)).0 += 1;
        }
        assert!(timeline.buckets().len() <= 4);
        assert_eq!(timeline.buckets().iter().map(|b| b.0).sum::<u64>(), 1_000);
        assert_eq!(timeline.buckets()[0].0, timeline.width().0, "one moment per nanosecond");
    }

    #[test]
    fn the_end_of_the_run_is_in_the_last_bucket() {
        for end in [0, 1, 3, 4, 359, 360, 361, 1_000_000_007] {
            let mut timeline = Timeline::<Count>::new(Time::ZERO, Some(Time(end)), 360);
            let width = timeline.width();
            timeline.at(Time(end)).0 += 1;
            assert_eq!(timeline.width(), width, "no joining at {end}");
        }
    }

    #[test]
    fn the_end_of_time_is_a_moment_like_any_other() {
        let mut timeline = Timeline::<Count>::new(Time::ZERO, None, 4);
        timeline.at(Time(0)).0 += 1;
        timeline.at(Time(u64::MAX)).0 += 1;
        assert_eq!(timeline.buckets().iter().map(|b| b.0).sum::<u64>(), 2);
    }

    #[test]
    fn a_spread_counts_for_as_long_as_it_stands() {
        // 720 ns in 360 bars: 2 ns and one to spare make 3 ns a bar.
        let story = [
            (0, rested(Side::Buy, 100, 5)),
            (1, rested(Side::Sell, 110, 7)), // 10 ticks wide from 1 to 4
            (4, rested(Side::Sell, 104, 2)), // 4 ticks wide from 4 to the end at 6
        ];
        let chart = chart(Some(720), &story, 6);
        assert_eq!(chart.width(), Span(3));
        let bars = chart.bars();
        assert_eq!(bars[0].spread, Weighted { sum: 20, weight: 2 });
        assert_eq!(bars[1].spread, Weighted { sum: 10 + 2 * 4, weight: 3 });
        assert_eq!(bars[0].bid_best.mean(), Some(5.0));
        assert_eq!(bars[0].ask_best, Weighted { sum: 14, weight: 3 }, "empty for the first of 3");
        assert_eq!(bars[0].mid, Some(Range::of(105.0)));
        assert_eq!(
            bars[1].mid,
            Some(Range { open: 105.0, high: 105.0, low: 102.0, close: 102.0 }),
            "a bar opens where the last one closed"
        );
    }

    #[test]
    fn trades_make_bars() {
        let story = [
            (0, rested(Side::Sell, 101, 9)),
            (0, rested(Side::Sell, 103, 9)),
            (1, traded(Side::Buy, 101, 9)),
            (2, traded(Side::Buy, 103, 4)),
        ];
        let chart = chart(Some(720), &story, 2);
        let bar = &chart.bars()[0];
        assert_eq!((bar.trades, bar.volume), (2, 13));
        assert_eq!(bar.price, Some(Range { open: 101.0, high: 103.0, low: 101.0, close: 103.0 }));
        assert_eq!(bar.mid, None, "nobody bid");
        assert_eq!(bar.spread.mean(), None);
    }

    #[test]
    fn an_auction_is_one_trade_of_its_bar() {
        let (instrument, price, qty) = (ACME, Price(102), Qty(6));
        let (trade, surplus) = (TradeId(0), Qty::ZERO);
        let (buy, sell) = (key(2), key(1));
        let crossed = Event::Crossed { trade, instrument, buy, sell, price, qty };
        let price = Some(price);
        let uncrossed = Event::Uncrossed { instrument, price, qty, surplus, side: None };
        let story = [
            (0, rested(Side::Sell, 101, 9)),
            (0, rested(Side::Buy, 103, 6)),
            (1, crossed),
            (1, uncrossed),
        ];
        let chart = chart(Some(720), &story, 2);
        let bar = &chart.bars()[0];
        assert_eq!((bar.trades, bar.volume, bar.price), (1, 6, Some(Range::of(102.0))));
    }

    #[test]
    fn depth_counts_ten_levels_and_looks_now_and_then() {
        let mut story = Vec::new();
        for level in 0..15 {
            story.push((0, rested(Side::Buy, 100 - level, 10)));
        }
        story.push((40_000, rested(Side::Sell, 101, 3)));
        let chart = chart(Some(3_600_000), &story, 50_000);
        let bar = chart.bars().iter().rfind(|bar| bar.bid_deep.weight > 0).unwrap();
        assert_eq!(bar.bid_deep.mean(), Some(100.0));
        assert_eq!(bar.ask_deep.mean(), Some(3.0));
        assert_eq!(chart.bars()[0].bid_deep.weight, 1, "fifteen events at once are one look");
    }

    #[test]
    fn memory_is_flat_when_nobody_knows_the_end() {
        let mut story = vec![(0, rested(Side::Buy, 100, 1)), (0, rested(Side::Sell, 102, 1))];
        story.extend((1..5_000_u64).map(|n| (n * 700_000_000, rested(Side::Buy, 100, 1))));
        let end = 5_000 * 700_000_000;
        let chart = chart(None, &story, end);
        assert!(chart.bars().len() <= BARS_MAX && chart.bars().len() > BARS_MAX / 2 - 1);
        let stood: u128 = chart.bars().iter().map(|bar| bar.spread.weight).sum();
        assert_eq!(stood, u128::from(end), "every nanosecond is in exactly one bar");
        assert!(chart.bars().iter().all(|bar| bar.spread.mean() == Some(2.0)));
    }

    #[test]
    fn a_crossed_call_has_no_spread() {
        let quote =
            |bid, ask| Quote { bid: Some((Price(bid), Qty(1))), ask: Some((Price(ask), Qty(1))) };
        assert_eq!((mid(quote(101, 100)), spread(quote(100, 100))), (None, None));
        assert_eq!((mid(quote(-3, 0)), spread(quote(-3, 0))), (Some(-1.5), Some(3)));
        assert_eq!(spread(quote(i64::MIN, i64::MAX)), Some(u64::MAX));
    }
}

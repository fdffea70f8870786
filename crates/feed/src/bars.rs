//! Bars: a stretch of the tape as open, high, low, close and volume.
//!
//! Start reading at [`Bars::push`]. A bar ends after a time, after a number of trades or after a
//! number of lots ([`Rule`]); together the bars hold exactly what the tape holds: no lot is lost and
//! none is counted twice.

use crate::tape::{Print, vwap};
use pitfloor_model::units::{Price, Qty, Side, Span, Time};
use thiserror::Error;

/// When a bar is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// After `every`, counted from time zero: a bar covers `[k × every, (k + 1) × every)`.
    Time {
        /// How long; more than nothing.
        every: Span,
        /// What becomes of stretches without a trade.
        fill: Fill,
    },
    /// After so many trades; at least one.
    Ticks(u64),
    /// After so many lots; at least one. A print larger than the room left in its bar is split: it
    /// fills this bar, and goes on in the next ones at the same price and time. It counts as a
    /// trade in the first of them only, so that the trades of all bars are those of the tape.
    Volume(Qty),
}

/// What becomes of a stretch of time without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// There is no bar.
    Skip,
    /// There is a bar without volume at the last price, from the first trade on.
    Repeat,
}

/// A stretch of the tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bar {
    /// Where it starts: the start of its stretch of time, otherwise the time of its first print.
    pub from: Time,
    /// Where it ends: the end of its stretch of time, which is not in it any more (the end of time
    /// when that is beyond), otherwise the time of its last print.
    pub to: Time,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// How many trades began in it.
    pub trades: u64,
    /// The lots that buyers came and took.
    pub bought: u128,
    /// The lots that sellers came and gave.
    pub sold: u128,
    /// The lots that changed hands in auctions, where nobody came and took.
    pub crossed: u128,
    /// The sum of price × lots, in ticks × lots.
    pub notional: i128,
}

/// Cuts one instrument's tape into bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    rule: Rule,
    open: Option<Bar>,
    /// Where the newest finished stretch of time ended, and its last price.
    due: Option<(Time, Price)>,
    /// The latest moment heard of.
    now: Time,
}

/// Why a rule, a print or a moment was not taken. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum BarsError {
    /// A bar of nothing never fills.
    #[error("rule: found a bar of 0, expected at least 1 nanosecond, trade or lot")]
    ZeroRule,
    /// The tape runs one way.
    #[error("time: found {found}, expected not earlier than {last}")]
    Earlier {
        /// The latest moment heard of.
        last: Time,
        /// The moment that was told.
        found: Time,
    },
    /// It would finish more than [`Bars::AT_ONCE_MAX`] bars: the rule is too fine for this tape.
    #[error("bars: found {0} at once, expected at most {max}", max = Bars::AT_ONCE_MAX)]
    TooMany(u64),
}

impl Bar {
    /// Lots traded.
    #[must_use]
    pub const fn volume(&self) -> u128 {
        self.bought + self.sold + self.crossed
    }

    /// The average price of a lot, in ticks; none when nothing traded. For figures, not for
    /// arithmetic that must be exact.
    #[must_use]
    pub fn vwap(&self) -> Option<f64> {
        vwap(self.notional, self.volume())
    }

    /// A bar that stands at `price` and holds nothing yet.
    const fn still(from: Time, to: Time, price: Price) -> Self {
        let (open, high, low, close) = (price, price, price, price);
        let (trades, notional, bought, sold, crossed) = (0, 0, 0, 0, 0);
        Self { from, to, open, high, low, close, trades, bought, sold, crossed, notional }
    }

    fn add(&mut self, price: Price, qty: Qty, aggressor: Option<Side>) {
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.close = price;
        self.notional += i128::from(price.0) * i128::from(qty.0);
        let lots = match aggressor {
            Some(Side::Buy) => &mut self.bought,
            Some(Side::Sell) => &mut self.sold,
            None => &mut self.crossed,
        };
        *lots += u128::from(qty.0);
    }
}

impl Bars {
    /// The most bars that one print or one flush may finish.
    pub const AT_ONCE_MAX: u64 = 1 << 20;

    /// An empty chart cut by `rule`.
    ///
    /// # Errors
    ///
    /// When the rule is a bar of nothing.
    pub const fn new(rule: Rule) -> Result<Self, BarsError> {
        let size = match rule {
            Rule::Time { every, .. } => every.0,
            Rule::Ticks(count) => count,
            Rule::Volume(lots) => lots.0,
        };
        if size == 0 {
            return Err(BarsError::ZeroRule);
        }
        Ok(Self { rule, open: None, due: None, now: Time::ZERO })
    }

    /// Adds `print`, which is of the same instrument as all before it, and tells `finished` of
    /// every bar that it completes, in order.
    ///
    /// A stretch of time is complete when something later is heard of, not by its last trade.
    ///
    /// # Errors
    ///
    /// When the print is earlier than what was heard of before, or would finish too many bars.
    pub fn push(&mut self, print: &Print, mut finished: impl FnMut(Bar)) -> Result<(), BarsError> {
        match self.rule {
            Rule::Time { every, .. } => {
                self.flush(print.at, finished)?;
                let from = floor(print.at, every);
                let to = from.after(every);
                let bar = self.open.get_or_insert(Bar::still(from, to, print.price));
                bar.trades += 1;
                bar.add(print.price, print.qty, print.aggressor);
            }
            Rule::Ticks(count) => {
                self.advance(print.at)?;
                let bar = self.open.get_or_insert(Bar::still(print.at, print.at, print.price));
                bar.to = print.at;
                bar.trades += 1;
                bar.add(print.price, print.qty, print.aggressor);
                if bar.trades == count {
                    self.open.take().into_iter().for_each(finished);
                }
            }
            Rule::Volume(lots) => {
                let held = self.open.map_or(0, |bar| bar.volume());
                let full = (held + u128::from(print.qty.0)) / u128::from(lots.0);
                within_limit(u64::try_from(full).unwrap_or(u64::MAX))?;
                self.advance(print.at)?;
                self.split(print, lots, &mut finished);
            }
        }
        Ok(())
    }

    /// Finishes what is over by `now` and, with [`Fill::Repeat`], the stretches without a trade.
    /// Only stretches of time end by themselves.
    ///
    /// # Errors
    ///
    /// When `now` is earlier than what was heard of before, or too many bars would be finished.
    pub fn flush(&mut self, now: Time, mut finished: impl FnMut(Bar)) -> Result<(), BarsError> {
        let Rule::Time { every, fill } = self.rule else { return self.advance(now) };
        let current = floor(now, every);
        let done = self.open.filter(|bar| bar.from < current);
        // After the bar that is done come the still ones, up to the stretch that is running.
        let mut due = done.map(|bar| (bar.to, bar.close)).or(self.due);
        let still = match (fill, due) {
            (Fill::Repeat, Some((from, _))) if done.is_some() || self.open.is_none() => {
                current.since(from).0 / every.0
            }
            (Fill::Repeat | Fill::Skip, _) => 0,
        };
        within_limit(still.saturating_add(u64::from(done.is_some())))?;
        self.advance(now)?;
        if let Some(bar) = done {
            self.open = None;
            finished(bar);
        }
        for _ in 0..still {
            due = due.map(|(from, price)| {
                finished(Bar::still(from, from.after(every), price));
                (from.after(every), price)
            });
        }
        self.due = due;
        Ok(())
    }

    /// The bar that is not complete yet, as far as it has come.
    #[must_use]
    pub const fn unfinished(&self) -> Option<&Bar> {
        self.open.as_ref()
    }

    /// Fills bars of `lots` with the print until it is used up.
    fn split(&mut self, print: &Print, lots: Qty, finished: &mut impl FnMut(Bar)) {
        let (mut left, mut begun) = (print.qty, 1);
        while !left.is_zero() {
            let bar = self.open.get_or_insert(Bar::still(print.at, print.at, print.price));
            let room = u128::from(lots.0) - bar.volume();
            let part = Qty(u64::try_from(room).expect("a bar has no more room than its size"));
            let part = part.min(left);
            bar.to = print.at;
            bar.trades += begun;
            bar.add(print.price, part, print.aggressor);
            (left, begun) = (left.less(part), 0);
            if bar.volume() == u128::from(lots.0) {
                self.open.take().into_iter().for_each(&mut *finished);
            }
        }
    }

    fn advance(&mut self, now: Time) -> Result<(), BarsError> {
        if now < self.now {
            return Err(BarsError::Earlier { last: self.now, found: now });
        }
        self.now = now;
        Ok(())
    }
}

/// The start of the stretch that `at` lies in.
const fn floor(at: Time, every: Span) -> Time {
    Time(at.0 - at.0 % every.0)
}

const fn within_limit(bars: u64) -> Result<(), BarsError> {
    if bars > Bars::AT_ONCE_MAX { Err(BarsError::TooMany(bars)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Tape;
    use pitfloor_model::units::{InstrumentId, TradeId};
    use proptest::prelude::*;

    const fn print(at: u64, price: i64, qty: u64, aggressor: Option<Side>) -> Print {
        Print {
            seq: at,
            at: Time(at),
            instrument: InstrumentId(0),
            trade: Some(TradeId(0)),
            price: Price(price),
            qty: Qty(qty),
            aggressor,
        }
    }

    const fn bought(at: u64, price: i64, qty: u64) -> Print {
        print(at, price, qty, Some(Side::Buy))
    }

    const fn every(span: u64, fill: Fill) -> Rule {
        Rule::Time { every: Span(span), fill }
    }

    fn chart(bars: &mut Bars, prints: &[Print]) -> Vec<Bar> {
        let mut finished = Vec::new();
        for print in prints {
            bars.push(print, |bar| finished.push(bar)).unwrap();
        }
        finished
    }

    fn ended_by(bars: &mut Bars, now: u64) -> Vec<Bar> {
        let mut finished = Vec::new();
        bars.flush(Time(now), |bar| finished.push(bar)).unwrap();
        finished
    }

    /// `from..to open high low close xvolume`
    fn show(bars: &[Bar]) -> Vec<String> {
        let prices = |bar: &Bar| [bar.open, bar.high, bar.low, bar.close].map(|price| price.0);
        let show =
            |bar: &Bar| format!("{}..{} {:?} x{}", bar.from.0, bar.to.0, prices(bar), bar.volume());
        bars.iter().map(show).collect()
    }

    #[test]
    fn a_bar_of_time_holds_what_traded_in_its_stretch() {
        let mut bars = Bars::new(every(10, Fill::Skip)).unwrap();
        let tape = [bought(12, 100, 1), bought(13, 105, 2), bought(19, 99, 3), bought(20, 101, 4)];
        assert_eq!(show(&chart(&mut bars, &tape)), ["10..20 [100, 105, 99, 99] x6"]);
        assert_eq!(show(&ended_by(&mut bars, 29)), [""; 0], "its stretch is not over");
        assert_eq!(bars.unfinished().map(Bar::volume), Some(4));
        assert_eq!(show(&ended_by(&mut bars, 30)), ["20..30 [101, 101, 101, 101] x4"]);
        assert_eq!(bars.unfinished(), None);
    }

    #[test]
    fn quiet_stretches_are_skipped_or_repeat_the_last_price() {
        let tape = [bought(25, 100, 1), bought(51, 103, 2)];
        let mut skipping = Bars::new(every(10, Fill::Skip)).unwrap();
        assert_eq!(show(&chart(&mut skipping, &tape)), ["20..30 [100, 100, 100, 100] x1"]);
        assert_eq!(ended_by(&mut skipping, 80).len(), 1);

        let mut repeating = Bars::new(every(10, Fill::Repeat)).unwrap();
        assert_eq!(ended_by(&mut repeating, 20), [], "no price yet, no bar");
        assert_eq!(
            show(&chart(&mut repeating, &tape)),
            [
                "20..30 [100, 100, 100, 100] x1",
                "30..40 [100, 100, 100, 100] x0",
                "40..50 [100, 100, 100, 100] x0",
            ]
        );
        assert_eq!(
            show(&ended_by(&mut repeating, 75)),
            ["50..60 [103, 103, 103, 103] x2", "60..70 [103, 103, 103, 103] x0"]
        );
        assert_eq!(show(&ended_by(&mut repeating, 79)), [""; 0], "told once");
        assert_eq!(show(&ended_by(&mut repeating, 80)), ["70..80 [103, 103, 103, 103] x0"]);
        let next = chart(&mut repeating, &[bought(80, 90, 1), bought(90, 91, 1)]);
        assert_eq!(show(&next), ["80..90 [90, 90, 90, 90] x1"]);
    }

    #[test]
    fn a_bar_of_ticks_is_full_with_its_last_trade() {
        let mut bars = Bars::new(Rule::Ticks(2)).unwrap();
        let tape = [bought(1, 100, 1), bought(5, 98, 7), bought(6, 99, 1)];
        assert_eq!(show(&chart(&mut bars, &tape)), ["1..5 [100, 100, 98, 98] x8"]);
        assert_eq!(bars.unfinished().map(|bar| bar.trades), Some(1));
        assert_eq!(ended_by(&mut bars, 1_000), [], "time alone does not end it");
    }

    #[test]
    fn a_print_larger_than_the_room_goes_on_in_the_next_bars() {
        let mut bars = Bars::new(Rule::Volume(Qty(10))).unwrap();
        let finished = chart(&mut bars, &[bought(1, 100, 4), bought(2, 103, 27)]);
        assert_eq!(
            show(&finished),
            [
                "1..2 [100, 103, 100, 103] x10",
                "2..2 [103, 103, 103, 103] x10",
                "2..2 [103, 103, 103, 103] x10",
            ]
        );
        let trades: Vec<u64> = finished.iter().map(|bar| bar.trades).collect();
        assert_eq!(trades, [2, 0, 0], "it began in the first");
        assert_eq!(bars.unfinished().map(Bar::volume), Some(1));
    }

    #[test]
    fn buyers_and_sellers_volume_and_the_average_price() {
        let mut bars = Bars::new(Rule::Ticks(2)).unwrap();
        let tape = [print(1, 100, 3, Some(Side::Buy)), print(1, 104, 1, Some(Side::Sell))];
        let bar = chart(&mut bars, &tape)[0];
        assert_eq!((bar.bought, bar.sold, bar.crossed, bar.volume()), (3, 1, 0, 4));
        assert_eq!(bar.vwap(), Some(101.0));
        let tape = [print(1, 100, 3, Some(Side::Buy)), print(1, 108, 9, None)];
        let bar = chart(&mut bars, &tape)[0];
        assert_eq!((bar.bought, bar.sold, bar.crossed, bar.volume()), (3, 0, 9, 12));
        assert_eq!(bar.vwap(), Some(106.0), "an auction counts like any trade");
    }

    #[test]
    fn what_cannot_be_cut_is_refused_and_changes_nothing() {
        for nothing in [every(0, Fill::Skip), Rule::Ticks(0), Rule::Volume(Qty(0))] {
            assert_eq!(Bars::new(nothing), Err(BarsError::ZeroRule));
        }
        let mut fine = Bars::new(every(1, Fill::Repeat)).unwrap();
        let _ = chart(&mut fine, &[bought(5, 100, 1)]);
        let before = fine.clone();
        let earlier = BarsError::Earlier { last: Time(5), found: Time(4) };
        assert_eq!(fine.push(&bought(4, 1, 1), |_| ()), Err(earlier));
        let years = fine.flush(Time(u64::MAX), |_| unreachable!("nothing is finished"));
        assert_eq!(years, Err(BarsError::TooMany(u64::MAX - 5)));
        let mut lots = Bars::new(Rule::Volume(Qty(1))).unwrap();
        let huge = lots.push(&bought(5, 1, 1 << 40), |_| unreachable!("nothing is finished"));
        assert_eq!(
            huge.unwrap_err().to_string(),
            "bars: found 1099511627776 at once, expected at most 1048576"
        );
        assert_eq!((fine, lots.unfinished()), (before, None));
    }

    #[test]
    fn the_last_stretch_ends_with_time_itself() {
        let mut bars = Bars::new(every(u64::MAX - 1, Fill::Repeat)).unwrap();
        let last = [bought(u64::MAX - 1, 100, 1), bought(u64::MAX, 101, 1)];
        assert_eq!(chart(&mut bars, &last), []);
        assert_eq!(bars.unfinished().map(|bar| bar.to), Some(Time(u64::MAX)));
    }

    proptest! {
        /// However a tape is cut, the bars together are the tape, each bar is whole in itself, and
        /// no two bars of time overlap.
        #[test]
        fn bars_add_up_to_the_tape(
            steps in prop::collection::vec((0_u64..40, -5_i64..6, 1_u64..30, 0_usize..3), 1..60),
            rule in prop_oneof![
                (1_u64..50).prop_map(|span| every(span, Fill::Skip)),
                (1_u64..50).prop_map(|span| every(span, Fill::Repeat)),
                (1_u64..9).prop_map(Rule::Ticks),
                (1_u64..40).prop_map(|lots| Rule::Volume(Qty(lots))),
            ],
        ) {
            let (mut at, mut tape, mut prints) = (0, Tape::default(), Vec::new());
            for (wait, price, qty, aggressor) in steps {
                at += wait;
                let aggressor = [Some(Side::Buy), Some(Side::Sell), None][aggressor];
                prints.push(print(at, price, qty, aggressor));
            }
            prints.iter().for_each(|print| tape.push(print));
            let mut bars = Bars::new(rule).unwrap();
            let mut all = chart(&mut bars, &prints);
            all.extend(bars.unfinished());

            prop_assert_eq!(all.iter().map(|bar| bar.trades).sum::<u64>(), tape.trades);
            prop_assert_eq!(all.iter().map(Bar::volume).sum::<u128>(), tape.volume);
            prop_assert_eq!(all.iter().map(|bar| bar.notional).sum::<i128>(), tape.notional);
            prop_assert_eq!(all.iter().map(|bar| Some(bar.high)).max().flatten(), tape.high);
            prop_assert_eq!(all.last().map(|bar| bar.close), tape.last);
            for bar in &all {
                prop_assert!(bar.low <= bar.open.min(bar.close));
                prop_assert!(bar.high >= bar.open.max(bar.close));
            }
            for pair in all.windows(2) {
                prop_assert!(pair[0].to <= pair[1].from);
                if let Rule::Time { fill: Fill::Repeat, .. } = rule {
                    prop_assert_eq!(pair[0].to, pair[1].from, "no hole");
                }
            }
            for full in &all[..all.len() - 1] {
                match rule {
                    Rule::Time { every, fill } => {
                        prop_assert_eq!(full.to.since(full.from), every);
                        prop_assert!(full.trades > 0 || fill == Fill::Repeat);
                    }
                    Rule::Ticks(count) => prop_assert_eq!(full.trades, count),
                    Rule::Volume(lots) => prop_assert_eq!(full.volume(), u128::from(lots.0)),
                }
            }
        }
    }
}

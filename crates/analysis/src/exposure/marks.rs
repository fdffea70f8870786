//! Last prices on an even grid of time, in bounded memory.

use pitfloor_model::clearing::Fact;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Span, Time};

/// How many prices are kept. When they are more, every second moment is forgotten and the grid is
/// twice as wide from then on.
const PRICES_MAX: usize = 1 << 20;

/// What everything was last traded at, every so often.
#[derive(Clone, Debug)]
pub struct Marks {
    every: Span,
    next: Time,
    now: Vec<Price>,
    /// A row for each moment of the grid that is past, one after another.
    rows: Vec<Price>,
    most: usize,
}

impl Marks {
    /// From time 0, when everything is worth its reference price; a row every so often.
    ///
    /// # Panics
    ///
    /// When there is no instrument, or no time between two rows.
    #[must_use]
    pub fn new(references: Vec<Price>, every: Span) -> Self {
        assert!(!references.is_empty() && every.0 > 0, "prices of something, now and then");
        let most = PRICES_MAX.max(4 * references.len());
        Self { every, next: Time::ZERO, now: references, rows: Vec::new(), most }
    }

    /// Sees what happened at `at`. A print counts for moments after its own.
    pub fn see(&mut self, at: Time, events: &[Event]) {
        self.until(at);
        for event in events {
            if let Some(trade) = event.trade() {
                self.now[trade.instrument.index()] = trade.price;
            } else if let Event::Clearing(Fact::Split { instrument, num, den }) = *event {
                self.split(instrument, i128::from(num), i128::from(den));
            }
        }
    }

    /// Time has come to `at`.
    pub fn until(&mut self, at: Time) {
        while self.next <= at {
            self.rows.extend_from_slice(&self.now);
            self.next = Time(self.next.0.saturating_add(self.every.0));
            if self.rows.len() > self.most {
                self.halve();
            }
            if self.next.0 == u64::MAX {
                return;
            }
        }
    }

    /// Lots become `num` for every `den`: prices of before are told in those of today.
    fn split(&mut self, instrument: InstrumentId, num: i128, den: i128) {
        let (width, column) = (self.now.len(), instrument.index());
        let old = self.rows.iter_mut().skip(column).step_by(width);
        for price in old.chain([&mut self.now[column]]) {
            let scaled = (i128::from(price.0) * den * 2 + num).div_euclid(num * 2);
            price.0 = i64::try_from(scaled).unwrap_or(price.0);
        }
    }

    fn halve(&mut self) {
        let width = self.now.len();
        let rows = self.rows.chunks(width).step_by(2).flatten().copied().collect();
        // The last moment may be one that is forgotten: the next one is two steps after one kept.
        let kept = (self.rows.len() / width).div_ceil(2) as u64;
        self.rows = rows;
        self.every = Span(self.every.0.saturating_mul(2));
        self.next = Time(kept.saturating_mul(self.every.0));
    }

    /// How far apart two rows are.
    #[must_use]
    pub const fn every(&self) -> Span {
        self.every
    }

    /// What everything is worth now.
    #[must_use]
    pub fn now(&self) -> &[Price] {
        &self.now
    }

    /// How many intervals between rows there are.
    #[must_use]
    pub fn intervals(&self) -> usize {
        (self.rows.len() / self.now.len()).saturating_sub(1)
    }

    /// By how many ticks the prices of `of` moved in each interval.
    pub(super) fn moves<'a>(
        &'a self,
        of: &'a [InstrumentId],
    ) -> impl Iterator<Item = Vec<f64>> + 'a {
        let width = self.now.len();
        let rows = self.rows.chunks(width);
        rows.clone().zip(rows.skip(1)).map(|(before, after)| {
            let moved = |id: &InstrumentId| {
                (i128::from(after[id.index()].0) - i128::from(before[id.index()].0)) as f64
            };
            of.iter().map(moved).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::tests::{print, split};

    const STEP: Span = Span(10);

    fn moves(marks: &Marks) -> Vec<Vec<f64>> {
        let of: Vec<InstrumentId> = (0..marks.now.len() as u32).map(InstrumentId).collect();
        marks.moves(&of).collect()
    }

    #[test]
    fn rows_lie_on_the_grid_and_a_print_counts_after_its_moment() {
        let mut marks = Marks::new(vec![Price(100), Price(7)], STEP);
        marks.see(Time(10), &[print(0, 103)]);
        marks.see(Time(12), &[print(0, 104), print(1, 5)]);
        marks.see(Time(41), &[]);
        let expected: [&[f64]; 4] = [&[0.0, 0.0], &[4.0, -2.0], &[0.0, 0.0], &[0.0, 0.0]];
        assert_eq!(moves(&marks), expected, "at 0, 10, 20, 30 and 40");
        assert_eq!((marks.intervals(), marks.now()), (4, [Price(104), Price(5)].as_slice()));
    }

    #[test]
    fn a_split_is_no_move() {
        let mut marks = Marks::new(vec![Price(100), Price(50)], STEP);
        marks.see(Time(11), &[print(0, 120)]);
        marks.see(Time(25), &[split(0, 4, 1)]);
        marks.see(Time(31), &[print(0, 31)]);
        marks.see(Time(40), &[]);
        let first: Vec<f64> = moves(&marks).iter().map(|row| row[0]).collect();
        assert_eq!(first, [0.0, 5.0, 0.0, 1.0], "100 and 120 were 25 and 30");
    }

    #[test]
    fn a_run_longer_than_foretold_has_a_wider_grid_and_not_more_memory() {
        let mut marks = Marks::new(vec![Price(0)], STEP);
        marks.most = 8;
        for n in 1..=100_i64 {
            marks.see(Time(n.unsigned_abs() * 10), &[]);
            marks.see(Time(n.unsigned_abs() * 10), &[print(0, n)]);
            assert!(marks.rows.len() <= 8);
        }
        assert_eq!(marks.every(), Span(160), "10 doubled four times");
        let each: Vec<f64> = moves(&marks).iter().map(|row| row[0]).collect();
        assert_eq!(each, [15.0, 16.0, 16.0, 16.0, 16.0, 16.0][..each.len()]);
        assert!(each.len() >= 4);
    }
}

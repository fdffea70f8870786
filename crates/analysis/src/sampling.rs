//! Samples that the stylised facts are estimated from, in bounded memory.
//!
//! Mids on a clock grid by previous tick, and trades: fills of one moment and one aggressor side
//! are one trade. Both have a named limit; beyond it the grid becomes coarser (and says so), and
//! trade signs are no longer kept (their number says how many were).

use crate::series::mid;
use pitfloor_feed::level2::Quote;
use pitfloor_model::units::{Side, Span, Time};

/// How many mids a grid keeps: 36 hours of seconds. Even, because every other one may have to go.
pub const GRID_MAX: usize = 1 << 17;

/// How many trade signs are kept, from the first on.
pub const SIGNS_MAX: usize = 1 << 20;

/// The last mid at or before each moment of a clock grid (previous tick).
///
/// The first moment is one step after the start of the run; moments before the first mid are left
/// out.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    step: u64,
    /// How many moments of the grid have passed, those before the first mid included.
    passed: u64,
    mid: Option<f64>,
    mids: Vec<f64>,
    capacity: usize,
}

/// Trade signs and the gaps between trades.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trades {
    signs: Vec<i8>,
    count: u64,
    last: Option<(Time, Side)>,
    gap_sum_s: f64,
    gap_square_sum_s2: f64,
}

impl Grid {
    /// An empty grid with a moment every `step`.
    ///
    /// # Panics
    ///
    /// When `step` is no time at all.
    #[must_use]
    pub fn new(step: Span) -> Self {
        Self::with_capacity(step, GRID_MAX)
    }

    fn with_capacity(step: Span, capacity: usize) -> Self {
        assert!(step > Span::ZERO, "a grid has a step");
        Self { step: step.0, passed: 0, mid: None, mids: Vec::new(), capacity }
    }

    /// Takes note that `quote` is the best of both sides from `at` on. While a side is empty the
    /// last mid holds.
    pub fn see(&mut self, at: Time, quote: Quote) {
        // A quote at a moment of the grid is seen by that moment, so moments before `at` pass.
        self.pass(at.0.saturating_sub(1));
        self.mid = mid(quote).or(self.mid);
    }

    /// Lets the last mid hold until `at`, that moment included.
    pub fn run_until(&mut self, at: Time) {
        self.pass(at.0);
    }

    /// The mids in ticks, one per [`Grid::step`].
    #[must_use]
    pub fn mids(&self) -> &[f64] {
        &self.mids
    }

    /// How far apart they are; more than asked for when the run was long.
    #[must_use]
    pub const fn step(&self) -> Span {
        Span(self.step)
    }

    /// Every mid whose place on the grid is a multiple of `every`: the same as a grid whose step
    /// is so many times longer.
    #[must_use]
    pub fn thinned(&self, every: u64) -> Vec<f64> {
        let first = self.passed - self.mids.len() as u64 + 1;
        let placed = (first..).zip(&self.mids);
        placed.filter(|(place, _)| place.is_multiple_of(every)).map(|(_, mid)| *mid).collect()
    }

    fn pass(&mut self, until: u64) {
        let Some(mid) = self.mid else {
            self.passed = self.passed.max(until / self.step);
            return;
        };
        while self.passed < until / self.step {
            if self.mids.len() == self.capacity {
                self.coarsen();
                continue;
            }
            self.passed += 1;
            self.mids.push(mid);
        }
    }

    fn coarsen(&mut self) {
        self.mids = self.thinned(2);
        self.passed /= 2;
        self.step = self.step.saturating_mul(2);
    }
}

impl Trades {
    /// Takes note of a fill at `at`. A fill of the same moment and side belongs to the same trade.
    pub fn see(&mut self, at: Time, aggressor: Side) {
        if self.last == Some((at, aggressor)) {
            return;
        }
        if let Some((before, _)) = self.last {
            let gap = at.since(before).as_secs();
            self.gap_sum_s += gap;
            self.gap_square_sum_s2 += gap * gap;
        }
        self.last = Some((at, aggressor));
        self.count += 1;
        if self.signs.len() < SIGNS_MAX {
            self.signs.push(match aggressor {
                Side::Buy => 1,
                Side::Sell => -1,
            });
        }
    }

    /// How many trades there were.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// +1 for a trade that a buyer caused, −1 for a seller's; the first [`SIGNS_MAX`].
    #[must_use]
    pub fn signs(&self) -> Vec<f64> {
        self.signs.iter().map(|sign| f64::from(*sign)).collect()
    }

    /// The mean time between trades, in seconds.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn gap_mean_s(&self) -> Option<f64> {
        (self.count >= 2).then(|| self.gap_sum_s / (self.count - 1) as f64)
    }

    /// The standard deviation of the time between trades over its mean: 1 for a Poisson process,
    /// more when trades come in bursts.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn gap_variation(&self) -> Option<f64> {
        let mean = self.gap_mean_s().filter(|mean| *mean > 0.0)?;
        let square = self.gap_square_sum_s2 / (self.count - 1) as f64;
        Some(libm::sqrt((square - mean * mean).max(0.0)) / mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{Price, Qty};

    const fn quote(bid: i64, ask: i64) -> Quote {
        Quote { bid: Some((Price(bid), Qty(1))), ask: Some((Price(ask), Qty(1))) }
    }

    fn second(n: u64) -> Time {
        Time(n * 1_000_000_000)
    }

    #[test]
    fn a_moment_shows_the_last_mid_at_or_before_it() {
        let mut grid = Grid::new(Span::secs(1));
        grid.see(Time(1_500_000_000), quote(10, 12)); // the moments 2 s and 3 s see 11
        grid.see(second(4), quote(20, 22)); // at 4 s sharp: seen
        grid.see(Time(4_100_000_000), quote(30, 32)); // gone before 5 s
        grid.see(Time(4_200_000_000), Quote { bid: None, ask: None }); // the last mid holds
        grid.run_until(second(6));
        assert_eq!(grid.mids(), [11.0, 11.0, 21.0, 31.0, 31.0]);
    }

    #[test]
    fn a_full_grid_becomes_coarser_and_stays_on_the_clock() {
        let (mut grid, mut plain) =
            (Grid::with_capacity(Span::secs(1), 8), Grid::with_capacity(Span::secs(8), 1_000));
        for second_of_run in 0..50 {
            let (at, price) = (Time(second_of_run * 1_000_000_000 + 300), second_of_run as i64);
            grid.see(at, quote(price, price + 2));
            plain.see(at, quote(price, price + 2));
        }
        grid.run_until(second(50));
        plain.run_until(second(50));
        assert!(grid.mids().len() <= 8);
        assert_eq!(grid.step(), Span::secs(8));
        assert_eq!(
            grid.mids(),
            plain.mids(),
            "as if the step had been eight seconds from the start"
        );
    }

    #[test]
    fn thinning_is_a_longer_step() {
        let (mut fine, mut coarse) = (Grid::new(Span::secs(1)), Grid::new(Span::secs(10)));
        for tenth in 37..999 {
            let (at, price) = (Time(tenth * 100_000_000), (tenth * tenth % 97) as i64);
            fine.see(at, quote(price, price + 4));
            coarse.see(at, quote(price, price + 4));
        }
        fine.run_until(second(100));
        coarse.run_until(second(100));
        assert_eq!(fine.thinned(10), coarse.mids());
    }

    #[test]
    fn fills_of_one_moment_and_side_are_one_trade() {
        let mut trades = Trades::default();
        for (at, side) in [(1, Side::Buy), (1, Side::Buy), (1, Side::Sell), (3, Side::Sell)] {
            trades.see(second(at), side);
        }
        assert_eq!(trades.count(), 3);
        assert_eq!(trades.signs(), [1.0, -1.0, -1.0]);
        assert_eq!(trades.gap_mean_s(), Some(1.0), "gaps of 0 s and 2 s");
        assert_eq!(trades.gap_variation(), Some(1.0));
    }

    #[test]
    fn one_trade_has_no_gap() {
        let mut trades = Trades::default();
        assert_eq!(trades.gap_mean_s(), None);
        trades.see(second(1), Side::Buy);
        assert_eq!((trades.gap_mean_s(), trades.gap_variation()), (None, None));
    }
}

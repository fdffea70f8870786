//! The one shape that facts are computed from, whatever a market came from: a run, a recorded day, a
//! table of trades and quotes, a null.
//!
//! A tape holds samples, not the record: mids on a clock grid of one second, trades, and sums and
//! histograms of everything that grows with the flow. So it is small for any day, and what it could
//! not use is counted in [`Noted`] and told, never dropped in silence. [`crate::builder::Builder`]
//! fills it.

use crate::estimator::{gamma::gamma_of_means, log_returns};

/// The step of the grid of mids, in seconds.
pub const GRID_S: f64 = 1.0;

/// A market as the facts see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tape {
    /// Its sessions, in order; returns never reach from one into another.
    pub days: Vec<Day>,
    /// One tick in units of price, where it is known.
    pub tick: Option<f64>,
    /// Fills before they were merged into trades, those of hidden orders included.
    pub fills: u64,
    /// Orders taken back, in whole or in part; none where the source tells no orders.
    pub cancels: Option<u64>,
    /// How far behind the best price of their own side new limit orders were put, in ticks: how many
    /// at each distance from 0.
    pub placements: Vec<u64>,
    /// How long orders stood before they were taken back.
    pub lifetimes: LogCounts,
    /// The mean book behind the best prices.
    pub shape: Shape,
    /// Sizes at the best prices, both sides, once a second.
    pub best: Best,
    /// Sizes of new orders.
    pub orders: OrderSizes,
    /// What an uneven top of book says about the next move of the mid.
    pub imbalance: Imbalance,
    /// The first gaps between events of any kind, in seconds; empty where only trades are told.
    pub event_gaps_s: Vec<f64>,
    /// The spread, summed over time: price units × seconds, and the seconds it was known for.
    pub spread: (f64, f64),
    /// Large orders worked in parts, where the source tells whose trades are whose.
    pub metaorders: Option<Vec<Metaorder>>,
    /// Trades of a second asset over the same days, for what two assets have in common.
    pub companion: Option<Vec<(u64, f64)>>,
    /// This is known to be a book whose flow has no memory, where Roll's measure is the spread.
    pub memoryless: bool,
    /// The rates of the market of zero intelligence this is known to be; none for any other.
    pub zero_intelligence: Option<ZeroIntelligence>,
    /// What was seen and not used.
    pub noted: Noted,
}

/// One session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    /// When it opened, in nanoseconds of the source's clock.
    pub open_ns: u64,
    /// When it closed.
    pub close_ns: u64,
    /// The first mid of the session, whenever it was.
    pub first_mid: Option<f64>,
    /// How many moments of the grid passed before the first mid. The first moment of the grid is one
    /// step after the opening.
    pub silent: usize,
    /// The last mid at or before each moment of the grid from then on.
    pub mids: Vec<f64>,
    /// Its trades, in order.
    pub trades: Vec<Trade>,
}

/// Fills of one moment and one aggressor side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trade {
    /// When, in nanoseconds of the source's clock.
    pub at_ns: u64,
    /// +1 when the buyer came to the seller, −1 the other way round.
    pub sign: f64,
    /// The price of its first fill.
    pub price: f64,
    /// The sizes of its fills together.
    pub size: f64,
    /// The mid just before it; not a number while nobody had quoted both sides.
    pub mid: f64,
}

/// Counts in bins evenly spaced in the logarithm, ten a decade from a microsecond on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogCounts {
    /// How many fell into each bin.
    pub bins: Vec<u64>,
}

/// The mean book: size by distance from the best price of the same side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Sizes summed over snapshots and both sides, by distance in ticks.
    pub sums: Vec<f64>,
    /// How many snapshots.
    pub snapshots: u64,
}

/// Sizes at the best prices, as the sums a Gamma law needs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Best {
    /// How many.
    pub n: u64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their logs.
    pub log_sum: f64,
}

/// Sizes of new orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderSizes {
    /// How many.
    pub n: u64,
    /// How many are multiples of 100.
    pub round: u64,
}

/// How often the next move of the mid was up, when the bid side was short (I < −½) and when it was
/// long (I > ½), with I = (bid size − ask size) / (bid size + ask size).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imbalance {
    /// Rows with a short bid, and how many of them saw an up move next.
    pub short: (u64, u64),
    /// Rows with a long bid.
    pub long: (u64, u64),
    /// The same for the last row before each move.
    pub short_at_move: (u64, u64),
    /// The same.
    pub long_at_move: (u64, u64),
}

/// A large order that somebody worked in parts: trades of one owner in one direction in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metaorder {
    /// How many parts.
    pub parts: u32,
    /// Its size over the day's volume.
    pub share: f64,
    /// ε(p_end − p_start), in units of the day's volatility.
    pub impact: f64,
    /// The same at twice its duration from its start; none when the day ended before.
    pub after_two: Option<f64>,
    /// The same at five times.
    pub after_five: Option<f64>,
}

/// The rates of a market of zero intelligence, per second, in orders of one lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZeroIntelligence {
    /// α: limit orders per side and price.
    pub alpha: f64,
    /// μ: market orders of both sides.
    pub mu: f64,
    /// δ: cancellations per order.
    pub delta: f64,
}

/// What was seen and not used, or used with doubt; all of it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noted {
    /// Quotes whose bid stood above the ask; the mid before them held.
    pub crossed: u64,
    /// Quotes whose bid equalled the ask; used.
    pub locked: u64,
    /// Quotes with an empty side; the mid before them held.
    pub one_sided: u64,
    /// Stretches of a session longer than [`GAP_S`] in which nothing was told.
    pub gaps: u64,
    /// How long these were together, in seconds.
    pub gaps_s: f64,
    /// Fills without an aggressor (auctions): in the volume, in no trade.
    pub unsigned: u64,
    /// Fills of hidden orders: counted, in no trade.
    pub hidden: u64,
    /// Trades and quotes outside every session.
    pub outside: u64,
    /// Trades before anybody had quoted both sides; they have no mid.
    pub without_mid: u64,
    /// Trades beyond the limit of what is kept.
    pub trades_left_out: u64,
    /// Seconds beyond the limit of what is kept.
    pub seconds_left_out: u64,
}

/// A silence longer than this within a session is a gap, in seconds.
pub const GAP_S: f64 = 300.0;

impl Day {
    /// How long it lasted, in seconds.
    #[must_use]
    pub fn span_s(&self) -> f64 {
        (self.close_ns.saturating_sub(self.open_ns)) as f64 / 1e9
    }

    /// The mids at every moment that is a multiple of `every` steps after the opening.
    #[must_use]
    pub fn grid(&self, every: usize) -> Vec<f64> {
        let placed = (self.silent + 1..).zip(&self.mids);
        placed.filter(|(place, _)| place.is_multiple_of(every)).map(|(_, mid)| *mid).collect()
    }

    /// The mid at a moment, by the grid; none before the first and after the last.
    #[must_use]
    pub fn mid_at(&self, at_ns: u64) -> Option<f64> {
        let seconds = (at_ns.checked_sub(self.open_ns)? / 1_000_000_000) as usize;
        self.mids.get(seconds.checked_sub(self.silent + 1)?).copied()
    }

    /// When each trade was, in seconds after the opening.
    #[must_use]
    pub fn trade_times_s(&self) -> Vec<f64> {
        let seconds = |trade: &Trade| (trade.at_ns - self.open_ns) as f64 / 1e9;
        self.trades.iter().map(seconds).collect()
    }
}

impl Tape {
    /// Log returns of the mid over steps of so many seconds, day by day. `None` when a mid was not
    /// positive: such a price has no log return.
    #[must_use]
    pub fn returns_by_day(&self, step_s: usize) -> Option<Vec<Vec<f64>>> {
        let of = |day: &Day| {
            let mids = day.grid(step_s);
            if mids.len() < 2 { Some(Vec::new()) } else { log_returns(&mids) }
        };
        self.days.iter().map(of).collect()
    }

    /// The same, one day behind the other. Empty when a mid was not positive.
    #[must_use]
    pub fn returns(&self, step_s: usize) -> Vec<f64> {
        self.returns_by_day(step_s).unwrap_or_default().concat()
    }

    /// Changes of the mid itself over steps of so many seconds.
    #[must_use]
    pub fn changes(&self, step_s: usize) -> Vec<f64> {
        let of = |day: &Day| {
            day.grid(step_s).windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
        };
        self.days.iter().flat_map(of).collect()
    }

    /// All trades, one day behind the other.
    pub fn trades(&self) -> impl Iterator<Item = &Trade> + '_ {
        self.days.iter().flat_map(|day| &day.trades)
    }

    /// The signs of all trades.
    #[must_use]
    pub fn signs(&self) -> Vec<f64> {
        self.trades().map(|trade| trade.sign).collect()
    }

    /// Gaps between trades, in seconds, none of them over a night.
    #[must_use]
    pub fn trade_gaps_s(&self) -> Vec<f64> {
        let gaps = |day: &Day| {
            let pairs = day.trades.windows(2);
            pairs.map(|pair| (pair[1].at_ns - pair[0].at_ns) as f64 / 1e9).collect::<Vec<_>>()
        };
        self.days.iter().flat_map(gaps).collect()
    }

    /// How many trades in each whole window of so many seconds, none over a night.
    #[must_use]
    pub fn trade_counts(&self, width_s: f64) -> Vec<f64> {
        let counts = |day: &Day| {
            crate::estimator::arrivals::counts(&day.trade_times_s(), 0.0, day.span_s(), width_s)
        };
        self.days.iter().flat_map(counts).collect()
    }

    /// What share of its sessions it is silent for: gaps over the time it should tell of.
    #[must_use]
    pub fn silent_share(&self) -> f64 {
        let span_s: f64 = self.days.iter().map(Day::span_s).sum();
        if span_s > 0.0 { self.noted.gaps_s / span_s } else { 0.0 }
    }

    /// The mean spread over time, in units of price.
    #[must_use]
    pub fn spread_mean(&self) -> Option<f64> {
        (self.spread.1 > 0.0).then(|| self.spread.0 / self.spread.1)
    }

    /// The mean of 2·|price − mid| over trades, in units of price.
    #[must_use]
    pub fn effective_spread(&self) -> Option<f64> {
        let known = self.trades().filter(|trade| trade.mid.is_finite());
        let spreads: Vec<f64> = known.map(|trade| 2.0 * (trade.price - trade.mid).abs()).collect();
        crate::estimator::mean(&spreads)
    }
}

impl LogCounts {
    const PER_DECADE: f64 = 10.0;
    const FROM_S: f64 = 1e-6;
    /// Twelve decades: from a microsecond to eleven days.
    const BINS: usize = 120;

    /// Adds a duration.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn add(&mut self, seconds: f64) {
        if self.bins.is_empty() {
            self.bins = vec![0; Self::BINS];
        }
        let place = libm::log10(seconds.max(Self::FROM_S) / Self::FROM_S) * Self::PER_DECADE;
        self.bins[(place as usize).min(Self::BINS - 1)] += 1;
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.bins.iter().sum()
    }

    /// What share lasts at least so many seconds, at the start of each bin that has some beyond it.
    #[must_use]
    pub fn survival(&self) -> Vec<(f64, f64)> {
        let total = self.total() as f64;
        let mut left = self.total();
        let mut points = Vec::new();
        for (place, count) in self.bins.iter().enumerate() {
            if left == 0 {
                break;
            }
            let seconds = Self::FROM_S * libm::pow(10.0, place as f64 / Self::PER_DECADE);
            points.push((seconds, left as f64 / total));
            left -= count;
        }
        points
    }
}

impl Shape {
    /// The mean size at each distance from the best, in ticks.
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        let sides = (2 * self.snapshots).max(1) as f64;
        self.sums.iter().map(|sum| sum / sides).collect()
    }
}

impl Best {
    /// Adds a size.
    pub fn add(&mut self, size: f64) {
        if size > 0.0 {
            self.n += 1;
            self.sum += size;
            self.log_sum += libm::log(size);
        }
    }

    /// The shape γ of the Gamma law of these sizes.
    #[must_use]
    pub fn gamma(&self) -> Option<f64> {
        let n = self.n as f64;
        gamma_of_means(self.sum / n.max(1.0), self.log_sum / n.max(1.0)).map(|(shape, _)| shape)
    }
}

impl Imbalance {
    /// P(up | long bid) − P(up | short bid), over every row and at the moves.
    #[must_use]
    pub fn differences(&self) -> (Option<f64>, Option<f64>) {
        let share = |(n, up): (u64, u64)| (n > 0).then(|| up as f64 / n as f64);
        let between = |long, short| Some(share(long)? - share(short)?);
        (between(self.long, self.short), between(self.long_at_move, self.short_at_move))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(mids: &[f64]) -> Day {
        Day { close_ns: 10_000_000_000, silent: 1, mids: mids.to_vec(), ..Day::default() }
    }

    #[test]
    fn returns_stay_within_a_day() {
        // Silent at 1 s; mids stand at 2, 3, 4, 5 s: every second one at 2 and 4 s.
        let tape =
            Tape { days: vec![day(&[1.0, 2.0, 4.0, 8.0]), day(&[3.0; 4])], ..Tape::default() };
        assert_eq!(tape.days[0].grid(2), [1.0, 4.0]);
        assert_eq!(tape.changes(2), [3.0, 0.0]);
        assert_eq!(tape.returns(1).len(), 6);
        assert_eq!(tape.days[0].mid_at(3_200_000_000), Some(2.0));
        assert_eq!(tape.days[0].mid_at(1_000_000_000), None);
        let broken = Tape { days: vec![day(&[1.0, 0.0])], ..Tape::default() };
        assert_eq!(broken.returns_by_day(1), None);
    }

    #[test]
    fn survival_starts_at_all_and_falls() {
        let mut lives = LogCounts::default();
        for seconds in [0.0, 1e-3, 1.0, 1.0, 1e9] {
            lives.add(seconds);
        }
        let points = lives.survival();
        assert_eq!((lives.total(), points[0]), (5, (1e-6, 1.0)));
        assert!(points.windows(2).all(|pair| pair[1].1 <= pair[0].1));
        let at_a_second = points.iter().find(|(at, _)| (at - 1.0).abs() < 1e-9).unwrap();
        assert!((at_a_second.1 - 0.6).abs() < 1e-12);
    }

    #[test]
    fn a_long_bid_that_is_followed_by_up_moves_says_something() {
        let seen = Imbalance { short: (10, 2), long: (10, 8), ..Imbalance::default() };
        let (rows, moves) = seen.differences();
        assert!((rows.unwrap() - 0.6).abs() < 1e-12);
        assert_eq!(moves, None);
    }
}

//! Filling a tape, one thing at a time, in the order it happened.
//!
//! Whatever tells of a market says the same few things here: a session opens, the best prices are
//! so, somebody traded. A trade is told **before** the quotes that it left behind. Start reading at
//! [`Builder::quote`] and [`Builder::fill`].

use crate::estimator::{count, variance};
use crate::tape::{Day, GAP_S, Metaorder, Tape, Trade};
use std::collections::BTreeMap;

/// How many trades a tape keeps; more are counted.
pub const TRADES_MAX: usize = 1 << 21;

/// How many seconds of mids a tape keeps over all days; more are counted. Half a year of sessions.
pub const SECONDS_MAX: usize = 1 << 22;

/// How many gaps between events are kept, from the first on.
pub const EVENT_GAPS_MAX: usize = 20_000;

/// How far behind the best price placements and the shape of the book are told apart, in ticks.
pub const DISTANCE_MAX: usize = 1 << 9;

/// How many metaorders are kept, from the first on.
pub const METAORDERS_MAX: usize = 1 << 18;

/// How far apart snapshots of the book are, in nanoseconds.
const SNAPSHOT_NS: u64 = 10_000_000_000;

const SECOND_NS: u64 = 1_000_000_000;

/// A best price and the size there.
pub type Top = Option<(f64, f64)>;

/// Fills a [`Tape`].
#[derive(Clone, Debug, Default)]
pub struct Builder {
    tape: Tape,
    /// A session is open.
    open: bool,
    /// The mid, while somebody has quoted both sides today.
    mid: Option<f64>,
    /// Sizes at the best, as they stand.
    sizes: (f64, f64),
    /// The spread, and since when it stands.
    spread: Option<(f64, u64)>,
    /// How many moments of today's grid have passed.
    passed: u64,
    kept_seconds: usize,
    kept_trades: usize,
    /// When anything was told last.
    told_ns: Option<u64>,
    event_ns: Option<u64>,
    /// Rows since the last move of the mid: with a short bid, with a long one, and the last row.
    waiting: (u64, u64, f64),
    snapshot_ns: Option<u64>,
    day_volume: f64,
    owners: BTreeMap<u64, Worked>,
    /// Whose metaorder the next mid ends.
    ended_by: Option<u64>,
    done: Vec<Worked>,
}

/// A metaorder in the making.
#[derive(Clone, Copy, Debug)]
struct Worked {
    sign: f64,
    parts: u32,
    size: f64,
    start: (u64, f64),
    end: (u64, f64),
}

impl Builder {
    /// An empty tape of something whose tick is so large.
    #[must_use]
    pub fn new(tick: Option<f64>) -> Self {
        Self { tape: Tape { tick, ..Tape::default() }, ..Self::default() }
    }

    /// A session opens. One that is open closes first.
    pub fn open(&mut self, at_ns: u64) {
        self.close(at_ns);
        self.tape.days.push(Day { open_ns: at_ns, close_ns: at_ns, ..Day::default() });
        self.open = true;
        (self.mid, self.spread, self.passed, self.told_ns) = (None, None, 0, Some(at_ns));
        (self.event_ns, self.waiting, self.snapshot_ns) = (None, (0, 0, 0.0), None);
        self.day_volume = 0.0;
    }

    /// The session closes; what stood, stood until then.
    pub fn close(&mut self, at_ns: u64) {
        if !self.open {
            return;
        }
        self.tell(at_ns);
        self.pass(at_ns);
        self.hold_spread(at_ns);
        self.today().close_ns = at_ns;
        self.end_metaorders();
        self.open = false;
        if self.today().open_ns == at_ns {
            self.tape.days.pop(); // no time passed in it
        }
    }

    /// True while a session is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// The best prices and their sizes from `at_ns` on. None is an empty side.
    pub fn quote(&mut self, at_ns: u64, bid: Top, ask: Top) {
        if !self.open {
            self.tape.noted.outside += 1;
            return;
        }
        self.tell(at_ns);
        // A quote at a moment of the grid is seen by that moment, so moments before it pass.
        self.pass(at_ns.saturating_sub(1));
        self.hold_spread(at_ns);
        self.spread = None;
        let (Some(bid), Some(ask)) = (bid, ask) else {
            self.tape.noted.one_sided += 1;
            self.sizes = (bid.map_or(0.0, |b| b.1), ask.map_or(0.0, |a| a.1));
            return;
        };
        if bid.0 > ask.0 {
            self.tape.noted.crossed += 1;
            return;
        }
        self.tape.noted.locked += u64::from(bid.0 == ask.0);
        self.spread = Some((ask.0 - bid.0, at_ns));
        self.sizes = (bid.1, ask.1);
        let mid = self.settled((bid.0 + ask.0) / 2.0);
        self.today().first_mid.get_or_insert(mid);
        self.move_mid(mid);
        let total = bid.1 + ask.1;
        let imbalance = if total > 0.0 { (bid.1 - ask.1) / total } else { 0.0 };
        self.waiting.0 += u64::from(imbalance < -0.5);
        self.waiting.1 += u64::from(imbalance > 0.5);
        self.waiting.2 = imbalance;
        if let Some(worked) = self.ended_by.take().and_then(|owner| self.owners.get_mut(&owner)) {
            worked.end.1 = mid;
        }
    }

    /// The mid as it stood, when `mid` differs from it by rounding alone: halves of other prices with the
    /// same sum are the same mid, and no move.
    fn settled(&self, mid: f64) -> f64 {
        self.mid.filter(|before| (mid - before).abs() <= 1e-11 * mid.abs()).unwrap_or(mid)
    }

    fn move_mid(&mut self, mid: f64) {
        let before = self.mid.replace(mid);
        let Some(before) = before.filter(|before| *before != mid) else { return };
        let (up, seen) = (u64::from(mid > before), &mut self.tape.imbalance);
        let (short, long, last) = self.waiting;
        for (at, n) in [(&mut seen.short, short), (&mut seen.long, long)] {
            *at = (at.0 + n, at.1 + n * up);
        }
        if last < -0.5 {
            seen.short_at_move = (seen.short_at_move.0 + 1, seen.short_at_move.1 + up);
        } else if last > 0.5 {
            seen.long_at_move = (seen.long_at_move.0 + 1, seen.long_at_move.1 + up);
        }
        self.waiting = (0, 0, 0.0);
    }

    /// Somebody traded; `sign` is +1 when the buyer came to the seller, 0 in an auction. Fills of one
    /// moment and one sign are one trade.
    pub fn fill(&mut self, at_ns: u64, sign: f64, price: f64, size: f64) {
        if !self.open {
            self.tape.noted.outside += 1;
            return;
        }
        self.tell(at_ns);
        self.tape.fills += 1;
        self.day_volume += size;
        if sign == 0.0 {
            self.tape.noted.unsigned += 1;
            return;
        }
        if let Some(last) = self.today().trades.last_mut()
            && (last.at_ns, last.sign) == (at_ns, sign)
        {
            last.size += size;
            return;
        }
        if self.kept_trades >= TRADES_MAX {
            self.tape.noted.trades_left_out += 1;
            return;
        }
        self.kept_trades += 1;
        self.tape.noted.without_mid += u64::from(self.mid.is_none());
        let mid = self.mid.unwrap_or(f64::NAN);
        self.today().trades.push(Trade { at_ns, sign, price, size, mid });
    }

    /// An order that nobody saw traded: no trade of the tape, but a fill.
    pub fn hidden_fill(&mut self, at_ns: u64) {
        self.tell(at_ns);
        self.tape.fills += 1;
        self.tape.noted.hidden += 1;
    }

    /// The fill just told was by the order of `owner` that came: a part of what he is working.
    pub fn part(&mut self, owner: u64, at_ns: u64, sign: f64, size: f64) {
        if !self.open {
            return;
        }
        let Some(mid) = self.mid else { return };
        let known = self.tape.metaorders.get_or_insert_default().len() + self.done.len();
        let fresh = Worked { sign, parts: 1, size, start: (at_ns, mid), end: (at_ns, mid) };
        match self.owners.get_mut(&owner) {
            Some(worked) if worked.sign == sign => {
                worked.parts += u32::from(worked.end.0 != at_ns);
                worked.size += size;
                worked.end = (at_ns, mid);
            }
            Some(worked) => {
                if known < METAORDERS_MAX {
                    self.done.push(*worked);
                }
                *worked = fresh;
            }
            None => {
                self.owners.insert(owner, fresh);
            }
        }
        self.ended_by = Some(owner);
    }

    /// What was told of parts so far was guesswork.
    pub fn forget_parts(&mut self) {
        self.owners.clear();
        self.done.clear();
        self.ended_by = None;
        self.tape.metaorders = None;
    }

    /// Something happened, of whatever kind.
    pub fn event(&mut self, at_ns: u64) {
        if !self.open {
            return;
        }
        self.tell(at_ns);
        if let Some(before) = self.event_ns.replace(at_ns)
            && self.tape.event_gaps_s.len() < EVENT_GAPS_MAX
        {
            self.tape.event_gaps_s.push((at_ns - before) as f64 / 1e9);
        }
    }

    /// A new limit order stands `price` on its own side; `buys` says which. How far behind the best
    /// of its side that is counts, where both and the tick are known and it is not in front.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn placed(&mut self, price: f64, best: Option<f64>, buys: bool) {
        let (Some(tick), Some(best), true) = (self.tape.tick, best, self.open) else { return };
        let behind = if buys { best - price } else { price - best } / tick;
        let behind = libm::round(behind);
        if behind < 0.0 || behind >= DISTANCE_MAX as f64 {
            return;
        }
        if self.tape.placements.is_empty() {
            self.tape.placements = vec![0; DISTANCE_MAX];
        }
        self.tape.placements[behind as usize] += 1;
    }

    /// The size of a new order.
    pub fn ordered(&mut self, size: f64) {
        self.tape.orders.n += 1;
        self.tape.orders.round += u64::from(size > 0.0 && size % 100.0 == 0.0);
    }

    /// The source tells when orders are taken back, even if none ever is.
    pub fn tells_cancels(&mut self) {
        self.tape.cancels.get_or_insert_default();
    }

    /// An order was taken back, in whole or in part, after so many seconds where that is known.
    pub fn cancelled(&mut self, lived_s: Option<f64>) {
        *self.tape.cancels.get_or_insert_default() += 1;
        if let Some(lived_s) = lived_s {
            self.tape.lifetimes.add(lived_s);
        }
    }

    /// True when the book is to be looked at: the last snapshot is ten seconds old.
    pub fn wants_snapshot(&mut self, at_ns: u64) -> bool {
        let due = self.open && self.snapshot_ns.is_none_or(|last| at_ns >= last + SNAPSHOT_NS);
        if due {
            self.snapshot_ns = Some(at_ns);
            self.tape.shape.snapshots += 1;
        }
        due
    }

    /// What stands so many ticks behind the best price of its side, in the snapshot just wanted.
    pub fn stands(&mut self, behind: usize, size: f64) {
        if self.tape.shape.sums.is_empty() {
            self.tape.shape.sums = vec![0.0; DISTANCE_MAX];
        }
        if let Some(sum) = self.tape.shape.sums.get_mut(behind) {
            *sum += size;
        }
    }

    /// Changes the tape where the builder has no word for it.
    pub fn tape_mut(&mut self) -> &mut Tape {
        &mut self.tape
    }

    /// The tape. A session that is open closes when something was told last.
    #[must_use]
    pub fn finish(mut self) -> Tape {
        self.close(self.told_ns.unwrap_or(0));
        self.tape
    }

    fn today(&mut self) -> &mut Day {
        self.tape.days.last_mut().expect("a session is open")
    }

    fn tell(&mut self, at_ns: u64) {
        if let Some(before) = self.told_ns.filter(|_| self.open) {
            let silence_s = at_ns.saturating_sub(before) as f64 / 1e9;
            if silence_s > GAP_S {
                self.tape.noted.gaps += 1;
                self.tape.noted.gaps_s += silence_s;
            }
        }
        self.told_ns = self.told_ns.max(Some(at_ns));
    }

    /// Lets the moments of the grid up to `until_ns` pass.
    fn pass(&mut self, until_ns: u64) {
        let due = until_ns.saturating_sub(self.today().open_ns) / SECOND_NS;
        let Some(mid) = self.mid else {
            let passed = self.passed.max(due);
            self.passed = passed;
            self.today().silent = passed as usize;
            return;
        };
        while self.passed < due {
            self.passed += 1;
            if self.kept_seconds >= SECONDS_MAX {
                self.tape.noted.seconds_left_out += 1;
                continue;
            }
            self.kept_seconds += 1;
            self.today().mids.push(mid);
            self.tape.best.add(self.sizes.0);
            self.tape.best.add(self.sizes.1);
        }
    }

    fn hold_spread(&mut self, until_ns: u64) {
        if let Some((spread, since)) = self.spread {
            let seconds = until_ns.saturating_sub(since) as f64 / 1e9;
            self.tape.spread.0 += spread * seconds;
            self.tape.spread.1 += seconds;
            self.spread = Some((spread, until_ns.max(since)));
        }
    }

    /// Ends what is being worked with the day, and measures it in the day's volume and volatility.
    fn end_metaorders(&mut self) {
        let owners = std::mem::take(&mut self.owners);
        self.done.extend(owners.into_values());
        (self.ended_by, self.day_volume) = (None, self.day_volume.max(f64::MIN_POSITIVE));
        let done = std::mem::take(&mut self.done);
        if self.tape.metaorders.is_none() {
            return; // nobody told whose trades are whose
        }
        let day = self.tape.days.last().expect("a session is open");
        let minutes: Vec<f64> = day.grid(60).windows(2).map(|pair| pair[1] - pair[0]).collect();
        let volatility = variance(&minutes).map(|v| libm::sqrt(v * count(&minutes)));
        let Some(volatility) = volatility.filter(|volatility| *volatility > 0.0) else { return };
        let measured = done.iter().filter(|worked| worked.parts >= 2).map(|worked| {
            let moved = |to: f64| worked.sign * (to - worked.start.1) / volatility;
            let lasted = worked.end.0 - worked.start.0;
            let after = |times: u64| {
                let at_ns = worked.start.0.checked_add(lasted.checked_mul(times)?)?;
                (at_ns <= day.close_ns).then(|| day.mid_at(at_ns)).flatten().map(moved)
            };
            Metaorder {
                parts: worked.parts,
                share: worked.size / self.day_volume,
                impact: moved(worked.end.1),
                after_two: after(2),
                after_five: after(5),
            }
        });
        let measured: Vec<Metaorder> = measured.collect();
        let kept = self.tape.metaorders.get_or_insert_default();
        kept.extend(measured);
        kept.truncate(METAORDERS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> u64 {
        seconds * SECOND_NS
    }

    fn top(price: f64, size: f64) -> Top {
        Some((price, size))
    }

    #[test]
    fn a_moment_shows_the_last_mid_at_or_before_it() {
        let mut builder = Builder::new(Some(1.0));
        builder.open(s(100));
        builder.quote(s(101) + 500, top(10.0, 1.0), top(12.0, 1.0)); // 102 s and 103 s see 11
        builder.quote(s(104), top(20.0, 1.0), top(22.0, 1.0)); // at 104 s sharp: seen
        builder.quote(s(104) + 100, top(30.0, 1.0), top(32.0, 1.0)); // the last before 105 s
        builder.quote(s(104) + 200, None, top(32.0, 1.0)); // the last mid holds
        builder.quote(s(105) + 100, top(33.0, 1.0), top(32.0, 1.0)); // crossed: it holds still
        builder.close(s(106));
        let tape = builder.finish();
        assert_eq!((tape.days[0].silent, tape.days.len()), (1, 1));
        assert_eq!(tape.days[0].mids, [11.0, 11.0, 21.0, 31.0, 31.0]);
        assert_eq!((tape.noted.one_sided, tape.noted.crossed), (1, 1));
        let known_s = 3.0 + 200e-9 - 500e-9;
        assert!((tape.spread.1 - known_s).abs() < 1e-12, "{}", tape.spread.1);
        assert!((tape.spread_mean().unwrap() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn fills_of_one_moment_and_side_are_one_trade_at_the_mid_before_it() {
        let mut builder = Builder::new(None);
        builder.fill(s(1), 1.0, 9.0, 1.0);
        builder.open(s(2));
        builder.fill(s(3), 1.0, 9.0, 1.0);
        builder.quote(s(4), top(10.0, 1.0), top(12.0, 1.0));
        builder.fill(s(5), 1.0, 12.0, 2.0);
        builder.fill(s(5), 1.0, 13.0, 3.0);
        builder.fill(s(5), -1.0, 10.0, 1.0);
        builder.fill(s(6), 0.0, 11.0, 50.0);
        builder.hidden_fill(s(6));
        builder.quote(s(6), top(12.0, 1.0), top(14.0, 1.0));
        let tape = builder.finish();
        let told: Vec<_> =
            tape.trades().map(|t| (t.at_ns / SECOND_NS, t.sign, t.price, t.size)).collect();
        assert_eq!(told, [(3, 1.0, 9.0, 1.0), (5, 1.0, 12.0, 5.0), (5, -1.0, 10.0, 1.0)]);
        assert!(tape.days[0].trades[0].mid.is_nan());
        assert_eq!(tape.days[0].trades[1].mid, 11.0);
        let noted = tape.noted;
        assert_eq!((noted.outside, noted.without_mid, noted.unsigned, noted.hidden), (1, 1, 1, 1));
        assert_eq!((tape.fills, tape.effective_spread()), (6, Some(2.0)));
    }

    #[test]
    fn rows_wait_for_the_next_move_of_the_mid() {
        let mut builder = Builder::new(None);
        builder.open(0);
        builder.quote(s(1), top(10.0, 9.0), top(11.0, 1.0)); // a long bid
        builder.quote(s(2), top(10.0, 8.0), top(11.0, 1.0)); // still
        builder.quote(s(3), top(11.0, 1.0), top(12.0, 9.0)); // up; now it is short
        builder.quote(s(4), top(12.0, 1.0), top(13.0, 1.0)); // up again
        let seen = builder.finish().imbalance;
        assert_eq!((seen.long, seen.short), ((2, 2), (1, 1)));
        assert_eq!((seen.long_at_move, seen.short_at_move), ((1, 1), (1, 1)));
    }

    #[test]
    fn other_prices_with_the_same_middle_are_no_move() {
        let mut builder = Builder::new(None);
        builder.open(0);
        builder.quote(s(1), top(220.1, 9.0), top(220.4, 1.0));
        for wider in 1..200 {
            let by = f64::from(wider) * 0.01;
            builder.quote(s(1 + wider as u64), top(220.1 - by, 9.0), top(220.4 + by, 1.0));
        }
        let tape = builder.finish();
        assert!(tape.days[0].mids.iter().all(|mid| *mid == tape.days[0].mids[0]));
        assert_eq!(tape.imbalance, crate::tape::Imbalance::default(), "nothing has moved");
    }

    #[test]
    fn silence_is_counted() {
        let mut builder = Builder::new(None);
        builder.open(0);
        builder.event(s(1));
        builder.event(s(400));
        builder.event(s(401));
        let tape = builder.finish();
        assert_eq!((tape.noted.gaps, tape.noted.gaps_s), (1, 399.0));
        assert_eq!(tape.event_gaps_s, [399.0, 1.0]);
    }

    #[test]
    fn parts_of_one_owner_in_one_direction_are_one_large_order() {
        let mut builder = Builder::new(None);
        builder.open(0);
        for minute in 0..20_u64 {
            let price = 100.0 + minute as f64;
            builder.quote(s(60 * minute), top(price - 1.0, 5.0), top(price + 1.0, 5.0));
            builder.fill(s(60 * minute + 30), 1.0, price + 1.0, 10.0);
            let buyer = u64::from(minute < 5);
            builder.part(buyer, s(60 * minute + 30), if minute == 4 { -1.0 } else { 1.0 }, 10.0);
        }
        builder.close(s(1_200));
        let tape = builder.finish();
        let kept = tape.metaorders.unwrap();
        // Owner 1 bought four times and then sold once; owner 0 bought fifteen times.
        assert_eq!(kept.iter().map(|m| m.parts).collect::<Vec<_>>(), [4, 15]);
        assert!((kept[0].share - 0.2).abs() < 1e-12);
        assert!(kept[0].impact > 0.0 && kept[0].after_two.unwrap() > kept[0].impact);
        assert_eq!(kept[1].after_two, None, "the day was over");
    }

    #[test]
    fn orders_and_books_are_counted_by_distance() {
        let mut builder = Builder::new(Some(0.5));
        builder.open(0);
        builder.placed(10.0, Some(11.0), true); // two ticks behind
        builder.placed(11.0, Some(11.0), false);
        builder.placed(12.0, Some(11.0), true); // in front
        builder.placed(10.0, None, true);
        assert!(builder.wants_snapshot(s(1)) && !builder.wants_snapshot(s(2)));
        builder.stands(0, 4.0);
        builder.stands(DISTANCE_MAX, 4.0);
        builder.ordered(200.0);
        builder.ordered(150.0);
        builder.cancelled(Some(2.0));
        builder.cancelled(None);
        let tape = builder.finish();
        assert_eq!(tape.placements.iter().sum::<u64>(), 2);
        assert_eq!((tape.placements[2], tape.shape.mean()[0]), (1, 2.0));
        assert_eq!((tape.orders.n, tape.orders.round, tape.cancels), (2, 1, Some(2)));
        assert_eq!(tape.lifetimes.total(), 1);
    }
}

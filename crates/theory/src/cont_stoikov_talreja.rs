//! A book of unit orders that come and go at random: what moves next, and who is filled before.
//!
//! Source: Cont, Stoikov & Talreja (2010), Operations Research 58(3). Limit orders come at rate
//! `lambda(i)` at distance `i` from the opposite best, market orders at `mu` a side, and each order
//! at distance `i` is cancelled at `theta(i)`. The paper inverts Laplace transforms; here the same
//! chains of the two best queues are linear systems, with queues of up to [`QUEUE_MOST`] orders.

use crate::{Outside, not_negative, positive};
use libm::{pow, sqrt};
use pitfloor_pricing::process::dice::{seeded, uniform};
use rand_core::Rng;

/// The longest queue of a linear system: beyond it orders stay away.
pub const QUEUE_MOST: usize = 60;
/// The widest spread, in ticks.
pub const SPREAD_MOST: u32 = 1_000;

/// The rates of a book and its spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// `S`: the spread, in ticks.
    pub spread: u32,
    /// `mu`: market orders a side, per time; at least 0.
    pub market: f64,
    /// `lam`: limit orders at distance 1, 2, …, per time; at least 0.
    pub limit: Vec<f64>,
    /// `theta`: cancels of one order at distance 1, 2, …; beyond the last as the last.
    pub cancel: Vec<f64>,
    /// `tail_k`: limit orders at distance i beyond the list come at `tail_k / i^tail_alpha`.
    pub tail: f64,
    /// `tail_alpha`.
    pub tail_power: f64,
}

/// The rates of the two best queues.
#[derive(Clone, Copy, Debug)]
struct Rates {
    limit: f64,
    market: f64,
    cancel: f64,
    /// Inside the spread, one side.
    inside: f64,
}

impl Rates {
    fn shrinks(self, queue: usize) -> f64 {
        self.market + queue as f64 * self.cancel
    }

    fn grows(self, queue: usize) -> f64 {
        if queue < QUEUE_MOST { self.limit } else { 0.0 }
    }
}

impl Book {
    /// Limit orders at distance `i`, per time.
    #[must_use]
    pub fn limit_at(&self, i: u32) -> f64 {
        let listed = self.limit.get(i as usize - 1).copied();
        listed.unwrap_or_else(|| self.tail / pow(f64::from(i), self.tail_power))
    }

    /// Cancels of one order at distance `i`, per time.
    #[must_use]
    pub fn cancel_at(&self, i: u32) -> f64 {
        let last = self.cancel.last().copied().unwrap_or_default();
        self.cancel.get(i as usize - 1).copied().unwrap_or(last)
    }

    fn check(&self) -> Result<(), Outside> {
        if !(1..=SPREAD_MOST).contains(&self.spread) {
            return Err(Outside::new("S", self.spread, "1 to 1000 ticks"));
        }
        not_negative("mu", self.market)?;
        for rate in &self.limit {
            not_negative("lam", *rate)?;
        }
        for rate in &self.cancel {
            not_negative("theta", *rate)?;
        }
        if self.cancel.is_empty() {
            return Err(Outside::new("theta", "an empty list", "at least one rate"));
        }
        not_negative("tail_k", self.tail)?;
        not_negative("tail_alpha", self.tail_power)?;
        Ok(())
    }

    /// The rates of the best queues, in which something must end.
    fn rates(&self) -> Result<Rates, Outside> {
        self.check()?;
        let rates = Rates {
            limit: self.limit_at(self.spread),
            market: self.market,
            cancel: self.cancel_at(self.spread),
            inside: (1..self.spread).map(|i| self.limit_at(i)).sum(),
        };
        if rates.market + rates.cancel + rates.inside == 0.0 {
            return Err(Outside::new("mu", self.market, "a book in which something goes"));
        }
        Ok(rates)
    }

    /// The probability that the mid's next move is up: a row for each bid queue from 1 to `size`, a
    /// column for each ask queue.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn mid_up(&self, size: usize) -> Result<Vec<Vec<f64>>, Outside> {
        let rates = self.rates()?;
        sized(size)?;
        // One unknown for each pair of queues; a pair's neighbours lie within one row of it.
        let at = |b: usize, a: usize| (b - 1) * QUEUE_MOST + a - 1;
        let mut system = Band::new(QUEUE_MOST * QUEUE_MOST, QUEUE_MOST);
        for b in 1..=QUEUE_MOST {
            for a in 1..=QUEUE_MOST {
                let row = at(b, a);
                let (bid_down, ask_down) = (rates.shrinks(b), rates.shrinks(a));
                let (bid_up, ask_up) = (rates.grows(b), rates.grows(a));
                system.add(row, row, bid_down + ask_down + bid_up + ask_up + 2.0 * rates.inside);
                system.right[row] = rates.inside;
                if a > 1 {
                    system.add(row, at(b, a - 1), -ask_down);
                } else {
                    system.right[row] += ask_down;
                }
                if b > 1 {
                    system.add(row, at(b - 1, a), -bid_down);
                }
                if a < QUEUE_MOST {
                    system.add(row, at(b, a + 1), -ask_up);
                }
                if b < QUEUE_MOST {
                    system.add(row, at(b + 1, a), -bid_up);
                }
            }
        }
        let found = system.solve();
        Ok((1..=size).map(|b| (1..=size).map(|a| found[at(b, a)]).collect()).collect())
    }

    /// The probability that the last of `b` bids, which is never cancelled, is filled before the mid
    /// moves: a row for each `b` from 1 to `size`, a column for each ask queue.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn fill(&self, size: usize) -> Result<Vec<Vec<f64>>, Outside> {
        let rates = self.rates()?;
        sized(size)?;
        let mut table = Vec::new();
        // Filled: what is ahead of the first is certain.
        let mut ahead = vec![1.0; QUEUE_MOST];
        for n in 1..=size {
            let own = rates.market + (n - 1) as f64 * rates.cancel;
            let mut system = Band::new(QUEUE_MOST, 1);
            for a in 1..=QUEUE_MOST {
                let (down, up) = (rates.shrinks(a), rates.grows(a));
                let all = own + down + up + 2.0 * rates.inside;
                // With nothing that could happen, nothing is filled.
                system.add(a - 1, a - 1, if all > 0.0 { all } else { 1.0 });
                system.right[a - 1] = own * ahead[a - 1];
                if a > 1 {
                    system.add(a - 1, a - 2, -down);
                }
                if a < QUEUE_MOST {
                    system.add(a - 1, a, -up);
                }
            }
            ahead = system.solve();
            table.push(ahead[..size].to_vec());
        }
        Ok(table)
    }

    /// The probability that an order at each best, the last of `b` and of `a`, are both filled before
    /// the mid moves, by `paths` draws from `seed`; and its standard error.
    ///
    /// Neither order is ever cancelled. The mid moves when a best queue is empty and one of the two
    /// still waits, or somebody comes inside.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn make_spread(
        &self,
        (b, a): (usize, usize),
        seed: u64,
        paths: u32,
    ) -> Result<(f64, f64), Outside> {
        let rates = self.rates()?;
        positive("mu", self.market)?;
        for (field, queue) in [("b", b), ("a", a)] {
            if !(1..=QUEUE_MOST).contains(&queue) {
                return Err(Outside::new(field, queue, "1 to 60 orders"));
            }
        }
        if paths < 2 {
            return Err(Outside::new("paths", paths, "at least 2"));
        }
        let mut dice = seeded(seed);
        let made = (0..paths).filter(|_| both_filled(rates, [b, a], &mut dice)).count();
        let (n, p) = (f64::from(paths), made as f64 / f64::from(paths));
        Ok((p, sqrt(p * (1.0 - p) / n)))
    }

    /// The mean number of orders at distance `i` away from the bests: `lambda/theta`.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a rate lies outside its domain, or nobody ever cancels there.
    pub fn queue_mean(&self, i: u32) -> Result<f64, Outside> {
        self.check()?;
        if !(1..=SPREAD_MOST).contains(&i) {
            return Err(Outside::new("i", i, "1 to 1000 ticks"));
        }
        Ok(self.limit_at(i) / positive("theta", self.cancel_at(i))?)
    }
}

fn sized(size: usize) -> Result<(), Outside> {
    if (1..=QUEUE_MOST).contains(&size) {
        return Ok(());
    }
    Err(Outside::new("size", size, "1 to 60 orders"))
}

/// One own order on each side: orders up to it, itself counted, and orders behind it.
fn both_filled(rates: Rates, ahead: [usize; 2], dice: &mut impl Rng) -> bool {
    let mut waits = ahead;
    let mut behind = [0_usize; 2];
    loop {
        let strangers = |waits: usize| waits.saturating_sub(1) as f64;
        let odds = [
            rates.limit,
            rates.limit,
            rates.market,
            rates.market,
            strangers(waits[0]) * rates.cancel,
            strangers(waits[1]) * rates.cancel,
            behind[0] as f64 * rates.cancel,
            behind[1] as f64 * rates.cancel,
            2.0 * rates.inside,
        ];
        let mut left = uniform(dice) * odds.iter().sum::<f64>();
        let happened = odds.iter().position(|rate| {
            left -= rate;
            left < 0.0
        });
        let event = happened.unwrap_or(odds.len() - 1);
        let side = event % 2;
        match event / 2 {
            0 => behind[side] += 1,
            1 if waits[side] > 0 => waits[side] -= 1,
            1 | 3 => behind[side] -= 1,
            2 => waits[side] -= 1,
            _ => return false,
        }
        if waits == [0, 0] {
            return true;
        }
        if waits[side] + behind[side] == 0 {
            return false;
        }
    }
}

/// A linear system whose matrix has nothing farther than `width` from its diagonal, and whose
/// diagonal is the largest of each row: so no rows are exchanged.
struct Band {
    width: usize,
    rows: Vec<Vec<f64>>,
    right: Vec<f64>,
}

impl Band {
    fn new(size: usize, width: usize) -> Self {
        Self { width, rows: vec![vec![0.0; 2 * width + 1]; size], right: vec![0.0; size] }
    }

    fn add(&mut self, row: usize, column: usize, x: f64) {
        self.rows[row][column + self.width - row] += x;
    }

    fn solve(mut self) -> Vec<f64> {
        let (size, width) = (self.rows.len(), self.width);
        for pivot in 0..size {
            let reach = (pivot + width).min(size - 1);
            let (above, below) = self.rows.split_at_mut(pivot + 1);
            let from = &above[pivot];
            for row in pivot + 1..=reach {
                let into = &mut below[row - pivot - 1];
                let place = pivot + width - row;
                let factor = into[place] / from[width];
                if factor != 0.0 {
                    let length = reach - pivot + 1;
                    let source = &from[width..width + length];
                    into[place..place + length]
                        .iter_mut()
                        .zip(source)
                        .for_each(|(x, y)| *x -= factor * y);
                    self.right[row] -= factor * self.right[pivot];
                }
            }
        }
        for row in (0..size).rev() {
            let reach = (row + width).min(size - 1);
            let known: f64 = (row + 1..=reach)
                .map(|column| self.rows[row][column + width - row] * self.right[column])
                .sum();
            self.right[row] = (self.right[row] - known) / self.rows[row][width];
        }
        self.right
    }
}

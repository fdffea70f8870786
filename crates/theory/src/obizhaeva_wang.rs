//! Buying from a book that fills up again: large blocks at the ends, a steady trickle between.
//!
//! Source: Obizhaeva & Wang (2013), Journal of Financial Markets 16(1). A block book of depth `q` per
//! unit of price: a trade moves the price by `1/q` a lot, of which `1/(2q)` stays and the rest fades
//! at rate `rho`. With trades at equal intervals the system `M x = c 1` has the inverse of an
//! exponential kernel in it, which is known: so the schedule is closed.

use crate::{Outside, not_negative, positive, within};
use libm::exp;

/// The most intervals.
pub const INTERVALS_MOST: u32 = 100_000;

/// What is to be bought, where and by when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Purchase {
    /// `X0`: how many lots.
    pub lots: f64,
    /// `rho`: how fast the book fills up again, per time; at least 0.
    pub resilience: f64,
    /// `T`: the time there is; at least 0.
    pub horizon: f64,
    /// `q`: depth, lots per unit of price; positive.
    pub depth: f64,
}

/// Trades at equal moments, and what they cost beyond the first price.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Lots at moments 0, T/N, …, T.
    pub x: Vec<f64>,
    /// Expected cost, money.
    pub cost: f64,
}

impl Purchase {
    fn check(&self) -> Result<(), Outside> {
        within("X0", self.lots, |_| true, "a number")?;
        not_negative("rho", self.resilience)?;
        not_negative("T", self.horizon)?;
        positive("q", self.depth)?;
        Ok(())
    }

    /// The best schedule of `intervals` + 1 trades.
    ///
    /// Without resilience two equal blocks; with much of it, equal parts.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn schedule(&self, intervals: u32) -> Result<Schedule, Outside> {
        self.check()?;
        if !(1..=INTERVALS_MOST).contains(&intervals) {
            return Err(Outside::new("N", intervals, "1 to 100000 intervals"));
        }
        let n = f64::from(intervals);
        let kept = exp(-self.resilience * self.horizon / n);
        let gone = 1.0 - kept;
        let parts = 2.0 + (n - 1.0) * gone;
        let block = self.lots / parts;
        let mut x = vec![block * gone; intervals as usize + 1];
        x[0] = block;
        x[intervals as usize] = block;
        // Permanent and passing impact are 1/(2q) each.
        let cost = 0.25 / self.depth * self.lots * self.lots * (1.0 + (1.0 + kept) / parts);
        Ok(Schedule { x, cost })
    }

    /// The best schedule in continuous time: the block at either end, and the rate between.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn continuous(&self) -> Result<(f64, f64), Outside> {
        self.check()?;
        let block = self.lots / (self.resilience * self.horizon + 2.0);
        Ok((block, self.resilience * block))
    }
}

//! A market maker who is a formula: the logarithmic market scoring rule.
//!
//! Source: Hanson (2003), Information Systems Frontiers 5(1). With `q_i` shares sold of each outcome
//! everything together has cost `C = b ln Σ e^(q_i/b)`, and the next share costs its probability.

use crate::{Outside, positive};
use libm::{exp, log};

/// Shares sold so far, and how deep the maker is.
#[derive(Clone, Debug, PartialEq)]
pub struct Maker {
    /// `b`: depth, shares; positive. The most the maker can lose is `b ln n`.
    pub depth: f64,
    /// `q`: shares sold of each outcome.
    pub sold: Vec<f64>,
}

impl Maker {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `b` or `q`.
    pub fn check(&self) -> Result<(), Outside> {
        positive("b", self.depth)?;
        if self.sold.len() < 2 {
            return Err(Outside::new("q", format!("{} outcomes", self.sold.len()), "at least two"));
        }
        match self.sold.iter().find(|q| !q.is_finite()) {
            Some(wrong) => Err(Outside::new("q", wrong, "finite numbers")),
            None => Ok(()),
        }
    }

    fn largest(&self) -> f64 {
        self.sold.iter().fold(f64::NEG_INFINITY, |m, q| m.max(*q))
    }

    /// What everything sold has cost together, money.
    #[must_use]
    pub fn cost(&self) -> f64 {
        let largest = self.largest();
        let sum: f64 = self.sold.iter().map(|q| exp((q - largest) / self.depth)).sum();
        largest + self.depth * log(sum)
    }

    /// What the next share of each outcome costs; they sum to 1.
    #[must_use]
    pub fn prices(&self) -> Vec<f64> {
        let largest = self.largest();
        let weights: Vec<f64> = self.sold.iter().map(|q| exp((q - largest) / self.depth)).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|w| w / sum).collect()
    }

    /// The maker after `shares` of an outcome were bought, and what they cost.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `outcome` or `shares`.
    pub fn buy(&self, outcome: usize, shares: f64) -> Result<(Self, f64), Outside> {
        self.check()?;
        if outcome >= self.sold.len() {
            return Err(Outside::new("outcome", outcome, "one of the outcomes, from 0"));
        }
        if !shares.is_finite() {
            return Err(Outside::new("shares", shares, "a finite number"));
        }
        let mut after = self.clone();
        after.sold[outcome] += shares;
        let paid = after.cost() - self.cost();
        Ok((after, paid))
    }
}

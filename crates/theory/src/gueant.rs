//! A dealer with a limit to his inventory.
//!
//! Source: Guéant, Lehalle & Fernandez-Tapia (2013), Mathematics and Financial Economics 7(4), theorem
//! 1 and proposition 3. The quotes come from a linear system `v' = M v` with `v(T) = 1`; it is solved
//! as the exponential of a matrix without negative elements, so every element keeps its digits,
//! however unlikely its inventory.

use crate::avellaneda_stoikov::half_margin;
use crate::{Outside, not_negative, positive};
use libm::{exp, log, log1p, sqrt};

/// The most lots of a limit.
pub const LIMIT_MOST: u32 = 100;
/// The most doublings of the time step.
const DOUBLINGS_MOST: i32 = 60;
/// Terms of the exponential's series for a matrix of norm at most one half.
const TERMS: usize = 18;

/// A dealer, his market, and how long is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dealer {
    /// `sigma`: volatility, money per root of time; at least 0.
    pub noise: f64,
    /// `A`: fills per time at distance 0; positive.
    pub arrivals: f64,
    /// `k`: how fast fills fade with distance, per unit of money; positive.
    pub fade: f64,
    /// `gamma`: risk aversion, per unit of money; at least 0.
    pub aversion: f64,
    /// `Q`: the most lots that he holds or owes.
    pub limit: u32,
    /// `T`: time left; at least 0.
    pub horizon: f64,
}

/// Distances from the mid at one inventory, money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quotes {
    /// Of the bid; infinite at the upper limit.
    pub bid: f64,
    /// Of the ask; infinite at the lower limit.
    pub ask: f64,
    /// Of the bid, when much time is left and no limit is near.
    pub bid_asymptotic: f64,
    /// Of the ask, likewise.
    pub ask_asymptotic: f64,
}

impl Dealer {
    /// `(1 + γ/k)^(1 + k/γ)`, which tends to e without aversion.
    fn growth(&self) -> f64 {
        let ratio = self.aversion / self.fade;
        if ratio == 0.0 { exp(1.0) } else { exp((1.0 + 1.0 / ratio) * log1p(ratio)) }
    }

    /// Quotes at each inventory of `held`.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain, an inventory beyond the limit, or the
    /// chances of the outermost inventories are too small for any float.
    pub fn quotes(&self, held: &[i64]) -> Result<Vec<Quotes>, Outside> {
        not_negative("sigma", self.noise)?;
        positive("A", self.arrivals)?;
        positive("k", self.fade)?;
        not_negative("gamma", self.aversion)?;
        not_negative("T", self.horizon)?;
        if !(1..=LIMIT_MOST).contains(&self.limit) {
            return Err(Outside::new("Q", self.limit, "1 to 100 lots"));
        }
        let limit = i64::from(self.limit);
        if let Some(beyond) = held.iter().find(|q| q.abs() > limit) {
            return Err(Outside::new("q", beyond, "inventories from -Q to Q"));
        }
        let v = self.values()?;
        let at = |q: i64| v[usize::try_from(q + limit).expect("within the limit")];
        let margin = half_margin(self.aversion, self.fade);
        let toward = |q: i64, next: i64| {
            let beyond = next.abs() > limit;
            if beyond { f64::INFINITY } else { log(at(q) / at(next)) / self.fade + margin }
        };
        let lean = sqrt(
            self.noise * self.noise * self.aversion / (2.0 * self.fade * self.arrivals)
                * self.growth(),
        );
        let quotes = |q: &i64| Quotes {
            bid: toward(*q, q + 1),
            ask: toward(*q, q - 1),
            bid_asymptotic: margin + 0.5 * (2 * q + 1) as f64 * lean,
            ask_asymptotic: margin - 0.5 * (2 * q - 1) as f64 * lean,
        };
        Ok(held.iter().map(quotes).collect())
    }

    /// `v` at the present moment for inventories from -Q to Q, up to a common factor.
    fn values(&self) -> Result<Vec<f64>, Outside> {
        let limit = i64::from(self.limit);
        let alpha = 0.5 * self.fade * self.aversion * self.noise * self.noise;
        let eta = self.arrivals / self.growth();
        let widest = alpha * (limit * limit) as f64;
        // exp(-M T) is, up to a factor, exp of this matrix, in which nothing is negative.
        let norm = (widest + 2.0 * eta) * self.horizon;
        let doublings = if norm > 0.5 { libm::ilogb(norm) + 2 } else { 0 };
        if !norm.is_finite() || doublings > DOUBLINGS_MOST {
            return Err(Outside::new("T", self.horizon, "a time whose quotes are found"));
        }
        let part = self.horizon * libm::ldexp(1.0, -doublings);
        let size = 2 * self.limit as usize + 1;
        let mut step = vec![vec![0.0; size]; size];
        for (i, row) in step.iter_mut().enumerate() {
            let q = i as i64 - limit;
            row[i] = (widest - alpha * (q * q) as f64) * part;
            if i > 0 {
                row[i - 1] = eta * part;
            }
            if i + 1 < size {
                row[i + 1] = eta * part;
            }
        }
        let mut grown = exponential(&step);
        for _ in 0..doublings {
            grown = product(&grown, &grown);
            let largest = grown.iter().flatten().fold(0.0_f64, |m, x| m.max(*x));
            grown.iter_mut().flatten().for_each(|x| *x /= largest);
        }
        let v: Vec<f64> = grown.iter().map(|row| row.iter().sum()).collect();
        if v.iter().all(|x| *x > 0.0) {
            return Ok(v);
        }
        Err(Outside::new("Q", self.limit, "a limit that inventories may reach"))
    }
}

/// The exponential of a matrix of norm at most one half.
fn exponential(step: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = step.len();
    let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
    let mut sum: Vec<Vec<f64>> =
        (0..size).map(|i| (0..size).map(|j| unit(i, j)).collect()).collect();
    let mut term = sum.clone();
    for n in 1..=TERMS {
        term = product(&term, step);
        term.iter_mut().flatten().for_each(|x| *x /= n as f64);
        for (sum, term) in sum.iter_mut().flatten().zip(term.iter().flatten()) {
            *sum += term;
        }
    }
    sum
}

fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut out = vec![vec![0.0; b.len()]; a.len()];
    for (out, row) in out.iter_mut().zip(a) {
        for (x, other) in row.iter().zip(b).filter(|(x, _)| **x != 0.0) {
            out.iter_mut().zip(other).for_each(|(out, y)| *out += x * y);
        }
    }
    out
}

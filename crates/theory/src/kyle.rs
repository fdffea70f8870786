//! One who knows, hidden among those who do not: prices that learn from the flow of orders.
//!
//! Source: Kyle (1985), Econometrica 53(6), theorem 2. At each of `N` auctions over a time of 1 the
//! insider orders `beta_n (v - p) dt`, noise orders with variance `su2 dt`, and the price moves by
//! `lambda_n` times the flow. With `N` = 1: `lambda = √(Σ0/su2)/2`, and half of what he knows is told.

use crate::{Outside, positive};
use libm::sqrt;
use pitfloor_pricing::numeric::root::newton;

/// The most auctions.
pub const AUCTIONS_MOST: u32 = 10_000;

/// A sequence of auctions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auctions {
    /// `N`: how many.
    pub count: u32,
    /// `Sigma0`: the variance of the value before the first, money²; positive.
    pub variance: f64,
    /// `su2`: the variance of noise over all of them, lots²; positive.
    pub noise: f64,
}

/// The linear equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// `lambda_n`: by how much an order of one lot moves the price, money per lot; in order of time.
    pub lambda: Vec<f64>,
    /// `beta_n dt`: what the insider orders per unit of mispricing, lots per money.
    pub beta_dt: Vec<f64>,
    /// `Sigma_n`: the variance left after each auction, money².
    pub sigma: Vec<f64>,
    /// The insider's expected profit over all auctions, money.
    pub profit: f64,
}

impl Auctions {
    /// The equilibrium, found backwards from the last auction.
    ///
    /// The recursion is homogeneous: with a last variance of 1 and noise of 1 it gives some first
    /// variance, and one change of scale gives the one that was asked for. So nothing is searched for
    /// but one root at each auction, which lies alone in its bracket.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn equilibrium(&self) -> Result<Equilibrium, Outside> {
        if !(1..=AUCTIONS_MOST).contains(&self.count) {
            return Err(Outside::new("N", self.count, "1 to 10000 auctions"));
        }
        positive("Sigma0", self.variance)?;
        positive("su2", self.noise)?;
        let n = self.count as usize;
        let dt = 1.0 / f64::from(self.count);
        let (mut lambda, mut beta_dt) = (vec![0.0; n], vec![0.0; n]);
        let mut sigma = vec![0.0; n];
        let (mut left, mut alpha, mut rest) = (1.0, 0.0, 0.0);
        for at in (0..n).rev() {
            let slope = slope(left, alpha, dt)
                .ok_or_else(|| Outside::new("N", self.count, "auctions whose slopes are found"))?;
            let ordered = slope / left * dt;
            (lambda[at], beta_dt[at], sigma[at]) = (slope, ordered, left);
            rest += alpha * slope * slope * dt;
            alpha = 1.0 / (4.0 * slope * (1.0 - alpha * slope));
            left /= 1.0 - ordered * slope;
        }
        // `left` is now the first variance of the trial.
        let per_variance = self.variance / left;
        let depth = sqrt(per_variance / self.noise);
        lambda.iter_mut().for_each(|x| *x *= depth);
        beta_dt.iter_mut().for_each(|x| *x /= depth);
        sigma.iter_mut().for_each(|x| *x *= per_variance);
        let profit = (alpha * left + rest) * sqrt(per_variance * self.noise);
        Ok(Equilibrium { lambda, beta_dt, sigma, profit })
    }
}

/// The root of `(1 - λ² dt / Σ)(1 - αλ) = ½` at which both factors are positive; noise is 1.
fn slope(left: f64, alpha: f64, dt: f64) -> Option<f64> {
    let widest = sqrt(left / dt);
    let high = if alpha > 0.0 { widest.min(1.0 / alpha) } else { widest };
    let curve = |x: f64| {
        let (told, kept) = (1.0 - x * x * dt / left, 1.0 - alpha * x);
        (0.5 - told * kept, 2.0 * x * dt / left * kept + alpha * told)
    };
    newton(curve, (0.0, high), 0.5 * high)
}

//! Selling between two fears: of moving the price, and of the price moving.
//!
//! Source: Almgren & Chriss (2000), Journal of Risk 3(2). `X` shares are sold in `N` intervals; trades
//! cost a fixed `eps` a share, `eta` per rate while they last, and `gam` a share for good. The best
//! schedule for risk aversion `lam` is a hyperbolic sine; without aversion a straight line; and for
//! who likes risk a sine, as far as one exists.

use crate::{Outside, not_negative, positive, within};
use libm::{asin, asinh, exp, expm1, sin, sqrt};
use pitfloor_pricing::numeric::brent;

/// The most intervals.
pub const INTERVALS_MOST: u32 = 100_000;

/// What is to be sold, and what selling costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sale {
    /// `X`: shares; at least 0.
    pub shares: f64,
    /// `T`: days; positive.
    pub horizon: f64,
    /// `N`: intervals.
    pub intervals: u32,
    /// `sig`: volatility, money per root day; at least 0.
    pub noise: f64,
    /// `eps`: fixed cost, money a share; at least 0.
    pub fixed: f64,
    /// `gam`: permanent impact, money per share²; at least 0.
    pub permanent: f64,
    /// `eta`: temporary impact, money per share and share a day; above `gam T / 2N`.
    pub temporary: f64,
    /// `alpha`: drift of the price, money a day.
    pub drift: f64,
}

/// A schedule and its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Decay per day; below 0 the frequency of the sine of who likes risk.
    pub kappa: f64,
    /// The same as intervals shrink, without its sign.
    pub kappa_cont: f64,
    /// `1/kappa`, days.
    pub halflife: f64,
    /// Expected cost, money.
    pub cost: f64,
    /// Variance of the cost, money².
    pub variance: f64,
    /// Shares left at moments 0, T/N, …, T.
    pub left: Vec<f64>,
    /// Shares sold in each interval.
    pub sold: Vec<f64>,
    /// `alpha / (2 lam sig²)`: shares that the drift makes worth holding; 0 without drift.
    pub held_for_drift: f64,
}

impl Sale {
    /// The length of an interval, and temporary impact as the discrete problem has it.
    fn pieces(&self) -> Result<(f64, f64), Outside> {
        not_negative("X", self.shares)?;
        positive("T", self.horizon)?;
        if !(1..=INTERVALS_MOST).contains(&self.intervals) {
            return Err(Outside::new("N", self.intervals, "1 to 100000 intervals"));
        }
        not_negative("sig", self.noise)?;
        not_negative("eps", self.fixed)?;
        not_negative("gam", self.permanent)?;
        within("alpha", self.drift, |_| true, "a number")?;
        let tau = self.horizon / f64::from(self.intervals);
        let eta = self.temporary - 0.5 * self.permanent * tau;
        within("eta", self.temporary, |_| eta > 0.0, "a number above gam T / 2N")?;
        Ok((tau, eta))
    }

    /// The best schedule for risk aversion `lam`, per unit of money.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain, or `lam` lies so far below 0 that no
    /// schedule is best.
    pub fn plan(&self, lam: f64) -> Result<Plan, Outside> {
        let (tau, eta) = self.pieces()?;
        within("lam", lam, |_| true, "a number")?;
        let square = lam * self.noise * self.noise / eta;
        let kappa_cont = sqrt(square.abs());
        let half_step = 0.5 * kappa_cont * tau;
        let kappa = if square >= 0.0 {
            2.0 / tau * asinh(half_step)
        } else {
            // Beyond half a wave, waiting and selling all at once would beat any schedule.
            let angle = if half_step < 1.0 { 2.0 / tau * asin(half_step) } else { f64::INFINITY };
            let fits = |_| angle * self.horizon < std::f64::consts::PI;
            within("lam", lam, fits, "an aversion at which a schedule is best")?;
            -angle
        };
        let curve = Curve { kappa, horizon: self.horizon };
        let moments: Vec<f64> = (0..=self.intervals).map(|j| f64::from(j) * tau).collect();
        let held_for_drift = if self.drift == 0.0 {
            0.0
        } else {
            self.drift / (2.0 * lam * self.noise * self.noise)
        };
        let drifted = |t: f64| match self.drift {
            0.0 => 0.0,
            drift if square == 0.0 => drift / (4.0 * eta) * t * (self.horizon - t),
            _ => held_for_drift * (1.0 - curve.at(self.horizon - t) - curve.at(t)),
        };
        let mut left: Vec<f64> = moments
            .iter()
            .map(|t| self.shares * curve.at(self.horizon - t) + drifted(*t))
            .collect();
        left[0] = self.shares;
        left[self.intervals as usize] = 0.0;
        let sold: Vec<f64> = left.windows(2).map(|pair| pair[0] - pair[1]).collect();
        let (cost, variance) = self.figures(tau, eta, &left, &sold);
        let halflife = 1.0 / kappa;
        Ok(Plan { kappa, kappa_cont, halflife, cost, variance, left, sold, held_for_drift })
    }

    fn figures(&self, tau: f64, eta: f64, left: &[f64], sold: &[f64]) -> (f64, f64) {
        let once: f64 = sold.iter().map(|n| n.abs()).sum();
        let squares: f64 = sold.iter().map(|n| n * n).sum();
        let held: f64 = left[1..].iter().sum();
        let cost = 0.5 * self.permanent * self.shares * self.shares
            + self.fixed * once
            + eta / tau * squares
            - self.drift * tau * held;
        let risk: f64 = left[1..].iter().map(|x| x * x).sum();
        (cost, self.noise * self.noise * tau * risk)
    }

    /// The aversion whose schedule has the least `E + z √V`, and that schedule.
    ///
    /// Along the frontier a unit of variance costs `lam`, so at the optimum `2 lam √V = z`. Where `z`
    /// is so large that no aversion reaches it, everything is sold in the first interval: then the
    /// aversion is infinite.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn least_at_risk(&self, z: f64) -> Result<(f64, Plan), Outside> {
        not_negative("z", z)?;
        self.pieces()?;
        let excess = |log_lam: f64| {
            let lam = exp(log_lam);
            self.plan(lam).map(|plan| 2.0 * lam * sqrt(plan.variance) - z)
        };
        // Steps of half an order of magnitude: what is sold over days is averse by 1e-12 to 1.
        let grid: Vec<f64> = (-120..=60).map(|i| 0.5 * f64::from(i)).collect();
        if z == 0.0 || excess(grid[0])? >= 0.0 || self.noise == 0.0 || self.shares == 0.0 {
            return Ok((0.0, self.plan(0.0)?));
        }
        for pair in grid.windows(2) {
            if excess(pair[1])? >= 0.0 {
                let found = brent::between(|x| excess(x).unwrap_or(f64::NAN), pair[0], pair[1]);
                let lam = exp(found.unwrap_or(pair[1]));
                return Ok((lam, self.plan(lam)?));
            }
        }
        let n = self.intervals as usize;
        let (mut left, mut sold) = (vec![0.0; n + 1], vec![0.0; n]);
        (left[0], sold[0]) = (self.shares, self.shares);
        let (tau, eta) = self.pieces()?;
        let (cost, variance) = self.figures(tau, eta, &left, &sold);
        let endless = f64::INFINITY;
        let plan = Plan {
            kappa: endless,
            kappa_cont: endless,
            halflife: 0.0,
            cost,
            variance,
            left,
            sold,
            held_for_drift: 0.0,
        };
        Ok((endless, plan))
    }
}

/// `sinh(κt)/sinh(κT)`, its limit `t/T`, or with sines: from 0 at 0 to 1 at T.
#[derive(Clone, Copy, Debug)]
struct Curve {
    kappa: f64,
    horizon: f64,
}

impl Curve {
    fn at(self, t: f64) -> f64 {
        let Self { kappa, horizon } = self;
        if kappa == 0.0 {
            return t / horizon;
        }
        if kappa < 0.0 {
            return sin(kappa * t) / sin(kappa * horizon);
        }
        // In exponentials that fall, so that no sine overflows.
        exp(kappa * (t - horizon)) * expm1(-2.0 * kappa * t) / expm1(-2.0 * kappa * horizon)
    }
}

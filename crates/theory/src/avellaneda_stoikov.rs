//! A dealer who fears his inventory: quotes around a reservation price, and what they earn.
//!
//! Source: Avellaneda & Stoikov (2008), Quantitative Finance 8(3), sections 2.4 and 3. The mid moves by
//! `±sig√dt` a step, and a quote at distance `delta` is filled within a step with probability
//! `A exp(-k delta) dt`. The inventory is a Markov chain that does not know the mid, so the moments
//! of profit and inventory are exact: [`Dealer::moments`] carries them forward; [`Dealer::simulate`]
//! draws the same experiment.

use crate::{Outside, not_negative, positive, within};
use libm::{exp, log1p, sqrt};
use pitfloor_pricing::process::dice::{seeded, uniform};
use rand_core::Rng;

/// The most steps of one experiment.
pub const STEPS_MOST: usize = 5_000;

/// How a dealer quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Around the reservation price, which leans against the inventory.
    Inventory,
    /// Always the time average of that spread, around the mid.
    Symmetric,
}

/// A dealer and his market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dealer {
    /// How he quotes.
    pub strategy: Strategy,
    /// `g`: risk aversion, per unit of money; at least 0.
    pub aversion: f64,
    /// `sig`: volatility of the mid, money per root of time; at least 0.
    pub noise: f64,
    /// `k`: how fast fills fade with distance, per unit of money; positive.
    pub fade: f64,
    /// `A`: fills per time at distance 0; at least 0.
    pub arrivals: f64,
    /// `T`: the length of the experiment; at least 0.
    pub horizon: f64,
    /// `dt`: the length of a step; divides the horizon.
    pub step: f64,
}

/// What an experiment comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The time average of the quoted spread, money.
    pub avg_spread: f64,
    /// Mean profit: cash and inventory at the last mid, money.
    pub profit: f64,
    /// Its standard deviation.
    pub std_profit: f64,
    /// Mean inventory at the end.
    pub final_q: f64,
    /// Its standard deviation.
    pub std_q: f64,
}

/// What drawn experiments come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// The moments of the sample.
    pub moments: Moments,
    /// The standard error of the mean profit.
    pub profit_se: f64,
    /// The standard error of the profit's standard deviation, by the sample's own kurtosis.
    pub std_profit_se: f64,
    /// The standard error of the mean inventory.
    pub final_q_se: f64,
    /// The fourth moment of the profit over its squared variance; 3 when Gaussian.
    pub kurtosis: f64,
}

/// `(1/g) ln(1 + g/k)`: half the spread that even a dealer without risk takes; `1/k` at g = 0.
#[must_use]
pub fn half_margin(aversion: f64, fade: f64) -> f64 {
    if aversion == 0.0 { 1.0 / fade } else { log1p(aversion / fade) / aversion }
}

impl Dealer {
    /// How many steps the experiment has.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn steps(&self) -> Result<usize, Outside> {
        not_negative("g", self.aversion)?;
        not_negative("sig", self.noise)?;
        positive("k", self.fade)?;
        not_negative("A", self.arrivals)?;
        not_negative("T", self.horizon)?;
        positive("dt", self.step)?;
        let steps = self.horizon / self.step;
        let whole = libm::round(steps);
        let fits = |_| (steps - whole).abs() <= 1e-6 && whole <= STEPS_MOST as f64;
        within("dt", self.step, fits, "a step that divides T into at most 5000 parts")?;
        Ok(whole as usize)
    }

    /// The spread at step `i`: what is left of the horizon prices the inventory.
    #[must_use]
    pub fn spread(&self, i: usize) -> f64 {
        self.lean(i) + 2.0 * half_margin(self.aversion, self.fade)
    }

    /// `g sig² (T - t)` at step `i`: how far a unit of inventory moves the reservation price.
    fn lean(&self, i: usize) -> f64 {
        self.aversion * self.noise * self.noise * (self.horizon - i as f64 * self.step)
    }

    fn average_spread(&self, steps: usize) -> f64 {
        let sum: f64 = (0..steps).map(|i| self.spread(i)).sum();
        if steps == 0 { self.spread(0) } else { sum / steps as f64 }
    }

    /// Distances of the ask and the bid from the mid at step `i` with inventory `q`.
    fn distances(&self, i: usize, q: f64, average: f64) -> (f64, f64) {
        match self.strategy {
            Strategy::Symmetric => (0.5 * average, 0.5 * average),
            Strategy::Inventory => {
                let (half, lean) = (0.5 * self.spread(i), q * self.lean(i));
                (half - lean, half + lean)
            }
        }
    }

    /// The probability that a quote at this distance is filled within a step.
    fn fills(&self, distance: f64) -> f64 {
        (self.arrivals * exp(-self.fade * distance) * self.step).min(1.0)
    }

    /// The exact moments, by carrying the law of the inventory forward, and with it the income and
    /// the squared income that came with each inventory.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain.
    pub fn moments(&self) -> Result<Moments, Outside> {
        let steps = self.steps()?;
        let average = self.average_spread(steps);
        // Cell j stands for the inventory j - steps; each holds mass, income, squared income.
        let mut now = vec![[0.0_f64; 3]; 2 * steps + 1];
        now[steps] = [1.0, 0.0, 0.0];
        let mut carried = 0.0;
        for i in 0..steps {
            let mut next = vec![[0.0; 3]; now.len()];
            let reached = now.iter().enumerate().take(steps + i + 1).skip(steps - i);
            for (at, [mass, first, second]) in reached {
                let q = at as f64 - steps as f64;
                let (ask, bid) = self.distances(i, q, average);
                let (sold, bought) = (self.fills(ask), self.fills(bid));
                let mut lead = |to: usize, p: f64, income: f64| {
                    next[to][0] += p * mass;
                    next[to][1] += p * (first + income * mass);
                    next[to][2] += p * (second + 2.0 * income * first + income * income * mass);
                };
                lead(at, (1.0 - sold) * (1.0 - bought), 0.0);
                lead(at - 1, sold * (1.0 - bought), ask);
                lead(at + 1, (1.0 - sold) * bought, bid);
                lead(at, sold * bought, ask + bid);
            }
            now = next;
            let square: f64 = cells(&now, steps).map(|(q, cell)| q * q * cell[0]).sum();
            carried += square * self.noise * self.noise * self.step;
        }
        let sum = |of: fn(f64, &[f64; 3]) -> f64| {
            cells(&now, steps).map(|(q, cell)| of(q, cell)).sum::<f64>()
        };
        let (profit, final_q) = (sum(|_, cell| cell[1]), sum(|q, cell| q * cell[0]));
        let income = sum(|_, cell| cell[2]) - profit * profit;
        let spread_q = sum(|q, cell| q * q * cell[0]) - final_q * final_q;
        Ok(Moments {
            avg_spread: average,
            profit,
            std_profit: sqrt((income + carried).max(0.0)),
            final_q,
            std_q: sqrt(spread_q.max(0.0)),
        })
    }

    /// The same by `paths` experiments drawn from `seed`.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a parameter lies outside its domain, or there are fewer than two paths.
    pub fn simulate(&self, seed: u64, paths: usize) -> Result<Drawn, Outside> {
        let steps = self.steps()?;
        if paths < 2 {
            return Err(Outside::new("paths", paths, "at least 2"));
        }
        let average = self.average_spread(steps);
        let mut dice = seeded(seed);
        let drawn: Vec<(f64, f64)> =
            (0..paths).map(|_| self.path(steps, average, &mut dice)).collect();
        let profits: Vec<f64> = drawn.iter().map(|(profit, _)| *profit).collect();
        let held: Vec<f64> = drawn.iter().map(|(_, q)| *q).collect();
        let (profit, std_profit, kurtosis) = shape(&profits);
        let (final_q, std_q, _) = shape(&held);
        let n = paths as f64;
        Ok(Drawn {
            moments: Moments { avg_spread: average, profit, std_profit, final_q, std_q },
            profit_se: std_profit / sqrt(n),
            std_profit_se: std_profit * sqrt((kurtosis - 1.0) / (4.0 * n)),
            final_q_se: std_q / sqrt(n),
            kurtosis,
        })
    }

    /// One experiment: its profit and its last inventory.
    fn path(&self, steps: usize, average: f64, dice: &mut impl Rng) -> (f64, f64) {
        let (mut cash, mut q, mut mid) = (0.0, 0.0, 0.0);
        let jump = self.noise * sqrt(self.step);
        for i in 0..steps {
            let (ask, bid) = self.distances(i, q, average);
            let sold = uniform(dice) < self.fills(ask);
            let bought = uniform(dice) < self.fills(bid);
            if sold {
                (cash, q) = (cash + mid + ask, q - 1.0);
            }
            if bought {
                (cash, q) = (cash - mid + bid, q + 1.0);
            }
            mid += if uniform(dice) < 0.5 { jump } else { -jump };
        }
        (cash + q * mid, q)
    }
}

/// Every cell with the inventory it stands for.
fn cells(law: &[[f64; 3]], steps: usize) -> impl Iterator<Item = (f64, &[f64; 3])> {
    law.iter().enumerate().map(move |(at, cell)| (at as f64 - steps as f64, cell))
}

/// Mean, standard deviation, and kurtosis (3 where nothing varies).
fn shape(sample: &[f64]) -> (f64, f64, f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let moment = |power: i32| sample.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    let kurtosis = if variance > 0.0 { moment(4) / (variance * variance) } else { 3.0 };
    (mean, sqrt(variance), kurtosis)
}

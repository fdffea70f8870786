//! Early exercise by simulation: on each date, what holding is worth is regressed on the price.
//!
//! Source: Longstaff & Schwartz (2001), Review of Financial Studies 14. Their basis spans the same
//! functions but for a weight: here it is the powers 0 to 3 of the price, centred at the strike.

use super::american::{DATES_MAX, american_option, dates};
use super::{Vanilla, volatility};
use crate::Outside;
use crate::process::Estimate;
use crate::process::dice::{normal, seeded};
use libm::{exp, fabs, log, sqrt};

/// The most paths of one simulation.
pub const PATHS_MAX: u32 = 10_000_000;
/// The most paths times dates.
pub const DRAWS_MAX: f64 = 2e9;
/// How many functions of the price the regression has.
const BASIS: usize = 4;

/// How to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// `paths`: an even number, at least 4, as each path has a mirror image.
    pub paths: u32,
    /// `seed` of the dice, as in [`seeded`].
    pub seed: u64,
}

/// The value of `option` when it may be exercised on `exercise_per_year` equally spaced dates a year,
/// expiry the last of them and today none: the Bermudan of [`american_option`], by simulation.
///
/// The same paths make the rule and are valued by it, which lifts the value a little; the rule is
/// not quite the best, which lowers it more. Paths come in mirrored pairs, whose means are the
/// independent draws behind the standard error. The work is the product of paths and dates; the
/// memory holds the paths on one date.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T`, `v`, `exercise_per_year` or `paths`.
pub fn least_squares(
    option: &Vanilla,
    v: f64,
    exercise_per_year: f64,
    simulation: Simulation,
) -> Result<Estimate, Outside> {
    option.check()?;
    volatility("v", v)?;
    let dates = dates(option.time, exercise_per_year)?;
    debug_assert!(dates as f64 <= DATES_MAX, "the dates are bounded");
    let paths = simulation.paths;
    let drawn = f64::from(paths) * dates as f64;
    if !(4..=PATHS_MAX).contains(&paths) || paths % 2 == 1 || drawn > DRAWS_MAX {
        let expected = "an even number from 4 to 10000000, times the dates at most 2e9";
        return Err(Outside::new("paths", paths, expected));
    }
    if v * sqrt(option.time) == 0.0 {
        let value = american_option(option, v, exercise_per_year)?.bermudan;
        return Ok(Estimate { value, standard_error: 0.0 });
    }
    Ok(Paths::new(*option, v, dates, simulation).estimate())
}

/// All paths on one date, and what each will be paid.
struct Paths {
    option: Vanilla,
    v: f64,
    dates: usize,
    dice: rand_xoshiro::Xoshiro256PlusPlus,
    /// The Brownian motion of one half of the paths; the other half has its mirror image.
    motion: Vec<f64>,
    /// The underlying: first the one half, then the other.
    spots: Vec<f64>,
    /// What each path is paid, discounted to the date.
    paid: Vec<f64>,
}

impl Paths {
    /// The paths at expiry.
    fn new(option: Vanilla, v: f64, dates: usize, Simulation { paths, seed }: Simulation) -> Self {
        let mut dice = seeded(seed);
        let root = sqrt(option.time);
        let motion: Vec<f64> = (0..paths / 2).map(|_| root * normal(&mut dice)).collect();
        let all = paths as usize;
        let (spots, paid) = (vec![0.0; all], vec![0.0; all]);
        let mut this = Self { option, v, dates, dice, motion, spots, paid };
        this.look(option.time);
        for (paid, spot) in this.paid.iter_mut().zip(&this.spots) {
            *paid = option.right.pay_off(*spot, option.strike);
        }
        this
    }

    fn estimate(mut self) -> Estimate {
        let step = self.option.time / self.dates as f64;
        let discount = exp(-self.option.rate * step);
        for date in (1..self.dates).rev() {
            self.back(date);
            self.paid.iter_mut().for_each(|paid| *paid *= discount);
            self.exercise();
        }
        let (one, other) = self.paid.split_at(self.motion.len());
        let pairs = one.iter().zip(other).map(|(one, other)| 0.5 * discount * (one + other));
        Estimate::of(&pairs.collect::<Vec<_>>())
    }

    /// To the date before: a bridge from nothing today to where the motion will be.
    fn back(&mut self, date: usize) {
        let part = date as f64 / (date + 1) as f64;
        let spread = sqrt(self.option.time / self.dates as f64 * part);
        for motion in &mut self.motion {
            *motion = *motion * part + spread * normal(&mut self.dice);
        }
        self.look(self.option.time * date as f64 / self.dates as f64);
    }

    /// The underlying on each path at `time`.
    fn look(&mut self, time: f64) {
        let Vanilla { spot, rate, dividend, .. } = self.option;
        let middle = log(spot) + (rate - dividend - 0.5 * self.v * self.v) * time;
        let half = self.motion.len();
        for (at, motion) in self.motion.iter().enumerate() {
            self.spots[at] = exp(middle + self.v * motion);
            self.spots[half + at] = exp(middle - self.v * motion);
        }
    }

    /// Exercises where that pays more than holding is expected to.
    fn exercise(&mut self) {
        let Vanilla { right, strike, .. } = self.option;
        let scale = self.v * sqrt(self.option.time) * strike;
        let powers = |spot: f64| {
            let x = (spot - strike) / scale;
            [1.0, x, x * x, x * x * x]
        };
        let pays = |spot: f64| right.pay_off(spot, strike);
        let mut fit = Fit::default();
        for (spot, paid) in self.spots.iter().zip(&self.paid) {
            if pays(*spot) > 0.0 {
                fit.add(powers(*spot), *paid);
            }
        }
        let Some(weights) = fit.weights() else { return };
        for (spot, paid) in self.spots.iter().zip(&mut self.paid) {
            let now = pays(*spot);
            let held: f64 = powers(*spot).iter().zip(&weights).map(|(x, weight)| x * weight).sum();
            if now > 0.0 && now >= held {
                *paid = now;
            }
        }
    }
}

/// Least squares, by the normal equations: the centred basis keeps them well conditioned.
#[derive(Default)]
struct Fit {
    matrix: [[f64; BASIS]; BASIS],
    right: [f64; BASIS],
}

impl Fit {
    fn add(&mut self, x: [f64; BASIS], y: f64) {
        for row in 0..BASIS {
            for column in 0..=row {
                self.matrix[row][column] += x[row] * x[column];
            }
            self.right[row] += x[row] * y;
        }
    }

    /// The weights of the basis, by Cholesky's method; nothing when the points do not tell them
    /// apart, and then nobody exercises.
    fn weights(&self) -> Option<[f64; BASIS]> {
        let mut lower = [[0.0; BASIS]; BASIS];
        for row in 0..BASIS {
            for column in 0..=row {
                let done: f64 = (0..column).map(|at| lower[row][at] * lower[column][at]).sum();
                let left = self.matrix[row][column] - done;
                if row != column {
                    lower[row][column] = left / lower[column][column];
                } else if left > 1e-12 * fabs(self.matrix[row][row]) {
                    lower[row][row] = sqrt(left);
                } else {
                    return None;
                }
            }
        }
        let mut weights = self.right;
        for row in 0..BASIS {
            let done: f64 = (0..row).map(|at| lower[row][at] * weights[at]).sum();
            weights[row] = (weights[row] - done) / lower[row][row];
        }
        for row in (0..BASIS).rev() {
            let done: f64 = (row + 1..BASIS).map(|at| lower[at][row] * weights[at]).sum();
            weights[row] = (weights[row] - done) / lower[row][row];
        }
        Some(weights)
    }
}

#[cfg(test)]
mod tests {
    use super::Fit;

    #[test]
    fn a_cubic_is_found_again() {
        let mut fit = Fit::default();
        for at in 0..20 {
            let x = f64::from(at) / 10.0 - 1.0;
            fit.add([1.0, x, x * x, x * x * x], 3.0 - 2.0 * x + 0.5 * x * x + 4.0 * x * x * x);
        }
        let found = fit.weights().unwrap();
        for (found, expected) in found.into_iter().zip([3.0, -2.0, 0.5, 4.0]) {
            assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
        }
    }

    #[test]
    fn too_few_points_tell_nothing() {
        let mut fit = Fit::default();
        assert_eq!(fit.weights(), None);
        fit.add([1.0, 0.5, 0.25, 0.125], 1.0);
        fit.add([1.0, 0.2, 0.04, 0.008], 1.0);
        assert_eq!(fit.weights(), None);
    }
}

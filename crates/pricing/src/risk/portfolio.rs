//! The risk of several positions together: in closed form and by drawing.
//!
//! Amounts are in one currency; a covariance is of returns over one day. Source: Hull, the chapter on
//! value at risk (the linear model); D. Tasche (1999) and McNeil, Frey and Embrechts, 6.3, for how a
//! risk that grows with its positions is shared among them (Euler).

use super::value_at_risk::{Loss, level};
use crate::numeric::{normal, quantile, symmetric};
use crate::process::dice;
use crate::{Outside, within};
use libm::sqrt;

/// The most draws of one simulation, times positions.
pub const DRAWS_MOST: usize = 100_000_000;

/// Positions and how their returns move together.
#[derive(Clone, Debug, PartialEq)]
pub struct Portfolio {
    amounts: Vec<f64>,
    covariance: Vec<Vec<f64>>,
}

/// The risk of a portfolio, and each position's share of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Standard deviation of the profit.
    pub sd: f64,
    /// The loss.
    pub loss: Loss,
    /// What each position adds to the value at risk; they sum to it. 0 throughout without risk.
    pub parts: Vec<f64>,
}

/// A loss found by drawing, with standard errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// The loss.
    pub loss: Loss,
    /// Standard error of the value at risk.
    pub var_se: f64,
    /// Standard error of the shortfall.
    pub es_se: f64,
}

impl Portfolio {
    /// Of `amounts` whose daily returns have this `covariance`.
    ///
    /// # Errors
    ///
    /// When an amount is not finite, or the covariance is no symmetric positive semidefinite matrix
    /// with a row for each.
    pub fn new(amounts: Vec<f64>, covariance: Vec<Vec<f64>>) -> Result<Self, Outside> {
        for amount in &amounts {
            within("amounts", *amount, |_| true, "finite amounts")?;
        }
        symmetric::root("cov", &covariance)?;
        if amounts.len() != covariance.len() {
            let found = format!("{} with {} rows of cov", amounts.len(), covariance.len());
            return Err(Outside::new("amounts", found, "an amount for each row of cov"));
        }
        Ok(Self { amounts, covariance })
    }

    /// The loss at level `p` over `days` when returns are normal with mean 0.
    ///
    /// # Errors
    ///
    /// When `p` is not in (0, 1), or `days` not above 0.
    pub fn normal(&self, p: f64, days: f64) -> Result<Shared, Outside> {
        level(p)?;
        within("days", days, |days| days > 0.0, "above 0")?;
        let sd = sqrt(symmetric::quadratic(&self.covariance, &self.amounts).max(0.0) * days);
        let z = quantile::normal(p);
        let loss = Loss { var: z * sd, es: normal::density(z) / (1.0 - p) * sd };
        let part = |(amount, row): (&f64, &Vec<f64>)| {
            if sd == 0.0 {
                0.0
            } else {
                z * days * amount * symmetric::dot(row, &self.amounts) / sd
            }
        };
        let parts = self.amounts.iter().zip(&self.covariance).map(part).collect();
        Ok(Shared { sd, loss, parts })
    }

    /// The same by drawing `paths` normal days (each scaled to `days`) with dice of `seed`.
    ///
    /// # Errors
    ///
    /// As [`Portfolio::normal`]; and when there are fewer than 100 paths or more than
    /// [`DRAWS_MOST`] draws.
    pub fn drawn(&self, p: f64, days: f64, seed: u64, paths: usize) -> Result<Drawn, Outside> {
        level(p)?;
        within("days", days, |days| days > 0.0, "above 0")?;
        if paths < 100 || paths.saturating_mul(self.amounts.len()) > DRAWS_MOST {
            return Err(Outside::new("paths", paths, "at least 100, and 10^8 draws in all"));
        }
        let root = symmetric::root("cov", &self.covariance)?;
        // How far each die moves the whole: the amounts through the root.
        let n = self.amounts.len();
        let per_die: Vec<f64> =
            (0..n).map(|j| (0..n).map(|i| self.amounts[i] * root[i][j]).sum()).collect();
        let mut generator = dice::seeded(seed);
        let wide = sqrt(days);
        let mut profits: Vec<f64> = (0..paths)
            .map(|_| wide * per_die.iter().map(|by| by * dice::normal(&mut generator)).sum::<f64>())
            .collect();
        profits.sort_by(f64::total_cmp);
        Ok(tail(&profits, p))
    }
}

/// The loss of rising `profits`. The error of a quantile is read off the sample: half the distance
/// between the quantiles one standard error of the count to either side.
fn tail(profits: &[f64], p: f64) -> Drawn {
    let n = profits.len() as f64;
    let at = |share: f64| quantile::sample(profits, share).expect("there are paths");
    let cut = at(1.0 - p);
    let beyond = &profits[..profits.partition_point(|x| *x <= cut).max(1)];
    let count = beyond.len() as f64;
    let mean = beyond.iter().sum::<f64>() / count;
    let off = |x: &f64| (x - mean) * (x - mean);
    let spread = beyond.iter().map(off).sum::<f64>() / (count - 1.0).max(1.0);
    let step = sqrt(p * (1.0 - p) / n);
    let var_se = 0.5 * (at(1.0 - p + step) - at(1.0 - p - step));
    // Where the cut falls is chance too (Manistre and Hancock, 2005).
    let es_se = sqrt((spread + p * (mean - cut) * (mean - cut)) / (n * (1.0 - p)));
    Drawn { loss: Loss { var: -cut, es: -mean }, var_se, es_se }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn two() -> Portfolio {
        // Hull: 10 m and 5 m, 2 % and 1 % a day, correlation 0.3.
        let cov = vec![vec![4e-4, 0.6e-4], vec![0.6e-4, 1e-4]];
        Portfolio::new(vec![1e7, 5e6], cov).unwrap()
    }

    /// Hull's two shares: a standard deviation of 220 227 a day.
    #[test]
    fn two_shares_diversify() {
        let found = two().normal(0.99, 10.0).unwrap();
        let day = two().normal(0.99, 1.0).unwrap();
        assert!((day.sd - 220_227.0).abs() < 0.5, "{}", day.sd);
        assert!((found.loss.var - day.loss.var * sqrt(10.0)).abs() < 1e-6);
        let alone = quantile::normal(0.99) * (200_000.0 + 50_000.0);
        assert!(day.loss.var < alone);
    }

    #[test]
    fn drawing_comes_to_the_same() {
        let exact = two().normal(0.99, 10.0).unwrap().loss;
        let found = two().drawn(0.99, 10.0, 7, 200_000).unwrap();
        assert!((found.loss.var - exact.var).abs() < 4.0 * found.var_se, "{found:?} {exact:?}");
        assert!((found.loss.es - exact.es).abs() < 4.0 * found.es_se, "{found:?} {exact:?}");
        assert!(found.var_se < 0.01 * exact.var && found.es_se < 0.01 * exact.es);
        assert_eq!(found, two().drawn(0.99, 10.0, 7, 200_000).unwrap(), "a seed is a history");
        assert_ne!(found, two().drawn(0.99, 10.0, 8, 200_000).unwrap());
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |amounts: Vec<f64>, cov| Portfolio::new(amounts, cov).unwrap_err().to_string();
        assert_eq!(
            says(vec![1.0, 2.0], vec![vec![1.0]]),
            "amounts: found 2 with 1 rows of cov, expected an amount for each row of cov"
        );
        assert_eq!(
            says(vec![1.0, 1.0], vec![vec![1.0, 2.0], vec![2.0, 1.0]]),
            "cov: found a pivot of -3, expected a positive semidefinite matrix"
        );
        assert_eq!(two().normal(0.0, 1.0).unwrap_err().field, "p");
        assert_eq!(two().drawn(0.9, 1.0, 1, 99).unwrap_err().field, "paths");
        let none = Portfolio::new(vec![0.0], vec![vec![1.0]]).unwrap().normal(0.9, 1.0).unwrap();
        assert_eq!((none.loss.var, none.parts), (0.0, vec![0.0]));
    }

    proptest! {
        /// The parts are the whole, and the whole is no more than its parts alone.
        #[test]
        fn parts_sum_to_the_whole(
            rows in prop::collection::vec(prop::collection::vec(-0.02..0.02_f64, 4), 4),
            amounts in prop::collection::vec(-1e6..1e6_f64, 4),
        ) {
            let cov: Vec<Vec<f64>> = rows.iter().map(|a| {
                rows.iter().map(|b| symmetric::dot(a, b)).collect()
            }).collect();
            let found = Portfolio::new(amounts.clone(), cov.clone()).unwrap().normal(0.99, 1.0);
            let found = found.unwrap();
            let sum: f64 = found.parts.iter().sum();
            prop_assert!((sum - found.loss.var).abs() < 1e-9 * (1.0 + found.loss.var));
            let alone: f64 = amounts.iter().enumerate().map(|(i, a)| a.abs() * sqrt(cov[i][i])).sum();
            prop_assert!(found.sd <= alone + 1e-9);
        }
    }
}

//! Was the value at risk right? Counting the days on which more was lost.

use super::value_at_risk::level;
use crate::Outside;
use libm::{erfc, exp, lgamma, log, log1p, sqrt};

/// The most days that are counted.
pub const DAYS_MOST: u64 = 10_000_000;

/// What a count of exceptions says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kupiec {
    /// Twice the logarithm of how much likelier the count is at its own frequency.
    pub lr: f64,
    /// How probable so much is by chance (chi-squared, one degree of freedom).
    pub p_value: f64,
}

/// Kupiec's proportion-of-failures test: `x` exceptions in `n` days where a share `p` was meant.
///
/// Source: P. Kupiec (1995), Journal of Derivatives 3.
///
/// # Errors
///
/// When there are no days or more than [`DAYS_MOST`], more exceptions than days, or `p` is not in (0, 1).
pub fn kupiec(n: u64, x: u64, p: f64) -> Result<Kupiec, Outside> {
    counts(n, x)?;
    level(p)?;
    let (days, hit) = (n as f64, x as f64);
    let log_likely = |share: f64| {
        let hits = if x == 0 { 0.0 } else { hit * log(share) };
        let misses = if x == n { 0.0 } else { (days - hit) * log1p(-share) };
        hits + misses
    };
    let lr = (2.0 * (log_likely(hit / days) - log_likely(p))).max(0.0);
    Ok(Kupiec { lr, p_value: erfc(sqrt(0.5 * lr)) })
}

/// What the Basel Committee makes of a count of exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Nothing speaks against the model.
    Green,
    /// Something may be wrong.
    Yellow,
    /// The model is wrong.
    Red,
}

impl Zone {
    /// Its colour.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// The zone of `x` exceptions in `n` days where a share `p` was meant, and the probability of so
/// many or fewer. Yellow begins at 95 %, red at 99.99 %: with 250 days and 1 %, at 5 and at 10.
///
/// Source: Basel Committee (1996), *Supervisory framework for the use of "backtesting"*.
///
/// # Errors
///
/// As [`kupiec`].
pub fn basel_zone(n: u64, x: u64, p: f64) -> Result<(Zone, f64), Outside> {
    counts(n, x)?;
    level(p)?;
    let days = n as f64;
    let ways = |k: f64| lgamma(days + 1.0) - lgamma(k + 1.0) - lgamma(days - k + 1.0);
    let just = |k: f64| exp(ways(k) + k * log(p) + (days - k) * log1p(-p));
    let so_far: f64 = (0..=x).map(|k| just(k as f64)).sum();
    let so_far = so_far.min(1.0);
    let zone = match so_far {
        s if s < 0.95 => Zone::Green,
        s if s < 0.9999 => Zone::Yellow,
        _ => Zone::Red,
    };
    Ok((zone, so_far))
}

fn counts(n: u64, x: u64) -> Result<(), Outside> {
    if !(1..=DAYS_MOST).contains(&n) {
        return Err(Outside::new("n", n, "1 to 10000000 days"));
    }
    if x > n {
        return Err(Outside::new("x", x, "at most n exceptions"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_exceptions_in_a_year_are_too_many() {
        let found = kupiec(250, 7, 0.01).unwrap();
        assert!((found.lr - 5.496_990_447_8).abs() < 1e-10);
        // 5 % is at 3.841459.
        assert!(found.p_value < 0.05 && found.p_value > 0.01);
        let edge = kupiec(1_000, 50, 0.05).unwrap();
        assert_eq!((edge.lr, edge.p_value), (0.0, 1.0), "exactly as many as were meant");
    }

    #[test]
    fn none_and_all_are_counts_too() {
        let none = kupiec(250, 0, 0.01).unwrap();
        assert!((none.lr + 500.0 * log(0.99)).abs() < 1e-10);
        let all = kupiec(10, 10, 0.01).unwrap();
        assert!((all.lr + 20.0 * log(0.01)).abs() < 1e-10);
    }

    #[test]
    fn the_zones_of_a_year() {
        let zones: Vec<&str> =
            (0..=12).map(|x| basel_zone(250, x, 0.01).unwrap().0.name()).collect();
        let wanted = [["green"; 5].as_slice(), &["yellow"; 5], &["red"; 3]].concat();
        assert_eq!(zones, wanted);
        // The committee's table 2: 89.22 % at 4, 95.88 % at 5.
        assert!((basel_zone(250, 4, 0.01).unwrap().1 - 0.8922).abs() < 5e-5);
        assert!((basel_zone(250, 5, 0.01).unwrap().1 - 0.9588).abs() < 5e-5);
        assert!((basel_zone(20, 20, 0.5).unwrap().1 - 1.0).abs() < 1e-12, "all of them");
    }

    #[test]
    fn what_is_outside_is_named() {
        assert_eq!(
            kupiec(0, 0, 0.1).unwrap_err().to_string(),
            "n: found 0, expected 1 to 10000000 days"
        );
        assert_eq!(
            kupiec(5, 6, 0.1).unwrap_err().to_string(),
            "x: found 6, expected at most n exceptions"
        );
        assert_eq!(basel_zone(5, 1, 0.0).unwrap_err().field, "p");
    }
}

//! Value at risk and expected shortfall: of a distribution, of a sample, of a skewed one.
//!
//! A loss is positive. Source: McNeil, Frey and Embrechts, *Quantitative Risk Management*, chapter 2
//! (normal and Student: examples 2.11, 2.14, 2.15); Hull, the chapter on value at risk.

use crate::numeric::{normal, quantile};
use crate::{Outside, within};
use libm::sqrt;

/// A loss that is passed with probability 1 − p only, and the mean of the losses from there on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Value at risk.
    pub var: f64,
    /// Expected shortfall.
    pub es: f64,
}

/// How profits of one day are distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Profit {
    /// Normal, with this mean and standard deviation.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Student's with `nu` degrees of freedom, times `scale`, about `mean`. Its standard deviation
    /// is scale·√(ν/(ν−2)).
    Student {
        /// Mean.
        mean: f64,
        /// Scale: not the standard deviation.
        scale: f64,
        /// Degrees of freedom.
        nu: f64,
    },
}

/// Refuses a level that is not inside (0, 1).
pub(crate) fn level(p: f64) -> Result<f64, Outside> {
    within("p", p, |p| p > 0.0 && p < 1.0, "above 0 and below 1")
}

impl Profit {
    /// The loss at level `p` (0.99: passed once in a hundred) over `days` days, when days are
    /// independent: means add, spreads grow with the square root. For Student that is the
    /// customary approximation.
    ///
    /// # Errors
    ///
    /// When an argument is outside its domain; the shortfall of Student needs ν above 1.
    pub fn loss(&self, p: f64, days: f64) -> Result<Loss, Outside> {
        level(p)?;
        within("days", days, |days| days > 0.0, "above 0")?;
        let (mean, spread, at, beyond) = match *self {
            Self::Normal { mean, sd } => {
                within("sd", sd, |sd| sd >= 0.0, "at least 0")?;
                let z = quantile::normal(p);
                (mean, sd, z, normal::density(z) / (1.0 - p))
            }
            Self::Student { mean, scale, nu } => {
                within("sd", scale, |scale| scale >= 0.0, "at least 0")?;
                within("nu", nu, |nu| nu > 1.0, "above 1")?;
                let t = quantile::student(nu, p);
                let tail = quantile::student_density(nu, t) / (1.0 - p);
                (mean, scale, t, tail * (nu + t * t) / (nu - 1.0))
            }
        };
        within("mean", mean, |_| true, "a finite number")?;
        let wide = spread * sqrt(days);
        Ok(Loss { var: wide * at - mean * days, es: wide * beyond - mean * days })
    }
}

/// The loss at level `p` of `profits` as they were: the quantile is linear between neighbours, the
/// shortfall the mean of everything not above it.
///
/// # Errors
///
/// When there are no profits, one is not finite, or `p` is not inside (0, 1).
pub fn historical(profits: &[f64], p: f64) -> Result<Loss, Outside> {
    level(p)?;
    if profits.is_empty() {
        return Err(Outside::new("r", "none", "at least one profit"));
    }
    for profit in profits {
        within("r", *profit, |_| true, "finite profits")?;
    }
    let mut sorted = profits.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = quantile::sample(&sorted, 1.0 - p).expect("it is not empty");
    // What rounding of the cut leaves out belongs to the tail all the same: the worst always does.
    let worst = sorted.partition_point(|profit| *profit <= cut).max(1);
    let mean = sorted[..worst].iter().sum::<f64>() / worst as f64;
    Ok(Loss { var: -cut, es: -mean })
}

/// The normal quantile of a loss at level `p`, corrected for skewness and excess kurtosis of the
/// profits: in standard deviations.
///
/// Source: E. Cornish and R. Fisher (1938), to third order. Far from normal it is not a quantile of
/// anything: it may fall where p rises.
///
/// # Errors
///
/// When `p` is not inside (0, 1), or a moment is not finite.
pub fn cornish_fisher(p: f64, skew: f64, exkurt: f64) -> Result<f64, Outside> {
    level(p)?;
    within("skew", skew, |_| true, "a finite number")?;
    within("exkurt", exkurt, |k| k >= -2.0, "at least -2")?;
    let z = -quantile::normal(p);
    let corrected = z + (z * z - 1.0) * skew / 6.0 + (z * z * z - 3.0 * z) * exkurt / 24.0
        - (2.0 * z * z * z - 5.0 * z) * skew * skew / 36.0;
    Ok(-corrected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-10 * b.abs().max(1.0), "{a} {b}");
    }

    #[test]
    fn the_tables_are_met() {
        let normal = Profit::Normal { mean: 0.0, sd: 1.0 };
        for (p, var, es) in [
            (0.95, 1.644_853_627_0, 2.062_712_807_5),
            (0.975, 1.959_963_984_5, 2.337_802_792_2),
            (0.99, 2.326_347_874_0, 2.665_214_220_3),
        ] {
            let loss = normal.loss(p, 1.0).unwrap();
            near(loss.var, var);
            near(loss.es, es);
        }
        for (nu, var, es) in
            [(3.0, 4.540_702_858_6, 7.003_082_036_2), (4.0, 3.746_947_388_0, 5.220_584_194_5)]
        {
            let loss = Profit::Student { mean: 0.0, scale: 1.0, nu }.loss(0.99, 1.0).unwrap();
            near(loss.var, var);
            near(loss.es, es);
        }
        // Hull: ten million, two percent a day, ten days.
        let hull = Profit::Normal { mean: 0.0, sd: 0.02 * 1e7 }.loss(0.99, 10.0).unwrap();
        assert!((hull.var - 1_471_312.0).abs() < 0.5);
        near(cornish_fisher(0.95, -0.5, 4.0).unwrap(), 1.701_563_582_8);
    }

    #[test]
    fn a_sample_is_read_as_it_is() {
        let r = [0.01, -0.02, 0.03, 0.005, -0.01, 0.025, -0.005, 0.015, -0.03, 0.02];
        near(historical(&r, 0.95).unwrap().var, 0.0255);
        let loss = historical(&r, 0.8).unwrap();
        near(loss.var, 0.012);
        near(loss.es, 0.025);
        near(historical(&[-1.0], 0.5).unwrap().es, 1.0);
    }

    #[test]
    fn what_is_outside_is_named() {
        let normal = Profit::Normal { mean: 0.0, sd: 1.0 };
        let says = |found: Result<Loss, Outside>| found.unwrap_err().to_string();
        assert_eq!(says(normal.loss(1.0, 1.0)), "p: found 1, expected above 0 and below 1");
        assert_eq!(says(normal.loss(0.9, 0.0)), "days: found 0, expected above 0");
        let student = Profit::Student { mean: 0.0, scale: 1.0, nu: 1.0 };
        assert_eq!(says(student.loss(0.9, 1.0)), "nu: found 1, expected above 1");
        let wild = Profit::Normal { mean: 0.0, sd: -1.0 };
        assert_eq!(says(wild.loss(0.9, 1.0)), "sd: found -1, expected at least 0");
        assert_eq!(says(historical(&[], 0.9)), "r: found none, expected at least one profit");
        assert_eq!(says(historical(&[f64::NAN], 0.9)), "r: found NaN, expected finite profits");
        assert_eq!(cornish_fisher(0.9, 0.0, -3.0).unwrap_err().field, "exkurt");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The shortfall is never less than the value at risk, and Student becomes normal.
        #[test]
        fn the_shortfall_lies_beyond(
            p in 0.5..0.999_f64, mean in -1.0..1.0_f64, sd in 0.0..3.0_f64, nu in 1.5..30.0_f64,
            sample in prop::collection::vec(-5.0..5.0_f64, 1..60),
        ) {
            let normal = Profit::Normal { mean, sd }.loss(p, 2.0).unwrap();
            let student = Profit::Student { mean, scale: sd, nu }.loss(p, 2.0).unwrap();
            let sample = historical(&sample, p).unwrap();
            for loss in [normal, student, sample] {
                prop_assert!(loss.es >= loss.var - 1e-12, "{loss:?}");
            }
            let limit = Profit::Student { mean, scale: sd, nu: 1e7 }.loss(p, 2.0).unwrap();
            prop_assert!((limit.var - normal.var).abs() < 1e-5);
            prop_assert!((cornish_fisher(p, 0.0, 0.0).unwrap() - quantile::normal(p)).abs() < 1e-15);
        }

        /// The shortfall is the mean of the values at risk beyond its level.
        #[test]
        fn the_shortfall_is_a_mean(p in 0.5..0.99_f64, nu in 2.5..20.0_f64) {
            let profit = Profit::Student { mean: 0.1, scale: 1.0, nu };
            let steps = 500;
            let at = |i: i32| 1.0 - (1.0 - p) * (f64::from(i) + 0.5) / f64::from(steps);
            let mean = (0..steps).map(|i| profit.loss(at(i), 1.0).unwrap().var).sum::<f64>();
            let es = profit.loss(p, 1.0).unwrap().es;
            prop_assert!((mean / f64::from(steps) / es - 1.0).abs() < 4e-2);
        }
    }
}

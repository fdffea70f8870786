//! From the rates of par bonds to zero rates, one tenor after the other.
//!
//! Source: Hull, *Options, Futures and Other Derivatives*, the chapter on interest rates. A par bond
//! pays its rate in equal coupons and costs its face; the discounts of the coupons up to the tenor
//! before are known, those on the way follow from the interpolation, so one number is left to find.
//! A tenor within the first coupon period is one payment with simple interest.

use super::curve::{Between, Curve, read, rises, whole_periods};
use crate::numeric::brent;
use crate::{Outside, within};
use libm::{exp, log1p};

/// How par rates are to be understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParBonds {
    /// Coupons in a year.
    pub per_year: u32,
    /// What is straight between two tenors.
    pub between: Between,
    /// The longest time between two tenors, or before the first, that may be bridged: years.
    pub gap_most: f64,
}

/// The lowest and highest zero rate that is looked for.
const ZERO_RATES: (f64, f64) = (-1.0, 20.0);

impl ParBonds {
    /// The zero curve of `quotes`: tenors in years and par rates per year, as fractions.
    ///
    /// A rate that is none is *missing*: its tenor is left out, and never read as zero.
    ///
    /// # Errors
    ///
    /// When tenors do not rise or are no whole number of coupon periods, a hole is wider than
    /// [`ParBonds::gap_most`], a rate is not finite, no rate is there, or rates leave no discount above 0.
    pub fn zero_curve(&self, quotes: &[(f64, Option<f64>)]) -> Result<Curve, Outside> {
        within("gap_most", self.gap_most, |gap| gap > 0.0, "a time above 0 years")?;
        let mut points: Vec<(f64, f64)> = Vec::with_capacity(quotes.len());
        let (mut before, mut last) = (0.0, 0.0);
        for &(tenor, rate) in quotes {
            rises("tenors", before, tenor)?;
            before = tenor;
            let Some(rate) = rate else { continue };
            let found = || format!("{rate} at tenor {tenor}");
            if !rate.is_finite() {
                return Err(Outside::new(
                    "pars",
                    found(),
                    "finite rates; none where one is missing",
                ));
            }
            if tenor - last > self.gap_most * (1.0 + 1e-12) {
                let found = format!("nothing between {last} and {tenor}");
                return Err(Outside::new("tenors", found, "no hole wider than gap_most"));
            }
            let zero = self.next(&points, tenor, rate)?;
            let impossible = || Outside::new("pars", found(), "par rates with discounts above 0");
            points.push((tenor, zero.ok_or_else(impossible)?));
            last = tenor;
        }
        if points.is_empty() {
            return Err(Outside::new("pars", "no rate", "at least one rate"));
        }
        Curve::new(points, self.between)
    }

    /// The zero rate for `tenor` that makes its bond cost its face; none where none does.
    fn next(&self, points: &[(f64, f64)], tenor: f64, rate: f64) -> Result<Option<f64>, Outside> {
        let year = f64::from(self.per_year);
        if tenor * year <= 1.0 {
            let grown = rate * tenor;
            return Ok((grown > -1.0).then(|| log1p(grown) / tenor));
        }
        let periods = whole_periods("tenors", tenor, self.per_year)?;
        let coupon = rate / year;
        let times = (1..=periods).map(|k| f64::from(k) / year);
        let start = points.last().map_or(0.0, |(time, _)| *time);
        let known = if points.is_empty() {
            0.0
        } else {
            let curve = Curve::new(points.to_vec(), self.between)?;
            let known = times.clone().take_while(|t| *t <= start);
            known.map(|t| curve.discount(t)).sum::<Result<f64, _>>()?
        };
        let ahead: Vec<f64> = times.filter(|t| *t > start).collect();
        let over = |zero: f64| {
            let (left, right) = (points.last().copied().unwrap_or((0.0, zero)), (tenor, zero));
            let rest: f64 =
                ahead.iter().map(|t| exp(-t * read(self.between, left, right, *t))).sum();
            coupon * (known + rest) + exp(-tenor * zero) - 1.0
        };
        Ok(brent::between(over, ZERO_RATES.0, ZERO_RATES.1))
    }

    /// The par rate of `tenor` on `curve`: what [`ParBonds::zero_curve`] was given, for its tenors.
    ///
    /// # Errors
    ///
    /// When `tenor` lies beyond the curve, or is no whole number of coupon periods.
    pub fn par(&self, curve: &Curve, tenor: f64) -> Result<f64, Outside> {
        if tenor > 0.0 && tenor * f64::from(self.per_year) <= 1.0 {
            return Ok((1.0 / curve.discount(tenor)? - 1.0) / tenor);
        }
        curve.par(tenor, self.per_year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HALF_YEARLY: ParBonds =
        ParBonds { per_year: 2, between: Between::LogDiscount, gap_most: 20.0 };

    /// By hand: 4 % for half a year, 5 % for a year.
    #[test]
    fn two_tenors_by_hand() {
        let curve = HALF_YEARLY.zero_curve(&[(0.5, Some(0.04)), (1.0, Some(0.05))]).unwrap();
        let half = 1.0 / 1.02;
        let whole = (1.0 - 0.025 * half) / 1.025;
        assert!((curve.discount(0.5).unwrap() - half).abs() < 1e-15);
        assert!((curve.discount(1.0).unwrap() - whole).abs() < 1e-15);
    }

    #[test]
    fn a_missing_rate_is_left_out_and_not_zero() {
        let quotes = |two| [(0.5, Some(0.04)), (2.0, two), (5.0, Some(0.05))];
        let without = HALF_YEARLY.zero_curve(&quotes(None)).unwrap();
        let never = HALF_YEARLY.zero_curve(&[(0.5, Some(0.04)), (5.0, Some(0.05))]).unwrap();
        assert_eq!(without, never);
        assert_ne!(without, HALF_YEARLY.zero_curve(&quotes(Some(0.0))).unwrap());
    }

    #[test]
    fn holes_and_disorder_are_refused_by_name() {
        let says = |quotes: &[(f64, Option<f64>)], gap_most| {
            let bonds = ParBonds { gap_most, ..HALF_YEARLY };
            bonds.zero_curve(quotes).unwrap_err().to_string()
        };
        let some = |tenors: &[f64]| -> Vec<_> { tenors.iter().map(|t| (*t, Some(0.05))).collect() };
        assert_eq!(
            says(&some(&[1.0, 2.0, 2.0]), 20.0),
            "tenors: found 2 after 2, expected times that rise from above 0"
        );
        assert_eq!(
            says(&[(3.0, None), (1.0, Some(0.1))], 20.0),
            "tenors: found 1 after 3, expected times that rise from above 0"
        );
        assert_eq!(
            says(&some(&[1.0, 10.0]), 5.0),
            "tenors: found nothing between 1 and 10, expected no hole wider than gap_most"
        );
        assert_eq!(
            says(&[(1.0, Some(f64::NAN))], 20.0),
            "pars: found NaN at tenor 1, expected finite rates; none where one is missing"
        );
        assert_eq!(says(&[(1.0, None)], 20.0), "pars: found no rate, expected at least one rate");
        assert_eq!(
            says(&some(&[0.7]), 20.0),
            "tenors: found 0.7, expected a whole number of coupon periods, at most 1200"
        );
        assert_eq!(
            says(&[(0.5, Some(-2.0))], 20.0),
            "pars: found -2 at tenor 0.5, expected par rates with discounts above 0"
        );
        let broken = [(10.0, Some(0.001)), (11.0, Some(0.2))];
        assert!(says(&broken, 20.0).starts_with("pars: found 0.2 at tenor 11, expected par rates"));
        assert!(says(&some(&[1.0]), 0.0).starts_with("gap_most: found 0"));
    }

    proptest! {
        /// What goes in comes out: every par rate to 1e-12, whatever is straight in between.
        #[test]
        fn its_inputs_are_priced_again(
            rates in prop::collection::vec(prop::option::weighted(0.8, -0.005..0.15_f64), 11),
            which in 0..3_usize, per_year in prop::sample::select(vec![1_u32, 2, 4]),
        ) {
            const TENORS: [f64; 11] = [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 30.0];
            let between = Between::ALL[which].1;
            let bonds = ParBonds { per_year, between, gap_most: 30.0 };
            let quotes: Vec<_> = TENORS.into_iter().zip(rates).collect();
            let Ok(curve) = bonds.zero_curve(&quotes) else { return Ok(()) };
            for (tenor, rate) in quotes {
                let Some(rate) = rate else { continue };
                let again = bonds.par(&curve, tenor).unwrap();
                prop_assert!((again - rate).abs() < 1e-12, "{tenor}: {again} {rate}");
            }
        }
    }
}

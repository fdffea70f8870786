//! A curve of zero rates, and how it is read between its points.

use crate::{Outside, within};
use libm::{exp, expm1, log};

/// The most points of a curve.
pub const POINTS_MOST: usize = 10_000;

/// What is straight between two points. Before the first it is straight from now, where a discount
/// is 1; a zero rate is the first's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// The zero rate is straight in time.
    ZeroRate,
    /// The logarithm of the discount is straight in time, so forwards are constant.
    LogDiscount,
    /// The discount itself is straight in time.
    Discount,
}

impl Between {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 3] = [
        ("zero_rate", Self::ZeroRate),
        ("log_discount", Self::LogDiscount),
        ("discount", Self::Discount),
    ];

    /// The name it goes by.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, between)| *between == self).expect("all have names").0
    }
}

/// Zero rates (continuous, per year, as fractions) at rising times in years.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    points: Vec<(f64, f64)>,
    between: Between,
}

impl Curve {
    /// Through `points`, each a time and the zero rate for it.
    ///
    /// # Errors
    ///
    /// Without points, when times do not rise from above zero, or a number is not finite.
    pub fn new(points: Vec<(f64, f64)>, between: Between) -> Result<Self, Outside> {
        if !(1..=POINTS_MOST).contains(&points.len()) {
            return Err(Outside::new("times", points.len(), "1 to 10000 points"));
        }
        let mut before = 0.0;
        for &(time, rate) in &points {
            rises("times", before, time)?;
            within("zeros", rate, |_| true, "finite rates")?;
            before = time;
        }
        Ok(Self { points, between })
    }

    /// Its points: times and zero rates.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// How it is read between them.
    #[must_use]
    pub fn between(&self) -> Between {
        self.between
    }

    /// The last time it says anything about.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.points[self.points.len() - 1].0
    }

    /// What one unit after `t` years is worth now.
    ///
    /// # Errors
    ///
    /// When `t` is below zero or beyond [`Curve::end`].
    pub fn discount(&self, t: f64) -> Result<f64, Outside> {
        Ok(exp(-t * self.zero(t)?))
    }

    /// The zero rate for `t` years.
    ///
    /// # Errors
    ///
    /// When `t` is below zero or beyond [`Curve::end`].
    pub fn zero(&self, t: f64) -> Result<f64, Outside> {
        within("t", t, |t| t >= 0.0, "a time of at least 0 years")?;
        let at = self.points.partition_point(|(time, _)| *time < t);
        let Some(&right) = self.points.get(at) else {
            return Err(Outside::new(
                "t",
                format!("{t}, beyond the curve's end at {}", self.end()),
                "a time on the curve",
            ));
        };
        let left = if at == 0 { (0.0, self.points[0].1) } else { self.points[at - 1] };
        Ok(read(self.between, left, right, t))
    }

    /// The continuous rate agreed now for the time `from` to `to`.
    ///
    /// # Errors
    ///
    /// When they do not rise, or lie outside the curve.
    pub fn forward(&self, from: f64, to: f64) -> Result<f64, Outside> {
        let (near, far) = (self.zero(from)?, self.zero(to)?);
        within("to", to, |to| to > from, "a time after `from`")?;
        Ok((far * to - near * from) / (to - from))
    }

    /// The rate of a par bond with `per_year` coupons that ends after `t` years: whole periods.
    ///
    /// # Errors
    ///
    /// When `t` is no whole number of periods, or beyond the curve.
    pub fn par(&self, t: f64, per_year: u32) -> Result<f64, Outside> {
        let periods = whole_periods("t", t, per_year)?;
        let year = f64::from(per_year);
        let mut annuity = 0.0;
        for k in 1..=periods {
            annuity += self.discount(f64::from(k) / year)? / year;
        }
        Ok((1.0 - self.discount(f64::from(periods) / year)?) / annuity)
    }

    /// The same curve with a point at `time` too, where there was none. It reads the same anywhere
    /// else, but for rounding.
    ///
    /// # Errors
    ///
    /// When `time` is not above zero or lies beyond the curve.
    pub fn with_point(mut self, time: f64) -> Result<Self, Outside> {
        within("t", time, |t| t > 0.0, "a time above 0 years")?;
        let rate = self.zero(time)?;
        let at = self.points.partition_point(|(t, _)| *t < time);
        if self.points[at].0 != time {
            self.points.insert(at, (time, rate));
        }
        Ok(self)
    }

    /// The same times with `change(time, rate)` as rates.
    ///
    /// # Errors
    ///
    /// When a rate is not finite.
    pub fn map(&self, change: impl Fn(f64, f64) -> f64) -> Result<Self, Outside> {
        let points = self.points.iter().map(|&(time, rate)| (time, change(time, rate))).collect();
        Self::new(points, self.between)
    }
}

/// The zero rate at `t`, on the way from `left` to `right`.
pub(crate) fn read(between: Between, left: (f64, f64), right: (f64, f64), t: f64) -> f64 {
    let share = (t - left.0) / (right.0 - left.0);
    let straight = |a: f64, b: f64| a + share * (b - a);
    match between {
        Between::ZeroRate => straight(left.1, right.1),
        Between::LogDiscount if t == 0.0 => right.1,
        Between::Discount if t == 0.0 => -expm1(-right.0 * right.1) / right.0,
        Between::LogDiscount => straight(left.0 * left.1, right.0 * right.1) / t,
        Between::Discount => -log(straight(exp(-left.0 * left.1), exp(-right.0 * right.1))) / t,
    }
}

/// Refuses `time` unless it is finite and above `before`.
pub(crate) fn rises(field: &'static str, before: f64, time: f64) -> Result<(), Outside> {
    if time.is_finite() && time > before {
        return Ok(());
    }
    Err(Outside::new(field, format!("{time} after {before}"), "times that rise from above 0"))
}

/// How many periods `t` years are.
pub(crate) fn whole_periods(field: &'static str, t: f64, per_year: u32) -> Result<u32, Outside> {
    const MOST: f64 = 1_200.0;
    if !(1..=12).contains(&per_year) {
        return Err(Outside::new("freq", per_year, "1 to 12 periods a year"));
    }
    let periods = t * f64::from(per_year);
    let whole = libm::round(periods);
    if (periods - whole).abs() < 1e-9 && (1.0..=MOST).contains(&whole) {
        return Ok(whole as u32);
    }
    Err(Outside::new(field, t, "a whole number of coupon periods, at most 1200"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(between: Between) -> Curve {
        Curve::new(vec![(1.0, 0.02), (2.0, 0.03), (5.0, 0.025)], between).unwrap()
    }

    #[test]
    fn what_is_straight_is_straight() {
        let zero = curve(Between::ZeroRate).zero(3.5).unwrap();
        assert!((zero - 0.0275).abs() < 1e-15);
        let logs = curve(Between::LogDiscount);
        let halves = (logs.forward(2.0, 3.0).unwrap(), logs.forward(4.0, 5.0).unwrap());
        assert!((halves.0 - halves.1).abs() < 1e-15, "{halves:?}");
        let straight = curve(Between::Discount);
        let of = |t| straight.discount(t).unwrap();
        assert!((of(3.5) - 0.5 * (of(2.0) + of(5.0))).abs() < 1e-15);
        for (_, between) in Between::ALL {
            let curve = curve(between);
            assert_eq!(curve.discount(0.0).unwrap(), 1.0);
            let (now, soon) = (curve.zero(0.0).unwrap(), curve.zero(1e-6).unwrap());
            assert!((now - soon).abs() < 1e-7, "{between:?}: {now} {soon}");
            let flat = between != Between::Discount;
            assert_eq!((curve.zero(0.5).unwrap() - 0.02).abs() < 1e-15, flat);
        }
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |points| Curve::new(points, Between::ZeroRate).unwrap_err().to_string();
        assert_eq!(says(vec![]), "times: found 0, expected 1 to 10000 points");
        let rise = "expected times that rise from above 0";
        assert_eq!(says(vec![(2.0, 0.1), (1.0, 0.1)]), format!("times: found 1 after 2, {rise}"));
        assert_eq!(says(vec![(0.0, 0.1)]), format!("times: found 0 after 0, {rise}"));
        assert_eq!(says(vec![(1.0, f64::NAN)]), "zeros: found NaN, expected finite rates");
        let curve = curve(Between::ZeroRate);
        let wrong = curve.discount(6.0).unwrap_err().to_string();
        assert_eq!(wrong, "t: found 6, beyond the curve's end at 5, expected a time on the curve");
        assert_eq!(curve.forward(2.0, 2.0).unwrap_err().field, "to");
        assert_eq!(curve.par(1.3, 2).unwrap_err().field, "t");
        assert_eq!(curve.par(1.0, 0).unwrap_err().field, "freq");
        assert_eq!(curve.clone().with_point(0.0).unwrap_err().field, "t");
    }

    proptest! {
        /// A point more changes nothing, forwards chain, and positive forwards make discounts fall.
        #[test]
        fn points_on_the_way_change_nothing(
            rates in prop::collection::vec(0.001..0.1_f64, 2..8), t in 0.01..0.99_f64,
            more in 0.01..0.99_f64, which in 0..3_usize,
        ) {
            let between = Between::ALL[which].1;
            let points: Vec<_> = (1..).map(f64::from).zip(rates).collect();
            let curve = Curve::new(points, between).unwrap();
            let (t, more) = (t * curve.end(), more * curve.end());
            let same = curve.clone().with_point(more).unwrap();
            prop_assert!((same.zero(t).unwrap() - curve.zero(t).unwrap()).abs() < 1e-12);
            let (near, far) = (t.min(more), t.max(more));
            if far > near {
                let forward = curve.forward(near, far).unwrap();
                let chained = curve.discount(near).unwrap() * exp(-forward * (far - near));
                prop_assert!((chained - curve.discount(far).unwrap()).abs() < 1e-12);
                prop_assert!(forward <= 0.0 || chained < curve.discount(near).unwrap());
            }
        }
    }
}

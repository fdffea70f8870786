//! When a bond pays: coupon days counted back from the last one.
//!
//! Source: ISDA and SIFMA practice: regular periods from maturity backwards, a short first one where
//! they do not meet the issue day; when maturity is the end of a month, all coupons are.

use crate::Outside;
use crate::rates::day_count::Period;
use jiff::Span;
use jiff::civil::Date;

/// The most coupons of a schedule.
pub const COUPONS_MOST: usize = 1_200;

/// Coupon days, unadjusted for holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    issue: Date,
    /// The first one on or before the issue day, then one per coupon, rising; maturity last.
    days: Vec<Date>,
    per_year: u32,
}

impl Schedule {
    /// From `issue` to `maturity`, `per_year` coupons a year.
    ///
    /// # Errors
    ///
    /// When `per_year` does not divide 12, maturity is not after issue, or there are more than
    /// [`COUPONS_MOST`] coupons.
    pub fn new(issue: Date, maturity: Date, per_year: u32) -> Result<Self, Outside> {
        if ![1, 2, 3, 4, 6, 12].contains(&per_year) {
            return Err(Outside::new("freq", per_year, "1, 2, 3, 4, 6 or 12 coupons a year"));
        }
        if maturity <= issue {
            let found = format!("{maturity} with issue on {issue}");
            return Err(Outside::new("maturity", found, "a day after issue"));
        }
        let months = 12 / per_year;
        let mut days = vec![maturity];
        while *days.last().expect("maturity is there") > issue {
            if days.len() > COUPONS_MOST {
                return Err(Outside::new("maturity", maturity, "at most 1200 coupons after issue"));
            }
            let back = i64::from(months) * days.len() as i64;
            days.push(months_before(maturity, back)?);
        }
        days.reverse();
        Ok(Self { issue, days, per_year })
    }

    /// The days on which coupons are paid; the last is maturity.
    #[must_use]
    pub fn coupons(&self) -> &[Date] {
        &self.days[1..]
    }

    /// When interest begins.
    #[must_use]
    pub fn issue(&self) -> Date {
        self.issue
    }

    /// Coupons in a year.
    #[must_use]
    pub fn per_year(&self) -> u32 {
        self.per_year
    }

    /// The coupon period that `day` lies in (on a coupon day the one that begins) and the coupons
    /// after `day`. A short first period is told as the whole one it is part of.
    ///
    /// # Errors
    ///
    /// When `day` is before issue, or not before maturity.
    pub fn around(&self, day: Date) -> Result<(Period, &[Date]), Outside> {
        let maturity = self.days[self.days.len() - 1];
        if day < self.issue || day >= maturity {
            let found = format!("{day}, with issue {} and maturity {maturity}", self.issue);
            return Err(Outside::new("settle", found, "a day from issue to before maturity"));
        }
        let next = self.days.partition_point(|coupon| *coupon <= day);
        let (from, to) = (self.days[next - 1], self.days[next]);
        Ok((Period { from, to, per_year: self.per_year }, &self.days[next..]))
    }
}

/// So many months before `day`, at the end of the month when `day` is.
fn months_before(day: Date, months: i64) -> Result<Date, Outside> {
    let too_early = |_| Outside::new("issue", day, "days that the calendar knows");
    let earlier = day.checked_sub(Span::new().months(months)).map_err(too_early)?;
    Ok(if day == day.last_of_month() { earlier.last_of_month() } else { earlier })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn coupons_are_counted_back_from_maturity() {
        let schedule = Schedule::new(date(2020, 3, 10), date(2022, 1, 15), 2).unwrap();
        let days = [date(2020, 7, 15), date(2021, 1, 15), date(2021, 7, 15), date(2022, 1, 15)];
        assert_eq!(schedule.coupons(), days);
        let (period, left) = schedule.around(date(2020, 3, 10)).unwrap();
        assert_eq!((period.from, period.to), (date(2020, 1, 15), date(2020, 7, 15)), "short first");
        assert_eq!(left.len(), 4);
        let (period, left) = schedule.around(date(2021, 1, 15)).unwrap();
        assert_eq!((period.from, left.len()), (date(2021, 1, 15), 2), "a coupon day begins one");
    }

    #[test]
    fn the_end_of_the_month_stays_the_end() {
        let schedule = Schedule::new(date(2019, 8, 31), date(2020, 8, 31), 4).unwrap();
        let days = [date(2019, 11, 30), date(2020, 2, 29), date(2020, 5, 31), date(2020, 8, 31)];
        assert_eq!(schedule.coupons(), days);
        let thirtieth = Schedule::new(date(2019, 8, 30), date(2020, 8, 30), 2).unwrap();
        assert_eq!(thirtieth.coupons(), [date(2020, 2, 29), date(2020, 8, 30)]);
    }

    #[test]
    fn what_is_outside_is_named() {
        let (issue, maturity) = (date(2020, 1, 1), date(2021, 1, 1));
        let says = |a, b, c| Schedule::new(a, b, c).unwrap_err().to_string();
        assert_eq!(
            says(issue, maturity, 5),
            "freq: found 5, expected 1, 2, 3, 4, 6 or 12 coupons a year"
        );
        assert_eq!(
            says(maturity, issue, 2),
            "maturity: found 2020-01-01 with issue on 2021-01-01, expected a day after issue"
        );
        assert_eq!(
            says(date(1, 1, 1), date(9000, 1, 1), 12),
            "maturity: found 9000-01-01, expected at most 1200 coupons after issue"
        );
        let schedule = Schedule::new(issue, maturity, 2).unwrap();
        for day in [date(2019, 12, 31), maturity] {
            assert_eq!(schedule.around(day).unwrap_err().field, "settle");
        }
    }

    proptest! {
        /// Every day of a bond's life lies in one period, whose ends are a regular step apart.
        #[test]
        fn every_day_has_its_period(
            start in 0..10_000_i64, life in 1..5_000_i64, at in 0..5_000_i64, which in 0..6_usize,
        ) {
            let per_year = [1, 2, 3, 4, 6, 12][which];
            let day = |n| date(1990, 1, 1).checked_add(Span::new().days(n)).unwrap();
            let (issue, maturity) = (day(start), day(start + life));
            let schedule = Schedule::new(issue, maturity, per_year).unwrap();
            prop_assert!(schedule.coupons().is_sorted_by(|a, b| a < b));
            let settle = day(start + at % life);
            let (period, left) = schedule.around(settle).unwrap();
            prop_assert!(period.from <= settle && settle < period.to && left[0] == period.to);
            let length = f64::from((period.to - period.from).get_days());
            prop_assert!((length - 365.25 / f64::from(per_year)).abs() <= 3.0);
        }
    }
}

//! A bond between two coupons: what has accrued, clean and dirty price, yield.
//!
//! The clean price is quoted, the dirty one is paid: clean plus what has accrued. Source: Fabozzi,
//! *Bond Markets, Analysis and Strategies*, on full price and accrued interest; ICMA rule 251. The
//! yield is compounded with each coupon, in the broken first period too.

use super::level::yield_between;
use super::schedule::Schedule;
use crate::rates::day_count::{DayCount, days};
use crate::{Outside, within};
use jiff::civil::Date;
use libm::{exp, log1p};

/// A bond with its days.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// What is paid back at the end.
    pub face: f64,
    /// The coupons of a year, as a fraction of the face.
    pub cpn: f64,
    /// When it pays.
    pub schedule: Schedule,
    /// How its interest accrues.
    pub day_count: DayCount,
}

/// What the seller has earned of the running coupon: `elapsed` of `length` days of the period.
///
/// # Errors
///
/// When a number is outside its domain, or more days have gone by than the period has.
pub fn accrued(face: f64, cpn: f64, freq: f64, elapsed: f64, length: f64) -> Result<f64, Outside> {
    within("face", face, |face| face > 0.0, "above 0")?;
    within("cpn", cpn, |cpn| cpn >= 0.0, "at least 0")?;
    within("freq", freq, |freq| freq > 0.0, "above 0")?;
    within("period", length, |length| length > 0.0, "above 0 days")?;
    within("days", elapsed, |days| (0.0..=length).contains(&days), "from 0 to the period's days")?;
    Ok(face * cpn / freq * (elapsed / length))
}

impl Dated {
    /// What has accrued by `settle`: from the last coupon, or from issue.
    ///
    /// # Errors
    ///
    /// When `settle` is not within the bond's life.
    pub fn accrued(&self, settle: Date) -> Result<f64, Outside> {
        self.check()?;
        let (period, _) = self.schedule.around(settle)?;
        let from = period.from.max(self.schedule.issue());
        Ok(self.face * self.cpn * self.day_count.years(from, settle, Some(period))?)
    }

    /// What is paid at a yield of `y` on `settle`.
    ///
    /// # Errors
    ///
    /// When `settle` is not within the bond's life, or a period loses everything.
    pub fn dirty(&self, settle: Date, y: f64) -> Result<f64, Outside> {
        self.check()?;
        let per_year = f64::from(self.schedule.per_year());
        within("y", y, |y| y > -per_year, "a rate above −100 % a period")?;
        let (period, left) = self.schedule.around(settle)?;
        let wait = days(settle, period.to) / days(period.from, period.to);
        let shrink = -log1p(y / per_year);
        let flow = |(k, day): (usize, &Date)| {
            let face = if k + 1 == left.len() { self.face } else { 0.0 };
            let flow = face + self.coupon(*day);
            if flow == 0.0 { 0.0 } else { flow * exp((wait + k as f64) * shrink) }
        };
        let price: f64 = left.iter().enumerate().map(flow).sum();
        within("y", price, |_| true, "a rate at which the price is a number")
            .map_err(|wrong| Outside { found: y.to_string(), ..wrong })
    }

    /// What is quoted at a yield of `y` on `settle`.
    ///
    /// # Errors
    ///
    /// As [`Dated::dirty`].
    pub fn clean(&self, settle: Date, y: f64) -> Result<f64, Outside> {
        Ok(self.dirty(settle, y)? - self.accrued(settle)?)
    }

    /// The yield on `settle` of a bond quoted at `clean`.
    ///
    /// # Errors
    ///
    /// When `settle` is not within the bond's life, or no yield gives that price.
    pub fn yield_of(&self, settle: Date, clean: f64) -> Result<f64, Outside> {
        let paid = within("clean", clean, |_| true, "a finite price")? + self.accrued(settle)?;
        let none = || Outside::new("clean", clean, "a price that some yield gives");
        if paid <= 0.0 {
            return Err(none());
        }
        let at = |y: f64| self.dirty(settle, y);
        yield_between(f64::from(self.schedule.per_year()), paid, at).ok_or_else(none)
    }

    /// What is paid on the coupon day `day`: a whole coupon, and in a short first period its part.
    fn coupon(&self, day: Date) -> f64 {
        let whole = self.face * self.cpn / f64::from(self.schedule.per_year());
        let issue = self.schedule.issue();
        let first = self.schedule.coupons()[0];
        if day != first {
            return whole;
        }
        let period = self.schedule.around(issue).expect("issue is within the bond's life").0;
        whole * days(issue, first) / days(period.from, period.to)
    }

    fn check(&self) -> Result<(), Outside> {
        within("face", self.face, |face| face > 0.0, "above 0")?;
        within("cpn", self.cpn, |cpn| cpn >= 0.0, "at least 0").map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bond::level::Level;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn bond() -> Dated {
        Dated {
            face: 100.0,
            cpn: 0.08,
            schedule: Schedule::new(date(2020, 1, 10), date(2030, 7, 10), 2).unwrap(),
            day_count: DayCount::ActualActualIcma,
        }
    }

    /// 62 of 181 days of a half-yearly 8 %.
    #[test]
    fn interest_accrues_by_the_day() {
        assert!((accrued(100.0, 0.08, 2.0, 62.0, 181.0).unwrap() - 1.370_165_745_9).abs() < 1e-10);
        // From the tenth of January to the tenth of July 2021 there are 181 days.
        let found = bond().accrued(date(2021, 3, 13)).unwrap();
        assert!((found - 1.370_165_745_9).abs() < 1e-10, "{found}");
        assert_eq!(bond().accrued(date(2021, 7, 10)).unwrap(), 0.0, "nothing on a coupon day");
    }

    #[test]
    fn on_a_coupon_day_it_is_a_level_bond() {
        let level = Level { face: 100.0, cpn: 0.08, n: 18, freq: 2 };
        for y in [0.0, 0.05, 0.12] {
            let dirty = bond().dirty(date(2021, 7, 10), y).unwrap();
            assert!((dirty - level.at_yield(y).unwrap().price).abs() < 1e-11);
        }
    }

    #[test]
    fn a_short_first_period_pays_its_part() {
        let schedule = Schedule::new(date(2021, 4, 10), date(2022, 7, 10), 2).unwrap();
        let short = Dated { schedule, ..bond() };
        let first = short.coupon(date(2021, 7, 10));
        assert!((first - 4.0 * 91.0 / 181.0).abs() < 1e-12);
        assert_eq!(short.accrued(date(2021, 4, 10)).unwrap(), 0.0);
        let paid = short.dirty(date(2021, 4, 10), 0.0).unwrap();
        assert!((paid - (100.0 + 8.0 + first)).abs() < 1e-12, "all that is still paid");
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |found: Result<f64, Outside>| found.unwrap_err().to_string();
        assert_eq!(
            says(accrued(100.0, 0.08, 2.0, 182.0, 181.0)),
            "days: found 182, expected from 0 to the period's days"
        );
        assert_eq!(
            says(bond().accrued(date(2030, 7, 10))),
            "settle: found 2030-07-10, with issue 2020-01-10 and maturity 2030-07-10, \
             expected a day from issue to before maturity"
        );
        let day = date(2021, 3, 13);
        assert_eq!(
            says(bond().dirty(day, -2.0)),
            "y: found -2, expected a rate above −100 % a period"
        );
        assert_eq!(
            says(bond().yield_of(day, -5.0)),
            "clean: found -5, expected a price that some yield gives"
        );
        assert_eq!(
            says(Dated { cpn: -0.1, ..bond() }.accrued(day)),
            "cpn: found -0.1, expected at least 0"
        );
    }

    proptest! {
        /// Between two coupons what has accrued lies between nothing and a coupon and only rises;
        /// yield and price go round.
        #[test]
        fn accrued_lies_below_a_coupon(
            cpn in 0.0..0.15_f64, from_issue in 0..3_800_i64, y in -0.02..0.3_f64, which in 0..6_usize,
        ) {
            let day_count = DayCount::ALL[which].1;
            let bond = Dated { cpn, day_count, ..bond() };
            let settle = date(2020, 1, 10).checked_add(jiff::Span::new().days(from_issue)).unwrap();
            let found = bond.accrued(settle).unwrap();
            // Conventions with a year of 360 days run ahead of the coupon by up to 4 days.
            let coupon = 100.0 * cpn / 2.0;
            prop_assert!((0.0..=coupon * 1.03).contains(&found), "{found} {coupon}");
            let next = bond.accrued(settle.tomorrow().unwrap()).unwrap();
            let coupon_day = bond.schedule.coupons().contains(&settle.tomorrow().unwrap());
            prop_assert!(next >= found || coupon_day);
            let clean = bond.clean(settle, y).unwrap();
            let back = bond.yield_of(settle, clean).unwrap();
            prop_assert!((back - y).abs() < 1e-10, "{back} {y}");
        }
    }
}

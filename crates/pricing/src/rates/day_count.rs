//! How much of a year lies between two days, by the conventions of the bond markets.
//!
//! Sources: 2006 ISDA Definitions, section 4.16; ICMA Rule Book, rule 251; SIFMA's standard
//! securities calculation methods for the end of February in 30/360.

use crate::Outside;
use jiff::civil::Date;

/// A convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Months of 30 days; the last day of February counts as the 30th, a 31st as the 30th when it
    /// follows a 30th.
    Thirty360Us,
    /// Months of 30 days; every 31st counts as the 30th.
    Thirty360European,
    /// Days over 360.
    Actual360,
    /// Days over 365.
    Actual365Fixed,
    /// Days in leap years over 366, others over 365.
    ActualActualIsda,
    /// Days over the days of the coupon period times the periods of a year.
    ActualActualIcma,
}

/// The coupon period that days are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub from: Date,
    /// The day after its last: the coupon's.
    pub to: Date,
    /// How many of them make a year.
    pub per_year: u32,
}

impl DayCount {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("30/360", Self::Thirty360Us),
        ("30E/360", Self::Thirty360European),
        ("ACT/360", Self::Actual360),
        ("ACT/365F", Self::Actual365Fixed),
        ("ACT/ACT ISDA", Self::ActualActualIsda),
        ("ACT/ACT ICMA", Self::ActualActualIcma),
    ];

    /// The convention of that name; upper or lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let same = |(of, _): &(&str, Self)| of.eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(same).map(|(_, count)| count)
    }

    /// Years from `from` to `to`. Only ACT/ACT ICMA asks for the coupon period around them.
    ///
    /// # Errors
    ///
    /// When `to` lies before `from`, or ACT/ACT ICMA has no period that holds both.
    pub fn years(self, from: Date, to: Date, period: Option<Period>) -> Result<f64, Outside> {
        if to < from {
            return Err(Outside::new(
                "to",
                format!("{to} before {from}"),
                "a day not before `from`",
            ));
        }
        Ok(match self {
            Self::Thirty360Us => thirty(from, to, us_days(from, to)),
            Self::Thirty360European => {
                thirty(from, to, (from.day().min(30).into(), to.day().min(30).into()))
            }
            Self::Actual360 => days(from, to) / 360.0,
            Self::Actual365Fixed => days(from, to) / 365.0,
            Self::ActualActualIsda => isda(from, to),
            Self::ActualActualIcma => icma(from, to, period)?,
        })
    }
}

/// Days from one to the other.
#[must_use]
pub fn days(from: Date, to: Date) -> f64 {
    f64::from((to - from).get_days())
}

/// The days of the month that 30/360 counts with.
fn us_days(from: Date, to: Date) -> (i32, i32) {
    let end_of_february = |date: Date| date.month() == 2 && date.last_of_month() == date;
    let (mut first, mut last) = (i32::from(from.day()), i32::from(to.day()));
    if end_of_february(from) {
        if end_of_february(to) {
            last = 30;
        }
        first = 30;
    }
    if last == 31 && first >= 30 {
        last = 30;
    }
    (first.min(30), last)
}

fn thirty(from: Date, to: Date, (first, last): (i32, i32)) -> f64 {
    let years = i32::from(to.year()) - i32::from(from.year());
    let months = i32::from(to.month()) - i32::from(from.month());
    f64::from(360 * years + 30 * months + last - first) / 360.0
}

fn isda(from: Date, to: Date) -> f64 {
    let in_year = |from: Date, to: Date| days(from, to) / f64::from(from.days_in_year());
    if from.year() == to.year() {
        return in_year(from, to);
    }
    // Whole years between count 1 each; the days of the first and of the last year by its length.
    let (first, last) = (from.last_of_year(), to.first_of_year());
    let begun = (days(from, first) + 1.0) / f64::from(from.days_in_year());
    begun + f64::from(to.year() - from.year() - 1) + in_year(last, to)
}

fn icma(from: Date, to: Date, period: Option<Period>) -> Result<f64, Outside> {
    let Some(period) = period else {
        return Err(Outside::new("day_count", "no coupon period", "a period with ACT/ACT ICMA"));
    };
    let Period { from: first, to: last, per_year } = period;
    if per_year == 0 || last <= first || from < first || to > last {
        let found = format!("{from} to {to} in {first} to {last}, {per_year} a year");
        return Err(Outside::new("period", found, "a coupon period that holds both days"));
    }
    Ok(days(from, to) / (days(first, last) * f64::from(per_year)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn years(name: &str, from: Date, to: Date) -> f64 {
        DayCount::named(name).expect("it is known").years(from, to, None).unwrap()
    }

    /// ISDA, "EMU and market conventions: recent developments" (1998).
    #[test]
    fn actual_actual_as_isda_shows() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        let (from, to) = (date(2003, 11, 1), date(2004, 5, 1));
        near(years("ACT/ACT ISDA", from, to), 61.0 / 365.0 + 121.0 / 366.0);
        let half = Period { from, to, per_year: 2 };
        near(DayCount::ActualActualIcma.years(from, to, Some(half)).unwrap(), 0.5);
        let (from, to) = (date(1999, 2, 1), date(1999, 7, 1));
        near(years("ACT/ACT ISDA", from, to), 150.0 / 365.0);
        let year = Period { from: date(1998, 7, 1), to, per_year: 1 };
        near(DayCount::ActualActualIcma.years(from, to, Some(year)).unwrap(), 150.0 / 365.0);
        near(
            years("act/act isda", date(2000, 3, 1), date(2003, 3, 1)),
            306.0 / 366.0 + 2.0 + 59.0 / 365.0,
        );
    }

    /// Day by day: from, to, 30/360, 30E/360, in days.
    #[test]
    fn thirty_days_have_all_months() {
        for (from, to, us, european) in [
            (date(2007, 1, 15), date(2007, 2, 15), 30, 30),
            (date(2007, 9, 30), date(2008, 3, 31), 180, 180),
            (date(2007, 9, 30), date(2007, 10, 31), 30, 30),
            (date(2007, 8, 31), date(2007, 9, 30), 30, 30),
            (date(2007, 2, 28), date(2007, 8, 31), 180, 182),
            (date(2008, 2, 29), date(2009, 2, 28), 360, 359),
            (date(2008, 2, 28), date(2008, 3, 31), 33, 32),
            (date(2007, 1, 29), date(2007, 1, 31), 2, 1),
        ] {
            let counted = |name| libm::round(360.0 * years(name, from, to)) as i32;
            assert_eq!((counted("30/360"), counted("30E/360")), (us, european), "{from} {to}");
        }
    }

    #[test]
    fn days_over_a_fixed_year() {
        let (from, to) = (date(2008, 2, 1), date(2009, 2, 1));
        assert_eq!(years("ACT/360", from, to), 366.0 / 360.0);
        assert_eq!(years("ACT/365F", from, to), 366.0 / 365.0);
        assert_eq!(DayCount::named("ACT/364"), None);
    }

    #[test]
    fn what_is_outside_is_named() {
        let (from, to) = (date(2008, 2, 1), date(2009, 2, 1));
        let says = |from, to, period| {
            DayCount::ActualActualIcma.years(from, to, period).unwrap_err().to_string()
        };
        assert_eq!(
            says(to, from, None),
            "to: found 2008-02-01 before 2009-02-01, expected a day not before `from`"
        );
        assert_eq!(
            says(from, to, None),
            "day_count: found no coupon period, expected a period with ACT/ACT ICMA"
        );
        let short = Period { from, to: date(2008, 8, 1), per_year: 2 };
        assert!(says(from, to, Some(short)).starts_with("period: found 2008-02-01 to 2009-02-01"));
    }

    proptest! {
        /// Counted in one piece or in two, it is the same where days are what is counted; and no
        /// convention is far from the calendar.
        #[test]
        fn pieces_add_up(start in 0..20_000_i64, first in 0..4_000_i64, second in 0..4_000_i64) {
            let day = |n: i64| date(1970, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap();
            let (a, b, c) = (day(start), day(start + first), day(start + first + second));
            for name in ["ACT/360", "ACT/365F", "ACT/ACT ISDA"] {
                let (two, one) = (years(name, a, b) + years(name, b, c), years(name, a, c));
                prop_assert!((two - one).abs() < 1e-12, "{name}: {two} {one}");
            }
            for (name, _) in &DayCount::ALL[..5] {
                let off = (years(name, a, c) - days(a, c) / 365.25).abs();
                prop_assert!(off < 0.02 + 0.015 * days(a, c) / 365.25, "{name}: {off}");
            }
        }
    }
}

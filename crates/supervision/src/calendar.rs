//! The days of a market: which are traded, from when to when, in the market's own wall time.
//!
//! Start reading at [`Calendar`]. The time of a run counts nanoseconds from its epoch; this is the
//! one place where it meets days, hours and daylight saving. The zone is a POSIX rule out of the
//! `calendar` row (`EST5EDT,M3.2.0,M11.1.0`), so no database of zones is needed and a change of
//! daylight saving is a new row.

use crate::rows::{BadRows, Row, Rows, Versions};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time as WallTime, Weekday};
use jiff::tz::TimeZone;
use pitfloor_model::units::Time;
use serde::Deserialize;

/// The hours of a market (rule `calendar`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Hours {
    zone: TimeZone,
    pre: u32,
    open: u32,
    close: u32,
    post: u32,
    early_close: u32,
    holidays: Holidays,
    juneteenth: bool,
}

/// Which days a market rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Holidays {
    /// None: every day of the week is traded.
    None,
    /// Weekends and the holidays of the US exchanges.
    Us,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    zone: String,
    pre: String,
    open: String,
    close: String,
    post: String,
    early_close: String,
    holidays: Holidays,
    juneteenth: bool,
}

impl TryFrom<Written> for Hours {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let zone = TimeZone::posix(&written.zone).map_err(|e| format!("zone: {e}"))?;
        let hours = Self {
            zone,
            pre: second_of_day(&written.pre)?,
            open: second_of_day(&written.open)?,
            close: second_of_day(&written.close)?,
            post: second_of_day(&written.post)?,
            early_close: second_of_day(&written.early_close)?,
            holidays: written.holidays,
            juneteenth: written.juneteenth,
        };
        let Self { pre, open, close, post, early_close, .. } = hours;
        let early = open < early_close && early_close <= close;
        if pre <= open && open < close && close <= post && early {
            return Ok(hours);
        }
        Err("pre, open, early_close, close and post are not in rising order".to_owned())
    }
}

/// `hh:mm`, from 00:00 to 24:00.
fn second_of_day(text: &str) -> Result<u32, String> {
    let two = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() == 2);
    let read = text.split_once(':').and_then(|(h, m)| Some((two(h)?, two(m)?)));
    match read {
        Some((hour, minute)) if minute < 60 && hour * 60 + minute <= 24 * 60 => {
            Ok((hour * 60 + minute) * 60)
        }
        _ => Err(format!("{text:?} is not a time from 00:00 to 24:00")),
    }
}

impl Hours {
    pub(crate) fn of(row: &Row) -> Result<Self, BadRows> {
        row.says()
    }
}

/// The days of one market, on the clock of a run.
#[derive(Clone, Debug)]
pub struct Calendar {
    epoch_ns: i128,
    hours: Versions<Hours>,
    closures: Vec<Row>,
    settlement: Option<Versions<crate::known::SettlementSays>>,
}

/// What kind of day it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Day {
    /// Traded, for the usual hours.
    Full,
    /// Traded until the early close.
    Early,
    /// Saturday or Sunday.
    Weekend,
    /// A holiday, or a closure of its own; its name.
    Holiday(String),
}

/// The moments of a trading day. One that lies before the run is the run's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Trading before the hours begins.
    pub pre: Time,
    /// The regular hours begin.
    pub open: Time,
    /// The regular hours end.
    pub close: Time,
    /// Trading after the hours ends.
    pub post: Time,
    /// True when the close is the early one.
    pub early: bool,
}

/// What a moment of the day is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPhase {
    /// No trading.
    Closed,
    /// Before the regular hours.
    Pre,
    /// The regular hours.
    Core,
    /// After the regular hours.
    Post,
}

/// One day on the clock of a run: from the first moment of its date to that of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// Its date.
    pub date: Date,
    /// Its first moment.
    pub from: Time,
    /// The first moment of the next day.
    pub to: Time,
    /// Its hours, if it is traded.
    pub session: Option<Session>,
}

impl Today {
    /// The first moment of the next day, unless time ends before it.
    #[must_use]
    pub fn ends(&self) -> Option<Time> {
        Some(self.to).filter(|to| *to < Time(u64::MAX))
    }
}

impl Calendar {
    /// The days of `market` by `rows`, for a run whose time starts `epoch_ns` nanoseconds after
    /// 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// When no `calendar` row covers the run's first day, or the last row ends.
    pub fn new(rows: &Rows, market: &str, epoch_ns: i64) -> Result<Self, BadRows> {
        let epoch_ns = i128::from(epoch_ns);
        // Near enough for the question: the days around a change of rows are in both.
        let first = utc(epoch_ns).date();
        let yesterday = first.yesterday().unwrap_or(first);
        let hours = rows
            .from("calendar", market, first)
            .or_else(|_| rows.from("calendar", market, yesterday))?;
        let closure = |row: &&Row| row.market == market && row.rule_id.starts_with("closure.");
        let closures = rows.all().iter().filter(closure).cloned().collect();
        let settlement = rows.from("settlement", market, first).ok();
        let made = Self { epoch_ns, hours, closures, settlement };
        rows.row("calendar", market, made.date(Time::ZERO))?;
        Ok(made)
    }

    /// The wall time at `at`.
    #[must_use]
    pub fn local(&self, at: Time) -> DateTime {
        let moment = utc(self.epoch_ns + i128::from(at.0));
        let near = &self.hours.on(moment.date()).zone;
        let zone = &self.hours.on(near.to_datetime(stamp(moment)).date()).zone;
        zone.to_datetime(stamp(moment))
    }

    /// The date at `at`.
    #[must_use]
    pub fn date(&self, at: Time) -> Date {
        self.local(at).date()
    }

    /// The moment of a wall time; the start of the run when it lies before it. A wall time that
    /// daylight saving skips is taken an hour later, one that comes twice the first time.
    #[must_use]
    pub fn time(&self, wall: DateTime) -> Time {
        let zone = &self.hours.on(wall.date()).zone;
        let moment = zone.to_ambiguous_timestamp(wall).compatible().unwrap_or(Timestamp::MAX);
        let since = moment.as_nanosecond() - self.epoch_ns;
        Time(u64::try_from(since.max(0)).unwrap_or(u64::MAX))
    }

    /// What kind of day `date` is.
    #[must_use]
    pub fn day(&self, date: Date) -> Day {
        let hours = self.hours.on(date);
        if let Some(row) = self.closures.iter().find(|row| row.holds(date)) {
            let named = row.says::<crate::known::ClosureSays>();
            return Day::Holiday(named.map_or_else(|_| row.rule_id.clone(), |says| says.name));
        }
        match hours.holidays {
            Holidays::None => Day::Full,
            Holidays::Us if weekend(date) => Day::Weekend,
            Holidays::Us => match us_holiday(date, hours.juneteenth) {
                Some(name) => Day::Holiday(name.to_owned()),
                None if us_early(date) => Day::Early,
                None => Day::Full,
            },
        }
    }

    /// True when `date` is traded.
    #[must_use]
    pub fn is_traded(&self, date: Date) -> bool {
        matches!(self.day(date), Day::Full | Day::Early)
    }

    /// The hours of `date`, if it is traded.
    #[must_use]
    pub fn session(&self, date: Date) -> Option<Session> {
        let early = match self.day(date) {
            Day::Full => false,
            Day::Early => true,
            Day::Weekend | Day::Holiday(_) => return None,
        };
        let hours = self.hours.on(date);
        let close = if early { hours.early_close } else { hours.close };
        Some(Session {
            pre: self.second(date, hours.pre),
            open: self.second(date, hours.open),
            close: self.second(date, close),
            post: self.second(date, hours.post),
            early,
        })
    }

    /// What the moment `at` is for.
    #[must_use]
    pub fn phase(&self, at: Time) -> DayPhase {
        let Some(session) = self.session(self.date(at)) else { return DayPhase::Closed };
        match at {
            _ if at < session.pre || at >= session.post => DayPhase::Closed,
            _ if at < session.open => DayPhase::Pre,
            _ if at < session.close => DayPhase::Core,
            _ => DayPhase::Post,
        }
    }

    /// The day that `at` lies in.
    #[must_use]
    pub fn today(&self, at: Time) -> Today {
        let date = self.date(at);
        let (from, to) = (self.second(date, 0), self.second(date, DAY_SECONDS));
        Today { date, from, to, session: self.session(date) }
    }

    /// The `n`th trading day after `date`; of 0, `date` itself.
    ///
    /// # Panics
    ///
    /// When the market is closed for ten years on end, or the calendar ends.
    #[must_use]
    pub fn trading_day_after(&self, date: Date, n: u32) -> Date {
        let mut day = date;
        for _ in 0..n {
            let later = (1..=3_660).map(|_| {
                day = day.tomorrow().expect("the calendar reaches to the year 9999");
                day
            });
            let found = later.into_iter().find(|day| self.is_traded(*day));
            day = found.expect("a market is not closed for ten years on end");
        }
        day
    }

    /// The day on which a trade of `date` is settled; none when no rule says so.
    #[must_use]
    pub fn settled_on(&self, date: Date) -> Option<Date> {
        Some(self.trading_day_after(date, self.settlement.as_ref()?.on(date).days))
    }

    /// The first moment of `date`.
    #[must_use]
    pub fn midnight(&self, date: Date) -> Time {
        self.second(date, 0)
    }

    fn second(&self, date: Date, second: u32) -> Time {
        if second >= DAY_SECONDS {
            let next = date.tomorrow().unwrap_or(date);
            return self.time(next.to_datetime(WallTime::midnight()));
        }
        let part = |n: u32| i8::try_from(n).expect("less than 60");
        let wall = date.at(part(second / 3_600), part(second / 60 % 60), part(second % 60), 0);
        self.time(wall)
    }
}

const DAY_SECONDS: u32 = 86_400;

/// As a wall time in UTC; the end of the calendar for what lies beyond.
fn utc(ns: i128) -> DateTime {
    let moment = Timestamp::from_nanosecond(ns).unwrap_or(Timestamp::MAX);
    TimeZone::UTC.to_datetime(moment)
}

fn stamp(moment: DateTime) -> Timestamp {
    TimeZone::UTC.to_timestamp(moment).unwrap_or(Timestamp::MAX)
}

fn weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The holiday that closes the US exchanges on the weekday `date`.
///
/// Source: NYSE Rule 7.2. A fixed day on a Sunday is kept on Monday, on a Saturday on Friday; except
/// New Year's Day, which on a Saturday is not kept, because that Friday ends a year.
#[must_use]
pub fn us_holiday(date: Date, juneteenth: bool) -> Option<&'static str> {
    let fixed = |name, month, day| kept(date, month, day).then_some(name);
    let nth = |name, month, weekday, n| {
        (date.month() == month && date.weekday() == weekday && (date.day() - 1) / 7 + 1 == n)
            .then_some(name)
    };
    let last_monday_of_may =
        date.month() == 5 && date.weekday() == Weekday::Monday && date.day() > 31 - 7;
    fixed("New Year's Day", 1, 1)
        .or_else(|| nth("Martin Luther King Jr. Day", 1, Weekday::Monday, 3))
        .or_else(|| nth("Washington's Birthday", 2, Weekday::Monday, 3))
        .or_else(|| is_good_friday(date).then_some("Good Friday"))
        .or_else(|| last_monday_of_may.then_some("Memorial Day"))
        .or_else(|| if juneteenth { fixed("Juneteenth", 6, 19) } else { None })
        .or_else(|| fixed("Independence Day", 7, 4))
        .or_else(|| nth("Labor Day", 9, Weekday::Monday, 1))
        .or_else(|| nth("Thanksgiving Day", 11, Weekday::Thursday, 4))
        .or_else(|| fixed("Christmas Day", 12, 25))
}

/// True when the fixed holiday of `month` and `day` is kept on the weekday `date`.
fn kept(date: Date, month: i8, day: i8) -> bool {
    let is = |date: Date| (date.month(), date.day()) == (month, day);
    match date.weekday() {
        _ if is(date) => true,
        Weekday::Monday => date.yesterday().is_ok_and(is),
        Weekday::Friday => (month, day) != (1, 1) && date.tomorrow().is_ok_and(is),
        _ => false,
    }
}

/// True when the US exchanges close early on `date`, a weekday that is no holiday: the day after
/// Thanksgiving, Christmas Eve, and 3 July before a holiday on the 4th.
#[must_use]
pub fn us_early(date: Date) -> bool {
    let after_thanksgiving =
        date.month() == 11 && date.weekday() == Weekday::Friday && (23..=29).contains(&date.day());
    let eve = (date.month(), date.day()) == (12, 24);
    let before_fourth = (date.month(), date.day()) == (7, 3) && date.weekday() != Weekday::Friday;
    after_thanksgiving || eve || before_fourth
}

fn is_good_friday(date: Date) -> bool {
    let sunday = date.checked_add(jiff::Span::new().days(2));
    sunday.is_ok_and(|sunday| (sunday.month(), sunday.day()) == easter(date.year()))
}

/// Month and day of Easter Sunday in the Gregorian calendar.
///
/// Source: the anonymous algorithm in Meeus, Astronomical Algorithms (1991), chapter 8.
fn easter(year: i16) -> (i8, i8) {
    let year = i32::from(year);
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let part = |n: i32| i8::try_from(n).expect("a month or a day");
    (part(n / 31), part(n % 31 + 1))
}

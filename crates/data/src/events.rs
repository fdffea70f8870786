//! News, announcements and meetings: tables of things that happen at a moment and have words.
//!
//! Which columns a table must have says what it is ([`Kind`]); each row is one record. Times are as the
//! table writes them, on the clock that it is known or told to be on. A row without a time is counted and
//! left out: nobody knows when it was heard.

use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream};
use crate::record::{Announcement, Clock, Flags, Moment, News, Record, What};
use crate::records::{Count, Records};
use crate::symbols::{Scale, SymbolId, Symbols};
use crate::table::split::Row;
use crate::zone::Zone;
use jiff::civil::{Date, Time};
use std::path::Path;

/// What a table of events is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Headlines with a time in words: `7:51  PM ET Fri, 17 July 2020`.
    Headlines,
    /// An economic calendar: currency, impact, actual, forecast, previous.
    Calendar,
    /// Days on which a central bank met.
    Meetings,
    /// Decisions, each with how far markets moved around it.
    Surprises,
}

/// Reads a table of events.
pub struct EventRecords {
    stream: Stream,
    kind: Kind,
    names: Vec<String>,
    zone: Zone,
    row: Row,
    symbols: Symbols,
    count: Count,
    before: Moment,
    ended: bool,
}

impl EventRecords {
    /// Opens a table. `zone` is the clock of times that tell none; decisions and headlines of the United
    /// States are on New York's where nobody says otherwise, days of meetings at midnight UTC.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or its columns are those of no known kind.
    pub fn open(file: &Path, zone: Option<Zone>, limits: Limits) -> Result<Self, DataError> {
        let mut stream = opening::open(file, limits)?;
        let mut row = Row::default();
        if !row.read(&mut stream)? {
            return Err(Fault::new("columns", "no line", "a line of names").at(file, 0));
        }
        let cells = (0..row.len()).filter_map(|at| row.cell(at));
        let names: Vec<String> =
            cells.map(|cell| String::from_utf8_lossy(cell).to_lowercase()).collect();
        let has = |wanted: &[&str]| wanted.iter().all(|name| names.iter().any(|n| n == name));
        let meeting = names.iter().any(|name| name.ends_with("_meeting_date_indicator"));
        let kind = if has(&["headlines", "time"]) {
            Kind::Headlines
        } else if has(&["time_utc", "currency", "impact", "event"]) {
            Kind::Calendar
        } else if meeting && has(&["date"]) {
            Kind::Meetings
        } else if has(&["start", "description"]) {
            Kind::Surprises
        } else {
            let expected = "headlines and time; time_utc, currency, impact and event; date and a \
                            meeting indicator; or start and description";
            return Err(Fault::new("columns", names.join(", "), expected).at(file, 1));
        };
        let zone = zone.unwrap_or_else(|| match kind {
            Kind::Headlines | Kind::Surprises => Zone::new_york(),
            Kind::Calendar | Kind::Meetings => Zone::UTC,
        });
        let symbols = Symbols::one("*", Scale { price: 0, size: 0 });
        let (count, before) = (Count::default(), Moment(i64::MIN));
        Ok(Self { stream, kind, names, zone, row, symbols, count, before, ended: false })
    }

    /// What the table is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    fn read(&mut self) -> Result<Option<Record>, DataError> {
        loop {
            if !self.row.read(&mut self.stream)? {
                return Ok(None);
            }
            self.count.read += 1;
            let place = self.stream.line_number();
            let record = self.record().map_err(|fault| fault.at(self.stream.file(), place))?;
            if let Some(record) = record {
                self.count.given += 1;
                return Ok(Some(record));
            }
        }
    }

    fn record(&mut self) -> Result<Option<Record>, Fault> {
        if self.row.len() != self.names.len() {
            let expected = format!("{} cells", self.names.len());
            return Err(Fault::new("row", format!("{} cells", self.row.len()), expected));
        }
        let (at, what) = match self.kind {
            Kind::Headlines => {
                if self.text("headlines").is_empty() {
                    self.count.skip("nothing in it");
                    return Ok(None);
                }
                let Some(at) = words(&self.text("time"), &self.zone)? else {
                    self.count.skip("no moment");
                    return Ok(None);
                };
                let news = News {
                    headline: self.text("headlines"),
                    summary: self.text("description"),
                    ..News::default()
                };
                (at, What::News(Box::new(news)))
            }
            Kind::Calendar => {
                let date = date(&self.text("date"))?;
                let clocks = (time_of_day(&self.text("time")), time_of_day(&self.text("time_utc")));
                let (Some(shown), Some(utc)) = clocks else {
                    self.count.skip("no moment");
                    return Ok(None);
                };
                let told = Announcement {
                    name: self.text("event"),
                    concerns: self.text("currency"),
                    impact: self.text("impact"),
                    figures: self.figures(&["actual", "forecast", "previous"]),
                    scheduled: Some(true),
                };
                (beside_utc(date, shown, utc)?, announced(told))
            }
            Kind::Meetings => {
                let at = self.zone.moment(date(&self.text("date"))?.at(0, 0, 0, 0))?;
                (at, announced(self.meeting()?))
            }
            Kind::Surprises => {
                let start = self.text("start");
                let (day, clock) = start.split_once(' ').unwrap_or((&start, ""));
                let expected = "a day and a time of day";
                let clock = time_of_day(clock)
                    .ok_or_else(|| Fault::new("start", format!("{start:?}"), expected))?;
                let at = self.zone.moment(date(day)?.to_datetime(clock))?;
                let name = self.text("description");
                let scheduled = match (name.contains("(Scheduled)"), name.contains("(Unscheduled)"))
                {
                    (true, _) => Some(true),
                    (_, true) => Some(false),
                    _ => None,
                };
                let others: Vec<&str> = self.names.iter().skip(2).map(String::as_str).collect();
                let (figures, concerns) = (self.figures(&others), "USD".to_owned());
                let impact = String::new();
                (at, announced(Announcement { name, concerns, impact, figures, scheduled }))
            }
        };
        Ok(Some(self.at(at, what)))
    }

    /// Calendars and news come in any order; a record that goes back says so.
    fn at(&mut self, at: Moment, what: What) -> Record {
        let back = at < self.before;
        let flags = if back { Flags::LAST.and(Flags::BACKWARDS) } else { Flags::LAST };
        self.before = at;
        let seq = self.count.read;
        Record { at, heard: None, seq, symbol: SymbolId(0), flags, what }
    }

    fn meeting(&self) -> Result<Announcement, Fault> {
        let mut told = Announcement::default();
        for (place, name) in self.names.iter().enumerate().skip(1) {
            let yes = match self.row.cell(place) {
                Some(b"1" | b"1.0") => true,
                Some(b"0" | b"0.0" | b"") => false,
                other => {
                    let found = String::from_utf8_lossy(other.unwrap_or(b"")).into_owned();
                    return Err(Fault::new(name.clone(), format!("{found:?}"), "0 or 1"));
                }
            };
            let Some((bank, what)) = name.split_once('_') else { continue };
            told.concerns = bank.to_owned();
            let what = what.trim_end_matches("_indicator");
            match what {
                "meeting_date" if yes => told.name = "meeting".to_owned(),
                "non_scheduled_meeting" => told.scheduled = Some(!yes),
                _ if yes => told.figures.push((what.to_owned(), "1".to_owned())),
                _ => {}
            }
        }
        Ok(told)
    }

    /// A cell by the name of its column; nothing where there is none.
    fn text(&self, name: &str) -> String {
        let place = self.names.iter().position(|other| other == name);
        let cell = place.and_then(|place| self.row.cell(place)).unwrap_or(b"");
        String::from_utf8_lossy(cell).into_owned()
    }

    /// The figures of these columns that are there.
    fn figures(&self, names: &[&str]) -> Vec<(String, String)> {
        let one = |name: &&str| ((*name).to_owned(), self.text(name));
        let there = |(_, text): &(String, String)| !crate::table::missing(text.as_bytes());
        names.iter().map(one).filter(there).collect()
    }
}

/// The moment of a date and time somewhere, of which the time in UTC is known but not the date there.
fn beside_utc(date: Date, shown: Time, utc: Time) -> Result<Moment, Fault> {
    /// The furthest clocks are this far ahead of UTC.
    const AHEAD_MAX: i64 = 14 * 60;
    let minutes = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
    let ahead = (minutes(shown) - minutes(utc)).rem_euclid(1_440);
    let ahead = if ahead > AHEAD_MAX { ahead - 1_440 } else { ahead };
    let Moment(there) = Zone::UTC.moment(date.to_datetime(shown))?;
    Ok(Moment(there - ahead * 60_000_000_000))
}

fn announced(told: Announcement) -> What {
    What::Announcement(Box::new(told))
}

fn date(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| Fault::new("date", format!("{text:?}"), "a day such as 2020-01-02"))
}

/// `14:00:00`, `14:00`, `8:30am`.
fn time_of_day(text: &str) -> Option<Time> {
    let lower = text.trim().to_ascii_lowercase();
    let (clock, later) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(clock), _) => (clock.trim_end(), Some(0)),
        (_, Some(clock)) => (clock.trim_end(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let hour = match later {
        Some(later) if (1..=12).contains(&hour) => hour % 12 + later,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok().filter(|_| parts.next().is_none())
}

/// `7:51  PM ET Fri, 17 July 2020`; none where nothing is there.
fn words(text: &str, zone: &Zone) -> Result<Option<Moment>, Fault> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if text.is_empty() {
        return Ok(None);
    }
    let refuse =
        || Fault::new("time", format!("{text:?}"), "a time such as 7:51 PM ET Fri, 17 July 2020");
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [clock, half, "ET", _weekday, day, month, year] = parts.as_slice() else {
        return Err(refuse());
    };
    let clock = time_of_day(&format!("{clock}{half}")).ok_or_else(refuse)?;
    let month = month.get(..3).map(str::to_ascii_lowercase);
    let month = MONTHS.iter().position(|name| Some(*name) == month.as_deref());
    let month = month.ok_or_else(refuse)? as i8 + 1;
    let (day, year) = (day.parse().map_err(|_| refuse())?, year.parse().map_err(|_| refuse())?);
    let date = Date::new(year, month, day).map_err(|_| refuse())?;
    zone.moment(date.to_datetime(clock)).map(Some)
}

impl Iterator for EventRecords {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Records for EventRecords {
    fn file(&self) -> &Path {
        self.stream.file()
    }

    fn stands_at(&self) -> u64 {
        self.stream.line_number()
    }

    fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    fn clock(&self) -> Clock {
        Clock::Utc
    }

    fn so_far(&self) -> &Count {
        &self.count
    }
}

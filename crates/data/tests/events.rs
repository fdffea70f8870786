//! News, calendars and decisions: as many as others counted, at the moments they happened.

mod shared;

use pitfloor_data::events::{EventRecords, Kind};
use pitfloor_data::opening::Limits;
use pitfloor_data::record::{Announcement, Flags, Moment, Record, What};
use pitfloor_data::records::Records;
use serde_json::Value;
use std::path::Path;

fn all(file: &Path) -> (Vec<Record>, EventRecords) {
    let opened = EventRecords::open(file, None, Limits::default());
    let mut records = opened.unwrap_or_else(|error| panic!("{error}"));
    let read = records.by_ref().map(|record| record.unwrap_or_else(|error| panic!("{error}")));
    let read = read.collect();
    (read, records)
}

fn told(record: &Record) -> &Announcement {
    match &record.what {
        What::Announcement(told) => told,
        other => panic!("{other:?}"),
    }
}

/// The moment that `text` is, in seconds.
fn at(text: &str) -> Moment {
    Moment(text.parse::<jiff::Timestamp>().unwrap().as_nanosecond() as i64)
}

#[test]
fn decisions_headlines_and_calendars_are_as_others_counted_them() {
    let Some(set) = shared::set("events") else { return };
    let facts: Value =
        serde_json::from_str(&std::fs::read_to_string(set.join("facts_open.json")).unwrap())
            .unwrap();
    let (decisions, reader) = all(&set.join("fomc_surprises_jk.csv"));
    let fact = &facts["fomc_surprises"];
    assert_eq!(
        (decisions.len() as u64, reader.kind()),
        (fact["rows"].as_u64().unwrap(), Kind::Surprises)
    );
    // 11:30 and 14:00 in New York, in winter and in summer.
    assert_eq!(decisions[0].at, at("1988-02-04T16:30:00Z"));
    assert_eq!(decisions[decisions.len() - 1].at, at("2024-09-18T18:00:00Z"));
    let scheduled = |which: Option<bool>| {
        decisions.iter().filter(|record| told(record).scheduled == which).count() as u64
    };
    let of = |name: &str| fact["description"][name].as_u64().unwrap();
    assert_eq!(scheduled(Some(true)), of("FOMC Rate Decision (Scheduled)"));
    assert_eq!(scheduled(Some(false)), of("FOMC Rate Decision (Unscheduled)"));
    let moves: Vec<f64> = decisions
        .iter()
        .filter_map(|record| {
            let figure = told(record).figures.iter().find(|(name, _)| name == "sp500")?;
            Some(figure.1.parse().unwrap())
        })
        .collect();
    let fact = &fact["SP500_30min_pct"];
    assert_eq!(moves.len() as u64, fact["n"].as_u64().unwrap());
    let mean = moves.iter().sum::<f64>() / moves.len() as f64;
    assert!((mean - fact["mean"].as_f64().unwrap()).abs() < 1e-12, "{mean}");

    let (news, reader) = all(&set.join("cnbc_headlines.csv.zst"));
    let fact = &facts["cnbc"];
    assert_eq!(reader.so_far().read, fact["rows"].as_u64().unwrap());
    assert_eq!(
        (news.len() as u64, reader.kind()),
        (fact["nonempty"].as_u64().unwrap(), Kind::Headlines)
    );
    assert_eq!(reader.so_far().skipped, [("nothing in it", 280)].into());
    assert_eq!(news[0].at, at("2020-07-17T23:51:00Z"), "7:51 in the evening in New York");
    let What::News(first) = &news[0].what else { panic!("{:?}", news[0]) };
    assert!(
        first.headline.starts_with("Jim Cramer: A better way")
            && first.summary.contains("Mad Money")
    );
    assert!(news[1].flags.has(Flags::BACKWARDS) || news[1].at >= news[0].at);

    let (calendar, reader) = all(&set.join("Economic_Calendar_FF_export_20251109_012607.csv"));
    assert_eq!(
        (reader.so_far().read, reader.kind()),
        (facts["ff_calendar"]["rows"].as_u64().unwrap(), Kind::Calendar)
    );
    let count = reader.so_far();
    assert_eq!(count.given + count.skipped["no moment"], count.read);
    let jobs = calendar.iter().find(|record| told(record).name == "JOLTS Job Openings").unwrap();
    assert_eq!((jobs.at, told(jobs).impact.as_str()), (at("2025-12-02T15:00:00Z"), "high"));

    let (meetings, reader) = all(&set.join("fed_meeting_dates.csv"));
    let fact = &facts["fed_dates"];
    assert_eq!(
        (meetings.len() as u64, reader.kind()),
        (fact["rows"].as_u64().unwrap(), Kind::Meetings)
    );
    let met = meetings.iter().filter(|record| told(record).name == "meeting");
    assert_eq!(met.count() as u64, fact["meetings"].as_u64().unwrap());
    let sudden = meetings.iter().filter(|record| told(record).scheduled == Some(false));
    assert_eq!(sudden.count() as u64, fact["unscheduled"].as_u64().unwrap());
    for (bank, rows) in [("ecb", 340), ("boe", 508), ("boj", 614)] {
        let (meetings, _) = all(&set.join(format!("{bank}_meeting_dates.csv")));
        assert!(
            meetings.len() == rows && meetings.iter().all(|record| told(record).concerns == bank)
        );
    }
}

fn said(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.csv");
    std::fs::write(&file, text).unwrap();
    let read = EventRecords::open(&file, None, Limits::default()).and_then(Records::whole);
    let said = match read {
        Ok(records) => {
            format!("{:?}", records.iter().map(|record| record.at.0).collect::<Vec<_>>())
        }
        Err(error) => error.to_string(),
    };
    said.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn what_is_no_event_is_named() {
    for (text, expected) in [
        ("a,b\n", "e.csv: line 1, columns: found a, b, expected headlines and time;"),
        (
            "Headlines,Time\nx,yesterday\n",
            "e.csv: line 2, time: found \"yesterday\", expected a time such as 7:51 PM ET",
        ),
        ("Headlines,Time\nx\n", "e.csv: line 2, row: found 1 cells, expected 2 cells"),
        (
            "start,description\n2020-01-02,x\n",
            "e.csv: line 2, start: found \"2020-01-02\", expected a day and a time",
        ),
        (
            "start,description\n2020-01-40 10:00,x\n",
            "e.csv: line 2, date: found \"2020-01-40\", expected a day",
        ),
        (
            "date,x_meeting_date_indicator\n2020-01-02,2\n",
            "e.csv: line 2, x_meeting_date_indicator: found \"2\", expected 0 or 1",
        ),
        ("", "e.csv: content: found an empty file"),
    ] {
        let found = said(text);
        assert!(found.starts_with(expected), "{found} begins with {expected}");
    }
}

/// The date of a calendar is that of the time beside it, which may be another day in UTC.
#[test]
fn the_day_in_utc_may_be_another() {
    let head = "date,time,time_utc,currency,impact,event\n";
    let rows = "2025-12-02,2:00am,20:30,USD,low,a\n2025-12-02,7:00pm,00:00,USD,low,b\n2025-12-02,12:00am,00:00,GBP,low,c\n";
    let moments =
        [at("2025-12-01T20:30:00Z"), at("2025-12-03T00:00:00Z"), at("2025-12-02T00:00:00Z")];
    assert_eq!(said(&format!("{head}{rows}")), format!("{:?}", moments.map(|at| at.0)));
}

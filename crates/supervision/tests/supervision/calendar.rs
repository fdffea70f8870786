//! The days and hours of markets.

use super::floor::{new_york, wall};
use jiff::civil::{Date, date};
use pitfloor_model::units::{Span, Time};
use pitfloor_supervision::calendar::{Calendar, Day, DayPhase};
use pitfloor_supervision::rows::Rows;

/// Year, trading days, full holidays, early closes.
const YEARS: [(i16, usize, &str, &str); 4] = [
    (2024, 252, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25", "07-03 11-29 12-24"),
    (
        2025,
        250,
        "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
        "07-03 11-28 12-24",
    ),
    (2026, 251, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25", "11-27 12-24"),
    (2027, 251, "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24", "11-26"),
];

fn days(year: i16) -> impl Iterator<Item = Date> {
    date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(move |day| day.year() == year)
}

#[test]
fn the_years_of_the_table() {
    let calendar = new_york("2024-01-01T05:00:00Z");
    for (year, traded, holidays, early) in YEARS {
        let on = |wanted: fn(&Day) -> bool| {
            let found = days(year).filter(|day| wanted(&calendar.day(*day)));
            found.map(|day| format!("{:02}-{:02}", day.month(), day.day())).collect::<Vec<_>>()
        };
        assert_eq!(on(|day| matches!(day, Day::Full | Day::Early)).len(), traded, "{year}");
        assert_eq!(on(|day| matches!(day, Day::Holiday(_))).join(" "), holidays, "{year}");
        assert_eq!(on(|day| *day == Day::Early).join(" "), early, "{year}");
    }
}

#[test]
fn holidays_have_names_and_a_closure_of_its_own_is_a_row() {
    let calendar = new_york("2024-01-01T05:00:00Z");
    let named = |day| calendar.day(day);
    assert_eq!(named(date(2025, 1, 9)), Day::Holiday("National Day of Mourning".to_owned()));
    assert_eq!(named(date(2025, 4, 18)), Day::Holiday("Good Friday".to_owned()));
    assert_eq!(named(date(2027, 6, 18)), Day::Holiday("Juneteenth".to_owned()));
    assert_eq!(named(date(2027, 6, 19)), Day::Weekend);
}

#[test]
fn new_years_day_on_a_saturday_is_not_kept_and_juneteenth_begins_in_2022() {
    let calendar = new_york("2019-01-01T05:00:00Z");
    assert_eq!(calendar.day(date(2021, 12, 31)), Day::Full);
    assert_eq!(calendar.day(date(2027, 12, 31)), Day::Full);
    assert_eq!(calendar.day(date(2020, 6, 19)), Day::Full);
    assert_eq!(calendar.day(date(2022, 6, 20)), Day::Holiday("Juneteenth".to_owned()));
}

#[test]
fn a_trading_day_has_its_hours_whatever_the_clocks_do() {
    let calendar = new_york("2024-01-01T05:00:00Z");
    let hours = |n: u64| Span::secs(n * 3_600);
    for day in days(2024).chain(days(2026)) {
        let Some(session) = calendar.session(day) else { continue };
        if !session.early {
            assert_eq!(session.close.since(session.open), Span::secs(6 * 3_600 + 1_800), "{day}");
        }
        assert_eq!(session.post.since(session.pre), hours(16), "{day}");
    }
}

#[test]
fn daylight_saving_moves_the_opening_against_utc() {
    let calendar = new_york("2026-01-01T05:00:00Z");
    let utc = |day: Date| {
        let open = calendar.session(day).unwrap().open;
        (open.0 / 1_000_000_000 + 5 * 3_600) % 86_400
    };
    assert_eq!(utc(date(2026, 3, 6)), 14 * 3_600 + 1_800, "14:30 in winter");
    assert_eq!(utc(date(2026, 3, 9)), 13 * 3_600 + 1_800, "13:30 in summer");
    assert_eq!(utc(date(2026, 10, 30)), 13 * 3_600 + 1_800);
    assert_eq!(utc(date(2026, 11, 2)), 14 * 3_600 + 1_800);
    let spring = calendar.today(calendar.midnight(date(2026, 3, 8)));
    let autumn = calendar.today(calendar.midnight(date(2026, 11, 1)));
    assert_eq!(spring.to.since(spring.from), Span::secs(23 * 3_600));
    assert_eq!(autumn.to.since(autumn.from), Span::secs(25 * 3_600));
}

#[test]
fn the_phases_of_a_day_change_at_their_moments() {
    let calendar = new_york("2026-11-20T05:00:00Z");
    let phase = |text: &str| calendar.phase(calendar.time(wall(text)));
    for (text, wanted) in [
        ("2026-11-25T03:59:59.999999999", DayPhase::Closed),
        ("2026-11-25T04:00:00", DayPhase::Pre),
        ("2026-11-25T09:29:59.999999999", DayPhase::Pre),
        ("2026-11-25T09:30:00", DayPhase::Core),
        ("2026-11-25T15:59:59.999999999", DayPhase::Core),
        ("2026-11-25T16:00:00", DayPhase::Post),
        ("2026-11-25T20:00:00", DayPhase::Closed),
        ("2026-11-26T11:00:00", DayPhase::Closed),
        ("2026-11-27T12:59:59.999999999", DayPhase::Core),
        ("2026-11-27T13:00:00", DayPhase::Post),
        ("2026-11-28T11:00:00", DayPhase::Closed),
    ] {
        assert_eq!(phase(text), wanted, "{text}");
    }
}

#[test]
fn settlement_skips_what_is_not_traded_and_became_shorter_in_2024() {
    let calendar = new_york("2024-01-01T05:00:00Z");
    let settled = |day| calendar.settled_on(day).unwrap();
    assert_eq!(settled(date(2024, 5, 24)), date(2024, 5, 29), "two days, over Memorial Day");
    assert_eq!(settled(date(2024, 5, 28)), date(2024, 5, 29), "one day");
    assert_eq!(settled(date(2024, 11, 27)), date(2024, 11, 29), "over Thanksgiving");
    assert_eq!(settled(date(2025, 1, 8)), date(2025, 1, 10), "over the day of mourning");
}

#[test]
fn crypto_never_closes() {
    let calendar = Calendar::new(&Rows::shipped(), "CRYPTO", 0).unwrap();
    for day in days(1970) {
        let session = calendar.session(day).expect("every day is traded");
        assert_eq!(session.close.since(session.open), Span::secs(86_400));
    }
    assert_eq!(calendar.phase(Time(12_345)), DayPhase::Core);
    assert_eq!(calendar.settled_on(date(1970, 1, 1)), None);
}

#[test]
fn wall_time_and_moments_are_each_others_inverse() {
    let calendar = new_york("2026-01-01T05:00:00Z");
    assert_eq!(calendar.local(Time::ZERO), wall("2026-01-01T00:00:00"));
    for text in ["2026-03-08T03:00:00", "2026-07-01T09:30:00.000000001", "2026-12-31T23:59:59"] {
        assert_eq!(calendar.local(calendar.time(wall(text))), wall(text));
    }
    assert_eq!(calendar.time(wall("2025-12-31T00:00:00")), Time::ZERO, "before the run");
}

#[test]
fn a_run_before_the_first_row_is_refused() {
    let before_2007 = -1_000_000_000_000_000_000 / 10;
    let refused = Calendar::new(&Rows::shipped(), "US", before_2007).unwrap_err();
    assert!(refused.to_string().contains("calendar (US)"), "{refused}");
    assert!(refused.to_string().contains("from 2022-01-01 on"), "{refused}");
}

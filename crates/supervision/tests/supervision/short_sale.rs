//! The price test of short sales by its scripted tape. What a restricted short sale may do is the
//! exchange's; here is when it is restricted.

use super::floor::{ACME, Floor, benchmark, new_york, price, trade, uncrossed};
use pitfloor_model::event::{Phase, PhaseReason};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::Time;
use pitfloor_supervision::Supervisor;
use pitfloor_supervision::rows::Rows;
use pitfloor_supervision::short_sale::ShortSales;

/// A share that closed at 40.00 before Monday, 5 January 2026.
fn tape() -> Floor<ShortSales> {
    let calendar = new_york("2026-01-05T05:00:00Z");
    let listings = [(ACME, Some(price("40.00")))];
    let who = ShortSales::new(&Rows::shipped(), "US", calendar.clone(), &listings).unwrap();
    Floor::new(who, calendar, 1)
}

#[test]
fn a_trade_a_tenth_below_the_close_in_the_hours_restricts_the_day_and_the_next() {
    let mut floor = tape();
    floor.happens("2026-01-05T08:00:00", trade(ACME, "35.90", 1));
    floor.happens("2026-01-05T10:00:00", trade(ACME, "36.01", 1));
    assert_eq!(floor.said(), [""; 0]);
    floor.happens("2026-01-05T10:00:01", trade(ACME, "36.00", 1));
    assert_eq!(floor.said(), ["10:00:01 0 short restricted"]);
    floor.happens("2026-01-05T10:00:02", trade(ACME, "35.00", 1));
    floor.until("2026-01-06T23:59:59.999999999");
    assert_eq!(floor.said(), [""; 0], "in any phase of the second day");
    floor.until("2026-01-07T00:00:00");
    assert_eq!(floor.said(), ["00:00:00 0 short free"]);
    assert_eq!(floor.who.restricted_until(ACME), None);
}

#[test]
fn set_off_again_on_the_second_day_it_holds_through_the_third() {
    let mut floor = tape();
    floor.happens("2026-01-05T15:59:59.999999999", trade(ACME, "36.00", 1));
    floor.happens("2026-01-06T09:30:00", trade(ACME, "32.40", 1));
    assert_eq!(floor.said(), ["15:59:59.999999999 0 short restricted"], "the close was 36.00");
    assert_eq!(floor.who.restricted_until(ACME), Some(floor.at("2026-01-08T00:00:00")));
    floor.until("2026-01-08T00:00:00");
    assert_eq!(floor.said(), ["00:00:00 0 short free"]);
}

#[test]
fn the_next_day_is_the_next_one_traded() {
    let mut floor = tape();
    floor.happens("2026-01-16T10:00:00", trade(ACME, "36.00", 1));
    // Friday before a long weekend: Tuesday is the next day.
    assert_eq!(floor.who.restricted_until(ACME), Some(floor.at("2026-01-21T00:00:00")));
}

#[test]
fn the_hours_begin_at_the_opening_and_end_before_the_close() {
    for (time, restricts) in [
        ("09:29:59.999999999", false),
        ("09:30:00", true),
        ("15:59:59.999999999", true),
        ("16:00:00", false),
    ] {
        let mut floor = tape();
        floor.happens(&format!("2026-01-05T{time}"), trade(ACME, "30.00", 1));
        assert_eq!(floor.who.restricted_until(ACME).is_some(), restricts, "{time}");
    }
}

#[test]
fn an_auction_in_the_hours_counts_and_the_closing_auction_gives_the_close() {
    let mut floor = tape();
    floor.happens("2026-01-05T10:00:00", uncrossed(ACME, None));
    floor.moves("2026-01-05T15:59:00", ACME, Phase::CloseCall, PhaseReason::Scheduled);
    floor.happens("2026-01-05T16:00:00", uncrossed(ACME, Some(price("35.00"))));
    assert_eq!(floor.said(), [""; 0], "the closing auction prints after the hours");
    floor.happens("2026-01-06T10:00:00", trade(ACME, "31.51", 1));
    assert_eq!(floor.said(), [""; 0]);
    floor.happens("2026-01-06T10:00:00", uncrossed(ACME, Some(price("31.50"))));
    assert_eq!(floor.said(), ["10:00:00 0 short restricted"], "a tenth below 35.00");
}

#[test]
fn the_venue_may_say_the_close_and_without_one_nothing_is_restricted() {
    let calendar = new_york("2026-01-05T05:00:00Z");
    let who = ShortSales::new(&Rows::shipped(), "US", calendar.clone(), &[(ACME, None)]).unwrap();
    let mut floor = Floor::new(who, calendar, 1);
    floor.happens("2026-01-05T10:00:00", trade(ACME, "1.00", 1));
    assert_eq!(floor.said(), [""; 0]);
    floor.happens("2026-01-05T10:00:01", benchmark(ACME, Benchmark::Close, "1.11"));
    floor.happens("2026-01-05T10:00:02", trade(ACME, "1.00", 1));
    assert_eq!(floor.said(), [""; 0], "0.999 is the tenth");
    floor.happens("2026-01-05T10:00:03", trade(ACME, "0.99", 1));
    assert_eq!(floor.said(), ["10:00:03 0 short restricted"]);
}

#[test]
fn time_may_end() {
    let mut floor = tape();
    let end = Time(u64::MAX);
    floor.pass(end);
    assert_eq!((floor.said().len(), floor.who.due()), (0, None));
}

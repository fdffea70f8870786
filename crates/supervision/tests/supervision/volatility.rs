//! Volatility interruptions.

use super::floor::{ACME, Floor, cents, new_york, price, trade, uncrossed};
use jiff::civil::date;
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason};
use pitfloor_model::units::*;
use pitfloor_supervision::rows::Rows;
use pitfloor_supervision::volatility::{Listing, Volatility};

/// A share whose last auction was at 100.00: 2 % around the last price, 5 % around the auction's.
fn share(reference: Option<&str>) -> Floor<Volatility> {
    let rows = Rows::shipped();
    let says = rows.row("volatility", "XETRA", date(2026, 1, 5)).unwrap().says().unwrap();
    let reference = reference.map(price);
    let who = Volatility::new(says, &[Listing { instrument: ACME, grid: cents(), reference }]);
    Floor::new(who, new_york("2026-01-05T05:00:00Z"), 1)
}

fn key() -> OrderKey {
    OrderKey::new(AccountId(3), OrderId(9))
}

fn ended_at_the_band() -> Event {
    let (side, left, why) = (Side::Buy, Qty(5), CancelReason::Band);
    Event::Cancelled { instrument: ACME, key: key(), side, price: None, left, why }
}

fn repriced(side: Side, from: &str, to: &str) -> Event {
    let (from, to) = (Some(price(from)), price(to));
    Event::Repriced { instrument: ACME, key: key(), side, from, to }
}

#[test]
fn the_corridor_follows_the_last_price_within_the_one_around_the_auction() {
    let mut floor = share(Some("100.00"));
    floor.until("2026-01-05T10:00:00");
    assert_eq!(floor.said(), ["00:00:00 0 98.00 x 102.00"]);
    floor.happens("2026-01-05T10:00:00", trade(ACME, "101.00", 1));
    floor.happens("2026-01-05T10:00:01", trade(ACME, "101.00", 1));
    assert_eq!(floor.said(), ["10:00:00 0 98.98 x 103.02"], "said once");
    floor.happens("2026-01-05T10:00:02", trade(ACME, "103.00", 1));
    floor.happens("2026-01-05T10:00:03", trade(ACME, "105.00", 1));
    let wanted = ["10:00:02 0 100.94 x 105.00", "10:00:03 0 102.90 x 105.00"];
    assert_eq!(floor.said(), wanted, "never beyond 105.00");
}

#[test]
fn an_order_that_ends_at_the_corridor_begins_a_call_of_two_minutes() {
    let mut floor = share(Some("100.00"));
    floor.happens("2026-01-05T10:00:00", ended_at_the_band());
    let said = floor.said();
    assert_eq!(said[1..], ["10:00:00 0 ReopenCall Regulatory", "10:00:00 0 free"]);
    floor.until("2026-01-05T10:01:59.999999999");
    assert_eq!(floor.said(), [""; 0]);
    floor.auction = Some(price("103.00"));
    floor.until("2026-01-05T10:02:00");
    assert_eq!(floor.said(), ["10:02:00 0 end", "10:02:00 0 100.94 x 105.06"]);
}

#[test]
fn the_call_lasts_longer_by_what_was_drawn_for_it_once() {
    let mut floor = share(Some("100.00"));
    floor.who.draw(ACME, Span::millis(12_345));
    floor.happens("2026-01-05T10:00:00", ended_at_the_band());
    floor.until("2026-01-05T10:02:12.344999999");
    assert!(!floor.said().iter().any(|line| line.ends_with("end")));
    floor.until("2026-01-05T10:02:12.345");
    assert_eq!(floor.said()[0], "10:02:12.345 0 end");
    floor.happens("2026-01-05T11:00:00", ended_at_the_band());
    floor.until("2026-01-05T11:02:00");
    assert!(floor.said().contains(&"11:02:00 0 end".to_owned()), "the next has its shortest time");
}

#[test]
#[should_panic(expected = "the rule says how much by chance")]
fn more_than_the_rule_allows_is_not_drawn() {
    share(None).who.draw(ACME, Span::secs(31));
}

#[test]
fn a_repriced_order_begins_a_call_only_if_somebody_would_have_met_it() {
    for (side, from, to, bid, ask, calls) in [
        (Side::Buy, "104.00", "102.00", "99.00", "103.00", true),
        (Side::Buy, "104.00", "102.00", "99.00", "104.00", true),
        (Side::Buy, "104.00", "102.00", "99.00", "104.01", false),
        (Side::Buy, "104.00", "102.00", "99.00", "-", false),
        (Side::Buy, "104.00", "102.00", "99.00", "101.00", false),
        (Side::Buy, "104.00", "101.99", "99.00", "103.00", false),
        (Side::Sell, "96.00", "98.00", "97.00", "101.00", true),
        (Side::Sell, "96.00", "98.00", "95.99", "101.00", false),
    ] {
        let mut floor = share(Some("100.00"));
        floor.quote("2026-01-05T10:00:00", bid, ask);
        floor.happens("2026-01-05T10:00:01", repriced(side, from, to));
        let called = floor.said().contains(&"10:00:01 0 ReopenCall Regulatory".to_owned());
        assert_eq!(called, calls, "{side} {from} to {to} against {bid} x {ask}");
    }
}

#[test]
fn without_a_reference_the_first_print_is_one() {
    let mut floor = share(None);
    floor.happens("2026-01-05T10:00:00", ended_at_the_band());
    floor.until("2026-01-05T10:02:00");
    floor.said();
    assert_eq!(floor.who.corridor(ACME), None);
    floor.happens("2026-01-05T10:05:00", trade(ACME, "50.00", 1));
    assert_eq!(floor.said(), ["10:05:00 0 49.00 x 51.00"]);
}

#[test]
fn in_a_halt_there_is_no_corridor_and_no_interruption() {
    let mut floor = share(Some("100.00"));
    floor.moves("2026-01-05T10:00:00", ACME, Phase::Halt, PhaseReason::MarketWide);
    floor.happens("2026-01-05T10:00:01", ended_at_the_band());
    let said = floor.said();
    assert_eq!(said[1..], ["10:00:00 0 free"]);
    floor.moves("2026-01-05T10:01:00", ACME, Phase::ReopenCall, PhaseReason::MarketWide);
    floor.happens("2026-01-05T10:02:00", uncrossed(ACME, Some(price("90.00"))));
    floor.moves("2026-01-05T10:02:00", ACME, Phase::Continuous, PhaseReason::CallEnded);
    assert_eq!(floor.said(), ["10:02:00 0 88.20 x 91.80"], "its auction is the new middle");
}

//! Limit up, limit down by its scripted tape and its mirror image, and what the tape leaves open.

use super::floor::{ACME, Floor, benchmark, cents, new_york, price, trade};
use jiff::civil::date;
use pitfloor_model::event::{Phase, PhaseReason};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::*;
use pitfloor_supervision::Supervisor;
use pitfloor_supervision::grid::Grid;
use pitfloor_supervision::known::LuldSays;
use pitfloor_supervision::luld::{Edge, Listing, Luld, State, Tier, bands};
use pitfloor_supervision::rows::Rows;

/// A share that closed at 98.00, under the rule from midnight of `day` in New York (winter) on.
fn share(day: &str, tier: Tier, close: Option<&str>) -> Floor<Luld> {
    let calendar = new_york(&format!("{day}T05:00:00Z"));
    let close = close.map(price);
    let listing = Listing { instrument: ACME, tier, grid: cents(), close, eligible_min: Qty(1) };
    let luld = Luld::new(&Rows::shipped(), "US", calendar.clone(), &[listing]).unwrap();
    Floor::new(luld, calendar, 1)
}

/// The share of the tape: reference 100.00 at 11:00:00 on Monday, 5 January 2026.
fn tape() -> Floor<Luld> {
    let mut floor = share("2026-01-05", Tier::One, Some("98.00"));
    floor.until("2026-01-05T11:00:00");
    let eleven = floor.at("2026-01-05T11:00:00");
    floor.who.publish(eleven, ACME, price("100.00"));
    floor.pass(eleven);
    assert_eq!(floor.said().last().unwrap(), "11:00:00 0 95.00 x 105.00");
    floor
}

fn state(floor: &Floor<Luld>) -> State {
    floor.who.state(ACME).unwrap()
}

fn limit(floor: &Floor<Luld>, edge: Edge, since: &str) -> State {
    State::Limit { edge, since: floor.at(since) }
}

fn says(day: jiff::civil::Date) -> LuldSays {
    Rows::shipped().row("luld", "US", day).unwrap().says().unwrap()
}

#[test]
fn the_table_of_bands() {
    for (reference, tier, close, doubled, lower, upper) in [
        ("100.00", Tier::One, "98.00", false, "95.00", "105.00"),
        ("100.00", Tier::Two, "98.00", false, "90.00", "110.00"),
        ("50.25", Tier::One, "49.00", true, "45.23", "55.28"),
        ("2.00", Tier::One, "2.10", false, "1.60", "2.40"),
        ("0.60", Tier::Two, "0.70", false, "0.45", "0.75"),
        ("33.33", Tier::One, "33.00", false, "31.66", "35.00"),
        ("7.77", Tier::One, "7.50", true, "6.99", "8.55"),
        // Where the shares change: at the previous close, both ends of the middle included.
        ("10.00", Tier::Two, "3.01", false, "9.00", "11.00"),
        ("10.00", Tier::Two, "3.00", false, "8.00", "12.00"),
        ("10.00", Tier::One, "0.75", false, "8.00", "12.00"),
        ("10.00", Tier::One, "0.74", false, "9.85", "10.15"),
        // The lesser of fifteen cents and three quarters, doubled, and never below nothing.
        ("0.10", Tier::One, "0.10", false, "0.03", "0.18"),
        ("0.10", Tier::One, "0.10", true, "0.00", "0.25"),
        ("0.60", Tier::One, "0.70", true, "0.30", "0.90"),
    ] {
        let says = says(date(2026, 1, 5));
        let found = bands(&says, tier, cents(), price(reference), price(close), doubled);
        assert_eq!(
            (found.lower, found.upper),
            (price(lower), price(upper)),
            "{reference} {tier:?} {close} {doubled}"
        );
    }
}

#[test]
fn bands_lie_on_the_steps_of_the_instrument() {
    let share = |tick: &str, step: u64| {
        let mut made = Instrument::equity("ACME", CurrencyId(0), tick).unwrap();
        made.limits.price_step = step;
        Grid::of(&made)
    };
    let says = says(date(2026, 1, 5));
    let found = |grid: Grid, reference: i64| {
        let close = Price(reference);
        let bands = bands(&says, Tier::One, grid, Price(reference), close, false);
        (bands.lower.0, bands.upper.0)
    };
    assert_eq!(found(share("0.0001", 1).unwrap(), 333_300), (316_600, 350_000), "whole cents");
    assert_eq!(found(share("0.01", 5).unwrap(), 3_333), (3_165, 3_500), "steps of five cents");
    assert_eq!(found(share("0.05", 1).unwrap(), 2_000), (1_900, 2_100), "ticks of five cents");
    assert!(share("0.03", 1).is_err(), "a dollar is not a whole number of such ticks");
}

#[test]
fn the_scripted_tape() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:00", "99.98", "100.02");
    assert_eq!(state(&floor), State::Normal);

    floor.quote("2026-01-05T11:00:10", "94.90", "95.00");
    assert_eq!(state(&floor), limit(&floor, Edge::Lower, "2026-01-05T11:00:10"));
    // 11:00:12: an order below the band is the exchange's to reprice or refuse; the band stands.
    let stands = floor.who.bands(ACME).unwrap();
    assert_eq!((stands.lower, stands.upper), (price("95.00"), price("105.00")));

    floor.quote("2026-01-05T11:00:20", "95.02", "95.06");
    assert_eq!(state(&floor), State::Normal);
    floor.quote("2026-01-05T11:00:30", "94.95", "95.05");
    assert_eq!(state(&floor), State::Straddle);

    floor.quote("2026-01-05T11:00:40", "94.90", "95.00");
    floor.until("2026-01-05T11:00:54.999999999");
    assert_eq!(state(&floor), limit(&floor, Edge::Lower, "2026-01-05T11:00:40"));
    assert_eq!(floor.said(), [""; 0], "until now nothing was said");

    floor.until("2026-01-05T11:00:55");
    let until = floor.at("2026-01-05T11:05:55");
    assert_eq!(state(&floor), State::Paused { until, closing: false });
    assert_eq!(floor.said(), ["11:00:55 0 ReopenCall LimitState", "11:00:55 0 free"]);

    floor.until("2026-01-05T11:05:54.999999999");
    assert_eq!(floor.said(), [""; 0]);
    floor.auction = Some(price("96.50"));
    floor.until("2026-01-05T11:05:55");
    assert_eq!(floor.said(), ["11:05:55 0 end", "11:05:55 0 91.68 x 101.33"]);
    assert_eq!(floor.who.reference(ACME), Some(price("96.50")));
    floor.quote("2026-01-05T11:05:55", "96.40", "96.60");
    assert_eq!(state(&floor), State::Normal);

    let at = floor.at("2026-01-05T15:34:00");
    floor.pass(at);
    floor.who.publish(at, ACME, price("100.00"));
    floor.pass(at);
    floor.until("2026-01-05T15:36:00");
    let doubled = ["15:34:00 0 95.00 x 105.00", "15:35:00 0 90.00 x 110.00"];
    assert_eq!(floor.said(), doubled);

    floor.until("2026-01-06T09:30:00");
    let at = floor.at("2026-01-06T09:35:00");
    floor.pass(at);
    floor.said();
    floor.who.publish(at, ACME, price("100.00"));
    floor.pass(at);
    assert_eq!(floor.said(), ["09:35:00 0 95.00 x 105.00"]);
}

#[test]
fn the_opening_was_doubled_before_the_eighteenth_amendment() {
    for (day, lower, upper) in
        [("2020-02-21", "90.00", "110.00"), ("2020-02-24", "95.00", "105.00")]
    {
        let mut floor = share(day, Tier::One, Some("100.00"));
        floor.until(&format!("{day}T09:35:00"));
        let stands = floor.who.bands(ACME).unwrap();
        assert_eq!((stands.lower, stands.upper), (price(lower), price(upper)), "{day}");
        floor.until(&format!("{day}T09:45:00"));
        assert_eq!(floor.who.bands(ACME).unwrap().lower, price("95.00"), "{day}");
    }
}

#[test]
fn the_close_is_doubled_for_tier_two_only_when_it_is_cheap() {
    for (close, lower, upper) in
        [("3.01", "2.71", "3.31"), ("3.00", "1.80", "4.20"), ("2.00", "1.20", "2.80")]
    {
        let mut floor = share("2026-01-05", Tier::Two, Some(close));
        floor.until("2026-01-05T15:34:59.999999999");
        let before = floor.who.bands(ACME).unwrap();
        floor.until("2026-01-05T15:35:00");
        let stands = floor.who.bands(ACME).unwrap();
        assert_eq!((stands.lower, stands.upper), (price(lower), price(upper)), "{close}");
        assert_eq!(before == stands, close == "3.01", "{close}");
    }
    let mut before = share("2019-01-07", Tier::Two, Some("10.00"));
    before.until("2019-01-07T15:35:00");
    assert_eq!(before.who.bands(ACME).unwrap().lower, price("8.00"), "and all before");
}

#[test]
fn the_tape_mirrored_to_the_upper_band() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:10", "105.00", "105.10");
    assert_eq!(state(&floor), limit(&floor, Edge::Upper, "2026-01-05T11:00:10"));
    floor.quote("2026-01-05T11:00:20", "104.94", "104.98");
    assert_eq!(state(&floor), State::Normal);
    floor.quote("2026-01-05T11:00:30", "104.95", "105.05");
    assert_eq!(state(&floor), State::Straddle);
    floor.quote("2026-01-05T11:00:40", "105.00", "105.10");
    floor.until("2026-01-05T11:00:54.999999999");
    assert_eq!(state(&floor), limit(&floor, Edge::Upper, "2026-01-05T11:00:40"));
    floor.until("2026-01-05T11:00:55");
    floor.auction = Some(price("103.50"));
    floor.until("2026-01-05T11:05:55");
    assert_eq!(
        floor.said(),
        [
            "11:00:55 0 ReopenCall LimitState",
            "11:00:55 0 free",
            "11:05:55 0 end",
            "11:05:55 0 98.33 x 108.68",
        ]
    );
}

#[test]
fn an_empty_side_and_a_crossed_market() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:01", "-", "95.00");
    assert!(matches!(state(&floor), State::Limit { edge: Edge::Lower, .. }), "nobody buys at all");
    floor.quote("2026-01-05T11:00:02", "105.00", "-");
    assert_eq!(state(&floor), limit(&floor, Edge::Upper, "2026-01-05T11:00:02"), "a new clock");
    floor.quote("2026-01-05T11:00:03", "95.01", "95.00");
    assert_eq!(state(&floor), State::Normal, "a crossed market is in no limit state");
    floor.quote("2026-01-05T11:00:04", "95.00", "95.00");
    assert!(matches!(state(&floor), State::Limit { .. }), "a locked one is");
    floor.quote("2026-01-05T11:00:05", "-", "-");
    assert_eq!(state(&floor), State::Normal);
    floor.quote("2026-01-05T11:00:06", "94.00", "94.90");
    assert_eq!(state(&floor), State::Straddle, "all of it beyond a band is not at the band");
    floor.quote("2026-01-05T11:00:07", "105.10", "106.00");
    assert_eq!(state(&floor), State::Straddle);
    floor.until("2026-01-05T11:30:00");
    assert_eq!(floor.said(), [""; 0]);
}

#[test]
fn fifteen_seconds_are_over_when_they_are_over() {
    let mut in_time = tape();
    in_time.quote("2026-01-05T11:00:00", "94.90", "95.00");
    in_time.quote("2026-01-05T11:00:14.999999999", "94.99", "95.01");
    in_time.until("2026-01-05T11:01:00");
    assert_eq!(in_time.said(), [""; 0]);

    let mut late = tape();
    late.quote("2026-01-05T11:00:00", "94.90", "95.00");
    late.quote("2026-01-05T11:00:15", "94.99", "95.01");
    assert_eq!(late.said(), ["11:00:15 0 ReopenCall LimitState", "11:00:15 0 free"]);
}

#[test]
fn a_band_that_moves_off_the_quote_ends_the_limit_state() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:10", "94.90", "95.00");
    let at = floor.at("2026-01-05T11:00:20");
    floor.pass(at);
    floor.who.publish(at, ACME, price("98.00"));
    floor.pass(at);
    assert_eq!(floor.said(), ["11:00:20 0 93.10 x 102.90"]);
    assert_eq!(state(&floor), State::Normal);
}

#[test]
fn a_reference_is_published_when_it_moved_by_a_hundredth_and_the_old_one_stood_thirty_seconds() {
    let mut floor = tape();
    floor.happens("2026-01-05T11:00:05", trade(ACME, "100.99", 5));
    floor.happens("2026-01-05T11:00:06", trade(ACME, "101.01", 5));
    floor.until("2026-01-05T11:00:29.999999999");
    assert_eq!(floor.said(), [""; 0], "101.00 is one hundredth more, and the old one is young");
    floor.until("2026-01-05T11:00:30");
    assert_eq!(floor.said(), ["11:00:30 0 95.95 x 106.05"]);
    assert_eq!(floor.who.reference(ACME), Some(price("101.00")));

    // The mean 101.01 and then 101.995 differ by less than 1.01.
    floor.happens("2026-01-05T11:01:30", trade(ACME, "103.98", 5));
    assert_eq!(floor.said(), [""; 0]);
    // (100.99 + 101.01 + 103.98 + 102.06) / 4 = 102.01
    floor.happens("2026-01-05T11:01:31", trade(ACME, "102.06", 5));
    assert_eq!(floor.said(), ["11:01:31 0 96.91 x 107.11"]);
}

#[test]
fn trades_leave_the_mean_after_five_minutes_without_any_event() {
    let mut floor = tape();
    floor.happens("2026-01-05T11:01:00", trade(ACME, "100.00", 5));
    floor.happens("2026-01-05T11:02:00", trade(ACME, "101.50", 5));
    floor.until("2026-01-05T11:05:59.999999999");
    assert_eq!(floor.said(), [""; 0], "100.75 is too near");
    floor.until("2026-01-05T11:06:00");
    assert_eq!(floor.said(), ["11:06:00 0 96.43 x 106.58"], "101.50 alone is not");
    floor.until("2026-01-05T15:00:00");
    assert_eq!(floor.who.reference(ACME), Some(price("101.50")), "without trades it stays");
}

#[test]
fn small_trades_and_trades_outside_the_hours_do_not_count() {
    let calendar = new_york("2026-01-05T05:00:00Z");
    let close = Some(price("100.00"));
    let eligible_min = Qty(100);
    let listing = Listing { instrument: ACME, tier: Tier::One, grid: cents(), close, eligible_min };
    let luld = Luld::new(&Rows::shipped(), "US", calendar.clone(), &[listing]).unwrap();
    let mut floor = Floor::new(luld, calendar, 1);
    floor.happens("2026-01-05T09:29:59", trade(ACME, "120.00", 500));
    floor.until("2026-01-05T09:30:00");
    assert_eq!(floor.said(), ["09:30:00 0 95.00 x 105.00"]);
    floor.happens("2026-01-05T09:30:05", trade(ACME, "104.00", 99));
    floor.until("2026-01-05T09:34:00");
    assert_eq!(floor.said(), [""; 0]);
    floor.happens("2026-01-05T09:34:05", trade(ACME, "104.00", 100));
    assert_eq!(floor.said(), ["09:34:05 0 98.80 x 109.20"]);
}

#[test]
fn a_day_has_bands_in_its_regular_hours_alone_and_the_next_starts_from_its_close() {
    let mut floor = share("2026-01-05", Tier::One, Some("98.00"));
    floor.happens("2026-01-05T15:59:59", trade(ACME, "97.60", 5));
    floor.until("2026-01-06T09:30:00");
    assert_eq!(
        floor.said(),
        [
            "09:30:00 0 93.10 x 102.90",
            "15:35:00 0 88.20 x 107.80",
            "16:00:00 0 free",
            "09:30:00 0 92.72 x 102.48",
        ]
    );
    floor.until("2026-01-06T15:00:00");
    floor.happens("2026-01-06T15:00:00", benchmark(ACME, Benchmark::Close, "2.00"));
    assert_eq!(floor.said(), ["15:00:00 0 78.08 x 117.12"], "the share goes by the close");
}

#[test]
fn the_opening_auction_gives_the_first_reference() {
    let mut floor = share("2026-01-05", Tier::One, Some("98.00"));
    let day = "2026-01-05";
    let scheduled = PhaseReason::Scheduled;
    for (time, to) in [
        ("01:00", Phase::CloseCall),
        ("02:00", Phase::Closed),
        ("04:00", Phase::PreOpen),
        ("09:25", Phase::OpenCall),
    ] {
        floor.moves(&format!("{day}T{time}:00"), ACME, to, scheduled);
    }
    floor.until("2026-01-05T09:30:00");
    assert_eq!(floor.said(), [""; 0], "in the call there are no bands");
    floor.happens("2026-01-05T09:30:00", super::floor::uncrossed(ACME, Some(price("99.00"))));
    floor.moves("2026-01-05T09:30:00", ACME, Phase::Continuous, PhaseReason::CallEnded);
    assert_eq!(floor.said(), ["09:30:00 0 94.05 x 103.95"]);
}

#[test]
fn a_halt_of_another_cause_lifts_the_bands_and_its_auction_gives_the_reference() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:10", "94.90", "95.00");
    floor.moves("2026-01-05T11:00:12", ACME, Phase::Halt, PhaseReason::MarketWide);
    assert_eq!(floor.said(), ["11:00:12 0 free"]);
    floor.until("2026-01-05T11:10:00");
    floor.moves("2026-01-05T11:10:00", ACME, Phase::ReopenCall, PhaseReason::MarketWide);
    floor.happens("2026-01-05T11:12:00", super::floor::uncrossed(ACME, None));
    floor.moves("2026-01-05T11:12:00", ACME, Phase::Continuous, PhaseReason::CallEnded);
    assert_eq!(floor.said(), ["11:12:00 0 95.00 x 105.00"], "without auction price the old one");
    // The market still stands at the band: the clock starts anew.
    assert_eq!(state(&floor), limit(&floor, Edge::Lower, "2026-01-05T11:12:00"));
}

#[test]
fn a_short_pause_of_the_exchange_keeps_the_bands() {
    let mut floor = tape();
    floor.moves("2026-01-05T11:00:10", ACME, Phase::ReopenCall, PhaseReason::Velocity);
    floor.moves("2026-01-05T11:00:15", ACME, Phase::Continuous, PhaseReason::CallEnded);
    assert_eq!(floor.said(), [""; 0]);
    assert_eq!(state(&floor), State::Normal);
}

#[test]
fn a_halt_during_the_pause_ends_it() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:00", "94.90", "95.00");
    floor.until("2026-01-05T11:00:15");
    floor.said();
    floor.moves("2026-01-05T11:02:00", ACME, Phase::Halt, PhaseReason::Regulatory);
    floor.until("2026-01-05T12:00:00");
    assert_eq!(floor.said(), [""; 0], "whoever halted it says how it comes back");
    assert_eq!(state(&floor), State::Off);
}

#[test]
fn an_extended_reopening_is_ended_once_by_this_rule() {
    let mut floor = tape();
    floor.quote("2026-01-05T11:00:00", "94.90", "95.00");
    floor.until("2026-01-05T11:05:14");
    floor.said();
    let end = floor.at("2026-01-05T11:05:15");
    let mut out = Vec::new();
    floor.who.take(end, &mut out);
    assert_eq!(out.len(), 1, "{out:?}");
    floor.happens(
        "2026-01-05T11:05:15",
        pitfloor_model::event::Event::CallExtended { instrument: ACME },
    );
    floor.quote("2026-01-05T11:05:20", "96.00", "97.00");
    floor.until("2026-01-05T11:07:00");
    assert_eq!(floor.said(), [""; 0]);
}

#[test]
fn a_pause_late_in_the_day_lasts_until_the_close_and_the_closing_call_follows() {
    for (band, reopens) in [("2026-01-05T15:44:45", true), ("2026-01-05T15:44:46", false)] {
        let mut floor = tape();
        floor.until(band);
        floor.said();
        floor.quote(band, "89.90", "90.00");
        floor.quote("2026-01-05T15:49:00", "99.90", "100.00");
        floor.until("2026-01-05T15:59:59.999999999");
        let said = floor.said();
        assert_eq!(said.iter().any(|line| line == "15:50:00 0 end"), reopens, "{said:?}");
        floor.until("2026-01-05T16:00:00");
        let said = floor.said();
        if reopens {
            assert_eq!(said, ["16:00:00 0 free"]);
        } else {
            assert_eq!(said, ["16:00:00 0 end", "16:00:00 0 CloseCall Scheduled"]);
        }
    }
}

#[test]
fn an_early_close_moves_the_end_of_the_day() {
    let mut floor = share("2026-11-27", Tier::One, Some("100.00"));
    floor.until("2026-11-27T20:00:00");
    assert_eq!(
        floor.said(),
        ["09:30:00 0 95.00 x 105.00", "12:35:00 0 90.00 x 110.00", "13:00:00 0 free",]
    );
}

#[test]
fn a_share_without_a_close_has_bands_from_its_first_trade_on() {
    let mut floor = share("2026-01-05", Tier::Two, None);
    floor.until("2026-01-05T10:00:00");
    assert_eq!((floor.said().len(), state(&floor)), (0, State::Off));
    floor.happens("2026-01-05T10:00:01", trade(ACME, "20.00", 100));
    assert_eq!(floor.said(), ["10:00:01 0 18.00 x 22.00"]);
}

#[test]
fn a_day_before_the_rule_is_refused() {
    let calendar = new_york("2010-05-06T04:00:00Z");
    let refused = Luld::new(&Rows::shipped(), "US", calendar, &[]).unwrap_err();
    assert!(refused.to_string().contains("luld (US): no row holds on 2010-05-06"), "{refused}");
}

#[test]
fn days_without_trading_have_no_bands() {
    let mut floor = share("2026-01-17", Tier::One, Some("100.00"));
    floor.until("2026-01-19T23:00:00");
    assert_eq!(floor.said(), [""; 0], "a weekend and Martin Luther King Jr. Day");
    floor.until("2026-01-20T09:30:00");
    assert_eq!(floor.said(), ["09:30:00 0 95.00 x 105.00"]);
}

#[test]
fn the_reopening_price_counts_as_the_first_trade_after_it() {
    let mut floor = tape();
    floor.happens("2026-01-05T11:00:00", trade(ACME, "100.00", 5));
    floor.quote("2026-01-05T11:00:01", "94.90", "95.00");
    floor.until("2026-01-05T11:01:00");
    floor.quote("2026-01-05T11:02:00", "96.40", "96.60");
    floor.auction = Some(price("96.50"));
    floor.until("2026-01-05T11:05:16");
    floor.said();
    // What traded before the pause does not count: (96.50 + 98.50) / 2 = 97.50.
    floor.happens("2026-01-05T11:06:00", trade(ACME, "98.50", 5));
    assert_eq!(floor.said(), ["11:06:00 0 92.63 x 102.38"]);
}

#[test]
fn prices_that_are_not_above_zero_have_no_bands() {
    let mut floor = share("2026-01-05", Tier::One, Some("0.00"));
    floor.happens("2026-01-05T10:00:00", trade(ACME, "-5.00", 5));
    floor.happens("2026-01-05T10:00:01", trade(ACME, "0.00", 5));
    assert_eq!((floor.said().len(), state(&floor)), (0, State::Off));
}

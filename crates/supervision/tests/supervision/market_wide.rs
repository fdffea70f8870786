//! Market-wide circuit breakers by their scripted tapes.

use super::floor::{Floor, benchmark, cents, new_york, price};
use pitfloor_model::event::{Phase, PhaseReason};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::*;
use pitfloor_supervision::market_wide::{Level, MarketWide, Setup, State};
use pitfloor_supervision::rows::Rows;

const INDEX: InstrumentId = InstrumentId(7);

/// Two instruments and an index that closed at `close`.
fn venue(close: &str, call: Span) -> Floor<MarketWide> {
    let calendar = new_york("2026-01-05T05:00:00Z");
    let close = Some(price(close));
    let setup = Setup { index: INDEX, grid: cents(), close, instruments: 2, call };
    let breakers = MarketWide::new(&Rows::shipped(), "US", calendar.clone(), setup).unwrap();
    Floor::new(breakers, calendar, 2)
}

fn tape() -> Floor<MarketWide> {
    venue("2681.66", Span::ZERO)
}

/// The index stands at `at` at `time` on 5 January 2026.
fn index(floor: &mut Floor<MarketWide>, time: &str, at: &str) -> Vec<String> {
    floor.happens(&format!("2026-01-05T{time}"), benchmark(INDEX, Benchmark::Index, at));
    floor.said()
}

fn halt(time: &str) -> Vec<String> {
    (0..2).map(|n| format!("{time} {n} Halt MarketWide")).collect()
}

fn back(time: &str) -> Vec<String> {
    let calls = (0..2).map(|n| format!("{time} {n} ReopenCall MarketWide"));
    calls.chain((0..2).map(|n| format!("{time} {n} end"))).collect()
}

#[test]
fn the_levels_are_rounded_half_up_to_the_cent() {
    let floor = tape();
    let levels = ["2493.94", "2333.04", "2145.33"].map(price);
    assert_eq!(floor.who.levels(), Some(levels));
}

#[test]
fn the_first_scripted_tape() {
    let mut floor = tape();
    assert_eq!(index(&mut floor, "09:45:00", "2493.95"), [""; 0]);
    assert_eq!(index(&mut floor, "10:00:00", "2493.94"), halt("10:00:00"));
    let until = floor.at("2026-01-05T10:15:00");
    assert_eq!(floor.who.state(), State::Halted { level: Level::One, until });
    floor.until("2026-01-05T10:14:59.999999999");
    assert_eq!(floor.said(), [""; 0]);
    floor.until("2026-01-05T10:15:00");
    assert_eq!(floor.said(), back("10:15:00"));
    assert_eq!(floor.phases, [Phase::Continuous; 2]);

    assert_eq!(index(&mut floor, "11:00:00", "2450.00"), [""; 0]);
    assert_eq!(index(&mut floor, "14:00:00", "2333.04"), halt("14:00:00"));
    floor.until("2026-01-05T14:15:00");
    assert_eq!(floor.said(), back("14:15:00"));
    assert_eq!(index(&mut floor, "15:00:00", "2300.00"), [""; 0]);
    assert_eq!(index(&mut floor, "15:30:00", "2145.33"), halt("15:30:00"));
    floor.until("2026-01-05T15:59:59.999999999");
    assert_eq!((floor.said().len(), &floor.phases[..]), (0, &[Phase::Halt; 2][..]));
    floor.until("2026-01-05T23:00:00");
    assert_eq!(floor.said(), ["16:00:00 0 Closed MarketWide", "16:00:00 1 Closed MarketWide"]);
}

#[test]
fn late_in_the_day_levels_one_and_two_halt_no_more() {
    let mut before = tape();
    assert_eq!(index(&mut before, "15:24:59", "2493.94"), halt("15:24:59"));
    before.until("2026-01-05T15:39:58.999999999");
    assert_eq!(before.said(), [""; 0]);
    before.until("2026-01-05T15:39:59");
    assert_eq!(before.said(), back("15:39:59"));

    let mut just = tape();
    assert_eq!(index(&mut just, "15:24:59.999999999", "2333.04"), halt("15:24:59.999999999"));

    let mut after = tape();
    assert_eq!(index(&mut after, "15:25:00", "2493.94"), [""; 0]);
    assert_eq!(index(&mut after, "15:25:01", "2333.04"), [""; 0]);
    assert_eq!(index(&mut after, "15:25:02", "2145.34"), [""; 0]);
    assert_eq!(index(&mut after, "15:25:03", "2145.33"), halt("15:25:03"));
}

#[test]
fn a_gap_over_level_one_is_one_halt_of_level_two() {
    let mut floor = tape();
    assert_eq!(index(&mut floor, "10:00:00", "2300.00"), halt("10:00:00"));
    floor.until("2026-01-05T10:15:00");
    assert_eq!(floor.said(), back("10:15:00"));
    assert_eq!(index(&mut floor, "10:20:00", "2400.00"), [""; 0], "level one halts no more");
    assert_eq!(index(&mut floor, "10:21:00", "2333.00"), [""; 0], "nor does level two");
}

#[test]
fn level_three_ends_the_day_even_in_a_halt_and_the_next_day_starts_anew() {
    let mut floor = tape();
    assert_eq!(index(&mut floor, "10:00:00", "2493.94"), halt("10:00:00"));
    assert_eq!(index(&mut floor, "10:05:00", "2333.04"), [""; 0], "it is halted already");
    assert_eq!(index(&mut floor, "10:06:00", "2145.33"), [""; 0], "halted, and stays so");
    floor.until("2026-01-05T15:59:59");
    assert_eq!(floor.said(), [""; 0]);
    floor.until("2026-01-06T09:30:00");
    assert_eq!(floor.said(), ["16:00:00 0 Closed MarketWide", "16:00:00 1 Closed MarketWide"]);
    assert_eq!(floor.who.levels().unwrap()[0], price("1995.16"), "7 % below 2145.33");
    assert_eq!(floor.who.state(), State::Open);
}

#[test]
fn they_come_back_through_a_call_of_the_venues_length() {
    let mut floor = venue("100.00", Span::secs(60));
    floor.happens("2026-01-05T10:00:00", benchmark(INDEX, Benchmark::Index, "93.00"));
    floor.until("2026-01-05T10:15:59.999999999");
    let said = floor.said();
    assert_eq!(said[2..], ["10:15:00 0 ReopenCall MarketWide", "10:15:00 1 ReopenCall MarketWide"]);
    floor.until("2026-01-05T10:16:00");
    assert_eq!(floor.said(), ["10:16:00 0 end", "10:16:00 1 end"]);
}

#[test]
fn what_was_halted_already_is_left_to_whoever_did_it() {
    let mut floor = tape();
    let first = InstrumentId(0);
    floor.moves("2026-01-05T09:40:00", first, Phase::Halt, PhaseReason::Regulatory);
    assert_eq!(index(&mut floor, "10:00:00", "2493.94"), ["10:00:00 1 Halt MarketWide"]);
    floor.until("2026-01-05T10:15:00");
    assert_eq!(floor.said(), ["10:15:00 1 ReopenCall MarketWide", "10:15:00 1 end"]);
    assert_eq!(floor.phases, [Phase::Halt, Phase::Continuous]);
}

#[test]
fn nobody_comes_back_before_the_market_does() {
    let mut floor = tape();
    assert_eq!(index(&mut floor, "10:00:00", "2493.94"), halt("10:00:00"));
    let first = InstrumentId(0);
    floor.moves("2026-01-05T10:05:00", first, Phase::ReopenCall, PhaseReason::Scheduled);
    assert_eq!(floor.said(), ["10:05:00 0 Halt MarketWide"]);
}

#[test]
fn an_index_outside_the_hours_or_on_another_instrument_halts_nothing() {
    let mut floor = tape();
    assert_eq!(index(&mut floor, "09:29:59.999999999", "2000.00"), [""; 0]);
    floor.happens("2026-01-05T10:00:00", benchmark(InstrumentId(1), Benchmark::Index, "10.00"));
    floor.happens("2026-01-05T10:00:00", benchmark(INDEX, Benchmark::Mark, "10.00"));
    floor.happens("2026-01-05T16:00:00", benchmark(INDEX, Benchmark::Index, "2000.00"));
    assert_eq!(floor.said(), [""; 0]);
}

#[test]
fn the_previous_close_may_come_later() {
    let mut floor = tape();
    floor.happens("2026-01-05T09:00:00", benchmark(INDEX, Benchmark::Close, "3000.00"));
    assert_eq!(index(&mut floor, "10:00:00", "2790.00"), halt("10:00:00"));
}

#[test]
fn level_two_in_a_halt_neither_prolongs_it_nor_is_used_up() {
    let mut floor = tape();
    assert_eq!(index(&mut floor, "10:00:00", "2493.94"), halt("10:00:00"));
    assert_eq!(index(&mut floor, "10:05:00", "2333.04"), [""; 0]);
    let until = floor.at("2026-01-05T10:15:00");
    assert_eq!(floor.who.state(), State::Halted { level: Level::One, until });
    floor.until("2026-01-05T10:15:00");
    assert_eq!(floor.said(), back("10:15:00"));
    assert_eq!(index(&mut floor, "10:15:00", "2333.00"), halt("10:15:00"), "at the first look");
}

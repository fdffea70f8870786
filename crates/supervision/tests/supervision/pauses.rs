//! Pauses that the exchange begins, and calls that it prolongs.

use super::floor::{ACME, Floor, new_york};
use jiff::civil::date;
use pitfloor_model::event::{Event, Phase, PhaseReason};
use pitfloor_model::units::InstrumentId;
use pitfloor_supervision::known::PauseSays;
use pitfloor_supervision::pauses::Pauses;
use pitfloor_supervision::rows::Rows;
use pitfloor_supervision::{Bench, Supervisor};

fn floor() -> Floor<Pauses> {
    let who = Pauses::new(&Rows::shipped(), date(2026, 1, 5)).unwrap();
    Floor::new(who, new_york("2026-01-05T05:00:00Z"), 2)
}

#[test]
fn velocity_and_cascade_pauses_end_after_five_seconds() {
    for why in [PhaseReason::Velocity, PhaseReason::StopCascade] {
        let mut floor = floor();
        floor.moves("2026-01-05T10:00:00", ACME, Phase::ReopenCall, why);
        floor.until("2026-01-05T10:00:04.999999999");
        assert_eq!(floor.said(), [""; 0]);
        floor.until("2026-01-05T10:00:05");
        assert_eq!(floor.said(), ["10:00:05 0 end"]);
        floor.until("2026-01-05T11:00:00");
        assert_eq!(floor.said(), [""; 0], "once");
    }
}

#[test]
fn calls_of_other_causes_are_left_to_whoever_began_them() {
    let mut floor = floor();
    let (one, call) = (InstrumentId(1), Phase::ReopenCall);
    floor.moves("2026-01-05T10:00:00", ACME, call, PhaseReason::LimitState);
    floor.moves("2026-01-05T10:00:00", one, call, PhaseReason::Scheduled);
    floor.until("2026-01-05T12:00:00");
    assert_eq!(floor.said(), [""; 0]);
}

#[test]
fn an_extended_call_of_any_cause_ends_two_minutes_later() {
    let mut floor = floor();
    floor.moves("2026-01-05T10:00:00", ACME, Phase::ReopenCall, PhaseReason::LimitState);
    floor.happens("2026-01-05T10:05:00", Event::CallExtended { instrument: ACME });
    floor.until("2026-01-05T10:06:59.999999999");
    assert_eq!(floor.said(), [""; 0]);
    floor.until("2026-01-05T10:07:00");
    assert_eq!(floor.said(), ["10:07:00 0 end"]);
}

#[test]
fn a_call_that_somebody_else_ended_is_not_ended_again() {
    let mut floor = floor();
    floor.moves("2026-01-05T10:00:00", ACME, Phase::ReopenCall, PhaseReason::Velocity);
    floor.moves("2026-01-05T10:00:03", ACME, Phase::Continuous, PhaseReason::Scheduled);
    floor.until("2026-01-05T10:01:00");
    assert_eq!(floor.said(), [""; 0]);
}

#[test]
fn a_pause_of_no_length_ends_at_once() {
    let says = PauseSays { velocity_s: 0, cascade_s: 1, extension_s: 0 };
    let mut floor = Floor::new(Pauses::of(says), new_york("2026-01-05T05:00:00Z"), 2);
    floor.moves("2026-01-05T10:00:00", ACME, Phase::ReopenCall, PhaseReason::Velocity);
    assert_eq!(floor.said(), ["10:00:00 0 end"]);
}

#[test]
fn a_bench_lets_one_speak_at_a_time() {
    let pauses = || Pauses::new(&Rows::shipped(), date(2026, 1, 5)).unwrap();
    let bench = Bench::new().with(pauses()).with(pauses());
    assert_eq!((bench.len(), bench.is_empty()), (2, false));
    let mut floor = Floor::new(bench, new_york("2026-01-05T05:00:00Z"), 2);
    assert_eq!(floor.who.due(), None);
    floor.moves("2026-01-05T10:00:00", ACME, Phase::ReopenCall, PhaseReason::Velocity);
    floor.until("2026-01-05T10:01:00");
    // The second one saw the first one's call end, and is silent.
    assert_eq!(floor.said(), ["10:00:05 0 end"]);
}

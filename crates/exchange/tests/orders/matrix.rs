//! What may be placed in which phase, every row of the table in every phase.

use crate::floor::{ACME, Floor};
use pitfloor_model::event::{Event, Phase, Reject};
use pitfloor_testkit::story;

/// The way from `Continuous` to each phase, in the order of the table's columns.
const WAYS: [(Phase, &str); 8] = [
    (Phase::PreOpen, "phase CloseCall\nphase Closed\nphase PreOpen"),
    (Phase::OpenCall, "phase CloseCall\nphase Closed\nphase PreOpen\nphase OpenCall"),
    (Phase::Continuous, ""),
    (Phase::ReopenCall, "phase ReopenCall"),
    (Phase::CloseCall, "phase CloseCall"),
    (Phase::PeriodicCall, "phase PeriodicCall"),
    (Phase::Halt, "phase Halt"),
    (Phase::Closed, "phase CloseCall\nphase Closed"),
];

/// An order, and in which of the first six it may be placed.
const ROWS: [(&str, &str); 22] = [
    ("3 buy 9 @ 90 x2 open", "yy----"),
    ("3 buy 9 market x2 open", "yy----"),
    ("3 buy 9 imbalance @ 90 x2 open", "yy----"),
    ("3 buy 9 @ 90 x2 close", "yyyyy-"),
    ("3 buy 9 market x2 close", "yyyyy-"),
    ("3 buy 9 market x2", "--y--y"),
    ("3 buy 9 @ 90 x2 ioc", "--y--y"),
    ("3 buy 9 @ 90 x2 fok", "--y---"),
    ("3 buy 9 protected 1 x2", "--y---"),
    ("3 buy 9 to-limit x2", "--y---"),
    ("3 buy 9 amount 500 x2", "--y---"),
    ("3 buy 9 @ 90 x2 post", "--y---"),
    ("3 buy 9 @ 90 x2 min 1", "--y---"),
    ("3 buy 9 @ 90 x2 aon", "--y---"),
    ("3 buy 9 peg mid x2", "--y---"),
    ("3 buy 9 @ 90 x2", "yyyyyy"),
    ("3 buy 9 @ 90 x2 day show 1", "yyyyyy"),
    ("3 buy 9 @ 90 x2 hidden", "yyyyyy"),
    ("3 buy 9 stop 200 x2", "yyyyyy"),
    ("3 sell 9 trail 5 x2", "yyyyyy"),
    ("oto 3 buy 9 @ 90 x2 | 3 sell 10 @ 120 x2", "yyyyyy"),
    ("oto 3 buy 9 @ 90 x2 | 3 sell 10 @ 120 x2 ioc", "--y--y"),
];

fn floor_in(way: &str) -> Floor {
    Floor::open().after("1 buy 1 @ 80 x5\n2 sell 1 @ 100 x5\nclose 90").after(way)
}

fn is_forbidden(floor: &mut Floor, line: &str) -> bool {
    let command = story::read(line).remove(0);
    let events = floor.apply(&command);
    matches!(events.last(), Some(Event::Rejected { why: Reject::PhaseForbids, .. }))
}

#[test]
fn every_order_in_every_phase() {
    for (row, phases) in ROWS {
        for (column, (phase, way)) in WAYS.into_iter().enumerate() {
            let may = phases.chars().nth(column) == Some('y');
            let mut floor = floor_in(way);
            assert_eq!(is_forbidden(&mut floor, row), !may, "{row} in {phase:?}");
        }
    }
}

#[test]
fn everything_else_in_every_phase() {
    for (phase, way) in WAYS {
        let shut = matches!(phase, Phase::Halt | Phase::Closed);
        for change in ["1 replace 1 @ 81 x5", "1 amend 1 tag 5"] {
            assert_eq!(is_forbidden(&mut floor_in(way), change), shut, "{change} in {phase:?}");
        }
        for other in [
            "1 cancel 1",
            "1 reduce 1 by 1",
            "1 mass-cancel",
            "bands 10 200",
            "close 5",
            "restrict-shorts on",
            "kill 1 on",
            "group 1 3",
            "advance",
            "deliver 1 5",
        ] {
            assert!(!is_forbidden(&mut floor_in(way), other), "{other} in {phase:?}");
        }
        let is_call = matches!(
            phase,
            Phase::OpenCall | Phase::ReopenCall | Phase::CloseCall | Phase::PeriodicCall
        );
        let mut floor = floor_in(way);
        assert_eq!(floor.exchange.phase(ACME), phase);
        assert_eq!(is_forbidden(&mut floor, "end-call"), !is_call, "end-call in {phase:?}");
    }
}

/// The closing call takes no more orders for the close where the venue says so.
#[test]
fn the_close_may_be_cut_off_with_its_call() {
    let mut floor = Floor::under("rules cutoff-at-call").after("close 90\nphase CloseCall");
    floor.refuse("3 buy 9 @ 90 x2 close", Reject::PhaseForbids);
}

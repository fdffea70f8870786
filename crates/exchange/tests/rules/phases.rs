//! What an instrument's phase allows.

use crate::pit::Pit;
use pitfloor_model::command::Command;
use pitfloor_model::event::Phase;
use pitfloor_testkit::generate::stamp;

/// The way from `Continuous` to each phase.
const WAYS: [(Phase, &[Phase]); 8] = [
    (Phase::Continuous, &[]),
    (Phase::CloseCall, &[Phase::CloseCall]),
    (Phase::PeriodicCall, &[Phase::PeriodicCall]),
    (Phase::ReopenCall, &[Phase::ReopenCall]),
    (Phase::Halt, &[Phase::Halt]),
    (Phase::Closed, &[Phase::CloseCall, Phase::Closed]),
    (Phase::PreOpen, &[Phase::CloseCall, Phase::Closed, Phase::PreOpen]),
    (Phase::OpenCall, &[Phase::Halt, Phase::Closed, Phase::PreOpen, Phase::OpenCall]),
];

fn pit_in(way: &[Phase]) -> Pit {
    let mut pit = Pit::open();
    pit.play("1 buy 1 @ 100 x5\n2 sell 1 @ 110 x5");
    for to in way {
        let told = pit.play(&format!("phase {to:?}"));
        assert!(told[0].starts_with("phase "), "{told:?}");
    }
    pit
}

#[test]
fn only_continuous_trading_takes_and_changes_orders() {
    for (phase, way) in WAYS {
        let open = phase == Phase::Continuous;
        let mut pit = pit_in(way);
        assert_eq!(pit.exchange.phase(crate::pit::ACME), phase);
        for line in ["3 buy 9 @ 110 x1", "3 sell 9 market x1", "1 replace 1 @ 110 x9"] {
            let told = pit.play(line);
            assert_eq!(told[0].ends_with("PhaseForbids"), !open, "{line:?} in {phase:?}: {told:?}");
        }
    }
}

#[test]
fn orders_can_be_reduced_and_cancelled_in_every_phase() {
    for (phase, way) in WAYS {
        let mut pit = pit_in(way);
        let told = pit.play("1 reduce 1 by 2\n1 cancel 1\n2 reduce 1 by 9");
        assert_eq!(
            told,
            [
                "reduced 1/1 at 100 by 2 leaves 3",
                "cancelled 1/1 at 100 left 3 User",
                "cancelled 2/1 at 110 left 5 User",
            ],
            "in {phase:?}"
        );
    }
}

#[test]
fn phases_follow_each_other_as_the_rules_say_and_not_otherwise() {
    use Phase::*;
    // docs/RULES.md, the section on phases, arrow by arrow.
    let arrows = |from: Phase| -> &[Phase] {
        match from {
            PreOpen => &[OpenCall, Halt],
            OpenCall => &[Continuous, Halt],
            Continuous => &[Halt, ReopenCall, CloseCall, PeriodicCall],
            Halt => &[ReopenCall, Closed],
            ReopenCall => &[Continuous, Halt],
            CloseCall => &[Halt, Closed],
            PeriodicCall => &[Continuous, Halt],
            Closed => &[PreOpen],
        }
    };
    for (from, way) in WAYS {
        for to in Phase::ALL {
            let mut pit = pit_in(way);
            let told = pit.play(&format!("phase {to:?}"));
            if arrows(from).contains(&to) {
                assert_eq!(told, [format!("phase {from:?} to {to:?}")]);
            } else {
                assert_eq!(told, ["rejected venue PhaseForbids"], "{from:?} to {to:?}");
                assert_eq!(pit.exchange.phase(crate::pit::ACME), from);
            }
        }
    }
}

#[test]
fn a_halt_keeps_the_book_and_stops_only_its_instrument() {
    let mut pit = pit_in(&[Phase::Halt]);
    assert_eq!(pit.book(), "100x5 | 110x5");
    assert_eq!(pit.play("3 buy 1 @ 5 x1 on 1")[0], "accepted 3/1 on 1");
    assert_eq!(pit.play("3 sell 2 market x1"), ["rejected 3/2 PhaseForbids"]);
    pit.play("phase ReopenCall\nphase Continuous");
    assert_eq!(pit.trades("3 sell 2 market x1"), ["trade 100x1 maker 1/1 taker 3/2"]);
}

#[test]
fn a_phase_of_an_unlisted_instrument_is_refused() {
    let mut pit = Pit::open();
    let instrument = pitfloor_model::units::InstrumentId(2);
    let told = pit.apply(&stamp(&[Command::SetPhase {
        instrument,
        to: Phase::Continuous,
        why: Default::default(),
    }]));
    assert_eq!(pitfloor_testkit::story::tell(&told[0]), "rejected venue UnknownInstrument");
}

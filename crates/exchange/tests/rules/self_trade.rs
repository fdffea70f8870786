//! Two orders of one account meet.

use crate::pit::Pit;
use pitfloor_model::units::Side;

/// Account 2 is first in the queue, the taker's own order second, account 3 third.
fn asks() -> Pit {
    let mut pit = Pit::open();
    pit.play("2 sell 1 @ 100 x1\n1 sell 1 @ 100 x4\n3 sell 1 @ 101 x5");
    pit
}

#[test]
fn expire_taker_ends_the_newcomer_and_earlier_fills_stand() {
    let mut pit = asks();
    assert_eq!(
        pit.play("1 buy 2 @ 101 x7 stp taker"),
        [
            "accepted 1/2",
            "trade 100x1 maker 2/1 taker 1/2",
            "prevented 100x4 maker 1/1 taker 1/2 ExpireTaker",
            "expired 1/2 unrested left 6",
        ]
    );
    assert_eq!(pit.queue(Side::Sell), "1/1x4 3/1x5");
}

#[test]
fn expire_maker_ends_the_waiting_one_and_goes_on() {
    let mut pit = asks();
    assert_eq!(
        pit.play("1 buy 2 @ 101 x7 stp maker"),
        [
            "accepted 1/2",
            "trade 100x1 maker 2/1 taker 1/2",
            "prevented 100x4 maker 1/1 taker 1/2 ExpireMaker",
            "expired 1/1 at 100 left 4",
            "trade 101x5 maker 3/1 taker 1/2",
            "rests 1/2 buy 101x1",
        ]
    );
    assert_eq!(pit.book(), "101x1 |");
}

#[test]
fn expire_both_ends_both() {
    let mut pit = asks();
    assert_eq!(
        pit.play("1 buy 2 @ 101 x7 stp both"),
        [
            "accepted 1/2",
            "trade 100x1 maker 2/1 taker 1/2",
            "prevented 100x4 maker 1/1 taker 1/2 ExpireBoth",
            "expired 1/1 at 100 left 4",
            "expired 1/2 unrested left 6",
        ]
    );
    assert_eq!(pit.queue(Side::Sell), "3/1x5");
}

#[test]
fn without_prevention_an_account_trades_with_itself() {
    let mut pit = asks();
    let before = (pit.cash(1), pit.lots(1));
    assert_eq!(
        pit.trades("1 buy 2 @ 101 x3 stp none"),
        ["trade 100x1 maker 2/1 taker 1/2", "trade 100x2 maker 1/1 taker 1/2"]
    );
    assert_eq!(pit.cash(1).0, before.0.0 - 100, "only what account 2 sold was paid for");
    assert_eq!(pit.lots(1).0, before.1.0 + 1);
}

#[test]
fn the_takers_mode_decides_not_the_makers() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x4 stp both");
    assert_eq!(
        pit.play("1 buy 2 @ 100 x1 stp taker")[1..],
        ["prevented 100x1 maker 1/1 taker 1/2 ExpireTaker", "expired 1/2 unrested left 1"]
    );
    assert_eq!(pit.trades("1 buy 2 @ 100 x1 stp none"), ["trade 100x1 maker 1/1 taker 1/2"]);
}

#[test]
fn one_who_is_satisfied_before_meeting_himself_is_not_stopped() {
    let mut pit = asks();
    assert_eq!(pit.play("1 buy 2 @ 101 x1 stp both").len(), 2, "accepted and traded");
    assert_eq!(pit.queue(Side::Sell), "1/1x4 3/1x5");
}

#[test]
fn only_the_first_of_ones_own_is_met_by_expire_taker() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x4\n1 sell 2 @ 100 x4\n1 sell 3 @ 99 x1");
    assert_eq!(
        pit.play("1 buy 4 market x9 stp taker")[1..],
        ["prevented 99x1 maker 1/3 taker 1/4 ExpireTaker", "expired 1/4 unrested left 9"]
    );
    assert_eq!(
        pit.play("1 buy 4 market x9 stp maker")[1..],
        [
            "prevented 99x1 maker 1/3 taker 1/4 ExpireMaker",
            "expired 1/3 at 99 left 1",
            "prevented 100x4 maker 1/1 taker 1/4 ExpireMaker",
            "expired 1/1 at 100 left 4",
            "prevented 100x4 maker 1/2 taker 1/4 ExpireMaker",
            "expired 1/2 at 100 left 4",
            "cancelled 1/4 unrested left 9 Remainder",
        ]
    );
    assert_eq!(pit.book(), "|");
}

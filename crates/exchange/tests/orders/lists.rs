//! Orders that hang together.

use crate::floor::Floor;
use pitfloor_exchange::Whereabouts;
use pitfloor_model::event::Reject;
use pitfloor_model::units::Qty;

#[test]
fn the_first_fill_of_a_leg_cancels_the_other() {
    let mut floor = Floor::open();
    floor.expect(
        "oco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x5",
        "accepted 1/1
         accepted 1/2
         rests 1/1 sell 110x5
         rests 1/2 sell 105x5",
    );
    // One sweep through both prices fills the first alone.
    floor.expect(
        "2 buy 1 @ 110 x9",
        "accepted 2/1
         trade 105x5 maker 1/2 taker 2/1
         cancelled 1/1 at 110 left 5 OcoSibling
         rests 2/1 buy 110x4",
    );
}

#[test]
fn a_leg_that_takes_at_once_leaves_no_other() {
    let mut floor = Floor::open().after("2 buy 1 @ 105 x2");
    floor.expect(
        "oco 1 sell 1 @ 105 x5 | 1 sell 2 stop 90 x5",
        "accepted 1/1
         accepted 1/2 dormant
         trade 105x2 maker 2/1 taker 1/1
         cancelled 1/2 unrested left 5 OcoSibling
         rests 1/1 sell 105x3",
    );
}

#[test]
fn a_leg_that_is_triggered_cancels_the_other() {
    let mut floor = Floor::open().after("3 buy 1 @ 95 x9");
    floor.play("oco 1 sell 1 @ 110 x5 | 1 sell 2 stop 95 x5");
    floor.expect(
        "4 sell 1 @ 95 x1",
        "accepted 4/1
         trade 95x1 maker 3/1 taker 4/1
         triggered 1/2 at 95
         cancelled 1/1 at 110 left 5 OcoSibling
         trade 95x5 maker 3/1 taker 1/2",
    );
}

#[test]
fn a_bracket_wakes_with_the_first_fill_and_grows_with_the_next() {
    let mut floor = Floor::open();
    floor.expect(
        "otoco 1 buy 1 @ 100 x10 | 1 sell 2 @ 110 x10 | 1 sell 3 stop 90 x10",
        "accepted 1/1
         accepted 1/2 dormant
         accepted 1/3 dormant
         rests 1/1 buy 100x10",
    );
    floor.expect(
        "2 sell 1 @ 100 x4",
        "accepted 2/1
         trade 100x4 maker 1/1 taker 2/1
         armed 1/2 x4
         armed 1/3 x4
         rests 1/2 sell 110x4",
    );
    floor.expect(
        "2 sell 2 @ 100 x3",
        "accepted 2/2
         trade 100x3 maker 1/1 taker 2/2
         armed 1/2 x7
         armed 1/3 x7
         replaced 1/2 110x4 by 110x7 leaves 7 back
         rests 1/2 sell 110x7",
    );
    // The parent ends part-filled: the children stay with what it bought.
    floor.expect("1 cancel 1", "cancelled 1/1 at 100 left 3 User");
    assert_eq!(floor.order(1, 3).leaves, Qty(7));
    floor.expect(
        "2 buy 3 @ 110 x1",
        "accepted 2/3
         trade 110x1 maker 1/2 taker 2/3
         cancelled 1/3 unrested left 7 OcoSibling",
    );
}

#[test]
fn a_parent_that_ends_unfilled_takes_its_children_with_it() {
    let mut floor = Floor::open();
    floor.play("oto 1 buy 1 @ 100 x10 | 1 sell 2 @ 110 x10");
    floor.expect(
        "1 cancel 1",
        "cancelled 1/1 at 100 left 10 User
         cancelled 1/2 unrested left 10 ParentGone",
    );
    floor.play("oto 1 buy 1 @ 100 x10 | 1 sell 2 @ 110 x10 | 1 sell 3 stop 90 x10");
    floor.expect("1 cancel 2", "cancelled 1/2 unrested left 10 User");
    floor.expect(
        "1 replace 1 @ 100 x3\n2 sell 1 @ 100 x3",
        "replaced 1/1 100x10 by 100x3 leaves 3 kept
         accepted 2/1
         trade 100x3 maker 1/1 taker 2/1
         armed 1/3 x3",
    );
    assert_eq!(floor.order(1, 3).place, Whereabouts::Dormant);
}

#[test]
fn children_of_a_full_fill_wake_once() {
    let mut floor = Floor::open();
    floor.play("oto full 1 buy 1 @ 100 x10 | 1 sell 2 @ 110 x10");
    floor.expect("2 sell 1 @ 100 x4", "accepted 2/1\ntrade 100x4 maker 1/1 taker 2/1");
    floor.expect(
        "2 sell 2 @ 100 x6",
        "accepted 2/2
         trade 100x6 maker 1/1 taker 2/2
         armed 1/2 x10
         rests 1/2 sell 110x10",
    );
    floor.play("oto full 1 buy 5 @ 100 x10 | 1 sell 6 @ 110 x10\n2 sell 3 @ 100 x4");
    floor.expect(
        "1 cancel 5",
        "cancelled 1/5 at 100 left 6 User
         cancelled 1/6 unrested left 10 ParentGone",
    );
}

#[test]
fn a_child_whose_trigger_is_met_fires_at_once() {
    let mut floor = Floor::open().after("3 buy 1 @ 99 x20");
    floor.play("oto 1 buy 1 @ 100 x5 | 1 sell 2 stop 100 x5");
    floor.expect(
        "2 sell 1 @ 100 x5",
        "accepted 2/1
         trade 100x5 maker 1/1 taker 2/1
         armed 1/2 x5
         triggered 1/2 at 100
         trade 99x5 maker 3/1 taker 1/2",
    );
}

#[test]
fn sleeping_children_cannot_be_changed() {
    let mut floor = Floor::open();
    floor.play("oto 1 buy 1 @ 100 x10 | 1 sell 2 @ 110 x10");
    floor.refuse("1 replace 2 @ 111 x10", Reject::NotReplaceable);
    floor.refuse("1 amend 2 tag 5", Reject::NotReplaceable);
    floor.refuse("1 reduce 2 by 1", Reject::NotReplaceable);
    assert_eq!(
        floor
            .exchange
            .standing(pitfloor_model::units::AccountId(1), crate::floor::ACME)
            .map(|standing| (standing.live, standing.dormant)),
        Some((1, 1))
    );
}

#[test]
fn lists_that_do_not_hang_together_are_refused_whole() {
    let mut floor = Floor::open();
    for list in [
        "oco 1 sell 1 @ 110 x5 | 1 buy 2 @ 105 x5",
        "oco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x6",
        "oco 1 sell 1 @ 110 x5 | 2 sell 2 @ 105 x5",
        "oco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x5 | 1 sell 3 @ 120 x5",
        "oto 1 buy 1 @ 110 x5 | 1 sell 2 @ 105 x6",
        "otoco 1 buy 1 @ 110 x5 | 1 sell 2 @ 105 x5",
        "otoco 1 buy 1 @ 110 x5 | 1 sell 2 @ 115 x5 | 1 buy 3 @ 105 x5",
    ] {
        floor.refuse(list, Reject::BadLink);
    }
    floor.refuse("oco 1 sell 1 @ 110 x5 | 1 sell 1 @ 105 x5", Reject::DuplicateOrder);
    floor.refuse("oco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x5 ioc", Reject::IllegalCombination);
    floor.expect("oco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x0", "rejected 1/1 BadLink");
    floor.expect("oco 1 sell 1 @ 110 x0 | 1 sell 2 @ 105 x5", "rejected 1/1 ZeroQty");
}

#[test]
fn the_need_of_both_legs_must_be_there_together() {
    let mut floor = Floor::empty("").after("open 1\ndeliver 1 9");
    floor.expect("oco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x5", "rejected 1/2 ShortSale");
    floor.play("deliver 1 1\noco 1 sell 1 @ 110 x5 | 1 sell 2 @ 105 x5");
    assert!(floor.is_live(1, 1) && floor.is_live(1, 2));
}

#[test]
fn a_child_that_nobody_can_pay_for_ends() {
    let mut floor = Floor::empty("").after("open 1\nopen 2 credit\ndeposit 1 500");
    floor.play("oto 1 buy 1 @ 100 x5 | 1 buy 2 @ 90 x5");
    floor.expect(
        "2 sell 1 @ 100 x5",
        "accepted 2/1
         trade 100x5 maker 1/1 taker 2/1
         armed 1/2 x5
         cancelled 1/2 unrested left 5 Unfunded",
    );
}

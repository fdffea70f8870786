//! Icebergs, hidden orders, all-or-none orders and pegs.

use crate::floor::Floor;
use pitfloor_exchange::Whereabouts;
use pitfloor_model::event::Reject;
use pitfloor_model::units::{Price, Qty, Side};

#[test]
fn an_iceberg_lets_the_others_have_their_turn() {
    let mut floor = Floor::open();
    floor.play("1 sell 1 @ 100 x30 show 10\n2 sell 1 @ 100 x10\n3 sell 1 @ 100 x10");
    assert_eq!(floor.book(), "| 100x30", "what is held back is not shown");
    floor.expect(
        "9 buy 1 @ 100 x45",
        "accepted 9/1
         trade 100x10 maker 1/1 taker 9/1
         refreshed 1/1 sell 100x10
         trade 100x10 maker 2/1 taker 9/1
         trade 100x10 maker 3/1 taker 9/1
         trade 100x10 maker 1/1 taker 9/1
         refreshed 1/1 sell 100x10
         trade 100x5 maker 1/1 taker 9/1",
    );
    assert_eq!(floor.queue(Side::Sell), "1/1x5");
}

#[test]
fn an_iceberg_takes_with_its_whole_size_and_loses_what_it_holds_back_first() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x4");
    floor.expect(
        "1 buy 1 @ 100 x20 show 5",
        "accepted 1/1
         trade 100x4 maker 2/1 taker 1/1
         rests 1/1 buy 100x5",
    );
    let before = floor.order(1, 1);
    assert_eq!((before.leaves, before.shown), (Qty(16), Qty(5)));
    floor.expect("1 reduce 1 by 9", "reduced 1/1 at 100 by 9 leaves 7");
    floor.expect("1 replace 1 @ 100 x7", "replaced 1/1 100x7 by 100x7 leaves 3 kept");
    let after = floor.order(1, 1);
    assert_eq!((after.leaves, after.shown, after.stamp), (Qty(3), Qty(3), before.stamp));
}

#[test]
fn parts_that_their_sender_drew_come_in_turn() {
    let mut floor = Floor::open();
    floor.play("1 sell 1 @ 100 x12 show 2 then 3 1");
    let shown: Vec<Qty> = (0..6)
        .map(|_| {
            let shown = floor.order(1, 1).shown;
            floor.play(&format!("2 buy 1 @ 100 x{}", shown.0));
            shown
        })
        .collect();
    assert_eq!(shown, [2, 3, 1, 3, 1, 2].map(Qty));
}

#[test]
fn bad_displays_are_refused() {
    let mut floor = Floor::under("rules tranches-max 4\nlimits qty-step 2 qty-min 2");
    floor.refuse("1 buy 1 @ 100 x10 show 0", Reject::BadDisplay);
    floor.refuse("1 buy 1 @ 100 x10 show 10", Reject::BadDisplay);
    floor.refuse("1 buy 1 @ 100 x10 show 3", Reject::BadDisplay);
    floor.refuse("1 buy 1 @ 100 x10 show 2", Reject::TooManyTranches);
    floor.refuse("1 buy 1 @ 100 x10 show 2 then 0", Reject::BadDisplay);
    floor.refuse("1 buy 1 @ 100 x10 show 2 then 2 2 2 2 2", Reject::TooManyTranches);
    floor.expect("1 buy 1 @ 100 x10 show 2 then 4", "accepted 1/1\nrests 1/1 buy 100x2");
    floor.refuse("1 amend 1 show 2", Reject::TooManyTranches);
    floor.expect("1 amend 1 show 4", "replaced 1/1 100x10 by 100x10 leaves 10 kept\namended 1/1 @ 100 x10 gtc stp taker show 4 kept");
}

#[test]
fn hidden_lots_trade_after_shown_ones_and_before_worse_prices() {
    let mut floor = Floor::open();
    floor.play(
        "1 sell 1 @ 100 x5 hidden\n2 sell 1 @ 100 x5\n3 sell 1 @ 101 x5\n4 sell 1 @ 99 x1 hidden",
    );
    assert_eq!(floor.book(), "| 100x5 101x5");
    floor.expect(
        "9 buy 1 @ 101 x12",
        "accepted 9/1
         trade 99x1 maker 4/1 taker 9/1
         trade 100x5 maker 2/1 taker 9/1
         trade 100x5 maker 1/1 taker 9/1
         trade 101x1 maker 3/1 taker 9/1",
    );
}

#[test]
fn all_or_none_is_passed_over_until_it_can_trade_whole() {
    let mut floor = Floor::open();
    floor.expect("1 buy 1 @ 100 x50 aon", "accepted 1/1\nrests 1/1 buy 100x0");
    assert_eq!(floor.book(), "|", "it is in no view");
    let stamp = floor.order(1, 1).stamp;
    floor.expect("2 sell 1 @ 100 x30", "accepted 2/1\nrests 2/1 sell 100x30");
    assert_eq!(floor.order(1, 1).stamp, stamp);
    floor.expect(
        "3 sell 1 @ 100 x20",
        "accepted 3/1
         rests 3/1 sell 100x20
         trade 100x30 maker 2/1 taker 1/1
         trade 100x20 maker 3/1 taker 1/1",
    );
}

#[test]
fn a_maker_of_all_or_none_trades_with_whom_takes_it_whole() {
    let mut floor = Floor::open().after("1 sell 1 @ 100 x10 aon\n2 sell 1 @ 101 x5");
    floor.expect(
        "3 buy 1 @ 101 x6",
        "accepted 3/1
         trade 101x5 maker 2/1 taker 3/1
         rests 3/1 buy 101x1",
    );
    floor.expect(
        "4 buy 1 @ 100 x10",
        "accepted 4/1
         trade 100x10 maker 1/1 taker 4/1",
    );
}

#[test]
fn pegs_follow_the_best_prices_that_are_not_pegged() {
    let mut floor = Floor::open().after("1 buy 1 @ 100 x5\n2 sell 1 @ 110 x5");
    floor.expect(
        "3 buy 1 peg primary +2 x5\n4 sell 1 peg market 5 x5\n5 buy 1 peg mid x5",
        "accepted 3/1
         rests 3/1 buy 102x5
         accepted 4/1
         rests 4/1 sell 105x5
         accepted 5/1
         trade 105x5 maker 4/1 taker 5/1",
    );
    // The new best bid moves the peg; pegs do not move each other.
    floor.expect(
        "1 buy 2 @ 103 x5",
        "accepted 1/2
         rests 1/2 buy 103x5
         repriced 3/1 buy 102 to 105
         rests 3/1 buy 105x5",
    );
    floor.expect(
        "1 cancel 2\n1 cancel 1",
        "cancelled 1/2 at 103 left 5 User
         repriced 3/1 buy 105 to 102
         rests 3/1 buy 102x5
         cancelled 1/1 at 100 left 5 User
         parked 3/1 buy at 102",
    );
    assert_eq!(floor.order(3, 1).place, Whereabouts::Parked);
    floor.expect(
        "1 buy 3 @ 90 x5",
        "accepted 1/3
         rests 1/3 buy 90x5
         repriced 3/1 buy none to 92
         rests 3/1 buy 92x5",
    );
}

#[test]
fn middles_are_rounded_apart_and_caps_hold() {
    let mut floor = Floor::open().after("1 buy 1 @ 100 x5\n2 sell 1 @ 103 x5");
    floor.expect(
        "3 sell 1 peg mid x5\n3 buy 2 peg mid x5",
        "accepted 3/1
         rests 3/1 sell 102x0
         accepted 3/2
         rests 3/2 buy 101x0",
    );
    floor.expect("4 buy 1 peg primary +2 @ 100 x5", "accepted 4/1\nrests 4/1 buy 100x5");
    assert_eq!(floor.book(), "100x10 | 103x5");
    floor.refuse("4 buy 2 peg market 0 x5", Reject::OffTick);
}

#[test]
fn a_peg_without_a_reference_waits_for_one() {
    let mut floor = Floor::open();
    floor.expect("1 buy 1 peg market 3 x5", "accepted 1/1 parked\nparked 1/1 buy unrested");
    floor.expect(
        "2 sell 1 @ 100 x5",
        "accepted 2/1
         rests 2/1 sell 100x5
         repriced 1/1 buy none to 97
         rests 1/1 buy 97x5",
    );
    let mut once = Floor::under("rules peg-once");
    once.refuse("1 buy 1 peg primary +0 x5", Reject::NoReference);
    once.play("2 buy 1 @ 50 x1\n1 buy 1 peg primary +0 x5\n2 buy 2 @ 60 x1");
    assert_eq!(once.order(1, 1).price, Some(Price(50)), "it keeps the price it took");
}

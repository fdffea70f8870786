//! Changing a live order: what keeps its place, what goes to the back, what trades at once.

use crate::pit::Pit;
use pitfloor_model::units::Side;

fn two_bids() -> Pit {
    let mut pit = Pit::open();
    pit.play("1 buy 1 @ 100 x5\n2 buy 1 @ 100 x5");
    pit
}

#[test]
fn a_pure_decrease_keeps_its_place() {
    let mut pit = two_bids();
    let stamp = pit.stamp(1, 1);
    assert_eq!(pit.play("1 replace 1 @ 100 x3"), ["replaced 1/1 100x5 by 100x3 leaves 3 kept"]);
    assert_eq!((pit.stamp(1, 1), pit.queue(Side::Buy)), (stamp, "1/1x3 2/1x5".to_owned()));
    assert_eq!(pit.book(), "100x8 |");
}

#[test]
fn a_larger_order_goes_to_the_back() {
    let mut pit = two_bids();
    assert_eq!(
        pit.play("1 replace 1 @ 100 x6"),
        ["replaced 1/1 100x5 by 100x6 leaves 6 back", "rests 1/1 buy 100x6"]
    );
    assert_eq!(pit.queue(Side::Buy), "2/1x5 1/1x6");
}

#[test]
fn no_change_at_all_goes_to_the_back() {
    let mut pit = two_bids();
    pit.play("1 replace 1 @ 100 x5");
    assert_eq!(pit.queue(Side::Buy), "2/1x5 1/1x5");
}

#[test]
fn another_price_goes_to_the_back_of_it_even_when_smaller() {
    let mut pit = two_bids();
    pit.play("3 buy 1 @ 99 x1");
    assert_eq!(
        pit.play("1 replace 1 @ 99 x1"),
        ["replaced 1/1 100x5 by 99x1 leaves 1 back", "rests 1/1 buy 99x1"]
    );
    assert_eq!(pit.queue(Side::Buy), "2/1x5 3/1x1 1/1x1");
}

#[test]
fn the_new_quantity_is_the_total_so_a_fill_on_its_way_counts() {
    let mut pit = two_bids();
    pit.play("9 sell 1 @ 100 x2");
    // Its owner wanted 7 in all; 2 have traded.
    assert_eq!(
        pit.play("1 replace 1 @ 101 x7"),
        ["replaced 1/1 100x3 by 101x7 leaves 5 back", "rests 1/1 buy 101x5"]
    );
    // The total that has traded follows the order through trades of its own.
    assert_eq!(pit.trades("9 sell 1 @ 101 x1"), ["trade 101x1 maker 1/1 taker 9/1"]);
    assert_eq!(pit.play("1 replace 1 @ 101 x4"), ["replaced 1/1 101x4 by 101x4 leaves 1 kept"]);
}

#[test]
fn the_same_total_after_a_fill_is_no_decrease() {
    let mut pit = two_bids();
    pit.play("9 sell 1 @ 100 x2\n1 replace 1 @ 100 x5");
    assert_eq!(pit.queue(Side::Buy), "2/1x5 1/1x3");
}

#[test]
fn replaced_to_what_has_traded_it_is_done() {
    for total in [1, 2] {
        let mut pit = two_bids();
        pit.play("9 sell 1 @ 100 x2");
        assert_eq!(
            pit.play(&format!("1 replace 1 @ 107 x{total}")),
            ["cancelled 1/1 at 100 left 3 ReplacedToDone"]
        );
        assert_eq!(pit.queue(Side::Buy), "2/1x5");
    }
}

#[test]
fn replaced_into_the_other_side_it_trades_at_the_makers_price() {
    let mut pit = two_bids();
    pit.play("8 sell 1 @ 103 x2\n7 sell 1 @ 105 x2");
    assert_eq!(
        pit.play("1 replace 1 @ 105 x5"),
        [
            "replaced 1/1 100x5 by 105x5 leaves 5 back",
            "trade 103x2 maker 8/1 taker 1/1",
            "trade 105x2 maker 7/1 taker 1/1",
            "rests 1/1 buy 105x1",
        ]
    );
    assert_eq!(
        pit.play("7 sell 1 @ 107 x4\n7 replace 1 @ 90 x4")[2..],
        [
            "replaced 7/1 107x4 by 90x4 leaves 4 back",
            "trade 105x1 maker 1/1 taker 7/1",
            "trade 100x3 maker 2/1 taker 7/1",
        ]
    );
    assert_eq!(pit.book(), "100x2 |");
}

#[test]
fn what_traded_on_the_way_in_counts_for_the_next_replace() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x3\n2 buy 1 @ 100 x5");
    assert_eq!(pit.play("2 replace 1 @ 100 x4"), ["replaced 2/1 100x2 by 100x4 leaves 1 kept"]);
    assert_eq!(pit.play("2 replace 1 @ 100 x3"), ["cancelled 2/1 at 100 left 1 ReplacedToDone"]);
}

#[test]
fn a_replaced_order_remembers_its_self_trade_prevention() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 105 x5\n1 buy 2 @ 100 x2 stp maker");
    assert_eq!(
        pit.play("1 replace 2 @ 105 x2"),
        [
            "replaced 1/2 100x2 by 105x2 leaves 2 back",
            "prevented 105x2 maker 1/1 taker 1/2 ExpireMaker",
            "expired 1/1 at 105 left 5",
            "rests 1/2 buy 105x2",
        ]
    );
}

#[test]
fn a_replaced_order_may_end_by_self_trade_prevention() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 105 x5\n1 buy 2 @ 100 x2");
    assert_eq!(
        pit.play("1 replace 2 @ 105 x2")[1..],
        ["prevented 105x2 maker 1/1 taker 1/2 ExpireTaker", "expired 1/2 unrested left 2"]
    );
    assert_eq!(pit.book(), "| 105x5");
    assert_eq!(pit.play("1 cancel 2"), ["rejected 1/2 UnknownOrder"]);
}

#[test]
fn siblings_of_a_replaced_order_stay() {
    let mut pit = two_bids();
    pit.play("3 buy 1 @ 100 x5\n2 replace 1 @ 98 x1\n2 replace 1 @ 100 x2\n1 replace 1 @ 100 x1");
    assert_eq!(pit.queue(Side::Buy), "1/1x1 3/1x5 2/1x2");
}

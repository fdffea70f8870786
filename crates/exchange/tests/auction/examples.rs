//! The rules one by one, on calls small enough to follow by hand.

use crate::call::{end, indicative, no_reference, read, reference, said};
use pitfloor_exchange::auction::{Aggregate, CallRules, Tie, Verdict, discover};
use pitfloor_model::units::{Price, Qty, Side};

const VOLUME_DECIDES: &str = "
    b1 buy  30 market
    b2 buy  50 @102
    b3 buy  40 @101
    b4 buy  60 @100
    s1 sell 20 @99
    s2 sell 50 @100
    s3 sell 40 @101
    s4 sell 30 @103";

#[test]
fn the_price_with_the_highest_volume_wins() {
    let ended = end(VOLUME_DECIDES, &reference(100));
    assert_eq!(ended.said, "101 x110, buy 10 over");
    assert_eq!(ended.verdict, Verdict::Uncross);
    assert_eq!(ended.fills, ["b1 30+0", "b2 50+0", "b3 30+0", "s1 20+0", "s2 50+0", "s3 40+0"]);
    assert_eq!(ended.left, ["b3 10 @101", "b4 60 @100", "s4 30 @103"]);
    let pairs = ["b1-s1 20", "b1-s2 10", "b2-s2 40", "b2-s3 10", "b3-s3 30"];
    assert_eq!(ended.pairings, pairs);
}

#[test]
fn every_row_of_the_table_is_what_a_collar_around_it_finds() {
    let rows = [
        (99, "99 x20, buy 160 over"),
        (100, "100 x70, buy 110 over"),
        (101, "101 x110, buy 10 over"),
        (102, "102 x80, sell 30 over"),
        (103, "103 x30, sell 110 over"),
    ];
    for (price, row) in rows {
        let only = crate::call::within(reference(100), price, price);
        assert_eq!(indicative(VOLUME_DECIDES, &only), row);
    }
}

#[test]
fn buyers_to_spare_everywhere_make_the_highest_price() {
    let call = "b1 buy 100 @105
                b2 buy 50 @103
                s1 sell 80 @100";
    for rules in [reference(1), reference(102), reference(1_000), no_reference()] {
        assert_eq!(indicative(call, &rules), "105 x80, buy 20 over");
    }
    assert_eq!(end(call, &reference(102)).left, ["b1 20 @105", "b2 50 @103"]);
}

#[test]
fn sellers_to_spare_everywhere_make_the_lowest_price() {
    let call = "b1 buy 80 @105
                s1 sell 100 @100
                s2 sell 50 @102";
    for rules in [reference(1), reference(102), reference(1_000), no_reference()] {
        assert_eq!(indicative(call, &rules), "100 x80, sell 20 over");
    }
    assert_eq!(end(call, &reference(102)).left, ["s1 20 @100", "s2 50 @102"]);
}

const NO_ORDERS_AT_THE_PRICE: &str = "
    b1 buy  100 @106
    b2 buy  50 @100
    s1 sell 100 @100
    s2 sell 60 @106";

#[test]
fn a_price_without_orders_may_win() {
    let at = |price| indicative(NO_ORDERS_AT_THE_PRICE, &reference(price));
    assert_eq!(at(102), "102 x100");
    assert_eq!(at(95), "101 x100");
    assert_eq!(at(120), "105 x100");
    assert_eq!(indicative(NO_ORDERS_AT_THE_PRICE, &no_reference()), "101 x100");
}

#[test]
fn a_price_without_orders_lies_on_the_grid() {
    // The grid has 100, 102, 104, 106.
    let at = |price| {
        let rules = CallRules { price_step: 2, ..reference(price) };
        indicative(NO_ORDERS_AT_THE_PRICE, &rules)
    };
    assert_eq!(at(95), "102 x100");
    assert_eq!(at(102), "102 x100");
    assert_eq!(at(103), "102 x100", "a reference off the grid is rounded down");
    assert_eq!(at(104), "104 x100");
    assert_eq!(at(105), "104 x100");
    assert_eq!(at(120), "104 x100");
    // With 6 ticks to the step nothing lies between 96 and 102: the two ends are all there is.
    let coarse = "b1 buy 100 @102\nb2 buy 50 @96\ns1 sell 100 @96\ns2 sell 60 @102";
    let rules = CallRules { price_step: 6, ..no_reference() };
    assert_eq!(indicative(coarse, &rules), "96 x100, buy 50 over");
}

#[test]
fn below_zero_rounding_down_goes_away_from_zero() {
    let call = "b1 buy 100 @-100\nb2 buy 50 @-106\ns1 sell 100 @-106\ns2 sell 60 @-100";
    let rules = |at| CallRules { price_step: 2, ..reference(at) };
    assert_eq!(indicative(call, &rules(-103)), "-104 x100");
    assert_eq!(indicative(call, &rules(-102)), "-102 x100");
    assert_eq!(indicative(call, &rules(0)), "-102 x100");
}

const SIGNS_DIFFER: &str = "
    b1 buy  10 @100
    b2 buy  100 @101
    s1 sell 100 @100
    s2 sell 10 @101";

#[test]
fn where_the_surplus_changes_sides_the_nearest_to_the_reference_wins() {
    assert_eq!(indicative(SIGNS_DIFFER, &reference(103)), "101 x100, sell 10 over");
    assert_eq!(indicative(SIGNS_DIFFER, &reference(99)), "100 x100, buy 10 over");
    assert_eq!(indicative(SIGNS_DIFFER, &no_reference()), "100 x100, buy 10 over");
}

#[test]
fn where_the_surplus_changes_sides_only_the_two_prices_at_the_change_compete() {
    // Buyers have 10 to spare from 98 to 100, sellers from 101 to 105.
    let call = "b1 buy  10 @100
                b2 buy  100 @105
                s1 sell 100 @98
                s2 sell 10 @101";
    assert_eq!(indicative(call, &reference(90)), "100 x100, buy 10 over");
    assert_eq!(indicative(call, &reference(99)), "100 x100, buy 10 over");
    assert_eq!(indicative(call, &reference(105)), "101 x100, sell 10 over");
}

#[test]
fn of_two_equally_near_prices_the_lower_wins_unless_the_venue_says_the_higher() {
    let call = "b1 buy 10 @100\nb2 buy 100 @104\ns1 sell 100 @100\ns2 sell 10 @104";
    // The grid has 100 and 104; 102 is in the middle.
    let rules = |tie| CallRules { price_step: 4, tie, ..reference(102) };
    assert_eq!(indicative(call, &rules(Tie::Lower)), "100 x100, buy 10 over");
    assert_eq!(indicative(call, &rules(Tie::Higher)), "104 x100, sell 10 over");
    // Between them on a finer grid nobody is left over, and nothing is a tie.
    assert_eq!(indicative(call, &reference(102)), "102 x100");
}

#[test]
fn without_a_reference_the_lowest_wins_whichever_way_ties_go() {
    for tie in [Tie::Lower, Tie::Higher] {
        let rules = CallRules { tie, ..no_reference() };
        assert_eq!(indicative(SIGNS_DIFFER, &rules), "100 x100, buy 10 over");
    }
}

#[test]
fn market_orders_alone_trade_at_the_reference() {
    let call = "b1 buy 30 market\ns1 sell 50 market";
    assert_eq!(indicative(call, &reference(100)), "100 x30, sell 20 over");
    assert_eq!(indicative(call, &no_reference()), "none");
    let grid = CallRules { price_step: 5, ..reference(103) };
    assert_eq!(indicative(call, &grid), "100 x30, sell 20 over");
    assert_eq!(end(call, &grid).pairings, ["b1-s1 30"]);
}

#[test]
fn market_orders_alone_on_one_side_do_not_trade() {
    for call in ["b1 buy 30 market", "s1 sell 30 market", ""] {
        let ended = end(call, &reference(100));
        assert_eq!(ended.said, "none");
        assert_eq!(ended.verdict, Verdict::Uncross);
        assert!(ended.pairings.is_empty() && ended.fills.is_empty());
    }
}

#[test]
fn a_limit_on_either_side_is_enough_for_a_price() {
    let call = "b1 buy 30 market\ns1 sell 50 market\nb2 buy 10 @90";
    // The reference plays no part once there is a limit: 90 is the only candidate.
    assert_eq!(indicative(call, &reference(100)), "90 x40, sell 10 over");
}

#[test]
fn orders_that_do_not_meet_carry_over() {
    let ended = end("b1 buy 10 @99\ns1 sell 10 @100", &reference(99));
    assert_eq!((ended.said.as_str(), ended.verdict), ("none", Verdict::Uncross));
    assert_eq!(ended.left, ["b1 10 @99", "s1 10 @100"]);
}

const ALLOCATION: &str = "
    b1 buy  40 market
    b2 buy  50 @101
    b3 buy  60 @100 shows 20
    b4 buy  30 @100
    s1 sell 70 @98
    s2 sell 50 @100
    s3 sell 25 @101";

#[test]
fn the_longer_side_is_served_market_first_then_price_then_shown_then_hidden() {
    let ended = end(ALLOCATION, &reference(99));
    assert_eq!(ended.said, "100 x120, buy 60 over");
    let pairs = ["b1-s1 40", "b2-s1 30", "b2-s2 20", "b3-s2 20", "b4-s2 10"];
    assert_eq!(ended.pairings, pairs);
    assert_eq!(ended.fills, ["b1 40+0", "b2 50+0", "b3 20+0", "b4 10+0", "s1 70+0", "s2 50+0"]);
    assert_eq!(ended.left, ["b3 40 @100", "b4 20 @100", "s3 25 @101"]);
}

#[test]
fn imbalance_only_orders_absorb_the_surplus_and_leave_the_price() {
    let with_io = format!("{ALLOCATION}\n io sell 45 @99 io");
    assert_eq!(indicative(&with_io, &reference(99)), "100 x120, buy 60 over");
    let ended = end(&with_io, &reference(99));
    assert_eq!(ended.said, "100 x165, buy 15 over");
    let pairs =
        ["b1-s1 40", "b2-s1 30", "b2-s2 20", "b3-s2 20", "b4-s2 10", "b4-io 20", "b3-io 25"];
    assert_eq!(ended.pairings, pairs);
    assert_eq!(ended.fills[2..4], ["b3 20+25", "b4 30+0"]);
    assert_eq!(ended.left, ["b3 15 @100", "s3 25 @101"]);
}

#[test]
fn imbalance_only_orders_come_by_price_then_stamp_and_only_where_they_accept() {
    let call = format!(
        "{ALLOCATION}
         i1 sell 20 @100 io
         i2 sell 10 @97 io
         i3 sell 10 @101 io
         i4 sell 40 @100 io
         i5 buy 500 @200 io"
    );
    let ended = end(&call, &reference(99));
    assert_eq!(ended.said, "100 x180");
    let absorbed = &ended.pairings[5..];
    assert_eq!(absorbed, ["b4-i2 10", "b4-i1 10", "b3-i1 10", "b3-i4 30"]);
    assert!(!ended.fills.iter().any(|fill| fill.starts_with("i3") || fill.starts_with("i5")));
}

#[test]
fn imbalance_only_orders_never_meet_each_other() {
    let call = "i1 buy 10 @105 io\ni2 sell 10 @95 io";
    assert_eq!(end(call, &reference(100)).said, "none");
    // Nor do they where there is a price but no surplus.
    let balanced = format!("{call}\nb1 buy 5 @100\ns1 sell 5 @100");
    let ended = end(&balanced, &reference(100));
    assert_eq!((ended.said.as_str(), ended.pairings.len()), ("100 x5", 1));
}

#[test]
fn imbalance_only_limits_are_no_candidates() {
    let call = "b1 buy 10 @100\ns1 sell 10 @100\ni1 sell 5 @90 io\ni2 buy 5 @110 io";
    assert_eq!(indicative(call, &reference(90)), "100 x10");
}

#[test]
fn hidden_orders_wait_behind_shown_ones_at_the_price_and_not_at_better_ones() {
    let call = "b1 buy 10 @101 shows 0
                b2 buy 10 @101
                b3 buy 10 @100 shows 0
                b4 buy 10 @100
                s1 sell 25 @100";
    let ended = end(call, &reference(100));
    assert_eq!(ended.said, "100 x25, buy 15 over");
    assert_eq!(ended.pairings, ["b1-s1 10", "b2-s1 10", "b4-s1 5"]);
    assert_eq!(ended.fills, ["b1 0+10", "b2 10+0", "b4 5+0", "s1 25+0"]);
}

#[test]
fn an_iceberg_better_than_the_price_gives_shown_lots_first() {
    let call = "b1 buy 30 @105 shows 10\nb2 buy 30 @105 shows 30\ns1 sell 25 @100";
    // Both stand at the price, 105: buyers are to spare everywhere.
    let ended = end(call, &no_reference());
    assert_eq!(ended.fills, ["b1 10+0", "b2 15+0", "s1 25+0"]);
    let higher = crate::call::within(no_reference(), 100, 104);
    let ended = end(call, &higher);
    assert_eq!(ended.said, "104 x25, buy 35 over");
    assert_eq!(ended.fills, ["b1 10+15", "s1 25+0"]);
}

#[test]
fn sums_follow_orders_that_come_and_go() {
    let (interests, _) = read(VOLUME_DECIDES);
    let mut sums = Aggregate::new();
    let rules = reference(100);
    let mut told = Vec::new();
    for interest in &interests {
        sums.add(interest.side, interest.limit, interest.lots());
        told.push(said(discover(&sums, &rules)));
    }
    let nothing = ["none", "none", "none", "none"];
    assert_eq!(told[..4], nothing);
    assert_eq!(
        told[4..],
        [
            "102 x20, buy 60 over",
            "102 x70, buy 10 over",
            "101 x110, buy 10 over",
            "101 x110, buy 10 over",
        ]
    );
    assert_eq!((sums.limits_count(), sums.is_empty()), (5, false));
    // A trade or a cancel takes lots away; the last one takes the limit with it.
    sums.remove(Side::Sell, Some(Price(101)), Qty(40));
    assert_eq!(said(discover(&sums, &rules)), "102 x70, buy 10 over");
    for interest in interests.iter().filter(|interest| interest.handle != 6) {
        sums.remove(interest.side, interest.limit, interest.lots());
    }
    assert_eq!(sums, Aggregate::new());
    assert!(sums.is_empty());
}

#[test]
#[should_panic(expected = "no more lots are taken than were put")]
fn more_lots_than_were_put_cannot_be_taken() {
    let mut sums = Aggregate::new();
    sums.add(Side::Buy, Some(Price(1)), Qty(5));
    sums.remove(Side::Buy, Some(Price(1)), Qty(6));
}

#[test]
#[should_panic(expected = "lots are taken from where they were put")]
fn lots_cannot_be_taken_from_another_limit() {
    let mut sums = Aggregate::new();
    sums.add(Side::Buy, Some(Price(1)), Qty(5));
    sums.remove(Side::Buy, Some(Price(2)), Qty(5));
}

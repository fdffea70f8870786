//! Collars: what they cut, how they are rounded, and when they extend a call.

use crate::call::{end, indicative, no_reference, reference, within};
use pitfloor_exchange::auction::{CallRules, Collar, Verdict};
use pitfloor_model::units::Price;

const MARKET_BUY: &str = "
    b1 buy  50 market
    s1 sell 30 @108
    s2 sell 30 @112";

#[test]
fn a_collar_cuts_the_candidates() {
    assert_eq!(indicative(MARKET_BUY, &reference(100)), "112 x50, sell 10 over");
    let ended = end(MARKET_BUY, &within(reference(100), 90, 110));
    assert_eq!(ended.said, "110 x30, buy 20 over");
    assert_eq!(ended.verdict, Verdict::Uncross, "a market order's rest is cancelled, not crossed");
    assert_eq!(ended.pairings, ["b1-s1 30"]);
}

#[test]
fn the_mirror_of_a_collar_cuts_the_other_end() {
    let call = "s1 sell 50 market\nb1 buy 30 @-108\nb2 buy 30 @-112";
    assert_eq!(indicative(call, &reference(-100)), "-112 x50, buy 10 over");
    let ended = end(call, &within(reference(-100), -110, -90));
    assert_eq!((ended.said.as_str(), ended.verdict), ("-110 x30, sell 20 over", Verdict::Uncross));
}

#[test]
fn a_price_that_would_leave_the_book_crossed_extends_the_call() {
    let call = "b1 buy 50 @120\ns1 sell 30 @108\ns2 sell 30 @112";
    let collared = within(reference(100), 90, 110);
    assert_eq!(end(call, &collared).verdict, Verdict::Crossed);
    let ended = end(call, &collared.without_collar());
    assert_eq!((ended.said.as_str(), ended.verdict), ("112 x50, sell 10 over", Verdict::Uncross));
    assert_eq!(ended.left, ["s2 10 @112"]);
}

#[test]
fn what_does_not_stay_leaves_nothing_crossed() {
    let call = "b1 buy 50 @120 once\ns1 sell 30 @108\ns2 sell 30 @112";
    let ended = end(call, &within(reference(100), 90, 110));
    assert_eq!((ended.said.as_str(), ended.verdict), ("110 x30, buy 20 over", Verdict::Uncross));
}

#[test]
fn a_bid_at_the_ask_is_crossed_and_one_below_it_is_not() {
    let collared = within(reference(100), 90, 110);
    let call = |limit: i64| format!("b1 buy 50 @{limit}\ns1 sell 30 @108\ns2 sell 30 @112");
    assert_eq!(end(&call(112), &collared).verdict, Verdict::Crossed);
    assert_eq!(end(&call(111), &collared).verdict, Verdict::Uncross);
}

#[test]
fn imbalance_only_orders_can_save_a_call_from_being_crossed() {
    let call = "b1 buy 50 @120\ns1 sell 30 @108\ns2 sell 30 @112\ni1 sell 20 @100 io";
    let ended = end(call, &within(reference(100), 90, 110));
    assert_eq!((ended.said.as_str(), ended.verdict), ("110 x50", Verdict::Uncross));
}

#[test]
fn nothing_within_the_collar_extends_the_call_and_nothing_at_all_does_not() {
    let call = "b1 buy 50 @120\ns1 sell 30 @115";
    let collared = within(reference(100), 90, 110);
    let ended = end(call, &collared);
    assert_eq!((ended.said.as_str(), ended.verdict), ("none", Verdict::NothingWithin));
    assert_eq!(end(call, &collared.without_collar()).said, "120 x30, buy 20 over");
    let apart = "b1 buy 50 @100\ns1 sell 30 @101";
    assert_eq!(end(apart, &collared).verdict, Verdict::Uncross);
}

#[test]
fn market_orders_alone_keep_to_the_collar_too() {
    let call = "b1 buy 30 market\ns1 sell 30 market";
    assert_eq!(end(call, &within(reference(100), 90, 110)).said, "100 x30");
    let away = end(call, &within(reference(100), 101, 110));
    assert_eq!((away.said.as_str(), away.verdict), ("none", Verdict::NothingWithin));
}

#[test]
fn a_collar_off_the_grid_is_rounded_inwards() {
    let call = "b1 buy 50 market\ns1 sell 30 @105\ns2 sell 30 @125";
    let rules = |lower, upper| CallRules { price_step: 5, ..within(reference(100), lower, upper) };
    assert_eq!(indicative(call, &rules(91, 119)), "115 x30, buy 20 over");
    assert_eq!(indicative(call, &rules(91, 120)), "120 x30, buy 20 over");
    assert_eq!(indicative(call, &rules(106, 109)), "none", "no price of the grid lies between");
    let mirror = "s1 sell 50 market\nb1 buy 30 @-105\nb2 buy 30 @-125";
    assert_eq!(indicative(mirror, &rules(-119, -91)), "-115 x30, sell 20 over");
}

#[test]
fn a_collar_upside_down_allows_nothing() {
    let call = "b1 buy 50 @100\ns1 sell 50 @100";
    assert_eq!(end(call, &within(no_reference(), 101, 99)).verdict, Verdict::NothingWithin);
}

#[test]
fn ten_percent_around_a_price() {
    let around = |at, bips| {
        let Collar { lower, upper } = Collar::around(Price(at), bips);
        (lower.0, upper.0)
    };
    assert_eq!(around(100, 1_000), (90, 110));
    assert_eq!(around(105, 1_000), (95, 115), "94.5 and 115.5, inwards");
    assert_eq!(around(-105, 1_000), (-115, -95), "the mirror");
    assert_eq!(around(7, 1_000), (7, 7));
    assert_eq!(around(0, 1_000), (0, 0));
    assert_eq!(around(100, 0), (100, 100));
    assert_eq!(around(100, 20_000), (-100, 300));
    assert_eq!(around(i64::MAX, 10_000), (0, i64::MAX), "ends where prices end");
    assert_eq!(around(i64::MIN + 1, 10_000), (i64::MIN, 0));
}

//! C-34: what an order of an account with margin must have behind it.

use crate::desk::*;
use pitfloor_model::event::Reject;

const SHORT: Result<(), Reject> = Err(Reject::InsufficientMargin);

/// Ann has 10,000.00, and the share is carried at 40.00.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.fund(ANN, 1_000_000);
    desk.value(&[(ACME, 4_000), (FUTURE, 4_000), (COIN, 100), (CALL, 300)]);
    desk
}

#[test]
fn half_of_the_value_buys_all_of_it() {
    let desk = desk();
    assert_eq!(desk.may(ANN, ACME, 500, Some(4_000)), Ok(()));
    assert_eq!(desk.may(ANN, ACME, 501, Some(4_000)), SHORT);
    assert_eq!(desk.may(ANN, ACME, -500, Some(4_000)), Ok(()));
    assert_eq!(desk.may(ANN, ACME, -501, Some(4_000)), SHORT);
}

/// The larger of the limit and what it is carried at, whichever side it is on.
#[test]
fn an_order_counts_at_its_limit_where_that_is_more() {
    let desk = desk();
    assert_eq!(desk.may(ANN, ACME, 250, Some(8_000)), Ok(()));
    assert_eq!(desk.may(ANN, ACME, 251, Some(8_000)), SHORT);
    assert_eq!(desk.may(ANN, ACME, -251, Some(8_000)), SHORT);
    assert_eq!(desk.may(ANN, ACME, 501, Some(10)), SHORT, "carried at more than its limit");
    assert_eq!(desk.may(ANN, ACME, 500, None), Ok(()), "at the market");
    assert_eq!(desk.may(ANN, ACME, 501, None), SHORT);
}

#[test]
fn what_was_never_valued_counts_at_the_limit_alone() {
    let desk = desk();
    assert_eq!(desk.house.carried_at(PUT), None);
    assert_eq!(desk.may(ANN, PUT, 100, Some(100)), Ok(()), "paid in full: 10,000.00");
    assert_eq!(desk.may(ANN, PUT, 101, Some(100)), SHORT);
    assert_eq!(desk.may(ANN, PUT, 101, None), Ok(()), "at nothing");
}

#[test]
fn open_orders_of_a_side_add_up() {
    let mut desk = desk();
    desk.rest(ANN, ACME, 300, 4_000);
    assert_eq!(desk.initial(ANN), 600_000);
    assert_eq!(desk.may(ANN, ACME, 200, Some(4_000)), Ok(()));
    assert_eq!(desk.may(ANN, ACME, 201, Some(4_000)), SHORT);
    // Sales are the other side: the larger of both counts, not their sum.
    assert_eq!(desk.may(ANN, ACME, -500, Some(4_000)), Ok(()));
    desk.rest(ANN, ACME, -500, 4_000);
    assert_eq!(desk.initial(ANN), 1_000_000);
    assert_eq!(desk.may(ANN, ACME, 200, Some(4_000)), Ok(()));
    assert_eq!(desk.may(ANN, COIN, 1, Some(1)), SHORT, "another instrument adds to it");
    desk.lift(ANN, ACME, -500, 4_000);
    desk.lift(ANN, ACME, 300, 4_000);
    assert_eq!(desk.initial(ANN), 0);
}

#[test]
fn open_orders_count_at_what_is_carried_elsewhere() {
    let mut desk = desk();
    desk.rest(ANN, ACME, 250, 8_000);
    assert_eq!(desk.initial(ANN), 500_000, "at 40.00, whatever they bid");
    assert_eq!(desk.may(ANN, COIN, 5_000, Some(100)), Ok(()));
    assert_eq!(desk.may(ANN, COIN, 5_001, Some(100)), SHORT);
}

#[test]
fn what_brings_it_no_higher_is_always_let_in() {
    let mut desk = desk();
    desk.trade(ANN, ACME, 500, 4_000);
    desk.value(&[(ACME, 2_100)]);
    assert_eq!(desk.equity(ANN), 50_000, "far below what is needed to begin");
    assert_eq!(desk.may(ANN, ACME, 1, Some(2_100)), SHORT);
    assert_eq!(desk.may(ANN, ACME, -500, Some(2_100)), Ok(()), "closes");
    assert_eq!(desk.may(ANN, ACME, -1_000, Some(2_100)), Ok(()), "as much the other way");
    assert_eq!(desk.may(ANN, ACME, -1_001, Some(2_100)), SHORT);
    assert_eq!(desk.may(ANN, ACME, -500, Some(90_000)), Ok(()), "at whatever price");
}

#[test]
fn a_replacement_counts_instead_of_what_it_replaces() {
    let mut desk = desk();
    desk.rest(ANN, ACME, 400, 4_000);
    assert_eq!(desk.may(ANN, ACME, 101, Some(4_000)), SHORT);
    assert_eq!(desk.may_replace(ANN, ACME, (400, 4_000), (500, 4_000)), Ok(()));
    assert_eq!(desk.may_replace(ANN, ACME, (400, 4_000), (501, 4_000)), SHORT);
    assert_eq!(desk.may_replace(ANN, ACME, (400, 4_000), (250, 8_000)), Ok(()));
    assert_eq!(desk.may_replace(ANN, ACME, (400, 4_000), (260, 8_000)), Ok(()), "no more lots");
    desk.rest(ANN, ACME, -300, 4_000);
    assert_eq!(desk.may_replace(ANN, ACME, (-300, 4_000), (-500, 4_000)), Ok(()));
    assert_eq!(desk.may_replace(ANN, ACME, (-300, 4_000), (-501, 4_000)), SHORT);
}

#[test]
fn a_future_needs_so_much_a_lot_and_no_cash_beside() {
    let mut desk = desk();
    assert_eq!(desk.may(ANN, FUTURE, 83, Some(999_999)), Ok(()));
    assert_eq!(desk.may(ANN, FUTURE, 84, Some(1)), SHORT);
    assert_eq!(desk.may(CASH, FUTURE, 1, Some(1)), Err(Reject::NeedsMargin));
    desk.trade(ANN, FUTURE, -83, 4_000);
    assert_eq!(desk.may(ANN, FUTURE, 83, Some(4_000)), Ok(()));
    assert_eq!(desk.may(ANN, FUTURE, -1, Some(4_000)), SHORT);
}

#[test]
fn what_is_paid_in_full_is_never_sold_short() {
    let mut desk = desk();
    assert_eq!(desk.may(ANN, COIN, 10_000, Some(100)), Ok(()));
    assert_eq!(desk.may(ANN, COIN, 10_001, Some(100)), SHORT);
    assert_eq!(desk.may(ANN, COIN, -1, Some(100)), Err(Reject::ShortSale));
    desk.trade(ANN, COIN, 10, 100);
    desk.rest(ANN, COIN, -4, 100);
    assert_eq!(desk.may(ANN, COIN, -6, Some(100)), Ok(()));
    assert_eq!(desk.may(ANN, COIN, -7, Some(100)), Err(Reject::ShortSale));
    assert_eq!(desk.may_replace(ANN, COIN, (-4, 100), (-10, 100)), Ok(()));
}

/// 300.00 premium and 1,500.00 beside it, at 100.00; the premium comes in.
#[test]
fn a_naked_call_needs_1800() {
    let mut desk = Desk::new();
    desk.fund(ANN, 179_999);
    desk.value(&[(ACME, 10_000), (CALL, 300), (PUT, 200)]);
    assert_eq!(desk.may(ANN, CALL, -1, Some(300)), SHORT);
    assert_eq!(desk.may(ANN, PUT, -1, Some(200)), Ok(()), "1,700.00");
    desk.fund(ANN, 1);
    assert_eq!(desk.may(ANN, CALL, -1, Some(300)), Ok(()));
    assert_eq!(desk.may(ANN, CALL, -1, Some(301)), SHORT, "it counts at the limit");
}

/// A pair is no position: it needs cash on both sides, and reserves it.
#[test]
fn a_pair_is_paid_for_by_everybody() {
    let mut desk = desk();
    assert_eq!(desk.may(ANN, EURUSD, 5_000, Some(107)), Ok(()));
    assert_eq!(desk.may(ANN, EURUSD, 10_000, Some(107)), Err(Reject::InsufficientCash));
    assert_eq!(desk.may(ANN, EURUSD, -1, Some(107)), Err(Reject::ShortSale));
    desk.rest(ANN, EURUSD, 5_000, 107);
    assert_eq!(desk.initial(ANN), 0);
    assert_eq!(desk.house.ledger().cash(ANN, USD).unwrap().reserved.0, 535_000);
    assert_eq!(desk.may(ANN, EURUSD, 5_000, Some(107)), Err(Reject::InsufficientCash));
    desk.lift(ANN, EURUSD, 5_000, 107);
    assert_eq!(desk.house.ledger().cash(ANN, USD).unwrap().reserved.0, 0);
}

#[test]
fn accounts_with_margin_reserve_nothing() {
    let mut desk = desk();
    desk.trade(ANN, COIN, 10, 100);
    desk.rest(ANN, COIN, -10, 100);
    desk.rest(ANN, ACME, 10, 100);
    let ledger = desk.house.ledger();
    assert_eq!(ledger.lots(ANN, COIN).unwrap().reserved, 0);
    assert_eq!(ledger.cash(ANN, USD).unwrap().reserved.0, 0);
}

#[test]
#[should_panic(expected = "no more is given back than was set aside")]
fn more_buying_than_was_counted_cannot_be_given_back() {
    let mut desk = desk();
    desk.rest(ANN, ACME, 10, 100);
    desk.lift(ANN, ACME, 11, 100);
}

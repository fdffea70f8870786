//! C-36: margin by what scenarios would cost.

use crate::desk::*;
use pitfloor_model::clearing::{Act, HouseTerms, Valuation};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{Cash, InstrumentId, Price};

const SHORT: Result<(), Reject> = Err(Reject::InsufficientMargin);

/// Ten moves of the share from −15 % to +15 % of 100.00, in cents a share: −1,500, −1,166 … +1,500.
fn moves() -> [i64; Valuation::POINTS] {
    [-1_500, -1_166, -833, -500, -166, 166, 500, 833, 1_166, 1_500]
}

fn scanned(desk: &mut Desk, of: InstrumentId, price: i64, scan: [i64; Valuation::POINTS]) {
    let scan = Some(Box::new(scan));
    let valuations = vec![Valuation { instrument: of, price: Price(price), scan }];
    desk.ask(&Act::Value { valuations }).unwrap();
}

/// Pia has 15,000.00; the share moves by the scan, the call by half of it a share, the put by the
/// opposite; least 37.50 a contract.
fn desk() -> Desk {
    let terms = HouseTerms { portfolio_least: Cash(3_750), ..HouseTerms::default() };
    let mut desk = Desk::with(terms);
    desk.fund(PIA, 1_500_000);
    scanned(&mut desk, ACME, 10_000, moves());
    scanned(&mut desk, CALL, 300, moves().map(|move_| move_ * 50));
    scanned(&mut desk, PUT, 200, moves().map(|move_| move_ * -50));
    desk
}

#[test]
fn the_worst_scenario_of_the_group_is_what_is_needed() {
    let mut desk = desk();
    desk.trade(PIA, ACME, 100, 10_000);
    assert_eq!(desk.initial(PIA), 150_000, "15 % of 100 shares");
    assert_eq!(desk.maintenance(PIA), 150_000, "the same to go on");
    desk.trade(PIA, PUT, 1, 200);
    assert_eq!(desk.initial(PIA), 75_000, "a bought put takes half of the loss");
    desk.trade(PIA, PUT, 1, 200);
    assert_eq!(desk.initial(PIA), 7_500, "hedged: the least of two contracts");
    desk.trade(PIA, CALL, -2, 300);
    assert_eq!(desk.initial(PIA), 150_000, "now what rises is lost twice");
    desk.trade(PIA, ACME, -100, 10_000);
    desk.trade(PIA, PUT, -2, 200);
    desk.trade(PIA, CALL, 2, 300);
    assert_eq!((desk.initial(PIA), desk.maintenance(PIA)), (0, 0));
}

#[test]
fn groups_add_up_and_what_has_no_scan_counts_by_itself() {
    let mut desk = desk();
    desk.value(&[(FUTURE, 10_000), (COIN, 100)]);
    desk.trade(PIA, ACME, 100, 10_000);
    desk.trade(PIA, FUTURE, 1, 10_000);
    assert_eq!(desk.initial(PIA), 150_000 + 10_000, "what the lot needs to go on");
    desk.trade(PIA, COIN, 70, 100);
    assert_eq!(desk.initial(PIA), 150_000 + 10_000 + 7_000, "a group of its own");
    // The future has a scan now: it adds to what its group can lose, and its least is a lot's.
    scanned(&mut desk, FUTURE, 10_000, moves().map(|move_| move_ * -10));
    assert_eq!(desk.initial(PIA), 135_000 + 7_000);
}

#[test]
fn a_scan_is_kept_until_another_comes() {
    let mut desk = desk();
    desk.trade(PIA, ACME, -10, 10_000);
    desk.value(&[(ACME, 10_500)]);
    assert_eq!(desk.initial(PIA), 15_000);
    scanned(&mut desk, ACME, 10_500, [-7; Valuation::POINTS]);
    assert_eq!(desk.initial(PIA), 0, "who is short gains in all of them");
    desk.trade(PIA, ACME, 20, 10_500);
    assert_eq!(desk.initial(PIA), 70);
}

#[test]
fn an_order_is_asked_for_what_its_group_comes_to() {
    let mut desk = desk();
    assert_eq!(desk.may(PIA, ACME, 1_000, Some(10_000)), Ok(()));
    assert_eq!(desk.may(PIA, ACME, 1_001, Some(10_000)), SHORT);
    assert_eq!(desk.may(PIA, ACME, -1_001, Some(10_000)), SHORT);
    desk.rest(PIA, ACME, 600, 10_000);
    assert_eq!(desk.may(PIA, ACME, 400, Some(10_000)), Ok(()));
    assert_eq!(desk.may(PIA, ACME, 401, Some(10_000)), SHORT, "with what is open");
    assert_eq!(desk.may(PIA, ACME, -1_000, Some(10_000)), Ok(()), "the other side by itself");
    assert_eq!(desk.may(PIA, CALL, 20, None), Ok(()), "the open orders are another's");
    assert_eq!(desk.may(PIA, CALL, 21, None), SHORT);
    desk.trade(PIA, ACME, 1_000, 10_000);
    assert_eq!(desk.may(PIA, PUT, 10, None), Ok(()), "it hedges: less than before");
    assert_eq!(desk.may(PIA, CALL, 1, None), SHORT);
}

/// Where the account is short of it already, what makes it no worse is let in.
#[test]
fn a_hedge_is_always_let_in() {
    let mut desk = desk();
    desk.trade(PIA, ACME, 1_000, 10_000);
    desk.trade(PIA, COIN, 1_000, 1_000);
    assert_eq!(desk.equity(PIA), 500_000);
    assert_eq!(desk.may(PIA, PUT, 40, None), Ok(()), "as much the other way");
    assert_eq!(desk.may(PIA, PUT, 41, None), SHORT);
    assert_eq!(desk.may(PIA, ACME, 1, Some(10_000)), SHORT);
}

#[test]
fn what_has_no_scan_is_asked_at_the_price_of_the_order() {
    let mut desk = desk();
    desk.value(&[(COIN, 100)]);
    assert_eq!(desk.may(PIA, COIN, 15_000, Some(100)), Ok(()));
    assert_eq!(desk.may(PIA, COIN, 15_000, Some(101)), SHORT);
    assert_eq!(desk.may(PIA, COIN, -1, Some(101)), Err(Reject::ShortSale));
}

//! Warrants: the company itself gives new shares for the strike (C-54), and at the end whoever is
//! short of one stands in for it (C-55).

use crate::stage::{ACME, ANN, BOB, CAT, NEXT, Stage, USD, refusal, share, thing};
use pitfloor_model::clearing::{Act, Fund};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Choice, Delivery, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{Cash, Price, Qty, Time};

/// A warrant on 2 new shares at 30.00, of which Ann got 10 from the company.
fn issued(delivery: Delivery) -> Stage {
    let (right, style) = (Right::Call, Style::American);
    let (strike, expiry) = (Price(3_000), Time(1_000));
    let choice = Choice { underlying: ACME, right, style, strike, lots: 2, expiry, delivery };
    let mut stage =
        Stage::on(vec![share("ACME"), thing("ACME.W", InstrumentKind::Warrant(choice))]);
    stage.open(ANN, Credit::None, 50_000).open(BOB, Credit::None, 0).lots(ANN, NEXT, 10);
    stage.open(CAT, Credit::Unlimited, 0);
    stage
}

#[test]
fn a_warrant_makes_new_shares() {
    let mut stage = issued(Delivery::Physical);
    let outside = stage.exchange.ledger().fund(Fund::Outside, USD).0;
    let exercise = |qty| Act::Exercise { account: ANN, instrument: NEXT, qty: Qty(qty) };
    assert_eq!(
        stage.act(exercise(8)),
        [
            "1 -8 of 1 Exercise",
            "1 -48000 Exercise",
            "1 +16 of 0 Exercise",
            "Between to Outside 48000"
        ]
    );
    assert_eq!(stage.exchange.ledger().fund(Fund::Outside, USD).0, outside + 48_000);
    stage.refuse(exercise(1), Reject::InsufficientCash);
}

/// Whoever is short of a warrant is not assigned while it lives.
#[test]
fn the_company_and_not_the_short_seller_is_exercised_against() {
    let mut stage = issued(Delivery::Cash);
    stage.fund(BOB, USD, 1_000).trade(BOB, CAT, NEXT, 100, 5);
    stage.value(ACME, 3_200);
    let exercise = Act::Exercise { account: BOB, instrument: NEXT, qty: Qty(3) };
    assert_eq!(
        stage.act(exercise),
        ["2 -3 of 1 Exercise", "2 +1200 Exercise", "Outside to Between 1200"]
    );
    assert_eq!(stage.held(CAT, NEXT), -5);
}

/// Cat is short of 5: at the end she stands in for as much of Ann's, and the company gives the rest.
#[test]
fn at_the_end_the_short_seller_gives_his_part() {
    let mut stage = issued(Delivery::Physical);
    stage.fund(BOB, USD, 1_000).trade(BOB, CAT, NEXT, 100, 5);
    assert_eq!(
        stage.at(1_000).act(Act::Expire { instrument: NEXT, price: Price(3_200) }),
        [
            "1 -10 of 1 Exercise",
            "3 +5 of 1 Assignment",
            "1 +4000 Exercise",
            "3 -2000 Exercise",
            "2 -5 of 1 Exercise",
            "2 +2000 Exercise",
            "Outside to Between 4000",
            "ended 1 at 3200",
            "1 Closed Ended",
        ],
        "neither can pay 6,000 a right: both get 400"
    );
}

/// When the owners were served by the company before, the short seller owes the company.
#[test]
fn a_short_seller_who_is_left_is_assigned_by_the_company() {
    let mut stage = issued(Delivery::Physical);
    stage.fund(ANN, USD, 100_000).fund(BOB, USD, 100_000).trade(BOB, CAT, NEXT, 100, 5);
    for (account, qty) in [(ANN, 10), (BOB, 5)] {
        stage.act(Act::Exercise { account, instrument: NEXT, qty: Qty(qty) });
    }
    assert_eq!(
        stage.at(1_000).act(Act::Expire { instrument: NEXT, price: Price(3_200) }),
        [
            "3 +5 of 1 Assignment",
            "3 +30000 Exercise",
            "3 -10 of 0 Assignment",
            "Outside to Between 30000",
            "ended 1 at 3200",
            "1 Closed Ended",
        ]
    );
    assert_eq!(stage.held(CAT, ACME), -10, "the shares that the company gave");
}

/// All that was ever brought in is counted, whatever of it has left since.
#[test]
fn what_the_company_took_makes_no_room_for_deposits() {
    let mut stage = issued(Delivery::Physical);
    stage.act(Act::Exercise { account: ANN, instrument: NEXT, qty: Qty(8) });
    let room = pitfloor_exchange::ledger::DEPOSITS_MAX.0 - 50_000;
    let deposit = |cash| Command::Deposit { account: CAT, currency: USD, cash: Cash(cash) };
    assert_eq!(refusal(&stage.apply(deposit(room + 1))), Some(Reject::BadAmount));
    assert_eq!(refusal(&stage.apply(deposit(room))), None);
    assert_eq!(refusal(&stage.apply(deposit(1))), Some(Reject::BadAmount));
}

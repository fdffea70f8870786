//! Options from their listing to their end: exercise, assignment and expiry (C-54, C-55).

use crate::stage::{ACME, ANN, BOB, CAT, DAN, EVE, NEXT, Stage, refusal, share, thing};
use pitfloor_model::clearing::Act;
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{AccountId, InstrumentId, Price, Qty, Side, Time};

/// The right to 10 lots of the first instrument at 50.00, until moment 1000.
fn right(right: Right, style: Style, delivery: Delivery) -> Choice {
    let (strike, expiry) = (Price(5_000), Time(1_000));
    Choice { underlying: ACME, right, style, strike, lots: 10, expiry, delivery }
}

fn option(choice: Choice) -> Instrument {
    thing("ACME.O", InstrumentKind::Option(choice))
}

/// Ann (with money and shares) owns 7 of it, Bob too (with neither); Cat has written 9, Dan 4, Eve 1.
fn written(choice: Choice) -> Stage {
    let mut stage = Stage::on(vec![share("ACME"), option(choice)]);
    stage.open(ANN, Credit::None, 1_000_000).open(BOB, Credit::None, 2_000).lots(ANN, ACME, 100);
    for writer in [CAT, DAN, EVE] {
        stage.open(writer, Credit::Unlimited, 0);
    }
    stage.trade(ANN, CAT, NEXT, 200, 7).trade(BOB, CAT, NEXT, 200, 2);
    stage.trade(BOB, DAN, NEXT, 200, 4).trade(BOB, EVE, NEXT, 200, 1);
    assert_eq!([ANN, BOB, CAT, DAN, EVE].map(|who| stage.held(who, NEXT)), [7, 7, -9, -4, -1]);
    stage
}

fn exercise(account: AccountId, qty: u64) -> Act {
    Act::Exercise { account, instrument: NEXT, qty: Qty(qty) }
}

fn expire(price: i64) -> Act {
    Act::Expire { instrument: NEXT, price: Price(price) }
}

/// Of 4 lots Cat's 9/14 come to 2.57, Dan's 4/14 to 1.14, Eve's 1/14 to 0.29: two, one and none,
/// and the one that is left goes to the largest remainder.
#[test]
fn an_exercised_call_is_assigned_to_writers_by_what_they_have_written() {
    let mut stage = written(right(Right::Call, Style::American, Delivery::Physical));
    assert_eq!(
        stage.act(exercise(ANN, 4)),
        [
            "1 -4 of 1 Exercise",
            "3 +3 of 1 Assignment",
            "4 +1 of 1 Assignment",
            "1 -200000 Exercise",
            "1 +40 of 0 Exercise",
            "3 +150000 Exercise",
            "3 -30 of 0 Assignment",
            "4 +50000 Exercise",
            "4 -10 of 0 Assignment",
        ]
    );
    assert_eq!(stage.held(ANN, ACME), 140);
}

#[test]
fn writers_with_equal_remainders_go_by_their_numbers() {
    let mut stage = Stage::on(vec![
        share("ACME"),
        option(right(Right::Call, Style::American, Delivery::Physical)),
    ]);
    stage.open(ANN, Credit::None, 1_000_000);
    for writer in [CAT, DAN, EVE] {
        stage.open(writer, Credit::Unlimited, 0).trade(ANN, writer, NEXT, 200, 2);
    }
    let told = stage.act(exercise(ANN, 1));
    assert_eq!(told[1], "3 +1 of 1 Assignment", "a third each: the lowest number");
    let told = stage.act(exercise(ANN, 4));
    assert_eq!(
        told[1..4],
        ["3 +1 of 1 Assignment", "4 +2 of 1 Assignment", "5 +1 of 1 Assignment"],
        "0.8, 1.6 and 1.6 of 4: two are left, for the largest remainder and the first of the others"
    );
}

#[test]
fn an_exercised_put_takes_the_shares_and_pays_the_strike() {
    let mut stage = written(right(Right::Put, Style::American, Delivery::Physical));
    let told = stage.act(exercise(ANN, 1));
    assert_eq!(
        told,
        [
            "1 -1 of 1 Exercise",
            "3 +1 of 1 Assignment",
            "1 +50000 Exercise",
            "1 -10 of 0 Exercise",
            "3 -50000 Exercise",
            "3 +10 of 0 Assignment",
        ]
    );
    stage.refuse(exercise(BOB, 1), Reject::ShortSale);
    stage.order(ANN, ACME, Side::Sell, 6_000, 85);
    stage.refuse(exercise(ANN, 1), Reject::ShortSale);
}

#[test]
fn an_exercise_is_refused_for_its_own_reasons() {
    let mut stage = written(right(Right::Call, Style::American, Delivery::Physical));
    stage.refuse(exercise(AccountId(99), 1), Reject::UnknownAccount);
    let of = |instrument, qty| Act::Exercise { account: ANN, instrument, qty: Qty(qty) };
    stage.refuse(of(InstrumentId(9), 0), Reject::UnknownInstrument);
    stage.refuse(of(ACME, 0), Reject::ZeroQty);
    stage.refuse(exercise(ANN, u64::MAX), Reject::BadAmount);
    stage.refuse(of(ACME, 1), Reject::NotPossible);
    stage.refuse(exercise(ANN, 8), Reject::ShortSale);
    stage.refuse(exercise(BOB, 1), Reject::InsufficientCash);
    stage.refuse(exercise(CAT, 1), Reject::ShortSale);
    stage.order(ANN, NEXT, Side::Sell, 900, 5);
    stage.refuse(exercise(ANN, 3), Reject::ShortSale);
    stage.apply(Command::KillSwitch { account: ANN, on: true });
    stage.refuse(exercise(ANN, 1), Reject::KillSwitch);
    stage.refuse(of(ACME, 1), Reject::KillSwitch);
    stage.refuse(of(ACME, 0), Reject::ZeroQty);
    stage.apply(Command::KillSwitch { account: ANN, on: false });
    stage.act(exercise(ANN, 7));
}

#[test]
fn a_european_right_waits_for_its_day() {
    let mut stage = written(right(Right::Call, Style::European, Delivery::Cash));
    stage.value(ACME, 5_600);
    stage.at(999).refuse(exercise(ANN, 1), Reject::NotPossible);
    stage.at(1_000).act(exercise(ANN, 1));
}

#[test]
fn a_right_to_cash_pays_what_it_is_worth_where_the_underlying_is_carried() {
    let mut stage = written(right(Right::Put, Style::American, Delivery::Cash));
    stage.refuse(exercise(BOB, 7), Reject::NotPossible);
    stage.value(ACME, 5_000);
    stage.refuse(exercise(BOB, 7), Reject::NotPossible);
    stage.value(ACME, 4_997);
    assert_eq!(
        stage.act(exercise(BOB, 7)),
        [
            "2 -7 of 1 Exercise",
            "3 +5 of 1 Assignment",
            "4 +2 of 1 Assignment",
            "2 +210 Exercise",
            "3 -150 Exercise",
            "4 -60 Exercise",
        ],
        "3 cents, 10 shares, 7 lots; 4.5, 2 and 0.5: the first of the halves"
    );
}

/// Ann takes her shares; Bob cannot pay for his, and gets what the right is worth.
#[test]
fn at_expiry_every_owner_in_the_money_is_served() {
    let mut stage = written(right(Right::Call, Style::European, Delivery::Physical));
    stage.order(BOB, NEXT, Side::Sell, 900, 2);
    stage.at(999).refuse(expire(5_600), Reject::NotPossible);
    stage.at(1_000).refuse(expire(Price::FARTHEST.0 + 1), Reject::OffTick);
    assert_eq!(
        stage.act(expire(5_600)),
        [
            "cancel 2/9 2 of 1 CorporateAction",
            "1 -7 of 1 Exercise",
            "3 +5 of 1 Assignment",
            "4 +2 of 1 Assignment",
            "1 -350000 Exercise",
            "1 +70 of 0 Exercise",
            "3 +250000 Exercise",
            "3 -50 of 0 Assignment",
            "4 +100000 Exercise",
            "4 -20 of 0 Assignment",
            "2 -7 of 1 Exercise",
            "3 +4 of 1 Assignment",
            "4 +2 of 1 Assignment",
            "5 +1 of 1 Assignment",
            "2 +42000 Exercise",
            "3 -24000 Exercise",
            "4 -12000 Exercise",
            "5 -6000 Exercise",
            "ended 1 at 5600",
            "1 Closed Ended",
        ]
    );
    for who in [ANN, BOB, CAT, DAN, EVE] {
        assert_eq!(stage.held(who, NEXT), 0);
    }
    stage.refuse(expire(5_600), Reject::NotPossible);
    stage.refuse(exercise(ANN, 1), Reject::NotPossible);
}

#[test]
fn out_of_the_money_everything_is_worth_nothing() {
    for (side, price) in [(Right::Call, 5_000), (Right::Call, 1), (Right::Put, 5_000)] {
        let mut stage = written(right(side, Style::American, Delivery::Physical));
        let told = stage.at(2_000).act(expire(price));
        assert_eq!(
            told,
            [
                "1 -7 of 1 Expiry".to_owned(),
                "2 -7 of 1 Expiry".to_owned(),
                "3 +9 of 1 Expiry".to_owned(),
                "4 +4 of 1 Expiry".to_owned(),
                "5 +1 of 1 Expiry".to_owned(),
                format!("ended 1 at {price}"),
                "1 Closed Ended".to_owned(),
            ]
        );
    }
}

#[test]
fn only_rights_and_futures_expire() {
    let mut stage = written(right(Right::Call, Style::American, Delivery::Physical));
    let of = |instrument| Act::Expire { instrument, price: Price(1) };
    stage.at(5_000).refuse(of(ACME), Reject::NotPossible);
    stage.refuse(of(InstrumentId(9)), Reject::UnknownInstrument);
}

/// After a split of two for one the right is to 20 shares at 25.00: the same money for twice the
/// shares.
#[test]
fn an_adjusted_right_delivers_what_it_is_a_right_to_now() {
    let mut stage = written(right(Right::Call, Style::American, Delivery::Physical));
    stage.act(Act::Split { instrument: ACME, num: 2, den: 1 });
    let told = stage.act(exercise(ANN, 1));
    assert_eq!(told[2..4], ["1 -50000 Exercise", "1 +20 of 0 Exercise"]);
}

/// A right to a future gives the position at the strike, and at once what it has gained since.
#[test]
fn a_right_to_a_future_gives_a_position_and_its_gain() {
    let (future, choice) = (
        Future { underlying: None, lots: 1, expiry: Time(2_000), delivery: Delivery::Cash },
        right(Right::Put, Style::American, Delivery::Physical),
    );
    let future = thing("OIL.F", InstrumentKind::Future(future));
    let mut stage = Stage::on(vec![future, option(choice)]);
    stage.open(ANN, Credit::Unlimited, 0).open(BOB, Credit::None, 9_000);
    stage.open(CAT, Credit::Unlimited, 0);
    stage.trade(ANN, CAT, NEXT, 200, 2).trade(BOB, CAT, NEXT, 200, 1);
    stage.refuse(exercise(ANN, 1), Reject::NotPossible);
    stage.value(ACME, 4_950);
    stage.refuse(exercise(BOB, 1), Reject::NeedsMargin);
    assert_eq!(
        stage.act(exercise(ANN, 1)),
        [
            "1 -1 of 1 Exercise",
            "3 +1 of 1 Assignment",
            "1 +500 Exercise",
            "1 -10 of 0 Exercise",
            "3 -500 Exercise",
            "3 +10 of 0 Assignment",
        ]
    );
    let told = stage.at(1_000).act(expire(4_940));
    assert_eq!(told[2], "1 +500 Exercise", "at the price where the future is carried");
    assert_eq!(told[8], "2 +600 Exercise", "in cash, at the final price: {told:?}");
    let order = stage.order(BOB, ACME, Side::Buy, 1, 1);
    assert_eq!(refusal(&order), Some(Reject::NeedsMargin));
}

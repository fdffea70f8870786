//! Currency pairs: cash against cash, and rights and futures that deliver it.

use crate::stage::{ACME, ANN, BOB, CAT, EUR, NEXT, Stage, USD, ratio, refusal, thing};
use pitfloor_model::clearing::{Act, Distribution, Ratio};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Time};

/// Euros in lots of 10.00, at prices per euro of which a tick is worth a cent a lot; a put on 3 lots
/// at 10.50 a lot, and a future on 5.
fn market() -> Stage {
    let pair = InstrumentKind::Fx { base: EUR, lot_cash: 1_000 };
    let put = Choice {
        underlying: ACME,
        right: Right::Put,
        style: Style::American,
        strike: Price(1_050),
        lots: 3,
        expiry: Time(1_000),
        delivery: Delivery::Physical,
    };
    let (underlying, expiry, delivery) = (Some(ACME), Time(1_000), Delivery::Physical);
    let future = Future { underlying, lots: 5, expiry, delivery };
    let mut stage = Stage::on(vec![
        thing("EUR/USD", pair),
        thing("EUR.P", InstrumentKind::Option(put)),
        thing("EUR.F", InstrumentKind::Future(future)),
    ]);
    stage.open(ANN, Credit::None, 100_000).open(BOB, Credit::None, 0).fund(BOB, EUR, 10_000);
    stage.open(CAT, Credit::Unlimited, 0);
    stage
}

#[test]
fn a_pair_moves_cash_of_both_and_no_lots() {
    let mut stage = market();
    stage.trade(ANN, BOB, ACME, 1_080, 6);
    assert_eq!((stage.cash(ANN), stage.cash_of(ANN, EUR)), (100_000 - 6_480, 6_000));
    assert_eq!((stage.cash(BOB), stage.cash_of(BOB, EUR)), (6_480, 4_000));
    assert_eq!(stage.held(ANN, ACME), 0);
    let more = stage.order(BOB, ACME, Side::Sell, 1_080, 5);
    assert_eq!(refusal(&more), Some(Reject::ShortSale), "4 lots of euros are left");
    stage.order(BOB, ACME, Side::Sell, 1_080, 3);
    assert_eq!(stage.exchange.cash(BOB, EUR).unwrap().reserved.0, 3_000);
    let brought = Command::Deliver { account: ANN, instrument: ACME, qty: Qty(1) };
    assert_eq!(refusal(&stage.apply(brought)), Some(Reject::NotPossible));
    stage.refuse(Act::Split { instrument: ACME, num: 2, den: 1 }, Reject::NotPossible);
    let (instrument, per_lot) = (ACME, ratio(1, 1));
    let why = Distribution::Dividend;
    let told = stage.act(Act::Distribute { instrument, currency: USD, per_lot, why });
    assert_eq!(told, ["distributed 0 Dividend"], "nobody holds a pair");
}

#[test]
fn a_put_on_a_pair_delivers_its_base_currency() {
    let mut stage = market();
    stage.trade(ANN, CAT, NEXT, 10, 2);
    let exercise = |account, qty| Act::Exercise { account, instrument: NEXT, qty: Qty(qty) };
    stage.refuse(exercise(ANN, 1), Reject::ShortSale);
    stage.fund(ANN, EUR, 3_000);
    assert_eq!(
        stage.act(exercise(ANN, 1)),
        [
            "1 -1 of 1 Exercise",
            "3 +1 of 1 Assignment",
            "1 +3150 Exercise",
            "1 -3000 EUR Exercise",
            "3 -3150 Exercise",
            "3 +3000 EUR Exercise",
        ]
    );
    let told = stage.at(1_000).act(Act::Expire { instrument: NEXT, price: Price(1_000) });
    assert_eq!(told[2..4], ["1 +150 Exercise", "3 -150 Exercise"], "no euros: in cash");
}

#[test]
fn a_future_on_a_pair_delivers_its_base_currency() {
    let mut stage = market();
    let future = InstrumentId(2);
    stage.open(crate::stage::DAN, Credit::Unlimited, 0);
    stage.value(future, 5_300);
    stage.trade(CAT, crate::stage::DAN, future, 5_310, 2);
    assert_eq!((stage.cash(CAT), stage.cash(crate::stage::DAN)), (-20, 20), "paid at once");
    assert_eq!(
        stage.at(1_000).act(Act::Expire { instrument: future, price: Price(5_400) }),
        [
            "3 +200 Variation",
            "4 -200 Variation",
            "3 -2 of 2 Expiry",
            "3 -10800 Exercise",
            "3 +10000 EUR Exercise",
            "4 +2 of 2 Expiry",
            "4 +10800 Exercise",
            "4 -10000 EUR Exercise",
            "ended 2 at 5400",
            "2 Closed Ended",
        ]
    );
    let told = stage.act(Act::Convert {
        instrument: NEXT,
        into: None,
        cash: Ratio::ZERO,
        why: Distribution::Merger,
    });
    assert_eq!(told, ["ended 1", "1 Closed Ended"], "a right that nobody holds");
}

//! Futures and perpetuals: variation day by day, funding, and the end in cash or in kind (C-12,
//! C-50, C-55).

use crate::stage::{
    ACME, ANN, BOB, CAT, DAN, NEXT, Stage, USD, ratio, refusal, share, tell, thing,
};
use pitfloor_model::clearing::{Act, Distribution, Fund};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Delivery, Future, InstrumentKind};
use pitfloor_model::event::{Credit, Event, Phase, Reject};
use pitfloor_model::order::{Order, OrderList, Shape, Stp};
use pitfloor_model::units::{OrderId, Price, Qty, Side, Time};

/// A share, and a future on 10 of it.
fn market(delivery: Delivery) -> Stage {
    let (underlying, expiry) = (Some(ACME), Time(1_000));
    let future = Future { underlying, lots: 10, expiry, delivery };
    let mut stage = Stage::on(vec![share("ACME"), thing("ACME.F", InstrumentKind::Future(future))]);
    for account in [ANN, BOB, CAT] {
        stage.open(account, Credit::Unlimited, 0);
    }
    stage.open(DAN, Credit::None, 1_000_000);
    stage
}

fn expire(price: i64) -> Act {
    Act::Expire { instrument: NEXT, price: Price(price) }
}

/// Ann buys at 100.00 and sells half at 101.50; what she gains is what the prices say, however often
/// it was valued in between.
#[test]
fn a_future_in_cash_pays_its_gains_day_by_day() {
    let mut stage = market(Delivery::Cash);
    stage.value(NEXT, 9_950);
    stage.trade(ANN, BOB, NEXT, 10_000, 4);
    assert_eq!((stage.cash(ANN), stage.cash(BOB)), (-200, 200), "4 lots at 50 above the carried");
    let told = stage.value(NEXT, 10_100);
    assert_eq!(told, ["valued 1 10100", "1 +600 Variation", "2 -600 Variation"]);
    stage.trade(CAT, ANN, NEXT, 10_150, 2);
    stage.order(CAT, NEXT, Side::Buy, 9_000, 1);
    stage.at(999).refuse(expire(10_080), Reject::NotPossible);
    assert_eq!(
        stage.at(1_000).act(expire(10_080)),
        [
            "cancel 3/5 1 of 1 CorporateAction",
            "1 -40 Variation",
            "2 +80 Variation",
            "3 -40 Variation",
            "1 -2 of 1 Expiry",
            "2 +4 of 1 Expiry",
            "3 -2 of 1 Expiry",
            "ended 1 at 10080",
            "1 Closed Ended",
        ]
    );
    assert_eq!(stage.cash(ANN), 2 * 150 + 2 * 80);
    assert_eq!(stage.cash(BOB), -4 * 80);
    assert_eq!(stage.cash(CAT), -2 * 70);
    stage.refuse(expire(10_080), Reject::NotPossible);
}

/// What self-trade prevention moves between two accounts of an owner is paid directly after it is
/// told, as a trade is.
#[test]
fn what_is_transferred_pays_its_variation_after_it_is_told() {
    let mut stage = market(Delivery::Cash);
    for account in [ANN, BOB] {
        stage.apply(Command::SetGroup { account, group: Some(7) });
    }
    stage.value(NEXT, 9_950);
    stage.order(ANN, NEXT, Side::Buy, 10_000, 4);
    let sale = Order::limit(BOB, OrderId(90), NEXT, Side::Sell, Price(10_000), Qty(4));
    let told = stage.apply(Command::Place(Order { stp: Stp::Transfer, ..sale }));
    let [.., Event::Transferred { .. }, Event::Clearing(first), Event::Clearing(second), _, _] =
        told[..]
    else {
        panic!("{told:?}");
    };
    let paid = [first, second].map(|fact| tell(&Event::Clearing(fact)));
    assert_eq!(paid, ["1 -200 Variation", "2 +200 Variation"]);
}

#[test]
fn a_future_in_kind_delivers_against_the_final_price() {
    let mut stage = market(Delivery::Physical);
    stage.lots(BOB, ACME, 15).value(NEXT, 10_000);
    stage.trade(ANN, BOB, NEXT, 10_000, 2);
    stage.at(1_000).refuse(expire(Price::FARTHEST.0 + 1), Reject::OffTick);
    assert_eq!(
        stage.act(expire(10_050)),
        [
            "1 +100 Variation",
            "2 -100 Variation",
            "1 -2 of 1 Expiry",
            "1 -20100 Exercise",
            "1 +20 of 0 Exercise",
            "2 +2 of 1 Expiry",
            "2 +20100 Exercise",
            "2 -20 of 0 Exercise",
            "ended 1 at 10050",
            "1 Closed Ended",
        ]
    );
    assert_eq!(stage.cash(ANN), -20_000, "the price agreed: variation has paid the rest");
    assert_eq!((stage.held(ANN, ACME), stage.held(BOB, ACME)), (20, -5));
}

/// Asked right after the phase, of every way in which an order can come.
#[test]
fn what_was_never_valued_cannot_be_traded() {
    let mut stage = market(Delivery::Cash);
    let order = |qty| Order::limit(ANN, OrderId(1), NEXT, Side::Buy, Price(100), Qty(qty));
    let refused = |stage: &mut Stage, command| refusal(&stage.apply(command));
    assert_eq!(refused(&mut stage, Command::Place(order(0))), Some(Reject::NoReference));
    let market = Order::market(ANN, OrderId(1), NEXT, Side::Buy, Qty(0));
    assert_eq!(refused(&mut stage, Command::Place(market)), Some(Reject::NoReference));
    let members = vec![order(1), Order { order: OrderId(2), ..order(1) }];
    let list = OrderList { shape: Shape::Oco, members };
    assert_eq!(refused(&mut stage, Command::PlaceList(list.into())), Some(Reject::NoReference));
    stage.phase(NEXT, Phase::Halt);
    assert_eq!(refused(&mut stage, Command::Place(order(0))), Some(Reject::PhaseForbids));
    stage.phase(NEXT, Phase::ReopenCall);
    assert_eq!(refused(&mut stage, Command::Place(order(0))), Some(Reject::NoReference));
    stage.value(NEXT, 10_000);
    assert_eq!(refused(&mut stage, Command::Place(order(0))), Some(Reject::ZeroQty));
    assert_eq!(refused(&mut stage, Command::Place(order(1))), None);
    let told = stage.order(DAN, NEXT, Side::Buy, 100, 1);
    assert_eq!(refusal(&told), Some(Reject::NeedsMargin));
}

/// Longs pay two thirds of a cent a lot; what rounding keeps goes to the house.
#[test]
fn the_funding_of_a_perpetual_goes_from_one_side_to_the_other() {
    let perpetual = InstrumentKind::Perpetual { underlying: Some(ACME) };
    let mut stage = Stage::on(vec![share("ACME"), thing("ACME.PERP", perpetual)]);
    for account in [ANN, BOB, CAT] {
        stage.open(account, Credit::Unlimited, 0);
    }
    stage.value(NEXT, 1_000);
    stage.trade(ANN, BOB, NEXT, 1_000, 4).trade(CAT, BOB, NEXT, 1_000, 1);
    let funding = |num| Act::Distribute {
        instrument: NEXT,
        currency: USD,
        per_lot: ratio(num, 3),
        why: Distribution::Funding,
    };
    assert_eq!(
        stage.act(funding(-2)),
        ["1 -2 Funding", "2 +3 Funding", "House to Between 1", "distributed 1 Funding"],
        "-2.67, 3.33 and -0.67, towards zero"
    );
    assert_eq!(
        stage.act(funding(2)),
        ["1 +2 Funding", "2 -3 Funding", "Between to House 1", "distributed 1 Funding"]
    );
    assert_eq!(stage.exchange.ledger().fund(Fund::House, USD).0, 0);
    stage.refuse(Act::Split { instrument: NEXT, num: 2, den: 1 }, Reject::NotPossible);
    stage.at(u64::MAX).refuse(expire(1_000), Reject::NotPossible);
    stage.act(Act::Split { instrument: ACME, num: 7, den: 3 });
}

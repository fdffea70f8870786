//! A share that takes two days and costs a fee, and a coin that is sent, at the exchange's door.

use crate::stage::{ACME, ANN, BOB, CAT, NEXT, Stage, share, tell, thing};
use pitfloor_model::clearing::{Act, Fee, Fees, Payment, Ratio};
use pitfloor_model::command::Command;
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::{Credit, Event, Phase, Reject};
use pitfloor_model::units::{Cash, OrderId, OrderKey, Qty, Side};

/// Ten cents for who waits and twenty for who comes, a share; half a share is a coin.
fn market() -> Stage {
    let mut acme = share("ACME");
    let cents = |cents| Fee { per_lot: Ratio::whole(cents), ppm: 0, least: Cash(0) };
    acme.clearing.fees = Fees { maker: cents(10), taker: cents(20), tiers: Vec::new() };
    (acme.clearing.cycle, acme.clearing.fail_ppm) = (2, 10_000);
    acme.clearing.buy_in_after = Some(1);
    let mut stage = Stage::on(vec![acme, thing("COIN", InstrumentKind::Crypto)]);
    stage.open(ANN, Credit::None, 100_000).open(BOB, Credit::None, 100_000);
    stage.open(CAT, Credit::Unlimited, 0);
    stage.lots(BOB, ACME, 50).lots(BOB, NEXT, 20);
    stage
}

/// Everything but orders' own events.
fn of_the_house(told: &[Event]) -> Vec<String> {
    let by_house = |event: &&Event| matches!(event, Event::Clearing(_));
    told.iter().filter(by_house).map(tell).collect()
}

#[test]
fn fees_come_directly_after_their_trade() {
    let mut stage = market();
    stage.order(BOB, ACME, Side::Sell, 500, 10);
    stage.order(BOB, ACME, Side::Sell, 501, 10);
    let told = stage.order(ANN, ACME, Side::Buy, 501, 15);
    let at = |n: usize| told.iter().position(|event| tells_of_trade(event, n)).unwrap();
    for (trade, fees) in [(10, ["1 -200 Fee", "2 -100 Fee"]), (5, ["1 -100 Fee", "2 -50 Fee"])] {
        let after = &told[at(trade) + 1..at(trade) + 3];
        assert_eq!(of_the_house(after), fees, "{told:?}");
    }
    assert_eq!(stage.cash(ANN), 100_000 - 5_000 - 2_505 - 300);
    assert_eq!(stage.exchange.clearing().obligations(ANN)[0].cash, Cash(-7_505), "without fees");
}

fn tells_of_trade(event: &Event, lots: usize) -> bool {
    event.trade().is_some_and(|trade| trade.qty == Qty(lots as u64))
}

#[test]
fn in_an_auction_both_pay_what_who_comes_pays() {
    let mut stage = market();
    stage.phase(ACME, Phase::CloseCall);
    stage.order(BOB, ACME, Side::Sell, 500, 10);
    stage.order(ANN, ACME, Side::Buy, 500, 10);
    let told = stage.apply(Command::EndCall { instrument: ACME });
    assert!(told.iter().any(|event| matches!(event, Event::Crossed { .. })), "{told:?}");
    assert_eq!(of_the_house(&told), ["1 -200 Fee", "2 -200 Fee"]);
    assert_eq!(stage.exchange.clearing().obligations(BOB).len(), 1);
}

#[test]
fn a_seller_who_has_nothing_fails_is_fined_and_bought_in() {
    let mut stage = market();
    stage.value(ACME, 600);
    stage.trade(ANN, CAT, ACME, 500, 10);
    for day in 0..2 {
        assert_eq!(stage.act(Act::EndDay), [format!("DayEnded {{ day: {day} }}")]);
    }
    let told = stage.act(Act::Settle);
    assert_eq!(told.len(), 4, "ANN waits; CAT fails, pays and is bought in: {told:?}");
    assert_eq!(told[2], "3 -60 Penalty");
    let (from, to, instrument, lots) = (BOB, CAT, ACME, 10);
    let told = stage.act(Act::Assign { from, to, instrument, lots });
    let moved = ["2 +6000 Assignment", "3 -6000 Assignment", "2 -10 of 0 Transfer"];
    assert_eq!((&told[..3], &*told[3]), (&moved.map(String::from)[..], "3 +10 of 0 Transfer"));
    assert_eq!(stage.act(Act::Settle).len(), 2);
    assert_eq!(stage.exchange.clearing().obligations(CAT), []);
    let fund = pitfloor_model::clearing::Fund::Fees;
    let fees = stage.exchange.ledger().fund(fund, crate::stage::USD);
    assert_eq!((fees, Payment::Penalty.fund()), (Cash(360), fund), "fees of 300, a fine of 60");
}

#[test]
fn what_is_sent_cannot_be_sold_until_it_is_there() {
    let mut stage = market();
    let send = |account, qty| {
        let (to, instrument, fee) = (Some(ANN), NEXT, Qty(1));
        Act::Send { account, to, instrument, qty: Qty(qty), fee }
    };
    stage.order(BOB, NEXT, Side::Sell, 100, 5);
    stage.refuse(send(BOB, 15), Reject::ShortSale);
    stage.act(send(BOB, 14));
    let refused = stage.order(ANN, NEXT, Side::Sell, 100, 14);
    assert_eq!(crate::stage::refusal(&refused), Some(Reject::ShortSale));
    let told = stage.act(Act::Arrive { sending: 0 });
    assert_eq!(told, ["1 +14 of 1 Sending", "Arrived { sending: 0 }"]);
    assert_eq!(crate::stage::refusal(&stage.order(ANN, NEXT, Side::Sell, 101, 14)), None);
    // BOB's five are still for sale; without the order they are his to send, unless he is blocked.
    let key = OrderKey::new(BOB, OrderId(1));
    stage.apply(Command::Cancel { key });
    stage.apply(Command::KillSwitch { account: BOB, on: true });
    stage.refuse(send(BOB, 4), Reject::KillSwitch);
    stage.refuse(send(BOB, 0), Reject::ZeroQty);
    stage.apply(Command::KillSwitch { account: BOB, on: false });
    assert_eq!(stage.act(send(BOB, 4)).len(), 2);
    assert_eq!(stage.held(BOB, NEXT), 0);
}

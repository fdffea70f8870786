//! A share from its listing to its end: dividends, splits, mergers, other names (C-50 to C-53).

use crate::stage::{
    ACME, ANN, BOB, CAT, DAN, EUR, NEXT, Stage, USD, ratio, refusal, share, tell, thing,
};
use pitfloor_model::clearing::{Act, Distribution, Ratio};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Event, Phase, Reject};
use pitfloor_model::order::{Kind, Order, Tif, Trigger, Watched};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{InstrumentId, OrderId, Price, Qty, Side, Time};

/// Acme, and a call of 100 Acme at 50.00.
fn market() -> Stage {
    let call = Choice {
        underlying: ACME,
        right: Right::Call,
        style: Style::American,
        strike: Price(5_000),
        lots: 100,
        expiry: Time(1_000),
        delivery: Delivery::Physical,
    };
    let mut acme = share("ACME");
    acme.aliases = vec!["ACME.NEW".to_owned(), "ACMX".to_owned()];
    let future =
        Future { underlying: Some(ACME), lots: 10, expiry: Time(1_000), delivery: Delivery::Cash };
    let mut stage = Stage::on(vec![
        acme,
        share("NEXT"),
        thing("ACME.C50", InstrumentKind::Option(call)),
        thing("ACME.F", InstrumentKind::Future(future)),
    ]);
    stage.open(ANN, Credit::None, 1_000_000).open(BOB, Credit::None, 0).lots(BOB, ACME, 100);
    stage.open(CAT, Credit::Unlimited, 0).open(DAN, Credit::None, 0);
    stage
}

fn dividend(num: i64, den: u32) -> Act {
    let (instrument, currency, why) = (ACME, USD, Distribution::Dividend);
    Act::Distribute { instrument, currency, per_lot: ratio(num, den), why }
}

fn split(num: u32, den: u32) -> Act {
    Act::Split { instrument: ACME, num, den }
}

fn merger(into: Option<(InstrumentId, Ratio)>, cash: Ratio) -> Act {
    Act::Convert { instrument: ACME, into, cash, why: Distribution::Merger }
}

#[test]
fn a_dividend_is_paid_to_holders_and_by_whoever_is_short() {
    let mut stage = market();
    stage.trade(ANN, BOB, ACME, 1_000, 33).trade(ANN, CAT, ACME, 1_000, 7);
    assert_eq!(
        stage.act(dividend(5, 2)),
        ["1 +100 Dividend", "2 +167 Dividend", "3 -17 Dividend", "distributed 0 Dividend"],
        "40, 67 and -7 shares at 2.5 cents, towards zero"
    );
    stage.refuse(dividend(0, 1), Reject::BadAmount);
    stage.refuse(dividend(1, 0), Reject::BadAmount);
    let (currency, per_lot) = (USD, Ratio::whole(1));
    let why = Distribution::Dividend;
    let of = |instrument| Act::Distribute { instrument, currency, per_lot, why };
    stage.refuse(of(InstrumentId(9)), Reject::UnknownInstrument);
    let currency = pitfloor_model::units::CurrencyId(7);
    stage.refuse(
        Act::Distribute { instrument: ACME, currency, per_lot, why },
        Reject::UnknownAccount,
    );
    let funding = Distribution::Funding;
    stage.refuse(
        Act::Distribute { instrument: ACME, currency: USD, per_lot, why: funding },
        Reject::NotPossible,
    );
    assert_eq!(stage.act(of(NEXT)), ["distributed 1 Dividend"], "nobody holds it");
    let abroad = Act::Distribute { instrument: ACME, currency: EUR, per_lot, why };
    assert_eq!(stage.act(abroad)[0], "1 +40 EUR Dividend");
}

#[test]
fn an_amount_beyond_counting_is_refused() {
    let mut stage = market();
    stage.lots(DAN, ACME, 1 << 60).lots(DAN, ACME, 1 << 60);
    stage.refuse(dividend(i64::MAX, 1), Reject::BadAmount);
    stage.refuse(split(u32::MAX, 1), Reject::BadAmount);
    stage.refuse(merger(None, Ratio::whole(i64::MAX)), Reject::BadAmount);
    stage.refuse(merger(Some((NEXT, Ratio::whole(4))), Ratio::ZERO), Reject::BadAmount);
}

/// Three for two: 33 shares become 49 and a half, and the half is paid at the price of before, of
/// which it is a third.
#[test]
fn a_split_makes_lots_and_pays_fractions() {
    let mut stage = market();
    stage.trade(ANN, BOB, ACME, 1_000, 33).trade(ANN, CAT, ACME, 1_000, 2);
    stage.order(BOB, ACME, Side::Sell, 1_200, 5);
    stage.order(ANN, ACME, Side::Buy, 900, 4);
    stage.value(ACME, 1_001);
    assert_eq!(
        stage.act(split(3, 2)),
        [
            "cancel 1/6 4 of 0 CorporateAction",
            "cancel 2/5 5 of 0 CorporateAction",
            "1 +17 of 0 Split",
            "1 +333 Fraction",
            "2 +33 of 0 Split",
            "2 +333 Fraction",
            "3 -1 of 0 Split",
            "split 0 3:2",
        ]
    );
    assert_eq!([ANN, BOB, CAT].map(|who| stage.held(who, ACME)), [52, 100, -3]);
    assert_eq!(stage.exchange.clearing().carried_at(ACME), Some(Price(667)), "1001 x 2 / 3");
    assert_eq!(stage.exchange.last_price(ACME), Some(Price(667)), "1000 x 2 / 3");
    assert_eq!(stage.exchange.cash(ANN, USD).unwrap().reserved.0, 0, "its orders are gone");
}

#[test]
fn what_was_never_valued_leaves_no_fraction() {
    let mut stage = market();
    stage.trade(ANN, BOB, ACME, 1_000, 33);
    assert_eq!(
        stage.act(split(1, 10)),
        ["1 -30 of 0 Split", "2 -61 of 0 Split", "split 0 1:10"],
        "ten become one"
    );
    assert_eq!(stage.exchange.last_price(ACME), Some(Price(10_000)));
}

#[test]
fn every_price_that_the_market_knows_follows_a_split() {
    let mut stage = market();
    stage.trade(ANN, BOB, ACME, 1_000, 1);
    let bands = Some(Bands { lower: Price(901), upper: Price(1_101) });
    stage.apply(Command::SetBands { instrument: ACME, bands });
    for (of, price) in [(Benchmark::Close, 999), (Benchmark::Mark, 1_003)] {
        let price = Price(price);
        stage.apply(Command::SetReference { instrument: ACME, of, price });
    }
    stage.act(split(2, 1));
    let bands = stage.exchange.bands(ACME).unwrap();
    assert_eq!((bands.lower, bands.upper), (Price(451), Price(551)), "450.5 and 550.5");
    // A stop on the mark sleeps above where the mark is now: at 501.5, which is 502.
    let stop = |id, price| {
        let kind = Kind::Stop(Trigger { price: Price(price), on: Watched::Mark });
        let order = Order::limit(ANN, OrderId(id), ACME, Side::Buy, Price(1), Qty(1));
        Command::Place(Order { kind, price: None, tif: Tif::Gtc, ..order })
    };
    assert_eq!(refusal(&stage.apply(stop(90, 502))), Some(Reject::StopAlreadyMet));
    assert_eq!(refusal(&stage.apply(stop(91, 503))), None);
    assert_eq!(stage.act(split(2, 1))[0], "cancel 1/91 1 of 0 CorporateAction", "asleep or not");
}

#[test]
fn a_split_that_would_take_a_price_off_the_grid_is_refused() {
    let mut stage = market();
    let price = Price(Price::FARTHEST.0 / 2 + 1);
    stage.apply(Command::SetReference { instrument: ACME, of: Benchmark::Index, price });
    stage.refuse(split(1, 2), Reject::BadAmount);
    stage.act(split(2, 1));
    stage.act(split(1, 2));
}

#[test]
fn contracts_follow_the_split_of_what_they_are_on() {
    let (mut stage, call, future) = (market(), InstrumentId(2), InstrumentId(3));
    stage.open(crate::stage::EVE, Credit::Unlimited, 0);
    stage.order(crate::stage::EVE, call, Side::Sell, 120, 1);
    let told = stage.act(split(3, 2));
    assert_eq!(told[0], "cancel 5/1 1 of 2 CorporateAction", "orders of contracts go, too");
    let terms = |stage: &Stage, at| match stage.exchange.clearing().kind(at) {
        InstrumentKind::Option(Choice { strike, lots, .. }) => (strike.0, lots),
        InstrumentKind::Future(Future { lots, .. }) => (0, lots),
        other => panic!("{other:?} is no contract"),
    };
    assert_eq!(terms(&stage, call), (3_333, 150), "5000 x 2 / 3, 100 x 3 / 2");
    assert_eq!(terms(&stage, future), (0, 15));
    stage.refuse(split(1, 7), Reject::NotPossible);
    assert_eq!(terms(&stage, call), (3_333, 150), "a part of a share cannot be delivered");
    stage.refuse(split(0, 1), Reject::BadAmount);
    stage.refuse(split(1, 0), Reject::BadAmount);
    stage.refuse(Act::Split { instrument: call, num: 2, den: 1 }, Reject::NotPossible);
    stage.refuse(
        Act::Split { instrument: InstrumentId(9), num: 2, den: 1 },
        Reject::UnknownInstrument,
    );
}

/// Two Next and 1.50 for every five Acme: 33 become 13 and a fifth.
#[test]
fn a_merger_gives_shares_cash_and_fractions() {
    let mut stage = market();
    stage.trade(ANN, BOB, ACME, 1_000, 33);
    stage.value(NEXT, 2_502);
    let merge = merger(Some((NEXT, ratio(2, 5))), ratio(150, 5));
    stage.refuse(merge.clone(), Reject::NotPossible);
    for contract in [2, 3].map(InstrumentId) {
        stage.at(1_000).act(Act::Expire { instrument: contract, price: Price(1_000) });
    }
    stage.order(ANN, ACME, Side::Buy, 900, 4);
    assert_eq!(
        stage.act(merge.clone()),
        [
            "cancel 1/3 4 of 0 CorporateAction",
            "1 -33 of 0 Conversion",
            "1 +13 of 1 Conversion",
            "1 +500 Fraction",
            "1 +990 Merger",
            "2 -67 of 0 Conversion",
            "2 +26 of 1 Conversion",
            "2 +2001 Fraction",
            "2 +2010 Merger",
            "ended 0",
            "0 Closed Ended",
        ],
        "a fifth of 25.02 is 5.004, four fifths are 20.016"
    );
    stage.refuse(merge, Reject::NotPossible);
    stage.refuse(dividend(1, 1), Reject::NotPossible);
    stage.refuse(split(2, 1), Reject::NotPossible);
    stage.refuse(Act::Rename { instrument: ACME, alias: 0 }, Reject::NotPossible);
    let order = stage.order(ANN, ACME, Side::Buy, 900, 4);
    assert_eq!(refusal(&order), Some(Reject::PhaseForbids));
    let opened = stage.phase(ACME, Phase::PreOpen);
    assert_eq!(refusal(&opened), Some(Reject::PhaseForbids), "closed for ever");
    let late = Command::Deliver { account: ANN, instrument: ACME, qty: Qty(1) };
    assert_eq!(refusal(&stage.apply(late)), Some(Reject::NotPossible));
    let back = Act::Convert {
        instrument: NEXT,
        into: Some((ACME, ratio(1, 1))),
        cash: Ratio::ZERO,
        why: Distribution::Merger,
    };
    stage.refuse(back, Reject::NotPossible);
}

#[test]
fn a_company_that_is_worth_nothing_leaves_nothing() {
    let mut stage = Stage::on(vec![share("ACME"), share("NEXT")]);
    stage.open(ANN, Credit::None, 0).lots(ANN, ACME, 5);
    stage.refuse(merger(Some((ACME, ratio(1, 1))), Ratio::ZERO), Reject::NotPossible);
    stage.refuse(merger(Some((NEXT, ratio(0, 1))), Ratio::ZERO), Reject::BadAmount);
    stage.refuse(merger(Some((NEXT, ratio(-1, 1))), Ratio::ZERO), Reject::BadAmount);
    stage.refuse(merger(Some((NEXT, ratio(1, 0))), Ratio::ZERO), Reject::BadAmount);
    stage.refuse(merger(None, ratio(-1, 1)), Reject::BadAmount);
    stage.refuse(
        merger(Some((InstrumentId(9), ratio(1, 1))), Ratio::ZERO),
        Reject::UnknownInstrument,
    );
    let funding = Distribution::Funding;
    stage.refuse(
        Act::Convert { instrument: ACME, into: None, cash: Ratio::ZERO, why: funding },
        Reject::NotPossible,
    );
    stage.phase(ACME, Phase::Halt);
    stage.phase(ACME, Phase::Closed);
    let told = stage.act(merger(None, Ratio::ZERO));
    assert_eq!(told, ["1 -5 of 0 Conversion", "ended 0"], "it was closed already");
}

#[test]
fn a_name_is_another_and_nothing_else() {
    let mut stage = market();
    let rename = |alias| Act::Rename { instrument: ACME, alias };
    assert_eq!(stage.act(rename(1)), ["renamed 0 1"]);
    assert_eq!(stage.exchange.clearing().name(ACME), "ACMX");
    assert_eq!(stage.exchange.clearing().name(NEXT), "NEXT");
    stage.refuse(rename(2), Reject::NotPossible);
    stage.refuse(Act::Rename { instrument: InstrumentId(9), alias: 0 }, Reject::UnknownInstrument);
}

/// What was bought before a split settles as what it became.
#[test]
fn what_is_owed_and_on_its_way_is_split_with_the_rest() {
    let mut acme = share("ACME");
    acme.clearing.cycle = 2;
    let coin = thing("COIN", InstrumentKind::Crypto);
    let mut stage = Stage::on(vec![acme, coin]);
    stage.open(ANN, Credit::None, 1_000_000).open(BOB, Credit::None, 0);
    stage.lots(BOB, ACME, 100).lots(BOB, NEXT, 10).trade(ANN, BOB, ACME, 1_000, 33);
    stage.act(Act::EndDay);
    stage.act(split(3, 1));
    let owed = stage.exchange.clearing().obligations(ANN)[0];
    assert_eq!((owed.lots, owed.cash.0), (99, -33_000));
    stage.act(Act::EndDay);
    stage.act(Act::EndDay);
    let told = stage.act(Act::Settle);
    assert_eq!(told.len(), 2, "{told:?}");
    let send =
        Act::Send { account: BOB, to: Some(ANN), instrument: NEXT, qty: Qty(5), fee: Qty(1) };
    stage.act(send);
    stage.act(Act::Split { instrument: NEXT, num: 3, den: 2 });
    assert_eq!(stage.exchange.ledger().transit(NEXT), 7, "5 x 3 / 2");
    let told = stage.act(Act::Arrive { sending: 0 });
    assert_eq!(told[0], "1 +7 of 1 Sending");
    assert_eq!(stage.held(BOB, NEXT), 6, "10 less 6 sent, x 3 / 2");
}

#[test]
fn what_is_on_its_way_keeps_a_coin_from_ending() {
    let mut stage = Stage::on(vec![thing("COIN", InstrumentKind::Crypto)]);
    stage.open(ANN, Credit::None, 0).open(BOB, Credit::None, 0).lots(ANN, ACME, 10);
    let (to, qty, fee) = (Some(BOB), Qty(5), Qty(0));
    stage.act(Act::Send { account: ANN, to, instrument: ACME, qty, fee });
    stage.refuse(merger(None, Ratio::whole(3)), Reject::NotPossible);
    stage.act(Act::Arrive { sending: 0 });
    let told = stage.act(merger(None, Ratio::whole(3)));
    assert_eq!(told[1..4], ["1 +15 Merger", "2 -5 of 0 Conversion", "2 +15 Merger"]);
}

#[test]
fn what_comes_from_trades_alone_cannot_be_brought() {
    let mut stage = market();
    for instrument in [2, 3].map(InstrumentId) {
        let told = stage.apply(Command::Deliver { account: ANN, instrument, qty: Qty(1) });
        assert_eq!(refusal(&told), Some(Reject::NotPossible), "{}", tell(&told[0]));
    }
    let nothing = Command::Deliver { account: ANN, instrument: InstrumentId(2), qty: Qty(0) };
    assert_eq!(refusal(&stage.apply(nothing)), Some(Reject::ZeroQty));
    let told = stage.apply(Command::Deliver { account: ANN, instrument: ACME, qty: Qty(1) });
    assert!(matches!(told[..], [Event::Delivered { .. }]));
}

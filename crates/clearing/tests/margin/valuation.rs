//! C-30 to C-32: what positions are carried at, what that pays, and what accounts are worth.

use crate::desk::*;
use pitfloor_model::clearing::{Act, Fact, Payment, Valuation};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, Cash, InstrumentId, Price};

const fn variation(account: AccountId, cents: i128) -> Fact {
    let (why, instrument) = (Payment::Variation, Some(FUTURE));
    Fact::Paid { account, currency: USD, cash: Cash(cents), why, instrument }
}

const fn valued(instrument: InstrumentId, price: i64) -> Fact {
    Fact::Valued { instrument, price: Price(price) }
}

#[test]
fn variation_goes_to_every_position_in_order_of_accounts() {
    let mut desk = Desk::new();
    assert_eq!(desk.value(&[(FUTURE, 5_000)]), [valued(FUTURE, 5_000)], "nobody has a position");
    desk.fund(ANN, 100_000).fund(PIA, 100_000);
    desk.trade(ANN, FUTURE, 3, 5_000);
    desk.trade(PIA, FUTURE, -2, 5_000);
    // A tick of ten shares is ten cents.
    let told = desk.value(&[(ACME, 100), (FUTURE, 5_007)]);
    let paid = [variation(ANN, 210), variation(PIA, -140), variation(STREET, -70)];
    assert_eq!(told[..2], [valued(ACME, 100), valued(FUTURE, 5_007)]);
    assert_eq!(told[2..], paid);
    assert_eq!((desk.cash(ANN), desk.cash(PIA), desk.cash(STREET)), (100_210, 99_860, -70));
}

#[test]
fn the_first_valuation_pays_nothing() {
    let mut desk = Desk::new();
    desk.fund(ANN, 100_000);
    assert_eq!(desk.value(&[(FUTURE, 4_000)]), [valued(FUTURE, 4_000)]);
    desk.trade(ANN, FUTURE, 1, 4_010);
    assert_eq!(desk.cash(ANN), 99_900, "bought above what it is carried at");
    assert_eq!(desk.value(&[(FUTURE, 4_000)]), [valued(FUTURE, 4_000)], "nothing moved");
}

#[test]
fn equity_is_cash_and_what_was_bought_is_carried_at() {
    let mut desk = Desk::new();
    desk.fund(ANN, 2_000_000).trade(ANN, ACME, 1_000, 4_000);
    assert_eq!(desk.equity(ANN), -2_000_000, "never valued, worth nothing");
    desk.value(&[(ACME, 4_000), (FUTURE, 4_000)]);
    assert_eq!(desk.equity(ANN), 2_000_000);
    desk.trade(ANN, FUTURE, 10, 4_000);
    assert_eq!(desk.equity(ANN), 2_000_000, "a future adds nothing but what it pays");
    desk.trade(ANN, ACME, -3_000, 4_000);
    desk.value(&[(ACME, 4_100)]);
    assert_eq!(desk.equity(ANN), 2_000_000 - 2_000 * 100, "two thousand short, a dollar up");
    assert_eq!(desk.house.carried_at(ACME), Some(Price(4_100)));
    assert_eq!(desk.house.equity(AccountId(77)), None);
}

/// A euro is worth 1.07: what is had is rounded down, a debt away from nothing.
#[test]
fn what_is_in_euro_counts_in_dollars() {
    let mut desk = Desk::new();
    desk.value(&[(BETA, 10)]);
    desk.trade(ANN, BETA, 1, 10);
    assert_eq!(desk.equity(ANN), 0, "ten cents paid, ten cents had");
    desk.euro(107);
    assert_eq!(desk.equity(ANN), 10 - 11, "10.7 each way");
    assert_eq!(desk.equity(STREET), 10 - 11);
    assert_eq!(desk.initial(ANN), 6, "half of ten cents, in dollars 5.35");
}

#[test]
fn what_cannot_be_valued_is_refused_whole() {
    let mut desk = Desk::new();
    let unknown = Valuation::at(InstrumentId(70), Price(1));
    let known = Valuation::at(ACME, Price(1));
    let far = Valuation::at(COIN, Price(Price::FARTHEST.0 + 1));
    let cases = [
        (vec![known.clone(), far.clone(), unknown], Reject::UnknownInstrument),
        (vec![known.clone(), far.clone(), known.clone()], Reject::NotPossible),
        (vec![known, far], Reject::OffTick),
    ];
    for (valuations, why) in cases {
        desk.refuses(&Act::Value { valuations }, why);
    }
    let farthest = [(ACME, Price::FARTHEST.0), (COIN, -Price::FARTHEST.0)];
    assert_eq!(desk.value(&farthest).len(), 2, "up to the end of the grid");
}

#[test]
fn a_variation_that_cannot_be_counted_is_refused() {
    let mut desk = Desk::new();
    desk.value(&[(FUTURE, 0)]);
    desk.trade(STREET, FUTURE, 1, 0);
    for _ in 0..3 {
        desk.trade(ANN, FUTURE, 1 << 40, 0);
    }
    let valuations = vec![Valuation::at(FUTURE, Price::FARTHEST)];
    desk.refuses(&Act::Value { valuations }, Reject::BadAmount);
}

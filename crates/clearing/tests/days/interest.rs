//! Interest, what borrowed lots cost, and what currencies are worth (C-31, C-44).

use crate::desk::{ACME, ANN, BOB, CAT, COIN, Desk, EUR, EURUSD, FUTURE, MEG, STREET, USD, paid};
use pitfloor_model::clearing::{Act, Fact, Fund, Payment, Ratio};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{Cash, CurrencyId, InstrumentId, Price, Qty};

const fn interest(currency: CurrencyId, credit_bips: i32, debit_bips: i32) -> Act {
    Act::SetInterest { currency, credit_bips, debit_bips }
}

const fn terms_of(currency: CurrencyId) -> Fact {
    Fact::TermsChanged { instrument: None, currency: Some(currency) }
}

#[test]
fn a_balance_earns_and_a_debt_costs() {
    let mut desk = Desk::new();
    assert_eq!(desk.ask(&interest(USD, 360, 720)), Ok(vec![terms_of(USD)]));
    desk.ask(&interest(EUR, -100, 1_000)).unwrap();
    desk.house.deposit(BOB, EUR, Cash(36_500)).unwrap();
    desk.trade(COIN, CAT, BOB, 1, 1_100_000);
    assert_eq!(desk.cash(CAT), -1_000_000 - 1_130);
    let told = desk.ask(&Act::Accrue { days: 10 }).unwrap();
    let pay = |account, currency, cents| {
        let (cash, why, instrument) = (Cash(cents), Payment::Interest, None);
        Fact::Paid { account, currency, cash, why, instrument }
    };
    let all = [
        pay(ANN, USD, 100),
        pay(BOB, USD, 1_199),
        pay(BOB, EUR, -10),
        pay(CAT, USD, -2_002),
        pay(MEG, USD, 100),
    ];
    assert_eq!(told, all, "in order of accounts, then currencies, towards zero; never the street");
    assert_eq!(desk.house.ledger().fund(Fund::Outside, EUR), Cash(10 - 36_500));
}

#[test]
fn nothing_is_paid_for_no_days_nor_without_a_rate() {
    let mut desk = Desk::new();
    let nothing = vec![Fact::TermsChanged { instrument: None, currency: None }];
    assert_eq!(desk.ask(&Act::Accrue { days: 30 }), Ok(nothing.clone()));
    desk.ask(&interest(USD, 360, 720)).unwrap();
    assert_eq!(desk.ask(&Act::Accrue { days: 0 }), Ok(nothing));
    desk.refuses(&interest(CurrencyId(2), 1, 1), Reject::UnknownAccount);
}

#[test]
fn who_is_short_pays_for_what_he_borrowed() {
    let mut desk = Desk::new();
    let borrow = |instrument, bips| Act::SetBorrow { instrument, lots: 1_000, bips };
    desk.ask(&borrow(ACME, 3_600)).unwrap();
    desk.ask(&borrow(COIN, 36)).unwrap();
    desk.trade(ACME, BOB, MEG, 10, 500);
    desk.trade(ACME, CAT, STREET, 10, 500);
    let nothing = Fact::TermsChanged { instrument: None, currency: None };
    assert_eq!(desk.ask(&Act::Accrue { days: 10 }), Ok(vec![nothing]), "worth nothing yet");
    desk.value(ACME, 605);
    desk.value(COIN, 100_000);
    desk.trade(COIN, BOB, MEG, 2, 100_000);
    desk.ask(&interest(USD, 36, 36)).unwrap();
    let told = desk.ask(&Act::Accrue { days: 10 }).unwrap();
    let of_meg: Vec<_> = told.iter().filter(|fact| fact.account() == Some(MEG)).collect();
    let cost = |instrument, cents: i128| {
        let (account, currency, why) = (MEG, USD, Payment::Borrow);
        Fact::Paid { account, currency, cash: Cash(-cents), why, instrument: Some(instrument) }
    };
    assert_eq!(
        of_meg[1..],
        [&cost(ACME, 60), &cost(COIN, 20)],
        "60.5 towards zero; after interest"
    );
    assert_eq!(paid(&told).iter().filter(|(account, _)| *account == STREET).count(), 0);
}

#[test]
fn interest_that_nobody_could_count_is_refused() {
    let mut desk = Desk::new();
    desk.house.deposit(ANN, EUR, Cash(1 << 119)).unwrap();
    desk.ask(&interest(EUR, i32::MAX, 0)).unwrap();
    desk.refuses(&Act::Accrue { days: u16::MAX }, Reject::BadAmount);
    desk.ask(&interest(EUR, 1, 0)).unwrap();
    desk.refuses(&Act::Accrue { days: 1 << 3 }, Reject::BadAmount);
    desk.ask(&interest(EUR, 0, 0)).unwrap();
    assert_eq!(desk.ask(&Act::Accrue { days: u16::MAX }).unwrap().len(), 1);
    let (instrument, lots) = (ACME, 1);
    desk.ask(&Act::SetBorrow { instrument, lots, bips: u32::MAX }).unwrap();
    desk.value(ACME, Price::FARTHEST.0);
    for _ in 0..1 << 6 {
        desk.trade(ACME, BOB, MEG, Qty::MOST.0, 0);
    }
    desk.refuses(&Act::Accrue { days: u16::MAX }, Reject::BadAmount);
}

#[test]
fn a_currency_is_worth_what_is_said_and_the_base_itself() {
    let mut desk = Desk::new();
    let fx = |currency, num, den| Act::SetFx { currency, rate: Ratio { num, den } };
    assert_eq!(desk.ask(&fx(EUR, 11, 10)), Ok(vec![terms_of(EUR)]));
    assert_eq!(desk.ask(&fx(USD, 3, 3)), Ok(vec![terms_of(USD)]));
    desk.refuses(&fx(USD, 11, 10), Reject::NotPossible);
    desk.refuses(&fx(EUR, 0, 1), Reject::BadAmount);
    desk.refuses(&fx(EUR, -1, 1), Reject::BadAmount);
    desk.refuses(&fx(EUR, 1, 0), Reject::BadAmount);
    desk.refuses(&fx(CurrencyId(2), 0, 1), Reject::UnknownAccount);

    desk.house.deposit(MEG, EUR, Cash(105)).unwrap();
    assert_eq!(desk.house.equity(MEG), Some(Cash(100_115)), "115.5 cents are 115");
    desk.trade(EURUSD, BOB, MEG, 2, 100);
    let cash = 100_000 + 200;
    assert_eq!(desk.house.equity(MEG), Some(Cash(cash - 105)), "a debt of 104.5 is one of 105");
    assert_eq!(desk.lots(MEG, FUTURE), 0);
    desk.refuses(
        &Act::SetBorrow { instrument: InstrumentId(9), lots: 1, bips: 1 },
        Reject::UnknownInstrument,
    );
}

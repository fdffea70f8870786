//! Cash, positions and coins that are moved because somebody asks (C-5, C-70, C-71).

use crate::desk::{
    ACME, ANN, BOB, CAT, COIN, Desk, EUR, EURUSD, FUTURE, MEG, NOBODY, STREET, USD, paid,
};
use pitfloor_clearing::Sending;
use pitfloor_model::clearing::{Act, Fact, Movement, Payment, Ratio};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty};

const fn give(from: AccountId, to: AccountId, cents: i128) -> Act {
    Act::Transfer { from, to, currency: USD, cash: Cash(cents) }
}

const fn hand(from: AccountId, to: AccountId, instrument: InstrumentId, lots: i64) -> Act {
    Act::Assign { from, to, instrument, lots }
}

const fn send(account: AccountId, to: Option<AccountId>, qty: u64, fee: u64) -> Act {
    Act::Send { account, to, instrument: COIN, qty: Qty(qty), fee: Qty(fee) }
}

const fn moved(account: AccountId, instrument: InstrumentId, lots: i64, why: Movement) -> Fact {
    Fact::Moved { account, instrument, lots, why }
}

#[test]
fn cash_goes_from_one_to_the_other() {
    let mut desk = Desk::new();
    let told = desk.ask(&give(ANN, BOB, 300)).unwrap();
    let one = |account, cents| {
        let (currency, cash, why) = (USD, Cash(cents), Payment::Transfer);
        Fact::Paid { account, currency, cash, why, instrument: None }
    };
    assert_eq!(told, [one(ANN, -300), one(BOB, 300)]);
    assert_eq!((desk.cash(ANN), desk.cash(BOB)), (99_700, 100_300));
    assert_eq!(desk.ask(&give(STREET, ANN, 1_000_000)).unwrap().len(), 2, "it may owe");
}

#[test]
fn what_cannot_be_given_is_refused_with_its_reason() {
    let mut desk = Desk::new();
    desk.rest(ANN, ACME, 10, 500);
    desk.refuses(&give(NOBODY, BOB, 0), Reject::UnknownAccount);
    desk.refuses(&give(ANN, NOBODY, 0), Reject::UnknownAccount);
    let (from, to, currency, cash) = (ANN, ANN, CurrencyId(2), Cash(0));
    desk.refuses(&Act::Transfer { from, to, currency, cash }, Reject::UnknownAccount);
    desk.refuses(&give(ANN, ANN, 0), Reject::BadAmount);
    desk.refuses(&give(ANN, BOB, -1), Reject::BadAmount);
    desk.refuses(&give(STREET, BOB, 1 << 100), Reject::BadAmount);
    desk.refuses(&give(ANN, ANN, 1), Reject::NotPossible);
    desk.refuses(&give(ANN, BOB, 95_001), Reject::InsufficientCash);
    assert_eq!(desk.ask(&give(ANN, BOB, 95_000)).unwrap().len(), 2, "all that no order needs");
    let (from, to, currency, cash) = (ANN, BOB, EUR, Cash(1));
    desk.refuses(&Act::Transfer { from, to, currency, cash }, Reject::InsufficientCash);
}

/// Paid in full: what the coins are worth must stay behind them.
#[test]
fn who_has_margin_keeps_what_its_positions_need() {
    let mut desk = Desk::new();
    desk.value(COIN, 10_000);
    desk.trade(COIN, MEG, BOB, 4, 10_000);
    let equity = desk.house.equity(MEG).unwrap().0;
    let spare = equity - 40_000;
    desk.refuses(&give(MEG, ANN, spare + 1), Reject::InsufficientMargin);
    assert_eq!(desk.ask(&give(MEG, ANN, spare)).unwrap().len(), 2);
    desk.refuses(&give(MEG, ANN, 1), Reject::InsufficientMargin);
}

#[test]
fn a_position_changes_hands_at_the_price_it_is_carried_at() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    let told = desk.ask(&hand(ANN, BOB, ACME, 40)).unwrap();
    let one = |account, cents| {
        let (currency, cash, why) = (USD, Cash(cents), Payment::Assignment);
        Fact::Paid { account, currency, cash, why, instrument: Some(ACME) }
    };
    let lots = |account, lots| moved(account, ACME, lots, Movement::Transfer);
    assert_eq!(told, [one(ANN, 24_000), one(BOB, -24_000), lots(ANN, -40), lots(BOB, 40)]);
    assert_eq!(desk.house.obligations(ANN), [], "at once");
}

#[test]
fn a_debt_of_shares_is_taken_over_with_its_cash() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    desk.trade(ACME, BOB, MEG, 10, 500);
    let told = desk.ask(&hand(MEG, STREET, ACME, -10)).unwrap();
    assert_eq!(paid(&told), [(MEG, -6_000), (STREET, 6_000)]);
    assert_eq!((desk.lots(MEG, ACME), desk.lots(STREET, ACME)), (0, -10));
    desk.refuses(&hand(STREET, CAT, ACME, -1), Reject::ShortSale);
    let told = desk.ask(&hand(STREET, ANN, ACME, -10)).unwrap();
    assert_eq!(told.len(), 4, "she has a hundred to give for it");
}

#[test]
fn a_contract_is_handed_over_for_nothing() {
    let mut desk = Desk::new();
    desk.value(FUTURE, 5_000);
    desk.trade(FUTURE, MEG, STREET, 3, 5_000);
    let told = desk.ask(&hand(MEG, STREET, FUTURE, 2)).unwrap();
    let lots = |account, lots| moved(account, FUTURE, lots, Movement::Transfer);
    assert_eq!(told, [lots(MEG, -2), lots(STREET, 2)], "its gains were paid");
    desk.refuses(&hand(MEG, ANN, FUTURE, 1), Reject::NeedsMargin);
}

#[test]
fn what_cannot_be_handed_over_is_refused_with_its_reason() {
    let mut desk = Desk::new();
    desk.refuses(&hand(NOBODY, BOB, ACME, 0), Reject::UnknownAccount);
    desk.refuses(&hand(ANN, NOBODY, ACME, 0), Reject::UnknownAccount);
    desk.refuses(&hand(ANN, BOB, InstrumentId(4), 0), Reject::UnknownInstrument);
    desk.refuses(&hand(ANN, BOB, ACME, 0), Reject::ZeroQty);
    desk.refuses(&hand(ANN, BOB, ACME, 1), Reject::NotPossible);
    desk.value(ACME, Price::FARTHEST.0);
    desk.refuses(&hand(ANN, BOB, ACME, 1 << 40), Reject::BadAmount);
    desk.refuses(&hand(ANN, BOB, ACME, i64::MIN), Reject::BadAmount);
    desk.value(ACME, 1_001);
    desk.refuses(&hand(ANN, BOB, ACME, 101), Reject::NotPossible);
    desk.refuses(&hand(ANN, BOB, ACME, -1), Reject::NotPossible);
    desk.refuses(&hand(ANN, ANN, ACME, 1), Reject::NotPossible);
    desk.value(EURUSD, 100);
    desk.refuses(&hand(ANN, BOB, EURUSD, 1), Reject::NotPossible);
    desk.refuses(&hand(ANN, BOB, ACME, 100), Reject::InsufficientCash);
    desk.rest(ANN, ACME, -50, 500);
    desk.refuses(&hand(ANN, BOB, ACME, 51), Reject::ShortSale);
    desk.value(ACME, -2_001);
    desk.refuses(&hand(ANN, BOB, ACME, 50), Reject::InsufficientCash);
    desk.value(ACME, -2_000);
    assert_eq!(desk.ask(&hand(ANN, BOB, ACME, 50)).unwrap().len(), 4, "all she has");
}

#[test]
fn coins_are_on_their_way_until_they_arrive() {
    let mut desk = Desk::new();
    let told = desk.ask(&send(BOB, Some(ANN), 10, 1)).unwrap();
    let (account, to, instrument) = (BOB, Some(ANN), COIN);
    let sent = Fact::Sent { sending: 0, account, to, instrument, lots: 10 };
    assert_eq!(told, [moved(BOB, COIN, -11, Movement::Sending), sent]);
    assert_eq!((desk.lots(BOB, COIN), desk.lots(ANN, COIN)), (89, 0));
    assert_eq!(desk.house.ledger().transit(COIN), 10, "the network has its fee");
    desk.ask(&send(BOB, None, 5, 0)).unwrap();
    let underway: Vec<Sending> = desk.house.sendings().copied().collect();
    let (from, to, instrument) = (BOB, None, COIN);
    assert_eq!(underway[1], Sending { sending: 1, from, to, instrument, lots: 5 });

    let told = desk.ask(&Act::Arrive { sending: 1 }).unwrap();
    assert_eq!(told, [Fact::Arrived { sending: 1 }], "away: nobody here gets it");
    let told = desk.ask(&Act::Arrive { sending: 0 }).unwrap();
    let arrived = Fact::Arrived { sending: 0 };
    assert_eq!(told, [moved(ANN, COIN, 10, Movement::Sending), arrived]);
    assert_eq!((desk.lots(ANN, COIN), desk.house.ledger().transit(COIN)), (10, 0));
    desk.refuses(&Act::Arrive { sending: 0 }, Reject::NotPossible);
    desk.refuses(&Act::Arrive { sending: 2 }, Reject::NotPossible);
}

#[test]
fn what_cannot_be_sent_is_refused_with_its_reason() {
    let mut desk = Desk::new();
    desk.rest(BOB, COIN, -50, 500);
    let of = |instrument, qty| {
        let (account, to, fee) = (ANN, None, Qty(0));
        Act::Send { account, to, instrument, qty: Qty(qty), fee }
    };
    desk.refuses(&send(NOBODY, None, 0, 0), Reject::UnknownAccount);
    desk.refuses(&send(BOB, Some(NOBODY), 0, 0), Reject::UnknownAccount);
    desk.refuses(&of(InstrumentId(4), 0), Reject::UnknownInstrument);
    desk.refuses(&of(ACME, 0), Reject::ZeroQty);
    desk.refuses(&send(BOB, None, 1, u64::MAX), Reject::BadAmount);
    desk.refuses(&send(BOB, None, (1 << 62) + 1, 0), Reject::BadAmount);
    desk.refuses(&of(ACME, 1), Reject::NotPossible);
    desk.refuses(&send(BOB, None, 50, 1), Reject::ShortSale);
    desk.refuses(&send(STREET, None, 1, 0), Reject::ShortSale);
    assert_eq!(desk.ask(&send(BOB, None, 49, 1)).unwrap().len(), 2);
}

#[test]
fn coins_on_their_way_follow_a_split() {
    let mut desk = Desk::new();
    desk.ask(&send(BOB, Some(ANN), 7, 1)).unwrap();
    desk.ask(&send(BOB, Some(ANN), 1, 0)).unwrap();
    desk.ask(&Act::Split { instrument: COIN, num: 1, den: 2 }).unwrap();
    assert_eq!(desk.house.sendings().map(|one| one.lots).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(desk.house.ledger().transit(COIN), 3);
    let (into, cash, instrument) = (None, Ratio::whole(1), COIN);
    let why = pitfloor_model::clearing::Distribution::Merger;
    let convert = Act::Convert { instrument, into, cash, why };
    desk.refuses(&convert, Reject::NotPossible);
    assert_eq!(desk.ask(&Act::Arrive { sending: 0 }).unwrap().len(), 2);
    let nobodys = vec![Fact::Arrived { sending: 1 }];
    assert_eq!(desk.ask(&Act::Arrive { sending: 1 }), Ok(nobodys), "nothing is left of it");
    assert_eq!(desk.lots(ANN, COIN), 3);
}

#[test]
fn accounts_are_carried_in_chains_and_never_in_rings() {
    let mut desk = Desk::new();
    let carry = |account, carrier| Act::SetCarrier { account, carrier };
    let told = desk.ask(&carry(ANN, Some(BOB)));
    assert_eq!(told, Ok(vec![Fact::CarrierSet { account: ANN, carrier: Some(BOB) }]));
    desk.ask(&carry(BOB, Some(CAT))).unwrap();
    assert_eq!(desk.house.carried(CAT), [ANN, BOB, CAT]);
    assert_eq!(desk.house.carrier(ANN), Some(BOB));
    desk.refuses(&carry(CAT, Some(ANN)), Reject::NotPossible);
    desk.refuses(&carry(CAT, Some(CAT)), Reject::NotPossible);
    desk.refuses(&carry(NOBODY, None), Reject::UnknownAccount);
    desk.refuses(&carry(CAT, Some(NOBODY)), Reject::UnknownAccount);
    desk.ask(&carry(BOB, None)).unwrap();
    assert_eq!(desk.ask(&carry(CAT, Some(ANN))).unwrap().len(), 1, "the ring is open");
    assert_eq!(desk.house.carried(BOB), [ANN, BOB, CAT]);
}

//! What the venue takes for a trade (C-13).

use crate::desk::{ANN, BOB, CAT, COIN, Desk, FUTURE, STREET, USD, paid};
use pitfloor_clearing::Meeting;
use pitfloor_model::clearing::{Act, Fact, Fund, Payment};
use pitfloor_model::units::{Cash, Side};

#[test]
fn who_came_pays_the_takers_fee_and_who_waited_the_makers() {
    let mut desk = Desk::new();
    let told = desk.meet(Meeting::Taken(Side::Buy), COIN, ANN, BOB, 2, 10_000);
    let fee = |account, cents| {
        let (currency, cash, why) = (USD, Cash(cents), Payment::Fee);
        Fact::Paid { account, currency, cash, why, instrument: Some(COIN) }
    };
    assert_eq!(told, [fee(ANN, -80), fee(BOB, -20)], "60 and 20 of 20,000; twice ten");
    assert_eq!(desk.cash(ANN), 100_000 - 20_000 - 80);
    assert_eq!(desk.house.ledger().fund(Fund::Fees, USD), Cash(100));

    let told = desk.meet(Meeting::Taken(Side::Sell), COIN, ANN, BOB, 2, 10_000);
    assert_eq!(paid(&told), [(ANN, -20), (BOB, -80)], "the buyer first, whoever came");
}

#[test]
fn in_an_auction_both_came() {
    let told = Desk::new().meet(Meeting::Crossed, COIN, ANN, BOB, 2, 10_000);
    assert_eq!(paid(&told), [(ANN, -80), (BOB, -80)]);
}

#[test]
fn moved_between_two_accounts_of_a_group_costs_nothing_and_is_no_trade() {
    let mut desk = Desk::new();
    let told = desk.meet(Meeting::Transferred, COIN, ANN, BOB, 100, 100);
    assert_eq!(told, []);
    desk.days(1);
    let told = desk.trade(COIN, ANN, STREET, 10, 100);
    assert_eq!(paid(&told)[0], (ANN, -301), "no hundred coins were traded");
}

#[test]
fn a_small_trade_costs_the_least() {
    let told = Desk::new().trade(COIN, ANN, BOB, 1, 100);
    assert_eq!(paid(&told), [(ANN, -50), (BOB, -10)], "30 are less than 50");
}

#[test]
fn the_tier_is_of_the_days_that_ended() {
    let mut desk = Desk::new();
    desk.trade(COIN, STREET, BOB, 60, 100);
    desk.trade(COIN, BOB, STREET, 40, 100);
    let told = desk.trade(COIN, BOB, STREET, 2, 100);
    assert_eq!(paid(&told), [(BOB, -60), (STREET, -20)], "today does not count yet");
    desk.days(1);
    let told = desk.trade(COIN, BOB, CAT, 3, 100);
    assert_eq!(paid(&told), [(BOB, -15), (CAT, -30)], "each has his own tier");
    let told = desk.trade(COIN, CAT, BOB, 3, 100);
    assert_eq!(paid(&told), [(CAT, -90), (BOB, 2)], "half a cent a coin, half away from zero");
    desk.days(29);
    assert_eq!(paid(&desk.trade(COIN, BOB, CAT, 20, 100))[0].1, -100, "thirty days");
    desk.days(1);
    assert_eq!(paid(&desk.trade(COIN, BOB, CAT, 20, 100))[0].1, -602, "and no longer");
}

/// A fee is owed even by who may owe nothing else.
#[test]
fn a_fee_may_take_an_account_below_zero() {
    let mut desk = Desk::new();
    desk.trade(COIN, CAT, BOB, 1, 100_000);
    assert_eq!(desk.cash(CAT), -130);
}

#[test]
fn a_contract_pays_variation_before_its_fee() {
    let mut desk = Desk::new();
    desk.value(FUTURE, 5_000);
    let told = desk.trade(FUTURE, STREET, crate::desk::MEG, 3, 5_010);
    let (gain, fee) = (30, 6);
    let (meg, street) = (crate::desk::MEG, STREET);
    assert_eq!(paid(&told), [(street, -gain), (meg, gain), (street, -fee), (meg, -fee)]);
    assert_eq!(desk.house.obligations(meg), [], "and owes nothing, whatever its cycle says");
    let told = desk.meet(Meeting::Transferred, FUTURE, meg, street, 3, 5_020);
    assert_eq!(paid(&told), [(meg, -60), (street, 60)], "variation is no fee");
    assert_eq!(desk.ask(&Act::Settle).unwrap().len(), 1);
}

//! Business days, settlement, fails, penalties, buy-ins and stalls (C-20 to C-25).

use crate::desk::{ACME, ANN, BOB, CAT, COIN, Desk, EUR, EURUSD, FUTURE, MEG, NOBODY, STREET, USD};
use pitfloor_clearing::{Meeting, Obligation};
use pitfloor_model::clearing::{Act, Fact, Payment, Ratio};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, Cash, InstrumentId, Price, Qty, Side};

const NOTHING: Fact = Fact::TermsChanged { instrument: None, currency: None };

const fn settled(account: AccountId, lots: i64, cash: i128) -> Fact {
    Fact::Settled { account, instrument: ACME, lots, cash: Cash(cash) }
}

const fn failed(account: AccountId, lots: i64, days: u16) -> Fact {
    Fact::Failed { account, instrument: ACME, lots, days }
}

const fn penalty(account: AccountId, cents: i128) -> Fact {
    let (currency, cash, why) = (USD, Cash(-cents), Payment::Penalty);
    Fact::Paid { account, currency, cash, why, instrument: Some(ACME) }
}

const fn owed(account: AccountId, of: InstrumentId, days: (u32, Option<u32>)) -> Obligation {
    let (traded, due) = days;
    Obligation { account, instrument: of, traded, due, lots: 0, cash: Cash(0) }
}

#[test]
fn a_trade_moves_the_totals_at_once_and_settles_two_days_later() {
    let mut desk = Desk::new();
    assert_eq!(desk.trade(ACME, BOB, ANN, 10, 500), []);
    assert_eq!((desk.lots(BOB, ACME), desk.cash(BOB)), (10, 95_000));
    let owes = |due| Obligation { lots: 10, cash: Cash(-5_000), ..owed(BOB, ACME, (0, due)) };
    assert_eq!(desk.house.obligations(BOB), [owes(None)]);
    assert_eq!(desk.settle(), [NOTHING], "its day has not ended");

    desk.days(1);
    assert_eq!(desk.house.obligations(BOB), [owes(Some(2))]);
    assert_eq!(desk.settle(), [NOTHING]);
    desk.days(1);
    assert_eq!(desk.settle(), [settled(ANN, -10, 5_000), settled(BOB, 10, -5_000)]);
    assert_eq!(desk.house.obligations(BOB), []);
    assert_eq!((desk.lots(BOB, ACME), desk.cash(BOB)), (10, 95_000), "nothing moves again");
    assert_eq!(desk.settle(), [NOTHING], "once");
}

#[test]
fn trades_of_a_day_and_of_all_days_that_are_due_are_netted() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, ANN, 10, 500);
    desk.trade(ACME, CAT, BOB, 4, 510);
    desk.days(1);
    desk.trade(ACME, ANN, BOB, 6, 490);
    assert_eq!(desk.house.obligations(BOB).len(), 2, "a day each");
    desk.days(2);
    let told = desk.settle();
    let bob = -5_000 + 2_040 + 2_940;
    assert_eq!(told, [settled(ANN, -4, 2_060), settled(BOB, 0, bob), settled(CAT, 4, -2_040)]);
}

#[test]
fn what_comes_to_nothing_in_a_day_vanishes() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, ANN, 10, 500);
    desk.trade(ACME, ANN, BOB, 10, 500);
    desk.days(1);
    assert_eq!(desk.house.obligations(BOB), []);
    desk.days(2);
    assert_eq!(desk.settle(), [NOTHING]);
}

#[test]
fn the_cycle_is_that_of_the_days_end() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, ANN, 10, 500);
    let told = desk.ask(&Act::SetCycle { instrument: ACME, days: 1 });
    assert_eq!(told, Ok(vec![Fact::TermsChanged { instrument: Some(ACME), currency: None }]));
    desk.days(1);
    assert_eq!(desk.settle().len(), 2, "a day later");
    desk.ask(&Act::SetCycle { instrument: ACME, days: 0 }).unwrap();
    desk.trade(ACME, BOB, ANN, 10, 500);
    assert_eq!(desk.house.obligations(BOB), [], "and then at once");
    desk.ask(&Act::SetCycle { instrument: COIN, days: 5 }).unwrap();
    desk.trade(COIN, ANN, BOB, 1, 500);
    assert_eq!(desk.house.obligations(BOB).len(), 1, "coins take their time from now on");
    desk.refuses(
        &Act::SetCycle { instrument: InstrumentId(9), days: 1 },
        Reject::UnknownInstrument,
    );
    desk.refuses(&Act::SetCycle { instrument: ACME, days: 6 }, Reject::NotPossible);
}

#[test]
fn only_trades_of_what_is_bought_are_owed() {
    let mut desk = Desk::new();
    desk.meet(Meeting::Transferred, ACME, BOB, ANN, 10, 500);
    desk.value(FUTURE, 5_000);
    desk.trade(FUTURE, STREET, MEG, 3, 5_010);
    desk.trade(COIN, ANN, BOB, 1, 500);
    assert!([ANN, BOB, MEG, STREET].iter().all(|one| desk.house.obligations(*one).is_empty()));
    desk.meet(Meeting::Crossed, ACME, BOB, ANN, 10, 500);
    assert_eq!(desk.house.obligations(BOB).len(), 1, "an auction's trade is one");
}

/// She was to get them from somebody who did not have them, and sold them on.
#[test]
fn who_has_not_got_what_he_sold_fails_and_so_does_who_was_to_get_it() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    desk.trade(ACME, BOB, STREET, 10, 500);
    desk.trade(ACME, CAT, BOB, 10, 510);
    desk.trade(ACME, CAT, ANN, 5, 500);
    desk.days(2);
    // BOB's day comes to no lots and 100 cents; STREET delivers nothing; CAT lacks 10 of 15.
    let told = desk.settle();
    let fails = [failed(CAT, 15, 0), failed(STREET, -10, 1), penalty(STREET, 60)];
    assert_eq!(told[..2], [settled(ANN, -5, 2_500), settled(BOB, 0, 100)]);
    assert_eq!(told[2..], fails, "ten at 6.00, a hundredth of it");
    assert_eq!(desk.house.failures(STREET, ACME), 1);
    assert_eq!(desk.house.failures(CAT, ACME), 0, "nobody blames her");
    assert_eq!(desk.cash(STREET), 5_000 - 60);
}

/// Who has margin borrows what he sold short, and delivers that.
#[test]
fn a_short_seller_with_margin_delivers_what_he_borrows() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    desk.trade(ACME, BOB, MEG, 1, 500);
    desk.days(2);
    assert_eq!(desk.settle(), [settled(BOB, 1, -500), settled(MEG, -1, 500)]);
}

#[test]
fn a_delivery_that_fails_again_is_bought_in() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    desk.trade(ACME, BOB, STREET, 10, 500);
    desk.days(2);
    assert_eq!(desk.settle(), [failed(BOB, 10, 0), failed(STREET, -10, 1), penalty(STREET, 60)]);
    desk.value(ACME, 655);
    let due = Fact::BuyInDue { account: STREET, instrument: ACME, lots: 10 };
    let again = |days| [failed(BOB, 10, 0), failed(STREET, -10, days), penalty(STREET, 65), due];
    assert_eq!(desk.settle(), again(2), "65.5 cents, towards zero");
    assert_eq!(desk.settle(), again(3), "it stays due");

    // It is bought from ANN, and given to the street.
    let (from, to, instrument, lots) = (ANN, STREET, ACME, 10);
    desk.ask(&Act::Assign { from, to, instrument, lots }).unwrap();
    assert_eq!(desk.settle(), [settled(BOB, 10, -5_000), settled(STREET, -10, 5_000)]);
    assert_eq!(desk.house.failures(STREET, ACME), 0, "its row has ended");
}

#[test]
fn a_penalty_asks_for_a_price() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, STREET, 10, 500);
    desk.days(2);
    assert_eq!(desk.settle(), [failed(BOB, 10, 0), failed(STREET, -10, 1)]);
}

#[test]
fn receivers_are_served_in_order_while_it_is_enough() {
    let mut desk = Desk::new();
    desk.trade(ACME, ANN, STREET, 4, 500);
    desk.trade(ACME, BOB, STREET, 5, 500);
    desk.trade(ACME, CAT, STREET, 1, 500);
    desk.house.deliver(STREET, ACME, Qty(8)).unwrap();
    desk.days(2);
    let told = desk.settle();
    let fails = [failed(ANN, 4, 0), failed(BOB, 5, 0), failed(CAT, 1, 0), failed(STREET, -10, 1)];
    assert_eq!(told, fails, "all or nothing: two are missing");

    // MEG's seven came today from who has them: they are there when they are due.
    desk.trade(ACME, MEG, ANN, 7, 500);
    desk.days(2);
    let told = desk.settle();
    assert_eq!(told[0], settled(ANN, -3, 1_500), "three of her own, and four that never came");
    assert_eq!(told[1], failed(BOB, 5, 0), "three are there");
    assert_eq!(told[2], failed(CAT, 1, 0), "though one would be enough for her");
    assert_eq!(told[3], failed(MEG, 7, 0));
    desk.house.deliver(STREET, ACME, Qty(2)).unwrap();
    let told = desk.settle();
    let (bob, cat) = (settled(BOB, 5, -2_500), settled(CAT, 1, -500));
    assert_eq!(told, [bob, cat, settled(MEG, 7, -3_500), settled(STREET, -10, 5_000)]);
}

#[test]
fn a_stalled_account_neither_delivers_nor_pays() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    desk.trade(ACME, BOB, ANN, 10, 500);
    desk.stall(ANN, true);
    assert!(desk.house.is_stalled(ANN) && !desk.house.is_stalled(BOB));
    desk.days(2);
    assert_eq!(desk.settle(), [failed(ANN, -10, 1), penalty(ANN, 60), failed(BOB, 10, 0)]);
    desk.stall(ANN, false);
    desk.stall(BOB, true);
    let told = desk.settle();
    assert_eq!(told, [settled(ANN, -10, 5_000), failed(BOB, 10, 1)], "he does not pay: no penalty");
    assert_eq!(desk.settle(), [failed(BOB, 10, 2)], "nor is he bought in");
    desk.stall(BOB, false);
    assert_eq!(desk.settle(), [settled(BOB, 10, -5_000)]);
    desk.refuses(&Act::Stall { account: NOBODY, on: true }, Reject::UnknownAccount);
}

/// Who cannot pay is passed over, and who comes after him is served.
#[test]
fn who_fails_to_pay_holds_up_nobody_else() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, ANN, 10, 500);
    desk.trade(ACME, CAT, ANN, 10, 500);
    desk.stall(BOB, true);
    desk.days(2);
    let told = desk.settle();
    let rest = [settled(ANN, -20, 10_000), failed(BOB, 10, 1), settled(CAT, 10, -5_000)];
    assert_eq!(told, rest);
}

#[test]
fn a_stalled_account_that_owes_nothing_gets_what_is_its() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, ANN, 10, -3);
    desk.stall(BOB, true);
    desk.days(2);
    assert_eq!(desk.settle(), [settled(ANN, -10, -30), settled(BOB, 10, 30)]);
}

/// What was sold of shares that will only come tomorrow cannot be delivered today.
#[test]
fn lots_that_have_not_settled_cannot_be_delivered() {
    let mut desk = Desk::new();
    desk.trade(ACME, CAT, ANN, 10, 500);
    desk.ask(&Act::SetCycle { instrument: ACME, days: 3 }).unwrap();
    desk.days(1);
    desk.ask(&Act::SetCycle { instrument: ACME, days: 1 }).unwrap();
    desk.trade(ACME, BOB, CAT, 10, 500);
    desk.days(1);
    assert_eq!(desk.settle(), [failed(BOB, 10, 0), failed(CAT, -10, 1)], "they come on day 3");
    desk.days(1);
    let told = desk.settle();
    let ends = [settled(ANN, -10, 5_000), settled(BOB, 10, -5_000)];
    assert_eq!(told, ends, "and what nets to nothing ends without a word");
    assert_eq!(desk.house.obligations(CAT), []);
}

#[test]
fn euros_are_delivered_out_of_euros() {
    let mut desk = Desk::new();
    desk.house.deposit(CAT, EUR, Cash(2_050)).unwrap();
    desk.trade(EURUSD, BOB, CAT, 20, 110);
    let owes = Obligation { lots: 20, cash: Cash(-2_200), ..owed(BOB, EURUSD, (0, None)) };
    assert_eq!(desk.house.obligations(BOB), [owes]);
    desk.trade(EURUSD, ANN, STREET, 5, 110);
    desk.days(1);
    let one = |account, lots, cash| {
        let cash = Cash(cash);
        Fact::Settled { account, instrument: EURUSD, lots, cash }
    };
    let no = |account, lots, days| Fact::Failed { account, instrument: EURUSD, lots, days };
    let told = desk.settle();
    assert_eq!(told[0], one(ANN, 5, -550));
    assert_eq!(told[1..], [no(BOB, 20, 0), one(CAT, -20, 2_200), no(STREET, -5, 1)]);
    desk.house.deposit(STREET, EUR, Cash(500)).unwrap();
    assert_eq!(desk.settle(), [one(BOB, 20, -2_200), one(STREET, -5, 550)]);
}

#[test]
fn what_is_owed_follows_a_split() {
    let mut desk = Desk::new();
    desk.value(ACME, 600);
    desk.trade(ACME, BOB, ANN, 10, 500);
    desk.days(1);
    desk.trade(ACME, BOB, ANN, 1, 500);
    desk.ask(&Act::Split { instrument: ACME, num: 1, den: 4 }).unwrap();
    let owes = desk.house.obligations(BOB);
    assert_eq!(owes.iter().map(|one| one.lots).collect::<Vec<_>>(), [2, 0], "towards zero");
    assert_eq!(owes[1].cash, Cash(-500), "the cash stays");
    desk.days(2);
    assert_eq!(desk.settle(), [settled(ANN, -2, 5_500), settled(BOB, 2, -5_500)]);
}

#[test]
fn nobody_owes_what_is_no_more() {
    let mut desk = Desk::new();
    desk.trade(ACME, BOB, ANN, 10, 500);
    let why = pitfloor_model::clearing::Distribution::Merger;
    let (instrument, into, cash) = (ACME, None, Ratio::whole(7));
    desk.ask(&Act::Convert { instrument, into, cash, why }).unwrap();
    assert_eq!(desk.house.obligations(BOB), []);
    desk.days(2);
    assert_eq!(desk.settle(), [NOTHING]);
    desk.refuses(&Act::SetCycle { instrument: ACME, days: 1 }, Reject::NotPossible);
}

/// A penalty that nobody could count refuses the settlement, and leaves everything as it was.
#[test]
fn a_penalty_too_large_is_refused_whole() {
    let mut desk = Desk::new();
    desk.value(ACME, Price::FARTHEST.0);
    for _ in 0..1 << 12 {
        desk.meet(Meeting::Taken(Side::Sell), ACME, BOB, STREET, Qty::MOST.0, 0);
    }
    desk.days(2);
    desk.refuses(&Act::Settle, Reject::BadAmount);
    desk.value(ACME, 1);
    assert_eq!(desk.settle().len(), 3);
}

//! C-40 to C-43: what is sold short is located before.

use crate::desk::*;
use pitfloor_model::clearing::{Act, Fact};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, InstrumentId, Qty};

const NOT_LOCATED: Result<(), Reject> = Err(Reject::NotLocated);

fn pool(instrument: InstrumentId, lots: u64) -> Act {
    Act::SetBorrow { instrument, lots, bips: 250 }
}

fn locate(account: AccountId, lots: u64) -> Act {
    Act::Locate { account, instrument: BETA, qty: Qty(lots) }
}

/// Ann can pay for anything here, and a hundred lots of Beta can be found.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.fund(ANN, 100_000_000);
    desk.value(&[(BETA, 1_000), (ACME, 1_000)]);
    desk.ask(&pool(BETA, 100)).unwrap();
    desk
}

fn end_day(desk: &mut Desk) {
    desk.ask(&Act::EndDay).unwrap();
}

#[test]
fn a_pool_is_set_and_located_from() {
    let mut desk = Desk::new();
    let changed = Fact::TermsChanged { instrument: Some(BETA), currency: None };
    assert_eq!(desk.ask(&pool(BETA, 100)), Ok(vec![changed]));
    let located = Fact::Located { account: ANN, instrument: BETA, lots: 60 };
    assert_eq!(desk.ask(&locate(ANN, 60)), Ok(vec![located]));
    assert_eq!((desk.house.located(ANN, BETA), desk.house.findable(BETA)), (60, 40));
    desk.refuses(&locate(PIA, 41), Reject::NotPossible);
    desk.ask(&locate(PIA, 40)).unwrap();
    desk.refuses(&locate(PIA, 1), Reject::NotPossible);
    // From now on, beside those that are located.
    desk.ask(&pool(BETA, 5)).unwrap();
    desk.ask(&locate(ANN, 5)).unwrap();
    assert_eq!(desk.house.located(ANN, BETA), 65);
}

#[test]
fn what_cannot_be_lent_or_located_is_refused() {
    let mut desk = desk();
    desk.refuses(&pool(InstrumentId(70), 1), Reject::UnknownInstrument);
    desk.refuses(&pool(BETA, (1 << 62) + 1), Reject::BadAmount);
    desk.refuses(&locate(AccountId(77), 0), Reject::UnknownAccount);
    let of = |instrument, qty| Act::Locate { account: ANN, instrument, qty: Qty(qty) };
    desk.refuses(&of(InstrumentId(70), 0), Reject::UnknownInstrument);
    desk.refuses(&of(BETA, 0), Reject::ZeroQty);
    desk.refuses(&of(BETA, u64::MAX), Reject::BadAmount);
    desk.refuses(&of(ACME, 1), Reject::NotPossible);
}

#[test]
fn only_what_goes_below_nothing_must_be_located() {
    let mut desk = desk();
    assert_eq!(desk.may(ANN, ACME, -10, None), Ok(()), "nobody asks for it there");
    assert_eq!(desk.may(ANN, BETA, -1, None), NOT_LOCATED);
    desk.trade(ANN, BETA, 10, 1_000);
    assert_eq!(desk.may(ANN, BETA, -10, None), Ok(()), "a long sale");
    assert_eq!(desk.may(ANN, BETA, -11, None), NOT_LOCATED);
    desk.ask(&locate(ANN, 5)).unwrap();
    assert_eq!(desk.may(ANN, BETA, -15, None), Ok(()));
    desk.rest(ANN, BETA, -9, 1_000);
    assert_eq!(desk.may(ANN, BETA, -6, None), Ok(()));
    assert_eq!(desk.may(ANN, BETA, -7, None), NOT_LOCATED, "with what is open");
    assert_eq!(desk.may_replace(ANN, BETA, (-9, 1_000), (-15, 1_000)), Ok(()));
    assert_eq!(desk.may(ANN, BETA, 100, None), Ok(()), "buys are not asked");
}

#[test]
fn accounts_without_margin_may_not_go_short_at_all() {
    let mut desk = desk();
    desk.ask(&locate(CASH, 10)).unwrap();
    assert_eq!(desk.may(CASH, BETA, -1, None), Err(Reject::ShortSale));
}

#[test]
fn unused_locates_end_with_the_day_and_borrowed_lots_stay() {
    let mut desk = desk();
    desk.ask(&locate(ANN, 30)).unwrap();
    desk.trade(ANN, BETA, -20, 1_000);
    end_day(&mut desk);
    assert_eq!((desk.house.located(ANN, BETA), desk.house.findable(BETA)), (20, 80));
    assert_eq!(desk.may(ANN, BETA, -1, None), NOT_LOCATED);
    // What was covered can be sold short again today, and is gone tomorrow.
    desk.trade(ANN, BETA, 15, 1_000);
    assert_eq!(desk.may(ANN, BETA, -15, None), Ok(()));
    assert_eq!(desk.may(ANN, BETA, -16, None), NOT_LOCATED);
    end_day(&mut desk);
    assert_eq!((desk.house.located(ANN, BETA), desk.house.findable(BETA)), (5, 95));
    desk.trade(ANN, BETA, 5, 1_000);
    end_day(&mut desk);
    assert_eq!((desk.house.located(ANN, BETA), desk.house.findable(BETA)), (0, 100));
}

/// A short position that came otherwise than by an order may be sold again up to where it was.
#[test]
fn a_short_position_of_the_morning_needs_no_new_locate() {
    let mut desk = desk();
    desk.trade(ANN, BETA, -20, 1_000);
    assert_eq!(desk.may(ANN, BETA, -1, None), NOT_LOCATED);
    end_day(&mut desk);
    desk.trade(ANN, BETA, 8, 1_000);
    assert_eq!(desk.may(ANN, BETA, -8, None), Ok(()));
    assert_eq!(desk.may(ANN, BETA, -9, None), NOT_LOCATED);
    desk.ask(&locate(ANN, 25)).unwrap();
    assert_eq!(desk.may(ANN, BETA, -13, None), Ok(()), "twenty-five in all");
    assert_eq!(desk.may(ANN, BETA, -14, None), NOT_LOCATED);
}

//! C-33 and C-35: who is called, who meets the call, and who lets it pass.

use crate::desk::*;
use pitfloor_clearing::CallStatus;
use pitfloor_model::clearing::{Fact, HouseTerms};
use pitfloor_model::units::{AccountId, Cash, InstrumentId, Time};

const DAY_NS: u64 = 86_400_000_000_000;

fn desk() -> Desk {
    Desk::with(HouseTerms { call_ns: 2 * DAY_NS, ..HouseTerms::default() })
}

/// Who is told what beside the prices.
fn told(desk: &mut Desk, prices: &[(InstrumentId, i64)]) -> Facts {
    let mut facts = desk.value(prices);
    // An act of which nothing comes is answered, too (C-7).
    let nothing = Fact::TermsChanged { instrument: None, currency: None };
    facts.retain(|fact| !matches!(fact, Fact::Valued { .. }) && *fact != nothing);
    facts
}

fn called(account: AccountId, equity: i128, required: i128, until: u64) -> Fact {
    let (equity, required) = (Cash(equity), Cash(required));
    Fact::Called { account, equity, required, until: Time(until) }
}

/// Debit 20,000 against 1,000 shares: a quarter of their value at 26.6667.
#[test]
fn a_thousand_bought_at_forty_on_half_are_called_below_26_6667() {
    let mut desk = desk();
    desk.fund(ANN, 2_000_000).trade(ANN, ACME, 1_000, 4_000);
    assert_eq!(told(&mut desk, &[(ACME, 4_000)]), []);
    assert_eq!(told(&mut desk, &[(ACME, 2_667)]), []);
    assert_eq!(desk.maintenance(ANN), 666_750);
    let call = called(ANN, 666_000, 666_500, 2 * DAY_NS);
    assert_eq!(told(&mut desk, &[(ACME, 2_666)]), [call]);
}

/// Credit 75,000 against 1,000 shares short: 30 % of their value at 57.6923.
#[test]
fn a_thousand_sold_short_at_fifty_are_called_above_57_6923() {
    let mut desk = desk();
    desk.fund(ANN, 2_500_000).trade(ANN, ACME, -1_000, 5_000);
    assert_eq!(desk.cash(ANN), 7_500_000);
    assert_eq!(told(&mut desk, &[(ACME, 5_769)]), []);
    let call = called(ANN, 7_500_000 - 5_770_000, 1_731_000, 2 * DAY_NS);
    assert_eq!(told(&mut desk, &[(ACME, 5_770)]), [call]);
}

#[test]
fn a_call_is_told_once_then_overdue_once_and_met_at_last() {
    let mut desk = desk();
    desk.fund(ANN, 2_000_000).trade(ANN, ACME, 1_000, 4_000);
    assert_eq!(desk.house.call_status(ANN), CallStatus::Met);
    assert_eq!(told(&mut desk, &[(ACME, 2_600)]).len(), 1);
    let until = Time(2 * DAY_NS);
    assert_eq!(desk.house.call_status(ANN), CallStatus::Called { until });
    desk.now = Time(2 * DAY_NS - 1);
    assert_eq!(told(&mut desk, &[(ACME, 2_500)]), [], "it still has a nanosecond");
    desk.now = until;
    assert_eq!(told(&mut desk, &[]), [Fact::Overdue { account: ANN }]);
    assert_eq!(desk.house.call_status(ANN), CallStatus::Overdue);
    assert_eq!(told(&mut desk, &[(ACME, 2_400)]), [], "once");
    desk.fund(ANN, 1_000_000);
    assert_eq!(told(&mut desk, &[]), [Fact::Met { account: ANN }]);
    assert_eq!(told(&mut desk, &[]), []);
    assert_eq!(told(&mut desk, &[(ACME, 1_000)]).len(), 1, "called anew");
}

#[test]
fn exactly_enough_is_enough() {
    let mut desk = desk();
    desk.fund(ANN, 300_000).trade(ANN, ACME, 100, 4_000);
    assert_eq!(told(&mut desk, &[(ACME, 4_000)]), []);
    // Debit 100,000: at 13.3333 a quarter is what is left; a cent below it is not.
    desk.trade(ANN, ACME, 20, 0);
    desk.fund(ANN, 20_000);
    assert_eq!(told(&mut desk, &[(ACME, 1_000)]), []);
    assert_eq!((desk.equity(ANN), desk.maintenance(ANN)), (40_000, 30_000));
    desk.trade(ANN, COIN, 10_000, 1);
    assert_eq!(told(&mut desk, &[]), [], "thirty thousand against thirty thousand");
    assert_eq!(desk.equity(ANN), 30_000);
    desk.trade(ANN, COIN, 1, 1);
    assert_eq!(told(&mut desk, &[]), [called(ANN, 29_999, 30_000, 2 * DAY_NS)]);
}

#[test]
fn whoever_has_a_position_needs_the_least_equity() {
    let mut desk = Desk::with(HouseTerms { equity_least: Cash(200_000), ..Default::default() });
    desk.fund(ANN, 199_999);
    assert_eq!(told(&mut desk, &[(ACME, 100)]), [], "without a position nothing is asked");
    desk.trade(ANN, ACME, 1, 100);
    let call = |account, equity| called(account, equity, 200_000, 0);
    assert_eq!(told(&mut desk, &[]), [call(ANN, 199_999)]);
    desk.trade(ANN, ACME, -1, 100);
    assert_eq!(told(&mut desk, &[]), [Fact::Met { account: ANN }]);
    assert_eq!(desk.maintenance(ANN), 0);
}

#[test]
fn accounts_are_measured_in_order_and_only_those_with_margin() {
    let mut desk = desk();
    for account in [PIA, ANN] {
        desk.fund(account, 100_000).trade(account, ACME, 100, 2_000);
    }
    desk.fund(CASH, 200_000).trade(CASH, ACME, 100, 2_000);
    desk.value(&[(ACME, 2_000)]);
    let facts = told(&mut desk, &[(ACME, 900)]);
    let who: Vec<_> = facts.iter().filter_map(Fact::account).collect();
    assert_eq!(who, [ANN, PIA]);
    assert_eq!(desk.house.maintenance_requirement(CASH), None);
    assert_eq!(desk.house.initial_requirement(STREET), None);
}

#[test]
fn what_was_written_is_measured_by_its_underlying() {
    let mut desk = desk();
    desk.fund(ANN, 180_000);
    desk.trade(ANN, CALL, -1, 300);
    assert_eq!(told(&mut desk, &[(ACME, 10_000), (CALL, 300)]), []);
    assert_eq!((desk.equity(ANN), desk.maintenance(ANN)), (180_000, 180_000));
    // The underlying alone moves: what is out of the money becomes less.
    let call = called(ANN, 180_000, 30_000 + 202_000 - 40_000, 2 * DAY_NS);
    assert_eq!(told(&mut desk, &[(ACME, 10_100)]), [call]);
}

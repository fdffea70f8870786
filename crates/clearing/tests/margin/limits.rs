//! C-60 to C-62: limits that an account meets before the market does.

use crate::desk::*;
use pitfloor_clearing::Ask;
use pitfloor_model::clearing::{Act, Fact, HouseTerms, RiskLimits};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, Cash, Price, Qty, Time};

fn limited(limits: RiskLimits) -> Desk {
    let mut desk = Desk::new();
    desk.fund(CASH, 1_000_000).fund(ANN, 1_000_000);
    set(&mut desk, CASH, limits);
    desk
}

fn set(desk: &mut Desk, account: AccountId, limits: RiskLimits) {
    let told = desk.ask(&Act::SetLimits { account, limits });
    assert_eq!(told, Ok(vec![Fact::LimitsSet { account }]));
}

/// What the cash account is told of so many lots of the share.
fn buys(desk: &mut Desk, lots: i64, limit: Option<i64>) -> Result<(), Reject> {
    let ask = desk.order(CASH, ACME, lots, limit);
    desk.house.admit(&ask)
}

fn none() -> RiskLimits {
    RiskLimits::default()
}

#[test]
fn without_limits_everything_passes() {
    let mut desk = limited(none());
    assert_eq!(buys(&mut desk, i64::MAX, Some(i64::MAX)), Ok(()));
    set(&mut desk, CASH, RiskLimits { qty_max: Some(Qty(1)), ..none() });
    let other = desk.order(ANN, ACME, 1_000, None);
    assert_eq!(desk.house.admit(&other), Ok(()), "another account's limit");
    assert_eq!(buys(&mut desk, 2, None), Err(Reject::RiskQty));
    set(&mut desk, CASH, none());
    assert_eq!(buys(&mut desk, 2, None), Ok(()), "the old ones are gone");
    assert_eq!(desk.house.limits(CASH), none());
}

#[test]
fn limits_that_make_no_sense_are_refused() {
    let mut desk = limited(RiskLimits { qty_max: Some(Qty(7)), ..none() });
    let set = |account, limits| Act::SetLimits { account, limits };
    desk.refuses(&set(AccountId(77), none()), Reject::UnknownAccount);
    let bad = RiskLimits { qty_max: Some(Qty::ZERO), loss_max: Some(Cash(0)), ..none() };
    desk.refuses(&set(CASH, bad), Reject::ZeroQty);
    for cash in [Cash(0), Cash(-1), Cash(1 << 100)].map(Some) {
        desk.refuses(&set(CASH, RiskLimits { notional_max: cash, ..none() }), Reject::BadAmount);
        desk.refuses(&set(CASH, RiskLimits { exposure_max: cash, ..none() }), Reject::BadAmount);
        desk.refuses(&set(CASH, RiskLimits { loss_max: cash, ..none() }), Reject::BadAmount);
    }
    assert_eq!(desk.house.limits(CASH).qty_max, Some(Qty(7)));
}

#[test]
fn one_order_may_be_so_large() {
    let mut desk = limited(RiskLimits { qty_max: Some(Qty(10)), ..none() });
    assert_eq!(buys(&mut desk, 10, None), Ok(()));
    assert_eq!(buys(&mut desk, -11, None), Err(Reject::RiskQty));
}

#[test]
fn one_order_may_be_worth_so_much() {
    let mut desk = limited(RiskLimits { notional_max: Some(Cash(1_000)), ..none() });
    assert_eq!(buys(&mut desk, 10, Some(100)), Ok(()));
    assert_eq!(buys(&mut desk, -10, Some(101)), Err(Reject::RiskNotional));
    assert_eq!(buys(&mut desk, 1_000_000, None), Ok(()), "there is no price to go by");
    desk.value(&[(ACME, 200)]);
    assert_eq!(buys(&mut desk, 5, None), Ok(()));
    assert_eq!(buys(&mut desk, 6, None), Err(Reject::RiskNotional), "at what it is carried at");
    let market = Ask { last: Some(Price(1_001)), ..desk.order(CASH, ACME, 1, None) };
    assert_eq!(desk.house.admit(&market), Err(Reject::RiskNotional), "at the last print");
}

#[test]
fn a_position_may_come_to_so_much() {
    let mut desk = limited(RiskLimits { position_max: Some(100), ..none() });
    desk.trade(CASH, ACME, 60, 10);
    assert_eq!(buys(&mut desk, 40, None), Ok(()));
    assert_eq!(buys(&mut desk, 41, None), Err(Reject::RiskPosition));
    desk.rest(CASH, ACME, 30, 10);
    assert_eq!(buys(&mut desk, 11, None), Err(Reject::RiskPosition), "open orders count");
    let bigger = Ask { freed: Qty(30), ..desk.order(CASH, ACME, 40, Some(10)) };
    assert_eq!(desk.house.admit(&bigger), Ok(()), "instead of the open one");
    assert_eq!(buys(&mut desk, -160, None), Ok(()));
    desk.rest(CASH, ACME, -10, 10);
    assert_eq!(buys(&mut desk, -151, None), Err(Reject::RiskPosition), "short, too");
}

/// A sale is asked for the worst short alone: what reduces is not held up by what is too much.
#[test]
fn a_position_beyond_its_limit_can_be_reduced() {
    let mut desk = limited(none());
    desk.trade(CASH, ACME, 60, 10);
    set(&mut desk, CASH, RiskLimits { position_max: Some(50), ..none() });
    assert_eq!(buys(&mut desk, -10, None), Ok(()));
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::RiskPosition));
}

/// Orders that stood before there was a limit are counted, too, whoever has them.
#[test]
fn what_stood_before_the_limit_counts() {
    let mut desk = Desk::new();
    desk.fund(CASH, 1_000);
    for account in [CASH, ANN, STREET] {
        desk.rest(account, ACME, 30, 10);
        set(&mut desk, account, RiskLimits { position_max: Some(40), ..none() });
        let ask = desk.order(account, ACME, 11, None);
        assert_eq!(desk.house.admit(&ask), Err(Reject::RiskPosition), "{account:?}");
        desk.lift(account, ACME, 30, 10);
        assert_eq!(desk.house.admit(&ask), Ok(()), "{account:?}");
    }
}

#[test]
fn all_positions_may_be_worth_so_much_together() {
    let mut desk = limited(RiskLimits { exposure_max: Some(Cash(10_000)), ..none() });
    desk.value(&[(ACME, 100), (COIN, 50), (BETA, 7)]);
    desk.trade(CASH, ACME, 60, 100);
    desk.trade(CASH, COIN, -20, 50);
    assert_eq!(buys(&mut desk, 30, Some(100)), Ok(()), "6,000 long, 1,000 short, 3,000 asked");
    assert_eq!(buys(&mut desk, -31, Some(100)), Err(Reject::RiskExposure));
    desk.value(&[(COIN, 51)]);
    assert_eq!(buys(&mut desk, 30, Some(100)), Err(Reject::RiskExposure), "by the last value");
    desk.trade(CASH, COIN, 20, 51);
    desk.trade(CASH, BETA, 1, 7);
    desk.euro(115);
    // 8.05 in dollars counts as 9.
    let ask = |cents| desk.order(CASH, ACME, 1, Some(cents));
    let (fits, beyond) = (ask(3_991), ask(3_992));
    assert_eq!(desk.house.admit(&fits), Ok(()));
    assert_eq!(desk.house.admit(&beyond), Err(Reject::RiskExposure));
}

#[test]
fn a_limit_may_lie_so_far_from_the_last_print() {
    let mut desk = limited(RiskLimits { collar_bips: Some(500), ..none() });
    let at = |desk: &Desk, limit, last| Ask { last, ..desk.order(CASH, ACME, 1, limit) };
    let last = Some(Price(1_000));
    for (limit, told) in [
        (Some(1_050), Ok(())),
        (Some(950), Ok(())),
        (Some(1_051), Err(Reject::RiskCollar)),
        (Some(949), Err(Reject::RiskCollar)),
        (None, Ok(())),
    ] {
        let ask = at(&desk, limit, last);
        assert_eq!(desk.house.admit(&ask), told, "{limit:?}");
    }
    let first = at(&desk, Some(77_777), None);
    assert_eq!(desk.house.admit(&first), Ok(()), "nothing has printed");
}

#[test]
fn so_many_orders_a_second_of_the_clock() {
    let limits = RiskLimits { rate_max: Some(2), qty_max: Some(Qty(10)), ..none() };
    let mut desk = limited(limits);
    desk.now = Time(1_999_999_998);
    assert_eq!(buys(&mut desk, 11, None), Err(Reject::RiskQty), "and is not counted");
    assert_eq!(buys(&mut desk, 1, None), Ok(()));
    desk.now = Time(1_999_999_999);
    assert_eq!(buys(&mut desk, 1, None), Ok(()));
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::RiskRate));
    desk.now = Time(2_000_000_000);
    assert_eq!(buys(&mut desk, 1, None), Ok(()), "a full second begins");
    assert_eq!(buys(&mut desk, 1, None), Ok(()));
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::RiskRate));
    set(&mut desk, CASH, limits);
    assert_eq!(buys(&mut desk, 1, None), Ok(()), "new limits begin anew");
}

#[test]
fn so_much_may_be_lost_in_a_day() {
    let mut desk = limited(RiskLimits { loss_max: Some(Cash(1_000)), ..none() });
    desk.trade(CASH, ACME, 100, 100);
    assert_eq!(buys(&mut desk, 1, None), Ok(()), "no day has begun");
    desk.value(&[(ACME, 100)]);
    desk.value(&[(ACME, 91)]);
    assert_eq!(buys(&mut desk, 1, None), Ok(()), "900 lost");
    desk.value(&[(ACME, 90)]);
    assert_eq!(buys(&mut desk, -1, None), Err(Reject::RiskLoss));
    desk.ask(&Act::EndDay).unwrap();
    assert_eq!(buys(&mut desk, 1, None), Ok(()), "a new day");
    desk.trade(CASH, ACME, -100, 81);
    assert_eq!(buys(&mut desk, 1, None), Ok(()), "900 again");
    desk.trade(CASH, COIN, 1, 100);
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::RiskLoss), "today's cash counts at once");
}

/// The first valuation on a later day begins nothing.
#[test]
fn a_day_begins_where_the_last_one_ended() {
    let mut desk = limited(RiskLimits { loss_max: Some(Cash(1_000)), ..none() });
    desk.ask(&Act::EndDay).unwrap();
    desk.trade(CASH, ACME, 100, 100);
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::RiskLoss), "worth nothing");
    desk.value(&[(ACME, 91)]);
    assert_eq!(buys(&mut desk, 1, None), Ok(()));
    desk.value(&[(ACME, 90)]);
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::RiskLoss));
}

#[test]
fn reducing_only_means_not_beyond_nothing() {
    let mut desk = limited(RiskLimits { reduce_only: true, ..none() });
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::ReduceOnly));
    desk.trade(CASH, ACME, 60, 10);
    assert_eq!(buys(&mut desk, -60, None), Ok(()));
    assert_eq!(buys(&mut desk, -61, None), Err(Reject::ReduceOnly));
    assert_eq!(buys(&mut desk, 1, None), Err(Reject::ReduceOnly));
    desk.rest(CASH, ACME, -50, 10);
    assert_eq!(buys(&mut desk, -10, None), Ok(()));
    assert_eq!(buys(&mut desk, -11, None), Err(Reject::ReduceOnly));
    let instead = Ask { freed: Qty(50), ..desk.order(CASH, ACME, -60, Some(10)) };
    assert_eq!(desk.house.admit(&instead), Ok(()));
}

#[test]
fn whoever_let_a_call_pass_may_only_reduce_until_it_is_met() {
    let mut desk = Desk::with(HouseTerms { call_ns: 5, ..HouseTerms::default() });
    desk.fund(ANN, 2_000_000).trade(ANN, ACME, 1_000, 4_000);
    desk.value(&[(ACME, 2_600)]);
    let (buy, sell) = (desk.order(ANN, ACME, 1, None), desk.order(ANN, ACME, -1_000, None));
    assert_eq!(desk.house.admit(&buy), Ok(()), "called, but in time");
    desk.now = Time(5);
    desk.value(&[]);
    assert_eq!(desk.house.admit(&buy), Err(Reject::ReduceOnly));
    assert_eq!(desk.house.admit(&sell), Ok(()));
    let other = desk.order(CASH, ACME, 1, None);
    assert_eq!(desk.house.admit(&other), Ok(()));
    desk.value(&[(ACME, 4_000)]);
    assert_eq!(desk.house.admit(&buy), Ok(()));
}

#[test]
fn the_houses_own_orders_only_reduce() {
    let mut desk = limited(none());
    desk.trade(CASH, ACME, 60, 10);
    let own = |desk: &Desk, lots| Ask { closing: true, ..desk.order(CASH, ACME, lots, None) };
    let (closes, turns) = (own(&desk, -60), own(&desk, -61));
    assert_eq!(desk.house.admit(&closes), Ok(()));
    assert_eq!(desk.house.admit(&turns), Err(Reject::ReduceOnly));
}

/// In the order of the page: each as soon as those before it are content.
#[test]
fn the_first_limit_that_is_hit_is_told() {
    let mut desk = Desk::new();
    desk.fund(CASH, 10_000);
    desk.value(&[(ACME, 100)]);
    let mut limits = RiskLimits {
        qty_max: Some(Qty(1)),
        notional_max: Some(Cash(1)),
        position_max: Some(1),
        exposure_max: Some(Cash(1)),
        collar_bips: Some(1),
        rate_max: Some(0),
        loss_max: Some(Cash(1)),
        reduce_only: true,
    };
    desk.trade(CASH, ACME, 1, 9_000);
    let mut told = Vec::new();
    for step in 0..8 {
        set(&mut desk, CASH, limits);
        let last = Some(Price(100));
        let ask = Ask { last, ..desk.order(CASH, ACME, 2, Some(200)) };
        told.push(desk.house.admit(&ask).unwrap_err());
        match step {
            0 => limits.qty_max = None,
            1 => limits.notional_max = None,
            2 => limits.position_max = None,
            3 => limits.exposure_max = None,
            4 => limits.collar_bips = None,
            5 => limits.rate_max = None,
            _ => limits.loss_max = None,
        }
    }
    assert_eq!(
        told,
        [
            Reject::RiskQty,
            Reject::RiskNotional,
            Reject::RiskPosition,
            Reject::RiskExposure,
            Reject::RiskCollar,
            Reject::RiskRate,
            Reject::RiskLoss,
            Reject::ReduceOnly,
        ]
    );
}

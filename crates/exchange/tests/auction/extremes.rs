//! Prices and lots as far out as they go, and calls too wide to walk tick by tick.

use crate::call::{no_reference, reference, within};
use pitfloor_exchange::auction::{
    Aggregate, CallRules, Discovery, Interest, Uncross, Verdict, close, discover,
};
use pitfloor_model::units::{Price, Qty, Side, Stamp};

const FAR: i64 = Price::FARTHEST.0;

fn limit(handle: usize, side: Side, price: i64, lots: Qty) -> Interest {
    Interest {
        handle,
        side,
        limit: Some(Price(price)),
        shown: lots,
        hidden: Qty(0),
        stamp: Stamp(handle as u64),
        imbalance_only: false,
        stays: true,
    }
}

fn end(interests: &[Interest], rules: &CallRules) -> (Verdict, Discovery) {
    let mut uncross = Uncross::default();
    let verdict = close(&Aggregate::of(interests), interests, rules, &mut uncross);
    (verdict, uncross.discovery())
}

#[test]
fn the_farthest_prices_are_exact() {
    let call = [limit(0, Side::Buy, FAR, Qty::MOST), limit(1, Side::Sell, -FAR, Qty::MOST)];
    let at = |reference: Option<i64>| {
        let rules = CallRules { reference: reference.map(Price), ..no_reference() };
        end(&call, &rules).1
    };
    let everything = |price: i64| Discovery {
        price: Some(Price(price)),
        qty: Qty::MOST,
        surplus: Qty(0),
        side: None,
    };
    assert_eq!(at(None), everything(-FAR));
    for reference in [-FAR, -1, 0, 12_345_678_901, FAR] {
        assert_eq!(at(Some(reference)), everything(reference));
    }
    assert_eq!(at(Some(i64::MAX)), everything(FAR));
    assert_eq!(at(Some(i64::MIN)), everything(-FAR));
}

#[test]
fn the_highest_and_the_lowest_price_win_out_there() {
    let buyers = [limit(0, Side::Buy, FAR, Qty(2)), limit(1, Side::Sell, -FAR, Qty(1))];
    assert_eq!(end(&buyers, &reference(0)).1.price, Some(Price(FAR)));
    let sellers = [limit(0, Side::Buy, FAR, Qty(1)), limit(1, Side::Sell, -FAR, Qty(2))];
    assert_eq!(end(&sellers, &reference(0)).1.price, Some(Price(-FAR)));
}

#[test]
fn a_grid_of_the_widest_steps_has_three_prices() {
    let call = [limit(0, Side::Buy, FAR, Qty(5)), limit(1, Side::Sell, -FAR, Qty(5))];
    let price = |at: i64| {
        let rules = CallRules { price_step: FAR as u64, ..reference(at) };
        end(&call, &rules).1.price
    };
    assert_eq!(price(-FAR), Some(Price(-FAR)));
    assert_eq!(price(-1), Some(Price(-FAR)));
    assert_eq!(price(0), Some(Price(0)));
    assert_eq!(price(FAR - 1), Some(Price(0)));
    assert_eq!(price(FAR), Some(Price(FAR)));
    assert_eq!(price(i64::MIN), Some(Price(-FAR)));
}

#[test]
fn a_step_wider_than_all_prices_leaves_zero() {
    let call = [limit(0, Side::Buy, 0, Qty(5)), limit(1, Side::Sell, 0, Qty(5))];
    let rules = CallRules { price_step: u64::MAX, ..reference(7) };
    assert_eq!(end(&call, &rules).1.price, Some(Price(0)));
}

#[test]
fn collars_at_the_ends_of_the_numbers_cut_nothing() {
    let call = [limit(0, Side::Buy, FAR, Qty(2)), limit(1, Side::Sell, -FAR, Qty(1))];
    let rules = within(reference(0), i64::MIN, i64::MAX);
    assert_eq!(end(&call, &rules), (Verdict::Uncross, end(&call, &reference(0)).1));
    let stepped = CallRules { price_step: 1 << 20, ..rules };
    assert_eq!(end(&call, &stepped).1.price, Some(Price(FAR)));
}

#[test]
fn the_largest_orders_of_a_full_book_are_counted() {
    // 2^23 orders of 2^40 lots, half of them on each side, in one go: the sums are all that counts.
    let mut sums = Aggregate::new();
    for place in 0..(1 << 22) {
        let price = i64::from(place % 1_000);
        sums.add(Side::Buy, Some(Price(2_000 + price)), Qty::MOST);
        sums.add(Side::Sell, Some(Price(price)), Qty::MOST);
    }
    let found = discover(&sums, &reference(1_500));
    let qty = Qty(1 << 62);
    assert_eq!(found, Discovery { price: Some(Price(1_500)), qty, surplus: Qty(0), side: None });
}

#[test]
fn the_largest_orders_pair_to_the_last_lot() {
    let mut call: Vec<Interest> =
        (0..1_000).map(|handle| limit(handle, Side::Buy, 10, Qty::MOST)).collect();
    let hidden = Interest { shown: Qty(1), hidden: Qty(Qty::MOST.0 - 1), ..call[0] };
    call[0] = hidden;
    let sells = (1_000..2_000).map(|handle| limit(handle, Side::Sell, -10, Qty(Qty::MOST.0 - 1)));
    call.extend(sells);
    let mut uncross = Uncross::default();
    let verdict = close(&Aggregate::of(&call), &call, &reference(0), &mut uncross);
    let traded = 1_000 * (Qty::MOST.0 - 1);
    assert_eq!(verdict, Verdict::Uncross);
    let expected = Discovery {
        price: Some(Price(10)),
        qty: Qty(traded),
        surplus: Qty(1_000),
        side: Some(Side::Buy),
    };
    assert_eq!(uncross.discovery(), expected);
    // The surplus is at the end of the line: the reserve of the iceberg.
    let fills = uncross.fills();
    assert_eq!((fills[0].shown, fills[0].hidden), (Qty(1), Qty(Qty::MOST.0 - 1_001)));
    assert!(fills[1..1_000].iter().all(|fill| fill.shown == Qty::MOST));
}

#[test]
#[should_panic(expected = "the grid of prices has a step")]
fn a_grid_without_a_step_is_a_mistake() {
    let _ = discover(&Aggregate::new(), &CallRules { price_step: 0, ..no_reference() });
}

#[test]
#[should_panic(expected = "the volume discovered is there to trade")]
fn a_discovery_of_other_orders_is_a_mistake() {
    let price = Some(Price(1));
    let promised = Discovery { price, qty: Qty(5), surplus: Qty(0), side: None };
    Uncross::default().compute(promised, &[limit(0, Side::Buy, 1, Qty(5))]);
}

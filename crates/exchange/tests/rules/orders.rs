//! Limit, market, immediate-or-cancel; reduce and cancel.

use crate::pit::Pit;
use pitfloor_model::instrument::Limits;
use pitfloor_model::units::{Qty, Side};

#[test]
fn a_limit_order_stops_at_its_own_price_and_rests_there() {
    let mut pit = Pit::open();
    let told = pit.play("1 sell 1 @ 100 x5\n1 sell 2 @ 105 x10\n2 buy 1 @ 102 x12");
    assert_eq!(
        told[4..],
        ["accepted 2/1", "trade 100x5 maker 1/1 taker 2/1", "rests 2/1 buy 102x7"]
    );
    assert_eq!(pit.book(), "102x7 | 105x10");
}

#[test]
fn orders_that_may_just_trade_do_and_orders_that_may_not_rest() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x1");
    assert_eq!(pit.play("2 buy 1 @ 99 x1"), ["accepted 2/1", "rests 2/1 buy 99x1"]);
    assert_eq!(pit.trades("2 buy 2 @ 100 x1"), ["trade 100x1 maker 1/1 taker 2/2"]);
    assert_eq!(pit.play("3 sell 1 @ 100 x1"), ["accepted 3/1", "rests 3/1 sell 100x1"]);
    assert_eq!(pit.trades("3 sell 2 @ 99 x1"), ["trade 99x1 maker 2/1 taker 3/2"]);
}

#[test]
fn a_market_order_walks_the_book_and_its_rest_is_cancelled() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x2\n2 sell 1 @ 250 x2\n3 sell 1 @ 9000 x1");
    let told = pit.play("9 buy 7 market x6");
    assert_eq!(
        told,
        [
            "accepted 9/7",
            "trade 100x2 maker 1/1 taker 9/7",
            "trade 250x2 maker 2/1 taker 9/7",
            "trade 9000x1 maker 3/1 taker 9/7",
            "cancelled 9/7 unrested left 1 Remainder",
        ]
    );
    assert_eq!(pit.book(), "|");
}

#[test]
fn a_market_order_sells_down_to_negative_prices() {
    let mut pit = Pit::open();
    pit.play("1 buy 1 @ 1 x1\n2 buy 1 @ -7 x1");
    assert_eq!(
        pit.trades("9 sell 1 market x2"),
        ["trade 1x1 maker 1/1 taker 9/1", "trade -7x1 maker 2/1 taker 9/1"]
    );
}

#[test]
fn a_market_order_with_nobody_there_ends_at_once() {
    let mut pit = Pit::open();
    let told = pit.play("1 buy 1 @ 100 x5\n2 buy 1 market x3");
    assert_eq!(told[2..], ["accepted 2/1", "cancelled 2/1 unrested left 3 Remainder"]);
    assert_eq!(pit.book(), "100x5 |");
}

#[test]
fn what_is_left_of_an_ioc_does_not_rest() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x5\n1 sell 2 @ 101 x5");
    assert_eq!(
        pit.play("2 buy 1 @ 100 x8 ioc"),
        [
            "accepted 2/1",
            "trade 100x5 maker 1/1 taker 2/1",
            "cancelled 2/1 unrested left 3 Remainder",
        ]
    );
    assert_eq!(
        pit.play("2 buy 2 @ 100 x8 ioc"),
        ["accepted 2/2", "cancelled 2/2 unrested left 8 Remainder"]
    );
    assert_eq!(pit.play("2 buy 3 @ 101 x5 ioc").len(), 2, "filled, and nothing to cancel");
    assert_eq!(pit.book(), "|");
}

#[test]
fn a_number_is_free_again_after_cancel_fill_and_remainder() {
    let mut pit = Pit::open();
    pit.play("1 buy 7 @ 100 x1");
    assert_eq!(pit.play("1 buy 7 @ 100 x1"), ["rejected 1/7 DuplicateOrder"]);
    pit.play("1 cancel 7");
    assert_eq!(pit.play("1 buy 7 @ 100 x2")[0], "accepted 1/7");
    pit.play("2 sell 1 @ 100 x2");
    assert_eq!(pit.play("1 buy 7 @ 100 x3 ioc")[0], "accepted 1/7");
    // A reused number speaks of the new order, also where it waits.
    pit.play("3 buy 1 @ 100 x9\n1 buy 7 @ 101 x4");
    assert_eq!(pit.play("1 cancel 7"), ["cancelled 1/7 at 101 left 4 User"]);
    assert_eq!(pit.queue(Side::Buy), "3/1x9");
}

#[test]
fn a_number_is_live_in_every_instrument_and_only_for_its_owner() {
    let mut pit = Pit::open();
    pit.play("1 buy 7 @ 100 x1 on 1");
    assert_eq!(pit.play("1 buy 7 @ 100 x1"), ["rejected 1/7 DuplicateOrder"]);
    assert_eq!(pit.play("2 buy 7 @ 100 x1")[0], "accepted 2/7");
    assert_eq!(pit.play("3 cancel 7"), ["rejected 3/7 UnknownOrder"]);
    assert_eq!(pit.play("1 cancel 7"), ["cancelled 1/7 at 100 left 1 User on 1"]);
    assert_eq!(pit.book(), "100x1 |");
}

#[test]
fn a_reduced_order_keeps_its_place() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x5\n2 sell 1 @ 100 x5");
    let stamp = pit.stamp(1, 1);
    assert_eq!(pit.play("1 reduce 1 by 2"), ["reduced 1/1 at 100 by 2 leaves 3"]);
    assert_eq!(pit.stamp(1, 1), stamp);
    assert_eq!(pit.queue(Side::Sell), "1/1x3 2/1x5");
    assert_eq!(pit.book(), "| 100x8");
    assert_eq!(pit.trades("9 buy 1 market x3"), ["trade 100x3 maker 1/1 taker 9/1"]);
}

#[test]
fn reduced_by_all_that_is_left_or_more_is_cancelled() {
    for by in ["5", "6", "18446744073709551615"] {
        let mut pit = Pit::open();
        pit.play("1 sell 1 @ 100 x5");
        assert_eq!(pit.play(&format!("1 reduce 1 by {by}")), ["cancelled 1/1 at 100 left 5 User"]);
        assert_eq!(pit.book(), "|");
    }
}

#[test]
fn reducing_does_not_forget_what_has_traded() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x9\n2 buy 1 @ 100 x4\n1 reduce 1 by 2");
    // Total is now 4 traded + 3 left; a new total of 6 leaves 2.
    assert_eq!(pit.play("1 replace 1 @ 100 x6"), ["replaced 1/1 100x3 by 100x6 leaves 2 kept"]);
}

#[test]
fn a_cancel_happens_once() {
    let mut pit = Pit::open();
    pit.play("1 buy 1 @ 100 x3\n2 sell 1 @ 100 x1");
    assert_eq!(pit.play("1 cancel 1"), ["cancelled 1/1 at 100 left 2 User"]);
    assert_eq!(pit.play("1 cancel 1"), ["rejected 1/1 UnknownOrder"]);
    assert_eq!(pit.play("1 reduce 1 by 1"), ["rejected 1/1 UnknownOrder"]);
    assert_eq!(pit.play("1 replace 1 @ 100 x9"), ["rejected 1/1 UnknownOrder"]);
}

#[test]
fn the_next_level_is_best_as_soon_as_the_best_is_gone() {
    let mut pit = Pit::open();
    pit.play("1 buy 1 @ 100 x1\n1 buy 2 @ 98 x2\n2 sell 1 @ 102 x1\n2 sell 2 @ 105 x2");
    pit.play("1 cancel 1");
    assert_eq!(pit.book(), "98x2 | 102x1 105x2");
    pit.play("2 cancel 1");
    assert_eq!(pit.book(), "98x2 | 105x2");
    pit.play("1 cancel 2\n2 cancel 2");
    assert_eq!(pit.book(), "|");
    pit.play("1 buy 1 @ 103 x1\n2 sell 1 @ 104 x1");
    assert_eq!(pit.book(), "103x1 | 104x1");
}

#[test]
fn an_account_may_have_so_many_live_orders_in_an_instrument() {
    let mut pit = Pit::with(Limits { live_orders_max: 2, ..Limits::default() });
    pit.play("1 buy 1 @ 100 x1\n1 sell 2 @ 110 x1\n1 buy 9 @ 100 x1 on 1");
    assert_eq!(pit.play("1 buy 3 @ 99 x1"), ["rejected 1/3 TooManyOrders"]);
    assert_eq!(pit.play("1 buy 3 @ 99 x1 ioc")[0], "accepted 1/3", "it would not stay");
    assert_eq!(pit.play("2 buy 3 @ 99 x1")[0], "accepted 2/3", "others may");
    assert_eq!(pit.play("1 replace 1 @ 99 x2")[0], "replaced 1/1 100x1 by 99x2 leaves 2 back");
    for gone in ["1 cancel 1", "9 sell 1 @ 99 x2 ioc", "1 reduce 4 by 9"] {
        pit.play("2 cancel 3");
        pit.play(gone);
        assert_eq!(pit.play("1 buy 4 @ 99 x2")[0], "accepted 1/4", "after {gone:?}");
        pit.play("1 buy 1 @ 98 x1");
    }
}

#[test]
fn sizes_and_prices_come_in_steps() {
    let limits = Limits { price_step: 5, qty_step: 10, qty_min: Qty(20), ..Limits::default() };
    let mut pit = Pit::with(limits);
    assert_eq!(pit.play("1 buy 1 @ -15 x30")[0], "accepted 1/1");
    assert_eq!(pit.play("1 buy 2 @ -16 x30"), ["rejected 1/2 OffTick"]);
    assert_eq!(pit.play("1 buy 2 @ -15 x35"), ["rejected 1/2 OffLot"]);
    assert_eq!(pit.play("1 buy 2 @ -15 x10"), ["rejected 1/2 QtyUnderMin"]);
    assert_eq!(pit.play("1 reduce 1 by 5"), ["rejected 1/1 OffLot"]);
    // An order may be reduced below the smallest order: that limit is for what is asked.
    assert_eq!(pit.play("1 reduce 1 by 20"), ["reduced 1/1 at -15 by 20 leaves 10"]);
}

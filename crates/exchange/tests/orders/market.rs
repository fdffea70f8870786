//! Limit orders and the market family: what each does in the normal case, and what refuses it.

use crate::floor::Floor;
use pitfloor_model::event::Reject;

#[test]
fn a_limit_order_stops_at_its_limit_and_rests_there() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x5\n2 sell 2 @ 105 x10");
    floor.expect(
        "1 buy 1 @ 102 x12",
        "accepted 1/1
         trade 100x5 maker 2/1 taker 1/1
         rests 1/1 buy 102x7",
    );
}

#[test]
fn a_protected_market_order_rests_so_many_points_behind_the_best_price() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x5\n2 sell 2 @ 102 x5\n2 sell 3 @ 104 x5");
    floor.expect(
        "1 buy 1 protected 3 x20",
        "accepted 1/1
         trade 100x5 maker 2/1 taker 1/1
         trade 102x5 maker 2/2 taker 1/1
         rests 1/1 buy 103x10",
    );
    // From then on it is a limit order, and can be replaced as one.
    floor.expect(
        "1 replace 1 @ 101 x20",
        "replaced 1/1 103x10 by 101x20 leaves 10 back
         rests 1/1 buy 101x10",
    );
    floor.refuse("1 buy 2 protected 3 @ 100 x5", Reject::PriceNotAllowed);
    let mut nobody = Floor::open();
    nobody.refuse("1 buy 1 protected 0 x5", Reject::NoReference);
}

#[test]
fn market_to_limit_takes_the_best_price_alone() {
    let mut floor = Floor::open().after("2 buy 1 @ 99 x5\n2 buy 2 @ 98 x5");
    floor.expect(
        "1 sell 1 to-limit x8",
        "accepted 1/1
         trade 99x5 maker 2/1 taker 1/1
         rests 1/1 sell 99x3",
    );
    floor.expect(
        "1 cancel 1\n2 buy 3 @ 97 x4\n1 sell 2 to-limit x9 ioc",
        "cancelled 1/1 at 99 left 3 User
         accepted 2/3
         rests 2/3 buy 97x4
         accepted 1/2
         trade 98x5 maker 2/2 taker 1/2
         cancelled 1/2 unrested left 4 Remainder",
    );
}

#[test]
fn an_amount_is_spent_maker_by_maker_in_whole_lots() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x3\n2 sell 2 @ 150 x9");
    floor.expect(
        "1 buy 1 amount 700 x99",
        "accepted 1/1
         trade 100x3 maker 2/1 taker 1/1
         trade 150x2 maker 2/2 taker 1/1
         unspent 1/1 100
         cancelled 1/1 unrested left 94 Budget",
    );
    // The quantity is the most it may come to.
    floor.expect(
        "1 buy 2 amount 700 x1",
        "accepted 1/2
         trade 150x1 maker 2/2 taker 1/2
         unspent 1/2 550",
    );
    floor.expect(
        "1 buy 3 amount 149 x5",
        "accepted 1/3
         unspent 1/3 149
         cancelled 1/3 unrested left 5 Budget",
    );
    floor.refuse("1 buy 4 amount 0 x5", Reject::NotionalUnderMin);
    floor.refuse("1 buy 4 amount 5 @ 7 x5", Reject::PriceNotAllowed);
}

#[test]
fn an_amount_buys_nothing_at_prices_that_are_not_above_zero() {
    let mut floor = Floor::open().after("2 sell 1 @ 0 x3");
    floor.expect(
        "1 buy 1 amount 700 x9",
        "accepted 1/1
         unspent 1/1 700
         cancelled 1/1 unrested left 9 Budget",
    );
}

#[test]
fn fill_or_kill_counts_every_maker_within_its_limit() {
    let mut floor = Floor::open()
        .after("2 sell 1 @ 100 x4\n3 sell 1 @ 101 x9 show 2\n4 sell 1 @ 101 x5 hidden");
    floor.expect(
        "1 buy 1 @ 101 x19 fok",
        "accepted 1/1
         cancelled 1/1 unrested left 19 FillOrKill",
    );
    floor.expect(
        "1 buy 1 @ 101 x18 fok",
        "accepted 1/1
         trade 100x4 maker 2/1 taker 1/1
         trade 101x2 maker 3/1 taker 1/1
         refreshed 3/1 sell 101x2
         trade 101x2 maker 3/1 taker 1/1
         refreshed 3/1 sell 101x2
         trade 101x2 maker 3/1 taker 1/1
         refreshed 3/1 sell 101x2
         trade 101x2 maker 3/1 taker 1/1
         refreshed 3/1 sell 101x1
         trade 101x1 maker 3/1 taker 1/1
         trade 101x5 maker 4/1 taker 1/1",
    );
}

#[test]
fn a_killed_order_moves_nothing() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x4\n1 sell 7 @ 101 x9");
    let (last, stamp) = (floor.exchange.last_price(crate::floor::ACME), floor.order(2, 1).stamp);
    // What self-trade prevention would take away does not count.
    floor.expect(
        "1 buy 1 @ 101 x5 fok stp maker",
        "accepted 1/1
         cancelled 1/1 unrested left 5 FillOrKill",
    );
    assert_eq!(floor.exchange.last_price(crate::floor::ACME), last);
    assert_eq!(floor.order(2, 1).stamp, stamp);
    assert!(floor.is_live(1, 7), "nobody expired");
}

#[test]
fn an_order_that_must_not_take_is_refused_or_slides() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x4\n3 sell 1 @ 99 x4 hidden");
    floor.refuse("1 buy 1 @ 99 x5 post", Reject::WouldTake);
    floor.expect("1 buy 1 @ 98 x5 post", "accepted 1/1\nrests 1/1 buy 98x5");
    floor.refuse("1 replace 1 @ 100 x5", Reject::WouldTake);
    floor.expect(
        "1 buy 2 @ 105 x5 post slide",
        "accepted 1/2
         repriced 1/2 buy 105 to 98
         rests 1/2 buy 98x5",
    );
    floor.expect(
        "1 buy 3 @ 99 x5 post slide-or-take",
        "accepted 1/3
         repriced 1/3 buy 99 to 98
         rests 1/3 buy 98x5",
    );
    floor.expect(
        "1 buy 4 @ 100 x5 post slide-or-take",
        "accepted 1/4
         trade 99x4 maker 3/1 taker 1/4
         trade 100x1 maker 2/1 taker 1/4",
    );
}

#[test]
fn a_minimum_is_met_at_entry_or_nothing_trades() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x4");
    floor.expect(
        "1 buy 1 @ 100 x9 min 5",
        "accepted 1/1
         cancelled 1/1 unrested left 9 MinQty",
    );
    floor.expect(
        "1 buy 1 @ 100 x9 min 4",
        "accepted 1/1
         trade 100x4 maker 2/1 taker 1/1
         rests 1/1 buy 100x5",
    );
    // Thereafter it is an ordinary order.
    floor.expect("2 sell 2 @ 100 x1", "accepted 2/2\ntrade 100x1 maker 1/1 taker 2/2");
    floor.refuse("1 buy 2 @ 100 x9 min 10", Reject::MinQtyOverQty);
    floor.refuse("1 buy 2 @ 100 x9 min 0", Reject::MinQtyOverQty);
}

#[test]
fn good_till_date_ends_before_the_command_that_comes_then() {
    let mut floor = Floor::open();
    floor.play("at 10\n1 buy 1 @ 100 x5 gtd 20\n1 buy 2 @ 101 x5 gtd 20\n1 buy 3 @ 99 x5 gtd 15");
    floor.expect(
        "at 20\n2 sell 1 @ 99 x5",
        "lapsed 1/3 at 99 left 5
         lapsed 1/1 at 100 left 5
         lapsed 1/2 at 101 left 5
         accepted 2/1
         rests 2/1 sell 99x5",
    );
    floor.refuse("at 20\n1 buy 1 @ 10 x1 gtd 20", Reject::ExpiryPassed);
    floor.expect("at 30\nadvance", "advanced to 30");
}

#[test]
fn orders_stand_no_longer_than_the_venue_lets_them() {
    let mut floor = Floor::under("rules age-max 900");
    floor.expect("at 100\n1 buy 1 @ 100 x5", "accepted 1/1\nrests 1/1 buy 100x5");
    floor.refuse("at 100\n1 buy 2 @ 100 x5 gtd 1001", Reject::ExpiryPassed);
    floor.expect("at 1000\nadvance", "lapsed 1/1 at 100 left 5\nadvanced to 1000");
}

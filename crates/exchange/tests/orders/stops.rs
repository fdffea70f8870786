//! Orders that sleep: stops, take-profits, trailing stops, and what they set off.

use crate::floor::{ACME, Floor};
use pitfloor_exchange::Whereabouts;
use pitfloor_model::event::{Phase, Reject};
use pitfloor_model::units::Price;

/// The last trade is 100.
fn at_100(head: &str) -> Floor {
    Floor::under(head).after("1 buy 1 @ 100 x1\n2 sell 1 @ 100 x1")
}

#[test]
fn an_earlier_print_fires_first_and_then_the_earlier_order() {
    let mut floor = at_100("");
    floor.play("3 buy 1 stop 102 x1\n4 buy 1 stop 101 x1\n5 buy 1 stop 101 x1");
    floor.play("2 sell 2 @ 101 x1\n2 sell 3 @ 102 x1\n2 sell 4 @ 103 x3");
    floor.expect(
        "6 buy 1 @ 102 x2",
        "accepted 6/1
         trade 101x1 maker 2/2 taker 6/1
         trade 102x1 maker 2/3 taker 6/1
         triggered 4/1 at 101
         trade 103x1 maker 2/4 taker 4/1
         triggered 5/1 at 101
         trade 103x1 maker 2/4 taker 5/1
         triggered 3/1 at 102
         trade 103x1 maker 2/4 taker 3/1",
    );
}

#[test]
fn a_stop_limit_rests_at_its_limit() {
    let mut floor = at_100("");
    floor.expect("3 sell 1 stop 98 @ 97 x5", "accepted 3/1 dormant");
    assert_eq!(floor.order(3, 1).place, Whereabouts::Dormant);
    floor.play("1 buy 2 @ 98 x1");
    floor.expect(
        "2 sell 2 @ 98 x1",
        "accepted 2/2
         trade 98x1 maker 1/2 taker 2/2
         triggered 3/1 at 98
         rests 3/1 sell 97x5",
    );
}

#[test]
fn a_trigger_that_is_met_already_is_refused_or_fires() {
    let mut floor = at_100("");
    floor.refuse("3 buy 1 stop 100 x1", Reject::StopAlreadyMet);
    floor.refuse("3 sell 1 stop 100 x1", Reject::StopAlreadyMet);
    floor.refuse("3 sell 1 touch 100 x1", Reject::StopAlreadyMet);
    floor.refuse("3 buy 1 touch 100 x1", Reject::StopAlreadyMet);
    floor.play("3 buy 1 stop 101 x1");
    floor.refuse("3 amend 1 trigger 99", Reject::StopAlreadyMet);
    let mut eager = at_100("rules trigger-at-once").after("2 sell 2 @ 100 x1");
    eager.expect(
        "3 buy 1 stop 99 x1",
        "accepted 3/1 dormant
         triggered 3/1 at 100
         trade 100x1 maker 2/2 taker 3/1",
    );
}

/// The sleeping leg for whom the print was noted is gone when the trade is over.
#[test]
fn a_print_that_ends_the_last_sleeper_is_a_reference_for_the_next() {
    let mut floor = at_100("").after("oco 3 sell 1 stop 95 x1 | 3 sell 2 @ 103 x1");
    floor.expect(
        "1 buy 2 @ 103 x1",
        "accepted 1/2
         trade 103x1 maker 3/2 taker 1/2
         cancelled 3/1 unrested left 1 OcoSibling",
    );
    floor.refuse("4 buy 1 stop 103 x1", Reject::StopAlreadyMet);
    floor.expect("4 buy 1 touch 102 x1", "accepted 4/1 dormant");
    floor.refuse("4 sell 2 touch 103 x1", Reject::StopAlreadyMet);
}

#[test]
fn take_profits_fire_the_other_way() {
    let mut floor = at_100("").after("3 sell 1 touch 105 x1\n1 buy 2 @ 105 x2");
    floor.expect(
        "2 sell 2 @ 105 x1",
        "accepted 2/2
         trade 105x1 maker 1/2 taker 2/2
         triggered 3/1 at 105
         trade 105x1 maker 1/2 taker 3/1",
    );
}

#[test]
fn quotes_and_the_mark_are_watched_too() {
    let mut floor = Floor::open().after("1 buy 1 @ 90 x5\n1 sell 2 @ 110 x5");
    floor.play("3 buy 1 stop 115 on quote x1\n1 cancel 2");
    floor.expect(
        "1 sell 3 @ 120 x1",
        "accepted 1/3
         rests 1/3 sell 120x1
         triggered 3/1 at 120
         trade 120x1 maker 1/3 taker 3/1",
    );
    floor.expect(
        "4 sell 1 stop 80 on mark x1\nmark 80",
        "accepted 4/1 dormant
         mark 80
         triggered 4/1 at 80
         trade 90x1 maker 1/1 taker 4/1",
    );
}

#[test]
fn a_trailing_stop_follows_and_never_turns_back() {
    let mut floor = Floor::under("rules positive-prices");
    floor.play("3 sell 1 trail 100bp x1");
    for (order, print) in (1..).zip([10_000, 10_200, 10_099]) {
        floor.play(&format!("1 buy {order} @ {print} x1\n2 sell {order} @ {print} x1"));
        assert!(floor.is_live(3, 1), "it holds at {print}");
    }
    floor.play("1 buy 9 @ 10098 x2");
    floor.expect(
        "2 sell 9 @ 10098 x1",
        "accepted 2/9
         trade 10098x1 maker 1/9 taker 2/9
         triggered 3/1 at 10098
         trade 10098x1 maker 1/9 taker 3/1",
    );
    floor.refuse("3 sell 2 trail 0 x1", Reject::BadTrail);
    floor.refuse("3 sell 2 trail 10000bp x1", Reject::BadTrail);
    Floor::open().refuse("3 sell 2 trail 100bp x1", Reject::BadTrail);
}

#[test]
fn a_trailing_limit_enters_behind_what_fired_it() {
    let mut floor =
        at_100("").after("3 buy 1 trail 3 limit 2 x4\n1 buy 2 @ 96 x1\n2 sell 2 @ 96 x1");
    floor.play("2 sell 3 @ 99 x1");
    floor.expect(
        "1 buy 3 @ 99 x1",
        "accepted 1/3
         trade 99x1 maker 2/3 taker 1/3
         triggered 3/1 at 99
         rests 3/1 buy 101x4",
    );
}

#[test]
fn a_cascade_ends_at_its_cap_and_the_market_pauses() {
    let mut floor = at_100("rules cascade-max 2");
    floor.play("3 sell 1 stop 99 x1\n3 sell 2 stop 98 x1\n3 sell 3 stop 97 x1");
    floor.play("1 buy 2 @ 99 x1\n1 buy 3 @ 98 x1\n1 buy 4 @ 97 x1\n1 buy 5 @ 96 x1");
    floor.expect(
        "2 sell 2 @ 99 x1",
        "accepted 2/2
         trade 99x1 maker 1/2 taker 2/2
         triggered 3/1 at 99
         trade 98x1 maker 1/3 taker 3/1
         triggered 3/2 at 98
         trade 97x1 maker 1/4 taker 3/2
         phase Continuous to ReopenCall StopCascade",
    );
    assert!(floor.is_live(3, 3), "the rest stays dormant");
    assert_eq!(floor.exchange.phase(ACME), Phase::ReopenCall);
    // It is looked at again at the reopening print.
    floor.play("4 buy 1 @ 97 x1\n4 sell 2 @ 97 x1");
    floor.expect(
        "end-call",
        "crossed 97x1 buy 4/1 sell 4/2
         uncrossed 97x1 surplus 0
         phase ReopenCall to Continuous CallEnded
         triggered 3/3 at 97
         trade 96x1 maker 1/5 taker 3/3",
    );
}

#[test]
fn triggered_orders_do_not_run_away_with_the_price() {
    let mut floor = at_100("rules velocity-max 5");
    floor.play("3 sell 1 stop 99 x1\n1 buy 2 @ 99 x1\n1 buy 3 @ 94 x1");
    floor.expect(
        "2 sell 2 @ 99 x1",
        "accepted 2/2
         trade 99x1 maker 1/2 taker 2/2
         phase Continuous to ReopenCall Velocity",
    );
    assert!(floor.is_live(3, 1));
}

#[test]
fn what_fires_and_may_not_enter_is_refused_and_ends() {
    let mut floor = at_100("rules band-action reject");
    floor.play("3 buy 1 stop 101 @ 120 x1\nbands 90 110\n1 sell 2 @ 101 x1");
    floor.expect(
        "2 buy 2 @ 101 x1",
        "accepted 2/2
         trade 101x1 maker 1/2 taker 2/2
         triggered 3/1 at 101
         rejected 3/1 PriceBand",
    );
    assert!(!floor.is_live(3, 1));
}

#[test]
fn dormant_orders_are_counted_and_can_be_changed() {
    let mut floor = at_100("rules dormant-max 2");
    floor.play("3 buy 1 stop 110 x5\n3 buy 2 stop 111 @ 112 x5");
    floor.refuse("3 buy 3 stop 111 x1", Reject::TooManyDormant);
    floor.refuse("3 replace 1 @ 100 x5", Reject::NotReplaceable);
    let stamp = floor.order(3, 2).stamp;
    floor.expect("3 reduce 2 by 1", "amended 3/2 stop 111 @ 112 x4 gtc stp taker kept");
    assert_eq!(floor.order(3, 2).stamp, stamp);
    floor.expect("3 amend 2 trigger 105", "amended 3/2 stop 105 @ 112 x4 gtc stp taker back");
    assert!(floor.order(3, 2).stamp > stamp);
    assert_eq!(floor.order(3, 2).price, Some(Price(112)));
}

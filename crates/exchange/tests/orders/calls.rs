//! Phases and auctions, to the last lot.

use crate::floor::{ACME, Floor};
use pitfloor_model::event::{Phase, Reject};
use pitfloor_model::units::Side;

/// The opening call, after a close at `close`.
fn call(head: &str, close: i64) -> Floor {
    Floor::under(head).after(&format!(
        "phase CloseCall\nphase Closed\nphase PreOpen\nclose {close}\nphase OpenCall"
    ))
}

/// What the auction told, without indicative prices.
fn end(floor: &mut Floor) -> Vec<String> {
    floor.play("end-call")
}

#[test]
fn volume_decides() {
    let mut floor = call("", 100);
    floor.play("1 buy 1 market x30 open\n2 buy 1 @ 102 x50\n3 buy 1 @ 101 x40\n4 buy 1 @ 100 x60");
    floor.play("5 sell 1 @ 99 x20\n6 sell 1 @ 100 x50\n7 sell 1 @ 101 x40\n8 sell 1 @ 103 x30");
    assert_eq!(
        end(&mut floor),
        [
            "crossed 101x20 buy 1/1 sell 5/1",
            "crossed 101x10 buy 1/1 sell 6/1",
            "crossed 101x40 buy 2/1 sell 6/1",
            "crossed 101x10 buy 2/1 sell 7/1",
            "crossed 101x30 buy 3/1 sell 7/1",
            "uncrossed 101x110 surplus 10 buy",
            "phase OpenCall to Continuous CallEnded",
        ]
    );
    assert_eq!(floor.book(), "101x10 100x60 | 103x30");
}

#[test]
fn the_side_with_the_surplus_decides() {
    let mut floor = call("", 1).after("1 buy 1 @ 105 x100\n2 buy 1 @ 103 x50");
    floor.play("3 sell 1 @ 100 x80");
    assert!(end(&mut floor).contains(&"call extended".to_owned()), "the collar is far away");
    assert_eq!(end(&mut floor)[0], "crossed 105x80 buy 1/1 sell 3/1");
    let mut mirror = call("rules collar none", 1).after("1 buy 1 @ 105 x80");
    mirror.play("2 sell 1 @ 100 x100\n3 sell 1 @ 102 x50");
    assert_eq!(end(&mut mirror)[0], "crossed 100x80 buy 1/1 sell 2/1");
}

#[test]
fn a_price_without_orders_can_win() {
    for (reference, price) in [(102, 102), (95, 101), (120, 105)] {
        let mut floor = call("rules collar none", reference);
        floor
            .play("1 buy 1 @ 106 x100\n2 buy 1 @ 100 x50\n3 sell 1 @ 100 x100\n4 sell 1 @ 106 x60");
        assert_eq!(end(&mut floor)[0], format!("crossed {price}x100 buy 1/1 sell 3/1"));
    }
    for (reference, price) in [(103, 101), (99, 100)] {
        let mut floor = call("rules collar none", reference);
        floor
            .play("1 buy 1 @ 100 x10\n2 buy 1 @ 101 x100\n3 sell 1 @ 100 x100\n4 sell 1 @ 101 x10");
        assert!(end(&mut floor)[0].starts_with(&format!("crossed {price}x")));
    }
}

#[test]
fn who_trades_and_what_is_left_of_whom() {
    let mut floor = call("", 99);
    floor.play(
        "1 buy 1 market x40 open\n2 buy 1 @ 101 x50\n3 buy 1 @ 100 x60 show 20\n4 buy 1 @ 100 x30",
    );
    floor.play("5 sell 1 @ 98 x70\n6 sell 1 @ 100 x50\n7 sell 1 @ 101 x25");
    let told = end(&mut floor);
    assert_eq!(
        told,
        [
            "crossed 100x40 buy 1/1 sell 5/1",
            "crossed 100x30 buy 2/1 sell 5/1",
            "crossed 100x20 buy 2/1 sell 6/1",
            "crossed 100x20 buy 3/1 sell 6/1",
            "crossed 100x10 buy 4/1 sell 6/1",
            "refreshed 3/1 buy 100x20",
            "uncrossed 100x120 surplus 60 buy",
            "phase OpenCall to Continuous CallEnded",
        ]
    );
    assert_eq!(floor.queue(Side::Buy), "4/1x20 3/1x20");
    assert_eq!(floor.order(3, 1).leaves.0, 40);
    assert_eq!(floor.book(), "100x40 | 101x25");
}

#[test]
fn imbalance_only_orders_take_up_the_surplus() {
    let mut floor = call("", 99);
    floor.play(
        "1 buy 1 market x40 open\n2 buy 1 @ 101 x50\n3 buy 1 @ 100 x60 show 20\n4 buy 1 @ 100 x30",
    );
    floor.play("5 sell 1 @ 98 x70\n6 sell 1 @ 100 x50\n7 sell 1 @ 101 x25\n8 sell 1 imbalance @ 99 x45 open");
    let told = end(&mut floor);
    assert!(told.contains(&"crossed 100x20 buy 4/1 sell 8/1".to_owned()), "{told:?}");
    assert!(told.contains(&"crossed 100x25 buy 3/1 sell 8/1".to_owned()), "{told:?}");
    assert!(told.contains(&"uncrossed 100x165 surplus 60 buy".to_owned()), "{told:?}");
    assert_eq!(floor.order(3, 1).leaves.0, 15);
}

#[test]
fn a_collar_holds_the_price_and_gives_the_call_a_second_time() {
    let mut floor =
        call("", 100).after("1 buy 1 market x50 open\n2 sell 1 @ 108 x30\n3 sell 1 @ 112 x30");
    let told = end(&mut floor);
    assert_eq!(
        told,
        [
            "crossed 110x30 buy 1/1 sell 2/1",
            "uncrossed 110x30 surplus 20 buy",
            "cancelled 1/1 unrested left 20 AuctionOver",
            "phase OpenCall to Continuous CallEnded",
        ]
    );
    let mut crossed =
        call("", 100).after("1 buy 1 @ 120 x50\n2 sell 1 @ 108 x30\n3 sell 1 @ 112 x30");
    let told = end(&mut crossed);
    assert_eq!(told[0], "call extended");
    assert_eq!(crossed.exchange.phase(ACME), Phase::OpenCall);
    let told = end(&mut crossed);
    assert_eq!(
        told[..3],
        [
            "crossed 112x30 buy 1/1 sell 2/1",
            "crossed 112x20 buy 1/1 sell 3/1",
            "uncrossed 112x50 surplus 10 sell",
        ]
    );
}

#[test]
fn a_call_says_what_it_would_come_to() {
    let mut floor = call("", 100);
    floor.expect("1 buy 1 @ 101 x5", "accepted 1/1\nrests 1/1 buy 101x5");
    floor.expect(
        "2 sell 1 @ 100 x3",
        "accepted 2/1
         rests 2/1 sell 100x3
         indicative 101x3 imbalance 2 buy",
    );
    floor.expect("3 buy 1 @ 90 x5", "accepted 3/1\nrests 3/1 buy 90x5");
    floor.expect(
        "2 cancel 1",
        "cancelled 2/1 at 100 left 3 User
         indicative nothing imbalance 0",
    );
    floor.expect(
        "end-call",
        "uncrossed nothing surplus 0
         phase OpenCall to Continuous CallEnded",
    );
}

#[test]
fn a_day_from_its_opening_to_its_close() {
    let mut floor = Floor::open().after("phase CloseCall\nphase Closed\nphase PreOpen\nclose 100");
    floor.play("1 buy 1 @ 100 x5 open\n1 buy 2 @ 99 x5 day\n2 sell 1 market x4 close");
    floor.expect(
        "phase OpenCall\nend-call",
        "phase PreOpen to OpenCall
         uncrossed nothing surplus 0
         cancelled 1/1 unrested left 5 AuctionOver
         phase OpenCall to Continuous CallEnded",
    );
    floor.expect("3 sell 1 @ 99 x1", "accepted 3/1\ntrade 99x1 maker 1/2 taker 3/1");
    floor.expect(
        "phase CloseCall",
        "phase Continuous to CloseCall
         indicative 99x4 imbalance 0",
    );
    floor.play("3 sell 2 @ 120 x1 day");
    floor.expect(
        "end-call",
        "crossed 99x4 buy 1/2 sell 2/1
         uncrossed 99x4 surplus 0
         lapsed 3/2 at 120 left 1
         phase CloseCall to Closed CallEnded",
    );
}

#[test]
fn pegs_and_all_or_none_wait_while_nothing_is_matched() {
    let mut floor = Floor::open().after("1 buy 1 @ 100 x5\n2 sell 1 @ 110 x5");
    floor.play("3 buy 1 peg primary +1 x5\n4 buy 1 @ 105 x9 aon");
    floor.expect(
        "phase Halt why Regulatory",
        "phase Continuous to Halt Regulatory
         parked 3/1 buy at 101
         parked 4/1 buy at 105",
    );
    floor.expect("phase ReopenCall", "phase Halt to ReopenCall");
    floor.expect(
        "end-call",
        "uncrossed nothing surplus 0
         phase ReopenCall to Continuous CallEnded
         repriced 3/1 buy none to 101
         rests 3/1 buy 101x5
         rests 4/1 buy 105x0",
    );
}

#[test]
fn a_periodic_call_trades_in_batches() {
    let mut floor = Floor::open().after("1 buy 1 @ 100 x1\n2 sell 1 @ 100 x1\nphase PeriodicCall");
    floor.expect("1 buy 2 @ 101 x5 ioc", "accepted 1/2 waiting");
    floor.expect(
        "2 sell 2 market x3 ioc",
        "accepted 2/2 waiting
         indicative 101x3 imbalance 2 buy",
    );
    floor.play("3 sell 1 stop 99 x1");
    floor.expect(
        "end-call",
        "crossed 101x3 buy 1/2 sell 2/2
         uncrossed 101x3 surplus 2 buy
         cancelled 1/2 unrested left 2 AuctionOver",
    );
    assert_eq!(floor.exchange.phase(ACME), Phase::PeriodicCall);
    floor.refuse("1 buy 3 @ 101 x5 fok", Reject::PhaseForbids);
}

#[test]
fn bands_that_keep_orders_apart_leave_no_crossed_book() {
    let mut floor = call("", 100).after("1 buy 1 @ 105 x5\n2 sell 1 @ 102 x5\nbands 90 100");
    floor.expect(
        "end-call",
        "uncrossed nothing surplus 0
         cancelled 2/1 at 102 left 5 Band
         phase OpenCall to Continuous CallEnded",
    );
}

//! Who trades first, and at which price.

use crate::pit::Pit;
use pitfloor_model::units::Side;

#[test]
fn better_price_first_then_earlier_arrival() {
    let told = Pit::open().trades(
        "1 sell 1 @ 101 x5
         2 sell 1 @ 100 x5
         3 sell 1 @ 100 x5
         9 buy  1 @ 101 x12",
    );
    assert_eq!(
        told,
        [
            "trade 100x5 maker 2/1 taker 9/1",
            "trade 100x5 maker 3/1 taker 9/1",
            "trade 101x2 maker 1/1 taker 9/1",
        ]
    );
}

#[test]
fn the_highest_bid_is_sold_to_first() {
    let told = Pit::open().trades(
        "1 buy  1 @ 99 x5
         2 buy  1 @ 100 x5
         3 buy  1 @ 100 x5
         9 sell 1 @ 99 x12",
    );
    assert_eq!(
        told,
        [
            "trade 100x5 maker 2/1 taker 9/1",
            "trade 100x5 maker 3/1 taker 9/1",
            "trade 99x2 maker 1/1 taker 9/1",
        ]
    );
}

#[test]
fn a_trade_prints_at_the_makers_price_in_both_directions() {
    let mut pit = Pit::open();
    assert_eq!(
        pit.trades("1 sell 1 @ 100 x5\n2 buy 1 @ 105 x5"),
        ["trade 100x5 maker 1/1 taker 2/1"]
    );
    assert_eq!(
        pit.trades("1 buy 1 @ 100 x5\n2 sell 1 @ 95 x5"),
        ["trade 100x5 maker 1/1 taker 2/1"]
    );
}

#[test]
fn a_partly_filled_maker_keeps_its_place_to_the_last_lot() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x5\n2 sell 1 @ 100 x5");
    for _ in 0..4 {
        assert_eq!(pit.trades("9 buy 1 @ 100 x1"), ["trade 100x1 maker 1/1 taker 9/1"]);
    }
    assert_eq!(pit.queue(Side::Sell), "1/1x1 2/1x5");
    assert_eq!(
        pit.trades("9 buy 1 @ 100 x2"),
        ["trade 100x1 maker 1/1 taker 9/1", "trade 100x1 maker 2/1 taker 9/1"]
    );
}

#[test]
fn whoever_is_filled_exactly_ends_the_sweep_there() {
    let mut pit = Pit::open();
    pit.play("1 sell 1 @ 100 x5\n2 sell 1 @ 100 x5\n3 sell 1 @ 101 x5");
    let told = pit.play("9 buy 1 @ 101 x10");
    assert_eq!(
        told,
        ["accepted 9/1", "trade 100x5 maker 1/1 taker 9/1", "trade 100x5 maker 2/1 taker 9/1",]
    );
    assert_eq!(pit.book(), "| 101x5");
}

#[test]
fn one_who_leaves_the_middle_of_a_queue_is_not_missed() {
    let mut pit = Pit::open();
    pit.play("1 buy 1 @ 100 x1\n2 buy 1 @ 100 x2\n3 buy 1 @ 100 x3\n4 buy 1 @ 100 x4\n2 cancel 1");
    assert_eq!(pit.queue(Side::Buy), "1/1x1 3/1x3 4/1x4");
    assert_eq!(
        pit.trades("9 sell 1 @ 100 x8"),
        [
            "trade 100x1 maker 1/1 taker 9/1",
            "trade 100x3 maker 3/1 taker 9/1",
            "trade 100x4 maker 4/1 taker 9/1",
        ]
    );
    assert_eq!(pit.book(), "|");
}

#[test]
fn stamps_and_trade_numbers_count_for_the_whole_venue() {
    use pitfloor_model::event::Event;
    use pitfloor_testkit::story::read;
    let mut pit = Pit::open();
    let told = pit.apply(&read(
        "1 sell 1 @ 100 x5
         1 sell 2 @ 100 x5 on 1
         2 buy  1 @ 100 x5 on 1
         2 buy  1 @ 100 x6",
    ));
    let stamps: Vec<u64> = told
        .iter()
        .filter_map(|event| match event {
            Event::Rested { stamp, .. } => Some(stamp.0),
            _ => None,
        })
        .collect();
    let trades: Vec<u64> = told
        .iter()
        .filter_map(|event| match event {
            Event::Traded { trade, .. } => Some(trade.0),
            _ => None,
        })
        .collect();
    assert_eq!((stamps, trades), (vec![0, 1, 2], vec![0, 1]));
}

#[test]
fn five_thousand_at_one_price_are_served_in_order() {
    let mut pit = Pit::open();
    let mut told = Vec::new();
    // Played without the checks of `play`, which look at the whole queue after every command.
    for (seq, order) in (0_u64..).zip(0..5_000) {
        let account = 1 + order % 8;
        let line = format!("{account} sell {order} @ 100 x1");
        let mut stamped = pitfloor_testkit::story::read(&line).remove(0);
        stamped.seq = seq;
        pit.exchange.apply(&stamped, &mut told);
    }
    let sweep = pitfloor_testkit::story::read("9 buy 1 @ 100 x5000").remove(0);
    told.clear();
    pit.exchange.apply(&sweep, &mut told);
    let lines: Vec<String> = told.iter().map(pitfloor_testkit::story::tell).collect();
    assert_eq!(lines.len(), 5_001);
    for (order, line) in lines[1..].iter().enumerate() {
        let account = 1 + order % 8;
        assert_eq!(*line, format!("trade 100x1 maker {account}/{order} taker 9/1"));
    }
    assert_eq!(pit.book(), "|");
    std::mem::forget(pit); // the plain reference was not told
}

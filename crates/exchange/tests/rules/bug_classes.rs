//! Mistakes that real matching engines have made, one story each, named after the mistake.
//!
//! Whoever changes the matching finds here what has gone wrong elsewhere; `faults.toml` plants each
//! of them. Where a rule has two sides, so has its story.

use crate::pit::{ACME, Pit};
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{Price, Side, Time};
use pitfloor_testkit::{mirror, story};

/// A pit under the switches that `head` says, after `story`.
fn after(head: &str, story: &str) -> Pit {
    let mut pit = Pit::under(head);
    pit.play(story);
    pit
}

/// ACME's last trade is 100, and nobody waits.
fn at_100(head: &str) -> Pit {
    after(head, "1 buy 90 @ 100 x1\n2 sell 90 @ 100 x1")
}

#[test]
fn a_trade_at_the_takers_price() {
    let mut pit = after("", "2 sell 1 @ 100 x5\n3 buy 1 @ 90 x5");
    assert_eq!(pit.trades("1 buy 1 @ 105 x5"), ["trade 100x5 maker 2/1 taker 1/1"]);
    assert_eq!(pit.trades("1 sell 2 @ 80 x5"), ["trade 90x5 maker 3/1 taker 1/2"]);
    // The same where one of the two is no plain order.
    pit.play("2 sell 2 @ 100 x5 show 2\n3 buy 2 @ 90 x5 hidden");
    assert_eq!(pit.trades("1 buy 3 @ 105 x2"), ["trade 100x2 maker 2/2 taker 1/3"]);
    assert_eq!(pit.trades("1 sell 4 @ 80 x5"), ["trade 90x5 maker 3/2 taker 1/4"]);
}

/// Each rule that has two sides, as a story that is told upright and turned upside down.
#[test]
fn a_rule_right_on_one_side_only() {
    for story in [
        "2 sell 1 @ 100 x5\n1 buy 1 @ 99 x5\n1 buy 2 @ 100 x2\n1 buy 3 @ 101 x5",
        "1 buy 1 @ 100 x1\n2 sell 1 @ 100 x1\n3 buy 1 stop 102 x1\n2 sell 2 @ 102 x2\n1 buy 2 @ 102 x1",
        "1 buy 1 @ 100 x1\n2 sell 1 @ 100 x1\n3 buy 1 touch 98 x1\n1 buy 2 @ 98 x1\n2 sell 2 @ 98 x1",
        "1 buy 1 @ 100 x1\n2 sell 1 @ 100 x1\n3 buy 1 trail 3 x1\n1 buy 2 @ 97 x1\n2 sell 2 @ 97 x2\n1 buy 3 @ 100 x1\n2 sell 3 @ 100 x1",
        "2 sell 1 @ 100 x5\n1 buy 1 @ 100 x5 post\n1 buy 2 @ 100 x5 post slide\n1 buy 3 @ 99 x5 post",
        "2 sell 1 @ 100 x5\n2 sell 2 @ 101 x5\n1 buy 1 @ 101 x11 fok\n1 buy 2 @ 101 x10 fok",
        "1 buy 1 @ 95 x5\n2 sell 1 @ 105 x5\n3 buy 1 peg primary +2 x5\n3 sell 2 peg market 2 x5",
        "bands 95 105\n2 sell 1 @ 105 x5\n2 sell 2 @ 106 x5\n1 buy 1 @ 110 x9",
        "1 buy 1 @ 100 x5\n2 buy 1 @ 100 x5\n1 replace 1 @ 100 x4\n2 replace 1 @ 100 x6\n3 sell 1 @ 100 x5",
        "2 sell 1 @ 100 x3\n2 sell 2 @ 102 x3\n1 buy 1 protected 1 x9\n1 cancel 1\n1 buy 2 to-limit x9",
    ] {
        let (mut upright, mut image) = (Pit::open(), Pit::open());
        let commands = story::read(story);
        let turned: Vec<Stamped> = commands.iter().map(mirror::stamped).collect();
        let told = upright.apply(&commands);
        let expected: Vec<Event> = told.iter().map(mirror::event).collect();
        assert_eq!(image.apply(&turned), expected, "the mirror image of:\n{story}");
        assert!(told.len() > commands.len(), "something happens in:\n{story}");
    }
}

#[test]
fn siblings_lost_on_cancel_or_modify_of_a_shared_level() {
    let queue = "1 buy 1 @ 100 x1\n2 buy 1 @ 100 x2\n3 buy 1 @ 100 x3\n4 buy 1 @ 100 x4";
    for (gone, rest) in [
        ("1 cancel 1", ["2/1x2", "3/1x3", "4/1x4"]),
        ("2 cancel 1", ["1/1x1", "3/1x3", "4/1x4"]),
        ("4 cancel 1", ["1/1x1", "2/1x2", "3/1x3"]),
        ("2 replace 1 @ 90 x2", ["1/1x1", "3/1x3", "4/1x4"]),
        ("3 reduce 1 by 3", ["1/1x1", "2/1x2", "4/1x4"]),
    ] {
        let mut pit = after("", &format!("{queue}\n{gone}"));
        let mut trades = pit.trades("9 sell 1 @ 100 x99");
        trades.retain(|trade| trade.starts_with("trade 100x"));
        let served: Vec<String> = trades
            .iter()
            .map(|trade| {
                let words: Vec<&str> = trade.split_whitespace().collect();
                format!("{}x{}", words[3], words[1].trim_start_matches("100x"))
            })
            .collect();
        assert_eq!(served, rest, "after {gone}");
    }
}

#[test]
fn a_stale_best_price_after_a_cancel() {
    let mut pit =
        after("", "1 buy 1 @ 99 x1\n1 buy 2 @ 98 x2\n2 sell 1 @ 101 x1\n2 sell 2 @ 102 x2");
    pit.play("1 cancel 1\n2 cancel 1");
    assert_eq!(pit.exchange.best(ACME, Side::Buy).map(|(price, _)| price), Some(Price(98)));
    assert_eq!(pit.exchange.best(ACME, Side::Sell).map(|(price, _)| price), Some(Price(102)));
    assert_eq!(pit.trades("3 sell 1 market x1"), ["trade 98x1 maker 1/2 taker 3/1"]);
    assert_eq!(pit.trades("3 buy 2 market x1"), ["trade 102x1 maker 2/2 taker 3/2"]);
}

#[test]
fn an_ioc_remainder_that_rests() {
    let mut pit = after("", "2 sell 1 @ 100 x3\n3 buy 1 @ 90 x3");
    pit.play("1 buy 1 @ 100 x5 ioc\n1 sell 2 @ 90 x5 ioc\n1 buy 3 @ 95 x5 ioc show 2");
    assert_eq!(pit.book(), "|", "nothing is left of anybody");
}

/// Where weights round a share down to nothing, nothing is traded and nothing is told.
#[test]
fn a_phantom_trade_of_no_lots() {
    let head = "rules allocation pro-rata share-min 2";
    let mut pit = after(
        head,
        "1 sell 1 @ 100 x10\n2 sell 1 @ 100 x5\n3 sell 1 @ 100 x30\n4 sell 1 @ 100 x55",
    );
    assert_eq!(
        pit.trades("9 buy 1 @ 100 x37"),
        [
            "trade 100x6 maker 1/1 taker 9/1",
            "trade 100x11 maker 3/1 taker 9/1",
            "trade 100x20 maker 4/1 taker 9/1",
        ]
    );
    // A taker that is satisfied exactly leaves the next alone; an amount too small buys nothing.
    let mut pit = after("", "1 sell 1 @ 100 x5\n2 sell 1 @ 100 x5");
    assert_eq!(pit.trades("9 buy 1 @ 100 x5"), ["trade 100x5 maker 1/1 taker 9/1"]);
    assert!(pit.trades("9 buy 2 amount 99 x5").is_empty());
    assert_eq!(pit.queue(Side::Sell), "2/1x5");
}

#[test]
fn an_id_confused_after_a_cancel() {
    let mut pit = after("", "1 buy 7 @ 100 x5\n1 cancel 7");
    pit.expect("1 cancel 7", "rejected 1/7 UnknownOrder");
    pit.play("1 sell 7 @ 110 x3\n2 buy 1 @ 90 x1");
    pit.expect("1 reduce 7 by 1", "reduced 1/7 at 110 by 1 leaves 2");
    pit.expect("1 cancel 7", "cancelled 1/7 at 110 left 2 User");
    assert_eq!(pit.book(), "90x1 |");
}

#[test]
fn an_id_confused_after_a_fill() {
    let mut pit = after("", "1 buy 7 @ 100 x5\n2 sell 1 @ 100 x5");
    pit.expect("1 cancel 7", "rejected 1/7 UnknownOrder");
    // The next order may well stand where the filled one stood.
    pit.play("3 sell 1 @ 105 x4");
    pit.expect("1 replace 7 @ 101 x5", "rejected 1/7 UnknownOrder");
    pit.play("1 sell 7 @ 110 x3");
    pit.expect("1 cancel 7", "cancelled 1/7 at 110 left 3 User");
    assert_eq!(pit.book(), "| 105x4");
}

#[test]
fn a_live_id_used_twice() {
    for terms in ["@ 100 x5", "@ 100 x5 show 2", "@ 100 x5 aon", "stop 200 x5", "@ 100 x5 day"] {
        let mut pit = at_100("");
        pit.play(&format!("1 buy 7 {terms}"));
        for again in ["@ 100 x5", "@ 100 x5 show 2", "stop 300 x5"] {
            pit.expect(&format!("1 buy 7 {again}"), "rejected 1/7 DuplicateOrder");
        }
        pit.play("1 cancel 7");
        assert_eq!(pit.book(), "|", "there was one order, and it is gone");
    }
}

#[test]
fn a_marketable_limit_that_walks_through_its_limit() {
    let mut pit = after("", "2 sell 1 @ 100 x2\n2 sell 2 @ 101 x2\n2 sell 3 @ 102 x2");
    assert_eq!(
        pit.trades("1 buy 1 @ 101 x9"),
        ["trade 100x2 maker 2/1 taker 1/1", "trade 101x2 maker 2/2 taker 1/1"]
    );
    assert_eq!(pit.book(), "101x5 | 102x2");
}

#[test]
fn a_crossing_replace_that_rests_crossed() {
    let mut pit = after("", "1 buy 1 @ 95 x5\n2 sell 1 @ 100 x3");
    assert_eq!(pit.trades("1 replace 1 @ 101 x5"), ["trade 100x3 maker 2/1 taker 1/1"]);
    assert_eq!(pit.book(), "101x2 |");
    pit.play("3 sell 1 @ 110 x4");
    assert_eq!(pit.trades("3 replace 1 @ 101 x4"), ["trade 101x2 maker 1/1 taker 3/1"]);
    assert_eq!(pit.book(), "| 101x2");
}

#[test]
fn a_crossing_replace_that_trades_at_its_own_new_limit() {
    let mut pit = after("", "1 buy 1 @ 95 x5\n2 sell 1 @ 100 x5");
    assert_eq!(pit.trades("1 replace 1 @ 109 x5"), ["trade 100x5 maker 2/1 taker 1/1"]);
    pit.play("1 sell 2 @ 105 x5\n2 buy 2 @ 90 x5");
    assert_eq!(pit.trades("1 replace 2 @ 80 x5"), ["trade 90x5 maker 2/2 taker 1/2"]);
}

#[test]
fn fok_tested_maker_by_maker() {
    let mut pit = after("", "2 sell 1 @ 100 x4\n3 sell 1 @ 100 x4\n4 sell 1 @ 101 x4");
    let trades = pit.trades("1 buy 1 @ 101 x12 fok");
    assert_eq!(trades.len(), 3, "three makers together are enough: {trades:?}");
    assert_eq!(pit.book(), "|");
}

#[test]
fn a_killed_fok_that_moves_the_last_price() {
    let mut pit = at_100("");
    pit.play("2 sell 1 @ 104 x4\n3 buy 1 stop 103 x1");
    pit.expect("1 buy 1 @ 104 x5 fok", "accepted 1/1\ncancelled 1/1 unrested left 5 FillOrKill");
    assert_eq!(pit.exchange.last_price(ACME), Some(Price(100)));
    assert_eq!(pit.book(), "| 104x4");
}

/// What a triggered order prints sets off the next, until nobody is met any more.
#[test]
fn a_stop_cascade_in_a_single_pass() {
    let mut pit = at_100("");
    pit.play("3 sell 1 stop 99 x1\n3 sell 2 stop 98 x1\n3 sell 3 stop 97 x1");
    pit.play("1 buy 1 @ 99 x1\n1 buy 2 @ 98 x1\n1 buy 3 @ 97 x1\n1 buy 4 @ 96 x1");
    pit.expect(
        "2 sell 1 @ 99 x1",
        "accepted 2/1
         trade 99x1 maker 1/1 taker 2/1
         triggered 3/1 at 99
         trade 98x1 maker 1/2 taker 3/1
         triggered 3/2 at 98
         trade 97x1 maker 1/3 taker 3/2
         triggered 3/3 at 97
         trade 96x1 maker 1/4 taker 3/3",
    );
}

/// A stop waits until the order that set it off is done.
#[test]
fn a_stop_that_fires_inside_the_sweep() {
    let mut pit = at_100("");
    pit.play("3 buy 1 stop 101 x1\n2 sell 1 @ 101 x1\n2 sell 2 @ 102 x1\n2 sell 3 @ 103 x1");
    pit.expect(
        "1 buy 1 @ 102 x2",
        "accepted 1/1
         trade 101x1 maker 2/1 taker 1/1
         trade 102x1 maker 2/2 taker 1/1
         triggered 3/1 at 101
         trade 103x1 maker 2/3 taker 3/1",
    );
}

#[test]
fn a_cascade_that_goes_one_beyond_its_cap() {
    let mut pit = at_100("rules cascade-max 1");
    pit.play("3 sell 1 stop 99 x1\n3 sell 2 stop 98 x1");
    pit.play("1 buy 1 @ 99 x1\n1 buy 2 @ 98 x1\n1 buy 3 @ 97 x1");
    pit.expect(
        "2 sell 1 @ 99 x1",
        "accepted 2/1
         trade 99x1 maker 1/1 taker 2/1
         triggered 3/1 at 99
         trade 98x1 maker 1/2 taker 3/1
         phase Continuous to ReopenCall StopCascade",
    );
}

#[test]
fn a_full_pool_that_drops_orders_without_a_word() {
    let mut pit =
        after("limits orders-max 2\nrules dormant-max 1", "1 buy 1 @ 99 x1\n1 buy 2 @ 98 x1 day");
    pit.expect("1 buy 3 @ 97 x1", "rejected 1/3 TooManyOrders");
    pit.expect("1 buy 3 @ 97 x1 day", "rejected 1/3 TooManyOrders");
    pit.play("1 buy 3 stop 200 x1");
    pit.expect("1 buy 4 stop 201 x1", "rejected 1/4 TooManyDormant");
    pit.play("1 cancel 1");
    pit.expect("1 buy 4 @ 97 x1", "accepted 1/4\nrests 1/4 buy 97x1");
}

/// Prices at the ends of what there is are exact, and those beyond are refused, whoever asks.
#[test]
fn a_price_that_overflows_or_wraps() {
    let far = Price::FARTHEST.0;
    let mut pit = Pit::open();
    for price in [far + 1, -far - 1, i64::MAX, i64::MIN] {
        pit.expect(&format!("1 buy 1 @ {price} x1"), "rejected 1/1 OffTick");
        pit.expect(&format!("1 buy 1 @ {price} x2 show 1"), "rejected 1/1 OffTick");
    }
    pit.play(&format!("2 sell 1 @ {far} x1"));
    pit.expect(
        &format!("1 buy 1 peg market {far} x1\n3 buy 1 protected 1 x1\n3 buy 1 to-limit x1"),
        &format!(
            "accepted 1/1
             rests 1/1 buy 0x1
             rejected 3/1 NoReference
             accepted 3/1
             trade {far}x1 maker 2/1 taker 3/1
             parked 1/1 buy at 0"
        ),
    );
}

#[test]
fn upsizing_that_keeps_its_priority() {
    for terms in ["", " day"] {
        let mut pit = after("", &format!("1 buy 1 @ 100 x5{terms}\n2 buy 1 @ 100 x5"));
        pit.play("1 replace 1 @ 100 x6");
        assert_eq!(pit.queue(Side::Buy), "2/1x5 1/1x6");
    }
}

#[test]
fn a_reduce_that_loses_its_priority() {
    for terms in ["", " day"] {
        let mut pit = after("", &format!("1 buy 1 @ 100 x5{terms}\n2 buy 1 @ 100 x5"));
        let stamp = pit.stamp(1, 1);
        pit.play("1 reduce 1 by 1\n1 replace 1 @ 100 x3");
        assert_eq!(pit.queue(Side::Buy), "1/1x3 2/1x5");
        assert_eq!(pit.stamp(1, 1), stamp);
    }
}

#[test]
fn a_mass_cancel_in_no_order() {
    let mut pit = Pit::open();
    for (n, price) in [97, 99, 98, 99, 97, 98, 99].into_iter().enumerate() {
        pit.play(&format!("1 buy {n} @ {price} x1\n1 sell 1{n} @ {} x1", 200 - price));
    }
    let told = pit.play("1 mass-cancel");
    let order: Vec<&str> = told.iter().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(
        order,
        [
            "1/1", "1/3", "1/6", "1/2", "1/5", "1/0",
            "1/4", // bids, best first, then by arrival
            "1/11", "1/13", "1/16", "1/12", "1/15", "1/10", "1/14", "1",
        ]
    );
}

#[test]
fn a_maker_that_prevention_ends_without_an_event() {
    for terms in ["", " show 2"] {
        let mut pit = after("", &format!("1 sell 1 @ 100 x5{terms}\n2 sell 1 @ 100 x5"));
        pit.expect(
            "1 buy 2 @ 100 x5 stp maker",
            &format!(
                "accepted 1/2
                 prevented 100x{} maker 1/1 taker 1/2 ExpireMaker
                 expired 1/1 at 100 left 5
                 trade 100x5 maker 2/1 taker 1/2",
                if terms.is_empty() { 5 } else { 2 }
            ),
        );
    }
    let mut pit = after("", "1 sell 1 @ 100 x3");
    pit.expect(
        "1 buy 2 @ 100 x5 stp decrement",
        "accepted 1/2
         prevented 100x3 maker 1/1 taker 1/2 Decrement
         expired 1/1 at 100 left 0
         rests 1/2 buy 100x2",
    );
}

/// What rounding leaves goes first come, first served, and the level is used up before the next is
/// touched.
#[test]
fn a_wrong_pro_rata_remainder_or_a_book_left_crossed_by_it() {
    let mut pit = after(
        "rules allocation pro-rata",
        "1 sell 1 @ 100 x7\n2 sell 1 @ 100 x7\n3 sell 1 @ 100 x7",
    );
    assert_eq!(
        pit.trades("9 buy 1 @ 100 x10"),
        [
            "trade 100x4 maker 1/1 taker 9/1",
            "trade 100x3 maker 2/1 taker 9/1",
            "trade 100x3 maker 3/1 taker 9/1",
        ]
    );
    pit.play("4 sell 1 @ 101 x5");
    let trades = pit.trades("9 buy 2 @ 101 x12");
    assert_eq!(trades.last().map(String::as_str), Some("trade 101x1 maker 4/1 taker 9/2"));
    assert_eq!(pit.book(), "| 101x4");
}

#[test]
fn last_in_first_out_within_a_level() {
    let mut pit = after("", "1 buy 1 @ 100 x1\n2 buy 1 @ 100 x1\n3 buy 1 @ 100 x1");
    for account in 1..=3 {
        let expected = format!("trade 100x1 maker {account}/1 taker 9/{account}");
        assert_eq!(pit.trades(&format!("9 sell {account} @ 100 x1")), [expected]);
    }
}

#[test]
fn a_partial_fill_that_sends_the_maker_to_the_back() {
    let mut pit = after("", "1 sell 1 @ 100 x5\n2 sell 1 @ 100 x5");
    pit.play("9 buy 1 @ 100 x2");
    assert_eq!(pit.queue(Side::Sell), "1/1x3 2/1x5");
    assert_eq!(pit.trades("9 buy 2 @ 100 x3"), ["trade 100x3 maker 1/1 taker 9/2"]);
}

#[test]
fn stale_sums_of_a_level() {
    let mut pit = after("", "1 buy 1 @ 100 x9\n2 buy 1 @ 100 x5\n3 buy 1 @ 99 x1");
    for (line, book) in [
        ("9 sell 1 @ 100 x2", "100x12 99x1 |"),
        ("1 reduce 1 by 3", "100x9 99x1 |"),
        ("1 replace 1 @ 100 x5", "100x8 99x1 |"),
        ("2 replace 1 @ 99 x5", "100x3 99x6 |"),
        ("3 cancel 1", "100x3 99x5 |"),
        ("9 sell 2 @ 100 x3", "99x5 |"),
        ("2 sell 2 @ 99 x1 stp maker", "| 99x1"),
    ] {
        pit.play(line);
        assert_eq!(pit.book(), book, "after {line}");
    }
}

/// Neither the book, nor an event that the public's views are made of, says what is not shown.
#[test]
fn hidden_lots_in_a_public_view() {
    let mut pit = Pit::open();
    pit.expect("1 buy 1 @ 100 x5 hidden", "accepted 1/1\nrests 1/1 buy 100x0");
    pit.expect("2 buy 1 @ 99 x9 show 2", "accepted 2/1\nrests 2/1 buy 99x2");
    pit.expect("3 buy 1 @ 98 x4 aon", "accepted 3/1\nrests 3/1 buy 98x0");
    assert_eq!(pit.book(), "99x2 |");
    assert_eq!(pit.exchange.best(ACME, Side::Buy).map(|(price, _)| price), Some(Price(99)));
    let view = pit.exchange.view(ACME).expect("it is listed");
    let levels: Vec<_> = view.levels(Side::Buy).map(|level| (level.price.0, level.qty.0)).collect();
    assert_eq!(levels, [(99, 2)]);
}

#[test]
fn an_iceberg_part_that_keeps_its_place() {
    let mut pit = after("", "1 sell 1 @ 100 x6 show 2\n2 sell 1 @ 100 x2");
    pit.expect(
        "9 buy 1 @ 100 x2",
        "accepted 9/1
         trade 100x2 maker 1/1 taker 9/1
         refreshed 1/1 sell 100x2",
    );
    assert_eq!(pit.queue(Side::Sell), "2/1x2 1/1x2");
    assert_eq!(pit.trades("9 buy 2 @ 100 x2"), ["trade 100x2 maker 2/1 taker 9/2"]);
}

/// Two pegs, each a tick better than the best bid, would climb for ever if they saw each other.
#[test]
fn pegs_chasing_pegs() {
    let mut pit = after("", "1 buy 1 @ 100 x5\n2 sell 1 @ 120 x5");
    pit.play("3 buy 1 peg primary +1 x5\n4 buy 1 peg primary +1 x5");
    assert_eq!(pit.book(), "101x10 100x5 | 120x5");
    pit.expect(
        "1 buy 2 @ 104 x5",
        "accepted 1/2
         rests 1/2 buy 104x5
         repriced 3/1 buy 101 to 105
         rests 3/1 buy 105x5
         repriced 4/1 buy 101 to 105
         rests 4/1 buy 105x5",
    );
}

/// The last moment is over for everybody at once, whoever's command comes then and wherever.
#[test]
fn an_expiry_noticed_only_on_touch() {
    let mut pit = Pit::open();
    let mut play = |at: u64, line: &str| {
        let mut commands = story::read(line);
        commands[0].at = Time(at);
        pit.apply(&commands).iter().map(story::tell).collect::<Vec<_>>()
    };
    play(1, "1 sell 1 @ 100 x5 gtd 10");
    play(2, "1 sell 2 @ 101 x5 gtd 20");
    assert_eq!(
        play(10, "2 buy 1 @ 100 x5"),
        ["lapsed 1/1 at 100 left 5", "accepted 2/1", "rests 2/1 buy 100x5"],
        "at its last moment it trades no more"
    );
    assert_eq!(
        play(25, "2 buy 2 @ 1 x1 on 1"),
        ["lapsed 1/2 at 101 left 5", "accepted 2/2 on 1", "rests 2/2 buy 1x1 on 1"],
        "a command elsewhere is enough"
    );
    play(30, "1 sell 3 @ 105 x5 gtd 40");
    assert_eq!(play(40, "advance"), ["lapsed 1/3 at 105 left 5", "advanced to 40"]);
}

/// Volume and surplus say 101 to 105, where nobody stands; the nearest to the reference wins.
#[test]
fn an_auction_price_looked_up_only_where_orders_stand() {
    let mut pit = after("rules collar none", "close 102\nphase ReopenCall");
    pit.play("1 buy 1 @ 106 x100\n2 buy 1 @ 100 x50\n3 sell 1 @ 100 x100\n4 sell 1 @ 106 x60");
    pit.expect(
        "end-call",
        "crossed 102x100 buy 1/1 sell 3/1
         uncrossed 102x100 surplus 0
         phase ReopenCall to Continuous CallEnded",
    );
}

/// Once a halt or pause is told, nothing of that command or any later one trades there.
#[test]
fn a_trade_after_a_halt_event() {
    let mut pit = at_100("rules velocity-max 5");
    pit.play("3 sell 1 stop 99 x1\n3 sell 2 stop 99 x1\n1 buy 2 @ 99 x1\n1 buy 3 @ 90 x9");
    let told = pit.play("2 sell 2 @ 99 x1");
    let halt = told.iter().position(|line| line.starts_with("phase")).expect("it is too fast");
    assert!(story::trades(&told[halt..]).is_empty(), "{told:?}");
    assert_eq!(pit.exchange.phase(ACME), Phase::ReopenCall);
    assert!(pit.trades("4 sell 1 @ 80 x5\n5 buy 1 @ 100 x5").is_empty());
    pit.play("phase Halt");
    assert!(pit.trades("4 sell 2 @ 80 x5\n4 reduce 1 by 1\nmark 50\nadvance").is_empty());
}

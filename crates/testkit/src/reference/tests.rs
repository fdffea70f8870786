//! Worked examples: each kind of order, each rule of an auction, told as a story.

use super::Reference;
use crate::story;

/// Five accounts that may owe; the worlds of most examples.
const FIVE: &str = "open 1 credit\nopen 2 credit\nopen 3 credit\nopen 4 credit\nopen 5 credit\n";

/// What happened from the line `---` on.
fn told(text: &str) -> Vec<String> {
    let (before, after) = text.split_once("---").expect("a line of dashes");
    let mut plain = Reference::new(story::venue_of(before));
    let mut play =
        |text: &str| story::play(&mut |stamped, events| events.extend(plain.apply(stamped)), text);
    play(&format!("{FIVE}{before}"));
    play(after)
}

/// Lines that speak of lots changing hands.
fn trades(text: &str) -> Vec<String> {
    let mut told = told(text);
    told.retain(|line| line.starts_with("trade") || line.starts_with("crossed"));
    told
}

#[test]
fn a_limit_order_stops_at_its_own_price() {
    let happened = told("1 sell 1 @ 100 x5\n1 sell 2 @ 105 x10\n---\n2 buy 1 @ 102 x12");
    assert_eq!(
        happened,
        ["accepted 2/1", "trade 100x5 maker 1/1 taker 2/1", "rests 2/1 buy 102x7"]
    );
}

#[test]
fn the_market_family_ends_as_its_members_do() {
    let book = "1 sell 1 @ 100 x5\n1 sell 2 @ 103 x5\n---\n";
    let last = |order: &str| told(&format!("{book}2 buy 1 {order}")).pop().expect("an answer");
    assert_eq!(last("market x12"), "cancelled 2/1 unrested left 2 Remainder");
    assert_eq!(last("protected 2 x12 gtc"), "rests 2/1 buy 102x7");
    assert_eq!(last("to-limit x12 gtc"), "rests 2/1 buy 100x7");
    assert_eq!(last("@ 103 x12 fok"), "cancelled 2/1 unrested left 12 FillOrKill");
    assert_eq!(last("@ 103 x12 min 11"), "cancelled 2/1 unrested left 12 MinQty");
    assert_eq!(last("@ 103 x12 post"), "rejected 2/1 WouldTake");
    assert_eq!(last("@ 103 x12 post slide"), "rests 2/1 buy 99x12");
    // 5 at 100 and 2 at 103 of 800; 94 are left.
    let amount = told(&format!("{book}2 buy 1 amount 800 x50 ioc"));
    assert_eq!(
        amount[2..],
        [
            "trade 103x2 maker 1/2 taker 2/1",
            "unspent 2/1 94",
            "cancelled 2/1 unrested left 43 Budget"
        ]
    );
}

#[test]
fn an_iceberg_goes_to_the_back_with_each_part() {
    let book = "1 sell 1 @ 100 x30 show 10\n2 sell 1 @ 100 x10\n3 sell 1 @ 100 x10\n---\n";
    let makers: Vec<String> =
        trades(&format!("{book}4 buy 1 @ 100 x45")).iter().map(|line| line[6..21].into()).collect();
    assert_eq!(
        makers,
        [
            "100x10 maker 1/",
            "100x10 maker 2/",
            "100x10 maker 3/",
            "100x10 maker 1/",
            "100x5 maker 1/1"
        ]
    );
}

#[test]
fn all_or_none_is_passed_over_until_it_can_be_filled() {
    let happened = trades("1 buy 1 @ 100 x50 aon\n---\n2 sell 1 @ 100 x30\n3 sell 1 @ 100 x20");
    assert_eq!(happened, ["trade 100x30 maker 2/1 taker 1/1", "trade 100x20 maker 3/1 taker 1/1"]);
}

#[test]
fn stops_fire_print_by_print() {
    let mut happened = told(
        "5 sell 9 @ 100 x1\n5 buy 8 market x1 stp none\n
         1 buy 1 stop 102 x1\n2 buy 1 stop 101 x1\n3 buy 1 stop 101 x1\n
         4 sell 1 @ 101 x1\n4 sell 2 @ 102 x1\n---\n5 buy 1 @ 102 x2",
    );
    happened.retain(|line| line.starts_with("triggered"));
    assert_eq!(happened, ["triggered 2/1 at 101", "triggered 3/1 at 101", "triggered 1/1 at 102"]);
}

#[test]
fn a_trailing_stop_holds_one_tick_above_its_level() {
    let print =
        |price: u32, id: u32| format!("2 sell {id} @ {price} x1\n3 buy {id} @ {price} x1\n");
    let start = format!(
        "rules positive-prices\n1 sell 1 trail 100bp x1\n---\n{}{}{}",
        print(10_000, 1),
        print(10_200, 2),
        print(10_099, 3)
    );
    let fired = |text: &str| told(text).iter().any(|line| line == "triggered 1/1 at 10098");
    assert!(!fired(&start));
    assert!(fired(&format!("{start}{}", print(10_098, 4))));
}

#[test]
fn pegs_follow_and_trade_in_the_middle() {
    let happened = told(
        "1 buy 1 @ 100 x1\n1 sell 2 @ 104 x1\n2 buy 1 peg primary 0 x5\n3 buy 1 peg mid x5\n---\n
         1 buy 3 @ 102 x1",
    );
    assert_eq!(
        happened[2..],
        [
            "repriced 2/1 buy 100 to 102",
            "rests 2/1 buy 102x5",
            "repriced 3/1 buy 102 to 103",
            "rests 3/1 buy 103x0",
        ]
    );
}

#[test]
fn a_bracket_grows_with_its_parent_and_one_leg_ends_the_other() {
    let bracket = "otoco 1 buy 1 @ 100 x10 | 1 sell 2 @ 110 x10 | 1 sell 3 stop 90 x10\n";
    let happened = told(&format!("{bracket}---\n2 sell 1 @ 100 x4\n3 buy 1 @ 110 x4"));
    assert_eq!(
        happened,
        [
            "accepted 2/1",
            "trade 100x4 maker 1/1 taker 2/1",
            "armed 1/2 x4",
            "armed 1/3 x4",
            "rests 1/2 sell 110x4",
            "accepted 3/1",
            "trade 110x4 maker 1/2 taker 3/1",
            "cancelled 1/3 unrested left 4 OcoSibling",
        ]
    );
    let gone = told(&format!("{bracket}---\n1 cancel 1"));
    assert_eq!(
        gone,
        [
            "cancelled 1/1 at 100 left 10 User",
            "cancelled 1/2 unrested left 10 ParentGone",
            "cancelled 1/3 unrested left 10 ParentGone",
        ]
    );
}

#[test]
fn a_child_that_fills_its_parent_grows_with_it() {
    let list = "oto 1 buy 1 @ 100 x6 stp none | 1 sell 2 @ 104 x6 stp none\n";
    let happened = told(&format!("{list}2 sell 1 @ 100 x2\n---\n1 replace 1 @ 104 x5"));
    assert_eq!(
        happened,
        [
            "replaced 1/1 100x4 by 104x5 leaves 3 back",
            "trade 104x2 maker 1/2 taker 1/1",
            "armed 1/2 x4",
            "rests 1/1 buy 104x1",
            "trade 104x1 maker 1/1 taker 1/2",
            "armed 1/2 x5",
            "rests 1/2 sell 104x1",
            "replaced 1/2 104x1 by 104x5 leaves 2 back",
            "rests 1/2 sell 104x2",
        ]
    );
}

#[test]
fn a_woken_stop_goes_by_the_prints_walked_so_far() {
    let happened = told(
        "close 101\noto 1 buy 1 @ 102 x4 | 1 sell 2 stop 103 @ 109 x4\n---\n2 sell 1 market x4",
    );
    assert_eq!(happened[2..], ["armed 1/2 x4", "triggered 1/2 at 101", "rests 1/2 sell 109x4"]);
}

#[test]
fn what_comes_back_from_parking_minds_the_bands() {
    let happened =
        told("1 buy 1 @ 101 x2 aon\nphase ReopenCall\nbands 90 100\n---\nend-call\nbands none");
    assert_eq!(happened[2..4], ["repriced 1/1 buy 101 to 100", "rests 1/1 buy 100x0"]);
}

/// How the auction of an opening call came out, and who met.
fn opening(reference: i64, rules: &str, orders: &str) -> (String, Vec<String>) {
    let text = format!(
        "{rules}\nclose {reference}\nphase Halt\nphase Closed\nphase PreOpen\nphase OpenCall\n
         {orders}\n---\nend-call"
    );
    let uncrossed = told(&text).into_iter().find(|line| line.starts_with("uncrossed"));
    (uncrossed.expect("the auction took place"), trades(&text))
}

#[test]
fn a1_volume_decides() {
    let orders = "1 buy 1 market x30 open\n1 buy 2 @ 102 x50\n1 buy 3 @ 101 x40\n
        1 buy 4 @ 100 x60\n2 sell 1 @ 99 x20\n2 sell 2 @ 100 x50\n2 sell 3 @ 101 x40\n
        2 sell 4 @ 103 x30";
    let (uncrossed, met) = opening(100, "", orders);
    assert_eq!(uncrossed, "uncrossed 101x110 surplus 10 buy");
    assert_eq!(met[0], "crossed 101x20 buy 1/1 sell 2/1");
    assert_eq!(met.last().expect("trades"), "crossed 101x30 buy 1/3 sell 2/3");
}

#[test]
fn a2_the_side_of_the_surplus_decides() {
    let buys = "1 buy 1 @ 105 x100\n1 buy 2 @ 103 x50\n2 sell 1 @ 100 x80";
    assert_eq!(opening(100, "", buys).0, "uncrossed 105x80 surplus 20 buy");
    let sells = "1 buy 1 @ 105 x80\n2 sell 1 @ 100 x100\n2 sell 2 @ 102 x50";
    assert_eq!(opening(105, "", sells).0, "uncrossed 100x80 surplus 20 sell");
}

#[test]
fn a3_prices_without_orders_count() {
    let orders = "1 buy 1 @ 106 x100\n1 buy 2 @ 100 x50\n2 sell 1 @ 100 x100\n2 sell 2 @ 106 x60";
    for (reference, price) in [(102, 102), (95, 101), (120, 105)] {
        let told = opening(reference, "rules collar none", orders).0;
        assert_eq!(told, format!("uncrossed {price}x100 surplus 0"));
    }
    let mixed = "1 buy 1 @ 100 x10\n1 buy 2 @ 101 x100\n2 sell 1 @ 100 x100\n2 sell 2 @ 101 x10";
    assert_eq!(opening(103, "", mixed).0, "uncrossed 101x100 surplus 10 sell");
    assert_eq!(opening(99, "", mixed).0, "uncrossed 100x100 surplus 10 buy");
}

#[test]
fn a4_who_gets_what_and_who_takes_the_surplus() {
    let orders = "1 buy 1 market x40 open\n1 buy 2 @ 101 x50\n1 buy 3 @ 100 x60 show 20\n
        1 buy 4 @ 100 x30\n2 sell 1 @ 98 x70\n2 sell 2 @ 100 x50\n2 sell 3 @ 101 x25";
    let met = [
        "crossed 100x40 buy 1/1 sell 2/1",
        "crossed 100x30 buy 1/2 sell 2/1",
        "crossed 100x20 buy 1/2 sell 2/2",
        "crossed 100x20 buy 1/3 sell 2/2",
        "crossed 100x10 buy 1/4 sell 2/2",
    ];
    let (uncrossed, found) = opening(99, "", orders);
    assert_eq!(
        (uncrossed.as_str(), found),
        ("uncrossed 100x120 surplus 60 buy", met.map(String::from).to_vec())
    );
    let (uncrossed, found) =
        opening(99, "", &format!("{orders}\n3 sell 1 imbalance @ 99 x45 open"));
    assert_eq!(uncrossed, "uncrossed 100x165 surplus 60 buy");
    assert_eq!(found[5..], ["crossed 100x20 buy 1/4 sell 3/1", "crossed 100x25 buy 1/3 sell 3/1"]);
}

#[test]
fn a5_the_collar_cuts_and_extends() {
    let sells = "2 sell 1 @ 108 x30\n2 sell 2 @ 112 x30";
    let market = format!("1 buy 1 market x50 open\n{sells}");
    assert_eq!(opening(100, "", &market).0, "uncrossed 110x30 surplus 20 buy");
    let limit = "close 100\nphase Halt\nphase Closed\nphase PreOpen\nphase OpenCall\n";
    let happened = told(&format!("{limit}1 buy 1 @ 120 x50\n{sells}\n---\nend-call\nend-call"));
    assert_eq!(happened[0], "call extended");
    assert!(happened.contains(&"uncrossed 112x50 surplus 10 sell".to_owned()), "{happened:?}");
}

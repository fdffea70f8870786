//! Stories of a book kept in step: each rule of the synchronisation, told by hand.
//!
//! A line is `change FIRST-LAST [after BEFORE] SIDE PRICExSIZE …`, `snapshot NUMBER …` or `reconnect`.

use pitfloor_data::binance::sync::{Answer, Rule, Sync, Tally, Told, WAITING_MAX};
use pitfloor_data::record::{Depth, Resting};
use pitfloor_model::units::Side;
use proptest::prelude::*;

/// What came of `story`, a line each, and the machine as it stands at its end.
fn play(rule: Rule, story: &str) -> (Vec<String>, Sync<usize>) {
    let mut sync = Sync::new(rule);
    let (mut said, mut out) = (Vec::new(), Vec::new());
    for (number, line) in story.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "change" => sync.change(depth(&words[1..]), number, &mut out),
            "snapshot" => {
                let mut depth = depth(&words[1..]);
                depth.whole = true;
                match sync.snapshot(depth, number, &mut out) {
                    Answer::Book => {}
                    other => said.push(format!("{other:?}")),
                }
            }
            "reconnect" => sync.reconnected(),
            other => panic!("{other}"),
        }
        said.extend(out.drain(..).map(|told| match told {
            Told::Book(depth, _) => format!("book {}", depth.last),
            Told::Change(depth, _) => format!("change {}", depth.last),
            Told::Gap { from, to, .. } => format!("gap {from}-{to}"),
        }));
    }
    (said, sync)
}

fn depth(words: &[&str]) -> Depth {
    let numbers = words[0].split_once('-').unwrap_or((words[0], words[0]));
    let (first, last) = (numbers.0.parse().unwrap(), numbers.1.parse().unwrap());
    let mut depth = Depth { first, last, ..Depth::default() };
    let mut rest = &words[1..];
    if let ["after", before, more @ ..] = rest {
        depth.before = Some(before.parse().unwrap());
        rest = more;
    }
    for pair in rest.chunks(2) {
        let (price, qty) = pair[1].split_once('x').unwrap();
        let (price, qty) = (price.parse().unwrap(), qty.parse().unwrap());
        let level = Resting { price, qty, orders: 0 };
        if pair[0] == "bid" { depth.bids.push(level) } else { depth.asks.push(level) }
    }
    depth
}

fn bids(sync: &Sync<usize>) -> Vec<(i64, u64)> {
    sync.book().map(|book| book.side(Side::Buy).collect()).unwrap_or_default()
}

#[test]
fn changes_wait_for_the_snapshot_and_those_it_holds_are_dropped() {
    let (said, sync) = play(
        Rule::Spot,
        "change 1-3 bid 99x1
         change 4-6 bid 98x1
         change 7-9 bid 97x1
         snapshot 5 bid 100x9 ask 101x9
         change 10-12 bid 100x0",
    );
    assert_eq!(said, ["book 5", "change 6", "change 9", "change 12"]);
    assert_eq!(bids(&sync), [(98, 1), (97, 1)], "the first was older than the snapshot");
    let tally = Tally { heard: 4, applied: 3, dropped: 1, books: 1, ..Tally::default() };
    assert_eq!(*sync.tally(), tally);
}

#[test]
fn a_snapshot_older_than_the_first_change_is_of_no_use() {
    for rule in [Rule::Spot, Rule::Futures, Rule::Growing] {
        let (said, sync) = play(
            rule,
            "change 7-9 after 6 bid 97x1
             snapshot 5 bid 100x9
             snapshot 8 bid 100x9",
        );
        assert_eq!(said, ["TooOld", "book 8", "change 9"], "{rule:?}");
        assert_eq!((sync.tally().too_old, sync.wants_snapshot()), (1, false));
    }
}

/// On futures the first change that is kept must reach over the snapshot's number.
#[test]
fn on_futures_the_first_change_straddles_the_snapshot() {
    let (said, _) = play(
        Rule::Futures,
        "change 1-3 after 0 bid 99x1
         change 7-9 after 3 bid 97x1
         snapshot 5 bid 100x9
         snapshot 7 bid 100x9
         change 15-18 after 9 bid 96x1",
    );
    assert_eq!(
        said,
        ["TooOld", "book 7", "change 9", "change 18"],
        "numbers jump, the chain holds"
    );
    let (said, sync) = play(
        Rule::Futures,
        "snapshot 5 bid 100x9
         change 2-4 after 1 bid 99x1
         change 5-5 after 4 bid 98x1
         change 8-9 after 5 bid 97x1",
    );
    assert_eq!(said, ["book 5", "change 5", "change 9"], "one that ends where it does is kept");
    assert_eq!((sync.tally().dropped, bids(&sync).len()), (1, 3));
    let (said, _) = play(
        Rule::Futures,
        "snapshot 5 bid 100x9
         change 8-9 after 5 bid 97x1",
    );
    assert_eq!(said, ["book 5", "gap 6-7"], "the first may not begin behind it");
}

#[test]
fn a_missing_change_is_a_gap_until_the_next_snapshot() {
    for (rule, story) in [
        (
            Rule::Spot,
            "snapshot 5 bid 100x9
             change 6-6 bid 99x1
             change 9-9 bid 98x1
             change 10-10 bid 97x1
             snapshot 9 bid 100x8 bid 98x1
             change 11-11 bid 96x1",
        ),
        (
            Rule::Futures,
            "snapshot 5 bid 100x9
             change 5-6 after 4 bid 99x1
             change 9-9 after 8 bid 98x1
             change 10-10 after 9 bid 97x1
             snapshot 9 bid 100x8 bid 98x1
             change 11-11 after 10 bid 96x1",
        ),
    ] {
        let (said, sync) = play(rule, story);
        let rest: &[&str] = match rule {
            // It ends where the snapshot does, and is kept.
            Rule::Futures => &["change 9", "change 10", "change 11"],
            _ => &["change 10", "change 11"],
        };
        let expected = [&["book 5", "change 6", "gap 7-8", "book 9"], rest].concat();
        assert_eq!(said, expected, "{rule:?}");
        assert_eq!(bids(&sync), [(100, 8), (98, 1), (97, 1), (96, 1)], "nothing of before is left");
        assert_eq!((sync.tally().gaps, sync.waiting()), (1, 0));
    }
}

#[test]
fn on_futures_the_chain_counts_and_not_the_number() {
    let (said, _) = play(
        Rule::Futures,
        "snapshot 5
         change 5-6 after 4
         change 7-8 after 5",
    );
    assert_eq!(said, ["book 5", "change 6", "gap 7-7"], "7 would follow 6, but it comes after 5");
}

#[test]
fn a_change_that_comes_twice_counts_once() {
    let (said, sync) = play(
        Rule::Spot,
        "snapshot 5 bid 100x9
         change 6-7 bid 100x3
         change 6-7 bid 100x3
         change 8-8 bid 99x1",
    );
    assert_eq!(said, ["book 5", "change 7", "change 8"]);
    assert_eq!((sync.tally().repeated, sync.tally().gaps), (1, 0));
    let (said, _) = play(Rule::Futures, "snapshot 5\nchange 5-7 after 4\nchange 5-7 after 4");
    assert_eq!(said, ["book 5", "change 7"]);
}

#[test]
fn after_a_reconnection_the_numbers_say_whether_anything_was_missed() {
    let (_, sync) = play(Rule::Spot, "snapshot 5 bid 100x9\nreconnect");
    assert!(sync.book().is_none() && !sync.wants_snapshot(), "nobody knows yet");
    let (said, sync) = play(Rule::Spot, "snapshot 5 bid 100x9\nreconnect\nchange 6-6 bid 99x1");
    assert_eq!((said, bids(&sync).len()), (vec!["book 5".to_owned(), "change 6".to_owned()], 2));
    let (said, sync) = play(Rule::Spot, "snapshot 5 bid 100x9\nreconnect\nchange 8-8 bid 99x1");
    assert_eq!(said, ["book 5", "gap 6-7"]);
    assert!(sync.book().is_none() && sync.wants_snapshot());
}

#[test]
fn a_newer_snapshot_is_taken_and_an_older_one_is_not() {
    let (said, sync) = play(
        Rule::Spot,
        "snapshot 5 bid 100x9
         snapshot 4 bid 1x1
         snapshot 8 bid 100x7
         change 6-8 bid 99x1
         change 9-9 bid 98x1",
    );
    assert_eq!(said, ["book 5", "NotNeeded", "book 8", "change 9"]);
    assert_eq!(bids(&sync), [(100, 7), (98, 1)]);
}

#[test]
fn a_crossed_book_is_not_to_be_trusted() {
    let (said, sync) = play(
        Rule::Spot,
        "snapshot 5 bid 100x9 ask 101x9
         change 6-6 bid 101x1
         change 7-7 bid 99x1",
    );
    assert_eq!(said, ["book 5", "gap 6-6"]);
    assert_eq!((sync.tally().crossed, sync.waiting(), sync.wants_snapshot()), (1, 1, true));
}

#[test]
fn without_a_snapshot_changes_may_be_told_as_a_part_of_the_book() {
    let mut sync = Sync::from_changes(Rule::Spot);
    let mut out = Vec::new();
    for (number, words) in
        [["3-4", "bid", "99x1"], ["5-5", "bid", "98x1"], ["8-8", "bid", "97x1"]].iter().enumerate()
    {
        sync.change(depth(words), number, &mut out);
    }
    let gaps = out.iter().filter(|told| matches!(told, Told::Gap { from: 6, to: 7, .. })).count();
    assert_eq!((out.len(), gaps, sync.book().is_none()), (4, 1, true));
}

#[test]
fn what_waits_is_bounded() {
    let mut sync = Sync::new(Rule::Spot);
    let mut out = Vec::new();
    for number in 1..=WAITING_MAX as u64 + 5 {
        sync.change(Depth { first: number, last: number, ..Depth::default() }, (), &mut out);
    }
    assert_eq!((sync.waiting(), sync.tally().overflowed, out.len()), (WAITING_MAX, 5, 0));
    let old = Depth { last: 3, whole: true, ..Depth::default() };
    assert_eq!(sync.snapshot(old, (), &mut out), Answer::TooOld, "what it needs is gone");
}

proptest! {
    /// Whenever the snapshot comes, and whatever is repeated, the book is that of all changes; and with
    /// any change lost after the snapshot there is exactly one gap.
    #[test]
    fn the_book_is_that_of_all_changes(
        sizes in prop::collection::vec((0_i64..6, 0_u64..4), 4..40),
        taken in 0.0..1.0_f64,
        told in 0.0..1.0_f64,
        lost in 0.0..1.0_f64,
    ) {
        let changes: Vec<Depth> = (1..).zip(&sizes).map(|(number, (price, qty))| {
            let bids = vec![Resting { price: *price, qty: *qty, orders: 0 }];
            Depth { first: number, last: number, bids, ..Depth::default() }
        }).collect();
        let count = changes.len();
        let [taken, lost] = [taken, lost].map(|share| (share * count as f64) as usize);
        // The book after the first `taken` changes, built by hand.
        let plain = |upto: usize| {
            let mut levels = std::collections::BTreeMap::new();
            for (price, qty) in &sizes[..upto] {
                levels.insert(*price, *qty);
            }
            levels.into_iter().rev().filter(|(_, qty)| *qty > 0).collect::<Vec<_>>()
        };
        let whole = |upto: usize| {
            let bids = plain(upto).into_iter().map(|(price, qty)| Resting { price, qty, orders: 0 });
            let last = upto as u64;
            Depth { first: last, last, bids: bids.collect(), whole: true, ..Depth::default() }
        };
        // It is told when some changes were heard already, of which the first is within it.
        let told = if taken == 0 { 0 } else { (told * count as f64) as usize };
        let mut sync = Sync::new(Rule::Spot);
        let mut out = Vec::new();
        for (place, change) in changes.iter().enumerate() {
            if place == told {
                prop_assert_eq!(sync.snapshot(whole(taken), (), &mut out), Answer::Book);
            }
            sync.change(change.clone(), (), &mut out);
            sync.change(change.clone(), (), &mut out);
        }
        let found = sync.book().map(|book| book.side(Side::Buy).collect::<Vec<_>>());
        if taken <= told || taken > 0 {
            prop_assert_eq!(found, Some(plain(count)));
            prop_assert_eq!(sync.tally().gaps, 0);
        }
        let mut sync = Sync::new(Rule::Spot);
        let mut out = Vec::new();
        sync.snapshot(whole(0), (), &mut out);
        for (place, change) in changes.iter().enumerate() {
            if place != lost {
                sync.change(change.clone(), (), &mut out);
            }
        }
        prop_assert_eq!(sync.tally().gaps, u64::from(lost + 1 < count));
        prop_assert_eq!(sync.book().is_some(), lost + 1 >= count);
    }
}

//! Faults 14 to 26: what the market's messages can be.

use crate::play::*;
use pitfloor_data::record::{Flags, State as Doing, What};
use pitfloor_live::adapter::{Frame, Input, Link, Loss, Note, State};
use pitfloor_live::alpaca::settings::{Channel, Settings};
use pitfloor_live::alpaca::stand_in::{self, Happens};
use pitfloor_live::clock::{MS, SECOND};
use pitfloor_live::message::Codec;
use serde_json::{Value, json};

fn said(messages: Vec<Value>) -> Happens {
    Happens::Said(messages)
}

fn raw(words: impl Into<Vec<u8>>) -> Happens {
    Happens::Raw(Frame::Text(words.into()))
}

/// One play in which the venue says these frames, half a second apart, after a first trade.
fn after(scenes: Vec<Happens>) -> stand_in::Alpaca {
    let first = venue().then(1, SECOND, said(vec![trade(1, 1)]));
    let at = |place: usize| 2 * SECOND + place as u64 * 500 * MS;
    scenes
        .into_iter()
        .enumerate()
        .fold(first, |venue, (place, what)| venue.then(1, at(place), what))
}

#[test]
fn fault_14_a_trade_that_comes_twice_is_told_once() {
    let make = || {
        let mut elsewhere = trade(1, 1);
        elsewhere["x"] = json!("V");
        (wish(), after(vec![said(vec![trade(1, 1), trade(2, 2), trade(2, 2), elsewhere])]))
    };
    let reaction = |play: &Play| {
        ask(trades(play) == [1, 2, 1], "each once, and the number is the exchange's own")?;
        ask(play.adapter.inner_counters().duplicates == 2, "the others are counted")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn fault_15_moments_that_cannot_be_are_kept_and_flagged() {
    let make = || {
        let (mut zero, mut future, mut early) = (trade(2, 2), trade(3, 2), trade(4, 0));
        zero["t"] = json!("0001-01-01T00:00:00Z");
        future["t"] = json!("2099-01-01T00:00:00Z");
        early["t"] = json!("2026-03-02T14:29:00Z");
        (wish(), after(vec![said(vec![zero, future, early])]))
    };
    let reaction = |play: &Play| {
        ask(trades(play) == [1, 2, 3, 4], "they stay in the order in which they came")?;
        ask(flagged(play, Flags::NO_EVENT_TIME) == 1, "no time is flagged")?;
        ask(flagged(play, Flags::SUSPECT) == 2, "no time and the far future are suspect")?;
        ask(flagged(play, Flags::BACKWARDS) == 1, "running backwards is flagged")?;
        let counters = play.adapter.inner_counters();
        ask((counters.odd_moments, counters.out_of_order) == (2, 1), "and counted")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);

    // The wall clock is set back by an hour: that is told, and no deadline moves.
    let mut wire = join(wish(), after(vec![said(vec![trade(2, 2)])]), Wrong::Nothing);
    wire.run(2 * SECOND);
    wire.wall_set_by = -3_600 * SECOND as i64;
    wire.run(30 * SECOND);
    assert_eq!(wire.adapter.inner_counters().clock_steps, 1);
    assert!(notes(&wire).contains(&&Note::ClockStep(-3_600 * SECOND as i64)));
    assert_eq!((trades(&wire), calls(&wire).len()), (vec![1, 2], 1));
    let heard = told(&wire)[1].record.heard.unwrap();
    assert!(heard < told(&wire)[1].record.at, "its way took less than nothing");
}

#[test]
fn fault_16_another_language_than_agreed_is_a_protocol_error_with_both_names() {
    let packed = Frame::Binary(vec![0x91, 0x81, 0xa1, b'T', 0xa1, b't']);
    let json = Frame::Binary(b"[{\"T\":\"t\"}]".to_vec());
    let inside = Frame::Text(vec![0x91, 0x81, 0xa1, b'T', 0xa1, b't']);
    for (codec, frame, found) in [
        (Codec::Json, packed, "a binary frame"),
        (Codec::Json, json.clone(), "JSON in a binary frame"),
        (Codec::Json, inside, "MessagePack in a text frame"),
        (Codec::MsgPack, Frame::Text(b"[]".to_vec()), "text"),
        (Codec::MsgPack, json, "JSON in a binary frame"),
    ] {
        let settings = Settings { codec, ..wish() };
        let scenes = vec![Happens::Raw(frame)];
        let make =
            || (settings.clone(), after(scenes.clone()).then(2, SECOND, said(vec![trade(2, 4)])));
        let reaction = |play: &Play| {
            let note = Note::Codec { agreed: codec.name(), found };
            ask(notes(play).contains(&&note), "both are named")?;
            ask(trades(play) == [1, 2], "and it is called again")
        };
        check(make, 10, reaction, &[Wrong::Doubles]);
    }
}

#[test]
fn fault_17_long_lists_are_read_whole_and_empty_ones_ignored() {
    let make = || {
        let many = (2..=10_001).map(|id| trade(id, 2)).collect();
        (wish(), after(vec![raw("[]"), said(many), raw(" [ ] ")]))
    };
    let reaction = |play: &Play| {
        ask(trades(play) == (1..=10_001).collect::<Vec<_>>(), "all ten thousand are told")?;
        ask(play.adapter.inner_counters().decode_errors == 0, "nothing is an error")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn fault_18_frames_and_figures_out_of_all_limits_cost_themselves_alone() {
    let deep = format!("[{{\"T\":\"t\",\"S\":{}{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    let with = |price: &str| {
        raw(format!(
            "[{{\"T\":\"t\",\"i\":9,\"S\":\"AAPL\",\"x\":\"D\",\"p\":{price},\"s\":1,\"t\":\"{}\"}}]",
            moment(2)
        ))
    };
    let thirty = "123456789012345678901234567890";
    let bad = vec![
        raw(deep),
        raw(vec![b'[', 0xff, b']']),
        with("1e400"),
        with("NaN"),
        with(thirty),
        with("\"dear\""),
        with("[]"),
        with("null"),
        raw("[{\"T\":\"t\""),
    ];
    let count = bad.len() as u64;
    let make = || {
        let mut scenes = bad.clone();
        scenes.extend([with("-0"), said(vec![trade(2, 9)])]);
        (wish(), after(scenes))
    };
    let reaction = |play: &Play| {
        ask(calls(play).len() == 1, "the connection stays")?;
        ask(trades(play) == [1, 9, 2], "what is good is told")?;
        ask(play.adapter.inner_counters().decode_errors == count, "each bad one is counted")?;
        let rejected = |field: &str| {
            notes(play)
                .iter()
                .any(|note| matches!(note, Note::Rejected { field: f, .. } if f == field))
        };
        ask(rejected("p") && rejected("S"), "by field")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);

    let make = || {
        (wish(), after(vec![raw(vec![b' '; 20 << 20])]).then(2, SECOND, said(vec![trade(2, 4)])))
    };
    let reaction = |play: &Play| {
        let closed = states(play).into_iter().find_map(|state| match state {
            State::Closed(reason) => Some(reason.clone()),
            _ => None,
        });
        ask(
            closed.is_some_and(|why| why.contains("20971520 bytes, at most 16777216")),
            "the reason is told",
        )?;
        ask(trades(play) == [1, 2], "and it is called again")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn fault_19_a_reader_that_was_too_slow_has_a_gap() {
    let notice = said(vec![json!({"T": "error", "code": 407, "msg": "slow client"})]);
    let silent = Happens::Cut(Loss { code: Some(1008), reason: String::new(), partial: false });
    for scene in [notice, silent] {
        let make = || (wish(), after(vec![scene.clone()]).then(2, SECOND, said(vec![trade(2, 4)])));
        let reaction = |play: &Play| {
            ask(gaps(play).len() == 3, "two gaps, and one of them ends")?;
            ask(trades(play) == [1, 2], "and it is called again")
        };
        check(make, 10, reaction, &[Wrong::NoGap]);
    }
}

#[test]
fn fault_20_a_burst_is_told_whole_and_frames_left_out_are_a_gap() {
    let make = || {
        let mean = (0..10).map(|at| (2 * SECOND + at * SECOND, 1_u64));
        let burst = (0..1_000).map(|at| (12 * SECOND + at * 10 * MS, 1));
        let scenes = mean.chain(burst).enumerate();
        let venue = scenes.fold(venue(), |venue, (place, (at, _))| {
            venue.then(1, at, said(vec![trade(place as u64 + 1, at / SECOND)]))
        });
        (wish(), venue)
    };
    let reaction = |play: &Play| {
        ask(trades(play) == (1..=1_010).collect::<Vec<_>>(), "nothing is lost")?;
        ask(play.under_way_max < 100, "and nothing piles up")
    };
    check(make, 30, reaction, &[Wrong::Doubles]);

    let mut wire = join(wish(), after(vec![said(vec![trade(9, 3)])]), Wrong::Nothing);
    wire.run(SECOND + 500 * MS);
    wire.tell(Input::Missed(Link(1), 17));
    wire.run(10 * SECOND);
    assert_eq!((gaps(&wire).len(), wire.adapter.inner_counters().missed), (3, 17));
    assert_eq!((trades(&wire), calls(&wire).len()), (vec![1, 9], 1));
}

#[test]
fn fault_21_what_is_unknown_is_skipped_and_what_is_missing_refuses_its_message_alone() {
    let make = || {
        let (mut more, mut less, mut renamed) = (trade(2, 2), trade(3, 2), trade(4, 2));
        more["novel"] = json!({"a": [1, 2, {"b": null}]});
        less.as_object_mut().unwrap().remove("p");
        renamed["price"] = renamed["p"].take();
        let unknown = json!({"T": "zz", "S": "AAPL"});
        (
            wish(),
            after(vec![
                said(vec![unknown.clone(), more, less, unknown, renamed]),
                raw(
                    "[{\"T\":\"t\",\"i\":5,\"i\":6,\"S\":\"AAPL\",\"x\":\"D\",\"p\":1,\"s\":1,\"t\":\"2026-03-02T14:30:02Z\"}]",
                ),
            ]),
        )
    };
    let reaction = |play: &Play| {
        let counters = play.adapter.inner_counters();
        ask(trades(play) == [1, 2, 6], "the good ones are told; of two the last holds")?;
        ask(counters.unknown.get("zz") == Some(&2), "unknown types are counted")?;
        let first = notes(play).into_iter().filter(|note| **note == Note::Unknown("zz".to_owned()));
        ask(first.count() == 1, "the first is told")?;
        ask((counters.decode_errors, counters.duplicate_keys) == (2, 1), "the rest is counted")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn fault_22_corrections_and_cancels_name_the_trade_they_speak_of() {
    let make = || {
        let correction = json!({"T": "c", "S": "AAPL", "x": "D", "oi": 1, "op": 126.55, "os": 1, "oc": ["@"],
            "ci": 7, "cp": 126.5, "cs": 2, "cc": ["@"], "z": "C", "t": moment(2)});
        let cancel = json!({"T": "x", "S": "AAPL", "i": 7, "x": "D", "p": 126.5, "s": 2, "a": "C", "z": "C", "t": moment(3)});
        let mut strange = cancel.clone();
        strange["i"] = json!(4_242);
        (wish(), after(vec![said(vec![correction]), said(vec![cancel, strange])]))
    };
    let reaction = |play: &Play| {
        let told = told(play);
        let (broken, new) = (told[1], told[2]);
        ask(broken.record.what == What::Broken { trade: 1 }, "the old trade is no more")?;
        ask(broken.channel == "corrections", "on its channel")?;
        let earlier = broken.more().earlier.as_ref().ok_or("nothing names it")?;
        ask(
            (earlier.exchange.as_str(), earlier.trade, earlier.known) == ("D", 1, true),
            "it is named whole",
        )?;
        ask(earlier.price == 126_550_000_000 && earlier.qty == 1_000_000_000, "as it was told")?;
        let What::Trade(trade) = new.record.what else { return Err("no new trade".to_owned()) };
        ask(
            (trade.trade, trade.price, new.more().revises) == (7, 126_500_000_000, true),
            "another in its place",
        )?;
        let known = told[3].more().earlier.as_ref().map(|earlier| earlier.known);
        ask(
            told[3].record.what == What::Broken { trade: 7 } && known == Some(true),
            "a cancel likewise",
        )?;
        ask(told[3].word("a") == Some("C"), "with its kind")?;
        ask(play.adapter.inner_counters().unknown_trades == 1, "an unknown one is counted")
    };
    check(make, 10, reaction, &[Wrong::NoEarlier, Wrong::Doubles]);
}

#[test]
fn fault_23_halts_bands_and_quotes_that_nobody_can_trade_with() {
    let status = |code: &str, reason: &str, second| {
        json!({"T": "s", "S": "AAPL", "sc": code, "sm": "words",
        "rc": reason, "rm": "more", "z": "C", "t": moment(second)})
    };
    let make = || {
        let bands = json!({"T": "l", "S": "AAPL", "u": 130.5, "d": 120.25, "i": "B", "z": "C", "t": moment(2)});
        let imbalance = json!({"T": "i", "S": "AAPL", "p": 126, "z": "C", "t": moment(3)});
        let venue = after(vec![
            said(vec![bands, status("H", "LUDP", 2), quote(126.5, 126.4, 2), imbalance]),
            said(vec![quote(0.0, 126.6, 3), quote(126.5, 126.5, 3), status("T", "", 4)]),
        ]);
        let wish = wish().with(Channel::Statuses, &["*"]).with(Channel::Lulds, &["*"]);
        (wish.with(Channel::Imbalances, &["AAPL"]), venue)
    };
    let reaction = |play: &Play| {
        let told = told(play);
        let what = |place: usize| &told[place].record.what;
        ask(*what(1) == What::Bands { low: 120_250_000_000, high: 130_500_000_000 }, "bands")?;
        ask(
            matches!(what(2), What::Status(status) if status.state == Doing::Paused && &status.reason == b"LUDP"),
            "a pause",
        )?;
        ask(
            matches!(what(3), What::Quote(quote) if quote.bid.unwrap().price > quote.ask.unwrap().price),
            "crossed",
        )?;
        ask(
            matches!(what(3), What::Quote(quote) if quote.bid.unwrap().qty == 100_000_000_000),
            "a round lot is a hundred",
        )?;
        ask(
            matches!(what(4), What::Imbalance(told) if told.near == Some(126_000_000_000)),
            "an imbalance",
        )?;
        ask(
            matches!(what(5), What::Quote(quote) if quote.bid.is_none() && quote.ask.is_some()),
            "no bid at zero",
        )?;
        ask(
            matches!(what(7), What::Status(status) if status.state == Doing::Trading),
            "it goes on",
        )?;
        let counters = play.adapter.inner_counters();
        ask((counters.crossed, counters.locked) == (1, 1), "crossed and locked are counted")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn fault_24_a_listing_that_disappears_is_stale_with_its_reason() {
    let make = || (wish(), after(vec![Happens::Withdrawn(Channel::Quotes, "AAPL")]));
    let reaction = |play: &Play| {
        let gaps = gaps(play);
        ask(gaps.len() == 1 && gaps[0].channel == "quotes", "its quotes have a gap")?;
        ask(gaps[0].reason.contains("withdrew"), "with the reason")?;
        let missing = vec!["quotes AAPL".to_owned()];
        ask(notes(play).contains(&&Note::Difference { missing, extra: vec![] }), "and it is told")
    };
    check(make, 10, reaction, &[Wrong::NoGap, Wrong::NoDifference]);
}

#[test]
fn fault_25_bars_told_again_take_the_place_of_the_first() {
    let bar = |kind: &str, close: f64, volume: u64| {
        json!({"T": kind, "S": "AAPL", "o": 126.5, "h": 127.0, "l": 126.0,
        "c": close, "v": volume, "n": 3, "vw": 126.512_345_678_912, "t": "2026-03-02T14:30:00Z"})
    };
    let make = || {
        let venue = after(vec![
            said(vec![bar("b", 126.6, 100)]),
            said(vec![bar("u", 126.7, 120)]),
            said(vec![bar("u", 126.8, 130), bar("d", 126.8, 130)]),
            said(vec![bar("b", 126.8, 0), bar("b", 128.0, 1)]),
        ]);
        let all: [Channel; 3] = [Channel::Bars, Channel::UpdatedBars, Channel::DailyBars];
        (all.into_iter().fold(wish(), |wish, channel| wish.with(channel, &["AAPL"])), venue)
    };
    let reaction = |play: &Play| {
        let bars = told(play).into_iter().filter_map(|told| match &told.record.what {
            What::Bar(bar) => Some((
                told.channel,
                told.more().revises,
                bar.close / 100_000_000,
                bar.volume.unwrap() / 1_000_000_000,
            )),
            _ => None,
        });
        let wanted = [
            ("bars", false, 1_266, 100),
            ("updatedBars", true, 1_267, 120),
            ("updatedBars", true, 1_268, 130),
            ("dailyBars", true, 1_268, 130),
            ("bars", false, 1_268, 0),
        ];
        ask(
            bars.collect::<Vec<_>>() == wanted,
            "each replaces the one before; an empty one is none",
        )?;
        ask(play.adapter.inner_counters().decode_errors == 1, "one outside itself is refused")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn fault_26_two_feeds_that_disagree_are_both_kept_with_their_names() {
    let one = |path: &str, price: f64| {
        let mut said_so = trade(5, 1);
        said_so["p"] = json!(price);
        let settings = Settings { path: path.to_owned(), ..wish() };
        let venue = venue().then(1, SECOND, said(vec![said_so]));
        let play = play(settings, venue, 5, Wrong::Nothing);
        sound(&play).unwrap();
        let found = told(&play)[0];
        let What::Trade(trade) = found.record.what else { panic!("{found:?}") };
        (found.source.to_string(), trade.trade, trade.price)
    };
    let wanted = [
        ("alpaca/v2/sip".to_owned(), 5, 126_550_000_000),
        ("alpaca/v2/iex".to_owned(), 5, 126_560_000_000),
    ];
    assert_eq!([one("v2/sip", 126.55), one("v2/iex", 126.56)], wanted);
}

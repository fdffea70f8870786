//! Polygon's faults: for each that can happen there, what must come of it, and adapters that do it
//! wrong, which the same check must catch. The numbers are those of the table of faults.

use pitfloor_data::record::{Flags, State as Doing, What};
use pitfloor_data::symbols::Symbols;
use pitfloor_live::adapter::{Adapter, Frame, Input, Link, Loss, Note, Output, State};
use pitfloor_live::clock::{MS, Now, SECOND, Steady};
use pitfloor_live::counters::Counters;
use pitfloor_live::credentials::Credentials;
use pitfloor_live::line::Line;
use pitfloor_live::polygon::session::{self, Polygon, Settings};
use pitfloor_live::polygon::stand_in::{self, Fault, Happens};
use pitfloor_live::told::{Gap, Told};
use pitfloor_live::wire::{START, Wire};
use pitfloor_model::units::Side;
use proptest::prelude::*;
use serde_json::{Value, json};

const KEY: &str = "polygonTestKey_0123456789";

/// An adapter that does one thing wrong, to see that the checks catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    NoPong,
    SaysKey,
    NoGap,
    Doubles,
    DeafToLoss,
    NeverOver,
    NoDifference,
}

struct Player {
    inner: Line<Polygon>,
    wrong: Wrong,
}

impl Adapter for Player {
    fn hear(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        if self.wrong == Wrong::DeafToLoss && matches!(input, Input::Lost(..)) {
            return;
        }
        let mut said = Vec::new();
        self.inner.hear(now, input, &mut said);
        for mut output in said {
            match (self.wrong, &mut output) {
                (Wrong::NoPong, Output::Send(_, sent)) if matches!(sent.frame, Frame::Pong(_)) => {
                    continue;
                }
                (Wrong::NoGap, Output::Gap(_))
                | (Wrong::NeverOver, Output::Failed(_))
                | (Wrong::NoDifference, Output::Note(_, Note::Difference { .. })) => continue,
                (Wrong::SaysKey, Output::Send(_, sent)) => sent.secret = false,
                (Wrong::Doubles, Output::Told(_)) => out.push(output.clone()),
                _ => {}
            }
            out.push(output);
        }
    }

    fn due(&self) -> Option<Steady> {
        self.inner.due()
    }

    fn counters(&self) -> &Counters {
        self.inner.counters()
    }

    fn symbols(&self) -> &Symbols {
        self.inner.symbols()
    }
}

type Play = Wire<Player, stand_in::Polygon>;

fn venue() -> stand_in::Polygon {
    stand_in::Polygon::new(KEY)
}

fn wish() -> Settings {
    let settings = Settings { base: "http://127.0.0.1:9".to_owned(), ..Settings::new("stocks") };
    settings.with(&["T.AAPL", "Q.AAPL"])
}

fn join(settings: Settings, venue: stand_in::Polygon, wrong: Wrong) -> Play {
    let inner = session::line(settings, Credentials::key(KEY), session::terms());
    Wire::new(Player { inner, wrong }, venue, 5)
}

fn play(settings: Settings, venue: stand_in::Polygon, seconds: u64, wrong: Wrong) -> Play {
    let mut wire = join(settings, venue, wrong);
    wire.run(seconds * SECOND);
    wire
}

fn sound(play: &Play) -> Result<(), String> {
    let printed = format!("{:?} {:?} {:?}", play.log, play.adapter.counters(), play.adapter.inner);
    ask(!printed.contains(KEY), "the key is hidden")?;
    ask(play.under_way_max < 100_000, "nothing piles up")
}

fn ask(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("it does not hold that {what}")) }
}

/// Holds the right adapter against `reaction`, which each of the `wrong` ones must fail.
fn check(
    make: impl Fn() -> (Settings, stand_in::Polygon),
    seconds: u64,
    reaction: impl Fn(&Play) -> Result<(), String>,
    wrong: &[Wrong],
) {
    let judge = |play: &Play| sound(play).and_then(|()| reaction(play));
    for wrong in wrong {
        let (settings, venue) = make();
        assert!(judge(&play(settings, venue, seconds, *wrong)).is_err(), "{wrong:?} is not caught");
    }
    let (settings, venue) = make();
    let right = play(settings, venue, seconds, Wrong::Nothing);
    if let Err(why) = judge(&right) {
        panic!("{why}; {:#?}", right.log);
    }
}

fn told(play: &Play) -> Vec<&Told> {
    let told = play.log.iter().filter_map(|(_, output)| match output {
        Output::Told(told) => Some(told),
        _ => None,
    });
    told.collect()
}

fn notes(play: &Play) -> Vec<&Note> {
    let notes = play.log.iter().filter_map(|(_, output)| match output {
        Output::Note(_, note) => Some(note),
        _ => None,
    });
    notes.collect()
}

fn gaps(play: &Play) -> Vec<&Gap> {
    let gaps = play.log.iter().filter_map(|(_, output)| match output {
        Output::Gap(gap) => Some(gap),
        _ => None,
    });
    gaps.collect()
}

fn calls(play: &Play) -> Vec<Steady> {
    let calls = play.log.iter().filter(|(_, output)| matches!(output, Output::Call(..)));
    calls.map(|(at, _)| *at).collect()
}

fn failure(play: &Play) -> Option<(u8, &str)> {
    play.log.iter().find_map(|(_, output)| match output {
        Output::Failed(failure) => Some((failure.exit_status(), failure.text.as_str())),
        _ => None,
    })
}

fn trades(play: &Play) -> Vec<u64> {
    let trades = told(play).into_iter().filter_map(|told| match told.record.what {
        What::Trade(trade) => Some(trade.trade),
        _ => None,
    });
    trades.collect()
}

fn ms(second: u64) -> i64 {
    START.0 / 1_000_000 + second as i64 * 1_000
}

fn trade(id: u64, q: u64, second: u64) -> Value {
    json!({"ev": "T", "sym": "AAPL", "x": 4, "i": id.to_string(), "z": 3, "p": 114.125, "s": 100, "c": [0, 12],
        "t": ms(second), "q": q})
}

fn quote(q: u64, second: u64) -> Value {
    json!({"ev": "Q", "sym": "AAPL", "bx": 4, "bp": 114.125, "bs": 1, "ax": 7, "ap": 114.128, "as": 2, "c": 0,
        "i": [604], "t": ms(second), "q": q, "z": 3})
}

fn said(messages: Vec<Value>) -> Happens {
    Happens::Said(messages)
}

fn raw(words: impl Into<Vec<u8>>) -> Happens {
    Happens::Raw(Frame::Text(words.into()))
}

/// A first trade, and then these half a second apart.
fn after(scenes: Vec<Happens>) -> stand_in::Polygon {
    let first = venue().then(1, SECOND, said(vec![trade(1, 10, 1)]));
    let at = |place: usize| 2 * SECOND + place as u64 * 500 * MS;
    scenes
        .into_iter()
        .enumerate()
        .fold(first, |venue, (place, what)| venue.then(1, at(place), what))
}

#[test]
fn a_day_begins_with_a_greeting_a_key_and_a_status_for_each_topic() {
    let play = play(wish(), after(vec![said(vec![quote(11, 2)])]), 5, Wrong::Nothing);
    sound(&play).unwrap();
    let states = play.log.iter().filter_map(|(_, output)| match output {
        Output::State(_, state) => Some(state.clone()),
        _ => None,
    });
    let wanted =
        [State::Connecting, State::Open, State::Authenticated, State::Subscribed, State::Live];
    assert_eq!(states.collect::<Vec<_>>(), wanted);
    let heard =
        play.stand_in.heard.iter().map(|(_, f)| String::from_utf8_lossy(f.bytes()).into_owned());
    let key = format!(r#"{{"action":"auth","params":"{KEY}"}}"#);
    let asked = r#"{"action":"subscribe","params":"Q.AAPL,T.AAPL"}"#.to_owned();
    assert_eq!(heard.collect::<Vec<_>>(), [key, asked]);
    let told = told(&play);
    let What::Trade(trade) = told[0].record.what else { panic!("{told:?}") };
    assert_eq!((trade.price, trade.qty, trade.trade), (114_125_000_000, 100_000_000_000, 1));
    assert_eq!((told[0].more().tape.as_str(), told[0].more().conditions.len()), ("3", 2));
    let What::Quote(quote) = told[1].record.what else { panic!("{told:?}") };
    assert_eq!(quote.ask.unwrap().qty, 200_000_000_000, "a round lot is a hundred");
    assert_eq!(
        (told[1].more().exchange.as_str(), told[1].more().ask_exchange.as_str()),
        ("4", "7")
    );
}

#[test]
fn faults_1_and_16_a_wrong_greeting_or_language_is_a_protocol_error_and_gets_no_key() {
    let text = |words: &str| Frame::Text(words.as_bytes().to_vec());
    for greeting in [
        Some(text("hello")),
        Some(text("[{\"ev\":\"T\"}]")),
        Some(text("[{}]")),
        None,
        Some(Frame::Binary(b"[]".to_vec())),
    ] {
        let make = || {
            let venue = venue().with(1, Fault::Greeting(greeting.clone()));
            (wish(), venue.then(2, SECOND, said(vec![trade(1, 1, 5)])))
        };
        let reaction = |play: &Play| {
            ask(
                play.stand_in.heard.iter().all(|(link, _)| *link == Link(2)),
                "no key is shown first",
            )?;
            ask(trades(play) == [1], "the second call is live")
        };
        check(make, 20, reaction, &[Wrong::SaysKey]);
    }
    let make = || {
        let venue = after(vec![Happens::Raw(Frame::Binary(vec![0x91, 0x80]))]);
        (wish(), venue.then(2, SECOND, said(vec![trade(2, 20, 5)])))
    };
    let note = Note::Codec { agreed: "JSON", found: "a binary frame" };
    let reaction =
        |play: &Play| ask(notes(play).contains(&&note) && trades(play) == [1, 2], "both are named");
    check(make, 20, reaction, &[Wrong::Doubles]);
}

#[test]
fn faults_2_to_5_keys_and_calls_that_are_refused() {
    for (status, words) in
        [("auth_failed", "authentication failed"), ("max_connections", "too many")]
    {
        let make = || (wish(), venue().with(0, Fault::Key(status, words)));
        let reaction = |play: &Play| {
            let (exit, said) = failure(play).ok_or("it goes on")?;
            ask(
                exit == 2 && said.contains(words) && calls(play).len() == 1,
                "it ends with the venue's words",
            )
        };
        check(make, 60, reaction, &[Wrong::SaysKey, Wrong::NeverOver]);
    }
    let ignored = play(wish(), venue().with(1, Fault::KeyIgnored), 20, Wrong::Nothing);
    assert!(
        notes(&ignored).contains(&&Note::Timeout("authentication")) && calls(&ignored).len() == 2
    );
    let late =
        play(wish(), venue().with(1, Fault::Key("auth_timeout", "late")), 20, Wrong::Nothing);
    assert_eq!((calls(&late).len(), failure(&late)), (2, None));
    for (status, again) in [(401, false), (403, false), (404, false), (429, true), (503, true)] {
        let play = play(wish(), venue().with(1, Fault::Http(status, Some(4))), 20, Wrong::Nothing);
        assert_eq!((failure(&play).is_none(), calls(&play).len() == 2), (again, again), "{status}");
    }
}

#[test]
fn faults_6_to_8_topics_are_compared_and_silence_is_told() {
    let none = play(wish(), venue().with(1, Fault::NotConfirmed), 20, Wrong::Nothing);
    assert!(notes(&none).contains(&&Note::Timeout("confirming the subscription")));
    assert_eq!(calls(&none).len(), 2);
    let make = || {
        let venue = venue().with(0, Fault::Without("Q.AAPL")).with(0, Fault::Extra("T.MSFT"));
        let mut other = trade(9, 11, 1);
        other["sym"] = json!("MSFT");
        (wish(), venue.then(1, 5 * SECOND, said(vec![trade(1, 10, 5), other])))
    };
    let reaction = |play: &Play| {
        let (missing, extra) = (vec!["Q.AAPL".to_owned()], vec!["T.MSFT".to_owned()]);
        ask(notes(play).contains(&&Note::Difference { missing, extra }), "the difference is told")?;
        ask(
            trades(play) == [1] && play.adapter.counters().unasked == 1,
            "what is extra is left out",
        )
    };
    check(make, 20, reaction, &[Wrong::NoDifference]);
    let settings = wish().with(&["T.NOSUCH"]);
    let silent = play(settings, after(vec![]), 62, Wrong::Nothing);
    for topic in ["T.NOSUCH", "Q.AAPL"] {
        assert!(notes(&silent).contains(&&Note::Silent(topic.to_owned())), "{topic}");
    }
    assert!(!notes(&silent).contains(&&Note::Silent("T.AAPL".to_owned())));
}

#[test]
fn faults_9_and_10_pings_breaks_and_silence() {
    let make = || (wish(), after(vec![Happens::Raw(Frame::Ping(b"7".to_vec()))]));
    let reaction = |play: &Play| {
        ask(
            play.stand_in.heard.iter().any(|(_, f)| *f == Frame::Pong(b"7".to_vec())),
            "it is answered",
        )
    };
    check(make, 5, reaction, &[Wrong::NoPong]);
    for fault in [
        Happens::Mute,
        Happens::Cut(Loss { code: None, reason: "reset".to_owned(), partial: true }),
    ] {
        let make = || {
            let venue = after(vec![fault.clone()]);
            (wish(), venue.then(2, SECOND, said(vec![trade(1, 10, 1), trade(2, 20, 33)])))
        };
        let reaction = |play: &Play| {
            ask(trades(play) == [1, 2], "it goes on, and nothing comes twice")?;
            ask(gaps(play).len() == 3, "with gaps, one of which ends")?;
            ask(calls(play)[1] <= 31 * SECOND, "thirty seconds at most")
        };
        check(make, 40, reaction, &[Wrong::NoGap, Wrong::Doubles]);
    }
    let cut = Happens::Cut(Loss::default());
    let make = || (wish(), after(vec![cut.clone()]));
    check(make, 10, |play| ask(calls(play).len() == 2, "at once"), &[Wrong::DeafToLoss]);
}

#[test]
fn faults_12_and_14_a_sequence_that_falls_is_a_gap_and_one_that_jumps_is_none() {
    let make = || {
        let trades = vec![trade(2, 500, 2), trade(3, 400, 2), trade(3, 400, 2), trade(4, 401, 2)];
        (wish(), after(vec![said(trades), said(vec![quote(7, 3), quote(7, 3), quote(9, 3)])]))
    };
    let reaction = |play: &Play| {
        ask(trades(play) == [1, 2, 3, 4], "all are told once")?;
        ask(
            told(play).len() == 6 && play.adapter.counters().duplicates == 2,
            "doubles are removed",
        )?;
        let gaps = gaps(play);
        ask(gaps.len() == 2 && gaps[0].channel == "T", "one gap, opened and closed")?;
        ask(gaps[0].reason.contains("backwards"), "with its reason")
    };
    check(make, 10, reaction, &[Wrong::NoGap, Wrong::Doubles]);
}

#[test]
fn faults_15_17_18_21_odd_messages_cost_themselves_alone() {
    let make = || {
        let (mut zero, mut strange, mut less) = (trade(2, 11, 2), trade(3, 12, 2), trade(4, 13, 2));
        zero["t"] = json!(0);
        strange["t"] = json!(12_345);
        less.as_object_mut().unwrap().remove("s");
        let many = (100..10_100).map(|id| trade(id, id, 2)).collect();
        let bad = raw("[{\"ev\":\"T\",\"sym\":\"AAPL\",\"p\":1e400,\"s\":1,\"t\":1614008704}]");
        (
            wish(),
            after(vec![
                raw("[]"),
                said(vec![zero, strange, less, json!({"ev": "ZZ"})]),
                bad,
                raw("[{\"ev\":\"T\""),
                raw(vec![0xff]),
                said(many),
            ]),
        )
    };
    let reaction = |play: &Play| {
        let counters = play.adapter.counters();
        ask(trades(play).len() == 10_002 && calls(play).len() == 1, "the good ones are told")?;
        ask(counters.decode_errors == 5, "the bad ones are counted")?;
        ask(counters.unknown.get("ZZ") == Some(&1), "unknown types too")?;
        let zero = told(play)[1].record.flags;
        ask(zero.has(Flags::NO_EVENT_TIME.and(Flags::SUSPECT)), "no time is flagged")?;
        let units = |note: &&&Note| matches!(note, Note::Rejected { field, found, .. } if field == "t" && found == "12345");
        ask(notes(play).iter().any(|note| units(&note)), "an unknown unit is named with its value")
    };
    check(make, 10, reaction, &[Wrong::Doubles]);
}

#[test]
fn every_type_is_read_by_its_own_letters() {
    let t = ms(1);
    let stocks = vec![
        json!({"ev": "AM", "sym": "AAPL", "v": 4110.5, "av": 9_470_157, "op": 0.4372, "vw": 0.4488, "o": 0.4488, "c": 0.4486,
            "h": 0.4489, "l": 0.4486, "a": 0.4352, "z": 685, "s": t, "e": t + 60_000}),
        json!({"ev": "LULD", "T": "AAPL", "h": 218.94, "l": 213.5, "i": [17], "z": 3, "t": t * 1_000, "q": 1}),
        json!({"ev": "NOI", "T": "AAPL", "t": t * 1_000_000, "at": 930, "a": "M", "i": 44, "x": 10, "o": -480, "p": 440, "b": 25.03}),
        json!({"ev": "FMV", "sym": "AAPL", "fmv": 189.22, "t": t}),
    ];
    let settings = wish().with(&["AM.*", "LULD.AAPL", "NOI.*", "FMV.AAPL"]);
    let play_of = |settings, messages| {
        let play = play(settings, venue().then(1, SECOND, said(messages)), 5, Wrong::Nothing);
        assert_eq!(play.adapter.counters().decode_errors, 0, "{:?}", notes(&play));
        told(&play).into_iter().cloned().collect::<Vec<_>>()
    };
    let found = play_of(settings, stocks);
    let What::Bar(bar) = &found[0].record.what else { panic!("{found:?}") };
    assert_eq!(
        (bar.span_ns, bar.volume, bar.close),
        (60 * SECOND, Some(4_110_500_000_000), 448_600_000)
    );
    assert_eq!(found[1].record.what, What::Bands { low: 213_500_000_000, high: 218_940_000_000 });
    assert!(matches!(found[2].record.what, What::Status(status) if status.state == Doing::Halted));
    let What::Imbalance(told) = &found[3].record.what else { panic!("{found:?}") };
    assert_eq!(
        (told.paired, told.left, told.side),
        (440_000_000_000, 480_000_000_000, Some(Side::Sell))
    );
    assert_eq!(
        (found[3].word("a"), found[4].record.what.clone()),
        (Some("M"), What::Value(189_220_000_000))
    );
    assert!(found.iter().all(|told| told.record.at.0 == t * 1_000_000), "in whatever unit");

    let coins = vec![
        json!({"ev": "XT", "pair": "BTC-USD", "x": 1, "i": "a-b", "p": 33_021.9, "s": 0.014, "c": [2], "t": t, "r": t + 1}),
        json!({"ev": "XQ", "pair": "BTC-USD", "bp": 33_052.79, "bs": 0.48, "ap": 33_073.19, "as": 0.6, "t": t, "x": 1, "r": t}),
        json!({"ev": "XL2", "pair": "BTC-USD", "b": [[33_712.7, 0.25]], "a": [[33_718.23, 2.5], [33_719.0, 1]], "t": t, "x": 1, "r": t}),
        json!({"ev": "XA", "pair": "BTC-USD", "v": 0.5, "vw": 33_000.5, "z": 0, "o": 1, "c": 2, "h": 3, "l": 1, "s": t, "e": t + 60_000}),
    ];
    let crypto = Settings { market: "crypto".to_owned(), wish: Default::default(), ..wish() };
    let found = play_of(crypto.clone().with(&["XT.*", "XQ.*", "XL2.BTC-USD", "XA.*"]), coins);
    let What::Trade(trade) = found[0].record.what else { panic!("{found:?}") };
    assert_eq!((trade.aggressor, found[0].more().id.as_str()), (Some(Side::Buy), "a-b"));
    assert!(
        matches!(&found[2].record.what, What::Depth(book) if book.whole && book.asks.len() == 2)
    );
    let forex = Settings { market: "forex".to_owned(), ..crypto };
    let rates = vec![
        json!({"ev": "C", "p": "USD/CNH", "x": "44", "a": 6.83366, "b": 6.83363, "t": t}),
        json!({"ev": "CA", "pair": "USD/EUR", "o": 0.8687, "c": 0.86889, "h": 0.86889, "l": 0.8686, "v": 20, "s": t}),
    ];
    let found = play_of(forex.with(&["C.*", "CA.USD/EUR"]), rates);
    assert!(
        matches!(found[0].record.what, What::Quote(quote) if quote.bid.unwrap().price == 6_833_630_000)
    );
    assert!(matches!(&found[1].record.what, What::Bar(bar) if bar.span_ns == 60 * SECOND));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic(
        frames in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..200), any::<bool>()), 1..20),
        cut in 0..400_usize,
    ) {
        let mut wire = join(wish(), venue(), Wrong::Nothing);
        wire.run(SECOND);
        let now = Now { steady: SECOND, at: START };
        let mut good = Value::Array(vec![trade(1, 1, 1), quote(2, 1)]).to_string().into_bytes();
        good.truncate(cut);
        let mut out = Vec::new();
        wire.adapter.hear(now, Input::Frame(Link(1), &Frame::Text(good)), &mut out);
        for (bytes, text) in frames {
            let frame = if text { Frame::Text(bytes) } else { Frame::Binary(bytes) };
            wire.adapter.hear(now, Input::Frame(Link(1), &frame), &mut out);
        }
        prop_assert!(sound(&wire).is_ok());
    }
}

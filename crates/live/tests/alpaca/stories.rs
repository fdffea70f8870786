//! Alpaca in good health, and bytes that nobody meant.

use crate::play::*;
use pitfloor_data::record::What;
use pitfloor_live::adapter::{Adapter, Frame, Input, Link, Output, State};
use pitfloor_live::alpaca::settings::{Channel, Settings, Topics};
use pitfloor_live::alpaca::stand_in::{self, Happens};
use pitfloor_live::clock::{Now, SECOND};
use pitfloor_live::message::Codec;
use pitfloor_live::wire::START;
use pitfloor_model::units::Side;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn topics(channel: Channel, names: &[&str]) -> Topics {
    Topics::from([(channel, names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>())])
}

#[test]
fn a_day_begins_with_a_greeting_and_the_states_say_how_far_it_is() {
    let venue = venue().then(1, SECOND, Happens::Said(vec![trade(96_921, 1)]));
    let play = play(wish(), venue, 5, Wrong::Nothing);
    sound(&play).unwrap();
    let wanted =
        [State::Connecting, State::Open, State::Authenticated, State::Subscribed, State::Live];
    assert_eq!(states(&play), wanted.iter().collect::<Vec<_>>());
    let Some((_, Output::Call(_, request))) =
        play.log.iter().find(|(_, o)| matches!(o, Output::Call(..)))
    else {
        panic!("nobody was called")
    };
    assert_eq!(request.url, "ws://127.0.0.1:9/v2/sip");
    let heard = play
        .stand_in
        .heard
        .iter()
        .map(|(_, frame)| String::from_utf8_lossy(frame.bytes()).into_owned());
    let key = format!(r#"{{"action":"auth","key":"{KEY}","secret":"{SECRET}"}}"#);
    let asked = r#"{"action":"subscribe","trades":["AAPL"],"quotes":["AAPL"]}"#.to_owned();
    assert_eq!(heard.take(2).collect::<Vec<_>>(), [key, asked]);
    let told = told(&play)[0];
    let What::Trade(trade) = told.record.what else { panic!("{told:?}") };
    assert_eq!((trade.trade, trade.price, trade.qty), (96_921, 126_550_000_000, 1_000_000_000));
    assert_eq!((told.more().exchange.as_str(), told.more().tape.as_str()), ("D", "C"));
    assert_eq!(told.more().conditions, ["@", "I"]);
    assert_eq!(told.record.at.0 - START.0, 1_208_335_929);
}

#[test]
fn the_subscription_changes_one_at_a_time_and_is_asked_for_whole_after_a_loss() {
    let cut = pitfloor_live::adapter::Loss { code: Some(1006), ..Default::default() };
    let mut wire = join(wish(), venue().then(1, 5 * SECOND, Happens::Cut(cut)), Wrong::Nothing);
    wire.run(SECOND);
    let session = wire.adapter.inner.venue_mut();
    session.subscribe(&topics(Channel::Bars, &["*"]));
    session.subscribe(&topics(Channel::Trades, &["MSFT"]));
    session.unsubscribe(&topics(Channel::Quotes, &["AAPL"]));
    wire.run(10 * SECOND);
    let mut wanted = topics(Channel::Trades, &["AAPL", "MSFT"]);
    wanted.extend(topics(Channel::Bars, &["*"]));
    wanted.extend(topics(Channel::Corrections, &["AAPL", "MSFT"]));
    wanted.extend(topics(Channel::CancelErrors, &["AAPL", "MSFT"]));
    assert_eq!(wire.adapter.inner.venue_mut().confirmed(), &wanted);
    assert!(
        notes(&wire)
            .iter()
            .all(|note| !matches!(note, pitfloor_live::adapter::Note::Difference { .. }))
    );
    let asked = wire
        .stand_in
        .heard
        .iter()
        .map(|(link, frame)| (link.0, String::from_utf8_lossy(frame.bytes())));
    let asked = asked.filter(|(_, words)| words.contains("subscribe\"")).collect::<Vec<_>>();
    assert_eq!(asked.len(), 5, "{asked:?}");
    let last = r#"{"action":"subscribe","trades":["AAPL","MSFT"],"bars":["*"]}"#;
    assert_eq!((asked[4].0, asked[4].1.as_ref()), (2, last));
}

/// A little of everything that a market of coins says.
fn coins() -> Vec<Value> {
    let t = moment(1);
    vec![
        json!({"T": "o", "S": "BTC/USD", "b": [{"p": 1.0, "s": 1.0}], "a": [], "t": t}),
        json!({"T": "o", "S": "BTC/USD", "b": [{"p": 64_000.5, "s": 0.25}], "a": [{"p": 64_001.0, "s": 0.5}], "t": t, "r": true}),
        json!({"T": "o", "S": "BTC/USD", "b": [{"p": 64_000.5, "s": 0}], "a": [], "t": t}),
        json!({"T": "t", "S": "BTC/USD", "p": 64_000.75, "s": 0.000_000_001, "i": 12, "tks": "S", "t": t}),
        json!({"T": "q", "S": "BTC/USD", "bp": 64_000.0, "bs": 0.5, "ap": 64_001.0, "as": 0.25, "t": t}),
        json!({"T": "b", "S": "BTC/USD", "o": 1.5, "h": 2, "l": 1, "c": 1.5, "v": 0, "n": 0, "vw": 0, "t": t}),
        json!({"T": "p", "S": "BTC/USD", "ip": 64_000.1, "mp": 64_000.2, "fr": 0.000_1, "oi": 12.5, "ft": t, "t": t}),
    ]
}

#[test]
fn coins_are_told_alike_in_both_languages_and_all_forms_of_time() {
    let path = "v1beta3/crypto/us";
    let channels =
        [Channel::Trades, Channel::Quotes, Channel::Bars, Channel::Orderbooks, Channel::Pricing];
    let play_in = |codec, bits| {
        let settings = Settings { codec, ..Settings::new(path) };
        let settings =
            channels.into_iter().fold(settings, |wish, channel| wish.with(channel, &["BTC/USD"]));
        let venue = stand_in::Alpaca::new(KEY, SECRET, path).times_in(bits);
        let play = play(settings, venue.then(1, SECOND, Happens::Said(coins())), 5, Wrong::Nothing);
        sound(&play).unwrap();
        assert_eq!(
            (
                play.adapter.inner_counters().before_book,
                play.adapter.inner_counters().decode_errors
            ),
            (1, 0)
        );
        told(&play)
            .into_iter()
            .map(|told| (told.record.at, told.record.what.clone(), told.more.clone()))
            .collect::<Vec<_>>()
    };
    let json = play_in(Codec::Json, 0);
    for bits in [0, 32, 64, 96] {
        assert_eq!(play_in(Codec::MsgPack, bits), json, "{bits}");
    }
    let What::Depth(book) = &json[0].1 else { panic!("{json:?}") };
    assert!(
        book.whole && book.bids[0].price == 64_000_500_000_000 && book.asks[0].qty == 500_000_000
    );
    let What::Depth(change) = &json[1].1 else { panic!("{json:?}") };
    assert!(!change.whole && change.bids[0].qty == 0 && change.asks.is_empty());
    let What::Trade(trade) = json[2].1 else { panic!("{json:?}") };
    assert_eq!((trade.qty, trade.aggressor), (1, Some(Side::Sell)));
    let What::Quote(quote) = json[3].1 else { panic!("{json:?}") };
    assert_eq!(quote.bid.unwrap().qty, 500_000_000, "no lots of coins");
    assert_eq!(json[8].1, What::OpenInterest(12_500_000_000));
}

#[test]
fn options_and_articles_have_their_own_shapes() {
    let name = "AAPL240621C00190000";
    let settings =
        Settings::new("v1beta1/opra").with(Channel::Trades, &[name]).with(Channel::Quotes, &[name]);
    let venue = stand_in::Alpaca::new(KEY, SECRET, "v1beta1/opra");
    let said = vec![
        json!({"T": "t", "S": name, "p": 3.25, "s": 2, "x": "C", "c": "g", "t": moment(1)}),
        json!({"T": "q", "S": name, "bx": "C", "bp": 3.2, "bs": 10, "ax": "N", "ap": 3.3, "as": 7, "c": "A", "t": moment(1)}),
    ];
    let options = play(settings, venue.then(1, SECOND, Happens::Said(said)), 5, Wrong::Nothing);
    sound(&options).unwrap();
    let told = told(&options);
    assert_eq!((told.len(), told[0].more().conditions.clone()), (2, vec!["g".to_owned()]));
    assert!(
        matches!(told[1].record.what, What::Quote(quote) if quote.bid.unwrap().qty == 10_000_000_000)
    );

    let article = json!({"T": "n", "id": 24_843_171, "headline": "It rose", "summary": "", "author": "A",
        "created_at": "2026-03-02T14:00:00Z", "updated_at": "2026-03-02T14:05:00Z", "url": "u",
        "content": "<p>It rose.</p>", "symbols": ["AAPL", "MSFT"], "source": "wire"});
    let settings = Settings::new("v1beta1/news").with(Channel::News, &["*"]);
    let venue = stand_in::Alpaca::new(KEY, SECRET, "v1beta1/news");
    let news =
        play(settings, venue.then(1, SECOND, Happens::Said(vec![article])), 5, Wrong::Nothing);
    let told = crate::play::told(&news);
    let What::News(article) = &told[0].record.what else { panic!("{told:?}") };
    assert_eq!(
        (article.id.as_str(), article.symbols.len(), told[0].more().revises),
        ("24843171", 2, true)
    );
    assert_eq!(told[0].word("content"), Some("<p>It rose.</p>"));
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let one = || {
        let venue = venue().with(1, stand_in::Fault::Occupied(3)).then(
            1,
            SECOND,
            Happens::Said(vec![trade(1, 1)]),
        );
        play(wish(), venue, 30, Wrong::Nothing).log
    };
    assert_eq!(one(), one());
}

/// An adapter that is live, to throw bytes at.
fn live(codec: Codec) -> Play {
    let settings = Settings { codec, ..wish() };
    let mut wire = join(settings, venue(), Wrong::Nothing);
    wire.run(SECOND);
    wire
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic(
        frames in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..200), 0..4_u8), 1..20),
        packed: bool,
    ) {
        let mut wire = live(if packed { Codec::MsgPack } else { Codec::Json });
        for (bytes, kind) in frames {
            let frame = match kind {
                0 => Frame::Text(bytes),
                1 => Frame::Binary(bytes),
                2 => Frame::Ping(bytes),
                _ => Frame::Pong(bytes),
            };
            let mut out = Vec::new();
            let now = Now { steady: SECOND, at: START };
            wire.adapter.hear(now, Input::Frame(Link(1), &frame), &mut out);
        }
        prop_assert!(sound(&wire).is_ok());
    }

    /// Good messages cut, joined and damaged anywhere: what is whole is told, what is not is refused.
    #[test]
    fn good_frames_cut_anywhere_do_no_harm(cut in 0..2_000_usize, flip in 0..2_000_usize, to: u8) {
        let all = coins().into_iter().chain([trade(1, 1), quote(1.0, 2.0, 1)]);
        let list = Value::Array(all.collect()).to_string();
        let mut wire = live(Codec::Json);
        let now = Now { steady: SECOND, at: START };
        let mut bytes = list.clone().into_bytes();
        bytes.truncate(cut.min(bytes.len()));
        let length = bytes.len();
        if let Some(byte) = bytes.get_mut(flip % length.max(1)) {
            *byte = to;
        }
        let mut out = Vec::new();
        for part in [&bytes[..], &list.as_bytes()[cut.min(list.len())..], list.as_bytes()] {
            wire.adapter.hear(now, Input::Frame(Link(1), &Frame::Text(part.to_vec())), &mut out);
        }
        let ended = out.iter().any(|output| matches!(output, Output::Hang(..)));
        let told = out.iter().filter(|output| matches!(output, Output::Told(_))).count();
        prop_assert!(ended || told >= 2, "the whole one is told");
    }
}

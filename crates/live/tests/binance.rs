//! Binance's connection: commands, errors by name, pings, and connections that must end.

use pitfloor_data::record::What;
use pitfloor_live::adapter::{Adapter, Frame, Input, Link, Note, Output, State};
use pitfloor_live::binance::overlap::{LIFE_NS, Overlap};
use pitfloor_live::binance::session::Settings;
use pitfloor_live::binance::stand_in::{Binance, EVENT_NS, Fault};
use pitfloor_live::clock::{MS, Now, SECOND};
use pitfloor_live::line::Terms;
use pitfloor_live::wire::{START, Wire};
use proptest::prelude::*;

type Play = Wire<Overlap, Binance>;

fn venue() -> Binance {
    Binance::new(START.0 / 1_000_000)
}

fn play(streams: &[&str], venue: Binance, seconds: u64) -> Play {
    let settings = Settings { base: "http://127.0.0.1:9".to_owned(), ..Settings::new(streams) };
    let mut wire = Wire::new(Overlap::new(settings, Terms::default()).unwrap(), venue, 3);
    wire.run(seconds * SECOND);
    wire
}

const BOTH: [&str; 2] = ["btcusdt@depth", "btcusdt@trade"];

fn numbers(play: &Play) -> (Vec<u64>, Vec<u64>) {
    let (mut trades, mut changes) = (Vec::new(), Vec::new());
    for (_, output) in &play.log {
        let Output::Told(told) = output else { continue };
        match &told.record.what {
            What::Trade(trade) => trades.push(trade.trade),
            What::Depth(depth) => changes.push(depth.last),
            other => panic!("{other:?}"),
        }
    }
    (trades, changes)
}

fn notes(play: &Play) -> Vec<&Note> {
    let notes = play.log.iter().filter_map(|(_, output)| match output {
        Output::Note(_, note) => Some(note),
        _ => None,
    });
    notes.collect()
}

fn count(play: &Play, what: impl Fn(&Output) -> bool) -> usize {
    play.log.iter().filter(|(_, output)| what(output)).count()
}

/// Every number from the first to the last, once.
fn whole(numbers: &[u64]) -> bool {
    numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[test]
fn streams_are_asked_for_in_one_command_and_told_in_order() {
    let play = play(&BOTH, venue(), 5);
    let asked =
        play.stand_in.heard.iter().map(|(_, _, f)| String::from_utf8_lossy(f.bytes()).into_owned());
    let wanted = r#"{"method":"SUBSCRIBE","params":["btcusdt@depth","btcusdt@trade"],"id":1}"#;
    assert_eq!(asked.collect::<Vec<_>>(), [wanted]);
    let Some((_, Output::Call(_, request))) =
        play.log.iter().find(|(_, o)| matches!(o, Output::Call(..)))
    else {
        panic!("nobody was called")
    };
    assert_eq!(request.url, "ws://127.0.0.1:9/stream");
    let (trades, changes) = numbers(&play);
    assert!(trades.len() > 40 && whole(&trades) && whole(&changes));
    assert_eq!(count(&play, |o| matches!(o, Output::State(_, State::Live))), 1);
}

#[test]
fn fault_5_whoever_is_banned_waits_as_long_as_the_venue_says() {
    for status in [418, 429] {
        let play = play(&BOTH, venue().with(1, Fault::Http(status, Some(30))), 40);
        let calls = play.log.iter().filter(|(_, o)| matches!(o, Output::Call(..)));
        let calls = calls.map(|(at, _)| *at).collect::<Vec<_>>();
        assert!(calls.len() == 2 && calls[1] >= 30 * SECOND, "{status}: {calls:?}");
    }
    let refused = play(&BOTH, venue().with(0, Fault::Http(403, None)), 40);
    assert_eq!(
        count(&refused, |o| matches!(o, Output::Failed(failure) if failure.exit_status() == 2)),
        1
    );
}

#[test]
fn faults_6_to_8_a_stream_that_is_refused_is_named_and_the_others_go_on() {
    let streams = ["btcusdt@depth", "btcusdt@trade", "nosuch", "xyz@trade"];
    let wrong = Fault::Stream("nosuch", 2, "Invalid request");
    let play = play(&streams, venue().with(0, wrong), 70);
    let told = Note::Venue { code: 2, text: "nosuch: Invalid request".to_owned() };
    assert!(notes(&play).contains(&&told), "{:?}", notes(&play));
    assert!(
        notes(&play).contains(&&Note::Silent("xyz@trade".to_owned())),
        "an answer, and nothing since"
    );
    assert!(numbers(&play).0.len() > 600);
    let commands =
        play.stand_in.heard.iter().filter(|(_, _, frame)| matches!(frame, Frame::Text(_)));
    let moments = commands.map(|(at, ..)| *at).collect::<Vec<_>>();
    assert_eq!(moments.len(), 5, "one for all, then one for each");
    let apart = moments.windows(2).all(|pair| pair[1] - pair[0] >= 245 * MS);
    assert!(apart, "at most four in a second: {moments:?}");
    let deaf = self::play(&BOTH, venue().with(1, Fault::Deaf), 10);
    assert!(notes(&deaf).contains(&&Note::Timeout("answering a command")));
    assert_eq!(count(&deaf, |o| matches!(o, Output::Call(..))), 2);
}

#[test]
fn fault_9_pings_are_answered_in_their_own_words() {
    let play = play(&BOTH, venue(), 65);
    let pongs = play.stand_in.heard.iter().filter(|(_, _, frame)| matches!(frame, Frame::Pong(_)));
    let late =
        pongs.map(|(at, _, frame)| at - u64::from_be_bytes(frame.bytes().try_into().unwrap()));
    let late = late.collect::<Vec<_>>();
    assert!(late.len() == 3 && late.iter().all(|late| *late < 10 * MS), "{late:?}");
}

#[test]
fn fault_11_a_shutdown_is_switched_over_without_a_gap_and_without_a_repetition() {
    let play = play(&BOTH, venue().with(1, Fault::Shutdown(5 * SECOND, 10 * SECOND)), 30);
    let (trades, changes) = numbers(&play);
    assert!(trades.len() > 290 && whole(&trades), "{trades:?}");
    assert!(changes.len() > 290 && whole(&changes), "{changes:?}");
    assert_eq!(count(&play, |o| matches!(o, Output::Gap(_))), 0);
    assert_eq!(count(&play, |o| matches!(o, Output::Call(..))), 2);
    assert!(play.adapter.repeated() > 0, "both stood side by side");
    assert!(!play.adapter.is_switching());
    // Without the overlap there is a gap, which the same check would catch.
    let cut = self::play(&BOTH, venue().with(1, Fault::Cut(5 * SECOND)), 30);
    assert!(!whole(&numbers(&cut).0));
    assert_eq!(count(&cut, |o| matches!(o, Output::Gap(gap) if gap.to.is_none())), 2);
    assert_eq!(count(&cut, |o| matches!(o, Output::Gap(gap) if gap.to.is_some())), 2);
}

#[test]
fn fault_11_a_connection_that_ends_at_once_is_taken_over_as_soon_as_the_next_is_live() {
    let play = play(&BOTH, venue().with(1, Fault::Shutdown(5 * SECOND, 400 * MS)), 20);
    let (trades, changes) = numbers(&play);
    assert!(whole(&trades) && whole(&changes), "{trades:?}");
    assert_eq!(count(&play, |o| matches!(o, Output::Gap(_))), 0);
}

#[test]
fn the_day_of_a_connection_is_planned_for() {
    // The clocks jump to just before its end: nothing else happens in between that matters here.
    let settings = Settings { base: "http://127.0.0.1:9".to_owned(), ..Settings::new(&BOTH) };
    let mut line = Overlap::new(settings, Terms { idle_ns: 0, ..Terms::default() }).unwrap();
    let now = |steady| Now { at: START, steady };
    let mut out = Vec::new();
    line.hear(now(0), Input::Tick, &mut out);
    line.hear(now(1), Input::Opened(Link(1)), &mut out);
    let answer = Frame::Text(br#"{"result":null,"id":1}"#.to_vec());
    line.hear(now(2), Input::Frame(Link(1), &answer), &mut out);
    line.hear(now(LIFE_NS), Input::Tick, &mut out);
    assert!(!line.is_switching());
    assert!(line.due().unwrap() <= 1 + LIFE_NS);
    line.hear(now(1 + LIFE_NS), Input::Tick, &mut out);
    assert!(line.is_switching());
    let calls = out.iter().filter(|output| matches!(output, Output::Call(..)));
    assert_eq!(calls.count(), 2, "beside the first");
    assert_eq!(EVENT_NS, 100 * MS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_panic(
        frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20),
        cut in 0..300_usize,
    ) {
        let mut wire = play(&BOTH, venue(), 1);
        let good = br#"{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":1772461800000,"s":"BTCUSDT","U":1,"u":2,"b":[["1","2"]],"a":[]}}"#;
        let now = Now { at: START, steady: SECOND };
        let mut out = Vec::new();
        for bytes in frames.into_iter().chain([good[..cut.min(good.len())].to_vec()]) {
            wire.adapter.hear(now, Input::Frame(Link(1), &Frame::Text(bytes)), &mut out);
        }
        prop_assert!(out.iter().all(|output| !matches!(output, Output::Failed(_))));
    }
}

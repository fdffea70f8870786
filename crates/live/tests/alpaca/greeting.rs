//! Faults 1 to 10: greeting, keys, subscription, staying alive.

use crate::play::*;
use pitfloor_live::adapter::{Frame, Loss, Note, State};
use pitfloor_live::alpaca::settings::{Auth, Channel, Settings};
use pitfloor_live::alpaca::stand_in::{Fault, Happens};
use pitfloor_live::clock::{MS, SECOND};
use serde_json::json;

fn text(words: &str) -> Frame {
    Frame::Text(words.as_bytes().to_vec())
}

#[test]
fn fault_1_a_wrong_greeting_is_a_protocol_error_and_gets_no_key() {
    let wrong = [
        Some(text(r#"[{"T":"success","msg":"hello"}]"#)),
        Some(text(r#"[{"T":"t","S":"AAPL"}]"#)),
        Some(text("<html>welcome</html>")),
        Some(text("{}")),
        Some(text("[7]")),
        None,
    ];
    for said in wrong {
        let make = || {
            (
                wish(),
                venue().with(2, Fault::Greeting(said.clone())).then(
                    3,
                    SECOND,
                    Happens::Said(vec![trade(1, 1)]),
                ),
            )
        };
        let reaction = |play: &Play| {
            let keys = play.stand_in.heard.iter().filter(|(_, frame)| {
                frame.bytes().windows(KEY.len()).any(|part| part == KEY.as_bytes())
            });
            let of = keys.map(|(link, _)| link.0).collect::<Vec<_>>();
            ask(of == [3], "only the third call shows a key")?;
            let told = |note: &&&Note| {
                matches!(note, Note::Protocol { .. } | Note::Timeout("the greeting"))
            };
            ask(notes(play).iter().filter(told).count() == 2, "both errors are told")?;
            ask(trades(play) == [1], "the third call is live")
        };
        check(make, 20, reaction, &[Wrong::KeyFirst]);
    }
}

#[test]
fn fault_2_a_refused_key_is_the_end_with_the_venues_words_and_without_the_key() {
    let make = || (wish(), venue().with(0, Fault::Key(402, "auth failed")));
    let reaction = |play: &Play| {
        let (status, words) = failure(play).ok_or("it goes on")?;
        ask(status == 2 && words.starts_with("auth failed"), "it ends with the venue's words")?;
        ask(calls(play).len() == 1, "nobody calls again")
    };
    let right = check(make, 60, reaction, &[Wrong::SaysKey, Wrong::NeverOver]);
    assert_eq!(failure(&right).unwrap().1, "auth failed: [hidden] [hidden] (402)");
    for code in [408, 409, 411] {
        let play = play(wish(), venue().with(0, Fault::Key(code, "no")), 60, Wrong::Nothing);
        assert_eq!((failure(&play).unwrap().0, calls(&play).len()), (2, 1), "{code}");
    }
}

#[test]
fn fault_3_a_key_that_is_not_answered_is_called_off_after_three_seconds() {
    let make = || {
        (
            wish(),
            venue().with(1, Fault::KeyIgnored).then(2, SECOND, Happens::Said(vec![trade(1, 1)])),
        )
    };
    let reaction = |play: &Play| {
        ask(notes(play).contains(&&Note::Timeout("authentication")), "it is told")?;
        let calls = calls(play);
        let apart = calls.get(1).ok_or("nobody calls again")? - calls[0];
        ask((3 * SECOND..4 * SECOND).contains(&apart), "after three seconds")?;
        ask(trades(play) == [1], "the second call is live")
    };
    check(make, 20, reaction, &[]);
    let make = || (wish(), venue().with(1, Fault::Key(404, "auth timeout")));
    check(make, 20, |play| ask(calls(play).len() == 2, "it calls again at once"), &[]);
}

#[test]
fn fault_4_a_second_connection_shows_its_key_again_and_an_old_one_that_is_dropped_leaves_a_gap() {
    let make = || {
        (
            wish(),
            venue().with(1, Fault::Occupied(4)).then(1, SECOND, Happens::Said(vec![trade(1, 8)])),
        )
    };
    let reaction = |play: &Play| {
        ask(calls(play).len() == 1, "on the same connection")?;
        let keys = play
            .stand_in
            .heard
            .iter()
            .filter(|(_, frame)| frame.bytes().windows(6).any(|w| w == b"\"auth\""));
        ask(keys.count() == 5, "the key is shown until it is taken")?;
        ask(trades(play) == [1], "and then it is live")
    };
    let right = check(make, 20, reaction, &[]);
    // 0.5 s, 1 s, 1.5 s and 2 s, and some milliseconds on the way.
    let live = right
        .log
        .iter()
        .find(|(_, o)| matches!(o, pitfloor_live::adapter::Output::State(_, State::Authenticated)));
    assert!((5 * SECOND..5 * SECOND + 100 * MS).contains(&live.unwrap().0));

    let given_up = play(wish(), venue().with(1, Fault::Occupied(99)), 100, Wrong::Nothing);
    let keys = given_up
        .stand_in
        .heard
        .iter()
        .filter(|(link, f)| link.0 == 1 && f.bytes().windows(6).any(|w| w == b"\"auth\""));
    assert_eq!(
        (keys.count(), calls(&given_up).len()),
        (16, 2),
        "shown once and fifteen times again"
    );

    let make = || {
        let cut =
            Loss { code: Some(1000), reason: "another connection".to_owned(), partial: false };
        let venue = venue().then(1, SECOND, Happens::Said(vec![trade(1, 1)]));
        let venue = venue.then(1, 2 * SECOND, Happens::Cut(cut));
        (wish(), venue.then(2, SECOND, Happens::Said(vec![trade(2, 4)])))
    };
    let reaction = |play: &Play| {
        ask(states(play).iter().any(|state| matches!(state, State::Stale(_))), "it is stale")?;
        let gaps = gaps(play);
        let opened = gaps.iter().filter(|gap| gap.to.is_none()).count();
        let closed = gaps.iter().filter(|gap| gap.to.is_some()).count();
        ask((opened, closed) == (2, 1), "trades and quotes have a gap, and that of trades ends")
    };
    check(make, 10, reaction, &[Wrong::NoGap, Wrong::DeafToLoss]);
}

#[test]
fn fault_5_a_refused_call_is_the_end_unless_the_venue_only_wants_time() {
    for status in [400, 401, 403, 404] {
        let make = || (wish(), venue().with(0, Fault::Http(status, None)));
        let reaction = |play: &Play| {
            let (exit, words) = failure(play).ok_or("it goes on")?;
            ask(exit == 2 && words.contains(&status.to_string()), "it ends with the status")?;
            ask(calls(play).len() == 1, "nobody calls again")
        };
        check(make, 60, reaction, &[Wrong::NeverOver]);
    }
    let busy = play(wish(), venue().with(1, Fault::Http(429, Some(7))), 60, Wrong::Nothing);
    assert!(calls(&busy)[1] >= 7 * SECOND && failure(&busy).is_none(), "{:?}", calls(&busy));
    let down = play(wish(), venue().with(3, Fault::Http(503, None)), 60, Wrong::Nothing);
    assert!(calls(&down).len() == 4 && calls(&down)[3] < 2 * SECOND);
    let deaf = play(wish(), venue().with(1, Fault::Deaf), 60, Wrong::Nothing);
    assert!(calls(&deaf).len() == 2 && calls(&deaf)[1] > 10 * SECOND);
}

#[test]
fn fault_6_what_is_confirmed_is_compared_with_what_was_asked() {
    let make = || (wish(), venue().with(1, Fault::NotConfirmed));
    let reaction = |play: &Play| {
        ask(notes(play).contains(&&Note::Timeout("confirming the subscription")), "it is told")?;
        ask(calls(play).len() == 2, "it calls again")
    };
    check(make, 20, reaction, &[]);

    let make = || {
        let venue = venue().with(0, Fault::Without(Channel::Quotes, "AAPL"));
        let venue = venue.with(0, Fault::Extra(Channel::Trades, "MSFT"));
        let mut other = trade(2, 1);
        other["S"] = json!("MSFT");
        (wish(), venue.then(1, SECOND, Happens::Said(vec![trade(1, 1), other])))
    };
    let reaction = |play: &Play| {
        let missing = vec!["quotes AAPL".to_owned()];
        let extra = vec!["trades MSFT".to_owned()];
        ask(notes(play).contains(&&Note::Difference { missing, extra }), "the difference is told")?;
        ask(trades(play) == [1], "what was not asked for is left out")?;
        ask(play.adapter.inner_counters().unasked == 1, "and counted")
    };
    check(make, 20, reaction, &[Wrong::NoDifference]);
}

#[test]
fn fault_7_a_symbol_of_which_nothing_comes_is_told_after_a_minute() {
    let make = || {
        let quotes = (1..90).map(|second| (second, quote(126.5, 126.6, second)));
        let venue = quotes.fold(venue(), |venue, (second, quote)| {
            venue.then(1, second * SECOND, Happens::Said(vec![quote]))
        });
        (wish().with(Channel::Trades, &["NOSUCH"]), venue)
    };
    let reaction = |play: &Play| {
        let silent = |name: &str| notes(play).contains(&&Note::Silent(format!("trades {name}")));
        ask(silent("NOSUCH") && silent("AAPL"), "both silent ones are named")?;
        ask(!notes(play).contains(&&Note::Silent("quotes AAPL".to_owned())), "the busy one is not")
    };
    check(make, 80, reaction, &[]);
    // A malformed symbol: the venue refuses the whole change, and the connection stays.
    let refused = play(
        wish(),
        venue().with(0, Fault::Subscription(400, "invalid syntax")),
        30,
        Wrong::Nothing,
    );
    assert_eq!((calls(&refused).len(), failure(&refused)), (1, None));
    let told = Note::Venue { code: 400, text: "invalid syntax".to_owned() };
    assert!(notes(&refused).contains(&&told));
    assert!(
        notes(&refused)
            .iter()
            .any(|note| matches!(note, Note::Difference { missing, .. } if missing.len() == 2))
    );
}

#[test]
fn fault_8_limits_are_told_and_what_the_plan_lacks_is_the_end() {
    let limited = play(
        wish(),
        venue().with(0, Fault::Subscription(405, "symbol limit exceeded")),
        30,
        Wrong::Nothing,
    );
    assert_eq!((calls(&limited).len(), failure(&limited)), (1, None));
    assert!(notes(&limited).iter().any(|note| matches!(note, Note::Venue { code: 405, .. })));
    for (code, words) in [
        (409, "insufficient subscription"),
        (410, "invalid subscribe action for this feed"),
        (411, "insufficient scope"),
        (412, "option messages only in MsgPack"),
        (413, "star not allowed"),
    ] {
        let make = || (wish(), venue().with(0, Fault::Subscription(code, words)));
        let reaction = |play: &Play| {
            let (status, said) = failure(play).ok_or("it goes on")?;
            ask(status == 2 && said.contains(words), "it ends with the venue's words")?;
            ask(calls(play).len() == 1, "nobody calls again")
        };
        check(make, 30, reaction, &[Wrong::NeverOver]);
    }
}

#[test]
fn fault_9_pings_are_answered_at_once_and_ours_must_be() {
    let make = || {
        let pings = (0..200).map(|at| (at, Frame::Ping(vec![at as u8; 4])));
        let venue = pings.fold(venue(), |venue, (at, ping)| {
            let load = (0..50).map(|id| trade(at * 50 + id + 1, 1)).collect();
            let venue = venue.then(1, SECOND + at * MS, Happens::Said(load));
            venue.then(1, SECOND + at * MS, Happens::Raw(ping))
        });
        (wish(), venue)
    };
    let reaction = |play: &Play| {
        let pongs = play.stand_in.heard.iter().filter(|(_, frame)| matches!(frame, Frame::Pong(_)));
        let answered = pongs.map(|(_, frame)| frame.bytes()[0]).collect::<Vec<_>>();
        ask(answered == (0..200).collect::<Vec<u8>>(), "each is answered in its own words")
    };
    check(make, 5, reaction, &[Wrong::NoPong]);

    let make = || {
        (wish(), venue().with(1, Fault::NoPong).then(1, SECOND, Happens::Said(vec![trade(1, 1)])))
    };
    let reaction = |play: &Play| {
        ask(notes(play).contains(&&Note::Timeout("answering a ping")), "it is told")?;
        let again = *calls(play).get(1).ok_or("nobody calls again")?;
        ask((15 * SECOND..16 * SECOND).contains(&again), "ten seconds and five")?;
        ask(gaps(play).len() == 2, "with gaps")
    };
    check(make, 20, reaction, &[Wrong::NoGap]);
}

#[test]
fn fault_10_a_connection_that_breaks_or_falls_silent_is_called_again() {
    let broken = Loss { code: None, reason: "connection reset".to_owned(), partial: true };
    let make = || {
        let venue = venue().then(1, SECOND, Happens::Said(vec![trade(1, 1)]));
        let venue = venue.then(1, 2 * SECOND, Happens::Cut(broken.clone()));
        (wish(), venue.then(2, SECOND, Happens::Said(vec![trade(1, 1), trade(2, 4)])))
    };
    let reaction = |play: &Play| {
        ask(trades(play) == [1, 2], "it goes on, and nothing comes twice")?;
        ask(play.adapter.inner_counters().partial == 1, "the part of a frame is counted")?;
        ask(notes(play).contains(&&Note::Partial), "and told")
    };
    check(make, 10, reaction, &[Wrong::DeafToLoss, Wrong::Doubles]);

    let make = || {
        let venue = venue().then(1, SECOND, Happens::Said(vec![trade(1, 1)]));
        let venue = venue.then(1, 2 * SECOND, Happens::Mute);
        (wish(), venue.then(2, SECOND, Happens::Said(vec![trade(2, 17)])))
    };
    let reaction = |play: &Play| {
        ask(trades(play) == [1, 2], "silence is noticed")?;
        ask(states(play).iter().any(|state| matches!(state, State::Stale(_))), "and called stale")
    };
    check(make, 30, reaction, &[]);
}

#[test]
fn keys_are_taken_in_headers_and_as_tokens_too() {
    for auth in [Auth::Message, Auth::Headers, Auth::OAuth] {
        let settings = Settings { auth, ..wish() };
        let venue = venue().then(1, SECOND, Happens::Said(vec![trade(1, 1)]));
        let play = play(settings, venue, 5, Wrong::Nothing);
        sound(&play).unwrap();
        assert_eq!(trades(&play), [1], "{auth:?}: {:#?}", play.log);
        let keys = play
            .stand_in
            .heard
            .iter()
            .filter(|(_, f)| f.bytes().windows(6).any(|w| w == b"\"auth\""));
        assert_eq!(keys.count(), usize::from(auth != Auth::Headers), "{auth:?}");
    }
}

//! A conversation between the adapter and the stand-in, and what is asked of every one of them.

use pitfloor_data::record::{Flags, What};
use pitfloor_live::adapter::{Adapter, Frame, Input, Note, Outgoing, Output, State};
use pitfloor_live::alpaca::session::{self, Alpaca};
use pitfloor_live::alpaca::settings::{Channel, Settings};
use pitfloor_live::alpaca::stand_in;
use pitfloor_live::clock::{Now, SECOND, Steady};
use pitfloor_live::counters::Counters;
use pitfloor_live::credentials::Credentials;
use pitfloor_live::line::{Line, Terms};
use pitfloor_live::told::{Gap, Told};
use pitfloor_live::wire::Wire;
use serde_json::{Value, json};

pub(crate) const KEY: &str = "PKTESTKEY0123456789";
pub(crate) const SECRET: &str = "verySecretWordsOfTheTestKey";

/// An adapter that does one thing wrong, to see that the checks catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Nothing,
    /// Answers no ping.
    NoPong,
    /// Says aloud what it sends.
    SaysKey,
    /// Keeps quiet about gaps.
    NoGap,
    /// Hands on what it has handed on already.
    Doubles,
    /// Does not hear that its connection was lost.
    DeafToLoss,
    /// Sends its key at once, whoever answers.
    KeyFirst,
    /// Keeps quiet about being over.
    NeverOver,
    /// Keeps quiet about differences.
    NoDifference,
    /// Takes trades back by number alone.
    NoEarlier,
}

pub(crate) struct Player {
    pub(crate) inner: Line<Alpaca>,
    pub(crate) wrong: Wrong,
}

impl Player {
    pub(crate) fn inner_counters(&self) -> &Counters {
        self.inner.counters()
    }
}

impl Adapter for Player {
    fn hear(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        let from = out.len();
        match (self.wrong, input) {
            (Wrong::DeafToLoss, Input::Lost(..)) => {}
            (Wrong::KeyFirst, Input::Opened(link)) => {
                self.inner.hear(now, input, out);
                let key = json!({"action": "auth", "key": KEY, "secret": SECRET}).to_string();
                let frame = Frame::Text(key.into_bytes());
                out.push(Output::Send(link, Outgoing { frame, secret: true }));
            }
            _ => self.inner.hear(now, input, out),
        }
        let said = out.split_off(from);
        for mut output in said {
            match (self.wrong, &mut output) {
                (Wrong::NoPong, Output::Send(_, Outgoing { frame: Frame::Pong(_), .. }))
                | (Wrong::NoGap, Output::Gap(_))
                | (Wrong::NeverOver, Output::Failed(_))
                | (Wrong::NoDifference, Output::Note(_, Note::Difference { .. })) => continue,
                (Wrong::SaysKey, Output::Send(_, sent)) => sent.secret = false,
                (Wrong::Doubles, Output::Told(_)) => out.push(output.clone()),
                (Wrong::NoEarlier, Output::Told(told)) => told.more = None,
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

    fn symbols(&self) -> &pitfloor_data::symbols::Symbols {
        self.inner.symbols()
    }
}

pub(crate) type Play = Wire<Player, stand_in::Alpaca>;

/// The stand-in of shares that opens to the key of the tests.
pub(crate) fn venue() -> stand_in::Alpaca {
    stand_in::Alpaca::new(KEY, SECRET, "v2/sip")
}

/// Trades and quotes of one share.
pub(crate) fn wish() -> Settings {
    let settings = Settings { base: "http://127.0.0.1:9".to_owned(), ..Settings::new("v2/sip") };
    settings.with(Channel::Trades, &["AAPL"]).with(Channel::Quotes, &["AAPL"])
}

/// Joins them; nothing has happened yet.
pub(crate) fn join(settings: Settings, venue: stand_in::Alpaca, wrong: Wrong) -> Play {
    let credentials = Credentials::pair(KEY, SECRET);
    let inner = session::line(settings, credentials, Terms::default()).expect("it can work");
    Wire::new(Player { inner, wrong }, venue, 11)
}

/// Plays for so many seconds and asks what is asked of every play.
pub(crate) fn play(
    settings: Settings,
    venue: stand_in::Alpaca,
    seconds: u64,
    wrong: Wrong,
) -> Play {
    let mut wire = join(settings, venue, wrong);
    wire.run(seconds * SECOND);
    wire
}

/// Nothing that was said holds the key, and nothing grew without bound.
pub(crate) fn sound(play: &Play) -> Result<(), String> {
    let printed = format!("{:?} {:?} {:?}", play.log, play.adapter.counters(), play.adapter.inner);
    if printed.contains(KEY) || printed.contains(SECRET) {
        return Err("the key is shown".to_owned());
    }
    if play.under_way_max > 100_000 {
        return Err(format!("{} frames under way", play.under_way_max));
    }
    Ok(())
}

/// Holds the right adapter against `reaction`, which each of the `wrong` ones must fail.
pub(crate) fn check(
    make: impl Fn() -> (Settings, stand_in::Alpaca),
    seconds: u64,
    reaction: impl Fn(&Play) -> Result<(), String>,
    wrong: &[Wrong],
) -> Play {
    let judge = |play: &Play| sound(play).and_then(|()| reaction(play));
    for wrong in wrong {
        let (settings, venue) = make();
        let caught = judge(&play(settings, venue, seconds, *wrong));
        assert!(caught.is_err(), "{wrong:?} is not caught");
    }
    let (settings, venue) = make();
    let right = play(settings, venue, seconds, Wrong::Nothing);
    if let Err(why) = judge(&right) {
        panic!("{why}; {:#?}", right.log);
    }
    right
}

pub(crate) fn told(play: &Play) -> Vec<&Told> {
    let told = play.log.iter().filter_map(|(_, output)| match output {
        Output::Told(told) => Some(told),
        _ => None,
    });
    told.collect()
}

pub(crate) fn notes(play: &Play) -> Vec<&Note> {
    let notes = play.log.iter().filter_map(|(_, output)| match output {
        Output::Note(_, note) => Some(note),
        _ => None,
    });
    notes.collect()
}

pub(crate) fn gaps(play: &Play) -> Vec<&Gap> {
    let gaps = play.log.iter().filter_map(|(_, output)| match output {
        Output::Gap(gap) => Some(gap),
        _ => None,
    });
    gaps.collect()
}

pub(crate) fn states(play: &Play) -> Vec<&State> {
    let states = play.log.iter().filter_map(|(_, output)| match output {
        Output::State(_, state) => Some(state),
        _ => None,
    });
    states.collect()
}

pub(crate) fn calls(play: &Play) -> Vec<Steady> {
    let calls = play.log.iter().filter(|(_, output)| matches!(output, Output::Call(..)));
    calls.map(|(at, _)| *at).collect()
}

/// How it ended: the exit status and the venue's words.
pub(crate) fn failure(play: &Play) -> Option<(u8, &str)> {
    play.log.iter().find_map(|(_, output)| match output {
        Output::Failed(failure) => Some((failure.exit_status(), failure.text.as_str())),
        _ => None,
    })
}

/// Says what does not hold.
pub(crate) fn ask(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("it does not hold that {what}")) }
}

/// A trade of a share at the second `second` after the start.
pub(crate) fn trade(id: u64, second: u64) -> Value {
    json!({"T": "t", "i": id, "S": "AAPL", "x": "D", "p": 126.55, "s": 1, "t": moment(second),
        "c": ["@", "I"], "z": "C"})
}

/// A quote of a share.
pub(crate) fn quote(bid: f64, ask: f64, second: u64) -> Value {
    json!({"T": "q", "S": "AAPL", "bx": "U", "bp": bid, "bs": 1, "ax": "Q", "ap": ask, "as": 4,
        "c": ["R"], "z": "C", "t": moment(second)})
}

/// The moment `second` seconds after the start of every play.
pub(crate) fn moment(second: u64) -> String {
    format!("2026-03-02T14:{:02}:{:02}.208335929Z", 30 + second / 60, second % 60)
}

pub(crate) fn trades(play: &Play) -> Vec<u64> {
    let trades = told(play).into_iter().filter_map(|told| match told.record.what {
        What::Trade(trade) => Some(trade.trade),
        _ => None,
    });
    trades.collect()
}

pub(crate) fn flagged(play: &Play, flags: Flags) -> usize {
    told(play).iter().filter(|told| told.record.flags.has(flags)).count()
}

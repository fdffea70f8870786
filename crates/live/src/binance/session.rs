//! What is said on an open connection to Binance: commands, paced, and streams.

use super::decode;
use crate::adapter::{Frame, Note, Request, State, socket_url};
use crate::clock::{MS, SECOND, Steady};
use crate::credentials::Credentials;
use crate::line::{Line, Terms, Venue};
use crate::message::{Codec, Field, Message, Reject};
use crate::post::Post;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The address of spot's public data.
pub const SPOT: &str = "wss://data-stream.binance.vision";

/// The address of futures in coins.
pub const COIN_M: &str = "wss://dstream.binance.com";

/// The address of futures in dollars: best prices and books.
pub const USD_M_PUBLIC: &str = "wss://fstream.binance.com/public";

/// The address of futures in dollars: trades, marks, bars.
pub const USD_M_MARKET: &str = "wss://fstream.binance.com/market";

/// The variable that says another address.
pub const BASE_VARIABLE: &str = "PITFLOOR_BINANCE_STREAM_URL";

/// Between two commands: four in a second, of the five that the venue takes from us in all.
pub const COMMAND_NS: u64 = 250 * MS;

/// The most streams of a connection.
pub const STREAMS_MAX: usize = 1_024;

/// Where and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address, with any scheme.
    pub base: String,
    /// The streams: `btcusdt@trade`.
    pub streams: BTreeSet<String>,
    /// Whether times are asked for in microseconds.
    pub micros: bool,
    /// How long the answer to a command may take.
    pub step_ns: u64,
    /// How long after a subscription nothing may come on a stream before that is said.
    pub silent_ns: u64,
}

/// Binance's rules.
#[derive(Debug)]
pub struct Binance {
    settings: Settings,
    /// Commands that wait for their moment: what each asks for.
    waiting: VecDeque<Vec<String>>,
    next_at: Steady,
    /// Commands without an answer, by number: what was asked, and by when it must come.
    flying: BTreeMap<i64, (Vec<String>, Steady)>,
    numbered: i64,
    confirmed: BTreeSet<String>,
    heard: BTreeSet<String>,
    silent_at: Option<Steady>,
    /// The venue said that it will close this connection.
    pub(crate) leaving: bool,
}

impl Settings {
    /// These streams of spot.
    #[must_use]
    pub fn new(streams: &[&str]) -> Self {
        Self {
            base: SPOT.to_owned(),
            streams: streams.iter().map(|stream| (*stream).to_owned()).collect(),
            micros: false,
            step_ns: 3 * SECOND,
            silent_ns: 60 * SECOND,
        }
    }

    /// What cannot work, said before anybody is called.
    ///
    /// # Errors
    ///
    /// When there are more streams than a connection takes.
    pub fn check(&self) -> Result<(), String> {
        let count = self.streams.len();
        if count > STREAMS_MAX {
            return Err(format!("{count} streams, at most {STREAMS_MAX} on a connection"));
        }
        Ok(())
    }
}

/// A line to Binance. It asks for no pongs: the venue does the asking.
///
/// # Errors
///
/// When the venue would refuse what `settings` ask for.
pub fn line(settings: Settings, terms: Terms) -> Result<Line<Binance>, String> {
    settings.check()?;
    let venue = Binance {
        settings,
        waiting: VecDeque::new(),
        next_at: 0,
        flying: BTreeMap::new(),
        numbered: 0,
        confirmed: BTreeSet::new(),
        heard: BTreeSet::new(),
        silent_at: None,
        leaving: false,
    };
    Ok(Line::new(venue, "binance", None, Terms { ping_ns: 0, ..terms }))
}

impl Binance {
    fn answered(&mut self, id: i64, error: Option<(i64, String)>, post: &mut Post) {
        let Some((streams, _)) = self.flying.remove(&id) else { return };
        match error {
            None => self.confirmed.extend(streams),
            Some((code, text)) if streams.len() == 1 => {
                let stream = &streams[0];
                self.settings.streams.remove(stream);
                post.note(Note::Venue { code, text: format!("{stream}: {text}") });
            }
            // One of them is at fault; asked one by one, it is known by name.
            Some(_) => self.waiting.extend(streams.into_iter().map(|stream| vec![stream])),
        }
        if self.flying.is_empty() && self.waiting.is_empty() {
            self.silent_at = Some(post.now().steady + self.settings.silent_ns);
            if self.confirmed.is_empty() {
                return post.never("the venue takes none of the streams");
            }
            post.state(State::Subscribed);
        }
    }

    fn message(&mut self, message: &Message<'_>, post: &mut Post) {
        post.counters.duplicate_keys += message.duplicates;
        let id = message.get("id").and_then(Field::integer);
        let inner = message.get("error").and_then(|error| error.message().ok());
        let fault = inner.as_ref().unwrap_or(message);
        if let (Some(code), None) = (fault.get("code").and_then(Field::integer), fault.get("e")) {
            let text = fault.words("msg");
            return match id {
                Some(id) => self.answered(id, Some((code, text)), post),
                None => post.note(Note::Venue { code, text }),
            };
        }
        if let Some(id) = id.filter(|_| message.names().any(|name| name == "result")) {
            return self.answered(id, None, post);
        }
        let stream = message.words("stream");
        if stream == "!serverShutdown" || message.words("e") == "serverShutdown" {
            self.leaving = true;
            return post.note(Note::Switching("the venue shuts this server down".to_owned()));
        }
        let told = match message.get("data").map(Field::message) {
            Some(Ok(payload)) => {
                self.heard.insert(stream.clone());
                if !self.settings.streams.contains(&stream) {
                    post.counters.unasked += 1;
                    return;
                }
                decode::read(&stream, &payload, post)
            }
            Some(Err(reject)) => Err(reject),
            None => decode::read("", message, post),
        };
        if let Err(reject) = told {
            post.refuse(if stream.is_empty() { "?" } else { &stream }, reject);
        }
    }

    fn say_silent(&mut self, post: &mut Post) {
        self.silent_at = None;
        for stream in self.confirmed.difference(&self.heard) {
            post.note(Note::Silent(stream.clone()));
        }
    }
}

impl Venue for Binance {
    fn request(&self, _credentials: Option<&Credentials>) -> Request {
        let unit = if self.settings.micros { "?timeUnit=MICROSECOND" } else { "" };
        let url = format!("{}/stream{unit}", socket_url(&self.settings.base));
        Request { url, headers: Vec::new(), secrets: Vec::new() }
    }

    fn opened(&mut self, post: &mut Post) {
        self.lost();
        // Nobody is asked for a key.
        post.state(State::Authenticated);
        let streams = self.settings.streams.iter().cloned().collect::<Vec<_>>();
        if !streams.is_empty() {
            self.waiting.push_back(streams);
        }
        self.tick(post);
    }

    fn frame(&mut self, frame: &Frame, post: &mut Post) {
        if matches!(frame, Frame::Binary(_)) || Codec::of(frame.bytes()) == Some(Codec::MsgPack) {
            post.counters.decode_errors += 1;
            post.note(Note::Codec { agreed: Codec::Json.name(), found: "a binary frame" });
            return post.again("protocol error: JSON was agreed, a binary frame came");
        }
        let walked = Codec::Json.walk(frame.bytes(), &mut |message| match message {
            Ok(message) => self.message(&message, post),
            Err(reject) => post.refuse("?", reject),
        });
        if let Err(reject) = walked {
            post.refuse("frame", Reject { field: "".into(), ..reject });
        }
    }

    fn tick(&mut self, post: &mut Post) {
        let now = post.now().steady;
        if self.flying.values().any(|(_, by)| now >= *by) {
            post.note(Note::Timeout("answering a command"));
            return post.again("a command was not answered in time");
        }
        if self.silent_at.is_some_and(|at| now >= at) {
            self.say_silent(post);
        }
        if now < self.next_at {
            return;
        }
        if let Some(streams) = self.waiting.pop_front() {
            self.numbered += 1;
            let asked = json!({"method": "SUBSCRIBE", "params": streams, "id": self.numbered});
            post.send(Frame::Text(asked.to_string().into_bytes()));
            self.flying.insert(self.numbered, (streams, now + self.settings.step_ns));
            self.next_at = now + COMMAND_NS;
        }
    }

    fn due(&self) -> Option<Steady> {
        let next = (!self.waiting.is_empty()).then_some(self.next_at);
        let by = self.flying.values().map(|(_, by)| *by);
        by.chain(next).chain(self.silent_at).min()
    }

    fn lost(&mut self) {
        self.waiting.clear();
        self.flying.clear();
        self.confirmed.clear();
        self.heard.clear();
        self.silent_at = None;
        self.leaving = false;
    }
}

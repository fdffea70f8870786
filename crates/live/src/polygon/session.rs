//! What is said on an open connection to Polygon: the greeting, the key, the topics.

use super::decode::{self, KINDS, Sequences};
use crate::adapter::{Frame, Note, Request, State, socket_url};
use crate::clock::{SECOND, Steady};
use crate::credentials::Credentials;
use crate::line::{Line, Terms, Venue};
use crate::lots::QuoteSizes;
use crate::message::{Codec, Field, Message, Reject};
use crate::post::Post;
use pitfloor_data::symbols::Scale;
use serde_json::json;
use std::collections::BTreeSet;

/// The address of the streams in real time.
pub const BASE: &str = "wss://socket.massive.com";

/// The address before the venue was renamed.
pub const OLD_BASE: &str = "wss://socket.polygon.io";

/// The variable that says another address.
pub const BASE_VARIABLE: &str = "PITFLOOR_POLYGON_STREAM_URL";

/// Where and what.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The address, with any scheme.
    pub base: String,
    /// The market: `stocks`, `crypto`, `futures/cme`.
    pub market: String,
    /// The topics: `T.AAPL`, `AM.*`.
    pub wish: BTreeSet<String>,
    /// What whole numbers mean.
    pub scale: Scale,
    /// What the sizes of quotes of shares count.
    pub quote_sizes: QuoteSizes,
    /// How long each step of the greeting may take.
    pub step_ns: u64,
    /// How long after a subscription nothing may come before that is said.
    pub silent_ns: u64,
}

/// Where the conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Greeting,
    Authenticating,
    Subscribing,
    Running,
}

/// Polygon's rules.
#[derive(Debug)]
pub struct Polygon {
    settings: Settings,
    step: Step,
    by: Option<Steady>,
    silent_at: Option<Steady>,
    confirmed: BTreeSet<String>,
    sequences: Sequences,
}

impl Settings {
    /// A market in real time, with nothing asked for.
    #[must_use]
    pub fn new(market: &str) -> Self {
        Self {
            base: BASE.to_owned(),
            market: market.to_owned(),
            wish: BTreeSet::new(),
            scale: Scale { price: -9, size: -9 },
            quote_sizes: QuoteSizes::RoundLots(100),
            step_ns: 3 * SECOND,
            silent_ns: 60 * SECOND,
        }
    }

    /// The same, with these topics.
    #[must_use]
    pub fn with(mut self, topics: &[&str]) -> Self {
        self.wish.extend(topics.iter().map(|topic| (*topic).to_owned()));
        self
    }
}

/// How the venue's own client keeps a connection: a ping every 25 s, and something heard every 30 s.
#[must_use]
pub fn terms() -> Terms {
    let (ping_ns, pong_ns) = (25 * SECOND, 5 * SECOND);
    Terms { ping_ns, pong_ns, any_frame_answers: true, ..Terms::default() }
}

/// A line to Polygon.
#[must_use]
pub fn line(settings: Settings, credentials: Credentials, terms: Terms) -> Line<Polygon> {
    let source = format!("polygon/{}", settings.market);
    let venue = Polygon {
        settings,
        step: Step::Greeting,
        by: None,
        silent_at: None,
        confirmed: BTreeSet::new(),
        sequences: Sequences::new(),
    };
    Line::new(venue, &source, Some(credentials), terms)
}

impl Polygon {
    fn await_by(&mut self, post: &Post) {
        self.by = Some(post.now().steady + self.settings.step_ns);
    }

    fn write(message: &serde_json::Value) -> Frame {
        Frame::Text(message.to_string().into_bytes())
    }

    fn status(&mut self, message: &Message<'_>, post: &mut Post) {
        let status = message.words("status");
        let words = message.get("message").and_then(Field::words).unwrap_or_default();
        let words = post.clean(&words);
        match (status.as_str(), self.step) {
            ("connected", Step::Greeting) => {
                self.step = Step::Authenticating;
                self.await_by(post);
                let Some(credentials) = post.credentials.clone() else {
                    return post.never("there are no credentials to show");
                };
                let key = json!({"action": "auth", "params": credentials.key.reveal()});
                post.send_secret(Self::write(&key));
            }
            ("auth_failed" | "max_connections", _) => {
                post.note(Note::Venue { code: 0, text: format!("{status}: {words}") });
                post.never(&format!("{words} ({status})"));
            }
            (_, Step::Greeting) => post.breach("a greeting", status.as_bytes()),
            ("auth_success", Step::Authenticating) => self.authenticated(post),
            ("auth_timeout", _) => post.again(&format!("{words} ({status})")),
            ("success", Step::Subscribing | Step::Running) => self.confirm(&words, post),
            ("error", _) => post.note(Note::Venue { code: 0, text: words }),
            (other, _) => post.unknown(&format!("status {other}")),
        }
    }

    fn authenticated(&mut self, post: &mut Post) {
        post.state(State::Authenticated);
        self.step = Step::Subscribing;
        self.await_by(post);
        let topics = self.settings.wish.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        post.send(Self::write(&json!({"action": "subscribe", "params": topics})));
    }

    fn confirm(&mut self, words: &str, post: &mut Post) {
        if let Some(topic) = words.strip_prefix("subscribed to: ") {
            self.confirmed.insert(topic.to_owned());
            self.watch(topic, post);
        } else if let Some(topic) = words.strip_prefix("unsubscribed to: ") {
            self.confirmed.remove(topic);
        }
        if self.step == Step::Subscribing && self.settings.wish.is_subset(&self.confirmed) {
            self.subscribed(post);
        }
    }

    fn watch(&self, topic: &str, post: &mut Post) {
        if !self.settings.wish.contains(topic) {
            return;
        }
        let Some((kind, name)) = topic.split_once('.').filter(|(_, name)| *name != "*") else {
            return;
        };
        let known = KINDS.iter().find(|(known, _)| *known == kind);
        if let (Some((kind, _)), Ok(symbol)) = (known, post.symbol(name, self.settings.scale)) {
            post.watch(symbol, kind);
        }
    }

    fn subscribed(&mut self, post: &mut Post) {
        self.step = Step::Running;
        self.by = None;
        self.silent_at = Some(post.now().steady + self.settings.silent_ns);
        post.state(State::Subscribed);
        let missing = self.settings.wish.difference(&self.confirmed).cloned().collect::<Vec<_>>();
        let extra = self.confirmed.difference(&self.settings.wish).cloned().collect::<Vec<_>>();
        if !missing.is_empty() || !extra.is_empty() {
            post.note(Note::Difference { missing, extra });
        }
    }

    fn say_silent(&mut self, post: &mut Post) {
        self.silent_at = None;
        for topic in &self.settings.wish {
            let Some((kind, name)) = topic.split_once('.').filter(|(_, name)| *name != "*") else {
                continue;
            };
            let Some((kind, _)) = KINDS.iter().find(|(known, _)| *known == kind) else { continue };
            let symbol = post.symbols.find(name);
            if !symbol.is_some_and(|symbol| post.heard((symbol, kind))) {
                post.note(Note::Silent(topic.clone()));
            }
        }
    }

    fn timed_out(&mut self, post: &mut Post) {
        self.by = None;
        let what = match self.step {
            Step::Greeting => "the greeting",
            Step::Authenticating => "authentication",
            Step::Subscribing | Step::Running => "confirming the subscription",
        };
        post.note(Note::Timeout(what));
        if self.step == Step::Subscribing && !self.confirmed.is_empty() {
            return self.subscribed(post);
        }
        post.again(&format!("{what} took too long"));
    }

    fn message(&mut self, message: &Message<'_>, post: &mut Post) {
        post.counters.duplicate_keys += message.duplicates;
        let kind = match message.text("ev") {
            Ok(kind) => kind,
            Err(reject) if self.step == Step::Greeting => {
                return post.breach("a greeting", reject.found.as_bytes());
            }
            Err(reject) => return post.refuse("?", reject),
        };
        if kind == "status" {
            return self.status(message, post);
        }
        match self.step {
            Step::Greeting => return post.breach("a greeting", kind.as_bytes()),
            Step::Authenticating => {
                post.counters.unasked += 1;
                return;
            }
            Step::Subscribing | Step::Running => {}
        }
        let Some((kind, named)) = KINDS.iter().find(|(known, _)| *known == kind) else {
            return post.unknown(&kind);
        };
        if let Err(reject) = self.market(kind, named, message, post) {
            post.refuse(kind, reject);
        }
    }

    fn market(
        &mut self,
        kind: &'static str,
        named: &'static str,
        message: &Message<'_>,
        post: &mut Post,
    ) -> Result<(), Reject> {
        let name = message.text(named)?;
        let wished = |name: &str| self.settings.wish.contains(&format!("{kind}.{name}"));
        if !wished(&name) && !wished("*") {
            post.counters.unasked += 1;
            return Ok(());
        }
        decode::read(kind, &name, message, &self.settings, &mut self.sequences, post)
    }
}

impl Venue for Polygon {
    fn request(&self, _credentials: Option<&Credentials>) -> Request {
        let url = format!("{}/{}", socket_url(&self.settings.base), self.settings.market);
        Request { url, headers: Vec::new(), secrets: Vec::new() }
    }

    fn opened(&mut self, post: &mut Post) {
        self.lost();
        self.await_by(post);
    }

    fn frame(&mut self, frame: &Frame, post: &mut Post) {
        let found = match (frame, Codec::of(frame.bytes())) {
            (Frame::Binary(_), _) => Some("a binary frame"),
            (_, Some(Codec::MsgPack)) => Some("MessagePack in a text frame"),
            _ => None,
        };
        if let Some(found) = found {
            post.counters.decode_errors += 1;
            post.note(Note::Codec { agreed: Codec::Json.name(), found });
            return post.again(&format!("protocol error: JSON was agreed, {found} came"));
        }
        let greeting = self.step == Step::Greeting;
        let walked = Codec::Json.walk(frame.bytes(), &mut |message| {
            if post.ended() {
                return;
            }
            match message {
                Ok(message) => self.message(&message, post),
                Err(reject) if greeting => post.breach("a greeting", reject.found.as_bytes()),
                Err(reject) => post.refuse("?", reject),
            }
        });
        match walked {
            Err(_) if greeting => post.breach("a greeting", frame.bytes()),
            Err(reject) => post.refuse("frame", reject),
            Ok(_) => {}
        }
    }

    fn tick(&mut self, post: &mut Post) {
        let now = post.now().steady;
        if self.by.is_some_and(|by| now >= by) {
            self.timed_out(post);
        }
        if self.silent_at.is_some_and(|at| now >= at) {
            self.say_silent(post);
        }
    }

    fn due(&self) -> Option<Steady> {
        [self.by, self.silent_at].into_iter().flatten().min()
    }

    fn lost(&mut self) {
        self.step = Step::Greeting;
        (self.by, self.silent_at) = (None, None);
        self.confirmed.clear();
    }
}

//! What is said on an open connection to Alpaca: the greeting, the key, the subscription.

use super::decode::{self, Books};
use super::settings::{ALL, Auth, Channel, Settings, Topics};
use crate::adapter::{Frame, Note, Request, State, socket_url};
use crate::clock::{MS, Steady};
use crate::credentials::Credentials;
use crate::line::{Line, Terms, Venue};
use crate::message::{Codec, Field, Message, Reject};
use crate::pack;
use crate::post::Post;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How often a key is shown again on a connection whose venue says that another is open.
pub const SHOWN_MAX: u32 = 15;

/// The wait before that, for each time it was shown, and the most of these.
pub const SHOWN_AGAIN_NS: u64 = 500 * MS;
const SHOWN_STEPS_MAX: u32 = 10;

/// Changes that wait for the one in flight.
pub const CHANGES_MAX: usize = 1_024;

/// Where the conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Greeting,
    Authenticating,
    Subscribing,
    Running,
}

/// A change of the subscription.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    add: bool,
    topics: Topics,
}

/// Alpaca's rules.
#[derive(Debug)]
pub struct Alpaca {
    settings: Settings,
    step: Step,
    /// When what is awaited must have come.
    by: Option<Steady>,
    /// When the key is shown again, and how often it was.
    again_at: Option<Steady>,
    shown: u32,
    flying: Option<Change>,
    waiting: VecDeque<Change>,
    confirmed: Topics,
    /// What must have been heard of by when.
    awaited: BTreeMap<Steady, Topics>,
    books: Books,
}

/// A line to Alpaca.
///
/// # Errors
///
/// When the venue would refuse what `settings` ask for, whatever the credentials.
pub fn line(
    settings: Settings,
    credentials: Credentials,
    terms: Terms,
) -> Result<Line<Alpaca>, String> {
    settings.check()?;
    let source = format!("alpaca/{}", settings.path);
    Ok(Line::new(Alpaca::new(settings), &source, Some(credentials), terms))
}

impl Alpaca {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            step: Step::Greeting,
            by: None,
            again_at: None,
            shown: 0,
            flying: None,
            waiting: VecDeque::new(),
            confirmed: Topics::new(),
            awaited: BTreeMap::new(),
            books: Books::default(),
        }
    }

    /// Asks for more, now and after every call from now on.
    pub fn subscribe(&mut self, topics: &Topics) {
        for (channel, names) in topics {
            self.settings.wish.entry(*channel).or_default().extend(names.iter().cloned());
        }
        self.change(true, topics);
    }

    /// Asks for less.
    pub fn unsubscribe(&mut self, topics: &Topics) {
        for (channel, names) in topics {
            if let Some(wished) = self.settings.wish.get_mut(channel) {
                wished.retain(|name| !names.contains(name));
            }
        }
        self.change(false, topics);
    }

    fn change(&mut self, add: bool, topics: &Topics) {
        // Before the whole wish is sent there is nothing to change.
        if self.step == Step::Running && self.waiting.len() < CHANGES_MAX {
            self.waiting.push_back(Change { add, topics: topics.clone() });
        }
    }

    /// What the venue confirmed that it sends.
    #[must_use]
    pub const fn confirmed(&self) -> &Topics {
        &self.confirmed
    }

    fn write(&self, message: &Value) -> Frame {
        match self.settings.codec {
            Codec::Json => Frame::Text(message.to_string().into_bytes()),
            Codec::MsgPack => {
                let mut bytes = Vec::new();
                pack::write(&mut bytes, message, 0);
                Frame::Binary(bytes)
            }
        }
    }

    fn await_by(&mut self, post: &Post) {
        self.by = Some(post.now().steady + self.settings.step_ns);
    }

    fn connected(&mut self, post: &mut Post) {
        self.step = Step::Authenticating;
        self.await_by(post);
        if self.settings.auth != Auth::Headers {
            self.show_key(post);
        }
    }

    fn show_key(&mut self, post: &mut Post) {
        let Some(credentials) = post.credentials.clone() else {
            post.never("there are no credentials to show");
            return;
        };
        self.shown += 1;
        self.again_at = None;
        let key = match self.settings.auth {
            Auth::OAuth => "oauth",
            Auth::Message | Auth::Headers => credentials.key.reveal(),
        };
        let secret = match self.settings.auth {
            Auth::OAuth => credentials.key.reveal(),
            Auth::Message | Auth::Headers => credentials.secret.as_ref().map_or("", |s| s.reveal()),
        };
        let message = json!({"action": "auth", "key": key, "secret": secret});
        post.send_secret(self.write(&message));
        self.await_by(post);
    }

    fn authenticated(&mut self, post: &mut Post) {
        post.state(State::Authenticated);
        self.shown = 0;
        self.by = None;
        let topics = self.settings.wish.clone();
        if topics.values().all(BTreeSet::is_empty) {
            self.step = Step::Running;
            return;
        }
        self.step = Step::Subscribing;
        self.ask(Change { add: true, topics }, post);
    }

    fn ask(&mut self, change: Change, post: &mut Post) {
        let action = if change.add { "subscribe" } else { "unsubscribe" };
        let mut message = json!({ "action": action });
        for (channel, names) in change.topics.iter().filter(|(_, names)| !names.is_empty()) {
            message[channel.name()] = json!(names);
        }
        self.flying = Some(change);
        self.await_by(post);
        post.send(self.write(&message));
    }

    fn message(&mut self, message: &Message<'_>, post: &mut Post) {
        post.counters.duplicate_keys += message.duplicates;
        let kind = match message.text("T") {
            Ok(kind) => kind,
            Err(reject) if self.step == Step::Greeting => {
                return post.breach("a greeting", reject.found.as_bytes());
            }
            Err(reject) => return post.refuse("?", reject),
        };
        match (kind.as_ref(), self.step) {
            ("error", _) => self.error(message, post),
            ("success", step) => match (message.words("msg").as_str(), step) {
                ("connected", Step::Greeting) => self.connected(post),
                ("authenticated", Step::Authenticating) => self.authenticated(post),
                (words, Step::Greeting) => post.breach("a greeting", words.as_bytes()),
                (words, _) => post.unknown(&format!("success {words}")),
            },
            (_, Step::Greeting) => post.breach("a greeting", kind.as_bytes()),
            ("subscription", Step::Subscribing | Step::Running) => self.confirm(message, post),
            (kind, Step::Subscribing | Step::Running) => self.news(kind, message, post),
            (_, Step::Authenticating) => post.counters.unasked += 1,
        }
    }

    /// A message about the market.
    fn news(&mut self, kind: &str, message: &Message<'_>, post: &mut Post) {
        let Some(channel) = Channel::of_kind(kind) else { return post.unknown(kind) };
        if !self.wants(channel, message) {
            post.counters.unasked += 1;
            return;
        }
        if let Err(reject) = decode::read(channel, message, &self.settings, &mut self.books, post) {
            post.refuse(kind, reject);
        }
    }

    fn wants(&self, channel: Channel, message: &Message<'_>) -> bool {
        let asked = if channel.comes_by_itself() { Channel::Trades } else { channel };
        let Some(wished) = self.settings.wish.get(&asked) else { return false };
        if channel == Channel::News || wished.contains(ALL) {
            return true;
        }
        // A message without a name is refused later, by field.
        message.text("S").map_or(true, |name| wished.contains(name.as_ref()))
    }

    fn error(&mut self, message: &Message<'_>, post: &mut Post) {
        let code = message.get("code").and_then(Field::integer).unwrap_or(0);
        let text = message.get("msg").and_then(Field::words).unwrap_or_default();
        let text = post.clean(&text);
        post.note(Note::Venue { code, text: text.clone() });
        let words = format!("{text} ({code})");
        match (code, self.step) {
            (402 | 408 | 409 | 411 | 412 | 413, _) => post.never(&words),
            (410, Step::Greeting | Step::Authenticating | Step::Subscribing) => post.never(&words),
            (406, Step::Authenticating) if self.settings.auth != Auth::Headers => {
                if self.shown > SHOWN_MAX {
                    return post.again(&words);
                }
                let steps = u64::from(self.shown.min(SHOWN_STEPS_MAX));
                self.again_at = Some(post.now().steady + SHOWN_AGAIN_NS * steps);
                self.by = None;
            }
            (404 | 406 | 407 | 500, _) | (_, Step::Greeting | Step::Authenticating) => {
                post.again(&words);
            }
            _ => self.refused(post),
        }
    }

    /// The change in flight was not made; the subscription is what it was.
    fn refused(&mut self, post: &mut Post) {
        if self.flying.take().is_none() {
            return;
        }
        self.by = None;
        self.step = Step::Running;
        self.compare(post);
        self.await_all(post);
    }

    fn confirm(&mut self, message: &Message<'_>, post: &mut Post) {
        let mut confirmed = Topics::new();
        for channel in Channel::ALL {
            let names: BTreeSet<String> = message.texts(channel.name()).into_iter().collect();
            if !names.is_empty() {
                confirmed.insert(channel, names);
            }
        }
        let asked = self.flying.take().is_some();
        let before = std::mem::replace(&mut self.confirmed, confirmed);
        self.by = None;
        if self.step == Step::Subscribing {
            self.step = Step::Running;
            post.state(State::Subscribed);
        }
        self.watch(&before, post);
        if !asked {
            self.withdrawn(&before, post);
        }
        self.compare(post);
        self.await_all(post);
    }

    /// Watches what was confirmed, and no longer what was not.
    fn watch(&self, before: &Topics, post: &mut Post) {
        for (channel, name) in pairs(&self.confirmed).filter(|(_, name)| *name != ALL) {
            let wished = self.settings.wish.get(&channel).is_some_and(|all| all.contains(name));
            if wished && let Ok(symbol) = post.symbol(name, self.settings.scale) {
                post.watch(symbol, channel.name());
            }
        }
        for (channel, name) in pairs(before).filter(|(_, name)| *name != ALL) {
            let wished = self.settings.wish.get(&channel).is_some_and(|all| all.contains(name));
            if let Some(symbol) = post.symbols.find(name).filter(|_| !wished) {
                post.unwatch(symbol, channel.name());
            }
        }
    }

    /// What was confirmed, is still wished, and is withdrawn without our asking: stale from now on.
    fn withdrawn(&self, before: &Topics, post: &mut Post) {
        let reason = "the venue withdrew it from the subscription".into();
        for (channel, name) in pairs(before) {
            let gone = !self.confirmed.get(&channel).is_some_and(|all| all.contains(name));
            let wished = self.settings.wish.get(&channel).is_some_and(|all| all.contains(name));
            if let Some(symbol) = post.symbols.find(name).filter(|_| gone && wished) {
                let from = post.now().at;
                post.open_gap((symbol, channel.name()), from, &reason);
            }
        }
    }

    /// Says where the wish and what was confirmed differ.
    fn compare(&self, post: &mut Post) {
        if !self.waiting.is_empty() {
            return;
        }
        let named = |all: &Topics, other: &Topics| {
            let missing = pairs(all).filter(|(channel, name)| {
                !other.get(channel).is_some_and(|names| names.contains(*name))
            });
            let own = missing.filter(|(channel, _)| !channel.comes_by_itself());
            own.map(|(channel, name)| format!("{} {name}", channel.name())).collect::<Vec<_>>()
        };
        let missing = named(&self.settings.wish, &self.confirmed);
        let extra = named(&self.confirmed, &self.settings.wish);
        if !missing.is_empty() || !extra.is_empty() {
            post.note(Note::Difference { missing, extra });
        }
    }

    /// Of everything busy that is wished by name, something must be heard before long.
    fn await_all(&mut self, post: &Post) {
        let busy = self.settings.wish.iter().filter(|(channel, _)| channel.is_busy());
        let named = busy.map(|(channel, names)| {
            let names = names.iter().filter(|name| *name != ALL).filter(|name| {
                let symbol = post.symbols.find(name);
                !symbol.is_some_and(|symbol| post.heard((symbol, channel.name())))
            });
            (*channel, names.cloned().collect())
        });
        let by = post.now().steady + self.settings.silent_ns;
        self.awaited = BTreeMap::from([(by, named.collect())]);
    }

    fn say_silent(&mut self, post: &mut Post) {
        let Some((_, topics)) = self.awaited.pop_first() else { return };
        for (channel, name) in pairs(&topics) {
            let symbol = post.symbols.find(name);
            if !symbol.is_some_and(|symbol| post.heard((symbol, channel.name()))) {
                post.note(Note::Silent(format!("{} {name}", channel.name())));
            }
        }
    }

    fn timed_out(&mut self, post: &mut Post) {
        let what = match self.step {
            Step::Greeting => "the greeting",
            Step::Authenticating => "authentication",
            Step::Subscribing => "confirming the subscription",
            Step::Running => "confirming a change",
        };
        self.by = None;
        post.note(Note::Timeout(what));
        match self.step {
            // What the venue sends now is not known; a new connection makes it known.
            Step::Subscribing => {
                self.compare(post);
                post.again("the subscription was not confirmed in time");
            }
            Step::Running => self.refused(post),
            Step::Greeting | Step::Authenticating => post.again(&format!("{what} took too long")),
        }
    }

    /// Whether a frame is in the language that was agreed; both are named where it is not.
    fn agreed(&self, frame: &Frame, post: &mut Post) -> bool {
        let agreed = self.settings.codec;
        let found = match (frame, Codec::of(frame.bytes())) {
            (Frame::Text(_), Some(Codec::MsgPack)) => "MessagePack in a text frame",
            (Frame::Binary(_), Some(Codec::Json)) => "JSON in a binary frame",
            (Frame::Text(_), _) if agreed == Codec::MsgPack => "text",
            (Frame::Binary(_), _) if agreed == Codec::Json => "a binary frame",
            _ => return true,
        };
        post.counters.decode_errors += 1;
        post.note(Note::Codec { agreed: agreed.name(), found });
        post.again(&format!("protocol error: {} was agreed, {found} came", agreed.name()));
        false
    }
}

fn pairs(topics: &Topics) -> impl Iterator<Item = (Channel, &String)> {
    topics.iter().flat_map(|(channel, names)| names.iter().map(move |name| (*channel, name)))
}

impl Venue for Alpaca {
    fn request(&self, credentials: Option<&Credentials>) -> Request {
        let kind = match self.settings.codec {
            Codec::Json => "application/json",
            Codec::MsgPack => "application/msgpack",
        };
        let mut secrets = Vec::new();
        if let (Auth::Headers, Some(shown)) = (self.settings.auth, credentials) {
            secrets.push(("APCA-API-KEY-ID", shown.key.clone()));
            secrets.extend(shown.secret.clone().map(|secret| ("APCA-API-SECRET-KEY", secret)));
        }
        Request {
            url: format!("{}/{}", socket_url(&self.settings.base), self.settings.path),
            headers: vec![("Content-Type", kind.to_owned())],
            secrets,
        }
    }

    fn opened(&mut self, post: &mut Post) {
        self.lost();
        self.await_by(post);
    }

    fn frame(&mut self, frame: &Frame, post: &mut Post) {
        if !self.agreed(frame, post) {
            return;
        }
        let greeting = self.step == Step::Greeting;
        let walked = self.settings.codec.walk(frame.bytes(), &mut |message| {
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
            Ok(true) => {}
            Err(reject) if !greeting => post.refuse("frame", reject),
            // Before the greeting nothing is trusted: the key is not shown.
            Err(_) | Ok(false) if greeting && !post.ended() => {
                post.breach("a greeting", frame.bytes());
            }
            Ok(false) => post.refuse("frame", Reject::new("", "no list", "a list of messages")),
            Err(_) => {}
        }
    }

    fn tick(&mut self, post: &mut Post) {
        let now = post.now().steady;
        if self.again_at.is_some_and(|at| now >= at) {
            self.show_key(post);
        }
        if self.by.is_some_and(|by| now >= by) {
            self.timed_out(post);
        }
        if self.awaited.first_key_value().is_some_and(|(by, _)| now >= *by) {
            self.say_silent(post);
        }
        if self.step == Step::Running
            && self.flying.is_none()
            && !post.ended()
            && let Some(change) = self.waiting.pop_front()
        {
            self.ask(change, post);
        }
    }

    fn due(&self) -> Option<Steady> {
        let silent = self.awaited.first_key_value().map(|(by, _)| *by);
        let next = (self.flying.is_none() && !self.waiting.is_empty()).then_some(0);
        [self.by, self.again_at, silent, next].into_iter().flatten().min()
    }

    fn lost(&mut self) {
        self.step = Step::Greeting;
        (self.by, self.again_at, self.flying, self.shown) = (None, None, None, 0);
        self.waiting.clear();
        self.confirmed.clear();
        self.awaited.clear();
        self.books.forget();
    }
}

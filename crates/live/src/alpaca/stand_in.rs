//! A server that speaks as Alpaca does, for tests and for trying things out without a key.
//!
//! It greets, checks the key, keeps the subscription, and plays a script to whoever subscribed: what
//! is said when, and which [`Fault`]s it has.

use super::settings::{ALL, Channel, Market, Topics};
use crate::adapter::{Frame, Link, Loss, Refusal, Request};
use crate::clock::{SECOND, Steady};
use crate::message::{Codec, Field, Message};
use crate::pack;
use crate::stand_in::{Act, Answer, StandIn};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long a caller has to show its key.
pub const KEY_WITHIN_NS: u64 = 10 * SECOND;

/// What a stand-in does otherwise than the venue in good health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Says this instead of the greeting; nothing: says nothing.
    Greeting(Option<Frame>),
    /// Answers the call with this.
    Http(u16, Option<u64>),
    /// Does not answer the call at all.
    Deaf,
    /// Answers the key with this error.
    Key(i64, &'static str),
    /// Answers the key with nothing.
    KeyIgnored,
    /// Answers the key so often with the error that another connection is open.
    Occupied(u32),
    /// Answers a subscription with nothing.
    NotConfirmed,
    /// Leaves this out of what it confirms.
    Without(Channel, &'static str),
    /// Confirms this too.
    Extra(Channel, &'static str),
    /// Answers a subscription with this error.
    Subscription(i64, &'static str),
    /// Answers no ping.
    NoPong,
}

/// What happens when, after somebody subscribed.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// On which call, from 1.
    pub call: u64,
    /// How long after the first confirmation on it, in nanoseconds.
    pub after_ns: u64,
    /// What.
    pub what: Happens,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Happens {
    /// These messages in one frame, as far as they are subscribed to.
    Said(Vec<Value>),
    /// This frame as it is.
    Raw(Frame),
    /// The connection ends.
    Cut(Loss),
    /// Nothing is sent or answered any more, and the connection stays.
    Mute,
    /// The venue takes an instrument out of the subscription.
    Withdrawn(Channel, &'static str),
}

/// The stand-in.
#[derive(Debug)]
pub struct Alpaca {
    key: (String, String),
    market: Market,
    time_bits: u32,
    /// Each with the calls that it spoils, from the first; 0: all.
    faults: Vec<(u64, Fault)>,
    script: Vec<Scene>,
    calls: u64,
    links: BTreeMap<Link, Caller>,
    agenda: BTreeMap<(Steady, u64), (Link, Happens)>,
    numbered: u64,
    /// Everything heard, for whoever wants to see that no key came before the greeting.
    pub heard: Vec<(Link, Frame)>,
}

/// One who called.
#[derive(Debug)]
struct Caller {
    call: u64,
    codec: Codec,
    key_by: Option<Steady>,
    authenticated: bool,
    confirmed: bool,
    occupied: u32,
    mute: bool,
    topics: Topics,
}

impl Alpaca {
    /// One that opens to this key and secret, for the endpoint `path`.
    #[must_use]
    pub fn new(key: &str, secret: &str, path: &str) -> Self {
        Self {
            key: (key.to_owned(), secret.to_owned()),
            market: Market::of(path),
            time_bits: 64,
            faults: Vec::new(),
            script: Vec::new(),
            calls: 0,
            links: BTreeMap::new(),
            agenda: BTreeMap::new(),
            numbered: 0,
            heard: Vec::new(),
        }
    }

    /// The same with `fault` on its first `calls` calls; 0: on all.
    #[must_use]
    pub fn with(mut self, calls: u64, fault: Fault) -> Self {
        self.faults.push((calls, fault));
        self
    }

    /// The same with another scene.
    #[must_use]
    pub fn then(mut self, call: u64, after_ns: u64, what: Happens) -> Self {
        self.script.push(Scene { call, after_ns, what });
        self
    }

    /// The same, writing times of MessagePack in so many bits; 0: as text.
    #[must_use]
    pub const fn times_in(mut self, bits: u32) -> Self {
        self.time_bits = bits;
        self
    }

    fn fault<T>(&self, call: u64, find: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let here = self.faults.iter().filter(|(calls, _)| *calls == 0 || call <= *calls);
        here.filter_map(|(_, fault)| find(fault)).next()
    }

    fn say(&self, link: Link, messages: &[Value], out: &mut Vec<Act>) {
        let Some(caller) = self.links.get(&link).filter(|caller| !caller.mute) else { return };
        let list = Value::Array(messages.to_vec());
        let frame = match caller.codec {
            Codec::Json => Frame::Text(list.to_string().into_bytes()),
            Codec::MsgPack => {
                let mut bytes = Vec::new();
                pack::write(&mut bytes, &list, self.time_bits);
                Frame::Binary(bytes)
            }
        };
        out.push(Act::Send(link, frame));
    }

    fn err(&self, link: Link, code: i64, msg: &str, out: &mut Vec<Act>) {
        self.say(link, &[json!({"T": "error", "code": code, "msg": msg})], out);
    }

    fn later(&mut self, at: Steady, link: Link, what: Happens) {
        self.numbered += 1;
        self.agenda.insert((at, self.numbered), (link, what));
    }

    fn key(&mut self, link: Link, key: &str, secret: &str, now: Steady, out: &mut Vec<Act>) {
        let caller = &self.links[&link];
        let call = caller.call;
        if caller.authenticated {
            return self.err(link, 403, "already authenticated", out);
        }
        if self.fault(call, |fault| (*fault == Fault::KeyIgnored).then_some(())).is_some() {
            return;
        }
        let spoiled = self.fault(call, |fault| match fault {
            Fault::Key(code, msg) => Some((*code, *msg)),
            _ => None,
        });
        if let Some((code, msg)) = spoiled {
            // A careless venue repeats what it was shown.
            return self.err(link, code, &format!("{msg}: {key} {secret}"), out);
        }
        let times = self.fault(call, |fault| match fault {
            Fault::Occupied(times) => Some(*times),
            _ => None,
        });
        let elsewhere = self.links.iter().any(|(other, c)| *other != link && c.authenticated);
        if elsewhere || times.is_some_and(|times| self.links[&link].occupied < times) {
            let caller = self.links.get_mut(&link).expect("it called");
            caller.occupied += 1;
            // Whoever is told to wait has shown a key: its time begins again.
            caller.key_by = Some(now + KEY_WITHIN_NS);
            return self.err(link, 406, "connection limit exceeded", out);
        }
        let token =
            (key == "oauth" && secret == self.key.0) || (key, secret) == (&self.key.0, &self.key.1);
        if !token {
            return self.err(link, 402, "auth failed", out);
        }
        let caller = self.links.get_mut(&link).expect("it called");
        (caller.authenticated, caller.key_by) = (true, None);
        self.say(link, &[json!({"T": "success", "msg": "authenticated"})], out);
    }

    fn subscription(
        &mut self,
        link: Link,
        add: bool,
        asked: &Message<'_>,
        now: Steady,
        out: &mut Vec<Act>,
    ) {
        let call = self.links[&link].call;
        if !self.links[&link].authenticated {
            return self.err(link, 401, "not authenticated", out);
        }
        let spoiled = self.fault(call, |fault| match fault {
            Fault::Subscription(code, msg) => Some((*code, *msg)),
            _ => None,
        });
        if let Some((code, msg)) = spoiled {
            return self.err(link, code, msg, out);
        }
        let has = channels(self.market);
        let caller = self.links.get_mut(&link).expect("it called");
        for channel in has.iter().filter(|channel| !channel.comes_by_itself()) {
            for name in asked.texts(channel.name()) {
                let names = caller.topics.entry(*channel).or_default();
                if add {
                    names.insert(name)
                } else {
                    names.remove(&name)
                };
            }
        }
        let trades: BTreeSet<String> =
            caller.topics.get(&Channel::Trades).cloned().unwrap_or_default();
        for channel in has.iter().filter(|channel| channel.comes_by_itself()) {
            caller.topics.insert(*channel, trades.clone());
        }
        for (calls, fault) in &self.faults {
            match fault {
                _ if *calls != 0 && call > *calls => {}
                Fault::Without(channel, name) => {
                    caller.topics.entry(*channel).or_default().remove(*name);
                }
                Fault::Extra(channel, name) => {
                    caller.topics.entry(*channel).or_default().insert((*name).to_owned());
                }
                _ => {}
            }
        }
        if self.fault(call, |fault| (*fault == Fault::NotConfirmed).then_some(())).is_some() {
            return;
        }
        self.confirm(link, out);
        let caller = self.links.get_mut(&link).expect("it called");
        if !std::mem::replace(&mut caller.confirmed, true) {
            let scenes = self.script.iter().filter(|scene| scene.call == call);
            for scene in scenes.cloned().collect::<Vec<_>>() {
                self.later(now + scene.after_ns, link, scene.what);
            }
        }
    }

    /// The full state, with the channels that the endpoint has.
    fn confirm(&self, link: Link, out: &mut Vec<Act>) {
        let topics = &self.links[&link].topics;
        let mut told = json!({"T": "subscription"});
        for channel in channels(self.market) {
            told[channel.name()] = json!(topics.get(channel).cloned().unwrap_or_default());
        }
        self.say(link, &[told], out);
    }

    fn happen(&mut self, link: Link, what: Happens, out: &mut Vec<Act>) {
        let Some(caller) = self.links.get_mut(&link).filter(|caller| !caller.mute) else { return };
        match what {
            Happens::Said(messages) => {
                let wanted = messages.into_iter().filter(|message| wants(&caller.topics, message));
                let wanted = wanted.collect::<Vec<_>>();
                if !wanted.is_empty() {
                    self.say(link, &wanted, out);
                }
            }
            Happens::Raw(frame) => out.push(Act::Send(link, frame)),
            Happens::Cut(loss) => {
                self.links.remove(&link);
                out.push(Act::Cut(link, loss));
            }
            Happens::Mute => caller.mute = true,
            Happens::Withdrawn(channel, name) => {
                caller.topics.entry(channel).or_default().remove(name);
                self.confirm(link, out);
            }
        }
    }
}

/// Whether somebody who subscribed to `topics` hears `message`. What has no known type is for all.
fn wants(topics: &Topics, message: &Value) -> bool {
    let Some(channel) = message["T"].as_str().and_then(Channel::of_kind) else { return true };
    let Some(names) = topics.get(&channel).filter(|names| !names.is_empty()) else { return false };
    let named = message["S"].as_str();
    channel == Channel::News || names.contains(ALL) || named.is_none_or(|name| names.contains(name))
}

/// The channels that an endpoint has.
#[must_use]
pub fn channels(market: Market) -> &'static [Channel] {
    use Channel as C;
    match market {
        Market::Stocks => &[
            C::Trades,
            C::Quotes,
            C::Bars,
            C::UpdatedBars,
            C::DailyBars,
            C::Statuses,
            C::Lulds,
            C::Imbalances,
            C::Corrections,
            C::CancelErrors,
        ],
        Market::Crypto => &[
            C::Trades,
            C::Quotes,
            C::Bars,
            C::UpdatedBars,
            C::DailyBars,
            C::Orderbooks,
            C::Pricing,
        ],
        Market::Options => &[C::Trades, C::Quotes],
        Market::News => &[C::News],
    }
}

impl StandIn for Alpaca {
    fn called(&mut self, link: Link, request: &Request, now: Steady) -> Answer {
        self.calls += 1;
        let call = self.calls;
        let refused = self.fault(call, |fault| match fault {
            Fault::Http(status, retry_after_s) => {
                let text = "not now".to_owned();
                let (status, retry_after_s) = (*status, *retry_after_s);
                Some(Answer::Refused(Refusal::Http { status, retry_after_s, text }))
            }
            Fault::Deaf => Some(Answer::Silence),
            _ => None,
        });
        if let Some(refused) = refused {
            return refused;
        }
        let packed = request.headers.iter().any(|(_, value)| value == "application/msgpack");
        let codec = if packed { Codec::MsgPack } else { Codec::Json };
        let shown = !request.secrets.is_empty();
        let caller = Caller {
            call,
            codec,
            key_by: Some(now + KEY_WITHIN_NS),
            authenticated: false,
            confirmed: false,
            occupied: 0,
            mute: false,
            topics: Topics::new(),
        };
        self.links.insert(link, caller);
        let greeting = self.fault(call, |fault| match fault {
            Fault::Greeting(said) => Some(said.clone()),
            _ => None,
        });
        // What is sent now arrives behind the opening itself.
        match greeting {
            Some(None) => {}
            Some(Some(frame)) => self.later(now, link, Happens::Raw(frame)),
            None => {
                self.later(
                    now,
                    link,
                    Happens::Said(vec![json!({"T": "success", "msg": "connected"})]),
                );
            }
        }
        if shown {
            let words = |name: &str| {
                let found = request.secrets.iter().find(|(known, _)| *known == name);
                found.map_or("", |(_, secret)| secret.reveal()).to_owned()
            };
            let (key, secret) = (words("APCA-API-KEY-ID"), words("APCA-API-SECRET-KEY"));
            let mut answers = Vec::new();
            self.key(link, &key, &secret, now, &mut answers);
            // The answer must come behind the greeting, so it waits for the next tick.
            for answer in answers {
                if let Act::Send(link, frame) = answer {
                    self.later(now, link, Happens::Raw(frame));
                }
            }
        }
        Answer::Open
    }

    fn hear(&mut self, link: Link, frame: &Frame, now: Steady, out: &mut Vec<Act>) {
        self.heard.push((link, frame.clone()));
        let Some(caller) = self.links.get(&link).filter(|caller| !caller.mute) else { return };
        let (codec, call) = (caller.codec, caller.call);
        match frame {
            Frame::Ping(bytes) => {
                let mute = self.fault(call, |fault| (*fault == Fault::NoPong).then_some(()));
                if mute.is_none() {
                    out.push(Act::Send(link, Frame::Pong(bytes.clone())));
                }
            }
            Frame::Pong(_) => {}
            Frame::Text(bytes) | Frame::Binary(bytes) => {
                let mut read = false;
                let walked = codec.walk(bytes, &mut |message| {
                    let Ok(message) = message else { return };
                    let word = |name: &str| {
                        let text = message.get(name).and_then(Field::text);
                        text.map_or_else(String::new, std::borrow::Cow::into_owned)
                    };
                    read = true;
                    match word("action").as_str() {
                        "auth" => self.key(link, &word("key"), &word("secret"), now, out),
                        "subscribe" => self.subscription(link, true, &message, now, out),
                        "unsubscribe" => self.subscription(link, false, &message, now, out),
                        _ => self.err(link, 400, "invalid syntax", out),
                    }
                });
                if walked.is_err() || !read {
                    self.err(link, 400, "invalid syntax", out);
                }
            }
        }
    }

    fn gone(&mut self, link: Link, _now: Steady) {
        self.links.remove(&link);
    }

    fn tick(&mut self, now: Steady, out: &mut Vec<Act>) {
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            let (link, what) = entry.remove();
            self.happen(link, what, out);
        }
        let late = self.links.iter().filter(|(_, c)| c.key_by.is_some_and(|by| by <= now));
        for link in late.map(|(link, _)| *link).collect::<Vec<_>>() {
            self.err(link, 404, "auth timeout", out);
            self.links.remove(&link);
            let reason = "auth timeout".to_owned();
            out.push(Act::Cut(link, Loss { code: Some(1008), reason, partial: false }));
        }
    }

    fn due(&self) -> Option<Steady> {
        let keys = self.links.values().filter_map(|caller| caller.key_by);
        keys.chain(self.agenda.first_key_value().map(|((at, _), _)| *at)).min()
    }
}

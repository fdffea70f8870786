//! A server that speaks as Polygon does: greeting, key, one status for each topic, and a script.

use super::decode::KINDS;
use crate::adapter::{Frame, Link, Loss, Refusal, Request};
use crate::clock::Steady;
use crate::message::{Codec, Field};
use crate::stand_in::{Act, Answer, StandIn};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a stand-in does otherwise than the venue in good health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Says this instead of the greeting; nothing: says nothing.
    Greeting(Option<Frame>),
    /// Answers the call with this.
    Http(u16, Option<u64>),
    /// Answers the key with this status and these words.
    Key(&'static str, &'static str),
    /// Answers the key with nothing.
    KeyIgnored,
    /// Confirms no topic.
    NotConfirmed,
    /// Does not confirm this topic.
    Without(&'static str),
    /// Confirms this topic too.
    Extra(&'static str),
    /// Answers no ping.
    NoPong,
}

/// What can happen after the topics were confirmed.
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
}

/// The stand-in.
#[derive(Debug)]
pub struct Polygon {
    key: String,
    faults: Vec<(u64, Fault)>,
    script: Vec<(u64, u64, Happens)>,
    calls: u64,
    links: BTreeMap<Link, Caller>,
    agenda: BTreeMap<(Steady, u64), (Link, Happens)>,
    numbered: u64,
    /// Everything heard.
    pub heard: Vec<(Link, Frame)>,
}

#[derive(Debug, Default)]
struct Caller {
    call: u64,
    authenticated: bool,
    playing: bool,
    mute: bool,
    topics: BTreeSet<String>,
}

impl Polygon {
    /// One that opens to this key.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
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

    /// The same with something that happens on call `call`, so long after the topics were confirmed.
    #[must_use]
    pub fn then(mut self, call: u64, after_ns: u64, what: Happens) -> Self {
        self.script.push((call, after_ns, what));
        self
    }

    fn faults(&self, call: u64) -> impl Iterator<Item = &Fault> {
        let here = self.faults.iter().filter(move |(calls, _)| *calls == 0 || call <= *calls);
        here.map(|(_, fault)| fault)
    }

    fn later(&mut self, at: Steady, link: Link, what: Happens) {
        self.numbered += 1;
        self.agenda.insert((at, self.numbered), (link, what));
    }

    fn status(link: Link, status: &str, message: &str, out: &mut Vec<Act>) {
        let told = json!([{"ev": "status", "status": status, "message": message}]);
        out.push(Act::Send(link, Frame::Text(told.to_string().into_bytes())));
    }

    fn key(&mut self, link: Link, key: &str, out: &mut Vec<Act>) {
        let call = self.links[&link].call;
        let ignored = self.faults(call).any(|fault| *fault == Fault::KeyIgnored);
        let answer = self.faults(call).find_map(|fault| match fault {
            Fault::Key(status, words) => Some((*status, *words)),
            _ => None,
        });
        match answer {
            _ if ignored => {}
            // A careless venue repeats what it was shown.
            Some((status, words)) => Self::status(link, status, &format!("{words}: {key}"), out),
            None if key == self.key => {
                self.links.get_mut(&link).expect("it called").authenticated = true;
                Self::status(link, "auth_success", "authenticated", out);
            }
            None => Self::status(link, "auth_failed", "authentication failed", out),
        }
    }

    fn topics(&mut self, link: Link, add: bool, params: &str, now: Steady, out: &mut Vec<Act>) {
        let call = self.links[&link].call;
        if !self.links[&link].authenticated {
            return Self::status(link, "error", "not authenticated", out);
        }
        if self.faults(call).any(|fault| *fault == Fault::NotConfirmed) {
            return;
        }
        let left_out = |topic: &str| {
            self.faults(call)
                .any(|fault| matches!(fault, Fault::Without(without) if *without == topic))
        };
        let more = self.faults(call).filter_map(|fault| match fault {
            Fault::Extra(topic) => Some(*topic),
            _ => None,
        });
        let topics = params.split(',').filter(|topic| !left_out(topic)).chain(more);
        let topics = topics.map(str::to_owned).collect::<Vec<_>>();
        let caller = self.links.get_mut(&link).expect("it called");
        for topic in topics {
            let words = if add { "subscribed to: " } else { "unsubscribed to: " };
            Self::status(link, "success", &format!("{words}{topic}"), out);
            if add {
                caller.topics.insert(topic)
            } else {
                caller.topics.remove(&topic)
            };
        }
        if !std::mem::replace(&mut caller.playing, true) {
            let scenes = self.script.iter().filter(|(on, ..)| *on == call).cloned();
            for (_, after_ns, what) in scenes.collect::<Vec<_>>() {
                self.later(now + after_ns, link, what);
            }
        }
    }

    fn happen(&mut self, link: Link, what: Happens, out: &mut Vec<Act>) {
        let Some(caller) = self.links.get_mut(&link).filter(|caller| !caller.mute) else { return };
        match what {
            Happens::Said(messages) => {
                let wanted = messages.into_iter().filter(|message| wants(&caller.topics, message));
                let list = Value::Array(wanted.collect());
                out.push(Act::Send(link, Frame::Text(list.to_string().into_bytes())));
            }
            Happens::Raw(frame) => out.push(Act::Send(link, frame)),
            Happens::Cut(loss) => {
                self.links.remove(&link);
                out.push(Act::Cut(link, loss));
            }
            Happens::Mute => caller.mute = true,
        }
    }
}

fn wants(topics: &BTreeSet<String>, message: &Value) -> bool {
    let kind = message["ev"].as_str().unwrap_or("");
    let Some((_, named)) = KINDS.iter().find(|(known, _)| *known == kind) else { return true };
    let Some(name) = message[*named].as_str() else { return true };
    topics.contains(&format!("{kind}.*")) || topics.contains(&format!("{kind}.{name}"))
}

impl StandIn for Polygon {
    fn called(&mut self, link: Link, _request: &Request, now: Steady) -> Answer {
        self.calls += 1;
        let call = self.calls;
        let refused = self.faults(call).find_map(|fault| match fault {
            Fault::Http(status, retry_after_s) => Some((*status, *retry_after_s)),
            _ => None,
        });
        if let Some((status, retry_after_s)) = refused {
            let text = "not now".to_owned();
            return Answer::Refused(Refusal::Http { status, retry_after_s, text });
        }
        let greeting = self.faults(call).find_map(|fault| match fault {
            Fault::Greeting(said) => Some(said.clone()),
            _ => None,
        });
        self.links.insert(link, Caller { call, ..Caller::default() });
        let usual =
            json!([{"ev": "status", "status": "connected", "message": "Connected Successfully"}]);
        let usual = Frame::Text(usual.to_string().into_bytes());
        if let Some(frame) = greeting.unwrap_or(Some(usual)) {
            self.later(now, link, Happens::Raw(frame));
        }
        Answer::Open
    }

    fn hear(&mut self, link: Link, frame: &Frame, now: Steady, out: &mut Vec<Act>) {
        self.heard.push((link, frame.clone()));
        let Some(caller) = self.links.get(&link).filter(|caller| !caller.mute) else { return };
        let call = caller.call;
        match frame {
            Frame::Ping(bytes) => {
                if !self.faults(call).any(|fault| *fault == Fault::NoPong) {
                    out.push(Act::Send(link, Frame::Pong(bytes.clone())));
                }
            }
            Frame::Pong(_) => {}
            Frame::Text(bytes) | Frame::Binary(bytes) => {
                let walked = Codec::Json.walk(bytes, &mut |message| {
                    let Ok(message) = message else { return };
                    let word = |name: &str| {
                        let text = message.get(name).and_then(Field::text);
                        text.map_or_else(String::new, std::borrow::Cow::into_owned)
                    };
                    match word("action").as_str() {
                        "auth" => self.key(link, &word("params"), out),
                        "subscribe" => self.topics(link, true, &word("params"), now, out),
                        "unsubscribe" => self.topics(link, false, &word("params"), now, out),
                        _ => Self::status(link, "error", "unknown action", out),
                    }
                });
                if walked.is_err() {
                    Self::status(link, "error", "no JSON", out);
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
    }

    fn due(&self) -> Option<Steady> {
        self.agenda.first_key_value().map(|((at, _), _)| *at)
    }
}

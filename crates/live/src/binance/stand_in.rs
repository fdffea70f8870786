//! A server that speaks as Binance does: commands and their answers, pings, and a market whose trades
//! and changes are numbered alike for everybody who listens.

use crate::adapter::{Frame, Link, Loss, Refusal, Request};
use crate::clock::{MS, SECOND, Steady};
use crate::message::{Codec, Field};
use crate::stand_in::{Act, Answer, StandIn};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What a stand-in does otherwise than the venue in good health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers the call with this.
    Http(u16, Option<u64>),
    /// Answers commands that hold this stream with this error.
    Stream(&'static str, i64, &'static str),
    /// Answers no command.
    Deaf,
    /// Says at this moment that it shuts down, and ends the connection so much later.
    Shutdown(Steady, u64),
    /// Ends the connection at this moment.
    Cut(Steady),
    /// Leaves out this change of the book and this trade.
    LeftOut(u64),
}

/// Between two events of the market.
pub const EVENT_NS: u64 = 100 * MS;

/// The stand-in.
#[derive(Debug)]
pub struct Binance {
    /// Each with the calls that it spoils, from the first; 0: all.
    faults: Vec<(u64, Fault)>,
    calls: u64,
    links: BTreeMap<Link, Caller>,
    events: u64,
    next_at: Steady,
    epoch_ms: i64,
    /// Everything heard, and when.
    pub heard: Vec<(Steady, Link, Frame)>,
}

#[derive(Debug, Default)]
struct Caller {
    call: u64,
    streams: BTreeSet<String>,
    ping_at: Steady,
    warned: bool,
}

impl Binance {
    /// One whose market begins at this moment, in milliseconds since 1970.
    #[must_use]
    pub const fn new(epoch_ms: i64) -> Self {
        Self {
            faults: Vec::new(),
            calls: 0,
            links: BTreeMap::new(),
            events: 0,
            next_at: EVENT_NS,
            epoch_ms,
            heard: Vec::new(),
        }
    }

    /// The same with `fault` on its first `calls` calls; 0: on all.
    #[must_use]
    pub fn with(mut self, calls: u64, fault: Fault) -> Self {
        self.faults.push((calls, fault));
        self
    }

    fn faults(&self, call: u64) -> impl Iterator<Item = &Fault> {
        let here = self.faults.iter().filter(move |(calls, _)| *calls == 0 || call <= *calls);
        here.map(|(_, fault)| fault)
    }

    fn say(link: Link, told: &serde_json::Value, out: &mut Vec<Act>) {
        out.push(Act::Send(link, Frame::Text(told.to_string().into_bytes())));
    }

    fn command(
        &mut self,
        link: Link,
        method: &str,
        id: i64,
        params: &[String],
        out: &mut Vec<Act>,
    ) {
        let call = self.links[&link].call;
        let wrong = self.faults(call).find_map(|fault| match fault {
            Fault::Stream(name, code, msg) if params.iter().any(|p| p == name) => {
                Some((*code, *msg))
            }
            _ => None,
        });
        if self.faults(call).any(|fault| *fault == Fault::Deaf) {
            return;
        }
        if let Some((code, msg)) = wrong {
            return Self::say(link, &json!({"code": code, "msg": msg, "id": id}), out);
        }
        let caller = self.links.get_mut(&link).expect("it called");
        match method {
            "SUBSCRIBE" => caller.streams.extend(params.iter().cloned()),
            "UNSUBSCRIBE" => caller.streams.retain(|stream| !params.contains(stream)),
            _ => {
                return Self::say(
                    link,
                    &json!({"code": 2, "msg": "unknown method", "id": id}),
                    out,
                );
            }
        }
        Self::say(link, &json!({"result": null, "id": id}), out);
    }

    /// The next trade and the next change of the book, told to everybody alike.
    fn event(&mut self, now: Steady, out: &mut Vec<Act>) {
        self.events += 1;
        let id = self.events;
        let ms = self.epoch_ms + (now / MS) as i64;
        let payloads = [
            (
                "btcusdt@trade",
                json!({"e": "trade", "E": ms, "s": "BTCUSDT", "t": id, "p": "61685.99000000",
                "q": "0.00100000", "T": ms, "m": id.is_multiple_of(2), "M": true}),
            ),
            (
                "btcusdt@depth",
                json!({"e": "depthUpdate", "E": ms, "s": "BTCUSDT", "U": id, "u": id,
                "b": [["61685.99000000", format!("{id}.00000000")]], "a": []}),
            ),
        ];
        for (link, caller) in &self.links {
            let out_here = self.faults(caller.call).any(|fault| *fault == Fault::LeftOut(id));
            for (stream, data) in payloads.iter().filter(|(name, _)| caller.streams.contains(*name))
            {
                if !out_here {
                    Self::say(*link, &json!({"stream": stream, "data": data}), out);
                }
            }
        }
    }

    fn ends(&mut self, now: Steady, out: &mut Vec<Act>) {
        for link in self.links.keys().copied().collect::<Vec<_>>() {
            let call = self.links[&link].call;
            for fault in self.faults(call).cloned().collect::<Vec<_>>() {
                let Some(caller) = self.links.get_mut(&link) else { break };
                let end = match fault {
                    Fault::Shutdown(at, later) => {
                        if now >= at && !std::mem::replace(&mut caller.warned, now >= at) {
                            let data = json!({"e": "serverShutdown", "E": self.epoch_ms});
                            Self::say(
                                link,
                                &json!({"stream": "!serverShutdown", "data": data}),
                                out,
                            );
                        }
                        now >= at + later
                    }
                    Fault::Cut(at) => now >= at,
                    _ => false,
                };
                if end {
                    self.links.remove(&link);
                    out.push(Act::Cut(link, Loss { code: Some(1001), ..Loss::default() }));
                }
            }
        }
    }
}

impl StandIn for Binance {
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
        let ping_at = now + 20 * SECOND;
        self.links.insert(link, Caller { call, ping_at, ..Caller::default() });
        Answer::Open
    }

    fn hear(&mut self, link: Link, frame: &Frame, now: Steady, out: &mut Vec<Act>) {
        self.heard.push((now, link, frame.clone()));
        if !self.links.contains_key(&link) || !matches!(frame, Frame::Text(_)) {
            return;
        }
        let walked = Codec::Json.walk(frame.bytes(), &mut |message| {
            let Ok(message) = message else { return };
            let id = message.get("id").and_then(Field::integer).unwrap_or(0);
            self.command(link, &message.words("method"), id, &message.texts("params"), out);
        });
        if walked.is_err() {
            Self::say(link, &json!({"code": 3, "msg": "invalid JSON"}), out);
        }
    }

    fn gone(&mut self, link: Link, _now: Steady) {
        self.links.remove(&link);
    }

    fn tick(&mut self, now: Steady, out: &mut Vec<Act>) {
        while self.next_at <= now {
            self.next_at += EVENT_NS;
            self.event(now, out);
        }
        for (link, caller) in self.links.iter_mut().filter(|(_, caller)| caller.ping_at <= now) {
            caller.ping_at += 20 * SECOND;
            out.push(Act::Send(*link, Frame::Ping(now.to_be_bytes().to_vec())));
        }
        self.ends(now, out);
    }

    fn due(&self) -> Option<Steady> {
        Some(self.next_at)
    }
}

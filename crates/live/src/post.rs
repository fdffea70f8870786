//! The desk at which a venue's rules are spoken: what they may say, count and ask for.

use crate::adapter::{Failure, Frame, Link, Note, Outgoing, Output, State, shortened};
use crate::clock::{Now, SECOND};
use crate::counters::Counters;
use crate::credentials::Credentials;
use crate::message::Reject;
use crate::moment;
use crate::told::{Gap, More, Told};
use pitfloor_data::record::{Flags, Moment, Record, What};
use pitfloor_data::symbols::{Scale, SymbolId, Symbols};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Trades whose numbers are remembered, to know them again.
pub const REMEMBERED_MAX: usize = 65_536;

/// Kinds and fields of refused messages that are told apart in notes.
pub const REFUSED_KINDS_MAX: usize = 256;

/// How far ahead of the wall clock a venue's moment is believed, in nanoseconds.
pub const AHEAD_MAX_NS: i64 = 60 * SECOND as i64;

/// What a connection is to end by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Call again.
    Again(String),
    /// Never again: the venue's own words.
    Never(String),
}

/// One instrument on one channel.
pub(crate) type Topic = (SymbolId, &'static str);

/// What a venue's rules may say and count.
#[derive(Debug)]
pub struct Post {
    pub(crate) now: Now,
    pub(crate) link: Link,
    pub(crate) out: Vec<Output>,
    pub(crate) end: Option<End>,
    /// What has been done.
    pub counters: Counters,
    /// The instruments.
    pub symbols: Symbols,
    /// What opens the door.
    pub credentials: Option<Credentials>,
    source: Arc<str>,
    pub(crate) live: bool,
    seq: u64,
    /// The last moment of each topic. Looked up, never iterated.
    last: HashMap<Topic, Moment>,
    topics: BTreeSet<Topic>,
    gaps: BTreeMap<Topic, (Moment, Arc<str>)>,
    known: HashSet<TradeName>,
    order: VecDeque<TradeName>,
    refused: BTreeSet<(String, String)>,
}

/// A trade, by everything that names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TradeName {
    /// The instrument.
    pub symbol: SymbolId,
    /// Where it was made.
    pub exchange: String,
    /// The venue's name for it.
    pub id: String,
}

impl Post {
    pub(crate) fn new(source: &str, credentials: Option<Credentials>) -> Self {
        Self {
            now: Now::default(),
            link: Link::default(),
            out: Vec::new(),
            end: None,
            counters: Counters::default(),
            symbols: Symbols::default(),
            credentials,
            source: source.into(),
            live: false,
            seq: 0,
            last: HashMap::new(),
            topics: BTreeSet::new(),
            gaps: BTreeMap::new(),
            known: HashSet::new(),
            order: VecDeque::new(),
            refused: BTreeSet::new(),
        }
    }

    /// What the clocks say.
    #[must_use]
    pub const fn now(&self) -> Now {
        self.now
    }

    /// Whether this connection is to end, so that nothing else of it matters.
    #[must_use]
    pub const fn ended(&self) -> bool {
        self.end.is_some()
    }

    /// Sends `frame`.
    pub fn send(&mut self, frame: Frame) {
        self.out.push(Output::Send(self.link, Outgoing { frame, secret: false }));
    }

    /// Sends `frame`, which holds credentials.
    pub fn send_secret(&mut self, frame: Frame) {
        self.out.push(Output::Send(self.link, Outgoing { frame, secret: true }));
    }

    /// `text` without credentials.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        // First without credentials, then shortened: half a secret would not be found.
        let clean = self.credentials.as_ref().map_or_else(|| text.to_owned(), |c| c.clean(text));
        shortened(&clean)
    }

    /// Says that the connection is in another state.
    pub fn state(&mut self, state: State) {
        self.out.push(Output::State(self.now.at, state));
    }

    /// Says something that a person may want to know, without credentials.
    pub fn note(&mut self, note: Note) {
        let mut note = note;
        match &mut note {
            Note::Protocol { found: text, .. }
            | Note::Venue { text, .. }
            | Note::Rejected { found: text, .. }
            | Note::Unknown(text)
            | Note::Silent(text)
            | Note::Switching(text) => *text = self.clean(text),
            Note::Difference { missing, extra } => {
                for text in missing.iter_mut().chain(extra) {
                    *text = self.clean(text);
                }
            }
            Note::Codec { .. }
            | Note::Timeout(_)
            | Note::ClockStep(_)
            | Note::Waiting(_)
            | Note::Partial
            | Note::Missed(_) => {}
        }
        self.out.push(Output::Note(self.now.at, note));
    }

    /// Ends the connection; it will be called again.
    pub fn again(&mut self, why: &str) {
        let why = self.clean(why);
        self.end.get_or_insert(End::Again(why));
    }

    /// Ends the connection for good, with the venue's own words.
    pub fn never(&mut self, why: &str) {
        self.end = Some(End::Never(self.clean(why)));
    }

    /// The venue did not say what it says at this point: reported, and called again.
    pub fn breach(&mut self, expected: &'static str, found: &[u8]) {
        let found = String::from_utf8_lossy(found).into_owned();
        self.note(Note::Protocol { expected, found });
        self.again(&format!("protocol error: expected {expected}"));
    }

    /// A message of `kind` that cannot be used.
    pub fn refuse(&mut self, kind: &str, reject: Reject) {
        self.counters.decode_errors += 1;
        let kind = self.clean(kind);
        let name = (kind.clone(), reject.field.to_string());
        if self.refused.len() < REFUSED_KINDS_MAX && self.refused.insert(name) {
            let (field, found) = (self.clean(&reject.field), reject.found);
            self.note(Note::Rejected { kind, field, found, expected: reject.expected });
        }
    }

    /// A message of a type that nobody knows.
    pub fn unknown(&mut self, kind: &str) {
        let kind = self.clean(kind);
        if self.counters.unknown(&kind) {
            self.note(Note::Unknown(kind));
        }
    }

    /// The number of `name`, where it can be one.
    ///
    /// # Errors
    ///
    /// When there are too many instruments or the name is too long.
    pub fn symbol(&mut self, name: &str, scale: Scale) -> Result<SymbolId, Reject> {
        let found = self.symbols.named(name, scale);
        found.ok_or_else(|| Reject::new("symbol", name, "one of a million short names"))
    }

    /// Notes that `channel` of `symbol` is wanted: a lost connection leaves a gap in it.
    pub fn watch(&mut self, symbol: SymbolId, channel: &'static str) {
        self.topics.insert((symbol, channel));
    }

    /// Notes that `channel` of `symbol` is wanted no more.
    pub fn unwatch(&mut self, symbol: SymbolId, channel: &'static str) {
        self.topics.remove(&(symbol, channel));
    }

    /// Whether anything came on `channel` of `symbol` since the connection was made.
    #[must_use]
    pub fn heard(&self, topic: Topic) -> bool {
        self.last.contains_key(&topic)
    }

    /// Whether there is a gap in it now.
    #[must_use]
    pub fn in_gap(&self, symbol: SymbolId, channel: &'static str) -> bool {
        self.gaps.contains_key(&(symbol, channel))
    }

    /// Takes a record that can be trusted: closes the gap before it, marks what is odd about its
    /// moment, counts it and hands it on.
    pub fn tell(
        &mut self,
        symbol: SymbolId,
        channel: &'static str,
        at: Option<moment::Told>,
        what: What,
        more: More,
    ) {
        let heard = self.now.at;
        let mut flags = Flags::default();
        let at = match at {
            Some(moment::Told::At(at)) => at,
            blank => {
                flags = flags.and(Flags::NO_EVENT_TIME);
                if blank.is_some() {
                    flags = flags.and(Flags::SUSPECT);
                    self.counters.odd_moments += 1;
                }
                heard
            }
        };
        if at.0.saturating_sub(heard.0) > AHEAD_MAX_NS {
            flags = flags.and(Flags::SUSPECT);
            self.counters.odd_moments += 1;
        }
        let topic = (symbol, channel);
        let before = self.last.insert(topic, at);
        if before.is_some_and(|before| at < before) {
            flags = flags.and(Flags::BACKWARDS);
            self.counters.out_of_order += 1;
        }
        if !flags.has(Flags::NO_EVENT_TIME) {
            self.counters.latency.note(heard.0.saturating_sub(at.0));
        }
        self.topics.insert(topic);
        self.close_gap(topic);
        if !self.live {
            self.live = true;
            self.state(State::Live);
        }
        self.seq += 1;
        self.counters.record(channel);
        let record = Record { at, heard: Some(heard), seq: self.seq, symbol, flags, what };
        let more = (more != More::default()).then(|| Box::new(more));
        let source = Arc::clone(&self.source);
        self.out.push(Output::Told(Told { record, channel, source, more }));
    }

    /// Opens a gap in one topic, unless there is one.
    pub fn open_gap(&mut self, topic: Topic, from: Moment, reason: &Arc<str>) {
        if self.gaps.contains_key(&topic) {
            return;
        }
        self.gaps.insert(topic, (from, Arc::clone(reason)));
        self.counters.gaps += 1;
        let (symbol, channel) = topic;
        let reason = Arc::clone(reason);
        self.out.push(Output::Gap(Gap { symbol, channel, from, to: None, reason }));
    }

    /// Opens a gap in everything that is watched.
    pub(crate) fn open_gaps(&mut self, from: Moment, reason: &str) {
        let reason: Arc<str> = self.clean(reason).into();
        for topic in self.topics.clone() {
            self.open_gap(topic, from, &reason);
        }
    }

    fn close_gap(&mut self, topic: Topic) {
        if let Some((from, reason)) = self.gaps.remove(&topic) {
            let (symbol, channel) = topic;
            let to = Some(self.now.at);
            self.out.push(Output::Gap(Gap { symbol, channel, from, to, reason }));
        }
    }

    /// Remembers a trade; false where it is known already, and then it is counted as told twice.
    pub fn first_time(&mut self, name: TradeName) -> bool {
        if !self.known.insert(name.clone()) {
            self.counters.duplicates += 1;
            return false;
        }
        self.order.push_back(name);
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    /// Whether a trade is remembered; counted where it is not.
    pub fn remembers(&mut self, name: &TradeName) -> bool {
        let known = self.known.contains(name);
        self.counters.unknown_trades += u64::from(!known);
        known
    }

    pub(crate) fn failed(&mut self, refused: bool, text: &str) {
        let text = self.clean(text);
        self.out.push(Output::Failed(Failure { refused, text }));
    }
}

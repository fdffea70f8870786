//! Two connections where one must end: the venue ends each after a day, and says before it restarts.
//!
//! The next connection is opened beside the one in use. What it brings is held until each of its topics
//! reaches back to what was already told; then it takes over, what was told twice is left out by its
//! number, and the old one is hung up. A book that is made of changes takes over in the same way: its
//! changes carry their numbers through, without a gap and without a repetition.

use super::session::{self, Binance, Settings};
use crate::adapter::{Adapter, Input, Link, Note, Output};
use crate::clock::{Now, SECOND, Steady};
use crate::counters::Counters;
use crate::line::{Line, Terms};
use crate::told::Told;
use pitfloor_data::record::What;
use pitfloor_data::symbols::{SymbolId, Symbols};
use std::collections::BTreeMap;

/// How long a connection is used: the venue ends it after 24 hours.
pub const LIFE_NS: u64 = (23 * 60 + 50) * 60 * SECOND;

/// How long two connections may stand side by side before the next takes over as it is.
pub const BESIDE_NS: u64 = 60 * SECOND;

/// How long the next must have been live, so that a topic that was silent for that long is silent.
pub const SETTLED_NS: u64 = SECOND;

/// The most records that are held while two connections stand side by side.
pub const HELD_MAX: usize = 100_000;

/// An instrument by name, and a channel.
type Topic = (String, &'static str);

/// The adapter of Binance: one line, and at times another beside it.
#[derive(Debug)]
pub struct Overlap {
    settings: Settings,
    terms: Terms,
    active: Line<Binance>,
    next: Option<Next>,
    /// Which line a link belongs to: the upper half of its number.
    generation: u64,
    since: Option<Steady>,
    merged: Merged,
}

/// What both connections together have told.
#[derive(Debug, Default)]
struct Merged {
    symbols: Symbols,
    /// The last number told on each topic.
    last: BTreeMap<Topic, u64>,
    repeated: u64,
}

#[derive(Debug)]
struct Next {
    line: Line<Binance>,
    opened: Steady,
    live: Option<Steady>,
    held: Vec<(Topic, Told)>,
    first: BTreeMap<Topic, u64>,
}

impl Merged {
    /// What the line in use said.
    fn tell(&mut self, said: Vec<Output>, generation: u64, from: &Symbols, out: &mut Vec<Output>) {
        for output in said {
            match output {
                Output::Call(link, request) => {
                    out.push(Output::Call(outer(link, generation), request));
                }
                Output::Send(link, frame) => out.push(Output::Send(outer(link, generation), frame)),
                Output::Hang(link, code, why) => {
                    out.push(Output::Hang(outer(link, generation), code, why));
                }
                Output::Told(told) => {
                    let topic = topic(&told, from);
                    self.tell_once(topic, told, out);
                }
                Output::Gap(mut gap) => {
                    let name = from.get(gap.symbol).name.clone();
                    gap.symbol = self.symbol(&name);
                    out.push(Output::Gap(gap));
                }
                other => out.push(other),
            }
        }
    }

    fn symbol(&mut self, name: &str) -> SymbolId {
        // Whatever one line takes, this takes too: the same limits, and no scale but one.
        self.symbols.named(name, super::decode::SCALE).expect("a line has taken it")
    }

    fn tell_once(&mut self, topic: Topic, mut told: Told, out: &mut Vec<Output>) {
        if let Some((_, last)) = numbers(&told) {
            if self.last.get(&topic).is_some_and(|known| last <= *known) {
                self.repeated += 1;
                return;
            }
            self.last.insert(topic.clone(), last);
        }
        told.record.symbol = self.symbol(&topic.0);
        out.push(Output::Told(told));
    }
}

impl Overlap {
    /// One for these streams.
    ///
    /// # Errors
    ///
    /// When the venue would refuse what `settings` ask for.
    pub fn new(settings: Settings, terms: Terms) -> Result<Self, String> {
        let active = session::line(settings.clone(), terms)?;
        Ok(Self {
            settings,
            terms,
            active,
            next: None,
            generation: 0,
            since: None,
            merged: Merged::default(),
        })
    }

    /// How many records came over both connections and were told once.
    #[must_use]
    pub const fn repeated(&self) -> u64 {
        self.merged.repeated
    }

    /// Whether a second connection stands beside the first.
    #[must_use]
    pub const fn is_switching(&self) -> bool {
        self.next.is_some()
    }

    /// What the next line said: its records are held, its states are not ours yet.
    fn hold(&mut self, said: Vec<Output>, now: Now, out: &mut Vec<Output>) {
        let generation = self.generation + 1;
        let Some(next) = &mut self.next else { return };
        let mut over = false;
        for output in said {
            match output {
                Output::Call(link, request) => {
                    out.push(Output::Call(outer(link, generation), request));
                }
                Output::Send(link, frame) => out.push(Output::Send(outer(link, generation), frame)),
                Output::Hang(link, code, why) => {
                    out.push(Output::Hang(outer(link, generation), code, why));
                }
                Output::Told(told) => {
                    next.live.get_or_insert(now.steady);
                    let topic = topic(&told, next.line.symbols());
                    if let Some((first, _)) = numbers(&told) {
                        next.first.entry(topic.clone()).or_insert(first);
                    }
                    next.held.push((topic, told));
                }
                Output::Note(..) => out.push(output),
                Output::Failed(_) => over = true,
                Output::Gap(_) | Output::State(..) => {}
            }
        }
        if over {
            // The one in use goes on as long as it can, and calls again by itself.
            self.next = None;
            self.since = Some(now.steady);
            self.active.venue_mut().leaving = false;
        }
    }

    fn switch(&mut self, now: Now, forced: bool, out: &mut Vec<Output>) {
        let Some(next) = &self.next else { return };
        let settled = next.live.is_some_and(|live| now.steady >= live + SETTLED_NS);
        let reaches = next.first.iter().all(|(topic, first)| {
            self.merged.last.get(topic).is_none_or(|last| *first <= last + 1)
        });
        let late = now.steady >= next.opened + BESIDE_NS || next.held.len() >= HELD_MAX;
        if !(forced || settled && reaches || late && next.live.is_some()) {
            return;
        }
        let Some(next) = self.next.take() else { return };
        let mut said = Vec::new();
        self.active.finish(now, "another connection took over", &mut said);
        let old = std::mem::replace(&mut self.active, next.line);
        let generation = self.generation;
        self.merged.tell(said, generation, old.symbols(), out);
        self.generation += 1;
        self.since = Some(next.opened);
        for (topic, told) in next.held {
            self.merged.tell_once(topic, told, out);
        }
    }

    fn begin(&mut self, now: Now, why: &str, out: &mut Vec<Output>) {
        // Another seed, so that its waits are its own.
        let terms = Terms { seed: self.terms.seed.wrapping_add(self.generation + 1), ..self.terms };
        let Ok(line) = session::line(self.settings.clone(), terms) else { return };
        out.push(Output::Note(now.at, Note::Switching(why.to_owned())));
        let opened = now.steady;
        let (held, first) = (Vec::new(), BTreeMap::new());
        self.next = Some(Next { line, opened, live: None, held, first });
        self.hear_next(now, Input::Tick, out);
    }

    fn hear_next(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        let mut said = Vec::new();
        if let Some(next) = &mut self.next {
            next.line.hear(now, input, &mut said);
        }
        self.hold(said, now, out);
    }

    fn hear_active(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        if matches!(input, Input::Lost(..)) && self.next.as_ref().is_some_and(|n| n.line.is_live())
        {
            return self.switch(now, true, out);
        }
        if matches!(input, Input::Opened(_)) {
            self.since = Some(now.steady);
        }
        let mut said = Vec::new();
        self.active.hear(now, input, &mut said);
        self.merged.tell(said, self.generation, self.active.symbols(), out);
    }
}

fn outer(link: Link, generation: u64) -> Link {
    Link(generation << 32 | link.0)
}

fn topic(told: &Told, symbols: &Symbols) -> Topic {
    (symbols.get(told.record.symbol).name.clone(), told.channel)
}

/// The first and last number of a record, where its topic is numbered.
fn numbers(told: &Told) -> Option<(u64, u64)> {
    match &told.record.what {
        What::Trade(trade) => Some((trade.trade, trade.trade)),
        What::Depth(depth) => Some((depth.first, depth.last)),
        What::Quote(_) => told.word("u").and_then(|u| u.parse().ok()).map(|u| (u, u)),
        _ => None,
    }
}

impl Adapter for Overlap {
    fn hear(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        let (link, input) = match input {
            Input::Opened(link) => (Some(link), Input::Opened(Link(link.0 & 0xffff_ffff))),
            Input::Refused(link, why) => {
                (Some(link), Input::Refused(Link(link.0 & 0xffff_ffff), why))
            }
            Input::Frame(link, frame) => {
                (Some(link), Input::Frame(Link(link.0 & 0xffff_ffff), frame))
            }
            Input::Lost(link, loss) => (Some(link), Input::Lost(Link(link.0 & 0xffff_ffff), loss)),
            Input::Missed(link, count) => {
                (Some(link), Input::Missed(Link(link.0 & 0xffff_ffff), count))
            }
            Input::Tick => (None, Input::Tick),
        };
        match link.map(|link| link.0 >> 32) {
            Some(generation) if generation == self.generation => self.hear_active(now, input, out),
            Some(generation) if generation == self.generation + 1 => {
                self.hear_next(now, input, out)
            }
            Some(_) => {}
            None => {
                self.hear_active(now, input, out);
                self.hear_next(now, input, out);
            }
        }
        self.switch(now, false, out);
        let old = self.since.is_some_and(|since| now.steady >= since + LIFE_NS);
        if self.next.is_none() && (old || self.active.venue().leaving) {
            let why = if old { "the venue ends it after a day" } else { "the venue shuts it down" };
            self.begin(now, why, out);
        }
    }

    fn due(&self) -> Option<Steady> {
        let life = self.since.filter(|_| self.next.is_none()).map(|since| since + LIFE_NS);
        let next = self.next.as_ref().and_then(|next| {
            let settled = next.live.map(|live| live + SETTLED_NS);
            let ready = settled.map(|settled| settled.max(next.opened + BESIDE_NS));
            [next.line.due(), ready].into_iter().flatten().min()
        });
        [self.active.due(), life, next].into_iter().flatten().min()
    }

    /// Of the connection in use.
    fn counters(&self) -> &Counters {
        self.active.counters()
    }

    fn symbols(&self) -> &Symbols {
        &self.merged.symbols
    }
}

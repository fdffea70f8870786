//! A wire without a network: it joins an adapter and a stand-in under one clock that nobody waits for.
//!
//! Delays come of seeded dice, and what was sent first arrives first, as on a connection. The same seed
//! gives the same history to the last output.

use crate::adapter::{Adapter, Frame, Input, Link, Loss, Output, Refusal};
use crate::clock::{MS, Now, Steady};
use crate::stand_in::{Act, Answer, StandIn};
use pitfloor_data::record::Moment;
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;

/// The wall clock at the start: 2026-03-02T14:30:00Z, a Monday.
pub const START: Moment = Moment(1_772_461_800_000_000_000);

/// The most inputs that one run may take: more is a loop that time does not end.
pub const INPUTS_MAX: u64 = 20_000_000;

/// What is on its way.
#[derive(Clone, Debug)]
enum Way {
    Opened(Link),
    Refused(Link, Refusal),
    ToAdapter(Link, Frame),
    ToVenue(Link, Frame),
    Lost(Link, Loss),
    Gone(Link),
}

/// An adapter, a stand-in and what is between them.
#[derive(Debug)]
pub struct Wire<A, S> {
    /// The adapter.
    pub adapter: A,
    /// The stand-in.
    pub stand_in: S,
    /// Everything that the adapter said, and when.
    pub log: Vec<(Steady, Output)>,
    /// How far the wall clock was set, in nanoseconds.
    pub wall_set_by: i64,
    /// The most frames that were under way at once.
    pub under_way_max: usize,
    now: Steady,
    dice: Xoshiro256PlusPlus,
    ways: BTreeMap<(Steady, u64), Way>,
    numbered: u64,
    last_in: Steady,
    last_out: Steady,
    inputs: u64,
}

impl<A: Adapter, S: StandIn> Wire<A, S> {
    /// Joins them.
    #[must_use]
    pub fn new(adapter: A, stand_in: S, seed: u64) -> Self {
        Self {
            adapter,
            stand_in,
            log: Vec::new(),
            wall_set_by: 0,
            under_way_max: 0,
            now: 0,
            dice: Xoshiro256PlusPlus::seed_from_u64(seed),
            ways: BTreeMap::new(),
            numbered: 0,
            last_in: 0,
            last_out: 0,
            inputs: 0,
        }
    }

    /// What the clocks say.
    #[must_use]
    pub fn now(&self) -> Now {
        let at = START.0.saturating_add_unsigned(self.now).saturating_add(self.wall_set_by);
        Now { at: Moment(at), steady: self.now }
    }

    /// Lets time pass until `until`, on the steady clock.
    ///
    /// # Panics
    ///
    /// When the two talk without end at one moment.
    pub fn run(&mut self, until: Steady) {
        loop {
            let way = self.ways.first_key_value().map(|((at, _), _)| *at);
            let own = [self.adapter.due(), self.stand_in.due()];
            let due = own.into_iter().flatten().chain(way).min();
            let Some(due) = due.filter(|due| *due <= until) else { break };
            self.now = self.now.max(due);
            self.inputs += 1;
            assert!(self.inputs < INPUTS_MAX, "time goes on between inputs");
            self.step(way);
        }
        self.now = self.now.max(until);
    }

    fn step(&mut self, way: Option<Steady>) {
        if way.is_some_and(|at| at <= self.now) {
            let (_, way) = self.ways.pop_first().expect("it was seen");
            return self.arrive(way);
        }
        if self.stand_in.due().is_some_and(|due| due <= self.now) {
            let mut acts = Vec::new();
            self.stand_in.tick(self.now, &mut acts);
            self.act(acts);
        }
        if self.adapter.due().is_some_and(|due| due <= self.now) {
            self.tell(Input::Tick);
        }
    }

    fn arrive(&mut self, way: Way) {
        let mut acts = Vec::new();
        match way {
            Way::Opened(link) => self.tell(Input::Opened(link)),
            Way::Refused(link, refusal) => self.tell(Input::Refused(link, &refusal)),
            Way::ToAdapter(link, frame) => self.tell(Input::Frame(link, &frame)),
            Way::Lost(link, loss) => self.tell(Input::Lost(link, &loss)),
            Way::ToVenue(link, frame) => self.stand_in.hear(link, &frame, self.now, &mut acts),
            Way::Gone(link) => self.stand_in.gone(link, self.now),
        }
        self.act(acts);
    }

    /// Tells the adapter something as if it had come over the wire now.
    pub fn tell(&mut self, input: Input<'_>) {
        let mut said = Vec::new();
        self.adapter.hear(self.now(), input, &mut said);
        for output in &said {
            match output {
                Output::Call(link, request) => {
                    match self.stand_in.called(*link, request, self.now) {
                        Answer::Open => self.send(false, Way::Opened(*link)),
                        Answer::Refused(refusal) => self.send(false, Way::Refused(*link, refusal)),
                        Answer::Silence => {}
                    }
                }
                Output::Send(link, sent) => {
                    self.send(true, Way::ToVenue(*link, sent.frame.clone()))
                }
                Output::Hang(link, ..) => self.send(true, Way::Gone(*link)),
                Output::Told(_)
                | Output::Gap(_)
                | Output::State(..)
                | Output::Note(..)
                | Output::Failed(_) => {}
            }
        }
        let now = self.now;
        self.log.extend(said.into_iter().map(|output| (now, output)));
    }

    fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send(link, frame) => self.send(false, Way::ToAdapter(link, frame)),
                Act::Cut(link, loss) => self.send(false, Way::Lost(link, loss)),
            }
        }
    }

    /// From one to three milliseconds, never before what was sent earlier.
    fn send(&mut self, out: bool, way: Way) {
        let at = self.now + MS + self.dice.next_u64() % (2 * MS);
        let last = if out { &mut self.last_out } else { &mut self.last_in };
        *last = at.max(*last);
        self.numbered += 1;
        self.ways.insert((*last, self.numbered), way);
        self.under_way_max = self.under_way_max.max(self.ways.len());
    }
}

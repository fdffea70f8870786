//! The crowd host: every agent a task of its own, racing for real to one sequencer.
//!
//! Nobody can say beforehand in which order commands arrive: that is up to the machine. The
//! sequencer stamps them as they come, with the wall time since the start, and applies them; so the
//! run cannot be predicted, yet its journal replays it exactly.
//!
//! ```text
//!  agents ──commands (bounded: a full queue makes the agent wait)──► sequencer ──► observer
//!    ▲ ▲ ▲                                                            │ │ │
//!    │ │ └── public: what the venue said, one copy for all ───────────┘ │ │
//!    │ └──── private: what happened to one's own orders ────────────────┘ │
//!    └────── the public market as it is now, for who missed some of it ───┘
//! ```
//!
//! The sequencer waits for nobody but the clock and the next command, so an agent, however slow,
//! hurts only itself:
//!
//! * who does not keep up with the **public** line misses the oldest of it, and is given the present
//!   board in its place; nothing that it is told or shown is false, some of it is left out;
//! * the **private** line drops nothing. It is bounded all the same: an agent that lets
//!   [`Limits::private`] messages pile up is closed, with the reason in [`Crowd::gone`]. Its resting
//!   orders stay where they are, like those of anyone who left the room;
//! * an agent that panics is gone, with its name and its last words; the others go on.
//!
//! The triggers of the scenario are the sequencer's. What they send is applied like any other
//! command, ahead of whatever waits at the door, and is in the journal. A moment comes by the clock:
//! nothing stamped after it is applied before what is due at it, which is stamped with the moment
//! itself, as in the simulation. Prices, events and counts are those of what has been applied.
//!
//! * A **pause** point does not hold a crowd up, since nobody could tell it to go on: it is passed,
//!   as a simulation that runs through passes it, and noted in [`Crowd::pauses`].
//! * A **stop** ends the crowd with the command that fired it, or at its moment. Nothing is applied
//!   after it: what waits at the door, or in another trigger, is lost like everything on its way.
//! * The opening of the accounts is one act: what triggers do about it follows it.
//!
//! Start reading at [`crowd`].

use crate::clock::{Wake, due, since, wall};
use crate::participant::{Lines, Participant};
use pitfloor_exchange::Exchange;
use pitfloor_model::canon::Canon;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Price, Qty, Span, Time};
use pitfloor_sim::agenda::Agenda;
use pitfloor_sim::agent::{Own, Seat};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::latency::{Latency, Link};
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::trigger::{Then, Trigger, Watch, When};
use pitfloor_sim::view::Board;
use pitfloor_supervision::{Bench, Supervisor};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::{Instant, sleep};

/// When a crowd goes home, how far its members stand from the venue, and how much may pile up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// It closes after so much wall time,
    pub time: Duration,
    /// or as soon as the venue has received so many commands.
    pub commands_max: u64,
    /// What delays messages.
    pub links: Links,
    /// How much may pile up.
    pub limits: Limits,
}

/// What delays messages between agents and venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// The machine alone.
    Machine,
    /// The latencies of the scenario, waited for by the clock, besides what the machine takes.
    /// Timers tick in milliseconds: shorter delays are rounded up.
    Scenario,
}

/// The limits of a crowd's queues, each at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Commands that may wait for the sequencer; who sends one more waits too.
    pub commands: usize,
    /// Commands whose public consequences are kept for agents that have not read them yet.
    pub public: usize,
    /// Private messages that one agent may leave unread before it is closed.
    pub private: usize,
    /// Messages on their way to, from or inside one agent's task, its timers included. While there
    /// are more, it does not listen.
    pub in_flight: usize,
}

/// A crowd that has gone home.
pub struct Crowd {
    /// The market as they left it.
    pub exchange: Exchange,
    /// How many commands the venue has received.
    pub commands: u64,
    /// How many commands' public consequences were missed by agents that wanted to be told of some,
    /// all agents together.
    pub missed: u64,
    /// Who left before the end, in the order of accounts.
    pub gone: Vec<Gone>,
    /// The pause points that it passed, as numbers of [`Scenario::triggers`], in the order in which
    /// they fired.
    pub pauses: Vec<usize>,
    /// The trigger that ended it, if one did.
    pub stopped: Option<usize>,
}

/// An agent that left before the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its name.
    pub name: String,
    /// Its account.
    pub account: AccountId,
    /// Why.
    pub why: Left,
}

/// Why an agent left before the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Left {
    /// It panicked, with these words.
    #[error("it panicked: {0}")]
    Panicked(String),
    /// It was closed: so many private messages were waiting, and there was one more.
    #[error("it was closed: it left {0} private messages unread")]
    FellBehind(usize),
}

/// What an agent asks of the sequencer.
pub(crate) enum Ask {
    /// To carry this out.
    Command(Command),
    /// The public market as it is now.
    Board(oneshot::Sender<Caught>),
}

/// The public market after the commands before `next`.
pub(crate) struct Caught {
    pub(crate) next: u64,
    pub(crate) at: Time,
    pub(crate) board: Board,
}

/// What the venue said to all. Agents see of it what their boards make of it.
pub(crate) struct Said {
    pub(crate) stamped: Stamped,
    pub(crate) events: Box<[Event]>,
}

/// What the venue said to one, at `at`.
pub(crate) struct Private {
    pub(crate) at: Time,
    pub(crate) event: Event,
}

/// The one place where the order of things is decided.
struct Sequencer<'a> {
    start: Instant,
    seq: u64,
    now: Time,
    exchange: Exchange,
    board: Board,
    events: Vec<Event>,
    bytes: Vec<u8>,
    triggers: &'a [Trigger],
    watch: Watch,
    agenda: Agenda<Due>,
    bench: Bench,
    pauses: Vec<usize>,
    stopped: Option<usize>,
    observer: &'a mut (dyn Observer + Send),
    public: broadcast::Sender<Arc<Said>>,
    /// By account.
    members: Vec<Member>,
}

/// Something the sequencer does of itself.
#[derive(Clone, Copy)]
enum Due {
    /// A trigger's moment has come.
    Fire(usize),
    /// A trigger sends this: the command of this place among what it does.
    Send(usize, usize),
}

/// The sequencer's end of an agent.
struct Member {
    own: Own,
    private: mpsc::Sender<Private>,
    task: Option<AbortHandle>,
    closed: Option<Left>,
}

impl Hours {
    /// For `time`, with whatever latency the machine has and the usual limits.
    #[must_use]
    pub fn of(time: Duration) -> Self {
        Self { time, commands_max: u64::MAX, links: Links::Machine, limits: Limits::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { commands: 1 << 10, public: 1 << 12, private: 1 << 16, in_flight: 1 << 16 }
    }
}

/// Runs the agents of `scenario` as a crowd, and returns when it has gone home.
///
/// It goes home when its hours are over, when a trigger stops it, or when nobody is left. Whatever
/// the venue took in by then is applied and has been shown to `observer`, and every task has ended.
/// Commands and notices still on their way are lost, like calls to a closed exchange.
///
/// # Panics
///
/// When a limit is 0, or `observer` panics. Waits for an agent that does not return from a call.
pub async fn crowd(
    scenario: &Scenario,
    hours: Hours,
    observer: &mut (dyn Observer + Send),
) -> Crowd {
    let (ask, mut asked) = mpsc::channel(hours.limits.commands);
    let missed = Arc::new(AtomicU64::new(0));
    let mut sequencer = Sequencer::open(scenario, &hours, observer);
    let participants = sequencer.seat_all(scenario, &hours, &ask, &missed);
    drop(ask);

    let mut tasks = JoinSet::new();
    let mut accounts = HashMap::new();
    for (member, participant) in participants.into_iter().enumerate() {
        let task = tasks.spawn(participant.live(sequencer.start));
        accounts.insert(task.id(), member);
        sequencer.members[member].task = Some(task);
    }
    sequencer.serve(&mut asked, &hours).await;

    tasks.abort_all();
    while let Some(ended) = tasks.join_next_with_id().await {
        if let Err(error) = ended {
            let member = accounts[&error.id()];
            sequencer.bury(member, error);
        }
    }
    sequencer.close(scenario, missed.load(Ordering::Relaxed))
}

impl<'a> Sequencer<'a> {
    fn open(
        scenario: &'a Scenario,
        hours: &Hours,
        observer: &'a mut (dyn Observer + Send),
    ) -> Self {
        let venue = scenario.venue();
        let latencies = scenario.groups().iter().map(|group| hours.latency(group.latency));
        let horizon = latencies.map(|latency| latency.longest()).max().unwrap_or(Span::ZERO);
        let (triggers, mut watch, mut agenda) =
            (scenario.triggers(), Watch::default(), Agenda::new());
        for (index, trigger) in triggers.iter().enumerate() {
            match trigger.when {
                When::At(at) => agenda.schedule(at, Due::Fire(index)),
                when => watch.arm(index, when),
            }
        }
        Self {
            start: wall(),
            seq: 0,
            now: Time::ZERO,
            exchange: Exchange::new(venue.clone()),
            board: Board::new(venue.instruments().len(), horizon),
            events: Vec::new(),
            bytes: Vec::new(),
            triggers,
            watch,
            agenda,
            bench: scenario.bench(),
            pauses: Vec::new(),
            stopped: None,
            observer,
            public: broadcast::channel(hours.limits.public).0,
            members: Vec::new(),
        }
    }

    /// Opens everybody's account, in the order of the cast, and gives everybody a seat.
    fn seat_all(
        &mut self,
        scenario: &Scenario,
        hours: &Hours,
        ask: &mpsc::Sender<Ask>,
        missed: &Arc<AtomicU64>,
    ) -> Vec<Participant> {
        let (seed, venue) = (scenario.seed(), scenario.venue());
        let mut seated = Vec::new();
        for (account, (group, name, roles, endowment)) in (0..).map(AccountId).zip(scenario.cast())
        {
            let link = Link::new(hours.latency(group.latency), seed, &name).thinking(group.think);
            let mut seat = Seat::new(seed, &name, account, link, venue);
            if group.by_activity {
                seat.live_by_activity();
            }
            for command in endowment.commands(account) {
                self.apply(Time::ZERO, command);
                // What somebody brings along he knows at once.
                self.events.iter().for_each(|event| seat.brings(event, venue));
            }
            let agent = group.agent(&roles);
            let (private, private_in) = mpsc::channel(hours.limits.private);
            let own = agent.interest().own;
            self.members.push(Member { own, private, task: None, closed: None });
            seated.push((seat, agent, private_in));
        }
        if let Some(house) = scenario.house() {
            let account = AccountId(u32::try_from(seated.len()).expect("accounts were counted"));
            for command in house.commands(account) {
                self.apply(Time::ZERO, command);
            }
        }
        for command in scenario.opening() {
            self.apply(Time::ZERO, command);
            for event in &self.events {
                let Some(account) = event.accounts().0 else { continue };
                if let Some((seat, ..)) = seated.get_mut(account.0 as usize) {
                    seat.brings(event, venue);
                }
            }
        }
        // Everybody listens from here on, and finds the board as it is after the opening.
        let seated = seated.into_iter().map(|(seat, agent, private)| {
            let lines = Lines {
                ask: ask.clone(),
                private,
                public: self.public.subscribe(),
                in_flight_max: hours.limits.in_flight,
                missed: missed.clone(),
            };
            let caught = Caught { next: self.seq, at: self.now, board: self.board.clone() };
            Participant::new(seat, agent, venue.clone(), scenario.world(), caught, lines)
        });
        seated.collect()
    }

    /// Takes what comes until it is time to close, and then what is still at the door.
    async fn serve(&mut self, asked: &mut mpsc::Receiver<Ask>, hours: &Hours) {
        let close = sleep(hours.time);
        tokio::pin!(close);
        self.work_off(since(self.start));
        let moment = self.next_moment().wait();
        tokio::pin!(moment);
        while self.seq < hours.commands_max && self.stopped.is_none() {
            tokio::select! {
                biased;
                () = &mut close => break,
                () = &mut moment => {
                    self.work_off(since(self.start));
                    moment.set(self.next_moment().wait());
                }
                ask = asked.recv() => match ask {
                    Some(ask) => self.answer(ask),
                    None => break,
                },
            }
        }
        asked.close();
        self.work_off(since(self.start));
        while self.stopped.is_none()
            && let Some(ask) = asked.recv().await
        {
            self.answer(ask);
        }
    }

    fn next_moment(&self) -> Wake {
        let moments = [self.exchange.next_expiry(), self.bench.due(), self.agenda.next()];
        let soonest = moments.into_iter().flatten().min();
        soonest.map_or(Wake::Never, |at| due(self.start, at))
    }

    fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Command(command) => {
                let now = since(self.start);
                // The clock may have come to a moment before its timer has rung.
                self.work_off(now);
                if self.stopped.is_none() {
                    self.apply(now, command);
                    self.say();
                    self.work_off(now);
                }
            }
            Ask::Board(reply) => {
                let board = self.board.clone();
                // Whoever asked may be gone by now.
                let _ = reply.send(Caught { next: self.seq, at: self.now, board });
            }
        }
    }

    /// Does what the clock, supervisors and triggers have to do by `now`, and what that sets off. At
    /// one moment orders expire first, and supervisors come before triggers. It ends: each trigger
    /// fires once, and a supervisor that has spoken is not due again until something happens.
    fn work_off(&mut self, now: Time) {
        while self.stopped.is_none() {
            let [expiry, spoken, next] =
                [self.exchange.next_expiry(), self.bench.due(), self.agenda.next()];
            if let Some(at) = expiry
                && at <= now
                && [spoken, next].into_iter().flatten().all(|other| at <= other)
            {
                self.apply(at, Command::AdvanceTime);
                self.say();
                continue;
            }
            if let Some(due) = spoken
                && due <= now
                && next.is_none_or(|next| due <= next)
            {
                self.hear_bench(due.max(self.now));
                continue;
            }
            let Some((at, due)) = self.agenda.take(now) else { break };
            match due {
                Due::Fire(trigger) => self.fire(at, trigger),
                Due::Send(trigger, place) => {
                    if let Then::Send(command) = &self.triggers[trigger].then[place] {
                        self.apply(at, command.clone());
                        self.say();
                    }
                }
            }
        }
    }

    fn hear_bench(&mut self, at: Time) {
        let mut said = Vec::new();
        self.bench.take(at, &mut said);
        for command in said {
            self.apply(at, command);
            self.say();
        }
    }

    fn show_bench(&mut self) {
        let price = |best: Option<(Price, Qty)>| best.map(|(price, _)| price);
        for event in &self.events {
            self.bench.see(self.now, event);
        }
        for instrument in self.board.moved() {
            let quote = self.board.quote(*instrument);
            self.bench.quote(self.now, *instrument, price(quote.bid), price(quote.ask));
        }
    }

    /// The trigger `index` fires at the moment `at`. What it sends follows all that is due then.
    fn fire(&mut self, at: Time, index: usize) {
        for (place, then) in self.triggers[index].then.iter().enumerate() {
            match then {
                Then::Pause => self.pauses.push(index),
                Then::Stop => self.stopped = self.stopped.or(Some(index)),
                Then::Send(_) => self.agenda.schedule(at, Due::Send(index, place)),
            }
        }
    }

    fn apply(&mut self, at: Time, command: Command) {
        self.now = self.now.max(at);
        let stamped = Stamped { seq: self.seq, at: self.now, command };
        self.seq += 1;
        self.events.clear();
        self.exchange.apply(&stamped, &mut self.events);
        self.board.see(&stamped, &self.events);
        self.bytes.clear();
        stamped.write(&mut self.bytes);
        let Self { events, bytes, board, .. } = self;
        self.observer.saw(&Seen { stamped: &stamped, bytes, events, board });
        let events = self.events.as_slice().into();
        // Nobody may be listening: at the opening nobody is.
        let said = Arc::new(Said { stamped, events });
        let _ = self.public.send(said.clone());
        self.show_bench();
        for trigger in self.watch.fired(&said.stamped, &self.events) {
            self.fire(self.now, trigger);
        }
    }

    /// Tells those whom the last command concerns. The public has heard it before: who reads here
    /// of his fill finds it on the board.
    fn say(&mut self) {
        for event in &self.events {
            let (first, second) = event.accounts();
            for account in [first, second.filter(|second| first != Some(*second))] {
                let member = account.and_then(|account| self.members.get_mut(account.0 as usize));
                if let Some(member) = member.filter(|member| member.own.wants(event)) {
                    member.tell(Private { at: self.now, event: *event });
                }
            }
        }
    }

    /// Notes how the task of `member` ended, unless that was our doing.
    fn bury(&mut self, member: usize, error: JoinError) {
        if let Ok(words) = error.try_into_panic() {
            let said = words.downcast_ref::<String>().cloned();
            let said = said.or_else(|| words.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            let said = said.unwrap_or_else(|| "without words".to_owned());
            self.members[member].closed = Some(Left::Panicked(said));
        }
    }

    fn close(self, scenario: &Scenario, missed: u64) -> Crowd {
        let members = (0..).map(AccountId).zip(scenario.cast()).zip(self.members);
        let gone = members.filter_map(|((account, (_, name, ..)), member)| {
            member.closed.map(|why| Gone { name, account, why })
        });
        Crowd {
            exchange: self.exchange,
            commands: self.seq,
            missed,
            gone: gone.collect(),
            pauses: self.pauses,
            stopped: self.stopped,
        }
    }
}

impl Member {
    fn tell(&mut self, private: Private) {
        // A closed line is that of an agent that is gone.
        if let Err(mpsc::error::TrySendError::Full(_)) = self.private.try_send(private) {
            self.closed.get_or_insert(Left::FellBehind(self.private.max_capacity()));
            if let Some(task) = &self.task {
                task.abort();
            }
        }
    }
}

impl Hours {
    fn latency(&self, scenario: Latency) -> Latency {
        match self.links {
            Links::Machine => Latency::Fixed(Span::ZERO),
            Links::Scenario => scenario,
        }
    }
}

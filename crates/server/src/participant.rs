//! One agent of a crowd in its own task: the same [`Agent`], another caller.
//!
//! It keeps what a kernel would keep for it: seat, board, world, and an agenda of its own for
//! timers, for commands on their way up and for notices on their way down. Lines to the venue are
//! all it shares with anybody.

use crate::clock::{Wake, due, since};
use crate::crowd::{Ask, Caught, Private, Said};
use pitfloor_feed::tape::Print;
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::Time;
use pitfloor_sim::agenda::Agenda;
use pitfloor_sim::agent::{Agent, Context, Intent, Interest, Notice, Seat};
use pitfloor_sim::view::Board;
use pitfloor_sim::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;

/// An agent with all that it stands on.
pub(crate) struct Participant {
    seat: Seat,
    agent: Box<dyn Agent>,
    interest: Interest,
    venue: Arc<Venue>,
    world: World,
    board: Board,
    /// The number of the first command that the board does not know of.
    next: u64,
    agenda: Agenda<Chore>,
    /// Commands on their way to the venue, by number.
    sending: BTreeMap<u64, Command>,
    sent: u64,
    /// How far the agenda has been worked off.
    reached: Time,
    intents: Vec<Intent>,
    lines: Lines,
}

/// An agent's lines to the venue.
pub(crate) struct Lines {
    pub(crate) ask: mpsc::Sender<Ask>,
    pub(crate) private: mpsc::Receiver<Private>,
    pub(crate) public: broadcast::Receiver<Arc<Said>>,
    pub(crate) in_flight_max: usize,
    pub(crate) missed: Arc<AtomicU64>,
}

/// Something to do at a moment.
#[derive(Clone, Copy)]
enum Chore {
    /// Tell the agent; the venue said it at `said`.
    Tell { said: Time, notice: Notice },
    /// Hand the venue the command of this number.
    Send(u64),
    /// Its question, to which this timer is the answer, gets to the venue.
    Ask(u64),
}

/// The venue takes nothing in any more.
struct Over;

impl Participant {
    pub(crate) fn new(
        seat: Seat,
        agent: Box<dyn Agent>,
        venue: Arc<Venue>,
        world: World,
        caught: Caught,
        lines: Lines,
    ) -> Self {
        let (agenda, intents, interest) = (Agenda::new(), Vec::new(), agent.interest());
        let Caught { next, at: reached, board } = caught;
        let (sending, sent) = (BTreeMap::new(), 0);
        Self {
            seat,
            agent,
            interest,
            venue,
            world,
            board,
            next,
            agenda,
            sending,
            sent,
            reached,
            intents,
            lines,
        }
    }

    /// Takes part until the venue closes. `start` is when the run began.
    pub(crate) async fn live(mut self, start: Instant) {
        let Err(Over) = self.take_part(start).await;
    }

    async fn take_part(&mut self, start: Instant) -> Result<std::convert::Infallible, Over> {
        self.agenda.schedule(Time::ZERO, Chore::Tell { said: Time::ZERO, notice: Notice::Start });
        loop {
            let chore = self.agenda.next().map_or(Wake::Never, |at| due(start, at));
            let (listens, has_room) = (self.listens(), self.has_room());
            tokio::select! {
                biased;
                private = self.lines.private.recv(), if has_room => {
                    self.receive(private.ok_or(Over)?);
                }
                () = chore.wait() => self.next_chore(start).await?,
                said = self.lines.public.recv(), if listens && has_room => match said {
                    Ok(said) => self.hear(&said),
                    Err(RecvError::Lagged(missed)) => self.catch_up(missed).await?,
                    Err(RecvError::Closed) => return Err(Over),
                },
            }
        }
    }

    /// True when it wants to be told of public events as they come. Others look when they act.
    fn listens(&self) -> bool {
        let Interest { own: _, trades, quotes, auctions, news: _, imbalances } = &self.interest;
        let looks = trades.is_empty() && quotes.is_empty() && auctions.is_empty();
        !looks || !imbalances.is_empty()
    }

    fn has_room(&self) -> bool {
        self.agenda.len() < self.lines.in_flight_max
    }

    /// Something happened to its own orders.
    fn receive(&mut self, private: Private) {
        self.arrives(private.at, Notice::Own(private.event));
    }

    /// The venue said something to all: the board shows it, and the agent is told what it wants.
    fn hear(&mut self, said: &Said) {
        let Said { stamped, events } = said;
        if stamped.seq < self.next {
            return; // The board it caught up with knows.
        }
        assert_eq!(stamped.seq, self.next, "the public line has no gap that it does not report");
        self.next += 1;
        self.board.see(stamped, events);
        for print in events.iter().filter_map(|event| Print::of(stamped, event)) {
            if self.interest.trades.contains(&print.instrument) {
                self.arrives(stamped.at, Notice::Print(print));
            }
        }
        for event in events {
            if let Event::Indicative { instrument, .. }
            | Event::CallExtended { instrument }
            | Event::Uncrossed { instrument, .. } = event
                && self.interest.auctions.contains(instrument)
            {
                self.arrives(stamped.at, Notice::Auction(*event));
            }
        }
        for at in 0..self.board.moved().len() {
            let instrument = self.board.moved()[at];
            if self.interest.quotes.contains(&instrument) {
                self.arrives(stamped.at, Notice::Quote(instrument, self.board.quote(instrument)));
            }
        }
        self.weigh(stamped.at);
    }

    /// Tells it of books that have become lopsided.
    fn weigh(&mut self, at: Time) {
        for number in 0..self.interest.imbalances.len() {
            let watch = &mut self.interest.imbalances[number];
            if watch.look(&self.board) {
                let tag = watch.tag;
                self.arrives(at, Notice::Timer(tag));
            }
        }
    }

    /// It has missed `missed` of what the venue said: fetches the board as it is now. What was
    /// missed stays untold, except that the best prices are others now.
    async fn catch_up(&mut self, missed: u64) -> Result<(), Over> {
        if self.listens() {
            self.lines.missed.fetch_add(missed, Ordering::Relaxed);
        }
        let (reply, answer) = oneshot::channel();
        self.lines.ask.send(Ask::Board(reply)).await.map_err(|_| Over)?;
        let caught = answer.await.map_err(|_| Over)?;
        let before = std::mem::replace(&mut self.board, caught.board);
        self.next = caught.next;
        for at in 0..self.interest.quotes.len() {
            let instrument = self.interest.quotes[at];
            let quote = self.board.quote(instrument);
            if quote != before.quote(instrument) {
                self.arrives(caught.at, Notice::Quote(instrument, quote));
            }
        }
        Ok(())
    }

    /// What the venue said at `said` is on its way.
    fn arrives(&mut self, said: Time, notice: Notice) {
        // The machine may have taken longer than the link.
        let at = self.seat.link().down(said).max(self.reached);
        self.agenda.schedule(at, Chore::Tell { said, notice });
    }

    async fn next_chore(&mut self, start: Instant) -> Result<(), Over> {
        // None is due after a long sleep, which is broken into days.
        let Some((at, chore)) = self.agenda.take(since(start)) else { return Ok(()) };
        self.reached = at;
        match chore {
            Chore::Tell { said, notice } => self.tell(said, &notice, start).await,
            Chore::Ask(tag) => {
                self.arrives(at, Notice::Timer(tag));
                Ok(())
            }
            Chore::Send(number) => {
                let command = self.sending.remove(&number).expect("it is sent once");
                self.lines.ask.send(Ask::Command(command)).await.map_err(|_| Over)
            }
        }
    }

    async fn tell(&mut self, said: Time, notice: &Notice, start: Instant) -> Result<(), Over> {
        self.read_up().await?;
        if let Notice::Own(event) = notice {
            self.seat.told(said, event, &self.venue);
        } else if !matches!(notice, Notice::Timer(_)) {
            self.seat.link().told(said);
        }
        let now = since(start);
        let (seat, intents) = (&mut self.seat, &mut self.intents);
        let mut cx = Context::new(now, seat, &self.venue, &self.board, &mut self.world, intents);
        self.agent.on(notice, &mut cx);
        for intent in self.intents.drain(..) {
            match intent {
                Intent::Send(command) => {
                    self.sending.insert(self.sent, command);
                    self.agenda.schedule(self.seat.link().up(now), Chore::Send(self.sent));
                    self.sent += 1;
                }
                Intent::Ask(after, tag) => {
                    let there = self.seat.link().up(now.after(after));
                    self.agenda.schedule(there, Chore::Ask(tag));
                }
                Intent::Wake(at, tag) => {
                    let (said, notice) = (now, Notice::Timer(tag));
                    self.agenda.schedule(at, Chore::Tell { said, notice });
                }
            }
        }
        Ok(())
    }

    /// Brings the board up to what has come in by now, before the agent looks at it.
    async fn read_up(&mut self) -> Result<(), Over> {
        // No more than is kept for the slow, or a fast market would never let it act.
        for _ in 0..self.lines.public.len() {
            if self.listens() && !self.has_room() {
                break;
            }
            match self.lines.public.try_recv() {
                Ok(said) => self.hear(&said),
                Err(TryRecvError::Lagged(missed)) => self.catch_up(missed).await?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        Ok(())
    }
}

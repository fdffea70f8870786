//! The kernel: the one place where the order of things is decided.
//!
//! A machine with an agenda of future moments. It never waits: it says when it next has something
//! to do ([`Kernel::due`]) and is told how far time has come ([`Kernel::advance`]). Who calls it
//! decides what time means: a loop that jumps from moment to moment is a simulation, a loop that
//! sleeps in between is a live market. Agents, exchange and the order of events are the same in
//! both.

use crate::agenda::Agenda;
use crate::agent::{Agent, Context, Intent, Interest, Notice, Own, Seat};
use crate::decision::Decision;
use crate::imbalance::Imbalance;
use crate::latency::{Latency, Link};
use crate::mail::{Mail, Sealed};
use crate::trigger::{Then, Trigger, Watch, When};
use crate::view::Board;
use crate::world::World;
use pitfloor_exchange::{Exchange, near};
use pitfloor_feed::tape::Print;
use pitfloor_model::canon::Canon;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Credit, Event};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Span, Time};
use pitfloor_supervision::{Bench, Supervisor};
use std::sync::Arc;

pub use crate::mail::ON_THE_WAY_MAX;

/// Agents, exchange and virtual time.
pub struct Kernel {
    seed: u64,
    now: Time,
    /// What happened at the present moment so far.
    at_once: u64,
    seq: u64,
    agenda: Agenda<Due>,
    /// Notices on their way down, with the moment at which the venue said them.
    notices: Mail<(Time, Notice)>,
    /// Commands on their way up.
    commands: Mail<Sealed>,
    exchange: Exchange,
    board: Board,
    world: World,
    seats: Vec<Seat>,
    agents: Vec<Box<dyn Agent>>,
    owns: Vec<Own>,
    /// Which seat trades for each account; outsiders have none here.
    seat_of: Vec<Option<u32>>,
    /// Per instrument, who is told of trades, of quotes and of auctions.
    trade_readers: Vec<Vec<u32>>,
    quote_readers: Vec<Vec<u32>>,
    auction_readers: Vec<Vec<u32>>,
    /// Who watches for a lopsided book.
    imbalance_readers: Vec<(u32, Imbalance)>,
    /// Who is told of news, and the news that are announced.
    news_readers: Vec<u32>,
    news: Vec<Notice>,
    bench: Bench,
    /// When somebody on the bench next speaks: asked whenever that may have changed.
    bench_due: Option<Time>,
    said: Vec<Command>,
    triggers: Vec<Trigger>,
    watch: Watch,
    verdict: Option<Progress>,
    intents: Vec<Intent>,
    events: Vec<Event>,
    bytes: Vec<u8>,
}

/// What a participant brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endowment {
    /// Whether it may owe.
    pub credit: Credit,
    /// Its cash.
    pub cash: Vec<(CurrencyId, Cash)>,
    /// Its holdings.
    pub lots: Vec<(InstrumentId, Qty)>,
}

/// How far [`Kernel::advance`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// To the moment it was told.
    Reached,
    /// To a pause point: the trigger of this number. Advance again to go on.
    Paused(usize),
    /// To the end that the trigger of this number made.
    Stopped(usize),
}

/// Whoever wants to see each command with everything it caused.
pub trait Observer {
    /// Called once per command, in order.
    fn saw(&mut self, seen: &Seen<'_>);

    /// Called for what an agent that is traced says of its acts, before the market sees them.
    fn decided(&mut self, _decision: Decision) {}
}

/// One step of history.
pub struct Seen<'a> {
    /// The command, with its place in the order.
    pub stamped: &'a Stamped,
    /// The same in the byte form, written once for all who want it.
    pub bytes: &'a [u8],
    /// What it caused; at least one event.
    pub events: &'a [Event],
    /// The public market after it.
    pub board: &'a Board,
}

/// Something that is to happen at a moment. Small, because the agenda moves it about: what is on
/// its way between the venue and somebody lies in `Mail`.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// A seat's timer.
    Wake { seat: u32, tag: u64 },
    /// A notice reaches a seat.
    Tell { seat: u32, letter: u32 },
    /// A seat has done with what came before, and takes in a timer that has come meanwhile.
    LateWake { seat: u32, tag: u64 },
    /// The same with a notice.
    LateTell { seat: u32, letter: u32 },
    /// A seat's question arrives at the venue.
    Ask { seat: u32, tag: u64 },
    /// A command arrives at the venue.
    Arrive { letter: u32 },
    /// A trigger's moment has come.
    Fire { trigger: u32 },
    /// Something is announced.
    Announce { news: u32 },
}

/// What an agent is told of.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// Its timer with this tag.
    Timer(u64),
    /// What lies in this slot of the notices.
    Letter(u32),
}

impl Endowment {
    /// So much of each, and no credit.
    #[must_use]
    pub const fn new(cash: Vec<(CurrencyId, Cash)>, lots: Vec<(InstrumentId, Qty)>) -> Self {
        Self { credit: Credit::None, cash, lots }
    }

    /// Nothing, and no limit to what may be owed: for recorded flow.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self { credit: Credit::Unlimited, cash: Vec::new(), lots: Vec::new() }
    }

    /// The commands that open `account` with it.
    pub fn commands(&self, account: AccountId) -> impl Iterator<Item = Command> + '_ {
        let open = Command::OpenAccount { account, credit: self.credit };
        let cash = self.cash.iter().filter(|(_, cash)| cash.0 != 0);
        let deposits =
            cash.map(move |&(currency, cash)| Command::Deposit { account, currency, cash });
        let lots = self.lots.iter().filter(|(_, qty)| !qty.is_zero());
        let deliveries =
            lots.map(move |&(instrument, qty)| Command::Deliver { account, instrument, qty });
        std::iter::once(open).chain(deposits).chain(deliveries)
    }
}

impl Kernel {
    /// How much may happen at one moment. An agent that wakes itself without letting time pass, or
    /// two without latency that answer each other for ever, would otherwise never end.
    pub const AT_ONCE_MAX: u64 = 1 << 24;

    /// A market with nobody in it, at [`Time::ZERO`].
    #[must_use]
    pub fn new(venue: Arc<Venue>, seed: u64, world: World) -> Self {
        let instruments = venue.instruments().len();
        Self {
            seed,
            now: Time::ZERO,
            at_once: 0,
            seq: 0,
            agenda: Agenda::new(),
            notices: Mail::new(),
            commands: Mail::new(),
            exchange: Exchange::new(venue),
            board: Board::new(instruments, Span::ZERO),
            world,
            seats: Vec::new(),
            agents: Vec::new(),
            owns: Vec::new(),
            seat_of: Vec::new(),
            trade_readers: vec![Vec::new(); instruments],
            quote_readers: vec![Vec::new(); instruments],
            auction_readers: vec![Vec::new(); instruments],
            imbalance_readers: Vec::new(),
            news_readers: Vec::new(),
            news: Vec::new(),
            bench: Bench::new(),
            bench_due: None,
            said: Vec::new(),
            triggers: Vec::new(),
            watch: Watch::default(),
            verdict: None,
            intents: Vec::new(),
            events: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Seats an agent at the far end of a link of its own. Its dice, its link's dice and its place
    /// on the line depend on the run's seed and its `name` alone, so seating one more agent leaves
    /// everybody else's numbers alone. Its account is opened and filled at the present moment, and
    /// it is told [`Notice::Start`] right after.
    ///
    /// # Panics
    ///
    /// Beyond [`AccountId::COUNT_MAX`] accounts.
    pub fn seat(
        &mut self,
        name: &str,
        latency: Latency,
        endowment: &Endowment,
        agent: Box<dyn Agent>,
    ) -> AccountId {
        let index = u32::try_from(self.seats.len()).expect("fewer than 2^32 seats");
        let account = self.open(Some(index), endowment);
        let Interest { own, trades, quotes, auctions, news, imbalances } = agent.interest();
        self.imbalance_readers.extend(imbalances.into_iter().map(|watch| (index, watch)));
        if news {
            self.news_readers.push(index);
        }
        for instrument in trades {
            self.trade_readers[instrument.index()].push(index);
        }
        for instrument in quotes {
            self.quote_readers[instrument.index()].push(index);
        }
        for instrument in auctions {
            self.auction_readers[instrument.index()].push(index);
        }
        let link = Link::new(latency, self.seed, name);
        self.board.reach_back(latency.longest());
        let venue = self.exchange.venue().clone();
        self.seats.push(Seat::new(self.seed, name, account, link, &venue));
        self.agents.push(agent);
        self.owns.push(own);
        let letter = self.notices.place(|| (self.now, Notice::Start));
        *self.notices.write(letter) = (self.now, Notice::Start);
        self.agenda.schedule(self.now, Due::Tell { seat: index, letter });
        account
    }

    /// Opens an account for somebody who sends orders from outside, through [`Kernel::inject`].
    ///
    /// # Panics
    ///
    /// Beyond [`AccountId::COUNT_MAX`] accounts.
    pub fn open_outside(&mut self, endowment: &Endowment) -> AccountId {
        self.open(None, endowment)
    }

    /// Lets the agent that trades for `account` wait by the market's own clock.
    ///
    /// # Panics
    ///
    /// When no agent sits there.
    pub fn live_by_activity(&mut self, account: AccountId) {
        let seat = self.seat_of.get(account.0 as usize).copied().flatten();
        self.seats[seat.expect("an agent trades for the account") as usize].live_by_activity();
    }

    /// Has observers told from now on why the agent that trades for `account` acts.
    ///
    /// # Panics
    ///
    /// When no agent sits there.
    pub fn trace(&mut self, account: AccountId) {
        let seat = self.seat_of.get(account.0 as usize).copied().flatten();
        self.seats[seat.expect("an agent trades for the account") as usize].begin_trace();
    }

    /// Lets the agent that trades for `account` be busy for `think` with each thing that it is told:
    /// what it wants is sent when it has done, and what reaches it meanwhile waits, in order.
    ///
    /// # Panics
    ///
    /// When no agent sits there.
    pub fn think(&mut self, account: AccountId, think: Span) {
        let seat = self.seat_of.get(account.0 as usize).copied().flatten();
        let seat = seat.expect("an agent trades for the account") as usize;
        let link = self.seats[seat].link();
        *link = link.clone().thinking(think);
    }

    fn open(&mut self, seat: Option<u32>, endowment: &Endowment) -> AccountId {
        let account = u32::try_from(self.seat_of.len()).map(AccountId);
        let account = account.expect("fewer than 2^32 accounts");
        assert!(account.0 < AccountId::COUNT_MAX, "no more accounts than the venue opens");
        self.seat_of.push(seat);
        for command in endowment.commands(account) {
            self.send_up(self.now, command);
        }
        account
    }

    /// Adds a trigger. It fires once.
    pub fn arm(&mut self, trigger: Trigger) {
        let index = self.triggers.len();
        match trigger.when {
            When::At(at) => {
                let trigger = u32::try_from(index).expect("fewer than 2^32 triggers");
                self.agenda.schedule(at.max(self.now), Due::Fire { trigger });
            }
            when => self.watch.arm(index, when),
        }
        self.triggers.push(trigger);
    }

    /// Lets `news` be announced at `at`: those who asked for news are told, each after its own
    /// latency.
    ///
    /// # Panics
    ///
    /// Beyond 2^32 news.
    pub fn announce(&mut self, at: Time, news: Notice) {
        let number = u32::try_from(self.news.len()).expect("fewer than 2^32 news");
        self.news.push(news);
        self.agenda.schedule(at.max(self.now), Due::Announce { news: number });
    }

    /// Seats those who watch the market and say venue commands, in place of those who sat there.
    pub fn supervise(&mut self, bench: Bench) {
        self.bench = bench;
        self.bench_due = self.bench.due();
    }

    /// Takes a command from outside that reaches the venue at `at`, or now if that is past. It is
    /// treated like any other.
    pub fn inject(&mut self, at: Time, command: Command) {
        self.send_up(at.max(self.now), command);
    }

    /// The next moment at which there is something to do, or none when all is quiet.
    #[must_use]
    pub fn due(&self) -> Option<Time> {
        [self.agenda.next(), self.others()].into_iter().flatten().min()
    }

    /// When the next order expires.
    fn expiry(&self) -> Option<Time> {
        self.exchange.next_expiry().map(|at| at.max(self.now))
    }

    /// When the next supervisor speaks.
    fn spoken(&self) -> Option<Time> {
        self.bench_due.map(|due| due.max(self.now))
    }

    /// Does everything due up to and including `until`, in order, and moves time there, unless a
    /// trigger pauses or stops it on the way.
    ///
    /// # Panics
    ///
    /// When `until` lies in the past: time is monotonic. When more than [`Kernel::AT_ONCE_MAX`]
    /// things happen at one moment: an agent does not let time pass. When more than
    /// [`ON_THE_WAY_MAX`] commands or notices are on their way.
    pub fn advance(&mut self, until: Time, observer: &mut dyn Observer) -> Progress {
        assert!(until >= self.now, "time is monotonic: {} then {until}", self.now);
        loop {
            // What others than agents do at a moment comes first there; what is due before it is taken
            // without a look at the rest of the agenda.
            let others = self.others().filter(|at| *at <= until);
            let by = match others {
                Some(at) => at.0.checked_sub(1).map(Time),
                None => Some(until),
            };
            let taken = by.and_then(|by| self.agenda.take(by));
            let Some((at, due)) = taken else {
                let Some(at) = others else { break };
                self.come_first(at, observer);
                if let Some(verdict) = self.verdict.take() {
                    return verdict;
                }
                continue;
            };
            self.reach(at);
            self.foresee();
            match due {
                Due::Wake { seat, tag } => self.reaches(seat, Told::Timer(tag), observer),
                Due::Tell { seat, letter } => self.reaches(seat, Told::Letter(letter), observer),
                Due::LateWake { seat, tag } => self.tell(seat, Told::Timer(tag), observer),
                Due::LateTell { seat, letter } => self.tell(seat, Told::Letter(letter), observer),
                Due::Ask { seat, tag } => {
                    let back = self.seats[seat as usize].link().down(self.now);
                    self.agenda.schedule(back, Due::Wake { seat, tag });
                }
                Due::Arrive { letter } => self.arrive(letter, observer),
                Due::Fire { trigger } => self.fire(trigger as usize),
                Due::Announce { news } => {
                    for at in 0..self.news_readers.len() {
                        let notice = self.news[news as usize];
                        self.send_down(self.news_readers[at], || notice);
                    }
                }
            }
            if let Some(verdict) = self.verdict.take() {
                return verdict;
            }
        }
        self.now = until;
        Progress::Reached
    }

    /// When the next order expires or the next supervisor speaks.
    fn others(&self) -> Option<Time> {
        match (self.expiry(), self.spoken()) {
            (Some(expiry), Some(spoken)) => Some(expiry.min(spoken)),
            (expiry, spoken) => expiry.or(spoken),
        }
    }

    /// Has the next thing carried out that comes before anybody else acts at `at`. At one moment
    /// orders expire first; then supervisors speak, and what one says is seen by all of them before
    /// the next does.
    fn come_first(&mut self, at: Time, observer: &mut dyn Observer) {
        self.reach(at);
        let mut said = std::mem::take(&mut self.said);
        if self.expiry() == Some(at) {
            said.push(Command::AdvanceTime);
        } else {
            self.bench.take(at, &mut said);
            self.bench_due = self.bench.due();
        }
        for command in &mut said {
            let letter = self.commands.send(command);
            self.arrive(letter, observer);
        }
        said.clear();
        self.said = said;
    }

    fn reach(&mut self, at: Time) {
        self.at_once = if at == self.now { self.at_once + 1 } else { 0 };
        assert!(self.at_once < Self::AT_ONCE_MAX, "agents let time pass; at {at} they do not");
        self.now = at;
    }

    /// Jumps from moment to moment until `until`: a simulation. Pause points are passed.
    pub fn run(&mut self, until: Time, observer: &mut dyn Observer) -> Progress {
        loop {
            match self.advance(until, observer) {
                Progress::Paused(_) => {}
                end @ (Progress::Reached | Progress::Stopped(_)) => return end,
            }
        }
    }

    /// The present moment.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// How many commands the venue has received.
    #[must_use]
    pub const fn commands(&self) -> u64 {
        self.seq
    }

    /// The market itself.
    #[must_use]
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The public market, now.
    #[must_use]
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// Everybody with a seat, in order.
    #[must_use]
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The triggers, in the order in which they were added.
    #[must_use]
    pub fn triggers(&self) -> &[Trigger] {
        &self.triggers
    }

    /// Reads ahead for what comes after this: with ten thousand agents most of what one needs is
    /// far from the processor, and while one item is done the next one's can be on its way.
    fn foresee(&self) {
        match self.agenda.peek() {
            Some(
                Due::Wake { seat, .. }
                | Due::Tell { seat, .. }
                | Due::LateWake { seat, .. }
                | Due::LateTell { seat, .. }
                | Due::Ask { seat, .. },
            ) => {
                near::fetch(&self.seats[*seat as usize]);
                near::fetch(&*self.agents[*seat as usize]);
            }
            Some(Due::Arrive { letter }) => {
                if let Some(sealed) = self.commands.read(*letter) {
                    self.exchange.foresee(&sealed.command);
                }
            }
            Some(Due::Fire { .. } | Due::Announce { .. }) | None => {}
        }
    }

    /// Something reaches a seat, which takes it in now or when it has done with what came before.
    fn reaches(&mut self, seat: u32, told: Told, observer: &mut dyn Observer) {
        let at = self.seats[seat as usize].link().takes_in(self.now);
        match told {
            _ if at <= self.now => self.tell(seat, told, observer),
            Told::Timer(tag) => self.agenda.schedule(at, Due::LateWake { seat, tag }),
            Told::Letter(letter) => self.agenda.schedule(at, Due::LateTell { seat, letter }),
        }
    }

    fn tell(&mut self, index: u32, told: Told, observer: &mut dyn Observer) {
        let Self { notices, seats, agents, exchange, board, world, intents, .. } = self;
        let (seat, agent) = (&mut seats[index as usize], &mut agents[index as usize]);
        let venue = exchange.venue();
        let timer;
        let notice = match told {
            Told::Timer(tag) => {
                timer = Notice::Timer(tag);
                &timer
            }
            Told::Letter(letter) => {
                let (said, notice) = notices.open(letter);
                match notice {
                    Notice::Own(event) => seat.told(*said, event, venue),
                    Notice::Print(_)
                    | Notice::Quote(..)
                    | Notice::Auction(_)
                    | Notice::Timer(_)
                    | Notice::News { .. } => {
                        seat.link().told(*said);
                    }
                    // Nothing that the venue said.
                    Notice::Start => {}
                }
                notice
            }
        };
        agent.on(notice, &mut Context::new(self.now, seat, venue, board, world, intents));
        if seat.is_traced() {
            seat.decisions().for_each(|decision| observer.decided(decision));
        }
        for intent in intents.iter_mut() {
            match intent {
                Intent::Send(command) => {
                    let letter = self.commands.send(command);
                    self.agenda.schedule(seat.link().up(self.now), Due::Arrive { letter });
                }
                Intent::Ask(after, tag) => {
                    let there = seat.link().up(self.now.after(*after));
                    self.agenda.schedule(there, Due::Ask { seat: index, tag: *tag });
                }
                Intent::Wake(at, tag) => {
                    self.agenda.schedule(*at, Due::Wake { seat: index, tag: *tag });
                }
            }
        }
        intents.clear();
    }

    fn arrive(&mut self, letter: u32, observer: &mut dyn Observer) {
        let mut stamped = self.commands.take(letter);
        (stamped.seq, stamped.at) = (self.seq, self.now);
        self.seq += 1;
        self.apply(&stamped, observer);
        self.commands.put_back(letter, stamped);
    }

    fn apply(&mut self, stamped: &Stamped, observer: &mut dyn Observer) {
        let mut events = std::mem::take(&mut self.events);
        self.exchange.apply(stamped, &mut events);
        self.board.see(stamped, &events);
        self.bytes.clear();
        stamped.write(&mut self.bytes);
        observer.saw(&Seen { stamped, bytes: &self.bytes, events: &events, board: &self.board });
        for event in &events {
            self.pass_on(stamped, event);
        }
        self.pass_on_quotes();
        self.pass_on_imbalances();
        self.show_bench(&events);
        for trigger in self.watch.fired(stamped, &events) {
            self.fire(trigger);
        }
        events.clear();
        self.events = events;
    }

    /// Tells those whom `event` concerns, each after its own latency.
    fn pass_on(&mut self, stamped: &Stamped, event: &Event) {
        let (first, second) = event.accounts();
        for account in [first, second.filter(|account| first != Some(*account))] {
            let seat = account.and_then(|account| self.seat_of.get(account.0 as usize).copied());
            let Some(seat) = seat.flatten() else { continue };
            if !self.owns[seat as usize].wants(event) {
                continue;
            }
            if event.is_endowment() {
                // What somebody brings along he knows at once, but nothing else.
                self.seats[seat as usize].brings(event, self.exchange.venue());
            } else {
                self.send_down(seat, || Notice::Own(*event));
            }
        }
        if !event.says_more_than_orders() {
            return;
        }
        if let Some(print) = Print::of(stamped, event) {
            for at in 0..self.trade_readers[print.instrument.index()].len() {
                let seat = self.trade_readers[print.instrument.index()][at];
                self.send_down(seat, || Notice::Print(print));
            }
        }
        if let Event::Indicative { instrument, .. }
        | Event::CallExtended { instrument }
        | Event::Uncrossed { instrument, .. } = *event
        {
            for at in 0..self.auction_readers[instrument.index()].len() {
                let seat = self.auction_readers[instrument.index()][at];
                self.send_down(seat, || Notice::Auction(*event));
            }
        }
    }

    fn show_bench(&mut self, events: &[Event]) {
        if self.bench.is_empty() {
            return;
        }
        self.bench.see_all(self.now, events);
        let price = |best: Option<(Price, Qty)>| best.map(|(price, _)| price);
        for instrument in self.board.moved() {
            let quote = self.board.quote(*instrument);
            self.bench.quote(self.now, *instrument, price(quote.bid), price(quote.ask));
        }
        self.bench_due = self.bench.due();
    }

    fn pass_on_quotes(&mut self) {
        for at in 0..self.board.moved().len() {
            let instrument = self.board.moved()[at];
            let quote = self.board.quote(instrument);
            for reader in 0..self.quote_readers[instrument.index()].len() {
                let seat = self.quote_readers[instrument.index()][reader];
                self.send_down(seat, || Notice::Quote(instrument, quote));
            }
        }
    }

    fn pass_on_imbalances(&mut self) {
        for at in 0..self.imbalance_readers.len() {
            let (seat, watch) = &mut self.imbalance_readers[at];
            if self.board.touched().contains(&watch.instrument) && watch.look(&self.board) {
                let (seat, tag) = (*seat, watch.tag);
                self.send_down(seat, || Notice::Timer(tag));
            }
        }
    }

    // The notice is made where it lies.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn send_down(&mut self, seat: u32, notice: impl FnOnce() -> Notice) {
        let at = self.seats[seat as usize].link().down(self.now);
        let letter = self.notices.place(|| (Time::ZERO, Notice::Start));
        let (said, kept) = self.notices.write(letter);
        *said = self.now;
        *kept = notice();
        self.agenda.schedule(at, Due::Tell { seat, letter });
    }

    fn send_up(&mut self, at: Time, mut command: Command) {
        let letter = self.commands.send(&mut command);
        self.agenda.schedule(at, Due::Arrive { letter });
    }

    fn fire(&mut self, index: usize) {
        for then in &self.triggers[index].then {
            match then {
                Then::Pause => self.verdict = self.verdict.or(Some(Progress::Paused(index))),
                Then::Stop => self.verdict = Some(Progress::Stopped(index)),
                Then::Send(command) => {
                    let letter = self.commands.send(&mut command.clone());
                    self.agenda.schedule(self.now, Due::Arrive { letter });
                }
            }
        }
    }
}

/// Nobody looks.
impl Observer for () {
    fn saw(&mut self, _: &Seen<'_>) {}
}

/// Two look, the first one first.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.0.saw(seen);
        self.1.saw(seen);
    }

    fn decided(&mut self, decision: Decision) {
        self.0.decided(decision.clone());
        self.1.decided(decision);
    }
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn saw(&mut self, seen: &Seen<'_>) {
        (**self).saw(seen);
    }

    fn decided(&mut self, decision: Decision) {
        (**self).decided(decision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Order;
    use pitfloor_model::instrument::{Currency, Instrument};

    /// Wakes itself for ever at one moment.
    struct Restless;

    impl Agent for Restless {
        fn on(&mut self, _: &Notice, cx: &mut Context<'_>) {
            cx.wake_in(Span::ZERO);
        }
    }

    #[test]
    #[should_panic(expected = "agents let time pass")]
    fn whoever_does_not_let_time_pass_is_stopped() {
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let venue = Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], vec![acme]).unwrap();
        let mut kernel = Kernel::new(Arc::new(venue), 1, World::default());
        let nothing = Endowment::new(Vec::new(), Vec::new());
        kernel.seat("restless", Latency::Fixed(Span::ZERO), &nothing, Box::new(Restless));
        kernel.run(Time(1), &mut ());
    }

    type Heard = Arc<std::sync::Mutex<Vec<(Time, u64, Option<Price>)>>>;

    /// Asks at the start, and writes down when the answers come and which bid they show.
    struct Curious(Heard);

    impl Agent for Curious {
        fn interest(&self) -> Interest {
            let imbalances = vec![Imbalance::new(ACME, 0.5, 9)];
            Interest { imbalances, ..Interest::default() }
        }

        fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
            match notice {
                Notice::Start => {
                    cx.ask(Span(100), 1);
                    cx.ask(Span(200), 2);
                }
                Notice::Timer(tag) => {
                    let bid = cx.view().quote(ACME).bid.map(|(price, _)| price);
                    self.0.lock().unwrap().push((cx.now(), *tag, bid));
                }
                _ => {}
            }
        }
    }

    const ACME: InstrumentId = InstrumentId(0);

    /// The link takes 1000 one way and each thought 50: the questions leave at 150 and 250, are there
    /// at 1150 and 1250, and their answers are here at 2150 and 2250.
    #[test]
    fn an_answer_shows_the_book_as_it_was_when_the_question_got_there() {
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let venue = Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], vec![acme]).unwrap();
        let mut kernel = Kernel::new(Arc::new(venue), 1, World::default());
        let heard = Heard::default();
        let nothing = Endowment::new(Vec::new(), Vec::new());
        let link = Latency::Fixed(Span(1_000));
        let me = kernel.seat("curious", link, &nothing, Box::new(Curious(heard.clone())));
        kernel.think(me, Span(50));
        let you = kernel.open_outside(&Endowment::unlimited());
        let bid = |order: u64, price| {
            let (order, qty) = (pitfloor_model::units::OrderId(order), Qty(5));
            let side = pitfloor_model::units::Side::Buy;
            Command::Place(Order::limit(you, order, ACME, side, Price(price), qty))
        };
        kernel.inject(Time(1_150), bid(1, 100));
        kernel.inject(Time(1_200), bid(2, 101));
        kernel.inject(Time(2_000), bid(3, 102));
        kernel.run(Time(10_000), &mut ());
        // The book leans from the first order on, and goes on leaning. That order was at the venue before
        // the question of the same moment, so the news of it are here first, and the answer waits until
        // they are thought over; it is read then, and shows the book of then.
        let bid = |price| Some(Price(price));
        let told = [(2_150, 9, bid(100)), (2_200, 1, bid(101)), (2_250, 2, bid(101))];
        let told = told.map(|(at, tag, bid)| (Time(at), tag, bid));
        assert_eq!(*heard.lock().unwrap(), told);
        assert_eq!(kernel.seats()[0].asked(), 2);
    }
}

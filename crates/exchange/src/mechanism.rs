//! A market mechanism of one's own: orders in, trades out, by rules that this crate does not know.
//!
//! Books are one way to trade; dealers who answer requests for quotes, crossing networks and
//! bargaining are others. A [`Mechanism`] is such a way, written outside this crate. It decides who
//! trades with whom and at what price; the trades themselves are the exchange's, through the same
//! gate, risk check and double-entry ledger as all others. `examples/request_for_quote.rs` is one,
//! from end to end.
//!
//! # How it fits into a run
//!
//! A [`Hall`] is an exchange and a mechanism behind one door. What is asked of it ([`Ask`]) is a
//! command for the exchange, something that only the mechanism understands, or that time passes.
//! What comes out ([`Record`]) are the commands that the exchange carried out, with the place and
//! moment of each, its events, and what the mechanism had to tell.
//!
//! So a mechanism stands where a sequencer stands: before the journal. The journal holds what it
//! decided, as ordinary commands, and the exchange alone replays them: whoever audits a run, draws
//! its views or keeps its tables need not know the mechanism. Whoever has the asks replays the
//! mechanism too, and gets the same journal.
//!
//! # What a mechanism must keep to
//!
//! The same as the exchange: it is told everything and asks for nothing. No clock ([`Booth::now`]
//! is the time), no dice but those it was made with, no thread, no iteration over a hash map. Then
//! the same asks make the same records, and a clone is a snapshot.

use crate::Exchange;
use pitfloor_model::command::{Command, Order, Stamped, Stp};
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{
    AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time, TradeId,
};

/// A way to trade.
pub trait Mechanism {
    /// What may be asked of it.
    type Ask;
    /// What it tells, besides the events of the exchange. Facts, like those.
    type Told;

    /// True for the instruments that are traded through it and nowhere else. Always the same for
    /// the same instrument. Nobody's orders enter their books: the [`Hall`] keeps them out.
    fn owns(&self, instrument: InstrumentId) -> bool;

    /// Carries out what somebody asked of it. A sender's mistake is something to tell.
    fn apply(&mut self, ask: &Self::Ask, booth: &mut Booth<'_, Self::Told>);

    /// Time has come to [`Booth::now`]: ends what ends by now. Comes before everything that is
    /// asked, so that nothing that has ended is still met.
    fn lapse(&mut self, booth: &mut Booth<'_, Self::Told>) {
        let _ = booth;
    }

    /// Hears what a command that came from outside has caused. What its own commands cause it is
    /// told when it sends them.
    fn hear(&mut self, events: &[Event], booth: &mut Booth<'_, Self::Told>) {
        let _ = (events, booth);
    }
}

/// What is asked of a [`Hall`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask<A> {
    /// A command for the exchange.
    Exchange(Command),
    /// Something for the mechanism.
    Mechanism(A),
    /// Nothing but that time passes.
    Wait,
}

/// What comes out of a [`Hall`], in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Record<T> {
    /// The exchange was asked this; its events follow. All of these are the journal.
    Command(Stamped),
    /// The exchange's answer.
    Event(Event),
    /// The mechanism told this.
    Told(T),
    /// The order is for an instrument that is the mechanism's; it never reached the exchange.
    Kept(OrderKey),
}

/// An exchange and a mechanism behind one door. Cloning it is a snapshot.
#[derive(Clone, Debug)]
pub struct Hall<M> {
    exchange: Exchange,
    mechanism: M,
    /// Whether it is the mechanism's, by instrument.
    owned: Vec<bool>,
    seq: u64,
    now: Time,
    events: Vec<Event>,
}

/// What a mechanism acts through: the time, the exchange, and its voice.
#[derive(Debug)]
pub struct Booth<'a, T> {
    now: Time,
    seq: &'a mut u64,
    exchange: &'a mut Exchange,
    owned: &'a [bool],
    /// What the last command has caused.
    events: &'a mut Vec<Event>,
    records: &'a mut Vec<Record<T>>,
    /// How many commands it has sent.
    sent: usize,
}

/// A trade that two accounts have agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cross {
    /// What changes hands.
    pub instrument: InstrumentId,
    /// Whose price it is.
    pub maker: AccountId,
    /// Who accepted it.
    pub taker: AccountId,
    /// Whether the taker buys or sells.
    pub side: Side,
    /// At what price.
    pub price: Price,
    /// How much.
    pub qty: Qty,
}

/// Why a [`Cross`] was refused. It then changed nobody's holdings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoCross {
    /// Maker and taker are the same account: nothing would change hands.
    OneAccount,
    /// The exchange refuses the maker's part.
    Maker(Reject),
    /// The exchange refuses the taker's part.
    Taker(Reject),
}

impl<M: Mechanism> Hall<M> {
    /// A hall on its first morning.
    ///
    /// # Panics
    ///
    /// When `exchange` has orders in an instrument that is the mechanism's.
    #[must_use]
    pub fn new(exchange: Exchange, mechanism: M) -> Self {
        let mut owned = Vec::new();
        for (id, instrument) in (0..).map(InstrumentId).zip(exchange.venue().instruments()) {
            let (owns, symbol) = (mechanism.owns(id), instrument.symbol());
            let empty = Side::BOTH.iter().all(|side| exchange.best(id, *side).is_none());
            assert!(!owns || empty, "nobody has orders in {symbol}, which is the mechanism's");
            owned.push(owns);
        }
        let now = exchange.now();
        Self { exchange, mechanism, owned, seq: 0, now, events: Vec::new() }
    }

    /// Carries out `ask` at moment `at` and appends to `records` all that came of it.
    ///
    /// First ends what ends by `at`; then comes `ask`; then the mechanism hears what a command for
    /// the exchange has caused.
    ///
    /// # Panics
    ///
    /// When time runs backwards, or when the mechanism makes a mistake that [`Booth`] names.
    pub fn apply(&mut self, at: Time, ask: &Ask<M::Ask>, records: &mut Vec<Record<M::Told>>) {
        assert!(at >= self.now, "time never decreases: {} then {at}", self.now);
        self.now = at;
        let Self { exchange, mechanism, owned, seq, now, events } = self;
        let now = *now;
        let mut booth = Booth { now, seq, exchange, owned, events, records, sent: 0 };
        mechanism.lapse(&mut booth);
        match ask {
            Ask::Wait => {}
            Ask::Mechanism(ask) => mechanism.apply(ask, &mut booth),
            Ask::Exchange(Command::Place(order)) if booth.owns(order.instrument) => {
                booth.records.push(Record::Kept(order.key()));
            }
            Ask::Exchange(command) => {
                let caused = booth.submit(command.clone()).to_vec();
                mechanism.hear(&caused, &mut booth);
            }
        }
    }

    /// The exchange, for reading.
    #[must_use]
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The mechanism, for reading.
    #[must_use]
    pub const fn mechanism(&self) -> &M {
        &self.mechanism
    }
}

impl<T> Booth<'_, T> {
    /// The most commands that a mechanism may send at one time. One that sends more never ends.
    pub const COMMANDS_MAX: usize = 1 << 16;

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// The exchange as it stands: quotes, phases, holdings.
    #[must_use]
    pub const fn exchange(&self) -> &Exchange {
        self.exchange
    }

    /// Tells `fact`.
    pub fn tell(&mut self, fact: T) {
        self.records.push(Record::Told(fact));
    }

    /// Has the exchange carry out `command` now; what it caused comes back, and is recorded.
    ///
    /// # Panics
    ///
    /// When the mechanism has sent [`Self::COMMANDS_MAX`] commands at one time.
    pub fn submit(&mut self, command: Command) -> &[Event] {
        self.sent += 1;
        let most = Self::COMMANDS_MAX;
        assert!(self.sent <= most, "a mechanism sends at most {most} commands at one time");
        let stamped = Stamped { seq: *self.seq, at: self.now, command };
        *self.seq += 1;
        self.events.clear();
        self.exchange.apply(&stamped, self.events);
        self.records.push(Record::Command(stamped));
        self.records.extend(self.events.iter().map(|event| Record::Event(*event)));
        self.events
    }

    /// Has two accounts trade with each other, and with nobody else, as they have agreed.
    ///
    /// The maker's order enters the empty book of the instrument and the taker's meets it at once;
    /// nothing can come between. Both pass the exchange's gate and risk check. If either is
    /// refused, no order stays and no holding changes.
    ///
    /// # Errors
    ///
    /// When the exchange refuses either part, which says whose and why.
    ///
    /// # Panics
    ///
    /// When the instrument is not the mechanism's: others' orders would be met.
    pub fn cross(&mut self, cross: &Cross) -> Result<TradeId, NoCross> {
        let Cross { instrument, maker, taker, side, price, qty } = *cross;
        assert!(self.owns(instrument), "a mechanism crosses only in instruments of its own");
        if maker == taker {
            return Err(NoCross::OneAccount);
        }
        let order =
            |account, order, side| Order::limit(account, order, instrument, side, price, qty);
        let (made, taken) = (self.free_id(maker), self.free_id(taker));
        let made = order(maker, made, side.opposite());
        if let Some(why) = refused(self.submit(Command::Place(made))) {
            return Err(NoCross::Maker(why));
        }
        let taken = order(taker, taken, side).ioc().with_stp(Stp::None);
        let events = self.submit(Command::Place(taken));
        if let Some(why) = refused(events) {
            self.submit(Command::Cancel { key: made.key() });
            return Err(NoCross::Taker(why));
        }
        let trade = events.iter().find_map(|event| match event {
            Event::Traded { trade, qty: traded, .. } if *traded == qty => Some(*trade),
            _ => None,
        });
        Ok(trade.expect("two orders alone in a book trade with each other"))
    }

    fn owns(&self, instrument: InstrumentId) -> bool {
        self.owned.get(instrument.index()).is_some_and(|owned| *owned)
    }

    /// An order number that `account` does not use: the highest of its own.
    fn free_id(&self, account: AccountId) -> OrderId {
        let live = |id: &u64| self.exchange.order(OrderKey::new(account, OrderId(*id))).is_some();
        let free = (0..OrderId::VENUE_FIRST.0).rev().find(|id| !live(id));
        OrderId(free.expect("an account has fewer live orders than there are numbers"))
    }
}

/// Why a command was refused, if it was.
fn refused(events: &[Event]) -> Option<Reject> {
    events.iter().find_map(|event| match event {
        Event::Rejected { why, .. } => Some(*why),
        _ => None,
    })
}

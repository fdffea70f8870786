//! The matching engine: all the pits of a venue, and the rules by which orders meet.
//!
//! Start reading at [`Engine::apply`]: a command is checked (`checks`, `legality`, `phase`), then
//! carried out (`place`, `amend`, `reduce`, `mass`, `venue`), and then what it stirred up settles (`settle`,
//! with `triggers`). Orders meet in `meet`; what they would do without doing it is `dry`; a level
//! that is not shared first come, first served is shared in `share`. Auctions are held in `call`.
//!
//! A plain order (a limit or market order that says nothing else) is its line in the book and
//! nothing more, and takes a short way through all of this. Every other order has a record in its
//! pit (`special`), which says where it stands: in the book, beside it (all-or-none), parked,
//! waiting for an auction or dormant. The table of places names records and lines in the book alike.
//!
//! Money is not known here. Whatever holdings have to say the engine asks of a [`House`], and it
//! tells the house every event; [`crate::Exchange`] is an engine with a ledger for a house. With
//! [`Unchecked`] as the house the engine is a bare matcher.
//!
//! # Where agreement on each trade will hook in
//!
//! A cluster that must agree on each trade will lock the matched lots of both orders until a commit
//! or reject command comes. Taker and maker meet in one function (`meet::Engine::fill`), which takes
//! the lots out of the queue and settles them: a lock is a third outcome between the two. The locked
//! lots leave their queue there and wait beside the book like all-or-none orders do; commit then
//! settles, reject lets them enter again with new stamps.
//!
//! # Examples
//!
//! The bare engine, with nobody to ask about money:
//!
//! ```
//! use pitfloor_exchange::matching::{Engine, Unchecked};
//! use pitfloor_model::command::{Command, Order, Stamped};
//! use pitfloor_model::event::Event;
//! use pitfloor_model::instrument::{Currency, Instrument, Venue};
//! use pitfloor_model::units::*;
//! use std::sync::Arc;
//!
//! let acme = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
//! let venue = Venue::new("XPIT", vec![Currency::new("USD", 2)?], vec![acme])?;
//! let mut engine = Engine::new(Arc::new(venue));
//! let (ann, bob, acme) = (AccountId(0), AccountId(1), InstrumentId(0));
//! let orders = [
//!     Order::limit(bob, OrderId(1), acme, Side::Sell, Price(1_000), Qty(50)),
//!     Order::market(ann, OrderId(1), acme, Side::Buy, Qty(20)),
//! ];
//! let mut traded = 0;
//! let mut house = Unchecked(|event| {
//!     if let Event::Traded { qty, .. } = event {
//!         traded += qty.0;
//!     }
//! });
//! for (seq, order) in (0..).zip(orders) {
//!     let command = Command::Place(order);
//!     engine.apply(&Stamped { seq, at: Time(seq), command }, &mut house);
//! }
//! assert_eq!(traded, 20);
//! # Ok::<(), pitfloor_model::instrument::BadDefinition>(())
//! ```

mod amend;
mod call;
mod checks;
mod clear;
mod dormant;
mod dry;
mod ease;
mod enter;
mod house;
mod legality;
mod lists;
mod mass;
mod meet;
mod phase;
mod pit;
mod place;
mod prevent;
mod reading;
mod reduce;
mod settle;
mod share;
mod special;
mod standing;
mod triggers;
mod venue;

pub use house::{House, Standing, Unchecked};
pub use reading::{LiveOrder, Whereabouts};

use crate::allocation::AllocationRule;
use crate::book::{Book, Slot};
use crate::places::{Place, Places};
use pit::Pit;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{CancelReason, Event, Reject};
use pitfloor_model::instrument::{Instrument, Venue};
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Stamp, Time, TradeId};
use special::Id;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All the books of a venue, and every order that is live in it. Cloning it is a snapshot.
#[derive(Clone, Debug)]
pub struct Engine {
    venue: Arc<Venue>,
    now: Time,
    pits: Vec<Pit>,
    places: Places,
    stamps: u64,
    trades: u64,
    /// The last moments of orders that have one.
    expiries: BTreeSet<(Time, InstrumentId, Id)>,
    /// The first of them.
    next_expiry: Time,
    blocked: BTreeSet<AccountId>,
    groups: BTreeMap<AccountId, u32>,
    /// The instruments that have to settle.
    touched: Vec<InstrumentId>,
}

/// How an order ends.
#[derive(Clone, Copy)]
enum End {
    Cancelled(CancelReason),
    Expired,
    ExpiredInMatch,
    Rejected(Reject),
}

/// The bit of a slot's number that says: not a slot of the book, but a record of the pit.
const RECORD: u32 = 1 << 23;

impl Engine {
    /// A venue on its first morning: every instrument trades, nothing waits.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let pits = (0..).zip(venue.instruments());
        let pits = pits.map(|(id, instrument)| Pit::new(InstrumentId(id), instrument)).collect();
        Self {
            venue,
            now: Time::ZERO,
            pits,
            places: Places::new(),
            stamps: 0,
            trades: 0,
            expiries: BTreeSet::new(),
            next_expiry: Time(u64::MAX),
            blocked: BTreeSet::new(),
            groups: BTreeMap::new(),
            touched: Vec::new(),
        }
    }

    /// The same venue, sharing the levels of `instrument` by a rule of one's own.
    ///
    /// # Panics
    ///
    /// When the venue does not list the instrument.
    #[must_use]
    pub fn sharing_by(mut self, instrument: InstrumentId, rule: Arc<dyn AllocationRule>) -> Self {
        let pit = &mut self.pits[instrument.index()];
        (pit.rule, pit.fifo) = (Some(rule), false);
        pit.look_around(&self.venue.instruments()[instrument.index()]);
        self
    }

    /// Carries out `stamped` and tells `house` what happened.
    ///
    /// Every command yields at least one event, and a refused command changes nothing. It cannot
    /// fail: a sender's mistake is an [`Event::Rejected`], a programmer's mistake is a panic.
    ///
    /// # Panics
    ///
    /// When time runs backwards: the sequencer's stamps never decrease.
    // Who knows what he sends gets the way of that command alone.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub fn apply(&mut self, stamped: &Stamped, house: &mut impl House) {
        // What is asked comes first, and everyday commands are handed on by value: so whoever knows
        // what he sends need not write it to memory.
        let (at, key, done);
        match &stamped.command {
            Command::Place(order) => {
                (at, key) = (stamped.at, order.key());
                self.move_on(at, house);
                done = self.place(order, house);
            }
            Command::Replace { key: of, price, qty } => {
                (at, key) = (stamped.at, *of);
                self.move_on(at, house);
                done = self.replace(key, *price, *qty, house);
            }
            Command::Reduce { key: of, by } => {
                (at, key) = (stamped.at, *of);
                self.move_on(at, house);
                done = self.reduce(key, *by, house);
            }
            Command::Cancel { key: of } => {
                (at, key) = (stamped.at, *of);
                self.move_on(at, house);
                done = self.cancel(key, house);
            }
            other => {
                (at, key) = (stamped.at, OrderKey::new(other.account(), other.order()));
                self.move_on(at, house);
                done = self.apply_rare(other, house);
            }
        }
        if let Err(why) = done {
            house.tell(Event::Rejected { key, why });
        }
        if !self.touched.is_empty() {
            self.settle_touched(house);
        }
    }

    #[inline(never)]
    fn apply_rare(&mut self, command: &Command, house: &mut dyn House) -> Result<(), Reject> {
        match command {
            Command::Place(_)
            | Command::Replace { .. }
            | Command::Reduce { .. }
            | Command::Cancel { .. } => unreachable!("these are carried out before"),
            Command::PlaceVaried { order, tranches } => self.place_varied(order, tranches, house),
            Command::PlaceList(list) => self.place_list(list, house),
            Command::Amend { key, change } => self.amend(*key, change, house),
            Command::MassCancel { filter, why } => self.mass_cancel(filter, *why, house),
            Command::OpenAccount { account, credit } => {
                let (account, credit) = (*account, *credit);
                house.open(account, credit)?;
                house.tell(Event::AccountOpened { account, credit });
                Ok(())
            }
            Command::Deposit { account, currency, cash } => {
                let (account, currency, cash) = (*account, *currency, *cash);
                house.deposit(account, currency, cash)?;
                house.tell(Event::Deposited { account, currency, cash });
                Ok(())
            }
            Command::Deliver { account, instrument, qty } => {
                let (account, instrument, qty) = (*account, *instrument, *qty);
                self.listed(instrument)?;
                house.deliver(account, instrument, qty)?;
                house.tell(Event::Delivered { account, instrument, qty });
                self.touch(instrument);
                Ok(())
            }
            Command::SetPhase { instrument, to, why } => {
                self.set_phase(*instrument, *to, *why, house)
            }
            Command::EndCall { instrument } => self.end_call(*instrument, house),
            Command::SetBands { instrument, bands } => self.set_bands(*instrument, *bands, house),
            Command::SetReference { instrument, of, price } => {
                self.set_reference(*instrument, *of, *price, house)
            }
            Command::RestrictShortSales { instrument, on } => {
                self.restrict_short_sales(*instrument, *on, house)
            }
            Command::KillSwitch { account, on } => self.kill_switch(*account, *on, house),
            Command::SetGroup { account, group } => self.set_group(*account, *group, house),
            Command::AdvanceTime => {
                house.tell(Event::TimeAdvanced { at: self.now });
                Ok(())
            }
            Command::Clear(act) => self.clear(act, house),
        }
    }

    /// Reads ahead for a command that will come soon: the place of its order is brought near the
    /// processor while something else is being done. Changes nothing, and may be left out.
    #[inline]
    pub fn foresee(&self, command: &Command) {
        self.places.foresee(OrderKey::new(command.account(), command.order()));
    }

    /// Reads ahead one step further, for a command that comes sooner: its order, or the level where
    /// it may rest and the first whom it may meet. What [`Self::foresee`] asked for should be near by
    /// now. Changes nothing, and may be left out.
    #[inline]
    pub fn foresee_order(&self, command: &Command) {
        if let Command::Place(order) = command {
            if let (Ok(pit), Some(price)) = (self.listed(order.instrument), order.price) {
                pit.book.foresee_level(order.side, price);
                if let Some(maker) = pit.likely_maker(order.side, price) {
                    pit.book.foresee(maker);
                }
            }
        } else if let Some((book, slot)) = self.likely(command) {
            book.foresee(slot);
        }
    }

    /// Reads ahead the last step, for a command that comes next but a few: the neighbours of its
    /// order, whoever is last where it may rest, and the name of whom it may meet. What
    /// [`Self::foresee_order`] asked for should be near by now. Changes nothing, and may be left out.
    #[inline]
    pub fn foresee_neighbours(&self, command: &Command) {
        if let Command::Place(order) = command {
            if let (Ok(pit), Some(price)) = (self.listed(order.instrument), order.price) {
                pit.book.foresee_tail(order.side, price);
                if let Some(maker) = pit.likely_maker(order.side, price) {
                    self.places.foresee(pit.book.key(maker));
                    pit.book.foresee_around(maker);
                }
            }
        } else if let Some((book, slot)) = self.likely(command) {
            book.foresee_around(slot);
            if let Command::Replace { price, .. } = command {
                book.foresee_move(slot, *price);
            }
        }
    }

    /// Where the order that `command` names seems to be, if it is in a book.
    #[inline]
    fn likely(&self, command: &Command) -> Option<(&Book, Slot)> {
        let place = self.places.likely(OrderKey::new(command.account(), command.order()))?;
        let book = &self.pit(place.instrument).book;
        record_of(place).is_none().then_some((book, place.slot))
    }

    /// Time moves on, and whoever's last moment has come ends.
    #[inline]
    fn move_on(&mut self, to: Time, house: &mut impl House) {
        assert!(to >= self.now, "time never decreases: {} then {to}", self.now);
        self.now = to;
        if self.next_expiry <= to {
            self.expire(house);
        }
    }

    /// Ends the orders whose time is over, in order of their last moments, then stamps.
    #[cold]
    fn expire(&mut self, house: &mut dyn House) {
        let due = self.expiries.iter().take_while(|(moment, _, _)| *moment <= self.now);
        let mut due: Vec<(Time, Stamp, InstrumentId, Id, OrderKey)> = due
            .map(|(moment, at, id)| {
                let special = self.pit(*at).specials.get(*id);
                (*moment, special.stamp, *at, *id, special.key)
            })
            .collect();
        due.sort_unstable();
        for (moment, _, at, id, _) in due {
            // Whoever hung on one that ended before is gone already.
            if self.expiries.contains(&(moment, at, id)) {
                self.touch(at);
                self.end(at, id, End::Expired, house);
            }
        }
    }

    /// Notes that an instrument has to settle.
    #[inline]
    fn touch(&mut self, at: InstrumentId) {
        if self.touched.last() != Some(&at) {
            self.touched.push(at);
        }
    }

    #[inline]
    fn next_stamp(&mut self) -> Stamp {
        self.stamps += 1;
        Stamp(self.stamps - 1)
    }

    #[inline]
    fn next_trade(&mut self) -> TradeId {
        self.trades += 1;
        TradeId(self.trades - 1)
    }

    /// True when some accounts may count as one owner: then nobody's order takes the short way.
    #[inline]
    fn has_groups(&self) -> bool {
        !self.groups.is_empty()
    }

    /// True when `account` may send nothing. Who is blocked is nobody else's concern: a member's default
    /// blocks its accounts for good, and all others go on by the short way.
    #[inline]
    fn blocks(&self, account: AccountId) -> bool {
        !self.blocked.is_empty() && self.blocked.contains(&account)
    }

    /// True when two accounts count as one owner.
    #[inline]
    fn is_one_owner(&self, one: AccountId, other: AccountId) -> bool {
        one == other || (self.has_groups() && self.is_one_group(one, other))
    }

    #[cold]
    fn is_one_group(&self, one: AccountId, other: AccountId) -> bool {
        self.groups.get(&one).is_some_and(|group| self.groups.get(&other) == Some(group))
    }

    #[inline]
    fn pit(&self, at: InstrumentId) -> &Pit {
        &self.pits[at.index()]
    }

    #[inline]
    fn pit_mut(&mut self, at: InstrumentId) -> &mut Pit {
        &mut self.pits[at.index()]
    }

    #[inline]
    fn listed(&self, at: InstrumentId) -> Result<&Pit, Reject> {
        self.pits.get(at.index()).ok_or(Reject::UnknownInstrument)
    }

    #[inline]
    fn instrument(&self, at: InstrumentId) -> &Instrument {
        &self.venue.instruments()[at.index()]
    }

    #[inline]
    fn step(&self, at: InstrumentId) -> u64 {
        self.instrument(at).limits.price_step
    }
}

/// The name of the order at `place`.
#[inline]
fn name_at(pits: &[Pit], place: Place) -> OrderKey {
    let pit = &pits[place.instrument.index()];
    match record_of(place) {
        None => pit.book.key(place.slot),
        Some(id) => pit.specials.get(id).key,
    }
}

/// The record that `place` names, if it names one.
#[inline]
const fn record_of(place: Place) -> Option<Id> {
    if place.slot.0 & RECORD == 0 { None } else { Some(place.slot.0 & !RECORD) }
}

/// The place of a record.
const fn place_of(instrument: InstrumentId, id: Id) -> Place {
    Place { instrument, slot: Slot(id | RECORD) }
}

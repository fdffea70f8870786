//! What must hold of commands and events, whatever the market does inside.
//!
//! [`Invariants`] is told each command with its events and keeps what they say of every order; the
//! first thing that cannot be is a [`Broken`]. It knows no matching: it knows that quantities add up
//! (G5), that an order ends once (G6), that nothing trades beyond a limit, a band or a quantity (G8),
//! at the maker's price (G2) and not past a better one (G4), that an auction has one price, that a
//! book at rest is not crossed (G3), that priority numbers only grow, that self-trade prevention says
//! so before it ends anybody, and that every order that was accepted is somewhere (G14). The numbers
//! are those of the invariants in `docs/RULES.md`.

mod accounts;
mod life;
mod meetings;

pub use accounts::Accounts;
use life::{Life, Place};
use meetings::unplaced;
use pitfloor_model::clearing::Fact;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{CancelReason, Event, Phase, Terms};
use pitfloor_model::instrument::Venue;
use pitfloor_model::order::{Order, Tif};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{AccountId, Cash, InstrumentId, OrderKey, Price, Qty, Stamp, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which: G5 and so on, or a word where there is no number.
    pub rule: &'static str,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.rule, self.what)
    }
}

fn hold(holds: bool, rule: &'static str, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { rule, what: what() }) }
}

/// Watches a market from outside.
#[derive(Clone, Debug)]
pub struct Invariants {
    venue: Arc<Venue>,
    orders: BTreeMap<OrderKey, Life>,
    phases: Vec<Phase>,
    bands: Vec<Option<Bands>>,
    groups: BTreeMap<AccountId, u32>,
    accounts: BTreeSet<AccountId>,
    last_stamp: Option<Stamp>,
    trades: u64,
    accounts_told: Accounts,
    at: Time,
    command: Seen,
}

/// What the events of the command being looked at have said.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// Whom a `Prevented` named, so that it may end by it.
    prevented: BTreeSet<OrderKey>,
    /// Who must end by self-trade prevention.
    must_expire: BTreeSet<OrderKey>,
    /// Auctions in progress: their price and what crossed.
    auctions: BTreeMap<InstrumentId, (Price, u64)>,
    /// Orders by amount that ended, and what was paid for them.
    spent: BTreeMap<OrderKey, (Cash, Cash)>,
    /// Orders that ended by a mass cancel, and their leaves.
    mass: (u32, u64),
    /// The account that was blocked.
    blocked: Option<AccountId>,
}

impl Invariants {
    /// Nothing has been asked of `venue` yet.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let instruments = venue.instruments().len();
        Self {
            venue,
            orders: BTreeMap::new(),
            phases: vec![Phase::Continuous; instruments],
            bands: vec![None; instruments],
            groups: BTreeMap::new(),
            accounts: BTreeSet::new(),
            last_stamp: None,
            trades: 0,
            accounts_told: Accounts::default(),
            at: Time::ZERO,
            command: Seen::default(),
        }
    }

    /// How many orders are live, as far as events say.
    #[must_use]
    pub fn live(&self) -> usize {
        self.orders.len()
    }

    /// What everybody has, as far as events say.
    #[must_use]
    pub const fn told(&self) -> &Accounts {
        &self.accounts_told
    }

    /// Looks at a command and what came of it.
    ///
    /// # Errors
    ///
    /// The first invariant that does not hold. What is said afterwards means nothing.
    pub fn look(&mut self, stamped: &Stamped, events: &[Event]) -> Result<(), Broken> {
        hold(!events.is_empty(), "answer", || "a command without an event".to_owned())?;
        self.at = stamped.at;
        self.command = Seen::default();
        for event in events {
            self.accounts_told.hear(&self.venue, event)?;
            self.event(&stamped.command, event).map_err(|broken| Broken {
                what: format!("{} (at {event:?})", broken.what),
                ..broken
            })?;
        }
        self.accounts_told.done()?;
        self.done()
    }

    fn event(&mut self, command: &Command, event: &Event) -> Result<(), Broken> {
        match *event {
            Event::Accepted { instrument, key, terms, entry } => {
                hold(!self.orders.contains_key(&key), "G6", || format!("{key} is live already"))?;
                hold(self.accounts.contains(&key.account), "account", || format!("{key}: whose?"))?;
                hold(sent(command, key) == Some(terms), "terms", || {
                    format!("{key} has other terms than were sent")
                })?;
                self.orders.insert(key, Life::begin(key, instrument, terms, entry));
                Ok(())
            }
            Event::Rejected { key, .. } => {
                // Only a triggered order that is refused ends by this; a command's refusal comes
                // before anything is triggered.
                if self.orders.get(&key).is_some_and(|life| life.triggered) {
                    self.orders.remove(&key);
                }
                Ok(())
            }
            Event::Traded { trade, instrument, maker, taker, aggressor, price, qty } => {
                self.number(trade.0)?;
                self.traded(instrument, maker, taker, aggressor, price, qty)
            }
            Event::Crossed { trade, instrument, buy, sell, price, qty } => {
                self.number(trade.0)?;
                self.crossed(instrument, buy, sell, price, qty)
            }
            Event::Rested { key, instrument, side, price, qty, stamp } => {
                self.rested(key, instrument, side, price, qty, stamp)
            }
            Event::Refreshed { key, price, shown, stamp, .. } => {
                self.stamp(stamp)?;
                let life = self.life(key)?;
                let Place::Book { shown: before, .. } = life.place else {
                    return Err(unplaced(key, "is refreshed outside the book"));
                };
                hold(life.terms.with.display.is_some(), "iceberg", || format!("{key} is none"))?;
                hold(before.is_zero() && life.level() == Some(price), "iceberg", || {
                    format!("{key} is refreshed at {} with {} still shown", price.0, before.0)
                })?;
                hold(shown.0 >= 1 && shown <= life.leaves, "G8", || {
                    format!("{key} shows {} of {}", shown.0, life.leaves.0)
                })?;
                life.place = Place::Book { price, shown, stamp };
                Ok(())
            }
            Event::Replaced { key, from, left, price, qty, leaves, kept, .. } => {
                let life = self.life(key)?;
                hold(life.level() == Some(from) && life.leaves == left, "G5", || {
                    format!("{key} was replaced where it was not, or had {}", life.leaves.0)
                })?;
                hold(leaves.0 >= 1 && qty.0 == life.executed.0 + leaves.0, "G5", || {
                    format!("{key}: total {} of {} and {}", qty.0, life.executed.0, leaves.0)
                })?;
                life.resize(leaves);
                life.terms.price = Some(price);
                life.moved_to = None;
                if kept {
                    hold(price == from && leaves <= left, "priority", || {
                        format!("{key} kept its place")
                    })?;
                } else {
                    (life.place, life.worst_taken) = (Place::Entering, None);
                }
                Ok(())
            }
            Event::Reduced { key, price, by, leaves, .. } => {
                let life = self.life(key)?;
                hold(by.0 >= 1 && leaves.0 >= 1, "G5", || format!("{key} is reduced to nothing"))?;
                hold(life.level() == Some(price), "place", || format!("{key} is not there"))?;
                hold(life.leaves.0 == by.0 + leaves.0, "G5", || {
                    format!("{key} had {}, not {}", life.leaves.0, by.0 + leaves.0)
                })?;
                life.leaves = leaves;
                life.cancelled.0 += by.0;
                if let Place::Book { shown, .. } = &mut life.place {
                    *shown = (*shown).min(leaves);
                }
                Ok(())
            }
            Event::Amended { key, terms, kept, .. } => {
                let life = self.life(key)?;
                hold(terms.qty.0 > life.executed.0, "G5", || {
                    format!("{key}: a total of {} and {} traded", terms.qty.0, life.executed.0)
                })?;
                hold(terms.side == life.terms.side, "terms", || format!("{key} changed sides"))?;
                life.resize(Qty(terms.qty.0 - life.executed.0));
                life.terms = terms;
                if !kept && life.level().is_some() {
                    (life.place, life.worst_taken) = (Place::Entering, None);
                }
                Ok(())
            }
            Event::Repriced { key, to, .. } => self.repriced(key, to),
            Event::Parked { key, from, .. } => {
                let life = self.life(key)?;
                hold(life.level().is_none_or(|level| from == Some(level)), "place", || {
                    format!("{key} was elsewhere")
                })?;
                (life.place, life.moved_to, life.worst_taken) = (Place::Parked, None, None);
                Ok(())
            }
            Event::Triggered { key, .. } => {
                let life = self.life(key)?;
                hold(
                    life.place == Place::Dormant && life.terms.kind.is_dormant(),
                    "place",
                    || format!("{key} was not dormant"),
                )?;
                life.fire();
                Ok(())
            }
            Event::Armed { key, qty, .. } => {
                let life = self.life(key)?;
                let before = life.executed.0 + life.leaves.0 + life.pending.0;
                hold(!life.armed || qty.0 > before, "G5", || {
                    format!("{key} grows from {before} to {}", qty.0)
                })?;
                hold(qty.0 > life.executed.0, "G5", || format!("{key} is armed with less"))?;
                if life.place == Place::Dormant {
                    life.resize(Qty(qty.0 - life.executed.0));
                } else {
                    life.pending.0 += qty.0 - before;
                }
                life.armed = true;
                Ok(())
            }
            Event::Prevented { instrument, maker, taker, price, qty, mode } => {
                self.prevented(instrument, maker, taker, price, qty, mode)
            }
            Event::Transferred { maker, taker, price, qty, .. } => {
                hold(
                    maker.account != taker.account && self.command.prevented.contains(&maker),
                    "prevention",
                    || format!("{maker} and {taker}: a transfer without a Prevented"),
                )?;
                let cash = self.value(taker, price, qty);
                if let Some(life) = self.orders.get_mut(&taker) {
                    life.spent.0 += cash.0;
                }
                Ok(())
            }
            Event::ExpiredInMatch { key, price, left, .. } => {
                hold(self.command.prevented.contains(&key), "prevention", || {
                    format!("{key} ends by prevention without a Prevented before")
                })?;
                self.command.must_expire.remove(&key);
                self.end(key, price, left)
            }
            Event::Cancelled { key, price, left, why, .. } => {
                if matches!(
                    why,
                    CancelReason::Mass | CancelReason::Disconnect | CancelReason::KillSwitch
                ) {
                    self.command.mass.0 += 1;
                    self.command.mass.1 += left.0;
                }
                self.end(key, price, left)
            }
            Event::Expired { key, price, left, .. } => {
                let at = self.at;
                let life = self.life(key)?;
                let early = matches!(life.terms.tif, Tif::Gtd(moment) if moment > at);
                hold(!early, "expiry", || format!("{key} ends before its time"))?;
                self.end(key, price, left)
            }
            Event::Unspent { key, cash, .. } => self.unspent(key, cash),
            Event::MassCancelled { orders, qty, .. } => {
                let (count, left) = self.command.mass;
                hold((count, left) == (orders, qty.0), "G14", || {
                    format!("{count} orders with {left} ended, not {orders} with {}", qty.0)
                })
            }
            Event::PhaseChanged { instrument, from, to, .. } => {
                let phase = &mut self.phases[instrument.index()];
                hold(*phase == from, "phase", || format!("it was in {phase:?}"))?;
                *phase = to;
                Ok(())
            }
            Event::BandsChanged { instrument, from, to } => {
                let bands = &mut self.bands[instrument.index()];
                hold(*bands == from, "bands", || format!("they were {bands:?}"))?;
                *bands = to;
                Ok(())
            }
            Event::Uncrossed { instrument, price, qty, .. } => {
                let held = self.command.auctions.remove(&instrument);
                let said = price.map(|price| (price, qty.0));
                hold(held == said && (price.is_some() || qty.is_zero()), "auction", || {
                    format!("{held:?} crossed, not {said:?}")
                })
            }
            Event::AccountOpened { account, .. } => {
                hold(self.accounts.insert(account), "account", || "it was open".to_owned())
            }
            Event::GroupSet { account, group } => {
                match group {
                    Some(group) => self.groups.insert(account, group),
                    None => self.groups.remove(&account),
                };
                Ok(())
            }
            Event::KillSwitched { account, on } => {
                self.command.blocked = on.then_some(account);
                Ok(())
            }
            Event::TimeAdvanced { at } => {
                hold(at == self.at, "time", || format!("it is {}", self.at.0))
            }
            Event::Clearing(Fact::Split { instrument, num, den }) => {
                self.split_bands(instrument, num, den);
                Ok(())
            }
            Event::Clearing(_)
            | Event::Indicative { .. }
            | Event::CallExtended { .. }
            | Event::ReferenceSet { .. }
            | Event::ShortSalesRestricted { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => Ok(()),
        }
    }
}

impl Invariants {
    /// Bands follow a split: half away from zero, on the grid, and above nothing where they were.
    fn split_bands(&mut self, instrument: InstrumentId, num: u32, den: u32) {
        let step = i128::from(self.venue.instruments()[instrument.index()].limits.price_step);
        let scaled = |price: Price| {
            let (up, down) = (i128::from(price.0) * i128::from(den), i128::from(num) * step);
            let size = (2 * up.abs() + down) / (2 * down) * step;
            let ticks = if price.0 > 0 { size.max(step) } else { -size };
            Price(i64::try_from(ticks).expect("a band beyond the grid refuses the split"))
        };
        if let Some(bands) = &mut self.bands[instrument.index()] {
            *bands = Bands { lower: scaled(bands.lower), upper: scaled(bands.upper) };
        }
    }
}

/// The terms that `command` asks for `key`, if it enters such an order.
fn sent(command: &Command, key: OrderKey) -> Option<Terms> {
    let terms = |order: &Order| {
        let Order { side, kind, price, qty, tif, stp, with, .. } = *order;
        (order.key() == key).then_some(Terms { side, kind, price, qty, tif, stp, with })
    };
    match command {
        Command::Place(order) | Command::PlaceVaried { order, .. } => terms(order),
        Command::PlaceList(list) => list.members.iter().find_map(terms),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

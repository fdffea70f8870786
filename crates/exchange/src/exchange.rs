//! The exchange: the matching engine with one clearing house, behind one door.

use crate::allocation::AllocationRule;
use crate::auction::Discovery;
use crate::book::{Ahead, Book, BookView, Depth, Level, Resting, Sweep};
use crate::matching::{Engine, House, LiveOrder, Standing};
use crate::near;
use pitfloor_clearing::ledger::{CashHolding, Ledger, LotHolding};
use pitfloor_clearing::{Ask, Asset, ClearingHouse, Deal, Need};
use pitfloor_model::clearing::Act;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Credit, Event, Phase, Reject};
use pitfloor_model::instrument::Venue;
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderKey, Price, Qty, Side, Time,
};
use std::sync::Arc;

/// The whole state of a market. Cloning it is a snapshot.
#[derive(Clone, Debug)]
pub struct Exchange {
    engine: Engine,
    clearing: ClearingHouse,
}

/// The house of an exchange: its clearing house, and whoever gets the events.
struct Desk<'a> {
    clearing: &'a mut ClearingHouse,
    events: &'a mut Vec<Event>,
}

impl Exchange {
    /// A venue on its first morning: nobody has an account, every instrument trades.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let clearing = ClearingHouse::new(Arc::clone(&venue));
        Self { engine: Engine::new(venue), clearing }
    }

    /// The same exchange, sharing the levels of `instrument` by a rule of one's own.
    ///
    /// # Panics
    ///
    /// When the venue does not list the instrument.
    #[must_use]
    pub fn sharing_by(mut self, instrument: InstrumentId, rule: Arc<dyn AllocationRule>) -> Self {
        self.engine = self.engine.sharing_by(instrument, rule);
        self
    }

    /// Carries out `stamped` and appends what happened to `events`.
    ///
    /// Every command yields at least one event, and a refused command changes nothing. It cannot
    /// fail: a sender's mistake is an [`Event::Rejected`], a programmer's mistake is a panic.
    ///
    /// # Panics
    ///
    /// When time runs backwards: the sequencer's stamps never decrease.
    pub fn apply(&mut self, stamped: &Stamped, events: &mut Vec<Event>) {
        let clearing = &mut self.clearing;
        self.engine.apply(stamped, &mut Desk { clearing, events });
    }

    /// Reads ahead for a command that will come soon: its account and the place of its order are
    /// brought near the processor while something else is being done. Changes nothing, and may be
    /// left out.
    pub fn foresee(&self, command: &Command) {
        if let Some(lines) = self.clearing.ledger().row(command.account()) {
            near::fetch(lines);
        }
        self.engine.foresee(command);
    }
}

impl House for Desk<'_> {
    // Made where it is kept: an event is large, and most of it is seldom said.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    #[inline]
    fn credit(&self, account: AccountId) -> Option<Credit> {
        self.clearing.credit(account)
    }

    fn open(&mut self, account: AccountId, credit: Credit) -> Result<(), Reject> {
        self.clearing.open(account, credit)
    }

    fn deposit(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Result<(), Reject> {
        self.clearing.deposit(account, currency, cash)
    }

    fn deliver(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        self.clearing.deliver(account, instrument, qty)
    }

    #[inline]
    fn afford(
        &self,
        account: AccountId,
        asset: Asset,
        need: Need,
        freed: Need,
    ) -> Result<(), Reject> {
        self.clearing.afford(account, asset, need, freed)
    }

    #[inline]
    fn reserve(&mut self, account: AccountId, asset: Asset, need: Need) {
        self.clearing.reserve(account, asset, need);
    }

    #[inline]
    fn release(&mut self, account: AccountId, asset: Asset, need: Need) {
        self.clearing.release(account, asset, need);
    }

    #[inline]
    fn admit(&mut self, ask: &Ask) -> Result<(), Reject> {
        self.clearing.admit(ask)
    }

    #[inline]
    fn settle(&mut self, deal: Deal) {
        self.clearing.settle(deal, self.events);
    }

    fn may(&self, at: Time, act: &Act) -> Result<(), Reject> {
        self.clearing.may(at, act)
    }

    fn act(&mut self, at: Time, act: &Act) {
        self.clearing.act(at, act, self.events);
    }

    fn carried(&self, account: AccountId) -> Vec<AccountId> {
        self.clearing.carried(account)
    }

    #[inline]
    fn standing(&self, account: AccountId, instrument: InstrumentId) -> Standing {
        self.clearing.standing(account, instrument)
    }

    #[inline]
    fn count(&mut self, account: AccountId, instrument: InstrumentId, live: i32, dormant: i32) {
        self.clearing.count(account, instrument, live, dormant);
    }
}

/// Reading. Nothing here changes anything; instruments the venue does not list are empty.
impl Exchange {
    /// The matching engine, and with it everything there is to read about its books.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What is traded here.
    #[must_use]
    pub const fn venue(&self) -> &Arc<Venue> {
        self.engine.venue()
    }

    /// The moment of the last command.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.engine.now()
    }

    /// The next moment at which an order expires of itself. It does so with the first command of
    /// that moment or later: [`Command::AdvanceTime`] when nobody else has one.
    #[must_use]
    #[inline]
    pub const fn next_expiry(&self) -> Option<Time> {
        self.engine.next_expiry()
    }

    /// The trading phase of `instrument`.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn phase(&self, instrument: InstrumentId) -> Phase {
        self.engine.phase(instrument)
    }

    /// The price of the last print, if there was one.
    #[must_use]
    pub fn last_price(&self, instrument: InstrumentId) -> Option<Price> {
        self.engine.last_price(instrument)
    }

    /// The bands of `instrument`, if it has any.
    #[must_use]
    pub fn bands(&self, instrument: InstrumentId) -> Option<Bands> {
        self.engine.bands(instrument)
    }

    /// What the auction would come to if the present call ended now; nothing outside calls.
    #[must_use]
    pub fn call(&self, instrument: InstrumentId) -> Discovery {
        self.engine.call(instrument)
    }

    /// The best shown price of `side`, and all that is shown there.
    #[must_use]
    pub fn best(&self, instrument: InstrumentId, side: Side) -> Option<(Price, Qty)> {
        self.engine.best(instrument, side)
    }

    /// The shown levels of `side`, best first.
    pub fn levels(&self, instrument: InstrumentId, side: Side) -> impl Iterator<Item = Level> + '_ {
        self.engine.levels(instrument, side)
    }

    /// The shown orders of `side` in priority: best price first, oldest first.
    pub fn queue(
        &self,
        instrument: InstrumentId,
        side: Side,
    ) -> impl Iterator<Item = Resting> + '_ {
        self.engine.queue(instrument, side)
    }

    /// What is shown on `side` at `limit` and better prices; on the whole side without a limit.
    #[must_use]
    pub fn depth(&self, instrument: InstrumentId, side: Side, limit: Option<Price>) -> Depth {
        self.engine.depth(instrument, side, limit)
    }

    /// What the first `qty` shown lots of `side` come to; their mean price is value ÷ quantity.
    #[must_use]
    pub fn sweep(&self, instrument: InstrumentId, side: Side, qty: Qty) -> Sweep {
        self.engine.sweep(instrument, side, qty)
    }

    /// What trades before the order `key` at its level; none when it stands at none.
    #[must_use]
    pub fn ahead(&self, key: OrderKey) -> Option<Ahead> {
        self.engine.ahead(key)
    }

    /// The shown levels of `instrument` as they are now, to keep and to hand to others.
    #[must_use]
    pub fn view(&mut self, instrument: InstrumentId) -> Option<BookView> {
        self.engine.view(instrument)
    }

    /// The book of `instrument`, with all that public views do not show.
    #[must_use]
    pub fn book(&self, instrument: InstrumentId) -> Option<&Book> {
        self.engine.book(instrument)
    }

    /// The live order called `key`, wherever it stands, if there is one.
    #[must_use]
    pub fn order(&self, key: OrderKey) -> Option<LiveOrder> {
        self.engine.order(key)
    }

    /// How many orders `account` has standing, and how many asleep, in `instrument`; none when it
    /// is not open or the venue lists no such instrument.
    #[must_use]
    pub fn standing(&self, account: AccountId, instrument: InstrumentId) -> Option<Standing> {
        self.clearing.ledger().lots(account, instrument)?;
        Some(self.clearing.standing(account, instrument))
    }

    /// Cash of `account`; none when it is not open or the venue has no such currency.
    #[must_use]
    pub fn cash(&self, account: AccountId, currency: CurrencyId) -> Option<CashHolding> {
        self.clearing.ledger().cash(account, currency)
    }

    /// Holding of `account`; none when it is not open or the venue lists no such instrument.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> Option<LotHolding> {
        self.clearing.ledger().lots(account, instrument)
    }

    /// All the accounts' books.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        self.clearing.ledger()
    }

    /// The clearing house, and with it everything there is to read about accounts.
    #[must_use]
    pub const fn clearing(&self) -> &ClearingHouse {
        &self.clearing
    }
}

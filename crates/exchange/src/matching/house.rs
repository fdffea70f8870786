//! The clearing side, as the matching engine knows it: whom it asks about money, and whom it tells.

pub use pitfloor_clearing::ledger::Standing;
use pitfloor_clearing::{Ask, Asset, Deal, Need};
use pitfloor_model::clearing::Act;
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Qty, Time};

/// What the engine needs of whoever keeps the accounts.
///
/// The engine decides who trades; whatever money and holdings have to say about it, it asks here,
/// and it tells each event as it happens, in order. [`pitfloor_clearing::ClearingHouse`] stands behind one;
/// [`Unchecked`] is another.
pub trait House {
    /// Hears what happened.
    fn tell(&mut self, event: Event);

    /// The terms of `account`; none when it is not open.
    fn credit(&self, account: AccountId) -> Option<Credit>;

    /// Opens `account`.
    ///
    /// # Errors
    ///
    /// When its number is taken or too high.
    fn open(&mut self, account: AccountId, credit: Credit) -> Result<(), Reject>;

    /// Brings cash in from outside.
    ///
    /// # Errors
    ///
    /// When there is no such account or currency, or the amount is none.
    fn deposit(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Result<(), Reject>;

    /// Brings holdings in from outside. The instrument is listed.
    ///
    /// # Errors
    ///
    /// When there is no such account, or the amount is none.
    fn deliver(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject>;

    /// Says whether `need` is there for `account`, once `freed` has been given back to it.
    ///
    /// # Errors
    ///
    /// When it is not: lots are asked for before cash.
    fn afford(
        &self,
        account: AccountId,
        asset: Asset,
        need: Need,
        freed: Need,
    ) -> Result<(), Reject>;

    /// Sets `need` aside for an order that begins to stand.
    fn reserve(&mut self, account: AccountId, asset: Asset, need: Need);

    /// Gives back what was set aside.
    fn release(&mut self, account: AccountId, asset: Asset, need: Need);

    /// Says whether the sender's own limits let him ask for this, and counts that he asked.
    ///
    /// # Errors
    ///
    /// When one of them does not.
    fn admit(&mut self, _ask: &Ask) -> Result<(), Reject> {
        Ok(())
    }

    /// Clears a trade, which has been told.
    fn settle(&mut self, deal: Deal);

    /// Says whether the clearing house can do `act` now.
    ///
    /// # Errors
    ///
    /// When it cannot, and why.
    fn may(&self, _at: Time, _act: &Act) -> Result<(), Reject> {
        Err(Reject::NotPossible)
    }

    /// Does `act`, which it may, and tells what came of it.
    fn act(&mut self, _at: Time, _act: &Act) {
        unreachable!("who may nothing is asked nothing");
    }

    /// The accounts that `account` answers for, itself included, in order of their numbers.
    fn carried(&self, account: AccountId) -> Vec<AccountId> {
        vec![account]
    }

    /// How many orders `account` has standing, and how many asleep, in `instrument`.
    fn standing(&self, account: AccountId, instrument: InstrumentId) -> Standing;

    /// Counts standing and dormant orders in and out.
    fn count(&mut self, account: AccountId, instrument: InstrumentId, live: i32, dormant: i32);
}

/// A house at one remove is a house.
impl<T: House + ?Sized> House for &mut T {
    fn tell(&mut self, event: Event) {
        (**self).tell(event);
    }

    fn credit(&self, account: AccountId) -> Option<Credit> {
        (**self).credit(account)
    }

    fn open(&mut self, account: AccountId, credit: Credit) -> Result<(), Reject> {
        (**self).open(account, credit)
    }

    fn deposit(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Result<(), Reject> {
        (**self).deposit(account, currency, cash)
    }

    fn deliver(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        (**self).deliver(account, instrument, qty)
    }

    fn afford(
        &self,
        account: AccountId,
        asset: Asset,
        need: Need,
        freed: Need,
    ) -> Result<(), Reject> {
        (**self).afford(account, asset, need, freed)
    }

    fn reserve(&mut self, account: AccountId, asset: Asset, need: Need) {
        (**self).reserve(account, asset, need);
    }

    fn release(&mut self, account: AccountId, asset: Asset, need: Need) {
        (**self).release(account, asset, need);
    }

    fn admit(&mut self, ask: &Ask) -> Result<(), Reject> {
        (**self).admit(ask)
    }

    fn settle(&mut self, deal: Deal) {
        (**self).settle(deal);
    }

    fn may(&self, at: Time, act: &Act) -> Result<(), Reject> {
        (**self).may(at, act)
    }

    fn act(&mut self, at: Time, act: &Act) {
        (**self).act(at, act);
    }

    fn carried(&self, account: AccountId) -> Vec<AccountId> {
        (**self).carried(account)
    }

    fn standing(&self, account: AccountId, instrument: InstrumentId) -> Standing {
        (**self).standing(account, instrument)
    }

    fn count(&mut self, account: AccountId, instrument: InstrumentId, live: i32, dormant: i32) {
        (**self).count(account, instrument, live, dormant);
    }
}

/// A house that owns nothing: every account is open and may owe, nothing is counted, and the events
/// go to a function. What is left is the speed of the matching alone.
#[derive(Clone, Copy, Debug)]
pub struct Unchecked<F>(
    /// Hears the events.
    pub F,
);

impl<F: FnMut(Event)> House for Unchecked<F> {
    // Where an event is made, all of it is known that the function will ask: let the compiler see.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn tell(&mut self, event: Event) {
        (self.0)(event);
    }

    #[inline]
    fn credit(&self, _: AccountId) -> Option<Credit> {
        Some(Credit::Unlimited)
    }

    fn open(&mut self, _: AccountId, _: Credit) -> Result<(), Reject> {
        Ok(())
    }

    fn deposit(&mut self, _: AccountId, _: CurrencyId, _: Cash) -> Result<(), Reject> {
        Ok(())
    }

    fn deliver(&mut self, _: AccountId, _: InstrumentId, _: Qty) -> Result<(), Reject> {
        Ok(())
    }

    #[inline]
    fn afford(&self, _: AccountId, _: Asset, _: Need, _: Need) -> Result<(), Reject> {
        Ok(())
    }

    #[inline]
    fn reserve(&mut self, _: AccountId, _: Asset, _: Need) {}

    #[inline]
    fn release(&mut self, _: AccountId, _: Asset, _: Need) {}

    #[inline]
    fn settle(&mut self, _: Deal) {}

    #[inline]
    fn standing(&self, _: AccountId, _: InstrumentId) -> Standing {
        Standing::default()
    }

    #[inline]
    fn count(&mut self, _: AccountId, _: InstrumentId, _: i32, _: i32) {}
}

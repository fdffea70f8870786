//! The clearing side, as the matching engine knows it: whom it asks about money, and whom it tells.

use crate::ledger::{Asset, Need};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty};

/// What the engine needs of whoever keeps the accounts.
///
/// The engine decides who trades; whatever money and holdings have to say about it, it asks here,
/// and it tells each event as it happens, in order. [`crate::ledger::Ledger`] stands behind one;
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

    /// Moves `qty` from seller to buyer and its cost the other way.
    fn settle(&mut self, asset: Asset, buyer: AccountId, seller: AccountId, price: Price, qty: Qty);

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

    fn settle(
        &mut self,
        asset: Asset,
        buyer: AccountId,
        seller: AccountId,
        price: Price,
        qty: Qty,
    ) {
        (**self).settle(asset, buyer, seller, price, qty);
    }

    fn standing(&self, account: AccountId, instrument: InstrumentId) -> Standing {
        (**self).standing(account, instrument)
    }

    fn count(&mut self, account: AccountId, instrument: InstrumentId, live: i32, dormant: i32) {
        (**self).count(account, instrument, live, dormant);
    }
}

/// How many orders an account has in an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// In the book, parked or waiting.
    pub live: u32,
    /// Asleep: before their trigger, or before their parent's fill.
    pub dormant: u32,
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
    fn settle(&mut self, _: Asset, _: AccountId, _: AccountId, _: Price, _: Qty) {}

    #[inline]
    fn standing(&self, _: AccountId, _: InstrumentId) -> Standing {
        Standing::default()
    }

    #[inline]
    fn count(&mut self, _: AccountId, _: InstrumentId, _: i32, _: i32) {}
}

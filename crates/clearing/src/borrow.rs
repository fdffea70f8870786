//! Borrowing lots to sell them short (C-40 to C-43): what can be found, and what was found for whom.

use crate::house::ClearingHouse;
use crate::ledger::LOTS_MAX;
use pitfloor_model::clearing::Fact;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, Qty};

/// What an account has borrowed of one instrument, or may borrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Borrowing {
    instrument: InstrumentId,
    /// Lots that were found for it.
    located: u64,
    /// How far short it was when the day began.
    morning: u64,
}

impl ClearingHouse {
    pub(crate) fn may_set_borrow(&self, instrument: InstrumentId, lots: u64) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        if i128::from(lots) > LOTS_MAX {
            return Err(Reject::BadAmount);
        }
        if listing.ended { Err(Reject::NotPossible) } else { Ok(()) }
    }

    pub(crate) fn set_borrow(
        &mut self,
        instrument: InstrumentId,
        lots: u64,
        bips: u32,
        out: &mut Vec<Event>,
    ) {
        let listing = &mut self.listings[instrument.index()];
        (listing.findable, listing.borrow_bips) = (lots, bips);
        let changed = Fact::TermsChanged { instrument: Some(instrument), currency: None };
        out.push(Event::Clearing(changed));
    }

    pub(crate) fn may_locate(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        self.known(account)?;
        let listing = self.listed(instrument)?;
        if qty.is_zero() {
            return Err(Reject::ZeroQty);
        }
        if i128::from(qty.0) + i128::from(self.located(account, instrument)) > LOTS_MAX {
            return Err(Reject::BadAmount);
        }
        let found = !listing.ended && qty.0 <= listing.findable;
        if found { Ok(()) } else { Err(Reject::NotPossible) }
    }

    pub(crate) fn locate(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
        out: &mut Vec<Event>,
    ) {
        self.listings[instrument.index()].findable -= qty.0;
        self.borrowed_by_mut(account, instrument).located += qty.0;
        let located = Fact::Located { account, instrument, lots: qty.0 };
        out.push(Event::Clearing(located));
    }

    /// How many lots of `instrument` are located for `account`, borrowed ones included.
    #[must_use]
    pub fn located(&self, account: AccountId, instrument: InstrumentId) -> u64 {
        self.borrowed_by(account, instrument).map_or(0, |borrowing| borrowing.located)
    }

    /// How many lots of `instrument` can still be located.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn findable(&self, instrument: InstrumentId) -> u64 {
        self.listings[instrument.index()].findable
    }

    /// How far short `account` may go (C-42).
    pub(crate) fn borrowable(&self, account: AccountId, instrument: InstrumentId) -> i128 {
        let borrowing = self.borrowed_by(account, instrument);
        borrowing.map_or(0, |borrowing| i128::from(borrowing.located.max(borrowing.morning)))
    }

    /// Gives back at the end of a day what was located and not borrowed, and notes who is how far
    /// short.
    pub(crate) fn end_locates(&mut self) {
        for at in 0..self.owners.len() {
            let account = AccountId(u32::try_from(at).expect("accounts are counted"));
            for borrowing in &mut self.owners[at].borrowings {
                let lots = self.ledger.exposed(account, borrowing.instrument).lots;
                let short = u64::try_from(-lots).unwrap_or(if lots < 0 { u64::MAX } else { 0 });
                let unused = borrowing.located.saturating_sub(short);
                borrowing.located -= unused;
                borrowing.morning = short;
                let findable = &mut self.listings[borrowing.instrument.index()].findable;
                *findable = findable.saturating_add(unused);
            }
            self.owners[at].borrowings.retain(|b| b.located > 0 || b.morning > 0);
        }
        self.note_new_shorts();
    }

    /// Notes accounts that are short without ever having located: a position came to them.
    fn note_new_shorts(&mut self) {
        let mut shorts = Vec::new();
        for account in &self.watched {
            let held = self.owners[account.0 as usize].positions.as_ref();
            for instrument in held.expect("whoever is watched has positions").active() {
                let lots = self.ledger.exposed(*account, instrument).lots;
                if lots < 0 && self.listings[instrument.index()].locate {
                    shorts.push((*account, instrument, u64::try_from(-lots).unwrap_or(u64::MAX)));
                }
            }
        }
        for (account, instrument, short) in shorts {
            self.borrowed_by_mut(account, instrument).morning = short;
        }
    }

    fn borrowed_by(&self, account: AccountId, instrument: InstrumentId) -> Option<&Borrowing> {
        let borrowings = &self.owners.get(account.0 as usize)?.borrowings;
        let at = borrowings.binary_search_by_key(&instrument, |b| b.instrument).ok()?;
        Some(&borrowings[at])
    }

    fn borrowed_by_mut(&mut self, account: AccountId, instrument: InstrumentId) -> &mut Borrowing {
        let borrowings = &mut self.owners[account.0 as usize].borrowings;
        let at = match borrowings.binary_search_by_key(&instrument, |b| b.instrument) {
            Ok(at) => at,
            Err(at) => {
                borrowings.insert(at, Borrowing { instrument, located: 0, morning: 0 });
                at
            }
        };
        &mut borrowings[at]
    }
}

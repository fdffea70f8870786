//! Movements that somebody asks for: cash and positions between accounts (C-70), coins on their way
//! (C-71), and who answers for whom (C-5).

use crate::asset::Settles;
use crate::count;
use crate::house::{ClearingHouse, Listing};
use pitfloor_model::clearing::{Fact, Movement, Payment, Ratio};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::instrument::InstrumentKind;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Qty};
use std::collections::BTreeMap;

/// Lots that left an account and have not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Its number.
    pub sending: u64,
    /// Who sent it.
    pub from: AccountId,
    /// To whom; none: away from the venue.
    pub to: Option<AccountId>,
    /// What.
    pub instrument: InstrumentId,
    /// How many lots arrive.
    pub lots: i64,
}

/// Everything that is on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sendings {
    /// How many there ever were.
    sent: u64,
    underway: BTreeMap<u64, Sending>,
}

/// A position that is to change hands, as it has been checked.
#[derive(Clone, Copy, Debug)]
struct Handover {
    from: AccountId,
    to: AccountId,
    lots: i128,
    /// What the taker pays.
    cash: i128,
}

impl ClearingHouse {
    /// What was sent and has not arrived, in order of their numbers.
    pub fn sendings(&self) -> impl Iterator<Item = &Sending> {
        self.sendings.underway.values()
    }

    /// Who answers for `account`; none: it answers for itself, or is not open.
    #[must_use]
    pub fn carrier(&self, account: AccountId) -> Option<AccountId> {
        self.owners.get(account.0 as usize).and_then(|owner| owner.carrier)
    }

    pub(crate) fn may_set_carrier(
        &self,
        account: AccountId,
        carrier: Option<AccountId>,
    ) -> Result<(), Reject> {
        self.known(account)?;
        let Some(carrier) = carrier else { return Ok(()) };
        self.known(carrier)?;
        let mut chain = std::iter::successors(Some(carrier), |at| self.carrier(*at));
        if chain.any(|at| at == account) { Err(Reject::NotPossible) } else { Ok(()) }
    }

    pub(crate) fn set_carrier(
        &mut self,
        account: AccountId,
        carrier: Option<AccountId>,
        out: &mut Vec<Event>,
    ) {
        self.owners[account.0 as usize].carrier = carrier;
        out.push(Event::Clearing(Fact::CarrierSet { account, carrier }));
    }

    pub(crate) fn may_transfer(
        &self,
        from: AccountId,
        to: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Result<(), Reject> {
        let credit = self.known(from)?;
        self.known(to)?;
        self.counted(currency)?;
        if count::amount(Some(cash.0))? <= 0 {
            return Err(Reject::BadAmount);
        }
        if from == to {
            return Err(Reject::NotPossible);
        }
        match credit {
            Credit::Unlimited => Ok(()),
            Credit::None => self.has_free(from, currency, cash.0),
            Credit::Margin | Credit::Portfolio => self.can_give(from, currency, cash.0),
        }
    }

    pub(crate) fn transfer(
        &mut self,
        from: AccountId,
        to: AccountId,
        currency: CurrencyId,
        cash: Cash,
        out: &mut Vec<Event>,
    ) {
        for (account, cash) in [(from, -cash.0), (to, cash.0)] {
            self.pay(account, currency, cash, Payment::Transfer, None, out);
        }
    }

    pub(crate) fn may_assign(
        &self,
        from: AccountId,
        to: AccountId,
        instrument: InstrumentId,
        lots: i64,
    ) -> Result<(), Reject> {
        let credits = [self.known(from)?, self.known(to)?];
        let listing = self.listed(instrument)?;
        if lots == 0 {
            return Err(Reject::ZeroQty);
        }
        let handover = handover(listing, from, to, lots)?;
        let position = self.ledger.lots(from, instrument).map_or(0, |held| held.total);
        let has =
            position.signum() == handover.lots.signum() && position.abs() >= handover.lots.abs();
        if listing.ended || listing.carried.is_none() || !has || from == to {
            return Err(Reject::NotPossible);
        }
        self.bear(listing, credits, handover)
    }

    /// Who has no margin comes to owe nothing by a handover: neither lots nor cash.
    fn bear(
        &self,
        listing: &Listing,
        [giver, taker]: [Credit; 2],
        handover: Handover,
    ) -> Result<(), Reject> {
        let Handover { from, to, lots, cash } = handover;
        let (asset, sides) =
            (listing.asset, [(giver, from, lots, -cash), (taker, to, -lots, cash)]);
        if taker == Credit::None && asset.settles == Settles::Margined {
            return Err(Reject::NeedsMargin);
        }
        let unable = sides.into_iter().filter(|(credit, ..)| *credit == Credit::None);
        for (_, account, gives, _) in unable.clone() {
            self.has_lots(account, asset.instrument, gives)?;
        }
        for (_, account, _, pays) in unable {
            self.has_free(account, asset.currency, pays)?;
        }
        Ok(())
    }

    pub(crate) fn assign(
        &mut self,
        from: AccountId,
        to: AccountId,
        instrument: InstrumentId,
        lots: i64,
        out: &mut Vec<Event>,
    ) {
        let listing = &self.listings[instrument.index()];
        let currency = listing.asset.currency;
        let handover = handover(listing, from, to, lots);
        let Handover { cash, .. } = handover.expect("whoever asks has asked whether he may");
        for (account, cash) in [(from, cash), (to, -cash)] {
            self.pay(account, currency, cash, Payment::Assignment, Some(instrument), out);
        }
        self.shift(from, instrument, -lots, Movement::Transfer, out);
        self.shift(to, instrument, lots, Movement::Transfer, out);
    }

    pub(crate) fn may_send(
        &self,
        account: AccountId,
        to: Option<AccountId>,
        instrument: InstrumentId,
        qty: Qty,
        fee: Qty,
    ) -> Result<(), Reject> {
        self.known(account)?;
        to.map_or(Ok(Credit::None), |to| self.known(to))?;
        let listing = self.listed(instrument)?;
        if qty.is_zero() {
            return Err(Reject::ZeroQty);
        }
        let lots = i128::from(qty.0) + i128::from(fee.0);
        count::lots(Some(lots))?;
        let kind = self.venue.instruments()[instrument.index()].kind();
        if listing.ended || kind != InstrumentKind::Crypto {
            return Err(Reject::NotPossible);
        }
        self.has_lots(account, instrument, lots)
    }

    pub(crate) fn send(
        &mut self,
        account: AccountId,
        to: Option<AccountId>,
        instrument: InstrumentId,
        qty: Qty,
        fee: Qty,
        out: &mut Vec<Event>,
    ) {
        let counted = |qty: u64| i64::try_from(qty).expect("too many lots are refused before");
        let (lots, gone) = (counted(qty.0), counted(qty.0 + fee.0));
        self.ledger.post_lots(account, instrument, -i128::from(gone));
        self.ledger.post_transit(instrument, i128::from(lots));
        self.ledger.post_outside(instrument, i128::from(fee.0));
        let why = Movement::Sending;
        out.push(Event::Clearing(Fact::Moved { account, instrument, lots: -gone, why }));
        let sending = self.sendings.sent;
        self.sendings.sent += 1;
        let underway = Sending { sending, from: account, to, instrument, lots };
        self.sendings.underway.insert(sending, underway);
        out.push(Event::Clearing(Fact::Sent { sending, account, to, instrument, lots }));
    }

    pub(crate) fn may_arrive(&self, sending: u64) -> Result<(), Reject> {
        let underway = self.sendings.underway.contains_key(&sending);
        if underway { Ok(()) } else { Err(Reject::NotPossible) }
    }

    pub(crate) fn arrive(&mut self, sending: u64, out: &mut Vec<Event>) {
        let underway = self.sendings.underway.remove(&sending);
        let Sending { to, instrument, lots, .. } = underway.expect("it is on its way");
        self.ledger.post_transit(instrument, -i128::from(lots));
        if let Some(account) = to {
            self.ledger.post_lots(account, instrument, i128::from(lots));
            if lots != 0 {
                let why = Movement::Sending;
                out.push(Event::Clearing(Fact::Moved { account, instrument, lots, why }));
            }
        } else {
            self.ledger.post_outside(instrument, i128::from(lots));
        }
        out.push(Event::Clearing(Fact::Arrived { sending }));
    }

    /// What of `instrument` is on its way after a split, towards zero, by number.
    pub(crate) fn split_sendings(
        &self,
        instrument: InstrumentId,
        ratio: Ratio,
    ) -> Result<Vec<(u64, i64)>, Reject> {
        let of_it = self.sendings().filter(|one| one.instrument == instrument);
        let split = |one: &Sending| {
            let lots = count::share(i128::from(one.lots), ratio).map(|(whole, _)| whole);
            count::lots(lots).map(|lots| (one.sending, lots))
        };
        of_it.map(split).collect()
    }

    /// So many lots are on their way now. What goes beyond what there was comes from outside.
    pub(crate) fn resend(&mut self, (sending, lots): (u64, i64)) {
        let underway = self.sendings.underway.get_mut(&sending).expect("it is on its way");
        let more = i128::from(lots) - i128::from(underway.lots);
        underway.lots = lots;
        self.ledger.post_transit(underway.instrument, more);
        self.ledger.post_outside(underway.instrument, -more);
    }

    /// So much cash that no order of its owner needs. Less than nothing is always there.
    pub(crate) fn has_free(
        &self,
        account: AccountId,
        currency: CurrencyId,
        cash: i128,
    ) -> Result<(), Reject> {
        let held = self.ledger.cash(account, currency).unwrap_or_default();
        let free = held.total.0 - held.reserved.0;
        if cash <= 0 || cash <= free { Ok(()) } else { Err(Reject::InsufficientCash) }
    }

    /// So many lots that no order of their owner needs. Less than nothing is always there.
    fn has_lots(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        lots: i128,
    ) -> Result<(), Reject> {
        let held = self.ledger.lots(account, instrument).unwrap_or_default();
        let free = held.total - held.reserved;
        if lots <= 0 || lots <= free { Ok(()) } else { Err(Reject::ShortSale) }
    }
}

/// What changes hands when `lots` do, at the price at which they are carried. A margined contract
/// is worth nothing there: its gains were paid.
fn handover(
    listing: &Listing,
    from: AccountId,
    to: AccountId,
    lots: i64,
) -> Result<Handover, Reject> {
    let (asset, lots) = (listing.asset, i128::from(lots));
    let worth = match (asset.settles, listing.carried) {
        (Settles::Margined, _) | (_, None) => Some(0),
        (_, Some(carried)) => asset.worth(carried, lots),
    };
    count::lots(Some(lots))?;
    let cash = count::amount(worth)?;
    Ok(Handover { from, to, lots, cash })
}

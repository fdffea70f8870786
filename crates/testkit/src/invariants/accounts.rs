//! Accounts and funds as the events alone tell them (C-3, C-4 of `docs/CLEARING.md`).

use super::{Broken, hold};
use pitfloor_model::clearing::{Fact, Fund};
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Price, Qty, Side};
use std::collections::BTreeMap;

/// What everybody has: opening + postings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    cash: BTreeMap<(AccountId, CurrencyId), i128>,
    lots: BTreeMap<(AccountId, InstrumentId), i128>,
    funds: BTreeMap<(Fund, CurrencyId), i128>,
}

impl Accounts {
    /// Cash of an account.
    #[must_use]
    pub fn cash(&self, account: AccountId, currency: CurrencyId) -> i128 {
        self.cash.get(&(account, currency)).copied().unwrap_or(0)
    }

    /// Lots of an account.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> i128 {
        self.lots.get(&(account, instrument)).copied().unwrap_or(0)
    }

    /// Cash of a fund.
    #[must_use]
    pub fn fund(&self, fund: Fund, currency: CurrencyId) -> i128 {
        self.funds.get(&(fund, currency)).copied().unwrap_or(0)
    }

    /// Hears one event.
    pub(super) fn hear(&mut self, venue: &Venue, event: &Event) -> Result<(), Broken> {
        match *event {
            Event::Traded { instrument, maker, taker, aggressor, price, qty, .. }
            | Event::Transferred { instrument, maker, taker, aggressor, price, qty, .. } => {
                let (buyer, seller) = match aggressor {
                    Side::Buy => (taker.account, maker.account),
                    Side::Sell => (maker.account, taker.account),
                };
                self.trade(venue, instrument, (buyer, seller), price, qty);
            }
            Event::Crossed { instrument, buy, sell, price, qty, .. } => {
                self.trade(venue, instrument, (buy.account, sell.account), price, qty);
            }
            Event::Deposited { account, currency, cash } => {
                *self.cash.entry((account, currency)).or_default() += cash.0;
                *self.funds.entry((Fund::Outside, currency)).or_default() -= cash.0;
            }
            Event::Delivered { account, instrument, qty } => {
                *self.lots.entry((account, instrument)).or_default() += i128::from(qty.0);
            }
            Event::Clearing(fact) => self.hear_fact(&fact)?,
            _ => {}
        }
        Ok(())
    }

    fn hear_fact(&mut self, fact: &Fact) -> Result<(), Broken> {
        match *fact {
            Fact::Paid { account, currency, cash, why, .. } => {
                hold(cash.0 != 0, "C-3", || "nothing was paid".to_owned())?;
                *self.cash.entry((account, currency)).or_default() += cash.0;
                *self.funds.entry((why.fund(), currency)).or_default() -= cash.0;
            }
            Fact::Moved { account, instrument, lots, .. } => {
                hold(lots != 0, "C-3", || "nothing was moved".to_owned())?;
                *self.lots.entry((account, instrument)).or_default() += i128::from(lots);
            }
            Fact::Funded { from, to, currency, cash } => {
                hold(cash.0 > 0 && from != to, "C-3", || "nothing changed funds".to_owned())?;
                *self.funds.entry((from, currency)).or_default() -= cash.0;
                *self.funds.entry((to, currency)).or_default() += cash.0;
            }
            _ => {}
        }
        Ok(())
    }

    fn trade(
        &mut self,
        venue: &Venue,
        instrument: InstrumentId,
        (buyer, seller): (AccountId, AccountId),
        price: Price,
        qty: Qty,
    ) {
        let of = &venue.instruments()[instrument.index()];
        let lots = i128::from(qty.0);
        let mut cash = i128::from(price.0) * lots * i128::from(of.tick_cash());
        match of.kind() {
            InstrumentKind::Fx { base, lot_cash } => {
                let bought = lots * i128::from(lot_cash);
                *self.cash.entry((buyer, base)).or_default() += bought;
                *self.cash.entry((seller, base)).or_default() -= bought;
            }
            kind => {
                *self.lots.entry((buyer, instrument)).or_default() += lots;
                *self.lots.entry((seller, instrument)).or_default() -= lots;
                if matches!(kind, InstrumentKind::Future(_) | InstrumentKind::Perpetual { .. }) {
                    cash = 0;
                }
            }
        }
        *self.cash.entry((buyer, of.currency())).or_default() -= cash;
        *self.cash.entry((seller, of.currency())).or_default() += cash;
    }

    /// After a command: nothing is between two sides any more.
    pub(super) fn done(&self) -> Result<(), Broken> {
        for ((fund, currency), cash) in &self.funds {
            hold(*fund != Fund::Between || *cash == 0, "C-2", || {
                format!("{cash} of currency {} are between", currency.0)
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::venue;
    use pitfloor_model::clearing::{Payment, Ratio};
    use pitfloor_model::units::Cash;

    fn paid(cash: i128, why: Payment) -> Event {
        let (account, currency) = (AccountId(1), CurrencyId(0));
        Event::Clearing(Fact::Paid { account, currency, cash: Cash(cash), why, instrument: None })
    }

    #[test]
    fn what_is_left_between_is_seen() {
        let mut accounts = Accounts::default();
        accounts.hear(&venue(), &paid(5, Payment::Transfer)).unwrap();
        assert_eq!(accounts.done().unwrap_err().rule, "C-2");
        accounts.hear(&venue(), &paid(-5, Payment::Transfer)).unwrap();
        accounts.done().expect("both sides are there");
        accounts.hear(&venue(), &paid(-3, Payment::Fee)).unwrap();
        accounts.done().expect("fees are the venue's");
        assert_eq!(accounts.fund(Fund::Fees, CurrencyId(0)), 3);
        assert_eq!(accounts.cash(AccountId(1), CurrencyId(0)), -3);
    }

    #[test]
    fn a_payment_of_nothing_is_seen() {
        let mut accounts = Accounts::default();
        assert_eq!(accounts.hear(&venue(), &paid(0, Payment::Fee)).unwrap_err().rule, "C-3");
        let per_lot = Ratio::whole(1);
        let why = pitfloor_model::clearing::act::Distribution::Dividend;
        let (instrument, currency) = (InstrumentId(0), CurrencyId(0));
        let told = Fact::Distributed { instrument, currency, per_lot, why };
        accounts.hear(&venue(), &Event::Clearing(told)).expect("it moves nothing itself");
    }
}

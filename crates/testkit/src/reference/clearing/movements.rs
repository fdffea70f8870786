//! Chapter 9: movements that somebody asks for.

use super::super::money::Asset;
use super::super::{Answer, Reference};
use super::{Sending, amount, few_enough, possible, some_lots};
use pitfloor_model::clearing::{Fact, Movement, Payment};
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Qty};

impl Reference {
    /// C-70
    pub(super) fn transfer(
        &mut self,
        from: AccountId,
        to: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Answer {
        self.account_known(from)?;
        self.account_known(to)?;
        self.currency_known(currency)?;
        amount(cash)?;
        possible(from != to)?;
        if self.has_no_credit(from) && self.free_cash(from, currency, None) < cash.0 {
            return Err(Reject::InsufficientCash);
        }
        if self.has_margin(from) {
            let mut after = self.clone();
            after.post(from, Asset::Cash(currency), -cash.0);
            if after.equity(from) < self.initial_but(from, None) {
                return Err(Reject::InsufficientMargin);
            }
        }
        self.paid(from, currency, -cash.0, Payment::Transfer, None);
        self.paid(to, currency, cash.0, Payment::Transfer, None);
        Ok(())
    }

    pub(super) fn assign(
        &mut self,
        from: AccountId,
        to: AccountId,
        instrument: InstrumentId,
        lots: i64,
    ) -> Answer {
        self.account_known(from)?;
        self.account_known(to)?;
        self.known(instrument)?;
        if lots == 0 {
            return Err(Reject::ZeroQty);
        }
        let lots = i128::from(lots);
        few_enough(lots)?;
        let position = self.holds(from, instrument);
        self.alive(instrument)?;
        possible(from != to && self.carried_at(instrument).is_some())?;
        possible(lots.signum() == position.signum() && lots.abs() <= position.abs())?;
        let margined = self.is_margined(instrument);
        let cash = if margined { 0 } else { self.carried_value(instrument, lots) };
        if self.has_no_credit(to) && margined {
            return Err(Reject::NeedsMargin);
        }
        let lacks = |account, lots: i128| {
            self.has_no_credit(account) && lots > self.free_lots(account, instrument, None)
        };
        if lacks(from, lots) || lots < 0 && lacks(to, -lots) {
            return Err(Reject::ShortSale);
        }
        let currency = self.currency_of(instrument);
        let owes = |account, cash: i128| {
            let free = self.free_cash(account, currency, None);
            self.has_no_credit(account) && cash > 0 && cash > free
        };
        if owes(from, -cash) || owes(to, cash) {
            return Err(Reject::InsufficientCash);
        }
        self.paid(from, currency, cash, Payment::Assignment, Some(instrument));
        self.paid(to, currency, -cash, Payment::Assignment, Some(instrument));
        self.moved(from, instrument, -lots, Movement::Transfer);
        self.moved(to, instrument, lots, Movement::Transfer);
        Ok(())
    }

    /// C-71
    pub(super) fn send(
        &mut self,
        account: AccountId,
        to: Option<AccountId>,
        instrument: InstrumentId,
        qty: Qty,
        fee: Qty,
    ) -> Answer {
        self.account_known(account)?;
        to.map_or(Ok(()), |to| self.account_known(to))?;
        self.known(instrument)?;
        some_lots(qty)?;
        let (arriving, fee) = (i128::from(qty.0), i128::from(fee.0));
        few_enough(arriving + fee)?;
        self.free_to_ask(account)?;
        self.alive(instrument)?;
        possible(self.kind(instrument) == InstrumentKind::Crypto)?;
        if arriving + fee > self.free_lots(account, instrument, None) {
            return Err(Reject::ShortSale);
        }
        self.moved(account, instrument, -arriving - fee, Movement::Sending);
        *self.house.outside.entry(instrument).or_default() += fee;
        let sending = self.house.sendings.len() as u64;
        self.house.sendings.push(Sending { to, instrument, lots: arriving, arrived: false });
        let lots = i64::try_from(arriving).expect("lots that are too many were refused");
        self.fact(Fact::Sent { sending, account, to, instrument, lots });
        Ok(())
    }

    pub(super) fn arrive(&mut self, sending: u64) -> Answer {
        let found = usize::try_from(sending).ok().and_then(|at| self.house.sendings.get(at));
        let sent = *found.ok_or(Reject::NotPossible)?;
        possible(!sent.arrived)?;
        self.house.sendings[sending as usize].arrived = true;
        match sent.to {
            Some(to) => self.moved(to, sent.instrument, sent.lots, Movement::Sending),
            None => *self.house.outside.entry(sent.instrument).or_default() += sent.lots,
        }
        self.fact(Fact::Arrived { sending });
        Ok(())
    }
}

//! Chapter 4, first half: prices at which positions are carried, equity, and measuring.

use super::super::{Answer, FARTHEST, Reference};
use super::{Call, countable, possible};
use pitfloor_model::clearing::{Fact, Payment, Ratio, Valuation};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Time};

/// The most that one amount counts for in an equity (C-32).
const COUNTED_MOST: i128 = 1 << 110;

impl Reference {
    pub(super) fn set_fx(&mut self, currency: CurrencyId, rate: Ratio) -> Answer {
        self.currency_known(currency)?;
        if rate.num <= 0 || rate.den == 0 {
            return Err(Reject::BadAmount);
        }
        possible(currency != self.base() || rate.num == i64::from(rate.den))?;
        self.house.rates.insert(currency, rate);
        self.fact(Fact::TermsChanged { instrument: None, currency: Some(currency) });
        Ok(())
    }

    pub(super) fn base(&self) -> CurrencyId {
        self.venue.clearing().base
    }

    fn rate(&self, currency: CurrencyId) -> (i128, i128) {
        let rate = self.house.rates.get(&currency).copied().unwrap_or(Ratio::whole(1));
        (i128::from(rate.num), i128::from(rate.den))
    }

    /// C-31: what an account has, in the base currency, rounded down.
    pub(super) fn worth(&self, currency: CurrencyId, cash: i128) -> i128 {
        let (num, den) = self.rate(currency);
        (cash * num).div_euclid(den)
    }

    /// C-31: what is asked, in the base currency, rounded up.
    pub(super) fn asked_in_base(&self, currency: CurrencyId, cash: i128) -> i128 {
        -self.worth(currency, -cash)
    }

    /// The least of a currency that is worth `worth`.
    pub(super) fn least_worth(&self, currency: CurrencyId, worth: i128) -> i128 {
        let (num, den) = self.rate(currency);
        -(-worth * den).div_euclid(num)
    }

    /// C-30
    pub(super) fn value(&mut self, valuations: &[Valuation]) -> Answer {
        for valuation in valuations {
            self.known(valuation.instrument)?;
        }
        for Valuation { instrument, price, .. } in valuations {
            for account in self.owners() {
                countable(self.variation(account, *instrument, *price))?;
            }
        }
        for (at, Valuation { instrument, .. }) in valuations.iter().enumerate() {
            self.alive(*instrument)?;
            possible(valuations[..at].iter().all(|other| other.instrument != *instrument))?;
        }
        for Valuation { price, .. } in valuations {
            on_the_grid(*price)?;
        }
        for Valuation { instrument, price, scan } in valuations {
            self.fact(Fact::Valued { instrument: *instrument, price: *price });
            self.pay_variation(*instrument, *price);
            self.house.carried.insert(*instrument, *price);
            if let Some(scan) = scan {
                self.house.scans.insert(*instrument, **scan);
            }
        }
        if self.house.day == 0 && self.house.equity_before.is_none() {
            self.note_equity();
        }
        for account in self.owners() {
            self.measure(account);
        }
        Ok(())
    }

    /// What an account gains when a margined contract goes to `price`.
    fn variation(&self, account: AccountId, instrument: InstrumentId, price: Price) -> i128 {
        match self.carried_at(instrument) {
            Some(old) if self.is_margined(instrument) => {
                let each = i128::from(price.0) - i128::from(old.0);
                each * self.holds(account, instrument) * self.tick_value(instrument)
            }
            _ => 0,
        }
    }

    /// Everybody's variation, in order of accounts.
    pub(super) fn pay_variation(&mut self, instrument: InstrumentId, price: Price) {
        for account in self.owners() {
            let gain = self.variation(account, instrument, price);
            let currency = self.currency_of(instrument);
            self.paid(account, currency, gain, Payment::Variation, Some(instrument));
        }
    }

    /// C-61: the equity that losses of the day are counted from.
    pub(super) fn note_equity(&mut self) {
        let equity = |account| (account, self.equity(account));
        self.house.equity_before = Some(self.owners().into_iter().map(equity).collect());
    }

    /// C-32
    pub(super) fn equity(&self, account: AccountId) -> i128 {
        let counted = |amount: i128| amount.clamp(-COUNTED_MOST, COUNTED_MOST);
        let mut equity = 0;
        for currency in self.currencies() {
            equity += counted(self.worth(currency, self.has(account, currency)));
        }
        for instrument in self.instruments() {
            if !self.is_margined(instrument) {
                let value = self.carried_value(instrument, self.holds(account, instrument));
                equity += counted(self.worth(self.currency_of(instrument), value));
            }
        }
        equity
    }

    /// C-35: whoever has less than he must is called, and told when he has enough again.
    fn measure(&mut self, account: AccountId) {
        if !self.has_margin(account) {
            return;
        }
        let (equity, required) = (self.equity(account), self.maintenance(account));
        let short = equity < required;
        match self.house.calls.get(&account).copied() {
            None if short => {
                let until = Time(self.now.0.saturating_add(self.venue.clearing().call_ns));
                self.house.calls.insert(account, Call { until, overdue: false });
                let (equity, required) = (Cash(equity), Cash(required));
                self.fact(Fact::Called { account, equity, required, until });
            }
            Some(_) if !short => {
                self.house.calls.remove(&account);
                self.fact(Fact::Met { account });
            }
            Some(Call { until, overdue: false }) if until.0 <= self.now.0 => {
                self.house.calls.insert(account, Call { until, overdue: true });
                self.fact(Fact::Overdue { account });
            }
            _ => {}
        }
    }
}

/// A price that somebody could trade at.
pub(super) fn on_the_grid(price: Price) -> Answer {
    if i128::from(price.0).abs() > FARTHEST { Err(Reject::OffTick) } else { Ok(()) }
}

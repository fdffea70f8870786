//! Chapter 5: lots to borrow, and interest.

use super::super::{Answer, Reference};
use super::{countable, few_enough, possible, some_lots};
use pitfloor_model::clearing::{Fact, Payment};
use pitfloor_model::event::Credit;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Qty};

impl Reference {
    pub(super) fn set_interest(
        &mut self,
        currency: CurrencyId,
        credit_bips: i32,
        debit_bips: i32,
    ) -> Answer {
        self.currency_known(currency)?;
        self.house.interest.insert(currency, (credit_bips, debit_bips));
        self.fact(Fact::TermsChanged { instrument: None, currency: Some(currency) });
        Ok(())
    }

    pub(super) fn set_borrow(&mut self, instrument: InstrumentId, lots: u64, bips: u32) -> Answer {
        self.known(instrument)?;
        few_enough(i128::from(lots))?;
        self.alive(instrument)?;
        self.house.pools.insert(instrument, (i128::from(lots), bips));
        self.fact(Fact::TermsChanged { instrument: Some(instrument), currency: None });
        Ok(())
    }

    /// C-41
    pub(super) fn locate(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Answer {
        self.account_known(account)?;
        self.known(instrument)?;
        some_lots(qty)?;
        self.free_to_ask(account)?;
        self.alive(instrument)?;
        let wanted = i128::from(qty.0);
        let (lots, _) = self.house.pools.entry(instrument).or_default();
        possible(wanted <= *lots)?;
        *lots -= wanted;
        *self.house.located.entry((account, instrument)).or_default() += wanted;
        self.fact(Fact::Located { account, instrument, lots: qty.0 });
        Ok(())
    }

    /// C-43: what was located and is not borrowed can be found again.
    pub(super) fn give_back_located(&mut self) {
        for ((account, instrument), located) in self.house.located.clone() {
            let borrowed = (-self.holds(account, instrument)).max(0);
            let kept = located.min(borrowed);
            self.house.located.insert((account, instrument), kept);
            self.house.pools.entry(instrument).or_default().0 += located - kept;
        }
        for account in self.owners() {
            for instrument in self.instruments() {
                let short = (-self.holds(account, instrument)).max(0);
                self.house.short_before.insert((account, instrument), short);
            }
        }
    }

    /// C-44
    pub(super) fn accrue(&mut self, days: u16) -> Answer {
        let owners: Vec<AccountId> = self
            .owners()
            .into_iter()
            .filter(|a| self.member(*a).is_some_and(|m| m.credit != Credit::Unlimited))
            .collect();
        for account in &owners {
            for currency in self.currencies() {
                countable(self.interest(*account, currency, days))?;
            }
            for instrument in self.instruments() {
                countable(self.borrowing(*account, instrument, days))?;
            }
        }
        for account in owners {
            for currency in self.currencies() {
                let cash = self.interest(account, currency, days);
                self.paid(account, currency, cash, Payment::Interest, None);
            }
            for instrument in self.instruments() {
                let cost = self.borrowing(account, instrument, days);
                let currency = self.currency_of(instrument);
                self.paid(account, currency, -cost, Payment::Borrow, Some(instrument));
            }
        }
        Ok(())
    }

    fn interest(&self, account: AccountId, currency: CurrencyId, days: u16) -> i128 {
        let cash = self.has(account, currency);
        let (credit, debit) = self.house.interest.get(&currency).copied().unwrap_or((0, 0));
        let bips = if cash > 0 { credit } else { debit };
        // What does not fit is too large to count as well.
        cash.saturating_mul(i128::from(bips) * i128::from(days)) / (10_000 * 360)
    }

    fn borrowing(&self, account: AccountId, instrument: InstrumentId, days: u16) -> i128 {
        let lots = self.holds(account, instrument);
        let (_, bips) = self.house.pools.get(&instrument).copied().unwrap_or((0, 0));
        let value = self.carried_value(instrument, lots).abs();
        let year = value.saturating_mul(i128::from(bips) * i128::from(days));
        if lots < 0 { year / (10_000 * 360) } else { 0 }
    }
}

//! What currencies are worth and cost: rates into the base currency (C-31), interest, and what
//! borrowed lots cost (C-44).

use crate::count;
use crate::house::ClearingHouse;
use pitfloor_model::clearing::{Fact, Payment, Ratio};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId};

/// The days of a year and the ten-thousandths of a whole, for interest (actual/360).
const YEAR_BIPS: i128 = 360 * 10_000;

/// What the house knows about a currency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// Minor units of the base currency per minor unit.
    pub(crate) fx: Ratio,
    /// What a balance earns in a year, in ten-thousandths.
    pub(crate) credit_bips: i32,
    /// What a debt costs.
    pub(crate) debit_bips: i32,
}

/// One payment that is due for some days: interest, or for what is borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accrual {
    account: AccountId,
    currency: CurrencyId,
    cash: i128,
    /// What is borrowed; none for interest.
    borrowed: Option<InstrumentId>,
}

impl Default for Rates {
    fn default() -> Self {
        Self { fx: Ratio::whole(1), credit_bips: 0, debit_bips: 0 }
    }
}

impl Rates {
    /// True of the base currency, and of what is worth as much.
    #[inline]
    pub(crate) const fn is_one(&self) -> bool {
        self.fx.num == self.fx.den as i64
    }

    /// `cash` in the base currency, towards minus infinity: what an account has is never worth more
    /// than it is. What is beyond all counting stops at the end of it.
    pub(crate) const fn down(&self, cash: i128) -> i128 {
        let (num, den) = (self.fx.num as i128, self.fx.den as i128);
        let whole = cash.div_euclid(den).saturating_mul(num);
        whole.saturating_add((cash.rem_euclid(den) * num).div_euclid(den))
    }

    /// The least cash that is worth `worth`, which is not negative.
    pub(crate) const fn least_for(&self, worth: i128) -> i128 {
        let (num, den) = (self.fx.num as i128, self.fx.den as i128);
        worth / num * den + (worth % num * den + num - 1) / num
    }

    /// `cash` in the base currency, towards plus infinity: what is asked for is asked wholly.
    pub(crate) const fn up(&self, cash: i128) -> i128 {
        self.down(cash.saturating_neg()).saturating_neg()
    }
}

impl ClearingHouse {
    pub(crate) fn may_set_fx(&self, currency: CurrencyId, rate: Ratio) -> Result<(), Reject> {
        self.counted(currency)?;
        if rate.num <= 0 || rate.den == 0 {
            return Err(Reject::BadAmount);
        }
        if currency == self.venue.clearing().base && rate.num != i64::from(rate.den) {
            return Err(Reject::NotPossible);
        }
        Ok(())
    }

    pub(crate) fn set_fx(&mut self, currency: CurrencyId, rate: Ratio, out: &mut Vec<Event>) {
        self.rates[currency.index()].fx = rate;
        out.push(terms_of(currency));
    }

    pub(crate) fn set_interest(
        &mut self,
        currency: CurrencyId,
        credit_bips: i32,
        debit_bips: i32,
        out: &mut Vec<Event>,
    ) {
        let rates = &mut self.rates[currency.index()];
        (rates.credit_bips, rates.debit_bips) = (credit_bips, debit_bips);
        out.push(terms_of(currency));
    }

    /// Everything that is due for so many days, in order. Pure: it is asked before anything is paid.
    pub(crate) fn accruals(&self, days: u16) -> Result<Vec<Accrual>, Reject> {
        let mut due = Vec::new();
        // In no days nothing falls due, however much it would be in one.
        for account in self.ledger.accounts().filter(|_| days > 0) {
            if self.credit(account) != Some(Credit::Unlimited) {
                self.interest(account, days, &mut due)?;
                self.borrowing(account, days, &mut due)?;
            }
        }
        Ok(due)
    }

    pub(crate) fn accrue(&mut self, days: u16, out: &mut Vec<Event>) {
        let due = self.accruals(days).expect("whoever asks has asked whether he may");
        for Accrual { account, currency, cash, borrowed } in due {
            let why = if borrowed.is_some() { Payment::Borrow } else { Payment::Interest };
            self.pay(account, currency, cash, why, borrowed, out);
        }
    }

    fn interest(
        &self,
        account: AccountId,
        days: u16,
        due: &mut Vec<Accrual>,
    ) -> Result<(), Reject> {
        for (currency, rates) in (0..).map(CurrencyId).zip(&self.rates) {
            let cash = self.ledger.cash(account, currency).map_or(0, |held| held.total.0);
            let bips = if cash > 0 { rates.credit_bips } else { rates.debit_bips };
            let cash = share(cash, i128::from(bips), days)?;
            due.push(Accrual { account, currency, cash, borrowed: None });
        }
        Ok(())
    }

    fn borrowing(
        &self,
        account: AccountId,
        days: u16,
        due: &mut Vec<Accrual>,
    ) -> Result<(), Reject> {
        for listing in &self.listings {
            let (asset, bips) = (listing.asset, i128::from(listing.borrow_bips));
            let lots = self.ledger.lots(account, asset.instrument).map_or(0, |held| held.total);
            if let Some(carried) = listing.carried
                && lots < 0
                && bips > 0
            {
                let value = asset.worth(carried, lots).ok_or(Reject::BadAmount)?;
                let cash = -share(value.abs(), bips, days)?;
                let borrowed = Some(asset.instrument);
                due.push(Accrual { account, currency: asset.currency, cash, borrowed });
            }
        }
        Ok(())
    }
}

/// What so many ten-thousandths a year of `cash` are in so many days, towards zero.
fn share(cash: i128, bips: i128, days: u16) -> Result<i128, Reject> {
    let product = cash.checked_mul(bips).and_then(|part| part.checked_mul(i128::from(days)));
    count::amount(product.map(|product| product / YEAR_BIPS))
}

const fn terms_of(currency: CurrencyId) -> Event {
    Event::Clearing(Fact::TermsChanged { instrument: None, currency: Some(currency) })
}

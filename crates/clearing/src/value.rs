//! Valuation: the prices at which positions are carried, the variation that they cause (C-30), and
//! what accounts are worth by them (C-31, C-32).

use crate::amount::had;
use crate::asset::{Asset, Settles};
use crate::count;
use crate::house::ClearingHouse;
use pitfloor_model::clearing::{Fact, Payment, Valuation};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Time};

impl ClearingHouse {
    pub(crate) fn may_value(&self, valuations: &[Valuation]) -> Result<(), Reject> {
        for valuation in valuations {
            self.listed(valuation.instrument)?;
        }
        for valuation in valuations {
            self.variations(valuation, |_, cash| count::amount(cash).map(drop))?;
        }
        let mut named: Vec<_> = valuations.iter().map(|valuation| valuation.instrument).collect();
        named.sort_unstable();
        let twice = named.windows(2).any(|pair| pair[0] == pair[1]);
        if twice || named.iter().any(|at| self.listings[at.index()].ended) {
            return Err(Reject::NotPossible);
        }
        let beyond = |price: Price| price.0.unsigned_abs() > Price::FARTHEST.0.unsigned_abs();
        if valuations.iter().any(|valuation| beyond(valuation.price)) {
            return Err(Reject::OffTick);
        }
        Ok(())
    }

    /// Carries positions at other prices, pays what that makes of margined contracts, and measures
    /// every account with margin.
    pub(crate) fn value(&mut self, at: Time, valuations: &[Valuation], out: &mut Vec<Event>) {
        for valuation in valuations {
            let (instrument, price) = (valuation.instrument, valuation.price);
            out.push(Event::Clearing(Fact::Valued { instrument, price }));
            let mut due = Vec::new();
            let noted: Result<(), Reject> = self.variations(valuation, |account, cash| {
                due.push((account, cash.expect("whoever asks has asked whether he may")));
                Ok(())
            });
            assert_eq!(noted, Ok(()), "to note is always possible");
            let listing = &mut self.listings[instrument.index()];
            listing.carried = Some(price);
            if valuation.scan.is_some() {
                listing.scan.clone_from(&valuation.scan);
            }
            let currency = listing.asset.currency;
            for (account, cash) in due {
                self.pay(account, currency, cash, Payment::Variation, Some(instrument), out);
            }
        }
        self.recount_all();
        self.measure_all(at, out);
        if self.day == 0 && !self.valued {
            self.begin_day();
        }
        self.valued = true;
    }

    /// What `valuation` pays to each account with a position, in order of accounts; none where it
    /// cannot be counted.
    fn variations(
        &self,
        valuation: &Valuation,
        mut each: impl FnMut(AccountId, Option<i128>) -> Result<(), Reject>,
    ) -> Result<(), Reject> {
        let listing = &self.listings[valuation.instrument.index()];
        let Some(carried) = listing.carried else { return Ok(()) };
        if listing.asset.settles != Settles::Margined {
            return Ok(());
        }
        let gain = i128::from(valuation.price.0) - i128::from(carried.0);
        let gain = gain * i128::from(listing.asset.tick_cash);
        for account in &self.owing {
            let lots = self.ledger.exposed(*account, valuation.instrument).lots;
            if lots != 0 {
                each(*account, lots.checked_mul(gain))?;
            }
        }
        Ok(())
    }

    /// What `account` is worth, in the base currency, at the prices at which positions are carried;
    /// none when it is not open.
    #[must_use]
    pub fn equity(&self, account: AccountId) -> Option<Cash> {
        self.credit(account)?;
        Some(Cash(self.cash_in_base(account) + self.positions_value(account)))
    }

    /// The price at which positions in `instrument` are carried; none before it was first valued,
    /// or when the venue does not list it.
    #[must_use]
    pub fn carried_at(&self, instrument: InstrumentId) -> Option<Price> {
        self.listings.get(instrument.index())?.carried
    }

    /// All cash of `account`, in the base currency.
    pub(crate) fn cash_in_base(&self, account: AccountId) -> i128 {
        let currencies = (0..).map(CurrencyId).zip(&self.rates);
        currencies.map(|(at, rates)| had(rates, self.ledger.balance(account, at))).sum()
    }

    /// What the positions of `account` add to its equity.
    fn positions_value(&self, account: AccountId) -> i128 {
        if let Some(sums) = self.sums(account) {
            return sums.value;
        }
        let scene = self.scene();
        let bought = |asset: &Asset| asset.settles == Settles::Lots;
        let assets = self.listings.iter().map(|listing| listing.asset).filter(bought);
        let values = assets.map(|asset| {
            let lots = self.ledger.exposed(account, asset.instrument).lots;
            if lots == 0 {
                return 0;
            }
            had(scene.rates(asset), scene.stake(asset.instrument).value(lots))
        });
        values.sum()
    }

    /// Notes what accounts are worth as a business day begins, for those who may not lose more than
    /// so much of it.
    pub(crate) fn begin_day(&mut self) {
        for at in 0..self.owners.len() {
            let account = AccountId(u32::try_from(at).expect("accounts are counted"));
            self.owners[at].morning = self.equity(account).map(|equity| equity.0);
        }
    }

    /// True of accounts that are measured.
    pub(crate) const fn is_margin(credit: Credit) -> bool {
        matches!(credit, Credit::Margin | Credit::Portfolio)
    }
}

//! Chapter 2: what a trade moves beside lots and price: variation, fees, and what is to be settled.

use super::super::{Answer, Reference};
use super::{Obligation, Volume, nearest};
use pitfloor_model::clearing::{Fee, Fees, Payment};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, InstrumentId, Price};

/// A trade that was told, with its lots and cash already moved.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Deal {
    pub(in super::super) buyer: AccountId,
    pub(in super::super) seller: AccountId,
    pub(in super::super) instrument: InstrumentId,
    pub(in super::super) price: Price,
    pub(in super::super) lots: i128,
    /// Whether buyer and seller pay as those who came; none for a transfer, which is no trade.
    pub(in super::super) came: Option<(bool, bool)>,
}

impl Reference {
    /// C-12: a margined contract is traded when it has been valued.
    pub(in super::super) fn check_valued(&self, instrument: InstrumentId) -> Answer {
        let valued = !self.is_margined(instrument) || self.carried_at(instrument).is_some();
        if valued { Ok(()) } else { Err(Reject::NoReference) }
    }

    /// C-12, C-13, C-20: everything that comes with a trade.
    pub(in super::super) fn clear_trade(&mut self, deal: Deal) {
        let Deal { buyer, seller, instrument, price, lots, came } = deal;
        if self.is_margined(instrument) {
            let carried = self.carried_at(instrument).expect("only what was valued trades");
            let each = (i128::from(carried.0) - i128::from(price.0)) * self.tick_value(instrument);
            let (currency, what) = (self.currency_of(instrument), Some(instrument));
            self.paid(buyer, currency, each * lots, Payment::Variation, what);
            self.paid(seller, currency, -each * lots, Payment::Variation, what);
        }
        let Some((buyer_came, seller_came)) = came else { return };
        let cash = i128::from(price.0) * lots * self.tick_value(instrument);
        for (account, came) in [(buyer, buyer_came), (seller, seller_came)] {
            let fee = self.fee(account, instrument, came, cash, lots);
            let currency = self.currency_of(instrument);
            self.paid(account, currency, -fee, Payment::Fee, Some(instrument));
        }
        for account in [buyer, seller] {
            let day = self.house.day;
            self.house.volumes.push(Volume { account, instrument, day, lots });
        }
        if self.cycle(instrument) > 0 && !self.is_margined(instrument) {
            self.note(buyer, instrument, lots, -cash);
            self.note(seller, instrument, -lots, cash);
        }
    }

    /// What a trade of so much costs the account.
    fn fee(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        came: bool,
        cash: i128,
        lots: i128,
    ) -> i128 {
        let fees = &self.listed(instrument).clearing.fees;
        let before = self.traded_lately(account, instrument);
        let (mut maker, mut taker) = (fees.maker, fees.taker);
        for tier in &fees.tiers {
            if i128::from(tier.from) <= before {
                (maker, taker) = (tier.maker, tier.taker);
            }
        }
        let Fee { per_lot, ppm, least } = if came { taker } else { maker };
        let by_lot = nearest(lots, i128::from(per_lot.num), i128::from(per_lot.den));
        let by_value = nearest(cash.abs(), i128::from(ppm), 1_000_000);
        let fee = by_lot + by_value;
        if fee > 0 { fee.max(least.0) } else { fee }
    }

    /// Lots that the account traded in the ended days that count for a tier.
    fn traded_lately(&self, account: AccountId, instrument: InstrumentId) -> i128 {
        let today = self.house.day;
        let first = today.saturating_sub(Fees::TIER_DAYS as u32);
        let counts = |v: &&Volume| {
            v.account == account && v.instrument == instrument && (first..today).contains(&v.day)
        };
        self.house.volumes.iter().filter(counts).map(|volume| volume.lots).sum()
    }

    /// Adds to what the account owes and is owed for today.
    fn note(&mut self, account: AccountId, instrument: InstrumentId, lots: i128, cash: i128) {
        let today = self.house.day;
        let same = |o: &&mut Obligation| {
            o.account == account && o.instrument == instrument && o.traded == today
        };
        if let Some(found) = self.house.obligations.iter_mut().find(same) {
            found.lots += lots;
            found.cash += cash;
        } else {
            let traded = today;
            let new = Obligation { account, instrument, traded, due: None, lots, cash };
            self.house.obligations.push(new);
        }
    }
}

//! The ledger: what everybody has, what is reserved of it, and whether somebody can stand behind
//! an order.

use super::clearing::Deal;
use super::{Answer, Live, Place, Reference};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderKey, Price, Qty, Side,
};

/// All deposits in one currency together: at most this many minor units.
const DEPOSITS_MAX: i128 = 1 << 120;

/// All deliveries of one instrument together: at most this many lots.
const DELIVERIES_MAX: i128 = 1 << 100;

/// What an account has, and how much of it is reserved for its live orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whose.
    pub account: AccountId,
    /// Cash and what is reserved of it, by currency.
    pub cash: Vec<(Cash, Cash)>,
    /// Lots and what is reserved of them, by instrument.
    pub lots: Vec<(i128, i128)>,
}

/// So much of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    account: AccountId,
    what: Asset,
    amount: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asset {
    Cash(CurrencyId),
    Lots(InstrumentId),
}

impl Posting {
    /// Adds it to sums of cash by currency and lots by instrument.
    pub(super) fn add_to(&self, cash: &mut [i128], lots: &mut [i128]) {
        match self.what {
            Asset::Cash(currency) => cash[currency.0 as usize] += self.amount,
            Asset::Lots(instrument) => lots[instrument.0 as usize] += self.amount,
        }
    }
}

/// What leverage off demands for an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Need {
    /// Lots to sell.
    pub(super) lots: i128,
    pub(super) cash: i128,
    /// Lots to buy, and the limit: what margin goes by.
    pub(super) buys: i128,
    pub(super) limit: Option<Price>,
}

impl Need {
    /// Both at once, with the limit of the later one: margin is asked at that (C-34).
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            lots: self.lots + other.lots,
            cash: self.cash + other.cash,
            buys: self.buys + other.buys,
            limit: other.limit,
        }
    }
}

/// What `lots` at `price` need.
pub(super) fn limit_need(side: Side, price: Price, lots: Qty, tick_value: i128) -> Need {
    let lots = i128::from(lots.0);
    let value = i128::from(price.0) * lots * tick_value;
    let limit = Some(price);
    match side {
        Side::Buy => Need { lots: 0, cash: value.max(0), buys: lots, limit },
        Side::Sell => Need { lots, cash: (-value).max(0), buys: 0, limit },
    }
}

impl Reference {
    pub(super) fn post(&mut self, account: AccountId, what: Asset, amount: i128) {
        let same = |p: &&mut Posting| p.account == account && p.what == what;
        match self.postings.iter_mut().find(same) {
            Some(posting) => posting.amount += amount,
            None => self.postings.push(Posting { account, what, amount }),
        }
    }

    /// A trade, or a transfer: cash one way, lots the other, and what comes with it.
    pub(super) fn pay(&mut self, deal: Deal) {
        let Deal { buyer, seller, instrument, price, lots, .. } = deal;
        let money = Asset::Cash(self.venue.instruments()[instrument.0 as usize].currency());
        let (thing, things) = match self.pair(instrument) {
            Some((base, each)) => (Asset::Cash(base), lots * each),
            None => (Asset::Lots(instrument), lots),
        };
        if !self.is_margined(instrument) {
            let cash = i128::from(price.0) * lots * self.tick_value(instrument);
            self.post(buyer, money, -cash);
            self.post(seller, money, cash);
        }
        self.post(buyer, thing, things);
        self.post(seller, thing, -things);
        self.clear_trade(deal);
    }

    /// What the order keeps reserved.
    fn reserved(&self, live: &Live) -> Need {
        let stands = matches!(live.place, Place::Book | Place::Waiting(_));
        match live.limit {
            Some(price) if stands && self.pays_ahead(live.key.account, live.instrument) => {
                limit_need(live.terms.side, price, live.leaves, self.tick_value(live.instrument))
            }
            _ => Need::default(),
        }
    }

    /// Accounts without credit must have what is needed; `given_back` is an order of theirs whose
    /// reservation does not count. Shares before cash.
    pub(super) fn afford(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        need: Need,
        given_back: Option<OrderKey>,
    ) -> Answer {
        let credit = self.member(account).map(|member| member.credit);
        if credit == Some(Credit::Unlimited) || need == Need::default() {
            return Ok(());
        }
        if !self.pays_ahead(account, instrument) {
            return self.ask_margin(account, instrument, need, given_back);
        }
        self.check_margined(account, instrument)?;
        let there = match self.pair(instrument) {
            None => self.free_lots(account, instrument, given_back),
            Some((base, each)) => self.free_cash(account, base, given_back).div_euclid(each),
        };
        if need.lots > 0 && need.lots > there {
            return Err(Reject::ShortSale);
        }
        let currency = self.venue.instruments()[instrument.0 as usize].currency();
        if need.cash > 0 && need.cash > self.free_cash(account, currency, given_back) {
            return Err(Reject::InsufficientCash);
        }
        Ok(())
    }

    /// C-12: who has no margin has no margined contract.
    pub(super) fn check_margined(&self, account: AccountId, instrument: InstrumentId) -> Answer {
        let none = self.member(account).is_some_and(|member| member.credit == Credit::None);
        if none && self.is_margined(instrument) { Err(Reject::NeedsMargin) } else { Ok(()) }
    }

    /// True for who must have all that an order could cost: without credit, and for pairs also with
    /// margin.
    fn pays_ahead(&self, account: AccountId, instrument: InstrumentId) -> bool {
        match self.member(account).map(|member| member.credit) {
            None | Some(Credit::Unlimited) => false,
            Some(Credit::None) => true,
            Some(Credit::Margin | Credit::Portfolio) => self.pair(instrument).is_some(),
        }
    }

    /// Lots that an account has.
    pub(super) fn holds(&self, account: AccountId, instrument: InstrumentId) -> i128 {
        self.sum(account, Asset::Lots(instrument))
    }

    /// Cash that an account has.
    pub(super) fn has(&self, account: AccountId, currency: CurrencyId) -> i128 {
        self.sum(account, Asset::Cash(currency))
    }

    fn sum(&self, account: AccountId, what: Asset) -> i128 {
        let own = |posting: &&Posting| posting.account == account && posting.what == what;
        self.postings.iter().filter(own).map(|posting| posting.amount).sum()
    }

    /// Lots that are not reserved; `but` is an order whose reservation does not count.
    pub(super) fn free_lots(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        but: Option<OrderKey>,
    ) -> i128 {
        let mut lots = self.holds(account, instrument);
        for live in self.live.iter().filter(|live| live.key.account == account) {
            if Some(live.key) != but && live.instrument == instrument {
                lots -= self.reserved(live).lots;
            }
        }
        lots
    }

    /// Cash that is not reserved, likewise. What a pair sells is cash of its base currency.
    pub(super) fn free_cash(
        &self,
        account: AccountId,
        currency: CurrencyId,
        but: Option<OrderKey>,
    ) -> i128 {
        let mut cash = self.has(account, currency);
        for live in self.live.iter().filter(|live| live.key.account == account) {
            if Some(live.key) == but {
                continue;
            }
            let reserved = self.reserved(live);
            if self.venue.instruments()[live.instrument.0 as usize].currency() == currency {
                cash -= reserved.cash;
            }
            if let Some((base, each)) = self.pair(live.instrument)
                && base == currency
            {
                cash -= reserved.lots * each;
            }
        }
        cash
    }

    pub(super) fn deposit(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Answer {
        let listed = (currency.0 as usize) < self.venue.currencies().len();
        if self.member(account).is_none() || !listed {
            return Err(Reject::UnknownAccount);
        }
        let what = Asset::Cash(currency);
        if cash.0 <= 0 || cash.0 > DEPOSITS_MAX - self.brought_in(what) {
            return Err(Reject::BadAmount);
        }
        self.bring_in(account, what, cash.0);
        self.out.push(Event::Deposited { account, currency, cash });
        Ok(())
    }

    pub(super) fn deliver(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Answer {
        if instrument.0 as usize >= self.venue.instruments().len() {
            return Err(Reject::UnknownInstrument);
        }
        if self.member(account).is_none() {
            return Err(Reject::UnknownAccount);
        }
        if qty.0 == 0 {
            return Err(Reject::ZeroQty);
        }
        let (what, lots) = (Asset::Lots(instrument), i128::from(qty.0));
        if self.brought_in(what) + lots > DELIVERIES_MAX {
            return Err(Reject::BadAmount);
        }
        self.may_deliver(instrument)?;
        self.bring_in(account, what, lots);
        self.out.push(Event::Delivered { account, instrument, qty });
        Ok(())
    }

    fn bring_in(&mut self, account: AccountId, what: Asset, amount: i128) {
        self.post(account, what, amount);
        self.post(AccountId(u32::MAX), what, -amount);
    }

    /// What the venue gave out of `what`, to everybody together.
    fn brought_in(&self, what: Asset) -> i128 {
        let venue = |posting: &&Posting| posting.account.0 == u32::MAX && posting.what == what;
        -self.postings.iter().filter(venue).map(|posting| posting.amount).sum::<i128>()
    }

    /// What every open account has, and what is reserved of it, added up over the live orders.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        for member in &self.members {
            let cash = vec![(Cash(0), Cash(0)); self.venue.currencies().len()];
            let lots = vec![(0, 0); self.venue.instruments().len()];
            statements.push(Statement { account: member.account, cash, lots });
        }
        for posting in &self.postings {
            let Some(s) = statements.iter_mut().find(|s| s.account == posting.account) else {
                continue; // the venue's own side
            };
            match posting.what {
                Asset::Cash(currency) => s.cash[currency.0 as usize].0.0 += posting.amount,
                Asset::Lots(instrument) => s.lots[instrument.0 as usize].0 += posting.amount,
            }
        }
        for live in &self.live {
            let of = &self.venue.instruments()[live.instrument.0 as usize];
            let need = self.reserved(live);
            let s = statements.iter_mut().find(|s| s.account == live.key.account);
            let s = s.expect("only open accounts have orders");
            s.cash[of.currency().0 as usize].1.0 += need.cash;
            match self.pair(live.instrument) {
                Some((base, each)) => s.cash[base.0 as usize].1.0 += need.lots * each,
                None => s.lots[live.instrument.0 as usize].1 += need.lots,
            }
        }
        statements
    }
}

//! Every account: balances, positions with what they cost, what was earned, and the history of it.
//!
//! # What counts as earned
//!
//! * **Realised**: what trades closed (see [`crate::basis`]), and what was paid for lots that left without
//!   a trade (a loan paid back, a company sold, a right exercised for cash), less what they had cost.
//! * **Income**: dividends, coupons, interest, funding, variation, and what was taken: fees, borrow cost,
//!   penalties. Each by its reason.
//! * **Unrealised**: positions at given prices, less what they cost.
//!
//! Lots that come without a trade for lots or cash that leave in the same act (an exercise for
//! delivery, a merger) take over what those had cost: nothing is earned until they are sold. What was
//! brought in counts as bought at the price before the first trade. Deposits, transfers and
//! contributions to the guarantee fund are nobody's gain. Amounts are per currency; a currency pair
//! is an exchange of cash, and its gain shows when balances are converted.

use crate::basis::{Method, Position};
use crate::posting::{Holder, Item, Posting, Why, postings};
use pitfloor_model::clearing::{Fact, Movement, Payment};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{InstrumentKind, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All accounts and funds of a venue.
#[derive(Clone, Debug)]
pub struct Accounts {
    venue: Arc<Venue>,
    method: Method,
    /// What each instrument was worth before its first trade.
    references: Vec<Price>,
    all: BTreeMap<AccountId, Account>,
    funds: BTreeMap<(Holder, Item), i128>,
    /// How many entries are kept of each account; none when no history is wanted.
    entries_max: usize,
}

/// One account.
#[derive(Clone, Debug, Default)]
pub struct Account {
    balances: BTreeMap<Item, i128>,
    positions: BTreeMap<InstrumentId, Position>,
    realised: BTreeMap<InstrumentId, i128>,
    income: BTreeMap<(Payment, CurrencyId), i128>,
    brought: BTreeMap<CurrencyId, i128>,
    entries: Vec<Entry>,
    entries_lost: u64,
}

/// One line of an account's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Of what.
    pub item: Item,
    /// How much more; negative when less.
    pub amount: i128,
    /// What there was of it afterwards.
    pub balance: i128,
    /// Why.
    pub why: Why,
}

/// What an account was paid and given for what left it, within one command.
#[derive(Default)]
struct Turn {
    /// Lots that came without a trade.
    came: Vec<(InstrumentId, i128)>,
    /// What lots that left without one had cost, with the instrument.
    left: Vec<(InstrumentId, i128)>,
    /// What was paid for it.
    paid: Vec<(Option<InstrumentId>, i128)>,
}

impl Accounts {
    /// No account yet. Of each the last `entries_max` lines of history are kept.
    ///
    /// # Panics
    ///
    /// When there are not as many references as instruments.
    #[must_use]
    pub fn new(
        venue: Arc<Venue>,
        references: Vec<Price>,
        method: Method,
        entries_max: usize,
    ) -> Self {
        assert_eq!(references.len(), venue.instruments().len(), "every instrument has a price");
        let (all, funds) = (BTreeMap::new(), BTreeMap::new());
        Self { venue, method, references, all, funds, entries_max }
    }

    /// Takes note of everything that one command caused, at `at`.
    ///
    /// # Panics
    ///
    /// When the events are of another venue, or not all of its events were seen from the first on.
    pub fn see(&mut self, at: Time, events: &[Event]) {
        let mut turns: BTreeMap<AccountId, Turn> = BTreeMap::new();
        for event in events {
            let venue = Arc::clone(&self.venue);
            postings(event, &venue, &mut |posting| self.post(at, posting));
            self.work_out(event, &mut turns);
        }
        for (account, turn) in turns {
            self.conclude(account, turn);
        }
    }

    /// The account of this number, if anything ever happened to it.
    #[must_use]
    pub fn account(&self, account: AccountId) -> Option<&Account> {
        self.all.get(&account)
    }

    /// All accounts, in order of their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.all.iter().map(|(id, account)| (*id, account))
    }

    /// What a fund, or the way, holds.
    #[must_use]
    pub fn held(&self, holder: Holder, item: Item) -> i128 {
        self.funds.get(&(holder, item)).copied().unwrap_or(0)
    }

    /// What positions of `account` are worth at `prices` beyond what they cost, in each currency.
    ///
    /// # Panics
    ///
    /// When there are not as many prices as instruments.
    #[must_use]
    pub fn unrealised(&self, account: AccountId, prices: &[Price]) -> BTreeMap<CurrencyId, Cash> {
        let mut all = BTreeMap::new();
        let Some(account) = self.all.get(&account) else { return all };
        for (instrument, position) in &account.positions {
            let definition = &self.venue.instruments()[instrument.index()];
            let value = if definition.kind().is_margined() {
                0
            } else {
                let price = i128::from(prices[instrument.index()].0);
                price * position.lots() * i128::from(definition.tick_cash())
            };
            let gain: &mut Cash = all.entry(definition.currency()).or_default();
            gain.0 += value - position.cost();
        }
        all
    }

    fn of(&mut self, account: AccountId) -> &mut Account {
        self.all.entry(account).or_default()
    }

    fn post(&mut self, at: Time, posting: Posting) {
        let Posting { holder, item, amount, why } = posting;
        let Holder::Account(account) = holder else {
            *self.funds.entry((holder, item)).or_default() += amount;
            return;
        };
        let most = self.entries_max;
        let account = self.of(account);
        let balance = account.balances.entry(item).or_default();
        *balance += amount;
        let balance = *balance;
        if most > 0 {
            if account.entries.len() == most {
                account.entries.remove(0);
                account.entries_lost += 1;
            }
            account.entries.push(Entry { at, item, amount, balance, why });
        }
    }

    fn work_out(&mut self, event: &Event, turns: &mut BTreeMap<AccountId, Turn>) {
        match *event {
            Event::Deposited { account, currency, cash } => {
                *self.of(account).brought.entry(currency).or_default() += cash.0;
            }
            Event::Delivered { account, instrument, qty } => {
                let definition = &self.venue.instruments()[instrument.index()];
                let value = definition.cost(self.references[instrument.index()], qty).0;
                let cost = if definition.kind().is_margined() { 0 } else { value };
                let currency = definition.currency();
                *self.of(account).brought.entry(currency).or_default() += cost;
                self.trade(account, instrument, i128::from(qty.0), cost);
            }
            Event::Transferred { instrument, maker, taker, aggressor, price, qty } => {
                let (buyer, seller) = match aggressor {
                    pitfloor_model::units::Side::Buy => (taker.account, maker.account),
                    pitfloor_model::units::Side::Sell => (maker.account, taker.account),
                };
                self.meet(instrument, buyer, seller, price, qty);
            }
            Event::Clearing(Fact::Paid { account, currency, cash, why, instrument }) => match why {
                Payment::Principal
                | Payment::Merger
                | Payment::Fraction
                | Payment::Exercise
                | Payment::Assignment => {
                    turns.entry(account).or_default().paid.push((instrument, cash.0));
                }
                Payment::Transfer | Payment::Contribution | Payment::Cover => {
                    *self.of(account).brought.entry(currency).or_default() += cash.0;
                }
                Payment::Fee
                | Payment::Dividend
                | Payment::Coupon
                | Payment::Funding
                | Payment::Variation
                | Payment::Interest
                | Payment::Borrow
                | Payment::Penalty => {
                    *self.of(account).income.entry((why, currency)).or_default() += cash.0;
                }
            },
            Event::Clearing(Fact::Moved { account, instrument, lots, why }) => {
                self.moved(account, instrument, i128::from(lots), why, turns);
            }
            _ => {
                if let Some(trade) = event.trade() {
                    let (buyer, seller) = (trade.buy.account, trade.sell.account);
                    self.meet(trade.instrument, buyer, seller, trade.price, trade.qty);
                }
            }
        }
    }

    fn meet(
        &mut self,
        instrument: InstrumentId,
        buyer: AccountId,
        seller: AccountId,
        price: Price,
        qty: Qty,
    ) {
        let definition = &self.venue.instruments()[instrument.index()];
        if matches!(definition.kind(), InstrumentKind::Fx { .. }) {
            return;
        }
        let margined = definition.kind().is_margined();
        let cost = if margined { 0 } else { definition.cost(price, qty).0 };
        let lots = i128::from(qty.0);
        self.trade(buyer, instrument, lots, cost);
        self.trade(seller, instrument, -lots, -cost);
    }

    fn trade(&mut self, account: AccountId, instrument: InstrumentId, lots: i128, cost: i128) {
        let method = self.method;
        let account = self.of(account);
        let position = account.positions.entry(instrument).or_insert_with(|| Position::new(method));
        let earned = position.trade(lots, cost);
        *account.realised.entry(instrument).or_default() += earned;
    }

    fn moved(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        lots: i128,
        why: Movement,
        turns: &mut BTreeMap<AccountId, Turn>,
    ) {
        let method = self.method;
        let of = self.of(account);
        let position = of.positions.entry(instrument).or_insert_with(|| Position::new(method));
        let have = position.lots();
        let turn = turns.entry(account).or_default();
        if why == Movement::Split {
            position.scale(have + lots);
            let remnant = position.take_remnant();
            *of.realised.entry(instrument).or_default() -= remnant;
        } else if have != 0 && have.signum() != lots.signum() {
            // It closes what is there, and opens the rest.
            let out = if lots.abs() <= have.abs() { -lots } else { have };
            turn.left.push((instrument, position.take(out)));
            let opened = lots + out;
            if opened != 0 {
                turn.came.push((instrument, opened));
            }
        } else {
            turn.came.push((instrument, lots));
        }
    }

    /// Works out what a command's movements without a trade earned: nothing, as long as something came
    /// for what left.
    fn conclude(&mut self, account: AccountId, turn: Turn) {
        let method = self.method;
        let of = self.of(account);
        let cost: i128 = turn.left.iter().map(|(_, cost)| cost).sum();
        let paid: i128 = turn.paid.iter().map(|(_, cash)| cash).sum();
        let mut due = cost - paid;
        let count = turn.came.len();
        for (n, (instrument, lots)) in turn.came.into_iter().enumerate() {
            // Several kinds of lots at once share the cost; the last takes what is left over.
            let part = if n + 1 == count { due } else { due / (count - n) as i128 };
            due -= part;
            let position = of.positions.entry(instrument).or_insert_with(|| Position::new(method));
            let earned = position.trade(lots, part);
            *of.realised.entry(instrument).or_default() += earned;
        }
        let named = turn.left.first().map(|(instrument, _)| *instrument);
        let named = named.or_else(|| turn.paid.iter().find_map(|(instrument, _)| *instrument));
        if let (true, Some(instrument)) = (due != 0, named) {
            *of.realised.entry(instrument).or_default() -= due;
        }
    }
}

impl Account {
    /// Cash in `currency`.
    #[must_use]
    pub fn cash(&self, currency: CurrencyId) -> Cash {
        Cash(self.balance(Item::Cash(currency)))
    }

    /// Lots of `instrument`.
    #[must_use]
    pub fn lots(&self, instrument: InstrumentId) -> i128 {
        self.balance(Item::Lots(instrument))
    }

    fn balance(&self, item: Item) -> i128 {
        self.balances.get(&item).copied().unwrap_or(0)
    }

    /// The positions that are not nothing, in order of instrument.
    pub fn positions(&self) -> impl Iterator<Item = (InstrumentId, &Position)> {
        let held = self.positions.iter().filter(|(_, position)| position.lots() != 0);
        held.map(|(instrument, position)| (*instrument, position))
    }

    /// What was earned on `instrument` by closing, in its currency.
    #[must_use]
    pub fn realised(&self, instrument: InstrumentId) -> Cash {
        Cash(self.realised.get(&instrument).copied().unwrap_or(0))
    }

    /// What was paid to the account (taken, when negative) for this reason.
    #[must_use]
    pub fn income(&self, why: Payment, currency: CurrencyId) -> Cash {
        Cash(self.income.get(&(why, currency)).copied().unwrap_or(0))
    }

    /// Everything that was paid or taken, by reason.
    pub fn incomes(&self) -> impl Iterator<Item = (Payment, CurrencyId, Cash)> + '_ {
        self.income.iter().map(|((why, currency), cash)| (*why, *currency, Cash(*cash)))
    }

    /// What was brought in from outside, or from other accounts: cash, and lots at their price before
    /// the first trade.
    #[must_use]
    pub fn brought(&self, currency: CurrencyId) -> Cash {
        Cash(self.brought.get(&currency).copied().unwrap_or(0))
    }

    /// What all of it earned in `currency`, realised and paid; `venue` says in which currency an
    /// instrument is priced.
    #[must_use]
    pub fn earned(&self, currency: CurrencyId, venue: &Venue) -> Cash {
        let of = |instrument: &InstrumentId| venue.instruments()[instrument.index()].currency();
        let realised = self.realised.iter().filter(|(instrument, _)| of(instrument) == currency);
        let paid = self.income.iter().filter(|((_, paid_in), _)| *paid_in == currency);
        Cash(realised.map(|(_, cash)| cash).chain(paid.map(|(_, cash)| cash)).sum())
    }

    /// The history that is kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many older lines of history are not kept.
    #[must_use]
    pub const fn entries_lost(&self) -> u64 {
        self.entries_lost
    }
}

//! The reference exchange: the rules written so plainly that a reader can check them by eye.
//!
//! Written from `docs/RULES.md` and from nothing else. One list of live orders in order of arrival,
//! searched from end to end for every step; one list of postings, added up from the first whenever
//! somebody asks what an account has. Slow, and deliberately without anything in common with the
//! exchange it judges: prices are compared and multiplied here by hand.

use pitfloor_model::command::{Command, Kind, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{CancelReason, Credit, Event, Phase, Reject, Terms};
use pitfloor_model::instrument::{Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, TradeId,
};
use std::sync::Arc;

/// All deposits in one currency together: at most this many minor units.
const DEPOSITS_MAX: i128 = 1 << 120;

/// All deliveries of one instrument together: at most this many lots.
const DELIVERIES_MAX: i128 = 1 << 100;

/// The whole market as two lists. Cloning it is a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    venue: Arc<Venue>,
    accounts: Vec<(AccountId, Credit)>,
    phases: Vec<Phase>,
    last_prices: Vec<Option<Price>>,
    /// Every live order of every instrument, in order of arrival.
    waiting: Vec<Waiting>,
    /// Everything that ever moved. The venue is the other side of deposits and deliveries.
    postings: Vec<Posting>,
    stamps: u64,
    trades: u64,
}

/// A live order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// Its name.
    pub key: OrderKey,
    /// What it trades.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// What can still trade of it.
    pub leaves: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// Its priority.
    pub stamp: Stamp,
    /// Its self-trade prevention.
    pub stp: Stp,
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Posting {
    account: AccountId,
    what: Asset,
    amount: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asset {
    Cash(CurrencyId),
    Lots(InstrumentId),
}

/// An order being executed.
struct Taker {
    key: OrderKey,
    instrument: InstrumentId,
    side: Side,
    limit: Option<Price>,
    leaves: Qty,
    traded: Qty,
    tif: Tif,
    stp: Stp,
}

/// What leverage off demands for an order.
struct Need {
    lots: i128,
    cash: i128,
}

type Answer = Result<Vec<Event>, Reject>;

impl Reference {
    /// A venue where nothing has happened: no account is open, every instrument is `Continuous`.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let count = venue.instruments().len();
        Self {
            venue,
            accounts: Vec::new(),
            phases: vec![Phase::Continuous; count],
            last_prices: vec![None; count],
            waiting: Vec::new(),
            postings: Vec::new(),
            stamps: 0,
            trades: 0,
        }
    }

    /// Carries out `stamped` and returns what happened.
    pub fn apply(&mut self, stamped: &Stamped) -> Vec<Event> {
        let (account, order, answer) = match stamped.command {
            Command::Place(order) => (order.account, order.order, self.place(order)),
            Command::Replace { key, price, qty } => {
                (key.account, key.order, self.replace(key, price, qty))
            }
            Command::Reduce { key, by } => (key.account, key.order, self.reduce(key, by)),
            Command::Cancel { key } => (key.account, key.order, self.cancel(key)),
            Command::OpenAccount { account, credit } => {
                (account, OrderId(0), self.open(account, credit))
            }
            Command::Deposit { account, currency, cash } => {
                (account, OrderId(0), self.deposit(account, currency, cash))
            }
            Command::Deliver { account, instrument, qty } => {
                (account, OrderId(0), self.deliver(account, instrument, qty))
            }
            Command::SetPhase { instrument, to } => {
                (AccountId(u32::MAX), OrderId(0), self.set_phase(instrument, to))
            }
        };
        match answer {
            Ok(events) => events,
            Err(why) => vec![Event::Rejected { key: OrderKey { account, order }, why }],
        }
    }

    // ---- Place ----

    fn place(&mut self, order: Order) -> Answer {
        let Some(instrument) = self.venue.instruments().get(order.instrument.0 as usize) else {
            return Err(Reject::UnknownInstrument);
        };
        let limits = instrument.limits.clone();
        let tick_value = i128::from(instrument.tick_cash());
        if self.credit(order.account).is_none() {
            return Err(Reject::UnknownAccount);
        }
        if self.phases[order.instrument.0 as usize] != Phase::Continuous {
            return Err(Reject::PhaseForbids);
        }
        let key = OrderKey { account: order.account, order: order.order };
        if self.waiting.iter().any(|waiting| waiting.key == key) {
            return Err(Reject::DuplicateOrder);
        }
        check_qty(order.qty, instrument)?;
        match (order.kind, order.price) {
            (Kind::Limit, None) => return Err(Reject::PriceMissing),
            (Kind::Market, Some(_)) => return Err(Reject::PriceNotAllowed),
            (Kind::Limit, Some(price)) => {
                let last = self.last_prices[order.instrument.0 as usize];
                check_price(price, instrument, last)?;
            }
            (Kind::Market, None) => {}
        }
        let judged_at = match order.price {
            Some(price) => Some(price),
            None => self.priority(order.instrument, other(order.side)).first().map(|w| w.price),
        };
        if let Some(price) = judged_at
            && i128::from(price.0).abs() * i128::from(order.qty.0) * tick_value
                > limits.notional_max.0
        {
            return Err(Reject::NotionalOverMax);
        }
        if order.kind == Kind::Market && order.tif != Tif::Ioc {
            return Err(Reject::IllegalCombination);
        }
        if order.tif == Tif::Gtc {
            let live = self.waiting.iter().filter(|waiting| {
                waiting.key.account == order.account && waiting.instrument == order.instrument
            });
            if live.count() >= limits.live_orders_max as usize {
                return Err(Reject::TooManyOrders);
            }
        }
        let need = match order.price {
            Some(price) => limit_need(order.side, price, order.qty, tick_value),
            None => self.market_need(&order, tick_value),
        };
        self.check_risk(order.account, order.instrument, &need, None)?;

        let terms = Terms {
            side: order.side,
            kind: order.kind,
            price: order.price,
            qty: order.qty,
            tif: order.tif,
            stp: order.stp,
        };
        let mut events = vec![Event::Accepted { instrument: order.instrument, key, terms }];
        let taker = Taker {
            key,
            instrument: order.instrument,
            side: order.side,
            limit: order.price,
            leaves: order.qty,
            traded: Qty(0),
            tif: order.tif,
            stp: order.stp,
        };
        self.match_order(taker, &mut events);
        Ok(events)
    }

    /// What the walk through the book as it stands would cost a market order.
    fn market_need(&self, order: &Order, tick_value: i128) -> Need {
        let mut left = order.qty.0;
        let mut total = 0;
        for maker in self.priority(order.instrument, other(order.side)) {
            if maker.key.account == order.account {
                match order.stp {
                    Stp::ExpireTaker | Stp::ExpireBoth => break,
                    Stp::ExpireMaker => continue,
                    Stp::None => {}
                }
            }
            let lots = if maker.leaves.0 < left { maker.leaves.0 } else { left };
            total += i128::from(maker.price.0) * i128::from(lots) * tick_value;
            left -= lots;
        }
        match order.side {
            Side::Buy => Need { lots: 0, cash: if total > 0 { total } else { 0 } },
            Side::Sell => {
                let cash = if total < 0 { -total } else { 0 };
                Need { lots: i128::from(order.qty.0), cash }
            }
        }
    }

    /// Accounts without credit must have what is needed; `given_back` is an order of theirs whose
    /// reservation does not count. Shares before cash.
    fn check_risk(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        need: &Need,
        given_back: Option<OrderKey>,
    ) -> Result<(), Reject> {
        if self.credit(account) == Some(Credit::Unlimited) {
            return Ok(());
        }
        let currency = self.venue.instruments()[instrument.0 as usize].currency();
        let (mut lots, mut cash) = (0, 0);
        for posting in self.postings.iter().filter(|posting| posting.account == account) {
            if posting.what == Asset::Lots(instrument) {
                lots += posting.amount;
            }
            if posting.what == Asset::Cash(currency) {
                cash += posting.amount;
            }
        }
        for waiting in self.waiting.iter().filter(|waiting| waiting.key.account == account) {
            if Some(waiting.key) == given_back {
                continue;
            }
            let of = &self.venue.instruments()[waiting.instrument.0 as usize];
            let tick_value = i128::from(of.tick_cash());
            let reserved = limit_need(waiting.side, waiting.price, waiting.leaves, tick_value);
            if waiting.instrument == instrument {
                lots -= reserved.lots;
            }
            if of.currency() == currency {
                cash -= reserved.cash;
            }
        }
        if need.lots > lots {
            return Err(Reject::ShortSale);
        }
        if need.cash > cash {
            return Err(Reject::InsufficientCash);
        }
        Ok(())
    }

    // ---- Matching ----

    fn match_order(&mut self, mut taker: Taker, events: &mut Vec<Event>) {
        while taker.leaves.0 > 0 {
            let Some(at) = self.next_maker(taker.instrument, taker.side, taker.limit) else {
                break;
            };
            let maker = self.waiting[at];
            let lots =
                if maker.leaves.0 < taker.leaves.0 { maker.leaves.0 } else { taker.leaves.0 };
            if maker.key.account == taker.key.account && taker.stp != Stp::None {
                events.push(Event::Prevented {
                    instrument: taker.instrument,
                    maker: maker.key,
                    taker: taker.key,
                    price: maker.price,
                    qty: Qty(lots),
                    mode: taker.stp,
                });
                let maker_expires = Event::ExpiredInMatch {
                    instrument: maker.instrument,
                    key: maker.key,
                    side: maker.side,
                    price: Some(maker.price),
                    left: maker.leaves,
                };
                let taker_expires = Event::ExpiredInMatch {
                    instrument: taker.instrument,
                    key: taker.key,
                    side: taker.side,
                    price: None,
                    left: taker.leaves,
                };
                match taker.stp {
                    Stp::None => unreachable!("that mode trades"),
                    Stp::ExpireTaker => {
                        events.push(taker_expires);
                        return;
                    }
                    Stp::ExpireMaker => {
                        events.push(maker_expires);
                        self.waiting.remove(at);
                    }
                    Stp::ExpireBoth => {
                        events.push(maker_expires);
                        events.push(taker_expires);
                        self.waiting.remove(at);
                        return;
                    }
                }
            } else {
                events.push(Event::Traded {
                    trade: TradeId(self.trades),
                    instrument: taker.instrument,
                    maker: maker.key,
                    taker: taker.key,
                    aggressor: taker.side,
                    price: maker.price,
                    qty: Qty(lots),
                });
                self.trades += 1;
                self.last_prices[taker.instrument.0 as usize] = Some(maker.price);
                let (buyer, seller) = match taker.side {
                    Side::Buy => (taker.key.account, maker.key.account),
                    Side::Sell => (maker.key.account, taker.key.account),
                };
                self.settle(buyer, seller, taker.instrument, maker.price, lots);
                taker.leaves.0 -= lots;
                taker.traded.0 += lots;
                self.waiting[at].leaves.0 -= lots;
                self.waiting[at].traded.0 += lots;
                if self.waiting[at].leaves.0 == 0 {
                    self.waiting.remove(at);
                }
            }
        }
        if taker.leaves.0 == 0 {
            return;
        }
        match (taker.tif, taker.limit) {
            (Tif::Gtc, Some(price)) => {
                let stamp = Stamp(self.stamps);
                self.stamps += 1;
                self.waiting.push(Waiting {
                    key: taker.key,
                    instrument: taker.instrument,
                    side: taker.side,
                    price,
                    leaves: taker.leaves,
                    traded: taker.traded,
                    stamp,
                    stp: taker.stp,
                });
                events.push(Event::Rested {
                    instrument: taker.instrument,
                    key: taker.key,
                    side: taker.side,
                    price,
                    qty: taker.leaves,
                    stamp,
                });
            }
            (Tif::Ioc | Tif::Gtc, _) => events.push(Event::Cancelled {
                instrument: taker.instrument,
                key: taker.key,
                side: taker.side,
                price: None,
                left: taker.leaves,
                why: CancelReason::Remainder,
            }),
        }
    }

    /// The place in the list of the maker that a taker on `side` meets first: best price, then
    /// lowest stamp; none when nobody's price is acceptable to it.
    fn next_maker(
        &self,
        instrument: InstrumentId,
        side: Side,
        limit: Option<Price>,
    ) -> Option<usize> {
        let mut first: Option<usize> = None;
        for (at, maker) in self.waiting.iter().enumerate() {
            if maker.instrument != instrument || maker.side == side {
                continue;
            }
            let acceptable = match (side, limit) {
                (_, None) => true,
                (Side::Buy, Some(limit)) => maker.price.0 <= limit.0,
                (Side::Sell, Some(limit)) => maker.price.0 >= limit.0,
            };
            if !acceptable {
                continue;
            }
            let Some(so_far) = first else {
                first = Some(at);
                continue;
            };
            let than = self.waiting[so_far].price.0;
            let better = match side {
                Side::Buy => maker.price.0 < than,
                Side::Sell => maker.price.0 > than,
            };
            if better {
                first = Some(at);
            }
        }
        first
    }

    fn settle(
        &mut self,
        buyer: AccountId,
        seller: AccountId,
        instrument: InstrumentId,
        price: Price,
        lots: u64,
    ) {
        let of = &self.venue.instruments()[instrument.0 as usize];
        let lots = i128::from(lots);
        let cash = i128::from(price.0) * lots * i128::from(of.tick_cash());
        let (money, thing) = (Asset::Cash(of.currency()), Asset::Lots(instrument));
        self.postings.push(Posting { account: buyer, what: money, amount: -cash });
        self.postings.push(Posting { account: seller, what: money, amount: cash });
        self.postings.push(Posting { account: buyer, what: thing, amount: lots });
        self.postings.push(Posting { account: seller, what: thing, amount: -lots });
    }

    // ---- Replace, reduce, cancel ----

    fn replace(&mut self, key: OrderKey, price: Price, qty: Qty) -> Answer {
        let at = self.find(key)?;
        let old = self.waiting[at];
        if self.phases[old.instrument.0 as usize] != Phase::Continuous {
            return Err(Reject::PhaseForbids);
        }
        let instrument = &self.venue.instruments()[old.instrument.0 as usize];
        let tick_value = i128::from(instrument.tick_cash());
        check_qty(qty, instrument)?;
        check_price(price, instrument, self.last_prices[old.instrument.0 as usize])?;
        if i128::from(price.0).abs() * i128::from(qty.0) * tick_value
            > instrument.limits.notional_max.0
        {
            return Err(Reject::NotionalOverMax);
        }
        if qty.0 <= old.traded.0 {
            self.waiting.remove(at);
            return Ok(vec![Event::Cancelled {
                instrument: old.instrument,
                key,
                side: old.side,
                price: Some(old.price),
                left: old.leaves,
                why: CancelReason::ReplacedToDone,
            }]);
        }
        let leaves = Qty(qty.0 - old.traded.0);
        let need = limit_need(old.side, price, leaves, tick_value);
        self.check_risk(key.account, old.instrument, &need, Some(key))?;

        let kept = price.0 == old.price.0 && leaves.0 < old.leaves.0;
        let mut events = vec![Event::Replaced {
            instrument: old.instrument,
            key,
            side: old.side,
            from: old.price,
            left: old.leaves,
            price,
            qty,
            leaves,
            kept,
        }];
        if kept {
            self.waiting[at].leaves = leaves;
            return Ok(events);
        }
        self.waiting.remove(at);
        let taker = Taker {
            key,
            instrument: old.instrument,
            side: old.side,
            limit: Some(price),
            leaves,
            traded: old.traded,
            tif: Tif::Gtc,
            stp: old.stp,
        };
        self.match_order(taker, &mut events);
        Ok(events)
    }

    fn reduce(&mut self, key: OrderKey, by: Qty) -> Answer {
        let at = self.find(key)?;
        let old = self.waiting[at];
        if by.0 == 0 {
            return Err(Reject::ZeroQty);
        }
        let step = self.venue.instruments()[old.instrument.0 as usize].limits.qty_step;
        if !by.0.is_multiple_of(step) {
            return Err(Reject::OffLot);
        }
        if by.0 >= old.leaves.0 {
            return self.cancel(key);
        }
        let leaves = Qty(old.leaves.0 - by.0);
        self.waiting[at].leaves = leaves;
        Ok(vec![Event::Reduced {
            instrument: old.instrument,
            key,
            side: old.side,
            price: old.price,
            by,
            leaves,
        }])
    }

    fn cancel(&mut self, key: OrderKey) -> Answer {
        let at = self.find(key)?;
        let old = self.waiting.remove(at);
        Ok(vec![Event::Cancelled {
            instrument: old.instrument,
            key,
            side: old.side,
            price: Some(old.price),
            left: old.leaves,
            why: CancelReason::User,
        }])
    }

    /// Where `key` is in the list of live orders.
    fn find(&self, key: OrderKey) -> Result<usize, Reject> {
        if self.credit(key.account).is_none() {
            return Err(Reject::UnknownAccount);
        }
        let at = self.waiting.iter().position(|waiting| waiting.key == key);
        at.ok_or(Reject::UnknownOrder)
    }

    // ---- The venue's own commands ----

    fn open(&mut self, account: AccountId, credit: Credit) -> Answer {
        if account.0 >= 1 << 20 || self.credit(account).is_some() {
            return Err(Reject::AccountNotOpenable);
        }
        self.accounts.push((account, credit));
        Ok(vec![Event::AccountOpened { account, credit }])
    }

    fn deposit(&mut self, account: AccountId, currency: CurrencyId, cash: Cash) -> Answer {
        let listed = (currency.0 as usize) < self.venue.currencies().len();
        if self.credit(account).is_none() || !listed {
            return Err(Reject::UnknownAccount);
        }
        let what = Asset::Cash(currency);
        let before = self.brought_in(what);
        if cash.0 <= 0 || cash.0 > DEPOSITS_MAX - before {
            return Err(Reject::BadAmount);
        }
        self.bring_in(account, what, cash.0);
        Ok(vec![Event::Deposited { account, currency, cash }])
    }

    fn deliver(&mut self, account: AccountId, instrument: InstrumentId, qty: Qty) -> Answer {
        if instrument.0 as usize >= self.venue.instruments().len() {
            return Err(Reject::UnknownInstrument);
        }
        if self.credit(account).is_none() {
            return Err(Reject::UnknownAccount);
        }
        if qty.0 == 0 {
            return Err(Reject::ZeroQty);
        }
        let (what, lots) = (Asset::Lots(instrument), i128::from(qty.0));
        if self.brought_in(what) + lots > DELIVERIES_MAX {
            return Err(Reject::BadAmount);
        }
        self.bring_in(account, what, lots);
        Ok(vec![Event::Delivered { account, instrument, qty }])
    }

    fn bring_in(&mut self, account: AccountId, what: Asset, amount: i128) {
        self.postings.push(Posting { account, what, amount });
        self.postings.push(Posting { account: AccountId(u32::MAX), what, amount: -amount });
    }

    /// What the venue gave out of `what`, to everybody together.
    fn brought_in(&self, what: Asset) -> i128 {
        let venue = |posting: &&Posting| posting.account.0 == u32::MAX && posting.what == what;
        -self.postings.iter().filter(venue).map(|posting| posting.amount).sum::<i128>()
    }

    fn set_phase(&mut self, instrument: InstrumentId, to: Phase) -> Answer {
        if instrument.0 as usize >= self.venue.instruments().len() {
            return Err(Reject::UnknownInstrument);
        }
        let from = self.phases[instrument.0 as usize];
        use Phase::{
            CloseCall, Closed, Continuous, Halt, OpenCall, PeriodicCall, PreOpen, ReopenCall,
        };
        let allowed = [
            (PreOpen, OpenCall),
            (OpenCall, Continuous),
            (Continuous, CloseCall),
            (CloseCall, Closed),
            (Closed, PreOpen),
            (Continuous, PeriodicCall),
            (PeriodicCall, Continuous),
            (Continuous, ReopenCall),
            (ReopenCall, Continuous),
            (PreOpen, Halt),
            (OpenCall, Halt),
            (Continuous, Halt),
            (ReopenCall, Halt),
            (CloseCall, Halt),
            (PeriodicCall, Halt),
            (Halt, ReopenCall),
            (Halt, Closed),
        ];
        if !allowed.contains(&(from, to)) {
            return Err(Reject::PhaseForbids);
        }
        self.phases[instrument.0 as usize] = to;
        Ok(vec![Event::PhaseChanged { instrument, from, to }])
    }

    fn credit(&self, account: AccountId) -> Option<Credit> {
        self.accounts.iter().find(|(open, _)| *open == account).map(|(_, credit)| *credit)
    }

    // ---- Views ----

    /// The venue it is.
    #[must_use]
    pub fn venue(&self) -> &Arc<Venue> {
        &self.venue
    }

    /// The open accounts, in order of opening.
    #[must_use]
    pub fn accounts(&self) -> &[(AccountId, Credit)] {
        &self.accounts
    }

    /// What `instrument` is doing.
    ///
    /// # Panics
    ///
    /// When the venue lists no such instrument.
    #[must_use]
    pub fn phase(&self, instrument: InstrumentId) -> Phase {
        self.phases[instrument.0 as usize]
    }

    /// The price of the last trade, if there was one.
    ///
    /// # Panics
    ///
    /// When the venue lists no such instrument.
    #[must_use]
    pub fn last_price(&self, instrument: InstrumentId) -> Option<Price> {
        self.last_prices[instrument.0 as usize]
    }

    /// The live orders of one side in priority: best price first, then lowest stamp.
    #[must_use]
    pub fn priority(&self, instrument: InstrumentId, side: Side) -> Vec<Waiting> {
        let here = |w: &&Waiting| w.instrument == instrument && w.side == side;
        let mut queue: Vec<Waiting> = self.waiting.iter().filter(here).copied().collect();
        // The list is in order of arrival, and a stable sort leaves equal prices so.
        match side {
            Side::Buy => queue.sort_by_key(|waiting| std::cmp::Reverse(waiting.price.0)),
            Side::Sell => queue.sort_by_key(|waiting| waiting.price.0),
        }
        queue
    }

    /// The levels of one side, best first: price, lots there, number of orders there.
    #[must_use]
    pub fn levels(&self, instrument: InstrumentId, side: Side) -> Vec<(Price, Qty, u32)> {
        let mut levels: Vec<(Price, Qty, u32)> = Vec::new();
        for order in self.priority(instrument, side) {
            match levels.last_mut() {
                Some((price, lots, count)) if price.0 == order.price.0 => {
                    lots.0 += order.leaves.0;
                    *count += 1;
                }
                _ => levels.push((order.price, order.leaves, 1)),
            }
        }
        levels
    }

    /// The best price of one side and all lots there.
    #[must_use]
    pub fn best(&self, instrument: InstrumentId, side: Side) -> Option<(Price, Qty)> {
        self.levels(instrument, side).first().map(|(price, lots, _)| (*price, *lots))
    }

    /// The live order called `key`.
    #[must_use]
    pub fn order(&self, key: OrderKey) -> Option<Waiting> {
        self.waiting.iter().find(|waiting| waiting.key == key).copied()
    }

    /// Cash of `account` and how much of it is reserved; none when the account is not open or the
    /// venue has no such currency.
    #[must_use]
    pub fn cash(&self, account: AccountId, currency: CurrencyId) -> Option<(Cash, Cash)> {
        let statement = self.statements().into_iter().find(|s| s.account == account)?;
        statement.cash.get(currency.0 as usize).copied()
    }

    /// Lots of `account` and how many of them are reserved; none when the account is not open or
    /// the venue lists no such instrument.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> Option<(i128, i128)> {
        let statement = self.statements().into_iter().find(|s| s.account == account)?;
        statement.lots.get(instrument.0 as usize).copied()
    }

    /// What every open account has, added up from the first posting, and what is reserved of it,
    /// added up over the live orders.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        for (account, _) in &self.accounts {
            let cash = vec![(Cash(0), Cash(0)); self.venue.currencies().len()];
            let lots = vec![(0, 0); self.venue.instruments().len()];
            statements.push(Statement { account: *account, cash, lots });
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
        for order in &self.waiting {
            if self.credit(order.key.account) == Some(Credit::Unlimited) {
                continue;
            }
            let of = &self.venue.instruments()[order.instrument.0 as usize];
            let need =
                limit_need(order.side, order.price, order.leaves, i128::from(of.tick_cash()));
            let s = statements.iter_mut().find(|s| s.account == order.key.account);
            let s = s.expect("only open accounts have orders");
            s.cash[of.currency().0 as usize].1.0 += need.cash;
            s.lots[order.instrument.0 as usize].1 += need.lots;
        }
        statements
    }
}

/// What a limit order of `lots` at `price` reserves.
fn limit_need(side: Side, price: Price, lots: Qty, tick_value: i128) -> Need {
    let value = i128::from(price.0) * i128::from(lots.0) * tick_value;
    match side {
        Side::Buy => Need { lots: 0, cash: if value > 0 { value } else { 0 } },
        Side::Sell => Need { lots: i128::from(lots.0), cash: if value < 0 { -value } else { 0 } },
    }
}

fn check_qty(qty: Qty, instrument: &Instrument) -> Result<(), Reject> {
    if qty.0 == 0 {
        return Err(Reject::ZeroQty);
    }
    if qty.0 < instrument.limits.qty_min.0 {
        return Err(Reject::QtyUnderMin);
    }
    if qty.0 > instrument.limits.qty_max.0 {
        return Err(Reject::QtyOverMax);
    }
    if !qty.0.is_multiple_of(instrument.limits.qty_step) {
        return Err(Reject::OffLot);
    }
    Ok(())
}

fn check_price(price: Price, instrument: &Instrument, last: Option<Price>) -> Result<(), Reject> {
    let ticks = i128::from(price.0);
    if ticks.abs() > 1 << 62 || ticks % i128::from(instrument.limits.price_step) != 0 {
        return Err(Reject::OffTick);
    }
    if let (Some(farthest), Some(last)) = (instrument.limits.price_distance_max, last)
        && (ticks - i128::from(last.0)).abs() > i128::from(farthest)
    {
        return Err(Reject::PriceTooFar);
    }
    Ok(())
}

fn other(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

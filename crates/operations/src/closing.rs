//! Closing positions in the market for an account that may not keep them, slice by slice.
//!
//! Forced orders are orders like any other: they take what is there, move the price, and may set off
//! the next one's call. Slices and pauses between them are the policy.

use crate::prices::Prices;
use pitfloor_model::clearing::Fact;
use pitfloor_model::command::{Command, Filter, MassReason, Order, Tif};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Qty, Side, Span, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How positions are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long after the reason the first order goes out.
    pub delay: Span,
    /// How long between one order and the next.
    pub every: Span,
    /// The most lots of one order.
    pub slice: Qty,
}

/// Who holds what, from events alone; and whose positions are being closed.
#[derive(Clone, Debug)]
pub struct Closing {
    venue: Arc<Venue>,
    policy: Policy,
    /// Lots of each account, in rows of one line per instrument.
    lots: Vec<i64>,
    /// Whom it closes, and when it does the next step.
    closing: BTreeMap<AccountId, Time>,
    /// Whose orders have been cancelled.
    cleared: BTreeMap<AccountId, bool>,
    orders: u64,
}

impl Closing {
    /// Nobody's positions are being closed. `first` is the number of its first order: from
    /// [`OrderId::VENUE_FIRST`] on, and apart from others'.
    #[must_use]
    pub fn new(venue: Arc<Venue>, policy: Policy, first: OrderId) -> Self {
        let (closing, cleared) = (BTreeMap::new(), BTreeMap::new());
        Self { venue, policy, lots: Vec::new(), closing, cleared, orders: first.0 }
    }

    /// Begins to close what `account` has.
    pub fn begin(&mut self, at: Time, account: AccountId) {
        self.closing.entry(account).or_insert_with(|| at.after(self.policy.delay));
        self.cleared.entry(account).or_insert(false);
    }

    /// Leaves the rest to `account`.
    pub fn end(&mut self, account: AccountId) {
        self.closing.remove(&account);
        self.cleared.remove(&account);
    }

    /// True while it closes something of `account`.
    #[must_use]
    pub fn is_closing(&self, account: AccountId) -> bool {
        self.closing.contains_key(&account)
    }

    /// Lots of `instrument` that `account` has; negative when it is short.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> i64 {
        self.lots.get(self.line(account, instrument)).copied().unwrap_or(0)
    }

    /// True when `account` has no position left.
    #[must_use]
    pub fn is_flat(&self, account: AccountId) -> bool {
        self.row(account).all(|(_, lots)| lots == 0)
    }

    /// Takes note of what moves lots.
    pub fn see(&mut self, event: &Event) {
        match *event {
            Event::Delivered { account, instrument, qty } => {
                self.add(account, instrument, signed(qty));
            }
            Event::Transferred { instrument, maker, taker, aggressor, qty, .. } => {
                let sign = if aggressor == Side::Buy { 1 } else { -1 };
                self.add(taker.account, instrument, sign * signed(qty));
                self.add(maker.account, instrument, -sign * signed(qty));
            }
            Event::Clearing(Fact::Moved { account, instrument, lots, .. }) => {
                self.add(account, instrument, lots);
            }
            _ => {
                if let Some(trade) = event.trade() {
                    self.add(trade.buy.account, trade.instrument, signed(trade.qty));
                    self.add(trade.sell.account, trade.instrument, -signed(trade.qty));
                }
            }
        }
    }

    /// When the next order goes out.
    #[must_use]
    pub fn due(&self) -> Option<Time> {
        self.closing.values().copied().min()
    }

    /// Says the next order of each account that is due: its own orders go first, then the position
    /// that is worth most is made smaller. Whoever has none left is left alone.
    pub fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>) {
        let due: Vec<_> = self
            .closing
            .iter()
            .filter(|(_, due)| **due <= at)
            .map(|(account, _)| *account)
            .collect();
        for account in due {
            if !std::mem::replace(self.cleared.entry(account).or_insert(false), true) {
                let filter = Filter { account: Some(account), ..Filter::default() };
                out.push(Command::MassCancel { filter, why: MassReason::Asked });
            }
            match self.largest(account, prices) {
                Some((instrument, lots)) => {
                    out.push(Command::Place(self.order(account, instrument, lots)));
                    self.closing.insert(account, at.after(self.policy.every));
                }
                None => self.end(account),
            }
        }
    }

    fn order(&mut self, account: AccountId, instrument: InstrumentId, lots: i64) -> Order {
        let side = if lots > 0 { Side::Sell } else { Side::Buy };
        let qty = Qty(lots.unsigned_abs()).min(self.policy.slice);
        let order = OrderId(self.orders);
        self.orders += 1;
        Order::market(account, order, instrument, side, qty).until(Tif::Ioc)
    }

    /// The position that is worth most, of what still trades; of equals the first.
    fn largest(&self, account: AccountId, prices: &Prices) -> Option<(InstrumentId, i64)> {
        let held = self.row(account).filter(|(of, lots)| *lots != 0 && !prices.is_ended(*of));
        let worth = |(of, lots): &(InstrumentId, i64)| {
            let price = i128::from(prices.mark(*of).0.unsigned_abs());
            let tick_cash = i128::from(self.venue.instruments()[of.index()].tick_cash());
            price * tick_cash * i128::from(lots.unsigned_abs())
        };
        held.max_by_key(|position| (worth(position), std::cmp::Reverse(position.0)))
    }

    fn row(&self, account: AccountId) -> impl Iterator<Item = (InstrumentId, i64)> + '_ {
        let ids = (0..).map(InstrumentId).take(self.venue.instruments().len());
        ids.map(move |of| (of, self.lots(account, of)))
    }

    fn line(&self, account: AccountId, instrument: InstrumentId) -> usize {
        account.0 as usize * self.venue.instruments().len() + instrument.index()
    }

    fn add(&mut self, account: AccountId, instrument: InstrumentId, lots: i64) {
        let line = self.line(account, instrument);
        if line >= self.lots.len() {
            self.lots.resize((account.0 as usize + 1) * self.venue.instruments().len(), 0);
        }
        self.lots[line] += lots;
    }
}

fn signed(qty: Qty) -> i64 {
    i64::try_from(qty.0).expect("quantities have 40 bits")
}

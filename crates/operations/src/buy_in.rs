//! Buying in what was not delivered: the house buys it in the market, gives it to whoever owes it at
//! what it is carried at, and charges what it cost beyond.

use crate::Desk;
use crate::closing::Policy;
use crate::prices::Prices;
use pitfloor_model::clearing::{Act, Fact};
use pitfloor_model::command::{Command, Order, Tif};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{AccountId, Cash, InstrumentId, OrderId, Price, Qty, Side, Time};
use std::collections::VecDeque;
use std::sync::Arc;

/// One delivery that has to be bought in.
#[derive(Clone, Copy, Debug)]
struct Owed {
    account: AccountId,
    instrument: InstrumentId,
    lots: u64,
    bought: u64,
    paid: i128,
}

/// The one who buys in. One after the other, for an account of the house's own.
#[derive(Clone, Debug)]
pub struct BuyIn {
    venue: Arc<Venue>,
    buyer: AccountId,
    policy: Policy,
    owed: VecDeque<Owed>,
    carried: Vec<Option<Price>>,
    next: Option<Time>,
    orders: u64,
}

impl BuyIn {
    /// Buys with `buyer`, an account that may owe; its orders are numbered from `first`.
    #[must_use]
    pub fn new(venue: Arc<Venue>, buyer: AccountId, policy: Policy, first: OrderId) -> Self {
        let carried = vec![None; venue.instruments().len()];
        Self { venue, buyer, policy, owed: VecDeque::new(), carried, next: None, orders: first.0 }
    }

    /// What is bought is given, and paid for.
    fn give(&self, owed: Owed, out: &mut Vec<Command>) {
        let Owed { account, instrument, bought, paid, .. } = owed;
        let mut say = |act| out.push(Command::Clear(Box::new(act)));
        let lots = i64::try_from(bought).expect("lots fit");
        say(Act::Assign { from: self.buyer, to: account, instrument, lots });
        let definition = &self.venue.instruments()[instrument.index()];
        let carried = self.carried[instrument.index()].map_or(0, |price| {
            i128::from(price.0) * i128::from(lots) * i128::from(definition.tick_cash())
        });
        if paid > carried {
            let (currency, cash) = (definition.currency(), Cash(paid - carried));
            say(Act::Transfer { from: account, to: self.buyer, currency, cash });
        }
    }
}

impl Desk for BuyIn {
    fn see(&mut self, at: Time, event: &Event, _: &Prices) {
        match *event {
            Event::Clearing(Fact::BuyInDue { account, instrument, lots }) => {
                self.owed.push_back(Owed { account, instrument, lots, bought: 0, paid: 0 });
                self.next = self.next.or(Some(at.after(self.policy.delay)));
            }
            Event::Clearing(Fact::Valued { instrument, price }) => {
                self.carried[instrument.index()] = Some(price);
            }
            _ => {
                if let (Some(trade), Some(owed)) = (event.trade(), self.owed.front_mut())
                    && trade.buy.account == self.buyer
                    && trade.instrument == owed.instrument
                {
                    owed.bought += trade.qty.0;
                    let definition = &self.venue.instruments()[trade.instrument.index()];
                    owed.paid += definition.cost(trade.price, trade.qty).0;
                }
            }
        }
    }

    fn due(&self) -> Option<Time> {
        self.next
    }

    fn take(&mut self, at: Time, _: &Prices, out: &mut Vec<Command>) {
        if let Some(owed) = self.owed.front().copied()
            && owed.bought >= owed.lots
        {
            self.owed.pop_front();
            self.give(owed, out);
        }
        if let Some(owed) = self.owed.front() {
            let qty = Qty(owed.lots - owed.bought).min(self.policy.slice);
            let order = OrderId(self.orders);
            self.orders += 1;
            let buy = Order::market(self.buyer, order, owed.instrument, Side::Buy, qty);
            out.push(Command::Place(buy.until(Tif::Ioc)));
        }
        self.next = (!self.owed.is_empty()).then(|| at.after(self.policy.every));
    }
}

//! A trading hall for the tests of those who trade several instruments: an outside account quotes
//! each of them, another takes, and everything is written down.

use crate::floor::Record;
use pitfloor_model::command::{Command, Order};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, InstrumentKind, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span,
};
use pitfloor_sim::agent::Agent;
use pitfloor_sim::kernel::{Endowment, Kernel};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::{Params, Role};
use pitfloor_sim::world::World;
use std::sync::Arc;

pub(crate) struct Hall {
    pub(crate) kernel: Kernel,
    pub(crate) record: Record,
    venue: Arc<Venue>,
    outside: AccountId,
    orders: u64,
    /// What rests from outside, by instrument and side.
    quoted: Vec<[Option<OrderId>; 2]>,
}

impl Hall {
    /// Shares in dollars and cents.
    pub(crate) fn of_shares(symbols: &[&str]) -> Self {
        let usd = Currency::new("USD", 2).unwrap();
        let share = |symbol: &&str| Instrument::equity(symbol, CurrencyId(0), "0.01").unwrap();
        Self::new(vec![usd], symbols.iter().map(share).collect())
    }

    /// Pairs of dollars, euros and yen: EURUSD, USDJPY and EURJPY, in lots of 1000.
    pub(crate) fn of_pairs() -> Self {
        let currencies = ["USD", "EUR", "JPY"].map(|code| Currency::new(code, 2).unwrap());
        let pair = |symbol, base, quote, tick| {
            let kind = InstrumentKind::Fx { base: CurrencyId(base), lot_cash: 100_000 };
            Instrument::new(kind, symbol, CurrencyId(quote), tick, "1000").unwrap()
        };
        let pairs = vec![
            pair("EURUSD", 1, 0, "0.0001"),
            pair("USDJPY", 0, 2, "0.01"),
            pair("EURJPY", 1, 2, "0.01"),
        ];
        Self::new(currencies.into(), pairs)
    }

    fn new(currencies: Vec<Currency>, instruments: Vec<Instrument>) -> Self {
        let listed = instruments.len();
        let venue = Arc::new(Venue::new("XPIT", currencies, instruments).unwrap());
        let mut kernel = Kernel::new(venue.clone(), 1, World::default());
        let outside = kernel.open_outside(&Endowment::unlimited());
        let quoted = vec![[None; 2]; listed];
        Self { kernel, record: Record::default(), venue, outside, orders: 0, quoted }
    }

    /// Seats a traced agent with so much of every currency and so many lots of everything that is
    /// held.
    pub(crate) fn seat(
        &mut self,
        kind: &str,
        latency: Span,
        cash: i128,
        lots: u64,
        changes: &[(&str, &str)],
    ) -> AccountId {
        let kind = crate::find(kind).unwrap();
        let listed = self.venue.instruments();
        let params: Vec<Params> =
            listed.iter().map(|it| Params::of(kind, changes, it).unwrap()).collect();
        let ids = (0..listed.len() as u32).map(InstrumentId);
        let role = |instrument| Role { instrument, reference: Price(10_000), index: 0 };
        let roles: Vec<Role> = ids.map(role).collect();
        self.seat_agent(kind.name, latency, cash, lots, kind.agent(&params, &roles))
    }

    /// Seats any agent, traced, with the same means.
    pub(crate) fn seat_agent(
        &mut self,
        name: &str,
        latency: Span,
        cash: i128,
        lots: u64,
        agent: Box<dyn Agent>,
    ) -> AccountId {
        let listed = self.venue.instruments();
        let currencies = (0..self.venue.currencies().len() as u16).map(CurrencyId);
        let cash = currencies.map(|currency| (currency, Cash(cash * 100))).collect();
        let held = (0..listed.len() as u32).map(InstrumentId).filter(|id| {
            !matches!(listed[id.index()].kind(), InstrumentKind::Fx { .. }) && lots > 0
        });
        let means = Endowment::new(cash, held.map(|id| (id, Qty(lots))).collect());
        let account = self.kernel.seat(name, Latency::Fixed(latency), &means, agent);
        self.kernel.trace(account);
        self.pass(Span::ZERO);
        account
    }

    /// Lets `span` go by.
    pub(crate) fn pass(&mut self, span: Span) {
        let until = self.kernel.now().after(span);
        self.kernel.run(until, &mut self.record);
    }

    /// Quotes `lots` of instrument number `id` at these prices, in place of what was quoted there
    /// before.
    pub(crate) fn quote(&mut self, id: u32, bid: i64, ask: i64, lots: u64) {
        for side in 0..2 {
            if let Some(order) = self.quoted[id as usize][side].take() {
                self.send(Command::Cancel { key: OrderKey::new(self.outside, order) });
            }
        }
        for (side, price) in [(Side::Buy, bid), (Side::Sell, ask)] {
            if lots == 0 {
                continue;
            }
            self.orders += 1;
            let order = OrderId(self.orders);
            self.quoted[id as usize][side as usize] = Some(order);
            let instrument = InstrumentId(id);
            self.send(Command::Place(Order::limit(
                self.outside,
                order,
                instrument,
                side,
                Price(price),
                Qty(lots),
            )));
        }
    }

    fn send(&mut self, command: Command) {
        let now = self.kernel.now();
        self.kernel.inject(now, command);
        self.kernel.run(now, &mut self.record);
    }

    /// What `account` owns of instrument number `id`.
    pub(crate) fn held(&self, account: AccountId, id: u32) -> i128 {
        self.kernel.exchange().lots(account, InstrumentId(id)).unwrap().total
    }

    /// Its cash in currency number `id`, in whole units.
    pub(crate) fn cash(&self, account: AccountId, id: u16) -> f64 {
        let cash = self.kernel.exchange().cash(account, CurrencyId(id)).unwrap();
        cash.total.0 as f64 / 100.0
    }

    /// All refusals so far, but for cancellations that found nothing any more.
    pub(crate) fn refusals(&self) -> Vec<Event> {
        let events = self.record.0.iter().flat_map(|(_, events)| events);
        let refused = |event: &&Event| {
            use pitfloor_model::event::Reject::UnknownOrder;
            matches!(event, Event::Rejected { why, .. } if *why != UnknownOrder)
        };
        events.filter(refused).copied().collect()
    }

    /// The rules by which it acted, in order.
    pub(crate) fn rules(&self) -> Vec<&'static str> {
        self.record.1.iter().map(|decision| decision.rule).collect()
    }

    /// The orders that `account` has placed, in order.
    pub(crate) fn orders(&self, account: AccountId) -> Vec<Order> {
        let order = |command: &Command| match command {
            Command::Place(order) if order.account == account => Some(*order),
            _ => None,
        };
        self.record.0.iter().filter_map(|(stamped, _)| order(&stamped.command)).collect()
    }

    /// How many orders have been placed by `account`.
    pub(crate) fn placed(&self, account: AccountId) -> usize {
        self.orders(account).len()
    }
}

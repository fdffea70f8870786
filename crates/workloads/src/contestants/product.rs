//! The product: the exchange with all its rules compiled in, through its public door.
//!
//! One venue, one instrument without limits, one account with unlimited credit, no self-trade
//! prevention. Whatever the exchange does for every order (gate, risk, reservations, double entry)
//! is in the time. A modify is what §2.3 of the workloads asks: the open quantity becomes the given
//! one, at the back of the queue. The exchange's own replace counts what has traded, so the total
//! is asked for: what the order has traded plus what shall be open.
//!
//! Only this file knows the door: to measure another, change it here.

use super::bare::Copied;
use super::{Contestant, Levels};
use crate::figures::{Standing, Waiting};
use crate::record::{Kind, Record};
use crate::report::{Report, Reported, Sink};
use pitfloor_exchange::{Exchange, LiveOrder};
use pitfloor_model::command::{Command, Order, Stamped, Stp};
use pitfloor_model::event::{CancelReason, Credit, Event};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use std::sync::Arc;

/// The exchange, told one record after the other.
#[derive(Debug)]
pub struct Product {
    exchange: Exchange,
    events: Vec<Event>,
    /// The number and the moment of the next command.
    next: u64,
}

const ACCOUNT: AccountId = AccountId(0);
const INSTRUMENT: InstrumentId = InstrumentId(0);

impl Product {
    fn modify(&mut self, record: &Record, sink: &mut Sink) {
        let (key, price, qty) = (key(record.id), Price(record.price), u64::from(record.qty));
        let old = self.exchange.order(key);
        let keeps = old.is_some_and(|old| old.price == price && qty < old.leaves.0);
        if let Some(LiveOrder { side, .. }) = old.filter(|_| keeps) {
            // The exchange would let it keep its place; here it goes to the back.
            self.carry_out(record, Command::Cancel { key }, sink);
            return self.carry_out(record, place(record, side), sink);
        }
        let traded = old.map_or(0, |old| old.traded.0);
        self.carry_out(record, Command::Replace { key, price, qty: Qty(qty + traded) }, sink);
    }

    fn carry_out(&mut self, record: &Record, command: Command, sink: &mut Sink) {
        self.events.clear();
        let stamped = Stamped { seq: self.next, at: Time(self.next), command };
        self.next += 1;
        self.exchange.apply(&stamped, &mut self.events);
        for event in &self.events {
            if let Some(report) = report(record, event) {
                sink.tell(&report);
            }
        }
    }
}

fn place(record: &Record, side: Side) -> Command {
    let (order, price, qty) = (OrderId(record.id), Price(record.price), u64::from(record.qty));
    let order = Order::limit(ACCOUNT, order, INSTRUMENT, side, price, Qty(qty));
    let order = order.with_stp(Stp::None);
    Command::Place(if record.ioc && record.kind == Kind::New { order.ioc() } else { order })
}

fn key(id: u64) -> OrderKey {
    OrderKey::new(ACCOUNT, OrderId(id))
}

/// What `event` is to the benchmark; none for what its reports do not speak of.
fn report(record: &Record, event: &Event) -> Option<Report> {
    let seq = record.seq;
    Some(match *event {
        Event::Accepted { key, terms, .. } => {
            let again = record.kind == Kind::Modify;
            let kind = if again { Reported::Modified } else { Reported::New };
            let price = terms.price.map_or(0, |price| price.0);
            Report::of(kind, seq, terms.side, key.order.0, price, terms.qty.0)
        }
        Event::Traded { maker, taker, aggressor, price, qty, .. } => {
            let trade = Report::of(Reported::Trade, seq, aggressor, maker.order.0, price.0, qty.0);
            Report { taker: taker.order.0, ..trade }
        }
        // On its way to the back of its queue.
        Event::Cancelled { .. } if record.kind == Kind::Modify => return None,
        Event::Cancelled { key, side, price, left, why, .. } => {
            let kind = match why {
                CancelReason::User => Reported::Cancelled,
                CancelReason::Remainder => Reported::Remainder,
                CancelReason::ReplacedToDone => unreachable!("something is open after a modify"),
            };
            let price = price.map_or(record.price, |price| price.0);
            Report::of(kind, seq, side, key.order.0, price, left.0)
        }
        Event::Replaced { key, side, price, leaves, .. } => {
            Report::of(Reported::Modified, seq, side, key.order.0, price.0, leaves.0)
        }
        Event::Rejected { .. } => {
            let kind = match record.kind {
                Kind::Cancel => Reported::CancelRejected,
                Kind::Modify => Reported::ModifyRejected,
                Kind::New => unreachable!("playable records have no new order to refuse"),
            };
            Report::of(kind, seq, record.side, record.id, 0, 0)
        }
        Event::Rested { .. } => return None,
        Event::Reduced { .. }
        | Event::Prevented { .. }
        | Event::ExpiredInMatch { .. }
        | Event::PhaseChanged { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => unreachable!("nothing here asks for {event:?}"),
    })
}

impl Contestant for Product {
    const NAME: &'static str = "pitfloor";

    fn fresh() -> Self {
        let usd = Currency::new("USD", 2).expect("a currency");
        let mut lobs = Instrument::equity("LOB", CurrencyId(0), "0.01").expect("an instrument");
        lobs.limits.live_orders_max = u32::MAX;
        let venue = Venue::new("XPIT", vec![usd], vec![lobs]).expect("a venue");
        let mut exchange = Exchange::new(Arc::new(venue));
        let mut events = Vec::with_capacity(1 << 10);
        let command = Command::OpenAccount { account: ACCOUNT, credit: Credit::Unlimited };
        exchange.apply(&Stamped { seq: 0, at: Time(0), command }, &mut events);
        Self { exchange, events, next: 1 }
    }

    #[inline(never)]
    fn apply(&mut self, record: &Record, sink: &mut Sink) {
        match record.kind {
            Kind::New => self.carry_out(record, place(record, record.side), sink),
            Kind::Cancel => self.carry_out(record, Command::Cancel { key: key(record.id) }, sink),
            Kind::Modify => self.modify(record, sink),
        }
    }

    fn standing(&self) -> Option<Standing> {
        Some(Standing::of(|side, each| {
            for order in self.exchange.queue(INSTRUMENT, side) {
                let (id, price, open) = (order.key.order.0, order.price.0, order.leaves.0);
                each(Waiting { id, price, open });
            }
        }))
    }

    fn snapshot(&self) -> Option<Box<dyn Levels>> {
        Some(Box::new(Copied::of(|side: Side| {
            let levels = self.exchange.levels(INSTRUMENT, side);
            levels.map(|level| (level.price, level.qty)).collect()
        })))
    }
}

/// The product, offered its records in slices: it reads ahead for those that come soon. Its answers
/// are the same.
#[derive(Debug)]
pub struct Batched(Product);

/// How far it reads ahead.
const AHEAD: usize = 12;

impl Contestant for Batched {
    const NAME: &'static str = "batched";

    fn fresh() -> Self {
        Self(Product::fresh())
    }

    fn apply(&mut self, record: &Record, sink: &mut Sink) {
        self.0.apply(record, sink);
    }

    #[inline(never)]
    fn apply_all(&mut self, records: &[Record], sink: &mut Sink) {
        for (n, record) in records.iter().enumerate() {
            if let Some(soon) = records.get(n + AHEAD) {
                self.0.exchange.foresee(&Command::Cancel { key: key(soon.id) });
            }
            self.0.apply(record, sink);
        }
    }

    fn standing(&self) -> Option<Standing> {
        self.0.standing()
    }

    fn snapshot(&self) -> Option<Box<dyn Levels>> {
        self.0.snapshot()
    }
}

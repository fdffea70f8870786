//! The product: the exchange with all its rules compiled in, through its public door.
//!
//! One venue, one instrument without limits, and the matching engine with every order type, list,
//! auction and band compiled in; its house owns nothing and hands each event to the sink, so that
//! what is measured is the market and not the bookkeeping. A modify is what the workloads ask: the
//! instrument's switches say that a replacement names the open quantity and goes to the back.
//!
//! Only this file knows the door: to measure another, change it here.

use super::{Contestant, Levels};
use crate::figures::{Standing, Waiting};
use crate::record::{Kind, Record};
use crate::report::{Report, Reported, Sink};
use pitfloor_exchange::book::BookView;
use pitfloor_exchange::clearing::{Asset, Deal, Need};
use pitfloor_exchange::matching::{Engine, House, Standing as OrdersOf};
use pitfloor_model::command::{Command, Order, Stamped, Stp};
use pitfloor_model::event::{CancelReason, Credit, Event, Reject};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::trading::{ReplacePriority, ReplaceQty};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use std::mem::ManuallyDrop;
use std::sync::Arc;

/// The engine, told one record after the other.
#[derive(Debug)]
pub struct Product {
    engine: Engine,
    /// The number and the moment of the next command.
    next: u64,
}

const ACCOUNT: AccountId = AccountId(0);
const INSTRUMENT: InstrumentId = InstrumentId(0);

#[inline(always)]
#[allow(clippy::inline_always)]
fn place(record: &Record) -> Command {
    let (order, price, qty) = (OrderId(record.id), Price(record.price), u64::from(record.qty));
    let order = Order::limit(ACCOUNT, order, INSTRUMENT, record.side, price, Qty(qty));
    let order = order.with_stp(Stp::None);
    Command::Place(if record.ioc { order.ioc() } else { order })
}

fn replace(record: &Record) -> Command {
    let (price, qty) = (Price(record.price), Qty(u64::from(record.qty)));
    Command::Replace { key: key(record.id), price, qty }
}

// None of these owns anything that would have to be given back.
#[inline(always)]
#[allow(clippy::inline_always)]
fn command(record: &Record) -> ManuallyDrop<Command> {
    ManuallyDrop::new(match record.kind {
        Kind::New => place(record),
        Kind::Cancel => Command::Cancel { key: key(record.id) },
        Kind::Modify => replace(record),
    })
}

fn key(id: u64) -> OrderKey {
    OrderKey::new(ACCOUNT, OrderId(id))
}

/// What `event` is to the benchmark; none for what its reports do not speak of.
#[inline(always)]
#[allow(clippy::inline_always)]
fn report(record: &Record, event: &Event) -> Option<Report> {
    let seq = record.seq;
    Some(match *event {
        Event::Accepted { key, terms, .. } => {
            let price = terms.price.map_or(0, |price| price.0);
            Report::of(Reported::New, seq, terms.side, key.order.0, price, terms.qty.0)
        }
        Event::Traded { maker, taker, aggressor, price, qty, .. } => {
            let trade = Report::of(Reported::Trade, seq, aggressor, maker.order.0, price.0, qty.0);
            Report { taker: taker.order.0, ..trade }
        }
        Event::Cancelled { key, side, price, left, why, .. } => {
            let kind = match why {
                CancelReason::User => Reported::Cancelled,
                CancelReason::Remainder => Reported::Remainder,
                other => unreachable!("nothing here ends an order for {other:?}"),
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
        ref other => unreachable!("nothing here asks for {other:?}"),
    })
}

impl Product {
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn send(&mut self, command: Command, house: &mut Reporting) {
        // None of these commands owns anything that would have to be given back.
        let stamped = Stamped { seq: self.next, at: Time(self.next), command };
        let stamped = ManuallyDrop::new(stamped);
        self.next += 1;
        self.engine.apply(&stamped, house);
    }
}

/// A house that owns nothing and hands each event to the sink. Not [`Unchecked`] with a function,
/// because a function is not made anew wherever an event is: here it must be.
///
/// [`Unchecked`]: pitfloor_exchange::matching::Unchecked
struct Reporting<'a> {
    record: &'a Record,
    sink: &'a mut Sink,
}

impl House for Reporting<'_> {
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn tell(&mut self, event: Event) {
        if let Some(report) = report(self.record, &event) {
            self.sink.tell(&report);
        }
    }

    #[inline]
    fn credit(&self, _: AccountId) -> Option<Credit> {
        Some(Credit::Unlimited)
    }

    fn open(&mut self, _: AccountId, _: Credit) -> Result<(), Reject> {
        Ok(())
    }

    fn deposit(&mut self, _: AccountId, _: CurrencyId, _: Cash) -> Result<(), Reject> {
        Ok(())
    }

    fn deliver(&mut self, _: AccountId, _: InstrumentId, _: Qty) -> Result<(), Reject> {
        Ok(())
    }

    #[inline]
    fn afford(&self, _: AccountId, _: Asset, _: Need, _: Need) -> Result<(), Reject> {
        Ok(())
    }

    #[inline]
    fn reserve(&mut self, _: AccountId, _: Asset, _: Need) {}

    #[inline]
    fn release(&mut self, _: AccountId, _: Asset, _: Need) {}

    #[inline]
    fn settle(&mut self, _: Deal) {}

    #[inline]
    fn standing(&self, _: AccountId, _: InstrumentId) -> OrdersOf {
        OrdersOf::default()
    }

    #[inline]
    fn count(&mut self, _: AccountId, _: InstrumentId, _: i32, _: i32) {}
}

impl Contestant for Product {
    const NAME: &'static str = "pitfloor";

    fn fresh() -> Self {
        let usd = Currency::new("USD", 2).expect("a currency");
        let mut lobs = Instrument::equity("LOB", CurrencyId(0), "0.01").expect("an instrument");
        lobs.limits.live_orders_max = u32::MAX;
        lobs.rules.replace_qty = ReplaceQty::Open;
        lobs.rules.replace_priority = ReplacePriority::AlwaysBack;
        let venue = Venue::new("XPIT", vec![usd], vec![lobs]).expect("a venue");
        Self { engine: Engine::new(Arc::new(venue)), next: 0 }
    }

    #[inline(never)]
    fn apply(&mut self, record: &Record, sink: &mut Sink) {
        let mut house = Reporting { record, sink };
        // One call for each kind, so that each is made for its kind.
        match record.kind {
            Kind::New => self.send(place(record), &mut house),
            Kind::Cancel => self.send(Command::Cancel { key: key(record.id) }, &mut house),
            Kind::Modify => self.send(replace(record), &mut house),
        }
    }

    fn standing(&self) -> Option<Standing> {
        Some(Standing::of(|side, each| {
            for order in self.engine.queue(INSTRUMENT, side) {
                let (id, price, open) = (order.key.order.0, order.price.0, order.leaves.0);
                each(Waiting { id, price, open });
            }
        }))
    }

    fn snapshot(&mut self) -> Option<Box<dyn Levels>> {
        self.engine.view(INSTRUMENT).map(|view| Box::new(view) as Box<dyn Levels>)
    }
}

impl Levels for BookView {
    fn levels(&self, side: Side) -> Vec<(Price, Qty)> {
        Self::levels(self, side).map(|level| (level.price, level.qty)).collect()
    }
}

/// The product, offered its records in slices: it reads ahead for those that come soon. Its answers
/// are the same.
#[derive(Debug)]
pub struct Batched(Product);

/// How far it reads ahead: for the place of an order, for the order itself or its level, and for its
/// neighbours.
const PLACES_AHEAD: usize = 12;
const ORDERS_AHEAD: usize = 8;
const NEIGHBOURS_AHEAD: usize = 4;

/// In a book of fewer orders than this everything is near anyhow.
const DEEP: usize = 1 << 14;

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
            let deep = self.0.engine.book(INSTRUMENT).is_some_and(|book| book.len() >= DEEP);
            if deep {
                let engine = &self.0.engine;
                if let Some(soon) = records.get(n + PLACES_AHEAD) {
                    engine.foresee(&command(soon));
                }
                if let Some(sooner) = records.get(n + ORDERS_AHEAD) {
                    engine.foresee_order(&command(sooner));
                }
                if let Some(next) = records.get(n + NEIGHBOURS_AHEAD) {
                    engine.foresee_neighbours(&command(next));
                }
            }
            self.0.apply(record, sink);
        }
    }

    fn standing(&self) -> Option<Standing> {
        self.0.standing()
    }

    fn snapshot(&mut self) -> Option<Box<dyn Levels>> {
        self.0.snapshot()
    }
}

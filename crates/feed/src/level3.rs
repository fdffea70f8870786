//! Level 3: every shown order of one instrument, in the order in which it will trade.
//!
//! Start reading at [`Orders::apply`]. Price goes before time: the queue of a side runs from its
//! best price to its worst, and at each price from the lowest stamp to the highest, just as the
//! exchange matches. An order that is reduced keeps its place; one that is replaced without `kept`
//! leaves it, and stands at the back wherever it rests again.
//!
//! This view knows whose orders they are, so it is for the owner's eyes and for checkers; what the
//! public may see of it is [`crate::publish`]'s to say.

use crate::queues::{Place, Queues};
use crate::shown::{Shown, Step};
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty, Side, Stamp};

/// Every shown order of one instrument.
#[derive(Clone, Debug)]
pub struct Orders {
    shown: Shown,
    queues: Queues<OrderKey>,
}

/// One order where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resting {
    /// Its name.
    pub key: OrderKey,
    /// Its side.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// What is shown of it: of most orders, all that can still trade.
    pub shown: Qty,
    /// Its priority: at one price, the lowest trades first.
    pub stamp: Stamp,
}

/// One price with everyone who stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// All the lots there.
    pub qty: Qty,
    /// How many orders they belong to.
    pub orders: u32,
}

/// What stands before an order at its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// How many orders trade first.
    pub orders: u32,
    /// How many lots trade first.
    pub qty: Qty,
}

/// What an event did to one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderChange {
    /// The order and its place; `shown` is what is shown now, zero when it has left its queue.
    pub order: Resting,
    /// What was shown of it before; zero when it has just joined.
    pub before: Qty,
}

impl Orders {
    /// The empty book of `instrument`. It is fed from the instrument's first event on.
    #[must_use]
    pub fn new(instrument: InstrumentId) -> Self {
        Self { shown: Shown::new(instrument), queues: Queues::new() }
    }

    /// The instrument whose book this is.
    #[must_use]
    pub const fn instrument(&self) -> InstrumentId {
        self.shown.instrument()
    }

    /// Takes note of `event` and says which orders it changed: at most one, in an auction one a
    /// side. Events of other instruments change nothing.
    ///
    /// # Panics
    ///
    /// When an event speaks of an order that does not stand there, or shows less than the event
    /// takes, or joins twice: an event was left out or told twice.
    pub fn apply(&mut self, event: &Event) -> [Option<OrderChange>; 2] {
        self.shown.read(event).map(|step| {
            step.map(|step| match step {
                Step::Join { key, side, price, qty, stamp } => {
                    self.join(Resting { key, side, price, shown: qty, stamp })
                }
                Step::Take { key, qty, .. } => self.take(key, qty),
            })
        })
    }

    /// The order called `key`, if it stands here.
    #[must_use]
    pub fn order(&self, key: OrderKey) -> Option<Resting> {
        self.queues.get(key).map(Resting::from)
    }

    /// Every order of `side`, first to trade first.
    pub fn queue(&self, side: Side) -> impl Iterator<Item = Resting> + use<'_> {
        self.queues.iter(side).map(Resting::from)
    }

    /// The orders of `side` at `price`, first to trade first.
    pub fn at(&self, price: Price, side: Side) -> impl Iterator<Item = Resting> + use<'_> {
        let queue = self.queues.ladder(side).at(price);
        queue.into_iter().flat_map(|queue| self.queues.line(queue)).map(Resting::from)
    }

    /// What trades before the order called `key` at its price; none when it does not stand here.
    ///
    /// Walks those ahead of it.
    #[must_use]
    pub fn position(&self, key: OrderKey) -> Option<Position> {
        let nobody = Position { orders: 0, qty: Qty::ZERO };
        Some(self.queues.ahead_of(key)?.fold(nobody, |so_far, ahead| Position {
            orders: so_far.orders + 1,
            qty: Qty(so_far.qty.0 + ahead.leaves.0), // Part of its level, whose lots fit.
        }))
    }

    /// Every level of `side`, best first.
    pub fn levels(&self, side: Side) -> impl DoubleEndedIterator<Item = Level> + use<'_> {
        let rungs = self.queues.ladder(side).iter();
        rungs.map(|(price, queue)| Level { price, qty: queue.lots, orders: queue.orders })
    }

    /// The best level of `side`.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<Level> {
        self.levels(side).next()
    }

    fn join(&mut self, order: Resting) -> OrderChange {
        let Resting { key, side, price, shown: leaves, stamp } = order;
        let joined = self.queues.join(Place { key, side, price, leaves, stamp });
        assert!(joined.is_some(), "an order joins the back of one queue, once: {order:?}");
        OrderChange { order, before: Qty::ZERO }
    }

    fn take(&mut self, key: OrderKey, lots: Qty) -> OrderChange {
        let was = self.queues.take(key, lots);
        let was = was.unwrap_or_else(|| {
            panic!("what leaves an order was left of it: {} lots of {key}", lots.0)
        });
        let order = Resting { shown: was.leaves.less(lots), ..Resting::from(&was) };
        OrderChange { order, before: was.leaves }
    }
}

impl From<&Place<OrderKey>> for Resting {
    fn from(place: &Place<OrderKey>) -> Self {
        let Place { key, side, price, leaves: shown, stamp } = *place;
        Self { key, side, price, shown, stamp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{AccountId, OrderId, TradeId};

    const ACME: InstrumentId = InstrumentId(0);

    const fn key(account: u32) -> OrderKey {
        OrderKey::new(AccountId(account), OrderId(1))
    }

    fn rested(account: u32, price: i64, qty: u64, stamp: u64) -> Event {
        Event::Rested {
            instrument: ACME,
            key: key(account),
            side: Side::Sell,
            price: Price(price),
            qty: Qty(qty),
            stamp: Stamp(stamp),
        }
    }

    fn bought(maker: u32, price: i64, qty: u64) -> Event {
        Event::Traded {
            trade: TradeId(0),
            instrument: ACME,
            maker: key(maker),
            taker: key(99),
            aggressor: Side::Buy,
            price: Price(price),
            qty: Qty(qty),
        }
    }

    fn replaced(account: u32, from: (i64, u64), to: (i64, u64), kept: bool) -> Event {
        Event::Replaced {
            instrument: ACME,
            key: key(account),
            side: Side::Sell,
            from: Price(from.0),
            left: Qty(from.1),
            price: Price(to.0),
            qty: Qty(to.1),
            leaves: Qty(to.1),
            kept,
        }
    }

    fn book(events: &[Event]) -> Orders {
        let mut orders = Orders::new(ACME);
        for event in events {
            orders.apply(event);
        }
        orders
    }

    /// The queue as `account:leaves@price`.
    fn queue(orders: &Orders) -> Vec<String> {
        let show = |o: Resting| format!("{}:{}@{}", o.key.account.0, o.shown.0, o.price.0);
        orders.queue(Side::Sell).map(show).collect()
    }

    #[test]
    fn better_price_first_then_earlier_arrival() {
        let orders = book(&[rested(1, 102, 5, 0), rested(2, 101, 5, 1), rested(3, 101, 6, 2)]);
        assert_eq!(queue(&orders), ["2:5@101", "3:6@101", "1:5@102"]);
        let level = |price, qty, orders| Level { price: Price(price), qty: Qty(qty), orders };
        assert!(orders.levels(Side::Sell).eq([level(101, 11, 2), level(102, 5, 1)]));
        assert_eq!(orders.best(Side::Buy), None);
        assert!(orders.at(Price(101), Side::Sell).map(|o| o.key).eq([key(2), key(3)]));
        assert_eq!(orders.at(Price(103), Side::Sell).count(), 0);
    }

    #[test]
    fn a_filled_maker_is_gone_and_a_part_filled_one_keeps_its_place() {
        let resting = [rested(1, 101, 5, 0), rested(2, 101, 5, 1)];
        let mut orders = book(&resting);
        orders.apply(&bought(1, 101, 2));
        assert_eq!(queue(&orders), ["1:3@101", "2:5@101"]);
        let change = orders.apply(&bought(1, 101, 3))[0].unwrap();
        assert_eq!((change.before, change.order.shown), (Qty(3), Qty(0)));
        assert_eq!(queue(&orders), ["2:5@101"]);
        assert_eq!(orders.order(key(1)), None);
    }

    #[test]
    fn a_pure_decrease_keeps_the_place_and_everything_else_goes_to_the_back() {
        let resting = [rested(1, 101, 5, 0), rested(2, 101, 5, 1)];
        let smaller = replaced(1, (101, 5), (101, 4), true);
        assert_eq!(queue(&book(&[resting[0], resting[1], smaller])), ["1:4@101", "2:5@101"]);
        let reduced = Event::Reduced {
            instrument: ACME,
            key: key(1),
            side: Side::Sell,
            price: Price(101),
            by: Qty(2),
            leaves: Qty(3),
        };
        assert_eq!(queue(&book(&[resting[0], resting[1], reduced])), ["1:3@101", "2:5@101"]);
        let larger = [replaced(1, (101, 5), (101, 6), false), rested(1, 101, 6, 2)];
        let requeued = book(&[resting[0], resting[1], larger[0], larger[1]]);
        assert_eq!(queue(&requeued), ["2:5@101", "1:6@101"]);
    }

    #[test]
    fn the_position_counts_who_trades_first() {
        let mut orders = book(&[
            rested(1, 101, 5, 0),
            rested(2, 101, 6, 1),
            rested(3, 101, 7, 2),
            rested(4, 100, 9, 3), // A better price is another queue.
        ]);
        let position = |orders, qty| Some(Position { orders, qty: Qty(qty) });
        assert_eq!(orders.position(key(1)), position(0, 0));
        assert_eq!(orders.position(key(3)), position(2, 11));
        orders.apply(&bought(1, 101, 5));
        assert_eq!(orders.position(key(3)), position(1, 6));
        assert_eq!(orders.position(key(1)), None);
    }

    #[test]
    fn an_order_that_never_rested_ends_without_a_trace() {
        let ended = Event::ExpiredInMatch {
            instrument: ACME,
            key: key(1),
            side: Side::Sell,
            price: None,
            left: Qty(3),
        };
        assert_eq!(Orders::new(ACME).apply(&ended), [None; 2]);
        assert_eq!(Orders::new(InstrumentId(7)).apply(&rested(1, 101, 5, 0)), [None; 2]);
    }

    #[test]
    #[should_panic(expected = "what leaves an order was left of it: 6 lots of 1/1")]
    fn a_maker_cannot_trade_more_than_it_has() {
        book(&[rested(1, 101, 5, 0), bought(1, 101, 6)]);
    }

    #[test]
    #[should_panic(expected = "an order joins the back of one queue, once")]
    fn nobody_rests_twice() {
        book(&[rested(1, 101, 5, 0), rested(1, 102, 5, 1)]);
    }
}

//! Recorded orders as commands: the door from any source of single orders into a book.
//!
//! A [`Door`] does no I/O and asks no exchange. It follows what is left of every recorded order, because
//! many sources name an order by its number alone, and says which commands bring about what a record says.
//! What it cannot carry out it names ([`Passed::Skipped`]) and leaves out.

use crate::record::{Execution, Order, Record, Touched, What};
use crate::symbols::SymbolId;
use pitfloor_model::command::{Command, Order as Placed, Stp};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Turns records of single orders into commands of one account.
#[derive(Clone, Debug)]
pub struct Door {
    account: AccountId,
    /// By symbol: where its orders go, and how much a tick is.
    listed: Vec<Option<(InstrumentId, i64)>>,
    /// What is left of each recorded order. Looked up, never iterated in its own order.
    live: HashMap<Name, Live, BuildHasherDefault<Spread>>,
}

/// An order of a source.
type Name = (SymbolId, u64);

/// What is left of an order.
#[derive(Clone, Copy, Debug)]
struct Live {
    side: Side,
    price: i64,
    left: u64,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passed {
    /// An order was placed.
    Placed,
    /// An order was changed or cancelled, wholly or in part.
    Changed,
    /// A resting order traded: its shares are taken out of the book.
    Executed,
    /// It concerns no single order.
    Aside,
    /// It could not be carried out.
    Skipped(Skip),
}

/// Why a record was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// It is of an instrument that was not listed.
    NotListed,
    /// It speaks of an order that no record introduced, or that is gone.
    UnknownOrder,
    /// It introduces an order under a number that is live, or that no order can have.
    NumberTaken,
    /// Its price lies between two ticks, or its size is no number of lots.
    OffGrid,
    /// It takes more than the order has left; all that was left was taken.
    MoreThanLeft,
}

impl Door {
    /// A door whose orders are of `account`.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self { account, listed: Vec::new(), live: HashMap::default() }
    }

    /// Lets orders of `symbol` pass to `instrument`, a tick of which is `tick` of the source's prices.
    ///
    /// # Panics
    ///
    /// When `tick` is not positive.
    pub fn list(&mut self, symbol: SymbolId, instrument: InstrumentId, tick: i64) {
        assert!(tick > 0, "a tick is worth something");
        let place = symbol.0 as usize;
        if self.listed.len() <= place {
            self.listed.resize(place + 1, None);
        }
        self.listed[place] = Some((instrument, tick));
    }

    /// How many recorded orders are live.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// Appends the commands that bring about what `record` says.
    #[inline]
    pub fn pass(&mut self, record: &Record, commands: &mut Vec<Command>) -> Passed {
        let listed = self.listed.get(record.symbol.0 as usize).copied().flatten();
        let Some((instrument, tick)) = listed else { return Passed::Skipped(Skip::NotListed) };
        let symbol = record.symbol;
        match &record.what {
            What::Add(order) => self.add(symbol, instrument, tick, *order, commands),
            What::Reduce(touched) => self.reduce(symbol, touched, commands),
            What::Delete(touched) => self.delete(symbol, touched, commands),
            What::Execute(done) => self.execute(symbol, done, commands),
            What::Replace { old, order, side, price, qty } => {
                let Some(live) = self.live.get(&(symbol, *old)).copied() else {
                    return Passed::Skipped(Skip::UnknownOrder);
                };
                let (order, side) = (*order, side.unwrap_or(live.side));
                let order = Order { order, side, price: *price, qty: *qty };
                self.replace(symbol, instrument, tick, *old, order, commands)
            }
            What::Modify(order) => self.modify(symbol, instrument, tick, *order, commands),
            What::Clear => self.clear(symbol, commands),
            _ => Passed::Aside,
        }
    }

    #[inline]
    fn add(
        &mut self,
        symbol: SymbolId,
        instrument: InstrumentId,
        tick: i64,
        order: Order,
        commands: &mut Vec<Command>,
    ) -> Passed {
        let Order { order: number, side, price, qty } = order;
        if number == 0 || number >= OrderId::VENUE_FIRST.0 {
            return Passed::Skipped(Skip::NumberTaken);
        }
        if price % tick != 0 || qty == 0 || qty > Qty::MOST.0 {
            return Passed::Skipped(Skip::OffGrid);
        }
        match self.live.entry((symbol, number)) {
            std::collections::hash_map::Entry::Occupied(_) => {
                return Passed::Skipped(Skip::NumberTaken);
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(Live { side, price, left: qty });
            }
        }
        let (limit, qty) = (Price(price / tick), Qty(qty));
        let placed = Placed::limit(self.account, OrderId(number), instrument, side, limit, qty);
        commands.push(Command::Place(placed.with_stp(Stp::None)));
        Passed::Placed
    }

    #[inline]
    fn reduce(&mut self, symbol: SymbolId, touched: &Touched, out: &mut Vec<Command>) -> Passed {
        match touched.qty {
            Some(qty) => self.take(symbol, touched.order, qty, Passed::Changed, out),
            None => Passed::Skipped(Skip::OffGrid),
        }
    }

    #[inline]
    fn execute(&mut self, symbol: SymbolId, done: &Execution, out: &mut Vec<Command>) -> Passed {
        self.take(symbol, done.order, done.qty, Passed::Executed, out)
    }

    #[inline]
    fn take(
        &mut self,
        symbol: SymbolId,
        order: u64,
        qty: u64,
        passed: Passed,
        out: &mut Vec<Command>,
    ) -> Passed {
        let Some(live) = self.live.get_mut(&(symbol, order)) else {
            return Passed::Skipped(Skip::UnknownOrder);
        };
        let taken = qty.min(live.left);
        live.left -= taken;
        if live.left == 0 {
            self.live.remove(&(symbol, order));
        }
        out.push(Command::Reduce { key: self.key(order), by: Qty(taken) });
        if taken < qty { Passed::Skipped(Skip::MoreThanLeft) } else { passed }
    }

    #[inline]
    fn delete(&mut self, symbol: SymbolId, touched: &Touched, out: &mut Vec<Command>) -> Passed {
        if self.live.remove(&(symbol, touched.order)).is_none() {
            return Passed::Skipped(Skip::UnknownOrder);
        }
        out.push(Command::Cancel { key: self.key(touched.order) });
        Passed::Changed
    }

    fn replace(
        &mut self,
        symbol: SymbolId,
        instrument: InstrumentId,
        tick: i64,
        old: u64,
        order: Order,
        out: &mut Vec<Command>,
    ) -> Passed {
        self.live.remove(&(symbol, old));
        out.push(Command::Cancel { key: self.key(old) });
        match self.add(symbol, instrument, tick, order, out) {
            Passed::Placed => Passed::Changed,
            other => other,
        }
    }

    /// New terms under the old number: less at the same price keeps the place, all else goes to the tail.
    fn modify(
        &mut self,
        symbol: SymbolId,
        instrument: InstrumentId,
        tick: i64,
        order: Order,
        out: &mut Vec<Command>,
    ) -> Passed {
        let Some(live) = self.live.get(&(symbol, order.order)).copied() else {
            return Passed::Skipped(Skip::UnknownOrder);
        };
        let same = live.side == order.side && live.price == order.price;
        if same && order.qty == live.left {
            return Passed::Changed;
        }
        if same && order.qty < live.left {
            let by = live.left - order.qty;
            return self.take(symbol, order.order, by, Passed::Changed, out);
        }
        self.replace(symbol, instrument, tick, order.order, order, out)
    }

    fn clear(&mut self, symbol: SymbolId, out: &mut Vec<Command>) -> Passed {
        let of_it = self.live.keys().filter(|(of, _)| *of == symbol);
        let mut orders: Vec<u64> = of_it.map(|(_, order)| *order).collect();
        orders.sort_unstable();
        for order in orders {
            self.live.remove(&(symbol, order));
            out.push(Command::Cancel { key: self.key(order) });
        }
        Passed::Changed
    }

    const fn key(&self, order: u64) -> OrderKey {
        OrderKey::new(self.account, OrderId(order))
    }
}

/// Spreads order numbers, which are nearly consecutive, over a table. A record is no adversary.
#[derive(Clone, Copy, Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        // Fibonacci hashing (Knuth, TAOCP 3, §6.4); the rotation brings the good bits down.
        let spread = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread.rotate_left(32);
    }
}

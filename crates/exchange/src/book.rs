//! The order book: who waits, at what price, in what order of arrival.
//!
//! Price-time priority: a better price first, and among equals the one that came first. Orders sit
//! in a slab and are linked to their neighbours in the queue, so that one leaves from anywhere in
//! constant time; levels are an ordered map, so that the best price and the next are at its end.
//!
//! The rest of the crate knows this file by its public methods only: how levels and queues are laid
//! out is this file's own affair.

use pitfloor_model::command::Stp;
use pitfloor_model::units::{AccountId, OrderKey, Price, Qty, Side, Stamp};
use std::collections::BTreeMap;

/// Where an order waits in the slab of its book. Good until the order leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub(crate) u32);

/// One waiting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resting {
    /// Its name.
    pub key: OrderKey,
    /// Its side.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// What can still trade of it; more than nothing.
    pub leaves: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// Its priority.
    pub stamp: Stamp,
    /// Its self-trade prevention, for the day it is replaced and becomes a taker.
    pub stp: Stp,
}

/// All orders that wait at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// What all of them have left.
    pub qty: Qty,
    /// How many they are; at least one.
    pub orders: u32,
}

/// One meeting of a taker with a maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The order that was waiting, as it stood before the fill.
    pub maker: Resting,
    /// How much would change hands; at most what either side has left.
    pub qty: Qty,
}

/// Both sides of one instrument.
#[derive(Clone, Debug, Default)]
pub struct Book {
    bids: BTreeMap<Price, Queue>,
    asks: BTreeMap<Price, Queue>,
    slab: Vec<Node>,
    /// Slots to use again, last in first out.
    free: Vec<u32>,
}

/// Aligned so that one line of the processor's cache holds one order, and no order needs two.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Node {
    resting: Resting,
    prev: u32,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Queue {
    head: u32,
    tail: u32,
    qty: u64,
    orders: u32,
}

impl Queue {
    const fn level(&self, price: Price) -> Level {
        Level { price, qty: Qty(self.qty), orders: self.orders }
    }
}

/// The end of a queue.
const NOBODY: u32 = u32::MAX;

/// Pairs up to `wanted` with `makers`, which must come best price first, oldest first, for a taker
/// of `account` in mode `stp`.
///
/// Pure: it says what would trade and changes nothing. Orders of the same account are passed over,
/// or end the walk, or count, as the mode says.
pub fn fills(
    mut wanted: Qty,
    account: AccountId,
    stp: Stp,
    makers: impl Iterator<Item = Resting>,
) -> impl Iterator<Item = Fill> {
    makers
        .take_while(move |maker| {
            maker.key.account != account || matches!(stp, Stp::None | Stp::ExpireMaker)
        })
        .filter(move |maker| maker.key.account != account || stp == Stp::None)
        .map_while(move |maker| {
            let qty = wanted.min(maker.leaves);
            wanted = wanted.less(qty);
            (!qty.is_zero()).then_some(Fill { maker, qty })
        })
}

impl Book {
    /// The most orders that one book holds: with [`Qty::MOST`] lots each, the lots of a level still
    /// fit 63 bits.
    pub const ORDERS_MAX: usize = 1 << 23;

    /// How many orders wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.slab.len() - self.free.len()
    }

    /// True when nobody waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The best price of `side`, if anyone waits there.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<Price> {
        match side {
            Side::Buy => self.bids.last_key_value().map(|(price, _)| *price),
            Side::Sell => self.asks.first_key_value().map(|(price, _)| *price),
        }
    }

    /// The best level of `side`, if anyone waits there.
    #[must_use]
    pub fn best_level(&self, side: Side) -> Option<Level> {
        let best = match side {
            Side::Buy => self.bids.last_key_value(),
            Side::Sell => self.asks.first_key_value(),
        };
        best.map(|(price, queue)| queue.level(*price))
    }

    /// The next to trade on `side`: the oldest order at its best price.
    #[must_use]
    pub fn first(&self, side: Side) -> Option<Slot> {
        let best = match side {
            Side::Buy => self.bids.last_key_value(),
            Side::Sell => self.asks.first_key_value(),
        };
        best.map(|(_, queue)| Slot(queue.head))
    }

    /// The order in `slot`.
    #[must_use]
    pub fn get(&self, slot: Slot) -> &Resting {
        &self.slab[slot.0 as usize].resting
    }

    /// The levels of `side`, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        self.queues(side).map(|(price, queue)| queue.level(price))
    }

    /// The orders of `side` in priority: best price first, oldest first.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = Resting> + '_ {
        self.queues(side).flat_map(move |(_, queue)| {
            let at = |slot: u32| (slot != NOBODY).then_some(slot);
            std::iter::successors(at(queue.head), move |slot| at(self.slab[*slot as usize].next))
                .map(|slot| self.slab[slot as usize].resting)
        })
    }

    /// Puts `resting` at the back of its level.
    ///
    /// # Panics
    ///
    /// When nothing is left of it, or [`Book::ORDERS_MAX`] orders wait already: the gate has checked.
    pub fn rest(&mut self, resting: Resting) -> Slot {
        assert!(!resting.leaves.is_zero(), "a resting order has something left");
        assert!(self.len() < Self::ORDERS_MAX, "the gate lets no more orders in than fit");
        let slot = self.take_slot(Node { resting, prev: NOBODY, next: NOBODY });
        let queue = self.side(resting.side).entry(resting.price).or_insert(Queue {
            head: slot,
            tail: NOBODY,
            qty: 0,
            orders: 0,
        });
        let before = std::mem::replace(&mut queue.tail, slot);
        queue.qty += resting.leaves.0;
        queue.orders += 1;
        if before != NOBODY {
            self.slab[before as usize].next = slot;
            self.slab[slot as usize].prev = before;
        }
        Slot(slot)
    }

    /// Takes `qty` that traded off the order in `slot`, which leaves when that was all of it.
    ///
    /// # Panics
    ///
    /// When it is more than the order has left.
    pub fn fill(&mut self, slot: Slot, qty: Qty) {
        self.slab[slot.0 as usize].resting.traded.0 += qty.0;
        self.shrink(slot, qty);
    }

    /// Takes `by` off the order in `slot` without a trade; it keeps its place, and leaves when that
    /// was all of it.
    ///
    /// # Panics
    ///
    /// When it is more than the order has left.
    pub fn shrink(&mut self, slot: Slot, by: Qty) {
        let resting = &mut self.slab[slot.0 as usize].resting;
        assert!(by <= resting.leaves, "an order cannot lose more than it has left");
        if by == resting.leaves {
            self.remove(slot);
            return;
        }
        resting.leaves = resting.leaves.less(by);
        let (side, price) = (resting.side, resting.price);
        self.level(side, price).qty -= by.0;
    }

    /// Takes the order in `slot` off the book.
    ///
    /// # Panics
    ///
    /// When slab and levels disagree, which is a bug in this file.
    pub fn remove(&mut self, slot: Slot) -> Resting {
        let Node { resting, prev, next } = self.slab[slot.0 as usize];
        if prev != NOBODY {
            self.slab[prev as usize].next = next;
        }
        if next != NOBODY {
            self.slab[next as usize].prev = prev;
        }
        let queue = self.level(resting.side, resting.price);
        if prev == NOBODY {
            queue.head = next;
        }
        if next == NOBODY {
            queue.tail = prev;
        }
        queue.qty -= resting.leaves.0;
        queue.orders -= 1;
        if queue.orders == 0 {
            self.side(resting.side).remove(&resting.price);
        }
        self.free.push(slot.0);
        resting
    }

    /// True when a bid meets an ask.
    #[must_use]
    pub fn is_crossed(&self) -> bool {
        match (self.best(Side::Buy), self.best(Side::Sell)) {
            (Some(bid), Some(ask)) => bid >= ask,
            _ => false,
        }
    }

    fn queues(&self, side: Side) -> impl Iterator<Item = (Price, &Queue)> {
        let (mut highest_first, mut lowest_first) = (None, None);
        match side {
            Side::Buy => highest_first = Some(self.bids.iter().rev()),
            Side::Sell => lowest_first = Some(self.asks.iter()),
        }
        let highest_first = highest_first.into_iter().flatten();
        let lowest_first = lowest_first.into_iter().flatten();
        highest_first.chain(lowest_first).map(|(price, queue)| (*price, queue))
    }

    fn take_slot(&mut self, node: Node) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.slab[slot as usize] = node;
            return slot;
        }
        let slot = u32::try_from(self.slab.len()).expect("fewer orders than slots have numbers");
        self.slab.push(node);
        slot
    }

    fn level(&mut self, side: Side, price: Price) -> &mut Queue {
        self.side(side).get_mut(&price).expect("a waiting order has a level")
    }

    fn side(&mut self, side: Side) -> &mut BTreeMap<Price, Queue> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::OrderId;

    fn resting(account: u32, side: Side, price: i64, leaves: u64) -> Resting {
        Resting {
            key: OrderKey::new(AccountId(account), OrderId(1)),
            side,
            price: Price(price),
            leaves: Qty(leaves),
            traded: Qty(0),
            stamp: Stamp(u64::from(account)),
            stp: Stp::ExpireTaker,
        }
    }

    fn queue(book: &Book, side: Side) -> Vec<(u32, u64)> {
        book.orders(side).map(|resting| (resting.key.account.0, resting.leaves.0)).collect()
    }

    fn four_asks() -> (Book, [Slot; 4]) {
        let mut book = Book::default();
        let slots = [(1, 101), (2, 100), (3, 100), (4, 100)]
            .map(|(account, price)| book.rest(resting(account, Side::Sell, price, 5)));
        (book, slots)
    }

    #[test]
    fn one_leaves_from_anywhere_and_the_others_keep_their_order() {
        for (gone, left) in [(1, [3, 4, 1]), (2, [2, 4, 1]), (3, [2, 3, 1]), (0, [2, 3, 4])] {
            let (mut book, slots) = four_asks();
            book.remove(slots[gone]);
            assert_eq!(queue(&book, Side::Sell), left.map(|account| (account, 5)));
            let again = book.rest(resting(9, Side::Sell, 100, 1));
            assert_eq!(again, slots[gone], "a slot is used again");
            let at_100 = book.levels(Side::Sell).next().unwrap();
            assert_eq!(at_100.price, Price(100));
            assert_eq!(u64::from(at_100.orders - 1) * 5 + 1, at_100.qty.0);
        }
    }

    #[test]
    fn a_level_ends_with_its_last_order() {
        let (mut book, slots) = four_asks();
        book.fill(slots[1], Qty(5));
        book.shrink(slots[2], Qty(5));
        book.fill(slots[3], Qty(4));
        assert_eq!(queue(&book, Side::Sell), [(4, 1), (1, 5)]);
        assert_eq!(book.get(slots[3]).traded, Qty(4));
        book.fill(slots[3], Qty(1));
        assert_eq!(book.best(Side::Sell), Some(Price(101)));
        book.remove(slots[0]);
        assert_eq!((book.best(Side::Sell), book.first(Side::Sell)), (None, None));
        assert_eq!(book.levels(Side::Sell).count(), 0);
    }

    #[test]
    #[should_panic(expected = "cannot lose more than it has left")]
    fn nobody_loses_more_than_he_has() {
        let (mut book, slots) = four_asks();
        book.fill(slots[0], Qty(6));
    }

    #[test]
    fn a_crossed_book_is_noticed() {
        let mut book = Book::default();
        book.rest(resting(1, Side::Buy, 10, 1));
        assert!(!book.is_crossed());
        book.rest(resting(2, Side::Sell, 11, 1));
        assert!(!book.is_crossed());
        book.rest(resting(3, Side::Sell, 10, 1));
        assert!(book.is_crossed());
    }

    #[test]
    fn the_walk_treats_the_own_account_as_the_mode_says() {
        let (book, _) = four_asks();
        let walk = |account, stp| -> Vec<(u32, u64)> {
            fills(Qty(12), AccountId(account), stp, book.orders(Side::Sell))
                .map(|fill| (fill.maker.key.account.0, fill.qty.0))
                .collect()
        };
        assert_eq!(walk(9, Stp::ExpireTaker), [(2, 5), (3, 5), (4, 2)]);
        assert_eq!(walk(3, Stp::ExpireTaker), [(2, 5)]);
        assert_eq!(walk(3, Stp::ExpireBoth), [(2, 5)]);
        assert_eq!(walk(3, Stp::ExpireMaker), [(2, 5), (4, 5), (1, 2)]);
        assert_eq!(walk(3, Stp::None), [(2, 5), (3, 5), (4, 2)]);
    }
}

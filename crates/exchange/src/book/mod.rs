//! The order book: who waits, at what price, in what order of arrival.
//!
//! Price-time priority: a better price first, and among equals the one that came first; at one
//! price, whoever is shown comes before whoever is hidden. Each order is one line of the cache in
//! `slab`, linked to its neighbours in the queue; the queues stand on the `ladder`, a tree of
//! bitmaps over all prices there are; a [`BookView`] shares the ladder's pages (`pages`). Nothing
//! here asks for memory once the book has been as large as it is.
//!
//! Start reading at [`Book::rest`]. This file changes the book, `reading` answers about it. The
//! rest of the crate knows the public methods only: how levels and queues are laid out is this
//! folder's own affair. Which order types there are is not known here: an order shows itself or
//! hides, and may carry the number of something else ([`Resting::more`]).

mod ladder;
mod pages;
mod queue;
mod reading;
mod slab;
mod view;

pub use reading::{Ahead, Depth, Sweep, WholeLevel};
pub use view::BookView;

use ladder::{Ladder, NONE};
use pitfloor_model::command::Stp;
use pitfloor_model::units::{AccountId, OrderKey, Price, Qty, Side, Stamp};
use queue::{Line, Queue, Veils};
use slab::{NOBODY, Node, Slab, number};

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
    /// What can trade of it in its present place in the queue; more than nothing, except between
    /// [`Book::fill_keep`] and what follows it.
    pub leaves: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// Its priority.
    pub stamp: Stamp,
    /// Its self-trade prevention, for the day it is replaced and becomes a taker.
    pub stp: Stp,
    /// It waits behind all shown orders of its level, and no view has it.
    pub hidden: bool,
    /// It is shown, but its price follows others' and so is no reference for theirs.
    pub pegged: bool,
    /// The number of what else its owner said, kept by whoever matches; [`Resting::PLAIN`] if that
    /// is nothing.
    pub more: u32,
}

impl Resting {
    /// An order of which there is no more to know.
    pub const PLAIN: u32 = u32::MAX;

    /// A shown order of which there is no more to know, that has not traded, of the first priority
    /// and without self-trade prevention.
    #[inline]
    #[must_use]
    pub const fn plain(key: OrderKey, side: Side, price: Price, leaves: Qty) -> Self {
        let (traded, stamp, stp, hidden, pegged) = (Qty::ZERO, Stamp(0), Stp::None, false, false);
        let more = Self::PLAIN;
        Self { key, side, price, leaves, traded, stamp, stp, hidden, pegged, more }
    }

    /// The same with this self-trade prevention.
    #[inline]
    #[must_use]
    pub const fn with_stp(self, stp: Stp) -> Self {
        Self { stp, ..self }
    }
}

/// All shown orders that wait at one price.
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
pub type Book = BookOf<true>;

/// A [`Book`] whose levels can be viewed, or one without `VIEWS`, which is otherwise the same: what
/// the views cost while nobody takes one is the distance between the two.
#[derive(Clone, Debug, Default)]
pub struct BookOf<const VIEWS: bool> {
    slab: Slab,
    ladder: Ladder<VIEWS>,
    veils: Veils,
    odd: Odd,
}

/// How many hidden and how many pegged orders each side has.
#[derive(Clone, Debug, Default)]
struct Odd {
    hidden: [u32; 2],
    pegged: [u32; 2],
}

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

impl<const VIEWS: bool> BookOf<VIEWS> {
    /// The most orders that one book holds: with [`Qty::MOST`] lots each, the lots of a side still
    /// fit 63 bits.
    pub const ORDERS_MAX: usize = 1 << 23;

    /// Puts `resting` at the back of its queue: of the shown orders at its price, or of the hidden.
    ///
    /// # Panics
    ///
    /// When nothing is left of it, or [`Book::ORDERS_MAX`] orders wait already: the gate has checked.
    // Whoever rests an order has all of it in registers: so it is written once, into its node.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub fn rest(&mut self, resting: Resting) -> Slot {
        assert!(!resting.leaves.is_zero(), "a resting order has something left");
        let number = self.slab.claim();
        let (rung, queue) = self.ladder.claim(resting.side, resting.price);
        let line = if resting.hidden || resting.pegged {
            let Resting { side, leaves, hidden, .. } = resting;
            self.odd.join(&mut self.veils, queue, (side, leaves, hidden))
        } else {
            queue.qty += resting.leaves.0;
            queue.orders += 1;
            &mut queue.line
        };
        let before = append(&mut self.slab, line, number);
        *self.slab.get_mut(number) = Node::new(&resting, rung, before);
        slab::slot(number)
    }

    /// Takes `qty` that traded off the order in `slot`, which leaves when that was all of it.
    ///
    /// # Panics
    ///
    /// When it is more than the order has left.
    #[inline]
    pub fn fill(&mut self, slot: Slot, qty: Qty) {
        self.slab.get_mut(number(slot)).traded.0 += qty.0;
        self.shrink(slot, qty);
    }

    /// Takes `qty` that traded off the order in `slot`, which keeps its place even when that was all
    /// that could trade there. Then it must be refreshed or removed before anything else happens.
    ///
    /// # Panics
    ///
    /// When it is more than the order has left.
    pub fn fill_keep(&mut self, slot: Slot, qty: Qty) {
        self.slab.get_mut(number(slot)).traded.0 += qty.0;
        self.lessen(slot, qty);
    }

    /// Takes `by` off the order in `slot` without a trade; it keeps its place, and leaves when that
    /// was all of it.
    ///
    /// # Panics
    ///
    /// When it is more than the order has left.
    #[inline]
    pub fn shrink(&mut self, slot: Slot, by: Qty) {
        if by == self.slab.get(number(slot)).leaves {
            self.remove(slot);
        } else {
            self.lessen(slot, by);
        }
    }

    /// Sends the order in `slot` to the back of its queue, with `leaves` to trade there and a new
    /// priority.
    ///
    /// # Panics
    ///
    /// When `leaves` is nothing.
    pub fn refresh(&mut self, slot: Slot, leaves: Qty, stamp: Stamp) {
        assert!(!leaves.is_zero(), "a resting order has something left");
        let node = *self.slab.get(number(slot));
        let (line, qty) = self.line_mut(&node);
        *qty = *qty - node.leaves.0 + leaves.0;
        let mut ends = *line;
        let prev = if node.next == NOBODY {
            node.prev
        } else {
            unlink(&mut self.slab, &mut ends, node.prev, node.next);
            append(&mut self.slab, &mut ends, number(slot))
        };
        *self.line_mut(&node).0 = ends;
        *self.slab.get_mut(number(slot)) = Node { leaves, stamp, prev, next: NOBODY, ..node };
    }

    /// Takes the order in `slot` off the book.
    ///
    /// # Panics
    ///
    /// When the last order of a level leaves a reserve behind: [`Book::add_reserve`] comes before.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub fn remove(&mut self, slot: Slot) -> Resting {
        let node = self.slab.get(number(slot));
        let gone = node.resting();
        let (side, rung, prev, next) = (node.side, node.rung, node.prev, node.next);
        let queue = self.ladder.queue_mut(rung);
        if gone.hidden || gone.pegged {
            self.odd.leave(&mut self.slab, &mut self.veils, queue, number(slot));
        } else {
            queue.qty -= gone.leaves.0;
            queue.orders -= 1;
            unlink(&mut self.slab, &mut queue.line, prev, next);
        }
        if queue.orders == 0 {
            if queue.veiled == NONE {
                self.ladder.release(side, rung);
            } else {
                let hidden = self.veils.get(queue.veiled).orders;
                assert!(hidden > 0, "a reserve belongs to an order that waits");
            }
        }
        self.slab.free(number(slot));
        gone
    }

    /// Changes the number of what else is to be known about the order in `slot`.
    pub fn set_more(&mut self, slot: Slot, more: u32) {
        self.slab.get_mut(number(slot)).more = more;
    }

    /// Adds `lots`, which may be negative, to what orders at the level of `slot` hold back. Counted
    /// in [`Book::all_levels`] and [`Book::whole_depth`], and shown nowhere.
    ///
    /// # Panics
    ///
    /// When less than nothing would be held back.
    pub fn add_reserve(&mut self, slot: Slot, lots: i64) {
        let queue = self.ladder.queue_mut(self.slab.get(number(slot)).rung);
        let veiled = self.veils.claim(&mut queue.veiled);
        let reserve = veiled.reserve.checked_add_signed(lots);
        veiled.reserve = reserve.expect("a level holds back at least nothing");
        self.veils.tidy(&mut queue.veiled);
    }

    /// Takes a part of the order in `slot` off its queue.
    #[inline]
    fn lessen(&mut self, slot: Slot, by: Qty) {
        let node = self.slab.get_mut(number(slot));
        assert!(by <= node.leaves, "an order cannot lose more than it has left");
        node.leaves = node.leaves.less(by);
        let node = *node;
        *self.line_mut(&node).1 -= by.0;
    }

    /// The ends of the queue that `node` stands in, and the queue's lots.
    #[inline]
    fn line_mut(&mut self, node: &Node) -> (&mut Line, &mut u64) {
        let queue = self.ladder.queue_mut(node.rung);
        if node.hidden {
            let veiled = self.veils.claim(&mut queue.veiled);
            (&mut veiled.line, &mut veiled.qty)
        } else {
            (&mut queue.line, &mut queue.qty)
        }
    }
}

impl Odd {
    /// Counts in an order that hides or is pegged, and gives the queue that it joins.
    #[cold]
    #[inline(never)]
    fn join<'a>(
        &mut self,
        veils: &'a mut Veils,
        queue: &'a mut Queue,
        (side, leaves, hidden): (Side, Qty, bool),
    ) -> &'a mut Line {
        if hidden {
            self.hidden[side as usize] += 1;
            return veils.join(&mut queue.veiled, leaves);
        }
        queue.qty += leaves.0;
        queue.orders += 1;
        queue.pegged += 1;
        self.pegged[side as usize] += 1;
        &mut queue.line
    }

    /// Counts out such an order, and takes it out of its queue: a level's veiled part goes with the
    /// last order that hides there.
    #[cold]
    #[inline(never)]
    fn leave(&mut self, slab: &mut Slab, veils: &mut Veils, queue: &mut Queue, number: u32) {
        let node = *slab.get(number);
        if node.hidden {
            self.hidden[node.side as usize] -= 1;
            let veiled = veils.claim(&mut queue.veiled);
            veiled.qty -= node.leaves.0;
            veiled.orders -= 1;
            unlink(slab, &mut veiled.line, node.prev, node.next);
            return veils.tidy(&mut queue.veiled);
        }
        queue.qty -= node.leaves.0;
        queue.orders -= 1;
        queue.pegged -= 1;
        self.pegged[node.side as usize] -= 1;
        unlink(slab, &mut queue.line, node.prev, node.next);
    }
}

/// Puts the node with this number at the back of `line`, and gives the one before it, to which it is
/// not linked yet.
#[inline]
fn append(slab: &mut Slab, line: &mut Line, number: u32) -> u32 {
    let before = std::mem::replace(&mut line.tail, number);
    line.head = if before == NOBODY { number } else { line.head };
    slab.get_mut(before).next = number;
    before
}

/// Takes who stands between `prev` and `next` out of `line`. Nobody has a node too, so that nothing
/// depends on who is there.
#[inline]
fn unlink(slab: &mut Slab, line: &mut Line, prev: u32, next: u32) {
    line.head = if prev == NOBODY { next } else { line.head };
    line.tail = if next == NOBODY { prev } else { line.tail };
    slab.get_mut(prev).next = next;
    slab.get_mut(next).prev = prev;
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
            hidden: false,
            pegged: false,
            more: Resting::PLAIN,
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

//! What a book answers. Nothing here changes anything, but what it brings near the processor.

use super::ladder::{Look, Rung};
use super::queue::{Queue, Veiled};
use super::slab::{self, NOBODY, number};
use super::{Book, BookOf, BookView, Level, Resting, Slot};
use crate::near;
use pitfloor_model::units::{OrderKey, Price, Qty, Side};

/// All that waits at one price, shown or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WholeLevel {
    /// The price.
    pub price: Price,
    /// Lots of the shown orders.
    pub shown: Qty,
    /// Lots of the hidden orders, and what shown orders hold back.
    pub hidden: Qty,
}

/// What is shown at some price and better ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Depth {
    /// How many levels.
    pub levels: u32,
    /// How many orders.
    pub orders: u32,
    /// How many lots.
    pub qty: Qty,
}

/// What the first lots of a side come to. The mean price is `value` ÷ `qty`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sweep {
    /// How many lots there were, at most as many as asked for.
    pub qty: Qty,
    /// The sum of price × lots, in ticks × lots.
    pub value: i128,
}

/// What trades before an order does, at its own level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ahead {
    /// How many orders.
    pub orders: u32,
    /// How many lots, without those that orders hold back.
    pub qty: Qty,
}

impl<const VIEWS: bool> BookOf<VIEWS> {
    /// How many orders wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.slab.len()
    }

    /// True when nobody waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The order in `slot`.
    #[inline]
    #[must_use]
    pub fn get(&self, slot: Slot) -> Resting {
        self.slab.get(number(slot)).resting()
    }

    /// The name of the order in `slot`, without the rest of it.
    #[inline]
    #[must_use]
    pub fn key(&self, slot: Slot) -> OrderKey {
        let node = self.slab.get(number(slot));
        OrderKey::new(node.account, node.order)
    }

    /// The best price of `side`, hidden orders included.
    #[inline]
    #[must_use]
    pub fn best(&self, side: Side) -> Option<Price> {
        self.ladder.best_price(side)
    }

    /// The best price of `side` at which an order is shown. O(1) while no order of the side hides.
    #[must_use]
    pub fn best_shown(&self, side: Side) -> Option<Price> {
        if self.odd.hidden[side as usize] == 0 {
            return self.best(side);
        }
        self.best_level(side).map(|level| level.price)
    }

    /// The best price of `side` at which an order is shown that is not pegged: what pegs refer to.
    /// O(1) while no order of the side hides or is pegged.
    #[must_use]
    pub fn best_ordinary(&self, side: Side) -> Option<Price> {
        if self.odd.pegged[side as usize] == 0 {
            return self.best_shown(side);
        }
        let ordinary = |rung: &Rung| {
            let queue = self.ladder.queue(*rung);
            queue.orders > queue.pegged
        };
        self.ladder.rungs(side).find(|(_, rung)| ordinary(rung)).map(|(price, _)| price)
    }

    /// The best shown level of `side`.
    #[must_use]
    pub fn best_level(&self, side: Side) -> Option<Level> {
        levels(&self.ladder, side).next()
    }

    /// True when somebody of `side` waits at `limit` or a better price, hidden orders included.
    // One comparison for both sides: which side it is would be a guess for the processor.
    #[inline]
    #[must_use]
    pub fn reaches(&self, side: Side, limit: Price) -> bool {
        self.ladder.reaches(side, limit)
    }

    /// True when a bid meets an ask.
    #[inline]
    #[must_use]
    pub fn is_crossed(&self) -> bool {
        match (self.best(Side::Buy), self.best(Side::Sell)) {
            (Some(bid), Some(ask)) => bid >= ask,
            _ => false,
        }
    }

    /// The next to trade on `side`: at its best price the oldest shown order, or the oldest hidden
    /// one if none is shown.
    #[inline]
    #[must_use]
    pub fn first(&self, side: Side) -> Option<Slot> {
        self.ladder.best(side).map(|rung| self.head(self.ladder.queue(rung)))
    }

    /// Who trades after the order in `slot`: the next in its queue, then the hidden orders of its
    /// level, then the next worse level.
    #[must_use]
    pub fn next(&self, slot: Slot) -> Option<Slot> {
        let node = self.slab.get(number(slot));
        if node.next != NOBODY {
            return Some(slab::slot(node.next));
        }
        if !node.hidden {
            let hidden = self.veiled(self.ladder.queue(node.rung)).line.head;
            if hidden != NOBODY {
                return Some(slab::slot(hidden));
            }
        }
        let rung = self.ladder.after(node.side, node.rung)?;
        Some(self.head(self.ladder.queue(rung)))
    }

    /// The first to trade at `price`.
    #[must_use]
    pub fn first_at(&self, side: Side, price: Price) -> Option<Slot> {
        self.ladder.find(side, price).map(|rung| self.head(self.ladder.queue(rung)))
    }

    /// The shown level of `side` at `price`.
    #[must_use]
    pub fn level(&self, side: Side, price: Price) -> Option<Level> {
        level(&self.ladder, side, price)
    }

    /// The shown levels of `side`, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        levels(&self.ladder, side)
    }

    /// All levels of `side` with all that waits there, best first.
    pub fn all_levels(&self, side: Side) -> impl Iterator<Item = WholeLevel> + '_ {
        self.ladder.rungs(side).map(|(price, rung)| {
            let queue = self.ladder.queue(rung);
            let hidden = Qty(self.veiled(queue).lots());
            WholeLevel { price, shown: Qty(queue.qty), hidden }
        })
    }

    /// The orders of `side` in the order in which they trade, hidden ones included.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = Resting> + '_ {
        self.slots(side).map(|slot| self.get(slot))
    }

    /// The shown orders of `side` in the order in which they trade.
    pub fn shown_orders(&self, side: Side) -> impl Iterator<Item = Resting> + '_ {
        self.orders(side).filter(|resting| !resting.hidden)
    }

    /// What is shown on `side` at `limit` and better prices; on the whole side without a limit.
    #[must_use]
    pub fn depth(&self, side: Side, limit: Option<Price>) -> Depth {
        depth(&self.ladder, side, limit)
    }

    /// All lots of `side` at `limit` and better prices, shown or not; of the whole side without a
    /// limit.
    #[must_use]
    pub fn whole_depth(&self, side: Side, limit: Option<Price>) -> Qty {
        let within = |level: &WholeLevel| !is_worse(side, level.price, limit);
        let levels = self.all_levels(side).take_while(within);
        Qty(levels.map(|level| level.shown.0 + level.hidden.0).sum())
    }

    /// What the first `qty` shown lots of `side` come to.
    #[must_use]
    pub fn sweep(&self, side: Side, qty: Qty) -> Sweep {
        sweep(&self.ladder, side, qty)
    }

    /// What trades before the order in `slot` at its level. Costs one step per order.
    #[must_use]
    pub fn ahead(&self, slot: Slot) -> Ahead {
        let node = self.slab.get(number(slot));
        let mut ahead = Ahead::default();
        if node.hidden {
            let queue = self.ladder.queue(node.rung);
            ahead = Ahead { orders: queue.orders, qty: Qty(queue.qty) };
        }
        let mut prev = node.prev;
        while prev != NOBODY {
            let node = self.slab.get(prev);
            ahead.orders += 1;
            ahead.qty.0 += node.leaves.0;
            prev = node.prev;
        }
        ahead
    }

    /// One number for all shown levels; [`BookView::digest`] gives the same.
    #[must_use]
    pub fn digest(&self) -> u64 {
        digest(&self.ladder)
    }

    /// Reads ahead for an order that will be looked at soon. Like all that is called so, it changes
    /// nothing, may be left out, and does not mind a slot that is free by now.
    #[inline]
    pub fn foresee(&self, slot: Slot) {
        self.slab.foresee(number(slot));
    }

    /// Reads ahead for an order that will leave soon: its neighbours and its level. The order itself
    /// should be near by now.
    #[inline]
    pub fn foresee_around(&self, slot: Slot) {
        if let Some(node) = self.slab.peek(number(slot)) {
            self.slab.foresee(node.prev);
            self.slab.foresee(node.next);
            self.ladder.foresee(node.rung);
        }
    }

    /// Reads ahead for an order that will come soon and may rest at `price`: the level.
    #[inline]
    pub fn foresee_level(&self, side: Side, price: Price) {
        if let Some(rung) = self.ladder.find(side, price) {
            near::fetch(self.ladder.queue(rung));
        }
    }

    /// Reads ahead for an order that will come soon and may rest at `price`: whoever is last there.
    /// The level should be near by now.
    #[inline]
    pub fn foresee_tail(&self, side: Side, price: Price) {
        if let Some(rung) = self.ladder.find(side, price) {
            self.slab.foresee(self.ladder.queue(rung).line.tail);
        }
    }

    /// Reads ahead for an order that will soon move to `price`: whoever is last there. The order
    /// itself should be near by now.
    #[inline]
    pub fn foresee_move(&self, slot: Slot, price: Price) {
        if let Some(node) = self.slab.peek(number(slot)) {
            self.foresee_tail(node.side, price);
        }
    }

    fn slots(&self, side: Side) -> impl Iterator<Item = Slot> + '_ {
        std::iter::successors(self.first(side), |slot| self.next(*slot))
    }

    #[inline]
    fn head(&self, queue: &Queue) -> Slot {
        match queue.line.head {
            NOBODY => slab::slot(self.veiled(queue).line.head),
            head => slab::slot(head),
        }
    }

    fn veiled(&self, queue: &Queue) -> Veiled {
        self.veils.get(queue.veiled)
    }
}

impl Book {
    /// The shown levels as they are now, to keep and to hand to others. Copies no level: what is
    /// written later is copied then, page by page.
    #[must_use]
    pub fn view(&mut self) -> BookView {
        BookView::new(self.ladder.share())
    }
}

/// The shown levels of `side`, best first.
pub(super) fn levels<L: Look>(ladder: &L, side: Side) -> impl Iterator<Item = Level> + '_ {
    let shown = |(price, rung)| shown(ladder.queue(rung), price);
    ladder.rungs(side).filter_map(shown)
}

/// The shown level of `side` at `price`.
pub(super) fn level(ladder: &impl Look, side: Side, price: Price) -> Option<Level> {
    ladder.find(side, price).and_then(|rung| shown(ladder.queue(rung), price))
}

/// What is shown on `side` at `limit` and better prices.
pub(super) fn depth(ladder: &impl Look, side: Side, limit: Option<Price>) -> Depth {
    let within = |level: &Level| !is_worse(side, level.price, limit);
    levels(ladder, side).take_while(within).fold(Depth::default(), |sum, level| Depth {
        levels: sum.levels + 1,
        orders: sum.orders + level.orders,
        qty: Qty(sum.qty.0 + level.qty.0),
    })
}

/// What the first `qty` shown lots of `side` come to.
pub(super) fn sweep(ladder: &impl Look, side: Side, qty: Qty) -> Sweep {
    let mut sweep = Sweep::default();
    for level in levels(ladder, side) {
        let taken = level.qty.min(qty.less(sweep.qty));
        sweep.qty.0 += taken.0;
        sweep.value += i128::from(level.price.0) * i128::from(taken.0);
        if sweep.qty == qty {
            break;
        }
    }
    sweep
}

/// One number for all shown levels: bids, then asks, best first; price, lots and orders of each,
/// multiplied and folded.
pub(super) fn digest(ladder: &impl Look) -> u64 {
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^ (hash >> 29)
    };
    let mut hash = 1_469_598_103_934_665_603;
    for side in Side::BOTH {
        hash = mix(hash, side as u64);
        for level in levels(ladder, side) {
            let words = [level.price.0 as u64, level.qty.0, u64::from(level.orders)];
            hash = words.into_iter().fold(hash, mix);
        }
    }
    hash
}

fn shown(queue: &Queue, price: Price) -> Option<Level> {
    let (qty, orders) = (Qty(queue.qty), queue.orders);
    (orders > 0).then_some(Level { price, qty, orders })
}

fn is_worse(side: Side, price: Price, limit: Option<Price>) -> bool {
    limit.is_some_and(|limit| side.improves(limit, price))
}

//! Where waiting orders are kept: one line of the processor's cache for each, linked to its
//! neighbours in the queue. Slots are used again, last in first out, and no slot moves.

use super::Resting;
use super::ladder::{NONE, Rung};
use crate::near;
use pitfloor_model::command::Stp;
use pitfloor_model::units::{AccountId, OrderId, OrderKey, Price, Qty, Side, Stamp};

/// A waiting order and its links. The key is in two parts, to fit.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Node {
    pub(super) order: OrderId,
    pub(super) price: Price,
    pub(super) leaves: Qty,
    pub(super) traded: Qty,
    pub(super) stamp: Stamp,
    pub(super) account: AccountId,
    pub(super) prev: u32,
    /// The order behind it; in a free slot the slot to use after this one.
    pub(super) next: u32,
    pub(super) rung: Rung,
    pub(super) more: u32,
    pub(super) side: Side,
    pub(super) stp: Stp,
    pub(super) hidden: bool,
    pub(super) pegged: bool,
}

const _: () = assert!(size_of::<Node>() == 64, "an order fits one line of the cache");

/// All waiting orders of a book.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    nodes: Vec<Node>,
    /// The slot to use next, before the slab grows.
    free: u32,
    used: usize,
}

impl Default for Slab {
    fn default() -> Self {
        Self { nodes: Vec::new(), free: NONE, used: 0 }
    }
}

impl Node {
    pub(super) const fn new(resting: &Resting, rung: Rung, prev: u32) -> Self {
        let Resting { key, side, price, leaves, traded, stamp, stp, hidden, pegged, more } =
            *resting;
        let (account, order, next) = (key.account, key.order, NONE);
        #[rustfmt::skip]
        let node = Self {
            order, price, leaves, traded, stamp, account, prev, next, rung, more, side, stp, hidden,
            pegged,
        };
        node
    }

    #[inline]
    pub(super) const fn resting(&self) -> Resting {
        Resting {
            key: OrderKey::new(self.account, self.order),
            side: self.side,
            price: self.price,
            leaves: self.leaves,
            traded: self.traded,
            stamp: self.stamp,
            stp: self.stp,
            hidden: self.hidden,
            pegged: self.pegged,
            more: self.more,
        }
    }
}

impl Slab {
    pub(super) const fn len(&self) -> usize {
        self.used
    }

    #[inline]
    pub(super) fn get(&self, slot: u32) -> &Node {
        &self.nodes[slot as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, slot: u32) -> &mut Node {
        &mut self.nodes[slot as usize]
    }

    /// The slot that the next order will take.
    #[inline]
    pub(super) fn next_slot(&self) -> u32 {
        if self.free == NONE {
            u32::try_from(self.nodes.len()).expect("fewer orders than slots have numbers")
        } else {
            self.free
        }
    }

    /// Puts `node` into [`Slab::next_slot`].
    #[inline]
    pub(super) fn put(&mut self, node: Node) {
        self.used += 1;
        if self.free == NONE {
            self.nodes.push(node);
        } else {
            let slot = &mut self.nodes[self.free as usize];
            self.free = slot.next;
            *slot = node;
        }
    }

    #[inline]
    pub(super) fn free(&mut self, slot: u32) {
        self.used -= 1;
        self.nodes[slot as usize].next = std::mem::replace(&mut self.free, slot);
    }

    /// What is in `slot`, if there is such a slot: an order, or what is left of one.
    #[inline]
    pub(super) fn peek(&self, slot: u32) -> Option<&Node> {
        self.nodes.get(slot as usize)
    }

    /// Brings the order in `slot`, if there is such a slot, near the processor.
    #[inline]
    pub(super) fn foresee(&self, slot: u32) {
        if let Some(node) = self.peek(slot) {
            near::fetch(node);
        }
    }
}

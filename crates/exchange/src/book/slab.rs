//! Where waiting orders are kept: one line of the processor's cache for each, linked to its
//! neighbours in the queue. Slots are used again, last in first out, and no slot moves.
//!
//! Nodes are numbered from 1. Number 0 is [`NOBODY`], and a node is kept for it, of which nobody ever
//! reads anything: so the first and the last of a queue have neighbours to write to as everybody
//! else does, and whether one is the first need not be guessed by the processor.

use super::ladder::Rung;
use super::{Book, Resting, Slot};
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
    /// The order behind it; in a free slot the one to use after this one.
    pub(super) next: u32,
    pub(super) rung: Rung,
    pub(super) more: u32,
    pub(super) side: Side,
    pub(super) stp: Stp,
    pub(super) hidden: bool,
    pub(super) pegged: bool,
}

const _: () = assert!(size_of::<Node>() == 64, "an order fits one line of the cache");

/// The number of a node that is not there.
pub(super) const NOBODY: u32 = 0;

/// The number of the node in `slot`.
#[inline]
pub(super) const fn number(slot: Slot) -> u32 {
    slot.0.wrapping_add(1)
}

/// Where the node with this number stands, which is somebody's.
#[inline]
pub(super) const fn slot(number: u32) -> Slot {
    Slot(number.wrapping_sub(1))
}

/// All waiting orders of a book.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    nodes: Vec<Node>,
    /// The node to use next, before the slab grows.
    free: u32,
    used: usize,
}

impl Default for Slab {
    fn default() -> Self {
        Self { nodes: vec![Node::NOBODY], free: NOBODY, used: 0 }
    }
}

impl Node {
    const NOBODY: Self = Self {
        order: OrderId(0),
        price: Price(0),
        leaves: Qty::ZERO,
        traded: Qty::ZERO,
        stamp: Stamp(0),
        account: AccountId(0),
        prev: NOBODY,
        next: NOBODY,
        rung: Rung(0),
        more: Resting::PLAIN,
        side: Side::Buy,
        stp: Stp::None,
        hidden: false,
        pegged: false,
    };

    #[inline]
    pub(super) const fn new(resting: &Resting, rung: Rung, prev: u32) -> Self {
        let Resting { key, side, price, leaves, traded, stamp, stp, hidden, pegged, more } =
            *resting;
        let (account, order, next) = (key.account, key.order, NOBODY);
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
    pub(super) fn get(&self, number: u32) -> &Node {
        &self.nodes[number as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, number: u32) -> &mut Node {
        &mut self.nodes[number as usize]
    }

    /// A node for one more order, whose fields are still to be written.
    ///
    /// # Panics
    ///
    /// When there are [`Book::ORDERS_MAX`] already.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn claim(&mut self) -> u32 {
        let number = self.free;
        if number == NOBODY {
            return self.grow();
        }
        self.free = self.nodes[number as usize].next;
        self.used += 1;
        number
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> u32 {
        assert!(self.used < Book::ORDERS_MAX, "the gate lets no more orders in than fit");
        if self.nodes.len() == self.nodes.capacity() {
            let mut larger = Vec::with_capacity(2 * self.nodes.len());
            near::lie_large(&mut larger);
            larger.extend_from_slice(&self.nodes);
            self.nodes = larger;
        }
        self.nodes.push(Node::NOBODY);
        self.used += 1;
        u32::try_from(self.used).expect("fewer orders than numbers")
    }

    /// Gives back the node of an order that has left.
    #[inline]
    pub(super) fn free(&mut self, number: u32) {
        self.used -= 1;
        self.nodes[number as usize].next = std::mem::replace(&mut self.free, number);
    }

    /// The node with this number, if there is one: an order, or what is left of one.
    #[inline]
    pub(super) fn peek(&self, number: u32) -> Option<&Node> {
        self.nodes.get(number as usize)
    }

    /// Brings the node with this number, if there is one, near the processor.
    #[inline]
    pub(super) fn foresee(&self, number: u32) {
        if let Some(node) = self.peek(number) {
            near::fetch(node);
        }
    }
}

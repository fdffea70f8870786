//! The ladder of price levels: from a price to its level, and from a level to the next worse one.
//!
//! Per side a tree of bitmaps with 64 branches. A price becomes a key that is smaller the better
//! the price is, so that one path of code serves both sides: six bits of the key name a level in
//! its leaf, the next six the leaf in its branch, and so on. The tree is as high as the prices in
//! the book are apart: a price outside makes a new root above the old one, whatever the price, and
//! a root that has not been needed for a while goes again. Finding a price costs one step per
//! height; finding the next level costs one bitmap, or a short climb.
//!
//! A leaf that comes before all others is the front, and stands outside the tree until a better one
//! comes: where prices jump, most orders come alone, are the best for a moment and go, and building
//! a way to them and pulling it down again would be most of the work.
//!
//! Leaves and branches are [`super::pages`], so that a view shares them. Those that fall empty are
//! used again, last in first out.

mod tree;

use super::pages::{Pages, Shared};
use super::queue::Queue;
use crate::near;
use pitfloor_model::units::{Price, Side};

/// Both sides' levels.
#[derive(Clone, Debug)]
pub(super) struct Ladder<const VIEWS: bool> {
    leaves: Pages<Leaf, VIEWS>,
    branches: Pages<Branch, VIEWS>,
    tops: [Top; 2],
    free_leaf: u32,
    free_branch: u32,
}

/// The ladder as it was at one moment.
#[derive(Clone, Debug)]
pub(super) struct SharedLadder {
    leaves: Shared<Leaf>,
    branches: Shared<Branch>,
    tops: [Top; 2],
}

/// A level, by its number: 64 × the leaf's number + its place in the leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rung(pub(super) u32);

/// Where one side begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Top {
    /// The best level, [`NONE`] on an empty side.
    best: u32,
    /// The uppermost branch; [`NONE`] where there is no tree. It may be left standing when the tree
    /// is empty.
    root: u32,
    height: u32,
    /// The leaf that the best level is in, if that is not in the tree.
    front: u32,
    /// The best level of the tree while there is a front; otherwise [`NONE`].
    behind: u32,
    /// How many more leaves may go before the root goes too, if it is not needed until then.
    patience: u32,
    /// The best level's key.
    best_key: u64,
    /// The key of the best level behind the front.
    behind_key: u64,
    /// A key that the root stands above.
    under: u64,
}

/// 64 neighbouring prices. Only levels that are marked mean anything.
#[derive(Clone, Debug)]
#[repr(align(32))]
pub(super) struct Leaf {
    marked: u64,
    /// The key of its first level.
    base: u64,
    /// The branch above, [`NONE`] for a front; or the next free leaf.
    parent: u32,
    queues: [Queue; FAN],
}

/// 64 neighbouring leaves or lower branches. Only children that are marked mean anything.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    marked: u64,
    /// The branch above, or the next free branch.
    parent: u32,
    children: [u32; FAN],
}

/// How many branches a node has.
const FAN: usize = 64;
const FAN_BITS: u32 = FAN.trailing_zeros();

/// Nothing there.
pub(super) const NONE: u32 = u32::MAX;

/// What turns a price into a key and back: keys are unsigned and a better price has the smaller
/// one. For sellers that is the price with its sign turned, for buyers the complement of that.
const fn mask(side: Side) -> u64 {
    match side {
        Side::Sell => 1 << 63,
        Side::Buy => !(1 << 63),
    }
}

#[inline]
const fn key(side: Side, price: Price) -> u64 {
    price.0 as u64 ^ mask(side)
}

#[inline]
const fn price(side: Side, key: u64) -> Price {
    Price((key ^ mask(side)) as i64)
}

/// Which child, at `height`, leads to `key`.
#[inline]
const fn turn(key: u64, height: u32) -> usize {
    ((key >> (height * FAN_BITS)) & (FAN as u64 - 1)) as usize
}

/// True when a root of `height` above `one` also stands above `other`.
#[inline]
const fn covers(height: u32, one: u64, other: u64) -> bool {
    let shift = (height + 1) * FAN_BITS;
    shift >= u64::BITS || (one ^ other) >> shift == 0
}

/// What is marked behind `at`.
#[inline]
const fn behind(marked: u64, at: usize) -> u64 {
    marked & (!1 << at)
}

impl Rung {
    #[inline]
    const fn new(leaf: u32, at: usize) -> Self {
        Self(leaf * FAN as u32 + at as u32)
    }

    #[inline]
    const fn leaf(self) -> u32 {
        self.0 / FAN as u32
    }

    #[inline]
    const fn at(self) -> usize {
        self.0 as usize % FAN
    }
}

/// Looking: the same for a live ladder and for one that is kept in a view.
pub(super) trait Look {
    fn leaf(&self, at: u32) -> &Leaf;
    fn branch(&self, at: u32) -> &Branch;
    fn top(&self, side: Side) -> &Top;

    /// The best level of `side`.
    #[inline]
    fn best(&self, side: Side) -> Option<Rung> {
        let best = self.top(side).best;
        (best != NONE).then_some(Rung(best))
    }

    /// The best price of `side`.
    #[inline]
    fn best_price(&self, side: Side) -> Option<Price> {
        let top = self.top(side);
        (top.best != NONE).then(|| price(side, top.best_key))
    }

    #[inline]
    fn queue(&self, rung: Rung) -> &Queue {
        &self.leaf(rung.leaf()).queues[rung.at()]
    }

    /// The price of a level of `side`.
    #[inline]
    fn price(&self, side: Side, rung: Rung) -> Price {
        price(side, self.leaf(rung.leaf()).base | rung.at() as u64)
    }

    /// The next worse level of `side`.
    #[inline]
    fn after(&self, side: Side, rung: Rung) -> Option<Rung> {
        let leaf = self.leaf(rung.leaf());
        let later = behind(leaf.marked, rung.at());
        if later != 0 {
            return Some(Rung::new(rung.leaf(), later.trailing_zeros() as usize));
        }
        if leaf.parent == NONE {
            let behind = self.top(side).behind;
            return (behind != NONE).then_some(Rung(behind));
        }
        let leaf = self.leaf_after(leaf)?;
        Some(Rung::new(leaf, self.leaf(leaf).marked.trailing_zeros() as usize))
    }

    /// The leaf behind `leaf`, which is in the tree.
    fn leaf_after(&self, leaf: &Leaf) -> Option<u32> {
        let (mut up, mut height) = (leaf.parent, 1);
        while up != NONE {
            let branch = self.branch(up);
            let later = behind(branch.marked, turn(leaf.base, height));
            if later != 0 {
                let mut down = branch.children[later.trailing_zeros() as usize];
                for _ in 1..height {
                    let branch = self.branch(down);
                    down = branch.children[branch.marked.trailing_zeros() as usize];
                }
                return Some(down);
            }
            (up, height) = (branch.parent, height + 1);
        }
        None
    }

    /// The level of `side` at `price`, if anybody waits there.
    fn find(&self, side: Side, price: Price) -> Option<Rung> {
        let (top, key) = (self.top(side), key(side, price));
        let leaf = if top.is_near(key) { Rung(top.best).leaf() } else { self.leaf_with(top, key)? };
        let at = turn(key, 0);
        (self.leaf(leaf).marked >> at & 1 == 1).then(|| Rung::new(leaf, at))
    }

    /// The leaf of the tree that has room for `key`.
    fn leaf_with(&self, top: &Top, key: u64) -> Option<u32> {
        if top.root == NONE || !covers(top.height, top.under, key) {
            return None;
        }
        let mut down = top.root;
        for height in (1..=top.height).rev() {
            let (branch, turn) = (self.branch(down), turn(key, height));
            if branch.marked >> turn & 1 == 0 {
                return None;
            }
            down = branch.children[turn];
        }
        Some(down)
    }

    /// All levels of `side` with their prices, best first.
    fn rungs(&self, side: Side) -> impl Iterator<Item = (Price, Rung)> {
        std::iter::successors(self.best(side), move |rung| self.after(side, *rung))
            .map(move |rung| (self.price(side, rung), rung))
    }
}

impl<const VIEWS: bool> Look for Ladder<VIEWS> {
    #[inline]
    fn leaf(&self, at: u32) -> &Leaf {
        self.leaves.read(at)
    }

    #[inline]
    fn branch(&self, at: u32) -> &Branch {
        self.branches.read(at)
    }

    #[inline]
    fn top(&self, side: Side) -> &Top {
        &self.tops[side as usize]
    }
}

impl Look for SharedLadder {
    fn leaf(&self, at: u32) -> &Leaf {
        self.leaves.read(at)
    }

    fn branch(&self, at: u32) -> &Branch {
        self.branches.read(at)
    }

    fn top(&self, side: Side) -> &Top {
        &self.tops[side as usize]
    }
}

impl<const VIEWS: bool> Default for Ladder<VIEWS> {
    fn default() -> Self {
        Self {
            leaves: Pages::default(),
            branches: Pages::default(),
            tops: [Top::EMPTY; 2],
            free_leaf: NONE,
            free_branch: NONE,
        }
    }
}

impl Top {
    const EMPTY: Self = Self {
        best: NONE,
        root: NONE,
        height: 0,
        front: NONE,
        behind: NONE,
        patience: tree::PATIENCE,
        best_key: u64::MAX,
        behind_key: u64::MAX,
        under: u64::MAX,
    };

    /// True when `key` belongs in the leaf of the best level.
    #[inline]
    const fn is_near(&self, key: u64) -> bool {
        self.best != NONE && (self.best_key ^ key) < FAN as u64
    }

    /// The best level of the tree and its key.
    #[inline]
    const fn tree(&mut self) -> (&mut u32, &mut u64) {
        if self.front == NONE {
            (&mut self.best, &mut self.best_key)
        } else {
            (&mut self.behind, &mut self.behind_key)
        }
    }
}

impl<const VIEWS: bool> Ladder<VIEWS> {
    /// The level of `side` at `price` and its queue, made if nobody waits there yet. Where nobody
    /// waits the queue is empty already: that is how the last one left it.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn claim(&mut self, side: Side, price: Price) -> (Rung, &mut Queue) {
        let key = key(side, price);
        let top = &self.tops[side as usize];
        let leaf = if top.is_near(key) { Rung(top.best).leaf() } else { self.leaf_of(side, key) };
        let (at, top) = (turn(key, 0), &mut self.tops[side as usize]);
        let page = self.leaves.write(leaf);
        page.marked |= 1 << at;
        if key < top.best_key || top.best == NONE {
            (top.best, top.best_key) = (Rung::new(leaf, at).0, key);
        }
        (Rung::new(leaf, at), &mut page.queues[at])
    }

    /// Takes a level off on which nobody waits any more.
    #[inline]
    pub(super) fn release(&mut self, side: Side, rung: Rung) {
        let (leaf, at) = (rung.leaf(), rung.at());
        let page = self.leaves.write(leaf);
        debug_assert!(page.queues[at].is_empty(), "the last one leaves nothing");
        page.marked &= !(1 << at);
        let (marked, base) = (page.marked, page.base);
        if marked == 0 {
            return self.drop_leaf(side, rung);
        }
        let top = &mut self.tops[side as usize];
        if top.best == rung.0 {
            let at = marked.trailing_zeros() as usize;
            (top.best, top.best_key) = (Rung::new(leaf, at).0, base | at as u64);
        } else if top.behind == rung.0 {
            let at = marked.trailing_zeros() as usize;
            (top.behind, top.behind_key) = (Rung::new(leaf, at).0, base | at as u64);
        }
    }

    /// The queue of a level, to change.
    #[inline]
    pub(super) fn queue_mut(&mut self, rung: Rung) -> &mut Queue {
        &mut self.leaves.write(rung.leaf()).queues[rung.at()]
    }

    /// The ladder as it is now, for ever.
    pub(super) fn share(&mut self) -> SharedLadder {
        let (leaves, branches) = (self.leaves.share(), self.branches.share());
        SharedLadder { leaves, branches, tops: self.tops }
    }

    /// Brings a level near the processor.
    pub(super) fn foresee(&self, rung: Rung) {
        near::fetch(self.queue(rung));
    }

    /// True when somebody of `side` waits at `limit` or a better price.
    #[inline]
    pub(super) fn reaches(&self, side: Side, limit: Price) -> bool {
        let top = &self.tops[side as usize];
        top.best_key <= key(side, limit) && top.best != NONE
    }
}

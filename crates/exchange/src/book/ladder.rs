//! The ladder of price levels: from a price to its level, and from a level to the next worse one.
//!
//! Per side a tree of bitmaps with 64 branches. A price becomes a key that is smaller the better
//! the price is, so that one path of code serves both sides: six bits of the key name a level in
//! its leaf, the next six the leaf in its branch, and so on. The tree is as high as the prices in
//! the book are apart: a price outside makes a new root above the old one, whatever the price. A
//! root that has not been needed for a while goes again, and not at once: where a price far off
//! comes and goes, the next one is seldom nearer, and building and pulling down would be half of
//! the work. Finding a price costs one step per height; finding the next level costs one bitmap, or
//! a short climb.
//!
//! Leaves and branches are [`super::pages`], so that a view shares them. Those that fall empty are
//! used again, last in first out.

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
    /// The uppermost branch, or the only leaf when `height` is 0; [`NONE`] where nothing stands. A
    /// branch may be left standing when the side is empty.
    root: u32,
    height: u32,
    /// How many more leaves may go before the root goes too, if it is not needed until then.
    patience: u32,
    /// The best level's key.
    best_key: u64,
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
    /// The branch above, or the next free leaf.
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

/// How many leaves go, while at most one branch leaves the root, before the root goes too.
const PATIENCE: u32 = 64;

/// How many leaves are made for later when one is made: not so many that it would be felt.
const SPARE_LEAVES_MAX: u32 = 7;

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

    /// The next worse level of the same side.
    #[inline]
    fn after(&self, rung: Rung) -> Option<Rung> {
        let leaf = self.leaf(rung.leaf());
        let later = behind(leaf.marked, rung.at());
        if later != 0 {
            return Some(Rung::new(rung.leaf(), later.trailing_zeros() as usize));
        }
        let leaf = self.leaf_after(leaf)?;
        Some(Rung::new(leaf, self.leaf(leaf).marked.trailing_zeros() as usize))
    }

    /// The leaf behind `leaf`, which may be unmarked already.
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
        if top.best == NONE || !covers(top.height, top.under, key) {
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
        let at = turn(key, 0);
        (self.leaf(down).marked >> at & 1 == 1).then(|| Rung::new(down, at))
    }

    /// All levels of `side` with their prices, best first.
    fn rungs(&self, side: Side) -> impl Iterator<Item = (Price, Rung)> {
        std::iter::successors(self.best(side), |rung| self.after(*rung))
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
        patience: PATIENCE,
        best_key: u64::MAX,
        under: u64::MAX,
    };
}

impl<const VIEWS: bool> Ladder<VIEWS> {
    /// The level of `side` at `price` and its queue, made if nobody waits there yet. Where nobody
    /// waits the queue is empty already: that is how the last one left it.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn claim(&mut self, side: Side, price: Price) -> (Rung, &mut Queue) {
        let key = key(side, price);
        let top = &self.tops[side as usize];
        let near = top.best != NONE && (top.best_key ^ key) < FAN as u64;
        let leaf = if near { Rung(top.best).leaf() } else { self.leaf_of(side, key) };
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

    /// The leaf in which `key` belongs, made if it is not there.
    #[inline(never)]
    fn leaf_of(&mut self, side: Side, key: u64) -> u32 {
        let Top { root, height, under, .. } = self.tops[side as usize];
        if root == NONE || !covers(height, under, key) {
            self.reach_out(side, key);
        }
        let Top { root: mut down, height, .. } = self.tops[side as usize];
        for height in (1..=height).rev() {
            let turn = turn(key, height);
            let branch = self.branches.read(down);
            down = if branch.marked >> turn & 1 == 1 {
                branch.children[turn]
            } else {
                let child =
                    if height == 1 { self.new_leaf(key, down) } else { self.new_branch(down) };
                let branch = self.branches.write(down);
                branch.marked |= 1 << turn;
                branch.children[turn] = child;
                child
            };
        }
        down
    }

    /// Sees to it that the root of `side` stands above `key`.
    #[cold]
    #[inline(never)]
    fn reach_out(&mut self, side: Side, key: u64) {
        let mut top = self.tops[side as usize];
        if top.best == NONE {
            // What stands above nothing may stand anywhere.
            top.under = key;
        }
        if top.root == NONE {
            top.root = self.new_leaf(key, NONE);
        }
        while !covers(top.height, top.under, key) {
            let root = self.new_branch(NONE);
            self.set_parent(top.root, top.height, root);
            top.height += 1;
            let (branch, turn) = (self.branches.write(root), turn(top.under, top.height));
            (branch.marked, branch.children[turn]) = (1 << turn, top.root);
            top.root = root;
        }
        self.tops[side as usize] = top;
    }

    /// Takes away the leaf of `rung`, on which nothing is marked any more, and what falls empty
    /// above it but for the root.
    #[inline(never)]
    fn drop_leaf(&mut self, side: Side, rung: Rung) {
        let gone = rung.leaf();
        let mut top = self.tops[side as usize];
        if top.best == rung.0 {
            (top.best, top.best_key) = (NONE, u64::MAX);
            if let Some(leaf) = self.leaf_after(self.leaves.read(gone)) {
                let page = self.leaves.read(leaf);
                let at = page.marked.trailing_zeros() as usize;
                (top.best, top.best_key) = (Rung::new(leaf, at).0, page.base | at as u64);
            }
        }
        let leaf = self.leaves.write(gone);
        let (base, mut up) = (leaf.base, std::mem::replace(&mut leaf.parent, self.free_leaf));
        self.free_leaf = gone;
        if top.height == 0 {
            self.tops[side as usize] = Top::EMPTY;
            return;
        }
        let mut height = 1;
        loop {
            let branch = self.branches.write(up);
            branch.marked &= !(1 << turn(base, height));
            let (left, parent) = (branch.marked, branch.parent);
            if height == top.height && left != 0 {
                top.patience = PATIENCE + 1;
            }
            if height == top.height || left != 0 {
                break;
            }
            self.free_branch(up);
            (up, height) = (parent, height + 1);
        }
        top.patience -= 1;
        self.tops[side as usize] = top;
        if top.patience == 0 {
            self.lower(side);
        }
    }

    /// Takes the root of `side` away if at most one branch leaves it.
    #[cold]
    #[inline(never)]
    fn lower(&mut self, side: Side) {
        let mut top = self.tops[side as usize];
        top.patience = PATIENCE;
        let root = self.branches.read(top.root);
        if root.marked == 0 {
            self.free_branch(top.root);
            top = Top::EMPTY;
        } else if root.marked.is_power_of_two() {
            let child = root.children[root.marked.trailing_zeros() as usize];
            self.free_branch(top.root);
            (top.root, top.height, top.under) = (child, top.height - 1, top.best_key);
            self.set_parent(child, top.height, NONE);
        }
        self.tops[side as usize] = top;
    }

    fn set_parent(&mut self, child: u32, height: u32, parent: u32) {
        if height == 0 {
            self.leaves.write(child).parent = parent;
        } else {
            self.branches.write(child).parent = parent;
        }
    }

    fn new_leaf(&mut self, key: u64, parent: u32) -> u32 {
        let base = key & !(FAN as u64 - 1);
        if self.free_leaf == NONE {
            return self.add_leaf(base, parent);
        }
        let at = self.free_leaf;
        let leaf = self.leaves.write(at);
        self.free_leaf = std::mem::replace(&mut leaf.parent, parent);
        (leaf.marked, leaf.base) = (0, base);
        at
    }

    /// Makes a leaf, and as many for later as there are, so that a book that has seen its prices
    /// asks for no more memory. Apart, because it needs room on the stack that no other path does.
    #[cold]
    #[inline(never)]
    fn add_leaf(&mut self, base: u64, parent: u32) -> u32 {
        let leaf = |parent| Leaf { marked: 0, base, parent, queues: [Queue::EMPTY; FAN] };
        for _ in 0..self.leaves.len().min(SPARE_LEAVES_MAX) {
            self.free_leaf = self.leaves.add(leaf(self.free_leaf));
        }
        self.leaves.add(leaf(parent))
    }

    fn new_branch(&mut self, parent: u32) -> u32 {
        if self.free_branch == NONE {
            return self.branches.add(Branch { marked: 0, parent, children: [NONE; FAN] });
        }
        let at = self.free_branch;
        let branch = self.branches.write(at);
        self.free_branch = std::mem::replace(&mut branch.parent, parent);
        branch.marked = 0;
        at
    }

    fn free_branch(&mut self, at: u32) {
        self.branches.write(at).parent = self.free_branch;
        self.free_branch = at;
    }
}

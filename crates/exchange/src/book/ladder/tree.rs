//! The tree under a ladder: how leaves and branches are put into it and taken out, and the front
//! that stands before it.

use super::super::queue::Queue;
use super::{Branch, FAN, Ladder, Leaf, NONE, Rung, Top, covers, turn};
use pitfloor_model::units::Side;

/// How many leaves go, while at most one branch leaves the root, before the root goes too.
pub(super) const PATIENCE: u32 = 64;

/// How many leaves are made for later when one is made: not so many that it would be felt.
const SPARE_LEAVES_MAX: u32 = 7;

impl<const VIEWS: bool> Ladder<VIEWS> {
    /// The leaf in which `key` belongs, which is not that of the best level; made if it is not there.
    #[inline(never)]
    pub(super) fn leaf_of(&mut self, side: Side, key: u64) -> u32 {
        let Top { best, best_key, front, .. } = self.tops[side as usize];
        if best != NONE && key > best_key {
            return self.leaf_in_tree(side, key);
        }
        if front != NONE {
            self.hang_front(side);
        }
        let leaf = self.new_leaf(key, NONE);
        let top = &mut self.tops[side as usize];
        (top.behind, top.behind_key) = (best, best_key);
        top.front = leaf;
        leaf
    }

    /// The leaf of the tree in which `key` belongs, made if it is not there. That it is the best
    /// there is noted, if it is.
    #[inline(never)]
    fn leaf_in_tree(&mut self, side: Side, key: u64) -> u32 {
        let (up, at) = (self.branch_above(side, key), turn(key, 1));
        let branch = self.branches.read(up);
        let leaf = if branch.marked >> at & 1 == 1 {
            branch.children[at]
        } else {
            let leaf = self.new_leaf(key, up);
            self.hang(up, at, leaf);
            leaf
        };
        let top = &mut self.tops[side as usize];
        if top.front != NONE && (key < top.behind_key || top.behind == NONE) {
            (top.behind, top.behind_key) = (Rung::new(leaf, turn(key, 0)).0, key);
        }
        leaf
    }

    /// Puts the front, before which a better one comes, into the tree.
    #[inline(never)]
    fn hang_front(&mut self, side: Side) {
        let Top { front, best_key, .. } = self.tops[side as usize];
        let up = self.branch_above(side, best_key);
        self.hang(up, turn(best_key, 1), front);
        self.leaves.write(front).parent = up;
    }

    /// The lowest branch above `key`, made if it is not there. A leaf for `key` must be there at
    /// once, if it is not.
    #[inline]
    fn branch_above(&mut self, side: Side, key: u64) -> u32 {
        let Top { root, height, under, .. } = self.tops[side as usize];
        if root == NONE || !covers(height, under, key) {
            self.reach_out(side, key);
        }
        let Top { root: mut down, mut height, .. } = self.tops[side as usize];
        while height > 1 {
            let (branch, turn) = (self.branches.read(down), turn(key, height));
            down = if branch.marked >> turn & 1 == 1 {
                branch.children[turn]
            } else {
                let child = self.new_branch(down);
                self.hang(down, turn, child);
                child
            };
            height -= 1;
        }
        down
    }

    /// Makes `child` a child of the branch `up`.
    #[inline]
    fn hang(&mut self, up: u32, at: usize, child: u32) {
        let branch = self.branches.write(up);
        branch.marked |= 1 << at;
        branch.children[at] = child;
    }

    /// Sees to it that the root of `side` stands above `key`.
    #[cold]
    #[inline(never)]
    fn reach_out(&mut self, side: Side, key: u64) {
        let mut top = self.tops[side as usize];
        if *top.tree().0 == NONE {
            // What stands above nothing may stand anywhere.
            top.under = key;
        }
        if top.root == NONE {
            (top.root, top.height) = (self.new_branch(NONE), 1);
        }
        while !covers(top.height, top.under, key) {
            let root = self.new_branch(NONE);
            self.branches.write(top.root).parent = root;
            top.height += 1;
            self.hang(root, turn(top.under, top.height), top.root);
            top.root = root;
        }
        self.tops[side as usize] = top;
    }

    /// Takes away the leaf of `rung`, on which nothing is marked any more, and what falls empty
    /// above it but for the root.
    #[inline(never)]
    pub(super) fn drop_leaf(&mut self, side: Side, rung: Rung) {
        let leaf = self.leaves.write(rung.leaf());
        let (base, up) = (leaf.base, std::mem::replace(&mut leaf.parent, self.free_leaf));
        self.free_leaf = rung.leaf();
        if up != NONE {
            return self.take_down(side, rung, base, up);
        }
        let top = &mut self.tops[side as usize];
        (top.best, top.best_key) = (top.behind, top.behind_key);
        (top.behind, top.behind_key) = (NONE, u64::MAX);
        top.front = NONE;
    }

    /// Takes the leaf of `rung`, with this base, out of the branch `up`, and what falls empty above it
    /// but for the root.
    #[inline(never)]
    fn take_down(&mut self, side: Side, rung: Rung, base: u64, mut up: u32) {
        let top = &mut self.tops[side as usize];
        let mut height = 1;
        let left = loop {
            let branch = self.branches.write(up);
            branch.marked &= !(1 << turn(base, height));
            let (left, parent) = (branch.marked, branch.parent);
            if left != 0 || parent == NONE {
                // Whoever had two branches was needed.
                top.patience =
                    if parent == NONE && left != 0 { PATIENCE } else { top.patience - 1 };
                break left;
            }
            branch.parent = std::mem::replace(&mut self.free_branch, up);
            (up, height) = (parent, height + 1);
        };
        let patience = top.patience;
        let (best, best_key) = top.tree();
        if *best == rung.0 {
            (*best, *best_key) = (NONE, u64::MAX);
            if left != 0 {
                // Nothing in the tree was better, so the best is the first of what is left.
                for _ in 0..height {
                    let branch = self.branches.read(up);
                    up = branch.children[branch.marked.trailing_zeros() as usize];
                }
                let page = self.leaves.read(up);
                let at = page.marked.trailing_zeros() as usize;
                (*best, *best_key) = (Rung::new(up, at).0, page.base | at as u64);
            }
        }
        if patience == 0 {
            self.lower(side);
        }
    }

    /// Takes the root of `side` away if at most one branch leaves it.
    #[cold]
    #[inline(never)]
    fn lower(&mut self, side: Side) {
        let mut top = self.tops[side as usize];
        let root = self.branches.read(top.root);
        if root.marked == 0 {
            self.free_branch(top.root);
            (top.root, top.height) = (NONE, 0);
        } else if root.marked.is_power_of_two() && top.height > 1 {
            let child = root.children[root.marked.trailing_zeros() as usize];
            self.free_branch(top.root);
            (top.root, top.height, top.under) = (child, top.height - 1, *top.tree().1);
            self.branches.write(child).parent = NONE;
        }
        self.tops[side as usize] = Top { patience: PATIENCE, ..top };
    }

    #[inline]
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

    #[inline]
    fn new_branch(&mut self, parent: u32) -> u32 {
        if self.free_branch == NONE {
            return self.add_branch(parent);
        }
        let at = self.free_branch;
        let branch = self.branches.write(at);
        self.free_branch = std::mem::replace(&mut branch.parent, parent);
        branch.marked = 0;
        at
    }

    #[cold]
    #[inline(never)]
    fn add_branch(&mut self, parent: u32) -> u32 {
        self.branches.add(Branch { marked: 0, parent, children: [NONE; FAN] })
    }

    fn free_branch(&mut self, at: u32) {
        self.branches.write(at).parent = self.free_branch;
        self.free_branch = at;
    }
}

//! A view: the shown levels of a book at one moment, to keep and to hand to others.

use super::Level;
use super::ladder::SharedLadder;
use super::reading::{self, Depth, Sweep};
use pitfloor_model::units::{Price, Qty, Side};

/// The shown levels of a book at one moment. It never changes, any thread may read it while the
/// market goes on, and it shares its pages with the book and with other views.
#[derive(Clone, Debug)]
pub struct BookView {
    ladder: SharedLadder,
}

impl BookView {
    pub(super) const fn new(ladder: SharedLadder) -> Self {
        Self { ladder }
    }

    /// The best level of `side`.
    #[must_use]
    pub fn best_level(&self, side: Side) -> Option<Level> {
        self.levels(side).next()
    }

    /// The level of `side` at `price`.
    #[must_use]
    pub fn level(&self, side: Side, price: Price) -> Option<Level> {
        reading::level(&self.ladder, side, price)
    }

    /// The levels of `side`, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        reading::levels(&self.ladder, side)
    }

    /// What waits on `side` at `limit` and better prices; on the whole side without a limit.
    #[must_use]
    pub fn depth(&self, side: Side, limit: Option<Price>) -> Depth {
        reading::depth(&self.ladder, side, limit)
    }

    /// What the first `qty` lots of `side` come to.
    #[must_use]
    pub fn sweep(&self, side: Side, qty: Qty) -> Sweep {
        reading::sweep(&self.ladder, side, qty)
    }

    /// One number for all levels; the book gave the same at the view's moment.
    #[must_use]
    pub fn digest(&self) -> u64 {
        reading::digest(&self.ladder)
    }
}

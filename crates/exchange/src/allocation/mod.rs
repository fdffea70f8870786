//! Who gets how much at one price, when not everybody can have everything.
//!
//! First come, first served is one way to share; futures and options venues know others, which
//! give weight to size, to whoever improved the price, or to a designated market maker. This room
//! knows neither book nor ledger: the makers of a level in their queue and the taker's lots in,
//! shares out. Everything else (that the best level is used up before the next is touched, that
//! hidden lots come after shown ones) is the book's.
//!
//! [`Allocation`] is the rule as plain data, for a venue's definition; [`AllocationRule`] is the
//! seam for rules of one's own; [`allocate`] is the door for both and holds every rule to its
//! contract.
//!
//! # The rules
//!
//! A are the taker's lots, q the shown lots of each maker in the order of their stamps, Q their
//! sum. When A ≥ Q every maker gets all it has. Otherwise these steps run, each on what the ones
//! before have left (CME Globex, "Matching Algorithm Steps": the steps of its algorithm K, of which
//! its others are parts; the minimum of 2 lots is that of its "Allocation" algorithm):
//!
//! 1. *top*: the order that first improved the market is filled first;
//! 2. *lead market maker*: ⌊A·p/100⌋ to the designated market maker;
//! 3. *split*: ⌊A·f/100⌋ first come, first served;
//! 4. *pro rata*: ⌊q·A/Q⌋ to each; shares below a minimum become nothing;
//! 5. *remainder*: first come, first served.
//!
//! Variations of steps 4 and 5: only orders of some size take part (*threshold*); a maker's weight
//! is its lots times its place from the back of the queue (*size and time*); shares are rounded up
//! in the order of size instead of down (*round up*: "Size Pro-Rata Priority" of Nasdaq's options
//! markets). Size and time is Pitfloor's own.
//!
//! # What is a choice
//!
//! * Percentages are of what the steps before have left, as are A and Q of step 4.
//! * Places in the queue, and sizes for the threshold, are those at which the taker found them.
//! * Orders below the threshold count in Q: the others get the shares they would have got anyway,
//!   and what the small ones did not get is shared first come, first served.
//! * No maker gets more than it has; what a weight would give it beyond that goes to step 5.
//! * Several orders marked as the market maker's share its lots first come, first served.

mod rule;
mod shares;

pub use rule::{AllocationRule, allocate};

use pitfloor_model::units::Qty;

/// One order of a level, as it stands in the queue when a taker arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Maker {
    /// Its shown lots.
    pub lots: Qty,
    /// True for the order that first improved the market on its side, and has kept its place.
    pub is_top: bool,
    /// True for orders of the designated market maker.
    pub is_lmm: bool,
}

/// How a taker's lots are shared among the makers of one level.
///
/// Plain data. [`Allocation::FIFO`] is first come, first served; the others start from
/// [`Allocation::PRO_RATA`] or [`Allocation::SIZE_TIME`] and take steps on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Allocation {
    /// Whether the order that first improved the market is filled first.
    pub top: bool,
    /// Percentage for the designated market maker; 0 for none, at most 100.
    pub lmm_percent: u8,
    /// Percentage shared first come, first served before the rest; 0 for none, at most 100.
    pub split_percent: u8,
    /// How what is left is shared.
    pub sharing: Sharing,
}

/// How lots are shared once the steps for the privileged are done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// First come, first served.
    #[default]
    Fifo,
    /// By weight.
    ByWeight(Weighing),
}

/// How lots are shared by weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weighing {
    /// What counts.
    pub weight: Weight,
    /// Shares below this many lots become nothing; 0 and 1 for no minimum.
    pub share_min: Qty,
    /// Only orders of at least this many lots take part; 0 for all.
    pub threshold: Qty,
    /// What happens to fractions of a lot.
    pub rounding: Rounding,
}

/// What counts when lots are shared by weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weight {
    /// Lots: q.
    Size,
    /// Lots times place from the back of the queue: q·(n − i + 1) for the i-th of n orders.
    SizeTime,
}

/// What happens to fractions of a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Shares are rounded down; what remains goes first come, first served.
    Down,
    /// Shares are rounded up, the largest order first, the earlier of equals, until nothing is
    /// left. What minimum and threshold leave over goes first come, first served.
    UpBySize,
}

/// What is wrong with an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadAllocation {
    /// `lmm_percent` is above 100.
    LmmPercent,
    /// `split_percent` is above 100.
    SplitPercent,
}

impl Allocation {
    /// The lots below which a pro-rata share becomes nothing, unless a venue says otherwise.
    pub const SHARE_MIN: Qty = Qty(2);

    /// First come, first served.
    pub const FIFO: Self =
        Self { top: false, lmm_percent: 0, split_percent: 0, sharing: Sharing::Fifo };

    /// By size, rounded down, shares of at least 2 lots, the remainder first come, first served.
    pub const PRO_RATA: Self = Self::FIFO.by_weight(Weighing {
        weight: Weight::Size,
        share_min: Self::SHARE_MIN,
        threshold: Qty::ZERO,
        rounding: Rounding::Down,
    });

    /// By size and time, rounded down, no minimum, the remainder first come, first served.
    pub const SIZE_TIME: Self = Self::FIFO.by_weight(Weighing {
        weight: Weight::SizeTime,
        share_min: Qty::ZERO,
        threshold: Qty::ZERO,
        rounding: Rounding::Down,
    });

    /// The same with the order first that improved the market.
    #[must_use]
    pub const fn with_top(mut self) -> Self {
        self.top = true;
        self
    }

    /// The same with `percent` for the designated market maker.
    #[must_use]
    pub const fn with_lmm(mut self, percent: u8) -> Self {
        self.lmm_percent = percent;
        self
    }

    /// The same with `percent` first come, first served before the rest.
    #[must_use]
    pub const fn with_split(mut self, percent: u8) -> Self {
        self.split_percent = percent;
        self
    }

    /// The same with what is left shared by weight.
    #[must_use]
    pub const fn by_weight(mut self, weighing: Weighing) -> Self {
        self.sharing = Sharing::ByWeight(weighing);
        self
    }

    /// Whether it makes sense.
    ///
    /// # Errors
    ///
    /// When a percentage is above 100.
    pub const fn check(&self) -> Result<(), BadAllocation> {
        if self.lmm_percent > 100 {
            return Err(BadAllocation::LmmPercent);
        }
        if self.split_percent > 100 {
            return Err(BadAllocation::SplitPercent);
        }
        Ok(())
    }
}

impl Default for Allocation {
    fn default() -> Self {
        Self::FIFO
    }
}

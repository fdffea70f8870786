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

pub use pitfloor_model::allocation::{Allocation, Rounding, Sharing, Weighing, Weight};
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

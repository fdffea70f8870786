//! How a taker's lots are shared among the makers of one price: the rule as plain data.
//!
//! `pitfloor-exchange::allocation` carries it out and says where each step comes from.

use crate::instrument::BadDefinition;
use crate::units::Qty;

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

    pub(crate) fn check(&self) -> Result<(), BadDefinition> {
        let percents = [("lmm_percent", self.lmm_percent), ("split_percent", self.split_percent)];
        match percents.into_iter().find(|(_, percent)| *percent > 100) {
            Some((field, found)) => Err(BadDefinition::new(field, found, "at most 100")),
            None => Ok(()),
        }
    }
}

impl Default for Allocation {
    fn default() -> Self {
        Self::FIFO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_everything_is_given_away() {
        assert_eq!(Allocation::PRO_RATA.with_top().with_lmm(100).with_split(100).check(), Ok(()));
        assert_eq!(Allocation::FIFO.with_lmm(101).check().unwrap_err().field, "lmm_percent");
        assert_eq!(Allocation::FIFO.with_split(101).check().unwrap_err().field, "split_percent");
    }
}

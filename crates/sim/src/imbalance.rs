//! Imbalance: when a book becomes lopsided, for whoever watches for it.
//!
//! The imbalance of a book is 1 − (lots of the lighter side) ÷ (lots of the heavier one), over all that
//! is shown: 0 when the sides are equal or the book is empty, 1 when one side alone is empty.

use crate::view::Board;
use pitfloor_model::units::{InstrumentId, Side};

/// Watches one book: speaks each time its imbalance rises above a mark, and each time the heavier side
/// becomes the other one while it stays above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imbalance {
    /// The book.
    pub instrument: InstrumentId,
    /// The mark, from 0 to 1; a book exactly there is not above it.
    pub above: f64,
    /// What the watcher is told with.
    pub tag: u64,
    /// The heavier side while the book is above the mark.
    heavy: Option<Side>,
}

// The mark is never not a number, which alone would not be equal to itself.
impl Eq for Imbalance {}

impl Imbalance {
    /// Watches `instrument` from a balanced book on.
    ///
    /// # Panics
    ///
    /// When the mark is not from 0 to 1.
    #[must_use]
    pub fn new(instrument: InstrumentId, above: f64, tag: u64) -> Self {
        assert!((0.0..=1.0).contains(&above), "an imbalance is from 0 to 1");
        Self { instrument, above, tag, heavy: None }
    }

    /// Looks at the book after a command; true when there is something to tell.
    pub fn look(&mut self, board: &Board) -> bool {
        let lots = |side| board.lots(self.instrument, side);
        let heavy = self.heavier(lots(Side::Buy), lots(Side::Sell));
        let tells = heavy.is_some() && heavy != self.heavy;
        self.heavy = heavy;
        tells
    }

    /// The heavier side, if the imbalance is above the mark.
    fn heavier(&self, bids: u128, asks: u128) -> Option<Side> {
        let (side, larger, smaller) =
            if bids > asks { (Side::Buy, bids, asks) } else { (Side::Sell, asks, bids) };
        let above = larger > 0 && 1.0 - smaller as f64 / larger as f64 > self.above;
        above.then_some(side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lighter_side_is_measured_against_the_heavier_one() {
        let watch = Imbalance::new(InstrumentId(0), 0.75, 1);
        assert_eq!(watch.heavier(0, 0), None, "an empty book leans nowhere");
        assert_eq!(watch.heavier(1, 0), Some(Side::Buy));
        assert_eq!(watch.heavier(0, 1), Some(Side::Sell));
        assert_eq!(watch.heavier(100, 25), None, "strictly above");
        assert_eq!(watch.heavier(100, 24), Some(Side::Buy));
        assert_eq!(watch.heavier(24, 100), Some(Side::Sell));
        assert_eq!(watch.heavier(100, 100), None);
    }

    #[test]
    #[should_panic(expected = "from 0 to 1")]
    fn a_mark_is_a_share() {
        let _ = Imbalance::new(InstrumentId(0), 1.5, 0);
    }
}

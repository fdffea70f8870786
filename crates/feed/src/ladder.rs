//! One side of a book as a ladder of prices, best at the end.
//!
//! Nearly everything in a market happens at or near the best price, so the rungs are kept in one
//! sorted vector with the best **last**: the best is one look, a change near it is a short walk, and
//! a rung that comes or goes moves only the few that are better. A rung far from the touch costs a
//! binary search and, when it is new, a move of all that are better; `examples/bench_levels.rs`
//! measures both against a `BTreeMap`.

use pitfloor_model::units::{Price, Side};

/// The rungs of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ladder<T> {
    side: Side,
    /// Ascending by rank; the best rung is the last.
    rungs: Vec<(i64, T)>,
}

/// How many rungs are tried one by one from the best before the search turns binary.
const NEAR: usize = 8;

impl<T> Ladder<T> {
    pub(crate) const fn new(side: Side) -> Self {
        Self { side, rungs: Vec::new() }
    }

    /// The best price and what is there.
    pub(crate) fn best(&self) -> Option<(Price, &T)> {
        self.rungs.last().map(|(rank, rung)| (self.price(*rank), rung))
    }

    /// Every rung, best first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Price, &T)> + Clone {
        self.rungs.iter().rev().map(|(rank, rung)| (self.price(*rank), rung))
    }

    /// How many rungs there are.
    pub(crate) const fn len(&self) -> usize {
        self.rungs.len()
    }

    /// What is at `price`.
    pub(crate) fn at(&self, price: Price) -> Option<&T> {
        self.find(price).ok().map(|place| &self.rungs[place].1)
    }

    /// Where the rung at `price` is, or where it would go.
    pub(crate) fn find(&self, price: Price) -> Result<usize, usize> {
        let wanted = self.rank(price);
        let mut place = self.rungs.len();
        let near = place.saturating_sub(NEAR);
        while place > near {
            let rank = self.rungs[place - 1].0;
            if rank == wanted {
                return Ok(place - 1);
            }
            if rank < wanted {
                return Err(place);
            }
            place -= 1;
        }
        self.rungs[..near].binary_search_by_key(&wanted, |(rank, _)| *rank)
    }

    /// The rung at a place that [`Ladder::find`] named.
    pub(crate) fn rung_mut(&mut self, place: usize) -> &mut T {
        &mut self.rungs[place].1
    }

    /// Puts a new rung where [`Ladder::find`] said it would go.
    pub(crate) fn insert(&mut self, place: usize, price: Price, rung: T) {
        let rank = self.rank(price);
        self.rungs.insert(place, (rank, rung));
    }

    /// Takes the rung at a place that [`Ladder::find`] named off the ladder.
    pub(crate) fn remove(&mut self, place: usize) -> T {
        self.rungs.remove(place).1
    }

    /// Higher is better on either side. `!` turns the order of asks around without an overflow.
    const fn rank(&self, price: Price) -> i64 {
        match self.side {
            Side::Buy => price.0,
            Side::Sell => !price.0,
        }
    }

    const fn price(&self, rank: i64) -> Price {
        match self.side {
            Side::Buy => Price(rank),
            Side::Sell => Price(!rank),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts `prices` on a ladder in the order given, each with itself as its rung.
    fn ladder(side: Side, prices: impl IntoIterator<Item = i64>) -> Ladder<i64> {
        let mut ladder = Ladder::new(side);
        for price in prices {
            let place = ladder.find(Price(price)).unwrap_err();
            ladder.insert(place, Price(price), price);
        }
        ladder
    }

    fn prices(ladder: &Ladder<i64>) -> Vec<i64> {
        ladder.iter().map(|(price, rung)| (price.0 == *rung).then_some(price.0).unwrap()).collect()
    }

    #[test]
    fn bids_fall_and_asks_rise_from_the_best() {
        let shuffled = [3, -1, 7, 0, 5];
        assert_eq!(prices(&ladder(Side::Buy, shuffled)), [7, 5, 3, 0, -1]);
        assert_eq!(prices(&ladder(Side::Sell, shuffled)), [-1, 0, 3, 5, 7]);
    }

    #[test]
    fn every_rung_is_found_near_and_far_and_what_is_not_there_is_not() {
        for side in Side::BOTH {
            // Even prices only, several times as many as are tried one by one; 37 steps through all.
            let mut ladder = ladder(side, (0..50).map(|k| k * 37 % 50 * 2));
            for price in 0..100 {
                let found = ladder.at(Price(price)).copied();
                assert_eq!(found, (price % 2 == 0).then_some(price), "{side} at {price}");
            }
            for price in (0..100).step_by(4) {
                let place = ladder.find(Price(price)).unwrap();
                assert_eq!(ladder.remove(place), price);
            }
            assert_eq!(ladder.len(), 25);
            assert!(prices(&ladder).iter().all(|price| price % 4 == 2));
        }
    }

    #[test]
    fn the_ends_of_the_number_line_are_prices_too() {
        let ladder = ladder(Side::Sell, [i64::MAX, i64::MIN]);
        assert_eq!(ladder.best(), Some((Price(i64::MIN), &i64::MIN)));
        assert_eq!(prices(&ladder), [i64::MIN, i64::MAX]);
    }
}

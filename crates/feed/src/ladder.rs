//! One side of a book as a ladder of prices, best at the end.
//!
//! Nearly everything in a market happens at or near the best price, so the best thousand or so rungs
//! are kept in one sorted vector with the best **last**: the best is one look, a change near it is a
//! short walk, and a rung that comes or goes moves only the few that are better. The rungs behind
//! them, of which there may be any number, stand in a tree, so that nobody can make the market slow
//! by standing at a million prices. `examples/bench_levels.rs` measures this against a tree alone.

use pitfloor_model::units::{Price, Side};
use std::collections::BTreeMap;

/// The rungs of one side.
#[derive(Clone, Debug)]
pub(crate) struct Ladder<T> {
    side: Side,
    /// The best rungs, ascending by rank. Empty only when there are none behind either.
    near: Vec<(i64, T)>,
    /// By rank, all below the first of `near`.
    far: BTreeMap<i64, T>,
}

/// Where a rung is, or would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Near(usize),
    Far(i64),
}

/// The most rungs in the vector. Beyond it the worse half goes behind; when it is empty, as many
/// come forward.
const NEAR_MAX: usize = 1_024;

/// How many rungs are tried one by one, from the first that it may be, before the search turns
/// binary.
const WALK_MAX: usize = 8;

impl<T> Ladder<T> {
    pub(crate) const fn new(side: Side) -> Self {
        Self { side, near: Vec::new(), far: BTreeMap::new() }
    }

    /// The best price and what is there.
    pub(crate) fn best(&self) -> Option<(Price, &T)> {
        self.near.last().map(|(rank, rung)| (self.price(*rank), rung))
    }

    /// Every rung, best first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Price, &T)> + Clone {
        let near = self.near.iter().rev().map(|(rank, rung)| (rank, rung));
        near.chain(self.far.iter().rev()).map(|(rank, rung)| (self.price(*rank), rung))
    }

    /// How many rungs there are.
    pub(crate) fn len(&self) -> usize {
        self.near.len() + self.far.len()
    }

    /// What is at `price`.
    pub(crate) fn at(&self, price: Price) -> Option<&T> {
        match self.find(price).ok()? {
            Place::Near(place) => Some(&self.near[place].1),
            Place::Far(rank) => self.far.get(&rank),
        }
    }

    /// Where the rung at `price` is, or where it would go. Holds until a rung comes or goes.
    pub(crate) fn find(&self, price: Price) -> Result<Place, Place> {
        let wanted = self.rank(price);
        if !self.far.is_empty() && wanted < self.near[0].0 {
            let place = Place::Far(wanted);
            return if self.far.contains_key(&wanted) { Ok(place) } else { Err(place) };
        }
        let Some(last) = self.near.len().checked_sub(1) else { return Err(Place::Near(0)) };
        let best = self.near[last].0;
        if wanted > best {
            return Err(Place::Near(last + 1));
        }
        // So many ticks from the best there are at most so many rungs: where there is one at every
        // tick, this is the place, and where a few are missing it is a few further on.
        let ticks = usize::try_from(best.abs_diff(wanted)).unwrap_or(usize::MAX);
        let least = last.saturating_sub(ticks);
        let walked = (least + WALK_MAX).min(last + 1);
        for place in least..walked {
            let rank = self.near[place].0;
            if rank >= wanted {
                let place = Place::Near(place);
                return if rank == wanted { Ok(place) } else { Err(place) };
            }
        }
        let rest = self.near[walked..].binary_search_by_key(&wanted, |(rank, _)| *rank);
        let place = |place| Place::Near(walked + place);
        rest.map(place).map_err(place)
    }

    /// The rung at a place where [`Ladder::find`] found one.
    pub(crate) fn rung_mut(&mut self, place: Place) -> &mut T {
        match place {
            Place::Near(place) => &mut self.near[place].1,
            Place::Far(rank) => self.far.get_mut(&rank).expect("a rung stands where it was found"),
        }
    }

    /// Puts a new rung where [`Ladder::find`] said it would go.
    pub(crate) fn insert(&mut self, place: Place, price: Price, rung: T) {
        let rank = self.rank(price);
        match place {
            Place::Near(place) => self.near.insert(place, (rank, rung)),
            Place::Far(rank) => {
                self.far.insert(rank, rung);
            }
        }
        if self.near.len() > NEAR_MAX {
            self.far.extend(self.near.drain(..NEAR_MAX / 2));
        }
    }

    /// Takes the rung at a place where [`Ladder::find`] found one off the ladder.
    pub(crate) fn remove(&mut self, place: Place) {
        match place {
            Place::Near(place) => {
                self.near.remove(place);
            }
            Place::Far(rank) => {
                self.far.remove(&rank);
            }
        }
        if self.near.is_empty() {
            let best = std::iter::from_fn(|| self.far.pop_last());
            self.near.extend(best.take(NEAR_MAX / 2));
            self.near.reverse();
        }
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

/// Equal when the same rungs are there, whichever of them are near.
impl<T: PartialEq> PartialEq for Ladder<T> {
    fn eq(&self, other: &Self) -> bool {
        self.side == other.side && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Ladder<T> {}

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
                ladder.remove(place);
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

    /// Thousands of rungs come and go in a random order, in front, in the middle and far behind, and
    /// the ladder is what a plain tree is.
    #[test]
    fn any_number_of_rungs_may_stand_behind_the_best() {
        for side in Side::BOTH {
            let (mut ladder, mut plain, mut dice) = (Ladder::new(side), BTreeMap::new(), 1_u64);
            let mut longest = 0;
            for step in 0..60_000_u64 {
                // Knuth's MMIX generator; the high bits are the good ones.
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let price = i64::try_from(dice >> 51).unwrap();
                // Grow, then shrink from the best on, which empties the near rungs, then grow again.
                let grow = step / 20_000 != 1;
                let price = match (grow, ladder.best()) {
                    (false, Some((best, _))) if step % 2 == 0 => best.0,
                    _ => price,
                };
                match ladder.find(Price(price)) {
                    Ok(place) if grow => *ladder.rung_mut(place) = step,
                    Ok(place) => ladder.remove(place),
                    Err(place) if grow => ladder.insert(place, Price(price), step),
                    Err(_) => {}
                }
                if grow {
                    plain.insert(price, step);
                } else {
                    plain.remove(&price);
                }
                assert_eq!(ladder.at(Price(price)), plain.get(&price));
                assert_eq!(ladder.len(), plain.len());
                assert!(ladder.near.len() <= NEAR_MAX);
                let best = match side {
                    Side::Buy => plain.last_key_value(),
                    Side::Sell => plain.first_key_value(),
                };
                assert_eq!(ladder.best(), best.map(|(price, rung)| (Price(*price), rung)));
                longest = longest.max(ladder.len());
                if step % 1_000 == 0 {
                    let rungs: Vec<_> =
                        ladder.iter().map(|(price, rung)| (price.0, *rung)).collect();
                    let mut all: Vec<_> =
                        plain.iter().map(|(price, rung)| (*price, *rung)).collect();
                    if side == Side::Buy {
                        all.reverse();
                    }
                    assert_eq!(rungs, all);
                }
            }
            assert!(longest > 4 * NEAR_MAX, "most of them stood behind: {longest}");
        }
    }
}

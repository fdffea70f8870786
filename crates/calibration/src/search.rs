//! Where to look next: points in a box, spread evenly at first, then closer and closer to the best.
//!
//! Half of the tries are a Latin hypercube (McKay, Beckman & Conover 1979, Technometrics 21(2)): along
//! every axis each slice of the box is visited once. The others are drawn around the best point so far in
//! a box that shrinks (Luus & Jaakola 1973, AIChE Journal 19(4)). Neither minds noise, which simulated
//! moments have.

use pitfloor_sim::dice::Dice;

/// How small the box has become at the last try, as a share of the first.
const SMALLEST: f64 = 0.05;

/// A search in progress.
#[derive(Clone, Debug)]
pub struct Search {
    dice: Dice,
    tries: usize,
    /// Per axis, the order in which its slices are visited.
    slices: Vec<Vec<usize>>,
    tried: usize,
    best: Option<(Vec<f64>, f64)>,
}

impl Search {
    /// In a box of `axes` axes from 0 to 1, with so many tries in all.
    #[must_use]
    pub fn new(axes: usize, tries: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed, "calibration");
        let spread = tries.div_ceil(2);
        let slices = (0..axes).map(|_| shuffled(spread, &mut dice)).collect();
        Self { dice, tries, slices, tried: 0, best: None }
    }

    /// The next point; none when all tries are used.
    pub fn propose(&mut self) -> Option<Vec<f64>> {
        if self.tried == self.tries {
            return None;
        }
        let (tried, spread) = (self.tried, self.tries.div_ceil(2));
        self.tried += 1;
        let axes = self.slices.len();
        let best = self.best.as_ref().filter(|_| tried >= spread).map(|(point, _)| point.clone());
        let Some(best) = best else {
            let slice = |axis: usize| self.slices[axis][tried % spread];
            let slices: Vec<usize> = (0..axes).map(slice).collect();
            let within = |slice: usize| (slice as f64 + self.dice.unit()) / spread as f64;
            return Some(slices.into_iter().map(within).collect());
        };
        let along = (tried - spread) as f64 / (self.tries - spread).max(1) as f64;
        let reach = 0.5 * SMALLEST.powf(along);
        let mut near = |at: f64| (at + reach * (2.0 * self.dice.unit() - 1.0)).clamp(0.0, 1.0);
        Some(best.into_iter().map(&mut near).collect())
    }

    /// What a point came to. True when it is the best so far.
    pub fn came_to(&mut self, point: Vec<f64>, distance: f64) -> bool {
        let better = self.best.as_ref().is_none_or(|(_, best)| distance < *best);
        if better {
            self.best = Some((point, distance));
        }
        better
    }

    /// The best point so far, and what it came to.
    #[must_use]
    pub fn best(&self) -> Option<(&[f64], f64)> {
        self.best.as_ref().map(|(point, distance)| (point.as_slice(), *distance))
    }
}

/// The numbers below `count` in a drawn order (Fisher & Yates 1938).
fn shuffled(count: usize, dice: &mut Dice) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for place in (1..count).rev() {
        order.swap(place, dice.below(place as u64 + 1) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least(seed: u64, tries: usize) -> (Vec<f64>, f64) {
        let mut search = Search::new(3, tries, seed);
        while let Some(point) = search.propose() {
            let distance = point.iter().map(|x| (x - 0.3) * (x - 0.3)).sum();
            search.came_to(point, distance);
        }
        let (point, distance) = search.best().unwrap();
        (point.to_vec(), distance)
    }

    #[test]
    fn it_closes_in_on_the_least_and_finds_it_again() {
        let (point, distance) = least(1, 300);
        assert!(distance < 3e-3, "{point:?}");
        assert_eq!(least(1, 300), (point, distance), "one seed, one search");
        assert_ne!(least(2, 300).1, distance);
    }

    #[test]
    fn the_first_half_visits_every_slice_of_every_axis_once() {
        let mut search = Search::new(2, 40, 7);
        let points: Vec<_> = (0..20).map(|_| search.propose().unwrap()).collect();
        for axis in 0..2 {
            let mut slices: Vec<_> = points.iter().map(|p| (p[axis] * 20.0) as usize).collect();
            slices.sort_unstable();
            assert!(slices.into_iter().eq(0..20));
        }
        assert_eq!((0..40).filter_map(|_| search.propose()).count(), 20);
    }
}

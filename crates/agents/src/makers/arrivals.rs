//! How often one is traded with, by how far one stands off: learned from one's own fills.
//!
//! A dealer's laws take it that an order δ off the mid trades at the rate A e^(−kδ). Whoever notes for how
//! long an order of his stood at each distance, and how often it was traded with there, can fit both: a
//! line through ln(fills/time) by distance, each distance weighed with its number of fills (the variance
//! of a logarithm of a Poisson count is one over the count).

/// Distances that are told apart.
pub const BINS: usize = 16;

/// As many fills as a fit needs at the least.
const FILLS_LEAST: f64 = 20.0;

/// Time and fills by distance.
#[derive(Clone, Debug)]
pub struct Arrivals {
    /// The width of a distance.
    width: f64,
    seconds: [f64; BINS],
    fills: [f64; BINS],
}

impl Arrivals {
    /// Nothing seen yet; distances are told apart by `width`.
    ///
    /// # Panics
    ///
    /// When the width is not positive.
    #[must_use]
    pub const fn new(width: f64) -> Self {
        assert!(width > 0.0, "distances have a width");
        Self { width, seconds: [0.0; BINS], fills: [0.0; BINS] }
    }

    fn bin(&self, distance: f64) -> Option<usize> {
        let bin = libm::floor(distance / self.width);
        (bin >= 0.0 && bin < BINS as f64).then_some(bin as usize)
    }

    /// An order stood at `distance` for `seconds`. Distances beyond the last bin are not noted.
    pub fn stood(&mut self, distance: f64, seconds: f64) {
        if let Some(bin) = self.bin(distance) {
            self.seconds[bin] += seconds;
        }
    }

    /// An order at `distance` was traded with.
    pub fn filled(&mut self, distance: f64) {
        if let Some(bin) = self.bin(distance) {
            self.fills[bin] += 1.0;
        }
    }

    /// A and k as they look by now; none before there are enough fills at two distances, or when orders
    /// farther away trade more often.
    #[must_use]
    pub fn fit(&self) -> Option<(f64, f64)> {
        let seen = (0..BINS).filter(|bin| self.fills[*bin] > 0.0 && self.seconds[*bin] > 0.0);
        let point = |bin: usize| {
            let distance = (bin as f64 + 0.5) * self.width;
            (self.fills[bin], distance, libm::log(self.fills[bin] / self.seconds[bin]))
        };
        let points = || seen.clone().map(point);
        let weight: f64 = points().map(|(w, ..)| w).sum();
        if weight < FILLS_LEAST {
            return None;
        }
        let mean_x = points().map(|(w, x, _)| w * x).sum::<f64>() / weight;
        let mean_y = points().map(|(w, _, y)| w * y).sum::<f64>() / weight;
        let square: f64 = points().map(|(w, x, _)| w * (x - mean_x) * (x - mean_x)).sum();
        let both: f64 = points().map(|(w, x, y)| w * (x - mean_x) * (y - mean_y)).sum();
        let k = -both / square;
        (square > 0.0 && k > 0.0).then(|| (libm::exp(mean_y + k * mean_x), k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_sim::dice::Dice;

    #[test]
    fn it_finds_the_law_that_fills_follow() {
        let (mut dice, mut arrivals) = (Dice::new(1, "fills"), Arrivals::new(0.1));
        let (a, k) = (2.0, 3.0);
        for _ in 0..200_000 {
            let distance = dice.unit();
            arrivals.stood(distance, 0.1);
            if dice.chance(a * libm::exp(-k * distance) * 0.1) {
                arrivals.filled(distance);
            }
        }
        let (found_a, found_k) = arrivals.fit().expect("thirteen thousand fills");
        assert!((found_a / a - 1.0).abs() < 0.05, "{found_a}");
        assert!((found_k / k - 1.0).abs() < 0.04, "{found_k}");
    }

    #[test]
    fn it_says_nothing_without_two_distances_or_against_reason() {
        let mut arrivals = Arrivals::new(1.0);
        assert_eq!(arrivals.fit(), None);
        for _ in 0..100 {
            arrivals.stood(0.5, 1.0);
            arrivals.filled(0.5);
        }
        assert_eq!(arrivals.fit(), None, "one distance has no slope");
        for _ in 0..100 {
            arrivals.stood(1.5, 0.1);
            arrivals.filled(1.5);
        }
        assert_eq!(arrivals.fit(), None, "farther orders do not trade more often");
        arrivals.stood(-1.0, 1.0);
        arrivals.filled(1e9);
        assert_eq!(arrivals.fit(), None, "what lies outside is not noted");
    }
}

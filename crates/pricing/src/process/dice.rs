//! Random numbers from a caller's generator, by methods that are frozen: a seed means the same path
//! with every later version of any library.

use libm::{exp, log, sqrt};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Events are counted in parts with at most this mean, so that no part's probability of 0 vanishes.
const POISSON_PART: f64 = 30.0;

/// The generator xoshiro256++ (Blackman & Vigna 2021, ACM Transactions on Mathematical Software 47)
/// whose state the generator SplitMix64 fills from `seed`.
#[must_use]
pub fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// The stream called `name` in a run seeded with `seed`: its 256 bits of state are the BLAKE3 hash of
/// the seed (8 bytes, little-endian) followed by the name. So a stream depends on these two alone, and
/// one more participant changes nobody else's numbers.
#[must_use]
pub fn named(seed: u64, name: &str) -> Xoshiro256PlusPlus {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(name.as_bytes());
    Xoshiro256PlusPlus::from_seed(*hasher.finalize().as_bytes())
}

/// A whole number from 0 to one below `bound`, every one as likely (Lemire 2019).
///
/// # Panics
///
/// When `bound` is 0: there is nothing to draw from.
pub fn below(dice: &mut impl Rng, bound: u64) -> u64 {
    assert!(bound > 0, "there is something to draw from");
    let reject_under = bound.wrapping_neg() % bound;
    loop {
        let wide = u128::from(dice.next_u64()) * u128::from(bound);
        if wide as u64 >= reject_under {
            return (wide >> 64) as u64;
        }
    }
}

/// A number from 0 to just below 1, in steps of 2^-53.
pub fn uniform(dice: &mut impl Rng) -> f64 {
    (dice.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// A normal number with mean 0 and standard deviation 1 (Marsaglia's polar method; the second number
/// of each pair is thrown away, so that nothing is hidden between draws).
pub fn normal(dice: &mut impl Rng) -> f64 {
    loop {
        let (x, y) = (2.0 * uniform(dice) - 1.0, 2.0 * uniform(dice) - 1.0);
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return x * sqrt(-2.0 * log(square) / square);
        }
    }
}

/// An exponentially distributed number with the given mean.
pub fn exponential(dice: &mut impl Rng, mean: f64) -> f64 {
    -log(1.0 - uniform(dice)) * mean
}

/// How many events there are when `mean` are expected and they come independently (Knuth 1969,
/// section 3.4.1). The work grows with the mean.
///
/// # Panics
///
/// When `mean` is negative or not a number.
pub fn poisson(dice: &mut impl Rng, mean: f64) -> u64 {
    assert!(mean >= 0.0, "a mean count is at least 0");
    let (mut left, mut count) = (mean, 0);
    while left > 0.0 {
        let part = left.min(POISSON_PART);
        let (floor, mut product) = (exp(-part), 1.0 - uniform(dice));
        while product > floor {
            product *= 1.0 - uniform(dice);
            count += 1;
        }
        left -= part;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{normal, poisson, seeded, uniform};
    use crate::process::Estimate;

    /// Every simulated figure rests on these: they never change.
    #[test]
    fn the_first_draws_are_frozen() {
        let mut dice = seeded(1);
        let draws = [uniform(&mut dice), normal(&mut dice), normal(&mut dice)];
        assert_eq!(draws.map(f64::to_bits), FIRST_DRAWS);
        assert_eq!([3.0, 100.0, 0.0].map(|mean| poisson(&mut dice, mean)), FIRST_COUNTS);
    }

    const FIRST_DRAWS: [u64; 3] =
        [4_605_485_571_977_896_056, 4_598_379_596_968_844_472, 4_603_410_600_425_106_744];
    const FIRST_COUNTS: [u64; 3] = [1, 115, 0];

    #[track_caller]
    fn mean_is(draws: &[f64], expected: f64) {
        let found = Estimate::of(draws);
        let off = (found.value - expected).abs();
        assert!(off <= 4.0 * found.standard_error, "{found:?}, expected {expected}");
    }

    #[test]
    fn moments() {
        let mut dice = seeded(2);
        let draws: Vec<f64> = (0..100_000).map(|_| uniform(&mut dice)).collect();
        assert!(draws.iter().all(|draw| (0.0..1.0).contains(draw)));
        mean_is(&draws, 0.5);
        let draws: Vec<f64> = (0..100_000).map(|_| normal(&mut dice)).collect();
        for (power, expected) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
            mean_is(&draws.iter().map(|draw| draw.powi(power)).collect::<Vec<_>>(), expected);
        }
        for mean in [0.1, 4.0, 75.0] {
            let draws: Vec<f64> = (0..50_000).map(|_| poisson(&mut dice, mean) as f64).collect();
            mean_is(&draws, mean);
            mean_is(&draws.iter().map(|n| (n - mean) * (n - mean)).collect::<Vec<_>>(), mean);
        }
    }

    #[test]
    fn seeds_differ() {
        let first = |seed| uniform(&mut seeded(seed));
        assert!(first(1) != first(2) && first(0) != first(u64::MAX));
    }
}

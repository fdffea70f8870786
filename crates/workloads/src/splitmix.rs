//! SplitMix64: the dice of LOB-1.
//!
//! Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// The stream of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub const fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = self.state;
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `bound`: the upper half of the 128-bit product, so that no draw is
    /// ever repeated.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.draw() as u128 * bound as u128) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn the_first_draws_are_the_published_ones() {
        let mut one = SplitMix64::new(1);
        assert_eq!([one.draw(), one.draw()], [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67]);
        assert_eq!(SplitMix64::new(2).draw(), 0x9758_35de_1c97_56ce);
        assert_eq!(SplitMix64::new(3).draw(), 0x1d0b_14e4_db01_8fed);
    }

    #[test]
    fn below_stays_below_and_reaches_both_ends() {
        let mut dice = SplitMix64::new(7);
        let mut seen = [0_u32; 5];
        for _ in 0..1_000 {
            seen[dice.below(5) as usize] += 1;
        }
        assert!(seen.iter().all(|count| (150..250).contains(count)), "{seen:?}");
        assert_eq!(dice.below(1), 0);
    }
}

//! The dice of the generators.

/// A deterministic stream of numbers: SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, figure 16).
///
/// Dice can be loaded with bytes, which then decide the first throws.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
    loaded: [u8; Self::LOAD],
    /// The next byte that decides; there are none from [`Self::LOAD`] on.
    next: usize,
}

impl Dice {
    /// How many bytes dice are loaded with.
    pub const LOAD: usize = 16;

    /// The stream that belongs to `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, loaded: [0; Self::LOAD], next: Self::LOAD }
    }

    /// Dice whose first throws are decided by `bytes`, one or two for each, and the others by the
    /// stream that belongs to them all.
    #[must_use]
    pub const fn loaded(bytes: [u8; Self::LOAD]) -> Self {
        let all = u128::from_le_bytes(bytes);
        Self { state: (all ^ (all >> 64)) as u64, loaded: bytes, next: 0 }
    }

    /// The next 64 bits.
    pub const fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to one below `n`; the bias for small `n` does not matter to a test.
    pub const fn below(&mut self, n: u64) -> u64 {
        match self.next {
            next if n <= 1 << 8 && next < Self::LOAD => {
                self.next += 1;
                self.loaded[next] as u64 % n
            }
            next if n <= 1 << 16 && next + 1 < Self::LOAD => {
                self.next += 2;
                u16::from_le_bytes([self.loaded[next], self.loaded[next + 1]]) as u64 % n
            }
            _ => self.roll() % n,
        }
    }

    /// True once in `n` times.
    pub const fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_the_first_throws() {
        let mut bytes = [0; Dice::LOAD];
        (bytes[0], bytes[1], bytes[2]) = (7, 0x34, 0x12);
        let mut dice = Dice::loaded(bytes);
        assert_eq!(dice.below(10), 7);
        assert_eq!(dice.below(10_000), 0x1234);
        assert_eq!((3..Dice::LOAD).map(|_| dice.below(100)).sum::<u64>(), 0, "as loaded");
        let after: Vec<u64> = (0..8).map(|_| dice.below(100)).collect();
        assert!(after.iter().any(|roll| *roll > 0), "the stream goes on: {after:?}");
    }

    #[test]
    fn the_dice_are_those_of_the_paper() {
        // First numbers of the stream of seed 1234567, as widely published for SplitMix64.
        let mut dice = Dice::new(1_234_567);
        let first = [dice.roll(), dice.roll(), dice.roll()];
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}

//! Random numbers from a seed, for nulls and intervals: the same seed, the same numbers, everywhere.

/// A stream of random numbers (Steele, Lea & Flood 2014, `SplitMix64`).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, neither included.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A whole number below `end`, all alike to 1 part in 2^53.
    ///
    /// # Panics
    ///
    /// When `end` is 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn below(&mut self, end: usize) -> usize {
        assert!(end > 0, "there is a number to draw");
        ((self.uniform() * end as f64) as usize).min(end - 1)
    }

    /// +1 or −1, each as likely.
    pub const fn sign(&mut self) -> f64 {
        if self.bits() >> 63 == 0 { 1.0 } else { -1.0 }
    }

    /// Normal, mean 0 and variance 1 (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.uniform(), self.uniform());
        libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(2.0 * std::f64::consts::PI * angle)
    }

    /// Exponential, with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Pareto: P(x > u) = u^−alpha, u ≥ 1.
    pub fn pareto(&mut self, alpha: f64) -> f64 {
        libm::pow(self.uniform(), -1.0 / alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn a_seed_is_a_stream() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            (dice.bits(), dice.uniform(), dice.normal(), dice.below(7))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        // The published first output of SplitMix64 for the state 0.
        assert_eq!(Dice::new(0).bits(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn draws_have_the_moments_of_their_laws() {
        let mut dice = Dice::new(3);
        let n = 100_000;
        let (mut uniform, mut normal, mut square, mut wait, mut heads) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for _ in 0..n {
            uniform += dice.uniform();
            let x = dice.normal();
            normal += x;
            square += x * x;
            wait += dice.exponential();
            heads += dice.sign();
            assert!(dice.below(3) < 3 && dice.pareto(2.0) >= 1.0);
        }
        let near = |sum: f64, mean: f64, sd: f64| {
            assert!((sum / f64::from(n) - mean).abs() < 4.0 * sd / f64::from(n).sqrt(), "{sum}");
        };
        near(uniform, 0.5, 0.29);
        near(normal, 0.0, 1.0);
        near(square, 1.0, 1.42);
        near(wait, 1.0, 1.0);
        near(heads, 0.0, 1.0);
    }
}

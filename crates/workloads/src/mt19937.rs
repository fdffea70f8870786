//! MT19937: the dice of PUB-5.
//!
//! Source: Matsumoto & Nishimura (1998), "Mersenne Twister", ACM TOMACS 8(1); the 32-bit generator
//! with the initialisation of 2002, and its 53-bit number from two outputs.

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    state: [u32; SIZE],
    at: usize,
}

const SIZE: usize = 624;
const MIDDLE: usize = 397;

impl Mt19937 {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        let mut state = [seed; SIZE];
        for i in 1..SIZE {
            let before = state[i - 1];
            let mixed = (before ^ (before >> 30)).wrapping_mul(1_812_433_253);
            state[i] = mixed.wrapping_add(i as u32);
        }
        Self { state, at: SIZE }
    }

    /// The next 32 bits.
    pub fn draw(&mut self) -> u32 {
        if self.at == SIZE {
            self.twist();
        }
        let y = self.state[self.at];
        self.at += 1;
        let y = y ^ (y >> 11);
        let y = y ^ ((y << 7) & 0x9D2C_5680);
        let y = y ^ ((y << 15) & 0xEFC6_0000);
        y ^ (y >> 18)
    }

    /// A number from 0 to below 1, with 53 bits.
    pub fn uniform(&mut self) -> f64 {
        let (high, low) = (self.draw() >> 5, self.draw() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    fn twist(&mut self) {
        for i in 0..SIZE {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % SIZE] & 0x7FFF_FFFF);
            let odd = if y & 1 == 1 { 0x9908_B0DF } else { 0 };
            self.state[i] = self.state[(i + MIDDLE) % SIZE] ^ (y >> 1) ^ odd;
        }
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Mt19937;

    #[test]
    fn the_ten_thousandth_draw_of_the_default_seed_is_the_one_of_the_standard() {
        // ISO C++ [rand.predef] says so of mt19937.
        let mut dice = Mt19937::new(5489);
        let draws: Vec<u32> = (0..10_000).map(|_| dice.draw()).collect();
        assert_eq!((draws[0], draws[9_999]), (3_499_211_612, 4_123_659_995));
    }

    #[test]
    fn uniform_numbers_lie_below_one() {
        let mut dice = Mt19937::new(23);
        let draws: Vec<f64> = (0..10_000).map(|_| dice.uniform()).collect();
        assert!(draws.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = draws.iter().sum::<f64>() / 10_000.0;
        assert!((0.49..0.51).contains(&mean), "{mean}");
    }
}

//! A dealer who may meet somebody that knows: bid and ask as conditional means.
//!
//! Source: Glosten & Milgrom (1985), Journal of Financial Economics 14, with two values. An arrival is
//! informed with probability `m`; the informed buy what is worth more and sell what is worth less,
//! the others toss a coin. A dealer with competitors earns nothing, so he asks what the thing is worth
//! given that somebody buys it.

use crate::{Outside, share, within};

/// What a dealer believes, and whom he meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// `VL`: the lower value, money.
    pub low: f64,
    /// `VH`: the higher value, money; not below the lower one.
    pub high: f64,
    /// `pH`: the probability of the higher value.
    pub p_high: f64,
    /// `informed`: the share of arrivals that know.
    pub informed: f64,
}

impl Belief {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `VL`, `VH`, `pH` or `informed`.
    pub fn check(&self) -> Result<(), Outside> {
        within("VL", self.low, |_| true, "a number")?;
        within("VH", self.high, |x| x >= self.low, "a number of at least VL")?;
        share("pH", self.p_high)?;
        share("informed", self.informed)?;
        Ok(())
    }

    /// The mean of what it is worth.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.low + self.p_high * (self.high - self.low)
    }

    /// What is believed after somebody bought, or sold.
    ///
    /// Where nobody can do so (all are informed, and of the other mind), the belief stays.
    #[must_use]
    pub fn after(&self, bought: bool) -> Self {
        let m = if bought { self.informed } else { -self.informed };
        let (if_high, if_low) = (0.5 * (1.0 + m), 0.5 * (1.0 - m));
        let both = self.p_high * if_high + (1.0 - self.p_high) * if_low;
        let p_high = if both > 0.0 { self.p_high * if_high / both } else { self.p_high };
        Self { p_high, ..*self }
    }

    /// What the dealer bids and asks: the means given a sale and a purchase, money.
    ///
    /// # Errors
    ///
    /// As [`Belief::check`].
    pub fn quotes(&self) -> Result<(f64, f64), Outside> {
        self.check()?;
        Ok((self.after(false).mean(), self.after(true).mean()))
    }
}

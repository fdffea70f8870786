//! What a book of orders without any sense looks like on average.
//!
//! Source: Smith, Farmer, Gillemot & Krishnamurthy (2003), Quantitative Finance 3(6). Here `mu` is the
//! rate of market orders of both sides together, and `alpha` that of limit orders per side and price.
//! Simulated books come to 0.65 to 0.85 of the spread law.

use crate::{Outside, not_negative, positive};
use libm::pow;

/// The flow of orders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// `alpha`: limit orders per side, price and time; positive.
    pub limit: f64,
    /// `mu`: market orders of both sides, per time; positive.
    pub market: f64,
    /// `delta`: cancels of one order, per time; positive.
    pub cancel: f64,
    /// `sigma`: lots of an order; positive.
    pub size: f64,
}

/// The scales of the book.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scales {
    /// Mean spread by the law, in prices.
    pub spread: f64,
    /// `delta sigma / mu`: how granular the book is.
    pub granularity: f64,
    /// `mu / 2 alpha`: a price.
    pub price: f64,
    /// `mu / 2 delta`: lots.
    pub lots: f64,
    /// `1 / delta`: a time.
    pub time: f64,
}

impl Flow {
    /// The scales, and the spread `(mu/alpha)(0.28 + 1.86 ε^¾)`.
    ///
    /// # Errors
    ///
    /// [`Outside`] when a rate is not positive; without cancels (`delta` = 0) there is no time.
    pub fn scales(&self) -> Result<Scales, Outside> {
        positive("alpha", self.limit)?;
        positive("mu", self.market)?;
        positive("delta", self.cancel)?;
        not_negative("sigma", self.size)?;
        let granularity = self.cancel * self.size / self.market;
        Ok(Scales {
            spread: self.market / self.limit * (0.28 + 1.86 * pow(granularity, 0.75)),
            granularity,
            price: self.market / (2.0 * self.limit),
            lots: self.market / (2.0 * self.cancel),
            time: 1.0 / self.cancel,
        })
    }
}

//! Options: what the right to buy or sell something later is worth now.
//!
//! Start at [`black_scholes`]; every other model here has it as a limit. Money is in the currency of
//! the spot, time in years, rates continuously compounded per year, volatility per square root of a
//! year (0.2 is 20%). The fields that an [`Outside`] names are the literature's: `S` spot, `K`
//! strike, `r` rate, `q` dividend yield, `T` time to expiry, `v` volatility.

pub mod american;
pub mod binomial;
mod black;
pub mod black_scholes;
pub mod chain;
pub mod heston;
pub mod implied;
pub mod jumps;
pub mod least_squares;
pub mod warrant;

use crate::{Outside, within};
use libm::exp;

/// The largest spot, strike or forward; its inverse is the smallest.
pub const MONEY_MAX: f64 = 1e100;
/// The longest time to expiry, in years.
pub const YEARS_MAX: f64 = 10_000.0;
/// The highest volatility.
pub const VOLATILITY_MAX: f64 = 1_000.0;
/// The largest size of `r T` and of `q T`: further out, discount factors are no numbers.
pub const DISCOUNT_EXPONENT_MAX: f64 = 200.0;

/// What the holder may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Buy at the strike.
    Call,
    /// Sell at the strike.
    Put,
}

impl Right {
    /// 1 for a call, -1 for a put.
    #[must_use]
    pub fn sign(self) -> f64 {
        match self {
            Self::Call => 1.0,
            Self::Put => -1.0,
        }
    }

    /// What exercise pays when the underlying is at `spot`.
    #[must_use]
    pub fn pay_off(self, spot: f64, strike: f64) -> f64 {
        (self.sign() * (spot - strike)).max(0.0)
    }
}

/// A plain option on one underlying, and the market around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vanilla {
    /// Call or put.
    pub right: Right,
    /// `S`: what the underlying costs now; positive.
    pub spot: f64,
    /// `K`: what it costs on exercise; positive.
    pub strike: f64,
    /// `r`: the riskless rate, continuously compounded, per year.
    pub rate: f64,
    /// `q`: what the underlying pays, as a continuous yield per year.
    pub dividend: f64,
    /// `T`: years to expiry; 0 is now.
    pub time: f64,
}

impl Vanilla {
    /// Whether every field lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `S`, `K`, `r`, `q` or `T`.
    pub fn check(&self) -> Result<(), Outside> {
        money("S", self.spot)?;
        money("K", self.strike)?;
        within("T", self.time, |t| (0.0..=YEARS_MAX).contains(&t), "a time from 0 to 10000 years")?;
        for (field, rate) in [("r", self.rate), ("q", self.dividend)] {
            let holds = |rate: f64| (rate * self.time).abs() <= DISCOUNT_EXPONENT_MAX;
            within(field, rate, holds, "a rate that times T lies within 200 of 0")?;
        }
        Ok(())
    }

    /// What one unit of money at expiry is worth now.
    #[must_use]
    pub fn discount(&self) -> f64 {
        exp(-self.rate * self.time)
    }

    /// What the underlying at expiry is worth now: the spot without its dividends.
    #[must_use]
    pub fn prepaid(&self) -> f64 {
        self.spot * exp(-self.dividend * self.time)
    }

    /// The price, agreed now, of the underlying at expiry.
    #[must_use]
    pub fn forward(&self) -> f64 {
        self.spot * exp((self.rate - self.dividend) * self.time)
    }

    /// What exercise pays now.
    #[must_use]
    pub fn intrinsic(&self) -> f64 {
        self.right.pay_off(self.spot, self.strike)
    }

    /// The least and the most that a European option can cost without arbitrage (Merton 1973).
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        let (asset, cash) = (self.prepaid(), self.strike * self.discount());
        let most = match self.right {
            Right::Call => asset,
            Right::Put => cash,
        };
        (self.right.pay_off(asset, cash), most)
    }

    /// What this European option costs when the one of the other right costs `other`: put-call
    /// parity (Stoll 1969, Journal of Finance 24), which needs no model.
    #[must_use]
    pub fn by_parity(&self, other: f64) -> f64 {
        other + self.right.sign() * (self.prepaid() - self.strike * self.discount())
    }

    /// The same, but a call or a put as told.
    #[must_use]
    pub fn with_right(self, right: Right) -> Self {
        Self { right, ..self }
    }
}

/// `value` when it is an amount of money that a price can be.
pub(crate) fn money(field: &'static str, value: f64) -> Result<f64, Outside> {
    let holds = |value: f64| (1.0 / MONEY_MAX..=MONEY_MAX).contains(&value);
    within(field, value, holds, "a positive number (1e-100 to 1e100)")
}

/// `v` when it is a volatility.
pub(crate) fn volatility(field: &'static str, v: f64) -> Result<f64, Outside> {
    within(field, v, |v| (0.0..=VOLATILITY_MAX).contains(&v), "a volatility from 0 to 1000")
}

//! What an account could lose: value at risk three ways, and what a blow would cost it.
//!
//! [`Marks`] keeps what everything was last traded at, on an even grid of the run's time. An account's
//! positions at the end are held against how those prices moved together: as they did
//! (historical simulation), with the normal law of their covariance, and by drawing from it
//! ([`risk()`]). A [`Blow`] moves chosen instruments by a part of their price, and the contracts
//! on them with them.
//!
//! Everything is per currency: what one rate of exchange would make of the sum is not told here.
//! Source: Hull, *Options, Futures, and Other Derivatives*, the chapter on value at risk; McNeil,
//! Frey and Embrechts, *Quantitative Risk Management*, chapter 2.

mod blow;
mod marks;
mod risk;
#[cfg(test)]
mod tests;

pub use blow::{Blow, Gain, gains};
pub use marks::Marks;
pub use risk::{Asked, INTERVALS_MIN, Risk, TooLittle, risk};

use pitfloor_model::instrument::Venue;
use pitfloor_model::units::InstrumentId;

/// How much an account has of an instrument; below zero it owes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Of what.
    pub instrument: InstrumentId,
    /// How many lots.
    pub lots: i128,
}

impl Position {
    /// What one tick more in the price is worth to the account, in minor units.
    fn per_tick(self, venue: &Venue) -> f64 {
        self.lots as f64 * venue.instruments()[self.instrument.index()].tick_cash() as f64
    }
}

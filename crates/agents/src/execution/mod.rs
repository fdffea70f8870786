//! Execution: somebody has decided to buy or sell so many lots; these get it done.
//!
//! Each kind has its own answer to *how much when*: evenly ([`twap`]), as others usually trade
//! ([`vwap`]), as others are trading ([`pov`]), as risk and impact are weighed
//! ([`almgren_chriss`]), as the book fills up again ([`obizhaeva_wang`]). How a slice is brought to
//! the market is the same for all of them and is the [`worker`]'s business; [`apportion`] makes
//! whole lots of shares.

pub mod almgren_chriss;
pub mod apportion;
pub mod obizhaeva_wang;
pub mod planned;
pub mod pov;
pub mod terms;
pub mod twap;
pub mod vwap;
pub mod worker;

#[cfg(test)]
mod stories;

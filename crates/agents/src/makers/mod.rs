//! Makers: dealers who quote both sides by a law that somebody solved.
//!
//! Each has a file with its law as plain functions of floats, and an agent that lives by it. How
//! one bid and one ask are kept where the law wants them is [`quoting`]'s; what can be learned
//! from one's own fills is [`arrivals`]'. A [`funded_maker`] quotes by what is lent to it. Prices
//! of the laws are in units of the currency, inventories in units of `size`.

pub mod arrivals;
pub mod avellaneda_stoikov;
pub mod funded_maker;
pub mod glft;
pub mod learned;
pub mod quoting;

#[cfg(test)]
mod stories;

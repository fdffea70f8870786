//! Recorded markets: reading what was recorded, and driving it through the real exchange.
//!
//! [`source`] opens a file by what it contains, not by what it is called; [`lobster`] reads the
//! message and book files of LOBSTER; [`history`] sends recorded messages through an
//! [`Exchange`](pitfloor_exchange::Exchange) and says how far its book agrees with the recorded
//! one. Start reading at [`history::replay`].
//!
//! A damaged record is never guessed at: every refusal is a [`error::DataError`] that names the
//! file, the line and the field, what was found there and what was expected.
//!
//! What this crate must never know: the rules of the market. It asks the exchange, and compares.

pub mod error;
pub mod history;
pub mod lobster;
pub mod source;

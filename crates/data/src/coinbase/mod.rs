//! Coinbase: recordings of its level 2 stream with trades and tickers, and whole books over HTTP.
//!
//! A stream begins with the whole book of each instrument; the changes after it are not numbered, so only
//! a new connection shows that something may be missing. A book of level 3 names every order by 32
//! hexadecimal digits; here they have numbers, from 1 in the order in which the book tells them.

pub mod records;
pub mod snapshot;

pub use records::Coinbase;
pub use snapshot::Snapshot;

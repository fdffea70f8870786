//! Bitstamp: every order of its book, and the changes of its levels.
//!
//! [`orders`] keeps the life of orders straight, since the venue's messages overtake each other; it is
//! used by the tables of [`table`] and the recordings of [`records`] alike.

pub mod orders;
pub mod records;
pub mod table;

pub use records::Bitstamp;
pub use table::OrderRows;

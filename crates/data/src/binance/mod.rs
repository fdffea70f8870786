//! Binance: recordings of its WebSocket streams, spot and futures, with the books they describe.
//!
//! A recording holds changes of the book and, somewhere behind the first of them, the snapshot that was
//! asked for when they began to come. [`sync`] puts them together as the venue documents it; it is a
//! machine of its own, for a live adapter as for a reader. [`message`] understands frames, [`records`]
//! reads recordings, [`dump`] the tables of depth that the venue offers.

pub mod dump;
pub mod message;
pub mod records;
pub mod sync;

pub use records::{Binance, Options};

//! Venues whose feeds need little more than their form understood: one file each.
//!
//! Each is a machine ([`crate::capture::records::Decode`]) and a way to open a recording of it.

pub mod bitmex;
pub mod bybit;
pub mod deribit;
pub mod gemini;
pub mod hyperliquid;
pub mod kraken;
pub mod tardis;

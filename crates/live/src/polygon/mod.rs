//! Polygon, now Massive: shares, options, currencies, coins, indices and futures, by topic.
//!
//! [`session`] greets, authenticates and subscribes; [`decode`] reads what comes; [`stand_in`] speaks
//! for the venue.

pub mod decode;
pub mod session;
pub mod stand_in;

//! Binance's public streams: coins and futures on coins, without a key.
//!
//! [`session`] subscribes, paces its commands and reads what comes; [`overlap`] joins two connections
//! where one must end, so that nothing is missing and nothing comes twice. Changes of a book are told as
//! they come, with their numbers: making a book of them and of a snapshot is not done here.

pub mod decode;
pub mod overlap;
pub mod session;
pub mod stand_in;

//! Alpaca: shares, coins, options and news of the United States, by subscription, in JSON or
//! MessagePack.
//!
//! [`settings`] says where and what; [`session`] greets, authenticates and subscribes; [`decode`] reads
//! what comes; [`stand_in`] speaks for the venue.

pub mod decode;
pub mod session;
pub mod settings;
pub mod stand_in;

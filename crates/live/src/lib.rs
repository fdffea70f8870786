//! Venues' market data as it happens.
//!
//! Every venue is spoken to by an [`adapter::Adapter`]: a state machine that is told what its
//! connections brought and what the clocks say, and answers with frames to send, the next moment at
//! which it wants to be woken, and what it learned ([`told::Told`]). It owns no socket, reads no clock
//! and throws only dice that it was given, so every rule of it is tested by feeding bytes.
//!
//! What this crate must never know: the rules of the market.

pub mod adapter;
pub mod alpaca;
pub mod backoff;
pub mod binance;
pub mod clock;
pub mod counters;
pub mod credentials;
pub mod line;
pub mod lots;
pub mod message;
pub mod moment;
pub mod pack;
pub mod polygon;
pub mod post;
pub mod queue;
pub mod socket;
pub mod stand_in;
pub mod told;
pub mod wire;

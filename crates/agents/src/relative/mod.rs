//! Relative value: what is cheap against something else.
//!
//! These trade several instruments at once and mean the difference: two shares that belong together
//! ([`pairs`]), one share in two places ([`cross_venue`], [`latency_arbitrage`],
//! and the [`mirror_maker`] who quotes the one by the other), three currencies
//! in a circle ([`triangular`]), an index and what it is made of ([`index_arbitrage`]). What they
//! share is how several legs get done together ([`legs`]); the statistics of pairs are in
//! [`engle_granger`].

pub mod cross_venue;
pub mod engle_granger;
pub mod index_arbitrage;
pub mod latency_arbitrage;
pub mod legs;
pub mod mirror_maker;
pub mod pairs;
pub mod triangular;

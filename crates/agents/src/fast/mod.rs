//! The fast and those whom they meet: traders who read queues and react, one who deceives them, and
//! the classes of accounts of a flash crash.
//!
//! [`order_imbalance`] trades on the queues at the best prices, [`spoofer`] paints such queues. The
//! classes of the E-mini on 6 May 2010 differ in speed and in where they place their orders:
//! [`hft_maker`] and [`intermediary`] (both by [`quoting`]) with limits to what they hold,
//! [`fundamental_trader`], [`opportunistic`], [`small_trader`], and the [`sell_program`] that met
//! them. A [`bargain_hunter`] sees what other markets say, and waits for the end of a fall.

pub mod bargain_hunter;
pub mod fundamental_trader;
pub mod hft_maker;
pub mod intermediary;
pub mod opportunistic;
pub mod order_imbalance;
pub mod quoting;
pub mod sell_program;
pub mod small_trader;
pub mod spoofer;

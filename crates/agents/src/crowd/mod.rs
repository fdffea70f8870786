//! Traders of whom there are many: each by itself follows a simple rule, and what matters is what
//! they do to each other through the price.
//!
//! [`chiarella`] and [`extended_chiarella`] mix belief in value, belief in trends and noise;
//! [`lux_marchesi`] is a whole crowd in one account, whose members change their minds;
//! [`trend_crowd`] comes in when prices rise and leaves when they fall; [`trend_following`] is the
//! professional who does so by plan; [`news_trader`] waits for announcements.

pub mod chiarella;
pub mod extended_chiarella;
pub mod lux_marchesi;
pub mod news_trader;
pub mod trend_crowd;
pub mod trend_following;

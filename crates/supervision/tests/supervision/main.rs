//! The supervisors by their scripted tapes: every table and tape of the rules, row by row.

mod calendar;
mod floor;
mod luld;
mod market_wide;
mod pauses;
mod properties;
mod published;
mod rows;
mod short_sale;
mod volatility;

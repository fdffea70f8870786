//! The kernel, its views and its scenarios, seen from outside.
//!
//! `players` are the agents of these tests and `record` is the plain history they are judged by;
//! the rest are stories and hunts, a room for each promise of the crate.

mod activity;
mod bad_input;
mod classes;
mod cleared;
mod complete;
mod curves;
mod expiry;
mod histories;
mod mechanisms;
mod memory;
mod players;
mod processes;
mod record;
mod relayed;
mod sight;
mod stories;
mod supervised;
mod triggers;

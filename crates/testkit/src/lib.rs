//! What the tests stand on: the plain reference exchange, random histories, stories, the mirror.
//!
//! [`reference`] is the market of `docs/RULES.md` written for the eye; [`generate`] makes worlds and
//! histories to try it and the fast one on; [`story`] lets a test speak the trade's words;
//! [`mirror`] turns a market upside down. A difference found by a long random history becomes a
//! short story with [`shrink`].
//!
//! What this crate must never know: the code it checks. It stands on the words of `pitfloor-model`
//! alone, and does its own arithmetic with them: shared code is shared mistakes.

pub mod generate;
pub mod mirror;
pub mod reference;
mod shrink;
pub mod story;

pub use reference::Reference;
pub use shrink::shrink;

//! What the tests stand on: the plain reference exchange, random histories, stories, the mirror.
//!
//! [`mod@reference`] is the market of `docs/RULES.md` written for the eye; [`generate`] makes worlds and
//! histories to try it and the fast one on; [`story`] lets a test speak the trade's words;
//! [`mirror`] turns a market upside down; [`invariants`] watches what must hold whatever happens;
//! [`bytes`] makes histories of bytes. A difference found by a long random history becomes a
//! short story with [`shrink`].
//!
//! What this crate must never know: the code it checks. It stands on the words of `pitfloor-model`
//! alone, and does its own arithmetic with them: shared code is shared mistakes.
//!
//! # Examples
//!
//! ```
//! use pitfloor_testkit::{Reference, story};
//!
//! let mut plain = Reference::new(story::venue());
//! let told = story::play(
//!     &mut |stamped, events| events.extend(plain.apply(stamped)),
//!     "open 1
//!      open 2
//!      deposit 1 100000
//!      deliver 2 10
//!      2 sell 1 @ 100 x10
//!      1 buy 1 market x4",
//! );
//! assert_eq!(story::trades(&told).len(), 1);
//! ```

pub mod bytes;
pub mod generate;
pub mod invariants;
pub mod mirror;
pub mod reference;
mod shrink;
pub mod story;

pub use invariants::{Broken, Invariants};
pub use reference::Reference;
pub use shrink::shrink;

//! Accounts from events alone: what each has, what it paid for it, what it earned, and why.
//!
//! The clearing house decides with totals and requirements; everything that people want to read besides
//! is worked out here, from its events. [`posting`] is the double entry of every event: opening and
//! postings explain every closing balance. [`basis`] keeps what positions cost, first in first out or
//! on average. [`account`] puts both together with fees, interest and dividends; [`trades`] finds trade
//! records by account, instrument and time.
//!
//! Start reading at [`account::Accounts`]. What this crate must never know: the exchange and its
//! clearing house, which it checks by being written apart from them.

pub mod account;
pub mod basis;
pub mod posting;
pub mod trades;

pub use account::{Account, Accounts};
pub use basis::Method;
pub use posting::{Holder, Item, Posting, Why};

//! The clearing house: who has what, who owes whom, and what happens when somebody cannot pay.
//!
//! Every trade is cleared here the moment it is made: the house steps between buyer and seller
//! (novation), and from then on each has to do with the house alone. It nets, settles on the day that
//! is due, takes fees and margin, pays dividends and coupons, exercises and expires contracts, and
//! survives the default of a member by a waterfall of means.
//!
//! Start reading at [`ClearingHouse`]; [`ledger`] below it moves cash and holdings in pairs.
//! `docs/CLEARING.md` says in prose what the code says here, and a plain reference written from that
//! page is compared event by event.
//!
//! What this crate must never know: order books and orders, the clock, dice, files. There is no
//! float in it. *When* something is due is said by commands.

mod accrue;
mod afford;
mod amount;
pub mod asset;
mod borrow;
mod calls;
mod corporate;
mod count;
mod cycle;
mod fees;
mod house;
pub mod ledger;
mod limits;
mod margin;
mod movements;
mod portfolio;
mod positions;
pub mod record;
mod rights;
mod trades;
mod value;
mod waterfall;

pub use asset::{Asset, Need, Settles};
pub use calls::CallStatus;
pub use count::rescaled;
pub use cycle::Obligation;
pub use house::{Ask, ClearingHouse};
pub use movements::Sending;
pub use trades::{Deal, Meeting};

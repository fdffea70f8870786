//! The rules of the market, as a machine that is told everything and asks for nothing.
//!
//! Commands go in, events come out, and nothing else happens: this crate opens no file, reads no
//! clock, draws no random number and starts no thread. Feed two copies the same commands in the
//! same order and they end in the same state, so a run can be replayed, audited and replicated.
//!
//! Start reading at [`Exchange::apply`]; it is the only door. Behind it stand the matching engine
//! ([`matching`]: is a command well formed, may it come now, who trades with whom), which looks
//! after the books ([`book`]), and the clearing house ([`clearing`]), which the engine asks about
//! money.
//! `docs/RULES.md` says in prose what the code says here, and a plain reference written from that
//! page is compared event by event.
//!
//! Two rooms know neither book nor ledger and only decide: [`auction`] finds the one price of a call
//! and who trades at it, [`allocation`] shares a taker's lots among the makers of a level. Whoever
//! wants to share by a rule of his own starts at [`allocation::AllocationRule`]; whoever wants to
//! trade in another way altogether starts at [`mechanism`].
//!
//! What this crate must never know: who sent a command (a simulated agent, a socket, a journal),
//! what encoding it came in, and what the time is. There is no float in it.
//!
//! # Examples
//!
//! ```
//! use pitfloor_exchange::Exchange;
//! use pitfloor_model::command::{Command, Order, Stamped};
//! use pitfloor_model::event::{Credit, Event};
//! use pitfloor_model::instrument::{Currency, Instrument, Venue};
//! use pitfloor_model::units::*;
//! use std::sync::Arc;
//!
//! let acme = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
//! let venue = Venue::new("XPIT", vec![Currency::new("USD", 2)?], vec![acme])?;
//! let mut exchange = Exchange::new(Arc::new(venue));
//! let (ann, bob, acme) = (AccountId(0), AccountId(1), InstrumentId(0));
//!
//! let mut events = Vec::new();
//! let story = [
//!     Command::OpenAccount { account: ann, credit: Credit::None },
//!     Command::OpenAccount { account: bob, credit: Credit::None },
//!     Command::Deposit { account: ann, currency: CurrencyId(0), cash: Cash(100_000) },
//!     Command::Deliver { account: bob, instrument: acme, qty: Qty(50) },
//!     Command::Place(Order::limit(bob, OrderId(1), acme, Side::Sell, Price(1_000), Qty(50))),
//!     Command::Place(Order::market(ann, OrderId(1), acme, Side::Buy, Qty(20))),
//! ];
//! for (seq, command) in (0..).zip(story) {
//!     exchange.apply(&Stamped { seq, at: Time(seq), command }, &mut events);
//! }
//! assert!(matches!(events.last(), Some(Event::Traded { price: Price(1_000), qty: Qty(20), .. })));
//! assert_eq!(exchange.lots(ann, acme).unwrap().total, 20);
//! assert_eq!(exchange.cash(bob, CurrencyId(0)).unwrap().total, Cash(20_000));
//! # Ok::<(), pitfloor_model::instrument::BadDefinition>(())
//! ```

pub mod allocation;
pub mod auction;
pub mod book;
pub mod digest;
mod exchange;
pub mod matching;
pub mod mechanism;
pub mod near;
mod places;

pub use pitfloor_clearing as clearing;
pub use pitfloor_clearing::ledger;

pub use digest::{Digest, EventDigest, JournalDigest};
pub use exchange::Exchange;
pub use matching::{LiveOrder, Whereabouts};

//! Agents and virtual time around the exchange, still without any I/O.
//!
//! [`kernel::Kernel`] is a machine with an agenda. Agents ([`agent`]) take their seats in it, each
//! with dice of its own ([`dice`]) at the far end of a link of its own ([`latency`]), and see the
//! public market as it was one latency ago ([`view`]). [`trigger`]s wait for moments and events;
//! a [`schedule`] opens and closes;
//! the [`world`] says what things are worth; [`history`] counts, digests and replays; and a
//! [`scenario`] is all of it written down.
//!
//! Start reading at [`kernel::Kernel::advance`].
//!
//! What this crate must never know: wall-clock time, threads, sockets, files.
//!
//! # Examples
//!
//! A market of two, in virtual time:
//!
//! ```
//! use pitfloor_model::instrument::{Currency, Instrument, Venue};
//! use pitfloor_model::units::*;
//! use pitfloor_sim::agent::{Agent, Context, Notice};
//! use pitfloor_sim::history::Tally;
//! use pitfloor_sim::kernel::{Endowment, Kernel};
//! use pitfloor_sim::latency::Latency;
//! use pitfloor_sim::world::World;
//! use std::sync::Arc;
//!
//! /// Sends one limit order at the start.
//! struct Once(Side, Price);
//!
//! impl Agent for Once {
//!     fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
//!         if *notice == Notice::Start {
//!             cx.limit(InstrumentId(0), self.0, self.1, Qty(5));
//!         }
//!     }
//! }
//!
//! let acme = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
//! let venue = Arc::new(Venue::new("XPIT", vec![Currency::new("USD", 2)?], vec![acme])?);
//! let mut kernel = Kernel::new(venue, 1, World::default());
//! let rich = Endowment::new(vec![(CurrencyId(0), Cash(100_000))], vec![(InstrumentId(0), Qty(9))]);
//! let seat = |kernel: &mut Kernel, name, agent: Once| {
//!     kernel.seat(name, Latency::Fixed(Span::millis(1)), &rich, Box::new(agent))
//! };
//! let ann = seat(&mut kernel, "ann", Once(Side::Sell, Price(1_000)));
//! let bob = seat(&mut kernel, "bob", Once(Side::Buy, Price(1_001)));
//!
//! let mut tally = Tally::new();
//! kernel.run(Time(1_000_000_000), &mut tally);
//! assert_eq!(tally.trades, 1);
//! assert_eq!(kernel.exchange().lots(bob, InstrumentId(0)).unwrap().total, 14);
//! assert_eq!(kernel.exchange().lots(ann, InstrumentId(0)).unwrap().total, 4);
//! # Ok::<(), pitfloor_model::instrument::BadDefinition>(())
//! ```

pub mod agenda;
pub mod agent;
pub mod agent_async;
pub mod decision;
pub mod dice;
mod fields;
mod going_home;
pub mod history;
pub mod kernel;
pub mod latency;
mod mail;
pub mod orders;
pub mod params;
pub mod scenario;
pub mod schedule;
pub mod trigger;
pub mod view;
pub mod world;

pub use fields::{BadScenario, Setting, near_name};

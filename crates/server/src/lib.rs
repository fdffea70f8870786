//! The live hosts: real time and tasks around the same agents, the same kernel, the same exchange.
//!
//! A market has three hosts. One is no more than a loop, `kernel.run(until)`: a simulation. The
//! other two live here, because they need a clock and tasks, which the core must not know:
//!
//! * [`pace`]: the same kernel, and a clock that says how far it may go. The kernel decides the
//!   order; people and programs send orders through [`doors`], at a [`speed`] that can be changed in
//!   mid-run. Without anything from outside the history is the simulated one, event for event.
//! * [`crowd`]: every agent a task of its own, racing to one sequencer. The machine decides the
//!   order, so nobody can foretell it.
//!
//! Either way the journal alone replays the run exactly.
//!
//! Start reading at [`pace::paced`].
//!
//! What this crate must never know: any rule of the market. There is no price in it.
//!
//! # Examples
//!
//! A market that runs a thousand times as fast as the clock, a guest who orders from outside, and
//! the same history once more from its journal:
//!
//! ```
//! use pitfloor_model::command::{Command, Order};
//! use pitfloor_model::units::*;
//! use pitfloor_server::doors::doors;
//! use pitfloor_server::pace::{End, Pace, paced};
//! use pitfloor_server::speed::Speed;
//! use pitfloor_sim::history::{Journal, Replay, Tally};
//! use pitfloor_sim::kernel::Endowment;
//! use pitfloor_sim::scenario::Scenario;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! # runtime.block_on(async {
//! let text = "
//!     [[instrument]]
//!     symbol = 'ACME'
//!     price = '100.00'
//!     [[agents]]
//!     kind = 'noise'
//!     count = 20
//!     shares = 500";
//! let scenario = Scenario::parse(text, &[], pitfloor_agents::KINDS)?;
//! let mut kernel = scenario.kernel();
//! let acme = InstrumentId(0);
//! let guest = kernel.open_outside(&Endowment::new(vec![(CurrencyId(0), Cash(10_000_000))], vec![]));
//!
//! let (desk, mut doors) = doors();
//! let order = Order::limit(guest, OrderId(1), acme, Side::Buy, Price(10_100), Qty(5));
//! desk.send(Command::Place(order)).await?;
//!
//! let (mut tally, mut journal) = (Tally::new(), Journal::default());
//! let mut pace = Pace::new(Speed::times(1_000.0)?);
//! let until = Time::ZERO.after(Span::secs(60));
//! let end = paced(&mut kernel, &mut pace, until, &mut doors, &mut (&mut tally, &mut journal)).await;
//! assert_eq!(end, End::Reached);
//! assert!(journal.0.iter().any(|stamped| stamped.command == Command::Place(order)));
//!
//! let (mut replay, mut again) = (Replay::new(scenario.venue().clone()), Tally::new());
//! replay.all(&journal.0, &mut again)?;
//! assert_eq!(again.digest(), tally.digest());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod clock;
pub mod crowd;
pub mod doors;
pub mod pace;
mod participant;
pub mod speed;

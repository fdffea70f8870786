//! What a venue's supervisors do: watch a market and say venue commands.
//!
//! An exchange carries out bands, phases and auctions; *when* they come is decided by rules that
//! change from country to country and from year to year. Those rules live here as state machines:
//!
//! * [`luld`]: limit up, limit down: bands around a moving reference, limit state, pause;
//! * [`market_wide`]: circuit breakers on an index that halt every instrument;
//! * [`short_sale`]: the price test of short sales after a fall;
//! * [`pauses`]: ends the pauses that the exchange itself begins, and calls that were extended;
//! * [`volatility`]: corridors around the last and the last auction price, with a call outside.
//!
//! Which version of a rule holds on which day is said by [`rows`], and which days and hours are
//! traded by [`calendar`]. `docs/SUPERVISION.md` tells how a host runs them.
//!
//! Start reading at [`Supervisor`]. What this crate must never know: the exchange, the clock, dice,
//! files. It is told events, quotes and the time, and says commands; they are journalled like
//! everybody's, so a replay needs no supervisor.
//!
//! # Examples
//!
//! A stop cascade has paused an instrument; five seconds later somebody must end the call:
//!
//! ```
//! use pitfloor_model::command::Command;
//! use pitfloor_model::event::{Event, Phase, PhaseReason};
//! use pitfloor_model::units::{InstrumentId, Time};
//! use pitfloor_supervision::{Supervisor, pauses::Pauses, rows::Rows};
//!
//! let second = 1_000_000_000;
//! let mut pauses = Pauses::new(&Rows::shipped(), "2026-01-05".parse()?)?;
//! let paused = Event::PhaseChanged {
//!     instrument: InstrumentId(0),
//!     from: Phase::Continuous,
//!     to: Phase::ReopenCall,
//!     why: PhaseReason::StopCascade,
//! };
//! pauses.see(Time(7 * second), &paused);
//! assert_eq!(pauses.due(), Some(Time(12 * second)));
//!
//! let mut said = Vec::new();
//! pauses.take(Time(12 * second), &mut said);
//! assert_eq!(said, [Command::EndCall { instrument: InstrumentId(0) }]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod calendar;
mod closes;
pub mod grid;
pub mod known;
pub mod luld;
pub mod market_wide;
pub mod pauses;
pub mod rows;
pub mod short_sale;
mod timers;
pub mod volatility;

use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Time};

/// Somebody who watches a market and says venue commands.
///
/// How a host runs one, at every moment `at`, which never decreases:
///
/// 1. before anything of a moment later than [`Supervisor::due`], it calls [`Supervisor::take`] with
///    that due moment;
/// 2. after each command it shows every event ([`Supervisor::see`]), then the best prices where they
///    changed ([`Supervisor::quote`]);
/// 3. as long as `due` is not after `at`, it calls `take`, has the exchange carry out what is said,
///    and goes on with 2 for each.
///
/// At one moment a deadline comes before what is seen: fifteen seconds are over when they are over.
/// After `take` a supervisor is not due at the same moment again until it is shown something.
pub trait Supervisor {
    /// Takes note of what happened at `at`.
    fn see(&mut self, at: Time, event: &Event);

    /// Takes note of all that a command caused at `at`, in order.
    fn see_all(&mut self, at: Time, events: &[Event]) {
        for event in events {
            self.see(at, event);
        }
    }

    /// Takes note of the best bid and ask of `instrument`: of the whole market where several venues
    /// trade it (the national best), else of its book. None: nobody.
    fn quote(
        &mut self,
        _at: Time,
        _instrument: InstrumentId,
        _bid: Option<Price>,
        _ask: Option<Price>,
    ) {
    }

    /// When it next has something to say or to decide, if nothing happens before; not after the
    /// last moment it was told of when it has something to say at once. Not a reason to keep a run
    /// going: whoever watches a calendar is always due at the next midnight.
    fn due(&self) -> Option<Time>;

    /// Appends what it has to say at `at`.
    fn take(&mut self, at: Time, out: &mut Vec<Command>);
}

/// Several supervisors, in order. One `take` is one supervisor's, so that the others see what came
/// of it before they speak.
#[derive(Default)]
pub struct Bench {
    seats: Vec<Box<dyn Supervisor + Send>>,
}

impl Bench {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Seats `supervisor` after those who sit already.
    #[must_use]
    pub fn with(mut self, supervisor: impl Supervisor + Send + 'static) -> Self {
        self.seats.push(Box::new(supervisor));
        self
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// True when there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }
}

impl Supervisor for Bench {
    fn see(&mut self, at: Time, event: &Event) {
        for seat in &mut self.seats {
            seat.see(at, event);
        }
    }

    fn see_all(&mut self, at: Time, events: &[Event]) {
        for seat in &mut self.seats {
            seat.see_all(at, events);
        }
    }

    fn quote(&mut self, at: Time, of: InstrumentId, bid: Option<Price>, ask: Option<Price>) {
        for seat in &mut self.seats {
            seat.quote(at, of, bid, ask);
        }
    }

    fn due(&self) -> Option<Time> {
        self.seats.iter().filter_map(|seat| seat.due()).min()
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        let said = out.len();
        for seat in &mut self.seats {
            if seat.due().is_some_and(|due| due <= at) {
                seat.take(at, out);
            }
            if out.len() > said {
                return;
            }
        }
    }
}

//! Ends the calls that the exchange begins or prolongs by itself: after a velocity pause, after a
//! stop cascade, and after an auction that ended against its collar.
//!
//! The exchange only begins them; how long they last is a rule (`pause`), and somebody must say
//! `EndCall`. A call of another cause is left to whoever began it, unless it was extended.

use crate::Supervisor;
use crate::known::{PauseSays, secs};
use crate::rows::{BadRows, Rows};
use crate::timers::Timers;
use jiff::civil::Date;
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Phase, PhaseReason};
use pitfloor_model::units::{InstrumentId, Span, Time};

/// The supervisor of those calls.
#[derive(Clone, Debug)]
pub struct Pauses {
    says: PauseSays,
    timers: Timers,
}

impl Pauses {
    /// By the rule `pause` of `rows` (market `*`) on `day`, for the whole run.
    ///
    /// # Errors
    ///
    /// When no row covers the day.
    pub fn new(rows: &Rows, day: Date) -> Result<Self, BadRows> {
        Ok(Self::of(rows.row("pause", "*", day)?.says()?))
    }

    /// By `says`.
    #[must_use]
    pub fn of(says: PauseSays) -> Self {
        Self { says, timers: Timers::default() }
    }

    /// When the call of `instrument` ends, if this supervisor is to end it.
    fn wait(&mut self, at: Time, instrument: InstrumentId, length: Option<Span>) {
        let until = length.map(|length| at.after(length));
        self.timers.set(instrument, until, until == Some(at));
    }

    fn pass(&mut self, at: Time) {
        while let Some((_, instrument)) = self.timers.first_until(at) {
            self.timers.set(instrument, None, true);
        }
        self.timers.tell(at);
    }
}

impl Supervisor for Pauses {
    fn see(&mut self, at: Time, event: &Event) {
        self.pass(at);
        match *event {
            Event::PhaseChanged { instrument, to, why, .. } => {
                let length = match (to, why) {
                    (Phase::ReopenCall, PhaseReason::Velocity) => Some(secs(self.says.velocity_s)),
                    (Phase::ReopenCall, PhaseReason::StopCascade) => {
                        Some(secs(self.says.cascade_s))
                    }
                    _ => None,
                };
                self.wait(at, instrument, length);
            }
            Event::CallExtended { instrument } => {
                self.wait(at, instrument, Some(secs(self.says.extension_s)));
            }
            _ => {}
        }
    }

    fn see_all(&mut self, at: Time, events: &[Event]) {
        self.pass(at);
        for event in events.iter().filter(|event| event.says_more_than_orders()) {
            self.see(at, event);
        }
    }

    fn due(&self) -> Option<Time> {
        self.timers.due()
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        self.pass(at);
        for instrument in self.timers.speaking() {
            out.push(Command::EndCall { instrument });
            self.timers.set(instrument, None, false);
        }
    }
}

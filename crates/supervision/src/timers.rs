//! Who is due when, and who has something to say at once. Soonest first, then by instrument.

use pitfloor_model::units::{InstrumentId, Time};
use std::collections::BTreeSet;

/// One deadline per instrument, and who waits to be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    deadlines: Vec<Option<Time>>,
    order: BTreeSet<(Time, InstrumentId)>,
    speaking: BTreeSet<InstrumentId>,
    now: Time,
}

impl Timers {
    /// The time is `at`.
    pub(crate) fn tell(&mut self, at: Time) {
        assert!(at >= self.now, "time does not go back: {at} after {}", self.now);
        self.now = at;
    }

    /// `instrument` is due at `deadline`, and speaks at once if `speaks`.
    pub(crate) fn set(&mut self, of: InstrumentId, deadline: Option<Time>, speaks: bool) {
        if self.deadlines.len() <= of.index() {
            self.deadlines.resize(of.index() + 1, None);
        }
        if let Some(old) = std::mem::replace(&mut self.deadlines[of.index()], deadline) {
            self.order.remove(&(old, of));
        }
        self.order.extend(deadline.map(|at| (at, of)));
        if speaks {
            self.speaking.insert(of);
        } else {
            self.speaking.remove(&of);
        }
    }

    /// The first deadline at or before `at`.
    pub(crate) fn first_until(&self, at: Time) -> Option<(Time, InstrumentId)> {
        self.order.first().copied().filter(|(due, _)| *due <= at)
    }

    /// When the next of them is due; now, when somebody speaks.
    pub(crate) fn due(&self) -> Option<Time> {
        if !self.speaking.is_empty() {
            return Some(self.now);
        }
        self.order.first().map(|(due, _)| *due)
    }

    /// Who speaks, in order of instrument.
    pub(crate) fn speaking(&self) -> Vec<InstrumentId> {
        self.speaking.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soonest_is_first_and_a_new_deadline_replaces_the_old() {
        let mut timers = Timers::default();
        timers.set(InstrumentId(2), Some(Time(5)), false);
        timers.set(InstrumentId(1), Some(Time(5)), false);
        timers.set(InstrumentId(0), Some(Time(9)), false);
        assert_eq!(timers.due(), Some(Time(5)));
        assert_eq!(timers.first_until(Time(5)), Some((Time(5), InstrumentId(1))));
        timers.set(InstrumentId(1), None, false);
        timers.set(InstrumentId(2), Some(Time(10)), false);
        assert_eq!(timers.first_until(Time(9)), Some((Time(9), InstrumentId(0))));
        assert_eq!(timers.first_until(Time(8)), None);
    }

    #[test]
    fn whoever_speaks_is_due_now() {
        let mut timers = Timers::default();
        timers.tell(Time(3));
        timers.set(InstrumentId(1), Some(Time(9)), true);
        timers.set(InstrumentId(0), None, true);
        assert_eq!(timers.due(), Some(Time(3)));
        assert_eq!(timers.speaking(), [InstrumentId(0), InstrumentId(1)]);
        timers.set(InstrumentId(0), None, false);
        timers.set(InstrumentId(1), Some(Time(9)), false);
        assert_eq!(timers.due(), Some(Time(9)));
    }

    #[test]
    #[should_panic(expected = "time does not go back")]
    fn time_does_not_go_back() {
        let mut timers = Timers::default();
        timers.tell(Time(3));
        timers.tell(Time(2));
    }
}

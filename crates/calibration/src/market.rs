//! A scenario's market, run and watched as a tape.

use pitfloor_facts::tape::Tape;
use pitfloor_facts::watch::Watch;
use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;

struct Watching {
    watch: Watch,
    instrument: InstrumentId,
}

impl Observer for Watching {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.watch.see(seen.stamped, seen.events, seen.board.levels(self.instrument));
    }
}

/// The tape of `instrument` over the whole of `scenario`.
///
/// # Panics
///
/// When the scenario has no such instrument.
#[must_use]
pub fn tape(scenario: &Scenario, instrument: InstrumentId) -> Tape {
    let definition = &scenario.venue().instruments()[instrument.index()];
    let since_midnight = scenario.start().clock_s(Time::ZERO) * 1_000_000_000;
    let watch = Watch::new(instrument, definition, since_midnight);
    let mut watching = Watching { watch, instrument };
    let end = Time(scenario.span().0);
    scenario.kernel().run(end, &mut watching);
    watching.watch.finish(end)
}

//! Limit up, limit down: bands around a moving reference, limit state, pause, reopening.
//!
//! ```text
//!                    best ask = lower band, or
//!                    best bid = upper band               15 s          5 min, auction
//!   Off ──► Normal ─────────────────────────► Limit ────────► Paused ────────► Normal
//!             ▲ ▲──────────────────────────────┘│
//!             └── Straddle ◄────────────────────┘
//! ```
//!
//! The reference is the mean of the prints of the last five minutes, kept exact; another is published
//! when it differs by one hundredth and the one in force has stood for thirty seconds. Rule `luld`
//! of [`crate::rows`] gives the figures; source: the plan itself (luldplan.com).
//!
//! Start reading at [`Luld::new`]; the life of one instrument is in `name`.

mod bands;
mod name;
mod window;

pub use bands::bands;

use crate::Supervisor;
use crate::calendar::{Calendar, Today};
use crate::closes::Closes;
use crate::grid::Grid;
use crate::known::LuldSays;
use crate::rows::{BadRows, Rows, Versions};
use crate::timers::Timers;
use name::{Moment, Name};
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{InstrumentId, Price, Qty, Time};

/// Which share of the price the bands of an instrument are away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// S&P 500, Russell 1000, some exchange-traded products.
    One,
    /// Every other listed share. Rights and warrants have no bands: leave them out.
    Two,
}

/// An instrument under the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Which.
    pub instrument: InstrumentId,
    /// Its tier.
    pub tier: Tier,
    /// Where its prices lie.
    pub grid: Grid,
    /// The close of the day before the run, if there was one.
    pub close: Option<Price>,
    /// The smallest trade that counts for the reference.
    pub eligible_min: Qty,
}

/// One of the two bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// The lower.
    Lower,
    /// The upper.
    Upper,
}

/// What an instrument is doing under the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No bands: outside the regular hours, in a call or halt of another cause, or before there is
    /// a reference.
    Off,
    /// Within the bands.
    Normal,
    /// The market stands at a band.
    Limit {
        /// At which.
        edge: Edge,
        /// Since when.
        since: Time,
    },
    /// One side of the market is beyond a band. No pause by itself.
    Straddle,
    /// Trading is paused.
    Paused {
        /// Until this moment.
        until: Time,
        /// True when the pause lasts until the close and the closing call follows.
        closing: bool,
    },
}

/// The supervisor of the rule.
#[derive(Clone, Debug)]
pub struct Luld {
    calendar: Calendar,
    rules: Versions<LuldSays>,
    today: Today,
    names: Vec<Option<Name>>,
    timers: Timers,
}

impl Luld {
    /// Over `listings`, by the rule `luld` of `rows` on `market`, on the days of `calendar`.
    ///
    /// # Errors
    ///
    /// When no row covers the first day of the run, or the last row ends.
    ///
    /// # Panics
    ///
    /// When an instrument is listed twice.
    pub fn new(
        rows: &Rows,
        market: &str,
        calendar: Calendar,
        listings: &[Listing],
    ) -> Result<Self, BadRows> {
        let today = calendar.today(Time::ZERO);
        let rules = rows.from("luld", market, today.date)?;
        let count = listings.iter().map(|listing| listing.instrument.index() + 1).max();
        let mut names = vec![None; count.unwrap_or(0)];
        for listing in listings {
            let place = &mut names[listing.instrument.index()];
            assert!(place.is_none(), "an instrument is listed once");
            *place = Some(Name::new(*listing, Closes::new(listing.close)));
        }
        let mut made = Self { calendar, rules, today, names, timers: Timers::default() };
        made.everybody(Time::ZERO);
        Ok(made)
    }

    /// Publishes `reference` for `instrument` at `at`, whatever its trades say: a price from the
    /// listing market.
    ///
    /// # Panics
    ///
    /// When the instrument is not under the rule, or the reference is not above zero.
    pub fn publish(&mut self, at: Time, instrument: InstrumentId, reference: Price) {
        self.pass(at);
        assert!(self.name(instrument).is_some(), "the instrument is under the rule");
        assert!(reference.0 > 0, "a reference is above zero");
        self.change(at, instrument, |name, moment| name.publish(reference, moment));
    }

    /// What `instrument` is doing; nothing when it is not under the rule.
    #[must_use]
    pub fn state(&self, instrument: InstrumentId) -> Option<State> {
        self.name(instrument).map(|name| name.state)
    }

    /// The bands of `instrument`, while it has some.
    #[must_use]
    pub fn bands(&self, instrument: InstrumentId) -> Option<Bands> {
        self.name(instrument)?.bands
    }

    /// The reference in force, rounded half up to the cent; the bands are taken from the exact one.
    #[must_use]
    pub fn reference(&self, instrument: InstrumentId) -> Option<Price> {
        self.name(instrument)?.reference()
    }

    fn name(&self, instrument: InstrumentId) -> Option<&Name> {
        self.names.get(instrument.index())?.as_ref()
    }

    /// Lets every deadline up to `at` pass, one after another.
    fn pass(&mut self, at: Time) {
        loop {
            let first = self.timers.first_until(at);
            let midnight = self.today.ends().filter(|end| *end <= at);
            if let Some(end) = midnight.filter(|end| first.is_none_or(|(due, _)| *end <= due)) {
                self.turn(end);
            } else if let Some((due, instrument)) = first {
                self.change(due, instrument, Name::settle);
            } else {
                break;
            }
        }
        self.timers.tell(at);
    }

    /// The next day begins.
    fn turn(&mut self, at: Time) {
        self.today = self.calendar.today(at);
        for name in self.names.iter_mut().flatten() {
            name.closes.turn();
        }
        self.everybody(at);
    }

    fn everybody(&mut self, at: Time) {
        for index in 0..self.names.len() {
            let id =
                InstrumentId(u32::try_from(index).expect("instruments are numbered in 32 bits"));
            self.change(at, id, Name::settle);
        }
    }

    fn change(&mut self, at: Time, of: InstrumentId, act: impl FnOnce(&mut Name, &Moment<'_>)) {
        let Some(Some(name)) = self.names.get_mut(of.index()) else { return };
        let says = self.rules.on(self.today.date);
        let moment = Moment { at, says, session: self.today.session };
        act(name, &moment);
        self.timers.set(of, name.deadline(&moment), name.speaks());
    }
}

impl Supervisor for Luld {
    fn see(&mut self, at: Time, event: &Event) {
        self.pass(at);
        match *event {
            Event::Traded { instrument, price, qty, .. }
            | Event::Uncrossed { instrument, price: Some(price), qty, .. } => {
                let auction = matches!(event, Event::Uncrossed { .. });
                self.change(at, instrument, |name, moment| name.print(price, qty, auction, moment));
            }
            Event::PhaseChanged { instrument, to, why, .. } => {
                self.change(at, instrument, |name, moment| name.enter(to, why, moment));
            }
            Event::ReferenceSet { instrument, of: Benchmark::Close, price } => {
                self.change(at, instrument, |name, moment| {
                    name.closes.say(price);
                    name.settle(moment);
                });
            }
            _ => {}
        }
    }

    fn quote(&mut self, at: Time, of: InstrumentId, bid: Option<Price>, ask: Option<Price>) {
        self.pass(at);
        self.change(at, of, |name, moment| name.quote(bid, ask, moment));
    }

    fn due(&self) -> Option<Time> {
        self.timers.due().into_iter().chain(self.today.ends()).min()
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        self.pass(at);
        for instrument in self.timers.speaking() {
            self.change(at, instrument, |name, moment| name.say(moment, out));
        }
    }
}

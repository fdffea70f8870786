//! The price test of short sales (Regulation SHO, Rule 201): after a fall of a tenth below the
//! previous close, short sales must stand above the best bid for the rest of the day and the next.
//!
//! The test itself is the exchange's; here is decided when it holds. Rule `sho.201`; source: 17 CFR
//! 242.201. What prints in the regular hours can set it off; the closing auction, which prints when
//! they are over, cannot.

use crate::Supervisor;
use crate::calendar::{Calendar, Today};
use crate::closes::Closes;
use crate::known::ShortSaleSays;
use crate::rows::{BadRows, Rows, Versions};
use crate::timers::Timers;
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::{InstrumentId, Price, Time};

/// The supervisor of the rule.
#[derive(Clone, Debug)]
pub struct ShortSales {
    calendar: Calendar,
    rules: Versions<ShortSaleSays>,
    today: Today,
    names: Vec<Option<Name>>,
    timers: Timers,
}

/// One instrument.
#[derive(Clone, Copy, Debug)]
struct Name {
    closes: Closes,
    phase: Phase,
    /// Restricted until this moment.
    until: Option<Time>,
    /// What was said last.
    said: bool,
}

impl ShortSales {
    /// Over the instruments of `listings`, each with its close of the day before the run if known,
    /// by the rule `sho.201` of `rows` on `market`, on the days of `calendar`.
    ///
    /// # Errors
    ///
    /// When no row covers the first day of the run, or the last row ends.
    pub fn new(
        rows: &Rows,
        market: &str,
        calendar: Calendar,
        listings: &[(InstrumentId, Option<Price>)],
    ) -> Result<Self, BadRows> {
        let today = calendar.today(Time::ZERO);
        let rules = rows.from("sho.201", market, today.date)?;
        let count = listings.iter().map(|(of, _)| of.index() + 1).max().unwrap_or(0);
        let mut names = vec![None; count];
        for (of, close) in listings {
            let closes = Closes::new(*close);
            let name = Name { closes, phase: Phase::Continuous, until: None, said: false };
            names[of.index()] = Some(name);
        }
        Ok(Self { calendar, rules, today, names, timers: Timers::default() })
    }

    /// Until when short sales of `instrument` are restricted; none when they are free.
    #[must_use]
    pub fn restricted_until(&self, instrument: InstrumentId) -> Option<Time> {
        self.names.get(instrument.index())?.as_ref()?.until
    }

    fn pass(&mut self, at: Time) {
        while let Some(end) = self.today.ends().filter(|end| *end <= at) {
            self.today = self.calendar.today(end);
            for name in self.names.iter_mut().flatten() {
                name.closes.turn();
            }
        }
        while let Some((due, instrument)) = self.timers.first_until(at) {
            self.change(instrument, |name| name.until = name.until.filter(|until| *until > due));
        }
        self.timers.tell(at);
    }

    fn change(&mut self, of: InstrumentId, act: impl FnOnce(&mut Name)) {
        let Some(Some(name)) = self.names.get_mut(of.index()) else { return };
        act(name);
        self.timers.set(of, name.until, name.until.is_some() != name.said);
    }

    fn print(&mut self, at: Time, of: InstrumentId, price: Price) {
        let core = self.today.session.is_some_and(|day| (day.open..day.close).contains(&at));
        let says = self.rules.on(self.today.date);
        let fall = says.fall_bips;
        let last = self.calendar.trading_day_after(self.today.date, says.days_after);
        let until = self.calendar.today(self.calendar.midnight(last)).to;
        self.change(of, |name| {
            let close = name.closes.previous();
            if core && close.is_some_and(|close| fell(close, price, fall)) {
                name.until = name.until.max(Some(until));
            }
            if core || name.phase == Phase::CloseCall {
                name.closes.print(price);
            }
        });
    }
}

/// True when a trade at `price` sets the rule off after a previous `close`: it lies at least the
/// rule's share below.
#[must_use]
pub fn sets_off(says: &ShortSaleSays, close: Price, price: Price) -> bool {
    fell(close, price, says.fall_bips)
}

/// True when `price` lies at least `fall` ten-thousandths below `close`.
fn fell(close: Price, price: Price, fall: u32) -> bool {
    i128::from(price.0) * 10_000 <= i128::from(close.0) * i128::from(10_000 - fall)
}

impl Supervisor for ShortSales {
    fn see(&mut self, at: Time, event: &Event) {
        self.pass(at);
        match *event {
            Event::Traded { instrument, price, .. }
            | Event::Uncrossed { instrument, price: Some(price), .. } => {
                self.print(at, instrument, price);
            }
            Event::PhaseChanged { instrument, to, .. } => {
                self.change(instrument, |name| name.phase = to);
            }
            Event::ReferenceSet { instrument, of: Benchmark::Close, price } => {
                self.change(instrument, |name| name.closes.say(price));
            }
            _ => {}
        }
    }

    fn due(&self) -> Option<Time> {
        self.timers.due().into_iter().chain(self.today.ends()).min()
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        self.pass(at);
        for instrument in self.timers.speaking() {
            self.change(instrument, |name| {
                name.said = name.until.is_some();
                out.push(Command::RestrictShortSales { instrument, on: name.said });
            });
        }
    }
}

//! Market-wide circuit breakers: the whole venue halts when an index falls too far.
//!
//! Levels 1 and 2 halt for a quarter of an hour, once a day each and not late in the day; level 3
//! ends the day. The index comes as [`Event::ReferenceSet`] with [`Benchmark::Index`] on the
//! instrument that stands for it, its previous close as [`Benchmark::Close`]. Rule `mwcb`; source:
//! investor.gov.
//!
//! Every instrument halts in one moment, in order of instrument, and comes back through a call whose
//! length is the venue's. One that was halted already for another reason is left to whoever did it.

use crate::Supervisor;
use crate::calendar::{Calendar, Today};
use crate::closes::Closes;
use crate::grid::{Fraction, Grid};
use crate::known::{MarketWideSays, secs};
use crate::rows::{BadRows, Rows, Versions};
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Phase, PhaseReason};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::{InstrumentId, Price, Span, Time};

/// How far the index fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// −7 % in the rule that ships.
    One,
    /// −13 %.
    Two,
    /// −20 %: the day is over.
    Three,
}

/// What the market is doing under the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Open,
    /// Halted.
    Halted {
        /// By which level.
        level: Level,
        /// Until this moment; for level 3 the close.
        until: Time,
    },
}

/// Which index, and who is halted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The instrument whose benchmarks carry the index. It need not be among those that halt.
    pub index: InstrumentId,
    /// Where the index's figures lie.
    pub grid: Grid,
    /// The index's close of the day before the run, if known.
    pub close: Option<Price>,
    /// How many instruments the venue has: 0 to one below this are halted.
    pub instruments: u32,
    /// How long the call lasts through which they come back.
    pub call: Span,
}

/// The index at which each level is reached after a `close`: at or below it. Rounded half up to the
/// cent of `grid`.
#[must_use]
pub fn levels(says: &MarketWideSays, grid: Grid, close: Price) -> [Price; 3] {
    let MarketWideSays { level_1_bips, level_2_bips, level_3_bips, .. } = *says;
    let at = |fall| grid.round(Fraction::whole(close).share(10_000 - fall));
    [level_1_bips, level_2_bips, level_3_bips].map(at)
}

/// The supervisor of the rule.
#[derive(Clone, Debug)]
pub struct MarketWide {
    calendar: Calendar,
    rules: Versions<MarketWideSays>,
    setup: Setup,
    closes: Closes,
    today: Today,
    now: Time,
    /// The highest level that has halted the market today.
    reached: Option<Level>,
    state: State,
    pits: Vec<Pit>,
    reopening: Option<Time>,
}

/// One instrument.
#[derive(Clone, Copy, Debug)]
struct Pit {
    phase: Phase,
    /// True while it is away from trading because of this rule.
    ours: bool,
}

impl MarketWide {
    /// By the rule `mwcb` of `rows` on `market`, on the days of `calendar`.
    ///
    /// # Errors
    ///
    /// When no row covers the first day of the run, or the last row ends.
    pub fn new(
        rows: &Rows,
        market: &str,
        calendar: Calendar,
        setup: Setup,
    ) -> Result<Self, BadRows> {
        let today = calendar.today(Time::ZERO);
        let rules = rows.from("mwcb", market, today.date)?;
        let pit = Pit { phase: Phase::Continuous, ours: false };
        Ok(Self {
            calendar,
            rules,
            closes: Closes::new(setup.close),
            today,
            now: Time::ZERO,
            reached: None,
            state: State::Open,
            pits: vec![pit; setup.instruments as usize],
            reopening: None,
            setup,
        })
    }

    /// What the market is doing.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The index at which each level is reached today: at or below it. Rounded half up to the cent.
    #[must_use]
    pub fn levels(&self) -> Option<[Price; 3]> {
        Some(levels(self.says(), self.setup.grid, self.closes.previous()?))
    }

    fn says(&self) -> &MarketWideSays {
        self.rules.on(self.today.date)
    }

    /// The index stands at `price`.
    fn index(&mut self, at: Time, price: Price) {
        let Some(session) = self.today.session else { return };
        if !(session.open..session.close).contains(&at) {
            return;
        }
        self.closes.print(price);
        let Some([one, two, three]) = self.levels() else { return };
        let late = at >= session.close.before(secs(self.says().no_halt_before_close_s));
        let fell = [(three, Level::Three), (two, Level::Two), (one, Level::One)];
        let Some((_, level)) = fell.into_iter().find(|(most, _)| price <= *most) else { return };
        let again = self.reached.is_some_and(|reached| level <= reached);
        let halted = matches!(self.state, State::Halted { until, .. } if at < until);
        if again || (level != Level::Three && (late || halted)) {
            return;
        }
        let halt = secs(self.says().halt_s);
        let until = if level == Level::Three { session.close } else { at.after(halt) };
        self.reached = Some(level);
        self.state = State::Halted { level, until };
        self.reopening = None;
    }

    /// Lets midnights up to `at` pass.
    fn pass(&mut self, at: Time) {
        assert!(at >= self.now, "time does not go back: {at} after {}", self.now);
        while let Some(end) = self.today.ends().filter(|end| *end <= at) {
            self.today = self.calendar.today(end);
            self.closes.turn();
            self.reached = None;
        }
        self.now = at;
    }

    /// What is to be said to an instrument now, if anything.
    fn step(&self, pit: Pit) -> Option<Step> {
        match self.state {
            State::Halted { level, until } if pit.ours && self.now >= until => match pit.phase {
                Phase::Halt if level == Level::Three => Some(Step::Close),
                Phase::Halt => Some(Step::Call),
                _ => None,
            },
            State::Halted { until, .. } if self.now < until => {
                let may = !matches!(pit.phase, Phase::Halt | Phase::Closed);
                may.then_some(Step::Halt)
            }
            _ => {
                let over = self.reopening.is_some_and(|end| self.now >= end);
                (over && pit.ours && pit.phase == Phase::ReopenCall).then_some(Step::End)
            }
        }
    }

    fn say(&mut self, instrument: InstrumentId, step: Step, out: &mut Vec<Command>) {
        let pit = &mut self.pits[instrument.index()];
        let to = match step {
            Step::Halt => Phase::Halt,
            Step::Call => Phase::ReopenCall,
            Step::Close => Phase::Closed,
            Step::End => Phase::Continuous,
        };
        // The exchange carries it out before anything else; what it makes of it will be seen.
        *pit = Pit { phase: to, ours: matches!(step, Step::Halt | Step::Call) };
        out.push(match step {
            Step::End => Command::EndCall { instrument },
            _ => Command::SetPhase { instrument, to, why: PhaseReason::MarketWide },
        });
    }

    /// Moves on once everything of a step has been said.
    fn moved(&mut self) {
        if let State::Halted { level, until } = self.state
            && self.now >= until
        {
            self.state = State::Open;
            if level != Level::Three {
                self.reopening = Some(self.now.after(self.setup.call));
            }
        } else if self.reopening.is_some_and(|end| self.now >= end) {
            self.reopening = None;
        }
    }
}

/// What is said to one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Halt,
    Call,
    Close,
    End,
}

impl Supervisor for MarketWide {
    fn see(&mut self, at: Time, event: &Event) {
        self.pass(at);
        match *event {
            Event::ReferenceSet { instrument, of, price } if instrument == self.setup.index => {
                match of {
                    Benchmark::Index => self.index(at, price),
                    Benchmark::Close => self.closes.say(price),
                    Benchmark::Mark => {}
                }
            }
            Event::PhaseChanged { instrument, to, .. } => {
                if let Some(pit) = self.pits.get_mut(instrument.index()) {
                    pit.phase = to;
                    pit.ours &= matches!(to, Phase::Halt | Phase::ReopenCall);
                }
            }
            _ => {}
        }
    }

    fn due(&self) -> Option<Time> {
        let active = self.state != State::Open || self.reopening.is_some();
        let speaks = active && self.pits.iter().any(|pit| self.step(*pit).is_some());
        let until = match self.state {
            State::Halted { until, .. } => Some(until),
            State::Open => self.reopening,
        };
        let now = speaks.then_some(self.now);
        [now, until, self.today.ends()].into_iter().flatten().min()
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        self.pass(at);
        for index in 0..self.setup.instruments {
            let instrument = InstrumentId(index);
            if let Some(step) = self.step(self.pits[instrument.index()]) {
                self.say(instrument, step, out);
            }
        }
        self.moved();
    }
}

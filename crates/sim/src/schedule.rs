//! A day's schedule: which instrument goes into which phase when, and when its calls end.
//!
//! A [`Schedule`] is a supervisor that reads a timetable instead of the market: it says the same
//! commands at the same moments in every host, and they are journalled like any others. The only
//! thing that it watches are phases, so that it neither ends a call that somebody else has ended nor
//! leaves a periodic market alone after a pause.
//!
//! Start reading at [`Timetable`].

use crate::dice::Dice;
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Phase, PhaseReason};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::{InstrumentId, Price, Span, Time};
use pitfloor_supervision::Supervisor;

/// When an instrument's phases begin and end. What has no length is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timetable {
    /// How long orders are taken before the opening call.
    pub pre_open: Span,
    /// How long the opening call lasts, after that.
    pub open_call: Span,
    /// How often there is an auction instead of continuous trading.
    pub periodic: Option<Span>,
    /// When the closing call begins; none for a market that does not close.
    pub close_at: Option<Time>,
    /// How long it lasts.
    pub close_call: Span,
    /// How much longer than said the opening and closing call may last: drawn for each.
    pub random_end: Span,
    /// From the beginning of one day to that of the next; none: there is one day.
    pub every: Option<Span>,
}

/// The timetables of a run, as far as they have not been carried out.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// What is to be said when; the soonest last.
    steps: Vec<(Time, Step)>,
    /// Per instrument, with [`InstrumentId`] as place.
    pits: Vec<Pit>,
    /// What comes again every day, with the dice for its ends.
    days: Vec<Option<(Timetable, Dice)>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Say(Command),
    /// The call ends, if the instrument is still in it.
    EndCall(InstrumentId, Phase),
    /// An auction of a periodic market; it comes again.
    Batch(InstrumentId, Span),
    /// Periodic trading is over.
    LastBatch(InstrumentId),
    /// Another day begins.
    Dawn(InstrumentId),
}

#[derive(Clone, Copy, Debug)]
struct Pit {
    phase: Phase,
    periodic: bool,
}

impl Timetable {
    /// True when a day begins with the collecting of orders.
    const fn opens(&self) -> bool {
        self.pre_open.0 + self.open_call.0 > 0
    }
}

impl Schedule {
    /// Of so many instruments, none of which has a timetable yet.
    #[must_use]
    pub fn new(instruments: usize) -> Self {
        let pit = Pit { phase: Phase::Continuous, periodic: false };
        Self { steps: Vec::new(), pits: vec![pit; instruments], days: vec![None; instruments] }
    }

    /// Adds the timetable of `instrument`, whose last price before the run is `close`. `dice` draw
    /// the ends of its calls.
    ///
    /// # Panics
    ///
    /// When the schedule has no such instrument.
    pub fn add(
        &mut self,
        instrument: InstrumentId,
        timetable: &Timetable,
        close: Price,
        dice: &mut Dice,
    ) {
        let phase =
            |to| Step::Say(Command::SetPhase { instrument, to, why: PhaseReason::Scheduled });
        if timetable.opens() {
            // A market that has been open all night begins its day.
            self.put((Time::ZERO, phase(Phase::Halt)));
            self.put((Time::ZERO, phase(Phase::Closed)));
        }
        self.begin(instrument, Time::ZERO, timetable, Some(close), dice);
        if timetable.every.is_some() {
            self.days[instrument.index()] = Some((*timetable, dice.clone()));
        }
    }

    /// Puts in the day that begins at `dawn`; before the first one, somebody says what the last close was.
    fn begin(
        &mut self,
        instrument: InstrumentId,
        dawn: Time,
        timetable: &Timetable,
        close: Option<Price>,
        dice: &mut Dice,
    ) {
        let Timetable { pre_open, open_call, periodic, close_at, close_call, random_end, every } =
            *timetable;
        let mut steps = Vec::new();
        let why = PhaseReason::Scheduled;
        let phase = |to| Command::SetPhase { instrument, to, why };
        let mut longer = || Span(dice.below(random_end.0.saturating_add(1)));
        let opening = timetable.opens();
        if opening {
            steps.push((dawn, Step::Say(phase(Phase::PreOpen))));
        }
        if let Some(price) = close {
            let of = Benchmark::Close;
            steps.push((dawn, Step::Say(Command::SetReference { instrument, of, price })));
        }
        let mut open = dawn;
        if opening {
            let call = dawn.after(pre_open);
            steps.push((call, Step::Say(phase(Phase::OpenCall))));
            open = call.after(open_call).after(longer());
            steps.push((open, Step::EndCall(instrument, Phase::OpenCall)));
        }
        if let Some(every) = periodic {
            self.pits[instrument.index()].periodic = true;
            steps.push((open, Step::Say(phase(Phase::PeriodicCall))));
            steps.push((open.after(every), Step::Batch(instrument, every)));
        }
        if let Some(at) = close_at.map(|at| dawn.after(Span(at.0))) {
            if periodic.is_some() {
                steps.push((at, Step::LastBatch(instrument)));
            }
            steps.push((at, Step::Say(phase(Phase::CloseCall))));
            let end = at.after(close_call).after(longer());
            steps.push((end, Step::EndCall(instrument, Phase::CloseCall)));
        }
        if let Some(every) = every {
            steps.push((dawn.after(every), Step::Dawn(instrument)));
        }
        steps.into_iter().for_each(|step| self.put(step));
    }

    /// True when it will never say anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What is put in later for the same moment comes later.
    fn put(&mut self, step: (Time, Step)) {
        let at = self.steps.partition_point(|(at, _)| *at > step.0);
        self.steps.insert(at, step);
    }

    fn say(&mut self, at: Time, step: Step, out: &mut Vec<Command>) {
        let why = PhaseReason::Scheduled;
        match step {
            Step::Say(command) => out.push(command),
            Step::EndCall(instrument, of) => {
                if self.pits[instrument.index()].phase == of {
                    out.push(Command::EndCall { instrument });
                }
            }
            Step::Batch(instrument, every) => {
                let pit = self.pits[instrument.index()];
                if !pit.periodic {
                    return;
                }
                match pit.phase {
                    Phase::PeriodicCall => out.push(Command::EndCall { instrument }),
                    // It comes back from a pause.
                    Phase::Continuous => {
                        out.push(Command::SetPhase { instrument, to: Phase::PeriodicCall, why });
                    }
                    Phase::PreOpen
                    | Phase::OpenCall
                    | Phase::Halt
                    | Phase::ReopenCall
                    | Phase::CloseCall
                    | Phase::Closed => {}
                }
                self.put((at.after(every), Step::Batch(instrument, every)));
            }
            Step::LastBatch(instrument) => {
                let pit = &mut self.pits[instrument.index()];
                pit.periodic = false;
                if pit.phase == Phase::PeriodicCall {
                    out.push(Command::SetPhase { instrument, to: Phase::Continuous, why });
                }
            }
            Step::Dawn(instrument) => {
                let day = self.days[instrument.index()].take();
                let (timetable, mut dice) = day.expect("a day that comes again is kept");
                self.begin(instrument, at, &timetable, None, &mut dice);
                self.days[instrument.index()] = Some((timetable, dice));
            }
        }
    }
}

impl Supervisor for Schedule {
    fn see(&mut self, _: Time, event: &Event) {
        if let Event::PhaseChanged { instrument, to, .. } = *event {
            self.pits[instrument.index()].phase = to;
        }
    }

    fn see_all(&mut self, at: Time, events: &[Event]) {
        for event in events.iter().filter(|event| event.says_more_than_orders()) {
            self.see(at, event);
        }
    }

    fn due(&self) -> Option<Time> {
        self.steps.last().map(|(at, _)| *at)
    }

    /// One step at a time: what it says may change what the next one has to say.
    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        if self.due().is_some_and(|due| due <= at)
            && let Some((_, step)) = self.steps.pop()
        {
            self.say(at, step, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: InstrumentId = InstrumentId(0);
    const SECOND: u64 = 1_000_000_000;

    fn schedule(timetable: &Timetable, seed: u64) -> Schedule {
        let mut schedule = Schedule::new(1);
        schedule.add(ACME, timetable, Price(100), &mut Dice::new(seed, "schedule:ACME"));
        schedule
    }

    /// Carries the schedule out until `until` on a venue that does what it is told, and puts down
    /// what it said: seconds and words.
    fn day(mut schedule: Schedule, until: u64) -> Vec<String> {
        let (mut said, mut phase) = (Vec::new(), Phase::Continuous);
        while let Some(at) = schedule.due().filter(|at| at.0 <= until * SECOND) {
            let mut out = Vec::new();
            schedule.take(at, &mut out);
            for command in out {
                let s = at.0 / SECOND;
                let to = match command {
                    Command::SetPhase { to, .. } => {
                        said.push(format!("{s} {to:?}"));
                        to
                    }
                    Command::EndCall { .. } => {
                        said.push(format!("{s} end"));
                        match phase {
                            Phase::OpenCall | Phase::ReopenCall => Phase::Continuous,
                            Phase::CloseCall => Phase::Closed,
                            other => other,
                        }
                    }
                    Command::SetReference { price, .. } => {
                        said.push(format!("{s} close {}", price.0));
                        phase
                    }
                    other => unreachable!("a schedule says no {other:?}"),
                };
                if to != phase {
                    see(&mut schedule, at, to);
                }
                phase = to;
            }
        }
        said
    }

    fn see(schedule: &mut Schedule, at: Time, to: Phase) {
        let (from, why) = (Phase::Continuous, PhaseReason::Scheduled);
        schedule.see(at, &Event::PhaseChanged { instrument: ACME, from, to, why });
    }

    #[test]
    fn a_day_opens_with_a_call_and_closes_with_one() {
        let timetable = Timetable {
            pre_open: Span::secs(60),
            open_call: Span::secs(30),
            close_at: Some(Time(600 * SECOND)),
            close_call: Span::secs(20),
            ..Timetable::default()
        };
        assert_eq!(
            day(schedule(&timetable, 1), 10_000),
            [
                "0 Halt",
                "0 Closed",
                "0 PreOpen",
                "0 close 100",
                "60 OpenCall",
                "90 end",
                "600 CloseCall",
                "620 end",
            ]
        );
    }

    #[test]
    fn a_day_that_comes_again_opens_and_closes_every_day() {
        let timetable = Timetable {
            open_call: Span::secs(30),
            close_at: Some(Time(600 * SECOND)),
            close_call: Span::secs(20),
            every: Some(Span::secs(1_000)),
            ..Timetable::default()
        };
        let said = day(schedule(&timetable, 1), 2_100);
        let days = [1_000, 2_000].map(|dawn| {
            let said = said.iter().filter(|said| {
                let at: u64 = said.split(' ').next().unwrap().parse().unwrap();
                (dawn..dawn + 1_000).contains(&at)
            });
            said.cloned().collect::<Vec<_>>()
        });
        let second = ["1000 PreOpen", "1000 OpenCall", "1030 end", "1600 CloseCall", "1620 end"];
        assert_eq!(days[0], second);
        assert_eq!(days[1], ["2000 PreOpen", "2000 OpenCall", "2030 end"]);
    }

    #[test]
    fn a_periodic_market_has_an_auction_at_every_step_until_it_closes() {
        let timetable = Timetable {
            periodic: Some(Span::secs(2)),
            close_at: Some(Time(7 * SECOND)),
            ..Timetable::default()
        };
        assert_eq!(
            day(schedule(&timetable, 1), 100),
            [
                "0 close 100",
                "0 PeriodicCall",
                "2 end",
                "4 end",
                "6 end",
                "7 Continuous",
                "7 CloseCall",
                "7 end",
            ]
        );
    }

    #[test]
    fn a_periodic_market_that_was_paused_goes_on_and_a_halted_one_is_left_alone() {
        let timetable = Timetable { periodic: Some(Span::secs(2)), ..Timetable::default() };
        let mut schedule = schedule(&timetable, 1);
        let at = |schedule: &mut Schedule| {
            let (mut out, due) = (Vec::new(), schedule.due().unwrap());
            schedule.take(due, &mut out);
            out
        };
        let _ = (at(&mut schedule), at(&mut schedule));
        see(&mut schedule, Time(SECOND), Phase::Halt);
        assert_eq!(at(&mut schedule), [], "halted by somebody else");
        see(&mut schedule, Time(3 * SECOND), Phase::Continuous);
        let (instrument, to, why) = (ACME, Phase::PeriodicCall, PhaseReason::Scheduled);
        assert_eq!(at(&mut schedule), [Command::SetPhase { instrument, to, why }]);
        see(&mut schedule, Time(4 * SECOND), Phase::PeriodicCall);
        assert_eq!(at(&mut schedule), [Command::EndCall { instrument }]);
    }

    #[test]
    fn somebody_elses_end_of_a_call_is_not_repeated() {
        let timetable = Timetable { open_call: Span::secs(30), ..Timetable::default() };
        let mut schedule = schedule(&timetable, 1);
        see(&mut schedule, Time::ZERO, Phase::OpenCall);
        see(&mut schedule, Time(SECOND), Phase::Continuous);
        let mut out = Vec::new();
        while let Some(due) = schedule.due() {
            schedule.take(due, &mut out);
        }
        assert!(!out.contains(&Command::EndCall { instrument: ACME }), "{out:?}");
    }

    #[test]
    fn a_random_end_is_the_seeds_and_within_its_bounds() {
        let timetable = Timetable {
            open_call: Span::secs(30),
            random_end: Span::secs(30),
            ..Timetable::default()
        };
        let end = |seed| {
            let steps = schedule(&timetable, seed).steps;
            steps.iter().find(|(_, step)| matches!(step, Step::EndCall(..))).unwrap().0
        };
        let ends: Vec<Time> = (0..100).map(end).collect();
        assert!(ends.iter().all(|at| (30..=60).contains(&(at.0 / SECOND))));
        assert_eq!(ends, (0..100).map(end).collect::<Vec<_>>());
        let early = ends.iter().filter(|at| at.0 < 45 * SECOND).count();
        assert!((30..70).contains(&early), "as likely early as late: {early}");
    }
}

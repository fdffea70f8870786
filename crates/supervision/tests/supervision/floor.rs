//! Runs a supervisor as a host does, and keeps the phases as `docs/RULES.md` has them: every phase
//! that is said must be one that the instrument may go to.

use jiff::civil::DateTime;
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Phase, PhaseReason};
use pitfloor_model::instrument::{Instrument, InstrumentKind};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::*;
use pitfloor_supervision::Supervisor;
use pitfloor_supervision::calendar::Calendar;
use pitfloor_supervision::grid::Grid;
use pitfloor_supervision::rows::Rows;

/// The instrument of stories with one.
pub(crate) const ACME: InstrumentId = InstrumentId(0);

/// A moment in New York, as `2026-01-05T11:00:00`.
pub(crate) fn wall(text: &str) -> DateTime {
    text.parse().expect("a wall time")
}

/// The days of New York, for a run that starts at `text` in UTC.
pub(crate) fn new_york(text: &str) -> Calendar {
    let epoch: jiff::Timestamp = text.parse().expect("a moment");
    let ns = i64::try_from(epoch.as_nanosecond()).expect("a moment of this age");
    Calendar::new(&Rows::shipped(), "US", ns).expect("the rows cover it")
}

/// Cents on a grid of cents.
pub(crate) fn cents() -> Grid {
    let kind = InstrumentKind::Equity;
    Grid::of(&Instrument::new(kind, "ACME", CurrencyId(0), "0.01", "1").unwrap()).unwrap()
}

/// `94.90` as a price in cents.
pub(crate) fn price(text: &str) -> Price {
    let share = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
    share.price(text).expect("a price in cents")
}

/// A trade of `qty` lots.
pub(crate) fn trade(of: InstrumentId, at: &str, qty: u64) -> Event {
    Event::Traded {
        trade: TradeId(0),
        instrument: of,
        maker: OrderKey::new(AccountId(1), OrderId(1)),
        taker: OrderKey::new(AccountId(2), OrderId(1)),
        aggressor: Side::Buy,
        price: price(at),
        qty: Qty(qty),
    }
}

/// The end of an auction.
pub(crate) fn uncrossed(of: InstrumentId, at: Option<Price>) -> Event {
    let qty = Qty(u64::from(at.is_some()) * 100);
    Event::Uncrossed { instrument: of, price: at, qty, surplus: Qty(0), side: None }
}

/// A price from elsewhere.
pub(crate) fn benchmark(instrument: InstrumentId, of: Benchmark, at: &str) -> Event {
    Event::ReferenceSet { instrument, of, price: price(at) }
}

/// A supervisor, the phases of its market, and what it said.
pub(crate) struct Floor<S> {
    pub(crate) who: S,
    pub(crate) calendar: Calendar,
    pub(crate) phases: Vec<Phase>,
    /// What the next auction finds.
    pub(crate) auction: Option<Price>,
    said: Vec<(Time, Command)>,
    now: Time,
}

impl<S: Supervisor> Floor<S> {
    pub(crate) fn new(who: S, calendar: Calendar, instruments: usize) -> Self {
        let phases = vec![Phase::Continuous; instruments];
        Self { who, calendar, phases, auction: None, said: Vec::new(), now: Time::ZERO }
    }

    /// The moment of a wall time.
    pub(crate) fn at(&self, text: &str) -> Time {
        self.calendar.time(wall(text))
    }

    /// Lets time pass up to `text`: everybody speaks when due.
    pub(crate) fn until(&mut self, text: &str) {
        let at = self.at(text);
        self.pass(at);
    }

    /// The same by a moment.
    pub(crate) fn pass(&mut self, at: Time) {
        while let Some(due) = self.who.due().filter(|due| *due <= at) {
            self.now = self.now.max(due);
            self.ask();
        }
        self.now = self.now.max(at);
    }

    /// Asks until nobody has anything more to say at this moment.
    fn ask(&mut self) {
        for turn in 0.. {
            assert!(turn < 1_000, "whoever has spoken is silent until something happens");
            if self.who.due().is_none_or(|due| due > self.now) {
                return;
            }
            let mut out = Vec::new();
            self.who.take(self.now, &mut out);
            for command in out {
                self.carry_out(&command);
                self.said.push((self.now, command));
            }
        }
    }

    /// Something happens at `text`.
    pub(crate) fn happens(&mut self, text: &str, event: Event) {
        let at = self.at(text);
        self.happens_at(at, event);
    }

    /// The same by a moment.
    pub(crate) fn happens_at(&mut self, at: Time, event: Event) {
        self.pass(at);
        self.tell(event);
        self.ask();
    }

    /// The best prices become these at `text`; `-` is nobody.
    pub(crate) fn quote(&mut self, text: &str, bid: &str, ask: &str) {
        let side = |text: &str| (text != "-").then(|| price(text));
        let at = self.at(text);
        self.pass(at);
        self.who.quote(at, ACME, side(bid), side(ask));
        self.ask();
    }

    /// Somebody else moves an instrument.
    pub(crate) fn moves(&mut self, text: &str, of: InstrumentId, to: Phase, why: PhaseReason) {
        self.until(text);
        self.enter(of, to, why);
        self.ask();
    }

    fn tell(&mut self, event: Event) {
        self.who.see(self.now, &event);
    }

    fn carry_out(&mut self, command: &Command) {
        match *command {
            Command::SetPhase { instrument, to, why } => self.enter(instrument, to, why),
            Command::EndCall { instrument } => {
                let from = self.phases[instrument.index()];
                let to = match from {
                    Phase::OpenCall | Phase::ReopenCall => Phase::Continuous,
                    Phase::CloseCall => Phase::Closed,
                    other => panic!("a call is ended, not {other:?}"),
                };
                let found = self.auction.take();
                self.tell(uncrossed(instrument, found));
                self.phases[instrument.index()] = to;
                let why = PhaseReason::CallEnded;
                self.tell(Event::PhaseChanged { instrument, from, to, why });
            }
            Command::SetBands { bands, .. } => {
                assert!(bands.is_none_or(|bands| bands.lower <= bands.upper), "{bands:?}");
            }
            Command::RestrictShortSales { .. } => {}
            ref other => panic!("no supervisor says {other:?}"),
        }
    }

    fn enter(&mut self, instrument: InstrumentId, to: Phase, why: PhaseReason) {
        let from = self.phases[instrument.index()];
        assert!(may(from, to), "an instrument does not go from {from:?} to {to:?}");
        self.phases[instrument.index()] = to;
        self.tell(Event::PhaseChanged { instrument, from, to, why });
    }

    /// What was said since the last time, a line each.
    pub(crate) fn said(&mut self) -> Vec<String> {
        let said = std::mem::take(&mut self.said);
        said.iter().map(|(at, command)| self.line(*at, command)).collect()
    }

    fn line(&self, at: Time, command: &Command) -> String {
        let time = self.calendar.local(at).time();
        let show = |price: Price| format!("{}.{:02}", price.0 / 100, price.0 % 100);
        match command {
            Command::SetPhase { instrument, to, why } => {
                format!("{time} {} {to:?} {why:?}", instrument.0)
            }
            Command::EndCall { instrument } => format!("{time} {} end", instrument.0),
            Command::SetBands { instrument, bands: None } => {
                format!("{time} {} free", instrument.0)
            }
            Command::SetBands { instrument, bands: Some(bands) } => {
                format!("{time} {} {} x {}", instrument.0, show(bands.lower), show(bands.upper))
            }
            Command::RestrictShortSales { instrument, on } => {
                format!("{time} {} short {}", instrument.0, if *on { "restricted" } else { "free" })
            }
            other => format!("{time} {other:?}"),
        }
    }
}

/// Which phase follows which by `SetPhase`.
pub(crate) fn may(from: Phase, to: Phase) -> bool {
    use Phase::*;
    match (from, to) {
        (PreOpen, OpenCall) | (OpenCall, Continuous) => true,
        (Continuous, CloseCall | PeriodicCall | ReopenCall) => true,
        (CloseCall, Closed) | (Closed, PreOpen) => true,
        (PeriodicCall | ReopenCall, Continuous) => true,
        (Halt, ReopenCall | Closed) => true,
        (from, Halt) => from != Halt && from != Closed,
        _ => false,
    }
}

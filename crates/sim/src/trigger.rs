//! Triggers: what to wait for, and what to do then. Each fires once.

use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{InstrumentId, Price, Time};

/// Something to wait for, and what to do when it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// What it is called in messages.
    pub name: String,
    /// What it waits for.
    pub when: When,
    /// What is done then, in this order.
    pub then: Vec<Then>,
}

/// What a trigger waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A moment.
    At(Time),
    /// A trade at this price or higher.
    TradeAtOrAbove(InstrumentId, Price),
    /// A trade at this price or lower.
    TradeAtOrBelow(InstrumentId, Price),
    /// The first event of a kind.
    Event(EventKind),
    /// So many commands, whatever became of them.
    Commands(u64),
    /// So many trades.
    Trades(u64),
}

/// What a trigger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Give control back to the host, which may look around and go on.
    Pause,
    /// End the run.
    Stop,
    /// Send this to the venue at once, like anything from outside.
    Send(Command),
}

/// The kinds of events that can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A trade.
    Traded,
    /// A refusal.
    Rejected,
    /// An order that ended unfilled.
    Cancelled,
    /// Two orders of one account that met.
    Prevented,
    /// An instrument in another phase.
    PhaseChanged,
}

impl EventKind {
    /// Every kind, with the word that scenarios use for it.
    pub const ALL: [(&'static str, Self); 5] = [
        ("traded", Self::Traded),
        ("rejected", Self::Rejected),
        ("cancelled", Self::Cancelled),
        ("prevented", Self::Prevented),
        ("phase-changed", Self::PhaseChanged),
    ];

    const fn is(self, event: &Event) -> bool {
        match self {
            Self::Traded => matches!(event, Event::Traded { .. }),
            Self::Rejected => matches!(event, Event::Rejected { .. }),
            Self::Cancelled => matches!(event, Event::Cancelled { .. }),
            Self::Prevented => matches!(event, Event::Prevented { .. }),
            Self::PhaseChanged => matches!(event, Event::PhaseChanged { .. }),
        }
    }
}

impl Then {
    /// The commands that lead `instrument` through these phases.
    pub fn phases(instrument: InstrumentId, phases: &[Phase]) -> impl Iterator<Item = Self> + '_ {
        phases.iter().map(move |to| Self::Send(Command::SetPhase { instrument, to: *to }))
    }
}

/// The triggers of a run that have not fired, and what they count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    armed: Vec<(usize, When)>,
    trades: u64,
}

impl Watch {
    /// Adds the trigger `index`; moments are the agenda's business, not this one's.
    pub(crate) fn arm(&mut self, index: usize, when: When) {
        self.armed.push((index, when));
    }

    /// The triggers that fire now that `stamped` caused `events`.
    pub(crate) fn fired(&mut self, stamped: &Stamped, events: &[Event]) -> Vec<usize> {
        // Counted from the first command on, so that it does not matter when a trigger is armed.
        self.trades += events.iter().filter(|event| EventKind::Traded.is(event)).count() as u64;
        let trades = self.trades;
        let mut fired = Vec::new();
        self.armed.retain(|(index, when)| {
            let fires = when.is_met(stamped, events, trades);
            if fires {
                fired.push(*index);
            }
            !fires
        });
        fired
    }
}

impl When {
    fn is_met(&self, stamped: &Stamped, events: &[Event], trades: u64) -> bool {
        let traded = |on: InstrumentId, at: &dyn Fn(Price) -> bool| {
            events.iter().any(|event| match event {
                Event::Traded { instrument, price, .. } => *instrument == on && at(*price),
                _ => false,
            })
        };
        match *self {
            Self::At(_) => false,
            Self::TradeAtOrAbove(instrument, level) => traded(instrument, &|price| price >= level),
            Self::TradeAtOrBelow(instrument, level) => traded(instrument, &|price| price <= level),
            Self::Event(kind) => events.iter().any(|event| kind.is(event)),
            Self::Commands(count) => stamped.seq + 1 >= count,
            Self::Trades(count) => trades >= count,
        }
    }
}

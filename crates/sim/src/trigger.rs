//! Triggers: what to wait for, and what to do then. Each fires once.
//!
//! A host keeps the moments in its agenda and shows everything else that happens to a [`Watch`],
//! which says which triggers that fires. What they do is the host's part.

use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Event, Phase, PhaseReason};
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A trade in continuous trading.
    Traded,
    /// A refusal.
    Rejected,
    /// An order that ended unfilled.
    Cancelled,
    /// Two orders of one account that met.
    Prevented,
    /// An instrument in another phase.
    PhaseChanged,
    /// A dormant order whose trigger was met.
    Triggered,
    /// An order whose time was over.
    Expired,
    /// An auction.
    Uncrossed,
    /// A call that goes on because its auction stood against its collar.
    CallExtended,
    /// Other bands.
    BandsChanged,
    /// Short sales restricted or freed.
    ShortSalesRestricted,
}

impl EventKind {
    /// Every kind, with the word that scenarios use for it.
    pub const ALL: [(&'static str, Self); 11] = [
        ("traded", Self::Traded),
        ("rejected", Self::Rejected),
        ("cancelled", Self::Cancelled),
        ("prevented", Self::Prevented),
        ("phase-changed", Self::PhaseChanged),
        ("triggered", Self::Triggered),
        ("expired", Self::Expired),
        ("uncrossed", Self::Uncrossed),
        ("call-extended", Self::CallExtended),
        ("bands-changed", Self::BandsChanged),
        ("short-sales-restricted", Self::ShortSalesRestricted),
    ];

    const fn is(self, event: &Event) -> bool {
        match self {
            Self::Traded => matches!(event, Event::Traded { .. }),
            Self::Rejected => matches!(event, Event::Rejected { .. }),
            Self::Cancelled => matches!(event, Event::Cancelled { .. }),
            Self::Prevented => matches!(event, Event::Prevented { .. }),
            Self::PhaseChanged => matches!(event, Event::PhaseChanged { .. }),
            Self::Triggered => matches!(event, Event::Triggered { .. }),
            Self::Expired => matches!(event, Event::Expired { .. }),
            Self::Uncrossed => matches!(event, Event::Uncrossed { .. }),
            Self::CallExtended => matches!(event, Event::CallExtended { .. }),
            Self::BandsChanged => matches!(event, Event::BandsChanged { .. }),
            Self::ShortSalesRestricted => matches!(event, Event::ShortSalesRestricted { .. }),
        }
    }
}

impl Then {
    /// The commands that lead `instrument` through these phases.
    pub fn phases(instrument: InstrumentId, phases: &[Phase]) -> impl Iterator<Item = Self> + '_ {
        let why = PhaseReason::Scheduled;
        phases.iter().map(move |to| Self::Send(Command::SetPhase { instrument, to: *to, why }))
    }
}

/// The triggers of a run that have not fired, and what they count.
///
/// For hosts. It is to be shown every command from the first one on, each once and in order.
///
/// # Examples
///
/// ```
/// use pitfloor_model::command::{Command, Stamped};
/// use pitfloor_model::event::{Credit, Event};
/// use pitfloor_model::units::{AccountId, Time};
/// use pitfloor_sim::trigger::{Watch, When};
///
/// let mut watch = Watch::default();
/// watch.arm(7, When::Commands(1));
/// let (account, credit) = (AccountId(0), Credit::None);
/// let stamped = Stamped { seq: 0, at: Time::ZERO, command: Command::OpenAccount { account, credit } };
/// assert_eq!(watch.fired(&stamped, &[Event::AccountOpened { account, credit }]), [7]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Watch {
    armed: Vec<(usize, When)>,
    trades: u64,
}

impl Watch {
    /// Adds the trigger that its host calls `index`. Moments never fire here: a [`When::At`] is the
    /// business of the host's agenda.
    pub fn arm(&mut self, index: usize, when: When) {
        self.armed.push((index, when));
    }

    /// The triggers that fire now that `stamped` caused `events`, in the order of arming. They are
    /// no longer armed.
    #[must_use = "a trigger fires once: who does not look misses it"]
    pub fn fired(&mut self, stamped: &Stamped, events: &[Event]) -> Vec<usize> {
        // Counted from the first command on, so that it does not matter when a trigger is armed.
        self.trades += events.iter().filter(|event| event.is_trade()).count() as u64;
        let trades = self.trades;
        let mut fired = Vec::new();
        if self.armed.is_empty() {
            return fired;
        }
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
            let mut trades = events.iter().filter_map(Event::trade);
            trades.any(|trade| trade.instrument == on && at(trade.price))
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

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::event::Reject;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey, Qty, Side, TradeId};

    const ACME: InstrumentId = InstrumentId(0);
    const ZINC: InstrumentId = InstrumentId(1);

    fn trade(instrument: InstrumentId, price: i64) -> Event {
        let key = |account| OrderKey::new(AccountId(account), OrderId(1));
        let (maker, taker, aggressor) = (key(0), key(1), Side::Buy);
        let (trade, price, qty) = (TradeId(0), Price(price), Qty(1));
        Event::Traded { trade, instrument, maker, taker, aggressor, price, qty }
    }

    fn stamped(seq: u64) -> Stamped {
        let (instrument, to, why) = (ACME, Phase::Halt, PhaseReason::Regulatory);
        let command = Command::SetPhase { instrument, to, why };
        Stamped { seq, at: Time(seq), command }
    }

    #[test]
    fn a_level_is_met_at_it_and_beyond_it_and_in_its_own_instrument_only() {
        let met = |when: When, event: Event| when.is_met(&stamped(0), &[event], 0);
        for (price, above, below) in [(99, false, true), (100, true, true), (101, true, false)] {
            let level = Price(100);
            assert_eq!(met(When::TradeAtOrAbove(ACME, level), trade(ACME, price)), above);
            assert_eq!(met(When::TradeAtOrBelow(ACME, level), trade(ACME, price)), below);
            assert!(!met(When::TradeAtOrAbove(ZINC, level), trade(ACME, price)));
        }
    }

    #[test]
    fn each_fires_once_in_the_order_of_arming() {
        let mut watch = Watch::default();
        watch.arm(4, When::Trades(2));
        watch.arm(2, When::Event(EventKind::Traded));
        watch.arm(7, When::Commands(2));
        watch.arm(9, When::At(Time(0)));
        let both = [trade(ACME, 100), trade(ACME, 101)];
        assert_eq!(watch.fired(&stamped(0), &both[..1]), [2]);
        assert_eq!(watch.fired(&stamped(1), &both), [4, 7], "two trades in one command are two");
        assert_eq!(watch.fired(&stamped(2), &both), [0; 0], "a moment is the agenda's business");
    }

    #[test]
    fn every_kind_of_event_is_its_own() {
        let (to, from) = (Phase::Halt, Phase::Continuous);
        let rejected = Event::rejected(AccountId(0), OrderId(1), Reject::ZeroQty);
        let (instrument, why) = (ACME, PhaseReason::Scheduled);
        let changed = Event::PhaseChanged { instrument, from, to, why };
        let extended = Event::CallExtended { instrument };
        let restricted = Event::ShortSalesRestricted { instrument, on: true };
        let lifted = Event::BandsChanged { instrument, from: None, to: None };
        for event in [trade(ACME, 1), rejected, changed, extended, restricted, lifted] {
            let kinds = EventKind::ALL.iter().filter(|(_, kind)| kind.is(&event));
            assert_eq!(kinds.count(), 1, "{event:?}");
        }
        let words: Vec<&str> = EventKind::ALL.iter().map(|(word, _)| *word).collect();
        assert_eq!(
            words.join(" "),
            "traded rejected cancelled prevented phase-changed triggered expired uncrossed \
             call-extended bands-changed short-sales-restricted"
        );
    }

    #[test]
    fn a_pairing_of_an_auction_is_a_trade_at_its_price() {
        let key = |account| OrderKey::new(AccountId(account), OrderId(1));
        let crossed = Event::Crossed {
            trade: TradeId(0),
            instrument: ACME,
            buy: key(0),
            sell: key(1),
            price: Price(100),
            qty: Qty(1),
        };
        let mut watch = Watch::default();
        watch.arm(1, When::Trades(2));
        watch.arm(2, When::TradeAtOrAbove(ACME, Price(100)));
        watch.arm(3, When::Event(EventKind::Traded));
        assert_eq!(watch.fired(&stamped(0), &[crossed, crossed]), [1, 2]);
    }
}

//! What was told somewhere on the tapes, and what must be: every word of the closed vocabularies.

use pitfloor_model::event::{CancelReason, Entry, Event, Phase, Reject};
use pitfloor_model::order::{Kind, Stp, Tif};
use std::collections::BTreeSet;

/// A vocabulary: all its names, and the name of a word. A new word does not compile until it is here.
macro_rules! names {
    ($all:ident, $name:ident, $of:ident: $($word:ident)*) => {
        const $all: &[&str] = &[$(stringify!($word)),*];
        const fn $name(word: &$of) -> &'static str {
            match word { $($of::$word { .. } => stringify!($word)),* }
        }
    };
}

names!(EVENTS, event, Event: Accepted Rejected Traded Rested Replaced Reduced Prevented Cancelled
    ExpiredInMatch PhaseChanged Refreshed Repriced Parked Triggered Amended Armed Expired Crossed
    Indicative Uncrossed CallExtended MassCancelled Unspent Transferred BandsChanged ReferenceSet
    ShortSalesRestricted KillSwitched GroupSet TimeAdvanced AccountOpened Deposited Delivered Clearing);
names!(REASONS, reason, CancelReason: User Remainder ReplacedToDone Mass Disconnect KillSwitch
    FillOrKill MinQty Band Budget OcoSibling ParentGone AuctionOver Unfunded Cascade
    CorporateAction Default);
names!(KINDS, kind, Kind: Limit Market MarketProtected MarketToLimit MarketByAmount Stop StopLimit
    TakeProfit TakeProfitLimit Trailing TrailingLimit PegPrimary PegMarket PegMid ImbalanceOnly);
names!(TIFS, tif, Tif: Gtc Gtd Day Ioc Fok AtOpen AtClose);
names!(MODES, mode, Stp: None ExpireTaker ExpireMaker ExpireBoth Decrement Transfer);
names!(ENTRIES, entry, Entry: Entering Waiting Dormant Parked);

/// What was told so far.
#[derive(Debug, Default)]
pub(super) struct Told {
    events: BTreeSet<&'static str>,
    rejects: BTreeSet<Reject>,
    reasons: BTreeSet<&'static str>,
    kinds: BTreeSet<&'static str>,
    tifs: BTreeSet<&'static str>,
    modes: BTreeSet<&'static str>,
    entries: BTreeSet<&'static str>,
    phases: BTreeSet<Phase>,
}

impl Told {
    pub(super) fn hear(&mut self, events: &[Event]) {
        for told in events {
            self.events.insert(event(told));
            match told {
                Event::Accepted { terms, entry: place, .. } => {
                    self.kinds.insert(kind(&terms.kind));
                    self.tifs.insert(tif(&terms.tif));
                    self.modes.insert(mode(&terms.stp));
                    self.entries.insert(entry(place));
                }
                Event::Rejected { why, .. } => drop(self.rejects.insert(*why)),
                Event::Cancelled { why, .. } => drop(self.reasons.insert(reason(why))),
                Event::PhaseChanged { to, .. } => drop(self.phases.insert(*to)),
                _ => {}
            }
        }
    }

    /// Nothing that an exchange can say is missing.
    pub(super) fn everything(&self) {
        let rejects: BTreeSet<Reject> = Reject::ALL.into();
        let silent: Vec<_> = rejects.difference(&self.rejects).collect();
        assert!(silent.is_empty(), "no tape is refused for {silent:?}");
        assert_eq!(self.phases, Phase::ALL.into(), "every phase is entered");
        let vocabularies = [
            (EVENTS, &self.events),
            (REASONS, &self.reasons),
            (KINDS, &self.kinds),
            (TIFS, &self.tifs),
            (MODES, &self.modes),
            (ENTRIES, &self.entries),
        ];
        for (all, told) in vocabularies {
            let silent: Vec<_> = all.iter().filter(|word| !told.contains(*word)).collect();
            assert!(silent.is_empty(), "no tape tells {silent:?}");
        }
    }
}

//! What happens on announced days: the moments of `[[event]]`, and those that contracts bring along
//! by their terms.

use super::curve::CurveOf;
use super::means::account_of;
use super::schedule_of_terms::of_terms;
use super::{Group, Reading, Start};
use crate::agent::Notice;
use crate::fields::{BadScenario, Fields};
use crate::world::Change;
use pitfloor_model::instrument::{Instrument, Venue};
use pitfloor_model::units::{AccountId, InstrumentId, Span, Time};
use pitfloor_operations::agenda::Item;
use pitfloor_operations::funding::Terms;

/// What happens on announced days. Checked when the scenario is read.
#[derive(Clone, Debug, Default)]
pub struct Occasions {
    pub(super) items: Vec<(Time, Item)>,
    pub(super) funding: Vec<Terms>,
    /// When the network that carries coins stands still: from, until.
    pub(super) outages: Vec<(Time, Time)>,
    pub(super) news: Vec<News>,
    pub(super) changes: Vec<(Time, Change)>,
    /// When trading in an instrument is interrupted.
    pub(super) halts: Vec<(InstrumentId, Time, Time)>,
}

/// Something everybody may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Its number, from 0: what [`Notice::News`] says.
    pub number: u32,
    /// When it is said.
    pub at: Time,
    /// Whom it concerns, if one instrument.
    pub about: Option<InstrumentId>,
    /// What it says.
    pub text: String,
}

impl News {
    /// What those who asked for news are told.
    #[must_use]
    pub const fn notice(&self) -> Notice {
        Notice::News { number: self.number, about: self.about }
    }
}

impl Occasions {
    /// The news, in their order.
    #[must_use]
    pub fn news(&self) -> &[News] {
        &self.news
    }

    /// What the house's people say, and when.
    #[must_use]
    pub fn items(&self) -> &[(Time, Item)] {
        &self.items
    }

    pub(super) fn funding(&self) -> &[Terms] {
        &self.funding
    }

    pub(super) fn outages(&self) -> &[(Time, Time)] {
        &self.outages
    }

    /// What becomes of the world around the market, and when.
    pub(super) fn changes(&self) -> impl Iterator<Item = (Time, Change)> + '_ {
        self.changes.iter().copied()
    }

    /// Somebody must be there to say it.
    pub(super) fn needs_house(&self) -> bool {
        !(self.items.is_empty() && self.funding.is_empty() && self.outages.is_empty())
    }
}

/// What events are read against.
pub(super) struct Around<'a> {
    pub(super) venue: &'a Venue,
    pub(super) groups: &'a [Group],
    pub(super) curves: &'a [CurveOf],
    pub(super) start: &'a Start,
}

/// What one event is read against.
pub(super) struct Stage<'a> {
    pub(super) venue: &'a Venue,
    pub(super) groups: &'a [Group],
    pub(super) curves: &'a [CurveOf],
    pub(super) start: &'a Start,
    pub(super) at: Time,
}

/// The words for what happens.
pub(super) const WHAT: [&str; 16] = [
    "dividend",
    "split",
    "merger",
    "rename",
    "funding",
    "fx",
    "interest",
    "borrow",
    "cycle",
    "stall",
    "default",
    "outage",
    "network-outage",
    "send",
    "news",
    "rates",
];

impl Reading {
    pub(super) fn occasions(
        &mut self,
        root: &mut Fields<'_>,
        around: &Around<'_>,
        length: Span,
    ) -> Result<Occasions, BadScenario> {
        let Around { venue, groups, curves, start } = *around;
        let mut made = of_terms(venue, start, Time(length.0));
        let mut ends: Vec<Option<Time>> =
            venue.instruments().iter().map(|instrument| instrument.kind().expiry()).collect();
        let mut before = Time::ZERO;
        for mut table in root.tables("event")? {
            self.head("[[event]]");
            let at = self.moment(&mut table, "at", "when it happens", start)?;
            if at < before {
                let found = "a moment before the event above";
                return Err(table.bad("at", found, "events in the order of their moments"));
            }
            before = at;
            let field = table.need("what", &format!("one of {}", WHAT.join(", ")))?;
            let what = field.read(|text| {
                let word = WHAT.into_iter().find(|word| *word == text);
                word.ok_or_else(|| format!("one of {}", WHAT.join(", ")))
            })?;
            self.keep("what", what);
            let stage = Stage { venue, groups, curves, start, at };
            let ended = self.occasion(&mut table, what, &stage, &ends, &mut made)?;
            if let Some(instrument) = ended {
                ends[instrument.index()] = Some(at);
            }
            self.known.extend(table.finish()?);
        }
        Ok(made)
    }

    /// Reads what happens. Gives back the instrument that it ends.
    fn occasion(
        &mut self,
        table: &mut Fields<'_>,
        what: &str,
        stage: &Stage<'_>,
        ends: &[Option<Time>],
        made: &mut Occasions,
    ) -> Result<Option<InstrumentId>, BadScenario> {
        match what {
            "dividend" | "split" | "merger" | "rename" | "funding" | "borrow" | "cycle" => {
                let instrument = self.subject(table, stage)?;
                if ends[instrument.index()].is_some_and(|end| end <= stage.at) {
                    let found = "an instrument that is at its end by then";
                    return Err(table.bad("instrument", found, "one that still trades"));
                }
                self.corporate(table, what, instrument, stage, made)
            }
            "fx" | "interest" => self.of_currency(table, what, stage, made).map(|()| None),
            "stall" | "default" | "send" => self.of_agent(table, what, stage, made).map(|()| None),
            "outage" | "network-outage" => self.outage(table, what, stage, made).map(|()| None),
            _ => self.of_world(table, what, stage, made).map(|()| None),
        }
    }

    /// The instrument that an event is about.
    pub(super) fn subject(
        &mut self,
        table: &mut Fields<'_>,
        stage: &Stage<'_>,
    ) -> Result<InstrumentId, BadScenario> {
        let field = table.need("instrument", "the instrument that it is about")?;
        let listed = stage.venue.instruments().iter().map(Instrument::symbol);
        let names = listed.zip((0..).map(InstrumentId));
        let instrument = field.one_of("an instrument", names)?;
        self.keep("instrument", field.text()?);
        Ok(instrument)
    }

    /// The agent that an event is about.
    pub(super) fn whom(
        &mut self,
        table: &mut Fields<'_>,
        name: &'static str,
        stage: &Stage<'_>,
    ) -> Result<AccountId, BadScenario> {
        let field = table.need(name, "an agent: NAME-0, \u{2026}")?;
        let account = field.read(|text| {
            account_of(stage.groups, text).ok_or_else(|| "an agent: NAME-0, \u{2026}".to_owned())
        })?;
        self.keep(name, field.text()?);
        Ok(account)
    }
}

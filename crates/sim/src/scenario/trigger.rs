//! `[[trigger]]`: what the run waits for, and what is done then.

use super::Reading;
use crate::fields::{BadScenario, Field, Fields, nearest};
use crate::params::{price_of, span};
use crate::trigger::{EventKind, Then, Trigger, When};
use pitfloor_model::command::Command;
use pitfloor_model::event::Phase;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Time};
use std::fmt::Write as _;

impl Reading {
    pub(super) fn triggers(
        &mut self,
        root: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Vec<Trigger>, BadScenario> {
        let mut triggers = Vec::new();
        for (index, mut table) in root.tables("trigger")?.into_iter().enumerate() {
            self.head("[[trigger]]");
            let usual = format!("trigger-{index}");
            let name =
                self.text(&mut table, "name", &usual, |text| Ok::<_, String>(text.to_owned()))?;
            table.also_known_as(format!("trigger.{name}"));
            let instrument = self.trigger_instrument(&mut table, venue)?;
            let when = self.when(&mut table, venue, instrument)?;
            let then = self.then(&mut table, instrument)?;
            self.known.extend(table.finish()?);
            triggers.push(Trigger { name, when, then });
        }
        Ok(triggers)
    }

    pub(super) fn trigger_instrument(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Option<InstrumentId>, BadScenario> {
        let Some(field) = table.take("instrument") else { return Ok(None) };
        let names = (0..).zip(venue.instruments()).map(|(id, i)| (i.symbol(), InstrumentId(id)));
        let instrument = field.one_of("an instrument", names)?;
        self.keep("instrument", field.text()?);
        Ok(Some(instrument))
    }

    pub(super) fn when(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
        instrument: Option<InstrumentId>,
    ) -> Result<When, BadScenario> {
        const WAYS: [&str; 6] = ["at", "at_or_above", "at_or_below", "event", "commands", "trades"];
        let mut given: Vec<(&str, Field)> = Vec::new();
        for way in WAYS {
            given.extend(table.take(way).map(|field| (way, field)));
        }
        let [(way, field)] = given.as_slice() else {
            if given.is_empty()
                && let Some(bad) = table.misspelt(&WAYS)
            {
                return Err(bad);
            }
            let ways: Vec<&str> = given.iter().map(|(way, _)| *way).collect();
            let found =
                if ways.is_empty() { "no condition".to_owned() } else { ways.join(" and ") };
            return Err(table.bad_whole(&found, &format!("exactly one of {}", WAYS.join(", "))));
        };
        let level = |table: &Fields<'_>| {
            let id = instrument
                .ok_or_else(|| table.bad("instrument", "nothing", "the instrument to watch"))?;
            Ok((id, field.read(|text| price_of(&venue.instruments()[id.index()], text))?))
        };
        let count = |text: &str| {
            let count = text.parse().ok().filter(|count| *count > 0);
            count.ok_or_else(|| "a whole number from 1".to_owned())
        };
        self.keep(way, field.text()?);
        Ok(match *way {
            "at" => When::At(Time(field.read(span)?.0)),
            "at_or_above" => level(table).map(|(id, price)| When::TradeAtOrAbove(id, price))?,
            "at_or_below" => level(table).map(|(id, price)| When::TradeAtOrBelow(id, price))?,
            "event" => When::Event(field.one_of("a kind of event", EventKind::ALL.into_iter())?),
            "commands" => When::Commands(field.read(count)?),
            _ => When::Trades(field.read(count)?),
        })
    }

    pub(super) fn then(
        &mut self,
        table: &mut Fields<'_>,
        instrument: Option<InstrumentId>,
    ) -> Result<Vec<Then>, BadScenario> {
        const WORDS: [&str; 5] = ["pause", "stop", "halt", "reopen", "end-call"];
        let expected = "a list of pause, stop, halt, reopen, end-call";
        let field = table.need("then", expected)?;
        let words = field.list()?;
        if words.is_empty() {
            return Err(field.bad(expected));
        }
        let mut then = Vec::new();
        for word in &words {
            let on = || {
                let found = format!("nothing to {word}");
                instrument.ok_or_else(|| table.bad("instrument", &found, "an instrument"))
            };
            match word.as_str() {
                "pause" => then.push(Then::Pause),
                "stop" => then.push(Then::Stop),
                "halt" => then.extend(Then::phases(on()?, &[Phase::Halt])),
                "reopen" => {
                    then.extend(Then::phases(on()?, &[Phase::ReopenCall, Phase::Continuous]));
                }
                "end-call" => then.push(Then::Send(Command::EndCall { instrument: on()? })),
                _ => {
                    let near = nearest(word, WORDS.into_iter());
                    let bad = table.bad("then", &format!("{word:?}"), expected);
                    return Err(BadScenario { near, ..bad });
                }
            }
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        let _ = writeln!(self.complete, "then = [{}]", quoted.join(", "));
        Ok(then)
    }
}

//! `[[agents]]`: who trades, and what each brings along.

use super::latency::latency;
use super::means::{BROUGHT, can_be_brought};
use super::{AGENTS_MAX, CASH, CASH_MOST, Group, Reading, cash_of};
use crate::fields::{BadScenario, Field, Fields, nearest};
use crate::params::{Build, Kind, Params, span};
use pitfloor_model::clearing::RiskLimits;
use pitfloor_model::event::Credit;
use pitfloor_model::instrument::{Instrument, Venue};
use pitfloor_model::units::{InstrumentId, Qty};
use std::fmt::Write as _;

impl Reading {
    pub(super) fn groups(
        &mut self,
        root: &mut Fields<'_>,
        venue: &Venue,
        kinds: &[&'static Kind],
    ) -> Result<Vec<Group>, BadScenario> {
        let (mut groups, mut total) = (Vec::<Group>::new(), 0);
        for mut table in root.tables("agents")? {
            self.head("[[agents]]");
            let group = self.group(&mut table, venue, kinds, &groups)?;
            if groups.iter().any(|other| other.name == group.name) {
                let found = format!("{:?} a second time", group.name);
                return Err(table.bad("name", &found, "a name of its own for each group"));
            }
            total += u64::from(group.count);
            if total > AGENTS_MAX {
                let expected = format!("at most {AGENTS_MAX} agents in all");
                return Err(table.bad("count", &total.to_string(), &expected));
            }
            self.known.extend(table.finish()?);
            groups.push(group);
        }
        Ok(groups)
    }

    pub(super) fn group(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
        kinds: &[&'static Kind],
        groups: &[Group],
    ) -> Result<Group, BadScenario> {
        let names = kinds.iter().map(|kind| (kind.name, *kind));
        let listed: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let field = table.need("kind", &format!("one of {}", listed.join(", ")))?;
        let kind = field.one_of("a kind of agent", names)?;
        self.keep("kind", kind.name);
        let name = self.text(table, "name", kind.name, |text| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            let good = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
            good.then(|| text.to_owned()).ok_or_else(|| "1 to 64 letters, digits or - _".into())
        })?;
        table.also_known_as(format!("agents.{name}"));
        let count = self.text(table, "count", "1", |text| {
            let count = text.parse().ok().filter(|count| u64::from(*count) <= AGENTS_MAX);
            count.ok_or_else(|| format!("a whole number from 0 to {AGENTS_MAX}"))
        })?;
        let currency = &venue.currencies()[CASH.index()];
        let cash = self.text(table, "cash", "100000", |text| {
            let cash = cash_of(currency, text, CASH_MOST)?;
            (cash.0 >= 0).then_some(cash).ok_or_else(|| "an amount that is not negative".to_owned())
        })?;
        let cash_in = self.cash_in(table, venue)?;
        let shares = self.text(table, "shares", "0", |text| {
            let lots = text.parse().ok().filter(|lots| *lots <= Qty::MOST.0);
            lots.map(Qty).ok_or_else(|| format!("a whole number of lots from 0 to {}", Qty::MOST.0))
        })?;
        let lots = self.holdings(table, venue)?;
        let credit = self.word(
            table,
            "credit",
            &[
                ("none", Credit::None),
                ("margin", Credit::Margin),
                ("portfolio", Credit::Portfolio),
                ("unlimited", Credit::Unlimited),
            ],
        )?;
        let carriers = self.carriers(table, groups, &name, count)?;
        let contribution = self.text(table, "contribution", "0", |text| {
            let cash = cash_of(currency, text, CASH_MOST)?;
            (cash.0 >= 0).then_some(cash).ok_or_else(|| "an amount that is not negative".to_owned())
        })?;
        if contribution.0 > 0 && !carriers.is_empty() {
            let expected = "nothing of whom somebody carries: members contribute";
            return Err(table.bad("contribution", "an amount", expected));
        }
        let latency = self.text(table, "latency", "uniform(1ms, 5ms)", latency)?;
        let instruments = self.instruments(table, venue)?;
        if let Build::Legs { least, most, .. } = kind.build
            && !(least..=most).contains(&instruments.len())
        {
            let found = format!("{} of them", instruments.len());
            let expected = format!("{least} to {most}: a {} trades all of them", kind.name);
            return Err(table.bad("instruments", &found, &expected));
        }
        let kind_of = |id: &InstrumentId| venue.instruments()[id.index()].kind();
        if shares.0 > 0 && !instruments.iter().all(|id| can_be_brought(kind_of(id))) {
            return Err(table.bad("shares", &shares.0.to_string(), &format!("0, or {BROUGHT}")));
        }
        let flat_at = self.text(table, "flat_at", "never", |text| {
            if text == "never" { Ok(None) } else { span(text).map(Some) }
        })?;
        let trace = self.word(table, "trace", &[("off", false), ("on", true)])?;
        let mut settings = Vec::new();
        let mut params = vec![Params::default(); instruments.len()];
        for parameter in kind.parameters {
            let field = table.take(parameter.name);
            let text = field.as_ref().map_or(Ok(parameter.default), Field::text)?;
            for (params, instrument) in params.iter_mut().zip(&instruments) {
                let definition = &venue.instruments()[instrument.index()];
                let value = parameter.takes.read(text, definition);
                let value = value.map_err(|expected| match &field {
                    Some(field) => field.bad(&expected),
                    None => table.bad(parameter.name, &format!("{text:?} (default)"), &expected),
                })?;
                params.set(parameter.name, value);
            }
            self.keep(parameter.name, text);
            settings.push((parameter.name, text.to_owned()));
        }
        let limits = match table.table("limits")? {
            None => RiskLimits::default(),
            Some(mut fields) => {
                self.head("[agents.limits]");
                let limits = self.risk_limits(&mut fields, currency)?;
                self.known.extend(fields.finish()?);
                limits
            }
        };
        Ok(Group {
            name,
            kind,
            count,
            cash,
            cash_in,
            shares,
            lots,
            credit,
            carriers,
            contribution,
            limits,
            instruments,
            latency,
            flat_at,
            trace,
            settings,
            params,
        })
    }

    pub(super) fn instruments(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Vec<InstrumentId>, BadScenario> {
        let all: Vec<&str> = venue.instruments().iter().map(Instrument::symbol).collect();
        let field = table.take("instruments");
        let chosen = match &field {
            None => all.iter().map(|symbol| (*symbol).to_owned()).collect(),
            Some(field) => field.list()?,
        };
        let listed: Vec<String> = chosen.iter().map(|symbol| format!("{symbol:?}")).collect();
        let _ = writeln!(self.complete, "instruments = [{}]", listed.join(", "));
        let mut instruments = Vec::new();
        for symbol in &chosen {
            let id = venue.find(symbol);
            if id.is_some_and(|id| instruments.contains(&id)) {
                let found = format!("{symbol:?} a second time");
                return Err(table.bad("instruments", &found, "each instrument once"));
            }
            instruments.push(id.ok_or_else(|| BadScenario {
                near: nearest(symbol, all.iter().copied()),
                ..table.bad(
                    "instruments",
                    &format!("{symbol:?}"),
                    &format!("instruments of the scenario: {}", all.join(", ")),
                )
            })?);
        }
        if instruments.is_empty() {
            return Err(table.bad("instruments", "none", "at least one"));
        }
        Ok(instruments)
    }
}

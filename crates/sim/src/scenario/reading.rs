//! A reading in progress: the order of the tables, and how a field is read and kept.

use super::house::Wants;
use super::listing::{Listed, appoint};
use super::occasion::Around;
use super::{SPAN_MAX, Scenario, Start};
use crate::fields::{BadScenario, Field, Fields, Settings};
use crate::params::{Kind, span};
use jiff::civil::Date;
use pitfloor_model::instrument::{Currency, Venue};
use pitfloor_model::units::Span;
use pitfloor_supervision::margin::MarginRules;
use pitfloor_supervision::rows::Rows;
use std::fmt::Write as _;
use std::sync::Arc;

/// A reading in progress: what could have been set, and the complete text so far.
pub(super) struct Reading {
    pub(super) known: Vec<String>,
    pub(super) complete: String,
    /// What values have in common so far, and on which grid they move.
    pub(super) factors: Vec<(String, Span)>,
    /// The day on which the run begins, once it is read.
    day: Option<Date>,
}

impl Reading {
    /// Nothing read yet.
    pub(super) const fn new() -> Self {
        Self { known: Vec::new(), complete: String::new(), factors: Vec::new(), day: None }
    }

    /// What the rules say of margin on the first day of the run.
    pub(super) fn rules_of_the_day(&self) -> Result<MarginRules, String> {
        let day = self.day.expect("the start is read before what is traded");
        MarginRules::new(&Rows::shipped(), "US", day)
            .map_err(|bad| format!("figures: on the day of the run there are none ({bad})"))
    }

    pub(super) fn scenario(
        mut self,
        mut root: Fields<'_>,
        settings: &Settings<'_>,
        kinds: &[&'static Kind],
    ) -> Result<Scenario, BadScenario> {
        let name = self.text(&mut root, "name", "unnamed", |text| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let good = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
            good.then(|| text.to_owned()).ok_or_else(|| "1 to 64 letters, digits or - _ .".into())
        })?;
        let seed = self.text(&mut root, "seed", "1", |text| {
            let most = u64::MAX;
            text.parse().map_err(|_| format!("a whole number from 0 to {most}"))
        })?;
        let span = self.text(&mut root, "span", "30m", |text| {
            let span = span(text)?;
            (span <= SPAN_MAX).then_some(span).ok_or_else(|| "at most 366d".to_owned())
        })?;
        let start = self.text(&mut root, "start", "2026-01-05T09:30:00-05:00", Start::parse)?;
        let mic = self.text(&mut root, "mic", "XPIT", |text| {
            Venue::new(text, vec![], vec![]).map_err(|bad| bad.expected)?;
            Ok(text.to_owned())
        })?;
        let code = self.text(&mut root, "currency", "USD", |text| {
            Currency::new(text, 2).map(|_| text.to_owned()).map_err(|bad| bad.expected)
        })?;
        let decimals = self.decimals(&mut root)?;
        self.day = Some(start.day());
        let currency = Currency::new(&code, decimals);
        let currency = currency.map_err(|bad| root.bad("currency", &bad.found, &bad.expected))?;
        let currencies = self.currencies(&mut root, currency)?;
        let curves = self.curves(&mut root, &currencies.all)?;
        let money = (&*currencies.all, &*curves);
        let listed = self.venue(&mut root, &mic, money, &start)?;
        let Listed { mut venue, listings, market_makers, cleared } = listed;
        let activity = self.activity(&mut root, span)?;
        let groups = self.groups(&mut root, &venue, kinds)?;
        if activity.is_none() && groups.iter().any(|group| group.by_activity) {
            let expected = "a table [activity] for groups with clock = \"activity\"";
            return Err(root.bad("activity", "none", expected));
        }
        if market_makers.iter().any(Option::is_some) {
            venue = appoint(&root, &venue, &market_makers, &groups)?;
        }
        let around = Around { venue: &venue, groups: &groups, curves: &curves, start: &start };
        let occasions = self.occasions(&mut root, &around, span)?;
        let wants = Wants {
            venue: &venue,
            cleared: &cleared,
            currencies: &currencies,
            groups: &groups,
            occasions: occasions.needs_house(),
        };
        let house = self.house(&mut root, &wants, (&start, span))?;
        if let Some(house) = &house {
            let made = venue.cleared_by(house.terms.clone());
            venue = made.map_err(|bad| root.bad("clearing", &bad.found, &bad.expected))?;
        }
        let supervision = self.supervision(&mut root, &venue, &listings, &start)?;
        let triggers = self.triggers(&mut root, &venue)?;
        self.known.extend(root.finish()?);
        settings.finish(&self.known)?;
        let (complete, venue) = (self.complete, Arc::new(venue));
        let made = Scenario {
            name,
            seed,
            span,
            start,
            venue,
            listings,
            groups,
            activity,
            triggers,
            supervision,
            house,
            occasions,
            curves,
            complete,
        };
        Ok(made)
    }

    /// Reads a field or its default, and keeps it for the complete text.
    pub(super) fn text<T>(
        &mut self,
        table: &mut Fields<'_>,
        name: &'static str,
        default: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, BadScenario> {
        let field = table.take(name);
        let value = match &field {
            Some(field) => field.read(read)?,
            None => read(default).map_err(|expected| {
                table.bad(name, &format!("{default:?} (default)"), &expected)
            })?,
        };
        let text = field.as_ref().map_or(Ok(default), Field::text)?;
        self.keep(name, text);
        Ok(value)
    }

    pub(super) fn keep(&mut self, name: &str, text: &str) {
        let whole = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
        let bare = whole || matches!(text, "true" | "false");
        let value = if bare { text.to_owned() } else { toml::Value::from(text).to_string() };
        let _ = writeln!(self.complete, "{name} = {value}");
    }

    pub(super) fn head(&mut self, head: &str) {
        let _ = writeln!(self.complete, "\n{head}");
    }

    /// Keeps a list of texts for the complete text.
    pub(super) fn keep_list(&mut self, name: &str, list: &[String]) {
        let listed: Vec<String> = list.iter().map(|text| format!("{text:?}")).collect();
        let _ = writeln!(self.complete, "{name} = [{}]", listed.join(", "));
    }
}

//! Rules as rows with dates: which one holds on which day, where it comes from, and how sure we are.
//!
//! A row is one version of one rule on one market. The rows of a rule follow each other without
//! overlap and without gap; what breaks that is refused when it is read, and so is a day that no row
//! covers when somebody asks. Nothing is guessed. The rows that ship are [`Rows::shipped`]; a text of
//! the same form replaces or adds some ([`Rows::with`]).

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One version of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Which rule.
    pub rule_id: String,
    /// Where it holds: a market's name, or `*` for any.
    pub market: String,
    /// The first day it holds, in the market's own time.
    #[serde(with = "date")]
    pub valid_from: Date,
    /// The last day it holds; none while it still does.
    #[serde(default, with = "date_or_none", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Whether its source has been looked up.
    pub status: Status,
    /// Where it is written.
    pub source: String,
    /// What it says; each rule has parameters of its own.
    pub parameters: toml::Table,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its source was read, as far as the source's text does not say otherwise.
    Confirmed,
    /// From general knowledge: look it up before relying on it.
    Unconfirmed,
}

/// The rows of a run, in order of rule, market and date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rows {
    rule: Vec<Row>,
}

/// Rows that cannot be used, or a question that they do not answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadRows {
    /// The text is not of the form.
    #[error("rules: {0}")]
    Text(String),
    /// A row ends before it begins.
    #[error("rule {0}: ends before it begins")]
    Backwards(String),
    /// Two rows of one rule hold on the same day.
    #[error("rule {rule}: rows {first} and {second} overlap")]
    Overlap {
        /// Which rule, on which market.
        rule: String,
        /// The earlier row's days.
        first: String,
        /// The later row's days.
        second: String,
    },
    /// Between two rows of one rule there is a day without.
    #[error("rule {rule}: no row holds between {first} and {second}")]
    Gap {
        /// Which rule, on which market.
        rule: String,
        /// The earlier row's days.
        first: String,
        /// The later row's days.
        second: String,
    },
    /// There is no such rule.
    #[error("no rule {0}")]
    NoRule(String),
    /// The rule has no row for the day.
    #[error("rule {rule}: no row holds on {day} (rows: {known})")]
    NoRow {
        /// Which rule, on which market.
        rule: String,
        /// The day asked for.
        day: Date,
        /// The days that its rows cover.
        known: String,
    },
    /// The parameters of a row are not those of its rule.
    #[error("rule {row}: {what}")]
    Parameters {
        /// Which row.
        row: String,
        /// What is wrong.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Row>,
}

impl Rows {
    /// The most rows that are read: rules are few, and a file of this length is a mistake.
    pub const COUNT_MAX: usize = 10_000;

    /// The rows that ship with the platform.
    ///
    /// # Panics
    ///
    /// Never: a test reads them.
    #[must_use]
    pub fn shipped() -> Self {
        Self::parse(include_str!("rules.toml")).expect("the rows that ship are in order")
    }

    /// Reads rows from a TOML text of `[[rule]]` tables.
    ///
    /// # Errors
    ///
    /// When the text is not of the form, a row ends before it begins, rows of a rule overlap or
    /// leave a gap, or a rule known here has parameters that it cannot have.
    pub fn parse(text: &str) -> Result<Self, BadRows> {
        Self::of(read(text)?)
    }

    /// These rows with those of `text`: a row with the rule, market and first day of one that is
    /// here replaces it, any other is added.
    ///
    /// # Errors
    ///
    /// As for [`Rows::parse`], for the rows as they are then.
    pub fn with(mut self, text: &str) -> Result<Self, BadRows> {
        for row in read(text)? {
            self.rule.retain(|old| old.key() != row.key());
            self.rule.push(row);
        }
        Self::of(self.rule)
    }

    fn of(mut rule: Vec<Row>) -> Result<Self, BadRows> {
        if rule.len() > Self::COUNT_MAX {
            let what = format!("{} rows, at most {} are read", rule.len(), Self::COUNT_MAX);
            return Err(BadRows::Text(what));
        }
        rule.sort_by(|a, b| a.key().cmp(&b.key()));
        if let Some(row) =
            rule.iter().find(|row| row.valid_to.is_some_and(|to| to < row.valid_from))
        {
            return Err(BadRows::Backwards(row.named()));
        }
        for pair in rule.windows(2).filter(|pair| pair[0].rule() == pair[1].rule()) {
            follows(&pair[0], &pair[1])?;
        }
        rule.iter().try_for_each(crate::known::check)?;
        Ok(Self { rule })
    }

    /// All of them, in order of rule, market and date.
    #[must_use]
    pub fn all(&self) -> &[Row] {
        &self.rule
    }

    /// Those that hold on `day`.
    pub fn on(&self, day: Date) -> impl Iterator<Item = &Row> {
        self.rule.iter().filter(move |row| row.holds(day))
    }

    /// The row of `rule` on `market` that holds on `day`, a day in the market's own time.
    ///
    /// # Errors
    ///
    /// When there is no such rule, or none of its rows covers the day.
    pub fn row(&self, rule: &str, market: &str, day: Date) -> Result<&Row, BadRows> {
        let rows = self.of_rule(rule, market)?;
        rows.iter().find(|row| row.holds(day)).ok_or_else(|| {
            let known = rows.iter().map(Row::days).collect::<Vec<_>>().join(", ");
            BadRows::NoRow { rule: format!("{rule} ({market})"), day, known }
        })
    }

    /// What `rule` says on `market` from `day` on, for ever: every version with its first day.
    ///
    /// # Errors
    ///
    /// When no row holds on `day`, the last row ends, or a row's parameters are not a `P`.
    pub fn from<P: DeserializeOwned>(
        &self,
        rule: &str,
        market: &str,
        day: Date,
    ) -> Result<Versions<P>, BadRows> {
        self.row(rule, market, day)?;
        let rows = self.of_rule(rule, market)?;
        if let Some(end) = rows.last().and_then(|row| row.valid_to) {
            let known = rows.iter().map(Row::days).collect::<Vec<_>>().join(", ");
            let day = end.tomorrow().unwrap_or(end);
            return Err(BadRows::NoRow { rule: format!("{rule} ({market})"), day, known });
        }
        let versions = rows.iter().map(|row| Ok((row.valid_from, row.says()?)));
        Ok(Versions(versions.collect::<Result<_, BadRows>>()?))
    }

    fn of_rule(&self, rule: &str, market: &str) -> Result<&[Row], BadRows> {
        let from = self.rule.partition_point(|row| row.rule() < (rule, market));
        let to = self.rule.partition_point(|row| row.rule() <= (rule, market));
        if from == to {
            return Err(BadRows::NoRule(format!("{rule} ({market})")));
        }
        Ok(&self.rule[from..to])
    }

    /// The text that gives these rows again, for the record of a run.
    ///
    /// # Panics
    ///
    /// Never: every row came from such a text.
    #[must_use]
    pub fn text(&self) -> String {
        toml::to_string(self).expect("rows that were read can be written")
    }
}

fn read(text: &str) -> Result<Vec<Row>, BadRows> {
    let file: File = toml::from_str(text).map_err(|e| BadRows::Text(e.to_string()))?;
    Ok(file.rule)
}

fn follows(first: &Row, second: &Row) -> Result<(), BadRows> {
    let (rule, days) =
        (format!("{} ({})", first.rule_id, first.market), (first.days(), second.days()));
    let overlap = first.valid_to.is_none_or(|to| second.valid_from <= to);
    if overlap {
        return Err(BadRows::Overlap { rule, first: days.0, second: days.1 });
    }
    let next = first.valid_to.and_then(|to| to.tomorrow().ok());
    if next != Some(second.valid_from) {
        return Err(BadRows::Gap { rule, first: days.0, second: days.1 });
    }
    Ok(())
}

impl Row {
    /// True when it holds on `day`.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Its days, as people write them.
    #[must_use]
    pub fn days(&self) -> String {
        match self.valid_to {
            Some(to) => format!("{} to {to}", self.valid_from),
            None => format!("from {} on", self.valid_from),
        }
    }

    /// What it says.
    ///
    /// # Errors
    ///
    /// When its parameters are not those of a `P`.
    pub fn says<P: DeserializeOwned>(&self) -> Result<P, BadRows> {
        let said = self.parameters.clone().try_into();
        said.map_err(|e: toml::de::Error| self.wrong(e.message()))
    }

    pub(crate) fn wrong(&self, what: impl Into<String>) -> BadRows {
        BadRows::Parameters { row: self.named(), what: what.into() }
    }

    fn named(&self) -> String {
        format!("{} ({}), {}", self.rule_id, self.market, self.days())
    }

    fn rule(&self) -> (&str, &str) {
        (&self.rule_id, &self.market)
    }

    fn key(&self) -> (&str, &str, Date) {
        (&self.rule_id, &self.market, self.valid_from)
    }
}

/// The versions of a rule from some day on; the last one never ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions<P>(Vec<(Date, P)>);

impl<P> Versions<P> {
    /// What holds on `day`; before the first version, the first.
    ///
    /// # Panics
    ///
    /// Never: there is at least one version.
    #[must_use]
    pub fn on(&self, day: Date) -> &P {
        let later = self.0.partition_point(|(from, _)| *from <= day);
        &self.0[later.saturating_sub(1)].1
    }

    /// What the rule said, first to last.
    pub fn all(&self) -> impl Iterator<Item = &P> {
        self.0.iter().map(|(_, says)| says)
    }
}

/// A day, as TOML writes it; in quotes it is read as well.
mod date {
    use jiff::civil::Date;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    pub(super) enum Written {
        Toml(toml::value::Datetime),
        Text(String),
    }

    pub(super) fn serialize<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        day(&Written::deserialize(from)?)
    }

    pub(super) fn day<E: Error>(written: &Written) -> Result<Date, E> {
        let text = match written {
            Written::Toml(moment) => moment.to_string(),
            Written::Text(text) => text.clone(),
        };
        let good = text.len() == "2020-02-24".len();
        let found = good.then(|| text.parse().ok()).flatten();
        found.ok_or_else(|| E::custom(format!("{text} is not a day, like 2020-02-24")))
    }
}

mod date_or_none {
    use super::date::{Written, day};
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(at: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(day) => super::date::serialize(day, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D>(from: D) -> Result<Option<Date>, D::Error>
    where
        D: Deserializer<'de>,
    {
        Option::<Written>::deserialize(from)?.as_ref().map(day).transpose()
    }
}

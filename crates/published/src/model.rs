//! What a model is: a row of the table.

use crate::given::Given;
use crate::refusal::Refusal;
use pitfloor_pricing::Outside;
use serde_json::{Map, Value, json};
use std::fmt;

/// A model: what it takes and gives, where it is written, and how it is called.
pub struct Model {
    /// Its name.
    pub name: &'static str,
    /// One line of what it tells.
    pub about: &'static str,
    /// What it takes, in order.
    pub inputs: &'static [Input],
    /// What it gives: names and units; one without a name is the whole value.
    pub outputs: &'static [(&'static str, &'static str)],
    /// Where it is written.
    pub source: &'static str,
    /// Inputs that it can be tried with, as JSON.
    pub example: &'static str,
    /// The function.
    pub function: fn(&Given) -> Result<Value, Outside>,
}

impl Model {
    /// Its value.
    ///
    /// # Errors
    ///
    /// When what it was given lies outside its domain, or it does not converge.
    pub fn value(&self, given: &Given) -> Result<Value, Refusal> {
        (self.function)(given).map_err(|Outside { field, found, expected }| Refusal::Input {
            model: self.name,
            field: field.to_owned(),
            found,
            expected: expected.to_owned(),
        })
    }

    /// What it says to `inputs`: one object with `model`, `inputs` (defaults filled in) and `value`.
    ///
    /// # Errors
    ///
    /// When what it was given is not what it takes.
    pub fn said(&self, inputs: &Map<String, Value>) -> Result<Value, Refusal> {
        let given = Given::read(self, inputs)?;
        let value = self.value(&given)?;
        Ok(json!({"model": self.name, "inputs": given.inputs(), "value": value}))
    }

    /// All of it as JSON, for lists.
    #[must_use]
    pub fn described(&self) -> Value {
        let input = |input: &Input| {
            json!({
                "name": input.name, "unit": input.unit, "domain": input.takes.to_string(),
                "default": input.default.map(literal), "required": input.default.is_none(),
            })
        };
        let output = |(name, unit): &(&str, &str)| json!({"name": name, "unit": unit});
        json!({
            "name": self.name, "about": self.about,
            "inputs": self.inputs.iter().map(input).collect::<Vec<_>>(),
            "outputs": self.outputs.iter().map(output).collect::<Vec<_>>(),
            "source": self.source, "example": literal(self.example),
        })
    }
}

/// One thing that a model takes.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What it is measured in.
    pub unit: &'static str,
    /// What it may be.
    pub takes: Takes,
    /// What it is when nothing is said, as JSON; none: something must be said.
    pub default: Option<&'static str>,
}

impl Input {
    /// `name`, measured in `unit`.
    #[must_use]
    pub const fn new(name: &'static str, unit: &'static str, takes: Takes) -> Self {
        Self { name, unit, takes, default: None }
    }

    /// A number in `domain`.
    #[must_use]
    pub const fn number(name: &'static str, unit: &'static str, domain: Domain) -> Self {
        Self::new(name, unit, Takes::Number(domain))
    }

    /// A whole number from `least` to `most`.
    #[must_use]
    pub const fn whole(name: &'static str, unit: &'static str, least: u64, most: u64) -> Self {
        Self::new(name, unit, Takes::Whole(least, most))
    }

    /// When nothing is said, `default`: JSON.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

/// What an input may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// A number.
    Number(Domain),
    /// A whole number between two others.
    Whole(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A day, as 2026-01-05.
    Day,
    /// A list of up to [`Takes::LIST_MOST`] numbers.
    Numbers(Domain),
    /// The same, where some may be missing: null.
    Gaps(Domain),
    /// A list of lists of numbers.
    Matrix,
    /// Whole numbers above 0: one, a list, or "a..b" for all from a to b.
    Counts,
}

impl Takes {
    /// The most elements of a list.
    pub const LIST_MOST: usize = 100_000;
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(domain) => write!(f, "a number{domain}"),
            Self::Whole(least, most) => write!(f, "a whole number from {least} to {most}"),
            Self::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                write!(f, "{}", words.join(" or "))
            }
            Self::Flag => f.write_str("true or false"),
            Self::Day => f.write_str("a day such as \"2026-01-05\""),
            Self::Numbers(domain) => write!(f, "a list of numbers{domain}"),
            Self::Gaps(domain) => write!(f, "a list of numbers{domain}, null where one is missing"),
            Self::Matrix => f.write_str("a list of rows of numbers"),
            Self::Counts => {
                f.write_str("whole numbers above 0: one, a list, or a range such as \"1..5\"")
            }
        }
    }
}

/// Where a number may lie. Always finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// From here on; none: from anywhere.
    pub low: Option<Bound>,
    /// Up to here; none: without end.
    pub high: Option<Bound>,
}

/// An end of a domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Where it lies.
    pub at: f64,
    /// Whether it belongs to the domain.
    pub included: bool,
}

/// Any finite number.
pub const ANY: Domain = Domain { low: None, high: None };
/// Above zero.
pub const POSITIVE: Domain = above(0.0);
/// Zero or above.
pub const NOT_NEGATIVE: Domain = at_least(0.0);
/// From 0 to 1, both included.
pub const SHARE: Domain = between(0.0, 1.0);
/// Between 0 and 1, neither included.
pub const INSIDE: Domain = Domain {
    low: Some(Bound { at: 0.0, included: false }),
    high: Some(Bound { at: 1.0, included: false }),
};

/// Above `low`.
#[must_use]
pub const fn above(low: f64) -> Domain {
    Domain { low: Some(Bound { at: low, included: false }), high: None }
}

/// `low` or above.
#[must_use]
pub const fn at_least(low: f64) -> Domain {
    Domain { low: Some(Bound { at: low, included: true }), high: None }
}

/// From `low` to `high`, both included.
#[must_use]
pub const fn between(low: f64, high: f64) -> Domain {
    let (low, high) = (Bound { at: low, included: true }, Bound { at: high, included: true });
    Domain { low: Some(low), high: Some(high) }
}

impl Domain {
    /// True when `x` lies in it.
    #[must_use]
    pub fn holds(&self, x: f64) -> bool {
        let above = |bound: Bound| x > bound.at || (bound.included && x == bound.at);
        let below = |bound: Bound| x < bound.at || (bound.included && x == bound.at);
        x.is_finite() && self.low.is_none_or(above) && self.high.is_none_or(below)
    }
}

impl fmt::Display for Domain {
    /// As it stands behind the word "number".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low.included && high.included => {
                return write!(f, " from {} to {}", low.at, high.at);
            }
            _ => {}
        }
        if let Some(Bound { at, included }) = self.low {
            write!(f, " {} {at}", if included { "of at least" } else { "above" })?;
        }
        if let Some(Bound { at, included }) = self.high {
            let and = if self.low.is_some() { " and" } else { "" };
            write!(f, "{and} {} {at}", if included { "of at most" } else { "below" })?;
        }
        Ok(())
    }
}

/// JSON that is written in the program itself.
pub(crate) fn literal(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|wrong| panic!("{json}: {wrong}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_say_what_they_hold() {
        let table = [
            (ANY, "", [-1.0, 0.0, 1.0], [f64::NAN, f64::INFINITY]),
            (POSITIVE, " above 0", [1e-300, 1.0, 1e300], [0.0, -1.0]),
            (NOT_NEGATIVE, " of at least 0", [0.0, 1.0, 2.0], [-1e-300, f64::INFINITY]),
            (SHARE, " from 0 to 1", [0.0, 0.5, 1.0], [-0.1, 1.1]),
            (INSIDE, " above 0 and below 1", [0.1, 0.5, 0.9], [0.0, 1.0]),
        ];
        for (domain, says, inside, outside) in table {
            assert_eq!(domain.to_string(), says);
            assert!(inside.into_iter().all(|x| domain.holds(x)), "{says}");
            assert!(!outside.into_iter().any(|x| domain.holds(x)), "{says}");
        }
    }
}

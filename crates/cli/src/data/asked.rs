//! Settings as they are typed: `name=value`, each name known and given once.

use crate::fail::Failure;
use pitfloor_pricing::Outside;
use pitfloor_pricing::process::settings::Parameter;
use pitfloor_sim::near_name;

/// What was set, in the order in which it was typed.
#[derive(Debug)]
pub(super) struct Said(Vec<(String, String)>);

impl Said {
    /// Reads `texts`, given with `option`, of names among `known`.
    pub(super) fn read(option: &str, texts: &[String], known: &[&str]) -> Result<Self, Failure> {
        let mut said: Vec<(String, String)> = Vec::new();
        for text in texts {
            let refuse = |found: &str, expected: String| {
                Failure::Input(format!("{option} {text}: found {found}, expected {expected}"))
            };
            let Some((name, value)) = text.split_once('=') else {
                return Err(refuse("no =", "NAME=VALUE".to_owned()));
            };
            let name = name.trim();
            if !known.contains(&name) {
                let near = near_name(name, known.iter().copied());
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                let expected = format!("one of {}{near}", known.join(", "));
                return Err(refuse(&format!("{name:?}"), expected));
            }
            if said.iter().any(|(other, _)| other == name) {
                return Err(refuse("it for the second time", "each name once".to_owned()));
            }
            said.push((name.to_owned(), value.trim().to_owned()));
        }
        Ok(Self(said))
    }

    /// The same, where every value is a number of one of `parameters`.
    pub(super) fn numbers(
        option: &str,
        texts: &[String],
        parameters: &[Parameter],
    ) -> Result<Self, Failure> {
        let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
        let said = Self::read(option, texts, &known)?;
        for (name, value) in &said.0 {
            let parameter = parameters.iter().find(|parameter| parameter.name == name);
            let expected = parameter.map_or("a number", |parameter| parameter.expected);
            number(value).ok_or_else(|| {
                Failure::Input(format!("{option} {name}: found {value:?}, expected {expected}"))
            })?;
        }
        Ok(said)
    }

    /// What was said of `name`.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The number that was said of `name`.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.text(name).and_then(number)
    }

    /// All of `parameters`, as they are set or by default, for a summary.
    pub(super) fn complete(&self, parameters: &[Parameter]) -> serde_json::Value {
        let pair = |parameter: &Parameter| {
            let value = self.number(parameter.name).unwrap_or(parameter.default);
            (parameter.name.to_owned(), serde_json::json!(value))
        };
        parameters.iter().map(pair).collect::<serde_json::Map<_, _>>().into()
    }
}

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

/// Numbers with spaces between them.
pub(super) fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split_whitespace().map(number).collect()
}

/// A refusal of `option`.
pub(super) fn refuse(option: &str) -> impl Fn(Outside) -> Failure + '_ {
    move |outside| Failure::Input(format!("{option} {outside}"))
}

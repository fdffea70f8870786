//! Why a model gives no value.

use std::fmt::Write;
use thiserror::Error;

/// What is wrong, in words for whoever asked.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Refusal {
    /// There is no such model.
    #[error("found no model {found:?}{}", or_these(near))]
    Model {
        /// What was asked for.
        found: String,
        /// The nearest names.
        near: Vec<&'static str>,
    },
    /// The model takes nothing of that name.
    #[error("{model}: unknown field {found:?}{}; expected {}", or_these(near), known.join(", "))]
    Field {
        /// The model.
        model: &'static str,
        /// What was given.
        found: String,
        /// The nearest names.
        near: Vec<&'static str>,
        /// All names.
        known: Vec<&'static str>,
    },
    /// A value is missing, of the wrong kind, or outside its domain.
    #[error("{model}: {field}: found {found}, expected {expected}")]
    Input {
        /// The model.
        model: &'static str,
        /// Which input.
        field: String,
        /// What was given.
        found: String,
        /// What is allowed.
        expected: String,
    },
}

fn or_these(near: &[&str]) -> String {
    let mut out = String::new();
    for (i, name) in near.iter().enumerate() {
        let _ = write!(out, "{} `{name}`", if i == 0 { "; did you mean" } else { " or" });
    }
    out + if near.is_empty() { "" } else { "?" }
}

/// The most names that a refusal suggests.
const NEAR_MOST: usize = 3;

/// Those of `known` that are most like `name`, best first.
#[must_use]
pub fn near(name: &str, known: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let lower = name.to_lowercase();
    let mut like: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .collect();
    like.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    like.into_iter().take(NEAR_MOST).map(|(_, known)| known).collect()
}

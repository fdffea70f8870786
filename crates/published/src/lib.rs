//! Published results, and the models that must reproduce them.
//!
//! `pitfloor reference` lists the models, evaluates one with any arguments, and checks a file of
//! published values against all of them. (The plain exchange that tests compare with is another
//! thing: `testkit::reference`.)
//!
//! A model is a row of a table: what it takes, with units, domains and defaults; what it gives; where
//! it is written; and the pure function. Start reading at [`evaluate`]. What this crate must never
//! know: how a model works inside.

pub mod check;
pub mod given;
pub mod model;
pub mod refusal;
pub mod table;
pub mod tolerance;

use model::Model;
use refusal::Refusal;
use serde_json::{Map, Value};

/// All models, by name.
pub fn models() -> impl Iterator<Item = &'static Model> {
    let mut all: Vec<&Model> = table::ALL.iter().flat_map(|part| part.iter()).collect();
    all.sort_by_key(|model| model.name);
    all.into_iter()
}

/// The model of this name.
///
/// # Errors
///
/// When there is none; the refusal holds the nearest names.
pub fn find(name: &str) -> Result<&'static Model, Refusal> {
    let known = || models().map(|model| model.name);
    models().find(|model| model.name == name).ok_or_else(|| Refusal::Model {
        found: name.to_owned(),
        near: refusal::near(name, known()),
    })
}

/// What the model `name` says to `inputs`: one object with `model`, `inputs` (defaults filled in)
/// and `value`.
///
/// # Errors
///
/// When there is no such model, or what it was given is not what it takes.
pub fn evaluate(name: &str, inputs: &Map<String, Value>) -> Result<Value, Refusal> {
    find(name)?.said(inputs)
}

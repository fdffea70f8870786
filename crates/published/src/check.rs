//! A file of published values, evaluated entry by entry and compared.
//!
//! An entry names its model, and holds its inputs and its value; nothing of it is known here. An
//! entry that cannot be evaluated, for whatever reason, is one that does not hold.

use crate::evaluate;
use crate::given::number;
use crate::tolerance::{self, Tolerance};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum BadFile {
    /// It is not JSON.
    #[error("line {line}, column {column}: {what}")]
    NotJson {
        /// Where, from 1.
        line: usize,
        /// Where in the line, from 1.
        column: usize,
        /// What the reader said.
        what: String,
    },
    /// It is JSON, but no file of entries.
    #[error("{place}: found {found}, expected {expected}")]
    Shape {
        /// Where.
        place: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
}

/// One entry of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name in the file.
    pub id: String,
    /// The model that it names.
    pub model: String,
    inputs: Map<String, Value>,
    value: Value,
    tolerance: String,
}

/// How an entry came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The entry.
    pub id: String,
    /// Its model.
    pub model: String,
    /// The deviation that comes nearest to its tolerance, or goes farthest beyond; none where nothing
    /// could be compared.
    pub max_deviation: Option<f64>,
    /// That tolerance.
    pub tolerance: Tolerance,
    /// What does not hold.
    pub wrong: Option<String>,
}

impl Outcome {
    /// As one row of the list.
    #[must_use]
    pub fn described(&self) -> Value {
        let deviation = self.max_deviation.map(crate::given::json_number);
        json!({
            "id": self.id, "model": self.model, "max_deviation": deviation,
            "tolerance": self.tolerance.most(), "measure": self.tolerance.measure(),
            "ok": self.wrong.is_none(), "wrong": self.wrong,
        })
    }
}

/// JSON text read into an object; duplicates keep the last.
///
/// # Errors
///
/// When it is not JSON (with the place), or not an object.
pub fn object(text: &str) -> Result<Map<String, Value>, BadFile> {
    let read: Result<Value, _> = serde_json::from_str(text);
    match read {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(shape("the text", &other, "an object")),
        Err(wrong) => {
            let (line, column) = (wrong.line(), wrong.column());
            let what = wrong.to_string();
            let what = what.split(" at line ").next().unwrap_or_default().to_owned();
            Err(BadFile::NotJson { line, column, what })
        }
    }
}

/// The entries of a file, in its order.
///
/// # Errors
///
/// When it is not JSON, has no entries, or an entry lacks a part.
pub fn entries(text: &str) -> Result<Vec<Entry>, BadFile> {
    let all = object(text)?;
    if all.is_empty() {
        return Err(shape("the file", &json!({}), "at least one entry"));
    }
    all.into_iter().map(|(id, entry)| self::entry(id, entry)).collect()
}

fn entry(id: String, entry: Value) -> Result<Entry, BadFile> {
    let Value::Object(mut parts) = entry else {
        return Err(shape(&id, &entry, "an object with model, inputs and value"));
    };
    let mut part = |name: &str| parts.remove(name).unwrap_or(Value::Null);
    let place = |name: &str| format!("{id}: {name}");
    let model = match part("model") {
        Value::String(model) => model,
        other => return Err(shape(&place("model"), &other, "the name of a model")),
    };
    let inputs = match part("inputs") {
        Value::Object(inputs) => inputs,
        other => return Err(shape(&place("inputs"), &other, "an object")),
    };
    let value = match part("value") {
        Value::Null => return Err(shape(&place("value"), &Value::Null, "the published value")),
        value => value,
    };
    let tolerance = part("tol").as_str().unwrap_or_default().to_owned();
    Ok(Entry { id, model, inputs, value, tolerance })
}

fn shape(place: &str, found: &Value, expected: &'static str) -> BadFile {
    let found = match found {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an empty object",
    };
    BadFile::Shape { place: place.to_owned(), found: found.to_owned(), expected }
}

impl Entry {
    /// Evaluates it and compares.
    #[must_use]
    pub fn check(&self) -> Outcome {
        let mut worst = Worst { entry: self, nearest: None, wrong: None };
        match evaluate(&self.model, &self.inputs) {
            Ok(said) => worst.compare("", "", &said["value"], &self.value),
            Err(refusal) => worst.wrong = Some(refusal.to_string()),
        }
        let tolerance = worst.nearest.map_or_else(|| self.tolerance_of(""), |(_, found)| found);
        Outcome {
            id: self.id.clone(),
            model: self.model.clone(),
            max_deviation: worst.nearest.map(|(deviation, _)| deviation),
            tolerance,
            wrong: worst.wrong,
        }
    }

    fn tolerance_of(&self, key: &str) -> Tolerance {
        tolerance::of(&self.model, &self.id, key, &self.tolerance)
    }
}

/// What has been compared so far.
struct Worst<'a> {
    entry: &'a Entry,
    nearest: Option<(f64, Tolerance)>,
    wrong: Option<String>,
}

impl Worst<'_> {
    /// Compares what stands at `path`, within the output `key`.
    fn compare(&mut self, path: &str, key: &str, found: &Value, wanted: &Value) {
        match (found, wanted) {
            (Value::Object(found), Value::Object(wanted)) => {
                for (name, wanted) in wanted {
                    let path =
                        if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    let key = if key.is_empty() { name } else { key };
                    self.compare(&path, key, found.get(name).unwrap_or(&Value::Null), wanted);
                }
            }
            (Value::Array(found), Value::Array(wanted)) => {
                if found.len() != wanted.len() {
                    let (found, wanted) = (found.len(), wanted.len());
                    self.blame(path, &format!("found {found} elements, expected {wanted}"));
                }
                for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                    self.compare(&format!("{path}[{i}]"), key, found, wanted);
                }
            }
            _ => match (number(found), number(wanted)) {
                (Some(a), Some(b)) => self.number(path, key, a, b),
                _ if found == wanted => {}
                _ => self.blame(path, &format!("found {found}, expected {wanted}")),
            },
        }
    }

    fn number(&mut self, path: &str, key: &str, found: f64, wanted: f64) {
        let tolerance = self.entry.tolerance_of(key);
        let deviation = tolerance.deviation(found, wanted);
        let close = |(deviation, tolerance): (f64, Tolerance)| {
            if deviation == 0.0 { 0.0 } else { deviation / tolerance.most() }
        };
        let now = (deviation, tolerance);
        if self.nearest.is_none_or(|before| close(now) > close(before)) {
            self.nearest = Some(now);
        }
        if deviation > tolerance.most() {
            self.blame(path, &format!("found {found}, expected {wanted}"));
        }
    }

    /// The first thing that does not hold is told.
    fn blame(&mut self, path: &str, what: &str) {
        let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
        self.wrong.get_or_insert_with(|| format!("{place}{what}"));
    }
}

//! The ecologies without a book against the figures of the papers, and against bad parameters.
#![allow(missing_docs)]

mod auctions;
mod clearing;
mod informed;
mod moods;
mod table;

use pitfloor_ecologies::run;
use serde_json::Value;

/// What an ecology says to its parameters.
#[track_caller]
fn value(name: &str, inputs: Value) -> Value {
    let inputs = inputs.as_object().expect("an object");
    run(name, inputs).unwrap_or_else(|refusal| panic!("{refusal}"))["value"].clone()
}

#[track_caller]
fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("{name} is a number: {value}"))
}

#[track_caller]
fn numbers(value: &Value, name: &str) -> Vec<f64> {
    let list = value[name].as_array().unwrap_or_else(|| panic!("{name} is a list: {value}"));
    list.iter().map(|x| x.as_f64().expect("a number")).collect()
}

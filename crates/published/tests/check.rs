//! Checking files: what holds, what does not, and what is no file of entries.
#![allow(missing_docs)]

use pitfloor_published::check::{Outcome, entries};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn outcomes(file: &Value) -> Vec<Outcome> {
    entries(&file.to_string()).expect("it is a file of entries").iter().map(|e| e.check()).collect()
}

fn only(model: &str, inputs: Value, value: Value, tol: &str) -> Outcome {
    let entry = json!({"model": model, "inputs": inputs, "value": value, "tol": tol, "source": ""});
    outcomes(&json!({"E1": entry})).remove(0)
}

const HALVES: &str = r#"{"spread": 0.02, "R": 0.5, "T": 0}"#;

fn hazard(value: Value, tol: &str) -> Outcome {
    only("hazard", serde_json::from_str(HALVES).unwrap(), value, tol)
}

#[test]
fn an_entry_holds_within_its_tolerance_and_not_beyond() {
    let right = hazard(json!({"hazard": 0.04, "pd": 0.0}), "rel 1e-9");
    assert_eq!((right.wrong, right.max_deviation), (None, Some(0.0)));
    let near = hazard(json!({"hazard": 0.0405}), "rel 2e-2");
    assert_eq!(near.wrong, None);
    assert!((near.max_deviation.unwrap() - 0.0005 / 0.0405).abs() < 1e-9);
    let far = hazard(json!({"hazard": 0.0405}), "rel 1e-2");
    assert_eq!(far.wrong.as_deref(), Some("hazard: found 0.04, expected 0.0405"));
    assert!(far.max_deviation.unwrap() > 1e-2 && far.tolerance.most() == 1e-2);
}

#[test]
fn what_is_missing_fails_and_what_is_more_is_ignored() {
    assert_eq!(hazard(json!({}), "1e-9").wrong, None, "nothing was asked of it");
    let missing = hazard(json!({"hazard": 0.04, "survival": 1.0}), "1e-9");
    assert_eq!(missing.wrong.as_deref(), Some("survival: found null, expected 1.0"));
    let shape = hazard(json!([0.04]), "1e-9");
    assert!(shape.wrong.unwrap().starts_with("found {"));
    let short = only(
        "nelson_siegel_svensson",
        json!({"p": [0.06, 0, 0, 0, 1, 1], "t": [1, 2]}),
        json!([0.06]),
        "",
    );
    assert_eq!(short.wrong.as_deref(), Some("found 2 elements, expected 1"));
}

#[test]
fn lists_and_words_are_compared_too() {
    let list = |value: Value| {
        only("nelson_siegel_svensson", json!({"p": [0.06, 0, 0, 0, 1, 1], "t": [1, 2]}), value, "")
    };
    assert_eq!(list(json!([0.06, 0.06])).wrong, None);
    let wrong = list(json!([0.06, 0.0601]));
    assert_eq!(wrong.wrong.as_deref(), Some("[1]: found 0.06, expected 0.0601"));
    for (wanted, count) in [(json!([0.06]), 1), (json!([0.06, 0.06, 0.06]), 3)] {
        let said = format!("found 2 elements, expected {count}");
        assert!(list(wanted).wrong.is_some_and(|wrong| wrong.ends_with(&said)), "{said}");
    }
    let zone = |zone: &str| only("basel_zone", json!({"x": 5}), json!({"zone": zone}), "").wrong;
    assert_eq!(zone("yellow"), None);
    assert_eq!(zone("red").as_deref(), Some("zone: found \"yellow\", expected \"red\""));
}

/// The file's own text does not loosen what holds for a family.
#[test]
fn a_family_keeps_its_tolerance() {
    let bond = json!({"face": 100, "cpn": 0.09, "y": 0.09, "n": 10, "freq": 2});
    let found = only("bond", bond, json!({"price": 100.001}), "rel 1");
    assert_eq!(found.wrong.as_deref().map(|wrong| &wrong[..6]), Some("price:"));
    let cents = json!({"ref": 100.0, "tier": 1, "prev_close": 98.0});
    assert_eq!(only("luld_bands", cents.clone(), json!([95.001, 105.0]), "").wrong, None);
    let off = only("luld_bands", cents, json!([95.01, 105.0]), "");
    assert_eq!((off.max_deviation, off.tolerance.most()), (Some(1.0), 0.0));
}

#[test]
fn what_cannot_be_evaluated_fails() {
    let unknown = only("bonds", json!({}), json!(1), "1e-9");
    let says = "found no model \"bonds\"; did you mean `bond`";
    assert!(unknown.wrong.as_deref().unwrap().starts_with(says), "{unknown:?}");
    assert_eq!(unknown.max_deviation, None);
    let outside = only("vasicek", json!({"r": 0.05}), json!(1), "1e-9");
    assert!(outside.wrong.unwrap().starts_with("vasicek: a: found nothing"));
}

#[test]
fn what_is_no_file_of_entries_is_refused_with_its_place() {
    let says = |text: &str| entries(text).unwrap_err().to_string();
    assert_eq!(says("{\n \"a\": }"), "line 2, column 7: expected value");
    assert_eq!(says(""), "line 1, column 0: EOF while parsing a value");
    assert_eq!(says("[]"), "the text: found a list, expected an object");
    assert_eq!(says("{}"), "the file: found an empty object, expected at least one entry");
    assert_eq!(
        says(r#"{"A": 1}"#),
        "A: found a number, expected an object with model, inputs and value"
    );
    assert_eq!(says(r#"{"A": {}}"#), "A: model: found nothing, expected the name of a model");
    assert_eq!(
        says(r#"{"A": {"model": "bond", "inputs": [], "value": 1}}"#),
        "A: inputs: found a list, expected an object"
    );
    assert_eq!(
        says(r#"{"A": {"model": "bond", "inputs": {}}}"#),
        "A: value: found nothing, expected the published value"
    );
}

fn published() -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join("reference/published.json");
    if !path.exists() {
        eprintln!("SKIPPED: {} is not here, nothing is compared", path.display());
        return None;
    }
    Some(std::fs::read_to_string(path).expect("it can be read"))
}

#[test]
fn every_published_value_is_met() {
    let Some(text) = published() else { return };
    let entries = entries(&text).expect("it is a file of entries");
    assert_eq!(entries.len(), 99);
    for outcome in entries.iter().map(|entry| entry.check()) {
        assert_eq!(outcome.wrong, None, "{}", outcome.id);
    }
}

/// A wrong figure in the file is caught, whichever it is.
#[test]
fn a_spoilt_figure_is_caught() {
    let Some(text) = published() else { return };
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let mut spoilt = 0;
    for (id, entry) in file.as_object().expect("an object") {
        for place in 0..numbers(&mut entry["value"].clone()).len() {
            let mut entry = entry.clone();
            let mut found = numbers(&mut entry["value"]);
            let figure = found.swap_remove(place);
            let was = figure.as_f64().expect("a number");
            // More than the widest tolerance of any family.
            *figure = json!(was + 0.06 * was.abs().max(1.0));
            let outcome = outcomes(&json!({id: entry})).remove(0);
            assert!(outcome.wrong.is_some(), "{id}: figure {place} was {was}");
            spoilt += 1;
        }
    }
    println!("{spoilt} figures spoilt, all caught");
    assert!(spoilt > 100);
}

/// All numbers of a value, however deep.
fn numbers(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(list) => list.iter_mut().flat_map(numbers).collect(),
        Value::Object(named) => named.values_mut().flat_map(numbers).collect(),
        Value::Number(_) => vec![value],
        _ => vec![],
    }
}

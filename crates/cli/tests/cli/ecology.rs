//! Ecologies without a book: what is listed, what is run, and what is refused.

use crate::program::{binary, command, folder, pitfloor};
use serde_json::json;
use std::io::Write;
use std::process::Stdio;

#[test]
fn an_ecology_runs_by_name_or_number_in_any_form() {
    let at = folder();
    let forms: [&[&str]; 5] = [
        &["ecology", "run", "E9", "--seed", "3", "--json", r#"{"steps": 500}"#],
        &["ecology", "run", "e9", "--json", r#"{"steps": 500, "seed": 3}"#],
        &["ecology", "run", "extended_chiarella", r#"{"steps": 500}"#, "--seed", "3"],
        &["--json", "ecology", "run", "--seed=3", r#"{"steps": 500}"#, "E9"],
        &["ecology", "run", "E9", r#"{"seed": 3, "steps": 500}"#, "--seed", "3"],
    ];
    let said: Vec<String> =
        forms.iter().map(|form| pitfloor(at.path(), *form).well().out).collect();
    assert!(said.iter().all(|out| *out == said[0]), "{said:?}");
    let found = pitfloor(at.path(), forms[0]).json();
    assert_eq!((&found["code"], &found["inputs"]["seed"]), (&json!("E9"), &json!(3)));
    assert_eq!(found["inputs"]["kappa"], json!(0.05), "defaults are filled in");
    let other = pitfloor(at.path(), ["ecology", "run", "E9", r#"{"steps": 500}"#]).json();
    assert_ne!(other["value"], found["value"]);
    assert_ne!(other["hash"], found["hash"]);
}

#[test]
fn parameters_may_come_from_standard_input() {
    let mut child = command(binary(), folder().path())
        .args(["ecology", "run", "E19", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("a pipe").write_all(br#"{"steps": 5}"#).expect("it reads");
    let said: crate::program::Said = child.wait_with_output().expect("it ends").into();
    assert_eq!(said.well().json()["value"]["prices"].as_array().map(Vec::len), Some(15));
}

#[test]
fn every_ecology_is_listed_with_domains_and_source() {
    let at = folder();
    let listed = pitfloor(at.path(), ["ecology", "list", "--json"]).well().json();
    let all = listed["ecologies"].as_array().expect("a list");
    assert_eq!(all.len(), 10);
    let plain = pitfloor(at.path(), ["ecology", "list"]).well().out;
    for ecology in all {
        for field in ["code", "name", "about", "source"] {
            let text = ecology[field].as_str().expect("a text");
            assert!(!text.is_empty() && plain.contains(text), "{field}: {ecology}");
        }
        let inputs = ecology["inputs"].as_array().expect("a list");
        assert!(inputs.iter().all(|input| input["domain"].is_string()), "{ecology}");
    }
}

#[test]
fn bad_input_never_prints_a_value() {
    let table: [(&[&str], &str); 7] = [
        (&["E99"], "found no model \"E99\""),
        (&["E9", "{"], "--json: line 1, column 1: EOF while parsing an object"),
        (&["E9", "[]"], "--json: the text: found a list, expected an object"),
        (&["E9", r#"{"kapa": 1}"#], "extended_chiarella: unknown field \"kapa\""),
        (&["E9", r#"{"kappa": 3}"#], "extended_chiarella: kappa: found 3, expected a number"),
        (&["E19", "--seed", "1"], "margin_spiral: unknown field \"seed\""),
        (&["E9", r#"{"seed": 4}"#, "--seed", "3"], "--seed: found 3 beside a seed of 4"),
    ];
    for (args, says) in table {
        let args: Vec<&str> = ["ecology", "run"].iter().chain(args).copied().collect();
        let said = pitfloor(folder().path(), &args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args:?}");
        assert!(said.err.starts_with(&format!("pitfloor: {says}")), "{args:?}: {}", said.err);
    }
}

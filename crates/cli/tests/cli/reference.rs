//! Published results: what is listed, what is evaluated, what is checked, and what is refused.

use crate::program::{Said, binary, command, folder, pitfloor};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

fn eval(name: &str, inputs: &str) -> Said {
    pitfloor(folder().path(), ["reference", "eval", name, "--json", inputs])
}

/// One entry of a file.
fn entry(model: &str, inputs: Value, value: Value) -> Value {
    json!({"model": model, "inputs": inputs, "value": value, "tol": "rel 1e-9", "source": "ours"})
}

#[test]
fn a_model_is_evaluated_and_tells_its_inputs() {
    let said = eval("hazard", r#"{"spread": 0.02}"#).well();
    let found = said.json();
    assert_eq!(found["model"], json!("hazard"));
    assert_eq!(found["inputs"], json!({"spread": 0.02, "R": 0.4, "T": 5}));
    assert_eq!(found["value"]["hazard"], json!(0.02 / 0.6));
    assert!(said.out.starts_with("{\"model\":\"hazard\",\"inputs\":{"), "{}", said.out);
    // Numbers read back to the same bits, whichever way they are asked for.
    let heston = eval("heston", "{}").well().json();
    let again = eval("heston", &heston["inputs"].to_string()).well().json();
    assert_eq!(heston, again);
    assert!(heston["value"].to_string().len() > 12, "{heston}");
}

#[test]
fn inputs_may_come_from_standard_input() {
    let mut child = command(binary(), folder().path())
        .args(["reference", "eval", "vasicek", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let inputs = br#"{"r": 0.05, "a": 0.1, "b": 0.05, "s": 0.01, "T": 0}"#;
    child.stdin.take().expect("a pipe").write_all(inputs).expect("it reads");
    let said: Said = child.wait_with_output().expect("it ends").into();
    assert_eq!(said.well().json()["value"], json!(1.0), "no time, no discount");
}

#[test]
fn all_forms_of_asking_are_one() {
    let inputs = r#"{"sigma": 0.01, "u": 0.02}"#;
    let first = eval("ewma", inputs).well().out;
    let forms: [&[&str]; 3] = [
        &["reference", "eval", "ewma", inputs],
        &["reference", "eval", "--json", inputs, "ewma"],
        &["--json", "reference", "eval", "ewma", inputs],
    ];
    for form in forms {
        assert_eq!(pitfloor(folder().path(), form).well().out, first, "{form:?}");
    }
}

#[test]
fn bad_input_never_prints_a_value() {
    let table = [
        ("black_sholes", "{}", "found no model \"black_sholes\"; did you mean `black_scholes`"),
        ("hazard", "{\"spread\": 0.02,\n \"R\": }", "--json: line 2, column 7: expected value"),
        ("hazard", "[1]", "--json: the text: found a list, expected an object"),
        ("hazard", "", "--json: line 1, column 0: EOF while parsing a value"),
        (
            "hazard",
            "{}",
            "hazard: spread: found nothing, expected a number of at least 0 (per year)",
        ),
        ("hazard", r#"{"sprad": 1}"#, "hazard: unknown field \"sprad\"; did you mean `spread`?"),
        ("hazard", r#"{"spread": true}"#, "hazard: spread: found true, expected a number"),
        ("hazard", r#"{"spread": "inf"}"#, "hazard: spread: found \"inf\", expected a number"),
        (
            "hazard",
            r#"{"spread": -1}"#,
            "hazard: spread: found -1, expected a number of at least 0",
        ),
        ("heston", r#"{"rho": 1.5}"#, "heston: rho: found 1.5, expected a number from -1 to 1"),
        (
            "implied_vol",
            r#"{"S": 100, "K": 100, "r": 0.05, "T": 1, "price": 1000}"#,
            "implied_vol: price: found 1000",
        ),
    ];
    for (name, inputs, says) in table {
        let said = eval(name, inputs);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{name} {inputs}: {}", said.err);
        assert!(said.err.starts_with(&format!("pitfloor: {says}")), "{:?} for {says:?}", said.err);
    }
}

#[test]
fn every_model_is_listed_with_units_domains_and_source() {
    let at = folder();
    let listed = pitfloor(at.path(), ["reference", "list", "--json"]).well().json();
    let models = listed["models"].as_array().expect("a list");
    assert!(models.len() > 30, "{}", models.len());
    let text = pitfloor(at.path(), ["reference", "list"]).well().out;
    for model in models {
        let name = model["name"].as_str().expect("a name");
        assert!(text.lines().any(|line| line == name), "{name}");
        for part in ["about", "source"] {
            assert!(model[part].as_str().is_some_and(|part| text.contains(part)), "{name}: {part}");
        }
        for input in model["inputs"].as_array().expect("inputs") {
            assert!(input["unit"].is_string() && input["domain"].is_string(), "{input}");
            let required = input["required"].as_bool().expect("yes or no");
            assert!(!required || input["default"].is_null(), "{input}");
        }
        assert!(model["outputs"].as_array().is_some_and(|outputs| !outputs.is_empty()), "{name}");
    }
}

#[test]
fn a_file_is_checked_entry_by_entry() {
    let at = folder();
    let hazard = |wanted: f64| entry("hazard", json!({"spread": 0.02}), json!({"hazard": wanted}));
    let good = json!({"A1": hazard(0.02 / 0.6), "A2": entry("basel_zone", json!({"x": 9}),
        json!({"zone": "yellow"}))});
    let mut bad = good.clone();
    bad["B1"] = hazard(0.034);
    bad["B2"] = entry("no_such_model", json!({}), json!(1));
    std::fs::write(at.path().join("good.json"), good.to_string()).expect("room");
    std::fs::write(at.path().join("bad.json"), bad.to_string()).expect("room");

    let said = pitfloor(at.path(), ["reference", "check", "good.json"]).well();
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", said.out);
    assert!(lines[0].starts_with("A1 ") && lines[0].ends_with("ok"), "{}", lines[0]);
    assert_eq!(lines[2], "2 entries, 2 ok, 0 failed");

    let said = pitfloor(at.path(), ["reference", "check", "bad.json"]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("FAIL  hazard: found 0.03333333333333333"), "{}", said.out);
    assert!(said.out.contains("FAIL  found no model \"no_such_model\""), "{}", said.out);
    assert!(said.out.ends_with("4 entries, 2 ok, 2 failed\n"), "{}", said.out);
    assert_eq!(said.err, "pitfloor: 2 of 4 entries do not hold\n");

    let said = pitfloor(at.path(), ["reference", "check", "bad.json", "--json", "--only", "B"]);
    let told = said.json();
    assert_eq!((said.status, &told["entries"], &told["failed"]), (1, &json!(2), &json!(2)));
    let first = &told["list"][0];
    assert_eq!(
        (&first["id"], &first["model"], &first["ok"]),
        (&json!("B1"), &json!("hazard"), &json!(false))
    );
    assert!(first["max_deviation"].as_f64() > first["tolerance"].as_f64(), "{first}");
    pitfloor(at.path(), ["reference", "check", "bad.json", "--only", "A"]).well();
}

#[test]
fn a_file_that_cannot_be_checked_is_named() {
    let at = folder();
    for (name, text) in [
        ("cut.json", "{\"A\": {"),
        ("list.json", "[]"),
        ("none.json", "{}"),
        ("half.json", "{\"A\": {\"model\": \"bond\"}}"),
        ("one.json", "{\"A\": {\"model\": \"bond\", \"inputs\": {}, \"value\": 1}}"),
    ] {
        std::fs::write(at.path().join(name), text).expect("room");
    }
    std::fs::write(at.path().join("bytes.json"), [0xff, 0xfe]).expect("room");
    let table: &[(&[&str], &str)] = &[
        (&["cut.json"], "cut.json: line 1, column 7: EOF"),
        (&["list.json"], "list.json: the text: found a list"),
        (&["none.json"], "none.json: the file: found an empty object"),
        (&["half.json"], "half.json: A: inputs: found nothing"),
        (&["bytes.json"], "bytes.json: found bytes that are no text"),
        (&["nowhere.json"], "nowhere.json: cannot be read"),
        (&["."], ".: cannot be read"),
        (&[], "../shared/reference/published.json: cannot be read"),
        (&["one.json", "--only", "B"], "--only: found no entry of one.json that begins with \"B\""),
    ];
    for (args, says) in table {
        let said = pitfloor(at.path(), ["reference", "check"].iter().chain(*args));
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args:?}: {}", said.err);
        assert!(said.err.starts_with(&format!("pitfloor: {says}")), "{:?}", said.err);
    }
}

/// Where the published file is at hand, all of it holds.
#[test]
fn the_published_file_is_checked() {
    let Some(data) = crate::program::shared("") else { return };
    let file = data.join("../reference/published.json");
    let file = file.to_str().expect("a path");
    let all = pitfloor(folder().path(), ["reference", "check", file, "--json"]).well().json();
    assert_eq!((&all["entries"], &all["ok"], &all["failed"]), (&json!(99), &json!(99), &json!(0)));
    let only = ["reference", "check", file, "--json", "--only", "AC_"];
    assert_eq!(pitfloor(folder().path(), only).well().json()["entries"], json!(4));
}

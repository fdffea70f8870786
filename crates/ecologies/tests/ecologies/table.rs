use pitfloor_ecologies::{ALL, find, run};
use pitfloor_published::check::object;
use pitfloor_published::model::Takes;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn every_ecology_says_what_it_is() {
    let names: BTreeSet<&str> = ALL.iter().map(|ecology| ecology.model.name).collect();
    assert_eq!(names.len(), ALL.len(), "each name once");
    let codes: BTreeSet<&str> = ALL.iter().map(|ecology| ecology.code).collect();
    assert_eq!(codes, ["E1", "E10", "E12", "E13", "E19", "E2", "E20", "E3", "E9"].into());
    for ecology in ALL {
        let model = &ecology.model;
        assert!(!model.about.is_empty() && !model.source.is_empty(), "{}", model.name);
        assert_eq!(find(model.name).expect("it is there").code, ecology.code);
        assert_eq!(find(&ecology.code.to_lowercase()).expect("by number").code, ecology.code);
        let all_have_defaults = model.inputs.iter().all(|input| input.default.is_some());
        assert!(all_have_defaults, "{}: it runs with nothing said", model.name);
        assert_eq!(ecology.described()["code"], ecology.code);
    }
}

#[test]
fn every_ecology_gives_what_it_says_and_says_it_again() {
    for ecology in ALL {
        let model = &ecology.model;
        let example = object(model.example).expect("JSON");
        let said = run(model.name, &example).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!((&said["ecology"], &said["code"]), (&json!(model.name), &json!(ecology.code)));
        let told: Vec<&String> = said["inputs"].as_object().expect("an object").keys().collect();
        let inputs: Vec<&str> = model.inputs.iter().map(|input| input.name).collect();
        assert_eq!(told, inputs, "all parameters, defaults filled in");
        for (name, _) in model.outputs {
            assert!(said["value"].get(name).is_some(), "{}: {name}", model.name);
        }
        let again = run(model.name, said["inputs"].as_object().expect("an object"));
        assert_eq!(again.as_ref(), Ok(&said), "{}: one seed, one result", model.name);
    }
}

#[test]
fn the_hash_is_that_of_all_parameters() {
    let hash = |inputs: Value| run("E19", inputs.as_object().unwrap()).unwrap()["hash"].clone();
    assert_eq!(hash(json!({})), hash(json!({"Z": 10})), "a default said is a default");
    assert_ne!(hash(json!({})), hash(json!({"Z": 11})));
    assert_eq!(hash(json!({})).as_str().map(str::len), Some(64));
}

#[test]
fn another_seed_is_another_history() {
    for ecology in ALL.iter().filter(|ecology| ecology.code != "E19") {
        let mut example = object(ecology.model.example).expect("JSON");
        let mut with = |seed: u64| {
            example.insert("seed".to_owned(), json!(seed));
            run(ecology.model.name, &example).expect("it runs")["value"].clone()
        };
        assert_ne!(with(1), with(2), "{}", ecology.model.name);
    }
}

#[test]
fn what_is_not_taken_is_refused_by_name() {
    let mut tried = 0;
    for ecology in ALL {
        let model = &ecology.model;
        for input in model.inputs {
            let mut wrong = vec![json!({"a": 1}), json!("what")];
            match input.takes {
                Takes::Number(domain) => {
                    wrong.extend([json!("inf"), json!("nan"), json!(true)]);
                    let past = |at: f64, by: f64| json!(at + by * at.abs().max(1.0));
                    wrong.extend(domain.low.map(|low| past(low.at, -1e-6)));
                    wrong.extend(domain.high.map(|high| past(high.at, 1e-6)));
                }
                Takes::Whole(least, most) => {
                    wrong.push(json!(1.5));
                    wrong.extend(least.checked_sub(1).map(Value::from));
                    wrong.extend(most.checked_add(1).map(Value::from));
                }
                _ => {}
            }
            for wrong in wrong {
                let mut inputs = object(model.example).expect("JSON");
                inputs.insert(input.name.to_owned(), wrong.clone());
                let says = run(model.name, &inputs)
                    .expect_err(&format!("{}: {} is {wrong}", model.name, input.name))
                    .to_string();
                let begins = format!("{}: {}: found ", model.name, input.name);
                assert!(says.starts_with(&begins) && says.contains(", expected "), "{says}");
                tried += 1;
            }
        }
        let unknown = run(model.name, json!({"sedd": 1}).as_object().unwrap());
        let says = unknown.expect_err("it is unknown").to_string();
        assert!(says.starts_with(&format!("{}: unknown field \"sedd\"", model.name)), "{says}");
    }
    assert!(tried > 250, "{tried}");
    let none = run("lux_marchese", &serde_json::Map::new()).expect_err("there is none");
    assert_eq!(none.to_string(), "found no model \"lux_marchese\"; did you mean `lux_marchesi`?");
    let few = run("E10", json!({"p_f": 1e-6}).as_object().unwrap()).expect_err("below a tick");
    assert!(few.to_string().starts_with("lux_marchesi: p_f: found 0.000001"), "{few}");
    for (name, inputs, field) in [
        ("E1", json!({"quote_budget": 10_000_000, "runs": 10_000}), "quote_budget"),
        ("E13", json!({"arrivals": 100_000, "runs": 1_000_000}), "arrivals"),
        ("E20", json!({"beta": vec![5; 1_001]}), "beta"),
        // Every fall forces sales that make it fall as far again: no price within the iterations.
        ("E19", json!({"kappa": 10, "shock": -1e-6}), "kappa"),
    ] {
        let refusal = run(name, inputs.as_object().unwrap()).err();
        let says = refusal.map(|refusal| refusal.to_string()).unwrap_or_default();
        assert!(says.contains(&format!(": {field}: found ")), "{name}: {says:?}");
    }
    let crossed = run("E13", json!({"VL": 200}).as_object().unwrap()).expect_err("upside down");
    assert!(crossed.to_string().starts_with("glosten_milgrom_trades: VH: found 110"), "{crossed}");
}

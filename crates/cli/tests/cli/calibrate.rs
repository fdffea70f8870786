//! `pitfloor calibrate`: a search that finds the same again, and what it refuses.

use crate::program::{folder, pitfloor};

const VARY: [&str; 4] =
    ["--vary", "agents.noise.count={50..200}", "--vary", "agents.noise.distance={2.0..40.0 log}"];

#[test]
fn a_search_finds_a_scenario_that_runs_and_finds_it_again() {
    let at = folder();
    let args =
        ["calibrate", "first-market", "--tries", "4", "--seeds", "1", "--set", "span=5m", "--json"];
    let search = |out: &str| {
        let found = ["--facts", "F2,F6", "--out", out];
        pitfloor(at.path(), args.iter().chain(&VARY).chain(&found)).well().json()
    };
    let (one, two) = (search("one.toml"), search("two.toml"));
    assert_eq!((&one["settings"], &one["distance"]), (&two["settings"], &two["distance"]));
    assert_eq!(one["tries"], 4);
    assert_eq!(one["settings"].as_array().unwrap().len(), 2);
    let facts = one["facts"].as_object().unwrap();
    assert!(facts.keys().eq(["F2", "F6"]), "{facts:?}");
    let read = |name: &str| std::fs::read_to_string(at.path().join(name)).unwrap();
    assert_eq!(read("one.toml"), read("two.toml"));
    let found = one["settings"][0].as_str().unwrap().split('=').next_back().unwrap();
    assert!(read("one.toml").contains(&format!("count = {found}")));
    pitfloor(at.path(), ["run", "one.toml", "--quiet", "--until", "1m", "--out", "run"]).well();
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let at = folder();
    for (args, expected) in [
        (vec!["first-market"], "--vary"),
        (vec!["first-market", "--vary", "agents.noise.count=5"], "expected a setting with a range"),
        (vec!["first-market", "--vary", "agents.nosie.count={5..9}"], "agents.nosie.count"),
        (vec!["nowhere", "--vary", "agents.noise.count={5..9}"], "neither a file nor a built-in"),
        (vec!["first-market", "--vary", "seed={5..9}", "--facts", "F99"], "expected some of F1"),
        (vec!["first-market", "--vary", "seed={5..9}", "--tries", "0"], "0 is not in 1.."),
    ] {
        let said = pitfloor(at.path(), [vec!["calibrate"], args.clone()].concat());
        assert_eq!(said.status, 2, "{args:?}");
        assert!(said.err.contains(expected), "{args:?}: {}", said.err);
    }
    assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 0, "nothing is left behind");
}

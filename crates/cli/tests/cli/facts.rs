//! `pitfloor facts`: runs and recorded tapes held against real markets.

use crate::program::{folder, pitfloor, shared};
use serde_json::Value;

const AMZN: &str = "lobster/AMZN_2012-06-21_34200000_57600000";

#[test]
fn a_scenario_over_its_seeds_is_the_same_report_as_its_runs() {
    let at = folder();
    let text = "span = \"10m\"\n[[instrument]]\nsymbol = \"ACME\"\nprice = 100\n[[agents]]\n\
                kind = \"noise\"\ncount = 60\nshares = 500\n";
    std::fs::write(at.path().join("short.toml"), text).unwrap();
    for seed in ["1", "2"] {
        let out = format!("seed-{seed}");
        pitfloor(at.path(), ["run", "short.toml", "--seed", seed, "--out", &out]).well();
    }
    let runs = pitfloor(at.path(), ["facts", "seed-1", "seed-2", "--json"]).well().json();
    let here = pitfloor(at.path(), ["facts", "short.toml", "--seeds", "2", "--json"]).well().json();
    assert_eq!((&here["facts"], &here["seeds"]), (&runs["facts"], &runs["seeds"]));
    for (args, expected) in [
        (["facts", "nowhere.toml", "--seeds", "2"].to_vec(), "neither a file nor a built-in"),
        (["facts", "short.toml", "seed-1", "--seeds", "2"].to_vec(), "expected one scenario"),
        (
            ["facts", "short.toml", "--seeds", "2", "--tick", "1"].to_vec(),
            "--tick: found a scenario",
        ),
        (
            ["facts", "short.toml", "--seeds", "1", "--symbol", "BOLT"].to_vec(),
            "no such instrument",
        ),
    ] {
        let said = pitfloor(at.path(), args.clone());
        assert_eq!(said.status, 2, "{args:?}");
        assert!(said.err.contains(expected), "{args:?}: {}", said.err);
    }
}

#[test]
fn seeds_of_one_market_are_one_report() {
    let at = folder();
    for seed in ["1", "2"] {
        let out = format!("seed-{seed}");
        pitfloor(at.path(), ["run", "--seed", seed, "--until", "20m", "--out", &out]).well();
    }
    let said =
        pitfloor(at.path(), ["facts", "seed-1", "seed-2", "--json", "--html", "f.html"]).well();
    let json = said.json();
    let facts = json["facts"].as_object().unwrap();
    assert_eq!(facts.len(), 30);
    for (id, fact) in facts {
        for field in ["value", "ci95", "band", "verdict", "n", "nulls", "parts", "not_evidence"] {
            assert!(fact.get(field).is_some(), "{id} says {field}");
        }
        let verdict = fact["verdict"].as_str().unwrap();
        assert!(["PASS", "WEAK", "FAIL", "VOID"].contains(&verdict));
        assert_eq!(fact["void"].is_null(), verdict != "VOID", "{id}");
        assert!(fact["nulls"].get("gaussian").is_some() && fact["nulls"].get("cst").is_some());
    }
    assert_eq!(json["seeds"], serde_json::json!([1, 2]));
    assert_eq!(json["symbol"], "ACME");
    assert_eq!(json["config_digest"].as_str().unwrap().len(), 64);
    assert_eq!(facts["F1"]["verdict"], "VOID", "twenty minutes are not enough");
    assert!(facts["M1"]["nulls"]["cst"].as_f64().unwrap() < 0.56);
    let page = std::fs::read_to_string(at.path().join("f.html")).unwrap();
    assert!(page.contains("How real is ACME?") && page.contains("Signature plot"));
    // The same runs, the same report; and the journal alone tells the same as its folder.
    let again = pitfloor(at.path(), ["facts", "seed-1", "seed-2", "--json"]).well().json();
    assert_eq!(again["facts"], json["facts"]);
    let text = pitfloor(at.path(), ["facts", "seed-1/journal.pfj", "--symbol", "BOLT"]).well().out;
    assert!(text.starts_with("BOLT  seed 1  1 session"), "{text}");
    assert!(text.contains("1 of the 20 seeds"), "{text}");
    let gate = pitfloor(at.path(), ["facts", "seed-1", "--gate"]);
    assert_eq!(gate.status, 1, "what is void is no pass");
    assert!(gate.err.contains("expected PASS"), "{}", gate.err);
    // The tables of a run folder are a tape too.
    let tables = ["facts", "seed-1/trades.parquet", "seed-1/quotes.parquet", "--symbol", "ACME"];
    let tables = pitfloor(at.path(), tables.iter().chain(&["--json"])).well().json();
    let (from_tables, from_journal) = (&tables["facts"]["M1"]["value"], &again["facts"]["M1"]["n"]);
    assert!(from_tables.is_number() && from_journal.is_number());
    let list = pitfloor(at.path(), ["facts", "seed-1", "--metrics", "get-real"]).well().out;
    assert!(list.contains("ABIDES") && list.contains("Weibull shape of trade gaps"), "{list}");
    let list = pitfloor(at.path(), ["facts", "seed-1", "--metrics", "lobbench", "--json"]).well();
    assert_eq!(list.json()["metrics"].as_array().unwrap().len(), 14);
    refusals(at.path());
}

/// What cannot be one report is refused, with what differs.
fn refusals(at: &std::path::Path) {
    let set = ["--set", "agents.noise.count=11"];
    let run = ["run", "--seed", "3", "--until", "1m", "--out", "other"];
    pitfloor(at, run.iter().chain(&set)).well();
    for (args, said) in [
        (vec!["seed-1", "other"], "they differ in"),
        (vec!["seed-1", "seed-1"], "found seed 1 as in seed-1, expected another"),
        (vec!["seed-1", "seed-1/quotes.parquet"], "expected runs, which are seeds of one market"),
        (vec!["seed-1", "--symbol", "NOPE"], "--symbol: found \"NOPE\", expected one of ACME"),
        (vec!["seed-1", "--session", "09:30-16:00"], "--session: found runs, expected files"),
        (vec!["seed-1/quotes.parquet", "--beside", "BOLT"], "--beside BOLT: found files"),
        (vec!["seed-1/quotes.parquet"], "or to be told which symbol to read"),
        (vec!["seed-1/orders.parquet", "--tick", "0"], "--tick: found 0"),
        (vec!["missing.csv"], "missing.csv"),
    ] {
        let said_is = pitfloor(at, std::iter::once(&"facts").chain(&args));
        assert_eq!(said_is.status, 2, "{args:?}: {} {}", said_is.out, said_is.err);
        assert!(said_is.err.contains(said), "{args:?}: {}", said_is.err);
    }
    let differ = pitfloor(at, ["facts", "seed-1", "other"]).err;
    assert!(differ.contains("agents.noise.count (") && differ.contains("and 11)"), "{differ}");
    assert!(differ.contains("other: found another market than in seed-1"), "{differ}");
}

#[test]
fn a_recorded_day_is_judged_like_a_run() {
    let at = folder();
    let Some(messages) = shared(&format!("{AMZN}_message_1.csv.zst")) else { return };
    let Some(book) = shared(&format!("{AMZN}_orderbook_1.csv.zst")) else { return };
    let said = pitfloor(
        at.path(),
        ["facts".as_ref(), "--json".as_ref(), messages.as_os_str(), book.as_os_str()],
    );
    let json = said.well().json();
    let value = |id: &str| json["facts"][id]["value"].as_f64().unwrap();
    assert!((value("M1") - 0.725).abs() < 0.001 && (value("M19") - 1.0).abs() < 0.005);
    assert_eq!(json["facts"]["M1"]["void"], "6591 trades, it takes 20000");
    assert_eq!((&json["verdict"], &json["trades"]), (&Value::from("VOID"), &Value::from(6_591)));
    assert_eq!(json["gates"]["fail"], serde_json::json!([]));
    assert_eq!(json["noted"]["hidden"], 2_445);
    assert!(json["config_digest"].is_null() && json["seeds"].is_null());
}

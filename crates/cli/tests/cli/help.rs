//! What the program says about itself.

use crate::program::{folder, pitfloor};

#[test]
fn every_command_has_help_with_an_example() {
    let at = folder();
    for command in [
        vec![],
        vec!["run"],
        vec!["replay"],
        vec!["history", "lobster"],
        vec!["facts"],
        vec!["data", "generate"],
        vec!["data", "prove"],
        vec!["reference", "list"],
        vec!["reference", "eval"],
        vec!["reference", "check"],
        vec!["ecology", "list"],
        vec!["ecology", "run"],
        vec!["bench", "run"],
        vec!["bench", "book"],
        vec!["list"],
        vec!["completions"],
        vec!["man"],
    ] {
        let said = pitfloor(at.path(), command.iter().chain(&["--help"])).well();
        assert!(said.out.contains("Usage:"), "{command:?}");
        assert!(said.out.contains("Example"), "{command:?}: {}", said.out);
    }
}

#[test]
fn lists_say_what_is_built_in() {
    let at = folder();
    let json = |what: &str| pitfloor(at.path(), ["list", what, "--json"]).well().json();
    let names = |what: &str, list: &str| -> Vec<String> {
        let rows = json(what);
        let rows = rows[list].as_array().unwrap().clone();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        names("scenarios", "scenarios"),
        [
            "first-market",
            "far-apart",
            "stop-and-go",
            "batches",
            "margin-spiral",
            "failed-member",
            "dividend-date",
            "pinned-expiry",
            "rate-shock",
            "crypto-outage",
            "opening-auction",
            "reference",
            "cst-null",
            "flash-crash",
            "spoofing",
            "bubble",
            "liquidity-crisis",
            "fire-sale",
            "latency-race",
            "day-of-equities",
            "day-of-everything",
            "rmsc04",
            "rmsc03"
        ]
    );
    let agents = names("agents", "agents");
    for kind in ["noise", "market-maker", "momentum", "mean-reversion", "informed"] {
        assert!(agents.iter().any(|name| name == kind), "{kind} in {agents:?}");
    }
    for agent in json("agents")["agents"].as_array().unwrap() {
        assert!(!agent["about"].as_str().unwrap().is_empty());
        for parameter in agent["parameters"].as_array().unwrap() {
            for part in ["name", "default", "takes", "about"] {
                assert!(parameter[part].is_string(), "{part} in {parameter}");
            }
        }
    }
    assert!(names("instruments", "instruments").contains(&"equity".to_owned()));
    assert!(names("order-types", "order_types").contains(&"limit".to_owned()));
    let text = pitfloor(at.path(), ["list", "agents"]).well().out;
    assert!(text.contains("market-maker") && text.contains("spread"), "{text}");
}

#[test]
fn rules_are_listed_with_their_days_status_and_source() {
    let at = folder();
    let json = |args: &[&str]| {
        let said = pitfloor(at.path(), ["list", "rules", "--json"].iter().chain(args)).well();
        said.json()["rules"].as_array().unwrap().clone()
    };
    let all = json(&[]);
    for row in &all {
        for part in ["rule_id", "market", "valid_from", "status", "source"] {
            assert!(row[part].as_str().is_some_and(|text| !text.is_empty()), "{part} in {row}");
        }
        assert!(row["parameters"].is_object(), "{row}");
    }
    // Settlement became a day shorter between these two days.
    let days = |day: &str| -> Vec<i64> {
        let rows = json(&["--at", day]);
        assert!(rows.len() < all.len(), "{day}");
        let settlement = rows.iter().filter(|row| row["rule_id"] == "settlement");
        settlement.map(|row| row["parameters"]["days"].as_i64().unwrap()).collect()
    };
    assert_eq!((days("2024-05-27"), days("2024-05-28")), (vec![2], vec![1]));
    let text = pitfloor(at.path(), ["list", "rules", "--at", "2024-05-28"]).well().out;
    let line = text.lines().find(|line| line.starts_with("settlement")).expect("it is listed");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["settlement", "US", "2024-05-28", "to", "today", "unconfirmed"]);
    assert!(text.contains("    days = 1\n") && text.contains(" SEC Rule 15c6-1, T+1\n"), "{text}");
}

#[test]
fn completions_and_manual_pages_come_from_the_same_definitions() {
    let at = folder();
    let said = pitfloor(at.path(), ["completions", "bash"]).well();
    assert!(said.out.contains("--no-history"));
    pitfloor(at.path(), ["man", "pages"]).well();
    let page = std::fs::read_to_string(at.path().join("pages/pitfloor-run.1")).unwrap();
    assert!(page.contains("no\\-history"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::Stdio;
    let at = folder();
    let mut child = crate::program::command(crate::program::binary(), at.path())
        .args(["list", "agents"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

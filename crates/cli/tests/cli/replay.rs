//! `pitfloor replay`: the same history again, from the journal.

use crate::program::{folder, pitfloor};
use std::path::Path;

fn run(at: &Path) -> serde_json::Value {
    pitfloor(at, ["run", "--json", "--quiet", "--until", "3m", "--out", "one"]).well().json()
}

#[test]
fn a_run_replays_to_its_digest() {
    let at = folder();
    let run = run(at.path());
    let said = pitfloor(at.path(), ["replay", "one", "--json"]).well().json();
    assert_eq!(said["digest"], run["digest"]);
    assert_eq!(said["equal"], true);
    for count in ["commands", "events", "trades", "journal_digest"] {
        assert_eq!(said[count], run[count], "{count}");
    }
    let alone = pitfloor(at.path(), ["replay", "one/journal.pfj", "--json"]).well().json();
    assert_eq!((&alone["digest"], &alone["equal"]), (&run["digest"], &serde_json::Value::Null));
}

#[test]
fn another_digest_is_status_1() {
    let at = folder();
    run(at.path());
    let zeros = "0".repeat(64);
    let said = pitfloor(at.path(), ["replay", "one", "--expect", &zeros]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("this is another history"), "{}", said.err);
}

#[test]
fn a_part_can_be_replayed() {
    let at = folder();
    run(at.path());
    let said = pitfloor(at.path(), ["replay", "one", "--to", "999", "--json"]).well().json();
    assert_eq!(said["commands"], 1_000);
}

#[test]
fn the_folder_is_made_again_from_the_journal_alone() {
    let at = folder();
    run(at.path());
    std::fs::copy(at.path().join("one/journal.pfj"), at.path().join("alone.pfj")).unwrap();
    pitfloor(at.path(), ["replay", "alone.pfj", "--out", "two", "--json"]).well();
    for file in [
        "scenario.toml",
        "journal.pfj",
        "trades.parquet",
        "orders.parquet",
        "quotes.parquet",
        "accounts.parquet",
        "report.html",
    ] {
        let read = |run: &str| std::fs::read(at.path().join(run).join(file)).unwrap();
        assert!(read("one") == read("two"), "{file}");
    }
}

#[test]
fn a_damaged_journal_is_refused_with_its_place() {
    let at = folder();
    run(at.path());
    let path = at.path().join("one/journal.pfj");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&path, &bytes).unwrap();
    let said = pitfloor(at.path(), ["replay", "one"]);
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("journal.pfj") && said.err.contains("byte"), "{}", said.err);
}

/// A run that a trigger ended early is made again as long as it was.
#[test]
fn a_run_that_was_stopped_is_made_again_no_longer_than_it_was() {
    let at = folder();
    let text = include_str!("../../../../scenarios/far-apart.toml");
    let stop = "\n[[trigger]]\ntrades = 300\nthen = [\"stop\"]\n";
    std::fs::write(at.path().join("mine.toml"), format!("{text}{stop}")).unwrap();
    let run = pitfloor(at.path(), ["run", "mine.toml", "--out", "one", "--json", "--quiet"]);
    let run = run.well().json();
    assert!(run["virtual_s"].as_f64().unwrap() < 3_000.0);
    let again = pitfloor(at.path(), ["replay", "one", "--out", "two", "--json"]).well().json();
    assert_eq!(run["virtual_s"], again["virtual_s"]);
    let page = |run: &str| std::fs::read(at.path().join(run).join("report.html")).unwrap();
    assert!(page("one") == page("two"));
}

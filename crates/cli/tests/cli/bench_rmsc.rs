//! `pitfloor bench rmsc`: the reference configurations come to what the reference comes to.

use crate::program::{folder, pitfloor};

/// Hours of sixteen seeds: every figure within four standard errors of the reference's hours, and the
/// first three seeds what the golden file says.
#[test]
fn an_hour_comes_to_the_reference() {
    let at = folder();
    let args = ["bench", "rmsc", "--until", "1h", "--rounds", "1", "--json", "--quiet"];
    let said = pitfloor(at.path(), args).well().json();
    let figures = said["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 17);
    for figure in figures {
        assert_eq!(figure["holds"], true, "{figure}");
    }
    let held = figures.iter().filter(|figure| figure["standard_errors"].is_number());
    assert_eq!(held.count(), 16, "all but one are held against the table");
    let trades = said["trades"].as_u64().unwrap();
    let messages = said["order_messages"].as_u64().unwrap();
    assert!((2_000..3_000).contains(&trades) && messages > 2 * trades, "{said}");
    let golden: toml::Table = include_str!("../../../../golden/rmsc.toml").parse().unwrap();
    for run in said["runs"].as_array().unwrap() {
        let expected = &golden[run["name"].as_str().unwrap()];
        assert_eq!(run["digest"].as_str(), expected["digest"].as_str(), "{run}");
    }
    assert_eq!(golden.len(), 6, "three days and three hours");
}

/// Another length has no table, and few seeds are not judged: figures are shown, and hold.
#[test]
fn without_a_table_nothing_is_judged() {
    let at = folder();
    for length in [["--until", "20m"], ["--until", "1h"]] {
        let args = ["bench", "rmsc", "--seeds", "2", "--rounds", "1", "--json", "--quiet"];
        let said = pitfloor(at.path(), args.iter().chain(&length)).well().json();
        let figures = said["figures"].as_array().unwrap();
        assert!(figures.iter().all(|figure| figure["reference_mean"].is_null()), "{said}");
        assert!(figures.iter().all(|figure| figure["mean"].is_number()), "{said}");
    }
    let args = ["bench", "rmsc", "--seeds", "2", "--rounds", "1", "--until", "20m"];
    let text = pitfloor(at.path(), args).well().out;
    assert!(text.contains("held against nothing") && text.contains("digest"), "{text}");
}

#[test]
fn several_days_are_measured_in_halves() {
    let at = folder();
    let args = ["bench", "rmsc", "--days", "2", "--seeds", "1", "--rounds", "1", "--json"];
    let said = pitfloor(at.path(), args).well().json();
    assert_eq!(said["close_s"], 46_800.0);
    assert!(said["second_half_to_first"].as_f64().unwrap() > 0.0);
    assert!(said["commands"].as_u64().unwrap() > 100_000, "{said}");
}

#[test]
fn bad_lengths_are_refused() {
    let at = folder();
    for (args, found) in [
        (vec!["bench", "rmsc", "--until", "soon"], "expected a time"),
        (vec!["bench", "rmsc", "--days", "1"], "--days"),
        (vec!["bench", "rmsc", "--scenario", "rmsc05"], "rmsc05"),
        (vec!["bench", "rmsc", "--days", "2", "--until", "1h"], "--until"),
    ] {
        let said = pitfloor(at.path(), args);
        assert_eq!(said.status, 2, "{}", said.err);
        assert!(said.err.contains(found), "{found}: {}", said.err);
    }
}

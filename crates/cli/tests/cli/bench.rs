//! `pitfloor bench`: the work is asserted before any time is told.

use crate::program::{folder, pitfloor};

#[test]
fn a_bench_reports_the_work_and_asserts_it() {
    let at = folder();
    let args =
        ["bench", "run", "--agents", "20", "--until", "20s", "--rounds", "2", "--json", "--quiet"];
    let said = pitfloor(at.path(), args).well().json();
    for number in
        ["agents", "commands", "events", "trades", "cpu_s", "commands_per_cpu_s", "peak_rss_bytes"]
    {
        assert!(said[number].is_number(), "{number} in {said}");
    }
    assert_eq!(said["digest"].as_str().unwrap().len(), 64);
    let again = pitfloor(at.path(), args).well().json();
    assert_eq!(said["digest"], again["digest"]);
    let disk = pitfloor(at.path(), args.iter().chain(&["--journal", "disk"])).well().json();
    assert_eq!(said["digest"], disk["digest"]);
}

#[test]
fn the_standard_benchmarks_come_to_their_golden_work() {
    let at = folder();
    let args = ["bench", "run", "--agents", "10,1000", "--rounds", "1", "--json", "--quiet"];
    let said = pitfloor(at.path(), args).well().json();
    for run in said["runs"].as_array().unwrap() {
        assert_eq!(run["golden"], true, "{run}");
    }
}

#[test]
fn a_missed_gate_is_status_1() {
    let at = folder();
    let args = [
        "bench", "run", "--agents", "5", "--until", "5s", "--rounds", "1", "--quiet", "--gate",
        "1e15",
    ];
    let said = pitfloor(at.path(), args);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("expected at least 1000000000000000"), "{}", said.err);
    assert!(said.out.is_empty(), "no timing is printed");
}

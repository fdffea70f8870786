//! `pitfloor bench book`: every figure is asserted before any time is told.

use crate::program::{Said, folder, pitfloor};
use serde_json::Value;
use std::path::Path;

/// Short: the beginning of W1, one round.
const SHORT: [&str; 9] =
    ["bench", "book", "--workload", "W1", "--messages", "5000", "--rounds", "1", "--quiet"];

fn short(at: &Path, more: &[&str]) -> Said {
    pitfloor(at, SHORT.iter().chain(more))
}

#[test]
fn it_tells_what_was_done_and_what_it_cost() {
    let at = folder();
    let said = short(at.path(), &["--json"]).well().json();
    assert_eq!((said["workload"].as_str(), said["messages"].as_u64()), (Some("W1"), Some(5_000)));
    for number in [
        "trades",
        "lots",
        "ratio_to_naive",
        "ratio_to_floor",
        "ns_per_op_median",
        "bytes_per_live_order",
        "levels",
        "live",
        "cancels_accepted",
        "rounds",
    ] {
        assert!(said[number].is_number(), "{number} in {said}");
    }
    for (text, length) in
        [("trade_digest", 16), ("state_digest", 16), ("report_sha256", 64), ("file_sha256", 64)]
    {
        assert_eq!(said[text].as_str().map(str::len), Some(length), "{text} in {said}");
    }
    let engines = &said["engines"];
    for engine in [&engines["pitfloor"], &engines["naive"], &engines["floor"], &said["batched"]] {
        for number in ["ns_per_op", "allocations_per_op", "ns_p50", "ns_p99", "ns_p999", "ns_p9999"]
        {
            assert!(engine[number].is_number(), "{number} in {engine}");
        }
        assert!(engine["ns_per_op"].as_f64().unwrap() > 0.0, "{engine}");
    }
    assert_eq!(engines["floor"]["bytes_per_live_order"], Value::Null, "null, never 0");
    // A queue of its own for every new price: the naive book cannot do without the allocator.
    assert!(engines["naive"]["allocations_per_op"].as_f64().unwrap() > 0.0);
    assert_eq!(engines["floor"]["allocations_per_op"].as_f64(), Some(0.0));
    let compiler = said["rustc"].as_str().unwrap();
    assert!(compiler.starts_with("rustc 1."), "{compiler}");
}

#[test]
fn the_same_work_comes_out_every_time_and_from_a_file() {
    let at = folder();
    let work = |said: &Value| -> Vec<Value> {
        let names = ["messages", "trades", "lots", "trade_digest", "state_digest", "report_sha256"];
        names.iter().chain(&["file_sha256"]).map(|name| said[*name].clone()).collect()
    };
    let first = short(at.path(), &["--json", "--write", "mine.lob"]).well().json();
    let length = std::fs::metadata(at.path().join("mine.lob")).unwrap().len();
    assert_eq!(length, 16 + 5_000 * 40);
    let file = ["bench", "book", "--file", "mine.lob", "--rounds", "1", "--json", "--quiet"];
    let again = pitfloor(at.path(), file).well().json();
    assert_eq!((work(&again), again["workload"].as_str()), (work(&first), Some("file")));
    let text = pitfloor(at.path(), &file[..6]).well();
    for part in [first["trade_digest"].as_str().unwrap(), "5000 messages", "all books agree"] {
        assert!(text.out.contains(part), "{part} in {}", text.out);
    }
    assert!(text.err.contains("round 1: naive"), "{}", text.err);
}

#[test]
fn a_file_that_is_not_the_workload_is_status_1() {
    let at = folder();
    short(at.path(), &["--write", "mine.lob"]).well();
    let args = ["bench", "book", "--workload", "W1", "--file", "mine.lob", "--quiet"];
    let said = pitfloor(at.path(), args);
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.err.contains("W1: file_sha256: found "), "{}", said.err);
    assert!(said.out.is_empty(), "no timing is printed");
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_offset() {
    let at = folder();
    short(at.path(), &["--write", "mine.lob"]).well();
    let good = std::fs::read(at.path().join("mine.lob")).unwrap();
    let with = |offset: usize, byte: u8| {
        let mut bad = good.clone();
        bad[offset] = byte;
        bad
    };
    for (bad, parts) in [
        (Vec::new(), ["offset 0", "length"]),
        (good[..20].to_vec(), ["offset 20", "length"]),
        (with(0, 9), ["offset 0", "magic"]),
        (with(8, 9), ["offset 8", "version: found 9, expected 1"]),
        (with(16 + 40, 3), ["offset 56", "type: found 3"]),
        (with(16 + 1, 7), ["offset 17", "side: found 7"]),
        (with(16 + 2, 7), ["offset 18", "ioc: found 7"]),
        (with(16 + 8, 1), ["offset 24", "seq: found 1, expected 0"]),
        (with(16 + 4, 0), ["offset 20", "quantity: found 0"]),
        (good[..12].iter().chain(&[0; 4]).copied().collect(), ["bad.lob", "found 0 messages"]),
    ] {
        std::fs::write(at.path().join("bad.lob"), bad).unwrap();
        let said = pitfloor(at.path(), ["bench", "book", "--file", "bad.lob", "--quiet"]);
        assert_eq!(said.status, 2, "{parts:?}: {}", said.err);
        assert!(said.err.starts_with("pitfloor: bad.lob: "), "{}", said.err);
        assert!(parts.iter().all(|part| said.err.contains(part)), "{parts:?} in {}", said.err);
        assert!(said.out.is_empty());
    }
}

#[test]
fn a_file_that_cannot_be_read_is_status_3_and_one_that_cannot_be_written_is_named() {
    let at = folder();
    std::fs::create_dir(at.path().join("folder")).unwrap();
    for place in ["nowhere.lob", "folder"] {
        let said = pitfloor(at.path(), ["bench", "book", "--file", place, "--quiet"]);
        assert_eq!(said.status, 3, "{}", said.err);
        assert!(said.err.contains(place), "{}", said.err);
    }
    let said = short(at.path(), &["--write", "nowhere/mine.lob"]);
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("nowhere/mine.lob"), "{}", said.err);
}

/// A whole workload: its figures are those of the definition, and a gate names what it misses. How
/// fast it is depends on the machine and the build, so only what is said is looked at.
#[test]
fn a_whole_workload_is_held_against_its_figures_and_a_gate_names_each_miss() {
    let at = folder();
    let args =
        ["bench", "book", "--workload", "normal", "--rounds", "5", "--gate", "--json", "--quiet"];
    let said = pitfloor(at.path(), args);
    let json = said.json();
    assert_eq!(json["expected_figures"], true);
    assert_eq!((json["trades"].as_u64(), json["lots"].as_u64()), (Some(62_474), Some(1_793_858)));
    let targets = json["targets"].as_array().unwrap();
    assert!(targets.iter().any(|target| target["name"] == "normal_pitfloor_to_naive"));
    let misses: Vec<&Value> = targets.iter().filter(|target| target["ok"] == false).collect();
    assert_eq!(said.status, i32::from(!misses.is_empty()), "{}", said.err);
    for target in &misses {
        let (name, limit) = (target["name"].as_str().unwrap(), target["limit"].as_f64().unwrap());
        let line = said.err.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("{name} in {}", said.err));
        assert!(line.ends_with(&format!("expected at most {limit}")), "{line}");
    }
}

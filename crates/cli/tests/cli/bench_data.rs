//! `pitfloor bench data`, on few messages.

use crate::program::{folder, pitfloor};

#[test]
fn every_format_reads_back_what_was_written_and_has_a_rate() {
    let at = folder();
    let args = ["bench", "data", "--messages", "20000", "--rounds", "1", "--json", "--quiet"];
    let said = pitfloor(at.path(), args).well().json();
    let formats = said["formats"].as_array().unwrap();
    let names: Vec<&str> = formats.iter().map(|of| of["format"].as_str().unwrap()).collect();
    assert_eq!(names, ["lobster", "itch", "dbn", "parquet"]);
    for of in formats {
        assert!(of["messages"].as_u64().unwrap() >= 20_000, "{of}");
        assert!(of["placed"].as_u64().unwrap() > 0, "{of}");
        assert!(of["messages_per_cpu_s"].as_f64().unwrap() > 0.0, "{of}");
        assert_eq!(of["wanted"].as_u64().unwrap() % 10_000_000, 0, "{of}");
    }
    let orders = formats.iter().filter(|of| of["format"] != "parquet");
    let placed: Vec<_> = orders.map(|of| (&of["placed"], &of["reduced"])).collect();
    assert_eq!(placed[0], placed[1], "one flow of orders, in two formats");
    assert!(std::fs::read_dir(at.path()).unwrap().next().is_none(), "nothing is left behind");
}

#[test]
fn too_few_messages_are_refused() {
    let at = folder();
    let said = pitfloor(at.path(), ["bench", "data", "--messages", "10"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("--messages: found 10, expected at least 1000"), "{}", said.err);
}

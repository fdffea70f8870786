//! The examples run, and say what they did: twice the same.
#![allow(missing_docs)]

use std::path::PathBuf;
use std::process::Command;

/// Where cargo puts an example, beside the tests that it built in the same go.
fn built(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("this test is a file");
    path.pop();
    path.pop();
    path.join("examples").join(name)
}

#[test]
fn every_example_runs_and_trades() {
    for (name, word) in
        [("from_text", " trades, "), ("market", " trades, "), ("own_agent", " bought at ")]
    {
        let example = built(name);
        if !example.exists() {
            eprintln!("skipped: {} was not built with this test", example.display());
            continue;
        }
        let run = || Command::new(&example).output().expect("an example starts");
        let (one, two) = (run(), run());
        let said = String::from_utf8_lossy(&one.stdout).into_owned();
        assert!(one.status.success(), "{name}: {}", String::from_utf8_lossy(&one.stderr));
        assert_eq!(one.stdout, two.stdout, "{name} is the same market every time");
        assert!(said.contains(word) && !said.starts_with("0 "), "{name}: {said}");
    }
}

//! Ctrl-C: what was done is kept, whole, and can be replayed.

use crate::program::{Said, binary, command, folder, pitfloor};
use std::process::Stdio;
use std::time::Duration;

#[test]
fn an_interrupted_run_ends_cleanly() {
    let at = folder();
    let child = command(binary(), at.path())
        .args(["run", "--json", "--speed", "60", "--until", "3h", "--out", "cut"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Long enough to have begun, far too short to have ended: three hours at 60 x take three minutes.
    std::thread::sleep(Duration::from_millis(1_500));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let said: Said = child.wait_with_output().unwrap().into();
    assert_eq!(said.status, 130, "{}", said.err);
    assert!(said.err.contains("interrupted"), "{}", said.err);
    let summary = said.json();
    assert_eq!(summary["interrupted"], true);
    assert!(summary["virtual_s"].as_f64().unwrap() < 10_000.0);
    let replayed = pitfloor(at.path(), ["replay", "cut", "--json"]).well().json();
    assert_eq!(replayed["digest"], summary["digest"]);
    assert!(at.path().join("cut/report.html").exists());
}

/// However much happens in a moment of simulated time, Ctrl-C is heard.
#[test]
fn a_dense_run_hears_ctrl_c() {
    let at = folder();
    let child = command(binary(), at.path())
        .args(["run", "--json", "--no-history", "--until", "1m", "--set", "agents.noise.rate=1us"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let said: Said = child.wait_with_output().unwrap().into();
    assert_eq!(said.status, 130, "{}", said.err);
    assert_eq!(said.json()["interrupted"], true);
}

//! `pitfloor replay`: the same history again, from the journal.

use crate::program::{binary, command, folder, pitfloor};
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
    let said = pitfloor(at.path(), ["replay", "one", "--to", "99999999"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("--to: found 99999999, expected a command"), "{}", said.err);
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
    assert!(said.err.contains("--cut"), "{}", said.err);
    let said = pitfloor(at.path(), ["replay", "one", "--cut", "--json"]).well().json();
    assert!(said["cut"].is_string() && said["equal"].is_null(), "{said}");
}

/// What a paced run had done when it was killed is in the journal that it left behind.
#[test]
fn a_killed_run_leaves_a_journal_that_replays() {
    let at = folder();
    let mut child = command(binary(), at.path())
        .args(["run", "--quiet", "--speed", "60", "--until", "3h", "--out", "cut"])
        .spawn()
        .unwrap();
    let left = || {
        let entries = std::fs::read_dir(at.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.join("journal.pfj")).find(|path| path.exists())
    };
    // Wait for some of the journal, however slow the machine; the run itself takes three minutes.
    let grown = || left().is_some_and(|path| path.metadata().is_ok_and(|m| m.len() > 200_000));
    for _ in 0..1_200 {
        if grown() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let journal = left().expect("the journal is still there").display().to_string();
    let said = pitfloor(at.path(), ["replay", &journal, "--cut", "--json"]).well().json();
    assert!(said["commands"].as_u64().unwrap() > 1_000, "{said}");
}

/// A disk that fills up ends the run with a clear word, and what was kept stays.
#[test]
fn a_full_disk_keeps_what_was_recorded() {
    let at = folder();
    let disk = at.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
        .arg(&disk)
        .output();
    if !mount.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a small disk cannot be mounted here");
        return;
    }
    let said = pitfloor(&disk, ["run", "--quiet", "--until", "3h", "--out", "run"]);
    let kept: Vec<_> =
        std::fs::read_dir(&disk).unwrap().map(|entry| entry.unwrap().path()).collect();
    let replayed = kept.first().map(|folder| {
        pitfloor(
            &disk,
            ["replay".as_ref(), "--cut".as_ref(), "--json".as_ref(), folder.as_os_str()],
        )
    });
    let _ = std::process::Command::new("umount").arg(&disk).status();
    assert_eq!(said.status, 3, "{}", said.err);
    for part in ["what was recorded until then is kept in", "journal.pfj", "--cut"] {
        assert!(said.err.contains(part), "{part} in {}", said.err);
    }
    let replayed = replayed.expect("a folder is left").well().json();
    assert!(replayed["commands"].as_u64().unwrap() > 10_000, "{replayed}");
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

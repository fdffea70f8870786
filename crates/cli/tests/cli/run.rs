//! `pitfloor run`: the figures it prints and the folder it leaves.

use crate::program::{folder, pitfloor};
use serde_json::Value;
use std::path::Path;

const FILES: [&str; 8] = [
    "scenario.toml",
    "journal.pfj",
    "summary.json",
    "trades.parquet",
    "orders.parquet",
    "quotes.parquet",
    "accounts.parquet",
    "report.html",
];

fn short(folder: &Path, more: &[&str]) -> Value {
    let mut args = vec!["run", "--json", "--quiet", "--until", "5m"];
    args.extend(more);
    pitfloor(folder, args).well().json()
}

#[test]
fn a_run_leaves_a_whole_folder_and_says_what_it_did() {
    let at = folder();
    let said = short(at.path(), &["--out", "mine"]);
    for file in FILES {
        let path = at.path().join("mine").join(file);
        assert!(path.metadata().is_ok_and(|meta| meta.len() > 0), "{file}");
    }
    assert_eq!(std::fs::read_dir(at.path().join("mine")).unwrap().count(), FILES.len());
    assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 1, "nothing half done is left");
    for number in [
        "seed",
        "commands",
        "events",
        "orders",
        "cancels",
        "trades",
        "volume",
        "rejected",
        "agents",
        "virtual_s",
        "wall_s",
        "cpu_s",
        "commands_per_cpu_s",
        "peak_rss_bytes",
    ] {
        assert!(said[number].is_number(), "{number} in {said}");
    }
    assert_eq!(said["scenario"], "first-market");
    assert_eq!(said["virtual_s"], 300.0);
    assert!(said["trades"].as_u64().unwrap() > 100);
    let acme = &said["instruments"]["ACME"];
    for number in ["last", "high", "low", "vwap", "trades", "volume", "spread_mean_ticks"] {
        assert!(acme[number].is_number(), "{number} in {acme}");
    }
    let (low, vwap, high) = (&acme["low"], &acme["vwap"], &acme["high"]);
    assert!(low.as_f64() <= vwap.as_f64() && vwap.as_f64() <= high.as_f64());
    let kept = std::fs::read_to_string(at.path().join("mine/summary.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap()["digest"], said["digest"]);
}

#[test]
fn who_is_traced_says_why_he_acts_in_a_table_and_in_the_report() {
    let at = folder();
    let untold = short(at.path(), &["--out", "untold"]);
    let traced = ["--set", "agents.momentum.trace=on", "--out", "told"];
    let told = short(at.path(), &traced);
    assert_eq!(untold["digest"], told["digest"], "who looks changes nothing");
    assert!(!at.path().join("untold/decisions.parquet").exists());
    let table = pitfloor_store::tables::rows(at.path().join("told/decisions.parquet")).unwrap();
    let rows: Vec<String> = table.map(|row| row.unwrap().to_string()).collect();
    assert!(rows.len() > 10, "{}", rows.len());
    assert!(rows.iter().all(|row| row.contains("momentum-") && row.contains("signal_bp")));
    let report = |name: &str| std::fs::read_to_string(at.path().join(name)).unwrap();
    let (without, with) = (report("untold/report.html"), report("told/report.html"));
    assert!(!without.contains("Why they acted") && with.contains("Why they acted"));
    assert!(with.contains("buy what has risen"));
    let args = ["replay", "told", "--out", "again", "--quiet"];
    pitfloor(at.path(), args).well();
    assert!(!at.path().join("again/decisions.parquet").exists(), "agents are not in the journal");
}

#[test]
fn the_same_seed_in_two_processes_is_the_same_history() {
    let at = folder();
    let (one, two) = (short(at.path(), &[]), short(at.path(), &[]));
    assert_eq!(one["digest"], two["digest"]);
    assert_eq!(one["journal_digest"], two["journal_digest"]);
    assert_ne!(one["out"], two["out"], "a default folder is numbered, never written over");
    let other = short(at.path(), &["--seed", "2"]);
    assert_ne!(one["digest"], other["digest"]);
    let journals = [&one, &two].map(|said| {
        std::fs::read(at.path().join(said["out"].as_str().unwrap()).join("journal.pfj")).unwrap()
    });
    assert!(journals[0] == journals[1], "byte for byte");
}

#[test]
fn a_run_is_made_again_from_its_scenario_alone() {
    let at = folder();
    let set = ["--set", "agents.noise.count=77", "--seed", "18446744073709551615", "--out", "a"];
    let first = short(at.path(), &set);
    let again = pitfloor(at.path(), ["run", "a/scenario.toml", "--json", "--quiet", "--out", "b"]);
    let again = again.well().json();
    assert_eq!(first["digest"], again["digest"]);
    for file in ["scenario.toml", "journal.pfj", "trades.parquet", "orders.parquet", "report.html"]
    {
        let read = |run: &str| std::fs::read(at.path().join(run).join(file)).unwrap();
        assert!(read("a") == read("b"), "{file}");
    }
}

#[test]
fn an_existing_folder_is_refused_unless_forced_and_nothing_else_is_ever_replaced() {
    let at = folder();
    short(at.path(), &["--out", "mine"]);
    let refused = pitfloor(at.path(), ["run", "--quiet", "--until", "1m", "--out", "mine"]);
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("mine") && refused.err.contains("--force"), "{}", refused.err);
    short(at.path(), &["--out", "mine", "--force", "--seed", "9"]);
    let usual = short(at.path(), &[])["out"].clone();
    assert_eq!(short(at.path(), &["--force"])["out"], usual, "the usual folder can be forced too");
    std::fs::create_dir(at.path().join("letters")).unwrap();
    std::fs::write(at.path().join("letters/love.txt"), "dear").unwrap();
    let saved =
        pitfloor(at.path(), ["run", "--quiet", "--until", "1m", "--out", "letters", "--force"]);
    assert_eq!(saved.status, 2, "{}", saved.err);
    assert_eq!(std::fs::read_to_string(at.path().join("letters/love.txt")).unwrap(), "dear");
}

#[test]
fn without_report_or_history_only_what_was_asked_is_kept() {
    let at = folder();
    short(at.path(), &["--out", "plain", "--no-report"]);
    assert!(!at.path().join("plain/report.html").exists());
    assert!(at.path().join("plain/journal.pfj").exists());
    let bare = short(at.path(), &["--out", "bare", "--no-history"]);
    let left: Vec<_> = std::fs::read_dir(at.path().join("bare")).unwrap().collect();
    assert_eq!(left.len(), 2, "scenario and summary");
    let full = short(at.path(), &["--out", "full"]);
    assert_eq!(bare["digest"], full["digest"], "what is kept does not change what happens");
}

#[test]
fn paced_by_a_clock_it_is_the_same_run() {
    let at = folder();
    let run = |speed: &str| {
        let args = ["run", "far-apart", "--json", "--quiet", "--until", "30s", "--speed", speed];
        pitfloor(at.path(), args).well().json()
    };
    let (simulated, paced) = (run("max"), run("200"));
    assert_eq!(simulated["digest"], paced["digest"]);
    assert!(paced["wall_s"].as_f64().unwrap() > 0.1, "thirty seconds at 200 x take a while");
}

#[test]
fn a_trigger_halts_and_reopens_a_market() {
    let at = folder();
    let said = pitfloor(at.path(), ["run", "stop-and-go", "--json", "--quiet"]).well().json();
    assert!(said["rejected"].as_u64().unwrap() > 0, "orders sent into a halt are refused");
    assert_eq!(said["virtual_s"], 3600.0);
}

#[test]
fn a_trigger_may_end_the_run_or_pause_it() {
    let at = folder();
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/far-apart.toml"),
    );
    let more = "\n[[trigger]]\nname = \"look\"\nat = \"1m\"\nthen = [\"pause\"]\n\
                [[trigger]]\nname = \"enough\"\ntrades = 2000\nthen = [\"stop\"]\n";
    std::fs::write(at.path().join("mine.toml"), text.unwrap() + more).unwrap();
    let said = pitfloor(at.path(), ["run", "mine.toml", "--json"]).well();
    assert!(said.err.contains("look: paused at 60.000000000s; going on"), "{}", said.err);
    assert!(said.err.contains("enough: ends the run at"), "{}", said.err);
    assert!((2_000..2_050).contains(&said.json()["trades"].as_u64().unwrap()));
}

#[test]
fn for_people_it_prints_a_table() {
    let at = folder();
    let said = pitfloor(at.path(), ["--quiet", "run", "--until", "2m"]).well();
    for part in ["first-market  seed 1", "ACME", "BOLT", "CRUX", "digest ", "report.html"] {
        assert!(said.out.contains(part), "{part} in {}", said.out);
    }
    assert!(said.err.is_empty(), "{}", said.err);
}

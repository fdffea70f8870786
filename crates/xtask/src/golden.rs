//! Writes down what the program comes to: `golden/digests.toml`, `golden/bench.toml`, `golden/rmsc.toml`.
//!
//! Whoever changes what a history looks like runs this and says why in the changelog, in the same
//! commit. It refuses nothing: it runs the release build, writes what came out and prints what is
//! different now. Judging that is for the person who commits it, and for the tests of `crates/cli`,
//! which hold every build against these files.

use crate::Failed;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use toml::Table;

/// The scenarios whose digests are published.
const SCENARIOS: [&str; 4] = ["first-market", "far-apart", "stop-and-go", "batches"];

/// What is written down of each.
const SCENARIO_FIGURES: [&str; 4] = ["digest", "journal_digest", "commands", "trades"];

/// The numbers of agents of the standard benchmark.
const BENCH: [&str; 8] =
    ["bench", "run", "--agents", "10,100,1000,10000", "--rounds", "1", "--json", "--quiet"];

/// What is written down of each number.
const BENCH_FIGURES: [&str; 5] = ["commands", "events", "trades", "published", "digest"];

const DIGESTS_HEADING: &str = "\
# What `pitfloor run SCENARIO` must come to, in every build and on every machine.
# Written by `cargo xtask golden`; a change here is said in the changelog, with its reason.
";

const BENCH_HEADING: &str = "\
# What `pitfloor bench run` must come to, whatever the machine.
# Written by `cargo xtask golden`; a change here is said in the changelog, with its reason.
";

/// The standard runs of the reference configurations: a day and an hour, three seeds each.
const RMSC: [[&str; 9]; 2] = [
    ["bench", "rmsc", "--until", "6h30m", "--seeds", "3", "--rounds", "1", "--json"],
    ["bench", "rmsc", "--until", "1h", "--seeds", "3", "--rounds", "1", "--json"],
];

/// What is written down of each.
const RMSC_FIGURES: [&str; 3] = ["commands", "trades", "digest"];

const RMSC_HEADING: &str = "\
# What `pitfloor bench rmsc` must come to, whatever the machine.
# Written by `cargo xtask golden`; a change here is said in the changelog, with its reason.
";

/// A file of figures, a table for each run.
struct Page {
    path: PathBuf,
    heading: &'static str,
    /// As it was found; none when there was no such file.
    before: Option<String>,
}

/// Runs everything anew, writes the files and prints what changed.
///
/// # Errors
///
/// When the program cannot be built or fails, or does not name a figure, or a file cannot be
/// written. All files are then as they were.
pub fn golden(root: &Path) -> Result<(), Failed> {
    let folder = root.join("golden");
    let digests = Page::open(folder.join("digests.toml"), DIGESTS_HEADING)?;
    let bench = Page::open(folder.join("bench.toml"), BENCH_HEADING)?;
    let rmsc = Page::open(folder.join("rmsc.toml"), RMSC_HEADING)?;
    // The program carries these files within it and gives no figure that differs from them. Without
    // figures of its own it has nothing to compare with.
    bench.write(&Table::new())?;
    rmsc.write(&Table::new())?;
    let found = || Ok((scenarios(root)?, benchmarks(root)?, reference_runs(root)?));
    let (scenarios, benchmarks, reference_runs) = found().inspect_err(|_: &Failed| {
        bench.put_back();
        rmsc.put_back();
    })?;
    digests.renew(&scenarios)?;
    bench.renew(&benchmarks)?;
    rmsc.renew(&reference_runs)
}

fn reference_runs(root: &Path) -> Result<Table, Failed> {
    let mut all = Table::new();
    for run in RMSC {
        all.extend(rmsc_tables(&ask(root, run.map(OsStr::new))?)?);
    }
    Ok(all)
}

/// The tables of a reference configuration's first seeds.
fn rmsc_tables(said: &Value) -> Result<Table, Failed> {
    let runs = said["runs"].as_array();
    let runs = runs.ok_or_else(|| Failed::world("bench rmsc: runs", "expected a list"))?;
    let mut all = Table::new();
    for run in runs {
        let name = run["name"].as_str().unwrap_or("?");
        all.insert(name.to_owned(), figures(name, run, RMSC_FIGURES)?.into());
    }
    Ok(all)
}

fn scenarios(root: &Path) -> Result<Table, Failed> {
    let out = tempfile::tempdir().map_err(|why| Failed::world("a temporary folder", why))?;
    let mut all = Table::new();
    for scenario in SCENARIOS {
        let run = ["run", scenario, "--json", "--quiet", "--no-history", "--out"].map(OsStr::new);
        let out = out.path().join(scenario);
        let said = ask(root, run.into_iter().chain([out.as_os_str()]))?;
        all.insert(scenario.to_owned(), figures(scenario, &said, SCENARIO_FIGURES)?.into());
    }
    Ok(all)
}

fn benchmarks(root: &Path) -> Result<Table, Failed> {
    bench_tables(&ask(root, BENCH.map(OsStr::new))?)
}

/// The tables of a benchmark of several numbers of agents.
fn bench_tables(said: &Value) -> Result<Table, Failed> {
    let rows = said["runs"].as_array();
    let rows = rows.ok_or_else(|| Failed::world("bench run: runs", "expected a list"))?;
    let mut all = Table::new();
    for row in rows {
        let name = format!(
            "agents-{}-until-{}-seed-{}",
            row["agents"],
            row["until"].as_str().unwrap_or("?"),
            row["seed"]
        );
        let table = figures(&name, row, BENCH_FIGURES)?;
        all.insert(name, table.into());
    }
    Ok(all)
}

/// What the release build of the program says, as JSON.
fn ask<A: AsRef<OsStr>>(root: &Path, args: impl IntoIterator<Item = A>) -> Result<Value, Failed> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--release", "-p", "pitfloor-cli", "--bin", "pitfloor", "--"]);
    cargo.args(args).current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit());
    let what = format!("{cargo:?}");
    let told = cargo.output().map_err(|why| Failed::world(&what, why))?;
    if !told.status.success() {
        return Err(Failed::world(what, told.status));
    }
    serde_json::from_slice(&told.stdout).map_err(|why| Failed::world(what, why))
}

/// The figures called `names` of what the program said about `place`.
fn figures<const N: usize>(place: &str, said: &Value, names: [&str; N]) -> Result<Table, Failed> {
    let mut table = Table::new();
    for name in names {
        let figure = match &said[name] {
            Value::String(text) => Some(toml::Value::from(text.as_str())),
            Value::Number(number) => number.as_i64().map(toml::Value::from),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let figure = figure.ok_or_else(|| {
            let why = format!("found {}, expected text or a whole number", said[name]);
            Failed::world(format!("{place}: {name}"), why)
        })?;
        table.insert(name.to_owned(), figure);
    }
    Ok(table)
}

impl Page {
    fn open(path: PathBuf, heading: &'static str) -> Result<Self, Failed> {
        let before = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => None,
            Err(why) => return Err(Failed::world(path.display().to_string(), why)),
        };
        Ok(Self { path, heading, before })
    }

    /// Writes `tables` and prints how they differ from what was there.
    fn renew(&self, tables: &Table) -> Result<(), Failed> {
        self.write(tables)?;
        // A file that is no TOML knew nothing: everything in the new one is new.
        let before = self.before.as_deref().unwrap_or_default().parse().unwrap_or_default();
        let changed = changes(&before, tables);
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("golden/{name}: {}", if changed.is_empty() { "as it was" } else { "changed" });
        changed.iter().for_each(|change| println!("  {change}"));
        Ok(())
    }

    fn write(&self, tables: &Table) -> Result<(), Failed> {
        let text = text(self.heading, tables);
        fs::write(&self.path, text)
            .map_err(|why| Failed::world(self.path.display().to_string(), why))
    }

    /// Makes the file what it was. Only called when something failed already: that is what is told.
    fn put_back(&self) {
        let _ = match &self.before {
            Some(text) => fs::write(&self.path, text),
            None => fs::remove_file(&self.path),
        };
    }
}

/// The whole file.
fn text(heading: &str, tables: &Table) -> String {
    let body = toml::to_string(tables).expect("text and whole numbers are TOML");
    if body.is_empty() { heading.to_owned() } else { format!("{heading}\n{body}") }
}

/// What is different in `after`, a line for each figure.
fn changes(before: &Table, after: &Table) -> Vec<String> {
    let none = Table::new();
    let figures = |tables: &Table, name: &str| {
        tables.get(name).and_then(toml::Value::as_table).unwrap_or(&none).clone()
    };
    let mut lines = Vec::new();
    for name in after.keys() {
        let (old, new) = (figures(before, name), figures(after, name));
        for (figure, now) in &new {
            match old.get(figure) {
                Some(was) if was == now => {}
                Some(was) => lines.push(format!("{name}: {figure} was {was}, is {now}")),
                None => lines.push(format!("{name}: {figure} is {now}")),
            }
        }
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    lines.extend(gone.map(|name| format!("{name}: is no longer there")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tables(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn figures_are_taken_by_name_and_nothing_else_is() {
        let said = json!({"digest": "9f2c", "journal_digest": "41c7", "commands": 81, "trades": 7, "wall_s": 0.5});
        let taken = figures("first-market", &said, SCENARIO_FIGURES).unwrap();
        let expected = "commands = 81\ndigest = '9f2c'\njournal_digest = '41c7'\ntrades = 7";
        assert_eq!(taken, tables(expected));
    }

    #[test]
    fn a_figure_that_is_not_there_is_named() {
        for (said, found) in [
            (json!({"commands": 81}), "null"),
            (json!({"digest": 0.5}), "0.5"),
            (json!({"digest": true}), "true"),
            (json!([]), "null"),
        ] {
            let failed = figures("far-apart", &said, ["digest"]).unwrap_err().to_string();
            let expected =
                format!("far-apart: digest: found {found}, expected text or a whole number");
            assert_eq!(failed, expected);
        }
    }

    /// The names are those that `pitfloor bench run` looks its figures up by.
    #[test]
    fn a_benchmark_has_a_table_for_each_number_of_agents() {
        let row = |agents: u32| {
            json!({"agents": agents, "until": "10m", "seed": 1, "commands": agents, "events": 2,
                   "trades": 3, "published": 4, "digest": "9f2c", "commands_per_cpu_s": 1.5})
        };
        let found = bench_tables(&json!({"runs": [row(10), row(10_000)]})).unwrap();
        let table = |n: u32| {
            format!("commands = {n}\nevents = 2\ntrades = 3\npublished = 4\ndigest = '9f2c'")
        };
        let expected = format!(
            "[agents-10-until-10m-seed-1]\n{}\n[agents-10000-until-10m-seed-1]\n{}",
            table(10),
            table(10_000)
        );
        assert_eq!(found, tables(&expected));
        let failed = bench_tables(&row(10)).unwrap_err().to_string();
        assert_eq!(failed, "bench run: runs: expected a list");
    }

    #[test]
    fn a_reference_run_has_a_table_for_each_seed() {
        let run = |seed: u32| {
            let name = format!("rmsc04-3600s-seed-{seed}");
            json!({"name": name, "commands": seed, "trades": 3, "digest": "9f2c"})
        };
        let found = rmsc_tables(&json!({"runs": [run(1), run(2)]})).unwrap();
        let table = |n: u32| format!("commands = {n}\ndigest = '9f2c'\ntrades = 3");
        let (one, two) = (table(1), table(2));
        let expected = format!("[rmsc04-3600s-seed-1]\n{one}\n[rmsc04-3600s-seed-2]\n{two}");
        assert_eq!(found, tables(&expected));
        let failed = rmsc_tables(&run(1)).unwrap_err().to_string();
        assert_eq!(failed, "bench rmsc: runs: expected a list");
    }

    #[test]
    fn a_file_has_its_heading_and_is_read_as_it_was_written() {
        let figures = tables("[far-apart]\ndigest = '9f2c'\n[first-market]\ndigest = '41c7'");
        let written = text(DIGESTS_HEADING, &figures);
        assert!(written.starts_with("# What `pitfloor run SCENARIO` must come to"), "{written}");
        assert!(
            written.ends_with(
                "\n\n[far-apart]\ndigest = \"9f2c\"\n\n[first-market]\ndigest = \"41c7\"\n"
            ),
            "{written}"
        );
        assert_eq!(tables(&written), figures);
        assert_eq!(text(BENCH_HEADING, &Table::new()), BENCH_HEADING);
        assert!(tables(BENCH_HEADING).is_empty(), "a heading is a comment");
    }

    #[test]
    fn what_changed_is_said_figure_by_figure() {
        let before = tables("[a]\ndigest = '1'\ntrades = 7\n[b]\ntrades = 1\n[gone]\ntrades = 1");
        let after = tables("[a]\ndigest = '2'\ntrades = 7\n[b]\ntrades = 1\n[new]\ntrades = 9");
        let expected =
            ["a: digest was \"1\", is \"2\"", "new: trades is 9", "gone: is no longer there"];
        assert_eq!(changes(&before, &after), expected);
        assert!(changes(&after, &after).is_empty());
    }

    #[test]
    fn a_page_is_renewed_or_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench.toml");
        let open = || Page::open(path.clone(), BENCH_HEADING).unwrap();
        let figures = tables("[far-apart]\ntrades = 7");
        open().renew(&figures).unwrap();
        let kept = fs::read_to_string(&path).unwrap();
        assert_eq!(kept, format!("{BENCH_HEADING}\n[far-apart]\ntrades = 7\n"));
        let page = open();
        page.write(&Table::new()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), BENCH_HEADING);
        page.put_back();
        assert_eq!(fs::read_to_string(&path).unwrap(), kept);
        fs::remove_file(&path).unwrap();
        let page = open();
        page.write(&figures).unwrap();
        page.put_back();
        assert!(!path.exists(), "there was no such file");
    }

    /// What is published is what can be run.
    #[test]
    fn the_published_scenarios_are_in_the_repository() {
        for scenario in SCENARIOS {
            let file = crate::root().join(format!("scenarios/{scenario}.toml"));
            assert!(file.is_file(), "{}", file.display());
        }
    }
}

//! Recording a run: everything that is kept of it, fed command by command.
//!
//! A run and a replay of its journal feed the same steps here, so a run folder made from a journal
//! is the one that the run made.

use crate::Done;
use crate::fail::Failure;
use crate::meter::{Meter, peak_rss_bytes};
use crate::report::{self, Departed};
use crate::tables::Tables;
use pitfloor_analysis::decisions::Said;
use pitfloor_analysis::pnl::Kind;
use pitfloor_analysis::recorder::Recorder;
use pitfloor_exchange::Exchange;
use pitfloor_model::units::{AccountId, Time};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::history::Tally;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use pitfloor_store::journal::{Journal, Pace};
use pitfloor_store::run_folder::{self, RunFolder, RunFolderError};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is kept of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keep {
    /// The journal and the tables.
    pub(crate) history: bool,
    /// The report.
    pub(crate) report: bool,
    /// The market is paced by a clock: what happened is made durable every [`COMMIT_EVERY`], not
    /// when a segment is full.
    pub(crate) live: bool,
}

/// How much of a paced run a power cut may take, apart from what is being written.
const COMMIT_EVERY: Duration = Duration::from_millis(20);

/// A run being recorded.
pub(crate) struct Recording<'a> {
    scenario: &'a Scenario,
    keep: Keep,
    folder: RunFolder,
    tally: Tally,
    recorder: Recorder,
    journal: Option<Journal>,
    tables: Option<Tables>,
    failed: Option<Failure>,
    meter: Meter,
    /// Seconds on the wall at the last commit.
    committed_s: f64,
}

impl<'a> Recording<'a> {
    /// Begins to record into `folder`. Time and processor are measured from now.
    pub(crate) fn begin(
        scenario: &'a Scenario,
        folder: RunFolder,
        keep: Keep,
    ) -> Result<Self, Failure> {
        let venue = scenario.venue();
        let reference = scenario.listings().iter().map(|listing| Some(listing.reference));
        let reference: Vec<_> = reference.collect();
        let end = Some(Time(scenario.span().0));
        let recorder = Recorder::new(venue, &kinds(scenario), &reference, end);
        let (mut journal, mut tables) = (None, None);
        if keep.history {
            let path = folder.file(run_folder::JOURNAL);
            let pace = if keep.live { Pace::Live } else { Pace::Batch };
            let opened = Journal::create(path, scenario.to_toml(), pace);
            journal = Some(opened.map_err(|error| Failure::World(error.to_string()))?);
            tables = Some(Tables::create(&folder, venue)?);
        }
        let (tally, failed, meter) = (Tally::new(), None, Meter::start());
        let committed_s = 0.0;
        Ok(Self {
            scenario,
            keep,
            folder,
            tally,
            recorder,
            journal,
            tables,
            failed,
            meter,
            committed_s,
        })
    }

    /// How many commands have been recorded.
    pub(crate) const fn commands(&self) -> u64 {
        self.tally.commands
    }

    /// The first thing that went wrong while recording, if something did. The run should end then.
    pub(crate) const fn failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Gives up, but not what was kept: the folder stays under its unfinished name, with every
    /// record that was made durable.
    fn abandon(self, failed: Failure) -> Failure {
        let Self { folder, journal, tables, .. } = self;
        let kept = journal.is_some();
        drop((journal, tables));
        if !kept {
            return failed;
        }
        let left = folder.abandon().join(run_folder::JOURNAL);
        let left = left.display();
        Failure::World(format!(
            "{failed}; what was recorded until then is kept in {left} (replay it with --cut)"
        ))
    }

    /// Ends the recording at `now`, writes what remains, and lets the folder appear whole.
    pub(crate) fn finish(
        mut self,
        now: Time,
        exchange: &Exchange,
        departed: Option<&Departed>,
        interrupted: bool,
    ) -> Result<Done, Failure> {
        if let Some(failed) = self.failed.take() {
            return Err(self.abandon(failed));
        }
        self.recorder.run_until(now);
        if let Some(journal) = self.journal.take() {
            journal.close().map_err(|error| Failure::World(error.to_string()))?;
        }
        let (cpu_s, wall_s) = (self.meter.cpu_s(), self.meter.wall_s());
        if let Some(tables) = self.tables.take() {
            tables.finish(&self.folder, self.scenario, exchange)?;
        }
        let world = |error: RunFolderError| Failure::World(error.to_string());
        let text = self.scenario.to_toml().as_bytes();
        self.folder.write(run_folder::SCENARIO, text).map_err(world)?;
        let out = self.folder.target().to_path_buf();
        let mut json = figures(self.scenario, &self.tally, &self.recorder, now);
        json.insert("wall_s".into(), json!(wall_s));
        json.insert("cpu_s".into(), json!(cpu_s));
        let rate = self.tally.commands as f64 / cpu_s.max(1e-9);
        json.insert("commands_per_cpu_s".into(), json!(rate));
        json.insert("peak_rss_bytes".into(), json!(peak_rss_bytes()));
        json.insert("interrupted".into(), json!(interrupted));
        if let Some(departed) = departed {
            json.insert("departure".into(), departed.json());
        }
        json.insert("out".into(), json!(out.display().to_string()));
        if self.keep.report {
            let mut notes = Vec::new();
            if interrupted {
                notes.push(format!("The run was interrupted at {now}; what is shown ends there."));
            }
            let page = report::page(self.scenario, &self.tally, &self.recorder, departed, notes);
            self.folder.write(run_folder::REPORT, page.as_bytes()).map_err(world)?;
        }
        let json = Value::Object(json);
        let pretty = serde_json::to_string_pretty(&json).expect("figures are JSON");
        self.folder.write(run_folder::SUMMARY, format!("{pretty}\n").as_bytes()).map_err(world)?;
        self.folder.finish().map_err(world)?;
        let ended = if interrupted { Err(Failure::Interrupted) } else { Ok(()) };
        Ok(Done { text: told(&json, &self.recorder, &out, self.keep), json, ended })
    }
}

impl Observer for Recording<'_> {
    fn decided(&mut self, decision: Decision) {
        let Decision { at, account, rule, figures, orders } = &decision;
        let Some((group, name)) = self.named(*account) else { return };
        let tabled = self.tables.as_mut().map_or(Ok(()), |tables| tables.decided(&name, &decision));
        let (at, rule, orders) = (*at, *rule, *orders);
        let said = Said { at, agent: name, rule, figures: figures.to_vec(), orders };
        self.recorder.decided(&group, said);
        if self.failed.is_none() {
            self.failed = tabled.err();
        }
    }

    fn saw(&mut self, seen: &Seen<'_>) {
        self.tally.saw(seen);
        self.recorder.see(seen.stamped, seen.events, |instrument| seen.board.levels(instrument));
        if self.failed.is_some() {
            return;
        }
        let now_s = if self.keep.live { self.meter.wall_s() } else { 0.0 };
        let due = self.keep.live && now_s - self.committed_s >= COMMIT_EVERY.as_secs_f64();
        let kept = self.journal.as_mut().map_or(Ok(()), |journal| {
            let pushed = journal.push_written(seen.stamped, seen.bytes);
            let committed = pushed.and_then(|()| if due { journal.commit() } else { Ok(()) });
            committed.map_err(|error| Failure::World(error.to_string()))
        });
        if due {
            self.committed_s = now_s;
        }
        let tabled = self.tables.as_mut().map_or(Ok(()), |tables| tables.see(seen));
        self.failed = kept.and(tabled).err();
    }
}

impl Recording<'_> {
    /// What the group and the agent are called that trade for `account`.
    fn named(&self, account: AccountId) -> Option<(String, String)> {
        let mut first = 0;
        for group in self.scenario.groups() {
            if account.0 < first + group.count {
                return Some((group.name.clone(), format!("{}-{}", group.name, account.0 - first)));
            }
            first += group.count;
        }
        None
    }
}

/// The folder to record into: the one that was asked for, or the first free one under `runs/`.
pub(crate) fn folder(asked: Option<&Path>, name: &str, force: bool) -> Result<RunFolder, Failure> {
    let usual = || if force { Path::new("runs").join(name) } else { free(name) };
    let path = asked.map_or_else(usual, Path::to_path_buf);
    RunFolder::create(path, force).map_err(|error| match error {
        RunFolderError::Exists(_) => Failure::Input(format!("{error}; --force writes over it")),
        RunFolderError::NotARunFolder(_) | RunFolderError::NoName(_) => {
            Failure::Input(error.to_string())
        }
        RunFolderError::Disk { ref source, .. } => Failure::of_io(source, error.to_string()),
    })
}

fn free(name: &str) -> PathBuf {
    let runs = Path::new("runs");
    let numbered = (2..).map(|number| runs.join(format!("{name}-{number}")));
    let mut names = std::iter::once(runs.join(name)).chain(numbered);
    names.find(|path| !path.exists()).expect("some number is free")
}

/// Whose accounts are whose: one entry per group of agents.
fn kinds(scenario: &Scenario) -> Vec<Kind> {
    let mut first = 0;
    scenario
        .groups()
        .iter()
        .map(|group| {
            let accounts = (first..first + group.count).map(AccountId).collect();
            first += group.count;
            Kind { name: group.name.clone(), accounts }
        })
        .collect()
}

/// The figures that do not depend on the machine.
fn figures(
    scenario: &Scenario,
    tally: &Tally,
    recorder: &Recorder,
    now: Time,
) -> Map<String, Value> {
    let summary = recorder.summary();
    let counts = &summary.counts;
    let mut instruments = Map::new();
    for (definition, figures) in scenario.venue().instruments().iter().zip(&summary.instruments) {
        let price = |price: Option<_>| price.map(|price| definition.price_f64(price));
        let vwap = figures
            .tape
            .vwap()
            .map(|ticks| ticks * definition.price_f64(pitfloor_model::units::Price(1)));
        instruments.insert(
            definition.symbol().to_owned(),
            json!({
                "last": price(figures.tape.last), "high": price(figures.tape.high),
                "low": price(figures.tape.low), "vwap": vwap, "trades": figures.tape.trades,
                "volume": figures.tape.volume, "spread_mean_ticks": figures.spread_mean_ticks(),
            }),
        );
    }
    let object = json!({
        "scenario": scenario.name(), "seed": scenario.seed(),
        "digest": tally.digest().to_string(), "journal_digest": tally.journal_digest().to_string(),
        "commands": tally.commands, "events": tally.events, "orders": counts.orders,
        "cancels": counts.cancels, "trades": tally.trades, "volume": counts.volume as u64,
        "rejected": counts.rejected(), "agents": scenario.agents(), "instruments": instruments,
        "virtual_s": now.0 as f64 / 1e9,
    });
    match object {
        Value::Object(map) => map,
        _ => unreachable!("an object was made"),
    }
}

/// The same for people.
fn told(json: &Value, recorder: &Recorder, out: &Path, keep: Keep) -> String {
    let number = |name: &str| json[name].as_f64().unwrap_or(0.0);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}  seed {}  {} agents  {} simulated in {:.2} s",
        json["scenario"].as_str().unwrap_or_default(),
        json["seed"],
        json["agents"],
        clock(number("virtual_s")),
        number("wall_s")
    );
    let _ = writeln!(
        text,
        "{} commands  {} trades  {} refused  {} commands per CPU-second",
        grouped(number("commands")),
        grouped(number("trades")),
        grouped(number("rejected")),
        grouped(number("commands_per_cpu_s"))
    );
    let _ = writeln!(
        text,
        "\n{:<8} {:>10} {:>10} {:>10} {:>10} {:>9} {:>12} {:>8}",
        "", "last", "low", "high", "vwap", "trades", "volume", "spread"
    );
    for (symbol, row) in json["instruments"].as_object().into_iter().flatten() {
        let shown = |name: &str| {
            row[name].as_f64().map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
        };
        let _ = writeln!(
            text,
            "{symbol:<8} {:>10} {:>10} {:>10} {:>10} {:>9} {:>12} {:>8}",
            shown("last"),
            shown("low"),
            shown("high"),
            shown("vwap"),
            grouped(row["trades"].as_f64().unwrap_or(0.0)),
            grouped(row["volume"].as_f64().unwrap_or(0.0)),
            shown("spread_mean_ticks")
        );
    }
    if let Some(mean) = json["departure"]["mean_abs_ticks"].as_f64() {
        let equal = json["departure"]["equal_share"].as_f64().unwrap_or(0.0) * 100.0;
        let _ = writeln!(
            text,
            "departed from the record by {mean:.1} ticks on average; at the recorded mid {equal:.0} % of the time"
        );
    }
    for (reason, count) in recorder.summary().counts.rejected_by_reason() {
        let _ = writeln!(text, "refused {}: {reason}", grouped(count as f64));
    }
    let _ = writeln!(text, "\ndigest {}", json["digest"].as_str().unwrap_or_default());
    let page =
        if keep.report { format!("  (open {}/report.html)", out.display()) } else { String::new() };
    let _ = writeln!(text, "kept in {}{page}", out.display());
    text
}

fn clock(seconds: f64) -> String {
    let whole = seconds as u64;
    format!("{}:{:02}:{:02}", whole / 3_600, whole / 60 % 60, whole % 60)
}

fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

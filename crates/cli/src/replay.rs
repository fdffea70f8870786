//! `pitfloor replay`: a journal applied again, and its digest compared.

use crate::Done;
use crate::args::Replay;
use crate::builtin;
use crate::fail::Failure;
use crate::interrupt;
use crate::meter::{Meter, peak_rss_bytes};
use crate::recording::{self, Keep, Recording};
use pitfloor_model::units::Time;
use pitfloor_sim::history::{self, Tally};
use pitfloor_sim::kernel::Observer;
use pitfloor_sim::scenario::Scenario;
use pitfloor_store::journal::Reader;
use pitfloor_store::run_folder;
use serde_json::{Value, json};
use std::path::Path;

/// How many commands pass between two looks at Ctrl-C.
const LOOK: u64 = 1 << 14;

/// Applies, compares, and writes the run folder again if asked to.
pub(crate) fn replay(args: &Replay, _quiet: bool) -> Result<Done, Failure> {
    let path =
        run_folder::journal_of(&args.run).map_err(|error| Failure::Input(error.to_string()))?;
    let reader = Reader::open(&path).map_err(|error| Failure::Input(error.to_string()))?;
    let scenario = builtin::parse(&format!("{} (header)", path.display()), reader.header(), &[])?;
    let expected = expected(args)?;
    match &args.out {
        None => bare(args, &reader, &scenario, expected.as_deref()),
        Some(out) => again(args, out, &reader, &scenario),
    }
}

/// The digest that must come out: the one asked for, or the folder's own. A part of a journal has
/// none.
fn expected(args: &Replay) -> Result<Option<String>, Failure> {
    let whole = args.run.join(run_folder::SUMMARY).exists();
    if args.expect.is_some() || args.to.is_some() || !whole {
        return Ok(args.expect.clone());
    }
    let digest = summary(&args.run)?["digest"].as_str().map(str::to_owned);
    digest.map(Some).ok_or_else(|| {
        let path = args.run.join(run_folder::SUMMARY);
        Failure::Input(format!("{}: digest: found nothing, expected a text", path.display()))
    })
}

/// What the folder says of its run.
fn summary(run: &Path) -> Result<Value, Failure> {
    let path = run.join(run_folder::SUMMARY);
    let refuse = |why: String| Failure::Input(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| refuse(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| refuse(format!("expected JSON: {error}")))
}

fn bare(
    args: &Replay,
    reader: &Reader,
    scenario: &Scenario,
    expected: Option<&str>,
) -> Result<Done, Failure> {
    let (mut tally, mut replay) = (Tally::new(), history::Replay::new(scenario.venue().clone()));
    let meter = Meter::start();
    let Applied { now, interrupted, cut } = apply(args, reader, &mut replay, &mut tally)?;
    let expected = expected.filter(|_| cut.is_none());
    let digest = tally.digest().to_string();
    let equal = expected.map(|expected| expected == digest);
    let (cpu_s, wall_s) = (meter.cpu_s(), meter.wall_s());
    let json = json!({
        "scenario": scenario.name(), "seed": scenario.seed(), "digest": digest,
        "journal_digest": tally.journal_digest().to_string(), "expected": expected, "equal": equal,
        "commands": tally.commands, "events": tally.events, "trades": tally.trades,
        "virtual_s": now.0 as f64 / 1e9, "wall_s": wall_s, "cpu_s": cpu_s,
        "commands_per_cpu_s": tally.commands as f64 / cpu_s.max(1e-9),
        "peak_rss_bytes": peak_rss_bytes(), "interrupted": interrupted, "cut": cut,
    });
    let verdict = match equal {
        Some(true) => "  as expected",
        Some(false) => "  NOT as expected",
        None => "",
    };
    let cut = cut.map_or_else(String::new, |damage| format!("left out behind them: {damage}\n"));
    let text = format!(
        "{cut}{} commands, {} events, {} trades replayed in {wall_s:.2} s\ndigest {digest}{verdict}\n",
        tally.commands, tally.events, tally.trades
    );
    let ended = match expected {
        _ if interrupted => Err(Failure::Interrupted),
        Some(expected) if expected != digest => Err(Failure::Check(format!(
            "digest: found {digest}, expected {expected}: this is another history"
        ))),
        _ => Ok(()),
    };
    Ok(Done { json, text, ended })
}

/// The whole run folder again, from the journal alone.
fn again(args: &Replay, out: &Path, reader: &Reader, scenario: &Scenario) -> Result<Done, Failure> {
    let folder = recording::folder(Some(out), "", args.force)?;
    let keep = Keep { history: true, report: true, live: false };
    let mut recording = Recording::begin(scenario, folder, keep)?;
    let mut replay = history::Replay::new(scenario.venue().clone());
    let Applied { now, interrupted, cut } = apply(args, reader, &mut replay, &mut recording)?;
    let end = if args.to.is_some() || interrupted || cut.is_some() {
        now
    } else {
        end(args, scenario, now)?
    };
    recording.finish(end, replay.exchange(), None, interrupted)
}

/// When the run ended: as the folder's summary says; otherwise, from a journal alone, as the
/// scenario says. (Of a run that was ended early a journal alone knows the last command only.)
fn end(args: &Replay, scenario: &Scenario, last: Time) -> Result<Time, Failure> {
    if !args.run.join(run_folder::SUMMARY).exists() {
        return Ok(last.max(Time(scenario.span().0)));
    }
    let summary = summary(&args.run)?;
    let seconds = summary["virtual_s"].as_f64().unwrap_or(0.0);
    Ok(last.max(Time((seconds * 1e9).round() as u64)))
}

/// How far a journal was applied.
struct Applied {
    now: Time,
    interrupted: bool,
    /// What is wrong with what was left out, where that was allowed.
    cut: Option<String>,
}

fn apply(
    args: &Replay,
    reader: &Reader,
    replay: &mut history::Replay,
    observer: &mut dyn Observer,
) -> Result<Applied, Failure> {
    let place = reader.place().to_owned();
    let (mut next, mut interrupted, mut cut) = (0, false, None);
    for record in reader.records() {
        let stamped = match record {
            Ok(stamped) => stamped,
            Err(damage) if args.cut => {
                cut = Some(damage.to_string());
                break;
            }
            Err(damage) => {
                let hint = "--cut replays what is whole before it";
                return Err(Failure::Input(format!("{place}: {damage}; {hint}")));
            }
        };
        if args.to.is_some_and(|to| stamped.seq > to) {
            break;
        }
        replay
            .step(&stamped, observer)
            .map_err(|broken| Failure::Input(format!("{place}: {broken}")))?;
        next = stamped.seq + 1;
        if stamped.seq.is_multiple_of(LOOK) && interrupt::asked() {
            interrupted = true;
            break;
        }
    }
    if let Some(to) = args.to.filter(|to| *to >= next && !interrupted && cut.is_none()) {
        let expected = format!("a command of {place}, which has {next}, numbered from 0");
        return Err(Failure::Input(format!("--to: found {to}, expected {expected}")));
    }
    Ok(Applied { now: replay.exchange().now(), interrupted, cut })
}

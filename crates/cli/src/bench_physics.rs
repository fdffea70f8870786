//! `pitfloor bench physics`: what theory says of markets, held against the real book and its event loop.
//!
//! Every row tells what the market gave, what is exact, and how far apart the two may be. A case that
//! fails is played once more with the next seed, and both are told; one that fails then is status 1.

use crate::Done;
use crate::args::BenchPhysics;
use crate::fail::Failure;
use crate::interrupt;
use crate::meter::Meter;
use pitfloor_physics::{Case, EXPERIMENTS, Experiment, Outcome, Row};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The least and the most of the full length that is played.
const SCALES: std::ops::RangeInclusive<f64> = 0.001..=100.0;

/// Plays and compares; the answer is text and JSON.
pub(crate) fn run(args: &BenchPhysics, quiet: bool) -> Result<Done, Failure> {
    let chosen = chosen(args.only.as_deref())?;
    if !SCALES.contains(&args.scale) {
        let found = args.scale;
        let (least, most) = (SCALES.start(), SCALES.end());
        return Err(Failure::Input(format!(
            "--scale: found {found}, expected a share from {least} to {most}"
        )));
    }
    let (mut text, mut list, mut failed) = (String::new(), Vec::new(), 0);
    for experiment in chosen {
        let meter = Meter::start();
        let _ = writeln!(text, "{}  {}", experiment.id, experiment.about);
        for case in (experiment.cases)(args.scale) {
            if interrupt::asked() {
                return Err(Failure::Interrupted);
            }
            let outcome = case.outcome(args.seed);
            failed += usize::from(!outcome.holds());
            tell(&mut text, &case, &outcome);
            list.push(described(experiment, &case, &outcome));
        }
        if !quiet {
            eprintln!("{} played in {:.1} s", experiment.id, meter.wall_s());
        }
    }
    let cases = list.len();
    let _ = writeln!(text, "{cases} cases, {failed} failed");
    let json = json!({
        "cases": cases, "failed": failed, "ok": cases - failed, "scale": args.scale,
        "seed": args.seed, "list": list,
    });
    let ended = if failed == 0 {
        Ok(())
    } else {
        let expected = "expected all to hold with one seed of two";
        Err(Failure::Check(format!("found {failed} of {cases} cases that fail, {expected}")))
    };
    Ok(Done { json, text, ended })
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static Experiment>, Failure> {
    let Some(only) = only else { return Ok(EXPERIMENTS.iter().collect()) };
    let found: Vec<_> =
        EXPERIMENTS.iter().filter(|experiment| experiment.id.eq_ignore_ascii_case(only)).collect();
    if found.is_empty() {
        let known: Vec<&str> = EXPERIMENTS.iter().map(|experiment| experiment.id).collect();
        let known = known.join(", ");
        return Err(Failure::Input(format!("--only: found {only:?}, expected one of {known}")));
    }
    Ok(found)
}

fn verdict(row: &Row) -> &'static str {
    if row.holds() { "ok" } else { "FAIL" }
}

fn tell(text: &mut String, case: &Case, outcome: &Outcome) {
    for (seed, rows) in outcome.played() {
        let _ = writeln!(text, "  {} (seed {seed})", case.name);
        for row in rows {
            let Row { what, found, expected, within, error } = row;
            let error = error.map_or_else(String::new, |error| format!("  s.e. {error:.5}"));
            let _ = writeln!(
                text,
                "    {:4} {what:44} {found:12.5}  expected {expected:11.5} ± {within:.5}{error}",
                verdict(row),
            );
        }
    }
}

fn described(experiment: &Experiment, case: &Case, outcome: &Outcome) -> Value {
    let row = |row: &Row| {
        json!({
            "what": row.what, "found": row.found, "exact": row.expected, "within": row.within,
            "se": row.error, "verdict": verdict(row),
        })
    };
    let played: Vec<Value> = outcome
        .played()
        .map(|(seed, rows)| json!({"seed": seed, "rows": rows.iter().map(row).collect::<Vec<_>>()}))
        .collect();
    let ok = outcome.holds();
    json!({"experiment": experiment.id, "case": case.name, "ok": ok, "played": played})
}

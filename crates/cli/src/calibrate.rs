//! `pitfloor calibrate`: settings of a scenario, searched until its facts lie where real markets' do.

use crate::Done;
use crate::args::Calibrate as Args;
use crate::builtin;
use crate::fail::Failure;
use crate::interrupt;
use crate::progress::Progress;
use pitfloor_calibration::aim::{Aim, Said};
use pitfloor_calibration::search::Search;
use pitfloor_calibration::trial::Trial;
use pitfloor_calibration::vary::Vary;
use pitfloor_facts::catalogue::FACTS;
use pitfloor_model::units::{Span, Time};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Searches, tells what was found, and writes the scenario if that is wanted.
pub(crate) fn calibrate(args: &Args, quiet: bool) -> Result<Done, Failure> {
    let fixed = builtin::settings(&args.set)?;
    let (place, text) = builtin::text(&args.scenario)?;
    let vary = args
        .vary
        .iter()
        .map(|text| Vary::parse(text).map_err(|why| Failure::Input(format!("--vary: {why}"))));
    let vary: Vec<Vary> = vary.collect::<Result<_, _>>()?;
    let aim = aim(&args.facts)?;
    let seeds: Vec<u64> = (1..=args.seeds).collect();
    let trial = Trial {
        text: &text,
        fixed: &fixed,
        vary: &vary,
        seeds: &seeds,
        aim: &aim,
        kinds: pitfloor_agents::KINDS,
    };
    let bad = |bad: pitfloor_sim::BadScenario| Failure::Input(format!("{place}: {bad}"));
    let mut search = Search::new(vary.len(), args.tries as usize, args.seed);
    let bar = Progress::new(Span(args.tries), quiet);
    let (mut tried, mut better) = (0_usize, Vec::new());
    while let Some(point) = search.propose() {
        if interrupt::asked() {
            return Err(Failure::Interrupted);
        }
        let distance = trial.distance(&point).map_err(bad)?;
        tried += 1;
        if search.came_to(point, distance) {
            better.push(json!({"tried": tried, "distance": distance}));
        }
        bar.tell(Time(tried as u64), 0);
    }
    bar.end();
    let (point, distance) = search.best().expect("at least one try");
    let scenario = trial.scenario(point, 1).map_err(bad)?;
    let said = trial.said(point, 1).map_err(bad)?;
    if let Some(out) = &args.out {
        std::fs::write(out, scenario.to_toml())
            .map_err(|error| Failure::of_io(&error, format!("{}: {error}", out.display())))?;
    }
    let settings: Vec<String> =
        vary.iter().zip(point).map(|(vary, share)| vary.text(*share)).collect();
    let mut text = String::new();
    let _ = writeln!(text, "{tried} tries of {} seeds, distance {distance:.4}", seeds.len());
    for setting in &settings {
        let _ = writeln!(text, "  {setting}");
    }
    text.push_str(&table(&said));
    if let Some(out) = &args.out {
        let _ = writeln!(text, "written to {}", out.display());
    }
    let json = json!({
        "scenario": args.scenario, "tries": tried, "seeds": seeds, "distance": distance,
        "settings": settings, "better": better, "facts": figures(&said),
        "out": args.out.as_ref().map(|out| out.display().to_string()),
    });
    Ok(Done { json, text, ended: Ok(()) })
}

fn aim(ids: &[String]) -> Result<Aim, Failure> {
    if ids.is_empty() {
        return Ok(Aim::default());
    }
    for id in ids {
        if FACTS.iter().all(|fact| fact.id != id) {
            let known: Vec<&str> = FACTS.iter().map(|fact| fact.id).collect();
            let found = format!("--facts: found {id:?}, expected some of {}", known.join(", "));
            return Err(Failure::Input(found));
        }
    }
    Ok(Aim { facts: ids.to_vec() })
}

/// Every judged figure of the first seed.
fn table(said: &Said) -> String {
    let mut text = format!("{:28} {:>12}  band\n", "first seed", "value");
    for (fact, found) in &said.facts {
        for part in &found.parts {
            let Some((low, high)) = part.band else { continue };
            let value = part.value.map_or("none".to_owned(), |value| format!("{value:.4}"));
            let inside = part.value.is_some_and(|value| (low..=high).contains(&value));
            let mark = if inside { "" } else { "  out" };
            let name = format!("{} {}", fact.id, part.name);
            let _ = writeln!(text, "{name:28} {value:>12}  {low:.3} to {high:.3}{mark}");
        }
    }
    text
}

fn figures(said: &Said) -> Value {
    let rows = said.facts.iter().map(|(fact, found)| {
        let parts = found
            .parts
            .iter()
            .map(|part| json!({"name": part.name, "value": part.value, "band": part.band}));
        (fact.id.to_owned(), Value::Array(parts.collect()))
    });
    Value::Object(rows.collect())
}

//! `pitfloor reference`: the published results, listed, evaluated, checked.

use crate::Done;
use crate::args::{ReferenceCheck, ReferenceEval};
use crate::fail::Failure;
use pitfloor_published::check::{Outcome, entries, object};
use pitfloor_published::model::Model;
use pitfloor_published::refusal::Refusal;
use pitfloor_published::{evaluate, find, models};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::io::Read;

/// The most bytes of inputs or of a file.
const BYTES_MOST: u64 = 64 << 20;

/// `pitfloor reference list`.
pub(crate) fn list(as_json: bool) -> String {
    if as_json {
        let all: Vec<Value> = models().map(Model::described).collect();
        return json!({"models": all}).to_string();
    }
    models().map(row).collect::<Vec<_>>().join("\n")
}

/// A model as it is listed.
pub(crate) fn row(model: &Model) -> String {
    let mut out = format!("{}\n    {}\n    after {}\n", model.name, model.about, model.source);
    for input in model.inputs {
        let default = input.default.map_or_else(|| "required".into(), |d| format!("= {d}"));
        let unit = if input.unit.is_empty() { "" } else { "; " };
        let takes = format!("{}{unit}{}", input.takes, input.unit);
        let _ = writeln!(out, "    {:<12} {default:<16} {takes}", input.name);
    }
    for (name, unit) in model.outputs {
        let name = if name.is_empty() { "value" } else { name };
        let _ = writeln!(out, "    -> {name:<13} {unit}");
    }
    out
}

/// `pitfloor reference eval`.
pub(crate) fn eval(args: &ReferenceEval) -> Result<String, Failure> {
    let (name, inputs) = asked(&args.name, args.inputs.as_deref(), |name| find(name).map(drop))?;
    let said = evaluate(&name, &inputs).map_err(|refusal| Failure::Input(refusal.to_string()))?;
    Ok(said.to_string())
}

/// The name and the inputs that were asked for, in whatever order; `known` refuses an unknown name
/// before anything is read.
pub(crate) fn asked(
    name: &str,
    inputs: Option<&str>,
    known: impl Fn(&str) -> Result<(), Refusal>,
) -> Result<(String, Map<String, Value>), Failure> {
    // `eval --json '{…}' NAME` names the same two things the other way round.
    let (name, inputs) = match inputs {
        Some(other) if name.starts_with('{') || name == "-" => (other, name),
        inputs => (name, inputs.unwrap_or("{}")),
    };
    known(name).map_err(|refusal| Failure::Input(refusal.to_string()))?;
    let (text, place) = match inputs {
        "-" => (read("the inputs", std::io::stdin().lock())?, "stdin"),
        inputs => (inputs.to_owned(), "--json"),
    };
    let inputs = object(&text).map_err(|wrong| Failure::Input(format!("{place}: {wrong}")))?;
    Ok((name.to_owned(), inputs))
}

/// `pitfloor reference check`.
pub(crate) fn check(args: &ReferenceCheck) -> Result<Done, Failure> {
    let path = args.file.display();
    let unreadable =
        |error: std::io::Error| Failure::of_io(&error, format!("{path}: cannot be read: {error}"));
    let text = read(&path.to_string(), std::fs::File::open(&args.file).map_err(unreadable)?)?;
    let mut all = entries(&text).map_err(|wrong| Failure::Input(format!("{path}: {wrong}")))?;
    if let Some(prefix) = &args.only {
        let first = all[0].id.clone();
        all.retain(|entry| entry.id.starts_with(prefix.as_str()));
        if all.is_empty() {
            let what = format!("--only: found no entry of {path} that begins with {prefix:?}");
            return Err(Failure::Input(format!("{what}, expected such as {first:?}")));
        }
    }
    let outcomes: Vec<Outcome> = all.iter().map(|entry| entry.check()).collect();
    let failed = outcomes.iter().filter(|outcome| outcome.wrong.is_some()).count();
    let (entries, ok) = (outcomes.len(), outcomes.len() - failed);
    let list: Vec<Value> = outcomes.iter().map(Outcome::described).collect();
    let text: String = outcomes.iter().map(line).collect();
    let ended = if failed == 0 {
        Ok(())
    } else {
        Err(Failure::Check(format!("{failed} of {entries} entries do not hold")))
    };
    Ok(Done {
        json: json!({"entries": entries, "ok": ok, "failed": failed, "list": list}),
        text: format!("{text}{entries} entries, {ok} ok, {failed} failed"),
        ended,
    })
}

/// One entry: id, model, largest deviation, tolerance, and whether it holds.
fn line(outcome: &Outcome) -> String {
    let Outcome { id, model, max_deviation, tolerance, wrong } = outcome;
    let deviation = max_deviation.map_or_else(|| "-".to_owned(), |far| format!("{far:.1e}"));
    let verdict = wrong.as_ref().map_or_else(|| "ok".to_owned(), |wrong| format!("FAIL  {wrong}"));
    let tolerance = tolerance.to_string();
    format!("{id:<24} {model:<24} {deviation:>8}  {tolerance:<11}  {verdict}\n")
}

/// All of `from`, when it is text and not too much.
fn read(name: &str, from: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(BYTES_MOST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::of_io(&error, format!("{name}: cannot be read: {error}")))?;
    if bytes.len() as u64 > BYTES_MOST {
        let what = format!("{name}: found more than {BYTES_MOST} bytes, expected fewer");
        return Err(Failure::Input(what));
    }
    String::from_utf8(bytes).map_err(|_| {
        Failure::Input(format!("{name}: found bytes that are no text, expected UTF-8"))
    })
}

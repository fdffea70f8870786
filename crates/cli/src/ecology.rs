//! `pitfloor ecology`: populations of agents without a book, listed and run.

use crate::args::EcologyRun;
use crate::fail::Failure;
use crate::reference::{asked, row};
use pitfloor_ecologies::{ALL, find};
use serde_json::{Value, json};

/// `pitfloor ecology list`.
pub(crate) fn list(as_json: bool) -> String {
    if as_json {
        let all: Vec<Value> = ALL.iter().map(|ecology| ecology.described()).collect();
        return json!({"ecologies": all}).to_string();
    }
    let all = ALL.iter().map(|ecology| format!("{} {}", ecology.code, row(&ecology.model)));
    all.collect::<Vec<_>>().join("\n")
}

/// `pitfloor ecology run`.
pub(crate) fn run(args: &EcologyRun) -> Result<String, Failure> {
    let known = |name: &str| find(name).map(drop);
    let (name, mut inputs) = asked(&args.name, args.inputs.as_deref(), known)?;
    if let Some(seed) = args.seed
        && let Some(other) = inputs.insert("seed".to_owned(), json!(seed))
        && other != seed
    {
        let what = format!("--seed: found {seed} beside a seed of {other}, expected one of them");
        return Err(Failure::Input(what));
    }
    let said = pitfloor_ecologies::run(&name, &inputs);
    Ok(said.map_err(|refusal| Failure::Input(refusal.to_string()))?.to_string())
}

//! `pitfloor data prove`: processes held against what is known of them exactly.

use super::Prove;
use super::asked::Said;
use crate::Done;
use crate::fail::Failure;
use crate::interrupt;
use pitfloor_pricing::process::named;
use pitfloor_theory::proof::{self, Row};
use serde_json::json;
use std::fmt::Write as _;

/// Draws the paths and compares.
pub(crate) fn prove(args: &Prove) -> Result<Done, Failure> {
    let names: Vec<&str> = match &args.process {
        None => proof::names().collect(),
        Some(name) => vec![name],
    };
    if let Some(name) = names.iter().find(|name| !proof::names().any(|known| known == **name)) {
        let near = pitfloor_sim::near_name(name, proof::names());
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        let all = proof::names().collect::<Vec<_>>().join(", ");
        let what = format!("PROCESS: found {name:?}, expected one of {all}{near}");
        return Err(Failure::Input(what));
    }
    let mut rows: Vec<Row> = Vec::new();
    for name in names {
        if interrupt::asked() {
            return Err(Failure::Interrupted);
        }
        let parameters = named::find(name).map_or(&[][..], |kind| kind.parameters);
        let said = match parameters {
            [] if !args.set.is_empty() => {
                let what =
                    format!("--set: found it with {name}, expected none: it has fixed figures");
                return Err(Failure::Input(what));
            }
            _ => Said::numbers("--set", &args.set, parameters)?,
        };
        let proved = proof::prove(name, |name| said.number(name), args.paths, args.seed);
        rows.extend(proved.map_err(|outside| Failure::Input(format!("--{outside}")))?);
    }
    let off: Vec<&Row> = rows.iter().filter(|row| !row.holds()).collect();
    let ended = if off.is_empty() {
        Ok(())
    } else {
        let names: Vec<String> =
            off.iter().map(|row| format!("{} {}", row.process, row.figure)).collect();
        let what = format!("more than 4 standard errors off: {}", names.join("; "));
        Err(Failure::Check(what))
    };
    let told = |row: &Row| {
        json!({
            "process": row.process, "figure": row.figure, "exact": row.exact,
            "found": row.found.value, "standard_error": row.found.standard_error,
            "errors": row.errors(), "ok": row.holds(),
        })
    };
    let json = json!({
        "paths": args.paths, "seed": args.seed, "figures": rows.len(), "failed": off.len(),
        "list": rows.iter().map(told).collect::<Vec<_>>(),
    });
    Ok(Done { json, text: table(&rows, off.len()), ended })
}

fn table(rows: &[Row], off: usize) -> String {
    let mut text = String::new();
    let (process, figure, exact) = ("process", "figure", "exact");
    let (found, errors) = ("found", "errors off");
    let _ = writeln!(text, "{process:8} {figure:46} {exact:>12} {found:>12} {errors:>10}");
    for row in rows {
        let errors = row.errors().map_or_else(|| "-".to_owned(), |errors| format!("{errors:.2}"));
        let mark = if row.holds() { "" } else { "  OFF" };
        let _ = writeln!(
            text,
            "{:8} {:46} {:>12} {:>12} {errors:>10}{mark}",
            row.process,
            row.figure,
            short(row.exact),
            short(row.found.value)
        );
    }
    let _ = writeln!(text, "{} figures, {off} more than 4 standard errors off", rows.len());
    text
}

/// Six digits that say something.
fn short(x: f64) -> String {
    let places = if x == 0.0 { 0 } else { x.abs().log10().floor() as i32 };
    if (-5..7).contains(&places) {
        format!("{x:.*}", usize::try_from((5 - places).max(0)).unwrap_or(0))
    } else {
        format!("{x:.5e}")
    }
}

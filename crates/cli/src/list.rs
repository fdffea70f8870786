//! `pitfloor list`: what is built in.

use crate::args::Listed;
use crate::builtin::SCENARIOS;
use pitfloor_sim::params::{Kind, Parameter};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Kinds of instruments, as scenarios name them.
const INSTRUMENTS: &[(&str, &str)] = &[
    ("equity", "shares, traded one by one: symbol, price, tick (0.01), limits"),
    ("crypto", "coins, traded in fractions: also lot; needs `decimals` fine enough for tick x lot"),
];

/// Kinds of orders and instructions that the exchange takes.
const ORDER_TYPES: &[(&str, &str)] = &[
    ("limit", "trades at its price or better; GTC rests what is left, IOC cancels it"),
    ("market", "walks the book until filled or the side is empty; the rest is cancelled (IOC)"),
    (
        "replace",
        "new price and total quantity; a pure decrease keeps its place, all else goes to the back",
    ),
    ("reduce", "fewer lots at the same place"),
    ("cancel", "off the book"),
    ("self-trade prevention", "per order: none, expire-taker (default), expire-maker, expire-both"),
];

/// The list, as text or as JSON.
pub(crate) fn list(what: Listed, as_json: bool) -> String {
    let found = match what {
        Listed::Scenarios => {
            let row = |s: &crate::builtin::Builtin| json!({"name": s.name, "about": s.about});
            json!({"scenarios": SCENARIOS.iter().map(row).collect::<Vec<_>>()})
        }
        Listed::Agents => json!({"agents": agents()}),
        Listed::Instruments => json!({"instruments": rows(INSTRUMENTS)}),
        Listed::OrderTypes => json!({"order_types": rows(ORDER_TYPES)}),
    };
    if as_json { found.to_string() } else { table(&found) }
}

fn rows(list: &[(&str, &str)]) -> Vec<Value> {
    list.iter().map(|(name, about)| json!({"name": name, "about": about})).collect()
}

fn agents() -> Vec<Value> {
    pitfloor_agents::KINDS.iter().map(|kind| agent(kind)).collect()
}

fn agent(kind: &Kind) -> Value {
    let parameter = |p: &Parameter| {
        let takes = p.takes.describe();
        json!({"name": p.name, "takes": takes, "default": p.default, "about": p.about})
    };
    let parameters: Vec<Value> = kind.parameters.iter().map(parameter).collect();
    let (name, about, source) = (kind.name, kind.about, kind.source);
    json!({"name": name, "about": about, "source": source, "parameters": parameters})
}

fn table(found: &Value) -> String {
    let mut out = String::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for row in
        found.as_object().into_iter().flat_map(|o| o.values()).flat_map(Value::as_array).flatten()
    {
        let _ = writeln!(out, "{:<22} {}", text(&row["name"]), text(&row["about"]));
        if let Some(source) = row["source"].as_str() {
            let _ = writeln!(out, "{:<22} after {source}", "");
        }
        for p in row["parameters"].as_array().into_iter().flatten() {
            let default = format!("{} = {}", text(&p["name"]), text(&p["default"]));
            let _ =
                writeln!(out, "    {default:<34} {} ({})", text(&p["about"]), text(&p["takes"]));
        }
    }
    if found["agents"].is_array() {
        out += "\nEvery group of agents also takes: name, count = 1, cash = 100000, shares = 0,\n\
                instruments (all), latency = uniform(1ms, 5ms).\n";
    }
    out
}

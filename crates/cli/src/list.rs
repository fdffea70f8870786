//! `pitfloor list`: what is built in.

use crate::args::Listed;
use crate::builtin::SCENARIOS;
use crate::words::KINDS;
use pitfloor_sim::params::{Kind, Parameter};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Kinds of instruments, as scenarios name them.
const INSTRUMENTS: &[(&str, &str)] = &[
    ("equity", "shares, traded one by one: symbol, price, tick (0.01), limits"),
    ("crypto", "coins, traded in fractions: also lot; needs `decimals` fine enough for tick x lot"),
];

/// What else may be said of an order, and what may be asked about it.
const ORDER_TERMS: &[(&str, &str)] = &[
    ("time in force", "GTC, GTD, DAY, IOC, FOK, AT-OPEN, AT-CLOSE"),
    ("post only", "must not take: refused, or moved one step inside the best opposite price"),
    ("iceberg", "shows so much at a time; each new part goes to the back of the queue"),
    ("hidden", "stands unseen behind everything shown at its price"),
    ("all or none", "trades whole or not at all; stands unseen"),
    ("minimum quantity", "at least so much must trade at entry"),
    ("OCO, OTO, OTOCO", "two or three orders that hang together; with two exits, a bracket"),
    ("replace, amend", "other terms; a pure decrease keeps its place, all else goes to the back"),
    ("reduce", "fewer lots at the same place"),
    ("cancel, mass cancel", "off the market: one order, or all that fit a filter"),
    (
        "self-trade prevention",
        "per order: none, expire-taker (default), expire-maker, expire-both, decrement, transfer",
    ),
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
        Listed::OrderTypes => {
            json!({"order_types": rows(&[&KINDS, ORDER_TERMS].concat())})
        }
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

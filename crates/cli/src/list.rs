//! `pitfloor list`: what is built in.

use crate::args::{List, Listed};
use crate::builtin::SCENARIOS;
use crate::fail::Failure;
use crate::words::KINDS;
use jiff::civil::Date;
use pitfloor_pricing::process::{named, settings};
use pitfloor_sim::params::{Kind, Parameter};
use pitfloor_supervision::rows::{Row, Rows};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Kinds of instruments, as scenarios name them.
const INSTRUMENTS: &[(&str, &str)] = &[
    ("equity", "shares, traded one by one: symbol, price, tick (0.01), limits"),
    ("crypto", "coins, traded in fractions: also lot; needs `decimals` fine enough for tick x lot"),
    ("bond", "a loan: face, coupon (0%), frequency (2), maturity; pays by itself"),
    (
        "option",
        "a right: underlying, right (call), style (american), strike, lots (100), expiry, \
         delivery (cash)",
    ),
    ("warrant", "a right against the company: the same, lots (1)"),
    ("future", "underlying, lots (1), expiry, delivery (cash); gains are paid as variation"),
    ("perpetual", "a future without end: underlying; funding by [[event]]"),
    ("fx", "cash against cash: base, the currency that is delivered; lot (1000)"),
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

/// Reads a day, written as in the rows.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    let written = text.len() == "2024-05-28".len();
    let day = text.parse().ok().filter(|_| written);
    day.ok_or_else(|| format!("found {text:?}, expected a day such as 2024-05-28"))
}

/// The list, as text or as JSON.
pub(crate) fn list(asked: &List, as_json: bool) -> Result<String, Failure> {
    if asked.at.is_some() && asked.what != Listed::Rules {
        let what = "--at: found with a list that knows no days, expected with `rules`";
        return Err(Failure::Input(what.to_owned()));
    }
    let found = match asked.what {
        Listed::Rules => rules(&Rows::shipped(), asked.at)?,
        Listed::Scenarios => {
            let row = |s: &crate::builtin::Builtin| json!({"name": s.name, "about": s.about});
            json!({"scenarios": SCENARIOS.iter().map(row).collect::<Vec<_>>()})
        }
        Listed::Agents => json!({"agents": agents()}),
        Listed::Processes => json!({"processes": processes()}),
        Listed::Instruments => json!({"instruments": rows(INSTRUMENTS)}),
        Listed::OrderTypes => {
            json!({"order_types": rows(&[&KINDS, ORDER_TERMS].concat())})
        }
    };
    Ok(if as_json { found.to_string() } else { table(&found) })
}

/// All rows, or those that hold on `day`; a day on which none does is refused, not guessed.
fn rules(rows: &Rows, day: Option<Date>) -> Result<Value, Failure> {
    let shown: Vec<&Row> = match day {
        Some(day) => rows.on(day).collect(),
        None => rows.all().iter().collect(),
    };
    if let (Some(day), true) = (day, shown.is_empty()) {
        let first = rows.all().iter().map(|row| row.valid_from).min();
        let first = first.map_or_else(|| "there are no rows".to_owned(), |day| day.to_string());
        let what = format!("--at: found {day}, expected {first} or later: no row holds before");
        return Err(Failure::Input(what));
    }
    Ok(json!({"at": day.map(|day| day.to_string()), "rules": shown}))
}

fn rows(list: &[(&str, &str)]) -> Vec<Value> {
    list.iter().map(|(name, about)| json!({"name": name, "about": about})).collect()
}

/// Those of one price, and a curve; then what a market adds to a price.
fn processes() -> Vec<Value> {
    let parameter = |p: &settings::Parameter| {
        let default = p.default.to_string();
        json!({"name": p.name, "takes": p.expected, "default": default, "about": p.about})
    };
    let listed = |all: &[settings::Parameter]| all.iter().map(parameter).collect::<Vec<_>>();
    let one = |kind: &named::Kind| {
        let (name, about, source, scheme) = (kind.name, kind.about, kind.source, kind.scheme);
        let parameters = listed(kind.parameters);
        json!({"name": name, "about": about, "source": source, "scheme": scheme,
               "parameters": parameters})
    };
    let mut all: Vec<Value> = named::ALL.iter().map(one).collect();
    all.push(json!({
        "name": "basket", "about": "geometric Brownian motions with correlated shocks",
        "source": "Glasserman 2003", "scheme": "exact",
        "parameters": [
            {"name": "drift", "takes": "one number, or one a symbol", "default": "0",
             "about": "growth of the mean price, per unit of time"},
            {"name": "v", "takes": "one number, or one a symbol", "default": "0.2",
             "about": "volatility, per square root of the unit of time"},
            {"name": "corr", "takes": "one number, or all rows with ; between them",
             "default": "0.5", "about": "correlations of their shocks"},
        ],
    }));
    all.push(json!({
        "name": "curve", "about": "yields of one curve: level, slope and hump are pulled back",
        "source": "Nelson & Siegel 1987; Diebold & Li 2006", "scheme": "exact",
        "parameters": listed(settings::CURVE),
    }));
    all.push(json!({
        "name": "noise", "about": "what --noise sets: a market around a price; times are seconds",
        "source": "Hawkes 1971; Roll 1984; Obizhaeva & Wang 2013", "scheme": "exact",
        "parameters": listed(settings::NOISE),
    }));
    all
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
    for row in found["rules"].as_array().into_iter().flatten() {
        let until = row["valid_to"].as_str().unwrap_or("today");
        let days = format!("{} to {until}", text(&row["valid_from"]));
        let (rule, market, status) =
            (text(&row["rule_id"]), text(&row["market"]), text(&row["status"]));
        let _ = writeln!(out, "{rule:<22} {market:<7} {days:<25} {status}");
        let _ = writeln!(out, "{:<22} {}", "", text(&row["source"]));
        for (name, value) in row["parameters"].as_object().into_iter().flatten() {
            let _ = writeln!(out, "    {name} = {value}");
        }
    }
    if found["rules"].is_array() {
        return out;
    }
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
                credit = none, carrier = none, contribution = 0, cash_in, lots, limits,\n\
                instruments (all), latency = uniform(1ms, 5ms).\n";
    }
    out
}

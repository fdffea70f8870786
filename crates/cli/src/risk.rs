//! `pitfloor risk`: what the accounts of a run could lose, at its end.
//!
//! The run's journal is applied again; positions come from the events (`pitfloor-accounts`), the
//! figures from how prices moved (`pitfloor_analysis::exposure`).

use crate::Done;
use crate::account::Opened;
use crate::args;
use crate::fail::Failure;
use pitfloor_accounts::{Accounts, Method};
use pitfloor_analysis::exposure::{self, Asked, Blow, Marks, Position};
use pitfloor_model::instrument::{Currency, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Span, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::span;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How far each price moves when nobody says otherwise.
const TENTH: f64 = 0.1;

/// Hears a run.
struct Listening {
    accounts: Accounts,
    marks: Marks,
}

impl Observer for Listening {
    fn saw(&mut self, seen: &Seen<'_>) {
        let at = seen.stamped.at;
        self.accounts.see(at, seen.events);
        self.marks.see(at, seen.events);
    }
}

/// A blow as it was asked for.
struct Named {
    name: String,
    blow: Blow,
}

/// What one account could lose.
struct Line {
    account: String,
    risks: BTreeMap<CurrencyId, exposure::Risk>,
    /// What it gains by each blow, in each currency, in minor units.
    gains: Vec<(String, BTreeMap<CurrencyId, f64>)>,
}

/// Tells of one account, or of all that hold something.
pub(crate) fn risk(args: &args::Risk) -> Result<Done, Failure> {
    let length = |option: &str, text: &str| {
        let read = span(text).and_then(|Span(ns)| {
            if ns > 0 { Ok(Span(ns)) } else { Err("more than nothing".to_owned()) }
        });
        read.map_err(|expected| {
            Failure::Input(format!("{option}: found {text:?}, expected {expected}"))
        })
    };
    let (horizon, every) = (length("--horizon", &args.horizon)?, length("--every", &args.every)?);
    let opened = Opened::of(&args.run)?;
    let venue = opened.scenario.venue().clone();
    let named =
        args.stress.iter().map(|text| blow(text, &opened)).collect::<Result<Vec<_>, _>>()?;
    let chosen = args.account.as_deref().map(|name| opened.account(name)).transpose()?;
    let mut heard = Listening {
        accounts: Accounts::new(venue.clone(), opened.references(), Method::Fifo, 0),
        marks: Marks::new(opened.references(), every),
    };
    let (_, last) = opened.replay(&mut heard)?;
    let Listening { accounts, mut marks } = heard;
    marks.until(last);
    let names: Vec<String> = opened.scenario.cast().map(|(_, name, ..)| name).collect();
    let asked = Asked { level: args.level, horizon, seed: args.seed, paths: args.paths };
    let mut lines = Vec::new();
    for (id, account) in accounts.accounts() {
        if chosen.as_ref().is_some_and(|(of, _)| *of != id) {
            continue;
        }
        let held = account.positions().filter(|(_, position)| position.lots() != 0);
        let held: Vec<Position> = held
            .map(|(instrument, position)| Position { instrument, lots: position.lots() })
            .collect();
        if !held.is_empty() {
            let name = names.get(id.0 as usize).cloned().unwrap_or_else(|| id.0.to_string());
            lines.push(line(name, &held, &venue, &marks, last, asked, &named)?);
        }
    }
    Ok(told(&lines, &venue, &marks, args, chosen.as_ref()))
}

/// What is held against one account's positions.
fn line(
    account: String,
    held: &[Position],
    venue: &Venue,
    marks: &Marks,
    at: Time,
    asked: Asked,
    named: &[Named],
) -> Result<Line, Failure> {
    let risks = exposure::risk(marks, venue, held, asked)
        .map_err(|why| Failure::Input(format!("risk: {why}")))?;
    let gains = |blow: &Blow| {
        let mut all: BTreeMap<CurrencyId, f64> = BTreeMap::new();
        for gain in exposure::gains(venue, marks.now(), at, held, blow) {
            *all.entry(gain.currency).or_default() += gain.amount;
        }
        all
    };
    let gains = if named.is_empty() {
        let tenths = held.iter().flat_map(|position| {
            let id = position.instrument;
            let symbol = venue.instruments()[id.index()].symbol();
            let one = |sign: &str, part| {
                (format!("{symbol}={sign}10%"), Blow { moves: vec![(id, part)] })
            };
            [one("-", -TENTH), one("+", TENTH)]
        });
        tenths.map(|(name, blow)| (name, gains(&blow))).collect()
    } else {
        named.iter().map(|Named { name, blow }| (name.clone(), gains(blow))).collect()
    };
    Ok(Line { account, risks, gains })
}

/// `ACME=-10%,BOLT=+5%`.
fn blow(text: &str, opened: &Opened) -> Result<Named, Failure> {
    let mut moves: Vec<(InstrumentId, f64)> = Vec::new();
    for part in text.split(',') {
        let wrong = |expected: &str| {
            Failure::Input(format!("--stress: found {part:?}, expected {expected}"))
        };
        let (symbol, size) =
            part.split_once('=').ok_or_else(|| wrong("SYMBOL=MOVE, such as ACME=-10%"))?;
        let id = opened.instrument("--stress", symbol.trim())?;
        let percent =
            size.trim().strip_suffix('%').and_then(|size| size.trim().parse::<f64>().ok());
        let percent = percent.filter(|size| size.is_finite() && *size >= -100.0);
        let percent = percent.ok_or_else(|| wrong("a move in per cent, at least -100%"))?;
        if moves.iter().any(|(other, _)| *other == id) {
            return Err(wrong("each instrument once"));
        }
        moves.push((id, percent / 100.0));
    }
    Ok(Named { name: text.to_owned(), blow: Blow { moves } })
}

/// Minor units as people write them.
fn show(currency: &Currency, minor: f64) -> String {
    currency.show(Cash(minor.round() as i128))
}

fn told(
    lines: &[Line],
    venue: &Venue,
    marks: &Marks,
    args: &args::Risk,
    chosen: Option<&(AccountId, String)>,
) -> Done {
    let seconds = |span: Span| span.0 as f64 / 1e9;
    let mut text = format!(
        "level {}  horizon {}  {} intervals of {} s\n",
        args.level,
        args.horizon,
        marks.intervals(),
        seconds(marks.every())
    );
    if let (Some((_, name)), []) = (chosen, lines) {
        writeln!(text, "{name} holds nothing").expect("text grows");
    }
    let mut rows = Vec::new();
    for Line { account, risks, gains } in lines {
        let mut of = serde_json::Map::new();
        for (id, risk) in risks {
            let currency = &venue.currencies()[id.index()];
            let code = currency.code();
            let amount = |minor| show(currency, minor);
            let (past, normal, drawn) = (risk.historical, risk.normal.loss, risk.drawn);
            let pairs = [("historical", past), ("normal", normal), ("drawn", drawn.loss)];
            write!(text, "{account:<20} {code}  gross {}", amount(risk.gross)).expect("text grows");
            for (law, loss) in pairs {
                let (var, es) = (amount(loss.var), amount(loss.es));
                write!(text, "  {law} VaR {var} ES {es}").expect("text grows");
            }
            text.push('\n');
            let parts = risk.held.iter().zip(&risk.normal.parts);
            let parts: serde_json::Map<String, Value> = parts
                .map(|(of, part)| {
                    let symbol = venue.instruments()[of.index()].symbol().to_owned();
                    (symbol, amount(*part).into())
                })
                .collect();
            let mut figures = json!({ "gross": amount(risk.gross), "parts_of_normal_var": parts });
            for (law, loss) in pairs {
                figures[law] = json!({ "var": amount(loss.var), "es": amount(loss.es) });
            }
            figures["drawn"]["var_se"] = amount(drawn.var_se).into();
            figures["drawn"]["es_se"] = amount(drawn.es_se).into();
            of.insert(code.to_owned(), figures);
        }
        let mut stress = serde_json::Map::new();
        for (name, gains) in gains {
            let shown = gains.iter().map(|(id, gain)| {
                let currency = &venue.currencies()[id.index()];
                (currency.code().to_owned(), show(currency, *gain))
            });
            let shown: Vec<(String, String)> = shown.collect();
            if chosen.is_some() || !args.stress.is_empty() {
                let sums = shown.iter().map(|(code, gain)| format!("{gain} {code}"));
                let sums = sums.collect::<Vec<_>>().join("  ");
                writeln!(text, "  {name:<24} {sums}").expect("text grows");
            }
            let shown = shown.into_iter().map(|(code, gain)| (code, gain.into()));
            stress.insert(name.clone(), Value::Object(shown.collect()));
        }
        rows.push(json!({ "account": account, "currencies": of, "stress": stress }));
    }
    let prices = venue.instruments().iter().zip(marks.now());
    let prices: serde_json::Map<String, Value> = prices
        .map(|(of, price): (_, &Price)| (of.symbol().to_owned(), of.show(*price).into()))
        .collect();
    let json = json!({
        "level": args.level, "horizon_s": span(&args.horizon).map(seconds).ok(),
        "every_s": seconds(marks.every()), "intervals": marks.intervals(),
        "paths": args.paths, "seed": args.seed, "prices": prices, "accounts": rows,
    });
    Done { json, text, ended: Ok(()) }
}

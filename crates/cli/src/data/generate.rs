//! `pitfloor data generate`: a series from a process and a seed.

use super::asked::{Said, refuse};
use super::paths::Paths;
use super::sink::{Row, Sink};
use super::{Generate, Shape};
use crate::Done;
use crate::fail::Failure;
use crate::interrupt;
use crate::progress::Progress;
use jiff::Timestamp;
use pitfloor_model::units::{Side, Span, Time};
use pitfloor_pricing::process::bar::Bar;
use pitfloor_pricing::process::dice::named;
use pitfloor_pricing::process::noise::{Market, Noise, Shown};
use pitfloor_pricing::process::settings::{NOISE, noise};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// The most symbols of a series.
const SYMBOLS_MOST: usize = 1_000;
/// The most moves of a series.
const MOVES_MOST: u64 = 10_000_000_000;
/// The furthest that a price may be from 0, in ticks.
const TICKS_MOST: f64 = 1e15;

/// When a series begins and ends, and its steps; all in nanoseconds.
struct Clock {
    from: u64,
    step: u64,
    steps: u64,
    looks: u64,
    /// How long a look is, in units of time of the process.
    units: f64,
}

/// A market around one symbol's path, and what of it belongs to the present bar.
struct Around {
    market: Market,
    dice: Xoshiro256PlusPlus,
    trades: u64,
    last: Option<f64>,
    bar: Option<Bar>,
}

/// What a summary says of a symbol.
#[derive(Clone, Copy)]
struct Series {
    rows: u64,
    first: f64,
    last: f64,
    low: f64,
    high: f64,
}

/// Draws the series and writes it.
pub(crate) fn generate(args: &Generate, quiet: bool) -> Result<Done, Failure> {
    let clock = clock(args)?;
    let symbols = symbols(args)?;
    let (mut paths, parameters) =
        Paths::new(&args.process, &symbols, &args.set, args.price, args.seed)?;
    paths.check_step(clock.units).map_err(refuse("--step, --set"))?;
    let is_market = matches!(args.shape, Shape::Trades | Shape::Quotes) || !args.noise.is_empty();
    if is_market && (args.process == "curve" || args.shape == Shape::Values) {
        let found = if args.process == "curve" { "a curve" } else { "--as values" };
        let what = format!("--noise: found a market around {found}, expected one around a price");
        return Err(Failure::Input(what));
    }
    let said = Said::numbers("--noise", &args.noise, NOISE)?;
    let law = noise(|name| said.number(name)).map_err(refuse("--noise"))?;
    let mut around: Vec<Around> = Vec::new();
    for symbol in symbols.iter().filter(|_| is_market) {
        let mut dice = named(args.seed, &format!("generate/{symbol}/noise"));
        let market = Market::new(law, &mut dice).map_err(refuse("--noise"))?;
        around.push(Around { market, dice, trades: 0, last: None, bar: None });
    }
    let mut sink = Sink::create(&args.out, args.shape, args.force)?;
    let mut told: Vec<Option<Series>> = vec![None; symbols.len()];
    let bar = Progress::new(Span(clock.steps), quiet);
    let mut put = |of: usize, row: &Row| {
        let figure = row.figure();
        let series = told[of].get_or_insert(Series {
            rows: 0,
            first: figure,
            last: figure,
            low: figure,
            high: figure,
        });
        series.rows += 1;
        series.last = figure;
        (series.low, series.high) = (series.low.min(figure), series.high.max(figure));
        sink.push(&args.out, &symbols[of], row)
    };
    let mut values = paths.values();
    if args.shape == Shape::Values {
        for (of, value) in values.iter().enumerate() {
            put(of, &Row::Value { at: clock.from, value: *value })?;
        }
    }
    for step in 0..clock.steps {
        if interrupt::asked() {
            return Err(Failure::Interrupted);
        }
        let open_at = clock.from + step * clock.step;
        let at = open_at + clock.step;
        let mut bars: Vec<Bar> = values.iter().map(|value| Bar::at(*value)).collect();
        for look in 0..clock.looks {
            let end = open_at + part(clock.step, look + 1, clock.looks);
            let rows = shown(&mut around, &values, end - clock.from, clock.from, &law)?;
            for (of, row) in rows {
                let wanted = match row {
                    Row::Print { .. } => args.shape == Shape::Trades,
                    _ => args.shape == Shape::Quotes,
                };
                if wanted {
                    put(of, &row)?;
                }
            }
            paths.step(clock.units);
            values = paths.values();
            finite(&values, at)?;
            bars.iter_mut().zip(&values).for_each(|(bar, value)| bar.see(*value));
        }
        match args.shape {
            Shape::Values => {
                for (of, value) in values.iter().enumerate() {
                    put(of, &Row::Value { at, value: *value })?;
                }
            }
            Shape::Bars if is_market => {
                for (of, around) in around.iter_mut().enumerate() {
                    let bar = around.bar.take().or(around.last.map(Bar::at));
                    if let Some(bar) = bar {
                        put(of, &Row::Bar { at, open_at, bar, is_traded: true })?;
                    }
                }
            }
            Shape::Bars => {
                for (of, bar) in bars.into_iter().enumerate() {
                    put(of, &Row::Bar { at, open_at, bar, is_traded: false })?;
                }
            }
            Shape::Trades | Shape::Quotes => {}
        }
        bar.tell(Time(step), 0);
    }
    bar.end();
    let (rows, digest) = sink.finish(&args.out)?;
    let noise = if is_market { said.complete(NOISE) } else { Value::Null };
    Ok(done(args, &symbols, &told, (rows, digest), (parameters, noise)))
}

/// What the markets show until `until` nanoseconds after `from`, in the order of moments.
fn shown(
    around: &mut [Around],
    values: &[f64],
    until: u64,
    from: u64,
    law: &Noise,
) -> Result<Vec<(usize, Row)>, Failure> {
    let mut rows = Vec::new();
    for (of, (around, value)) in around.iter_mut().zip(values).enumerate() {
        let far = |value: f64| value.abs() / law.tick > TICKS_MOST;
        if far(*value) || far(around.market.impact()) {
            let what = format!("found a price of {value}, expected one of at most 1e15 ticks");
            return Err(Failure::Input(format!("--noise tick: {what}")));
        }
        let Around { market, dice, trades, last, bar } = around;
        market.until(until as f64 / 1e9, *value, dice, &mut |at_s, shown| {
            let at = from + ((at_s * 1e9) as u64).min(until);
            let price = |ticks: i64| on_grid(ticks, law.tick);
            rows.push((
                of,
                match shown {
                    Shown::Quote(quote) => {
                        let (bid, ask) = (price(quote.bid), price(quote.ask));
                        let (bid_lots, ask_lots) = (quote.bid_lots, quote.ask_lots);
                        Row::Quote { at, bid, bid_lots, ask, ask_lots }
                    }
                    Shown::Print(print) => {
                        let (price, lots) = (price(print.price), print.lots);
                        *trades += 1;
                        *last = Some(price);
                        bar.get_or_insert(Bar::at(price)).trade(price, lots);
                        let side = if print.is_buy { Side::Buy } else { Side::Sell };
                        Row::Print { at, trade: *trades, price, lots, side }
                    }
                },
            ));
        });
    }
    rows.sort_by_key(|(_, row)| row.at());
    Ok(rows)
}

/// So many ticks as the nearest number to their decimal.
fn on_grid(ticks: i64, tick: f64) -> f64 {
    let scale = (0..=9).map(|digits| 10_f64.powi(digits)).find(|scale| {
        let whole = tick * scale;
        (whole - whole.round()).abs() < 1e-9 * whole && whole.round() >= 1.0
    });
    match scale {
        Some(scale) => ticks as f64 * (tick * scale).round() / scale,
        None => ticks as f64 * tick,
    }
}

/// The share `part` of `of` parts of `whole`, in whole numbers.
fn part(whole: u64, part: u64, of: u64) -> u64 {
    (u128::from(whole) * u128::from(part) / u128::from(of)) as u64
}

fn finite(values: &[f64], at: u64) -> Result<(), Failure> {
    match values.iter().find(|value| !value.is_finite()) {
        None => Ok(()),
        Some(value) => {
            let expected = "parameters with which it stays a number";
            Err(Failure::Input(format!(
                "--set: found a value of {value} at {at}, expected {expected}"
            )))
        }
    }
}

fn clock(args: &Generate) -> Result<Clock, Failure> {
    let span = |option: &str, text: &str| {
        pitfloor_sim::params::span(text).map_err(|expected| {
            Failure::Input(format!("{option}: found {text:?}, expected {expected}"))
        })
    };
    let (until, step) = (span("--until", &args.until)?, span("--step", &args.step)?);
    let per = span("--per", &args.per)?;
    let refuse = |option: &str, found: &str, expected: &str| {
        Failure::Input(format!("{option}: found {found}, expected {expected}"))
    };
    if until.0 < step.0 {
        return Err(refuse("--until", &args.until, "at least one --step"));
    }
    if args.looks > step.0 {
        return Err(refuse("--looks", &args.looks.to_string(), "at most one a nanosecond"));
    }
    let moves = (until.0 / step.0).saturating_mul(args.looks);
    if moves > MOVES_MOST {
        return Err(refuse("--step", &format!("{moves} moves"), "at most 10000000000"));
    }
    let moment: Option<Timestamp> = args.from.parse().ok();
    let from = moment.and_then(|moment| u64::try_from(moment.as_nanosecond()).ok());
    let from = from.filter(|from| from.checked_add(until.0).is_some()).ok_or_else(|| {
        refuse("--from", &format!("{:?}", args.from), "a time such as 2026-01-05T09:30:00-05:00")
    })?;
    let units = step.0 as f64 / per.0 as f64 / args.looks as f64;
    Ok(Clock { from, step: step.0, steps: until.0 / step.0, looks: args.looks, units })
}

fn symbols(args: &Generate) -> Result<Vec<String>, Failure> {
    let usual = if args.process == "curve" { &["3mo", "2y", "10y"][..] } else { &["SYNTH"][..] };
    if args.symbols.is_empty() {
        return Ok(usual.iter().map(|&symbol| symbol.to_owned()).collect());
    }
    let refuse = |found: &str, expected: &str| {
        Err(Failure::Input(format!("--symbols: found {found}, expected {expected}")))
    };
    if args.symbols.len() > SYMBOLS_MOST {
        return refuse(&format!("{} symbols", args.symbols.len()), "at most 1000");
    }
    for (place, symbol) in args.symbols.iter().enumerate() {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_/".contains(c);
        if symbol.is_empty() || symbol.len() > 32 || !symbol.chars().all(plain) {
            return refuse(&format!("{symbol:?}"), "1 to 32 letters, digits or . - _ /");
        }
        if args.symbols[..place].contains(symbol) {
            return refuse(&format!("{symbol} twice"), "each symbol once");
        }
    }
    Ok(args.symbols.clone())
}

fn done(
    args: &Generate,
    symbols: &[String],
    told: &[Option<Series>],
    (rows, digest): (u64, String),
    (parameters, noise): (Value, Value),
) -> Done {
    let shape = format!("{:?}", args.shape).to_lowercase();
    let figures = |series: &Series| {
        let Series { rows, first, last, low, high } = *series;
        json!({"rows": rows, "first": first, "last": last, "low": low, "high": high})
    };
    let pairs = symbols.iter().zip(told);
    let series: Map<String, Value> = pairs
        .map(|(symbol, series)| (symbol.clone(), series.as_ref().map_or(Value::Null, figures)))
        .collect();
    let mut text = format!("{}  seed {}  {rows} {shape}\n", args.process, args.seed);
    for (symbol, series) in symbols.iter().zip(told) {
        let _ = match series {
            None => writeln!(text, "{symbol:12} nothing"),
            Some(s) => writeln!(
                text,
                "{symbol:12} {} rows  from {} to {}, between {} and {}",
                s.rows, s.first, s.last, s.low, s.high
            ),
        };
    }
    let _ = writeln!(text, "digest {digest}\nkept in {}", args.out.display());
    let json = json!({
        "process": args.process, "parameters": parameters, "noise": noise, "symbols": symbols,
        "as": shape, "from": args.from, "until": args.until, "step": args.step,
        "looks": args.looks, "per": args.per, "seed": args.seed, "rows": rows,
        "series": series, "digest": digest, "out": args.out.display().to_string(),
    });
    Done { json, text, ended: Ok(()) }
}

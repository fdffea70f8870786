//! `pitfloor bench rmsc`: what a day of the reference configurations of ABIDES costs, and whether it
//! comes to what the reference comes to.
//!
//! First the work: so many seeds are run and counted, each digest is held against `golden/rmsc.toml`
//! where that knows it, and with enough seeds every figure against the reference's. Then the time: the
//! first seed, built anew for every round, with accounts, ledger, feed and digest; every round must come
//! to the digest of the counted run. Building the market is not timed.

mod table;

use crate::Done;
use crate::args::{BenchRmsc, JournalTo};
use crate::bench::once;
use crate::builtin;
use crate::fail::Failure;
use crate::meter::{Meter, peak_rss_bytes};
use pitfloor_analysis::census::Census;
use pitfloor_model::units::{AccountId, InstrumentId, Span, Time};
use pitfloor_sim::Setting;
use pitfloor_sim::history::Tally;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::span;
use pitfloor_sim::scenario::Scenario;
use serde_json::{Value, json};
use table::{DAY, Figures, HOUR, Judged, Reference};

/// What the golden file says of some runs.
const GOLDEN: &str = include_str!("../../../golden/rmsc.toml");

/// The share that is traded.
const SHARE: InstrumentId = InstrumentId(0);

/// A day of trading, and an hour of it.
const DAY_SPAN: Span = Span::secs(23_400);
const HOUR_SPAN: Span = Span::secs(3_600);

/// How much longer than trading a run of RMSC04 goes on.
const AFTER_CLOSE: Span = Span::secs(1);

/// How many times less than the reference a run must cost, for the gate.
const TIMES_LEAST: f64 = 300.0;

/// How fast the second half of several days must be against the first, for the gate.
const FLATNESS_LEAST: f64 = 0.95;

/// What the reference needs, by the same kind of clock: seconds of the processor, and order messages in
/// each of them.
struct Anchor {
    scenario: &'static str,
    span: Span,
    cpu_s: f64,
    order_messages_per_cpu_s: f64,
}

const ANCHORS: [Anchor; 3] = [
    Anchor { scenario: "rmsc04", span: DAY_SPAN, cpu_s: 32.0, order_messages_per_cpu_s: 1_330.0 },
    Anchor { scenario: "rmsc04", span: HOUR_SPAN, cpu_s: 4.9, order_messages_per_cpu_s: 1_330.0 },
    Anchor { scenario: "rmsc03", span: HOUR_SPAN, cpu_s: 43.0, order_messages_per_cpu_s: 1_559.0 },
];

/// A run that was counted.
struct Counted {
    seed: u64,
    tally: Tally,
    order_messages: u64,
    questions: u64,
    figures: Figures,
}

/// What the rounds took.
struct Timed {
    best_s: f64,
    median_s: f64,
}

/// How many commands a second of the processor carried in each half of a run.
struct Halves {
    first: f64,
    second: f64,
}

/// Counts, judges, measures.
pub(crate) fn run(args: &BenchRmsc, quiet: bool) -> Result<Done, Failure> {
    let close = close(args)?;
    let scenarios = (1..=u64::from(args.seeds)).map(|seed| scenario(args, close, seed));
    let mut counted = Vec::new();
    for scenario in scenarios {
        let scenario = scenario?;
        let one = count(&scenario, close);
        golden(args, close, &one)?;
        counted.push(one);
        if !quiet && counted.len().is_multiple_of(16) {
            eprintln!("{} of {} seeds", counted.len(), args.seeds);
        }
    }
    let first = scenario(args, close, 1)?;
    let timed = time(&first, args.rounds, &counted[0])?;
    let halves = args.days.map(|_| halves(&first, close, args.rounds));
    let reference = reference(args, close).filter(|_| counted.len() >= table::SEEDS_LEAST);
    let figures: Vec<Figures> = counted.iter().map(|one| one.figures).collect();
    let rows = table::judge(&figures, reference);
    let ended = verdict(args, close, &rows, &timed, halves.as_ref());
    let json = as_json(args, close, &counted, &timed, halves.as_ref(), &rows);
    let text = as_text(&json, &rows, reference.is_some());
    Ok(Done { json, text, ended })
}

/// When trading closes.
fn close(args: &BenchRmsc) -> Result<Span, Failure> {
    match args.days {
        Some(days) => Ok(Span(DAY_SPAN.0 * u64::from(days))),
        None => span(&args.until).map_err(|expected| {
            Failure::Input(format!("--until: found {:?}, expected {expected}", args.until))
        }),
    }
}

/// The configuration with another close, by which everybody abides.
fn scenario(args: &BenchRmsc, close: Span, seed: u64) -> Result<Scenario, Failure> {
    let shown = if args.days.is_some() { "--days" } else { "--until" };
    let written = |span: Span| {
        let (s, ns) = (span.0 / 1_000_000_000, span.0 % 1_000_000_000);
        if ns == 0 { format!("{s}s") } else { format!("{s}s{ns}ns") }
    };
    let mut settings = vec![
        Setting::by("--seeds", "seed", &seed.to_string()),
        Setting::by(shown, "span", &written(Span(close.0 + AFTER_CLOSE.0))),
    ];
    for group in ["noise", "value", "maker", "momentum"] {
        settings.push(Setting::by(shown, &format!("agents.{group}.close"), &written(close)));
    }
    if close > DAY_SPAN {
        settings.push(Setting::by(shown, "agents.noise.day", &written(close)));
    }
    builtin::scenario(Some(&args.scenario), &settings)
}

/// The table for this length, if there is one.
fn reference(args: &BenchRmsc, close: Span) -> Option<&'static Reference> {
    match (args.scenario.as_str(), close) {
        ("rmsc04", DAY_SPAN) => Some(&DAY),
        ("rmsc04", HOUR_SPAN) => Some(&HOUR),
        _ => None,
    }
}

impl Observer for Counting {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.tally.saw(seen);
        let (at, quote) = (seen.stamped.at, seen.board.quote(SHARE));
        self.census.see(at, &seen.stamped.command, seen.events, quote);
    }
}

/// Counts while it looks on.
struct Counting {
    tally: Tally,
    census: Census,
}

fn count(scenario: &Scenario, close: Span) -> Counted {
    let mut kernel = scenario.kernel();
    let end = Time::ZERO.after(close);
    let accounts = (0..kernel.seats().len() as u32).map(AccountId);
    let groups = accounts.map(|account| scenario.group_of(account)).collect();
    let mut seen = Counting { tally: Tally::new(), census: Census::new(groups, end) };
    kernel.run(Time::ZERO.after(scenario.span()), &mut seen);
    let Counting { tally, mut census } = seen;
    census.finish();
    let value = scenario.world().fundamental(SHARE, end).expect("it has a value");
    Counted {
        seed: scenario.seed(),
        tally,
        order_messages: census.order_messages(),
        questions: kernel.seats().iter().map(|seat| seat.asked()).sum(),
        figures: table::figures(scenario, &kernel, &census, value),
    }
}

/// What a run is called in the golden file.
fn golden_name(args: &BenchRmsc, close: Span, seed: u64) -> String {
    format!("{}-{}s-seed-{seed}", args.scenario, close.0 / 1_000_000_000)
}

fn golden(args: &BenchRmsc, close: Span, one: &Counted) -> Result<(), Failure> {
    let known: toml::Table = GOLDEN.parse().expect("golden/rmsc.toml is TOML");
    let name = golden_name(args, close, one.seed);
    let Some(expected) = known.get(&name) else { return Ok(()) };
    let number = |figure: &str| expected[figure].as_integer().and_then(|n| u64::try_from(n).ok());
    let digest = one.tally.digest().to_string();
    let same = number("commands") == Some(one.tally.commands)
        && number("trades") == Some(one.tally.trades)
        && expected["digest"].as_str() == Some(&digest);
    if same {
        return Ok(());
    }
    Err(Failure::Check(format!(
        "{name}: found {} commands, {} trades, digest {digest}; golden/rmsc.toml says {expected}",
        one.tally.commands, one.tally.trades
    )))
}

fn time(scenario: &Scenario, rounds: u32, counted: &Counted) -> Result<Timed, Failure> {
    let mut cpu = Vec::new();
    for _ in 0..rounds {
        let round = once(scenario, JournalTo::None)?;
        let expected = counted.tally.digest().to_string();
        if round.work.digest != expected {
            let found = round.work.digest;
            return Err(Failure::Check(format!("digest: found {found}, expected {expected}")));
        }
        cpu.push(round.cpu_s);
    }
    cpu.sort_by(f64::total_cmp);
    Ok(Timed { best_s: cpu[0], median_s: cpu[cpu.len() / 2] })
}

/// The same run in two halves, each in its best round.
fn halves(scenario: &Scenario, close: Span, rounds: u32) -> Halves {
    let mut best = [0.0_f64; 2];
    for _ in 0..rounds {
        let (mut kernel, mut tally) = (scenario.kernel(), Tally::new());
        let (middle, end) = (Time(close.0 / 2), Time::ZERO.after(scenario.span()));
        let mut before = 0;
        for (until, best) in [middle, end].into_iter().zip(&mut best) {
            let meter = Meter::start();
            kernel.run(until, &mut tally);
            *best = best.max((tally.commands - before) as f64 / meter.cpu_s());
            before = tally.commands;
        }
    }
    Halves { first: best[0], second: best[1] }
}

fn anchor(args: &BenchRmsc, close: Span) -> Option<&'static Anchor> {
    ANCHORS.iter().find(|anchor| anchor.scenario == args.scenario && anchor.span == close)
}

fn verdict(
    args: &BenchRmsc,
    close: Span,
    rows: &[Judged],
    timed: &Timed,
    halves: Option<&Halves>,
) -> Result<(), Failure> {
    let apart = rows.iter().filter(|row| !row.holds).count();
    if apart > 0 {
        return Err(Failure::Check(format!("{apart} figures are not those of the reference")));
    }
    if !args.gate {
        return Ok(());
    }
    if let Some(times) = anchor(args, close).map(|anchor| anchor.cpu_s / timed.best_s)
        && times < TIMES_LEAST
    {
        return Err(Failure::Check(format!(
            "found {times:.0} times less than the reference needs, expected at least {TIMES_LEAST}"
        )));
    }
    match halves.map(|halves| halves.second / halves.first) {
        Some(ratio) if ratio < FLATNESS_LEAST => Err(Failure::Check(format!(
            "the second half runs at {ratio:.2} of the first, expected at least {FLATNESS_LEAST}"
        ))),
        _ => Ok(()),
    }
}

fn as_json(
    args: &BenchRmsc,
    close: Span,
    counted: &[Counted],
    timed: &Timed,
    halves: Option<&Halves>,
    rows: &[Judged],
) -> Value {
    let first = &counted[0];
    let rate = first.order_messages as f64 / timed.best_s;
    let anchor = anchor(args, close);
    let runs = counted.iter().take(3).map(|one| {
        json!({
            "name": golden_name(args, close, one.seed), "commands": one.tally.commands,
            "trades": one.tally.trades, "digest": one.tally.digest().to_string(),
        })
    });
    json!({
        "scenario": args.scenario, "close_s": close.as_secs(), "seeds": args.seeds, "seed": first.seed,
        "commands": first.tally.commands, "events": first.tally.events,
        "trades": first.tally.trades, "order_messages": first.order_messages,
        "questions": first.questions, "digest": first.tally.digest().to_string(),
        "cpu_s": timed.best_s, "cpu_s_median": timed.median_s, "rounds": args.rounds,
        "order_messages_per_cpu_s": rate, "virtual_s_per_cpu_s": close.as_secs() / timed.best_s,
        "reference_cpu_s": anchor.map(|anchor| anchor.cpu_s),
        "times_less_cpu": anchor.map(|anchor| anchor.cpu_s / timed.best_s),
        "times_less_per_order_message": anchor.map(|anchor| rate / anchor.order_messages_per_cpu_s),
        "commands_per_cpu_s_first_half": halves.map(|halves| halves.first),
        "commands_per_cpu_s_second_half": halves.map(|halves| halves.second),
        "second_half_to_first": halves.map(|halves| halves.second / halves.first),
        "peak_rss_bytes": peak_rss_bytes(),
        "runs": runs.collect::<Vec<_>>(),
        "figures": rows.iter().map(Judged::json).collect::<Vec<_>>(),
        "holds": rows.iter().all(|row| row.holds),
    })
}

fn as_text(json: &Value, rows: &[Judged], judged: bool) -> String {
    let number = |name: &str| json[name].as_f64().unwrap_or(0.0);
    let mut out = format!(
        "{}  {} s of trading  {} seeds{}\n",
        json["scenario"].as_str().unwrap_or_default(),
        json["close_s"],
        json["seeds"],
        if judged { "" } else { ", held against nothing" },
    );
    out += &table::heading();
    rows.iter().for_each(|row| out += &row.line());
    out += &format!(
        "\nseed 1: {} order messages, {} questions, {} trades in {:.4} s of the processor \
         (median {:.4})\n{:.0} order messages a second",
        json["order_messages"],
        json["questions"],
        json["trades"],
        number("cpu_s"),
        number("cpu_s_median"),
        number("order_messages_per_cpu_s"),
    );
    if !json["times_less_cpu"].is_null() {
        out += &format!(
            "; the reference needs {:.1} s: {:.0} times as much, and {:.0} times for each of them",
            number("reference_cpu_s"),
            number("times_less_cpu"),
            number("times_less_per_order_message"),
        );
    }
    if !json["second_half_to_first"].is_null() {
        let ratio = number("second_half_to_first");
        out += &format!("; the second half runs at {ratio:.3} of the first");
    }
    let digest = json["digest"].as_str().unwrap_or_default();
    let mib = number("peak_rss_bytes") / f64::from(1 << 20);
    out + &format!("\nat most {mib:.0} MiB of memory\ndigest {digest}\n")
}

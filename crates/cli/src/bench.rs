//! `pitfloor bench run`: how many commands a processor gets through in a second, with everything a
//! market needs, and with the work asserted.
//!
//! Every round builds the market anew and must come to the same counts and digest as the others,
//! and as `golden/bench.toml` where that knows them; otherwise no timing is printed. Time is that
//! of the processor, for this thread; building the market is not timed. Several numbers of agents
//! are measured in turn, round by round, so that whatever else the machine does meets all of them.

use crate::args::{BenchRun, JournalTo};
use crate::builtin;
use crate::fail::Failure;
use crate::meter::{Meter, peak_rss_bytes};
use pitfloor_feed::publish::Message;
use pitfloor_feed::relay::Relay;
use pitfloor_sim::history::Tally;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use pitfloor_store::journal as kept;
use serde_json::{Value, json};

/// What the golden file says of the standard benchmarks.
const GOLDEN: &str = include_str!("../../../golden/bench.toml");

/// What one round did, and what it cost.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    pub(crate) work: Work,
    pub(crate) cpu_s: f64,
    wall_s: f64,
}

/// What every round must do alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) commands: u64,
    pub(crate) events: u64,
    pub(crate) trades: u64,
    /// Messages of the market data feed.
    published: u64,
    pub(crate) digest: String,
}

/// The market data feed: every trade and every change of a level, numbered, as members would get
/// them. Its messages are counted, so that nobody can leave them out.
struct Feed {
    relay: Relay,
    messages: Vec<Message>,
    published: u64,
}

impl Observer for Feed {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.messages.clear();
        let learned = seen.board.learned();
        self.relay.publish(seen.stamped, seen.events, learned, &mut self.messages);
        self.published += self.messages.len() as u64;
    }
}

/// Somewhere for a journal to go.
enum Sink {
    Nowhere,
    Memory(Vec<u8>),
    Disk(Box<kept::Journal>, tempfile::TempDir, Option<String>),
}

/// Measures and asserts; the answer is text or JSON.
pub(crate) fn run(args: &BenchRun, as_json: bool, quiet: bool) -> Result<String, Failure> {
    let scenarios: Vec<Scenario> =
        args.agents.iter().map(|agents| scenario(*agents, args)).collect::<Result<_, _>>()?;
    let mut rounds: Vec<Vec<Round>> = vec![Vec::new(); scenarios.len()];
    for number in 0..args.rounds {
        for (scenario, rounds) in scenarios.iter().zip(&mut rounds) {
            let round = once(scenario, args.journal)?;
            check(scenario, args, &round, rounds.first())?;
            rounds.push(round);
        }
        if !quiet {
            eprintln!("round {} of {}", number + 1, args.rounds);
        }
    }
    let rows: Vec<Value> = args.agents.iter().zip(&rounds).map(|(n, r)| row(*n, r, args)).collect();
    let rates: Vec<f64> =
        rows.iter().filter_map(|row| row["commands_per_cpu_s"].as_f64()).collect();
    let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
    let fastest = rates.iter().copied().fold(0.0, f64::max);
    let flatness = slowest / fastest;
    if let Some(gate) = args.gate {
        if slowest < gate {
            return Err(Failure::Check(format!(
                "found {slowest:.0} commands per CPU-second, expected at least {gate:.0}"
            )));
        }
        if flatness < 0.75 {
            return Err(Failure::Check(format!(
                "the slowest number of agents runs at {flatness:.2} of the fastest, expected at least 0.75"
            )));
        }
    }
    Ok(if as_json { as_object(rows, flatness) } else { table(&rows, flatness) })
}

/// The standard market: so many noise traders that together wake a thousand times a second, and two
/// market makers.
fn scenario(agents: u32, args: &BenchRun) -> Result<Scenario, Failure> {
    if agents == 0 {
        return Err(Failure::Input("--agents: found 0, expected at least 1".to_owned()));
    }
    let (until, seed) = (&args.until, args.seed);
    let text = format!(
        "name = \"bench\"\nseed = \"{seed}\"\nspan = {until:?}\n\
         [[instrument]]\nsymbol = \"ACME\"\nprice = \"100.00\"\n\
         [[agents]]\nkind = \"noise\"\ncount = {agents}\nshares = 100000\ncash = \"100000000\"\n\
         rate = \"exp(mean = {agents}ms)\"\n\
         [[agents]]\nkind = \"market-maker\"\ncount = 2\nshares = 1000000\ncash = \"100000000\"\n"
    );
    builtin::parse("bench", &text, &[])
}

/// Builds the market anew and runs it, timed.
pub(crate) fn once(scenario: &Scenario, to: JournalTo) -> Result<Round, Failure> {
    let mut kernel = scenario.kernel();
    let sink = match to {
        JournalTo::None => Sink::Nowhere,
        JournalTo::Memory => Sink::Memory(Vec::new()),
        JournalTo::Disk => {
            let folder = tempfile::tempdir().map_err(|e| Failure::World(e.to_string()))?;
            let path = folder.path().join("journal.pfj");
            let journal = kept::Journal::create(path, scenario.to_toml(), kept::Pace::Batch)
                .map_err(|error| Failure::World(error.to_string()))?;
            Sink::Disk(Box::new(journal), folder, None)
        }
    };
    let relay = Relay::new(scenario.venue().instruments().len());
    let feed = Feed { relay, messages: Vec::new(), published: 0 };
    let mut seen = ((Tally::new(), feed), sink);
    let end = pitfloor_model::units::Time(scenario.span().0);
    let meter = Meter::start();
    kernel.run(end, &mut seen);
    let ((tally, Feed { published, .. }), sink) = seen;
    let digest = tally.digest().to_string();
    if let Sink::Disk(journal, _folder, failed) = sink {
        let closed = journal.close().map_err(|error| error.to_string());
        if let Some(why) = failed.or(closed.err()) {
            return Err(Failure::World(why));
        }
    }
    let (cpu_s, wall_s) = (meter.cpu_s(), meter.wall_s());
    let Tally { commands, events, trades, .. } = tally;
    Ok(Round { work: Work { commands, events, trades, published, digest }, cpu_s, wall_s })
}

impl Observer for Sink {
    fn saw(&mut self, seen: &Seen<'_>) {
        match self {
            Self::Nowhere => {}
            Self::Memory(journal) => journal.extend_from_slice(seen.bytes),
            Self::Disk(journal, _, failed) => {
                if failed.is_none() {
                    *failed = journal
                        .push_written(seen.stamped, seen.bytes)
                        .err()
                        .map(|error| error.to_string());
                }
            }
        }
    }
}

/// The work of a round against the first round's, and against the golden file.
fn check(
    scenario: &Scenario,
    args: &BenchRun,
    round: &Round,
    first: Option<&Round>,
) -> Result<(), Failure> {
    let differs = |what: &str, expected: &Work| {
        let found = &round.work;
        Err(Failure::Check(format!("found {found:?}, expected {expected:?} as {what}")))
    };
    match first {
        Some(first) if first.work != round.work => {
            return differs("in the first round", &first.work);
        }
        _ => {}
    }
    match golden(scenario, args) {
        Some(expected) if expected != round.work => differs("golden/bench.toml says", &expected),
        _ => Ok(()),
    }
}

fn golden(scenario: &Scenario, args: &BenchRun) -> Option<Work> {
    let known: toml::Table = GOLDEN.parse().expect("golden/bench.toml is TOML");
    let agents = scenario.groups()[0].count;
    let entry = known.get(&format!("agents-{agents}-until-{}-seed-{}", args.until, args.seed))?;
    let number = |name: &str| entry[name].as_integer().and_then(|n| u64::try_from(n).ok());
    Some(Work {
        commands: number("commands")?,
        events: number("events")?,
        trades: number("trades")?,
        published: number("published")?,
        digest: entry["digest"].as_str()?.to_owned(),
    })
}

fn row(agents: u32, rounds: &[Round], args: &BenchRun) -> Value {
    let work = &rounds[0].work;
    let mut cpu: Vec<f64> = rounds.iter().map(|round| round.cpu_s).collect();
    cpu.sort_by(f64::total_cmp);
    let wall = rounds.iter().map(|round| round.wall_s).fold(f64::INFINITY, f64::min);
    let (best, median) = (cpu[0], cpu[cpu.len() / 2]);
    let asserted = scenario(agents, args).ok().and_then(|s| golden(&s, args)).is_some();
    json!({
        "agents": agents, "commands": work.commands, "events": work.events, "trades": work.trades,
        "published": work.published, "digest": work.digest, "cpu_s": best, "cpu_s_median": median, "wall_s": wall,
        "commands_per_cpu_s": work.commands as f64 / best,
        "commands_per_cpu_s_median": work.commands as f64 / median,
        "peak_rss_bytes": peak_rss_bytes(), "rounds": rounds.len(), "seed": args.seed,
        "until": args.until, "journal": format!("{:?}", args.journal).to_lowercase(),
        "golden": asserted,
    })
}

fn as_object(mut rows: Vec<Value>, flatness: f64) -> String {
    if rows.len() == 1 {
        return rows.remove(0).to_string();
    }
    json!({"runs": rows, "slowest_to_fastest": flatness}).to_string()
}

fn table(rows: &[Value], flatness: f64) -> String {
    let mut out = format!(
        "{:>7} {:>10} {:>10} {:>9} {:>8} {:>12} {:>12}  digest\n",
        "agents", "commands", "events", "trades", "cpu s", "commands/s", "median"
    );
    for row in rows {
        out += &format!(
            "{:>7} {:>10} {:>10} {:>9} {:>8.3} {:>12.0} {:>12.0}  {:.16}{}\n",
            row["agents"],
            row["commands"],
            row["events"],
            row["trades"],
            row["cpu_s"].as_f64().unwrap_or(0.0),
            row["commands_per_cpu_s"].as_f64().unwrap_or(0.0),
            row["commands_per_cpu_s_median"].as_f64().unwrap_or(0.0),
            row["digest"].as_str().unwrap_or_default(),
            if row["golden"] == json!(true) { "  golden" } else { "" },
        );
    }
    if rows.len() > 1 {
        out += &format!("slowest to fastest: {flatness:.2}\n");
    }
    out
}

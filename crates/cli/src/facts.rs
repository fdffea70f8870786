//! `pitfloor facts`: the realism report on runs and on recorded tapes.

mod config;
mod told;

use crate::Done;
use crate::args::{Facts as Args, Metrics};
use crate::builtin;
use crate::fail::Failure;
use crate::interrupt;
use crate::meter::{Meter, peak_rss_bytes};
use crate::progress::Progress;
use config::Config;
use pitfloor_analysis::report::realism::Page;
use pitfloor_data::tape::{self, Options};
use pitfloor_facts::builder::TRADES_MAX;
use pitfloor_facts::curves::Curves;
use pitfloor_facts::metrics::{self, Metric};
use pitfloor_facts::null;
use pitfloor_facts::tape::Tape;
use pitfloor_facts::verdict::{Measuring, Report, Verdict};
use pitfloor_facts::watch::Watch;
use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_sim::Setting;
use pitfloor_sim::history::Replay;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use pitfloor_store::journal::Reader;
use pitfloor_store::run_folder;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How many commands pass between two looks at Ctrl-C.
const LOOK: u64 = 1 << 14;

/// Where the tapes came from.
pub(crate) struct Source {
    /// The runs or files, as they were named.
    files: Vec<String>,
    /// The seeds of the runs; none for files.
    seeds: Option<Vec<u64>>,
    /// What is looked at.
    symbol: String,
    /// The configuration of the runs, but for the seed.
    config_digest: Option<String>,
    /// How many trades, over all tapes.
    trades: u64,
    /// How many sessions.
    days: usize,
}

/// Everything the tapes gave.
struct Gathered {
    source: Source,
    measuring: Measuring,
    curves: Option<Curves>,
    metrics: Option<Vec<Metric>>,
}

/// Measures, prints, and writes the page if it is wanted.
pub(crate) fn facts(args: &Args, quiet: bool) -> Result<Done, Failure> {
    let meter = Meter::start();
    let runs = args.what.iter().filter(|path| is_run(path)).count();
    let gathered = match runs {
        _ if args.seeds.is_some() => scenario(args, quiet)?,
        0 => files(args)?,
        all if all == args.what.len() => self::runs(args, quiet)?,
        _ => {
            let expected = "runs, which are seeds of one market, or files of one tape; not both";
            return Err(Failure::Input(format!(
                "found {runs} runs among files, expected {expected}"
            )));
        }
    };
    let Gathered { source, measuring, curves, metrics } = gathered;
    if let Some(metrics) = metrics {
        return Ok(told::metrics(&source, &metrics));
    }
    let report = measuring.report(&null::cst::tape);
    if let (Some(file), Some(curves)) = (&args.html, curves) {
        write_page(file, &report, &source, curves)?;
    }
    let costs = told::Costs {
        wall_s: meter.wall_s(),
        cpu_s: meter.cpu_s(),
        peak_rss_bytes: peak_rss_bytes().unwrap_or(0),
    };
    let ended = if args.gate && report.verdict != Verdict::Pass {
        let verdict = report.verdict.name();
        Err(Failure::Check(format!("verdict: found {verdict}, expected PASS in every gate")))
    } else {
        Ok(())
    };
    let json = told::json(&report, &source, &costs);
    let text = told::text(&report, &source, args.html.as_deref());
    Ok(Done { json, text, ended })
}

/// A run is a folder or a journal; everything else is a file of a tape.
fn is_run(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|end| end == "pfj")
}

fn files(args: &Args) -> Result<Gathered, Failure> {
    if let Some(beside) = &args.beside {
        let expected = "a run, which has several instruments";
        return Err(Failure::Input(format!("--beside {beside}: found files, expected {expected}")));
    }
    let session = args.session.as_deref().map(session).transpose()?;
    if let Some(tick) = args.tick.filter(|tick| !(tick.is_finite() && *tick > 0.0)) {
        return Err(Failure::Input(format!("--tick: found {tick}, expected a price above 0")));
    }
    let options = Options { session, tick: args.tick, symbol: args.symbol.clone() };
    let read = tape::read(&args.what, &options);
    let tape = read.map_err(|error| match &error {
        pitfloor_data::error::DataError::World { source, .. } => {
            Failure::of_io(source, error.to_string())
        }
        pitfloor_data::error::DataError::Bad(_) => Failure::Input(error.to_string()),
    })?;
    // Files are called after what they are of: AMZN_2012-06-21_34200000_57600000_message_1.csv.
    let name = args.what[0].file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.map(|name| name.split(['_', '.']).next().unwrap_or_default().to_owned());
    let source = Source {
        files: names(&args.what),
        seeds: None,
        symbol: args.symbol.clone().or(name).unwrap_or_default(),
        config_digest: None,
        trades: 0,
        days: 0,
    };
    let mut gathered =
        Gathered { source, measuring: Measuring::default(), curves: None, metrics: None };
    gathered.take(&tape, args);
    Ok(gathered)
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.display().to_string()).collect()
}

/// `09:30-16:00` as nanoseconds after midnight.
fn session(text: &str) -> Result<(u64, u64), Failure> {
    let moment = |text: &str| {
        let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = parts.next().unwrap_or(Some(0))?;
        let fits = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
        fits.then_some((hour * 3_600 + minute * 60 + second) * 1_000_000_000)
    };
    let times = text.split_once('-').and_then(|(from, to)| Some((moment(from)?, moment(to)?)));
    times.filter(|(from, to)| from < to).ok_or_else(|| {
        let expected = "two times of a day, the first before the second, such as 09:30-16:00";
        Failure::Input(format!("--session: found {text:?}, expected {expected}"))
    })
}

/// A scenario run here, with one seed after the other; nothing of it is kept.
fn scenario(args: &Args, quiet: bool) -> Result<Gathered, Failure> {
    let refused = [
        ("--session", args.session.is_some()),
        ("--tick", args.tick.is_some()),
        ("--beside", args.beside.is_some()),
    ];
    if let Some((option, _)) = refused.iter().find(|(_, given)| *given) {
        return Err(Failure::Input(format!("{option}: found a scenario, expected runs or files")));
    }
    let [what] = args.what.as_slice() else {
        let found = format!("--seeds: found {} names, expected one scenario", args.what.len());
        return Err(Failure::Input(found));
    };
    let name = what.to_string_lossy();
    let mut gathered: Option<Gathered> = None;
    let seeds: Vec<u64> = (1..=args.seeds.unwrap_or(1)).collect();
    let bar = Progress::new(pitfloor_model::units::Span(seeds.len() as u64), quiet);
    for seed in &seeds {
        if interrupt::asked() {
            return Err(Failure::Interrupted);
        }
        let setting = Setting::by("--seeds", "seed", &seed.to_string());
        let scenario = builtin::scenario(Some(&name), &[setting])?;
        let instrument = match &args.symbol {
            None => InstrumentId(0),
            Some(symbol) => scenario.venue().find(symbol).ok_or_else(|| {
                Failure::Input(format!("--symbol {symbol}: found no such instrument in {name}"))
            })?,
        };
        let tape = pitfloor_calibration::market::tape(&scenario, instrument);
        let config = Config::of(name.to_string(), scenario.to_toml())?;
        let symbol = scenario.venue().instruments()[instrument.index()].symbol().to_owned();
        let gathered = gathered.get_or_insert_with(|| Gathered {
            source: Source {
                files: vec![name.to_string()],
                seeds: Some(seeds.clone()),
                symbol,
                config_digest: Some(config.digest()),
                trades: 0,
                days: 0,
            },
            measuring: Measuring::default(),
            curves: None,
            metrics: None,
        });
        gathered.take(&tape, args);
        bar.tell(Time(*seed), 0);
    }
    bar.end();
    Ok(gathered.expect("at least one seed"))
}

fn runs(args: &Args, quiet: bool) -> Result<Gathered, Failure> {
    let refused = [("--session", args.session.is_some()), ("--tick", args.tick.is_some())];
    if let Some((option, _)) = refused.iter().find(|(_, given)| *given) {
        let found = "found runs, expected files, which do not tell that by themselves";
        return Err(Failure::Input(format!("{option}: {found}")));
    }
    let mut gathered: Option<Gathered> = None;
    let mut first: Option<Config> = None;
    let mut seeds = Vec::new();
    // All headers before any replay: a run of another market is found out at once.
    let mut opened = Vec::new();
    for run in &args.what {
        let input = |error: &dyn std::fmt::Display| Failure::Input(error.to_string());
        let path = run_folder::journal_of(run).map_err(|error| input(&error))?;
        let reader = Reader::open(&path).map_err(|error| input(&error))?;
        let place = format!("{} (header)", path.display());
        let scenario = builtin::parse(&place, reader.header(), &[])?;
        let config = Config::of(run.display().to_string(), scenario.to_toml())?;
        if let Some(first) = &first {
            first.must_be(&config)?;
        }
        if let Some(again) = seeds.iter().position(|seed| *seed == scenario.seed()) {
            let found =
                format!("found seed {} as in {}", scenario.seed(), args.what[again].display());
            return Err(Failure::Input(format!("{}: {found}, expected another", run.display())));
        }
        seeds.push(scenario.seed());
        first.get_or_insert(config);
        opened.push((run, reader, scenario));
    }
    for (run, reader, scenario) in opened {
        let (symbol, tape) = watch(args, run, &reader, &scenario, quiet)?;
        let gathered = gathered.get_or_insert_with(|| Gathered {
            source: Source {
                files: names(&args.what),
                seeds: Some(seeds.clone()),
                symbol,
                config_digest: first.as_ref().map(Config::digest),
                trades: 0,
                days: 0,
            },
            measuring: Measuring::default(),
            curves: None,
            metrics: None,
        });
        gathered.take(&tape, args);
    }
    Ok(gathered.expect("at least one run was named"))
}

impl Gathered {
    /// Measures a tape, and lets it go.
    fn take(&mut self, tape: &Tape, args: &Args) {
        self.source.trades += tape.trades().count() as u64;
        self.source.days += tape.days.len();
        if let Some(list) = args.metrics {
            self.metrics.get_or_insert_with(|| match list {
                Metrics::GetReal => metrics::get_real(tape),
                Metrics::Lobbench => metrics::lobbench(tape),
            });
            return;
        }
        if args.html.is_some() {
            self.curves.get_or_insert_with(|| Curves::of(tape));
        }
        self.measuring.add(tape);
    }
}

/// The trades of a second instrument: when, and at which price.
struct Beside {
    instrument: InstrumentId,
    tick: f64,
    trades: Vec<(u64, f64)>,
}

/// One or two instruments of a run being replayed.
struct Watching {
    watch: Watch,
    instrument: InstrumentId,
    beside: Option<Beside>,
    offset_ns: u64,
}

impl Observer for Watching {
    fn saw(&mut self, seen: &Seen<'_>) {
        let at = seen.stamped.at;
        self.watch.see(seen.stamped, seen.events, seen.board.levels(self.instrument));
        let Some(Beside { instrument, tick, trades }) = &mut self.beside else { return };
        let there = seen.events.iter().filter_map(|event| event.trade());
        for trade in there.filter(|trade| trade.instrument == *instrument) {
            if trades.len() < TRADES_MAX {
                trades.push((self.offset_ns + at.0, trade.price.0 as f64 * *tick));
            }
        }
    }
}

/// The tape of one run, from its journal, and what it is of.
fn watch(
    args: &Args,
    run: &Path,
    reader: &Reader,
    scenario: &Scenario,
    quiet: bool,
) -> Result<(String, Tape), Failure> {
    let venue = scenario.venue().clone();
    let find = |option: &str, symbol: &str| {
        venue.find(symbol).ok_or_else(|| {
            let known: Vec<_> = venue.instruments().iter().map(|listed| listed.symbol()).collect();
            let expected = format!("one of {}", known.join(", "));
            Failure::Input(format!("{option}: found {symbol:?}, expected {expected}"))
        })
    };
    let instrument =
        args.symbol.as_deref().map_or(Ok(InstrumentId(0)), |symbol| find("--symbol", symbol))?;
    let beside = args.beside.as_deref().map(|symbol| find("--beside", symbol)).transpose()?;
    let definition = &venue.instruments()[instrument.index()];
    let offset_ns = scenario.start().clock_s(Time::ZERO) * 1_000_000_000;
    let tick_of = |id: InstrumentId| {
        venue.instruments()[id.index()].price_f64(pitfloor_model::units::Price(1))
    };
    let mut watching = Watching {
        watch: Watch::new(instrument, definition, offset_ns),
        instrument,
        beside: beside.map(|id| Beside { instrument: id, tick: tick_of(id), trades: Vec::new() }),
        offset_ns,
    };
    let mut replay = Replay::new(venue.clone());
    let progress = Progress::new(scenario.span(), quiet);
    for record in reader.records() {
        let refuse = |why: String| Failure::Input(format!("{}: {why}", reader.place()));
        let stamped = record.map_err(|damage| refuse(damage.to_string()))?;
        replay.step(&stamped, &mut watching).map_err(|broken| refuse(broken.to_string()))?;
        if stamped.seq.is_multiple_of(LOOK) {
            progress.tell(stamped.at, stamped.seq);
            if interrupt::asked() {
                return Err(Failure::Interrupted);
            }
        }
    }
    progress.end();
    let ended = ended(run, scenario)?.max(replay.exchange().now());
    let Watching { watch, beside, .. } = watching;
    let mut tape = watch.finish(ended);
    tape.companion = beside.map(|beside| beside.trades);
    Ok((definition.symbol().to_owned(), tape))
}

/// When a run ended: as its folder says; of a journal alone, as its scenario says.
fn ended(run: &Path, scenario: &Scenario) -> Result<Time, Failure> {
    let path = run.join(run_folder::SUMMARY);
    if !path.exists() {
        return Ok(Time(scenario.span().0));
    }
    let refuse = |why: String| Failure::Input(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| refuse(error.to_string()))?;
    let summary: Value =
        serde_json::from_str(&text).map_err(|error| refuse(format!("expected JSON: {error}")))?;
    let seconds = summary["virtual_s"].as_f64().unwrap_or(0.0);
    Ok(Time((seconds * 1e9).round() as u64))
}

/// The page appears whole or not at all.
fn write_page(
    file: &Path,
    report: &Report,
    source: &Source,
    curves: Curves,
) -> Result<(), Failure> {
    let book = Curves::of(&null::cst::tape(null::CST_SEEDS[0]));
    let page = Page {
        symbol: source.symbol.clone(),
        sources: source.files.clone(),
        seeds: source.seeds.clone().unwrap_or_default(),
        config_digest: source.config_digest.clone().unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        trades: source.trades,
        days: source.days,
        report,
        curves,
        null: book,
        notes: told::notes(report, source),
    };
    let world =
        |error: std::io::Error| Failure::of_io(&error, format!("{}: {error}", file.display()));
    let mut whole = pitfloor_store::whole::WholeFile::create(file).map_err(world)?;
    std::io::Write::write_all(&mut whole, page.html().as_bytes()).map_err(world)?;
    whole.finish().map_err(world)
}

#[cfg(test)]
mod tests {
    use super::session;

    #[test]
    fn a_session_is_two_times_of_a_day() {
        let second = 1_000_000_000;
        assert_eq!(session("09:30-16:00").unwrap(), (34_200 * second, 57_600 * second));
        assert_eq!(session("00:00:01-00:00:02").unwrap(), (second, 2 * second));
        for bad in ["", "09:30", "16:00-09:30", "09:30-24:00", "a:b-c:d", "1:2:3:4-5:6"] {
            let why = session(bad).unwrap_err().to_string();
            assert!(why.contains("--session") && why.contains("09:30-16:00"), "{bad}: {why}");
        }
    }
}

//! `pitfloor history`: recorded order flow through the exchange, alone or beside agents.

use crate::Done;
use crate::args::Lobster;
use crate::builtin;
use crate::fail::Failure;
use crate::interrupt;
use crate::meter::{Meter, peak_rss_bytes};
use crate::progress::Progress;
use crate::recording::{self, Keep, Recording};
use crate::report::Departed;
use pitfloor_data::error::DataError;
use pitfloor_data::history::departure::{self, Quote};
use pitfloor_data::history::{self, Executions, HistoryReport, Translator, TranslatorOptions};
use pitfloor_data::lobster::{BookReader, BookRow, MessageReader, TICK_TENTHOUSANDTHS};
use pitfloor_feed::level2;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::units::{InstrumentId, Span, Time};
use pitfloor_sim::history::Replay;
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Progress as Step, Seen};
use pitfloor_sim::scenario::Scenario;
use serde_json::{Value, json};
use std::path::Path;

/// The instrument that recorded flow trades in: the scenario's first.
const RECORDED: InstrumentId = InstrumentId(0);

/// How many stretches the recorded flow is handed to the kernel in.
const STRETCHES: u64 = 2_000;

/// LOBSTER files, compared or traded beside.
pub(crate) fn lobster(args: &Lobster, quiet: bool) -> Result<Done, Failure> {
    match &args.with {
        None => alone(args),
        Some(name) => beside(args, name, quiet),
    }
}

fn refused(error: DataError) -> Failure {
    match &error {
        DataError::World { source, .. } => Failure::of_io(source, error.to_string()),
        DataError::Bad(_) => Failure::Input(error.to_string()),
    }
}

/// The record by itself: the exchange is asked, and compared with what was recorded.
fn alone(args: &Lobster) -> Result<Done, Failure> {
    let record = history::Record {
        messages: args.messages.clone(),
        book: args.book.clone(),
        book_messages: args.book_messages.clone(),
        opening: args.opening.clone(),
    };
    let options = history::Options {
        symbol: args.symbol.clone(),
        tick: pitfloor_data::lobster::RecordedPrice(TICK_TENTHOUSANDTHS),
        executions: Executions::Aggressive,
        check: None,
    };
    let meter = Meter::start();
    let found = history::replay(&record, &options, &mut |_, _| {}).map_err(refused)?;
    let cpu_s = meter.cpu_s();
    let failures = found.failures();
    let mut json = as_json(&found);
    json["messages_per_cpu_s"] = json!(found.messages as f64 / cpu_s.max(1e-9));
    json["cpu_s"] = json!(cpu_s);
    json["wall_s"] = json!(meter.wall_s());
    json["peak_rss_bytes"] = json!(peak_rss_bytes());
    let text = told(&json, &failures);
    let ended = match failures.first() {
        Some(_) if args.check => {
            let unknown = found.states.is_some() && args.opening.is_none();
            let hint =
                "\nnothing was known of the book before the first message: --opening FILE tells it";
            let hint = if unknown { hint } else { "" };
            Err(Failure::Check(format!("{}{hint}", failures.join("\n"))))
        }
        _ => Ok(()),
    };
    Ok(Done { json, text, ended })
}

fn as_json(found: &HistoryReport) -> Value {
    json!({
        "messages": found.messages, "trades": found.trades,
        "hidden_executions": found.hidden_executions, "states": found.states,
        "states_equal": found.states_equal, "states_crossed": found.states_crossed,
        "rows": found.rows, "rows_equal": found.rows_equal, "levels": found.levels,
        "transitions": found.transitions,
        "transitions_inconsistent": found.transitions_inconsistent,
        "transitions_revealed": found.transitions_revealed, "aggressors": found.aggressors,
        "aggressors_same_maker": found.aggressors_same_maker, "skipped": found.skipped,
        "digest": found.digest.to_string(),
    })
}

/// One figure a line; what does not apply is left out.
fn told(json: &Value, failures: &[String]) -> String {
    let mut text = String::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        let shown = match value {
            Value::Null => continue,
            Value::Object(reasons) => {
                let reasons = reasons.iter().map(|(reason, count)| format!("{reason} {count}"));
                reasons.collect::<Vec<_>>().join(", ")
            }
            Value::Number(number) if number.is_f64() => {
                format!("{:.3}", number.as_f64().unwrap_or(0.0))
            }
            Value::String(word) => word.clone(),
            other => other.to_string(),
        };
        text += &format!("{:<26} {shown}\n", name.replace('_', " "));
    }
    if failures.is_empty() {
        text
    } else {
        format!("{text}\ndoes not hold:\n  {}\n", failures.join("\n  "))
    }
}

/// The record and the agents of a scenario, in one book.
fn beside(args: &Lobster, name: &str, quiet: bool) -> Result<Done, Failure> {
    let scenario = builtin::scenario(Some(name), &builtin::settings(&args.set)?)?;
    let opening = opening(args)?;
    let start = Span::secs(scenario.start().clock_s(Time::ZERO));
    suits(&scenario, name)?;
    let stem = args.messages.file_name().and_then(|name| name.to_str()).unwrap_or("record");
    let stem = stem.split('.').next().unwrap_or("record");
    let folder = format!("{stem}-with-{}-{}", scenario.name(), scenario.seed());
    let folder = recording::folder(args.out.as_deref(), &folder, args.force)?;
    let recorded = recorded_path(&scenario, &args.messages, start, opening.clone())?;

    let mut kernel = scenario.kernel();
    let makers = kernel.open_outside(&Endowment::unlimited());
    let takers = kernel.open_outside(&Endowment::unlimited());
    let options = TranslatorOptions {
        instrument: RECORDED,
        makers,
        takers,
        executions: Executions::Aggressive,
        start,
        opening,
    };
    let mut flow = Flow::open(&args.messages, options)?;
    for command in flow.translator.opening_orders() {
        kernel.inject(Time::ZERO, command);
    }
    let keep = Keep { history: true, report: true, live: false };
    let mut recording = (Recording::begin(&scenario, folder, keep)?, Quotes::default());
    let bar = Progress::new(scenario.span(), quiet);
    let end = Time(scenario.span().0);
    let stretch = Span((end.0 / STRETCHES).max(1));
    while kernel.now() < end && !interrupt::asked() && !recording.0.failed() {
        let until = end.min(kernel.now().after(stretch));
        flow.inject(&mut kernel, until)?;
        if let Step::Stopped(trigger) = kernel.run(until, &mut recording) {
            if !quiet {
                eprintln!("{}: ends the run at {}", kernel.triggers()[trigger].name, kernel.now());
            }
            break;
        }
        bar.tell(kernel.now(), recording.0.commands());
    }
    bar.end();
    let (recording, simulated) = recording;
    let departed = Departed {
        figures: departure::of_mids(&recorded, &simulated.0, kernel.now()),
        recorded,
        simulated: simulated.0,
    };
    let interrupted = interrupt::asked();
    recording.finish(kernel.now(), kernel.exchange(), Some(&departed), interrupted)
}

/// Recorded prices are on a grid of cents and shares come one by one: the scenario's first
/// instrument must be of the same make.
fn suits(scenario: &Scenario, name: &str) -> Result<(), Failure> {
    let first = &scenario.venue().instruments()[RECORDED.index()];
    let cents = first.tick().to_string() == "0.01" && first.lot().to_string() == "1";
    if cents {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "{name}: instrument[0]: found tick {} and lot {}, expected tick 0.01 and lot 1 as in the record",
        first.tick(),
        first.lot()
    )))
}

fn opening(args: &Lobster) -> Result<BookRow, Failure> {
    let Some(path) = args.opening.as_ref().or(args.book.as_ref()) else {
        return Ok(BookRow::default());
    };
    let (mut row, mut message) = (BookRow::default(), None);
    let found = BookReader::open(path).and_then(|mut book| book.read(&mut row)).map_err(refused)?;
    if found {
        message = MessageReader::open(&args.messages)
            .and_then(|mut messages| messages.next().transpose())
            .map_err(refused)?;
    }
    let Some(message) = message else { return Ok(BookRow::default()) };
    row.before(&message).map_err(|(found, expected)| {
        Failure::Input(format!("{}: line 1: found {found}, expected {expected}", path.display()))
    })
}

/// Recorded messages on their way into a market.
struct Flow {
    messages: MessageReader,
    translator: Translator,
    start: Span,
    next: Option<pitfloor_data::lobster::Message>,
    commands: Vec<Command>,
}

impl Flow {
    fn open(path: &Path, options: TranslatorOptions) -> Result<Self, Failure> {
        let mut messages = MessageReader::open(path).map_err(refused)?;
        let next = messages.next().transpose().map_err(refused)?;
        let start = options.start;
        let translator = Translator::new(options);
        Ok(Self { messages, translator, start, next, commands: Vec::new() })
    }

    /// The commands of the next message, if it comes at `until` or before.
    fn next(&mut self, until: Time) -> Result<Option<(Time, &[Command])>, Failure> {
        let at = |message: &pitfloor_data::lobster::Message| {
            Time(message.at.0.saturating_sub(self.start.0))
        };
        let Some(message) = self.next.take_if(|message| at(message) <= until) else {
            return Ok(None);
        };
        let at = at(&message);
        self.commands.clear();
        self.translator.translate(&message, &mut self.commands);
        self.next = self.messages.next().transpose().map_err(refused)?;
        Ok(Some((at, &self.commands)))
    }

    fn inject(&mut self, kernel: &mut Kernel, until: Time) -> Result<(), Failure> {
        while let Some((at, commands)) = self.next(until)? {
            for command in commands {
                kernel.inject(at, command.clone());
            }
        }
        Ok(())
    }
}

/// The best prices of the recorded instrument over time, as the agents' market shows them.
#[derive(Default)]
struct Quotes(Vec<Quote>);

impl Observer for Quotes {
    fn saw(&mut self, seen: &Seen<'_>) {
        if seen.board.moved().contains(&RECORDED) {
            self.0.push(quote(seen.stamped.at, seen.board.quote(RECORDED)));
        }
    }
}

fn quote(at: Time, quote: level2::Quote) -> Quote {
    Quote { at, bid: quote.bid.map(|(price, _)| price), ask: quote.ask.map(|(price, _)| price) }
}

/// The best prices over time when nobody trades beside the record.
fn recorded_path(
    scenario: &Scenario,
    messages: &Path,
    start: Span,
    opening: BookRow,
) -> Result<Vec<Quote>, Failure> {
    use pitfloor_model::units::AccountId;
    let (makers, takers) = (AccountId(0), AccountId(1));
    let executions = Executions::Recorded;
    let options =
        TranslatorOptions { instrument: RECORDED, makers, takers, executions, start, opening };
    let mut flow = Flow::open(messages, options)?;
    let (mut replay, mut path) = (Replay::new(scenario.venue().clone()), Quotes::default());
    let mut seq = 0;
    let mut apply = |at: Time, command: &Command| {
        let stamped = Stamped { seq, at, command: command.clone() };
        seq += 1;
        replay.step(&stamped, &mut path).map_err(|broken| Failure::Input(broken.to_string()))
    };
    for command in flow.translator.opening() {
        apply(Time::ZERO, &command)?;
    }
    let end = Time(scenario.span().0);
    while let Some((at, commands)) = flow.next(end)? {
        for command in commands {
            apply(at, command)?;
        }
    }
    Ok(path.0)
}

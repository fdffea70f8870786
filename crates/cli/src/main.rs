//! The command line of Pitfloor: arguments in, tables and files out.
//!
//! Results go to stdout, progress and remarks to stderr. Exit status: 0 done and all checks hold,
//! 1 a check does not hold, 2 bad usage or input, 3 the world failed, 130 interrupted.

mod account;
mod args;
mod bench;
mod bench_book;
mod bench_data;
mod bench_day;
mod bench_physics;
mod bench_rmsc;
mod builtin;
mod calibrate;
mod data;
mod ecology;
mod facts;
mod fail;
mod heap;
mod history;
mod interrupt;
mod list;
mod manual;
mod meter;
mod pace;
mod picture;
mod progress;
mod recording;
mod reference;
mod replay;
mod report;
mod risk;
mod run;
mod tables;
mod words;

use args::{Bench, Cli, Command, Ecology, History, Reference};
use clap::Parser;
use data::Data;
use fail::Failure;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not mistakes; everything else is status 2.
            let status = u8::try_from(error.exit_code()).unwrap_or(2);
            let _nobody_listens = error.print();
            return ExitCode::from(status);
        }
    };
    match carry_out(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pitfloor: {failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn carry_out(cli: &Cli) -> Result<(), Failure> {
    interrupt::listen()?;
    let (json, quiet) = (cli.json, cli.quiet);
    let run_by_default = Command::Run(args::Run::by_default());
    match cli.command.as_ref().unwrap_or(&run_by_default) {
        Command::Run(run) => {
            let done = run::run(run, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Replay(replay) => {
            let done = replay::replay(replay, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Account(args) => {
            let done = account::account(args)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Risk(args) => {
            let done = risk::risk(args)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Picture(args) => {
            let done = picture::picture(args)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::History(History::Lobster(lobster)) => {
            let done = history::lobster(lobster, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Facts(args) => {
            let done = facts::facts(args, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Data(Data::Generate(args)) => {
            let done = data::generate(args, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Data(Data::Prove(args)) => {
            let done = data::prove(args)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Reference(Reference::List) => say(&reference::list(json)),
        Command::Reference(Reference::Eval(eval)) => say(&reference::eval(eval)?),
        Command::Reference(Reference::Check(check)) => {
            let done = reference::check(check)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Calibrate(args) => {
            let done = calibrate::calibrate(args, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Ecology(Ecology::List) => say(&ecology::list(json)),
        Command::Ecology(Ecology::Run(run)) => say(&ecology::run(run)?),
        Command::Bench(Bench::Run(bench)) => say(&bench::run(bench, json, quiet)?),
        Command::Bench(Bench::Data(physics)) => {
            let done = bench_data::run(physics, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Bench(Bench::Physics(physics)) => {
            let done = bench_physics::run(physics, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Bench(Bench::Day(day)) => say(&bench_day::run(day, json, quiet)?),
        Command::Bench(Bench::Rmsc(bench)) => {
            let done = bench_rmsc::run(bench, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::Bench(Bench::Book(book)) => {
            let done = bench_book::run(book, quiet)?;
            say(&if json { done.json.to_string() } else { done.text })?;
            done.ended
        }
        Command::List(list) => say(&list::list(list, json)?),
        Command::Completions { shell } => say(&manual::completions(*shell)),
        Command::Man { folder } => manual::pages(folder),
    }
}

/// Prints a result. A reader that has gone away is no failure.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let text = text.trim_end_matches('\n');
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::World(format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}

/// What a command found out, in both forms, and whether its checks hold.
pub(crate) struct Done {
    /// One JSON object.
    pub(crate) json: serde_json::Value,
    /// The same for people.
    pub(crate) text: String,
    /// Whether the checks hold, and whether it came to its end.
    pub(crate) ended: Result<(), Failure>,
}

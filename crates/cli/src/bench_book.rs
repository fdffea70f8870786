//! `pitfloor bench book`: order books side by side on the same flow, with the work asserted.
//!
//! What is measured and what must come out lives in `pitfloor-workloads`; here is which flow, from
//! where, and how the result is told. A figure that differs is status 1 and no time is printed.

mod told;

use crate::Done;
use crate::args::{BenchBook, BookLoad};
use crate::fail::Failure;
use crate::interrupt;
use crate::meter::Clocks;
use pitfloor_store::WholeFile;
use pitfloor_workloads::file;
use pitfloor_workloads::measure::{Ended, Load, Measured, measure};
use pitfloor_workloads::record::Record;
use pitfloor_workloads::targets::{self, Target};
use pitfloor_workloads::workload::Workload;
use std::path::Path;

/// Rounds below which a gate would judge noise.
const GATE_ROUNDS_MIN: u32 = 5;

/// One flow and everything found out about it.
struct Row {
    /// What it is called: a workload's name, or `file`.
    name: String,
    /// The workload it is, whole.
    workload: Option<Workload>,
    messages: usize,
    file_sha256: String,
    measured: Measured,
    targets: Vec<Target>,
}

/// A flow, ready.
struct Flow {
    name: String,
    /// The workload it is, whole.
    workload: Option<Workload>,
    records: Vec<Record>,
    untimed: usize,
    sha256: String,
}

impl Flow {
    /// What is measured, and what must come out where that is known.
    fn load(&self) -> Load<'_> {
        let expected = self.workload.map(Workload::expected);
        Load { records: &self.records, untimed: self.untimed, expected }
    }
}

/// Measures and asserts; the answer is text and JSON.
pub(crate) fn run(args: &BenchBook, quiet: bool) -> Result<Done, Failure> {
    if args.gate && args.rounds < GATE_ROUNDS_MIN {
        let found = args.rounds;
        return Err(Failure::Input(format!(
            "--rounds: found {found}, expected at least {GATE_ROUNDS_MIN} with --gate"
        )));
    }
    let chosen = chosen(args)?;
    let rows = rows(args, &chosen, quiet)?;
    let known: Vec<(Workload, &Measured)> =
        rows.iter().filter_map(|row| Some((row.workload?, &row.measured))).collect();
    let together = targets::together(&known);
    let missed = missed(rows.iter().flat_map(|row| &row.targets).chain(&together));
    let several = args.workload.is_some_and(|load| single(load).is_none());
    Ok(Done {
        json: told::object(&rows, &together, several),
        text: told::text(&rows, &together),
        ended: if args.gate && !missed.is_empty() { Err(Failure::Check(missed)) } else { Ok(()) },
    })
}

/// The workloads asked for; none for a file that says itself what it is.
fn chosen(args: &BenchBook) -> Result<Vec<Option<Workload>>, Failure> {
    let Some(load) = args.workload else { return Ok(vec![None]) };
    if let Some(workload) = single(load) {
        return Ok(vec![Some(workload)]);
    }
    if args.file.is_some() || args.write.is_some() {
        let option = if args.file.is_some() { "--file" } else { "--write" };
        return Err(Failure::Input(format!("{option}: found several workloads, expected one")));
    }
    let all: &[Workload] = if load == BookLoad::All { &Workload::ALL } else { &Workload::PUB5 };
    Ok(all.iter().copied().map(Some).collect())
}

const fn single(load: BookLoad) -> Option<Workload> {
    Some(match load {
        BookLoad::W1 => Workload::W1,
        BookLoad::W2 => Workload::W2,
        BookLoad::W3 => Workload::W3,
        BookLoad::Normal => Workload::Normal,
        BookLoad::Static => Workload::Static,
        BookLoad::Swing25 => Workload::Swing25,
        BookLoad::Swing40 => Workload::Swing40,
        BookLoad::FlashCrash => Workload::FlashCrash,
        BookLoad::Pub5 | BookLoad::All => return None,
    })
}

/// Makes every flow, measures them all in turn and holds them against what is wanted.
fn rows(args: &BenchBook, chosen: &[Option<Workload>], quiet: bool) -> Result<Vec<Row>, Failure> {
    let say = |name: &str, what: &str| {
        if !quiet {
            eprintln!("{name}: {what}");
        }
    };
    let mut flows = Vec::new();
    for workload in chosen {
        let name = workload.map_or("file", Workload::name);
        say(name, if args.file.is_some() { "reading" } else { "generating" });
        let flow = flow(args, *workload)?;
        if let Some(path) = &args.write {
            write(&flow.records, path)?;
        }
        flows.push(flow);
    }
    let loads: Vec<Load<'_>> = flows.iter().map(Flow::load).collect();
    let mut of = 0;
    let measured = measure(&loads, args.rounds, &Clocks::start(), |which, what| {
        of = which;
        say(&flows[which].name, what);
        !interrupt::asked()
    });
    let measured = measured.map_err(|ended| match ended {
        Ended::Wrong(wrong) => Failure::Check(format!("{}: {wrong}", flows[of].name)),
        Ended::Stopped => Failure::Interrupted,
    })?;
    let row = |(flow, measured): (Flow, Measured)| {
        let of = |workload| targets::of(workload, &measured);
        let targets = flow.workload.map_or(Vec::new(), of);
        let Flow { name, workload, records, sha256, .. } = flow;
        Row { name, workload, messages: records.len(), file_sha256: sha256, measured, targets }
    };
    Ok(flows.into_iter().zip(measured).map(row).collect())
}

/// The flow asked for, from its generator or its file.
fn flow(args: &BenchBook, asked: Option<Workload>) -> Result<Flow, Failure> {
    let most = args.messages.map_or(usize::MAX, |most| most as usize);
    let (mut records, mut workload) = match &args.file {
        None => {
            let workload = asked.expect("without a file, a workload is required");
            (workload.records(most), asked)
        }
        Some(path) => from_file(path, asked)?,
    };
    let named = workload;
    records.truncate(most);
    // The beginning of a workload is not the workload: the naive book says what it comes to.
    workload = workload.filter(|workload| records.len() == workload.expected().records);
    let untimed = named.map_or(0, Workload::untimed);
    if records.len() <= untimed {
        let found = records.len();
        return Err(Failure::Input(match &args.file {
            Some(path) if args.messages.is_none() => {
                format!("{}: found {found} messages, expected at least 1", path.display())
            }
            _ => format!(
                "--messages: found {found}, expected more than {untimed}: \
                          those before are not timed"
            ),
        }));
    }
    let sha256 = file::sha256(&records);
    if let Some(workload) = workload {
        check_hash(workload, &sha256)?;
    }
    let name = named.map_or("file", Workload::name).to_owned();
    Ok(Flow { name, workload, records, untimed, sha256 })
}

/// The records of a file, and the workload that it is.
fn from_file(
    path: &Path,
    asked: Option<Workload>,
) -> Result<(Vec<Record>, Option<Workload>), Failure> {
    let place = path.display();
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::World(format!("{place}: cannot be read: {error}")))?;
    let refused = |refused: file::Refused| Failure::Input(format!("{place}: {refused}"));
    let records = file::read(&bytes).map_err(refused)?;
    file::playable(&records).map_err(refused)?;
    let sha256 = file::sha256(&records);
    if let Some(asked) = asked {
        check_hash(asked, &sha256)?;
    }
    Ok((records, Workload::of_file(&sha256)))
}

fn check_hash(workload: Workload, found: &str) -> Result<(), Failure> {
    let (name, expected) = (workload.name(), workload.expected().file_sha256);
    if found == expected {
        return Ok(());
    }
    Err(Failure::Check(format!("{name}: file_sha256: found {found}, expected {expected}")))
}

fn write(records: &[Record], path: &Path) -> Result<(), Failure> {
    let written = WholeFile::create(path).and_then(|mut whole| {
        file::write(records, &mut whole)?;
        whole.finish()
    });
    written.map_err(|error| Failure::of_io(&error, format!("{}: {error}", path.display())))
}

/// Each target that is not met, with what was found and what is wanted; empty when all are.
fn missed<'a>(targets: impl Iterator<Item = &'a Target>) -> String {
    let said = targets.filter(|target| !target.ok).map(|Target { name, value, limit, .. }| {
        let found = value.map_or("nothing measured".to_owned(), |value| format!("{value:.3}"));
        format!("{name}: found {found}, expected at most {limit}")
    });
    said.collect::<Vec<_>>().join("\n")
}

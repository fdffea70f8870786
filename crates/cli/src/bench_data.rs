//! `pitfloor bench data`: how fast recorded markets are read, with the work asserted.
//!
//! What is written, read and compared lives in `pitfloor_data::measure`; here is which format, and how
//! the result is told. A file that reads back otherwise than it was written is status 1 and has no rate.

use crate::Done;
use crate::args::BenchData;
use crate::fail::Failure;
use crate::interrupt;
use crate::meter::{Clocks, peak_rss_bytes};
use pitfloor_data::measure::{Format, Gauge, Rate, Unmeasured, measure};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Fewer messages say more about opening a file than about reading it.
const MESSAGES_MIN: u64 = 1_000;

impl Gauge for Clocks {
    fn cpu_ns(&self) -> u64 {
        pitfloor_workloads::measure::Gauge::cpu_ns(self)
    }
}

/// Writes, reads and compares; the answer is text and JSON.
pub(crate) fn run(args: &BenchData, quiet: bool) -> Result<Done, Failure> {
    if args.messages < MESSAGES_MIN {
        let found = args.messages;
        return Err(Failure::Input(format!(
            "--messages: found {found}, expected at least {MESSAGES_MIN}"
        )));
    }
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::World(format!("a folder for the files: {error}")))?;
    let clocks = Clocks::start();
    let (mut text, mut rows, mut missed) = (String::new(), Vec::new(), Vec::new());
    let _ = writeln!(
        text,
        "{:<10} {:>10} {:>12} {:>8} {:>8}  ",
        "format", "messages", "bytes", "M/s", "wanted"
    );
    for format in Format::ALL {
        if interrupt::asked() {
            return Err(Failure::Interrupted);
        }
        if !quiet {
            eprintln!("{}: {} messages, {} rounds", name(format), args.messages, args.rounds);
        }
        let rate = measure(format, args.messages, args.rounds, folder.path(), &clocks);
        let rate = rate.map_err(|why| match why {
            Unmeasured::Data(error) => Failure::World(error.to_string()),
            differs @ Unmeasured::Differs { .. } => Failure::Check(differs.to_string()),
        })?;
        let (found, wanted) = (rate.per_second() / 1e6, format.target() / 1_000_000);
        let met = rate.per_second() >= format.target() as f64;
        if !met {
            missed.push(format!("{}: found {found:.1} M/s, expected {wanted}", name(format)));
        }
        let _ = writeln!(
            text,
            "{:<10} {:>10} {:>12} {found:>8.1} {wanted:>8}  {}",
            name(format),
            rate.work.messages,
            rate.bytes,
            if met { "met" } else { "missed" }
        );
        rows.push(row(&rate, met));
    }
    let json =
        json!({ "formats": rows, "rounds": args.rounds, "peak_rss_bytes": peak_rss_bytes() });
    let gate = args.gate && !missed.is_empty();
    Ok(Done {
        json,
        text,
        ended: if gate { Err(Failure::Check(missed.join("\n"))) } else { Ok(()) },
    })
}

const fn name(format: Format) -> &'static str {
    match format {
        Format::Lobster => "lobster",
        Format::Itch => "itch",
        Format::Dbn => "dbn",
        Format::Parquet => "parquet",
    }
}

fn row(rate: &Rate, met: bool) -> Value {
    let work = &rate.work;
    json!({
        "format": name(rate.format), "messages": work.messages, "placed": work.placed,
        "reduced": work.reduced, "cancelled": work.cancelled, "bytes": rate.bytes,
        "messages_per_cpu_s": rate.per_second(), "wanted": rate.format.target(), "ok": met,
    })
}

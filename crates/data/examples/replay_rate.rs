//! How many recorded messages a second the exchange takes, reading included.
//!
//! `cargo run --release -p pitfloor-data --example replay_rate -- MESSAGES [OPENING] [BOOK]`

use pitfloor_data::history::{Executions, Options, Record, replay};
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn main() {
    let mut files = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(messages) = files.next() else {
        eprintln!("which message file?");
        std::process::exit(2);
    };
    let record =
        Record { messages, opening: files.next(), book: files.next(), ..Record::default() };
    for executions in [Executions::Recorded, Executions::Aggressive] {
        let options = Options { executions, ..Options::default() };
        for _ in 0..5 {
            let start = std::time::Instant::now();
            match replay(&record, &options, &mut |_, _| {}) {
                Ok(report) => {
                    let wall_s = start.elapsed().as_secs_f64();
                    let rate = report.messages as f64 / wall_s;
                    println!(
                        "{executions:?}: {} messages, {wall_s:.4} s, {rate:.0}/s",
                        report.messages
                    );
                }
                Err(error) => {
                    eprintln!("{error}");
                    std::process::exit(2);
                }
            }
        }
    }
}

//! How many recorded messages a processor reads in a second, with the work asserted.
//!
//! `cargo run --release -p pitfloor-data --example reading_rate -- [MESSAGES]`

use pitfloor_data::measure::{Format, Gauge, measure};
use std::time::Instant;

/// Wall time: the example has one thread and nothing else to do. `pitfloor bench` takes that of the
/// processor.
struct Wall(Instant);

impl Gauge for Wall {
    fn cpu_ns(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn main() {
    let messages = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2_000_000);
    let folder = std::env::temp_dir();
    let wall = Wall(Instant::now());
    for format in Format::ALL {
        match measure(format, messages, 5, &folder, &wall) {
            Ok(rate) => println!(
                "{format:?}: {} messages, {} bytes, {:.1} M/s, wanted {} M/s",
                rate.work.messages,
                rate.bytes,
                rate.per_second() / 1e6,
                format.target() / 1_000_000
            ),
            Err(error) => {
                eprintln!("{error}");
                std::process::exit(1);
            }
        }
    }
}

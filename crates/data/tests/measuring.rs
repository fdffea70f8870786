//! What is measured is what was written: a reader that loses an order gets no rate.

use pitfloor_data::measure::{Format, Gauge, measure};
use std::cell::Cell;

/// A clock that goes on by a second at each look.
struct Ticking(Cell<u64>);

impl Gauge for Ticking {
    fn cpu_ns(&self) -> u64 {
        self.0.set(self.0.get() + 1_000_000_000);
        self.0.get()
    }
}

#[test]
fn every_format_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let clock = Ticking(Cell::new(0));
        let rate = measure(format, 70_000, 2, folder.path(), &clock);
        let rate = rate.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((rate.work.messages, rate.cpu_ns), (70_000, 1_000_000_000), "{format:?}");
        assert_eq!(rate.per_second(), 70_000.0, "{format:?}");
        assert!(rate.work.placed > 30_000 && rate.work.prices > 0, "{:?}", rate.work);
        assert!(rate.bytes > 70_000 * 20, "{format:?} {}", rate.bytes);
        let orders = rate.work.placed + rate.work.reduced + rate.work.cancelled;
        assert_eq!(orders, 70_000, "{format:?}: each message is one command");
        assert!(format.target() >= 10_000_000);
    }
}

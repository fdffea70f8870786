//! The floor: reads a record, crosses one call, hands over one report. No book.
//!
//! What is left of a contestant's time above this is its own doing.

use super::Contestant;
use crate::figures::Standing;
use crate::record::{Kind, Record};
use crate::report::{Report, Reported, Sink};

/// Nothing to remember.
#[derive(Debug, Default)]
pub struct Floor;

impl Contestant for Floor {
    const NAME: &'static str = "floor";

    fn fresh() -> Self {
        Self
    }

    #[inline(never)]
    fn apply(&mut self, record: &Record, sink: &mut Sink) {
        let kind = match record.kind {
            Kind::New => Reported::New,
            Kind::Cancel => Reported::Cancelled,
            Kind::Modify => Reported::Modified,
        };
        let Record { side, qty, seq, id, price, .. } = *record;
        sink.tell(&Report::of(kind, seq, side, id, price, u64::from(qty)));
    }

    fn standing(&self) -> Option<Standing> {
        None
    }
}

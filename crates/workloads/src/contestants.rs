//! Who is measured: the same records in, the same reports out.
//!
//! * [`floor`]: no book at all, what any contestant pays;
//! * [`naive`]: what one writes first, from maps of queues;
//! * [`bare`]: the exchange's book under a plain loop, without rules;
//! * [`product`]: the exchange itself, through its public door, one by one and in slices.

pub mod bare;
pub mod floor;
pub mod ids;
pub mod naive;
pub mod product;

use crate::figures::Standing;
use crate::record::Record;
use crate::report::Sink;
use pitfloor_model::units::{Price, Qty, Side};
use std::any::Any;

/// An engine under measurement.
pub trait Contestant: Sized {
    /// What it is called in results.
    const NAME: &'static str;

    /// One that has seen nothing.
    fn fresh() -> Self;

    /// Carries out `record` and reports to `sink`.
    fn apply(&mut self, record: &Record, sink: &mut Sink);

    /// Carries out `records`, one after the other as a rule.
    fn apply_all(&mut self, records: &[Record], sink: &mut Sink) {
        for record in records {
            self.apply(record, sink);
        }
    }

    /// Who stands in its book; none when it has none.
    fn standing(&self) -> Option<Standing>;

    /// Its levels as they are now, to be read later while it goes on; none when it cannot.
    fn snapshot(&mut self) -> Option<Box<dyn Levels>> {
        None
    }
}

/// The levels of a book at one moment, whatever has happened since.
pub trait Levels: Any {
    /// The levels of `side`, best first: price and lots.
    fn levels(&self, side: Side) -> Vec<(Price, Qty)>;
}

//! The table: one row for each model.

mod bonds;

use crate::model::Model;

/// All parts of it.
pub const ALL: &[&[Model]] = &[bonds::MODELS];

use crate::given::Given;
use pitfloor_pricing::Outside;

/// Two lists of one length, side by side: the points of a curve.
fn points(
    given: &Given,
    times: &'static str,
    rates: &'static str,
) -> Result<Vec<(f64, f64)>, Outside> {
    let (left, right) = (given.numbers(times), given.numbers(rates));
    if left.len() != right.len() {
        let found = format!("{} with {} of {times}", right.len(), left.len());
        return Err(Outside::new(rates, found, "as many"));
    }
    Ok(left.into_iter().zip(right).collect())
}

//! The table: one row for each model.

mod bonds;
mod clearing;
mod credit;
mod dealers;
mod execution;
mod options;
mod queues;
mod rates;
mod risk;
mod rules;

use crate::given::Given;
use crate::model::Model;
use pitfloor_pricing::Outside;

/// All parts of it.
pub const ALL: &[&[Model]] = &[
    bonds::MODELS,
    clearing::MODELS,
    credit::MODELS,
    dealers::MODELS,
    execution::MODELS,
    options::MODELS,
    queues::MODELS,
    rates::MODELS,
    risk::MODELS,
    rules::MODELS,
];

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

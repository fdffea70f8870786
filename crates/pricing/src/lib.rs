//! What things are worth: options, bonds, curves, credit, risk figures.
//!
//! Pure functions of their arguments: no clock, no files, no dice but those named by a seed, and every
//! transcendental function from `libm`, so that a figure is the same on every machine. Numbers here
//! are floats; they meet the market's integers through one rounding door elsewhere. What lies
//! outside a model's domain is an [`Outside`] that names the field; a limit that exists (no time
//! left, no volatility) is a value.

pub mod bond;
pub mod credit;
pub mod numeric;
pub mod option;
pub mod process;
pub mod rates;
pub mod risk;

use thiserror::Error;

/// An argument outside its model's domain.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{field}: found {found}, expected {expected}")]
pub struct Outside {
    /// The argument, as the literature and `pitfloor reference` name it.
    pub field: &'static str,
    /// What was given.
    pub found: String,
    /// What is allowed.
    pub expected: &'static str,
}

impl Outside {
    /// `field` was `found`, and should have been `expected`.
    pub fn new(field: &'static str, found: impl ToString, expected: &'static str) -> Self {
        Self { field, found: found.to_string(), expected }
    }
}

/// `value` when it is finite and `holds`; otherwise what is wrong with it.
///
/// # Errors
///
/// [`Outside`] with the field's name.
pub fn within(
    field: &'static str,
    value: f64,
    holds: impl Fn(f64) -> bool,
    expected: &'static str,
) -> Result<f64, Outside> {
    if value.is_finite() && holds(value) {
        Ok(value)
    } else {
        Err(Outside::new(field, value, expected))
    }
}

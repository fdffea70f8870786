//! Market microstructure in closed form: what the papers say, one file per paper.
//!
//! Pure functions of their arguments: no clock, no files, no dice but those named by a seed, and every
//! transcendental function from `libm`, so that a figure is the same on every machine. Nothing here
//! knows a market: these are the numbers that a market is held against. Each file opens with its
//! source; each type says its units and domains. What lies outside a domain is an [`Outside`] that
//! names the field, as the paper names it; a limit that exists (no time, no risk aversion) is a value.

pub mod almgren_chriss;
pub mod avellaneda_stoikov;
pub mod cont_de_larrard;
pub mod cont_stoikov_talreja;
pub mod epps;
pub mod execution_quality;
pub mod fault_tolerance;
pub mod glosten_milgrom;
pub mod gueant;
pub mod hawkes;
pub mod impact;
pub mod kyle;
pub mod obizhaeva_wang;
pub mod performance;
pub mod pools;
pub mod proof;
pub mod queue_reactive;
pub mod risk_budget;
pub mod roll;
pub mod scoring_rule;
pub mod zero_intelligence;

pub use pitfloor_pricing::{Outside, within};

/// What a number above zero is called in a refusal.
const POSITIVE: &str = "a positive number";
/// What a number of at least zero is called in a refusal.
const NOT_NEGATIVE: &str = "a number of at least 0";
/// What a probability is called in a refusal.
const SHARE: &str = "a number from 0 to 1";

/// `value`, a finite number above zero.
fn positive(field: &'static str, value: f64) -> Result<f64, Outside> {
    within(field, value, |x| x > 0.0, POSITIVE)
}

/// `value`, a finite number of at least zero.
fn not_negative(field: &'static str, value: f64) -> Result<f64, Outside> {
    within(field, value, |x| x >= 0.0, NOT_NEGATIVE)
}

/// `value`, a probability or a share.
fn share(field: &'static str, value: f64) -> Result<f64, Outside> {
    within(field, value, |x| (0.0..=1.0).contains(&x), SHARE)
}

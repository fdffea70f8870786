//! The closed forms against the papers' figures, against themselves, and against bad input.
#![allow(missing_docs)]

mod books;
mod closed;
mod dealers;
mod informed;
mod orders;
mod portfolios;
mod proofs;

use pitfloor_theory::Outside;

/// Within so much.
#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "found {found}, expected {wanted}");
}

/// A refusal that names this field.
#[track_caller]
fn names<T: std::fmt::Debug>(answer: Result<T, Outside>, field: &str) {
    let refusal = answer.expect_err("it is refused");
    assert_eq!(refusal.field, field, "{refusal}");
    assert!(!refusal.found.is_empty() && !refusal.expected.is_empty(), "{refusal}");
}

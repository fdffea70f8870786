//! Rates, bonds and risk against what was published and what was measured.
#![allow(missing_docs)]

mod published;
mod treasury;

//! Instruments from their listing to their end, and members from their first contribution to their
//! default, at the exchange's door: orders, trades and the clearing house's acts together.
//!
//! The stories follow `docs/CLEARING.md`, kind by kind. `stage` is what they are played on: an
//! exchange whose accounts are added up from its events alone after every command (C-3). `differential`
//! plays random worlds beside the plain reference, which was written from the page alone.

mod bonds;
mod days;
mod defaults;
mod differential;
mod equity;
mod futures;
mod gate;
mod hunt;
mod pairs;
mod rights;
mod stage;
mod warrants;

//! The traders of the double-auction laboratory: each has units with private values or costs, deals
//! in one lot at a time, and differs from the others only in the rule by which it names a price.
//!
//! [`trader`] is what they share: units, waking, and hearing what is shouted and what trades. Each
//! other file is one rule: [`zi_c`] knows nothing but its budget, [`zip`] learns a margin, [`gd`]
//! forms beliefs from what was accepted, [`aa`] learns how aggressive to be.

pub mod aa;
pub mod gd;
#[cfg(test)]
mod pit;
pub mod trader;
pub mod zi_c;
pub mod zip;

//! Two markets without a memory, which every fact is held against.
//!
//! [`gaussian`] has independent normal returns; [`cst`] is a book that orders come to and leave at
//! rates that never change. A fact that one of them shows too says nothing about a market.

pub mod cst;
pub mod gaussian;

use crate::tape::Tape;

/// The seeds of the memoryless book.
pub const CST_SEEDS: [u64; 3] = [1, 2, 3];

/// The seed of the normal returns.
pub const GAUSSIAN_SEED: u64 = 1;

/// Where a tape of the memoryless book comes from, given a seed. [`cst::tape`] is one such place; the
/// same process through the real exchange is another.
pub type Source = dyn Fn(u64) -> Tape;

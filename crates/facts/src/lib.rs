//! Stylised facts: what real markets have in common, measured on any tape, simulated or recorded.
//!
//! [`estimator`] holds the measures, each a pure function with its source and its domain.
//! [`tape`] is the one shape that facts are computed from; [`watch`] fills it from a run's events,
//! and readers of recorded markets fill it from files. [`catalogue`] is the list of facts, one file
//! each, with the bands that real markets lie in. [`null`] makes the two markets without a memory
//! that every fact is held against, and [`verdict`] puts values over seeds, intervals, bands and
//! nulls together.
//!
//! Start reading at [`verdict::Report::of`].
//!
//! What this crate must never know: any file, any clock, the exchange. Floats live here and never go
//! back into the market; `libm`, fixed orders of summation and dice with a seed make every figure
//! the same everywhere.

pub mod builder;
pub mod catalogue;
pub mod curves;
pub mod dice;
pub mod estimator;
pub mod metrics;
pub mod null;
pub mod tape;
pub mod verdict;
pub mod watch;

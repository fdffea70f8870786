//! What a run amounts to: figures, series, profit and loss, stylised facts, and the report.
//!
//! Everything here is fed the commands of a run with their events, one after the other, and reads
//! nothing else; fed the same journal it writes the same report, byte for byte. What it keeps does
//! not grow with the run: series have a fixed number of buckets that double their width when a run
//! is longer than was foretold, samples have a named limit and say how many they are.
//!
//! Start reading at [`recorder::Recorder`], which feeds all the others, then
//! [`report::Report`], which is the page a person looks at.
//!
//! ```text
//! journal ─► Recorder::see ─┬─ summary   counts and figures per instrument
//!                           ├─ series    bars for charts
//!                           ├─ pnl       profit and loss per kind of agent
//!                           └─ sampling  mids on a clock grid, trade signs ─► facts
//!                                 └────────► Report ─► report.html
//! ```
//!
//! What this crate must never know: the exchange, any file, any clock. Floats live here and never
//! go back into the market; `libm` and fixed orders of summation make them the same everywhere.

pub mod census;
pub mod decisions;
pub mod exposure;
pub mod facts;
pub mod layering;
pub mod picture;
pub mod pnl;
pub mod recorder;
pub mod report;
pub mod sampling;
pub mod series;
#[cfg(test)]
mod story;
pub mod summary;

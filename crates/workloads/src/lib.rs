//! Order-book workloads, exactly: what is measured, against whom, and what must come out.
//!
//! A benchmark of a book is worth as much as the work that it asserts. Here are two families of
//! order flow that are defined to the last draw ([`lob1`], ours; [`pub5`], public), the figures,
//! digests and hashes that every correct engine must come to ([`expected`]), the engines that are
//! measured side by side ([`contestants`]), and how time is taken ([`measure`]).
//!
//! Start reading at [`workload::Workload`], then [`measure::measure`].
//!
//! What this crate must never know: a clock or an allocator. Whoever measures brings them
//! ([`measure::Gauge`]), so that the measuring itself can be tested.
//!
//! # Examples
//!
//! ```
//! use pitfloor_workloads::contestants::{Contestant, naive::Naive};
//! use pitfloor_workloads::{report::Sink, workload::Workload};
//!
//! let (mut naive, mut sink) = (Naive::fresh(), Sink::counting());
//! naive.apply_all(&Workload::W1.records(1_000), &mut sink);
//! let standing = naive.standing().expect("a book stands");
//! assert!(standing.best[0] < standing.best[1], "no bid meets an ask at rest");
//! ```

pub mod contestants;
pub mod digest;
pub mod expected;
pub mod figures;
pub mod file;
pub mod lob1;
pub mod measure;
pub mod mt19937;
pub mod pub5;
pub mod record;
pub mod report;
pub mod splitmix;
pub mod targets;
pub mod workload;

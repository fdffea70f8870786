//! Taking time: contestants in one process, round by round in turn, each with a fresh state.
//!
//! What a round came to is compared before its time counts: a figure that differs ends everything.
//! Time is that of the processor for this thread. Records are in memory before the clock starts,
//! and reports go to a sink that folds a digest. Ratios of one run are claims; the figures
//! themselves belong to the machine of the day.

mod latency;
mod snapshots;

pub use latency::Latency;
pub use snapshots::SnapshotRow;

use crate::contestants::Contestant;
use crate::contestants::bare::{Bare, Unviewed};
use crate::contestants::floor::Floor;
use crate::contestants::naive::Naive;
use crate::contestants::product::{Batched, Product};
use crate::expected::Expected;
use crate::figures::{Differs, Figures, Standing};
use crate::record::Record;
use crate::report::Sink;
use thiserror::Error;

/// The clocks and the allocator of whoever measures.
pub trait Gauge {
    /// Time of this thread on a processor, in nanoseconds.
    fn cpu_ns(&self) -> u64;

    /// Time on the wall, in nanoseconds since some moment.
    fn wall_ns(&self) -> u64;

    /// What this thread has asked of the allocator so far.
    fn heap(&self) -> Heap;
}

/// What a thread has asked of the allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// How many times.
    pub allocations: u64,
    /// How many bytes in all.
    pub bytes: u64,
    /// Bytes it has and has not given back; below zero when it gave back another's.
    pub in_use: i64,
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Load<'a> {
    /// What is asked.
    pub records: &'a [Record],
    /// How many of them, from the first, are carried out before time is taken.
    pub untimed: usize,
    /// What must come out, where that is known; otherwise the naive book says.
    pub expected: Option<&'static Expected>,
}

/// A history that is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{contestant}: {differs}")]
pub struct Wrong {
    /// Whose.
    pub contestant: &'static str,
    /// What is wrong with it.
    pub differs: Differs,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Ended {
    /// A history is not what it must be.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// Whoever asked no longer wants to know.
    #[error("stopped")]
    Stopped,
}

/// Everything that was found out about a load.
#[derive(Clone, Debug)]
pub struct Measured {
    /// What every book came to.
    pub figures: Figures,
    /// The SHA-256 of the report stream.
    pub report_sha256: String,
    /// How many records were timed.
    pub timed: usize,
    /// How many rounds there were.
    pub rounds: u32,
    /// The contestants, in the order of measuring.
    pub engines: Vec<Engine>,
    /// What snapshots cost the product; none when it has none.
    pub snapshots: Vec<SnapshotRow>,
    /// Nanoseconds of the processor per record for the bare book that can take no snapshots, the
    /// least of all rounds.
    pub unviewed_ns: f64,
}

/// What was found out about one contestant.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Its name.
    pub name: &'static str,
    /// Nanoseconds of the processor per record, the least of all rounds.
    pub ns_per_op: f64,
    /// The same, the median.
    pub ns_per_op_median: f64,
    /// Nanoseconds on the wall per record, the least of all rounds.
    pub wall_ns_per_op: f64,
    /// Single records.
    pub latency: Latency,
    /// Calls of the allocator per record in the last half of what is timed.
    pub allocations_per_op: f64,
    /// Bytes asked of the allocator per record, there.
    pub bytes_allocated_per_op: f64,
    /// Bytes in use per waiting order at the end; none without a book, or when nobody waits.
    pub bytes_per_live_order: Option<f64>,
}

impl Measured {
    /// The contestant of this name.
    ///
    /// # Panics
    ///
    /// When there is none: the names are those of the contestants.
    #[must_use]
    pub fn engine(&self, name: &str) -> &Engine {
        let found = self.engines.iter().find(|engine| engine.name == name);
        found.unwrap_or_else(|| panic!("{name} is a contestant"))
    }

    /// How many times as long the bare book takes because it could take snapshots, none taken.
    #[must_use]
    pub fn snapshots_ability(&self) -> f64 {
        self.engine("bare").ns_per_op / self.unviewed_ns
    }

    /// How many times as long `name` takes as `than`, by the least of all rounds.
    #[must_use]
    pub fn ratio(&self, name: &str, than: &str) -> f64 {
        self.engine(name).ns_per_op / self.engine(than).ns_per_op
    }
}

/// What one round of one contestant took.
#[derive(Clone, Copy, Debug)]
struct Round {
    cpu_ns: u64,
    wall_ns: u64,
    /// Asked of the allocator in the last half.
    late: Heap,
    /// In use at the end.
    in_use: i64,
    standing: Option<Standing>,
}

/// How many times as many rounds as asked for there are at the most.
pub const ROUNDS_MORE_MAX: u32 = 3;

/// A least that came down by no more than this part in as many rounds as asked for has settled.
const SETTLED: f64 = 0.01;

/// Measures `loads` and tells `progress` what comes next of which of them; goes on while it answers
/// true.
///
/// Each round takes all loads and all contestants in turn, so that a machine that is slow for a
/// while is slow for all of them. There are `rounds` rounds, and on until no contestant's least has
/// come down in as many again, or [`ROUNDS_MORE_MAX`] times as many have been.
///
/// # Errors
///
/// When a contestant does not come to what it must, and nothing about time is told then; or when
/// `progress` answers false.
///
/// # Panics
///
/// When there are no rounds, or nothing to time.
pub fn measure<G: Gauge>(
    loads: &[Load<'_>],
    rounds: u32,
    gauge: &G,
    mut progress: impl FnMut(usize, &str) -> bool,
) -> Result<Vec<Measured>, Ended> {
    let something = |load: &Load<'_>| load.untimed < load.records.len();
    assert!(rounds > 0 && loads.iter().all(something), "there is something to time");
    let mut begin = |of, what: &str| if progress(of, what) { Ok(()) } else { Err(Ended::Stopped) };
    let mut sittings: Vec<Sitting<'_>> = Vec::new();
    for (of, load) in loads.iter().enumerate() {
        begin(of, "comparing reports")?;
        sittings.push(Sitting::new(*load)?);
    }
    let contestants = contestants::<G>();
    let (mut number, mut settled) = (0, 0);
    while number < rounds || (settled < rounds && number < ROUNDS_MORE_MAX * rounds) {
        number += 1;
        settled += 1;
        for (of, sitting) in sittings.iter_mut().enumerate() {
            for (contestant, times) in contestants.iter().zip(&mut sitting.times) {
                begin(of, &format!("round {number}: {}", contestant.name))?;
                let round = (contestant.round)(sitting.load, gauge, &sitting.figures)?;
                let least = times.iter().map(|round| round.cpu_ns).min().unwrap_or(0);
                if (round.cpu_ns as f64) < least as f64 * (1.0 - SETTLED) {
                    settled = 0;
                }
                times.push(round);
            }
        }
    }
    sittings.into_iter().enumerate().map(|(of, done)| done.end(gauge, |s| begin(of, s))).collect()
}

/// All that are timed, in turn. The last stands for itself alone in no table: it is the bare book
/// that can take no view.
fn contestants<G: Gauge>() -> [Entry<G>; CONTESTANTS] {
    [
        Entry::of::<Floor>(),
        Entry::of::<Naive>(),
        Entry::of::<Product>(),
        Entry::of::<Batched>(),
        Entry::of::<Bare>(),
        Entry::of::<Unviewed>(),
    ]
}

const CONTESTANTS: usize = 6;

/// A load while it is measured.
struct Sitting<'a> {
    load: Load<'a>,
    figures: Figures,
    report_sha256: String,
    /// The rounds of each contestant.
    times: [Vec<Round>; CONTESTANTS],
}

impl<'a> Sitting<'a> {
    fn new(load: Load<'a>) -> Result<Self, Wrong> {
        let (figures, report_sha256) = conformance(load)?;
        Ok(Self { load, figures, report_sha256, times: Default::default() })
    }

    /// What is measured once, and everything put together.
    fn end<G: Gauge>(
        self,
        gauge: &G,
        mut begin: impl FnMut(&str) -> Result<(), Ended>,
    ) -> Result<Measured, Ended> {
        let Self { load, figures, report_sha256, times } = self;
        let timed = load.records.len() - load.untimed;
        let [shown @ .., unviewed] = &times;
        let rounds = unviewed.len() as u32;
        let mut engines = Vec::new();
        for (contestant, times) in contestants::<G>().iter().zip(shown) {
            begin(&format!("single operations: {}", contestant.name))?;
            let latency = (contestant.latency)(load, gauge);
            engines.push(engine(contestant.name, times, latency, timed));
        }
        begin("snapshots")?;
        let snapshots = snapshots::rows::<Product, G>(load, gauge);
        let unviewed = unviewed.iter().map(|round| round.cpu_ns).min().unwrap_or(0);
        let unviewed_ns = unviewed as f64 / timed as f64;
        Ok(Measured { figures, report_sha256, timed, rounds, engines, snapshots, unviewed_ns })
    }
}

/// What of a contestant is called through pointers: once a round, not once a record.
struct Entry<G> {
    name: &'static str,
    round: fn(Load<'_>, &G, &Figures) -> Result<Round, Wrong>,
    latency: fn(Load<'_>, &G) -> Latency,
}

impl<G: Gauge> Entry<G> {
    fn of<C: Contestant>() -> Self {
        Self { name: C::NAME, round: round::<C, G>, latency: latency::of::<C, G> }
    }
}

/// What every book must come to: the reports of the naive book and of the product, whole.
///
/// # Errors
///
/// When either differs from what is expected or from the other.
pub fn conformance(load: Load<'_>) -> Result<(Figures, String), Wrong> {
    let (figures, stream) = reports::<Naive>(load.records);
    let known: Vec<(&'static str, &str)> =
        load.expected.map_or(Vec::new(), |expected| expected.figures.to_vec());
    let expected_stream = load.expected.map_or(stream.as_str(), |known| known.report_sha256);
    compare(Naive::NAME, &figures, &known)?;
    compare_stream(Naive::NAME, &stream, expected_stream)?;
    let (found, product_stream) = reports::<Product>(load.records);
    compare(Product::NAME, &found, &known)?;
    compare(Product::NAME, &found, &figures.all())?;
    compare_stream(Product::NAME, &product_stream, expected_stream)?;
    Ok((figures, stream))
}

/// What a contestant with a book comes to, and the SHA-256 of its report stream.
///
/// # Panics
///
/// When it has no book.
#[must_use]
pub fn reports<C: Contestant>(records: &[Record]) -> (Figures, String) {
    let (mut contestant, mut sink) = (C::fresh(), Sink::writing());
    contestant.apply_all(records, &mut sink);
    let standing = contestant.standing().expect("a contestant with a book");
    (Figures::of(sink.told(), &standing), sink.into_sha256())
}

fn compare(
    contestant: &'static str,
    figures: &Figures,
    expected: &[(&'static str, &str)],
) -> Result<(), Wrong> {
    match figures.first_difference(expected) {
        Some(differs) => Err(Wrong { contestant, differs }),
        None => Ok(()),
    }
}

fn compare_stream(contestant: &'static str, found: &str, expected: &str) -> Result<(), Wrong> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (found.to_owned(), expected.to_owned());
    Err(Wrong { contestant, differs: Differs { figure: "report_sha256", found, expected } })
}

fn round<C: Contestant, G: Gauge>(
    load: Load<'_>,
    gauge: &G,
    expected: &Figures,
) -> Result<Round, Wrong> {
    let (before, timed) = load.records.split_at(load.untimed);
    let (early, late) = timed.split_at(timed.len() / 2);
    let empty = gauge.heap();
    let (mut contestant, mut sink) = (C::fresh(), Sink::counting());
    contestant.apply_all(before, &mut sink);

    let (wall, cpu) = (gauge.wall_ns(), gauge.cpu_ns());
    contestant.apply_all(early, &mut sink);
    let half = gauge.heap();
    contestant.apply_all(late, &mut sink);
    let (cpu_ns, wall_ns) = (gauge.cpu_ns() - cpu, gauge.wall_ns() - wall);

    let end = gauge.heap();
    let standing = contestant.standing();
    match &standing {
        Some(standing) => {
            compare(C::NAME, &Figures::of(sink.told(), standing), &expected.all())?;
        }
        None => {
            let (found, records) = (sink.told().reports(), load.records.len() as u64);
            let told = (found != records).then(|| Differs {
                figure: "reports",
                found: found.to_string(),
                expected: records.to_string(),
            });
            told.map_or(Ok(()), |differs| Err(Wrong { contestant: C::NAME, differs }))?;
        }
    }
    let late = Heap {
        allocations: end.allocations - half.allocations,
        bytes: end.bytes - half.bytes,
        in_use: end.in_use - half.in_use,
    };
    Ok(Round { cpu_ns, wall_ns, late, in_use: end.in_use - empty.in_use, standing })
}

fn engine(name: &'static str, rounds: &[Round], latency: Latency, timed: usize) -> Engine {
    let ops = timed as f64;
    let mut cpu: Vec<u64> = rounds.iter().map(|round| round.cpu_ns).collect();
    cpu.sort_unstable();
    let wall_ns = rounds.iter().map(|round| round.wall_ns).min().unwrap_or(0);
    let last = rounds[rounds.len() - 1];
    let late_ops = (timed - timed / 2) as f64;
    let live = last.standing.map(|standing| standing.live).filter(|live| *live > 0);
    Engine {
        name,
        ns_per_op: cpu[0] as f64 / ops,
        ns_per_op_median: cpu[cpu.len() / 2] as f64 / ops,
        wall_ns_per_op: wall_ns as f64 / ops,
        latency,
        allocations_per_op: last.late.allocations as f64 / late_ops,
        bytes_allocated_per_op: last.late.bytes as f64 / late_ops,
        bytes_per_live_order: live.map(|live| last.in_use as f64 / live as f64),
    }
}

//! Processes held against what is known of them exactly: moments, autocorrelations, option prices.
//!
//! [`prove`] draws many paths of a process from a seed and returns a [`Row`] for each figure that has
//! a closed form: what it is, what the paths gave, and how far the two are apart. The paths come from
//! `pricing::process`, the closed forms from papers, and neither knows of the other. Every figure is
//! the mean of one number a path, so that its standard error is that of independent draws. A figure
//! whose error would have no meaning, because a moment is infinite, is left out.

mod clusters;
mod flow;
mod prices;
mod together;

use crate::Outside;
use pitfloor_pricing::process::Estimate;
use pitfloor_pricing::process::named::{self, Process};

/// How many standard errors a figure may be off.
pub const ERRORS_MOST: f64 = 4.0;
/// The least paths: below, nobody knows how large an error is.
pub const PATHS_LEAST: usize = 100;
/// The most paths.
pub const PATHS_MOST: usize = 10_000_000;
/// What is rounding and no error, as a share.
const ROUNDING: f64 = 1e-9;
/// What is rounding where nothing is exact.
const NOTHING: f64 = 1e-24;

/// What stands beside the processes that are named in `pricing`, at parameters of its own.
pub const OTHERS: [&str; 4] = ["basket", "curve", "hawkes", "noise"];

/// A figure, exact and found.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Of which process.
    pub process: &'static str,
    /// What it is.
    pub figure: String,
    /// The closed form.
    pub exact: f64,
    /// What the paths gave.
    pub found: Estimate,
}

impl Row {
    /// How far the two are apart, in standard errors; none when nothing was left to chance.
    #[must_use]
    pub fn errors(&self) -> Option<f64> {
        let error = self.found.standard_error;
        (error > self.rounding()).then(|| (self.found.value - self.exact).abs() / error)
    }

    /// Whether they are within [`ERRORS_MOST`] of each other.
    #[must_use]
    pub fn holds(&self) -> bool {
        let most = ERRORS_MOST * self.found.standard_error + self.rounding();
        (self.found.value - self.exact).abs() <= most
    }

    fn rounding(&self) -> f64 {
        ROUNDING * self.exact.abs() + NOTHING
    }
}

/// All names that [`prove`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    named::ALL.iter().map(|kind| kind.name).chain(OTHERS)
}

/// The rows of the process `name`, from `paths` paths of `seed`. `said` sets parameters of a process
/// that is named in `pricing`; the others have parameters of their own.
///
/// # Errors
///
/// [`Outside`], naming `process`, `paths` or a parameter.
pub fn prove(
    name: &str,
    said: impl Fn(&str) -> Option<f64>,
    paths: usize,
    seed: u64,
) -> Result<Vec<Row>, Outside> {
    if !(PATHS_LEAST..=PATHS_MOST).contains(&paths) {
        return Err(Outside::new("paths", paths, "100 to 10000000 paths"));
    }
    if let Some(kind) = named::find(name) {
        let process = kind.make(said)?;
        return Ok(of(kind.name, &process, paths, seed));
    }
    match name {
        "basket" => Ok(together::basket(paths, seed)),
        "curve" => Ok(together::curve(paths, seed)),
        "hawkes" => Ok(flow::hawkes(paths, seed)),
        "noise" => Ok(flow::noise(paths, seed)),
        _ => Err(Outside::new("process", name, "the name of a process")),
    }
}

fn of(name: &'static str, process: &Process, paths: usize, seed: u64) -> Vec<Row> {
    let mut rows = Rows { process: name, rows: Vec::new() };
    match process {
        Process::Gbm(law) => prices::gbm(&mut rows, law, paths, seed),
        Process::Merton(law) => prices::merton(&mut rows, law, paths, seed),
        Process::Heston(law) => prices::heston(&mut rows, law, paths, seed),
        Process::Ou(law) => prices::ou(&mut rows, law, paths, seed),
        Process::Garch(law) => clusters::garch(&mut rows, law, paths, seed),
        Process::Regimes(law) => clusters::regimes(&mut rows, law, paths, seed),
    }
    rows.rows
}

/// Rows being filled.
struct Rows {
    process: &'static str,
    rows: Vec<Row>,
}

impl Rows {
    const fn of(process: &'static str) -> Self {
        Self { process, rows: Vec::new() }
    }

    /// One more: the mean of `draws`, one a path.
    fn put(&mut self, figure: &str, exact: f64, draws: impl Iterator<Item = f64>) {
        let found = Estimate::of(&draws.collect::<Vec<_>>());
        self.rows.push(Row { process: self.process, figure: figure.to_owned(), exact, found });
    }
}

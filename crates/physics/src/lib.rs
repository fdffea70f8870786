//! What theory says of markets, held against the real book and its event loop.
//!
//! Some markets can be solved: how often a queue empties before another, what a dealer earns, how
//! wide a spread becomes when nobody knows anything. Here such markets are played, message by
//! message, through the kernel and the exchange, and what comes out is held against the solution. No
//! formula stands in for the market anywhere: formulas are only what it is compared with.
//!
//! An [`Experiment`] is a list of [`Case`]s; a case plays a market from a seed and gives [`Row`]s:
//! what was found, what is exact, and how far apart the two may be. What is drawn at random is held
//! to four standard errors. A case that fails is played once more with the next seed, and both are
//! shown ([`Outcome`]).
//!
//! Start reading at [`EXPERIMENTS`]. What this crate must never know: how the book works inside.

mod dealer;
mod epps;
pub mod estimate;
mod exact;
mod hawkes;
mod null;
mod pit;
mod queue;
mod race;
mod zero;

pub use null::{Null, NullMarket};

/// A law of markets that can be tried.
pub struct Experiment {
    /// How the list calls it.
    pub id: &'static str,
    /// One line: what is held against what.
    pub about: &'static str,
    /// What is to be played, at this share of the full length.
    pub cases: fn(f64) -> Vec<Case>,
}

/// One market to be played.
pub struct Case {
    /// What is played.
    pub name: String,
    play: Box<dyn Fn(u64) -> Vec<Row>>,
}

/// One figure of a market, beside what it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which figure.
    pub what: String,
    /// What the market gave.
    pub found: f64,
    /// What it should give.
    pub expected: f64,
    /// How far from it it may be.
    pub within: f64,
    /// The standard error of what was found, where chance is all there is between the two.
    pub error: Option<f64>,
}

/// What a case came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The seed, and what it gave.
    pub first: (u64, Vec<Row>),
    /// The same of the next seed, when the first failed.
    pub again: Option<(u64, Vec<Row>)>,
}

/// Everything that can be tried.
pub static EXPERIMENTS: &[Experiment] = &[
    Experiment {
        id: "V-50",
        about: "Avellaneda & Stoikov's dealer earns and holds what the exact law says",
        cases: dealer::avellaneda_stoikov,
    },
    Experiment {
        id: "V-51",
        about: "which way the mid moves, and who trades before it does, in a birth-death book",
        cases: race::cases,
    },
    Experiment {
        id: "V-52",
        about: "queues away from the best prices are M/M/∞, and the best one is a reflected walk",
        cases: queue::cases,
    },
    Experiment {
        id: "V-53",
        about: "two correlated prices seem less so the closer one looks (Epps)",
        cases: epps::cases,
    },
    Experiment {
        id: "V-54",
        about: "Roll's spread from prices alone is the spread, in a memoryless book",
        cases: null::roll,
    },
    Experiment {
        id: "V-55",
        about: "the spread of zero intelligence, against its mean-field law",
        cases: zero::cases,
    },
    Experiment {
        id: "V-57",
        about: "self-exciting flow comes at its rate and in its bursts",
        cases: hawkes::cases,
    },
    Experiment {
        id: "GLFT",
        about: "a dealer with bounds never leaves them, and trades as often as his distances say",
        cases: dealer::glft,
    },
    Experiment {
        id: "null",
        about: "what a memoryless book shows by itself, and with split orders",
        cases: null::columns,
    },
];

/// How many standard errors chance is given.
pub(crate) const ERRORS: f64 = 4.0;

impl Case {
    pub(crate) fn new(name: String, play: impl Fn(u64) -> Vec<Row> + 'static) -> Self {
        Self { name, play: Box::new(play) }
    }

    /// Plays it from `seed`, and once more from the next one when a row fails.
    #[must_use]
    pub fn outcome(&self, seed: u64) -> Outcome {
        let first = (self.play)(seed);
        let again = (!first.iter().all(Row::holds)).then(|| (seed + 1, (self.play)(seed + 1)));
        Outcome { first: (seed, first), again }
    }
}

impl Outcome {
    /// True when all rows hold, of the first seed or of the next.
    #[must_use]
    pub fn holds(&self) -> bool {
        let (_, last) = self.again.as_ref().unwrap_or(&self.first);
        !last.is_empty() && last.iter().all(Row::holds)
    }

    /// All that was played, with its seed.
    pub fn played(&self) -> impl Iterator<Item = &(u64, Vec<Row>)> {
        std::iter::once(&self.first).chain(&self.again)
    }
}

impl Row {
    /// True when what was found is as near to what should be as it must. What is not a number is not.
    #[must_use]
    pub fn holds(&self) -> bool {
        (self.found - self.expected).abs() <= self.within
    }

    /// Something drawn at random, of standard error `error`.
    pub(crate) fn drawn(what: impl Into<String>, found: f64, expected: f64, error: f64) -> Self {
        let within = ERRORS * error;
        Self { what: what.into(), found, expected, within, error: Some(error) }
    }

    /// Something that lies between `low` and `high`.
    pub(crate) fn band(what: impl Into<String>, found: f64, low: f64, high: f64) -> Self {
        let (expected, within) = (f64::midpoint(low, high), (high - low) / 2.0);
        Self { what: what.into(), found, expected, within, error: None }
    }

    /// A share of `n` draws that are true with probability `p`.
    pub(crate) fn share(what: impl Into<String>, found: f64, p: f64, n: f64) -> Self {
        Self::drawn(what, found, p, libm::sqrt(p * (1.0 - p) / n))
    }
}

/// `whole` times `scale`, at least `least`.
pub(crate) fn scaled(whole: u64, scale: f64, least: u64) -> u64 {
    ((whole as f64 * scale) as u64).max(least)
}

//! The list of facts: one file each, with its estimator, its band and what it takes to be judged.
//!
//! A fact is measured on one tape and says a few figures, the first of which is its value; figures
//! with a band are judged. What a tape does not tell, or tells too little of, leaves the fact void
//! with the reason. Start reading at [`FACTS`].
//!
//! Sources of the eleven facts of returns: Cont (2001), Quantitative Finance 1, 223–236. Those of
//! the microstructure name theirs.

mod f01_linear;
mod f02_tails;
mod f03_asymmetry;
mod f04_aggregation;
mod f05_intermittency;
mod f06_clustering;
mod f07_conditional_tails;
mod f08_slow_decay;
mod f09_leverage;
mod f10_volume;
mod f11_time_scales;
mod m01_sign_memory;
mod m02_splitting;
mod m03_impact;
mod m04_decay;
mod m05_response;
mod m06_spread_volatility;
mod m07_spread_law;
mod m08_placement;
mod m09_shape;
mod m10_best_volume;
mod m11_sizes;
mod m12_arrivals;
mod m13_excitation;
mod m14_day;
mod m15_epps;
mod m16_roll;
mod m17_imbalance;
mod m18_cancels;
mod m19_signature;

pub(crate) use m05_response::answers;
pub(crate) use m14_day::shares as day_shares;

use crate::estimator::bootstrap;
use crate::tape::Tape;

/// Every fact, in the order of the report.
pub const FACTS: [Fact; 30] = [
    f01_linear::FACT,
    f02_tails::FACT,
    f03_asymmetry::FACT,
    f04_aggregation::FACT,
    f05_intermittency::FACT,
    f06_clustering::FACT,
    f07_conditional_tails::FACT,
    f08_slow_decay::FACT,
    f09_leverage::FACT,
    f10_volume::FACT,
    f11_time_scales::FACT,
    m01_sign_memory::FACT,
    m02_splitting::FACT,
    m03_impact::FACT,
    m04_decay::FACT,
    m05_response::FACT,
    m06_spread_volatility::FACT,
    m07_spread_law::FACT,
    m08_placement::FACT,
    m09_shape::FACT,
    m10_best_volume::FACT,
    m11_sizes::FACT,
    m12_arrivals::FACT,
    m13_excitation::FACT,
    m14_day::FACT,
    m15_epps::FACT,
    m16_roll::FACT,
    m17_imbalance::FACT,
    m18_cancels::FACT,
    m19_signature::FACT,
];

/// A regularity of real markets.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its short name, such as `F1`.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// How it is estimated, in a line.
    pub estimator: &'static str,
    /// Where it and its band come from.
    pub source: &'static str,
    /// What it takes to be judged.
    pub minimum: &'static str,
    /// What its verdict counts for.
    pub class: Class,
    /// Measures it on a tape.
    pub measure: fn(&Tape, Ask) -> Measured,
}

/// What the verdict of a fact counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A market that means to be real must show it.
    Gate,
    /// The same, for markets of the kind that is named.
    GateWhere(&'static str),
    /// What must hold in a machine of known rates, and only there: a test of the engine.
    Engine,
    /// Printed; nothing depends on it.
    Report,
}

/// How a fact is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The seed of the draws for its interval; none: no interval is wanted.
    pub draws: Option<u64>,
}

/// What a tape says of a fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Its figures; the first is its value.
    pub parts: Vec<Part>,
    /// How many observations the value rests on.
    pub n: u64,
    /// Why it may not be judged; none when it may.
    pub void: Option<Void>,
    /// The value in samples drawn again from this one.
    pub draws: Vec<f64>,
}

/// Why a fact may not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Void {
    /// The tape tells it, but too little.
    Short(String),
    /// It cannot be told from such a tape.
    Untold(String),
}

/// A figure of a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is, such as `Hill 5%`.
    pub name: String,
    /// The figure; none when the sample allows none.
    pub value: Option<f64>,
    /// Where real markets lie, both ends included; infinite where an end is open.
    pub band: Option<(f64, f64)>,
}

/// The figure is more than nothing, by however little.
pub(crate) const ABOVE_ZERO: (f64, f64) = (f64::MIN_POSITIVE, f64::INFINITY);

/// Returns it takes before a fact about them is judged.
pub(crate) const RETURNS_MIN: usize = 2_000;

/// Trades it takes before a fact about their order is judged.
pub(crate) const TRADES_MIN: usize = 20_000;

/// The usual step of returns, in seconds.
pub(crate) const STEP_S: usize = 10;

impl Measured {
    /// Nothing yet, from so many observations.
    pub(crate) fn from(n: usize) -> Self {
        Self { n: n as u64, ..Self::default() }
    }

    /// A tape like this one cannot tell, for the reason given.
    pub(crate) fn untold(why: &str) -> Self {
        Self { void: Some(Void::Untold(why.to_owned())), ..Self::default() }
    }

    /// Adds a figure that is judged.
    pub(crate) fn judged(mut self, name: &str, value: Option<f64>, band: (f64, f64)) -> Self {
        self.parts.push(Part { name: name.to_owned(), value: finite(value), band: Some(band) });
        self
    }

    /// Adds a figure that is only told.
    pub(crate) fn told(mut self, name: impl Into<String>, value: Option<f64>) -> Self {
        self.parts.push(Part { name: name.into(), value: finite(value), band: None });
        self
    }

    /// It takes `least` of `what`; there are `found`. The first reason stays.
    pub(crate) fn at_least(mut self, found: usize, least: usize, what: &str) -> Self {
        if found < least && self.void.is_none() {
            self.void = Some(Void::Short(format!("{found} {what}, it takes {least}")));
        }
        self
    }

    /// Draws `values` again for the interval of the value.
    pub(crate) fn drawn(
        mut self,
        ask: Ask,
        values: &[f64],
        estimate: impl Fn(&[f64]) -> Option<f64>,
    ) -> Self {
        if let Some(seed) = ask.draws {
            let mut sample = Vec::with_capacity(values.len());
            let sample = std::cell::RefCell::new(&mut sample);
            self.draws = bootstrap::draws(values.len(), seed, |places| {
                let mut sample = sample.borrow_mut();
                sample.clear();
                sample.extend(places.iter().map(|place| values[*place]));
                estimate(&sample)
            });
        }
        self
    }

    /// Draws places again, for a value that needs several series at once.
    pub(crate) fn drawn_places(
        mut self,
        ask: Ask,
        n: usize,
        estimate: impl Fn(&[usize]) -> Option<f64>,
    ) -> Self {
        if let Some(seed) = ask.draws {
            self.draws = bootstrap::draws(n, seed, estimate);
        }
        self
    }

    /// The value: the first figure.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.parts.first().and_then(|part| part.value)
    }

    /// The figure called `name`.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<f64> {
        self.parts.iter().find(|part| part.name == name).and_then(|part| part.value)
    }

    /// Whether all judged figures lie in their bands; none when one has no value, or none is judged.
    #[must_use]
    pub fn holds(&self) -> Option<bool> {
        let mut judged = self.parts.iter().filter_map(|part| Some((part.value, part.band?)));
        let first = judged.next()?;
        let mut all = true;
        for (value, (low, high)) in std::iter::once(first).chain(judged) {
            all &= (low..=high).contains(&value?);
        }
        Some(all)
    }
}

impl Class {
    /// As the report says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gate => "Gate",
            Self::GateWhere(_) => "Gate where",
            Self::Engine => "Gate (engine)",
            Self::Report => "Report",
        }
    }
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// The sizes of returns over steps of [`STEP_S`], the pattern of the day taken out where there are
/// days enough to know it.
pub(crate) fn sizes_flat(tape: &Tape) -> Vec<f64> {
    let days: Vec<Vec<f64>> = tape
        .returns_by_day(STEP_S)
        .unwrap_or_default()
        .into_iter()
        .map(|day| day.into_iter().map(f64::abs).collect())
        .collect();
    crate::estimator::season::deseasonalised(&days, 300 / STEP_S).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_there_once_and_says_all_of_itself() {
        let ids: Vec<&str> = FACTS.iter().map(|fact| fact.id).collect();
        let expected: Vec<String> =
            (1..=11).map(|n| format!("F{n}")).chain((1..=19).map(|n| format!("M{n}"))).collect();
        assert_eq!(ids, expected);
        for fact in &FACTS {
            let texts = [fact.name, fact.estimator, fact.source, fact.minimum];
            assert!(texts.iter().all(|text| !text.is_empty()), "{}", fact.id);
        }
    }

    /// Nothing in, nothing judged: an empty tape is void in every fact, and none breaks on it.
    #[test]
    fn an_empty_tape_is_void_in_every_fact() {
        for fact in &FACTS {
            let found = (fact.measure)(&Tape::default(), Ask { draws: Some(1) });
            assert!(found.void.is_some(), "{} judges nothing", fact.id);
            assert!(found.holds() != Some(true), "{} holds of nothing", fact.id);
        }
    }

    #[test]
    fn a_fact_holds_when_all_its_judged_figures_do() {
        let found = Measured::from(9).judged("a", Some(1.0), (0.0, 1.0)).told("b", None);
        assert_eq!((found.holds(), found.value(), found.part("b")), (Some(true), Some(1.0), None));
        let one_out = found.clone().judged("c", Some(2.0), (0.0, 1.0));
        assert_eq!(one_out.holds(), Some(false));
        assert_eq!(found.judged("d", Some(f64::NAN), (0.0, 1.0)).holds(), None);
        let short = Measured::from(9).at_least(9, 10, "days").at_least(1, 2, "trades");
        assert_eq!(short.void, Some(Void::Short("9 days, it takes 10".to_owned())));
    }
}

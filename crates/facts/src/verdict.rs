//! The realism report: every fact over every seed, with intervals, bands, nulls and verdicts.
//!
//! A run of the report measures the tapes it is given (several seeds of one ecology, or one real
//! tape), and in the same run the two nulls; nothing is stored. Start reading at [`Report::of`].

use crate::catalogue::{Ask, Class, FACTS, Fact, Measured, Part, Void};
use crate::dice::Dice;
use crate::estimator::{bootstrap, median};
use crate::null::{self, CST_SEEDS, GAUSSIAN_SEED};
use crate::tape::{Noted, Tape};

/// How a value lies in its band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The median over seeds lies in the band, and at least four seeds in five do.
    Pass,
    /// Too little to judge, or told by no such tape. Never a pass.
    Void,
    /// Only the median does.
    Weak,
    /// Neither.
    Fail,
}

/// What share of the seeds must hold for a pass.
const SEEDS_SHARE: f64 = 0.8;

/// A tape that is silent for more than this share of its sessions judges nothing.
const SILENT_MAX: f64 = 0.1;

/// The seed of the draws for intervals.
const DRAWS_SEED: u64 = 1;

/// A fact, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Which.
    pub fact: &'static Fact,
    /// The median of its value over seeds.
    pub value: Option<f64>,
    /// The least and the most over seeds.
    pub range: Option<(f64, f64)>,
    /// Where 95% of the values lie that could as well have come.
    pub ci95: Option<(f64, f64)>,
    /// The band of its value.
    pub band: Option<(f64, f64)>,
    /// Its figures, each the median over seeds.
    pub parts: Vec<Part>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is void.
    pub void: Option<Void>,
    /// Observations behind the value, the fewest of a seed.
    pub n: u64,
    /// How many seeds hold.
    pub seeds_hold: usize,
    /// What the nulls say.
    pub gaussian: Null,
    /// The same.
    pub cst: Null,
    /// A null passes too, so the fact says nothing about this market.
    pub not_evidence: bool,
}

/// What a null says of a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Null {
    /// Its value, the median over its seeds; none where it cannot tell.
    pub value: Option<f64>,
    /// Whether the null would pass.
    pub passes: bool,
}

/// The whole report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Every fact, in the catalogue's order.
    pub facts: Vec<Judged>,
    /// The worst of the facts that are gates.
    pub verdict: Verdict,
    /// M1, F1, M5 and M19 together: does liquidity answer to flow that can be foretold?
    pub conjunction: Verdict,
    /// How many tapes.
    pub seeds: usize,
    /// What was seen and not used, over all tapes.
    pub noted: Vec<Noted>,
}

/// Measures tapes one by one, so that only one of them need be in memory.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    /// By seed, by fact.
    seeds: Vec<Vec<Measured>>,
    gaussian: Vec<Vec<Measured>>,
    noted: Vec<Noted>,
}

impl Measuring {
    /// Measures `tape`, and a normal null as long and as wild.
    pub fn add(&mut self, tape: &Tape) {
        let seed = self.seeds.len() as u64;
        let ask = Ask { draws: Some(DRAWS_SEED + seed) };
        let silent = tape.silent_share();
        let measured = FACTS.iter().map(|fact| {
            let mut found = (fact.measure)(tape, ask);
            if silent > SILENT_MAX && found.void.is_none() {
                let share = libm::round(silent * 100.0);
                let why = format!("the tape is silent for {share}% of its sessions");
                found.void = Some(Void::Short(why));
            }
            found
        });
        self.seeds.push(measured.collect());
        self.noted.push(tape.noted);
        if let Some(null) = null::gaussian::tape(tape, GAUSSIAN_SEED + seed) {
            self.gaussian.push(measured_null(&null));
        }
    }

    /// The report, with the memoryless book from `cst`.
    #[must_use]
    pub fn report(self, cst: &null::Source) -> Report {
        let books: Vec<Vec<Measured>> =
            CST_SEEDS.iter().map(|seed| measured_null(&cst(*seed))).collect();
        let facts: Vec<Judged> = FACTS
            .iter()
            .enumerate()
            .map(|(place, fact)| {
                let of = |rows: &[Vec<Measured>]| -> Vec<Measured> {
                    rows.iter().map(|row| row[place].clone()).collect()
                };
                judge(fact, &of(&self.seeds), &of(&self.gaussian), &of(&books))
            })
            .collect();
        let verdict = worst(facts.iter().filter(|judged| judged.fact.class == Class::Gate));
        let together = ["M1", "F1", "M5", "M19"];
        let conjunction = worst(facts.iter().filter(|judged| together.contains(&judged.fact.id)));
        Report { facts, verdict, conjunction, seeds: self.seeds.len(), noted: self.noted }
    }
}

impl Report {
    /// The report on `tapes`, with the compact memoryless book as its null.
    #[must_use]
    pub fn of(tapes: &[Tape]) -> Self {
        let mut measuring = Measuring::default();
        tapes.iter().for_each(|tape| measuring.add(tape));
        measuring.report(&null::cst::tape)
    }

    /// The fact called `id`.
    #[must_use]
    pub fn fact(&self, id: &str) -> Option<&Judged> {
        self.facts.iter().find(|judged| judged.fact.id == id)
    }
}

impl Verdict {
    /// As the report says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Void => "VOID",
            Self::Weak => "WEAK",
            Self::Fail => "FAIL",
        }
    }
}

fn measured_null(tape: &Tape) -> Vec<Measured> {
    FACTS.iter().map(|fact| (fact.measure)(tape, Ask { draws: None })).collect()
}

/// The worst verdict; a fact that no such tape can tell is left out, and nothing at all is void.
fn worst<'a>(facts: impl Iterator<Item = &'a Judged>) -> Verdict {
    let told = facts.filter(|judged| !matches!(judged.void, Some(Void::Untold(_))));
    told.map(|judged| judged.verdict).max().unwrap_or(Verdict::Void)
}

fn judge(
    fact: &'static Fact,
    seeds: &[Measured],
    gaussian: &[Measured],
    cst: &[Measured],
) -> Judged {
    let values: Vec<f64> = seeds.iter().filter_map(Measured::value).collect();
    let parts = parts(seeds);
    let held = seeds.iter().filter(|seed| seed.holds() == Some(true)).count();
    let void = seeds.iter().find_map(|seed| seed.void.clone());
    let judged = parts.iter().filter(|part| part.band.is_some());
    let within = |part: &Part| {
        let (low, high) = part.band.expect("it is judged");
        part.value.is_some_and(|value| (low..=high).contains(&value))
    };
    let (any, median_holds) =
        judged.fold((false, true), |(_, all), part| (true, all && within(part)));
    let unknown = parts.iter().any(|part| part.band.is_some() && part.value.is_none());
    let void = void.or_else(|| {
        (!any || unknown).then(|| Void::Short("the sample allows no estimate".to_owned()))
    });
    let verdict = if void.is_some() {
        Verdict::Void
    } else if !median_holds {
        Verdict::Fail
    } else if held as f64 >= SEEDS_SHARE * seeds.len() as f64 {
        Verdict::Pass
    } else {
        Verdict::Weak
    };
    let (gaussian, cst) = (of_null(gaussian), of_null(cst));
    let evidence = matches!(fact.class, Class::Engine) || !(gaussian.passes || cst.passes);
    Judged {
        fact,
        value: median(&values),
        range: values.iter().copied().reduce(f64::min).zip(values.iter().copied().reduce(f64::max)),
        ci95: interval(seeds),
        band: parts.first().and_then(|part| part.band),
        parts,
        verdict,
        void,
        n: seeds.iter().map(|seed| seed.n).min().unwrap_or(0),
        seeds_hold: held,
        gaussian,
        cst,
        not_evidence: !evidence,
    }
}

/// Every figure, the median over seeds.
fn parts(seeds: &[Measured]) -> Vec<Part> {
    let first = seeds.iter().max_by_key(|seed| seed.parts.len());
    let of = |part: &Part| {
        let values: Vec<f64> = seeds.iter().filter_map(|seed| seed.part(&part.name)).collect();
        Part { value: median(&values), ..part.clone() }
    };
    first.map_or_else(Vec::new, |first| first.parts.iter().map(of).collect())
}

/// 95% of what the median over seeds could have been: seeds drawn again, each with a draw of its own.
fn interval(seeds: &[Measured]) -> Option<(f64, f64)> {
    let drawn: Vec<&[f64]> =
        seeds.iter().map(|seed| seed.draws.as_slice()).filter(|d| !d.is_empty()).collect();
    if drawn.len() <= 1 {
        return drawn.first().and_then(|draws| bootstrap::interval(draws));
    }
    let mut dice = Dice::new(DRAWS_SEED);
    let medians: Vec<f64> = (0..bootstrap::DRAWS_MAX)
        .filter_map(|_| {
            let sample: Vec<f64> = (0..drawn.len())
                .map(|_| {
                    let seed = drawn[dice.below(drawn.len())];
                    seed[dice.below(seed.len())]
                })
                .collect();
            median(&sample)
        })
        .collect();
    bootstrap::interval(&medians)
}

/// A null is not asked whether it is long enough: it passes when its figures lie in the bands.
fn of_null(seeds: &[Measured]) -> Null {
    let values: Vec<f64> = seeds.iter().filter_map(Measured::value).collect();
    let held = seeds.iter().filter(|seed| seed.holds() == Some(true)).count();
    Null { value: median(&values), passes: held * 2 > seeds.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(value: f64) -> Measured {
        Measured::from(5_000).judged("value", Some(value), (0.0, 1.0))
    }

    fn verdict(values: &[f64]) -> Verdict {
        let seeds: Vec<Measured> = values.iter().map(|value| seed(*value)).collect();
        judge(&FACTS[0], &seeds, &[], &[]).verdict
    }

    #[test]
    fn four_seeds_in_five_pass_fewer_are_weak_and_a_median_outside_fails() {
        assert_eq!(verdict(&[0.5, 0.5, 0.5, 0.5, 2.0]), Verdict::Pass);
        assert_eq!(verdict(&[0.5, 0.5, 0.5, 2.0, 2.0]), Verdict::Weak);
        assert_eq!(verdict(&[0.5, 0.5, 2.0, 2.0, 2.0]), Verdict::Fail);
        assert_eq!(verdict(&[0.5]), Verdict::Pass, "a real tape is one seed");
        assert_eq!(verdict(&[]), Verdict::Void, "nothing is no pass");
    }

    #[test]
    fn a_seed_that_is_too_short_makes_all_void_and_the_value_is_still_told() {
        let seeds = [seed(0.5), seed(0.25).at_least(5, 10, "trades")];
        let judged = judge(&FACTS[0], &seeds, &[], &[]);
        assert_eq!(judged.verdict, Verdict::Void);
        assert_eq!(judged.void, Some(Void::Short("5 trades, it takes 10".to_owned())));
        assert_eq!((judged.value, judged.range), (Some(0.375), Some((0.25, 0.5))));
    }

    #[test]
    fn a_fact_that_a_null_shows_too_is_no_evidence() {
        let with = |null: f64| judge(&FACTS[0], &[seed(0.5)], &[seed(null)], &[]);
        assert!(with(0.3).not_evidence && with(0.3).gaussian.passes);
        assert!(!with(3.0).not_evidence);
        assert_eq!(with(3.0).cst, Null::default(), "no null, no figure");
    }

    #[test]
    fn the_whole_is_as_good_as_its_worst_gate() {
        let judged = |value, void: Option<Void>| {
            let mut one = judge(&FACTS[0], &[seed(value)], &[], &[]);
            if void.is_some() {
                (one.void, one.verdict) = (void, Verdict::Void);
            }
            one
        };
        let short = || Some(Void::Short("few".to_owned()));
        let untold = || Some(Void::Untold("never".to_owned()));
        let of = |facts: &[Judged]| worst(facts.iter());
        assert_eq!(of(&[judged(0.5, None), judged(2.0, None)]), Verdict::Fail);
        assert_eq!(of(&[judged(0.5, None), judged(0.5, short())]), Verdict::Void);
        assert_eq!(of(&[judged(0.5, None), judged(0.5, untold())]), Verdict::Pass);
        assert_eq!(of(&[]), Verdict::Void);
    }

    /// The nulls are markets too: the report on the memoryless book says what is known of it.
    #[test]
    fn the_memoryless_book_fails_where_it_has_no_memory() {
        let report = Report::of(&[null::cst::tape(11)]);
        let fact = |id: &str| report.fact(id).expect("it is there");
        assert!(fact("M1").cst.value.is_some_and(|h| (0.46..0.54).contains(&h)));
        assert!(!fact("M1").cst.passes && !fact("F6").cst.passes && !fact("M12").cst.passes);
        assert!(fact("M17").cst.passes && fact("M17").not_evidence, "queues foretell there too");
        assert!(fact("M16").value.is_some_and(|share| (share - 1.0).abs() < 0.15));
        assert_eq!(fact("M16").verdict, Verdict::Pass);
        assert_eq!(fact("M1").verdict, Verdict::Void, "15 000 trades are too few");
        let (low, high) = fact("M1").ci95.expect("an interval");
        assert!(low < high && low > 0.4 && high < 0.6);
        assert!(report.fact("F2").unwrap().gaussian.value.unwrap().abs() < 0.5);
        assert_eq!(report.facts.len(), 30);
        let gaussian = fact("M19").gaussian;
        assert!(gaussian.passes, "a fair game spreads out as one: {gaussian:?}");
    }
}

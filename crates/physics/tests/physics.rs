//! Every experiment, short enough for every commit. `pitfloor bench physics` plays them in full.
#![allow(missing_docs)]

use pitfloor_physics::{Case, EXPERIMENTS, Outcome, Row};

/// The share of the full length; what is drawn at random is then known seven times less well.
const SHORT: f64 = 0.02;

fn cases(id: &str, scale: f64) -> Vec<Case> {
    let found = EXPERIMENTS.iter().find(|experiment| experiment.id == id);
    (found.unwrap_or_else(|| panic!("{id} is one of the experiments")).cases)(scale)
}

fn told(case: &Case, outcome: &Outcome) -> String {
    let line = |(seed, row): (&u64, &Row)| format!("{}: seed {seed}: {row:?}\n", case.name);
    outcome
        .played()
        .flat_map(|(seed, rows)| rows.iter().map(move |row| line((seed, row))))
        .collect()
}

fn hold(id: &str) {
    let cases = cases(id, SHORT);
    assert!(!cases.is_empty());
    for case in cases {
        let outcome = case.outcome(1);
        assert!(outcome.holds(), "{}", told(&case, &outcome));
    }
}

#[test]
fn avellaneda_and_stoikovs_dealer() {
    hold("V-50");
}

#[test]
fn which_way_the_mid_moves() {
    hold("V-51");
}

#[test]
fn how_long_queues_are() {
    hold("V-52");
}

#[test]
fn how_close_one_must_look_for_two_prices_to_part() {
    hold("V-53");
}

#[test]
fn what_rolls_estimator_says() {
    hold("V-54");
}

#[test]
fn how_wide_nobody_who_knows_anything_quotes() {
    hold("V-55");
}

#[test]
fn how_bursts_come() {
    hold("V-57");
}

#[test]
fn a_dealer_with_bounds() {
    hold("GLFT");
}

#[test]
fn what_is_no_evidence() {
    hold("null");
}

/// The net catches: what one queue more at the ask would make of it is not what is found.
#[test]
fn a_race_is_told_from_its_neighbour() {
    let cases = cases("V-51", 0.2);
    let found = |place: usize| {
        let Outcome { first: (_, rows), .. } = cases[place].outcome(1);
        rows[0].clone()
    };
    for place in [0, 6, 18] {
        let (here, next) = (found(place), found(place + 1));
        assert!(here.holds() && next.holds());
        assert!((here.found - next.expected).abs() > here.within, "{here:?} against {next:?}");
    }
}

#[test]
fn a_seed_finds_the_same_again_and_another_something_else() {
    for case in cases("V-52", 0.01) {
        let play = |seed| case.outcome(seed).first.1;
        assert_eq!(play(3), play(3), "{}", case.name);
        assert_ne!(play(3), play(4), "{}", case.name);
    }
}

#[test]
fn what_is_not_a_number_does_not_hold() {
    let row = |found| {
        let what = "a figure".to_owned();
        Row { what, found, expected: 1.0, within: 0.5, error: None }
    };
    assert!(row(1.5).holds() && row(0.5).holds());
    assert!(!row(1.51).holds() && !row(f64::NAN).holds() && !row(f64::INFINITY).holds());
    let rows = |found| (1, vec![row(1.0), row(found)]);
    let failed = Outcome { first: rows(9.0), again: Some(rows(9.0)) };
    assert!(!failed.holds());
    assert!(Outcome { first: rows(9.0), again: Some(rows(1.0)) }.holds(), "the next seed counts");
    assert!(
        !Outcome { first: (1, Vec::new()), again: None }.holds(),
        "nothing found holds nothing"
    );
}

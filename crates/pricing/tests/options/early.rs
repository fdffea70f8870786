//! Early exercise: the tree as published, the grid against it, and what must always hold.

use super::european::any_right;
use super::{call, near, option, put};
use pitfloor_pricing::option::Vanilla;
use pitfloor_pricing::option::american::{american_option, may_be_exercised_early};
use pitfloor_pricing::option::binomial::{Style, binomial_crr};
use pitfloor_pricing::option::black_scholes::price;
use proptest::prelude::*;

/// Hull's example: five months, 50 at 50.
#[test]
fn the_textbooks_tree() {
    let terms = put([50.0, 50.0, 0.1, 0.0, 5.0 / 12.0]);
    for (steps, expected) in
        [(5, 4.488_459), (30, 4.263_427), (50, 4.272_021), (100, 4.278_059), (500, 4.283_021)]
    {
        near(binomial_crr(&terms, 0.4, steps, Style::American).unwrap(), expected, 5e-7);
    }
}

#[test]
fn a_published_put_at_two_lengths_of_time() {
    let american =
        |time| american_option(&put([40.0, 40.0, 0.0488, 0.0, time]), 0.2, 50.0).unwrap().american;
    near(american(213.0 / 365.0), 1.990_820, 2e-5);
    // Seven months, which the source prints as 0.5833 of a year.
    near(american(7.0 / 12.0), 1.990_50, 2e-5);
}

#[test]
fn a_european_tree_tends_to_the_formula() {
    let terms = call([100.0, 110.0, 0.05, 0.02, 1.0]);
    let exact = price(&terms, 0.3).unwrap();
    let off = |steps| {
        let found = binomial_crr(&terms, 0.3, steps, Style::European).unwrap();
        (found - exact).abs()
    };
    assert!(off(2_000) < 2e-3 && off(100) < 4e-2, "{} {}", off(2_000), off(100));
}

/// Merton 1973: nobody throws away a call without dividends or a put without interest.
#[test]
fn exercise_that_never_pays_is_worth_nothing() {
    for terms in [call([100.0, 90.0, 0.05, 0.0, 1.0]), put([100.0, 120.0, 0.0, 0.03, 1.0])] {
        assert!(!may_be_exercised_early(&terms));
        let found = american_option(&terms, 0.3, 50.0).unwrap();
        assert_eq!((found.american, found.bermudan), (found.european, found.european));
    }
    for terms in [call([100.0, 90.0, 0.05, 0.08, 1.0]), put([100.0, 120.0, 0.05, 0.0, 1.0])] {
        assert!(may_be_exercised_early(&terms));
        let found = american_option(&terms, 0.3, 50.0).unwrap();
        assert!(found.american > found.bermudan && found.bermudan > found.european + 0.1);
    }
}

/// With negative interest a put may be held at both ends: the grid knows no single boundary.
#[test]
fn negative_rates_give_two_boundaries() {
    let terms = put([100.0, 110.0, -0.01, -0.06, 5.0]);
    let found = american_option(&terms, 0.1, 50.0).unwrap();
    let tree = |steps| binomial_crr(&terms, 0.1, steps, Style::American).unwrap();
    near(found.american, 0.5 * (tree(2_000) + tree(2_001)), 2e-3);
    assert!(found.american > found.european + 0.01);
}

#[test]
fn certain_ends() {
    let expired = american_option(&put([36.0, 40.0, 0.06, 0.0, 0.0]), 0.2, 50.0).unwrap();
    assert_eq!((expired.american, expired.bermudan, expired.european), (4.0, 4.0, 4.0));
    assert_eq!(
        binomial_crr(&put([36.0, 40.0, 0.06, 0.0, 0.0]), 0.2, 10, Style::American).unwrap(),
        4.0
    );
    // A put that loses by waiting is exercised now; dates are only later.
    let calm = american_option(&put([36.0, 40.0, 0.06, 0.0, 1.0]), 0.0, 50.0).unwrap();
    assert_eq!(calm.american, 4.0);
    near(calm.bermudan, 40.0 * (-0.06_f64 / 50.0).exp() - 36.0, 1e-12);
    near(calm.european, 40.0 * (-0.06_f64).exp() - 36.0, 1e-12);
    // The best moment lies in between: growth first, dividends later.
    let ripe = call([100.0, 60.0, 0.08, 0.06, 10.0]);
    let calm = american_option(&ripe, 0.0, 1.0).unwrap();
    let pays = |t: f64| 100.0 * (-0.06 * t).exp() - 60.0 * (-0.08 * t).exp();
    let best = (0..=100_000).map(|at| pays(f64::from(at) * 1e-4)).fold(0.0, f64::max);
    near(calm.american, best, 1e-6);
    assert!(calm.bermudan <= calm.american && calm.european < calm.bermudan);
    let little = american_option(&ripe, 1e-4, 1.0).unwrap();
    near(little.american, calm.american, 1e-3);
}

#[test]
fn what_early_exercise_refuses() {
    let good = put([100.0, 100.0, 0.05, 0.0, 1.0]);
    let refused = |terms: Vanilla, v, dates| american_option(&terms, v, dates).unwrap_err().field;
    assert_eq!(refused(Vanilla { spot: 0.0, ..good }, 0.2, 50.0), "S");
    assert_eq!(refused(Vanilla { time: -1.0, ..good }, 0.2, 50.0), "T");
    assert_eq!(refused(good, -0.2, 50.0), "v");
    assert_eq!(refused(good, 5.5, 50.0), "v");
    for bad in [0.0, -1.0, 10_001.0, f64::NAN, f64::INFINITY] {
        assert_eq!(refused(good, 0.2, bad), "exercise_per_year", "{bad}");
    }
    assert_eq!(refused(Vanilla { time: 100.0, ..good }, 0.2, 101.0), "exercise_per_year");
    let refused = |v, steps| binomial_crr(&good, v, steps, Style::American).unwrap_err().field;
    assert_eq!(refused(0.2, 0), "n");
    assert_eq!(refused(0.2, 20_001), "n");
    assert_eq!(refused(-0.1, 10), "v");
    // The drift of a step outruns its spread.
    assert_eq!(refused(0.01, 10), "v");
    assert_eq!(refused(0.0, 10), "v");
}

prop_compose! {
    /// Of the size and length of traded options, with interest and dividends of either weight.
    fn any_early()(
        right in any_right(),
        spot in 60.0..160.0,
        rate in -0.02..0.12,
        dividend in -0.02..0.12,
        time in 0.05..2.0,
    ) -> Vanilla {
        option(right, [spot, 100.0, rate, dividend, time])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn more_rights_cost_more(terms in any_early(), v in 0.08..0.7, dates in 1.0..60.0) {
        let found = american_option(&terms, v, dates).unwrap();
        prop_assert!(found.american >= found.bermudan && found.bermudan >= found.european);
        prop_assert!(found.american >= terms.intrinsic());
        prop_assert!((found.european - price(&terms, v).unwrap()).abs() < 1e-12);
        // Dates every half year are among dates every quarter.
        let terms = Vanilla { time: 1.0, ..terms };
        let [half, quarter] =
            [2.0, 4.0].map(|dates| american_option(&terms, v, dates).unwrap().bermudan);
        prop_assert!(quarter >= half - 1e-4, "{quarter} {half}");
    }

    #[test]
    fn dearer_with_volatility_and_with_a_better_strike(terms in any_early(), v in 0.08..0.6) {
        let at = |option: &Vanilla, v| american_option(option, v, 12.0).unwrap();
        let base = at(&terms, v);
        let wild = at(&terms, v + 0.05);
        prop_assert!(wild.american >= base.american - 1e-4);
        prop_assert!(wild.bermudan >= base.bermudan - 1e-4);
        let better = Vanilla { strike: terms.strike - 2.0 * terms.right.sign(), ..terms };
        let better = at(&better, v).american;
        // Two more of the strike are worth two, or what two at the end are worth now: more, when
        // money costs less than nothing.
        let most = 2.0 * f64::max(1.0, (-terms.rate * terms.time).exp());
        prop_assert!(base.american - 1e-4 <= better && better <= base.american + most + 1e-4);
    }

    /// The grid against the tree, two trees one step apart averaged: they share only the model.
    #[test]
    fn grid_and_tree_agree(terms in any_early(), v in 0.15..0.6) {
        let found = american_option(&terms, v, 12.0).unwrap().american;
        let tree = |steps| binomial_crr(&terms, v, steps, Style::American).unwrap();
        let tree = 0.5 * (tree(1_500) + tree(1_501));
        prop_assert!((found - tree).abs() < 4e-3, "{found}, tree {tree}");
    }

    /// A put is a call with the two sides of the trade, and so of the interest, exchanged.
    #[test]
    fn put_and_call_mirror_each_other(terms in any_early(), v in 0.1..0.6) {
        let mirror = Vanilla {
            right: match terms.right.sign() {
                1.0 => pitfloor_pricing::option::Right::Put,
                _ => pitfloor_pricing::option::Right::Call,
            },
            spot: terms.strike,
            strike: terms.spot,
            rate: terms.dividend,
            dividend: terms.rate,
            time: terms.time,
        };
        let [one, other] = [terms, mirror].map(|terms| american_option(&terms, v, 10.0).unwrap());
        prop_assert!((one.american - other.american).abs() < 2e-3, "{one:?} {other:?}");
        prop_assert!((one.bermudan - other.bermudan).abs() < 4e-3, "{one:?} {other:?}");
    }
}

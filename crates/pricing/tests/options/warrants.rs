//! Warrants: two published examples, the fixed point, limits, refusals.

use super::{call, near};
use pitfloor_pricing::option::Vanilla;
use pitfloor_pricing::option::black_scholes::price;
use pitfloor_pricing::option::warrant::{Issue, warrant};
use proptest::prelude::*;

fn issue(terms: [f64; 5], volatility: f64, shares: f64, warrants: f64) -> Issue {
    Issue { terms: call(terms), volatility, shares, warrants }
}

/// Hull: 200 000 warrants on a million shares at 40, exercised at 60 in five years.
#[test]
fn the_textbooks_announcement() {
    let found = warrant(&issue([40.0, 60.0, 0.03, 0.0, 5.0], 0.3, 1e6, 2e5)).unwrap();
    near(found.call, 7.040_239_2, 5e-8);
    near(found.diluted, 5.866_866_0, 5e-8);
    near(found.total, 1_173_373.0, 0.5);
    near(found.drop, 1.1734, 5e-5);
}

#[test]
fn a_warrant_on_what_it_is_part_of() {
    let found = warrant(&issue([100.0, 110.0, 0.05, 0.0, 3.0], 0.3, 1e6, 2e5)).unwrap();
    near(found.galai_schneller, 21.265_084_544_8, 1e-9);
    near(found.diluted, 18.935_232_951_0, 1e-9);
}

#[test]
fn without_any_warrants_one_is_a_call() {
    let found = warrant(&issue([100.0, 110.0, 0.05, 0.0, 3.0], 0.3, 1e6, 0.0)).unwrap();
    assert_eq!((found.diluted, found.total, found.drop), (found.call, 0.0, 0.0));
    near(found.galai_schneller, found.call, 1e-12);
}

/// At expiry W = N/(N+M) (S + M/N W - K), so W = S - K: holders pay K for a share that, all
/// claims counted, is worth S.
#[test]
fn at_expiry_and_without_volatility() {
    for volatility in [0.0, 0.3] {
        let found = warrant(&issue([100.0, 80.0, 0.05, 0.0, 0.0], volatility, 1e6, 5e5)).unwrap();
        near(found.galai_schneller, 20.0, 1e-9);
        near(found.diluted, 20.0 / 1.5, 1e-12);
    }
    let worthless = warrant(&issue([100.0, 120.0, 0.05, 0.0, 0.0], 0.3, 1e6, 5e5)).unwrap();
    assert_eq!(worthless.galai_schneller, 0.0);
}

#[test]
fn what_a_warrant_refuses() {
    let good = issue([100.0, 110.0, 0.05, 0.0, 3.0], 0.3, 1e6, 2e5);
    let terms = |terms: Vanilla| Issue { terms, ..good };
    for (bad, field) in [
        (terms(Vanilla { spot: 0.0, ..good.terms }), "S"),
        (terms(Vanilla { strike: -1.0, ..good.terms }), "K"),
        (terms(Vanilla { time: -1.0, ..good.terms }), "T"),
        (terms(Vanilla { dividend: -0.01, ..good.terms }), "q"),
        (Issue { volatility: -0.1, ..good }, "v"),
        (Issue { shares: 0.0, ..good }, "N"),
        (Issue { shares: f64::NAN, ..good }, "N"),
        (Issue { warrants: -1.0, ..good }, "M"),
        (Issue { warrants: f64::INFINITY, ..good }, "M"),
    ] {
        assert_eq!(warrant(&bad).unwrap_err().field, field, "{bad:?}");
    }
}

proptest! {
    /// Both sides of the equation, from outside; and a warrant knows its own worth, so it is worth
    /// more than plain dilution says and less than a call on all equity.
    #[test]
    fn the_fixed_point_is_one(
        spot in 20.0..200.0, strike in 20.0..200.0, rate in -0.02..0.1, yields in 0.0..0.08,
        time in 0.0..10.0, v in 0.0..0.8, warrants in 0.0..1e8,
    ) {
        let issue = issue([spot, strike, rate, yields, time], v, 1e6, warrants);
        let found = warrant(&issue).unwrap();
        let value = found.galai_schneller;
        let equity = Vanilla { spot: spot + warrants / 1e6 * value, ..issue.terms };
        let right = 1e6 / (1e6 + warrants) * price(&equity, v).unwrap();
        prop_assert!((value - right).abs() < 1e-9 * spot, "{value} {right}");
        prop_assert!(value >= found.diluted - 1e-9 * spot && value <= spot * (1.0 + 1e-12));
        prop_assert!((found.total - found.drop * 1e6).abs() <= 1e-9 * found.total);
    }
}

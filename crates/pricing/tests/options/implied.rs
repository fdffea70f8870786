//! The volatility in a price: found again, and refused where there is none.

use super::european::any_option;
use super::{call, near, put};
use pitfloor_pricing::option::Vanilla;
use pitfloor_pricing::option::black_scholes::price;
use pitfloor_pricing::option::implied::implied_vol;
use proptest::prelude::*;

#[test]
fn the_textbook_volatility() {
    let found = implied_vol(&call([100.0, 100.0, 0.05, 0.0, 1.0]), 10.450_583_572_2).unwrap();
    near(found, 0.2, 1e-10);
    let found = implied_vol(&put([100.0, 100.0, 0.05, 0.0, 1.0]), 5.573_526_022_3).unwrap();
    near(found, 0.2, 1e-10);
}

/// Jaeckel's complaint: prices far below a cent, and prices a cent under the ceiling.
#[test]
fn far_from_the_money_and_far_from_calm() {
    for (strike, v, time) in [
        (1_000.0, 0.1, 1.0),
        (400.0, 0.05, 1.0),
        (150.0, 0.05, 0.1),
        (100.0, 1e-6, 1.0),
        (100.0, 5.0, 4.0),
        (3.0, 12.0, 1.0),
        (1e6, 0.3, 10.0),
    ] {
        let terms = call([100.0, strike, 0.0, 0.0, time]);
        let worth = price(&terms, v).unwrap();
        assert!(worth > 0.0, "a case that has a price: {strike}");
        near(implied_vol(&terms, worth).unwrap() / v, 1.0, 1e-8);
    }
}

#[test]
fn the_lower_bound_is_no_volatility() {
    let terms = call([100.0, 90.0, 0.05, 0.02, 1.0]);
    assert_eq!(implied_vol(&terms, terms.bounds().0).unwrap(), 0.0);
}

#[test]
fn a_price_outside_its_bounds_is_refused() {
    let terms = call([100.0, 90.0, 0.05, 0.0, 1.0]);
    let (least, most) = terms.bounds();
    for bad in [least - 1e-9, most, most + 1.0, -1.0, f64::NAN, f64::INFINITY] {
        let why = implied_vol(&terms, bad).unwrap_err();
        assert_eq!(why.field, "price", "{bad}");
    }
    let told = implied_vol(&terms, 100.0).unwrap_err().to_string();
    assert!(told.starts_with("price: found 100, where the bounds are 14.38"), "{told}");
    assert_eq!(implied_vol(&call([100.0, 90.0, 0.05, 0.0, 0.0]), 10.0).unwrap_err().field, "T");
    assert_eq!(implied_vol(&call([0.0, 90.0, 0.05, 0.0, 1.0]), 10.0).unwrap_err().field, "S");
    // A price at which a tenth of a second would need more than any volatility.
    let blink = call([100.0, 100.0, 0.0, 0.0, 1e-9]);
    assert_eq!(implied_vol(&blink, 99.0).unwrap_err().field, "price");
}

proptest! {
    /// What is lost is what the price's own last digits hold: their worth in volatility.
    #[test]
    fn a_volatility_survives_its_price(option in any_option(), v in 0.01..2.0) {
        let worth = price(&option, v).unwrap();
        let (least, _) = option.bounds();
        prop_assume!(worth - least > 1e-12 * option.spot);
        let found = implied_vol(&option, worth).unwrap();
        let again = price(&option, found).unwrap();
        prop_assert!((again - worth).abs() <= 4e-15 * (option.spot + option.strike));
        let digits = 1e-14 * (option.spot + option.strike);
        let slope = (price(&option, v * 1.001).unwrap() - price(&option, v * 0.999).unwrap())
            / (0.002 * v);
        prop_assert!((found - v).abs() <= 1e-10 + digits / slope, "{found}, not {v}");
    }

    #[test]
    fn every_price_within_its_bounds_has_a_volatility(
        option in any_option(),
        logarithm in -30.0..-1e-3,
    ) {
        let (least, most) = option.bounds();
        let asked = least + (most - least) * f64::exp(logarithm);
        let found = implied_vol(&option, asked).unwrap();
        let again = price(&option, found).unwrap();
        prop_assert!((again - asked).abs() <= 1e-13 * (option.spot + option.strike));
    }

    #[test]
    fn call_and_put_agree(option in any_option(), v in 0.1..1.0) {
        let other = Vanilla { right: match option.right.sign() {
            1.0 => pitfloor_pricing::option::Right::Put,
            _ => pitfloor_pricing::option::Right::Call,
        }, ..option };
        let [one, two] = [option, other]
            .map(|option| implied_vol(&option, price(&option, v).unwrap()).unwrap());
        prop_assert!((one - two).abs() < 1e-6);
    }
}

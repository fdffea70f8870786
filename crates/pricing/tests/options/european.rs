//! Black-Scholes-Merton and Black-76: textbook figures, limits, identities.

use super::{call, near, option, put};
use pitfloor_pricing::option::black_scholes::{Valuation, black_scholes, black76, price};
use pitfloor_pricing::option::{Right, Vanilla};
use proptest::prelude::*;

/// Haug, The Complete Guide to Option Pricing Formulas; Hull, Options, Futures and Other
/// Derivatives.
#[test]
fn the_textbooks_prices() {
    let worth = |option: Vanilla, v| black_scholes(&option, v).unwrap().price;
    near(worth(call([60.0, 65.0, 0.08, 0.0, 0.25]), 0.3), 2.133_368_444_9, 1e-9);
    near(worth(put([100.0, 95.0, 0.1, 0.05, 0.5]), 0.2), 2.464_787_646_8, 1e-9);
    near(worth(call([19.0, 19.0, 0.1, 0.1, 0.75]), 0.28), 1.701_050_725_2, 1e-9);
    near(worth(put([19.0, 19.0, 0.1, 0.1, 0.75]), 0.28), 1.701_050_725_2, 1e-9);
    near(worth(call([42.0, 40.0, 0.1, 0.0, 0.5]), 0.2), 4.759_422_392_9, 1e-9);
    near(worth(put([42.0, 40.0, 0.1, 0.0, 0.5]), 0.2), 0.808_599_372_9, 1e-9);
}

/// Hull: put on a future at 20.
#[test]
fn an_option_on_a_future() {
    let terms = put([20.0, 20.0, 0.09, f64::NAN, 1.0 / 3.0]);
    let found = black76(&terms, 0.25).unwrap();
    near(found.price, 1.116_641_456_6, 1e-9);
    let later = Vanilla { rate: 0.09 + 1e-5, ..terms };
    let sooner = Vanilla { rate: 0.09 - 1e-5, ..terms };
    let slope = black76(&later, 0.25).unwrap().price - black76(&sooner, 0.25).unwrap().price;
    near(found.rho, slope / 2e-5, 1e-8);
}

#[test]
fn at_expiry_an_option_is_its_pay_off() {
    let found = black_scholes(&call([110.0, 100.0, 0.05, 0.02, 0.0]), 0.3).unwrap();
    let certain = |price, delta, theta| Valuation {
        price,
        delta,
        gamma: 0.0,
        vega: 0.0,
        theta,
        rho: 0.0,
        vanna: 0.0,
        volga: 0.0,
    };
    assert_eq!(found, certain(10.0, 1.0, 0.02 * 110.0 - 0.05 * 100.0));
    let found = black_scholes(&put([110.0, 100.0, 0.05, 0.02, 0.0]), 0.3).unwrap();
    assert_eq!(found, certain(0.0, 0.0, 0.0));
    let found = black_scholes(&put([100.0, 100.0, 0.05, 0.02, 0.0]), 0.3).unwrap();
    assert_eq!((found.price, found.delta), (0.0, -0.5));
    assert_eq!((found.gamma, found.theta), (f64::INFINITY, f64::NEG_INFINITY));
}

#[test]
fn without_volatility_an_option_is_the_discounted_pay_off_of_its_forward() {
    let terms = call([100.0, 90.0, 0.05, 0.02, 2.0]);
    let found = black_scholes(&terms, 0.0).unwrap();
    near(found.price, (terms.forward() - 90.0) * (-0.1_f64).exp(), 1e-12);
    near(found.delta, (-0.04_f64).exp(), 1e-15);
    assert_eq!((found.gamma, found.vega, found.vanna, found.volga), (0.0, 0.0, 0.0, 0.0));
    let put = terms.with_right(Right::Put);
    assert_eq!(black_scholes(&put, 0.0).unwrap().price, 0.0);
    // At the money forward the limits are not those of either side.
    let level = black_scholes(&call([100.0, 100.0, 0.03, 0.03, 1.0]), 0.0).unwrap();
    let little = black_scholes(&call([100.0, 100.0, 0.03, 0.03, 1.0]), 1e-9).unwrap();
    assert_eq!((level.price, level.gamma, level.volga), (0.0, f64::INFINITY, 0.0));
    near(level.delta, little.delta, 1e-8);
    near(level.vega, little.vega, 1e-8);
    near(level.vanna, little.vanna, 1e-8);
    near(level.theta, little.theta, 1e-6);
}

#[test]
fn what_lies_outside_the_domain_is_refused_by_name() {
    let good = [100.0, 100.0, 0.05, 0.0, 1.0];
    for (at, field) in [(0, "S"), (1, "K")] {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e101] {
            let mut terms = good;
            terms[at] = bad;
            assert_eq!(black_scholes(&call(terms), 0.2).unwrap_err().field, field, "{bad}");
        }
    }
    for (at, bad, field) in [
        (2, f64::NAN, "r"),
        (2, 201.0, "r"),
        (3, f64::NEG_INFINITY, "q"),
        (3, -201.0, "q"),
        (4, -0.01, "T"),
        (4, 10_001.0, "T"),
        (4, f64::INFINITY, "T"),
    ] {
        let mut terms = good;
        terms[at] = bad;
        assert_eq!(price(&put(terms), 0.2).unwrap_err().field, field, "{bad}");
    }
    for bad in [-0.2, f64::NAN, f64::INFINITY, 1_001.0] {
        assert_eq!(black_scholes(&call(good), bad).unwrap_err().field, "v", "{bad}");
    }
    assert_eq!(black76(&call([-1.0, 1.0, 0.0, 0.0, 1.0]), 0.2).unwrap_err().field, "F");
    let told = price(&call(good), -0.2).unwrap_err().to_string();
    assert_eq!(told, "v: found -0.2, expected a volatility from 0 to 1000");
}

pub(crate) fn any_right() -> impl Strategy<Value = Right> {
    prop_oneof![Just(Right::Call), Just(Right::Put)]
}

prop_compose! {
    /// An option near enough to the money that differences can be measured.
    pub(crate) fn any_option()(
        right in any_right(),
        spot in 50.0..200.0,
        moneyness in 0.7..1.4,
        rate in -0.05..0.15,
        dividend in -0.02..0.1,
        time in 0.1..3.0,
    ) -> Vanilla {
        option(right, [spot, spot * moneyness, rate, dividend, time])
    }
}

/// The slope of `f` at `x` by central differences of two widths, extrapolated.
fn slope(f: impl Fn(f64) -> f64, x: f64, step: f64) -> f64 {
    let over = |h: f64| (f(x + h) - f(x - h)) / (2.0 * h);
    (4.0 * over(step / 2.0) - over(step)) / 3.0
}

proptest! {
    #[test]
    fn call_less_put_is_the_forward(option in any_option(), v in 0.0..1.0) {
        let worth = |right| price(&option.with_right(right), v).unwrap();
        let (call, put) = (worth(Right::Call), worth(Right::Put));
        prop_assert!((option.with_right(Right::Call).by_parity(put) - call).abs() < 1e-10);
        prop_assert!((option.with_right(Right::Put).by_parity(call) - put).abs() < 1e-10);
        let forward = (option.forward() - option.strike) * option.discount();
        prop_assert!((call - put - forward).abs() < 1e-10);
    }

    #[test]
    fn a_price_lies_between_its_bounds(option in any_option(), v in 0.0..50.0) {
        let (least, most) = option.bounds();
        let found = price(&option, v).unwrap();
        prop_assert!(least <= found && found <= most, "{found} in {least} to {most}");
    }

    #[test]
    fn more_volatility_costs_more(option in any_option(), v in 0.01..1.0, more in 0.001..1.0) {
        prop_assert!(price(&option, v + more).unwrap() >= price(&option, v).unwrap());
    }

    #[test]
    fn a_better_strike_costs_more(option in any_option(), v in 0.01..1.0, less in 0.5..0.999) {
        let lower = Vanilla { strike: option.strike * less, ..option };
        let gain = price(&lower, v).unwrap() - price(&option, v).unwrap();
        prop_assert!(gain * option.right.sign() > -1e-12 * option.spot);
    }

    #[test]
    fn price_and_strike_scale_together(option in any_option(), v in 0.01..1.0, by in 0.01..100.0) {
        let scaled = Vanilla { spot: option.spot * by, strike: option.strike * by, ..option };
        let off: f64 = price(&option, v).unwrap() * by - price(&scaled, v).unwrap();
        prop_assert!(off.abs() < 1e-10 * scaled.spot);
    }

    #[test]
    fn sensitivities_are_slopes(option in any_option(), v in 0.1..0.8) {
        let found = black_scholes(&option, v).unwrap();
        let Vanilla { spot, rate, time, .. } = option;
        let at = |option: Vanilla, v| black_scholes(&option, v).unwrap();
        let by_spot = |spot| at(Vanilla { spot, ..option }, v);
        for (name, found, slope, size) in [
            ("delta", found.delta, slope(|s| by_spot(s).price, spot, 1e-3 * spot), 1.0),
            ("gamma", found.gamma, slope(|s| by_spot(s).delta, spot, 1e-3 * spot), 1.0),
            ("vega", found.vega, slope(|v| at(option, v).price, v, 1e-3), spot),
            ("vanna", found.vanna, slope(|v| at(option, v).delta, v, 1e-3), 1.0),
            ("volga", found.volga, slope(|v| at(option, v).vega, v, 1e-3), spot),
            ("theta", found.theta, -slope(|time| at(Vanilla { time, ..option }, v).price,
                time, 1e-3), spot),
            ("rho", found.rho, slope(|rate| at(Vanilla { rate, ..option }, v).price,
                rate, 1e-3), spot),
        ] {
            prop_assert!((found - slope).abs() < 1e-6 * size, "{name} {found}, slope {slope}");
        }
    }

    /// Ito: theta + (r - q) S delta + v² S² gamma / 2 = r price.
    #[test]
    fn the_valuation_solves_its_equation(option in any_option(), v in 0.05..1.0) {
        let found = black_scholes(&option, v).unwrap();
        let Vanilla { spot, rate, dividend, .. } = option;
        let drift = (rate - dividend) * spot * found.delta;
        let spread = 0.5 * v * v * spot * spot * found.gamma;
        prop_assert!((found.theta + drift + spread - rate * found.price).abs() < 1e-9 * spot);
    }

    /// No input of the domain gives a number that is none.
    #[test]
    fn the_edge_of_the_domain_is_answered(
        right in any_right(),
        exponents in (-100.0..100.0, -100.0..100.0, -300.0..3.0, -300.0..4.0),
        rates in (-1.0..1.0, -1.0..1.0),
    ) {
        let (spot, strike, v, time) = exponents;
        let time = 10.0_f64.powf(time);
        let rates = [rates.0, rates.1].map(|rate| rate * (200.0 / time).min(1.0));
        let terms = [10.0_f64.powf(spot), 10.0_f64.powf(strike), rates[0], rates[1], time];
        let found = black_scholes(&option(right, terms), 10.0_f64.powf(v)).unwrap();
        let Valuation { price, delta, gamma, vega, theta, rho, vanna, volga } = found;
        for (at, value) in
            [price, delta, gamma, vega, theta, rho, vanna, volga].into_iter().enumerate()
        {
            prop_assert!(!value.is_nan(), "field {at} of {found:?}");
        }
    }
}

//! Heston's variance and Merton's jumps: what papers printed, where they become Black-Scholes, and
//! what they refuse.

use super::european::any_option;
use super::{call, near, option, put};
use pitfloor_pricing::option::black_scholes::price;
use pitfloor_pricing::option::heston::{Heston, heston};
use pitfloor_pricing::option::jumps::{Jumps, merton_haug, merton_jump};
use pitfloor_pricing::option::{Right, Vanilla};
use proptest::prelude::*;

/// v0, kappa, theta, sigma, rho.
fn model([variance, reversion, level, vol_of_vol, correlation]: [f64; 5]) -> Heston {
    Heston { variance, reversion, level, vol_of_vol, correlation }
}

/// Alan Lewis' values, to the last digit that he gave.
#[test]
fn lewis_prices_to_a_trillionth() {
    let lewis = model([0.04, 4.0, 0.25, 1.0, -0.5]);
    for (strike, expected) in [
        (80.0, 26.774_758_743_998_854),
        (90.0, 20.933_349_000_596_71),
        (100.0, 16.070_154_917_028_834),
        (110.0, 12.132_211_516_709_845),
        (120.0, 9.024_913_483_457_836),
    ] {
        let found = heston(&call([100.0, strike, 0.01, 0.02, 1.0]), &lewis).unwrap();
        near(found, expected, 1e-12 * 100.0);
    }
}

/// Fang & Oosterlee 2008, a year and ten; Broadie & Kaya 2006, whose second has the variance at 0
/// for long stretches.
#[test]
fn the_papers_prices() {
    let fang = model([0.0175, 1.5768, 0.0398, 0.5751, -0.5711]);
    let found = |time| heston(&call([100.0, 100.0, 0.0, 0.0, time]), &fang).unwrap();
    near(found(1.0), 5.785_155_434_4, 1e-10);
    near(found(10.0), 22.318_945_791_2, 1e-10);
    let one = model([0.010_201, 6.21, 0.019, 0.61, -0.7]);
    near(heston(&call([100.0, 100.0, 0.0319, 0.0, 1.0]), &one).unwrap(), 6.806_113_313_5, 1e-10);
    let two = model([0.09, 2.0, 0.09, 1.0, -0.3]);
    near(heston(&call([100.0, 100.0, 0.05, 0.0, 5.0]), &two).unwrap(), 34.999_758_351_2, 1e-10);
}

#[test]
fn a_variance_that_does_not_wander_is_a_volatility() {
    let terms = put([100.0, 110.0, 0.03, 0.01, 2.0]);
    let steady = model([0.09, 3.0, 0.09, 0.0, -0.5]);
    near(heston(&terms, &steady).unwrap(), price(&terms, 0.3).unwrap(), 1e-12);
    // From 0.01 to 0.09: the mean of the path is what counts.
    let rising = model([0.01, 3.0, 0.09, 0.0, 0.9]);
    let mean = 0.09 - 0.08 * (1.0 - (-6.0_f64).exp()) / 6.0;
    near(heston(&terms, &rising).unwrap(), price(&terms, mean.sqrt()).unwrap(), 1e-12);
    // Neither reversion nor wandering: it stays where it is.
    let still = model([0.04, 0.0, 5.0, 0.0, 0.0]);
    near(heston(&terms, &still).unwrap(), price(&terms, 0.2).unwrap(), 1e-12);
    assert_eq!(heston(&terms, &model([0.0, 0.0, 5.0, 1.0, 0.0])).unwrap(), terms.bounds().0);
}

/// The distance falls with the volatility of the variance, down to nothing, and never turns wild:
/// the formula divides by its square only on paper.
#[test]
fn little_wandering_is_a_little_off() {
    let terms = call([100.0, 105.0, 0.03, 0.01, 1.0]);
    let plain = price(&terms, 0.2).unwrap();
    for sigma in [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-13] {
        let found = heston(&terms, &model([0.04, 2.0, 0.04, sigma, -0.7])).unwrap();
        assert!((found - plain).abs() < 6.0 * sigma + 1e-11, "{sigma}: {found}, {plain}");
    }
}

#[test]
fn short_and_long_and_extreme_terms_have_a_price() {
    let wild = model([0.04, 1.0, 0.04, 2.0, -0.95]);
    for time in [0.0, 1e-6, 1.0 / 365.0, 0.1, 30.0, 100.0] {
        for strike in [1.0, 50.0, 100.0, 200.0, 10_000.0] {
            let terms = call([100.0, strike, 0.02, 0.0, time]);
            let (least, most) = terms.bounds();
            let found = heston(&terms, &wild).unwrap();
            assert!(least <= found && found <= most, "{time} {strike}: {found}");
        }
    }
    for correlation in [-1.0, 1.0] {
        let terms = call([100.0, 100.0, 0.0, 0.0, 1.0]);
        let at = |rho| heston(&terms, &model([0.04, 1.0, 0.04, 0.5, rho])).unwrap();
        near(at(correlation), at(0.999_999 * correlation), 1e-5);
    }
}

#[test]
fn what_heston_refuses() {
    let terms = call([100.0, 100.0, 0.0, 0.0, 1.0]);
    let good = [0.04, 1.0, 0.04, 0.5, -0.5];
    for (at, field) in ["v0", "kappa", "theta", "sigma"].into_iter().enumerate() {
        for bad in [-0.01, f64::NAN, f64::INFINITY, 1e7] {
            let mut parameters = good;
            parameters[at] = bad;
            assert_eq!(heston(&terms, &model(parameters)).unwrap_err().field, field, "{bad}");
        }
    }
    for bad in [-1.01, 1.5, f64::NAN] {
        let why = heston(&terms, &model([0.04, 1.0, 0.04, 0.5, bad])).unwrap_err();
        assert_eq!(why.field, "rho");
    }
    let late = call([100.0, 100.0, 0.0, 0.0, -1.0]);
    assert_eq!(heston(&late, &model(good)).unwrap_err().field, "T");
    // A variance of nothing that bursts: no grid of a sane size sees it.
    let bursts = model([1e-9, 1.0, 1e-9, 100.0, 0.0]);
    let why = heston(&call([100.0, 120.0, 0.0, 0.0, 1.0]), &bursts).unwrap_err();
    assert_eq!(why.field, "v0, kappa, theta, sigma, rho, T");
    assert!(why.to_string().contains("converges"), "{why}");
}

/// S, K, r and T of Haug's table, with the printed misprints corrected.
#[test]
fn haugs_table() {
    for (strike, time, rate, expected) in [
        (80.0, 0.1, 1.0, 20.67),
        (80.0, 0.5, 10.0, 23.61),
        (90.0, 0.25, 1.0, 12.74),
        (100.0, 0.25, 1.0, 5.88),
        (100.0, 0.5, 10.0, 9.03),
        (110.0, 0.25, 1.0, 2.11),
        (120.0, 0.25, 1.0, 0.64),
    ] {
        let terms = call([100.0, strike, 0.08, 0.0, time]);
        near(merton_haug(&terms, 0.25, rate, 0.25).unwrap(), expected, 0.005);
    }
}

#[test]
fn one_log_normal_jump_a_year() {
    let jumps = Jumps { rate: 1.0, mean: -0.1, deviation: 0.15 };
    let found = merton_jump(&call([100.0, 100.0, 0.05, 0.0, 1.0]), 0.2, &jumps).unwrap();
    near(found, 12.761_288_593_6, 1e-9);
}

#[test]
fn no_jumps_or_jumps_of_nothing_are_black_scholes() {
    let terms = put([100.0, 95.0, 0.05, 0.02, 0.7]);
    let plain = price(&terms, 0.25).unwrap();
    for (rate, mean, deviation) in [(0.0, -0.5, 0.5), (30.0, 0.0, 0.0)] {
        let jumps = Jumps { rate, mean, deviation };
        near(merton_jump(&terms, 0.25, &jumps).unwrap(), plain, 1e-12);
    }
    near(merton_haug(&terms, 0.25, 5.0, 0.0).unwrap(), plain, 1e-12);
    // Ever rarer jumps: what is left is the part that does not jump.
    let calm = price(&terms, 0.25 * 0.75_f64.sqrt()).unwrap();
    near(merton_haug(&terms, 0.25, 0.0, 0.25).unwrap(), calm, 1e-12);
    near(merton_haug(&terms, 0.25, 1e-9, 0.25).unwrap(), calm, 1e-6);
    // Ever more of them, ever smaller: all of it is like diffusion again.
    near(merton_haug(&terms, 0.25, 1e5, 0.5).unwrap(), plain, 1e-4);
    let expired = put([90.0, 95.0, 0.05, 0.02, 0.0]);
    assert_eq!(merton_haug(&expired, 0.25, 5.0, 0.5).unwrap(), 5.0);
    let jumps = Jumps { rate: 3.0, mean: 0.1, deviation: 0.2 };
    assert_eq!(merton_jump(&expired, 0.25, &jumps).unwrap(), 5.0);
}

/// A jump that is certain in size: Merton's "the company may collapse", to which the formula for a
/// hazard rate applies.
#[test]
fn a_jump_to_nearly_nothing_is_a_default() {
    let terms = call([100.0, 100.0, 0.05, 0.0, 1.0]);
    let ruin = Jumps { rate: 0.1, mean: -10.0, deviation: 0.0 };
    let risky = call([100.0, 100.0, 0.15, 0.0, 1.0]);
    near(merton_jump(&terms, 0.2, &ruin).unwrap(), price(&risky, 0.2).unwrap(), 1e-3);
}

#[test]
fn what_the_jump_models_refuse() {
    let terms = call([100.0, 100.0, 0.0, 0.0, 1.0]);
    let jumps = |rate, mean, deviation| Jumps { rate, mean, deviation };
    for (bad, field) in [
        (jumps(-1.0, 0.0, 0.1), "lam"),
        (jumps(f64::NAN, 0.0, 0.1), "lam"),
        (jumps(200_000.0, 0.0, 0.1), "lam"),
        (jumps(1_000.0, 9.0, 0.1), "lam"),
        (jumps(1.0, 11.0, 0.1), "muJ"),
        (jumps(1.0, f64::INFINITY, 0.1), "muJ"),
        (jumps(1.0, 0.0, -0.1), "dJ"),
    ] {
        assert_eq!(merton_jump(&terms, 0.2, &bad).unwrap_err().field, field, "{bad:?}");
    }
    assert_eq!(merton_jump(&terms, -0.2, &jumps(1.0, 0.0, 0.1)).unwrap_err().field, "v");
    assert_eq!(merton_haug(&terms, -0.2, 1.0, 0.5).unwrap_err().field, "total_vol");
    assert_eq!(merton_haug(&terms, 0.2, -1.0, 0.5).unwrap_err().field, "lam");
    for bad in [-0.1, 1.1, f64::NAN] {
        assert_eq!(merton_haug(&terms, 0.2, 1.0, bad).unwrap_err().field, "gamma");
    }
}

prop_compose! {
    fn any_heston()(
        variance in 0.005..0.3,
        reversion in 0.1..6.0,
        level in 0.01..0.3,
        vol_of_vol in 0.05..1.5,
        correlation in -0.95..0.95,
    ) -> Heston {
        Heston { variance, reversion, level, vol_of_vol, correlation }
    }
}

prop_compose! {
    fn any_jumps()(rate in 0.0..20.0, mean in -0.5..0.5, deviation in 0.0..0.5) -> Jumps {
        Jumps { rate, mean, deviation }
    }
}

/// Three calls a step apart: falling, not faster than the discount, and convex.
fn in_order(worth: impl Fn(Vanilla) -> f64, terms: Vanilla) -> Result<(), TestCaseError> {
    let at = |by: f64| worth(Vanilla { right: Right::Call, strike: terms.strike * by, ..terms });
    let (low, middle, high) = (at(0.98), at(1.0), at(1.02));
    prop_assert!(low >= middle - 1e-10 && middle >= high - 1e-10, "{low} {middle} {high}");
    prop_assert!(low - middle <= 0.02 * terms.strike * terms.discount() + 1e-10);
    prop_assert!(low + high >= 2.0 * middle - 1e-10, "{low} {middle} {high}");
    Ok(())
}

proptest! {
    #[test]
    fn heston_keeps_parity_and_order(terms in any_option(), model in any_heston()) {
        let worth = |option: Vanilla| heston(&option, &model).unwrap();
        let [call, put] = [Right::Call, Right::Put].map(|right| worth(terms.with_right(right)));
        prop_assert!((terms.with_right(Right::Call).by_parity(put) - call).abs() < 1e-10);
        in_order(worth, terms)?;
    }

    #[test]
    fn jumps_keep_parity_and_order(
        terms in any_option(), jumps in any_jumps(), v in 0.01..0.8, gamma in 0.0..1.0,
    ) {
        for haug in [false, true] {
            let worth = |option: Vanilla| match haug {
                true => merton_haug(&option, v, jumps.rate, gamma).unwrap(),
                false => merton_jump(&option, v, &jumps).unwrap(),
            };
            let [call, put] = [Right::Call, Right::Put].map(|right| worth(terms.with_right(right)));
            prop_assert!((terms.with_right(Right::Call).by_parity(put) - call).abs() < 1e-10);
            in_order(worth, terms)?;
        }
    }

    /// Jumps with a mean factor of 1 only add variance, and a convex pay-off likes it.
    #[test]
    fn jumps_that_mean_nothing_cost_something(
        terms in any_option(), v in 0.05..0.8, rate in 0.0..10.0, deviation in 0.0..0.5,
    ) {
        let jumps = Jumps { rate, mean: -0.5 * deviation * deviation, deviation };
        prop_assert!(jumps.mean_gain().abs() < 1e-15);
        let jumpy = merton_jump(&terms, v, &jumps).unwrap();
        prop_assert!(jumpy >= price(&terms, v).unwrap() - 1e-10);
    }
}

/// The same price by the plain reference: Heston's two probabilities, by a fixed fine grid and
/// arithmetic of its own.
#[test]
fn agrees_with_a_plain_reference() {
    for parameters in [[0.04, 4.0, 0.25, 1.0, -0.5], [0.0175, 1.5768, 0.0398, 0.5751, -0.5711]] {
        for (strike, time) in [(90.0, 0.5), (100.0, 1.0), (120.0, 2.0)] {
            let terms = option(Right::Call, [100.0, strike, 0.03, 0.01, time]);
            let found = heston(&terms, &model(parameters)).unwrap();
            near(found, plain::call(&terms, parameters), 2e-5);
        }
    }
}

/// Heston 1993 by his Riccati equations: the characteristic function comes from stepping them with
/// Runge-Kutta, so no logarithm has a branch to miss.
mod plain {
    use super::Vanilla;
    use std::f64::consts::PI;

    type C = (f64, f64);

    fn mul(a: C, b: C) -> C {
        (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
    }

    fn add(a: C, b: C) -> C {
        (a.0 + b.0, a.1 + b.1)
    }

    /// E[exp(i z ln(S_T/F))] for z = (re, im).
    fn characteristic(z: C, time: f64, [v0, kappa, theta, sigma, rho]: [f64; 5]) -> C {
        let iz = (-z.1, z.0);
        let square = mul(iz, iz);
        let source = (0.5 * (square.0 - iz.0), 0.5 * (square.1 - iz.1));
        let slope = |d: C| {
            let linear = mul((rho * sigma * iz.0 - kappa, rho * sigma * iz.1), d);
            let bent = mul((0.5 * sigma * sigma, 0.0), mul(d, d));
            add(source, add(linear, bent))
        };
        let steps = 400;
        let h = time / f64::from(steps);
        let (mut c, mut d) = ((0.0, 0.0), (0.0, 0.0));
        for _ in 0..steps {
            let on = |d: C, k: C, by: f64| (d.0 + by * h * k.0, d.1 + by * h * k.1);
            let k1 = slope(d);
            let (d2, d3);
            d2 = on(d, k1, 0.5);
            let k2 = slope(d2);
            d3 = on(d, k2, 0.5);
            let k3 = slope(d3);
            let d4 = on(d, k3, 1.0);
            let k4 = slope(d4);
            let mean = |a: C, b: C, c: C, e: C| {
                let of = |a: f64, b: f64, c: f64, e: f64| (a + 2.0 * b + 2.0 * c + e) / 6.0;
                (of(a.0, b.0, c.0, e.0), of(a.1, b.1, c.1, e.1))
            };
            c = on(c, mean(d, d2, d3, d4), kappa * theta);
            d = on(d, mean(k1, k2, k3, k4), 1.0);
        }
        let exponent = (c.0 + v0 * d.0, c.1 + v0 * d.1);
        let size = exponent.0.exp();
        (size * exponent.1.cos(), size * exponent.1.sin())
    }

    /// S e^(-qT) P1 - K e^(-rT) P2, each probability by Gil-Pelaez.
    pub(super) fn call(terms: &Vanilla, parameters: [f64; 5]) -> f64 {
        let forward = terms.spot * ((terms.rate - terms.dividend) * terms.time).exp();
        let strike = (terms.strike / forward).ln();
        let probability = |shift: f64| {
            let (cells, width) = (3_000, 0.05);
            let area: f64 = (0..cells)
                .map(|cell| {
                    let u = (f64::from(cell) + 0.5) * width;
                    let value = characteristic((u, -shift), terms.time, parameters);
                    let turned = mul(value, ((-u * strike).cos(), (-u * strike).sin()));
                    turned.1 / u * width
                })
                .sum();
            0.5 + area / PI
        };
        let cash = terms.strike * (-terms.rate * terms.time).exp();
        terms.spot * (-terms.dividend * terms.time).exp() * probability(1.0)
            - cash * probability(0.0)
    }
}

use crate::{names, near};
use pitfloor_theory::glosten_milgrom::Belief;
use pitfloor_theory::kyle::{Auctions, Equilibrium};
use proptest::prelude::*;

fn auctions(count: u32) -> Equilibrium {
    Auctions { count, variance: 1.0, noise: 1.0 }.equilibrium().unwrap()
}

#[test]
fn kyles_figures_are_met() {
    let one = auctions(1);
    near(one.lambda[0], 0.5, 1e-12);
    near(one.profit, 0.5, 1e-12);
    near(one.sigma[0], 0.5, 1e-12);
    let two = auctions(2);
    for (found, wanted) in [
        (two.lambda[0], 0.652882),
        (two.lambda[1], 0.588227),
        (two.beta_dt[0], 0.471721),
        (two.beta_dt[1], 0.850012),
        (two.sigma[1], 0.346011),
        (two.profit, 0.620555),
    ] {
        near(found, wanted, 1e-6);
    }
    let four = auctions(4);
    for (found, wanted) in four.lambda.iter().zip([0.764797, 0.756758, 0.737208, 0.664201]) {
        near(*found, wanted, 1e-6);
    }
    near(four.profit, 0.730741, 1e-6);
    let ten = auctions(10);
    near(ten.lambda[0], 0.865319, 1e-6);
    near(ten.lambda[9], 0.741446, 1e-6);
    near(ten.sigma[9], 0.109949, 1e-6);
    near(ten.profit, 0.843888, 1e-6);
}

#[test]
fn many_auctions_are_nearly_continuous() {
    let many = auctions(10_000);
    near(many.lambda[0], 1.0, 0.01);
    near(many.profit, 1.0, 0.01);
    let half = &many.sigma[4_999];
    near(*half, 0.5, 0.01);
    // beta_t = 1/(1-t): twice what it was, halfway.
    near(many.beta_dt[5_000] / many.beta_dt[0], 2.0, 0.03);
}

/// What the insider expects, when he orders otherwise than the dealers think: with the prices of the
/// equilibrium, by his own recursion.
fn profit_of(two: &Equilibrium, beta_dt: [f64; 2]) -> f64 {
    // With error e = v - p: profit β e² (1 - λβ), then e shrinks by 1 - λβ and noise joins.
    let [first, second] = [0, 1].map(|n| two.lambda[n] * beta_dt[n]);
    let later = (1.0 - first) * (1.0 - first) + two.lambda[0] * two.lambda[0] * 0.5;
    beta_dt[0] * (1.0 - first) + beta_dt[1] * (1.0 - second) * later
}

#[test]
fn the_insider_gains_nothing_by_ordering_otherwise() {
    let two = auctions(2);
    let best = [two.beta_dt[0], two.beta_dt[1]];
    near(profit_of(&two, best), two.profit, 1e-12);
    for n in 0..2 {
        for factor in [0.9, 1.1] {
            let mut other = best;
            other[n] *= factor;
            assert!(profit_of(&two, other) < two.profit, "auction {n} by {factor}");
        }
    }
}

#[test]
fn auctions_outside_their_domain_are_refused() {
    let good = Auctions { count: 2, variance: 1.0, noise: 1.0 };
    names(Auctions { count: 0, ..good }.equilibrium(), "N");
    names(Auctions { count: 10_001, ..good }.equilibrium(), "N");
    names(Auctions { variance: 0.0, ..good }.equilibrium(), "Sigma0");
    names(Auctions { noise: f64::INFINITY, ..good }.equilibrium(), "su2");
}

fn belief(p_high: f64, informed: f64) -> Belief {
    Belief { low: 90.0, high: 110.0, p_high, informed }
}

#[test]
fn glosten_and_milgroms_quotes_are_met() {
    let unit = Belief { low: 0.0, high: 1.0, p_high: 0.5, informed: 0.2 };
    let table = [
        (unit, 0.4, 0.6),
        (belief(0.5, 0.3), 97.0, 103.0),
        (belief(0.7, 0.3), 101.136_364, 106.25),
    ];
    for (belief, bid, ask) in table {
        let found = belief.quotes().unwrap();
        near(found.0, bid, 1e-6);
        near(found.1, ask, 1e-6);
    }
    let mut told = Belief { informed: 0.3, ..unit };
    for wanted in [0.65, 0.775_229, 0.864_961, 0.922_453, 0.956_694] {
        near(told.quotes().unwrap().1, wanted, 1e-6);
        told = told.after(true);
    }
}

#[test]
fn certainty_and_nobody_informed_are_values() {
    assert_eq!(
        belief(0.5, 0.0).quotes().unwrap(),
        (100.0, 100.0),
        "no spread without the informed"
    );
    assert_eq!(belief(0.5, 1.0).quotes().unwrap(), (90.0, 110.0));
    assert_eq!(belief(1.0, 0.3).quotes().unwrap(), (110.0, 110.0));
    assert_eq!(belief(0.0, 1.0).quotes().unwrap(), (90.0, 90.0), "nobody can buy");
}

#[test]
fn beliefs_outside_their_domain_are_refused() {
    names(Belief { low: f64::NAN, ..belief(0.5, 0.3) }.quotes(), "VL");
    names(Belief { high: 80.0, ..belief(0.5, 0.3) }.quotes(), "VH");
    names(belief(1.1, 0.3).quotes(), "pH");
    names(belief(0.5, -0.1).quotes(), "informed");
}

proptest! {
    /// Every auction satisfies the three equations of the theorem, at any scale.
    #[test]
    fn each_auction_satisfies_its_equations(
        count in 1..30_u32, variance in 0.01..100.0_f64, noise in 0.01..100.0_f64,
    ) {
        let found = Auctions { count, variance, noise }.equilibrium().unwrap();
        let dt = 1.0 / f64::from(count);
        let (mut before, mut alpha) = (variance, None::<f64>);
        for n in 0..count as usize {
            let (lambda, beta_dt, sigma) = (found.lambda[n], found.beta_dt[n], found.sigma[n]);
            prop_assert!((lambda - beta_dt / dt * sigma / noise).abs() < 1e-9 * lambda);
            prop_assert!((before * (1.0 - beta_dt * lambda) - sigma).abs() < 1e-9 * before);
            // The alpha behind it, from the equation that gave lambda.
            let told = 1.0 - lambda * lambda * noise * dt / sigma;
            let behind = (1.0 - 0.5 / told) / lambda;
            if let Some(wanted) = alpha {
                let here = 1.0 / (4.0 * lambda * (1.0 - behind * lambda));
                prop_assert!((here - wanted).abs() < 1e-6 * wanted, "{here} {wanted}");
            }
            (before, alpha) = (sigma, Some(behind));
        }
        let unit = auctions(count);
        let (depth, worth) = ((variance / noise).sqrt(), (variance * noise).sqrt());
        prop_assert!((found.lambda[0] - unit.lambda[0] * depth).abs() < 1e-9 * depth);
        prop_assert!((found.profit - unit.profit * worth).abs() < 1e-9 * worth);
    }

    /// Quotes lie around the mean, and the mean is what comes next, on average.
    #[test]
    fn prices_are_a_martingale(p_high in 0.01..0.99_f64, informed in 0.0..1.0_f64) {
        let belief = belief(p_high, informed);
        let (bid, ask) = belief.quotes().unwrap();
        let mean = belief.mean();
        prop_assert!(bid <= mean + 1e-9 && mean <= ask + 1e-9);
        let buys = 0.5 * (1.0 + informed * (2.0 * p_high - 1.0));
        prop_assert!((buys * ask + (1.0 - buys) * bid - mean).abs() < 1e-9);
    }
}

use crate::{names, near};
use pitfloor_pricing::process::dice::{normal, seeded, uniform};
use pitfloor_theory::hawkes::Hawkes;
use pitfloor_theory::pools::{Pool, impermanent_loss};
use pitfloor_theory::scoring_rule::Maker;
use pitfloor_theory::zero_intelligence::Flow;
use pitfloor_theory::{epps, fault_tolerance, roll};
use proptest::prelude::*;

#[test]
fn hawkes_figures_are_met() {
    let table =
        [((0.5, 0.8, 1.0), 2.5, 25.0), ((0.2, 1.2, 2.0), 0.5, 6.25), ((0.1, 4.5, 5.0), 1.0, 100.0)];
    for ((base, jump, decay), rate, fano) in table {
        let process = Hawkes { base, jump, decay };
        near(process.rate().unwrap(), rate, 1e-12);
        near(process.fano_endless().unwrap(), fano, 1e-9);
        near(process.fano(1e9).unwrap(), fano, 1e-6);
        near(process.fano(0.0).unwrap(), 1.0, 1e-15);
        let windows = [0.1, 1.0, 10.0, 100.0].map(|w| process.fano(w).unwrap());
        assert!(windows.is_sorted(), "{windows:?}");
    }
    let lone = Hawkes { base: 3.0, jump: 0.0, decay: 1.0 };
    assert_eq!((lone.rate().unwrap(), lone.fano(7.0).unwrap()), (3.0, 1.0), "Poisson");
}

#[test]
fn an_explosive_process_is_refused_with_its_radius() {
    let wild = Hawkes { base: 0.5, jump: 2.0, decay: 1.6 };
    let says = wild.rate().unwrap_err().to_string();
    assert_eq!(
        says,
        "alpha: found 2, a spectral radius of 1.25, expected below beta: a radius below 1"
    );
    names(Hawkes { jump: 1.6, ..wild }.fano(1.0), "alpha");
    names(Hawkes { base: -1.0, ..wild }.rate(), "mu");
    names(Hawkes { decay: 0.0, ..wild }.rate(), "beta");
    names(Hawkes { jump: 1.0, ..wild }.fano(-1.0), "W");
}

#[test]
fn the_epps_effect_is_met() {
    let wanted = [0.1704, 0.2943, 0.5063, 0.6411, 0.7467, 0.7840];
    for (delta, wanted) in [1.0, 2.0, 5.0, 10.0, 30.0, 100.0].into_iter().zip(wanted) {
        near(epps::seen(0.8, 0.5, delta).unwrap(), wanted, 5e-5);
    }
    assert_eq!(epps::seen(0.8, 0.5, 0.0).unwrap(), 0.0);
    near(epps::seen(0.8, 1e9, 1e9).unwrap(), 0.8, 1e-12);
    names(epps::seen(1.1, 0.5, 1.0), "rho");
    names(epps::seen(0.5, -0.5, 1.0), "lam");
    names(epps::seen(0.5, 0.5, -1.0), "delta");
}

#[test]
fn a_bounce_tells_the_spread() {
    near(roll::spread(-0.0001), 0.02, 1e-15);
    assert_eq!(roll::spread(0.0), 0.0);
    assert!(roll::spread(0.1).is_nan());
    // Prices that bounce by 2 around a mid that wanders.
    let mut dice = seeded(5);
    let mut mid = 100.0;
    let trade = |_| {
        mid += 0.5 * normal(&mut dice);
        mid + if uniform(&mut dice) < 0.5 { 1.0 } else { -1.0 }
    };
    let prices: Vec<f64> = (0..200_000).map(trade).collect();
    near(roll::spread(roll::covariance(&prices).unwrap()), 2.0, 0.03);
    names(roll::covariance(&[1.0, 2.0, 1.0]), "p");
    names(roll::covariance(&[1.0, 2.0, 1.0, f64::NAN]), "p");
}

#[test]
fn the_scales_of_a_senseless_book() {
    let found = Flow { limit: 0.5, market: 20.0, cancel: 0.5, size: 1.0 }.scales().unwrap();
    assert_eq!((found.price, found.lots, found.time), (20.0, 20.0, 2.0));
    near(found.granularity, 0.025, 1e-15);
    // The simulated mean spread, 11.35, is 0.71 of the law.
    near(11.35 / found.spread, 0.71, 0.005);
    let good = Flow { limit: 0.5, market: 20.0, cancel: 0.5, size: 1.0 };
    names(Flow { limit: 0.0, ..good }.scales(), "alpha");
    names(Flow { market: -1.0, ..good }.scales(), "mu");
    names(Flow { cancel: 0.0, ..good }.scales(), "delta");
    names(Flow { size: -1.0, ..good }.scales(), "sigma");
}

#[test]
fn makers_who_are_formulas() {
    let maker = Maker { depth: 100.0, sold: vec![0.0, 0.0] };
    near(maker.cost(), 69.3147180560, 1e-10);
    let (after, paid) = maker.buy(0, 50.0).unwrap();
    near(paid, 28.0929803620, 1e-10);
    near(after.prices()[0], 0.6224593312, 1e-10);
    let pool = Pool { x: 1_000.0, y: 1_000.0, fee: 0.003 };
    near(pool.out(100.0).unwrap(), 90.6610893880, 1e-10);
    assert_eq!(pool.out(0.0).unwrap(), 0.0);
    near(impermanent_loss(2.0).unwrap(), -0.057190958418, 1e-12);
    near(impermanent_loss(4.0).unwrap(), -0.2, 1e-15);
    assert_eq!((impermanent_loss(1.0).unwrap(), impermanent_loss(0.0).unwrap()), (0.0, -1.0));
}

#[test]
fn makers_outside_their_domain_are_refused() {
    let maker = Maker { depth: 100.0, sold: vec![0.0, 0.0] };
    names(Maker { depth: 0.0, ..maker.clone() }.buy(0, 1.0), "b");
    names(Maker { sold: vec![0.0], ..maker.clone() }.buy(0, 1.0), "q");
    names(Maker { sold: vec![0.0, f64::NAN], ..maker.clone() }.buy(0, 1.0), "q");
    names(maker.buy(2, 1.0), "outcome");
    names(maker.buy(0, f64::INFINITY), "shares");
    let pool = Pool { x: 1_000.0, y: 1_000.0, fee: 0.003 };
    names(Pool { x: 0.0, ..pool }.out(1.0), "x");
    names(Pool { y: -1.0, ..pool }.out(1.0), "y");
    names(Pool { fee: 1.0, ..pool }.out(1.0), "fee");
    names(pool.out(-1.0), "dx");
    names(impermanent_loss(-1.0), "r");
}

#[test]
fn quorums() {
    for f in 0..50 {
        let members = 3 * f + 1;
        assert_eq!(fault_tolerance::faults(members).unwrap(), f);
        assert_eq!(fault_tolerance::quorum(members).unwrap(), 2 * f + 1);
    }
    names(fault_tolerance::quorum(0), "n");
    names(fault_tolerance::faults(1_000_001), "n");
}

proptest! {
    /// Two quorums always share one who does not lie, and the liars cannot block one.
    #[test]
    fn two_quorums_share_an_honest_member(members in 1..1_000_000_u64) {
        let faults = fault_tolerance::faults(members).unwrap();
        let quorum = fault_tolerance::quorum(members).unwrap();
        prop_assert!(2 * quorum > members + faults);
        prop_assert!(quorum <= members - faults);
    }

    /// Prices are probabilities, a round trip is free, and the maker's loss has a limit.
    #[test]
    fn the_scoring_rule_cannot_be_pumped(
        depth in 1.0..1e3_f64, sold in prop::collection::vec(-1e4..1e4_f64, 2..6),
        shares in -1e4..1e4_f64,
    ) {
        let maker = Maker { depth, sold };
        prop_assert!((maker.prices().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let (after, paid) = maker.buy(0, shares).unwrap();
        let back = after.buy(0, -shares).unwrap().1;
        prop_assert!((paid + back).abs() < 1e-8, "{paid} {back}");
        let most = maker.sold.iter().fold(f64::NEG_INFINITY, |m, q| m.max(*q));
        let worst = depth * (maker.sold.len() as f64).ln();
        prop_assert!(maker.cost() >= most - 1e-9 && maker.cost() <= most + worst + 1e-9);
    }

    /// Without a fee the product stays; with one it grows.
    #[test]
    fn a_pool_never_loses_its_product(
        x in 1.0..1e6_f64, y in 1.0..1e6_f64, fee in 0.0..0.5_f64, dx in 0.0..1e6_f64,
    ) {
        let out = Pool { x, y, fee }.out(dx).unwrap();
        prop_assert!(out < y);
        let product = (x + dx) * (y - out);
        prop_assert!(product >= x * y * (1.0 - 1e-12));
        let free = Pool { x, y, fee: 0.0 }.out(dx).unwrap();
        prop_assert!(((x + dx) * (y - free) - x * y).abs() <= 1e-9 * x * y);
    }
}

use crate::{names, near};
use pitfloor_theory::performance::performance;
use pitfloor_theory::risk_budget::{covariance, portfolio};
use proptest::prelude::*;

fn mrt() -> Vec<Vec<f64>> {
    let corr = [
        vec![1.0, 0.8, 0.0, 0.0],
        vec![0.8, 1.0, 0.0, 0.0],
        vec![0.0, 0.0, 1.0, -0.5],
        vec![0.0, 0.0, -0.5, 1.0],
    ];
    covariance(&[0.1, 0.2, 0.3, 0.4], &corr).unwrap()
}

fn roncalli() -> Vec<Vec<f64>> {
    let corr = [vec![1.0, 0.8, 0.5], vec![0.8, 1.0, 0.3], vec![0.5, 0.3, 1.0]];
    covariance(&[0.3, 0.2, 0.15], &corr).unwrap()
}

#[test]
fn published_risk_budgets_are_met() {
    let equal = portfolio(&mrt(), None).unwrap();
    for (found, wanted) in
        equal.weights.iter().zip([0.38361251, 0.19180625, 0.24261785, 0.18196339])
    {
        near(*found, wanted, 1e-8);
    }
    near(equal.volatility, 0.10293404, 1e-8);
    for (budgets, wanted) in [
        (None, [0.19686194, 0.32444083, 0.47869722]),
        (Some([0.5, 0.2, 0.3]), [0.31145051, 0.21899751, 0.46955198]),
    ] {
        let found = portfolio(&roncalli(), budgets.as_ref().map(|b| &b[..])).unwrap();
        for (found, wanted) in found.weights.iter().zip(wanted) {
            near(*found, wanted, 1e-7);
        }
    }
}

#[test]
fn with_one_correlation_weights_go_by_inverse_volatility() {
    let vol = [0.1, 0.2, 0.3, 0.4];
    let corr: Vec<Vec<f64>> =
        (0..4).map(|i| (0..4).map(|j| if i == j { 1.0 } else { 0.5 }).collect()).collect();
    let found = portfolio(&covariance(&vol, &corr).unwrap(), None).unwrap();
    for (found, wanted) in found.weights.iter().zip([0.48, 0.24, 0.16, 0.12]) {
        near(*found, wanted, 1e-12);
    }
}

#[test]
fn what_is_no_covariance_or_budget_is_refused() {
    let ones = |rho: f64| vec![vec![1.0, rho], vec![rho, 1.0]];
    names(covariance(&[0.1], &ones(0.5)), "vol");
    names(covariance(&[0.1, -0.1], &ones(0.5)), "vol");
    names(covariance(&[0.1, 0.1], &ones(1.5)), "corr");
    names(covariance(&[0.1, 0.1], &[vec![0.9, 0.0], vec![0.0, 1.0]]), "corr");
    names(covariance(&[0.1, 0.1], &[vec![1.0, 0.2], vec![0.3, 1.0]]), "corr");
    let three = vec![vec![1.0, -0.9, -0.9], vec![-0.9, 1.0, -0.9], vec![-0.9, -0.9, 1.0]];
    names(covariance(&[0.1; 3], &three), "corr");
    let cov = covariance(&[0.1, 0.2], &ones(0.5)).unwrap();
    names(portfolio(&cov, Some(&[0.5])), "budget");
    names(portfolio(&cov, Some(&[0.5, 0.6])), "budget");
    names(portfolio(&cov, Some(&[1.0, 0.0])), "budget");
    names(portfolio(&cov, Some(&[f64::NAN, 0.5])), "budget");
    names(portfolio(&[vec![0.0]], None), "cov");
    // Two that cancel each other carry no risk at all.
    let hedged = covariance(&[0.1, 0.1], &ones(-1.0)).unwrap();
    names(portfolio(&hedged, None), "cov");
}

proptest! {
    /// Whatever the covariance, each part carries its budget.
    #[test]
    fn each_part_carries_its_budget(
        rows in (1..7_usize).prop_flat_map(|n| {
            prop::collection::vec(prop::collection::vec(-1.0..1.0_f64, n), n)
        }),
        shares in prop::collection::vec(0.05..1.0_f64, 7),
    ) {
        let n = rows.len();
        let product = |i: usize, j: usize| -> f64 {
            let own = if i == j { 0.05 } else { 0.0 };
            rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum::<f64>() + own
        };
        let cov: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| product(i, j)).collect()).collect();
        let sum: f64 = shares[..n].iter().sum();
        let budgets: Vec<f64> = shares[..n].iter().map(|b| b / sum).collect();
        let found = portfolio(&cov, Some(&budgets)).unwrap();
        prop_assert!(found.residual < 1e-10);
        let variance = found.volatility * found.volatility;
        for i in 0..n {
            let pull: f64 = (0..n).map(|j| cov[i][j] * found.weights[j]).sum();
            prop_assert!(found.weights[i] > 0.0);
            prop_assert!((found.weights[i] * pull / variance - budgets[i]).abs() < 1e-10);
        }
        prop_assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn published_performance_is_met() {
    let daily = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];
    let found = performance(&daily, 252.0).unwrap();
    near(found.sharpe, 1.7238613961706866, 1e-12);
    near(found.sortino, 2.605531251673693, 1e-12);
    near(found.vol, 0.9136465399704637, 1e-12);
    near(found.mdd, -0.1, 1e-12);
    near(found.total, 0.03893, 1e-5);
    let monthly = [0.01, -0.02, 0.03, 0.005, -0.01, 0.025, -0.005, 0.015, -0.03, 0.02];
    let found = performance(&monthly, 12.0).unwrap();
    for (found, wanted) in [
        (found.sharpe, 0.6986670117),
        (found.sortino, 1.1607620002),
        (found.mdd, -0.03),
        (found.cagr, 0.0468512837),
        (found.var95, 0.0255),
        (found.omega, 1.6153846154),
    ] {
        near(found, wanted, 1e-10);
    }
}

#[test]
fn series_at_their_limits() {
    let flat = performance(&[0.0, 0.0, 0.0], 252.0).unwrap();
    assert_eq!((flat.sd, flat.mdd, flat.total), (0.0, 0.0, 0.0));
    assert!(flat.sharpe.is_nan() && flat.calmar.is_nan());
    let ruined = performance(&[0.5, -1.0, 0.5], 252.0).unwrap();
    assert_eq!((ruined.total, ruined.mdd, ruined.cagr), (-1.0, -1.0, -1.0));
    let rising = performance(&[0.01, 0.02], 252.0).unwrap();
    assert_eq!((rising.sortino, rising.omega, rising.hit), (f64::INFINITY, f64::INFINITY, 1.0));
    names(performance(&[0.1], 252.0), "r");
    names(performance(&[0.1, -1.1], 252.0), "r");
    names(performance(&[0.1, f64::NAN], 252.0), "r");
    names(performance(&[0.1, 0.1], 0.0), "per");
}

//! Monte Carlo against what is known exactly: within four standard errors, from fixed seeds.

use super::{call, near, put, shared};
use pitfloor_pricing::option::american::american_option;
use pitfloor_pricing::option::black_scholes::price;
use pitfloor_pricing::option::heston::{Heston, heston};
use pitfloor_pricing::option::jumps::{Jumps, merton_jump};
use pitfloor_pricing::option::least_squares::{Simulation, least_squares};
use pitfloor_pricing::option::{Right, Vanilla};
use pitfloor_pricing::process::Estimate;
use pitfloor_pricing::process::dice::{normal, seeded};
use pitfloor_pricing::process::gbm::GeometricBrownian;
use pitfloor_pricing::process::heston::HestonProcess;
use pitfloor_pricing::process::jumps::JumpDiffusion;
use pitfloor_pricing::process::ou::OrnsteinUhlenbeck;

#[track_caller]
fn agrees(found: Estimate, expected: f64) {
    let off = (found.value - expected).abs();
    assert!(off <= 4.0 * found.standard_error, "{found:?}, expected {expected}");
}

/// The discounted mean pay-off over `paths` ends that `walk` reaches.
fn worth(option: &Vanilla, paths: usize, mut walk: impl FnMut() -> f64) -> Estimate {
    let pay = |end: f64| option.discount() * option.right.pay_off(end, option.strike);
    Estimate::of(&(0..paths).map(|_| pay(walk())).collect::<Vec<_>>())
}

const TERMS: [f64; 5] = [100.0, 105.0, 0.05, 0.02, 1.0];

fn brownian() -> GeometricBrownian {
    GeometricBrownian { drift: 0.03, volatility: 0.25 }
}

#[test]
fn brownian_motion_gives_the_formula() {
    let (option, process) = (call(TERMS), brownian());
    process.check().unwrap();
    let mut dice = seeded(11);
    let exact = price(&option, 0.25).unwrap();
    agrees(worth(&option, 200_000, || process.step(100.0, 1.0, &mut dice)), exact);
    // Twelve steps are as good as one: each is exact.
    let year = |dice: &mut _| (0..12).fold(100.0, |at, _| process.step(at, 1.0 / 12.0, dice));
    agrees(worth(&option, 50_000, || year(&mut dice)), exact);
    let ends: Vec<f64> = (0..50_000).map(|_| year(&mut dice)).collect();
    agrees(Estimate::of(&ends), 100.0 * 0.03_f64.exp());
}

#[test]
fn a_mirrored_shock_is_a_mirrored_path() {
    let process = brownian();
    let (up, down) = (process.shocked(100.0, 0.5, 1.3), process.shocked(100.0, 0.5, -1.3));
    let middle = process.shocked(100.0, 0.5, 0.0);
    near(up * down, middle * middle, 1e-9);
    near(middle, 100.0 * (0.5_f64 * (0.03 - 0.5 * 0.0625)).exp(), 1e-12);
}

#[test]
fn jumping_prices_give_mertons() {
    let jumps = Jumps { rate: 3.0, mean: -0.1, deviation: 0.15 };
    let process = JumpDiffusion { diffusion: brownian(), jumps };
    process.check().unwrap();
    for option in [call(TERMS), put(TERMS)] {
        let exact = merton_jump(&option, 0.25, &jumps).unwrap();
        let mut dice = seeded(12);
        agrees(worth(&option, 200_000, || process.step(100.0, 1.0, &mut dice)), exact);
        let mut dice = seeded(13);
        let half = |at, dice: &mut _| process.step(at, 0.5, dice);
        let walk = || half(half(100.0, &mut dice), &mut dice);
        agrees(worth(&option, 100_000, walk), exact);
    }
}

/// v0, kappa, theta, sigma, rho.
fn model([variance, reversion, level, vol_of_vol, correlation]: [f64; 5]) -> Heston {
    Heston { variance, reversion, level, vol_of_vol, correlation }
}

fn walked(
    process: &HestonProcess,
    time: f64,
    steps: u32,
    dice: &mut impl rand_core::Rng,
) -> (f64, f64) {
    let step = time / f64::from(steps);
    (0..steps).fold((100.0, process.model.variance), |at, _| process.step(at, step, dice))
}

/// With a variance that stays away from 0 and one that lives there: price, mean and variance.
#[test]
fn wandering_variance_gives_hestons() {
    for (parameters, seed) in [
        ([0.04, 2.0, 0.06, 0.3, -0.6], 21),
        ([0.04, 0.5, 0.04, 1.0, -0.9], 22),
        ([0.09, 0.0, 0.04, 0.4, 0.3], 23),
        ([0.04, 2.0, 0.09, 0.0, -0.6], 24),
    ] {
        let process = HestonProcess { drift: 0.03, model: model(parameters) };
        process.check().unwrap();
        let mut dice = seeded(seed);
        let ends: Vec<_> = (0..40_000).map(|_| walked(&process, 1.0, 32, &mut dice)).collect();
        let prices: Vec<f64> = ends.iter().map(|end| end.0).collect();
        agrees(Estimate::of(&prices), 100.0 * 0.03_f64.exp());
        for option in [call(TERMS), put(TERMS)] {
            let mut ends = prices.iter();
            let found = worth(&option, prices.len(), || *ends.next().unwrap());
            agrees(found, heston(&option, &process.model).unwrap());
        }
        let variances: Vec<f64> = ends.iter().map(|end| end.1).collect();
        assert!(variances.iter().all(|v| *v >= 0.0), "a variance is never negative");
        let [v0, kappa, theta, ..] = parameters;
        let found = Estimate::of(&variances);
        let expected = theta + (v0 - theta) * (-kappa).exp();
        assert!((found.value - expected).abs() <= 4.0 * found.standard_error + 1e-12, "{found:?}");
    }
    let dead = HestonProcess { drift: 0.0, model: model([0.0, 0.0, 0.0, 0.5, 0.0]) };
    assert_eq!(dead.step((100.0, 0.0), 1.0, &mut seeded(1)), (100.0, 0.0));
}

#[test]
fn a_pulled_level_has_its_moments() {
    let process = OrnsteinUhlenbeck { reversion: 5.0, mean: 2.0, noise: 0.4 };
    process.check().unwrap();
    near(process.half_life() * 252.0, 34.9346, 5e-5);
    near(process.stationary_deviation(), 0.4 / 10.0_f64.sqrt(), 1e-15);
    near(process.expected(3.0, process.half_life()), 2.5, 1e-12);
    let mut dice = seeded(31);
    let ends: Vec<f64> = (0..100_000)
        .map(|_| process.step(process.step(3.0, 0.1, &mut dice), 0.15, &mut dice))
        .collect();
    let mean = process.expected(3.0, 0.25);
    agrees(Estimate::of(&ends), mean);
    let squares: Vec<f64> = ends.iter().map(|end| (end - mean) * (end - mean)).collect();
    agrees(Estimate::of(&squares), 0.016 * (1.0 - (-2.5_f64).exp()));
}

#[test]
fn what_processes_refuse() {
    let field = |result: Result<(), pitfloor_pricing::Outside>| result.unwrap_err().field;
    let good = brownian();
    assert_eq!(field(GeometricBrownian { drift: f64::NAN, ..good }.check()), "drift");
    assert_eq!(field(GeometricBrownian { volatility: -0.1, ..good }.check()), "v");
    let jumps = Jumps { rate: -1.0, mean: 0.0, deviation: 0.1 };
    assert_eq!(field(JumpDiffusion { diffusion: good, jumps }.check()), "lam");
    let heston = HestonProcess { drift: 0.0, model: model([0.04, 1.0, 0.04, 0.5, -1.5]) };
    assert_eq!(field(heston.check()), "rho");
    assert_eq!(field(HestonProcess { drift: 1e4, ..heston }.check()), "drift");
    let pulled = OrnsteinUhlenbeck { reversion: 1.0, mean: 0.0, noise: 1.0 };
    assert_eq!(field(OrnsteinUhlenbeck { reversion: 0.0, ..pulled }.check()), "theta");
    assert_eq!(field(OrnsteinUhlenbeck { mean: f64::NAN, ..pulled }.check()), "mu");
    assert_eq!(field(OrnsteinUhlenbeck { noise: -1.0, ..pulled }.check()), "sigma");
}

/// The paper's table: its twenty puts, with the published Bermudan values from the file.
#[test]
fn least_squares_finds_the_published_bermudans() {
    let Some(file) = shared("reference/published.json") else { return };
    let all: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let entries = all.as_object().unwrap().values();
    let mut rows = 0;
    for entry in entries.filter(|entry| entry["model"] == "american_option") {
        let get = |name: &str| entry["inputs"][name].as_f64().unwrap();
        let terms = put([get("S"), get("K"), get("r"), 0.0, get("T")]);
        let simulation = Simulation { paths: 100_000, seed: 2_001 };
        let found = least_squares(&terms, get("v"), 50.0, simulation).unwrap();
        let expected = entry["value"]["bermudan50"].as_f64().unwrap();
        let off = found.value - expected;
        assert!((-0.04..=0.02).contains(&off), "{terms:?}: {found:?}, expected {expected}");
        assert!(off.abs() <= 3.0 * found.standard_error + 0.02, "{found:?}, expected {expected}");
        assert!((0.002..0.025).contains(&found.standard_error), "{found:?}");
        rows += 1;
    }
    assert_eq!(rows, 20);
}

#[test]
fn least_squares_at_its_limits() {
    let some = Simulation { paths: 10_000, seed: 5 };
    // One date is a European option; a call without dividends is one too.
    let found = least_squares(&put([100.0, 100.0, 0.05, 0.0, 1.0]), 0.2, 0.5, some).unwrap();
    agrees(found, price(&put([100.0, 100.0, 0.05, 0.0, 1.0]), 0.2).unwrap());
    let kept = call([100.0, 100.0, 0.05, 0.0, 1.0]);
    let found = least_squares(&kept, 0.2, 10.0, some).unwrap();
    let exact = price(&kept, 0.2).unwrap();
    assert!((found.value - exact).abs() <= 4.0 * found.standard_error + 0.02, "{found:?} {exact}");
    // A call that dividends eat is exercised.
    let eaten = call([100.0, 90.0, 0.02, 0.1, 2.0]);
    let dated = american_option(&eaten, 0.25, 6.0).unwrap();
    let found = least_squares(&eaten, 0.25, 6.0, some).unwrap();
    assert!((found.value - dated.bermudan).abs() <= 4.0 * found.standard_error + 0.02);
    assert!(found.value > dated.european + 4.0 * found.standard_error);
    let calm = put([36.0, 40.0, 0.06, 0.0, 1.0]);
    let found = least_squares(&calm, 0.0, 50.0, some).unwrap();
    assert_eq!(found.standard_error, 0.0);
    near(found.value, 40.0 * (-0.06_f64 / 50.0).exp() - 36.0, 1e-12);
}

#[test]
fn a_seed_is_a_result() {
    let terms = put([36.0, 40.0, 0.06, 0.0, 1.0]);
    let run = |seed| least_squares(&terms, 0.2, 10.0, Simulation { paths: 2_000, seed }).unwrap();
    assert_eq!(run(1), run(1));
    assert!(run(1).value != run(2).value);
    let path = |seed| {
        let mut dice = seeded(seed);
        (0..50).map(|_| normal(&mut dice).to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(path(9), path(9));
    assert_ne!(path(9), path(10));
}

#[test]
fn what_least_squares_refuses() {
    let good = put([100.0, 100.0, 0.05, 0.0, 1.0]);
    let refused = |terms, v, dates, paths| {
        least_squares(&terms, v, dates, Simulation { paths, seed: 1 }).unwrap_err().field
    };
    for paths in [0, 2, 101, 10_000_001, 10_000_002] {
        assert_eq!(refused(good, 0.2, 50.0, paths), "paths", "{paths}");
    }
    assert_eq!(refused(good, 0.2, 1_000.0, 10_000_000), "paths");
    assert_eq!(refused(good, -0.2, 50.0, 100), "v");
    assert_eq!(refused(good, 0.2, 0.0, 100), "exercise_per_year");
    assert_eq!(refused(good.with_right(Right::Call), f64::NAN, 50.0, 100), "v");
    assert_eq!(refused(Vanilla { strike: 0.0, ..good }, 0.2, 50.0, 100), "K");
}

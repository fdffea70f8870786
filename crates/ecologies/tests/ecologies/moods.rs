use crate::{number, numbers, value};
use pitfloor_ecologies::dice::Dice;
use pitfloor_ecologies::sample::{
    autocorrelation, correlation, decay, deviation, excess_kurtosis, fluctuation, hill, mean,
    median, skewness,
};
use serde_json::{Value, json};

/// Heavy tails, clustering and slow memory, each by the median over ten seeds; and bursts of
/// followers come with bursts of prices.
#[test]
fn changing_minds_make_wild_prices() {
    let runs: Vec<Value> = (1..=10).map(|seed| value("E10", json!({"seed": seed}))).collect();
    let middle = |of: &dyn Fn(&Value) -> f64| median(&runs.iter().map(of).collect::<Vec<f64>>());
    let memory = |run: &Value, lags: std::ops::RangeInclusive<usize>| {
        mean(&numbers(run, "acf_abs")[lags.start() - 1..*lags.end()])
    };
    for (fact, found, low, high) in [
        ("F2 kurtosis", middle(&|run| number(run, "exkurt")), 3.0, f64::INFINITY),
        ("F2 tail", middle(&|run| number(run, "hill")), 2.0, 5.0),
        ("F6 first", middle(&|run| memory(run, 1..=1)), 0.1, 0.5),
        ("F6 next", middle(&|run| memory(run, 2..=20)), 0.02, 1.0),
        ("F8 decay", middle(&|run| number(run, "decay")), 0.1, 0.5),
        ("F8 fluctuation", middle(&|run| number(run, "fluctuation")), 0.6, 0.95),
    ] {
        println!("{fact}: {found}");
        assert!((low..=high).contains(&found), "{fact}: {found}");
    }
    assert!(runs.iter().all(|run| number(run, "followers_and_size") > 0.0));
}

/// With nobody to follow and no news, nothing moves but by noise.
#[test]
fn without_followers_prices_are_tame() {
    let tame = value("E10", json!({"a1": 0, "a2": 0, "a3": 0, "nu1": 1e-6, "nu2": 1e-6, "T_c": 0}));
    assert!(number(&tame, "exkurt").abs() < 0.5, "{tame}");
    assert!(numbers(&tame, "acf_abs")[0] < 0.1, "{tame}");
}

fn noise(seed: u64, n: usize) -> Vec<f64> {
    let mut dice = Dice::new(seed, "noise");
    (0..n).map(|_| dice.normal()).collect()
}

#[test]
fn estimators_find_what_was_put_in() {
    let plain = noise(1, 50_000);
    assert!(mean(&plain).abs() < 0.02 && (deviation(&plain) - 1.0).abs() < 0.02);
    assert!(skewness(&plain).abs() < 0.05 && excess_kurtosis(&plain).abs() < 0.1);
    assert!((fluctuation(&plain) - 0.5).abs() < 0.05, "{}", fluctuation(&plain));
    let mut walk = 0.0;
    let path: Vec<f64> = plain
        .iter()
        .map(|x| {
            walk += x;
            walk
        })
        .collect();
    assert!((fluctuation(&path) - 1.5).abs() < 0.1, "{}", fluctuation(&path));
    let mut level = 0.0;
    let kept: Vec<f64> = plain
        .iter()
        .map(|x| {
            level = 0.8 * level + x;
            level
        })
        .collect();
    for lag in 1..5 {
        let wanted = 0.8_f64.powi(lag);
        assert!((autocorrelation(&kept, lag as usize) - wanted).abs() < 0.03);
    }
    // Over the first lags an exponential falls ever faster than a power.
    assert!(decay(&kept, 10) > decay(&kept, 3));
    assert!((correlation(&plain, &plain) - 1.0).abs() < 1e-12);
    assert!(correlation(&plain[..25_000], &plain[25_000..]).abs() < 0.03);
    // Sizes whose share above x is 1/x³.
    let mut dice = Dice::new(2, "tail");
    let tail: Vec<f64> = (0..50_000).map(|_| (1.0 - dice.unit()).powf(-1.0 / 3.0)).collect();
    assert!((hill(&tail, 0.05) - 3.0).abs() < 0.2, "{}", hill(&tail, 0.05));
    assert!(hill(&tail[..5], 0.05).is_nan() && median(&[]).is_nan());
    assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
}

#[test]
fn how_many_of_some_do_it() {
    let mut dice = Dice::new(4, "counts");
    for (n, p) in [(1, 0.3), (50, 0.02), (400, 0.5), (3, 0.999)] {
        let drawn: Vec<f64> = (0..20_000).map(|_| f64::from(dice.how_many(n, p))).collect();
        let (wanted, sd) = (f64::from(n) * p, (f64::from(n) * p * (1.0 - p)).sqrt());
        assert!((mean(&drawn) - wanted).abs() < 4.0 * sd / 20_000_f64.sqrt(), "{n} {p}");
        assert!((deviation(&drawn) / sd - 1.0).abs() < 0.1, "{n} {p}");
        assert!(drawn.iter().all(|k| *k <= f64::from(n)));
    }
    assert_eq!([dice.how_many(7, 0.0), dice.how_many(0, 0.5), dice.how_many(7, 1.0)], [0, 0, 7]);
}

use crate::{number, numbers, value};
use pitfloor_ecologies::margin_spiral::Parameters;
use pitfloor_ecologies::sample::median;
use serde_json::{Value, json};

/// Mispricing by the strength of the trend: standard deviation and excess kurtosis.
#[test]
fn mispricing_widens_and_splits_with_the_trend() {
    let table =
        [(0.0, 0.1013, -0.03), (0.01, 0.1199, -0.05), (0.02, 0.1556, -0.18), (0.04, 0.3381, -1.03)];
    for (beta, sd, exkurt) in table {
        let found = value("E9", json!({"beta": beta}));
        assert!((number(&found, "sd") / sd - 1.0).abs() < 0.05, "{beta}: {found}");
        assert!((number(&found, "exkurt") - exkurt).abs() < 0.1, "{beta}: {found}");
    }
}

/// Without a trend mispricing is an autoregression, whose deviation is known.
#[test]
fn without_a_trend_mispricing_is_an_autoregression() {
    let kept: f64 = 0.95;
    let noise: f64 = 0.03 * 0.03 + 0.01 * 0.01;
    let sd = (noise / (1.0 - kept * kept)).sqrt();
    assert!((sd - 0.10127).abs() < 1e-5);
    // The standard error of a deviation, widened by memory.
    let memory = (1.0 + kept * kept) / (1.0 - kept * kept);
    let error = sd * (memory / (2.0 * 200_000.0)).sqrt();
    for seed in 1..=5 {
        let found = number(&value("E9", json!({"beta": 0, "seed": seed})), "sd");
        assert!((found - sd).abs() < 4.0 * error, "{seed}: {found} {sd} {error}");
    }
}

fn leverage(inputs: Value) -> [f64; 4] {
    let names = ["std", "skew", "exkurt", "acf_abs"];
    let runs: Vec<Value> = (0..15)
        .map(|seed| {
            let mut inputs = inputs.clone();
            inputs["seed"] = json!(seed);
            value("E20", inputs)
        })
        .collect();
    names.map(|name| median(&runs.iter().map(|run| number(run, name)).collect::<Vec<_>>()))
}

#[test]
fn leverage_calms_markets_and_fattens_their_tails() {
    let none = leverage(json!({"beta": []}));
    let limits = [1, 5, 10, 15].map(|limit| leverage(json!({"lambda_max": limit})));
    let [std, skew, exkurt, memory] = [0, 1, 2, 3];
    assert!((none[std] - 0.035).abs() < 0.001 && none[exkurt].abs() < 0.1, "{none:?}");
    assert!(limits.windows(2).all(|pair| pair[1][exkurt] > pair[0][exkurt]), "{limits:?}");
    assert!(limits[1..].iter().all(|found| found[skew] < 0.0), "{limits:?}");
    assert!(limits[1][std] < none[std], "{limits:?}");
    let rising = [none[memory], limits[0][memory], limits[1][memory], limits[3][memory]];
    assert!(rising.is_sorted_by(|a, b| a < b), "{rising:?}");
}

#[test]
fn funds_that_never_borrow_are_never_ruined() {
    let few = value("E20", json!({"lambda_max": 1, "steps": 5000}));
    let many = value("E20", json!({"lambda_max": 10, "steps": 5000}));
    assert_eq!(number(&few, "defaults"), 0.0);
    assert!(number(&many, "defaults") > 0.0);
}

#[test]
fn a_spiral_goes_farther_than_its_shock_and_does_not_come_back() {
    let found = value("E19", json!({}));
    assert!(number(&found, "amplification") > 1.0 && found["bound"] == json!(true), "{found}");
    assert!(number(&found, "lasting") < 0.0, "what was lost stays lost");
    let prices = numbers(&found, "prices");
    assert!((prices[99] - 100.0).abs() < 1e-9, "calm before the shock");
    assert!((prices[299] - prices[298]).abs() < 1e-9, "settled after it");
}

#[test]
fn with_capital_enough_a_shock_is_a_shock() {
    for (shock, value_at) in [(-0.2, 100.0), (-5.0, 50.0), (3.0, 100.0)] {
        let ample = json!({"theta": 0, "W": 1000, "shock": shock, "v": value_at});
        let found = value("E19", ample);
        assert!((number(&found, "amplification") - 1.0).abs() < 1e-9, "{found}");
        assert!(number(&found, "lasting").abs() < 1e-9 && found["bound"] == json!(false));
    }
}

/// The larger the margin's answer to falls, the farther they go.
#[test]
fn margins_that_answer_falls_deepen_them() {
    let falls: Vec<f64> = [0.0, 0.25, 0.5, 0.75]
        .map(|theta| number(&value("E19", json!({"theta": theta})), "amplification"))
        .to_vec();
    assert!(falls.is_sorted_by(|a, b| a < b), "{falls:?}");
}

/// Price, holding and capital of every step agree with one another.
#[test]
fn each_step_is_a_fixed_point() {
    let with = Parameters {
        value: 100.0,
        supply: 10.0,
        depth: 20.0,
        margin: 1.0,
        destabilising: 0.5,
        capital: 10.0,
        shock: -0.2,
        steps: 40,
    };
    let found = with.run().expect("prices are found");
    for i in 1..found.prices.len() {
        let worth = 100.0 + if (40..80).contains(&i) { -0.2 } else { 0.0 };
        let (price, held) = (found.prices[i], found.held[i]);
        assert!((worth - (10.0 - held) / 20.0 - price).abs() < 1e-9, "step {i}");
        let gained = found.held[i - 1] * (price - found.prices[i - 1]);
        assert!((found.capital[i] - found.capital[i - 1] - gained).abs() < 1e-9, "step {i}");
        let before = if i == 1 { 0.0 } else { found.prices[i - 1] - found.prices[i - 2] };
        let carried = found.capital[i].max(0.0) / (1.0 + 0.5 * before.abs());
        assert!((held - carried.min(10.0)).abs() < 1e-8, "step {i}");
    }
}

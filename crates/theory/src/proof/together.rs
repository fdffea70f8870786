//! Several series at once: baskets and curves.

use super::{Row, Rows};
use libm::{exp, expm1, log, sqrt};
use pitfloor_pricing::option::{Right, Vanilla, black_scholes};
use pitfloor_pricing::process::basket::{Basket, Shocks};
use pitfloor_pricing::process::curve::CurveProcess;
use pitfloor_pricing::process::dice::seeded;
use pitfloor_pricing::process::gbm::GeometricBrownian;
use pitfloor_pricing::process::ou::OrnsteinUhlenbeck;

const VOLATILITIES: [f64; 3] = [0.2, 0.35, 0.1];
const TOGETHER: [[f64; 3]; 3] = [[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]];

pub(super) fn basket(paths: usize, seed: u64) -> Vec<Row> {
    let mut rows = Rows::of("basket");
    let parts = VOLATILITIES.map(|volatility| GeometricBrownian { drift: 0.0, volatility });
    let shocks = Shocks::new(&TOGETHER.map(|row| row.to_vec())).expect("correlations");
    let basket = Basket::new(parts.to_vec(), shocks).expect("in its domain");
    let mut dice = seeded(seed);
    let ends: Vec<[f64; 3]> = (0..paths)
        .map(|_| {
            let mut spots = [100.0; 3];
            basket.step(&mut spots, 0.4, &mut dice);
            basket.step(&mut spots, 0.6, &mut dice);
            spots
        })
        .collect();
    let off =
        |end: &[f64; 3], i: usize| log(end[i] / 100.0) + 0.5 * VOLATILITIES[i] * VOLATILITIES[i];
    for i in 0..3 {
        for j in i..3 {
            let exact = TOGETHER[i][j] * VOLATILITIES[i] * VOLATILITIES[j];
            let figure = format!("covariance of returns {} and {}", i + 1, j + 1);
            rows.put(&figure, exact, ends.iter().map(|end| off(end, i) * off(end, j)));
        }
    }
    // The right to swap the second for the first (Margrabe 1978, Journal of Finance 33).
    let [one, two, _] = VOLATILITIES;
    let apart = sqrt(one * one + two * two - 2.0 * TOGETHER[0][1] * one * two);
    let right = Right::Call;
    let terms = Vanilla { right, spot: 100.0, strike: 100.0, rate: 0.0, dividend: 0.0, time: 1.0 };
    let exact = black_scholes::price(&terms, apart).expect("in its domain");
    rows.put("right to exchange 2 for 1", exact, ends.iter().map(|e| (e[0] - e[1]).max(0.0)));
    rows.rows
}

/// Level, slope, hump: the pull, the mean, the noise.
const SHAPES: [[f64; 3]; 3] = [[0.2, 0.045, 0.008], [0.5, -0.015, 0.012], [1.2, -0.01, 0.03]];
const NOISE: [[f64; 3]; 3] = [[1.0, -0.5, 0.1], [-0.5, 1.0, 0.3], [0.1, 0.3, 1.0]];
const DECAY: f64 = 1.4;
/// How long after is looked again.
const LATER: f64 = 0.5;

pub(super) fn curve(paths: usize, seed: u64) -> Vec<Row> {
    let mut rows = Rows::of("curve");
    let shape = |[reversion, mean, noise]: [f64; 3]| OrnsteinUhlenbeck { reversion, mean, noise };
    let process = CurveProcess::new(SHAPES.map(shape), NOISE, DECAY).expect("in its domain");
    let mut dice = seeded(seed);
    // One exact step of five hundred years is the long run.
    let pairs: Vec<[[f64; 3]; 2]> = (0..paths)
        .map(|_| {
            let first = process.step(process.start(), 500.0, &mut dice);
            let middle = process.step(first, 0.3 * LATER, &mut dice);
            [first, process.step(middle, 0.7 * LATER, &mut dice)]
        })
        .collect();
    for years in [0.25, 2.0, 10.0] {
        // Nelson and Siegel's loadings, written out.
        let x = years / DECAY;
        let by = [1.0, -expm1(-x) / x, -expm1(-x) / x - exp(-x)];
        let read = |at| process.yield_at(at, years).expect("a time");
        let mean: f64 = (0..3).map(|i| by[i] * SHAPES[i][1]).sum();
        let shared = |kept: [f64; 3]| -> f64 {
            let cell = |i: usize, j: usize| {
                let together = NOISE[i][j] * SHAPES[i][2] * SHAPES[j][2];
                by[i] * by[j] * kept[j] * together / (SHAPES[i][0] + SHAPES[j][0])
            };
            (0..9).map(|n| cell(n / 3, n % 3)).sum()
        };
        rows.put(&format!("mean yield for {years}"), mean, pairs.iter().map(|p| read(p[1])));
        let off = pairs.iter().map(|p| (read(p[1]) - mean) * (read(p[1]) - mean));
        rows.put(&format!("variance of the yield for {years}"), shared([1.0; 3]), off);
        let product = pairs.iter().map(|p| (read(p[0]) - mean) * (read(p[1]) - mean));
        let kept = SHAPES.map(|[pull, ..]| exp(-pull * LATER));
        let figure = format!("autocovariance of the yield for {years}");
        rows.put(&figure, shared(kept), product);
    }
    rows.rows
}

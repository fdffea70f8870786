//! Volatility that comes in clusters: fat tails and the memory of squared returns.

use super::Rows;
use libm::{exp, log, sqrt};
use pitfloor_pricing::process::dice::seeded;
use pitfloor_pricing::process::garch::GarchProcess;
use pitfloor_pricing::process::regime::Regimes;

/// Periods that a path takes to forget where it began, at most.
const WARM_UP_MOST: u32 = 2_000;
/// A period, in units of time.
const PERIOD: f64 = 1.0 / 250.0;
/// Lags at which memory is looked at.
const LAGS: [usize; 3] = [1, 5, 20];
/// Pairs of a path that are looked at, for each lag.
const PAIRS: usize = 100;
/// Spans of equal length in a path with moods.
const CELLS: usize = 12;

pub(super) fn garch(rows: &mut Rows, law: &GarchProcess, paths: usize, seed: u64) {
    let mut dice = seeded(seed);
    let (long, kept) = (law.long_run(), law.memory());
    let last = PAIRS + LAGS[LAGS.len() - 1];
    // Until a millionth of the start is left.
    let warm_up = (log(1e-6) / log(kept.clamp(1e-9, 1.0))).min(f64::from(WARM_UP_MOST)) as u32;
    let mut prices = Vec::with_capacity(paths);
    let series: Vec<Vec<f64>> = (0..paths)
        .map(|_| {
            let mut at = (100.0, long);
            for _ in 0..warm_up {
                at = law.step(at, PERIOD, &mut dice);
            }
            at.0 = 100.0;
            let shocks = (0..=last)
                .map(|_| {
                    let (spot, variance) = at;
                    at = law.step(at, PERIOD, &mut dice);
                    // What moved the price beside its drift, per square root of a unit of time.
                    let moved = log(at.0 / spot) - (law.drift() - 0.5 * variance) * PERIOD;
                    moved / sqrt(PERIOD)
                })
                .collect();
            prices.push(at.0);
            shocks
        })
        .collect();
    let time = PERIOD * (last + 1) as f64;
    rows.put("mean price", 100.0 * exp(law.drift() * time), prices.into_iter());
    rows.put("variance of shocks", long, series.iter().map(|path| path[0] * path[0]));
    rows.put("covariance of shocks", 0.0, series.iter().map(|path| path[0] * path[1]));
    // The error of a fourth moment is known when there is an eighth.
    let Some(kurtosis) = law.kurtosis().filter(|_| law.has_eighth_moment()) else { return };
    let scaled = |shock: f64| shock * shock / long;
    let fourth = series.iter().map(|path| scaled(path[last]) * scaled(path[last]));
    rows.put("kurtosis of shocks", kurtosis, fourth);
    for lag in LAGS {
        let exact = law.autocorrelation(lag as u32).expect("there is a fourth moment");
        let product = |path: &Vec<f64>| {
            let off = |shock: &f64| scaled(*shock) - 1.0;
            let pairs = path.iter().zip(&path[lag..]).take(PAIRS);
            let sum: f64 = pairs.map(|(one, two)| off(one) * off(two)).sum();
            sum / PAIRS as f64 / (kurtosis - 1.0)
        };
        let figure = format!("autocorrelation of squares at {lag}");
        rows.put(&figure, exact, series.iter().map(product));
    }
}

pub(super) fn regimes(rows: &mut Rows, law: &Regimes, paths: usize, seed: u64) {
    let mut dice = seeded(seed);
    let ends: Vec<(f64, bool)> = (0..paths)
        .map(|_| {
            let start = (100.0, law.start(&mut dice));
            [0.25, 0.25, 0.5].into_iter().fold(start, |at, step| law.step(at, step, &mut dice))
        })
        .collect();
    rows.put("mean price", 100.0 * mean_growth(law), ends.iter().map(|end| end.0));
    let wild = ends.iter().map(|end| f64::from(u8::from(end.1)));
    rows.put("share of wild times", law.wild_share(), wild);
    // With half the variance as drift a return is the diffusion alone, and its moments are those of
    // the summed variance.
    let centred = Regimes { drift: law.volatility.map(|v| 0.5 * v * v), ..*law };
    let mut path = |step: f64| {
        let mut at = (1.0, centred.start(&mut dice));
        [(); CELLS].map(|()| {
            let before = at.0;
            at = centred.step(at, step, &mut dice);
            log(at.0 / before)
        })
    };
    let mean = law.mean_variance();
    let whole = 1.0 / CELLS as f64;
    let returns: Vec<f64> = (0..paths).map(|_| path(whole).iter().sum()).collect();
    rows.put("variance of returns", mean, returns.iter().map(|x| x * x));
    let fourth = 3.0 * (law.spread_of_total_variance(1.0) + mean * mean);
    rows.put("fourth moment of returns", fourth, returns.iter().map(|x| x.powi(4)));
    // Cells in which a mood has hardly changed.
    let cell = 0.3 / (1.0 / law.stay[0] + 1.0 / law.stay[1]);
    let returns: Vec<[f64; CELLS]> = (0..paths).map(|_| path(cell)).collect();
    for lag in [1, 3] {
        let product = |path: &[f64; CELLS]| {
            let off = |x: &f64| x * x - cell * mean;
            let pairs = path.iter().zip(&path[lag..]);
            pairs.map(|(one, two)| off(one) * off(two)).sum::<f64>() / (CELLS - lag) as f64
        };
        let exact = law.covariance_of_variances(cell, lag as u32);
        let figure = format!("covariance of squares at {lag}");
        rows.put(&figure, exact, returns.iter().map(product));
    }
}

/// The mean growth factor over one unit of time from the long run: `pi e^(Q + diag(drift)) 1`.
fn mean_growth(law: &Regimes) -> f64 {
    let (leave, back) = (1.0 / law.stay[0], 1.0 / law.stay[1]);
    let (a, d) = (law.drift[0] - leave, law.drift[1] - back);
    let (middle, half) = (0.5 * (a + d), 0.5 * (a - d));
    let root = sqrt(half * half + leave * back);
    // e^A = e^m (cosh r I + sinh r / r (A - m I)), and the row sums of A - m I are ±half + rate.
    let (up, down) = (0.5 * exp(middle + root), 0.5 * exp(middle - root));
    let row = |off: f64, rate: f64| up + down + (up - down) / root * (off + rate);
    let share = law.wild_share();
    (1.0 - share) * row(half, leave) + share * row(-half, back)
}

//! Prices after one unit of time: means, moments, and what options on them are worth.

use super::Rows;
use libm::{exp, log, sqrt};
use pitfloor_pricing::Outside;
use pitfloor_pricing::option::{Right, Vanilla, black_scholes, heston as by_heston, jumps};
use pitfloor_pricing::process::dice::{normal, seeded};
use pitfloor_pricing::process::gbm::GeometricBrownian;
use pitfloor_pricing::process::heston::HestonProcess;
use pitfloor_pricing::process::jumps::JumpDiffusion;
use pitfloor_pricing::process::ou::OrnsteinUhlenbeck;

/// Where prices start.
const SPOT: f64 = 100.0;
/// Steps to the unit of time, for schemes that are not exact in them.
const STEPS: u32 = 64;
/// Steps for the exact ones: as good as one, and a mistake in the step shows.
const FEW: u32 = 4;
/// Strikes of the calls.
const STRIKES: [f64; 3] = [90.0, 100.0, 110.0];

/// `drift` is the riskless rate, and a call is its discounted mean pay-off.
fn calls(
    rows: &mut Rows,
    drift: f64,
    ends: &[f64],
    worth: impl Fn(&Vanilla) -> Result<f64, Outside>,
) {
    rows.put("mean price", SPOT * exp(drift), ends.iter().copied());
    for strike in STRIKES {
        let right = Right::Call;
        let option = Vanilla { right, spot: SPOT, strike, rate: drift, dividend: 0.0, time: 1.0 };
        let Ok(exact) = worth(&option) else { continue };
        let pay = |end: &f64| exp(-drift) * right.pay_off(*end, strike);
        rows.put(&format!("call at {strike}"), exact, ends.iter().map(pay));
    }
}

pub(super) fn gbm(rows: &mut Rows, law: &GeometricBrownian, paths: usize, seed: u64) {
    let mut dice = seeded(seed);
    let mut half = Vec::with_capacity(paths);
    let ends: Vec<f64> = (0..paths)
        .map(|_| {
            let go = |at, dice: &mut _| (0..FEW).fold(at, |at, _| law.step(at, 0.125, dice));
            let middle = go(SPOT, &mut dice);
            half.push(middle);
            go(middle, &mut dice)
        })
        .collect();
    let (v, mean) = (law.volatility, law.drift - 0.5 * law.volatility * law.volatility);
    let off = |end: f64, from: f64, mean: f64| log(end / from) - mean;
    let whole = |power| ends.iter().map(move |end| off(*end, SPOT, mean).powi(power));
    rows.put("mean return", mean, ends.iter().map(|end| log(end / SPOT)));
    rows.put("variance of returns", v * v, whole(2));
    rows.put("fourth moment of returns", 3.0 * v * v * v * v, whole(4));
    let pairs = half.iter().zip(&ends);
    let product = |(middle, end): (&f64, &f64)| {
        off(*middle, SPOT, 0.5 * mean) * off(*end, *middle, 0.5 * mean)
    };
    rows.put("covariance of halves", 0.0, pairs.map(product));
    calls(rows, law.drift, &ends, |option| black_scholes::price(option, v));
}

pub(super) fn merton(rows: &mut Rows, law: &JumpDiffusion, paths: usize, seed: u64) {
    let mut dice = seeded(seed);
    let step = 1.0 / f64::from(FEW);
    let mut walk = || (0..FEW).fold(SPOT, |at, _| law.step(at, step, &mut dice));
    let ends: Vec<f64> = (0..paths).map(|_| walk()).collect();
    let (v, lam, mu, d) =
        (law.diffusion.volatility, law.jumps.rate, law.jumps.mean, law.jumps.deviation);
    // Cumulants of the sum: the diffusion has two, and jumps have the raw moments of one jump.
    let drift = law.diffusion.drift - 0.5 * v * v - lam * law.jumps.mean_gain();
    let mean = drift + lam * mu;
    let second = v * v + lam * (mu * mu + d * d);
    let third = lam * (mu * mu * mu + 3.0 * mu * d * d);
    let fourth = lam * (mu.powi(4) + 6.0 * mu * mu * d * d + 3.0 * d.powi(4));
    let central = |power| ends.iter().map(move |end| (log(end / SPOT) - mean).powi(power));
    rows.put("mean return", mean, ends.iter().map(|end| log(end / SPOT)));
    rows.put("variance of returns", second, central(2));
    rows.put("third moment of returns", third, central(3));
    rows.put("fourth moment of returns", fourth + 3.0 * second * second, central(4));
    calls(rows, law.diffusion.drift, &ends, |option| jumps::merton_jump(option, v, &law.jumps));
    // Without diffusion a step without a jump is a step of the drift alone.
    let bare = GeometricBrownian { drift: 0.0, volatility: 0.0 };
    let bare = JumpDiffusion { diffusion: bare, jumps: law.jumps };
    let still = exp(-lam * step * law.jumps.mean_gain());
    let quiet = (0..paths).map(|_| {
        let moved = bare.step(1.0, step, &mut dice);
        f64::from(u8::from((moved - still).abs() < 1e-14))
    });
    let quiet: Vec<f64> = quiet.collect();
    rows.put("steps without a jump", exp(-lam * step), quiet.into_iter());
}

pub(super) fn heston(rows: &mut Rows, law: &HestonProcess, paths: usize, seed: u64) {
    let mut dice = seeded(seed);
    let step = 1.0 / f64::from(STEPS);
    let mut walk =
        || (0..STEPS).fold((SPOT, law.model.variance), |at, _| law.step(at, step, &mut dice));
    let ends: Vec<(f64, f64)> = (0..paths).map(|_| walk()).collect();
    let model = law.model;
    let (kappa, theta, sigma) = (model.reversion, model.level, model.vol_of_vol);
    let kept = exp(-kappa);
    let mean = theta + (model.variance - theta) * kept;
    // Cox, Ingersoll & Ross (1985), Econometrica 53, equation 19.
    let spread = if kappa == 0.0 {
        sigma * sigma * model.variance
    } else {
        let gone = 1.0 - kept;
        sigma * sigma / kappa * (model.variance * kept * gone + 0.5 * theta * gone * gone)
    };
    let log_mean = law.drift - 0.5 * model.mean_total_variance(1.0);
    rows.put("mean return", log_mean, ends.iter().map(|end| log(end.0 / SPOT)));
    rows.put("mean variance", mean, ends.iter().map(|end| end.1));
    let off = ends.iter().map(|end| (end.1 - mean) * (end.1 - mean));
    rows.put("variance of the variance", spread, off);
    let prices: Vec<f64> = ends.iter().map(|end| end.0).collect();
    calls(rows, law.drift, &prices, |option| by_heston::heston(option, &model));
}

/// From the long run on: mean, variance, and what is left of a distance after a half-life.
pub(super) fn ou(rows: &mut Rows, law: &OrnsteinUhlenbeck, paths: usize, seed: u64) {
    let mut dice = seeded(seed);
    let (half, deviation) = (law.half_life(), law.noise / sqrt(2.0 * law.reversion));
    let far = law.mean + 3.0 * deviation;
    let pairs: Vec<(f64, f64, f64)> = (0..paths)
        .map(|_| {
            let start = law.mean + deviation * normal(&mut dice);
            let middle = law.step(start, 0.3 * half, &mut dice);
            let end = law.step(middle, 0.7 * half, &mut dice);
            (start - law.mean, end - law.mean, law.step(far, half, &mut dice))
        })
        .collect();
    let long = deviation * deviation;
    rows.put("mean", law.mean, pairs.iter().map(|(_, end, _)| end + law.mean));
    rows.put("variance", long, pairs.iter().map(|(_, end, _)| end * end));
    let product = pairs.iter().map(|(start, end, _)| start * end);
    rows.put("autocovariance after a half-life", 0.5 * long, product);
    let expected = law.mean + 1.5 * deviation;
    rows.put("mean from three deviations away", expected, pairs.iter().map(|pair| pair.2));
    let off = pairs.iter().map(|pair| (pair.2 - expected) * (pair.2 - expected));
    rows.put("variance from a known start", 0.75 * long, off);
}

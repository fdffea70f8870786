//! The estimators on processes whose answers are known: each lands where a correct one must, bias
//! included. No market is involved.
//!
//! Tolerances are those of the page on validity; the reference estimates are what a correct
//! implementation found once.

use pitfloor_facts::dice::Dice;
use pitfloor_facts::estimator::epps::{Tick, epps};
use pitfloor_facts::estimator::hawkes;
use pitfloor_facts::estimator::{
    arrivals, autocorrelation, dfa, excess_kurtosis, gph, hill, impact, roll,
};

const N: usize = 200_000;

fn near(what: &str, found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.unwrap_or_else(|| panic!("{what}: there is an estimate"));
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is {expected} ± {tolerance}");
}

fn normals(seed: u64, n: usize) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    (0..n).map(|_| dice.normal()).collect()
}

#[test]
fn a_normal_law_has_no_tail_and_no_memory() {
    let normals = normals(1, N);
    near("excess kurtosis", excess_kurtosis(&normals), 0.0, 0.04);
    near("DFA", dfa(&normals), 0.5, 0.02);
    let sizes: Vec<f64> = normals.iter().map(|x| x.abs()).collect();
    for lag in 1..=50 {
        near("acf of |r|", autocorrelation(&sizes, lag), 0.0, 0.012);
    }
}

#[test]
fn a_pareto_tail_has_the_exponent_it_was_made_with() {
    let mut dice = Dice::new(3);
    // Both signs: the estimate is of |x|.
    let signed: Vec<f64> = (0..N).map(|_| dice.sign() * dice.pareto(3.0)).collect();
    near("Hill", hill(&signed, 0.05), 3.0, 0.1);
}

#[test]
fn student_tails_are_seen_with_the_bias_they_have() {
    let table = [
        (3, [2.69, 2.84, 2.79, 2.87]),
        (4, [3.16, 3.47, 3.53, 3.63]),
        (5, [3.60, 3.93, 4.07, 4.29]),
    ];
    for (degrees, expected) in table {
        let mut dice = Dice::new(17 + degrees);
        let values: Vec<f64> = (0..N)
            .map(|_| {
                let chi: f64 = (0..degrees).map(|_| libm::pow(dice.normal(), 2.0)).sum();
                dice.normal() / libm::sqrt(chi / degrees as f64)
            })
            .collect();
        for (share, expected) in [0.05, 0.02, 0.01, 0.005].into_iter().zip(expected) {
            near(&format!("Hill {degrees} {share}"), hill(&values, share), expected, 0.2);
        }
    }
}

#[test]
fn a_garch_series_has_the_moments_of_its_coefficients() {
    let (omega, alpha, beta) = (2e-6, 0.08, 0.90);
    let (mut dice, mut variance) = (Dice::new(4), omega / (1.0 - alpha - beta));
    let returns: Vec<f64> = (0..N)
        .map(|_| {
            let r = libm::sqrt(variance) * dice.normal();
            variance = omega + alpha * r * r + beta * variance;
            r
        })
        .collect();
    let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
    near("excess kurtosis", excess_kurtosis(&returns), 1.43284, 0.8);
    for (lag, expected) in [(1, 0.20522), (10, 0.17110), (50, 0.07626)] {
        near("acf of r²", autocorrelation(&squares, lag), expected, 0.03);
    }
    near("acf of r", autocorrelation(&returns, 1), 0.0, 0.015);
}

/// Fractional Gaussian noise of Hurst exponent `h`: its correlations are laid on a circle, whose
/// Fourier transform is their square root (Davies & Harte 1987).
fn fractional_noise(seed: u64, h: f64, n: usize) -> Vec<f64> {
    let covariance = |lag: f64| {
        let power = |x: f64| libm::pow(x.abs(), 2.0 * h);
        0.5 * (power(lag + 1.0) - 2.0 * power(lag) + power(lag - 1.0))
    };
    let circle = 2 * n;
    let mut wave: Vec<(f64, f64)> =
        (0..circle).map(|at| (covariance(at.min(circle - at) as f64), 0.0)).collect();
    fourier(&mut wave);
    let mut dice = Dice::new(seed);
    let mut drawn: Vec<(f64, f64)> = wave
        .iter()
        .map(|(power, _)| {
            let size = libm::sqrt(power.max(0.0) / circle as f64);
            (size * dice.normal(), size * dice.normal())
        })
        .collect();
    fourier(&mut drawn);
    drawn[..n].iter().map(|(real, _)| *real).collect()
}

/// The Fourier transform of a power of two of values (Cooley & Tukey 1965).
fn fourier(values: &mut [(f64, f64)]) {
    let n = values.len();
    let bits = n.trailing_zeros();
    for at in 0..n {
        let mirrored = at.reverse_bits() >> (usize::BITS - bits);
        if at < mirrored {
            values.swap(at, mirrored);
        }
    }
    let mut half = 1;
    while half < n {
        for turn in 0..half {
            let angle = -std::f64::consts::PI * turn as f64 / half as f64;
            let (cos, sin) = (libm::cos(angle), libm::sin(angle));
            for at in (turn..n).step_by(2 * half) {
                let (a, b) = (values[at], values[at + half]);
                let b = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                values[at] = (a.0 + b.0, a.1 + b.1);
                values[at + half] = (a.0 - b.0, a.1 - b.1);
            }
        }
        half *= 2;
    }
}

#[test]
fn fractional_noise_remembers_as_long_as_it_was_made_to() {
    for (h, with_gph) in [(0.6, 0.642), (0.75, 0.748), (0.9, 0.920)] {
        let noise = fractional_noise(21, h, 1 << 17);
        near(&format!("DFA of {h}"), dfa(&noise), h, 0.03);
        // Its standard error is π/√(24·√n) = .034.
        near(&format!("GPH of {h}"), gph(&noise), with_gph, 0.12);
    }
}

#[test]
fn split_orders_leave_a_long_memory() {
    for (alpha, expected) in [(1.3, 0.796), (1.5, 0.719), (1.7, 0.667)] {
        let signs = split_signs(5, alpha, 10, 400_000);
        near(&format!("DFA of α {alpha}"), dfa(&signs), expected, 0.06);
        assert!(autocorrelation(&signs, 1).unwrap() > 0.03);
    }
}

/// Lillo, Mike & Farmer (2005): so many hidden orders alive with sizes ⌈u^(−1/α)⌉, one worked at a
/// time.
fn split_signs(seed: u64, alpha: f64, alive: usize, n: usize) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    let mut hidden = vec![(0.0, 0.0); alive];
    let emit = |_| {
        let order = &mut hidden[dice.below(alive)];
        if order.1 < 1.0 {
            *order = (dice.sign(), libm::ceil(dice.pareto(alpha)));
        }
        order.1 -= 1.0;
        order.0
    };
    (0..n).map(emit).collect()
}

#[test]
fn correlation_fades_with_the_step_as_the_formula_says() {
    let (rho, rate, span_s) = (0.8, 0.5, 400_000.0);
    let mut dice = Dice::new(31);
    // Two correlated walks, each seen at the moments of its own Poisson clock.
    let (mut ticks, mut next) = ([Vec::new(), Vec::new()], [0.0, 0.0]);
    let (mut price, mut now) = ([0.0, 0.0], 0.0);
    for (side, next) in next.iter_mut().enumerate() {
        *next = dice.exponential() / rate;
        ticks[side].push(Tick { at_s: 0.0, price: 0.0 });
    }
    while now < span_s {
        let side = usize::from(next[1] < next[0]);
        let step = libm::sqrt(next[side] - now);
        now = next[side];
        let (common, own) = (dice.normal(), dice.normal());
        price[0] += step * common;
        price[1] += step * (rho * common + libm::sqrt(1.0 - rho * rho) * own);
        ticks[side].push(Tick { at_s: now, price: price[side] });
        next[side] = now + dice.exponential() / rate;
    }
    for (step_s, expected) in [
        (1.0, 0.1704),
        (2.0, 0.2943),
        (5.0, 0.5063),
        (10.0, 0.6411),
        (30.0, 0.7467),
        (100.0, 0.7840),
    ] {
        let found = epps(&ticks[0], &ticks[1], 0.0, span_s, step_s);
        near(&format!("ρ at {step_s} s"), found, expected, 0.02);
    }
}

#[test]
fn the_square_root_of_size_is_found_in_noise() {
    let mut dice = Dice::new(41);
    let (sizes, impacts): (Vec<f64>, Vec<f64>) = (0..5_000)
        .map(|_| {
            let size = libm::pow(10.0, -4.0 + 3.0 * dice.uniform());
            (size, libm::sqrt(size) * libm::exp(0.5 * dice.normal()))
        })
        .unzip();
    let law = impact::square_root_law(&sizes, &impacts).unwrap();
    near("δ", Some(law.exponent), 0.5, 0.02);
    near("Y", Some(law.factor), 1.0, 0.05);
}

/// A Hawkes process by thinning (Ogata 1981).
fn hawkes_times(seed: u64, base: f64, branching: f64, decay: f64, end: f64) -> Vec<f64> {
    let (mut dice, mut times) = (Dice::new(seed), Vec::new());
    let (mut now, mut excited) = (0.0, 0.0);
    loop {
        let most = base + excited;
        let wait = dice.exponential() / most;
        now += wait;
        excited *= libm::exp(-decay * wait);
        if now > end {
            return times;
        }
        if dice.uniform() * most <= base + excited {
            times.push(now);
            excited += branching * decay;
        }
    }
}

#[test]
fn events_that_call_forth_others_tell_how_many() {
    for (base, branching, decay) in [(0.5, 0.8, 1.0), (0.2, 0.6, 2.0), (0.1, 0.9, 5.0)] {
        let end = 20_000.0;
        let times = hawkes_times(51, base, branching, decay, end);
        let found = hawkes::fit(&times, 0.0, end).unwrap();
        near(&format!("n of {branching}"), Some(found.branching), branching, 0.03);
        near(&format!("μ of {base}"), Some(found.base), base, 0.15 * base);
        near(&format!("β of {decay}"), Some(found.decay), decay, 0.12 * decay);
        let counts = arrivals::counts(&times, 0.0, end, 100.0);
        let free = hawkes::branching_of_counts(&counts);
        near(&format!("n of {branching} without a model"), free, branching, 0.05);
    }
}

#[test]
fn trade_prices_alone_tell_the_spread() {
    let (mut dice, mut mid) = (Dice::new(61), 0.0);
    let prices: Vec<f64> = (0..2_000_000)
        .map(|_| {
            mid += 0.01 * dice.normal();
            mid + 0.01 * dice.sign()
        })
        .collect();
    near("Roll", roll(&prices), 0.02, 0.0003);
}

//! Trades: how they cluster, bounce, lean and push.

use super::{Row, Rows};
use crate::hawkes::Hawkes;
use pitfloor_pricing::process::dice::{normal, seeded, uniform};
use pitfloor_pricing::process::hawkes::HawkesProcess;
use pitfloor_pricing::process::noise::{Market, Noise, Print, Shown};

/// Windows in which events are counted.
const WINDOWS: [f64; 2] = [5.0, 50.0];

pub(super) fn hawkes(paths: usize, seed: u64) -> Vec<Row> {
    let mut rows = Rows::of("hawkes");
    let (base, jump, decay) = (0.5, 0.6, 1.0);
    let flow = HawkesProcess::one(base, jump, decay).expect("in its domain");
    let theory = Hawkes { base, jump, decay };
    let mut dice = seeded(seed);
    let counts: Vec<[f64; 2]> = (0..paths)
        .map(|_| {
            let (mut excited, mut at) = (flow.start(), -flow.warm_up());
            let mut counts = [0.0; 2];
            while let Some(event) = flow.next(&mut excited, &mut dice) {
                at += event.wait;
                if at > WINDOWS[1] {
                    break;
                }
                for (count, window) in counts.iter_mut().zip(WINDOWS) {
                    *count += f64::from(u8::from(at > 0.0 && at <= window));
                }
            }
            counts
        })
        .collect();
    for (place, window) in WINDOWS.into_iter().enumerate() {
        let mean = theory.rate().expect("in its domain") * window;
        let spread = mean * theory.fano(window).expect("in its domain");
        rows.put(&format!("events in {window}"), mean, counts.iter().map(|c| c[place]));
        let off = counts.iter().map(|c| (c[place] - mean) * (c[place] - mean));
        rows.put(&format!("variance of events in {window}"), spread, off);
    }
    // Two types that bring on each other: rates by hand, from r = mu + A r.
    let two = [vec![0.3, 0.2], vec![0.4, 0.1]];
    let two = HawkesProcess::new(&[0.1, 0.3], &two, 1.0).expect("in its domain");
    let determinant = 0.7 * 0.9 - 0.2 * 0.4;
    let exact = [(0.9 * 0.1 + 0.2 * 0.3) / determinant, (0.4 * 0.1 + 0.7 * 0.3) / determinant];
    let counts: Vec<[f64; 2]> = (0..paths)
        .map(|_| {
            let (mut excited, mut at) = (two.start(), -two.warm_up());
            let mut counts = [0.0; 2];
            while let Some(event) = two.next(&mut excited, &mut dice) {
                at += event.wait;
                if at > 10.0 {
                    break;
                }
                counts[event.kind] += f64::from(u8::from(at > 0.0));
            }
            counts
        })
        .collect();
    for (kind, rate) in exact.into_iter().enumerate() {
        let figure = format!("events of type {} of two in 10", kind + 1);
        rows.put(&figure, 10.0 * rate, counts.iter().map(|c| c[kind]));
    }
    rows.rows
}

const PLAIN: Noise = Noise {
    tick: 1e-6,
    spread: 0.04,
    rate: 1.0,
    branching: 0.0,
    decay: 1.0,
    imbalance: 0.0,
    persistence: 0.0,
    size: 5.0,
    depth: 100.0,
    impact: 0.0,
    recovery: 1.0,
};

/// The first `wanted` trades around a price that walks by `deviation` a second.
fn prints(
    noise: Noise,
    deviation: f64,
    wanted: usize,
    dice: &mut impl rand_core::Rng,
) -> Vec<Print> {
    let mut market = Market::new(noise, dice).expect("in its domain");
    let (mut told, mut price, mut end) = (Vec::with_capacity(wanted), 100.0, 0.0);
    while told.len() < wanted {
        end += 1.0;
        price += deviation * normal(dice);
        market.until(end, price, dice, &mut |_, shown| {
            if let Shown::Print(print) = shown {
                told.push(print);
            }
        });
    }
    told
}

pub(super) fn noise(paths: usize, seed: u64) -> Vec<Row> {
    let mut rows = Rows::of("noise");
    let mut dice = seeded(seed);
    let sign = |print: &Print| if print.is_buy { 1.0 } else { -1.0 };
    for persistence in [0.0, 0.4] {
        let noise = Noise { persistence, ..PLAIN };
        let product = (0..paths).map(|_| {
            let told = prints(noise, 0.01, 3, &mut dice);
            let at = |n: usize| told[n].price as f64 * noise.tick;
            (at(1) - at(0)) * (at(2) - at(1))
        });
        let product: Vec<f64> = product.collect();
        // Roll's covariance (1984) is of fair coins; signs that persist bounce less.
        let bounce = (1.0 - persistence) * (1.0 - persistence);
        let exact = -0.25 * noise.spread * noise.spread * bounce;
        let figure = format!("covariance of price changes, persistence {persistence}");
        rows.put(&figure, exact, product.into_iter());
    }
    let leaning = Noise { imbalance: 0.2, persistence: 0.5, ..PLAIN };
    let told: Vec<Vec<Print>> = (0..paths).map(|_| prints(leaning, 0.0, 3, &mut dice)).collect();
    rows.put("mean sign, imbalance 0.2", 0.2, told.iter().map(|told| sign(&told[2])));
    let product = told.iter().map(|told| (sign(&told[0]) - 0.2) * (sign(&told[2]) - 0.2));
    rows.put("covariance of signs at 2, persistence 0.5", 0.96 * 0.25, product);
    rows.put("mean size, size 5", 5.0, told.iter().map(|told| told[0].lots as f64));

    let coarse = Noise { tick: 0.01, spread: 0.025, rate: 0.0, ..PLAIN };
    let quoted = (0..paths).map(|_| {
        let (mut wide, at) = (0.0, 100.0 + coarse.tick * uniform(&mut dice));
        let mut market = Market::new(coarse, &mut dice).expect("in its domain");
        market.until(1.0, at, &mut dice, &mut |_, shown| {
            if let Shown::Quote(quote) = shown {
                wide = (quote.ask - quote.bid) as f64 * coarse.tick;
            }
        });
        wide
    });
    let quoted: Vec<f64> = quoted.collect();
    rows.put("mean quoted spread, spread 0.025, tick 0.01", 0.035, quoted.into_iter());

    let pushing = Noise { impact: 0.001, recovery: 0.5, rate: 2.0, ..PLAIN };
    let pushed: Vec<f64> = (0..paths)
        .map(|_| {
            let mut market = Market::new(pushing, &mut dice).expect("in its domain");
            market.until(40.0, 100.0, &mut dice, &mut |_, _| {});
            market.impact()
        })
        .collect();
    rows.put("mean impact of fair flow", 0.0, pushed.iter().copied());
    let exact = pushing.impact_variance();
    rows.put("variance of impact", exact, pushed.iter().map(|impact| impact * impact));
    let leaning = Noise { imbalance: 0.5, ..pushing };
    let pushed: Vec<f64> = (0..paths)
        .map(|_| {
            let mut market = Market::new(leaning, &mut dice).expect("in its domain");
            market.until(40.0, 100.0, &mut dice, &mut |_, _| {});
            market.impact()
        })
        .collect();
    // So much comes a unit of time, and fades at the rate of recovery.
    let exact = 0.5 * 5.0 * 0.001 * 2.0 / 0.5;
    rows.put("mean impact, imbalance 0.5", exact, pushed.into_iter());
    let bursts = Noise { branching: 0.6, decay: 2.0, rate: 3.0, ..PLAIN };
    let theory = Hawkes { base: 1.2, jump: 1.2, decay: 2.0 };
    let counts: Vec<f64> = (0..paths)
        .map(|_| {
            let (mut market, mut count) = (Market::new(bursts, &mut dice).expect("good"), 0.0);
            market.until(10.0, 100.0, &mut dice, &mut |_, shown| {
                count += f64::from(u8::from(matches!(shown, Shown::Print(_))));
            });
            count
        })
        .collect();
    rows.put("trades in 10, rate 3, branching 0.6", 30.0, counts.iter().copied());
    let spread = 30.0 * theory.fano(10.0).expect("in its domain");
    let off = counts.iter().map(|count| (count - 30.0) * (count - 30.0));
    rows.put("variance of trades in 10", spread, off);
    rows.rows
}

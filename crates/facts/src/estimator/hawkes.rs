//! Self-excitation: events that call forth others.

use super::nelder_mead::least;
use super::{mean, variance};

/// A Hawkes process with an exponential kernel: λ(t) = μ + Σ n·β·e^(−β(t − tᵢ)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hawkes {
    /// μ: the rate of events that nothing called forth, per unit of time.
    pub base: f64,
    /// n: how many events one event calls forth, on average; below 1.
    pub branching: f64,
    /// β: how fast that fades, per unit of time.
    pub decay: f64,
}

/// The most events a fit looks at, from the first on.
pub const EVENTS_MAX: usize = 1 << 16;

/// The process of greatest likelihood for events at `times` between `start` and `end`.
///
/// Source: Ogata (1981), IEEE Transactions on Information Theory 27(1); the recursion of Ozaki (1979).
/// `None` below 50 events, or when `end` is not after `start`. Times are in order; of more than
/// [`EVENTS_MAX`] the first are taken, and the window ends with them.
#[must_use]
pub fn fit(times: &[f64], start: f64, end: f64) -> Option<Hawkes> {
    let end = if times.len() > EVENTS_MAX { times[EVENTS_MAX] } else { end };
    let times = &times[..times.len().min(EVENTS_MAX)];
    if times.len() < 50 || end <= start {
        return None;
    }
    let rate = times.len() as f64 / (end - start);
    let of = |p: &[f64; 3]| Hawkes {
        base: rate * libm::exp(p[0]),
        branching: 1.0 / (1.0 + libm::exp(-p[1])),
        decay: rate * libm::exp(p[2]),
    };
    let cost = |p: &[f64; 3]| -log_likelihood(&of(p), times, start, end);
    // From several decays, because a likelihood may have more than one hill.
    let starts = [0.0, 2.3, 4.6].map(|decay| [-0.7, 0.0, decay]);
    let found = starts.map(|start| least(start, 0.5, cost));
    let best = found.into_iter().min_by(|a, b| cost(a).total_cmp(&cost(b)))?;
    Some(of(&best))
}

fn log_likelihood(process: &Hawkes, times: &[f64], start: f64, end: f64) -> f64 {
    let Hawkes { base, branching, decay } = *process;
    let (mut excited, mut sum, mut before) = (0.0, 0.0, start);
    let mut compensator = base * (end - start);
    for (place, time) in times.iter().enumerate() {
        if place > 0 {
            excited = (excited + 1.0) * libm::exp(-decay * (time - before));
        }
        sum += libm::log(base + branching * decay * excited);
        compensator -= branching * libm::expm1(-decay * (end - time));
        before = *time;
    }
    sum - compensator
}

/// The branching ratio without a model: 1 − √(mean / variance) of counts in windows much longer than
/// the kernel.
///
/// Source: Hardiman & Bouchaud (2014), Physical Review E 90, 062807. `None` when nothing was counted
/// or the counts do not vary.
#[must_use]
pub fn branching_of_counts(counts: &[f64]) -> Option<f64> {
    let (mean, variance) = (mean(counts)?, variance(counts)?);
    (mean > 0.0 && variance > 0.0).then(|| 1.0 - libm::sqrt(mean / variance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn independent_arrivals_call_forth_nothing() {
        let (mut dice, mut at) = (Dice::new(9), 0.0);
        let times: Vec<f64> = (0..8_000)
            .map(|_| {
                at += dice.exponential();
                at
            })
            .collect();
        let found = fit(&times, 0.0, at).unwrap();
        assert!(found.branching < 0.1, "{found:?}");
        let counts = crate::estimator::arrivals::counts(&times, 0.0, at, 20.0);
        assert!(branching_of_counts(&counts).unwrap().abs() < 0.1);
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!(fit(&[1.0; 49], 0.0, 2.0), None);
        assert_eq!(branching_of_counts(&[0.0, 0.0]), None);
        assert_eq!(branching_of_counts(&[2.0, 2.0]), None);
    }
}

//! The curves behind the facts: what a reader of the microstructure expects to see drawn.
//!
//! Each is a list of points, x upwards, few enough to draw. What a tape does not tell is empty.

use crate::builder::DISTANCE_MAX;
use crate::catalogue::{STEP_S, answers, day_shares};
use crate::estimator::impact::bins;
use crate::estimator::{autocorrelation, mean, variance};
use crate::tape::Tape;

/// A point of a curve.
pub type Point = (f64, f64);

/// How many points a curve has at most.
pub const POINTS_MAX: usize = 200;

/// Every curve of a tape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// P(|r|/σ ≥ x) of returns every 10 s.
    pub tail: Vec<Point>,
    /// Autocorrelation of r by lag, steps of 10 s.
    pub acf: Vec<Point>,
    /// Autocorrelation of |r|.
    pub acf_sizes: Vec<Point>,
    /// Variance of mid changes per second by step in seconds, over that at 100 s.
    pub signature: Vec<Point>,
    /// R(l) over R(1), by lag in trades.
    pub response: Vec<Point>,
    /// The move by size: of metaorders in the day's volatility against Q/V where owners are told,
    /// else of the next trade in the mean spread against the trade's size over the mean size.
    pub impact: Vec<Point>,
    /// Whether [`Curves::impact`] is of metaorders.
    pub impact_of_metaorders: bool,
    /// Mean size by distance behind the best, in ticks, over the size at the best.
    pub shape: Vec<Point>,
    /// Share of a day's volume by half hour, in hours after the opening, over an even share.
    pub intraday: Vec<Point>,
    /// P(gap ≥ x) of gaps between trades, x over the mean gap.
    pub gaps: Vec<Point>,
}

impl Curves {
    /// The curves of `tape`.
    #[must_use]
    pub fn of(tape: &Tape) -> Self {
        let returns = tape.returns(STEP_S);
        let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
        let (impact, impact_of_metaorders) = impact(tape);
        Self {
            tail: tail(&sizes, variance(&returns).map(libm::sqrt), 0.1),
            acf: lags(&returns),
            acf_sizes: lags(&sizes),
            signature: signature(tape),
            response: response(tape),
            impact,
            impact_of_metaorders,
            shape: shape(tape),
            intraday: intraday(tape),
            gaps: {
                let gaps = tape.trade_gaps_s();
                tail(&gaps, mean(&gaps), 1e-3)
            },
        }
    }
}

/// The share of values at least as large, by value over `unit`, at ranks evenly spaced in the
/// logarithm; from `least` on.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn tail(values: &[f64], unit: Option<f64>, least: f64) -> Vec<Point> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
    let Some(unit) = unit.filter(|unit| *unit > 0.0 && !sorted.is_empty()) else {
        return Vec::new();
    };
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (n, all) = (sorted.len() as f64, values.len() as f64);
    let mut points: Vec<Point> = Vec::new();
    let mut last = 0;
    for step in 0..POINTS_MAX {
        let share = step as f64 / (POINTS_MAX - 1) as f64;
        let rank = (libm::pow(n, share) as usize).clamp(1, sorted.len());
        if rank > last {
            last = rank;
            points.push((sorted[rank - 1] / unit, rank as f64 / all));
        }
    }
    points.retain(|(x, _)| *x >= least);
    points.reverse();
    points
}

fn lags(values: &[f64]) -> Vec<Point> {
    let most = 100.min(values.len() / 4);
    (1..=most).filter_map(|lag| Some((lag as f64, autocorrelation(values, lag)?))).collect()
}

fn signature(tape: &Tape) -> Vec<Point> {
    let per_second = |step_s: usize| {
        let changes = tape.changes(step_s);
        variance(&changes).filter(|_| changes.len() >= 20).map(|v| v / step_s as f64)
    };
    let Some(usual) = per_second(100).filter(|usual| *usual > 0.0) else { return Vec::new() };
    let steps = [1, 2, 3, 5, 10, 20, 30, 60, 100, 150, 200, 300, 600];
    let at = |step_s: usize| Some((step_s as f64, per_second(step_s)? / usual));
    steps.into_iter().filter_map(at).collect()
}

fn response(tape: &Tape) -> Vec<Point> {
    let at = |lag: usize| mean(&answers(tape, lag));
    let Some(first) = at(1).filter(|first| *first != 0.0) else { return Vec::new() };
    let lags = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000];
    lags.into_iter().filter_map(|lag| Some((lag as f64, at(lag)? / first))).collect()
}

fn impact(tape: &Tape) -> (Vec<Point>, bool) {
    if let Some(metaorders) = tape.metaorders.as_ref().filter(|known| known.len() >= 20) {
        let (sizes, moves): (Vec<f64>, Vec<f64>) =
            metaorders.iter().map(|order| (order.share, order.impact)).unzip();
        return (points_of_bins(&sizes, &moves), true);
    }
    let (mut sizes, mut moves) = (Vec::new(), Vec::new());
    for day in &tape.days {
        for pair in day.trades.windows(2).filter(|pair| pair[0].mid.is_finite()) {
            sizes.push(pair[0].size);
            moves.push(pair[0].sign * (pair[1].mid - pair[0].mid));
        }
    }
    let units = mean(&sizes).filter(|size| *size > 0.0).zip(tape.spread_mean());
    let Some((size, spread)) = units.filter(|(_, spread)| *spread > 0.0) else {
        return (Vec::new(), false);
    };
    sizes.iter_mut().for_each(|s| *s /= size);
    moves.iter_mut().for_each(|m| *m /= spread);
    (points_of_bins(&sizes, &moves), false)
}

/// The mean move of each bin of at least ten.
fn points_of_bins(sizes: &[f64], moves: &[f64]) -> Vec<Point> {
    let bins = bins(sizes, moves).into_iter().filter(|bin| bin.impacts.len() >= 10);
    let point = |bin: crate::estimator::impact::Bin| {
        Some((libm::exp(mean(&bin.logs)?), mean(&bin.impacts)?))
    };
    bins.filter_map(point).collect()
}

fn shape(tape: &Tape) -> Vec<Point> {
    let mean = tape.shape.mean();
    let Some(best) = mean.first().copied().filter(|best| *best > 0.0) else { return Vec::new() };
    let last = mean.iter().rposition(|size| *size > 0.0).unwrap_or(0).min(DISTANCE_MAX);
    let points = mean[..=last].iter().enumerate().map(|(at, size)| (at as f64, size / best));
    points.take(POINTS_MAX).collect()
}

fn intraday(tape: &Tape) -> Vec<Point> {
    let shares = day_shares(tape);
    let even = 1.0 / (shares.len().max(1)) as f64;
    let at = |(place, share): (usize, &f64)| ((place as f64 + 0.5) / 2.0, share / even);
    shares.iter().enumerate().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::cst;

    #[test]
    fn the_memoryless_book_has_the_curves_it_must_have() {
        let curves = Curves::of(&cst::tape(1));
        assert!(curves.acf.len() >= 90 && curves.acf_sizes.len() == curves.acf.len());
        assert!(
            curves.tail.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 >= pair[1].1)
        );
        assert!(curves.tail.len() <= POINTS_MAX && curves.tail[0].1 <= 1.0);
        let at = |points: &[Point], x: f64| points.iter().find(|p| p.0 >= x).unwrap().1;
        assert!((at(&curves.signature, 100.0) - 1.0).abs() < 1e-12);
        assert!((at(&curves.response, 1.0) - 1.0).abs() < 1e-12);
        // Independent waits: P(gap ≥ mean) is 1/e.
        assert!((at(&curves.gaps, 1.0) - 0.368).abs() < 0.02);
        assert!((at(&curves.shape, 0.0) - 1.0).abs() < 1e-12);
        assert!(!curves.impact_of_metaorders && !curves.intraday.is_empty());
        assert_eq!(Curves::of(&Tape::default()), Curves::default(), "nothing told, nothing drawn");
    }
}

//! Stylised facts: regularities of real markets that a simulated one is held against.
//!
//! First the estimators, each a pure function with its source, its domain and `None` where there is
//! no answer; then [`of`], which turns the samples of one instrument into a table of [`Fact`]s, each
//! with the band that real markets lie in and what its value says in plain words.
//!
//! No single fact is a test of a market. Fat tails, for one, are passed by a memoryless book; a
//! reading says so where it is known.

use crate::sampling::{Grid, Trades};
use crate::summary::SpreadTimes;

/// One fact about one instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its short name in the catalogue, such as `F2`; some have none.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// How it is estimated, in a line.
    pub estimator: String,
    /// The estimate; none when the sample allows none.
    pub value: Option<f64>,
    /// The unit of the value; empty for plain numbers.
    pub unit: &'static str,
    /// How many observations it rests on.
    pub n: u64,
    /// How many it takes to be judged.
    pub n_min: u64,
    /// Where real markets lie, both ends included; infinite where an end is open.
    pub band: Option<(f64, f64)>,
    /// Where the band comes from.
    pub source: &'static str,
    /// How the value lies in the band.
    pub verdict: Verdict,
    /// What it says, in plain words.
    pub reading: String,
}

/// How a value lies in the band of its fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Inside.
    Pass,
    /// Outside.
    Fail,
    /// The sample is too small to judge, or allows no estimate. Never a pass.
    Void,
    /// There is no band: a figure, not a criterion.
    Figure,
}

/// Log returns of `mids`: ln of each over the one before.
///
/// `None` for fewer than two, or when one is not positive: a price that may be negative has no log
/// return.
#[must_use]
pub fn log_returns(mids: &[f64]) -> Option<Vec<f64>> {
    if mids.len() < 2 || mids.iter().any(|mid| *mid <= 0.0) {
        return None;
    }
    Some(mids.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect())
}

/// The arithmetic mean, summed in order. `None` for nothing.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / count(values))
}

/// The population variance (second central moment, divided by n). `None` for nothing.
#[must_use]
pub fn variance(values: &[f64]) -> Option<f64> {
    central_moment(values, 2)
}

/// Autocorrelation at `lag`: mean removed, biased (the lagged sum over the full sum of squares).
///
/// Source: Box & Jenkins (1976), Time Series Analysis, eq. 2.1.11. `None` unless there are more
/// values than `lag`, or when they do not vary.
#[must_use]
pub fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    let mean = mean(values).filter(|_| lag < values.len())?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let pairs = values.iter().zip(&values[lag..]);
    let lagged: f64 = pairs.map(|(early, late)| (early - mean) * (late - mean)).sum();
    (squares > 0.0).then(|| lagged / squares)
}

/// Excess kurtosis m4/m2² − 3 of population moments (Fisher); 0 for a normal law.
///
/// `None` when the values do not vary.
#[must_use]
pub fn excess_kurtosis(values: &[f64]) -> Option<f64> {
    let (second, fourth) = (central_moment(values, 2)?, central_moment(values, 4)?);
    (second > 0.0).then(|| fourth / (second * second) - 3.0)
}

/// The exponent α of a power-law tail P(|x| > u) ~ u^−α, from the largest `share` of |values|.
///
/// Source: Hill (1975), Annals of Statistics 3(5): with |x| sorted downwards and k = ⌊share·n⌋,
/// 1/mean(ln(x_i / x_{k+1}), i ≤ k). `share` lies between 0 and 1. `None` when k is 0, when there
/// is no x_{k+1} above zero, or when the k largest are all equal to it.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn hill(values: &[f64], share: f64) -> Option<f64> {
    let mut sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let k = (count(values) * share) as usize;
    let floor = *sizes.get(k).filter(|floor| k > 0 && **floor > 0.0)?;
    let excess: f64 = sizes[..k].iter().map(|size| libm::log(size / floor)).sum();
    (excess > 0.0).then(|| k as f64 / excess)
}

/// The Hurst exponent by detrended fluctuation analysis of order 1: 0.5 for no memory, more when
/// ups follow ups.
///
/// Source: Peng et al. (1994), Physical Review E 49, 1685. Twenty window sizes evenly spaced in the
/// logarithm from 10^1.3 to n/10, cut to whole numbers; windows side by side from the start; a line
/// fitted and removed in each; the slope of ln(root mean square residual) on ln(size). `None` below
/// 400 values, where the sizes are too few, or when the values do not vary.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn dfa(values: &[f64]) -> Option<f64> {
    const SIZES: u32 = 20;
    let mean = mean(values).filter(|_| values.len() >= 400)?;
    let walk: Vec<f64> = values
        .iter()
        .scan(0.0, |sum, value| {
            *sum += value - mean;
            Some(*sum)
        })
        .collect();
    let (low, high) = (1.3, libm::log10(count(values) / 10.0));
    let exponent = |step| low + (high - low) * f64::from(step) / f64::from(SIZES - 1);
    // A hair is added so that 10^log10(100) is 100 and not the 99 that rounding may leave.
    let mut sizes: Vec<usize> =
        (0..SIZES).map(|step| (libm::pow(10.0, exponent(step)) + 1e-9) as usize).collect();
    sizes.dedup();
    let (mut logs_of_size, mut logs_of_residual) = (Vec::new(), Vec::new());
    for size in sizes {
        let windows = walk.chunks_exact(size);
        let number = windows.len() as f64;
        let residual = libm::sqrt(windows.map(residual_of_line).sum::<f64>() / number);
        if residual > 0.0 {
            logs_of_size.push(libm::log(size as f64));
            logs_of_residual.push(libm::log(residual));
        }
    }
    slope(&logs_of_size, &logs_of_residual)
}

/// The slope of the least-squares line of `y` on `x`. `None` for fewer than two points or when `x`
/// does not vary.
#[must_use]
pub fn slope(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x_mean, y_mean) = (mean(x)?, mean(y)?);
    let together: f64 = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let alone: f64 = x.iter().map(|x| (x - x_mean) * (x - x_mean)).sum();
    (alone > 0.0).then(|| together / alone)
}

/// Realised variance of log returns per sampling interval, summed: Σ r².
///
/// Source: Andersen, Bollerslev, Diebold & Labys (2003), Econometrica 71(2), eq. 5. Not annualised.
/// `None` for no returns.
#[must_use]
pub fn realised_variance(returns: &[f64]) -> Option<f64> {
    (!returns.is_empty()).then(|| returns.iter().map(|r| r * r).sum())
}

/// The variance of changes over one step of `fine` per unit of time, over that of `coarse`, whose
/// step is `ratio` times longer: 1 for a martingale, more when prices turn back, less when they run.
///
/// Source: Lo & MacKinlay (1988), Review of Financial Studies 1(1), inverted as in a signature
/// plot. `None` when one has fewer than two changes or `coarse` does not vary.
#[must_use]
pub fn variance_ratio(fine: &[f64], coarse: &[f64], ratio: f64) -> Option<f64> {
    let of_changes = |mids: &[f64]| {
        let changes: Vec<f64> = mids.windows(2).map(|pair| pair[1] - pair[0]).collect();
        variance(&changes).filter(|_| changes.len() >= 2)
    };
    let (fine, coarse) = (of_changes(fine)?, of_changes(coarse)?);
    (coarse > 0.0).then(|| fine * ratio / coarse)
}

/// The facts of one instrument. `grid` has a step of one second, or coarser when the run was long.
#[must_use]
pub fn of(grid: &Grid, trades: &Trades, spread: &SpreadTimes) -> Vec<Fact> {
    let step_s = grid.step().as_secs();
    // Ten seconds are the usual step; a run too short for it is looked at by the second.
    let every = if step_s <= 1.0 && grid.thinned(10).len() >= RETURNS_MIN { 10 } else { 1 };
    let mids = grid.thinned(every);
    let step_s = step_s * every as f64;
    let returns = log_returns(&mids).unwrap_or_default();
    let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
    let moves: Vec<f64> = sizes.iter().copied().filter(|size| *size > 0.0).collect();
    let signs = trades.signs();
    vec![
        linear(&returns, step_s),
        tails(&returns, step_s),
        tail_exponent(&moves, step_s),
        clustering(&sizes, step_s),
        diffusion(&mids, &grid.thinned(every * 10), step_s),
        sign_memory(&signs),
        sign_long_memory(&signs),
        volatility(&returns, step_s),
        spread_typical(spread),
        spread_wide(spread),
        pace(trades),
        bursts(trades),
    ]
}

/// Returns it takes before a fact about them is judged.
const RETURNS_MIN: usize = 2_000;

/// Trades it takes before a fact about their order is judged.
const TRADES_MIN: u64 = 20_000;

fn linear(returns: &[f64], step_s: f64) -> Fact {
    let n = returns.len();
    // Three standard errors of a white series, but no less than a twentieth.
    let edge = (3.0 / libm::sqrt(n.max(1) as f64)).max(0.05);
    Fact {
        id: "F1",
        name: "Returns do not predict returns",
        estimator: format!("autocorrelation at lag 1 of log mid returns, {}", every(step_s)),
        value: autocorrelation(returns, 1),
        n: n as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((-edge, edge)),
        source: "Cont (2001), fact 1",
        ..BLANK
    }
    .judged(
        "a rise says nothing about the next step",
        "prices turn back after a move: somebody could earn by betting against it",
        "moves run on: somebody could earn by following them",
    )
}

fn tails(returns: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "F2",
        name: "Heavy tails",
        estimator: format!("excess kurtosis of log mid returns, {}", every(step_s)),
        value: excess_kurtosis(returns),
        n: returns.len() as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((3.0, f64::INFINITY)),
        source: "Cont (2001), fact 2",
        ..BLANK
    }
    .judged(
        "large moves are far more frequent than a bell curve allows; a memoryless book can do this too",
        "moves are closer to a bell curve than in real markets",
        "",
    )
}

fn tail_exponent(moves: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "F2",
        name: "Tail exponent",
        estimator: format!("Hill estimate on the largest 5% of non-zero |returns|, {}", every(step_s)),
        value: hill(moves, 0.05),
        n: moves.len() as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((2.0, 5.0)),
        source: "Cont (2001); Hill (1975)",
        ..BLANK
    }
    .judged(
        "crashes thin out with size about as fast as in real markets; a memoryless book can do this too",
        "extreme moves are too common: even the variance is in doubt",
        "extreme moves are too rare",
    )
}

fn clustering(sizes: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "F6",
        name: "Volatility comes in clusters",
        estimator: format!("autocorrelation at lag 1 of |log mid returns|, {}", every(step_s)),
        value: autocorrelation(sizes, 1),
        n: sizes.len() as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((0.1, 0.5)),
        source: "Cont (2001), fact 6",
        ..BLANK
    }
    .judged(
        "wild moments follow wild moments, calm follows calm",
        "a wild moment says little about the next one",
        "volatility is more persistent than in real markets",
    )
}

fn diffusion(fine: &[f64], coarse: &[f64], step_s: f64) -> Fact {
    Fact {
        id: "M19",
        name: "Volatility does not depend on the clock",
        estimator: format!(
            "variance of mid changes per second, {}, over that of steps ten times longer",
            every(step_s)
        ),
        value: variance_ratio(fine, coarse, 10.0),
        n: fine.len().saturating_sub(1) as u64,
        n_min: RETURNS_MIN as u64,
        band: Some((0.75, 1.6)),
        source: "signature plot; Lo & MacKinlay (1988)",
        ..BLANK
    }
    .judged(
        "the price spreads out as a fair game does",
        "short moves add up in one direction: the price is too predictable",
        "short moves largely cancel out: the price bounces",
    )
}

fn sign_memory(signs: &[f64]) -> Fact {
    Fact {
        id: "M1",
        name: "Buyers follow buyers",
        estimator:
            "autocorrelation at lag 1 of trade signs (fills of one moment and side are one trade)"
                .to_owned(),
        value: autocorrelation(signs, 1),
        n: signs.len() as u64,
        n_min: TRADES_MIN,
        band: Some((0.03, 1.0)),
        source: "Lillo & Farmer (2004)",
        ..BLANK
    }
    .judged("a purchase makes the next one likelier", "each trade's side is news", "")
}

fn sign_long_memory(signs: &[f64]) -> Fact {
    Fact {
        id: "M1",
        name: "Order flow has a long memory",
        estimator: "Hurst exponent of trade signs by detrended fluctuation analysis".to_owned(),
        value: dfa(signs),
        n: signs.len() as u64,
        n_min: TRADES_MIN,
        band: Some((0.60, 0.85)),
        source: "Lillo & Farmer (2004); Peng et al. (1994)",
        ..BLANK
    }
    .judged(
        "large intentions are worked over many trades",
        "the order flow forgets quickly",
        "one side dominates for longer than in real markets",
    )
}

fn volatility(returns: &[f64], step_s: f64) -> Fact {
    let n = returns.len() as f64;
    let per_minute = realised_variance(returns).map(|sum| sum / (n * step_s) * 60.0);
    Fact {
        id: "",
        name: "Volatility",
        estimator: format!(
            "square root of realised variance of log mid returns, {}",
            every(step_s)
        ),
        value: per_minute.map(|variance| libm::sqrt(variance) * 1e4),
        unit: "bp per √min",
        n: returns.len() as u64,
        source: "Andersen et al. (2003)",
        ..BLANK
    }
    .figure("the size of a typical move over a minute, in hundredths of a percent")
}

fn spread_typical(spread: &SpreadTimes) -> Fact {
    Fact {
        name: "Spread, median",
        estimator: "weighted by time, while both sides were there".to_owned(),
        value: spread.quantile(0.5).map(|ticks| ticks as f64),
        unit: "ticks",
        ..BLANK
    }
    .figure("half of the time the spread was no wider")
}

fn spread_wide(spread: &SpreadTimes) -> Fact {
    Fact {
        name: "Spread, 95th percentile",
        estimator: "weighted by time, while both sides were there".to_owned(),
        value: spread.quantile(0.95).map(|ticks| ticks as f64),
        unit: "ticks",
        ..BLANK
    }
    .figure("one moment in twenty it was at least as wide")
}

fn pace(trades: &Trades) -> Fact {
    Fact {
        name: "Time between trades",
        estimator: "mean gap; fills of one moment and side are one trade".to_owned(),
        value: trades.gap_mean_s(),
        unit: "s",
        n: trades.count(),
        ..BLANK
    }
    .figure("how long one waits for the next trade")
}

fn bursts(trades: &Trades) -> Fact {
    Fact {
        name: "Trades come in bursts",
        estimator: "standard deviation of the gap over its mean".to_owned(),
        value: trades.gap_variation(),
        n: trades.count(),
        ..BLANK
    }
    .figure("1 when trades arrive independently of each other, more when they bunch")
}

/// A fact about which nothing is said yet.
const BLANK: Fact = Fact {
    id: "",
    name: "",
    estimator: String::new(),
    value: None,
    unit: "",
    n: 0,
    n_min: 0,
    band: None,
    source: "",
    verdict: Verdict::Figure,
    reading: String::new(),
};

impl Fact {
    fn judged(mut self, inside: &str, below: &str, above: &str) -> Self {
        let (low, high) = self.band.expect("a fact that is judged has a band");
        let Some(value) = self.value else {
            self.verdict = Verdict::Void;
            "the sample allows no estimate".clone_into(&mut self.reading);
            return self;
        };
        let (verdict, reading) = if value < low {
            (Verdict::Fail, below)
        } else if value > high {
            (Verdict::Fail, above)
        } else {
            (Verdict::Pass, inside)
        };
        self.verdict = if self.n < self.n_min { Verdict::Void } else { verdict };
        reading.clone_into(&mut self.reading);
        self
    }

    fn figure(mut self, reading: &str) -> Self {
        reading.clone_into(&mut self.reading);
        self
    }
}

fn every(step_s: f64) -> String {
    if step_s.fract() == 0.0 { format!("every {step_s:.0} s") } else { format!("every {step_s} s") }
}

#[allow(clippy::cast_precision_loss)]
const fn count(values: &[f64]) -> f64 {
    values.len() as f64
}

fn central_moment(values: &[f64], power: i32) -> Option<f64> {
    let mean = mean(values)?;
    let powers =
        values.iter().map(|value| (0..power).fold(1.0, |product, _| product * (value - mean)));
    Some(powers.sum::<f64>() / count(values))
}

/// The mean square distance of `window` from the line fitted to it.
fn residual_of_line(window: &[f64]) -> f64 {
    let n = count(window);
    let x_mean = (n - 1.0) / 2.0;
    let y_mean = window.iter().sum::<f64>() / n;
    let (mut together, mut alone, mut squares) = (0.0, 0.0, 0.0);
    for (place, y) in window.iter().enumerate() {
        let (x, y) = (place as f64 - x_mean, y - y_mean);
        together += x * y;
        alone += x * x;
        squares += y * y;
    }
    ((squares - together * together / alone) / n).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_feed::level2::Quote;
    use pitfloor_model::units::{Price, Qty, Side, Span, Time};

    /// Numbers as good as random, from a seed (Steele et al. 2014, SplitMix64).
    struct Dice(u64);

    impl Dice {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        /// Between 0 and 1, neither included.
        fn uniform(&mut self) -> f64 {
            ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        }

        /// Normal, mean 0 and variance 1 (Box & Muller 1958).
        fn normal(&mut self) -> f64 {
            let (radius, angle) = (self.uniform(), self.uniform());
            libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(2.0 * std::f64::consts::PI * angle)
        }

        /// Pareto: P(x > u) = u^−alpha, u ≥ 1.
        fn pareto(&mut self, alpha: f64) -> f64 {
            libm::pow(self.uniform(), -1.0 / alpha)
        }
    }

    const N: usize = 200_000;

    fn normals(seed: u64) -> Vec<f64> {
        let mut dice = Dice(seed);
        (0..N).map(|_| dice.normal()).collect()
    }

    fn near(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.expect("there is an estimate");
        assert!((found - expected).abs() <= tolerance, "{found} is {expected} ± {tolerance}");
    }

    #[test]
    fn a_normal_law_has_no_tail_and_no_memory() {
        let normals = normals(1);
        near(mean(&normals), 0.0, 4.0 / (N as f64).sqrt());
        near(variance(&normals), 1.0, 0.02);
        near(excess_kurtosis(&normals), 0.0, 0.04);
        near(dfa(&normals), 0.5, 0.02);
        let sizes: Vec<f64> = normals.iter().map(|x| x.abs()).collect();
        for lag in 1..=50 {
            near(autocorrelation(&sizes, lag), 0.0, 0.012);
        }
    }

    #[test]
    fn an_autoregressive_series_has_the_correlations_it_was_made_with() {
        let (mut dice, mut x) = (Dice(2), 0.0);
        let series: Vec<f64> = (0..N)
            .map(|_| {
                x = 0.6 * x + dice.normal();
                x
            })
            .collect();
        for (lag, expected) in [(0, 1.0), (1, 0.6), (2, 0.36), (5, 0.07776)] {
            near(autocorrelation(&series, lag), expected, 0.015);
        }
    }

    #[test]
    fn pareto_tails_have_the_exponent_they_were_made_with() {
        for (alpha, tolerance) in [(1.5, 0.06), (3.0, 0.1), (4.0, 0.16)] {
            let mut dice = Dice(3);
            // Both signs: the estimate is of |x|.
            let signed =
                (0..N).map(|n| if n % 2 == 0 { dice.pareto(alpha) } else { -dice.pareto(alpha) });
            near(hill(&signed.collect::<Vec<_>>(), 0.05), alpha, tolerance);
        }
    }

    #[test]
    fn volatility_that_remembers_shows_in_sizes_and_not_in_signs() {
        // GARCH(1,1): excess kurtosis 1.43284, acf of squares .20522 at 1 and .17110 at 10.
        let (omega, alpha, beta) = (2e-6, 0.08, 0.90);
        let (mut dice, mut variance) = (Dice(4), 2e-6 / (1.0 - 0.98));
        let returns: Vec<f64> = (0..N)
            .map(|_| {
                let r = libm::sqrt(variance) * dice.normal();
                variance = omega + alpha * r * r + beta * variance;
                r
            })
            .collect();
        let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
        near(excess_kurtosis(&returns), 1.43284, 0.8);
        near(autocorrelation(&squares, 1), 0.20522, 0.03);
        near(autocorrelation(&squares, 10), 0.17110, 0.03);
        near(autocorrelation(&returns, 1), 0.0, 0.015);
    }

    #[test]
    fn split_orders_leave_a_long_memory() {
        // Lillo, Mike & Farmer (2005): ten hidden orders with sizes ⌈u^(−1/α)⌉, one worked at a time.
        for (alpha, expected) in [(1.3, 0.796), (1.5, 0.719), (1.7, 0.667)] {
            let mut dice = Dice(5);
            let mut hidden = [(0.0, 0_u64); 10];
            let signs: Vec<f64> = (0..400_000)
                .map(|_| {
                    let order = &mut hidden[(dice.next() % 10) as usize];
                    if order.1 == 0 {
                        let sign = if dice.next().is_multiple_of(2) { 1.0 } else { -1.0 };
                        *order = (sign, libm::ceil(dice.pareto(alpha)) as u64);
                    }
                    order.1 -= 1;
                    order.0
                })
                .collect();
            near(dfa(&signs), expected, 0.06);
            assert!(autocorrelation(&signs, 1).unwrap() > 0.03);
        }
    }

    #[test]
    fn a_random_walk_is_as_wild_by_any_clock_and_a_bouncing_price_is_not() {
        let mut walk = vec![0.0];
        for step in normals(6) {
            walk.push(walk[walk.len() - 1] + step);
        }
        let tenth = |mids: &[f64]| mids.iter().copied().step_by(10).collect::<Vec<_>>();
        near(variance_ratio(&walk, &tenth(&walk), 10.0), 1.0, 0.05);
        // A bounce of ±1 adds 2 to the variance of every change, whatever its length.
        let mut dice = Dice(7);
        let bounced: Vec<f64> = walk
            .iter()
            .map(|mid| mid + if dice.next().is_multiple_of(2) { 1.0 } else { -1.0 })
            .collect();
        near(variance_ratio(&bounced, &tenth(&bounced), 10.0), 10.0 * 3.0 / 12.0, 0.1);
    }

    #[test]
    fn small_samples_by_hand() {
        assert_eq!(autocorrelation(&[1.0, 2.0, 3.0], 1), Some(0.0));
        assert_eq!(autocorrelation(&[1.0, -1.0, 1.0, -1.0], 1), Some(-0.75));
        assert_eq!(excess_kurtosis(&[1.0, -1.0, 1.0, -1.0]), Some(-2.0));
        assert_eq!(slope(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]), Some(2.0));
        assert_eq!(realised_variance(&[0.1, -0.2]), Some(0.1 * 0.1 + 0.2 * 0.2));
        let e = std::f64::consts::E;
        near(hill(&[e * e, -e, 1.0, 0.5], 0.5), 2.0 / 3.0, 1e-12); // mean of ln e² and ln e is 1.5
        assert_eq!(log_returns(&[1.0, e]).map(|r| r.len()), Some(1));
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!((mean(&[]), variance(&[]), excess_kurtosis(&[2.0, 2.0])), (None, None, None));
        assert_eq!(autocorrelation(&[1.0, 2.0], 2), None);
        assert_eq!(autocorrelation(&[3.0; 9], 1), None);
        assert_eq!(hill(&[1.0; 10], 0.05), None, "the largest 5% of ten are none");
        assert_eq!(hill(&[0.0; 100], 0.05), None);
        assert_eq!(hill(&[1.0; 100], 0.05), None, "no excess");
        assert_eq!(dfa(&[1.0; 399]), None);
        assert_eq!(dfa(&[1.0; 4_000]), None);
        assert_eq!(slope(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(log_returns(&[1.0, 0.0, 2.0]), None);
        assert_eq!(log_returns(&[1.0]), None);
        assert_eq!(realised_variance(&[]), None);
        assert_eq!(variance_ratio(&[1.0, 2.0], &[1.0], 10.0), None);
    }

    /// The facts of a market whose mid takes a normal step every second and trades at random.
    fn random_walk(seconds: u64) -> Vec<Fact> {
        let (mut grid, mut trades, mut spread) =
            (Grid::new(Span::secs(1)), Trades::default(), SpreadTimes::default());
        let (mut dice, mut mid) = (Dice(8), 1e6);
        for second in 0..seconds {
            let at = Time(second * 1_000_000_000);
            mid += 40.0 * dice.normal();
            let bid = Price(mid as i64);
            let quote = Quote { bid: Some((bid, Qty(1))), ask: Some((Price(bid.0 + 2), Qty(1))) };
            grid.see(at, quote);
            spread.add(2, 1_000_000_000);
            trades.see(at, if dice.next().is_multiple_of(2) { Side::Buy } else { Side::Sell });
        }
        grid.run_until(Time(seconds * 1_000_000_000));
        of(&grid, &trades, &spread)
    }

    #[test]
    fn a_random_walk_is_caught_where_it_is_too_tame() {
        let facts = random_walk(40_000);
        let verdict = |name| facts.iter().find(|fact| fact.name == name).unwrap().verdict;
        assert_eq!(verdict("Returns do not predict returns"), Verdict::Pass);
        assert_eq!(verdict("Volatility does not depend on the clock"), Verdict::Pass);
        assert_eq!(verdict("Heavy tails"), Verdict::Fail);
        assert_eq!(verdict("Volatility comes in clusters"), Verdict::Fail);
        assert_eq!(verdict("Buyers follow buyers"), Verdict::Fail);
        assert_eq!(verdict("Spread, median"), Verdict::Figure);
        let volatility = facts.iter().find(|fact| fact.name == "Volatility").unwrap().value;
        near(volatility, 40.0 / 1e6 * 60_f64.sqrt() * 1e4, 0.1);
    }

    #[test]
    fn a_short_run_is_not_judged_but_its_values_are_told() {
        let facts = random_walk(1_000);
        let judged = facts.iter().filter(|fact| fact.band.is_some());
        for fact in judged {
            assert_eq!(fact.verdict, Verdict::Void, "{}", fact.name);
            assert!(fact.value.is_some() && fact.n < fact.n_min, "{}", fact.name);
        }
    }

    #[test]
    fn a_market_without_a_trade_or_quote_has_facts_without_values() {
        let facts = random_walk(0);
        assert!(facts.iter().all(|fact| fact.value.is_none()));
        assert!(facts.iter().all(|fact| fact.verdict != Verdict::Pass));
    }
}

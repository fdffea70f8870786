//! What is said of a series: moments, tails, memory.
//!
//! Sources: Hill (1975), Annals of Statistics 3(5), for the tail; all moments are the population's.

use libm::{log, sqrt};

/// The mean; of nothing no number.
#[must_use]
pub fn mean(series: &[f64]) -> f64 {
    series.iter().sum::<f64>() / series.len() as f64
}

/// The mean of the powers of the differences from the mean.
#[must_use]
pub fn moment(series: &[f64], power: i32) -> f64 {
    let centre = mean(series);
    series.iter().map(|x| (x - centre).powi(power)).sum::<f64>() / series.len() as f64
}

/// The standard deviation.
#[must_use]
pub fn deviation(series: &[f64]) -> f64 {
    sqrt(moment(series, 2))
}

/// Third moment over the variance to the power of 3/2.
#[must_use]
pub fn skewness(series: &[f64]) -> f64 {
    moment(series, 3) / libm::pow(moment(series, 2), 1.5)
}

/// Fourth moment over the squared variance, less 3.
#[must_use]
pub fn excess_kurtosis(series: &[f64]) -> f64 {
    let variance = moment(series, 2);
    moment(series, 4) / (variance * variance) - 3.0
}

/// The autocorrelation at `lag`: over the sum of squares of the whole series.
#[must_use]
pub fn autocorrelation(series: &[f64], lag: usize) -> f64 {
    let centre = mean(series);
    let whole: f64 = series.iter().map(|x| (x - centre) * (x - centre)).sum();
    let pairs = series.iter().zip(series.iter().skip(lag));
    pairs.map(|(a, b)| (a - centre) * (b - centre)).sum::<f64>() / whole
}

/// The tail exponent of the largest `share` of the sizes; no number when fewer than two are there.
#[must_use]
pub fn hill(series: &[f64], share: f64) -> f64 {
    let mut sizes: Vec<f64> = series.iter().map(|x| x.abs()).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let k = (share * sizes.len() as f64) as usize;
    if k == 0 || k >= sizes.len() {
        return f64::NAN;
    }
    1.0 / mean(&sizes[..k].iter().map(|x| log(x / sizes[k])).collect::<Vec<f64>>())
}

/// How slowly memory fades: less the slope of the logarithm of the autocorrelations at lags 1 to `most`
/// on that of the lag, over those above 0.
#[must_use]
pub fn decay(series: &[f64], most: usize) -> f64 {
    let lags = (1..=most).map(|lag| (lag as f64, autocorrelation(series, lag)));
    let points: Vec<(f64, f64)> =
        lags.filter(|(_, x)| *x > 0.0).map(|(lag, x)| (log(lag), log(x))).collect();
    -slope(&points)
}

/// The exponent with which fluctuations grow with the window: detrended fluctuation analysis, order 1
/// (Peng et al. 1994, Physical Review E 49).
#[must_use]
pub fn fluctuation(series: &[f64]) -> f64 {
    let centre = mean(series);
    let mut sum = 0.0;
    let path: Vec<f64> = series
        .iter()
        .map(|x| {
            sum += x - centre;
            sum
        })
        .collect();
    let (first, last) = (1.3, libm::log10(series.len() as f64 / 10.0));
    let mut windows: Vec<usize> = (0..20)
        .map(|i| libm::pow(10.0, first + (last - first) * f64::from(i) / 19.0) as usize)
        .collect();
    windows.dedup();
    let point = |window: &usize| {
        let left: Vec<f64> = path.chunks_exact(*window).map(residual).collect();
        (log(*window as f64), 0.5 * log(mean(&left)))
    };
    slope(&windows.iter().map(point).collect::<Vec<_>>())
}

/// Mean square around the line through a window.
fn residual(window: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> = (0..).map(f64::from).zip(window.iter().copied()).collect();
    let steep = slope(&points);
    let (x, y) = (mean(&points.iter().map(|p| p.0).collect::<Vec<_>>()), mean(window));
    let off = points.iter().map(|p| p.1 - y - steep * (p.0 - x));
    mean(&off.map(|d| d * d).collect::<Vec<_>>())
}

/// The slope of the line of least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let x = points.iter().map(|p| p.0).sum::<f64>() / n;
    let y = points.iter().map(|p| p.1).sum::<f64>() / n;
    let both: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    both / points.iter().map(|p| (p.0 - x) * (p.0 - x)).sum::<f64>()
}

/// The correlation of two series of one length.
#[must_use]
pub fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (of_a, of_b) = (mean(a), mean(b));
    let both: f64 = a.iter().zip(b).map(|(x, y)| (x - of_a) * (y - of_b)).sum();
    both / a.len() as f64 / (deviation(a) * deviation(b))
}

/// The middle value: of an even number the lower of the two; of nothing no number.
#[must_use]
pub fn median(series: &[f64]) -> f64 {
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len().max(1) - 1) / 2).copied().unwrap_or(f64::NAN)
}

/// Sizes of the elements.
#[must_use]
pub fn sizes(series: &[f64]) -> Vec<f64> {
    series.iter().map(|x| x.abs()).collect()
}

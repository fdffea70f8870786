//! What is read off a series: plain estimators, population moments throughout.

/// The arithmetic mean.
///
/// # Panics
///
/// Like all of these, when there is nothing to estimate from.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    assert!(!values.is_empty(), "there is something to estimate from");
    values.iter().sum::<f64>() / values.len() as f64
}

/// The `order`-th central moment.
#[must_use]
pub fn moment(values: &[f64], order: i32) -> f64 {
    let mean = mean(values);
    let power = |value: &f64| (0..order).fold(1.0, |power, _| power * (value - mean));
    values.iter().map(power).sum::<f64>() / values.len() as f64
}

/// The standard deviation.
#[must_use]
pub fn deviation(values: &[f64]) -> f64 {
    libm::sqrt(moment(values, 2))
}

/// Kurtosis: 3 of a normal law.
#[must_use]
pub fn kurtosis(values: &[f64]) -> f64 {
    moment(values, 4) / (moment(values, 2) * moment(values, 2))
}

/// The covariance of each value with the one `lag` later, over all values.
#[must_use]
pub fn covariance(values: &[f64], lag: usize) -> f64 {
    let mean = mean(values);
    let pairs = values.iter().zip(&values[lag..]);
    pairs.map(|(early, late)| (early - mean) * (late - mean)).sum::<f64>() / values.len() as f64
}

/// The autocorrelation at `lag`: mean removed, the lagged sum over the full sum of squares.
#[must_use]
pub fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    covariance(values, lag) / moment(values, 2)
}

/// The correlation of two series of one length.
#[must_use]
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let (mean_x, mean_y) = (mean(x), mean(y));
    let both = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>();
    both / (x.len() as f64 * deviation(x) * deviation(y))
}

/// The standard error of the mean of a series that remembers, from the means of `batches` equal
/// stretches of it that are longer than its memory.
#[must_use]
pub fn batch_error(values: &[f64], batches: usize) -> f64 {
    let means: Vec<f64> = values.chunks_exact(values.len() / batches).map(mean).collect();
    let n = means.len() as f64;
    libm::sqrt(moment(&means, 2) / (n - 1.0))
}

/// The Hurst exponent by detrended fluctuation analysis of order 1 (Peng et al. 1994): twenty window
/// sizes evenly spaced in the logarithm from 10^1.3 to a tenth of the series, side by side, a line
/// removed from each; the slope of ln(root mean square residual) on ln(size).
#[must_use]
pub fn hurst(values: &[f64]) -> f64 {
    const SIZES: u32 = 20;
    let mean = mean(values);
    let mut sum = 0.0;
    let walk = values.iter().map(|value| {
        sum += value - mean;
        sum
    });
    let walk: Vec<f64> = walk.collect();
    let longest = libm::log10(values.len() as f64 / 10.0);
    let size = |step: u32| {
        let exponent = 1.3 + (longest - 1.3) * f64::from(step) / f64::from(SIZES - 1);
        (libm::pow(10.0, exponent) + 1e-9) as usize
    };
    let mut sizes: Vec<usize> = (0..SIZES).map(size).collect();
    sizes.dedup();
    let point = |size: &usize| {
        let windows = walk.chunks_exact(*size);
        let count = windows.len() as f64;
        let residual = windows.map(residual_of_line).sum::<f64>() / count;
        (libm::log(*size as f64), libm::log(residual) / 2.0)
    };
    let (x, y): (Vec<f64>, Vec<f64>) = sizes.iter().map(point).unzip();
    correlation(&x, &y) * deviation(&y) / deviation(&x)
}

/// The mean square distance of `window` from its least-squares line.
fn residual_of_line(window: &[f64]) -> f64 {
    let (n, middle) = (window.len() as f64, (window.len() - 1) as f64 / 2.0);
    let level = mean(window);
    let steps = || (0..window.len()).map(|step| step as f64 - middle);
    let tilt: f64 = steps().zip(window).map(|(step, value)| step * (value - level)).sum();
    let slope = tilt / steps().map(|step| step * step).sum::<f64>();
    let off = |(step, value): (f64, &f64)| value - level - slope * step;
    steps().zip(window).map(off).map(|off| off * off).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_sim::dice::Dice;

    #[test]
    fn a_handful_by_hand() {
        let values = [1.0, 2.0, 3.0, 6.0];
        assert_eq!((mean(&values), moment(&values, 2)), (3.0, 3.5));
        // (−2)(−1) + (−1)(0) + (0)(3) = 2, over four values.
        assert_eq!((covariance(&values, 1), autocorrelation(&values, 1)), (0.5, 0.5 / 3.5));
        assert_eq!(kurtosis(&[-1.0, 1.0]), 1.0);
        assert!((correlation(&values, &[2.0, 4.0, 6.0, 12.0]) - 1.0).abs() < 1e-12);
        // Batch means 1.5 and 4.5: their variance is 4.5 with n − 1, of the mean 2.25.
        assert_eq!(batch_error(&values, 2), 1.5);
    }

    #[test]
    fn fair_coins_remember_nothing_and_their_sum_remembers_all() {
        let mut dice = Dice::new(1, "coins");
        let mut sum = 0.0;
        let coins: Vec<f64> = (0..50_000).map(|_| 1.0 - 2.0 * dice.below(2) as f64).collect();
        let walk = coins.iter().map(|coin| {
            sum += coin;
            sum
        });
        let walk: Vec<f64> = walk.collect();
        assert!((hurst(&coins) - 0.5).abs() < 0.03, "{}", hurst(&coins));
        assert!((hurst(&walk) - 1.5).abs() < 0.06, "{}", hurst(&walk));
        assert!(autocorrelation(&coins, 1).abs() < 0.02 && autocorrelation(&walk, 1) > 0.99);
    }
}

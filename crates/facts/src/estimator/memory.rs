//! Long memory: whether what happened long ago still shows.

use super::{count, mean, slope};

/// The most values that [`gph`] looks at, from the first on; its work grows with n^1.5.
pub const GPH_MAX: usize = 1 << 19;

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

/// The mean square distance of `window` from the line fitted to it.
fn residual_of_line(window: &[f64]) -> f64 {
    let n = count(window);
    let x_mean = (n - 1.0) / 2.0;
    let y_mean = window.iter().sum::<f64>() / n;
    let (mut together, mut squares) = (0.0, 0.0);
    for (place, y) in window.iter().enumerate() {
        let (x, y) = (place as f64 - x_mean, y - y_mean);
        together += x * y;
        squares += y * y;
    }
    let alone = n * (n * n - 1.0) / 12.0;
    ((squares - together * together / alone) / n).max(0.0)
}

/// The Hurst exponent from the slope of the periodogram near zero.
///
/// Source: Geweke & Porter-Hudak (1983), Journal of Time Series Analysis 4(4): the first ⌊√n⌋
/// ordinates, the slope of ln I on −2 ln(2 sin(ω/2)), plus one half. `None` below 100 values or when
/// they do not vary; of a longer sample the first [`GPH_MAX`] values.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn gph(values: &[f64]) -> Option<f64> {
    let values = &values[..values.len().min(GPH_MAX)];
    let mean = mean(values).filter(|_| values.len() >= 100)?;
    let n = count(values);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for k in 1..=libm::floor(libm::sqrt(n)) as usize {
        let frequency = 2.0 * std::f64::consts::PI * k as f64 / n;
        let (mut real, mut imaginary) = (0.0, 0.0);
        // A turning pointer is cheaper than a sine each, and set right every so often.
        let (turn_cos, turn_sin) = (libm::cos(frequency), libm::sin(frequency));
        for (stretch, values) in values.chunks(256).enumerate() {
            let angle = frequency * (stretch * 256) as f64;
            let (mut cos, mut sin) = (libm::cos(angle), libm::sin(angle));
            for value in values {
                real += (value - mean) * cos;
                imaginary += (value - mean) * sin;
                (cos, sin) = (cos * turn_cos - sin * turn_sin, sin * turn_cos + cos * turn_sin);
            }
        }
        let power = real * real + imaginary * imaginary;
        if power > 0.0 {
            x.push(-2.0 * libm::log(2.0 * libm::sin(frequency / 2.0)));
            y.push(libm::log(power));
        }
    }
    slope(&x, &y).map(|d| d + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!((dfa(&[1.0; 399]), dfa(&[1.0; 4_000])), (None, None));
        assert_eq!((gph(&[1.0; 99]), gph(&[1.0; 4_000])), (None, None));
    }

    #[test]
    fn a_walk_remembers_and_its_steps_do_not() {
        let mut dice = Dice::new(11);
        let steps: Vec<f64> = (0..20_000).map(|_| dice.normal()).collect();
        assert!((dfa(&steps).unwrap() - 0.5).abs() < 0.05);
        assert!((gph(&steps).unwrap() - 0.5).abs() < 0.2);
        let walk: Vec<f64> = steps
            .iter()
            .scan(0.0, |sum, step| {
                *sum += step;
                Some(*sum)
            })
            .collect();
        assert!((dfa(&walk).unwrap() - 1.5).abs() < 0.1);
    }
}

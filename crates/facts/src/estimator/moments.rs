//! Moments and quantiles of a sample.

use super::count;

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

/// Excess kurtosis m4/m2² − 3 of population moments (Fisher); 0 for a normal law.
///
/// `None` when the values do not vary.
#[must_use]
pub fn excess_kurtosis(values: &[f64]) -> Option<f64> {
    let (second, fourth) = (central_moment(values, 2)?, central_moment(values, 4)?);
    (second > 0.0).then(|| fourth / (second * second) - 3.0)
}

/// Skewness m3/m2^1.5 of population moments; 0 for a symmetric law.
///
/// `None` when the values do not vary.
#[must_use]
pub fn skewness(values: &[f64]) -> Option<f64> {
    let (second, third) = (central_moment(values, 2)?, central_moment(values, 3)?);
    (second > 0.0).then(|| third / (second * libm::sqrt(second)))
}

/// The value below which a `share` of the sample lies, between its neighbours in order (Hyndman &
/// Fan 1996, type 7). `None` for nothing. `share` lies between 0 and 1.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (count(&sorted) - 1.0);
    let below = libm::floor(place).max(0.0) as usize;
    let low = *sorted.get(below)?;
    let high = *sorted.get(below + 1).unwrap_or(&low);
    Some(low + (high - low) * (place - below as f64).max(0.0))
}

/// The middle of the sample. `None` for nothing.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

fn central_moment(values: &[f64], power: i32) -> Option<f64> {
    let mean = mean(values)?;
    let powers =
        values.iter().map(|value| (0..power).fold(1.0, |product, _| product * (value - mean)));
    Some(powers.sum::<f64>() / count(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
        assert_eq!(variance(&[1.0, 3.0]), Some(1.0));
        assert_eq!(excess_kurtosis(&[1.0, -1.0, 1.0, -1.0]), Some(-2.0));
        assert_eq!(skewness(&[-1.0, 0.0, 1.0]), Some(0.0));
        let lopsided = skewness(&[0.0, 0.0, 0.0, 4.0]).unwrap(); // m2 = 3, m3 = 6
        assert!((lopsided - 6.0 / (3.0 * 3.0_f64.sqrt())).abs() < 1e-12);
        assert_eq!(median(&[5.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(quantile(&[0.0, 10.0], 0.25), Some(2.5));
        assert_eq!((quantile(&[7.0], 0.0), quantile(&[7.0], 1.0)), (Some(7.0), Some(7.0)));
    }

    #[test]
    fn where_there_is_no_answer_none_is_given() {
        assert_eq!((mean(&[]), variance(&[]), median(&[])), (None, None, None));
        assert_eq!((excess_kurtosis(&[2.0, 2.0]), skewness(&[2.0, 2.0])), (None, None));
    }
}

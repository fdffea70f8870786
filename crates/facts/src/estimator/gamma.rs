//! The Gamma law: R(V) ~ V^(γ−1) e^(−V/V0).

use super::mean;

/// The shape γ and the scale V0 of a Gamma law fitted by maximum likelihood.
///
/// Source: Choi & Wette (1969), Technometrics 11(4). `log_mean` is the mean of ln V, `mean` that of V.
/// `None` unless ln of the mean is above the mean of the logs, as it is for what varies.
#[must_use]
pub fn gamma_of_means(mean: f64, log_mean: f64) -> Option<(f64, f64)> {
    if mean <= 0.0 {
        return None;
    }
    let gap = libm::log(mean) - log_mean;
    if !(gap > 1e-12 && gap.is_finite()) {
        return None;
    }
    // ln γ − ψ(γ) falls from infinity to 0; halving finds where it is the gap.
    let (mut low, mut high) = (1e-4, 1e6);
    for _ in 0..100 {
        let middle = libm::sqrt(low * high);
        if libm::log(middle) - digamma(middle) > gap { low = middle } else { high = middle }
    }
    let shape = libm::sqrt(low * high);
    Some((shape, mean / shape))
}

/// The shape γ of a Gamma law fitted to the positive `values`. `None` for none, or equal ones.
#[must_use]
pub fn gamma_shape(values: &[f64]) -> Option<f64> {
    let positive: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
    let logs: Vec<f64> = positive.iter().map(|value| libm::log(*value)).collect();
    gamma_of_means(mean(&positive)?, mean(&logs)?).map(|(shape, _)| shape)
}

/// ψ(x) for x > 0: by its recurrence up to 10, then the asymptotic series (Abramowitz & Stegun
/// 6.3.5, 6.3.18).
fn digamma(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < 10.0 {
        below -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    below + libm::log(x) - 0.5 / x - square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn digamma_is_what_the_tables_say() {
        assert!((digamma(1.0) + 0.577_215_664_901_5).abs() < 1e-10);
        assert!((digamma(0.5) + 1.963_510_026_021_4).abs() < 1e-10);
    }

    #[test]
    fn a_gamma_law_gives_its_shape_back() {
        // A sum of three exponentials has the shape 3; a squared normal has the shape one half.
        let mut dice = Dice::new(2);
        let three: Vec<f64> = (0..40_000)
            .map(|_| 5.0 * (dice.exponential() + dice.exponential() + dice.exponential()))
            .collect();
        assert!((gamma_shape(&three).unwrap() - 3.0).abs() < 0.08);
        let half: Vec<f64> = (0..40_000)
            .map(|_| {
                let x = dice.normal();
                x * x
            })
            .collect();
        assert!((gamma_shape(&half).unwrap() - 0.5).abs() < 0.01);
        assert_eq!((gamma_shape(&[]), gamma_shape(&[3.0, 3.0])), (None, None));
    }
}

//! The kernel that all models with normal logarithms share: an option on a forward, undiscounted.

use super::Right;
use crate::numeric::normal::cumulative;
use libm::log;

/// The two arguments of the normal distribution in Black's formula, or nothing when the underlying
/// is certain to stay where it is and so the formula is a limit.
pub(super) fn arguments(forward: f64, strike: f64, deviation: f64) -> Option<(f64, f64)> {
    (deviation > 0.0).then(|| {
        let above = log(forward / strike) / deviation;
        (above + 0.5 * deviation, above - 0.5 * deviation)
    })
}

/// The mean pay-off when the logarithm of the underlying ends normal with standard deviation
/// `deviation` and the underlying has the mean `forward`.
///
/// Source: Black (1976), Journal of Financial Economics 3, eq. 16, without its discounting.
pub(super) fn black(right: Right, forward: f64, strike: f64, deviation: f64) -> f64 {
    let Some((d1, d2)) = arguments(forward, strike, deviation) else {
        return right.pay_off(forward, strike);
    };
    let sign = right.sign();
    let value = sign * (forward * cumulative(sign * d1) - strike * cumulative(sign * d2));
    value.max(right.pay_off(forward, strike))
}

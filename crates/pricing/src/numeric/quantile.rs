//! Quantiles: of the normal distribution, of Student's, and of samples.

use super::brent;
use super::normal;
use libm::{exp, lgamma, log, sqrt};
use std::f64::consts::PI;

/// The `x` that a standard normal variable stays below with probability `p`; infinite at 0 and 1.
///
/// Source: P. J. Acklam's rational approximation (2003), then two Newton steps of third order on
/// [`normal::cumulative`], in the lower tail, where it is exact.
#[must_use]
pub fn normal(p: f64) -> f64 {
    if p > 0.5 {
        return -normal(1.0 - p);
    }
    if p <= 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    if p == 0.5 {
        return 0.0;
    }
    let mut x = rough(p);
    for _ in 0..2 {
        let density = normal::density(x);
        if density > 0.0 {
            let u = (normal::cumulative(x) - p) / density;
            x -= u / (1.0 + 0.5 * x * u);
        }
    }
    x
}

/// Right to nine digits, for `p` up to a half.
fn rough(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    let poly = |c: &[f64], x: f64| c.iter().fold(0.0, |sum, c| sum * x + c);
    if p < 0.024_25 {
        let q = sqrt(-2.0 * log(p));
        return poly(&C, q) / poly(&D, q);
    }
    let q = p - 0.5;
    q * poly(&A, q * q) / poly(&B, q * q)
}

/// The density of Student's distribution with `nu` degrees of freedom.
#[must_use]
pub fn student_density(nu: f64, x: f64) -> f64 {
    let scale = exp(lgamma(0.5 * (nu + 1.0)) - lgamma(0.5 * nu)) / sqrt(nu * PI);
    scale * exp(-0.5 * (nu + 1.0) * libm::log1p(x * x / nu))
}

/// The probability that Student's variable with `nu` degrees of freedom is at most `x`.
#[must_use]
pub fn student_cumulative(nu: f64, x: f64) -> f64 {
    let tail = 0.5 * beta_share(0.5 * nu, 0.5, nu / (nu + x * x));
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The `x` that Student's variable with `nu` degrees of freedom stays below with probability `p`.
#[must_use]
pub fn student(nu: f64, p: f64) -> f64 {
    if p > 0.5 {
        return -student(nu, 1.0 - p);
    }
    if p == 0.5 {
        return 0.0;
    }
    if p <= 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    let mut low = -1.0;
    while student_cumulative(nu, low) > p && low > -1e300 {
        low *= 2.0;
    }
    let below = |x: f64| student_cumulative(nu, x) - p;
    brent::between(below, low, 0.0).unwrap_or(f64::NAN)
}

/// The regularised incomplete beta function, by its continued fraction.
///
/// Source: NIST Handbook of Mathematical Functions, 8.17.22, evaluated by Lentz's method.
fn beta_share(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(b, a, 1.0 - x);
    }
    let front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * libm::log1p(-x);
    let never_zero = |x: f64| if x.abs() < 1e-300 { 1e-300 } else { x };
    let (mut c, mut d) = (1.0, 1.0 / never_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..=1_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut grown = 1.0;
        for term in [even, odd] {
            d = 1.0 / never_zero(1.0 + term * d);
            c = never_zero(1.0 + term / c);
            grown = c * d;
            fraction *= grown;
        }
        if (grown - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    exp(front) * fraction / a
}

/// The value below which a share `p` of `sorted` lies, linear between neighbours; none of nothing.
///
/// Source: Hyndman and Fan (1996), definition 7. `sorted` must rise.
#[must_use]
pub fn sample(sorted: &[f64], p: f64) -> Option<f64> {
    debug_assert!(sorted.is_sorted(), "the sample rises");
    let last = sorted.len().checked_sub(1)?;
    let at = p.clamp(0.0, 1.0) * last as f64;
    let low = (at as usize).min(last);
    let high = (low + 1).min(last);
    Some(sorted[low] + (at - low as f64) * (sorted[high] - sorted[low]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tables_are_met() {
        for (p, x) in [
            (0.95, 1.644_853_626_951_472_7),
            (0.975, 1.959_963_984_540_054),
            (0.99, 2.326_347_874_040_841),
            (1e-10, -6.361_340_902_404_056),
            (0.5, 0.0),
        ] {
            assert!((normal(p) - x).abs() < 1e-13, "{p}: {} {x}", normal(p));
        }
        assert!((student(3.0, 0.99) - 4.540_702_858_6).abs() < 1e-10);
        assert!((student(4.0, 0.99) - 3.746_947_388_0).abs() < 1e-10);
        // With one degree it is Cauchy's, with two it has a closed form.
        assert!((student(1.0, 0.75) - 1.0).abs() < 1e-12);
        let two = |p: f64| (2.0 * p - 1.0) / sqrt(2.0 * p * (1.0 - p));
        assert!((student(2.0, 0.9) - two(0.9)).abs() < 1e-12);
    }

    #[test]
    fn the_ends_are_infinite_and_beyond_them_is_nothing() {
        for quantile in [normal as fn(f64) -> f64, |p| student(5.0, p)] {
            assert_eq!((quantile(0.0), quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
            assert!(quantile(-0.1).is_nan() && quantile(1.1).is_nan());
        }
    }

    #[test]
    fn samples_are_read_between_their_values() {
        assert_eq!(sample(&[], 0.5), None);
        assert_eq!(sample(&[3.0], 0.9), Some(3.0));
        assert_eq!(sample(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(sample(&[1.0, 2.0, 4.0], 1.0), Some(4.0));
    }

    proptest! {
        #[test]
        fn quantiles_undo_probabilities(p in 1e-9..0.999_999_f64, nu in 0.5..200.0_f64) {
            let normal = normal::cumulative(normal(p));
            prop_assert!((normal / p - 1.0).abs() < 1e-12, "{normal} {p}");
            let back = student_cumulative(nu, student(nu, p));
            prop_assert!((back / p - 1.0).abs() < 1e-9, "{back} {p}");
        }

        /// The density is the slope of the probability.
        #[test]
        fn the_density_is_the_slope(x in -6.0..6.0_f64, nu in 1.0..50.0_f64) {
            let h = 1e-5;
            let slope = (student_cumulative(nu, x + h) - student_cumulative(nu, x - h)) / (2.0 * h);
            prop_assert!((slope - student_density(nu, x)).abs() < 1e-7);
        }
    }
}

//! Where a function of one variable crosses zero.
//!
//! Source: R. P. Brent, *Algorithms for Minimization without Derivatives* (1973), chapter 4: secant
//! and inverse quadratic steps, with a bisection whenever they do not shrink the bracket.

/// Steps before the search gives up. Bisection alone halves a bracket of any two floats to
/// neighbours in about two thousand steps; interpolation needs a dozen.
pub const STEPS_MOST: usize = 2_500;

/// The zero of `f` between `low` and `high`, to the last few bits; none when `f` has one sign at both
/// ends, is no number there, or the search does not end within [`STEPS_MOST`].
///
/// `f` must be continuous between the two; with several zeros, one of them.
pub fn between(mut f: impl FnMut(f64) -> f64, low: f64, high: f64) -> Option<f64> {
    let (mut a, mut b) = (low, high);
    let (mut at_a, mut at_b) = (f(a), f(b));
    if at_a.is_nan() || at_b.is_nan() {
        return None;
    }
    if at_a == 0.0 {
        return Some(a);
    }
    if (at_a > 0.0) == (at_b > 0.0) && at_b != 0.0 {
        return None;
    }
    // `b` is the best so far, `c` on the other side of zero, `a` the one before.
    let (mut c, mut at_c) = (a, at_a);
    let mut step = b - a;
    let mut before = step;
    for _ in 0..STEPS_MOST {
        if (at_b > 0.0) == (at_c > 0.0) {
            (c, at_c) = (a, at_a);
            step = b - a;
            before = step;
        }
        if at_c.abs() < at_b.abs() {
            (a, b, c) = (b, c, b);
            (at_a, at_b, at_c) = (at_b, at_c, at_b);
        }
        let least = 2.0 * f64::EPSILON * b.abs() + f64::MIN_POSITIVE;
        let half = 0.5 * (c - b);
        if at_b == 0.0 || half.abs() <= least {
            return Some(b);
        }
        match guess((a, at_a), (b, at_b), (c, at_c)) {
            Some(move_by) if before.abs() >= least && at_a.abs() > at_b.abs() => {
                let inside = move_by * half.signum() > 0.0
                    && move_by.abs() < 1.5 * half.abs() - 0.5 * least
                    && move_by.abs() < 0.5 * before.abs();
                (before, step) = if inside { (step, move_by) } else { (half, half) };
            }
            _ => (before, step) = (half, half),
        }
        (a, at_a) = (b, at_b);
        b += if step.abs() > least { step } else { least * half.signum() };
        at_b = f(b);
        if at_b.is_nan() {
            return None;
        }
    }
    None
}

/// How far interpolation would move from `b`: through two points a line, through three a parabola
/// in the value.
fn guess(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> Option<f64> {
    let move_by = if a.0 == c.0 {
        let s = b.1 / a.1;
        (c.0 - b.0) * s / (s - 1.0)
    } else {
        let (q, r, s) = (a.1 / c.1, b.1 / c.1, b.1 / a.1);
        let p = s * ((c.0 - b.0) * q * (q - r) - (b.0 - a.0) * (r - 1.0));
        -p / ((q - 1.0) * (r - 1.0) * (s - 1.0))
    };
    move_by.is_finite().then_some(move_by)
}

#[cfg(test)]
mod tests {
    use super::between;
    use proptest::prelude::*;

    #[test]
    fn known_zeros_are_found() {
        type Case = (fn(f64) -> f64, f64, f64, f64);
        let cases: [Case; 6] = [
            (|x| x * x - 2.0, 0.0, 2.0, std::f64::consts::SQRT_2),
            (|x| libm::cos(x) - x, 0.0, 1.0, 0.739_085_133_215_160_6),
            (|x| libm::exp(x) - 1e10, -100.0, 100.0, 23.025_850_929_940_457),
            (|x| x * x * x, -1.0, 2.0, 0.0),
            (|x| x - 1.0, 1.0, 5.0, 1.0),
            (|x| x - 5.0, 1.0, 5.0, 5.0),
        ];
        for (f, low, high, wanted) in cases {
            let found = between(f, low, high).expect("there is one");
            assert!((found - wanted).abs() <= 1e-14 * wanted.abs() + 1e-15, "{found} {wanted}");
            assert_eq!(between(f, high, low).map(|x| (x - wanted).abs() < 1e-12), Some(true));
        }
    }

    #[test]
    fn without_a_crossing_there_is_none() {
        assert_eq!(between(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(between(|_| f64::NAN, -1.0, 1.0), None);
        assert_eq!(between(|x| if x > 0.5 { f64::NAN } else { x - 0.4 }, -1.0, 1.0), None);
    }

    /// Interpolation does its part: a smooth zero takes a dozen steps, not fifty.
    #[test]
    fn a_smooth_zero_takes_few_steps() {
        let mut asked = 0;
        let f = |x: f64| {
            asked += 1;
            libm::exp(x) - 2.0
        };
        between(f, -5.0, 5.0).expect("there is one");
        assert!(asked <= 16, "{asked}");
    }

    proptest! {
        /// A cubic with one real zero is found from either side, however wide the bracket.
        #[test]
        fn cubics(zero in -1e3..1e3_f64, wide in 1.0..1e6_f64, steep in 1e-3..1e3_f64) {
            let f = |x: f64| (x - zero) * ((x - zero) * (x - zero) + steep);
            let found = between(f, zero - wide, zero + 2.0 * wide).expect("there is one");
            prop_assert!((found - zero).abs() <= 1e-12 * (1.0 + zero.abs()), "{found} {zero}");
        }
    }
}

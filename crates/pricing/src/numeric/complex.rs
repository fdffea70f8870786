//! Complex numbers, as far as characteristic functions need them.
//!
//! Ours and not a library's, because every transcendental function here comes from `libm`: the same
//! bits on every machine.

use libm::{atan2, cos, exp, expm1, hypot, log, log1p, sin, sqrt};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `re + i im`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

/// `re + i im`.
#[must_use]
pub const fn complex(re: f64, im: f64) -> Complex {
    Complex { re, im }
}

impl Complex {
    /// The distance from 0.
    #[must_use]
    pub fn size(self) -> f64 {
        hypot(self.re, self.im)
    }

    /// The square root with a real part that is not negative.
    #[must_use]
    pub fn sqrt(self) -> Self {
        if self == Self::default() {
            return self;
        }
        let long = sqrt(0.5 * (self.size() + self.re.abs()));
        let short = 0.5 * self.im.abs() / long;
        let (re, im) = if self.re >= 0.0 { (long, short) } else { (short, long) };
        complex(re, im.copysign(self.im))
    }

    /// e to this power.
    #[must_use]
    pub fn exp(self) -> Self {
        let size = exp(self.re);
        complex(size * cos(self.im), size * sin(self.im))
    }

    /// e to this power, less 1; keeps its digits near 0.
    #[must_use]
    pub fn exp_m1(self) -> Self {
        let half = sin(0.5 * self.im);
        let (size, less) = (exp(self.re), expm1(self.re));
        complex(less * cos(self.im) - 2.0 * half * half, size * sin(self.im))
    }

    /// The principal logarithm of 1 plus this; keeps its digits near 0.
    #[must_use]
    pub fn ln_1p(self) -> Self {
        let above = complex(1.0 + self.re, self.im);
        let size = if self.re.abs() < 0.5 && self.im.abs() < 0.5 {
            0.5 * log1p(self.re * (2.0 + self.re) + self.im * self.im)
        } else {
            log(above.size())
        };
        complex(size, atan2(above.im, above.re))
    }

    /// This, `by` times as long.
    #[must_use]
    pub fn scale(self, by: f64) -> Self {
        complex(self.re * by, self.im * by)
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        complex(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        complex(self.re - other.re, self.im - other.im)
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        complex(-self.re, -self.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        complex(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Div for Complex {
    type Output = Self;
    /// Smith (1962), Communications of the ACM 5: no overflow on the way.
    fn div(self, by: Self) -> Self {
        if by.re.abs() >= by.im.abs() {
            let ratio = by.im / by.re;
            let under = by.re + by.im * ratio;
            complex((self.re + self.im * ratio) / under, (self.im - self.re * ratio) / under)
        } else {
            let ratio = by.re / by.im;
            let under = by.re * ratio + by.im;
            complex((self.re * ratio + self.im) / under, (self.im * ratio - self.re) / under)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Complex, complex};
    use proptest::prelude::*;

    fn any_complex() -> impl Strategy<Value = Complex> {
        (-20.0..20.0, -20.0..20.0).prop_map(|(re, im)| complex(re, im))
    }

    fn near(one: Complex, two: Complex, tolerance: f64) {
        assert!((one - two).size() <= tolerance * two.size().max(1.0), "{one:?}, not {two:?}");
    }

    #[test]
    fn known_values() {
        near(complex(-1.0, 0.0).sqrt(), complex(0.0, 1.0), 1e-16);
        near(complex(-1.0, -0.0).sqrt(), complex(0.0, -1.0), 1e-16);
        near(complex(0.0, std::f64::consts::PI).exp(), complex(-1.0, 0.0), 1e-15);
        near(complex(0.0, 1.0) * complex(0.0, 1.0), complex(-1.0, 0.0), 0.0);
        near(complex(-1.0, 1.0).ln_1p(), complex(0.0, std::f64::consts::FRAC_PI_2), 1e-16);
        assert_eq!(Complex::default().sqrt(), Complex::default());
    }

    #[test]
    fn small_numbers_keep_their_digits() {
        let small = complex(1e-18, -2e-18);
        let (up, down) = (small.exp_m1(), small.ln_1p());
        assert!((up - small).size() < 1e-34 && (down - small).size() < 1e-34, "{up:?} {down:?}");
    }

    proptest! {
        #[test]
        fn functions_undo_each_other(z in any_complex(), w in any_complex()) {
            near(z.sqrt() * z.sqrt(), z, 1e-14);
            prop_assert!(z.sqrt().re >= 0.0);
            near((z + w) - w, z, 1e-14);
            near(-(-z), z, 0.0);
            near(z * w.exp() / w.exp(), z, 1e-13);
            let above = z.ln_1p();
            near(above.exp_m1(), z, 1e-13);
            near(above.exp(), z + complex(1.0, 0.0), 1e-13);
            near(z.scale(0.5) + z.scale(0.5), z, 0.0);
        }
    }
}

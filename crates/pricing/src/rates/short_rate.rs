//! Zero-coupon bonds when the short rate is a diffusion that returns to its mean.
//!
//! Rates are continuous, per year, as fractions; times are years; prices are per unit of face.

use crate::rates::svensson::mean;
use crate::{Outside, within};
use libm::{exp, log1p, sqrt};

/// A short rate that is drawn back to its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShortRate {
    /// The rate now.
    pub r: f64,
    /// How fast it returns: per year.
    pub a: f64,
    /// What it returns to.
    pub b: f64,
    /// How much it moves: per square root of a year (and of the rate, with Cox, Ingersoll and Ross).
    pub s: f64,
}

impl ShortRate {
    /// The price of one unit after `t` years when dr = a(b − r)dt + s dW.
    ///
    /// With `a` = 0 the limit: a walk without a mean. Source: O. Vasicek (1977), Journal of Financial
    /// Economics 5.
    ///
    /// # Errors
    ///
    /// When `a`, `s` or `t` is below zero, or a number is not finite.
    pub fn vasicek(&self, t: f64) -> Result<f64, Outside> {
        let Self { r, a, b, s } = *self;
        within("r", r, |_| true, "a finite rate")?;
        within("a", a, |a| a >= 0.0, "at least 0")?;
        within("b", b, |_| true, "a finite rate")?;
        within("s", s, |s| s >= 0.0, "at least 0")?;
        within("T", t, |t| t >= 0.0, "at least 0")?;
        let reach = t * mean(a * t);
        Ok(exp(-r * reach - b * (t - reach) + 0.5 * s * s * squares(a, t)))
    }

    /// The price of one unit after `t` years when dr = a(b − r)dt + s√r dW.
    ///
    /// Source: J. Cox, J. Ingersoll and S. Ross (1985), Econometrica 53. With `s` = 0 the limit: a
    /// rate that returns without chance.
    ///
    /// # Errors
    ///
    /// When a number is below zero or not finite.
    pub fn cir(&self, t: f64) -> Result<f64, Outside> {
        let Self { r, a, b, s } = *self;
        for (name, value) in [("r", r), ("a", a), ("b", b), ("s", s), ("T", t)] {
            within(name, value, |x| x >= 0.0, "at least 0")?;
        }
        if s * s == 0.0 {
            return self.vasicek(t);
        }
        // In h − a = 2s²/(h + a), so that nothing cancels where s is small, and in the mean of e^−x,
        // so that nothing overflows where the time is long.
        let h = sqrt(a * a + 2.0 * s * s);
        let apart = 2.0 / (h + a);
        let reach = t * mean(h * t);
        let z = 0.5 * reach * s * s * apart;
        let bent = if z == 0.0 { 1.0 } else { -log1p(-z) / z };
        let level = a * b * apart * (reach * bent - t);
        Ok(exp(level - reach / (1.0 - z) * r))
    }
}

/// ∫₀ᵗ B(u)² du with B(u) = (1 − e^−au)/a.
///
/// Where a·t is small the closed form cancels, and a series takes its place.
fn squares(a: f64, t: f64) -> f64 {
    let x = a * t;
    if x < 1e-2 {
        let series =
            1.0 / 3.0 - x * (1.0 / 4.0 - x * (7.0 / 60.0 - x * (1.0 / 24.0 - x * 31.0 / 2520.0)));
        return t * t * t * series;
    }
    let reach = t * mean(x);
    (t - reach) / (a * a) - reach * reach / (2.0 * a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: ShortRate = ShortRate { r: 0.05, a: 0.1, b: 0.05, s: 0.01 };

    #[test]
    fn the_limits_are_values() {
        let still = ShortRate { s: 0.0, ..RATE };
        assert!((still.vasicek(3.0).unwrap() - exp(-0.15)).abs() < 1e-15);
        assert!((still.cir(3.0).unwrap() - exp(-0.15)).abs() < 1e-15);
        assert_eq!(RATE.vasicek(0.0).unwrap(), 1.0);
        assert_eq!(RATE.cir(0.0).unwrap(), 1.0);
        // Without a mean: exp(−rT + s²T³/6).
        let walk = ShortRate { a: 0.0, ..RATE };
        let wanted = exp(-0.05 * 3.0 + 0.0001 * 27.0 / 6.0);
        assert!((walk.vasicek(3.0).unwrap() - wanted).abs() < 1e-15);
        assert!(RATE.cir(10_000.0).unwrap() >= 0.0);
    }

    /// On both sides of the place where the series takes over.
    #[test]
    fn the_series_and_the_closed_form_agree() {
        let closed = |a: f64, t: f64| {
            let reach = t * mean(a * t);
            (t - reach) / (a * a) - reach * reach / (2.0 * a)
        };
        for t in [0.5, 1.0, 7.0] {
            let a = 0.0099 / t;
            assert!((squares(a, t) / closed(a, t) - 1.0).abs() < 1e-9, "{t}");
        }
    }

    #[test]
    fn what_is_outside_is_named() {
        let fields = |rate: ShortRate, t| {
            (rate.vasicek(t).map_err(|e| e.field), rate.cir(t).map_err(|e| e.field))
        };
        assert_eq!(fields(ShortRate { a: -1.0, ..RATE }, 1.0), (Err("a"), Err("a")));
        assert_eq!(fields(ShortRate { s: f64::INFINITY, ..RATE }, 1.0), (Err("s"), Err("s")));
        assert_eq!(fields(RATE, -1.0), (Err("T"), Err("T")));
        let below = ShortRate { r: -0.01, ..RATE };
        assert!(below.vasicek(1.0).is_ok(), "Gauss' rates may be below zero");
        assert_eq!(below.cir(1.0).unwrap_err().to_string(), "r: found -0.01, expected at least 0");
    }

    proptest! {
        /// The price solves its own equation: ∂P/∂T = −(drift part) by finite differences.
        #[test]
        fn the_price_solves_its_equation(
            r in 0.005..0.1_f64, a in 0.0..1.5_f64, b in 0.0..0.1_f64, s in 0.0..0.1_f64,
            t in 0.3..10.0_f64,
        ) {
            let price = |r: f64, t: f64, root: bool| {
                let rate = ShortRate { r, a, b, s };
                if root { rate.cir(t).unwrap() } else { rate.vasicek(t).unwrap() }
            };
            for root in [false, true] {
                let (h, k) = (1e-4, 1e-4);
                let p = price(r, t, root);
                let by_t = (price(r, t + k, root) - price(r, t - k, root)) / (2.0 * k);
                let by_r = (price(r + h, t, root) - price(r - h, t, root)) / (2.0 * h);
                let curved = (price(r + h, t, root) - 2.0 * p + price(r - h, t, root)) / (h * h);
                let variance = if root { s * s * r } else { s * s };
                let right = 0.5 * variance * curved + a * (b - r) * by_r - r * p;
                prop_assert!((by_t - right).abs() < 1e-6, "{root}: {by_t} {right}");
            }
        }
    }
}

//! A central bank says a rate, and the curve moves by what was not expected of it.
//!
//! What was expected is in the curve already; only the surprise moves it. Two surprises, after
//! R. Gürkaynak, B. Sack and E. Swanson (2005), International Journal of Central Banking 1: the rate
//! itself (the target), and what is said of later rates (the path). How far each reaches follows
//! from the speed at which the short rate returns to its mean: in O. Vasicek's model (1977) a short
//! rate higher by 1 lifts the zero rate for t years by (1 − e^−at)/(at). The path's shape is the hump
//! of C. Nelson and A. Siegel (1987) with the same decay: nothing at once, most in the middle.

use super::curve::Curve;
use super::svensson::mean;
use crate::{Outside, within};

/// What an announcement holds that was not expected. Rates per year, as fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Announcement {
    /// The rate announced, less the rate expected.
    pub target: f64,
    /// How much more is said of later rates than was expected.
    pub path: f64,
    /// How fast the short rate returns to its mean: per year. At 0 the target moves all rates alike,
    /// and the path none.
    pub reversion: f64,
}

impl Announcement {
    /// How far the zero rate for `t` years moves.
    #[must_use]
    pub fn size(&self, t: f64) -> f64 {
        let x = self.reversion * t;
        self.target * mean(x) + self.path * (mean(x) - libm::exp(-x))
    }

    /// The curve afterwards. One without a surprise leaves it as it is.
    ///
    /// # Errors
    ///
    /// When a number is not finite, or `reversion` is below zero.
    pub fn on(&self, curve: &Curve) -> Result<Curve, Outside> {
        within("target", self.target, |_| true, "a finite surprise")?;
        within("path", self.path, |_| true, "a finite surprise")?;
        within("reversion", self.reversion, |a| a >= 0.0, "at least 0")?;
        curve.map(|t, zero| zero + self.size(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::curve::Between;
    use crate::rates::short_rate::ShortRate;

    fn curve() -> Curve {
        let points = vec![(0.25, 0.05), (2.0, 0.045), (10.0, 0.04), (30.0, 0.042)];
        Curve::new(points, Between::LogDiscount).unwrap()
    }

    const SURPRISE: Announcement = Announcement { target: 0.0025, path: 0.0, reversion: 0.3 };

    #[test]
    fn only_the_surprise_moves_the_curve() {
        let none = Announcement { target: 0.0, ..SURPRISE };
        assert_eq!(none.on(&curve()).unwrap(), curve());
    }

    #[test]
    fn a_target_moves_the_short_end_most_and_a_path_the_middle() {
        let moves: Vec<f64> = [0.25, 2.0, 10.0, 30.0].map(|t| SURPRISE.size(t)).to_vec();
        assert!(moves.is_sorted_by(|a, b| a > b) && moves[3] > 0.0, "{moves:?}");
        let path = Announcement { target: 0.0, path: 0.0025, ..SURPRISE };
        assert_eq!(path.size(0.0), 0.0);
        assert!(path.size(6.0) > path.size(0.25) && path.size(6.0) > path.size(30.0));
        let alike = Announcement { path: 0.0025, reversion: 0.0, ..SURPRISE };
        assert_eq!((alike.size(0.25), alike.size(30.0)), (0.0025, 0.0025));
    }

    /// In Vasicek's own world it is exact: the price with the higher short rate.
    #[test]
    fn it_is_what_vasicek_says() {
        let before = ShortRate { r: 0.05, a: 0.3, b: 0.04, s: 0.01 };
        let after = ShortRate { r: 0.0525, ..before };
        let zero = |rate: ShortRate, t: f64| -libm::log(rate.vasicek(t).unwrap()) / t;
        let points = [1.0, 5.0, 20.0].map(|t| (t, zero(before, t))).to_vec();
        let moved = SURPRISE.on(&Curve::new(points, Between::ZeroRate).unwrap()).unwrap();
        for (t, rate) in moved.points() {
            assert!((rate - zero(after, *t)).abs() < 1e-15, "{t}");
        }
    }

    #[test]
    fn what_is_outside_is_named() {
        let wrong = Announcement { reversion: -1.0, ..SURPRISE }.on(&curve()).unwrap_err();
        assert_eq!(wrong.to_string(), "reversion: found -1, expected at least 0");
        let wrong = Announcement { path: f64::NAN, ..SURPRISE }.on(&curve()).unwrap_err();
        assert_eq!(wrong.field, "path");
    }
}

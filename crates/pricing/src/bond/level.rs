//! A bond with level coupons, right after a coupon: price, durations, convexity, yield.
//!
//! Source: Fabozzi, *Fixed Income Mathematics*, the chapters on price, duration and convexity. Rates
//! are per year as fractions, compounded with each coupon. Without a coupon it is a zero-coupon bond.

use crate::numeric::brent;
use crate::{Outside, within};
use libm::{exp, log1p};

/// The most coupon periods of a bond.
pub const PERIODS_MOST: u32 = 12_000;

/// What a bond promises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// What is paid back at the end.
    pub face: f64,
    /// The coupons of a year, as a fraction of the face.
    pub cpn: f64,
    /// Coupon periods left.
    pub n: u32,
    /// Coupon periods in a year.
    pub freq: u32,
}

/// What it is worth at a yield, and how that moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The price, in the unit of the face.
    pub price: f64,
    /// The mean time of payment, weighted by value: years.
    pub macaulay: f64,
    /// Share of the price lost per 1.00 of yield.
    pub modified: f64,
    /// Curvature of the price, as a share of it: years squared.
    pub convexity: f64,
    /// What a basis point costs, in the unit of the face.
    pub dv01: f64,
}

impl Level {
    /// The figures at a yield of `y`.
    ///
    /// # Errors
    ///
    /// When a term of the bond is outside its domain, a period loses everything (`y` at −freq or
    /// below), or the price is too large to be a number.
    pub fn at_yield(&self, y: f64) -> Result<Figures, Outside> {
        self.check()?;
        let f = f64::from(self.freq);
        within("y", y, |y| y > -f, "a rate above −100 % a period")?;
        let per = y / f;
        let shrink = -log1p(per);
        let coupon = self.face * self.cpn / f;
        let (mut price, mut timed, mut curved) = (0.0, 0.0, 0.0);
        for k in 1..=self.n {
            let flow = if k == self.n { coupon + self.face } else { coupon };
            if flow == 0.0 {
                continue;
            }
            let k = f64::from(k);
            let value = flow * exp(k * shrink);
            price += value;
            timed += value * k / f;
            curved += value * k * (k + 1.0);
        }
        if !(curved.is_finite() && price > 0.0) {
            return Err(Outside::new("y", y, "a rate at which the price is a number above 0"));
        }
        let macaulay = timed / price;
        let modified = macaulay / (1.0 + per);
        let convexity = curved / (price * f * f * (1.0 + per) * (1.0 + per));
        Ok(Figures { price, macaulay, modified, convexity, dv01: price * modified * 1e-4 })
    }

    /// The yield at which it costs `price`.
    ///
    /// # Errors
    ///
    /// When a term of the bond or the price is outside its domain, or no yield gives the price.
    pub fn yield_of(&self, price: f64) -> Result<f64, Outside> {
        self.check()?;
        within("price", price, |price| price > 0.0, "above 0")?;
        let at = |y: f64| self.at_yield(y).map(|figures| figures.price);
        yield_between(f64::from(self.freq), price, at)
            .ok_or_else(|| Outside::new("price", price, "a price that some yield gives"))
    }

    fn check(&self) -> Result<(), Outside> {
        within("face", self.face, |face| face > 0.0, "above 0")?;
        within("cpn", self.cpn, |cpn| cpn >= 0.0, "at least 0")?;
        if !(1..=PERIODS_MOST).contains(&self.n) {
            return Err(Outside::new("n", self.n, "1 to 12000 periods"));
        }
        if !(1..=365).contains(&self.freq) {
            return Err(Outside::new("freq", self.freq, "1 to 365 periods a year"));
        }
        Ok(())
    }
}

/// The rate above −`most_loss` at which the falling function `price_at` gives `price`.
pub(crate) fn yield_between(
    most_loss: f64,
    price: f64,
    price_at: impl Fn(f64) -> Result<f64, Outside>,
) -> Option<f64> {
    let dearer = |y: f64| price_at(y).map_or(f64::INFINITY, |found| found - price);
    let mut low = 0.0;
    for _ in 0..50 {
        if dearer(low) >= 0.0 {
            break;
        }
        low = 0.5 * (low - most_loss);
    }
    let mut high = 1.0;
    while dearer(high) > 0.0 && high < 1e9 {
        high *= 2.0;
    }
    // Where a price is too large to be a number, bisection needs one all the same.
    brent::between(|y| dearer(y).min(f64::MAX), low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOND: Level = Level { face: 100.0, cpn: 0.09, n: 10, freq: 2 };

    #[test]
    fn a_bond_with_its_coupon_as_yield_costs_its_face() {
        let figures = BOND.at_yield(0.09).unwrap();
        assert!((figures.price - 100.0).abs() < 1e-12);
        assert!((figures.macaulay - 4.134_395_25).abs() < 1e-8);
        assert!((BOND.yield_of(100.0).unwrap() - 0.09).abs() < 1e-14);
    }

    #[test]
    fn without_coupons_it_is_a_zero() {
        let zero = Level { cpn: 0.0, n: 50, ..BOND };
        let figures = zero.at_yield(0.09).unwrap();
        assert!((figures.price - 100.0 * exp(-50.0 * log1p(0.045))).abs() < 1e-12);
        assert!((figures.macaulay - 25.0).abs() < 1e-12, "it pays once, at the end");
        let wanted = 2.0 * libm::expm1(-libm::log(1.2) / 50.0);
        assert!((zero.yield_of(120.0).unwrap() - wanted).abs() < 1e-14, "below zero");
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |bond: Level, y| bond.at_yield(y).unwrap_err().to_string();
        assert_eq!(says(Level { face: 0.0, ..BOND }, 0.1), "face: found 0, expected above 0");
        assert_eq!(says(Level { cpn: -0.1, ..BOND }, 0.1), "cpn: found -0.1, expected at least 0");
        assert_eq!(says(Level { n: 0, ..BOND }, 0.1), "n: found 0, expected 1 to 12000 periods");
        assert_eq!(
            says(Level { freq: 0, ..BOND }, 0.1),
            "freq: found 0, expected 1 to 365 periods a year"
        );
        assert_eq!(says(BOND, -2.0), "y: found -2, expected a rate above −100 % a period");
        let long = Level { n: 12_000, ..BOND };
        assert_eq!(
            says(long, -1.9),
            "y: found -1.9, expected a rate at which the price is a number above 0"
        );
        assert_eq!(
            BOND.yield_of(-1.0).unwrap_err().to_string(),
            "price: found -1, expected above 0"
        );
    }

    proptest! {
        /// From the yield to the price and back.
        #[test]
        fn yield_and_price_go_round(
            cpn in 0.0..0.2_f64, n in 1..400_u32, freq in 1..12_u32, y in -0.05..0.5_f64,
        ) {
            let bond = Level { face: 1_000.0, cpn, n, freq };
            let figures = bond.at_yield(y).unwrap();
            let back = bond.yield_of(figures.price).unwrap();
            let room = 1e-13 * (1.0 + 1.0 / figures.modified);
            prop_assert!((back - y).abs() < room.max(1e-11), "{back} {y}");
        }

        /// Duration and convexity are the price's first and second derivative.
        #[test]
        fn the_figures_are_derivatives(
            cpn in 0.0..0.2_f64, n in 1..100_u32, freq in 1..12_u32, y in 0.0..0.3_f64,
        ) {
            let bond = Level { face: 100.0, cpn, n, freq };
            let price = |y| bond.at_yield(y).unwrap().price;
            let figures = bond.at_yield(y).unwrap();
            let h = 1e-4;
            let first = (price(y + h) - price(y - h)) / (2.0 * h);
            let second = (price(y + h) - 2.0 * price(y) + price(y - h)) / (h * h);
            let (p, d, c) = (figures.price, figures.modified, figures.convexity);
            prop_assert!((first + p * d).abs() < 1e-4 * p * (1.0 + d));
            prop_assert!((second - p * c).abs() < 1e-4 * p * (1.0 + c));
        }
    }
}

//! Floating-rate notes: coupons that are set anew, and the margin that a market asks.
//!
//! Source: Hull, *Options, Futures and Other Derivatives*, the chapter on swaps (valuation of a
//! floating-rate bond); Fabozzi, *Floating-Rate Securities*, on the discount margin.

use crate::numeric::brent;
use crate::rates::curve::Curve;
use crate::{Outside, within};
use libm::exp;

/// A note whose coupon is set at the beginning of each period from the curve, plus a margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floating {
    /// What is paid back at the end.
    pub face: f64,
    /// What is paid above the rate: per year, a fraction of the face.
    pub margin: f64,
    /// Coupon periods left, the running one included.
    pub n: u32,
    /// Coupon periods in a year.
    pub freq: u32,
    /// The rate that the running period was set at, without the margin: simple, per year.
    pub fixed: f64,
    /// Years until the running period's coupon: at most one period.
    pub next: f64,
}

impl Floating {
    /// What it is worth (dirty) when coupons are set from `curve` and discounted on it with `spread`
    /// on top: the discount margin, continuous.
    ///
    /// # Errors
    ///
    /// When a term is outside its domain, or the note ends beyond the curve.
    pub fn value(&self, curve: &Curve, spread: f64) -> Result<f64, Outside> {
        self.check()?;
        within("spread", spread, |_| true, "a finite rate")?;
        let year = 1.0 / f64::from(self.freq);
        let mut rate = self.fixed;
        let (mut worth, mut last) = (0.0, None);
        for k in 0..self.n {
            let time = self.next + f64::from(k) * year;
            let discount = curve.discount(time)?;
            if let Some(before) = last {
                rate = (before / discount - 1.0) / year;
            }
            let coupon = self.face * (rate + self.margin) * year;
            let face = if k + 1 == self.n { self.face } else { 0.0 };
            worth += (coupon + face) * discount * exp(-spread * time);
            last = Some(discount);
        }
        Ok(worth)
    }

    /// The discount margin at which it is worth `price`.
    ///
    /// # Errors
    ///
    /// As [`Floating::value`], and when no margin from −500 % to 5000 % gives the price.
    pub fn margin_of(&self, curve: &Curve, price: f64) -> Result<f64, Outside> {
        self.value(curve, 0.0)?;
        let over = |spread| self.value(curve, spread).map_or(f64::NAN, |value| value - price);
        brent::between(over, -5.0, 50.0)
            .ok_or_else(|| Outside::new("price", price, "a price that some margin gives"))
    }

    fn check(&self) -> Result<(), Outside> {
        within("face", self.face, |face| face > 0.0, "above 0")?;
        within("margin", self.margin, |_| true, "a finite rate")?;
        within("fixed", self.fixed, |_| true, "a finite rate")?;
        within("n", self.n.into(), |n| (1.0..=12_000.0).contains(&n), "1 to 12000 periods")?;
        within(
            "freq",
            self.freq.into(),
            |f| (1.0..=365.0).contains(&f),
            "1 to 365 periods a year",
        )?;
        let period = 1.0 / f64::from(self.freq) + 1e-12;
        within("next", self.next, |t| t > 0.0 && t <= period, "above 0 and at most a period")
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::curve::Between;
    use proptest::prelude::*;

    fn curve() -> Curve {
        let points = vec![(0.5, 0.05), (1.0, 0.058), (2.0, 0.068), (6.0, 0.06)];
        Curve::new(points, Between::LogDiscount).unwrap()
    }

    /// Right after a coupon, set from the curve.
    fn fresh() -> Floating {
        let fixed = (1.0 / curve().discount(0.5).unwrap() - 1.0) * 2.0;
        Floating { face: 100.0, margin: 0.0, n: 10, freq: 2, fixed, next: 0.5 }
    }

    #[test]
    fn a_note_that_was_just_set_is_worth_its_face() {
        assert!((fresh().value(&curve(), 0.0).unwrap() - 100.0).abs() < 1e-12);
        assert!(fresh().margin_of(&curve(), 100.0).unwrap().abs() < 1e-13);
    }

    /// Between coupons it is worth what it pays next and will be worth then.
    #[test]
    fn between_coupons_it_is_worth_the_next_one_and_its_face() {
        let late = Floating { next: 0.2, n: 5, ..fresh() };
        let wanted = (100.0 + 50.0 * late.fixed) * curve().discount(0.2).unwrap();
        assert!((late.value(&curve(), 0.0).unwrap() - wanted).abs() < 1e-12);
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |note: Floating| note.value(&curve(), 0.0).unwrap_err().to_string();
        assert_eq!(
            says(Floating { next: 0.6, ..fresh() }),
            "next: found 0.6, expected above 0 and at most a period"
        );
        assert_eq!(says(Floating { face: -1.0, ..fresh() }), "face: found -1, expected above 0");
        assert!(
            says(Floating { n: 20, ..fresh() }).starts_with("t: found 6.5, beyond the curve's end")
        );
        assert_eq!(fresh().margin_of(&curve(), -5.0).unwrap_err().field, "price");
    }

    proptest! {
        /// A quoted margin is worth an annuity, and a discount margin goes round.
        #[test]
        fn margins(margin in -0.02..0.05_f64, spread in -0.02..0.2_f64, n in 1..12_u32) {
            let note = Floating { margin, n, ..fresh() };
            let annuity: f64 = (1..=n).map(|k| curve().discount(f64::from(k) / 2.0).unwrap()).sum();
            let value = note.value(&curve(), 0.0).unwrap();
            prop_assert!((value - 100.0 - 50.0 * margin * annuity).abs() < 1e-10);
            let price = note.value(&curve(), spread).unwrap();
            prop_assert!((note.margin_of(&curve(), price).unwrap() - spread).abs() < 1e-11);
        }
    }
}

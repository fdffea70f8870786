//! Any dated payments on a curve: value, continuous yield, duration, spread.
//!
//! Source: Hull, *Options, Futures and Other Derivatives*, the chapter on interest rates (bond
//! pricing with zero rates, bond yield, duration).

use crate::numeric::brent;
use crate::rates::curve::{Curve, rises};
use crate::{Outside, within};
use libm::exp;

/// The rates that yields and spreads are looked for between, per year.
const RATES: (f64, f64) = (-5.0, 50.0);

/// Payments: years from now, rising from above 0, and amounts.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows(Vec<(f64, f64)>);

impl Flows {
    /// Of these times and amounts.
    ///
    /// # Errors
    ///
    /// When there are none, times do not rise from above 0, or an amount is not finite.
    pub fn new(flows: Vec<(f64, f64)>) -> Result<Self, Outside> {
        if flows.is_empty() {
            return Err(Outside::new("flows", "none", "at least one payment"));
        }
        let mut before = 0.0;
        for &(time, amount) in &flows {
            rises("times", before, time)?;
            within("flows", amount, |_| true, "finite amounts")?;
            before = time;
        }
        Ok(Self(flows))
    }

    /// Of a level-coupon bond with `n` coupons to come, `freq` a year, the first after a whole
    /// period.
    ///
    /// # Errors
    ///
    /// When there is no coupon period, or a number is not finite.
    pub fn level(face: f64, cpn: f64, n: u32, freq: u32) -> Result<Self, Outside> {
        within("face", face, |face| face > 0.0, "above 0")?;
        within("cpn", cpn, |cpn| cpn >= 0.0, "at least 0")?;
        within("freq", freq.into(), |freq| freq >= 1.0, "at least 1 period a year")?;
        within("n", n.into(), |n| (1.0..=12_000.0).contains(&n), "1 to 12000 periods")?;
        let coupon = face * cpn / f64::from(freq);
        let flow =
            |k| (f64::from(k) / f64::from(freq), if k == n { coupon + face } else { coupon });
        Self::new((1..=n).map(flow).collect())
    }

    /// Times and amounts.
    #[must_use]
    pub fn list(&self) -> &[(f64, f64)] {
        &self.0
    }

    /// What they are worth on `curve`, with `spread` on top of its zero rates.
    ///
    /// # Errors
    ///
    /// When a payment lies beyond the curve.
    pub fn value(&self, curve: &Curve, spread: f64) -> Result<f64, Outside> {
        within("spread", spread, |_| true, "a finite rate")?;
        let worth = |&(t, amount): &(f64, f64)| Ok(amount * curve.discount(t)? * exp(-spread * t));
        self.0.iter().map(worth).sum()
    }

    /// What they are worth at one continuous rate for all times.
    #[must_use]
    pub fn value_at(&self, rate: f64) -> f64 {
        self.0.iter().map(|(t, amount)| amount * exp(-rate * t)).sum()
    }

    /// The continuous rate at which they are worth `price`.
    ///
    /// # Errors
    ///
    /// When no rate from −500 % to 5000 % does.
    pub fn yield_of(&self, price: f64) -> Result<f64, Outside> {
        brent::between(|rate| self.value_at(rate) - price, RATES.0, RATES.1)
            .ok_or_else(|| Outside::new("price", price, "a price that some yield gives"))
    }

    /// The mean time of payment at a continuous rate, weighted by value: years, and the share of
    /// value lost per 1.00 of rate.
    #[must_use]
    pub fn duration(&self, rate: f64) -> f64 {
        let timed: f64 = self.0.iter().map(|(t, amount)| t * amount * exp(-rate * t)).sum();
        timed / self.value_at(rate)
    }

    /// The continuous spread over `curve` at which they are worth `price`: what a market asks for
    /// bearing their risk (the zero-volatility spread).
    ///
    /// # Errors
    ///
    /// When a payment lies beyond the curve, or no spread from −500 % to 5000 % does.
    pub fn spread_of(&self, curve: &Curve, price: f64) -> Result<f64, Outside> {
        let riskless: Result<Vec<_>, Outside> =
            self.0.iter().map(|&(t, amount)| Ok((t, amount * curve.discount(t)?))).collect();
        let none = |wrong: Outside| Outside { expected: "a price that some spread gives", ..wrong };
        Self::new(riskless?)?.yield_of(price).map_err(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::curve::Between;
    use proptest::prelude::*;

    fn hull() -> Curve {
        let points = vec![(0.5, 0.05), (1.0, 0.058), (1.5, 0.064), (2.0, 0.068)];
        Curve::new(points, Between::ZeroRate).unwrap()
    }

    /// Hull's two-year 6 % bond on his zero rates, and his three-year 10 % bond at 12 %.
    #[test]
    fn as_hull_prices_them() {
        let bond = Flows::level(100.0, 0.06, 4, 2).unwrap();
        let price = bond.value(&hull(), 0.0).unwrap();
        assert!((price - 98.385_062_77).abs() < 1e-8);
        assert!((bond.yield_of(price).unwrap() - 0.067_624).abs() < 5e-7);
        let bond = Flows::level(100.0, 0.10, 6, 2).unwrap();
        assert!((bond.value_at(0.12) - 94.213_020_55).abs() < 1e-8);
        assert!((bond.duration(0.12) - 2.653_010_04).abs() < 1e-8);
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |flows: Vec<(f64, f64)>| Flows::new(flows).unwrap_err().to_string();
        assert_eq!(says(vec![]), "flows: found none, expected at least one payment");
        assert_eq!(says(vec![(1.0, f64::NAN)]), "flows: found NaN, expected finite amounts");
        assert!(says(vec![(1.0, 1.0), (1.0, 1.0)]).starts_with("times: found 1 after 1"));
        assert_eq!(Flows::level(100.0, 0.06, 0, 2).unwrap_err().field, "n");
        let long = Flows::level(100.0, 0.06, 6, 2).unwrap();
        assert_eq!(long.value(&hull(), 0.0).unwrap_err().field, "t");
        assert_eq!(long.yield_of(-1.0).unwrap_err().field, "price");
    }

    proptest! {
        /// Spread and value go round; a flat curve's spread is the yield less the rate.
        #[test]
        fn spread_and_value_go_round(cpn in 0.0..0.2_f64, n in 1..5_u32, spread in -0.05..0.5_f64) {
            let bond = Flows::level(100.0, cpn, n.min(4), 2).unwrap();
            let price = bond.value(&hull(), spread).unwrap();
            prop_assert!((bond.spread_of(&hull(), price).unwrap() - spread).abs() < 1e-12);
            let flat = hull().map(|_, _| 0.03).unwrap();
            let price = bond.value(&flat, spread).unwrap();
            prop_assert!((bond.yield_of(price).unwrap() - 0.03 - spread).abs() < 1e-12);
        }
    }
}

//! What a chain of options says about its underlying: the forward and the spot in put-call parity.
//!
//! `call - put = discount · (forward - strike)` needs no model and no volatility. Source: Stoll
//! (1969), Journal of Finance 24. For American options parity is two inequalities, and the equation
//! holds only nearly, best close to the money and to expiry: hence the median.

use super::{DISCOUNT_EXPONENT_MAX, YEARS_MAX, money};
use crate::{Outside, within};
use libm::{exp, sqrt};

/// The most pairs in one chain.
pub const PAIRS_MAX: usize = 1_000_000;

/// A call and a put of one strike and one expiry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// `K`; positive.
    pub strike: f64,
    /// `call`: its price, usually the middle of its quote; at least 0.
    pub call: f64,
    /// `put`: the same of the put.
    pub put: f64,
}

impl Pair {
    fn check(&self) -> Result<(), Outside> {
        money("K", self.strike)?;
        for (field, price) in [("call", self.call), ("put", self.put)] {
            within(field, price, |x| (0.0..=1e100).contains(&x), "a price from 0 to 1e100")?;
        }
        Ok(())
    }
}

/// The spots that the pairs of one expiry imply, when the interest and the dividends until then are
/// known: `S = (call - put + K e^(-rT)) e^(qT)`, one per pair, in their order.
///
/// # Errors
///
/// [`Outside`], naming `pairs` (from 1 to [`PAIRS_MAX`]), `K`, `call`, `put`, `r`, `q` or `T`.
pub fn parity_spots(
    pairs: &[Pair],
    rate: f64,
    dividend: f64,
    time: f64,
) -> Result<Vec<f64>, Outside> {
    counted(pairs, 1, "from 1 to 1000000 pairs")?;
    within("T", time, |t| (0.0..=YEARS_MAX).contains(&t), "a time from 0 to 10000 years")?;
    for (field, rate) in [("r", rate), ("q", dividend)] {
        let holds = |rate: f64| (rate * time).abs() <= DISCOUNT_EXPONENT_MAX;
        within(field, rate, holds, "a rate that times T lies within 200 of 0")?;
    }
    let (discount, yielded) = (exp(-rate * time), exp(dividend * time));
    let spot = |pair: &Pair| (pair.call - pair.put + pair.strike * discount) * yielded;
    Ok(pairs.iter().map(spot).collect())
}

/// The median of [`parity_spots`]: half of the pairs may be stale, crossed or wrong.
///
/// # Errors
///
/// As [`parity_spots`].
pub fn parity_spot(pairs: &[Pair], rate: f64, dividend: f64, time: f64) -> Result<f64, Outside> {
    Ok(median(parity_spots(pairs, rate, dividend, time)?))
}

/// What parity says when interest and dividends are unknown too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParityLine {
    /// The price, agreed now, of the underlying at expiry.
    pub forward: f64,
    /// What one unit of money at expiry is worth now.
    pub discount: f64,
    /// `discount · forward`: the spot less the dividends until expiry.
    pub prepaid: f64,
    /// The root of the mean squared distance of the pairs from the line, in money.
    pub off: f64,
}

/// Forward and discount of one expiry, by least squares of `call - put` on the strike.
///
/// # Errors
///
/// [`Outside`], naming `K`, `call` or `put`; `pairs` when there are fewer than two strikes to draw a
/// line through, or the line does not fall, and so gives no discount.
pub fn parity_line(pairs: &[Pair]) -> Result<ParityLine, Outside> {
    counted(pairs, 2, "from 2 to 1000000 pairs")?;
    let count = pairs.len() as f64;
    let mean = |of: fn(&Pair) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (strike, gap) = (mean(|pair| pair.strike), mean(|pair| pair.call - pair.put));
    let (mut along, mut across) = (0.0, 0.0);
    for pair in pairs {
        along += (pair.strike - strike) * (pair.strike - strike);
        across += (pair.strike - strike) * (pair.call - pair.put - gap);
    }
    let discount = -across / along;
    if !(discount > 0.0 && discount.is_finite()) {
        let expected = "pairs of several strikes, whose call less put falls with the strike";
        return Err(Outside::new("pairs", format!("a discount of {discount}"), expected));
    }
    let prepaid = gap + discount * strike;
    let squares = pairs.iter().map(|pair| {
        let off = pair.call - pair.put - (prepaid - discount * pair.strike);
        off * off
    });
    let off = sqrt(squares.sum::<f64>() / count);
    Ok(ParityLine { forward: prepaid / discount, discount, prepaid, off })
}

fn counted(pairs: &[Pair], least: usize, expected: &'static str) -> Result<(), Outside> {
    if !(least..=PAIRS_MAX).contains(&pairs.len()) {
        return Err(Outside::new("pairs", pairs.len(), expected));
    }
    pairs.iter().try_for_each(Pair::check)
}

/// The middle one, or the mean of the two middle ones; there is at least one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}

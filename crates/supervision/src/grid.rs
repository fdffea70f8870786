//! Money on the grid of an instrument: how many ticks a unit of currency is, and how a price that
//! falls between two cents is rounded. Exact throughout: a price is a fraction until it is rounded,
//! once.

use pitfloor_model::instrument::{BadDefinition, Decimal, Instrument};
use pitfloor_model::units::Price;
use serde::{Deserialize, Deserializer, de::Error};
use std::cmp::Ordering;

/// An amount of money in a rule: four decimals, not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i64);

impl Amount {
    /// Units of an amount in one of currency.
    const PARTS: i64 = 10_000;

    /// The largest amount a rule may say: a million.
    const MOST: i64 = 1_000_000 * Self::PARTS;

    /// In units of currency.
    #[must_use]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / Self::PARTS as f64
    }

    fn parse(text: &str) -> Option<Self> {
        let parts = text.parse::<Decimal>().ok()?.checked_mul(Decimal::from(Self::PARTS))?;
        let whole = parts.is_integer().then(|| i64::try_from(parts).ok()).flatten()?;
        (0..=Self::MOST).contains(&whole).then_some(Self(whole))
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0 / Self::PARTS, self.0 % Self::PARTS);
        match part {
            0 => write!(f, "{whole}"),
            _ if part % 100 == 0 => write!(f, "{whole}.{:02}", part / 100),
            _ => write!(f, "{whole}.{part:04}"),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let expected = "an amount from 0 to 1000000 with up to four decimals";
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not {expected}")))
    }
}

/// Where the prices of an instrument lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    unit: i64,
    cent: i64,
}

impl Grid {
    /// The most ticks that a unit of currency may have here.
    pub const UNIT_MOST: i64 = 1_000_000_000;

    /// Of an instrument with `unit` ticks to the unit of currency that rounds to `cent` ticks.
    ///
    /// # Errors
    ///
    /// When one of them is below 1 or above [`Grid::UNIT_MOST`].
    pub fn new(unit: i64, cent: i64) -> Result<Self, BadDefinition> {
        for (name, found) in [("ticks per unit", unit), ("ticks to round to", cent)] {
            if !(1..=Self::UNIT_MOST).contains(&found) {
                let expected = format!("between 1 and {}", Self::UNIT_MOST);
                return Err(BadDefinition::new(name, found, expected));
            }
        }
        Ok(Self { unit, cent })
    }

    /// Of `instrument`: rounds to the cent, or to its price step where that is coarser.
    ///
    /// # Errors
    ///
    /// When a unit of currency is not a whole number of ticks (a tick of 0.03), or of more than
    /// [`Grid::UNIT_MOST`].
    pub fn of(instrument: &Instrument) -> Result<Self, BadDefinition> {
        let tick = instrument.tick();
        let unit = Decimal::ONE.checked_div(tick).filter(Decimal::is_integer);
        let unit = unit.and_then(|unit| i64::try_from(unit).ok()).ok_or_else(|| {
            BadDefinition::new("tick", tick, "a tick that divides a unit of currency")
        })?;
        let step = i64::try_from(instrument.limits.price_step).unwrap_or(i64::MAX);
        let cent = if unit % 100 == 0 { unit / 100 } else { 1 };
        Self::new(unit, (cent / common(cent, step)).saturating_mul(step))
    }

    /// How `price` compares with `amount`.
    #[must_use]
    pub fn cmp(self, price: Price, amount: Amount) -> Ordering {
        Fraction::whole(price).cmp(self.ticks(amount))
    }

    /// So many ticks, perhaps not whole.
    pub(crate) fn ticks(self, amount: Amount) -> Fraction {
        Fraction { ticks: i128::from(amount.0) * i128::from(self.unit), of: Amount::PARTS.into() }
    }

    /// `price` rounded half up to the cent.
    pub(crate) fn round(self, price: Fraction) -> Price {
        let grain = price.of * i128::from(self.cent);
        let cents = (2 * price.ticks + grain).div_euclid(2 * grain);
        let ticks = cents * i128::from(self.cent);
        let farthest = i128::from(Price::FARTHEST.0);
        Price(i64::try_from(ticks.clamp(-farthest, farthest)).expect("a price fits"))
    }
}

fn common(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common(b, a % b) }
}

/// A price between the ticks: `ticks / of`, where `of` is above zero.
///
/// A sum of up to 2^20 prices of 62 bits, a share of it taken, and two of those added or compared:
/// 2^118 at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub(crate) ticks: i128,
    pub(crate) of: i128,
}

impl Fraction {
    /// A price on the grid of ticks.
    pub(crate) fn whole(price: Price) -> Self {
        Self { ticks: price.0.into(), of: 1 }
    }

    /// `bips` ten-thousandths of it.
    pub(crate) fn share(self, bips: u32) -> Self {
        Self { ticks: self.ticks * i128::from(bips), of: self.of * 10_000 }
    }

    pub(crate) fn cmp(self, other: Self) -> Ordering {
        (self.ticks * other.of).cmp(&(other.ticks * self.of))
    }

    /// True when it lies at least `bips` ten-thousandths of `other` away from it.
    pub(crate) fn differs(self, other: Self, bips: u32) -> bool {
        let apart = (self.ticks * other.of - other.ticks * self.of).abs();
        apart * 10_000 >= other.ticks.abs() * self.of * i128::from(bips)
    }

    pub(crate) fn lesser(self, other: Self) -> Self {
        if self.cmp(other) == Ordering::Greater { other } else { self }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        if self.of == other.of {
            return Self { ticks: self.ticks + other.ticks, of: self.of };
        }
        Self { ticks: self.ticks * other.of + other.ticks * self.of, of: self.of * other.of }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(Self { ticks: -other.ticks, of: other.of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).expect("an amount")
    }

    #[test]
    fn amounts_have_four_decimals_and_an_end() {
        assert_eq!(amount("0.0001"), Amount(1));
        assert_eq!(amount("1000000"), Amount(Amount::MOST));
        for text in ["", "-1", "0.00001", "1000000.0001", "three"] {
            assert_eq!(Amount::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn prices_compare_with_amounts_exactly_even_between_ticks() {
        let halves = Grid::new(2, 1).unwrap();
        assert_eq!(halves.cmp(Price(1), amount("0.5")), Ordering::Equal);
        assert_eq!(halves.cmp(Price(1), amount("0.4999")), Ordering::Greater);
        assert_eq!(halves.cmp(Price(1), amount("0.75")), Ordering::Less);
    }

    #[test]
    fn rounding_is_half_up_below_zero_too() {
        let grid = Grid::new(1_000, 10).unwrap();
        for (ticks, wanted) in [(14, 10), (15, 20), (25, 30), (-15, -10), (-16, -20), (0, 0)] {
            assert_eq!(grid.round(Fraction { ticks, of: 1 }), Price(wanted), "{ticks}");
            assert_eq!(grid.round(Fraction { ticks: 7 * ticks, of: 7 }), Price(wanted), "{ticks}");
        }
        assert_eq!(grid.round(Fraction { ticks: 1 << 90, of: 1 }), Price::FARTHEST);
    }

    #[test]
    fn a_grid_without_end_is_refused() {
        for (unit, cent) in [(0, 1), (1, 0), (Grid::UNIT_MOST + 1, 1), (1, Grid::UNIT_MOST + 1)] {
            assert!(Grid::new(unit, cent).is_err(), "{unit} {cent}");
        }
    }
}

//! The prices that a call may end at.

use pitfloor_model::units::Price;

/// The lowest and the highest price allowed, both included. Need not be on the grid: a call rounds
/// them inwards to it. A collar whose lower end is above its upper one allows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Collar {
    /// The lowest price allowed.
    pub lower: Price,
    /// The highest price allowed.
    pub upper: Price,
}

impl Collar {
    /// One ten thousandth, the unit of a collar's width.
    const BIPS: i128 = 10_000;

    /// `reference` ± `bips` ten-thousandths of its size, rounded inwards to ticks. Below zero the
    /// size counts, so the lower end stays below the upper one. The default of the field is 1,000.
    #[must_use]
    pub fn around(reference: Price, bips: u32) -> Self {
        let (at, size) = (i128::from(reference.0), i128::from(reference.0.unsigned_abs()));
        let (at, width) = (at * Self::BIPS, size * i128::from(bips));
        let lower = -(width - at).div_euclid(Self::BIPS);
        let upper = (at + width).div_euclid(Self::BIPS);
        Self { lower: tick(lower), upper: tick(upper) }
    }

    /// Its ends on the grid of `step` ticks; none when no price of the grid lies between them.
    pub(super) fn on_grid(self, step: u64) -> Option<(Price, Price)> {
        let lower = -floor(-i128::from(self.lower.0), step);
        let upper = floor(i128::from(self.upper.0), step);
        (lower <= upper).then(|| (tick(lower), tick(upper)))
    }
}

/// The highest multiple of `step` that is not above `ticks`.
pub(super) fn floor(ticks: i128, step: u64) -> i128 {
    let step = i128::from(step);
    ticks.div_euclid(step) * step
}

/// A price of so many ticks, or the farthest that 64 bits can say: no order stands out there.
pub(super) fn tick(ticks: i128) -> Price {
    Price(i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX }))
}

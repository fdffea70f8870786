//! The bands of limit up, limit down: how far from the reference, and where a quote stands to them.

use super::{Edge, Tier};
use crate::grid::{Fraction, Grid};
use crate::known::LuldSays;
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{Price, Time};
use std::cmp::Ordering;

/// The bands around `reference`, for an instrument of `tier` that closed at `close` the day before.
///
/// Above `high`, tier 1 and tier 2 have shares of their own; from `low` to `high` one share; below,
/// the lesser of an amount and a share. Doubled when `doubled`. Rounded half up to the cent; the
/// lower band is never below zero. Source: LULD plan, appendix A.
#[must_use]
pub fn bands(
    says: &LuldSays,
    tier: Tier,
    grid: Grid,
    reference: Price,
    close: Price,
    doubled: bool,
) -> Bands {
    around(says, tier, grid, Fraction::whole(reference), close, doubled)
}

pub(super) fn around(
    says: &LuldSays,
    tier: Tier,
    grid: Grid,
    reference: Fraction,
    close: Price,
    doubled: bool,
) -> Bands {
    let times: u32 = if doubled { 2 } else { 1 };
    let away = match tier {
        _ if grid.cmp(close, says.low) == Ordering::Less => {
            let most = grid.ticks(says.low_most);
            let lesser = reference.share(says.low_bips).lesser(most);
            Fraction { ticks: lesser.ticks * i128::from(times), of: lesser.of }
        }
        _ if grid.cmp(close, says.high) != Ordering::Greater => {
            reference.share(says.middle_bips * times)
        }
        Tier::One => reference.share(says.tier_1_bips * times),
        Tier::Two => reference.share(says.tier_2_bips * times),
    };
    let lower = grid.round(reference.minus(away)).max(Price(0));
    Bands { lower, upper: grid.round(reference.plus(away)) }
}

/// True when the bands are doubled `at` this moment of regular hours from `open` to `close`.
pub(super) fn doubled(
    says: &LuldSays,
    tier: Tier,
    grid: Grid,
    reference: Fraction,
    (open, close): (Time, Time),
    at: Time,
) -> bool {
    let cheap = |most| reference.cmp(grid.ticks(most)) != Ordering::Greater;
    let meant = tier == Tier::One || says.doubled_tier_2_most.is_none_or(cheap);
    let (first, last) = doubled_outside(says, (open, close));
    meant && (at < first || at >= last)
}

/// The moments between which nothing is doubled.
pub(super) fn doubled_outside(says: &LuldSays, (open, close): (Time, Time)) -> (Time, Time) {
    let first = open.after(crate::known::secs(says.doubled_after_open_s));
    let last = close.before(crate::known::secs(says.doubled_before_close_s));
    (first, last.max(open))
}

/// Where a quote stands to the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Normal,
    Limit(Edge),
    Straddle,
}

/// Where the best `bid` and `ask` stand to `bands`. A crossed market is in no limit state.
pub(super) fn standing(bands: Bands, bid: Option<Price>, ask: Option<Price>) -> Standing {
    let crossed = bid.zip(ask).is_some_and(|(bid, ask)| bid > ask);
    match (bid, ask) {
        _ if crossed => Standing::Normal,
        (_, Some(ask)) if ask == bands.lower => Standing::Limit(Edge::Lower),
        (Some(bid), _) if bid == bands.upper => Standing::Limit(Edge::Upper),
        (Some(bid), _) if bid < bands.lower => Standing::Straddle,
        (_, Some(ask)) if ask > bands.upper => Standing::Straddle,
        _ => Standing::Normal,
    }
}

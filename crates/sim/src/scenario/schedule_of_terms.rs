//! What the terms of contracts bring along by themselves: coupons, redemptions, expiries.

use super::Start;
use super::occasion::Occasions;
use jiff::{Timestamp, ToSpan, tz::Offset};
use pitfloor_model::clearing::{Act, Distribution, Ratio};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Bond, InstrumentKind};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_operations::agenda::Item;

/// Those that fall due until `last`, of all contracts of `venue`.
pub(super) fn of_terms(venue: &Venue, start: &Start, last: Time) -> Occasions {
    let mut made = Occasions::default();
    for (instrument, definition) in (0..).map(InstrumentId).zip(venue.instruments()) {
        let kind = definition.kind();
        match kind {
            InstrumentKind::Bond(bond) => {
                let say = |act| Item::Say(Command::Clear(Box::new(act)));
                let currency = definition.currency();
                for at in coupons(&bond, start, last) {
                    let per_lot = coupon(&bond);
                    let why = Distribution::Coupon;
                    let act = Act::Distribute { instrument, currency, per_lot, why };
                    made.items.push((at, say(act)));
                }
                if bond.maturity <= last
                    && let Ok(face) = i64::try_from(bond.face.0)
                {
                    let (cash, why) = (Ratio::whole(face), Distribution::Principal);
                    let act = Act::Convert { instrument, into: None, cash, why };
                    made.items.push((bond.maturity, say(act)));
                }
            }
            _ => {
                if let Some(expiry) = kind.expiry().filter(|expiry| *expiry <= last) {
                    made.items.push((expiry, Item::Expire { instrument, kind }));
                }
            }
        }
    }
    made
}

/// One coupon a lot, in minor units.
pub(crate) fn coupon(bond: &Bond) -> Ratio {
    let year = bond.face.0 * i128::from(bond.coupon_bips);
    let num = i64::try_from(year).unwrap_or(i64::MAX);
    Ratio { num, den: 10_000 * u32::from(bond.frequency.max(1)) }
}

/// The moments of its coupons until `last`: whole months before its maturity, by the calendar in the
/// offset of the start.
pub(crate) fn coupons(bond: &Bond, start: &Start, last: Time) -> Vec<Time> {
    if bond.frequency == 0 {
        return Vec::new();
    }
    let epoch = i128::from(start.epoch_ns());
    let offset = Offset::from_seconds(start.offset_s).unwrap_or(Offset::UTC);
    let ns = epoch + i128::from(bond.maturity.0);
    let Ok(maturity) = Timestamp::from_nanosecond(ns) else { return Vec::new() };
    let maturity = offset.to_datetime(maturity);
    let months = 12 / i64::from(bond.frequency);
    let before = |n: i64| {
        let day = maturity.checked_sub((n * months).months()).ok()?;
        let since = offset.to_timestamp(day).ok()?.as_nanosecond() - epoch;
        u64::try_from(since).ok().filter(|since| *since > 0).map(Time)
    };
    let mut moments: Vec<Time> = (0..).map_while(before).filter(|at| *at <= last).collect();
    moments.reverse();
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::Cash;

    #[test]
    fn coupons_are_months_before_maturity() {
        let start = Start::parse("2026-01-05T09:30:00-05:00").unwrap();
        let day = 86_400_000_000_000;
        // A day and six months after the start, at the same hour.
        let maturity = Time(182 * day);
        let face = Cash(100_000);
        let bond = Bond { face, coupon_bips: 400, frequency: 2, maturity };
        assert_eq!(coupons(&bond, &start, Time(400 * day)), [Time(day), maturity]);
        assert_eq!(coupons(&bond, &start, Time(2 * day)), [Time(day)]);
        assert_eq!(coupon(&bond).of(1), 2_000, "two percent of 1000.00");
        let zero = Bond { coupon_bips: 0, frequency: 0, ..bond };
        assert_eq!(coupons(&zero, &start, Time(400 * day)), []);
    }
}

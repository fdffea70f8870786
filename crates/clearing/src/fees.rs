//! What the venue takes for a trade (C-13), and the volumes that decide how much.

use crate::count::nearest;
use crate::house::ClearingHouse;
use crate::trades::{Deal, Meeting};
use pitfloor_model::clearing::{Fee, Fees, Payment};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Side};
use std::collections::VecDeque;

/// What each account traded in one instrument, by its number. Kept only where fees have tiers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volumes {
    accounts: Vec<Volume>,
}

/// What one account traded, both sides together, in lots.
#[derive(Clone, Debug, Default)]
struct Volume {
    today: u128,
    /// The ended days that count, the oldest first; at most [`Fees::TIER_DAYS`].
    days: VecDeque<u128>,
    /// Their sum.
    counted: u128,
}

impl Volumes {
    /// The lots of `account` in the ended days that count.
    fn counted(&self, account: AccountId) -> u128 {
        self.accounts.get(account.0 as usize).map_or(0, |volume| volume.counted)
    }

    fn add(&mut self, account: AccountId, lots: u64) {
        let index = account.0 as usize;
        if index >= self.accounts.len() {
            self.accounts.resize(index + 1, Volume::default());
        }
        self.accounts[index].today += u128::from(lots);
    }

    /// Today is over: it counts from now on, and the day before all others no longer.
    pub(crate) fn end_day(&mut self) {
        for volume in &mut self.accounts {
            if volume.days.len() == Fees::TIER_DAYS {
                volume.counted -= volume.days.pop_front().unwrap_or(0);
            }
            volume.counted += volume.today;
            volume.days.push_back(std::mem::take(&mut volume.today));
        }
    }
}

impl ClearingHouse {
    /// Takes the fees for `deal` from the buyer, then from the seller, and counts what they traded.
    pub(crate) fn charge(&mut self, deal: Deal, out: &mut Vec<Event>) {
        let Deal { asset, buyer, seller, price, qty, .. } = deal;
        let at = asset.instrument.index();
        if self.venue.instruments()[at].clearing.fees.are_none() {
            return;
        }
        let value = asset.cost(price, qty).abs();
        for (account, side) in [(buyer, Side::Buy), (seller, Side::Sell)] {
            let volume = self.listings[at].volumes.counted(account);
            let fees = &self.venue.instruments()[at].clearing.fees;
            let fee = of_tier(fees, volume, waited(deal.by, side));
            let cash = charge(&fee, qty.0, value);
            self.pay(account, asset.currency, -cash, Payment::Fee, Some(asset.instrument), out);
        }
        if !self.venue.instruments()[at].clearing.fees.tiers.is_empty() {
            let volumes = &mut self.listings[at].volumes;
            volumes.add(buyer, qty.0);
            volumes.add(seller, qty.0);
        }
    }
}

/// True when the order of `side` was there before the other one.
const fn waited(by: Meeting, side: Side) -> bool {
    match by {
        Meeting::Taken(taker) => side as u8 != taker as u8,
        Meeting::Crossed | Meeting::Transferred => false,
    }
}

/// The fee of somebody who traded so much in the days that count.
fn of_tier(fees: &Fees, volume: u128, waited: bool) -> Fee {
    let reached = fees.tiers.iter().rev().find(|tier| u128::from(tier.from) <= volume);
    let (maker, taker) = reached.map_or((fees.maker, fees.taker), |tier| (tier.maker, tier.taker));
    if waited { maker } else { taker }
}

/// What `fee` comes to for a trade of so many lots, worth `value`; negative when it is a rebate.
fn charge(fee: &Fee, lots: u64, value: i128) -> i128 {
    let per_lot = i128::from(fee.per_lot.num) * i128::from(lots);
    let share = if fee.ppm == 0 { 0 } else { share(value, i128::from(fee.ppm)) };
    let cash = nearest(per_lot, i128::from(fee.per_lot.den)) + share;
    if cash > 0 { cash.max(fee.least.0) } else { cash }
}

/// So many millionths of `value`. In two parts, because a large value times its share may leave 127
/// bits.
const fn share(value: i128, ppm: i128) -> i128 {
    const MILLION: i128 = 1_000_000;
    value / MILLION * ppm + nearest(value % MILLION * ppm, MILLION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::clearing::{Fund, Ratio, terms::Tier};
    use pitfloor_model::units::Cash;

    const fn fee(num: i64, den: u32, ppm: i32, least: i128) -> Fee {
        Fee { per_lot: Ratio { num, den }, ppm, least: Cash(least) }
    }

    #[test]
    fn each_part_is_rounded_half_away_from_zero() {
        assert_eq!(charge(&fee(1, 2, 0, 0), 1, 0), 1, "half a cent is a cent");
        assert_eq!(charge(&fee(-1, 2, 0, 0), 1, 0), -1, "and so is half a cent of rebate");
        assert_eq!(charge(&fee(1, 3, 0, 0), 1, 0), 0, "a third is nothing");
        assert_eq!(charge(&fee(0, 1, 30, 0), 1, 50_000), 2, "1.5 cents are two");
        assert_eq!(charge(&fee(0, 1, -30, 0), 1, 50_000), -2);
        assert_eq!(charge(&fee(1, 2, 30, 0), 1, 50_000), 3, "one by one, not their sum");
    }

    #[test]
    fn the_least_is_asked_of_fees_alone() {
        assert_eq!(charge(&fee(1, 1, 0, 100), 5, 0), 100);
        assert_eq!(charge(&fee(1, 1, 0, 100), 500, 0), 500);
        assert_eq!(charge(&fee(0, 1, 0, 100), 5, 10_000), 0, "nothing is no fee");
        assert_eq!(charge(&fee(-1, 1, 0, 100), 5, 0), -5, "nor is a rebate");
    }

    /// The largest trade that a venue lets in, at the largest fee.
    #[test]
    fn the_largest_trade_can_be_charged() {
        let value = 1_i128 << 122;
        assert_eq!(charge(&fee(0, 1, 1_000_000, 0), 1, value), value);
        let lots = 1 << 40;
        assert_eq!(charge(&fee(i64::MAX, 1, 0, 0), lots, 0), i128::from(i64::MAX) << 40);
    }

    #[test]
    fn the_last_tier_that_is_reached_holds() {
        let tier = |from, cents: i64| Tier {
            from,
            maker: fee(-cents, 1, 0, 0),
            taker: fee(cents, 1, 0, 0),
        };
        let fees = Fees {
            maker: fee(2, 1, 0, 0),
            taker: fee(9, 1, 0, 0),
            tiers: vec![tier(100, 5), tier(1_000, 3)],
        };
        let taker = |volume| of_tier(&fees, volume, false).per_lot.num;
        assert_eq!([taker(99), taker(100), taker(999), taker(1_000)], [9, 5, 5, 3]);
        assert_eq!(of_tier(&fees, 1_000, true).per_lot.num, -3);
        assert_eq!(of_tier(&fees, 0, true).per_lot.num, 2);
    }

    #[test]
    fn a_volume_counts_for_thirty_ended_days() {
        let (ann, mut volumes) = (AccountId(3), Volumes::default());
        volumes.add(ann, 70);
        assert_eq!(volumes.counted(ann), 0, "today has not ended");
        volumes.end_day();
        for day in 1..Fees::TIER_DAYS as u64 {
            assert_eq!(volumes.counted(ann), 70 + u128::from(day - 1));
            volumes.add(ann, 1);
            volumes.end_day();
        }
        assert_eq!(volumes.counted(ann), 99, "thirty days: 70 and 29 times 1");
        volumes.end_day();
        assert_eq!(volumes.counted(ann), 29, "the first is thirty-one days ago");
        assert_eq!(volumes.counted(AccountId(2)), 0, "who never traded");
    }

    #[test]
    fn in_an_auction_nobody_waited() {
        assert!(waited(Meeting::Taken(Side::Buy), Side::Sell));
        assert!(!waited(Meeting::Taken(Side::Buy), Side::Buy));
        assert!(!waited(Meeting::Crossed, Side::Buy) && !waited(Meeting::Crossed, Side::Sell));
        assert_eq!(Payment::Fee.fund(), Fund::Fees);
    }
}

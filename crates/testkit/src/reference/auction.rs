//! Auctions: who takes part, at which price, and who gets what.

use super::clearing::Deal;
use super::phases::takes_part;
use super::{Live, Place, Reference, accepts, other, priced, rank};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::order::Kind;
use pitfloor_model::trading::{AuctionReference, AuctionTie};
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty, Side, TradeId};

/// A range of so many steps is looked at step by step; of a wider one only the steps next to where
/// anything changes.
const FEW_STEPS: i128 = 1_000;

/// An auction's price, what crosses there, and what is left over: positive of buys, negative of
/// sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fixing {
    pub(super) price: Price,
    pub(super) lots: i128,
    pub(super) surplus: i128,
}

/// Lots of one order, in their turn.
struct Turn {
    key: OrderKey,
    lots: u64,
}

impl Reference {
    /// Holds the auction of the call; false when the call is extended instead.
    pub(super) fn hold_auction(&mut self, instrument: InstrumentId, tells_nothing: bool) -> bool {
        let phase = self.market(instrument).phase;
        let collar = !self.market(instrument).extended;
        let fixing = self.fix(instrument, phase, collar);
        if collar && self.collar(instrument, phase).is_some() {
            let extends = match fixing {
                None => self.fix(instrument, phase, false).is_some(),
                Some(fixing) => self.leaves_crossed(instrument, fixing),
            };
            if extends {
                self.market_mut(instrument).extended = true;
                self.out.push(Event::CallExtended { instrument });
                return false;
            }
        }
        let uncrossed = match fixing {
            Some(fixing) => {
                let crossed = self.cross(instrument, phase, fixing);
                let market = self.market_mut(instrument);
                market.last = Some(fixing.price);
                market.last_auction = Some(fixing.price);
                market.prints.push(fixing.price);
                let (surplus, side) = imbalance(fixing.surplus);
                let (price, qty) = (Some(fixing.price), Qty(crossed));
                Some(Event::Uncrossed { instrument, price, qty, surplus, side })
            }
            None if tells_nothing => {
                let (qty, surplus) = (Qty(0), Qty(0));
                Some(Event::Uncrossed { instrument, price: None, qty, surplus, side: None })
            }
            None => None,
        };
        self.out.extend(uncrossed);
        let market = self.market_mut(instrument);
        (market.extended, market.auctioned) = (false, true);
        market.told = Default::default();
        true
    }

    /// What the auction would come to is told when it changed.
    pub(super) fn indicate(&mut self, instrument: InstrumentId) {
        let market = self.market(instrument);
        let (phase, collar) = (market.phase, !market.extended);
        use Phase::{CloseCall, OpenCall, PeriodicCall, ReopenCall};
        if !matches!(phase, OpenCall | ReopenCall | CloseCall | PeriodicCall) {
            return;
        }
        let indication = match self.fix(instrument, phase, collar) {
            None => (None, Qty(0), Qty(0), None),
            Some(fixing) => {
                let (surplus, side) = imbalance(fixing.surplus);
                (Some(fixing.price), Qty(lots(fixing.lots)), surplus, side)
            }
        };
        if indication != self.market(instrument).told {
            self.market_mut(instrument).told = indication;
            let (price, qty, imbalance, side) = indication;
            self.out.push(Event::Indicative { instrument, price, qty, imbalance, side });
        }
    }

    /// The price nearest to which the auction of `phase` may be.
    fn auction_reference(&self, instrument: InstrumentId, phase: Phase) -> Option<Price> {
        let market = self.market(instrument);
        if self.rules(instrument).auction_reference == AuctionReference::Mid && market.mid.is_some()
        {
            return market.mid;
        }
        let first = match phase {
            Phase::OpenCall => market.close,
            Phase::PeriodicCall => market.last_auction,
            _ => None,
        };
        first.or(market.last).or(market.close)
    }

    /// The lowest and the highest price of an auction by its collar, if there is one.
    pub(super) fn collar(&self, instrument: InstrumentId, phase: Phase) -> Option<(i128, i128)> {
        let bips = i128::from(self.rules(instrument).collar_bips?);
        let reference = i128::from(self.auction_reference(instrument, phase)?.0);
        let step = self.step(instrument);
        let (middle, width) = (reference * 10_000, reference.abs() * bips);
        let lower = -(width - middle).div_euclid(10_000 * step) * step;
        let upper = (middle + width).div_euclid(10_000 * step) * step;
        Some((lower, upper))
    }

    /// Who takes part, in order of stamp; of two legs only the one that comes first.
    fn eligible(&self, instrument: InstrumentId, phase: Phase) -> Vec<Live> {
        let may = |live: &Live| {
            let there = match live.place {
                Place::Book => true,
                Place::Waiting(meant) => takes_part(meant, phase),
                _ => false,
            };
            let kind = live.is_peg() || live.terms.kind == Kind::ImbalanceOnly;
            live.instrument == instrument && there && !kind && !live.terms.with.all_or_none
        };
        let before = |one: &Live, two: &Live| {
            let of =
                |live: &Live| (live.limit.map(|limit| rank(live.terms.side, limit)), live.stamp.0);
            of(one) < of(two)
        };
        let keys = self.by_stamp(|live| {
            let sibling = self.other_leg(live).and_then(|key| self.order(key));
            may(live) && sibling.is_none_or(|leg| !may(&leg) || before(live, &leg))
        });
        keys.into_iter().map(|key| self.one(key).clone()).collect()
    }

    /// The price of the auction, if anything would trade.
    pub(super) fn fix(
        &self,
        instrument: InstrumentId,
        phase: Phase,
        collar: bool,
    ) -> Option<Fixing> {
        let orders = self.eligible(instrument, phase);
        let step = self.step(instrument);
        let reference = self.auction_reference(instrument, phase).map(|reference| {
            let down = i128::from(reference.0).div_euclid(step) * step;
            let off = down != i128::from(reference.0);
            let up = self.rules(instrument).auction_tie == AuctionTie::Higher;
            if off && up { down + step } else { down }
        });
        let cuts = self.cuts(instrument, phase, collar);
        let candidates = candidates(&orders, step, reference, &cuts);
        let count = |side: Side, price: i128| -> i128 {
            let in_it = |live: &&Live| {
                let able = live.limit.is_none_or(|limit| match side {
                    Side::Buy => i128::from(limit.0) >= price,
                    Side::Sell => i128::from(limit.0) <= price,
                });
                live.terms.side == side && able
            };
            orders.iter().filter(in_it).map(|live| i128::from(live.leaves.0)).sum()
        };
        // Price, lots, surplus.
        let mut rows: Vec<(i128, i128, i128)> = Vec::new();
        for price in candidates {
            let (buys, sells) = (count(Side::Buy, price), count(Side::Sell, price));
            rows.push((price, buys.min(sells), buys - sells));
        }
        let most = rows.iter().map(|row| row.1).max().filter(|most| *most > 0)?;
        rows.retain(|row| row.1 == most);
        let least = rows.iter().map(|row| row.2.abs()).min()?;
        rows.retain(|row| row.2.abs() == least);
        let chosen = if rows.iter().all(|row| row.2 > 0) {
            rows.last()?
        } else if rows.iter().all(|row| row.2 < 0) {
            rows.first()?
        } else {
            if least > 0 {
                let highest = rows.iter().filter(|row| row.2 > 0).map(|row| row.0).max();
                let lowest = rows.iter().filter(|row| row.2 < 0).map(|row| row.0).min();
                rows.retain(|row| Some(row.0) == highest || Some(row.0) == lowest);
            }
            match reference {
                None => rows.first()?,
                Some(reference) => rows.iter().min_by_key(|row| (row.0 - reference).abs())?,
            }
        };
        Some(Fixing { price: priced(chosen.0)?, lots: chosen.1, surplus: chosen.2 })
    }

    /// The ranges that the price must lie in.
    fn cuts(&self, instrument: InstrumentId, phase: Phase, collar: bool) -> Vec<(i128, i128)> {
        let mut cuts = Vec::new();
        if let (true, Some(cut)) = (collar, self.collar(instrument, phase)) {
            cuts.push(cut);
        }
        if let Some(bands) = self.market(instrument).bands {
            cuts.push((i128::from(bands.lower.0), i128::from(bands.upper.0)));
        }
        cuts
    }

    /// True when the book would be crossed after an auction at this price.
    fn leaves_crossed(&self, instrument: InstrumentId, fixing: Fixing) -> bool {
        let mut copy = self.clone();
        copy.cross(instrument, self.market(instrument).phase, fixing);
        let bid = copy.best_to_take(instrument, Side::Buy);
        let ask = copy.best_to_take(instrument, Side::Sell);
        bid.zip(ask).is_some_and(|(bid, ask)| bid.0 >= ask.0)
    }

    /// Both sides meet at the price; says how many lots crossed.
    fn cross(&mut self, instrument: InstrumentId, phase: Phase, fixing: Fixing) -> u64 {
        let orders = self.eligible(instrument, phase);
        let mut buys = turns(&orders, Side::Buy, fixing.price);
        let mut sells = turns(&orders, Side::Sell, fixing.price);
        let lots = lots(fixing.lots);
        let mut crossed = self.walk_together(instrument, &mut buys, &mut sells, lots, fixing.price);
        let longer = if fixing.surplus > 0 { Side::Buy } else { Side::Sell };
        if fixing.surplus != 0 {
            let mut takers = self.imbalance_orders(instrument, phase, other(longer), fixing.price);
            crossed += match longer {
                Side::Buy => {
                    self.walk_together(instrument, &mut buys, &mut takers, u64::MAX, fixing.price)
                }
                Side::Sell => {
                    self.walk_together(instrument, &mut takers, &mut sells, u64::MAX, fixing.price)
                }
            };
        }
        let used_up = self.by_stamp(|live| {
            let part = live.terms.with.display.is_some() && live.shown.0 == 0;
            live.instrument == instrument && live.is_shown() && part
        });
        for key in used_up {
            self.refresh(key);
        }
        crossed
    }

    /// Imbalance-only orders whose limit accepts the price, by price, then stamp.
    fn imbalance_orders(
        &self,
        instrument: InstrumentId,
        phase: Phase,
        side: Side,
        price: Price,
    ) -> Vec<Turn> {
        let mut found: Vec<&Live> = self
            .live
            .iter()
            .filter(|live| {
                let meant = matches!(live.place, Place::Waiting(meant) if takes_part(meant, phase));
                let kind = live.terms.kind == Kind::ImbalanceOnly && live.terms.side == side;
                let able = live.limit.is_some_and(|limit| accepts(side, limit, price));
                live.instrument == instrument && meant && kind && able
            })
            .collect();
        found.sort_by_key(|live| (live.limit.map(|limit| rank(side, limit)), live.stamp.0));
        found.into_iter().map(|live| Turn { key: live.key, lots: live.leaves.0 }).collect()
    }

    /// One `Crossed` for each overlap of the two lists, until `most` lots have crossed.
    fn walk_together(
        &mut self,
        instrument: InstrumentId,
        buys: &mut Vec<Turn>,
        sells: &mut Vec<Turn>,
        most: u64,
        price: Price,
    ) -> u64 {
        let mut left = most;
        while left > 0
            && let (Some(buy), Some(sell)) = (buys.first(), sells.first())
        {
            let (buy_key, sell_key) = (buy.key, sell.key);
            let lots = left.min(buy.lots).min(sell.lots);
            self.out.push(Event::Crossed {
                trade: TradeId(self.trades),
                instrument,
                buy: buy_key,
                sell: sell_key,
                price,
                qty: Qty(lots),
            });
            self.trades += 1;
            let (buyer, seller) = (buy_key.account, sell_key.account);
            let (lots_paid, came) = (i128::from(lots), Some((true, true)));
            self.pay(Deal { buyer, seller, instrument, price, lots: lots_paid, came });
            for key in [buy_key, sell_key] {
                let live = self.one_mut(key);
                live.leaves.0 -= lots;
                live.traded.0 += lots;
                live.shown.0 -= live.shown.0.min(lots);
            }
            self.after_fill([buy_key, sell_key]);
            left -= lots;
            for list in [&mut *buys, &mut *sells] {
                list[0].lots -= lots;
                if list[0].lots == 0 {
                    list.remove(0);
                }
            }
        }
        most - left
    }
}

/// The steps that may be the price, lowest first.
fn candidates(
    orders: &[Live],
    step: i128,
    reference: Option<i128>,
    cuts: &[(i128, i128)],
) -> Vec<i128> {
    let limits: Vec<i128> =
        orders.iter().filter_map(|live| live.limit).map(|limit| i128::from(limit.0)).collect();
    let range = limits.iter().min().zip(limits.iter().max());
    let Some((mut lowest, mut highest)) = range.map(|(low, high)| (*low, *high)) else {
        // Market orders alone trade at the reference, if it may be.
        let mut only: Vec<i128> = reference.into_iter().collect();
        only.retain(|price| cuts.iter().all(|(low, high)| low <= price && price <= high));
        return only;
    };
    for (lower, upper) in cuts {
        (lowest, highest) = (lowest.max(*lower), highest.min(*upper));
    }
    let mut looked_at: Vec<i128> = limits.clone();
    looked_at.extend([lowest, highest]);
    looked_at.extend(reference);
    let mut found: Vec<i128> = Vec::new();
    if highest - lowest <= FEW_STEPS * step {
        found.extend((0..=FEW_STEPS).map(|n| lowest + n * step));
    } else {
        for price in looked_at {
            found.extend((-2..=2).map(|n| price + n * step));
        }
    }
    found.retain(|price| lowest <= *price && *price <= highest);
    found.sort_unstable();
    found.dedup();
    found
}

/// One side's list: market orders; limits better than the price; at the price what is shown; then
/// what is not.
fn turns(orders: &[Live], side: Side, price: Price) -> Vec<Turn> {
    // Group, price, stamp, order, lots.
    let mut rows: Vec<(u8, i64, u64, OrderKey, u64)> = Vec::new();
    for live in orders.iter().filter(|live| live.terms.side == side) {
        let (stamp, key, leaves) = (live.stamp.0, live.key, live.leaves.0);
        match live.limit {
            None => rows.push((0, 0, stamp, key, leaves)),
            Some(limit) if limit == price => {
                let shown = match live.place {
                    Place::Book => live.shown.0,
                    _ => leaves,
                };
                rows.push((2, 0, stamp, key, shown));
                rows.push((3, 0, stamp, key, leaves - shown));
            }
            Some(limit) if accepts(side, limit, price) => {
                rows.push((1, rank(side, limit), stamp, key, leaves));
            }
            Some(_) => {}
        }
    }
    rows.retain(|row| row.4 > 0);
    rows.sort_by_key(|row| (row.0, row.1, row.2));
    rows.into_iter().map(|(_, _, _, key, lots)| Turn { key, lots }).collect()
}

fn lots(count: i128) -> u64 {
    u64::try_from(count).expect("lots fit their type")
}

fn imbalance(surplus: i128) -> (Qty, Option<Side>) {
    let side = match surplus {
        0 => None,
        1.. => Some(Side::Buy),
        _ => Some(Side::Sell),
    };
    (Qty(lots(surplus.abs())), side)
}

//! An order enters the market: its price is found, it meets whoever it may, and what is left of it
//! rests or ends.

use super::house::House;
use super::meet::{Stop, Taker};
use super::special::{Id, Special, Stand};
use super::{End, Engine};
use crate::auction::Collar;
use crate::book::Resting;
use crate::places::Hash;
use pitfloor_model::event::{CancelReason, Credit, Event, Phase};
use pitfloor_model::order::{Kind, PostOnly, SaleMark, Tif};
use pitfloor_model::units::{Cash, InstrumentId, Price, Qty, Side};

/// What an order that must not take does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slide {
    /// Its price does not take, or it may.
    Stays,
    /// It moves to this price.
    To(Price),
    /// There is no place for it.
    Refused,
}

impl Engine {
    /// True when an order waits for an auction instead of entering.
    pub(super) fn waits(&self, at: InstrumentId, special: &Special) -> bool {
        match special.tif {
            Tif::AtOpen | Tif::AtClose => true,
            Tif::Ioc => {
                self.pit(at).phase == Phase::PeriodicCall
                    && matches!(special.kind, Kind::Market | Kind::Limit)
            }
            Tif::Fok | Tif::Gtc | Tif::Day | Tif::Gtd(_) => false,
        }
    }

    /// The worst price at which an order that is about to enter may trade; none for market orders,
    /// and where there is no price to go by.
    pub(super) fn acting_limit(
        &self,
        at: InstrumentId,
        special: &Special,
        house: &dyn House,
    ) -> Option<Price> {
        let (pit, side) = (self.pit(at), special.side);
        let other = || pit.book.best_shown(side.opposite());
        match special.kind {
            Kind::MarketProtected { points } => {
                let away = i128::from(points) * if side == Side::Buy { 1 } else { -1 };
                pit.price_at(i128::from(other()?.0) + away)
            }
            Kind::MarketToLimit => other(),
            Kind::PegPrimary { .. } | Kind::PegMarket { .. } | Kind::PegMid => {
                pit.peg_price(special, self.step(at))
            }
            Kind::Market if self.waits(at, special) => {
                if house.credit(special.key.account) == Some(Credit::Unlimited) {
                    return None;
                }
                let bips = self.instrument(at).rules.collar_bips?;
                let collar = Collar::around(self.call_reference(at, special.tif)?, bips);
                let step = i128::from(self.step(at));
                let (lower, upper) = (i128::from(collar.lower.0), i128::from(collar.upper.0));
                pit.price_at(match side {
                    Side::Buy => upper.div_euclid(step) * step,
                    Side::Sell => -((-lower).div_euclid(step) * step),
                })
            }
            _ => special.price,
        }
    }

    /// What an order at `price` does if it must not take.
    pub(super) fn slide(&self, at: InstrumentId, special: &Special, price: Option<Price>) -> Slide {
        let pit = self.pit(at);
        let (Some(mode), Some(price)) = (special.with.post_only, price) else {
            return Slide::Stays;
        };
        let best = pit.book.best(special.side.opposite());
        let Some(best) = best.filter(|_| pit.phase == Phase::Continuous) else {
            return Slide::Stays;
        };
        let takes = special.side.accepts(price, best);
        let slides = match mode {
            PostOnly::Reject if takes => return Slide::Refused,
            PostOnly::Reject => false,
            PostOnly::Slide => takes,
            PostOnly::SlideOrTake => price == best,
        };
        if !slides {
            return Slide::Stays;
        }
        let step = i128::from(self.step(at));
        let inside = i128::from(best.0) - if special.side == Side::Buy { step } else { -step };
        pit.price_at(inside).map_or(Slide::Refused, Slide::To)
    }

    /// Lets an order that stands nowhere, and has been found good, enter the market.
    pub(super) fn enter(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        let limit = self.acting_limit(at, special, house);
        if self.waits(at, special) {
            self.pit_mut(at).specials.get_mut(id).limit = limit;
            self.stand(at, id, Stand::Waiting, house);
            return;
        }
        let once = self.instrument(at).rules.peg_once;
        let special = self.pit_mut(at).specials.get_mut(id);
        match (special.kind, limit) {
            (Kind::MarketProtected { .. } | Kind::MarketToLimit, Some(limit)) => {
                special.become_limit(limit);
            }
            (kind, None) if kind.is_peg() => {
                let (key, side) = (special.key, special.side);
                self.stand(at, id, Stand::Parked, house);
                house.tell(Event::Parked { instrument: at, key, side, from: None });
                return;
            }
            (kind, Some(limit)) if kind.is_peg() && once => special.become_limit(limit),
            _ => special.limit = limit,
        }
        self.reprice(at, id, house);
        self.trade(at, id, house);
    }

    /// A child or a parked order comes to the market: its need must be there now.
    pub(super) fn enter_again(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        let asked = self.risk(at, special, Default::default(), house);
        if asked.and_then(|_| self.may_enter(at, special, house)).is_err() {
            self.end(at, id, End::Cancelled(CancelReason::Unfunded), house);
            return;
        }
        self.enter(at, id, house);
    }

    /// Moves the price of an order that enters to where it may be.
    pub(super) fn reprice(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        if special.kind.is_peg() {
            return;
        }
        if let Some(to) = self.short_price(at, special) {
            self.move_price(at, id, to, house);
        }
        let special = self.pit(at).specials.get(id);
        if let Slide::To(to) = self.slide(at, special, special.price) {
            self.move_price(at, id, to, house);
        }
        let (pit, special) = (self.pit(at), self.pit(at).specials.get(id));
        if let Some(price) = special.price {
            let to = pit.within_band(special.side, price);
            if to != price {
                self.move_price(at, id, to, house);
            }
        }
    }

    /// Where a restricted short sale may stand, if not at its price.
    fn short_price(&self, at: InstrumentId, special: &Special) -> Option<Price> {
        let pit = self.pit(at);
        if !pit.restricted
            || pit.phase != Phase::Continuous
            || special.side != Side::Sell
            || special.with.mark != SaleMark::Short
        {
            return None;
        }
        let (price, bid) = (special.price?, pit.book.best_shown(Side::Buy)?);
        let above = pit.price_at(i128::from(bid.0) + i128::from(self.step(at)))?;
        (price <= bid).then_some(above)
    }

    fn move_price(&mut self, at: InstrumentId, id: Id, to: Price, house: &mut dyn House) {
        let special = self.pit_mut(at).specials.get_mut(id);
        let from = special.price.replace(to);
        special.limit = Some(to);
        let (key, side) = (special.key, special.side);
        house.tell(Event::Repriced { instrument: at, key, side, from, to });
    }

    /// Matches an order that has its price, and rests or ends what is left.
    pub(super) fn trade(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let pit = self.pit_mut(at);
        let continuous = pit.phase == Phase::Continuous;
        let special = pit.specials.get_mut(id);
        let least = special.with.min_qty.take();
        let (tif, whole, leaves) = (special.tif, special.with.all_or_none, special.leaves);
        let mut stop = Stop::Nobody;
        if continuous {
            let mut taker = self.taker_of(at, id);
            let asked = least.is_some() || tif == Tif::Fok || whole;
            let run = if asked { self.dry_run(at, &taker).qty } else { leaves };
            if tif == Tif::Fok && run < leaves {
                self.end(at, id, End::Cancelled(CancelReason::FillOrKill), house);
                return;
            }
            if least.is_some_and(|least| run < least) {
                self.end(at, id, End::Cancelled(CancelReason::MinQty), house);
                return;
            }
            if !whole || run == leaves {
                stop = self.take(at, &mut taker, &mut &mut *house);
                let all = (tif == Tif::Fok || whole) && stop != Stop::Filled;
                assert!(!all, "a dry run says what happens");
                if stop == Stop::Ended {
                    return;
                }
                if let Some(left) = taker.budget {
                    let (key, cash) = (taker.key, Cash(left));
                    house.tell(Event::Unspent { instrument: at, key, cash });
                }
            }
        } else if tif == Tif::Fok {
            self.end(at, id, End::Cancelled(CancelReason::FillOrKill), house);
            return;
        }
        self.finish(at, id, stop, house);
    }

    /// Rests or ends what is left of an order that has been matched.
    fn finish(&mut self, at: InstrumentId, id: Id, stop: Stop, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        if special.leaves.is_zero() {
            if special.growth.is_zero() {
                self.bury(at, id, house);
            }
            return;
        }
        let why = if special.budget.is_some() {
            Some(CancelReason::Budget)
        } else if special.limit.is_none() || !special.tif.rests() {
            Some(remainder(stop))
        } else if self.would_cross(at, special.side, special.limit) && !special.with.all_or_none {
            Some(CancelReason::Band)
        } else {
            None
        };
        match why {
            Some(why) => self.end(at, id, End::Cancelled(why), house),
            None => self.rest_special(at, id, house),
        }
    }

    /// True when an order resting at `limit` would leave the book crossed where it must not be:
    /// beyond the bands, where nothing trades.
    pub(super) fn would_cross(&self, at: InstrumentId, side: Side, limit: Option<Price>) -> bool {
        let pit = self.pit(at);
        pit.phase == Phase::Continuous
            && pit
                .book
                .best(side.opposite())
                .zip(limit)
                .is_some_and(|(best, limit)| side.accepts(limit, best))
    }

    /// A plain order enters where not everything is plain sailing: bands, or a call.
    #[inline(never)]
    pub(super) fn enter_with_care(
        &mut self,
        at: InstrumentId,
        taker: &mut Taker,
        tif: Tif,
        house: &mut dyn House,
    ) {
        let (pit, instrument, key, side) = (self.pit(at), at, taker.key, taker.side);
        if let Some(price) = taker.limit {
            let to = pit.within_band(side, price);
            if to != price {
                taker.limit = Some(to);
                house.tell(Event::Repriced { instrument, key, side, from: Some(price), to });
            }
        }
        let mut stop = Stop::Nobody;
        if self.pit(at).phase == Phase::Continuous {
            stop = self.take(at, taker, &mut &mut *house);
        }
        if stop == Stop::Ended || taker.leaves.is_zero() {
            return;
        }
        let why = match taker.limit {
            Some(_) if tif != Tif::Gtc => remainder(stop),
            Some(limit) if self.would_cross(at, side, Some(limit)) => CancelReason::Band,
            Some(limit) => {
                let resting = Resting::plain(key, side, limit, taker.leaves).with_stp(taker.stp);
                let resting = Resting { traded: taker.traded, ..resting };
                self.rest_plain(at, resting, Hash::of(key), &mut &mut *house);
                return;
            }
            None => remainder(stop),
        };
        let (price, left) = (None, taker.leaves);
        house.tell(Event::Cancelled { instrument, key, side, price, left, why });
    }
}

/// Why what is left of an order that does not rest is cancelled.
const fn remainder(stop: Stop) -> CancelReason {
    match stop {
        Stop::Band => CancelReason::Band,
        Stop::Filled | Stop::Nobody | Stop::Budget | Stop::Ended => CancelReason::Remainder,
    }
}

/// Lots are counted as signed numbers where a level's reserve changes.
const _: () = assert!(Qty::MOST.0 < 1 << 62, "the lots of one order fit a reserve");

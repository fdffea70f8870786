//! New orders: checked, accepted, entered.

use super::checks::{self, Before};
use super::house::House;
use super::legality::Role;
use super::meet::{Stop, Taker};
use super::special::{NO_ID, Special, Stand};
use super::{Engine, name_at};
use crate::book::{Book, Resting};
use crate::places::{Hash, Place};
use pitfloor_clearing::Need;
use pitfloor_model::event::{CancelReason, Credit, Entry, Event, Phase, Reject, Terms};
use pitfloor_model::order::{Kind, Order, OrderList, Shape, Stp, Tif};
use pitfloor_model::units::{InstrumentId, Qty, Side};
use std::sync::Arc;

impl Engine {
    /// Enters a new order: a plain one by the short way, if there is nothing in it.
    // Made for the one command it is called for, whose order need not be written to memory then.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn place<H: House>(&mut self, order: &Order, house: &mut H) -> Result<(), Reject> {
        let order = *order;
        let at = order.instrument;
        let pit = self.listed(at)?;
        if !order.is_plain() {
            return self.place_special(order, None, house);
        }
        if !pit.calm || self.has_groups() || self.blocks(order.account) {
            return self.place_with_care(order, house);
        }
        let credit = house.credit(order.account).ok_or(Reject::UnknownAccount)?;
        let key = order.key();
        let hash = Hash::of(key);
        if self.places.find(key, hash, |place| name_at(&self.pits, place)).is_some() {
            return Err(Reject::DuplicateOrder);
        }
        let instrument = self.instrument(at);
        let easy = |limit| order.kind == Kind::Limit && pit.ease.passes(limit, order.qty);
        if !order.price.is_some_and(easy) {
            checks::plain_form(instrument, order, &pit.book, pit.last)?;
        }
        if order.tif == Tif::Gtc {
            let live = house.standing(order.account, at).live;
            if live >= instrument.limits.live_orders_max || pit.live() >= Book::ORDERS_MAX {
                return Err(Reject::TooManyOrders);
            }
        }
        self.within_limits(&order, house)?;
        let pit = self.pit(at);
        if credit != Credit::Unlimited {
            let need = match order.price {
                Some(limit) => pit.asset.need(order.side, limit, order.qty),
                None => self.market_need(order),
            };
            house.afford(order.account, pit.asset, need, Need::default())?;
        }
        let (terms, entry) = (terms(&order), Entry::Entering);
        house.tell(Event::Accepted { instrument: at, key, terms, entry });
        // Most orders rest and meet nobody.
        let Order { side, qty: leaves, stp, .. } = order;
        let pit = self.pit(at);
        match order.price {
            Some(price) if order.tif == Tif::Gtc && !pit.may_meet(side, price) => {
                let resting = Resting::plain(key, side, price, leaves).with_stp(stp);
                self.rest_plain(at, resting, hash, house);
            }
            _ => self.meet_plain(at, taker(&order), order.tif, hash, house),
        }
        if self.pit(at).is_watched() {
            self.after_matching(at, house);
        }
        Ok(())
    }

    /// Matches a plain order, and rests or ends what is left of it.
    #[inline(never)]
    pub(super) fn meet_plain<H: House>(
        &mut self,
        at: InstrumentId,
        mut taker: Taker,
        tif: Tif,
        hash: Hash,
        house: &mut H,
    ) {
        let stop = self.take(at, &mut taker, house);
        let Taker { key, side, leaves, traded, stp, .. } = taker;
        if leaves.is_zero() || stop == Stop::Ended {
            return;
        }
        match taker.limit {
            Some(price) if tif == Tif::Gtc => {
                let resting = Resting::plain(key, side, price, leaves).with_stp(stp);
                self.rest_plain(at, Resting { traded, ..resting }, hash, house);
            }
            _ => {
                let (instrument, price, why) = (at, None, CancelReason::Remainder);
                house.tell(Event::Cancelled { instrument, key, side, price, left: leaves, why });
            }
        }
    }

    /// What comes when an order has been matched: the woken enter, and the pit is to settle if
    /// there is anything that might stir.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn after_matching(&mut self, at: InstrumentId, house: &mut impl House) {
        let pit = self.pit(at);
        if pit.is_unsettled() {
            self.touch(at);
        }
        if !self.pit(at).woken.is_empty() {
            self.touch(at);
            self.enter_woken(at, house);
        }
        debug_assert!(
            self.pit(at).phase != Phase::Continuous || !self.pit(at).book.is_crossed(),
            "no bid meets an ask at rest"
        );
    }

    /// Rests a plain order, which has no priority yet, at the back of its level.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn rest_plain<H: House>(
        &mut self,
        at: InstrumentId,
        resting: Resting,
        hash: Hash,
        house: &mut H,
    ) {
        let stamp = self.next_stamp();
        let Resting { key, side, price, leaves, .. } = resting;
        let resting = Resting { stamp, ..resting };
        let pit = self.pit_mut(at);
        pit.note_top(&resting);
        let asset = pit.asset;
        let slot = pit.book.rest(resting);
        let (pits, place) = (&self.pits, Place { instrument: at, slot });
        self.places.insert(hash, place, |place| name_at(pits, place));
        house.reserve(key.account, asset, asset.need(side, price, leaves));
        house.count(key.account, at, 1, 0);
        house.tell(Event::Rested { instrument: at, key, side, price, qty: leaves, stamp });
    }

    /// What a plain market order must have behind it: what its walk through the book would cost.
    #[inline(never)]
    fn market_need(&self, order: Order) -> Need {
        let pit = self.pit(order.instrument);
        // What meets its owner's orders and goes on behind them is walked with care.
        let goes_on = matches!(order.stp, Stp::Decrement | Stp::Transfer);
        let cost = if pit.specials.len() == 0 && !self.has_groups() && !goes_on {
            let makers = pit.book.orders(order.side.opposite());
            crate::book::fills(order.qty, order.account, order.stp, makers)
                .map(|fill| pit.asset.cost(fill.maker.price, fill.qty))
                .sum()
        } else {
            self.dry_run(order.instrument, &taker(&order)).cost
        };
        let (all, limit) = (i128::from(order.qty.0), None);
        match order.side {
            Side::Buy => Need { cash: cost.max(0), lots: 0, buys: all, limit },
            Side::Sell => Need { cash: (-cost).max(0), lots: all, buys: 0, limit },
        }
    }

    /// A plain order where not everything is plain sailing: bands, groups, calls, shared levels.
    #[inline(never)]
    fn place_with_care(&mut self, order: Order, house: &mut dyn House) -> Result<(), Reject> {
        let at = order.instrument;
        let stands = order.tif == Tif::Gtc && order.kind == Kind::Limit;
        let ages = self.instrument(at).rules.age_max.is_some();
        let continuous = self.pit(at).phase == Phase::Continuous;
        if (stands && ages) || (!stands && !continuous) {
            return self.place_special(order, None, house);
        }
        let order = &order;
        let candidate = Special::new(order, None, self.now);
        self.check(order, &candidate, Role::Alone, &Before::default(), house)?;
        let (key, terms, entry) = (order.key(), terms(order), Entry::Entering);
        house.tell(Event::Accepted { instrument: at, key, terms, entry });
        let mut taker = taker(order);
        self.enter_with_care(at, &mut taker, order.tif, house);
        self.touch(at);
        self.enter_woken(at, house);
        Ok(())
    }

    /// Enters an iceberg whose parts its sender has drawn.
    pub(super) fn place_varied(
        &mut self,
        order: &Order,
        tranches: &Arc<[Qty]>,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        self.place_special(*order, Some(tranches.clone()), house)
    }

    // The order comes by value: one that stays in the registers of `place` need not be in memory.
    #[inline(never)]
    fn place_special(
        &mut self,
        order: Order,
        tranches: Option<Arc<[Qty]>>,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let order = &order;
        let at = order.instrument;
        let mut special = Special::new(order, tranches, self.now);
        self.check(order, &special, Role::Alone, &Before::default(), house)?;
        special.until = self.last_moment(at, order.tif);
        self.touch(at);
        let id = self.accept(at, special, false, house);
        self.admit(at, id, house);
        Ok(())
    }

    /// 1 to 16, for an order of its own or a member of a list.
    fn check(
        &self,
        order: &Order,
        special: &Special,
        role: Role,
        before: &Before,
        house: &mut dyn House,
    ) -> Result<Need, Reject> {
        self.may_come(order, before, house)?;
        self.form(order, special.tranches.as_deref(), role)?;
        self.check_market(order, special, role, before, house)
    }

    /// 11 to 16.
    fn check_market(
        &self,
        order: &Order,
        special: &Special,
        role: Role,
        before: &Before,
        house: &mut dyn House,
    ) -> Result<Need, Reject> {
        let at = order.instrument;
        let child = matches!(role, Role::Child | Role::ChildLeg);
        let sleeps = child || order.kind.is_dormant();
        self.may_stand(order, sleeps, before, house)?;
        self.within_limits(order, house)?;
        if child {
            return Ok(Need::default());
        }
        if let Some(trigger) = order.kind.trigger() {
            let reference = self.pit(at).reference(trigger.on, order.side);
            let met = |price| super::dormant::is_met(&order.kind, order.side, price);
            if !self.instrument(at).rules.trigger_at_once && reference.is_some_and(met) {
                return Err(Reject::StopAlreadyMet);
            }
        }
        if sleeps {
            return Ok(Need::default());
        }
        let need = self.risk(at, special, before.need, house)?;
        self.may_enter(at, special, house)?;
        Ok(need)
    }

    /// The last moment of an order that may stand.
    pub(super) fn last_moment(
        &self,
        at: InstrumentId,
        tif: Tif,
    ) -> Option<pitfloor_model::units::Time> {
        match tif {
            Tif::Gtd(moment) => Some(moment),
            Tif::Gtc => self.instrument(at).rules.age_max.map(|age| self.now.after(age)),
            Tif::Ioc | Tif::Fok | Tif::Day | Tif::AtOpen | Tif::AtClose => None,
        }
    }

    /// Takes an order into the pit, and tells of it.
    fn accept(
        &mut self,
        at: InstrumentId,
        special: Special,
        sleeps: bool,
        house: &mut dyn House,
    ) -> super::special::Id {
        let (key, terms) = (special.key, special.terms());
        let entry = if sleeps || special.kind.is_dormant() {
            Entry::Dormant
        } else if self.waits(at, &special) {
            Entry::Waiting
        } else if special.kind.is_peg() && self.acting_limit(at, &special, house).is_none() {
            Entry::Parked
        } else {
            Entry::Entering
        };
        let id = self.register(at, special);
        house.tell(Event::Accepted { instrument: at, key, terms, entry });
        if entry != Entry::Entering {
            let stamp = self.next_stamp();
            self.pit_mut(at).specials.get_mut(id).stamp = stamp;
        }
        if sleeps {
            self.stand(at, id, Stand::Asleep, house);
        }
        id
    }

    /// Lets an accepted order go where it belongs.
    fn admit(&mut self, at: InstrumentId, id: super::special::Id, house: &mut dyn House) {
        if self.pit(at).specials.get(id).kind.is_dormant() {
            self.become_dormant(at, id, house);
        } else {
            self.enter(at, id, house);
        }
        self.enter_woken(at, house);
    }

    /// Enters orders that hang together.
    pub(super) fn place_list(
        &mut self,
        list: &OrderList,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let mut before = Before::default();
        let mut specials = Vec::with_capacity(list.members.len());
        if list.members.is_empty() {
            return Err(Reject::BadLink);
        }
        for (place, order) in list.members.iter().enumerate() {
            let role = role(list.shape, place);
            let mut special = Special::new(order, None, self.now);
            let checked = self
                .may_come(order, &before, house)
                .and_then(|()| self.form(order, None, role))
                .and_then(|()| if place == 0 { hangs_together(list) } else { Ok(()) })
                .and_then(|()| self.check_market(order, &special, role, &before, house));
            let need = match checked {
                Ok(need) => need,
                Err(why) => {
                    house.tell(Event::Rejected { key: order.key(), why });
                    return Ok(());
                }
            };
            let sleeps = is_child(role) || order.kind.is_dormant();
            before.keys.push(order.key());
            before.dormant += u32::from(sleeps);
            let stands = !sleeps && !matches!(order.tif, Tif::Ioc | Tif::Fok);
            before.live += u32::from(stands);
            before.need.cash += need.cash;
            before.need.lots += need.lots;
            before.need.buys += need.buys;
            special.until = self.last_moment(order.instrument, order.tif);
            specials.push((special, role));
        }
        let at = list.members[0].instrument;
        self.touch(at);
        let accepted = specials.into_iter().map(|(special, role)| {
            let key = special.key;
            (self.accept(at, special, is_child(role), house), key, role)
        });
        let accepted: Vec<_> = accepted.collect();
        let ids: Vec<_> = accepted.iter().map(|(id, _, _)| *id).collect();
        let link = self.pit_mut(at).lists.add(list.shape, &ids);
        for (member, id) in (0..).zip(&ids) {
            self.pit_mut(at).specials.get_mut(*id).list = Some((link, member));
        }
        for (id, key, role) in accepted {
            let live = self.pit(at).specials.find(id).is_some_and(|special| special.key == key);
            if live && !is_child(role) {
                self.admit(at, id, house);
            }
        }
        Ok(())
    }
}

const fn is_child(role: Role) -> bool {
    matches!(role, Role::Child | Role::ChildLeg)
}

const fn role(shape: Shape, place: usize) -> Role {
    match (shape, place) {
        (Shape::Oco, _) => Role::Leg,
        (Shape::Oto(_) | Shape::Otoco(_), 0) => Role::Parent,
        (Shape::Oto(_), _) => Role::Child,
        (Shape::Otoco(_), _) => Role::ChildLeg,
    }
}

/// 10: has the list the shape it says it has?
fn hangs_together(list: &OrderList) -> Result<(), Reject> {
    let members = list.members.as_slice();
    let count = match list.shape {
        Shape::Oco => members.len() == 2,
        Shape::Oto(_) => matches!(members.len(), 2 | 3),
        Shape::Otoco(_) => members.len() == 3,
    };
    let first = &members[0];
    let together = members
        .iter()
        .all(|order| order.account == first.account && order.instrument == first.instrument);
    let legs = match list.shape {
        Shape::Oco => members,
        Shape::Oto(_) => &[],
        Shape::Otoco(_) => members.get(1..).unwrap_or_default(),
    };
    let alike =
        legs.windows(2).all(|pair| pair[0].side == pair[1].side && pair[0].qty == pair[1].qty);
    let whole = matches!(list.shape, Shape::Oco) || members.iter().all(|o| o.qty == first.qty);
    if count && together && alike && whole { Ok(()) } else { Err(Reject::BadLink) }
}

#[inline]
const fn terms(order: &Order) -> Terms {
    let Order { side, kind, price, qty, tif, stp, with, .. } = *order;
    Terms { side, kind, price, qty, tif, stp, with }
}

#[inline]
const fn taker(order: &Order) -> Taker {
    Taker {
        key: order.key(),
        side: order.side,
        limit: order.price,
        leaves: order.qty,
        traded: Qty::ZERO,
        stp: order.stp,
        budget: None,
        id: NO_ID,
    }
}

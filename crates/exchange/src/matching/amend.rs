//! Live orders change: replaced and amended.

use super::enter::Slide;
use super::house::House;
use super::meet::Taker;
use super::special::{Id, NO_ID, Special, Stand};
use super::{End, Engine, checks, name_at, phase, place_of, record_of};
use crate::book::{Resting, Slot};
use crate::places::{Hash, Place};
use pitfloor_clearing::Need;
use pitfloor_model::event::{CancelReason, Event, Reject};
use pitfloor_model::order::{Change, Instructions, Kind, Order, Tif};
use pitfloor_model::trading::{ReplacePriority, ReplaceQty};
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty};

impl Engine {
    /// Changes price and total quantity of a live order.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn replace<H: House>(
        &mut self,
        key: OrderKey,
        price: Price,
        qty: Qty,
        house: &mut H,
    ) -> Result<(), Reject> {
        let (place, spot) = self.find_spot(key, house)?;
        let at = place.instrument;
        if record_of(place).is_some() || self.has_groups() || !self.pit(at).calm {
            let change = Change { price: Some(price), qty: Some(qty), ..Change::default() };
            return self.change(place, key, &change, house);
        }
        let (pit, instrument) = (self.pit(at), self.instrument(at));
        let (asset, old) = (pit.asset, pit.book.get(place.slot));
        let total = match instrument.rules.replace_qty {
            ReplaceQty::Total => qty,
            ReplaceQty::Open => Qty(old.traded.0.saturating_add(qty.0)),
        };
        if !(pit.ease.passes(price, qty) && pit.ease.passes(price, total)) {
            checks::plain_change(instrument, price, qty, total, pit.last)?;
        }
        if total <= old.traded {
            self.end_plain(at, place.slot, CancelReason::ReplacedToDone, house);
            self.after_matching(at, house);
            return Ok(());
        }
        let leaves = total.less(old.traded);
        house.admit(&self.ask(at, key, old.side, Some(price), leaves, old.leaves))?;
        let freed = asset.need(old.side, old.price, old.leaves);
        house.afford(key.account, asset, asset.need(old.side, price, leaves), freed)?;
        let keeps = instrument.rules.replace_priority == ReplacePriority::KeepOnDecrease;
        let kept = keeps && price == old.price && leaves < old.leaves;
        self.tell_replaced(at, &old, price, total, leaves, kept, house);
        if kept {
            self.shrink_plain(at, place.slot, old.leaves.less(leaves), house);
        } else {
            self.take_off_found(place, spot, house);
            if self.pit(at).may_meet(old.side, price) {
                let taker = taker(&old, price, leaves);
                self.meet_plain(at, taker, Tif::Gtc, spot.hash, house);
            } else {
                self.rest_plain(at, Resting { price, leaves, ..old }, spot.hash, house);
            }
        }
        if self.pit(at).is_watched() {
            self.after_matching(at, house);
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    #[inline]
    fn tell_replaced<H: House + ?Sized>(
        &self,
        instrument: InstrumentId,
        old: &Resting,
        price: Price,
        qty: Qty,
        leaves: Qty,
        kept: bool,
        house: &mut H,
    ) {
        let Resting { key, side, price: from, leaves: left, .. } = *old;
        house.tell(Event::Replaced { instrument, key, side, from, left, price, qty, leaves, kept });
    }

    /// Changes some terms of a live order.
    pub(super) fn amend(
        &mut self,
        key: OrderKey,
        change: &Change,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let place = self.find(key, house)?;
        self.change(place, key, change, house)
    }

    #[inline(never)]
    fn change(
        &mut self,
        place: Place,
        key: OrderKey,
        change: &Change,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let at = place.instrument;
        if !phase::takes_changes(self.pit(at).phase) {
            return Err(Reject::PhaseForbids);
        }
        let old = match record_of(place) {
            Some(id) => self.pit(at).specials.get(id).clone(),
            None => self.as_special(at, place.slot),
        };
        let total = self.check_change(at, &old, change)?;
        if total <= old.traded {
            self.touch(at);
            match record_of(place) {
                Some(id) => {
                    self.end(at, id, End::Cancelled(CancelReason::ReplacedToDone), house);
                }
                None => self.end_plain(at, place.slot, CancelReason::ReplacedToDone, house),
            }
            return Ok(());
        }
        let new = self.changed(at, &old, change, total);
        if change.price.is_some() || change.qty.is_some() {
            let open = old.is_in_book() || old.stand == Stand::Waiting;
            let freed = if open { old.leaves } else { Qty::ZERO };
            house.admit(&self.ask(at, key, new.side, new.price, new.leaves, freed))?;
        }
        self.check_changed(at, &old, &new, change, house)?;
        self.touch(at);
        let kept = self.keeps_place(at, &old, &new);
        let named_more = change.trigger.is_some()
            || change.tif.is_some()
            || change.display.is_some()
            || change.tag.is_some();
        if record_of(place).is_none() && !named_more {
            self.replace_plain(at, place.slot, &new, kept, house);
            self.enter_woken(at, house);
            return Ok(());
        }
        let id = match record_of(place) {
            Some(id) => id,
            None => self.give_record(at, place.slot, key),
        };
        self.tell_changed(at, &old, &new, kept, named_more, house);
        self.carry_out(at, id, &old, new, kept, house);
        self.enter_woken(at, house);
        Ok(())
    }

    /// Checks what is named, and gives the new total.
    fn check_change(
        &self,
        at: InstrumentId,
        old: &Special,
        change: &Change,
    ) -> Result<Qty, Reject> {
        let (pit, instrument) = (self.pit(at), self.instrument(at));
        if let Some(qty) = change.qty {
            checks::qty(&instrument.limits, qty)?;
        }
        let total = match (change.qty, instrument.rules.replace_qty) {
            (None, _) => old.total(),
            (Some(qty), ReplaceQty::Total) => qty,
            (Some(qty), ReplaceQty::Open) => checks::total(old.traded, qty)?,
        };
        for price in change.price.into_iter().chain(change.trigger) {
            checks::on_tick(instrument, price)?;
        }
        if let Some(price) = change.price {
            checks::near(&instrument.limits, price, pit.last)?;
        }
        if let Some(price) = change.price.or(old.price)
            && (change.price.is_some() || change.qty.is_some())
        {
            checks::notional(instrument, price, total)?;
        }
        if let Some(tif) = change.tif {
            if !tif.rests() || !old.tif.rests() {
                return Err(Reject::IllegalCombination);
            }
            checks::expiry(instrument, tif, self.now)?;
        }
        if let Some(display) = change.display {
            checks::display(instrument, total, display, None)?;
        }
        match (change.display, old.with.display) {
            (Some(display), Some(_)) => checks::parts(instrument, total, display, None)?,
            (None, Some(display)) if change.qty.is_some() => {
                checks::parts(instrument, total, display, old.tranches.as_deref())?;
            }
            (_, None) | (None, Some(_)) => {}
        }
        let priced = !matches!(
            old.kind,
            Kind::Market
                | Kind::MarketProtected { .. }
                | Kind::MarketToLimit
                | Kind::MarketByAmount { .. }
                | Kind::Stop(_)
                | Kind::TakeProfit(_)
                | Kind::Trailing(_)
                | Kind::TrailingLimit { .. }
        );
        let triggered = old.stand == Stand::Dormant && old.kind.trigger().is_some();
        if (change.price.is_some() && !priced)
            || (change.trigger.is_some() && !triggered)
            || (change.display.is_some() && old.with.display.is_none())
            || old.is_asleep()
        {
            return Err(Reject::NotReplaceable);
        }
        self.within_bands(at, old.side, change.price)?;
        Ok(total)
    }

    /// The order as it will be.
    fn changed(&self, at: InstrumentId, old: &Special, change: &Change, total: Qty) -> Special {
        let mut new = old.clone();
        new.leaves = total.less(old.traded);
        if let Some(price) = change.price {
            new.price = Some(price);
            if !new.kind.is_peg() {
                new.limit = Some(price);
            }
        }
        if let Some(price) = change.trigger
            && let Kind::Stop(trigger)
            | Kind::StopLimit(trigger)
            | Kind::TakeProfit(trigger)
            | Kind::TakeProfitLimit(trigger) = &mut new.kind
        {
            trigger.price = price;
        }
        if let Some(tif) = change.tif {
            new.tif = tif;
            let age = self.instrument(at).rules.age_max;
            new.until = match tif {
                Tif::Gtd(moment) => Some(moment),
                Tif::Gtc => age.map(|age| old.accepted.after(age)),
                _ => None,
            };
        }
        if let Some(display) = change.display {
            (new.with.display, new.tranches) = (Some(display), None);
        }
        if let Some(tag) = change.tag {
            new.with.tag = tag;
        }
        new
    }

    /// Risk, triggers and post-only, for the order as it will be.
    fn check_changed(
        &self,
        at: InstrumentId,
        old: &Special,
        new: &Special,
        change: &Change,
        house: &dyn House,
    ) -> Result<(), Reject> {
        let pit = self.pit(at);
        if old.is_in_book() || old.stand == Stand::Waiting {
            let need = |limit: Option<Price>, leaves: Qty| {
                limit.map_or(Need::default(), |limit| pit.asset.need(old.side, limit, leaves))
            };
            let limit =
                if new.kind.is_peg() { self.acting_limit(at, new, house) } else { new.limit };
            let (need, freed) = (need(limit, new.leaves), need(old.limit, old.leaves));
            house.afford(old.key.account, pit.asset, need, freed)?;
        }
        if change.trigger.is_some()
            && let Some(trigger) = new.kind.trigger()
            && trigger != old.kind.trigger().unwrap_or(trigger)
            && !self.instrument(at).rules.trigger_at_once
        {
            let reference = pit.reference(trigger.on, new.side);
            if reference.is_some_and(|price| super::dormant::is_met(&new.kind, new.side, price)) {
                return Err(Reject::StopAlreadyMet);
            }
        }
        if old.is_in_book()
            && change.price.is_some()
            && self.slide(at, new, new.price) == Slide::Refused
        {
            return Err(Reject::WouldTake);
        }
        Ok(())
    }

    /// True when the order keeps its place: something changes, and nothing that takes it.
    fn keeps_place(&self, at: InstrumentId, old: &Special, new: &Special) -> bool {
        let same_price = old.price == new.price && old.kind == new.kind;
        let changes = old.leaves != new.leaves || old.tif != new.tif || old.with != new.with;
        self.instrument(at).rules.replace_priority == ReplacePriority::KeepOnDecrease
            && same_price
            && changes
            && new.leaves <= old.leaves
    }

    fn tell_changed(
        &self,
        at: InstrumentId,
        old: &Special,
        new: &Special,
        kept: bool,
        named_more: bool,
        house: &mut dyn House,
    ) {
        let (instrument, key, side, peg) = (at, old.key, old.side, old.kind.is_peg());
        let from = old.level().filter(|_| !peg);
        if let Some(from) = from {
            let (left, qty, leaves) = (old.leaves, new.total(), new.leaves);
            let price = new.price.unwrap_or(from);
            house.tell(Event::Replaced {
                instrument,
                key,
                side,
                from,
                left,
                price,
                qty,
                leaves,
                kept,
            });
        }
        if from.is_none() || named_more {
            house.tell(Event::Amended { instrument, key, terms: new.terms(), kept });
        }
    }

    /// Changes the order, which is told already.
    fn carry_out(
        &mut self,
        at: InstrumentId,
        id: Id,
        old: &Special,
        new: Special,
        kept: bool,
        house: &mut dyn House,
    ) {
        if new.until != old.until {
            self.set_until(at, id, new.until);
        }
        if old.is_in_book() && kept {
            self.shrink_special(at, id, old.leaves.less(new.leaves), house);
            let special = self.pit_mut(at).specials.get_mut(id);
            (special.tif, special.with, special.tranches) = (new.tif, new.with, new.tranches);
            return;
        }
        if old.stand == Stand::Dormant && old.kind == new.kind {
            self.change_dormant(at, id, old, new, kept);
            return;
        }
        let level = old.level();
        let (stand, growth, woken) = (old.stand, old.growth, old.woken);
        self.leave(at, id, house);
        let special = self.pit_mut(at).specials.get_mut(id);
        *special = Special { stand: Stand::Entering, met: None, growth, woken, ..new };
        if level.is_some() {
            self.enter_changed(at, id, level, house);
            return;
        }
        if !kept {
            let stamp = self.next_stamp();
            self.pit_mut(at).specials.get_mut(id).stamp = stamp;
        }
        if stand == Stand::Dormant {
            self.become_dormant(at, id, house);
        } else {
            self.stand(at, id, stand, house);
        }
    }

    /// Changes an order that sleeps on with the trigger it has, in the queue or not.
    fn change_dormant(
        &mut self,
        at: InstrumentId,
        id: Id,
        old: &Special,
        new: Special,
        kept: bool,
    ) {
        let stamp = if kept { old.stamp } else { self.next_stamp() };
        let pit = self.pit_mut(at);
        pit.dormant.all.remove(&old.stamp);
        let watches = old.met.is_none() || old.kind.trail().is_some();
        pit.dormant.unwatch(id, old);
        let special = pit.specials.get_mut(id);
        *special = Special { stamp, ..new };
        pit.dormant.all.insert(stamp, id);
        if watches {
            pit.dormant.watch(id, special);
        }
    }

    /// An order that left its level because it was changed enters again.
    fn enter_changed(
        &mut self,
        at: InstrumentId,
        id: Id,
        from: Option<Price>,
        house: &mut dyn House,
    ) {
        let special = self.pit(at).specials.get(id);
        if special.kind.is_peg() {
            self.enter_peg(at, id, from, house);
        } else {
            self.enter(at, id, house);
        }
    }

    /// A peg that was changed goes where the references of this moment say. What it needs there was
    /// asked before it was changed.
    fn enter_peg(&mut self, at: InstrumentId, id: Id, from: Option<Price>, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        let to = self.pit(at).peg_price(special, self.step(at));
        if self.tell_peg(at, id, from, to, house) {
            self.trade(at, id, house);
        }
    }

    /// The record of a plain order, as it would be.
    fn as_special(&self, at: InstrumentId, slot: Slot) -> Special {
        let Resting { key, side, price, leaves, traded, stamp, stp, .. } =
            self.pit(at).book.get(slot);
        let order = Order {
            account: key.account,
            order: key.order,
            instrument: at,
            side,
            kind: Kind::Limit,
            price: Some(price),
            qty: leaves,
            tif: Tif::Gtc,
            stp,
            with: Instructions::NONE,
        };
        Special { traded, stamp, stand: Stand::Book(slot), ..Special::new(&order, None, self.now) }
    }

    /// Gives a plain order in the book a record of its own.
    fn give_record(&mut self, at: InstrumentId, slot: Slot, key: OrderKey) -> Id {
        let special = self.as_special(at, slot);
        let known = self.places.remove(key, Place { instrument: at, slot });
        assert!(known, "a resting order has a place");
        let pit = self.pit_mut(at);
        let id = pit.specials.add(special);
        pit.book.set_more(slot, id);
        pit.in_book += 1;
        let pits = &self.pits;
        self.places.insert(Hash::of(key), place_of(at, id), |place| name_at(pits, place));
        id
    }

    /// Replaces a plain order where not everything is plain sailing.
    fn replace_plain(
        &mut self,
        at: InstrumentId,
        slot: Slot,
        new: &Special,
        kept: bool,
        house: &mut dyn House,
    ) {
        let old = self.pit(at).book.get(slot);
        let price = new.price.expect("a plain order in the book has a price");
        self.tell_replaced(at, &old, price, new.total(), new.leaves, kept, house);
        if kept {
            self.shrink_plain(at, slot, old.leaves.less(new.leaves), house);
            return;
        }
        self.take_off(at, slot, house);
        let mut taker = taker(&old, price, new.leaves);
        self.enter_with_care(at, &mut taker, Tif::Gtc, house);
    }
}

/// A plain order that has been replaced, on its way back into the book.
#[inline]
const fn taker(old: &Resting, price: Price, leaves: Qty) -> Taker {
    Taker {
        key: old.key,
        side: old.side,
        limit: Some(price),
        leaves,
        traded: old.traded,
        stp: old.stp,
        budget: None,
        id: NO_ID,
    }
}

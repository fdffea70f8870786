//! Live orders become smaller, or go.

use super::house::House;
use super::special::{Id, Stand};
use super::{End, Engine, name_at, record_of};
use crate::book::{Resting, Slot};
use crate::places::{Hash, Place, Spot};
use pitfloor_model::event::{CancelReason, Event, Reject};
use pitfloor_model::units::{InstrumentId, OrderId, OrderKey, Qty};

impl Engine {
    /// Takes lots off a live order.
    #[inline]
    pub(super) fn reduce<H: House>(
        &mut self,
        key: OrderKey,
        by: Qty,
        house: &mut H,
    ) -> Result<(), Reject> {
        let place = self.find_live(key, house)?;
        let instrument = place.instrument;
        if by.is_zero() {
            return Err(Reject::ZeroQty);
        }
        if !by.0.is_multiple_of(self.instrument(instrument).limits.qty_step) {
            return Err(Reject::OffLot);
        }
        if let Some(id) = record_of(place) {
            return self.reduce_special(instrument, id, by, house);
        }
        let old = self.pit(instrument).book.get(place.slot);
        if by >= old.leaves {
            self.end_plain(instrument, place.slot, CancelReason::User, house);
        } else {
            self.shrink_plain(instrument, place.slot, by, house);
            let (side, price, leaves) = (old.side, old.price, old.leaves.less(by));
            house.tell(Event::Reduced { instrument, key, side, price, by, leaves });
        }
        self.after_matching(instrument, house);
        Ok(())
    }

    #[inline(never)]
    fn reduce_special(
        &mut self,
        at: InstrumentId,
        id: Id,
        by: Qty,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let special = self.pit(at).specials.get(id);
        if special.is_asleep() {
            return Err(Reject::NotReplaceable);
        }
        let (key, side, level) = (special.key, special.side, special.level());
        let leaves = special.leaves;
        self.touch(at);
        if by >= leaves {
            self.end(at, id, End::Cancelled(CancelReason::User), house);
            return Ok(());
        }
        self.shrink_special(at, id, by, house);
        let leaves = leaves.less(by);
        let event = match level {
            Some(price) => Event::Reduced { instrument: at, key, side, price, by, leaves },
            None => {
                let terms = self.pit(at).specials.get(id).terms();
                Event::Amended { instrument: at, key, terms, kept: true }
            }
        };
        house.tell(event);
        Ok(())
    }

    /// Makes a special order smaller where it stands; an iceberg loses what it holds back first.
    pub(super) fn shrink_special(
        &mut self,
        at: InstrumentId,
        id: Id,
        by: Qty,
        house: &mut dyn House,
    ) {
        let pit = self.pit_mut(at);
        let special = pit.specials.get_mut(id);
        let (account, side, limit) = (special.key.account, special.side, special.limit);
        if let Stand::Book(slot) = special.stand {
            let shown = pit.book.get(slot).leaves;
            let held = special.leaves.less(shown);
            let from_held = by.min(held);
            if !from_held.is_zero() {
                pit.book.add_reserve(slot, -super::standing::signed(from_held));
            }
            let from_shown = by.less(from_held);
            if !from_shown.is_zero() {
                pit.book.shrink(slot, from_shown);
            }
        }
        special.leaves = special.leaves.less(by);
        let stands = special.is_in_book() || special.stand == Stand::Waiting;
        if stands {
            let asset = pit.asset;
            house.release(account, asset, asset.kept(side, limit, by));
        }
    }

    /// Makes a plain order smaller where it stands.
    #[inline]
    pub(super) fn shrink_plain<H: House + ?Sized>(
        &mut self,
        at: InstrumentId,
        slot: Slot,
        by: Qty,
        house: &mut H,
    ) {
        let pit = self.pit_mut(at);
        let (asset, old) = (pit.asset, pit.book.get(slot));
        pit.book.shrink(slot, by);
        house.release(old.key.account, asset, asset.need(old.side, old.price, by));
    }

    /// Takes a live order off the market.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn cancel<H: House>(&mut self, key: OrderKey, house: &mut H) -> Result<(), Reject> {
        let (place, spot) = self.find_live_spot(key, house)?;
        let at = place.instrument;
        if let Some(id) = record_of(place) {
            self.touch(at);
            self.end(at, id, End::Cancelled(CancelReason::User), house);
            return Ok(());
        }
        let gone = self.take_off_found(place, spot, house);
        Self::tell_cancelled(at, &gone, CancelReason::User, house);
        if self.pit(at).is_unsettled() {
            self.touch(at);
        }
        Ok(())
    }

    /// Ends a plain order in the book.
    #[inline]
    pub(super) fn end_plain<H: House + ?Sized>(
        &mut self,
        at: InstrumentId,
        slot: Slot,
        why: CancelReason,
        house: &mut H,
    ) {
        let gone = self.take_off(at, slot, house);
        Self::tell_cancelled(at, &gone, why, house);
    }

    #[inline]
    fn tell_cancelled<H: House + ?Sized>(
        at: InstrumentId,
        gone: &Resting,
        why: CancelReason,
        house: &mut H,
    ) {
        let Resting { key, side, price, leaves: left, .. } = *gone;
        let (instrument, price) = (at, Some(price));
        house.tell(Event::Cancelled { instrument, key, side, price, left, why });
    }

    /// The live order `key`, which its owner may change.
    #[inline]
    pub(super) fn find<H: House + ?Sized>(
        &self,
        key: OrderKey,
        house: &H,
    ) -> Result<Place, Reject> {
        self.find_spot(key, house).map(|(place, _)| place)
    }

    /// The same, and where the table has it.
    #[inline]
    pub(super) fn find_spot<H: House + ?Sized>(
        &self,
        key: OrderKey,
        house: &H,
    ) -> Result<(Place, Spot), Reject> {
        if self.blocks(key.account) && key.order < OrderId::VENUE_FIRST {
            house.credit(key.account).ok_or(Reject::UnknownAccount)?;
            return Err(Reject::KillSwitch);
        }
        self.find_live_spot(key, house)
    }

    #[inline]
    fn find_live<H: House + ?Sized>(&self, key: OrderKey, house: &H) -> Result<Place, Reject> {
        self.find_live_spot(key, house).map(|(place, _)| place)
    }

    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn find_live_spot<H: House + ?Sized>(
        &self,
        key: OrderKey,
        house: &H,
    ) -> Result<(Place, Spot), Reject> {
        house.credit(key.account).ok_or(Reject::UnknownAccount)?;
        let found = self.places.find(key, Hash::of(key), |place| name_at(&self.pits, place));
        found.ok_or(Reject::UnknownOrder)
    }
}

//! Takers meet makers.

use super::Engine;
use super::house::House;
use super::special::{Id, NO_ID, Stand};
use super::standing::Left;
use crate::book::{Book, Resting, Slot};
use crate::places::{Place, Spot};
use pitfloor_clearing::{Deal, Meeting};
use pitfloor_model::event::Event;
use pitfloor_model::order::Stp;
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Price, Qty, Side, Stamp};

/// An order on its way through the book.
#[derive(Clone, Debug)]
pub(super) struct Taker {
    pub(super) key: OrderKey,
    pub(super) side: Side,
    /// The worst acceptable price; none for market orders.
    pub(super) limit: Option<Price>,
    pub(super) leaves: Qty,
    pub(super) traded: Qty,
    pub(super) stp: Stp,
    /// What is left of an amount, in minor units.
    pub(super) budget: Option<i128>,
    /// Its record; [`NO_ID`] for a plain order.
    pub(super) id: Id,
}

/// A waiting order that a taker meets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maker {
    pub(super) key: OrderKey,
    pub(super) side: Side,
    pub(super) price: Price,
    pub(super) stamp: Stamp,
    /// What can trade of it in its place.
    pub(super) leaves: Qty,
    pub(super) id: Id,
    /// Where it stands in the book; none for an all-or-none order.
    pub(super) slot: Option<Slot>,
    pub(super) hidden: bool,
}

/// Why a taker stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It has nothing left.
    Filled,
    /// Nobody is there whose price it accepts.
    Nobody,
    /// Somebody is, where nothing may trade.
    Band,
    /// Its amount buys nothing more.
    Budget,
    /// Self-trade prevention ended it.
    Ended,
}

impl Taker {
    /// How much it can take at `price`.
    pub(super) fn can_take(&self, price: Price, tick_cash: i64) -> Qty {
        let Some(budget) = self.budget else { return self.leaves };
        if price.0 <= 0 || budget <= 0 {
            return Qty::ZERO;
        }
        let lots = budget / (i128::from(price.0) * i128::from(tick_cash));
        self.leaves.min(Qty(u64::try_from(lots).unwrap_or(u64::MAX)))
    }

    #[inline]
    pub(super) fn accepts(&self, price: Price) -> bool {
        self.limit.is_none_or(|limit| self.side.accepts(limit, price))
    }

    /// True when somebody waits in `book` whose price it accepts.
    #[inline]
    fn reaches(&self, book: &Book) -> bool {
        let side = self.side.opposite();
        match self.limit {
            Some(limit) => book.reaches(side, limit),
            None => book.best(side).is_some(),
        }
    }
}

impl Maker {
    #[inline]
    pub(super) const fn of(resting: &Resting, slot: Slot) -> Self {
        let Resting { key, side, price, stamp, leaves, hidden, more: id, .. } = *resting;
        Self { key, side, price, stamp, leaves, id, slot: Some(slot), hidden }
    }
}

impl Engine {
    /// Lets `taker` meet whoever it may.
    // Most orders meet nobody, and are told so where they come from.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn take<H: House>(
        &mut self,
        at: InstrumentId,
        taker: &mut Taker,
        house: &mut H,
    ) -> Stop {
        let pit = self.pit(at);
        let opposite = taker.side.opposite();
        if !pit.calm
            || self.has_groups()
            || taker.budget.is_some()
            || !pit.whole[opposite as usize].is_empty()
        {
            return self.take_with_care(at, taker, house);
        }
        if !taker.reaches(&pit.book) {
            return if taker.leaves.is_zero() { Stop::Filled } else { Stop::Nobody };
        }
        self.take_plainly(at, taker, house)
    }

    /// The walk through a book where first come is first served.
    #[inline(never)]
    fn take_plainly<H: House>(
        &mut self,
        at: InstrumentId,
        taker: &mut Taker,
        house: &mut H,
    ) -> Stop {
        let opposite = taker.side.opposite();
        while !taker.leaves.is_zero() {
            let book = &self.pit(at).book;
            // The best price is known without a look at the order behind it.
            if !taker.reaches(book) {
                return Stop::Nobody;
            }
            let slot = book.first(opposite).expect("somebody waits at the best price");
            let maker = book.get(slot);
            let qty = taker.leaves.min(maker.leaves);
            let own = maker.key.account == taker.key.account && taker.stp != Stp::None;
            if own || maker.more != NO_ID || taker.id != NO_ID {
                if self.meet(at, &Maker::of(&maker, slot), taker, qty, house) == Stop::Ended {
                    return Stop::Ended;
                }
                continue;
            }
            self.fill(at, &maker, slot, taker, qty, house);
        }
        Stop::Filled
    }

    /// Two plain orders trade.
    #[inline]
    fn fill<H: House>(
        &mut self,
        at: InstrumentId,
        maker: &Resting,
        slot: Slot,
        taker: &mut Taker,
        qty: Qty,
        house: &mut H,
    ) {
        let all = qty == maker.leaves;
        if all {
            self.forget(at, maker.key, slot, house);
        }
        let pit = self.pit_mut(at);
        let asset = pit.asset;
        pit.print(maker.price);
        if all {
            pit.book.remove(slot);
        } else {
            pit.book.fill_keep(slot, qty);
        }
        taker.leaves = taker.leaves.less(qty);
        taker.traded.0 += qty.0;
        house.release(maker.key.account, asset, asset.need(maker.side, maker.price, qty));
        let (buyer, seller) = sides(taker, maker.key.account);
        let trade = self.next_trade();
        house.tell(Event::Traded {
            trade,
            instrument: at,
            maker: maker.key,
            taker: taker.key,
            aggressor: taker.side,
            price: maker.price,
            qty,
        });
        let (price, by) = (maker.price, Meeting::Taken(taker.side));
        house.settle(Deal { asset, buyer, seller, price, qty, by });
    }

    /// Forgets where a plain order is. It is still there: the table asks the books for names.
    #[inline]
    pub(super) fn forget<H: House + ?Sized>(
        &mut self,
        at: InstrumentId,
        key: OrderKey,
        slot: Slot,
        house: &mut H,
    ) {
        let known = self.places.remove(key, Place { instrument: at, slot });
        assert!(known, "a resting order has a place");
        house.count(key.account, at, -1, 0);
    }

    /// The same walk where anything may stand in the way.
    #[inline(never)]
    fn take_with_care(
        &mut self,
        at: InstrumentId,
        taker: &mut Taker,
        house: &mut dyn House,
    ) -> Stop {
        while !taker.leaves.is_zero() {
            let Some(maker) = self.next_maker(at, taker) else { return Stop::Nobody };
            if !taker.accepts(maker.price) {
                return Stop::Nobody;
            }
            let pit = self.pit(at);
            if pit.is_banned(maker.price) {
                return Stop::Band;
            }
            let can = taker.can_take(maker.price, pit.asset.tick_cash);
            if can.is_zero() {
                return Stop::Budget;
            }
            let stopped = if !pit.fifo && maker.slot.is_some() && !maker.hidden {
                self.share(at, &maker, taker, can, house)
            } else {
                self.meet(at, &maker, taker, can.min(maker.leaves), house)
            };
            if stopped == Stop::Ended {
                return Stop::Ended;
            }
        }
        Stop::Filled
    }

    /// Whom `taker` meets next, all-or-none orders that are too large for it passed over.
    fn next_maker(&self, at: InstrumentId, taker: &Taker) -> Option<Maker> {
        let pit = self.pit(at);
        let side = taker.side.opposite();
        let in_book = pit.book.first(side).map(|slot| Maker::of(&pit.book.get(slot), slot));
        let fits = |maker: &Maker| maker.leaves <= taker.can_take(maker.price, pit.asset.tick_cash);
        let comes_first = |maker: &Maker| {
            in_book.is_none_or(|other| {
                side.improves(maker.price, other.price)
                    || (maker.price == other.price && other.hidden && maker.stamp < other.stamp)
            })
        };
        let whole = pit.whole[side as usize].values().map(|id| self.whole_maker(at, *id));
        whole.take_while(comes_first).find(fits).or(in_book)
    }

    /// An all-or-none order as a maker.
    pub(super) fn whole_maker(&self, at: InstrumentId, id: Id) -> Maker {
        let special = self.pit(at).specials.get(id);
        Maker {
            key: special.key,
            side: special.side,
            price: special.limit.expect("an all-or-none order has a limit"),
            stamp: special.stamp,
            leaves: special.leaves,
            id,
            slot: None,
            hidden: true,
        }
    }

    /// Lets `taker` and `maker` trade `qty`, or keeps them apart.
    #[inline(never)]
    pub(super) fn meet(
        &mut self,
        at: InstrumentId,
        maker: &Maker,
        taker: &mut Taker,
        qty: Qty,
        house: &mut dyn House,
    ) -> Stop {
        if taker.stp != Stp::None && self.is_one_owner(maker.key.account, taker.key.account) {
            return self.prevent(at, maker, taker, qty, house);
        }
        let left = self.lose(at, maker, qty, true, house);
        let pit = self.pit_mut(at);
        let asset = pit.asset;
        pit.print(maker.price);
        self.gain(at, maker.price, taker, qty, true);
        let (buyer, seller) = sides(taker, maker.key.account);
        let trade = self.next_trade();
        house.tell(Event::Traded {
            trade,
            instrument: at,
            maker: maker.key,
            taker: taker.key,
            aggressor: taker.side,
            price: maker.price,
            qty,
        });
        let (price, by) = (maker.price, Meeting::Taken(taker.side));
        house.settle(Deal { asset, buyer, seller, price, qty, by });
        for id in [maker.id, taker.id] {
            if id != NO_ID && self.pit(at).specials.get(id).list.is_some() {
                self.act_on_fill(at, id, house);
            }
        }
        self.follow_up(at, maker, left, house);
        Stop::Filled
    }

    /// What comes after a maker has lost lots: its next part is told, or it is gone for good.
    fn follow_up(&mut self, at: InstrumentId, maker: &Maker, left: Left, house: &mut dyn House) {
        match left {
            Left::Next(shown) => self.tell_refreshed(at, maker.id, shown, house),
            Left::Gone if maker.id != NO_ID => {
                // A child that grew while it was being filled has its turn to come.
                if self.pit(at).specials.get(maker.id).growth.is_zero() {
                    self.bury(at, maker.id, house);
                }
            }
            Left::Gone | Left::Some => {}
        }
    }

    /// Takes `qty` off a maker.
    pub(super) fn lose(
        &mut self,
        at: InstrumentId,
        maker: &Maker,
        qty: Qty,
        traded: bool,
        house: &mut dyn House,
    ) -> Left {
        if maker.id != NO_ID {
            return self.take_lots(at, maker.id, qty, traded, house);
        }
        let slot = maker.slot.expect("a plain order stands in the book");
        if qty == maker.leaves {
            self.forget(at, maker.key, slot, house);
        }
        let pit = self.pit_mut(at);
        let asset = pit.asset;
        if traded {
            pit.book.fill(slot, qty);
        } else {
            pit.book.shrink(slot, qty);
        }
        house.release(maker.key.account, asset, asset.need(maker.side, maker.price, qty));
        if qty == maker.leaves { Left::Gone } else { Left::Some }
    }

    /// Takes `qty` off a taker, and off its amount what was paid for it.
    fn gain(&mut self, at: InstrumentId, price: Price, taker: &mut Taker, qty: Qty, traded: bool) {
        taker.leaves = taker.leaves.less(qty);
        if traded {
            taker.traded.0 += qty.0;
        }
        let cost = self.pit(at).asset.cost(price, qty);
        if taker.id != NO_ID {
            let special = self.pit_mut(at).specials.get_mut(taker.id);
            (special.leaves, special.traded) = (taker.leaves, taker.traded);
        }
        if let Some(budget) = &mut taker.budget {
            *budget -= cost;
        }
    }

    /// Takes a plain order off the book and gives back what was reserved for it.
    #[inline]
    pub(super) fn take_off<H: House + ?Sized>(
        &mut self,
        at: InstrumentId,
        slot: Slot,
        house: &mut H,
    ) -> Resting {
        let key = self.pit(at).book.key(slot);
        self.forget(at, key, slot, house);
        self.take_off_forgotten(at, slot, house)
    }

    /// The same, for an order that was just found in the table.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn take_off_found<H: House + ?Sized>(
        &mut self,
        place: Place,
        spot: Spot,
        house: &mut H,
    ) -> Resting {
        let Place { instrument: at, slot } = place;
        self.places.remove_at(spot);
        house.count(self.pit(at).book.key(slot).account, at, -1, 0);
        self.take_off_forgotten(at, slot, house)
    }

    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn take_off_forgotten<H: House + ?Sized>(
        &mut self,
        at: InstrumentId,
        slot: Slot,
        house: &mut H,
    ) -> Resting {
        let pit = self.pit_mut(at);
        let asset = pit.asset;
        let gone = pit.book.remove(slot);
        house.release(gone.key.account, asset, asset.need(gone.side, gone.price, gone.leaves));
        gone
    }

    /// The taker that the order with this record is.
    pub(super) fn taker_of(&self, at: InstrumentId, id: Id) -> Taker {
        let special = self.pit(at).specials.get(id);
        Taker {
            key: special.key,
            side: special.side,
            limit: special.limit,
            leaves: special.leaves,
            traded: special.traded,
            stp: special.stp,
            budget: special.budget.map(|cash| cash.0),
            id,
        }
    }

    /// True while a maker that was looked at earlier still stands where it stood.
    pub(super) fn still_stands(&self, at: InstrumentId, maker: &Maker) -> bool {
        if maker.id == NO_ID {
            return true;
        }
        let special = self.pit(at).specials.find(maker.id);
        special.is_some_and(|special| {
            special.key == maker.key
                && matches!((special.stand, maker.slot), (Stand::Book(at), Some(slot)) if at == slot)
        })
    }
}

/// Who buys and who sells when `taker` trades with an order of `maker`.
#[inline]
pub(super) const fn sides(taker: &Taker, maker: AccountId) -> (AccountId, AccountId) {
    match taker.side {
        Side::Buy => (taker.key.account, maker),
        Side::Sell => (maker, taker.key.account),
    }
}

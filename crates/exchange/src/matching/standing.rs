//! Where special orders stand: how they come to a place, leave it, and end.

use super::house::House;
use super::pit::rank;
use super::special::{Id, Special, Stand};
use super::{End, Engine, name_at, place_of};
use crate::book::Resting;
use crate::places::Hash;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Stamp, Time};

/// What became of a maker that lost lots.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// It has nothing left in the book.
    Gone,
    /// It stands where it stood.
    Some,
    /// Its next part, of so many lots, stands at the back of its queue.
    Next(Qty),
}

impl Engine {
    /// Takes a record into the pit and its name into the table of places.
    pub(super) fn register(&mut self, at: InstrumentId, special: Special) -> Id {
        let (key, until) = (special.key, special.until);
        let id = self.pit_mut(at).specials.add(special);
        let pits = &self.pits;
        self.places.insert(Hash::of(key), place_of(at, id), |place| name_at(pits, place));
        if let Some(moment) = until {
            self.expiries.insert((moment, at, id));
            self.look_at_clock();
        }
        id
    }

    /// Gives an order another last moment.
    pub(super) fn set_until(&mut self, at: InstrumentId, id: Id, until: Option<Time>) {
        let special = self.pit_mut(at).specials.get_mut(id);
        let old = std::mem::replace(&mut special.until, until);
        if let Some(moment) = old {
            self.expiries.remove(&(moment, at, id));
        }
        if let Some(moment) = until {
            self.expiries.insert((moment, at, id));
        }
        self.look_at_clock();
    }

    fn look_at_clock(&mut self) {
        self.next_expiry = self.expiries.first().map_or(Time(u64::MAX), |(moment, _, _)| *moment);
    }

    /// Ends a special order: it leaves where it stands, its end is told, and those that hang on it
    /// hear of it.
    #[cold]
    pub(super) fn end(&mut self, at: InstrumentId, id: Id, how: End, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        let (instrument, key, side) = (at, special.key, special.side);
        let (left, price) = (special.leaves, special.level());
        self.leave(at, id, house);
        match how {
            End::Cancelled(why) => {
                house.tell(Event::Cancelled { instrument, key, side, price, left, why });
            }
            End::Expired => house.tell(Event::Expired { instrument, key, side, price, left }),
            End::ExpiredInMatch => {
                house.tell(Event::ExpiredInMatch { instrument, key, side, price, left });
            }
            End::Rejected(why) => house.tell(Event::Rejected { key, why }),
        }
        self.bury(at, id, house);
    }

    /// Forgets an order that has ended and stands nowhere.
    pub(super) fn bury(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let key = self.pit(at).specials.get(id).key;
        let known = self.places.remove(key, place_of(at, id));
        assert!(known, "a live order has a place");
        let special = self.pit_mut(at).specials.free(id);
        if special.woken {
            self.pit_mut(at).woken.retain(|other| *other != id);
        }
        if let Some(moment) = special.until {
            self.expiries.remove(&(moment, at, id));
            self.look_at_clock();
        }
        if let Some(link) = special.list {
            self.leave_list(at, link, house);
        }
    }

    /// Takes an order away from wherever it stands and gives back what was reserved for it there.
    pub(super) fn leave(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let pit = self.pit_mut(at);
        let special = pit.specials.get(id);
        let (stand, stamp, side) = (special.stand, special.stamp, special.side);
        let (account, leaves, limit) = (special.key.account, special.leaves, special.limit);
        let asset = pit.asset;
        match stand {
            Stand::Entering => return,
            Stand::Book(slot) => {
                let held = pit.held_back(special);
                if !held.is_zero() {
                    pit.book.add_reserve(slot, -signed(held));
                }
                pit.pegs.remove(&stamp);
                pit.book.remove(slot);
                pit.in_book -= 1;
            }
            Stand::Whole => {
                let limit = limit.expect("an all-or-none order has a limit");
                pit.whole[side as usize].remove(&(rank(side, limit), stamp));
            }
            Stand::Parked => {
                pit.parked.remove(&stamp);
            }
            Stand::Waiting => {
                pit.waiting.remove(&stamp);
            }
            Stand::Dormant => {
                pit.dormant.all.remove(&stamp);
                if special.met.is_some() {
                    pit.queue.retain(|other| *other != id);
                }
                pit.dormant.unwatch(id, special);
            }
            Stand::Asleep => {
                pit.dormant.all.remove(&stamp);
            }
        }
        let special = pit.specials.get_mut(id);
        special.stand = Stand::Entering;
        special.met = None;
        if matches!(stand, Stand::Book(_) | Stand::Whole | Stand::Waiting) {
            house.release(account, asset, asset.kept(side, limit, leaves));
        }
        count(house, account, at, stand, -1);
    }

    /// Puts an order that stands nowhere beside the book. Its stamp is the one it keeps.
    pub(super) fn stand(&mut self, at: InstrumentId, id: Id, stand: Stand, house: &mut dyn House) {
        let pit = self.pit_mut(at);
        let special = pit.specials.get_mut(id);
        special.stand = stand;
        let (account, side, stamp) = (special.key.account, special.side, special.stamp);
        let (limit, leaves, asset) = (special.limit, special.leaves, pit.asset);
        match stand {
            Stand::Entering | Stand::Book(_) => unreachable!("the book has a door of its own"),
            Stand::Whole => {
                let limit = limit.expect("an all-or-none order has a limit");
                pit.whole[side as usize].insert((rank(side, limit), stamp), id);
            }
            Stand::Parked => {
                pit.parked.insert(stamp, id);
            }
            Stand::Waiting => {
                pit.waiting.insert(stamp, id);
            }
            Stand::Dormant => {
                pit.dormant.all.insert(stamp, id);
                pit.dormant.watch(id, pit.specials.get(id));
            }
            Stand::Asleep => {
                pit.dormant.all.insert(stamp, id);
            }
        }
        if matches!(stand, Stand::Whole | Stand::Waiting) {
            house.reserve(account, asset, asset.kept(side, limit, leaves));
        }
        count(house, account, at, stand, 1);
    }

    /// Rests an order that stands nowhere at the back of its level, at its limit.
    pub(super) fn rest_special(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let stamp = self.next_stamp();
        let pit = self.pit_mut(at);
        let special = pit.specials.get_mut(id);
        (special.stamp, special.turn) = (stamp, 0);
        let (key, side) = (special.key, special.side);
        let price = special.limit.expect("what rests has a price");
        let (leaves, part, hidden) = (special.leaves, special.first_part(), special.is_hidden());
        if special.with.all_or_none {
            let qty = Qty::ZERO;
            self.stand(at, id, Stand::Whole, house);
            house.tell(Event::Rested { instrument: at, key, side, price, qty, stamp });
            return;
        }
        let resting = Resting {
            key,
            side,
            price,
            leaves: part,
            traded: special.traded,
            stamp,
            stp: special.stp,
            hidden,
            pegged: special.kind.is_peg() && !hidden,
            more: id,
        };
        if special.kind.is_peg() {
            pit.pegs.insert(stamp, id);
        }
        pit.note_top(&resting);
        let slot = pit.book.rest(resting);
        pit.specials.get_mut(id).stand = Stand::Book(slot);
        pit.in_book += 1;
        if part < leaves {
            pit.book.add_reserve(slot, signed(leaves.less(part)));
        }
        let asset = pit.asset;
        house.reserve(key.account, asset, asset.need(side, price, leaves));
        house.count(key.account, at, 1, 0);
        let qty = if hidden { Qty::ZERO } else { part };
        house.tell(Event::Rested { instrument: at, key, side, price, qty, stamp });
    }

    /// Takes `qty` off an order that stands in the book or beside it, and gives back what was
    /// reserved for that much. A used-up part makes room for the next, at the back of the queue.
    pub(super) fn take_lots(
        &mut self,
        at: InstrumentId,
        id: Id,
        qty: Qty,
        traded: bool,
        house: &mut dyn House,
    ) -> Left {
        let next_stamp = self.stamps;
        let pit = self.pit_mut(at);
        let special = pit.specials.get_mut(id);
        let (account, side, asset) = (special.key.account, special.side, pit.asset);
        let limit = special.limit.expect("what stands in the book has a price");
        house.release(account, asset, asset.need(side, limit, qty));
        let special = pit.specials.get_mut(id);
        let held = match special.stand {
            Stand::Book(slot) => special.leaves.less(pit.book.get(slot).leaves),
            _ => Qty::ZERO,
        };
        special.leaves = special.leaves.less(qty);
        if traded {
            special.traded.0 += qty.0;
        }
        let (leaves, stamp) = (special.leaves, special.stamp);
        match special.stand {
            Stand::Whole => {
                assert!(leaves.is_zero(), "an all-or-none order trades whole");
                special.stand = Stand::Entering;
                pit.whole[side as usize].remove(&(rank(side, limit), stamp));
                house.count(account, at, -1, 0);
                Left::Gone
            }
            Stand::Book(slot) if leaves.is_zero() => {
                special.stand = Stand::Entering;
                pit.pegs.remove(&stamp);
                pit.book.remove(slot);
                pit.in_book -= 1;
                house.count(account, at, -1, 0);
                Left::Gone
            }
            Stand::Book(slot) if pit.book.get(slot).leaves == qty => {
                let part = special.part(special.turn).min(held);
                special.turn += 1;
                special.stamp = pitfloor_model::units::Stamp(next_stamp);
                if traded {
                    pit.book.fill_keep(slot, qty);
                }
                pit.book.refresh(slot, part, special.stamp);
                pit.book.add_reserve(slot, -signed(part));
                self.next_stamp();
                Left::Next(part)
            }
            Stand::Book(slot) => {
                if traded {
                    pit.book.fill(slot, qty);
                } else {
                    pit.book.shrink(slot, qty);
                }
                Left::Some
            }
            _ => unreachable!("only what stands in the book can lose lots there"),
        }
    }

    /// Tells of the part of an iceberg that is shown now.
    pub(super) fn tell_refreshed(
        &self,
        at: InstrumentId,
        id: Id,
        shown: Qty,
        house: &mut dyn House,
    ) {
        let special = self.pit(at).specials.get(id);
        let (instrument, key, side, stamp) = (at, special.key, special.side, special.stamp);
        let price = special.limit.expect("what stands in the book has a price");
        house.tell(Event::Refreshed { instrument, key, side, price, shown, stamp });
    }
}

impl super::pit::Pit {
    /// Remembers who last made a new best shown price, where levels are not first come, first
    /// served.
    #[inline]
    pub(super) fn note_top(&mut self, resting: &Resting) {
        if !self.fifo && !resting.hidden {
            self.note_shared_top(resting.side, resting.price, resting.stamp);
        }
    }

    #[inline(never)]
    fn note_shared_top(&mut self, side: Side, price: Price, stamp: Stamp) {
        let best = self.book.best_shown(side);
        if best.is_none_or(|best: Price| side.improves(price, best)) {
            self.top[side as usize] = Some(stamp);
        }
    }
}

fn count(
    house: &mut dyn House,
    account: pitfloor_model::units::AccountId,
    at: InstrumentId,
    stand: Stand,
    by: i32,
) {
    match stand {
        Stand::Entering => {}
        Stand::Book(_) | Stand::Whole | Stand::Parked | Stand::Waiting => {
            house.count(account, at, by, 0);
        }
        Stand::Dormant | Stand::Asleep => house.count(account, at, 0, by),
    }
}

/// Lots of one order as a signed number: they fit, for an order has 2^40 at most (and what it had
/// traded before, twice that).
pub(super) fn signed(qty: Qty) -> i64 {
    i64::try_from(qty.0).expect("the lots of one order fit 63 bits")
}

//! Every order of one book in its queue: what both ends of the feed keep.
//!
//! Level 3 knows orders by [`OrderKey`](pitfloor_model::units::OrderKey), the far end of a feed only
//! by [`Stamp`]; the queues are the same, so the name of an order is a parameter here.
//!
//! Orders live in slots that are used again, linked in the order of their queue; a level knows its
//! first and its last. So an order joins, shrinks and leaves in the time of one look-up, however
//! long its queue, and nothing is allocated once slots and ladders have grown to their size. The
//! hash map is only ever asked for one name at a time: its order of iteration can reach nothing.

use crate::ladder::Ladder;
use pitfloor_model::units::{Price, Qty, Side, Stamp};
use std::collections::HashMap;
use std::hash::Hash;

/// One order and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<K> {
    pub(crate) key: K,
    pub(crate) side: Side,
    pub(crate) price: Price,
    pub(crate) leaves: Qty,
    pub(crate) stamp: Stamp,
}

/// All the orders at one price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queue {
    first: u32,
    last: u32,
    pub(crate) lots: Qty,
    pub(crate) orders: u32,
}

#[derive(Clone, Copy, Debug)]
struct Slot<K> {
    place: Place<K>,
    ahead: u32,
    behind: u32,
}

/// Both sides of a book.
#[derive(Clone, Debug)]
pub(crate) struct Queues<K> {
    slots: Vec<Slot<K>>,
    free: Vec<u32>,
    slot_of: HashMap<K, u32>,
    bids: Ladder<Queue>,
    asks: Ladder<Queue>,
}

/// No slot: nobody is ahead, or nobody behind.
const NOBODY: u32 = u32::MAX;

impl<K: Copy + Eq + Hash> Queues<K> {
    pub(crate) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            slot_of: HashMap::new(),
            bids: Ladder::new(Side::Buy),
            asks: Ladder::new(Side::Sell),
        }
    }

    pub(crate) fn get(&self, key: K) -> Option<&Place<K>> {
        self.slot_of.get(&key).map(|slot| &self.slots[*slot as usize].place)
    }

    pub(crate) const fn ladder(&self, side: Side) -> &Ladder<Queue> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    /// Everyone at one level, first to trade first.
    pub(crate) fn line(&self, queue: &Queue) -> impl Iterator<Item = &Place<K>> + use<'_, K> {
        let mut next = queue.first;
        std::iter::from_fn(move || {
            let slot = self.slots.get(next as usize)?; // NOBODY is beyond every slot.
            next = slot.behind;
            Some(&slot.place)
        })
    }

    /// Everyone on `side`, first to trade first.
    pub(crate) fn iter(&self, side: Side) -> impl Iterator<Item = &Place<K>> + use<'_, K> {
        self.ladder(side).iter().flat_map(|(_, queue)| self.line(queue))
    }

    /// Everyone who trades before `key` at its price, last of them first.
    pub(crate) fn ahead_of(&self, key: K) -> Option<impl Iterator<Item = &Place<K>> + use<'_, K>> {
        let mut next = self.slots[*self.slot_of.get(&key)? as usize].ahead;
        Some(std::iter::from_fn(move || {
            let slot = self.slots.get(next as usize)?;
            next = slot.ahead;
            Some(&slot.place)
        }))
    }

    /// Puts an order at the back of its queue. `None`, and nothing changes, when the name is taken,
    /// there is nothing of the order, its stamp is not later than that of the last in the queue, or
    /// the level would count beyond its numbers.
    #[must_use]
    pub(crate) fn join(&mut self, place: Place<K>) -> Option<()> {
        if place.leaves.is_zero() || self.slot_of.contains_key(&place.key) {
            return None;
        }
        let (slots, ladder) = match place.side {
            Side::Buy => (&mut self.slots, &mut self.bids),
            Side::Sell => (&mut self.slots, &mut self.asks),
        };
        let slot = self.free.last().copied().unwrap_or(u32::try_from(slots.len()).ok()?);
        let mut ahead = NOBODY;
        match ladder.find(place.price) {
            Ok(at) => {
                let queue = ladder.rung_mut(at);
                ahead = queue.last;
                if slots[ahead as usize].place.stamp >= place.stamp {
                    return None;
                }
                queue.lots = Qty(queue.lots.0.checked_add(place.leaves.0)?);
                queue.orders += 1;
                queue.last = slot;
                slots[ahead as usize].behind = slot;
            }
            Err(at) => {
                let queue = Queue { first: slot, last: slot, lots: place.leaves, orders: 1 };
                ladder.insert(at, place.price, queue);
            }
        }
        let new = Slot { place, ahead, behind: NOBODY };
        if self.free.pop().is_some() {
            slots[slot as usize] = new;
        } else {
            slots.push(new);
        }
        self.slot_of.insert(place.key, slot);
        Some(())
    }

    /// Takes `lots` off an order where it stands, and off its queue when that is all of it; says
    /// how the order stood before. `None`, and nothing changes, when it does not have as much.
    #[must_use]
    pub(crate) fn take(&mut self, key: K, lots: Qty) -> Option<Place<K>> {
        let slot = *self.slot_of.get(&key)?;
        let Slot { place, ahead, behind } = self.slots[slot as usize];
        if lots > place.leaves {
            return None;
        }
        let ladder = match place.side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        let at = ladder.find(place.price).expect("an order stands at a level");
        let queue = ladder.rung_mut(at);
        queue.lots = queue.lots.less(lots);
        self.slots[slot as usize].place.leaves = place.leaves.less(lots);
        if lots < place.leaves {
            return Some(place);
        }
        queue.orders -= 1;
        match ahead {
            NOBODY => queue.first = behind,
            ahead => self.slots[ahead as usize].behind = behind,
        }
        match behind {
            NOBODY => queue.last = ahead,
            behind => self.slots[behind as usize].ahead = ahead,
        }
        if queue.orders == 0 {
            ladder.remove(at);
        }
        self.slot_of.remove(&key);
        self.free.push(slot);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn place(key: u32, price: i64, leaves: u64) -> Place<u32> {
        let stamp = Stamp(key as u64);
        Place { key, side: Side::Buy, price: Price(price), leaves: Qty(leaves), stamp }
    }

    fn line(queues: &Queues<u32>) -> Vec<(u32, u64)> {
        queues.iter(Side::Buy).map(|place| (place.key, place.leaves.0)).collect()
    }

    #[test]
    fn the_first_the_middle_and_the_last_may_leave() {
        for (gone, left) in [(1, [2, 3]), (2, [1, 3]), (3, [1, 2])] {
            let mut queues = Queues::new();
            for key in 1..=3 {
                queues.join(place(key, 100, 5)).unwrap();
            }
            assert_eq!(queues.take(gone, Qty(5)), Some(place(gone, 100, 5)));
            assert_eq!(line(&queues), left.map(|key| (key, 5)));
            // Whoever comes next takes the free slot and still stands at the back.
            queues.join(place(4, 100, 1)).unwrap();
            assert_eq!(line(&queues), [(left[0], 5), (left[1], 5), (4, 1)]);
            let back: Vec<u32> = queues.ahead_of(4).unwrap().map(|ahead| ahead.key).collect();
            assert_eq!(back, [left[1], left[0]]);
        }
    }

    #[test]
    fn what_makes_no_sense_changes_nothing() {
        let mut queues = Queues::new();
        queues.join(place(2, 100, 5)).unwrap();
        for wrong in [place(2, 99, 5), place(1, 100, 5), place(3, 100, 0), place(3, 100, u64::MAX)]
        {
            assert_eq!(queues.join(wrong), None, "{wrong:?}");
        }
        assert_eq!(queues.take(2, Qty(6)), None, "more than there is");
        assert_eq!(queues.take(9, Qty(1)), None, "nobody of that name");
        assert_eq!(line(&queues), [(2, 5)]);
        let (price, queue) = queues.ladder(Side::Buy).best().unwrap();
        assert_eq!((price, queue.lots, queue.orders), (Price(100), Qty(5), 1));
    }
}

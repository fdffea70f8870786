//! The live orders of somebody who has thousands of them: any one by its number, or one at random,
//! at the same cost however many there are.
//!
//! The orders lie side by side, so that the n-th is found at once; a table beside them says where
//! each number lies. Looked up, never iterated in the order of hashes.

use pitfloor_model::units::{OrderId, Price, Qty, Side};

/// One order that waits in the book, as far as its sender has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its number.
    pub order: OrderId,
    /// Buy or sell.
    pub side: Side,
    /// Its limit.
    pub price: Price,
    /// What is left of it.
    pub leaves: Qty,
}

/// Up to [`LiveOrders::MOST`] of them.
#[derive(Clone, Debug)]
pub struct LiveOrders {
    orders: Vec<Live>,
    /// Open addressing with steps of one: a place in `orders`, or [`FREE`]. Twice as many seats as
    /// orders at least; a power of two.
    seats: Vec<u32>,
    sides: [usize; 2],
}

/// Nobody sits there.
const FREE: u32 = u32::MAX;

/// Seats at the start.
const SEATS_LEAST: usize = 64;

impl LiveOrders {
    /// How many orders one sender may have in the book at once. Whoever would send one more sends
    /// none.
    pub const MOST: usize = 1 << 20;

    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self { orders: Vec::new(), seats: vec![FREE; SEATS_LEAST], sides: [0; 2] }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.orders.len()
    }

    /// True when there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// How many of `side` there are.
    #[must_use]
    pub const fn count(&self, side: Side) -> usize {
        self.sides[side as usize]
    }

    /// True when no other may be sent.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.orders.len() == Self::MOST
    }

    /// The `n`-th of them, in no order that means anything; none when there are not so many.
    #[must_use]
    pub fn nth(&self, n: usize) -> Option<Live> {
        self.orders.get(n).copied()
    }

    /// All of them, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = Live> {
        self.orders.iter().copied()
    }

    /// Remembers an order.
    ///
    /// # Panics
    ///
    /// When it is known already, or there are [`LiveOrders::MOST`].
    pub fn add(&mut self, live: Live) {
        assert!(!self.is_full(), "no more live orders than LiveOrders::MOST");
        if 2 * (self.orders.len() + 1) > self.seats.len() {
            self.grow();
        }
        let seat = self.seat_of(live.order);
        assert!(self.seats[seat] == FREE, "an order is remembered once");
        self.seats[seat] = u32::try_from(self.orders.len()).expect("MOST fits 32 bits");
        self.orders.push(live);
        self.sides[live.side as usize] += 1;
    }

    /// Takes `qty` off the order called `order`, and forgets it when nothing is left; unknown ones
    /// are nobody's.
    pub fn fill(&mut self, order: OrderId, qty: Qty) {
        let seat = self.seat_of(order);
        let Some(live) = self.orders.get_mut(self.seats[seat] as usize) else { return };
        live.leaves = Qty(live.leaves.0.saturating_sub(qty.0));
        if live.leaves.is_zero() {
            self.leave(seat);
        }
    }

    /// Forgets the order called `order`, and says what it was; none when it is unknown.
    pub fn remove(&mut self, order: OrderId) -> Option<Live> {
        let seat = self.seat_of(order);
        (self.seats[seat] != FREE).then(|| self.leave(seat))
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.orders.clear();
        self.seats.fill(FREE);
        self.sides = [0; 2];
    }

    fn leave(&mut self, seat: usize) -> Live {
        let place = self.seats[seat] as usize;
        self.free(seat);
        let gone = self.orders.swap_remove(place);
        self.sides[gone.side as usize] -= 1;
        if let Some(moved) = self.orders.get(place) {
            let last = u32::try_from(self.orders.len()).expect("MOST fits 32 bits");
            let mut seat = self.home(moved.order);
            while self.seats[seat] != last {
                seat = self.next(seat);
            }
            self.seats[seat] = place as u32;
        }
        gone
    }

    /// Frees `seat` and moves up those behind it who would sit there or before, so that nobody is
    /// cut off from his home (Knuth 1973, volume 3, 6.4 R).
    fn free(&mut self, mut seat: usize) {
        let mut ahead = seat;
        loop {
            self.seats[seat] = FREE;
            loop {
                ahead = self.next(ahead);
                let place = self.seats[ahead];
                if place == FREE {
                    return;
                }
                let home = self.home(self.orders[place as usize].order);
                let mask = self.seats.len() - 1;
                let (walked, gap) = (ahead.wrapping_sub(home), ahead.wrapping_sub(seat));
                if walked & mask >= gap & mask {
                    self.seats[seat] = place;
                    break;
                }
            }
            seat = ahead;
        }
    }

    /// Where `order` sits, or the free seat that it would take.
    fn seat_of(&self, order: OrderId) -> usize {
        let mut seat = self.home(order);
        loop {
            let place = self.seats[seat];
            if place == FREE || self.orders[place as usize].order == order {
                return seat;
            }
            seat = self.next(seat);
        }
    }

    /// Multiplied by 2^64 over the golden ratio, numbers that follow each other lie far apart.
    const fn home(&self, order: OrderId) -> usize {
        let spread = order.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> (64 - self.seats.len().trailing_zeros())) as usize
    }

    const fn next(&self, seat: usize) -> usize {
        (seat + 1) & (self.seats.len() - 1)
    }

    fn grow(&mut self) {
        self.seats = vec![FREE; self.seats.len() * 2];
        for place in 0..self.orders.len() {
            let seat = self.seat_of(self.orders[place].order);
            self.seats[seat] = u32::try_from(place).expect("MOST fits 32 bits");
        }
    }
}

impl Default for LiveOrders {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_sim::dice::Dice;
    use std::collections::BTreeMap;

    fn live(order: u64, side: Side, leaves: u64) -> Live {
        Live { order: OrderId(order), side, price: Price(order as i64 % 50), leaves: Qty(leaves) }
    }

    /// The same set written for the eye: a map by number.
    #[test]
    fn it_remembers_what_a_plain_map_remembers() {
        let (mut dice, mut live_orders) = (Dice::new(1, "live"), LiveOrders::new());
        let mut plain = BTreeMap::new();
        for order in 1..40_000_u64 {
            let order = order * (1 + dice.below(3));
            if dice.chance(0.52) && !plain.contains_key(&order) {
                let new = live(order, dice.side(), 1 + dice.below(3));
                live_orders.add(new);
                plain.insert(order, new);
            } else if let Some(some) = live_orders.nth(dice.below(1 + plain.len() as u64) as usize)
            {
                if dice.chance(0.5) {
                    live_orders.fill(some.order, Qty(1));
                    let left = plain.get_mut(&some.order.0).expect("both know it");
                    left.leaves = Qty(left.leaves.0 - 1);
                    if left.leaves.is_zero() {
                        plain.remove(&some.order.0);
                    }
                } else {
                    assert_eq!(live_orders.remove(some.order), plain.remove(&some.order.0));
                }
            }
            assert_eq!(live_orders.remove(OrderId(1 << 60)), None);
        }
        assert!(plain.len() > 500, "{}", plain.len());
        let mut all: Vec<Live> = live_orders.iter().collect();
        all.sort_unstable_by_key(|live| live.order);
        assert!(all.iter().eq(plain.values()));
        for side in [Side::Buy, Side::Sell] {
            assert_eq!(live_orders.count(side), all.iter().filter(|l| l.side == side).count());
        }
        live_orders.clear();
        assert!(live_orders.is_empty() && live_orders.nth(0).is_none());
    }

    #[test]
    fn each_of_them_is_drawn_as_often() {
        let (mut dice, mut live_orders) = (Dice::new(2, "live"), LiveOrders::new());
        for order in 1..=100 {
            live_orders.add(live(order, Side::Buy, 1));
        }
        for order in 1..=50 {
            live_orders.remove(OrderId(2 * order));
        }
        let mut drawn = BTreeMap::new();
        for _ in 0..50_000 {
            let some = live_orders.nth(dice.below(live_orders.len() as u64) as usize).unwrap();
            *drawn.entry(some.order.0).or_insert(0_u32) += 1;
        }
        assert!(drawn.keys().copied().eq((0..50).map(|n| 2 * n + 1)));
        let (least, most) = (drawn.values().min().unwrap(), drawn.values().max().unwrap());
        assert!(*least > 860 && *most < 1_140, "four and a half standard errors: {least} {most}");
    }

    #[test]
    #[should_panic(expected = "remembered once")]
    fn nobody_is_remembered_twice() {
        let mut live_orders = LiveOrders::new();
        live_orders.add(live(5, Side::Buy, 1));
        live_orders.add(live(5, Side::Sell, 1));
    }
}

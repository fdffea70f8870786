//! The generator's own book: ordered maps of queues, written for the eye.

use pitfloor_model::units::Side;
use std::collections::{BTreeMap, VecDeque};

/// Both sides, and every order by its id.
#[derive(Debug, Default)]
pub(super) struct Plain {
    bids: BTreeMap<i64, VecDeque<u64>>,
    asks: BTreeMap<i64, VecDeque<u64>>,
    orders: Vec<Order>,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    side: Side,
    price: i64,
    /// What is open of it.
    open: u64,
    /// What was open of it when it joined its queue.
    rested: u64,
}

impl Plain {
    pub(super) fn best(&self, side: Side) -> Option<i64> {
        match side {
            Side::Buy => self.bids.last_key_value().map(|(price, _)| *price),
            Side::Sell => self.asks.first_key_value().map(|(price, _)| *price),
        }
    }

    /// Trades up to `qty` at `limit` or better; says what is left, and who was filled, in order.
    pub(super) fn trade(&mut self, side: Side, limit: i64, qty: u64) -> (u64, Vec<u64>) {
        let (mut left, mut filled) = (qty, Vec::new());
        while left > 0 {
            let crosses = |price: &i64| match side {
                Side::Buy => *price <= limit,
                Side::Sell => *price >= limit,
            };
            let Some(price) = self.best(side.opposite()).filter(crosses) else { break };
            let queue = self.side(side.opposite()).get_mut(&price).expect("the best is there");
            let maker = *queue.front().expect("a level has an order");
            let open = &mut self.orders[maker as usize].open;
            let traded = left.min(*open);
            *open -= traded;
            left -= traded;
            if *open == 0 {
                filled.push(maker);
                self.unlink(maker);
            }
        }
        (left, filled)
    }

    pub(super) fn rest(&mut self, id: u64, side: Side, price: i64, open: u64) {
        let order = Order { side, price, open, rested: open };
        let nobody = Order { side, price: 0, open: 0, rested: 0 };
        let room = self.orders.len().max(id as usize + 1);
        self.orders.resize(room, nobody);
        self.orders[id as usize] = order;
        self.side(side).entry(price).or_default().push_back(id);
    }

    pub(super) fn remove(&mut self, id: u64) -> (Side, i64, u64) {
        self.unlink(id);
        let Order { side, price, rested, .. } = self.orders[id as usize];
        (side, price, rested)
    }

    fn unlink(&mut self, id: u64) {
        let Order { side, price, .. } = self.orders[id as usize];
        let queue = self.side(side).get_mut(&price).expect("a live order has a level");
        if queue.front() == Some(&id) {
            queue.pop_front();
        } else {
            // From the back: those who leave have mostly just come.
            let at = queue.iter().rposition(|other| *other == id).expect("it is in its queue");
            queue.remove(at);
        }
        if queue.is_empty() {
            self.side(side).remove(&price);
        }
    }

    fn side(&mut self, side: Side) -> &mut BTreeMap<i64, VecDeque<u64>> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served_until_the_price_no_longer_crosses() {
        let mut book = Plain::default();
        book.rest(1, Side::Sell, 101, 5);
        book.rest(2, Side::Sell, 100, 5);
        book.rest(3, Side::Sell, 100, 5);
        assert_eq!(book.trade(Side::Buy, 100, 12), (2, vec![2, 3]));
        assert_eq!(book.trade(Side::Buy, 101, 2), (0, vec![]));
        assert_eq!(book.remove(1), (Side::Sell, 101, 5), "what it rested with, not what is left");
        assert_eq!((book.best(Side::Sell), book.best(Side::Buy)), (None, None));
    }

    #[test]
    fn one_leaves_from_the_middle() {
        let mut book = Plain::default();
        (1..=3).for_each(|id| book.rest(id, Side::Buy, 50, 1));
        book.remove(2);
        assert_eq!(book.trade(Side::Sell, 50, 9), (7, vec![1, 3]));
    }
}

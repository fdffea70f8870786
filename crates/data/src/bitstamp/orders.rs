//! The life of orders, where messages about them overtake each other.
//!
//! A message that an order was created may come after the one that it was deleted. Taken at its word it
//! would put an order into the book that nobody ever takes out, and the book would be crossed for good.
//! So what comes of an order after its end is left out, and said to be. An order that is changed without
//! having been created stood in the book before the recording began: it is told as one that is added.

use crate::record::{Flags, Order, Place, Touched, What};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What a message says of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// It joined the book.
    Created,
    /// It has another size or price.
    Changed,
    /// It left.
    Deleted,
}

/// Which orders live, and which ended.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    live: BTreeMap<u64, Order>,
    ended: BTreeSet<u64>,
    /// The same in the order of their ends, so that the oldest can be forgotten.
    ends: VecDeque<u64>,
}

/// The most orders whose end is remembered.
pub const ENDED_MAX: usize = 1 << 20;

/// Why a message became no record.
pub const AFTER_THE_END: &str = "of an order after its delete";
/// The same for a second delete.
pub const DELETED_TWICE: &str = "a second delete of an order";
/// The same where the order was created before the recording began.
pub const NEVER_TOLD: &str = "the delete of an order that was never told";

impl Orders {
    /// What becomes of the event, or why nothing does. `order` is told whole by every message.
    ///
    /// # Errors
    ///
    /// The reason, in words for the count of what was left out.
    pub fn event(&mut self, event: Event, order: Order) -> Result<(What, Flags), &'static str> {
        if self.ended.contains(&order.order) {
            return Err(if event == Event::Deleted { DELETED_TWICE } else { AFTER_THE_END });
        }
        match event {
            Event::Created => {
                self.live.insert(order.order, order);
                Ok((What::Add(order), Flags::default()))
            }
            Event::Changed => match self.live.insert(order.order, order) {
                Some(_) => Ok((What::Modify(order), Flags::default())),
                None => Ok((What::Add(order), Flags::SNAPSHOT)),
            },
            Event::Deleted => {
                self.end(order.order);
                let place = Some(Place { side: order.side, price: order.price });
                let (order, qty) = (order.order, Some(order.qty));
                match self.live.remove(&order) {
                    Some(_) => Ok((What::Delete(Touched { order, qty, place }), Flags::default())),
                    None => Err(NEVER_TOLD),
                }
            }
        }
    }

    /// How many orders live.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.len()
    }

    fn end(&mut self, order: u64) {
        if self.ends.len() == ENDED_MAX {
            let oldest = self.ends.pop_front().expect("there are many");
            self.ended.remove(&oldest);
        }
        self.ends.push_back(order);
        self.ended.insert(order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::Side;

    fn order(order: u64, qty: u64) -> Order {
        Order { order, side: Side::Buy, price: 100, qty }
    }

    #[test]
    fn an_order_lives_and_ends() {
        let mut orders = Orders::default();
        let plain = Flags::default();
        assert_eq!(orders.event(Event::Created, order(1, 5)), Ok((What::Add(order(1, 5)), plain)));
        let changed = orders.event(Event::Changed, order(1, 3));
        assert_eq!(changed, Ok((What::Modify(order(1, 3)), plain)));
        assert_eq!(orders.live(), 1);
        let place = Some(Place { side: Side::Buy, price: 100 });
        let gone = What::Delete(Touched { order: 1, qty: Some(3), place });
        assert_eq!(orders.event(Event::Deleted, order(1, 3)), Ok((gone, plain)));
        assert_eq!(orders.live(), 0);
    }

    #[test]
    fn nothing_rises_after_its_end() {
        let mut orders = Orders::default();
        assert_eq!(orders.event(Event::Deleted, order(7, 0)), Err(NEVER_TOLD));
        assert_eq!(orders.event(Event::Created, order(7, 5)), Err(AFTER_THE_END));
        assert_eq!(orders.event(Event::Changed, order(7, 5)), Err(AFTER_THE_END));
        assert_eq!(orders.event(Event::Deleted, order(7, 5)), Err(DELETED_TWICE));
        assert_eq!(orders.live(), 0, "no zombie");
    }

    #[test]
    fn what_stood_before_the_recording_is_told_as_it_changes() {
        let mut orders = Orders::default();
        let told = orders.event(Event::Changed, order(7, 5));
        assert_eq!(told, Ok((What::Add(order(7, 5)), Flags::SNAPSHOT)));
        assert!(matches!(orders.event(Event::Deleted, order(7, 5)), Ok((What::Delete(_), _))));
    }

    #[test]
    fn the_oldest_ends_are_forgotten() {
        let mut orders = Orders::default();
        for number in 0..=ENDED_MAX as u64 {
            assert_eq!(orders.event(Event::Deleted, order(number, 0)), Err(NEVER_TOLD));
        }
        assert!(orders.event(Event::Created, order(0, 1)).is_ok(), "its end is forgotten");
        assert_eq!(orders.event(Event::Created, order(1, 1)), Err(AFTER_THE_END));
    }
}

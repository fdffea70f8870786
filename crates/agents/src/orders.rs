//! What an agent remembers of its own resting orders, as far as it has been told.
//!
//! Enough to know what is spoken for: an agent that asks only for what it has free is refused only
//! when news crosses its order on the way. A fixed number of places and no allocation.

use pitfloor_model::event::Event;
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{AccountId, Cash, OrderId, Price, Qty, Side, Time};

/// One order that was sent to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting {
    /// Its number.
    pub order: OrderId,
    /// Buy or sell.
    pub side: Side,
    /// Its limit.
    pub price: Price,
    /// What is left of it.
    pub leaves: Qty,
    /// When it was sent.
    pub since: Time,
}

/// Up to `N` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders<const N: usize>([Option<Resting>; N]);

impl<const N: usize> Orders<N> {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self([None; N])
    }

    /// Remembers an order just sent.
    ///
    /// # Panics
    ///
    /// When all places are taken; see [`Orders::forget_oldest`].
    pub fn add(&mut self, resting: Resting) {
        let place = self.0.iter_mut().find(|place| place.is_none());
        *place.expect("a place is free") = Some(resting);
    }

    /// True when all places are taken.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    /// All that are remembered.
    pub fn iter(&self) -> impl Iterator<Item = &Resting> {
        self.0.iter().flatten()
    }

    /// Takes in what this agent, trading for `account`, is told: fills, refusals and endings.
    pub fn told(&mut self, account: AccountId, event: &Event) {
        let (key, filled) = match *event {
            Event::Traded { maker, taker, qty, .. } => {
                (if maker.account == account { maker } else { taker }, Some(qty))
            }
            Event::Rejected { key, .. }
            | Event::ExpiredInMatch { key, .. }
            | Event::Cancelled { key, .. } => (key, None),
            Event::Accepted { .. }
            | Event::Rested { .. }
            | Event::Replaced { .. }
            | Event::Reduced { .. }
            | Event::Prevented { .. }
            | Event::PhaseChanged { .. }
            | Event::AccountOpened { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => return,
        };
        let mine = |place: &&mut Option<Resting>| place.is_some_and(|it| it.order == key.order);
        let Some(place) = self.0.iter_mut().find(mine) else { return };
        *place = place.and_then(|resting| {
            let leaves = Qty(resting.leaves.0 - filled?.0.min(resting.leaves.0));
            (!leaves.is_zero()).then_some(Resting { leaves, ..resting })
        });
    }

    /// Forgets the oldest order and says which it was; the caller cancels it.
    pub fn forget_oldest(&mut self) -> Option<OrderId> {
        let places = self.0.iter_mut().filter(|place| place.is_some());
        let oldest = places.min_by_key(|place| place.map(|it| (it.since, it.order)))?;
        oldest.take().map(|it| it.order)
    }

    /// Forgets one order sent at `before` or earlier, if there is one; the caller cancels it.
    pub fn forget_sent_by(&mut self, before: Time) -> Option<OrderId> {
        let old = |place: &&mut Option<Resting>| place.is_some_and(|it| it.since <= before);
        self.0.iter_mut().find(old)?.take().map(|it| it.order)
    }

    /// The cash that the buys among them may still cost.
    #[must_use]
    pub fn committed_cash(&self, instrument: &Instrument) -> Cash {
        let buys = self.iter().filter(|it| it.side == Side::Buy);
        Cash(buys.map(|it| instrument.cost(it.price, it.leaves).0).sum())
    }

    /// The lots that those of `side` may still trade.
    #[must_use]
    pub fn committed_lots(&self, side: Side) -> i128 {
        let orders = self.iter().filter(|it| it.side == side);
        orders.map(|it| i128::from(it.leaves.0)).sum()
    }
}

impl<const N: usize> Default for Orders<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor};
    use pitfloor_model::event::Reject;
    use pitfloor_model::units::{OrderKey, TradeId};

    const ME: AccountId = AccountId(3);

    fn resting(order: u64, side: Side, leaves: u64) -> Resting {
        let since = Time(order);
        Resting { order: OrderId(order), side, price: Price(100), leaves: Qty(leaves), since }
    }

    fn three() -> Orders<3> {
        let mut orders = Orders::new();
        orders.add(resting(1, Side::Buy, 5));
        orders.add(resting(2, Side::Sell, 7));
        orders.add(resting(3, Side::Buy, 2));
        orders
    }

    fn traded(order: u64, qty: u64) -> Event {
        Event::Traded {
            trade: TradeId(0),
            instrument: ACME,
            maker: OrderKey::new(ME, OrderId(order)),
            taker: OrderKey::new(AccountId(9), OrderId(order)),
            aggressor: Side::Sell,
            price: Price(100),
            qty: Qty(qty),
        }
    }

    #[test]
    fn fills_free_what_was_spoken_for() {
        let venue = Floor::venue();
        let acme = &venue.instruments()[0];
        let mut orders = three();
        assert_eq!(
            (orders.committed_cash(acme), orders.committed_lots(Side::Sell)),
            (Cash(700), 7)
        );
        orders.told(ME, &traded(1, 4));
        orders.told(ME, &traded(2, 7));
        assert_eq!(
            (orders.committed_cash(acme), orders.committed_lots(Side::Sell)),
            (Cash(300), 0)
        );
        assert!(!orders.is_full());
    }

    #[test]
    fn each_side_speaks_for_itself() {
        assert_eq!(three().committed_lots(Side::Buy), 7);
        assert_eq!(three().committed_lots(Side::Sell), 7);
        assert_eq!(Orders::<2>::new().committed_lots(Side::Buy), 0);
    }

    #[test]
    fn refusals_and_endings_free_all_of_it() {
        let mut orders = three();
        let key = OrderKey::new(ME, OrderId(2));
        orders.told(ME, &Event::Rejected { key, why: Reject::ShortSale });
        assert_eq!(orders.iter().map(|it| it.order.0).collect::<Vec<_>>(), [1, 3]);
        orders.told(ME, &traded(8, 1));
        assert_eq!(orders.iter().count(), 2);
    }

    #[test]
    fn the_oldest_goes_first() {
        let mut orders = three();
        assert!(orders.is_full());
        assert_eq!(orders.forget_oldest(), Some(OrderId(1)));
        assert_eq!(orders.forget_sent_by(Time(2)), Some(OrderId(2)));
        assert_eq!(orders.forget_sent_by(Time(2)), None);
        assert_eq!(orders.forget_oldest(), Some(OrderId(3)));
        assert_eq!(orders.forget_oldest(), None);
    }
}

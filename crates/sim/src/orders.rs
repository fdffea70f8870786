//! What an agent remembers of its own orders, as far as it has been told.
//!
//! Enough to know what is spoken for: an agent that asks only for what it has free is refused only
//! when news crosses its order on the way. A fixed number of places and no allocation.
//!
//! [`Orders`] are those that were sent to rest, [`InFlight`] is the one that was sent to trade at
//! once and whose end has not been told yet.

use pitfloor_model::command::Stp;
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{AccountId, Cash, OrderId, OrderKey, Price, Qty, Side, Time};
use std::num::NonZeroU64;

/// The one order that trades at once or not at all and may still be on its way, there or back.
///
/// What such an order will have traded is known only when it has ended. An agent that sends no other
/// before that reckons from holdings that are final, however long a message takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InFlight {
    /// The order, and what it may still trade; nothing when it has ended.
    sent: Option<(OrderId, NonZeroU64)>,
}

impl InFlight {
    /// Takes off with `order` for `qty` lots.
    ///
    /// # Panics
    ///
    /// When another is in flight, or the quantity is nothing.
    pub fn send(&mut self, order: OrderId, qty: Qty) {
        assert!(self.has_landed(), "one order at a time");
        self.sent = Some((order, NonZeroU64::new(qty.0).expect("an order is for something")));
    }

    /// True when no order is in flight.
    #[must_use]
    pub const fn has_landed(&self) -> bool {
        self.sent.is_none()
    }

    /// Takes in what this agent, trading for `account`, is told: fills and endings.
    pub fn told(&mut self, account: AccountId, event: &Event) {
        if is_the_houses(event) || self.sent.is_none() {
            return;
        }
        for (whose, filled) in became(account, event).into_iter().flatten() {
            let Some((order, left)) = self.sent else { return };
            if whose == order {
                let left = filled.and_then(|qty| NonZeroU64::new(left.get().saturating_sub(qty.0)));
                self.sent = left.map(|left| (order, left));
            }
        }
    }
}

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
///
/// Field by field, so that looking for the old or adding up the lots reads one stretch of memory:
/// there are ten thousand agents, and each begins its turn far from the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Orders<const N: usize> {
    since: [Time; N],
    /// What is left: of a buy above zero, of a sell below. Nothing is left in a free place.
    lots: [i64; N],
    price: [Price; N],
    order: [OrderId; N],
}

impl<const N: usize> Orders<N> {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            since: [Time::ZERO; N],
            lots: [0; N],
            price: [Price(0); N],
            order: [OrderId::NONE; N],
        }
    }

    /// Remembers an order just sent.
    ///
    /// # Panics
    ///
    /// When all places are taken (see [`Orders::forget_oldest`]), or when the quantity is nothing or
    /// more than [`Qty::MOST`].
    pub fn add(&mut self, resting: Resting) {
        let Resting { order, side, price, leaves, since } = resting;
        assert!(
            !leaves.is_zero() && leaves <= Qty::MOST,
            "an order is for something, within limits"
        );
        let place = self.lots.iter().position(|lots| *lots == 0).expect("a place is free");
        self.lots[place] = match side {
            Side::Buy => leaves.0 as i64,
            Side::Sell => -(leaves.0 as i64),
        };
        (self.since[place], self.price[place], self.order[place]) = (since, price, order);
    }

    /// True when all places are taken.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.lots.iter().all(|lots| *lots != 0)
    }

    /// True when no place is taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lots.iter().all(|lots| *lots == 0)
    }

    /// All that are remembered.
    pub fn iter(&self) -> impl Iterator<Item = Resting> {
        self.taken().map(|place| Resting {
            order: self.order[place],
            side: if self.lots[place] > 0 { Side::Buy } else { Side::Sell },
            price: self.price[place],
            leaves: Qty(self.lots[place].unsigned_abs()),
            since: self.since[place],
        })
    }

    /// Takes in what this agent, trading for `account`, is told: fills, refusals and endings.
    pub fn told(&mut self, account: AccountId, event: &Event) {
        if is_the_houses(event) {
            return;
        }
        for (order, filled) in became(account, event).into_iter().flatten() {
            let found = self.taken().find(|place| self.order[*place] == order);
            let Some(place) = found else { continue };
            let lots = self.lots[place];
            let left = filled.map_or(0, |qty| lots.unsigned_abs().saturating_sub(qty.0));
            self.lots[place] = lots.signum() * left as i64;
        }
    }

    /// Forgets the oldest order and says which it was; the caller cancels it.
    pub fn forget_oldest(&mut self) -> Option<OrderId> {
        let oldest = self.taken().min_by_key(|place| (self.since[*place], self.order[*place]))?;
        Some(self.forget(oldest))
    }

    /// Forgets one order sent at `before` or earlier, if there is one; the caller cancels it.
    pub fn forget_sent_by(&mut self, before: Time) -> Option<OrderId> {
        let old = self.taken().find(|place| self.since[*place] <= before)?;
        Some(self.forget(old))
    }

    /// The cash that the buys among them may still cost.
    #[must_use]
    pub fn committed_cash(&self, instrument: &Instrument) -> Cash {
        let buys = self.lots.iter().zip(self.price).filter(|(lots, _)| **lots > 0);
        Cash(buys.map(|(lots, price)| instrument.cost(price, Qty(lots.unsigned_abs())).0).sum())
    }

    /// The lots that those of `side` may still trade.
    #[must_use]
    pub fn committed_lots(&self, side: Side) -> i128 {
        let lots = self.lots.iter().map(|lots| match side {
            Side::Buy => (*lots).max(0),
            Side::Sell => -(*lots).min(0),
        });
        lots.map(i128::from).sum()
    }

    fn taken(&self) -> impl Iterator<Item = usize> {
        (0..N).filter(|place| self.lots[*place] != 0)
    }

    const fn forget(&mut self, place: usize) -> OrderId {
        self.lots[place] = 0;
        self.order[place]
    }
}

impl<const N: usize> Default for Orders<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// True of what the clearing house did, which is nothing to any order. Where trades cost fees, an agent
/// is told of a fee with nearly every fill.
#[inline]
const fn is_the_houses(event: &Event) -> bool {
    matches!(event, Event::Clearing(_))
}

/// What `event` says became of orders of `account`: which one, and how much of it is gone, or none
/// when it has ended. In an auction, by prevention, or without it, an account may meet itself.
#[must_use]
pub fn became(account: AccountId, event: &Event) -> [Option<(OrderId, Option<Qty>)>; 2] {
    let own = |key: OrderKey, qty| (key.account == account).then_some((key.order, Some(qty)));
    match *event {
        Event::Traded { maker, taker, qty, .. } => [own(maker, qty), own(taker, qty)],
        Event::Crossed { buy, sell, qty, .. } => [own(buy, qty), own(sell, qty)],
        Event::Prevented { maker, taker, qty, mode, .. } => match mode {
            Stp::Decrement | Stp::Transfer => [own(maker, qty), own(taker, qty)],
            Stp::None | Stp::ExpireTaker | Stp::ExpireMaker | Stp::ExpireBoth => [None; 2],
        },
        Event::Rejected { key, .. }
        | Event::ExpiredInMatch { key, .. }
        | Event::Expired { key, .. }
        | Event::Cancelled { key, .. } => [Some((key.order, None)), None],
        Event::Accepted { .. }
        | Event::Rested { .. }
        | Event::Replaced { .. }
        | Event::Reduced { .. }
        | Event::Transferred { .. }
        | Event::Refreshed { .. }
        | Event::Repriced { .. }
        | Event::Parked { .. }
        | Event::Triggered { .. }
        | Event::Amended { .. }
        | Event::Armed { .. }
        | Event::Indicative { .. }
        | Event::Uncrossed { .. }
        | Event::CallExtended { .. }
        | Event::MassCancelled { .. }
        | Event::Unspent { .. }
        | Event::BandsChanged { .. }
        | Event::ReferenceSet { .. }
        | Event::ShortSalesRestricted { .. }
        | Event::KillSwitched { .. }
        | Event::GroupSet { .. }
        | Event::Clearing(_)
        | Event::TimeAdvanced { .. }
        | Event::PhaseChanged { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => [None; 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::event::{CancelReason, Reject};
    use pitfloor_model::instrument::{Currency, Venue};
    use pitfloor_model::units::{CurrencyId, InstrumentId, TradeId};

    const ACME: InstrumentId = InstrumentId(0);
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
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let usd = vec![Currency::new("USD", 2).unwrap()];
        let venue = Venue::new("XPIT", usd, vec![acme]).unwrap();
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

    #[test]
    fn every_field_is_remembered() {
        let orders = three();
        assert!(orders.iter().eq([
            resting(1, Side::Buy, 5),
            resting(2, Side::Sell, 7),
            resting(3, Side::Buy, 2)
        ]));
        assert!(!orders.is_empty() && Orders::<2>::new().is_empty());
    }

    #[test]
    fn a_freed_place_is_taken_again() {
        let mut orders = three();
        assert_eq!(orders.forget_sent_by(Time(1)), Some(OrderId(1)));
        orders.add(Resting { leaves: Qty::MOST, ..resting(4, Side::Sell, 1) });
        assert!(orders.is_full());
        assert_eq!(orders.committed_lots(Side::Sell), 7 + (1 << 40));
    }

    #[test]
    fn an_order_lands_when_all_of_it_has_traded() {
        let mut flight = InFlight::default();
        assert!(flight.has_landed());
        flight.send(OrderId(4), Qty(10));
        flight.told(ME, &traded(4, 6));
        flight.told(ME, &traded(3, 4));
        assert!(!flight.has_landed(), "four lots are left, those of another order do not count");
        flight.told(ME, &traded(4, 4));
        assert!(flight.has_landed());
        flight.send(OrderId(5), Qty(1));
        assert!(!flight.has_landed());
    }

    #[test]
    fn an_order_lands_when_the_venue_has_ended_it() {
        let key = OrderKey::new(ME, OrderId(4));
        let (instrument, side, price, left) = (ACME, Side::Buy, None, Qty(3));
        let why = CancelReason::Remainder;
        for end in [
            Event::Cancelled { instrument, key, side, price, left, why },
            Event::ExpiredInMatch { instrument, key, side, price, left },
            Event::Rejected { key, why: Reject::InsufficientCash },
        ] {
            let mut flight = InFlight::default();
            flight.send(OrderId(4), Qty(10));
            flight.told(ME, &traded(4, 7));
            assert!(!flight.has_landed());
            flight.told(ME, &end);
            assert!(flight.has_landed(), "{end:?}");
            let mut other = InFlight::default();
            other.send(OrderId(6), Qty(10));
            other.told(ME, &end);
            assert!(!other.has_landed(), "{end:?} is of another order");
        }
    }

    #[test]
    #[should_panic(expected = "one order at a time")]
    fn two_are_not_in_flight_at_once() {
        let mut flight = InFlight::default();
        flight.send(OrderId(1), Qty(1));
        flight.send(OrderId(2), Qty(1));
    }
}

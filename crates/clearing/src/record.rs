//! The clearing record: who bought what from whom, when, at which price.
//!
//! A trade is cleared the moment it happens, whenever it settles; this is the line that is written
//! about it, drawn from the event and the moment of its command alone, so that a journal replayed
//! years later clears the same trades.

use pitfloor_model::event::{Event, Trade};
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty, Side, Time, TradeId};

/// One trade, as the books of the clearing house have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TradeRecord {
    /// The venue's number for it.
    pub trade: TradeId,
    /// When it happened.
    pub at: Time,
    /// What changed hands.
    pub instrument: InstrumentId,
    /// The order that bought.
    pub buyer: OrderKey,
    /// The order that sold.
    pub seller: OrderKey,
    /// The side of the order that arrived; none in an auction, where nobody did.
    pub aggressor: Option<Side>,
    /// At which price.
    pub price: Price,
    /// How many lots.
    pub qty: Qty,
}

impl TradeRecord {
    /// The record of `event`, if it is a trade.
    #[must_use]
    pub const fn of(at: Time, event: &Event) -> Option<Self> {
        match event.trade() {
            Some(Trade { trade, instrument, buy: buyer, sell: seller, aggressor, price, qty }) => {
                Some(Self { trade, at, instrument, buyer, seller, aggressor, price, qty })
            }
            None => None,
        }
    }

    /// True when the buyer's order was waiting and the seller's came.
    #[must_use]
    pub const fn bought_passively(&self) -> bool {
        matches!(self.aggressor, Some(Side::Sell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::event::{Credit, Phase, PhaseReason};
    use pitfloor_model::units::{AccountId, OrderId};

    #[test]
    fn the_aggressor_decides_who_bought() {
        let key = |n| OrderKey::new(AccountId(n), OrderId(1));
        let trade = |aggressor| Event::Traded {
            trade: TradeId(3),
            instrument: InstrumentId(0),
            maker: key(1),
            taker: key(2),
            aggressor,
            price: Price(100),
            qty: Qty(5),
        };
        let bought = TradeRecord::of(Time(9), &trade(Side::Buy)).unwrap();
        assert_eq!((bought.buyer, bought.seller, bought.at), (key(2), key(1), Time(9)));
        assert!(!bought.bought_passively());
        let sold = TradeRecord::of(Time(9), &trade(Side::Sell)).unwrap();
        assert_eq!((sold.buyer, sold.seller), (key(1), key(2)));
        assert!(sold.bought_passively());
    }

    /// In an auction nobody arrived.
    #[test]
    fn a_pair_of_an_auction_is_cleared_too() {
        let key = |n| OrderKey::new(AccountId(n), OrderId(1));
        let crossed = Event::Crossed {
            trade: TradeId(4),
            instrument: InstrumentId(0),
            buy: key(1),
            sell: key(2),
            price: Price(100),
            qty: Qty(5),
        };
        let record = TradeRecord::of(Time(9), &crossed).unwrap();
        assert_eq!((record.buyer, record.seller, record.aggressor), (key(1), key(2), None));
        assert!(!record.bought_passively());
    }

    #[test]
    fn only_trades_are_cleared() {
        let opened = Event::AccountOpened { account: AccountId(1), credit: Credit::None };
        let halted = Event::PhaseChanged {
            instrument: InstrumentId(0),
            from: Phase::Continuous,
            to: Phase::Halt,
            why: PhaseReason::Regulatory,
        };
        assert_eq!(TradeRecord::of(Time(0), &opened), None);
        assert_eq!(TradeRecord::of(Time(0), &halted), None);
    }
}

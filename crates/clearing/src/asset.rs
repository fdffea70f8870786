//! What is traded, as far as the clearing house must know, and what an order must have behind it.

use pitfloor_model::instrument::{Instrument, InstrumentKind};
use pitfloor_model::units::{CurrencyId, InstrumentId, Price, Qty, Side};

/// What an order must have behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// Cash, in minor units: what it may cost its owner.
    pub cash: i128,
    /// Lots that it may sell.
    pub lots: i128,
    /// Lots that it may buy.
    pub buys: i128,
    /// The worst price at which it may trade, if it has one. Nothing is set aside by it.
    pub limit: Option<Price>,
}

/// What is traded: where its lines are, what a tick is worth, and what a trade moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The currency it is paid in.
    pub currency: CurrencyId,
    /// Minor units per tick and lot.
    pub tick_cash: i64,
    /// What a trade moves.
    pub settles: Settles,
}

/// What a trade moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settles {
    /// Lots one way, their price the other.
    Lots,
    /// Lots, and nothing but the distance between the price and what they are carried at.
    Margined,
    /// Cash of one currency one way, cash of another the other.
    Currency {
        /// What is delivered.
        base: CurrencyId,
        /// Minor units of it per lot.
        lot_cash: i64,
    },
}

impl Asset {
    /// The clearing house's view of `instrument`.
    #[must_use]
    pub fn of(id: InstrumentId, instrument: &Instrument) -> Self {
        let settles = match instrument.kind() {
            InstrumentKind::Fx { base, lot_cash } => Settles::Currency { base, lot_cash },
            kind if kind.is_margined() => Settles::Margined,
            _ => Settles::Lots,
        };
        let (currency, tick_cash) = (instrument.currency(), instrument.tick_cash());
        Self { instrument: id, currency, tick_cash, settles }
    }

    /// What `qty` costs at `price`; negative at a negative price.
    #[must_use]
    pub const fn cost(&self, price: Price, qty: Qty) -> i128 {
        price.0 as i128 * qty.0 as i128 * self.tick_cash as i128
    }

    /// What `lots`, which may be owed, are worth at `price`.
    #[must_use]
    pub const fn value(&self, price: Price, lots: i128) -> i128 {
        price.0 as i128 * lots * self.tick_cash as i128
    }

    /// The same, where lots and price may be anything: none when it cannot be counted.
    #[must_use]
    pub fn worth(&self, price: Price, lots: i128) -> Option<i128> {
        lots.checked_mul(i128::from(price.0))?.checked_mul(i128::from(self.tick_cash))
    }

    /// What an order for `qty` limited to `price` must have behind it.
    #[must_use]
    pub fn need(&self, side: Side, price: Price, qty: Qty) -> Need {
        let (cost, lots) = (self.cost(price, qty), i128::from(qty.0));
        let limit = Some(price);
        match side {
            Side::Buy => Need { cash: cost.max(0), lots: 0, buys: lots, limit },
            Side::Sell => Need { cash: (-cost).max(0), lots, buys: 0, limit },
        }
    }

    /// What is counted of an order that stands: what it needs at its limit. Of one that waits for an
    /// auction at any price its lots count, as everybody's do.
    #[must_use]
    #[inline]
    pub fn kept(&self, side: Side, limit: Option<Price>, qty: Qty) -> Need {
        let at_any_price = || Need { cash: 0, limit: None, ..self.need(side, Price(0), qty) };
        limit.map_or_else(at_any_price, |limit| self.need(side, limit, qty))
    }
}

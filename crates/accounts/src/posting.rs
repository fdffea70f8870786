//! Double entry: what every event moves, from whom and to whom.
//!
//! The postings of one event sum to zero in every currency and every instrument. Whoever adds up the
//! postings of an account from its opening has its balance, and the reason of every part of it.

use pitfloor_model::clearing::{Fact, Fund, Movement, Payment};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{InstrumentKind, Venue};
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Price, Qty, Side, TradeId};

/// Who has something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// An account.
    Account(AccountId),
    /// A fund, for cash; for lots [`Fund::Outside`] alone.
    Fund(Fund),
    /// Lots on their way.
    Transit,
}

/// What is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// Cash, in minor units.
    Cash(CurrencyId),
    /// Lots.
    Lots(InstrumentId),
}

/// Why something moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Brought in from outside.
    Deposit,
    /// A trade.
    Trade(TradeId),
    /// Between two accounts of a group, by self-trade prevention.
    SelfTrade,
    /// A payment of the clearing house.
    Payment(Payment),
    /// A movement of the clearing house.
    Movement(Movement),
    /// From one fund to another.
    Funding,
}

/// One side of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Posting {
    /// Whose.
    pub holder: Holder,
    /// Of what.
    pub item: Item,
    /// How much more it has now; negative when less.
    pub amount: i128,
    /// Why.
    pub why: Why,
}

/// Hands the postings of `event` to `each`, in pairs.
///
/// # Panics
///
/// When the event is of another venue.
pub fn postings(event: &Event, venue: &Venue, each: &mut impl FnMut(Posting)) {
    let mut pair = |to: Holder, from: Holder, item: Item, amount: i128, why: Why| {
        if amount != 0 {
            each(Posting { holder: to, item, amount, why });
            each(Posting { holder: from, item, amount: -amount, why });
        }
    };
    let outside = Holder::Fund(Fund::Outside);
    match *event {
        Event::Deposited { account, currency, cash } => {
            let item = Item::Cash(currency);
            pair(Holder::Account(account), outside, item, cash.0, Why::Deposit);
        }
        Event::Delivered { account, instrument, qty } => {
            let (item, lots) = (Item::Lots(instrument), i128::from(qty.0));
            pair(Holder::Account(account), outside, item, lots, Why::Deposit);
        }
        Event::Transferred { instrument, maker, taker, aggressor, price, qty } => {
            let (buyer, seller) = match aggressor {
                Side::Buy => (taker.account, maker.account),
                Side::Sell => (maker.account, taker.account),
            };
            for (item, amount) in meeting(venue, instrument, price, qty) {
                let (to, from) = (Holder::Account(buyer), Holder::Account(seller));
                pair(to, from, item, amount, Why::SelfTrade);
            }
        }
        Event::Clearing(Fact::Paid { account, currency, cash, why, .. }) => {
            let (holder, fund) = (Holder::Account(account), Holder::Fund(why.fund()));
            pair(holder, fund, Item::Cash(currency), cash.0, Why::Payment(why));
        }
        Event::Clearing(Fact::Moved { account, instrument, lots, why }) => {
            let other = if why == Movement::Sending { Holder::Transit } else { outside };
            let (item, lots) = (Item::Lots(instrument), i128::from(lots));
            pair(Holder::Account(account), other, item, lots, Why::Movement(why));
        }
        Event::Clearing(Fact::Funded { from, to, currency, cash }) => {
            let item = Item::Cash(currency);
            pair(Holder::Fund(to), Holder::Fund(from), item, cash.0, Why::Funding);
        }
        _ => {
            if let Some(trade) = event.trade() {
                let buyer = Holder::Account(trade.buy.account);
                let seller = Holder::Account(trade.sell.account);
                for (item, amount) in meeting(venue, trade.instrument, trade.price, trade.qty) {
                    pair(buyer, seller, item, amount, Why::Trade(trade.trade));
                }
            }
        }
    }
}

/// What a buyer gets when `qty` changes hands at `price`; what he gives is negative.
fn meeting(venue: &Venue, of: InstrumentId, price: Price, qty: Qty) -> [(Item, i128); 2] {
    let definition = &venue.instruments()[of.index()];
    let (lots, cost) = (i128::from(qty.0), definition.cost(price, qty).0);
    let delivered = match definition.kind() {
        InstrumentKind::Fx { base, lot_cash } => (Item::Cash(base), lots * i128::from(lot_cash)),
        _ => (Item::Lots(of), lots),
    };
    // Gains and losses of a margined contract are payments of their own.
    let cost = if definition.kind().is_margined() { 0 } else { cost };
    [delivered, (Item::Cash(definition.currency()), -cost)]
}

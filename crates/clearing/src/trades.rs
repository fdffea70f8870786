//! Clearing a trade: what it moves, what it owes, and what the venue takes for it.
//!
//! From the trade on each side has to do with the house alone (novation): what is noted here is
//! per account, never per pair of them. Nothing here looks at other accounts or instruments, so a
//! trade costs the same whatever else is on the books.

use crate::asset::{Asset, Settles};
use crate::house::ClearingHouse;
use pitfloor_model::clearing::Payment;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Price, Qty, Side};

/// One trade, as it is cleared.
#[derive(Clone, Copy, Debug)]
pub struct Deal {
    /// What changes hands.
    pub asset: Asset,
    /// Who gets it.
    pub buyer: AccountId,
    /// Who gives it.
    pub seller: AccountId,
    /// At which price.
    pub price: Price,
    /// How many lots.
    pub qty: Qty,
    /// How it came about, which decides the fee.
    pub by: Meeting,
}

/// How a trade came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// An order of this side came and met one that waited.
    Taken(Side),
    /// In an auction.
    Crossed,
    /// Between two accounts of a group, by self-trade prevention: no trade, and no fee.
    Transferred,
}

impl ClearingHouse {
    /// Clears a trade: `qty` goes from seller to buyer and its cost the other way.
    #[inline]
    pub fn settle(&mut self, deal: Deal, out: &mut Vec<Event>) {
        let Deal { asset, buyer, seller, price, qty, .. } = deal;
        if self.plain {
            self.ledger.exchange(asset, buyer, seller, asset.cost(price, qty), qty);
        } else {
            self.clear(deal, out);
        }
    }

    /// The same, where there is more to it.
    #[inline(never)]
    fn clear(&mut self, deal: Deal, out: &mut Vec<Event>) {
        let Deal { asset, buyer, seller, price, qty, by } = deal;
        let cost = asset.cost(price, qty);
        if asset.settles == Settles::Margined {
            self.ledger.exchange(asset, buyer, seller, 0, qty);
            self.pay_first_variation(deal, out);
        } else {
            self.ledger.exchange(asset, buyer, seller, cost, qty);
        }
        self.recount(buyer, asset.instrument);
        self.recount(seller, asset.instrument);
        if by != Meeting::Transferred {
            self.owe(deal);
            self.charge(deal, out);
        }
    }

    /// Brings a margined contract from the price of its trade to the one it is carried at.
    fn pay_first_variation(&mut self, deal: Deal, out: &mut Vec<Event>) {
        let Deal { asset, buyer, seller, price, qty, .. } = deal;
        let carried = self.listings[asset.instrument.index()].carried;
        let carried = carried.expect("the gate lets none in that is not valued");
        let gain = asset.cost(carried, qty) - asset.cost(price, qty);
        for (account, cash) in [(buyer, gain), (seller, -gain)] {
            let (why, of) = (Payment::Variation, Some(asset.instrument));
            self.pay(account, asset.currency, cash, why, of, out);
        }
    }

    /// Notes what both sides owe each other's house until the trade is settled.
    fn owe(&mut self, deal: Deal) {
        let Deal { asset, buyer, seller, price, qty, .. } = deal;
        let listing = &mut self.listings[asset.instrument.index()];
        if listing.cycle > 0 && asset.settles != Settles::Margined {
            let (lots, cash) = (i128::from(qty.0), asset.cost(price, qty));
            listing.dues.note(buyer, lots, -cash);
            listing.dues.note(seller, -lots, cash);
        }
    }
}

//! The call auction: one price for everybody who waited, and who trades with whom at it.
//!
//! In a call, orders gather without trading; at its end as many lots as possible change hands at
//! one price. This room knows neither book nor ledger: interests in, decisions out. Read it in the
//! order in which a call lives: [`Aggregate`] counts the lots at every limit while orders come and
//! go, [`discover`] finds the price in it (at any moment, for the indicative price, and at the
//! end), [`Uncross`] says who trades with whom at that price, and [`close`] does all of it and says
//! whether the call has to be extended instead.
//!
//! # The rules
//!
//! D(p) are the lots of buys that accept price p, market orders among them, S(p) those of sells,
//! V(p) = min(D, S) is what can trade at p, and D − S is the surplus.
//!
//! * Every price of the grid between the lowest and the highest limit competes, cut to the collar:
//!   not only prices that carry an order. Highest V wins; of these the smallest |surplus|.
//! * If every price left has buyers to spare, the highest of them; if sellers, the lowest (Eurex,
//!   T7 Market Model Equities, "price determination in auctions").
//! * Otherwise the one nearest to the reference price (Nasdaq, rules 4752 and 4754, crosses). When
//!   the surplus changes its sign between the prices left, only the highest with buyers to spare
//!   and the lowest with sellers to spare compete, so that the book is left uncrossed. Without a
//!   reference, the lowest left.
//! * Only market orders, on both sides: the reference price; without one, no trade.
//! * Imbalance-only orders take no part in any of this. Once price and volume stand, those opposite
//!   to the surplus that accept the price absorb it; they never meet each other.
//!
//! # What is a choice
//!
//! * A call without a price has no surplus either: there is no price at which to count it.
//! * An interest that stands at the price with shown and hidden lots stands there twice: its shown
//!   lots in the queue of the shown, the others in the queue behind. Each place pairs by itself, so
//!   two orders may be paired twice, like two tranches in continuous trading.
//!
//! Prices may be negative; only "the lowest" and "rounded down" know up from down.
//!
//! A collar may leave limit orders behind that are better than the price: it is there to stop the
//! price short of them. They stand unless the book were left crossed.

mod aggregate;
mod close;
mod collar;
mod discover;
mod uncross;

pub use aggregate::Aggregate;
pub use close::{Verdict, close};
pub use collar::Collar;
pub use discover::discover;
pub use uncross::{Fill, Pairing, Uncross};

use pitfloor_model::units::{Price, Qty, Side, Stamp};

/// An order as the auction sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interest {
    /// The caller's name for it; comes back in pairings and fills.
    pub handle: usize,
    /// Buy or sell.
    pub side: Side,
    /// The worst acceptable price; market orders have none.
    pub limit: Option<Price>,
    /// Lots that everybody can see. A market order's lots count as shown.
    pub shown: Qty,
    /// Lots that nobody can see: the reserve of an iceberg, or all of a hidden order.
    pub hidden: Qty,
    /// Its priority among orders of the same price.
    pub stamp: Stamp,
    /// True when it trades against the surplus alone and has no say in the price.
    pub imbalance_only: bool,
    /// True when what does not trade waits in the book afterwards. False for orders of this call
    /// alone (at the open, at the close, immediate or cancel): what is left of them is cancelled.
    pub stays: bool,
}

impl Interest {
    /// All its lots.
    ///
    /// # Panics
    ///
    /// When they do not fit 64 bits, which no order's do ([`Qty::MOST`]).
    #[must_use]
    pub fn lots(&self) -> Qty {
        let lots = self.shown.0.checked_add(self.hidden.0);
        Qty(lots.expect("the lots of one order fit 64 bits"))
    }
}

/// How a call finds its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallRules {
    /// The price that decides between equals: previous close, last trade or last uncross, as the
    /// venue says. Need not be on the grid: `tie` says to which neighbour it is rounded. A caller
    /// whose reference falls between two ticks (a mid) rounds it the same way first.
    pub reference: Option<Price>,
    /// The prices allowed; none for all of them.
    pub collar: Option<Collar>,
    /// The grid: prices are multiples of this many ticks. At least 1.
    pub price_step: u64,
    /// Which of two prices wins that are equally near to a reference between them.
    pub tie: Tie,
}

/// Which of two prices wins that are equally near to a reference between them.
///
/// The two are neighbours on the grid, since what lies between them would be better than both; so
/// this is decided when the reference is put on the grid, and never afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tie {
    /// The lower one: a reference off the grid is rounded down.
    #[default]
    Lower,
    /// The higher one: a reference off the grid is rounded up.
    Higher,
}

impl CallRules {
    /// The same rules with every price allowed: how a call ends that was extended.
    #[must_use]
    pub const fn without_collar(mut self) -> Self {
        self.collar = None;
        self
    }
}

/// What a call would do, or did: the terms of an indicative price and of an uncross.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Discovery {
    /// The one price of all trades; none when nothing can trade.
    pub price: Option<Price>,
    /// The lots that change hands at it.
    pub qty: Qty,
    /// The lots that accept the price and find nobody.
    pub surplus: Qty,
    /// Whose they are; none when there are none.
    pub side: Option<Side>,
}

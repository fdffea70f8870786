//! Everything that may be asked of an exchange.
//!
//! Names follow FIX and the order-type vocabulary of exchange rulebooks. A command says who asks
//! and what for; when and in which order it counts is said by the sequencer, in [`Stamped`].

use crate::event::{Credit, Phase};
use crate::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};

/// Something a participant, or the venue itself, asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Enter a new order.
    Place(Order),
    /// Change the price and the total quantity of a live order.
    ///
    /// `qty` is the new **total**: what has traded already counts, so that a fill on its way does
    /// not make the order larger than its owner wanted. A pure decrease at the same price keeps the
    /// order's place; everything else, no change at all included, goes to the back of the queue.
    Replace {
        /// Which order.
        key: OrderKey,
        /// Its new limit.
        price: Price,
        /// Its new total quantity.
        qty: Qty,
    },
    /// Take `by` lots off a live order; it keeps its place.
    Reduce {
        /// Which order.
        key: OrderKey,
        /// How much less; at or beyond what is left, the order is cancelled.
        by: Qty,
    },
    /// Take a live order off the book.
    Cancel {
        /// Which order.
        key: OrderKey,
    },
    /// Venue: open an account.
    OpenAccount {
        /// Its number; below [`AccountId::COUNT_MAX`].
        account: AccountId,
        /// Whether it may owe.
        credit: Credit,
    },
    /// Venue: bring cash in from outside.
    Deposit {
        /// Who receives it.
        account: AccountId,
        /// In which currency.
        currency: CurrencyId,
        /// How much; more than nothing.
        cash: Cash,
    },
    /// Venue: bring holdings in from outside.
    Deliver {
        /// Who receives them.
        account: AccountId,
        /// What.
        instrument: InstrumentId,
        /// How many lots; more than nothing.
        qty: Qty,
    },
    /// Venue: move an instrument to another trading phase.
    SetPhase {
        /// Which instrument.
        instrument: InstrumentId,
        /// The phase it enters.
        to: Phase,
    },
}

/// A new order with all its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Who pays and who owns.
    pub account: AccountId,
    /// The sender's number for it.
    pub order: OrderId,
    /// What is traded.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// Limit or market.
    pub kind: Kind,
    /// The worst acceptable price; limits have one, markets have none.
    pub price: Option<Price>,
    /// How much; more than nothing.
    pub qty: Qty,
    /// How long it stands.
    pub tif: Tif,
    /// What happens when it would trade with another order of the same account.
    pub stp: Stp,
}

/// What kind of order it is (FIX `OrdType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Trades at its price or better.
    Limit,
    /// Trades at whatever price is there, until filled or the other side is empty.
    Market,
}

/// How long an order stands (FIX `TimeInForce`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tif {
    /// Good till cancelled: what does not trade at once rests.
    Gtc,
    /// Immediate or cancel: what does not trade at once is cancelled.
    Ioc,
}

/// Self-trade prevention: the **taker's** mode decides, maker by maker, at the moment of meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stp {
    /// The account may trade with itself.
    None,
    /// The incoming order ends with what it has left.
    ExpireTaker,
    /// The resting order ends; the incoming one goes on to the next.
    ExpireMaker,
    /// Both end.
    ExpireBoth,
}

/// A command with its place in history. The sequence of these is the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamped {
    /// Position in the total order, from 0.
    pub seq: u64,
    /// When the exchange received it; never earlier than the one before.
    pub at: Time,
    /// What was asked.
    pub command: Command,
}

impl Order {
    /// A limit order that rests what does not trade, and ends itself rather than trade with its
    /// own account.
    #[must_use]
    pub const fn limit(
        account: AccountId,
        order: OrderId,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> Self {
        Self {
            account,
            order,
            instrument,
            side,
            kind: Kind::Limit,
            price: Some(price),
            qty,
            tif: Tif::Gtc,
            stp: Stp::ExpireTaker,
        }
    }

    /// A market order: trades at once with whoever is there; the rest is cancelled.
    #[must_use]
    pub const fn market(
        account: AccountId,
        order: OrderId,
        instrument: InstrumentId,
        side: Side,
        qty: Qty,
    ) -> Self {
        Self {
            account,
            order,
            instrument,
            side,
            kind: Kind::Market,
            price: None,
            qty,
            tif: Tif::Ioc,
            stp: Stp::ExpireTaker,
        }
    }

    /// The same order, immediate or cancel.
    #[must_use]
    pub const fn ioc(mut self) -> Self {
        self.tif = Tif::Ioc;
        self
    }

    /// The same order with another self-trade prevention.
    #[must_use]
    pub const fn with_stp(mut self, stp: Stp) -> Self {
        self.stp = stp;
        self
    }

    /// The name it will go by.
    #[must_use]
    pub const fn key(&self) -> OrderKey {
        OrderKey::new(self.account, self.order)
    }
}

impl Command {
    /// Whom the answer concerns; [`AccountId::VENUE`] for what the venue asks of itself.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Place(order) => order.account,
            Self::Replace { key, .. } | Self::Reduce { key, .. } | Self::Cancel { key } => {
                key.account
            }
            Self::OpenAccount { account, .. }
            | Self::Deposit { account, .. }
            | Self::Deliver { account, .. } => *account,
            Self::SetPhase { .. } => AccountId::VENUE,
        }
    }

    /// The order it concerns; [`OrderId::NONE`] where there is none.
    #[must_use]
    pub const fn order(&self) -> OrderId {
        match self {
            Self::Place(order) => order.order,
            Self::Replace { key, .. } | Self::Reduce { key, .. } | Self::Cancel { key } => {
                key.order
            }
            Self::OpenAccount { .. }
            | Self::Deposit { .. }
            | Self::Deliver { .. }
            | Self::SetPhase { .. } => OrderId::NONE,
        }
    }
}

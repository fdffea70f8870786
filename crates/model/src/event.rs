//! Everything an exchange may answer. Events are facts: written once, never amended.
//!
//! An event names its instrument, and whatever leaves or joins a queue says at which price, so that
//! views of the book can be built from events alone (`pitfloor-feed` does).

use crate::command::{Kind, Stp, Tif};
use crate::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, TradeId,
};
use thiserror::Error;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The order passed every check and is about to trade or rest.
    Accepted {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// All its terms, as understood.
        terms: Terms,
    },
    /// The command changed nothing.
    Rejected {
        /// The sender, and the order it spoke of ([`OrderId::NONE`] when it spoke of none).
        key: OrderKey,
        /// Why.
        why: Reject,
    },
    /// Two orders met, at the maker's price.
    Traded {
        /// The venue's number for it.
        trade: TradeId,
        /// What changed hands.
        instrument: InstrumentId,
        /// The order that was waiting.
        maker: OrderKey,
        /// The order that arrived.
        taker: OrderKey,
        /// The side of the taker.
        aggressor: Side,
        /// The maker's limit.
        price: Price,
        /// How much changed hands; more than nothing.
        qty: Qty,
    },
    /// The order joined the back of a queue.
    Rested {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Its level.
        price: Price,
        /// What is left of it.
        qty: Qty,
        /// Its priority.
        stamp: Stamp,
    },
    /// The order has new terms. Without `kept` it has left its queue; a `Rested` follows if it
    /// joins another.
    Replaced {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Where it rested before.
        from: Price,
        /// What was left of it there.
        left: Qty,
        /// Its new limit.
        price: Price,
        /// Its new total quantity.
        qty: Qty,
        /// What can still trade of it.
        leaves: Qty,
        /// True when it kept its place in the queue.
        kept: bool,
    },
    /// The order became smaller and kept its place.
    Reduced {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Its level.
        price: Price,
        /// By how much.
        by: Qty,
        /// What can still trade of it.
        leaves: Qty,
    },
    /// Two orders of one account met and did not trade; their endings follow.
    Prevented {
        /// What they trade.
        instrument: InstrumentId,
        /// The order that was waiting.
        maker: OrderKey,
        /// The order that arrived.
        taker: OrderKey,
        /// The maker's limit.
        price: Price,
        /// How much would have traded.
        qty: Qty,
        /// The taker's mode, which decided.
        mode: Stp,
    },
    /// The order ended before it was filled.
    Cancelled {
        /// What it traded.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Where it rested; none when it never did.
        price: Option<Price>,
        /// What had not traded.
        left: Qty,
        /// What ended it.
        why: CancelReason,
    },
    /// The order ended by self-trade prevention.
    ExpiredInMatch {
        /// What it traded.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Where it rested; none when it never did.
        price: Option<Price>,
        /// What had not traded.
        left: Qty,
    },
    /// An instrument entered another trading phase.
    PhaseChanged {
        /// Which instrument.
        instrument: InstrumentId,
        /// The phase it left.
        from: Phase,
        /// The phase it entered.
        to: Phase,
    },
    /// An account was opened.
    AccountOpened {
        /// Its number.
        account: AccountId,
        /// Whether it may owe.
        credit: Credit,
    },
    /// Cash came in from outside.
    Deposited {
        /// Who received it.
        account: AccountId,
        /// In which currency.
        currency: CurrencyId,
        /// How much.
        cash: Cash,
    },
    /// Holdings came in from outside.
    Delivered {
        /// Who received them.
        account: AccountId,
        /// What.
        instrument: InstrumentId,
        /// How many lots.
        qty: Qty,
    },
}

/// The terms of an accepted order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    /// Buy or sell.
    pub side: Side,
    /// Limit or market.
    pub kind: Kind,
    /// The worst acceptable price, if it has one.
    pub price: Option<Price>,
    /// How much.
    pub qty: Qty,
    /// How long it stands.
    pub tif: Tif,
    /// Its self-trade prevention.
    pub stp: Stp,
}

/// What ended an order that was not filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CancelReason {
    /// Its owner.
    User,
    /// It was immediate-or-cancel or a market order, and nobody was left to trade with.
    Remainder,
    /// It was replaced to no more than had traded already.
    ReplacedToDone,
}

/// Whether an account may owe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credit {
    /// Leverage off: buys need cash, sells need holdings.
    None,
    /// No check. For recorded flow, whose owners' means nobody recorded; not for participants.
    Unlimited,
}

/// What an instrument is doing. Who may enter what in which phase is the exchange's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Before the opening call.
    PreOpen,
    /// Collecting orders for the opening.
    OpenCall,
    /// Orders trade as they arrive.
    Continuous,
    /// Cancel only.
    Halt,
    /// Collecting orders for the way back from a halt or pause.
    ReopenCall,
    /// Collecting orders for the close.
    CloseCall,
    /// Trading in batches at intervals.
    PeriodicCall,
    /// The day is over.
    Closed,
}

impl Phase {
    /// Every phase, in the order of a day.
    pub const ALL: [Self; 8] = [
        Self::PreOpen,
        Self::OpenCall,
        Self::Continuous,
        Self::Halt,
        Self::ReopenCall,
        Self::CloseCall,
        Self::PeriodicCall,
        Self::Closed,
    ];
}

/// Why a command was refused. Refusals are ordinary answers, not failures of the exchange.
///
/// Where several apply, the first in the order of `docs/RULES.md` is reported; the order here is
/// that order, command by command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum Reject {
    /// The venue lists no such instrument.
    #[error("the venue lists no such instrument")]
    UnknownInstrument,
    /// No such account, or no such currency for it to hold.
    #[error("no such account is open")]
    UnknownAccount,
    /// The instrument's phase does not allow it.
    #[error("the trading phase forbids it")]
    PhaseForbids,
    /// No such order is live for this account. Whether another account has it is not revealed.
    #[error("no such order is live")]
    UnknownOrder,
    /// The number is taken by a live order of the account.
    #[error("the order number is already live")]
    DuplicateOrder,
    /// Asking for nothing is a mistake of the sender.
    #[error("the quantity is zero")]
    ZeroQty,
    /// Below the instrument's smallest order.
    #[error("the quantity is below the minimum")]
    QtyUnderMin,
    /// Above the instrument's largest order.
    #[error("the quantity is above the maximum")]
    QtyOverMax,
    /// Not a multiple of the instrument's quantity step.
    #[error("the quantity is off the lot grid")]
    OffLot,
    /// A limit order needs a price.
    #[error("a limit order needs a price")]
    PriceMissing,
    /// A market order carries no price.
    #[error("a market order carries no price")]
    PriceNotAllowed,
    /// Not a multiple of the instrument's price step, or beyond [`Price::FARTHEST`].
    #[error("the price is off the tick grid")]
    OffTick,
    /// Farther from the last trade than the instrument allows.
    #[error("the price is too far from the last trade")]
    PriceTooFar,
    /// Price × quantity is above the instrument's largest order.
    #[error("the order's value is above the maximum")]
    NotionalOverMax,
    /// The kind and the time in force do not go together.
    #[error("the order's terms do not go together")]
    IllegalCombination,
    /// The account has as many live orders in the instrument as it may.
    #[error("the account has too many live orders")]
    TooManyOrders,
    /// The account number is taken, or beyond [`AccountId::COUNT_MAX`].
    #[error("the account number is taken or too high")]
    AccountNotOpenable,
    /// The amount is not positive, or would take the venue's books beyond what they can count.
    #[error("the amount is not positive or too large to count")]
    BadAmount,
    /// Leverage is off and the account does not own what it would sell.
    #[error("the account does not own what it would sell")]
    ShortSale,
    /// Leverage is off and the account cannot pay.
    #[error("the account cannot pay for it")]
    InsufficientCash,
}

impl Reject {
    /// Every reason, in order of precedence.
    pub const ALL: [Self; 20] = [
        Self::UnknownInstrument,
        Self::UnknownAccount,
        Self::PhaseForbids,
        Self::UnknownOrder,
        Self::DuplicateOrder,
        Self::ZeroQty,
        Self::QtyUnderMin,
        Self::QtyOverMax,
        Self::OffLot,
        Self::PriceMissing,
        Self::PriceNotAllowed,
        Self::OffTick,
        Self::PriceTooFar,
        Self::NotionalOverMax,
        Self::IllegalCombination,
        Self::TooManyOrders,
        Self::AccountNotOpenable,
        Self::BadAmount,
        Self::ShortSale,
        Self::InsufficientCash,
    ];
}

impl Event {
    /// The accounts that are told of it: the owner, or both sides of a meeting.
    #[must_use]
    pub const fn accounts(&self) -> (Option<AccountId>, Option<AccountId>) {
        match self {
            Self::Accepted { key, .. }
            | Self::Rejected { key, .. }
            | Self::Rested { key, .. }
            | Self::Replaced { key, .. }
            | Self::Reduced { key, .. }
            | Self::Cancelled { key, .. }
            | Self::ExpiredInMatch { key, .. } => (Some(key.account), None),
            Self::Traded { maker, taker, .. } => (Some(maker.account), Some(taker.account)),
            Self::Prevented { taker, .. } => (Some(taker.account), None),
            Self::PhaseChanged { .. } => (None, None),
            Self::AccountOpened { account, .. }
            | Self::Deposited { account, .. }
            | Self::Delivered { account, .. } => (Some(*account), None),
        }
    }

    /// The instrument it concerns, if one.
    #[must_use]
    pub const fn instrument(&self) -> Option<InstrumentId> {
        match self {
            Self::Accepted { instrument, .. }
            | Self::Traded { instrument, .. }
            | Self::Rested { instrument, .. }
            | Self::Replaced { instrument, .. }
            | Self::Reduced { instrument, .. }
            | Self::Prevented { instrument, .. }
            | Self::Cancelled { instrument, .. }
            | Self::ExpiredInMatch { instrument, .. }
            | Self::PhaseChanged { instrument, .. }
            | Self::Delivered { instrument, .. } => Some(*instrument),
            Self::Rejected { .. } | Self::AccountOpened { .. } | Self::Deposited { .. } => None,
        }
    }

    /// True for what an account is opened and filled by: the doing of its owner, who knows it.
    #[must_use]
    pub const fn is_endowment(&self) -> bool {
        match self {
            Self::AccountOpened { .. } | Self::Deposited { .. } | Self::Delivered { .. } => true,
            Self::Accepted { .. }
            | Self::Rejected { .. }
            | Self::Traded { .. }
            | Self::Rested { .. }
            | Self::Replaced { .. }
            | Self::Reduced { .. }
            | Self::Prevented { .. }
            | Self::Cancelled { .. }
            | Self::ExpiredInMatch { .. }
            | Self::PhaseChanged { .. } => false,
        }
    }

    /// A refusal of what `account` asked about `order`.
    #[must_use]
    pub const fn rejected(account: AccountId, order: OrderId, why: Reject) -> Self {
        Self::Rejected { key: OrderKey::new(account, order), why }
    }
}

//! Everything an exchange may answer. Events are facts: written once, never amended.
//!
//! An event names its instrument, and whatever leaves or joins a queue says at which price, so that
//! views of the book can be built from events alone (`pitfloor-feed` does).

use crate::clearing::Fact;
use crate::order::{Instructions, Kind, Stp, Tif};
use crate::trading::{Bands, Benchmark};
use crate::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, Time,
    TradeId,
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
        /// Where it goes.
        entry: Entry,
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
        /// What is shown of it: all that is left, unless its terms say otherwise.
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
        /// What moved it.
        why: PhaseReason,
    },
    /// The next part of an iceberg is shown, at the back of its queue.
    Refreshed {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Its level.
        price: Price,
        /// What is shown of it now.
        shown: Qty,
        /// Its new priority.
        stamp: Stamp,
    },
    /// The market moved the order's price: it left its level, if it stood at one. A `Rested`
    /// follows if it joins another.
    Repriced {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// The price it had, where it had one.
        from: Option<Price>,
        /// The price it has.
        to: Price,
    },
    /// The order lost what its price hangs on, or the phase has no use for it. It left its level, if
    /// it stood at one, and waits.
    Parked {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// The level it left, if it stood at one.
        from: Option<Price>,
    },
    /// What a dormant order waited for has come; it enters the market.
    Triggered {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// The price that fired it.
        price: Price,
    },
    /// A live order has other terms. Where its price or quantity changed, a `Replaced` came before.
    Amended {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// All its terms now; the quantity is the new total.
        terms: Terms,
        /// True when it kept its place.
        kept: bool,
    },
    /// A child woke, or grew with another fill of its parent.
    Armed {
        /// What it trades.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its total quantity now.
        qty: Qty,
    },
    /// The order ended because its time was over.
    Expired {
        /// What it traded.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// Its side.
        side: Side,
        /// Where it rested; none when it did not.
        price: Option<Price>,
        /// What had not traded.
        left: Qty,
    },
    /// Two orders met in an auction. Neither was the aggressor.
    Crossed {
        /// The venue's number for it.
        trade: TradeId,
        /// What changed hands.
        instrument: InstrumentId,
        /// The order that bought.
        buy: OrderKey,
        /// The order that sold.
        sell: OrderKey,
        /// The price of the auction.
        price: Price,
        /// How much changed hands; more than nothing.
        qty: Qty,
    },
    /// What an auction would come to if the call ended now.
    Indicative {
        /// Which instrument.
        instrument: InstrumentId,
        /// The price, if anything would trade.
        price: Option<Price>,
        /// How much would trade.
        qty: Qty,
        /// How much of the longer side would be left at that price.
        imbalance: Qty,
        /// The longer side; none when they are equal.
        side: Option<Side>,
    },
    /// An auction took place; its trades came before.
    Uncrossed {
        /// Which instrument.
        instrument: InstrumentId,
        /// The price, if anything traded.
        price: Option<Price>,
        /// How much traded.
        qty: Qty,
        /// How much of the longer side was left at that price.
        surplus: Qty,
        /// The longer side; none when they were equal.
        side: Option<Side>,
    },
    /// The auction would have ended against its collar: the call goes on, once, and its next end
    /// knows no collar.
    CallExtended {
        /// Which instrument.
        instrument: InstrumentId,
    },
    /// A mass cancel is done; each order's `Cancelled` came before.
    MassCancelled {
        /// Whose orders; [`AccountId::VENUE`] for everybody's.
        account: AccountId,
        /// How many.
        orders: u32,
        /// What had not traded of them.
        qty: Qty,
    },
    /// What was not spent of an order by amount, which ends.
    Unspent {
        /// What it traded.
        instrument: InstrumentId,
        /// Its name.
        key: OrderKey,
        /// What is left of the amount.
        cash: Cash,
    },
    /// Self-trade prevention moved lots and cash between two accounts of a group. No trade: nobody
    /// outside is told.
    Transferred {
        /// What was moved.
        instrument: InstrumentId,
        /// The order that was waiting.
        maker: OrderKey,
        /// The order that arrived.
        taker: OrderKey,
        /// The side of the taker.
        aggressor: Side,
        /// The maker's limit.
        price: Price,
        /// How much was moved.
        qty: Qty,
    },
    /// The prices between which an instrument may trade changed.
    BandsChanged {
        /// Which instrument.
        instrument: InstrumentId,
        /// What they were.
        from: Option<Bands>,
        /// What they are.
        to: Option<Bands>,
    },
    /// A price came from elsewhere.
    ReferenceSet {
        /// Which instrument.
        instrument: InstrumentId,
        /// Which price.
        of: Benchmark,
        /// The price.
        price: Price,
    },
    /// Short sales of an instrument were restricted or freed.
    ShortSalesRestricted {
        /// Which instrument.
        instrument: InstrumentId,
        /// Restricted or free.
        on: bool,
    },
    /// An account was blocked or freed; when blocked, its orders' ends follow.
    KillSwitched {
        /// Which account.
        account: AccountId,
        /// Blocked or free.
        on: bool,
    },
    /// An account joined a trade group or left the one it was in.
    GroupSet {
        /// Which account.
        account: AccountId,
        /// The group.
        group: Option<u32>,
    },
    /// The venue's clock was moved on.
    TimeAdvanced {
        /// To this moment.
        at: Time,
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
    /// Something happened in the clearing house.
    Clearing(Fact),
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
    /// What else was said about it.
    pub with: Instructions,
}

/// Where an accepted order goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Entry {
    /// Into the market: it trades or rests at once.
    #[default]
    Entering,
    /// It waits for the auction it is meant for.
    Waiting,
    /// It sleeps until its trigger is met, or its parent fills.
    Dormant,
    /// It waits for a reference to be priced off.
    Parked,
}

/// What moved an instrument to another phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PhaseReason {
    /// The day's schedule, or the venue's own decision.
    #[default]
    Scheduled,
    /// A call ended in its auction.
    CallEnded,
    /// The market stood at its band for too long (LULD).
    LimitState,
    /// A market-wide circuit breaker.
    MarketWide,
    /// Triggered orders moved the price too far (CME velocity logic).
    Velocity,
    /// Triggered orders set off too many others.
    StopCascade,
    /// Its time is over, or the company's.
    Ended,
    /// The venue itself has failed.
    Outage,
    /// A regulator's or the venue's halt.
    Regulatory,
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
    /// A mass cancel.
    Mass,
    /// Its connection was lost.
    Disconnect,
    /// Its account was blocked.
    KillSwitch,
    /// It could not be filled whole.
    FillOrKill,
    /// Too little of it could trade.
    MinQty,
    /// The market may not trade where it would.
    Band,
    /// Its amount buys nothing more.
    Budget,
    /// The other leg of its list traded or triggered.
    OcoSibling,
    /// Its parent ended unfilled.
    ParentGone,
    /// The auction it was meant for is over.
    AuctionOver,
    /// It came back to the market, and its account could not stand behind it.
    Unfunded,
    /// It woke behind too many others that one command had set off.
    Cascade,
    /// A split or the end of what it traded.
    CorporateAction,
    /// Its account, or whoever carries it, is in default.
    Default,
}

/// Whether an account may owe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credit {
    /// Leverage off: buys need cash, sells need holdings.
    None,
    /// No check. For recorded flow, whose owners' means nobody recorded; not for participants.
    Unlimited,
    /// It may borrow against what it holds, as the margin terms of each instrument say (Regulation T,
    /// FINRA rule 4210).
    Margin,
    /// It may borrow against all that it holds together, by what a scan of scenarios would cost it.
    Portfolio,
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
    /// The account is blocked.
    #[error("the account is blocked")]
    KillSwitch,
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
    /// Price × quantity is below the instrument's smallest order.
    #[error("the order's value is below the minimum")]
    NotionalUnderMin,
    /// Price × quantity is above the instrument's largest order.
    #[error("the order's value is above the maximum")]
    NotionalOverMax,
    /// The order's kind, time in force, instructions and place in a list do not go together.
    #[error("the order's terms do not go together")]
    IllegalCombination,
    /// Its last moment has come already, or lies beyond the venue's longest.
    #[error("the order's time is over, or longer than allowed")]
    ExpiryPassed,
    /// An iceberg shows more than nothing and less than all.
    #[error("what the order shows is nothing, all of it, or off the lot grid")]
    BadDisplay,
    /// It would be shown in more parts than the instrument allows.
    #[error("the order would be shown in too many parts")]
    TooManyTranches,
    /// The least to trade at entry is nothing, or more than the order.
    #[error("the minimum quantity is zero, more than the order, or off the lot grid")]
    MinQtyOverQty,
    /// The distance of a trailing stop is nothing, or cannot be taken of such prices.
    #[error("the trailing distance is zero, too large, or not possible here")]
    BadTrail,
    /// The list has no such shape.
    #[error("the orders of the list do not hang together so")]
    BadLink,
    /// This cannot be changed of a live order, or not of this one.
    #[error("this order has no such term to change")]
    NotReplaceable,
    /// The price lies outside the bands, and the venue refuses what does.
    #[error("the price is outside the bands")]
    PriceBand,
    /// The account has as many live orders in the instrument as it may.
    #[error("the account has too many live orders")]
    TooManyOrders,
    /// The account has as many dormant orders in the instrument as it may.
    #[error("the account has too many dormant orders")]
    TooManyDormant,
    /// The account number is taken, or beyond [`AccountId::COUNT_MAX`].
    #[error("the account number is taken or too high")]
    AccountNotOpenable,
    /// The amount is not positive, or would take the venue's books beyond what they can count.
    #[error("the amount is not positive or too large to count")]
    BadAmount,
    /// The order is larger than the account may send.
    #[error("the order is larger than the account's limit")]
    RiskQty,
    /// The order is worth more than the account may send.
    #[error("the order is worth more than the account's limit")]
    RiskNotional,
    /// The position could become larger than the account may have.
    #[error("the position could go beyond the account's limit")]
    RiskPosition,
    /// All positions together could become larger than the account may have.
    #[error("the exposure could go beyond the account's limit")]
    RiskExposure,
    /// The price lies farther from the last trade than the account may bid or offer.
    #[error("the price is outside the account's collar")]
    RiskCollar,
    /// The account sends too many messages.
    #[error("too many messages within a second")]
    RiskRate,
    /// The account has lost what it may lose in a day.
    #[error("the account has lost what it may lose in a day")]
    RiskLoss,
    /// The account may only bring positions nearer to nothing.
    #[error("the account may only reduce its positions")]
    ReduceOnly,
    /// The account has no margin, and the contract cannot be held without.
    #[error("the contract needs an account with margin")]
    NeedsMargin,
    /// A short sale without lots located before.
    #[error("nothing was located for the short sale")]
    NotLocated,
    /// Short sales are restricted, and this one would not stand above the best bid.
    #[error("a short sale must stand above the best bid")]
    ShortRestricted,
    /// The lower band is above the upper, or one is off the tick grid.
    #[error("the bands are off the tick grid or the wrong way round")]
    BadBands,
    /// Leverage is off and the account does not own what it would sell.
    #[error("the account does not own what it would sell")]
    ShortSale,
    /// Leverage is off and the account cannot pay.
    #[error("the account cannot pay for it")]
    InsufficientCash,
    /// The account would have less than its positions and orders need to begin with.
    #[error("the margin does not suffice")]
    InsufficientMargin,
    /// The house cannot do this: no such thing, or not in this state.
    #[error("the clearing house cannot do this")]
    NotPossible,
    /// The trigger is met already.
    #[error("the trigger is met already")]
    StopAlreadyMet,
    /// Nobody is there to take a price from.
    #[error("there is no price to go by")]
    NoReference,
    /// It must not take, and would.
    #[error("the order would take")]
    WouldTake,
}

impl Reject {
    /// Every reason, in order of precedence.
    pub const ALL: [Self; 48] = [
        Self::UnknownInstrument,
        Self::UnknownAccount,
        Self::KillSwitch,
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
        Self::NotionalUnderMin,
        Self::NotionalOverMax,
        Self::IllegalCombination,
        Self::ExpiryPassed,
        Self::BadDisplay,
        Self::TooManyTranches,
        Self::MinQtyOverQty,
        Self::BadTrail,
        Self::BadLink,
        Self::NotReplaceable,
        Self::PriceBand,
        Self::TooManyOrders,
        Self::TooManyDormant,
        Self::AccountNotOpenable,
        Self::BadAmount,
        Self::RiskQty,
        Self::RiskNotional,
        Self::RiskPosition,
        Self::RiskExposure,
        Self::RiskCollar,
        Self::RiskRate,
        Self::RiskLoss,
        Self::ReduceOnly,
        Self::NeedsMargin,
        Self::NotLocated,
        Self::ShortRestricted,
        Self::BadBands,
        Self::ShortSale,
        Self::InsufficientCash,
        Self::InsufficientMargin,
        Self::NotPossible,
        Self::StopAlreadyMet,
        Self::NoReference,
        Self::WouldTake,
    ];
}

/// One trade, however it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trade {
    /// The venue's number for it.
    pub trade: TradeId,
    /// What changed hands.
    pub instrument: InstrumentId,
    /// The order that bought.
    pub buy: OrderKey,
    /// The order that sold.
    pub sell: OrderKey,
    /// The side that arrived; none in an auction.
    pub aggressor: Option<Side>,
    /// At which price.
    pub price: Price,
    /// How much.
    pub qty: Qty,
}

impl Event {
    /// The trade, if it is one.
    #[must_use]
    pub const fn trade(&self) -> Option<Trade> {
        match *self {
            Self::Traded { trade, instrument, maker, taker, aggressor, price, qty } => {
                let (buy, sell) = match aggressor {
                    Side::Buy => (taker, maker),
                    Side::Sell => (maker, taker),
                };
                let aggressor = Some(aggressor);
                Some(Trade { trade, instrument, buy, sell, aggressor, price, qty })
            }
            Self::Crossed { trade, instrument, buy, sell, price, qty } => {
                Some(Trade { trade, instrument, buy, sell, aggressor: None, price, qty })
            }
            _ => None,
        }
    }

    /// True for a trade, however it came about: what [`Self::trade`] tells more of.
    #[must_use]
    #[inline]
    pub const fn is_trade(&self) -> bool {
        matches!(self, Self::Traded { .. } | Self::Crossed { .. })
    }

    /// True for what concerns more than the orders of one account: trades, auctions, phases and
    /// whatever the venue does. Most events do not: asked first, it spares every other question.
    #[must_use]
    #[inline]
    pub const fn says_more_than_orders(&self) -> bool {
        match self {
            Self::Accepted { .. }
            | Self::Rejected { .. }
            | Self::Rested { .. }
            | Self::Replaced { .. }
            | Self::Reduced { .. }
            | Self::Prevented { .. }
            | Self::Cancelled { .. }
            | Self::ExpiredInMatch { .. }
            | Self::Refreshed { .. }
            | Self::Repriced { .. }
            | Self::Parked { .. }
            | Self::Triggered { .. }
            | Self::Amended { .. }
            | Self::Armed { .. }
            | Self::Expired { .. }
            | Self::Unspent { .. } => false,
            Self::Traded { .. }
            | Self::Transferred { .. }
            | Self::Crossed { .. }
            | Self::PhaseChanged { .. }
            | Self::Indicative { .. }
            | Self::Uncrossed { .. }
            | Self::CallExtended { .. }
            | Self::MassCancelled { .. }
            | Self::BandsChanged { .. }
            | Self::ReferenceSet { .. }
            | Self::ShortSalesRestricted { .. }
            | Self::KillSwitched { .. }
            | Self::GroupSet { .. }
            | Self::TimeAdvanced { .. }
            | Self::AccountOpened { .. }
            | Self::Deposited { .. }
            | Self::Delivered { .. }
            | Self::Clearing(_) => true,
        }
    }

    /// The accounts that are told of it: the owner, or both sides of a meeting.
    #[must_use]
    #[inline]
    pub const fn accounts(&self) -> (Option<AccountId>, Option<AccountId>) {
        match self {
            Self::Accepted { key, .. }
            | Self::Rejected { key, .. }
            | Self::Rested { key, .. }
            | Self::Replaced { key, .. }
            | Self::Reduced { key, .. }
            | Self::Cancelled { key, .. }
            | Self::ExpiredInMatch { key, .. }
            | Self::Refreshed { key, .. }
            | Self::Repriced { key, .. }
            | Self::Parked { key, .. }
            | Self::Triggered { key, .. }
            | Self::Amended { key, .. }
            | Self::Armed { key, .. }
            | Self::Expired { key, .. }
            | Self::Unspent { key, .. } => (Some(key.account), None),
            Self::Traded { maker, taker, .. } | Self::Transferred { maker, taker, .. } => {
                (Some(maker.account), Some(taker.account))
            }
            Self::Crossed { buy, sell, .. } => (Some(buy.account), Some(sell.account)),
            // A maker that only becomes smaller must hear of it too.
            Self::Prevented { maker, taker, mode, .. } => match mode {
                Stp::Decrement | Stp::Transfer if maker.account.0 != taker.account.0 => {
                    (Some(maker.account), Some(taker.account))
                }
                _ => (Some(taker.account), None),
            },
            Self::PhaseChanged { .. }
            | Self::Indicative { .. }
            | Self::Uncrossed { .. }
            | Self::CallExtended { .. }
            | Self::BandsChanged { .. }
            | Self::ReferenceSet { .. }
            | Self::ShortSalesRestricted { .. }
            | Self::TimeAdvanced { .. } => (None, None),
            Self::AccountOpened { account, .. }
            | Self::Deposited { account, .. }
            | Self::Delivered { account, .. }
            | Self::MassCancelled { account, .. }
            | Self::KillSwitched { account, .. }
            | Self::GroupSet { account, .. } => (Some(*account), None),
            Self::Clearing(fact) => (fact.account(), None),
        }
    }

    /// The instrument it concerns, if one.
    #[must_use]
    #[inline]
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
            | Self::Refreshed { instrument, .. }
            | Self::Repriced { instrument, .. }
            | Self::Parked { instrument, .. }
            | Self::Triggered { instrument, .. }
            | Self::Amended { instrument, .. }
            | Self::Armed { instrument, .. }
            | Self::Expired { instrument, .. }
            | Self::Crossed { instrument, .. }
            | Self::Indicative { instrument, .. }
            | Self::Uncrossed { instrument, .. }
            | Self::CallExtended { instrument }
            | Self::Unspent { instrument, .. }
            | Self::Transferred { instrument, .. }
            | Self::BandsChanged { instrument, .. }
            | Self::ReferenceSet { instrument, .. }
            | Self::ShortSalesRestricted { instrument, .. }
            | Self::Delivered { instrument, .. } => Some(*instrument),
            Self::Clearing(fact) => fact.instrument(),
            Self::Rejected { .. }
            | Self::AccountOpened { .. }
            | Self::Deposited { .. }
            | Self::MassCancelled { .. }
            | Self::KillSwitched { .. }
            | Self::GroupSet { .. }
            | Self::TimeAdvanced { .. } => None,
        }
    }

    /// True for what an account is opened and filled by: the doing of its owner, who knows it.
    #[must_use]
    pub const fn is_endowment(&self) -> bool {
        matches!(self, Self::AccountOpened { .. } | Self::Deposited { .. } | Self::Delivered { .. })
    }

    /// A refusal of what `account` asked about `order`.
    #[must_use]
    pub const fn rejected(account: AccountId, order: OrderId, why: Reject) -> Self {
        Self::Rejected { key: OrderKey::new(account, order), why }
    }
}

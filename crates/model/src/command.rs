//! Everything that may be asked of an exchange.
//!
//! Names follow FIX and the order-type vocabulary of exchange rulebooks. A command says who asks
//! and what for; when and in which order it counts is said by the sequencer, in [`Stamped`].

pub use crate::clearing::Act;
use crate::event::{Credit, Phase, PhaseReason};
pub use crate::order::{
    Arm, Change, Delta, Instructions, Kind, Order, OrderList, PostOnly, SaleMark, Shape, Stp, Tif,
    Trail, Trigger, Watched,
};
use crate::trading::{Bands, Benchmark};
use crate::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use std::sync::Arc;

/// Something a participant, or the venue itself, asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Enter a new order.
    Place(Order),
    /// Enter an iceberg whose shown parts differ in size, drawn by its sender.
    PlaceVaried {
        /// The order; its `display` is the size of the first.
        order: Order,
        /// The sizes of those that follow, used in turn and over again.
        tranches: Arc<[Qty]>,
    },
    /// Enter two or three orders that hang together.
    PlaceList(Arc<OrderList>),
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
    /// Change some terms of a live order; the same rules of priority.
    Amend {
        /// Which order.
        key: OrderKey,
        /// What changes.
        change: Change,
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
    /// Take all orders that fit `filter` off the market.
    MassCancel {
        /// Which orders.
        filter: Filter,
        /// Why, for the record.
        why: MassReason,
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
        /// Why, for the record.
        why: PhaseReason,
    },
    /// Venue: end the call that an instrument is in; its auction takes place.
    EndCall {
        /// Which instrument.
        instrument: InstrumentId,
    },
    /// Venue: set or lift the bands outside which nothing trades.
    SetBands {
        /// Which instrument.
        instrument: InstrumentId,
        /// The bands; none lifts them.
        bands: Option<Bands>,
    },
    /// Venue: say a price that comes from elsewhere.
    SetReference {
        /// Which instrument.
        instrument: InstrumentId,
        /// Which price.
        of: Benchmark,
        /// The price.
        price: Price,
    },
    /// Venue: restrict short sales of an instrument, or free them (Regulation SHO, Rule 201).
    RestrictShortSales {
        /// Which instrument.
        instrument: InstrumentId,
        /// Restricted or free.
        on: bool,
    },
    /// Venue: block an account and take its orders off the market, or let it trade again.
    KillSwitch {
        /// Which account.
        account: AccountId,
        /// Blocked or free.
        on: bool,
    },
    /// Venue: put an account into a trade group, whose members count as one owner.
    SetGroup {
        /// Which account.
        account: AccountId,
        /// The group; none makes it its own owner again.
        group: Option<u32>,
    },
    /// Venue: nothing but that the time has come, for what waits for it.
    AdvanceTime,
    /// Something asked of the clearing house.
    Clear(Box<Act>),
}

/// Which orders a mass cancel takes. Whatever is none fits every order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Whose. None is the venue's to say.
    pub account: Option<AccountId>,
    /// Of what.
    pub instrument: Option<InstrumentId>,
    /// Buys or sells.
    pub side: Option<Side>,
    /// With a limit from the first to the second price, both included.
    pub prices: Option<(Price, Price)>,
    /// With this label.
    pub tag: Option<u32>,
    /// From this connection.
    pub session: Option<u32>,
}

/// Why orders are taken off the market together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MassReason {
    /// Somebody asked.
    Asked,
    /// A connection was lost.
    Disconnect,
}

/// A command with its place in history. The sequence of these is the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stamped {
    /// Position in the total order, from 0.
    pub seq: u64,
    /// When the exchange received it; never earlier than the one before.
    pub at: Time,
    /// What was asked.
    pub command: Command,
}

impl Command {
    /// Whom the answer concerns; [`AccountId::VENUE`] for what the venue asks of itself.
    #[must_use]
    pub fn account(&self) -> AccountId {
        match self {
            Self::Place(order) | Self::PlaceVaried { order, .. } => order.account,
            Self::PlaceList(list) => {
                list.members.first().map_or(AccountId::VENUE, |order| order.account)
            }
            Self::Replace { key, .. }
            | Self::Amend { key, .. }
            | Self::Reduce { key, .. }
            | Self::Cancel { key } => key.account,
            Self::MassCancel { filter, .. } => filter.account.unwrap_or(AccountId::VENUE),
            Self::OpenAccount { account, .. }
            | Self::Deposit { account, .. }
            | Self::Deliver { account, .. }
            | Self::KillSwitch { account, .. }
            | Self::SetGroup { account, .. } => *account,
            Self::SetPhase { .. }
            | Self::EndCall { .. }
            | Self::SetBands { .. }
            | Self::SetReference { .. }
            | Self::RestrictShortSales { .. }
            | Self::AdvanceTime => AccountId::VENUE,
            Self::Clear(act) => act.account(),
        }
    }

    /// The order it concerns, of a list the first; [`OrderId::NONE`] where there is none.
    #[must_use]
    pub fn order(&self) -> OrderId {
        match self {
            Self::Place(order) | Self::PlaceVaried { order, .. } => order.order,
            Self::PlaceList(list) => {
                list.members.first().map_or(OrderId::NONE, |order| order.order)
            }
            Self::Replace { key, .. }
            | Self::Amend { key, .. }
            | Self::Reduce { key, .. }
            | Self::Cancel { key } => key.order,
            Self::MassCancel { .. }
            | Self::OpenAccount { .. }
            | Self::Deposit { .. }
            | Self::Deliver { .. }
            | Self::KillSwitch { .. }
            | Self::SetGroup { .. }
            | Self::SetPhase { .. }
            | Self::EndCall { .. }
            | Self::SetBands { .. }
            | Self::SetReference { .. }
            | Self::RestrictShortSales { .. }
            | Self::AdvanceTime
            | Self::Clear(_) => OrderId::NONE,
        }
    }
}

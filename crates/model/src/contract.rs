//! What an instrument is: a share, a coin, or a promise with a date.
//!
//! Two families differ in how a trade is paid. What is **bought** (shares, coins, bonds, options,
//! warrants) costs price × quantity at settlement. A **margined** contract (future, perpetual) costs
//! nothing: gains and losses are paid as variation whenever it is valued. A currency pair is bought,
//! and what is delivered is cash of the other currency.

use crate::units::{Cash, CurrencyId, InstrumentId, Price, Time};

/// What kind of thing an instrument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstrumentKind {
    /// Shares of a company.
    Equity,
    /// A coin or token, bought and sold against a currency.
    Crypto,
    /// A loan that pays coupons and is paid back.
    Bond(Bond),
    /// The right to buy or sell something else.
    Option(Choice),
    /// The right to buy new shares from the company itself.
    Warrant(Choice),
    /// The duty to trade something else on a later day, paid for day by day.
    Future(Future),
    /// A future that never ends, tied to what it follows by funding payments.
    Perpetual {
        /// What it follows, when the venue lists that.
        underlying: Option<InstrumentId>,
    },
    /// Cash of one currency against cash of another (FIX: the pair's base against its quote).
    Fx {
        /// The currency that is delivered.
        base: CurrencyId,
        /// How many of its minor units a lot is; positive.
        lot_cash: i64,
    },
}

/// The terms of a bond, as far as those who clear it and value it must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bond {
    /// What a lot is paid back with, in minor units; positive.
    pub face: Cash,
    /// The coupon of a year, in ten-thousandths of the face; none pays nothing until the end.
    pub coupon_bips: u32,
    /// How many coupons a year: 1, 2, 4 or 12; 0 for a zero-coupon bond.
    pub frequency: u8,
    /// When it is paid back.
    pub maturity: Time,
}

/// The terms of an option or warrant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// What it is a right to.
    pub underlying: InstrumentId,
    /// To buy or to sell it.
    pub right: Right,
    /// When it may be exercised.
    pub style: Style,
    /// At which price, in ticks of the underlying.
    pub strike: Price,
    /// How many lots of the underlying one lot of it is a right to; positive.
    pub lots: u32,
    /// Its last moment.
    pub expiry: Time,
    /// What is exchanged when it is exercised.
    pub delivery: Delivery,
}

/// The terms of a future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Future {
    /// What is delivered, when the venue lists that.
    pub underlying: Option<InstrumentId>,
    /// How many lots of the underlying one lot of it is; positive.
    pub lots: u32,
    /// Its last moment.
    pub expiry: Time,
    /// What is exchanged at the end.
    pub delivery: Delivery,
}

/// To buy or to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// To buy.
    Call,
    /// To sell.
    Put,
}

/// When an option may be exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// At its expiry alone.
    European,
    /// At any time until then.
    American,
}

/// What is exchanged at the end of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// The difference, in cash.
    Cash,
    /// The underlying, against the price agreed.
    Physical,
}

impl InstrumentKind {
    /// The word for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Equity => "equity",
            Self::Crypto => "crypto",
            Self::Bond(_) => "bond",
            Self::Option(_) => "option",
            Self::Warrant(_) => "warrant",
            Self::Future(_) => "future",
            Self::Perpetual { .. } => "perpetual",
            Self::Fx { .. } => "fx",
        }
    }

    /// True when a trade costs nothing and gains are paid as variation.
    #[must_use]
    pub const fn is_margined(&self) -> bool {
        matches!(self, Self::Future(_) | Self::Perpetual { .. })
    }

    /// What it is a contract on, if the venue lists that.
    #[must_use]
    pub const fn underlying(&self) -> Option<InstrumentId> {
        match self {
            Self::Option(choice) | Self::Warrant(choice) => Some(choice.underlying),
            Self::Future(Future { underlying, .. }) | Self::Perpetual { underlying } => *underlying,
            Self::Equity | Self::Crypto | Self::Bond(_) | Self::Fx { .. } => None,
        }
    }

    /// Its last moment, if it has one.
    #[must_use]
    pub const fn expiry(&self) -> Option<Time> {
        match self {
            Self::Option(choice) | Self::Warrant(choice) => Some(choice.expiry),
            Self::Future(future) => Some(future.expiry),
            Self::Bond(bond) => Some(bond.maturity),
            Self::Equity | Self::Crypto | Self::Perpetual { .. } | Self::Fx { .. } => None,
        }
    }
}

//! Everything a clearing house may be asked to do.

use super::terms::Ratio;
use crate::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty};

/// Something asked of the clearing house. All but [`Act::Exercise`], [`Act::Locate`] and
/// [`Act::Send`] are the venue's to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Let `carrier` answer for what `account` cannot pay: a sub-account's main account, a client's
    /// clearing member. None: it answers for itself.
    SetCarrier {
        /// Who is carried.
        account: AccountId,
        /// Who carries. Is not carried by `account`, directly or indirectly.
        carrier: Option<AccountId>,
    },
    /// Set what an account may do before any order of it reaches the book.
    SetLimits {
        /// Whose limits.
        account: AccountId,
        /// All of them; those it had are gone.
        limits: RiskLimits,
    },
    /// Say what one unit of a currency is worth in the base currency.
    SetFx {
        /// Which currency.
        currency: CurrencyId,
        /// Minor units of the base currency per minor unit; more than nothing.
        rate: Ratio,
    },
    /// Set the interest of a currency.
    SetInterest {
        /// Which currency.
        currency: CurrencyId,
        /// What a balance earns in a year, in ten-thousandths. May be negative.
        credit_bips: i32,
        /// What a debt costs in a year.
        debit_bips: i32,
    },
    /// Set how much of an instrument can be borrowed, and what it costs.
    SetBorrow {
        /// Of what.
        instrument: InstrumentId,
        /// How many lots can be located from now on, beside those that are.
        lots: u64,
        /// What a borrowed value costs in a year, in ten-thousandths.
        bips: u32,
    },
    /// Change an instrument's settlement cycle, for trades from now on.
    SetCycle {
        /// Which instrument.
        instrument: InstrumentId,
        /// Business days.
        days: u8,
    },
    /// Value positions: the prices at which they are carried from now on. Variation is paid, then
    /// all accounts with margin are measured, and called where they fall short.
    Value {
        /// What is valued, each instrument once.
        valuations: Vec<Valuation>,
    },
    /// Pay the holders of an instrument so much a lot; who is short pays.
    Distribute {
        /// Whose holders.
        instrument: InstrumentId,
        /// In which currency.
        currency: CurrencyId,
        /// Minor units per lot; negative: holders pay.
        per_lot: Ratio,
        /// What for.
        why: Distribution,
    },
    /// Make `num` lots of every `den`. Orders are cancelled, prices follow, and who is left with a
    /// fraction gets its value.
    Split {
        /// Of what.
        instrument: InstrumentId,
        /// How many there will be.
        num: u32,
        /// For so many.
        den: u32,
    },
    /// End an instrument: its holders get cash, or lots of another one. Orders are cancelled.
    Convert {
        /// What ends.
        instrument: InstrumentId,
        /// Lots of what, per lot; fractions are paid at its valuation.
        into: Option<(InstrumentId, Ratio)>,
        /// Minor units per lot, in the instrument's currency.
        cash: Ratio,
        /// What for.
        why: Distribution,
    },
    /// Call an instrument by another of its names.
    Rename {
        /// Which instrument.
        instrument: InstrumentId,
        /// Which of its aliases, counted from 0.
        alias: u16,
    },
    /// Exercise options: the owner's to say.
    Exercise {
        /// Who exercises.
        account: AccountId,
        /// Which option or warrant.
        instrument: InstrumentId,
        /// How many lots.
        qty: Qty,
    },
    /// End a contract whose time is over, at the price at which its underlying stands.
    Expire {
        /// Which option, warrant or future.
        instrument: InstrumentId,
        /// The final price: of the underlying in its ticks for a right, of the contract itself in
        /// its own for a future.
        price: Price,
    },
    /// Find lots to borrow: the borrower's to say. They stay found until the day ends.
    Locate {
        /// For whom.
        account: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// How many lots.
        qty: Qty,
    },
    /// Send lots on their way outside the venue's books, to arrive later: the owner's to say.
    Send {
        /// Who sends.
        account: AccountId,
        /// To whom; none: away from the venue.
        to: Option<AccountId>,
        /// What.
        instrument: InstrumentId,
        /// How many lots arrive.
        qty: Qty,
        /// How many lots the network takes beside.
        fee: Qty,
    },
    /// What was sent arrives.
    Arrive {
        /// Its number: the first that was sent is 0.
        sending: u64,
    },
    /// Move cash between two accounts.
    Transfer {
        /// Who gives.
        from: AccountId,
        /// Who gets.
        to: AccountId,
        /// In which currency.
        currency: CurrencyId,
        /// How much; more than nothing.
        cash: Cash,
    },
    /// Move a position between two accounts, at its valuation: the cash goes the other way.
    Assign {
        /// Who gives; who is short gives a debt.
        from: AccountId,
        /// Who gets.
        to: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// How many lots; at most the position, with its sign.
        lots: i64,
    },
    /// End the business day: what was traded in it falls due by its cycles, and what was located
    /// and not used is free again.
    EndDay,
    /// Settle what is due by now, net, delivery against payment.
    Settle,
    /// Pay interest and the cost of what is borrowed, for so many days of a 360-day year.
    Accrue {
        /// How many days.
        days: u16,
    },
    /// Keep what an account owes from settling, or let it through again: a failure of the
    /// participant or of its settlement bank.
    Stall {
        /// Whose obligations.
        account: AccountId,
        /// Kept or let through.
        on: bool,
    },
    /// Put cash of a member into the guarantee fund.
    Contribute {
        /// Which member.
        member: AccountId,
        /// How much, in the base currency.
        cash: Cash,
    },
    /// Declare a member in default: its orders and those of whom it carries are cancelled, and they
    /// may trade no more.
    Default {
        /// Which member.
        member: AccountId,
    },
    /// Close a default: what the member and those it carries owe is drawn from layer after layer
    /// until it is covered.
    Cover {
        /// Which member, in default.
        member: AccountId,
    },
}

/// One instrument's valuation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Valuation {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// The price at which it is carried from now on.
    pub price: Price,
    /// What a lot would gain in each of the scenarios of portfolio margin, in minor units of its
    /// currency; none: those it had.
    pub scan: Option<Box<[i64; Valuation::POINTS]>>,
}

impl Valuation {
    /// How many scenarios portfolio margin looks at: moves of the underlying, from the lowest to the
    /// highest.
    pub const POINTS: usize = 10;

    /// A price without scenarios.
    #[must_use]
    pub const fn at(instrument: InstrumentId, price: Price) -> Self {
        Self { instrument, price, scan: None }
    }
}

/// What holders are paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distribution {
    /// A dividend.
    Dividend,
    /// The coupon of a bond.
    Coupon,
    /// A loan paid back, wholly or in part.
    Principal,
    /// The funding of a perpetual contract.
    Funding,
    /// A merger or another end of a company.
    Merger,
}

/// What an account may do. Whatever is none is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RiskLimits {
    /// Lots of one order (`RiskQty`).
    pub qty_max: Option<Qty>,
    /// Price × quantity of one order, in minor units of its currency (`RiskNotional`).
    pub notional_max: Option<Cash>,
    /// Lots of a position, its open orders included, long or short (`RiskPosition`).
    pub position_max: Option<u64>,
    /// Value of all positions, long and short added up, in the base currency, as last valued, and the
    /// order with them (`RiskExposure`).
    pub exposure_max: Option<Cash>,
    /// How far a limit may lie from the last trade, in ten-thousandths of it (`RiskCollar`).
    pub collar_bips: Option<u32>,
    /// Orders and replacements within one second of the clock, from a full second to the next
    /// (`RiskRate`).
    pub rate_max: Option<u32>,
    /// What the account may lose in a business day, in the base currency: equity now, as last
    /// valued, against equity when the day began (`RiskLoss`).
    pub loss_max: Option<Cash>,
    /// Only orders that bring a position nearer to nothing (`ReduceOnly`).
    pub reduce_only: bool,
}

impl Act {
    /// Whom the answer concerns; [`AccountId::VENUE`] for what the venue says.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Exercise { account, .. }
            | Self::Locate { account, .. }
            | Self::Send { account, .. } => *account,
            _ => AccountId::VENUE,
        }
    }
}

//! Everything that may come of what a clearing house is asked.
//!
//! Cash moves by trades, deposits and [`Fact::Paid`], lots by trades, deliveries and [`Fact::Moved`],
//! and by nothing else: whoever adds these up has every account, and the funds on the other side.

use super::act::Distribution;
use super::terms::Ratio;
use crate::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Time};

/// Something that happened in the clearing house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// Cash of an account moved; the other side is the fund of [`Payment::fund`].
    Paid {
        /// Whose.
        account: AccountId,
        /// In which currency.
        currency: CurrencyId,
        /// How much it got; negative when it gave. Never zero.
        cash: Cash,
        /// What for.
        why: Payment,
        /// For what it holds, if that is why.
        instrument: Option<InstrumentId>,
    },
    /// Lots of an account moved without a trade; the other side is outside or on its way.
    Moved {
        /// Whose.
        account: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// How many it got; negative when it gave. Never zero.
        lots: i64,
        /// What for.
        why: Movement,
    },
    /// Cash moved from one fund to another.
    Funded {
        /// Where it was.
        from: Fund,
        /// Where it is.
        to: Fund,
        /// In which currency.
        currency: CurrencyId,
        /// How much; more than nothing.
        cash: Cash,
    },
    /// A position is carried at another price.
    Valued {
        /// Of what.
        instrument: InstrumentId,
        /// The price.
        price: Price,
    },
    /// An account with margin has less than it must.
    Called {
        /// Which account.
        account: AccountId,
        /// What it has, in the base currency.
        equity: Cash,
        /// What it must have.
        required: Cash,
        /// Until when it may do something about it.
        until: Time,
    },
    /// An account that was called has enough again.
    Met {
        /// Which account.
        account: AccountId,
    },
    /// A call was not met in time: the account may only reduce its positions, and the venue may
    /// close them.
    Overdue {
        /// Which account.
        account: AccountId,
    },
    /// A business day ended; the next begins.
    DayEnded {
        /// The number of the day that ended, from 0.
        day: u32,
    },
    /// A net obligation was settled.
    Settled {
        /// Whose.
        account: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// The lots it got; negative when it delivered.
        lots: i64,
        /// The cash it got for them; negative when it paid.
        cash: Cash,
    },
    /// A net obligation could not be settled and is due again next time.
    Failed {
        /// Whose.
        account: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// The lots it should have got; negative when it should have delivered.
        lots: i64,
        /// On how many days in a row it has failed now.
        days: u16,
    },
    /// A failed delivery has to be bought in.
    BuyInDue {
        /// Who has not delivered.
        account: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// How many lots.
        lots: u64,
    },
    /// Lots to borrow were found.
    Located {
        /// For whom.
        account: AccountId,
        /// Of what.
        instrument: InstrumentId,
        /// How many.
        lots: u64,
    },
    /// Every `den` lots became `num`; each account's `Moved` came before.
    Split {
        /// Of what.
        instrument: InstrumentId,
        /// How many there are now.
        num: u32,
        /// For so many.
        den: u32,
    },
    /// Holders were paid; each account's `Paid` came before.
    Distributed {
        /// Whose holders.
        instrument: InstrumentId,
        /// In which currency.
        currency: CurrencyId,
        /// How much a lot.
        per_lot: Ratio,
        /// What for.
        why: Distribution,
    },
    /// An instrument is at its end: it trades no more.
    Ended {
        /// Which.
        instrument: InstrumentId,
        /// The final price, of a contract.
        price: Option<Price>,
    },
    /// An instrument has another name.
    Renamed {
        /// Which.
        instrument: InstrumentId,
        /// Which of its aliases.
        alias: u16,
    },
    /// Something is on its way.
    Sent {
        /// Its number.
        sending: u64,
        /// Who sent it.
        account: AccountId,
        /// To whom; none: away.
        to: Option<AccountId>,
        /// What.
        instrument: InstrumentId,
        /// How many lots.
        lots: i64,
    },
    /// What was sent is there.
    Arrived {
        /// Its number.
        sending: u64,
    },
    /// An account is carried by another, or by nobody.
    CarrierSet {
        /// Which account.
        account: AccountId,
        /// By whom.
        carrier: Option<AccountId>,
    },
    /// An account has other limits.
    LimitsSet {
        /// Which account.
        account: AccountId,
    },
    /// The house knows another rate, pool or cycle.
    TermsChanged {
        /// Of an instrument, if of one.
        instrument: Option<InstrumentId>,
        /// Of a currency, if of one.
        currency: Option<CurrencyId>,
    },
    /// The settlements of an account are kept back, or go through again.
    Stalled {
        /// Whose.
        account: AccountId,
        /// Kept back.
        on: bool,
    },
    /// A member cannot meet its obligations.
    Defaulted {
        /// Which.
        member: AccountId,
    },
    /// A layer of the waterfall gave something for a defaulted member.
    Drawn {
        /// For whom.
        member: AccountId,
        /// Which layer.
        layer: Layer,
        /// How much it gave, in the base currency.
        cash: Cash,
        /// How much is still to be covered.
        left: Cash,
    },
    /// The default is closed.
    Covered {
        /// Whose.
        member: AccountId,
        /// What nobody covered: the house's own loss.
        loss: Cash,
    },
}

/// The other side of payments, besides accounts. With what the accounts have, the funds sum to zero
/// in every currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fund {
    /// The world: issuers, banks, lenders, networks. What came in from it is its debt.
    Outside,
    /// What the venue took for trading.
    Fees,
    /// Between two sides of one act; zero after each command.
    Between,
    /// The members' guarantee fund.
    Guarantee,
    /// The house's own capital, and its loss.
    House,
}

/// What cash was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payment {
    /// A fee for a trade, or its rebate.
    Fee,
    /// A dividend.
    Dividend,
    /// A coupon.
    Coupon,
    /// A loan paid back.
    Principal,
    /// Funding of a perpetual contract.
    Funding,
    /// The end of a company.
    Merger,
    /// A fraction of a lot that nobody can hold.
    Fraction,
    /// Variation: the gain or loss of a margined contract since it was last valued.
    Variation,
    /// What was paid for an underlying at exercise, or the difference.
    Exercise,
    /// Interest on a balance or a debt.
    Interest,
    /// What borrowing lots cost.
    Borrow,
    /// A penalty for a failed delivery.
    Penalty,
    /// From one account to another.
    Transfer,
    /// For a position that changed hands at its valuation.
    Assignment,
    /// Into the guarantee fund, or asked for again.
    Contribution,
    /// Out of the waterfall, to cover what was owed.
    Cover,
}

impl Fact {
    /// The account that is told, if it is one's own affair.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Paid { account, .. }
            | Self::Moved { account, .. }
            | Self::Called { account, .. }
            | Self::Met { account }
            | Self::Overdue { account }
            | Self::Settled { account, .. }
            | Self::Failed { account, .. }
            | Self::BuyInDue { account, .. }
            | Self::Located { account, .. }
            | Self::Sent { account, .. }
            | Self::CarrierSet { account, .. }
            | Self::LimitsSet { account }
            | Self::Stalled { account, .. } => Some(*account),
            Self::Defaulted { member }
            | Self::Drawn { member, .. }
            | Self::Covered { member, .. } => Some(*member),
            Self::Funded { .. }
            | Self::Valued { .. }
            | Self::DayEnded { .. }
            | Self::Split { .. }
            | Self::Distributed { .. }
            | Self::Ended { .. }
            | Self::Renamed { .. }
            | Self::Arrived { .. }
            | Self::TermsChanged { .. } => None,
        }
    }

    /// The instrument it concerns, if one.
    #[must_use]
    pub const fn instrument(&self) -> Option<InstrumentId> {
        match self {
            Self::Moved { instrument, .. }
            | Self::Valued { instrument, .. }
            | Self::Settled { instrument, .. }
            | Self::Failed { instrument, .. }
            | Self::BuyInDue { instrument, .. }
            | Self::Located { instrument, .. }
            | Self::Split { instrument, .. }
            | Self::Distributed { instrument, .. }
            | Self::Ended { instrument, .. }
            | Self::Renamed { instrument, .. }
            | Self::Sent { instrument, .. } => Some(*instrument),
            Self::Paid { instrument, .. } | Self::TermsChanged { instrument, .. } => *instrument,
            Self::Funded { .. }
            | Self::Called { .. }
            | Self::Met { .. }
            | Self::Overdue { .. }
            | Self::DayEnded { .. }
            | Self::Arrived { .. }
            | Self::CarrierSet { .. }
            | Self::LimitsSet { .. }
            | Self::Stalled { .. }
            | Self::Defaulted { .. }
            | Self::Drawn { .. }
            | Self::Covered { .. } => None,
        }
    }
}

impl Payment {
    /// Every one.
    pub const ALL: [Self; 16] = [
        Self::Fee,
        Self::Dividend,
        Self::Coupon,
        Self::Principal,
        Self::Funding,
        Self::Merger,
        Self::Fraction,
        Self::Variation,
        Self::Exercise,
        Self::Interest,
        Self::Borrow,
        Self::Penalty,
        Self::Transfer,
        Self::Assignment,
        Self::Contribution,
        Self::Cover,
    ];

    /// Who is on the other side.
    #[must_use]
    pub const fn fund(self) -> Fund {
        match self {
            Self::Fee | Self::Penalty => Fund::Fees,
            Self::Dividend
            | Self::Coupon
            | Self::Principal
            | Self::Merger
            | Self::Fraction
            | Self::Interest
            | Self::Borrow => Fund::Outside,
            Self::Funding
            | Self::Variation
            | Self::Exercise
            | Self::Transfer
            | Self::Assignment
            | Self::Cover => Fund::Between,
            Self::Contribution => Fund::Guarantee,
        }
    }
}

impl Distribution {
    /// The payment that it makes.
    #[must_use]
    pub const fn payment(self) -> Payment {
        match self {
            Self::Dividend => Payment::Dividend,
            Self::Coupon => Payment::Coupon,
            Self::Principal => Payment::Principal,
            Self::Funding => Payment::Funding,
            Self::Merger => Payment::Merger,
        }
    }
}

/// Why lots moved without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Movement {
    /// A split.
    Split,
    /// The instrument ended, or lots of another came for it.
    Conversion,
    /// An option was exercised: it is gone, and the underlying came or went.
    Exercise,
    /// An option that was written was exercised against its writer.
    Assignment,
    /// A contract expired.
    Expiry,
    /// Sent, or arrived.
    Sending,
    /// A position that changed hands at its valuation.
    Transfer,
}

/// A layer of the default waterfall, in the order in which it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What the defaulter and its carried accounts have left.
    Margin,
    /// The defaulter's contribution to the guarantee fund.
    OwnContribution,
    /// The house's own capital.
    Skin,
    /// The other members' contributions, in proportion.
    Guarantee,
    /// What the other members are asked for again, in proportion, up to their cap and what they
    /// have.
    Assessment,
}

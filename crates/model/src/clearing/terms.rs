//! The terms on which an instrument is cleared, and those of the house. Fixed for a run.

use crate::instrument::BadDefinition;
use crate::units::{Cash, CurrencyId, Price};

/// A fraction that is kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// Above the line.
    pub num: i64,
    /// Below it; positive.
    pub den: u32,
}

/// How one instrument is cleared. The default is how it was always done: at once, for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClearingTerms {
    /// Business days between a trade and its settlement: 0 settles at once. Of what is bought; a
    /// margined contract has nothing to deliver.
    pub cycle: u8,
    /// What the venue takes for a trade.
    pub fees: Fees,
    /// What an account with margin must have behind a position.
    pub margin: Margin,
    /// A short sale needs lots located before (Regulation SHO 203(b)).
    pub locate: bool,
    /// Business days after which a failed delivery is bought in; none never.
    pub buy_in_after: Option<u8>,
    /// What a failed delivery costs per business day, in millionths of its value.
    pub fail_ppm: u32,
}

/// What the venue takes for a trade. A negative fee is a rebate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fees {
    /// For the order that waited.
    pub maker: Fee,
    /// For the order that came, and for both in an auction.
    pub taker: Fee,
    /// Other fees for accounts that trade more: from so many lots in the last
    /// [`Fees::TIER_DAYS`] ended business days. Ascending.
    pub tiers: Vec<Tier>,
}

/// The fees from a volume on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tier {
    /// The volume, in lots of the instrument.
    pub from: u64,
    /// For the order that waited.
    pub maker: Fee,
    /// For the order that came.
    pub taker: Fee,
}

/// One fee: so much a lot, and so much of the value; each part rounded half away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fee {
    /// Minor units per lot.
    pub per_lot: Ratio,
    /// Millionths of price × quantity (of its size, at a negative price).
    pub ppm: i32,
    /// The least for one trade, in minor units, where the fee is more than nothing.
    pub least: Cash,
}

/// What an account with margin must have behind a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Margin {
    /// Shares of the value: Regulation T to begin with, FINRA rule 4210 to go on.
    Stock(StockMargin),
    /// So much a lot: what futures exchanges ask.
    PerLot {
        /// To begin with, in minor units.
        initial: Cash,
        /// To go on.
        maintenance: Cash,
    },
    /// FINRA rule 4210 for what was written: premium + the larger of `bips` of the underlying less
    /// what it is out of the money, and `least_bips` of the underlying (call) or strike (put). What
    /// was bought must be paid for.
    Written {
        /// Ten-thousandths of the underlying's value.
        bips: u32,
        /// Ten-thousandths, at least.
        least_bips: u32,
    },
    /// All of its value, long; never short.
    Full,
}

/// Margin in shares of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StockMargin {
    /// Ten-thousandths of the value, to buy.
    pub initial_long_bips: u32,
    /// To sell short, beside the proceeds.
    pub initial_short_bips: u32,
    /// To go on holding.
    pub long_bips: u32,
    /// To go on being short, of what is worth at least `cheap_below`.
    pub short_bips: u32,
    /// And at least so many minor units a lot.
    pub short_least: Cash,
    /// Below this price other figures hold.
    pub cheap_below: Price,
    /// To be short of something cheap.
    pub cheap_bips: u32,
    /// And at least so many minor units a lot.
    pub cheap_least: Cash,
}

/// The terms of the clearing house itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HouseTerms {
    /// What accounts are measured in.
    pub base: CurrencyId,
    /// The least equity of an account with margin that has a position, in minor units of `base`.
    pub equity_least: Cash,
    /// How long a margin call may stay unanswered, in nanoseconds, before the account may only
    /// reduce its positions.
    pub call_ns: u64,
    /// The house's own capital that stands behind defaults before other members do.
    pub skin: Cash,
    /// How often a member's contribution may be asked for again, in ten-thousandths of it.
    pub assessment_bips: u32,
    /// The least portfolio margin of a lot held or written, in minor units.
    pub portfolio_least: Cash,
}

impl Fees {
    /// How many ended business days count for a tier.
    pub const TIER_DAYS: usize = 30;

    /// The most tiers.
    pub const TIERS_MAX: usize = 16;

    /// True when nobody pays anything.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.maker == Fee::default() && self.taker == Fee::default() && self.tiers.is_empty()
    }
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// A whole number.
    #[must_use]
    pub const fn whole(num: i64) -> Self {
        Self { num, den: 1 }
    }

    /// `of` times this, towards zero.
    #[must_use]
    pub const fn of(self, of: i128) -> i128 {
        of * self.num as i128 / self.den as i128
    }
}

impl Default for Fee {
    fn default() -> Self {
        Self { per_lot: Ratio::ZERO, ppm: 0, least: Cash::ZERO }
    }
}

impl Default for ClearingTerms {
    fn default() -> Self {
        Self {
            cycle: 0,
            fees: Fees::default(),
            margin: Margin::Full,
            locate: false,
            buy_in_after: None,
            fail_ppm: 0,
        }
    }
}

impl Default for HouseTerms {
    fn default() -> Self {
        Self {
            base: CurrencyId(0),
            equity_least: Cash::ZERO,
            call_ns: 0,
            skin: Cash::ZERO,
            assessment_bips: 10_000,
            portfolio_least: Cash::ZERO,
        }
    }
}

impl ClearingTerms {
    /// The longest settlement cycle.
    pub const CYCLE_MAX: u8 = 5;

    /// Checks what can be wrong with them by themselves.
    ///
    /// # Errors
    ///
    /// Names the term, what it says and what would do.
    pub fn check(&self) -> Result<(), BadDefinition> {
        if self.cycle > Self::CYCLE_MAX {
            let expected = format!("at most {} business days", Self::CYCLE_MAX);
            return Err(BadDefinition::new("cycle", self.cycle, expected));
        }
        let fees = [&self.fees.maker, &self.fees.taker].into_iter();
        let tiers = self.fees.tiers.iter().flat_map(|tier| [&tier.maker, &tier.taker]);
        for fee in fees.chain(tiers) {
            if fee.per_lot.den == 0 {
                return Err(BadDefinition::new("fee per lot", "1/0", "a divisor above zero"));
            }
            if fee.ppm.unsigned_abs() > 1_000_000 {
                return Err(BadDefinition::new("fee", fee.ppm, "at most the whole value"));
            }
            if fee.least.0 < 0 {
                return Err(BadDefinition::new("least fee", fee.least.0, "not negative"));
            }
        }
        if self.fees.tiers.len() > Fees::TIERS_MAX {
            let expected = format!("at most {}", Fees::TIERS_MAX);
            return Err(BadDefinition::new("fee tiers", self.fees.tiers.len(), expected));
        }
        if !self.fees.tiers.is_sorted_by(|a, b| a.from < b.from) {
            return Err(BadDefinition::new("fee tiers", "not ascending", "ascending volumes"));
        }
        let bips: &[u32] = match &self.margin {
            Margin::Stock(stock) => &[
                stock.initial_long_bips,
                stock.initial_short_bips,
                stock.long_bips,
                stock.short_bips,
                stock.cheap_bips,
            ],
            Margin::Written { bips, least_bips } => &[*bips, *least_bips],
            Margin::PerLot { .. } | Margin::Full => &[],
        };
        if let Some(found) = bips.iter().find(|bips| **bips > 100_000) {
            return Err(BadDefinition::new("margin", found, "at most ten times the value"));
        }
        if let Margin::PerLot { initial, maintenance } = self.margin
            && !(0 <= maintenance.0 && maintenance.0 <= initial.0 && initial.0 <= 1 << 60)
        {
            let found = format!("{} and {}", initial.0, maintenance.0);
            let expected = "0 <= maintenance <= initial <= 2^60 minor units";
            return Err(BadDefinition::new("margin per lot", found, expected));
        }
        Ok(())
    }
}

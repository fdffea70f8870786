//! How an instrument is traded: the switches of its market, fixed for a run.
//!
//! Where venues differ there is a switch, and its default is what most of them do. `docs/ORDERS.md`
//! says what each changes, and where the practice comes from.

use crate::allocation::Allocation;
use crate::instrument::BadDefinition;
use crate::units::{AccountId, Cash, Price, Span};

/// The switches of one instrument's market.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TradingRules {
    /// How a taker's lots are shared among the makers of a level.
    pub allocation: Allocation,
    /// The designated market maker, if there is one.
    pub market_maker: Option<AccountId>,
    /// What a replacement does to an order's place.
    pub replace_priority: ReplacePriority,
    /// What the quantity of a replacement means.
    pub replace_qty: ReplaceQty,
    /// What happens to an order priced outside the bands.
    pub band_action: BandAction,
    /// A stop whose trigger is met at entry fires at once instead of being refused.
    pub trigger_at_once: bool,
    /// A peg takes its price at entry and keeps it.
    pub peg_once: bool,
    /// The longest that a good-till-date or good-till-cancel order stands; none is forever. A GTC
    /// order gets this age, a GTD order beyond it is refused.
    pub age_max: Option<Span>,
    /// The most triggered orders that one command may set off; one more pauses the market.
    pub cascade_max: u32,
    /// How far, in ticks, triggered orders may move the price within one command before the market
    /// pauses; none is any distance.
    pub velocity_max: Option<u64>,
    /// The most dormant orders of one account.
    pub dormant_max: u32,
    /// The most parts an iceberg is shown in.
    pub tranches_max: u32,
    /// Prices are above zero; only then can distances be said in ten-thousandths.
    pub positive_prices: bool,
    /// The least an order may be worth, in minor units.
    pub notional_min: Cash,
    /// How far from the reference an auction price may lie, in ten-thousandths of it; none is
    /// anywhere.
    pub collar_bips: Option<u32>,
    /// Which of two auction prices equally near the reference is taken.
    pub auction_tie: AuctionTie,
    /// Where the reference of an auction comes from.
    pub auction_reference: AuctionReference,
    /// Orders for the close are refused as soon as the closing call has begun.
    pub close_cutoff_at_call: bool,
    /// What happens to a short sale that the price test forbids.
    pub short_action: BandAction,
}

/// What a replacement does to an order's place in the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReplacePriority {
    /// A pure decrease at the same price keeps it (CME).
    #[default]
    KeepOnDecrease,
    /// It always goes to the back (Nasdaq OUCH).
    AlwaysBack,
}

/// What the quantity of a replacement means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReplaceQty {
    /// The new total; what has traded counts, so that a fill on its way makes no order larger than
    /// its owner wanted.
    #[default]
    Total,
    /// What is open from now on.
    Open,
}

/// What happens to an order beyond a price that it may not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BandAction {
    /// It acts as if limited to the nearest price that it may have.
    #[default]
    Reprice,
    /// It is refused.
    Reject,
}

/// Which of two auction prices equally near the reference is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AuctionTie {
    /// The lower.
    #[default]
    Lower,
    /// The higher.
    Higher,
}

/// Where the reference of an auction comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AuctionReference {
    /// Opening: the previous close. Closing and reopening: the last trade. Periodic: the last
    /// auction's price, else the last trade.
    #[default]
    ByCall,
    /// The middle of the last best bid and ask of continuous trading.
    Mid,
}

/// The prices between which an instrument may trade, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bands {
    /// The lowest.
    pub lower: Price,
    /// The highest.
    pub upper: Price,
}

/// A price that comes to a market from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Benchmark {
    /// The previous close.
    Close,
    /// An index, or another reference of circuit breakers.
    Index,
    /// The mark that positions are valued at.
    Mark,
}

impl TradingRules {
    /// The most dormant orders an instrument may allow one account.
    pub const DORMANT_MOST: u32 = 1 << 20;

    /// The most triggered orders that an instrument may allow one command to set off.
    pub const CASCADE_MOST: u32 = 1 << 20;

    pub(crate) fn check(&self) -> Result<(), BadDefinition> {
        let within = |field: &str, found: u32, most: u32| {
            if (1..=most).contains(&found) {
                return Ok(());
            }
            Err(BadDefinition::new(field, found, format!("between 1 and {most}")))
        };
        within("cascade_max", self.cascade_max, Self::CASCADE_MOST)?;
        within("dormant_max", self.dormant_max, Self::DORMANT_MOST)?;
        within("tranches_max", self.tranches_max, u32::MAX)?;
        self.allocation.check()?;
        if let Some(bips) = self.collar_bips {
            within("collar_bips", bips, 9_999)?;
        }
        if self.notional_min.0 < 0 {
            let expected = "0 minor units or more";
            return Err(BadDefinition::new("notional_min", self.notional_min.0, expected));
        }
        if self.age_max == Some(Span::ZERO) {
            return Err(BadDefinition::new("age_max", 0, "at least 1 ns"));
        }
        Ok(())
    }
}

impl Default for TradingRules {
    fn default() -> Self {
        Self {
            allocation: Allocation::FIFO,
            market_maker: None,
            replace_priority: ReplacePriority::default(),
            replace_qty: ReplaceQty::default(),
            band_action: BandAction::default(),
            trigger_at_once: false,
            peg_once: false,
            age_max: None,
            cascade_max: 1_000,
            velocity_max: None,
            dormant_max: 1_000,
            tranches_max: 100,
            positive_prices: false,
            notional_min: Cash(0),
            collar_bips: Some(1_000),
            auction_tie: AuctionTie::default(),
            auction_reference: AuctionReference::default(),
            close_cutoff_at_call: false,
            short_action: BandAction::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_that_make_no_market_are_refused() {
        assert_eq!(TradingRules::default().check(), Ok(()));
        type Spoil = fn(&mut TradingRules);
        let cases: [(&str, Spoil); 6] = [
            ("cascade_max", |rules| rules.cascade_max = 0),
            ("dormant_max", |rules| rules.dormant_max = TradingRules::DORMANT_MOST + 1),
            ("tranches_max", |rules| rules.tranches_max = 0),
            ("collar_bips", |rules| rules.collar_bips = Some(10_000)),
            ("notional_min", |rules| rules.notional_min = Cash(-1)),
            ("age_max", |rules| rules.age_max = Some(Span::ZERO)),
        ];
        for (field, spoil) in cases {
            let mut rules = TradingRules::default();
            spoil(&mut rules);
            assert_eq!(rules.check().unwrap_err().field, field);
        }
    }
}

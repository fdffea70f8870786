//! Units: prices, quantities, cash and time as whole numbers of the smallest thing that exists.
//!
//! No float can hold money here. Decimal text becomes a unit once, at a door
//! ([`crate::instrument::Instrument::price`]), where a value that does not fit its grid is refused
//! rather than rounded.

use std::fmt;

/// A price, in ticks of its instrument. May be negative: spreads and power trade below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub i64);

/// A quantity, in lots of its instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qty(pub u64);

/// An amount of cash, in the minor unit of its currency. Negative means owed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cash(pub i128);

/// A moment, in nanoseconds since the start of the run. It is an input, never a reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

/// A length of time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

/// The owner of cash and positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u32);

/// An order, numbered by its sender; unique among the live orders of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

/// An instrument, by its place in the venue's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId(pub u32);

/// A currency, by its place in the venue's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyId(pub u16);

/// The priority number of a place in a queue: the venue counts one up for every new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub u64);

/// A trade, numbered by the venue from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TradeId(pub u64);

/// The name of an order: its owner and the number the owner gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// The owner.
    pub account: AccountId,
    /// The owner's number for it.
    pub order: OrderId,
}

/// The side of the book an order joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Wants to own more.
    Buy,
    /// Wants to own less.
    Sell,
}

impl Price {
    /// The farthest price from zero that an order may carry, on either side. Leaves room for
    /// price × quantity × tick value in 127 bits; see [`crate::instrument`].
    pub const FARTHEST: Self = Self(1 << 62);
}

impl Qty {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The most that one order may ask for, whatever its instrument: 2^40 lots.
    pub const MOST: Self = Self(1 << 40);

    /// True when there is nothing left to trade.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// What is left after `part` of it is gone.
    ///
    /// # Panics
    ///
    /// In debug builds, when `part` is more than there is.
    #[must_use]
    pub const fn less(self, part: Self) -> Self {
        debug_assert!(part.0 <= self.0, "a part is not more than the whole");
        Self(self.0 - part.0)
    }
}

impl Cash {
    /// None.
    pub const ZERO: Self = Self(0);
}

impl Time {
    /// The start of the run.
    pub const ZERO: Self = Self(0);

    /// The moment `span` later, or the end of time when there is no such moment.
    #[must_use]
    pub const fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The moment `span` earlier, or the start of the run when there is no such moment.
    #[must_use]
    pub const fn before(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long after `earlier` this is; nothing when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `n` nanoseconds.
    #[must_use]
    pub const fn nanos(n: u64) -> Self {
        Self(n)
    }

    /// `n` microseconds.
    #[must_use]
    pub const fn micros(n: u64) -> Self {
        Self(n * 1_000)
    }

    /// `n` milliseconds.
    #[must_use]
    pub const fn millis(n: u64) -> Self {
        Self(n * 1_000_000)
    }

    /// `n` seconds.
    #[must_use]
    pub const fn secs(n: u64) -> Self {
        Self(n * 1_000_000_000)
    }

    /// In seconds, for figures and charts. Not for arithmetic that must be exact.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl AccountId {
    /// The venue itself: who sends venue commands, and the other side of every deposit.
    pub const VENUE: Self = Self(u32::MAX);

    /// The number of accounts a venue may open: ids run from 0 to one below this.
    pub const COUNT_MAX: u32 = 1 << 20;
}

impl OrderId {
    /// What stands where a command concerns no order.
    pub const NONE: Self = Self(0);

    /// From here on numbers are the venue's own, for orders that it enters for an account: to close
    /// positions that the account cannot keep.
    pub const VENUE_FIRST: Self = Self(1 << 63);
}

impl InstrumentId {
    /// Its place in a list that is kept per instrument.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl CurrencyId {
    /// Its place in a list that is kept per currency.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl OrderKey {
    /// The order that `account` numbered `order`.
    #[must_use]
    pub const fn new(account: AccountId, order: OrderId) -> Self {
        Self { account, order }
    }
}

impl Side {
    /// Both sides, buyers first.
    pub const BOTH: [Self; 2] = [Self::Buy, Self::Sell];

    /// The side that can trade with this one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// True when an order on this side limited to `limit` may trade at `price`.
    #[must_use]
    pub const fn accepts(self, limit: Price, price: Price) -> bool {
        match self {
            Self::Buy => price.0 <= limit.0,
            Self::Sell => price.0 >= limit.0,
        }
    }

    /// True when resting at `price` is more attractive to the other side than resting at `than`.
    #[must_use]
    pub const fn improves(self, price: Price, than: Price) -> bool {
        match self {
            Self::Buy => price.0 > than.0,
            Self::Sell => price.0 < than.0,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        })
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09}s", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account.0, self.order.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_reads_as_seconds_and_never_wraps() {
        assert_eq!(Time(1_500_000_007).to_string(), "1.500000007s");
        assert_eq!(Time(1).after(Span(2)), Time(3));
        assert_eq!(Time(u64::MAX).after(Span(1)), Time(u64::MAX));
        assert_eq!(Time(1).before(Span(2)), Time::ZERO);
        assert_eq!(Time(5).since(Time(2)), Span(3));
        assert_eq!(Time(2).since(Time(5)), Span::ZERO);
    }

    #[test]
    fn a_buyer_accepts_lower_and_improves_by_bidding_higher() {
        assert!(Side::Buy.accepts(Price(10), Price(10)));
        assert!(!Side::Buy.accepts(Price(10), Price(11)));
        assert!(Side::Sell.accepts(Price(10), Price(11)));
        assert!(Side::Buy.improves(Price(11), Price(10)));
        assert!(Side::Sell.improves(Price(9), Price(10)));
        assert!(!Side::Sell.improves(Price(10), Price(10)));
    }
}

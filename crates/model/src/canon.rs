//! The one byte form of commands and events.
//!
//! Journals keep it and digests are taken over it, so it never changes meaning: a tag byte, then
//! the fields in the order of the definition, whole numbers little-endian and unpadded, an absent
//! option as a single 0 and a present one as 1 and its value. New variants take new tags; a tag is
//! never used twice. Writing cannot fail; reading refuses what writing would not have written, so
//! that a record has exactly one form.

use crate::clearing::{
    Act, Distribution, Fact, Fund, Layer, Movement, Payment, Ratio, RiskLimits, Valuation,
};
use crate::command::{Command, Filter, MassReason, Stamped};
use crate::event::{CancelReason, Credit, Entry, Event, Phase, PhaseReason, Reject, Terms};
use crate::order::{
    Arm, Change, Delta, Instructions, Kind, Order, OrderList, PostOnly, SaleMark, Shape, Stp, Tif,
    Trail, Trigger, Watched,
};
use crate::trading::{Bands, Benchmark};
use crate::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, Time,
    TradeId,
};
use std::sync::Arc;
use thiserror::Error;

/// Bytes that no writer of this form wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadBytes {
    /// They end in the middle of a field.
    #[error("the bytes end in the middle of {0}")]
    Short(&'static str),
    /// A tag or choice that means nothing.
    #[error("{found} is no {what}")]
    Unknown {
        /// What it should have been.
        what: &'static str,
        /// What was there.
        found: u8,
    },
    /// The longer of two forms where the shorter would have said the same.
    #[error("{0} introduces a longer form that says no more than the shorter one")]
    Twofold(u8),
    /// More bytes than the value has.
    #[error("{0} bytes are left over")]
    Long(usize),
}

/// A value with a byte form of its own.
pub trait Canon: Sized {
    /// Appends the value to `out`.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads the value from the front of `bytes` and moves `bytes` behind it.
    ///
    /// # Errors
    ///
    /// When no value was written there.
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes>;

    /// The value's bytes by themselves.
    #[must_use]
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The value that `bytes` are, all of them.
    ///
    /// # Errors
    ///
    /// When they are not exactly one value.
    fn from_bytes(mut bytes: &[u8]) -> Result<Self, BadBytes> {
        let value = Self::read(&mut bytes)?;
        if bytes.is_empty() { Ok(value) } else { Err(BadBytes::Long(bytes.len())) }
    }
}

/// Bytes put together before they are appended: whoever knows how many he writes asks once for room.
struct Line<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Line<N> {
    #[inline(always)]
    #[allow(clippy::inline_always)]
    const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn add<const M: usize>(mut self, part: [u8; M]) -> Self {
        self.bytes[self.len..self.len + M].copy_from_slice(&part);
        self.len += M;
        self
    }

    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn key(self, key: OrderKey) -> Self {
        self.add(key.account.0.to_le_bytes()).add(key.order.0.to_le_bytes())
    }

    /// Appends it, full as it must be.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn end(&self, out: &mut Vec<u8>) {
        debug_assert_eq!(self.len, N, "a line is as long as it says");
        out.extend_from_slice(&self.bytes);
    }
}

/// Whole numbers, and the newtypes around them.
macro_rules! numbers {
    ($($number:ty),*; $($name:ident),*) => {
        $(impl Canon for $number {
            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                let (front, rest) =
                    bytes.split_first_chunk().ok_or(BadBytes::Short(stringify!($number)))?;
                *bytes = rest;
                Ok(Self::from_le_bytes(*front))
            }
        })*
        $(impl Canon for $name {
            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                self.0.write(out);
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                Ok(Self(Canon::read(bytes)?))
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, i32, i64, i128;
    Price, Qty, Cash, Time, AccountId, OrderId, InstrumentId, CurrencyId, Stamp, TradeId);

/// Enums without fields: one byte each, listed here and nowhere else.
macro_rules! choices {
    ($($name:ident { $($variant:ident = $tag:literal),* $(,)? })*) => {
        $(impl $name {
            #[inline]
            const fn byte(self) -> u8 {
                match self { $(Self::$variant => $tag,)* }
            }
        }
        impl Canon for $name {
            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                out.push(self.byte());
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                match u8::read(bytes)? {
                    $($tag => Ok(Self::$variant),)*
                    found => Err(BadBytes::Unknown { what: stringify!($name), found }),
                }
            }
        })*
    };
}

choices! {
    Side { Buy = 0, Sell = 1 }
    Stp { None = 0, ExpireTaker = 1, ExpireMaker = 2, ExpireBoth = 3, Decrement = 4, Transfer = 5 }
    PostOnly { Reject = 0, Slide = 1, SlideOrTake = 2 }
    SaleMark { Long = 0, Short = 1, ShortExempt = 2 }
    Watched { Last = 0, Quote = 1, Mark = 2 }
    Arm { FirstFill = 0, FullFill = 1 }
    Benchmark { Close = 0, Index = 1, Mark = 2 }
    MassReason { Asked = 0, Disconnect = 1 }
    Entry { Entering = 0, Waiting = 1, Dormant = 2, Parked = 3 }
    PhaseReason {
        Scheduled = 0, CallEnded = 1, LimitState = 2, MarketWide = 3, Velocity = 4,
        StopCascade = 5, Regulatory = 6, Ended = 7, Outage = 8,
    }
    CancelReason {
        User = 0, Remainder = 1, ReplacedToDone = 2, Mass = 3, Disconnect = 4, KillSwitch = 5,
        FillOrKill = 6, MinQty = 7, Band = 8, Budget = 9, OcoSibling = 10, ParentGone = 11,
        AuctionOver = 12, Unfunded = 13, Cascade = 14, CorporateAction = 15, Default = 16,
    }
    Credit { None = 0, Unlimited = 1, Margin = 2, Portfolio = 3 }
    Distribution { Dividend = 0, Coupon = 1, Principal = 2, Funding = 3, Merger = 4 }
    Fund { Outside = 0, Fees = 1, Between = 2, Guarantee = 3, House = 4 }
    Layer { Margin = 0, OwnContribution = 1, Skin = 2, Guarantee = 3, Assessment = 4 }
    Movement {
        Split = 0, Conversion = 1, Exercise = 2, Assignment = 3, Expiry = 4, Sending = 5,
        Transfer = 6,
    }
    Payment {
        Fee = 0, Dividend = 1, Coupon = 2, Principal = 3, Funding = 4, Merger = 5, Fraction = 6,
        Variation = 7, Exercise = 8, Interest = 9, Borrow = 10, Penalty = 11, Transfer = 12,
        Assignment = 13, Contribution = 14, Cover = 15,
    }
    Phase {
        PreOpen = 0, OpenCall = 1, Continuous = 2, Halt = 3, ReopenCall = 4, CloseCall = 5,
        PeriodicCall = 6, Closed = 7,
    }
    Reject {
        UnknownInstrument = 0, UnknownAccount = 1, PhaseForbids = 2, UnknownOrder = 3,
        DuplicateOrder = 4, ZeroQty = 5, QtyUnderMin = 6, QtyOverMax = 7, OffLot = 8,
        PriceMissing = 9, PriceNotAllowed = 10, OffTick = 11, PriceTooFar = 12,
        NotionalOverMax = 13, IllegalCombination = 14, TooManyOrders = 15,
        AccountNotOpenable = 16, BadAmount = 17, InsufficientCash = 18, ShortSale = 19,
        KillSwitch = 20, NotionalUnderMin = 21, ExpiryPassed = 22, BadDisplay = 23,
        TooManyTranches = 24, MinQtyOverQty = 25, BadTrail = 26, BadLink = 27,
        NotReplaceable = 28, PriceBand = 29, TooManyDormant = 30, ShortRestricted = 31,
        BadBands = 32, StopAlreadyMet = 33, NoReference = 34, WouldTake = 35, RiskQty = 36,
        RiskNotional = 37, RiskPosition = 38, RiskExposure = 39, RiskCollar = 40, RiskRate = 41,
        RiskLoss = 42, ReduceOnly = 43, NeedsMargin = 44, NotLocated = 45,
        InsufficientMargin = 46, NotPossible = 47,
    }
}

impl Canon for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        match u8::read(bytes)? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(BadBytes::Unknown { what: "yes or no", found }),
        }
    }
}

impl<T: Canon> Canon for Option<T> {
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        Ok(if bool::read(bytes)? { Some(T::read(bytes)?) } else { None })
    }
}

/// Structs: their fields in order.
macro_rules! structs {
    ($($name:ident { $($field:ident),* $(,)? })*) => {
        $(impl Canon for $name {
            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                $(self.$field.write(out);)*
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                Ok(Self { $($field: Canon::read(bytes)?),* })
            }
        })*
    };
}

structs! {
    Trigger { price, on }
    Trail { delta, activation, on }
    Bands { lower, upper }
    Instructions { post_only, min_qty, all_or_none, display, hidden, mark, tag, session }
    Change { price, qty, trigger, tif, display, tag }
    Filter { account, instrument, side, prices, tag, session }
    OrderList { shape, members }
    Ratio { num, den }
    Valuation { instrument, price, scan }
    RiskLimits {
        qty_max, notional_max, position_max, exposure_max, collar_bips, rate_max, loss_max,
        reduce_only,
    }
}

impl Canon for OrderKey {
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        Line::<12>::new().key(*self).end(out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        Ok(Self { account: Canon::read(bytes)?, order: Canon::read(bytes)? })
    }
}

impl Canon for Stamped {
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        let place = Line::<16>::new().add(self.seq.to_le_bytes());
        place.add(self.at.0.to_le_bytes()).end(out);
        self.command.write(out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        let (seq, at) = (Canon::read(bytes)?, Canon::read(bytes)?);
        Ok(Self { seq, at, command: Canon::read(bytes)? })
    }
}

impl<A: Canon, B: Canon> Canon for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        Ok((A::read(bytes)?, B::read(bytes)?))
    }
}

/// How many there are, then each.
impl<T: Canon> Canon for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        write_all(self, out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        // The count is not believed: memory is taken as the values come.
        let count = u32::read(bytes)?;
        (0..count).map(|_| T::read(bytes)).collect()
    }
}

fn write_all<T: Canon>(values: &[T], out: &mut Vec<u8>) {
    u32::try_from(values.len()).expect("no list of ours has 2^32 members").write(out);
    values.iter().for_each(|value| value.write(out));
}

impl Canon for Arc<[Qty]> {
    fn write(&self, out: &mut Vec<u8>) {
        write_all(self, out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        Vec::read(bytes).map(Self::from)
    }
}

impl<T: Canon> Canon for Box<T> {
    fn write(&self, out: &mut Vec<u8>) {
        T::write(self, out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        T::read(bytes).map(Self::new)
    }
}

impl<const N: usize> Canon for [i64; N] {
    fn write(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|value| value.write(out));
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        let mut values = [0; N];
        for value in &mut values {
            *value = i64::read(bytes)?;
        }
        Ok(values)
    }
}

impl Canon for Arc<OrderList> {
    fn write(&self, out: &mut Vec<u8>) {
        OrderList::write(self, out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
        OrderList::read(bytes).map(Self::new)
    }
}

/// Choices of which some carry fields: `tag = Variant { fields }` and, after the semicolon,
/// `tag = Variant(inner)`. After a second one: variants of two forms, the first without the fields
/// behind the `+` while those say what most do, so that a common record stays short and old records
/// keep their meaning. In brackets, what writes the commonest of them at once, and says whether it
/// did.
macro_rules! variants {
    ($name:ident $([$at_once:path])? {
        $($tag:literal = $variant:ident { $($field:ident),* $(,)? }),* $(,)?
        ; $($wrap_tag:literal = $wrap:ident($inner:ty)),* $(,)?
        $(; $($short:literal | $long:literal = $two:ident { $($kept:ident),* + $more:ident }),*)?
    }) => {
        impl Canon for $name {
            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                $(if $at_once(self, out) {
                    return;
                })?
                match self {
                    $(Self::$variant { $($field),* } => {
                        out.push($tag);
                        $($field.write(out);)*
                    })*
                    $(Self::$wrap(inner) => {
                        out.push($wrap_tag);
                        inner.write(out);
                    })*
                    $($(Self::$two { $($kept),*, $more } => {
                        let usual = *$more == Default::default();
                        out.push(if usual { $short } else { $long });
                        $($kept.write(out);)*
                        if !usual {
                            $more.write(out);
                        }
                    })*)?
                }
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                match u8::read(bytes)? {
                    $($tag => Ok(Self::$variant { $($field: Canon::read(bytes)?),* }),)*
                    $($wrap_tag => Ok(Self::$wrap(<$inner>::read(bytes)?)),)*
                    $($(
                        $short => Ok(Self::$two {
                            $($kept: Canon::read(bytes)?,)*
                            $more: Default::default(),
                        }),
                        $long => Ok(Self::$two {
                            $($kept: Canon::read(bytes)?,)*
                            $more: unusual(bytes, $long)?,
                        }),
                    )*)?
                    found => Err(BadBytes::Unknown { what: stringify!($name), found }),
                }
            }
        }
    };
}

/// What stands in the longer form, which must say more than the shorter one would have.
fn unusual<T: Canon + Default + PartialEq>(bytes: &mut &[u8], tag: u8) -> Result<T, BadBytes> {
    let more = T::read(bytes)?;
    if more == T::default() { Err(BadBytes::Twofold(tag)) } else { Ok(more) }
}

variants! { Delta { ; 0 = Ticks(u64), 1 = Bips(u32) } }

variants! { Shape { 0 = Oco {}; 1 = Oto(Arm), 2 = Otoco(Arm) } }

variants! { Tif {
    0 = Gtc {}, 1 = Ioc {}, 2 = Fok {}, 3 = Day {}, 5 = AtOpen {}, 6 = AtClose {};
    4 = Gtd(Time)
} }

variants! { Kind {
    0 = Limit {}, 1 = Market {}, 2 = MarketProtected { points }, 3 = MarketToLimit {},
    4 = MarketByAmount { amount }, 10 = TrailingLimit { trail, offset },
    11 = PegPrimary { offset }, 12 = PegMarket { offset }, 13 = PegMid {}, 14 = ImbalanceOnly {};
    5 = Stop(Trigger), 6 = StopLimit(Trigger), 7 = TakeProfit(Trigger),
    8 = TakeProfitLimit(Trigger), 9 = Trailing(Trail)
} }

/// The byte of the self-trade prevention has this bit set when instructions follow; most orders
/// have none.
const INSTRUCTED: u8 = 0x80;

/// Whole terms: what every order says, self-trade prevention last, then what else is said of it.
/// Most orders are limit orders that say nothing else, and are written at once, in so many bytes.
macro_rules! terms {
    ($($name:ident in $bytes:literal { $($own:ident),* })*) => {
        $(impl Canon for $name {
            #[inline]
            fn write(&self, out: &mut Vec<u8>) {
                let Self { side, kind, price, qty, tif, stp, with, .. } = self;
                let plain = with.says_nothing();
                if let (Kind::Limit, Some(price), Tif::Gtc, true) = (kind, price, tif, plain) {
                    let line = Line::<$bytes>::new()$(.add(self.$own.0.to_le_bytes()))*;
                    let line = line.add([side.byte(), 0, 1]).add(price.0.to_le_bytes());
                    line.add(qty.0.to_le_bytes()).add([0, stp.byte()]).end(out);
                    return;
                }
                $(self.$own.write(out);)*
                side.write(out);
                kind.write(out);
                price.write(out);
                qty.write(out);
                tif.write(out);
                if plain {
                    stp.write(out);
                } else {
                    out.push(stp.byte() | INSTRUCTED);
                    with.write(out);
                }
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                $(let $own = Canon::read(bytes)?;)*
                let (side, kind) = (Canon::read(bytes)?, Canon::read(bytes)?);
                let (price, qty) = (Canon::read(bytes)?, Canon::read(bytes)?);
                let tif = Canon::read(bytes)?;
                let mode = u8::read(bytes)?;
                let stp = Stp::from_bytes(&[mode & !INSTRUCTED])?;
                let with = if mode & INSTRUCTED == 0 {
                    Instructions::NONE
                } else {
                    unusual(bytes, mode)?
                };
                Ok(Self { $($own,)* side, kind, price, qty, tif, stp, with })
            }
        })*
    };
}

terms! {
    Order in 37 { account, order, instrument }
    Terms in 21 { }
}

/// The same for what the clearing house does most. A function of its own: where nothing is cleared, it
/// must not stand in the way of orders.
#[inline(never)]
fn write_fact_at_once(fact: &Fact, out: &mut Vec<u8>) -> bool {
    let Fact::Paid { account, currency, cash, why, instrument: Some(of) } = *fact else {
        return false;
    };
    let line = Line::<30>::new().add([35, 0]).add(account.0.to_le_bytes());
    let line = line.add(currency.0.to_le_bytes()).add(cash.0.to_le_bytes());
    line.add([why.byte(), 1]).add(of.0.to_le_bytes()).end(out);
    true
}

/// Writes the events that there are most of, in the form that the list below gives them.
#[inline]
fn write_at_once(event: &Event, out: &mut Vec<u8>) -> bool {
    match *event {
        Event::Traded { trade, instrument, maker, taker, aggressor, price, qty } => {
            let line = Line::<54>::new().add([2]).add(trade.0.to_le_bytes());
            let line = line.add(instrument.0.to_le_bytes()).key(maker).key(taker);
            let line = line.add([aggressor.byte()]).add(price.0.to_le_bytes());
            line.add(qty.0.to_le_bytes()).end(out);
        }
        Event::Rested { instrument, key, side, price, qty, stamp } => {
            let line = Line::<42>::new().add([3]).add(instrument.0.to_le_bytes()).key(key);
            let line = line.add([side.byte()]).add(price.0.to_le_bytes());
            line.add(qty.0.to_le_bytes()).add(stamp.0.to_le_bytes()).end(out);
        }
        Event::Cancelled { instrument, key, side, price: Some(price), left, why } => {
            let line = Line::<36>::new().add([7]).add(instrument.0.to_le_bytes()).key(key);
            let line = line.add([side.byte(), 1]).add(price.0.to_le_bytes());
            line.add(left.0.to_le_bytes()).add([why.byte()]).end(out);
        }
        Event::Clearing(ref fact) => return write_fact_at_once(fact, out),
        _ => return false,
    }
    true
}

variants! { Command {
    1 = Replace { key, price, qty },
    2 = Reduce { key, by },
    3 = Cancel { key },
    4 = OpenAccount { account, credit },
    5 = Deposit { account, currency, cash },
    6 = Deliver { account, instrument, qty },
    9 = PlaceVaried { order, tranches },
    11 = Amend { key, change },
    12 = MassCancel { filter, why },
    13 = EndCall { instrument },
    14 = SetBands { instrument, bands },
    15 = SetReference { instrument, of, price },
    16 = KillSwitch { account, on },
    17 = AdvanceTime {},
    18 = SetGroup { account, group },
    19 = RestrictShortSales { instrument, on };
    0 = Place(Order), 10 = PlaceList(Arc<OrderList>), 20 = Clear(Box<Act>);
    7 | 8 = SetPhase { instrument, to + why }
} }

variants! { Event [write_at_once] {
    1 = Rejected { key, why },
    2 = Traded { trade, instrument, maker, taker, aggressor, price, qty },
    3 = Rested { instrument, key, side, price, qty, stamp },
    4 = Replaced { instrument, key, side, from, left, price, qty, leaves, kept },
    5 = Reduced { instrument, key, side, price, by, leaves },
    6 = Prevented { instrument, maker, taker, price, qty, mode },
    7 = Cancelled { instrument, key, side, price, left, why },
    8 = ExpiredInMatch { instrument, key, side, price, left },
    10 = AccountOpened { account, credit },
    11 = Deposited { account, currency, cash },
    12 = Delivered { account, instrument, qty },
    15 = Refreshed { instrument, key, side, price, shown, stamp },
    16 = Repriced { instrument, key, side, from, to },
    17 = Parked { instrument, key, side, from },
    18 = Triggered { instrument, key, price },
    19 = Amended { instrument, key, terms, kept },
    20 = Armed { instrument, key, qty },
    21 = Expired { instrument, key, side, price, left },
    22 = Crossed { trade, instrument, buy, sell, price, qty },
    23 = Indicative { instrument, price, qty, imbalance, side },
    24 = Uncrossed { instrument, price, qty, surplus, side },
    25 = CallExtended { instrument },
    26 = MassCancelled { account, orders, qty },
    27 = Unspent { instrument, key, cash },
    28 = Transferred { instrument, maker, taker, aggressor, price, qty },
    29 = BandsChanged { instrument, from, to },
    30 = ReferenceSet { instrument, of, price },
    31 = ShortSalesRestricted { instrument, on },
    32 = KillSwitched { account, on },
    33 = GroupSet { account, group },
    34 = TimeAdvanced { at };
    35 = Clearing(Fact);
    0 | 13 = Accepted { instrument, key, terms + entry },
    9 | 14 = PhaseChanged { instrument, from, to + why }
} }

variants! { Act {
    0 = SetCarrier { account, carrier },
    1 = SetLimits { account, limits },
    2 = SetFx { currency, rate },
    3 = SetInterest { currency, credit_bips, debit_bips },
    4 = SetBorrow { instrument, lots, bips },
    5 = SetCycle { instrument, days },
    6 = Value { valuations },
    7 = Distribute { instrument, currency, per_lot, why },
    8 = Split { instrument, num, den },
    9 = Convert { instrument, into, cash, why },
    10 = Rename { instrument, alias },
    11 = Exercise { account, instrument, qty },
    12 = Expire { instrument, price },
    13 = Locate { account, instrument, qty },
    14 = Send { account, to, instrument, qty, fee },
    15 = Arrive { sending },
    16 = Transfer { from, to, currency, cash },
    17 = Assign { from, to, instrument, lots },
    18 = EndDay {},
    19 = Settle {},
    20 = Accrue { days },
    21 = Stall { account, on },
    22 = Contribute { member, cash },
    23 = Default { member },
    24 = Cover { member };
} }

variants! { Fact {
    0 = Paid { account, currency, cash, why, instrument },
    1 = Moved { account, instrument, lots, why },
    2 = Funded { from, to, currency, cash },
    3 = Valued { instrument, price },
    4 = Called { account, equity, required, until },
    5 = Met { account },
    6 = Overdue { account },
    7 = DayEnded { day },
    8 = Settled { account, instrument, lots, cash },
    9 = Failed { account, instrument, lots, days },
    10 = BuyInDue { account, instrument, lots },
    11 = Located { account, instrument, lots },
    12 = Split { instrument, num, den },
    13 = Distributed { instrument, currency, per_lot, why },
    14 = Ended { instrument, price },
    15 = Renamed { instrument, alias },
    16 = Sent { sending, account, to, instrument, lots },
    17 = Arrived { sending },
    18 = CarrierSet { account, carrier },
    19 = LimitsSet { account },
    20 = TermsChanged { instrument, currency },
    21 = Stalled { account, on },
    22 = Defaulted { member },
    23 = Drawn { member, layer, cash, left },
    24 = Covered { member, loss };
} }

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        Order::limit(AccountId(1), OrderId(2), InstrumentId(3), Side::Sell, Price(-4), Qty(5))
    }

    /// The form is a promise to every journal ever written: these bytes never change.
    #[test]
    fn the_form_of_an_order_is_frozen() {
        let stamped = Stamped { seq: 9, at: Time(10), command: Command::Place(order()) };
        let mut expected = vec![9, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        expected.extend([1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0]);
        expected.extend([1, 252, 255, 255, 255, 255, 255, 255, 255, 5, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(stamped.to_bytes(), expected);
        assert_eq!(Stamped::from_bytes(&expected), Ok(stamped));
    }

    /// The short way to write a plain limit order is no other form.
    #[test]
    fn a_plain_order_is_written_part_by_part_as_well() {
        let order = order();
        let mut parts = [order.account.to_bytes(), order.order.to_bytes()].concat();
        parts.extend([order.instrument.to_bytes(), order.side.to_bytes()].concat());
        parts.extend([order.kind.to_bytes(), order.price.to_bytes()].concat());
        parts.extend([order.qty.to_bytes(), order.tif.to_bytes(), order.stp.to_bytes()].concat());
        assert_eq!(order.to_bytes(), parts);
    }

    /// Nor is the short way to write the commonest events.
    #[test]
    fn common_events_are_written_part_by_part_as_well() {
        let (instrument, side, price, qty) = (InstrumentId(3), Side::Sell, Price(-4), Qty(5));
        let (trade, stamp, why) = (TradeId(6), Stamp(7), CancelReason::User);
        let [maker, taker] = [key(8), key(9)];
        let traded = Event::Traded { trade, instrument, maker, taker, aggressor: side, price, qty };
        let mut parts = [vec![2], trade.to_bytes(), instrument.to_bytes()].concat();
        parts.extend([maker.to_bytes(), taker.to_bytes(), side.to_bytes()].concat());
        parts.extend([price.to_bytes(), qty.to_bytes()].concat());
        assert_eq!(traded.to_bytes(), parts);
        let rested = Event::Rested { instrument, key: maker, side, price, qty, stamp };
        let mut parts = [vec![3], instrument.to_bytes(), maker.to_bytes()].concat();
        parts.extend([side.to_bytes(), price.to_bytes(), qty.to_bytes()].concat());
        parts.extend(stamp.to_bytes());
        assert_eq!(rested.to_bytes(), parts);
        for price in [Some(price), None] {
            let gone = Event::Cancelled { instrument, key: maker, side, price, left: qty, why };
            let mut parts = [vec![7], instrument.to_bytes(), maker.to_bytes()].concat();
            parts.extend([side.to_bytes(), price.to_bytes(), qty.to_bytes()].concat());
            parts.extend(why.to_bytes());
            assert_eq!(gone.to_bytes(), parts);
        }
    }

    fn key(n: u64) -> OrderKey {
        OrderKey::new(AccountId(7), OrderId(n))
    }

    fn every_command() -> Vec<Command> {
        vec![
            Command::Place(order()),
            Command::Place(Order::market(
                AccountId(1),
                OrderId(2),
                InstrumentId(3),
                Side::Buy,
                Qty(5),
            )),
            Command::Replace { key: key(1), price: Price(2), qty: Qty(3) },
            Command::Reduce { key: key(1), by: Qty(2) },
            Command::Cancel { key: key(1) },
            Command::OpenAccount { account: AccountId(4), credit: Credit::Unlimited },
            Command::Deposit { account: AccountId(4), currency: CurrencyId(1), cash: Cash(-1) },
            Command::Deliver { account: AccountId(4), instrument: InstrumentId(1), qty: Qty(2) },
            Command::SetPhase {
                instrument: InstrumentId(1),
                to: Phase::Closed,
                why: PhaseReason::Scheduled,
            },
            Command::SetPhase {
                instrument: InstrumentId(1),
                to: Phase::Halt,
                why: PhaseReason::MarketWide,
            },
            Command::PlaceVaried { order: order(), tranches: [Qty(1), Qty(2)].into() },
            Command::PlaceList(Arc::new(OrderList::bracket(order(), order(), order()))),
            Command::Amend { key: key(1), change: Change { tag: Some(4), ..Change::default() } },
            Command::MassCancel {
                filter: Filter { prices: Some((Price(1), Price(2))), ..Filter::default() },
                why: MassReason::Disconnect,
            },
            Command::EndCall { instrument: InstrumentId(1) },
            Command::SetBands { instrument: InstrumentId(1), bands: Some(bands()) },
            Command::SetReference {
                instrument: InstrumentId(1),
                of: Benchmark::Mark,
                price: Price(-5),
            },
            Command::KillSwitch { account: AccountId(4), on: true },
            Command::AdvanceTime,
            Command::SetGroup { account: AccountId(4), group: Some(9) },
            Command::RestrictShortSales { instrument: InstrumentId(1), on: false },
        ]
        .into_iter()
        .chain(kinds().into_iter().map(|kind| Command::Place(order().of_kind(kind))))
        .chain(tifs().into_iter().map(|tif| Command::Place(order().until(tif))))
        .chain(instructions().into_iter().map(|with| Command::Place(order().with(with))))
        .collect()
    }

    fn bands() -> Bands {
        Bands { lower: Price(-1), upper: Price(1) }
    }

    fn kinds() -> Vec<Kind> {
        let trigger = Trigger { price: Price(4), on: Watched::Quote };
        let trail = Trail { delta: Delta::Bips(50), activation: Some(Price(6)), on: Watched::Mark };
        vec![
            Kind::MarketProtected { points: 3 },
            Kind::MarketToLimit,
            Kind::MarketByAmount { amount: Cash(1 << 80) },
            Kind::Stop(trigger),
            Kind::StopLimit(trigger),
            Kind::TakeProfit(trigger),
            Kind::TakeProfitLimit(trigger),
            Kind::Trailing(trail),
            Kind::TrailingLimit { trail, offset: 2 },
            Kind::PegPrimary { offset: -1 },
            Kind::PegMarket { offset: 1 },
            Kind::PegMid,
            Kind::ImbalanceOnly,
        ]
    }

    fn tifs() -> Vec<Tif> {
        vec![Tif::Fok, Tif::Day, Tif::Gtd(Time(7)), Tif::AtOpen, Tif::AtClose]
    }

    fn instructions() -> Vec<Instructions> {
        let none = Instructions::NONE;
        vec![
            Instructions { post_only: Some(PostOnly::Slide), ..none },
            Instructions { min_qty: Some(Qty(2)), hidden: true, ..none },
            Instructions { all_or_none: true, mark: SaleMark::ShortExempt, ..none },
            Instructions { display: Some(Qty(1)), tag: 8, session: 9, ..none },
        ]
    }

    fn every_event() -> Vec<Event> {
        let (instrument, side, price) = (InstrumentId(2), Side::Sell, Price(-3));
        let terms = Terms {
            side,
            kind: Kind::Market,
            price: None,
            qty: Qty(9),
            tif: Tif::Ioc,
            stp: Stp::None,
            with: Instructions::NONE,
        };
        let special = Terms { with: instructions()[0], ..terms };
        let (from, to) = (Some(price), Price(8));
        let mut events = vec![
            Event::Accepted { instrument, key: key(1), terms, entry: Entry::Entering },
            Event::Accepted { instrument, key: key(1), terms, entry: Entry::Parked },
            Event::Accepted { instrument, key: key(1), terms: special, entry: Entry::Entering },
            Event::Refreshed {
                instrument,
                key: key(1),
                side,
                price,
                shown: Qty(3),
                stamp: Stamp(7),
            },
            Event::Repriced { instrument, key: key(1), side, from, to },
            Event::Parked { instrument, key: key(1), side, from: None },
            Event::Triggered { instrument, key: key(1), price },
            Event::Amended { instrument, key: key(1), terms: special, kept: true },
            Event::Armed { instrument, key: key(1), qty: Qty(6) },
            Event::Expired { instrument, key: key(1), side, price: from, left: Qty(2) },
            Event::Crossed {
                trade: TradeId(2),
                instrument,
                buy: key(1),
                sell: key(2),
                price,
                qty: Qty(4),
            },
            Event::Indicative {
                instrument,
                price: from,
                qty: Qty(1),
                imbalance: Qty(2),
                side: Some(side),
            },
            Event::Uncrossed { instrument, price: None, qty: Qty(0), surplus: Qty(0), side: None },
            Event::CallExtended { instrument },
            Event::MassCancelled { account: AccountId(3), orders: 2, qty: Qty(9) },
            Event::Unspent { instrument, key: key(1), cash: Cash(7) },
            Event::Transferred {
                instrument,
                maker: key(1),
                taker: key(2),
                aggressor: side,
                price,
                qty: Qty(4),
            },
            Event::BandsChanged { instrument, from: None, to: Some(bands()) },
            Event::ReferenceSet { instrument, of: Benchmark::Index, price },
            Event::ShortSalesRestricted { instrument, on: true },
            Event::KillSwitched { account: AccountId(3), on: true },
            Event::GroupSet { account: AccountId(3), group: None },
            Event::TimeAdvanced { at: Time(5) },
            Event::PhaseChanged {
                instrument,
                from: Phase::Continuous,
                to: Phase::ReopenCall,
                why: PhaseReason::Velocity,
            },
            Event::Traded {
                trade: TradeId(1),
                instrument,
                maker: key(1),
                taker: key(2),
                aggressor: side,
                price,
                qty: Qty(4),
            },
            Event::Rested { instrument, key: key(1), side, price, qty: Qty(4), stamp: Stamp(5) },
            Event::Replaced {
                instrument,
                key: key(1),
                side,
                from: price,
                left: Qty(1),
                price,
                qty: Qty(2),
                leaves: Qty(3),
                kept: true,
            },
            Event::Reduced { instrument, key: key(1), side, price, by: Qty(1), leaves: Qty(2) },
            Event::Prevented {
                instrument,
                maker: key(1),
                taker: key(2),
                price,
                qty: Qty(4),
                mode: Stp::ExpireBoth,
            },
            Event::Cancelled {
                instrument,
                key: key(1),
                side,
                price: None,
                left: Qty(1),
                why: CancelReason::Remainder,
            },
            Event::ExpiredInMatch {
                instrument,
                key: key(1),
                side,
                price: Some(price),
                left: Qty(1),
            },
            Event::PhaseChanged {
                instrument,
                from: Phase::Continuous,
                to: Phase::Halt,
                why: PhaseReason::Scheduled,
            },
            Event::AccountOpened { account: AccountId(3), credit: Credit::None },
            Event::Deposited {
                account: AccountId(3),
                currency: CurrencyId(0),
                cash: Cash(i128::MIN),
            },
            Event::Delivered { account: AccountId(3), instrument, qty: Qty(u64::MAX) },
        ];
        events.extend(Reject::ALL.map(|why| Event::Rejected { key: key(3), why }));
        events
    }

    /// What was written is read back, one byte less is too short, one more is too long.
    fn holds<T: Canon + PartialEq + std::fmt::Debug>(value: &T) {
        let mut bytes = value.to_bytes();
        assert_eq!(T::from_bytes(&bytes).as_ref(), Ok(value));
        for cut in 0..bytes.len() {
            assert!(matches!(T::from_bytes(&bytes[..cut]), Err(BadBytes::Short(_))), "{value:?}");
        }
        bytes.push(0);
        assert_eq!(T::from_bytes(&bytes), Err(BadBytes::Long(1)));
    }

    #[test]
    fn everything_is_read_back_as_written() {
        every_command().iter().for_each(holds);
        every_event().iter().for_each(holds);
        Phase::ALL.iter().for_each(holds);
    }

    /// What is written at once is what the list says, field by field.
    #[test]
    fn a_payment_is_written_at_once_as_field_by_field() {
        let (account, currency) = (AccountId(0x0102_0304), CurrencyId(0x0506));
        for cash in [-1, 7 << 90, i128::MIN].map(Cash) {
            for why in [Payment::Fee, Payment::Variation, Payment::Transfer] {
                for instrument in [None, Some(InstrumentId(0x0708_090a))] {
                    let paid = Fact::Paid { account, currency, cash, why, instrument };
                    let mut fields = vec![35];
                    paid.write(&mut fields);
                    assert_eq!(Event::Clearing(paid).to_bytes(), fields);
                    holds(&Event::Clearing(paid));
                }
            }
        }
    }

    #[test]
    fn meaningless_tags_are_named() {
        assert_eq!(
            Command::from_bytes(&[99]),
            Err(BadBytes::Unknown { what: "Command", found: 99 })
        );
        assert_eq!(Event::from_bytes(&[99]).unwrap_err().to_string(), "99 is no Event");
        let mut place = Command::Place(order()).to_bytes();
        place[17] = 2;
        assert_eq!(Command::from_bytes(&place), Err(BadBytes::Unknown { what: "Side", found: 2 }));
    }

    /// Any bytes either are refused or are the one form of what was read.
    #[test]
    fn a_longer_form_says_more() {
        let mut long = Command::Place(order()).to_bytes();
        *long.last_mut().unwrap() |= INSTRUCTED;
        Instructions::NONE.write(&mut long);
        assert_eq!(Command::from_bytes(&long), Err(BadBytes::Twofold(INSTRUCTED | 1)));
        let phase = Command::SetPhase {
            instrument: InstrumentId(1),
            to: Phase::Halt,
            why: PhaseReason::Scheduled,
        };
        let mut long = phase.to_bytes();
        (long[0], long[6 - 1]) = (8, 3);
        long.push(0);
        assert_eq!(Command::from_bytes(&long), Err(BadBytes::Twofold(8)));
    }

    /// Journals and digests of plain markets outlive whatever else an order may come to say.
    #[test]
    fn what_says_nothing_more_keeps_its_form() {
        let terms = Terms {
            side: Side::Buy,
            kind: Kind::Limit,
            price: Some(Price(3)),
            qty: Qty(4),
            tif: Tif::Gtc,
            stp: Stp::ExpireTaker,
            with: Instructions::NONE,
        };
        let (instrument, entry) = (InstrumentId(1), Entry::Entering);
        let mut expected = vec![0, 1, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        expected.extend([1, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(Event::Accepted { instrument, key: key(1), terms, entry }.to_bytes(), expected);
        let (from, to) = (Phase::Continuous, Phase::Halt);
        let changed = Event::PhaseChanged { instrument, from, to, why: PhaseReason::Scheduled };
        assert_eq!(changed.to_bytes(), [9, 1, 0, 0, 0, 2, 3]);
    }

    #[test]
    fn there_is_one_form_only() {
        for value in every_command() {
            let bytes = value.to_bytes();
            for at in 0..bytes.len() {
                for byte in [0, 1, 2, 3, 7, 8, 19, 20, 255] {
                    let mut damaged = bytes.clone();
                    damaged[at] = byte;
                    if let Ok(read) = Command::from_bytes(&damaged) {
                        assert_eq!(read.to_bytes(), damaged);
                    }
                }
            }
        }
    }
}

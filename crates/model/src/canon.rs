//! The one byte form of commands and events.
//!
//! Journals keep it and digests are taken over it, so it never changes meaning: a tag byte, then
//! the fields in the order of the definition, whole numbers little-endian and unpadded, an absent
//! option as a single 0 and a present one as 1 and its value. New variants take new tags; a tag is
//! never used twice. Writing cannot fail; reading refuses what writing would not have written, so
//! that a record has exactly one form.

use crate::command::{Command, Kind, Order, Stamped, Stp, Tif};
use crate::event::{CancelReason, Credit, Event, Phase, Reject, Terms};
use crate::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, Time,
    TradeId,
};
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
    /// More bytes than the value needs.
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

/// Whole numbers, and the newtypes around them.
macro_rules! numbers {
    ($($number:ty),*; $($name:ident),*) => {
        $(impl Canon for $number {
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
            fn write(&self, out: &mut Vec<u8>) {
                self.0.write(out);
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                Ok(Self(Canon::read(bytes)?))
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, i64, i128;
    Price, Qty, Cash, Time, AccountId, OrderId, InstrumentId, CurrencyId, Stamp, TradeId);

/// Enums without fields: one byte each, listed here and nowhere else.
macro_rules! choices {
    ($($name:ident { $($variant:ident = $tag:literal),* $(,)? })*) => {
        $(impl Canon for $name {
            fn write(&self, out: &mut Vec<u8>) {
                out.push(match self { $(Self::$variant => $tag,)* });
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
    Kind { Limit = 0, Market = 1 }
    Tif { Gtc = 0, Ioc = 1 }
    Stp { None = 0, ExpireTaker = 1, ExpireMaker = 2, ExpireBoth = 3 }
    CancelReason { User = 0, Remainder = 1, ReplacedToDone = 2 }
    Credit { None = 0, Unlimited = 1 }
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
    OrderKey { account, order }
    Order { account, order, instrument, side, kind, price, qty, tif, stp }
    Terms { side, kind, price, qty, tif, stp }
    Stamped { seq, at, command }
}

/// Enums with fields: a tag, then the fields in order; last the variants that wrap a struct.
macro_rules! variants {
    ($name:ident {
        $($tag:literal = $variant:ident { $($field:ident),* $(,)? }),* $(,)?
        ; $($wrap_tag:literal = $wrap:ident($inner:ty)),* $(,)?
    }) => {
        impl Canon for $name {
            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        out.push($tag);
                        $($field.write(out);)*
                    })*
                    $(Self::$wrap(inner) => {
                        out.push($wrap_tag);
                        inner.write(out);
                    })*
                }
            }
            fn read(bytes: &mut &[u8]) -> Result<Self, BadBytes> {
                match u8::read(bytes)? {
                    $($tag => Ok(Self::$variant { $($field: Canon::read(bytes)?),* }),)*
                    $($wrap_tag => Ok(Self::$wrap(<$inner>::read(bytes)?)),)*
                    found => Err(BadBytes::Unknown { what: stringify!($name), found }),
                }
            }
        }
    };
}

variants! { Command {
    1 = Replace { key, price, qty },
    2 = Reduce { key, by },
    3 = Cancel { key },
    4 = OpenAccount { account, credit },
    5 = Deposit { account, currency, cash },
    6 = Deliver { account, instrument, qty },
    7 = SetPhase { instrument, to };
    0 = Place(Order)
} }

variants! { Event {
    0 = Accepted { instrument, key, terms },
    1 = Rejected { key, why },
    2 = Traded { trade, instrument, maker, taker, aggressor, price, qty },
    3 = Rested { instrument, key, side, price, qty, stamp },
    4 = Replaced { instrument, key, side, from, left, price, qty, leaves, kept },
    5 = Reduced { instrument, key, side, price, by, leaves },
    6 = Prevented { instrument, maker, taker, price, qty, mode },
    7 = Cancelled { instrument, key, side, price, left, why },
    8 = ExpiredInMatch { instrument, key, side, price, left },
    9 = PhaseChanged { instrument, from, to },
    10 = AccountOpened { account, credit },
    11 = Deposited { account, currency, cash },
    12 = Delivered { account, instrument, qty };
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
            Command::SetPhase { instrument: InstrumentId(1), to: Phase::Closed },
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
        };
        let mut events = vec![
            Event::Accepted { instrument, key: key(1), terms },
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
            Event::PhaseChanged { instrument, from: Phase::Continuous, to: Phase::Halt },
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

//! The messages of TotalView-ITCH 5.0, each as a struct of its fields.
//!
//! Every message begins with its type, the number of its stock, a tracking number and the time since
//! midnight; the rest is a fixed list of fields. One table here says which, and both reading and writing
//! come of it. Prices are in ten-thousandths of a dollar, those of [`Breaker`] in hundred-millionths.
//!
//! Source: Nasdaq, *Nasdaq TotalView-ITCH 5.0*, sections 1.1 to 1.8.

use super::wire::{Code, Text, Wire};
use crate::error::Fault;
use pitfloor_model::units::Side;

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// The day's number of the stock; 0 where a message concerns the whole market.
    pub locate: u16,
    /// Nasdaq's own tracking number.
    pub tracking: u16,
    /// Nanoseconds since midnight in New York.
    pub at_ns: u64,
    /// What it says.
    pub body: Body,
}

/// A stock's name, of up to eight letters.
pub type Stock = Text<8>;

/// Bytes before the fields of a message: type, stock, tracking, time.
const HEAD_BYTES: usize = 11;

/// The longest message, in bytes.
pub const BYTES_MAX: usize = 50;

macro_rules! messages {
    ($($(#[$doc:meta])* $letter:literal $name:ident $len:literal {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
    })*) => {
        $($(#[$doc])* #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* })*

        /// What a message says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Body { $($(#[$doc])* $name($name),)* }

        /// The types with their lengths, in bytes.
        pub const TYPES: &[(u8, usize)] = &[$(($letter, $len),)*];

        impl Body {
            /// The type of the message.
            #[must_use]
            pub const fn letter(&self) -> u8 {
                match self { $(Self::$name(_) => $letter,)* }
            }

            /// The body of a whole message whose letter and length fit.
            #[inline]
            fn take(message: &[u8]) -> Result<Self, Fault> {
                match message[0] {
                    $($letter => {
                        let message: &[u8; $len] = sized(message)?;
                        let mut at = HEAD_BYTES;
                        $(let $field = field::<$kind>(message, &mut at, stringify!($field))?;)*
                        Ok(Self::$name($name { $($field,)* }))
                    })*
                    other => Err(unknown(other)),
                }
            }

            fn put(&self, out: &mut Vec<u8>) {
                match self { $(Self::$name(fields) => { let _ = fields; $(fields.$field.put(out);)* })* }
            }
        }

        $(const _: () = assert!(HEAD_BYTES $(+ <$kind as Wire>::LEN)* == $len);)*
    };
}

messages! {
    /// The day begins or ends, or a part of it does.
    b'S' System 12 {
        /// O start of messages, S of system hours, Q of market hours, M E C their ends.
        event: Code,
    }
    /// What a stock is.
    b'R' Directory 39 {
        /// Its name.
        stock: Stock,
        /// Its market.
        market: Code,
        /// Whether its company is in arrears.
        financial_status: Code,
        /// Shares of a round lot.
        round_lot: u32,
        /// Whether only round lots trade.
        round_lots_only: Code,
        /// Its class.
        classification: Code,
        /// Its kind within the class.
        sub_type: Text<2>,
        /// P live, T test.
        authenticity: Code,
        /// Whether it is on the list of short sales.
        short_sale_threshold: Code,
        /// Whether it is new.
        ipo: Code,
        /// Its tier of price bands.
        luld_tier: Code,
        /// Whether it is a product that tracks something.
        etp: Code,
        /// How many times it follows what it tracks.
        etp_leverage: u32,
        /// Whether it goes the other way.
        inverse: Code,
    }
    /// A stock halts, pauses or trades.
    b'H' Trading 25 {
        /// Which.
        stock: Stock,
        /// H halted, P paused, Q quotation only, T trading.
        state: Code,
        /// Without meaning.
        reserved: Code,
        /// Why.
        reason: Text<4>,
    }
    /// Whether short sales of a stock are restricted.
    b'Y' ShortSale 20 {
        /// Which.
        stock: Stock,
        /// 0 free, 1 restricted during the day, 2 since the day before.
        action: Code,
    }
    /// What a market maker is in a stock.
    b'L' Participant 26 {
        /// Who.
        mpid: Text<4>,
        /// In which stock.
        stock: Stock,
        /// Whether it is a primary market maker.
        primary: Code,
        /// In which mode.
        mode: Code,
        /// In which state.
        state: Code,
    }
    /// The falls of the market at which everything stops, in hundred-millionths of the index.
    b'V' Breaker 35 {
        /// By 7 %.
        level_1: u64,
        /// By 13 %.
        level_2: u64,
        /// By 20 %.
        level_3: u64,
    }
    /// One of these falls happened.
    b'W' Breached 12 {
        /// Which, 1 to 3.
        level: Code,
    }
    /// When quotes of a new stock begin.
    b'K' Ipo 28 {
        /// Which.
        stock: Stock,
        /// When, in seconds after midnight.
        release_s: u32,
        /// A expected, C called off.
        qualifier: Code,
        /// Its price.
        price: u32,
    }
    /// The collar of a reopening auction.
    b'J' Collar 35 {
        /// Of which stock.
        stock: Stock,
        /// Around which price.
        reference: u32,
        /// Its top.
        upper: u32,
        /// Its bottom.
        lower: u32,
        /// How often it was extended.
        extension: u32,
    }
    /// One venue alone halts or resumes a stock.
    b'h' Operational 21 {
        /// Which.
        stock: Stock,
        /// Q Nasdaq, B BX, X PSX.
        market: Code,
        /// H halted, T trading.
        action: Code,
    }
    /// An order joined the book.
    b'A' Add 36 {
        /// Its number.
        order: u64,
        /// Its side.
        side: Side,
        /// Its size.
        shares: u32,
        /// Of which stock.
        stock: Stock,
        /// Its limit.
        price: u32,
    }
    /// An order joined the book, and its owner is told.
    b'F' AddNamed 40 {
        /// Its number.
        order: u64,
        /// Its side.
        side: Side,
        /// Its size.
        shares: u32,
        /// Of which stock.
        stock: Stock,
        /// Its limit.
        price: u32,
        /// Its owner.
        mpid: Text<4>,
    }
    /// A resting order traded, wholly or in part.
    b'E' Executed 31 {
        /// Which.
        order: u64,
        /// How much.
        shares: u32,
        /// The trade's number.
        trade: u64,
    }
    /// A resting order traded at another price than its own.
    b'C' ExecutedAt 36 {
        /// Which.
        order: u64,
        /// How much.
        shares: u32,
        /// The trade's number.
        trade: u64,
        /// Whether the tape has it; N where a later message tells the volume.
        printable: Code,
        /// At which price.
        price: u32,
    }
    /// A part of an order was cancelled.
    b'X' Cancel 23 {
        /// Which.
        order: u64,
        /// How much of it.
        shares: u32,
    }
    /// An order was cancelled, wholly.
    b'D' Delete 19 {
        /// Which.
        order: u64,
    }
    /// An order was replaced by another of the same side.
    b'U' Replace 35 {
        /// Which.
        order: u64,
        /// By which.
        new: u64,
        /// The size of the new one.
        shares: u32,
        /// Its limit.
        price: u32,
    }
    /// A hidden order traded.
    b'P' Trade 44 {
        /// Its number, always 0 nowadays.
        order: u64,
        /// Its side, always B nowadays.
        side: Side,
        /// How much.
        shares: u32,
        /// Of which stock.
        stock: Stock,
        /// At which price.
        price: u32,
        /// The trade's number.
        trade: u64,
    }
    /// An auction.
    b'Q' Cross 40 {
        /// How much.
        shares: u64,
        /// Of which stock.
        stock: Stock,
        /// At which price.
        price: u32,
        /// The trade's number.
        trade: u64,
        /// O opening, C closing, H after a halt or at an offering.
        kind: Code,
    }
    /// A trade is no more.
    b'B' Broken 19 {
        /// Which.
        trade: u64,
    }
    /// How an auction would come out.
    b'I' Noii 50 {
        /// Shares that would trade.
        paired: u64,
        /// Shares that would not.
        imbalance: u64,
        /// B or S: their side; N none, O too few orders, P paused.
        direction: Code,
        /// Of which stock.
        stock: Stock,
        /// Where the auction's orders alone would clear.
        far: u32,
        /// Where all orders would clear.
        near: u32,
        /// What prices are measured against.
        reference: u32,
        /// Which auction.
        kind: Code,
        /// How far near is from the inside.
        variation: Code,
    }
    /// Retail interest in a stock.
    b'N' Retail 20 {
        /// Which.
        stock: Stock,
        /// B bid, S offer, A both, N neither.
        interest: Code,
    }
    /// The collar of a direct listing.
    b'O' DirectListing 48 {
        /// Of which stock.
        stock: Stock,
        /// Whether it may open.
        eligible: Code,
        /// The lowest price allowed.
        lowest: u32,
        /// The highest.
        highest: u32,
        /// Where it would clear.
        near: u32,
        /// Since when, in nanoseconds after midnight.
        near_at_ns: u64,
        /// The collar's bottom.
        collar_lower: u32,
        /// Its top.
        collar_upper: u32,
    }
}

impl Message {
    /// The message that `bytes` are, all of them.
    ///
    /// # Errors
    ///
    /// When the type is unknown, the length is another, or a field holds what it cannot.
    #[inline]
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let Some(head) = bytes.first_chunk::<HEAD_BYTES>() else {
            let found = format!("{} bytes", bytes.len());
            return Err(Fault::new("length", found, "the length of a message"));
        };
        let at_ns =
            u64::from_be_bytes([0, 0, head[5], head[6], head[7], head[8], head[9], head[10]]);
        Ok(Self {
            locate: u16::from_be_bytes([head[1], head[2]]),
            tracking: u16::from_be_bytes([head[3], head[4]]),
            at_ns,
            body: Body::take(bytes)?,
        })
    }

    /// Appends the message, without a length before it.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.body.letter());
        self.locate.put(out);
        self.tracking.put(out);
        out.extend_from_slice(&self.at_ns.to_be_bytes()[2..]);
        self.body.put(out);
    }
}

#[inline]
fn sized<const LEN: usize>(message: &[u8]) -> Result<&[u8; LEN], Fault> {
    message.try_into().map_err(|_| {
        let found = format!("{} bytes of type {:?}", message.len(), message[0] as char);
        Fault::new("length", found, format!("{LEN} bytes"))
    })
}

#[inline]
fn field<Kind: Wire>(message: &[u8], at: &mut usize, name: &'static str) -> Result<Kind, Fault> {
    let bytes = &message[*at..*at + Kind::LEN];
    *at += Kind::LEN;
    Kind::take(bytes)
        .ok_or_else(|| Fault::new(name, format!("\"{}\"", bytes.escape_ascii()), Kind::EXPECTED))
}

#[cold]
fn unknown(letter: u8) -> Fault {
    let found = format!("\"{}\"", [letter].escape_ascii());
    Fault::new("type", found, "a type of ITCH 5.0")
}

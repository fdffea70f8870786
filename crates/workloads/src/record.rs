//! One instruction to an order book, as the files keep it.

use pitfloor_model::units::Side;

/// One record: 40 bytes in a file and in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Record {
    /// What is asked.
    pub kind: Kind,
    /// Buy or sell; informative for a cancel, which goes by the id alone.
    pub side: Side,
    /// Whether what does not trade at once is cancelled.
    pub ioc: bool,
    /// A byte without a meaning, 0 in every file that is written here.
    pub spare: u8,
    /// New: how much. Modify: what shall be open. In lots.
    pub qty: u32,
    /// Its place in the file, from 0.
    pub seq: u64,
    /// The order.
    pub id: u64,
    /// The limit, in ticks.
    pub price: i64,
    /// Eight bytes without a meaning, 0 in every file that is written here.
    pub spares: u64,
}

/// What a record asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Enter a new limit order.
    New,
    /// Take an order off the book.
    Cancel,
    /// Give an order another price and open quantity, at the back of its queue.
    Modify,
}

const _: () = assert!(size_of::<Record>() == Record::BYTES, "a record is as long as in its file");

impl Record {
    /// How long one is in a file.
    pub const BYTES: usize = 40;

    /// A new order that rests what does not trade; `seq` and `ioc` are still to be set.
    #[must_use]
    pub const fn new(kind: Kind, side: Side, qty: u32, id: u64, price: i64) -> Self {
        Self { kind, side, ioc: false, spare: 0, qty, seq: 0, id, price, spares: 0 }
    }

    /// Its byte form.
    #[must_use]
    pub fn bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = self.kind as u8;
        bytes[1] = u8::from(self.side == Side::Sell);
        bytes[2] = u8::from(self.ioc);
        bytes[3] = self.spare;
        bytes[4..8].copy_from_slice(&self.qty.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.seq.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.id.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.price.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.spares.to_le_bytes());
        bytes
    }
}

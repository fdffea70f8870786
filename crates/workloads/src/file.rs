//! Files of records: sixteen bytes of header, then one record after the other, little-endian.
//!
//! | offset | size | header |
//! |--:|--:|---|
//! | 0 | 8 | the magic number |
//! | 8 | 4 | the version, 1 |
//! | 12 | 4 | how many records follow |
//!
//! The layout of a record is that of the public *matching-engine-benchmark*, so that its files can
//! be read too. A file that is not exactly so is refused with the place where it goes wrong.

use crate::record::{Kind, Record};
use pitfloor_model::units::{Price, Side};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::io::{self, Write};
use thiserror::Error;

/// What a file begins with.
pub const MAGIC: u64 = 0x4D45_4257_5F30_3031;

/// The one version there is.
pub const VERSION: u32 = 1;

/// How long the header is.
pub const HEADER_BYTES: usize = 16;

/// The most records of one file: its count has 32 bits.
pub const RECORDS_MAX: usize = u32::MAX as usize;

/// A file that cannot be used, and where it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("offset {offset}: {field}: found {found}, expected {expected}")]
pub struct Refused {
    /// The first byte of the field that is wrong.
    pub offset: u64,
    /// Which field.
    pub field: &'static str,
    /// What it says.
    pub found: String,
    /// What would have done.
    pub expected: String,
}

impl Refused {
    fn new(offset: usize, field: &'static str, found: String, expected: String) -> Self {
        Self { offset: offset as u64, field, found, expected }
    }
}

/// The records in `bytes`, a whole file.
///
/// # Errors
///
/// When the header is not that of such a file, its count is not that of its records, or a record
/// has an unknown type, side or flag or is not at its place in the sequence.
pub fn read(bytes: &[u8]) -> Result<Vec<Record>, Refused> {
    let count = header(bytes)?;
    let records = bytes[HEADER_BYTES..].as_chunks::<{ Record::BYTES }>().0;
    debug_assert_eq!(records.len(), count, "the header has been checked");
    records.iter().enumerate().map(|(index, bytes)| record(index, bytes)).collect()
}

fn header(bytes: &[u8]) -> Result<usize, Refused> {
    let Some((header, records)) = bytes.split_at_checked(HEADER_BYTES) else {
        let (found, expected) = (bytes.len().to_string(), format!("at least {HEADER_BYTES}"));
        return Err(Refused::new(bytes.len(), "length", found, expected));
    };
    let magic = number(header, 0);
    if magic != MAGIC {
        let (found, expected) = (format!("{magic:016x}"), format!("{MAGIC:016x}"));
        return Err(Refused::new(0, "magic", found, expected));
    }
    let (version, count) = (number(header, 8) as u32, (number(header, 8) >> 32) as usize);
    if version != VERSION {
        return Err(Refused::new(8, "version", version.to_string(), VERSION.to_string()));
    }
    let (found, whole) = (records.len(), count * Record::BYTES);
    if found != whole {
        // Where the file ends early, or where it goes on.
        let offset = HEADER_BYTES + found.min(whole);
        let expected = format!("{} for {count} records", HEADER_BYTES + whole);
        return Err(Refused::new(offset, "length", bytes.len().to_string(), expected));
    }
    Ok(count)
}

fn record(index: usize, bytes: &[u8; Record::BYTES]) -> Result<Record, Refused> {
    let at = HEADER_BYTES + index * Record::BYTES;
    let wrong = |offset: usize, field, found: String, expected: &str| {
        Err(Refused::new(at + offset, field, found, expected.to_owned()))
    };
    let kind = match bytes[0] {
        0 => Kind::New,
        1 => Kind::Cancel,
        2 => Kind::Modify,
        other => return wrong(0, "type", other.to_string(), "0, 1 or 2"),
    };
    let side = match bytes[1] {
        0 => Side::Buy,
        1 => Side::Sell,
        other => return wrong(1, "side", other.to_string(), "0 or 1"),
    };
    let ioc = match bytes[2] {
        0 => false,
        1 => true,
        other => return wrong(2, "ioc", other.to_string(), "0 or 1"),
    };
    let seq = number(bytes, 8);
    if seq != index as u64 {
        return wrong(8, "seq", seq.to_string(), &index.to_string());
    }
    Ok(Record {
        kind,
        side,
        ioc,
        spare: bytes[3],
        qty: (number(bytes, 0) >> 32) as u32,
        seq,
        id: number(bytes, 16),
        price: number(bytes, 24).cast_signed(),
        spares: number(bytes, 32),
    })
}

fn number(bytes: &[u8], at: usize) -> u64 {
    let (eight, _) = bytes[at..].split_first_chunk().expect("the field lies within the bytes");
    u64::from_le_bytes(*eight)
}

/// Refuses what no engine is asked here: an order of nothing, an order that comes twice, a price
/// beyond [`Price::FARTHEST`]. A file may be well formed and say so all the same.
///
/// # Errors
///
/// With the place of the first such record.
pub fn playable(records: &[Record]) -> Result<(), Refused> {
    let mut known = HashSet::new();
    for (index, record) in records.iter().enumerate() {
        let at = HEADER_BYTES + index * Record::BYTES;
        let asks = record.kind != Kind::Cancel;
        if asks && record.qty == 0 {
            return Err(Refused::new(at + 4, "quantity", "0".to_owned(), "1 or more".to_owned()));
        }
        if asks && record.price.unsigned_abs() > Price::FARTHEST.0.unsigned_abs() {
            let (found, most) = (record.price.to_string(), Price::FARTHEST.0);
            let expected = format!("from -{most} to {most}");
            return Err(Refused::new(at + 24, "price", found, expected));
        }
        let number = record.id.to_string();
        if record.kind == Kind::New && record.id == 0 {
            return Err(Refused::new(at + 16, "id", number, "1 or more".to_owned()));
        }
        if record.kind == Kind::New && !known.insert(record.id) {
            let expected = "a number that no order had before".to_owned();
            return Err(Refused::new(at + 16, "id", number, expected));
        }
    }
    Ok(())
}

/// Writes `records` as a file.
///
/// # Errors
///
/// When `out` fails.
///
/// # Panics
///
/// When they are more than [`RECORDS_MAX`].
pub fn write(records: &[Record], out: &mut impl Write) -> io::Result<()> {
    let count = u32::try_from(records.len()).expect("a file counts its records in 32 bits");
    out.write_all(&MAGIC.to_le_bytes())?;
    out.write_all(&VERSION.to_le_bytes())?;
    out.write_all(&count.to_le_bytes())?;
    records.iter().try_for_each(|record| out.write_all(&record.bytes()))
}

/// The SHA-256 of the file of `records`, in hexadecimal.
///
/// # Panics
///
/// When they are more than [`RECORDS_MAX`].
#[must_use]
pub fn sha256(records: &[Record]) -> String {
    let mut hashing = Hashing(Sha256::new());
    write(records, &mut hashing).expect("a hash takes everything");
    hex(&hashing.0.finalize())
}

/// `bytes` as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

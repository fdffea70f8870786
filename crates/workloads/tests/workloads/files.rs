//! Files of records: what is written is read, and whatever is not such a file is refused with its
//! place.

use pitfloor_workloads::file::{self, HEADER_BYTES, Refused};
use pitfloor_workloads::record::{Kind, Record};
use pitfloor_workloads::workload::Workload;
use proptest::prelude::*;

fn bytes(records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::new();
    file::write(records, &mut bytes).unwrap();
    bytes
}

fn some() -> Vec<Record> {
    Workload::W1.records(300)
}

#[test]
fn what_is_written_is_read() {
    let (records, bytes) = (some(), bytes(&some()));
    assert_eq!(bytes.len(), HEADER_BYTES + 300 * Record::BYTES);
    assert_eq!(bytes[..16], *b"100_WBEM\x01\0\0\0\x2c\x01\0\0");
    assert_eq!(file::read(&bytes), Ok(records));
    assert_eq!(file::read(&super::files::bytes(&[])), Ok(Vec::new()));
}

#[test]
fn bytes_without_a_meaning_are_kept() {
    let mut bytes = bytes(&some());
    bytes[HEADER_BYTES + 3] = 7;
    bytes[HEADER_BYTES + 39] = 9;
    let read = file::read(&bytes).unwrap();
    assert_eq!((read[0].spare, read[0].spares), (7, 9 << 56));
    assert_eq!(super::files::bytes(&read), bytes);
}

#[test]
fn the_refusal_says_where_what_and_what_instead() {
    let good = bytes(&some());
    let with = |offset: usize, byte: u8| {
        let mut bad = good.clone();
        bad[offset] = byte;
        file::read(&bad).unwrap_err().to_string()
    };
    let fifth = HEADER_BYTES + 5 * Record::BYTES;
    for (said, expected) in [
        (with(0, 0), "offset 0: magic: found 4d4542575f303000, expected 4d4542575f303031"),
        (with(8, 2), "offset 8: version: found 2, expected 1"),
        (with(12, 45), "offset 12016: length: found 12016, expected 12056 for 301 records"),
        (with(fifth, 3), "offset 216: type: found 3, expected 0, 1 or 2"),
        (with(fifth + 1, 2), "offset 217: side: found 2, expected 0 or 1"),
        (with(fifth + 2, 255), "offset 218: ioc: found 255, expected 0 or 1"),
        (with(fifth + 8, 6), "offset 224: seq: found 6, expected 5"),
    ] {
        assert_eq!(said, expected);
    }
    let cut = |length: usize| file::read(&good[..length]).unwrap_err().to_string();
    assert_eq!(cut(0), "offset 0: length: found 0, expected at least 16");
    assert_eq!(cut(100), "offset 100: length: found 100, expected 12016 for 300 records");
    let longer = [good.as_slice(), &[0]].concat();
    let said = file::read(&longer).unwrap_err().to_string();
    assert_eq!(said, "offset 12016: length: found 12017, expected 12016 for 300 records");
}

#[test]
fn what_no_engine_is_asked_is_refused_with_its_place() {
    let refused = |change: fn(&mut Vec<Record>)| {
        let mut records = some();
        change(&mut records);
        file::playable(&records).map_err(|Refused { offset, field, .. }| (offset, field))
    };
    assert_eq!(refused(|_| {}), Ok(()));
    assert_eq!(refused(|records| records[2].qty = 0), Err((16 + 80 + 4, "quantity")));
    assert_eq!(refused(|records| records[0].price = i64::MIN), Err((16 + 24, "price")));
    assert_eq!(refused(|records| records[0].id = 0), Err((16 + 16, "id")));
    let twice = |records: &mut Vec<Record>| {
        records[299] = Record { kind: Kind::New, id: records[0].id, qty: 1, ..records[299] };
    };
    assert_eq!(refused(twice), Err((16 + 299 * 40 + 16, "id")));
}

/// Offsets of a record at which any other byte makes it something it must not be.
const STRICT: [usize; 11] = [0, 1, 2, 8, 9, 10, 11, 12, 13, 14, 15];

proptest! {
    /// No single byte of the header, a type, a side, a flag or a number can change unnoticed: it is
    /// refused at that field, unless it says something else that is well formed (a buy for a sell).
    #[test]
    fn no_single_byte_changes_unnoticed(
        place in 0_usize..300,
        field in 0_usize..27,
        other in 1_u8..=255,
    ) {
        let good = bytes(&some());
        let at = if field < 16 {
            field
        } else {
            HEADER_BYTES + place * Record::BYTES + STRICT[field - 16]
        };
        let mut bad = good.clone();
        bad[at] ^= other;
        let flags = at >= HEADER_BYTES && (at - HEADER_BYTES) % Record::BYTES <= 2;
        let most = if (at - HEADER_BYTES.min(at)).is_multiple_of(Record::BYTES) { 2 } else { 1 };
        match file::read(&bad) {
            Ok(read) => {
                prop_assert!(flags && bad[at] <= most, "byte {at} became {}", bad[at]);
                prop_assert_eq!(bytes(&read), bad);
            }
            Err(refused) => {
                prop_assert!(!(flags && bad[at] <= most));
                let offset = usize::try_from(refused.offset).unwrap();
                // A wrong count shows at the end, which is then too early or too late.
                prop_assert!((12..16).contains(&at) || (offset <= at && at < offset + 8));
            }
        }
    }

    /// Whatever is in a file, reading it ends in records that write the same file, or in a refusal.
    #[test]
    fn any_bytes_are_read_or_refused(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut file = bytes(&[]);
        file.extend(&noise);
        file[12] = u8::try_from(noise.len() / Record::BYTES).unwrap();
        for candidate in [noise, file] {
            if let Ok(read) = file::read(&candidate) {
                prop_assert_eq!(bytes(&read), candidate);
            }
        }
    }
}

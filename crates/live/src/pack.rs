//! MessagePack, as far as market data needs it: where one value ends, what a value is, and how one
//! is written.
//!
//! A frame is never made into a tree: values stay slices of it until somebody asks for one, so a
//! frame of millions of empty lists costs no more memory than its bytes.

use pitfloor_data::record::Moment;
use rmp::Marker;

/// A value without parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plain<'a> {
    /// Nothing.
    Nil,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A float.
    Float(f64),
    /// Bytes that should be text.
    Text(&'a [u8]),
    /// The timestamp extension: seconds and nanoseconds.
    Time(i64, u32),
    /// Bytes, or an extension that nobody knows.
    Other,
}

/// How a value begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start<'a> {
    /// It is whole.
    Plain(Plain<'a>),
    /// So many values follow.
    List(u32),
    /// So many pairs follow.
    Map(u32),
}

/// The first value of `bytes` or its beginning, and what follows it; none where they break off or are
/// none.
#[must_use]
pub fn start(bytes: &[u8]) -> Option<(Start<'_>, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let plain = |plain, rest| Some((Start::Plain(plain), rest));
    let text = |length: usize, rest: &'_ [u8]| rest.split_at_checked(length).map(|_| length);
    match Marker::from_u8(*first) {
        Marker::Null => plain(Plain::Nil, rest),
        Marker::True => plain(Plain::Bool(true), rest),
        Marker::False => plain(Plain::Bool(false), rest),
        Marker::FixPos(value) => plain(Plain::Integer(value.into()), rest),
        Marker::FixNeg(value) => plain(Plain::Integer(value.into()), rest),
        Marker::U8 => number(rest, 1, false),
        Marker::U16 => number(rest, 2, false),
        Marker::U32 => number(rest, 4, false),
        Marker::U64 => number(rest, 8, false),
        Marker::I8 => number(rest, 1, true),
        Marker::I16 => number(rest, 2, true),
        Marker::I32 => number(rest, 4, true),
        Marker::I64 => number(rest, 8, true),
        Marker::F32 => {
            let (value, rest) = rest.split_first_chunk()?;
            plain(Plain::Float(f32::from_be_bytes(*value).into()), rest)
        }
        Marker::F64 => {
            let (value, rest) = rest.split_first_chunk()?;
            plain(Plain::Float(f64::from_be_bytes(*value)), rest)
        }
        Marker::FixStr(length) => {
            let (value, rest) = rest.split_at(text(length.into(), rest)?);
            plain(Plain::Text(value), rest)
        }
        Marker::Str8 | Marker::Str16 | Marker::Str32 => {
            let (length, rest) = length(rest, 1 << (first - 0xd9))?;
            let (value, rest) = rest.split_at_checked(length as usize)?;
            plain(Plain::Text(value), rest)
        }
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => {
            let (length, rest) = length(rest, 1 << (first - 0xc4))?;
            plain(Plain::Other, rest.get(length as usize..)?)
        }
        Marker::FixArray(length) => Some((Start::List(length.into()), rest)),
        Marker::Array16 => length(rest, 2).map(|(length, rest)| (Start::List(length), rest)),
        Marker::Array32 => length(rest, 4).map(|(length, rest)| (Start::List(length), rest)),
        Marker::FixMap(length) => Some((Start::Map(length.into()), rest)),
        Marker::Map16 => length(rest, 2).map(|(length, rest)| (Start::Map(length), rest)),
        Marker::Map32 => length(rest, 4).map(|(length, rest)| (Start::Map(length), rest)),
        Marker::FixExt1 => extension(rest, 1),
        Marker::FixExt2 => extension(rest, 2),
        Marker::FixExt4 => extension(rest, 4),
        Marker::FixExt8 => extension(rest, 8),
        Marker::FixExt16 => extension(rest, 16),
        Marker::Ext8 | Marker::Ext16 | Marker::Ext32 => {
            let (length, rest) = length(rest, 1 << (first - 0xc7))?;
            extension(rest, length as usize)
        }
        Marker::Reserved => None,
    }
}

fn length(bytes: &[u8], width: usize) -> Option<(u32, &[u8])> {
    let (length, rest) = bytes.split_at_checked(width)?;
    Some((length.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)), rest))
}

fn number(bytes: &[u8], width: usize, signed: bool) -> Option<(Start<'_>, &[u8])> {
    let (value, rest) = bytes.split_at_checked(width)?;
    let first = if signed && value[0] >= 0x80 { -1 } else { 0 };
    let value = value.iter().fold(first, |sum: i128, byte| sum << 8 | i128::from(*byte));
    Some((Start::Plain(Plain::Integer(value)), rest))
}

fn extension(bytes: &[u8], length: usize) -> Option<(Start<'_>, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (body, rest) = rest.split_at_checked(length)?;
    let be = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let value = match (*kind as i8, length) {
        (-1, 4) => Plain::Time(be(body) as i64, 0),
        (-1, 8) => Plain::Time((be(body) & ((1 << 34) - 1)) as i64, (be(body) >> 34) as u32),
        (-1, 12) => Plain::Time(be(&body[4..]) as i64, be(&body[..4]) as u32),
        _ => Plain::Other,
    };
    Some((Start::Plain(value), rest))
}

/// Splits the first whole value off `bytes`, however deep it is; none where they break off.
#[must_use]
pub fn value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut rest, mut wanted) = (bytes, 1_u64);
    while wanted > 0 {
        let (begun, behind) = start(rest)?;
        wanted = wanted - 1
            + match begun {
                Start::Plain(_) => 0,
                Start::List(length) => u64::from(length),
                Start::Map(pairs) => 2 * u64::from(pairs),
            };
        rest = behind;
    }
    Some(bytes.split_at(bytes.len() - rest.len()))
}

/// `time` as nanoseconds since 1970.
#[must_use]
pub fn moment(seconds: i64, nanos: u32) -> Option<Moment> {
    if nanos >= 1_000_000_000 {
        return None;
    }
    let ns = seconds.checked_mul(1_000_000_000)?.checked_add(nanos.into())?;
    Some(Moment(ns))
}

/// Writes what `json` says. A text under the key `t` that is a moment becomes a timestamp of
/// `time_bits` (32 where seconds suffice, else 64 or 96), or stays text for any other width.
pub fn write(out: &mut Vec<u8>, json: &serde_json::Value, time_bits: u32) {
    use serde_json::Value;
    let written = "memory takes what is written to it";
    match json {
        Value::Null => rmp::encode::write_nil(out).expect(written),
        Value::Bool(value) => rmp::encode::write_bool(out, *value).expect(written),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => drop(rmp::encode::write_uint(out, value).expect(written)),
            (_, Some(value)) => drop(rmp::encode::write_sint(out, value).expect(written)),
            _ => {
                let value = number.as_f64().unwrap_or(f64::NAN);
                rmp::encode::write_f64(out, value).expect(written);
            }
        },
        Value::String(text) => rmp::encode::write_str(out, text).expect(written),
        Value::Array(list) => {
            rmp::encode::write_array_len(out, list.len() as u32).expect(written);
            list.iter().for_each(|value| write(out, value, time_bits));
        }
        Value::Object(map) => {
            rmp::encode::write_map_len(out, map.len() as u32).expect(written);
            for (key, value) in map {
                rmp::encode::write_str(out, key).expect(written);
                let at = value.as_str().filter(|_| key == "t").and_then(crate::moment::of_text);
                match at {
                    Some(crate::moment::Told::At(at)) if matches!(time_bits, 32 | 64 | 96) => {
                        write_time(out, at, time_bits);
                    }
                    _ => write(out, value, time_bits),
                }
            }
        }
    }
}

fn write_time(out: &mut Vec<u8>, at: Moment, bits: u32) {
    let (seconds, nanos) = (at.0.div_euclid(1_000_000_000), at.0.rem_euclid(1_000_000_000));
    let mut put = |length: u32, body: &[u8]| {
        let meta = rmp::encode::write_ext_meta(out, length, -1);
        meta.expect("memory takes what is written to it");
        out.extend_from_slice(body);
    };
    match (bits, u32::try_from(seconds)) {
        (32, Ok(whole)) if nanos == 0 => put(4, &whole.to_be_bytes()),
        (32 | 64, Ok(_)) => put(8, &((nanos as u64) << 34 | seconds as u64).to_be_bytes()),
        _ => {
            let mut body = (nanos as u32).to_be_bytes().to_vec();
            body.extend_from_slice(&seconds.to_be_bytes());
            put(12, &body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn values_are_split_whole_however_deep() {
        let mut bytes = Vec::new();
        write(&mut bytes, &json!([{"T": "t", "c": ["@", "I"], "deep": [[[{"a": [1]}]]]}, 7]), 64);
        let length = bytes.len();
        bytes.push(0xc0);
        assert_eq!(value(&bytes), Some((&bytes[..length], &[0xc0][..])));
        for end in 0..length {
            assert_eq!(value(&bytes[..end]), None, "cut at {end}");
        }
        // A million lists inside each other, and a list of four billion of which none follows.
        let deep = vec![0x91; 1_000_000];
        assert_eq!(value(&deep), None);
        assert_eq!(value(&[0xdd, 0xff, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn numbers_texts_and_the_three_forms_of_a_time_are_read_back() {
        let one = |json, bits| {
            let mut bytes = Vec::new();
            write(&mut bytes, &json!({ "t": json }), bits);
            // A map of one, and its key of one letter.
            bytes.split_off(3)
        };
        let plain = |bytes: &[u8]| match start(bytes) {
            Some((Start::Plain(Plain::Integer(value)), [])) => value,
            other => panic!("{other:?}"),
        };
        for value in [0, 1, -1, 127, 128, -33, 300, -300, 70_000, -70_000, i64::MAX, i64::MIN] {
            assert_eq!(plain(&one(json!(value), 0)), value.into());
        }
        assert_eq!(plain(&one(json!(u64::MAX), 0)), u64::MAX.into());
        let float = one(json!(126.55), 0);
        assert_eq!(start(&float), Some((Start::Plain(Plain::Float(126.55)), &[][..])));
        let text = "2021-02-22T15:51:44.208Z";
        for (bits, length, at) in [(32, 6, "2021-02-22T15:51:44Z"), (64, 10, text), (96, 15, text)]
        {
            let bytes = one(json!(at), bits);
            assert_eq!(bytes.len(), length, "{bits}");
            let Some((Start::Plain(Plain::Time(seconds, nanos)), [])) = start(&bytes) else {
                panic!("{bits}: {bytes:?}")
            };
            let told = crate::moment::Told::At(moment(seconds, nanos).unwrap());
            assert_eq!(crate::moment::of_text(at), Some(told));
        }
        let kept = one(json!(text), 0);
        assert_eq!(start(&kept), Some((Start::Plain(Plain::Text(text.as_bytes())), &[][..])));
        assert_eq!(moment(0, 1_000_000_000), None);
        assert_eq!(moment(i64::MAX, 0), None);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_a_split_loses_no_byte(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Some((first, rest)) = value(&bytes) {
                prop_assert_eq!(first.len() + rest.len(), bytes.len());
                prop_assert_eq!(value(first).map(|(whole, _)| whole.len()), Some(first.len()));
            }
        }
    }
}

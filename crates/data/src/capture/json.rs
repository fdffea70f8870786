//! A message of JSON, taken apart without losing a figure.
//!
//! Numbers stay the text that they are: a price never goes through a float. Only what is asked for is
//! looked at, so fields that nobody knows yet are passed over; what is missing or of another type is
//! refused by the name of its field. A field told twice counts the last time.

use super::{Ruler, epoch, rfc3339, shown};
use crate::error::Fault;
use crate::record::{Moment, Resting};
use pitfloor_model::units::Side;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The fields of an object, as they are written.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a str)>);

/// The most cells of a row that anybody asks for.
const CELLS_MAX: usize = 8;

/// A row of cells: `["price", "size", …]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    cells: [&'a str; CELLS_MAX],
    count: usize,
}

impl<'a> Fields<'a> {
    /// The object that is all of `frame`.
    pub(crate) fn of(frame: &'a [u8]) -> Result<Self, Fault> {
        serde_json::from_slice(frame).map_err(|error| broken(&error, "an object of JSON"))
    }

    /// The object that is the value `raw`.
    pub(crate) fn inner(field: &'static str, raw: &'a str) -> Result<Self, Fault> {
        let object = serde_json::from_str(raw);
        object.map_err(|_| Fault::new(field, shown(raw), "an object of JSON"))
    }

    /// The value of `key` as it is written, where it is there and not null.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        let found = self.0.iter().rev().find(|(name, _)| name == key).map(|(_, raw)| *raw);
        found.filter(|raw| *raw != "null")
    }

    pub(crate) fn need(&self, key: &'static str) -> Result<&'a str, Fault> {
        self.get(key).ok_or_else(|| Fault::new(key, "nothing", "a value"))
    }

    /// The object under `key`.
    pub(crate) fn object(&self, key: &'static str) -> Result<Self, Fault> {
        Self::inner(key, self.need(key)?)
    }

    /// The text under `key`.
    pub(crate) fn text(&self, key: &'static str) -> Result<Cow<'a, str>, Fault> {
        text(key, self.need(key)?)
    }

    /// The text under `key`, empty where there is none.
    pub(crate) fn word(&self, key: &'static str) -> Cow<'a, str> {
        self.get(key).and_then(|raw| text(key, raw).ok()).unwrap_or_default()
    }

    pub(crate) fn whole(&self, key: &'static str) -> Result<u64, Fault> {
        whole(key, self.need(key)?)
    }

    pub(crate) fn truth(&self, key: &'static str) -> Result<bool, Fault> {
        match self.need(key)? {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(Fault::new(key, shown(other), "true or false")),
        }
    }

    pub(crate) fn epoch(&self, key: &'static str) -> Result<Moment, Fault> {
        epoch(key, bare(self.need(key)?))
    }

    pub(crate) fn rfc3339(&self, key: &'static str) -> Result<Moment, Fault> {
        rfc3339(key, &self.text(key)?)
    }

    pub(crate) fn price(&self, key: &'static str, ruler: &mut Ruler) -> Result<i64, Fault> {
        ruler.price(key, bare(self.need(key)?))
    }

    pub(crate) fn size(&self, key: &'static str, ruler: &mut Ruler) -> Result<u64, Fault> {
        ruler.size(key, bare(self.need(key)?))
    }

    pub(crate) fn traded(&self, key: &'static str, ruler: &mut Ruler) -> Result<u64, Fault> {
        ruler.traded(key, bare(self.need(key)?))
    }

    /// The elements of the list under `key`.
    pub(crate) fn list(&self, key: &'static str) -> Result<Vec<&'a str>, Fault> {
        list(key, self.need(key)?)
    }

    /// The rows of the list of lists under `key`; none where there is no such field.
    pub(crate) fn rows(&self, key: &'static str) -> Result<Vec<Row<'a>>, Fault> {
        self.get(key).map_or(Ok(Vec::new()), |raw| rows(key, raw))
    }

    /// The levels under `key`, which are rows that begin with a price and a size.
    pub(crate) fn levels(
        &self,
        key: &'static str,
        ruler: &mut Ruler,
    ) -> Result<Vec<Resting>, Fault> {
        self.rows(key)?.iter().map(|row| row.level(key, ruler)).collect()
    }
}

impl<'a> Row<'a> {
    /// The cell at `place`, without quotes.
    pub(crate) fn cell(&self, field: &'static str, place: usize) -> Result<&'a str, Fault> {
        let cells = &self.cells[..self.count];
        cells.get(place).map(|raw| bare(raw)).ok_or_else(|| {
            let found = format!("{} cells", self.count);
            Fault::new(field, found, format!("at least {}", place + 1))
        })
    }

    pub(crate) fn level(&self, field: &'static str, ruler: &mut Ruler) -> Result<Resting, Fault> {
        let price = ruler.price(field, self.cell(field, 0)?)?;
        let qty = ruler.size(field, self.cell(field, 1)?)?;
        Ok(Resting { price, qty, orders: 0 })
    }
}

/// A value without the quotes of a text.
pub(crate) fn bare(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw)
}

/// The text that `raw` is.
pub(crate) fn text<'a>(field: &'static str, raw: &'a str) -> Result<Cow<'a, str>, Fault> {
    let refuse = || Fault::new(field, shown(raw), "a text");
    if !raw.starts_with('"') {
        return Err(refuse());
    }
    if raw.contains('\\') {
        return serde_json::from_str(raw).map(Cow::Owned).map_err(|_| refuse());
    }
    Ok(Cow::Borrowed(bare(raw)))
}

/// The whole number that `raw` is, with or without quotes.
pub(crate) fn whole(field: &'static str, raw: &str) -> Result<u64, Fault> {
    let figures = bare(raw);
    let digits = !figures.is_empty() && figures.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.then(|| figures.parse().ok()).flatten();
    value.ok_or_else(|| Fault::new(field, shown(raw), "a whole number"))
}

/// The elements of the list that `raw` is.
pub(crate) fn list<'a>(field: &'static str, raw: &'a str) -> Result<Vec<&'a str>, Fault> {
    let read = serde_json::from_str::<Vec<&RawValue>>(raw);
    let read = read.map_err(|_| Fault::new(field, shown(raw), "a list"))?;
    Ok(read.into_iter().map(RawValue::get).collect())
}

/// The rows of the list of lists that `raw` is.
pub(crate) fn rows<'a>(field: &'static str, raw: &'a str) -> Result<Vec<Row<'a>>, Fault> {
    serde_json::from_str(raw).map_err(|_| Fault::new(field, shown(raw), "a list of lists"))
}

/// The side that a word names; `buy` is the word for the first.
pub(crate) fn side(
    field: &'static str,
    word: &str,
    [buy, sell]: [&'static str; 2],
) -> Result<Side, Fault> {
    match word {
        _ if word == buy => Ok(Side::Buy),
        _ if word == sell => Ok(Side::Sell),
        _ => Err(Fault::new(field, shown(word), format!("{buy} or {sell}"))),
    }
}

/// The side across.
pub(crate) const fn across(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

pub(crate) fn broken(error: &serde_json::Error, expected: &'static str) -> Fault {
    Fault::new("frame", error.to_string(), expected)
}

struct FieldsVisitor;
struct RowVisitor;
struct NameVisitor;

/// A name of a field, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::with_capacity(12);
        while let Some(Name(name)) = map.next_key()? {
            fields.push((name, map.next_value::<&RawValue>()?.get()));
        }
        Ok(Fields(fields))
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

impl<'de> Deserialize<'de> for Row<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowVisitor)
    }
}

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row of cells")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Row<'de>, A::Error> {
        let mut row = Row { cells: [""; CELLS_MAX], count: 0 };
        while let Some(cell) = seq.next_element::<&RawValue>()? {
            if row.count == CELLS_MAX {
                return Err(A::Error::custom("a row of more than eight cells"));
            }
            row.cells[row.count] = cell.get();
            row.count += 1;
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::super::SCALE;
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_looked_at() {
        let fields =
            Fields::of(br#"{"a":1.50,"new":{"x":[1]},"b":"2","a":2.25,"n":null,"t":"x\u0041"}"#)
                .unwrap();
        assert_eq!(fields.need("a").unwrap(), "2.25", "told twice, the last counts");
        assert_eq!(fields.whole("b").unwrap(), 2);
        assert_eq!(fields.text("t").unwrap(), "xA");
        assert_eq!(fields.get("n"), None);
        let fault = fields.whole("c").unwrap_err();
        assert_eq!((fault.field.as_ref(), fault.found.as_str()), ("c", "nothing"));
        assert_eq!(fields.whole("a").unwrap_err().found, "\"2.25\"");
        assert_eq!(fields.text("a").unwrap_err().expected, "a text");
        assert_eq!(fields.truth("b").unwrap_err().expected, "true or false");
    }

    #[test]
    fn levels_are_rows_of_a_price_and_a_size() {
        let mut ruler = Ruler::new(SCALE);
        let fields = Fields::of(br#"{"b":[["1.5","2"],[3,0,"x"]],"bad":[["1"]],"n":5}"#).unwrap();
        let levels = fields.levels("b", &mut ruler).unwrap();
        assert_eq!((levels[0].price, levels[0].qty), (150_000_000, 200_000_000));
        assert_eq!((levels[1].price, levels[1].qty), (300_000_000, 0));
        assert_eq!(fields.levels("bad", &mut ruler).unwrap_err().found, "1 cells");
        assert_eq!(fields.levels("n", &mut ruler).unwrap_err().expected, "a list of lists");
        assert!(fields.levels("none", &mut ruler).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Fields::of(deep.as_bytes()).is_ok(), "nobody looks inside, and nothing breaks");
        let fields = Fields::of(deep.as_bytes()).unwrap();
        assert!(fields.levels("a", &mut Ruler::new(SCALE)).is_err());
        for text in [&b"{\"a\":1"[..], b"[]", b"", b"{\"a\":NaN}", b"{\"a\":\"\xff\"}", b"{}x"] {
            let fault = Fields::of(text).unwrap_err();
            assert_eq!(fault.field, "frame", "{}", text.escape_ascii());
        }
        assert_eq!(side("side", "Buy", ["Buy", "Sell"]).unwrap(), Side::Buy);
        assert!(side("side", "buy", ["Buy", "Sell"]).is_err());
    }
}

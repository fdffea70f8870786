//! Messages as venues pack them, in JSON or MessagePack, read field by field without a tree.
//!
//! A frame is checked whole, then walked message by message; the fields of a message are slices of
//! the frame until somebody asks what one holds. So a number keeps the text it was written with, a
//! frame costs no more memory than its bytes, and nothing here goes deeper than the fields that are
//! asked for.

use crate::adapter::shortened;
use crate::moment::{self, Told};
use crate::pack::{self, Plain, Start};
use pitfloor_data::decimal;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The languages of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Text frames of JSON.
    Json,
    /// Binary frames of MessagePack.
    MsgPack,
}

/// One message: names and what they hold, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message<'a> {
    fields: Vec<(Cow<'a, str>, Field<'a>)>,
    /// How many names came again; the last holds.
    pub duplicates: u64,
}

/// What a name holds, unread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// One value of JSON, valid.
    Json(&'a str),
    /// One value of MessagePack, whole.
    Pack(&'a [u8]),
}

/// Why a message, or a whole frame, is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Which field; empty: the message itself.
    pub field: Cow<'static, str>,
    /// What was there, shortened.
    pub found: String,
    /// What would have done.
    pub expected: &'static str,
}

/// The most fields of a message.
pub const FIELDS_MAX: usize = 512;

impl Codec {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::MsgPack => "MessagePack",
        }
    }

    /// The language that `bytes` look like: MessagePack's lists and maps begin with bytes that no JSON
    /// begins with, and the other way round.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace())? {
            b'[' | b'{' | b'"' => Some(Self::Json),
            0x80..=0x9f | 0xdc..=0xdf => Some(Self::MsgPack),
            _ => None,
        }
    }

    /// Hands each message of a frame to `each`: those of a list, or the one that is the frame. Says
    /// whether it was a list.
    ///
    /// # Errors
    ///
    /// When the frame as a whole is not in this language; then no message was handed out.
    pub fn walk<'a>(
        self,
        frame: &'a [u8],
        each: &mut dyn FnMut(Result<Message<'a>, Reject>),
    ) -> Result<bool, Reject> {
        let damaged = |why: String| Reject::new("", why, "a whole frame of the agreed language");
        let field = match self {
            Self::Json => {
                let text = std::str::from_utf8(frame).map_err(|e| damaged(e.to_string()))?;
                let whole: Result<IgnoredAny, _> = serde_json::from_str(text);
                whole.map_err(|e| damaged(e.to_string()))?;
                Field::Json(text.trim_ascii())
            }
            Self::MsgPack => match pack::value(frame) {
                Some((whole, [])) => Field::Pack(whole),
                Some((_, rest)) => return Err(damaged(format!("{} bytes too many", rest.len()))),
                None => return Err(damaged(format!("{} bytes that break off", frame.len()))),
            },
        };
        if field.is_list() {
            field.each(&mut |item| each(item.message()));
            return Ok(true);
        }
        each(field.message());
        Ok(false)
    }
}

impl Reject {
    /// `found` in `field`, where `expected` would have done.
    #[must_use]
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        found: impl AsRef<str>,
        expected: &'static str,
    ) -> Self {
        Self { field: field.into(), found: shortened(found.as_ref()), expected }
    }
}

impl<'a> Field<'a> {
    fn is_list(self) -> bool {
        match self {
            Self::Json(text) => text.starts_with('['),
            Self::Pack(bytes) => matches!(pack::start(bytes), Some((Start::List(_), _))),
        }
    }

    /// Whether it says that there is nothing.
    #[must_use]
    pub fn is_null(self) -> bool {
        match self {
            Self::Json(text) => text == "null",
            Self::Pack(bytes) => bytes == [0xc0],
        }
    }

    /// Hands each value of a list to `each`; false where it is none.
    pub fn each(self, each: &mut dyn FnMut(Field<'a>)) -> bool {
        match self {
            Self::Json(text) => {
                let mut reader = serde_json::Deserializer::from_str(text);
                reader.deserialize_seq(Items(each)).is_ok()
            }
            Self::Pack(bytes) => {
                let Some((Start::List(count), mut rest)) = pack::start(bytes) else { return false };
                for _ in 0..count {
                    let Some((item, behind)) = pack::value(rest) else { return false };
                    each(Field::Pack(item));
                    rest = behind;
                }
                true
            }
        }
    }

    /// Its fields, where it is a message.
    ///
    /// # Errors
    ///
    /// When it is none, a name is not text, or it has more than [`FIELDS_MAX`].
    pub fn message(self) -> Result<Message<'a>, Reject> {
        let mut message = Message::default();
        let whole = match self {
            Self::Json(text) => {
                let mut reader = serde_json::Deserializer::from_str(text);
                reader.deserialize_map(Pairs(&mut message)).is_ok()
            }
            Self::Pack(bytes) => message.unpack(bytes).is_some(),
        };
        if whole { Ok(message) } else { Err(self.wrong("", "an object with few fields")) }
    }

    fn wrong(self, field: &str, expected: &'static str) -> Reject {
        let found = match self {
            Self::Json(text) => shortened(text),
            Self::Pack(bytes) => bytes[..bytes.len().min(64)].escape_ascii().to_string(),
        };
        Reject::new(field.to_owned(), found, expected)
    }

    fn plain(self) -> Option<Plain<'a>> {
        match self {
            Self::Pack(bytes) => match pack::start(bytes)?.0 {
                Start::Plain(plain) => Some(plain),
                Start::List(_) | Start::Map(_) => None,
            },
            Self::Json(_) => None,
        }
    }

    /// Its text, where it is text.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        match (self, self.plain()) {
            (Self::Json(text), _) => text.starts_with('"').then(|| unquoted(text)).flatten(),
            (_, Some(Plain::Text(bytes))) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            _ => None,
        }
    }

    /// The digits of a number, or of a text that should be one.
    fn digits(self) -> Option<Cow<'a, str>> {
        match (self, self.plain()) {
            (Self::Json(text), _)
                if text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) =>
            {
                Some(Cow::Borrowed(text))
            }
            (_, Some(Plain::Integer(value))) => Some(Cow::Owned(value.to_string())),
            _ => self.text(),
        }
    }

    /// Text, or a number as text.
    #[must_use]
    pub fn words(self) -> Option<Cow<'a, str>> {
        self.text().or_else(|| self.digits())
    }

    /// The figure that it is, × 10^`digits`, exactly; a float is rounded.
    #[must_use]
    pub fn decimal(self, digits: u32) -> Option<i64> {
        if let Some(Plain::Float(value)) = self.plain() {
            return decimal::float(value, digits);
        }
        let figure = decimal::figure(self.digits()?.as_bytes(), digits)?;
        (!figure.rounded).then_some(figure.mantissa)
    }

    /// The same, rounded where it has more digits.
    #[must_use]
    pub fn rounded(self, digits: u32) -> Option<i64> {
        if let Some(Plain::Float(value)) = self.plain() {
            return decimal::float(value, digits);
        }
        decimal::figure(self.digits()?.as_bytes(), digits).map(|figure| figure.mantissa)
    }

    /// The whole number that it is.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        self.digits()?.parse().ok()
    }

    /// The time that it is: text, a number, or MessagePack's own.
    #[must_use]
    pub fn moment(self) -> Option<Told> {
        match self.plain() {
            Some(Plain::Time(seconds, nanos)) => {
                const YEAR_1: i64 = -62_135_596_800;
                let blank = (seconds == 0 || seconds == YEAR_1) && nanos == 0;
                if blank {
                    return Some(Told::Blank);
                }
                return pack::moment(seconds, nanos).map(Told::At);
            }
            Some(Plain::Float(_)) => return None,
            _ => {}
        }
        let words = self.digits()?;
        match words.parse() {
            Ok(number) => moment::of_integer(number).ok(),
            Err(_) => moment::of_text(&words),
        }
    }

    /// Yes or no.
    #[must_use]
    pub fn flag(self) -> Option<bool> {
        match (self, self.plain()) {
            (Self::Json("true"), _) | (_, Some(Plain::Bool(true))) => Some(true),
            (Self::Json("false"), _) | (_, Some(Plain::Bool(false))) => Some(false),
            _ => None,
        }
    }
}

fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    if !inside.contains('\\') {
        return Some(Cow::Borrowed(inside));
    }
    serde_json::from_str(text).ok().map(Cow::Owned)
}

impl<'a> Message<'a> {
    fn put(&mut self, name: Cow<'a, str>, field: Field<'a>) -> bool {
        if let Some((_, held)) = self.fields.iter_mut().find(|(known, _)| *known == name) {
            *held = field;
            self.duplicates += 1;
            return true;
        }
        self.fields.push((name, field));
        self.fields.len() <= FIELDS_MAX
    }

    fn unpack(&mut self, bytes: &'a [u8]) -> Option<()> {
        let (Start::Map(pairs), mut rest) = pack::start(bytes)? else { return None };
        for _ in 0..pairs {
            let (name, behind) = pack::value(rest)?;
            let (held, behind) = pack::value(behind)?;
            if !self.put(Field::Pack(name).text()?, Field::Pack(held)) {
                return None;
            }
            rest = behind;
        }
        Some(())
    }

    /// What `name` holds, where it holds anything.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Field<'a>> {
        let held = self.fields.iter().find(|(known, _)| known == name)?.1;
        (!held.is_null()).then_some(held)
    }

    /// Its names, in the order of the message.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_ref())
    }

    /// What `read` makes of the field, which must be there.
    ///
    /// # Errors
    ///
    /// When it is missing or is something else.
    pub fn need<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(Field<'a>) -> Option<T>,
    ) -> Result<T, Reject> {
        let field = self.get(name).ok_or_else(|| Reject::new(name, "nothing", expected))?;
        read(field).ok_or_else(|| field.wrong(name, expected))
    }

    /// What `read` makes of the field, where it is there.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn may<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(Field<'a>) -> Option<T>,
    ) -> Result<Option<T>, Reject> {
        let Some(field) = self.get(name) else { return Ok(None) };
        read(field).map(Some).ok_or_else(|| field.wrong(name, expected))
    }

    /// Its text.
    ///
    /// # Errors
    ///
    /// When it is missing or no text.
    pub fn text(&self, name: &'static str) -> Result<Cow<'a, str>, Reject> {
        self.need(name, "text", Field::text)
    }

    /// Text or a number as text; empty where it is missing or anything else.
    #[must_use]
    pub fn words(&self, name: &str) -> String {
        let words = self.get(name).and_then(Field::words);
        words.map_or_else(String::new, |words| shortened(&words))
    }

    /// A figure × 10^`digits`, exactly.
    ///
    /// # Errors
    ///
    /// When it is missing, no number, has more digits or does not fit.
    pub fn decimal(&self, name: &'static str, digits: u32) -> Result<i64, Reject> {
        self.need(name, "a number that fits the scale", |field| field.decimal(digits))
    }

    /// A size × 10^`digits`, exactly.
    ///
    /// # Errors
    ///
    /// As [`Message::decimal`], and when it is negative.
    pub fn size(&self, name: &'static str, digits: u32) -> Result<u64, Reject> {
        let expected = "a size that fits the scale";
        self.need(name, expected, |field| u64::try_from(field.decimal(digits)?).ok())
    }

    /// Texts of a list, or one text.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(field) = self.get(name)
            && !field.each(&mut |item| {
                found.extend(item.words().map(|words| shortened(&words)));
            })
        {
            found.extend(field.words().map(|words| shortened(&words)));
        }
        found
    }
}

struct Items<'e, 'a>(&'e mut dyn FnMut(Field<'a>));
struct Pairs<'e, 'a>(&'e mut Message<'a>);
struct Name;

impl<'a> Visitor<'a> for Items<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(item) = list.next_element::<&'a RawValue>()? {
            (self.0)(Field::Json(item.get()));
        }
        Ok(())
    }
}

impl<'a> Visitor<'a> for Pairs<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let held = map.next_value::<&'a RawValue>()?;
            if !self.0.put(name, Field::Json(held.get())) {
                return Err(de::Error::custom("too many fields"));
            }
        }
        Ok(())
    }
}

impl<'a> de::DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'a str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;

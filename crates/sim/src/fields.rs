//! Reading a table field by field, so that every complaint can name its place.
//!
//! A [`Fields`] hands out the fields of one table, each once. What is left at the end is a field
//! that nobody knows, and is refused with the nearest name that somebody would have known. Settings
//! from outside (`agents.noise.count=500`) stand in for what the table says, or add to it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::sync::LazyLock;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A scenario that cannot be used: where, what was found, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadScenario {
    /// The line, from 1; none for settings from outside.
    pub line: Option<usize>,
    /// The field, with the tables it is in.
    pub field: String,
    /// What it said.
    pub found: String,
    /// What would have done.
    pub expected: String,
    /// A name that was perhaps meant.
    pub near: Option<String>,
}

/// A setting from outside: `agents.noise.count=500`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    path: String,
    value: String,
    /// How complaints name it.
    shown: String,
}

/// The settings of one reading, and which of them found their field.
pub(crate) struct Settings<'a>(Vec<(&'a Setting, Cell<bool>)>);

/// The fields of one table that have not been read yet.
pub(crate) struct Fields<'a> {
    text: &'a str,
    /// How messages name the table.
    place: String,
    /// How settings name the table: any of these.
    paths: Vec<String>,
    /// The line that heads the table; none for the root.
    head: Option<usize>,
    table: &'a DeTable<'a>,
    settings: &'a Settings<'a>,
    asked: Vec<&'static str>,
    /// The fields that settings could have named, under the names the table had when asked.
    settable: Vec<String>,
}

/// One field: its value, and where it came from.
#[derive(Clone)]
pub(crate) struct Field {
    line: Option<usize>,
    place: String,
    value: Value,
}

#[derive(Clone)]
enum Value {
    Text(String),
    List(Vec<Value>),
    Other(&'static str),
}

impl fmt::Display for BadScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: found {}, expected {}", self.field, self.found, self.expected)?;
        self.near.iter().try_for_each(|near| write!(f, "; did you mean `{near}`?"))
    }
}

impl std::error::Error for BadScenario {}

impl Setting {
    /// `path=value`, as on a command line.
    ///
    /// # Errors
    ///
    /// When there is no `=`, or nothing before it.
    pub fn parse(text: &str) -> Result<Self, BadScenario> {
        match text.split_once('=') {
            Some((path, value)) if !path.trim().is_empty() => {
                let (path, value) = (path.trim().to_owned(), value.trim().to_owned());
                Ok(Self { shown: path.clone(), path, value })
            }
            _ => Err(BadScenario {
                line: None,
                field: "setting".to_owned(),
                found: format!("{text:?}"),
                expected: "field=value, such as agents.noise.count=500".to_owned(),
                near: None,
            }),
        }
    }

    fn path(&self) -> &str {
        &self.path
    }

    /// The field that was perhaps meant: near as a whole, and in its last part.
    fn near(&self, known: &[String]) -> Option<String> {
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        let near = known.iter().filter(|path| {
            let part = last(path);
            nearest(&last(&self.path), std::iter::once(part.as_str())).is_some()
        });
        nearest(&self.path, near.map(String::as_str))
    }
}

impl Setting {
    /// The field `path` set to `value` by something that goes by a name of its own, such as the
    /// option `--until`, which complaints then use.
    #[must_use]
    pub fn by(shown: &str, path: &str, value: &str) -> Self {
        Self { path: path.to_owned(), value: value.to_owned(), shown: shown.to_owned() }
    }
}

impl<'a> Settings<'a> {
    pub(crate) fn new(settings: &'a [Setting]) -> Self {
        // The last of two settings of one field counts, as on any command line.
        Self(settings.iter().rev().map(|setting| (setting, Cell::new(false))).collect())
    }

    fn get(&self, paths: &[String], name: &str) -> Option<&'a Setting> {
        let mut found = None;
        for (setting, used) in &self.0 {
            if paths.iter().any(|path| join(path, name) == setting.path) {
                used.set(true);
                found = found.or(Some(*setting));
            }
        }
        found
    }

    /// What the setting of this field is called, if there is one.
    fn named(&self, paths: &[String], name: &str) -> Option<&'a str> {
        let is = |setting: &Setting| paths.iter().any(|path| join(path, name) == setting.path);
        self.0.iter().map(|(setting, _)| *setting).find(|setting| is(setting)).map(Setting::path)
    }

    /// Refuses settings that named nothing.
    pub(crate) fn finish(&self, known: &[String]) -> Result<(), BadScenario> {
        match self.0.iter().find(|(_, used)| !used.get()) {
            None => Ok(()),
            Some((setting, _)) => Err(BadScenario {
                line: None,
                field: setting.path.clone(),
                found: "nothing of this name to set".to_owned(),
                expected: "a field of the scenario that can be set".to_owned(),
                near: setting.near(known),
            }),
        }
    }
}

impl<'a> Fields<'a> {
    pub(crate) fn new(
        text: &'a str,
        place: &str,
        paths: Vec<String>,
        table: &'a DeTable<'a>,
        settings: &'a Settings<'a>,
    ) -> Self {
        let (place, asked, settable) = (place.to_owned(), Vec::new(), Vec::new());
        Self { text, place, paths, head: None, table, settings, asked, settable }
    }

    fn headed(mut self, at: usize) -> Self {
        self.head = Some(line_of(self.text, at));
        self
    }

    /// Lets settings name this table in one more way.
    pub(crate) fn also_known_as(&mut self, path: String) {
        self.paths.push(path);
    }

    /// The field `name`, from a setting if there is one.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Field> {
        self.asked.push(name);
        self.settable.extend(self.paths.iter().map(|path| join(path, name)));
        let place = self.name(name);
        if let Some(setting) = self.settings.get(&self.paths, name) {
            let value = Value::Text(setting.value.clone());
            return Some(Field { line: None, place: setting.shown.clone(), value });
        }
        let (_, value) = self.entry(name)?;
        let line = Some(line_of(self.text, value.span().start));
        Some(Field { line, place, value: Value::of(value.get_ref()) })
    }

    /// What the text says of `name`, whatever settings say, without asking for it.
    pub(crate) fn glance(&self, name: &str) -> Option<String> {
        let (_, value) = self.entry(name)?;
        match Value::of(value.get_ref()) {
            Value::Text(text) => Some(text),
            Value::List(_) | Value::Other(_) => None,
        }
    }

    /// What a setting says of `name`, or else the text, without asking for it.
    pub(crate) fn peek(&self, name: &str) -> Option<String> {
        let set = self.settings.get(&self.paths, name).map(|setting| setting.value.clone());
        set.or_else(|| self.glance(name))
    }

    /// The values of the table `name`, whose fields may be called anything.
    pub(crate) fn entries(
        &mut self,
        name: &'static str,
    ) -> Result<Vec<(String, Field)>, BadScenario> {
        self.asked.push(name);
        let Some((_, value)) = self.entry(name) else { return Ok(Vec::new()) };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.bad(name, sort_of(value.get_ref()), "a table"));
        };
        let field = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            let key = key.get_ref().to_string();
            let line = Some(line_of(self.text, value.span().start));
            let place = format!("{}.{key}", self.name(name));
            (key, Field { line, place, value: Value::of(value.get_ref()) })
        };
        Ok(table.iter().map(field).collect())
    }

    /// The field `name`, which must be there.
    pub(crate) fn need(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Result<Field, BadScenario> {
        let found = self.take(name);
        let missing = || self.bad(name, "nothing", expected);
        found.ok_or_else(|| self.misspelt(&[name]).unwrap_or_else(missing))
    }

    /// A complaint about a field that nobody has asked for yet and that was perhaps meant to be one
    /// of `names`, none of which is there.
    pub(crate) fn misspelt(&self, names: &[&str]) -> Option<BadScenario> {
        let unasked = self.table.keys().filter(|key| !self.asked.contains(&key.get_ref().as_ref()));
        let near = |key: &Spanned<_>| {
            let name: &Cow<'_, str> = key.get_ref();
            nearest(name, names.iter().copied()).is_some()
        };
        let key = unasked.into_iter().find(|key| near(key))?;
        Some(self.unknown(key, names))
    }

    fn unknown(&self, key: &Spanned<Cow<'_, str>>, names: &[&str]) -> BadScenario {
        let name: &str = key.get_ref();
        BadScenario {
            line: Some(line_of(self.text, key.span().start)),
            field: self.name(name),
            found: "an unknown field".to_owned(),
            expected: match names {
                [name] => (*name).to_owned(),
                _ => format!("one of {}", names.join(", ")),
            },
            near: nearest(name, names.iter().copied()),
        }
    }

    /// The table `name` inside this one.
    pub(crate) fn table(&mut self, name: &'static str) -> Result<Option<Fields<'a>>, BadScenario> {
        self.asked.push(name);
        let Some((_, value)) = self.entry(name) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(table) => {
                let paths = self.paths.iter().map(|path| join(path, name)).collect();
                let inner = Fields::new(self.text, &self.name(name), paths, table, self.settings);
                Ok(Some(inner.headed(value.span().start)))
            }
            other => Err(self.bad(name, sort_of(other), "a table")),
        }
    }

    /// The table `name` inside this one, or an empty one: every field has a default.
    pub(crate) fn table_or_empty(&mut self, name: &'static str) -> Result<Fields<'a>, BadScenario> {
        static EMPTY: LazyLock<DeTable<'static>> = LazyLock::new(DeTable::new);
        if let Some(table) = self.table(name)? {
            return Ok(table);
        }
        let paths = self.paths.iter().map(|path| join(path, name)).collect();
        Ok(Fields::new(self.text, &self.name(name), paths, &EMPTY, self.settings))
    }

    /// The tables `[[name]]` inside this one.
    pub(crate) fn tables(&mut self, name: &'static str) -> Result<Vec<Fields<'a>>, BadScenario> {
        self.asked.push(name);
        let Some((_, value)) = self.entry(name) else { return Ok(Vec::new()) };
        let refuse = |found: &str| Err(self.bad(name, found, &format!("tables headed [[{name}]]")));
        let DeValue::Array(array) = value.get_ref() else {
            return refuse(sort_of(value.get_ref()));
        };
        let mut tables = Vec::new();
        for (index, item) in array.iter().enumerate() {
            let DeValue::Table(table) = item.get_ref() else {
                return refuse(&format!("a list with {} in it", sort_of(item.get_ref())));
            };
            let place = format!("{}[{index}]", self.name(name));
            let inner = Fields::new(self.text, &place, Vec::new(), table, self.settings);
            tables.push(inner.headed(item.span().start));
        }
        Ok(tables)
    }

    /// Refuses what nobody has asked for. Returns how settings could have named the fields.
    pub(crate) fn finish(self) -> Result<Vec<String>, BadScenario> {
        let unknown = |key: &&Spanned<_>| {
            let name: &Cow<'_, str> = key.get_ref();
            !self.asked.contains(&name.as_ref())
        };
        if let Some(key) = self.table.keys().filter(unknown).min_by_key(|key| key.span().start) {
            return Err(self.unknown(key, &self.asked));
        }
        Ok(self.settable)
    }

    /// A complaint about the field `name`: at its line or at the table's, or at the setting that
    /// stands in for it.
    pub(crate) fn bad(&self, name: &str, found: &str, expected: &str) -> BadScenario {
        let setting = self.settings.named(&self.paths, name);
        let at = self.entry(name).map(|(_, value)| line_of(self.text, value.span().start));
        let (line, field) = match setting {
            Some(path) => (None, path.to_owned()),
            None => (at.or(self.head), self.name(name)),
        };
        let (found, expected) = (found.to_owned(), expected.to_owned());
        BadScenario { line, field, found, expected, near: None }
    }

    /// A complaint about the table as a whole.
    pub(crate) fn bad_whole(&self, found: &str, expected: &str) -> BadScenario {
        let (line, field) = (self.head, self.place.clone());
        let (found, expected) = (found.to_owned(), expected.to_owned());
        BadScenario { line, field, found, expected, near: None }
    }

    fn entry(&self, name: &str) -> Option<(&'a str, &'a Spanned<DeValue<'a>>)> {
        let found = self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name);
        found.map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    fn name(&self, name: &str) -> String {
        join(&self.place, name)
    }
}

impl Field {
    /// The value as text; a number as it was written.
    pub(crate) fn text(&self) -> Result<&str, BadScenario> {
        match &self.value {
            Value::Text(text) => Ok(text),
            Value::List(_) => Err(self.bad("a single value")),
            Value::Other(_) => Err(self.bad("text or a decimal number")),
        }
    }

    /// The value as a list of texts; from a setting, separated by commas.
    pub(crate) fn list(&self) -> Result<Vec<String>, BadScenario> {
        let text = |value: &Value| match value {
            Value::Text(text) => Ok(text.clone()),
            Value::List(_) | Value::Other(_) => Err(self.bad("a list of texts")),
        };
        match &self.value {
            Value::List(items) => items.iter().map(text).collect(),
            Value::Text(line) if self.line.is_none() => {
                Ok(line.split(',').map(|part| part.trim().to_owned()).collect())
            }
            Value::Text(_) | Value::Other(_) => Err(self.bad("a list")),
        }
    }

    /// Reads the value with `read`, whose error says what was expected.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, BadScenario> {
        read(self.text()?).map_err(|expected| self.bad(&expected))
    }

    /// Finds the value among `names`.
    pub(crate) fn one_of<'n, T>(
        &self,
        what: &str,
        names: impl Iterator<Item = (&'n str, T)> + Clone,
    ) -> Result<T, BadScenario>
    where
        T: Clone,
    {
        let text = self.text()?;
        let found = names.clone().find(|(name, _)| *name == text);
        found.map(|(_, value)| value).ok_or_else(|| {
            let all: Vec<&str> = names.clone().map(|(name, _)| name).collect();
            let near = nearest(text, all.iter().copied());
            BadScenario { near, ..self.bad(&format!("{what}: one of {}", all.join(", "))) }
        })
    }

    /// A complaint about this field.
    pub(crate) fn bad(&self, expected: &str) -> BadScenario {
        let found = match &self.value {
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) if items.is_empty() => "an empty list".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Other(what) => (*what).to_owned(),
        };
        let near = match (&self.value, expected.strip_prefix("one of ")) {
            (Value::Text(text), Some(words)) => nearest(text, words.split(", ")),
            (Value::Text(_) | Value::List(_) | Value::Other(_), _) => None,
        };
        let (line, field) = (self.line, self.place.clone());
        BadScenario { line, field, found, expected: expected.to_owned(), near }
    }
}

impl Value {
    fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => {
                Self::Text(number.as_str().replace('_', ""))
            }
            DeValue::Float(number) => Self::Text(number.as_str().replace('_', "")),
            DeValue::Datetime(moment) => Self::Text(moment.to_string()),
            DeValue::Boolean(yes) => Self::Text(yes.to_string()),
            DeValue::Array(items) => {
                Self::List(items.iter().map(|item| Self::of(item.get_ref())).collect())
            }
            DeValue::Integer(_) => Self::Other("a number that is not decimal"),
            DeValue::Table(_) => Self::Other("a table"),
        }
    }
}

fn sort_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a moment",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The name in `known` closest to `name`, if one is close.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let scored = known.map(|known| (strsim::jaro_winkler(name, known), known));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 > 0.75).then(|| best.1.to_owned())
}

/// The name in `known` that was perhaps meant by `name`.
#[must_use]
pub fn near_name<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, known.into_iter())
}

/// The number of the line that the byte `at` is on, from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(
        text: &str,
        set: &[&str],
        read: impl FnOnce(&mut Fields<'_>, &Settings<'_>) -> T,
    ) -> T {
        let document = DeTable::parse(text).unwrap();
        let set: Vec<Setting> = set.iter().map(|set| Setting::parse(set).unwrap()).collect();
        let settings = Settings::new(&set);
        let paths = vec!["bank.north".to_owned()];
        let mut fields = Fields::new(text, "bank[0]", paths, document.get_ref(), &settings);
        read(&mut fields, &settings)
    }

    #[test]
    fn a_value_is_text_as_it_was_written() {
        let text = "a = 1_000\nb = 0.10\nc = \"x\"\nd = true\ne = 2026-01-05\nf = 1e3";
        let read = with(text, &[], |fields, _| {
            ["a", "b", "c", "d", "e", "f"]
                .map(|name| fields.take(name).unwrap().text().unwrap().to_owned())
        });
        assert_eq!(read, ["1000", "0.10", "x", "true", "2026-01-05", "1e3"]);
    }

    #[test]
    fn a_setting_stands_in_for_a_field_under_its_own_name() {
        with("rate = 5", &["bank.north.rate=7", "bank.north.list= a, b"], |fields, settings| {
            let rate = fields.take("rate").unwrap();
            assert_eq!(rate.text(), Ok("7"));
            assert_eq!(rate.bad("less").to_string(), "bank.north.rate: found \"7\", expected less");
            assert_eq!(
                fields.take("list").unwrap().list(),
                Ok(vec!["a".to_owned(), "b".to_owned()])
            );
            assert_eq!(settings.finish(&[]), Ok(()));
        });
        with("rate = 5", &["bank.south.rate=7"], |fields, settings| {
            assert_eq!(fields.take("rate").unwrap().text(), Ok("5"));
            let known = ["bank.north.rate".to_owned()];
            assert_eq!(
                settings.finish(&known).unwrap_err().near.as_deref(),
                Some("bank.north.rate")
            );
        });
    }

    #[test]
    fn of_several_strange_fields_the_first_one_in_the_text_is_named() {
        let text = "rate = 5\n\nzeal = 1\nabout = 2";
        let bad = with(text, &[], |fields, _| {
            fields.take("rate");
            let (text, place) = (fields.text, fields.place.clone());
            let again = Fields::new(text, &place, Vec::new(), fields.table, fields.settings);
            again.finish().unwrap_err()
        });
        assert_eq!((bad.line, bad.field.as_str()), (Some(1), "bank[0].rate"));
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!([0, 1, 2, 3, 99].map(|at| line_of("a\nb\n", at)), [1, 1, 2, 2, 3]);
    }
}

//! Whether several runs are seeds of one market: their scenarios, but for the seed.

use crate::fail::Failure;
use toml::Value;

/// A scenario without its seed.
pub(super) struct Config {
    /// Which run it is of.
    pub(super) place: String,
    table: Value,
    text: String,
}

impl Config {
    /// The configuration of the scenario whose complete text is `toml`.
    pub(super) fn of(place: String, toml: &str) -> Result<Self, Failure> {
        let mut table: toml::Table =
            toml.parse().map_err(|error| Failure::Input(format!("{place}: {error}")))?;
        table.remove("seed");
        let text = table.to_string();
        Ok(Self { place, table: Value::Table(table), text })
    }

    /// BLAKE3 over it, as text with every default written out.
    pub(super) fn digest(&self) -> String {
        blake3::hash(self.text.as_bytes()).to_string()
    }

    /// Refuses `other` when it is of another market, and says where they differ.
    pub(super) fn must_be(&self, other: &Self) -> Result<(), Failure> {
        let mut differing = Vec::new();
        differ(&self.table, &other.table, "", &mut differing);
        if differing.is_empty() {
            return Ok(());
        }
        let more = differing.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        differing.truncate(SHOWN);
        Err(Failure::Input(format!(
            "{}: found another market than in {}, expected one that differs in its seed alone; \
             they differ in {}{more}",
            other.place,
            self.place,
            differing.join(", ")
        )))
    }
}

/// How many differences are told.
const SHOWN: usize = 5;

fn differ(one: &Value, other: &Value, path: &str, found: &mut Vec<String>) {
    let under = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    };
    match (one, other) {
        (Value::Table(one), Value::Table(other)) => {
            for (name, value) in one {
                match other.get(name) {
                    Some(beside) => differ(value, beside, &under(name), found),
                    None => found.push(under(name)),
                }
            }
            found.extend(other.keys().filter(|name| !one.contains_key(*name)).map(|n| under(n)));
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (place, (one, other)) in one.iter().zip(other).enumerate() {
                let name = one.get("name").or_else(|| one.get("symbol")).and_then(Value::as_str);
                let name = name.map_or_else(|| place.to_string(), str::to_owned);
                differ(one, other, &under(&name), found);
            }
        }
        (one, other) if one == other => {}
        (Value::Array(_) | Value::Table(_), _) | (_, Value::Array(_) | Value::Table(_)) => {
            found.push(path.to_owned());
        }
        (one, other) => found.push(format!("{path} ({one} and {other})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::of("a".to_owned(), text).expect("it is TOML")
    }

    #[test]
    fn seeds_of_one_market_differ_in_their_seed_alone() {
        let one = config("seed = 1\nspan = \"1h\"\n[[agents]]\nname = \"noise\"\ncount = 3\n");
        let other = config("seed = 2\nspan = \"1h\"\n[[agents]]\nname = \"noise\"\ncount = 3\n");
        assert!(one.must_be(&other).is_ok());
        assert_eq!(one.digest(), other.digest());
        let more = config("seed = 2\nspan = \"2h\"\n[[agents]]\nname = \"noise\"\ncount = 4\n");
        let why = one.must_be(&more).unwrap_err().to_string();
        assert!(why.contains("agents.noise.count (3 and 4)"), "{why}");
        assert!(why.contains("span (\"1h\" and \"2h\")"), "{why}");
        assert_ne!(one.digest(), more.digest());
    }

    #[test]
    fn a_field_that_one_alone_has_is_a_difference() {
        let why = config("a = 1").must_be(&config("a = [1]\nb = 2")).unwrap_err().to_string();
        assert!(why.contains("differ in a, b"), "{why}");
    }
}

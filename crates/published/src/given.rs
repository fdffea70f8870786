//! What a model was given: read once, by what it takes, and complete.

use crate::model::{Input, Model, Takes, literal};
use crate::refusal::{Refusal, near};
use jiff::civil::Date;
use serde_json::{Map, Value};

/// Captions of published tables: accepted everywhere, and ignored.
const CAPTIONS: [&str; 2] = ["rows", "cols"];

/// The most whole numbers that a range stands for.
const RANGE_MOST: u64 = 1_000;

/// All inputs of a model, each of its kind and within its domain.
///
/// Whoever reads an input by a name or a kind that the model's row does not have makes a mistake in
/// the program: the readers panic.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    inputs: Map<String, Value>,
}

impl Given {
    /// Reads `inputs` by what `model` takes, and fills in what is not said.
    ///
    /// # Errors
    ///
    /// When an input is unknown, missing, of the wrong kind or outside its domain.
    pub fn read(model: &Model, inputs: &Map<String, Value>) -> Result<Self, Refusal> {
        let known = || model.inputs.iter().map(|input| input.name);
        for name in inputs.keys().map(String::as_str) {
            if !known().any(|known| known == name) && !CAPTIONS.contains(&name) {
                let near = near(name, known());
                let (model, found, known) = (model.name, name.to_owned(), known().collect());
                return Err(Refusal::Field { model, found, near, known });
            }
        }
        let mut read = Map::new();
        for input in model.inputs {
            let value = match (inputs.get(input.name), input.default) {
                (Some(value), default) => {
                    let none = value.is_null() && default == Some("null");
                    let found = if none { Ok(()) } else { fits(input.takes, value) };
                    found.map_err(|found| refuse(model, input, found))?;
                    value.clone()
                }
                (None, Some(default)) => literal(default),
                (None, None) => return Err(refuse(model, input, "nothing".to_owned())),
            };
            read.insert(input.name.to_owned(), value);
        }
        Ok(Self { inputs: read })
    }

    /// All inputs, in the model's order.
    #[must_use]
    pub fn inputs(&self) -> Value {
        Value::Object(self.inputs.clone())
    }

    fn get(&self, name: &str) -> &Value {
        self.inputs.get(name).unwrap_or_else(|| panic!("the model's row has {name}"))
    }

    /// True when it is null.
    #[must_use]
    pub fn is_none(&self, name: &str) -> bool {
        self.get(name).is_null()
    }

    /// A number.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        number(self.get(name)).unwrap_or_else(|| panic!("{name} is a number"))
    }

    /// A number, or none where it is null.
    #[must_use]
    pub fn number_or_none(&self, name: &str) -> Option<f64> {
        (!self.is_none(name)).then(|| self.number(name))
    }

    /// A number as it was written: decimal digits that read back to the same.
    #[must_use]
    pub fn decimal(&self, name: &str) -> String {
        self.number(name).to_string()
    }

    /// A whole number.
    #[must_use]
    pub fn whole(&self, name: &str) -> u64 {
        whole(self.get(name)).unwrap_or_else(|| panic!("{name} is a whole number"))
    }

    /// A whole number whose domain ends below 2^32.
    #[must_use]
    pub fn count(&self, name: &str) -> u32 {
        u32::try_from(self.whole(name)).unwrap_or_else(|_| panic!("{name} has 32 bits"))
    }

    /// A word.
    #[must_use]
    pub fn word(&self, name: &str) -> &str {
        self.get(name).as_str().unwrap_or_else(|| panic!("{name} is a word"))
    }

    /// True or false.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).as_bool().unwrap_or_else(|| panic!("{name} is true or false"))
    }

    /// A day.
    #[must_use]
    pub fn day(&self, name: &str) -> Date {
        self.word(name).parse().unwrap_or_else(|_| panic!("{name} is a day"))
    }

    /// A list of numbers.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.gaps(name).into_iter().map(|x| x.expect("a list without gaps")).collect()
    }

    /// A list of numbers, none where one is missing.
    #[must_use]
    pub fn gaps(&self, name: &str) -> Vec<Option<f64>> {
        let list = self.get(name).as_array().unwrap_or_else(|| panic!("{name} is a list"));
        list.iter().map(number).collect()
    }

    /// A list of lists of numbers.
    #[must_use]
    pub fn matrix(&self, name: &str) -> Vec<Vec<f64>> {
        let rows = self.get(name).as_array().unwrap_or_else(|| panic!("{name} is a matrix"));
        let row = |row: &Value| {
            let row = row.as_array().expect("a row is a list");
            row.iter().map(|x| number(x).expect("a number")).collect()
        };
        rows.iter().map(row).collect()
    }

    /// Whole numbers, in their order.
    #[must_use]
    pub fn counts(&self, name: &str) -> Vec<u64> {
        counts(self.get(name)).unwrap_or_else(|| panic!("{name} are whole numbers"))
    }
}

fn refuse(model: &Model, input: &Input, found: String) -> Refusal {
    let unit = if input.unit.is_empty() { String::new() } else { format!(" ({})", input.unit) };
    let expected = format!("{}{unit}", input.takes);
    Refusal::Input { model: model.name, field: input.name.to_owned(), found, expected }
}

/// Whether `value` is what is taken; otherwise what was found.
fn fits(takes: Takes, value: &Value) -> Result<(), String> {
    let found = || Err(shown(value));
    let holds = |yes: bool| if yes { Ok(()) } else { found() };
    match takes {
        Takes::Number(domain) => holds(number(value).is_some_and(|x| domain.holds(x))),
        Takes::Whole(least, most) => {
            holds(whole(value).is_some_and(|x| (least..=most).contains(&x)))
        }
        Takes::Word(words) => holds(value.as_str().is_some_and(|word| words.contains(&word))),
        Takes::Flag => holds(value.is_boolean()),
        Takes::Day => holds(value.as_str().is_some_and(|day| day.parse::<Date>().is_ok())),
        Takes::Numbers(domain) | Takes::Gaps(domain) => {
            let may_miss = matches!(takes, Takes::Gaps(_));
            each(value, |x| (may_miss && x.is_null()) || number(x).is_some_and(|x| domain.holds(x)))
        }
        Takes::Matrix => {
            let rows = value.as_array().ok_or_else(|| shown(value))?;
            for (i, row) in rows.iter().enumerate() {
                let finite = |x: &Value| number(x).is_some_and(f64::is_finite);
                each(row, finite).map_err(|found| format!("{found} in row {}", i + 1))?;
            }
            holds(rows.len() <= Takes::LIST_MOST)
        }
        Takes::Counts => holds(counts(value).is_some()),
    }
}

/// Whether `value` is a list of things that are all right; otherwise what was found, and where.
fn each(value: &Value, right: impl Fn(&Value) -> bool) -> Result<(), String> {
    let list = value.as_array().ok_or_else(|| shown(value))?;
    if list.len() > Takes::LIST_MOST {
        return Err(format!("{} elements, more than {}", list.len(), Takes::LIST_MOST));
    }
    match list.iter().position(|x| !right(x)) {
        Some(at) => Err(format!("{} at place {}", shown(&list[at]), at + 1)),
        None => Ok(()),
    }
}

/// A number; infinities and what is no number go as text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.as_str() {
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            "nan" => Some(f64::NAN),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number; 5.0 is one.
fn whole(value: &Value) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = || value.as_f64().filter(|x| (0.0..EXACT).contains(x) && x.fract() == 0.0);
    value.as_u64().or_else(|| float().map(|x| x as u64))
}

fn counts(value: &Value) -> Option<Vec<u64>> {
    let above_zero = |value: &Value| whole(value).filter(|n| *n > 0);
    match value {
        Value::Array(list) => list.iter().map(above_zero).collect(),
        Value::String(range) => {
            let (from, to) = range.split_once("..")?;
            let (from, to): (u64, u64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            let fits = from > 0 && from <= to && to - from < RANGE_MOST;
            fits.then(|| (from..=to).collect())
        }
        one => above_zero(one).map(|n| vec![n]),
    }
}

/// A value as it is told in a refusal: short.
fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST {
        return text;
    }
    format!("{}…", text.chars().take(MOST).collect::<String>())
}

/// A number as JSON has it; infinities and what is no number go as text.
#[must_use]
pub fn json_number(x: f64) -> Value {
    if let Some(number) = serde_json::Number::from_f64(x) {
        return Value::Number(number);
    }
    Value::from(if x.is_nan() {
        "nan"
    } else if x > 0.0 {
        "inf"
    } else {
        "-inf"
    })
}

/// A list of numbers as JSON has it.
#[must_use]
pub fn json_numbers(list: &[f64]) -> Value {
    list.iter().map(|x| json_number(*x)).collect()
}

/// Named numbers as JSON has them.
#[must_use]
pub fn json_named(named: &[(&str, f64)]) -> Value {
    named.iter().map(|(name, x)| ((*name).to_owned(), json_number(*x))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_that_json_has_no_word_for_go_as_text() {
        for (x, wanted) in [
            (f64::INFINITY, json!("inf")),
            (f64::NEG_INFINITY, json!("-inf")),
            (f64::NAN, json!("nan")),
            (0.1, json!(0.1)),
        ] {
            assert_eq!(json_number(x), wanted);
            assert_eq!(number(&wanted).unwrap().to_bits(), x.to_bits());
        }
        assert_eq!(number(&json!("Inf")), None);
    }

    #[test]
    fn whole_numbers_are_whole() {
        assert_eq!(whole(&json!(5.0)), Some(5));
        for wrong in [json!(5.5), json!(-1), json!("5"), json!(1e30), json!(null)] {
            assert_eq!(whole(&wrong), None, "{wrong}");
        }
        assert_eq!(counts(&json!("2..4")), Some(vec![2, 3, 4]));
        assert_eq!(counts(&json!(7)), Some(vec![7]));
        assert_eq!(counts(&json!([3, 1])), Some(vec![3, 1]));
        for wrong in ["0..3", "4..2", "1..9999999", "1-3", "..", "a..b"] {
            assert_eq!(counts(&json!(wrong)), None, "{wrong}");
        }
    }
}

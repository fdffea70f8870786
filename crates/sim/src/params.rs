//! Parameters of agents: what a kind takes, and values that have been checked once.
//!
//! A kind of agent lists its parameters, each with what it takes, a default and a sentence. The
//! scenario reader checks every value against that list when the scenario is read, so that building
//! an agent cannot fail, and `pitfloor list agents` prints the same list.

use crate::agent::Agent;
use crate::dice::Dice;
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{InstrumentId, Price, Qty, Span};

/// A kind of agent, as scenarios name it.
pub struct Kind {
    /// The name: lower case, words joined by hyphens.
    pub name: &'static str,
    /// One line: what it does.
    pub about: &'static str,
    /// Where the idea comes from.
    pub source: &'static str,
    /// Everything that can be set.
    pub parameters: &'static [Parameter],
    /// Makes one.
    pub build: Build,
}

/// How an agent of a kind is made: from its checked parameters and its part.
#[derive(Clone, Copy)]
pub enum Build {
    /// It trades one instrument; a group's instruments are dealt out, one each, in turn.
    One(fn(&Params, &Role) -> Box<dyn Agent>),
    /// It trades several at once: every member trades all of its group's, in the group's order, with
    /// the same parameters read once for each of them (a price is so many ticks of its instrument).
    Legs {
        /// The fewest instruments it can do with.
        least: usize,
        /// The most.
        most: usize,
        /// Makes one; there are as many parameters as roles.
        build: fn(&[Params], &[Role]) -> Box<dyn Agent>,
    },
}

impl Kind {
    /// An agent of this kind, with parameters and a role for each instrument that it trades.
    ///
    /// # Panics
    ///
    /// When there are fewer or more of them than the kind trades: whoever reads a scenario checks.
    #[must_use]
    pub fn agent(&self, params: &[Params], roles: &[Role]) -> Box<dyn Agent> {
        assert_eq!(params.len(), roles.len(), "parameters for every instrument");
        match self.build {
            Build::One(build) => {
                assert_eq!(roles.len(), 1, "{} trades one instrument", self.name);
                build(&params[0], &roles[0])
            }
            Build::Legs { least, most, build } => {
                let legs = least..=most;
                assert!(legs.contains(&roles.len()), "{} trades {legs:?} instruments", self.name);
                build(params, roles)
            }
        }
    }
}

/// One parameter of a kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in scenarios.
    pub name: &'static str,
    /// What values it takes.
    pub takes: Takes,
    /// The value when the scenario says nothing, as a scenario would write it.
    pub default: &'static str,
    /// One line: what it does, and its unit where the value does not say.
    pub about: &'static str,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// A distance in price, not negative, in units of the currency; a multiple of the tick.
    Price,
    /// A quantity in lots, at least one.
    Lots,
    /// A whole number between the two.
    Count(u64, u64),
    /// A length of time, more than none: `"250ms"`, `"5s"`, `"6h30m"`.
    Span,
    /// A waiting time: `"5s"`, always the same, or `"exp(mean = 5s)"`.
    Wait,
    /// A number between the two.
    Number(f64, f64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Numbers between the first two, at most so many: `"0.15 0.10 0.35"`.
    Numbers(f64, f64, usize),
    /// A length of time, or `"never"`.
    SpanOrNever,
}

/// A waiting time that may be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Always the same.
    Fixed(Span),
    /// Exponential: the chance to act is the same at every moment (a Poisson process).
    Exponential(Span),
}

/// A value that has been checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// For [`Takes::Price`], in ticks.
    Price(Price),
    /// For [`Takes::Lots`].
    Lots(Qty),
    /// For [`Takes::Count`].
    Count(u64),
    /// For [`Takes::Span`].
    Span(Span),
    /// For [`Takes::Wait`].
    Wait(Wait),
    /// For [`Takes::Number`].
    Number(f64),
    /// For [`Takes::Choice`].
    Choice(&'static str),
    /// For [`Takes::Numbers`].
    Numbers(Box<[f64]>),
    /// For [`Takes::SpanOrNever`].
    SpanOrNever(Option<Span>),
}

/// All parameters of one agent, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Vec<(&'static str, Value)>);

/// The part that one agent plays: where it trades, and what everybody knows at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// The instrument it trades.
    pub instrument: InstrumentId,
    /// That instrument's price before the first trade (yesterday's close, so to speak).
    pub reference: Price,
    /// Its place in its group, from 0.
    pub index: u32,
}

impl Wait {
    /// The next waiting time; at least one nanosecond.
    pub fn draw(self, dice: &mut Dice) -> Span {
        match self {
            Self::Fixed(span) => span,
            Self::Exponential(mean) => dice.wait(mean),
        }
    }

    /// The average waiting time.
    #[must_use]
    pub const fn mean(self) -> Span {
        match self {
            Self::Fixed(span) | Self::Exponential(span) => span,
        }
    }
}

impl Takes {
    /// Checks `text` for an agent that trades `instrument`.
    ///
    /// # Errors
    ///
    /// What was expected instead.
    pub fn read(self, text: &str, instrument: &Instrument) -> Result<Value, String> {
        match self {
            Self::Price => {
                let price = price_of(instrument, text)?;
                let positive = price.0 >= 0;
                positive.then_some(Value::Price(price)).ok_or_else(|| "not less than 0".to_owned())
            }
            Self::Lots => whole(text, 1, Qty::MOST.0).map(|lots| Value::Lots(Qty(lots))),
            Self::Count(low, high) => whole(text, low, high).map(Value::Count),
            Self::Span => span(text).map(Value::Span),
            Self::Wait => wait(text).map(Value::Wait),
            Self::Number(low, high) => number(text, low, high).map(Value::Number),
            Self::Choice(words) => words
                .iter()
                .find(|word| **word == text)
                .map(|word| Value::Choice(word))
                .ok_or_else(|| format!("one of {}", words.join(", "))),
            Self::Numbers(low, high, most) => numbers(text, low, high, most).map(Value::Numbers),
            Self::SpanOrNever if text == "never" => Ok(Value::SpanOrNever(None)),
            Self::SpanOrNever => match span(text) {
                Ok(span) => Ok(Value::SpanOrNever(Some(span))),
                Err(expected) => Err(format!("{expected}, or \"never\"")),
            },
        }
    }

    /// What it takes, for people.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Price => "price".to_owned(),
            Self::Lots => "lots".to_owned(),
            Self::Count(low, high) => format!("whole number {low} to {high}"),
            Self::Span => "time".to_owned(),
            Self::Wait => "time or exp(mean = time)".to_owned(),
            Self::Number(low, high) => format!("number {low} to {high}"),
            Self::Choice(words) => words.join(" | "),
            Self::Numbers(low, high, most) => format!("1 to {most} numbers {low} to {high}"),
            Self::SpanOrNever => "time or never".to_owned(),
        }
    }
}

impl Params {
    /// Adds a checked value.
    pub fn set(&mut self, name: &'static str, value: Value) {
        self.0.push((name, value));
    }

    /// Checks the defaults of `kind`, changed by `changes`, for an agent that trades `instrument`.
    /// A short way for tests and programs; scenarios report places.
    ///
    /// # Errors
    ///
    /// The name of the parameter, what was found and what was expected.
    pub fn of(
        kind: &Kind,
        changes: &[(&str, &str)],
        instrument: &Instrument,
    ) -> Result<Self, String> {
        if let Some((name, _)) =
            changes.iter().find(|(name, _)| kind.parameters.iter().all(|p| p.name != *name))
        {
            return Err(format!("{name}: {} has no such parameter", kind.name));
        }
        let mut params = Self::default();
        for parameter in kind.parameters {
            let change = changes.iter().find(|(name, _)| *name == parameter.name);
            let text = change.map_or(parameter.default, |(_, text)| text);
            let value = parameter.takes.read(text, instrument).map_err(|expected| {
                format!("{}: found {text:?}, expected {expected}", parameter.name)
            })?;
            params.set(parameter.name, value);
        }
        Ok(params)
    }

    fn get(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|(known, _)| *known == name);
        &found.unwrap_or_else(|| panic!("{name} is in the kind's list of parameters")).1
    }
}

/// One getter per sort of value. Each panics when the kind's list says something else: that is a
/// mistake in the kind's own file.
macro_rules! getters {
    ($($(#[$about:meta])* $getter:ident: $variant:ident -> $type:ty;)*) => {
        impl Params {
            $($(#[$about])*
            ///
            /// # Panics
            ///
            /// When the kind's list of parameters says something else: a mistake in its own file.
            #[must_use]
            pub fn $getter(&self, name: &str) -> $type {
                match self.get(name) {
                    Value::$variant(value) => value.clone(),
                    other => panic!("{name} is {other:?} in the kind's list of parameters"),
                }
            })*
        }
    };
}

getters! {
    /// A distance in price, in ticks.
    price: Price -> Price;
    /// A quantity.
    lots: Lots -> Qty;
    /// A whole number.
    count: Count -> u64;
    /// A length of time.
    span: Span -> Span;
    /// A waiting time.
    wait: Wait -> Wait;
    /// A number.
    number: Number -> f64;
    /// A word.
    choice: Choice -> &'static str;
    /// Numbers.
    numbers: Numbers -> Box<[f64]>;
    /// A length of time; none when it never comes.
    span_or_never: SpanOrNever -> Option<Span>;
}

fn whole(text: &str, low: u64, high: u64) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| format!("a whole number from {low} to {high}"))
}

/// `text` as a price of `instrument`; says so when it is too far from zero to be one.
pub(crate) fn price_of(instrument: &Instrument, text: &str) -> Result<Price, String> {
    instrument.price(text).map_err(|bad| {
        let farthest = instrument.price_f64(Price::FARTHEST);
        let far = text.parse().is_ok_and(|price: f64| price.is_finite() && price.abs() > farthest);
        let most = || format!("at most {} from zero", instrument.show(Price::FARTHEST));
        if far { most() } else { bad.expected }
    })
}

/// A number between `low` and `high`. Infinite ones and such that are none are refused.
pub(crate) fn number(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| (low..=high).contains(number));
    number.ok_or_else(|| format!("a number from {low} to {high}"))
}

/// One to `most` numbers between `low` and `high`, with spaces between them.
fn numbers(text: &str, low: f64, high: f64, most: usize) -> Result<Box<[f64]>, String> {
    let expected = || format!("1 to {most} numbers from {low} to {high}, with spaces between them");
    let read = text.split_whitespace().map(|word| number(word, low, high));
    let list = read.collect::<Result<Box<[f64]>, _>>().map_err(|_| expected())?;
    (1..=most).contains(&list.len()).then_some(list).ok_or_else(expected)
}

/// A length of time, more than none: numbers and units `ns us ms s m h d`, such as `6h30m`.
///
/// # Errors
///
/// What was expected instead.
pub fn span(text: &str) -> Result<Span, String> {
    let expected = || "a time such as \"250us\", \"5s\" or \"6h30m\"".to_owned();
    let (mut rest, mut total) = (text, 0_u128);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(expected)?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        total += nanos(number, unit).ok_or_else(expected)?;
        rest = after;
    }
    let total = u64::try_from(total).ok().filter(|total| *total > 0);
    total.map(Span).ok_or_else(expected)
}

/// `number` of `unit` in whole nanoseconds; fractions are exact or refused.
fn nanos(number: &str, unit: &str) -> Option<u128> {
    let unit: u128 = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() > 12 || fraction.len() > 12 || (number.contains('.') && fraction.is_empty()) {
        return None;
    }
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let parts = format!("{whole}{fraction}").parse::<u128>().ok()?.checked_mul(unit)?;
    parts.is_multiple_of(scale).then_some(parts / scale)
}

/// A waiting time: a span, or `exp(mean = span)`.
///
/// # Errors
///
/// What was expected instead.
pub fn wait(text: &str) -> Result<Wait, String> {
    let Some(call) = call(text) else { return span(text).map(Wait::Fixed) };
    match (call.name, call.arguments.as_slice()) {
        ("exp", [(None | Some("mean"), mean)]) => span(mean).map(Wait::Exponential),
        _ => Err("a time such as \"5s\", or \"exp(mean = 5s)\"".to_owned()),
    }
}

/// `name(argument, name = argument)` taken apart.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    pub(crate) arguments: Vec<(Option<&'a str>, &'a str)>,
}

pub(crate) fn call(text: &str) -> Option<Call<'_>> {
    let (name, rest) = text.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let arguments = inner.split(',').map(|part| match part.split_once('=') {
        Some((name, value)) => (Some(name.trim()), value.trim()),
        None => (None, part.trim()),
    });
    Some(Call { name: name.trim(), arguments: arguments.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::instrument::{Currency, Venue};
    use pitfloor_model::units::CurrencyId;

    fn acme() -> Instrument {
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.05").unwrap();
        let venue = Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], vec![acme]);
        venue.unwrap().instruments()[0].clone()
    }

    #[test]
    fn times_are_read_exactly() {
        let good = [
            ("1ns", 1),
            ("250us", 250_000),
            ("1.5ms", 1_500_000),
            ("5s", 5_000_000_000),
            ("6h30m", 23_400_000_000_000),
            ("1d", 86_400_000_000_000),
            ("1m0.25s", 60_250_000_000),
        ];
        for (text, nanos) in good {
            assert_eq!(span(text), Ok(Span(nanos)), "{text}");
        }
        for text in [
            "",
            "0s",
            "5",
            "s",
            "5 s",
            "-5s",
            "1.5ns",
            "1.s",
            "5parsec",
            "nan",
            "99999999999d",
            "1e3s",
        ] {
            assert!(span(text).unwrap_err().starts_with("a time such as"), "{text}");
        }
    }

    #[test]
    fn waiting_times_are_fixed_or_drawn() {
        assert_eq!(wait("5s"), Ok(Wait::Fixed(Span::secs(5))));
        assert_eq!(wait("exp(mean = 5s)"), Ok(Wait::Exponential(Span::secs(5))));
        assert_eq!(wait("exp(5s)"), Ok(Wait::Exponential(Span::secs(5))));
        for text in ["exp()", "exp(rate = 5s)", "exp(5s, 6s)", "uniform(1s, 2s)", "exp(mean = 0s)"]
        {
            assert!(wait(text).is_err(), "{text}");
        }
        let mut dice = Dice::new(1, "waits");
        assert_eq!(Wait::Fixed(Span(7)).draw(&mut dice), Span(7));
        let drawn =
            (0..10_000).map(|_| Wait::Exponential(Span(1_000)).draw(&mut dice).0).sum::<u64>();
        assert!((9_500_000..10_500_000).contains(&drawn), "{drawn}");
    }

    #[test]
    fn values_outside_their_range_are_refused_with_what_was_expected() {
        let refused = |takes: Takes, text: &str| takes.read(text, &acme()).unwrap_err();
        assert_eq!(refused(Takes::Price, "0.07"), "a multiple of the tick 0.05 of ACME");
        assert_eq!(refused(Takes::Price, "-0.05"), "not less than 0");
        assert_eq!(refused(Takes::Lots, "0"), "a whole number from 1 to 1099511627776");
        assert_eq!(refused(Takes::Count(1, 9), "10"), "a whole number from 1 to 9");
        for text in ["NaN", "inf", "-inf", "1.1", "-0.1", "much"] {
            assert_eq!(refused(Takes::Number(0.0, 1.0), text), "a number from 0 to 1");
        }
        assert_eq!(refused(Takes::Choice(&["ou", "jump"]), "oj"), "one of ou, jump");
        for text in ["", "0.5 1.5", "0.1 0.2 0.3 0.4", "0.1,0.2", "nan"] {
            let expected = "1 to 3 numbers from 0 to 1, with spaces between them";
            assert_eq!(refused(Takes::Numbers(0.0, 1.0, 3), text), expected);
        }
        let never = refused(Takes::SpanOrNever, "soon");
        assert!(never.ends_with("or \"never\""), "{never}");
    }

    #[test]
    fn values_inside_are_taken() {
        let taken = |takes: Takes, text: &str| takes.read(text, &acme()).unwrap();
        assert_eq!(taken(Takes::Price, "0.10"), Value::Price(Price(2)));
        assert_eq!(taken(Takes::Lots, "100"), Value::Lots(Qty(100)));
        assert_eq!(taken(Takes::Number(0.0, 1.0), "1"), Value::Number(1.0));
        assert_eq!(taken(Takes::Choice(&["ou", "jump"]), "jump"), Value::Choice("jump"));
        let list = Value::Numbers([0.25, 1.0].into());
        assert_eq!(taken(Takes::Numbers(0.0, 1.0, 3), "0.25  1"), list);
        assert_eq!(taken(Takes::SpanOrNever, "never"), Value::SpanOrNever(None));
        assert_eq!(taken(Takes::SpanOrNever, "5s"), Value::SpanOrNever(Some(Span::secs(5))));
    }
}

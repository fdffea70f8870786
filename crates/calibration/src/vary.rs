//! What may be varied: a setting with a range in it.

use pitfloor_sim::Setting;

/// A setting whose value has a range in braces, such as `agents.noise.rate=exp(mean = {1..60}s)`.
///
/// Both ends whole: whole numbers. `{0.01..10 log}`: evenly in the logarithm.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    before: String,
    after: String,
    low: f64,
    high: f64,
    whole: bool,
    log: bool,
}

impl Vary {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// What was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || {
            let example = "a setting with a range, such as agents.noise.count={50..500}";
            format!("found {text:?}, expected {example}")
        };
        let (before, rest) = text.split_once('{').ok_or_else(bad)?;
        let (range, after) = rest.split_once('}').ok_or_else(bad)?;
        let (range, log) = match range.strip_suffix(" log") {
            Some(range) => (range, true),
            None => (range, false),
        };
        let (low, high) = range.split_once("..").ok_or_else(bad)?;
        let whole = [low, high].iter().all(|end| end.trim().parse::<i64>().is_ok());
        let end = |text: &str| text.trim().parse::<f64>().ok().filter(|end| end.is_finite());
        let (low, high) = (end(low).ok_or_else(bad)?, end(high).ok_or_else(bad)?);
        if !before.contains('=') || low >= high || (log && low <= 0.0) {
            return Err(bad());
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned(), low, high, whole, log })
    }

    /// The setting at `share` of the way from the low end to the high one.
    ///
    /// # Panics
    ///
    /// Never: what was read once is a setting at every point.
    #[must_use]
    pub fn at(&self, share: f64) -> Setting {
        Setting::parse(&self.text(share)).expect("a setting with a number in place of its range")
    }

    /// The same as text.
    #[must_use]
    pub fn text(&self, share: f64) -> String {
        let value = if self.log {
            self.low * (self.high / self.low).powf(share)
        } else {
            self.low + (self.high - self.low) * share
        };
        let value = if self.whole { value.round() } else { significant(value) };
        format!("{}{value}{}", self.before, self.after)
    }
}

/// Four digits: a person has to read the scenario.
fn significant(value: f64) -> f64 {
    format!("{value:.3e}").parse().expect("it was a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_two_ends_and_what_is_between() {
        let vary = Vary::parse("agents.noise.rate=exp(mean = {1.5..60}s)").unwrap();
        assert_eq!(vary.text(0.0), "agents.noise.rate=exp(mean = 1.5s)");
        assert_eq!(vary.text(1.0), "agents.noise.rate=exp(mean = 60s)");
        assert_eq!(vary.at(0.5), Setting::parse("agents.noise.rate=exp(mean = 30.75s)").unwrap());
        let count = Vary::parse("agents.noise.count={50..500}").unwrap();
        assert_eq!(count.text(0.5), "agents.noise.count=275");
        let log = Vary::parse("x={0.01..100.0 log}").unwrap();
        assert_eq!(log.text(0.5), "x=1");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in
            ["", "x=1", "x={1}", "{1..2}", "x={2..1}", "x={a..2}", "x={0..2 log}", "x={1..inf}"]
        {
            let why = Vary::parse(text).unwrap_err();
            assert!(why.contains("expected a setting with a range"), "{text}: {why}");
        }
    }
}

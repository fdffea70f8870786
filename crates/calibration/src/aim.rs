//! Where facts should be, and how far a market is from there.

use pitfloor_facts::catalogue::{Ask, Class, FACTS, Fact, Measured};
use pitfloor_facts::tape::Tape;

/// How far out a figure counts at most, in half widths of its band: one hopeless fact must not hide the
/// others.
const FAR: f64 = 4.0;

/// What the distance of a figure that has no value is, in the same measure.
const UNTOLD: f64 = 2.0;

/// Which facts count.
#[derive(Clone, Debug)]
pub struct Aim {
    /// Their short names.
    pub facts: Vec<String>,
}

impl Default for Aim {
    /// Every fact that a market must show, and none that takes a machine of known rates.
    fn default() -> Self {
        let gates = FACTS.iter().filter(|fact| fact.class == Class::Gate);
        Self { facts: gates.map(|fact| fact.id.to_owned()).collect() }
    }
}

/// What one tape says.
#[derive(Clone, Debug)]
pub struct Said {
    /// The facts that count, measured.
    pub facts: Vec<(&'static Fact, Measured)>,
}

impl Aim {
    /// Measures the facts that count.
    #[must_use]
    pub fn measure(&self, tape: &Tape) -> Said {
        let counts = FACTS.iter().filter(|fact| self.facts.iter().any(|id| id == fact.id));
        let facts = counts.map(|fact| (fact, (fact.measure)(tape, Ask { draws: None }))).collect();
        Said { facts }
    }
}

impl Said {
    /// How far it is from where it should be: the mean square over the judged figures, each from the
    /// inner half of its band in half widths (well inside is good enough), at most 4.
    #[must_use]
    pub fn distance(&self) -> f64 {
        let mut sum = 0.0;
        let mut count = 0.0;
        for part in self.facts.iter().flat_map(|(_, found)| &found.parts) {
            let Some(band) = part.band else { continue };
            let out = part.value.map_or(UNTOLD, |value| out(value, band));
            sum += out * out;
            count += 1.0;
        }
        if count > 0.0 { sum / count } else { f64::INFINITY }
    }
}

/// How far `value` is out of the inner half of its band, in half widths.
fn out(value: f64, (low, high): (f64, f64)) -> f64 {
    let half = match (low.is_finite(), high.is_finite()) {
        (true, true) => (high - low) / 2.0,
        // An open band: its end is the measure.
        (true, false) => low.abs().max(0.1),
        (false, true) => high.abs().max(0.1),
        (false, false) => return 0.0,
    };
    let (low, high) = (low + half / 2.0, high - half / 2.0);
    let beyond = if value < low { low - value } else { (value - high).max(0.0) };
    (beyond / half).min(FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_inside_is_good_enough_and_far_is_far() {
        assert_eq!(out(0.5, (0.0, 1.0)), 0.0);
        assert_eq!(out(0.3, (0.0, 1.0)), 0.0);
        assert_eq!(out(0.0, (0.0, 1.0)), 0.5);
        assert_eq!(out(1.5, (0.0, 1.0)), 1.5);
        assert_eq!(out(-1e9, (0.0, 1.0)), FAR);
        assert_eq!(out(10.0, (3.0, f64::INFINITY)), 0.0);
        assert!(out(2.0, (3.0, f64::INFINITY)) > 0.5);
        assert_eq!(out(7.0, (f64::NEG_INFINITY, f64::INFINITY)), 0.0);
    }

    #[test]
    fn an_empty_tape_is_far_from_everything() {
        let said = Aim::default().measure(&Tape::default());
        assert!(said.facts.len() >= 10);
        let distance = said.distance();
        assert!(distance.is_infinite() || distance >= UNTOLD * UNTOLD, "{distance}");
    }
}

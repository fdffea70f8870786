//! How far a value may lie from the published one: by family of models, as the literature's figures
//! deserve it; a model without a family goes by the entry's own text.

use std::fmt;

/// A tolerance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// A share of the published value.
    Relative(f64),
    /// An amount.
    Absolute(f64),
    /// A share of the published value, or an amount where that is below 1.
    Scaled(f64),
    /// None, once both are rounded to cents.
    Cents,
}

/// What rounding alone may do to a value that is compared by its share.
const ROUNDING: f64 = 1e-15;

/// What holds where neither a family nor a text says anything.
const OTHERWISE: Tolerance = Tolerance::Scaled(1e-9);

impl Tolerance {
    /// How far `found` lies from `wanted`, in the tolerance's own measure.
    #[must_use]
    pub fn deviation(self, found: f64, wanted: f64) -> f64 {
        if found.to_bits() == wanted.to_bits() || found == wanted {
            return 0.0;
        }
        if !(found.is_finite() && wanted.is_finite()) {
            return f64::INFINITY;
        }
        let apart = (found - wanted).abs();
        match self {
            Self::Relative(_) if apart <= ROUNDING => 0.0,
            Self::Relative(_) => (apart - ROUNDING) / wanted.abs(),
            Self::Absolute(_) => apart,
            Self::Scaled(_) => apart / wanted.abs().max(1.0),
            Self::Cents => (cents(found) - cents(wanted)).abs(),
        }
    }

    /// The most that the deviation may be.
    #[must_use]
    pub fn most(self) -> f64 {
        match self {
            Self::Relative(most) | Self::Absolute(most) | Self::Scaled(most) => most,
            Self::Cents => 0.0,
        }
    }

    /// What the deviation is measured in.
    #[must_use]
    pub fn measure(self) -> &'static str {
        match self {
            Self::Relative(_) => "rel",
            Self::Absolute(_) => "abs",
            Self::Scaled(_) => "scaled",
            Self::Cents => "cents",
        }
    }

    /// As an entry writes it: `rel 1e-9`, `abs 1e-8`, `1e-8 abs`, `1e-12`, `exact cents`; what follows
    /// is for people.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let mut words = text.split([' ', ';', ',']).filter(|word| !word.is_empty());
        let amount = |word: Option<&str>| {
            word?.parse().ok().filter(|most: &f64| most.is_finite() && *most >= 0.0)
        };
        match words.next()? {
            "rel" => amount(words.next()).map(Self::Relative),
            "abs" => amount(words.next()).map(Self::Absolute),
            "exact" if words.next() == Some("cents") => Some(Self::Cents),
            plain => {
                let most = amount(Some(plain))?;
                let absolute = words.next() == Some("abs");
                Some(if absolute { Self::Absolute(most) } else { Self::Scaled(most) })
            }
        }
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cents => f.write_str("exact cents"),
            Self::Scaled(most) => write!(f, "{most:e}"),
            _ => write!(f, "{} {:e}", self.measure(), self.most()),
        }
    }
}

/// Half up.
fn cents(x: f64) -> f64 {
    (x * 100.0 + 0.5).floor()
}

/// The tolerance of the output `key` (empty: the whole value) of entry `id` of `model`, whose own
/// text is `text`.
#[must_use]
pub fn of(model: &str, id: &str, key: &str, text: &str) -> Tolerance {
    use Tolerance::{Absolute, Cents, Relative, Scaled};
    match (model, key) {
        ("avellaneda_stoikov" | "queue_reactive" | "warrant", _) => Scaled(1e-9),
        ("cst_mid_up" | "cst_fill" | "cont_de_larrard" | "risk_budget" | "merton_haug", _) => {
            Scaled(1e-6)
        }
        ("glft", _) => Absolute(1e-8),
        // In the file they are rounded to a tenth of a share.
        ("almgren_chriss", "x" | "n") => Absolute(0.05),
        ("almgren_chriss" | "obizhaeva_wang" | "bond", _) => Relative(1e-9),
        ("kyle", _) => Relative(1e-8),
        ("glosten_milgrom" | "nelson_siegel_svensson" | "vasicek" | "cir", _) => Scaled(1e-12),
        ("black_scholes" | "mbs_psa", _) | ("american_option", "european") => Relative(1e-10),
        ("american_option", _) => Scaled(1e-3),
        // Lewis' are exact; Fang and Oosterlee's and Broadie and Kaya's were printed short.
        ("heston", _) if id.starts_with("Heston_FO") => Scaled(1e-7),
        ("heston", _) if id.starts_with("Heston_BK") => Scaled(1e-4),
        ("heston", _) => Relative(1e-8),
        ("merton_jump", _) => Scaled(1e-8),
        ("performance", "total") if id == "perf_empyrical" => Scaled(1e-5),
        ("performance", _) => Scaled(1e-9),
        ("luld_bands", _) => Cents,
        _ => Tolerance::written(text).unwrap_or(OTHERWISE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_is_its_own() {
        let table = [
            (Tolerance::Relative(0.1), 110.0, 100.0, 0.1),
            (Tolerance::Relative(0.1), 1e-16, 0.0, 0.0),
            (Tolerance::Relative(0.1), 1e-9, 0.0, f64::INFINITY),
            (Tolerance::Absolute(0.1), 110.0, 100.0, 10.0),
            (Tolerance::Scaled(0.1), 110.0, 100.0, 0.1),
            (Tolerance::Scaled(0.1), 0.2, 0.1, 0.1),
            (Tolerance::Cents, 1.005, 1.01, 1.0),
            (Tolerance::Cents, 1.014, 1.006, 0.0),
            (Tolerance::Absolute(0.1), f64::INFINITY, f64::INFINITY, 0.0),
            (Tolerance::Absolute(0.1), f64::NAN, f64::NAN, 0.0),
            (Tolerance::Absolute(0.1), f64::NAN, 1.0, f64::INFINITY),
        ];
        for (tolerance, found, wanted, deviation) in table {
            let is = tolerance.deviation(found, wanted);
            assert!((is - deviation).abs() < 1e-12 || is == deviation, "{tolerance}: {is}");
        }
    }

    #[test]
    fn texts_are_read_as_far_as_they_are_meant() {
        for (text, wanted) in [
            ("rel 1e-9", Some(Tolerance::Relative(1e-9))),
            ("rel 1e-9; x and n are rounded", Some(Tolerance::Relative(1e-9))),
            ("abs 0.05", Some(Tolerance::Absolute(0.05))),
            ("1e-8 abs", Some(Tolerance::Absolute(1e-8))),
            ("1e-12", Some(Tolerance::Scaled(1e-12))),
            ("exact cents", Some(Tolerance::Cents)),
            ("about right", None),
            ("rel", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(Tolerance::written(text), wanted, "{text:?}");
        }
        assert_eq!(of("hazard", "H", "", "abs 1e-6"), Tolerance::Absolute(1e-6));
        assert_eq!(of("hazard", "H", "", "well"), OTHERWISE);
        assert_eq!(of("bond", "B1", "price", "abs 1"), Tolerance::Relative(1e-9), "the family's");
        assert_eq!(of("almgren_chriss", "AC", "x", "").to_string(), "abs 5e-2");
    }
}

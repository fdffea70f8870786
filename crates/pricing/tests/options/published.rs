//! Every published entry of the option models, with inputs and expected values read from the file.

use super::shared;
use pitfloor_pricing::option::american::american_option;
use pitfloor_pricing::option::black_scholes::black_scholes;
use pitfloor_pricing::option::heston::{Heston, heston};
use pitfloor_pricing::option::jumps::{Jumps, merton_haug, merton_jump};
use pitfloor_pricing::option::warrant::{Issue, warrant};
use pitfloor_pricing::option::{Right, Vanilla};
use serde_json::Value;

/// How far a found value may be off, by the rule of its family.
#[derive(Clone, Copy)]
enum Within {
    /// This part of the expected value, and 1e-15.
    Relative(f64),
    /// This much, or this part of what is larger than 1.
    Plain(f64),
}

impl Within {
    fn holds(self, found: f64, expected: f64) -> bool {
        let off = (found - expected).abs();
        match self {
            Self::Relative(t) => off <= t * expected.abs() + 1e-15,
            Self::Plain(t) => off <= t * expected.abs().max(1.0),
        }
    }
}

/// The inputs of an entry, with the model's defaults for what it leaves out.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn or(&self, name: &str, default: f64) -> f64 {
        self.0.get(name).map_or(default, |value| value.as_f64().expect("a number"))
    }

    fn get(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or_else(|| panic!("{name} is a number in {}", self.0))
    }

    fn vanilla(&self, default: Right) -> Vanilla {
        let right = match self.0.get("cp").and_then(Value::as_str) {
            None => default,
            Some("c") => Right::Call,
            Some("p") => Right::Put,
            Some(other) => panic!("{other} is neither c nor p"),
        };
        Vanilla {
            right,
            spot: self.or("S", 100.0),
            strike: self.or("K", 100.0),
            rate: self.or("r", 0.0),
            dividend: self.or("q", 0.0),
            time: self.or("T", 1.0),
        }
    }
}

/// What an entry expects under `key`; the value itself when the entry is a single number.
fn expected(entry: &Value, key: &str) -> Option<f64> {
    match &entry["value"] {
        Value::Object(fields) => fields.get(key).map(|value| value.as_f64().unwrap()),
        single => Some(single.as_f64().unwrap()),
    }
}

/// Runs `found` on each entry of `model` and compares all that the entry expects; returns how many
/// entries and how many values were compared.
fn check(
    model: &str,
    found: impl Fn(&str, &Inputs) -> Vec<(&'static str, f64, Within)>,
) -> Option<(usize, usize)> {
    let file = shared("reference/published.json")?;
    let all: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let (mut entries, mut values) = (0, 0);
    for (id, entry) in all.as_object().unwrap() {
        if entry["model"] != model {
            continue;
        }
        let found = found(id, &Inputs(&entry["inputs"]));
        let compared = found.iter().filter_map(|(key, found, within)| {
            let expected = expected(entry, key)?;
            assert!(within.holds(*found, expected), "{id} {key}: {found}, expected {expected}");
            Some(())
        });
        let compared = compared.count();
        let asked = entry["value"].as_object().map_or(1, serde_json::Map::len);
        assert_eq!(compared, asked, "{id}: every expected value is found");
        (entries, values) = (entries + 1, values + compared);
    }
    Some((entries, values))
}

#[test]
fn black_scholes_prices_and_sensitivities() {
    let compared = check("black_scholes", |_, inputs| {
        let found = black_scholes(&inputs.vanilla(Right::Call), inputs.get("v")).unwrap();
        let within = Within::Relative(1e-10);
        [
            ("price", found.price),
            ("delta", found.delta),
            ("gamma", found.gamma),
            ("vega", found.vega),
            ("theta", found.theta),
            ("rho", found.rho),
            ("vanna", found.vanna),
            ("volga", found.volga),
        ]
        .map(|(key, value)| (key, value, within))
        .to_vec()
    });
    assert!(compared.is_none_or(|compared| compared == (6, 48)), "{compared:?}");
}

#[test]
fn heston_prices() {
    let compared = check("heston", |id, inputs| {
        let model = Heston {
            variance: inputs.or("v0", 0.0175),
            reversion: inputs.or("kappa", 1.5768),
            level: inputs.or("theta", 0.0398),
            vol_of_vol: inputs.or("sigma", 0.5751),
            correlation: inputs.or("rho", -0.5711),
        };
        let within = match id {
            _ if id.starts_with("Heston_Lewis") => Within::Relative(1e-8),
            _ if id.starts_with("Heston_FO") => Within::Plain(1e-7),
            _ if id.starts_with("Heston_BK") => Within::Plain(1e-4),
            _ => panic!("{id} has no rule"),
        };
        vec![("price", heston(&inputs.vanilla(Right::Call), &model).unwrap(), within)]
    });
    assert!(compared.is_none_or(|compared| compared == (9, 9)), "{compared:?}");
}

#[test]
fn jump_diffusion_prices() {
    let compared = check("merton_haug", |_, inputs| {
        let [vol, rate, gamma] = ["total_vol", "lam", "gamma"].map(|name| inputs.get(name));
        let found = merton_haug(&inputs.vanilla(Right::Call), vol, rate, gamma).unwrap();
        vec![("call", found, Within::Plain(1e-6))]
    });
    assert!(compared.is_none_or(|compared| compared == (7, 7)), "{compared:?}");
    let compared = check("merton_jump", |_, inputs| {
        let [rate, mean, deviation] = ["lam", "muJ", "dJ"].map(|name| inputs.get(name));
        let jumps = Jumps { rate, mean, deviation };
        let found = merton_jump(&inputs.vanilla(Right::Call), inputs.get("v"), &jumps).unwrap();
        vec![("price", found, Within::Plain(1e-8))]
    });
    assert!(compared.is_none_or(|compared| compared == (1, 1)), "{compared:?}");
}

#[test]
fn early_exercise() {
    let compared = check("american_option", |_, inputs| {
        let dates = inputs.or("exercise_per_year", 50.0);
        assert_eq!(dates, 50.0, "the name of the value carries the number");
        let found = american_option(&inputs.vanilla(Right::Put), inputs.get("v"), dates).unwrap();
        vec![
            ("american", found.american, Within::Plain(1e-3)),
            ("bermudan50", found.bermudan, Within::Plain(1e-3)),
            ("european", found.european, Within::Relative(1e-10)),
        ]
    });
    assert!(compared.is_none_or(|compared| compared == (20, 60)), "{compared:?}");
}

#[test]
fn warrants() {
    let compared = check("warrant", |_, inputs| {
        let found = warrant(&Issue {
            terms: inputs.vanilla(Right::Call),
            volatility: inputs.get("v"),
            shares: inputs.get("N"),
            warrants: inputs.get("M"),
        })
        .unwrap();
        [
            ("galai_schneller", found.galai_schneller),
            ("call", found.call),
            ("simple", found.diluted),
            ("diluted", found.diluted),
            ("total", found.total),
            ("drop", found.drop),
        ]
        .map(|(key, value)| (key, value, Within::Plain(1e-9)))
        .to_vec()
    });
    assert!(compared.is_none_or(|compared| compared == (2, 6)), "{compared:?}");
}

//! Every published entry of bonds, curves, short rates and pools, where the folder of shared
//! references is at hand: in `PITFLOOR_SHARED`, else in `shared` beside the repository.

use pitfloor_pricing::Outside;
use pitfloor_pricing::bond::level::Level;
use pitfloor_pricing::bond::pool::{Month, Pool, average_life};
use pitfloor_pricing::rates::short_rate::ShortRate;
use pitfloor_pricing::rates::svensson::Svensson;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where data lies that is not shipped.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("SKIPPED: {} is not here, nothing is compared", found.display());
    None
}

/// Calls `check` with the inputs and value of each entry of `model`; there must be `count`.
fn entries(model: &str, count: usize, check: impl Fn(&str, &Value, &Value)) {
    let Some(path) = shared("reference/published.json") else { return };
    let text = std::fs::read_to_string(path).expect("it can be read");
    let all: Value = serde_json::from_str(&text).expect("the references are JSON");
    let all = all.as_object().expect("entries by name");
    let ours: Vec<_> = all.iter().filter(|(_, entry)| entry["model"] == model).collect();
    assert_eq!(ours.len(), count, "{model}");
    for (name, entry) in ours {
        check(name, &entry["inputs"], &entry["value"]);
    }
}

fn number(of: &Value, field: &str) -> f64 {
    of[field].as_f64().unwrap_or_else(|| panic!("{field} in {of}"))
}

fn whole(of: &Value, field: &str) -> u32 {
    u32::try_from(of[field].as_u64().expect("a whole number")).expect("a small one")
}

fn relative(name: &str, found: f64, wanted: f64, share: f64) {
    assert!((found - wanted).abs() <= share * wanted.abs() + 1e-15, "{name}: {found} {wanted}");
}

/// The plain tolerance: of the larger of 1 and the value.
fn near(name: &str, found: f64, wanted: f64, most: f64) {
    assert!((found - wanted).abs() <= most * wanted.abs().max(1.0), "{name}: {found} {wanted}");
}

#[test]
fn bonds() {
    entries("bond", 5, |name, inputs, value| {
        let bond = Level {
            face: number(inputs, "face"),
            cpn: number(inputs, "cpn"),
            n: whole(inputs, "n"),
            freq: whole(inputs, "freq"),
        };
        let found = bond.at_yield(number(inputs, "y")).expect("it has a price");
        for (field, found) in [
            ("price", found.price),
            ("macaulay", found.macaulay),
            ("modified", found.modified),
            ("convexity", found.convexity),
            ("dv01", found.dv01),
        ] {
            relative(&format!("{name} {field}"), found, number(value, field), 1e-9);
        }
        let back = bond.yield_of(found.price).expect("it has a yield");
        near(name, back, number(inputs, "y"), 1e-12);
    });
}

#[test]
fn yield_curves() {
    entries("nelson_siegel_svensson", 2, |name, inputs, value| {
        let list = |of: &Value| -> Vec<f64> {
            of.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
        };
        let curve = Svensson::new(list(&inputs["p"]).try_into().expect("six")).expect("a curve");
        for (t, wanted) in list(&inputs["t"]).into_iter().zip(list(value)) {
            near(name, curve.yield_at(t).expect("a yield"), wanted, 1e-12);
        }
    });
}

#[test]
fn short_rates() {
    for (model, price) in [
        ("vasicek", ShortRate::vasicek as fn(&ShortRate, f64) -> Result<f64, Outside>),
        ("cir", ShortRate::cir),
    ] {
        entries(model, 2, |name, inputs, value| {
            let [r, a, b, s] = ["r", "a", "b", "s"].map(|field| number(inputs, field));
            let found = price(&ShortRate { r, a, b, s }, number(inputs, "T")).expect("a price");
            near(name, found, value.as_f64().expect("a number"), 1e-12);
        });
    }
}

#[test]
fn pools_of_mortgages() {
    entries("mbs_psa", 2, |name, inputs, value| {
        let pool = Pool {
            bal: number(inputs, "bal"),
            wac: number(inputs, "WAC"),
            ptr: number(inputs, "PTR"),
            wam: whole(inputs, "WAM"),
            psa: number(inputs, "PSA"),
            age: whole(inputs, "age"),
        };
        let months = pool.months().expect("it pays");
        for n in [1, 2, 27, 100] {
            let wanted = value[format!("m{n}")].as_array().expect("a row");
            for (found, wanted) in row(&months[n - 1]).into_iter().zip(wanted) {
                relative(&format!("{name} m{n}"), found, wanted.as_f64().expect("a number"), 1e-10);
            }
        }
        relative(name, average_life(&months), number(value, "WAL"), 1e-10);
    });
}

fn row(month: &Month) -> [f64; 9] {
    let Month { balance, smm, payment, net_interest, scheduled, prepaid, .. } = *month;
    let at = f64::from(month.month);
    let (principal, cash) = (month.principal, month.cash_flow);
    [at, balance, smm, payment, net_interest, scheduled, prepaid, principal, cash]
}

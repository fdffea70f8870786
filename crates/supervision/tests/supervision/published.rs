//! The published bands, where the folder of shared references is at hand: in `PITFLOOR_SHARED`, else
//! in `shared` beside the repository. Without it the test says so and ends.

use super::floor::cents;
use jiff::civil::date;
use pitfloor_model::instrument::Decimal;
use pitfloor_model::units::Price;
use pitfloor_supervision::known::LuldSays;
use pitfloor_supervision::luld::{Tier, bands};
use pitfloor_supervision::rows::Rows;
use std::path::{Path, PathBuf};

fn reference() -> Option<serde_json::Value> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join("reference/published.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("{} is not there: nothing is compared", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("the references are JSON"))
}

/// A number of the file in cents, exactly.
fn in_cents(value: &serde_json::Value) -> Price {
    let dollars: Decimal = value.to_string().parse().expect("a decimal");
    Price(i64::try_from(dollars * Decimal::from(100)).expect("whole cents"))
}

#[test]
fn the_bands_are_the_published_ones() {
    let Some(reference) = reference() else { return };
    let rows = Rows::shipped();
    let says: LuldSays = rows.row("luld", "US", date(2026, 1, 5)).unwrap().says().unwrap();
    for n in 0..=6 {
        let row = &reference[format!("LULD_{n}")];
        let inputs = &row["inputs"];
        let tier = if inputs["tier"] == 1 { Tier::One } else { Tier::Two };
        let (at, close) = (in_cents(&inputs["ref"]), in_cents(&inputs["prev_close"]));
        let double = inputs["double"].as_bool().expect("yes or no");
        let found = bands(&says, tier, cents(), at, close, double);
        let wanted = (in_cents(&row["value"][0]), in_cents(&row["value"][1]));
        assert_eq!((found.lower, found.upper), wanted, "LULD_{n}");
    }
}

use crate::{number, numbers, value};
use pitfloor_theory::kyle::Auctions;
use serde_json::json;

#[test]
fn the_flow_tells_what_dealers_take_from_it() {
    for count in [1, 2, 4] {
        let found = value("E12", json!({"N": count, "seed": 3}));
        let exact = Auctions { count, variance: 1.0, noise: 1.0 }.equilibrium().expect("it exists");
        let [slope, error] = ["regressed", "regressed_se"].map(|name| numbers(&found, name));
        let [left, left_se] = ["left", "left_se"].map(|name| numbers(&found, name));
        for n in 0..count as usize {
            assert!((slope[n] - exact.lambda[n]).abs() < 3.0 * error[n], "{count}: {found}");
            assert!((left[n] - exact.sigma[n]).abs() < 4.0 * left_se[n], "{count}: {found}");
        }
        let off = number(&found, "profit") - exact.profit;
        assert!(off.abs() < 4.0 * number(&found, "profit_se"), "{count}: {found}");
        assert!(number(&found, "dealers").abs() < 4.0 * number(&found, "dealers_se"), "{found}");
    }
}

#[test]
fn a_dealer_with_competitors_earns_nothing_and_learns_everything() {
    for informed in [0.1, 0.3, 0.6] {
        let found = value("E13", json!({"informed": informed, "arrivals": 200}));
        for name in ["change", "step", "profit"] {
            let error = number(&found, &format!("{name}_se"));
            assert!(number(&found, name).abs() < 3.0 * error, "{informed}: {name} {found}");
        }
        let [first, last] = ["spread_first", "spread_last"].map(|name| number(&found, name));
        assert!((first - 20.0 * informed).abs() < 1e-9, "{found}");
        assert!(last < 0.6 * first, "{found}");
        assert!(informed < 0.3 || last < 0.01, "{found}");
    }
}

//! `pitfloor risk`: what accounts of a run could lose.

use crate::program::{folder, pitfloor};
use serde_json::Value;

/// Minor units of what is written with two decimals.
fn cents(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn a_share_held_loses_a_tenth_when_its_price_does_and_the_three_ways_agree_in_kind() {
    let at = folder();
    let run = ["run", "first-market", "--until", "10m", "--seed", "3", "--out", "r", "--quiet"];
    pitfloor(at.path(), run).well();
    let all = pitfloor(at.path(), ["risk", "r", "--json"]).well().json();
    assert_eq!((all["level"].as_f64(), all["intervals"].as_u64()), (Some(0.99), Some(59)));
    let accounts = all["accounts"].as_array().unwrap();
    assert!(accounts.len() > 10, "{} accounts hold something", accounts.len());
    for account in accounts {
        let of = &account["currencies"]["USD"];
        let gross = cents(&of["gross"]);
        let symbols: Vec<&String> = of["parts_of_normal_var"].as_object().unwrap().keys().collect();
        let down = symbols.iter().map(|symbol| account["stress"][format!("{symbol}=-10%")].clone());
        let lost: i64 = down.map(|gain| cents(&gain["USD"]).abs()).sum();
        assert!((lost - gross / 10).abs() <= symbols.len() as i64, "{lost} of {gross}");
        for law in ["historical", "normal", "drawn"] {
            let (var, es) = (cents(&of[law]["var"]), cents(&of[law]["es"]));
            assert!(0 < var && var <= es && es < gross, "{law} {var} {es} of {gross}");
        }
        let (drawn, normal) = (cents(&of["drawn"]["var"]), cents(&of["normal"]["var"]));
        let error = cents(&of["drawn"]["var_se"]);
        assert!((drawn - normal).abs() <= 5 * error + 1, "{drawn} {normal} +- {error}");
        let parts = of["parts_of_normal_var"].as_object().unwrap().values().map(cents);
        assert!((parts.sum::<i64>() - normal).abs() <= 1, "parts sum to the whole");
    }
    let name = accounts[0]["account"].as_str().unwrap();
    let one = ["risk", "r", name, "--json"];
    let alone = pitfloor(at.path(), one).well().json();
    assert_eq!(alone["accounts"], Value::from(vec![accounts[0].clone()]));
    assert_eq!(pitfloor(at.path(), one).well().json(), alone, "the same dice, the same draws");
    let surer =
        pitfloor(at.path(), ["risk", "r", name, "--level", "0.999", "--json"]).well().json();
    let var = |of: &Value| cents(&of["accounts"][0]["currencies"]["USD"]["normal"]["var"]);
    assert!(var(&surer) > var(&alone));
    let blow = ["risk", "r", name, "--stress", "ACME=-25%", "--stress", "ACME=+5%"];
    let text = pitfloor(at.path(), blow).well().out;
    assert!(text.contains("  ACME=-25% ") && text.contains("  ACME=+5% "), "{text}");
    assert!(text.contains("historical VaR") && !text.contains("-10%"), "{text}");
}

#[test]
fn a_blow_to_a_share_reaches_the_contracts_on_it() {
    let at = folder();
    let run = ["run", "pinned-expiry", "--until", "30m", "--out", "r", "--quiet"];
    pitfloor(at.path(), run).well();
    let all = pitfloor(at.path(), ["risk", "r", "--json"]).well().json();
    let prices = all["prices"].as_object().unwrap();
    let share = prices.keys().next().unwrap();
    let blow = format!("{share}=-50%");
    let hit = pitfloor(at.path(), ["risk", "r", "--stress", &blow, "--json"]).well().json();
    let only_rights = hit["accounts"].as_array().unwrap().iter().find(|account| {
        account["currencies"].as_object().unwrap().values().all(|of| {
            let parts = of["parts_of_normal_var"].as_object().unwrap();
            !parts.is_empty() && !parts.contains_key(share)
        })
    });
    let holder = only_rights.expect("somebody holds options alone");
    let gains = holder["stress"][&blow].as_object().unwrap().values().map(cents);
    assert_ne!(gains.sum::<i64>(), 0, "{holder}");
}

#[test]
fn wrong_questions_are_refused_with_what_was_expected() {
    let at = folder();
    let run = ["run", "first-market", "--until", "2m", "--out", "r", "--quiet"];
    pitfloor(at.path(), run).well();
    let refused: [(&[&str], &[&str]); 9] = [
        (&["--every", "10s"], &["found 11 intervals of 10 s, expected at least 30"]),
        (&["nobody"], &["ACCOUNT: found \"nobody\"", "a name of"]),
        (&["--level", "1.5", "--every", "1s"], &["1.5", "above 0 and below 1"]),
        (&["--level", "NaN", "--every", "1s"], &["NaN", "above 0 and below 1"]),
        (&["--horizon", "never"], &["--horizon: found \"never\""]),
        (&["--every", "0s"], &["--every: found \"0s\""]),
        (&["--stress", "ACNE=-10%"], &["--stress: found \"ACNE\"", "ACME"]),
        (&["--stress", "ACME=10"], &["--stress: found \"ACME=10\"", "per cent"]),
        (&["--stress", "ACME=1%,ACME=2%"], &["each instrument once"]),
    ];
    for (more, parts) in refused {
        let said = pitfloor(at.path(), [&["risk", "r"], more].concat());
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{more:?}: {}", said.err);
        for part in parts {
            assert!(said.err.contains(part), "{part:?} for {more:?} in {}", said.err);
        }
    }
    let said = pitfloor(at.path(), ["risk", "nowhere"]);
    assert!(said.status == 2 && said.err.contains("nowhere"), "{}", said.err);
}

//! Processes within four standard errors of their closed forms, from fixed seeds; and the net that
//! says so has no holes.

use pitfloor_theory::proof::{Row, names, prove};

const PATHS: usize = 20_000;

fn rows(name: &str, paths: usize, seed: u64) -> Vec<Row> {
    prove(name, |_| None, paths, seed).unwrap()
}

#[track_caller]
fn hold(rows: &[Row]) {
    for row in rows {
        println!("{:8} {:48} {:?} {:?}", row.process, row.figure, row.exact, row.errors());
    }
    let off: Vec<&Row> = rows.iter().filter(|row| !row.holds()).collect();
    assert!(off.is_empty(), "{off:#?}");
}

#[test]
fn every_process_keeps_its_closed_forms() {
    let all: Vec<Row> = names().flat_map(|name| rows(name, PATHS, 1)).collect();
    hold(&all);
    assert!(all.len() > 60, "{} figures", all.len());
}

/// A closed form that is wrong by a quarter would be seen: the paths are many enough to tell. (First
/// and third moments of returns, which are small beside the returns, when they are wrong by more.)
#[test]
fn a_wrong_closed_form_is_caught() {
    let mut blind = Vec::new();
    for row in names().flat_map(|name| rows(name, PATHS, 1)).filter(|row| row.exact != 0.0) {
        let by = match row.figure.as_str() {
            "mean return" | "third moment of returns" => 1.75,
            _ => 1.25,
        };
        let wrong = Row { exact: row.exact * by, ..row };
        if wrong.holds() {
            blind.push((wrong.process, wrong.figure));
        }
    }
    assert!(blind.is_empty(), "{blind:?}");
}

#[test]
fn other_parameters_keep_them_too() {
    let with = |name: &str, set: &[(&str, f64)]| {
        let said = |wanted: &str| set.iter().find(|(name, _)| *name == wanted).map(|(_, x)| *x);
        prove(name, said, PATHS, 2).unwrap()
    };
    hold(&with("gbm", &[("drift", 0.3), ("v", 0.8)]));
    hold(&with("merton", &[("drift", 0.05), ("v", 0.05), ("lam", 1.0), ("muJ", 0.1)]));
    hold(&with("heston", &[("drift", 0.03), ("kappa", 0.5), ("sigma", 1.0), ("rho", -0.9)]));
    hold(&with("heston", &[("kappa", 0.0), ("rho", 0.5)]));
    hold(&with("garch", &[("drift", 0.5), ("alpha", 0.2), ("beta", 0.3)]));
    let moods = [("drift_calm", 0.2), ("drift_wild", -0.6), ("calm", 0.02), ("wild", 0.05)];
    hold(&with("regimes", &moods));
    hold(&with("ou", &[("theta", 0.3), ("mu", -2.0), ("sigma", 0.01)]));
    // Where fourth moments have no error that is known, they are left out.
    let wild = with("garch", &[("alpha", 0.3), ("beta", 0.65)]);
    assert!(wild.iter().all(|row| !row.figure.contains("kurtosis")), "{wild:?}");
    // Without chance there is nothing to be off by.
    let still = with("gbm", &[("v", 0.0), ("drift", 0.1)]);
    hold(&still);
    assert!(still.iter().all(|row| row.errors().is_none()), "{still:?}");
}

#[test]
fn one_seed_is_one_proof() {
    for name in names() {
        assert_eq!(rows(name, 200, 5), rows(name, 200, 5), "{name}");
        assert_ne!(rows(name, 200, 5), rows(name, 200, 6), "{name}");
    }
}

#[test]
fn what_is_refused() {
    let says = |name, paths| prove(name, |_| None, paths, 1).unwrap_err().to_string();
    assert_eq!(says("gbm", 99), "paths: found 99, expected 100 to 10000000 paths");
    assert_eq!(says("brown", 200), "process: found brown, expected the name of a process");
    let bad = prove("gbm", |name| (name == "v").then_some(-1.0), 200, 1).unwrap_err();
    assert_eq!(bad.field, "v");
}

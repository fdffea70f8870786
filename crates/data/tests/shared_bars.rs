//! Real bars of the shared data: what a split and a dividend did to AAPL, and what they did not.

use pitfloor_data::lean::bars::{Bar, adjusted, daily};
use pitfloor_data::lean::factors::{actions, read};
use std::path::PathBuf;

fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("PITFLOOR_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let set = root.join("data/us_equity_bars");
    if !set.exists() {
        println!("SKIPPED: no data in {}", set.display());
        return None;
    }
    Some(set)
}

/// The day after each pair of closes, and the logarithm of their ratio.
fn returns(bars: &[Bar]) -> Vec<(String, f64)> {
    let one = |pair: &[Bar]| (pair[1].day.to_string(), (pair[1].close / pair[0].close).ln());
    bars.windows(2).map(one).collect()
}

fn lowest(returns: &[(String, f64)]) -> (String, f64) {
    returns.iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("there are some").clone()
}

#[test]
fn the_split_disappears_and_the_true_fall_stays() {
    let Some(set) = shared() else { return };
    let bars = daily(&set.join("daily/aapl.zip")).unwrap();
    let factors = read(&set.join("factor_files/aapl.csv")).unwrap();
    assert_eq!(bars.len(), 5_849);
    let (day, fall) = lowest(&returns(&bars));
    assert_eq!(day, "2014-06-09", "the 7:1 split of that day");
    assert!((fall - -1.930_035_458_230_186_4).abs() < 1e-12, "as in the facts: {fall}");
    let adjusted = adjusted(&bars, &factors);
    let returns = returns(&adjusted);
    let (day, fall) = lowest(&returns);
    assert_eq!(day, "2000-09-29", "profits had been warned of");
    assert!((fall - -0.727).abs() < 5e-4, "a true fall: {fall}");
    let split = returns.iter().find(|(day, _)| day == "2014-06-09").unwrap().1;
    assert!((0.0..0.03).contains(&split), "an ordinary day: {split}");
}

#[test]
fn the_actions_of_a_company_are_read_off_its_factors() {
    let Some(set) = shared() else { return };
    let all = actions(&read(&set.join("factor_files/aapl.csv")).unwrap()).unwrap();
    let splits: Vec<_> = all
        .iter()
        .filter(|action| action.split != (1, 1))
        .map(|action| (action.after.to_string(), action.split))
        .collect();
    let expected = [
        ("2000-06-20", (2, 1)),
        ("2005-02-25", (2, 1)),
        ("2014-06-06", (7, 1)),
        ("2020-08-28", (4, 1)),
    ];
    assert_eq!(splits, expected.map(|(day, split)| (day.to_owned(), split)));
    let dividends: Vec<_> = all.iter().filter(|action| action.dividend > 0.0).collect();
    assert_eq!(dividends.len(), 35, "as many as in the facts");
    // 2.65 dollars on 2012-08-09, before two splits; 3.29 on 2014-05-08.
    let paid = |day: &str| {
        let found = dividends.iter().find(|action| action.after.to_string() == day);
        found.unwrap_or_else(|| panic!("a dividend after {day}")).dividend
    };
    assert!((paid("2012-08-08") - 2.65).abs() < 0.01, "{}", paid("2012-08-08"));
    assert!((paid("2014-05-07") - 3.29).abs() < 0.01, "{}", paid("2014-05-07"));
}

/// Every factor file of the set is read, and says nothing that no company does.
#[test]
fn all_factor_files_are_read() {
    let Some(set) = shared() else { return };
    let mut read_files = 0;
    for entry in std::fs::read_dir(set.join("factor_files")).unwrap() {
        let path = entry.unwrap().path();
        let factors = read(&path).unwrap();
        assert!(factors.is_sorted_by(|a, b| a.until < b.until));
        read_files += 1;
    }
    assert!(read_files >= 19, "{read_files} files");
}

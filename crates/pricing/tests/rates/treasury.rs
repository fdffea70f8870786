//! Thirty-two years of the Treasury's par curve, where the recorded file is at hand: every day is
//! bootstrapped, and how rates moved is what the facts beside the file say.

use super::published::shared;
use pitfloor_pricing::rates::bootstrap::ParBonds;
use pitfloor_pricing::rates::curve::Between;
use pitfloor_pricing::risk::components::{components, covariance};
use serde_json::Value;

/// Tenors of the file's columns, in years.
const TENORS: [f64; 11] = [1.0 / 12.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0];

/// One day: its date, and the rate in percent of each tenor where there was one.
struct Day {
    date: String,
    percent: Vec<Option<f64>>,
}

/// The days of the file. A cell of zero means that nothing was published.
fn days() -> Option<Vec<Day>> {
    let path = shared("data/rates_credit/ust.csv.zst")?;
    let packed = std::fs::read(path).expect("it can be read");
    let text =
        String::from_utf8(zstd::decode_all(&packed[..]).expect("it is whole")).expect("text");
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().expect("a header").split(',').collect();
    assert_eq!((columns[1], columns[9], columns[11]), ("BC_1MONTH", "BC_10YEAR", "BC_30YEAR"));
    let day = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let rate = |cell: &&str| Some(cell.parse().expect("a number")).filter(|rate| *rate != 0.0);
        Day { date: cells[0].to_owned(), percent: cells[1..12].iter().map(rate).collect() }
    };
    Some(lines.map(day).collect())
}

fn facts() -> Option<Value> {
    let text = std::fs::read_to_string(shared("data/rates_credit/facts_open.json")?);
    Some(serde_json::from_str(&text.expect("it can be read")).expect("facts are JSON"))
}

#[test]
fn every_day_gives_a_zero_curve_that_prices_it_again() {
    let Some(days) = days() else { return };
    assert_eq!(days.len(), 8_055);
    let (mut missing, mut empty, mut priced) = (0, Vec::new(), 0);
    for day in &days {
        let quotes: Vec<_> =
            TENORS.into_iter().zip(day.percent.iter().map(|r| r.map(|r| r / 100.0))).collect();
        missing += quotes.iter().filter(|(_, rate)| rate.is_none()).count();
        if quotes.iter().all(|(_, rate)| rate.is_none()) {
            empty.push(&day.date);
            continue;
        }
        for (_, between) in Between::ALL {
            let bonds = ParBonds { per_year: 2, between, gap_most: 20.0 };
            let curve = bonds.zero_curve(&quotes).unwrap_or_else(|e| panic!("{}: {e}", day.date));
            for (tenor, rate) in &quotes {
                let Some(rate) = rate else { continue };
                let again = bonds.par(&curve, *tenor).expect("it is on the curve");
                assert!((again - rate).abs() < 1e-12, "{} {tenor}: {again} {rate}", day.date);
                priced += 1;
            }
        }
    }
    println!("{} days, {missing} cells missing, {priced} rates priced again", days.len());
    assert!(empty.is_empty(), "days without any rate: {empty:?}");
    assert_eq!(missing, 4_953, "cells of zero in these columns");
    assert_eq!(priced, 3 * (days.len() * TENORS.len() - missing));
}

/// Changes from one day to the next of these columns, in percent, as the file stands.
fn changes(days: &[Day], columns: &[usize]) -> Vec<Vec<f64>> {
    let rate = |day: &Day, column: usize| day.percent[column].unwrap_or(0.0);
    let change =
        |pair: &[Day]| columns.iter().map(|c| rate(&pair[1], *c) - rate(&pair[0], *c)).collect();
    days.windows(2).map(change).collect()
}

#[test]
fn the_ten_years_moved_as_the_facts_say() {
    let (Some(days), Some(facts)) = (days(), facts()) else { return };
    let facts = &facts["daily_change_10y_bp"];
    let moves = changes(&days, &[8]);
    assert_eq!(moves.len() as u64, facts["n"].as_u64().expect("a count"));
    // The facts divide by n, the covariance by n − 1.
    let n = moves.len() as f64;
    let variance = covariance(&moves).expect("they move")[0][0] * (n - 1.0) / n;
    let found = 100.0 * variance.sqrt();
    println!("ten years: {found} basis points a day over {n} changes");
    assert!((found / facts["std"].as_f64().expect("a number") - 1.0).abs() < 1e-9);
}

#[test]
fn three_components_are_level_slope_and_curvature() {
    let (Some(days), Some(facts)) = (days(), facts()) else { return };
    let moves = changes(&days, &[3, 4, 5, 6, 7, 8]);
    let found = components(&moves).expect("they move");
    let wanted = facts["pca_share_first3_daily_changes_1y_10y"].as_array().expect("three shares");
    assert_eq!(wanted.len(), 3);
    for (share, wanted) in found.shares.iter().zip(wanted) {
        assert!((share - wanted.as_f64().expect("a number")).abs() < 1e-9, "{share} {wanted}");
    }
    println!("shares: {:?}", &found.shares[..3]);
    // How often the sign changes along the tenors: a level never, a slope once, a curvature twice.
    let turns = |axis: usize| {
        let along = &found.axes[axis].direction;
        along.windows(2).filter(|pair| pair[0] * pair[1] < 0.0).count()
    };
    assert_eq!([turns(0), turns(1), turns(2)], [0, 1, 2]);
}

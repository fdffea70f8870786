//! The estimators on a recorded day: AMZN on 2012-06-21, top of the book (LOBSTER sample).
//!
//! The expected figures were computed once by other code from the same files. The recording is not
//! part of the repository; where it is absent, the test says so and ends.

use pitfloor_analysis::sampling::{Grid, Trades};
use pitfloor_facts::estimator::{
    autocorrelation, dfa, excess_kurtosis, hill, log_returns, variance_ratio,
};
use pitfloor_feed::level2::Quote;
use pitfloor_model::units::{Price, Qty, Side, Span, Time};
use std::path::PathBuf;

/// 09:30, in nanoseconds after midnight.
const OPEN: u64 = 34_200 * 1_000_000_000;
/// 16:00, likewise.
const CLOSE: u64 = 57_600 * 1_000_000_000;

fn recording(name: &str) -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join("data/lobster").join(name);
    let Ok(packed) = std::fs::read(&path) else {
        println!("skipped: there is no {}", path.display());
        return None;
    };
    let text = zstd::decode_all(packed.as_slice()).expect("the recording is zstd");
    Some(String::from_utf8(text).expect("the recording is text"))
}

/// Seconds after midnight with up to nine decimals, as nanoseconds.
fn nanos(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: u64 = format!("{fraction:0<9}").parse().expect("decimals of a second");
    whole.parse::<u64>().expect("seconds") * 1_000_000_000 + fraction
}

fn near(what: &str, found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.expect("there is an estimate");
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is {expected} ± {tolerance}");
}

#[test]
fn a_recorded_day_has_the_figures_that_others_found() {
    let Some(messages) = recording("AMZN_2012-06-21_34200000_57600000_message_1.csv.zst") else {
        return;
    };
    let Some(books) = recording("AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.zst") else {
        return;
    };
    let (mut grid, mut trades) = (Grid::new(Span::secs(1)), Trades::default());
    for (message, book) in messages.lines().zip(books.lines()) {
        let fields: Vec<&str> = message.split(',').collect();
        let at = Time(nanos(fields[0]) - OPEN);
        let book: Vec<i64> = book.split(',').map(|field| field.parse().unwrap()).collect();
        let level = |place: usize| Some((Price(book[place]), Qty(book[place + 1] as u64)));
        grid.see(at, Quote { ask: level(0), bid: level(2) });
        if fields[1] == "4" {
            // The direction is that of the order that was hit.
            trades.see(at, if fields[5] == "1" { Side::Sell } else { Side::Buy });
        }
    }
    grid.run_until(Time(CLOSE - OPEN));

    let mids = grid.thinned(10);
    let returns = log_returns(&mids).unwrap();
    assert_eq!(returns.len(), 2_339);
    for (lag, expected) in [(1, 0.054), (2, -0.009), (3, 0.020)] {
        near("F1", autocorrelation(&returns, lag), expected, 0.001);
    }
    near("F2 kurtosis, 1 s", excess_kurtosis(&log_returns(grid.mids()).unwrap()), 32.0, 0.1);
    near("F2 kurtosis, 10 s", excess_kurtosis(&returns), 5.57, 0.01);
    let moves = |mids: &[f64]| -> Vec<f64> {
        log_returns(mids).unwrap().into_iter().filter(|r| *r != 0.0).collect()
    };
    near("F2 Hill, 1 s", hill(&moves(grid.mids()), 0.05), 2.99, 0.01);
    near("F2 Hill, 10 s", hill(&moves(&mids), 0.05), 3.72, 0.01);
    near("F2 Hill, 60 s", hill(&moves(&grid.thinned(60)), 0.05), 2.84, 0.01);
    let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
    for (lag, expected) in [(1, 0.147), (5, 0.091), (10, 0.069), (20, 0.043)] {
        near("F6", autocorrelation(&sizes, lag), expected, 0.001);
    }
    near("F8", dfa(&sizes), 0.68, 0.01);
    near("M19", variance_ratio(&mids, &grid.thinned(100), 10.0), 1.00, 0.01);

    assert_eq!(trades.count(), 6_591, "8,974 fills are so many trades");
    let signs = trades.signs();
    near("M1", dfa(&signs), 0.725, 0.001);
    for (lag, expected) in [(1, 0.62), (5, 0.22), (10, 0.079), (50, 0.018)] {
        near("M1", autocorrelation(&signs, lag), expected, 0.005);
    }
}

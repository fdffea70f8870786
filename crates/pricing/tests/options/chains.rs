//! What chains say about their underlying: made ones exactly, a recorded day within its spreads.

use super::{call, near, shared};
use pitfloor_pricing::option::black_scholes::price;
use pitfloor_pricing::option::chain::{Pair, parity_line, parity_spot, parity_spots};
use pitfloor_pricing::option::implied::implied_vol;
use pitfloor_pricing::option::{Right, Vanilla};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Read;

/// A chain priced by the formula, with a volatility of its own at each strike.
fn chain(underlying: &Vanilla, strikes: impl Iterator<Item = f64>) -> Vec<Pair> {
    let pair = |strike: f64| {
        let v = 0.2 + (strike / underlying.spot - 1.2).powi(2);
        let option = Vanilla { strike, ..*underlying };
        let worth = |right| price(&option.with_right(right), v).unwrap();
        Pair { strike, call: worth(Right::Call), put: worth(Right::Put) }
    };
    strikes.map(pair).collect()
}

fn some_chain() -> Vec<Pair> {
    let strikes = (0..21).map(|at| 80.0 + 2.0 * f64::from(at));
    chain(&call([100.0, 100.0, 0.04, 0.01, 0.5]), strikes)
}

#[test]
fn one_wild_quote_moves_the_line_and_not_the_median() {
    let mut pairs = some_chain();
    pairs[3].call += 50.0;
    near(parity_spot(&pairs, 0.04, 0.01, 0.5).unwrap(), 100.0, 1e-9);
    let line = parity_line(&pairs).unwrap();
    assert!((line.forward - 100.0).abs() > 1.0 && line.off > 5.0, "{line:?}");
}

#[test]
fn an_even_chain_has_two_middles() {
    let pair = |strike, call, put| Pair { strike, call, put };
    let pairs = [pair(100.0, 3.0, 1.0), pair(100.0, 5.0, 1.0)];
    assert_eq!(parity_spots(&pairs, 0.0, 0.0, 0.0).unwrap(), [102.0, 104.0]);
    assert_eq!(parity_spot(&pairs, 0.0, 0.0, 0.0).unwrap(), 103.0);
    assert_eq!(parity_spot(&pairs[..1], 0.0, 0.0, 0.0).unwrap(), 102.0);
}

#[test]
fn what_a_chain_refuses() {
    let pair = |strike, call, put| Pair { strike, call, put };
    let good = pair(100.0, 3.0, 1.0);
    for (bad, field) in [
        (pair(0.0, 3.0, 1.0), "K"),
        (pair(f64::NAN, 3.0, 1.0), "K"),
        (pair(100.0, -3.0, 1.0), "call"),
        (pair(100.0, 3.0, f64::INFINITY), "put"),
    ] {
        assert_eq!(parity_spot(&[good, bad], 0.0, 0.0, 1.0).unwrap_err().field, field);
        assert_eq!(parity_line(&[good, bad]).unwrap_err().field, field);
    }
    assert_eq!(parity_spot(&[], 0.0, 0.0, 1.0).unwrap_err().field, "pairs");
    assert_eq!(parity_spot(&[good], 0.0, 0.0, -1.0).unwrap_err().field, "T");
    assert_eq!(parity_spot(&[good], f64::NAN, 0.0, 1.0).unwrap_err().field, "r");
    assert_eq!(parity_spot(&[good], 0.0, 300.0, 1.0).unwrap_err().field, "q");
    // One point, one strike twice, and a line that rises: no discount in any of them.
    let rising = pair(110.0, 9.0, 1.0);
    for pairs in [&[good][..], &[good, good], &[good, rising]] {
        assert_eq!(parity_line(pairs).unwrap_err().field, "pairs");
    }
}

proptest! {
    #[test]
    fn a_chain_tells_what_it_was_made_from(
        spot in 10.0..1_000.0, rate in -0.02..0.1, dividend in 0.0..0.08, time in 0.01..3.0,
        width in 0.05..0.3,
    ) {
        let underlying = call([spot, spot, rate, dividend, time]);
        let strikes = (-5..=5).map(|at| spot * (1.0 + width * f64::from(at) / 5.0));
        let pairs = chain(&underlying, strikes);
        let found = parity_spot(&pairs, rate, dividend, time).unwrap();
        prop_assert!((found / spot - 1.0).abs() < 1e-10, "{found}, not {spot}");
        let line = parity_line(&pairs).unwrap();
        prop_assert!((line.forward / underlying.forward() - 1.0).abs() < 1e-9, "{line:?}");
        prop_assert!((line.discount / underlying.discount() - 1.0).abs() < 1e-9, "{line:?}");
        prop_assert!((line.prepaid / underlying.prepaid() - 1.0).abs() < 1e-9, "{line:?}");
        prop_assert!(line.off < 1e-9 * spot);
    }
}

/// The middle of a call and of a put, by expiry and strike in ten thousandths.
type Day = BTreeMap<String, BTreeMap<u64, [Option<f64>; 2]>>;

/// Half past ten, in milliseconds from midnight.
const MOMENT: u64 = 37_800_000;

/// All of GOOG's options on 2015-12-24, each by its last row until the minute of [`MOMENT`].
fn recorded() -> Option<Day> {
    let path = shared("data/options/goog_minute/20151224_quote_american.zip")?;
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let (mut day, mut rows) = (Day::new(), 0);
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        rows += text.lines().count();
        let stem = file.name().unwrap().trim_end_matches(".csv").to_owned();
        let [expiry, strike, right] = {
            let mut parts = stem.rsplit('_');
            [(); 3].map(|()| parts.next().unwrap().to_owned())
        };
        let past = text.lines().take_while(|row| minute(row) <= MOMENT);
        let Some(middle) = past.last().and_then(middle) else { continue };
        let side = usize::from(right == "put");
        day.entry(expiry).or_default().entry(strike.parse().unwrap()).or_default()[side] =
            Some(middle);
    }
    assert_eq!((archive.len(), rows), (2_192, 275_552), "the archive is the recorded one");
    Some(day)
}

/// When the minute of a row starts.
fn minute(row: &str) -> u64 {
    row.split(',').next().unwrap().parse().unwrap()
}

/// The middle of the last bid and ask of a row, if it has both and they do not cross.
fn middle(row: &str) -> Option<f64> {
    let fields: Vec<&str> = row.split(',').collect();
    let (bid, ask): (f64, f64) = (fields[4].parse().ok()?, fields[9].parse().ok()?);
    (0.0 < bid && bid < ask).then_some(0.5 * (bid + ask) / 10_000.0)
}

fn pairs(strikes: &BTreeMap<u64, [Option<f64>; 2]>) -> Vec<Pair> {
    let pair = |(strike, middles): (&u64, &[Option<f64>; 2])| {
        let [call, put] = [middles[0]?, middles[1]?];
        Some(Pair { strike: *strike as f64 / 10_000.0, call, put })
    };
    strikes.iter().filter_map(pair).collect()
}

/// The last trade in the stock in that minute.
const TRADED: f64 = 748.33;
/// Contracts with a bid and an ask.
const QUOTED: usize = 1_038;

#[test]
fn a_recorded_chain_knows_the_price_of_its_stock() {
    let Some(day) = recorded() else { return };
    let contracts: usize = day.values().flat_map(BTreeMap::values).flatten().flatten().count();
    assert_eq!(contracts, QUOTED, "contracts whose last row has two sides");
    let all: Vec<Pair> = day.values().flat_map(pairs).collect();
    assert_eq!((day.len(), all.len()), (12, 288));
    let spot = parity_spot(&all, 0.0, 0.0, 0.0).unwrap();
    near(spot, 748.45, 1e-9);
    near(spot, TRADED, 0.2);
    // The options that end today: nothing to discount, nobody to exercise early.
    let today = pairs(&day["20151224"]);
    near(parity_spot(&today, 0.0, 0.0, 0.0).unwrap(), TRADED, 0.05);
    // Three weeks out, with the forward and the discount from the pairs themselves.
    let january = pairs(&day["20160115"]);
    let line = parity_line(&january).unwrap();
    near(line.forward, TRADED, 0.2);
    assert!((0.99..1.01).contains(&line.discount) && line.off < 0.5, "{line:?}");
}

/// A smile, not a frown: the out-of-the-money options of one expiry, one month on.
#[test]
fn a_recorded_chain_has_volatilities() {
    let Some(day) = recorded() else { return };
    let january = pairs(&day["20160115"]);
    let forward = parity_line(&january).unwrap().forward;
    let time = 22.0 / 365.0;
    let smile: Vec<f64> = january
        .iter()
        .map(|pair| {
            let below = pair.strike < forward;
            let (right, worth) =
                if below { (Right::Put, pair.put) } else { (Right::Call, pair.call) };
            let option = Vanilla { right, ..call([forward, pair.strike, 0.0, 0.0, time]) };
            implied_vol(&option, worth).unwrap()
        })
        .collect();
    assert!(smile.iter().all(|v| (0.15..0.4).contains(v)), "{smile:?}");
    let middle = smile[smile.len() / 2];
    assert!(smile[0] > middle + 0.02, "a put far out costs more: {smile:?}");
}

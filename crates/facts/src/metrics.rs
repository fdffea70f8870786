//! Published lists of metrics, as they are printed: what they look at, and the figure where the tape
//! tells it.
//!
//! [`get_real`] follows Vyetrenko et al. (2019), arXiv 1912.04941, with the figures that ABIDES
//! computes; [`lobbench`] the fourteen unconditional scores of LOB-Bench (2025), arXiv 2502.09172.

use crate::builder::DISTANCE_MAX;
use crate::catalogue::{Ask, FACTS, Measured};
use crate::estimator::line::curvature;
use crate::estimator::{
    autocorrelation, excess_kurtosis, gamma_shape, mean, pearson, weibull_shape,
};
use crate::tape::Tape;

/// One metric of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The group it stands in.
    pub group: &'static str,
    /// What it is.
    pub name: String,
    /// The figure; none where the tape does not tell it.
    pub value: Option<f64>,
}

/// The groups of *Get Real*, each with the fact that measures it, and the figures of ABIDES.
#[must_use]
pub fn get_real(tape: &Tape) -> Vec<Metric> {
    let measured: Vec<Measured> =
        FACTS.iter().map(|fact| (fact.measure)(tape, Ask { draws: None })).collect();
    let of = |id: &str| {
        let place = FACTS.iter().position(|fact| fact.id == id);
        place.and_then(|place| measured[place].value())
    };
    let part = |id: &str, name: &str| {
        let place = FACTS.iter().position(|fact| fact.id == id);
        place.and_then(|place| measured[place].part(name))
    };
    let mut list = Vec::new();
    let mut add = |group: &'static str, name: &str, value: Option<f64>| {
        list.push(Metric { group, name: name.to_owned(), value });
    };
    let group = "returns";
    add(group, "no autocorrelation (F1)", of("F1"));
    add(group, "heavy tails (F2)", of("F2"));
    add(group, "aggregation (F4)", of("F4"));
    add(group, "intermittency (F5)", of("F5"));
    add(group, "volatility clustering (F6)", of("F6"));
    add(group, "long-range dependence (F8)", of("F8"));
    add(group, "gain/loss asymmetry (F3)", of("F3"));
    add(group, "volume and volatility (F10)", of("F10"));
    add(group, "return and volatility (F9)", of("F9"));
    add(group, "asymmetric information flow (F11)", of("F11"));
    let group = "volumes and order flow";
    add(group, "volume at the best (M10)", of("M10"));
    add(group, "order sizes, share of round ones (M11)", part("M11", "round orders"));
    add(group, "orders per minute", per_minute(tape, tape.orders.n));
    add(group, "inter-arrival (M12)", of("M12"));
    add(group, "new-order prices (M8)", of("M8"));
    add(group, "time to cancel, median s", lifetime_median(tape));
    add(group, "time correlation of flow (M1)", of("M1"));
    let group = "non-stationarity";
    add(group, "intraday volume, last over median (M14)", part("M14", "last / median"));
    add(group, "volume and spread", None);
    let group = "market impact";
    add(group, "square-root impact (M3)", of("M3"));
    add(group, "response (M5)", of("M5"));
    add("cross-asset", "Epps effect (M15)", of("M15"));
    abides(tape, &mut list);
    list
}

/// The figures that ABIDES computes from log returns of a minute.
fn abides(tape: &Tape, list: &mut Vec<Metric>) {
    let group = "ABIDES";
    let minutes = tape.returns(60);
    let sizes: Vec<f64> = minutes.iter().map(|r| r.abs()).collect();
    let mut add = |name: String, value: Option<f64>| list.push(Metric { group, name, value });
    let rolling: Vec<f64> =
        minutes.windows(30).filter_map(|half_hour| autocorrelation(half_hour, 1)).collect();
    add("lag-1 acf in rolling 30 min, mean".to_owned(), mean(&rolling));
    for minutes in 1..=4 {
        let value = excess_kurtosis(&tape.returns(60 * minutes));
        add(format!("excess kurtosis, {minutes} min"), value);
    }
    add("excess kurtosis, 10 min".to_owned(), excess_kurtosis(&tape.returns(600)));
    for lag in 1..=10 {
        add(format!("acf of |r|, lag {lag}"), autocorrelation(&sizes, lag));
    }
    add("corr(r, |r|)".to_owned(), pearson(&minutes, &sizes));
    let volume = (crate::catalogue::FACTS[9].measure)(tape, Ask { draws: None });
    add("corr(volume, |r|)".to_owned(), volume.value());
    add("Weibull shape of trade gaps".to_owned(), weibull_shape(&tape.trade_gaps_s()));
    add("Gamma shape of trades a minute".to_owned(), gamma_shape(&tape.trade_counts(60.0)));
    let shares = crate::catalogue::day_shares(tape);
    add("quadratic of the day's volume".to_owned(), curvature(&shares));
}

/// The fourteen unconditional scores: the mean of each, where a tape tells it. Scores between two
/// tapes need the whole laws, which a tape does not keep.
#[must_use]
pub fn lobbench(tape: &Tape) -> Vec<Metric> {
    let group = "unconditional";
    let tick = tape.tick.unwrap_or(1.0);
    let placed: u64 = tape.placements.iter().sum();
    let depth = tape.placements.iter().enumerate().map(|(d, n)| d as f64 * *n as f64).sum::<f64>();
    let shape = tape.shape.mean();
    let ten: f64 = shape.iter().take(10.min(DISTANCE_MAX)).sum();
    let ten = (tape.shape.snapshots > 0).then_some(ten);
    let rows: [(&str, Option<f64>); 14] = [
        ("spread, ticks", tape.spread_mean().map(|spread| spread / tick)),
        ("inter-arrival of messages, s", mean(&tape.event_gaps_s)),
        ("book imbalance", None),
        ("time to cancel, median s", lifetime_median(tape)),
        ("ask volume, 10 ticks", ten),
        ("bid volume, 10 ticks", ten),
        ("limit depth, ask, ticks", (placed > 0).then(|| depth / placed as f64)),
        ("limit depth, bid, ticks", (placed > 0).then(|| depth / placed as f64)),
        ("limit level, ask", None),
        ("limit level, bid", None),
        ("cancel depth, ask", None),
        ("cancel depth, bid", None),
        ("cancel level, ask", None),
        ("cancel level, bid", None),
    ];
    rows.map(|(name, value)| Metric { group, name: name.to_owned(), value }).to_vec()
}

fn per_minute(tape: &Tape, n: u64) -> Option<f64> {
    let minutes: f64 = tape.days.iter().map(|day| day.span_s() / 60.0).sum();
    (n > 0 && minutes > 0.0).then(|| n as f64 / minutes)
}

/// Where half of the orders that were taken back were left.
fn lifetime_median(tape: &Tape) -> Option<f64> {
    let points = tape.lifetimes.survival();
    points.iter().rev().find(|(_, left)| *left >= 0.5).map(|(seconds, _)| *seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::cst;

    #[test]
    fn the_lists_are_whole_and_tell_what_a_tape_tells() {
        let tape = cst::tape(1);
        let list = get_real(&tape);
        let groups = ["returns", "volumes and order flow", "non-stationarity", "market impact"];
        for group in groups.into_iter().chain(["cross-asset", "ABIDES"]) {
            assert!(list.iter().any(|metric| metric.group == group), "{group}");
        }
        let of = |name: &str| list.iter().find(|metric| metric.name == name).unwrap().value;
        assert!((of("Weibull shape of trade gaps").unwrap() - 1.0).abs() < 0.03);
        // Trades a minute are Poisson with mean 112.8: a Gamma law of about that shape.
        assert!((of("Gamma shape of trades a minute").unwrap() / 112.8 - 1.0).abs() < 0.4);
        assert_eq!(of("Epps effect (M15)"), None);
        let bench = lobbench(&tape);
        assert_eq!(bench.len(), 14);
        assert!((bench[0].value.unwrap() - 1.356).abs() < 0.03);
        assert!(get_real(&Tape::default()).iter().all(|metric| metric.value.is_none()));
    }
}

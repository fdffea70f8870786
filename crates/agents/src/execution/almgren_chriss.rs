//! Almgren–Chriss: trades a large order so that impact and risk are in balance.
//!
//! **What it does.** Trading fast moves the price against oneself; trading slowly leaves one
//! exposed to whatever the price does. It has `lots` to buy or sell between `start` and `end`,
//! knows what both cost by a simple model, and follows the schedule with the least expected cost
//! plus `lambda` times its variance. With aversion to risk it begins fast and ends slowly; without
//! (`lambda = 0`) it is `twap`; who likes risk (`lambda < 0`) begins slowly.
//!
//! **In formulas.** X lots, horizon T = `end` − `start` in units of `day`, N = `slices` intervals
//! of τ = T/N. The price has volatility σ = `sigma` a square-rooted day. Trading n lots in an
//! interval costs ε + η n/τ a lot while it lasts, and γ n for good. With η̃ = η − γτ/2 and κ from
//! 2(cosh κτ − 1)/τ² = λσ²/η̃, what is left after j intervals is
//!
//! > x_j = X sinh(κ(T − jτ)) / sinh(κT),
//!
//! a straight line at λ = 0, a sine at λ < 0. Against a price that drifts by α = `drift` a day *in
//! favour of waiting* it holds α/(2λσ²) lots more in the middle. The slices x_{j−1} − x_j become
//! whole lots by the largest remainder; they sum to X. What the plan would trade against its own
//! side (at strong drift or love of risk it would first do the opposite) is left out: it waits
//! until the plan is back.
//!
//! The paper's example: X = 10⁶, T = 5, N = 5, σ = .95, ε = .0625, γ = 2.5·10⁻⁷, η = 2.5·10⁻⁶, λ =
//! 10⁻⁶ leaves 541 956, 289 854, 147 898 and 62 142.
//!
//! **How a slice is traded**, the `limit`, the price at which it *would* do it all, and the
//! `jitter` are those of `twap`. What is left at the end is told as a decision, `end: so many
//! left`.
//!
//! **What it assumes.** That the price is a random walk whose parameters are those it was told, and
//! that impact is proportional to the rate of trading. It does not look at the market to see
//! whether that is so. `epsilon` is the same whatever the schedule, as long as it trades on one
//! side; it is there so that the parameters are the paper's.
//!
//! **Source.** Almgren & Chriss (2000), *Optimal execution of portfolio transactions*, Journal of
//! Risk 3(2). The schedule is that of the room of theory, which the paper's figures are held
//! against.

use super::apportion::apportion;
use super::planned::{Planned, SLICES_MOST};
use super::terms::{self, Ticket};
use pitfloor_model::units::Span;
use pitfloor_sim::params::{Build, Kind, Mismatch, Parameter, Params, Role, Takes};
use pitfloor_theory::Outside;
use pitfloor_theory::almgren_chriss::Sale;

/// The largest figure of a model.
const MOST: f64 = 1e12;

/// The kind `almgren-chriss`.
pub static KIND: Kind = Kind {
    name: "almgren-chriss",
    about: "trades a large order with impact and risk in balance",
    source: "Almgren & Chriss 2000",
    parameters: &[
        terms::SIDE,
        terms::LOTS,
        terms::START,
        terms::END,
        Parameter {
            name: "slices",
            takes: Takes::Count(1, SLICES_MOST),
            default: "10",
            about: "N: in how many slices",
        },
        Parameter {
            name: "day",
            takes: Takes::Span,
            default: "6h30m",
            about: "the unit of time of the other figures",
        },
        Parameter {
            name: "sigma",
            takes: Takes::Number(0.0, MOST),
            default: "0.95",
            about: "σ: volatility, in units of the currency a lot and a square-rooted day",
        },
        Parameter {
            name: "epsilon",
            takes: Takes::Number(0.0, MOST),
            default: "0.0625",
            about: "ε: fixed cost, in units of the currency a lot",
        },
        Parameter {
            name: "gamma",
            takes: Takes::Number(0.0, MOST),
            default: "2.5e-7",
            about: "γ: permanent impact, in units of the currency a lot and a lot",
        },
        Parameter {
            name: "eta",
            takes: Takes::Number(0.0, MOST),
            default: "2.5e-6",
            about: "η: temporary impact, in units of the currency a lot and a lot a day; above γτ/2",
        },
        Parameter {
            name: "lambda",
            takes: Takes::Number(-MOST, MOST),
            default: "0.02",
            about: "λ: aversion to risk, per unit of the currency; below 0: likes risk",
        },
        Parameter {
            name: "drift",
            takes: Takes::Number(-MOST, MOST),
            default: "0",
            about: "α: what waiting brings, in units of the currency a lot and a day",
        },
        terms::ORDERS,
        terms::LIMIT,
        terms::WOULD,
        terms::JITTER,
    ],
    build: Build::Checked { check, build: |params, role| Box::new(almgren_chriss(params, role)) },
};

fn check(params: &Params) -> Result<(), Mismatch> {
    terms::check(params)?;
    slices(params).map(|_| ()).map_err(|Outside { field, found, expected }| {
        let name = match field {
            "X" => "lots",
            "T" => "end",
            "N" => "slices",
            "sig" => "sigma",
            "eps" => "epsilon",
            "gam" => "gamma",
            "eta" => "eta",
            "alpha" => "drift",
            _ => "lambda",
        };
        Mismatch { name, found, expected: expected.to_owned() }
    })
}

/// The slices by the plan, in whole lots.
fn slices(params: &Params) -> Result<Vec<u64>, Outside> {
    let ticket = Ticket::of(params);
    let sale = Sale {
        shares: ticket.lots as f64,
        horizon: ticket.horizon().0 as f64 / params.span("day").0 as f64,
        intervals: params.count("slices") as u32,
        noise: params.number("sigma"),
        fixed: params.number("epsilon"),
        permanent: params.number("gamma"),
        temporary: params.number("eta"),
        drift: params.number("drift"),
    };
    let lambda = params.number("lambda");
    let waits = sale.drift == 0.0 || lambda * sale.noise > 0.0 || lambda == 0.0;
    if !waits {
        return Err(Outside::new("lam", lambda, "not below 0 with a drift, and some volatility"));
    }
    let left = sale.plan(lambda)?.left;
    if left.iter().any(|left| !left.is_finite()) {
        return Err(Outside::new("lam", lambda, "figures from which a schedule can be reckoned"));
    }
    Ok(one_sided(ticket.lots, &left))
}

/// Slices that never go back, from the lots that a plan leaves at each moment.
fn one_sided(lots: u64, left: &[f64]) -> Vec<u64> {
    let mut least = left[0];
    let down = left[1..].iter().map(|left| {
        let before = least;
        least = least.min(left.max(0.0));
        before - least
    });
    apportion(lots, &down.collect::<Vec<f64>>())
}

/// One that plays `role`.
fn almgren_chriss(params: &Params, role: &Role) -> Planned {
    let (ticket, slices) = (Ticket::of(params), slices(params).expect("checked when it was read"));
    let interval = Span(ticket.horizon().0 / slices.len() as u64);
    Planned::new(ticket, role.instrument, &slices, interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;

    /// The paper's example: a million lots over five days in five slices.
    const PAPER: [(&str, &str); 5] = [
        ("lots", "1000000"),
        ("slices", "5"),
        ("start", "6h30m"),
        ("end", "39h"),
        ("day", "6h30m"),
    ];

    fn left(changes: &[(&str, &str)]) -> Vec<u64> {
        let acme = Floor::venue().instruments()[0].clone();
        let params = Params::of(&KIND, &[changes, &PAPER[..]].concat(), &acme).unwrap();
        let mut left = 1_000_000;
        let after = |slice: &u64| {
            left -= slice;
            left
        };
        slices(&params).unwrap().iter().map(after).collect()
    }

    fn refusal(changes: &[(&str, &str)]) -> String {
        let acme = Floor::venue().instruments()[0].clone();
        Params::of(&KIND, &[changes, &PAPER[..]].concat(), &acme).unwrap_err()
    }

    #[test]
    fn the_schedules_are_the_papers_to_a_lot() {
        let papers = [
            ("2e-6", [428_598.8, 182_932.8, 76_295.7, 27_643.4]),
            ("1e-6", [541_955.6, 289_854.2, 147_897.5, 62_141.8]),
            ("0", [8e5, 6e5, 4e5, 2e5]),
            ("-2e-7", [910_056.4, 750_948.6, 534_768.6, 277_946.3]),
        ];
        for (lambda, wanted) in papers {
            let left = left(&[("lambda", lambda)]);
            for (left, wanted) in left.iter().zip(wanted) {
                assert!((*left as f64 - wanted).abs() <= 2.0, "{lambda}: {left} not {wanted}");
            }
            assert_eq!(left[4], 0);
        }
    }

    #[test]
    fn a_drift_makes_it_worth_waiting() {
        let (plain, drifts) =
            (left(&[("lambda", "1e-6")]), left(&[("lambda", "1e-6"), ("drift", "0.02")]));
        assert!(drifts[..4].iter().zip(&plain).all(|(with, without)| with > without));
        // In the middle it holds up to 11 080 lots more.
        assert!(drifts[..4].iter().zip(&plain).all(|(with, without)| with - without <= 11_080));
    }

    #[test]
    fn it_never_trades_against_its_own_side() {
        // A drift so strong that the plan would first do the opposite.
        let left = left(&[("lambda", "1e-7"), ("drift", "5")]);
        assert!(left.windows(2).all(|pair| pair[0] >= pair[1]) && left[0] == 1_000_000, "{left:?}");
        assert_eq!(one_sided(10, &[10.0, 12.0, 7.0, 8.0, 0.0]), [0, 3, 0, 7]);
    }

    #[test]
    fn figures_without_a_best_schedule_are_refused_by_name() {
        let told = refusal(&[("lambda", "-1")]);
        assert_eq!(told, "lambda: found -1, expected an aversion at which a schedule is best");
        let told = refusal(&[("eta", "1e-7")]);
        assert!(told.starts_with("eta: found 0.0000001, expected a number above"), "{told}");
        assert!(refusal(&[("end", "1h")]).starts_with("end: found 3600 s with a start of 23400 s"));
        assert!(refusal(&[("drift", "1"), ("lambda", "-1e-9")]).starts_with("lambda: "));
    }
}

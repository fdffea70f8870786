//! Obizhaeva–Wang: trades a large order from a book that fills up again.
//!
//! **What it does.** A large order eats the book; afterwards the book fills up again, not at once
//! but at a rate. It has `lots` to buy or sell between `start` and `end`, and trades a block at the
//! beginning, small equal parts at equal moments between, and a block of the size of the first at
//! the end: the first block sets the book below its level, the parts take just what comes back, and
//! the last block need not care for what comes after it.
//!
//! **In formulas.** The book has the same depth at every price, and recovers at rate ρ = ln 2 /
//! `half_life`. With X lots, T = `end` − `start` and N + 1 trades at moments 0, T/N, …, T, a share
//! κ = e^(−ρT/N) of what was eaten is still missing at the next trade, and
//!
//! > x_0 = x_N = X / (2 + (N − 1)(1 − κ)), and between them x_0 (1 − κ).
//!
//! As N grows: blocks of X/(ρT + 2), and between them ρX/(ρT + 2) lots per unit of time. With ρ → 0
//! two equal blocks; with ρ → ∞ equal parts. Whole lots by the largest remainder, ties to the
//! earlier; they sum to X. How deep the book is says what it costs, and does not change the
//! schedule.
//!
//! With X = 10⁵, N = 10 and ρT = 2.2231 the blocks are 26 357 lots and the parts 5 254.
//!
//! **How a slice is traded**, the `limit`, the price at which it *would* do it all, and the
//! `jitter` are those of `twap`. What is left at the end is told as a decision, `end: so many
//! left`.
//!
//! **What it assumes.** That the book recovers exponentially, whatever is traded, and that it minds
//! cost and not risk. That the last block comes at `end` itself: it is the last chance, so nothing
//! is left for a retry.
//!
//! **Source.** Obizhaeva & Wang (2013), *Optimal trading strategy and supply/demand dynamics*,
//! Journal of Financial Markets 16(1). The schedule is that of the room of theory, which the
//! paper's figures are held against.

use super::apportion::apportion;
use super::planned::{Planned, SLICES_MOST};
use super::terms::{self, Ticket};
use pitfloor_model::units::Span;
use pitfloor_sim::params::{Build, Kind, Mismatch, Parameter, Params, Role, Takes};
use pitfloor_theory::Outside;
use pitfloor_theory::obizhaeva_wang::Purchase;

/// The kind `obizhaeva-wang`.
pub static KIND: Kind = Kind {
    name: "obizhaeva-wang",
    about: "trades a large order in two blocks and a trickle, as the book refills",
    source: "Obizhaeva & Wang 2013",
    parameters: &[
        terms::SIDE,
        terms::LOTS,
        terms::START,
        terms::END,
        Parameter {
            name: "slices",
            takes: Takes::Count(1, SLICES_MOST),
            default: "10",
            about: "N: intervals between its N + 1 trades",
        },
        Parameter {
            name: "half_life",
            takes: Takes::Span,
            default: "2m",
            about: "how long until half of what was taken has come back; ρ is ln 2 through this",
        },
        terms::ORDERS,
        terms::LIMIT,
        terms::WOULD,
        terms::JITTER,
    ],
    build: Build::Checked { check, build: |params, role| Box::new(obizhaeva_wang(params, role)) },
};

fn check(params: &Params) -> Result<(), Mismatch> {
    terms::check(params)?;
    slices(params).map(|_| ()).map_err(|Outside { found, expected, .. }| Mismatch {
        name: "half_life",
        found,
        expected: expected.to_owned(),
    })
}

/// The slices, in whole lots.
fn slices(params: &Params) -> Result<Vec<u64>, Outside> {
    let ticket = Ticket::of(params);
    let purchase = Purchase {
        lots: ticket.lots as f64,
        resilience: std::f64::consts::LN_2 / params.span("half_life").0 as f64,
        horizon: ticket.horizon().0 as f64,
        // The schedule is the same at any depth.
        depth: 1.0,
    };
    let schedule = purchase.schedule(params.count("slices") as u32)?;
    Ok(apportion(ticket.lots, &schedule.x))
}

/// One that plays `role`.
fn obizhaeva_wang(params: &Params, role: &Role) -> Planned {
    let (ticket, slices) = (Ticket::of(params), slices(params).expect("checked when it was read"));
    let interval = Span(ticket.horizon().0 / (slices.len() - 1) as u64);
    Planned::new(ticket, role.instrument, &slices, interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;

    /// So many lots in 11 trades over a thousand seconds, with ρT as wanted.
    fn plan(lots: &str, rho_t: f64) -> Vec<u64> {
        let acme = Floor::venue().instruments()[0].clone();
        let half_life = std::f64::consts::LN_2 * 1e9 / rho_t;
        let half_life = if half_life > 1e9 {
            format!("{half_life:.0}us")
        } else {
            format!("{:.0}ns", 1e3 * half_life)
        };
        let changes =
            [("lots", lots), ("start", "1s"), ("end", "1001s"), ("half_life", &half_life)];
        slices(&Params::of(&KIND, &changes, &acme).unwrap()).unwrap()
    }

    #[test]
    fn blocks_and_parts_are_the_papers_to_a_lot() {
        for (rho_t, block, part) in
            [(0.5, 41_001.5, 1_999.7), (2.2231, 26_357.4, 5_253.9), (20.0, 10_222.9, 8_839.4)]
        {
            let plan = plan("100000", rho_t);
            assert_eq!(plan.len(), 11);
            assert_eq!(plan.iter().sum::<u64>(), 100_000);
            for lots in [plan[0], plan[10]] {
                assert!((lots as f64 - block).abs() <= 1.0, "{rho_t}: {lots} not {block}");
            }
            for lots in &plan[1..10] {
                assert!((*lots as f64 - part).abs() <= 1.0, "{rho_t}: {lots} not {part}");
            }
        }
    }

    #[test]
    fn without_resilience_two_blocks_and_with_much_of_it_equal_parts() {
        assert_eq!(plan("1000", 1e-3), [500, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500]);
        let even = plan("100000", 1e9);
        assert!(even.iter().all(|lots| lots.abs_diff(100_000 / 11) <= 1), "{even:?}");
    }
}

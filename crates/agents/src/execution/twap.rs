//! TWAP: trades a large order in equal slices at equal moments.
//!
//! **What it does.** It has `lots` to buy or sell between `start` and `end`, and cuts them into
//! `slices` of the same size, one at the beginning of each of as many intervals. If others do not
//! react, it gets about the average price of that time, which is what it is measured by
//! (time-weighted average price), and nobody can tell from one slice how large the whole is.
//!
//! **In formulas.** With X lots in N slices, slice j = 0 … N − 1 is X/N lots at `start` + j (`end`
//! − `start`)/N. Whole lots by the largest remainder: the first X mod N slices have one lot more.
//! They sum to X.
//!
//! **How a slice is traded.** `orders = "market"`: at once, as deep as 5 % from the best price.
//! `"touch"`: at once at the best price and no deeper, and again every second until it is done.
//! `"passive"`: it rests at the best price of its own side, and what is left of it when the next
//! slice begins crosses then. What finds nobody, or nobody within the `limit`, is tried again every
//! second and stays due. At `end` all that is left crosses, once. What even that does not find is
//! told as a decision, `end: so many left`, when it is traced.
//!
//! **What else it can be told.** A `limit` beyond which it never trades. A price at which it
//! *would* do all of it at once: as soon as somebody stands there it takes all that is left of the
//! order, at that price or better. A `jitter`, so that nobody can tell the next moment: each slice
//! begins later by an even draw of up to so much of its interval.
//!
//! **What it assumes.** Nothing: it looks at no price and no volume. In a market that trades in
//! bursts its share of the volume is therefore uneven; that is what `vwap` and `pov` are for.
//!
//! **Source.** Bertsimas & Lo (1998), *Optimal control of execution costs*, Journal of Financial
//! Markets 1(1): equal slices have the least expected cost when each moves the price in proportion
//! to its size and prices are a random walk.

use super::apportion::apportion;
use super::planned::{Planned, SLICES_MOST};
use super::terms::{self, Ticket};
use pitfloor_model::units::Span;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `twap`.
pub static KIND: Kind = Kind {
    name: "twap",
    about: "trades a large order in equal slices at equal moments",
    source: "Bertsimas & Lo 1998",
    parameters: &[
        terms::SIDE,
        terms::LOTS,
        terms::START,
        terms::END,
        Parameter {
            name: "slices",
            takes: Takes::Count(1, SLICES_MOST),
            default: "10",
            about: "in how many slices",
        },
        terms::ORDERS,
        terms::LIMIT,
        terms::WOULD,
        terms::JITTER,
    ],
    build: Build::Checked {
        check: terms::check,
        build: |params, role| Box::new(twap(params, role)),
    },
};

/// One that plays `role`.
fn twap(params: &Params, role: &Role) -> Planned {
    let (ticket, slices) = (Ticket::of(params), params.count("slices"));
    let plan = apportion(ticket.lots, &vec![1.0; slices as usize]);
    Planned::new(ticket, role.instrument, &plan, Span(ticket.horizon().0 / slices))
}

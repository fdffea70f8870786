//! VWAP: trades a large order in slices that follow the day's usual volume.
//!
//! **What it does.** Markets trade more at some hours than at others, and mostly in the same way
//! every day. It has `lots` to buy or sell between `start` and `end`, divides that time into as
//! many equal intervals as its `profile` has numbers, and trades in each the share that the profile
//! says. If the market keeps to the profile, its share of the volume is the same all day, and its
//! average price is that of the market (volume-weighted average price), which is what it is
//! measured by.
//!
//! **In formulas.** With X lots and weights v_1 … v_N, slice j is X v_j / Σv lots, at the beginning
//! of interval j. Whole lots by the largest remainder, ties to the earlier slice: 10 000 lots over
//! .15 .10 .08 .07 .10 .15 .35 are 1500, 1000, 800, 700, 1000, 1500 and 3500. They sum to X.
//!
//! **How a slice is traded**, the `limit`, the price at which it *would* do it all, and the
//! `jitter` are those of `twap`. What is left at the end is told as a decision, `end: so many
//! left`.
//!
//! **What it assumes.** That the profile is right. On a day that is not like others it trades too
//! early or too late, and does not notice; `pov` would.
//!
//! **Source.** Konishi (2002), *Optimal slice of a VWAP trade*, Journal of Financial Markets 5(2):
//! the slices that follow the expected volume have the least tracking error when volume and prices
//! are independent. The default profile is a made-up day with a busy opening and a busier close.

use super::apportion::apportion;
use super::planned::Planned;
use super::terms::{self, Ticket};
use pitfloor_model::units::Span;
use pitfloor_sim::params::{Build, Kind, Mismatch, Parameter, Params, Role, Takes};

/// The most numbers of a profile: a day in minutes.
const PROFILE_MOST: usize = 1_440;

/// The largest weight.
const WEIGHT_MOST: f64 = 1e12;

/// The kind `vwap`.
pub static KIND: Kind = Kind {
    name: "vwap",
    about: "trades a large order in slices that follow the usual volume",
    source: "Konishi 2002",
    parameters: &[
        terms::SIDE,
        terms::LOTS,
        terms::START,
        terms::END,
        Parameter {
            name: "profile",
            takes: Takes::Numbers(0.0, WEIGHT_MOST, PROFILE_MOST),
            default: "0.15 0.10 0.08 0.07 0.10 0.15 0.35",
            about: "the share of the volume in each interval; only proportions count",
        },
        terms::ORDERS,
        terms::LIMIT,
        terms::WOULD,
        terms::JITTER,
    ],
    build: Build::Checked { check, build: |params, role| Box::new(vwap(params, role)) },
};

fn check(params: &Params) -> Result<(), Mismatch> {
    terms::check(params)?;
    let profile = params.numbers("profile");
    if profile.iter().any(|weight| *weight > 0.0) {
        return Ok(());
    }
    let expected = "a share above 0 in some interval".to_owned();
    Err(Mismatch { name: "profile", found: "none".to_owned(), expected })
}

/// One that plays `role`.
fn vwap(params: &Params, role: &Role) -> Planned {
    let (ticket, profile) = (Ticket::of(params), params.numbers("profile"));
    let plan = apportion(ticket.lots, &profile);
    Planned::new(ticket, role.instrument, &plan, Span(ticket.horizon().0 / profile.len() as u64))
}

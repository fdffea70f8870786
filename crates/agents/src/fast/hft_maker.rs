//! A high-frequency maker: quotes small at and inside the best prices and holds next to nothing.
//!
//! It renews its quotes many times a second, from one step inside the spread to the best price
//! itself, a few lots at a time. When it holds more than `alarm` of `max_position` it crosses the
//! spread to get rid of it, down to `calm` of it: what it sells then is bought, as often as not, by
//! another of its kind, and so the same lots pass from hand to hand. When prices have moved more
//! than `scare` over the last `memory` it quotes nothing, for as long as that is so or for about as
//! long as `away` says; a pause in trading makes it forget what scared it.
//!
//! Source: Kirilenko, Kyle, Samadi & Tuzun (2017), *The flash crash: high-frequency trading in an
//! electronic market*, Journal of Finance 72(3); Paddrik et al. (2012), *An agent based model of
//! the E-Mini S&P 500 applied to flash crash analysis*. The figures are a design, not the papers'.

use super::quoting::Quoting;
use pitfloor_sim::params::{Build, Kind, Parameter, Takes};

/// The kind `hft-maker`.
pub static KIND: Kind = Kind {
    name: "hft-maker",
    about: "quotes at and inside the best prices, small and fast, with little room",
    source: "Kirilenko, Kyle, Samadi & Tuzun 2017; Paddrik et al. 2012",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 500ms)",
            about: "wait between two rounds of quotes",
        },
        Parameter {
            name: "near",
            takes: Takes::Number(-1_000.0, 1_000.0),
            default: "-1",
            about: "nearest quote, in price steps behind the best; below zero: inside",
        },
        Parameter {
            name: "far",
            takes: Takes::Number(-1_000.0, 10_000.0),
            default: "0",
            about: "farthest quote, in price steps behind the best price; no less than near counts",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "5", about: "lots per quote" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "50",
            about: "how far its holdings may move from what it started with, in lots",
        },
        Parameter {
            name: "alarm",
            takes: Takes::Number(0.0, 1.0),
            default: "0.7",
            about: "share of that at which it flattens by crossing the spread",
        },
        Parameter {
            name: "calm",
            takes: Takes::Number(0.0, 1.0),
            default: "0.2",
            about: "share of that at which it quotes again; no more than the alarm counts",
        },
        Parameter {
            name: "scare",
            takes: Takes::Number(0.0, 10_000.0),
            default: "30",
            about: "range of prices that makes it quote nothing, in basis points",
        },
        Parameter {
            name: "memory",
            takes: Takes::Span,
            default: "10s",
            about: "over which it sees that range",
        },
        Parameter {
            name: "widest",
            takes: Takes::Number(0.0, 10_000.0),
            default: "10000",
            about: "farthest from the middle that it lets the best price lead it, in basis points",
        },
        Parameter {
            name: "away",
            takes: Takes::SpanOrNever,
            default: "never",
            about: "about how long it stays away when scared; never: as long as it sees that range",
        },
    ],
    build: Build::One(|params, role| Box::new(Quoting::new(params, role))),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::refuses;

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "alarm", "2", "a number from 0 to 1");
    }
}

//! Value at risk and expected shortfall of an account's positions, three ways.

use super::{Marks, Position};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{CurrencyId, InstrumentId, Span};
use pitfloor_pricing::Outside;
use pitfloor_pricing::risk::components::covariance;
use pitfloor_pricing::risk::portfolio::{Drawn, Portfolio, Shared};
use pitfloor_pricing::risk::value_at_risk::{Loss, historical};
use std::collections::BTreeMap;
use thiserror::Error;

/// Fewer intervals say nothing about a tail.
pub const INTERVALS_MIN: usize = 30;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// How sure: 0.99 is passed once in a hundred.
    pub level: f64,
    /// Over which time.
    pub horizon: Span,
    /// The seed of the draws.
    pub seed: u64,
    /// How many are drawn.
    pub paths: usize,
}

/// What positions in one currency could lose, in its minor units. Losses are positive.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// The instruments held, in order.
    pub held: Vec<InstrumentId>,
    /// The sum of what they are worth, each without its sign.
    pub gross: f64,
    /// The losses that prices as they moved in the run would have brought.
    pub historical: Loss,
    /// With the normal law, and each instrument's part.
    pub normal: Shared,
    /// By drawing from that law.
    pub drawn: Drawn,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum TooLittle {
    /// The run is too short for its grid.
    #[error("found {found} intervals of {} s, expected at least {INTERVALS_MIN}", every.0 as f64 / 1e9)]
    Intervals {
        /// How many there are.
        found: usize,
        /// How long one is.
        every: Span,
    },
    /// What was asked is outside the model's domain.
    #[error(transparent)]
    Outside(#[from] Outside),
}

/// The risk of `positions` in each of their currencies.
///
/// A position answers to the price of its own instrument, in ticks and in proportion: how prices
/// hang together is in how they moved. Over a horizon that is not one interval, losses grow with
/// the square root of time, as if intervals were independent.
///
/// # Errors
///
/// When there is too little history, or a question outside the domain (level, horizon, paths).
pub fn risk(
    marks: &Marks,
    venue: &Venue,
    positions: &[Position],
    asked: Asked,
) -> Result<BTreeMap<CurrencyId, Risk>, TooLittle> {
    let (found, every) = (marks.intervals(), marks.every());
    if found < INTERVALS_MIN {
        return Err(TooLittle::Intervals { found, every });
    }
    let mut apart: BTreeMap<CurrencyId, Vec<Position>> = BTreeMap::new();
    for position in positions.iter().filter(|position| position.lots != 0) {
        let currency = venue.instruments()[position.instrument.index()].currency();
        apart.entry(currency).or_default().push(*position);
    }
    let intervals = asked.horizon.0 as f64 / every.0 as f64;
    let one = |(currency, positions): (CurrencyId, Vec<Position>)| {
        let held: Vec<InstrumentId> =
            positions.iter().map(|position| position.instrument).collect();
        let per_tick: Vec<f64> = positions.iter().map(|one| one.per_tick(venue)).collect();
        let moves: Vec<Vec<f64>> = marks.moves(&held).collect();
        let profit = |row: &Vec<f64>| row.iter().zip(&per_tick).map(|(tick, by)| tick * by).sum();
        let profits: Vec<f64> = moves.iter().map(profit).collect();
        let portfolio = Portfolio::new(per_tick.clone(), covariance(&moves)?)?;
        let normal = portfolio.normal(asked.level, intervals)?;
        let drawn = portfolio.drawn(asked.level, intervals, asked.seed, asked.paths)?;
        let Loss { var, es } = historical(&profits, asked.level)?;
        let wide = libm::sqrt(intervals);
        let historical = Loss { var: var * wide, es: es * wide };
        let worth = |(id, by): (&InstrumentId, &f64)| (marks.now()[id.index()].0 as f64 * by).abs();
        let gross = held.iter().zip(&per_tick).map(worth).sum();
        Ok((currency, Risk { held, gross, historical, normal, drawn }))
    };
    apart.into_iter().map(one).collect()
}

//! What would be lost if chosen prices moved at once, by so much.

use super::Position;
use pitfloor_model::contract::{Choice, InstrumentKind, Right};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{CurrencyId, InstrumentId, Price, Time};
use pitfloor_pricing::option::implied::implied_vol;
use pitfloor_pricing::option::{self, Vanilla, black_scholes};

/// Nanoseconds of a year of 365 days, as desks count the life of a contract.
const YEAR: f64 = 365.0 * 86_400e9;

/// Moves that come together, each as a part of the price: -0.1 is a tenth less.
///
/// What is named moves as told. What is not named follows what it is a contract on: futures and
/// perpetuals by the same part, options and warrants by what Black and Scholes make of them at the
/// volatility that their own last price implies (no interest; without such a volatility by what
/// exercise would pay). Everything else stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Blow {
    /// What moves and how far.
    pub moves: Vec<(InstrumentId, f64)>,
}

/// What a position gains by a blow, in minor units of a currency; below zero it loses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Of what.
    pub instrument: InstrumentId,
    /// In what.
    pub currency: CurrencyId,
    /// How much.
    pub amount: f64,
}

/// What each of `positions` gains by `blow` when prices are `prices` at `at`.
///
/// # Panics
///
/// When there are not as many prices as instruments.
#[must_use]
pub fn gains(
    venue: &Venue,
    prices: &[Price],
    at: Time,
    positions: &[Position],
    blow: &Blow,
) -> Vec<Gain> {
    let one = |position: &Position| {
        let instrument = position.instrument;
        let currency = venue.instruments()[instrument.index()].currency();
        let amount = position.per_tick(venue) * ticks(venue, prices, at, instrument, blow);
        Gain { instrument, currency, amount }
    };
    positions.iter().map(one).collect()
}

/// By how many ticks the price of `of` moves.
fn ticks(venue: &Venue, prices: &[Price], at: Time, of: InstrumentId, blow: &Blow) -> f64 {
    let named = |id: InstrumentId| blow.moves.iter().find(|(other, _)| *other == id);
    let price = prices[of.index()].0 as f64;
    if let Some((_, part)) = named(of) {
        return price * part;
    }
    let part_of = |id: Option<InstrumentId>| id.and_then(named).map_or(0.0, |(_, part)| *part);
    match venue.instruments()[of.index()].kind() {
        InstrumentKind::Future(future) => price * part_of(future.underlying),
        InstrumentKind::Perpetual { underlying } => price * part_of(underlying),
        InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => {
            let part = part_of(Some(choice.underlying));
            if part == 0.0 {
                return 0.0;
            }
            let definition = &venue.instruments()[of.index()];
            let tick = definition.price_f64(Price(1));
            anew(venue, prices, at, &choice, definition.price_f64(prices[of.index()]), part) / tick
        }
        InstrumentKind::Equity
        | InstrumentKind::Crypto
        | InstrumentKind::Bond(_)
        | InstrumentKind::Fx { .. } => 0.0,
    }
}

/// What a unit of an option that costs `price` gains when its underlying moves by `part`.
fn anew(venue: &Venue, prices: &[Price], at: Time, choice: &Choice, price: f64, part: f64) -> f64 {
    let on = &venue.instruments()[choice.underlying.index()];
    let right = match choice.right {
        Right::Call => option::Right::Call,
        Right::Put => option::Right::Put,
    };
    let spot = on.price_f64(prices[choice.underlying.index()]);
    let time = choice.expiry.0.saturating_sub(at.0) as f64 / YEAR;
    let strike = on.price_f64(choice.strike);
    let before = Vanilla { right, spot, strike, rate: 0.0, dividend: 0.0, time };
    let after = Vanilla { spot: spot * (1.0 + part), ..before };
    let by_model = implied_vol(&before, price)
        .and_then(|v| Ok(black_scholes::price(&after, v)? - black_scholes::price(&before, v)?));
    by_model.unwrap_or_else(|_| after.intrinsic() - before.intrinsic())
}

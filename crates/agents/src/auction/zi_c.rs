//! Zero intelligence with a budget: names any price at which it does not lose.
//!
//! A buyer whose unit is worth *v* bids a price drawn evenly from 0 to *v*; a seller whose unit
//! costs *c* asks one drawn evenly from *c* to `price_max`. Nothing is remembered and nothing is
//! expected. That such traders still bring almost all gains of trade about is the point of the
//! paper: most of the efficiency of a double auction is the institution's, not its traders'. In the
//! symmetric market of six buyers and six sellers with three units each (the defaults), they reach
//! some 97 % of the greatest surplus.
//!
//! Prices are in units of the currency. Orders are for one lot, replaced at each act, and everybody
//! takes his back when anybody trades; the paper's traders name quotes instead, of which only the
//! best stands. Values are private: an account needs the cash, or the lots, to deal in all of its
//! units.
//!
//! Source: Gode & Sunder (1993), *Allocative efficiency of markets with zero-intelligence traders*,
//! Journal of Political Economy 101(1).

use super::trader::{self, Rule, Standing, Trader, Unit};
use pitfloor_model::units::Side;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind};

/// The kind `zi-c`.
pub static KIND: Kind = Kind {
    name: "zi-c",
    about: "names any price at which its unit does not lose",
    source: "Gode & Sunder 1993",
    parameters: &[
        trader::SIDE,
        trader::VALUES,
        trader::VALUE_BEST,
        trader::VALUE_STEP,
        trader::COST_BEST,
        trader::COST_STEP,
        trader::UNITS,
        trader::PRICE_MAX,
        trader::RATE,
        trader::PERIOD,
    ],
    build: Build::One(|params, role| Box::new(Trader::new(params, role, ZiC))),
};

/// The rule.
#[derive(Clone, Copy, Debug)]
pub struct ZiC;

impl Rule for ZiC {
    const WHY: &'static str = "any price within the budget";

    fn price(&mut self, unit: &Unit, standing: &Standing, dice: &mut Dice) -> Option<f64> {
        let share = dice.unit();
        Some(match unit.side {
            Side::Buy => unit.limit * share,
            Side::Sell => unit.limit + (standing.top - unit.limit).max(0.0) * share,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::pit::{self, Pit};
    use super::*;
    use crate::floor::refuses;

    #[test]
    fn buyers_bid_up_to_the_value_and_sellers_ask_from_the_cost() {
        let mut dice = Dice::new(1, "zi-c");
        let standing = Standing { top: 20_000.0, ..Standing::default() };
        let mut named = |side, limit| {
            let unit = Unit { side, limit, is_active: true };
            let draw = |_| ZiC.price(&unit, &standing, &mut dice).unwrap();
            (0..10_000).map(draw).collect::<Vec<f64>>()
        };
        let bids = named(Side::Buy, 15_000.0);
        assert!(bids.iter().all(|bid| (0.0..=15_000.0).contains(bid)));
        let asks = named(Side::Sell, 1_000.0);
        assert!(asks.iter().all(|ask| (1_000.0..=20_000.0).contains(ask)));
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
        // Evenly: four standard errors of the mean of 10 000 draws.
        assert!((mean(&bids) - 7_500.0).abs() < 4.0 * 15_000.0 / 12_f64.sqrt() / 100.0);
        assert!((mean(&asks) - 10_500.0).abs() < 4.0 * 19_000.0 / 12_f64.sqrt() / 100.0);
    }

    /// The paper's finding, in its two markets: 0.97 and 0.99 of all that could be gained.
    #[test]
    fn budgets_alone_make_the_market_efficient() {
        let (symmetric, flat) = (pit::SYMMETRIC, pit::FLAT_SUPPLY);
        let mean = |changes: &[(&str, &str)]| {
            let runs = (1..=40).map(|seed| Pit::new("zi-c", seed, changes).period().efficiency);
            runs.sum::<f64>() / 40.0
        };
        let found = (mean(&symmetric), mean(&flat));
        assert!(found.0 >= 0.95 && found.1 >= 0.985, "{found:?}");
    }

    #[test]
    fn nobody_loses_and_nobody_is_refused() {
        let mut pit = Pit::new("zi-c", 3, &[("values", "uniform")]);
        let period = pit.period();
        assert!(period.prices.len() > 5, "{} trades", period.prices.len());
        assert!(pit.floor.refusals().is_empty(), "{:?}", pit.floor.refusals());
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "units", "0", "a whole number from 1 to 1024");
        refuses(&KIND, "side", "both", "one of by-turn, buyer, seller");
    }
}

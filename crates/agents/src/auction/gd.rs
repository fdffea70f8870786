//! Beliefs from history: names the price with the greatest expected gain.
//!
//! From the shouts around the last `memory` trades a seller forms a belief that an ask at *a* will
//! be taken: *q*(*a*) = (TAG + BG)/(TAG + BG + RAL), with TAG the asks at *a* or above that were
//! taken, BG the bids at *a* or above, RAL the asks at *a* or below that nobody took. A buyer
//! mirrors it: *q*(*b*) = (TBL + AL)/(TBL + AL + RBG), with bids and asks at *b* or below, and bids
//! at *b* or above that nobody took. Between the prices that were heard the belief is a cubic that
//! is flat at both; an ask at nothing is surely taken, one at `price_max` never, and the other way
//! round for bids. It names the price where (*a* − *c*)·*q*(*a*), or (*v* − *b*)·*q*(*b*), is
//! greatest.
//!
//! In the book a better best price is a shout, and a print says that the resting side's shout was
//! accepted. Prices are in units of the currency, orders for one lot.
//!
//! Source: Gjerstad & Dickhaut (1998), *Price formation in double auctions*, Games and Economic
//! Behavior 22(1); the details of the belief as they are commonly retold.

use super::trader::{self, Rule, Shout, Standing, Trader, Unit};
use pitfloor_model::units::Side;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Takes};

/// The kind `gd`.
pub static KIND: Kind = Kind {
    name: "gd",
    about: "names the price with the greatest expected gain, by what was accepted before",
    source: "Gjerstad & Dickhaut 1998",
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
        Parameter {
            name: "memory",
            takes: Takes::Count(1, MEMORY_MAX),
            default: "5",
            about: "trades that it remembers, with the shouts between them",
        },
    ],
    build: Build::One(|params, role| Box::new(Trader::new(params, role, Gd::new(params)))),
};

/// The most trades, and for each the most shouts, that it remembers.
pub const MEMORY_MAX: u64 = 100;
const SHOUTS_MAX: usize = 64;

/// Prices tried between two that were heard.
const BETWEEN: u32 = 8;

/// The rule.
#[derive(Clone, Debug)]
pub struct Gd {
    memory: usize,
    /// Oldest first.
    shouts: Vec<Shout>,
}

impl Gd {
    fn new(params: &Params) -> Self {
        Self { memory: params.count("memory") as usize, shouts: Vec::new() }
    }

    /// How likely `price` is thought to be taken, from whoever names it on `side`.
    fn belief(&self, side: Side, price: f64) -> f64 {
        let as_good = |shout: &&Shout| match side {
            Side::Sell => shout.price >= price,
            Side::Buy => shout.price <= price,
        };
        let as_bad = |shout: &&Shout| match side {
            Side::Sell => shout.price <= price,
            Side::Buy => shout.price >= price,
        };
        let own = |shout: &&Shout| shout.side == side;
        let count = |n: usize| n as f64;
        let shouts = || self.shouts.iter();
        let taken = shouts().filter(own).filter(as_good).filter(|it| it.is_accepted).count();
        let met = shouts().filter(|it| !own(it)).filter(as_good).count();
        let left = shouts().filter(own).filter(as_bad).filter(|it| !it.is_accepted).count();
        let all = count(taken + met + left);
        if all > 0.0 { count(taken + met) / all } else { 0.5 }
    }

    /// The prices that were heard, and both ends, with the belief at each; rising.
    fn knots(&self, side: Side, top: f64) -> Vec<(f64, f64)> {
        let mut prices: Vec<f64> = self.shouts.iter().map(|shout| shout.price).collect();
        prices.retain(|price| *price > 0.0 && *price < top);
        prices.sort_by(f64::total_cmp);
        prices.dedup();
        let known = prices.into_iter().map(|price| (price, self.belief(side, price)));
        let (low, high) = if side == Side::Sell { (1.0, 0.0) } else { (0.0, 1.0) };
        std::iter::once((0.0, low)).chain(known).chain([(top, high)]).collect()
    }
}

/// The cubic that is flat at both ends, a share `way` of the way from `from` to `to`.
fn between(from: f64, to: f64, way: f64) -> f64 {
    from + (to - from) * way * way * (3.0 - 2.0 * way)
}

impl Rule for Gd {
    const WHY: &'static str = "the greatest expected gain";

    fn price(&mut self, unit: &Unit, standing: &Standing, _: &mut Dice) -> Option<f64> {
        let knots = self.knots(unit.side, standing.top.max(unit.limit + 1.0));
        let mut best = (0.0, None);
        for pair in knots.windows(2) {
            for part in 0..=BETWEEN {
                let way = f64::from(part) / f64::from(BETWEEN);
                let price = pair[0].0 + (pair[1].0 - pair[0].0) * way;
                let gain = match unit.side {
                    Side::Sell => price - unit.limit,
                    Side::Buy => unit.limit - price,
                };
                let expected = gain * between(pair[0].1, pair[1].1, way);
                if expected > best.0 {
                    best = (expected, Some(price));
                }
            }
        }
        // Without hope of gain it asks for its limit.
        Some(best.1.unwrap_or(unit.limit))
    }

    fn hear(&mut self, _: &Unit, shout: &Shout, _: &mut Dice) {
        let same = |known: &&mut Shout| {
            (known.side, known.price, known.is_accepted) == (shout.side, shout.price, false)
        };
        // A print answers a shout that was heard before.
        match self.shouts.iter_mut().rev().find(same).filter(|_| shout.is_accepted) {
            Some(known) => known.is_accepted = true,
            None => self.shouts.push(*shout),
        }
        let trades = self.shouts.iter().rev().filter(|it| it.is_accepted).count();
        if trades > self.memory {
            let oldest = self.shouts.iter().position(|it| it.is_accepted).expect("a trade");
            self.shouts.drain(..=oldest);
        }
        let most = SHOUTS_MAX * self.memory;
        if self.shouts.len() > most {
            self.shouts.drain(..self.shouts.len() - most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pit::Pit;
    use super::*;
    use crate::floor::refuses;

    fn remembering(shouts: &[(Side, f64, bool)]) -> Gd {
        let heard = |&(side, price, is_accepted): &_| Shout { side, price, is_accepted };
        Gd { memory: 5, shouts: shouts.iter().map(heard).collect() }
    }

    const ASK: Side = Side::Sell;
    const BID: Side = Side::Buy;

    #[test]
    fn beliefs_are_counted_from_what_was_taken_and_what_was_left() {
        let gd = remembering(&[
            (ASK, 80.0, true),
            (ASK, 90.0, false),
            (BID, 70.0, true),
            (BID, 85.0, false),
        ]);
        // At 80: one ask taken at or above, one bid at or above, no ask left at or below.
        assert_eq!(gd.belief(ASK, 80.0), 1.0);
        // At 90: none taken, no bid as high, one ask left.
        assert_eq!(gd.belief(ASK, 90.0), 0.0);
        // At 85: none taken at or above, the bid of 85, no ask left at or below 85.
        assert_eq!(gd.belief(ASK, 85.0), 1.0);
        // A bid of 70: one taken at or below, no ask that low, and one bid left above.
        assert_eq!(gd.belief(BID, 70.0), 0.5);
        assert_eq!(gd.belief(BID, 85.0), 2.0 / 3.0);
    }

    #[test]
    fn between_two_prices_belief_is_smooth_and_flat_at_both() {
        assert_eq!((between(0.2, 0.8, 0.0), between(0.2, 0.8, 1.0)), (0.2, 0.8));
        assert!((between(0.2, 0.8, 0.5) - 0.5).abs() < 1e-12);
        let slope = (between(0.2, 0.8, 1e-6) - 0.2) / 1e-6;
        assert!(slope.abs() < 1e-5, "{slope}");
    }

    #[test]
    fn it_asks_what_was_paid_rather_than_what_nobody_paid() {
        let mut gd = remembering(&[(ASK, 8_000.0, true), (ASK, 12_000.0, false)]);
        let unit = Unit { side: ASK, limit: 5_000.0, is_active: true };
        let standing = Standing { top: 20_000.0, ..Standing::default() };
        let named = gd.price(&unit, &standing, &mut Dice::new(1, "gd")).unwrap();
        assert!((8_000.0..12_000.0).contains(&named), "{named}");
    }

    #[test]
    fn it_forgets_all_before_its_last_trades() {
        let mut gd = remembering(&[]);
        let unit = Unit { side: ASK, limit: 1.0, is_active: true };
        for trade in 1..=20 {
            let price = f64::from(trade);
            for is_accepted in [false, true] {
                let shout = Shout { side: BID, price, is_accepted };
                gd.hear(&unit, &shout, &mut Dice::new(1, "gd"));
            }
        }
        let kept: Vec<f64> = gd.shouts.iter().map(|shout| shout.price).collect();
        assert_eq!(kept, [16.0, 17.0, 18.0, 19.0, 20.0], "each print answered its shout");
    }

    /// Beliefs bring about no less than budgets alone.
    #[test]
    fn beliefs_are_no_worse_than_zero_intelligence() {
        let mean = |kind| {
            let runs = (1..=100).map(|seed| Pit::new(kind, seed, &[]).period().efficiency);
            runs.sum::<f64>() / 100.0
        };
        let (gd, zero) = (mean("gd"), mean("zi-c"));
        assert!(gd >= zero, "{gd} against {zero}");
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "memory", "0", "a whole number from 1 to 100");
    }
}

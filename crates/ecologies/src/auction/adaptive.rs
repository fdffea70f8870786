//! Traders who learn how aggressive to be (AA).
//!
//! Source: Vytelingum, Cliff & Jennings (2008), Artificial Intelligence 172(14). A trader estimates the
//! competitive price from trades, and chooses a price between it and his limit by his aggressiveness
//! `r` from -1 to 1; how steeply, by `theta`, which follows how much prices scatter.

use super::{
    BUDGET, Heard, MARKET, OUTPUTS, PERIODS, PRICE_MOST, RUNS, SIZE, Side, Standing, Trader,
    repeat, setting, told,
};
use crate::dice::Dice;
use crate::sample::mean;
use crate::{Ecology, SEED};
use libm::{exp, expm1, log1p, sqrt};
use pitfloor_pricing::numeric::brent;
use pitfloor_published::model::{Input, Model, SHARE, at_least};

/// Trades that scatter is measured over.
const TRADES: usize = 5;
/// The weight of the last trade in the estimate of the competitive price.
const LAST: f64 = 2.0 / (TRADES as f64 + 1.0);
/// Where `theta` may lie.
const THETA: (f64, f64) = (-8.0, 2.0);
/// How fast `theta` falls as scatter grows.
const GAMMA: f64 = 2.0;
/// Rates at which aggressiveness and `theta` are learned.
const LEARN: (f64, f64) = (0.4, 0.4);
/// How far a target of aggressiveness lies beyond what would have done: a share of its size and an
/// amount. (The paper multiplies `r` itself, which for `r` below -1/2 turns more into less.)
const BEYOND: (f64, f64) = (0.02, 0.01);

/// How a trader of this kind quotes.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// A quote goes this part of the way: `eta`.
    pub eta: f64,
    /// The highest starting size of aggressiveness.
    pub calm: f64,
}

/// A trader with an aggressiveness.
#[derive(Clone, Debug)]
pub struct Adaptive {
    side: Side,
    habits: Habits,
    /// `r`, from -1 to 1.
    aggression: f64,
    theta: f64,
    /// The estimate of the competitive price, after the first trade.
    estimate: Option<f64>,
    recent: Vec<f64>,
    scatter: Option<(f64, f64)>,
}

/// `(e^(x theta) - 1) / (e^theta - 1)`.
fn bend(x: f64, theta: f64) -> f64 {
    expm1(x * theta) / expm1(theta)
}

/// The `x` whose [`bend`] is `y`.
fn unbend(y: f64, theta: f64) -> f64 {
    log1p(y * expm1(theta)) / theta
}

/// `theta / (e^theta - 1)`, 1 at 0: the slope of [`bend`] at 0.
fn steepness(theta: f64) -> f64 {
    if theta == 0.0 { 1.0 } else { theta / expm1(theta) }
}

/// The `theta` on the far side of the competitive price at which targets have one slope at r = 0:
/// `far` and `near` are how far the two ends lie.
fn matched(theta: f64, near: f64, far: f64) -> f64 {
    let wanted = steepness(theta) * near / far;
    let found = brent::between(|x| steepness(x) - wanted, -200.0, 200.0);
    // Between two tiny distances any steepness will do.
    let found = found.unwrap_or(theta);
    if found.abs() < 1e-9 { 1e-9 } else { found }
}

/// Where a trader stands: his limit, the estimate, and the end of the prices on the far side.
#[derive(Clone, Copy, Debug)]
struct Stand {
    limit: f64,
    estimate: f64,
    theta: f64,
    side: Side,
}

impl Stand {
    /// Distances from the estimate to the limit, and to the end of all prices on the other side.
    fn reaches(self) -> (f64, f64) {
        match self.side {
            Side::Buyer => (self.limit - self.estimate, self.estimate),
            Side::Seller => (self.estimate - self.limit, PRICE_MOST - self.estimate),
        }
    }

    /// A price this far from the estimate toward the limit, or away from it.
    fn toward_limit(self, distance: f64) -> f64 {
        match self.side {
            Side::Buyer => self.estimate + distance,
            Side::Seller => self.estimate - distance,
        }
    }

    /// The price that aggressiveness `r` aims at.
    fn target(self, r: f64) -> f64 {
        let (near, far) = self.reaches();
        if near <= 0.0 {
            // Extramarginal: at best his limit.
            let room = match self.side {
                Side::Buyer => self.limit,
                Side::Seller => PRICE_MOST - self.limit,
            };
            let away = if r >= 0.0 { 0.0 } else { room * bend(-r, self.theta) };
            return match self.side {
                Side::Buyer => self.limit - away,
                Side::Seller => self.limit + away,
            };
        }
        if r >= 0.0 {
            return self.toward_limit(near * bend(r, self.theta));
        }
        self.toward_limit(-far * bend(-r, matched(self.theta, near, far)))
    }

    /// The aggressiveness whose target is `price`; 0 for the extramarginal.
    fn aggression(self, price: f64) -> f64 {
        let (near, far) = self.reaches();
        if near <= 0.0 {
            return 0.0;
        }
        let distance = match self.side {
            Side::Buyer => price - self.estimate,
            Side::Seller => self.estimate - price,
        };
        let r = if distance >= 0.0 {
            unbend((distance / near).min(1.0), self.theta)
        } else {
            -unbend((-distance / far).min(1.0), matched(self.theta, near, far))
        };
        r.clamp(-1.0, 1.0)
    }
}

impl Adaptive {
    /// One of a side, whose first aggressiveness and `theta` are drawn.
    #[must_use]
    pub fn new(side: Side, habits: Habits, mut dice: Dice) -> Self {
        let (aggression, theta) = (-habits.calm * dice.unit(), -5.0 * dice.unit());
        let theta = if theta == 0.0 { -1e-9 } else { theta };
        Self { side, habits, aggression, theta, estimate: None, recent: vec![], scatter: None }
    }

    fn stand(&self, limit: f64) -> Option<Stand> {
        let estimate = self.estimate?;
        Some(Stand { limit, estimate, theta: self.theta, side: self.side })
    }

    /// A trade moves the estimate and, by the scatter of the last few, `theta`.
    fn learn_market(&mut self, price: f64) {
        let estimate = self.estimate.map_or(price, |before| LAST * price + (1.0 - LAST) * before);
        self.estimate = Some(estimate);
        self.recent.push(price);
        if self.recent.len() > TRADES {
            self.recent.remove(0);
        }
        let squares: Vec<f64> =
            self.recent.iter().map(|p| (p - estimate) * (p - estimate)).collect();
        let scatter = sqrt(mean(&squares)) / estimate;
        let (low, high) = self.scatter.unwrap_or((scatter, scatter));
        let (low, high) = (low.min(scatter), high.max(scatter));
        self.scatter = Some((low, high));
        let placed = if high > low { (scatter - low) / (high - low) } else { 0.5 };
        let (least, most) = THETA;
        let wanted = least + (most - least) * (1.0 - placed * exp(GAMMA * (placed - 1.0)));
        self.theta += LEARN.1 * (wanted - self.theta);
        if self.theta.abs() < 1e-9 {
            self.theta = 1e-9;
        }
    }
}

impl Trader for Adaptive {
    /// Also when it betters nothing: that others hear it is how they learn to give way.
    fn quote(&mut self, limit: f64, Standing { bid, ask }: Standing) -> Option<f64> {
        let (bid, ask) = (bid.unwrap_or(1.0), ask.unwrap_or(PRICE_MOST));
        let target = self.stand(limit).map(|stand| stand.target(self.aggression));
        let part = |from: f64, to: f64| from + (to - from) / self.habits.eta;
        match self.side {
            Side::Buyer => {
                let goal = match target {
                    Some(target) if ask <= target.min(limit) => return Some(ask),
                    Some(target) => target,
                    None => (1.0 + BEYOND.0) * ask + BEYOND.1,
                };
                let goal = goal.min(limit).floor();
                // A tick better at least, as far as the goal allows.
                Some(part(bid, goal).floor().max(goal.min(bid + 1.0)).max(1.0))
            }
            Side::Seller => {
                let goal = match target {
                    Some(target) if bid >= target.max(limit) => return Some(bid),
                    Some(target) => target,
                    None => (1.0 - BEYOND.0) * bid - BEYOND.1,
                };
                let goal = goal.max(limit).ceil();
                Some(part(ask, goal).ceil().min(goal.max(ask - 1.0)))
            }
        }
    }

    fn hear(&mut self, heard: &Heard, limit: f64, _: bool) {
        if heard.accepted {
            self.learn_market(heard.price);
        }
        let Some(stand) = self.stand(limit) else { return };
        let target = stand.target(self.aggression);
        // Whether what was paid is as good for him as what he aims at, and whether a quote that failed
        // was as generous as his would have been, in ticks.
        let (good, failed) = match self.side {
            Side::Buyer => (heard.price <= target, heard.price >= target.floor()),
            Side::Seller => (heard.price >= target, heard.price <= target.ceil()),
        };
        let (share, amount) = BEYOND;
        let wanted = if heard.accepted && good {
            let shown = stand.aggression(heard.price);
            shown - share * shown.abs() - amount
        } else if heard.accepted || (heard.side == self.side && failed) {
            // Of what failed within a tick, his own target counts.
            let own = self.aggression * f64::from(u8::from(stand.reaches().0 > 0.0));
            let shown = stand.aggression(heard.price);
            let shown = if heard.accepted { shown } else { shown.max(own) };
            shown + share * shown.abs() + amount
        } else {
            return;
        };
        self.aggression += LEARN.0 * (wanted.clamp(-1.0, 1.0) - self.aggression);
    }
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E3",
    model: Model {
        name: "adaptive_aggressive",
        about: "traders who learn how aggressive to be (AA): efficiency of an auction",
        inputs: &[
            MARKET.or("\"symmetric\""),
            SIZE.or("12"),
            Input::number("eta", "part of the way that a quote goes", at_least(1.0)).or("3"),
            Input::number("calm", "highest starting size of aggressiveness", SHARE).or("0.3"),
            BUDGET.or("3000"),
            PERIODS.or("1"),
            RUNS.or("100"),
            SEED.or("1"),
        ],
        outputs: OUTPUTS,
        source: "Vytelingum, Cliff and Jennings 2008",
        example: r#"{"runs": 5}"#,
        function: |given| {
            let habits = Habits { eta: given.number("eta"), calm: given.number("calm") };
            let seat = |side, dice| Box::new(Adaptive::new(side, habits, dice)) as Box<dyn Trader>;
            Ok(told(&repeat(&setting(given)?, seat)))
        },
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Targets rise with aggressiveness from the far end to the limit, and are undone exactly.
    #[test]
    fn targets_and_aggressiveness_undo_each_other() {
        for side in [Side::Buyer, Side::Seller] {
            for theta in [-8.0, -1.0, 0.5, 2.0] {
                let limit = if side == Side::Buyer { 130.0 } else { 40.0 };
                let stand = Stand { limit, estimate: 80.0, theta, side };
                for step in -10..=10 {
                    let r = f64::from(step) / 10.0;
                    let price = stand.target(r);
                    let again = stand.aggression(price);
                    assert!((again - r).abs() < 1e-6, "{side:?} {theta} {r}: {price} {again}");
                }
                assert!((stand.target(1.0) - limit).abs() < 1e-9);
                assert!((stand.target(0.0) - 80.0).abs() < 1e-9);
                let end = if side == Side::Buyer { 0.0 } else { PRICE_MOST };
                assert!((stand.target(-1.0) - end).abs() < 1e-9);
                // One slope on both sides of 0.
                let slope = |h: f64| (stand.target(h) - stand.target(0.0)) / h;
                assert!((slope(1e-6) / slope(-1e-6) - 1.0).abs() < 1e-3, "{side:?} {theta}");
            }
        }
    }

    #[test]
    fn the_extramarginal_never_aim_beyond_their_limits() {
        let buyer = Stand { limit: 60.0, estimate: 80.0, theta: -2.0, side: Side::Buyer };
        assert_eq!((buyer.target(0.5), buyer.aggression(70.0)), (60.0, 0.0));
        assert!(buyer.target(-0.5) < 60.0);
        let seller = Stand { limit: 90.0, estimate: 80.0, theta: -2.0, side: Side::Seller };
        assert_eq!((seller.target(0.5), seller.aggression(85.0)), (90.0, 0.0));
        assert!(seller.target(-0.5) > 90.0);
    }
}

//! Adaptive aggressiveness: how much of its gain a trader gives up to trade at once.
//!
//! The trader estimates the competitive price *p*\* as a moving average of trade prices (weight 2/6
//! on the newest) and has a degree of aggressiveness *r* from −1 (wait for the best) to 1 (trade at
//! any price within the limit). Its target τ(*r*) lies at *p*\* for *r* = 0, at the limit for *r* =
//! 1, and at nothing (a seller: at `price_max`) for *r* = −1, when its unit is worth trading at
//! *p*\*; otherwise at the limit for *r* ≥ 0. With *e*(*x*, θ) = (e^{xθ} − 1)/(e^θ − 1), a buyer
//! with limit *l* > *p*\* has τ = *p*\* + (*l* − *p*\*)*e*(*r*, θ) for *r* ≥ 0 and *p*\*(1 −
//! *e*(−*r*, ϑ)) below, where ϑ makes the slope continuous at 0. θ is the long memory: it follows
//! how scattered trades are around *p*\* (Smith's alpha, over the last five). *r* is the short
//! memory: each shout moves it towards slightly more, or slightly less, than the aggressiveness
//! that would have named that price.
//!
//! Before the first trade it goes a third of the way (`patience` = 3) from the best price of its
//! side towards the other; afterwards it takes what is offered at τ or better, and else goes a
//! third of the way from the best price of its side towards τ. Directions of learning are as
//! commonly retold. Prices are in units of the currency, orders for one lot.
//!
//! Source: Vytelingum, Cliff & Jennings (2008), *Strategic bidding in continuous double auctions*,
//! Artificial Intelligence 172(14).

use super::trader::{self, Rule, Shout, Standing, Trader, Unit};
use pitfloor_model::units::Side;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Takes};

/// The kind `aa`.
pub static KIND: Kind = Kind {
    name: "aa",
    about: "learns how aggressively to trade around the competitive price",
    source: "Vytelingum, Cliff & Jennings 2008",
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
            name: "patience",
            takes: Takes::Number(1.0, 100.0),
            default: "3",
            about: "it goes one part in so many of the way to its target",
        },
        Parameter {
            name: "short_rate",
            takes: Takes::Number(0.0, 1.0),
            default: "0.4",
            about: "how fast its aggressiveness learns",
        },
        Parameter {
            name: "long_rate",
            takes: Takes::Number(0.0, 1.0),
            default: "0.4",
            about: "how fast the shape of its target follows the scatter of prices",
        },
    ],
    build: Build::One(|params, role| Box::new(Trader::new(params, role, Aa::new(params)))),
};

/// Trades in the window of Smith's alpha.
const WINDOW: usize = 5;
/// Weight of the newest trade in the estimate of the competitive price.
const WEIGHT: f64 = 2.0 / (WINDOW as f64 + 1.0);
/// Between these lies the shape of the target.
const THETA: (f64, f64) = (-8.0, 2.0);
/// How sharply the shape follows the scatter.
const GAMMA: f64 = 2.0;
/// A step beyond what was heard: a share of it, and in aggressiveness.
const STEP: (f64, f64) = (0.02, 0.01);
/// A shape nearer to zero than this has no exponential: it is moved there.
const SHAPE_LEAST: f64 = 1e-4;
/// Beyond this a bisection of the inner shape need not look.
const SHAPE_MOST: f64 = 200.0;
const HALVINGS: u32 = 60;

/// The rule.
#[derive(Clone, Debug)]
pub struct Aa {
    patience: f64,
    short_rate: f64,
    long_rate: f64,
    /// Aggressiveness and shape; drawn when first needed.
    mood: Option<Mood>,
    /// The competitive price as it seems; none before the first trade.
    centre: Option<f64>,
    prices: [f64; WINDOW],
    trades: usize,
    /// The least and the most that Smith's alpha has been.
    scatter: Option<(f64, f64)>,
    top: f64,
}

/// What one trader is like at the moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mood {
    aggressiveness: f64,
    shape: f64,
}

/// (e^{xθ} − 1)/(e^θ − 1): from 0 at x = 0 to 1 at x = 1.
fn curve(x: f64, shape: f64) -> f64 {
    libm::expm1(x * shape) / libm::expm1(shape)
}

/// x/(e^x − 1): falls from +∞ to 0, with 1 at 0.
fn fall(x: f64) -> f64 {
    if x.abs() < SHAPE_LEAST { 1.0 - x / 2.0 } else { x / libm::expm1(x) }
}

/// The shape below zero aggressiveness whose slope there continues that of the side above: where
/// ϑ·`inner`/(e^ϑ − 1) = θ·`outer`/(e^θ − 1).
fn inner_shape(shape: f64, outer: f64, inner: f64) -> f64 {
    let wanted = fall(shape) * outer / inner;
    let (mut low, mut high) = (-SHAPE_MOST, SHAPE_MOST);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if fall(middle) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    let found = (low + high) / 2.0;
    if found.abs() < SHAPE_LEAST { SHAPE_LEAST } else { found }
}

/// The target of a unit at aggressiveness `r`, around the competitive price `centre`.
fn target(unit: &Unit, r: f64, shape: f64, centre: f64, top: f64) -> f64 {
    let limit = unit.limit;
    match unit.side {
        Side::Buy if limit > centre && r >= 0.0 => centre + (limit - centre) * curve(r, shape),
        Side::Buy if limit > centre => {
            let inner = inner_shape(shape, limit - centre, centre);
            centre * (1.0 - curve(-r, inner))
        }
        Side::Buy if r >= 0.0 => limit,
        Side::Buy => limit * (1.0 - curve(-r, shape)),
        Side::Sell if limit < centre && r >= 0.0 => {
            limit + (centre - limit) * (1.0 - curve(r, shape))
        }
        Side::Sell if limit < centre => {
            let room = (top - centre).max(1.0);
            let inner = inner_shape(shape, centre - limit, room);
            centre + room * curve(-r, inner)
        }
        Side::Sell if r >= 0.0 => limit,
        Side::Sell => limit + (top - limit).max(0.0) * curve(-r, shape),
    }
}

/// The aggressiveness whose target is `price`; 0 for a unit not worth trading at the centre.
fn aggressiveness_of(unit: &Unit, price: f64, shape: f64, centre: f64, top: f64) -> f64 {
    let is_inside = match unit.side {
        Side::Buy => unit.limit > centre,
        Side::Sell => unit.limit < centre,
    };
    if !is_inside {
        return 0.0;
    }
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..HALVINGS / 2 {
        let middle = (low + high) / 2.0;
        let named = target(unit, middle, shape, centre, top);
        let is_short = match unit.side {
            Side::Buy => named < price,
            Side::Sell => named > price,
        };
        if is_short {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

impl Aa {
    fn new(params: &Params) -> Self {
        Self {
            patience: params.number("patience"),
            short_rate: params.number("short_rate"),
            long_rate: params.number("long_rate"),
            mood: None,
            centre: None,
            prices: [0.0; WINDOW],
            trades: 0,
            scatter: None,
            top: params.price("price_max").0 as f64,
        }
    }

    fn mood(&mut self, dice: &mut Dice) -> Mood {
        let draw = |dice: &mut Dice| Mood {
            aggressiveness: -0.3 * dice.unit(),
            shape: (-5.0 * dice.unit()).min(-SHAPE_LEAST),
        };
        *self.mood.get_or_insert_with(|| draw(dice))
    }

    /// A trade moves the centre, and its scatter the shape.
    fn traded(&mut self, price: f64, mood: &mut Mood) {
        let centre = self.centre.map_or(price, |old| old + WEIGHT * (price - old));
        self.centre = Some(centre);
        self.prices[self.trades % WINDOW] = price;
        self.trades += 1;
        let known = &self.prices[..self.trades.min(WINDOW)];
        let squares: f64 = known.iter().map(|price| (price - centre) * (price - centre)).sum();
        let alpha = libm::sqrt(squares / known.len() as f64) / centre;
        let (least, most) = self.scatter.unwrap_or((alpha, alpha));
        let (least, most) = (least.min(alpha), most.max(alpha));
        self.scatter = Some((least, most));
        let part = if most > least { (alpha - least) / (most - least) } else { 0.5 };
        let fade = 1.0 - part * libm::exp(GAMMA * (part - 1.0));
        let wanted = THETA.0 + (THETA.1 - THETA.0) * fade;
        mood.shape += self.long_rate * (wanted - mood.shape);
        if mood.shape.abs() < SHAPE_LEAST {
            mood.shape = SHAPE_LEAST;
        }
    }
}

impl Rule for Aa {
    const WHY: &'static str = "towards the target of its aggressiveness";

    fn price(&mut self, unit: &Unit, standing: &Standing, dice: &mut Dice) -> Option<f64> {
        let mood = self.mood(dice);
        let (bid, ask) = (standing.bid.unwrap_or(0.0), standing.ask.unwrap_or(standing.top));
        let Some(centre) = self.centre else {
            return Some(match unit.side {
                Side::Buy => {
                    let most = unit.limit.min((1.0 + STEP.0) * ask + STEP.1);
                    bid + (most - bid) / self.patience
                }
                Side::Sell => {
                    let least = unit.limit.max((1.0 - STEP.0) * bid - STEP.1);
                    ask - (ask - least) / self.patience
                }
            });
        };
        let target = target(unit, mood.aggressiveness, mood.shape, centre, standing.top);
        let beyond = |best: Option<f64>| best.filter(|best| within(unit.side, *best, target));
        // On a grid of prices a part of the way may be no step at all: it is one at least.
        let way = |gap: f64| (gap / self.patience).max(1.0).min(gap);
        Some(match unit.side {
            Side::Buy => beyond(standing.ask).unwrap_or(bid + way(target - bid)),
            Side::Sell => beyond(standing.bid).unwrap_or(ask - way(ask - target)),
        })
    }

    fn hear(&mut self, unit: &Unit, shout: &Shout, dice: &mut Dice) {
        let mut mood = self.mood(dice);
        if shout.is_accepted {
            self.traded(shout.price, &mut mood);
        }
        let Some(centre) = self.centre else { return };
        let (top, price) = (self.top, shout.price);
        let exact = target(unit, mood.aggressiveness, mood.shape, centre, top);
        // As it would stand in the book: two targets within one tick compete.
        let named = match unit.side {
            Side::Buy => libm::floor(exact),
            Side::Sell => libm::ceil(exact),
        };
        let wants_more = match (shout.is_accepted, unit.side == shout.side) {
            (true, _) => Some(!within(unit.side, price, named)),
            // Somebody of the same side names a better price than it would.
            (false, true) if within(unit.side.opposite(), price, named) => Some(true),
            (false, _) => None,
        };
        if let Some(more) = wants_more {
            let heard = aggressiveness_of(unit, price, mood.shape, centre, top);
            let sign = if more { 1.0 } else { -1.0 };
            let wanted = (1.0 + sign * STEP.0) * heard + sign * STEP.1;
            mood.aggressiveness += self.short_rate * (wanted - mood.aggressiveness);
            mood.aggressiveness = mood.aggressiveness.clamp(-1.0, 1.0);
        }
        self.mood = Some(mood);
    }
}

/// True when a trade at `price` is as good as one at `target` for `side`.
fn within(side: Side, price: f64, target: f64) -> bool {
    match side {
        Side::Buy => price <= target,
        Side::Sell => price >= target,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pit::Pit;
    use super::*;
    use crate::floor::refuses;

    const TOP: f64 = 200.0;

    fn unit(side: Side, limit: f64) -> Unit {
        Unit { side, limit, is_active: true }
    }

    #[test]
    fn the_target_goes_from_the_best_price_over_the_centre_to_the_limit() {
        for shape in [-8.0, -1.0, 0.5, 2.0] {
            let buyer = |r| target(&unit(Side::Buy, 120.0), r, shape, 80.0, TOP);
            let ends = [buyer(-1.0), buyer(0.0), buyer(1.0)];
            assert!(ends[0].abs() < 1e-9 && (ends[1] - 80.0).abs() < 1e-9, "{ends:?}");
            assert!((ends[2] - 120.0).abs() < 1e-9, "{ends:?}");
            let seller = |r| target(&unit(Side::Sell, 30.0), r, shape, 80.0, TOP);
            let ends = [seller(-1.0), seller(0.0), seller(1.0)];
            assert!((ends[0] - TOP).abs() < 1e-9 && (ends[1] - 80.0).abs() < 1e-9, "{ends:?}");
            assert!((ends[2] - 30.0).abs() < 1e-9, "{ends:?}");
            let slope = |r: f64| (buyer(r + 1e-6) - buyer(r)) / 1e-6;
            assert!((slope(1e-6) / slope(-2e-6) - 1.0).abs() < 1e-3, "smooth at the centre");
        }
    }

    #[test]
    fn aggressiveness_and_target_are_each_others_inverse() {
        for (side, limit) in [(Side::Buy, 120.0), (Side::Sell, 30.0)] {
            for r in [-0.9, -0.3, 0.2, 0.8] {
                let unit = unit(side, limit);
                let named = target(&unit, r, -2.0, 80.0, TOP);
                let found = aggressiveness_of(&unit, named, -2.0, 80.0, TOP);
                assert!((found - r).abs() < 1e-6, "{side:?} {r}: {found}");
            }
        }
        assert_eq!(aggressiveness_of(&unit(Side::Buy, 70.0), 60.0, -2.0, 80.0, TOP), 0.0);
    }

    /// Prices below its target make it bolder, cheap trades less so.
    #[test]
    fn it_learns_from_what_it_hears() {
        let mut dice = Dice::new(1, "aa");
        let kind_of = |shouts: &[(Side, f64, bool)], dice: &mut Dice| {
            let mut aa = Aa::new(&crate::floor::params(&KIND, &[]));
            for &(side, price, is_accepted) in shouts {
                aa.hear(&unit(Side::Buy, 12_000.0), &Shout { side, price, is_accepted }, dice);
            }
            aa.mood(dice).aggressiveness
        };
        let dear = kind_of(&[(Side::Sell, 8_000.0, true), (Side::Sell, 11_000.0, true)], &mut dice);
        let cheap = kind_of(&[(Side::Sell, 8_000.0, true), (Side::Buy, 5_000.0, true)], &mut dice);
        assert!(dear > cheap, "{dear} against {cheap}");
    }

    /// Learning brings about no less than budgets alone.
    #[test]
    fn learning_is_no_worse_than_zero_intelligence() {
        let mean = |kind| {
            let runs = (1..=100).map(|seed| Pit::new(kind, seed, &[]).period().efficiency);
            runs.sum::<f64>() / 100.0
        };
        let (aa, zero) = (mean("aa"), mean("zi-c"));
        assert!(aa >= zero, "{aa} against {zero}");
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "patience", "0.5", "a number from 1 to 100");
    }
}

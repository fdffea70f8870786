//! One price for a call, without looking at every tick.
//!
//! D and S change only at limits. So the grid falls into stretches, each a limit or the gap
//! between two neighbouring ones, on which every price is as good as the next; comparing stretches
//! compares every tick. O(limits), whatever the distance between prices.

use super::collar::{floor, tick};
use super::{Aggregate, CallRules, Discovery, Tie};
use pitfloor_model::units::{Price, Qty, Side};
use std::cmp::Ordering;

/// Finds the price of a call by `rules`, as the [module](super) states them.
///
/// Serves the indicative price as well as the uncross. Limits must lie on the grid.
///
/// # Panics
///
/// When the grid has no step, or when the lots do not fit 64 bits, which those of a book do.
#[must_use]
pub fn discover(call: &Aggregate, rules: &CallRules) -> Discovery {
    assert!(rules.price_step > 0, "the grid of prices has a step");
    let Some(bounds) = bounds(rules) else { return Discovery::default() };
    let step = rules.price_step;
    let reference = rules.reference.map(|at| on_grid(at, step, rules.tie));
    let mut kept = Kept::default();
    if call.limits_count() == 0 {
        // Only market orders: no limit says where to look, the reference does.
        if let Some(at) = reference {
            let market = call.market();
            let only = Stretch { low: at, high: at, demand: market.buy, supply: market.sell };
            kept.compare(only.within(bounds));
        }
    }
    for_each_stretch(call, step, |stretch| kept.compare(stretch.within(bounds)));
    kept.decide(reference)
}

/// The prices allowed, on the grid; none when there is none.
fn bounds(rules: &CallRules) -> Option<(Price, Price)> {
    rules.collar.map_or(Some((Price(i64::MIN), Price(i64::MAX))), |c| c.on_grid(rules.price_step))
}

/// The reference on the grid of `step` ticks: the neighbour that wins ties.
fn on_grid(reference: Price, step: u64, tie: Tie) -> Price {
    let at = i128::from(reference.0);
    tick(match tie {
        Tie::Lower => floor(at, step),
        Tie::Higher => -floor(-at, step),
    })
}

/// Neighbouring prices of the grid at which the same lots would trade.
#[derive(Clone, Copy)]
struct Stretch {
    low: Price,
    high: Price,
    demand: u128,
    supply: u128,
}

impl Stretch {
    /// What of it lies within `bounds`.
    fn within(mut self, (lower, upper): (Price, Price)) -> Option<Self> {
        self.low = self.low.max(lower);
        self.high = self.high.min(upper);
        (self.low <= self.high).then_some(self)
    }

    fn volume(&self) -> u128 {
        self.demand.min(self.supply)
    }

    fn gap(&self) -> u128 {
        self.demand.abs_diff(self.supply)
    }
}

/// Walks the grid from the lowest limit to the highest.
fn for_each_stretch(call: &Aggregate, step: u64, mut visit: impl FnMut(Stretch)) {
    let step = i128::from(step);
    let mut demand = call.market().buy + call.limited().buy;
    let mut supply = call.market().sell;
    let mut above_last = None;
    for (price, lots) in call.limits() {
        let at = i128::from(price.0);
        debug_assert!(at % step == 0, "limits lie on the grid");
        if let Some(low) = above_last.filter(|low| *low < at) {
            visit(Stretch { low: tick(low), high: tick(at - step), demand, supply });
        }
        supply += lots.sell;
        visit(Stretch { low: price, high: price, demand, supply });
        demand -= lots.buy;
        above_last = Some(at + step);
    }
}

/// The best prices seen so far, of a walk upwards. Prices with the same volume and the same
/// |surplus| differ only in whose surplus it is, and that changes once on the way up: from buyers
/// to sellers.
#[derive(Default)]
struct Kept {
    volume: u128,
    gap: u128,
    /// The highest price with buyers to spare.
    buyers: Option<Price>,
    /// The prices, lowest and highest, at which nobody is left over.
    nobody: Option<(Price, Price)>,
    /// The lowest price with sellers to spare.
    sellers: Option<Price>,
}

impl Kept {
    fn compare(&mut self, stretch: Option<Stretch>) {
        let Some(stretch) = stretch.filter(|stretch| stretch.volume() > 0) else { return };
        let (volume, gap) = (stretch.volume(), stretch.gap());
        match volume.cmp(&self.volume).then(self.gap.cmp(&gap)) {
            Ordering::Less => return,
            Ordering::Equal => {}
            Ordering::Greater => *self = Self { volume, gap, ..Self::default() },
        }
        match stretch.demand.cmp(&stretch.supply) {
            Ordering::Greater => self.buyers = Some(stretch.high),
            Ordering::Less => self.sellers = self.sellers.or(Some(stretch.low)),
            Ordering::Equal => {
                let low = self.nobody.map_or(stretch.low, |(low, _)| low);
                self.nobody = Some((low, stretch.high));
            }
        }
    }

    fn decide(&self, reference: Option<Price>) -> Discovery {
        let (price, side) = match (self.buyers, self.nobody, self.sellers) {
            (None, None, None) => return Discovery::default(),
            (_, Some((low, high)), _) => {
                (reference.map_or(low, |reference| reference.clamp(low, high)), None)
            }
            (Some(high), None, None) => (high, Some(Side::Buy)),
            (None, None, Some(low)) => (low, Some(Side::Sell)),
            // Neighbours on the grid, since both volume and |surplus| are the same at both. The
            // reference is on the grid too, so it is never equally near to them.
            (Some(low), None, Some(high)) => {
                if reference.is_none_or(|reference| reference <= low) {
                    (low, Some(Side::Buy))
                } else {
                    (high, Some(Side::Sell))
                }
            }
        };
        let (qty, surplus) = (lots(self.volume), lots(self.gap));
        Discovery { price: Some(price), qty, surplus, side }
    }
}

fn lots(sum: u128) -> Qty {
    Qty(u64::try_from(sum).expect("the lots of a call fit 64 bits"))
}

//! Orders that sleep, sorted by what would wake them.
//!
//! Orders with a fixed trigger lie in order of their prices, so that a print finds those it meets
//! without asking the others. Trailing stops are asked one by one: each print may move them all.

use super::special::{Id, Special};
use pitfloor_model::order::{Delta, Kind, Trail, Watched};
use pitfloor_model::units::{Price, Side, Stamp};
use std::collections::{BTreeMap, BTreeSet};

/// All orders of a pit that sleep.
#[derive(Clone, Debug, Default)]
pub(super) struct Dormant {
    /// Every one, children before their parent's fill and triggered ones in the queue included.
    pub(super) all: BTreeMap<Stamp, Id>,
    groups: [Group; 4],
}

/// Fixed triggers, from the lowest to the highest.
type Triggers = BTreeSet<(Price, Stamp, Id)>;

/// Those that watch one price.
#[derive(Clone, Debug, Default)]
struct Group {
    /// Met when the price rises to theirs.
    rising: Triggers,
    /// Met when it falls to theirs.
    falling: Triggers,
    trailing: BTreeMap<Stamp, Id>,
}

/// Everything that can be watched: what an order says, and for quotes the side it is on.
pub(super) const WATCHED: [(Watched, Side); 4] = [
    (Watched::Last, Side::Buy),
    (Watched::Quote, Side::Buy),
    (Watched::Quote, Side::Sell),
    (Watched::Mark, Side::Buy),
];

const fn group(on: Watched, side: Side) -> usize {
    match (on, side) {
        (Watched::Last, _) => 0,
        (Watched::Quote, Side::Buy) => 1,
        (Watched::Quote, Side::Sell) => 2,
        (Watched::Mark, _) => 3,
    }
}

impl Dormant {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// True when somebody watches a price that moves without prints.
    pub(super) fn watches_more_than_trades(&self) -> bool {
        self.groups[1..].iter().any(|group| !group.is_empty())
    }

    /// True when nobody watches what `on` and `side` name.
    pub(super) fn is_unwatched(&self, on: Watched, side: Side) -> bool {
        self.groups[group(on, side)].is_empty()
    }

    /// Lets an order watch. It is one of `all`.
    pub(super) fn watch(&mut self, id: Id, special: &Special) {
        if let Some(trail) = special.kind.trail() {
            self.groups[group(trail.on, special.side)].trailing.insert(special.stamp, id);
        } else if let Some((set, price)) = self.fixed(special) {
            set.insert((price, special.stamp, id));
        }
    }

    /// Lets it watch no more.
    pub(super) fn unwatch(&mut self, id: Id, special: &Special) {
        if let Some(trail) = special.kind.trail() {
            self.groups[group(trail.on, special.side)].trailing.remove(&special.stamp);
        } else if let Some((set, price)) = self.fixed(special) {
            set.remove(&(price, special.stamp, id));
        }
    }

    fn fixed(&mut self, special: &Special) -> Option<(&mut Triggers, Price)> {
        let trigger = special.kind.trigger()?;
        let group = &mut self.groups[group(trigger.on, special.side)];
        let set =
            if rises(&special.kind, special.side) { &mut group.rising } else { &mut group.falling };
        Some((set, trigger.price))
    }

    /// Appends to `met` the orders with fixed triggers that `price` meets.
    pub(super) fn meet(&self, on: Watched, side: Side, price: Price, met: &mut Vec<(Stamp, Id)>) {
        let group = &self.groups[group(on, side)];
        let low = group.rising.range(..=(price, Stamp(u64::MAX), Id::MAX));
        let high = group.falling.range((price, Stamp(0), 0)..);
        met.extend(low.chain(high).map(|(_, stamp, id)| (*stamp, *id)));
    }

    /// The trailing stops that watch.
    pub(super) fn trailing(&self, on: Watched, side: Side) -> impl Iterator<Item = (Stamp, Id)> {
        self.groups[group(on, side)].trailing.iter().map(|(stamp, id)| (*stamp, *id))
    }
}

impl Group {
    fn is_empty(&self) -> bool {
        self.rising.is_empty() && self.falling.is_empty() && self.trailing.is_empty()
    }
}

/// True when an order with a fixed trigger is met by a rise.
const fn rises(kind: &Kind, side: Side) -> bool {
    match kind {
        Kind::TakeProfit(_) | Kind::TakeProfitLimit(_) => matches!(side, Side::Sell),
        _ => matches!(side, Side::Buy),
    }
}

/// True when `reference` meets the fixed trigger of an order.
pub(super) fn is_met(kind: &Kind, side: Side, reference: Price) -> bool {
    kind.trigger().is_some_and(|trigger| {
        if rises(kind, side) { reference >= trigger.price } else { reference <= trigger.price }
    })
}

/// Moves the extreme that a trailing stop has seen to `reference`, and says whether this meets it.
pub(super) fn trails(
    trail: &Trail,
    side: Side,
    extreme: &mut Option<Price>,
    reference: Price,
) -> bool {
    let begins = trail.activation.is_none_or(|from| match side {
        Side::Sell => reference >= from,
        Side::Buy => reference <= from,
    });
    let best = match (*extreme, side) {
        (None, _) if !begins => return false,
        (None, _) => reference,
        (Some(best), Side::Sell) => best.max(reference),
        (Some(best), Side::Buy) => best.min(reference),
    };
    *extreme = Some(best);
    let (best, now) = (i128::from(best.0), i128::from(reference.0));
    match (trail.delta, side) {
        (Delta::Ticks(ticks), Side::Sell) => now <= best - i128::from(ticks),
        (Delta::Ticks(ticks), Side::Buy) => now >= best + i128::from(ticks),
        (Delta::Bips(bips), Side::Sell) => now * 10_000 <= best * (10_000 - i128::from(bips)),
        (Delta::Bips(bips), Side::Buy) => now * 10_000 >= best * (10_000 + i128::from(bips)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sell(delta: Delta, activation: Option<i64>) -> Trail {
        Trail { delta, activation: activation.map(Price), on: Watched::Last }
    }

    /// The worked example of a trailing stop of one percent.
    #[test]
    fn one_percent_below_the_highest_print() {
        let (trail, mut extreme) = (sell(Delta::Bips(100), None), None);
        let met = [10_000, 10_200, 10_099, 10_098]
            .map(|print| trails(&trail, Side::Sell, &mut extreme, Price(print)));
        assert_eq!(met, [false, false, false, true]);
        assert_eq!(extreme, Some(Price(10_200)));
    }

    #[test]
    fn nothing_trails_before_its_activation() {
        let (trail, mut extreme) = (sell(Delta::Ticks(5), Some(110)), None);
        assert!(!trails(&trail, Side::Sell, &mut extreme, Price(90)));
        assert_eq!(extreme, None);
        assert!(!trails(&trail, Side::Sell, &mut extreme, Price(112)));
        assert!(!trails(&trail, Side::Sell, &mut extreme, Price(108)));
        assert!(trails(&trail, Side::Sell, &mut extreme, Price(107)));
        let mut lowest = None;
        let buy = Trail { activation: None, ..trail };
        assert!(!trails(&buy, Side::Buy, &mut lowest, Price(90)));
        assert!(!trails(&buy, Side::Buy, &mut lowest, Price(94)));
        assert!(trails(&buy, Side::Buy, &mut lowest, Price(95)));
    }
}

//! Whatever happens in whatever order at whatever price, the book and the plain one agree.

use crate::plain::Plain;
use pitfloor_exchange::book::{Book, BookView, Level, Resting, Slot};
use pitfloor_model::command::Stp;
use pitfloor_model::units::{AccountId, OrderId, OrderKey, Price, Qty, Side, Stamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One thing that happens. Which order it happens to is a pick among those that wait.
#[derive(Clone, Debug)]
enum Step {
    Rest { side: Side, price: Price, leaves: u64, hidden: bool, pegged: bool },
    Fill(usize, u64),
    Tranche(usize, u64),
    EndOfTranche(usize),
    Shrink(usize, u64),
    Remove(usize),
    Refresh(usize, u64),
    Reserve(usize, u64),
    SetMore(usize, u32),
    View,
}

/// Both books, and everybody's place.
#[derive(Default)]
struct Pair {
    book: Book,
    plain: Plain,
    slots: BTreeMap<OrderKey, Slot>,
    views: Vec<(BookView, [Vec<Level>; 2])>,
    names: u64,
}

impl Pair {
    fn pick(&self, pick: usize) -> Option<(OrderKey, Slot, Resting)> {
        let waiting = &self.plain.waiting;
        let order = waiting.get(pick % waiting.len().max(1))?.order;
        Some((order.key, self.slots[&order.key], order))
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Rest { side, price, leaves, hidden, pegged } => {
                self.names += 1;
                let account = AccountId((self.names % 7) as u32);
                let order = Resting {
                    key: OrderKey::new(account, OrderId(self.names)),
                    side,
                    price,
                    leaves: Qty(leaves),
                    traded: Qty(self.names % 5),
                    stamp: Stamp(self.names),
                    stp: [Stp::None, Stp::ExpireTaker, Stp::ExpireMaker][self.names as usize % 3],
                    hidden,
                    pegged: pegged && !hidden,
                    more: if self.names.is_multiple_of(4) { 9 } else { Resting::PLAIN },
                };
                self.plain.rest(order);
                self.slots.insert(order.key, self.book.rest(order));
            }
            Step::View => {
                let levels = Side::BOTH.map(|side| self.plain.levels(side));
                self.views.push((self.book.view(), levels));
            }
            Step::Fill(pick, _)
            | Step::Tranche(pick, _)
            | Step::EndOfTranche(pick)
            | Step::Shrink(pick, _)
            | Step::Remove(pick)
            | Step::Refresh(pick, _)
            | Step::Reserve(pick, _)
            | Step::SetMore(pick, _) => {
                if let Some((key, slot, order)) = self.pick(pick) {
                    self.change(step, key, slot, order);
                }
            }
        }
    }

    fn change(&mut self, step: &Step, key: OrderKey, slot: Slot, order: Resting) {
        let some = |lots: u64| 1 + lots % order.leaves.0;
        let stamp = Stamp(self.names + 1_000);
        match *step {
            Step::Fill(_, lots) => {
                self.take_reserve_back_if(key, slot, some(lots) == order.leaves.0);
                self.book.fill(slot, Qty(some(lots)));
                self.plain.lessen(key, some(lots), true, false);
            }
            Step::Shrink(_, lots) => {
                self.take_reserve_back_if(key, slot, some(lots) == order.leaves.0);
                self.book.shrink(slot, Qty(some(lots)));
                self.plain.lessen(key, some(lots), false, false);
            }
            Step::Tranche(_, leaves) => {
                self.book.fill_keep(slot, order.leaves);
                self.plain.lessen(key, order.leaves.0, true, true);
                assert_eq!(self.book.get(slot), self.plain.at(key).order);
                self.book.refresh(slot, Qty(leaves), stamp);
                self.plain.refresh(key, Qty(leaves), stamp);
            }
            Step::EndOfTranche(_) => {
                self.take_reserve_back_if(key, slot, true);
                self.book.fill_keep(slot, order.leaves);
                self.plain.lessen(key, order.leaves.0, true, true);
                assert_eq!(self.book.remove(slot), self.plain.remove(key));
            }
            Step::Remove(_) => {
                self.take_reserve_back_if(key, slot, true);
                assert_eq!(self.book.remove(slot), self.plain.remove(key));
            }
            Step::Refresh(_, leaves) => {
                self.book.refresh(slot, Qty(leaves), stamp);
                self.plain.refresh(key, Qty(leaves), stamp);
            }
            Step::Reserve(_, lots) => {
                let held = std::mem::replace(&mut self.plain.at(key).reserve, lots);
                self.book.add_reserve(slot, lots as i64 - held as i64);
            }
            Step::SetMore(_, more) => {
                self.book.set_more(slot, more);
                self.plain.at(key).order.more = more;
            }
            Step::Rest { .. } | Step::View => unreachable!("these pick nobody"),
        }
        let waiting = &self.plain.waiting;
        if !waiting.iter().any(|waiting| waiting.order.key == key) {
            self.slots.remove(&key);
        }
    }

    fn take_reserve_back_if(&mut self, key: OrderKey, slot: Slot, leaves: bool) {
        if leaves {
            let held = std::mem::take(&mut self.plain.at(key).reserve);
            self.book.add_reserve(slot, -(held as i64));
        }
    }

    /// Everything that a book answers.
    fn agree(&self, pick: usize, price: Price) {
        let (book, plain) = (&self.book, &self.plain);
        assert_eq!(book.len(), plain.waiting.len());
        assert_eq!(book.is_empty(), plain.waiting.is_empty());
        for side in Side::BOTH {
            let orders = plain.orders(side);
            assert_eq!(book.orders(side).collect::<Vec<_>>(), orders);
            let shown: Vec<_> = orders.iter().filter(|order| !order.hidden).copied().collect();
            assert_eq!(book.shown_orders(side).collect::<Vec<_>>(), shown);
            assert_eq!(book.best(side), plain.best(side, |_| true));
            assert_eq!(book.best_shown(side), plain.best(side, |order| !order.hidden));
            let ordinary = |order: &Resting| !order.hidden && !order.pegged;
            assert_eq!(book.best_ordinary(side), plain.best(side, ordinary));
            let levels = plain.levels(side);
            assert_eq!(book.levels(side).collect::<Vec<_>>(), levels);
            assert_eq!(book.best_level(side), levels.first().copied());
            let all_levels = plain.all_levels(side);
            assert_eq!(book.all_levels(side).collect::<Vec<_>>(), all_levels);
            let first = |at: Price| orders.iter().find(|order| order.price == at);
            let slot = |order: Option<&Resting>| order.map(|order| self.slots[&order.key]);
            assert_eq!(book.first(side), slot(orders.first()));
            assert_eq!(book.first_at(side, price), slot(first(price)));
            let level = levels.iter().find(|level| level.price == price).copied();
            assert_eq!(book.level(side, price), level);
            for limit in [None, Some(price)] {
                assert_eq!(book.depth(side, limit), plain.depth(side, limit));
                assert_eq!(book.whole_depth(side, limit), plain.whole_depth(side, limit));
            }
            assert_eq!(book.sweep(side, Qty(pick as u64)), plain.sweep(side, Qty(pick as u64)));
        }
        let [bid, ask] = Side::BOTH.map(|side| plain.best(side, |_| true));
        assert_eq!(book.is_crossed(), bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask));
        if let Some((key, slot, order)) = self.pick(pick) {
            assert_eq!((book.get(slot), book.key(slot)), (order, key));
            assert_eq!(book.ahead(slot), plain.ahead(key));
        }
    }

    /// What was seen once is seen for ever.
    fn views_are_unchanged(&self) {
        for (view, levels) in &self.views {
            for side in Side::BOTH {
                assert_eq!(&view.levels(side).collect::<Vec<_>>(), &levels[side as usize]);
            }
        }
    }
}

fn step(prices: impl Strategy<Value = Price> + 'static) -> impl Strategy<Value = Step> {
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let (pick, lots) = (0_usize..10_000, 1_u64..30);
    let rest = (side, prices, lots.clone(), 0..8_u32).prop_map(|(side, price, leaves, kind)| {
        Step::Rest { side, price, leaves, hidden: kind < 2, pegged: kind == 2 }
    });
    let reserve = (pick.clone(), 0_u64..50).prop_map(|(pick, lots)| Step::Reserve(pick, lots));
    let picked = (pick, lots, 0..9_u32).prop_map(|(pick, lots, kind)| match kind {
        0 | 1 => Step::Fill(pick, lots),
        2 => Step::Tranche(pick, lots),
        3 => Step::EndOfTranche(pick),
        4 => Step::Shrink(pick, lots),
        5 => Step::Refresh(pick, lots),
        6 => Step::SetMore(pick, lots as u32),
        _ => Step::Remove(pick),
    });
    prop_oneof![6 => rest, 5 => picked, 1 => reserve, 1 => Just(Step::View)]
}

/// Steps among `prices`, in spells of growing and of ending, so that a book empties too.
fn history(
    prices: impl Strategy<Value = Price> + Clone + 'static,
) -> impl Strategy<Value = Vec<(Step, usize, Price)>> {
    let ending = (0_usize..10_000).prop_map(Step::Remove);
    let steps = |step: BoxedStrategy<Step>, most| {
        prop::collection::vec((step, 0_usize..400, prices.clone()), 1..most)
    };
    let spell = (steps(step(prices.clone()).boxed(), 120), steps(ending.boxed(), 80));
    prop::collection::vec(spell, 1..3).prop_map(|spells| {
        spells.into_iter().flat_map(|(grow, end)| grow.into_iter().chain(end)).collect()
    })
}

fn play(history: Vec<(Step, usize, Price)>) {
    let mut pair = Pair::default();
    for (step, pick, price) in history {
        pair.take(&step);
        pair.agree(pick, price);
    }
    pair.views_are_unchanged();
    let all: Vec<_> = pair.slots.values().copied().collect();
    for slot in all {
        let order = pair.book.get(slot);
        pair.take_reserve_back_if(order.key, slot, true);
        pair.book.remove(slot);
    }
    assert!(pair.book.is_empty());
    for side in Side::BOTH {
        assert_eq!(pair.book.all_levels(side).next(), None, "no level is left empty");
    }
    pair.views_are_unchanged();
}

/// Prices around which the tree changes its height, and the ends of the world.
fn far_apart() -> impl Strategy<Value = Price> + Clone {
    let far = Price::FARTHEST.0;
    let edge = prop_oneof![
        (0_u32..63).prop_map(|bit| 1_i64 << bit),
        (0_u32..63).prop_map(|bit| -(1_i64 << bit)),
        Just(0),
        Just(far),
        Just(-far),
    ];
    let near = (edge, -2_i64..3).prop_map(|(edge, off)| Price(edge.saturating_add(off)));
    prop_oneof![20 => near, 1 => Just(Price(i64::MIN)), 1 => Just(Price(i64::MAX))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 96 }))]

    #[test]
    fn few_levels_with_long_queues(history in history((98_i64..102).prop_map(Price))) {
        play(history);
    }

    #[test]
    fn many_levels_with_short_queues(history in history((-3_000_i64..3_000).prop_map(Price))) {
        play(history);
    }

    #[test]
    fn levels_as_far_apart_as_numbers_go(history in history(far_apart())) {
        play(history);
    }
}

#[test]
#[should_panic(expected = "has something left")]
fn nothing_does_not_rest() {
    let step = |leaves| Step::Rest {
        side: Side::Buy,
        price: Price(1),
        leaves,
        hidden: false,
        pegged: false,
    };
    let mut pair = Pair::default();
    pair.take(&step(0));
}

#[test]
#[should_panic(expected = "a reserve belongs to an order that waits")]
fn a_reserve_does_not_outlive_its_order() {
    let mut pair = Pair::default();
    let (side, price) = (Side::Sell, Price(5));
    pair.take(&Step::Rest { side, price, leaves: 3, hidden: false, pegged: false });
    pair.take(&Step::Reserve(0, 10));
    pair.book.remove(pair.slots[&OrderKey::new(AccountId(1), OrderId(1))]);
}

/// Reading ahead is a hint: for those who wait, those who left and those who never were.
#[test]
fn reading_ahead_changes_nothing() {
    let mut pair = Pair::default();
    let mut all = Vec::new();
    for n in 0..200 {
        let (side, price) = (Side::BOTH[n % 2], Price(n as i64 * 37 % 50 - n as i64 % 2 * 100));
        pair.take(&Step::Rest { side, price, leaves: 3, hidden: n % 9 == 0, pegged: false });
        all.extend(pair.slots.values().copied());
        if n % 3 == 0 {
            pair.take(&Step::Remove(n * 31));
        }
        let before = (pair.book.digest(), format!("{:?}", pair.book));
        for slot in &all {
            pair.book.foresee(*slot);
            pair.book.foresee_around(*slot);
        }
        pair.book.foresee_level(side, price);
        pair.book.foresee_tail(side.opposite(), price);
        assert_eq!((pair.book.digest(), format!("{:?}", pair.book)), before);
        all.truncate(50);
    }
}
